"""Coordinates in another basis, the change from one basis to another, and the matrix of a map in other bases."""

from __future__ import annotations

from typing import Any

import sympy

from agnesi.errors import NotNumeric, ShapeError
from agnesi.linalg.notation import (
    chain,
    column,
    columns,
    dot,
    equal,
    exactly,
    is_zero,
    low,
    over,
    products,
    square,
    tidied,
    tidy,
)
from agnesi.linalg.tableau import tableau
from agnesi.worked.exact import matrix
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Worked


def basis(B: Any, name: str = "B") -> sympy.ImmutableMatrix:
    """Return a square matrix whose columns are a basis; raises `NotNumeric` where they depend on each other."""
    M = matrix(B, name)
    if M.rows != M.cols:
        raise ShapeError(f"{name} is {M.rows}×{M.cols}.", expected="as many basis vectors as they have entries")
    square(M, name)
    if is_zero(M.det()):
        raise NotNumeric(
            f"The columns of {name} depend on each other: they are no basis.", repair="Leave out or replace one."
        )
    return M


def coordinates(x: Any, B: Any) -> Worked:
    """Find the coordinates of a vector in a basis: by projections where the basis is orthogonal, by elimination else.

    >>> coordinates([3, 4], "[2 -2; 1 4]").value.T
    Matrix([[2, 1/2]])

    `x`: [n]; `B`: [n n], the basis vectors as columns. Source: MML 2.6; Imperial LA W2, W4.
    """
    v, M = column(x, "x"), basis(B)
    if v.rows != M.rows:
        raise ShapeError(f"x has {v.rows} entries, the basis vectors {M.rows}.")
    orthogonal = all(is_zero(dot(a, b)) for i, a in enumerate(columns(M)) for b in columns(M)[:i])
    value, steps = _by_projections(v, M) if orthogonal else _by_elimination(v, M)
    evidence = (exactly("these multiples of the basis vectors add up to x", equal(tidied(M * value), v)),)
    question = (Formula.of("x", "=", grid(v), ",", "B", "=", grid(M)),)
    answer = (Formula.of("x in the basis B", ":", grid(value)),)
    source = "Imperial LA W2" if orthogonal else "MML 2.6"
    parts = {"orthogonal": orthogonal, "basis": M}
    return Worked("coordinates in a basis", question, value, answer, steps, evidence, parts, (), source)


def _by_projections(
    v: sympy.ImmutableMatrix, M: sympy.ImmutableMatrix
) -> tuple[sympy.ImmutableMatrix, tuple[Step, ...]]:
    steps = [
        Step("orthogonal basis", "The basis vectors are orthogonal in pairs, so projections give the coordinates.",
             (Formula.of("BᵀB", "=", grid(tidied(M.T * M))),), source="Imperial LA W2", data={"B": M})
    ]  # fmt: skip
    found = []
    for k, b in enumerate(columns(M)):
        product, length = dot(b, v), dot(b, b)
        found.append(tidy(product / length))
        name, own = low("b", k + 1), low("c", k + 1)
        lines = (
            chain(f"{name}ᵀx", products(list(b), list(v)), product),
            chain(own, f"{name}ᵀx/{name}ᵀ{name}", over(product, length), found[-1]),
        )
        said = f"Project x on {name}: coordinate {k + 1}."
        steps.append(Step("projection on a basis vector", said, lines, data={"x": v, "b": b, "value": found[-1]}))
    return sympy.ImmutableMatrix(found), tuple(steps)


def _by_elimination(
    v: sympy.ImmutableMatrix, M: sympy.ImmutableMatrix
) -> tuple[sympy.ImmutableMatrix, tuple[Step, ...]]:
    t = tableau(M, v, pick="one")
    line = Formula.of("[B | x]", "=", t.shown().parts[-1])
    first = Step(
        "system", "The coordinates solve Bc = x: eliminate in [B | x].", (line,), source="MML 2.6", data={"B": M}
    )
    t.forward()
    t.backward()
    return sympy.ImmutableMatrix([row[-1] for row in t.rows]), (first, *t.steps)


