"""Layers of the plane by matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.ticker import MaxNLocator

from agnesi.draw.layers import Arrows, Bars, Boxes, Contour, Curve, Frame, Heat, Layer, Points, Polygon, Text
from agnesi.draw.lines import cell_texts, level_lines, number_places, share_of
from agnesi.draw.palette import Theme, between, readable_on
from agnesi.draw.words import said

STYLES = {"solid": "-", "dashed": (0, (4, 2)), "dotted": (0, (1.2, 1.6))}
MARKS = {"circle": "o", "cross": "x", "square": "s", "diamond": "D"}
SMALL = 8.0


def draw_flat(axes: Any, frame: Frame, look: Theme) -> None:
    """Draw the layers of a panel one after the other."""
    for k, layer in enumerate(frame.layers):
        order = 2 + 0.01 * k
        if isinstance(layer, Contour):
            _contour(axes, layer, look, order, frame.layers)
        else:
            _draw(axes, layer, look, order)


def _draw(axes: Any, layer: Layer, look: Theme, order: float) -> None:
    match layer:
        case Curve():
            axes.plot(*layer.points.T, **stroke(layer, look), label=layer.label, zorder=order)
        case Points():
            edge: dict[str, Any] = {"edgecolors": look.ground, "linewidths": 0.6 * (layer.size > 4)}
            axes.scatter(*layer.points.T, **marks(layer, look), zorder=order, **edge if layer.mark != "cross" else {})
        case Arrows():
            draw_arrows(axes, layer, look, order, FancyArrowPatch)
        case Polygon():
            colour = look.colour(layer.colour)
            axes.fill(*layer.points.T, facecolor=colour, alpha=layer.opacity, label=layer.label, zorder=order)
            if layer.outline:
                axes.fill(*layer.points.T, fill=False, edgecolor=colour, linewidth=1.4, zorder=order)
        case Heat():
            _heat(axes, layer, look)
        case Bars():
            axes.stairs(
                layer.heights, layer.edges, fill=True, facecolor=look.colour(layer.colour), edgecolor=look.ground,
                label=layer.label, zorder=order,
            )  # fmt: skip
        case Boxes():
            _boxes(axes, layer, look, order)
        case Text():
            _text(axes, layer, look)


def stroke(layer: Curve | Arrows, look: Theme) -> dict[str, Any]:
    """Return how a line is drawn."""
    return {"color": look.colour(layer.colour), "linewidth": layer.width * 0.8, "linestyle": STYLES[layer.dash]}


def marks(layer: Points, look: Theme) -> dict[str, Any]:
    """Return how points are marked."""
    size = (layer.size * 0.9) ** 2
    return {"s": size, "c": look.colour(layer.colour), "marker": MARKS[layer.mark], "label": layer.label}


def draw_arrows(axes: Any, layer: Arrows, look: Theme, order: float, patch: Callable[..., Any]) -> None:
    """Draw arrows, each a patch from its tail to its head; many have small heads."""
    size = 6 if len(layer.tails) > 12 else 11
    for tail, head in zip(layer.tails, layer.heads, strict=True):
        axes.add_patch(patch(
            tuple(tail), tuple(head), arrowstyle="-|>", mutation_scale=size, shrinkA=0, shrinkB=0, zorder=order,
            clip_on=True, **stroke(layer, look),
        ))  # fmt: skip
    named(axes, layer.label, len(layer.tails[0]), **stroke(layer, look))


def named(axes: Any, label: str, size: int, **look: Any) -> None:
    """Put what has no line of its own into the legend."""
    if label:
        axes.plot(*[[]] * size, label=label, **look)


def _contour(axes: Any, layer: Contour, look: Theme, order: float, others: Sequence[Layer]) -> None:
    lines = level_lines(layer)
    for level, points in lines:
        colour = look.height(share_of(level, layer.levels))
        axes.plot(*points.T, color=colour, linewidth=1.1, zorder=order)
    for level, at in number_places(layer, lines, others) if layer.numbered else []:
        axes.text(
            *at, said(level), fontsize=SMALL - 1, color=look.height(share_of(level, layer.levels)), ha="center",
            va="center", zorder=order, bbox={"facecolor": look.ground, "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip
    named(axes, layer.label if lines else "", 2, color=look.height(0.4), linewidth=1.1)


def _heat(axes: Any, layer: Heat, look: Theme) -> None:
    rows, columns = layer.values.shape
    stops = look.ramp(layer.ramp)
    shades = LinearSegmentedColormap.from_list("agnesi", stops).with_extremes(bad=look.grid)
    scale = Normalize(layer.low, layer.high)
    edges = (0.5, columns + 0.5, rows + 0.5, 0.5)
    drawn = axes.imshow(layer.values, cmap=shades, norm=scale, extent=edges, aspect="auto", interpolation="nearest")
    axes.set_xlim(edges[:2])
    axes.set_ylim(edges[2:])
    axes.set_aspect("equal" if max(rows, columns) <= 8 * min(rows, columns) else "auto")
    axes.grid(False)
    axes.add_patch(Rectangle((0.5, 0.5), columns, rows, fill=False, edgecolor=look.grid, linewidth=0.8))
    if layer.bar:
        bar = axes.figure.colorbar(drawn, ax=axes, shrink=0.8, pad=0.03, ticks=MaxNLocator(5))
        bar.ax.tick_params(labelsize=SMALL, colors=look.ink)
        bar.outline.set_edgecolor(look.grid)
    if layer.numbered:
        size = min(9.0, 46 / columns, 46 / max(1, rows) + 3)
        for i, row in enumerate(cell_texts(layer.values)):
            for j, text in enumerate(row):
                share = (layer.values[i, j] - layer.low) / (layer.high - layer.low)
                axes.text(j + 1, i + 1, text, ha="center", va="center", fontsize=size,
                          color=readable_on(between(stops, float(share))))  # fmt: skip


def _boxes(axes: Any, layer: Boxes, look: Theme, order: float) -> None:
    for centre, text, colour in zip(layer.centres, layer.texts, layer.colours, strict=True):
        frame = {
            "boxstyle": "round,pad=0.35",
            "facecolor": look.ground,
            "edgecolor": look.colour(colour),
            "linewidth": 1.4,
        }
        axes.text(*centre, text, ha="center", va="center", fontsize=SMALL, color=look.ink, bbox=frame, zorder=order,
                  parse_math=False, linespacing=1.35)  # fmt: skip


def _text(axes: Any, layer: Text, look: Theme) -> None:
    h, v = layer.side
    frame = {"facecolor": look.ground, "edgecolor": "none", "pad": 1.0} if layer.framed else None
    axes.annotate(
        layer.text,
        tuple(np.asarray(layer.at, float)),
        xytext=(5 * h, 5 * v),
        textcoords="offset points",
        fontsize=SMALL + 0.5,
        ha={-1: "right", 0: "center", 1: "left"}[h],
        va={-1: "top", 0: "center", 1: "bottom"}[v],
        zorder=6,
        color=look.colour(layer.colour),
        parse_math=False,
        bbox=frame,
        annotation_clip=False,
    )
