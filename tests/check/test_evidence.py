"""Evidence: right derivatives agree, wrong ones are refuted with a counterexample, and it says so in a sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from agnesi.check.evidence import Evidence, derivative_evidence, equal_evidence
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Expr, Symbol, apply, bind, constant, index, plain, symbol

X, w, y = symbol("X", ("n", "d")), symbol("w", ("d",)), symbol("y", ("n",))
A, S = symbol("A", ("n", "n")), symbol("S", ("n", "n"), ("spd",))
x, a = symbol("x", ("n",)), symbol("a", ("n",))
s = symbol("s")
EYE = apply("eye", attrs=("n",))


i, j, k = index("i", "n"), index("j", "n"), index("k", "n")


def delta(row: Expr, column: Expr) -> Expr:
    return apply("entry", EYE, row, column)


def inv(m: Expr) -> Expr:
    return apply("inv", m)


LOSS = apply("pow", apply("norm", X @ w - y), 2)
p = apply("sigmoid", X @ w)
LOGISTIC = apply("sum", apply("softplus", X @ w)) - y.T @ (X @ w)
RIGHT: list[tuple[str, Expr, list[Symbol], Expr, Any]] = [
    ("least squares", LOSS, [w], 2 * X.T @ (X @ w - y), None),
    ("least squares in X", LOSS, [X], 2 * (X @ w - y) @ w.T, None),
    ("least squares, Hessian", LOSS, [w, w], 2 * X.T @ X, None),
    ("logistic", LOGISTIC, [w], X.T @ (p - y), None),
    ("logistic, Hessian", LOGISTIC, [w, w], apply("mul", X.T, apply("diag", p * (1 - p)), X), None),
    ("log det", apply("logdet", A), [A], inv(A).T, None),
    ("log det of spd, as if free", apply("logdet", S), [S], inv(S), None),
    ("log det, symmetric", apply("logdet", S), [S], 2 * inv(S) - apply("hadamard", EYE, inv(S)), "symmetric"),
    ("trace, diagonal", apply("tr", A @ A), [A], 2 * apply("hadamard", EYE, A), "diagonal"),
    ("linear, Toeplitz", apply("mul", x.T, A, a), [A], apply("toeplitz", x @ a.T), "toeplitz"),
    ("softmax", apply("softmax", x), [x], apply("diag", apply("softmax", x))
     - apply("softmax", x) @ apply("softmax", x).T, None),
    ("largest eigenvalue", apply("lammax", S), [S], apply("eigvecmax", S) @ apply("eigvecmax", S).T, None),
    ("mixed second", apply("mul", x.T, A, a), [x, a], A, None),
    ("mixed, quadratic form in A and x", apply("mul", x.T, A, x), [x, A],
     bind("Tensor", (i, j, k), delta(i, j) * apply("entry", x, k) + delta(i, k) * apply("entry", x, j)), None),
    ("third", apply("sum", apply("exp", x)), [x, x, x],
     bind("Tensor", (i, j, k), apply("mul", delta(i, j), delta(j, k), apply("exp", apply("entry", x, i)))), None),
    ("relu", apply("sum", apply("relu", x)), [x], apply("step", x), None),
    ("relu, Hessian", apply("sum", apply("relu", x)), [x, x], apply("zeros", attrs=("n", "n")), None),
    ("entropy", -apply("sum", x * apply("log", x)), [x], -(apply("log", x) + 1), None),
    ("a row output", x.T @ A, [x], A.T, None),
    ("it does not depend", apply("sum", x), [a], apply("zeros", attrs=("n",)), None),
    ("index form", bind("Sum", (i,), apply("pow", apply("entry", x, i), 3)), [x], 3 * apply("epow", x, 2), None),
]
CASES = [pytest.param(*case[1:], id=case[0]) for case in RIGHT]


@pytest.mark.parametrize(("f", "variables", "result", "structure"), CASES)
def test_right_derivatives_agree(f: Expr, variables: list[Symbol], result: Expr, structure: Any) -> None:
    evidence = derivative_evidence(f, variables, result, structure)
    assert evidence.verdict == "tested" and evidence.points == 5, str(evidence)
    assert evidence.worst < (1e-9 if evidence.method == "the complex step" else 1e-3)
    assert len({tuple(sizes.items()) for sizes in evidence.sizes}) > 1


@pytest.mark.parametrize(("f", "variables", "result", "structure"), CASES)
def test_derivatives_that_are_off_are_refuted(f: Expr, variables: list[Symbol], result: Expr, structure: Any) -> None:
    """One entry off by one per cent of the largest is found."""
    corner = apply("entry", result, *[constant(1)] * result.ndim)
    wrong = result + 0.01 * (apply("norm", result) + 0.1) * (corner * 0 + 1) * _unit(result)
    evidence = derivative_evidence(f, variables, wrong, structure)
    assert evidence.verdict == "refuted"
    assert "numerically" in evidence.note


def _unit(like: Expr) -> Expr:
    """1 in the first entry of an array of this shape, 0 elsewhere."""
    indices = [index(f"q{k}", d) for k, d in enumerate(like.shape)]
    first: Expr = constant(1)
    for i in indices:
        first = first * apply("entry", apply("eye", attrs=(i.dim,)), i, constant(1))
    return bind("Tensor", indices, first)


def test_sentences() -> None:
    good = str(derivative_evidence(LOSS, [w], 2 * X.T @ (X @ w - y)))
    assert good.startswith("agrees with the complex step at 5 random points (largest relative error ")
    bad = str(derivative_evidence(apply("pow", s, 2), [s], s))
    assert bad.startswith("refuted by the complex step: s = ") and ": result " in bad and ", numerically " in bad
    shape = str(derivative_evidence(LOSS, [w], s))
    assert shape == "refuted by the shape: its shape is scalar; the derivative has the shape d"
    nowhere = derivative_evidence(apply("log", -(x.T @ x)), [x], x)
    assert nowhere.verdict == "not tested" and "No point was found" in str(nowhere) and not nowhere


def test_evidence_is_frozen_and_true_when_tested() -> None:
    evidence = Evidence("tested", 5, 1e-12, "the complex step")
    assert evidence
    with pytest.raises(AttributeError):
        evidence.verdict = "refuted"  # type: ignore[misc]


def test_variables_by_name() -> None:
    assert derivative_evidence(LOSS, ["w"], 2 * X.T @ (X @ w - y))
    with pytest.raises(NotNumeric, match="z is not a symbol of the function"):
        derivative_evidence(LOSS, ["z"], w)


def test_a_counterexample_can_be_evaluated_again() -> None:
    evidence = derivative_evidence(apply("logdet", S), [S], inv(S), "symmetric")
    assert evidence.verdict == "refuted"
    assert evidence.sizes and np.shape(evidence.values["S"]) == (evidence.sizes[-1]["n"],) * 2
    assert not np.allclose(evidence.left, evidence.right)


EQUAL = [
    (apply("tr", A @ (X @ X.T)), apply("tr", apply("mul", X.T, A, X))),
    (inv(A @ S), inv(S) @ inv(A)),
    (apply("d", LOSS), apply("mul", 2, (X @ w - y).T, X, apply("d", w))),
    (apply("d", apply("logdet", A)), apply("tr", inv(A) @ apply("d", A))),
    (x.T @ a, apply("inner", x, a)),
    (apply("log", s), apply("log", s)),
    (apply("derivative", LOSS, w), 2 * X.T @ (X @ w - y)),
    (A - A, apply("zeros", attrs=("n", "n"))),
]
UNEQUAL = [
    (A @ S, S @ A), (apply("tr", A @ A), apply("tr", A @ A.T)),
    (apply("d", apply("logdet", A)), apply("tr", A @ apply("d", A))),
    (apply("sqrt", apply("pow", s, 2)), s), (x, a), (apply("exp", A), apply("expm", A)),
    (apply("d", LOSS), apply("mul", 3, (X @ w - y).T, X, apply("d", w))),
]


@pytest.mark.parametrize(("left", "right"), EQUAL, ids=lambda e: plain(e)[:60])
def test_equal_expressions_agree(left: Expr, right: Expr) -> None:
    assert equal_evidence(left, right).verdict == "tested"


@pytest.mark.parametrize(("left", "right"), UNEQUAL, ids=lambda e: plain(e)[:60])
def test_unequal_expressions_are_refuted(left: Expr, right: Expr) -> None:
    evidence = equal_evidence(left, right)
    assert evidence.verdict == "refuted"
    assert ": left " in str(evidence)


def test_facts_make_the_difference() -> None:
    assert equal_evidence(S, S.T).verdict == "tested"
    assert equal_evidence(A, A.T).verdict == "refuted"


def test_which_symbols_move() -> None:
    f = x.T @ a
    assert equal_evidence(apply("d", f), a.T @ apply("d", x)).verdict == "tested"
    both = a.T @ apply("d", x) + x.T @ apply("d", a)
    assert equal_evidence(apply("d", f), both).verdict == "tested"
    assert equal_evidence(apply("d", f), a.T @ apply("d", x), moving=["x", "a"]).verdict == "refuted"


def test_an_unknown_structure_is_an_error() -> None:
    with pytest.raises(NotNumeric, match="no structure named banded"):
        derivative_evidence(apply("tr", A), [A], EYE, "banded")
