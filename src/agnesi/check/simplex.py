"""Nelder and Mead's search for a minimum: a simplex is reflected, stretched, contracted or shrunk.

Few numbers and few evaluations: here the overhead of a general library would be as large as the work.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def descend(
    f: Callable[[Any], float], simplex: Any, most: int, *, apart: float = 1e-6, level: float = 1e-11
) -> tuple[Any, float]:
    """Return the lowest point that is found from a simplex (one row more than numbers), and its value.

    Ends when the points are within `apart` and the values within `level` of the best, or after `most` evaluations.
    Source: J. A. Nelder and R. Mead, A simplex method for function minimization, 1965.
    """
    points = np.array(simplex, dtype=float)
    values = np.array([f(p) for p in points])
    used, count = len(points), len(points) - 1
    while True:
        order = np.argsort(values, kind="stable")
        points, values = points[order], values[order]
        settled = values[-1] - values[0] <= level and np.max(np.abs(points[1:] - points[0])) <= apart
        if used >= most or settled:
            return points[0], float(values[0])
        centre = points[:-1].sum(axis=0) / count
        away = centre - points[-1]
        new, value, spent = _moved(f, centre, away, values)
        used += spent
        if new is not None:
            points[-1], values[-1] = new, value
        else:
            points[1:] = points[0] + 0.5 * (points[1:] - points[0])
            values[1:] = [f(p) for p in points[1:]]
            used += count


def _moved(f: Callable[[Any], float], centre: Any, away: Any, values: Any) -> tuple[Any, float, int]:
    """Return what takes the place of the worst point (None: the simplex shrinks), its value and the evaluations."""
    mirrored = centre + away
    value = f(mirrored)
    if value < values[0]:
        far = centre + 2.0 * away
        beyond = f(far)
        return (far, beyond, 2) if beyond < value else (mirrored, value, 2)
    if value < values[-2]:
        return mirrored, value, 1
    near = centre + (0.5 if value < values[-1] else -0.5) * away
    inside = f(near)
    better = inside <= value if value < values[-1] else inside < values[-1]
    return (near, inside, 2) if better else (None, np.inf, 2)
