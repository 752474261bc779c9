"""Linear and quadratic programs with their duals, exactly, on small cases: primal and dual optimum coincide."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from scipy import optimize

from agnesi.calculus.functions import shown
from agnesi.errors import NotNumeric, ShapeError, TooLarge
from agnesi.worked.exact import matrix, vector
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked

MOST = 20000  # bases or active sets that are tried


@dataclass(frozen=True)
class Vertex:
    """A point where n constraints are active: these, the point, the multipliers, and whether each of them fits."""

    active: tuple[int, ...]
    at: sympy.ImmutableMatrix
    multipliers: sympy.ImmutableMatrix
    feasible: bool
    dual_feasible: bool


def linear_program(c: Any, A: Any, b: Any) -> Worked:
    """Solve min cᵀx subject to Ax ≤ b together with its dual, max −bᵀλ subject to c + Aᵀλ = 0, λ ≥ 0.

    >>> found = linear_program([-5, -3], [[2, 2], [2, -4], [-2, 1], [0, -1], [0, 1]], [33, 8, 5, -1, 8])
    >>> found.value == found.dual_value, tuple(found.at)
    (True, (37/3, 25/6))

    Vertex by vertex: n active constraints give a point, and the same n give the multipliers; the optimum is where the
    point is feasible and no multiplier is negative. The parts: `at`, `multipliers`, `dual_value`, `vertices`,
    `status`. Shapes: c: [n], A: [m n], b: [m]. Raises `ShapeError`, `NotNumeric` for letters, `TooLarge` for many
    vertices. An empty or unbounded program has the value None and a note. Source: MML 7.3.1, example 7.5.
    """
    cost, rows, limits = _program(c, A, b)
    m, n = rows.shape
    if _count(m, n) > MOST:
        raise TooLarge(
            f"There are {_count(m, n)} sets of {n} among {m} constraints.", repair="Use scipy.optimize.linprog."
        )
    vertices = [v for s in itertools.combinations(range(m), n) if (v := _vertex(cost, rows, limits, s)) is not None]
    best = next((v for v in vertices if v.feasible and v.dual_feasible), None)
    steps = [_lagrangian_step(), _dual_step(cost, rows, limits)]
    steps += _vertex_steps(cost, vertices)
    question = (Formula.of("minimise", grid(cost.T), "x"), Formula.of("subject to", grid(rows), "x", "≤", grid(limits)))
    if best is None:
        return _without(question, steps, cost, rows, limits, vertices)
    value, dual = (cost.T * best.at)[0], -(limits.T * best.multipliers)[0]
    steps.append(_optimum_step(best, value, dual, cost, rows, limits))
    answer = (Formula.of("x", "=", grid(best.at), ",", "λ", "=", grid(best.multipliers)),
              Formula.of("cᵀx", "=", shown(value), ",", "−bᵀλ", "=", shown(dual)))  # fmt: skip
    evidence = [
        *_optimal(sympy.zeros(n, n), cost, rows, limits, best),
        Verified("primal and dual optimum coincide", bool(value == dual)),
        _library(cost, rows, limits, value),
    ]
    return Worked("linear program and its dual", question, value, answer, tuple(steps), tuple(evidence),
                  {"at": best.at, "multipliers": best.multipliers, "dual_value": dual, "active": best.active,
                   "vertices": tuple(vertices), "status": "optimal"}, source="MML 7.3.1")  # fmt: skip


def _program(c: Any, A: Any, b: Any) -> tuple[Any, Any, Any]:
    cost, rows, limits = vector(c, "c"), matrix(A, "A"), vector(b, "b")
    if rows.cols != cost.rows or rows.rows != limits.rows:
        raise ShapeError(f"c has {cost.rows} entries, A is {rows.rows}×{rows.cols}, b has {limits.rows} entries.",
                         expected="c: [n], A: [m n], b: [m]")  # fmt: skip
    if cost.free_symbols | rows.free_symbols | limits.free_symbols:
        raise NotNumeric("A program with letters is not solved.", repair="Give numbers.")
    return cost, rows, limits


def _count(m: int, n: int) -> int:
    return int(sympy.binomial(m, n))


def _vertex(cost: Any, rows: Any, limits: Any, active: tuple[int, ...]) -> Vertex | None:
    square = rows.extract(list(active), list(range(rows.cols)))
    if square.rows != square.cols or square.det() == 0:
        return None
    at = square.LUsolve(limits.extract(list(active), [0]))
    held = square.T.LUsolve(-cost)
    multipliers = sympy.zeros(rows.rows, 1)
    for k, i in enumerate(active):
        multipliers[i] = held[k]
    feasible = all(v <= 0 for v in rows * at - limits)
    return Vertex(
        active, sympy.ImmutableMatrix(at), sympy.ImmutableMatrix(multipliers), feasible, all(v >= 0 for v in held)
    )


def _lagrangian_step() -> Step:
    lines = (Formula.of("L(x, λ)", "=", "cᵀx + λᵀ(Ax − b)", "=", "(c + Aᵀλ)ᵀx − bᵀλ"),)
    why = "Its minimum over x is −∞ unless c + Aᵀλ = 0, and −bᵀλ then."
    return Step("Lagrangian", "Write down the Lagrangian, with λ ≥ 0.", lines, why, "MML 7.3.1")


def _dual_step(cost: Any, rows: Any, limits: Any) -> Step:
    lines = (Formula.of("maximise", grid(-limits.T), "λ"),
             Formula.of("subject to", grid(rows.T), "λ", "=", grid(-cost), ",", "λ ≥ 0"))  # fmt: skip
    return Step(
        "dual program", "The dual program.", lines, "", "MML 7.3.1", {"cost": -limits, "rows": rows.T, "limits": -cost}
    )


def _vertex_steps(cost: Any, vertices: list[Vertex]) -> list[Step]:
    steps = []
    for v in vertices[:24]:
        names = (
            " and ".join(str(i + 1) for i in v.active) if len(v.active) < 3 else ", ".join(str(i + 1) for i in v.active)
        )
        verdict = "feasible" if v.feasible else "not feasible: a constraint is broken"
        if v.feasible:
            verdict = (
                "optimal: feasible, and no multiplier is negative"
                if v.dual_feasible
                else "feasible, but a multiplier is negative"
            )
        line = Formula.of(
            "x", "=", grid(v.at.T), ",", "cᵀx", "=", shown((cost.T * v.at)[0]), ",", "λ", "=", grid(v.multipliers.T)
        )
        many = "s" * (len(v.active) != 1)
        steps.append(
            Step(
                "vertex",
                f"Constraint{many} {names} active.",
                (line,),
                f"{verdict[:1].upper()}{verdict[1:]}.",
                "",
                {"vertex": v},
            )
        )
    return steps


def _optimum_step(best: Vertex, value: Any, dual: Any, cost: Any, rows: Any, limits: Any) -> Step:
    lines = (Formula.of("cᵀx", "=", shown(value)), Formula.of("−bᵀλ", "=", shown(dual)))
    return Step("optimum", "Primal and dual have the same value: both are optimal.", lines,
                "Weak duality: −bᵀλ ≤ cᵀx for all feasible x and λ, so that equality proves both.", "MML 7.3.1", {
                    "vertex": best, "value": value, "dual": dual})  # fmt: skip


def _optimal(Q: Any, cost: Any, rows: Any, limits: Any, best: Any) -> list[Verified]:
    slack = rows * best.at - limits
    stationary = Q * best.at + cost + rows.T * best.multipliers
    return [
        Verified("Ax ≤ b", all(v <= 0 for v in slack)), Verified("λ ≥ 0", all(v >= 0 for v in best.multipliers)),
        Verified("the gradient of the Lagrangian is zero", bool(stationary.is_zero_matrix)),
        Verified("complementary slackness", all(m * s == 0 for m, s in zip(best.multipliers, slack, strict=True))),
    ]  # fmt: skip


def _library(cost: Any, rows: Any, limits: Any, value: Any) -> Verified:
    found = optimize.linprog(_floats(cost), A_ub=_array(rows), b_ub=_floats(limits), bounds=(None, None))
    error = abs(found.fun - float(value)) / (1 + abs(float(value))) if found.status == 0 else np.inf
    return Verified("scipy's solver finds the same value", error < 1e-8, f"error {error:.0e}".replace("e-", "e−"))


def _floats(column: Any) -> np.ndarray:
    return np.array([float(v) for v in column])


def _array(rows: Any) -> np.ndarray:
    return np.array(rows.tolist(), dtype=float)


def _without(question: Any, steps: list[Step], cost: Any, rows: Any, limits: Any, vertices: list[Vertex]) -> Worked:
    """Return a program without an optimal vertex: empty, unbounded, or with a whole line of optima."""
    found = optimize.linprog(_floats(cost), A_ub=_array(rows), b_ub=_floats(limits), bounds=(None, None))
    told = {
        2: ("empty", "No x satisfies all constraints; the dual is unbounded or empty."),
        3: ("unbounded", "The value falls without bound; the dual has no feasible point."),
    }.get(
        found.status, ("no vertex", "The set has no vertex; an optimum, if there is one, is attained on a whole line.")
    )
    steps.append(Step(told[0], told[1], (), "", "MML 7.3.1"))
    seen = [Verified(f"scipy's solver says that it is {told[0]}", True)] if found.status in (2, 3) else []
    return Worked("linear program and its dual", question, None, (Formula.of(told[1]),), tuple(steps), tuple(seen),
                  {"at": None, "vertices": tuple(vertices), "status": told[0]}, (told[1],), "MML 7.3.1")  # fmt: skip


def quadratic_program(Q: Any, c: Any, A: Any, b: Any) -> Worked:
    """Solve min ½xᵀQx + cᵀx subject to Ax ≤ b, Q positive definite, with its dual, active set by active set.

    >>> found = quadratic_program([[2, 1], [1, 4]], [5, 3], [[1, 0], [-1, 0], [0, 1], [0, -1]], [1, 1, 1, 1])
    >>> tuple(found.at), found.value == found.dual_value
    ((-1, -1/2), True)

    The dual is max −½(c + Aᵀλ)ᵀQ⁻¹(c + Aᵀλ) − λᵀb subject to λ ≥ 0. The parts: `at`, `multipliers`, `dual_value`,
    `active`, `status`. Raises `NotNumeric` where Q is not symmetric positive definite. Source: MML 7.3.2, example 7.6.
    """
    cost, rows, limits = _program(c, A, b)
    square = matrix(Q, "Q")
    if square.shape != (cost.rows, cost.rows):
        raise ShapeError(f"Q is {square.rows}×{square.cols} and c has {cost.rows} entries.", expected="Q: [n n]")
    if not square.is_symmetric() or not square.is_positive_definite:
        raise NotNumeric(
            "Q is not symmetric positive definite.",
            repair="Give a Q with positive eigenvalues; for Q = 0 use linear_program.",
        )
    if 2**rows.rows > MOST:
        raise TooLarge(f"{rows.rows} constraints have {2**rows.rows} active sets.", repair="At most 14 are tried.")
    steps = _quadratic_dual(square, cost, rows, limits)
    tried, best = [], None
    for size in range(min(rows.shape) + 1):
        for active in itertools.combinations(range(rows.rows), size):
            v = _active_set(square, cost, rows, limits, active)
            if v is not None:
                tried.append(v)
                best = v if v.feasible and v.dual_feasible else None
            if best is not None:
                break
        if best is not None:
            break
    steps += _active_steps(tried)
    question = (Formula.of("minimise", sympy.Rational(1, 2), "xᵀ", grid(square), "x", "+", grid(cost.T), "x"),
                Formula.of("subject to", grid(rows), "x", "≤", grid(limits)))  # fmt: skip
    if best is None:
        told = "No x satisfies all constraints."
        return Worked("quadratic program and its dual", question, None, (Formula.of(told),), tuple(steps), (),
                      {"at": None, "status": "empty"}, (told,), "MML 7.3.2")  # fmt: skip
    value = ((best.at.T * square * best.at) / 2 + cost.T * best.at)[0]
    inside = cost + rows.T * best.multipliers
    dual = (-(inside.T * square.inv() * inside) / 2 - best.multipliers.T * limits)[0]
    answer = (Formula.of("x", "=", grid(best.at), ",", "λ", "=", grid(best.multipliers)),
              Formula.of("primal", "=", shown(value), ",", "dual", "=", shown(dual)))  # fmt: skip
    evidence = [
        *_optimal(square, cost, rows, limits, best),
        Verified("primal and dual optimum coincide", bool(value == dual)),
    ]
    return Worked(
        "quadratic program and its dual",
        question,
        value,
        answer,
        tuple(steps),
        tuple(evidence),
        {
            "at": best.at,
            "multipliers": best.multipliers,
            "dual_value": dual,
            "active": best.active,
            "status": "optimal",
        },
        source="MML 7.3.2",
    )


def _quadratic_dual(Q: Any, cost: Any, rows: Any, limits: Any) -> list[Step]:
    lines = (
        Formula.of("L(x, λ)", "=", "½xᵀQx + (c + Aᵀλ)ᵀx − λᵀb"),
        Formula.of("x", "=", "−Q⁻¹(c + Aᵀλ)", why="where its gradient is zero"),
    )
    dual = (
        Formula.of("maximise", "−½(c + Aᵀλ)ᵀQ⁻¹(c + Aᵀλ) − λᵀb"),
        Formula.of("subject to", "λ ≥ 0", ",", "Q⁻¹", "=", grid(Q.inv())),
    )
    return [
        Step("Lagrangian", "Write down the Lagrangian, and minimise it over x.", lines, "", "MML 7.3.2"),
        Step("dual program", "Put this x in: the dual program.", dual, "", "MML 7.3.2", {"inverse": Q.inv()}),
    ]


def _active_set(Q: Any, cost: Any, rows: Any, limits: Any, active: tuple[int, ...]) -> Vertex | None:
    """Return the solution of [Q Aᵀ; A 0][x; λ] = [−c; b] for the active rows; None if that is singular."""
    n, held = len(cost), rows.extract(list(active), list(range(rows.cols)))
    if active and held.rank() < len(active):
        return None
    system = (
        sympy.Matrix(sympy.BlockMatrix([[Q, held.T], [held, sympy.zeros(len(active))]])) if active else sympy.Matrix(Q)
    )
    found = system.LUsolve(sympy.Matrix([*(-cost), *(limits[i] for i in active)]))
    at, multipliers = sympy.ImmutableMatrix(found[:n, :]), sympy.zeros(rows.rows, 1)
    for k, i in enumerate(active):
        multipliers[i] = found[n + k]
    feasible = all(v <= 0 for v in rows * at - limits)
    return Vertex(active, at, sympy.ImmutableMatrix(multipliers), feasible, all(v >= 0 for v in multipliers))


def _active_steps(tried: list[Vertex]) -> list[Step]:
    steps = []
    for v in tried[:24]:
        names = ", ".join(str(i + 1) for i in v.active)
        told = (
            f"Constraint{'s' * (len(v.active) != 1)} {names} active." if v.active else "No constraint active: Qx = −c."
        )
        verdict = "All conditions hold." if v.feasible and v.dual_feasible else (
            "No: a constraint is broken." if not v.feasible else "No: a multiplier is negative.")  # fmt: skip
        line = Formula.of("x", "=", grid(v.at.T), ",", "λ", "=", grid(v.multipliers.T))
        steps.append(Step("active set", told, (line,), verdict, "MML 7.2", {"vertex": v}))
    return steps
