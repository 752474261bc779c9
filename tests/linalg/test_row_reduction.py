"""Row reduction: against sympy, each step once more from its words, pivots, letters, singularity, bad input."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import sympy
from line_by_line import check_row_operations, done, fractions, operations_said

from agnesi.errors import AgnesiError, NotNumeric, ShapeError, TooLarge
from agnesi.linalg import echelon, is_singular, rref
from agnesi.linalg.row_operations import RowOperation

SHAPES = [(1, 1), (1, 4), (4, 1), (2, 2), (3, 3), (3, 5), (5, 3), (4, 4), (6, 6)]


def random_matrix(rng: np.random.Generator, m: int, n: int, rank: int) -> np.ndarray:
    return rng.integers(-4, 5, (m, rank)) @ rng.integers(-3, 4, (rank, n))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("pick", ["first", "one", "largest"])
def test_reduced_form_is_that_of_sympy_and_follows_step_by_step(shape: tuple[int, int], pick: str) -> None:
    rng = np.random.default_rng(sum(shape))
    for rank in range(min(shape) + 1):
        A = random_matrix(rng, *shape, rank)
        found = rref(A, pick=pick)
        expected, pivots = sympy.Matrix(A.tolist()).rref()
        assert found.value == expected
        assert tuple(j for _, j in found.pivots) == pivots
        assert found.rank == len(pivots) == np.linalg.matrix_rank(A)
        assert found.verified
        count = check_row_operations(found, A)
        assert count == len(found.operations) and (count or found.value == sympy.Matrix(A.tolist()))
        assert found.elimination * sympy.Matrix(A.tolist()) == expected


@pytest.mark.parametrize("shape", SHAPES)
def test_echelon_form_has_stairs(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(7)
    for rank in range(min(shape) + 1):
        A = random_matrix(rng, *shape, rank)
        found = echelon(A)
        check_row_operations(found, A)
        leads = [next((j for j, v in enumerate(r) if v != 0), shape[1]) for r in found.value.tolist()]
        assert leads == sorted(leads)
        assert all(a < b or a == shape[1] for a, b in pairwise(leads))
        assert sum(x < shape[1] for x in leads) == np.linalg.matrix_rank(A) == found.rank
        assert not any(o.kind == "scale" for step in found.steps for o in step.data.get("operations", []))


def test_fractions_and_decimals_are_exact() -> None:
    assert rref([[0.1, 0.2], [0.3, 0.7]]).value == sympy.eye(2)
    A = [["1/3", "2/5", 1], ["-1/7", 0.25, "0"]]
    exact = sympy.Matrix([["1/3", "2/5", 1], ["-1/7", "1/4", 0]]).applyfunc(sympy.Rational)
    found = rref(A)
    assert found.value == exact.rref()[0]
    assert check_row_operations(found, exact) == len(found.operations)


def test_pick_one_avoids_fractions_and_largest_takes_the_largest() -> None:
    A = "[2 3 1; 1 4 5; 6 1 1]"
    assert rref(A, pick="one").operations[0] == "R₁ ↔ R₂"
    assert rref(A, pick="largest").operations[0] == "R₁ ↔ R₃"
    assert "↔" not in " ".join(rref(A).operations)


@pytest.mark.parametrize(
    "operation, text",
    [
        (RowOperation("add", 1, 0, sympy.Integer(-3)), "R₂ ← R₂ − 3R₁"),
        (RowOperation("add", 2, 0, sympy.Integer(1)), "R₃ ← R₃ + R₁"),
        (RowOperation("add", 2, 11, sympy.Rational(-2, 3)), "R₃ ← R₃ − (2/3)R₁₂"),
        (RowOperation("add", 1, 0, -sympy.Symbol("k")), "R₂ ← R₂ − kR₁"),
        (RowOperation("add", 1, 0, sympy.Symbol("k") + 1), "R₂ ← R₂ + (k + 1)R₁"),
        (RowOperation("scale", 0, factor=sympy.Rational(1, 2)), "R₁ ← R₁/2"),
        (RowOperation("scale", 0, factor=sympy.Rational(-1, 2)), "R₁ ← R₁/(−2)"),
        (RowOperation("scale", 0, factor=sympy.Rational(2, 3)), "R₁ ← (2/3)R₁"),
        (RowOperation("scale", 0, factor=sympy.Rational(-2, 3)), "R₁ ← −(2/3)R₁"),
        (RowOperation("scale", 0, factor=-sympy.S.One), "R₁ ← −R₁"),
        (RowOperation("scale", 0, factor=sympy.Integer(4)), "R₁ ← 4R₁"),
        (RowOperation("scale", 0, factor=1 / sympy.Symbol("k")), "R₁ ← R₁/k"),
        (RowOperation("swap", 0, 1), "R₁ ↔ R₂"),
    ],
)
def test_operations_are_written_as_on_paper(operation: RowOperation, text: str) -> None:
    assert str(operation) == text


def test_operations_as_words_as_functions_and_as_matrices_are_the_same() -> None:
    rng = np.random.default_rng(1)
    A = sympy.Matrix(rng.integers(-5, 6, (12, 3)).tolist())
    for kind in ("swap", "scale", "add"):
        for _ in range(10):
            i, j = (int(v) for v in rng.choice(12, 2, replace=False))
            factor = sympy.Rational(int(rng.integers(1, 9)) * int(rng.choice([-1, 1])), int(rng.integers(1, 5)))
            operation = RowOperation(kind, i, j, factor)  # type: ignore[arg-type]
            after = sympy.Matrix(operation.on(A.tolist()))
            assert operation.elementary(12) * A == after
            assert operation.elementary(12).det() == operation.determinant()
            (said,) = operations_said(str(operation))
            assert done(fractions(A), said) == fractions(after)


def test_letters_are_factored_and_what_is_assumed_is_said() -> None:
    found = rref("[1 k; k 4]")
    assert found.value == sympy.eye(2)
    assert found.notes == ("A pivot may not be 0: the steps hold for k − 2 ≠ 0 and k + 2 ≠ 0.",)
    assert rref("[k 1; 2 3]").operations[0] == "R₁ ↔ R₂"  # a number is a surer pivot than a letter
    k = sympy.Symbol("k", real=True)
    for step in found.steps:  # the lines hold for numbers too
        before, after = (sympy.Matrix(step.data[x]).subs(k, 5) for x in ("before", "after"))
        for operation in step.data["operations"]:
            row = RowOperation(operation.kind, operation.row, operation.other, operation.factor.subs(k, 5))
            before = sympy.Matrix(row.on(before.tolist()))
        assert before == after


def test_roots_stay_exact() -> None:
    found = rref("[sqrt(2) 2; 1 sqrt(2)]")
    assert found.rank == 1
    assert found.value == sympy.Matrix([[1, sympy.sqrt(2)], [0, 0]])


@pytest.mark.parametrize("n", [1, 2, 7, 25])
def test_without_steps_the_answer_is_the_same(n: int) -> None:
    A = np.random.default_rng(n).integers(-9, 10, (n, n + 2))
    found = rref(A, steps=False)
    assert found.steps == () and found.verified
    assert found.value == sympy.Matrix(A.tolist()).rref()[0]
    B = A.astype(object)
    B[0, 0] = sympy.Symbol("k")
    if n < 7:
        assert sympy.simplify(rref(B, steps=False).value - rref(B).value).is_zero_matrix


def test_singularity() -> None:
    rng = np.random.default_rng(3)
    for n in range(1, 6):
        for rank in range(n + 1):
            A = random_matrix(rng, n, n, rank)
            found = is_singular(A)
            assert found.value == (np.linalg.matrix_rank(A) < n)
            assert found.verified
            check_row_operations(found, A)
            assert is_singular(A.astype(float), exact=False).value == found.value
    hilbert = [[f"1/{i + j + 1}" for j in range(8)] for i in range(8)]
    assert not is_singular(hilbert).value  # condition 10¹⁰, exactly invertible


@pytest.mark.parametrize(
    "A, note",
    [
        ("[1 k; k 4]", "A is singular for k = −2 and k = 2."),
        ("[k 1; 1 k^2]", "A is singular for k = 1."),
        ("[k 1; 2 k^2]", "A is singular for k ≈ 1.25992."),
        ("[a b; b a]", "A is singular where (a − b)(a + b) = 0."),
    ],
)
def test_for_which_letters_a_matrix_is_singular(A: str, note: str) -> None:
    found = is_singular(A)
    assert not found.value and found.notes == (note,)


@pytest.mark.parametrize(
    "bad, error, words",
    [
        ("[1 2; 3]", ShapeError, "row 1 has 2, row 2 has 1"),
        ("hello", NotNumeric, "Write it as [1 2; 3 4]"),
        ([[1, float("nan")]], NotNumeric, "Entry (1, 2) of A"),
        ([[True, 1]], NotNumeric, "True is not a number"),
        (None, NotNumeric, "NoneType"),
        ({}, NotNumeric, "dict"),
        ([], ShapeError, "no entries"),
        ([[]], ShapeError, "no entries"),
        ("[]", ShapeError, "no entries"),
        (np.zeros((2, 2, 2)), NotNumeric, "Entry"),
        (np.ones((21, 20), dtype=int), TooLarge, "420 entries"),
        ([[1j]], NotNumeric, "complex"),
    ],
)
def test_bad_input_is_told(bad: object, error: type[Exception], words: str) -> None:
    for function in (rref, echelon):
        with pytest.raises(error) as caught:
            function(bad)
        assert words in str(caught.value)


def test_other_bad_input() -> None:
    with pytest.raises(AgnesiError, match='"first", "one" or "largest"'):
        rref("[1]", pick="best")  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match="square"):
        is_singular("[1 2]")
    with pytest.raises(NotNumeric, match="finite"):
        is_singular(np.full((9, 9), np.inf))
    with pytest.raises(TooLarge, match="exact=False"):
        rref(np.ones((400, 400), dtype=int), steps=False)
    with pytest.raises(NotNumeric, match="Entry"):
        rref([[float("inf"), 1]], steps=False)
    with pytest.raises(ShapeError, match="different lengths"):
        rref([[1, 2], [3]], steps=False)
