"""How words about chance are read: laws, moments and odds that are told, and what has no value or no model."""

from __future__ import annotations

import pytest
from judged_texts import each, left_open

from agnesi import check
from agnesi.read.chance_sheet import e_is_random
from agnesi.read.laws_told import positive_told, words_of_laws
from agnesi.read.lex import lex
from agnesi.read.moments_told import moments_told
from agnesi.read.odds import as_odds

NO_VALUE = ["X ~ Cauchy(0, 1)\nE[X] = 0", "X ~ N(0, 1)\nP(X + Y > 0) = 1/2"]

test_what_has_no_value_is_not_judged = each(NO_VALUE, left_open)


@pytest.mark.parametrize(("text", "known"), [("p(x, e) = p(x|e) p(e)", True), ("p(x, e) = p(x) e^{−t}", False)])
def test_e_is_a_number_where_it_has_powers(text: str, known: bool) -> None:
    assert e_is_random(lex(text)) == known


def test_what_is_given_of_a_variable_without_a_model_says_nothing() -> None:
    report = check("prior p(λ) ∝ 1/λ for λ > 0\np(λ|r) ∝ λ^r e^{−λ}/λ", diagnose=False)
    assert report.first_wrong is None


def test_nouns_stand_before_names() -> None:
    told = moments_told("burglary b and earthquake e are independent")
    assert [t.names for t in told if t.fact == "independent"] == [("b", "e")]


def test_positive_variables_are_told() -> None:
    assert positive_told("X is a positive random variable") == ["X > 0"]
    assert positive_told("the matrix A is positive definite") == []


def test_odds_are_left_alone_where_nobody_speaks_of_them() -> None:
    line = lex("O(H) = 2")
    assert as_odds([line], "O(H) = 2") == [line]
    assert words_of_laws("no law is told here") == []
