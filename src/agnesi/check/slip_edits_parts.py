"""Edits of parts: terms and factors that are missing, other symbols, indices and functions."""

from __future__ import annotations

from agnesi.check.slip_edits import PRODUCTS, Edits, as_rational, chains, divided, fitting, multiplied
from agnesi.check.slip_places import UNFIT, Place, flat, minus, name_of, size_of
from agnesi.check.slips import Edit, Pool
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Index, Symbol, apply, bind, constant, operations_in, postorder


def term_missing(place: Place, pool: Pool) -> Edits:
    """Yield a sum with a term more, of those that stand around."""
    if not place.is_term or name_of(place.parent) == "add":
        return
    for term in pool.terms:
        if term.shape == place.node.shape and term is not place.node:
            yield flat("add", (place.node, term))
            yield flat("add", (place.node, minus(term)))


def term_extra(place: Place, pool: Pool) -> Edits:
    """Yield a sum without one of its terms."""
    if name_of(place.node) == "add":
        args = place.node.args
        for k in range(len(args)):
            yield flat("add", (*args[:k], *args[k + 1 :]))


def factor_missing(place: Place, pool: Pool) -> Edits:
    """Yield a part times a scalar or a matrix that stands around, on either side or inside."""
    node = place.node
    if place.is_term and name_of(node) != "add" and not isinstance(node, Const | Index):
        for scalar in pool.scalars:
            if scalar is not node:
                yield from multiplied(node, scalar)
    if name_of(place.parent) == "mul" or not node.shape:
        return
    for factor in pool.arrays:
        yield from _inserted(node, factor)


def _inserted(node: Expr, factor: Expr) -> Edits:
    chain = node.args if name_of(node) == "mul" else (node,)
    scalars, parts = tuple(a for a in chain if not a.shape), tuple(a for a in chain if a.shape)
    for k in range(len(parts) + 1):
        order = (*parts[:k], factor, *parts[k:])
        if chains(order):
            yield from fitting("mul", *scalars, *order)
    if factor.ndim == node.ndim == 1 and factor.shape == node.shape and factor is not node:
        yield from fitting("hadamard", factor, node)


def divisor_missing(place: Place, pool: Pool) -> Edits:
    """Yield a part divided by a scalar that stands around."""
    if place.is_term and not isinstance(place.node, Const | Index):
        for scalar in pool.scalars:
            if scalar is not place.node:
                yield from divided(place.node, scalar)


def factor_extra(place: Place, pool: Pool) -> Edits:
    """Yield a product without one of its factors, or without two neighbours."""
    if name_of(place.node) in PRODUCTS:
        args = place.node.args
        for width in (1, 2):
            for k in range(len(args) - width + 1):
                rest = (*args[:k], *args[k + width :])
                if not rest or all(as_rational(a) is not None for a in args[k : k + width]):
                    continue
                if chains(tuple(a for a in rest if a.shape)):
                    yield from fitting(name_of(place.node), *rest)


def other_symbol(place: Place, pool: Pool) -> Edits:
    """Yield other symbols of the same shape."""
    node = place.node
    if isinstance(node, Symbol):
        yield from (s for s in pool.symbols if s.shape == node.shape and s is not node)
    if node in pool.sizes:
        yield from (s for s in pool.sizes if s is not node)


def ones_for_vector(place: Place, pool: Pool) -> Edits:
    """Yield the vector of ones for a vector."""
    node = place.node
    if node.ndim == 1 and name_of(node) not in ("ones", "add", "mul", "neg") and place.path:
        yield apply("ones", attrs=node.shape)


def vector_for_ones(place: Place, pool: Pool) -> Edits:
    """Yield a vector that stands around for the vector of ones."""
    if name_of(place.node) == "ones":
        yield from (a for a in (*pool.symbols, *pool.arrays) if a.shape == place.node.shape and a is not place.node)


def jacobian_inverted(place: Place, pool: Pool) -> Edits:
    """Yield s/|du/dx| for a product s |du/dx|, and the reverse."""
    node = place.node
    if name_of(node) not in PRODUCTS and name_of(node) != "div":
        return
    for k, arg in enumerate(node.args):
        inner = arg.args[0] if name_of(arg) in ("abs", "det") else arg
        if arg.shape or name_of(inner) not in ("derivative", "det", "abs"):
            continue
        rest = (*node.args[:k], *node.args[k + 1 :])
        if name_of(node) == "div":
            yield from fitting("mul", *rest, arg) if k else ()
        else:
            yield from (apply("div", product, arg) for product in fitting("mul", *rest))


