"""The singular value decomposition, low rank, condition and numerical rank, against NumPy and published numbers."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from agnesi.errors import NotNumeric
from agnesi.linalg import condition, eckart_young, low_rank, numerical_rank, svd

RNG = np.random.default_rng(4)
MOVIES = [[5, 4, 1], [5, 5, 0], [0, 0, 5], [1, 0, 4]]
BY_HAND = ["[1 0 1; -2 1 0]", "[1 2; 2 4]", "[0 0]", "[3 0; 0 -2]", "[2]", "[0 0; 0 0]", "[1 1; 1 1; 1 1]", "[3 4]",
           "[1 2 2]",
           "[2 0 0; 0 2 0; 0 0 2]", "[0 1; 1 0]", "[4 0; 3 -5]"]  # fmt: skip
DECIMAL = [MOVIES, "[1 1; 0 1]", RNG.integers(-4, 5, (3, 4)), RNG.integers(-4, 5, (5, 3)), "[1 2 3; 4 5 6; 7 8 9]"]


def floats(M) -> np.ndarray:
    return M if isinstance(M, np.ndarray) else np.array(sympy.Matrix(M).evalf(20).tolist(), dtype=float)


def given(found) -> np.ndarray:
    return floats(sympy.Matrix(found.question[0].parts[-1].rows))


@pytest.mark.parametrize("A", BY_HAND + DECIMAL)
def test_svd(A):
    found = svd(A)
    M = given(found)
    m, n = M.shape
    U, V = floats(found.U), floats(found.V)
    s = np.array([float(v) for v in found.values])
    assert found.verified and found.exact == any(A is x for x in BY_HAND)
    assert np.allclose(U.T @ U, np.eye(m)) and np.allclose(V.T @ V, np.eye(n))
    assert np.allclose(U[:, : len(s)] * s @ V[:, : len(s)].T, M)
    assert np.allclose(s, np.linalg.svd(M, compute_uv=False)) and np.all(np.diff(s) <= 1e-12)
    assert found.rank == np.linalg.matrix_rank(M)


@pytest.mark.parametrize("A", ["[2 1 0; 1 2 1; 0 1 2]", "[1 1; 0 1; 1 0]", "[0 1 0; 1 0 1; 0 1 0]"])
def test_surds_that_stay_readable_are_exact(A):
    found = svd(A)
    M = given(found)
    assert found.exact and found.verified
    assert np.allclose([float(v) for v in found.values], np.linalg.svd(M, compute_uv=False))
    assert np.allclose(floats(found.U) @ floats(found.Sigma) @ floats(found.V).T, M)


def test_singular_values_are_roots_where_the_vectors_are_decimals():
    for A, values in (("[1 1; 0 1]", ["(1 + sqrt(5))/2", "(sqrt(5) - 1)/2"]), ("[1 2; 3 4]", ["sqrt(15 + sqrt(221))"])):
        found = svd(A)
        assert not found.exact and found.verified and "U and V" in found.notes[0]
        assert all(abs(complex(r - sympy.sympify(v))) < 1e-12 for r, v in zip(found.roots, values, strict=False))
        assert np.allclose([float(r) for r in found.roots], found.values)
    assert svd("[1 2 3; 4 5 6; 7 8 10]").roots is None


def test_published_decompositions():
    """MML examples 4.13 and 4.14."""
    found = svd("[1 0 1; -2 1 0]")
    assert found.values == [sympy.sqrt(6), 1]
    assert found.V[:, 0] == sympy.Matrix([5, -2, 1]) / sympy.sqrt(30)
    assert found.U[:, 0] == sympy.Matrix([1, -2]) / sympy.sqrt(5)
    assert np.allclose(svd(MOVIES).values, [9.6438, 6.3639, 0.7056], atol=5e-5)


def test_steps_follow():
    found = svd("[1 0 1; -2 1 0]")
    steps = {s.rule: s.data for s in found.steps}
    A, G = steps["AᵀA"]["A"], steps["AᵀA"]["G"]
    assert A.T * A == G
    V, values = steps["singular values"]["V"], steps["singular values"]["values"]
    assert sympy.simplify(G * V - V * sympy.diag(*[s**2 for s in values])) == sympy.zeros(3)
    U = steps["left singular vectors"]["U"]
    assert sympy.simplify(A * V[:, :2] - U * sympy.diag(*values[:2])) == sympy.zeros(2)
    completed = svd("[1 2; 2 4]").steps[-1].data
    assert completed["more"].T * completed["U"] == sympy.zeros(1, 1)


def test_large_matrices_go_through_lapack():
    F = RNG.standard_normal((30, 20))
    found = svd(F)
    assert found.verified and np.allclose(found.value[0] * found.value[1] @ found.V.T, F)


@pytest.mark.parametrize("k", range(5))
@pytest.mark.parametrize("A", [MOVIES, "[1 0 1; -2 1 0]", RNG.integers(-5, 6, (4, 4)), RNG.standard_normal((12, 9))])
def test_low_rank_errors_are_singular_values(A, k):
    found = low_rank(A, k)
    M = given(found) if found.question else A
    s = np.linalg.svd(M, compute_uv=False)
    value = floats(found.value)
    rest = s[k:] if k < len(s) else np.zeros(1)
    assert found.verified and np.linalg.matrix_rank(value) <= k
    assert float(found.error) == pytest.approx(np.linalg.norm(M - value, 2), abs=1e-10)
    assert float(found.error) == pytest.approx(rest[0], abs=1e-10)
    assert float(found.frobenius) == pytest.approx(np.sqrt((rest**2).sum()), abs=1e-10)
    assert found.relative == pytest.approx((s[:k] ** 2).sum() / (s**2).sum())


def test_terms_add_up():
    found = low_rank(MOVIES, 2)
    assert np.allclose(sum(found.terms), MOVIES) and np.allclose(found.terms[0] + found.terms[1], found.value)
    exact = low_rank("[1 0 1; -2 1 0]", 1)
    assert sum(exact.terms, sympy.zeros(2, 3)) == sympy.Matrix([[1, 0, 1], [-2, 1, 0]])


@pytest.mark.parametrize("k", [0, 1, 2])
def test_no_other_matrix_is_nearer(k):
    found = eckart_young(MOVIES, k, tries=100)
    assert found.value and found.nearest >= found.error * (1 - 1e-10)
    assert len(found.distances) == 100 and found.verified
    if k:
        assert found.nearest < found.error * 1.2  # small changes of the best come near, so the comparison is sharp


@pytest.mark.parametrize("A", BY_HAND + DECIMAL)
def test_condition_number(A):
    found = condition(A)
    M = floats(svd(A).question[0].parts[-1].rows)
    s = np.linalg.svd(M, compute_uv=False)
    if s[-1] < 1e-12:
        assert found.value in (sympy.oo, float("inf")) or float(found.value) > 1e14
    else:
        assert float(found.value) == pytest.approx(s[0] / s[-1]) and found.verified


def test_condition_of_the_hilbert_matrix():
    H = [[f"1/{i + j + 1}" for j in range(6)] for i in range(6)]
    assert float(condition(H).value) == pytest.approx(1.4951e7, rel=1e-3)


def test_numerical_rank():
    F = RNG.standard_normal((20, 4)) @ RNG.standard_normal((4, 12))
    assert numerical_rank(F).value == 4 and numerical_rank(F).gap > 1e8
    assert numerical_rank(F + 1e-6 * RNG.standard_normal(F.shape)).value == 12
    assert numerical_rank(F + 1e-6 * RNG.standard_normal(F.shape), tolerance=1e-3).value == 4
    assert numerical_rank("[0 0; 0 0]").value == 0


@pytest.mark.parametrize(
    "call, told",
    [
        (lambda: svd(np.full((9, 9), np.nan)), "nan"),
        (lambda: svd("[a b; c d]"), "no short formula"),
        (lambda: svd(np.zeros((0, 3)), exact=False), "no entries"),
        (lambda: low_rank(MOVIES, -1), "rank k is -1"),
        (lambda: numerical_rank("[a 1; 1 1]"), "letter a"),
        (lambda: condition([["x", "y"]]), "no short formula"),
    ],
)
def test_what_fails_says_why(call, told):
    with pytest.raises(NotNumeric, match=told):
        call()
