"""Evaluation of written forms: sizes from arrays, binders, differentials and derivatives, errors that help."""

from __future__ import annotations

import doctest
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import agnesi as ag
import agnesi.run.reference
from agnesi.check import evidence  # agnesi.check is the verb as an attribute, and the package in an import
from agnesi.errors import NotNumeric, TooLarge
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Expr, apply, bind, constant, index, symbol
from agnesi.ops import operations
from agnesi.run.reference import Program, analytic, evaluate

n, d = Dim.of("n"), Dim.of("d")
X, w, y = symbol("X", ("n", "d")), symbol("w", ("d",)), symbol("y", ("n",))
s, t = symbol("s"), symbol("t")
A = symbol("A", ("n", "n"))
rng = np.random.default_rng(11)
VALUES = {"X": rng.normal(size=(4, 3)), "w": rng.normal(size=3), "y": rng.normal(size=4)}
LOSS = apply("pow", apply("norm", X @ w - y), 2)


def test_scalars_come_back_as_numbers() -> None:
    value = evaluate(LOSS, VALUES)
    assert type(value) is float
    assert value == pytest.approx(sum((VALUES["X"] @ VALUES["w"] - VALUES["y"]) ** 2))
    assert evaluate(apply("lt", s, t), {"s": 1, "t": 2}) is True
    assert evaluate(constant(3), {}) == 3.0


def test_lists_integers_and_columns_are_accepted() -> None:
    assert evaluate(w.T @ w, {"w": [3, 4]}) == 25.0
    assert evaluate(w.T @ w, {"w": np.array([[3], [4]])}) == 25.0
    row = symbol("r", (1, "d"))
    assert evaluate(row @ w, {"r": [1, 2], "w": [3, 4]}) == 11.0
    assert evaluate(row @ w, {"r": [[1, 2]], "w": [3, 4]}) == 11.0
    assert evaluate(s, {"s": np.array([[7.0]])}) == 7.0


def test_sizes_are_solved_from_shapes() -> None:
    v, c = symbol("v", (n * d,)), symbol("c", (n + 1,))
    both = apply("size", attrs=("d",)) * apply("sum", v) + apply("sum", y)
    assert evaluate(both, {"v": np.ones(6), "y": np.ones(2)}) == 20.0
    assert evaluate(apply("size", attrs=("n",)) * apply("sum", c), {"c": np.ones(4)}) == 12.0
    assert evaluate(apply("tr", apply("eye", attrs=("k",))), {}, {"k": 5}) == 5.0
    assert evaluate(apply("sum", y) / symbol("n"), {"y": [1.0, 2.0], "n": 2}) == 1.5


@pytest.mark.parametrize(("values", "says"), [
    ({"X": np.ones((4, 3)), "y": np.ones(4)}, "w has no value. Give w=...."),
    ({"X": np.ones((4, 3)), "w": np.ones(4), "y": np.ones(4)},
     "The array for w does not fit. Expected the shape d with d = 3; got 4. "
     "Arrays that share a size name must agree in that size."),
    ({"X": np.ones(4), "w": np.ones(4), "y": np.ones(4)},
     "X has the wrong number of axes. Expected the shape n×d; got the shape 4. Give X as an array of 2 axes."),
    ({"X": np.ones((4, 3)), "w": "three", "y": np.ones(4)},
     "The value of w is not numeric. Expected numbers; got str."),
    ({"X": np.ones((4, 3)), "w": np.ones((1, 3)), "y": np.ones(4)},
     "w has the wrong number of axes. Expected the shape d; got the shape 1×3. Give w as an array of 1 axis."),
], ids=["missing", "size", "axes", "kind", "row"])
def test_what_does_not_fit_is_named(values: dict[str, Any], says: str) -> None:
    with pytest.raises(NotNumeric) as caught:
        evaluate(LOSS, values)
    assert str(caught.value) == says


def test_sizes_that_contradict_the_arrays() -> None:
    with pytest.raises(NotNumeric, match=r"n = 3"):
        evaluate(apply("sum", y), {"y": [1.0, 2.0]}, {"n": 3})
    with pytest.raises(NotNumeric, match="n is given as 3, but the arrays make it 2"):
        evaluate(apply("sum", y) / symbol("n"), {"y": [1.0, 2.0], "n": 3}, {"n": 2})
    with pytest.raises(NotNumeric, match="The size k is not known"):
        evaluate(apply("ones", attrs=("k",)), {})


