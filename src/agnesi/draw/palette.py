"""Colours that stay apart for colour-blind people (Okabe and Ito), on light and on dark grounds.

Ramps are cividis (for heights), blue to vermillion through the ground (for signs), and grey (for photographs).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from agnesi.draw.layers import Colour, Ramp
from agnesi.errors import NotNumeric

ThemeName = Literal["light", "dark"]
_CIVIDIS = (
    "#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838",
)  # fmt: skip


@dataclass(frozen=True)
class Theme:
    """What the names of colours are on one ground."""

    ground: str
    ink: str
    grid: str
    colours: Mapping[str, str]
    heights: tuple[float, float]  # the part of cividis whose lines can be seen on this ground

    def colour(self, name: Colour) -> str:
        """Return the colour of this name as #rrggbb."""
        return self.colours[name]

    def ramp(self, kind: Ramp) -> tuple[str, ...]:
        """Return the stops of a ramp, evenly spaced from low to high."""
        if kind == "grey":
            return ("#000000", "#ffffff")
        if kind == "diverging":
            return (self.colours["low"], self.colours["middle"], self.colours["high"])
        return _CIVIDIS

    def height(self, share: float) -> str:
        """Return the colour of a line at this share (0 to 1) of the heights."""
        low, high = self.heights
        return between(_CIVIDIS, low + (high - low) * share)


THEMES: Mapping[str, Theme] = {
    "light": Theme("#ffffff", "#1a1a1a", "#d9d9d9", {
        "blue": "#0072b2", "vermillion": "#d55e00", "green": "#00875f", "purple": "#b85c93", "orange": "#d98e00",
        "sky": "#56b4e9", "ink": "#1a1a1a", "faint": "#9a9a9a",
        "low": "#0072b2", "middle": "#ffffff", "high": "#d55e00",
    }, (0.0, 0.62)),
    "dark": Theme("#14171c", "#ececec", "#3a3f47", {
        "blue": "#56b4e9", "vermillion": "#f0803c", "green": "#2cc79b", "purple": "#e09bc4", "orange": "#e69f00",
        "sky": "#9ad0f0", "ink": "#ececec", "faint": "#82878f",
        "low": "#3d9fe0", "middle": "#14171c", "high": "#f0803c",
    }, (0.55, 1.0)),
}  # fmt: skip


def theme_of(name: str) -> Theme:
    """Return the theme "light" or "dark"; raises `NotNumeric` for others."""
    if name not in THEMES:
        raise NotNumeric(f"There is no theme {name!r}.", expected="light or dark")
    return THEMES[name]


def between(stops: Sequence[str], share: float) -> str:
    """Return the colour at a share (0 to 1) of evenly spaced stops."""
    place = min(max(share, 0.0), 1.0) * (len(stops) - 1)
    k = min(int(place), len(stops) - 2)
    a, b = rgb(stops[k]), rgb(stops[k + 1])
    mixed = [round(u + (v - u) * (place - k)) for u, v in zip(a, b, strict=True)]
    return "#" + "".join(f"{c:02x}" for c in mixed)


def rgb(colour: str) -> tuple[int, int, int]:
    """Return the red, green and blue of #rrggbb, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def readable_on(colour: str) -> str:
    """Return black or white, whichever can be read on a colour."""
    linear = [(c / 255) ** 2.2 for c in rgb(colour)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if luminance > 0.18 else "#ffffff"
