"""What an equation settles: a symbol that stands once among its terms, or as a factor of a number other than 0."""

from __future__ import annotations

import numpy as np
import pytest

from agnesi.check.constrained import points_on
from agnesi.check.isolated import isolated
from agnesi.check.judge import relation
from agnesi.read import worksheet


def sides(text: str):
    """The two sides of the last line of a worksheet."""
    return worksheet(text).statements[-1].chain[0].args


def settled(text: str) -> dict[str, str]:
    return {s.name: str(value) for s, value in isolated(*sides(text))}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("X : n×d; w : d; y : n; e : n\ny − X w = e", {"y", "e"}),
        ("a : scalar; b : scalar\na/b = 4", {"a"}),
        ("a : scalar; x : scalar\na x = 0", set()),
        ("a : scalar; v : n; u : n\nv ./ u + a 𝟏 = 𝟎", set()),
        ("a : scalar; b : scalar\na + a b = 1", set()),
    ],
    ids=["terms", "a quotient", "a product that is 0", "a number among vectors", "twice"],
)
def test_what_is_settled(text: str, names: set[str]) -> None:
    assert set(settled(text)) == names


def test_points_satisfy_what_is_put_in() -> None:
    left, right = sides("a : scalar; b : scalar; c : scalar\na − 2 b + c = 3")
    found = points_on([relation("eq", left, right)], [left], np.random.default_rng(0), 5)
    assert len(found) == 5 and all(abs(values[0] - 3) < 1e-12 for _, values in found)
