"""LaTeX: environments, macros, files, scopes, markers; every place leads back to its file; hostile texts end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agnesi.documents.formulas import checked_formula
from agnesi.documents.latex import read_latex
from agnesi.documents.records import Document, Limits, Traced, Weave, source_of

MATERIAL = Path(__file__).parent / "material"


def read(text: str, files: Mapping[str, str] | None = None, limits: Limits | None = None) -> Document:
    return read_latex(source_of("main.tex", text), limits or Limits(), (files or {}).get)


def formulas(text: str, files: Mapping[str, str] | None = None) -> list[str]:
    return [" ".join(piece.text.split()) for piece in read(text, files).formulas]


FORMULAS = [
    (r"So $x$, \(y\), \[z\] and $$w$$.", ["x", "y", "z", "w"]),
    (r"\begin{equation*}a = b\end{equation*}", [r"\begin{equation*}a = b\end{equation*}"]),
    (r"$a$ costs \$5 and \$6, $b$", ["a", "b"]),
    (r"$a = \text{if $b$ holds}$ and $c$", [r"a = \text{if $b$ holds}", "c"]),
    ("$a$ % $b$\n% $c$\n$d$ 5\\% $e$", ["a", "d", "e"]),
    ("$a % half\n + b$", ["a + b"]),
    (r"\verb|$a$| \verb*+$b$+ \lstinline{$c$} $d$", ["d"]),
    ("\\begin{verbatim}\n$a$ % \\end{foo}\n\\end{verbatim} $b$", ["b"]),
    (r"\begin{tabular}{l}$a$ & \$ \\ \end{tabular}\begin{figure}$b$\caption{$c$}\end{figure} $d$", ["d"]),
    (r"\begin{tikzpicture}\node {$a$};\end{tikzpicture}\begin{thebibliography}{9}$b$\end{thebibliography} $d$", ["d"]),
    (r"A\footnote{where $a$} \cite[p.~$b$]{c} \label{$d$} \href{http://$e$}{$f$} \includegraphics{$g$}", ["f"]),
    ("\\iffalse $a$ \\ifx $b$ \\fi $c$ \\fi $d$ $e \\iff f$", ["d", r"e \iff f"]),
    ("\\title{$a$}\\begin{document}$b$\\end{document}$c$", ["b"]),
    ("one $a\n\ntwo $b$", ["b"]),
    (r"\ensuremath{x + y} and \begin{math}z\end{math}", ["x + y", "z"]),
    # macros
    (r"\newcommand{\R}{\mathbb{R}}$\R^n$ $\R$", [r"\mathbb{R}^n", r"\mathbb{R}"]),
    (r"\newcommand\n[2][2]{\|#2\|_{#1}}$\n{x}$, $\n[1]x$", [r"\|x\|_{2}", r"\|x\|_{1}"]),
    (r"\def\v#1{\mathbf#1}\def\x{\v x}$\x y$ $\v{ab}$", [r"\mathbf x y", r"\mathbf ab"]),
    (r"\DeclareMathOperator{\tr}{tr}\DeclareMathOperator*{\am}{arg\,max}$\tr A$ $\am_x$",
     [r"\operatorname{tr} A", r"\operatorname{arg\,max}_x"]),
    (r"\DeclarePairedDelimiter{\abs}{|}{|}$\abs{x}$ $\abs*{y}$ $\abs[\big]{z}$", ["| x |", "| y |", "| z |"]),
    (r"\let\old\phi\renewcommand{\phi}{\old_0}$\phi$", [r"\phi_0"]),
    (r"\newcommand{\be}{\begin{equation}}\newcommand{\ee}{\end{equation}}\be x \ee",
     [r"\begin{equation} x \end{equation}"]),
    (r"\newenvironment{eq}{\begin{align}}{\end{align}}\begin{eq}a\end{eq}", [r"\begin{align}a\end{align}"]),
    (r"\providecommand{\a}{1}\providecommand{\a}{2}$\a$ \renewcommand{\a}{3}$\a$", ["1", "3"]),
    (r"\NewDocumentCommand{\E}{m m}{E_{#1}[#2]}$\E{p}{x}$", ["E_{p}[x]"]),
    (r"\newcommand{\f}[1]{#1}$\f$ and $x$", [r"\f", "x"]),
]


@pytest.mark.parametrize(("text", "found"), FORMULAS)
def test_what_is_a_formula(text: str, found: list[str]) -> None:
    assert formulas(text) == found


ROWS = [
    ("align", r"a &= b \label{e_{1}} \\ &= c \nonumber", ["a = b", "= c"]),
    ("align", "(a+b)^2 &= a^2 \\\\\n & \\quad {} + b^2 \\tag{1}", ["(a+b)^2 = a^2 \\quad + b^2"]),
    ("align", r"a &= b, & c &= d \\ e &= f && \text{by (1)}", ["a = b,", "c = d", r"e = f \text{by (1)}"]),
    ("align*", r"a &= \left( b \right. \\ & \left. + c \right)", [r"a = \left( b + c \right)"]),
    ("align", r"a &= b + \\ &c", ["a = b + c"]),
    ("align", r"a &= b \\ &- c \\ -d &= e", ["a = b - c", "-d = e"]),
    ("align", r"a &= b \\ \intertext{as $c$ is,} d &= e", ["a = b", "$$", "as $c$ is,", "$$", "d = e"]),
    ("eqnarray", r"a &=& b \\ &=& c", ["a = b", "= c"]),
    ("alignat", r"{2} a &= b \\[2pt] c &= d", ["a = b", "c = d"]),
    ("multline", r"a = b \\ - c \\ - d", ["a = b - c - d"]),
    ("gather", r"a = b \\ c = d", ["a = b", "c = d"]),
    ("equation", "\\begin{split}a &= b \\\\ &= c\\end{split}", ["a = b", "= c"]),
    ("equation", "a = \\frac{b}\n{c}\n+ d", [r"a = \frac{b} {c} + d"]),
    ("equation", "a = \\begin{cases} 1 & x \\\\ 2 & y \\end{cases}", [r"a = \begin{cases} 1 & x \\ 2 & y \end{cases}"]),
    ("equation", r"A = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
     [r"A = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}"]),
    ("equation", r"x = \operatorname*{arg\,max}_t f(t), \hspace{1em} y", [r"x = \arg\max _t f(t), y"]),
    ("equation", r"{}^{k}x = \mbox{no} {x}^{}", [r"{}^{k}x = \text{no} {x}^{}"]),
]


@pytest.mark.parametrize(("environment", "text", "rows"), ROWS)
def test_rows_are_lines(environment: str, text: str, rows: list[str]) -> None:
    source = f"\\begin{{{environment}}}{text}\\end{{{environment}}}"
    paragraph = read(source).paragraphs[0]
    lines = [" ".join(line.split()) for line in paragraph.text.split("\n")]
    assert [line for line in lines if line][1:-1] == rows


def test_files() -> None:
    files = {
        "ch/one.tex": "$b$ \\input{ch/two} $d$", "ch/two.tex": "$c$ \\input{one}", "m.sty": r"\newcommand{\x}{z}",
        "sub.tex": "\\documentclass[main]{subfiles}\\begin{document}$e$\\end{document}$no$",
        "dir/f.tex": "$\\x$ \\endinput $no$",
    }
    document = read(
        "\\usepackage{m}$a$\n\\input{ch/one}\n"
        "\\input absent \\subfile{sub}\\subimport{dir/}{f} $g$ \\input{../out.png}", files,
    )
    assert [(p.text, p.file, p.line, p.column) for p in document.formulas] == [
        ("a", "main.tex", 1, 16), ("b", "ch/one.tex", 1, 2), ("c", "ch/two.tex", 1, 2), ("d", "ch/one.tex", 1, 21),
        ("e", "sub.tex", 1, 48), ("z", "dir/f.tex", 1, 2), ("g", "main.tex", 3, 49),
    ]
    assert [(n.kind, n.where.file, n.where.line) for n in document.notices] == [
        ("cycle", "ch/two.tex", 1), ("missing", "main.tex", 3), ("missing", "main.tex", 3),
    ]
    assert document.files == ("main.tex", "m.sty", "ch/one.tex", "ch/two.tex", "sub.tex", "dir/f.tex")


def test_scopes() -> None:
    document = read(
        r"\newtheorem{satz2}{Lemma}$a$ \section{One} $b$ \begin{satz2}[N] $c$ \end{satz2} \begin{proof} $d$ \end{proof}"
        r" $e$ \subsection*{Two} $f$ \begin{example} $g$ \section{Three} $h$"
    )
    sections = document.sections
    kinds = {
        p.formulas[0].text: [sections[s].kind + sections[s].title for s in document.scopes(p.section)]
        for p in document.paragraphs if p.formulas
    }
    one = ["headingOne", "document"]
    assert kinds == {
        "a": ["document"], "b": one, "c": ["lemmaN", *one], "d": ["proof", "lemmaN", *one], "e": one,
        "f": ["headingTwo", *one], "g": ["example", "headingTwo", *one], "h": ["headingThree", "document"],
    }


def test_markers() -> None:
    document = read(
        "% agnesi: skip\n$a$ $b$ %agnesi: wrong\n$c$\n\\begin{align} % agnesi: wrong\nd \\end{align}\n"
        "% agnesi: off\n$e$\n\n$f$\n%   agnesi: on\n% agnesi: x > 0 scalar\n$g$\n% agnesi: wrong"
    )
    assert [p.mark for p in document.formulas] == ["skip", "", "wrong", "wrong", "off", "off", ""]
    told = [p for par in document.paragraphs for p in par.pieces if p.kind == "marker" and not p.mark]
    assert [(p.text, p.line, p.column) for p in told] == [("x > 0 scalar", 11, 11)]
    assert [(n.kind, n.where.line) for n in document.notices] == [("marker", 13)]


def test_expanded_text_leads_back_to_its_use() -> None:
    text = "\\newcommand{\\n}[1]{\\lVert #1 \\rVert}\nLet $\\n{x} = y$ and $z$."
    paragraph = read(text).paragraphs[0]
    assert paragraph.text == r"Let $\lVert x \rVert = y$ and $z$."
    for part, column in (("\\lVert", 6), ("x \\rVert", 6), ("= y", 12), ("z", 22)):
        where = paragraph.where(paragraph.text.index(part))
        assert (where.line, where.column) == (2, column), part


def test_the_paper() -> None:
    path = MATERIAL / "paper" / "main.tex"
    document = read_latex(source_of(str(path), path.read_text(encoding="utf-8")))
    assert len(document.formulas) >= 40
    names = ["main.tex", "notation.sty", "macros.tex", "bound.tex", "numbers.tex"]
    assert [Path(f).name for f in document.files] == names
    assert [n.kind for n in document.notices] == ["cycle", "missing"]
    assert [s.kind for s in document.sections if s.level == 99] == ["definition", "theorem", "proof", "remark"]
    for never in ("verb", "x = 3", "0 = 1", "1 = 2", "5 = 6", "b = 2", "y = x", r"\bx", r"\norm", r"\E", r"\T"):
        assert not any(never in p.text.replace(r"\E[", "").replace(r"\top", "") for p in document.formulas), never
    assert [p.mark for p in document.formulas if p.mark] == ["skip", "wrong"]
    placed(document, {f: Path(f).read_text(encoding="utf-8") for f in document.files})


def placed(document: Document, files: Mapping[str, str]) -> None:
    """Every exact piece stands at its place in its file, and so does every exact run of a paragraph's text."""
    for paragraph in document.paragraphs:
        for piece in paragraph.pieces:
            if piece.exact:
                assert files[piece.file][piece.start : piece.end] == piece.text
                line = files[piece.file].split("\n")[piece.line - 1]
                assert line[piece.column - 1 :].startswith(piece.text.split("\n")[0])
        for run in paragraph.traced.runs:
            if run.exact:
                assert paragraph.text[run.at : run.at + run.length] == files[run.source.path][run.start : run.stop]
        assert sum(run.length for run in paragraph.traced.runs) == len(paragraph.text)


