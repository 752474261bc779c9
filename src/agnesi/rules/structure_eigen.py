"""Solving with A ⊗ B + cI and A ⊗ I + I ⊗ B + cI for symmetric A and B: both are diagonal in the same eigenvectors."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from agnesi.expr.nodes import Expr, apply
from agnesi.rules.bases import as_form
from agnesi.rules.canon import symmetric
from agnesi.rules.forms import Factor, Form, Term, build, fresh
from agnesi.rules.multiply import join
from agnesi.rules.powers import power


def by_eigenvalues(left: Form, right: Form, shift: Form | None, product: bool, b: Form) -> Form | None:
    """Return the X with A X B + cX = b (or, not a `product`, A X + X B + cX = b), by the eigenvalues of A and B.

    With A = Q diag(α) Qᵀ and B = P diag(β) Pᵀ: X = Q ((QᵀbP) ./ (αᵢβⱼ + c)) Pᵀ. None unless both are symmetric.
    """
    a, c = build(left), build(right)
    if len(b.shape) != 2 or not symmetric(a) or not symmetric(c):
        return None
    q, p = apply("eigvecs", a), apply("eigvecs", c)
    i, j = fresh(), fresh()
    turned = join([(as_form(q), (i, 0)), (b, (i, j)), (as_form(p), (j, 1))], b.shape)
    scaled = join([(turned, (0, 1)), (power(_values(a, c, shift, product, b), Fraction(-1)), (0, 1))], b.shape)
    return join([(as_form(q), (0, i)), (scaled, (i, j)), (as_form(p), (1, j))], b.shape)


def _values(a: Expr, c: Expr, shift: Form | None, product: bool, b: Form) -> Form:
    """Return the eigenvalues αᵢβⱼ + c or αᵢ + βⱼ + c."""
    alpha, beta = Factor(apply("eigvals", a), (0,)), Factor(apply("eigvals", c), (1,))
    dims = dict(enumerate(b.shape))
    groups: Sequence[tuple[Factor, ...]] = [(alpha, beta)] if product else [(alpha,), (beta,)]
    terms = [Term(Fraction(1), factors, dims) for factors in groups]
    if shift is not None:
        terms += [Term(t.coef, t.factors, {**t.dims, **dims}) for t in shift.at(())]
    return Form(b.shape, terms)