def jacobian_missing(place: Place, pool: Pool) -> Edits:
    """Yield |du/dx| s for s, with derivatives that stand around."""
    if place.is_term and not place.node.shape and not isinstance(place.node, Const | Index):
        for scalar in pool.scalars:
            if "derivative" in (name_of(scalar), name_of(scalar.args[0]) if scalar.args else ""):
                yield from multiplied(place.node, scalar)


def indices_swapped(place: Place, pool: Pool) -> Edits:
    """Yield A_ji for A_ij."""
    node = place.node
    if name_of(node) == "entry" and len(node.args) == 3:
        owner, i, j = node.args
        yield from fitting("entry", owner, j, i)


def other_index(place: Place, pool: Pool) -> Edits:
    """Yield another index that is in scope, and the index off by one."""
    node = place.node
    if not isinstance(node, Index):
        return
    here, bound = place.root, []
    for k in place.path:
        bound += [v for v in here.variables if isinstance(v, Index)] if isinstance(here, Bind) else []
        here = here.args[k]
    yield from (i for i in dict.fromkeys(bound) if i is not node)


def other_limits(place: Place, pool: Pool) -> Edits:
    """Yield a sum that ends one earlier or later (of its size), or whose condition is strict or is not."""
    node = place.node
    if not isinstance(node, Bind) or node.op.name == "Integral":
        return
    if node.condition is not None and name_of(node.condition) in _STRICT:
        other = apply(_STRICT[name_of(node.condition)], *node.condition.args)
        yield bind(node.op, node.variables, node.body, other)
        yield bind(node.op, node.variables, node.body)


_STRICT = {"lt": "le", "le": "lt", "gt": "ge", "ge": "gt", "ne": "ge"}


def renamed(*pairs: tuple[str, str]) -> Edit:
    """Return the edit that puts another function for a function: pairs (written, meant)."""

    def mend(place: Place, pool: Pool) -> Edits:
        for old, new in pairs:
            if name_of(place.node) == old:
                yield from fitting(new, *place.node.args)

    return mend


def wrapped(*names: str) -> Edit:
    """Return the edit that applies one of the functions to a part."""

    def mend(place: Place, pool: Pool) -> Edits:
        if isinstance(place.node, Const | Index) or name_of(place.node) in (*names, "neg"):
            return
        if place.is_term or name_of(place.parent) in PRODUCTS:
            for name in names:
                yield from fitting(name, place.node)

    return mend


def unwrapped(*names: str) -> Edit:
    """Return the edit that leaves a function out."""

    def mend(place: Place, pool: Pool) -> Edits:
        if name_of(place.node) in names:
            yield place.node.args[0]

    return mend


def arguments_swapped(*names: str) -> Edit:
    """Return the edit that exchanges the two arguments of an operation."""

    def mend(place: Place, pool: Pool) -> Edits:
        node = place.node
        if name_of(node) in names and isinstance(node, Apply) and len(node.args) == 2:
            try:
                yield apply(node.op, node.args[1], node.args[0], attrs=node.attrs)
            except UNFIT:
                return

    return mend


def _one(u: Expr) -> Expr:
    return apply("ones", attrs=u.shape) if u.shape else constant(1)


def other_slope(place: Place, pool: Pool) -> Edits:
    """Yield 1 − g² for g(1 − g), and g(1 − g) for 1 − g², 1 − g and g², for g = σ(u) and tanh(u)."""
    names = operations_in(place.node)
    if not {"sigmoid", "tanh"} & names or not {"neg", "pow", "epow"} & names:
        return
    found = {a for a in postorder(place.node) if name_of(a) in ("sigmoid", "tanh")}
    if len(found) != 1:
        return
    (g,) = found
    if size_of(place.node) > size_of(g) * 2 + 6:
        return
    if g.shape == place.node.shape and place.node is not g:
        yield _one(g) - g**2
        yield g * (_one(g) - g)


def slope_for_function(place: Place, pool: Pool) -> Edits:
    """Yield g′(u) for g(u)."""
    node = place.node
    if isinstance(node, Apply) and node.op.derivative is not None and len(node.args) == 1:
        if name_of(node) not in ("exp", "sigmoid", "tanh"):
            yield node.op.derivative(node.args[0])


def full_slope(place: Place, pool: Pool) -> Edits:
    """Yield σ(u)(1 − σ(u)) for σ(u), and 1 − tanh² u for tanh u; of σ also where it is written with exp."""
    node = place.node
    if isinstance(node, Apply) and name_of(node) in ("sigmoid", "tanh") and node.op.derivative is not None:
        yield node.op.derivative(node.args[0])
    elif name_of(node) in ("div", "ediv") and "exp" in operations_in(node.args[1]):
        yield from fitting("hadamard" if node.shape else "mul", node, _one(node) - node)
