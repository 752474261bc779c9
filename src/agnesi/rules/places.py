"""Normal forms of what has indices: unit vectors, entries, rows, blocks, and sums over indices."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from agnesi.errors import NoDerivative
from agnesi.expr.dims import ONE, Dim
from agnesi.expr.nodes import (
    Apply,
    Bind,
    Const,
    Expr,
    Index,
    Symbol,
    apply,
    bind,
    free_indices,
    index,
    postorder,
    replace,
)
from agnesi.rules.atoms import function
from agnesi.rules.canon import combine
from agnesi.rules.forms import Form, Label, Term, fresh, leaf
from agnesi.rules.multiply import Active, delta_of, join, times


def basis_form(active: Active, node: Apply, below: tuple[Form, ...]) -> Form:
    """Return the form of a unit vector."""
    (position,), (dim,) = node.args, node.shape
    return join([_selector(position, dim, 0)], node.shape)


def _selector(position: Expr, dim: Dim, label: Label) -> tuple[Form, tuple[Label, ...]]:
    """Return the factor that picks `position` on an axis: e_k, δ with an index, or a shifted slot."""
    if isinstance(position, Const):
        return leaf(apply("basis", position, attrs=(dim,))), (label,)
    index, shift = _shifted(position)
    if shift == 0 and index.dim == dim:
        return delta_of(dim), (label, index)
    return leaf(apply("slot", attrs=(Dim.of(shift), index.dim, dim))), (label, index)


def _shifted(position: Expr) -> tuple[Index, int]:
    """Return (i, k) where the position is i + k."""
    shift, index = 0, None
    parts = [position]
    while parts:
        part = parts.pop()
        if isinstance(part, Apply) and part.op.name == "add":
            parts += part.args
            continue
        sign, inner = (-1, part.args[0]) if isinstance(part, Apply) and part.op.name == "neg" else (1, part)
        if isinstance(inner, Const) and isinstance(inner.value, int):
            shift += sign * inner.value
        elif isinstance(inner, Index) and sign == 1 and index is None:
            index = inner
        else:
            raise NoDerivative(f"The index {position} is not read here.", repair="Use i, a number, or i + a number.")
    if index is None:
        raise NoDerivative(f"The index {position} is not read here.", repair="Use i, a number, or i + a number.")
    return index, shift


def entry_form(active: Active, node: Apply, below: tuple[Form, ...]) -> Form:
    """Return the form of an entry."""
    owner, positions = node.args[0], node.args[1:]
    form = below[0]
    labels: list[Label] = [fresh() for _ in form.shape]
    offset = len(form.shape) - len(positions)
    if len(form.shape) != owner.ndim:
        raise NoDerivative(f"The entry {node} is not read here.", repair="Declare the shapes of its letters.")
    parts: list[tuple[Form, Sequence[Label]]] = [(form, labels)]
    for position, label, dim in zip(positions, labels[offset:], owner.shape[offset:], strict=True):
        parts.append(_selector(position, dim, label))
    return times(active, parts, ())


def line_form(active: Active, node: Apply, below: tuple[Form, ...]) -> Form:
    """Return the form of a row or a column."""
    axis = 0 if node.op.name == "row" else 1
    label = fresh()
    labels: tuple[Label, ...] = (label, 0) if axis == 0 else (0, label)
    if not node.shape:
        labels = tuple(x if x == label else fresh() for x in labels)
    selector = _selector(node.args[1], node.args[0].shape[axis], label)
    return times(active, [(below[0], labels), selector], node.shape)


def blocks_form(active: Active, node: Apply, below: tuple[Form, ...]) -> Form:
    """Return the form of a matrix of blocks: each block put in its slot."""
    rows, columns = node.attrs
    full = [a.shape + (ONE,) * (2 - a.ndim) for a in node.args]
    heights = [full[r * columns][0] for r in range(rows)]
    widths = [full[c][1] for c in range(columns)]
    height, width = sum(heights, Dim.of(0)), sum(widths, Dim.of(0))
    terms: list[Term] = []
    for r in range(rows):
        for c in range(columns):
            at = r * columns + c
            i, j = fresh(), fresh()
            parts: list[tuple[Form, Sequence[Label]]] = [(below[at], (i, j)[: len(below[at].shape)])]
            out = 0
            for label, sizes, total, where in ((i, heights, height, r), (j, widths, width, c)):
                if total != ONE:
                    offset = sum(sizes[:where], Dim.of(0))
                    parts.append((leaf(apply("slot", attrs=(offset, sizes[where], total))), (out, label)))
                    out += 1
            if below[at].terms:
                terms += times(active, parts, node.shape).terms
    return combine(Form(node.shape, terms))


def reindexed(node: Bind) -> Bind:
    """Return ∑_{i=k}^n g(x_i, x_{i−1}) as ∑_{i=1}^{n−k+1} g(x_{i+k−1}, x_{i+k−2}); other binders as they are.

    So no position lies before the start of its axis, and the sum needs no condition. The index keeps its name.
    """
    return node.memo("reindexed", lambda: _reindexed(node))  # type: ignore[no-any-return]


def _reindexed(node: Bind) -> Bind:
    match node.condition:
        case Apply(args=(Index() as i, Const(value=int(bound)))) if node.condition.op.name in ("ge", "gt"):
            skipped = bound - (node.condition.op.name == "ge")
        case _:
            return node
    left = i.dim - skipped
    parts = list(postorder(node.body))
    if skipped < 1 or (left.number is not None and left.number < 1) or i.name in _bound_or_compared(parts):
        return node
    if i not in node.variables or not any(_shifts(part, i) for part in parts):
        return node
    moved = index(i.name, left)
    variables = [moved if v is i else v for v in node.variables]
    return bind(node.op, variables, replace(node.body, {i: moved + skipped}))


def _bound_or_compared(parts: list[Expr]) -> set[str]:
    """Return the names of the indices that binders among the parts bind, or that stand in their conditions."""
    binders = [part for part in parts if isinstance(part, Bind)]
    bound = {v.name for binder in binders for v in binder.variables if isinstance(v, Index)}
    return bound | {x.name for binder in binders for x in free_indices(binder.condition or binder)}


def _shifts(part: Expr, i: Index) -> bool:
    """Tell whether a node is an entry, a row or the like at a place such as i − 1."""
    if not isinstance(part, Apply) or part.op.name not in ("entry", "row", "col", "basis"):
        return False
    places = part.args if part.op.name == "basis" else part.args[1:]
    return any(place is not i and i in free_indices(place) for place in places)


def bind_form(active: Active, node: Bind, below: tuple[Form, ...]) -> Form:
    """Return the form of a big operator or of a tensor given by its entries."""
    name = node.op.name
    if name == "Sum":
        return _big_sum(node, below[0])
    if name == "Tensor":
        return _tensor(node, below[0])
    variables = [v for v in node.variables if isinstance(v, Index)]
    closed = name in ("Prod", "Max", "Min") and (node.condition is None or name == "Prod") and not node.shape
    if closed and len(variables) == len(node.variables):
        form = below[0]
        if node.condition is not None:
            # Π over the indices that meet the condition is Π (1 + [condition](f − 1)) over all of them
            one = Term(Fraction(1), (), {})
            less = combine(Form((), [*form.terms, one.scaled(Fraction(-1))]))
            form = combine(Form((), [*_restricted(less, node.condition).terms, one]))
        for variable in variables:
            form = _as_axis(form, variable)
        return function({"Prod": "prod", "Max": "max", "Min": "min"}[name], flat(form), shape=())
    if not node.shape and all(isinstance(v, Symbol) for v in node.variables):
        return leaf(node)
    what = " under a condition" if node.condition is not None else ""
    raise NoDerivative(f"{node.op.unicode}{what} has no closed form here.")


def _as_axis(form: Form, index: Index) -> Form:
    """Return the form with a free index turned into a last axis."""
    width = len(form.shape)
    apart = [Form(form.shape, [t]).at(range(width))[0] for t in form.terms]
    terms = [t.renamed({index: width}, {width: index.dim}) for t in apart]
    return Form((*form.shape, index.dim), terms)


def _big_sum(node: Bind, form: Form) -> Form:
    if node.condition is not None:
        form = _restricted(form, node.condition)
    width = len(form.shape)
    for variable in node.variables:
        assert isinstance(variable, Index)
        form = _as_axis(form, variable)
    labels: list[Label] = [*range(width), *(fresh() for _ in node.variables)]
    return join([(form, labels)], form.shape[:width])


def _restricted(form: Form, condition: Expr) -> Form:
    """Return the form times the 0/1 value of a condition between indices."""
    assert isinstance(condition, Apply)
    left, right = condition.args
    axes = tuple(range(len(form.shape)))
    if isinstance(right, Const) and isinstance(left, Index):
        return _compared(form, left, condition.op.name, right)
    if not isinstance(left, Index) or not isinstance(right, Index):
        raise NoDerivative(f"The condition {condition} is not read here.", repair="Compare two indices, as in i ≠ j.")
    if left.dim != right.dim:
        raise NoDerivative(f"{left.name} runs to {left.dim} and {right.name} to {right.dim}: they cannot be compared.")
    if condition.op.name in ("eq", "ne"):
        met = join([(form, axes), (delta_of(left.dim), (left, right))], form.shape)
        if condition.op.name == "eq":
            return met
        return combine(Form(form.shape, [*form.terms, *met.scaled(Fraction(-1)).terms]))
    mask = leaf(apply("mask", attrs=(condition.op.name, left.dim, right.dim)))
    parts = [join([(Form(form.shape, [t]), axes), (mask, (left, right))], form.shape) for t in form.terms]
    return combine(Form(form.shape, [t for p in parts for t in p.terms]))


def _compared(form: Form, index: Index, relation: str, bound: Const) -> Form:
    """Return a form times [i < k] and the like for a number k: a sum of the unit vectors for which it holds."""
    k = bound.value
    if not isinstance(k, int) or not 0 <= k <= 64:
        raise NoDerivative(f"The condition {index.name} against {k} is not read here.", repair="Compare two indices.")
    below = range(1, {"lt": k, "ge": k, "le": k + 1, "gt": k + 1}.get(relation, 0))
    picked = [k] if relation in ("eq", "ne") else list(below)
    axes = tuple(range(len(form.shape)))
    terms: list[Term] = []
    for at in picked:
        unit = leaf(apply("basis", at, attrs=(index.dim,)))
        terms += join([(form, axes), (unit, (index,))], form.shape).terms
    met = combine(Form(form.shape, terms))
    if relation in ("eq", "lt", "le"):
        return met
    return combine(Form(form.shape, [*form.terms, *met.scaled(Fraction(-1)).terms]))


def _tensor(node: Bind, form: Form) -> Form:
    for variable in node.variables:
        assert isinstance(variable, Index)
        form = _as_axis(form, variable)
    return join([(form, tuple(range(len(form.shape))))], form.shape)


def flat(form: Form) -> Form:
    """Return a form as a vector of all its entries."""
    if len(form.shape) == 2 and form.shape[0] == ONE:
        return join([(form, (fresh(), 0))], form.shape[1:])
    while len(form.shape) > 1:
        a, b = form.shape[:2]
        fused = apply("fuse", attrs=(a, b))
        i, j = fresh(), fresh()
        rest = tuple(range(1, len(form.shape) - 1))
        form = join([(form, (i, j, *rest)), (leaf(fused), (0, i, j))], (a * b, *form.shape[2:]))
    return form
