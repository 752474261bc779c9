"""Judging as a learner types: forms that are equal, lines, the question given back, slips, and what is not read."""

from __future__ import annotations

import pytest
import sympy

from agnesi.errors import AgnesiError, IncompleteRecord, UnknownName
from agnesi.exercises import (
    Choice,
    Exact,
    Family,
    Formula,
    Instance,
    Option,
    Planted,
    Proof,
    Shape,
    answers,
    families,
    family,
    for_concept,
    hint,
    instance,
    judge,
    of_id,
    solution,
)
from agnesi.exercises.drawing import asked, derivation
from agnesi.linalg import echelon

F = "x² exp(3x)"
SLOPE = Instance("", asked("f′(x)", F, "x"), "", f"f(x) = {F}", work=derivation(F, "x"))
LOSS = "X: N×d; y: N; w: d; ‖X w − y‖²"
GRADIENT = Instance(
    "", asked("∇f(w)", LOSS, "w"), "", "X: N×d; y: N; w: d; f(w) = ‖X w − y‖²", work=derivation(LOSS, "w")
)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("2x exp(3x) + 3x² exp(3x)", "right"),
        ("f'(x) = x e^{3x} (2 + 3x)", "right"),
        ("$f'(x) = (2x + 3x^2) \\exp(3x)$", "right"),
        ("df/dx = exp(3x)*(3*x^2 + 2*x)", "right"),
        ("f'(x)", "question back"),
        ("d/dx (x² exp(3x))", "question back"),
        ("2x exp(3x) + x² (exp(3x))'", "unsimplified"),
        ("df = x² d(exp(3x)) + exp(3x) d(x²)", "unsimplified"),
        ("2x exp(3x)", "wrong"),
        ("0", "wrong"),
        ("f'(x) = 0", "wrong"),
        ("1 = 1", "wrong"),
        ("2x exp(5x) + x^2 (exp(5x))'", "wrong"),
        ("2x exp(", "not read"),
        ("", "not read"),
    ],
)
def test_forms_of_a_slope(text: str, state: str) -> None:
    assert judge(SLOPE, text).state == state


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("2Xᵀ(X w − y)", "right"),
        ("2 X' X w - 2 X' y", "right"),
        ("2 (X w - y)' X", "right"),  # a row, as many books have it
        ("∇f = 2 X^\\top (X w - y)", "right"),
        ("X'(X w - y)", "wrong"),
        ("2 X (X w - y)", "wrong"),
        ("∇f(w)", "question back"),
    ],
)
def test_forms_of_a_gradient(text: str, state: str) -> None:
    assert judge(GRADIENT, text).state == state


def test_lines_are_judged_one_by_one() -> None:
    verdict = judge(SLOPE, "f'(x) = (x²)' exp(3x) + x² (exp(3x))'\n= 2x exp(3x) + 3x²")
    assert [line.verdict for line in verdict.lines] == ["right", "wrong"]
    assert verdict.says.startswith("Line 2") or "Line" not in verdict.says
    assert verdict.diagnosis and not verdict.right
    fine = judge(SLOPE, "u = 3x\nf'(x) = 2x exp(u) + x² exp(u) 3\n= (2x + 3x²) exp(3x)")
    assert fine.right and [line.verdict for line in fine.lines] == ["", "right", "right"]


def test_an_error_that_is_undone_is_still_found() -> None:
    verdict = judge(SLOPE, "f'(x) = 2x exp(3x)\n= 2x exp(3x) + 3x² exp(3x)")
    assert not verdict.right and verdict.lines[0].verdict == "wrong"


def test_a_slip_is_named_and_the_answer_is_not_given_away() -> None:
    verdict = judge(SLOPE, "2x exp(3x) + x² exp(3x)")
    assert verdict.diagnosis == "inner derivative lost"
    assert "3x²" not in verdict.says and "3x²" in verdict.repair.replace(" ", "")
    assert verdict.counterexample and verdict.explanation


