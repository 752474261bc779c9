"""Data as pictures, matrices as heat maps and graphs as boxes: against NumPy and SciPy, and in words."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import scipy.stats
from every_kind import GRAPH

from agnesi import draw
from agnesi.draw.layers import Arrows, Bars, Boxes, Curve, Heat, Text
from agnesi.draw.lines import cell_texts
from agnesi.draw.picture import Picture
from agnesi.draw.words import counted, listed, said
from agnesi.errors import AgnesiError
from agnesi.worked.graph import Edge, Node

RNG = np.random.default_rng(11)
DATA = RNG.normal(170, 8, 300)


def only(picture: Picture, kind: type) -> list:
    return [layer for layer in picture.layers if isinstance(layer, kind)]


def test_histograms_count_everything_and_densities_have_area_one() -> None:
    (plain,) = only(draw.histogram(DATA, bins=12), Bars)
    assert plain.heights.sum() == 300 and len(plain.edges) == 13
    assert np.array_equal(plain.heights, np.histogram(DATA, 12)[0])
    picture = draw.histogram(DATA, "normal")
    (bars,), (curve,) = only(picture, Bars), only(picture, Curve)
    assert np.isclose(bars.heights @ np.diff(bars.edges), 1)
    x, y = curve.points.T
    assert np.allclose(y, scipy.stats.norm(DATA.mean(), DATA.std()).pdf(x))
    assert f"mean {said(DATA.mean())}, standard deviation {said(DATA.std())}" in picture.alt
    formula = draw.histogram([1, 2, 3], "exp(-x)")
    assert np.allclose(only(formula, Curve)[0].points[:, 1], np.exp(-only(formula, Curve)[0].points[:, 0]))


def test_fits_are_least_squares() -> None:
    x, y = np.arange(10.0), RNG.normal(size=10)
    for degree in (0, 1, 4, 9):
        curve = only(draw.scatter(x, y, degree), Curve)[0].points
        expected = np.polynomial.Polynomial.fit(x, y, degree)
        assert np.allclose(curve[:, 1], expected(curve[:, 0]))
    slope, intercept = np.polyfit(x, 3 - 2 * x, 1)
    assert "3 − 2x" in draw.scatter(x, 3 - 2 * x, 1).alt and np.isclose(slope, -2) and np.isclose(intercept, 3)
    gaps = next(c.points for c in only(draw.scatter(x, y, 1, residuals=True), Curve) if c.label == "residuals")
    assert np.allclose(gaps[0::3], np.column_stack([x, y])) and np.isnan(gaps[2::3]).all()


def test_the_misses_of_a_fit_are_seen() -> None:
    """A curve far from the data lies within the picture, up to a bound; the residual at x = 0 is not like the axis."""
    picture = draw.scatter([0, 1, 2], [0.6, 0.4, 0.3], "exp(-0 x)", residuals=True)
    assert picture.axes[1].low < 0.3 and picture.axes[1].high > 1
    assert draw.scatter([0, 1, 2], [0.6, 0.4, 0.3], "0 x - 1").axes[1].low == pytest.approx(0.3 - 3 * 0.3 - 0.08 * 0.3)
    gaps = next(c for c in only(picture, Curve) if c.label == "residuals")
    assert gaps.colour not in ("faint", "blue", "vermillion") and gaps.points[0, 0] == 0


def test_ellipses_are_those_of_the_covariance() -> None:
    mean, S = np.array([1.0, -1.0]), np.array([[3, 1], [1, 2.0]])
    picture = draw.gaussian(mean, S, given={1: 2})
    for ring, radius in zip([c.points for c in only(picture, Curve)][:3], (3, 2, 1), strict=True):
        away = ring - mean
        assert np.allclose(np.einsum("ni,ij,nj->n", away, np.linalg.inv(S), away), radius**2)
    axes = only(picture, Arrows)[0]
    v = axes.heads - axes.tails
    assert np.allclose(S @ v.T, (v * (v * v).sum(axis=1, keepdims=True)).T), "S v = |v|² v"
    assert f"x₂ has mean {said(-1 + 1 / 3)} and variance {said(2 - 1 / 3)}" in picture.alt
    again = draw.gaussian(mean, S, 40)
    assert np.array_equal(only(again, type(again.layers[0]))[0].points, draw.gaussian(mean, S, 40).layers[0].points)


def test_convergence_keeps_the_numbers_and_leaves_out_zero() -> None:
    picture = draw.convergence([1, 0.5, 0.25, 0.0])
    points = only(picture, Curve)[0].points
    assert np.allclose(points[:3, 1], [1, 0.5, 0.25]) and np.isnan(points[3, 1])
    assert picture.axes[1].low > 0
    flat = draw.convergence([3, 3, 3], log=False)
    assert flat.axes[1].low < 3 < flat.axes[1].high


TABLES = [[[1, -2.5], [0, 4]], [[0, 0], [0, 0]], [[5]], [[1e7, 2e7]], [[1e-5, -2e-5]], [[0.125, 3]]]


@pytest.mark.parametrize("M", TABLES)
def test_heat_maps_show_every_number(M: list) -> None:
    picture = draw.heat_map(M)
    (layer,) = only(picture, Heat)
    assert np.array_equal(layer.values, np.array(M, float)) and layer.low < layer.high
    assert layer.low <= layer.values.min() and layer.values.max() <= layer.high
    shown = np.array([[float(t.replace("−", "-")) for t in row] for row in cell_texts(layer.values)])
    assert np.allclose(shown, layer.values, rtol=0.05, atol=6e-3 if np.abs(layer.values).max() > 0.01 else 1e-7)
    if (layer.values < 0).any():
        assert layer.low == -layer.high, "zero is in the middle of the two colours"
    panel = picture.matplotlib().axes[0]
    assert len(panel.texts) == layer.values.size


def test_rows_of_heat_maps_run_downward_in_both_renderers() -> None:
    picture = draw.heat_map([[1, 2], [3, 4]], rows=["top", "bottom"])
    low, high = picture.plotly().layout.yaxis.range
    assert low > high
    bottom, top = picture.matplotlib().axes[0].get_ylim()
    assert bottom > top
    assert [t[1] for t in picture.axes[1].ticks] == ["top", "bottom"]


def test_graphs_tell_values_adjoints_and_derivatives() -> None:
    picture = draw.graph(GRAPH)
    (boxes,) = only(picture, Boxes)
    assert boxes.texts[2] == "a = x²\n4\n∂f/∂a = −0.5" and len(boxes.centres) == 5
    assert {t.text for t in only(picture, Text)} == {"2x = 4", "y = 1", "a = 4", "1", "−1"}
    assert "a = x² is 4, its adjoint −0.5." in picture.alt and "∂a/∂x = 2x = 4" in picture.alt
    loose = [
        SimpleNamespace(name="x", operation="x", value=2, adjoint=None),
        SimpleNamespace(name="f", operation="x²", value=4, adjoint=1),
    ]
    assert "∂f/∂x = 2x" in draw.graph(loose, [("x", "f", "2x")]).alt
    lonely = draw.graph([Node("x", "3")], [])
    assert "1 node, 0 edges" in lonely.alt and lonely.svg() and lonely.plotly()


@pytest.mark.parametrize("bad", [
    lambda: draw.histogram([]), lambda: draw.histogram([np.nan, np.nan]), lambda: draw.histogram(["a", "b"]),
    lambda: draw.histogram([1, 2], bins=0),
    lambda: draw.histogram([1, 1], "normal"), lambda: draw.histogram([1, 2], "log(-x)"),
    lambda: draw.histogram([1e200]), lambda: draw.histogram(None),
    lambda: draw.scatter([1, 2], [1]), lambda: draw.scatter([1, 1], [1, 2], 1),
    lambda: draw.scatter([1, 2], [np.inf, 1]), lambda: draw.scatter([], []),
    lambda: draw.gaussian([0, 0], [[1, 2], [2, 1]]), lambda: draw.gaussian([0], [[1]]),
    lambda: draw.gaussian([0, 0], np.eye(2), given={3: 1}),
    lambda: draw.convergence([]), lambda: draw.convergence([0, 0]), lambda: draw.convergence([-1, 1]),
    lambda: draw.convergence({}),
    lambda: draw.bars([1, 2], ["a"]), lambda: draw.heat_map([[1], [2, 3]]),
    lambda: draw.heat_map([[1, 2]], rows=["a", "b"]), lambda: draw.heat_map("word"),
    lambda: draw.heat_map(np.zeros((0, 3))), lambda: draw.heat_map(np.zeros((2, 2, 2))), lambda: draw.images({}),
    lambda: draw.image([[np.nan]]),
    lambda: draw.graph([], []), lambda: draw.graph([Node("a", ""), Node("a", "")], []),
    lambda: draw.graph([Node("a", "")], [Edge("a", "b", 1)]),
    lambda: draw.graph([Node("a", ""), Node("b", "")], [Edge("b", "a", 1)]), lambda: draw.graph([1, 2], []),
    lambda: draw.panels([]),
    lambda: draw.vectors([[1, 2]]).png(7), lambda: draw.vectors([[1, 2]]).png(100, "green"),
    lambda: draw.vectors([[1, 2]]).save("picture.gif"),
    lambda: draw.vectors([[1, 2]]).save("no/such/folder/picture.svg"), lambda: draw.histogram(np.zeros(3_000_000)),
])  # fmt: skip
def test_what_cannot_be_drawn_is_said(bad) -> None:
    with pytest.raises(AgnesiError) as error:
        bad().svg()
    assert len(str(error.value)) > 15 and "object at" not in str(error.value)


def test_data_of_one_value_is_a_bar() -> None:
    for value in (0.0, 3.0, 1e9, -1e14):
        picture = draw.histogram([value] * 4)
        assert only(picture, Bars)[0].heights.sum() == 4 and picture.png(100)
    draw.bars([0, 0]).svg()
    draw.scatter([1], [2]).svg()


def test_pictures_are_saved_as_their_names_say(tmp_path) -> None:
    picture = draw.bars([1, 2])
    assert picture.save(tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert picture.save(str(tmp_path / "a.SVG"), "dark").read_text(encoding="utf-8").startswith("<?xml")
    assert "Plotly.newPlot" in picture.save(tmp_path / "a.html").read_text(encoding="utf-8")


def test_numbers_in_words() -> None:
    assert [said(v) for v in (0, -0.0, 1, -2.5, 1 / 3, 1234567, 1e-7, -1e30, np.pi, -np.pi / 2, np.nan, np.inf)] == [
        "0", "0", "1", "−2.5", "0.333", "1.23·10⁶", "10⁻⁷", "−10³⁰", "π", "−π/2", "undefined", "∞"]  # fmt: skip
    assert said(99999.9) == "100000" and said(0.99999) == "1" and said(123456) == "123456"
    assert listed(["a"] * 12, 3) == "a, a and 10 more" and listed([]) == "none"
    assert counted(2, "axis", "axes") == "2 axes"
