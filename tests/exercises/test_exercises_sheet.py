"""Problem sheets: the same for the same seed, no question twice, and LaTeX whose formulas say what the engine says."""

from __future__ import annotations

import re
import shutil
import subprocess
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
from agnesi.exercises.pieces import latexed, typeset
from agnesi.exercises.sheet import FORMS, drawn, wanted, written
from agnesi.exercises.tex import latex_of

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
        text = written(sheet, form)
        assert len(text) > 2000
        if form == "tex":
            sound_latex(text)
            assert text.count(r"\item ") > 4 * len(families())  # with the steps


KNOWN = """
documentclass usepackage setlength parindent emergencystretch renewcommand labelenumii arabic begin end
ifPDFTeX fi section item vspace newpage displaystyle textbf emph texttt text operatorname mathbf mathbb
boldsymbol left right frac sqrt boxed bar hat tilde top cdot times odot oslash partial nabla sum prod int surd
le ge ne approx sim in to notin Rightarrow leftarrow pm infty Vert langle rangle circ dots cdots perp sin cos
tan sinh cosh tanh exp log ln det max min lim arctan sup textbackslash textasciicircum textasciitilde
textdegree textquotedbl alpha beta gamma delta varepsilon zeta eta theta lambda mu nu xi pi rho sigma tau
varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega
"""
COMMANDS = frozenset(re.findall(r"\w+", KNOWN))


def sound_latex(text: str) -> None:
    """See that it is ASCII with known commands, and that all that opens is closed, within each formula too."""
    assert text.isascii(), re.findall(r".{30}[^\x00-\x7f].{30}", text)
    assert set(re.findall(r"\\([A-Za-z]+)", text)) <= COMMANDS, set(re.findall(r"\\([A-Za-z]+)", text)) - COMMANDS
    bare = re.sub(r"\\text\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}", "", re.sub(r"\\[\\{}$]", "", text))
    formulas = bare.split("$")
    assert len(formulas) % 2, "dollars do not match"
    for k, part in enumerate(formulas):
        stack = []
        for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", part if k % 2 else ""):
            assert kind == "begin" or stack.pop() == name, part
            stack += [name] if kind == "begin" else []
        assert not stack and (not k % 2 or part.count("{") == part.count("}")), part
        assert len(re.findall(r"\\left(?![a-z])", part)) == len(re.findall(r"\\right(?![a-z])", part)), part
        assert "^{}" not in part and not re.search(r"\^\{[^{}]*\}\^", part), part
    opened = re.findall(r"\\(begin|end)\{(\w+)\}", "".join(formulas[::2]))
    assert opened.count(("begin", "enumerate")) == opened.count(("end", "enumerate")) > 1
    assert text.rstrip().endswith(r"\end{document}")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no TeX here")
def test_tex_sets_a_sheet(tmp_path: Path) -> None:
    _set(tmp_path, "pdflatex", 1)


@pytest.mark.nightly
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no TeX here")
@pytest.mark.parametrize("level", (1, 2, 3))
@pytest.mark.parametrize("engine", ("pdflatex", "lualatex", "xelatex"))
def test_tex_sets_all_families(tmp_path: Path, engine: str, level: int) -> None:
    if shutil.which(engine) is None:
        pytest.skip(f"there is no {engine}")
    for seed in range(3):
        _set(tmp_path, engine, level, seed)


def _set(folder: Path, engine: str, level: int, seed: int = 11) -> None:
    """Compile a sheet of all families of a level, and see that nothing was wrong, missing or too wide."""
    sheet = drawn([f"{name}/{min(level, f.levels)}" for name, f in sorted(families().items())], seed)
    (folder / "sheet.tex").write_text(written(sheet, "tex"), "ascii")
    done = subprocess.run(
        [engine, "-interaction=nonstopmode", "-halt-on-error", "sheet.tex"],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    told = done.stdout.decode("latin-1")
    assert done.returncode == 0 and (folder / "sheet.pdf").stat().st_size > 20_000, told[-2000:]
    assert not re.search(r"^!|Missing character|Undefined", told, re.MULTILINE), told
    assert max((float(w) for w in re.findall(r"Overfull \\hbox \(([\d.]+)pt", told)), default=0) < 12


def test_the_formulas_of_a_sheet_are_those_of_the_engine() -> None:
    sheet = drawn(["matcalc-power-rule/2/3", "matcalc-product-rule/2/3", "matcalc-quotient-rule/1/3"], 5)
    text = written(sheet, "tex")
    for problem in sheet.problems:
        (latex,) = [latex_of(m) for m in re.findall("<math.*?</math>", typeset(problem.solved.answer, {}))]
        assert f"\\item $\\displaystyle {latex}$" in text
        (found,) = check(f"{latex} = {problem.solved.answer}").statements
        assert found.verdict in ("proved", "tested"), latex


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("wᵀx + b²", r"w^{\top }x+b^{2}"),
        ("[1 2; 3 4]", r"\left[\begin{array}{rr} 1 & 2 \\ 3 & 4 \end{array}\right]"),
        ("‖x − y‖²", r"{\Vert x-y\Vert }^{2}"),
        ("sqrt(x)/2", r"\sqrt{x}/2"),
        ("∂f/∂x = λ", r"\frac{\partial f}{\partial x}=\lambda"),
        ("f′(x) = tanh(x)", r"f'(x)=\tanh (x)"),
    ],
)
def test_mathml_as_latex(text: str, latex: str) -> None:
    made = latex_of(typeset(text, {}))
    assert made.replace(" ", "") == latex.replace(" ", ""), made


def test_letters_with_marks_as_latex() -> None:
    assert latex_of("<math><mi>x\u0304</mi><mi>\u0233</mi><mi>\u0175</mi></math>") == r"\bar{x}\bar{y}\hat{w}"


def test_words_are_escaped_in_every_form() -> None:
    sheet = drawn(WISHES, 3, title="50 % & <b>$x_1$ {#}")
    assert r"50 \% \& $<$b$>$\$x\_1\$ \{\#\}" in written(sheet, "tex")
    page = written(sheet, "html")
    assert "<b>" not in page and "50 % &amp; &lt;b&gt;" in page


class Nesting(HTMLParser):
    """Sees that every element is closed where it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "br", "mspace", "img"):
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
    assert "<script" not in page and not re.search(r'src="(?!data:image/svg)', page)


def test_a_page_has_pictures_and_each_formula_on_its_line() -> None:
    page = written(drawn(["impla-choose-map/1", "impla-null-vector/2", "impla-prove-norms/1"], 2), "html")
    assert page.count("<img src=") == 3 and 'alt="e₁ goes to' in page
    assert "</math><math" not in page and page.count("<br>") >= 3


def test_a_formula_that_cannot_be_read_stays_in_words() -> None:
    one = drawn(["matcalc-power-rule/1"], 1).problems[0].one
    assert latexed("see $((($ and $x^2$", one) == "see $((($ and $x^{2}$"


def test_the_command_writes_what_the_name_of_the_file_says(tmp_path: Path) -> None:
    run = CliRunner()
    shown = run.invoke(app, ["sheet", "matcalc-power-rule/1/2", "--seed", "3", "--no-solutions"])
    assert shown.exit_code == 0 and "**2.**" in shown.stdout and "Solutions" not in shown.stdout
    for name, begin in (("a.md", b"# "), ("a.html", b"<!doctype"), ("a.tex", b"% pdflatex"), ("a.apkg", b"PK")):
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