def test_points_outside_the_domain_are_named() -> None:
    with pytest.raises(NotNumeric, match=r"inv has no value at this point: singular matrix\. Got"):
        evaluate(apply("tr", apply("inv", A)), {"A": np.zeros((2, 2))})
    assert np.isnan(evaluate(apply("log", s), {"s": -1.0}))


def test_complex_values_flow_through() -> None:
    assert evaluate(apply("pow", s, 2), {"s": 1 + 2j}) == pytest.approx(-3 + 4j)
    value = evaluate(LOSS, {**VALUES, "w": VALUES["w"] + 1e-20j * np.array([1.0, 0.0, 0.0])})
    expected = 2 * VALUES["X"].T @ (VALUES["X"] @ VALUES["w"] - VALUES["y"])
    assert np.imag(value) / 1e-20 == pytest.approx(expected[0], rel=1e-12)


def chain(depth: int) -> Expr:
    node: Expr = s
    for _ in range(depth):
        node = apply("tanh", node) + t
    return node


def test_chains_of_ten_thousand() -> None:
    value = 0.3
    for _ in range(10_000):
        value = np.tanh(value) + 0.5
    assert evaluate(chain(10_000), {"s": 0.3, "t": 0.5}) == pytest.approx(value, rel=1e-12)


def test_what_does_not_depend_on_the_index_is_computed_once() -> None:
    calls = []
    record = operations["norm"]
    original = record.value
    object.__setattr__(record, "value", lambda *a: (calls.append(1), original(*a))[1])
    try:
        i, j = index("i", "n"), index("j", "n")
        double = bind("Sum", (i,), bind("Sum", (j,), apply("entry", y, i) * apply("entry", y, j) * apply("norm", w)))
        evaluate(double, VALUES)
    finally:
        object.__setattr__(record, "value", original)
    assert len(calls) == 1


def test_the_same_index_inside_itself() -> None:
    """∑ᵢ (yᵢ ∑ᵢ yᵢ + yᵢ): the inner i hides the outer one and gives it back."""
    i = index("i", "n")
    inner = bind("Sum", (i,), apply("entry", y, i))
    both = bind("Sum", (i,), apply("entry", y, i) * inner + apply("entry", y, i))
    total = VALUES["y"].sum()
    assert evaluate(both, VALUES) == pytest.approx(total**2 + total)


def test_conditions_guard_their_bodies() -> None:
    i, j = index("i", "n"), index("j", "n")
    gap = bind("Sum", (i, j), 1 / (i - j) ** 2, apply("ne", i, j))
    expected = sum(1 / (a - b) ** 2 for a in range(4) for b in range(4) if a != b)
    assert evaluate(gap, {}, {"n": 4}) == pytest.approx(expected)
    empty = bind("Sum", (i,), apply("row", X, i), apply("gt", i, constant(100)))
    np.testing.assert_array_equal(evaluate(empty, VALUES), np.zeros(3))


def test_indices_in_entries_and_as_numbers() -> None:
    i = index("i", "n")
    assert evaluate(bind("Sum", (i,), i * i), {}, {"n": 4}) == 30.0
    assert evaluate(apply("entry", y, i), {**VALUES, "i": 2}) == VALUES["y"][1]
    with pytest.raises(NotNumeric, match="The index i has no value: no sum binds it"):
        evaluate(apply("entry", y, i), VALUES)
    delta = bind("Sum", (i,), apply("entry", apply("eye", attrs=("n",)), i, constant(2)) * apply("entry", y, i))
    assert evaluate(delta, VALUES) == VALUES["y"][1]


def test_integrals() -> None:
    u = symbol("u")
    normal = bind("Integral", (u,), apply("normpdf", u), constant(float("-inf")), t)
    assert evaluate(normal, {"t": 1.2}) == pytest.approx(evaluate(apply("normcdf", t), {"t": 1.2}))
    with pytest.raises(NotNumeric, match="does not converge"):
        evaluate(bind("Integral", (u,), 1 / u, constant(0), constant(1)), {})


