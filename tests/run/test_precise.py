"""Numbers of many digits: against the floats of the reference, mpmath's own constants, and exact fractions."""

from __future__ import annotations

import doctest
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

import agnesi.run.precise as precise
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Expr, apply, bind, constant, index, symbol
from agnesi.generate import random_expression
from agnesi.run.precise import agree_precisely, precisely
from agnesi.run.sample import Sampler

x, y, s, t, u = (symbol(name) for name in "xystu")
A = symbol("A", ("n", "n"))
v = symbol("v", ("n",))
SHAPES: list[tuple[Any, ...]] = [(), ("n",), ("d",), (1, "n"), ("n", "d"), ("n", "n")]


def fn(name: str, *args: Any) -> Expr:
    return apply(name, *args)


def one(expr: Expr, **values: Any) -> Any:
    return precisely([expr], values, {})[0]


@pytest.mark.parametrize("start", range(0, 180, 30))
def test_the_floats_of_the_reference_agree(start: int) -> None:
    seen = 0
    for seed in range(start, start + 30):
        rng = np.random.default_rng(seed)
        node = random_expression(rng, SHAPES[seed % len(SHAPES)], 3, only_smooth=False)
        try:
            at, (value,) = Sampler([node], rng, largest=3).point()
        except NotNumeric:
            continue
        [many] = precisely([node], at.values, at.sizes)
        found = np.asarray(many, dtype=object).astype(float)
        assert np.shape(found) == np.shape(value), node
        np.testing.assert_allclose(found, value, rtol=1e-9, atol=1e-10 * max(1e-4, float(np.max(np.abs(value)))))
        seen += 1
    assert seen >= 25


@pytest.mark.parametrize(("expr", "values", "expected"), [
    (fn("log", 1 + x), {"x": Fraction(1, 10**18)}, "9.9999999999999999950000000000000000033333e-19"),
    ((1 - fn("cos", x)) / x**2, {"x": 1e-12}, None),
    (fn("exp", x) - 1 - x, {"x": 1e-9}, None),
    (fn("digamma", x), {"x": 1.0}, None),
])
def test_cancellation(expr: Expr, values: dict[str, Any], expected: str | None) -> None:
    with mpmath.workdps(80):
        w = mpmath.mpf(next(iter(values.values()))) if expected is None else mpmath.mpf(10) ** -18
        oracle = [mpmath.log1p(w), 2 * (mpmath.sin(w / 2) / w) ** 2, mpmath.expm1(w) - w, -mpmath.euler]
        got = one(expr, **values)
        close = [abs(got - value) < abs(value) * mpmath.mpf(10) ** -35 for value in oracle]
        assert close.count(True) == 1
        if expected is not None:
            assert abs(got - mpmath.mpf(expected)) < mpmath.mpf(10) ** -53


def test_a_number_in_the_text_is_a_decimal_and_a_value_is_a_float() -> None:
    assert agree_precisely(constant(0.1) + constant(0.2), constant(0.3), {}, {}) is True
    assert agree_precisely(x + y, constant(0.3), {"x": 0.1, "y": 0.2}, {}) is None
    assert 1e-17 < float(one(x + y - constant(0.3), x=0.1, y=0.2)) < 4e-17
    assert one(x + y - constant(0.3), x=Fraction(1, 10), y=Fraction(1, 5)) == 0 or abs(
        one(x + y - constant(0.3), x=Fraction(1, 10), y=Fraction(1, 5))) < 1e-60
    assert agree_precisely(x, constant(Fraction(1, 10)), {"x": Fraction(1, 10)}, {}) is True


@pytest.mark.parametrize(("left", "right", "values", "verdict"), [
    (fn("sin", x) ** 2 + fn("cos", x) ** 2, constant(1), {"x": 12345.678}, True),
    (fn("log", 1 + x), x, {"x": 1e-18}, False),
    (fn("log", 1 + x), x - x**2 / 2, {"x": 1e-15}, True),
    (fn("exp", x) - fn("exp", x), constant(0), {"x": 40.0}, True),
    (fn("log", fn("exp", x)), x, {"x": 700.5}, True),
    (fn("log", -x), x, {"x": 2.0}, None),
    (x + constant(Fraction(1, 10**20)), x, {"x": 1.0}, False),
    (fn("exp", x) * fn("exp", -x) - 1, constant(0), {"x": 30.0}, True),
    (fn("big_o", x), x, {"x": 1.0}, None),
])
def test_close_calls(left: Expr, right: Expr, values: dict[str, float], verdict: bool | None) -> None:
    assert agree_precisely(left, right, values, {}) is verdict


def test_a_badly_conditioned_inverse_is_decided() -> None:
    hilbert = np.array([[Fraction(1, i + j + 1) for j in range(8)] for i in range(8)], dtype=object)
    got = precisely([fn("inv", A)], {"A": hilbert}, {"n": 8})[0]
    assert abs(got[0, 0] - 64) < 1e-40 and abs(got[7, 7] - 176679360) < 1e-30  # the inverse is whole numbers
    eye = apply("eye", attrs=("n",))
    assert agree_precisely(fn("inv", A) @ A, eye, {"A": hilbert}, {"n": 8}) is True
    assert agree_precisely(fn("inv", A) @ A, eye + A * constant(1e-30), {"A": hilbert}, {"n": 8}) is True
    assert agree_precisely(fn("inv", A) @ A, eye + A * constant(1e-18), {"A": hilbert}, {"n": 8}) is False


