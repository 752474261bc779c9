"""Sheets of numbers drawn: vectors as arrows, 2×2 matrices as maps, with tips that a person drags.

A tip that is dragged changes the numbers in the text of the sheet, where they stand; all that follows from them is
computed again, as for any other text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from agnesi.draw.arrows import Arrow, scene
from agnesi.draw.layers import CYCLE
from agnesi.draw.maps import linear_map
from agnesi.draw.picture import Picture
from agnesi.draw.words import point
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Expr, symbols_of
from agnesi.run.evaluate import evaluate
from agnesi.study.verbs.sheets import chosen_of, tolerant

GIVEN = re.compile(  # u = [3; 1], or [3; 1] where a statement begins
    r"(?:(?P<name>[^\W\d]\w*)\s*:?=\s*|(?:^|(?<=[\n;]))[ \t]*)"
    r"(?:\[(?P<square>[^\[\]]*)\]|\((?P<round>[^()]*)\))"
)
NUMBER = re.compile(r"[-+−]?(?:\d+\.?\d*|\.\d+)(?:/\d+)?")
COLUMNS = ("first", "second")
LABELLED = 12  # letters of an expression that still stand beside its arrow


@dataclass(frozen=True)
class Given:
    """Numbers that are written out in a text: rows of them, and where each stands; `name` is "" for those alone."""

    name: str
    rows: tuple[tuple[float, ...], ...]
    spans: tuple[tuple[tuple[int, int], ...], ...]


@dataclass(frozen=True)
class Handle:
    """A point that can be dragged: what it is called, where it is, and the places of its numbers.

    A place is the name of a field of the page and the signs of its text from where to where; one place: the point
    moves along the first axis only.
    """

    label: str
    at: tuple[float, float]
    places: tuple[tuple[str, int, int], ...]

    def data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"label": self.label, "at": list(self.at), "places": [list(p) for p in self.places],
                "along": len(self.places)}  # fmt: skip


def given_in(text: str) -> list[Given]:
    """Return the vectors and matrices of numbers that are written out in a text.

    >>> [(g.name, g.rows) for g in given_in("u = [3; 1]; A = [1 2; 0 1]; v = [a; 1]")]
    [('u', ((3.0,), (1.0,))), ('A', ((1.0, 2.0), (0.0, 1.0)))]
    """
    found = []
    for one in GIVEN.finditer(text):
        part = "square" if one["square"] is not None else "round"
        rows, spans, at = [], [], one.start(part)
        for row in re.split(r"(?<=[;\n])", one[part]):
            cells = list(NUMBER.finditer(row))
            left = NUMBER.sub("", row).replace(";", "")
            if left.strip(" ,\t\n") or (not cells and row.strip()):
                break
            if cells:
                rows.append(tuple(_number(c[0]) for c in cells))
                spans.append(tuple((at + c.start(), at + c.end()) for c in cells))
            at += len(row)
        else:
            if rows and len({len(r) for r in rows}) == 1:
                found.append(Given(one["name"] or "", tuple(rows), tuple(spans)))
    return found


def _number(text: str) -> float:
    top, _, below = text.replace("−", "-").partition("/")
    return float(top) / (float(below) or 1.0) if below else float(top)


def closed(text: str, number: int | None = None) -> tuple[Picture, list[Handle]] | None:
    """Return the picture of a statement of numbers alone, with the points that can be dragged; None for another."""
    sheet, _ = tolerant(text)
    target = chosen_of(sheet, number)
    if target is None or target.expr is None or symbols_of(target.expr) or target.role == "claim":
        return None
    every = [(s.name or _short(s.text), s.expr) for s in sheet.statements if s.role in ("definition", "expression")]
    values = {name: value for name, expr in every if (value := _value(expr)) is not None}
    name = target.name or _short(target.text)
    if name not in values:
        return None
    tips = handles_in(text, values)
    if values[name].shape == (2, 2):
        picture = linear_map(values[name])
        told = {text: getattr(picture, text).replace("A = ", f"{name} = ", 1) for text in ("title", "alt")}
        return replace(picture, **told), [h for h in tips if h.label.endswith(f" of {name}")]
    return _arrows(name, values), tips


def _short(text: str) -> str:
    """Return an expression as it stands beside its arrow."""
    text = " ".join(text.split())
    return text if len(text) <= LABELLED else "result"


def _value(expr: Expr | None) -> np.ndarray | None:
    """Return a vector of two numbers or a 2×2 matrix; None for anything else."""
    if expr is None or symbols_of(expr) or expr.ndim == 0:
        return None
    try:
        value = np.asarray(evaluate(expr, {}), float)
    except (AgnesiError, ValueError, ArithmeticError):
        return None
    value = value.reshape(-1) if value.ndim == 2 and 1 in value.shape else value
    return value if value.shape in ((2,), (2, 2)) and np.all(np.isfinite(value)) else None


def _arrows(name: str, values: dict[str, np.ndarray]) -> Picture:
    """Return all vectors as arrows from the origin, and the columns of matrices as dashed ones."""
    zero, arrows, told = np.zeros(2), list[Arrow](), []
    vectors = {n: v for n, v in values.items() if v.ndim == 1}
    for k, (n, v) in enumerate(vectors.items()):
        arrows.append((zero, v, n, CYCLE[k % len(CYCLE)], "solid"))
        told.append(f"{n} to {point(v)}")
    foot = values[name]
    for n, v in vectors.items():
        rest = v - foot
        if n != name and np.any(rest) and np.any(foot) and abs(rest @ foot) <= 1e-9 * max(1.0, float(v @ v)):
            arrows.append((foot, v, "", "faint", "dashed"))  # a projection, and what is left
            told.append(f"{n} less {name} is orthogonal to {name}")
    for n, v in values.items():
        if v.ndim == 2:
            arrows += [(zero, v[:, k], f"{n}e{'₁₂'[k]}", "ink", "dashed") for k in (0, 1)]
            told.append(f"the columns of {n} to {point(v[:, 0])} and {point(v[:, 1])}")
    words = f"Arrows from the origin: {'; '.join(told)}."
    return scene(f"{name} = {point(values[name])}", arrows, (), words, zero[None])


def handles_in(text: str, values: dict[str, np.ndarray], field: str = "text") -> list[Handle]:
    """Return the points that can be dragged: tips of vectors and of columns whose numbers are written in the text."""
    out, every = list[Handle](), given_in(text)
    alone = [n for n in values if n not in {g.name for g in every}]
    for one in every:
        name = one.name or next(iter(alone), "")
        value, flat = values.get(name), [c for row in one.rows for c in row]
        if value is not None and value.size == len(flat) and np.allclose(value.reshape(-1), flat):
            out += tips(name, one, field)
    return out


def tips(name: str, one: Given, field: str) -> list[Handle]:
    """Return the tip of a vector of two numbers, or those of the columns of a matrix of two rows."""
    if len(one.rows) == 1 and len(one.rows[0]) == 2:
        (x, y), (a, b) = one.rows[0], one.spans[0]
        return [Handle(name, (x, y), ((field, *a), (field, *b)))]
    if len(one.rows) != 2:
        return []
    top, below = one.rows
    many = len(top)
    return [
        Handle(f"{COLUMNS[k]} column of {name}" if many > 1 else name, (top[k], below[k]),
               ((field, *one.spans[0][k]), (field, *one.spans[1][k])))
        for k in range(min(many, len(COLUMNS)))
    ]  # fmt: skip
