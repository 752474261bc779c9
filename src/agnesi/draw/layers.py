"""What a picture is made of: axes, and layers of plain arrays that every renderer draws.

Points are rows: [n 2] in the plane, [n 3] in space. A colour is a name of the palette; the theme says what it is on a
light or a dark ground. Nothing here knows how anything is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Colour = Literal["blue", "vermillion", "green", "purple", "orange", "sky", "ink", "faint"]
Dash = Literal["solid", "dashed", "dotted"]
Mark = Literal["circle", "cross", "square", "diamond"]
Ramp = Literal["ramp", "diverging", "grey"]
CYCLE: tuple[Colour, ...] = ("blue", "vermillion", "green", "purple", "orange", "sky")
DASHES: tuple[Dash, ...] = ("solid", "dashed", "dotted")


@dataclass(frozen=True)
class Axis:
    """An axis: its label, its unit, its range, "linear" or "log", and the ticks where they are not the usual ones."""

    label: str
    low: float
    high: float
    scale: Literal["linear", "log"] = "linear"
    unit: str = ""
    ticks: tuple[tuple[float, str], ...] = ()
    shown: bool = True

    @property
    def title(self) -> str:
        """The label with its unit in brackets."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


@dataclass(frozen=True, eq=False)
class Curve:
    """A line through points; a row of NaN is a gap. `label` goes into the legend."""

    points: Array
    label: str = ""
    colour: Colour = "blue"
    dash: Dash = "solid"
    width: float = 2.0


@dataclass(frozen=True, eq=False)
class Points:
    """Marked points; `label` goes into the legend."""

    points: Array
    label: str = ""
    colour: Colour = "vermillion"
    mark: Mark = "circle"
    size: float = 6.0


@dataclass(frozen=True, eq=False)
class Arrows:
    """Arrows from `tails` to `heads`."""

    tails: Array
    heads: Array
    label: str = ""
    colour: Colour = "blue"
    width: float = 2.0
    dash: Dash = "solid"


@dataclass(frozen=True, eq=False)
class Polygon:
    """A filled polygon, in the plane or in space."""

    points: Array
    label: str = ""
    colour: Colour = "sky"
    opacity: float = 0.25
    outline: bool = True


@dataclass(frozen=True, eq=False)
class Contour:
    """Level curves of z[j, i] at (x[i], y[j]); `numbered` writes the levels on the lines."""

    x: Array
    y: Array
    z: Array
    levels: tuple[float, ...]
    label: str = ""
    numbered: bool = True


@dataclass(frozen=True, eq=False)
class Surface:
    """The surface z[j, i] over (x[i], y[j]); `colour` None: coloured by height."""

    x: Array
    y: Array
    z: Array
    label: str = ""
    colour: Colour | None = None
    opacity: float = 1.0


@dataclass(frozen=True, eq=False)
class Heat:
    """A matrix as coloured cells, row 1 at the top; `numbered` writes the numbers into them."""

    values: Array
    numbered: bool = True
    ramp: Ramp = "diverging"
    low: float = 0.0
    high: float = 1.0
    bar: bool = True


@dataclass(frozen=True, eq=False)
class Bars:
    """Bars between neighbouring `edges` with these heights."""

    edges: Array
    heights: Array
    label: str = ""
    colour: Colour = "sky"


@dataclass(frozen=True, eq=False)
class Boxes:
    """Texts in frames, as the nodes of a graph: centres [n 2], lines of text, the colour of each frame."""

    centres: Array
    texts: tuple[str, ...]
    colours: tuple[Colour, ...]


@dataclass(frozen=True, eq=False)
class Text:
    """Words beside a point: `side` is where they stand, (1, 0) to the right, (0, −1) below, (0, 0) upon it."""

    at: Array
    text: str
    side: tuple[int, int] = (1, 1)
    colour: Colour = "ink"
    framed: bool = False


Layer = Curve | Points | Arrows | Polygon | Contour | Surface | Heat | Bars | Boxes | Text


def as_data(value: Any) -> Any:
    """Return an axis, a layer or what is in it as plain data: numbers, texts, lists; NaN as None."""
    if isinstance(value, np.ndarray):
        return [as_data(v) for v in value.tolist()]
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [as_data(v) for v in value]
    if hasattr(value, "__dataclass_fields__"):
        kind = {} if isinstance(value, Axis) else {"kind": type(value).__name__.lower()}
        return {**kind, **{name: as_data(getattr(value, name)) for name in value.__dataclass_fields__}}
    return value


@dataclass(frozen=True)
class Frame:
    """Axes and layers of one panel, as the renderers take it: `equal` keeps circles round."""

    title: str
    axes: tuple[Axis, ...]
    layers: tuple[Layer, ...]
    equal: bool = False
    aspect: float = 0.72  # height by width
    legend: bool = True
    view: tuple[float, float] = (22.0, -58.0)  # from where space is seen: degrees above the ground, degrees around

    @property
    def solid(self) -> bool:
        """Tell whether the panel shows space, not the plane."""
        return len(self.axes) == 3
