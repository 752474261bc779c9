"""The Jordan form against sympy's, its chains and block sizes one by one, and what cannot have one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import sympy

from agnesi.errors import AgnesiError, NotNumeric, ShapeError
from agnesi.linalg import jordan_form
from agnesi.linalg.notation import is_zero

RNG = np.random.default_rng(8)
BLOCKS = [  # (eigenvalue, sizes)
    [(2, [2])], [(0, [3])], [(1, [2, 1])], [(3, [2, 2])], [(0, [3, 1]), (2, [1])], [(-1, [2]), (4, [2, 1])],
    [(5, [1, 1])],
    [(0, [2, 2, 1])], [(1, [4])], [(0, [3, 2])],
]  # fmt: skip


def hidden(blocks) -> sympy.Matrix:
    """Return a matrix with these blocks in another basis, of whole numbers."""
    J = sympy.diag(*(sympy.jordan_cell(v, s) for v, sizes in blocks for s in sizes))
    n = J.rows
    lower = sympy.Matrix(n, n, lambda i, j: 1 if i == j else int(RNG.integers(-2, 3)) if i > j else 0)
    upper = sympy.Matrix(n, n, lambda i, j: 1 if i == j else int(RNG.integers(-2, 3)) if i < j else 0)
    P = lower * upper
    return P * J * P.inv()


@pytest.mark.parametrize("blocks", BLOCKS)
def test_blocks_that_were_hidden_are_found(blocks):
    A = hidden(blocks)
    found = jordan_form(A)
    assert found.verified and found.P * found.J == A * found.P and found.P.det() != 0
    assert sorted(found.blocks) == sorted((v, s) for v, sizes in blocks for s in sizes)
    theirs = A.jordan_form(calc_transform=False)
    ones = lambda M: sum(M[i, i + 1] == 1 for i in range(M.rows - 1))
    assert ones(theirs) == ones(found.J) and sorted(theirs.diagonal()) == sorted(found.J.diagonal())


@pytest.mark.parametrize("blocks", BLOCKS)
def test_each_chain_goes_down_to_an_eigenvector(blocks):
    A = hidden(blocks)
    found = jordan_form(A)
    for (value, size), vectors in zip(found.blocks, found.chains, strict=True):
        N = A - value * sympy.eye(A.rows)
        assert len(vectors) == size and (N * vectors[0]).is_zero_matrix and not vectors[0].is_zero_matrix
        assert all(N * later == earlier for earlier, later in pairwise(vectors))
    for step in found.steps:
        if step.rule == "null spaces of powers":
            powers = step.data["powers"]
            assert [A.rows - p.rank() for p in powers] == step.data["dimensions"]
            assert all(later == powers[0] * earlier for earlier, later in pairwise(powers))
            assert sum((k + 1) * n for k, n in enumerate(step.data["sizes"])) == step.data["dimensions"][-1]


def test_surds_complex_numbers_and_letters():
    """A block of λ² − 2λ − 1 twice, one of λ² + 1 twice, and one with a letter."""
    for text in ("[1 2 1 0; 1 1 0 1; 0 0 1 2; 0 0 1 1]", "[0 1 0 0; 0 0 1 0; 0 0 0 1; -1 0 -2 0]"):
        found = jordan_form(text)
        M = sympy.Matrix(found.question[0].parts[-1].rows)
        assert found.verified and [s for _, s in found.blocks] == [2, 2]
        assert all(is_zero(v) for v in found.P * found.J - M * found.P)
    a = sympy.Symbol("a", real=True)
    assert jordan_form("[a 1; 0 a]").blocks == [(a, 2)]


def test_a_matrix_that_is_not_defective_has_a_diagonal_form():
    found = jordan_form("[2 1; 1 2]")
    assert sympy.diag(1, 3) == found.J and [s for _, s in found.blocks] == [1, 1]
    assert sympy.Matrix([[7]]) == jordan_form("[7]").J


def test_words():
    told = str(jordan_form("[3 1; -1 1]"))
    assert "1 block of size 2" in told and "p₁ = (A − 2I)p₂" in told and "sqrt" not in told


@pytest.mark.parametrize(
    "call, error, told",
    [
        (lambda: jordan_form("[1 2 3; 4 5 6]"), ShapeError, "2×3"),
        (lambda: jordan_form("[1 2 3; 4 5 6; 7 8 10]"), AgnesiError, "no short form"),
        (lambda: jordan_form(np.eye(30)), NotNumeric, "exactly"),
        (lambda: jordan_form([[1.0, float("nan")], [0, 1]]), NotNumeric, "nan"),
    ],
)
def test_what_fails_says_why(call, error, told):
    with pytest.raises(error, match=told):
        call()
