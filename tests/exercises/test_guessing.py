"""What is found of wrong answers that nobody planted, and the letters in which solutions are told."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sympy

from agnesi.check.slips import slips
from agnesi.exercises import Exact, Instance, hint, instance, judge, solution
from agnesi.exercises.drawing import declared, number_of, once
from agnesi.exercises.slips import LIKE

SOLVE = Instance(
    "Solve.", Exact(sympy.ImmutableMatrix([3, -1]), "vector", claim="A⁻¹ b"), "", "A = [1, 2; 0, 1]; b = (1, −1)"
)
LENGTH = Instance("How long?", Exact(sympy.sqrt(13), claim="‖x‖"), "", "x = (2, 3)")
STEP = Instance("Where?", Exact(sympy.Rational(5, 2), claim="x − u/v"), "", "x = 3; u = 3; v = 6")
DIRECTION = Instance("Which?", Exact(sympy.ImmutableMatrix([1, 2, -2]), "vector", "scale"), "")
COUNT = Instance("How many?", Exact(sympy.Integer(2)), "")


@pytest.mark.parametrize(
    ("one", "text", "slip"),
    [
        (SOLVE, "(−3, 1)", "sign"),
        (SOLVE, "(−1, 3)", "entries exchanged"),
        (SOLVE, "(1, 1)", "transpose for inverse"),  # Aᵀb
        (SOLVE, "(−1, −1)", "inverse lost"),  # Ab
        (SOLVE, "(6, −2)", "factor 2 too much"),
        (SOLVE, "(7, 5)", None),
        (LENGTH, "13", "root lost"),
        (LENGTH, "-sqrt(13)", "sign"),
        (LENGTH, "5", None),
        (STEP, "7/2", "sign"),
        (STEP, "1", "quotient turned"),
        (STEP, "0", "denominator lost"),
        (STEP, "41/7", None),
        (DIRECTION, "(0, 0, 0)", "zero vector"),
        (DIRECTION, "(2, 4, 4)", "sign"),
        (DIRECTION, "(2, 1, −2)", "entries exchanged"),
        (DIRECTION, "(5, 7, 8)", None),
        (COUNT, "4", None),  # of small numbers twice as much says nothing
    ],
)
def test_a_wrong_number_is_diagnosed_from_what_is_typed(one: Instance, text: str, slip: str | None) -> None:
    verdict = judge(one, text)
    assert verdict.state == "wrong" and verdict.diagnosis == slip
    assert verdict.says.startswith("Probably ") == (slip is not None)
    value = verdict.repair.strip("[]").replace(";", ",")
    assert value not in verdict.says  # the right one is not given away


@pytest.mark.parametrize("text", ["(3, −1)", "[3; −1]", "x₁ = 3, x₂ = −1"])
def test_a_claim_changes_nothing_of_what_is_right(text: str) -> None:
    assert judge(SOLVE, text).right


def test_a_derivative_in_another_variable_or_of_nothing() -> None:
    one = replace(instance("matcalc-scalar-expansion", 1, 0), slips=())
    assert judge(one, "4zI").diagnosis == "other variable"
    one = replace(instance("impcalc-fit-slopes", 1, 0), slips=())
    assert judge(one, "0").diagnosis == "held constant"


def test_slips_that_look_alike_are_known() -> None:
    known = {s.name for s in slips} | {"entries exchanged", "zero vector"}
    assert {other for likes in LIKE.values() for other in likes} <= known
    assert all(name not in likes for name, likes in LIKE.items())


def test_steps_are_told_in_the_letters_of_the_question() -> None:
    for id in ("matcalc-neuron-letters", "impcalc-backward-letters", "impcalc-fit-slopes", "matcalc-update-rule"):
        for level in (1, 3):
            one = instance(id, level, 5)
            letter = "C" if "C" in one.question else "a" if "$a = " in one.question else "f"
            told = " ".join(f"{s.said} {s.text}" for s in solution(one).steps)
            told += " ".join(f"{h.says} {h.line}" for h in (hint(one, "", k) for k in range(1, 30)) if h)
            assert f"d{letter} = " in told and "f′(" not in told
            assert letter == "f" or not re.search(r"\bdf\b|∇f|(?<!\w)f = ", told), told


def test_no_fraction_stands_within_a_fraction() -> None:
    for level in (1, 2, 3):
        for seed in range(4):
            one = instance("matcalc-quotient-rule", level, seed)
            assert solution(one).steps[-1].text.endswith(one.answer.value)  # type: ignore[union-attr]
            assert not re.search(r"\([^()]*/[^()]*(\([^()]*\)[^()]*)*\)+/", one.answer.value)  # type: ignore[union-attr]


def test_numbers_of_formulas_are_exact_and_work_is_done_once() -> None:
    assert number_of("x³/3 − y", x=sympy.Rational(1, 2), y=-2) == sympy.Rational(49, 24)
    called = []
    work = once(lambda k: called.append(k) or k, 3)
    assert (work(), work(), called) == (3, 3, [3])
    assert declared(sympy.Matrix([[1, 2]])) == "[1, 2]" and declared(sympy.Matrix([1, 2])) == "(1, 2)"
