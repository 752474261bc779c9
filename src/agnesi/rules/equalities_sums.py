"""Sums over whole numbers: 1 + 2 + … + n, their squares and cubes, and geometric sums.

In the normal form an index as a number is the sum of a mask, i = ∑_j [j ≤ i]; so ∑ iᵏ is a product of masks that
meet in one label.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, apply
from agnesi.rules.bases import as_form
from agnesi.rules.canon import combine
from agnesi.rules.equalities import equalities
from agnesi.rules.equalities_exponentials import exp_of
from agnesi.rules.equalities_forms import Work, one, opened, plus, power, times
from agnesi.rules.equalities_tower import Tower
from agnesi.rules.forms import Factor, Form, Label, Term, build
from agnesi.rules.normal import form_of
from agnesi.rules.products import simplify

GAUSS = equalities.add("∑ i = n(n + 1)/2", "n ∈ ℕ; sum_{i=1}^n i = n(n+1)/2", "MML 2.1")
SQUARES = equalities.add("∑ i² = n(n + 1)(2n + 1)/6", "n ∈ ℕ; sum_{i=1}^n i^2 = n(n+1)(2n+1)/6", "MML 2.1")
CUBES = equalities.add("∑ i³ = (n(n + 1)/2)²", "n ∈ ℕ; sum_{i=1}^n i^3 = n^2(n+1)^2/4", "MML 2.1")


GEOMETRIC = equalities.add(
    "∑ uⁱ = u(1 − uⁿ)/(1 − u)", "n ∈ ℕ, r: scalar; sum_{i=1}^n r^i = r(1 - r^n)/(1 - r)", "MacKay 2.1")


def counted(form: Form, tower: Tower) -> Form:
    """Return the form with sums of powers of an index, or with an index as exponent, written out in its size."""
    out: list[Term] = []
    changed = False
    work = tower.work
    for term in form.terms:
        found = _power_sum(term, len(form.shape), work) or _geometric_sum(term, len(form.shape), tower)
        changed = changed or found is not None
        out += found if found is not None else [term]
    return counted(opened(combine(Form(form.shape, out)), work), tower) if changed else form


def _power_sum(term: Term, width: int, work: Work) -> list[Term] | None:
    """Return a product with ∑_i iᵏ, k masks that meet in i alone, as a polynomial in n."""
    uses = Counter(x for f in term.factors for x in f.labels)
    masks: dict[Label, list[Factor]] = {}
    for f in term.factors:
        if isinstance(f.base, Apply) and f.base.op.name == "mask" and f.base.attrs[0] == "le" and f.power == 1:
            low, high = f.labels
            lone = isinstance(low, int) and low >= width and uses[low] == 1
            if lone and low != high and f.base.attrs[1] == f.base.attrs[2]:
                masks.setdefault(high, []).append(f)
    for high, group in masks.items():
        if not isinstance(high, int) or high < width or uses[high] != len(group) or len(group) > 3:
            continue
        assert isinstance(group[0].base, Apply)
        work.use((GAUSS, SQUARES, CUBES)[len(group) - 1])
        total = _total(Dim.of(group[0].base.attrs[1]), len(group))
        gone = {x for f in group for x in f.labels}
        kept = tuple(f for f in term.factors if not any(f is g for g in group))
        dims = {x: d for x, d in term.dims.items() if x not in gone}
        parts = [Term(term.coef * t.coef, kept + t.factors, {**dims, **t.dims}, term.rank) for t in total.at(())]
        return [t for t in (simplify(p, width) for p in parts) if t is not None]
    return None


def _total(dim: Dim, k: int) -> Form:
    n = apply("size", attrs=(dim,))
    if k == 1:
        return form_of(n**2 / 2 + n / 2)
    if k == 2:
        return form_of(n**3 / 3 + n**2 / 2 + n / 6)
    return form_of(n**4 / 4 + n**3 / 2 + n**2 / 4)




def _geometric_sum(term: Term, width: int, tower: Tower) -> list[Term] | None:
    """Return a product with ∑_i uⁱ, for an i that nothing else carries, by the geometric sum."""
    uses = Counter(x for f in term.factors for x in f.labels)
    for f in term.factors:
        if len(f.labels) != 1 or not isinstance(f.labels[0], int) or f.labels[0] < width or uses[f.labels[0]] != 1:
            continue
        pair = _ratio(f, tower)
        if pair is None:
            continue
        u, last = pair
        unit = one(())
        tower.work.use(GEOMETRIC)
        under = power(plus(unit, u.scaled(Fraction(-1))), Fraction(-1))
        total = times(u, plus(unit, last.scaled(Fraction(-1))), under)
        kept = tuple(g for g in term.factors if g is not f)
        dims = {x: d for x, d in term.dims.items() if x != f.labels[0]}
        parts = [Term(term.coef * t.coef, kept + t.factors, {**dims, **t.dims}, term.rank) for t in total.at(())]
        return [t for t in (simplify(p, width) for p in parts) if t is not None]
    return None


def _ratio(factor: Factor, tower: Tower) -> tuple[Form, Form] | None:
    """Return (u, uⁿ) where a stand-in vector has the entries uⁱ, i = 1 … n."""
    kind, inner, other = tower.work.meaning.get(factor.base, ("", factor.base, None))
    if kind not in ("exp", "power") or len(as_form(inner).terms) != 1:
        return None
    (term,) = as_form(inner).terms
    masks = [f for f in term.factors if isinstance(f.base, Apply) and f.base.op.name == "mask"]
    rest = tuple(f for f in term.factors if f not in masks)
    if len(masks) != 1 or any(f.labels for f in rest) or set(term.dims) != {0, *masks[0].labels}:
        return None
    (mask,) = masks
    assert isinstance(mask.base, Apply)
    if mask.base.attrs[0] != "le" or mask.labels[1] != 0 or mask.labels[0] == 0 or mask.power != 1:
        return None
    if mask.base.attrs[1] != mask.base.attrs[2]:
        return None
    front = Form((), [Term(term.coef * Fraction(factor.power), rest, {})])
    count = form_of(apply("size", attrs=(Dim.of(mask.base.attrs[1]),)))
    if kind == "exp":
        return exp_of(tower, front), exp_of(tower, times(front, count))
    if rest or term.coef != 1 or other is None or factor.power != int(factor.power):
        return None
    symbol = tower.work.stand_in("power", build(count), other)
    last = Form((), [Term(Fraction(1), (Factor(symbol, (), factor.power),), {})])
    return power(as_form(other), Fraction(factor.power)), last
