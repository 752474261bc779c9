"""Gram–Schmidt: from vectors to an orthonormal basis of what they span, every projection shown; and QR from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from agnesi.errors import ShapeError
from agnesi.linalg.notation import (
    Floats,
    beside,
    chain,
    columns,
    dot,
    equal,
    exactly,
    floats,
    is_zero,
    low,
    nearly,
    numeric,
    over,
    root,
    square_root,
    tidied,
    tidy,
)
from agnesi.linalg.squares import inner_matrix
from agnesi.worked.exact import matrix
from agnesi.worked.pieces import Formula, grid, scalar_text
from agnesi.worked.record import Step, Verified, Worked


@dataclass(frozen=True)
class Orthogonal:
    """What Gram–Schmidt found for one vector: what is left of it, the coefficients taken off, its length squared."""

    vector: sympy.ImmutableMatrix
    coefficients: tuple[sympy.Expr, ...]
    square: sympy.Expr


def orthogonalised(B: sympy.MatrixBase, A: sympy.MatrixBase | None = None) -> list[Orthogonal]:
    """Return for each column what is left when its projections on those before are taken off, without steps."""
    found: list[Orthogonal] = []
    for b in columns(B):
        coefficients = tuple(
            sympy.Integer(0) if o.square == 0 else tidy(dot(o.vector, b, A) / o.square) for o in found
        )
        left = sum((-c * o.vector for c, o in zip(coefficients, found, strict=True)), b)
        u = tidied(left)
        zero = all(is_zero(v) for v in u)
        found.append(Orthogonal(tidied(u * 0) if zero else u, coefficients, sympy.Integer(0) if zero else dot(u, u, A)))
    return found


def gram_schmidt(B: Any, unit: bool = True, A: Any = None, exact: bool | None = None) -> Worked:
    """Make the columns of a matrix orthonormal, one after the other; a column that depends on those before becomes 0.

    >>> gram_schmidt("[1 2; 1 0]", unit=False).value
    Matrix([
    [1,  1],
    [1, -1]])
    >>> gram_schmidt("[1 2 1; 1 2 0]").dependent
    [1]

    `B`: [n k], the vectors as columns; `A`: [n n], an inner product xᵀAy. `unit=False` leaves the lengths as they are.
    Parts: `orthogonal`, `basis` (without zero columns), `dependent` (columns from 0), `rank`. Large arrays of floats go
    through LAPACK. Source: MML 3.8.3; Imperial LA W4.
    """
    if A is None and numeric(B, exact):
        return _in_floats(floats(B, "B"))
    M = matrix(B, "B")
    if not M.rows or not M.cols:
        raise ShapeError("There are no vectors.", expected="a matrix with the vectors as columns")
    metric = None if A is None else inner_matrix(A, M.rows)
    found = orthogonalised(M, metric)
    steps = [_projections(k, b, found, metric) for k, b in enumerate(columns(M))]
    kept = [o for o in found if o.square != 0]
    orthogonal = beside([o.vector for o in found], M.rows)
    value = orthogonal
    if unit:
        steps += [_unit_step(k, o) for k, o in enumerate(found) if o.square != 0]
        value = beside([_unit(o) for o in found], M.rows)
    basis = beside([_unit(o) if unit else o.vector for o in kept], M.rows)
    dependent = [k for k, o in enumerate(found) if o.square == 0]
    name = "Q" if unit else "U"
    answer = (Formula.of(name, "=", grid(value)),)
    parts = {"orthogonal": orthogonal, "basis": basis, "dependent": dependent, "rank": len(kept),
             "coefficients": [o.coefficients for o in found]}  # fmt: skip
    question = [Formula.of("B", "=", grid(M))] + ([Formula.of("A", "=", grid(metric))] if metric is not None else [])
    return Worked(
        "Gram–Schmidt", tuple(question), value, answer, tuple(steps), _evidence(M, basis, metric, unit), parts,
        _notes(dependent), "MML 3.8.3",
    )  # fmt: skip


def _notes(dependent: list[int]) -> tuple[str, ...]:
    if not dependent:
        return ()
    names = ", ".join(low("b", k + 1) for k in dependent)
    return (f"{names} depend{'s' if len(dependent) == 1 else ''} on the vectors before: a zero column stands there.",)


def _unit(o: Orthogonal) -> sympy.ImmutableMatrix:
    return o.vector if o.square == 0 else tidied(o.vector / square_root(o.square))


def _evidence(
    M: sympy.MatrixBase, basis: sympy.ImmutableMatrix, A: sympy.MatrixBase | None, unit: bool
) -> tuple[Verified, ...]:
    G = tidied(basis.T * (basis if A is None else A * basis))
    wanted = sympy.eye(basis.cols) if unit else sympy.diag(*[G[i, i] for i in range(basis.cols)])
    name = "Qᵀ" + ("" if A is None else "A") + "Q = I" if unit else "the vectors are orthogonal in pairs"
    both = sympy.Matrix.hstack(M, basis)
    ranks = [X.rank(iszerofunc=is_zero, simplify=tidy) for X in (M, both)]
    same = ranks[0] == ranks[1] == basis.cols
    return exactly(name, equal(G, wanted)), exactly("the span is kept: no rank is gained or lost", same)


def _projections(k: int, b: sympy.ImmutableMatrix, found: list[Orthogonal], A: sympy.MatrixBase | None) -> Step:
    """Return the step that takes the projections on the vectors before off one vector."""
    u, name, own = found[k], low("b", k + 1), low("u", k + 1)
    data = {"b": b, "before": [o.vector for o in found[:k]], "coefficients": u.coefficients, "u": u.vector, "A": A}
    if k == 0:
        zero = u.square == 0
        said = "The first vector is 0: it spans nothing." if zero else "Keep the first vector."
        return Step("first vector", said, (Formula.of(own, "=", name, "=", grid(b)),), data=data)
    lines, parts = [], [own, "=", grid(b)]
    for i, (o, c) in enumerate(zip(found[:k], u.coefficients, strict=True)):
        if o.square == 0:
            continue
        other = low("u", i + 1)
        middle = "A" if A is not None else ""
        quotient = over(dot(o.vector, b, A), o.square)
        lines.append(chain(f"({other}ᵀ{middle}{name})/({other}ᵀ{middle}{other})", quotient, c))
        if c != 0:
            sign = "+" if c.could_extract_minus_sign() else "−"
            size = -c if sign == "+" else c
            shown = scalar_text(size)
            factor = [] if size == 1 else [size if shown.isalnum() or size.is_Rational else f"({shown})"]
            parts += [sign, *factor, grid(o.vector)]
    lines.append(Formula.of(*parts, "=", grid(u.vector)))
    if u.square == 0:
        why = f"Nothing is left: {name} depends on the vectors before, so it gives no new direction."
        return Step("dependent vector", f"Take its projections off {name}.", tuple(lines), why, "Imperial LA W4", data)
    said = f"Take off {name} its projections on the vectors before: what is left is orthogonal to them."
    return Step("take off projections", said, tuple(lines), source="MML 3.8.3", data=data)


def _unit_step(k: int, o: Orthogonal) -> Step:
    name, q = low("u", k + 1), low("q", k + 1)
    length, v = square_root(o.square), _unit(o)
    lines = (
        chain(f"‖{name}‖", root(o.square), length),
        Formula.of(q, "=", f"{name}/‖{name}‖", "=", grid(v)),
    )
    return Step("unit length", f"Divide {name} by its length.", lines, data={"u": o.vector, "q": v, "square": o.square})


def _in_floats(B: Floats) -> Worked:
    """Return the same in floats: by QR, where the columns are independent, else column by column."""
    Q, R = np.linalg.qr(B)
    diagonal = np.diag(R)
    scale = np.abs(R).max(initial=0.0) * max(B.shape) * np.finfo(float).eps
    if B.shape[0] >= B.shape[1] and np.abs(diagonal).min(initial=np.inf) > scale:
        Q = Q * np.where(diagonal < 0, -1.0, 1.0)
        dependent: list[int] = []
    else:
        Q, dependent = _one_by_one(B, scale)
    kept = Q[:, [k for k in range(B.shape[1]) if k not in set(dependent)]]
    w = np.random.default_rng(0).standard_normal((kept.shape[1], 3))
    error = np.abs(kept.T @ (kept @ w) - w).max(initial=0.0)
    parts = {"basis": kept, "dependent": dependent, "rank": kept.shape[1]}
    evidence = (nearly("Qᵀ(Qw) = w for random w", float(error), 1e-9),)
    answer = (Formula.of("Q has", kept.shape[1], "orthonormal columns"),)
    return Worked("Gram–Schmidt", (), Q, answer, (), evidence, parts, _notes(dependent), "MML 3.8.3")


def _one_by_one(B: Floats, scale: float) -> tuple[Floats, list[int]]:
    """Take projections off twice for each column, so that rounding stays small; columns that vanish become 0."""
    Q, dependent = np.zeros_like(B), []
    for k in range(B.shape[1]):
        v = B[:, k].copy()
        for _ in range(2):
            v -= Q[:, :k] @ (Q[:, :k].T @ v)
        size = np.linalg.norm(v)
        if size <= 10 * scale:
            dependent.append(k)
        else:
            Q[:, k] = v / size
    return Q, dependent


def qr(A: Any, exact: bool | None = None) -> Worked:
    """Factor A = QR by Gram–Schmidt: Q with orthonormal columns, R upper triangular with a positive diagonal.

    >>> qr("[3 1; 4 2]").R
    Matrix([
    [5, 11/5],
    [0,  2/5]])

    `A`: [m n]. For dependent columns Q has as many columns as the rank, and R is a staircase. Parts: `Q`, `R`. Large
    arrays of floats go through LAPACK. Source: MML 3.8.3.
    """
    if numeric(A, exact):
        return _qr_in_floats(floats(A))
    M = matrix(A)
    found = gram_schmidt(M)
    Q = found.basis
    R = tidied(Q.T * M)
    line = Formula.of("R", "=", "QᵀA", "=", grid(R))
    why = "Row i of R holds the components of the columns of A along qᵢ; a column never has one along later q's."
    last = Step("triangular factor", "Multiply by Qᵀ.", (line,), why, data={"Q": Q, "A": M, "R": R})
    evidence = (
        exactly("QR = A", equal(tidied(Q * R), M)), exactly("QᵀQ = I", equal(tidied(Q.T * Q), sympy.eye(Q.cols))),
        exactly("R is upper triangular", all(is_zero(R[i, j]) for i in range(R.rows) for j in range(min(i, R.cols)))),
    )  # fmt: skip
    answer = (Formula.of("A", "=", "QR", "=", grid(Q), grid(R)),)
    parts = {"Q": Q, "R": R, "dependent": found.dependent, "rank": found.rank}
    notes = () if not found.dependent else ("The columns depend on each other: Q has fewer columns than A.",)
    question = (Formula.of("A", "=", grid(M)),)
    steps = (*found.steps, last)
    return Worked("QR factorisation", question, (Q, R), answer, steps, evidence, parts, notes, "MML 3.8.3")


def _qr_in_floats(F: Floats) -> Worked:
    Q, R = np.linalg.qr(F)
    w = np.random.default_rng(0).standard_normal((F.shape[1], 3))
    error = np.abs(Q @ (R @ w) - F @ w).max(initial=0.0) / max(float(np.abs(F).max(initial=0.0)) * F.shape[1], 1e-300)
    evidence = (nearly("QR = A, on random vectors", float(error), 1e-12),)
    answer = (Formula.of("A", "=", "QR"),)
    return Worked("QR factorisation", (), (Q, R), answer, (), evidence, {"Q": Q, "R": R}, (), "MML 3.8.3")
