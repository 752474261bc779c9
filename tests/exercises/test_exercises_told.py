"""What learners are told: guesses and facts, hints that say more each time, and answers as people type them."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from agnesi.exercises import Choice, WrongLine, families, hint, instance, judge, solution
from agnesi.exercises.pieces import dollars
from agnesi.exercises.solving import typeset

ALL = tuple(families().values())
CHOICES = [f.id for f in ALL if isinstance(instance(f.id, 1, 1).answer, Choice)]


@pytest.mark.parametrize("id", CHOICES)
def test_of_an_option_facts_are_told_and_no_guesses(id: str) -> None:
    one = instance(id, 1, 1)
    for planted in one.slips:
        says = judge(one, planted.text).says
        assert "Probably" not in says and says.endswith("."), says
    said = " ".join(h.says for h in (hint(one, "", k) for k in range(1, 8)) if h) + str(solution(one).steps)
    assert "Probably" not in said
    assert f"Not {solution(one).answer}:" not in said  # the right one is not taken away


def test_a_rule_is_told_once_among_the_hints() -> None:
    one = instance("impcalc-kind-of-point", 1, 3)
    said = " ".join(h.says for h in (hint(one, "", k) for k in range(1, 8)) if h)
    assert said.count("All eigenvalues of the Hessian") == 1


@pytest.mark.parametrize("id", [f.id for f in ALL])
def test_each_hint_says_something_new(id: str) -> None:
    one = instance(id, 1, 4)
    said = [(h.says, h.line) for h in (hint(one, "", k) for k in range(1, 40)) if h]
    assert said and all(a != b for a, b in pairwise(said)), id
    bare = [re.sub(r"^(Next|Use this): ", "", says) for says, line in said if not line]
    assert all(a != b for a, b in pairwise(bare)), f"{id} says the same twice: {bare}"
    assert not any(re.fullmatch(r"Next: [^ ]{1,3}\.", says) for says, _ in said), f"{id}: {said}"


def test_a_hint_of_an_elimination_is_set_in_type() -> None:
    shown = hint(instance("impla-echelon", 1, 3), "", 3)
    assert shown is not None and "<mtd" in shown.html and "\n" in shown.line


@pytest.mark.parametrize("id", ["matcalc-wrong-line", "matcalc-wrong-line-vectors"])
def test_a_wrong_line_is_to_be_looked_for(id: str) -> None:
    ends = 0
    for seed in range(12):
        one = instance(id, seed % 3 + 1, seed)
        assert isinstance(one.answer, WrongLine)
        assert len(one.answer.lines) >= 3, one.id  # of two lines it could only be the second
        ends += one.answer.wrong == len(one.answer.lines)
        first = hint(one, "", 1)
        assert first is not None and "Lines 1 to 1 " not in first.says
    assert ends < 10, "it is nearly always the last line"


@pytest.mark.parametrize(
    ("id", "text", "state"),
    [
        ("impla-solve/1/3", "x1 = -2, x2 = -4", "right"),
        ("impla-solve/1/3", "x₁ = -2\nx₂ = -4", "right"),
        ("impla-solve/1/3", "x_1 = -2, x_2 = 4", "wrong"),
        ("impcalc-lagrange/3/8", "x = 3, y = 2", "right"),
        ("impla-inverse/1/3", "1/(-1) [3 2; 2 1]", "right"),
        ("impla-inverse/1/3", "-[3 2; 2 1]", "right"),
        ("impla-inverse/1/3", "2·[3 2; 2 1]", "wrong"),
        ("impla-lengths/3/8", "-0.08998", "unsimplified"),
        ("impla-lengths/3/8", "-0.07", "wrong"),
        ("impla-determinant/3/8", "[1 2]", "not read"),
        ("matcalc-gradient/1/3", "16x^3y, 4x^4+10y", "right"),
        ("matcalc-gradient/1/3", "4x^4+10y, 16x^3y", "wrong"),
        ("matcalc-product-rule/1/3", "i don't know", "not read"),
        ("matcalc-product-rule/1/3", "u = sin x\n3x^2 u + x^3 cos x", "right"),
        ("matcalc-power-rule/1/1", "x^2\n3x", "wrong"),
    ],
)  # fmt: skip
def test_answers_as_people_type_them(id: str, text: str, state: str) -> None:
    family, level, seed = id.split("/")
    verdict = judge(instance(family, int(level), int(seed)), text)
    assert verdict.state == state and verdict.says


@pytest.mark.parametrize(
    ("id", "text", "says"),
    [
        ("matcalc-jacobian/1/3", "5", "That is a number, and the answer is a matrix 2×2."),
        ("matcalc-gradient/1/3", "16x^3 y", "That is a number, and the answer is a vector of size 2."),
        ("impla-inverse/1/3", "7", "That is not it: it is a number, and the answer is a matrix 2×2."),
        ("impla-solve/1/3", "7", "That is not it: it is a number, and the answer is a vector of 2 entries."),
        ("matcalc-product-rule/1/3", "3t^2 sin t", "The question does not have this letter: t."),
        ("impla-dimension/3/8", "one", "There are letters in it. Expected a number; got one."),
    ],
)  # fmt: skip
def test_what_is_of_another_kind_is_called_so(id: str, text: str, says: str) -> None:
    family, level, seed = id.split("/")
    assert judge(instance(family, int(level), int(seed)), text).says == says


def test_what_to_try_is_not_told() -> None:
    says = judge(instance("matcalc-missing-line-vectors", 1, 3), "df = 10(Xw − y)X dw").says
    assert says.startswith("Cannot multiply") and "Try" not in says


def test_matrices_with_fractions_are_set_as_matrices() -> None:
    for id in ("impla-inverse/2/3", "impla-rotation/3/8", "impla-norm/3/3"):
        family, level, seed = id.split("/")
        one = instance(family, int(level), int(seed))
        assert solution(one).html.count("<mtd") == len(one.answer.value), id
    assert dollars("[−1/3 −5/9; 1/3 2/9]").count("&") == 2


def test_no_side_of_a_formula_is_lost_in_type() -> None:
    for text in ("f = sin(x²)", "R v = [1, 2; 3, 4] [5; 6] = [17; 39]", "‖x − y‖ = sqrt(81 + 16) = sqrt(97)", "x = 2"):
        assert typeset(text).count("<mo>=</mo>") == text.count(" = "), text
    assert typeset("[1, 2; 3, 4]").count("<mtd") == 4


CONCEPTS = ("multi-chain", "vector-space", "basis-dim", "norm", "cauchy-schwarz", "orthogonality")


@pytest.mark.parametrize("concept", CONCEPTS)
def test_each_of_these_concepts_is_trained_first_by_a_family(concept: str) -> None:
    assert any(f.concepts[0] == concept for f in ALL)
