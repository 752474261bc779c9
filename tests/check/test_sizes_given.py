"""Numbers that are given to sizes, n = 3: what follows is judged with sums up to 3, and not for every n."""

from __future__ import annotations

import numpy as np
import pytest

from agnesi import check

SUM = int(np.sum(np.arange(1, 4)))
RIGHT = [
    f"n = 3\n∑_{{i=1}}^n i = {SUM}",
    f"For n = 3: ∑_{{i=1}}^n i = {SUM}",
    f"∑_{{i=1}}^n i = n(n+1)/2\nn = 3\n∑_{{i=1}}^n i = {SUM}",
    "n = 2\nA : n×n\ndet(3A) = 9 det A",
    "x : m\ny : n\nm = n = 2\n‖x‖² + ‖y‖² = x_1² + x_2² + y_1² + y_2²",
    "d = 2\nx : d\n‖x‖² = x_1² + x_2²",
]


def verdicts(text: str) -> list[str]:
    return [s.verdict for s in check(text, diagnose=False).statements if s.verdict is not None]


@pytest.mark.parametrize("text", RIGHT)
def test_what_holds_for_the_size_that_is_given_is_right(text: str) -> None:
    found = verdicts(text)
    assert found[-1] == "tested"
    assert "refuted" not in found


@pytest.mark.parametrize("text", [
    f"n = 3\n∑_{{i=1}}^n i = {SUM + 1}",
    f"n = 4\n∑_{{i=1}}^n i = {SUM}",
    f"∑_{{i=1}}^n i = n(n+1)/2\nn = 4\n∑_{{i=1}}^n i = {SUM}",
    "n = 2\nA : n×n\ndet(3A) = 3 det A",
    f"∑_{{i=1}}^n i = {SUM}",
])
def test_what_fails_there_is_wrong(text: str) -> None:
    rng = np.random.default_rng(1)
    a = rng.normal(size=(2, 2))
    assert np.isclose(np.linalg.det(3 * a), 9 * np.linalg.det(a))
    assert verdicts(text)[-1] == "refuted"
