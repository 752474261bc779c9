"""Pictures beside algorithms: the same arguments drawn, with the points among them that a person drags.

A record of `SHOWN` is all that an algorithm needs to have one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from agnesi.draw.arrows import gram_schmidt, projection
from agnesi.draw.curves import function, tangent_line, taylor
from agnesi.draw.fields import contours
from agnesi.draw.incoming import numbers
from agnesi.draw.maps import determinant, linear_map
from agnesi.draw.picture import Picture
from agnesi.draw.samples import scatter
from agnesi.errors import AgnesiError
from agnesi.study.verbs.algorithms import algorithms, work
from agnesi.study.verbs.plots import given_as
from agnesi.study.verbs.vectors import NUMBER, Given, Handle, tips

Asked = Mapping[str, str]
Shown = tuple[Picture, list[Handle]]


def pictured(id: str, given: Mapping[str, str], theme: str = "light", form: str = "plotly") -> dict[str, Any] | None:
    """Return the picture of what an algorithm is asked, with its handles; None where there is none to draw.

    >>> [h["label"] for h in pictured("project", {"x": "[1; 2]", "B": "[3; 1]"})["handles"]]
    ['x', 'B']
    """
    if id not in SHOWN or id not in algorithms():
        return None
    told = {ask.name: given.get(ask.name, "").strip() or ask.example for ask in algorithms()[id].asks}
    try:
        picture, handles = SHOWN[id](told)
    except (AgnesiError, ValueError, ArithmeticError, np.linalg.LinAlgError):
        return None
    flat = all(len(f.axes) == 2 for f in picture.frames) and not picture.panels
    out = {"alt": picture.alt, "title": picture.title, "handles": [h.data() for h in handles] if flat else []}
    return given_as(out, picture, theme, form)


def _matrix(text: str) -> np.ndarray:
    return np.atleast_2d(np.asarray(numbers(text, "the matrix"), float))


def _column_tips(name: str, text: str) -> list[Handle]:
    """Return the tips of the columns of a matrix of two rows that is written in numbers."""
    rows, spans, at = [], [], 0
    for part in text.split(";"):
        cells = list(NUMBER.finditer(part))
        rows.append(tuple(_float(c[0]) for c in cells))
        spans.append(tuple((at + c.start(), at + c.end()) for c in cells))
        at += len(part) + 1
    whole = len({len(r) for r in rows}) == 1 and len(rows) == 2 and not NUMBER.sub("", text).strip("[]() ;,\t\n")
    return tips(name, Given(name, tuple(rows), tuple(spans)), name) if whole and rows[0] else []


def _float(text: str) -> float:
    top, _, below = text.replace("−", "-").partition("/")
    return float(top) / float(below or 1)


def _map(draw: Callable[[Any], Picture]) -> Callable[[Asked], Shown]:
    def shown(given: Asked) -> Shown:
        return draw(_matrix(given["A"])), _column_tips("A", given["A"])

    return shown


def _projected(given: Asked) -> Shown:
    x, B = _matrix(given["x"]), _matrix(given["B"])
    handles = [*_column_tips("x", given["x"]), *_column_tips("B", given["B"])]
    return projection(x.reshape(-1), list(B.T)), handles


def _made_orthogonal(given: Asked) -> Shown:
    return gram_schmidt(list(_matrix(given["B"]).T)), _column_tips("B", given["B"])


def _numbers(text: str) -> tuple[list[float], list[tuple[int, int]]]:
    found = list(NUMBER.finditer(text))
    return [_float(c[0]) for c in found], [c.span() for c in found]


def _line_through(given: Asked) -> Shown:
    (x, across), (y, up) = _numbers(given["x"]), _numbers(given["y"])
    handles = [
        Handle(f"point {k + 1}", (a, b), (("x", *across[k]), ("y", *up[k])))
        for k, (a, b) in enumerate(zip(x, y, strict=True))
    ]
    return scatter(x, y, 1, residuals=True), handles


def _down(given: Asked) -> Shown:
    asked = dict(given)
    (x, y), places = _numbers(given["start"])
    path = work("gradient-descent", asked).parts["path"]
    picture = contours(given["f"], path={"way down": np.asarray(path, float)})
    return picture, [Handle("the start", (x, y), (("start", *places[0]), ("start", *places[1])))]


def _touching(given: Asked) -> Shown:
    (at,), places = _numbers(given["at"])
    return tangent_line(given["f"], at), [_along("the point", given["f"], at, "at", places[0])]


def _series(given: Asked) -> Shown:
    (at,), places = _numbers(given["at"])
    degree = int(given["degree"])
    return taylor(given["f"], at, tuple(sorted({1, degree}))), [_along("the point", given["f"], at, "at", places[0])]


def _zero(given: Asked) -> Shown:
    (at,), places = _numbers(given["start"])
    handle = _along("the start", given["f"], at, "start", places[0])
    return tangent_line(given["f"], at, title="The first step"), [handle]


def _along(label: str, text: str, at: float, field: str, place: tuple[int, int]) -> Handle:
    """Return the point of a curve, which moves along the axis."""
    height = tangent_line(text, at).layers[2].points[0][1]  # type: ignore[union-attr]
    return Handle(label, (at, float(height)), ((field, *place),))


def _curve(given: Asked) -> Shown:
    return function(given["f"]), []


SHOWN: Mapping[str, Callable[[Asked], Shown]] = {
    "determinant": _map(determinant), "eigen": _map(linear_map), "diagonalise": _map(linear_map),
    "spectral": _map(linear_map), "power-iteration": _map(linear_map), "inverse": _map(linear_map),
    "svd": _map(linear_map), "project": _projected, "gram-schmidt": _made_orthogonal, "fit-line": _line_through,
    "gradient-descent": _down, "linearise": _touching, "taylor": _series, "newton": _zero, "derivative": _curve,
}  # fmt: skip
