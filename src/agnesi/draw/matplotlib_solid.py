"""Layers of space by matplotlib."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import FancyArrowPatch
from matplotlib.transforms import Bbox
from mpl_toolkits.mplot3d import Axes3D
from mpl_toolkits.mplot3d.art3d import Poly3DCollection
from mpl_toolkits.mplot3d.proj3d import proj_transform

from agnesi.draw.layers import Arrows, Curve, Frame, Layer, Points, Polygon, Surface, Text
from agnesi.draw.matplotlib_flat import SMALL, draw_arrows, marks, named, stroke
from agnesi.draw.palette import Theme


class _Arrow(FancyArrowPatch):
    """An arrow of space, drawn as one of the plane between the places where its ends are seen."""

    def __init__(self, tail: tuple[float, ...], head: tuple[float, ...], **look: Any) -> None:
        super().__init__((0, 0), (0, 0), **look)
        self._ends = np.array([tail, head], float).T

    def do_3d_projection(self) -> float:
        """Place the ends on the sheet; return how near the arrow is."""
        space: Any = self.axes
        x, y, z = proj_transform(*self._ends, space.M)
        self.set_positions((x[0], y[0]), (x[1], y[1]))
        return float(np.min(z))


def draw_solid(axes: Any, frame: Frame, look: Theme) -> None:
    """Draw the layers of a panel in space; what is given later lies in front."""
    axes.computed_zorder = False
    for k, layer in enumerate(frame.layers):
        _draw(axes, layer, look, 2 + 0.1 * k)


def _draw(axes: Any, layer: Layer, look: Theme, order: float) -> None:
    match layer:
        case Curve():
            axes.plot(*layer.points.T, **stroke(layer, look), label=layer.label, zorder=order)
        case Points():
            axes.scatter(*layer.points.T, **marks(layer, look), zorder=order, depthshade=False)
        case Arrows():
            draw_arrows(axes, layer, look, order, _Arrow)
        case Polygon():
            colour = look.colour(layer.colour)
            made = Poly3DCollection([layer.points], facecolor=colour, alpha=layer.opacity, zorder=order)
            made.set_edgecolor(colour if layer.outline else "none")
            axes.add_collection3d(made, autolim=False)
            named(axes, layer.label, 3, color=colour, linewidth=6, alpha=min(1, layer.opacity + 0.2))
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
    shade = look.colour(layer.colour) if layer.colour else look.height(0.4)
    named(axes, layer.label, 3, color=shade, linewidth=6)


def fill(made: Any) -> None:
    """Make what is seen of space as large as its panel allows with its labels, in the middle of it."""
    spaces = [axes for axes in made.axes if isinstance(axes, Axes3D)]
    for _ in range(2 if spaces else 0):  # labels keep their size, so the second time is nearer
        made.draw_without_rendering()
        for axes in spaces:
            for axis in (axes.xaxis, axes.yaxis, axes.zaxis):  # labels stand clear of long numbers
                axis.labelpad = 4.0 + 4.0 * max(
                    0, max((len(t.get_text()) for t in axis.get_ticklabels()), default=0) - 4
                )
            parts = [a.get_tightbbox() for a in (axes.xaxis, axes.yaxis, axes.zaxis)]
            drawn = Bbox.union([*filter(None, parts), *(_word_box(axes, t) for t in axes.texts)])
            sheet, view = axes.bbox, axes.viewLim
            size = 1.02 * max(drawn.width, drawn.height) / sheet.width
            for name, low, high in (("intervalx", drawn.x0, drawn.x1), ("intervaly", drawn.y0, drawn.y1)):
                ends, start = getattr(view, name), sheet.x0 if name == "intervalx" else sheet.y0
                middle = ends[0] + ((low + high) / 2 - start) / sheet.width * (ends[1] - ends[0])
                half = size * (ends[1] - ends[0]) / 2
                setattr(view, name, (middle - half, middle + half))


def _word_box(axes: Any, text: Any) -> Bbox:
    """Return where words at a point of space stand on the sheet."""
    flat = axes.transData.transform([text.get_position(), proj_transform(*text.get_position_3d(), axes.M)[:2]])
    box: Bbox = text.get_window_extent().translated(*(flat[1] - flat[0]))
    return box
