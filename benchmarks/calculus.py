"""Measure `agnesi.calculus`: the numeric ways beside SciPy and differences, the exact ones beside sympy.

    python benchmarks/calculus.py [--quick] [--output FILE]

Prints Markdown tables: milliseconds, the best of several runs, the libraries in turn; a ratio above 1 means that Agnesi
takes longer. Agnesi's times hold the steps and the checks of its answer, where the libraries give the answer alone;
"inside" is the part of Agnesi that does what the library does, once the text is read and differentiated. Nothing here
passes or fails.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy
from scipy import integrate, optimize

from agnesi import calculus
from agnesi.calculus.coefficients import coefficients
from agnesi.calculus.descent import _walk
from agnesi.calculus.differences import central_gradient
from agnesi.calculus.functions import function
from agnesi.calculus.integrals import _quadrature
from agnesi.calculus.nonlinear import _gauss_newton, _levenberg, _problem
from linalg import SECONDS, best, printed, table, written

Case = dict[str, Callable[[], Any] | None]
VALLEY = "(1 - x)^2 + 100 (y - x^2)^2"
x, y, z, a = sympy.symbols("x y z a", real=True)


def rosenbrock(p: np.ndarray) -> float:
    return float((1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2)


def rosenbrock_slope(p: np.ndarray) -> np.ndarray:
    return np.array([-2 * (1 - p[0]) - 400 * p[0] * (p[1] - p[0] ** 2), 200 * (p[1] - p[0] ** 2)])


def walked(steps: int) -> np.ndarray:
    """Gradient descent as it is written by hand, with the gradient by hand."""
    at = np.array([-1.2, 1.0])
    for _ in range(steps):
        at = at - 0.001 * rosenbrock_slope(at)
    return at


def descents() -> dict[str, Case]:
    """Minimisation, from the same starts."""
    f = function(VALLEY)
    start = np.array([-1.2, 1.0])
    curvature = lambda p: np.array([[2 - 400 * (p[1] - 3 * p[0] ** 2), -400 * p[0]], [-400 * p[0], 200]])
    return {
        "gradient descent, 1000 steps": {
            "Agnesi": lambda: calculus.gradient_descent(f, start, rate=0.001, steps=1000),
            "inside": lambda: _walk(f, start, 0.001, 1000, 0.0, "fixed", 0.0),
            "library": lambda: walked(1000),
            "by differences": None,
        },
        "Newton on the gradient": {
            "Agnesi": lambda: calculus.newton_minimum(f, start),
            "inside": None,
            "library": lambda: optimize.minimize(rosenbrock, start, jac=rosenbrock_slope, hess=curvature,
                                                 method="Newton-CG"),
            "by differences": lambda: optimize.minimize(rosenbrock, start, method="BFGS"),
        },
        "root in one variable": {
            "Agnesi": lambda: calculus.newton("x^3 - 2x + 2", -2),
            "inside": None,
            "library": lambda: optimize.newton(lambda t: t**3 - 2 * t + 2, -2.0, lambda t: 3 * t**2 - 2),
            "by differences": lambda: optimize.newton(lambda t: t**3 - 2 * t + 2, -2.0),
        },
    }  # fmt: skip


def fits(count: int) -> dict[str, Case]:
    """Non-linear least squares of a decay and of a Gaussian."""
    t = np.linspace(0, 5, count)
    rows = {"x": t, "y": 2 * np.exp(-0.7 * t) + 0.01 * np.random.default_rng(0).normal(size=count)}
    residuals = lambda p: rows["y"] - p[0] * np.exp(-p[1] * t)
    slopes = lambda p: -np.stack([np.exp(-p[1] * t), -p[0] * t * np.exp(-p[1] * t)], axis=1)
    found = {}
    problem = _problem("a exp(-b x)", rows, "a b", "y")
    for method, walk in (("gauss-newton", _gauss_newton), ("levenberg-marquardt", _levenberg)):
        found[f"{method}, {count} points"] = {
            "Agnesi": lambda m=method: calculus.fit_curve("a exp(-b x)", rows, [1, 1], "a b", m),
            "inside": lambda w=walk: w(problem, np.ones(2), 200, 1e-10),
            "library": lambda: optimize.least_squares(residuals, [1.0, 1.0], jac=slopes, method="lm"),
            "by differences": lambda: optimize.least_squares(residuals, [1.0, 1.0], method="lm"),
        }
    return found  # type: ignore[return-value]


def points() -> dict[str, Case]:
    """Derivatives at a point, once the function is read and differentiated."""
    f = function("exp(x y) + sin(x) cos(y) + x^2 y^3 + z ln(1 + x^2)")
    at = np.array([0.3, -0.7, 1.1])
    f.slope(at), f.curvature(at)
    return {
        "gradient at a point": {
            "Agnesi": lambda: calculus.gradient(f, at), "inside": lambda: f.slope(at),
            "library": lambda: optimize.approx_fprime(at, f.of, 1.5e-8),
            "by differences": lambda: central_gradient(f.of, at),
        },
        "Hessian at a point": {
            "Agnesi": lambda: calculus.hessian(f, at), "inside": lambda: f.curvature(at),
            "library": lambda: optimize.approx_fprime(at, f.slope, 1.5e-8),
            "by differences": lambda: np.stack([central_gradient(lambda p, k=k: f.slope(p)[k], at) for k in range(3)]),
        },
    }


def quadratures() -> dict[str, Case]:
    """Definite integrals without a closed form."""
    power, zero, one = x**x, sympy.Integer(0), sympy.Integer(1)
    return {
        "quadrature of xˣ": {
            "Agnesi": lambda: calculus.integral("x^x", 0, 1, exact=False),
            "inside": lambda: _quadrature(power, x, zero, one),
            "library": lambda: integrate.quad(lambda t: t**t, 0, 1),
            "by differences": None,
        },
        "quadrature of sin(xy)": {
            "Agnesi": lambda: calculus.double_integral("sin(x y)", ("y", 0, 1), ("x", 0, 1)),
            "inside": None,
            "library": lambda: integrate.dblquad(lambda b, t: np.sin(t * b), 0, 1, 0, 1),
            "by differences": None,
        },
    }


def exact() -> dict[str, Case]:
    """The exact ways; what sympy does in one call for the same answer, or in the few that it takes."""
    lam = sympy.Symbol("lam", real=True)
    cubic = x**3 - 3 * x * y + y**3
    himmelblau = (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2
    zero, cases = sympy.Integer(0), {}
    for text, f in (("exp(sin x)", sympy.exp(sympy.sin(x))), ("tan x", sympy.tan(x)), ("1/(1+x^2)", 1 / (1 + x**2))):
        cases[f"Taylor, degree 12: {text}"] = {
            "Agnesi": lambda t=text: calculus.taylor(t, 0, 12),
            "inside": lambda g=f: coefficients(g, x, zero, 12),
            "sympy": lambda g=f: sympy.series(g, x, 0, 13),
        }
    cases |= {
        "power series of ln(1 + x)": {
            "Agnesi": lambda: calculus.power_series("ln(1+x)"), "inside": None,
            "sympy": lambda: sympy.fps(sympy.log(1 + x), x),
        },
        "critical points: x³ − 3xy + y³": {
            "Agnesi": lambda: calculus.critical_points("x^3 - 3x y + y^3"),
            "inside": lambda: calculus.solve_system([sympy.diff(cubic, v) for v in (x, y)], [x, y]),
            "sympy": lambda: sympy.solve([sympy.diff(cubic, v) for v in (x, y)], [x, y], dict=True),
        },
        "critical points of Himmelblau": {
            "Agnesi": lambda: calculus.critical_points("(x^2 + y - 11)^2 + (x + y^2 - 7)^2"),
            "inside": lambda: calculus.solve_system([sympy.diff(himmelblau, v) for v in (x, y)], [x, y]),
            "sympy": lambda: sympy.solve([sympy.diff(himmelblau, v) for v in (x, y)], [x, y], dict=True),
        },
        "Lagrange: x²y on a circle": {
            "Agnesi": lambda: calculus.lagrange("x^2 y", "x^2 + y^2 = 3"), "inside": None,
            "sympy": lambda: sympy.solve([2 * x * y - 2 * lam * x, x**2 - 2 * lam * y, x**2 + y**2 - 3],
                                         [x, y, lam], dict=True),
        },
        "integral of x exp(−x), 0 to ∞": {
            "Agnesi": lambda: calculus.integral("x exp(-x)", 0, "oo"), "inside": None,
            "sympy": lambda: sympy.integrate(x * sympy.exp(-x), (x, 0, sympy.oo)),
        },
        "Jacobian 2×3": {
            "Agnesi": lambda: calculus.jacobian(["x^2 y z", "sin(x y) + z"]), "inside": None,
            "sympy": lambda: sympy.Matrix([x**2 * y * z, sympy.sin(x * y) + z]).jacobian([x, y, z]),
        },
        "Hessian 3×3": {
            "Agnesi": lambda: calculus.hessian("x^2 y z + x exp(y)"), "inside": None,
            "sympy": lambda: sympy.hessian(x**2 * y * z + x * sympy.exp(y), [x, y, z]),
        },
    }  # fmt: skip
    return cases


def cleared(case: Case) -> Case:
    """Return a case in which sympy forgets between runs what it worked out: each run is a first one."""

    def fresh(run: Callable[[], Any]) -> Callable[[], Any]:
        def once() -> Any:
            sympy.core.cache.clear_cache()
            return run()

        return once

    return {name: run and fresh(run) for name, run in case.items()}


def ratio(top: float | None, bottom: float | None) -> str:
    return f"{top / bottom:.2f}" if top and bottom else ""


def report(quick: bool) -> str:
    """Return all tables."""
    budget = 0.05 if quick else SECONDS
    groups = [descents(), fits(100), *([] if quick else [fits(10_000)]), points(), quadratures()]
    rows = []
    for name, case in (pair for group in groups for pair in group.items()):
        times = best(case, budget)
        parts = [ratio(times[k], times["library"]) for k in ("Agnesi", "inside")]
        rows.append([name, *(written(t) for t in times.values()), *parts])
    last = ["by differences", "ratio", "ratio inside"]
    head = ["what", "Agnesi, with steps and checks", "inside", "NumPy, SciPy", *last]
    out = [f"sympy {sympy.__version__}\n", table("Numbers (ms)", head, rows)]
    rows = []
    for name, case in exact().items():
        times = best(cleared(case), budget)
        parts = [ratio(times[k], times["sympy"]) for k in ("Agnesi", "inside")]
        rows.append([name, *(written(t) for t in times.values()), *parts])
    head = ["what", "Agnesi, with steps and checks", "inside", "sympy", "ratio", "ratio inside"]
    return "\n".join([*out, table("Exact (ms)", head, rows)])


if __name__ == "__main__":
    printed(__doc__ or "", report)
