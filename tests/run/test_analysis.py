"""Limits, series, integrals, optima and orders in floats: known constants and SciPy, and what has no value."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy.optimize
import scipy.special

from agnesi.errors import AgnesiError, NotNumeric
from agnesi.expr.nodes import Expr, apply, bind, constant, symbol
from agnesi.run.orders import order_holds
from agnesi.run.reference import evaluate

x, n, k, h, r, t, lam = (symbol(name) for name in ("x", "n", "k", "h", "r", "t", "λ"))
p, c, w = (symbol(name, ("n",)) for name in "pcw")
S, X, y = symbol("S", ("n", "n")), symbol("X", ("m", "n")), symbol("y", ("m",))
INF = constant(math.inf)
RNG = np.random.default_rng(7)
SYM = (lambda m: m + m.T)(RNG.normal(size=(4, 4)))
DATA, RESPONSE, COST = RNG.normal(size=(5, 3)), RNG.normal(size=5), RNG.normal(size=4)


def fn(name: str, *args: Any) -> Expr:
    return apply(name, *args)


def limit(body: Expr, variable: Expr, point: Any, side: int = 0) -> Expr:
    return bind("Limit", (variable,), body, point, side)


def series(body: Expr, low: Any, high: Any = INF, product: bool = False) -> Expr:
    return bind("SeriesProd" if product else "Series", (k,), body, low, high)


@pytest.mark.parametrize(("node", "at", "expected"), [
    (limit(fn("sin", x) / x, x, 0), {}, 1.0),
    (limit((1 - fn("cos", x)) / x**2, x, 0), {}, 0.5),
    (limit((1 + x / n) ** n, n, INF), {"x": 1.7}, math.exp(1.7)),
    (limit((fn("exp", x + h) - fn("exp", x)) / h, h, 0), {"x": 1.3}, math.exp(1.3)),
    (limit((x**2 - r**2) / (x - r), x, r), {"r": 0.7}, 1.4),
    (limit(x * fn("log", x), x, 0, 1), {}, 0.0),
    (limit(x * fn("log", x), x, 0), {}, 0.0),  # it has values on one side only
    (limit(fn("abs", x) / x, x, 0, -1), {}, -1.0),
    (limit(fn("sqrt", n**2 + n) - n, n, INF), {}, 0.5),
    (limit(fn("arctan", n), n, -INF), {}, -math.pi / 2),
    (limit(n**10 * fn("exp", -n), n, INF), {}, 0.0),
    (limit(series((k / n) ** 2 / n, 1, n), n, INF), {}, 1 / 3),
    (limit(series(1 / k, 1, n) - fn("log", n), n, INF), {}, float(np.euler_gamma)),
    (series(x**k / fn("factorial", k), 0), {"x": 2.5}, math.exp(2.5)),
    (series(1 / k**2, 1), {}, math.pi**2 / 6),
    (series(1 / k**4, 1), {}, math.pi**4 / 90),
    (series(fn("pow", constant(-1), k) / k, 1), {}, -math.log(2)),
    (series(r**k, 0), {"r": 0.95}, 20.0),
    (series(r**k, 0), {"r": -0.9}, 1 / 1.9),
    (series(k * r**k, 0), {"r": 0.7}, 0.7 / 0.09),
    (series(fn("exp", -(k**2)), -INF), {}, float(np.sum(np.exp(-np.arange(-20.0, 21) ** 2)))),
    (series(4 * k**2 / (4 * k**2 - 1), 1, product=True), {}, math.pi / 2),
    (series(k, 3, 10), {}, 52.0),
    (series(k, 3, 2), {}, 0.0),
    (series(k, 1, 5, product=True), {}, 120.0),
])
def test_known_values(node: Expr, at: dict[str, float], expected: float) -> None:
    value = evaluate(node, at)
    assert value == pytest.approx(expected, rel=2e-10, abs=1e-10)
    assert value != pytest.approx(expected + 1e-6, rel=2e-10, abs=1e-10)


@pytest.mark.parametrize(("node", "at"), [
    (limit(1 / x, x, 0), {}), (limit(fn("sin", 1 / x), x, 0), {}), (limit(fn("abs", x) / x, x, 0), {}),
    (limit(fn("log", n), n, INF), {}), (limit(constant(2) ** n, n, INF), {}), (limit(fn("log", x), x, 0, -1), {}),
    (limit(fn("cos", fn("pi") * n), n, INF), {}), (limit(fn("sin", 2 * fn("pi") * fn("log2", x)), x, 0, 1), {}),
    (series(1 / k, 1), {}), (series(fn("pow", constant(-1), k), 0), {}), (series(1 / (k * fn("log", k)), 2), {}),
    (series(r**k, 0), {"r": 2.0}), (series(r**k, 0), {"r": -2.0}), (series(r**k, 0), {"r": 1.001}),
    (series(r**k, 0), {"r": -1.001}), (series(r**k, 0), {"r": 1.0}), (series(k, 5, 2), {}),
    (series(k, 1, n), {"n": 2.5}),
])
def test_what_does_not_converge_has_no_value(node: Expr, at: dict[str, float]) -> None:
    with pytest.raises(NotNumeric, match=r"converge|ends before|whole numbers"):
        evaluate(node, at)


def test_vectors_go_entry_by_entry() -> None:
    got = evaluate(series(p / k**2, 1), {"p": [1.0, -2.0]})
    np.testing.assert_allclose(got, np.array([1, -2]) * math.pi**2 / 6, rtol=1e-10)
    with pytest.raises(NotNumeric):
        evaluate(series(fn("epow", p, k), 0), {"p": [0.5, 1.5]})  # one of them diverges


@pytest.mark.parametrize(("node", "expected"), [
    (bind("Integral", (t,), fn("exp", -(t**2)), -INF, INF), math.sqrt(math.pi)),
    (bind("Integral", (t,), fn("exp", -(t - 3) ** 2 * 50), -INF, INF), math.sqrt(math.pi / 50)),
    (bind("Integral", (t,), t * fn("exp", -t), 0, INF), 1.0),
    (bind("Integral", (t,), fn("exp", t), -INF, 0), 1.0),
    (bind("Integral", (t,), bind("Integral", (x,), x * t, 0, t), 0, 1), 0.125),
    (bind("Integral", (t,), fn("exp", t), 1, 0), 1 - math.e),
])
def test_integrals(node: Expr, expected: float) -> None:
    assert evaluate(node, {}) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("body", [1 / t, t * 0 + 1, fn("sin", t)])
def test_integrals_without_a_sure_value(body: Expr) -> None:
    with pytest.raises(NotNumeric):
        evaluate(bind("Integral", (t,), body, 0 if body == 1 / t else 1, INF), {})


def eq(a: Any, b: Any) -> Expr:
    return apply("eq", a, b)


def simplex() -> tuple[Expr, Expr]:
    return eq(fn("sum", p), 1), apply("ge", p, 0)


def ridge() -> Expr:
    return fn("norm", X @ w - y) ** 2 + lam * fn("norm", w) ** 2


RIDGE = np.linalg.solve(DATA.T @ DATA + 0.7 * np.eye(3), DATA.T @ RESPONSE)
AT = {"X": DATA, "y": RESPONSE, "λ": 0.7}


@pytest.mark.parametrize(("node", "at", "expected"), [
    (bind("Max", (p,), p.T @ S @ p, eq(fn("norm", p), 1)), {"S": SYM}, np.linalg.eigvalsh(SYM)[-1]),
    (bind("Min", (p,), p.T @ S @ p, eq(fn("norm", p), 1)), {"S": SYM}, np.linalg.eigvalsh(SYM)[0]),
    (bind("Max", (p,), (p.T @ S @ p) / (p.T @ p)), {"S": SYM}, np.linalg.eigvalsh(SYM)[-1]),
    (bind("Max", (p,), fn("inner", p, c), apply("le", fn("norm", p), 1)), {"c": COST}, np.linalg.norm(COST)),
    (bind("Max", (p,), fn("inner", p, c), *simplex()), {"c": COST}, COST.max()),
    (bind("Max", (p,), fn("inner", p, c) - fn("inner", p, fn("log", p)), *simplex()), {"c": COST},
     scipy.special.logsumexp(COST)),
    (bind("Argmin", (w,), ridge()), AT, RIDGE),
    (bind("Min", (w,), ridge()), AT, np.sum((DATA @ RIDGE - RESPONSE) ** 2) + 0.7 * RIDGE @ RIDGE),
    (bind("Min", (w,), fn("norm", X @ w - y) ** 2, apply("ge", w, 0)), {"X": DATA, "y": RESPONSE},
     scipy.optimize.nnls(DATA, RESPONSE)[1] ** 2),
    (bind("Argmin", (w,), fn("norm", w) ** 2, eq(X @ w, y)), {"X": DATA[:2], "y": RESPONSE[:2]},
     np.linalg.pinv(DATA[:2]) @ RESPONSE[:2]),
    (bind("Min", (w,), fn("norm", X @ w - y) ** 2), {"X": DATA.T, "y": RESPONSE[:3]}, 0.0),  # many points, one value
    (bind("Max", (t,), t * fn("exp", -t), apply("ge", t, 0)), {}, math.exp(-1)),
    (bind("Min", (t,), t + 1 / t, apply("gt", t, 0)), {}, 2.0),
    (bind("Max", (t,), t * (1 - t), apply("le", 0, t), apply("le", t, 1)), {}, 0.25),
    (bind("Min", (t,), fn("sin", 5 * t) + t**2 / 100), {}, -0.9990138284971975),
])
def test_optima(node: Expr, at: dict[str, Any], expected: Any) -> None:
    np.testing.assert_allclose(evaluate(node, at), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("node", "at"), [
    (bind("Max", (p,), p.T @ S @ p), {"S": SYM}),  # it has no bound
    (bind("Min", (t,), fn("exp", t)), {}),  # approached, not reached
    (bind("Min", (t,), 1 / t, apply("gt", t, 0)), {}),
    (bind("Argmax", (p,), p.T @ S @ p, eq(fn("norm", p), 1)), {"S": SYM}),  # at two points
    (bind("Min", (w,), ridge() + 90 * fn("norm1", w)), AT),  # its minimum may be at a kink
    (bind("Min", (S,), fn("norm", S) ** 2), {"S": np.eye(5)}),  # too many variables
])
def test_optima_that_are_not_confirmed(node: Expr, at: dict[str, Any]) -> None:
    with pytest.raises(NotNumeric):
        evaluate(node, at, {"n": 5} if at.get("S") is not None and len(at["S"]) == 5 else None)


@pytest.mark.parametrize(("n_", "k_"), [(5, 2), (7, 0), (10, 10), (30, 12)])
def test_factorials_and_binomials(n_: int, k_: int) -> None:
    assert evaluate(fn("factorial", n), {"n": n_}) == pytest.approx(math.factorial(n_), rel=1e-13)
    assert evaluate(fn("binom", n, k), {"n": n_, "k": k_}) == pytest.approx(math.comb(n_, k_), rel=1e-13)


SIN = fn("sin", x)


@pytest.mark.parametrize(("left", "right", "verdict"), [
    (SIN, x - x**3 / 6 + fn("big_o", x**5), True), (SIN, x - x**3 / 6 + fn("big_o", x**6), False),
    (SIN, x - x**3 / 6 + fn("little_o", x**4), True), (SIN, x - x**3 / 6 + fn("little_o", x**5), False),
    (SIN, x + x**3 / 6 + fn("big_o", x**5), False), (SIN, x + fn("big_o", x**2), True),
    ((1 + 1 / x) ** x, fn("euler") + fn("big_o", 1 / x), True),
    ((1 + 1 / x) ** x, fn("euler") + fn("big_o", 1 / x**2), False),
    (x * fn("log", x), fn("little_o", fn("sqrt", x)), True), (x * fn("log", x), fn("big_o", x), None),
    (x**2, x**2 + fn("big_o", x**9), True), (SIN, x, None),
])
def test_orders(left: Expr, right: Expr, verdict: bool | None) -> None:
    assert order_holds(left, right, {"x": 0.7}, {}) is verdict


def test_an_order_alone_has_no_value() -> None:
    with pytest.raises(AgnesiError):
        evaluate(x + fn("big_o", x**2), {"x": 0.1})
