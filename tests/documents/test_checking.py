"""Documents judged: what was said before holds, what is told anew holds from there, and markers mean what they say."""

from __future__ import annotations

from pathlib import Path

from agnesi.documents.files import check_file
from agnesi.documents.report import DocumentReport

MATERIAL = Path(__file__).parent / "material"


def judged(text: str, suffix: str = ".md") -> DocumentReport:
    """Check a text as a file that was not saved."""
    return check_file(f"notes{suffix}", text=text)


def verdicts(report: DocumentReport) -> list[tuple[int, str]]:
    """Line and verdict of each judged statement."""
    return [(s.where.line, s.verdict) for s in report.statements if s.verdict is not None]


def test_a_loss_that_is_told_anew_is_the_loss_from_there() -> None:
    """The second L(w) is no equation to be solved; the wrong step below it is found, the marked one expected."""
    report = check_file(MATERIAL / "ridge.md")
    assert [(s.where.line, s.where.column) for s in report.wrong] == [(36, 2)]
    assert [s.where.line for s in report.statements if s.expected == "wrong"] == [50]
    assert report.statements[-1].words == "wrong, as expected" and report.failed()


def test_a_definition_holds_in_later_paragraphs_of_its_section() -> None:
    report = judged("# A\n\nLet $f(x) = x^3 + 2x$.\n\nSome words.\n\nSo $f'(x) = 3x^2 + 2$ and $f''(x) = 6$.\n")
    assert verdicts(report) == [(7, "proved"), (7, "refuted")]


def test_facts_hold_in_sections_within_and_sizes_may_change_in_others() -> None:
    text = (
        "# A\n\nLet $A$ be a symmetric $n \\times n$ matrix.\n\n## B\n\nThen $\\nabla_x (x^\\top A x) = 2Ax$.\n\n"
        "# C\n\nLet $A \\in \\mathbb{R}^{m \\times n}$. Then $\\nabla_x \\|Ax\\|^2 = 2A^\\top A x$.\n"
    )
    assert verdicts(judged(text)) == [(7, "proved"), (11, "proved")]


def test_a_chain_goes_on_in_the_next_display() -> None:
    text = (
        "We have\n\n$$(a + b)^2 = a^2 + 2ab + b^2$$\n\nwhich is\n\n$$= a^2 + b(2a + b)$$\n\n"
        "and not $a^2 + b^2 = (a + b)^2$.\n"
    )
    found = verdicts(judged(text))
    assert {v for _, v in found} <= {"proved", "tested"} and len(found) == 3


def test_what_is_denied_is_judged_as_denied() -> None:
    text = (
        "Let $A, B \\in \\mathbb{R}^{n \\times n}$. It is false that $\\det(A + B) = \\det A + \\det B$, "
        "and it is not true that $\\det(AB) = \\det(A)\\det(B)$.\n"
    )
    assert [v for _, v in verdicts(judged(text))] == ["tested", "refuted"]


def test_unknown_symbols_and_prose_do_not_stop_the_rest() -> None:
    text = "A $\\foo{x}$ costs \\$5. Then $\\operatorname{frob}(x) \\bowtie y$.\n\nBut $2 + 2 = 5$.\n"
    assert ("refuted" in dict(verdicts(judged(text))).values()) and judged(text).wrong[0].where.line == 3


def test_markers_leave_formulas_out() -> None:
    text = (
        "<!-- agnesi: skip -->\n$1 + 1 = 3$ and $2 + 2 = 4$.\n\n<!-- agnesi: off -->\n\n$1 = 2$\n\n"
        "<!-- agnesi: on -->\n\n$1 = 3$\n"
    )
    report = judged(text)
    assert verdicts(report) == [(2, "proved"), (10, "refuted")] and report.skipped == 2


def test_a_marker_declares() -> None:
    plain = "$\\nabla_x (x^\\top M x) = 2Mx$\n"
    assert judged(plain).wrong and not judged("<!-- agnesi: M : n x n symmetric -->\n\n" + plain).wrong


def test_the_same_text_in_latex() -> None:
    text = (
        "\\newcommand{\\R}{\\mathbb{R}}\\newcommand{\\norm}[1]{\\|#1\\|}\n\\begin{document}\n\\section{A}\n"
        "Let $X \\in \\R^{n \\times d}$, $y \\in \\R^n$ and\n\\begin{equation}\nL(w) = \\norm{Xw - y}^2. \\label{l}\n"
        "\\end{equation}\n"
        "By \\eqref{l}, $\\nabla L(w) = X^\\top(Xw - y)$.\n\\end{document}\n"
    )
    report = judged(text, ".tex")
    assert verdicts(report) == [(8, "refuted")] and "factor 2" in " ".join(report.wrong[0].details)


def test_formulas_side_by_side_are_statements_of_their_own() -> None:
    """With no word between them; what begins with a sign goes on."""
    text = "So $1 + 1 = 2$ $2 + 2 = 4$ \\(2 + 3 = 6\\), and $(a + b)$ $(a - b)$ $= a^2 - b^2$ $= (b - a)(-a - b)$.\n"
    for beside in ("(3) and more", "5 times", "x", "{3}"):
        assert verdicts(judged(f"So $x + x = 2x$ {beside}.\n")) == [(1, "proved")], beside
    report = judged(text)
    assert [v for _, v in verdicts(report)] == ["proved", "proved", "refuted", "proved"]
    assert [s.text for s in report.statements][:3] == ["1 + 1 = 2", "2 + 2 = 4", "2 + 3 = 6"]


def test_an_equation_without_the_variable_is_not_where_a_slope_is_zero() -> None:
    text = (
        "Let $A$ be a symmetric $n \\times n$ matrix and $x \\in \\mathbb{R}^n$. Then $\\nabla_x (x^\\top A x) = 2Ax$. "
        "Also $\\operatorname{tr}(AA) = \\operatorname{tr}(A)^2$.\n"
    )
    assert [v for _, v in verdicts(judged(text))] == ["proved", "refuted"]


def test_the_constraint_is_where_the_slope_in_its_multiplier_is_zero() -> None:
    text = (
        "Let $L(p, \\lambda) = p_1 \\log 2 + p_2 \\log 3 + \\lambda (1 - p_1 - p_2)$. Then "
        "$\\partial L/\\partial \\lambda = 1 - p_1 - p_2$. So $p_1 + p_2 = 1$.\n"
    )
    found = verdicts(judged(text))
    assert found and "refuted" not in [v for _, v in found]
