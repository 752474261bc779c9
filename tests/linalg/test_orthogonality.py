"""Gram–Schmidt, QR, projections, reflections, rotations, least squares and the pseudoinverse."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
import sympy
from scipy.spatial.transform import Rotation

from agnesi.errors import NotNumeric, ShapeError
from agnesi.linalg import (
    both_orders,
    givens,
    gram_schmidt,
    least_squares,
    mirror,
    project,
    projection_matrix,
    pseudoinverse,
    qr,
    reflection_matrix,
    rotation,
    scalar_projection,
)

RNG = np.random.default_rng(2)
MATRICES = [RNG.integers(-4, 5, shape) for shape in [(1, 1), (2, 2), (3, 2), (3, 3), (4, 3), (4, 4)] for _ in range(2)]
DEPENDENT = ["[1 2 1; 1 2 0]", "[0 1; 0 1]", "[0 0; 0 0]", "[1 2 3; 4 5 6; 7 8 9]", "[1 2 3; 2 4 6]", "[1 0 1 2]"]


def floats(M) -> np.ndarray:
    return np.array(sympy.Matrix(M).evalf(20).tolist(), dtype=float)


def rebuilt(found) -> None:
    """Check each projection step of Gram–Schmidt once more from its data."""
    for step in found.steps:
        data = step.data
        if step.rule in ("take off projections", "dependent vector"):
            left = data["b"]
            for c, u in zip(data["coefficients"], data["before"], strict=True):
                if any(u):
                    assert sympy.simplify(c - (u.T * data["b"])[0] / (u.T * u)[0]) == 0
                left = left - c * u
            assert sympy.simplify(left - data["u"]) == sympy.zeros(*left.shape)
            assert (step.rule == "dependent vector") == (not any(data["u"]))
        if step.rule == "unit length":
            assert sympy.simplify(data["q"] * sympy.sqrt(data["square"]) - data["u"]) == sympy.zeros(*data["u"].shape)


@pytest.mark.parametrize("M", MATRICES + DEPENDENT)
def test_gram_schmidt(M):
    found = gram_schmidt(M)
    B = floats(found.steps[0].data["b"]) if isinstance(M, str) else M
    assert found.verified
    rebuilt(found)
    Q = floats(found.value)
    kept = [k for k in range(Q.shape[1]) if k not in found.dependent]
    assert np.allclose(Q[:, kept].T @ Q[:, kept], np.eye(len(kept)))
    assert np.allclose(Q[:, found.dependent], 0)
    if not isinstance(M, str):
        assert found.rank == np.linalg.matrix_rank(B)
        assert np.allclose(Q @ Q.T @ B, B)  # the span is kept


def test_dependent_vectors_give_zero_and_are_said_so():
    found = gram_schmidt("[1 2 1; 1 2 0]")
    assert found.dependent == [1] and "b₂ depends" in found.notes[0]
    assert [s.rule for s in found.steps][1] == "dependent vector"
    assert gram_schmidt("[0 0; 0 0]").rank == 0


def test_gram_schmidt_in_an_inner_product():
    A = np.array([[2, 1], [1, 2]])
    Q = floats(gram_schmidt("[1 0; 0 1]", A=A).value)
    assert np.allclose(Q.T @ A @ Q, np.eye(2))


def test_gram_schmidt_with_letters():
    found = gram_schmidt("[a 1; b 1]", unit=False)
    a, b = sympy.symbols("a b", real=True)
    left = sympy.Matrix([1, 1]) - (a + b) / (a**2 + b**2) * sympy.Matrix([a, b])
    assert sympy.simplify(found.value[:, 1] - left) == sympy.zeros(2, 1)


@pytest.mark.parametrize("rank", [5, 9])
def test_gram_schmidt_in_floats(rank):
    F = RNG.standard_normal((30, rank)) @ RNG.standard_normal((rank, 9))
    found = gram_schmidt(F)
    assert found.verified and found.rank == rank
    Q = found.basis
    assert np.allclose(Q.T @ Q, np.eye(rank), atol=1e-12)
    assert np.allclose(Q @ (Q.T @ F), F)
    if rank == 9:
        assert np.all(np.diag(Q.T @ F) > 0)


@pytest.mark.parametrize("M", [m for m in MATRICES if m.shape[0] >= m.shape[1]] + ["[1 2; 2 4; 0 0]"])
def test_qr(M):
    found = qr(M)
    assert found.verified
    Q, R = floats(found.Q), floats(found.R)
    if not isinstance(M, str) and np.linalg.matrix_rank(M) == M.shape[1]:
        theirs, upper = np.linalg.qr(M.astype(float))
        signs = np.sign(np.diag(upper))
        assert np.allclose(Q, theirs * signs) and np.allclose(R, signs[:, None] * upper)
    assert np.allclose(R, np.triu(R))


def test_qr_in_floats():
    F = RNG.standard_normal((40, 20))
    found = qr(F)
    assert found.verified and np.allclose(found.Q @ found.R, F)


def test_projection_on_a_line():
    """MML example 3.10."""
    found = projection_matrix([1, 2, 2])
    assert found.value == sympy.Matrix([[1, 2, 2], [2, 4, 4], [2, 4, 4]]) / 9 and found.verified
    assert found.value**2 == found.value == found.value.T and found.value.rank() == 1


def test_projection_on_a_plane():
    """MML example 3.11."""
    found = project([6, 0, 0], "[1 0; 1 1; 1 2]")
    assert list(found.coordinates) == [5, -3] and list(found.value) == [5, 2, -1]
    assert found.error == sympy.sqrt(6) and found.verified
    assert list(found.residual) == [1, -2, 1]
    assert found.matrix == sympy.Matrix([[5, 2, -1], [2, 2, 2], [-1, 2, 5]]) / 6


@pytest.mark.parametrize("M", [m for m in MATRICES if m.any()] + [d for d in DEPENDENT if d != "[0 0; 0 0]"])
def test_projections_are_those_of_the_pseudoinverse(M):
    P = projection_matrix(M)
    assert P.verified
    if not isinstance(M, str) and M.shape[0] > 1:
        assert np.allclose(floats(P.value), M @ np.linalg.pinv(M))
        x = RNG.integers(-5, 6, M.shape[0])
        found = project(x, M)
        nearest = M @ np.linalg.lstsq(M.astype(float), x, rcond=None)[0]
        assert np.allclose(floats(found.value)[:, 0], nearest) and found.verified
        assert float(found.error) == pytest.approx(np.linalg.norm(x - nearest), abs=1e-12)


def test_projection_on_an_affine_space():
    found = project([1, 2], [2, 1], support=[0, 1])
    assert list(found.value) == [sympy.Rational(6, 5), sympy.Rational(8, 5)] and found.verified
    across = found.residual
    assert (across.T * sympy.Matrix([2, 1]))[0] == 0
    assert sympy.Matrix.hstack(found.value - sympy.Matrix([0, 1]), sympy.Matrix([2, 1])).rank() == 1


def test_projection_in_an_inner_product():
    A = sympy.Matrix([[2, 1], [1, 2]])
    found = project([1, 2], [2, 1], A=A)
    assert (sympy.Matrix([2, 1]).T * A * found.residual)[0] == 0 and found.verified


def test_scalar_and_vector_projection():
    """Imperial LA W2, the quiz: r = (3, −4, 0), s = (10, 5, −6)."""
    found = scalar_projection([3, -4, 0], [10, 5, -6])
    assert found.value == 2 and list(found.vector) == [sympy.Rational(6, 5), sympy.Rational(-8, 5), 0]
    assert found.verified


@pytest.mark.parametrize("B", [[1, 1], [1, 2, 2], "[1 0; 1 1; 1 2]", "[1 0; 0 1]"])
def test_reflections(B):
    found = reflection_matrix(B)
    R = floats(found.value)
    assert found.verified and np.allclose(R @ R, np.eye(len(R))) and np.allclose(R, R.T)
    if isinstance(B, list):
        u = np.array(B) / np.linalg.norm(B)
        assert np.allclose(R, 2 * np.outer(u, u) - np.eye(len(B)))


def test_mirror():
    """Imperial LA W4, the lab: E Tₑ Eᵀ is the reflection in the line of the first vector."""
    for B in ("[1 0; 1 1]", "[2 1; 1 3]", "[1 1; 3/2 -1]"):
        found = mirror(B)
        first = found.steps[0].data["b"]
        assert found.verified and found.value == reflection_matrix(first).value
    space = mirror("[1 0 0; 1 1 0; 0 1 1]")
    assert space.verified and space.value.det() == -1 and space.value.rank() == 3


@pytest.mark.parametrize("degrees", [0, 30, 45, 90, 120, 180, 270, -60])
def test_rotations_of_the_plane(degrees):
    found = rotation(degrees, degrees=True)
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    assert found.verified and np.allclose(floats(found.value), [[c, -s], [s, c]])


@pytest.mark.parametrize("axis", ["x", "y", "z", [1, 1, 1], [1, -2, 2], [0, 3, 4]])
def test_rotations_of_space_are_those_of_scipy(axis):
    found = rotation("pi/3", axis)
    direction = np.eye(3)["xyz".index(axis)] if isinstance(axis, str) else np.array(axis) / np.linalg.norm(axis)
    assert np.allclose(floats(found.value), Rotation.from_rotvec(np.pi / 3 * direction).as_matrix())
    assert found.verified


def test_rotations_with_a_letter_and_in_n_dimensions():
    t = sympy.Symbol("t", real=True)
    assert rotation("t").value == sympy.Matrix([[sympy.cos(t), -sympy.sin(t)], [sympy.sin(t), sympy.cos(t)]])
    found = givens(5, 2, 4, "t")
    assert found.verified and found.value[3, 1] == sympy.sin(t) and found.value[0, 0] == 1


def test_order_matters_in_space_and_not_in_the_plane():
    assert not both_orders(rotation("pi/2", "x").value, rotation("pi/2", "z").value).value
    assert both_orders(rotation("pi/5").value, rotation("pi/3").value).value


@pytest.mark.parametrize("M", MATRICES + DEPENDENT)
def test_least_squares_and_pseudoinverse(M):
    plus = pseudoinverse(M)
    assert plus.verified
    if isinstance(M, str):
        M = floats(plus.steps[0].data["A"])
    assert np.allclose(floats(plus.value), np.linalg.pinv(M.astype(float)))
    b = RNG.integers(-5, 6, M.shape[0])
    found = least_squares(M.astype(int), b)
    x, _, rank, _ = np.linalg.lstsq(M.astype(float), b, rcond=None)
    assert np.allclose(floats(found.value)[:, 0], x) and found.rank == rank and found.verified


def test_least_squares_in_floats():
    F, b = RNG.standard_normal((50, 7)), RNG.standard_normal(50)
    found = least_squares(F, b)
    assert np.allclose(found.value, scipy.linalg.lstsq(F, b)[0]) and found.verified
    assert np.allclose(pseudoinverse(F).value, scipy.linalg.pinv(F))


@pytest.mark.parametrize(
    "call, error, told",
    [
        (lambda: projection_matrix([0, 0]), NotNumeric, "spans only the zero vector"),
        (lambda: project([1, 2, 3], [1, 2]), ShapeError, "3 entries"),
        (lambda: project([1, 2], [1, 1], support=[1, 2, 3]), ShapeError, "2 and 3"),
        (lambda: scalar_projection([0, 0], [1, 2]), NotNumeric, "no direction"),
        (lambda: gram_schmidt([[1, 2], [3]]), ShapeError, "different lengths"),
        (lambda: gram_schmidt(np.full((9, 9), np.nan)), NotNumeric, "nan"),
        (lambda: rotation("pi", [0, 0, 0]), NotNumeric, "zero vector"),
        (lambda: rotation("pi", [1, 0]), ShapeError, "2 entries"),
        (lambda: givens(3, 1, 1, "t"), ShapeError, "both 1"),
        (lambda: mirror("[1 2; 1 2]"), NotNumeric, "depend"),
        (lambda: least_squares("[1 2; 3 4]", [1, 2, 3]), ShapeError, "3 entries"),
        (lambda: least_squares(np.ones((8, 8)), np.ones(3)), ShapeError, "3 entries"),
    ],
)
def test_what_fails_says_why(call, error, told):
    with pytest.raises(error, match=told):
        call()
