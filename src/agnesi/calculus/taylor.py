"""Taylor polynomials in one and many variables, with the remainder and its bound."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import factorial, prod
from typing import Any

import mpmath
import numpy as np
import sympy

from agnesi.calculus.coefficients import coefficients
from agnesi.calculus.functions import (
    Function,
    Letters,
    function,
    has_kink,
    letter,
    neat,
    numbers,
    point,
    said,
    said_point,
    shown,
    tupled,
)
from agnesi.calculus.given import floats, whole
from agnesi.errors import NotNumeric, ShapeError, TooLarge
from agnesi.expr.nodes import Expr, apply, constant
from agnesi.worked.exact import to_expr
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked

MOST = 24  # the highest degree that is worked out
_SPELLED = 6  # derivatives that are written out as formulas


@dataclass(frozen=True)
class Term:
    """A term of a Taylor polynomial: its orders in each variable, the derivative at the centre, and the coefficient."""

    orders: tuple[int, ...]
    derivative: Any
    coefficient: Any


def taylor(
    f: Any, at: Any = 0, degree: int = 3, variables: Letters = None, on: tuple[float, float] | None = None
) -> Worked:
    """Expand a function about a point: derivatives there, over factorials, times powers of the distance.

    >>> taylor("e^x", 0, 3).value
    x**3/6 + x**2/2 + x + 1
    >>> taylor("x^2 + 2xy + y^3", [1, 2], 3).value.expand()
    x**2 + 2*x*y + y**3

    In one variable `on` is an interval for which Lagrange's bound of the remainder is found. The parts: `terms`,
    `polynomials` (one for each degree), and `bound`. Raises `NotNumeric` where a derivative has no value at the point,
    `TooLarge` above degree 24. Source: MML 5.1.1, 5.8; Imperial MVC W4.
    """
    read = function(f, variables)
    xs = read.variables or (sympy.Symbol("x", real=True),)
    read = Function(read.expr, read.written, xs, read.name)
    degree = whole(degree, "the degree")
    if not 0 <= degree <= MOST or len(xs) ** degree > 20000:
        many = f"{len(xs)} variable{'s' * (len(xs) != 1)}"
        raise TooLarge(f"A Taylor polynomial of degree {degree} in {many} is not worked out.",
                       repair=f"Ask for a degree from 0 to {MOST if len(xs) == 1 else 'a few'}.")  # fmt: skip
    where = point([at] * len(xs) if at == 0 and len(xs) > 1 else at, xs, "The centre")
    terms = _terms(read, where, degree)
    steps = _one(read, where, terms) if len(xs) == 1 else _many(read, where, terms, degree)
    polynomials = [_polynomial(xs, where, [t for t in terms if sum(t.orders) <= k]) for k in range(degree + 1)]
    P = polynomials[-1]
    head = f"{'P'}_{degree}"
    evidence = [_touches(read, where, P, degree)]
    parts: dict[str, Any] = {"terms": tuple(terms), "polynomials": tuple(polynomials), "at": where}
    if len(xs) == 1:
        more, bound, check = _remainder(read, where[0], degree, P, on)
        steps.append(more)
        parts["bound"] = bound
        evidence += check
    if read.expr.is_polynomial(*xs) and sympy.Poly(read.expr, *xs).total_degree() <= degree:
        evidence.append(Verified("the polynomial is the function itself", bool(sympy.expand(P - read.expr) == 0)))
    answer = Formula.of(head, "=", *written_polynomial(xs, where, terms))
    question = (read.question(), Formula.of("about", *tupled(where), ",", "degree", degree))
    return Worked("Taylor polynomial", question, P, (answer,), tuple(steps), tuple(evidence), parts,
                  _continued(read, where, terms), "MML 5.1.1" if len(xs) == 1 else "MML 5.8")  # fmt: skip


def _continued(f: Function, where: Sequence[Any], terms: Sequence[Term]) -> tuple[str, ...]:
    """Say so where the function has no value at the centre, but a limit."""
    there = f.expr.subs(dict(zip(f.variables, where, strict=True)), simultaneous=True)
    if not there.has(sympy.zoo, sympy.nan):
        return ()
    return (f"{f.head} has no value at {said_point(where)}; its limit, {said(terms[0].coefficient)}, is taken.",)


def _terms(f: Function, where: Sequence[Any], degree: int) -> list[Term]:
    """Return the terms up to a degree, each derivative from the one below it."""
    xs, put = f.variables, dict(zip(f.variables, where, strict=True))
    if len(xs) == 1 and (found := coefficients(f.expr, xs[0], where[0], degree)) is not None:
        exact = [c if c.is_Rational else neat(c) for c in found]
        return [Term((k,), sympy.expand(c * factorial(k)), c) for k, c in enumerate(exact)]
    known = {(0,) * len(xs): f.expr}
    out = []
    for total in range(degree + 1):
        for orders in _indices(len(xs), total):
            if orders not in known:
                k = next(i for i, o in enumerate(orders) if o)
                below = tuple(o - (i == k) for i, o in enumerate(orders))
                known[orders] = sympy.diff(known[below], xs[k])
            value = _value(known[orders], put, f, orders)
            out.append(Term(orders, value, value / prod(factorial(o) for o in orders)))
    return out


def _indices(count: int, total: int) -> list[tuple[int, ...]]:
    """Return the orders in each variable that add up to a total, the first variable's highest first."""
    found = [o for o in itertools.product(range(total + 1), repeat=count) if sum(o) == total]
    return sorted(found, reverse=True)


