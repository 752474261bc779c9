"""Repairs written into documents: in their spelling, in the right place, and only where the result is right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agnesi.documents.checking import check_document
from agnesi.documents.files import document_of
from agnesi.documents.report import Repair
from agnesi.server.location import Placed, places_of
from agnesi.server.plain import check_plain
from agnesi.server.repairs import mended, split


def judge(text: str, path: str) -> Placed:
    if path.endswith(".agnesi"):
        report = check_plain(path, text)
        return Placed(report, tuple((s.where.offset, s.end.offset) for s in report.statements))
    document = document_of(path, text)
    report = check_document(document)
    return Placed(report, places_of(report.statements, document.formulas, path))


def repaired(text: str, path: str, *repairs: Repair) -> list[str]:
    """The texts after the repairs of the first wrong statement; `repairs` stand for those that were found."""
    found = judge(text, path)
    k = next(k for k, s in enumerate(found.report.statements) if s.verdict == "refuted")
    one, place = found.report.statements[k], found.places[k]
    assert place is not None
    if repairs:
        one = replace(one, repairs=repairs)
    formulas = () if path.endswith(".agnesi") else document_of(path, text).formulas
    edits = mended(text, formulas, one, place, lambda changed: judge(changed, path))
    return [text[: e.start] + e.text + text[e.stop :] for e in edits]


@pytest.mark.parametrize(("text", "start", "sides"), [
    ("a = b", 0, ["a", "b"]),
    ("&= b + c, \\\\", 0, ["", "b + c"]), ("a &\\leq \\sum_{i=1} x_i.", 0, ["a", "\\sum_{i=1} x_i"]),
    ("\\left[ a = b \\right) \\ge f(x=1)", 0, ["\\left[ a = b \\right)", "f(x=1)"]),
    ("f \\left(x\\right)", 0, ["f \\left(x\\right)"]),
    ("A \\lefteqn B = \\begin{pmatrix} 1 & x=1 \\end{pmatrix} \\label{e} \\nonumber", 0,
     ["A \\lefteqn B", "\\begin{pmatrix} 1 & x=1 \\end{pmatrix}"]), ("x != y <= z", 0, ["x", "y", "z"]),
    ("xx a = b", 3, ["a", "b"]),
])  # fmt: skip
def test_sides(text: str, start: int, sides: list[str]) -> None:
    found, signs = split(text, start, len(text))
    assert [text[a:b] for a, b in found] == sides and len(signs) == len(sides) - 1


@pytest.mark.parametrize(("path", "text", "right", "end"), [
    ("a.md", "We have $\\|x - y\\|^2 = x^T x - x^T y + y^T y$, as it is.",
     "x^T x - 2 x^T y + y^T y$, as", "$, as it is."),
    ("a.md", "```agnesi\n‖x − y‖² = xᵀx − xᵀy + yᵀy\n```\n", "xᵀx − 2xᵀy + yᵀy", "\n```\n"),
    ("a.agnesi", "norm(x - y)^2 = x'x - x'y + y'y\n", "x'*x - 2*x'*y + y'*y", "y\n"),
    ("a.tex", "\\[ \\|x - y\\|^2 = x^\\top x - x^\\top y + y^\\top y. \\label{e} \\]",
     "x^{\\top} x - 2 x^{\\top} y + y^{\\top} y", ". \\label{e} \\]"),
    ("a.md", "> $$\n> \\int_0^1 x^2 \\, dx = \\frac12\n> $$\n", "\\frac{1}{3}", "\n> $$\n"),
])  # fmt: skip
def test_the_spelling_of_the_document(path: str, text: str, right: str, end: str) -> None:
    first, *_ = repaired(text, path)
    assert right in first
    assert first.startswith(text[: text.index("=")]) and first.endswith(end)
    assert not judge(first, path).report.wrong


def test_a_repair_that_is_not_right_is_never_offered() -> None:
    text, wrong = "$\\|x\\|^2 = 2 x^\\top x$\n", Repair("3xᵀx", "3 x^\\top x", "3*x'*x")
    assert repaired(text, "a.md", wrong) == []
    assert repaired(text, "a.md", Repair("", "\\undefined{", "")) == []
    assert repaired(text, "a.md", wrong, Repair("xᵀx", "x^\\top x", "x'*x")) == ["$\\|x\\|^2 = x^\\top x$\n"]


def test_a_repair_must_say_something() -> None:
    same = Repair("‖x‖²", "\\|x\\|^2", "norm(x)^2")
    assert repaired("$\\|x\\|^2 = 2 x^\\top x$\n", "a.md", same) == []


def test_a_whole_relation_takes_the_place_of_another() -> None:
    text = "$$\nx^\\top x \\leq 0 \n$$\n"
    turned = Repair("xᵀx ≥ 0", "x^\\top x \\geq 0", "x'*x >= 0")
    assert repaired(text, "a.md", turned) == ["$$\nx^\\top x \\geq 0 \n$$\n"]


def test_what_would_spoil_another_statement_is_not_offered() -> None:
    text, goes_on = "We have\n\n$$a + a = 3a$$\n", "\nand so\n\n$$= 3a$$\n"
    assert repaired(text, "a.md")[0] == text.replace("3a", "2 a")
    assert [s.verdict for s in judge(text + goes_on, "a.md").report.statements] == ["refuted", "proved"]
    assert repaired(text + goes_on, "a.md") == []