@pytest.mark.parametrize(("fact", "expr", "other"), [
    ("orthogonal", lambda q: q.T @ q, apply("eye", attrs=("n",))),
    ("symmetric", lambda q: q.T, None),
])
def test_facts_hold_to_all_digits(fact: str, expr: Any, other: Expr | None) -> None:
    q = symbol("Q", ("n", "n"), (fact,))
    at, _ = Sampler([q], np.random.default_rng(0)).point()
    assert agree_precisely(expr(q), q if other is None else other, at.values, at.sizes) is True
    plain = symbol("Q", ("n", "n"))
    if other is not None:
        assert agree_precisely(expr(plain), other, at.values, at.sizes) is None  # rounding, but whose
        assert agree_precisely(expr(plain), 2 * other, at.values, at.sizes) is False


def test_what_rounding_in_the_values_explains_is_no_difference() -> None:
    unit = {"v": np.array([0.6, 0.48, 0.64])}  # ‖v‖ = 1 but for rounding
    assert agree_precisely(v.T @ v - 1, constant(0), unit, {"n": 3}) is None
    assert agree_precisely(v.T @ v - 1, constant(Fraction(1, 10**9)), unit, {"n": 3}) is False
    assert agree_precisely(2 * v, v + v, unit, {"n": 3}) is True


def test_distributions_add_up_to_1() -> None:
    p = symbol("p", ("n",), ("probability",))
    at, _ = Sampler([p], np.random.default_rng(3)).point()
    assert agree_precisely(fn("sum", p), constant(1), at.values, at.sizes) is True
    assert agree_precisely(fn("sum", p * p), constant(1), at.values, at.sizes) is False


def test_derivatives_are_carried_out() -> None:
    slope = apply("derivative", fn("exp", x * x), x, attrs=("total",))
    assert agree_precisely(slope, 2 * x * fn("exp", x * x), {"x": 0.3}, {}) is True
    assert agree_precisely(slope, x * fn("exp", x * x), {"x": 0.3}, {}) is False
    moved = apply("d", fn("logdet", A))
    direction = fn("tr", fn("inv", A) @ apply("d", A))
    values = {"A": np.array([[2.0, 0.3], [0.1, 1.5]]), "dA": np.array([[0.2, 1.0], [0.7, -0.4]])}
    assert agree_precisely(moved, direction, values, {"n": 2}) is True
    assert agree_precisely(moved, fn("tr", A @ apply("d", A)), values, {"n": 2}) is False


def test_sums_products_and_choices_over_an_axis() -> None:
    i = index("i", "n")
    at = {"v": np.array([0.1, 0.25, 0.7])}
    total = precisely([bind("Sum", (i,), apply("entry", v, i) / i)], at, {"n": 3})[0]
    assert total == mpmath.mpf(0.1) + mpmath.mpf(0.25) / 2 + mpmath.mpf(0.7) / 3 or abs(
        total - (0.1 + 0.125 + 0.7 / 3)) < 1e-15
    third = precisely([bind("Sum", (i,), constant(1) / i)], {}, {"n": 3})[0]
    with mpmath.workdps(60):
        assert abs(third - mpmath.mpf(11) / 6) < mpmath.mpf(10) ** -50  # a float would be wrong in digit 17
    assert precisely([bind("Argmax", (i,), apply("entry", v, i))], at, {"n": 3})[0] == 3


@pytest.mark.parametrize(("node", "expected"), [
    (bind("Integral", (u,), fn("exp", -(u**2)), constant(float("-inf")), constant(float("inf"))), "sqrt(pi)"),
    (bind("Integral", (u,), 1 / (1 + u**2), constant(0), constant(1)), "pi/4"),
    (bind("Limit", (u,), fn("sin", u) / u, constant(0), constant(0)), "mpf(1)"),
    (bind("Series", (u,), 1 / u**2, constant(1), constant(float("inf"))), "pi**2/6"),
])
def test_integrals_limits_and_series(node: Expr, expected: str) -> None:
    with mpmath.workdps(60):
        oracle = eval(expected, {**vars(mpmath), "pi": +mpmath.pi})
        assert abs(precisely([node], {}, {})[0] - oracle) < mpmath.mpf(10) ** -19
    assert agree_precisely(node, node + constant(1e-10), {}, {}) is False
    assert agree_precisely(node, node + constant(1e-25), {}, {}) is True


@pytest.mark.parametrize("body", [1 / u, u * 0 + 1, fn("cos", u)])
def test_integrals_that_do_not_converge(body: Expr) -> None:
    with pytest.raises(NotNumeric, match="does not converge"):
        precisely([bind("Integral", (u,), body, constant(1), constant(float("inf")))], {}, {})


def test_what_is_not_known_is_not_guessed() -> None:
    with pytest.raises(NotNumeric, match="not searched for"):
        precisely([bind("Max", (x,), -(x**2))], {}, {})
    with pytest.raises(NotNumeric, match="no value"):
        precisely([x], {}, {})
    assert agree_precisely(bind("Max", (x,), -(x**2)), constant(0), {}, {}) is None


def test_examples_in_docstrings() -> None:
    result = doctest.testmod(precise)
    assert result.attempted > 0 and result.failed == 0
