"""Systems without a solution: least squares by the normal equations, and the pseudoinverse."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from agnesi.errors import ShapeError
from agnesi.linalg.notation import (
    Floats,
    column,
    dot,
    equal,
    exactly,
    floats,
    is_zero,
    nearly,
    numeric,
    square_root,
    tidied,
    tidy,
)
from agnesi.worked.exact import matrix
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked


def least_squares(A: Any, b: Any, exact: bool | None = None) -> Worked:
    """Find the x for which ‖Ax − b‖ is least, by the normal equations AᵀAx = Aᵀb.

    >>> found = least_squares("[1 0; 1 1; 1 2]", [6, 0, 0])
    >>> found.value.T, found.error
    (Matrix([[5, -3]]), sqrt(6))

    `A`: [m n]; `b`: [m]. For dependent columns the shortest of the solutions. Parts: `fitted` (Ax), `residual` (b −
    Ax), `error` (its length). Large arrays of floats go through LAPACK. Raises `ShapeError`. Source: MML 3.8.2.
    """
    if numeric(A, exact):
        return _in_floats(floats(A), floats(b, "b"))
    M, v = matrix(A), column(b)
    if M.rows != v.rows:
        raise ShapeError(f"A is {M.rows}×{M.cols}, b has {v.rows} entries.", expected="as many equations on both sides")
    G, right = tidied(M.T * M), tidied(M.T * v)
    data = {"A": M, "b": v, "G": G, "right": right}
    steps = [
        Step("normal equations",
             "Multiply both sides by Aᵀ: what is left over is then orthogonal to every column of A.",
             (Formula.of("AᵀA", "=", grid(G), ",", "Aᵀb", "=", grid(right)),), source="MML 3.8.2", data=data)
    ]  # fmt: skip
    rank = M.rank(iszerofunc=is_zero, simplify=tidy)
    notes: tuple[str, ...] = ()
    if rank == M.cols:
        x = tidied(G.LUsolve(right))
        line = Formula.of(grid(G), "x", "=", grid(right), "⇒", "x", "=", grid(x))
        steps.append(Step("solve", "Solve them.", (line,), "The columns of A are independent.", data={**data, "x": x}))
    else:
        x = tidied(_pseudoinverse(M)[0] * v)
        why = "The columns of A depend on each other: there are many solutions, of which this is the shortest."
        line = Formula.of("x", "=", "A⁺b", "=", grid(x))
        steps.append(Step("shortest solution", "Use the pseudoinverse.", (line,), why, data={**data, "x": x}))
        notes = (why,)
    fitted = tidied(M * x)
    residual = tidied(v - fitted)
    error = square_root(dot(residual, residual))
    lines = (
        Formula.of("Ax", "=", grid(fitted), ",", "b − Ax", "=", grid(residual)),
        Formula.of("‖b − Ax‖", "=", error),
    )
    steps.append(Step("residual", "See what is left over.", lines, data={"A": M, "x": x, "residual": residual}))
    evidence = (exactly("Aᵀ(b − Ax) = 0", equal(tidied(M.T * residual), sympy.zeros(M.cols, 1))),)
    parts = {"fitted": fitted, "residual": residual, "error": error, "rank": rank}
    answer = (Formula.of("x", "=", grid(x), ",", "‖b − Ax‖", "=", error),)
    question = (Formula.of("A", "=", grid(M), ",", "b", "=", grid(v)),)
    return Worked("least squares", question, x, answer, tuple(steps), evidence, parts, notes, "MML 3.8.2")


def _in_floats(F: Floats, b: Floats) -> Worked:
    if F.shape[0] != b.shape[0]:
        raise ShapeError(f"A is {F.shape[0]}×{F.shape[1]}, b has {b.shape[0]} entries.")
    x, _, rank, _ = np.linalg.lstsq(F, b[:, 0], rcond=None)
    residual = b[:, 0] - F @ x
    scale = max(float(np.linalg.norm(F)) * float(np.linalg.norm(b)), 1e-300)
    evidence = (nearly("Aᵀ(b − Ax) = 0", float(np.abs(F.T @ residual).max(initial=0.0)) / scale, 1e-12),)
    error = float(np.linalg.norm(residual))
    parts = {"fitted": F @ x, "residual": residual, "error": error, "rank": int(rank)}
    answer = (Formula.of("‖b − Ax‖", "≈", error),)
    return Worked("least squares", (), x, answer, (), evidence, parts, (), "MML 3.8.2")


def pseudoinverse(A: Any, exact: bool | None = None) -> Worked:
    """Find A⁺, which stands in for an inverse: A⁺b is the shortest least-squares solution of Ax = b.

    >>> pseudoinverse("[1 0; 1 1; 1 2]").value
    Matrix([
    [ 5/6, 1/3, -1/6],
    [-1/2,   0,  1/2]])

    `A`: [m n]. (AᵀA)⁻¹Aᵀ for independent columns, Aᵀ(AAᵀ)⁻¹ for independent rows, through A = CR else. Source: MML
    3.8.2, 4.5.
    """
    if numeric(A, exact):
        F = floats(A)
        value = np.linalg.pinv(F)
        w = np.random.default_rng(0).standard_normal((F.shape[1], 3))
        error = np.abs(F @ (value @ (F @ w)) - F @ w).max(initial=0.0) / max(float(np.abs(F).max(initial=0.0)), 1e-300)
        evidence = (nearly("AA⁺A = A, on random vectors", float(error), 1e-8),)
        return Worked("pseudoinverse", (), value, (Formula.of("A⁺", "by LAPACK"),), (), evidence, {}, (), "MML 4.5")
    M = matrix(A)
    value, steps = _pseudoinverse(M)
    answer = (Formula.of("A⁺", "=", grid(value)),)
    question = (Formula.of("A", "=", grid(M)),)
    return Worked("pseudoinverse", question, value, answer, steps, _penrose(M, value), {}, (), "MML 3.8.2")


def _penrose(M: sympy.MatrixBase, P: sympy.MatrixBase) -> tuple[Verified, ...]:
    """Check the four equations of Penrose, which have one solution."""
    MP, PM = tidied(M * P), tidied(P * M)
    return (
        exactly("AA⁺A = A", equal(tidied(MP * M), M)), exactly("A⁺AA⁺ = A⁺", equal(tidied(PM * P), P)),
        exactly("AA⁺ and A⁺A are symmetric", equal(MP, MP.T) and equal(PM, PM.T)),
    )  # fmt: skip


def _pseudoinverse(M: sympy.ImmutableMatrix) -> tuple[sympy.ImmutableMatrix, tuple[Step, ...]]:
    R, pivots = M.rref(iszerofunc=is_zero, simplify=tidy)
    rank = len(pivots)
    if not rank:
        zero = sympy.ImmutableMatrix(sympy.zeros(M.cols, M.rows))
        return zero, (Step("zero matrix", "A is 0, so A⁺ is 0, with rows and columns swapped.", data={"A": M}),)
    if rank == M.cols:
        return _by_gram(M, "AᵀA", "(AᵀA)⁻¹Aᵀ", "The columns of A are independent.", left=True)
    if rank == M.rows:
        return _by_gram(M, "AAᵀ", "Aᵀ(AAᵀ)⁻¹", "The rows of A are independent.", left=False)
    C = sympy.ImmutableMatrix(M.extract(list(range(M.rows)), list(pivots)))
    R = tidied(R[:rank, :])
    left, right = _by_gram(C, "", "", "", left=True)[0], _by_gram(R, "", "", "", left=False)[0]
    value = tidied(right * left)
    steps = (
        Step("rank factorisation", "Write A = CR: its pivot columns, and the rows of its reduced echelon form.",
             (Formula.of("C", "=", grid(C), ",", "R", "=", grid(R)),), data={"A": M, "C": C, "R": R}),
        Step("pseudoinverse", "Then A⁺ = R⁺C⁺ = Rᵀ(RRᵀ)⁻¹(CᵀC)⁻¹Cᵀ.",
             (Formula.of("R⁺", "=", grid(right), ",", "C⁺", "=", grid(left)), Formula.of("A⁺", "=", grid(value))),
             "C has independent columns, R independent rows.", data={"A": M, "C": C, "R": R, "value": value}),
    )  # fmt: skip
    return value, steps


def _by_gram(
    M: sympy.ImmutableMatrix, gram: str, formula: str, why: str, left: bool
) -> tuple[sympy.ImmutableMatrix, tuple[Step, ...]]:
    G = tidied(M.T * M if left else M * M.T)
    inverse = tidied(G.inv())
    value = tidied(inverse * M.T if left else M.T * inverse)
    steps = (
        Step("Gram matrix", f"Find {gram}, and invert it.",
             (Formula.of(gram, "=", grid(G), ",", f"({gram})⁻¹", "=", grid(inverse)),), why, "MML 3.8.2",
             {"A": M, "G": G, "inverse": inverse}),
        Step("pseudoinverse", f"Put together A⁺ = {formula}.", (Formula.of("A⁺", "=", grid(value)),),
             data={"A": M, "value": value}),
    )  # fmt: skip
    return value, steps
