"""Sums over rows: f = Σ_i g(row i of the arrays with that axis; the others) + rest, found in the normal form.

Every part of the normal form is one of these, for a size n: free of n; one entry for each row that depends on that
row alone; a sum of such entries; or something in which rows meet. Where f is a sum, sums that are left inside its
products are multiplied out until each product either runs over the rows or does not hold them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from agnesi.errors import AgnesiError, ShapeError, UnknownName
from agnesi.expr.dims import Dim, show_shape
from agnesi.expr.nodes import (
    Apply,
    Bind,
    Const,
    Expr,
    Index,
    Symbol,
    free_indices,
    postorder,
    replace,
    symbol,
    symbols_of,
)
from agnesi.expr.nodes import apply as applied
from agnesi.rules.bases import as_form
from agnesi.rules.canon import combine
from agnesi.rules.derive import resolved, with_rows, without_rows
from agnesi.rules.expand import split_at
from agnesi.rules.forms import Form, Term, build, split_power
from agnesi.rules.normal import normalise
from agnesi.rules.tidy import Tidy

SUM = -1  # a sum over the rows; other ints are the axis of the rows, None is free of them, a text tells how they meet
LIMIT = 256  # products, when sums are multiplied out
JOINED = "one of its products joins every row with every other"
Place = int | str | None

_POWERS = {
    Fraction(1, 2): "the square root", Fraction(-1): "the reciprocal", Fraction(2): "the square",
    Fraction(-1, 2): "the reciprocal of the square root",
}  # fmt: skip
_FUNCTIONS = {
    "log": "the logarithm", "exp": "the exponential", "abs": "the absolute value", "inv": "the inverse",
    "det": "the determinant", "logdet": "log det", "softmax": "the softmax", "max": "the maximum",
    "min": "the minimum", "prod": "the product", "logsumexp": "the logarithm of the sum of exponentials",
}  # fmt: skip
_POSITIONS = {
    "basis": "a row is picked by its number", "mask": "it depends on the order of the rows",
    "slot": "rows are shifted or put into blocks", "fuse": "rows and another axis are made one axis",
    "eye": "the identity of size {n} joins rows with rows",
}  # fmt: skip


@dataclass(frozen=True)
class RowSum:
    """A scalar as a sum over the axis `dim`: of `row` over the rows of the arrays, and `rest`, once (or None).

    `axes` are the symbols that have the axis, and which of their axes it is. Evaluated on some of the rows, `row` gives
    their part of the sum. Where the size is used as a number, as in a mean, `total` stands for it: the number of
    all rows, however many `row` is given.
    """

    dim: Dim
    axes: tuple[tuple[Symbol, int], ...]
    row: Expr
    rest: Expr | None
    total: Symbol

    @property
    def scaled(self) -> bool:
        """Whether the part of a row depends on the number of all rows."""
        return self.total in symbols_of(self.row)

    def shown(self, part: Expr) -> Expr:
        """Return a part with the size itself in the place of `total`."""
        return replace(part, {self.total: applied("size", attrs=(self.dim,))})


def row_sum(f: Expr, over: str) -> RowSum:
    """Return the scalar f as a sum over the axes of size `over`.

    >>> from agnesi.read import read
    >>> found = row_sum(read("‖X w − y‖² + λ‖w‖²").expr, "n")
    >>> found.axes[0][1], found.scaled
    (0, False)

    Raises `UnknownName` where no array has such an axis, `AgnesiError` with the reason where f is no such sum.
    """
    source, columns = _source(f)
    names = _names(f)
    if over not in names:
        choices = f"one of {', '.join(names)}" if names else "a named size, but there is none"
        raise UnknownName(f"No array of {f} has an axis of size {over}.", expected=choices)
    dim, total = Dim.of(over), fresh_total(f, over)
    found = _over(source, dim, total)
    if isinstance(found, str):
        raise AgnesiError(f"{f} is not a sum over {over} of terms of one row each: {found}.")
    row, rest = (with_rows(_written(part, source), columns) for part in found)
    axes = tuple((s, s.shape.index(dim)) for s in symbols_of(row) if dim in s.shape)
    return RowSum(dim, axes, row, rest if found[1].terms else None, total)


def row_axes(f: Expr) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the sizes of the axes that the scalar f is a sum over, and why it is none over the others."""
    source, _ = _source(f)
    found = {name: _over(source, Dim.of(name), fresh_total(f, name)) for name in _names(f)}
    reasons = {name: reason for name, reason in found.items() if isinstance(reason, str)}
    return tuple(name for name in found if name not in reasons), reasons