def _value(expr: sympy.Expr, put: dict[Any, Any], f: Function, orders: tuple[int, ...]) -> sympy.Expr:
    value = expr.subs(put, simultaneous=True)
    if sum(orders) and has_kink(f.expr, f.variables, list(put.values())):
        raise NotNumeric(f"The function has a kink at {said_point(list(put.values()))}.",
                         repair="Expand about another point.")  # fmt: skip
    if value.has(sympy.zoo, sympy.nan, sympy.oo) or (value.is_number and value.is_real is False):
        what = f"The derivative of order {sum(orders)}" if sum(orders) else "The function"
        raise NotNumeric(f"{what} has no value at the centre.", repair="Expand about another point.")
    return value if value.is_Rational else neat(value)


def _polynomial(xs: Sequence[Any], where: Sequence[Any], terms: Sequence[Term]) -> sympy.Expr:
    return sympy.Add(*[
        t.coefficient * sympy.Mul(*[(x - w) ** o for x, w, o in zip(xs, where, t.orders, strict=True)]) for t in terms
    ])  # fmt: skip


def written_polynomial(xs: Sequence[Any], where: Sequence[Any], terms: Sequence[Term]) -> list[Any]:
    """Return a polynomial in ascending powers of the distances, as parts of a formula: 1 − (x − 1) + 2(x − 1)²."""
    parts: list[Any] = []
    for t in terms:
        if t.coefficient == 0:
            continue
        negative = t.coefficient.could_extract_minus_sign()
        size = -t.coefficient if negative else t.coefficient
        sign = ["−" if negative else "+"] if parts or negative else []
        parts += [*sign, *_term(size, xs, where, t.orders, alone=not sign)]
    return parts or [0]


def _term(size: sympy.Expr, xs: Sequence[Any], where: Sequence[Any], orders: Sequence[int], alone: bool) -> list[Any]:
    """Return a coefficient times powers of distances; a distance of power 1 stands in brackets after a sign."""
    factors = [_distance(x, w, o) for x, w, o in zip(xs, where, orders, strict=True) if o]
    if not factors:
        part = shown(size)
        return ["(", part, ")"] if size.is_Add and not alone else [part]
    first = shown(size)
    if isinstance(first, str | float):
        return [shown(size * sympy.Mul(*[(x - w) ** o for x, w, o in zip(xs, where, orders, strict=True)]))]
    top, bottom = sympy.fraction(size) if size.is_Rational else (size, _ONE)
    powers = factors[0] if len(factors) == 1 else apply("mul", *factors)
    above = powers if top == 1 else apply("mul", shown(top), *factors)
    if bottom != 1:
        return [apply("div", above, shown(bottom))]
    bare = top == 1 and sum(orders) == 1 and where[list(orders).index(1)] != 0
    return ["(", above, ")"] if bare and not alone else [above]