def test_hints_go_on_from_the_last_right_line() -> None:
    first = hint(SLOPE, "", 3)
    later = hint(SLOPE, "f'(x) = 2x exp(3x) + x² (exp(3x))'", 3)
    assert first is not None and later is not None
    assert "d(x²)" in first.line  # the product rule comes first
    assert "d(x²)" not in later.line and "exp(3x)" in later.line  # only the exponential is left
    grades = [hint(SLOPE, "", k) for k in (1, 2, 3, 4)]
    assert [h.grade for h in grades if h] == [1, 2, 3, 1]
    assert hint(SLOPE, "2x exp(3x) + 3x² exp(3x)", 1) is None


def test_hints_look_at_a_wrong_line_first() -> None:
    text = "f'(x) = 2x exp(3x) + x² exp(3x)"
    one, two, three = (hint(SLOPE, text, k) for k in (1, 2, 3))
    assert one and "does not hold" in one.says and not one.line
    assert two and "inner derivative" in two.says
    assert three and three.line and hint(SLOPE, text, 4) is None


A = sympy.ImmutableMatrix([[1, 2, 1], [3, 7, 5]])
ROWS = Instance(
    "", Exact(echelon(A).value, "matrix", "pattern", lines="rows", again=echelon), "", work=lambda: echelon(A)
)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("[1 2 1; 0 1 2]", "right"),
        ("1 2 1\n0 1 2", "right"),
        ("[[1, 2, 1], [0, 1, 2]]", "right"),
        ("\\begin{bmatrix} 1 & 2 & 1 \\\\ 0 & 1 & 2 \\end{bmatrix}", "right"),
        ("[1 0 -3; 0 1 2]", "right"),
        ("[2 4 2; 0 3 6]", "right"),
        ("[1 2 1; 4 9 6]", "unsimplified"),
        ("[1 2 1; 0 1 3]", "wrong"),
        ("[1 2 1; 3 7 5]\n[1 2 1; 0 1 2]", "right"),
        ("[1 2; 0 1]", "wrong"),
        ("a matrix", "not read"),
    ],
)
def test_matrices_by_rows(text: str, state: str) -> None:
    assert judge(ROWS, text).state == state


def test_the_next_hint_works_on_the_learners_own_matrix() -> None:
    said = hint(ROWS, "[2 4 2; 3 7 5]", 2)
    assert said is not None and "pivot 2" in said.says


EIGEN = Instance("", Exact(sympy.ImmutableMatrix([1, -2]), "vector", "scale"), "")
SET = Instance("", Exact((sympy.Integer(1), sympy.Rational(7, 2)), "set"), "")
ROOT = Instance("", Exact(sympy.sqrt(8)), "")
NEAR = Instance("", Exact(sympy.sqrt(2), near=0.001), "")


@pytest.mark.parametrize(
    ("one", "text", "state"),
    [
        (EIGEN, "(1, -2)", "right"),
        (EIGEN, "[-3; 6]", "right"),
        (EIGEN, "v = [1/2, -1]", "right"),
        (EIGEN, "(0, 0)", "wrong"),
        (EIGEN, "(1, 2)", "wrong"),
        (EIGEN, "(1, -2, 0)", "wrong"),
        (SET, "{1, 7/2}", "right"),
        (SET, "3.5 and 1", "right"),
        (SET, "λ₁ = 7/2, λ₂ = 1", "right"),
        (SET, "1", "wrong"),
        (SET, "1, 1, 7/2", "wrong"),
        (SET, "1, 2", "wrong"),
        (ROOT, "2 sqrt(2)", "right"),
        (ROOT, "sqrt(8)", "right"),
        (ROOT, "2.83", "unsimplified"),
        (NEAR, "1.414", "right"),
        (NEAR, "1.42", "wrong"),
        (Instance("", Exact(sympy.Integer(7)), ""), "2*3 + 1", "unsimplified"),
        (Instance("", Exact(sympy.Integer(7)), ""), "= 7", "right"),
        (Instance("", Exact(sympy.Rational(1, 3)), ""), "2/6", "right"),
    ],
)
def test_numbers_vectors_and_sets(one: Instance, text: str, state: str) -> None:
    assert judge(one, text).state == state


