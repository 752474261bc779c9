"""Words that look like a declaration and are none, and lists of arguments with subscripts."""

from __future__ import annotations

import pytest

import agnesi
from agnesi.read.prose import fragments


def told(text: str) -> list[str]:
    return [f.text for f in fragments(text) if f.kind == "declaration"]


@pytest.mark.parametrize("text", [
    "A negative factor is a zigzag.",
    "The map on the left has $t$ in its upper right corner.",
    "The matrix has ones on its diagonal and $t$ beside it.",
    "Whatever the numbers in $w$ are, the sum is one.",
])
def test_loose_words_declare_nothing(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(("text", "declared"), [
    ("A symmetric n x n.", ["A : n x n symmetric"]),
    ("A symmetric, B invertible.", ["A : symmetric", "B : invertible"]),
    ("Let real numbers a and b be given.", ["a, b : scalar"]),
    ("Here for a $v ∈ ℝⁿ$ we have more.", ["v : ℝⁿ"]),
])
def test_declarations_are_still_read(text: str, declared: list[str]) -> None:
    assert told(text) == declared


@pytest.mark.parametrize("head", ["f(x_1, x_2)", "f(x_{1}, x_{2})", "f(x₁, x₂)"])
def test_arguments_with_subscripts(head: str) -> None:
    right = agnesi.check(f"{head} = x_1^2 x_2\nf(2, 3) = 12\n∂f/∂x_2 = x_1^2")
    assert [s.verdict for s in right.statements] == [None, "proved", "proved"]


@pytest.mark.parametrize("slope", ["df/dx = [2 x_1 x_2, x_1^2]", "∇_x f = (2 x_1 x_2, x_1^2)"])
def test_a_function_of_two_numbers_is_differentiated_in_their_vector(slope: str) -> None:
    report = agnesi.check(f"f(x_1, x_2) = x_1^2 x_2\n{slope}")
    assert [s.verdict for s in report.statements] == [None, "tested"]
    assert agnesi.check(f"f(x_1, x_2) = x_1^2 x_2\n{slope.replace('x_1^2]', '3]').replace('x_1^2)', '3)')}").first_wrong


def test_a_letter_beside_two_numbers_stays_what_it_is() -> None:
    report = agnesi.check("g(x) = x^2\ndg/dx = 2 x\nf(x_1, x_2) = x_1 + x_2\n∂f/∂x_1 = 1")
    assert [s.verdict for s in report.statements] == [None, "tested", None, "tested"]


def test_two_equations_that_numbers_satisfy_are_both_given() -> None:
    text = "So the two numbers satisfy $2 a + b = 7$ and $a + 2 b = 8$, so $a = 2$ and $b = {}$."
    good, bad = (agnesi.check(text.replace("{}", value)) for value in ("3", "4"))
    assert [s.role for s in good.statements[:2]] == ["condition", "condition"] and good.first_wrong is None
    assert bad.first_wrong is not None


@pytest.mark.parametrize("text", [
    "A = [1 2; 2 4]\nrank(A) = 2",
    "p, q, r ∈ ℝⁿ\npᵀq = 0, qᵀr = 0 ⇒ pᵀr = 0",
])
def test_no_slip_is_named_that_fits_by_chance(text: str) -> None:
    report = agnesi.check(text)
    assert [s.diagnosis for s in report.statements if s.verdict == "refuted"] == [None]
