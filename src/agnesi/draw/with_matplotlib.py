"""Pictures by matplotlib: PNG and SVG. Every figure stands alone; pyplot and its global state are not used."""

from __future__ import annotations

import io
import math
import re
import textwrap
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any
from zlib import crc32

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator
from matplotlib.transforms import Bbox, ScaledTranslation

from agnesi.draw.layers import Frame
from agnesi.draw.matplotlib_flat import draw_flat
from agnesi.draw.matplotlib_solid import draw_solid, fill
from agnesi.draw.palette import Theme, theme_of

if TYPE_CHECKING:
    from agnesi.draw.picture import Picture

WIDTH = 4.0  # inches: on a screen about 400 pixels, where the text must still be read
TITLE, LABEL, TICK = 10.0, 9.0, 8.0  # points


def figure(picture: Picture, theme: str = "light", most: int = 99) -> Figure:
    """Return the figure of a picture: 4 inches wide, or 2.9 for each column of panels, of which there are `most`."""
    look, frames = theme_of(theme), picture.frames
    columns = min(picture.columns, len(frames), most) if picture.panels else 1
    rows = math.ceil(len(frames) / columns)
    each = WIDTH * picture.wide if columns == 1 else WIDTH * 0.72
    height = max(each / picture.wide * f.aspect + _foot(f, each) for f in frames)
    made = Figure(figsize=(each * columns, height * rows + (0.3 if picture.panels else 0)), layout="compressed")
    FigureCanvasAgg(made)
    made.patch.set_facecolor(look.ground)
    for k, frame in enumerate(frames, 1):
        axes = made.add_subplot(rows, columns, k, projection="3d" if frame.solid else None)
        _dress(axes, frame, look, each)
        (draw_solid if frame.solid else draw_flat)(axes, frame, look)
        _legend(axes, frame, look, each)
    if picture.panels and picture.title:
        made.suptitle(picture.title, fontsize=TITLE + 1, color=look.ink, parse_math=False)
    fill(made)
    return made


def _foot(frame: Frame, inches: float) -> float:
    """Return the room in inches for the title, the label of the axis and the legend."""
    names = (
        {name for name in (getattr(layer, "label", "") for layer in frame.layers) if name} if frame.legend else set()
    )
    rows = math.ceil(len(names) / min(_columns(names, inches), len(names))) if names else 0
    return (0.3 if frame.title else 0.08) + (0.1 if frame.solid else 0.15) + 0.22 * rows


def _columns(names: Iterable[str], inches: float) -> int:
    """Return how many entries of a legend stand side by side in a panel of this width."""
    each = 0.07 * max(map(len, names)) + 0.5
    return max(1, min(3, int(inches / each)))


def _dress(axes: Any, frame: Frame, look: Theme, inches: float) -> None:
    """Give the axes their ranges, labels, ticks and colours."""
    if frame.title:
        title = textwrap.fill(frame.title, max(16, int(12 * inches)))
        axes.set_title(title, fontsize=TITLE, color=look.ink, parse_math=False, loc="center")
    axes.set_facecolor(look.ground)
    for letter, axis in zip("xyz", frame.axes, strict=False):
        getattr(axes, f"set_{letter}label")(axis.title, fontsize=LABEL, color=look.ink, parse_math=False)
        if axis.scale == "log":
            getattr(axes, f"set_{letter}scale")("log")
        getattr(axes, f"set_{letter}lim")(axis.low, axis.high)
        drawn = getattr(axes, f"{letter}axis")
        if axis.ticks:
            drawn.set_major_locator(FixedLocator([t for t, _ in axis.ticks]))
            drawn.set_ticklabels([name for _, name in axis.ticks], parse_math=False)
        elif axis.scale == "linear":
            drawn.set_major_locator(MaxNLocator(4 if frame.solid else 7, steps=[1, 2, 2.5, 5, 10]))
        if not axis.shown:
            drawn.set_major_locator(NullLocator())
    axes.tick_params(labelsize=TICK, colors=look.ink, labelcolor=look.ink)
    if frame.solid:
        _dress_solid(axes, frame, look)
    else:
        _dress_flat(axes, frame, look)


