"""Pictures by Plotly: figures for the web and notebooks. The page holds plotly.js itself; nothing is fetched."""

from __future__ import annotations

import json
import math
import textwrap
from html import escape
from typing import TYPE_CHECKING, Any
from zlib import crc32

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from agnesi.draw.layers import Axis, Frame
from agnesi.draw.palette import Theme, theme_of
from agnesi.draw.plotly_flat import flat
from agnesi.draw.plotly_solid import solid

if TYPE_CHECKING:
    from agnesi.draw.picture import Picture

FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', 'Liberation Sans', sans-serif"
WIDTH = 400  # pixels of a narrow screen, for which heights and breaks of lines are chosen
HEAD, FOOT, LEGEND = 34, 46, 20


def figure(picture: Picture, theme: str = "light") -> Any:
    """Return the figure, validated by Plotly."""
    return go.Figure(spec(picture, theme))


def spec(picture: Picture, theme: str, most: int = 99) -> dict[str, Any]:
    """Return a figure as plain data and layout, as JSON has it; panels in at most so many columns."""
    look, frames = theme_of(theme), picture.frames
    columns = min(picture.columns, len(frames), most) if picture.panels else 1
    rows = math.ceil(len(frames) / columns)
    layout: dict[str, Any] = _sheet(look)
    traces: list[dict[str, Any]] = []
    wide = WIDTH / columns * (1.25 if picture.panels and columns > 1 else 1)
    heights = [wide * f.aspect + HEAD + FOOT for f in frames]
    tall = max(heights)
    names: set[str] = set()
    for k, frame in enumerate(frames):
        place = _place(k, columns, rows, bool(frame.title), any(a.shown for a in frame.axes))
        made, own = (solid if frame.solid else flat)(frame, look, k + 1)
        for axis, letter in zip(frame.axes, "xyz", strict=False):
            key = f"{letter}axis"
            dressed = _axis(axis, look)
            if frame.solid:
                own["scene"][key] = {**dressed, **own["scene"][key]}
            else:
                own[key] = {**own.get(key, {}), **dressed}
        _put(layout, own, frame, place, k, rows)
        _title(layout, frame, place, k, look, bool(picture.panels), int(wide))
        for trace in made:
            trace["showlegend"] = bool(trace.get("name")) and trace["name"] not in names and frame.legend
            names.add(trace.get("name", ""))
        traces += made
    shown = [t["name"] for t in traces if t["showlegend"]]
    below = _legend(shown)
    top = HEAD if picture.panels and picture.title else 8
    layout["height"] = int(tall * rows + below + top)
    layout["margin"] = {"l": 8, "r": 12, "t": top, "b": below + 6}
    if picture.panels and picture.title:
        layout["title"] = {"text": escape(picture.title), "x": 0.5, "font": {"size": 15}, "y": 0.99, "yanchor": "top"}
    layout["legend"] = {"orientation": "h", "x": 0.5, "xanchor": "center", "y": 0, "yref": "container",
                        "yanchor": "bottom", "font": {"size": 12}, "itemwidth": 30}  # fmt: skip
    return {"data": traces, "layout": layout}


def _sheet(look: Theme) -> dict[str, Any]:
    return {
        "paper_bgcolor": look.ground,
        "plot_bgcolor": look.ground,
        "font": {"family": FONT, "size": 12, "color": look.ink},
        "hoverlabel": {"font": {"family": FONT}},
        "annotations": [],
        "shapes": [],
        "showlegend": True,
        "dragmode": "pan",
    }


