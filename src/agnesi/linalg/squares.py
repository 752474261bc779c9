"""Completing the square: xᵀAx as a sum of multiples of squares, and what that says about its sign.

With a direction e for which d = eᵀAe is not nought, ℓ = Ae/d gives xᵀAx = d(ℓᵀx)² + xᵀ(A − dℓℓᵀ)x, and the rest no
longer sees e. For e = (1, 0, …) this is what one does on paper: the square that takes all terms with x₁.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from agnesi.errors import NotNumeric, ShapeError
from agnesi.linalg.notation import dot, equal, exactly, is_zero, low, plus, symmetric, tidied, tidy
from agnesi.worked.exact import matrix
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Worked


@dataclass(frozen=True)
class Square:
    """One term d(ℓᵀx)² of a completed square; `before` and `after` are the matrices of what was and is left."""

    factor: sympy.Expr
    line: sympy.ImmutableMatrix
    before: sympy.ImmutableMatrix
    after: sympy.ImmutableMatrix


def squares_of(A: sympy.MatrixBase) -> list[Square]:
    """Return the squares of a symmetric matrix, as many as its rank."""
    rest, found = sympy.ImmutableMatrix(A), []
    while (e := _direction(rest)) is not None:
        d = dot(e, e, rest)
        line = tidied(rest * e / d)
        after = tidied(rest - d * line * line.T)
        found.append(Square(d, line, rest, after))
        rest = after
    return found


def _direction(S: sympy.MatrixBase) -> sympy.ImmutableMatrix | None:
    """Return the first unit vector e with eᵀSe ≠ 0, else a sum of two, else None for the zero matrix."""
    n = S.rows
    for i in range(n):
        if not is_zero(S[i, i]):
            return sympy.ImmutableMatrix(n, 1, lambda k, _: int(k == i))
    for i in range(n):
        for j in range(i):
            if not is_zero(S[i, j]):
                return sympy.ImmutableMatrix(n, 1, lambda k, _: int(k in (i, j)))
    return None


def witness(squares: list[Square], n: int, negative: bool) -> sympy.ImmutableMatrix | None:
    """Return x with xᵀAx < 0 (`negative`), or x ≠ 0 with xᵀAx = 0; None if the squares show none."""
    L = sympy.Matrix.vstack(sympy.zeros(0, n), *[s.line.T for s in squares])
    if not negative:
        kernel = L.nullspace()
        return _whole(kernel[0]) if kernel else None
    for k, one in enumerate(squares):
        if one.factor.is_negative:
            wanted = sympy.Matrix(len(squares), 1, lambda i, _, k=k: int(i == k))
            return _whole(L.T * (L * L.T).LUsolve(wanted))
    return None


def _whole(x: sympy.MatrixBase) -> sympy.ImmutableMatrix:
    """Return a multiple of a rational vector in whole numbers without a common divisor."""
    if not all(a.is_Rational for a in x):
        return tidied(x)
    x = x * sympy.ilcm(1, 1, *[a.q for a in x])
    return sympy.ImmutableMatrix(x / (sympy.igcd(0, *x) or 1))


def inner_matrix(A: Any, n: int, name: str = "A") -> sympy.ImmutableMatrix:
    """Return a matrix that defines an inner product; raises `NotNumeric` with a vector that shows why it does not."""
    M = matrix(A, name)
    symmetric(M, name)
    if M.rows != n:
        raise ShapeError(f"{name} is {M.rows}×{M.rows}, the vectors have {n} entries.")
    squares = squares_of(M)
    if any(s.factor.is_negative for s in squares) or len(squares) < n:
        x = witness(squares, n, negative=any(s.factor.is_negative for s in squares))
        shown = "" if x is None else f": x = ({', '.join(map(str, x))}) gives xᵀ{name}x = {dot(x, x, M)}"
        raise NotNumeric(f"{name} is not positive definite, so xᵀ{name}y is no inner product{shown}.")
    return M


def form(A: sympy.MatrixBase, letters: list[sympy.Symbol]) -> sympy.Expr:
    """Return the quadratic form xᵀAx written out in letters."""
    x = sympy.Matrix(letters)
    return sympy.expand((x.T * A * x)[0, 0])


def letters_for(A: sympy.MatrixBase) -> list[sympy.Symbol]:
    """Return x, y, z for up to three variables, else x₁, x₂, …; others if the matrix holds such letters."""
    taken = {str(s) for s in A.free_symbols}
    names = ["x", "y", "z"][: A.rows] if A.rows <= 3 else [low("x", k + 1) for k in range(A.rows)]
    names = names if not taken & set(names) else [low("u", k + 1) for k in range(A.rows)]
    return [sympy.Symbol(name, real=True) for name in names]


def complete_squares(A: Any) -> Worked:
    """Write xᵀAx as a sum of multiples of squares, one step for each square.

    >>> complete_squares("[1 2; 2 1]").factors
    (1, -3)

    `A`: [n n] symmetric. Raises `NotNumeric` if it is not symmetric. Source: MML 3.2.3.
    """
    M = matrix(A)
    symmetric(M)
    letters = letters_for(M)
    q, squares = form(M, letters), squares_of(M)
    done: list[sympy.Expr] = []
    steps = []
    for one in squares:
        linear = tidy(sum((a * v for a, v in zip(one.line, letters, strict=True)), sympy.Integer(0)))
        rest = form(one.after, letters)
        done.append(one.factor * linear**2)
        lines = (Formula.of("q", "=", plus([*done, *([rest] if rest != 0 else [])])),)
        data = {"factor": one.factor, "line": one.line, "before": one.before, "after": one.after}
        steps.append(Step("complete the square", _said(one, letters), lines, data=data))
    factors = tuple(s.factor for s in squares)
    L = tuple(s.line for s in squares)
    total = sum((s.factor * s.line * s.line.T for s in squares), sympy.zeros(M.rows))
    evidence = (exactly("the squares multiplied out give xᵀAx again", equal(total, M)),)
    question = (Formula.of("q", "=", "xᵀAx", "=", q), Formula.of("A", "=", grid(M)))
    answer = (Formula.of("q", "=", plus(done)),)
    return Worked(
        "completing the square", question, sympy.Add(*done), answer, tuple(steps), evidence,
        {"factors": factors, "lines": L, "rank": len(squares), "form": q}, source="MML 3.2.3",
    )  # fmt: skip


def _said(one: Square, letters: list[sympy.Symbol]) -> str:
    """Say which square is taken out, and why a sum of two letters where none stands squared."""
    met = [str(v) for a, v in zip(one.line, letters, strict=True) if not is_zero(a)]
    k = letters.index(next(v for v in letters if str(v) == met[0]))
    if not is_zero(one.before[k, k]):
        return f"Take all terms with {met[0]} into one square: what that adds is taken off again."
    return f"No letter stands squared, so take {met[0]} and {met[1]} together into one square."
