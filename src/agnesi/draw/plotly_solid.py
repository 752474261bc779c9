"""Layers of space as traces of Plotly."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from agnesi.draw.layers import Arrows, Curve, Frame, Layer, Points, Polygon, Surface, Text
from agnesi.draw.palette import Theme
from agnesi.draw.plotly_flat import numbers

STYLES = {"solid": "solid", "dashed": "dash", "dotted": "dot"}
MARKS = {"circle": "circle", "cross": "x", "square": "square", "diamond": "diamond"}
HOVER = "(%{x:.4g}, %{y:.4g}, %{z:.4g})<extra></extra>"
Spec = dict[str, Any]


def solid(frame: Frame, look: Theme, number: int) -> tuple[list[Spec], Spec]:
    """Return the traces of a panel of space, and its scene."""
    spans = np.array([a.high - a.low for a in frame.axes])
    ratio = spans / spans.max() if frame.equal else np.array([1.0, 1.0, 0.75])
    axis = {"showbackground": False, "showspikes": False, "nticks": 5}
    scene: Spec = {
        "aspectmode": "manual", "aspectratio": dict(zip("xyz", ratio.tolist(), strict=True)),
        "camera": {"eye": _eye(*frame.view), "center": {"x": 0, "y": 0, "z": -0.12}}, "bgcolor": look.ground,
        "xaxis": dict(axis), "yaxis": dict(axis), "zaxis": dict(axis),
    }  # fmt: skip
    size = float(spans.max())
    name = "scene" if number == 1 else f"scene{number}"
    traces = [t for layer in frame.layers for t in _drawn(layer, look, size)]
    scene["annotations"] = [_word(layer, look) for layer in frame.layers if isinstance(layer, Text)]
    return [{**t, "scene": name} for t in traces], {"scene": scene}


def _eye(above: float, around: float) -> Spec:
    """Return the place of the eye for a view in degrees."""
    up, turn = np.radians(above), np.radians(around)
    place = 2.2 * np.array([np.cos(up) * np.cos(turn), np.cos(up) * np.sin(turn), np.sin(up)])
    return dict(zip("xyz", place.round(3).tolist(), strict=True))


def _word(layer: Text, look: Theme) -> Spec:
    """Return words that no surface hides."""
    h, v = layer.side
    x, y, z = (float(c) for c in layer.at)
    return {
        "x": x, "y": y, "z": z, "text": escape(layer.text), "showarrow": False, "xshift": 6 * h, "yshift": 7 * v,
        "xanchor": {-1: "right", 0: "center", 1: "left"}[h], "font": {"size": 13, "color": look.colour(layer.colour)},
    }  # fmt: skip


def _drawn(layer: Layer, look: Theme, size: float) -> list[Spec]:
    match layer:
        case Curve():
            line = {"color": look.colour(layer.colour), "width": layer.width * 2, "dash": STYLES[layer.dash]}
            return [{**_space(layer.points), "mode": "lines", "line": line, "name": escape(layer.label)}]
        case Points():
            mark = {"color": look.colour(layer.colour), "size": layer.size * 0.8, "symbol": MARKS[layer.mark]}
            return [{**_space(layer.points), "mode": "markers", "marker": mark, "name": escape(layer.label)}]
        case Arrows():
            return _arrows(layer, look, size)
        case Polygon():
            return _polygon(layer, look)
        case Surface():
            return [_surface(layer, look)]
    return []


def _space(points: Any) -> Spec:
    x, y, z = np.asarray(points, float).T
    return {"type": "scatter3d", "x": numbers(x), "y": numbers(y), "z": numbers(z), "hovertemplate": HOVER}


def _arrows(layer: Arrows, look: Theme, size: float) -> list[Spec]:
    """Return arrows: shafts as lines, heads as cones of one size."""
    colour = look.colour(layer.colour)
    gap = np.full_like(layer.tails, np.nan)
    shafts = np.stack([layer.tails, layer.heads, gap], axis=1).reshape(-1, 3)
    line = {"color": colour, "width": layer.width * 2.2, "dash": STYLES[layer.dash]}
    along = layer.heads - layer.tails
    length = np.linalg.norm(along, axis=1, keepdims=True)
    keep = length[:, 0] > 0
    unit = along[keep] / length[keep]
    x, y, z = layer.heads[keep].T
    u, v, w = unit.T
    cone = {
        "type": "cone",
        "x": numbers(x),
        "y": numbers(y),
        "z": numbers(z),
        "u": numbers(u),
        "v": numbers(v),
        "w": numbers(w),
        "anchor": "tip",
        "sizemode": "absolute",
        "sizeref": 0.065 * size,
        "showscale": False,
        "hoverinfo": "skip",
        "colorscale": [[0, colour], [1, colour]],
        "name": "",
        "lighting": {"ambient": 0.95, "diffuse": 0.2},
    }
    return [
        {**_space(shafts), "mode": "lines", "line": line, "name": escape(layer.label)},
        *([cone] if keep.any() else []),
    ]


def _polygon(layer: Polygon, look: Theme) -> list[Spec]:
    colour = look.colour(layer.colour)
    x, y, z = layer.points.T
    count = len(layer.points)
    face = {
        "type": "mesh3d", "x": numbers(x), "y": numbers(y), "z": numbers(z), "i": [0] * (count - 2),
        "j": list(range(1, count - 1)), "k": list(range(2, count)), "color": colour, "opacity": layer.opacity,
        "name": escape(layer.label), "hoverinfo": "skip", "flatshading": True,
        "lighting": {"ambient": 1.0, "diffuse": 0.0},
    }  # fmt: skip
    closed = np.vstack([layer.points, layer.points[:1]])
    edge = {**_space(closed), "mode": "lines", "line": {"color": colour, "width": 2}, "name": ""}
    return [face, edge] if layer.outline else [face]


def _surface(layer: Surface, look: Theme) -> Spec:
    stops = (look.colour(layer.colour),) * 2 if layer.colour else look.ramp("ramp")
    return {
        "type": "surface",
        "x": numbers(layer.x),
        "y": numbers(layer.y),
        "z": [numbers(row) for row in layer.z],
        "colorscale": [[k / (len(stops) - 1), c] for k, c in enumerate(stops)],
        "showscale": False,
        "opacity": layer.opacity,
        "name": escape(layer.label),
        "hovertemplate": HOVER,
        "lighting": {"ambient": 0.75, "diffuse": 0.4, "specular": 0.05},
    }
