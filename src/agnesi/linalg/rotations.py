"""Rotations in two, three and n dimensions, and a mirror built in its own basis: T = E Tₑ Eᵀ."""

from __future__ import annotations

from typing import Any

import sympy

from agnesi.errors import NotNumeric, ShapeError
from agnesi.linalg.gram_schmidt import gram_schmidt
from agnesi.linalg.notation import (
    column,
    columns,
    dot,
    equal,
    exactly,
    is_zero,
    low,
    square,
    square_root,
    tidied,
    whole,
)
from agnesi.worked.exact import matrix, scalar
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked

_AXES = {"x": 0, "y": 1, "z": 2, "e1": 0, "e2": 1, "e3": 2, "e₁": 0, "e₂": 1, "e₃": 2}


def rotation(angle: Any, axis: Any = None, degrees: bool = False) -> Worked:
    """Find the matrix that turns by an angle: the plane, or space about an axis "x", "y", "z" or a vector.

    >>> rotation("pi/6").value
    Matrix([
    [sqrt(3)/2,      -1/2],
    [      1/2, sqrt(3)/2]])
    >>> rotation(90, "z", degrees=True).value
    Matrix([
    [0, -1, 0],
    [1,  0, 0],
    [0,  0, 1]])

    The angle is in radians, or in degrees where that is said; it may be a letter. The plane turns anticlockwise, and so
    does space seen from the tip of the axis. Raises `NotNumeric` for an axis that is none. Source: MML 3.9.
    """
    ω = _angle(angle, degrees)
    c, s = sympy.cos(ω), sympy.sin(ω)
    if axis is None:
        R = sympy.ImmutableMatrix([[c, -s], [s, c]])
        return _rotation(R, ω, _images(R, "The columns are where the basis vectors go."), None, "MML 3.9.1")
    if isinstance(axis, str) and axis.strip().lower() in _AXES:
        k = _AXES[axis.strip().lower()]
        i, j = (k + 1) % 3, (k + 2) % 3
        R = _plane(3, i, j, ω)
        said = f"Turn in the plane of the other two axes; {low('e', k + 1)} stays where it is."
        return _rotation(R, ω, _images(R, said), sympy.ImmutableMatrix(3, 1, lambda r, _: int(r == k)), "MML 3.9.2")
    u = column(axis, "the axis")
    if u.rows != 3:
        raise ShapeError(f"The axis has {u.rows} entries.", expected="three")
    length = dot(u, u)
    if is_zero(length):
        raise NotNumeric("The axis is the zero vector.", expected="a direction")
    return _about(tidied(u / square_root(length)), u, ω)


def _angle(angle: Any, degrees: bool) -> sympy.Expr:
    found = scalar(angle)
    return found * sympy.pi / 180 if degrees else found


def _plane(n: int, i: int, j: int, ω: sympy.Expr) -> sympy.ImmutableMatrix:
    """Return the identity with a rotation from axis i towards axis j."""
    R = sympy.eye(n).as_mutable()
    R[i, i] = R[j, j] = sympy.cos(ω)
    R[j, i], R[i, j] = sympy.sin(ω), -sympy.sin(ω)
    return sympy.ImmutableMatrix(R)


def _images(R: sympy.ImmutableMatrix, said: str) -> tuple[Step, ...]:
    lines = tuple(Formula.of(low("e", k + 1), "→", grid(v)) for k, v in enumerate(columns(R)))
    return (Step("images of the basis", said, lines, source="MML 3.9", data={"R": R}),)


def _about(u: sympy.ImmutableMatrix, given: sympy.ImmutableMatrix, ω: sympy.Expr) -> Worked:
    """Turn about a unit vector: the part along it stays, the part across turns (Rodrigues)."""
    c, s = sympy.cos(ω), sympy.sin(ω)
    K = sympy.ImmutableMatrix([[0, -u[2], u[1]], [u[2], 0, -u[0]], [-u[1], u[0], 0]])
    R = tidied(c * sympy.eye(3) + (1 - c) * u * u.T + s * K)
    steps = (
        Step("unit axis", "Make the axis one unit long.", (Formula.of("u", "=", grid(u)),),
             data={"axis": given, "u": u}),
        Step("cross product", "Write u × x as a matrix times x.", (Formula.of("K", "=", grid(K)),),
             data={"u": u, "K": K}),
        Step("rotation about an axis", "The part along u stays, the part across it turns towards u × x.",
             (Formula.of("R", "=", "cos ω I + (1 − cos ω) uuᵀ + sin ω K", "=", grid(R)),), source="MML 3.9.2",
             data={"u": u, "K": K, "angle": ω, "R": R}),
    )  # fmt: skip
    return _rotation(R, ω, steps, u, "MML 3.9.2")


def _rotation(
    R: sympy.ImmutableMatrix, ω: sympy.Expr, steps: tuple[Step, ...], axis: sympy.ImmutableMatrix | None, source: str
) -> Worked:
    evidence = list(_turns(R))
    if axis is not None:
        evidence.append(exactly("the axis stays where it is", _same(R * axis, axis)))
    answer = (Formula.of("R", "=", grid(R)),)
    question = (Formula.of("ω", "=", ω),)
    return Worked("rotation", question, R, answer, steps, tuple(evidence), {"angle": ω, "axis": axis}, (), source)


