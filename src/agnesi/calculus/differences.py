"""Derivatives from differences of values: forward and central, and how their errors fall with the step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mpmath
import numpy as np
import sympy

from agnesi.calculus.functions import Letters, function, letter, point, said, shown
from agnesi.errors import NotNumeric, UnknownName
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
    read = function(f, variables)
    if len(read.variables) != 1:
        raise UnknownName(f"{read.head} has not one variable.", repair="Name one, as in variables='x'.")
    x, where = read.variables[0], point(at, read.variables)[0]
    slopes = [neat_at(sympy.diff(read.expr, x, k), x, where) for k in (1, 2, 3)]
    hs = [10.0**-k for k in range(1, 7)] if steps is None else [float(h) for h in steps]
    if any(h <= 0 for h in hs) or len(hs) < 2:
        raise NotNumeric("The steps are not positive.", repair="Give at least two positive steps.")
    table = _errors(read.expr, x, where, slopes[0], hs)
    fitted = [_slope([(r[0], r[k]) for r in table]) for k in (1, 2)]
    floats = _in_floats(read.expr, x, float(where), float(slopes[0]))
    told = (
        Step(
            "forward difference",
            "One step ahead: the error is half the second derivative times h.",
            (Formula.of("(f(x + h) − f(x))/h", "=", "f′(x)", "+", "h/2 · f″(x)", "+", "…"),),
            "Taylor at x, divided by h.",
            "Imperial MVC W4",
            {"coefficient": slopes[1] / 2},
        ),
        Step(
            "central difference",
            "One step either way: the terms with h cancel.",
            (Formula.of("(f(x + h) − f(x − h))/(2h)", "=", "f′(x)", "+", "h²/6 · f‴(x)", "+", "…"),),
            "Odd terms only are left.",
            "Imperial MVC W4",
            {"coefficient": slopes[2] / 6},
        ),
        Step(
            "table",
            f"At {letter(x)} = {said(where)}: h, the forward error, the central error.",
            (Formula.of(grid([[*r] for r in table])),),
            "",
            "",
            {"table": table},
        ),
        Step(
            "log-log slope",
            "Fit straight lines to the logarithms.",
            (Formula.of("forward: slope", fitted[0]), Formula.of("central: slope", fitted[1])),
            "",
            "",
            {"table": table, "slopes": tuple(fitted)},
        ),
    )
    best = min(floats, key=lambda r: r[1])[0], min(floats, key=lambda r: r[2])[0]
    notes = (f"In double precision the best steps are near {best[0]:.0e} (forward) and {best[1]:.0e} (central): "
             "below them rounding grows.".replace("e-", "e−"),)  # fmt: skip
    answer = (
        Formula.of("forward error", "∼", "h to the power", fitted[0]),
        Formula.of("central error", "∼", "h to the power", fitted[1]),
    )
    return Worked(
        "errors of differences",
        (read.question(), Formula.of(f"{letter(read.name)}′", "=", shown(slopes[0]))),
        tuple(fitted),
        answer,
        told,
        tuple(_as_predicted(table, slopes)),
        {"table": table, "floats": floats},
        notes,
        "Imperial MVC W4",
    )


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
        rows.append((h, abs((run(at + h) - run(at)) / h - slope), abs((run(at + h) - run(at - h)) / (2 * h) - slope)))
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
