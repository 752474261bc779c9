"""Absolute values, maxima, Γ and its kin, Φ, and functions that are even or odd."""

from __future__ import annotations

from fractions import Fraction

from agnesi.expr.nodes import Apply, apply, constant
from agnesi.rules.equalities import equalities
from agnesi.rules.equalities_exponentials import log_of
from agnesi.rules.equalities_forms import as_base, content, magnitude, one, plus, power, times
from agnesi.rules.equalities_tower import Rule, Tower, factor_form, monomial
from agnesi.rules.forms import Factor, Form, Term, build, leaf
from agnesi.rules.products import simplify

HALF = Fraction(1, 2)
EXTREMES = equalities.add(
    "max(u, v) = (u + v + |u − v|)/2", "x: scalar; relu(x) - relu(-x) = x", "Parr & Howard 5.2")
GAMMA = equalities.add("Γ(u + 1) = u Γ(u)", "x > 0; lgamma(x + 1) = log(x) + lgamma(x)", "PRML 1.141")
NORMAL_CDF = equalities.add("Φ(u) = (1 + erf(u/√2))/2", "x: scalar; normcdf(-x) = 1 - normcdf(x)", "PRML 4.114")
PARITY = equalities.add("f(−u) = ±f(u)", "x: scalar; erf(-x) = -erf(x)", "Abramowitz & Stegun 7.1")


def _abs(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
    """|c f g| = |c| |f| |g|; the sign of a sum is fixed."""
    (form,) = below
    if not form.terms:
        return form
    shared, rest = content(form, True) if len(form.terms) > 1 else (form.terms[0], None)
    width = len(form.shape)
    if rest is None and any(x >= width for x in shared.dims):
        node_, axes = monomial(shared, width)
        return factor_form(magnitude(node_), axes, Fraction(1), form).scaled(abs(Fraction(shared.coef)))
    factors = []
    for f in shared.factors:
        even = Fraction(f.power).denominator != 1 or f.power % 2 == 0
        factors.append(f if even else Factor(magnitude(f.base), f.labels, f.power))
    if rest is not None and len(rest.terms) < 2:
        inner = _abs(tower, node, (rest,))
        front = _abs(tower, node, (Form(form.shape, [shared]),))
        return times(front, inner) if front is not None and inner is not None else None
    if rest is not None:
        node_, axes = as_base(rest)
        factors.append(Factor(magnitude(node_), axes, 1))
    done = simplify(Term(abs(Fraction(shared.coef)), tuple(factors), dict(enumerate(form.shape))), width)
    return Form(form.shape, [done] if done is not None else [])


def _halved(tower: Tower, u: Form, v: Form, sign: int) -> Form:
    gap = plus(u, v.scaled(Fraction(-1)))
    size = _abs(tower, apply("abs", build(gap)), (gap,))
    assert size is not None
    tower.work.use(EXTREMES)
    return plus(u, v, size.scaled(Fraction(sign))).scaled(HALF)


def _relu(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form:
    return _halved(tower, below[0], Form(below[0].shape, []), 1)


def _extreme(sign: int) -> Rule:
    def rule(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
        u, v = below
        return _halved(tower, u, v, sign) if u.shape == v.shape else None

    return rule


def _shifted(kind: str) -> Rule:
    """Γ(u + k) = u (u + 1) … (u + k − 1) Γ(u), its logarithm and the derivative of that."""

    def rule(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
        (u,) = below
        width = len(u.shape)
        alone = [t for t in u.terms if not t.factors and all(x < width for x in t.dims)]
        others = [t for t in u.terms if t not in alone]
        shift = int(Fraction(alone[0].coef) // 1) if alone else 0
        if not others or not 0 < abs(shift) <= 5:
            return None
        low = plus(u, one(u.shape).scaled(Fraction(-shift)))
        start = min(shift, 0)
        steps = [plus(low, one(u.shape).scaled(Fraction(start + k))) for k in range(abs(shift))]
        atom = factor_form(apply(node.op, build(low)), tuple(range(width)), Fraction(1), u)
        tower.work.use(GAMMA)
        sign = Fraction(1 if shift > 0 else -1)
        if kind == "gamma":
            return times(atom, *(power(s, sign) for s in steps))
        if kind == "digamma":
            return plus(atom, *(power(s, Fraction(-1)).scaled(sign) for s in steps))
        logs = [log_of(tower, s) for s in steps]
        return plus(atom, *(x.scaled(sign) for x in logs if x is not None))

    return rule


def _normcdf(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form:
    u = below[0]
    root = factor_form(constant(2), (), -HALF, u)
    inner = times(u, root)
    tower.work.use(NORMAL_CDF)
    found = _parity(tower, apply("erf", build(inner)), (inner,))
    assert found is not None
    return plus(one(u.shape), found).scaled(HALF)


def _parity(tower: Tower, node: Apply, below: tuple[Form, ...]) -> Form | None:
    """f(−u) = f(u) or −f(u): the term that comes first gets a positive number."""
    (u,) = below
    sign = 1
    if u.terms:
        shared = content(u, True)[0] if len(u.terms) > 1 else u.terms[0]
        sign = 1 if shared.coef > 0 else -1
    if sign < 0:
        tower.work.use(PARITY)
    atom = leaf(apply(node.op, build(u.scaled(Fraction(sign))), attrs=node.attrs))
    return atom.scaled(Fraction(sign if node.op.odd else 1))


SPECIAL: dict[str, Rule] = {
    "abs": _abs, "relu": _relu, "maximum": _extreme(1), "minimum": _extreme(-1), "gamma": _shifted("gamma"),
    "lgamma": _shifted("lgamma"), "digamma": _shifted("digamma"), "normcdf": _normcdf, "erf": _parity,
    "arctan": _parity, "arcsin": _parity, "sign": _parity, "normpdf": _parity,
}  # fmt: skip
