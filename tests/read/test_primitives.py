"""Integrals without ends in derivations: each line is compared by its derivative."""

import pytest

import agnesi as ag

RIGHT = [
    "∫ x e^x dx = x e^x - ∫ e^x dx = x e^x - e^x + C",
    "∫ x e^x dx\n= x e^x - ∫ e^x dx\n= x e^x - e^x + C\n= (x - 1) e^x + C",
    "∫ ln x dx = x ln x - ∫ x (1/x) dx = x ln x - x + C",
    "∫ x^2 dx = x^3/3\n2 ∫ x^2 dx = 2x^3/3 + c",
    r"\int 2x \cos(x^2) \, dx = \sin(x^2) + C",
    "∫ (2x + 3) dx = ∫ 2x dx + 3 ∫ dx = x^2 + 3x + C",
]
WRONG = [
    ("∫ x e^x dx = x e^x - ∫ e^x dx = x e^x + e^x + C", 1),
    ("∫ x e^{-x} dx\n= -x e^{-x} + ∫ e^{-x} dx\n= -x e^{-x} + e^{-x} + C", 3),
    ("∫ sin x dx = cos x + C", 1), ("∫ x cos x dx = x sin x + ∫ sin x dx", 1),
]  # fmt: skip


def found(text):
    report = ag.check(text, diagnose=False)
    return report.first_wrong, [s.verdict for s in report.statements if s.verdict is not None]


@pytest.mark.parametrize("text", RIGHT)
def test_right(text):
    first, verdicts = found(text)
    assert first is None and verdicts and "not read" not in verdicts


@pytest.mark.parametrize(("text", "line"), WRONG)
def test_wrong(text, line):
    assert found(text)[0] == line


def test_over_all_numbers_where_nothing_stands_outside():
    assert found("p(x) = exp(-x^2/2)/sqrt(2 π)\n∫ p(x) dx = 1") == (None, ["tested"])
