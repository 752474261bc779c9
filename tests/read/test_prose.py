"""Loose text: what is mathematics, what is declared in words, and how lines hang together."""

from __future__ import annotations

from itertools import pairwise

import pytest
from prose_cases import CASES
from prose_given import GIVEN

from agnesi.read import worksheet
from agnesi.read.lex import source_of
from agnesi.read.prose import Fragment, fragments


def shown(one: Fragment) -> str:
    if one.kind == "formula":
        return f"{one.link or '-'} | {one.text}"
    if one.kind == "model":
        return f"model | {one.text}"
    return f"declare | {one.text}" if one.kind == "declaration" else f"{one.fact} | {', '.join(one.names)}"


@pytest.mark.parametrize(("text", "found"), [*CASES, *GIVEN], ids=[text[:50] for text, _ in [*CASES, *GIVEN]])
def test_what_is_found(text: str, found: list[str]) -> None:
    assert [shown(f) for f in fragments(text)] == found


def test_formulas_are_slices_of_the_source_in_its_order() -> None:
    text = "\n\n".join(text for text, _ in CASES)
    found = fragments(text)
    formulas = [f for f in found if f.kind == "formula"]
    assert len(formulas) > 200
    for one in formulas:
        held = text[one.start : one.stop]  # of a, b > 0 the first is given as a > 0
        assert held == one.text or (one.link == "suppose" and one.text.startswith(f"{held} "))
        assert one.line == text.count("\n", 0, one.start) + 1
    assert all(a.start <= b.start for a, b in pairwise(formulas))


def test_every_declaration_is_one_for_the_strict_reader() -> None:
    texts = [f.text for text, _ in CASES for f in fragments(text) if f.kind == "declaration"]
    assert len(texts) > 90
    for text in texts:
        (statement,) = worksheet(text).statements
        assert statement.role == "declaration", text


@pytest.mark.parametrize(
    ("text", "name", "shape", "fact"),
    [
        ("Let X be an n x d matrix with full column rank", "X", "n,d", "full column rank"),
        ("where A is a symmetric n x n matrix", "A", "n,n", "symmetric"),
        ("q: a distribution over K states", "q", "K", "probability"),
        ("y in {0,1}^n", "y", "n", "binary"),
        ("A, B ∈ ℝⁿˣⁿ are invertible", "B", "n,n", "invertible"),
        ("u, v unit vectors in R^n", "v", "n", "unit"),
        ("Σ is n×n and symmetric positive definite", "Σ", "n,n", "spd"),
        ("lambda is a positive scalar", "λ", "", "positive"),
    ],
)
def test_what_a_declaration_means(text: str, name: str, shape: str, fact: str) -> None:
    (one,) = fragments(text)
    declared = worksheet(one.text).symbols[name]
    assert ",".join(map(str, declared.shape)) == shape
    assert fact in declared.facts


@pytest.mark.parametrize(
    "text",
    [
        "A is not symmetric", "A need not be symmetric", "A is symmetric iff A = A'", "X and Y are not independent",
        "the trace of A is constant", "the norm of x is positive", "show that A is symmetric", "hence B is invertible",
        "the derivative of f is linear", "A is symmetric only if B is", "unless A is symmetric",
    ],
)  # fmt: skip
def test_what_is_denied_or_claimed_is_not_declared(text: str) -> None:
    assert not [f for f in fragments(text) if f.kind != "formula"]


def test_every_model_is_one_for_the_strict_reader() -> None:
    texts = [f.text for text, _ in [*CASES, *GIVEN] for f in fragments(text) if f.kind == "model"]
    assert len(texts) > 15
    for text in texts:
        (statement,) = worksheet(text).statements
        assert statement.role == "model", text


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("min over w of ||Xw - y||^2", "problem"),
        ("maximise x'Sx on the unit sphere x'x = 1", "problem"),
        ("minimise x'x subject to the constraint a'x = 1", "problem"),
        ("v = argmin over w of ||Xw - y||^2", "definition"),
    ],
)
def test_problems_in_words_are_read(text: str, role: str) -> None:
    one = fragments(text)[0]
    (statement,) = worksheet(one.text).statements
    assert statement.role == role
    assert one.stop - one.start == len(one.text)


def test_signs_of_entries_reach_the_symbol() -> None:
    (one,) = fragments("t_n in {-1,1}")
    sheet = worksheet(f"{one.text}\nf = sum_n log(1 + exp(-t_n))")
    assert "sign" in sheet.symbols["t"].facts