PARTS = st.sampled_from([
    "Let ", "$x_1 = y$", "\\[ a \\]", "\\begin{align} a &= b \\\\ &= c \\end{align}", "% note $q$\n", "\n\n",
    "\\emph{so} ", "~", "\\section{S $t$}\n", "\\$5 ", "{", "}", "$", "\\begin{proof}", "\\end{proof}", "\\item ",
    "\\M{x}",
    "$\\M y$", "\\newcommand{\\M}[1]{(#1)}", "\\cite{k}", "% agnesi: wrong\n", "\\begin{align}", "\\verb|$|",
    "\\\\", "&", "\\iffalse",
])


@settings(max_examples=250, deadline=None, derandomize=True)
@given(st.lists(PARTS, max_size=14))
def test_pieces_stand_at_their_places(parts: list[str]) -> None:
    text = "".join(parts)
    placed(read(text), {"main.tex": text})


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(["x", r"\frac{a}{b}", r"a_i \\ b", r"\{z\}", r"\text{\% $u$}", "a & b"]), max_size=9))
def test_no_character_of_a_formula_is_lost(maths: list[str]) -> None:
    text = " and\n".join(f"${m}$, see \\[{m}\\]" for m in maths)
    assert [p.text for p in read(text).formulas] == [m for m in maths for _ in range(2)]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(alphabet="\\$&{}[]()%~^_=+- \nabeginrt", max_size=60))
