"""A picture: one record of data, drawn by Plotly for the web and notebooks and by matplotlib for PNG and SVG."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from agnesi.draw.layers import Axis, Frame, Layer, as_data
from agnesi.errors import AgnesiError, NotNumeric

PLOTLY = "application/vnd.plotly.v1+json"
SUFFIXES = ("png", "svg", "html")


@dataclass(frozen=True)
class Picture:
    """What is seen: a title, axes, layers of arrays, and the alternative text that says it in words and numbers.

    `equal` keeps circles round; `aspect` is height by width; `panels` are pictures side by side, each with its own
    axes. The pictures of `agnesi.draw` return this; `.png()`, `.svg()`, `.html()`, `.plotly()`, `.save(path)` draw it.

    >>> from agnesi.draw import function
    >>> picture = function("x^2 - 1", (-2, 2))
    >>> picture.alt
    'Graph of x² − 1 for x from −2 to 2. It crosses zero at x = −1 and x = 1; it is lowest at (0, −1).'
    >>> picture.svg().startswith("<?xml")
    True
    """

    title: str
    axes: tuple[Axis, ...]
    layers: tuple[Layer, ...]
    alt: str
    equal: bool = False
    aspect: float = 0.72
    legend: bool = True
    panels: tuple[Picture, ...] = ()
    columns: int = 2
    wide: float = 1.0  # by how much it must be wider than 400 pixels to be read
    view: tuple[float, float] = (22.0, -58.0)  # of space: degrees above the ground, degrees around

    @property
    def frames(self) -> tuple[Frame, ...]:
        """The panels to draw: one, or those of the pictures side by side."""
        if self.panels:
            return tuple(f for p in self.panels for f in p.frames)
        return (Frame(self.title, self.axes, self.layers, self.equal, self.aspect, self.legend, self.view),)

    def plotly(self, theme: str = "light") -> Any:
        """Return a figure of Plotly: `plotly.graph_objects.Figure`."""
        return import_module("agnesi.draw.with_plotly").figure(self, theme)

    def matplotlib(self, theme: str = "light") -> Any:
        """Return a figure of matplotlib, which belongs to no window and to no global state."""
        return import_module("agnesi.draw.with_matplotlib").figure(self, theme)

    def png(self, width: int = 800, theme: str = "light") -> bytes:
        """Return a PNG of about this width in pixels; its description is the alternative text."""
        if not isinstance(width, int) or not 50 <= width <= 8000:
            raise NotNumeric(f"A picture cannot be {width} pixels wide.", expected="50 to 8000")
        return import_module("agnesi.draw.with_matplotlib").png(self, width, theme)  # type: ignore[no-any-return]

    def svg(self, theme: str = "light") -> str:
        """Return an SVG with title and description."""
        return import_module("agnesi.draw.with_matplotlib").svg(self, theme)  # type: ignore[no-any-return]

    def html(self, theme: str = "light", whole: bool = True) -> str:
        """Return a page with the Plotly figure; nothing is fetched. `whole` False: a piece without plotly.js."""
        return import_module("agnesi.draw.with_plotly").html(self, theme, whole)  # type: ignore[no-any-return]

    def save(self, path: str | Path, theme: str = "light") -> Path:
        """Write the picture as .png, .svg or .html, whichever the name says; raises `AgnesiError` for other names."""
        target = Path(path)
        kind = target.suffix.lower().removeprefix(".")
        if kind not in SUFFIXES:
            raise AgnesiError(
                f"A picture cannot be written as {target.name}.", expected="a name with .png, .svg or .html"
            )
        made = self.png(theme=theme) if kind == "png" else (self.svg if kind == "svg" else self.html)(theme).encode()
        try:
            target.write_bytes(made)
        except OSError as error:
            raise AgnesiError(f"The file {target} cannot be written: {error.strerror}.") from error
        return target

    def data(self) -> dict[str, Any]:
        """Return the record as plain data, as JSON has it."""
        return {
            "title": self.title, "alt": self.alt, "equal": self.equal, "axes": as_data(self.axes),
            "layers": as_data(self.layers), "panels": [p.data() for p in self.panels],
        }  # fmt: skip

    def __str__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Return the Plotly figure, a PNG for viewers without Plotly, and the alternative text."""
        figure = import_module("agnesi.draw.with_plotly").spec(self, "light")
        return {PLOTLY: figure, "image/png": base64.b64encode(self.png()).decode(), "text/plain": self.alt}


def panels(pictures: Sequence[Picture], title: str = "", columns: int = 2) -> Picture:
    """Return pictures side by side as one picture; its alternative text is theirs, one after the other.

    >>> from agnesi.draw import function, panels
    >>> panels([function("x", (0, 1)), function("x^2", (0, 1))], "Powers").title
    'Powers'
    """
    if not pictures:
        raise NotNumeric("There are no pictures to put side by side.", repair="Give at least one.")
    flat = [q for p in pictures for q in (p.panels or (p,))]
    lead = f"{title}. " if title else ""
    alt = lead + " ".join(f"Panel {k}: {p.alt}" for k, p in enumerate(flat, 1))
    return Picture(title, (), (), alt, panels=tuple(flat), columns=max(1, min(columns, len(flat))))


def retitled(picture: Picture, title: str) -> Picture:
    """Return the picture with another title."""
    return replace(picture, title=title)
