"""How a lesson is written down: formulas set as typed, prose as HTML, calls that may be run and those that may not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agnesi.cli import app
from agnesi.dialects import dialects
from agnesi.lessons import LessonFault, lessons, read_lesson
from agnesi.lessons.calls import called
from agnesi.lessons.layout import in_layout
from agnesi.lessons.prose import begun, formulas, html, links
from agnesi.lessons.record import Block, Prose
from agnesi.lessons.typeset import mathml, shapes_in
from agnesi.study.pages.lessons import prose
from agnesi.study.verbs.derive import derived
from agnesi.study.web import safe_mathml
from agnesi.worked.record import Worked

AGNESI, MML, IMPCALC = dialects["agnesi"], dialects["mml"], dialects["impcalc"]
SET = [  # a formula, and a piece of the MathML that must be in it
    ("x_i²", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"),
    ("Xᵀ", "<msup><mi>X</mi><mo>⊤</mo></msup>"),
    ("X ∈ ℝⁿˣᵈ", "<msup><mi>ℝ</mi><mrow><mi>n</mi><mo>×</mo><mi>d</mi></mrow></msup>"),
    ("A⁻¹", "<mrow><mo>−</mo><mn>1</mn></mrow>"),
    ("A⁻ᵀ", '<mo form="prefix">−</mo><mo lspace="0" rspace="0">⊤</mo></mrow></msup>'),
    ("C ∈ ℝⁿˣᵏ full column rank", "</msup><mtext>&#160;full column rank</mtext>"),
    ("S: n×n spd and diagonal", "&#160;spd</mtext><mtext>&#160;and&#160;</mtext><mtext>diagonal"),
    ("m: scalar", "<mtext>scalar</mtext>"),
    ("d(X⁻¹) = −X⁻¹ dX X⁻¹", '<mspace width="0.17em"/><mi>d</mi><mi>X</mi><mspace width="0.17em"/><msup>'),
    ("∂ log det(X)/∂X = X⁻ᵀ", "<mfrac><mrow><mo>∂</mo><mi>log</mi>"),
    ("d x", "<mi>d</mi><mi>x</mi>"),
    ("‖y‖ cos(θ)", '</mrow><mrow><mspace width="0.17em"/><mi>cos</mi>'),
    ("‖cos(θ)‖", '‖</mo><mrow><mi>cos</mi>'),
    ("t: positive", "<mo>:</mo><mtext>positive</mtext>"),
    ("positive", "<mi>p</mi><mi>o</mi>"),  # letters, where nothing is declared
    ("x_1, …, x_n", "<mo>,</mo><mi>…</mi><mo>,</mo>"),
    ("∫_0^1 sin(x) dx", '</mrow><mspace width="0.17em"/><mi>d</mi><mi>x</mi>'),
    ("∂f/∂x_i", "<mrow><mo>∂</mo><mi>f</mi></mrow><mrow><mo>∂</mo><msub><mi>x</mi><mi>i</mi></msub></mrow></mfrac>"),
    ("df/dx = 2 x", "<mfrac><mrow><mi>d</mi><mi>f</mi></mrow>"),
    ("a/b", '<mi>a</mi><mo lspace="0" rspace="0">/</mo><mi>b</mi>'),
    ("sin(x)", "<mi>sin</mi>"),
    ("Xw", "<mi>X</mi><mi>w</mi>"),
    ("lambda", "<mi>λ</mi>"),
    ("x <= 2", "<mo>≤</mo>"),
    ("[1 2; 3 4]", "<mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr>"),
    ("√(x + 1)", "<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt>"),
    ("f'(x)", '<mrow><mi>f</mi><mo lspace="0" rspace="0">′</mo></mrow><mrow>'),
    ("x cos(x)", '<mi>x</mi><mrow><mspace width="0.17em"/><mi>cos</mi>'),
    ("cos²(x)", "<msup><mi>cos</mi><mn>2</mn></msup>"),
    ("X'", "<mo>⊤</mo>"),
    ("x^{k+1}", "<mrow><mi>k</mi><mo>+</mo><mn>1</mn></mrow>"),
    ("∑_{i=1}^n x_i", "<msubsup><mo>∑</mo>"),
    ("x = 1 if y", "<mtext>&#160;if&#160;</mtext>"),
    ("a < b", "<mo>&lt;</mo>"),
    (r"\frac{1}{n} \sum_{i=1}^n x_i", "<mfrac><mrow><mn>1</mn></mrow><mrow><mi>n</mi></mrow></mfrac>"),
    (r"\nabla f(\mathbf{w}) = 2 X^{\top} (Xw - y)", "<msup><mi>X</mi><mo>⊤</mo></msup>"),
    (r"X \in \mathbb{R}^{n \times d}", "<mrow><mi>n</mi><mo>×</mo><mi>d</mi></mrow>"),
    (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", "<mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr>"),
    (r"\sqrt{x^2 + 1}", "<msqrt><msup><mi>x</mi><mn>2</mn></msup>"),
    (r"\left\lVert x \right\rVert_2", "<msub>"),
    (r"\lambda \leq \sin \theta", "<mi>sin</mi>"),
    ("[2 x, 1; y, x]", "<mtr><mtd><mn>2</mn><mi>x</mi></mtd><mtd><mn>1</mn></mtd></mtr>"),  # commas part it, not spaces
    ("[1 1 + t; 2 x]", "<mtd><mn>1</mn><mo>+</mo><mi>t</mi></mtd></mtr>"),
    ("[−1 2]", "<mtd><mo>−</mo><mn>1</mn></mtd><mtd><mn>2</mn></mtd>"),
    ("x = −7", '<mo>=</mo><mo form="prefix">−</mo><mn>7</mn>'),
    ("2 · (−2.5 − 1)", '(</mo><mo form="prefix">−</mo><mn>2.5</mn><mo>−</mo><mn>1</mn>'),
    ("‖−a‖ − 1", '‖</mo><mo form="prefix">−</mo><mi>a</mi>'),
    ("‖a‖ − 1", '‖</mo></mrow><mo>−</mo><mn>1</mn>'),
    ("e^−x", '<msup><mi>e</mi><mrow><mo form="prefix">−</mo><mi>x</mi></mrow></msup>'),
    ("(n − k)!", '</mrow><mo form="postfix">!</mo></mrow>'),
    ("x != 2", "<mo>≠</mo>"),
    ("p(x | y)", '<mi>x</mi><mo stretchy="false" lspace="0" rspace="0">|</mo><mi>y</mi>'),
    ("(∂f/∂x)²", '<mo stretchy="true">(</mo><mfrac>'),
]


@pytest.mark.parametrize(("text", "piece"), SET, ids=[s[0] for s in SET])
def test_a_formula_is_set_as_it_was_typed(text: str, piece: str) -> None:
    found = mathml(text, AGNESI)
    assert piece in found and safe_mathml(found)


def test_a_display_has_fractions_and_limits() -> None:
    found = mathml("∑_{i=1}^n (x + 1)/2", AGNESI, display=True)
    assert "<munderover>" in found and "<mfrac><mrow><mi>x</mi><mo>+</mo><mn>1</mn></mrow>" in found
    assert "<munder><mi>lim</mi>" in mathml("lim_{h→0} h", AGNESI, display=True)


FRACTIONS = [  # of a display: what stands above and below the bar
    ("gᵀd/‖d‖ = 16", "gᵀd", "‖d‖"), ("x^k/k! + 1", "x^k", "k!"), ("a/|b| + 1", "a", "|b|"), ("2 + 3x/4", "3x", "4"),
    ("‖x‖²/n", "‖x‖²", "n"), ("(a)(b)/c", "(a)(b)", "c"), ("lim_{h→0}f(h)/h", "f(h)", "h"), ("a+bc/2", "bc", "2"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "above", "below"), FRACTIONS, ids=[f[0] for f in FRACTIONS])
def test_a_fraction_bar_takes_what_is_typed_close_to_it(text: str, above: str, below: str) -> None:
    parts = [mathml(one, AGNESI).removeprefix("<math>").removesuffix("</math>") for one in (above, below)]
    found = mathml(text, AGNESI, display=True)
    assert f"<mfrac><mrow>{parts[0]}</mrow><mrow>{parts[1]}</mrow></mfrac>" in found and found.count("<mfrac>") == 1


def test_dialects_change_letters_signs_and_logarithms_only() -> None:
    shapes = {"X": 2, "w": 1, "λ": 0}
    assert "𝐗" in mathml("X w", MML, shapes) and "𝐰" in mathml("X w", MML, shapes)
    assert "<mi>X</mi>" in mathml("X w", IMPCALC, shapes) and "𝐰" in mathml("X w", IMPCALC, shapes)
    assert "𝐰" not in mathml("w_i", MML, shapes)  # an entry is a number
    indexed = shapes_in(["g_i ∈ ℝᵈ", "x_1, …, x_n ∈ ℝᵈ", "y_i ∈ ℝ"])
    assert mathml("g_i", MML, indexed) == "<math><msub><mi>𝐠</mi><mi>i</mi></msub></math>"  # a vector, i a number
    assert mathml("x_n y_n", MML, indexed).count("<mi>n</mi>") == 2 and "𝐲" not in mathml("y_n", MML, indexed)
    assert "<mi>ln</mi>" in mathml("log(x)", IMPCALC) and "<mi>log</mi>" in mathml("log(x)", MML)
    assert '<mi mathvariant="normal">T</mi>' in mathml("Xᵀ", IMPCALC)


LAYOUTS = [
    ("∇f(x) = 2 x", "∇f(x) = 2 xᵀ"), ("∇f = 2 Xᵀ(X w − y)", "∇f = (2 Xᵀ(X w − y))ᵀ"),
    ("∇f(x) = (2, 4)", "∇f(x) = [2, 4]"),
    ("∇f = λ ∇g", "∇f = λ ∇g"), ("∇f = 0", "∇f = 0"), ("∇²f = 2 I", "∇²f = 2 I"), ("f(x) = x", "f(x) = x"),
    ("∇_w f = aᵀ", "∇_w f = a"),
    ("∇_w C(w) = 2/N ∑_{i=1}^N (wᵀx_i) x_i", "∇_w C(w) = (2/N ∑_{i=1}^N (wᵀx_i) x_i)ᵀ"),
    ("∇a(w, b) = (x (1 − tanh²(w x)), 1)", "∇a(w, b) = [x (1 − tanh²(w x)), 1]"),
    ("∇f = (x + b)", "∇f = (x + b)ᵀ"), ("∇f = (x + b)ᵀ", "∇f = (x + b)"), ("∇f = (a)(b)ᵀ", "∇f = ((a)(b)ᵀ)ᵀ"),
    ("∇f = [2x; 3] = A", "∇f = [2x, 3] = Aᵀ"), ("∇f = [1 2; 3 4]", "∇f = [1 2; 3 4]ᵀ"),
    *((f, f) for f in ("∇_X tr(B X) = Bᵀ", "∇_X (aᵀX b) = a bᵀ", "∇_{X} f = A", "∇f(X) = Bᵀ", "∇_X log det(X) = X⁻ᵀ")),
]  # fmt: skip


@pytest.mark.parametrize(("column", "row"), LAYOUTS, ids=[c for c, _ in LAYOUTS])
def test_gradients_are_rows_where_the_book_has_rows(column: str, row: str) -> None:
    assert in_layout(column, MML, {"x": 1, "λ": 0, "X": 2}) == row
    assert in_layout(column, AGNESI, {"x": 1}) == column


BEGUN = [
    ("a sign was turned", "A sign was turned"), ("nats were taken for bits", "Nats were taken for bits"),
    ("xyᵀ stands for xᵀy", None), ("σ stands for σ²", None), ("log aᵖ was taken", None), ("tr(AB) was taken", None),
    ("a² − b² was taken", None), ("p stands for 1 − p", None), ("d X⁻¹ was taken", None), ("aˣ was taken", None),
]  # fmt: skip


@pytest.mark.parametrize(("words", "sentence"), BEGUN, ids=[b[0] for b in BEGUN])
def test_a_sentence_that_begins_with_a_formula_keeps_its_letter(words: str, sentence: str | None) -> None:
    assert begun(words) == (sentence or words)


def test_latex_is_turned_too() -> None:
    assert in_layout(r"\nabla f(x) = 2 x", MML, {"x": 1}) == "∇ f(x) = 2 xᵀ"


def test_a_derivation_has_the_letter_that_the_text_has_for_rows() -> None:
    found = derived("w: n; C(w) = 1/N ∑_{i=1}^N (wᵀx_i − y_i)²", "w")
    for shown in (found["function"], *(step["right"] for step in found["steps"][:-1])):
        assert "<mi>x</mi>" in shown and "<mi>X</mi>" not in shown and "X</mi>" not in shown


def test_declared_letters_have_their_axes() -> None:
    found = shapes_in(["X ∈ ℝⁿˣᵈ", "w, y ∈ ℝⁿ", "b ∈ ℝ", "A: m x n; x: n; t: scalar; S: n×n spd"])
    assert found == {"X": 2, "w": 1, "y": 1, "b": 0, "A": 2, "x": 1, "t": 0, "S": 2}


@pytest.mark.parametrize("lesson", lessons().values(), ids=list(lessons()))
def test_every_formula_of_every_lesson_is_set_as_mathematics(lesson: object) -> None:
    for part in lesson.parts:  # type: ignore[attr-defined]
        for text, _ in formulas(part.text) if isinstance(part, Prose) else ():
            for dialect in dialects:
                assert safe_mathml(mathml(text, dialect)), text


def test_prose_has_no_html_of_its_own() -> None:
    def plain(formula: str, display: bool) -> str:
        return mathml(formula, AGNESI, display=display)

    found = html("A <b>bold</b> *word* with $x$ and [a link](lesson:matcalc-sum).\n\n- one\n- two", plain)
    assert "&lt;b&gt;" in found and "<em>word</em>" in found and "<math><mi>x</mi></math>" in found
    assert 'href="/lessons/matcalc-sum"' in found and prose(found) == found
    by = html("Where $x$, then ($y$) and $z$ is.", plain)  # a line does not begin with a comma
    assert [len(s) for s in re.findall(r"<span>(.*?)</span>", by)] == [24, 25] and prose(by) == by
    assert "<img" not in html("![x](http://example.org/x.png)", plain)
    assert list(links("See [a](concept:gradient) and [b](http://x.org).")) == [
        ("concept", "gradient", 6), ("", "http://x.org", 32)]  # fmt: skip


@pytest.mark.parametrize("text", [
    "<script>alert(1)</script>", "<p onclick=\"f()\">x</p>", '<a href="javascript:f()">x</a>',
    '<a href="http://x.org">x</a>',
    "<math><mi onclick=\"f()\">x</mi></math>", "<p>a < b</p>", '<a href="//x.org">x</a>'])  # fmt: skip
def test_what_is_no_prose_of_ours_is_escaped(text: str) -> None:
    assert "&lt;" in prose(text) and not re.search(r"<(?!/?p>)", prose(text))


def block(text: str) -> Block:
    return Block("worked", text, 10, {})


REFUSED = [
    ("import os", "Only names = calls"),
    ("__import__('os')", "cannot be called here"),
    ("open('x')", "cannot be called here"),
    ("linalg.solve.__globals__", "Nothing is called linalg"),
    ("(1).__class__", "is not read here"),
    ("[x for x in (1, 2)]", "is not read here"),
    ("lambda: 1", "is not read here"),
    ("linalg.np", "Nothing is called linalg"),
    ("linalg.np.load('x')", "cannot be called here"),
    ("draw.Picture.save('x')", "cannot be called here"),
    ("results._computed_by", "is not read here"),
    ("results.run", "to show"),
    ("2 ** 2 ** 100", "is not read here"),
    ("'a' * 9", "is no number"),
    ("f'{1:>999999999}'", "is not read here"),
    ("results['no-such']", "There is no result no-such"),
    ("linalg.slove('1', '2')", "Did you mean solve"),
    ("linalg.solve('[1 2; 3 4]', '[5; 6]', foo=1)", "has no foo"),
    ("x", "Nothing is called x"),
    ("a = 1", "Only names = calls"),
    ("-" * 60 + "1", "nested too deeply"),
    ("linalg.solve(", "This is no call"),
    ("linalg.solve(*[1])", "is not read here"),
    ("linalg.solve(**{'a': 1})", "** is not read here"),
    ("linalg.solve()", "linalg.solve"),
    ("'x'.join(['a'])", "cannot be called here"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED, ids=[f"{r[0]:.28}" for r in REFUSED])
def test_only_calls_of_verbs_are_run(text: str, said: str) -> None:
    with pytest.raises(LessonFault) as caught:
        called(block(text), "a.md")
    assert said in str(caught.value) and str(caught.value).startswith("a.md:11: ")


def test_calls_take_names_numbers_texts_and_each_other() -> None:
    found = called(block('A = [[a, 1], [1, 2 * a - 0.5]]\nlinalg.determinant(A)'), "a.md", {"a": 2})
    assert isinstance(found, Worked) and float(found.value) == 6
    assert called(block('linalg.determinant(f"[{a} 0; 0 1]").value'), "a.md", {"a": 3}) == 3
    assert called(block('results["mvc-5-lagrange"].picture.alt'), "a.md").startswith("Level curves")


def run(*args: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["lesson", *args], prog_name="agnesi", env={"COLUMNS": "80", "NO_COLOR": "1"})
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found.exit_code, found.output


def test_a_new_lesson_passes_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = "own/chain-rule.md"
    assert run("new", path, "--resource", "impcalc", "--title", 'The "chain" rule')[0] == 0
    assert read_lesson(Path(path)).title == "The 'chain' rule"
    status, told = run("check", path)
    assert status == 0 and "chain-rule.md: good; 2 proved" in told
    assert "f'(x) = 2 x" in run("check", path, "-v")[1]
    assert run("new", path)[0] == 2 and "exists already" in run("new", path)[1]
    assert "no resource" in run("new", "b.md", "--resource", "nothing")[1]
    text = Path(path).read_text("utf-8")
    Path(path).write_text(text.replace("Then $f'(x) = 2 x$", "Then $f'(x) = 3 x$"), "utf-8")
    status, told = run("check", path)
    assert status == 1 and re.search(r"chain-rule\.md:\d+: wrong: f'\(x\) = 3 x", told)
    Path(path).write_text("no front matter", "utf-8")
    status, told = run("check", path)
    assert status == 1 and "chain-rule.md:1: The front matter is missing" in told


def test_a_lesson_of_a_course_of_ones_own_knows_its_concepts(tmp_path: Path) -> None:
    (tmp_path / "lessons").mkdir()
    file = tmp_path / "lessons" / "slopes.md"
    assert run("new", str(file))[0] == 0
    text = file.read_text("utf-8").replace('resource = "matcalc"', 'resource = "notes"')
    text = re.sub(r"where = .*", 'where = ["notes 1"]', text)
    file.write_text(re.sub(r"concepts = .*", 'concepts = ["slopes"]', text), "utf-8")
    status, told = run("check", str(file), "--no-cache")
    assert status == 1 and "there is no notes" in told and "there is no slopes" in told
    (tmp_path / "course.toml").write_text(
        '[[resource]]\nid = "notes"\ntitle = "My notes"\n'
        '[[concept]]\nid = "slopes"\nname = "Slopes"\narea = "vector calculus"\nneeds = []\n'
        'statement = "How steep."\ntaught = [{ resource = "notes", section = "1" }]\n', "utf-8")
    assert run("check", str(file), "--no-cache")[0] == 0


def test_lessons_are_listed_and_shown() -> None:
    assert "matcalc-sum" in run("list", "matcalc")[1] and "impla-" not in run("list", "matcalc")[1]
    assert run("list", "nothing")[0] == 2
    assert re.match(r"mml: (\d+|nothing) missing", run("list", "mml", "--missing")[1])
    shown = run("show", "matcalc-sum", "--dialect", "mml")[1]
    for piece in ("## The derivation", "∇f", "def gradient(", "Level curves of", "Read: matcalc 4.4"):
        assert piece in shown
    assert "There is no lesson nothing" in run("show", "nothing")[1]
