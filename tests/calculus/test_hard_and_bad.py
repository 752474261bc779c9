"""Hard cases of calculus against other libraries, and bad input: one sentence of Agnesi, never a foreign traceback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from scipy import optimize

from agnesi import calculus
from agnesi.calculus.coefficients import coefficients
from agnesi.calculus.functions import function, has_kink
from agnesi.calculus.given import columns, floats, whole
from agnesi.calculus.solving import solve_system
from agnesi.errors import AgnesiError, NotNumeric

x, y = sympy.symbols("x y", real=True)


@pytest.mark.parametrize(
    ("text", "at"),
    [("e^x", 0), ("exp(sin x)", 0), ("1/(1+x^2)", 0), ("tan x", 0), ("tanh x", 0), ("arcsin x", 0), ("arccos(x)", 0),
     ("arctan x", 1), ("sqrt(x)", 4), ("ln x", 1), ("x^x", 1), ("2^x", 0), ("erf(x)", 0), ("sin(x)/x", 0),
     ("x/(e^x-1)", 0), ("1/x - 1/sin(x)", 0), ("(1-cos x)/x^2", 0), ("cosh(x) sinh(x)", 0), ("(1+x)^(1/3)", 0)],
)  # fmt: skip
def test_coefficients_are_those_of_mpmath(text: str, at: int) -> None:
    f = function(text, "x").expr
    found = coefficients(f, x, sympy.Integer(at), 12)
    assert found is not None
    with mpmath.workdps(80):
        run, distance = sympy.lambdify([x], f, "mpmath"), mpmath.mpf(10) ** -5
        total = sum(mpmath.mpf(sympy.N(c, 80)) * distance**k for k, c in enumerate(found))
        assert abs(total - run(at + distance)) < mpmath.mpf(10) ** -50


@pytest.mark.parametrize(("text", "at"), [("1/x", 0), ("sqrt(x)", 0), ("abs(x)", 0), ("ln x", -1), ("exp(-1/x^2)", 0)])
def test_no_series_where_there_is_none(text: str, at: int) -> None:
    assert coefficients(function(text, "x").expr, x, sympy.Integer(at), 4) is None
    with pytest.raises(NotNumeric):
        calculus.taylor(text, at, 4)


def test_a_removable_singularity_is_said() -> None:
    found = calculus.taylor("sin(x)/x", 0, 4)
    assert sympy.expand(found.value - (1 - x**2 / 6 + x**4 / 120)) == 0 and "its limit, 1, is taken" in found.notes[0]
    assert calculus.power_series("sin(x)/x").radius == sympy.oo
    assert calculus.power_series("x^2 + 3x").answer[0].text() == ["f(x) = 3x + x²"]


def test_all_critical_points_of_himmelblau() -> None:
    found = calculus.critical_points("(x^2+y-11)^2+(x+y^2-7)^2")
    f = lambda p: (p[0] ** 2 + p[1] - 11) ** 2 + (p[0] + p[1] ** 2 - 7) ** 2
    kinds = sorted(p.kind for p in found.value)
    assert kinds == ["maximum", *["minimum"] * 4, *["saddle"] * 4] and found.verified
    seen = {tuple(np.round(optimize.minimize(f, s, tol=1e-12).x, 4)) for s in ([3, 2], [-3, 3], [-4, -3], [4, -2])}
    told = {tuple(np.round(np.array(p.at, dtype=float), 4)) for p in found.value if p.kind == "minimum"}
    assert seen == told


@pytest.mark.parametrize("seed", range(6))
def test_real_roots_of_polynomials_are_numpys(seed: int) -> None:
    numbers = [int(v) for v in np.random.default_rng(seed).integers(-9, 10, 6)]
    numbers[0] = numbers[0] or 1
    found = solve_system([sum(c * x**k for k, c in enumerate(reversed(numbers)))], [x])
    roots = np.roots(numbers)
    real = sorted(set(np.round(roots[np.abs(roots.imag) < 1e-7].real, 6)))
    assert np.allclose(sorted(float(p[x]) for p in found.points), real, atol=1e-5)


@pytest.mark.parametrize("seed", range(4))
def test_systems_of_polynomials_have_all_their_solutions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b, c, d = (int(v) for v in rng.integers(1, 5, 4))
    system = [x**2 + a * y - b, y**3 - c * x - d]
    found = solve_system(system, [x, y])
    lone = sympy.Poly(sympy.resultant(*system, x), y)
    wanted = 0
    for r in np.roots([float(v) for v in lone.all_coeffs()]):
        wanted += abs(r.imag) < 1e-9
    assert len(found.points) == wanted
    for p in found.points:
        assert all(abs(sympy.N(e.subs(p), 30)) < 1e-20 for e in system)


def test_points_on_a_family_are_not_isolated() -> None:
    found = calculus.critical_points("x^3 y^2 (6 - x - y)")
    assert [p.at for p in found.value] == [(3, 2)] and found.families


@pytest.mark.parametrize(
    ("text", "low", "high", "wanted"),
    [("exp(-1000 x^2)", -100, 100, np.sqrt(np.pi / 1000)), ("1/(1+1000000 x^2)", -1000, 1000, np.arctan(1e6) / 500),
     ("x^x", 0, 1, -sum((-1.0) ** n / n**n for n in range(1, 20)))],  # the last one: Bernoulli 1697
)  # fmt: skip
@pytest.mark.parametrize("exact", [True, False])
def test_narrow_peaks_are_not_missed(text: str, low: int, high: int, wanted: float, exact: bool) -> None:
    found = calculus.integral(text, low, high, exact=exact)
    assert abs(float(found.value) - wanted) < 1e-8 and found.verified


def test_letters_in_integrals_and_limits() -> None:
    a = sympy.Symbol("a", real=True)
    found = calculus.integral("exp(-a x)", 0, "oo", "x")
    assert found.value == 1 / a and found.notes == ("a is taken as positive.",) and found.verified
    assert calculus.limit("sin(a x)/x", "x", 0).verified
    assert calculus.integral("1/x", -2, -1).value == -sympy.log(2)


def test_kinks() -> None:
    assert has_kink(sympy.Abs(x), [x], [sympy.Integer(0)]) and not has_kink(x * sympy.Abs(x), [x], [sympy.Integer(0)])
    assert calculus.convexity("abs(x)").value and not calculus.convexity("-abs(x)").value
    tight = calculus.convexity("x^4 - 0.001 x^2")
    assert not tight.value and tight.agree and tight.counterexample[-1] > 0
    assert "kink" in calculus.reverse_mode("max(0, x) + x", 0).notes[0]
    assert calculus.elementwise("max", 2).answer[0].text() == ["∂y/∂w = diag(w > x)"]


def test_central_differences_of_a_parabola_are_exact() -> None:
    found = calculus.difference_errors("x^2", 1)
    assert found.answer[1].text() == ["central error = 0"] and found.verified


def test_what_is_given() -> None:
    assert whole(3.0, "steps") == 3 and floats([sympy.Rational(1, 2)], "x").tolist() == [0.5]
    assert [c.tolist() for c in columns({"x": [1], "y": [2]}, ["y", "x"])] == [[2.0], [1.0]]


ROWS = {"x": [1, 2], "y": [2, 4]}
nan = float("nan")
BAD: list[Callable[[], Any]] = [
    lambda: calculus.derivative("x^2", "x", order=1.5), lambda: calculus.derivative("x^2", 3),
    lambda: calculus.derivative("floor(x)"), lambda: calculus.derivative("hello x"),
    lambda: calculus.derivative("sinx"),
    lambda: calculus.derivative("max(x, 3)", "x"), lambda: calculus.gradient("1/x", [0]),
    lambda: calculus.gradient("abs(x)", [0]), lambda: calculus.gradient("x y", [1, "1/0"]),
    lambda: calculus.hessian("abs(x)", 0), lambda: calculus.directional("ln(x)", [0], [1]),
    lambda: calculus.limit("x", "x", "nan"), lambda: calculus.total_derivative("x", along=3),  # type: ignore[arg-type]
    lambda: calculus.vector_chain(["u"], "u = x"), lambda: calculus.reverse_mode("sqrt(x)", 0),  # type: ignore[arg-type]
    lambda: calculus.reverse_mode("5", 1), lambda: calculus.propagate_error("a x", [1, "b"], [1, 1]),
    lambda: calculus.identity_jacobian(2.5), lambda: calculus.neuron_gradient("a"),  # type: ignore[arg-type]
    lambda: calculus.neuron_loss([[1, 2]], [1], [1, 1], "a"), lambda: calculus.train_neuron([[1]], [1], [0], steps=-1),
    lambda: calculus.train_neuron("abc", [1], [1]), lambda: calculus.train_neuron([[1]], [nan], [1]),
    lambda: calculus.difference_errors("abs(x)", 0), lambda: calculus.taylor("e^x", 0, 2.5),  # type: ignore[arg-type]
    lambda: calculus.taylor("abs(x)", 0, 2), lambda: calculus.taylor("e^x", 0, 3, on="hello"),  # type: ignore[arg-type]
    lambda: calculus.taylor_errors("ln x", 1, [1], -1), lambda: calculus.power_series("e^x", terms=1.5),  # type: ignore[arg-type]
    lambda: calculus.newton("x^2-2", "a"), lambda: calculus.newton("x^2-2", 1, tolerance=-1),
    lambda: calculus.newton_minimum("a x^2 + y^2", [3, 1], variables="x y"),
    lambda: calculus.gradient_descent("x^2", 1, rate="a"), lambda: calculus.gradient_descent("ln x", -1),  # type: ignore[arg-type]
    lambda: calculus.gradient_descent("x^2", 1, steps=10.5), lambda: calculus.quadratic("a", [1]),  # type: ignore[arg-type]
    lambda: calculus.quadratic([[nan]], [1]), lambda: calculus.kkt("a x^2", ["x >= 1"], variables="x"),
    lambda: calculus.stochastic_descent("(y - a x)^2", {"x": ["u", 2], "y": [2, 4]}, [0], "a"),
    lambda: calculus.stochastic_descent("(y - a x)^2", {"x": [nan, 2], "y": [2, 4]}, [0], "a"),
    lambda: calculus.stochastic_descent("(y - a x)^2", ROWS, ["q"], "a"),
    lambda: calculus.fit_line(["a", 1, 2], [1, 2, 3]), lambda: calculus.fit_line(["x"] * 100, [1] * 100),
    lambda: calculus.misfit("m x", ROWS, "m", [["a"]]),
    lambda: calculus.misfit("m x", {"x": [1, 2], "y": [2, 4, 5]}, "m", [[1]]),
    lambda: calculus.fit_curve("a x", ROWS, ["q"], "a"), lambda: calculus.fit_curve("a x", ROWS, [1], "a", steps=0),
    lambda: calculus.fit_curve("a x", [1, 2], [1], "a"), lambda: calculus.network([2, "a"]),  # type: ignore[list-item]
    lambda: calculus.network([2.5, 1]), lambda: calculus.backpropagate(5, [1], [1]),  # type: ignore[list-item,arg-type]
    lambda: calculus.backpropagate(calculus.network([2, 2]), "ab", [1, 2]), lambda: calculus.integral("x^2", "nan", 1),
    lambda: calculus.double_integral("x y", ("y", 0), ("x", 0, 1)),  # type: ignore[arg-type]
    lambda: calculus.convexity("a x^2", variables="x"), lambda: calculus.critical_points("x^2", box=(3, 1)),
]  # fmt: skip


@pytest.mark.parametrize("case", range(len(BAD)))
def test_bad_input_is_one_sentence(case: int) -> None:
    with pytest.raises(AgnesiError) as caught:
        BAD[case]()
    told = str(caught.value)
    assert told.strip() and "Traceback" not in told and "blocks(" not in told and "zoo" not in told
