"""Taylor, Newton, descent, multipliers, programs, fits, networks, integrals, convexity: books and libraries."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from scipy import optimize

from agnesi.calculus.backprop import backpropagate, network, train_network
from agnesi.calculus.conjugates import conjugate
from agnesi.calculus.convex import convexity
from agnesi.calculus.descent import gradient_descent, quadratic
from agnesi.calculus.differences import difference_errors
from agnesi.calculus.fitting import fit_line
from agnesi.calculus.integrals import double_integral, integral
from agnesi.calculus.kkt import kkt
from agnesi.calculus.lagrange import lagrange
from agnesi.calculus.linearise import linearise, propagate_error
from agnesi.calculus.newton import newton
from agnesi.calculus.nonlinear import fit_curve, gaussian_jacobian
from agnesi.calculus.programs import linear_program, quadratic_program
from agnesi.calculus.series import power_series
from agnesi.calculus.stochastic import stochastic_descent
from agnesi.calculus.taylor import taylor
from agnesi.errors import AgnesiError, NotNumeric, ReadError

x, y = sympy.symbols("x y", real=True)


def test_taylor_polynomials() -> None:
    found = taylor("sin x + cos x", 0, 5, on=(-1, 1))
    assert sympy.expand(found.value - sympy.series(sympy.sin(x) + sympy.cos(x), x, 0, 6).removeO()) == 0
    assert found.verified and len(found.polynomials) == 6 and found.bound < 0.002
    assert sympy.expand(taylor("x^2 + 2xy + y^3", [1, 2], 3).value - (x**2 + 2 * x * y + y**3)) == 0
    with pytest.raises(NotNumeric):
        taylor("ln x", 0, 2)


@pytest.mark.parametrize(("text", "radius"), [("e^x", sympy.oo), ("1/(1-x)", 1), ("1/(1+x^2)", 1), ("ln(1+x)", 1)])
def test_radius_of_convergence(text: str, radius: object) -> None:
    found = power_series(text)
    assert found.radius == radius and found.rule is not None and found.verified


def test_linearisation_errors_and_differences() -> None:
    assert sympy.expand(linearise("x^2 y", [1, 2]).value - (4 * x + y - 4)) == 0
    assert propagate_error("x y", [2, 3], [0.1, 0.2]).value == sympy.Rational(1, 2)
    forward, central = difference_errors("sin x", 1).value
    assert abs(forward - 1) < 0.02 and abs(central - 2) < 0.02


def test_newton_and_its_failure() -> None:
    assert newton("x^3 - 2x + 2", 0).cycle == 2
    found = newton("x^3 - 2x + 2", -2)
    assert abs(float(found.value) + 1.7692923542386314) < 1e-12 and found.verified
    for row in found.table:
        assert abs(float(row.next) - (float(row.x) - float(row.value) / float(row.slope))) < 1e-12
    assert newton("x^2+1", 1).outcome == "flat" and newton("arctan x", 2).outcome == "diverged"
    assert newton(["x^2+y^2-4", "x y-1"], [2, 1]).verified


def test_gradient_descent_of_the_book() -> None:
    text = quadratic([[2, 1], [1, 20]], [5, 3])
    found = gradient_descent(text, [-3, -1], rate=0.085)
    assert np.allclose(found.path[1:3], [[-1.98, 1.21], [-1.32, -0.42]], atol=0.005)
    assert np.allclose(gradient_descent(text, [-3, -1], line="exact").value, np.linalg.solve([[2, 1], [1, 20]], [5, 3]))
    assert gradient_descent(text, [-3, -1], rate=0.2).outcome == "diverged"
    rows = {"x": [0, 1, 2, 3], "y": [1, 3, 5, 7]}
    noisy = stochastic_descent("(y - a x - b)^2", rows, [0, 0], "a b", epochs=300)
    assert np.allclose(noisy.value, [2, 1], atol=1e-3) and np.allclose(noisy.noise.mean(axis=0), noisy.full_gradient)


def test_lagrange_and_kkt() -> None:
    a = sympy.Symbol("a", positive=True)
    found = lagrange("x^2 y", "x^2 + y^2 = a^2", "x y")
    assert (a * sympy.sqrt(6) / 3, a * sympy.sqrt(3) / 3) in found.maximisers and found.verified
    assert lagrange("exp(x y)", "x^2 + y^2 = 2").maximum == sympy.E
    assert kkt("(x - 2)^2 + (y - 1)^2", ["x + y <= 2", "x >= 0"]).at == (sympy.Rational(3, 2), sympy.Rational(1, 2))
    with pytest.raises(ReadError):
        lagrange("x", "x <= 1")


def test_primal_and_dual_coincide() -> None:
    A, b, c = [[2, 2], [2, -4], [-2, 1], [0, -1], [0, 1]], [33, 8, 5, -1, 8], [-5, -3]
    found = linear_program(c, A, b)
    assert found.verified and found.value == found.dual_value == sympy.Rational(-445, 6)
    assert abs(float(found.value) - optimize.linprog(c, A, b, bounds=(None, None)).fun) < 1e-9
    box = quadratic_program([[2, 1], [1, 4]], [5, 3], [[1, 0], [-1, 0], [0, 1], [0, -1]], [1, 1, 1, 1])
    assert tuple(box.at) == (-1, sympy.Rational(-1, 2)) and box.verified
    assert linear_program([1], [[1], [-1]], [-1, -1]).status == "empty"
    assert linear_program([1], [[1]], [3]).status == "unbounded"


def test_fits() -> None:
    found = fit_line([0, 1, 2, 3], [1, 3, 5, 8])
    assert found.value == (sympy.Rational(23, 10), sympy.Rational(4, 5)) and found.verified
    t = np.arange(0, 5, 0.25)
    rows = {"x": t, "y": 2 * np.exp(-0.7 * t) + 0.01 * np.random.default_rng(0).normal(size=len(t))}
    wanted = optimize.curve_fit(lambda u, a, b: a * np.exp(-b * u), t, rows["y"], [1, 1])[0]
    for method in ("gauss-newton", "levenberg-marquardt"):
        assert np.allclose(fit_curve("a exp(-b x)", rows, [1, 1], "a b", method).value, wanted, atol=1e-6)
    assert gaussian_jacobian().verified
    with pytest.raises(AgnesiError):
        fit_line([1, 1], [2, 3])


def test_networks() -> None:
    assert backpropagate(network([2, 3, 1], "tanh", 1), [[1, 0.5], [2, -1]], [[0.3, 0.1]]).verified
    t = np.linspace(0, 1, 30)
    circle = 0.5 + 0.3 * np.vstack([np.sin(6 * t), np.cos(6 * t)])
    found = train_network([1, 6, 7, 2], t, circle, steps=1500)
    assert found.verified and found.costs.min() < found.costs[0] / 5


def test_integrals_and_convexity() -> None:
    assert integral("x^2", 0, 3).value == 9 and integral("exp(-x^2)", "-oo", "oo").value == sympy.sqrt(sympy.pi)
    assert double_integral("x y", ("y", 0, "x"), ("x", 0, 2)).value == 2
    with pytest.raises(NotNumeric):
        integral("1/x", -1, 1)
    good, bad = convexity("x log2(x)", (0.01, 10)), convexity("x^2 - y^2")
    assert good.value and good.agree and not bad.value and bad.agree and bad.counterexample is not None
    assert conjugate("x ln x").verified and conjugate("x^2/2").twice == x**2 / 2
    with pytest.raises(NotNumeric, match="not convex"):
        conjugate("x^3")
