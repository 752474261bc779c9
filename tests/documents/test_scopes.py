"""What of a document holds where: exercises and parts, names with marks, definitions that fail; percent and ratios."""

from __future__ import annotations

from pathlib import Path

import pytest

import agnesi
from agnesi.documents.checking import check_document
from agnesi.documents.files import check_file, document_of
from agnesi.documents.names import names_of, names_spoken
from agnesi.documents.report import DocumentReport
from agnesi.documents.units import units


def checked(text: str, name: str = "notes.md") -> DocumentReport:
    """The report of a text as a file of this name."""
    return check_document(document_of(name, text), diagnose=False)


def verdicts(text: str, name: str = "notes.md") -> list[str | None]:
    return [s.verdict for s in checked(text, name).statements]


@pytest.mark.parametrize(("text", "first"), [
    (r"\hat\mu = \bar x", ["μ_hat", "μ", "x_bar", "x"]),
    (r"\hat{\boldsymbol{\mu}}_{1}", ["μ_hat_1", "μ_hat", "μ_1", "μ"]),
    ("q_{1}", ["q_1", "q"]), ("q₁", ["q_1", "q"]), ("x_n", ["x"]), ("T_2(x)", ["T_2", "T", "x"]),
    (r"\mathcal{L}(\theta)", ["L_mathcal", "L", "θ"]), (r"\mu_*", ["μ_*", "μ"]),
])  # fmt: skip
def test_names(text: str, first: list[str]) -> None:
    assert names_of(text) == first


def test_words_are_no_products_of_letters() -> None:
    assert names_spoken("Use the matrix X for it. A sum") == {"Use", "the", "matrix", "X", "for", "it", "sum"}


def test_numbered_letters_do_not_replace_each_other() -> None:
    said = "# S\n\nLet $a_1 = 2$.\n\nLet $a_2 = 5$.\n\nThen $a_1 + a_2 = 7$.\n\nThen $a_1 + a_2 = {}$.\n"
    assert verdicts(said.format("7"))[-2:] == ["proved", "proved"]
    assert verdicts(said.format("8"))[-2:] == ["proved", "refuted"]


def test_marked_letters_are_handed_on() -> None:
    said = "# S\n\nLet $\\hat m = 3$ and $m = 4$.\n\nSo $\\hat m + m = {}$.\n"
    assert verdicts(said.format(7))[-1] in ("proved", "tested")
    assert verdicts(said.format(8))[-1] == "refuted"


@pytest.mark.parametrize("head", ["**Exercise 2.**", "Problem 2 (Again).", "**Example B.**", "*Question 2:*"])
def test_exercises_are_scopes(head: str) -> None:
    text = (
        "# Sheet\n\n**Exercise 1.** Let $h(x) = x^2$. Then $h(3) = 9$.\n\n"
        f"{head} Let $h(x) = x^3$. Then $h(3) = 27$.\n\nNow $h(2) = 8$.\n\nNow $h(2) = 4$.\n"
    )
    found = [v for v in verdicts(text) if v]
    assert found[:3].count("refuted") == 0 and found[-1] == "refuted", found


def test_a_size_told_anew_ends_an_outer_definition() -> None:
    text = (
        "\\section{One} Let $A = \\begin{pmatrix} 2 & 1 \\\\ 1 & 2 \\end{pmatrix}$. Then $\\det A = 3$.\n"
        "\\section{Two} Let $A \\in \\mathbb{R}^{m\\times n}$.\n\n"
        "Then $\\operatorname{rank}(A^TA) = \\operatorname{rank}(A)$.\n\n"
        "\\section{Three} Here $\\det A = 4$.\n"
    )
    assert "refuted" not in verdicts(text, "sheet.tex")[:-1]


def test_parts_are_apart() -> None:
    text = (
        "\\section{S} Solution. (a) Put $u = x$. Then\n\\[ \\int_0^1 u\\,dx = 1/2. \\]\n"
        "(b) We find\n\\[ \\int_0^2 x\\,dx = 2. \\]\n"
        "(c) And\n\\[ 1 + 1 = 2. \\]\n"
    )
    parts = [u for u in units(document_of("a.tex", text)) if u.spans]
    assert len(parts) == 3 and [len(u.spans) for u in parts] == [2, 1, 1]
    assert sum(p.formula for u in parts for p in u.pieces) == 4
    assert set(verdicts(text, "a.tex")) <= {None, "proved", "tested"}


def test_assumptions_in_parts_stay_together() -> None:
    text = "# S\n\nAssume the following. (a) $x > 0$. (b) $y > 0$. Then $xy > 0$.\n"
    assert len([u for u in units(document_of("a.md", text)) if u.spans]) == 1


def test_a_definition_that_fails_spoils_nothing_else() -> None:
    said = "Let $A = [2, 1; 1, 2]$ and $Q = (a\\ b)\\ltimes c$. Then $(Q D)^T = {}$ and $\\det A = 3$."
    right = {s.text: s.verdict for s in agnesi.check(said.format("D^T Q^T")).statements}
    assert right["(Q D)^T = D^T Q^T"] == "proved" and right["\\det A = 3"] in ("proved", "tested")
    wrong = {s.text: s.verdict for s in agnesi.check(said.format("Q^T D^T")).statements}
    assert wrong["(Q D)^T = Q^T D^T"] == "not read"  # Q may be anything


