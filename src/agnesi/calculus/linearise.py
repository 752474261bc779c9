"""Tangent lines and planes, and how errors of the inputs carry over to the output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy

from agnesi.calculus.functions import (
    Function,
    Letters,
    called,
    function,
    letter,
    neat,
    partial,
    point,
    said_point,
    shown,
    tupled,
)
from agnesi.calculus.jacobians import kink, partial_step
from agnesi.calculus.taylor import Term, written_polynomial
from agnesi.errors import NotNumeric
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked


def linearise(f: Any, at: Any, variables: Letters = None) -> Worked:
    """Find the tangent line or plane at a point: the value there plus the gradient times the distance.

    >>> linearise("x^2", 3).value
    6*x - 9

    The parts are `slope` (the gradient there), `level` (the value there), and `normal` of the graph. Raises
    `NotNumeric` where function or gradient has no value at the point. Source: MML 5.8; Imperial MVC W4.
    """
    read = function(f, variables)
    xs = read.variables
    where = point(at, xs)
    put = dict(zip(xs, where, strict=True))
    level = _finite(neat(read.expr.subs(put, simultaneous=True)), read, where)
    slopes = [_finite(neat(g.subs(put, simultaneous=True)), read, where) for g in read.gradient]
    steps = [
        Step(
            "value",
            "Compute the value at the point.",
            (Formula.of(*called(letter(read.name), where), "=", shown(level)),),
            data={"value": level},
        )
    ]
    steps += [partial_step(read, x)[1] for x in xs]
    row = grid([[shown(s) for s in slopes]])
    name = letter(read.name)
    steps.append(Step("put in", "Put the point in.", (Formula.of(*called(f"∇{name}", where), "=", row),), data={
        "gradient": tuple(slopes)}))  # fmt: skip
    L = level + sum((s * (x - w) for s, x, w in zip(slopes, xs, where, strict=True)), sympy.Integer(0))
    opened = sympy.expand(L)
    lines = (Formula.of("L", "=", *_tangent_parts(xs, where, level, slopes)),
             Formula.of("=", shown(opened)))  # fmt: skip
    kind = "line" if len(xs) == 1 else "plane" if len(xs) == 2 else "hyperplane"
    steps.append(
        Step(
            "tangent",
            f"The tangent {kind}: value plus slope times distance.",
            lines,
            "",
            "Imperial MVC W4",
            {"tangent": opened, "value": level, "gradient": tuple(slopes)},
        )
    )
    question = (read.question(), Formula.of("at", *tupled(where)))
    answer = Formula.of(f"L({', '.join(letter(x) for x in xs)})", "=", shown(opened))
    return Worked(
        f"tangent {kind}",
        question,
        opened,
        (answer,),
        tuple(steps),
        tuple(_tangent_checked(read, where, opened)),
        {"slope": tuple(slopes), "level": level, "normal": (*(-s for s in slopes), sympy.Integer(1)), "at": where},
        source="Imperial MVC W4",
    )


def _finite(value: sympy.Expr, f: Function, where: Sequence[Any]) -> sympy.Expr:
    if kink(value) or value.is_real is False:
        raise NotNumeric(
            f"{f.head} or its derivative has no value at {said_point(where)}.", repair="Choose another point."
        )
    return value


def _tangent_parts(xs: Sequence[Any], where: Sequence[Any], level: Any, slopes: Sequence[Any]) -> list[Any]:
    """Return 2 + 4(x − 1) + (y − 2), as it is before brackets are opened."""
    count = len(xs)
    terms = [Term((0,) * count, level, level)]
    terms += [Term(tuple(int(i == k) for i in range(count)), s, s) for k, s in enumerate(slopes)]
    return written_polynomial(xs, where, terms)


def _tangent_checked(f: Function, where: Sequence[Any], L: sympy.Expr) -> list[Verified]:
    put = dict(zip(f.variables, where, strict=True))
    touches = sympy.simplify((L - f.expr).subs(put, simultaneous=True)) == 0
    same = all(sympy.simplify(sympy.diff(L - f.expr, x).subs(put, simultaneous=True)) == 0 for x in f.variables)
    return [Verified("value and slopes agree at the point", bool(touches and same))]


def propagate_error(f: Any, values: Any, errors: Any, variables: Letters = None) -> Worked:
    """Carry the errors of the inputs to the output by linearisation: independent errors add in squares.

    >>> found = propagate_error("x y", [2, 3], [0.1, 0.2])
    >>> found.value, found.worst
    (1/2, 7/10)

    δf = √Σ(∂f/∂x · δx)², the part `worst` is Σ|∂f/∂x| δx, `relative` is δf/|f|. Shapes: values and errors: [n].
    Raises `NotNumeric` for a negative error. Source: Imperial MVC W4; MML 5.8.
    """
    read = function(f, variables)
    xs = read.variables
    where, widths = point(values, xs), point(errors, xs, "The list of errors")
    if any(v.free_symbols for v in (*where, *widths)) or not read.expr.free_symbols <= set(xs):
        raise NotNumeric("Values and errors are numbers here.", repair="Give a number for each letter.")
    if any(w.is_negative for w in widths):
        raise NotNumeric("An error is negative.", repair="Give the sizes of the errors, 0 or more.")
    put = dict(zip(xs, where, strict=True))
    level = _finite(neat(read.expr.subs(put, simultaneous=True)), read, where)
    slopes = [_finite(neat(g.subs(put, simultaneous=True)), read, where) for g in read.gradient]
    shares = [sympy.simplify(abs(s) * w) for s, w in zip(slopes, widths, strict=True)]
    total = sympy.sqrt(sum((s**2 for s in shares), sympy.Integer(0)))
    total = neat(total)
    worst = neat(sum(shares, sympy.Integer(0)))
    steps = _error_steps(read, where, widths, slopes, shares, total, worst)
    relative = neat(total / abs(level)) if level != 0 else None
    answer = [Formula.of(letter(read.name), "=", *_rounded(level), "±", *_rounded(total))]
    parts = {"level": level, "shares": tuple(shares), "worst": worst, "relative": relative, "slopes": tuple(slopes)}
    question = (read.question(), Formula.of("at", *tupled(where), "±", *tupled(widths)))
    return Worked(
        "error propagation",
        question,
        total,
        tuple(answer),
        tuple(steps),
        _simulated(read, where, widths, total),
        parts,
        ("The errors are taken as independent and small.",),
        "Imperial MVC W4",
    )


def _rounded(value: sympy.Expr) -> list[Any]:
    return [shown(value)] if value.is_Rational and value.q < 1000 else [float(value)]


def _error_steps(f: Function, where: Any, widths: Any, slopes: Any, shares: Any, total: Any, worst: Any) -> list[Step]:
    several = len(f.variables) > 1
    gradient = tuple(
        Formula.of(partial(f.name, x, several), "=", shown(g), "=", shown(s))
        for x, g, s in zip(f.variables, f.gradient, slopes, strict=True)
    )  # fmt: skip
    each = tuple(
        Formula.of(f"|{partial(f.name, x, several)}|", "·", f"δ{letter(x)}", "=", shown(s), why="")
        for x, s in zip(f.variables, shares, strict=True)
    )  # fmt: skip
    squares: list[Any] = []
    for k, s in enumerate(shares):
        squares += [*(["+"] if k else []), f"({Formula.of(shown(s)).text()[0]})²"]
    return [
        Step(
            "sensitivities",
            "Differentiate in each input, and put the values in.",
            gradient,
            "",
            "MML 5.2",
            {"gradient": f.gradient, "slopes": tuple(slopes)},
        ),
        Step(
            "shares",
            "Multiply each by the error of its input.",
            each,
            "",
            "Imperial MVC W4",
            {"slopes": tuple(slopes), "errors": tuple(widths), "shares": tuple(shares)},
        ),
        Step(
            "add in squares",
            "Independent errors add in squares.",
            (Formula.of("δf²", "=", *squares, "=", shown(total**2)), Formula.of("δf", "=", shown(total))),
            "",
            "Imperial MVC W4",
            {"shares": tuple(shares), "total": total},
        ),
        Step(
            "worst case",
            "If all errors pull the same way, they add as they are.",
            (Formula.of("δf", "≤", shown(worst)),),
            "",
            "",
            {"shares": tuple(shares), "worst": worst},
        ),
    ]


def _simulated(f: Function, where: Any, widths: Any, total: Any) -> tuple[Verified, ...]:
    """Compare with the spread of random inputs whose errors are a thousand times smaller, scaled back."""
    draw = np.random.default_rng(0).normal(size=(20000, len(where)))
    at, w = np.array([float(v) for v in where]), np.array([float(v) for v in widths])
    small = 1e-3
    values = np.broadcast_to(np.asarray(f.call(*(at + small * w * draw).T), dtype=float), (len(draw),))
    seen, told = float(values.std() / small), float(total)
    if not np.isfinite(seen):
        return ()
    if told == 0:
        reach = small * float(max(widths, default=0))
        how = f"{seen * small:.1g} for errors of {reach:.1g}".replace("e-", "e−")
        return (Verified("the spread of random inputs falls faster than their errors", seen <= 10 * reach, how),)
    return (
        Verified("the spread of 20000 random inputs", abs(seen / told - 1) < 0.03, f"{seen:.4g} against {told:.4g}"),
    )
