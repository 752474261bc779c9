"""Power series: the general term, and the radius of convergence where it can be told."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
import sympy

from agnesi.calculus.coefficients import coefficients
from agnesi.calculus.functions import Function, Letters, letter, one_variable, point, said, shown
from agnesi.calculus.given import whole
from agnesi.calculus.taylor import MOST, taylor
from agnesi.errors import NotNumeric
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Step, Verified, Worked

_SEEN = 15  # coefficients from which the rule is found
_LONG = 30  # the power up to which the series is summed for a check
_ENTIRE = (sympy.exp, sympy.sin, sympy.cos, sympy.sinh, sympy.cosh, sympy.erf)


def power_series(f: Any, at: Any = 0, terms: int = 8, variables: Letters = None) -> Worked:
    """Write a function as a power series: its first terms, the general term if there is one, the radius of convergence.

    >>> found = power_series("1/(1-x)")
    >>> found.radius, found.rule.coefficient
    (1, 1)

    `radius` is None where it cannot be told. Raises `UnknownName` for several variables, `NotNumeric` where the
    function has no value at the centre. Source: Imperial MVC W4; MML 5.1.1.
    """
    read = one_variable(f, variables, 'power_series("a x^2", variables="x")')
    terms = whole(terms, "terms", 1, MOST + 1)
    x, centre = read.variables[0], point(at, read.variables, "The centre")[0]
    found = taylor(read, centre, terms - 1)
    many = _coefficients(read, centre)
    rule = general_rule(many[:_SEEN])
    radius, why = radius_of_convergence(read, centre)
    rest = [] if read.expr.is_polynomial(x) and sympy.degree(read.expr, x) < terms else ["+", "…"]
    steps = list(found.steps[:2])
    if rule is not None:
        steps.append(_rule_step(x, centre, rule))
    steps.append(_radius_step(read, centre, radius, why))
    answer = [
        Formula.of(read.head, "=", *found.answer[0].parts[2:], *rest),
        Formula.of("radius of convergence", "=", shown(radius) if radius is not None else "not known"),
    ]
    evidence = [*found.evidence[:1], *_rule_agrees(rule, many[_SEEN:]), *_inside(read, centre, radius, many)]
    return Worked(
        "power series", (read.question(), Formula.of("about", shown(centre))), found.value, tuple(answer), tuple(steps),
        tuple(evidence), {"rule": rule, "radius": radius, "terms": found.terms,
        "polynomials": found.polynomials}, found.notes, "Imperial MVC W4",
    )  # fmt: skip


def _coefficients(f: Function, at: Any) -> list[sympy.Expr]:
    """Return many coefficients: by recurrences, else as those of a Taylor polynomial."""
    found = coefficients(f.expr, f.variables[0], at, _LONG)
    return found if found is not None else [t.coefficient for t in taylor(f, at, _SEEN + 4).terms]


@dataclass(frozen=True)
class Rule:
    """The rule that coefficients follow: that of order `order`, an expression in j, is `coefficient`; all others are 0.

    The rule holds from the order `first` on.
    """

    order: sympy.Expr
    coefficient: sympy.Expr
    first: int

    def at(self, k: int) -> sympy.Expr:
        """Return the coefficient of order k."""
        j = (sympy.Integer(k) - self.order.subs(_J, 0)) / self.order.coeff(_J)
        return self.coefficient.subs(_J, j).doit() if j.is_Integer and j >= 0 else sympy.Integer(0)


_J = sympy.Symbol("j", integer=True, nonnegative=True)


def general_rule(coefficients: Sequence[sympy.Expr]) -> Rule | None:
    """Return the rule of a list of coefficients, if their ratios follow one that is known; None else.

    >>> general_rule([sympy.Rational(1, sympy.factorial(k)) for k in range(12)]).coefficient
    1/factorial(j)
    """
    held = [k for k, a in enumerate(coefficients) if a != 0]
    if len(held) < 5:
        return None
    for start in range(3):  # the first coefficients may fall out of the rule: ln(1 + x) has none of order 0
        kept = held[start:]
        stride = kept[1] - kept[0]
        if len(kept) < 4 or stride > 3 or any(b - a != stride for a, b in itertools.pairwise(kept)):
            continue
        ratios = [coefficients[b] / coefficients[a] for a, b in itertools.pairwise(kept)]
        found = _by_ratios(ratios, kept, stride, coefficients[kept[0]])
        if found is not None:
            return Rule(stride * _J + kept[0], found, kept[0])
    return None


def _by_ratios(ratios: Sequence[Any], kept: Sequence[int], stride: int, begin: sympy.Expr) -> sympy.Expr | None:
    """Return the coefficient as an expression in j from the ratios of neighbours: rʲ, rʲ/k!, rʲ/j!, rʲ/k."""
    k0, k = kept[0], stride * _J + kept[0]
    forms: list[tuple[Callable[[int, int], Any], sympy.Expr]] = [
        (lambda n, j: 1, sympy.Integer(1)),
        (lambda n, j: sympy.factorial(n + stride) / sympy.factorial(n), sympy.factorial(k0) / sympy.factorial(k)),
        (lambda n, j: j + 1, 1 / sympy.factorial(_J)),
        (lambda n, j: sympy.Rational(n + stride, n) if n else sympy.nan, k0 / k if k0 else sympy.nan),
    ]
    if stride == 1 and k0 == 0 and (binomial := _binomial(ratios, begin)) is not None:
        return binomial
    for scale, shape in forms:
        scaled = [sympy.simplify(r * scale(n, j)) for j, (r, n) in enumerate(zip(ratios, kept, strict=False))]
        if shape is not sympy.nan and all(v == scaled[0] for v in scaled):
            return sympy.simplify(begin * scaled[0] ** _J * shape)
    return None


def _binomial(ratios: Sequence[Any], begin: sympy.Expr) -> sympy.Expr | None:
    """Return begin · rʲ · C(α, j) if the ratios are r(α − j)/(j + 1) with α no whole number."""
    scaled = [sympy.simplify(r * (j + 1)) for j, r in enumerate(ratios)]
    r = scaled[0] - scaled[1]
    if r == 0 or any(sympy.simplify(a - b - r) != 0 for a, b in itertools.pairwise(scaled)):
        return None
    alpha = sympy.simplify(scaled[0] / r)
    return None if alpha.is_Integer else begin * r**_J * sympy.binomial(alpha, _J)


def _rule_step(x: sympy.Symbol, at: Any, rule: Rule) -> Step:
    power = (x - at) ** rule.order
    coefficient = [] if rule.coefficient == 1 else [_written(rule.coefficient), "·"]
    line = Formula.of("the terms are", *coefficient, shown(power), why="for j = 0, 1, 2, …")
    why = f"Seen from the first {_SEEN} coefficients: the ratio of each to the one before follows one rule."
    return Step("general term", "The coefficients follow a rule.", (line,), why, "Imperial MVC W4", {"rule": rule})


def _written(expr: sympy.Expr) -> str:
    """Return a general coefficient with factorials as people write them."""
    top, bottom = sympy.fraction(sympy.together(expr))
    return _text(top) if bottom == 1 else f"{_text(top)}/{_text(bottom, True)}"


def _text(expr: sympy.Expr, below: bool = False) -> str:
    factors = []
    for f in sympy.Mul.make_args(expr):
        if isinstance(f, sympy.factorial):
            inside = said(f.args[0])
            factors.append(f"{inside}!" if f.args[0].is_Symbol else f"({inside})!")
        elif isinstance(f, sympy.binomial):
            factors.append(f"C({said(f.args[0])}, {said(f.args[1])})")
        elif f.is_Add:
            factors.append(f"({said(f)})")
        else:
            factors.append(said(f))
    text = " ".join(factors)
    return f"({text})" if below and len(factors) > 1 else text


def radius_of_convergence(f: Function, at: Any) -> tuple[Any, str]:
    """Return the radius of convergence about a point, and why it is so; None where it cannot be told."""
    x, expr = f.variables[0], f.expr
    if expr.is_polynomial(x):
        return sympy.oo, "A polynomial is its own series."
    names = {g.func for g in expr.atoms(sympy.Function)}
    bases = [p for p in expr.atoms(sympy.Pow) if p.exp.is_number and not (p.exp.is_Integer and p.exp > 0)]
    bases = [p for p in bases if p.base.has(x)]
    inner = all(a.args[0].is_polynomial(x) for a in expr.atoms(sympy.Function))
    if names <= set(_ENTIRE) and not bases and inner:
        return sympy.oo, "Exponentials, sines and cosines have no singularity anywhere."
    places: set[sympy.Expr] = set()
    for p in bases:
        places |= _zeros(p.base, x)
    for g in expr.atoms(sympy.Function):
        places |= _singular(g, x)
    if any(p is sympy.nan for p in places) or not inner:
        return None, "Its singularities are not known here."
    places = {p for p in places if not _removable(expr, x, p)}
    if not places:
        return sympy.oo, "No singularity is left."
    if any(p.free_symbols for p in places) or at.free_symbols:
        return None, "Its singularities move with the letters."
    distances: dict[Any, Any] = {}
    for p in sorted(places, key=lambda p: (-float(sympy.im(p)), -float(sympy.re(p)))):
        distances.setdefault(sympy.simplify(sympy.Abs(p - at)), p)
    nearest = min(distances, key=lambda d: float(d))
    if nearest == 0:
        raise NotNumeric(f"The function is singular at {said(at)}.", repair="Expand about another point.")
    where = _complex(distances[nearest])
    return nearest, f"The nearest singularity, in the complex plane too, is {where}."


def _complex(value: sympy.Expr) -> str:
    real, imaginary = value.as_real_imag()
    if imaginary == 0:
        return said(real)
    size = (
        ""
        if abs(imaginary) == 1
        else f"({said(abs(imaginary))})"
        if "/" in said(abs(imaginary))
        else said(abs(imaginary))
    )
    sign = "−" if imaginary < 0 else "+"
    return f"{said(real)} {sign} {size}i" if real != 0 else f"{'−' if imaginary < 0 else ''}{size}i"


def _zeros(base: sympy.Expr, x: sympy.Symbol) -> set[sympy.Expr]:
    if not base.is_polynomial(x):
        return {sympy.nan}
    u = sympy.Dummy("u")
    return set(sympy.roots(sympy.Poly(base.subs(x, u), u))) or {sympy.nan}


def _singular(g: sympy.Expr, x: sympy.Symbol) -> set[sympy.Expr]:
    """Return where a function of a polynomial is singular, of the nearest few for those with infinitely many."""
    inside, u = g.args[0], sympy.Dummy("u")
    if isinstance(g, _ENTIRE):
        return set()
    targets = {sympy.log: [0], sympy.atan: [sympy.I, -sympy.I], sympy.asin: [1, -1], sympy.acos: [1, -1],
               sympy.tan: [sympy.pi * sympy.Rational(k, 2) for k in (-3, -1, 1, 3)],
               sympy.tanh: [sympy.I * sympy.pi * sympy.Rational(k, 2) for k in (-3, -1, 1, 3)]}.get(g.func)  # fmt: skip
    if targets is None or not inside.is_polynomial(x):
        return {sympy.nan}
    return set().union(*(set(sympy.roots(sympy.Poly(inside.subs(x, u) - t, u))) for t in targets))


def _removable(f: sympy.Expr, x: sympy.Symbol, at: sympy.Expr) -> bool:
    """Tell whether a singularity is none: the function has a power series there."""
    return coefficients(f, x, at, 1, real=False) is not None


def _radius_step(f: Function, at: Any, radius: Any, why: str) -> Step:
    x = letter(f.variables[0])
    if radius is None:
        lines: tuple[Formula, ...] = ()
    elif radius is sympy.oo:
        lines = (Formula.of("R", "=", "∞", why=f"the series converges for every {x}"),)
    else:
        lines = (
            Formula.of("R", "=", shown(radius), why=f"it converges for |{said(f.variables[0] - at)}| < {said(radius)}"),
        )
    told = "The series converges up to the nearest singularity."
    return Step("radius of convergence", told, lines, why, "Imperial MVC W4", {"radius": radius})


def _rule_agrees(rule: Rule | None, more: Sequence[Any]) -> list[Verified]:
    """Check a rule against coefficients that it was not found from."""
    if rule is None:
        return []
    holds = all(sympy.simplify(rule.at(k) - c) == 0 for k, c in enumerate(more, _SEEN))
    told = f"orders {_SEEN} to {_SEEN + len(more) - 1}, exactly"
    return [Verified("the rule gives the next coefficients too", bool(holds), told)]


def _inside(f: Function, at: Any, radius: Any, held: Sequence[sympy.Expr]) -> list[Verified]:
    """Check that a long sum comes close at half the radius (or at distance 1)."""
    if radius is None or f.expr.free_symbols != set(f.variables) or at.free_symbols:
        return []
    with mpmath.workdps(60):
        distance = mpmath.mpf(1) if radius is sympy.oo else mpmath.mpf(sympy.N(radius, 60)) / 2
        run = sympy.lambdify(list(f.variables), f.expr, "mpmath")
        total = mpmath.polyval([mpmath.mpf(sympy.N(c, 60)) for c in reversed(held)], distance)
        try:
            error = abs(total - run(mpmath.mpf(sympy.N(at, 60)) + distance))
        except (ValueError, TypeError, ZeroDivisionError):
            return []
    told = f"error {mpmath.nstr(error, 1)} after {len(held)} terms".replace("-", "−")
    return [Verified("the sum inside the radius", bool(error < 1e-4), told)]
