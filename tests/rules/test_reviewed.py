"""Answers that were wrong once, found by reviewers and random expressions: each with its own oracle."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import agnesi as ag
from agnesi.check.evidence import derivative_evidence, equal_evidence
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import apply, bind, constant, free_indices, index, symbol
from agnesi.rules.curvature import certificates
from agnesi.rules.derive import derivative, rewritten
from agnesi.rules.stationary import stationary
from agnesi.run.evaluate import evaluate

n, d = "n", "d"


def test_one_row_under_a_sum_is_one_row_of_the_gradient() -> None:
    """∂/∂x_i of Σ_i ‖x_i‖² is 2x_i, for any one i: not a sum over all of them."""
    found = ag.derive("∑_i ||x_i||²", "x_i")
    (row,) = found.variables
    owner, at = row.args
    assert found.result is apply("mul", constant(2), apply("row", owner, at))


def test_one_class_of_softmax_regression() -> None:
    """PRML 4.109: ∇_{w_k} E = Σ_n (y_nk − t_nk) φ_n; the row is compared with differences in that row."""
    found = ag.derive("-∑_n ∑_k t_nk log(exp(w_k'x_n)/∑_j exp(w_j'x_n))", "w_k", grain="none")
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(5, 3)), rng.normal(size=(4, 3))
    t = rng.dirichlet(np.ones(4), size=5)
    values = {"X": x, "W": w, "t": t}

    def loss(weights: np.ndarray) -> float:
        z = x @ weights.T
        return float(-(t * (z - np.log(np.exp(z).sum(1, keepdims=True)))).sum())

    (row,) = found.variables
    at = row.args[1]
    q = index("q", found.result.shape[0])
    column = bind("Tensor", [at, q], apply("entry", found.result, q))
    got = column.evaluate(**values)
    step = 1e-6
    for k in range(4):
        for c in range(3):
            moved = w.copy()
            moved[k, c] += step
            back = w.copy()
            back[k, c] -= step
            assert got[k, c] == pytest.approx((loss(moved) - loss(back)) / (2 * step), abs=1e-6)


def test_a_sum_of_a_number_and_a_vector_keeps_the_count() -> None:
    """Σ_i (1 − tanh²(u_i)) is n − ‖tanh u‖²: the 1 counts once for each i."""
    i = index("i", n)
    y, s = symbol("y", (n,)), symbol("s")
    f = bind("Sum", [i], apply("tanh", s + apply("tanh", apply("entry", y, i))))
    assert derivative_evidence(f, [s], derivative(f, [s])).verdict == "tested"


def test_a_sign_under_a_sum_is_not_dropped() -> None:
    """σ(u)(1 − σ(u)) is even in u = sᵀw as a whole, not in each term of the sum."""
    s, w = symbol("s", (n,), ["sign"]), symbol("w", (n,))
    u = s.T @ w
    slope = apply("sigmoid", u) * (1 - apply("sigmoid", u))
    assert equal_evidence(slope, rewritten(slope)).verdict == "tested"
    f = apply("softplus", u)
    assert derivative_evidence(f, [w, w], derivative(f, [w, w])).verdict == "tested"


def test_facts_of_the_variable_do_not_enter_before_the_derivative() -> None:
    s = symbol("S", (n, n), ["symmetric"])
    f = apply("tr", apply("triu", s) @ s)
    assert str(derivative(f, [s])) in ("triu(S) + tril(S)", "tril(S) + triu(S)")


def test_an_inverse_of_unknown_definiteness_is_a_condition() -> None:
    """(2A + 2I)⁻¹b needs 2A + 2I to be invertible, for A may be −I."""
    a, w, b = symbol("A", (n, n), ["symmetric"]), symbol("w", (n,)), symbol("b", (n,))
    found = stationary(w.T @ a @ w + w.T @ w - b.T @ w, w)
    assert found is not None
    assert found.condition is not None


@pytest.mark.parametrize("text", ["1/x^2", "log(x^2)", "S: n×n symmetric; ‖v‖_S", "−‖x‖₁", "x^3", "‖x‖² − ‖y ⊙ x‖²"])
def test_convexity_that_does_not_hold_is_not_claimed(text: str) -> None:
    reading = ag.read(text, scalar=True)
    variable = next(s for name, s in reading.symbols.items() if name in "xv")
    claims = [c.name for c in certificates(reading.expr, variable) if " for " not in c.name]
    assert "convex" not in claims
    assert "strictly convex" not in claims


@pytest.mark.parametrize(
    "text",
    ["x: n; ∑_{i=2}^{n} (x_i − x_{i−1})²", "x: n; ∑_{i=1}^{n-1} x_i x_{i+1}", "X: n×d; ∑_{i=2}^{n} ‖x_i − x_{i−1}‖²"],
)
def test_neighbours_on_a_chain(text: str) -> None:
    found = ag.derive(text, text[0], grain="none")
    assert found.evidence.verdict == "tested"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("x: n; ∑_{i=2}^{n} (x_i − x_{i−1})²", lambda eye: eye[1:] - eye[:-1]),
        ("x: n; ∑_{i=2}^n x_{i−1}²", lambda eye: eye[:-1]),
        ("x: n; ∑_{i>1} (x_i − x_{i−1})²", lambda eye: eye[1:] - eye[:-1]),
        ("x: n; ∑_{i=3}^n (x_i − 2x_{i−1} + x_{i−2})²", lambda eye: eye[2:] - 2 * eye[1:-1] + eye[:-2]),
        ("x: n; ∑_{i=2}^{n-1} (x_{i+1} − 2x_i + x_{i−1})²", lambda eye: eye[2:] - 2 * eye[1:-1] + eye[:-2]),
        ("x: n; ∑_{i=2}^{n-1} x_{i−1}²", lambda eye: eye[:-2]),
        ("x: n; ∑_{i=4}^n x_{i−3}²", lambda eye: eye[:-3]),
        ("∑_{i=1}^{n-1} (x_{i+1} − x_i)²", lambda eye: eye[1:] - eye[:-1]),
        ("x: n; ‖[x_{i+1} − x_i]_i‖²", lambda eye: eye[1:] - eye[:-1]),
    ],
)
def test_squares_of_neighbours(text: str, rows: Callable[[np.ndarray], np.ndarray]) -> None:
    """The sum is ‖Dx‖² for the matrix D of these rows: its gradient is 2DᵀDx, its Hessian 2DᵀD."""
    x = np.random.default_rng(5).normal(size=6)
    matrix = rows(np.eye(6))
    gradient, hessian = ag.gradient(text, "x"), ag.hessian(text, "x")
    np.testing.assert_allclose(gradient.evaluate(x=x), 2 * matrix.T @ matrix @ x, atol=1e-12)
    np.testing.assert_allclose(evaluate(hessian, {}, {"n": 6}), 2 * matrix.T @ matrix, atol=1e-12)
    assert "e_1" not in str(gradient) and "zeros(1, 1)" not in str(gradient)  # rows of I, no row too many
    again = ag.read(f"x: n; {gradient}").expr
    np.testing.assert_allclose(again.evaluate(x=x), 2 * matrix.T @ matrix @ x, atol=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "x: n; a>0; ∑_{t=2}^n (x_t − a x_{t−1})²", "x: n; ∏_{i=2}^n (x_i − x_{i−1})",
        "x: n; max_{i=2}^n (x_i − x_{i−1})", "x: n; ∑_{i=2}^n i x_{i−1}²",
        "x: n; ∑_{i=2}^n ∑_{j<i} x_i x_j x_{i−1}", "x: 5; ∑_{i=2}^5 exp(x_i x_{i−1})",
        "x: n; ∑_{i=2}^n ∑_{j=2}^n exp(x_{i−1} − x_j)", "x: n; A: n×n; ∑_{i=2}^n A_{i,i−1} x_i²",
    ],
)  # fmt: skip
def test_sums_that_look_back(text: str) -> None:
    assert ag.derive(text, "x", grain="none").evidence.verdict == "tested"


def test_a_vector_autoregression() -> None:
    text = "A: d×d; X: d×n; ∑_{t=2}^n ‖X[:,t] − A X[:,t−1]‖²"
    rng = np.random.default_rng(8)
    a, x = rng.normal(size=(3, 3)), rng.normal(size=(3, 7))
    slope = -2 * (x[:, 1:] - a @ x[:, :-1]) @ x[:, :-1].T
    np.testing.assert_allclose(ag.gradient(text, "A").evaluate(A=a, X=x), slope, rtol=1e-10)


def test_no_index_is_left_where_its_part_is_constant() -> None:
    found = ag.gradient("r : n; ∑_i r_i logsumexp(i·zeros(n,n))", "r")
    assert not free_indices(found)
    np.testing.assert_allclose(evaluate(found, {}, {"n": 3}), np.full(3, np.log(9)))


def test_powers_with_an_index_hold_for_negative_bases() -> None:
    """d/dx Σ_k w_k x^k is a polynomial: it has a value at x = −1."""
    found = ag.derivative("∑_{k=1}^3 w_k x^k", "x")
    assert found.evaluate(w=[1.0, 2.0, 3.0], x=-1.0) == pytest.approx(1 - 4 + 9)


def test_small_values_that_differ_do_not_agree() -> None:
    x = symbol("x", (n,))
    assert equal_evidence(1e-12 * x, 2e-12 * x).verdict == "refuted"


def test_a_product_that_closes_into_a_number_begins_anew() -> None:
    x, a = symbol("x", (n,)), symbol("A", (n, n))
    f = apply("mul", x.T, a, x, x)
    assert equal_evidence(f, rewritten(f)).verdict == "tested"
    assert derivative_evidence(f, [x], derivative(f, [x])).verdict == "tested"


def test_a_part_that_depends_on_the_index_of_a_sum_is_refused_with_its_reason() -> None:
    with pytest.raises(AgnesiError, match=r"index of a sum|not a part"):
        ag.derive("∑_i tanh(w'x_i)²", "tanh(w'x_i)")


def test_a_part_is_varied_as_a_whole_with_its_steps() -> None:
    """∂E/∂a for a = tanh(z): the letter is put back in the last line."""
    found = ag.derive("E = ½‖a − y‖²; a = tanh(z); z = W x", "a")
    assert str(found.result) == "tanh(Wx) − y"
    assert [str(line.left) for line in found.steps] == ["a", "E", "dE", "dE", "∇E", "∇E"]
    assert found.steps[-1].right is found.result


def test_the_weights_of_a_maximum_add_up_where_both_are_the_same() -> None:
    """On the diagonal max(Y, Yᵀ) is Y_ii, with slope 1: step(u − v) + step(v − u) would make it 0."""
    y = symbol("Y", (n, n))
    for op in ("maximum", "minimum"):
        f = apply("sum", apply(op, y, y.T))
        assert derivative_evidence(f, [y], derivative(f, [y])).verdict == "tested"
