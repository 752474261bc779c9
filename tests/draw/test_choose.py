"""The picture is chosen by shapes and free letters; `expr.plot()`, `ag.draw` and the command draw it."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
import sympy
from every_kind import GRAPH
from typer.testing import CliRunner

import agnesi as ag
from agnesi.cli import app
from agnesi.draw import picture_of
from agnesi.draw.layers import Contour
from agnesi.errors import AgnesiError

X = np.array([[1.0, 0], [1, 1], [1, 2]])
A = np.array([[2.0, 1], [1, 3]])


@pytest.mark.parametrize(("what", "values", "begins"), [
    ("x^2", {}, "Graph of x²"), ("a x^2 + b", {"a": 2, "b": 1}, "Graph of ax² + b"),
    ("f(t) = e^t", {}, "Graph of f(t)"),
    ("x y", {}, "Level curves of xy"), ("f(x, y) = x - y", {}, "Level curves of f(x, y)"),
    ("a x + b y", {"a": 1, "b": 2}, "Level curves"),
    ("[cos(t); sin(t)]", {}, "The curve"), ("[cos(t), sin(t), t]", {}, "The curve"),
    ("[-y; x]", {}, "Arrows of the field"),
    ("[a*t; t]", {"a": 2}, "The curve"), ("[1 2; 3 4]", {}, "The linear map"),
    ("[a 0; 0 1]", {"a": 2}, "The linear map"),
    ("[1 2 3; 4 5 6]", {}, "Heat map"), ("[3; 4]", {}, "Arrows: v"), ("[1 2 3]", {}, "Arrows: v"),
    (np.eye(2), {}, "The linear map"),
    ([1, 2], {}, "Arrows: v"), (np.arange(5), {}, "Heat map"), (np.sin, {}, "Graph of sin"),
    (GRAPH, {}, "Computational graph"),
    (sympy.Symbol("x") ** 2, {}, "Graph of x²"), (sympy.Matrix([[1, 2], [3, 4]]), {}, "The linear map"),
    ("‖X w − y‖²", {"X": X, "y": np.ones(3)}, "Level curves of ‖Xw − y‖²"),
    ("x' A x", {"A": A}, "Level curves of xᵀAx"), ("‖x‖", {}, "Level curves"),
    ("A x", {"A": A}, "Arrows of the field Ax"), ("A x", {"A": A, "x": [1, 2]}, "Arrows: v"),
    ("A B", {"A": A, "B": A}, "The linear map"),
    ("log(sum(exp(z)))", {}, "Level curves of log(sum(exp(z)))"), ("det A", {}, None), ("A B", {}, None),
    ("x y z", {}, None), ("3", {}, None),
    ("x' A x", {"A": np.eye(3)}, None), ("", {}, None), ("[a b; c d]", {}, None), ("[x; y; x y]", {}, None),
    (None, {}, None), (3, {}, None),
    ([], {}, None), (np.zeros((2, 2, 2)), {}, None), ([["a"]], {}, None), (float("nan"), {}, None),
    ("‖X w − y‖²", {"X": X, "y": np.ones(2)}, None),
])  # fmt: skip
def test_the_picture_fits_or_a_sentence_says_why_not(what, values, begins) -> None:
    if begins is None:
        with pytest.raises(AgnesiError) as error:
            picture_of(what, **values)
        assert len(str(error.value)) > 20
    else:
        picture = picture_of(what, **values)
        assert picture.alt.startswith(begins), picture.alt
        picture.plotly()


def test_the_chosen_values_are_those_of_numpy() -> None:
    y = np.array([1.0, 2, 4])
    picture = picture_of("‖X w − y‖²", X=X, y=y)
    layer = next(one for one in picture.layers if isinstance(one, Contour))
    u, v = np.meshgrid(layer.x, layer.y)
    expected = ((u[..., None] + v[..., None] * X[:, 1] - y) ** 2).sum(axis=-1)
    assert np.allclose(layer.z, expected)
    least = np.linalg.lstsq(X, y, rcond=None)[0]
    for axis, place in zip(picture.axes, least, strict=True):
        assert axis.low < place < axis.high, "the minimiser is in view"


def test_expressions_plot_themselves_and_the_name_is_public() -> None:
    x = ag.symbol("x")
    assert (x**2).plot(x=(0, 2)).alt.startswith("Graph of x² for x from 0 to 2")
    assert ag.read("‖X w − y‖²").expr.plot(X=X, y=np.ones(3)).axes[0].label == "w₁"
    assert ag.draw.function("x").title == "x"
    assert "draw" in dir(ag)


def test_importing_agnesi_draws_nothing_in() -> None:
    heavy = ("matplotlib", "plotly", "agnesi.draw")
    code = f"import sys, agnesi; agnesi.read('x^2'); print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def command(*args: str):
    return CliRunner().invoke(app, ["draw", *args])


def test_the_command_writes_and_tells(tmp_path: Path) -> None:
    target = tmp_path / "p.svg"
    found = command("a x^2", "--let", "a=2", "--x", "-1, 2", "-o", str(target), "--dark")
    assert found.exit_code == 0 and found.output.startswith("Graph of ax² for x from −1 to 2.")
    root = ET.fromstring(target.read_text(encoding="utf-8"))
    assert root[1].text == found.output.strip() and "#14171c" in target.read_text(encoding="utf-8")
    assert command("-x^2").output.startswith("Graph of −x²")
    for name in ("p.png", "p.html"):
        assert command("[2 1; 0 1]", "-o", str(tmp_path / name)).exit_code == 0
        assert (tmp_path / name).stat().st_size > 5000


@pytest.mark.parametrize("args", [
    ("x y z",), ("x", "-o", "p.gif"), ("x", "--x", "1"), ("x", "--x", "2, 1"), ("x", "--x", "a, b"),
    ("x", "--let", "a"), ("",), ("x (",),
    ("log(-1 - x^2)",), ("x", "-o", "no/such/folder/p.png"), ("[1 2; 3]",),
])  # fmt: skip
def test_the_command_says_what_is_wrong(args: tuple[str, ...]) -> None:
    found = command(*args)
    assert found.exit_code == 2 and "Traceback" not in found.output and len(found.output) > 15
