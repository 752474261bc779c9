"""From the written form to the normal form: transposes, traces, sums, diag, vec and ⊗ become labels of products.

`normalise(e)` is the whole pass: a fold in which each operation has one short rule. What is not a product (exp, inv,
det, ...) becomes an atom over a normal argument; free indices of the argument become leading batch axes of the atom.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from agnesi.errors import NoDerivative, TooLarge
from agnesi.expr.dims import ONE, Dim, Shape
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Index, Symbol, apply, postorder, symbol
from agnesi.expr.operation import operations
from agnesi.ops.shapes import times as product_shape
from agnesi.rules.atoms import as_atom, function, matrix_atom
from agnesi.rules.bases import as_form
from agnesi.rules.canon import combine
from agnesi.rules.forms import (
    LONG,
    Form,
    Label,
    Term,
    build,
    exact,
    fresh,
    is_delta,
    leaf,
    number,
)
from agnesi.rules.multiply import (
    Active,
    delta_of,
    is_active,
    is_number,
    join,
    mask_of,
    one_factor,
    size_of,
    times,
)
from agnesi.rules.places import basis_form, bind_form, blocks_form, entry_form, flat, line_form, reindexed
from agnesi.rules.powers import power

HALF = Fraction(1, 2)
Env = Mapping[Expr, Form]
Rule = Callable[["Pass", Any, tuple[Form, ...]], Form]


class Pass:
    """One pass of normalising: `env` replaces symbols by forms; sums with an `active` symbol are multiplied out."""

    def __init__(self, env: Env | None = None, active: frozenset[Expr] = frozenset()) -> None:
        self.env, self.active = env or {}, active

    def run(self, root: Expr) -> Form:
        """Return the form of `root`."""
        forms: dict[Expr, Form] = {}
        for node in postorder(root, below=self.below):
            forms[node] = self.step(node, tuple(forms[a] for a in self.below(node)))
        return forms[root]

    def below(self, node: Expr) -> tuple[Expr, ...]:
        """Return the arguments that have a form: not the condition of a binder, nor what `env` replaces."""
        if node in self.env or (not self.env and not self.active and node._memo and "form" in node._memo):
            return ()
        return (reindexed(node).body,) if isinstance(node, Bind) else node.args

    def step(self, node: Expr, below: tuple[Form, ...]) -> Form:
        """Return the form of a node from the forms of its arguments."""
        if node in self.env:
            return self.env[node]
        match node:
            case Const():
                return number(exact(node.value))
            case Symbol():
                return leaf(node)
            case Index():
                return join([(mask_of("le", node.dim), (fresh(), node))], ())
            case Bind():
                return bind_form(self.active, reindexed(node), below)
            case Apply():
                if not self.active and not self.env and node._memo and "form" in node._memo:
                    return node._memo["form"]  # type: ignore[no-any-return]
                form = self.apply(node, below)
                if not self.active and not self.env:
                    node.memo("form", lambda: form)
                return form
        raise NoDerivative(f"No normal form for {node}.")

    def apply(self, node: Apply, below: tuple[Form, ...]) -> Form:
        """Return the form of an application."""
        rule = _RULES.get(node.op.name)
        if rule is not None:
            return rule(self, node, below)
        if node.op.einsum:
            return _moved(node, below[0])
        if node.op.family == "elementwise":
            return function(node.op.name, *below)
        if node.op.core is not None:
            return as_atom(node.op, node.attrs, below, node.shape)
        raise NoDerivative(f"{node.op.name} is not part of the algebra here.", repair=node.op.why_not)


def normalise(root: Expr) -> Expr:
    """Return the normal form of an expression: interned, like terms combined, of the same shape."""
    return root.memo("normal", lambda: build(form_of(root)))  # type: ignore[no-any-return]


def form_of(root: Expr, env: Env | None = None, active: frozenset[Expr] = frozenset()) -> Form:
    """Return the form of an expression, with `env` for some of its symbols."""
    return Pass(env, active).run(root)


# -- arithmetic ------------------------------------------------------------------------------------------------------


def _add(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    terms: list[Term] = []
    axes = dict(enumerate(node.shape))
    for at, form in enumerate(below):
        if len(form.terms) > LONG and not is_active(form, run.active):
            form = one_factor(form)
        labels = range(len(node.shape)) if form.shape else ()
        for term in form.at(tuple(labels)):
            terms.append(Term(term.coef, term.factors, {**term.dims, **axes}, (at,)))
    return combine(Form(node.shape, terms))


def _mul(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    """A chain from left to right; where its left part closes into a number (xᵀAx x), a new chain begins."""
    parts: list[tuple[Form, Sequence[Label]]] = []
    first: Label | None = None
    last: Label | None = None
    shape: Shape = ()
    for form, arg in zip(below, node.args, strict=True):
        if not form.shape:
            parts.append((form, ()))
            continue
        row = fresh() if last is None else last
        column = fresh()
        first = row if first is None else first
        parts.append((form, (row,) if len(form.shape) == 1 else (row, column)))
        last = column
        shape = product_shape(shape, arg.shape) or ()
        if not shape:
            first = last = None
    names: dict[Label, Label] = {}
    if len(node.shape) >= 1 and first is not None:
        names[first] = 0
    if len(node.shape) == 2 and last is not None:
        names[last] = 1
    return times(run.active, [(f, tuple(names.get(x, x) for x in ls)) for f, ls in parts], node.shape)


def _entrywise(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    axes = tuple(range(len(node.shape)))
    return times(run.active, [(f, axes if f.shape else ()) for f in below], node.shape)


def _div(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    return _entrywise(run, node, (below[0], power(below[1], Fraction(-1))))


def _pow(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    base, exponent = below
    if not exponent.terms:
        return Form(node.shape, [Term(Fraction(1), (), dict(enumerate(node.shape)))])
    if is_number(exponent):
        value = exponent.terms[0].coef
        if isinstance(value, Fraction) and abs(value.numerator) < 10**6 and value.denominator < 10**6:
            return power(base, value)
    return as_atom(operations["power"], (), below, node.shape)


def _power(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    return as_atom(node.op, (), below, node.shape)


def _matpow(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    k = int(node.attrs[0])
    if k > 64:
        raise TooLarge(f"The matrix power {k} is too large to be written out.", repair="Powers up to 64 are.")
    labels = [0, *(fresh() for _ in range(k - 1)), 1]
    return times(run.active, [(below[0], (labels[r], labels[r + 1])) for r in range(k)], node.shape)


def _moved(node: Apply, form: Form) -> Form:
    """Apply an einsum pattern such as "ij->ji" to one argument; a row or a column has a unit axis."""
    if node.op.name == "transpose":
        if len(form.shape) == 0:
            return form
        if len(form.shape) == 1:
            return join([(form, (1,))], node.shape)
        return join([(form, (1, 0) if len(node.shape) == 2 else (fresh(), 0))], node.shape)
    left, right = node.op.einsum.split("->")
    names: dict[str, Label] = {x: k for k, x in enumerate(right)}
    labels = [names.setdefault(x, fresh()) for x in left]
    return join([(form, labels)], node.shape)


def _inner(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    labels = tuple(fresh() for _ in below[0].shape)
    return times(run.active, [(f, labels) for f in below], ())


def _kron(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    sides: list[tuple[Label, Label]] = []
    dims: list[tuple[Dim, Dim]] = []
    for form in below:
        shape = form.shape + (ONE,) * (2 - len(form.shape))
        sides.append((fresh(), fresh()))
        dims.append((shape[0], shape[1]))
    (i, j), (k, m) = sides
    parts: list[tuple[Form, Sequence[Label]]] = [
        (f, side[: len(f.shape)]) for f, side in zip(below, sides, strict=True)
    ]
    if node.shape:
        parts.append((leaf(apply("fuse", attrs=(dims[0][0], dims[1][0]))), (0, i, k)))
    if len(node.shape) == 2:
        parts.append((leaf(apply("fuse", attrs=(dims[0][1], dims[1][1]))), (1, j, m)))
    return times(run.active, parts, node.shape)


# -- reductions ------------------------------------------------------------------------------------------------------


def _sum(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    return times(run.active, [(below[0], tuple(fresh() for _ in below[0].shape))], ())


def _mean(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    total = _sum(run, node, below)
    for dim in below[0].shape:
        total = times(run.active, [(total, ()), (power(size_of(dim), Fraction(-1)), ())], ())
    return total


def _norm(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    labels = tuple(fresh() for _ in below[0].shape)
    if len(below[0].terms) == 1 and not labels:
        return function("abs", below[0])
    return power(join([(below[0], labels), (below[0], labels)], ()), HALF)


def _norm1(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    return join([(function("abs", below[0]), tuple(fresh() for _ in below[0].shape))], ())


def _norm_quad(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    i, j = fresh(), fresh()
    return power(join([(below[0], (i,)), (below[1], (i, j)), (below[0], (j,))], ()), HALF)


def _over_all(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    form = below[0]
    if not form.shape:
        return form
    if node.op.name == "logsumexp" and len(form.shape) > 1:
        exps = function("exp", form)
        return function("log", join([(exps, tuple(fresh() for _ in form.shape))], ()))
    return as_atom(node.op, (), (flat(form),), ())


def _norminf(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    form = function("abs", below[0])
    return function("max", flat(form), shape=()) if form.shape else form


def _onehot(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    if len(node.shape) != 1:
        raise NoDerivative(f"{node.op.name} of a matrix has no normal form here.")
    return as_atom(node.op, (), below, node.shape)


def _softmaxrows(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    return function("softmax", below[0], batch=1)


def _cumsum(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    (dim,), j = node.shape, fresh()
    return times(run.active, [(mask_of("le", dim), (j, 0)), (below[0], (j,))], node.shape)


# -- matrices and leaves ---------------------------------------------------------------------------------------------


def _diag(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    return times(run.active, [(below[0], (0,)), (delta_of(node.shape[0]), (0, 1))], node.shape)


def _vec(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    rows, columns = below[0].shape
    i, j = fresh(), fresh()
    return times(run.active, [(below[0], (i, j)), (leaf(apply("fuse", attrs=(columns, rows))), (0, j, i))], node.shape)


def _unvec(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    rows, columns = node.shape
    p = fresh()
    return times(run.active, [(below[0], (p,)), (leaf(apply("fuse", attrs=(columns, rows))), (p, 1, 0))], node.shape)


def _triangle(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    mask = apply("mask", attrs=("ge" if node.op.name == "tril" else "le", *node.shape))
    return times(run.active, [(leaf(mask), (0, 1)), (below[0], (0, 1))], node.shape)


def _filled(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    value = Fraction(node.op.name == "ones")
    return Form(node.shape, [Term(value, (), dict(enumerate(node.shape)))] if value else [])


def _eye(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    return join([(delta_of(node.shape[0]), (0, 1))], node.shape)


def _size(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    return size_of(Dim.of(node.attrs[0]))


# -- what the normal form keeps --------------------------------------------------------------------------------------


def _kept(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    if not run.env:
        return as_form(node)
    if node.op.name == "plus":
        return combine(Form(node.shape, [t for f in below for t in f.terms]))
    coef, subs, out, loose = node.attrs
    names: dict[int, Label] = {label: k for k, label in enumerate(out)}
    parts: list[tuple[Form, Sequence[Label]]] = [(number(coef), ())]
    for form, labels in zip(below, subs, strict=True):
        parts.append((form, [names.setdefault(x, fresh()) for x in labels]))
    for label, dim in loose:
        if label not in names:
            parts.append((size_of(dim), ()))
    return times(run.active, parts, node.shape)


def _polygamma(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    return as_atom(node.op, node.attrs, below, node.shape)


def _matrix_function(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    """f(Uᵀ) = f(U)ᵀ for expm, logm and sqrtm."""
    form = below[0]
    if len(form.terms) == 1 and form.terms[0].coef == 1 and not form.indices():
        factors = form.terms[0].factors
        if len(factors) == 1 and factors[0].labels == (1, 0) and factors[0].power == 1:
            return join([(leaf(apply(node.op, factors[0].base)), (1, 0))], node.shape)
    return as_atom(node.op, (), below, node.shape)


def _frechet(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    """L_f(X, cI) = c f′(X): expm(X), X⁻¹ and X^{-1/2}/2."""
    where, direction = below
    single = direction.terms[0] if len(direction.terms) == 1 else None
    if not direction.terms:
        return direction
    if single is not None and sum(bool(f.labels) for f in single.factors) == 1:
        deltas = [f for f in single.factors if is_delta(f) and set(f.labels) == {0, 1}]
        if deltas:
            scale = Form((), [Term(single.coef, tuple(f for f in single.factors if f is not deltas[0]), {})])
            inner = symbol("\0x", node.shape)
            slope = {
                "dexpm": lambda x: apply("expm", x),
                "dlogm": lambda x: apply("inv", x),
                "dsqrtm": lambda x: apply("div", apply("inv", apply("sqrtm", x)), 2),
            }[node.op.name](inner)
            return times(run.active, [(scale, ()), (Pass({inner: where}).run(slope), (0, 1))], node.shape)
    return as_atom(node.op, (), below, node.shape)


def _negated(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    return below[0].scaled(Fraction(-1))


def _root(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    return power(below[0], HALF)


def _atom_leaf(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    return leaf(node)


def _matrix(run: Pass, node: Apply, below: tuple[Form, ...]) -> Form:
    return matrix_atom(node.op, below[0])


def _with(rule: Callable[[Active, Apply, tuple[Form, ...]], Form]) -> Rule:
    return lambda run, node, below: rule(run.active, node, below)


_RULES: dict[str, Rule] = {
    "add": _add, "neg": _negated, "mul": _mul, "hadamard": _entrywise, "div": _div, "ediv": _div, "pow": _pow,
    "epow": _pow, "matpow": _matpow, "inner": _inner, "kron": _kron, "sum": _sum, "mean": _mean, "norm": _norm,
    "norm1": _norm1, "norm_quad": _norm_quad, "norminf": _norminf, "prod": _over_all, "max": _over_all,
    "min": _over_all, "logsumexp": _over_all, "onehotmax": _onehot, "onehotmin": _onehot,
    "softmaxrows": _softmaxrows, "cumsum": _cumsum, "diag": _diag, "vec": _vec, "unvec": _unvec, "tril": _triangle,
    "triu": _triangle, "ones": _filled, "zeros": _filled, "eye": _eye, "size": _size, "basis": _with(basis_form),
    "entry": _with(entry_form), "row": _with(line_form), "col": _with(line_form), "blocks": _with(blocks_form),
    "einsum": _kept, "plus": _kept, "sqrt": _root, "expm": _matrix_function, "logm": _matrix_function,
    "sqrtm": _matrix_function, "dexpm": _frechet, "dlogm": _frechet, "dsqrtm": _frechet, "inv": _matrix,
    "det": _matrix, "logdet": _matrix, "polygamma": _polygamma, "power": _power, "pi": _atom_leaf,
    "euler": _atom_leaf, "d": _atom_leaf, "fuse": _atom_leaf, "slot": _atom_leaf, "mask": _atom_leaf,
}  # fmt: skip
