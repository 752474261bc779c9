"""Squared distances between all pairs of rows, Σ_k (x_ik − m_jk)², by one matrix product, without an array of order 3.

The product loses digits where two rows nearly coincide: absolutely little (the rows are centred first), but relatively
much. So where a root or a logarithm is taken of the distances, the differences are squared as they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from agnesi.expr.nodes import Apply, Expr
from agnesi.rules.bases import as_form
from agnesi.rules.forms import Factor, Form, Label, Term, split_power
from agnesi.run.prelude import DISTANCES
from agnesi.run.products import Operand
from agnesi.run.values import Value

if TYPE_CHECKING:
    from agnesi.run.lower import Lowering

FEW = 3  # in so few dimensions the differences cost no more


def taken_exactly(nodes: Iterable[Expr]) -> set[Expr]:
    """Return the sums of which a root or a logarithm is taken."""
    found: set[Expr] = set()
    for node in nodes:
        if not isinstance(node, Apply):
            continue
        if node.op.name in ("log", "abs", "power"):
            found.update(node.args)
        for arg in node.args:
            base, power = split_power(arg)
            if Fraction(power).denominator != 1 or power < 0:
                found.add(base)
    return found


def distances(run: Lowering, factors: Sequence[Factor], keep: tuple[Label, ...]) -> tuple[Factor, Operand] | None:
    """Return the factor (x_ik − m_jk)² that is summed over k alone, with the operand that it becomes."""
    for factor in factors:
        base = factor.base
        if factor.power != 2 or base.ndim != 3 or not isinstance(base, Apply) or base.op.name != "plus":
            continue
        summed = [k for k, x in enumerate(factor.labels) if x not in keep]
        others = {x for f in factors if f is not factor for x in f.labels}
        if len(summed) != 1 or factor.labels[summed[0]] in others or len(set(factor.labels)) != 3:
            continue
        if run.products.size(base.shape[summed[0]]) <= FEW:
            continue
        sides = _sides(run, base, summed[0])
        if sides is not None:
            (i, left), (j, right) = sides
            dims = (base.shape[i], base.shape[j])
            value = run.values.call(DISTANCES, (0,), [left, right], dims)
            return factor, Operand(value, (factor.labels[i], factor.labels[j]), signed=False)
    return None


def _sides(run: Lowering, base: Expr, at: int) -> list[tuple[int, Value]] | None:
    """Return the axis and the rows of both sides of a difference, or None where a sum is none."""
    terms = as_form(base).terms
    if len(terms) != 2 or sorted(float(t.coef) for t in terms) != [-1, 1]:
        return None
    found: list[tuple[int, Value]] = []
    for term in terms:
        part = run.term(Term(Fraction(1), term.factors, term.dims), Form(base.shape, []))
        own = [x for x in part.labels if x != at]
        if len(part.labels) != 2 or len(own) != 1:
            return None
        value = run.products.aligned(Operand(part.value, part.labels), (own[0], at))
        found.append((own[0], value))
    return found if found[0][0] != found[1][0] else None
