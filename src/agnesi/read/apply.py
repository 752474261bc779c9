"""Applying a user's function: substitute its arguments; a scalar function of a vector acts entry by entry."""

from __future__ import annotations

from collections.abc import Mapping

from agnesi.errors import ShapeError
from agnesi.expr.dims import Dim, show_shape
from agnesi.expr.nodes import (
    Apply,
    Bind,
    Expr,
    Index,
    Symbol,
    apply,
    bind,
    fold,
    free_indices,
    index,
    postorder,
    symbol,
    with_args,
)
from agnesi.read.vocabulary import Definition


def call_definition(made: Definition, args: list[Expr]) -> Expr:
    """Return the body of `made` at `args`."""
    body, parameters = made.body, list(made.symbols)
    if all(not p.shape for p in parameters) and any(a.shape for a in args):
        return entrywise(body, {p: a for p, a in zip(parameters, args, strict=True)})
    sizes: dict[str, Dim] = {}
    for parameter, arg in zip(parameters, args, strict=True):
        if parameter.ndim != arg.ndim:
            raise ShapeError(
                f"{made.name} wants {parameter.name} to be {described(parameter)}, "
                f"but its argument is {described(arg)}.",
                expected=described(parameter),
                got=described(arg),
                repair=f"Give {made.name} an argument of that shape.",
            )
        for wanted, got in zip(parameter.shape, arg.shape, strict=True):
            (name, *more) = sorted(wanted.names) or [""]
            if wanted != got and name and not more:
                sizes.setdefault(name, got)
    if sizes:
        body, parameters = resized(body, sizes), [_resized_symbol(p, sizes) for p in parameters]
    mapping: dict[Expr, Expr] = dict(zip(parameters, args, strict=True))

    def step(node: Expr, below: tuple[Expr, ...]) -> Expr:
        return mapping[node] if node in mapping else with_args(node, below)

    return fold(body, step)


def described(node: Expr) -> str:
    """Return "a scalar", "a vector of n", "an n×d matrix"."""
    if node.ndim == 0:
        return "a scalar"
    return f"a vector of {node.shape[0]}" if node.ndim == 1 else f"a matrix {show_shape(node.shape)}"


def resized(body: Expr, sizes: dict[str, Dim]) -> Expr:
    """Return `body` with size names replaced."""

    def step(node: Expr, below: tuple[Expr, ...]) -> Expr:
        match node:
            case Symbol():
                return _resized_symbol(node, sizes)
            case Index():
                return index(node.name, _resized(node.dim, sizes))
            case Apply():
                attrs = tuple(_resized(a, sizes) if isinstance(a, Dim) else a for a in node.attrs)
                return apply(node.op, *below, attrs=attrs)
            case Bind():
                variables = [step(v, ()) for v in node.variables]
                return bind(node.op, variables, *below)
        return node

    return fold(body, step)


def _resized_symbol(one: Symbol, sizes: dict[str, Dim]) -> Symbol:
    return symbol(one.name, [_resized(d, sizes) for d in one.shape], one.facts)


def _resized(dim: Dim, sizes: dict[str, Dim]) -> Dim:
    if not dim.names & set(sizes):
        return dim
    total = Dim.of(0)
    for names, count in dim.terms:
        part = Dim.of(count)
        for name in names:
            part = part * sizes.get(name, Dim.of(name))
        total = total + part
    return total


def entrywise(body: Expr, mapping: Mapping[Expr, Expr]) -> Expr:
    """Return a scalar body at vectors or matrices: products, quotients and powers become entrywise ones."""
    found: dict[Expr, Expr] = {**mapping}

    def step(node: Expr, args: tuple[Expr, ...]) -> Expr:
        if node in found:
            return found[node]
        if not isinstance(node, Apply) or args == node.args:
            return with_args(node, args)
        full = [a for a in args if a.shape]
        match node.op.name:
            case "mul" if len(full) > 1:
                return apply("hadamard", *args)
            case "div" if args[1].shape:
                return apply("ediv", *args)
            case "pow" if args[0].shape:
                return apply("epow", *args)
            case "add" if full and full[0].ndim == 2 and full[0].shape[0] == full[0].shape[1]:
                ones = apply("ones", attrs=full[0].shape)
                return apply("add", *(a if a.shape else apply("mul", a, ones) for a in args))
        return apply(node.op, *args, attrs=node.attrs)

    return fold(body, step)


def entry_told(owner: Expr, items: list[Expr]) -> Expr | None:
    """Return entry i of a tensor [body]_j as its body at i, unless a binder inside would capture an index."""
    if not isinstance(owner, Bind) or owner.op.name != "Tensor" or len(items) != len(owner.variables):
        return None
    body = owner.args[0]
    inner = {v for n in postorder(body) if isinstance(n, Bind) for v in n.variables}
    moved = frozenset().union(*(free_indices(i) for i in items), owner.variables)
    if inner & moved or body.shape:
        return None
    mapping: dict[Expr, Expr] = dict(zip(owner.variables, items, strict=True))
    return fold(body, lambda node, below: mapping[node] if node in mapping else with_args(node, below))
