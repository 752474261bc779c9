"""Problem sheets: the same for the same seed, no question twice, and LaTeX whose formulas say what the engine says."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agnesi.checking import check
from agnesi.cli import app
from agnesi.errors import AgnesiError
from agnesi.exercises import families
from agnesi.exercises.declared import EXAMPLE
from agnesi.exercises.own import use_folder
from agnesi.exercises.pieces import dollars, latexed
from agnesi.exercises.sheet import FORMS, drawn, wanted, written

WISHES = ["matcalc-power-rule/1/4", "matcalc-product-rule/3/2", "impla-inverse/2", "matcalc-wrong-line/1"]


def test_a_seed_says_the_sheet() -> None:
    one, again, other = drawn(WISHES, 3), drawn(WISHES, 3), drawn(WISHES, 4)
    assert [p.one.id for p in one.problems] == [p.one.id for p in again.problems] != [p.one.id for p in other.problems]
    for form in FORMS:
        assert written(one, form) == written(again, form) != written(other, form)


def test_no_question_stands_on_a_sheet_twice() -> None:
    sheet = drawn(["matcalc-power-rule/1/20"], 1)
    assert len({p.one.question for p in sheet.problems}) == 20


@pytest.mark.parametrize("wish", ["nope", "matcalc-power-rule/99", "matcalc-power-rule/1/0", "a/b/c/d", "x/1/101", ""])
def test_what_cannot_be_drawn_is_refused(wish: str) -> None:
    with pytest.raises(AgnesiError):
        drawn([wish], 0)
    with pytest.raises(AgnesiError):
        drawn([], 0)


def test_a_family_that_has_too_few_says_so() -> None:
    with pytest.raises(AgnesiError, match="too few"):
        drawn(["matcalc-shape-of-value/1/90"], 0)


def test_wishes() -> None:
    assert wanted(" a-b/2/7 ") == ("a-b", 2, 7) and wanted("a/3") == ("a", 3, 1) and wanted("a") == ("a", 1, 1)


def test_every_family_can_stand_on_a_sheet_in_every_form() -> None:
    sheet = drawn(sorted(families()), 2)
    assert len(sheet.problems) == len(families())
    for form in FORMS:
        assert len(written(sheet, form)) > 2000


def test_latex_is_balanced_and_its_formulas_are_those_of_the_engine() -> None:
    sheet = drawn(["matcalc-power-rule/2/3", "matcalc-product-rule/2/3", "matcalc-quotient-rule/1/3"], 5)
    text = written(sheet, "tex")
    assert text.count("{") == text.count("}") and len(re.findall(r"(?<!\\)\$", text)) % 2 == 0
    stack = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if kind == "begin":
            stack.append(name)
        else:
            assert stack.pop() == name
    assert stack == [] and text.rstrip().endswith(r"\end{document}")
    for problem in sheet.problems:
        latex = dollars(problem.solved.answer).strip("$")
        assert latex in text
        (found,) = check(f"{latex} = {problem.solved.answer}").statements
        assert found.verdict in ("proved", "tested"), latex


def test_words_are_escaped_in_every_form() -> None:
    sheet = drawn(WISHES, 3, title="50 % & <b>$x_1$ {#}")
    assert r"50 \% \& <b>\$x\_1\$ \{\#\}" in written(sheet, "tex")
    page = written(sheet, "html")
    assert "<b>" not in page and "50 % &amp; &lt;b&gt;" in page


class Nesting(HTMLParser):
    """Sees that every element is closed where it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "br", "mspace"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "mspace":
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        pass


def test_the_page_is_well_formed_and_asks_nothing_of_others() -> None:
    page = written(drawn(sorted(families())[:12], 2), "html")
    parser = Nesting()
    parser.feed(page)
    assert parser.open == [] and "http://" not in page.replace("http://www.w3.org/1998/Math/MathML", "")
    assert "<script" not in page and "src=" not in page


def test_a_formula_that_cannot_be_read_stays_in_words() -> None:
    one = drawn(["matcalc-power-rule/1"], 1).problems[0].one
    assert latexed("see $((($ and $x^2$", one) == "see $((($ and $x^{2}$"


def test_the_command_writes_what_the_name_of_the_file_says(tmp_path: Path) -> None:
    run = CliRunner()
    shown = run.invoke(app, ["sheet", "matcalc-power-rule/1/2", "--seed", "3", "--no-solutions"])
    assert shown.exit_code == 0 and "**2.**" in shown.stdout and "Solutions" not in shown.stdout
    for name, begin in (("a.md", b"# "), ("a.html", b"<!doctype"), ("a.tex", b"% lualatex"), ("a.apkg", b"PK")):
        done = run.invoke(app, ["sheet", "matcalc-power-rule/1/2", "-o", str(tmp_path / name), "--title", "T"])
        assert done.exit_code == 0 and "2 problems" in done.stdout
        assert (tmp_path / name).read_bytes().startswith(begin)
    one = "matcalc-power-rule"
    for wrong in (["nope"], [one, "-o", str(tmp_path / "a.exe")], [one, "--with", "none"]):
        assert run.invoke(app, ["sheet", *wrong]).exit_code == 2


def test_the_command_takes_a_course_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "families").mkdir()
    (tmp_path / "families" / "mine.toml").write_text(EXAMPLE, "utf-8")
    try:
        done = CliRunner().invoke(app, ["sheet", "own-determinant/1/2", "--with", str(tmp_path)])
        assert done.exit_code == 0 and "determinant" in done.stdout
        one = CliRunner().invoke(app, ["exercise", "own-cubic", "--with", str(tmp_path), "--solution"])
        assert one.exit_code == 0 and "Differentiate" in one.stdout and "Answer" in one.stdout
    finally:
        use_folder("", "")
