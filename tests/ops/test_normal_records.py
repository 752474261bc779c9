"""The operations of the normal form against explicit loops."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import operation_cases as table
import pytest

from agnesi.expr.dims import Dim
from agnesi.expr.nodes import apply
from agnesi.run.reference import evaluate

n, d = Dim.of("n"), Dim.of("d")
rng = np.random.default_rng(5)
X, A, x = rng.normal(size=(4, 3)), rng.normal(size=(4, 4)), rng.normal(size=4)
VALUES = {"X": X, "A": A, "x": x, "s": 2.0}


def test_einsum_products() -> None:
    gram = apply("einsum", table.X, table.X, attrs=(Fraction(1, 2), ((0, 1), (0, 2)), (1, 2), ()))
    np.testing.assert_allclose(evaluate(gram, VALUES), X.T @ X / 2)
    trace = apply("einsum", table.A, attrs=(1, ((0, 0),), (), ()))
    assert evaluate(trace, VALUES) == pytest.approx(np.trace(A))
    diagonal = apply("einsum", table.x, attrs=(3, ((0,),), (0,), ()))
    np.testing.assert_allclose(evaluate(diagonal, VALUES), 3 * x)


def test_einsum_labels_that_no_factor_carries() -> None:
    outer = apply("einsum", table.x, attrs=(1, ((0,),), (0, 1), ((1, d),)))
    np.testing.assert_allclose(evaluate(outer, VALUES, {"d": 3}), np.outer(x, np.ones(3)))
    count = apply("einsum", attrs=(1, (), (), ((0, n), (1, d))))
    assert evaluate(count, {}, {"n": 4, "d": 3}) == 12.0
    ones = apply("einsum", attrs=(2, (), (0, 1), ((0, n), (1, d))))
    np.testing.assert_array_equal(evaluate(ones, {}, {"n": 2, "d": 3}), 2 * np.ones((2, 3)))


def test_plus() -> None:
    np.testing.assert_allclose(evaluate(apply("plus", table.x, table.x, table.x), VALUES), 3 * x)


def test_fuse_joins_two_axes() -> None:
    """Σ_ab F_pab X_ab stacks the rows of X."""
    joined = apply("einsum", apply("fuse", attrs=(n, d)), table.X, attrs=(1, ((0, 1, 2), (1, 2)), (0,), ()))
    np.testing.assert_allclose(evaluate(joined, VALUES), X.reshape(-1))


def test_slot_puts_a_block_at_an_offset() -> None:
    placed = apply("einsum", apply("slot", attrs=(d, n, n + d)), table.x, attrs=(1, ((0, 1), (1,)), (0,), ()))
    np.testing.assert_allclose(evaluate(placed, VALUES, {"d": 3}), np.concatenate([np.zeros(3), x]))


@pytest.mark.parametrize(("kind", "keep"), [
    ("lt", lambda i, j: i < j), ("le", lambda i, j: i <= j), ("gt", lambda i, j: i > j), ("ge", lambda i, j: i >= j),
])
def test_mask(kind: str, keep: object) -> None:
    expected = [[float(keep(i, j)) for j in range(3)] for i in range(4)]  # type: ignore[operator]
    np.testing.assert_array_equal(evaluate(apply("mask", attrs=(kind, n, d)), {}, {"n": 4, "d": 3}), expected)