def test_percent_and_sources_in_prose() -> None:
    text = "# S\n\nAt 5 % for ten years [1] it is $1.05^2 = 1.1025$ [2, 3]. Wrong: $1.05^2 = 1.2025$.\n"
    assert verdicts(text)[-2:] == ["proved", "refuted"]


def test_the_figure_of_claims() -> None:
    text = "# S\n\nLet $x > 0$. Then $x + x = 2x$. So $\\foobar{x} = \\bazqux{x} + 1$. It is $n = 3$.\n"
    found = checked(text)
    assert (found.claims, found.settled) == (2, 1)


def test_second_run_is_from_the_cache(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# S\n\nLet $x > 0$. Then $x + x = 2x$.\n\nThen $x + 1 = x$.\n", encoding="utf-8")
    first, second = (check_file(path, folder=tmp_path / "c") for _ in range(2))
    assert first.cached == 0 and second.cached == 2 and first.statements == second.statements
    path.write_text("# S\n\nLet $x < 0$. Then $x + x = 2x$.\n\nThen $x + 1 = x$.\n", encoding="utf-8")
    assert check_file(path, folder=tmp_path / "c").cached < 2


RIGHT = [
    r"$\frac16 \approx 16.7\,\%$", "0.05 = 5%", "1/8 = 12.5 %.", "Odds of $19.8:99 = 1:5$", "8:6 = 4:3",
    r"In polar coordinates $I^2 = \int_0^{2\pi}\int_0^\infty e^{-r^2/2}\, r \,dr\,d\varphi"
    r" = 2\pi\Bigl[-e^{-r^2/2}\Bigr]_0^\infty = 2\pi$, hence $I=\sqrt{2\pi}$",
    r"Let $I_1 = \int_0^1 x dx$. Then $I_1 = 1/2$.", r"Start from $x_0 = 2$. Then $x_0^2 = 4$.",
    r"Let $v_1 = (1,2)$, $v_2 = (0,1)$, $V = (v_1\; v_2)$. Then $V = [1, 0; 2, 1]$.",
    r"$A = \begin{pmatrix}3^{10} & 0\\ 0 & 1\end{pmatrix}$. $\det A = 3^{10}$", r"Let A be 3 x 3. Then $A I_3 = A$.",
    r"$\int_0^\infty x^3 e^{-x} dx = 6$", r"$\int_{-\infty}^\infty e^{-x^2} dx = \sqrt{\pi}$",
]  # fmt: skip
WRONG = [
    r"$\frac16 \approx 17.7\,\%$", "0.05 = 6%", "8:6 = 3:4",
    r"Let $I_1 = \int_0^1 x dx$. Then $I_1 = 1/3$.", r"Start from $x_0 = 2$. Then $x_0^2 = 5$.",
    r"Let $v_1 = (1,2)$, $v_2 = (0,1)$, $V = (v_1\; v_2)$. Then $V = [1, 2; 0, 1]$.",
    r"$A = \begin{pmatrix}3^{10} & 0\\ 0 & 1\end{pmatrix}$. $\det A = 3^{9}$", r"$\int_0^\infty x^3 e^{-x} dx = 3$",
]  # fmt: skip
OPEN = [  # neither called right nor wrong
    r"$\ker A^TA = \ker B$", r"Call the integral $I$. $I^2 = 2\pi$",
    r"Let $\hat\theta = \max_i x_i$. Since $\mathbb{P}(\hat\theta\le t) = (t/\theta)^n$,"
    r" we have $\mathbb{E}[\hat\theta] = \theta/2$.",
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_right(text: str) -> None:
    found = {s.verdict for s in agnesi.check(text).statements} - {None}
    assert found and found <= {"proved", "tested"}, found


@pytest.mark.parametrize("text", WRONG)
def test_wrong(text: str) -> None:
    assert agnesi.check(text).first_wrong is not None


@pytest.mark.parametrize("text", OPEN)
def test_open(text: str) -> None:
    assert "refuted" not in {s.verdict for s in agnesi.check(text).statements}


def test_a_bound_beside_a_claim_is_of_that_claim() -> None:
    text = "# S\n\n$\\log x^2 = 2\\log x$ for $x > 0$.\n\nAlso $\\sqrt{x^2} = x$.\n"
    assert checked(text).statements[-1].verdict == "refuted"


def test_a_case_holds_in_its_example() -> None:
    said = "# S\n\nExample 1. For $f(x) = x^2$ we have $f(3) = 9$.\n\nThen $f'(3) = {}$.\n"
    assert [v for v in verdicts(said.format(6)) if v] == ["proved", "proved"]
    assert verdicts(said.format(7))[-1] == "refuted"


def test_bounds_of_a_let_hold_on() -> None:
    text = "# S\n\nLet $a > 0$, $b > 0$.\n\nThen $\\log(ab) = \\log a + \\log b$ and $\\sqrt{b^2} = b$.\n"
    assert set(verdicts(text)) <= {None, "proved", "tested"}
