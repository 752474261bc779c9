"""Signs of notes that mean one thing or another by what stands beside them: dots, numbers below, letters above."""

from __future__ import annotations

import pytest

import agnesi
from agnesi.expr.nodes import symbols_of
from agnesi.read.endless import with_orders
from agnesi.read.layers import with_layers
from agnesi.read.lex import lex, source_of
from agnesi.read.lines import Line, Piece, read_lines
from agnesi.read.prose import fragments


def lines_of(text: str) -> tuple[Line, ...]:
    found = [f for f in fragments(text) if f.kind == "formula"]
    return read_lines(source_of(text), [Piece(f.text, f.start, f.stop, f.link == "continues") for f in found]).lines


@pytest.mark.parametrize(
    "text, order",
    [
        ("log(1 + x) = x - x^2/2 + ...", "O(x^3)"),
        ("sin(x) = x - x^3/6 + ...", "O(x^4)"),
        ("1/(1 - 2x) = 1 + 2x + 4x^2 + ...", "O(x^3)"),
        ("log(1 + 1/n) = 1/n - 1/(2n^2) + ...", ""),  # the rest is O(1/n³)
        ("1/(1 + x) = 1/x - 1/x^2 + ...", ""),
        (r"\log(1 + 1/x) = \frac{1}{x} - \frac{1}{2x^2} + \dots", ""),
        ("s = 1 + x^{-1} + x^{-2} + ...", ""),
    ],
)
def test_dots_are_an_order_near_zero_only(text: str, order: str) -> None:
    made = with_orders(text)
    assert made.endswith(order) and ("O(" in made) == bool(order)


@pytest.mark.parametrize("last", ["E = x^2", "∫_0^1 x^2 dx = 1/3"])
def test_points_with_numbers_are_no_roots_of_what_is_no_equation(last: str) -> None:
    one, two, *_ = lines_of(f"x_1 = 2\nx_2 = 3\n{last}")
    assert (one.role, one.name, two.role, two.name) == ("definition", "x_1", "definition", "x_2")


def test_roots_with_numbers_are_values_of_the_unknown() -> None:
    _, one, two, both = lines_of("x^2 - 5x + 6 = 0\nx_1 = 2\nx_2 = 3\nx_1 + x_2 = 5")
    assert [{s.name for g in line.groups for side in g.sides for s in symbols_of(side)} for line in (one, two)] == [
        {"x"}, {"x"},
    ]  # fmt: skip
    assert not symbols_of(*both.groups[0].sides)


@pytest.mark.parametrize(
    "text, layers", [("d/dx x^l = l x^{l-1}", False), ("a^l = a^{l-1}", True), ("z^l = W^l a^{l-1}", True)]
)
def test_a_power_that_is_differentiated_has_no_layers(text: str, layers: bool) -> None:
    tokens = lex(text)
    assert (with_layers([tokens]) != [tokens]) == layers


@pytest.mark.parametrize(
    "text, verdict",
    [
        ("x = 3 or x = -3 ⇔ x^2 = 9", "tested"),
        ("x = 3 or x = -2 ⇔ x^2 = 9", "refuted"),
        ("x = 1 or x = 2 or x = 3 ⇒ (x-1)(x-2)(x-3) = 0", "tested"),
        ("c x = 0 ⇒ c = 0 or x = 0", "tested"),  # c is a number beside a vector
        ("x = 0 or y = 0 ⇔ xy = 0", "tested"),
        ("x^T y = 0 ⇒ x = 0 or y = 0", "refuted"),
        ("A x = 0 ⇒ A = 0 or x = 0", "refuted"),
    ],
)
def test_values_on_either_side_of_an_arrow_are_one_claim(text: str, verdict: str) -> None:
    report = agnesi.check(text)
    assert [j.verdict for j in report.statements] == [verdict]
