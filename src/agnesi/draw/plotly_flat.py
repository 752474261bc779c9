"""Layers of the plane as traces and annotations of Plotly."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from agnesi.draw.layers import Array, Arrows, Bars, Boxes, Contour, Curve, Frame, Heat, Layer, Points, Polygon, Text
from agnesi.draw.lines import cell_texts, level_lines, number_places, share_of
from agnesi.draw.palette import Theme, between, readable_on, rgb
from agnesi.draw.words import said

STYLES = {"solid": "solid", "dashed": "7px,4px", "dotted": "2px,3px"}
MARKS = {"circle": "circle", "cross": "x-thin", "square": "square", "diamond": "diamond"}
HOVER = "(%{x:.4g}, %{y:.4g})<extra></extra>"
Spec = dict[str, Any]


def flat(frame: Frame, look: Theme, number: int) -> tuple[list[Spec], Spec]:
    """Return the traces of a panel of the plane, and what it adds to the layout."""
    anchor = "" if number == 1 else str(number)
    own: Spec = {"xaxis": {}, "yaxis": {}, "annotations": []}
    traces: list[Spec] = []
    span = np.array([a.high - a.low for a in frame.axes])
    for layer in frame.layers:
        made, notes = _drawn(layer, look, own, span, frame.layers)
        traces += [{**t, "xaxis": f"x{anchor}", "yaxis": f"y{anchor}"} for t in made]
        for note in notes:
            log = [a.scale == "log" for a in frame.axes]
            for key, is_log in (("x", log[0]), ("y", log[1])):
                note[key] = float(np.log10(note[key])) if is_log else note[key]
            placed = {"xref": f"x{anchor}", "yref": f"y{anchor}"}
            placed |= {"axref": f"x{anchor}", "ayref": f"y{anchor}"} if "ax" in note and note["showarrow"] else {}
            own["annotations"].append({**note, **placed})
    return traces, own


def numbers(values: Array) -> list[float | None]:
    """Return numbers as JSON has them, to seven digits; None where there is none."""
    return [float(f"{v:.7g}") if np.isfinite(v) else None for v in values]


def clear(colour: str, opacity: float) -> str:
    """Return a colour that is seen through."""
    r, g, b = rgb(colour)
    return f"rgba({r},{g},{b},{opacity})"


def _drawn(layer: Layer, look: Theme, own: Spec, span: Array, others: Sequence[Layer]) -> tuple[list[Spec], list[Spec]]:
    """Return the traces and the annotations of a layer."""
    match layer:
        case Curve():
            line = {"color": look.colour(layer.colour), "width": layer.width, "dash": STYLES[layer.dash]}
            return [_line(layer.points, line, layer.label)], []
        case Points():
            return [_points(layer, look)], []
        case Arrows():
            return _arrows(layer, look, span)
        case Polygon():
            return [_polygon(layer, look)], []
        case Contour():
            return _contour(layer, look, others)
        case Heat():
            return _heat(layer, look, own)
        case Bars():
            return [_bars(layer, look)], []
        case Boxes():
            return [], _boxes(layer, look)
        case Text():
            return [], [_text(layer, look)]
    return [], []


def _line(points: Array, line: Spec, label: str = "", hover: str = HOVER) -> Spec:
    x, y = points.T
    return {"type": "scatter", "mode": "lines", "x": numbers(x), "y": numbers(y), "line": line, "name": escape(label),
            "hovertemplate": hover, "connectgaps": False}  # fmt: skip


def _points(layer: Points, look: Theme) -> Spec:
    x, y = layer.points.T
    colour = look.colour(layer.colour)
    edge = {"color": colour, "width": 2} if layer.mark == "cross" else {"color": look.ground, "width": 1}
    mark = {"color": colour, "size": layer.size * 1.35, "symbol": MARKS[layer.mark], "line": edge}
    return {"type": "scatter", "mode": "markers", "x": numbers(x), "y": numbers(y), "marker": mark,
            "name": escape(layer.label), "hovertemplate": HOVER}  # fmt: skip


def _arrows(layer: Arrows, look: Theme, span: Array) -> tuple[list[Spec], list[Spec]]:
    """Return arrows: shafts as one line of pieces, heads as annotations that keep their size."""
    colour = look.colour(layer.colour)
    gap = np.full_like(layer.tails, np.nan)
    shafts = np.stack([layer.tails, layer.heads, gap], axis=1).reshape(-1, 2)
    line = {"color": colour, "width": layer.width, "dash": STYLES[layer.dash]}
    along = layer.heads - layer.tails
    share = 0.07 / np.maximum(np.linalg.norm(along / np.abs(span), axis=1, keepdims=True), 1e-300)
    near = layer.heads - np.clip(share, 0.1, 1.0) * along  # the head needs some of its shaft
    heads = [
        {"x": float(h[0]), "y": float(h[1]), "ax": float(n[0]), "ay": float(n[1]), "showarrow": True, "text": "",
         "arrowhead": 2, "arrowsize": 0.9 if len(layer.tails) > 12 else 1.1, "arrowwidth": max(1.0, layer.width),
         "arrowcolor": colour}
        for h, n in zip(layer.heads, near, strict=True) if np.any(h != n)
    ]  # fmt: skip
    return [_line(shafts, line, layer.label)], heads


def _polygon(layer: Polygon, look: Theme) -> Spec:
    colour = look.colour(layer.colour)
    closed = np.vstack([layer.points, layer.points[:1]])
    line = {"color": colour, "width": 1.6 if layer.outline else 0}
    return {
        **_line(closed, line, layer.label),
        "fill": "toself",
        "fillcolor": clear(colour, layer.opacity),
        "hoverinfo": "skip",
    }


def _contour(layer: Contour, look: Theme, others: Sequence[Layer]) -> tuple[list[Spec], list[Spec]]:
    lines = level_lines(layer)
    traces, notes = [], []
    for k, (level, points) in enumerate(lines):
        colour = look.height(share_of(level, layer.levels))
        name = layer.label if k == len(lines) // 2 else ""
        traces.append(_line(points, {"color": colour, "width": 1.4}, name, f"{said(level)}<extra></extra>"))
    for level, at in number_places(layer, lines, others) if layer.numbered else []:
        notes.append({
            "x": float(at[0]), "y": float(at[1]), "text": said(level), "showarrow": False, "bgcolor": look.ground,
            "borderpad": 0, "font": {"size": 10, "color": look.height(share_of(level, layer.levels))},
        })  # fmt: skip
    return traces, notes


def _heat(layer: Heat, look: Theme, own: Spec) -> tuple[list[Spec], list[Spec]]:
    rows, columns = layer.values.shape
    stops = look.ramp(layer.ramp)
    scale = [[k / (len(stops) - 1), c] for k, c in enumerate(stops)]
    trace = {
        "type": "heatmap",
        "z": [numbers(row) for row in layer.values],
        "x": list(range(1, columns + 1)),
        "y": list(range(1, rows + 1)),
        "zmin": layer.low,
        "zmax": layer.high,
        "colorscale": scale,
        "showscale": layer.bar,
        "hovertemplate": "row %{y}, column %{x}: %{z:.4g}<extra></extra>",
        "xgap": int(layer.numbered),
        "ygap": int(layer.numbered),
        "colorbar": {"thickness": 12, "outlinewidth": 0, "len": 0.8},
    }
    own["yaxis"] |= {"showgrid": False}
    notes = []
    for i, row in enumerate(cell_texts(layer.values) if layer.numbered else []):
        for j, text in enumerate(row):
            share = (layer.values[i, j] - layer.low) / (layer.high - layer.low)
            font = {"size": max(9, min(14, 60 // columns + 4)), "color": readable_on(between(stops, float(share)))}
            notes.append({"x": j + 1, "y": i + 1, "text": text, "showarrow": False, "font": font})
    edge = np.array([[0.5, 0.5], [columns + 0.5, 0.5], [columns + 0.5, rows + 0.5], [0.5, rows + 0.5], [0.5, 0.5]])
    return [trace, {**_line(edge, {"color": look.grid, "width": 1}), "hoverinfo": "skip"}], notes


def _bars(layer: Bars, look: Theme) -> Spec:
    middle, width = (layer.edges[1:] + layer.edges[:-1]) / 2, np.diff(layer.edges)
    return {
        "type": "bar",
        "x": numbers(middle),
        "y": numbers(layer.heights),
        "width": numbers(width),
        "name": escape(layer.label),
        "marker": {"color": look.colour(layer.colour), "line": {"width": 0.5, "color": look.ground}},
        "hovertemplate": HOVER,
    }


def _boxes(layer: Boxes, look: Theme) -> list[Spec]:
    return [
        {
            "x": float(c[0]),
            "y": float(c[1]),
            "text": escape(text).replace("\n", "<br>"),
            "showarrow": False,
            "borderpad": 4,
            "bgcolor": look.ground,
            "bordercolor": look.colour(colour),
            "borderwidth": 1.6,
            "font": {"size": 11},
        }
        for c, text, colour in zip(layer.centres, layer.texts, layer.colours, strict=True)
    ]


def _text(layer: Text, look: Theme) -> Spec:
    h, v = layer.side
    return {
        "x": float(layer.at[0]),
        "y": float(layer.at[1]),
        "text": escape(layer.text).replace("\n", "<br>"),
        "showarrow": False,
        "xanchor": {-1: "right", 0: "center", 1: "left"}[h],
        "yanchor": {-1: "top", 0: "middle", 1: "bottom"}[v],
        "xshift": 5 * h,
        "yshift": 4 * v,
        "font": {"size": 12, "color": look.colour(layer.colour)},
        **({"bgcolor": look.ground, "borderpad": 1} if layer.framed else {}),
    }
