"""Systems of equations as they come from setting derivatives to zero: exact solutions, else numbers."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from scipy import optimize

from agnesi.calculus.functions import compiled

Point = dict[sympy.Symbol, sympy.Expr]


@dataclass(frozen=True)
class Solutions:
    """Real solutions of a system: points, families in which letters stay free; `exact` tells how they were found."""

    points: tuple[Point, ...]
    families: tuple[Point, ...] = ()
    exact: bool = True
    reduced: tuple[sympy.Expr, ...] = ()
    dropped: tuple[sympy.Expr, ...] = field(default=())


def without_positive_factors(equation: sympy.Expr) -> tuple[sympy.Expr, tuple[sympy.Expr, ...]]:
    """Return an equation without the factors that are never zero (exponentials, numbers), and these."""
    top, _ = sympy.fraction(sympy.together(equation))
    never: list[sympy.Expr] = []
    rest: list[sympy.Expr] = []
    for factor in sympy.Mul.make_args(sympy.factor(top)):
        positive = isinstance(factor, sympy.exp) or factor.is_nonzero
        (never if positive else rest).append(factor)
    return sympy.Mul(*rest), tuple(f for f in never if f.free_symbols)


def solve_system(
    equations: Sequence[sympy.Expr], variables: Sequence[sympy.Symbol], box: tuple[float, float] = (-6.0, 6.0)
) -> Solutions:
    """Solve equations = 0 in real numbers: exactly for polynomials of moderate degree, else from many starts.

    Polynomials in several variables without a closed solution are solved by elimination: all real solutions, in
    decimals. `box` is where the others are searched for, the same interval for each variable.
    """
    pairs = [without_positive_factors(e) for e in equations]
    reduced = tuple(p[0] for p in pairs)
    dropped = tuple(dict.fromkeys(f for p in pairs for f in p[1]))
    if any(e.is_number and e != 0 for e in reduced):
        return Solutions((), (), True, reduced, dropped)
    if _tractable(reduced, variables):
        found = _exactly(reduced, variables)
        if found is None:
            found = eliminated(reduced, variables)
        if found is not None:
            points = tuple(p for p in found if _solves(equations, p) and not _free(p, variables))
            families = tuple(p for p in found if _free(p, variables))
            points = tuple(p for p in points if not any(_on(p, family) for family in families))
            return Solutions(_sorted(points, variables), families, True, reduced, dropped)
    if any(e.free_symbols - set(variables) for e in equations):
        return Solutions((), (), False, reduced, dropped)
    return Solutions(_numerically(equations, variables, box), (), False, reduced, dropped)


def _tractable(equations: Sequence[sympy.Expr], variables: Sequence[sympy.Symbol]) -> bool:
    """Tell whether an exact solution is worth trying: polynomials whose degrees multiply to 40 at most; one unknown."""
    total = 1
    for e in equations:
        if not e.is_polynomial(*variables):
            return len(variables) == 1 and e.count_ops() < 30
        total *= max(sympy.Poly(e, *variables).total_degree(), 1) if e != 0 else 1
    return total <= 40 or all(sympy.factor(e).is_Mul for e in equations)


def _exactly(equations: Sequence[sympy.Expr], variables: Sequence[sympy.Symbol]) -> list[Point] | None:
    """Return the real solutions, or None where sympy has no closed form for them."""
    wanted = [e for e in equations if e != 0]
    if not wanted:
        return [{}]
    if (way := _basis(wanted, variables)) is not None and _hard(way[-1], variables):
        return None
    try:
        found = sympy.solve(wanted, list(variables), dict=True)
    except (NotImplementedError, ValueError, TypeError, RecursionError):
        return None
    out: list[Point] = []
    for solution in found:
        real = {v: _real_form(e) for v, e in solution.items()}
        if any(e is None for e in real.values()):
            continue
        if any(isinstance(e, sympy.Basic) and e.has(sympy.CRootOf, sympy.LambertW) for e in real.values()):
            return None
        out.append(real)
    periodic = any(e.has(sympy.sin, sympy.cos, sympy.tan) for e in wanted)
    if (periodic or not found) and not all(e.is_polynomial(*variables) for e in wanted):
        return None
    return out


def _basis(equations: Sequence[sympy.Expr], variables: Sequence[sympy.Symbol]) -> list[sympy.Expr] | None:
    """Return a Gröbner basis in which the last polynomial holds the last variable alone; None without one."""
    if not all(e.is_polynomial(*variables) and not e.free_symbols - set(variables) for e in equations):
        return None
    if any(e.has(sympy.Float) or not sympy.Poly(e, *variables).domain.is_ZZ | sympy.Poly(e, *variables).domain.is_QQ
           for e in equations):  # fmt: skip
        return None
    basis = sympy.groebner(equations, *variables, order="lex")
    return list(basis.exprs) if basis.is_zero_dimensional else None


def _hard(last: sympy.Expr, variables: Sequence[sympy.Symbol]) -> bool:
    """Tell whether a polynomial in one variable has a factor of degree 3 or more that no radical solves at a glance."""
    factors = sympy.factor_list(last, *variables)[1]
    return any(sympy.degree(f, variables[-1]) > 2 and len(sympy.Poly(f, variables[-1]).terms()) > 2 for f, _ in factors)


def eliminated(equations: Sequence[sympy.Expr], variables: Sequence[sympy.Symbol]) -> list[Point] | None:
    """Return all real solutions of polynomials by elimination: the last variable first, with 40 digits.

    >>> x, y = sympy.symbols("x y", real=True)
    >>> [{v.name: round(float(c), 4) for v, c in p.items()} for p in eliminated([x - y**2, y**3 - y - 1], [x, y])]
    [{'x': 1.7549, 'y': 1.3247}]
    """
    basis = _basis([e for e in equations if e != 0], variables)
    if basis is None:
        return None
    known: list[Point] = [{}]
    for k in range(len(variables) - 1, -1, -1):
        v = variables[k]
        mine = [e for e in basis if v in e.free_symbols and not e.free_symbols & set(variables[:k])]
        known = [{**p, v: root} for p in known for root in _common_roots(mine, v, p)]
    return [{v: _plainly(p[v]) for v in variables} for p in known]


def _common_roots(equations: Sequence[sympy.Expr], v: sympy.Symbol, put: Point) -> list[sympy.Expr]:
    """Return the real numbers that solve all of some polynomials in one variable, once the others have values."""
    ready = [sympy.Poly(e.subs(put), v) for e in equations]
    ready = [p for p in ready if p.degree() > 0 and abs(p.LC()) > 1e-25]
    if not ready:
        return []
    first = min(ready, key=lambda p: p.degree())
    roots = _exact_or_near(first)
    return [r for r in roots if all(abs(sympy.N(p.eval(r), 30)) < 1e-15 * (1 + _size(p)) for p in ready)]


def _exact_or_near(p: sympy.Poly) -> list[sympy.Expr]:
    """Return the real roots of a polynomial: exact ones of its linear and quadratic factors, else with 40 digits."""
    if not p.domain.is_ZZ and not p.domain.is_QQ:
        return [sympy.re(r) for r in p.nroots(n=40, maxsteps=200) if abs(sympy.im(r)) < 1e-18]
    found: list[sympy.Expr] = []
    for factor, _ in p.factor_list()[1]:
        if factor.degree() < 3:
            found += [r for r in sympy.roots(factor) if r.is_real]
        else:
            found += [r for r in factor.nroots(n=40, maxsteps=200) if r.is_real]
    return found


def _size(p: sympy.Poly) -> float:
    return float(max(abs(sympy.N(c, 15)) for c in p.all_coeffs()))


def _plainly(value: sympy.Expr) -> sympy.Expr:
    """Return an exact value as it is, a decimal with 30 digits as zero or a fraction where it is one."""
    if not value.has(sympy.Float):
        return value
    ratio = Fraction(str(sympy.N(value, 30))).limit_denominator(1000)
    near = sympy.Rational(ratio.numerator, ratio.denominator)
    return near if abs(value - near) < 1e-25 else sympy.Float(value, 30)


def _real_form(value: sympy.Expr) -> sympy.Expr | None:
    """Return a real solution as it is; a number that only looks complex as a decimal; None for what is not real."""
    if value.free_symbols:
        return None if value.has(sympy.I) else value
    number = sympy.N(value, 30)
    real, imaginary = number.as_real_imag()
    if abs(imaginary) > 1e-20:
        return None
    if not value.has(sympy.I) and value.count_ops() < 40:
        return sympy.nsimplify(value) if value.is_Rational else sympy.simplify(value)
    return sympy.Float(real, 30)


def _free(point: Point, variables: Sequence[sympy.Symbol]) -> bool:
    return any(v not in point for v in variables) or any(e.free_symbols & set(variables) for e in point.values())


def _on(point: Point, family: Point) -> bool:
    """Tell whether a point is one of a family."""
    return all(sympy.simplify(point[v] - e.subs(point, simultaneous=True)) == 0 for v, e in family.items())


def _solves(equations: Sequence[sympy.Expr], point: Point) -> bool:
    for e in equations:
        value = e.subs(point, simultaneous=True)
        if value.has(sympy.nan, sympy.zoo) or (value.is_number and abs(sympy.N(value, 20)) > 1e-12):
            return False
    return True


def _sorted(points: Sequence[Point], variables: Sequence[sympy.Symbol]) -> tuple[Point, ...]:
    unique = list({tuple(p[v] for v in variables): p for p in points}.values())
    if any(p[v].free_symbols for p in unique for v in variables):
        return tuple(unique)
    return tuple(sorted(unique, key=lambda p: tuple(round(float(p[v]), 12) for v in variables)))


def _numerically(
    equations: Sequence[sympy.Expr], variables: Sequence[sympy.Symbol], box: tuple[float, float]
) -> tuple[Point, ...]:
    """Return roots found by Newton's method (with a trust region) from a grid of starts in a box."""
    runs = [compiled(variables, e) for e in equations]
    system: Callable[..., Any] = lambda p: np.array([float(np.real(r(*p))) for r in runs])
    side = {1: 81, 2: 13, 3: 6}.get(len(variables), 3)
    found: list[np.ndarray] = []
    with np.errstate(all="ignore"):
        for start in itertools.product(np.linspace(*box, side) + 0.0137, repeat=len(variables)):
            try:
                got = optimize.root(system, np.array(start), method="hybr", options={"xtol": 1e-13})
            except (ValueError, TypeError, ZeroDivisionError, OverflowError):
                continue
            inside = np.all(np.isfinite(got.x)) and np.all(np.abs(got.x - np.mean(box)) <= (box[1] - box[0]) / 2 + 1e-9)
            near = inside and np.abs(system(got.x)).max() < 1e-9
            if near and _regular(runs, got.x) and not any(np.abs(got.x - f).max() < 1e-5 for f in found):
                found.append(np.where(np.abs(got.x) < 1e-12, 0.0, got.x))
    ordered = sorted(found, key=lambda p: [round(float(c), 6) for c in p])
    return tuple(_recognised(equations, variables, p) for p in ordered)


def _recognised(equations: Sequence[sympy.Expr], variables: Sequence[sympy.Symbol], at: np.ndarray) -> Point:
    """Return a root found as numbers as fractions, or fractions of π, where these solve the equations exactly."""
    exact: Point = {}
    for v, c in zip(variables, at, strict=True):
        for unit in (sympy.Integer(1), sympy.pi):
            ratio = Fraction(float(c / float(unit))).limit_denominator(24)
            if abs(float(ratio) * float(unit) - c) < 1e-9:
                exact[v] = sympy.Rational(ratio.numerator, ratio.denominator) * unit
                break
    numbers = {v: sympy.Float(float(c), 17) for v, c in zip(variables, at, strict=True)}
    mixed = {**numbers, **exact}
    if len(exact) == len(variables) and all(sympy.simplify(e.subs(mixed)) == 0 for e in equations):
        return mixed
    return numbers


def _regular(runs: Sequence[Any], at: np.ndarray) -> bool:
    """Tell whether a root is one: a function that only falls off to zero far away has none there."""
    with np.errstate(all="ignore"):
        h = 1e-4 * (1 + np.abs(at))
        moved = [max(abs(float(r(*(at + h * s)))) for r in runs) for s in (-1, 1)]
    return max(moved) > 1e-9
