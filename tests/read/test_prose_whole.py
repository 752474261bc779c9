"""Formulas in loose text stay whole: no factor taken for a number or an article, no formula torn by words."""

from __future__ import annotations

import pytest

import agnesi
from agnesi.read.prose import fragments
from agnesi.read.worded import pieced


def formulas(text: str) -> list[str]:
    return [f.text for f in fragments(text) if f.kind == "formula"]


DECLARED = "S, A : n×n; x, y : n; a, b : scalar\n"


@pytest.mark.parametrize(
    "line",
    [
        "a log(exp(a)) = a²", "a sum(x) = sum(a x)", "a mean(x) = mean(a x)", "a norm(x) = 2", "a max(x) = b",
        "a diag(x) = diag(a x)", "a rank(A) = rank(A) a", "a log det(S) = (log det(S)) a", "a log x = log x^a",
        "a softplus(x) = softplus(x) a", "(b) y + x = x + (b) y", "(b) tr(A) = tr(b A)", "(a) x = x (a)",
        "1.5 x + y = y + 1.5 x", "- x - y = -(x + y)", "∇_x (∑_{i=1}^n(x_i + y_i)) = 𝟏_n",
        "∑_{i=1}^n (x_i − y_i) = b", "x = (∑_{k=1}^3 k) y",
    ],
)  # fmt: skip
def test_factors_stay(line: str) -> None:
    assert formulas(DECLARED + line) == [line]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(a) a + b = b + a\n(b) ab = ba", ["a + b = b + a", "ab = ba"]),
        ("(c) f = x'x", ["f = x'x"]),
        ("(i) f = 2x_i\n(ii) g = 3x_i", ["f = 2x_i", "g = 3x_i"]),
        ("1.1 f = 2x\n1.2 g = 3x", ["f = 2x", "g = 3x"]),
        ("- f = -x\n- g = 3x", ["f = -x", "g = 3x"]),
        ("(a) Let f be a function, f = 2x", ["f = 2x"]),
        ("Q3.\n(a) f = 2x", ["f = 2x"]),
        ("Consider a sum of squares S = x'x", ["S = x'x"]),
        ("There is a step size a with a = 2", ["a = 2"]),
    ],
)
def test_numbers_and_articles_go(text: str, found: list[str]) -> None:
    assert formulas(text) == found


@pytest.mark.parametrize(
    "line",
    [
        "|mean of the a_i| <= sqrt( mean of the a_i^2 )", "‖the residual‖² = r'r",
        "(the average of a) = (sum of a) / n",
        "derivative of x^2 = 2x", "trace of AB = trace of BA", "determinant of AB = det(A) det(B)",
        "derivative of log x with respect to x = 1/x", "P(at least one six) = 1 - (5/6)^4", "norm of the vector x = 2",
        "(number of heads) / n = p", "posterior = likelihood * prior / evidence",
        "f(z) = 1 if z > 0, 0 if z < 0", "1 if z > 0, 0 if z < 0", "f(z) = z for z > 0 and 0 otherwise",
    ],
)  # fmt: skip
def test_words_within_a_formula_do_not_tear_it(line: str) -> None:
    assert formulas(line) in ([line], [line.replace("norm of the vector ", "")])


@pytest.mark.parametrize(
    "text",
    [
        "the derivative of x^2 = 2x", "|mean of the a_i| <= sqrt( mean of the a_i^2 )", "the trace of AB = trace of BA",
        "‖the residual‖² = r'r", "the sum of x_i = 1",
    ],
)  # fmt: skip
def test_words_are_never_read_as_letters(text: str) -> None:
    (one,) = agnesi.check(text, diagnose=False).statements
    assert one.verdict == "not read"
    assert one.evidence is not None
    assert "words in it" in one.evidence.reason


@pytest.mark.parametrize("text", ["P(at least one six) = 1 - (5/6)^4", "P(2 flips) = 3 f^2 (1 - f)"])
def test_an_event_in_words_is_no_product_of_letters_and_judges_nothing(text: str) -> None:
    (one,) = agnesi.check(text, diagnose=False).statements
    assert one.verdict in (None, "not read")


def test_a_quantity_that_is_defined_is_still_defined() -> None:
    assert formulas("the derivative of f(x) = x^2 is f'(x) = 2x") == ["f(x) = x^2", "f'(x) = 2x"]
    assert formulas("Find the gradient of f(x) = x'x") == ["f(x) = x'x"]