_ONE = sympy.Integer(1)


def _distance(x: sympy.Symbol, w: sympy.Expr, order: int) -> Expr:
    """Return (x − w)ᵏ as a person writes it, the variable first."""
    minus = w.could_extract_minus_sign()
    away = to_expr(-w) if minus else apply("neg", to_expr(w))
    base = to_expr(x) if w == 0 else apply("add", to_expr(x), away)
    return base if order == 1 else apply("pow", base, constant(order))


def _prime(name: str, order: int, x: str) -> str:
    if order <= 3:
        return f"{name}{'′' * order}({x})"
    return f"{name}⁽{str(order).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}⁾({x})"


def _tidied(expr: sympy.Expr) -> sympy.Expr:
    """Return a derivative as it is written on the way to the next: factors taken out, no identities tried."""
    if expr.is_rational_function(*expr.free_symbols):
        return sympy.factor(expr)
    return min((expr, sympy.factor_terms(expr)), key=lambda e: e.count_ops())


def _one(f: Function, where: Sequence[Any], terms: Sequence[Term]) -> list[Step]:
    x, name = letter(f.variables[0]), letter(f.name)
    at, slope, lines = said(where[0]), f.expr, []
    for k, t in enumerate(terms):
        small = k < _SPELLED and sympy.count_ops(slope) < 60
        general = [_prime(name, k, x), "=", shown(slope), ","] if small else []
        lines.append(Formula.of(*general, _prime(name, k, at), "=", shown(t.derivative)))
        slope = _tidied(sympy.diff(slope, f.variables[0])) if small and k + 1 < len(terms) else slope
    over = tuple(
        Formula.of(f"a_{k}", "=", _prime(name, k, at), f"/ {k}!", "=", shown(t.coefficient))
        for k, t in enumerate(terms)
    )
    return [
        Step("derivatives", f"Differentiate, and put {x} = {at} in.", tuple(lines), "", "MML 5.1.1", {
            "function": f.expr, "at": where[0], "terms": tuple(terms)}),
        Step("coefficients", "Divide by the factorials.", over, "", "MML 5.1.1", {"terms": tuple(terms)}),
    ]  # fmt: skip


def _many(f: Function, where: Sequence[Any], terms: Sequence[Term], degree: int) -> list[Step]:
    xs, name = f.variables, letter(f.name)
    distance = sympy.Matrix([x - w for x, w in zip(xs, where, strict=True)])
    at = Formula.of(*tupled(where)).text()[0]
    steps = []
    for k in range(degree + 1):
        of_order = [t for t in terms if sum(t.orders) == k]
        data = {"order": k, "terms": tuple(of_order), "at": tuple(where), "function": f.expr}
        total = ["=", *written_polynomial(xs, where, of_order)]
        if k == 0:
            line = Formula.of(f"{name}{at if at.startswith('(') else f'({at})'}", "=", shown(of_order[0].derivative))
            steps.append(Step("constant", "Order 0: the value there.", (line,), "", "MML 5.8", data))
        elif k == 1:
            row = grid([[shown(t.derivative) for t in of_order]])
            line = Formula.of(f"∇{name}", "·", "δ", "=", row, "·", grid([[shown(d)] for d in distance]), *total)
            steps.append(Step("plane", "Order 1: the gradient times the distance δ.", (line,), "", "MML 5.8", data))
        elif k == 2:
            H = f.hessian.subs(dict(zip(xs, where, strict=True)), simultaneous=True)
            half = Formula.of(
                sympy.Rational(1, 2), "·", "δᵀ", grid([[shown(v) for v in r] for r in H.tolist()]), "δ", *total
            )
            steps.append(Step("parabola", "Order 2: half the Hessian between two distances.", (half,), "", "MML 5.8", {
                **data, "hessian": H}))  # fmt: skip
        else:
            steps.append(_higher(f, k, of_order, total, data))
    return steps


