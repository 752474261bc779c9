"""Convexity of one function by the definition, the first order and the second order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy

from agnesi.calculus.functions import Function, Letters, compiled, function, letter, shown
from agnesi.errors import NotNumeric, ShapeError
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked

SOURCE = "MML 7.3"
_PAIRS = 4000


def convexity(f: Any, on: Sequence[Any] | None = None, variables: Letters = None) -> Worked:
    """Test whether a function is convex, three ways: chords lie above, tangents lie below, the Hessian is not negative.

    >>> found = convexity("x log2(x)", (0.01, 10))
    >>> found.value, found.agree
    (True, True)
    >>> convexity("x^2 - y^2").value
    False

    `on` is an interval, the same for each variable, or a list of intervals; left out, [−5, 5]. The value is True or
    False; `agree` tells whether the tests agree; `counterexample` is (x, y, θ) where a chord lies below. The
    second-order test is exact where the Hessian is constant or, in one variable, where sympy decides the sign; else
    all three are numerical on many points, and a note says so. Raises `NotNumeric` where the function has no value on
    the box. Source: MML 7.3.
    """
    read = function(f, variables)
    if not read.variables or len(read.variables) > 6:
        raise ShapeError(f"Convexity in {len(read.variables)} variables is not tested.", repair="Use from 1 to 6.")
    if read.expr.free_symbols - set(read.variables):
        raise NotNumeric(f"{read.head} holds other letters.", repair="Give them values, or name them as variables.")
    low, high = _box(on, len(read.variables))
    draw = np.random.default_rng(0)
    x, y = (low + (high - low) * draw.random((_PAIRS, len(low))) for _ in range(2))
    theta = draw.random(_PAIRS)
    values = _values(read, x), _values(read, y)
    by_chord, witness = _jensen(read, x, y, theta, values)
    by_tangent, gap = _tangents(read, x, y, values)
    by_curvature, exact, why = _curvature(read, x, low, high)
    if witness is None and not by_curvature:
        witness = _short_chord(read, x)
        by_chord = witness is None
        by_tangent = by_tangent and by_chord
    agree = by_chord == by_tangent == by_curvature
    steps = (
        _chord_step(read, by_chord, witness), _tangent_step(read, by_tangent, gap),
        _hessian_step(read, by_curvature, why),
    )  # fmt: skip
    verdict = by_curvature if exact else by_chord and by_tangent and by_curvature
    box = " × ".join(f"[{a:g}, {b:g}]".replace("-", "−") for a, b in zip(low, high, strict=True))
    answer = Formula.of(letter(read.name), "is", f"{'convex' if verdict else 'not convex'} on {box}")
    parts = {"agree": agree, "counterexample": witness, "exact": exact,
             "tests": {"chords": by_chord, "tangents": by_tangent, "Hessian": by_curvature}}  # fmt: skip
    return Worked("convexity", (read.question(),), verdict, (answer,), steps,
                  (Verified("the three tests agree", agree, f"{_PAIRS} pairs"),), parts,
                  _notes(exact, verdict, witness), SOURCE)  # fmt: skip


def _notes(exact: bool, verdict: bool, witness: Any) -> tuple[str, ...]:
    notes = () if exact else ("The tests look at many points, not at all: “convex” is seen, not proved.",)
    if not verdict and witness is None:
        notes = (*notes, "No pair of points among those tried shows it; the Hessian does.")
    return notes


def _box(on: Any, count: int) -> tuple[np.ndarray, np.ndarray]:
    given: Any = (-5.0, 5.0) if on is None else on
    pairs = [tuple(p) for p in given] if np.ndim(given[0]) else [tuple(given)] * count
    if len(pairs) != count or any(len(p) != 2 or not float(p[0]) < float(p[1]) for p in pairs):
        raise ShapeError(
            f"{on} is no box for {count} variable{'s' * (count != 1)}.", repair="Give (low, high) with low < high."
        )
    low, high = np.array(pairs, dtype=float).T
    return low, high


def _values(f: Function, points: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        values = np.broadcast_to(np.asarray(f.call(*points.T)), (len(points),))
    if np.iscomplexobj(values) or not np.isfinite(values).all():
        raise NotNumeric(
            f"{f.head} has no value somewhere on the box.",
            repair="Choose the box within its domain with on=(low, high).",
        )
    return values.astype(float)


def _jensen(f: Function, x: Any, y: Any, theta: Any, values: Any) -> tuple[bool, Any]:
    between = theta[:, None] * x + (1 - theta[:, None]) * y
    chord = theta * values[0] + (1 - theta) * values[1]
    gap = _values(f, between) - chord
    noise = 1e-9 * (1 + np.abs(chord) + np.abs(values[0]) + np.abs(values[1]))
    k = int(np.argmax(gap - noise))
    if gap[k] <= noise[k]:
        return True, None
    return False, (tuple(map(float, x[k])), tuple(map(float, y[k])), float(theta[k]), float(gap[k]))


def _short_chord(f: Function, x: np.ndarray) -> Any:
    """Return a short chord that lies below the graph, near the place with the most negative curvature; None else."""
    curvatures = np.array([np.linalg.eigvalsh(f.curvature(p))[0] for p in x[:500]])
    at = x[int(curvatures.argmin())]
    way = np.linalg.eigh(f.curvature(at))[1][:, 0]
    for size in (0.3, 0.1, 0.03, 0.01, 0.003):
        ends = at - size * way, at + size * way
        gap = f.of(at) - (f.of(ends[0]) + f.of(ends[1])) / 2
        if gap > 1e-12 * (1 + abs(f.of(at))):
            return (tuple(map(float, ends[0])), tuple(map(float, ends[1])), 0.5, float(gap))
    return None


def _tangents(f: Function, x: Any, y: Any, values: Any) -> tuple[bool, float]:
    slopes = np.stack(
        [np.broadcast_to(np.asarray(compiled(f.variables, g)(*x.T), dtype=float), (len(x),)) for g in f.gradient],
        axis=1,
    )
    gap = values[1] - values[0] - np.sum(slopes * (y - x), axis=1)
    noise = 1e-8 * (1 + np.abs(values[0]) + np.abs(values[1]) + np.abs(np.sum(slopes * (y - x), axis=1)))
    return bool((gap >= -noise).all()), float(gap.min())


def _curvature(f: Function, x: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[bool, bool, str]:
    """Return whether the Hessian is positive semidefinite on the box, whether that is exact, and what was seen."""
    H = f.hessian
    if H.has(sympy.DiracDelta, sympy.Derivative, sympy.Heaviside):
        return True, False, "It has kinks, where there is no Hessian; the other two tests decide."
    if not H.free_symbols:
        values = sorted(
            (sympy.simplify(v) for v in H.eigenvals(multiple=True)), key=lambda v: float(sympy.re(sympy.N(v)))
        )
        told = ", ".join(Formula.of(shown(v)).text()[0] for v in values)
        return (
            bool(float(sympy.re(sympy.N(values[0]))) >= -1e-12),
            True,
            f"It is constant, with the eigenvalues {told}.",
        )
    if len(f.variables) == 1:
        decided = _sign_on(H[0, 0], f.variables[0], low[0], high[0])
        if decided is not None:
            return decided, True, "It is never negative there." if decided else "It is negative somewhere there."
    runs = [
        [np.broadcast_to(np.asarray(compiled(f.variables, h)(*x.T), dtype=float), (len(x),)) for h in row]
        for row in H.tolist()
    ]
    smallest = np.linalg.eigvalsh(np.moveaxis(np.array(runs), 2, 0))[:, 0]
    scale = 1e-9 * (1 + np.abs(np.array(runs)).max())
    return (
        bool((smallest >= -scale).all()),
        False,
        f"Its smallest eigenvalue among the points tried is {smallest.min():.4g}.".replace("-", "−"),
    )


def _sign_on(second: sympy.Expr, x: sympy.Symbol, low: float, high: float) -> bool | None:
    """Return whether a second derivative is at least 0 on an interval, exactly; None where sympy does not decide."""
    interval = sympy.Interval(sympy.Rational(str(low)), sympy.Rational(str(high)))
    try:
        where = sympy.solveset(second < 0, x, interval) if second.is_rational_function(x) else None
    except (NotImplementedError, ValueError, TypeError):
        return None
    if where is None:
        u = sympy.Dummy("u", positive=True)
        positive = second.subs(x, u)
        return True if low >= 0 and positive.is_nonnegative else True if second.is_nonnegative else None
    return bool(where.is_empty) if where.is_empty is not None else None


def _chord_step(f: Function, holds: bool, witness: Any) -> Step:
    rule = Formula.of("f(θx + (1 − θ)y)", "≤", "θf(x) + (1 − θ)f(y)")
    lines = [rule]
    if witness is not None:
        x, y, theta, gap = witness
        lines.append(
            Formula.of(
                "x",
                "=",
                grid([list(x)]),
                ",",
                "y",
                "=",
                grid([list(y)]),
                ",",
                "θ",
                "=",
                theta,
                why=f"here the chord lies {gap:.4g} below",
            )
        )
    verdict = "Every chord tried lies above the graph." if holds else "A chord lies below the graph."
    return Step(
        "definition",
        "By the definition (Jensen): chords lie above the graph.",
        tuple(lines),
        verdict,
        "MML 7.3",
        {"holds": holds, "counterexample": witness},
    )


def _tangent_step(f: Function, holds: bool, gap: float) -> Step:
    lines = (
        Formula.of("f(y)", "≥", "f(x) + ∇f(x)ᵀ(y − x)"),
        Formula.of(f"∇{letter(f.name)}", "=", grid([[shown(g) for g in f.gradient]])),
    )
    verdict = "Every tangent tried lies below the graph." if holds else f"A tangent lies {-gap:.4g} above the graph."
    return Step(
        "first order",
        "By the gradient: tangents lie below the graph.",
        lines,
        verdict,
        "MML 7.3",
        {"holds": holds, "gap": gap},
    )


def _hessian_step(f: Function, holds: bool, why: str) -> Step:
    H = grid([[shown(v) for v in row] for row in f.hessian.tolist()])
    told = (
        "By the Hessian: it has no negative eigenvalue."
        if len(f.variables) > 1
        else "By the second derivative: it is not negative."
    )
    return Step(
        "second order", told, (Formula.of("H", "=", H),), why, "MML 7.3", {"holds": holds, "hessian": f.hessian}
    )
