"""Every step done once more from what it holds: each line follows from the one above; answers are read back as text."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import sympy

from agnesi.calculus.backprop import backpropagate, network
from agnesi.calculus.chain import single_chain, total_derivative, vector_chain
from agnesi.calculus.critical import critical_points
from agnesi.calculus.descent import gradient_descent
from agnesi.calculus.fitting import fit_line
from agnesi.calculus.functions import function
from agnesi.calculus.graphs import forward_mode, reverse_mode
from agnesi.calculus.integrals import double_integral, integral
from agnesi.calculus.kkt import kkt
from agnesi.calculus.lagrange import lagrange
from agnesi.calculus.limits import first_principles, limit
from agnesi.calculus.linearise import linearise, propagate_error
from agnesi.calculus.newton import newton, newton_minimum
from agnesi.calculus.nonlinear import fit_curve, fit_gaussian
from agnesi.calculus.programs import linear_program, quadratic_program
from agnesi.calculus.taylor import taylor
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Worked

x, y = sympy.symbols("x y", real=True)
h = sympy.Symbol("h", real=True)


def same(a: Any, b: Any) -> bool:
    """Tell whether two expressions are equal at some points, with 30 digits."""
    letters = sorted(sympy.sympify(a).free_symbols | sympy.sympify(b).free_symbols, key=str)
    for k in (7, 11, 13):
        put = {s: sympy.Rational(k + 3 * i, 17) for i, s in enumerate(letters)}
        if abs(sympy.N((sympy.sympify(a) - sympy.sympify(b)).subs(put), 30)) > 1e-20:
            return False
    return True


def read_back(formula: Formula, sign: str = "=") -> sympy.Expr:
    """Read what stands after the last sign of a formula, as it is printed in plain ASCII."""
    return function(" ".join(formula.text(ascii_only=True)).rsplit(f" {sign} ", 1)[1]).expr


def steps_of(found: Worked, rule: str) -> list[dict[str, Any]]:
    chosen = [s.data for s in found.steps if s.rule == rule]
    assert chosen, rule
    return chosen


@pytest.mark.parametrize(
    ("text", "at", "degree"),
    [("2 - x", 1, 1), ("1/x", 1, 4), ("ln x", 1, 3), ("e^x", -1, 3), ("sin x", 0, 5), ("sqrt(x)", 4, 3),
     ("x^2 + 2x y + y^3", [1, 2], 3), ("x y", [-1, 1], 2), ("exp(x + 2y)", [0, 0], 2), ("cos(x) y", [0, 2], 3)],
)  # fmt: skip
def test_taylor_step_by_step(text: str, at: Any, degree: int) -> None:
    found = taylor(text, at, degree)
    assert same(read_back(found.answer[0]), found.value)
    f, xs = function(text).expr, function(text).variables
    where = dict(zip(xs, found.at, strict=True))
    for term in found.terms:
        seen = f
        for v, k in zip(xs, term.orders, strict=True):
            seen = sympy.diff(seen, v, k)
        assert sympy.simplify(seen.subs(where) - term.derivative) == 0
        below = sympy.Mul(*[sympy.factorial(k) for k in term.orders])
        assert sympy.simplify(term.coefficient * below - term.derivative) == 0
    if len(xs) == 1:  # each derivative that is written down is the derivative of the one above
        lines = [" ".join(s.text(ascii_only=True)) for s in found.steps[0].lines]
        written = [function(line.split(" = ")[1].rsplit(", ", 1)[0], "x").expr for line in lines]
        assert all(same(sympy.diff(a, x), b) for a, b in itertools.pairwise(written))


@pytest.mark.parametrize(("text", "at"), [("2 - x y", [1, 1]), ("x^2", 3), ("sin x", "pi/4"), ("x/y", [1, 2])])
def test_tangents_read_back(text: str, at: Any) -> None:
    found = linearise(text, at)
    assert same(read_back(found.answer[0]), found.value)
    assert same(read_back(found.steps[-1].lines[0]), found.value)


def test_errors_add_in_squares() -> None:
    found = propagate_error("x y^2", [2, 3], [0.1, 0.2])
    shares = steps_of(found, "add in squares")[0]["shares"]
    assert [sympy.Rational(9, 10), sympy.Rational(12, 5)] == list(shares)
    assert sympy.simplify(found.value**2 - sum(s**2 for s in shares)) == 0 and found.worst == sum(shares)


@pytest.mark.parametrize("text", ["2^x", "abs(x)", "x^2 e^x", "1/(x^2+1)", "sqrt(2x+1)", "e^x + sin x", "a^x"])
def test_difference_quotients_line_by_line(text: str) -> None:
    found = first_principles(text, "x")
    assert not found.value.has(sympy.nan)
    assert sympy.simplify(found.value - sympy.diff(function(text, "x").expr, x)) == 0
    for step in found.steps:
        if {"before", "after"} <= set(step.data) and step.rule != "limit":
            gap = (step.data["before"] - step.data["after"]).subs({x: sympy.Rational(13, 10), h: sympy.Rational(1, 5)})
            assert abs(sympy.N(gap.subs(sympy.Symbol("a", real=True), 3), 30)) < 1e-25, step.rule


@pytest.mark.parametrize(
    ("text", "to"),
    [("x^2 sin(1/x)", 0), ("(x^2-4)/(x-2)", 2), ("(1-cos x)/x^2", 0), ("(2x^2+1)/(x^2-x)", "oo"), ("x exp(-x)", "oo"),
     ("(1+1/x)^x", "oo")],
)  # fmt: skip
def test_reasons_of_limits_have_the_same_limit(text: str, to: Any) -> None:
    found = limit(text, "x", to)
    place = sympy.oo if to == "oo" else to
    for step in found.steps:
        if "before" in step.data and isinstance(step.data["after"], sympy.Expr) and step.data["after"].has(x):
            assert same(step.data["before"], step.data["after"])
        elif "limit of" in step.data:
            assert sympy.simplify(sympy.limit(step.data["limit of"], x, place) - step.data["after"]) == 0
    assert found.verified


@pytest.mark.parametrize("text", ["sin(x^2)", "ln(sin(x^3)^2)", "exp(-2x)"])
def test_chains_multiply_to_the_line_below(text: str) -> None:
    found = single_chain(text)
    factors = steps_of(found, "multiply")[0]["factors"]
    back = steps_of(found, "put back")[0]
    product = sympy.Mul(*factors)
    for name, inner in reversed(steps_of(found, "intermediate variables")[0]["operations"].items()):
        product = product.subs(sympy.Symbol(name, real=True), inner)
    assert same(product, back["before"]) and same(back["before"], back["after"])
    assert same(read_back(found.answer[0]), found.value)


def test_products_of_jacobians() -> None:
    found = vector_chain(["u v", "u^2"], {"u": "x y", "v": "x/y"})
    one = steps_of(found, "multiply")[0]
    assert (one["factors"][0] * one["factors"][1] - one["product"]).applyfunc(sympy.simplify).is_zero_matrix
    for step in steps_of(found, "Jacobian"):
        assert step["jacobian"] == sympy.Matrix(step["functions"]).jacobian(step["variables"])
    t = sympy.Symbol("t", real=True)
    assert same(total_derivative("x^2 y", along={"x": "t", "y": "t^2"}).value, 4 * t**3)


def test_both_modes_line_by_line() -> None:
    text, at = "x y + sin(x) exp(y)", [1, 2]
    back, ahead = reverse_mode(text, at), forward_mode(text, at, [2, -1])
    for step in steps_of(back, "forward value"):
        put = {sympy.Symbol(n, real=True): v for n, v in step["values"].items()}
        assert abs(sympy.N(step["operation"].subs(put) - step["value"])) < 1e-12
    graph = back.graph
    for step in steps_of(back, "backward adjoint"):
        total = sum(step["adjoints"][e.end] * e.value for e in graph.out_of(step["name"]))
        assert abs(sympy.N(total - step["adjoint"])) < 1e-12
    for step in steps_of(ahead, "tangent"):
        total = sum(step["tangents"][e.start] * e.value for e in ahead.graph.into(step["name"]))
        assert abs(sympy.N(total - step["tangent"])) < 1e-12
    assert abs(sympy.N(ahead.value - (2 * back.value[0] - back.value[1]))) < 1e-12


@pytest.mark.parametrize("momentum", [0.0, 0.5])
@pytest.mark.parametrize("line", ["fixed", "backtracking", "exact"])
def test_every_step_downhill(line: Any, momentum: float) -> None:
    found = gradient_descent("x^2 + 3y^2 + x y - x", [2, -1], rate=0.1, steps=60, line=line, momentum=momentum)
    slope = lambda p: np.array([2 * p[0] + p[1] - 1, 6 * p[1] + p[0]])
    value = lambda p: p[0] ** 2 + 3 * p[1] ** 2 + p[0] * p[1] - p[0]
    path = found.path
    for k in range(len(path) - 1):
        push = momentum * (path[k] - path[k - 1]) if k else 0
        assert np.allclose(path[k + 1], path[k] - found.rates[k] * slope(path[k]) + push, atol=1e-12)
        if line == "exact":
            g = slope(path[k])
            assert np.isclose(found.rates[k], g @ g / (g @ np.array([[2, 1], [1, 6]]) @ g))
        if line == "backtracking":
            g = slope(path[k])
            assert value(path[k] - found.rates[k] * g) <= value(path[k]) - 0.1 * found.rates[k] * (g @ g) + 1e-12
    assert np.allclose(found.values, [value(p) for p in path])
    for k, step in enumerate(steps_of(found, "gradient step")):
        assert np.allclose(step["x"] - step["rate"] * step["gradient"] + step["momentum"], step["next"])
        assert np.allclose(step["next"], path[k + 1])


def test_every_step_of_newton() -> None:
    found = newton(["x^2 + y^2 - 4", "x y - 1"], [2, 1])
    for row in found.table:
        p = row["x"]
        J = np.array([[2 * p[0], 2 * p[1]], [p[1], p[0]]])
        assert np.allclose(J @ row["move"], [4 - p @ p, 1 - p[0] * p[1]]) and np.allclose(p + row["move"], row["next"])
    least = newton_minimum("x^4 + x y + y^2", [1, 1])
    for row in least.table:
        p = row["x"]
        H, g = np.array([[12 * p[0] ** 2, 1], [1, 2]]), np.array([4 * p[0] ** 3 + p[1], p[0] + 2 * p[1]])
        assert np.allclose(H @ row["move"], -g)
    assert least.notes == ("By the Hessian this is a minimum.",)
    for row in newton("cos x - x", 1).table:
        slope = -np.sin(float(row.x)) - 1
        assert abs(float(row.next) - (float(row.x) - (np.cos(float(row.x)) - float(row.x)) / slope)) < 1e-12


@pytest.mark.parametrize("method", ["gauss-newton", "levenberg-marquardt", "steepest-descent"])
def test_every_step_of_a_fit(method: Any) -> None:
    t = np.arange(0, 4, 0.5)
    data = 2 * np.exp(-0.7 * t) + 0.02 * np.sin(9 * t)
    found = fit_curve("a exp(-b x)", {"x": t, "y": data}, [1, 1], "a b", method)
    rows = steps_of(found, "iteration")
    for k, row in enumerate(rows):
        a, b = row["at"]
        J = np.stack([np.exp(-b * t), -a * t * np.exp(-b * t)], axis=1)
        r = data - a * np.exp(-b * t)
        if method == "steepest-descent":
            assert np.allclose(row["move"], 2 * row["damping"] * J.T @ r)
        else:
            normal = J.T @ J
            assert np.allclose((normal + row["damping"] * np.diag(np.diag(normal))) @ row["move"], J.T @ r, atol=1e-10)
        a, b = row["next"]
        assert np.allclose(row["next"], row["at"] + row["move"]) and np.allclose(row["next"], found.path[k + 1])
        assert np.isclose(row["chi"], np.sum((data - a * np.exp(-b * t)) ** 2), atol=1e-12)


def test_a_gaussian_is_fitted_to_heights_by_steepest_descent() -> None:
    rng = np.random.default_rng(3)
    counts, edges = np.histogram(rng.normal(171, 8, 5000), bins=25, density=True)
    middle = (edges[1:] + edges[:-1]) / 2
    found = fit_gaussian(middle, counts, [160, 12], steps=4000)
    other = fit_gaussian(middle, counts, [165, 10], "levenberg-marquardt")
    assert np.allclose(found.value, other.value, atol=0.05) and np.allclose(found.value, [171, 8], atol=0.4)
    assert (np.diff(found.chi_squared) <= 0).all() and found.chi_squared[-1] < found.chi_squared[0] / 20
    for row in steps_of(found, "iteration"):
        mu, sigma = row["at"]
        f = np.exp(-((middle - mu) ** 2) / (2 * sigma**2)) / (sigma * np.sqrt(2 * np.pi))
        J = np.stack([f * (middle - mu) / sigma**2, f * ((middle - mu) ** 2 / sigma**3 - 1 / sigma)], axis=1)
        assert np.allclose(row["move"], 2 * row["damping"] * J.T @ (counts - f))


@pytest.mark.parametrize(
    ("f", "constraint"), [("x y", "x^2 + y^2 = 2"), ("x^2 + y", "x^2 + y^2 = 1"), ("x^2 + y^2", "x y = 1")]
)
def test_candidates_solve_the_system(f: str, constraint: str) -> None:
    found = lagrange(f, constraint)
    for c in found.value:
        put = dict(zip((x, y, *found.multipliers), (*c.at, *c.multipliers), strict=True))
        assert all(abs(sympy.N(e.subs(put), 30)) < 1e-20 for e in found.system)
        assert abs(sympy.N(function(f).expr.subs(put) - c.value, 30)) < 1e-20
    if constraint == "x y = 1":
        assert found.answer[0].why == "at (−1, −1) and (1, 1)"


def test_cases_of_kkt() -> None:
    found = kkt("(x - 2)^2 + (y - 1)^2", ["x + y <= 2", "x >= 0"])
    for c in found.cases:
        px, py, (m1, m2) = *c.at, c.multipliers
        assert 2 * (px - 2) + m1 - m2 == 0 and 2 * (py - 1) + m1 == 0
        holds = px + py <= 2 and px >= 0 and m1 >= 0 and m2 >= 0
        assert holds == (not c.fails)
    both = kkt("-x^2", ["x <= 1", "x >= -1"]).answer
    assert {" ".join(f.text()) for f in both} == {"f(−1) = −1", "f(1) = −1"}


def test_vertices_of_programs() -> None:
    A, b, c = [[2, 2], [2, -4], [-2, 1], [0, -1], [0, 1]], [33, 8, 5, -1, 8], [-5, -3]
    rows, limits, cost = map(sympy.Matrix, (A, b, c))
    for v in linear_program(c, A, b).vertices:
        assert all((rows[i, :] * v.at)[0] == limits[i] for i in v.active)
        assert (cost + rows.T * v.multipliers).is_zero_matrix
        assert v.feasible == all(u <= 0 for u in rows * v.at - limits)
    Q = sympy.Matrix([[2, 1], [1, 4]])
    box = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    for step in steps_of(quadratic_program(Q.tolist(), [5, 3], box, [1, 1, 1, 1]), "active set"):
        v = step["vertex"]
        assert (Q * v.at + sympy.Matrix([5, 3]) + sympy.Matrix(box).T * v.multipliers).is_zero_matrix


def test_sums_of_a_line() -> None:
    found = fit_line([0, 1, 2, 5], [1, 3, 5, 8])
    sums = steps_of(found, "sums")[0]
    assert sums["means"] == (2, sympy.Rational(17, 4)) and sums["spread"] == 14 and sums["together"] == 19
    m, c = found.value
    assert list(found.residuals) == [b - m * a - c for a, b in zip([0, 1, 2, 5], [1, 3, 5, 8], strict=True)]


@pytest.mark.parametrize("text", ["1/x", "tan x", "x sin x", "e^x sin x", "1/(x^2-1)", "ln x", "2x cos(x^2)"])
def test_antiderivatives_read_back(text: str) -> None:
    found = integral(text)
    line = " ".join(found.answer[0].text(ascii_only=True))
    told = function(line.rsplit(" = ", 1)[1].removesuffix(" + C"), "x").expr
    for at in (0.3, 0.7, 1.2):
        slope = (told.subs(x, at + 1e-6) - told.subs(x, at - 1e-6)) / 2e-6
        assert abs(sympy.N(slope) - sympy.N(function(text).expr.subs(x, at))) < 1e-5


def test_integrals_step_by_step() -> None:
    found = integral("x^2 - x", 1, 3)
    last = steps_of(found, "fundamental theorem")[0]
    F, (a, b) = last["antiderivative"], last["bounds"]
    assert F.subs(x, b) - F.subs(x, a) == last["value"] == sympy.Rational(14, 3)
    inner, outer = double_integral("x y", ("y", 0, "x"), ("x", 0, 2)).steps
    assert sympy.integrate(x * y, (y, 0, x)) == inner.data["value"] == outer.data["function"]
    assert sympy.integrate(inner.data["value"], (x, 0, 2)) == outer.data["value"]


def test_hessians_of_critical_points() -> None:
    found = critical_points("x^3 - 3x y + y^3")
    for step in steps_of(found, "Hessian test"):
        px, py = step["point"]
        assert step["hessian"] == sympy.Matrix([[6 * px, -3], [-3, 6 * py]])
        assert step["determinant"] == 36 * px * py - 9 == sympy.Mul(*step["eigenvalues"])


def test_backpropagation_line_by_line() -> None:
    net = network([2, 3, 1], "tanh", 1)
    X, t = np.array([[1, 0.5], [2, -1]]), np.array([[0.3, 0.1]])
    found = backpropagate(net, X, t)
    before = X
    for step in steps_of(found, "forward"):
        assert np.allclose(step["before"], before)
        assert np.allclose(step["z"], step["weights"] @ before + step["bias"][:, None])
        assert np.allclose(step["after"], np.tanh(step["z"]))
        before = step["after"]
    for step in steps_of(found, "backward"):
        upper = 2 * (before - t) / 2 if step["above"] is None else step["above"][0].T @ step["above"][1]
        assert np.allclose(step["delta"], upper * (1 - np.tanh(step["z"]) ** 2))
    for step in steps_of(found, "gradient of a layer"):
        assert np.allclose(step["weights"], step["delta"] @ step["before"].T)
        assert np.allclose(step["bias"], step["delta"].sum(axis=1))
