"""Powell's search for a minimum: along each direction in turn, then along the way that was made.

The steps are those of `scipy.optimize.minimize(method="Powell")`, evaluation for evaluation; to load that package takes
half a second, more than a search does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

GOLD, SECTION = 1.618034, 0.3819660
GROWTH = 110.0  # the farthest step of a bracket, in steps before
TINY, NEAREST = 1e-21, 1e-11
WIDENED, NARROWED = 1000, 500  # the most steps along one line

Line = Callable[[float], float]


class _Spent(Exception):
    """All evaluations are used up."""


class _Bracket(NamedTuple):
    """Three places on a line and the heights there; `valid` where the middle one is the lowest."""

    places: tuple[float, float, float]
    heights: tuple[float, float, float]

    @property
    def valid(self) -> bool:
        """Tell whether there is a minimum between the ends."""
        (a, b, c), (fa, fb, fc) = self
        low = (fb < fc and fb <= fa) or (fb < fa and fb <= fc)
        return bool(low and (a < b < c or c < b < a) and np.all(np.isfinite(self.places)))


def conjugate(
    f: Callable[[Any], float], start: Any, most: int, *, apart: float = 1e-2, level: float = 1e-9
) -> Any:
    """Return the lowest point that is found from a start by line searches up to `apart` (relative).

    Ends when a round lowers the value by less than `level` (relative), or after `most` evaluations.
    Source: M. J. D. Powell, An efficient method for finding the minimum of a function of several variables without
    calculating derivatives, 1964; R. P. Brent, Algorithms for minimization without derivatives, 1973.
    """
    left = most

    def counted(z: Any) -> float:
        nonlocal left
        if left <= 0:
            raise _Spent
        left -= 1
        return f(np.copy(z))

    point, ways = np.array(start, dtype=float), np.eye(len(start))
    value, before = counted(point), point.copy()
    try:
        while True:
            first, fall, steepest = value, 0.0, 0
            for k in range(len(point)):
                last = value
                value, point, _ = _along(counted, point, ways[k], value, apart)
                if last - value > fall:
                    fall, steepest = last - value, k
            settled = 2.0 * (first - value) <= level * (abs(first) + abs(value)) + 1e-20
            if settled or left <= 0 or (np.isnan(first) and np.isnan(value)):
                return point
            way, before = point - before, point.copy()
            beyond = counted(point + way)
            bend = 2.0 * (first + beyond - 2.0 * value) * (first - value - fall) ** 2
            if first > beyond and bend - fall * (first - beyond) ** 2 < 0.0:
                value, point, way = _along(counted, point, way, value, apart)
                if np.any(way):
                    ways[steepest] = ways[-1]
                    ways[-1] = way
    except _Spent:
        return point


def _along(
    f: Callable[[Any], float], point: Any, way: Any, value: float, apart: float
) -> tuple[float, Any, Any]:
    """Return the lowest value on a line, the point, and the step to it."""
    if not np.any(way):
        return value, point, way

    def height(t: float) -> float:
        return f(point + t * way)

    around = _bracket(height)
    t, low = _narrowed(height, around, apart) if around.valid else _lowest(around)
    step = t * way
    return low, point + step, step


def _lowest(around: _Bracket) -> tuple[float, float]:
    """Return the lowest of three places."""
    if np.any(np.isnan(around)):
        return np.nan, np.nan
    k = int(np.argmin(around.heights))
    return around.places[k], around.heights[k]


def _bracket(height: Line) -> _Bracket:
    """Walk downhill from 0 and 1 until the way goes up again."""
    a, b = np.float64(0.0), np.float64(1.0)
    fa, fb = height(a), height(b)
    if fa < fb:
        a, b, fa, fb = b, a, fb, fa
    c = b + GOLD * (b - a)
    fc = height(c)
    for _ in range(WIDENED):
        if not fc < fb:
            break
        down, up = (b - a) * (fb - fc), (b - c) * (fb - fa)
        gap = up - down
        w = b - ((b - c) * up - (b - a) * down) / (2.0 * (TINY if abs(gap) < TINY else gap))
        limit = b + GROWTH * (c - b)
        if (w - c) * (b - w) > 0.0:  # the vertex of the parabola lies between the last two
            fw = height(w)
            if fw < fc:
                return _Bracket((b, w, c), (fb, fw, fc))
            if fw > fb:
                return _Bracket((a, b, w), (fa, fb, fw))
            w = c + GOLD * (c - b)
        elif (w - limit) * (limit - c) >= 0.0:
            w = limit
        elif (w - limit) * (c - w) > 0.0:
            fw = height(w)
            if fw < fc:
                b, c, fb, fc = c, w, fc, fw
                w = c + GOLD * (c - b)
            else:
                a, b, c, fa, fb, fc = b, c, w, fb, fc, fw
                continue
        else:
            w = c + GOLD * (c - b)
        a, b, c, fa, fb, fc = b, c, w, fb, fc, height(w)
    return _Bracket((a, b, c), (fa, fb, fc))


def _narrowed(height: Line, around: _Bracket, apart: float) -> tuple[float, float]:
    """Return the minimum in a bracket, by parabolas and golden sections."""
    (first, x, last), (_, fx, _) = around
    low, high = min(first, last), max(first, last)
    w = v = x
    fw = fv = fx
    step = before = 0.0
    for _ in range(NARROWED):
        near = apart * abs(x) + NEAREST
        middle = 0.5 * (low + high)
        if abs(x - middle) < 2.0 * near - 0.5 * (high - low):
            break
        parabola = None
        if abs(before) > near:
            parabola = _vertex((x, w, v), (fx, fw, fv), (low, high), before)
            before = step
        if parabola is None:
            before = low - x if x >= middle else high - x
            step = SECTION * before
        else:
            step = parabola
            if x + step - low < 2.0 * near or high - (x + step) < 2.0 * near:
                step = near if middle - x >= 0 else -near
        u = x + step if abs(step) >= near else x + near if step >= 0 else x - near
        fu = height(u)
        if fu > fx:
            low, high = (u, high) if u < x else (low, u)
            if fu <= fw or w == x:
                v, w, fv, fw = w, u, fw, fu
            elif fu <= fv or v in (x, w):
                v, fv = u, fu
        else:
            low, high = (x, high) if u >= x else (low, x)
            v, w, x, fv, fw, fx = w, x, u, fw, fx, fu
    return x, fx


def _vertex(
    places: tuple[float, float, float], heights: tuple[float, float, float], ends: tuple[float, float], before: float
) -> float | None:
    """Return the step to the vertex of a parabola; None where it leads outside or is more than half of that before."""
    (x, w, v), (fx, fw, fv) = places, heights
    one, two = (x - w) * (fx - fv), (x - v) * (fx - fw)
    top, bottom = (x - v) * two - (x - w) * one, 2.0 * (two - one)
    top, bottom = (-top if bottom > 0.0 else top), abs(bottom)
    inside = bottom * (ends[0] - x) < top < bottom * (ends[1] - x)
    return top / bottom if inside and abs(top) < abs(0.5 * bottom * before) else None
