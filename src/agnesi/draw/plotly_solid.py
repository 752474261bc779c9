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
    axis = {"showbackground": False, "showspikes": False}
    scene: Spec = {
        "aspectmode": "manual", "aspectratio": dict(zip("xyz", ratio.tolist(), strict=True)),
        "camera": {"eye": {"x": 1.05, "y": -1.6, "z": 0.85}}, "bgcolor": look.ground,
        "xaxis": dict(axis), "yaxis": dict(axis), "zaxis": dict(axis),
    }  # fmt: skip
    size = float(spans.max())
    name = "scene" if number == 1 else f"scene{number}"
    traces = [t for layer in frame.layers for t in _drawn(layer, look, size)]
    return [{**t, "scene": name} for t in traces], {"scene": scene}


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
        case Text():
            side = {(-1): "left", 0: "center", 1: "right"}[layer.side[0]]
            level = {-1: "bottom", 0: "middle", 1: "top"}[layer.side[1]]
            return [{
                **_space(np.asarray(layer.at, float)[None]), "mode": "text", "text": [escape(layer.text)], "name": "",
                "textposition": f"{level} {side}", "textfont": {"size": 13, "color": look.colour(layer.colour)}, "hoverinfo": "skip",
            }]  # fmt: skip
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
        "type": "cone", "x": numbers(x), "y": numbers(y), "z": numbers(z), "u": numbers(u), "v": numbers(v), "w": numbers(w),
        "anchor": "tip", "sizemode": "absolute", "sizeref": 0.05 * size, "showscale": False, "hoverinfo": "skip",
        "colorscale": [[0, colour], [1, colour]], "name": "",
    }  # fmt: skip
    return [{**_space(shafts), "mode": "lines", "line": line, "name": escape(layer.label)}, *([cone] if keep.any() else [])]


def _polygon(layer: Polygon, look: Theme) -> list[Spec]:
    colour = look.colour(layer.colour)
    x, y, z = layer.points.T
    count = len(layer.points)
    face = {
        "type": "mesh3d", "x": numbers(x), "y": numbers(y), "z": numbers(z), "i": [0] * (count - 2),
        "j": list(range(1, count - 1)), "k": list(range(2, count)), "color": colour, "opacity": layer.opacity,
        "name": escape(layer.label), "hoverinfo": "skip", "flatshading": True,
    }  # fmt: skip
    closed = np.vstack([layer.points, layer.points[:1]])
    edge = {**_space(closed), "mode": "lines", "line": {"color": colour, "width": 2}, "name": ""}
    return [face, edge] if layer.outline else [face]


def _surface(layer: Surface, look: Theme) -> Spec:
    stops = (look.colour(layer.colour),) * 2 if layer.colour else look.ramp("ramp")
    return {
        "type": "surface", "x": numbers(layer.x), "y": numbers(layer.y), "z": [numbers(row) for row in layer.z],
        "colorscale": [[k / (len(stops) - 1), c] for k, c in enumerate(stops)], "showscale": False, "opacity": layer.opacity,
        "name": escape(layer.label), "hovertemplate": HOVER,
        "lighting": {"ambient": 0.75, "diffuse": 0.4, "specular": 0.05},
    }  # fmt: skip
