"""Products of forms: what is multiplied out, and what stays one factor."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from agnesi.errors import TooLarge
from agnesi.expr.dims import Dim, Shape
from agnesi.expr.nodes import Apply, Expr, apply
from agnesi.rules.canon import combine
from agnesi.rules.chains import shared_coef
from agnesi.rules.forms import Coef, Factor, Form, Label, Term, build, fresh, identity, leaf, squeezed
from agnesi.rules.products import product

Active = frozenset[Expr]


def times(active: Active, parts: Sequence[tuple[Form, Sequence[Label]]], shape: Shape) -> Form:
    """Return Σ over labels ≥ len(shape) of the product of forms at labels.

    A sum among the factors stays one factor; only numbers and sums with a differential are multiplied out.
    """
    if any(not form.terms for form, _ in parts):
        return Form(shape, [])
    numbers = [form for form, _ in parts if is_number(form)]
    rest = [(form, labels) for form, labels in parts if not is_number(form)]
    scale: Coef = Fraction(1)
    for form in numbers:
        scale = scale * form.terms[0].coef
    spread = [k for k, (form, _) in enumerate(rest) if len(form.terms) > 1]
    open_ = [k for k in spread if len(rest) == 1 or _structural(rest, k) or is_active(rest[k][0], active)]
    choices: list[list[Term]] = [[]]
    axes = dict(enumerate(shape))
    for k, (form, labels) in enumerate(rest):
        options = form.at(labels) if len(form.terms) == 1 or k in open_ else [_wrapped(form, labels)]
        if len(choices) * len(options) > 4096:
            raise TooLarge("Multiplying out gives more than 4096 terms.")
        choices = [[*c, o] for c in choices for o in options]
    found = [product(c, len(shape), axes) for c in choices]
    return combine(Form(shape, [t.scaled(scale) for t in found if t is not None]))


def is_active(form: Form, active: Active) -> bool:
    """Tell whether a form holds one of the active symbols (a differential)."""
    return any(f.base in active for t in form.terms for f in t.factors)


def join(parts: Sequence[tuple[Form, Sequence[Label]]], shape: Shape) -> Form:
    """Return the product of forms none of which holds a differential."""
    return times(frozenset(), parts, shape)


def is_number(form: Form) -> bool:
    """Tell whether a form is a plain number."""
    return not form.shape and len(form.terms) == 1 and not form.terms[0].factors and not form.terms[0].dims


def _structural(parts: Sequence[tuple[Form, Sequence[Label]]], at: int) -> bool:
    """Tell whether all other parts are constant tensors (δ, F, S, masks), so that a sum may pass through."""
    return all(
        len(form.terms) == 1
        and all(isinstance(f.base, Apply) and f.base.op.name in ("eye", "fuse", "slot") for f in form.terms[0].factors)
        for k, (form, _) in enumerate(parts)
        if k != at
    )


def _wrapped(form: Form, labels: Sequence[Label]) -> Term:
    """Return a sum as a single factor; its common coefficient and unit axes stay outside."""
    free = form.indices()
    scale = shared_coef([t.coef for t in form.terms])
    form, axes = squeezed(form.scaled(1 / scale))
    base = build(form, (*free, *axes))
    where = (*free, *(labels[k] for k in axes))
    dims = {x: d for x, d in zip(labels, form.shape, strict=True) if isinstance(x, int)}
    return Term(scale, (Factor(base, where),), dims)


def one_factor(form: Form) -> Form:
    """Return a sum as a form of one term, with the sum as its factor."""
    return Form(form.shape, [_wrapped(form, tuple(range(len(form.shape))))])


def mask_of(kind: str, dim: Dim) -> Form:
    """Return the form of the square mask [i kind j]."""
    return leaf(apply("mask", attrs=(kind, dim, dim)))


def delta_of(dim: Dim) -> Form:
    """Return the form of δ_ij."""
    return leaf(identity(dim))


def size_of(dim: Dim) -> Form:
    """Return the form of a size, as a number."""
    return join([(Form((dim,), [Term(Fraction(1), (), {0: dim})]), (fresh(),))], ())