def test_a_checked_formula_keeps_its_letters(text: str) -> None:
    weave = Weave()
    weave.copy(source_of("a", text), 0, len(text))
    given_ = weave.traced() if text else Traced("", ())
    if not text:
        return
    checked = checked_formula(given_)
    assert sum(run.length for run in checked.runs) == len(checked.text)
    assert all(text[r.start : r.stop] == checked.text[r.at : r.at + r.length] for r in checked.runs if r.exact)


HOSTILE = {
    "dollars": "$" * 3001, "brackets": r"\[ \( $ $$ " * 1500, "begins": r"\begin{align}" * 3000,
    "labels": r"$\label{" * 2000,
    "braces": "{" * 5000, "verbatim": r"\begin{verbatim}" * 3000, "verb": r"\verb|" * 3000,
    "options": r"\usepackage[" * 3000,
    "self": r"\def\a{\a\a}" + r"$\a$ " * 300, "grows": r"\newcommand{\x}[1]{\x{#1#1}} $\x{a}$ ",
    "inputs": r"\input{a}" * 3000,
    "nested": r"\newcommand{\x}[1]{#1#1}" + r"\x{" * 1000 + "}" * 1000, "definitions": r"\newcommand{\x}{" * 3000,
    "bomb": r"\def\a{\b\b}\def\b{\c\c}\def\c{\d\d}\def\d{\e\e}\def\e{\f\f}\def\f{\g\g}\def\g{\h\h}\def\h{\i\i}"
            r"\def\i{\j\j}\def\j{\k\k}\def\k{xxxxxxxxxx}$\a$",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_read_to_the_end(name: str) -> None:
    document = read("Let $x = 1$.\n\n" + HOSTILE[name] + "\n\nEnd.")
    assert document.formulas[0].text == "x = 1"


def test_limits_are_reported_with_their_place() -> None:
    small = Limits(input_depth=3, formula=100, nesting=10, expansions_of_one=50, files=6, total_size=5000)
    files = {f"{name}.tex": f"${name}$ \\input{{{chr(ord(name) + 1)}}}" for name in "abcdefgh"}
    deep = read("\\input{a}", files, small)
    assert [p.text for p in deep.formulas] == ["a", "b", "c"]
    assert [(n.kind, n.where.file) for n in deep.notices] == [("limit", "c.tex")]
    wide = read("\\input{x}\n" * 8, {"x.tex": "$x$"}, small)
    assert len(wide.formulas) == 5 and {n.kind for n in wide.notices} == {"limit"}
    large = read("\\input{x}", {"x.tex": "x" * 6000}, small)
    assert "6000 characters" in large.notices[0].words
    assert "104 characters" in read("$" + "x + " * 26 + "$", None, small).notices[0].words
    assert "30 brackets" in read("$" + "{" * 30 + "}" * 30 + "$", None, small).notices[0].words
    bomb = read("\\def\\a{\\a\\a}\n$\\a$ and $b$", None, small)
    assert (bomb.notices[0].kind, bomb.notices[0].where.line) == ("limit", 2) and bomb.formulas[-1].text == "b"
    assert [n.kind for n in read("a $b\n\nc \\begin{align} d").notices] == ["unclosed", "unclosed"]
