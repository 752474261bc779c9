"""What both renderers need of a layer besides its arrays: level curves as lines, places for numbers, ends of arrows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from contourpy import contour_generator

from agnesi.draw.layers import Array, Arrows, Contour, Curve, Layer, Points


def level_lines(layer: Contour) -> list[tuple[float, Array]]:
    """Return the level curves as (level, points [n 2]), with rows of NaN between the pieces of a level."""
    z = np.ma.masked_invalid(layer.z)
    made = contour_generator(layer.x, layer.y, z)
    found = []
    for level in layer.levels:
        pieces = [p for p in made.lines(level) if len(p) > 1]
        if pieces:
            gap = np.full((1, 2), np.nan)
            found.append((level, np.concatenate([q for p in pieces for q in (np.asarray(p, float), gap)][:-1])))
    return found


def number_places(
    layer: Contour, lines: list[tuple[float, Array]], others: Sequence[Layer] = ()
) -> list[tuple[float, Array]]:
    """Return for each level the point of its curve that is farthest from the numbers of others and from the border.

    Curves, points and arrows that stand out among the `others` are kept clear.
    """
    low = np.array([layer.x.min(), layer.y.min()])
    size = np.array([np.ptp(layer.x), np.ptp(layer.y)])
    taken: list[Array] = []
    found = []
    drawn = [_stations(o) for o in others]
    busy = np.concatenate([(d - low) / size for d in drawn]) if drawn else np.zeros((0, 2))
    for level, points in lines:
        known = points[np.isfinite(points[:, 0])]
        share = (known - low) / size
        room = np.minimum(share, 1 - share).min(axis=1)
        room = np.minimum(room, 0.12) * 2
        for other in taken:
            room = np.minimum(room, np.linalg.norm(share - other, axis=1))
        if len(busy):
            gap = np.linalg.norm(share[:, None] - busy[None], axis=2).min(axis=1)
            room = np.minimum(room, np.where(gap < 0.06, 0.0701 + gap, room))
        best = int(np.argmax(room))
        if room[best] > 0.07:
            taken.append(share[best])
            found.append((level, known[best]))
    return found


def _stations(layer: Layer) -> Array:
    """Return points close together on what a number must not cover."""
    match layer:
        case Curve() | Points():
            at = layer.points[np.isfinite(layer.points).all(axis=1)]
            return at[:: max(1, len(at) // 120)]
        case Arrows() if len(layer.tails) <= 12:
            return np.concatenate([layer.tails + (layer.heads - layer.tails) * t for t in (0, 0.25, 0.5, 0.75, 1)])
    return np.zeros((0, 2))


def share_of(level: float, levels: tuple[float, ...]) -> float:
    """Return the place of a level among all, 0 to 1: levels that are not evenly spaced get evenly spaced colours."""
    return levels.index(level) / (len(levels) - 1) if len(levels) > 1 else 0.0


def cell_texts(values: Array) -> list[list[str]]:
    """Return the numbers of a matrix as they stand in its cells: as short as they can be told apart.

    A whole number among others stands without decimals.
    """
    most = 2 if np.abs(values).max() < 100 else 1
    digits = next((d for d in range(most) if np.allclose(values, np.round(values, d), rtol=1e-9, atol=1e-9)), most)
    whole = digits == 0 and np.abs(values).max() < 1e5
    small = not whole and (np.abs(values[values != 0]).max(initial=0) < 0.01 or np.abs(values).max() >= 1e5)
    shown = [[f"{v:.1e}" if small else f"{v:.{0 if v == round(v) else digits}f}" for v in row] for row in values]
    return [[_plain(t) for t in row] for row in shown]


def _plain(text: str) -> str:
    return ("0" if float(text) == 0 else text).replace("-", "−")
