"""The normal form while it is being worked on: a sum of products with labelled axes.

A `Form` has axes 0 … k−1. Each of its `Term`s is a product: a coefficient and factors `base^power` whose axes carry
labels. The labels 0 … k−1 are the axes of the form; other ints are summed over; an `Index` is a free index.
A label that no factor carries stands for ones. `build` turns a form into an (interned) expression.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import count

from agnesi.expr.dims import ONE, Dim, Shape
from agnesi.expr.nodes import Apply, Const, Expr, Index, apply, constant

Label = int | Index
LONG = 8  # a sum of more terms stays one part of a sum around it: deep residual networks cost linear time
Coef = Fraction | float
Dims = Mapping[Label, Dim]

_fresh = count(1000)


def fresh() -> int:
    """Return a label that is nowhere in use."""
    return next(_fresh)


class Factor:
    """A base raised to a rational power, with a label for each axis of the base."""

    __slots__ = ("base", "labels", "power")

    def __init__(self, base: Expr, labels: tuple[Label, ...], power: Fraction | int = 1) -> None:
        self.base, self.labels, self.power = base, labels, power

    def renamed(self, names: Mapping[Label, Label]) -> Factor:
        """Return the factor with other labels."""
        return Factor(self.base, tuple(names.get(x, x) for x in self.labels), self.power)

    def __repr__(self) -> str:
        return f"{self.base}{list(self.labels)}^{self.power}"


class Term:
    """A product: coefficient, factors, the dims of all its int labels, and `rank`, its place for display."""

    __slots__ = ("coef", "dims", "factors", "rank")

    def __init__(
        self, coef: Coef, factors: tuple[Factor, ...], dims: Mapping[int, Dim], rank: tuple[int, ...] = ()
    ) -> None:
        self.coef, self.factors, self.dims, self.rank = coef, factors, dims, rank

    def scaled(self, coef: Coef) -> Term:
        """Return the term times a number."""
        return Term(self.coef * coef, self.factors, self.dims, self.rank)

    def renamed(self, names: Mapping[Label, Label], dims: Mapping[int, Dim] | None = None) -> Term:
        """Return the term with other labels; labels that it sums over are renamed apart by the caller."""
        table = {names.get(x, x): d for x, d in self.dims.items()}
        return Term(
            self.coef,
            tuple(f.renamed(names) for f in self.factors),
            {x: d for x, d in table.items() if isinstance(x, int)} | dict(dims or {}),
            self.rank,
        )

    def __repr__(self) -> str:
        return f"{self.coef}·{list(self.factors)}"


class Form:
    """A sum of terms with the given shape."""

    __slots__ = ("shape", "terms")

    def __init__(self, shape: Shape, terms: Iterable[Term]) -> None:
        self.shape, self.terms = shape, tuple(terms)

    def indices(self) -> tuple[Index, ...]:
        """Return the free indices, by name."""
        found = {x for t in self.terms for f in t.factors for x in f.labels if isinstance(x, Index)}
        return tuple(sorted(found, key=lambda i: i.name))

    def scaled(self, coef: Coef) -> Form:
        """Return the form times a number."""
        return Form(self.shape, [t.scaled(coef) for t in self.terms] if coef else [])

    def at(self, labels: Sequence[Label]) -> list[Term]:
        """Return the terms with the axes carrying `labels` and all summed labels fresh."""
        own: dict[Label, Label] = dict(enumerate(labels))
        out = []
        for term in self.terms:
            names: dict[Label, Label] = {x: fresh() for x in term.dims if x >= len(self.shape)}
            names.update(own)
            out.append(term.renamed(names))
        return out

    def __repr__(self) -> str:
        return f"Form{self.shape}({' + '.join(map(repr, self.terms))})"


def exact(value: int | float | Fraction) -> Coef:
    """Return a number as a Fraction where it has a short decimal form, as a float otherwise."""
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return value
        text = repr(value)
        return Fraction(text) if len(text) <= 18 else value
    return Fraction(value)


def number(value: Coef) -> Form:
    """Return the form of a number."""
    return Form((), [Term(value, (), {})] if value else [])


def leaf(base: Expr) -> Form:
    """Return the form of an atom: one factor with its axes in order."""
    axes = tuple(range(base.ndim))
    return Form(base.shape, [Term(Fraction(1), (Factor(base, axes),), dict(enumerate(base.shape)))])


def identity(dim: Dim) -> Expr:
    """Return the identity matrix, whose factor in a product is the delta of its two labels."""
    return apply("eye", attrs=(dim,))


def is_delta(factor: Factor) -> bool:
    """Tell whether a factor is δ_ij."""
    return isinstance(factor.base, Apply) and factor.base.op.name == "eye"


def powered(base: Expr, power: Fraction | int) -> Expr:
    """Return base^power as an expression of the normal form."""
    return base if power == 1 else apply("epow", base, constant(Fraction(power)))


def split_power(node: Expr) -> tuple[Expr, Fraction | int]:
    """Return base and power of a factor of an einsum node."""
    if isinstance(node, Apply) and node.op.name == "epow" and isinstance(node.args[1], Const):
        value = node.args[1].value
        if isinstance(value, Fraction):
            return node.args[0], value
    return node, 1


def build(form: Form, axes: Sequence[Label] | None = None, dims: Dims | None = None) -> Expr:
    """Return the expression of a form; `axes` (default 0, 1, ...) gives the order of labels, free indices included."""
    order = tuple(axes) if axes is not None else tuple(range(len(form.shape)))
    known: dict[Label, Dim] = dict(enumerate(form.shape))
    known.update(dims or {})
    shape = tuple(x.dim if isinstance(x, Index) else known[x] for x in order)
    terms = [_build_term(t, order, shape) for t in form.terms]
    if not terms:
        return apply("zeros", attrs=shape) if shape else constant(0)
    return terms[0] if len(terms) == 1 else apply("plus", *terms)


def _build_term(term: Term, order: tuple[Label, ...], shape: Shape) -> Expr:
    if not order and not term.factors and not term.dims:
        coef = term.coef
        return constant(coef if isinstance(coef, float) else coef.numerator if coef.denominator == 1 else coef)
    if term.coef == 1 and len(term.factors) == 1 and term.factors[0].power == 1:
        factor = term.factors[0]
        if factor.labels == order and all(x in order for x in term.dims):
            return factor.base
    place: dict[Label, int] = {x: k for k, x in enumerate(order)}
    for factor in term.factors:
        for label in factor.labels:
            place.setdefault(label, len(place))
    carried = {x for f in term.factors for x in f.labels}
    loose: list[tuple[int, Dim]] = []
    for label, dim in zip(order, shape, strict=True):
        if label not in carried:
            loose.append((place[label], dim))
    for x, dim in term.dims.items():
        if x not in carried and x not in order:
            loose.append((place.setdefault(x, len(place)), dim))
    subs = tuple(tuple(place[x] for x in f.labels) for f in term.factors)
    args = [powered(f.base, f.power) for f in term.factors]
    return apply("einsum", *args, attrs=(term.coef, subs, tuple(range(len(order))), tuple(loose)))


def unbuild(node: Apply) -> Form:
    """Return the form of an einsum node (one term), without simplifying it."""
    coef, subs, out, loose = node.attrs
    width = len(out)
    dims: dict[int, Dim] = dict(enumerate(node.shape))
    names = {label: k for k, label in enumerate(out)}
    factors = []
    for arg, labels in zip(node.args, subs, strict=True):
        base, power = split_power(arg)
        for label, dim in zip(labels, arg.shape, strict=True):
            if label not in names:
                names[label] = width + label
            dims[names[label]] = dim
        factors.append(Factor(base, tuple(names[x] for x in labels), power))
    for label, dim in loose:
        if label not in names:
            names[label] = width + label
        dims[names[label]] = dim
    return Form(node.shape, [Term(coef, tuple(factors), dims)])


def squeezed(form: Form) -> tuple[Form, tuple[int, ...]]:
    """Return the form without its unit axes that no factor carries in any dims, and the axes that stay.

    The shape is kept; the axes that stay are those to build with.
    """
    carried = {x for t in form.terms for f in t.factors for x in f.labels}
    axes = tuple(k for k, dim in enumerate(form.shape) if dim != ONE or k in carried)
    gone = set(range(len(form.shape))) - set(axes)
    if not gone:
        return form, axes
    terms = [Term(t.coef, t.factors, {x: d for x, d in t.dims.items() if x not in gone}, t.rank) for t in form.terms]
    return Form(form.shape, terms), axes
