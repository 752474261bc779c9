"""Functions of two variables on a grid: where to look, at which levels, and what is seen there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from agnesi.draw.formulas import Function
from agnesi.draw.incoming import interval
from agnesi.draw.layers import Array
from agnesi.errors import NotNumeric

SIDE = 121
Box = tuple[float, float, float, float]


def box_of(f: Function, x: Any, y: Any, cover: Array | None = None) -> Box:
    """Return the part of the plane to look at: what is given, else what holds the points with room around them."""
    names = (*f.letters, "x", "y")
    ends: list[float] = []
    usual = _inhabited(f) if x is None and y is None and (cover is None or not len(cover)) else (-3.0, 3.0, -3.0, 3.0)
    for k, given in enumerate((x, y)):
        if given is not None:
            ends += interval(given, names[k])
        elif cover is not None and len(cover):
            low, high = float(cover[:, k].min()), float(cover[:, k].max())
            room = max(0.35 * max(np.ptp(cover[:, 0]), np.ptp(cover[:, 1])), 1.0 if np.ptp(cover) == 0 else 0.2, 0.1)
            ends += [low - room, high + room]
        else:
            ends += usual[2 * k : 2 * k + 2]
    return ends[0], ends[1], ends[2], ends[3]


def _inhabited(f: Function) -> Box:
    """Return ±3, or what is wider where there are no values, without the parts that have none but for a margin."""
    for half in (3.0, 10.0, 100.0):
        line = np.linspace(-half, half, 60)
        known = np.isfinite(f(*np.meshgrid(line, line)))
        if known.any():
            seen = [line[known.any(axis=axis)] for axis in (0, 1)]
            room = [max(0.06 * np.ptp(s), 0.1) for s in seen]
            ends = [(max(-half, s[0] - r), min(half, s[-1] + r)) for s, r in zip(seen, room, strict=True)]
            return tuple(float(np.round(e, 2)) for pair in ends for e in pair)  # type: ignore[return-value]
    return -3.0, 3.0, -3.0, 3.0


def on_grid(f: Function, box: Box, side: int = SIDE) -> tuple[Array, Array, Array]:
    """Return x, y and the values z[j, i]; raises `NotNumeric` where there are none at all."""
    x, y = np.linspace(box[0], box[1], side), np.linspace(box[2], box[3], side)
    z = f(*np.meshgrid(x, y))
    if not np.isfinite(z).any():
        raise NotNumeric(
            f"{f.text} has no value anywhere in this part of the plane.", repair="Give ranges x=… and y=…."
        )
    return x, y, z


def levels_of(z: Array, count: int = 9) -> tuple[float, ...]:
    """Return levels for curves: round numbers evenly spaced, or by rank where a few values are far above the rest.

    A constant function has none.
    """
    known = z[np.isfinite(z)]
    low, high = float(known.min()), float(known.max())
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-300):
        return ()
    border = np.concatenate([z[0], z[-1], z[:, 0], z[:, -1]])
    walls = high - low > 6 * (float(np.quantile(known, 0.6)) - low) and bool(np.nanmax(border, initial=low) == high)
    if walls or high - low > 3 * float(np.ptp(np.quantile(known, [0.03, 0.97]))):  # a valley, or poles
        shares = np.linspace(0.02, 0.97, count) ** 1.3
        found = sorted({float(f"{v:.2g}") for v in np.quantile(known, shares)})
        return tuple(v for v in found if low < v < high)
    step = nice((high - low) / count)
    first = np.ceil(low / step) * step
    return tuple(float(np.round(v, 12)) for v in np.arange(first, high, step) if low < v < high)


def nice(step: float) -> float:
    """Return the round number (1, 2, 2.5 or 5 times a power of ten) that is next to a step."""
    power = 10.0 ** np.floor(np.log10(step))
    return float(min((m * power for m in (1, 2, 2.5, 5, 10)), key=lambda s: abs(np.log(s / step))))


def extremes(x: Array, y: Array, z: Array) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Return the lowest and the highest point of a grid."""
    low = np.unravel_index(int(np.nanargmin(z)), z.shape)
    high = np.unravel_index(int(np.nanargmax(z)), z.shape)
    return tuple((float(x[k[1]]), float(y[k[0]]), float(z[k])) for k in (low, high))  # type: ignore[return-value]


def square(points: Array, room: float = 0.15, around: Sequence[float] | Array = (0.0, 0.0)) -> Box:
    """Return a box of equal sides that holds points and one more, with room for labels."""
    both = np.vstack([points[np.isfinite(points).all(axis=1)], np.asarray(around, float)])
    middle, half = (both.max(axis=0) + both.min(axis=0)) / 2, np.ptp(both, axis=0).max() / 2
    half = (half or 1.0) * (1 + 2 * room)
    return tuple(float(v) for m in middle for v in (m - half, m + half))  # type: ignore[return-value]
