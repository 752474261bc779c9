"""Methods by hand: a step of Newton’s, a step of gradient descent, a difference in place of a slope."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import sympy

from agnesi import calculus
from agnesi.exercises.drawing import distinct, integer, number_of, once, plus, raised, slope_of, times, typed
from agnesi.exercises.record import Exact, Family, Instance, Planted
from agnesi.worked.record import Worked


def _pair(v: Any) -> str:
    return f"({', '.join(map(str, v))})".replace("-", "−")


def _number(value: Any) -> str:
    return str(value).replace("-", "−")


def _newton(rng: Random, level: int) -> Instance:
    """Draw one step of Newton’s method for a zero."""
    n, c, at = (2, integer(rng, 2, 9), integer(rng, 1, 4)) if level < 3 else (3, integer(rng, 2, 9), integer(rng, 1, 3))
    b = 0 if level == 1 else integer(rng, 1, 4)
    f = plus(raised("x", n), *([times(b, "x")] if b else []), times(-c, "1"))
    while number_of(f, x=at) == 0:  # that would be no step
        at += 1
    value, slope = number_of(f, x=at), number_of(slope_of(f, "x"), x=at)
    work = once(_one_step, f, at)
    new = sympy.Rational(work().value)
    slips = [
        Planted(_number(at + value / slope), "sign", "the correction was added"),
        Planted(_number(at - slope / value) if value else str(at + 1), "quotient turned" if value else "arithmetic"),
        Planted(_number(at - value), "slope left out", "the value was not divided by the slope", "x − f(x)/f′(x)."),
    ]
    return Instance(
        f"Do one step of Newton’s method for a zero of $f(x) = {f}$ from $x = {at}$. Where does it lead?",
        Exact(new, lines="value", claim="x − u/v"),
        "a number; a fraction is welcome",
        f"f(x) = {f}; x = {at}; u = {value}; v = {slope}".replace("-", "−"),
        slips=tuple(p for p in distinct(_number(new), slips)),
        work=work,
    )


def _one_step(f: str, at: int) -> Worked:
    """Return one step of Newton’s method worked, with the place where it leads as its value."""
    done = calculus.newton(f, at, steps=1)
    rule, step = done.steps[:2]
    told = (replace(rule, said="Follow the tangent down to the axis."), replace(step, said=f"Put x₀ = {at} in."))
    return replace(done, value=done.table[-1].next, steps=told)


def _descent(rng: Random, level: int) -> Instance:
    """Draw one step of gradient descent on a quadratic function."""
    a, c = integer(rng, 1, 4), integer(rng, 1, 4)
    b = 0 if level == 1 else rng.choice((-1, 1, 2))
    f = plus(
        times(a, "x²"),
        *([times(b, "x y")] if b else []),
        times(c, "y²"),
        *([times(integer(rng, -4, 4), "x")] if level == 3 else []),
    )
    at = (integer(rng, -3, 3), integer(rng, -3, 3))
    rate = sympy.Rational(1, rng.choice((2, 4, 5, 10)))
    work = once(calculus.gradient, f, at, "x, y")
    slope = sympy.ImmutableMatrix(2, 1, [sympy.sympify(v) for v in work().part])
    point = sympy.ImmutableMatrix(2, 1, at)
    new = point - rate * slope
    slips = [
        Planted(typed(point + rate * slope), "sign", "the step goes up the gradient"),
        Planted(typed(point - slope), "learning rate lost", "the step was not multiplied by the learning rate"),
        Planted(typed(-rate * slope), "step for the point", "the step was given, not where it leads"),
    ]
    done = work()
    steps = (
        *((s.said, "; ".join(r for line in s.lines for r in line.text())) for s in done.steps),
        ("Point − rate · gradient", f"{typed(point)} − {rate} {typed(slope)} = {typed(new)}"),
    )
    return Instance(
        f"Do one step of gradient descent on $f(x, y) = {f}$ from $({at[0]}, {at[1]})$ with the rate ${rate}$.".replace(
            "-", "−"
        ),
        Exact(new.as_immutable(), "vector", claim="p − η g"),
        "a point, such as (1/2, −2)",
        f"f(x, y) = {f}; p = {_pair(point)}; g = {_pair(slope)}; η = {rate}",
        slips=distinct(typed(new), slips),
        work=lambda: steps,
    )


def _difference(rng: Random, level: int) -> Instance:
    """Draw a central (level 1: forward) difference of a polynomial."""
    n, c, at = level + 1, integer(rng, 1, 5), integer(rng, 1, 3)
    h = sympy.Rational(1, rng.choice((2, 4, 5, 10)))
    f = plus(raised("x", n), times(c, "x"))
    up, down, here = (number_of(f, x=at + s * h) for s in (1, -1, 0))
    forward = level == 1
    value = (up - here) / h if forward else (up - down) / (2 * h)
    slips = [
        Planted(
            _number(up - (here if forward else down)),
            "not divided by the step",
            "the difference was not divided by the step",
            "A slope is rise over run.",
        ),
        Planted(
            _number(number_of(slope_of(f, "x"), x=at)),
            "exact slope",
            "the exact slope was given",
            "A difference quotient is near the slope, and differs from it by the step's error.",
        ),
    ]
    if not forward:
        why = "The run of a central difference is 2h."
        slips.append(Planted(_number((up - down) / h), "half the run", "the difference was divided by h", why))
    kind = "forward" if forward else "central"
    rule = "(f(x + h) − f(x))/h" if forward else "(f(x + h) − f(x − h))/(2h)"
    steps = (
        ("The values", f"f({at + h}) = {up}, f({at if forward else at - h}) = {here if forward else down}"),
        (rule, f"= {value}"),
    )
    return Instance(
        f"Find the {kind} difference of $f(x) = {f}$ at $x = {at}$ with the step $h = {h}$.",
        Exact(value, lines="value", claim="(u − v)/h" if forward else "(u − v)/(2h)"),
        "a number; a fraction is welcome",
        f"f(x) = {f}; u = {up}; v = {here if forward else down}; h = {h}",
        slips=distinct(_number(value), slips),
        work=lambda: steps,
    )


FAMILIES = (
    Family(
        "impcalc-newton-step",
        "One step of Newton’s method",
        "compute",
        ("newton", "derivative"),
        _newton,
        where=(("impcalc", "5"),),
    ),
    Family(
        "impcalc-descent-step",
        "One step of gradient descent",
        "update rule",
        ("gradient-descent", "gradient"),
        _descent,
        where=(("impcalc", "5"), ("mml", "7")),
    ),
    Family(
        "impcalc-difference",
        "Difference quotients",
        "compute",
        ("finite-diff", "derivative"),
        _difference,
        where=(("impcalc", "4"),),
    ),
)
