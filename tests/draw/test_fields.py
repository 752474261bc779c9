"""Functions of two variables: grids, level curves, gradients, tangent planes and constraints against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from agnesi import draw
from agnesi.draw.formulas import function_of
from agnesi.draw.grids import levels_of, nice
from agnesi.draw.layers import Arrows, Contour, Curve, Points, Surface
from agnesi.draw.lines import level_lines, number_places
from agnesi.draw.picture import Picture
from agnesi.errors import AgnesiError


def only(picture: Picture, kind: type) -> list:
    return [layer for layer in picture.layers if isinstance(layer, kind)]


@pytest.mark.parametrize(("text", "oracle"), [
    ("x^2 + 3 y^2", lambda x, y: x**2 + 3 * y**2), ("f(y, x) = y - x", lambda y, x: y - x), ("sin(x) cos(y)",
    lambda x, y: np.sin(x) * np.cos(y)),
    ("x", lambda x, y: x + 0 * y), ("log(x y)", lambda x, y: np.log(x * y)),
])  # fmt: skip
def test_grids_are_values(text, oracle) -> None:
    picture = draw.contours(text, (-2, 2), (-1, 1))
    (layer,) = only(picture, Contour)
    with np.errstate(all="ignore"):
        expected = oracle(*np.meshgrid(layer.x, layer.y))
    expected[~np.isfinite(expected)] = np.nan
    assert np.allclose(layer.z, expected, equal_nan=True)
    (surface,) = only(draw.surface(text, (-2, 2), (-1, 1)), Surface)
    assert surface.z.shape == (61, 61) and np.isclose(np.nanmax(surface.z), np.nanmax(expected), rtol=0.2)


def test_level_curves_lie_on_their_levels() -> None:
    (layer,) = only(draw.contours("(1 - x)^2 + 100 (y - x^2)^2", (-2, 2), (-1, 3)), Contour)
    lines = level_lines(layer)
    assert len(lines) >= 6
    for level, points in lines:
        x, y = points[np.isfinite(points[:, 0])].T
        values = (1 - x) ** 2 + 100 * (y - x**2) ** 2
        slope = np.hypot(-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2))
        cell = np.hypot(4 / 120, 4 / 120)
        assert (np.abs(values - level) <= cell * slope + 100 * cell**2).all()
    places = number_places(layer, lines)
    assert len(places) >= 4 and all(np.isfinite(at).all() for _, at in places)


@pytest.mark.parametrize("text", ["x^2 y", "exp(x) sin(y)", "x^3 - 3 x y^2"])
def test_gradients_are_those_of_the_formula(text: str) -> None:
    exact = {
        "x^2 y": lambda x, y: (2 * x * y, x**2),
        "exp(x) sin(y)": lambda x, y: (np.exp(x) * np.sin(y), np.exp(x) * np.cos(y)),
        "x^3 - 3 x y^2": lambda x, y: (3 * x**2 - 3 * y**2, -6 * x * y),
    }[text]  # fmt: skip
    f = function_of(text, 2)
    x, y = np.random.default_rng(0).normal(size=(2, 50))
    assert np.allclose(f.gradient(x, y), exact(x, y), rtol=1e-7, atol=1e-7)
    assert np.allclose(f.slopes(0.5, -1.0), exact(0.5, -1.0), rtol=1e-8)
    (arrows,) = only(draw.contours(text, (-1, 1), (-1, 1), gradients=True), Arrows)
    middle, along = (arrows.tails + arrows.heads) / 2, arrows.heads - arrows.tails
    g = np.column_stack(exact(*middle.T))
    cross = along[:, 0] * g[:, 1] - along[:, 1] * g[:, 0]
    assert np.allclose(cross / np.linalg.norm(along, axis=1) / np.linalg.norm(g, axis=1), 0, atol=1e-5)
    assert ((along * g).sum(axis=1) > 0).all(), "uphill"


def test_paths_and_points_are_in_view_and_told() -> None:
    path = np.array([[5, 5], [2, 1], [0.5, 0.25]])
    picture = draw.contours("x^2 + y^2", path={"descent": path}, points={"least": [[0, 0]]})
    for point in [*path, [0, 0]]:
        assert all(axis.low < c < axis.high for axis, c in zip(picture.axes, point, strict=True))
    assert "The path descent goes from (5, 5), value 50, in 2 steps to (0.5, 0.25), value 0.312." in picture.alt
    assert "Marked as least: (0, 0)." in picture.alt
    assert any(np.array_equal(layer.points, path) for layer in only(picture, Curve))


def test_tangent_planes_touch_and_agree_with_the_slopes() -> None:
    picture = draw.tangent_plane("exp(x) + x y", [0.5, -1])
    plane = only(picture, Surface)[1]
    dx = (plane.z[0, 1] - plane.z[0, 0]) / (plane.x[1] - plane.x[0])
    dy = (plane.z[1, 0] - plane.z[0, 0]) / (plane.y[1] - plane.y[0])
    assert np.allclose([dx, dy], [np.exp(0.5) - 1, 0.5], rtol=1e-8)
    assert np.isclose(plane.z.mean(), np.exp(0.5) - 0.5)
    touch = only(picture, Points)[0].points[0]
    assert np.allclose(touch, [0.5, -1, np.exp(0.5) - 0.5])


def test_gradients_are_parallel_where_the_multiplier_says_so() -> None:
    s = 0.5**0.5
    picture = draw.constraint("x y", "x^2 + y^2 = 1", [[s, s], [s, -s]])
    arrows = only(picture, Arrows)
    for first, second in zip(arrows[::2], arrows[1::2], strict=True):
        a, b = (layer.heads[0] - layer.tails[0] for layer in (first, second))
        assert abs(a[0] * b[1] - a[1] * b[0]) < 1e-9
    assert "At (0.707, 0.707) f is 0.5 and ∇f = 0.5∇g." in picture.alt and "∇f = −0.5∇g" in picture.alt
    circle = max(only(picture, Curve), key=lambda layer: len(layer.points)).points
    assert np.allclose(np.hypot(*circle[np.isfinite(circle[:, 0])].T), 1, atol=2e-3)
    levels = only(picture, Contour)[0].levels
    assert 0.5 in levels and -0.5 in levels, "the level that touches is drawn"
    same = draw.constraint("x y", "x^2 + y^2 - 1", [[s, s]])
    assert "x² + y² − 1 = 0" in same.alt


def test_fields_are_drawn_along_their_values() -> None:
    (arrows,) = only(draw.vector_field(["-y", "x"]), Arrows)
    middle, along = (arrows.tails + arrows.heads) / 2, arrows.heads - arrows.tails
    assert np.allclose((middle * along).sum(axis=1), 0, atol=1e-9) and len(middle) == 13 * 13 - 1


def test_functions_that_name_different_letters_share_their_axes() -> None:
    picture = draw.vector_field(["-v", "u"])
    assert [axis.label for axis in picture.axes] == ["u", "v"] and "field (−v, u) for u" in picture.alt
    (arrows,) = only(picture, Arrows)
    middle, along = (arrows.tails + arrows.heads) / 2, arrows.heads - arrows.tails
    assert np.allclose((middle * along).sum(axis=1), 0, atol=1e-9)
    line = draw.constraint("x^2 + y^2", "y = 1", [[0, 1]])
    assert "At (0, 1) f is 1 and ∇f = 2∇g." in line.alt


def test_levels_are_round_and_inside() -> None:
    for low, high in ((0, 10), (-3, 7), (1e-9, 3e-9), (1e6, 2e6)):
        levels = levels_of(np.linspace(low, high, 1000).reshape(10, 100))
        assert 4 <= len(levels) <= 14 and low < levels[0] and levels[-1] < high
        assert np.allclose(np.diff(levels), levels[1] - levels[0])
    assert levels_of(np.full((3, 3), 2.0)) == ()
    assert [nice(s) for s in (0.9, 1.4, 2.3, 4, 80)] == [1, 1, 2.5, 5, 100]


@pytest.mark.parametrize("bad", [
    lambda: draw.contours("x y z"), lambda: draw.contours("log(-1 - x^2 - y^2)"), lambda: draw.contours("x y", (0, 0)),
    lambda: draw.contours("x y", path=[[1, 2, 3]]), lambda: draw.contours("x y", path="here"),
    lambda: draw.contours("x y", levels=[]),
    lambda: draw.contours("x y", path=[[1, float("nan")]]), lambda: draw.surface(""),
    lambda: draw.surface(lambda x, y: np.nan * x),
    lambda: draw.tangent_plane("log(x y)", [-1, 1]), lambda: draw.tangent_plane("x y", [1]),
    lambda: draw.tangent_plane("x y", "a"),
    lambda: draw.constraint("x y", "u + v = 1"), lambda: draw.constraint("x y", "x + = 1"),
    lambda: draw.vector_field(["x"]),
    lambda: draw.vector_field(["sqrt(-1 - x^2)", "x"]), lambda: draw.vector_field("x"),
    lambda: draw.contours("[1 2; 3 4]"),
])  # fmt: skip
def test_what_cannot_be_drawn_is_said(bad) -> None:
    with pytest.raises(AgnesiError) as error:
        bad().svg()
    assert len(str(error.value)) > 15 and "object at" not in str(error.value)


@pytest.mark.parametrize("text", ["3 + 0 x + 0 y", "10^12 x y", "1/(x^2 + y^2)", "10^(-12) (x + y)"])
def test_constant_huge_and_singular_fields_are_drawn(text: str) -> None:
    for picture in (draw.contours(text, gradients=True), draw.surface(text)):
        picture.png(150)
        picture.plotly()
    assert ("everywhere" in draw.contours(text).alt) == (text == "3 + 0 x + 0 y")
