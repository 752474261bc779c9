"""Moves around a value keep what was declared of it (by NumPy), start at the value, and do move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from agnesi.check.moves import move

norm = np.linalg.norm
CHECKS: dict[str, Callable[[Any], Any]] = {
    "positive": lambda x: x > 0, "nonnegative": lambda x: x >= 0, "negative": lambda x: x < 0,
    "unit interval": lambda x: (x >= 0) & (x <= 1),
    "probability": lambda x: abs(x.sum() - 1) < 1e-12, "stochastic": lambda x: abs(x.sum(axis=1) - 1) < 1e-12,
    "unit": lambda x: abs(norm(x) - 1) < 1e-12, "spd": lambda x: np.linalg.eigvalsh(x) > 0,
    "orthogonal": lambda x: abs(x.T @ x - np.eye(x.shape[1])) < 1e-9,
    "psd": lambda x: np.linalg.eigvalsh(x) > -1e-9,
    "symmetric": lambda x: abs(x - x.T) < 1e-12, "diagonal": lambda x: x == np.diag(np.diag(x)),
    "toeplitz": lambda x: abs(x[1:, 1:] - x[:-1, :-1]) < 1e-12, "lower": lambda x: x == np.tril(x),
    "sign": lambda x: abs(x) == 1,
}


@pytest.mark.parametrize(("names", "start"), [
    ({"positive"}, np.array([0.5, 2.0])), ({"nonnegative"}, np.array([0.0, 2.0])), ({"negative"}, np.array([-0.5])),
    ({"unit interval"}, np.array([0.0, 1.0, 0.3])), ({"probability"}, np.array([0.2, 0.8])),
    ({"stochastic"}, np.array([[0.2, 0.8], [1.0, 0.0]])), ({"unit"}, np.array([0.6, 0.8])),
    ({"orthogonal"}, np.eye(3)[:, :2]), ({"spd"}, np.array([[2.0, 1.0], [1.0, 2.0]])), ({"psd"}, np.zeros((2, 2))),
    ({"symmetric", "positive"}, np.ones((2, 2))), ({"diagonal", "spd"}, np.eye(3)), ({"toeplitz"}, np.ones((3, 3))),
    ({"lower", "nonnegative"}, np.tril(np.ones((3, 3)))), ({"symmetric", "toeplitz"}, np.eye(3)),
    ({"sign"}, np.array([1.0, -1.0])), ({"orthogonal", "symmetric"}, np.eye(2)), (set(), np.zeros((2, 3))),
], ids=lambda value: ",".join(sorted(value)) if isinstance(value, set) else str(value))
def test_moves_keep_the_facts(names: set[str], start: Any) -> None:
    way = move(names, start)
    np.testing.assert_allclose(way.at(np.zeros(way.count)), start, atol=1e-15)
    rng = np.random.default_rng(0)
    for size in (0.01, 1.0, 3.0):
        value = way.at(size * rng.normal(size=way.count))
        assert all(np.all(CHECKS[name](value)) for name in names), (names, value)
        moves_at_all = bool(way.count)
        assert moves_at_all == (not names & {"sign"} and names != {"orthogonal", "symmetric"})
        assert not moves_at_all or not np.array_equal(value, start)
