"""Systems by hand: echelon forms, solutions, inverses."""

from __future__ import annotations

from random import Random

import sympy

from agnesi.exercises.drawing import declared, integer, listed, matrix, once, typed, unimodular
from agnesi.exercises.record import Exact, Family, Instance, Planted
from agnesi.linalg import echelon, inverse, solve

WHERE = (("impla", "3"), ("mml", "2.3.3"))


def _echelon(rng: Random, level: int) -> Instance:
    """Draw a matrix of 2 or 3 rows with small pivots, made from an echelon form by row operations."""
    rows, cols = (2, 3) if level == 1 else (3, 4)
    upper = sympy.Matrix(rows, cols, lambda i, j: 0 if j < i else (1 if i == j else rng.randint(-3, 3)))
    if level == 3:
        upper[1, :] = sympy.Matrix([[0, 0, 1, integer(rng, -3, 3)]])
        upper[2, :] = sympy.zeros(1, cols)
    lower = sympy.Matrix(rows, rows, lambda i, j: 1 if i == j else (integer(rng, -3, 3) if j < i else 0))
    A = sympy.ImmutableMatrix(lower * upper)
    done = echelon(A)
    half = sympy.Matrix(done.value)
    half[1, :] = half[1, :] + sympy.Matrix(1, cols, [0] * (cols - 1) + [integer(rng, 1, 3)])
    slips = (
        Planted(typed(half), "row operation on a part", "the row operation was not done in the last column",
                "A row operation changes every entry of the row."),
        Planted(typed(A.T), "columns for rows", "rows and columns were exchanged",
                "Row operations combine rows; the columns stay where they are."),
    )  # fmt: skip
    text = typed(A)
    return Instance(
        f"Bring $A = {text}$ to echelon form by row operations. You may write each matrix on the way on a line "
        f"of its own.",
        Exact(done.value, "matrix", "pattern", lines="rows", again=echelon),
        "a matrix in echelon form, such as [1 2 0; 0 1 3]",
        slips=slips,
        work=once(echelon, A),
    )


def _solve(rng: Random, level: int) -> Instance:
    """Draw a system with one solution of small whole numbers."""
    n = 2 if level == 1 else 3
    A = unimodular(rng, n, 3 if level < 3 else 5)
    while level > 1 and sum(v == 0 for v in A) > n:
        A = unimodular(rng, n, 5)
    if level > 1 or rng.random() < 0.7:
        A = sympy.ImmutableMatrix(sympy.diag(*(integer(rng, 1, 3) for _ in range(n))) * A)
    x = sympy.ImmutableMatrix(n, 1, [rng.randint(-4, 4) for _ in range(n)])
    if x == sympy.zeros(n, 1):
        x = sympy.ImmutableMatrix(n, 1, list(range(1, n + 1)))
    b = sympy.ImmutableMatrix(A * x)
    done = solve(A, b)
    slips = []
    if A.T * b != b and A.T * b != x:
        slips.append(Planted(typed(A.T * b), "transpose for inverse", "b was multiplied by Aᵀ, not by A⁻¹"))
    if -x != x:
        slips.append(Planted(typed(-x), "sign", "the signs of the whole solution are turned"))
    return Instance(
        f"Solve $A x = b$ with $A = {typed(A)}$ and $b = {typed(b)}$.",
        Exact(done.value, "vector", claim="A⁻¹ b"),
        "a vector, such as [1; 2]",
        f"A = {listed(A)}; b = {declared(b)}",
        slips=tuple(slips),
        work=once(solve, A, b),
    )


def _inverse(rng: Random, level: int) -> Instance:
    """Draw a 2×2 matrix (3×3 of determinant ±1 at level 3)."""
    if level == 3:
        A = unimodular(rng, 3, 4)
    else:
        A = matrix(rng, 2, 2, 5)
        while A.det() == 0 or (level == 1) != (abs(A.det()) == 1) or sympy.eye(2) == A:
            A = matrix(rng, 2, 2, 4)
    done = inverse(A)
    d = A.det()
    slips: list[Planted] = []
    if level < 3:
        a, b, c, e = A
        adjugate = sympy.Matrix([[e, -b], [-c, a]])
        for text, slip, words, why in (
            (adjugate, "determinant left out", "the division by the determinant was left out",
             "A⁻¹ is the adjugate divided by det A = ad − bc."),
            (sympy.Matrix([[a, -b], [-c, e]]) / d, "diagonal not exchanged", "the diagonal entries were not exchanged",
             "In the adjugate of a 2×2 matrix a and d change places, and b and c change sign."),
            (sympy.Matrix([[e, b], [c, a]]) / d, "signs off the diagonal", "the signs off the diagonal were not turned",
             "In the adjugate of a 2×2 matrix a and d change places, and b and c change sign."),
        ):  # fmt: skip
            if text != done.value and typed(text) not in [s.text for s in slips]:
                slips.append(Planted(typed(text), slip, words, why))
    if done.value != A.T and typed(A.T) not in [s.text for s in slips]:
        slips.append(Planted(typed(A.T), "transpose for inverse"))
    return Instance(
        f"Find the inverse of $A = {typed(A)}$.",
        Exact(done.value, "matrix", claim="A⁻¹"),
        "a matrix, such as [1/2 0; 3 1]",
        f"A = {listed(A)}",
        slips=tuple(slips),
        work=once(inverse, A),
    )


FAMILIES = (
    Family(
        "impla-echelon",
        "Row reduction to echelon form",
        "compute",
        ("gauss-elim", "linear-system"),
        _echelon,
        where=WHERE,
    ),
    Family("impla-solve", "Solve a small system", "compute", ("linear-system", "gauss-elim"), _solve, where=WHERE),
    Family(
        "impla-inverse",
        "The inverse of a small matrix",
        "compute",
        ("matrix-inverse", "gauss-elim"),
        _inverse,
        where=WHERE,
    ),
)
