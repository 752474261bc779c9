"""Markdown: what is a formula and what is not, where it stands, what goes with what, and what it may cost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agnesi.documents.markdown import read_markdown
from agnesi.documents.records import Document, Limits, source_of

MATERIAL = Path(__file__).parent / "material"


def read(text: str, limits: Limits | None = None) -> Document:
    return read_markdown(source_of("notes.md", text), limits or Limits())


def formulas(text: str) -> list[str]:
    return [" ".join(piece.text.split()) for piece in read(text).formulas]


FORMULAS = [
    ("So $x = 1$ and $$y = 2$$ hold.", ["x = 1", "y = 2"]),
    (r"So \(x = 1\) and \[y = 2\] hold, and \\(z\\) too.", ["x = 1", "y = 2", "z"]),
    ("$$\na\n= b\n- c\n$$", ["a = b - c"]),
    ("$$\n# a\n=\n- b\n\n+ c\n$$", ["# a = - b + c"]),
    ("```math\na_1 * b * c_1\n```", ["a_1 * b * c_1"]),
    ("```{math}\n:label: eq\na = b\n```", ["a = b"]),
    ("```agnesi\nf(x) = x^2\n```", ["f(x) = x^2"]),
    (r"\begin{align}a &= b \\ c &= d\end{align}", [r"\begin{align}a &= b \\ c &= d\end{align}"]),
    ("> so\n> $$\n> a\n> = b\n> $$\n> then $c$", ["a = b", "c"]),
    ("- one $a$\n- two\n  $$\n  b\n  $$\n    1. deep $c$", ["a", "b", "c"]),
    ("*so $a*b$ is* $c_1$ and $d_1$", ["a*b", "c_1", "d_1"]),
    ("[see $a$](http://x.org/$b$) and ![$c$](d$e$.png)", ["a"]),
    ("$`a_b`$ in the way of GitLab", ["a_b"]),
    ("m$\\times$n, $n$-vector, ($x$), $x$, $y$.", [r"\times", "n", "x", "x", "y"]),
    (r"cost \$5 and $a\$b$", [r"a\$b"]),
    ("two $a$$b$ at once", ["a", "b"]),
    ("$3 x = y$ and $2$ and $10 \\log x$ and $0.5$", ["3 x = y", "2", r"10 \log x", "0.5"]),
    # no formulas
    ("It costs $5 and $10, or $5-$10, US$3, $1,000 to $2,000, $4.", []),
    ("I paid $5 for it and he 6$, or 10 to 20$.", []),
    ("Earn $20k per month, save $5 (or $6).", []),
    ("`$a$` and ``b `$c$` d``", []),
    ("```\n$a$\n```\n\n~~~python\n$$b$$\n~~~", []),
    ("text\n\n    code $a$\n", []),
    ("| a | b |\n|---|---|\n| $x$ | $|y|$ |", []),
    ("<div>\n$a$\n</div>\n\n<b title='$c$'>t</b> <!-- $d$\n\n$e$ -->", []),
    ("see[^1]\n\n[^1]: foot $a$\n    more $b$", []),
    ("---\ntitle: $a$\n---\ntext", []),
    ("# References\n\n- $a$\n\n## Books\n\n$b$", []),
    (r"\[1\], \[see here\], \(see below\), \[12, 13\]", []),
    ("a $ b, c $ d, and 5$ or $", []),
    ("one $a\n\nb$ two", []),
    ("<https://x.org/$a$> https://y.org/$b$", []),
]


@pytest.mark.parametrize(("text", "found"), FORMULAS)
def test_what_is_a_formula(text: str, found: list[str]) -> None:
    assert formulas(text) == found


def test_reading_goes_on_after_references() -> None:
    assert formulas("## References\n\n$a$\n\n## Appendix\n\n$b$") == ["b"]


def test_a_display_goes_with_its_sentence() -> None:
    document = read("Let $x > 0$. Then\n\n$$\ny = x\n$$\n\nwhere $z$ is.\n\nNew $u$.\n\n$$\nv\n$$")
    assert [len(p.formulas) for p in document.paragraphs] == [3, 1, 1]
    assert document.paragraphs[0].text == "Let $x > 0$. Then\n$$\ny = x\n$$\nwhere $z$ is."


def test_double_dollars_within_a_sentence() -> None:
    document = read("where $$A$$ is symmetric, $$B$$.\n\n- $$C$$ too\n- $$D.$$\n\n$$E$$\n\nso $$\nF\n$$")
    assert [(p.text.strip(), p.kind) for p in document.formulas] == [
        ("A", "inline"), ("B", "inline"), ("C", "inline"), ("D.", "display"), ("E", "display"), ("F", "display"),
    ]
    assert document.paragraphs[0].text == "where $A$ is symmetric, $B$."


def test_sections_are_scopes() -> None:
    document = read("$a$\n\n# One\n\n$b$\n\n## Two\n\n$c$\n\nThree\n-----\n\n$d$\n\n# Four\n\n$e$")
    titles = {p.formulas[0].text: [document.sections[s].title for s in document.scopes(p.section)] for p in
              document.paragraphs if p.formulas}
    assert titles == {
        "a": [""], "b": ["One", ""], "c": ["Two", "One", ""], "d": ["Three", "One", ""], "e": ["Four", ""],
    }


def test_markers() -> None:
    document = read(
        "<!-- agnesi: skip -->\n$a$ and $b$ <!-- agnesi: wrong --> $c$\n\n<!-- agnesi: off -->\n$d$\n\n- $e$\n\n"
        "<!-- agnesi: on -->\n$f$\n\n<!--agnesi: A symmetric n x n-->\n\nSo $g$.\n\n<!-- agnesi: skip -->\n"
    )
    assert [(p.text, p.mark) for p in document.formulas] == [
        ("a", "skip"), ("b", ""), ("c", "wrong"), ("d", "off"), ("e", "off"), ("f", ""), ("g", ""),
    ]
    text = "\n".join(p.text for p in document.paragraphs)
    assert "A symmetric n x n" in text and "$a$" not in text and "$d$" not in text and "$c$" in text
    assert [(n.kind, n.where.line) for n in document.notices] == [("marker", 16)]


def test_macros_last_through_the_document() -> None:
    document = read("$\\newcommand{\\R}{\\mathbb{R}}$\n\n"
                    "Let $x \\in \\R^n$.\n\n$$\n\\def\\T{^\\top} A\\T\n$$\n\n$B\\T$")
    assert [p.text.strip() for p in document.formulas] == [r"x \in \mathbb{R}^n", r"A^\top", r"B^\top"]
    assert document.formulas[0].line == 3 and not document.formulas[0].exact


def test_what_the_checker_reads_leads_back() -> None:
    text = "# T\n\n> Then\n> $$\n> \\begin{aligned}\n> a &= b \\\\\n>   &= c\n> \\end{aligned}\n> $$\n"
    paragraph = read(text).paragraphs[-1]
    assert [line.strip() for line in paragraph.text.split("\n")] == ["Then", "$$", "a  = b", "= c", "$$", ""]
    for word, line, column in (("a", 6, 3), ("b", 6, 8), ("c", 7, 8)):
        where = paragraph.where(re.search(rf"\b{word}\b", paragraph.text).start())  # type: ignore[union-attr]
        assert (where.line, where.column) == (line, column)
    assert paragraph.piece_at(paragraph.text.index("= c")) is paragraph.formulas[0]


def test_windows_line_ends_and_bom() -> None:
    document = read("\ufeff# T\r\n\r\nSo $x$\r\nand $y$.\r\n")
    assert [(p.text, p.line, p.column) for p in document.formulas] == [("x", 3, 5), ("y", 4, 6)]


def test_the_lecture() -> None:
    text = (MATERIAL / "lecture.md").read_text(encoding="utf-8")
    document = read(text)
    assert len(document.formulas) >= 70 and not document.notices
    assert [s.title for s in document.sections if s.level == 2] == [
        "1. Least squares", "2. Logistic regression", "3. Softmax and entropy", "4. Gaussians", "5. Matrices",
        "References",
    ]
    assert [p.text for p in document.formulas if p.mark == "wrong"] == [r"\nabla J(w) = 2 X^\top (Xw - y) + \lambda w"]
    assert [p.text.strip() for p in document.formulas if p.mark == "off"] == ["1 = 2", "0 = 1."]
    assert [p.text.strip()[:11] for p in document.formulas if p.mark == "skip"] == [r"\text{cost}"]
    for never in ("html", "not$", "neither", "n = 100", "1 + 2", "x = 2"):
        assert not any(never in p.text for p in document.formulas), never
    placed(document, text)
    displays = [p for p in document.formulas if p.kind == "display"]
    assert len(displays) == 13 and all(text[p.start - 2 : p.start] != "$" for p in displays)


def placed(document: Document, text: str) -> None:
    """Every exact piece stands at its place, line and column; every run of a paragraph's text does too."""
    lines = text.split("\n")
    assert any(p.exact for par in document.paragraphs for p in par.pieces) or not document.formulas
    for paragraph in document.paragraphs:
        for piece in paragraph.pieces:
            if piece.exact:
                assert text[piece.start : piece.end] == piece.text
                assert lines[piece.line - 1][piece.column - 1 :].startswith(piece.text.split("\n")[0])
        for run in paragraph.traced.runs:
            if run.exact:
                assert paragraph.text[run.at : run.at + run.length] == text[run.start : run.stop]
        assert "".join(paragraph.text[r.at : r.at + r.length] for r in paragraph.traced.runs) == paragraph.text