def _legend(names: list[str]) -> int:
    """Return the height of the legend in pixels on a narrow screen."""
    if not names:
        return 0
    each = max(1, int(WIDTH // (8 * max(map(len, names)) + 50)))
    return 12 + LEGEND * math.ceil(len(names) / each)


def _place(
    k: int, columns: int, rows: int, titled: bool, labelled: bool
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the part of the sheet for a panel, x and y, as shares."""
    column, row = k % columns, k // columns
    gap = (0.15 if labelled else 0.04) if columns > 1 else 0.0
    each = (1 - gap * (columns - 1)) / columns
    x = (column * (each + gap), column * (each + gap) + each)
    bottom, top = 1 - (row + 1) / rows, 1 - row / rows
    height = top - bottom
    return x, (bottom + 0.16 * height if rows > 1 else bottom, top - (0.11 * height if titled else 0.02))


def _axis(axis: Axis, look: Theme) -> dict[str, Any]:
    ends = [math.log10(axis.low), math.log10(axis.high)] if axis.scale == "log" else [axis.low, axis.high]
    out: dict[str, Any] = {
        "title": {"text": escape(axis.title), "font": {"size": 13}},
        "range": ends,
        "type": axis.scale,
        "gridcolor": look.grid,
        "zerolinecolor": look.colour("faint"),
        "zerolinewidth": 1,
        "linecolor": look.grid,
        "zeroline": axis.scale == "linear" and not axis.ticks,
        "showgrid": axis.shown,
        "nticks": 8,
        "visible": axis.shown,
        "tickfont": {"size": 11},
        "automargin": True,
    }
    if axis.scale == "log":
        out |= {"dtick": max(1, round((ends[1] - ends[0]) / 6)), "exponentformat": "power"}
    if axis.ticks:
        out |= {"tickvals": [t for t, _ in axis.ticks], "ticktext": [escape(n) for _, n in axis.ticks]}
    return out


def _put(
    layout: dict[str, Any],
    own: dict[str, Any],
    frame: Frame,
    place: tuple[tuple[float, float], tuple[float, float]],
    k: int,
    rows: int,
) -> None:
    """Put what a panel adds to the layout into it, under the panel's own names."""
    number = "" if k == 0 else str(k + 1)
    x, y = place
    if frame.solid:
        own["scene"]["domain"] = {"x": list(x), "y": list(y)}
        for key in "xyz":
            own["scene"][f"{key}axis"].pop("automargin")
        layout[f"scene{number}"] = own["scene"]
        return
    own["xaxis"] |= {"domain": list(x), "anchor": f"y{number}"}
    own["yaxis"] |= {"domain": list(y), "anchor": f"x{number}"}
    if frame.equal:
        own["yaxis"] |= {"scaleanchor": f"x{number}", "scaleratio": 1}
        for key in ("xaxis", "yaxis"):
            own[key]["constrain"] = "domain"
    layout[f"xaxis{number}"], layout[f"yaxis{number}"] = own["xaxis"], own["yaxis"]
    layout["annotations"] += own.get("annotations", [])


def _title(
    layout: dict[str, Any],
    frame: Frame,
    place: tuple[tuple[float, float], tuple[float, float]],
    k: int,
    look: Theme,
    small: bool,
    wide: int,
) -> None:
    if frame.title:
        lines = textwrap.wrap(frame.title, max(14, wide // 8))
        layout["annotations"].append(
            {
                "text": "<br>".join(escape(line) for line in lines),
                "x": sum(place[0]) / 2,
                "y": place[1][1],
                "xref": "paper",
                "yref": "paper",
                "xanchor": "center",
                "yanchor": "bottom",
                "showarrow": False,
                "font": {"size": 12 if small else 14, "color": look.ink},
            }
        )


def html(picture: Picture, theme: str, whole: bool) -> str:
    """Return a page, or the piece of one, with the figure; people who do not see it get the alternative text."""
    made = json.dumps(figure(picture, theme).to_plotly_json(), allow_nan=False, default=list).replace("</", "<\\/")
    name = f"agnesi-{crc32(made.encode()):08x}"
    tall = spec(picture, theme)["layout"]["height"]
    labelled = any(a.shown for f in picture.frames for a in f.axes)
    narrow = spec(picture, theme, 1)["layout"] if picture.panels and picture.columns > 1 and labelled else None
    other = json.dumps(narrow, allow_nan=False).replace("</", "<\\/")
    square = not picture.panels and all(f.equal or f.solid for f in picture.frames)
    broad = "max-width:560px;margin:auto;" if square else ""
    options = '{"responsive": true, "displaylogo": false, "displayModeBar": false, "scrollZoom": false}'
    piece = (
        f'<div role="img" aria-label="{escape(picture.alt, quote=True)}">'
        f'<div id="{name}" aria-hidden="true" style="width:100%;{broad}height:{tall}px"></div></div>\n'
        f'<script>(function () {{ const f = {made}, n = {other}, e = document.getElementById("{name}"); '
        f'if (n && e.clientWidth < 520) {{ f.layout = n; e.style.height = n.height + "px"; }} '
        f'Plotly.newPlot("{name}", f.data, f.layout, {options}); }})();</script>'
    )
    if not whole:
        return piece
    look = theme_of(theme)
    page = f"margin:0 auto;padding:8px;max-width:860px;background:{look.ground};color:{look.ink};font:16px {FONT}"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(picture.title or 'Picture')}</title><script>{get_plotlyjs()}</script></head>\n"
        f'<body style="{escape(page, quote=True)}">{piece}'
        f"<details><summary>In words</summary><p>{escape(picture.alt)}</p></details></body></html>\n"
    )
