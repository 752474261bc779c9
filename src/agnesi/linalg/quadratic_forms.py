"""Quadratic forms xᵀAx: whether they are positive, by four tests, and the axes of their level sets."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import sympy

from agnesi.errors import NotNumeric
from agnesi.linalg.diagonal import spectral
from agnesi.linalg.eigenvalues import eigen
from agnesi.linalg.notation import (
    Floats,
    columns,
    dot,
    equal,
    exactly,
    floats,
    is_zero,
    low,
    nearly,
    numeric,
    square,
    tidied,
    tidy,
)
from agnesi.linalg.squares import Square, complete_squares, form, letters_for, squares_of, witness
from agnesi.worked.exact import matrix, scalar, to_expr
from agnesi.worked.pieces import Formula, grid, scalar_text
from agnesi.worked.record import Step, Verified, Worked


def definiteness(A: Any, exact: bool | None = None) -> Worked:
    """Tell whether xᵀAx is positive, negative or both, by leading minors, pivots, squares and eigenvalues.

    >>> definiteness("[9 6; 6 5]").value, definiteness("[9 6; 6 3]").value
    ('positive definite', 'indefinite')
    >>> definiteness("[1 1; 1 1]").witness.T
    Matrix([[-1, 1]])

    `A`: [n n]; of a matrix that is not symmetric the form sees (A + Aᵀ)/2 alone. Value: "positive definite", "positive
    semidefinite", "negative definite", "negative semidefinite", "indefinite" or "zero"; with letters, the condition for
    positive definite. Parts: `minors`, `factors`, `eigenvalues`, `witness` (x with xᵀAx ≤ 0). Source: MML 3.2.3, 4.3.
    """
    if numeric(A, exact):
        return _in_floats(floats(A))
    M = matrix(A)
    square(M)
    S = tidied((M + M.T) / 2)
    notes = () if equal(M, S) else ("xᵀAx sees only the symmetric part (A + Aᵀ)/2, which is worked on here.",)
    minors = [tidy(S[:k, :k].det()) for k in range(1, S.rows + 1)]
    if S.free_symbols:
        return _with_letters(S, minors, notes)
    squares = squares_of(S)
    factors = tuple(s.factor for s in squares)
    found = eigen(S)
    value = _verdict(factors, S.rows)
    x = witness(squares, S.rows, any(f.is_negative for f in factors)) if value != "positive definite" else None
    steps = (
        _minor_step(S, minors),
        _square_step(S, squares),
        *_pivot_step(S, minors, squares),
        Step("eigenvalues", "The signs of the eigenvalues.", _eigen_lines(found),
             "In the basis of eigenvectors the form is λ₁y₁² + λ₂y₂² + …, and all eigenvalues are real.", "MML 4.2",
             {"A": S, "values": list(found.value)}),
    )  # fmt: skip
    steps += () if x is None else (_witness_step(S, x),)
    evidence = (
        exactly("the signs of the eigenvalues are those of the squares (Sylvester)",
                _inertia(S) == _signs(factors, S.rows)),
        exactly("positive definite just if all leading minors are positive",
                (value == "positive definite") == all(m.is_positive for m in minors)),
    )  # fmt: skip
    parts = {"minors": minors, "factors": factors, "eigenvalues": list(found.value), "witness": x, "symmetric_part": S}
    answer = (Formula.of(f"A is {value}"),)
    question = (Formula.of("q", "=", "xᵀAx", "=", form(S, letters_for(S)), ",", "A", "=", grid(S)),)
    return Worked("definiteness", question, value, answer, steps, evidence, parts, notes, "MML 3.2.3")


def _verdict(factors: tuple[sympy.Expr, ...], n: int) -> str:
    plus, minus, zero = _signs(factors, n)
    if plus and minus:
        return "indefinite"
    if not plus and not minus:
        return "zero"
    return ("positive " if plus else "negative ") + ("semidefinite" if zero else "definite")


def _signs(factors: tuple[sympy.Expr, ...], n: int) -> tuple[int, int, int]:
    plus = sum(bool(f.is_positive) for f in factors)
    return plus, len(factors) - plus, n - len(factors)


def _inertia(S: sympy.MatrixBase) -> tuple[int, int, int]:
    """Count positive, negative and zero eigenvalues: by the rule of signs, which is exact where all roots are real."""
    x = sympy.Symbol("λ")
    p = sympy.Poly(S.charpoly(x).as_expr(), x)
    zero = next(k for k, c in enumerate(reversed(p.all_coeffs())) if not is_zero(c))
    signs = [sympy.sign(c) for c in p.all_coeffs() if not is_zero(c)]
    plus = sum(bool(a != b) for a, b in pairwise(signs))
    return plus, S.rows - zero - plus, zero


def _eigen_lines(found: Worked) -> tuple[Formula, ...]:
    parts: list[Any] = []
    for k, v in enumerate(found.value):
        value = v if found.exact else float(np.real(v))
        parts += [low("λ", k + 1), "=" if found.exact else "≈", value, ","]
    return (Formula.of(*parts[:-1]),)


def _minor_step(S: sympy.ImmutableMatrix, minors: list[sympy.Expr]) -> Step:
    lines = tuple(
        Formula.of(low("D", k + 1), "=", grid(S[: k + 1, : k + 1], "|"), "=", m) for k, m in enumerate(minors)
    )
    said = "Leading minors: determinants of the upper left corners."
    why = "All positive: positive definite (Sylvester). Signs − + − …: negative definite."
    return Step("leading minors", said, lines, why, "MML 4.3", {"A": S, "minors": minors})


def _square_step(S: sympy.ImmutableMatrix, squares: list[Square]) -> Step:
    found = complete_squares(S)
    factors = [s.factor for s in squares]
    lines = (found.answer[0], Formula.of("factors of the squares", ":", grid([factors], "(")))
    return Step("complete the squares", "Write the form as a sum of multiples of squares.",
                lines if squares else lines[:1],
                "The signs of the factors decide.", "MML 3.2.3", {"A": S, "factors": factors})  # fmt: skip


def _pivot_step(S: sympy.ImmutableMatrix, minors: list[sympy.Expr], squares: list[Square]) -> tuple[Step, ...]:
    """Return the pivots as quotients of minors, where no minor before the last is 0."""
    if any(is_zero(m) for m in minors[:-1]):
        return ()
    pivots = [minors[0], *(tidy(b / a) for a, b in pairwise(minors))]
    line = Formula.of("D", "=", "diag", grid([pivots], "("))
    why = "In A = LDLᵀ each pivot is a leading minor over the one before. All positive: A = CCᵀ (Cholesky) exists."
    return (
        Step("pivots", "Pivots of elimination without swaps.", (line,), why, "MML 4.3", {"A": S, "pivots": pivots}),
    )


def _witness_step(S: sympy.ImmutableMatrix, x: sympy.ImmutableMatrix) -> Step:
    line = Formula.of("x", "=", grid(x), ",", "xᵀAx", "=", dot(x, x, S))
    return Step("witness", "A vector that shows it.", (line,), data={"A": S, "x": x})


def _with_letters(S: sympy.ImmutableMatrix, minors: list[sympy.Expr], notes: tuple[str, ...]) -> Worked:
    """Give the condition for positive definite: all leading minors positive."""
    shown = [scalar_text(to_expr(sympy.factor(m))) for m in minors]
    condition = " and ".join(f"{m} > 0" for m in shown)
    answer = (Formula.of(f"A is positive definite just if {condition}"),)
    squares = squares_of(S)
    factors = tuple(s.factor for s in squares)
    product = exactly("the last minor is the product of the factors of the squares",
                      len(factors) < S.rows or is_zero(sympy.Mul(*factors) - minors[-1]))  # fmt: skip
    steps = (_minor_step(S, minors), _square_step(S, squares))
    parts = {"minors": minors, "factors": factors, "witness": None, "symmetric_part": S}
    question = (Formula.of("q", "=", "xᵀAx", "=", form(S, letters_for(S)), ",", "A", "=", grid(S)),)
    return Worked("definiteness", question, condition, answer, steps, (product,), parts, notes, "MML 3.2.3")


def _in_floats(F: Floats) -> Worked:
    square(F)
    S = (F + F.T) / 2
    values = np.linalg.eigvalsh(S)
    bound = float(np.abs(values).max(initial=0.0)) * len(values) * float(np.finfo(float).eps)
    plus, minus = int(np.sum(values > bound)), int(np.sum(values < -bound))
    value = "indefinite" if plus and minus else "zero" if not plus + minus else (
        ("positive " if plus else "negative ")
        + ("definite" if plus + minus == len(values) else "semidefinite"))  # fmt: skip
    error = abs(float(values.sum()) - float(np.trace(S))) / max(float(np.abs(values).sum()), 1e-300)
    evidence = (nearly("the eigenvalues add up to the trace", error, 1e-11),)
    notes = () if np.array_equal(F, S) else ("xᵀAx sees only the symmetric part (A + Aᵀ)/2.",)
    answer = (Formula.of("A is", value, ",", "eigenvalues from", float(values[0]), "to", float(values[-1])),)
    parts = {"eigenvalues": values, "symmetric_part": S}
    return Worked("definiteness", (), value, answer, (), evidence, parts, notes, "MML 3.2.3")


def level_axes(A: Any, level: Any = 1) -> Worked:
    """Find the axes of the level set xᵀAx = c: they lie along the eigenvectors, with half-lengths √(c/λ).

    >>> found = level_axes("[5 4; 4 5]")
    >>> found.kind, found.half_lengths
    ('ellipse', [1, 1/3])

    `A`: [n n] symmetric; c not 0. Parts: `kind`, `directions` (columns), `half_lengths` (None along an axis that is not
    met). Raises `NotNumeric` for a matrix that is not symmetric. Source: MML 4.2; 6.5.
    """
    c = scalar(level)
    if not c.is_number or is_zero(c):
        raise NotNumeric(f"The level {level} gives no axes.", expected="a number that is not 0")
    _without_letters(A)
    found = spectral(A)
    exact = isinstance(found.Q, sympy.MatrixBase)
    values = list(found.values)
    ratios = [_ratio(c, v, exact) for v in values]
    halves = [None if r is None or not r > 0 else tidy(sympy.sqrt(r)) if exact else float(np.sqrt(r)) for r in ratios]
    kind = _kind(halves, ratios)
    vectors = columns(found.Q) if exact else [found.Q[:, [k]] for k in range(len(values))]
    lines = tuple(_axis_line(v, h) for v, h in zip(vectors, halves, strict=True))
    why = "With y = Qᵀx the form is λ₁y₁² + λ₂y₂² + …: the axes of y are the eigenvectors."
    said = f"Put c = {scalar_text(to_expr(c))} over each eigenvalue, and take the root."
    step = Step("axes", said, lines, why, "MML 4.2",
                {"values": values, "level": c, "half_lengths": halves})  # fmt: skip
    evidence = (*found.evidence, _ends(A, vectors, halves, c, exact))
    parts = {"kind": kind, "directions": found.Q, "half_lengths": halves, "values": values}
    answer = (Formula.of(f"the level set is {_with_article(kind)}"), *lines)
    value = [(v, h) for v, h in zip(vectors, halves, strict=True)]
    return Worked(
        "axes of a level set", found.question, value, answer, (*found.steps, step), evidence, parts, (), "MML 4.2"
    )


def _without_letters(A: Any) -> None:
    """Raise `NotNumeric` for a matrix with letters: the signs of its eigenvalues, and so the axes, are not known."""
    letters = set() if numeric(A, None) else matrix(A).free_symbols
    if letters:
        told = f"A holds the letter {min(map(str, letters))}, so the signs of its eigenvalues are not known."
        raise NotNumeric(told, repair="Put in numbers.")


def _axis_line(direction: Any, half: Any) -> Formula:
    if half is None:
        return Formula.of("along", grid(direction), ":", "not met")
    return Formula.of("along", grid(direction), ":", "half-length √(c/λ)", "=", half)


def _with_article(kind: str) -> str:
    if kind.startswith("two") or kind == "empty":
        return kind
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _ratio(c: sympy.Expr, value: Any, exact: bool) -> Any:
    """Return c/λ, or None where λ is 0."""
    if exact:
        return None if is_zero(value) else c / value
    return float(c) / float(value) if abs(value) > 1e-14 else None


def _kind(halves: list[Any], ratios: list[Any]) -> str:
    n, met = len(halves), sum(h is not None for h in halves)
    flat = sum(r is None for r in ratios)
    if not met:
        return "empty"
    if met == n:
        return {1: "two points", 2: "ellipse"}.get(n, "ellipsoid")
    if flat:
        return {2: "two parallel lines"}.get(n, "cylinder")
    return {2: "hyperbola"}.get(n, "hyperboloid")


def _ends(A: Any, vectors: list[Any], halves: list[Any], c: sympy.Expr, exact: bool) -> Verified:
    """Check that the ends of the axes lie on the level set."""
    M = matrix(A)
    if exact:
        on = [
            is_zero(dot(tidied(h * v), tidied(h * v), M) - c)
            for v, h in zip(vectors, halves, strict=True)
            if h is not None
        ]
        return exactly("the ends of the axes lie on the level set", all(on))
    F = floats(A)
    errors = [
        abs(((h * v).T @ F @ (h * v)).item() - float(c)) for v, h in zip(vectors, halves, strict=True) if h is not None
    ]
    return nearly("the ends of the axes lie on the level set", max(errors, default=0.0), 1e-9 * max(1.0, abs(float(c))))
