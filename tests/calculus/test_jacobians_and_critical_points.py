"""Jacobians, Hessians, special Jacobians, neurons, critical points: against sympy and differences."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from agnesi.calculus.critical import critical_points
from agnesi.calculus.elementwise import derivative_shapes, elementwise, identity_jacobian, scalar_expansion, vector_sum
from agnesi.calculus.jacobians import directional, gradient, hessian, jacobian
from agnesi.calculus.neuron import neuron_gradient, neuron_loss, train_neuron
from agnesi.errors import NotNumeric, ReadError, ShapeError, TooLarge, UnknownName

x, y, z = sympy.symbols("x y z", real=True)


def test_published_jacobians() -> None:
    assert gradient("x^2 y + 3z").value == sympy.Matrix([[2 * x * y, x**2, 3]])
    assert gradient("3x^2 y").value == sympy.Matrix([[6 * x * y, 3 * x**2]])
    assert jacobian(["3x^2 y", "2x + y^8"]).value == sympy.Matrix([[6 * x * y, 3 * x**2], [2, 8 * y**7]])
    assert hessian("x^2 + y^2", [0, 0]).determinant == 4 and hessian("x^2 - y^2").determinant == -4


@pytest.mark.parametrize("seed", range(4))
def test_random_jacobians_are_sympys(seed: int) -> None:
    draw = np.random.default_rng(seed)
    atoms = [x, y, sympy.sin(x), sympy.exp(-y), x * y, y**2]
    mixed = [list(zip(draw.permutation(atoms), atoms, strict=True)) for _ in range(2)]
    fs = [sum(int(draw.integers(-3, 4)) * a * b for a, b in pairs) for pairs in mixed]
    found = jacobian(fs, [1, 2], variables="x y")
    assert (found.value - sympy.Matrix(fs).jacobian([x, y])).applyfunc(sympy.simplify).is_zero_matrix and found.verified
    for step in found.steps:
        if step.rule == "partial derivative":
            assert sympy.simplify(sympy.diff(step.data["function"], step.data["variable"]) - step.data["result"]) == 0


def test_directional_derivative() -> None:
    found = directional("x^2 + y^2", [1, 1], [3, 4])
    assert found.value == sympy.Rational(14, 5) and found.verified
    with pytest.raises(ShapeError, match="zero"):
        directional("x y", [1, 1], [0, 0])


def test_bad_input_is_told_at_once() -> None:
    with pytest.raises(ShapeError):
        gradient("x y", [1, 2, 3])
    with pytest.raises(NotNumeric):
        gradient("x y", [1, float("nan")])
    with pytest.raises((ReadError, UnknownName, NotNumeric)):
        gradient("x +* y")
    with pytest.raises(TooLarge):
        jacobian([f"x_{k}" for k in range(1, 12)])


@pytest.mark.parametrize("sign", ["+", "-", "*", "/"])
def test_elementwise_jacobians_are_diagonal(sign: str) -> None:
    found = elementwise(sign)
    assert found.wrt_w.is_diagonal() and found.wrt_x.is_diagonal() and found.verified
    words = {"+": ("I", "I"), "-": ("I", "−I"), "*": ("diag(x)", "diag(w)"), "/": ("diag(1/x)", "diag(−w/x²)")}
    assert tuple(f.parts[-1] for f in found.answer) == words[sign]


def test_scalar_expansion_sum_identity_and_shapes() -> None:
    assert list(scalar_expansion("+").wrt_z) == [1, 1, 1]
    assert [v.name for v in scalar_expansion("*").wrt_z] == ["x_1", "x_2", "x_3"]
    assert vector_sum().value == sympy.Matrix([[1, 1, 1]])
    assert identity_jacobian(4).value == sympy.eye(4)
    assert derivative_shapes().fits and derivative_shapes().value["vector in scalar"] == (2, 1)
    with pytest.raises(UnknownName):
        elementwise("?")


def test_neuron_gradient_in_two_pieces() -> None:
    found = neuron_gradient(2)
    assert found.verified and found.value["b"] == (0, 1)


@pytest.mark.parametrize("seed", range(3))
def test_neuron_loss_is_the_formula_of_the_paper(seed: int) -> None:
    draw = np.random.default_rng(seed)
    X, t, w = draw.integers(-3, 4, (5, 2)), draw.integers(-3, 4, 5), draw.integers(-2, 3, 2)
    found = neuron_loss(X, t, w, 0.5)
    active = X @ w + 0.5 > 0
    e = (X @ w + 0.5 - t) * active
    assert np.allclose([float(v) for v in found.value], [*(2 / 5 * e @ X), 2 / 5 * e.sum()]) and found.verified
    with pytest.raises(ShapeError):
        neuron_loss(X, t[:4], w)


def test_training_one_neuron_finds_the_line() -> None:
    found = train_neuron([[0], [1], [2], [3]], [1, 3, 5, 7], [0], 0.5, rate=0.1, steps=500)
    assert np.allclose(found.value, [2, 1], atol=1e-6) and found.losses[-1] < found.losses[0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x^2 + y^2", {(0, 0): "minimum"}), ("x^2 - y^2", {(0, 0): "saddle"}), ("x^4", {(0,): "minimum"}),
        ("x^3", {(0,): "inflection"}), ("x^4 + y^4", {(0, 0): "undecided"}), ("exp(x)", {}),
        ("x^3 - 3x y + y^3", {(0, 0): "saddle", (1, 1): "minimum"}), ("-x^2 - 2y^2", {(0, 0): "maximum"}),
        ("x^2+y^2+z^2+x y z", {(0, 0, 0): "minimum", (2, 2, -2): "saddle", (2, -2, 2): "saddle", (-2, 2, 2): "saddle",
                              (-2, -2, -2): "saddle"}),
    ],
)  # fmt: skip
def test_critical_points(text: str, wanted: dict[tuple[int, ...], str]) -> None:
    found = critical_points(text)
    assert {p.at: p.kind for p in found.value} == wanted
    assert all(v.holds for v in found.evidence)
    for p in found.value:
        assert p.hessian.det() == p.determinant


def test_critical_points_by_search_and_families() -> None:
    found = critical_points("x y exp(-x^2-y^2)")
    assert sorted(p.kind for p in found.value) == ["maximum", "maximum", "minimum", "minimum", "saddle"] and found.exact
    waves = critical_points("sin(x)")
    assert not waves.exact and waves.value[2].at == (sympy.pi / 2,) and waves.value[2].kind == "maximum"
    assert critical_points("x^2 y^2").families
    with pytest.raises(NotNumeric, match="kinks"):
        critical_points("abs(x)")
