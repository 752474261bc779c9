"""Where to look at a function of one variable, and its points there: cut at poles and jumps, exact at edges."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from agnesi.draw.formulas import Function
from agnesi.draw.layers import Array
from agnesi.errors import NotNumeric

POINTS = 801
_HALVINGS = 45


def chosen(f: Function, cover: tuple[float, ...] = ()) -> tuple[float, float]:
    """Return a range that shows where a function is zero, turns, has poles, and begins and ends."""
    x = np.linspace(-10, 10, 2001) + 1e-7  # beside the round numbers, where poles are
    y = f(x)
    if not np.isfinite(y).any():
        x = np.sinh(np.linspace(-12, 12, 4001))
        y = f(x)
        if not np.isfinite(y).any():
            raise NotNumeric(
                f"{f.text} has no value at any point that was tried.", repair="Give a range where it has one."
            )
    marks = _features(x, y)
    gaps = np.diff(marks)
    periodic = len(marks) > 14 or (len(marks) > 8 and bool(np.ptp(gaps) < 0.1 * gaps.mean()))
    if not periodic and not (np.sign(y[1:]) * np.sign(y[:-1]) < 0).any():
        marks = np.concatenate([marks, _far_zeros(f)])
    if len(marks) > 60 and gaps.max() < 3 * gaps.mean():  # waves too short to be told apart otherwise
        low, high = -float(np.round(12 * gaps.mean(), 2)), float(np.round(12 * gaps.mean(), 2))
    elif periodic:
        low, high = -2 * np.pi, 2 * np.pi
        marks = marks[(marks > low) & (marks < high)]
    elif len(marks) > 1:
        low, high = _around(f, float(marks.min()), float(marks.max()))
    elif len(marks):
        low, high = float(marks[0]) - 3.0, float(marks[0]) + 3.0
    else:
        low, high = (-6.0, 6.0) if _flat(f, (-3, 3), (-6, 6)) else (-3.0, 3.0)
    if cover:
        low, high = min(low, min(cover) - 1), max(high, max(cover) + 1)
    return (float(low), float(high)) if periodic else _within(f, _rounded(low), _rounded(high))


def _features(x: Array, y: Array) -> Array:
    """Return the places of zeros, turning points, poles and edges of the domain."""
    good = np.isfinite(y)
    edges = x[1:][good[1:] != good[:-1]]
    zeros = x[1:][np.sign(y[1:]) * np.sign(y[:-1]) < 0]
    change = np.diff(y)
    size = np.abs(y[1:-1]) + 0.1 * (np.nanmax(np.abs(y)) if good.any() else 1.0)
    with np.errstate(invalid="ignore", over="ignore"):
        turning = np.sign(change[1:]) * np.sign(change[:-1]) < 0
        turns = x[1:-1][turning & (np.abs(change[1:]) + np.abs(change[:-1]) > 1e-12 * size)]
    exact = x[good & (y == 0)] if 0 < np.count_nonzero(y == 0) < 5 else x[:0]
    return np.unique(np.concatenate([edges, zeros, turns, exact]).round(2))


def _far_zeros(f: Function) -> Array:
    x = np.sinh(np.linspace(-7.6, 7.6, 4001))
    y = f(x)
    zeros = x[1:][np.sign(y[1:]) * np.sign(y[:-1]) < 0]
    return zeros if len(zeros) <= 6 else zeros[:0]


def _around(f: Function, low: float, high: float) -> tuple[float, float]:
    """Return a range with room beside the first and the last mark: much where the function does not run away there."""
    near, far = ((low - pad, high + pad) for pad in (max(1.0, 0.4 * (high - low)), max(2.5, 0.4 * (high - low))))
    return far if _flat(f, near, far) else near


def _flat(f: Function, near: tuple[float, float], wide: tuple[float, float]) -> bool:
    """Tell whether a wider view shows more, not only larger numbers."""
    heights = [np.ptp(_known(f(np.linspace(*ends, 101)))) for ends in (near, wide)]
    return bool(heights[0] > 0 and heights[1] < 2.5 * heights[0])


def _known(y: Array) -> Array:
    good = y[np.isfinite(y)]
    return good if len(good) else np.zeros(1)


def _rounded(value: float) -> float:
    return float(np.round(value, 1 if abs(value) < 10 else 0))


def _within(f: Function, low: float, high: float) -> tuple[float, float]:
    """Return the range without the parts where the function has no values, but for a margin."""
    x = np.linspace(low, high, 1001)
    seen = x[np.isfinite(f(x))]
    if len(seen):
        margin = 0.06 * (seen.max() - seen.min() or 1.0)
        low, high = max(low, seen.min() - margin), min(high, seen.max() + margin)
    return float(low), float(high)


def sampled(f: Function, low: float, high: float, count: int = POINTS) -> tuple[Array, Array]:
    """Return points of the graph [n 2], with rows of NaN where it is cut, and the places of the cuts.

    Raises `NotNumeric` where the function has no value in the whole range.
    """
    x = np.linspace(low, high, count)
    y = f(x)
    if not np.isfinite(y).any():
        raise NotNumeric(
            f"{f.text} has no value between {low:g} and {high:g}.", repair="Give a range where it has one."
        )
    x, y = _beside_poles(f, x, y)
    a, b, ya, yb = x[:-1], x[1:], y[:-1], y[1:]
    span = np.nanpercentile(np.abs(y - np.nanmedian(y)), 90)
    with np.errstate(over="ignore", invalid="ignore"):
        steps = np.abs(yb - ya)
    edge = np.isfinite(ya) != np.isfinite(yb)
    steep = edge | (steps > max(0.02 * span, 1e-300))
    ends = _halved(f, a[steep], b[steep], ya[steep], yb[steep])
    jump = _jumps(ends, steps[steep])
    return _opened(f, *_joined(x, y, np.flatnonzero(steep), ends, jump))


def _beside_poles(f: Function, x: Array, y: Array) -> tuple[Array, Array]:
    """Return the points with those that hit a single bad place, a pole or a hole, moved a little to its side."""
    size = np.nanmedian(np.abs(y)) + 1e-300
    bad = ~np.isfinite(y) | (np.abs(y) > 1e9 * size)
    alone = np.flatnonzero(bad[1:-1] & ~bad[:-2] & ~bad[2:]) + 1
    if not len(alone):
        return x, y
    x, y = x.copy(), y.copy()
    x[alone] += 0.31 * (x[1] - x[0])
    y[alone] = f(x[alone])
    return x, y


def _halved(f: Function, a: Array, b: Array, ya: Array, yb: Array) -> tuple[Array, Array, Array, Array]:
    """Return the intervals halved again and again toward the larger change, or toward the edge of the domain."""
    a, b, ya, yb = a.copy(), b.copy(), ya.copy(), yb.copy()
    for _ in range(_HALVINGS if len(a) else 0):
        m = (a + b) / 2
        ym = f(m)
        known = np.isfinite(ya), np.isfinite(ym), np.isfinite(yb)
        both = known[0] & known[2]
        with np.errstate(over="ignore", invalid="ignore"):
            change = np.abs(ym - ya) >= np.abs(yb - ym)
        left = np.where(both & known[1], change, np.where(known[0] == known[2], True, known[0] != known[1]))
        a, ya = np.where(left, a, m), np.where(left, ya, ym)
        b, yb = np.where(left, m, b), np.where(left, ym, yb)
    return a, b, ya, yb


def _jumps(ends: tuple[Array, Array, Array, Array], before: Array) -> npt.NDArray[np.bool_]:
    """Tell where the change did not shrink with the interval: there the graph is cut."""
    _, _, ya, yb = ends
    with np.errstate(over="ignore", invalid="ignore"):
        after = np.abs(yb - ya)
        return np.asarray(~np.isfinite(after) | (after > 0.2 * before))


def _opened(f: Function, curve: Array, cuts: Array) -> tuple[Array, Array]:
    """Return the graph cut at poles that go the same way on both sides, where halving sees no jump: 1/x² at 0."""
    x, y = curve.T
    size = np.abs(y)
    with np.errstate(invalid="ignore"):
        high = (size[1:-1] >= size[:-2]) & (size[1:-1] >= size[2:]) & (size[1:-1] > 3 * np.nanmedian(size))
    poles = []
    for k in (np.flatnonzero(high) + 1)[:40]:
        wide = float(x[k + 1] - x[k - 1])
        place = lowest(f, (x[k - 1], x[k + 1]), -1 if y[k] > 0 else 1, 1e-9)
        near, far = (max(abs(float(f(place + s * w * wide))) for s in (-1, 1)) for w in (2.0**-14, 2.0**-8))
        if wide > 0 and not near <= 1.2 * far:
            poles.append(place)
    rows = np.array([[p, np.nan] for p in poles]).reshape(-1, 2)
    at = [int(np.flatnonzero(np.nan_to_num(x, nan=-np.inf) > p)[0]) for p in poles]
    return np.insert(curve, at, rows, axis=0), np.sort(np.concatenate([cuts, poles]))


def _joined(
    x: Array,
    y: Array,
    at: np.ndarray[tuple[int], np.dtype[np.intp]],
    ends: tuple[Array, Array, Array, Array],
    jump: npt.NDArray[np.bool_],
) -> tuple[Array, Array]:
    """Return the graph with its ends at each cut put in, and where it is cut between two values."""
    a, b, ya, yb = ends
    rows, cuts, previous = [], [], 0
    for k, i in enumerate(at):
        if not jump[k]:
            continue
        rows += [np.column_stack([x[previous : i + 1], y[previous : i + 1]])]
        rows += [np.array([[a[k], ya[k]], [np.nan, np.nan], [b[k], yb[k]]])]
        previous = int(i) + 1
        if np.isfinite(y[i]) and np.isfinite(y[i + 1]):
            cuts.append((a[k] + b[k]) / 2)
    rows.append(np.column_stack([x[previous:], y[previous:]]))
    return np.concatenate(rows), np.array(cuts)


def peaks(f: Function, curve: Array) -> tuple[float, ...]:
    """Return the lowest and the highest value where the graph turns there, however narrowly, and is no pole."""
    x, y = curve.T
    found = []
    for k, sign in ((int(np.nanargmin(y)), 1), (int(np.nanargmax(y)), -1)):
        if not 0 < k < len(y) - 1 or not np.isfinite(y[k - 1 : k + 2]).all():
            continue
        rough, fine = (float(f(lowest(f, (x[k - 1], x[k + 1]), sign, near))) for near in (1e-5, 1e-9))
        if abs(fine - rough) <= 0.01 * abs(fine):
            found.append(fine)
    return tuple(found)


def lowest(f: Function, ends: tuple[float, float], sign: int, near: float) -> float:
    """Return where sign·f is lowest between two points, as near as this share of their distance."""
    options = {"xatol": near * (ends[1] - ends[0])}
    return float(minimize_scalar(lambda t: sign * float(f(t)), bounds=ends, method="bounded", options=options).x)


def heights(curves: list[Array], cover: tuple[float, ...] = ()) -> tuple[float, float]:
    """Return the range of the vertical axis: all values, but of poles and steep ends only what leaves the rest seen."""
    y = np.concatenate([c[:, 1][np.isfinite(c[:, 1])] for c in curves])
    low, high = float(y.min()), float(y.max())
    inner_low, inner_high = np.percentile(y, [20, 80])
    if high - low < 40 * (inner_high - inner_low):  # no poles
        inner_low, inner_high = np.percentile(y, [8, 92])
    spread = inner_high - inner_low
    if spread > 0:
        low = max(low, float(inner_low - 0.9 * spread))
        high = min(high, float(inner_high + 0.9 * spread))
    low, high = min(low, *cover, low), max(high, *cover, high)
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        half = max(1.0, 0.5 * abs(low))
        low, high = low - half, high + half
    margin = 0.07 * (high - low)
    return low - margin, high + margin


def clipped(curve: Array, low: float, high: float) -> Array:
    """Return the points with values far outside the range brought near it, so that renderers are not given 10³⁰⁰."""
    span = high - low
    out = curve.copy()
    out[:, 1] = np.clip(out[:, 1], low - 3 * span, high + 3 * span)
    return out
