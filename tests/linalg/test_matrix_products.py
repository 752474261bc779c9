"""Products, powers, traces, Kronecker products and index forms against numpy; the laws on random matrices."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import sympy

from agnesi.errors import AgnesiError, NotNumeric, ReadError, ShapeError, TooLarge
from agnesi.linalg import (
    commute,
    einsum,
    kronecker,
    kronecker_laws,
    power,
    product,
    product_laws,
    trace,
    trace_laws,
    vec_laws,
)
from agnesi.linalg.matrix_laws import PRODUCT_LAWS, Law, _shown


def ints(M: Any) -> np.ndarray:
    return np.array(M.tolist(), dtype=int)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 3, 1), (3, 1, 3), (2, 3, 4), (4, 4, 4), (8, 8, 8)])
def test_products(shape: tuple[int, int, int]) -> None:
    rng = np.random.default_rng(shape)
    A, B = rng.integers(-5, 6, shape[:2]), rng.integers(-5, 6, shape[1:])
    found = product(A, B)
    assert np.array_equal(ints(found.value), A @ B) and found.verified
    lines = found.steps[1].lines if len(found.steps) > 1 else ()
    assert len(lines) == (shape[0] * shape[2] if shape[0] * shape[2] <= 36 else 0)
    assert [f.parts[-1] for f in lines] == list((A @ B).flat)[: len(lines)]
    floated = product(A.astype(float), B.astype(float), exact=False)
    assert np.allclose(floated.value, A @ B) and floated.verified


def test_an_entry_is_written_out() -> None:
    lines = product("[1 2; 3 4]", "[5 6; 7 8]").steps[1].lines
    assert lines[0].text() == ["c₁₁ = 1·5 + 2·7 = 19"]
    assert lines[3].text() == ["c₂₂ = 3·6 + 4·8 = 50"]


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, 5, 6, 13, 100, -1, -4])
def test_powers(exponent: int) -> None:
    for A in ("[1 1; 1 0]", "[2 1 0; 1 1 0; 0 3 1]", "[1/2 1; 0 3]"):
        M = sympy.Matrix([[sympy.Rational(v) for v in row.split()] for row in A.strip("[]").split(";")])
        found = power(A, exponent)
        assert found.value == M**exponent and found.verified
        for step in found.steps:
            if step.rule == "multiply powers":
                assert step.data["left"] * step.data["right"] == step.data["product"]
    assert len([s for s in power("[1 1; 1 0]", 100).steps]) < 10


def test_traces() -> None:
    rng = np.random.default_rng(0)
    for n in (1, 2, 5):
        A = rng.integers(-9, 10, (n, n))
        assert trace(A).value == np.trace(A) and trace(A).verified
    assert trace("[k 1; 2 k]").value == 2 * sympy.Symbol("k", real=True)


@pytest.mark.parametrize("shapes", [((1, 1), (1, 1)), ((2, 3), (1, 2)), ((2, 2), (3, 2)), ((1, 4), (4, 1))])
def test_kronecker_products(shapes: tuple[tuple[int, int], tuple[int, int]]) -> None:
    rng = np.random.default_rng(1)
    A, B = (rng.integers(-4, 5, s) for s in shapes)
    found = kronecker(A, B)
    assert np.array_equal(ints(found.value), np.kron(A, B)) and found.verified


def test_laws_on_random_matrices() -> None:
    rng = np.random.default_rng(2)
    for m, k, n in [(1, 1, 1), (2, 3, 2), (3, 2, 4), (2, 2, 2)]:
        A, B, C = rng.integers(-4, 5, (m, k)), rng.integers(-4, 5, (k, n)), rng.integers(-4, 5, (n, m))
        for found in (product_laws(A, B, C), trace_laws(A, A.T), kronecker_laws(A, B), vec_laws(A, B, C)):
            assert found.value is True and found.verified
            sides = [step.data for step in found.steps if "left" in step.data]
            assert len(sides) == len(found.evidence) > 1
            assert all(np.array_equal(np.array(d["left"]), np.array(d["right"])) for d in sides)
        both = {s.rule: s.data["left"] for s in vec_laws(A, B, C).steps}
        assert np.array_equal(ints(both["vec of a product of three"])[:, 0], (A @ B @ C).flatten(order="F"))
        both = {s.rule: s.data["left"] for s in product_laws(A, B, C).steps if "left" in s.data}
        assert np.array_equal(ints(both["associativity"]), A @ B @ C)
        assert np.array_equal(ints(both["transpose of a product"]), (A @ B).T)
    names = {e.what for e in kronecker_laws("[1 2; 3 4]", "[0 1; 1 1]").evidence}
    assert "(A ⊗ B)⁻¹ = A⁻¹ ⊗ B⁻¹" in names and "det(A ⊗ B) = (det A)ⁿ (det B)ᵐ" in names
    assert len(kronecker_laws("[1 2; 2 4]", "[0 1; 1 1]").evidence) == 4  # no inverse, and none is claimed


def test_a_law_that_is_none_is_seen() -> None:
    wrong = Law("order", "A B", "B A", lambda A, B, C: (A * B, B * A))
    matrices = [sympy.ImmutableMatrix(M) for M in ([[1, 1], [0, 1]], [[1, 0], [1, 1]], [[1, 0], [0, 1]])]
    found = _shown("laws", [*PRODUCT_LAWS, wrong], "ABC", matrices, "")
    assert found.value is False and [v.holds for v in found.evidence] == [True] * len(PRODUCT_LAWS) + [False]


def test_commuting() -> None:
    rng = np.random.default_rng(3)
    for n in (1, 2, 3):
        A, B = rng.integers(-3, 4, (n, n)), rng.integers(-3, 4, (n, n))
        found = commute(A, B)
        assert found.value == np.array_equal(A @ B, B @ A) and found.verified
        assert np.array_equal(ints(found.commutator), A @ B - B @ A)
        assert commute(A, A @ A).value
    found = commute("[1 2 3]", "[1; 2; 3]")
    assert not found.value and found.commutator is None
    assert not product_laws("[1 1; 0 1]", "[1 0; 1 1]", "[1; 1]").commute


@pytest.mark.parametrize(
    "spec, shapes",
    [
        ("ij,jk->ik", [(2, 3), (3, 4)]),
        ("ij,kj->ik", [(2, 3), (4, 3)]),
        ("ji,jk->ki", [(3, 2), (3, 4)]),
        ("ij,jk", [(2, 3), (3, 1)]),
        ("ij->ji", [(2, 3)]),
        ("ij->", [(2, 3)]),
        ("ij->j", [(2, 3)]),
        ("ii->", [(3, 3)]),
        ("ii->i", [(3, 3)]),
        ("i,i->", [(4,), (4,)]),
        ("i,j->ij", [(2,), (3,)]),
        ("ij,j->i", [(2, 3), (3,)]),
        ("ij,ij->ij", [(2, 3), (2, 3)]),
        ("i,ij,j->", [(2,), (2, 3), (3,)]),
        ("bij,bjk->bik", [(2, 2, 3), (2, 3, 2)]),
        ("ijk->kji", [(2, 3, 2)]),
    ],
)
def test_index_forms(spec: str, shapes: list[tuple[int, ...]]) -> None:
    rng = np.random.default_rng(4)
    arrays = [rng.integers(-4, 5, s) for s in shapes]
    found = einsum(spec, *arrays)
    expected = np.einsum(spec, *arrays)
    value = np.array(found.value.tolist() if hasattr(found.value, "tolist") else found.value, dtype=int)
    assert np.array_equal(value.reshape(expected.shape), expected)
    assert found.verified
    assert set(found.summed) == set(spec.split("->")[0]) - {","} - set(found.free)
    as_product = len(shapes) == 2 and all(len(s) == 2 for s in shapes) and expected.ndim == 2 and found.summed != []
    assert (len(found.evidence) == 2) == as_product


@pytest.mark.parametrize(
    "arguments, error, words",
    [
        (("ij,jk->ik", "[1 2 3]", "[1 2]"), ShapeError, "The index j has size 3 as axis 2 of A, and 1 as axis 1 of B"),
        (("ij,jk->ik", "[1 2]"), ShapeError, "2 arrays; 1 are given"),
        (("i-j", [1]), ReadError, "no index form"),
        (("ij->ik", "[1 2]"), ReadError, "index k of the result"),
        (("ij->ii", "[1 2]"), ReadError, "stands twice"),
        (("i", [[1, 2]]), ShapeError, "2 axes"),
        (("ij", [[1, 2], [3]]), ShapeError, "different lengths"),
        (("ij", [["x", True]]), NotNumeric, "True"),
        (("i,j,k->ijk", [0] * 50, [0] * 50, [0] * 50), TooLarge, "125000 products"),
    ],
)
def test_index_forms_that_are_none(arguments: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=re.escape(words)):
        einsum(*arguments)


def test_bad_input() -> None:
    with pytest.raises(ShapeError, match="A Bᵀ would fit"):
        product("[1 2 3]", "[1 2 3]")
    with pytest.raises(ShapeError, match="B C does not exist"):
        product_laws("[1 2]", "[1; 2]", "[1; 2]")
    with pytest.raises(ShapeError, match="A B does not exist: A is 7×8"):
        product(np.ones((7, 8)), np.ones((7, 8)))
    for function in (trace, lambda A: power(A, 2)):
        with pytest.raises(ShapeError, match="square"):
            function("[1 2]")
    with pytest.raises(NotNumeric, match="singular"):
        power("[1 2; 2 4]", -1)
    with pytest.raises(AgnesiError, match="whole number"):
        power("[1]", 0.5)  # type: ignore[arg-type]
    with pytest.raises(TooLarge, match="Diagonalise"):
        power("[1]", 10**6)
    with pytest.raises(TooLarge, match=r"numpy\.kron"):
        kronecker(np.ones((10, 10), int), np.ones((10, 10), int))


def test_products_with_letters_are_written_without_1_and_as_powers():
    told = str(product("[1 k; k 2]", "[k 1; k k]"))
    assert "c₁₁ = k + k² = k (k + 1)" in told and "1k" not in told and "kk" not in told
