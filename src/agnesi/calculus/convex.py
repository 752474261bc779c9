"""Convexity of one function by the definition, the first order and the second order; the Legendre–Fenchel conjugate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy
from scipy import optimize

from agnesi.calculus.functions import Function, Letters, compiled, function, letter, neat, shown
from agnesi.errors import NotNumeric, ShapeError, UnknownName
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
    low, high = _box(on, len(read.variables))
    draw = np.random.default_rng(0)
    x, y = (low + (high - low) * draw.random((_PAIRS, len(low))) for _ in range(2))
    theta = draw.random(_PAIRS)
    values = _values(read, x), _values(read, y)
    by_chord, witness = _jensen(read, x, y, theta, values)
    by_tangent, gap = _tangents(read, x, y, values)
    by_curvature, exact, why = _curvature(read, x, low, high)
    steps = (
        _chord_step(read, by_chord, witness),
        _tangent_step(read, by_tangent, gap),
        _hessian_step(read, by_curvature, why),
    )
    verdict = by_curvature if exact else by_chord and by_tangent and by_curvature
    agree = by_chord == by_tangent == by_curvature
    word = "convex" if verdict else "not convex"
    notes = () if exact else ("The tests look at many points, not at all: “convex” is seen, not proved.",)
    if not verdict and witness is None:
        notes = (*notes, "No pair of points among those tried shows it; the Hessian does.")
    box = " × ".join(f"[{a:g}, {b:g}]".replace("-", "−") for a, b in zip(low, high, strict=True))
    answer = Formula.of(letter(read.name), "is", f"{word} on {box}")
    return Worked(
        "convexity",
        (read.question(),),
        verdict,
        (answer,),
        steps,
        (Verified("the three tests agree", agree, f"{_PAIRS} pairs"),),
        {
            "agree": agree,
            "counterexample": witness,
            "exact": exact,
            "tests": {"chords": by_chord, "tangents": by_tangent, "Hessian": by_curvature},
        },
        notes,
        SOURCE,
    )


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


def conjugate(f: Any, variable: Letters = None) -> Worked:
    """Find the Legendre–Fenchel conjugate f*(s) = sup over x of sx − f(x), and that of it again.

    >>> conjugate("x^2/2").value
    s**2/2
    >>> conjugate("a x^2/2", "x").value
    s**2/(2*a)

    Letters that are no variable are positive. Where f is convex, the conjugate of the conjugate is f itself; the part
    `twice` is it. Raises `UnknownName` for several variables, `NotNumeric` where f′(x) = s has no closed solution or
    f is not convex. Source: MML 7.3.3.
    """
    read = function(f, variable)
    if len(read.variables) != 1:
        raise UnknownName(f"{read.head} has not one variable.", repair='Name it, as in conjugate("a x^2", "x").')
    x, s = read.variables[0], sympy.Symbol("s" if read.variables[0].name != "s" else "t", real=True)
    parameters = {p: sympy.Symbol(p.name, positive=True) for p in read.expr.free_symbols - {x}}
    expr = read.expr.xreplace(parameters)
    best, value = _conjugated(expr, x, s)
    slope = neat(sympy.diff(expr, x))
    steps = [
        Step(
            "supremum",
            "Look for the largest gap between the line sx and f.",
            (Formula.of("f*(s)", "=", "sup over x of", shown(s), shown(x), "−", "(", read.written, ")"),),
            "",
            "MML 7.3.3",
        ),
        Step(
            "gradient is zero",
            "Set the derivative in x to zero.",
            (Formula.of(shown(s), "−", "(", shown(slope), ")", "=", 0), Formula.of(letter(x), "=", shown(best))),
            "f is convex: this is the largest gap.",
            "MML 7.3.3",
            {"slope": slope, "best": best, "function": expr},
        ),
        Step(
            "put in",
            "Put it in.",
            (Formula.of("f*(s)", "=", shown(value)),),
            "",
            "MML 7.3.3",
            {"best": best, "value": value, "function": expr, "variable": x, "slope variable": s},
        ),
    ]
    twice = None
    try:
        again, twice = _conjugated(value, s, x)
        steps.append(
            Step(
                "conjugate again",
                "The conjugate of the conjugate.",
                (Formula.of(letter(s), "=", shown(again)), Formula.of("f**(x)", "=", shown(neat(twice)))),
                "",
                "MML 7.3.3",
                {"twice": twice},
            )
        )
    except NotNumeric:
        pass
    evidence = _conjugate_checked(expr, x, s, value, twice)
    notes = tuple(f"{letter(p)} is taken as positive." for p in sorted(parameters, key=str))
    return Worked(
        "convex conjugate",
        (read.question(),),
        value,
        (Formula.of("f*(s)", "=", shown(value)),),
        tuple(steps),
        tuple(evidence),
        {"twice": twice, "maximiser": best},
        notes,
        "MML 7.3.3",
    )


def _conjugated(f: sympy.Expr, x: sympy.Symbol, s: sympy.Symbol) -> tuple[sympy.Expr, sympy.Expr]:
    ones = {p: 1 for p in f.free_symbols - {x}}
    _strictly_convex(f, x, ones)
    even = sympy.simplify(f.subs(x, -x) - f) == 0 and not f.has(sympy.log)
    u, q = (sympy.Symbol(v.name, positive=True) for v in (x, s)) if even else (x, s)
    side = f.subs(x, u)
    try:
        solutions = sympy.solve(sympy.diff(side, u) - q, u)
    except (NotImplementedError, ValueError, TypeError):
        solutions = []
    real = [c for c in solutions if not c.has(sympy.I, sympy.LambertW, sympy.Piecewise)]
    if not real:
        raise NotNumeric("f′(x) = s has no closed solution here.", repair="Use a function whose slope can be inverted.")
    candidates = [(c, neat(sympy.simplify(q * c - side.subs(u, c)))) for c in real]
    best, value = next((c for c in candidates if _on_branch(side, u, q, c[0], ones)), candidates[0])
    return (_evenly(best, q, s, -1), _evenly(value, q, s, 1)) if even else (best, value)


def _strictly_convex(f: sympy.Expr, x: sympy.Symbol, ones: dict[Any, Any]) -> None:
    """Refuse a function whose second derivative is zero, or negative where the function has real values."""
    second = sympy.simplify(sympy.diff(f, x, 2))
    places = [float(v) + 0.003 for v in np.linspace(-4, 4, 41)]
    inside = [v for v in places if _at(f, x, v, ones) is not None]
    told = [(v, _at(second, x, v, ones)) for v in inside]
    below = [v for v, t in told if t is not None and t < -1e-9]
    if below:
        raise NotNumeric(
            f"The function is not convex: its second derivative is negative near {below[0]:.2g}.",
            repair="Use a convex one.",
        )
    if second == 0 or not told:
        raise NotNumeric(
            "The function is not strictly convex: its conjugate is not found this way.",
            repair="Use a strictly convex one.",
        )


def _evenly(expr: sympy.Expr, q: sympy.Symbol, s: sympy.Symbol, sign: int) -> sympy.Expr:
    """Return an expression for s > 0 continued to s < 0: the value of an even function, or its odd maximiser."""
    plain = expr.subs(q, s)
    if sympy.simplify(expr - sign * plain.subs(s, -q)) == 0:
        return plain
    return expr.subs(q, sympy.Abs(s)) * (sympy.sign(s) if sign < 0 else 1)


def _at(expr: sympy.Expr, x: sympy.Symbol, value: float, ones: dict[Any, Any]) -> float | None:
    number = sympy.N(expr.subs(ones).subs(x, value))
    return float(number) if number.is_real and number.is_finite else None


def _on_branch(f: sympy.Expr, x: sympy.Symbol, s: sympy.Symbol, solution: sympy.Expr, ones: dict[Any, Any]) -> bool:
    """Tell whether a solution of f′(x) = s inverts the slope: x(f′(t)) = t at some t."""
    for t in (0.7, 1.3, 0.2):
        slope = _at(sympy.diff(f, x), x, t, ones)
        back = _at(solution, s, slope, ones) if slope is not None else None
        if back is not None and abs(back - t) > 1e-9:
            return False
    return True


def _conjugate_checked(
    f: sympy.Expr, x: sympy.Symbol, s: sympy.Symbol, value: sympy.Expr, twice: Any
) -> list[Verified]:
    out = []
    ones = {p: 1 for p in f.free_symbols - {x}}
    run, told = compiled([x], f.subs(ones)), compiled([s], value.subs(ones))
    worst, tried = 0.0, 0
    for t in (0.4, 1.1, 1.9):
        slope = _at(sympy.diff(f, x), x, t, ones)
        if slope is None:
            continue
        with np.errstate(all="ignore"):
            seen = optimize.minimize_scalar(lambda v, m=slope: float(run(v)) - m * v, bounds=(t - 3 if _at(f, x, t - 3, ones) is not None else 1e-9, t + 3), method="bounded", options={"xatol": 1e-10})  # fmt: skip  # noqa: E501
            worst, tried = max(worst, abs(-seen.fun - float(told(slope))) / (1 + abs(seen.fun))), tried + 1
    if tried:
        out.append(
            Verified(
                "numerical maximisation", worst < 1e-6, f"{tried} slopes, largest error {worst:.0e}".replace("e-", "e−")
            )
        )
    if twice is not None:
        same = sympy.simplify(sympy.expand(sympy.expand_log(twice - f, force=True))) == 0
        if not same:
            same = all(abs(_at(twice - f, x, t, ones) or 0.0) < 1e-9 for t in (0.3, 0.9, 1.7))
        out.append(Verified("the conjugate twice returns the function", bool(same)))
    return out


def sum_conjugate(parts: Sequence[Any], variables: Sequence[str]) -> Worked:
    """Find the conjugate of a sum of functions of separate variables: the sum of the conjugates.

    >>> sum_conjugate(["x^2/2", "exp(y)"], ["x", "y"]).value
    s_1**2/2 + s_2*log(s_2) - s_2

    Source: MML 7.3.3, example 7.8.
    """
    if len(parts) != len(variables) or not parts:
        raise ShapeError(
            f"There are {len(parts)} functions and {len(variables)} variables.", repair="Give one variable for each."
        )
    found = [conjugate(p, v) for p, v in zip(parts, variables, strict=True)]
    swap = [
        w.value.subs(sympy.Symbol("s", real=True), sympy.Symbol(f"s_{k}", real=True)) for k, w in enumerate(found, 1)
    ]
    total = sympy.Add(*[sympy.expand(v) for v in swap])
    steps = tuple(
        Step(
            "conjugate of a part",
            f"The part in {letter(v)} alone.",
            (Formula.of(f"f_{k}*", "=", shown(c)),),
            "",
            "MML 7.3.3",
            {"part": p, "conjugate": c},
        )
        for k, (p, v, c) in enumerate(zip(parts, variables, swap, strict=True), 1)
    )
    last = Step(
        "add",
        "The supremum of a sum of separate parts is the sum of the suprema.",
        (Formula.of("f*", "=", shown(total)),),
        "",
        "MML 7.3.3",
        {"parts": tuple(swap), "total": total},
    )
    question = tuple(Formula.of(f"f_{k}", "=", function(p).written) for k, p in enumerate(parts, 1))
    evidence = tuple(v for w in found for v in w.evidence)
    return Worked(
        "conjugate of a sum",
        question,
        total,
        (Formula.of("f*", "=", shown(total)),),
        (*steps, last),
        evidence,
        {},
        source="MML 7.3.3",
    )