@pytest.mark.parametrize(
    ("text", "dims"),
    [
        ("n×d", ("n", "d")),
        ("n x d", ("n", "d")),
        ("nxd", ("n", "d")),
        ("(n, d)", ("n", "d")),
        ("ℝⁿˣᵈ", ("n", "d")),
        ("R^{n×d}", ("n", "d")),
        (r"\mathbb{R}^{n \times d}", ("n", "d")),
        ("n", ("n",)),
        ("a number", ()),
        ("scalar", ()),
        ("3 by 2", ("3", "2")),
    ],
)
def test_shapes(text: str, dims: tuple[str, ...]) -> None:
    assert answers.shape(text) == dims


def test_a_row_is_no_column() -> None:
    assert not judge(Instance("", Shape(("n",)), ""), "1×n").right
    assert judge(Instance("", Shape(("n",)), ""), "n×1").right


PROOF = Instance(
    "",
    Proof("‖u + v‖²", "‖u‖² + 2uᵀv + ‖v‖²", (("‖u + v‖² = (u + v)ᵀ(u + v)", ""), ("= ‖u‖² + 2uᵀv + ‖v‖²", ""))),
    "",
    "u: n; v: n",
)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("‖u + v‖² = (u + v)ᵀ(u + v)\n= ‖u‖² + 2uᵀv + ‖v‖²", "right"),
        ("(u + v)'(u + v)\n u'u + u'v + v'u + v'v\n ‖u‖² + 2u'v + ‖v‖²", "right"),
        ("‖u + v‖² = ‖u‖² + 2uᵀv + ‖v‖²", "question back"),
        ("‖u + v‖² = (u + v)ᵀ(u + v)", "unsimplified"),
        ("‖u + v‖² = ‖u‖² + ‖v‖²\n= ‖u‖² + 2uᵀv + ‖v‖²", "wrong"),
    ],
)
def test_proofs(text: str, state: str) -> None:
    assert judge(PROOF, text).state == state


def test_choices() -> None:
    one = Instance("", Choice(1), "", choices=(Option("$x$"), Option("$2x$")), slips=(Planted("a", "power rule"),))
    assert judge(one, "b").right and judge(one, "(B)").right and judge(one, "2").right and judge(one, "2x").right
    wrong = judge(one, "a")
    assert wrong.diagnosis == "power rule" and wrong.repair == "b"
    assert judge(one, "c").state == "not read"


def test_families_are_found_and_refused() -> None:
    assert {
        "differentiate",
        "shape",
        "missing line",
        "wrong line",
        "prove",
        "compute",
        "picture",
        "translate",
        "update rule",
    } == {f.kind for f in families().values()}
    assert for_concept("gradient") and for_concept("gradient")[0].concepts[0] == "gradient"
    with pytest.raises(UnknownName, match="no exercise family"):
        family("matcalc-nothing")
    with pytest.raises(AgnesiError, match="no level 9"):
        instance("matcalc-power-rule", 9)
    with pytest.raises(UnknownName, match="is no exercise"):
        of_id("matcalc-power-rule/x/1")
    assert of_id("matcalc-power-rule/2/17") == instance("matcalc-power-rule", 2, 17)
    with pytest.raises(IncompleteRecord, match="lacks: title, concepts, where"):
        Family("x", "", "shape", (), lambda rng, level: SLOPE)
    with pytest.raises(IncompleteRecord, match="of the kind riddle"):
        Family("x", "X", "riddle", ("gradient",), lambda rng, level: SLOPE, where=(("mml", "5"),))


def test_a_solution_has_code_that_runs() -> None:
    solved = solution(GRADIENT)
    assert "def" in solved.code and solved.steps[-1].text.startswith("∇f")
    compile(solved.code, "solution", "exec")


def test_a_formula_that_is_its_own_claim_does_not_leak() -> None:
    one = Instance("", Formula("1 + 2x", "1 + 2x"), "", "x: scalar")
    assert "1 + 2x" not in judge(one, "x^3").says
