"""Functions of one variable: values, cuts, ranges, tangents and Taylor polynomials against NumPy, mpmath and sympy."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy

from agnesi import draw
from agnesi.draw.curves import taylor_polynomial
from agnesi.draw.formulas import function_of
from agnesi.draw.layers import Curve, Points
from agnesi.draw.picture import Picture
from agnesi.draw.ranges import chosen, sampled
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import symbol


def curves(picture: Picture) -> list[np.ndarray]:
    return [layer.points for layer in picture.layers if isinstance(layer, Curve)]


@pytest.mark.parametrize(("text", "oracle"), [
    ("x^3 - 2x + 1", lambda x: x**3 - 2 * x + 1), ("sin(x)/x", lambda x: np.sinc(x / np.pi)), ("exp(-x^2/2)",
    lambda x: np.exp(-(x**2) / 2)),
    ("abs(x) + 1", lambda x: np.abs(x) + 1),
    ("log(1 + exp(x))", np.logaddexp.outer if False else lambda x: np.logaddexp(0, x)),
    ("e^x", np.exp), ("3", lambda x: np.full_like(x, 3.0)),
])  # fmt: skip
def test_points_are_values(text, oracle) -> None:
    (curve,) = curves(draw.function(text, (-3, 3)))
    good = np.isfinite(curve[:, 1])
    assert good.all() and len(curve) >= 800
    assert np.allclose(curve[:, 1], oracle(curve[:, 0]), rtol=1e-9, atol=1e-12)
    assert curve[0, 0] == -3 and curve[-1, 0] == 3


def test_all_forms_of_a_function_give_the_same_graph() -> None:
    x = symbol("x")
    forms = ["x^2 + 1", "f(x) = x^2 + 1", x**2 + 1, sympy.Symbol("x") ** 2 + 1, lambda x: x**2 + 1,
    lambda x: float(x) ** 2 + 1]
    first = curves(draw.function(forms[0], (-1, 1)))[0]
    for form in forms[1:]:
        assert np.allclose(curves(draw.function(form, (-1, 1)))[0], first)
    assert np.allclose(curves(draw.function("a x^2 + b", (-1, 1), a=1, b=1))[0], first)
    assert np.allclose(curves(draw.function(np.poly1d([1, 0, 1]), (-1, 1)))[0], first)


@pytest.mark.parametrize(("text", "cuts"), [
    ("1/x", [0]), ("tan(x)", [-1.5 * np.pi, -0.5 * np.pi, 0.5 * np.pi, 1.5 * np.pi]), ("1/(x^2 - 1)", [-1, 1]),
    ("abs(x)/x", [0]),
    ("1/(x - 0.3)", [0.3]), ("x/abs(x) + x", [0]), ("sin(x)/x", []), ("100 tanh(50 x)", []), ("abs(x)", []),
    ("sqrt(abs(x))", []),
    ("1/(1 + 400 x^2)", []), ("exp(5x)", []), ("x^9", []),
])  # fmt: skip
def test_graphs_are_cut_at_poles_and_jumps_and_nowhere_else(text: str, cuts: list[float]) -> None:
    _, found = sampled(function_of(text, 1), -5, 5)
    assert np.allclose(found, cuts, atol=1e-9)


def test_no_line_joins_the_two_sides_of_a_pole() -> None:
    picture = draw.function("tan(x)", (-2, 2))
    (curve,) = curves(picture)
    floor, top = picture.axes[1].low, picture.axes[1].high
    steps = curve[1:] - curve[:-1]
    inside = (np.minimum(curve[1:, 1], curve[:-1, 1]) < top) & (np.maximum(curve[1:, 1], curve[:-1, 1]) > floor)
    falls = inside & (steps[:, 1] < -1e-9)
    assert not falls.any(), "tan never falls: a falling piece would join −∞ and ∞"


@pytest.mark.parametrize(("text", "edge"), [("sqrt(x)", 0.0), ("log(x)", 0.0), ("sqrt(x - 2)", 2.0),
("arcsin(x)", -1.0)])
def test_a_graph_begins_exactly_where_its_domain_does(text: str, edge: float) -> None:
    picture = draw.function(text, (-5, 5))
    (curve,) = curves(picture)
    assert abs(curve[np.isfinite(curve[:, 1])][0, 0] - edge) < 1e-9


@pytest.mark.parametrize(("text", "holds"), [
    ("x^2 - 400", (-20, 20)), ("sin(x)", (-np.pi, np.pi)), ("log(x)", (1, 3)), ("x^3 - x", (-1, 1)),
    ("1/(x^2 - 4)", (-2, 2)),
    ("exp(-x^2)", (-1, 1)),
])  # fmt: skip
def test_the_range_shows_what_matters(text: str, holds: tuple[float, float]) -> None:
    low, high = chosen(function_of(text, 1))
    assert low < holds[0] and high > holds[1] and high - low < 12 * (holds[1] - holds[0])


def test_a_range_may_be_written() -> None:
    picture = draw.function("sin(x)", ("-pi", "2 pi"))
    assert (picture.axes[0].low, picture.axes[0].high) == (-np.pi, 2 * np.pi)
    assert "from −π to 2π" in picture.alt


def test_the_words_tell_zeros_and_extremes_as_brent_and_golden_find_them() -> None:
    alt = draw.function("x^3 - 3x + 1", (-2.5, 2.5)).alt
    roots = sorted(mpmath.polyroots([1, 0, -3, 1]), key=float)
    for root in roots:
        assert f"x = {float(root):.3g}".replace("-", "−") in alt
    assert "It is lowest at (0, −1) and highest" not in alt
    alt = draw.function("sin(x)", (-4, 4)).alt
    assert "lowest at (−1.57, −1) and highest at (1.57, 1)" in alt and "x = −π, x = 0 and x = π" in alt


@pytest.mark.parametrize(("text", "at"), [("x^3 - x", 1.2), ("exp(x)", -2), ("sin(x)", 0), ("log(x)", 0.5),
("sqrt(x)", 4)])
def test_tangents_have_the_slope_of_sympy(text: str, at: float) -> None:
    picture = draw.tangent_line(text, at)
    x = sympy.Symbol("x")
    f = sympy.sympify(text.replace("^", "**"), locals={"x": x})
    slope, value = float(f.diff(x).subs(x, at)), float(f.subs(x, at))
    line = curves(picture)[1]
    assert np.isclose((line[1, 1] - line[0, 1]) / (line[1, 0] - line[0, 0]), slope, rtol=1e-8, atol=1e-10)
    touch = next(layer.points for layer in picture.layers if isinstance(layer, Points))
    assert np.allclose(touch, [[at, value]])


@pytest.mark.parametrize(("text", "at", "degree"), [("sin(x) + cos(x)", 0, 10), ("exp(x)", 1, 6), ("log(x)", 2, 5),
("1/(1 - x)", 0, 8),
                                                   ("x^4 - 1", "1/2", 4)])  # fmt: skip
def test_taylor_polynomials_are_those_of_mpmath(text: str, at: float | str, degree: int) -> None:
    f = function_of(text, 1)
    place = float(sympy.Rational(str(at)))
    p = taylor_polynomial(f, at, degree)
    plain = sympy.lambdify(sympy.Symbol("x"), sympy.sympify(text.replace("^", "**")), "mpmath")
    expected = [float(c) for c in mpmath.taylor(plain, place, degree)]
    t = np.linspace(-1, 1, 11)
    assert np.allclose(p(place + t), np.polynomial.polynomial.polyval(t, expected), rtol=1e-8)


def test_taylor_says_the_error_that_is_seen() -> None:
    alt = draw.taylor("exp(x)", 0, [2]).alt
    worst = np.e - 2.5
    assert f"degree 2 is at most {worst:.3g}" in alt and "T₂ = 1 + x + (1/2)x²" in alt


def test_curves_of_the_plane_and_space() -> None:
    (curve,) = curves(draw.parametric(["cos(t)", "sin(t)", "t"], (0, "2 pi")))
    t = np.linspace(0, 2 * np.pi, len(curve))
    assert np.allclose(curve, np.column_stack([np.cos(t), np.sin(t), t]), atol=1e-9)


@pytest.mark.parametrize("bad", [
    lambda: draw.function("sqrt(-1 - x^2)"), lambda: draw.function("log(x)", (-3, -1)), lambda: draw.function(""),
    lambda: draw.function("x y"), lambda: draw.function([]), lambda: draw.function("x", (1, 1)),
    lambda: draw.function("x", (2, 1)),
    lambda: draw.function("x", "abc"), lambda: draw.function("x", (float("nan"), 1)),
    lambda: draw.function(lambda x: np.nan * x),
    lambda: draw.function(lambda x: "no"), lambda: draw.function("x (", (0, 1)), lambda: draw.function({}),
    lambda: draw.function(None),
    lambda: draw.tangent_line("log(x)", -1), lambda: draw.tangent_line("abs(x)", "y"), lambda: draw.taylor("log(x)", 0),
    lambda: draw.taylor(np.sin, 0), lambda: draw.taylor("x", 0, [-1]), lambda: draw.taylor("x", 0, [1.5]),
    lambda: draw.parametric(["t"]), lambda: draw.parametric(["a t", "b t"]),
    lambda: draw.parametric(["sqrt(-1 - t^2)", "t"]),
    lambda: draw.function("x", (0, 1e300)),
])  # fmt: skip
def test_what_cannot_be_drawn_is_said_in_a_sentence(bad) -> None:
    with pytest.raises(AgnesiError) as error:
        bad().png(100)
    said = str(error.value).splitlines()[0]
    assert said[0].isupper() or said[0] in "|√" or "has" in said or "is" in said
    assert len(said) > 15 and "Traceback" not in said and "object at" not in said


@pytest.mark.parametrize("text", ["10^14 x", "10^(-14) x^2", "x + 10^9", "x^40", "exp(exp(x))"])
def test_huge_and_tiny_values_are_drawn(text: str) -> None:
    picture = draw.function(text, (-3, 3))
    assert np.isfinite([picture.axes[1].low, picture.axes[1].high]).all() and picture.axes[1].low < picture.axes[1].high
    picture.svg()
    picture.plotly()
