"""What is put together of pieces is tried in all of them: |x − 10| = 10 − x holds at all small x."""

import pytest

import agnesi as ag

WRONG = [
    "√(x^2 - 2x + 1) = 1 - x", "|x - 3| = 3 - x", "|x - 10| = 10 - x", "max(0, 5 - x) = 5 - x", "sqrt(x^2) = -x",
    "sqrt(x^2 - 2x + 1) = x - 1", "|x + 7| = x + 7", "x : n, y : n\nmax(x, y) = x", "relu(x + 20) = x + 20",
    "x ≥ 0\n|x - 8| = 8 - x",
]  # fmt: skip
RIGHT = [
    "sqrt(x^2 + 2x + 1) = |x + 1|", "x : 0 < x < 1\n|1 - x| = 1 - x", "max(a, b) = (a + b + |a - b|)/2",
    "relu(x) - relu(-x) = x", "x ≤ 10\n|x - 10| = 10 - x",
]  # fmt: skip


def verdicts(text):
    return {s.verdict for s in ag.check(text, diagnose=False).statements if s.verdict is not None}


@pytest.mark.parametrize("text", WRONG)
def test_wrong(text):
    assert verdicts(text) == {"refuted"}


@pytest.mark.parametrize("text", RIGHT)
def test_right(text):
    assert verdicts(text) and verdicts(text) <= {"proved", "tested"}
