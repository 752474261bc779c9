"""Points that are dragged: vectors, columns of matrices, data, points of curves; numbers change where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from agnesi.study.verbs.algorithms import algorithms
from agnesi.study.verbs.fitted import fitted
from agnesi.study.verbs.illustrated import SHOWN, pictured
from agnesi.study.verbs.plots import drawn
from agnesi.study.verbs.vectors import closed, given_in

PROJECTION = "u = [3; 1]\nv = [1; 2]\np = u u'v / (u'u)"


def points(text: str, found: list[dict]) -> Iterator[tuple[list[float], list[float]]]:
    """Yield where each point is, and the numbers that stand at its places in the text."""
    for one in found:
        yield one["at"], [float(text[a:b].replace("−", "-")) for _, a, b in one["places"]]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (PROJECTION, ["u", "v"]), ("A = [2 1; 0 −1.5]", ["first column of A", "second column of A"]),
        ("A = [2 1; 0 1]\nx = [1; 1]\nA x", ["first column of A", "second column of A", "x"]),
        ("[3, 1]", ["[3, 1]"]), ("x = (1, 2)", ["x"]), ("u = [a; 1]; v = [1; 2]; v", ["v"]),
        ("∑ = [1; 2]\nv = [4; 5]; v", ["v"]), ("A = [2 1; 0 1]; inv(A)", []),
    ],
)  # fmt: skip
def test_a_sheet_of_numbers_has_its_points(text: str, labels: list[str]) -> None:
    found = drawn(text, {})["handles"]
    assert [h["label"] for h in found] == labels
    assert all(at == there for at, there in points(text, found))


def test_what_follows_from_vectors_is_drawn_with_them() -> None:
    found = drawn(PROJECTION, {})
    assert "u to (3, 1); v to (1, 2); p to (1.5, 0.5)" in found["alt"]
    assert "v less p is orthogonal to p" in found["alt"]
    assert "orthogonal" not in drawn(PROJECTION.replace("/ (u'u)", "/ 20"), {})["alt"]


DATA = "X = [1 0; 1 1; 1 2; 1 3]\ny = [1; 3; 2; 5]\n"


@pytest.mark.parametrize(
    ("text", "w"),
    [
        (DATA + "‖X w − y‖²", "(1.1, 1.1)"), (DATA + "f(v) = 1/8 (X v − y)'(X v − y)", "(1.1, 1.1)"),
        (DATA + "w'X'X w − 2 y'X w + y'y", "(1.1, 1.1)"), ("x = [1; 2]; y = [2; 5]; ||y − x w||^2", "2.4"),
        ("X = [0 1; 1 1; 0.5 1]\ny = [−1; 1; 0]\n||X w − y||^2", "(2, −1)"),
    ],
)  # fmt: skip
def test_data_of_least_squares_are_points_and_a_line(text: str, w: str) -> None:
    found = drawn(text, {})
    assert found["title"].endswith(f" = {w}") and "misses by" in found["alt"]
    assert len(found["handles"]) == len(re.findall(";", text.split("y = ")[1].split("]")[0])) + 1
    for one in found["handles"]:
        there = [text[a:b].replace("−", "-") for _, a, b in one["places"]]
        assert one["at"] == [float(t) for t in there]


@pytest.mark.parametrize(
    "text",
    [
        DATA + "‖X w − y‖² + ‖w‖²", DATA + "−‖X w − y‖²", DATA + "‖X w + y‖²", DATA + "‖X w − y‖",
        DATA.replace("1 0", "2 0") + "‖X w − y‖²",
    ],
)  # fmt: skip
def test_other_functions_of_data_have_their_level_curves(text: str) -> None:
    assert fitted(text) is None and "Level curves" in drawn(text, {})["alt"]


def test_level_curves_are_drawn_when_asked_and_data_at_one_place_have_no_line() -> None:
    assert "Level curves" in drawn(DATA + "‖X w − y‖²", {}, along="w")["alt"]
    one = drawn("X = [1 2; 1 2]; y = [1; 3]; ‖X w − y‖²", {})
    assert "not settled" in one["title"] and len(one["handles"]) == 2 and "misses" not in one["alt"]


def test_what_is_not_numbers_alone_is_drawn_otherwise() -> None:
    assert closed("u = [3; 1]; u'v") is None and closed("x^2") is None and closed("[1 2 3; 4 5 6]") is None
    assert given_in("f(x) = [x; 1]; y = (a, 2); z = [1; 2, 3]") == []


def test_a_point_of_a_curve_is_on_the_curve() -> None:
    assert drawn("x^2 + 1", {}, at=[2.0])["handles"][0]["at"] == [2.0, 5.0]
    assert drawn("x^2 + 1", {})["handles"][0]["at"] == [1.0, 2.0]  # where it begins
    assert drawn("x^2 + y^2", {}, at=[1.0, 2.0])["handles"][0]["at"] == [1.0, 2.0]


@pytest.mark.parametrize("id", list(SHOWN))
def test_an_algorithm_has_a_picture_and_points_of_its_numbers(id: str) -> None:
    given = {ask.name: ask.example for ask in algorithms()[id].asks}
    found = pictured(id, given)
    if id == "svd":  # the example is 2×3
        found = pictured(id, {"A": "[1 2; 3 4]"})
        given = {"A": "[1 2; 3 4]"}
    assert found is not None and found["figure"]["data"]
    for one in found["handles"]:
        there = [float(given[name][a:b]) for name, a, b in one["places"]]
        assert one["at"][: len(there)] == there


def test_a_picture_is_left_out_where_nothing_can_be_drawn() -> None:
    assert pictured("eigen", {"A": "[a b; c d]"}) is None and pictured("newton", {"start": "one"}) is None
    assert pictured("rref", {}) is None and pictured("none", {}) is None


def test_words_have_the_formula_as_it_is_written_and_the_numbers() -> None:
    found = drawn("a sin(b x) + c", {"a": 2.0})
    assert found["title"] == "a sin(bx) + c" and "1 sin" not in found["alt"]
    assert found["alt"].startswith("Graph of a sin(bx) + c") and found["alt"].endswith("Here a = 2, b = 1 and c = 1.")
    assert "lowest at (−1.57, 0)" in drawn("a sin(b x) + c", {})["alt"]  # not 6.75·10⁻¹²
    assert "slope 0, the line 0 + 0x" in drawn("x^2 sin(x)", {}, at=[0.0])["alt"]
    first = drawn("a sin(b x)", {})
    again = drawn("a sin(b x)", {"a": 1.0}, window=first["window"])  # as after a slider was moved, and moved back
    assert again["alt"] == first["alt"] and "from −2π to 2π" in first["alt"]
    assert "1‖w‖²" not in drawn("λ‖w‖² + ‖X w − y‖²", {})["alt"]


def drag(tab: Page, handle: Locator, across: float, up: float) -> None:
    expect(handle).to_be_visible()
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + across, y - up, steps=6)


def opened(tab: Page, text: str, **more: str) -> Locator:
    tab.goto("/workbench?" + urlencode({"text": text, "do": "plot", **more}))
    expect(tab.locator("#drawing .main-svg").first).to_be_visible()
    return tab.locator(".handle")


def test_a_vector_is_dragged_and_its_projection_follows(tab: Page) -> None:
    handles = opened(tab, PROJECTION)
    expect(handles).to_have_count(2)
    drag(tab, handles.first, -60, 50)
    expect(tab.locator("#plot-words")).not_to_contain_text("u to (3, 1)")  # while it is held
    tab.mouse.up()
    expect(tab.locator("#kept")).to_have_text("Kept")
    text = tab.locator("#text").input_value()
    found = re.fullmatch(r"u = \[([\d.]+); ([\d.]+)\]\nv = \[1; 2\]\np = u u'v / \(u'u\)", text)
    assert found is not None and float(found[1]) < 3 and float(found[2]) > 1
    expect(tab.locator("#plot-words")).to_contain_text(f"u to ({found[1]}, {found[2]})")
    tab.reload()
    expect(tab.locator("#text")).to_have_value(text)
    tab.locator("#undo").click()
    expect(tab.locator("#text")).to_have_value(PROJECTION)


def test_data_of_a_sheet_are_dragged_and_the_line_follows(tab: Page) -> None:
    handles = opened(tab, DATA + "||X w - y||^2")
    expect(handles).to_have_count(4)
    drag(tab, handles.last, 0, -60)
    expect(tab.locator("#plot-words")).not_to_contain_text("The fit 1.1 + 1.1x")  # while it is held
    tab.mouse.up()
    expect(tab.locator("#text")).to_have_value(re.compile(r"X = .*\ny = \[1; 3; 2; [\d.−-]+\]\n"))
    expect(tab.locator("#text")).not_to_have_value(re.compile(r"2; 5\]"))
    expect(tab.locator("#kept")).to_have_text("Kept")


def test_a_column_of_a_matrix_is_moved_by_keys(tab: Page) -> None:
    handles = opened(tab, "A = [2 1; 0 1]")
    expect(handles).to_have_count(2)
    handles.nth(1).focus()
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("ArrowUp")
    expect(tab.locator("#text")).to_have_value(re.compile(r"A = \[2 1; 0 1\.\d+\]"))
    expect(tab.locator("#plot-words")).to_contain_text("e₂ to (1, 1.")
    assert tab.evaluate("document.activeElement.className") == "handle"


def test_a_point_of_a_curve_is_dragged_and_the_tangent_follows(tab: Page) -> None:
    handle = opened(tab, "x^2", at="1").first
    drag(tab, handle, 60, 0)
    tab.mouse.up()
    expect(tab.locator("#at")).not_to_have_value("1")
    expect(tab.locator("#plot-words")).to_contain_text("its tangent at x = 1.")
    expect(tab).to_have_url(re.compile("at=1[.]"))


def test_a_data_point_is_dragged_and_the_line_and_its_steps_follow(tab: Page) -> None:
    tab.goto("/workbench/algorithms/fit-line")
    expect(tab.locator(".handle")).to_have_count(4)
    before = tab.locator("#worked").inner_text()
    drag(tab, tab.locator(".handle").last, 0, -60)
    expect(tab.locator("#plot-words")).not_to_contain_text("0.8 + 2.3x")  # while it is held
    tab.mouse.up()
    expect(tab.locator("#worked")).not_to_have_text(before, use_inner_text=True)
    assert tab.locator("#ask-y").input_value().startswith("1, 3, 5, ")
    expect(tab).to_have_url(re.compile("y=1%2C"))
