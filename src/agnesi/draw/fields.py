"""Functions of two variables: level curves with gradients and paths, surfaces, tangent planes, constraints."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from agnesi.draw.formulas import Function, alike, function_of
from agnesi.draw.grids import SIDE, Box, box_of, extremes, levels_of, on_grid, square
from agnesi.draw.incoming import interval, needs, numbers, vector_of, vectors_of
from agnesi.draw.layers import CYCLE, Array, Arrows, Axis, Colour, Contour, Curve, Dash, Layer, Points, Surface, Text
from agnesi.draw.lines import level_lines
from agnesi.draw.picture import Picture
from agnesi.draw.words import counted, listed, point, said
from agnesi.errors import NotNumeric

Range = tuple[float, float] | Sequence[Any] | None
_PATHS: tuple[tuple[Colour, Dash], ...] = (
    ("vermillion", "solid"),
    ("green", "dashed"),
    ("purple", "dotted"),
    ("ink", "dashed"),
)


def contours(
    what: Any,
    x: Range = None,
    y: Range = None,
    *,
    gradients: bool = False,
    path: Any = None,
    points: Any = None,
    levels: Sequence[float] | int = 9,
    title: str = "",
    **values: Any,
) -> Picture:
    """Draw level curves of a function of two variables, if asked with its gradient field and a path of descent.

    `path`: points [n 2] in their order, or a dictionary of several paths by name; `points`: what is to be marked, or a
    dictionary by name. Raises `NotNumeric` for functions of more letters. Source: MML 5.2 and 7.1.

    >>> contours("x^2 + y^2", (-1, 1), (-1, 1), path=[[1, 1], [0.5, 0.5], [0, 0]]).alt.split(". ")[1]
    'The path goes from (1, 1), value 2, in 2 steps to (0, 0), value 0.'
    """
    f = function_of(what, 2, values=values)
    paths = _named(path, "path")
    marked = _named(points, "")
    given = [p for p in (*paths.values(), *marked.values())]
    box = box_of(f, x, y, np.vstack(given) if given else None)
    u, v, z = on_grid(f, box)
    chosen = (
        levels_of(z, levels)
        if isinstance(levels, int)
        else tuple(sorted(float(n) for n in numbers(levels, "the levels")))
    )
    layers: list[Layer] = [Contour(u, v, z, chosen)]
    if gradients:
        layers += gradient_arrows(f, box)
    for (name, p), (colour, dash) in zip(paths.items(), _PATHS * len(paths), strict=False):
        layers += [Curve(p, name if len(paths) > 1 else "", colour, dash), *_stops(p, colour)]
    for k, (name, p) in enumerate(marked.items()):
        layers.append(Points(p, name, CYCLE[(k + 1) % 6], "diamond", 8))
    alt = f"{_seen(f, u, v, z, chosen)}{' Arrows show the gradient, uphill.' if gradients else ''}"
    alt += "".join(f" {_path_told(f, p, name)}" for name, p in paths.items())
    alt += "".join(f" Marked{f' as {n}' if n else ''}: {listed([point(q) for q in p], 6)}." for n, p in marked.items())
    alike = bool(0.4 < (box[1] - box[0]) / (box[3] - box[2]) < 2.5)
    aspect = 0.2 + 0.7 * min(1.0, (box[3] - box[2]) / (box[1] - box[0])) if alike else 0.72
    return Picture(title or f.told, _axes(f, box), tuple(layers), alt, alike, aspect)


def _named(given: Any, name: str) -> dict[str, Array]:
    """Return points by name: those of a dictionary, or one list of them."""
    if given is None:
        return {}
    table = given if isinstance(given, dict) else {name: given}
    return {str(n): vectors_of(p, "the points", (2,)) for n, p in table.items()}


def _axes(f: Function, box: Box) -> tuple[Axis, Axis]:
    return Axis(f.letters[0], box[0], box[1]), Axis(f.letters[1], box[2], box[3])


def _stops(path: Array, colour: Colour) -> list[Layer]:
    """Return the marks of a path: its points where they are few, its start and its end."""
    few = [Points(path[1:-1], "", colour, "circle", 4.0)] if 2 < len(path) <= 60 else []
    return [*few, Points(path[:1], "", colour, "square", 7), Points(path[-1:], "", colour, "diamond", 8)]


def gradient_arrows(f: Function, box: Box, side: int = 9) -> list[Layer]:
    """Return arrows along the gradient on a coarse grid; their lengths are shortened so that small ones are seen."""
    x, y = (np.linspace(a, b, side + 2)[1:-1] for a, b in (box[:2], box[2:]))
    at = np.column_stack([a.ravel() for a in np.meshgrid(x, y)])
    slopes = np.column_stack(f.gradient(*at.T))
    return _scaled_arrows(at, slopes, min((box[1] - box[0]), (box[3] - box[2])) / side * 0.95, "faint")


def _scaled_arrows(at: Array, along: Array, longest: float, colour: Colour) -> list[Layer]:
    size = np.linalg.norm(along, axis=1)
    good = np.isfinite(size) & (size > 1e-12 * np.nanmax(size, initial=0))
    if not good.any():
        return []
    at, along, size = at[good], along[good], size[good]
    length = longest * np.sqrt(size / size.max())
    step = along / size[:, None] * np.maximum(length, 0.2 * longest)[:, None]
    return [Arrows(at - step / 2, at + step / 2, "", colour, 1.2)]


def _seen(f: Function, x: Array, y: Array, z: Array, levels: tuple[float, ...]) -> str:
    """Return what level curves show, in words."""
    a, b = f.letters[:2]
    where = f"for {a} from {said(x[0])} to {said(x[-1])} and {b} from {said(y[0])} to {said(y[-1])}"
    if not levels:
        return f"{f.told} is {said(z[np.isfinite(z)][0])} everywhere {where}."
    low, high = extremes(x, y, z)
    return (
        f"Level curves of {f.told} {where}, at {counted(len(levels), 'level')} from {said(levels[0])} to "
        f"{said(levels[-1])}; lowest on the grid {said(low[2])} near {point(low[:2])}, highest {said(high[2])} near "
        f"{point(high[:2])}."
    )


def _path_told(f: Function, path: Array, name: str) -> str:
    first, last = (float(v) for v in f(*path[[0, -1]].T))
    called = "The path" if name in ("path", "") else f"The path {name}"
    steps = counted(len(path) - 1, "step")
    start, end = (f"{point(p)}, value {said(v)}" for p, v in ((path[0], first), (path[-1], last)))
    return f"{called} goes from {start}, in {steps} to {end}."


def surface(
    what: Any,
    x: Range = None,
    y: Range = None,
    *,
    z: Range = None,
    path: Any = None,
    points: Any = None,
    title: str = "",
    **values: Any,
) -> Picture:
    """Draw a function of two variables as a surface in space, if asked with a path and points on it.

    `z` is the range of heights, for surfaces that are compared.

    >>> surface("x^2 - y^2", (-1, 1), (-1, 1)).alt.split("; ")[1]
    'highest 1 near (−1, 0), lowest −1 near (0, −1).'
    """
    f = function_of(what, 2, values=values)
    paths, marked = _named(path, "path"), _named(points, "")
    given = [*paths.values(), *marked.values()]
    box = box_of(f, x, y, np.vstack(given) if given else None)
    u, v, heights = on_grid(f, box, 61)
    up = _height(f, heights) if z is None else Axis(f.name or "value", *interval(z, "z"))
    layers: list[Layer] = [Surface(u, v, heights)]
    for (name, p), (colour, dash) in zip(paths.items(), _PATHS * len(paths), strict=False):
        layers.append(Curve(_lifted(f, _along(p)), name if len(paths) > 1 else "", colour, dash, 3))
    layers += [Points(_lifted(f, p), n) for n, p in marked.items()]
    low, high = extremes(u, v, heights)
    a, b = f.letters[:2]
    alt = (
        f"Surface of {f.told} over {a} from {said(box[0])} to {said(box[1])} and {b} from {said(box[2])} to "
        f"{said(box[3])}; highest {said(high[2])} near {point(high[:2])}, lowest {said(low[2])} near {point(low[:2])}."
    )
    alt += "".join(f" {_path_told(f, p, name)}" for name, p in paths.items())
    return Picture(title or f.told, (*_axes(f, box), up), tuple(layers), alt, False, 0.85)


def _lifted(f: Function, points: Array) -> Array:
    return np.column_stack([points, f(*points.T)])


def _along(path: Array) -> Array:
    """Return a path with points between its corners, so that it lies on a surface when it is lifted."""
    share = np.linspace(0, 1, 25)[:-1, None]
    return np.vstack([*(a + (b - a) * share for a, b in pairwise(path)), path[-1:]])


def _height(f: Function, z: Array) -> Axis:
    low, high = float(np.nanmin(z)), float(np.nanmax(z))
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-300):
        low, high = low - 1, high + 1
    return Axis(f.name or "value", low, high)


def tangent_plane(what: Any, at: Any, x: Range = None, y: Range = None, *, title: str = "", **values: Any) -> Picture:
    """Draw a surface with its tangent plane at a point. Source: MML 5.2, Imperial MVC W4.

    >>> tangent_plane("x^2 + y^2", [1, 0]).alt.split(": ")[1]
    'it touches at (1, 0, 1) with slopes 2 along x and 0 along y.'
    """
    f = function_of(what, 2, values=values)
    place = vector_of(at, "the point", (2,))
    value, slopes = float(f(*place)), f.slopes(*place)
    if not np.isfinite([value, *slopes]).all():
        raise NotNumeric(
            f"{f.text} has no tangent plane at {point(place)}.", repair="Choose a point inside its domain."
        )
    box = box_of(f, x, y, place + np.array([[-1.0, -1.0], [1.0, 1.0]]))
    u, v, z = on_grid(f, box, 61)
    half = 0.3 * np.array([box[1] - box[0], box[3] - box[2]])
    ends = [np.array([place[k] - half[k], place[k] + half[k]]) for k in (0, 1)]
    flat = value + slopes[0] * (ends[0][None, :] - place[0]) + slopes[1] * (ends[1][:, None] - place[1])
    touch = np.array([[*place, value]])
    layers: tuple[Layer, ...] = (
        Surface(u, v, z, opacity=0.75),
        Surface(ends[0], ends[1], flat, "tangent plane", "vermillion", 0.6),
        Points(touch, colour="ink"),
        Text(touch[0], point(touch[0]), (1, 1)),
    )
    heights = np.concatenate([z.ravel(), flat.ravel()])
    a, b = f.letters[:2]
    alt = (
        f"Surface of {f.told} with its tangent plane at {point(place)}: it touches at {point(touch[0])} with slopes "
        f"{said(slopes[0])} along {a} and {said(slopes[1])} along {b}."
    )
    return Picture(
        title or f"Tangent plane of {f.told}", (*_axes(f, box), _height(f, heights)), layers, alt, False, 0.9
    )


def constraint(
    what: Any, equation: Any, points: Any = None, x: Range = None, y: Range = None, *, title: str = "", **values: Any
) -> Picture:
    """Draw level curves, the curve g = 0 of a constraint, and at each point the gradients ∇f and ∇g, parallel there.

    `equation`: "x^2 + y^2 = 1", or the expression g that is to be zero; `points` are the solutions of ∇f = λ∇g.
    Source: MML 7.2, Imperial MVC W5.

    >>> s = 0.5**0.5
    >>> constraint("x y", "x^2 + y^2 = 1", [[s, s]]).alt.split(". ")[-1]
    'At (0.707, 0.707) f is 0.5 and ∇f = 0.5∇g.'
    """
    f, g = alike([what, zero_of(equation)], 2, values)
    stops = vectors_of(points, "the points", (2,)) if points is not None else np.zeros((0, 2))
    box = _held_box(g, x, y, stops)
    u, v, z = on_grid(f, box)
    held = g(*np.meshgrid(u, v))
    at_stops = {float(f"{value:.6g}") for value in f(*stops.T)} if len(stops) else set()
    levels = tuple(sorted({*levels_of(z, 7), *at_stops}))
    layers: list[Layer] = [Contour(u, v, z, levels), *_zero_curve(u, v, held)]
    told = []
    size = 0.16 * min(box[1] - box[0], box[3] - box[2])
    for k, stop in enumerate(stops):
        a, b = f.slopes(*stop), g.slopes(*stop)
        layers += [_direction(stop, a, 1.6 * size, "blue", "∇f" if k == 0 else "")]
        layers += [_direction(stop, b, size, "vermillion", "∇g" if k == 0 else "", "solid")]
        value = f"At {point(stop)} f is {said(f(*stop))}"
        told.append(f"{value} and ∇f = {said(a @ b / (b @ b))}∇g." if b @ b > 0 else f"{value}.")
    if len(stops):
        layers.append(Points(stops, "", "ink", "circle", 6))
    held_on = equation_said(equation, g)
    alt = f"{_seen(f, u, v, z, levels)} The thick curve is the constraint {held_on}. {' '.join(told)}"
    return Picture(title or f"{f.told} on {held_on}", _axes(f, box), tuple(layers), alt.strip(), True, 0.95)


def _held_box(g: Function, x: Any, y: Any, stops: Array) -> Box:
    """Return the part of the plane with the points, and with the whole curve g = 0 where it is closed near them."""
    near = box_of(g, x, y, np.vstack([stops - 1.5, stops + 1.5]) if len(stops) == 1 else stops)
    if x is not None or y is not None:
        return near
    middle, half = (np.array(near[1::2]) + near[::2]) / 2, max(near[1] - near[0], near[3] - near[2]) / 2
    u, v = (np.linspace(m - 3 * half, m + 3 * half, SIDE) for m in middle.tolist())
    pieces = [points for _, points in level_lines(Contour(u, v, g(*np.meshgrid(u, v)), (0.0,)))]
    on = np.concatenate([p[np.isfinite(p[:, 0])] for p in pieces]) if pieces else np.zeros((0, 2))
    closed = len(on) > 0 and bool((np.abs(on - middle).max(axis=0) < 2.9 * half).all())
    if closed:
        return square(np.vstack([on, stops]), 0.22, on[0])
    if not len(stops) and len(on):  # a line with where it meets the axes
        met = np.abs(on[(np.abs(on - middle).min(axis=1) < 0.02 * half)] - middle).max(initial=0.0)
        half = max(half, 1.35 * float(met)) if met < 2.9 * half else half
    return square(middle + half * np.array([[-1, -1], [1, 1]]), 0.0, middle)


def zero_of(equation: Any) -> Any:
    """Return what is zero where an equation holds: left side minus right side; other things as they are."""
    if isinstance(equation, str) and equation.count("=") == 1:
        left, right = equation.split("=")
        return f"{left} - ({right})"
    return equation


def equation_said(equation: Any, g: Function | None = None) -> str:
    """Return an equation as it is written on paper."""
    if isinstance(equation, str) and equation.count("=") == 1:
        left, right = (function_of(side).text for side in equation.split("="))
        return f"{left} = {right}"
    return f"{g.text} = 0" if g is not None else str(equation)


def _zero_curve(x: Array, y: Array, held: Array) -> list[Layer]:
    """Return the curve on which the constraint holds."""
    lines = level_lines(Contour(x, y, held, (0.0,)))
    return [Curve(points, "constraint", "ink", width=3) for _, points in lines]


def _direction(at: Array, along: Array, length: float, colour: Colour, label: str, dash: Dash = "solid") -> Layer:
    size = float(np.linalg.norm(along))
    end = at + (along / size * length if size > 0 and np.isfinite(size) else 0)
    return Arrows(at[None], end[None], label, colour, 2.4, dash)


def implicit(equation: Any, x: Range = None, y: Range = None, *, title: str = "", **values: Any) -> Picture:
    """Draw the curve of the plane on which an equation holds.

    Raises `NotNumeric` where it holds nowhere in view.

    >>> implicit("x^2 + y^2 = 4").alt.split(", seen for ")
    ['The curve x² + y² = 4', 'x from −2.88 to 2.88 and y from −2.88 to 2.88: within −2 to 2 across and −2 to 2 up.']
    """
    g = function_of(zero_of(equation), 2, values=values)
    box = _held_box(g, x, y, np.zeros((0, 2)))
    u, v = np.linspace(*box[:2], 2 * SIDE), np.linspace(*box[2:], 2 * SIDE)
    lines = level_lines(Contour(u, v, g(*np.meshgrid(u, v)), (0.0,)))
    told = equation_said(equation, g)
    across, up = (f"{n} from {said(a)} to {said(b)}" for n, a, b in zip(g.letters, box[::2], box[1::2], strict=True))
    if not lines:
        raise NotNumeric(f"No point satisfies {told} for {across} and {up}.", repair="Give ranges x=… and y=….")
    points = np.where(np.abs(lines[0][1]) < 1e-9 * (box[1] - box[0]), 0.0, lines[0][1])
    ends = [f"{said(np.nanmin(c))} to {said(np.nanmax(c))}" for c in points.T]
    alt = f"The curve {told}, seen for {across} and {up}: within {ends[0]} across and {ends[1]} up."
    alike = bool(0.4 < (box[1] - box[0]) / (box[3] - box[2]) < 2.5)
    return Picture(title or told, _axes(g, box), (Curve(points, width=2.4),), alt, alike, 0.95 if alike else 0.72)


def vector_field(what: Sequence[Any], x: Range = None, y: Range = None, *, title: str = "", **values: Any) -> Picture:
    """Draw a vector field: two functions of two variables, as arrows. Source: Imperial MVC W2.

    >>> vector_field(["-y", "x"]).alt.split(": ")[0]
    'Arrows of the field (−y, x) for x from −3 to 3 and y from −3 to 3'
    """
    needs(
        isinstance(what, list | tuple) and len(what) == 2, "A field in the plane has two functions.", expected="[u, v]"
    )
    first, second = alike(what, 2, values)
    told = title or f"({first.text}, {second.text})"
    box = box_of(first, x, y)
    at = np.column_stack([a.ravel() for a in np.meshgrid(np.linspace(*box[:2], 13), np.linspace(*box[2:], 13))])
    along = np.column_stack([first(*at.T), second(*at.T)])
    size = np.linalg.norm(along, axis=1)
    if not np.isfinite(size).any():
        raise NotNumeric(
            "The field has no value anywhere in this part of the plane.", repair="Give ranges x=… and y=…."
        )
    cell = min(box[1] - box[0], box[3] - box[2]) / 12
    layers = _scaled_arrows(at, along, cell, "blue")
    longest = at[int(np.nanargmax(size))]
    a, b = first.letters[:2]
    alt = (
        f"Arrows of the field {told} for {a} from {said(box[0])} to {said(box[1])} and {b} from "
        f"{said(box[2])} to {said(box[3])}: the longest, {said(np.nanmax(size))}, is at {point(longest)}."
    )
    room = 0.06 * (box[1] - box[0])
    wide = (box[0] - room, box[1] + room, box[2] - room, box[3] + room)
    return Picture(told, _axes(first, wide), tuple(layers), alt, True, 0.95)
