"""Texts as people type them: what is drawn, what is said of it, and what is refused with a sentence."""

from __future__ import annotations

import io

import numpy as np
import pytest
from every_kind import KINDS
from PIL import Image

from agnesi import draw
from agnesi.draw import picture_of
from agnesi.draw.fields import constraint
from agnesi.draw.layers import Contour, Curve, Points
from agnesi.draw.lines import cell_texts, level_lines, number_places
from agnesi.errors import AgnesiError


@pytest.mark.parametrize(("text", "top"), [
    ("exp(-1000 (x-2)^2)", 1.0), ("1/(1+1e6 (x-0.37)^2)", 1.0), ("5 exp(-1e4 x^2) + sin(x)/10", 5.0),
])  # fmt: skip
def test_a_narrow_peak_is_in_view_and_no_cut_is_told(text: str, top: float) -> None:
    picture = picture_of(text)
    assert picture.axes[1].high > top > picture.axes[1].low
    assert "cut" not in picture.alt and f", {top:g})" in picture.alt


@pytest.mark.parametrize(
    ("text", "high"),
    [("1/x^2", 1e3), ("1/|x|", 1e3), ("-log(|x|)", 20), ("tan(x)", 50), ("exp(1/x)", 1e3), ("Gamma(x)", 1e3)],
)
def test_a_pole_does_not_flatten_the_rest(text: str, high: float) -> None:
    assert picture_of(text).axes[1].high < high


@pytest.mark.parametrize(("text", "within"), [
    ("x^3 - x", (-2.5, 2.5)), ("x^2 - 4x + 3", (-1, 5)), ("sin(100 x)", (-0.5, 0.5)), ("t^2 exp(-t)", (-2, 6)),
    ("sin(x) + cos(x)", (-7, 7)), ("sqrt(x)", (-1, 10)),
])  # fmt: skip
def test_the_range_shows_what_happens(text: str, within: tuple[float, float]) -> None:
    axis = picture_of(text).axes[0]
    assert within[0] <= axis.low < axis.high <= within[1]


@pytest.mark.parametrize(("text", "told"), [
    ("x^2", "touches zero at x = 0"), ("x", "crosses zero at x = 0"), ("x^2 - 1", "crosses zero at x = −1 and x = 1"),
    ("(x-1)^2 (x+1)", "crosses zero at x = −1; it touches zero at x = 1"),
    ("sign(x)", "cut at x = 0;"), ("sqrt(x)", "goes from (0, 0)"), ("f(x_1) = x_1^2", "Graph of f(x₁) = x₁² for x₁"),
    ("x_1^2 + x_2^2", "for x₁ from −3 to 3 and x₂"), ("max(x, 0)", "Graph of max(x, 0)"),
    ("max(x, y)", "Level curves of max(x, y) for x"), ("$\\sin^2 x$", "Graph of sin²(x)"),
    ("sqrt(1 + x^2)", "√(1 + x²)"),
])  # fmt: skip
def test_the_words_are_true(text: str, told: str) -> None:
    assert told in picture_of(text).alt


def test_an_equation_of_two_letters_is_the_curve_on_which_it_holds() -> None:
    picture = picture_of("x^2 + 4 y^2 = 4")
    (curve,) = picture.layers
    assert isinstance(curve, Curve)
    x, y = curve.points[np.isfinite(curve.points[:, 0])].T
    assert np.allclose(x**2 + 4 * y**2, 4, atol=5e-3)
    assert np.isclose(x.max(), 2, atol=1e-2) and picture.axes[0].high > 2 and picture.equal
    line = picture_of("2x + 3y = 6").layers[0]
    assert isinstance(line, Curve) and np.allclose(line.points @ [2, 3], 6)
    with pytest.raises(AgnesiError, match=r"No point satisfies x² \+ y² = −1"):
        picture_of("x^2 + y^2 = -1")


def test_an_equation_of_one_letter_is_its_two_sides_and_where_they_meet() -> None:
    picture = picture_of("cos(x) = x")
    met = next(one for one in picture.layers if isinstance(one, Points))
    assert np.allclose(met.points, [[0.7390851332, 0.7390851332]]) and picture.title == "cos(x) = x"
    assert "They meet at (−1.41, 2) and (1.41, 2)." in picture_of("x^2 = 2").alt
    assert "not seen to meet" in picture_of("exp(x) = -1").alt


