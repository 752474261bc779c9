"""Single claims and derivations: right ones hold, wrong ones are refuted, each with its evidence."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

import agnesi as ag

CLAIMS = tomllib.loads((Path(__file__).parent / "claims.toml").read_text("utf-8"))
RIGHT, WRONG = CLAIMS["right"].splitlines(), CLAIMS["wrong"].splitlines()


@pytest.mark.parametrize("text", RIGHT)
def test_right(text):
    judged = [s for s in ag.check(text).statements if s.verdict is not None]
    assert judged, "nothing was judged"
    for one in judged:
        assert one.verdict in ("proved", "tested"), str(one.evidence)
        assert one.evidence.points > 0 or one.evidence.chain or "same expression" in one.evidence.reason


@pytest.mark.parametrize("text", WRONG)
def test_wrong(text):
    report = ag.check(text)
    assert report.first_wrong == 1, [(s.text, s.verdict, str(s.evidence)) for s in report.statements]
    evidence = next(s.evidence for s in report.statements if s.verdict == "refuted")
    counter = evidence.counterexample
    if counter is None:
        assert "side" in evidence.reason or "error" in evidence.reason, "numbers or a reason are shown"
    else:
        gap = np.max(np.abs(np.asarray(counter.left) - np.asarray(counter.right)))
        assert gap > 1e-6, "the two sides of a counterexample differ"


@pytest.mark.parametrize("case", CLAIMS["derivation"], ids=lambda case: case["name"])
def test_the_first_wrong_line_of_a_derivation(case):
    assert ag.check(case["text"], diagnose=False).first_wrong == case["wrong"]


def test_facts_change_the_verdict():
    assert ag.check("A : n×n symmetric; ∇_x (xᵀAx) = 2Ax").verdict in ("proved", "tested")
    assert ag.check("A : n×n; ∇_x (xᵀAx) = 2Ax").verdict == "refuted"


def test_the_other_layout_is_told_not_called_wrong():
    one = ag.check("∂(Ax)/∂x = Aᵀ").statements[-1]
    assert one.verdict == "tested" and any("layout" in note for note in one.evidence.notes)


def test_assumptions_are_stated():
    one = ag.check("(AB)⁻¹ = B⁻¹A⁻¹").statements[-1]
    assert any("invertible" in a for a in one.evidence.assumptions)


def test_what_cannot_be_read_says_where_and_why():
    one = ag.check("x : n;  x + = y").statements[-1]
    assert one.verdict == "not read" and one.evidence.reason


def test_counterexamples_are_small_whole_numbers():
    counter = ag.check("tr(AB) = tr(A) tr(B)").statements[-1].evidence.counterexample
    for value in counter.values.values():
        assert np.all(np.asarray(value) == np.round(value)) and np.max(np.abs(value)) <= 4
    assert max(counter.sizes.values()) <= 2
