"""Repeated maps: power iteration, Markov chains and their stationary distributions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy

from agnesi.errors import NotNumeric, ShapeError
from agnesi.linalg.eigenvalues import Kernel, kernel_of
from agnesi.linalg.notation import (
    Floats,
    column,
    equal,
    exactly,
    floats,
    high,
    is_zero,
    low,
    nearly,
    square,
    tidied,
)
from agnesi.worked.exact import matrix
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked

SHOWN = 4  # iterations that are written out


def iterate(M: Floats, start: Floats, tolerance: float, limit: int, unit: bool) -> tuple[list[Floats], list[float]]:
    """Return the vectors x, Mx, M²x, … and how far each is from the one before, until they stay within the tolerance.

    With `unit` each is divided by its length; signs that flip every time count as staying.
    """
    found, gaps = [start], []
    for _ in range(limit):
        x = M @ found[-1]
        if unit:
            size = float(np.linalg.norm(x))
            if size == 0:
                raise NotNumeric(
                    "The iteration arrived at the zero vector: A takes the start to 0.", repair="Choose another start."
                )
            x = x / size
        gap = float(np.abs(x - found[-1]).max())
        gaps.append(min(gap, float(np.abs(x + found[-1]).max())) if unit else gap)
        found.append(x)
        if gaps[-1] <= tolerance:
            break
    return found, gaps


def rate(gaps: Sequence[float]) -> float | None:
    """Return by what factor the differences shrink in each iteration, from the last ones above rounding."""
    usable = [g for g in gaps if g > 1e-12]
    if len(usable) < 3:
        return None
    tail = usable[-min(10, len(usable)) :]
    return float((tail[-1] / tail[0]) ** (1 / (len(tail) - 1)))


def told_steps(found: Sequence[Floats], gaps: Sequence[float], name: str, map_name: str, why: str) -> list[Step]:
    """Return the first iterations as steps, and one for where the iteration ended."""
    steps = []
    for k in range(min(SHOWN, len(gaps))):
        line = Formula.of(low(name, k + 1), "≈", grid(found[k + 1]), why=f"largest change {gaps[k]:.2g}")
        said = f"Iteration {k + 1}: apply {map_name}."
        steps.append(Step("iterate", said, (line,), "" if k else why, data={"before": found[k], "after": found[k + 1]}))
    if len(gaps) > SHOWN:
        shrink = rate(gaps)
        told = "" if shrink is None else f" Each change is about {shrink:.3g} times the one before."
        line = Formula.of(low(name, len(gaps)), "≈", grid(found[-1][:12]))
        said = f"Iteration {len(gaps)}: the largest change is {gaps[-1]:.2g}.{told}"
        steps.append(
            Step("last iteration", said, (line,), data={"before": found[-2], "after": found[-1], "rate": shrink})
        )
    return steps


def power_iteration(A: Any, start: Any = None, tolerance: float = 1e-12, limit: int = 1000) -> Worked:
    """Find the largest eigenvalue and its eigenvector by applying A again and again, at length 1.

    >>> found = power_iteration("[2 1; 1 2]", [1, 0])
    >>> round(found.value, 9)
    3.0

    `A`: [n n] of numbers; `start`: [n], all ones if it is not given. Parts: `vector`, `iterations`, `changes`, `rate`
    (about |λ₂/λ₁|), `converged`. Source: MML 4.2; Imperial LA W5.
    """
    F = floats(A)
    square(F)
    x = np.ones(F.shape[0]) if start is None else floats(start, "start")[:, 0]
    if len(x) != F.shape[0] or not np.any(x):
        raise ShapeError(
            f"The start has {len(x)} entries; A is {F.shape[0]}×{F.shape[0]}.", expected="a start that is not 0"
        )
    found, gaps = iterate(F, x / np.linalg.norm(x), tolerance, limit, unit=True)
    last = found[-1]
    quotient = float(last @ F @ last)
    value: float | None = quotient
    converged = gaps[-1] <= tolerance
    why = "The part along the eigenvector of the largest eigenvalue grows most, and in the end is all that is left."
    steps = told_steps(found, gaps, "x", "A, and divide by the length", why) if len(last) <= 12 else []
    line = Formula.of("λ", "≈", "xᵀAx", "=", quotient)
    steps.append(
        Step("Rayleigh quotient", "The eigenvalue is xᵀAx for x of length 1.", (line,), data={"x": last, "A": F})
    )
    if converged:
        off = float(np.abs(F @ last - quotient * last).max()) / max(float(np.abs(F).max()), 1e-300)
        evidence = nearly("Ax = λx", off, 1e-6)
        answer = (Formula.of("λ", "≈", quotient), *((Formula.of("x", "≈", grid(last)),) if len(last) <= 12 else ()))
        notes: tuple[str, ...] = ()
    else:
        value, moves = None, f"by {gaps[-1]:.2g} in iteration {len(gaps)}"
        evidence = Verified("the vectors still move", gaps[-1] > tolerance, moves)
        answer = (Formula.of("the iteration does not settle"),)
        notes = ("The largest eigenvalue is shared by several directions in size, or nearly so.",)
    parts = {"vector": last, "iterations": len(gaps), "changes": gaps, "rate": rate(gaps), "converged": converged,
             "iterates": found}  # fmt: skip
    question = (Formula.of("A", "=", grid(F)),) if len(last) <= 8 else ()
    return Worked("power iteration", question, value, answer, tuple(steps), (evidence,), parts, notes, "Imperial LA W5")


def transition(P: Any, rows: bool | None = None) -> tuple[sympy.ImmutableMatrix, bool]:
    """Return a transition matrix with columns that add up to 1, and whether it came with rows that do.

    Raises `NotNumeric` for negative entries, and where neither rows nor columns add up to 1.
    """
    M = matrix(P, "P")
    square(M, "P")
    if M.free_symbols:
        raise NotNumeric("P holds letters.", expected="numbers")
    for i in range(M.rows):
        for j in range(M.cols):
            if M[i, j].is_negative:
                raise NotNumeric(f"Entry ({i + 1}, {j + 1}) of P is {M[i, j]}: a probability is not negative.")
    by_columns = all(is_zero(sum(M[:, j]) - 1) for j in range(M.cols))
    by_rows = all(is_zero(sum(M[i, :]) - 1) for i in range(M.rows))
    if rows is None:
        rows = by_rows and not by_columns
    if not (by_rows if rows else by_columns):
        totals = ", ".join(str(sum(M[i, :]) if rows else sum(M[:, i])) for i in range(M.rows))
        kind = "rows" if rows else "columns"
        raise NotNumeric(f"The {kind} of P add up to {totals}.", expected=f"{kind} that add up to 1")
    return (M.T if rows else M), bool(rows)


def stationary(P: Any, rows: bool | None = None) -> Worked:
    """Find the distribution that a Markov chain keeps: Pπ = π, with entries that add up to 1.

    >>> stationary("[9/10 1/2; 1/10 1/2]").value.T
    Matrix([[5/6, 1/6]])

    `P`: [n n]; its columns add up to 1 (column j is where state j goes), or its rows do, in which case πP = π: the one
    that fits is taken, or say `rows`. Parts: `basis` (more columns where several distributions stay), `unique`,
    `periodic`. Source: MML 4.2; Imperial LA W5.
    """
    M, by_rows = transition(P, rows)
    kernel = kernel_of(tidied(M - sympy.eye(M.rows)))
    steps = _kernel_steps(M, kernel, by_rows)
    basis, unique = kernel.basis, kernel.basis.cols == 1
    value = _normalised(basis, M)
    name = "πᵀP = πᵀ" if by_rows else "Pπ = π"
    line = Formula.of("π", "=", grid(value))
    steps.append(
        Step("normalise", "Divide by the sum, so that it is a distribution.", (line,), data={"P": M, "value": value})
    )
    periodic = _periodic(M)
    notes = []
    if not unique:
        notes.append(
            f"{basis.cols} distributions stay, one for each group of states that is never left; this is their mean."
        )
    if periodic:
        notes.append("The chain is periodic: it keeps this distribution, but does not settle to it from others.")
    evidence = (
        exactly(name, equal(tidied(M * value), value)), exactly("its entries add up to 1", is_zero(sum(value) - 1)),
        exactly("none is negative", all(not v.is_negative for v in value)),
    )  # fmt: skip
    answer = (Formula.of("π", "=", grid(value)),)
    question = (Formula.of("P", "=", grid(M.T if by_rows else M)),)
    parts = {"basis": basis, "unique": unique, "periodic": periodic, "by_rows": by_rows}
    return Worked(
        "stationary distribution", question, value, answer, tuple(steps), evidence, parts, tuple(notes), "MML 4.2"
    )


def _kernel_steps(M: sympy.ImmutableMatrix, kernel: Kernel, by_rows: bool) -> list[Step]:
    name = "Pᵀ − I" if by_rows else "P − I"
    line = Formula.of(name, "=", grid(tidied(M - sympy.eye(M.rows))), "∼", grid(kernel.reduced))
    told = f"Row operations: {', '.join(kernel.operations)}." if kernel.operations and M.rows <= 5 else ""
    said = f"Solve ({name})π = 0 by elimination: an eigenvector of the eigenvalue 1."
    return [
        Step("eigenspace", said, (line,), told, "MML 4.2", {"P": M, "reduced": kernel.reduced, "basis": kernel.basis})
    ]


def closed_classes(M: sympy.MatrixBase) -> list[list[int]]:
    """Return the smallest groups of states that are never left; column j is where state j goes."""
    n = M.rows
    reach = np.array([[i == j or not is_zero(M[i, j]) for j in range(n)] for i in range(n)])
    for k in range(n):
        reach |= np.outer(reach[:, k], reach[k, :])
    found = []
    for j in range(n):
        group = [i for i in range(n) if reach[i, j]]
        if all(reach[j, i] for i in group) and group not in found:
            found.append(group)
    return found


def _normalised(basis: sympy.ImmutableMatrix, M: sympy.ImmutableMatrix) -> sympy.ImmutableMatrix:
    """Return the distribution in the kernel; of several the mean of those of the groups that are never left."""
    if basis.cols == 1:
        return tidied(basis / sum(basis))
    total = sympy.zeros(M.rows, 1)
    classes = closed_classes(M)
    for group in classes:
        inner = kernel_of(tidied(M.extract(group, group) - sympy.eye(len(group)))).basis
        for k, i in enumerate(group):
            total[i] += inner[k, 0] / sum(inner[:, 0])
    return tidied(total / len(classes))


def _periodic(M: sympy.MatrixBase) -> bool:
    """Tell whether an eigenvalue other than 1 has size 1."""
    values = np.linalg.eigvals(np.array(M.tolist(), dtype=float))
    return bool(np.sum(np.abs(np.abs(values) - 1) < 1e-9) > np.sum(np.abs(values - 1) < 1e-9))


def markov_steps(P: Any, start: Any, n: int, rows: bool | None = None) -> Worked:
    """Find the distribution of a Markov chain after n steps, step by step.

    >>> markov_steps("[9/10 1/2; 1/10 1/2]", [1, 0], 2).value.T
    Matrix([[43/50, 7/50]])

    `P`: [n n] as of `stationary`; `start`: [n], adding up to 1. Part `power` is Pⁿ. Source: MML 4.2; Imperial LA W5.
    """
    M, by_rows = transition(P, rows)
    x = column(start, "start")
    if x.rows != M.rows:
        raise ShapeError(f"The start has {x.rows} entries, P {M.rows} states.")
    if not is_zero(sum(x) - 1) or any(v.is_negative for v in x):
        raise NotNumeric("The start is no distribution.", expected="entries of at least 0 that add up to 1")
    if n < 0 or int(n) != n or n > 10_000:
        raise NotNumeric(f"{n} is no number of steps.", expected="a whole number from 0 to 10000")
    steps, now = [], x
    for k in range(int(n)):
        before, now = now, tidied(M * now)
        if k < SHOWN or k == n - 1:
            shown = Formula.of(low("x", k + 1), "=", grid(now)) if _short(now) else Formula.of(
                low("x", k + 1), "≈", grid([float(v) for v in now]))  # fmt: skip
            steps.append(
                Step("one step", f"Step {k + 1}: apply P.", (shown,), data={"P": M, "before": before, "after": now})
            )
    power = tidied(M ** int(n))
    evidence = (
        exactly(f"{high('P', int(n))} applied to the start gives the same", equal(tidied(power * x), now)),
        exactly("the entries add up to 1", is_zero(sum(now) - 1)),
    )
    answer = (Formula.of(low("x", int(n)), "=", grid(now)) if _short(now) else
              Formula.of(low("x", int(n)), "≈", grid([float(v) for v in now])),)  # fmt: skip
    question = (Formula.of("P", "=", grid(M.T if by_rows else M), ",", "x₀", "=", grid(x)),)
    parts = {"power": power.T if by_rows else power, "by_rows": by_rows}
    return Worked("Markov chain", question, now, answer, tuple(steps), evidence, parts, (), "MML 4.2")


def _short(x: sympy.MatrixBase) -> bool:
    return all(len(str(v)) < 16 for v in x)
