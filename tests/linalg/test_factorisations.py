"""LU, LDLᵀ and Cholesky against scipy, each step once more, what fails and why, Gaussian samples."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import sympy
from line_by_line import check_row_operations

from agnesi.errors import AgnesiError, NotNumeric, ShapeError, TooLarge
from agnesi.linalg import cholesky, gaussian_sample, ldl, lu


def floats(M: Any) -> np.ndarray:
    return np.array(M.tolist(), dtype=float).reshape(M.shape)


def leading_minors(A: np.ndarray) -> list[int]:
    return [int(sympy.Matrix(A[:k, :k].tolist()).det()) for k in range(1, min(A.shape) + 1)]


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (3, 3), (5, 5), (2, 4), (4, 2)])
def test_lu(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(shape)
    for _ in range(6):
        A = rng.integers(-3, 4, shape)
        for pivots in ("first", "largest"):
            found = lu(A, pivots=pivots)
            P, L, U = (floats(M) for M in found.value)
            assert np.allclose(L @ U, P @ A) and np.allclose(np.tril(L), L) and np.allclose(np.triu(U), U)
            assert np.allclose(np.diag(L), 1) and np.allclose(P @ P.T, np.eye(shape[0])) and found.verified
            assert np.allclose(A[found.order], P @ A)
            check_row_operations(found, A)
            if pivots == "largest":
                assert np.abs(L).max() <= 1
                by_scipy = scipy.linalg.lu(A.astype(float))
                if np.linalg.matrix_rank(A) == min(shape) and np.allclose(by_scipy[0].T, P):
                    assert np.allclose(by_scipy[1], L[:, : by_scipy[1].shape[1]])
        if shape[0] == shape[1] and all(leading_minors(A)):
            L, U = (floats(M) for M in lu(A).value)
            assert np.allclose(L @ U, A)
        order, L, U = lu(A.astype(float), exact=False).value
        assert np.allclose(L @ U, A[order])


def test_lu_without_swaps_says_where_it_fails() -> None:
    with pytest.raises(NotNumeric, match="pivot 2 is 0, and below it stands 1"):
        lu("[1 2 3; 2 4 5; 1 3 1]")
    assert lu("[1 2; 2 4]").value[1] == sympy.Matrix([[1, 2], [0, 0]])  # a zero at the end does no harm
    assert lu("[0 0; 0 0]").value == (sympy.eye(2), sympy.zeros(2, 2))
    with pytest.raises(AgnesiError, match='"first" or "largest"'):
        lu("[1]", pivots="best")
    found = lu("[1 k; k 4]")
    assert sympy.expand(found.value[0] * found.value[1]) == sympy.Matrix([["1", "k"], ["k", "4"]]).subs(
        sympy.Symbol("k"), sympy.Symbol("k", real=True)
    )


def test_multipliers_move_with_their_rows() -> None:
    """A swap after the first column must carry the multipliers along."""
    A = sympy.Matrix([[2, 1, 1, 0], [4, 3, 3, 1], [8, 7, 9, 5], [6, 7, 9, 8]])
    P, L, U = lu(A, pivots="largest").value
    assert P * A == L * U
    expected = scipy.linalg.lu(floats(A))
    assert np.allclose(expected[0].T, floats(P)) and np.allclose(expected[1], floats(L))


def symmetric(rng: np.random.Generator, n: int) -> np.ndarray:
    A = rng.integers(-4, 5, (n, n))
    return A + A.T


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_ldl(n: int) -> None:
    rng = np.random.default_rng(n)
    done = 0
    for _ in range(12):
        A = symmetric(rng, n)
        if not all(leading_minors(A)):
            continue
        done += 1
        found = ldl(A)
        L, D = (floats(M) for M in found.value)
        assert np.allclose(L @ D @ L.T, A) and np.allclose(np.tril(L), L) and np.allclose(np.diag(L), 1)
        assert sum(bool(d < 0) for d in found.pivots) == sum(np.linalg.eigvalsh(A) < 0)  # Sylvester's law of inertia
        minors = [1, *leading_minors(A)]
        assert found.pivots == [sympy.Rational(b, a) for a, b in pairwise(minors)]
        for step in found.steps:  # what is known after column j gives column j of A
            j = step.data["column"]
            lower, d = step.data["L"], step.data["d"]
            made = [sum(lower[i][k] * d[k] * lower[j][k] for k in range(j + 1)) for i in range(n)]
            assert made[j:] == list(A[j:, j])
    assert done > 3


def test_ldl_notes_and_failures() -> None:
    assert "positive definite" in ldl("[2 1; 1 2]").notes[0]
    assert ldl("[1 2; 2 1]").notes[0] == "1 of 2 pivots is negative: as many eigenvalues are."
    assert ldl("[0 0; 0 3]").pivots == [0, 3]
    with pytest.raises(NotNumeric, match="pivot 1 is 0, and below it is left 1"):
        ldl("[0 1; 1 0]")
    with pytest.raises(NotNumeric, match="not symmetric"):
        ldl("[1 2; 3 4]")
    assert "a > 0" in ldl("[a b; b c]").notes[0]


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_cholesky(n: int) -> None:
    rng = np.random.default_rng(n)
    for _ in range(4):
        B = rng.integers(-3, 4, (n, n + 1))
        A = B @ B.T + np.eye(n, dtype=int)
        found = cholesky(A)
        assert np.allclose(floats(found.value), np.linalg.cholesky(A)) and found.verified
        assert np.allclose(cholesky(A, exact=False).value, np.linalg.cholesky(A))
        minors = [1, *leading_minors(A)]
        for step in found.steps:
            j = step.data["column"]
            assert step.data["pivot"] == sympy.Rational(minors[j + 1], minors[j])
            assert step.lines[0].parts[-1] == step.data["L"][j][j]
            assert sympy.simplify(sum(v**2 for v in step.data["L"][j]) - A[j, j]) == 0


def test_not_positive_definite_says_which_pivot_and_shows_a_vector() -> None:
    rng = np.random.default_rng(6)
    failed = 0
    for _ in range(12):
        A = symmetric(rng, 3)
        minors = leading_minors(A)
        bad = next((k for k, m in enumerate(minors) if m <= 0), None)
        if bad is None:
            continue
        failed += 1
        with pytest.raises(NotNumeric) as caught:
            cholesky(A)
        text = str(caught.value).replace("−", "-")
        assert f"pivot {bad + 1} is" in text
        entries = text.split("x = (")[1].split(")")[0].split(",")
        x = sympy.Matrix([sympy.Rational(e.strip()) for e in entries])
        value = (x.T * sympy.Matrix(A.tolist()) * x)[0, 0]
        assert value <= 0 and f"xᵀA x = {value}" in text
    assert failed > 5
    with pytest.raises(NotNumeric, match="not symmetric"):
        cholesky("[1 2; 3 4]")
    with pytest.raises(NotNumeric, match="pivot 1 is 0"):
        cholesky("[0 0; 0 1]")
    with pytest.raises(NotNumeric, match="least eigenvalue"):
        cholesky(np.diag(np.arange(-1.0, 8.0)))
    with pytest.raises(NotNumeric, match="not symmetric"):
        cholesky(np.triu(np.ones((8, 8))))
    with pytest.raises(ShapeError, match="square"):
        cholesky("[1 2 3]")


def test_cholesky_with_letters() -> None:
    found = cholesky("[a b; b c]")
    assert found.verified and "a > 0 and " in found.notes[0]
    numbers = dict(zip(sympy.symbols("a b c", real=True), (4, 2, 5), strict=True))
    assert found.value.subs(numbers) == sympy.Matrix([[2, 0], [1, 2]])
    with pytest.raises(NotNumeric, match="pivot 1 is −k²"):
        cholesky("[-k^2 0; 0 1]")


def test_gaussian_samples() -> None:
    S = np.array([[4, 2, 0], [2, 5, 1], [0, 1, 3]])
    found = gaussian_sample([1, -2, 0], S, 50_000, seed=3)
    assert found.value.shape == (50_000, 3) and found.verified
    assert np.allclose(found.value.mean(axis=0), [1, -2, 0], atol=0.05)
    assert np.allclose(np.cov(found.value.T), S, atol=0.15)
    again = gaussian_sample([1, -2, 0], S, 50_000, seed=3)
    assert np.array_equal(again.value, found.value)
    assert gaussian_sample([0], "[4]", 1000).value.shape == (1000, 1)
    with pytest.raises(ShapeError, match="μ has 2 entries"):
        gaussian_sample([1, 2], S)
    with pytest.raises(TooLarge, match="draws"):
        gaussian_sample([1, 2, 3], S, 10**9)
    with pytest.raises(NotNumeric, match="not positive definite"):
        gaussian_sample([0, 0], "[1 2; 2 1]")
