"""Derivatives from differences of values: forward and central, and how their errors fall with the step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import mpmath
import numpy as np
import sympy

from agnesi.calculus.functions import Letters, has_kink, letter, one_variable, point, said, shown
from agnesi.calculus.given import floats
from agnesi.errors import NotNumeric
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked


def difference_errors(f: Any, at: Any, steps: Sequence[float] | None = None, variables: Letters = None) -> Worked:
    """Compare forward and central differences with the derivative: their errors fall like h and like h².

    >>> found = difference_errors("sin x", 1)
    >>> [round(s, 2) for s in found.value]
    [1.0, 2.0]

    The value is the pair of slopes in the log-log plot. The part `table` has rows (h, forward error, central error) of
    arithmetic with 50 digits, `floats` the same in double precision, where rounding ends the fall. Raises `NotNumeric`
    where the derivative has no value. Source: Imperial MVC W4; MML 5.8.
    """
    read = one_variable(f, variables, 'difference_errors("a x^2", 1, variables="x")')
    x, where = read.variables[0], point(at, read.variables)[0]
    if has_kink(read.expr, [x], [where]):
        raise NotNumeric(f"{read.head} has a kink at {said(where)}.", repair="Choose another point.")
    slopes = [neat_at(sympy.diff(read.expr, x, k), x, where) for k in (1, 2, 3)]
    hs = [10.0**-k for k in range(1, 7)] if steps is None else [float(h) for h in floats(steps, "The list of steps")]
    if len(hs) < 2 or min(hs) <= 0:
        raise NotNumeric("There are no two positive steps.", repair="Give at least two positive steps.")
    table = _errors(read.expr, x, where, slopes[0], hs)
    fitted = [_slope([(r[0], r[k]) for r in table]) for k in (1, 2)]
    rows = _in_floats(read.expr, x, float(where), float(slopes[0]))
    names = ("forward", "central")
    told = (
        _leading("forward", "One step ahead: the error is half the second derivative times h.",
                 "(f(x + h) − f(x))/h", "h/2 · f″(x)", "Taylor at x, divided by h.", slopes[1] / 2),
        _leading("central", "One step either way: the terms with h cancel.",
                 "(f(x + h) − f(x − h))/(2h)", "h²/6 · f‴(x)", "Odd terms only are left.", slopes[2] / 6),
        Step("table", f"At {letter(x)} = {said(where)}: h, the forward error, the central error.",
             (Formula.of(grid([[*r] for r in table])),), data={"table": table}),
        Step("log-log slope", "Fit straight lines to the logarithms.",
             tuple(Formula.of(f"{n}: slope", _power(v)) for n, v in zip(names, fitted, strict=True)),
             data={"table": table, "slopes": tuple(fitted)}),
    )  # fmt: skip
    answer = tuple(
        Formula.of(f"{n} error", "∼", "h to the power", v) if v else Formula.of(f"{n} error", "=", 0)
        for n, v in zip(names, fitted, strict=True)
    )
    question = (read.question(), Formula.of(f"{letter(read.name)}′", "=", shown(slopes[0])))
    return Worked("errors of differences", question, tuple(fitted), answer, told, tuple(_as_predicted(table, slopes)),
                  {"table": table, "floats": rows}, _best(rows), "Imperial MVC W4")  # fmt: skip


def _leading(name: str, told: str, quotient: str, term: str, why: str, coefficient: Any) -> Step:
    line = Formula.of(quotient, "=", "f′(x)", "+", term, "+", "…")
    return Step(f"{name} difference", told, (line,), why, "Imperial MVC W4", {"coefficient": coefficient})


def _power(slope: float) -> Any:
    return slope or "none: the error is zero"


def _best(rows: Sequence[tuple[float, float, float]]) -> tuple[str, ...]:
    """Say where rounding ends the fall in double precision."""
    if not rows:
        return ()
    forward, central = (min(rows, key=lambda r: r[k])[0] for k in (1, 2))
    return (f"In double precision the best steps are near {forward:.0e} (forward) and {central:.0e} (central): "
            "below them rounding grows.".replace("e-", "e−"),)  # fmt: skip


def central_gradient(f: Callable[[np.ndarray], float], at: np.ndarray, h: float = 1e-6) -> np.ndarray:
    """Return a gradient by central differences with steps h, larger for large coordinates.

    >>> central_gradient(lambda p: p[0] * p[1], np.array([2.0, 3.0])).round(6)
    array([3., 2.])
    """
    out = np.zeros(len(at))
    for k in range(len(at)):
        move = np.zeros(len(at))
        move[k] = h * max(1.0, abs(at[k]))
        out[k] = (f(at + move) - f(at - move)) / (2 * move[k])
    return out


def neat_at(expr: sympy.Expr, x: sympy.Symbol, at: Any) -> sympy.Expr:
    """Return the value of an expression at a point; raises `NotNumeric` where there is none."""
    value = sympy.simplify(expr.subs(x, at))
    if value.has(sympy.zoo, sympy.nan, sympy.oo) or value.is_real is False or value.free_symbols:
        raise NotNumeric(f"A derivative has no value at {said(at)}.", repair="Choose another point.")
    return value


def _errors(
    f: sympy.Expr, x: sympy.Symbol, at: Any, slope: Any, hs: Sequence[float]
) -> list[tuple[float, float, float]]:
    with mpmath.workdps(50):
        run, a, d = sympy.lambdify([x], f, "mpmath"), mpmath.mpf(sympy.N(at, 50)), mpmath.mpf(sympy.N(slope, 50))
        rows = []
        for step in hs:
            h = mpmath.mpf(repr(step))
            forward, central = (run(a + h) - run(a)) / h - d, (run(a + h) - run(a - h)) / (2 * h) - d
            rows.append((step, float(abs(forward)), float(abs(central))))
    return rows


def _in_floats(f: sympy.Expr, x: sympy.Symbol, at: float, slope: float) -> list[tuple[float, float, float]]:
    run = sympy.lambdify([x], f, "math")
    rows = []
    for k in range(1, 32):
        h = 10.0 ** (-k / 2)
        try:
            ahead, here, behind = run(at + h), run(at), run(at - h)
        except (ValueError, ZeroDivisionError, OverflowError):  # outside of the domain
            continue
        rows.append((h, abs((ahead - here) / h - slope), abs((ahead - behind) / (2 * h) - slope)))
    return rows


def _slope(points: Sequence[tuple[float, float]]) -> float:
    kept = np.array([(h, e) for h, e in points if e > 1e-40])
    if len(kept) < 2:
        return 0.0
    return float(np.polyfit(np.log(kept[:, 0]), np.log(kept[:, 1]), 1)[0])


def _as_predicted(table: Sequence[tuple[float, float, float]], slopes: Sequence[Any]) -> list[Verified]:
    """Check the errors at the smallest step against the leading terms of Taylor's formula."""
    out = []
    h, forward, central = min(table)
    for name, seen, told in (
        ("forward", forward, abs(float(slopes[1])) / 2 * h),
        ("central", central, abs(float(slopes[2])) / 6 * h**2),
    ):
        if told > 0:
            holds = abs(seen / told - 1) < 0.05 + 10 * h
            out.append(
                Verified(f"the {name} error is the leading term of Taylor's formula", holds, f"ratio {seen / told:.6f}")
            )
        else:
            out.append(Verified(f"the {name} error has no leading term here", seen < 10 * h**2, f"{seen:.1e}"))
    return out
