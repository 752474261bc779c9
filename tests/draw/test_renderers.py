"""Both renderers take every kind of picture: valid, without warnings, without the network, telling what is seen."""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from hashlib import md5

import numpy as np
import pytest
from every_kind import KINDS

from agnesi import draw
from agnesi.draw.layers import Axis, Curve, Text
from agnesi.draw.palette import THEMES, rgb
from agnesi.draw.picture import PLOTLY, Picture

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module", params=KINDS)
def picture(request: pytest.FixtureRequest) -> Picture:
    return KINDS[request.param]()


def test_a_svg_is_xml_with_title_and_description(picture: Picture) -> None:
    text = picture.svg()
    root = ET.fromstring(text)
    assert root.tag == f"{SVG}svg" and root.get("role") == "img"
    assert root[0].tag == f"{SVG}title" and root[0].text == (picture.title or "Picture")
    assert root[1].tag == f"{SVG}desc" and root[1].text == picture.alt
    names = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(names) == len(set(names))
    used = re.findall(r'(?:href="#|url\(#)([^")]+)', text)
    assert set(used) <= set(names)


def test_a_png_is_as_wide_as_asked(picture: Picture) -> None:
    data = picture.png(300, "dark")
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    assert width == 300 and 100 < height < 1500


def test_plotly_takes_the_figure_and_everything_is_in_it(picture: Picture) -> None:
    figure = picture.plotly("dark")  # validates each trace and the layout
    panels = len(picture.frames)
    assert len(figure.data) >= 1 or len(figure.layout.annotations) > 0
    solid = [f.solid for f in picture.frames]
    scenes = [k for k in figure.layout.to_plotly_json() if k.startswith("scene")]
    axes = [k for k in figure.layout.to_plotly_json() if k.startswith("xaxis")]
    assert len(scenes) == sum(solid) and len(axes) == panels - sum(solid)
    for frame in picture.frames:
        for layer in frame.layers:
            label = getattr(layer, "label", "")
            if label and frame.legend:
                assert any(t.name == label.replace("<", "&lt;") for t in figure.data), label


def test_a_figure_is_strict_json_for_notebooks(picture: Picture) -> None:
    bundle = picture._repr_mimebundle_()
    assert set(bundle) == {PLOTLY, "image/png", "text/plain"}
    again = json.loads(json.dumps(bundle[PLOTLY], allow_nan=False))
    assert set(again) == {"data", "layout"}
    assert bundle["text/plain"] == picture.alt == str(picture)
    assert json.loads(json.dumps(picture.data(), allow_nan=False))["alt"] == picture.alt


def test_a_page_fetches_nothing(picture: Picture) -> None:
    piece = picture.html(whole=False)
    assert "<script src" not in piece and "http" not in re.sub(r'aria-label="[^"]*"', "", piece)
    assert 'role="img"' in piece


def test_the_words_have_numbers_and_no_traces_of_the_program(picture: Picture) -> None:
    assert re.search(r"\d", picture.alt) and picture.alt.endswith(".") and len(picture.alt) > 30
    assert not re.search(r"nan|None|array|\[\[|<|e-\d|0x", picture.alt)


def test_a_whole_page_holds_plotly_and_the_words() -> None:
    page = KINDS["function"]().html()
    assert page.startswith("<!doctype html>") and "plotly.js v" in page[:5000]
    assert not re.search(r"<script[^>]+src=|<link[^>]+href=", page[:500] + page[-60_000:])
    assert "It crosses zero at x = −1, x = 0 and x = 1" in page


def test_a_svg_is_the_same_each_time_and_in_each_process() -> None:
    code = (
        "from agnesi.draw import vectors; from hashlib import md5\n"
        "print(md5(vectors([[1, 2]]).svg().encode()).hexdigest())"
    )
    elsewhere = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    a, b = draw.vectors([[1, 2]]).svg(), draw.vectors([[2, 1]]).svg()
    assert md5(a.encode()).hexdigest() == elsewhere
    assert not set(re.findall(r'\bid="([^"]+)"', a)) & set(re.findall(r'\bid="([^"]+)"', b)), "two on one page"