def _source(f: Expr) -> tuple[Expr, dict[Expr, Expr]]:
    if f.shape:
        raise ShapeError(f"A sum over rows is a number, but {f} has the shape {show_shape(f.shape)}.",
                         repair="Reduce it: sum(...), ‖...‖².")  # fmt: skip
    return without_rows(resolved(f))


def _over(source: Expr, dim: Dim, total: Symbol) -> tuple[Form, Form] | str:
    found = separated(source, dim, total)
    if isinstance(found, str) or found[0].terms:
        return found
    return "no array with that axis is left when it is simplified"


def _written(form: Form, source: Expr) -> Expr:
    """Return a part as mathematics, with what survives of the source as it stands there."""
    written = Tidy(source).write(form)
    # i·0 is 0, which has no i: where it is kept as it stood, no ∑_i binds it
    return Tidy().write(form) if free_indices(written) else written


def separated(f: Expr, dim: Dim, total: Symbol) -> tuple[Form, Form] | str:
    """Return f (of any shape without that axis) as a sum over the rows and the rest; or why it is none.

    In both forms `total` stands for the number of rows.
    """
    places = Places(dim)
    named: dict[Expr, Expr] = {s: total for s in symbols_of(f) if not s.shape and Dim.of(s.name) == dim}
    form = as_form(counted(normalise(replace(f, named)), dim, total))
    place = places.of(build(form))
    if isinstance(place, str):
        return place
    if place is not None and place != SUM:
        return "it has an entry for every row"
    width = len(form.shape)
    todo, rows, rest = list(reversed(form.terms)), list[Term](), list[Term]()
    while todo:
        term = todo.pop()
        at = next((k for k, f in enumerate(term.factors) if places.of(f.base) == SUM), None)
        if len(todo) + len(rows) + len(rest) > LIMIT:
            return f"multiplied out it has more than {LIMIT} products"
        if at is not None:
            todo.extend(reversed(split_at(term, at, width)))
        elif sum(d == dim for d in term.dims.values()) > 1:
            return JOINED
        else:
            (rows if dim in term.dims.values() else rest).append(term)
    return combine(Form(form.shape, rows)), combine(Form(form.shape, rest))


def fresh_total(f: Expr, name: str) -> Symbol:
    """Return a symbol for the number of all rows, of a name that f does not use."""
    used, total = {s.name for s in symbols_of(f)}, f"{name}_total"
    while total in used:
        total += "_"
    return symbol(total, (), ("positive",))


def _names(f: Expr) -> list[str]:
    """Return the names of sizes that are an axis of some array, in order of first appearance."""
    dims = dict.fromkeys(d for s in symbols_of(f) for d in s.shape)
    return [name for d in dims for name in d.names if Dim.of(name) == d]


def counted(f: Expr, dim: Dim, total: Symbol) -> Expr:
    """Return a normal expression with `total` wherever the size is used as a number."""
    own = [n for n in postorder(f) if isinstance(n, Apply) and n.op.name == "size" and dim.names <= n.attrs[0].names]
    return replace(f, {n: _polynomial(n.attrs[0], dim, total) for n in own}) if own else f


def _polynomial(size: Dim, dim: Dim, total: Symbol) -> Expr:
    """Return a size such as n·m as an expression, with `total` for n."""
    terms = []
    for names, count in size.terms:
        factors = [total if Dim.of(name) == dim else applied("size", attrs=(Dim.of(name),)) for name in names]
        terms.append(applied("mul", count, *factors))
    return normalise(terms[0] if len(terms) == 1 else applied("add", *terms))