LEAST_SQUARES = """Least squares. Let X be an n x d design matrix, y in R^n and w in R^d.
f(w) = ||Xw - y||^2
     = (Xw - y)'(Xw - y)
     = w'X'Xw - 2y'Xw
       + y'y                       [expand; y'Xw is a scalar]
Taking the gradient: ∇f = 2X'Xw - 2X'y
Setting this to zero gives X'Xw = X'y,
so w = (X'X)^{-1}X'y   (X has full column rank).
"""
LATEX = r"""\section{Least squares}
Let $X\in\mathbb{R}^{n\times d}$ and $y \in \mathbb{R}^n$. % the data
\begin{align*}
\nabla_w \|Xw-y\|^2 &= 2X^\top(Xw-y) && \text{(chain rule)}\\
&= 2X^\top X w - 2X^\top y. \tag{1}
\end{align*}
Setting (1) to zero yields the normal equations
\begin{equation}\label{eq:normal}
X^\top X w = X^\top y .
\end{equation}
"""
MARKDOWN = """## Entropy
Let **p** be a distribution over K states and

$$H(p) = -\\sum_k p_k \\log p_k$$

1. $L = -\\sum_k p_k \\log p_k + \\nu (\\sum_k p_k - 1)$
2. so $p_k = e^{\\nu - 1}$, which costs nothing

```python
p = 1 / K
```
"""


def test_a_derivation_line_by_line() -> None:
    found = fragments(LEAST_SQUARES)
    assert [(f.line, f.link) for f in found if f.kind == "formula"] == [
        (2, ""), (3, "continues"), (4, "continues"), (6, ""), (7, "zero"), (8, "so"),
    ]  # fmt: skip
    assert found[5].text == "= w'X'Xw - 2y'Xw\n       + y'y"
    assert [f.text for f in found if f.kind == "declaration"] == [
        "X : n x d", "y : R^n", "w : R^d", "X : full column rank",
    ]  # fmt: skip


def test_latex() -> None:
    assert [shown(f) for f in fragments(LATEX)] == [
        r"declare | X : \mathbb{R}^{n\times d}",
        r"declare | y : \mathbb{R}^n",
        r"- | \nabla_w \|Xw-y\|^2 &= 2X^\top(Xw-y)",
        r"continues | = 2X^\top X w - 2X^\top y",
        r"zero | X^\top X w = X^\top y",
    ]


def test_markdown_and_code() -> None:
    assert [(f.line, f.link, f.text) for f in fragments(MARKDOWN) if f.kind == "formula"] == [
        (4, "", r"H(p) = -\sum_k p_k \log p_k"),
        (6, "", r"L = -\sum_k p_k \log p_k + \nu (\sum_k p_k - 1)"),
        (7, "so", r"p_k = e^{\nu - 1}"),
    ]


def test_macros_are_expanded() -> None:
    text = "\\newcommand{\\R}{\\mathbb{R}}\n$x \\in \\R^n$ and $f = x'x$"
    assert [f.text for f in fragments(text)] == [r"x : \mathbb{R}^n", "f = x'x"]
    assert fragments(text)[1].start == source_of(text).index("f = x'x")


@pytest.mark.parametrize("line", ["f = 2x", "so w = A^-1 b", "= x'x", "tr(AB) = tr(BA)  [cyclic]"])
@pytest.mark.parametrize("number", ["", "(1) ", "2. ", "3) ", "- ", "* ", "Step 4: ", "(a) ", "  "])
def test_numbering_does_not_matter(line: str, number: str) -> None:
    assert [shown(f) for f in fragments(number + line)] == [shown(f) for f in fragments(line)] != []


@pytest.mark.parametrize(
    "end", ["", ".", ",", ";", "   (3)", "  # note", "  % note", "  // note", "  -- as before", "  ∎"]
)
def test_what_trails_does_not_matter(end: str) -> None:
    (one,) = fragments("w = (X'X)^{-1} X'y" + end)
    assert one.text == "w = (X'X)^{-1} X'y"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 30_000, "(" * 30_000 + ")" * 30_000, "a," * 20_000, "a and " * 10_000, "let " * 20_000, "$x$ " * 10_000,
        "$" * 40_000, "\\[" * 20_000, "\\begin{align}" * 4_000, "a-" * 20_000, "x = y " * 8_000, "+ b\n" * 10_000,
        "a +\n" * 10_000, "(the " * 8_000 + ")" * 8_000, "x : n\n" * 2_000, "x x " * 10_000, "**a " * 10_000,
        "." * 40_000,
        "maximise " * 4_000, "minimise f on the circle " * 2_000, "min over " * 8_000, "a = b if c, " * 4_000,
        "x is Gaussian with mean " * 4_000, "x = 1: it is " * 4_000, "x → " * 10_000, "all scalars x = y " * 4_000,
        "minimise x subject to a = 1, " * 2_000, "[a = b] " * 8_000, "Jo is positive\n" * 2_000, "x_1, ..., " * 4_000,
        "'" * 40_000, "\\text{" * 8_000, "word-" * 8_000, "set x to y; " * 3_000,
    ],
    ids=range(34),
)  # fmt: skip
def test_hostile_text_is_harmless(text: str) -> None:
    assert len(fragments(text)) <= len(text)