@pytest.mark.parametrize("name", ["x < 1 & \"y\" > $a_b$", "<script>alert(1)</script>", "100 % $\\frac{1}$ ü ∇"])
def test_words_of_users_are_words(name: str) -> None:
    picture = draw.vectors([[1, 2], [2, 1]], [name, "v"], title=name)
    root = ET.fromstring(picture.svg())
    assert root[0].text == name and name in (root[1].text or "")
    picture.png(200)
    piece = picture.html(whole=False)
    assert "<script>alert" not in piece
    assert piece.count("</script>") == 1


def test_data_and_renderers_are_one_record() -> None:
    """What Plotly and matplotlib are given is what stands in the layers."""
    picture = draw.function("x^2", (-1, 2))
    curve = next(layer for layer in picture.layers if isinstance(layer, Curve))
    trace = picture.plotly().data[0]
    assert np.allclose(np.array(trace.x, float), curve.points[:, 0], rtol=1e-6)
    lines = [line.get_xydata() for line in picture.matplotlib().axes[0].get_lines()]
    assert any(line.shape == curve.points.shape and np.allclose(line, curve.points) for line in lines)


def test_a_log_axis_is_one_in_both() -> None:
    picture = KINDS["convergence"]()
    assert picture.plotly().layout.yaxis.type == "log" and picture.matplotlib().axes[0].get_yscale() == "log"
    low, high = picture.plotly().layout.yaxis.range
    assert np.isclose(10**low, picture.axes[1].low) and np.isclose(10**high, picture.axes[1].high)


def test_circles_are_round_in_both() -> None:
    picture = draw.unit_balls([2])
    assert picture.equal and picture.plotly().layout.yaxis.scaleanchor == "x"
    axes = picture.matplotlib().axes[0]
    axes.figure.canvas.draw()
    (x0, y0), (x1, y1) = axes.transData.transform([[0, 0], [1, 1]])
    assert abs((x1 - x0) - (y1 - y0)) < 1e-6


def test_colours_can_be_told_apart_and_read() -> None:
    """Each colour of lines stands out from its ground, and each two differ in lightness or in blue against yellow."""

    def light(colour: str) -> float:
        r, g, b = (((c / 255 + 0.055) / 1.055) ** 2.4 if c > 10 else c / 255 / 12.92 for c in rgb(colour))
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    for theme in THEMES.values():
        ground = light(theme.ground)
        for name in ("blue", "vermillion", "green", "purple", "ink"):
            a, b = sorted((light(theme.colours[name]), ground))
            assert (b + 0.05) / (a + 0.05) > 3.0, name
        for share in (0.0, 0.5, 1.0):
            a, b = sorted((light(theme.height(share)), ground))
            assert (b + 0.05) / (a + 0.05) > 3.0, share


def test_no_global_state_of_matplotlib_is_touched() -> None:
    code = (
        "import matplotlib as m, sys; names = [k for k in m.rcParams if k != 'backend']\n"
        "before = [m.rcParams[k] for k in names]\n"
        "from agnesi import draw; draw.function('x').svg(); draw.surface('x y').png()\n"
        "assert 'matplotlib.pyplot' not in sys.modules; assert [m.rcParams[k] for k in names] == before"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_a_text_of_many_lines_and_a_gap_of_nothing_else_can_be_drawn() -> None:
    gap = Curve(np.full((2, 2), np.nan))
    made = Picture("t", (Axis("x", 0, 1), Axis("y", 0, 1)),
    (gap, Text(np.array([0.5, 0.5]), "a\nb", framed=True)), "Words 1.")
    assert ET.fromstring(made.svg()) is not None and "a<br>b" in made.html(whole=False)
    assert replace(made, layers=()).png(100)
