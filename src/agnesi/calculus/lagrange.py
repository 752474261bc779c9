"""Lagrange multipliers: the system set up, solved, and each candidate evaluated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from scipy import linalg

from agnesi.calculus.functions import (
    Function,
    Letters,
    called,
    function,
    functions,
    letter,
    neat,
    partial,
    said_point,
    shown,
)
from agnesi.calculus.solving import Point, Solutions, solve_system
from agnesi.errors import NotNumeric, ReadError, ShapeError, UnknownName
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked

SOURCE = "Imperial MVC W5"


@dataclass(frozen=True)
class Candidate:
    """A point where the gradients are parallel: where, the multipliers, the value, its kind within the constraint."""

    at: tuple[Any, ...]
    multipliers: tuple[Any, ...]
    value: Any
    kind: str


def lagrange(f: Any, constraints: Any, variables: Letters = None, box: tuple[float, float] = (-6.0, 6.0)) -> Worked:
    """Find the extrema of a function under equations by Lagrange multipliers, ∇f = Σ λᵢ∇gᵢ.

    >>> found = lagrange("x^2 y", "x^2 + y^2 = a^2", "x y")
    >>> found.maximum
    2*sqrt(3)*a**3/9

    Constraints are texts such as "x + y = 1" (or a list of them). Letters that are no variables are positive numbers.
    The value is the tuple of candidates with point, multipliers, value and kind; `maximum` and `minimum` are the
    largest and smallest value among them, `maximisers` and `minimisers` where. Raises `ReadError` for a constraint
    without "=", `ShapeError` for more constraints than variables. Source: Imperial MVC W5; MML 7.2.
    """
    read, gs = _task(f, constraints, variables)
    xs = read.variables
    lambdas = [sympy.Symbol("λ" if len(gs) == 1 else f"λ_{k + 1}", real=True) for k in range(len(gs))]
    gradients = [tuple(neat(sympy.diff(g, x)) for x in xs) for g in gs]
    stationary = [
        neat(sympy.diff(read.expr, x))
        - sum((m * g[k] for m, g in zip(lambdas, gradients, strict=True)), sympy.Integer(0))
        for k, x in enumerate(xs)
    ]
    equations = [*stationary, *gs]
    steps = _set_up(read, gs, gradients, lambdas, stationary)
    found = solve_system(equations, [*xs, *lambdas], box)
    if not found.exact and len(gs) == 1 and (plain := _eliminated(read, gs[0], gradients[0], lambdas[0], box)):
        found, more = plain
        steps.append(more)
    found = _positive(found, read, gs, xs)
    candidates = [_candidate(read, gs, gradients, xs, lambdas, p) for p in found.points]
    steps.append(_solved_step(found, candidates, xs, lambdas, equations))
    extra = _irregular(gs, gradients, xs, box)
    candidates += [Candidate(at, (), _at(read, xs, at), "where ∇g = 0: not covered by multipliers") for at in extra]
    order = _ordered(candidates)
    steps.append(_values_step(read, order))
    best, worst = (order[-1], order[0]) if order else (None, None)
    parts = _extremes(order, best, worst)
    notes = _notes(read, gs, found, bool(extra), box)
    return Worked(
        "Lagrange multipliers",
        _question(read, constraints, gs),
        tuple(order),
        tuple(_answer(read, order, parts)),
        tuple(steps),
        tuple(_checked(read, gs, gradients, xs, lambdas, order)),
        {**parts, "multipliers": tuple(lambdas), "system": tuple(equations)},
        notes,
        SOURCE,
    )


def equation(text: Any, variables: Letters = None) -> sympy.Expr:
    """Read a constraint such as "x + y = 1" as left minus right; an expression without "=" is taken as = 0.

    >>> equation("x + y = 1")
    x + y - 1
    """
    if isinstance(text, str):
        sides = text.split("=")
        if len(sides) > 2 or "<" in text or ">" in text or "≤" in text or "≥" in text:
            raise ReadError(f"{text} is not one equation.", repair='Write it as "x + y = 1"; for ≤ use kkt.')
        first, second = (function(s, variables).expr for s in (*sides, "0")[:2])
        return first - second
    return function(text, variables).expr


def _task(f: Any, constraints: Any, variables: Letters) -> tuple[Function, list[sympy.Expr]]:
    given = [constraints] if isinstance(constraints, str | sympy.Expr) else list(constraints)
    if not given:
        raise ShapeError("There is no constraint.", repair="Use critical_points(f) without one.")
    read = function(f, variables)
    gs = [equation(g, variables) for g in given]
    if variables is None:
        read = Function(read.expr, read.written, functions([read.expr, *gs])[0].variables, read.name)
    xs = read.variables
    for g in gs:
        if not g.free_symbols & set(xs):
            raise UnknownName(f"The constraint {Formula.of(shown(g), '=', 0).text()[0]} holds no variable.")
    if len(gs) >= len(xs) + 1:
        raise ShapeError(
            f"There are {len(gs)} constraints for {len(xs)} variables.", repair="Solve the equations alone."
        )
    parameters = (read.expr.free_symbols.union(*(g.free_symbols for g in gs))) - set(xs)
    positive = {p: sympy.Symbol(p.name, positive=True) for p in parameters}
    return Function(read.expr.xreplace(positive), read.written, xs, read.name), [g.xreplace(positive) for g in gs]


def _names(gs: Sequence[Any]) -> list[str]:
    return ["g"] if len(gs) == 1 else [f"g_{k + 1}" for k in range(len(gs))]


def _question(f: Function, constraints: Any, gs: Sequence[sympy.Expr]) -> tuple[Formula, ...]:
    given = [constraints] if isinstance(constraints, str | sympy.Expr) else list(constraints)
    lines = [f.question()]
    for text, g in zip(given, gs, strict=True):
        sides = text.split("=") if isinstance(text, str) else []
        parts = [function(s).written for s in sides] if len(sides) == 2 else [shown(g), sympy.Integer(0)]
        lines.append(Formula.of("where", parts[0], "=", parts[1]))
    return tuple(lines)


def _set_up(f: Function, gs: Any, gradients: Any, lambdas: Any, stationary: Any) -> list[Step]:
    row: Callable[..., Any] = lambda entries: grid([[shown(e) for e in entries]])
    name = letter(f.name)
    lines = [Formula.of(f"∇{name}", "=", row(f.gradient))]
    lines += [Formula.of(f"∇{letter(n)}", "=", row(g)) for n, g in zip(_names(gs), gradients, strict=True)]
    parallel: list[Any] = [f"∇{name}", "="]
    for k, (m, n) in enumerate(zip(lambdas, _names(gs), strict=True)):
        parallel += [*(["+"] if k else []), shown(m), f"∇{letter(n)}"]
    system = [
        Formula.of(partial(f.name, x), "=", shown(d), "=", shown(d - s)) for x, d, s in
        zip(f.variables, f.gradient, stationary, strict=True)
    ]  # fmt: skip
    system += [Formula.of(shown(g), "=", 0) for g in gs]
    return [
        Step(
            "gradients",
            "Find the gradients of the function and of the constraint.",
            tuple(lines),
            "",
            "MML 5.2",
            {"f": f.gradient, "g": gradients},
        ),
        Step(
            "parallel gradients",
            "Where the contour touches the constraint, the gradients are parallel.",
            (Formula.of(*parallel),),
            "Else a step along the constraint would change the value.",
            SOURCE,
            {"multipliers": lambdas},
        ),
        Step(
            "system",
            f"Set up the system: {len(system)} equations in {len(f.variables) + len(lambdas)} unknowns.",
            tuple(system),
            "",
            SOURCE,
            {"equations": [*stationary, *gs]},
        ),
    ]


def _eliminated(f: Function, g: Any, slopes: Any, m: Any, box: tuple[float, float]) -> tuple[Solutions, Step] | None:
    """Return the solutions without the multiplier, by ∂f/∂x · ∂g/∂y = ∂f/∂y · ∂g/∂x, and the step; None if inexact."""
    xs = f.variables
    pairs = [(i, j) for i in range(len(xs)) for j in range(i + 1, len(xs))]
    crossed = [sympy.factor(f.gradient[i] * slopes[j] - f.gradient[j] * slopes[i]) for i, j in pairs]
    found = solve_system([*crossed, g], xs, box)
    if not found.exact or not found.points:
        return None
    points = []
    for p in found.points:
        k = next((k for k, s in enumerate(slopes) if sympy.simplify(s.subs(p)) != 0), None)
        if k is not None:
            points.append({**p, m: neat((f.gradient[k] / slopes[k]).subs(p))})
    lines = tuple(Formula.of(shown(e), "=", 0) for e in (*found.reduced[:-1], g))
    why = "∂f/∂x = λ ∂g/∂x and ∂f/∂y = λ ∂g/∂y give ∂f/∂x · ∂g/∂y = ∂f/∂y · ∂g/∂x."
    step = Step(
        "eliminate the multiplier",
        "Eliminate λ, and divide by what is never zero.",
        lines,
        why,
        SOURCE,
        {"crossed": crossed},
    )
    return Solutions(tuple(points), found.families, True), step


def _positive(found: Solutions, f: Function, gs: Any, xs: Any) -> Solutions:
    """Keep what sympy solved; say so where there was no closed solution because of letters."""
    parameters = f.expr.free_symbols.union(*(g.free_symbols for g in gs)) - set(xs)
    if not found.exact and parameters:
        raise NotNumeric("The system with letters has no closed solution here.", repair="Give the letters values.")
    return found


def _candidate(f: Function, gs: Any, gradients: Any, xs: Any, lambdas: Any, p: Point) -> Candidate:
    at = tuple(neat(p[x]) for x in xs)
    multipliers = tuple(neat(p[m]) for m in lambdas)
    return Candidate(at, multipliers, _at(f, xs, at), kind_within(f, gs, gradients, xs, at, multipliers))


def _at(f: Function, xs: Any, at: Any) -> sympy.Expr:
    return neat(f.expr.subs(dict(zip(xs, at, strict=True)), simultaneous=True))


def kind_within(f: Function, gs: Any, gradients: Any, xs: Any, at: Any, multipliers: Any) -> str:
    """Return what a candidate is among its neighbours within the constraint: by the Hessian of the Lagrangian there."""
    lagrangian = f.expr - sum((m * g for m, g in zip(multipliers, gs, strict=True)), sympy.Integer(0))
    put = dict(zip(xs, at, strict=True))
    H = sympy.hessian(lagrangian, xs).subs(put, simultaneous=True)
    G = sympy.Matrix(gradients).subs(put, simultaneous=True)
    ones = {s: 1 for s in (H.free_symbols | G.free_symbols)}
    A, curvature = (np.array(m.subs(ones).tolist(), dtype=float) for m in (G, H))
    if np.linalg.matrix_rank(A) < len(gs):
        return "undecided: the gradients of the constraints depend on each other"
    Z = linalg.null_space(A)
    if Z.shape[1] == 0:
        return "the only point nearby"
    values = np.linalg.eigvalsh(Z.T @ curvature @ Z)
    scale = max(float(np.abs(curvature).max()), 1e-9)
    if values.min() > 1e-9 * scale:
        return "local minimum"
    if values.max() < -1e-9 * scale:
        return "local maximum"
    return "saddle" if values.min() < -1e-9 * scale and values.max() > 1e-9 * scale else "undecided"


def _solved_step(found: Solutions, candidates: Sequence[Candidate], xs: Any, lambdas: Any, equations: Any) -> Step:
    lines = []
    for c in candidates:
        parts: list[Any] = []
        for k, (v, value) in enumerate(zip([*xs, *lambdas], [*c.at, *c.multipliers], strict=True)):
            parts += [*([","] if k else []), v.name, "=", shown(value)]
        lines.append(Formula.of(*parts))
    told = "Solve it." if found.exact else "There is no closed solution: Newton's method from many starts."
    return Step("solve", told if lines else "The system has no real solution.", tuple(lines), "", "", {
        "equations": equations, "points": found.points})  # fmt: skip


def _irregular(gs: Any, gradients: Any, xs: Any, box: tuple[float, float]) -> list[tuple[Any, ...]]:
    """Return the points of the constraint where its gradient is zero: multipliers say nothing of them."""
    if len(gs) != 1:
        return []
    found = solve_system([*gradients[0], gs[0]], xs, box)
    return [tuple(p[x] for x in xs) for p in found.points] if found.exact else []


def _ordered(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates by their values; letters count as 1."""
    size: Callable[..., Any] = lambda c: float(sympy.N(c.value.subs({s: 1 for s in c.value.free_symbols})))
    unique = {(c.at, c.value): c for c in candidates}
    return sorted(unique.values(), key=lambda c: (size(c), str(c.at)))


