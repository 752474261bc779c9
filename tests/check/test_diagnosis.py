"""Diagnosis of wrong steps as people make them: what is said, and that the repaired line has the right numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import agnesi.show  # noqa: F401  (so that expressions print)
from agnesi.check.candidates import Diagnosis
from agnesi.check.diagnosis import diagnose
from agnesi.check.evidence import equal_evidence
from agnesi.check.probe import PointProbe, each_carried_out, order_holds, probe_for
from agnesi.check.slip_edits_matrices import transposed
from agnesi.check.slip_places import Place, places, put, windows
from agnesi.check.slip_words import changed, difference
from agnesi.check.slips import Pool, sides, slips
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Expr, apply, constant, symbol, symbols_of
from agnesi.generate import random_expression


@dataclass(frozen=True)
class Step:
    """A wrong step: declarations, the line above, the wrong line, words of the diagnosis, the right value in NumPy."""

    given: str
    above: str
    wrong: str
    said: str
    right: Callable[..., Any]


LEAST = "X: n×d; y: n; w: d; λ: scalar"
STEPS = [
    Step(LEAST, "∂/∂w (‖X*w - y‖^2 + λ*‖w‖^2)", "2*X'*(X*w - y) + λ*w", "factor 2 was lost",
         lambda X, y, w, λ: 2 * X.T @ (X @ w - y) + 2 * λ * w),
    Step(LEAST, "∂/∂w (‖X*w - y‖^2 + λ*‖w‖^2)", "2*X'*(X*w + y) + 2*λ*w", "sign was turned",
         lambda X, y, w, λ: 2 * X.T @ (X @ w - y) + 2 * λ * w),
    Step(LEAST, "2*X'*(X*w - y) + 2*λ*w", "2*X'*X*w - 2*X'*y", "term was lost",
         lambda X, y, w, λ: 2 * X.T @ (X @ w - y) + 2 * λ * w),
    Step("X: n×d; y: n; w: d", "‖X*w - y‖^2", "w'*X'*X*w - 2*y'*X*w - y'*y", "sign was turned",
         lambda X, y, w: np.sum((X @ w - y) ** 2)),
    Step("X: n×n", "∂/∂X logdet(X)", "X^-1", "place of the inverse", lambda X: np.linalg.inv(X).T),
    Step("A: n×n; x: n; b: n", "∂/∂x (x'*A*x + b'*x)", "2*A*x + b", "taken for symmetric",
         lambda A, x, b: A @ x + A.T @ x + b),
    Step("x: scalar", "∂/∂x sin(x^2)", "2*x*cos(x)", "taken at x, not at the inner function",
         lambda x: 2 * x * np.cos(x * x)),
    Step("x: scalar", "∂/∂x (x^2*exp(3*x))", "2*x*exp(3*x) + x^2*exp(3*x)", "inner derivative was forgotten",
         lambda x: (2 * x + 3 * x**2) * np.exp(3 * x)),
    Step("x: scalar", "∂/∂x (x^3*sin(x))", "3*x^2*sin(x)", "held constant",
         lambda x: 3 * x**2 * np.sin(x) + x**3 * np.cos(x)),
    Step("x: n", "∂/∂x softmax(x)", "diag(softmax(x))", "Jacobian of softmax", lambda x: _softmax_jacobian(x)),
    Step("W: m×n; x: n; v: m", "∂/∂W (v'*tanh(W*x))", "v*x'", "outer function was forgotten",
         lambda W, x, v: np.outer(v * (1 - np.tanh(W @ x) ** 2), x)),
    Step("W: m×n; x: n; v: m", "∂/∂W (v'*tanh(W*x))", "(v ⊙ (1 - tanh(W*x)))*x'", "tanh′ was taken as 1 − tanh",
         lambda W, x, v: np.outer(v * (1 - np.tanh(W @ x) ** 2), x)),
    Step("A: n×n; B: n×n; C: n×n", "(A*B)'*C", "A'*B'*C", "(AB)ᵀ was taken as AᵀBᵀ", lambda A, B, C: B.T @ A.T @ C),
    Step("A: n×n; B: n×n; C: n×n", "C*(A + B)^-1", "C*(A^-1 + B^-1)", "(A + B)⁻¹ was taken as A⁻¹ + B⁻¹",
         lambda A, B, C: C @ np.linalg.inv(A + B)),
    Step("A: n×n; c: scalar", "2*det(c*A)", "2*c*det(A)", "det(cA) was taken as c det A",
         lambda A, c: 2 * c ** len(A) * np.linalg.det(A)),
    Step("A: n×n; B: n×n", "(A - B)*(A + B)", "A^2 - B^2", "AB and BA", lambda A, B: (A - B) @ (A + B)),
    Step("x: N; μ: scalar; σ: scalar positive", "-N/2*log(2*π*σ^2) - sum(x)", "-N/2*log(2*π*σ) - sum(x)",
         "σ stands for σ²",
         lambda x, σ: -len(x) / 2 * np.log(2 * np.pi * σ**2) - x.sum()),
    Step("x: N; μ: scalar", "∑_{i=1}^N (x_i - μ)", "∑_{i=1}^N x_i - μ", "factor n was lost",
         lambda x, μ: np.sum(x - μ)),
    Step("x: N; y: N", "(∑_{i=1}^N x_i)*(∑_{j=1}^N y_j)", "∑_{i=1}^N x_i*y_i", "product of sums",
         lambda x, y: x.sum() * y.sum()),
    Step("A: n×n; x: n; y: n", "∑_{i=1}^n ∑_{j=1}^n y_i*A_ij*x_j", "x'*A*y", "transpose was lost",
         lambda A, x, y: y @ A @ x),
    Step("a: scalar; b: scalar; θ: scalar", "∂/∂θ (a*exp(-θ*b))", "a*exp(-θ*b)", "inner derivative",
         lambda a, b, θ: -a * b * np.exp(-θ * b)),
    Step("x: n; y: n; s: scalar positive", "-1/s^2*(x - y)*exp(-‖x - y‖^2)", "-1/s*(x - y)*exp(-‖x - y‖^2)",
         "square was lost", lambda x, y, s: -(x - y) / s**2 * np.exp(-np.sum((x - y) ** 2))),
    Step("U: n×k; V: m×k; M: n×m", "∂/∂U ‖M - U*V'‖^2", "2*(M - U*V')*V", "sign was turned",
         lambda U, V, M: -2 * (M - U @ V.T) @ V),
    Step("X: n×n; A: n×n", "d(A*X^-1)", "-A*X^-1*X^-1*d(X)", "d X⁻¹ was taken as −X⁻² dX", lambda **_: None),
]


def _softmax_jacobian(x: Any) -> Any:
    p = np.exp(x) / np.exp(x).sum()
    return np.diag(p) - np.outer(p, p)


def found_for(step: Step) -> tuple[Diagnosis, ...]:
    above, wrong = sides(step.given, step.above, step.wrong)
    return diagnose("eq", above, wrong, probe_for([above, wrong]), budget=3.0)


@pytest.mark.parametrize("step", STEPS, ids=lambda s: f"{s.above} = {s.wrong}")
def test_what_is_said_first(step: Step) -> None:
    found = found_for(step)
    assert found, "no diagnosis"
    assert step.said in found[0].words


SIZES = {"n": 3, "d": 2, "m": 4, "k": 2, "N": 4}


@pytest.mark.parametrize("step", STEPS[:-1], ids=lambda s: f"{s.above} = {s.wrong}")
def test_every_repaired_line_has_the_right_numbers(step: Step) -> None:
    rng = np.random.default_rng(1)
    known = [s for s in symbols_of(*sides(step.given, step.above, step.wrong)) if s.name not in SIZES]
    values = {s.name: rng.uniform(0.5, 2.0, size=tuple(d.size(SIZES) for d in s.shape)) for s in known}
    wanted = step.right(**{k: values[k] for k in step.right.__code__.co_varnames[: step.right.__code__.co_argcount]})
    for one in found_for(step):
        used = {s.name for s in symbols_of(one.repaired)}
        sizes = {n: k for n, k in SIZES.items() if n in used or n in ["n", "N"]}
        got = one.repaired.evaluate(**{k: v for k, v in values.items() if k in used}, **sizes)
        np.testing.assert_allclose(np.reshape(got, np.shape(wanted)), wanted, rtol=1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_repaired_equals_the_line_above(seed: int) -> None:
    """Spoil a random expression with a random slip: whatever is said, the repaired line is right."""
    rng = np.random.default_rng(seed)
    above = random_expression(rng, (), depth=3)
    trials = [w for s in slips if s.spoil for p in places(above, 20) for w in _spoiled(s, p)]
    probes = ((w, probe_for([above, w])) for w in (trials[k] for k in rng.permutation(len(trials))))
    wrong, probe = next((w, p) for w, p in probes if p is not None and not p.equal(above, w))
    for one in diagnose("eq", above, wrong, probe, budget=1.0):
        assert equal_evidence(one.repaired, above, points=4, seed=7).verdict == "tested"


def _spoiled(slip: Any, place: Place) -> list[Expr]:
    try:
        made = [put(place, part) for part in slip.spoil(place, Pool())]
    except AgnesiError:
        return []
    return [m for m in made if m is not None]


def test_a_spoiled_random_expression_is_mostly_explained() -> None:
    """Of one-place slips in random expressions, nearly all are found."""
    explained, tried = 0, 0
    for seed in range(16):
        rng = np.random.default_rng(100 + seed)
        above = random_expression(rng, (), depth=3)
        signs = [w for p in places(above, 20) for w in _spoiled(slips["sign"], p)]
        wrong = signs[int(rng.integers(len(signs)))]
        probe = probe_for([above, wrong])
        if probe is not None and not probe.equal(above, wrong):
            tried += 1
            explained += bool(diagnose("eq", above, wrong, probe, budget=1.0))
    assert tried > 10
    assert explained >= 0.9 * tried


def test_what_has_no_explanation_has_none() -> None:
    above, wrong = sides("X: n×d; y: n; w: d", "‖X*w - y‖^2", "tanh(y'*y) + exp(sum(w)) - 7*sum(X)")
    assert diagnose("eq", above, wrong) == ()


def test_the_line_above_itself_is_no_part_that_was_lost() -> None:
    above, wrong = sides("x: n; A: n×n; a: scalar", "x'*A*x*exp(a)", "sum(A)")
    assert all(d.slip not in ("term lost", "factor lost") for d in diagnose("eq", above, wrong))


def test_two_places_are_told_with_both_slips() -> None:
    above, wrong = sides("X: n×d; y: n; w: d; λ: scalar", "2*X'*(X*w - y) + 2*λ*w", "2*X'*(X*w + y) + λ*w")
    found = diagnose("eq", above, wrong, budget=5.0)
    assert found
    assert "sign was turned" in found[0].words
    assert "factor 2 was lost" in found[0].words


def test_an_inequality_turned_round() -> None:
    left, right = sides("x: scalar", "exp(x)", "1 + x")
    (found,) = diagnose("le", left, right)
    assert found.slip == "inequality turned round"
    assert found.repaired is apply("ge", left, right)


def test_an_inequality_that_fails_both_ways_has_no_diagnosis() -> None:
    left, right = sides("x: scalar", "sin(x)", "cos(x)")
    assert diagnose("le", left, right) == ()


def test_an_equality_that_is_an_inequality() -> None:
    left, right = sides("x: scalar", "exp(x)", "1 + x")
    assert "equality for the other inequality" in [d.slip for d in diagnose("eq", left, right)]


def test_no_time_gives_no_diagnosis() -> None:
    left, right = sides("A: n×n; B: n×n", "A*B", "B*A")
    assert diagnose("eq", left, right, budget=0.0) == ()


def test_a_long_line_ends() -> None:
    x = symbol("x")
    line: Expr = x
    for _ in range(3000):
        line = apply("add", line, constant(1))
    assert isinstance(diagnose("eq", line, line * 2, budget=0.2), tuple)


def test_a_place_is_one_occurrence() -> None:
    (above, _) = sides("A: n×n; x: n", "x'*A*x", "0")
    whole = [put(p, apply("transpose", p.node)) for p in places(above) if str(p.node) == "A"]
    assert [str(w) for w in whole] == ["xᵀAᵀx"]


def test_the_parts_of_a_sum_and_of_a_product_are_places() -> None:
    (above, _) = sides("A: n×n; B: n×n; C: n×n", "A*B*C + A + B", "A")
    parts = {str(w.node) for p in places(above) for w in windows(p)}
    assert {"AB", "BC", "A + B", "ABC + B"} <= parts
    assert "AC" not in parts


def test_a_transpose_is_not_added_under_a_transpose() -> None:
    (above, _) = sides("A: n×n; x: n", "A'*x", "x")
    inner = next(p for p in places(above) if str(p.node) == "A")
    assert list(transposed(inner, Pool())) == []


@pytest.mark.parametrize(("wrong", "right", "said"), [
    ("a - b", "a + b", "with b in place of −b"), ("a", "a + b", "with the term b"),
    ("a + b", "a", "without the term b"), ("a*b", "a", "without the factor b"),
    ("a", "a + 1", "with a + 1 in place of a"),
])
def test_how_a_change_is_said(wrong: str, right: str, said: str) -> None:
    assert changed(*sides("a: scalar; b: scalar", wrong, right)) == said


@pytest.mark.parametrize(("wrong", "right", "parts"), [
    ("tr(A*B)", "tr(A^-1*B)", ("A", "A⁻¹")), ("2*A*B", "2*A*B'", ("B", "Bᵀ")), ("A*B", "B*A", ("AB", "BA")),
])
def test_the_smallest_difference(wrong: str, right: str, parts: tuple[str, str]) -> None:
    assert tuple(map(str, difference(*sides("A: n×n; B: n×n", wrong, right)))) == parts


def test_the_sentence_of_the_issue() -> None:
    (found, *_) = diagnose("eq", *sides("X: n×n", "d(logdet(X))", "tr(X*d(X))"))
    assert found.words.startswith("It would be right with X⁻¹ in place of X: d log det X = tr(X⁻¹ dX).")


def test_numbers_at_a_point_are_those_of_numpy() -> None:
    a, b, c = sides("A: n×n; x: n", "x'*A*x", "∑_{i=1}^n ∑_{j=1}^n x_i*A_ij*x_j", "log(-‖x‖)")
    probe = PointProbe([a, b])
    values = probe.values([a, b, c, a + 1])
    assert values[0] is not None
    assert values[0].agrees(values[1])
    assert values[2] is None
    assert not values[0].agrees(values[3])


def test_derivatives_are_carried_out_for_numbers() -> None:
    a, b = sides("A: n×n; x: n", "∂/∂x (x'*A*x)", "(A + A')*x")
    probe = PointProbe([a, b])
    first, second = probe.values([a, b])
    assert first is not None
    assert first.agrees(second)
    assert "∂" not in str(each_carried_out(a))


def test_an_order_that_fails_once_does_not_hold() -> None:
    a, b = sides("x: scalar", "x^2", "x")
    probe = probe_for([a, b])
    assert probe is not None
    assert not order_holds("ge", a, b, probe)
    assert order_holds("ge", a + 1, b, probe)