WORDS = st.sampled_from(
    ["Let", "where", "costs", "a_b", "*so*", "**x**", "`c`", "[l](u)", "<b>", "$5", "\\$", "-", "#", ">"]
)
MATHS = st.sampled_from(
    ["x", "x_1", "a = b", "x*y", "|z|", r"\frac{a}{b}", "a_i b_i", r"\{x\}", "a & b", r"a \\ b", r"\text{if}"]
)
FORM = st.sampled_from(["${}$", "$${}$$", "$$\n{}\n$$", "\\({} = 1\\)", "\\begin{{align}}{}\\end{{align}}", "{}"])
JOIN = st.sampled_from([" ", "\n", "\n\n", "\n> ", "\n- ", ", ", "\n\n# "])


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.tuples(WORDS, FORM, MATHS, JOIN), max_size=8))
def test_pieces_stand_at_their_places(parts: list[tuple[str, str, str, str]]) -> None:
    text = "".join(f"{word} {form.format(maths)}{join}" for word, form, maths, join in parts)
    placed(read(text), text)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(["Let", "so that"]), MATHS, st.sampled_from([" ", "\n", "\n\n- "]))))
def test_no_character_of_a_formula_is_lost(parts: list[tuple[str, str, str]]) -> None:
    text = "".join(f"{word} ${maths}$ then{join}" for word, maths, join in parts) + "end"
    assert [p.text for p in read(text).formulas] == [maths for _, maths, _ in parts]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(alphabet="$\\`*_[](){}<>!-#>\n |~^ab1:", max_size=60))
