"""Layers of space by matplotlib."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from mpl_toolkits.mplot3d.art3d import Poly3DCollection

from agnesi.draw.layers import Arrows, Curve, Frame, Layer, Points, Polygon, Surface, Text
from agnesi.draw.matplotlib_flat import MARKS, SMALL, STYLES
from agnesi.draw.palette import Theme


def draw_solid(axes: Any, frame: Frame, look: Theme) -> None:
    """Draw the layers of a panel in space; what is given later lies in front."""
    axes.computed_zorder = False
    for k, layer in enumerate(frame.layers):
        _draw(axes, layer, look, 2 + 0.1 * k)


def _draw(axes: Any, layer: Layer, look: Theme, order: float) -> None:
    match layer:
        case Curve():
            axes.plot(
                *layer.points.T, color=look.colour(layer.colour), linestyle=STYLES[layer.dash], label=layer.label,
                linewidth=layer.width * 0.8, zorder=order,
            )  # fmt: skip
        case Points():
            axes.scatter(
                *layer.points.T, s=(layer.size * 0.9) ** 2, c=look.colour(layer.colour), marker=MARKS[layer.mark],
                label=layer.label, zorder=order, depthshade=False,
            )  # fmt: skip
        case Arrows():
            colour = look.colour(layer.colour)
            axes.quiver(
                *layer.tails.T, *(layer.heads - layer.tails).T, color=colour, arrow_length_ratio=0.12, zorder=order,
                linewidth=layer.width * 0.9, linestyle=STYLES[layer.dash] if layer.dash == "solid" else "--",
            )  # fmt: skip
            if layer.label:
                axes.plot(
                    [],
                    [],
                    [],
                    color=colour,
                    linewidth=layer.width * 0.9,
                    linestyle=STYLES[layer.dash],
                    label=layer.label,
                )
        case Polygon():
            colour = look.colour(layer.colour)
            made = Poly3DCollection([layer.points], facecolor=colour, alpha=layer.opacity, zorder=order)
            made.set_edgecolor(colour if layer.outline else "none")
            axes.add_collection3d(made, autolim=False)
            if layer.label:
                axes.plot([], [], [], color=colour, linewidth=6, alpha=min(1, layer.opacity + 0.2), label=layer.label)
        case Surface():
            _surface(axes, layer, look, order)
        case Text():
            gap = 0.03 * np.ptp(axes.get_zlim()) * layer.side[1]
            x, y, z = layer.at
            axes.text(
                x, y, z + gap, f" {layer.text} ", fontsize=SMALL + 0.5, color=look.colour(layer.colour), zorder=10,
                ha={-1: "right", 0: "center", 1: "left"}[layer.side[0]], va="center", parse_math=False,
            )  # fmt: skip


def _surface(axes: Any, layer: Surface, look: Theme, order: float) -> None:
    x, y = np.meshgrid(layer.x, layer.y)
    own: dict[str, Any] = {"color": look.colour(layer.colour)} if layer.colour else {
        "cmap": LinearSegmentedColormap.from_list("agnesi", look.ramp("ramp")),
    }  # fmt: skip
    axes.plot_surface(
        x, y, np.ma.masked_invalid(layer.z), rcount=60, ccount=60, alpha=layer.opacity, linewidth=0, zorder=order,
        antialiased=layer.opacity == 1, **own,
    )  # fmt: skip
    if layer.label:
        shade = look.colour(layer.colour) if layer.colour else look.height(0.4)
        axes.plot([], [], [], color=shade, linewidth=6, label=layer.label)