class Places:
    """Tells of parts of the normal form where the rows of size `dim` are in them."""

    def __init__(self, dim: Dim) -> None:
        self.dim, self.known = dim, dict[Expr, Place]()

    def of(self, root: Expr) -> Place:
        """Return the axis of the rows, SUM for a sum over them, None where there are none, or how rows meet."""
        for node in postorder(root, below=lambda n: () if n in self.known else n.args):
            if node not in self.known:
                self.known[node] = self._place(node, [self.known[a] for a in node.args])
        return self.known[root]

    def _place(self, node: Expr, below: list[Place]) -> Place:
        told = next((p for p in below if isinstance(p, str)), None)
        if told is not None:
            return told
        match node:
            case Const():
                return None
            case Symbol():
                return self._of_shape(node)
            case Index():
                return "it depends on the numbers of the rows" if self._holds([node.dim]) else None
            case Bind():
                return None if all(p is None for p in below) else f"{node.op.unicode or node.op.name} holds rows"
            case Apply() if node.op.name == "einsum":
                return self._product(node, below)
            case Apply() if node.op.name == "plus":
                return self._agreed(below)
            case Apply() if node.op.core is not None or node.op.name == "epow":
                return self._function(node, below)
            case Apply() if node.op.name in ("zeros", "ones"):
                return self._of_shape(node)
            case Apply():
                return self._other(node, below)
        return f"{node} is not read here"

    def _holds(self, dims: Iterable[object]) -> bool:
        return any(isinstance(d, Dim) and self.dim.names <= d.names for d in dims)

    def _of_shape(self, node: Expr) -> Place:
        """Where the rows are in a symbol or a constant array, from its shape."""
        own = [k for k, d in enumerate(node.shape) if self._holds([d])]
        if len(own) > 1:
            return f"{node} has two axes of size {self.dim}"
        if own and node.shape[own[0]] != self.dim:
            return f"an axis of {node} has the size {node.shape[own[0]]}, which is not {self.dim} itself"
        return own[0] if own else None

    def _agreed(self, below: list[Place]) -> Place:
        """Where the rows are in a sum: its parts have one shape."""
        found = {p for p in below if p is not None}
        return found.pop() if len(found) == 1 else JOINED if found else None

    def _product(self, node: Apply, below: list[Place]) -> Place:
        """Where the rows are in a product: at most one label runs over them, or one factor is a sum over them."""
        _, subs, out, loose = node.attrs
        dims = {x: d for arg, labels in zip(node.args, subs, strict=True)
                for x, d in zip(labels, arg.shape, strict=True)} | dict(loose)  # fmt: skip
        labels = [x for x, d in dims.items() if self._holds([d])]
        if any(dims[x] != self.dim for x in labels):
            return _POSITIONS["fuse"]
        sums = below.count(SUM)
        if sums > 1:
            return JOINED
        if sums and labels:
            return JOINED
        if len(labels) > 1:
            return JOINED
        if labels:
            return list(out).index(labels[0]) if labels[0] in out else SUM
        return SUM if sums else None

    def _function(self, node: Apply, below: list[Place]) -> Place:
        """Where the rows are in a function: they must be one batch axis of its arguments."""
        words = _words(node)
        for place, arg, core in zip(below, node.args, node.op.core or (0,) * len(node.args), strict=True):
            if place == SUM:
                return f"{words} of the sum couples the rows"
            if isinstance(place, int) and place >= arg.ndim - core:
                return f"{words} of all rows couples them"
        return self._agreed(below)

    def _other(self, node: Apply, below: list[Place]) -> Place:
        """Where the rows are in constant tensors, and in what is not a function of entries or batches."""
        told = _POSITIONS.get(node.op.name, f"rows meet in {node.op.name}").format(n=self.dim)
        return told if self._holds((*node.shape, *node.attrs)) or any(p is not None for p in below) else None


def _words(node: Apply) -> str:
    """Return the name of a function as a person says it."""
    if node.op.name == "epow":
        exponent = split_power(node)[1]
        return _POWERS.get(Fraction(exponent), f"the power {exponent}")
    name = node.op.name.removeprefix("batched ")
    return _FUNCTIONS.get(name, name)
