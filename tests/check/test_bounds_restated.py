"""A quantity with a bound above is not its bound: f ≤ b says nothing of f ≥ b, f = b or f < b."""

from __future__ import annotations

import pytest

import agnesi as ag

BOUND = "x : n; y : n\n(xᵀy)² ≤ ‖x‖²‖y‖²\n"
LOG = "x : scalar; x > 0\nlog x ≤ x − 1\n"
RANK = "A, B : n×n\nrank(AB) ≤ rank(A)\n"


def verdicts(text: str) -> list[str]:
    return [s.verdict for s in ag.check(text, diagnose=False) if s.verdict]


@pytest.mark.parametrize(
    "text",
    [BOUND + "(xᵀy)² ≥ ‖x‖²‖y‖²", BOUND + "(xᵀy)² = ‖x‖²‖y‖²", LOG + "log x < x − 1", RANK + "rank(AB) = rank(A)"],
    ids=["turned", "equal", "strict", "ranks"],
)
def test_a_bound_is_not_the_quantity(text: str) -> None:
    first, *rest = verdicts(text)
    assert first in ("proved", "tested") and rest == ["refuted"]


@pytest.mark.parametrize("text", [LOG + "≤ x\nlog x ≤ 2x", BOUND + "≤ ‖x‖²‖y‖² + 1\n(xᵀy)² ≤ ‖x‖²‖y‖² + 2"])
def test_what_goes_on_in_one_direction_holds(text: str) -> None:
    assert set(verdicts(text)) <= {"proved", "tested"} and len(verdicts(text)) == 3
