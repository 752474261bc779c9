"""What a basis of eigenvectors gives: A = PDP⁻¹, and A = QΛQᵀ with orthonormal ones for symmetric matrices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import sympy

from agnesi.errors import AgnesiError, NotNumeric
from agnesi.linalg.eigenvalues import eigen, residual, rounded
from agnesi.linalg.gram_schmidt import orthogonalised
from agnesi.linalg.notation import (
    Floats,
    beside,
    columns,
    equal,
    exactly,
    floats,
    in_floats,
    low,
    nearly,
    numeric,
    square,
    square_root,
    symmetric,
    tidied,
)
from agnesi.worked.exact import matrix
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Worked


def diagonalise(A: Any, exact: bool | None = None) -> Worked:
    """Write A = PDP⁻¹ with eigenvectors as the columns of P, and eigenvalues on the diagonal of D.

    >>> found = diagonalise("[1 1; 0 2]")
    >>> found.P, found.D
    (Matrix([
    [1, 1],
    [0, 1]]), Matrix([
    [1, 0],
    [0, 2]]))

    `A`: [n n]. Parts: `P`, `D`, `inverse`. Raises `AgnesiError` for a defective matrix, and says which eigenvalue lacks
    eigenvectors. Source: MML 4.4; Imperial LA W5.
    """
    if numeric(A, exact):
        return _diagonal_in_floats(floats(A))
    found = eigen(A)
    if found.exact is False:
        last = _diagonal_in_floats(in_floats(matrix(A)))
        return replace(last, question=found.question, steps=found.steps, notes=found.notes)
    P, D, inverse, steps = eigenbasis(found)
    M = matrix(A)
    evidence = (
        exactly("AP = PD", equal(tidied(M * P), tidied(P * D))),
        exactly("PP⁻¹ = I", equal(tidied(P * inverse), sympy.eye(M.rows))),
    )
    answer = (Formula.of("A", "=", "PDP⁻¹", "=", grid(P), grid(D), grid(inverse)),)
    parts = {"P": P, "D": D, "inverse": inverse, "values": found.value}
    return Worked(
        "diagonalisation",
        found.question,
        (P, D),
        answer,
        (*found.steps, *steps),
        evidence,
        parts,
        found.notes,
        "MML 4.4",
    )


def eigenbasis(found: Worked) -> tuple[Any, Any, Any, list[Step]]:
    """Return P, D, P⁻¹ and the steps that put them together; raises for a defective matrix."""
    if found.defective:
        raise AgnesiError(
            found.notes[0], repair="Use jordan_form: its blocks take the place of a diagonal form."
        )
    P = found.vectors
    D = sympy.ImmutableMatrix(sympy.diag(*found.owners))
    inverse = tidied(P.inv())
    lines = (Formula.of("P", "=", grid(P), ",", "D", "=", grid(D)),)
    steps = [
        Step("eigenbasis",
             "Put the eigenvectors side by side, and their eigenvalues on the diagonal, in the same order.",
             lines, "A P = P D says A v = λ v for every column.", "MML 4.4", {"P": P, "D": D}),
        Step("inverse", "Invert P.", (Formula.of("P⁻¹", "=", grid(inverse)),), data={"P": P, "inverse": inverse}),
    ]  # fmt: skip
    return P, D, inverse, steps


def _diagonal_in_floats(F: Floats) -> Worked:
    found = eigen(F, exact=False)
    P = found.vectors
    condition = float(np.linalg.cond(P)) if len(P) <= 200 else 1.0
    if condition > 1e8:
        raise AgnesiError(
            f"The eigenvectors depend on each other to rounding (condition number {condition:.0e}): A is defective, "
            "or nearly so.",
            repair="Use eigen, or the singular values.",
        )
    answer = (Formula.of("A", "≈", "PDP⁻¹"), *found.answer)
    parts = {"P": P, "D": np.diag(found.value), "values": found.value}
    return Worked("diagonalisation", (), (P, found.value), answer, (), found.evidence, parts, (), "MML 4.4")


def spectral(A: Any, exact: bool | None = None, name: str = "A") -> Worked:
    """Write a symmetric matrix as A = QΛQᵀ with orthonormal eigenvectors in Q.

    >>> spectral("[3 2; 2 3]").values
    [1, 5]

    `A`: [n n] symmetric. Parts: `Q`, `Lambda`, `values`. Raises `NotNumeric` if it is not symmetric. Source: MML 4.2,
    theorem 4.15.
    """
    if numeric(A, exact):
        return _spectral_in_floats(floats(A))
    M = matrix(A)
    symmetric(M, name)
    found = eigen(M, name=name)
    if found.exact is False:
        last = _spectral_in_floats(in_floats(M))
        return replace(last, question=found.question, steps=(*found.steps[:-1], *last.steps), notes=found.notes)
    Q, steps = _orthonormal(found)
    L = sympy.ImmutableMatrix(sympy.diag(*found.owners))
    evidence = (
        exactly(f"QΛQᵀ = {name}", equal(tidied(Q * L * Q.T), M)),
        exactly("QᵀQ = I", equal(tidied(Q.T * Q), sympy.eye(M.rows))),
    )
    answer = (Formula.of(name, "=", "QΛQᵀ", "=", grid(Q), grid(L), grid(Q.T)),)
    parts = {"Q": Q, "Lambda": L, "values": list(found.owners)}
    return Worked(
        "spectral theorem", found.question, (Q, L), answer, (*found.steps, *steps), evidence, parts, (), "MML 4.2"
    )


def _orthonormal(found: Worked) -> tuple[sympy.ImmutableMatrix, list[Step]]:
    """Return orthonormal eigenvectors, by Gram–Schmidt inside each eigenspace, and the steps."""
    steps, made = [], []
    for k, space in enumerate(found.spaces):
        vectors = orthogonalised(space.basis)
        units = [tidied(o.vector / square_root(o.square)) for o in vectors]
        if len(units) > 1:
            lines = tuple(Formula.of(low("u", j + 1), "=", grid(o.vector)) for j, o in enumerate(vectors))
            said = f"Make the eigenvectors of {low('λ', k + 1)} orthogonal (Gram–Schmidt)."
            data = {"basis": space.basis, "orthogonal": beside([o.vector for o in vectors], space.basis.rows)}
            why = "They share an eigenvalue: any basis of their space serves."
            steps.append(Step("orthogonal in an eigenspace", said, lines, why, "MML 3.8.3", data))
        made += units
    Q = beside(made, found.spaces[0].basis.rows)
    shown = tuple(Formula.of(low("q", j + 1), "=", grid(q)) for j, q in enumerate(columns(Q)))
    why = "Eigenvectors of different eigenvalues of a symmetric matrix are orthogonal: λ₁xᵀy = xᵀAy = λ₂xᵀy."
    steps.append(Step("unit length", "Divide each eigenvector by its length.", shown, why, "MML 4.2", {"Q": Q}))
    return Q, steps


def _spectral_in_floats(F: Floats) -> Worked:
    square(F)
    if not np.allclose(F, F.T, rtol=1e-10, atol=1e-12 * max(1.0, float(np.abs(F).max(initial=0.0)))):
        i, j = np.unravel_index(np.abs(F - F.T).argmax(), F.shape)
        apart = abs(F[i, j] - F[j, i])
        raise NotNumeric(
            f"A is not symmetric: entries ({i + 1}, {j + 1}) and ({j + 1}, {i + 1}) differ by {apart:.2g}.",
            repair="Use its symmetric part (A + Aᵀ)/2.",
        )
    values, Q = np.linalg.eigh(F)
    w = np.random.default_rng(0).standard_normal((len(values), 3))
    unit = float(np.abs(Q.T @ (Q @ w) - w).max())
    evidence = (residual(F, values, Q), nearly("Qᵀ(Qw) = w for random w", unit, 1e-9))
    answer: tuple[Formula, ...] = (Formula.of("Λ", "≈", "diag", grid([[float(v) for v in values[:12]]], "(")),)
    if len(values) <= 6:
        answer += (Formula.of("Q", "≈", grid(rounded(Q))),)
    steps = (Step("eigenvectors in floats", "Orthonormal eigenvectors by LAPACK.", answer),)
    parts = {"Q": Q, "Lambda": values, "values": values}
    return Worked("spectral theorem", (), (Q, values), answer, steps, evidence, parts, (), "MML 4.2")