def _same(M: sympy.MatrixBase, N: sympy.MatrixBase) -> bool:
    """Compare after simplifying sines and cosines."""
    return all(sympy.simplify(a - b) == 0 for a, b in zip(M, N, strict=True))


def _turns(R: sympy.ImmutableMatrix) -> tuple[Verified, Verified]:
    return (
        exactly("RᵀR = I: lengths and angles are kept", _same(R.T * R, sympy.eye(R.rows))),
        exactly("det(R) = 1: no side is swapped", sympy.simplify(R.det() - 1) == 0),
    )


def givens(n: int, i: int, j: int, angle: Any, degrees: bool = False) -> Worked:
    """Find the matrix that turns by an angle in the plane of axes i and j (counted from 1) of n dimensions.

    >>> givens(4, 1, 3, "pi/2").value.row(2)
    Matrix([[1, 0, 0, 0]])

    It turns axis i towards axis j. Raises `ShapeError` for axes that are not there. Source: MML 3.9.3.
    """
    n = whole(n, "The number n of dimensions", 2, 20)
    i, j = whole(i, "The axis i", 1, n), whole(j, "The axis j", 1, n)
    if i == j:
        raise ShapeError(f"The axes i and j are both {i}.", expected="two different axes, which span a plane")
    ω = _angle(angle, degrees)
    R = _plane(n, i - 1, j - 1, ω)
    said = f"Turn {low('e', i)} towards {low('e', j)}; all other axes stay where they are."
    return _rotation(R, ω, _images(R, said), None, "MML 3.9.3")


def both_orders(R: Any, S: Any) -> Worked:
    """Compare RS with SR: whether two maps may change places.

    >>> both_orders(rotation("pi/2", "x").value, rotation("pi/2", "z").value).value
    False

    `R`, `S`: [n n]. Value: whether they commute. Source: MML 3.9.4.
    """
    M, N = matrix(R, "R"), matrix(S, "S")
    square(M, "R")
    if M.shape != N.shape:
        raise ShapeError(f"R is {M.rows}×{M.cols}, S is {N.rows}×{N.cols}.", expected="square matrices of one size")
    one, two = tidied(M * N), tidied(N * M)
    same = equal(one, two)
    lines = (Formula.of("RS", "=", grid(one)), Formula.of("SR", "=", grid(two)))
    steps = (Step("multiply both ways", "First S, then R; and the other way round.", lines, data={"R": M, "S": N}),)
    evidence = (exactly("both have the same trace", is_zero(one.trace() - two.trace())),)
    answer = (Formula.of("RS", "=" if same else "≠", "SR"),)
    question = (Formula.of("R", "=", grid(M), ",", "S", "=", grid(N)),)
    parts = {"RS": one, "SR": two}
    return Worked("order of two maps", question, same, answer, steps, evidence, parts, (), "MML 3.9.4")


def mirror(B: Any) -> Worked:
    """Find the map that reflects in a mirror, built in the mirror's own basis: T = E Tₑ Eᵀ.

    The columns of B but the last span the mirror; the last one points out of it. Gram–Schmidt makes them the
    orthonormal basis E, in which the map only changes the sign of the last coordinate.

    >>> mirror("[1 0; 1 1]").value
    Matrix([
    [0, 1],
    [1, 0]])

    `B`: [n n] with independent columns. Raises `NotNumeric` for others. Source: Imperial LA W4.
    """
    M = matrix(B, "B")
    square(M, "B")
    found = gram_schmidt(M)
    if found.dependent:
        raise NotNumeric("The columns of B depend on each other: they span no mirror with a direction out of it.")
    E, n = found.value, M.rows
    TE = sympy.ImmutableMatrix(sympy.diag(*([1] * (n - 1)), -1))
    T = tidied(E * TE * E.T)
    steps = (
        *found.steps,
        Step("in the mirror's basis", "In this basis reflecting changes the sign of the last coordinate.",
             (Formula.of("Tₑ", "=", grid(TE)),), "The other vectors lie in the mirror.", "Imperial LA W4", {"TE": TE}),
        Step("back to the standard basis", "Go into the mirror's basis (Eᵀ), reflect, and come back (E).",
             (Formula.of("T", "=", "ETₑEᵀ", "=", grid(E), grid(TE), grid(E.T), "=", grid(T)),),
             "E is orthogonal, so its inverse is Eᵀ.", "Imperial LA W4", {"E": E, "TE": TE, "T": T}),
    )  # fmt: skip
    inside = sympy.ImmutableMatrix(M[:, : n - 1])
    normal = columns(E)[-1]
    evidence = (
        exactly("T² = I", equal(tidied(T * T), sympy.eye(n))),
        exactly("the mirror stays where it is", equal(tidied(T * inside), inside)),
        exactly("what stands on it is turned round", equal(tidied(T * normal), tidied(-normal))),
    )
    question = (Formula.of("B", "=", grid(M)),)
    answer = (Formula.of("T", "=", grid(T)),)
    parts = {"E": E, "TE": TE}
    return Worked("reflection in a mirror", question, T, answer, steps, evidence, parts, (), "Imperial LA W4")