@pytest.mark.parametrize("said", ["Setting the derivative of f = 0 gives", "setting the gradient wrt w = 0:"])
def test_a_slope_that_is_set_to_zero_is_no_formula(said: str) -> None:
    assert [(f.link, f.text) for f in fragments(f"{said} X'Xw = X'y")] == [("zero", "X'Xw = X'y")]


def test_remarks_within_a_formula_are_taken_from_it() -> None:
    model, one = fragments("E[f(X)] (X ~ N(0,1)) = 0")
    assert (model.kind, model.text) == ("model", "X ~ N(0,1)")
    assert "".join(one.text.split()) == "E[f(X)]=0"
    (even,) = formulas("f(x) (by symmetry) = f(-x)")
    assert "".join(even.split()) == "f(x)=f(-x)"


def test_a_function_by_cases_is_not_its_first_case() -> None:
    text = "f(z) = z if z > 0\nf(z) = 0 if z < 0\nf(-1) = 0"
    assert pieced(text) == {"f"}
    assert pieced("f(z) = 2z for z > 0\nf(z) = z + z for z > 0") == set()
    verdicts = [s.verdict for s in agnesi.check(text, diagnose=False).statements if s.role != "declaration"]
    assert verdicts == ["not read"] * 3


def test_sizes_past_the_limit_are_given_to_be_refused() -> None:
    found = [(f.kind, f.text) for f in fragments("A : 3000×3000 symmetric; x : 100000")]
    assert found == [
        ("formula", "A : 3000×3000 symmetric"), ("declaration", "A : symmetric"), ("formula", "x : 100000"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "We have the matrix A, it is symmetric and n x n.",
        "Let A be an n x n matrix. It is symmetric.",
        "Let x ∈ ℝⁿ. Let A ∈ ℝⁿˣⁿ. It is symmetric.",
    ],
)
def test_it_is_what_was_named_last(text: str) -> None:
    report = agnesi.check(text + "\nLet x be a vector. d/dx (x'Ax) = 2Ax", diagnose=False)
    assert report.statements[-1].verdict == "proved"


def test_a_commented_equation_is_read_and_a_heading_is_not() -> None:
    assert formulas("# lse(x) = log(sum(exp(x)))\n# d/dx f = 2x") == ["lse(x) = log(sum(exp(x)))", "d/dx f = 2x"]
    assert formulas("# Proof of AB = BA") == []


@pytest.mark.parametrize(
    "text",
    ["x =" + " " * 100_000 + "x", "f (by b) = " * 8_000, "|the " * 10_000, "(a) b\n" * 10_000, "the norm of " * 8_000,
     "f(x) = x if x > 0\n" * 5_000, "trace of A = " * 5_000, "| " * 20_000, "1.5 x\n" * 8_000, "it is " * 10_000],
    ids=range(10),
)  # fmt: skip
def test_hostile_text_is_harmless(text: str) -> None:
    assert len(fragments(text)) <= len(text)


def test_long_blanks_keep_their_places() -> None:
    text = "x" + " " * 500 + "= y" + " " * 300 + "+ z\nf = 2x"
    one, two = fragments(text)
    assert text[one.start : one.stop].split() == one.text.split() == ["x", "=", "y", "+", "z"]
    assert text[two.start : two.stop] == two.text == "f = 2x"


def test_what_goes_on_from_an_unread_line_is_not_judged_against_an_older_one() -> None:
    report = agnesi.check("N = 3\np = |mean of the a_i| + 2\n= f^2\n= f^2 + 1", diagnose=False)
    verdicts = [s.verdict for s in report.statements]
    assert verdicts[1] == "not read"
    assert verdicts[2] in (None, "not read")  # nothing readable stands before it


def test_a_value_under_a_condition_is_that_of_the_chain() -> None:
    right = agnesi.check("g = f^2\n= f f\nfor f = 0.1 this is 0.01", diagnose=False)
    assert [s.verdict for s in right.statements] == [None, "proved", None, "tested"]
    wrong = agnesi.check("g = f^2\n= f f\nfor f = 0.1 this is 0.02", diagnose=False)
    assert wrong.statements[-1].verdict == "refuted"
