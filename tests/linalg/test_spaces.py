"""Subspaces: dimensions against numpy, bases against scipy, independence, membership, complements."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg
import sympy
from line_by_line import check_row_operations

from agnesi.errors import NotNumeric, ShapeError
from agnesi.linalg import (
    column_space,
    four_subspaces,
    in_span,
    independent,
    left_null_space,
    null_space,
    orthogonal_complement,
    rank,
    rank_nullity,
    row_space,
    span_basis,
)

SHAPES = [(1, 1), (1, 4), (4, 1), (3, 3), (3, 5), (5, 3)]


def floats(M: Any) -> np.ndarray:
    return np.array(M.tolist(), dtype=float).reshape(M.shape)


def of_all_ranks(shape: tuple[int, int]) -> list[np.ndarray]:
    rng = np.random.default_rng(shape)
    return [
        rng.integers(-3, 4, (shape[0], r)) @ rng.integers(-3, 4, (r, shape[1]))
        for r in range(min(shape) + 1)
        for _ in range(2)
    ]


def same_space(B: np.ndarray, expected: np.ndarray) -> bool:
    """Whether two bases (as columns) span the same space, and the first is independent."""
    r = np.linalg.matrix_rank(expected) if expected.size else 0
    if B.shape[1] != r:
        return False
    return r == 0 or np.linalg.matrix_rank(B) == r == np.linalg.matrix_rank(np.hstack([B, expected]))


@pytest.mark.parametrize("shape", SHAPES)
def test_the_four_subspaces(shape: tuple[int, int]) -> None:
    for A in of_all_ranks(shape):
        r = int(np.linalg.matrix_rank(A))
        found = four_subspaces(A)
        assert found.rank == r and found.verified
        assert list(found.dimensions.values()) == [r, r, shape[1] - r, shape[0] - r]
        expected = {
            "column space": A, "row space": A.T, "null space": scipy.linalg.null_space(A.astype(float)),
            "left null space": scipy.linalg.null_space(A.T.astype(float)),
        }  # fmt: skip
        alone = (column_space, row_space, null_space, left_null_space)
        for function, (name, space) in zip(alone, expected.items(), strict=True):
            one = function(A)
            assert same_space(floats(found.value[name]), space), name
            assert same_space(floats(one.value), space), name
            assert one.verified and one.dimension == one.value.cols
        check_row_operations(found, np.hstack([A, np.eye(shape[0], dtype=int)]))
        check_row_operations(null_space(A), A)


@pytest.mark.parametrize("shape", SHAPES)
def test_rank_and_nullity(shape: tuple[int, int]) -> None:
    for A in of_all_ranks(shape):
        r = int(np.linalg.matrix_rank(A))
        assert rank(A).value == rank(A, steps=False).value == r
        assert rank(A.astype(float), exact=False).value == r
        found = rank_nullity(A)
        assert found.value == (r, shape[1] - r, shape[1]) and found.verified
        assert found.kernel.cols == shape[1] - r and found.image.cols == r


@pytest.mark.parametrize("shape", SHAPES)
def test_independence_and_bases(shape: tuple[int, int]) -> None:
    for A in of_all_ranks(shape):
        r = int(np.linalg.matrix_rank(A))
        vectors = [list(map(int, c)) for c in A.T]
        found = independent(vectors)
        assert found.value == (r == shape[1]) and found.verified
        if not found.value:
            c = floats(found.relation)[:, 0]
            assert np.allclose(A @ c, 0) and np.any(c != 0)
        basis = span_basis(vectors)
        assert same_space(floats(basis.value), A) and basis.dimension == r
        assert floats(basis.value).tolist() == A[:, basis.kept].astype(float).tolist()
        assert np.allclose(A[:, basis.kept] @ floats(basis.combinations), A)
        assert independent(A).value == found.value  # the columns of a matrix are vectors too


@pytest.mark.parametrize("shape", SHAPES)
def test_membership(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    for A in of_all_ranks(shape):
        for x in (A @ rng.integers(-2, 3, shape[1]), rng.integers(-3, 4, shape[0])):
            found = in_span(x, A)
            inside = np.linalg.matrix_rank(np.column_stack([A, x])) == np.linalg.matrix_rank(A)
            assert found.value == inside and found.verified
            if inside:
                assert np.allclose(A @ floats(found.coefficients)[:, 0], x)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_null_space_is_the_complement_of_the_row_space(shape: tuple[int, int]) -> None:
    for A in of_all_ranks(shape):
        found = orthogonal_complement(A)
        B = floats(found.value)
        r = int(np.linalg.matrix_rank(A))
        assert B.shape == (shape[0], shape[0] - r) and np.allclose(A.T @ B, 0) and found.verified
        assert same_space(B, scipy.linalg.null_space(A.T.astype(float)))
        assert (found.normal is None) == (B.shape[1] != 1)


def test_letters() -> None:
    found = null_space("[1 k; 2 2k]")
    assert found.value == sympy.Matrix([[-sympy.Symbol("k", real=True)], [1]])
    assert rank("[a b; b a]").notes[0].startswith("A pivot may not be 0: the steps hold for a ≠ 0 and ")
    assert independent([[1, "k"], ["k", 4]]).value


def test_bad_input() -> None:
    with pytest.raises(ShapeError, match="v₁ has 2, v₂ has 3"):
        independent([[1, 2], [1, 2, 3]])
    with pytest.raises(ShapeError, match="no vectors"):
        span_basis([])
    with pytest.raises(ShapeError, match="x has 3 entries"):
        in_span([1, 2, 3], [[1, 2]])
    with pytest.raises(NotNumeric, match="Entry"):
        null_space([[float("inf"), 1]])
    for function in (rank, null_space, four_subspaces, rank_nullity):
        with pytest.raises(ShapeError, match="no entries"):
            function([])
