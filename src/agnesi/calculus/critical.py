"""Critical points: where the gradient is zero, and what the Hessian says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

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
    said_point,
    shown,
    tupled,
)
from agnesi.calculus.given import floats
from agnesi.calculus.solving import Point, Solutions, solve_system
from agnesi.errors import NotNumeric, ShapeError, TooLarge
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked

Kind = Literal["minimum", "maximum", "saddle", "inflection", "undecided"]
SOURCE = "Imperial MVC W2"


@dataclass(frozen=True)
class CriticalPoint:
    """A critical point: where, the value, what it is, the Hessian with determinant and eigenvalues, and the reason."""

    at: tuple[Any, ...]
    value: Any
    kind: Kind
    hessian: sympy.ImmutableMatrix
    determinant: Any
    eigenvalues: tuple[Any, ...]
    reason: str


def critical_points(f: Any, variables: Letters = None, box: tuple[float, float] = (-6.0, 6.0)) -> Worked:
    """Find the critical points of a function and classify each by its Hessian.

    >>> [(p.at, p.kind) for p in critical_points("x^3 - 3x + y^2").value]
    [((-1, 0), 'saddle'), ((1, 0), 'minimum')]

    They are exact where the equations are polynomials of moderate degree; else they are searched for in `box`, the
    same interval for each variable, and a note says so. Where the determinant is zero, the first derivative that is
    not zero decides in one variable; in several the answer is "undecided". Raises `TooLarge` above four variables.
    Source: Imperial MVC W2; MML 7.1.
    """
    read = function(f, variables)
    xs = read.variables
    if not xs or len(xs) > 4:
        raise TooLarge(f"Critical points in {len(xs)} variables are not searched for.", repair="Use from 1 to 4.")
    low, high = map(float, floats(box, "The box"))
    if not low < high:
        raise ShapeError(f"The box {box} is empty.", repair="Give (low, high) with low < high.")
    if read.expr.has(sympy.Abs, sympy.Max):
        raise NotNumeric(
            f"{read.head} has kinks; its gradient does not exist everywhere.", repair="Use a smooth function."
        )
    steps = [_set_to_zero(read)]
    found = solve_system(read.gradient, xs, box)
    steps += _solved(read, found, box)
    points = [classify(read, tuple(p[x] for x in xs)) for p in found.points]
    steps += [_test(read, p) for p in points]
    notes = _notes(read, found, box)
    answer = tuple(
        Formula.of(*_place(read, p.at), ":", p.kind, ",", letter(read.name), "=", shown(p.value)) for p in points
    )
    return Worked(
        "critical points",
        (read.question(),),
        tuple(points),
        answer or (Formula.of("no isolated critical point"),),
        tuple(steps),
        tuple([*_checked(read, points), *_families(read, found)]),
        {"gradient": read.gradient, "hessian": read.hessian, "families": found.families, "exact": found.exact},
        notes,
        SOURCE,
    )


def _place(f: Function, at: Sequence[Any]) -> list[Any]:
    """Return a point as parts of a formula: (1, 2), and x = 1 in one variable."""
    return tupled(at) if len(at) > 1 else [letter(f.variables[0]), "=", shown(at[0])]


def _set_to_zero(f: Function) -> Step:
    several = len(f.variables) > 1
    lines = tuple(Formula.of(partial(f.name, x, several), "=", shown(g), "=", 0)
                  for x, g in zip(f.variables, f.gradient, strict=True))  # fmt: skip
    told = "Set every partial derivative to zero." if several else "Set the derivative to zero."
    return Step("gradient is zero", told, lines, "", "MML 7.1", {"gradient": f.gradient})


def _solved(f: Function, found: Solutions, box: tuple[float, float]) -> list[Step]:
    steps = []
    if found.dropped or any(sympy.expand(r - g) != 0 for r, g in zip(found.reduced, f.gradient, strict=True)):
        lines = tuple(Formula.of(shown(r), "=", 0) for r in found.reduced)
        told = "Divide by what is never zero."
        steps.append(Step("reduce", told, lines, "", "", {"equations": f.gradient, "reduced": found.reduced}))
    lines = tuple(Formula.of(*_listed(p)) for p in (*found.points, *found.families))
    if found.exact:
        told = "Solve the equations." if lines else "The equations have no real solution."
    else:
        told = f"The equations have no closed solution: Newton's method from a grid in [{box[0]:g}, {box[1]:g}]."
    return [*steps, Step("solve", told, lines, "", "", {"equations": f.gradient, "points": found.points})]


def _listed(point: Point) -> list[Any]:
    parts: list[Any] = []
    for k, (v, value) in enumerate(point.items()):
        parts += [*([","] if k else []), v.name, "=", shown(value)]
    return parts or ["every point"]


def classify(f: Function, at: tuple[Any, ...]) -> CriticalPoint:
    """Return a critical point with its kind, by the determinant and the eigenvalues of the Hessian."""
    put = dict(zip(f.variables, at, strict=True))
    H = sympy.ImmutableMatrix(f.hessian.subs(put, simultaneous=True).applyfunc(neat))
    determinant = neat(H.det())
    eigenvalues = _eigenvalues(H)
    kind, reason = _kind(f, at, H, determinant, eigenvalues)
    return CriticalPoint(at, neat(f.expr.subs(put, simultaneous=True)), kind, H, determinant, eigenvalues, reason)


def _eigenvalues(H: sympy.ImmutableMatrix) -> tuple[Any, ...]:
    """Return the eigenvalues, smallest first: exactly for small matrices, else as floats."""
    if H.free_symbols:
        return tuple(H.eigenvals(multiple=True)) if H.rows < 3 else ()
    if H.has(sympy.Float) or (H.rows > 2 and not H.is_diagonal()):
        return tuple(float(v) for v in np.linalg.eigvalsh(np.array(H.tolist(), dtype=float)))
    return tuple(sorted((sympy.simplify(v) for v in H.eigenvals(multiple=True)), key=lambda v: float(v)))


def _kind(f: Function, at: Any, H: Any, determinant: Any, eigenvalues: tuple[Any, ...]) -> tuple[Kind, str]:
    if not eigenvalues or any(getattr(v, "free_symbols", None) for v in eigenvalues):
        return "undecided", "it depends on the letters"
    numbers = [float(v) for v in eigenvalues]
    scale = max(map(abs, numbers), default=0.0)
    small = [abs(v) <= 1e-7 * max(scale, 1e-7) for v in numbers]
    below, above = any(v < 0 and not s for v, s in zip(numbers, small, strict=True)), any(
        v > 0 and not s for v, s in zip(numbers, small, strict=True))  # fmt: skip
    if below and above:
        return "saddle", "det H < 0" if len(numbers) == 2 else "eigenvalues of both signs"
    if any(small):
        return _higher(f, at) if len(at) == 1 else ("undecided", "det H = 0: the test says nothing")
    if len(numbers) == 1:
        return ("minimum", "f″ > 0") if above else ("maximum", "f″ < 0")
    corner = "∂²f/∂x² > 0" if above else "∂²f/∂x² < 0"
    if len(numbers) == 2:
        return ("minimum" if above else "maximum"), f"det H > 0 and {corner.replace('x', letter(f.variables[0]))}"
    return ("minimum", "all eigenvalues > 0") if above else ("maximum", "all eigenvalues < 0")


def _higher(f: Function, at: tuple[Any, ...]) -> tuple[Kind, str]:
    """Decide in one variable by the first derivative that is not zero."""
    x, slope = f.variables[0], sympy.diff(f.expr, f.variables[0], 2)
    for order in range(3, 11):
        slope = sympy.diff(slope, x)
        value = sympy.simplify(slope.subs(x, at[0]))
        if abs(float(value)) > 1e-9:
            told = f"the first derivative that is not zero is that of order {order}"
            if order % 2:
                return "inflection", told
            return ("minimum" if value > 0 else "maximum"), told
    return "undecided", "all derivatives up to order 10 are zero"


def _test(f: Function, p: CriticalPoint) -> Step:
    H = grid([[shown(v) for v in row] for row in p.hessian.tolist()])
    lines = [Formula.of(*called("H", p.at), "=", H)]
    if len(p.at) > 1:
        lines.append(Formula.of("det H", "=", shown(p.determinant)))
        if p.eigenvalues:
            parts: list[Any] = ["eigenvalues"]
            for k, v in enumerate(p.eigenvalues):
                parts += [*([","] if k else []), shown(v)]
            lines.append(Formula.of(*parts))
    told = f"At {said_point(p.at)}: {p.reason}: {_article(p.kind)}."
    return Step(
        "Hessian test",
        told,
        tuple(lines),
        "",
        SOURCE,
        {
            "point": p.at,
            "hessian": p.hessian,
            "determinant": p.determinant,
            "eigenvalues": p.eigenvalues,
            "kind": p.kind,
        },
    )


def _article(kind: Kind) -> str:
    return {"undecided": "undecided", "inflection": "no extremum: a point of inflection"}.get(kind, f"a {kind}")


def _notes(f: Function, found: Solutions, box: tuple[float, float]) -> tuple[str, ...]:
    notes = []
    if not found.exact:
        notes.append(f"Found by search in [{box[0]:g}, {box[1]:g}] for each variable; there may be others elsewhere.")
    if found.families:
        notes.append("There is a whole family of critical points; the test is made for isolated points only.")
    return tuple(notes)


def _checked(f: Function, points: Sequence[CriticalPoint]) -> list[Verified]:
    if not points:
        return []
    worst = 0.0
    for p in points:
        put = dict(zip(f.variables, p.at, strict=True))
        values = [sympy.simplify(g.subs(put, simultaneous=True)) for g in f.gradient]
        worst = max([worst, *(abs(complex(sympy.N(v, 20))) for v in values if not v.free_symbols)])
    told = "exactly" if worst == 0 else f"largest {worst:.0e}".replace("e-", "e−")
    out = [Verified("the gradient is zero at each point", worst < 1e-8, told)]
    if f.expr.free_symbols <= set(f.variables):
        agree = all(_seen(f, p) for p in points)
        out.append(Verified("values on a small circle around each point agree with its kind", agree, "64 directions"))
    return out


def _families(f: Function, found: Solutions) -> list[Verified]:
    if not found.families:
        return []
    values = [sympy.simplify(g.subs(p, simultaneous=True)) for p in found.families for g in f.gradient]
    return [Verified("the gradient is zero on each family", all(v == 0 for v in values))]


def _seen(f: Function, p: CriticalPoint, radius: float = 1e-3) -> bool:
    """Tell whether the values around a point are all above, all below, or on both sides of its value."""
    at = np.array([float(v) for v in p.at])
    draw = np.random.default_rng(1).normal(size=(64, len(at)))
    eigenvectors = np.linalg.eigh(np.array(p.hessian.tolist(), dtype=float))[1].T
    ways = np.vstack([draw / np.linalg.norm(draw, axis=1)[:, None], eigenvectors, -eigenvectors])
    for r in (radius, 0.03):
        change = np.array([f.of(at + r * w) for w in ways]) - f.of(at)
        noise = 1e-12 * (1 + abs(f.of(at)))
        if np.abs(change).max() > 100 * noise:
            break
    below, above = bool((change < -noise).any()), bool((change > noise).any())
    return {"minimum": not below, "maximum": not above, "saddle": below and above,
            "inflection": below and above, "undecided": True}[p.kind]  # fmt: skip