def _values_step(f: Function, order: Sequence[Candidate]) -> Step:
    lines = tuple(
        Formula.of(*called(letter(f.name), c.at), "=", shown(c.value), why=c.kind) for c in order
    )  # fmt: skip
    return Step("evaluate", "Evaluate the function at each candidate.", lines, "", SOURCE, {"candidates": tuple(order)})


def _extremes(order: Sequence[Candidate], best: Candidate | None, worst: Candidate | None) -> dict[str, Any]:
    same: Callable[..., Any] = lambda a, b: (
        abs(complex(sympy.N((a - b).subs({s: 1 for s in (a - b).free_symbols})))) < 1e-12
    )
    if best is None or worst is None:
        return {"maximum": None, "minimum": None, "maximisers": (), "minimisers": ()}
    return {
        "maximum": best.value, "minimum": worst.value,
        "maximisers": tuple(c.at for c in order if same(c.value, best.value)),
        "minimisers": tuple(c.at for c in order if same(c.value, worst.value)),
    }  # fmt: skip


def _answer(f: Function, order: Sequence[Candidate], parts: dict[str, Any]) -> list[Formula]:
    if not order:
        return [Formula.of("no candidate")]
    name = letter(f.name)
    if parts["maximum"] == parts["minimum"]:
        where = _places(parts["maximisers"]) if len(order) > 1 else ""
        begun = [name] if where else called(name, order[0].at)
        return [Formula.of(*begun, "=", shown(order[0].value), why=where or order[0].kind)]
    named = (("largest", "maximum", "maximisers"), ("smallest", "minimum", "minimisers"))
    return [
        Formula.of(f"{word} value:", name, "=", shown(parts[value]), why=_places(parts[where]))
        for word, value, where in named
    ]


