"""Newton–Raphson in one and many variables: the table of iterations, and what goes wrong where it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import sympy

from agnesi.calculus.functions import (
    Function,
    Letters,
    function,
    functions,
    letter,
    lowered,
    numbers,
    point,
    said,
    shown,
)
from agnesi.calculus.given import positive, whole
from agnesi.errors import NotNumeric, ShapeError, UnknownName
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked

SOURCE = "Imperial MVC W5"
_DIGITS = 40  # digits of a fraction that is still carried exactly
_SHOWN = 12  # iterations that are shown as steps


@dataclass(frozen=True)
class Iteration:
    """A line of the table: the number of the step, the place, the value and the slope there, and the next place."""

    step: int
    x: Any
    value: Any
    slope: Any
    next: Any


def newton(f: Any, start: Any, steps: int = 50, tolerance: float = 1e-12, variables: Letters = None) -> Worked:
    """Find a root by Newton's method, xₙ₊₁ = xₙ − f(xₙ)/f′(xₙ); with several functions by Jacobians.

    >>> found = newton("x^3 - 2x + 2", -2)
    >>> round(float(found.value), 3), found.outcome
    (-1.769, 'converged')
    >>> newton("x^3 - 2x + 2", 0).outcome
    'cycle'

    The outcome is "converged", "cycle", "flat" (the slope is zero), "diverged", "left" (no value there) or "stopped";
    the value is None unless it converged. Small fractions are carried exactly. The part `table` has the iterations.
    Raises `ShapeError` where functions and variables are not as many. Source: Imperial MVC W5.
    """
    steps, tolerance = whole(steps, "iterations", 1, 10_000), positive(tolerance, "tolerance", 1e-12)
    fs = functions(f, variables) if not isinstance(f, Function) else (f,)
    if len(fs) == 1 and len(fs[0].variables) == 1:
        return _one(fs[0], start, steps, tolerance)
    if len(fs) != len(fs[0].variables):
        raise ShapeError(
            f"There are {len(fs)} functions of {len(fs[0].variables)} variables.", repair="Give as many functions."
        )
    return _many(fs, start, steps, tolerance)


def _one(f: Function, start: Any, most: int, tolerance: float) -> Worked:
    x = f.variables[0]
    if f.expr.free_symbols - {x}:
        raise UnknownName(f"{f.head} holds other letters.", repair="Give them values.")
    begin = point(start, f.variables, "The start")[0]
    if begin.free_symbols or not begin.is_real:
        raise NotNumeric(f"The start is {said(begin)}.", expected="a real number")
    slope = sympy.diff(f.expr, x)
    with mpmath.workdps(30):
        table, outcome, length = _iterate(_evaluator(f.expr, x), _evaluator(slope, x), _number(begin), most, tolerance)
    last = table[-1].next if outcome == "converged" else None
    steps = [_rule_step(f, slope), *(_iteration_step(f, row) for row in table[:_SHOWN])]
    if len(table) > _SHOWN:
        steps.append(
            Step(
                "iterations",
                f"Steps {_SHOWN + 1} to {len(table)} go on in the same way.",
                (Formula.of(f"x_{len(table)}", "=", _out(table[-1].next)),),
                data={"rows": tuple(table[_SHOWN:])},
            )
        )
    told = _told(outcome, table, length)
    steps.append(
        Step(outcome, told, (), _WHY[outcome], SOURCE, {"outcome": outcome, "table": tuple(table), "length": length})
    )
    answer = (
        Formula.of(letter(x), "≈" if not _exact_root(f, x, last) else "=", _out(last))
        if last is not None
        else Formula.of(told)
    )
    value = sympy.Rational(last.numerator, last.denominator) if isinstance(last, Fraction) else last
    return Worked(
        "Newton–Raphson",
        (Formula.of(f.head, "=", f.written, "=", 0), Formula.of(f"{letter(x)}₀", "=", shown(begin))),
        value,
        (answer,),
        tuple(steps),
        tuple(_root_checked(f, x, table, outcome, length)),
        {"table": tuple(table), "outcome": outcome, "cycle": length},
        () if outcome == "converged" else (told,),
        SOURCE,
    )


_WHY = {
    "converged": "Near a simple root the number of right digits doubles with each step.",
    "cycle": "The tangents lead round in a circle, and would for ever: start elsewhere.",
    "flat": "A horizontal tangent never meets the axis: start elsewhere.",
    "diverged": "The places run away: start elsewhere.",
    "left": "The function has no real value there: start elsewhere.",
    "stopped": "Near a root that is a multiple one, the steps shrink slowly; without a root they never settle.",
}


def _number(value: sympy.Expr) -> Any:
    if value.is_Rational:
        return Fraction(int(value.p), int(value.q))
    return mpmath.mpf(sympy.N(value, 30))


def _evaluator(expr: sympy.Expr, x: sympy.Symbol) -> Callable[[Any], Any]:
    """Return a function that is exact for fractions where it can be, and has 30 digits else."""
    run = sympy.lambdify([x], expr, "mpmath")
    rational = expr.is_rational_function(x)

    def at(place: Any) -> Any:
        if isinstance(place, Fraction) and rational:
            value = expr.subs(x, sympy.Rational(place.numerator, place.denominator))
            if value.is_Rational:
                return Fraction(int(value.p), int(value.q))
            if value.has(sympy.zoo, sympy.nan):
                raise ZeroDivisionError
        number = mpmath.mpf(place.numerator) / place.denominator if isinstance(place, Fraction) else place
        return run(number)

    return at


def _iterate(
    f: Callable[[Any], Any], slope: Callable[[Any], Any], x: Any, most: int, tolerance: float
) -> tuple[list[Iteration], str, int]:
    """Return the table, how it ended, and the length of a cycle."""
    table: list[Iteration] = []
    seen = [x]
    for k in range(most):
        try:
            value, m = f(x), slope(x)
        except (ZeroDivisionError, ValueError, TypeError, OverflowError):
            return [*table, Iteration(k, x, None, None, None)], "left", 0
        if isinstance(value, mpmath.mpc) or not mpmath.isfinite(_float(value)):
            return [*table, Iteration(k, x, None, None, None)], "left", 0
        if value == 0:
            return [*table, Iteration(k, x, value, m, x)], "converged", 0
        if m == 0:
            return [*table, Iteration(k, x, value, m, None)], "flat", 0
        exact = all(isinstance(v, Fraction) for v in (x, value, m))
        after = _reduced(x - value / m) if exact else _float(x) - _float(value) / _float(m)
        table.append(Iteration(k, x, value, m, after))
        if abs(_float(after) - _float(x)) <= tolerance * max(1, abs(_float(after))):
            return table, "converged", 0
        for back in range(2, min(len(seen), 8) + 1):
            if _same(seen[-back], after) and (isinstance(after, Fraction) or len(seen) > 12):
                return table, "cycle", back
        if abs(_float(after)) > 1e12:
            return table, "diverged", 0
        seen.append(after)
        x = after
    return table, "stopped", 0


def _float(value: Any) -> Any:
    return mpmath.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else value


def _reduced(value: Fraction) -> Any:
    """Return a fraction while it is short, else its decimal."""
    return value if len(str(value)) <= _DIGITS else _float(value)


def _same(a: Any, b: Any) -> bool:
    return (
        bool(a == b)
        if isinstance(a, Fraction) and isinstance(b, Fraction)
        else bool(abs(_float(a) - _float(b)) < 1e-13)
    )


def _rule_step(f: Function, slope: sympy.Expr) -> Step:
    x = letter(f.variables[0])
    lines = (Formula.of(f"{letter(f.name)}′({x})", "=", shown(slope)),
             Formula.of(f"{x}ₙ₊₁", "=", f"{x}ₙ", "−", f"{f.name}({x}ₙ)/{f.name}′({x}ₙ)"))  # fmt: skip
    return Step("rule", "Follow the tangent down to the axis, again and again.", lines, "", SOURCE, {"slope": slope})


def _out(value: Any) -> Any:
    if isinstance(value, Fraction):
        return sympy.Rational(value.numerator, value.denominator) if len(str(value)) < 16 else float(value)
    return float(value) if value is not None else "none"


def _long(value: Any) -> Any:
    """Return a place with ten digits, so that convergence is seen."""
    shown_value = _out(value)
    return f"{shown_value:.10g}".replace("-", "−") if isinstance(shown_value, float) else shown_value


def _iteration_step(f: Function, row: Iteration) -> Step:
    x, name = letter(f.variables[0]), letter(f.name)
    k, after = lowered(row.step), lowered(row.step + 1)
    data = {"x": row.x, "value": row.value, "slope": row.slope, "next": row.next}
    if row.value is None:
        return Step(
            "iteration", f"At {x}{k} the function has no value.", (Formula.of(f"{x}{k}", "=", _long(row.x)),), data=data
        )
    lines = [Formula.of(f"{name}({x}{k})", "=", _out(row.value), ",", f"{name}′({x}{k})", "=", _out(row.slope))]
    if row.next is not None:
        lines.append(
            Formula.of(f"{x}{after}", "=", _long(row.x), "−", *_fraction(row.value, row.slope), "=", _long(row.next))
        )
    return Step("iteration", f"Step {row.step + 1}.", tuple(lines), "", "", data)


def _fraction(value: Any, slope: Any) -> list[Any]:
    top, bottom = (Formula.of(_out(v)).text()[0] for v in (value, slope))
    above = f"({top})" if top.startswith("−") else top
    below = f"({bottom})" if bottom.startswith("−") or "/" in bottom else bottom
    return [f"{above}/{below}"]


def _told(outcome: str, table: Sequence[Iteration], length: int) -> str:
    if outcome == "converged":
        return f"It settles after {len(table)} steps."
    if outcome == "cycle":
        places = [Formula.of(_out(r.x)).text()[0] for r in table[-length:]]
        return f"It goes round in a cycle of length {length}: {' → '.join([*places, places[0]])}."
    if outcome == "flat":
        return f"The slope is 0 at {Formula.of(_out(table[-1].x)).text()[0]}: the step would divide by zero."
    if outcome == "left":
        return f"At {Formula.of(_out(table[-1].x)).text()[0]} the function has no real value."
    return (
        f"It has run away after {len(table)} steps."
        if outcome == "diverged"
        else f"It has not settled after {len(table)} steps; it is at {Formula.of(_long(table[-1].next)).text()[0]}."
    )


def _exact_root(f: Function, x: sympy.Symbol, last: Any) -> bool:
    return isinstance(last, Fraction) and f.expr.subs(x, sympy.Rational(last.numerator, last.denominator)) == 0


def _root_checked(
    f: Function, x: sympy.Symbol, table: Sequence[Iteration], outcome: str, length: int
) -> list[Verified]:
    with mpmath.workdps(30):
        again = _steps_checked(f, x, table)
        if outcome == "cycle":
            gap = abs(_float(table[-1].next) - _float(table[-length].x))
            how = "exactly" if gap == 0 else mpmath.nstr(gap, 1)
            return [Verified("the place comes back", bool(gap < 1e-12), how), *again]
        if outcome != "converged":
            return again
        last = table[-1].next
        value = sympy.lambdify([x], f.expr, "mpmath")(_float(last))
        scale = 1 + abs(_float(table[0].value))
        how = "exactly" if value == 0 else f"|f| = {mpmath.nstr(abs(value), 1)}".replace("-", "−")
        return [Verified("the function is zero there", bool(abs(value) < 1e-9 * scale), how), *again]


def _steps_checked(f: Function, x: sympy.Symbol, table: Sequence[Iteration]) -> list[Verified]:
    """Do every step once more, with slopes from differences."""
    run, worst, count = sympy.lambdify([x], f.expr, "mpmath"), mpmath.mpf(0), 0
    h = mpmath.mpf(10) ** -9
    for row in table:
        if row.slope is None or row.next is None or row.value == 0:
            continue
        at = _float(row.x)
        slope = mpmath.re(run(at + h) - run(at - h)) / (2 * h)
        if abs(slope) > 1e-6:
            gap = abs(at - mpmath.re(run(at)) / slope - _float(row.next))
            worst, count = max(worst, gap / (1 + abs(_float(row.next)))), count + 1
    if not count:
        return []
    told = f"{count} steps, largest error {mpmath.nstr(worst, 1)}".replace("-", "−")
    return [Verified("the steps once more, with slopes from differences", bool(worst < 1e-6), told)]


def _many(fs: Sequence[Function], start: Any, most: int, tolerance: float) -> Worked:
    xs = fs[0].variables
    at = numbers(start, xs, "The start")
    if any(f.expr.free_symbols - set(xs) for f in fs):
        raise UnknownName("The functions hold other letters.", repair="Give them values.")
    J = sympy.Matrix([[g for g in f.gradient] for f in fs])
    table: list[dict[str, Any]] = []
    outcome = "stopped"
    for _ in range(most):
        with np.errstate(all="ignore"):
            values, slopes = np.array([f.of(at) for f in fs]), np.array([f.slope(at) for f in fs])
        if not (np.isfinite(values).all() and np.isfinite(slopes).all()):
            outcome = "left"
            break
        if np.linalg.matrix_rank(slopes) < len(xs):
            outcome = "converged" if np.abs(values).max() < 1e-14 else "flat"
            break
        move = np.linalg.solve(slopes, -values)
        table.append({"x": at, "value": values, "jacobian": slopes, "move": move, "next": at + move})
        at = at + move
        if np.abs(move).max() <= tolerance * max(1.0, float(np.abs(at).max())):
            outcome = "converged"
            break
        if np.abs(at).max() > 1e12:
            outcome = "diverged"
            break
    return _written_up(fs, J, table, at, outcome, start)


def _written_up(
    fs: Sequence[Function], J: Any, table: list[dict[str, Any]], at: Any, outcome: str, start: Any
) -> Worked:
    xs = fs[0].variables
    cells = grid([[shown(v) for v in row] for row in J.tolist()])
    steps = [
        Step(
            "rule",
            "Solve the linearised equations J δ = −f, and move by δ.",
            (Formula.of("J", "=", cells),),
            "",
            SOURCE,
            {"jacobian": J},
        )
    ]
    for k, row in enumerate(table[:_SHOWN]):
        lines = (Formula.of("f", "=", grid(row["value"]), ",", "J", "=", grid(row["jacobian"])),
                 Formula.of("δ", "=", grid(row["move"]), ",", "x", "=", grid(row["next"])))  # fmt: skip
        steps.append(Step("iteration", f"Step {k + 1}.", lines, "", "", row))
    told = {
        "converged": f"It settles after {len(table)} steps.",
        "flat": "The Jacobian is singular there: no step.",
        "diverged": "The places run away.",
        "left": "A function has no value there.",
        "stopped": "It has not settled.",
    }[outcome]
    steps.append(Step(outcome, told, (), _WHY[outcome], SOURCE, {"outcome": outcome}))
    value = at if outcome == "converged" else None
    names = ", ".join(letter(x) for x in xs)
    answer = Formula.of(f"({names})", "≈", grid(at)) if value is not None else Formula.of(told)
    evidence = []
    if value is not None:
        worst = max(abs(f.of(at)) for f in fs)
        evidence.append(
            Verified("all functions are zero there", worst < 1e-8, f"largest {worst:.0e}".replace("e-", "e−"))
        )
    question = (
        *(Formula.of(f.head, "=", f.written, "=", 0) for f in fs),
        Formula.of("start", "=", grid(numbers(start, xs))),
    )
    return Worked(
        "Newton–Raphson in several variables",
        question,
        value,
        (answer,),
        tuple(steps),
        tuple(evidence),
        {"table": tuple(table), "outcome": outcome},
        () if value is not None else (told,),
        SOURCE,
    )


def newton_minimum(f: Any, start: Any, steps: int = 50, variables: Letters = None) -> Worked:
    """Find a critical point by Newton's method on the gradient: steps of −H⁻¹∇f.

    >>> newton_minimum("x^2 + x y + y^2 - 3x", [0, 0]).value.round(6)
    array([ 2., -1.])

    Raises `NotNumeric` for a function without variables. Source: MML 7.1; Imperial MVC W5.
    """
    read = function(f, variables)
    if not read.variables:
        raise NotNumeric("The function has no variables.", repair="Name one.")
    if len(read.variables) == 1:
        gradient = [Function(read.gradient[0], shown(read.gradient[0]), read.variables, f"{read.name}′")]
        found = _one(gradient[0], start, whole(steps, "iterations", 1, 10_000), 1e-12)
    else:
        gradient = [Function(g, shown(g), read.variables, f"g_{k + 1}") for k, g in enumerate(read.gradient)]
        found = _many(gradient, start, whole(steps, "iterations", 1, 10_000), 1e-12)
    return replace(found, notes=(*found.notes, *_kind(read, found.value)))


def _kind(f: Function, value: Any) -> tuple[str, ...]:
    """Say what kind of critical point was found, by the eigenvalues of the Hessian there."""
    if value is None:
        return ()
    at = np.atleast_1d(np.asarray(value, dtype=float))
    eigenvalues = np.linalg.eigvalsh(f.curvature(at))
    small = 1e-9 * (1 + float(np.abs(eigenvalues).max()))
    if (np.abs(eigenvalues) <= small).any():
        return ("The Hessian is singular there: the test says nothing of its kind.",)
    kind = "minimum" if (eigenvalues > 0).all() else "maximum" if (eigenvalues < 0).all() else "saddle"
    return (f"By the Hessian this is a {kind}.",)
