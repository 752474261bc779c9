"""What a page shows of wrong lines, slips and worked steps: counterexamples, whether or not a slip is known; signs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sympy

from agnesi.check.report import Counterexample, Finding, Judged
from agnesi.checking import check
from agnesi.lessons import lessons
from agnesi.lessons.counterexample import counterexample, spoken
from agnesi.study.pages.lessons import prose
from agnesi.study.verbs.lessons import _BLOCKS, parts
from agnesi.study.web import safe_mathml
from agnesi.worked.pieces import Formula

STYLE = Path(__file__).parents[2] / "src" / "agnesi" / "study" / "static" / "style.css"


def bracketed(formula: str) -> str:
    return f"<{formula}>"


SHOWN = [  # a text whose last line is wrong, and what is said of it
    ("x: scalar\nf(x) = x²\nf'(x) = 3 x", "With <x = 2>, the left side is <4> and the right side is <6>."),
    ("2 + 2 = 5", "The left side is <4> and the right side is <5>."),
    ("λ, g ∈ ℝ\nλ g = 0 ⇒ λ = 0",
     "With <λ = 2> and <g = 0>, the left side after the arrow is <2> and the right side is <0>."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), SHOWN, ids=[s[1] for s in SHOWN])
def test_the_counterexample_is_shown(text: str, said: str) -> None:
    right, wrong = check(f"{text}\n3 = 3").statements[-1], check(text).statements[-1]
    assert counterexample(wrong, bracketed) == (said,) and counterexample(right, bracketed) == ()


def refuted(point: Counterexample, reason: str = "", notes: tuple[str, ...] = ()) -> Judged:
    return Judged("A x = b", 1, "claim", "refuted", Finding("refuted", reason, counterexample=point, notes=notes))


def test_matrices_vectors_and_small_numbers_are_typed_as_formulas() -> None:
    point = Counterexample({"A": [[1.0, 0.5], [0, -1]], "x": [1.0, 2.0]}, {"n": 2}, [[1, 2]], 1.5e-5)
    assert counterexample(refuted(point, "why", ("a note",)), bracketed) == (
        "Why.",
        "With <n = 2>, <A = [1, 1/2; 0, −1]> and <x = (1, 2)>, the left side is <[1, 2;]> and the right side is "
        "<1.5 · 10^{−5}>.",
        "A note.",
    )
    told = Counterexample({"x": 1.0}, {}, 0, 1, ("P(a) = 1/2", "left 0   right 1"))
    assert counterexample(refuted(told), bracketed) == ("P(a) = 1/2.", "Left 0   right 1.")


def test_integrals_indices_and_matrices_within_words_are_set_in_type() -> None:
    assert spoken("right as ∫_{−π}^{π} sin(x) dx = 0, with ∇_w f & [1 2; 3 4]", bracketed) == (
        "right as <∫_{−π}^{π}> sin(x) dx = 0, with <∇_w> f &amp; <[1 2; 3 4]>"
    )
    assert spoken("snake_case, a sum ∑ of [1, 2]", bracketed) == "snake_case, a sum ∑ of [1, 2]"


def test_the_page_of_a_wrong_line_without_a_known_slip_has_its_counterexample() -> None:
    lesson = lessons()["mml-duality"]
    wrong = [
        row for part in parts(str(lesson.path), lesson.path.stat().st_mtime_ns, "mml") if part["kind"] == "check"
        for row in part["statements"] if row["verdict"] == "refuted"
    ]  # fmt: skip
    assert wrong and all(row["diagnosis"] is None for row in wrong)
    for row in wrong:
        (said,) = row["against"]
        assert said.startswith("With <math>") and "<mi>q</mi><mo>=</mo><mn>2</mn>" in said and prose(said) == said


@pytest.mark.parametrize("kind", ["bar", "mark"])
def test_cells_of_matrices_stay_cells(kind: str) -> None:
    """Bars and marks of an augmented matrix have the names of other things on a page, which are laid out in rows."""
    (rule,) = re.findall(rf"mtd\.{kind} {{(.*?)}}", STYLE.read_text("utf-8"))
    assert "display: table-cell" in rule and ("margin: 0" in rule or kind == "mark")


WORKED = [  # a small formula of a worked step, and a piece of its MathML
    ("‖A − A₁‖_F", '<msub><mo stretchy="false">‖</mo><mi>F</mi></msub>'),
    ("Σ (xᵢ − x̄)²", '<mo>∑</mo><mo stretchy="false">(</mo>'),
    ("m x̄", '<mover accent="true"><mi data-shape="scalar">x</mi><mo stretchy="false">¯</mo></mover>'),
    ("(−4)", '<mo stretchy="false">(</mo><mo form="prefix">−</mo><mn>4</mn>'),
    ("∂(x, y)/∂t", "<mfrac><mrow><mi>∂</mi><mo>(</mo>"),
    ("cos ω", '<mi>cos</mi><mspace width="0.17em"/><mi data-shape="scalar">ω</mi>'),
    ("|r|", '<mo stretchy="false" lspace="0" rspace="0">|</mo><mi data-shape="scalar">r</mi>'),
    ("rank A", '<mi>rank</mi><mspace width="0.17em"/><mi data-shape="scalar">A</mi>'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "piece"), WORKED, ids=[w[0] for w in WORKED])
def test_small_formulas_of_worked_steps_are_set_in_type(text: str, piece: str) -> None:
    assert piece in Formula.of(text).mathml() and "mtext" not in Formula.of(text).mathml()


def test_brackets_grow_with_what_is_in_them_only() -> None:
    beside = Formula.of("J", "(", sympy.Integer(1), ")", "=", [[1], [2]]).mathml()
    around = Formula.of("(", sympy.Integer(2), "·", [[1], [2]], ")").mathml()
    assert '<mo stretchy="false">(</mo>' in beside and '<mo stretchy="false">' not in around


def test_a_slip_in_a_derivative_is_shown_as_the_wrong_equation() -> None:
    """What is asked for, d(X⁻¹), says nothing as the right side of the slip."""
    from_slips = {s["name"]: s for s in _slips_of("mml-matrix-gradients")}
    assert not from_slips["derivative of the inverse"]["right"]
    assert from_slips["derivative of the inverse"]["wrong"].count("<mo>=</mo>") == 1
    assert safe_mathml(from_slips["derivative of the inverse"]["wrong"])
    assert all(s["right"] for s in _slips_of("matcalc-loss"))


def _slips_of(id: str) -> list[dict[str, str]]:
    lesson = lessons()[id]
    slips = [b for b in lesson.blocks if b.kind == "slips"]
    return [s for b in slips for s in _BLOCKS["slips"](lesson, b, "mml")["slips"]]