@pytest.mark.parametrize(("text", "says"), [
    ("floor(x)", "floor is not a known function"), ("log10(x)", "Write log(x)/log(10)"), ("atan(x)", "Write arctan"),
    ("x if x>0 else 0", "cases"), ("{x, x>0; 0, otherwise}", "cases"), ("x + 1 < 3", "a claim"),
    ("x \\le 3", "a claim"),
    ("A x", "A (n×d) and x (d) are free"), ("[1 2; 3]", "different lengths"), ("x = 3", "one number"),
])  # fmt: skip
def test_what_is_not_drawn_is_named(text: str, says: str) -> None:
    with pytest.raises(AgnesiError) as error:
        picture_of(text)
    assert says in str(error.value)


@pytest.mark.parametrize(("text", "begins"), [
    ("[x^2 - y^2; 2 x y]", "Arrows of the field (x² − y², 2xy)"),
    ("[t cos(t), t sin(t)]", "The curve (t cos(t), t sin(t))"),
    ("[1 2, 3 4]", "Heat map of the 1×4"), ("alpha (x + 1)", "Level curves of α(x + 1)"),
])  # fmt: skip
def test_spaces_between_commas_are_products_where_there_are_letters(text: str, begins: str) -> None:
    assert picture_of(text).alt.startswith(begins)


def test_level_curves_look_where_there_are_values() -> None:
    picture = picture_of("log(x) + sqrt(y)")
    assert picture.axes[0].low > -0.5 and picture.axes[1].low > -0.5
    bell = next(one for one in picture_of("exp(-x^2-y^2)").layers if isinstance(one, Contour))
    assert np.allclose(np.diff(bell.levels), bell.levels[1] - bell.levels[0])


def test_a_constraint_is_seen_whole_where_it_is_closed() -> None:
    half = 0.5**0.5
    picture = constraint("x y", "x^2 + y^2 = 1", [[half, half], [half, -half]])
    for axis in picture.axes:
        assert axis.low < -1 and axis.high > 1


def test_numbers_of_levels_stand_clear_of_curves() -> None:
    picture = draw.constraint("x^2 y", "x^2 + y^2 = 1", [[(2 / 3) ** 0.5, 3**-0.5]])
    level = next(one for one in picture.layers if isinstance(one, Contour))
    places = np.array([at for _, at in number_places(level, level_lines(level), picture.layers)])
    assert len(places) > 5 and np.abs(np.hypot(*places.T) - 1).min() > 0.08


def test_names_stand_for_rows_and_columns_and_a_scale_is_shared() -> None:
    one = draw.heat_map([[5, 4], [0, 5]], rows=["Alien", "Amélie"], columns=["Ali", "Bea"])
    assert [a.label for a in one.axes] == ["", ""] and "0 in Amélie, Ali" in one.alt and "rows are Alien and" in one.alt
    two = draw.heat_map([[1, 0.5]], labels=("film", "viewer"), scale=(-1, 5))
    assert [a.label for a in two.axes] == ["viewer", "film"]
    assert (two.layers[0].low, two.layers[0].high, two.layers[0].ramp) == (-1, 5, "diverging")  # type: ignore[union-attr]
    assert cell_texts(np.array([[1, -2.5], [0, 1 / 3]])) == [["1", "−2.50"], ["0", "0.33"]]


def test_transformations_have_one_scale() -> None:
    picture = KINDS["transformations"]()
    assert picture.panels[0].axes == picture.panels[1].axes


@pytest.mark.parametrize("name", ["gram schmidt of space", "vectors of space", "volume", "tangent plane"])
def test_labels_of_space_are_inside_the_sheet(name: str) -> None:
    """The outermost pixels of the sheet are bare: no label is cut off."""
    made = np.asarray(Image.open(io.BytesIO(KINDS[name]().png(500))).convert("L"))
    assert (made[:, [0, -1]] > 250).all() and (made[[0, -1]] > 250).all()


def test_panels_stand_below_each_other_on_a_narrow_sheet() -> None:
    picture = KINDS["transformations"]()
    heights = [Image.open(io.BytesIO(picture.png(w))).size for w in (400, 800)]
    assert heights[0][1] > 1.5 * heights[0][0] and heights[1][1] < heights[1][0]
    assert '"height"' in picture.html(whole=False).split(", n = ")[1]