def change_basis(B: Any, C: Any = None) -> Worked:
    """Find the matrix that turns coordinates in the basis B into those in C: C⁻¹B; without C, the standard basis.

    >>> change_basis("[3 1; 1 1]").inverse
    Matrix([
    [ 1/2, -1/2],
    [-1/2,  3/2]])

    `B`, `C`: [n n], basis vectors as columns. Value: [n n]; part `inverse` goes the other way. Source: MML 2.7.2;
    Imperial LA W4.
    """
    M = basis(B)
    N = sympy.ImmutableMatrix(sympy.eye(M.rows)) if C is None else basis(C, "C")
    if N.rows != M.rows:
        raise ShapeError(f"B has vectors with {M.rows} entries, C with {N.rows}.")
    value, steps = _quotient(N, M, "C", "B")
    inverse, back = _quotient(M, N, "B", "C" if C is not None else "I")
    if C is None:
        line = Formula.of("B", "=", grid(M))
        said = "The columns of B are the basis vectors in the standard basis: B takes coordinates there."
        steps = (Step("into the standard basis", said, (line,), source="Imperial LA W4", data={"B": M}),)
    evidence = (
        exactly("there and back gives I", equal(tidied(value * inverse), sympy.eye(M.rows))),
        exactly("the vectors of B come out as themselves", equal(tidied(N * value), M)),
    )
    names = ("B", "B⁻¹") if C is None else ("C⁻¹B", "B⁻¹C")
    answer = (Formula.of(names[0], "=", grid(value), ",", names[1], "=", grid(inverse)),)
    question = (Formula.of("B", "=", grid(M), *([] if C is None else [",", "C", "=", grid(N)])),)
    parts = {"inverse": inverse}
    return Worked("change of basis", question, value, answer, (*steps, *back), evidence, parts, (), "MML 2.7.2")


def _quotient(
    N: sympy.ImmutableMatrix, M: sympy.ImmutableMatrix, below: str, above: str
) -> tuple[sympy.ImmutableMatrix, tuple[Step, ...]]:
    """Return N⁻¹M by elimination in [N | M]."""
    t = tableau(N, M, pick="one")
    name = f"{below}⁻¹" if above == "I" else f"{below}⁻¹{above}"
    said = f"Eliminate in [{below} | {above}] until I stands on the left: {name} is on the right."
    first = Step("side by side", said,
                 (Formula.of(f"[{below} | {above}]", "=", t.shown().parts[-1]),), data={"N": N, "M": M})  # fmt: skip
    t.forward()
    t.backward()
    return sympy.ImmutableMatrix([row[N.cols :] for row in t.rows]), (first, *t.steps)


def map_in_bases(A: Any, S: Any, T: Any = None) -> Worked:
    """Find the matrix T⁻¹AS of a map in other bases: S holds the new basis of what goes in, T of what comes out.

    >>> map_in_bases("[1 1; 0 2]", "[1 1; 0 1]").value
    Matrix([
    [1, 0],
    [0, 2]])

    `A`: [m n]; `S`: [n n]; `T`: [m m], S itself if it is not given. Source: MML 2.7.2, theorem 2.20; Imperial LA W4.
    """
    M, P = matrix(A), basis(S, "S")
    Q = P if T is None else basis(T, "T")
    if M.cols != P.rows or M.rows != Q.rows:
        raise ShapeError(f"A is {M.rows}×{M.cols}, S is {P.rows}×{P.cols}, T is {Q.rows}×{Q.cols}.",
                         expected="S as wide as A, T as high as A")  # fmt: skip
    name = "S" if T is None else "T"
    image = tidied(M * P)
    first = Step("images of the new basis", "Apply A to the new basis vectors.",
                 (Formula.of("AS", "=", grid(M), grid(P), "=", grid(image)),), source="MML 2.7.2",
                 data={"A": M, "S": P, "image": image})  # fmt: skip
    value, steps = _quotient(Q, image, name, "AS")
    inverse = tidied(Q.inv())
    one_by_one = [_by_elimination(v, Q)[0] for v in columns(image)]
    evidence = (
        exactly(f"{name}(new matrix) = AS", equal(tidied(Q * value), image)),
        exactly(f"multiplying {name}⁻¹, A and S gives the same", equal(tidied(inverse * M * P), value)),
        exactly("its columns are the coordinates of the images, one by one",
                equal(sympy.Matrix.hstack(*one_by_one), value)),
    )  # fmt: skip
    answer = (Formula.of(f"{name}⁻¹AS", "=", grid(value)),)
    parts = {"inverse": inverse, "image": image}
    question = (
        Formula.of("A", "=", grid(M), ",", "S", "=", grid(P), *([] if T is None else [",", "T", "=", grid(Q)])),
    )
    return Worked("map in other bases", question, value, answer, (first, *steps), evidence, parts, (), "MML 2.7.2")
