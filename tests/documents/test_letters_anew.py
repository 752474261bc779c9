"""Letters and functions that a paragraph tells anew, laws in letters of their own, domains of signatures."""

from __future__ import annotations

import pytest
from test_scopes import verdicts

TWICE = (
    r"Given vectors $x, y \in \mathbb{R}^n$, it holds that $x^T y = {0}$. "
    r"Given $x \in \mathbb{R}^m$ and $y \in \mathbb{R}^n$, we have $\operatorname{tr}(x y^T A) = {1}$ for $A \in "
    r"\mathbb{R}^{n \times m}$."
)
FUNCTIONS = (
    r"Let $b, x \in \mathbb{R}^n$, and let $f(x) = b^T x$. Then $\nabla_x f(x) = b$. Now consider $f(x) = x^T A x$ "
    r"with a symmetric matrix $A$. Then $\nabla_x f(x) = {0}$."
)


@pytest.mark.parametrize(("first", "second", "wanted"), [
    ("y^T x", "y^T A x", ["proved", "proved"]),
    ("y^T x", "y^T x", ["proved", "refuted"]),
    ("2 y^T x", "y^T A x", ["refuted", "proved"]),
    ("y^T x", "2 y^T A x", ["proved", "refuted"]),
])  # fmt: skip
def test_a_letter_told_anew_within_a_paragraph(first: str, second: str, wanted: list[str]) -> None:
    text = TWICE.replace("{0}", first).replace("{1}", second)
    assert [v for v in verdicts(text) if v] == wanted


@pytest.mark.parametrize(("slope", "wanted"), [("2 A x", "proved"), ("A x", "refuted"), ("b", "refuted")])
def test_a_function_defined_anew_within_a_paragraph(slope: str, wanted: str) -> None:
    assert [v for v in verdicts(FUNCTIONS.replace("{0}", slope)) if v] == ["proved", wanted]


def test_a_law_in_letters_of_its_own() -> None:
    said = "Let $A \\in \\mathbb{R}^{m\\times n}$, $B \\in \\mathbb{R}^{n\\times p}$ and $C = AB$.\n\nAlways $%s$.\n"
    assert verdicts(said % "(AB)C = A(BC)")[-1] == "proved"
    assert verdicts(said % "(AB)C = C(AB)")[-1] == "not read"  # what fails in its own letters too is not called wrong


@pytest.mark.parametrize(("domain", "slope", "wanted"), [
    (r"\mathbb{S}^n_{++}", "A^{-1}", "proved"), (r"\mathbb{S}^n_{++}", "2 A^{-1}", "refuted"),
    (r"\mathbb{R}^{n\times n}", "A^{-T}", "proved"), (r"\mathbb{R}^{n\times n}", "A^{-1}", "refuted"),
])  # fmt: skip
def test_a_domain_that_the_signature_says(domain: str, slope: str, wanted: str) -> None:
    text = rf"Take $f : {domain} \to \mathbb{{R}}$ with $f(A) = \log\det A$. Then $\nabla_A f(A) = {slope}$."
    assert verdicts(text)[-1] == wanted


def test_one_letter_stands_below_a_nabla() -> None:
    said = r"Let $A$ be a symmetric matrix. Then $\nabla_xb^Tx = b$ and $\nabla_x^2x^TAx = %s$."
    assert [v for v in verdicts(said % "2A") if v] == ["proved", "proved"]
    assert [v for v in verdicts(said % "A") if v] == ["proved", "refuted"]


def test_a_system_of_equations_is_given() -> None:
    text = "Let $x \\in \\mathbb{R}^2$. Solve\n$$\n4x_1 - 5x_2 = -13 \\\\\n-2x_1 + 3x_2 = 9\n$$\n"
    assert [v for v in verdicts(text) if v] == []


def test_an_index_used_outside_a_sum_is_fixed() -> None:
    left = r"Let $A$ be symmetric. $\frac{\partial}{\partial x_k} x^T A x = "
    right = r"\sum_{i\neq k}A_{ik}x_i + \sum_{j\neq k}A_{kj}x_j + %s A_{kk}x_k$"
    assert verdicts(left + right % "2")[-1] in ("proved", "tested")
    assert verdicts(left + right % "3")[-1] == "refuted"