def test_differentials_along_given_directions() -> None:
    direction = rng.normal(size=3)
    gradient = 2 * VALUES["X"].T @ (VALUES["X"] @ VALUES["w"] - VALUES["y"])
    along = {**VALUES, "dw": direction}
    assert evaluate(apply("d", LOSS), along) == pytest.approx(gradient @ direction, rel=1e-12)
    np.testing.assert_array_equal(evaluate(apply("d", w), along), direction)
    curvature = 2 * np.sum((VALUES["X"] @ direction) ** 2)
    assert evaluate(apply("d", apply("d", LOSS)), along) == pytest.approx(curvature, rel=1e-6)
    with pytest.raises(NotNumeric, match=r"no direction is given\. Give d"):
        evaluate(apply("d", LOSS), VALUES)


def test_derivatives_entry_by_entry() -> None:
    design, target, weight = VALUES["X"], VALUES["y"], VALUES["w"]
    gradient = evaluate(apply("derivative", LOSS, w, attrs=("nabla",)), VALUES)
    np.testing.assert_allclose(gradient, 2 * design.T @ (design @ weight - target), rtol=1e-12)
    hessian = evaluate(apply("derivative", LOSS, w, w, attrs=("hessian",)), VALUES)
    np.testing.assert_allclose(hessian, 2 * design.T @ design, rtol=1e-7, atol=1e-8)
    jacobian = evaluate(apply("derivative", X @ w, w, attrs=("jacobian",)), VALUES)
    np.testing.assert_allclose(jacobian, design, rtol=1e-12)
    by_part = evaluate(apply("derivative", apply("pow", apply("norm", X @ w), 2), X @ w), VALUES)
    np.testing.assert_allclose(by_part, 2 * design @ weight, rtol=1e-12)
    tensor = evaluate(apply("derivative", apply("diag", w), w), VALUES)
    np.testing.assert_allclose(tensor, np.einsum("ij,ik->ijk", np.eye(3), np.eye(3)), atol=1e-12)


def test_derivatives_where_the_complex_step_may_not_go() -> None:
    top = apply("lammax", A)
    assert analytic(LOSS) and not analytic(top)
    matrix = np.diag([3.0, 1.0]) + 0.1
    vector = np.linalg.eigh(matrix)[1][:, -1]
    gradient = evaluate(apply("derivative", top, A), {"A": matrix})
    np.testing.assert_allclose(gradient, np.outer(vector, vector), atol=1e-9)


def test_derivatives_of_integrals() -> None:
    """d/dt ∫₀ᵗ exp(−s u) du = exp(−s t), and along s by the quotient rule."""
    u = symbol("u")
    integral = bind("Integral", (u,), apply("exp", -(s * u)), constant(0), t)
    at = {"s": 0.7, "t": 1.3}
    assert evaluate(apply("derivative", integral, t), at) == pytest.approx(np.exp(-0.91), rel=1e-8)
    expected = (1.3 * 0.7 * np.exp(-0.91) - (1 - np.exp(-0.91))) / 0.49
    assert evaluate(apply("derivative", integral, s), at) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("module", [agnesi.run.reference, evidence], ids=lambda m: m.__name__)
def test_examples_in_docstrings(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0 and result.failed == 0


def test_limits() -> None:
    i = index("i", "n")
    with pytest.raises(TooLarge, match="more than"):
        evaluate(bind("Sum", (i,), i), {}, {"n": 10**9})
    node: Expr = s
    for k in range(60):
        node = bind("Sum", (index(f"i{k}", 1),), node)
    with pytest.raises(TooLarge, match="nested"):
        evaluate(node, {"s": 1.0})


def test_a_program_is_used_many_times() -> None:
    program = Program(LOSS, X @ w)
    for k in range(3):
        loss, fit = program({**VALUES, "w": k * VALUES["w"]}, {"n": 4, "d": 3})
        np.testing.assert_allclose(fit, k * VALUES["X"] @ VALUES["w"])
        assert loss == pytest.approx(np.sum((fit - VALUES["y"]) ** 2))


def test_inputs_are_not_changed() -> None:
    held = {k: v.copy() for k, v in VALUES.items()}
    evaluate(apply("derivative", LOSS, w), VALUES)
    assert all(np.array_equal(held[k], VALUES[k]) for k in held)


def test_a_size_that_no_array_tells_is_given_by_its_name() -> None:
    assert np.array_equal(ag.read("n : ℕ\nI_n").expr.evaluate(n=3), np.eye(3))
    with pytest.raises(NotNumeric, match="does not fit"):
        ag.read("x : n\nxᵀ I_n x").expr.evaluate(x=[1.0, 2.0], n=3)