def test_any_text_is_read(text: str) -> None:
    document = read(text)
    placed(document, text) if document.formulas else None


HOSTILE = {
    "dollars": "$" * 4000, "spaced dollars": "a $ b " * 2000, "displays": "$$ " * 3000,
    "ticks": "`" * 4000 + " ` `` ```",
    "quotes": ">" * 4000, "lists": "".join(" " * (2 * k) + "- a\n" for k in range(200)), "brackets": "[" * 3000,
    "comments": "<!-- agnesi: " * 2000, "environments": r"\begin{align}" * 2000, "emphasis": "*a_" * 3000,
    "tags": "<a b='" * 2000, "links": "[a](" * 2000, "bomb": r"$\def\a{\a\a}\a$ " * 50,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_read_to_the_end(name: str) -> None:
    document = read("Let $x = 1$.\n\n" + HOSTILE[name] + "\n\nEnd.")
    assert document.formulas[0].text == "x = 1"


def test_limits_are_reported_with_their_place() -> None:
    small = Limits(formula=100, nesting=10, formulas=3, expansions_of_one=50)
    long = read("a\n\n$$" + "x + " * 50 + "x$$ and $y$", small)
    assert [(n.kind, n.where.line) for n in long.notices] == [("limit", 3)] and len(long.formulas) == 1
    deep = read("$" + "{" * 30 + "x" + "}" * 30 + "$", small)
    assert "30 brackets" in deep.notices[0].words and not deep.formulas
    many = read("$a$ $b$ $c$ $d$ $e$", small)
    assert [p.text for p in many.formulas] == ["a", "b", "c"] and "first 3 formulas" in many.notices[0].words
    bomb = read("text\n$\\def\\a{\\a\\a} \\a$ and $b$", small)
    assert bomb.notices[0].where.line == 2 and bomb.formulas[-1].text == "b"
    assert "nested" in read(">" * 50 + " $x$", small).notices[0].words
    assert "too many" in read("x" * 50, Limits(file_size=20)).notices[0].words