def _places(points: Sequence[tuple[Any, ...]], most: int = 4) -> str:
    """Return where a value is taken, in words: "at (1, 0) and (−1, 0)"; of many points the first few."""
    more = f" and {len(points) - most} more" if len(points) > most else ""
    return f"at {(', ' if more else ' and ').join(said_point(p) for p in points[:most])}{more}"


def _notes(f: Function, gs: Any, found: Solutions, extra: bool, box: tuple[float, float]) -> tuple[str, ...]:
    notes = []
    parameters = sorted({s.name for s in f.expr.free_symbols.union(*(g.free_symbols for g in gs)) - set(f.variables)})
    if parameters:
        notes.append(f"{', '.join(map(letter, parameters))} is taken as positive." if len(parameters) == 1 else
                     f"{', '.join(map(letter, parameters))} are taken as positive.")  # fmt: skip
    if not found.exact:
        notes.append(f"Found by search in [{box[0]:g}, {box[1]:g}]; there may be other candidates elsewhere.")
    if found.families:
        notes.append("There are whole families of candidates; only isolated ones are listed.")
    notes.append("Largest and smallest are among the candidates: on an unbounded set the function may go beyond them.")
    return tuple(notes)


def _checked(f: Function, gs: Any, gradients: Any, xs: Any, lambdas: Any, order: Sequence[Candidate]) -> list[Verified]:
    worst, on = sympy.Integer(0), sympy.Integer(0)
    for c in order:
        put = dict(zip(xs, c.at, strict=True))
        on = sympy.Max(on, *(_size(g.subs(put, simultaneous=True)) for g in gs))
        if not c.multipliers:
            continue
        for k, d in enumerate(f.gradient):
            gap = d - sum((m * g[k] for m, g in zip(c.multipliers, gradients, strict=True)), sympy.Integer(0))
            worst = sympy.Max(worst, _size(gap.subs(put, simultaneous=True)))
    if not order:
        return []
    told: Callable[..., Any] = lambda v: "exactly" if v == 0 else f"largest {float(v):.0e}".replace("e-", "e−")
    return [Verified("each candidate lies on the constraint", bool(on < 1e-8), told(on)),
            Verified("the gradients are parallel there", bool(worst < 1e-8), told(worst))]  # fmt: skip


def _size(value: sympy.Expr) -> sympy.Expr:
    value = sympy.simplify(value)
    if value == 0:
        return sympy.Integer(0)
    ones = {s: 1 for s in value.free_symbols}
    size = abs(sympy.N(value.subs(ones), 15))
    return sympy.Integer(0) if value.free_symbols and size < 1e-12 else size