def _dress_flat(axes: Any, frame: Frame, look: Theme) -> None:
    hidden = not all(a.shown for a in frame.axes)
    for side, spine in axes.spines.items():
        spine.set_color(look.grid)
        spine.set_visible(not hidden and side in ("left", "bottom"))
    if not hidden:
        axes.grid(True, color=look.grid, linewidth=0.6)
        for line, axis in ((axes.axvline, frame.axes[0]), (axes.axhline, frame.axes[1])):
            if axis.scale == "linear" and axis.low + 0.03 * (axis.high - axis.low) < 0 < axis.high and not axis.ticks:
                line(0, color=look.colour("faint"), linewidth=0.8, zorder=1)
    axes.set_axisbelow(True)
    if frame.equal:
        axes.set_aspect("equal", adjustable="box")


def _dress_solid(axes: Any, frame: Frame, look: Theme) -> None:
    spans = [a.high - a.low for a in frame.axes]
    axes.set_box_aspect(spans if frame.equal else (1, 1, 0.75))
    axes.view_init(elev=frame.view[0], azim=frame.view[1])
    for drawn in (axes.xaxis, axes.yaxis, axes.zaxis):
        drawn.set_pane_color((0, 0, 0, 0))
        drawn.line.set_color(look.grid)
        drawn._axinfo["grid"].update(color=look.grid, linewidth=0.6)


def _legend(axes: Any, frame: Frame, look: Theme, inches: float) -> None:
    handles, labels = axes.get_legend_handles_labels()
    kept = {name: handle for handle, name in zip(handles, labels, strict=True) if name}
    if not kept or not frame.legend:
        return
    down = ScaledTranslation(0, -0.02 if frame.solid else -0.42, axes.figure.dpi_scale_trans)
    made = axes.legend(
        kept.values(),
        kept.keys(),
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        ncols=min(_columns(kept, inches), len(kept)),
        bbox_transform=axes.transAxes + down,
        fontsize=TICK + 0.5,
        frameon=False,
        labelcolor=look.ink,
        handlelength=2.6,
        columnspacing=1.2,
    )
    for text in made.get_texts():
        text.set_parse_math(False)


def png(picture: Picture, width: int, theme: str) -> bytes:
    """Return a PNG of this width whose text fields tell the title and the description.

    Panels stand side by side as far as their labels can be read.
    """
    labelled = any(a.shown for f in picture.frames for a in f.axes)
    made, out = figure(picture, theme, max(1, width // (210 if labelled else 120))), io.BytesIO()
    dpi = width / made.get_figwidth()
    told = {"Title": picture.title, "Description": picture.alt, "Software": "Agnesi"}
    made.savefig(out, format="png", dpi=dpi, metadata=told, facecolor=made.get_facecolor(), bbox_inches=_used(made))
    return out.getvalue()


def svg(picture: Picture, theme: str) -> str:
    """Return an SVG with title and description, the same each time."""
    made, out = figure(picture, theme), io.StringIO()
    told = {"Date": None, "Creator": "Agnesi"}
    made.savefig(out, format="svg", metadata=told, facecolor=made.get_facecolor(), bbox_inches=_used(made))
    return _told(_settled(out.getvalue()), picture)


def _used(made: Figure) -> Bbox:
    """Return the whole width of a figure and what is drawn of its height, in inches."""
    made.draw_without_rendering()
    drawn = made.get_tightbbox()
    low, high = max(0.0, drawn.y0 - 0.08), min(made.get_figheight(), drawn.y1 + 0.08)
    return Bbox([[0.0, low], [made.get_figwidth(), high]])


def _settled(text: str) -> str:
    """Return an SVG with its random names counted instead, apart from those of other pictures on a page."""
    names = dict.fromkeys(re.findall(r'\bid="([^"]+)"', text))
    bare = re.sub(r'\bid="[^"]+"|href="#[^"]+"|url\(#[^)]+\)', "", text)
    mark = f"{crc32(bare.encode()):08x}"
    table = {name: f"a{mark}-{k}" for k, name in enumerate(names)}
    text = re.sub(r'\bid="([^"]+)"', lambda m: f'id="{table[m[1]]}"', text)
    text = re.sub(r'href="#([^"]+)"', lambda m: f'href="#{table.get(m[1], m[1])}"', text)
    return re.sub(r"url\(#([^)]+)\)", lambda m: f"url(#{table.get(m[1], m[1])})", text)


def _told(text: str, picture: Picture) -> str:
    """Return the SVG with a title and a description for those who do not see it."""
    start = text.index("<svg")
    end = text.index(">", start)
    head = text[start:end]
    told = f"\n <title>{escape(picture.title or 'Picture')}</title>\n <desc>{escape(picture.alt)}</desc>"
    return f'{text[:start]}{head} role="img">{told}{text[end + 1 :]}'