def _higher(f: Function, k: int, of_order: Sequence[Term], total: list[Any], data: dict[str, Any]) -> Step:
    lines: list[Formula] = []
    for t in of_order:
        if t.derivative != 0 and len(lines) < 8:
            powers = "".join(f"∂{letter(x)}" * o for x, o in zip(f.variables, t.orders, strict=True))
            below = " ".join(f"{o}!" for o in t.orders if o > 1)
            lines.append(
                Formula.of(f"the derivative in {powers}", "=", shown(t.derivative), f"over {below}" if below else "")
            )
    why = "" if lines else "All derivatives of this order are zero there."
    return Step("order", f"Order {k}: the derivatives of order {k} over factorials.", (*lines, Formula.of(*total)), why,
                "MML 5.8", data)  # fmt: skip


def _touches(f: Function, where: Sequence[Any], P: sympy.Expr, degree: int) -> Verified:
    """Check that function and polynomial part like the power n + 1 of the distance, with 60 digits."""
    if (f.expr.free_symbols - set(f.variables)) or any(w.free_symbols for w in where):
        return Verified("the derivatives agree at the centre", _derivatives_agree(f, where, P, degree))
    with mpmath.workdps(120):
        run, poly = (sympy.lambdify(list(f.variables), e, "mpmath") for e in (f.expr, P))
        centre = [mpmath.mpf(sympy.N(w, 120)) for w in where]
        way = [mpmath.mpf(1) / (k + 1) for k in range(len(centre))]
        gaps = []
        for size in (mpmath.mpf(10) ** -3, mpmath.mpf(10) ** -4):
            at = [c + size * w for c, w in zip(centre, way, strict=True)]
            gaps.append(abs(run(*at) - poly(*at)))
        if gaps[1] < mpmath.mpf(10) ** -100:
            return Verified("the difference near the centre", True, "none")
        order = mpmath.log10(gaps[0] / gaps[1])
    told = f"it shrinks like the power {mpmath.nstr(order, 4)} of the distance"
    return Verified(f"the difference near the centre, of order {degree + 1} or more", bool(order > degree + 0.9), told)


def _derivatives_agree(f: Function, where: Sequence[Any], P: sympy.Expr, degree: int) -> bool:
    put = dict(zip(f.variables, where, strict=True))
    for k in range(degree + 1):
        for orders in _indices(len(where), k):
            pairs = [(v, o) for v, o in zip(f.variables, orders, strict=True) if o]
            gap = (sympy.diff(f.expr - P, *pairs) if pairs else f.expr - P).subs(put)
            if sympy.simplify(gap) != 0:
                return False
    return True


def _remainder(
    f: Function, at: Any, degree: int, P: sympy.Expr, on: tuple[float, float] | None
) -> tuple[Step, float | None, list[Verified]]:
    """Return Lagrange's form of the remainder, and its bound on an interval."""
    x, n = f.variables[0], degree + 1
    slope = sympy.diff(f.expr, x, n) if on is not None or n < 9 else sympy.Derivative(f.expr, (x, n))
    at_c = slope.subs(x, sympy.Symbol("c", real=True))
    told = f"The remainder, with some c between {said(at)} and {letter(x)}."
    plain = not slope.has(sympy.Derivative) and sympy.count_ops(slope) < 60
    form = shown(_tidied(at_c)) if plain else f"{letter(f.name)} differentiated {n} times, at c,"
    power = (x - at) ** n
    lines = [Formula.of(f"R_{degree}", "=", *_bracket(form), "·", shown(power), f"/ {n}!")]
    if on is None:
        return Step("remainder", told, tuple(lines), "", "Lagrange; Imperial MVC W4", {"derivative": slope}), None, []
    ends = floats(on, "The interval")
    if ends.shape != (2,):
        raise ShapeError(f"{on} is no interval.", repair="Give (low, high) with low < high.")
    low, high = map(float, ends)
    if not low < high:
        raise ShapeError(f"The interval [{low:g}, {high:g}] is empty.", repair="Give (low, high) with low < high.")
    if not low <= float(at) <= high:
        raise ShapeError(f"The centre {said(at)} is not in [{low:g}, {high:g}].", repair="Let the interval hold it.")
    most = largest(slope, x, low, high)
    reach = max(abs(low - float(at)), abs(high - float(at)))
    bound = most * reach**n / factorial(n)
    lines.append(
        Formula.of(
            f"|{letter(f'R_{degree}')}|",
            "≤",
            most,
            "·",
            reach,
            f"^{n} / {n}!",
            "=",
            bound,
            why=f"on [{low:g}, {high:g}]",
        )
    )
    real = largest(f.expr - P, x, low, high)
    check = Verified(
        "the largest difference on the interval is within Lagrange's bound",
        real <= bound * (1 + 1e-6) + 1e-13,
        f"{real:.3g} against {bound:.3g}".replace("-", "−"),
    )
    step = Step("remainder", told, tuple(lines), "", "Lagrange; Imperial MVC W4", {
        "derivative": slope, "largest": most, "bound": bound, "interval": (low, high)})  # fmt: skip
    return step, bound, [check]


