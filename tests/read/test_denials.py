"""What a text says of a formula: that it does not hold, that it is not wrong, or whether it holds."""

from __future__ import annotations

import pytest

from agnesi.read.denials import with_denials
from agnesi.read.prose import fragments


def formulas(text: str) -> list[str]:
    return [f.text for f in with_denials(text, fragments(text)) if f.kind == "formula"]


@pytest.mark.parametrize(
    "text",
    [
        "It is not true that AB = BA.",
        "It cannot be that AB = BA for all A and B.",
        "It is wrong to write AB = BA.",
        "We do not have AB = BA.",
        "AB = BA does not hold in general.",
    ],
)
def test_what_is_denied_says_that_the_sides_differ(text: str) -> None:
    assert [f.replace(" ", "") for f in formulas(text)] == ["AB≠BA"]


@pytest.mark.parametrize(
    "text", ["It is not wrong to write A + A = 2A.", "It is not false that A + A = 2A.", "Here A + A = 2A."]
)
def test_what_is_denied_twice_is_said(text: str) -> None:
    assert formulas(text) == ["A + A = 2A"]


@pytest.mark.parametrize("text", ["whether or not AB = BA, tr(AB) = tr(BA)", "Why not AB = BA?\ntr(AB) = tr(BA)"])
def test_what_is_asked_is_no_claim(text: str) -> None:
    assert formulas(text) == ["tr(AB) = tr(BA)"]