def _bracket(part: Any) -> list[Any]:
    text = part if isinstance(part, str) else Formula.of(part).text()[0]
    return ["(", part, ")"] if " " in text and not isinstance(part, str) else [part]


def largest(expr: sympy.Expr, x: sympy.Symbol, low: float, high: float) -> float:
    """Return the largest absolute value on an interval: 4001 points, the best one refined."""
    run = sympy.lambdify([x], expr, "numpy")
    at = np.linspace(low, high, 4001)
    with np.errstate(all="ignore"):
        values = np.abs(np.broadcast_to(np.asarray(run(at), dtype=float), at.shape))
    if not np.isfinite(values).all():
        raise NotNumeric(
            f"The function has no value at {at[~np.isfinite(values)][0]:g}.", repair="Choose a smaller interval."
        )
    k = int(values.argmax())
    fine = np.linspace(at[max(k - 1, 0)], at[min(k + 1, 4000)], 2001)
    with np.errstate(all="ignore"):
        return float(np.abs(np.broadcast_to(np.asarray(run(fine), dtype=float), fine.shape)).max())


def taylor_pieces(f: Any, at: Any, variables: Letters = None) -> Worked:
    """Return the constant, the plane and the parabola that touch a function of two variables at a point, for a picture.

    >>> taylor_pieces("x^2 + y", [1, 0]).value["plane"]
    2*x + y - 1

    Source: Imperial MVC W4.
    """
    found = taylor(f, at, 2, variables)
    zeroth, first, second = (sympy.expand(p) for p in found.polynomials)
    pieces = {"constant": zeroth, "plane": first, "parabola": second}
    answer = tuple(Formula.of(f"{name}:", shown(p)) for name, p in pieces.items())
    return Worked("Taylor pieces", found.question, pieces, answer, found.steps, found.evidence, found.parts,
                  source="Imperial MVC W4")  # fmt: skip


def taylor_errors(
    f: Any, at: Any, degrees: Sequence[int], away: Any, variables: Letters = None
) -> list[tuple[int, float]]:
    """Return the error of the Taylor polynomials of some degrees at one point, as rows (degree, error).

    >>> [(n, round(error, 6)) for n, error in taylor_errors("e^x", 0, [1, 2], 0.1)]
    [(1, 0.005171), (2, 0.000171)]

    Raises `NotNumeric` where the function has no value at the place. Source: Imperial MVC W4.
    """
    read = function(f, variables)
    there = numbers(away, read.variables, "The place")
    rows = []
    for n in degrees:
        P = taylor(read, at, n).value
        value = sympy.lambdify(list(read.variables), P, "numpy")(*there)
        with np.errstate(all="ignore"):
            error = float(read.of(there) - value)
        if not np.isfinite(error):
            raise NotNumeric(f"{read.head} has no value at {said_point(list(there))}.", repair="Choose another place.")
        rows.append((n, error))
    return rows
