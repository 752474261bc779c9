"""Functions of one variable: graphs, tangent lines, Taylor polynomials, parametric curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import sympy
from scipy.optimize import minimize_scalar

from agnesi.draw.formulas import Function, function_of
from agnesi.draw.incoming import interval, needs, numbers
from agnesi.draw.layers import CYCLE, DASHES, Array, Axis, Curve, Layer, Points, Text
from agnesi.draw.picture import Picture
from agnesi.draw.ranges import POINTS, chosen, clipped, heights, peaks, sampled
from agnesi.draw.words import listed, point, raised, said
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import symbols_of
from agnesi.worked.exact import from_expr, to_expr
from agnesi.worked.pieces import scalar_text

Range = tuple[float, float] | Sequence[Any] | None
NOTHING = 1e-9  # share of what is seen below which a number is the rest of a rounding


def function(what: Any, x: Range = None, *, title: str = "", y: Range = None, **values: Any) -> Picture:
    """Draw the graph of one or several functions of one variable; poles and jumps are cut, not joined.

    `what`: a text, an expression, a Python function, or a list of them; `x` and `y` are ranges. Other letters get
    numbers as keywords. Raises `NotNumeric` where there is nothing to see. Source: MML 5.1.

    >>> function("1/x", (-1, 1)).alt
    'Graph of 1/x for x from −1 to 1. It is cut at x = 0; values from −7.98 to 7.99 are shown.'
    """
    given = list(what) if isinstance(what, list | tuple) else [what]
    needs(bool(given), "There is no function to draw.", repair="Give at least one.")
    functions = [function_of(w, 1, values=values) for w in given]
    name = functions[0].letters[0]
    spans = [chosen(f) for f in functions] if x is None else []
    low, high = interval(x, name) if x is not None else (min(a for a, _ in spans), max(b for _, b in spans))
    drawn = [sampled(f, low, high) for f in functions]
    tops = tuple(v for f, (c, _) in zip(functions, drawn, strict=True) for v in peaks(f, c))
    floor, top = interval(y, "y") if y is not None else heights([c for c, _ in drawn], tops)
    layers: list[Layer] = []
    for k, (f, (curve, _)) in enumerate(zip(functions, drawn, strict=True)):
        dash = DASHES[k % 3] if len(functions) > 1 else "solid"
        label = f.told if len(functions) > 1 else ""
        layers.append(Curve(clipped(curve, floor, top), label, CYCLE[k % 6], dash))
    told = [_graph_told(f, c, cuts, name, floor, top) for f, (c, cuts) in zip(functions, drawn, strict=True)]
    ends = f"for {name} from {said(low)} to {said(high)}"
    first = f"Graph of {functions[0].told}" if len(told) == 1 else f"Graphs of {listed([f.told for f in functions])}"
    if len(told) > 1:
        told = [f"{f.told}: {t[0].lower()}{t[1:]}" for f, t in zip(functions, told, strict=True)]
    height = Axis(_height(functions[0]) if len(given) == 1 else "value", floor, top)
    together = listed([f.told for f in functions])
    head = title or (together if len(together) < 60 else f"{len(functions)} functions")
    return Picture(head, (Axis(name, low, high), height), tuple(layers), f"{first} {ends}. {' '.join(told)}")


def _height(f: Function) -> str:
    """Return the label of the vertical axis: f(x), or the formula where it is short."""
    return f"{f.name}({f.letters[0]})" if f.name else f.text if len(f.text) <= 14 else "value"


def _graph_told(f: Function, curve: Array, cuts: Array, name: str, floor: float, top: float) -> str:
    """Return what a person would say of a graph: zeros, cuts, and the lowest and the highest point."""
    x, y = curve.T
    good = np.isfinite(y)
    if np.ptp(y[good]) <= 1e-12 * max(1.0, float(np.abs(y[good]).max())):
        return f"It is {said(y[good][0])} everywhere."
    zeros, step = _zeros(f, x, y), 1e-4 * float(x[-1] - x[0])
    crossed = [z for z in zeros if float(f(z - step)) * float(f(z + step)) < 0]
    parts = []
    for where, what in ((crossed, "crosses"), ([z for z in zeros if z not in crossed], "touches")):
        if where:
            parts.append(f"it {what} zero at {listed([f'{name} = {said(z)}' for z in where], 6)}")
    places = list(dict.fromkeys(f"{name} = {said(_settled(c, x))}" for c in cuts))
    parts += [f"it is cut at {listed(places, 6)}"] if places else []
    parts.append(_heights_told(f, curve, floor, top))
    whole = "; ".join(parts)
    return f"{whole[0].upper()}{whole[1:]}."


def _heights_told(f: Function, curve: Array, floor: float, top: float) -> str:
    """Return the lowest and the highest point where they lie within, else where the graph begins and ends."""
    x, y = curve.T
    good = np.flatnonzero(np.isfinite(y))
    lowest, highest = int(np.nanargmin(y)), int(np.nanargmax(y))
    if y[lowest] < floor or y[highest] > top:
        return f"values from {said(floor)} to {said(top)} are shown"
    told = []
    for k, what, sign in ((lowest, "lowest", 1), (highest, "highest", -1)):
        if good[0] < k < good[-1] and np.isfinite(y[k - 1 : k + 2]).all():
            told.append(f"{what} at {point(_peak(f, curve, k, sign))}")
    if told:
        return f"it is {' and '.join(told)}"
    return f"it goes from {point(_end(f, curve[good[0]], x))} to {point(_end(f, curve[good[-1]], x))}"


def _end(f: Function, at: Array, x: Array) -> tuple[float, float]:
    """Return an end of a graph at the place that was found by halving, as exactly as it can be known there."""
    place = _settled(float(at[0]), x)
    value = float(f(place))
    return (place, value) if np.isfinite(value) else (float(at[0]), float(at[1]))


def _peak(f: Function, curve: Array, k: int, sign: int) -> tuple[float, float]:
    """Return the lowest (or highest) point near the sample k, found between its neighbours."""
    x, y = curve.T
    found = minimize_scalar(
        lambda t: sign * float(f(t)), bounds=(x[k - 1], x[k + 1]), method="bounded", options={"xatol": 1e-10}
    )
    best, value = _settled(float(found.x), x), sign * float(found.fun)
    at_best = float(f(best))
    at_best = 0.0 if abs(at_best) < NOTHING * float(np.nanmax(np.abs(y))) else at_best
    return best, at_best if np.isfinite(at_best) else value


def _settled(place: float, x: Array) -> float:
    """Return a place on the axis as exactly as it can be known there: 10⁻¹⁷ is 0."""
    scale = float(np.nanmax(np.abs(x)))
    return round(place / scale, 6) * scale


def _zeros(f: Function, x: Array, y: Array) -> list[float]:
    """Return where a graph crosses zero, by halving; cuts are no crossings."""
    with np.errstate(invalid="ignore"):
        at = np.flatnonzero(np.sign(y[1:]) * np.sign(y[:-1]) < 0)
    known, size = np.nan_to_num(np.abs(y)), float(np.nanmax(np.abs(y)))
    beside = np.maximum(np.append(known[1:], 0), np.append(0, known[:-1]))
    found = [float(x[i]) for i in np.flatnonzero((y == 0) & (beside > 1e-30 * size))]  # else it is too small to be told
    for i in at[:40]:
        a, b = float(x[i]), float(x[i + 1])
        for _ in range(60):
            m = (a + b) / 2
            value = float(f(m))
            a, b = (m, b) if np.sign(value) == np.sign(y[i]) else (a, m)
        if abs(float(f(a)) - float(f(b))) <= abs(y[i + 1] - y[i]):
            found.append(0.0 if abs(a) < 1e-12 else a)
    return sorted(set(found)) if len(found) < 20 else []


def meetings(left: Any, right: Any, x: Range = None, *, title: str = "", y: Range = None, **values: Any) -> Picture:
    """Draw the two sides of an equation in one letter, and where they meet: its solutions.

    >>> meetings("x^2", "x + 2", (-3, 3)).alt.split(". ")[-1]
    'They meet at (−1, 1) and (2, 4).'
    """
    sides = [function_of(side, 1, values=values) for side in (left, right)]
    letters = {f.variables for f in sides if f.expr is not None and symbols_of(f.expr)}
    needs(len(letters) <= 1, "The two sides have different letters.", expected="one letter, such as x")
    variables = next(iter(letters), ("x",))
    sides = [replace(f, variables=variables) for f in sides]
    drawn = function(sides, x, y=y, title=title)
    gap = Function("", variables, lambda t: sides[0](t) - sides[1](t))
    curve, _ = sampled(gap, drawn.axes[0].low, drawn.axes[0].high)
    places = _zeros(gap, *curve.T)
    met = np.array([[p, float(sides[0](p))] for p in places]).reshape(-1, 2)
    told = f"They meet at {listed([point(p) for p in met])}." if len(met) else "They are not seen to meet."
    return replace(drawn, layers=(*drawn.layers, Points(met, "", "ink")), alt=f"{drawn.alt} {told}")


def tangent_line(what: Any, at: Any, x: Range = None, *, title: str = "", **values: Any) -> Picture:
    """Draw a function with its tangent at a point. Source: MML 5.1, Imperial MVC W1.

    Raises `NotNumeric` where the function has no value or no slope there.

    >>> tangent_line("x^2", 1).alt
    'Graph of x² with its tangent at x = 1: it touches at (1, 1) with slope 2, the line 1 + 2(x − 1).'
    """
    f = function_of(what, 1, values=values)
    name, place = f.letters[0], float(numbers(at, "the point"))
    value, slope = float(f(place)), float(f.slopes(place)[0])
    if not np.isfinite(value) or not np.isfinite(slope):
        raise NotNumeric(
            f"{f.text} has no tangent at {name} = {said(place)}.", repair="Choose a point inside its domain."
        )
    low, high = interval(x, name) if x is not None else chosen(f, (place,))
    curve, _ = sampled(f, low, high)
    floor, top = heights([curve], (value,))
    tall = NOTHING * (top - floor)
    value, slope = value if abs(value) >= tall else 0.0, slope if abs(slope) * (high - low) >= tall else 0.0
    line = value + slope * (np.array([low, high]) - place)
    touching = np.array([[place, value]])
    layers: tuple[Layer, ...] = (
        Curve(clipped(curve, floor, top), f.told),
        Curve(np.column_stack([[low, high], line]), f"tangent, slope {said(slope)}", "vermillion", "dashed"),
        Points(touching),
        Text(touching[0], point(touching[0]), (1, -1) if slope >= 0 else (1, 1)),
    )
    alt = (
        f"Graph of {f.told} with its tangent at {name} = {said(place)}: it touches at {point(touching[0])} with slope "
        f"{said(slope)}, the line {_line(value, slope, place, name)}."
    )
    head = title or f"Tangent at {name} = {said(place)}"
    return Picture(head, (Axis(name, low, high), Axis(_height(f), floor, top)), layers, alt)


def _line(value: float, slope: float, place: float, name: str) -> str:
    shift = f"({name} {'−' if place > 0 else '+'} {said(abs(place))})" if place else name
    sign = "−" if slope < 0 else "+"
    return f"{said(value)} {sign} {'' if said(abs(slope)) == '1' else said(abs(slope))}{shift}"


def taylor(
    what: Any, at: Any = 0, degrees: Sequence[int] = (1, 3, 5), x: Range = None, *, title: str = "", **values: Any
) -> Picture:
    """Draw Taylor polynomials of several degrees over the function. Source: MML 5.1.1, Imperial MVC W4.

    The polynomials are exact, by sympy. Raises `NotNumeric` for a Python function, and where a derivative does not
    exist at the point.

    >>> taylor("exp(x)", 0, [0, 1, 2]).alt.split(". ")[0]
    'Graph of exp(x) with its Taylor polynomials of degree 0, 1 and 2 at x = 0'
    """
    f = function_of(what, 1, values=values)
    name, place = f.letters[0], numbers(at, "the point")
    polynomials = [(d, taylor_polynomial(f, at, d, values)) for d in degrees]
    low, high = interval(x, name) if x is not None else chosen(f, (float(place) - 2, float(place) + 2))
    curve, _ = sampled(f, low, high)
    floor, top = heights([curve])
    floor, top = floor - 0.25 * (top - floor), top + 0.25 * (top - floor)
    grid = np.linspace(low, high, 401)
    layers: list[Layer] = [Curve(clipped(curve, floor, top), f.told, "ink", width=3)]
    errors = []
    for k, (degree, p) in enumerate(polynomials):
        points = np.column_stack([grid, p(grid)])
        layers.append(Curve(clipped(points, floor, top), f"degree {degree}", CYCLE[k % 6], DASHES[(k + 1) % 3]))
        near = np.linspace(float(place) - 1, float(place) + 1, 401)
        worst = np.nanmax(np.abs(p(near) - f(near)))
        errors.append(f"degree {degree} is at most {said(worst)}")
    here = np.array([[float(place), float(f(float(place)))]])
    layers.append(Points(here, colour="ink"))
    alt = (
        f"Graph of {f.told} with its Taylor polynomials of degree {listed([str(d) for d in degrees])} at {name} = "
        f"{said(place)}. Within 1 of that point the error of {listed(errors)}. "
        f"{'; '.join(f'T{raised_low(d)} = {p.text}' for d, p in polynomials if len(p.text) < 60)}."
    )
    of = f" of {f.text}" if len(f.text) <= 14 else ""
    head = title or f"Taylor polynomials{of} at {name} = {said(place)}"
    return Picture(head, (Axis(name, low, high), Axis(_height(f), floor, top)), tuple(layers), alt)


def raised_low(number: int) -> str:
    """Return a degree as an index: ₃."""
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def taylor_polynomial(f: Function, at: Any, degree: int, values: Any = None) -> Function:
    """Return the Taylor polynomial of a formula, worked out exactly; its text is in powers of x − a."""
    if f.expr is None:
        raise NotNumeric(
            "Taylor polynomials need a formula, not a Python function.", repair='Give a text such as "exp(x)".'
        )
    if not isinstance(degree, int) or not 0 <= degree <= 40:
        raise NotNumeric(f"There is no polynomial of degree {degree}.", expected="a whole number from 0 to 40")
    letter = sympy.Symbol(f.variables[0], real=True)
    known = {sympy.Symbol(n, real=True): sympy.nsimplify(v) for n, v in (values or {}).items()}
    place = sympy.nsimplify(at) if not isinstance(at, str) else sympy.sympify(at)
    derivative, terms = from_expr(f.expr).subs(known), []
    for k in range(degree + 1):
        coefficient = derivative.subs(letter, place)
        if not coefficient.is_number or coefficient.is_finite is False or coefficient is sympy.nan:
            raise NotNumeric(f"{f.text} has no derivative of order {k} at {f.letters[0]} = {said(place)}.")
        terms.append(coefficient / sympy.factorial(k))
        derivative = derivative.diff(letter)
    shift = letter - place
    total = sympy.Add(*(c * shift**k for k, c in enumerate(terms)), evaluate=True)
    numbers_ = np.array([float(c) for c in terms])
    text = _polynomial_text(terms, f.letters[0], place)
    return Function(
        text, f.variables, lambda x: np.polynomial.polynomial.polyval(x - float(place), numbers_), "", to_expr(total)
    )


def _polynomial_text(terms: list[Any], name: str, place: Any) -> str:
    """Return c₀ + c₁(x − a) + … in rising powers."""
    base = name if place == 0 else f"({name} {'−' if place > 0 else '+'} {scalar_text(abs(place))})"
    out = ""
    for k, c in enumerate(terms):
        if c == 0:
            continue
        power = "" if k == 0 else base if k == 1 else base + raised(k)
        size = abs(c) if c.is_real else c
        number = "" if size == 1 and k else scalar_text(size)
        number = f"({number})" if power and "/" in number else number
        sign = "−" if c.is_negative else "+"
        out += f" {sign} {number}{power}" if out else f"{'−' if c.is_negative else ''}{number}{power}"
    return out or "0"


def parametric(what: Any, t: Range = None, *, title: str = "", **values: Any) -> Picture:
    """Draw a curve (x(t), y(t)) of the plane, or (x(t), y(t), z(t)) of space; t runs from 0 to 2π unless told.

    >>> parametric(["cos(t)", "sin(t)"]).alt
    'The curve (cos(t), sin(t)) for t from 0 to 2π: from (1, 0) to (1, 0), within −1 to 1 across and −1 to 1 up.'
    """
    needs(
        isinstance(what, list | tuple) and len(what) in (2, 3), "A curve has two or three functions.", expected="[x, y]"
    )
    parts = [function_of(w, None, values=values) for w in what]
    letters = sorted({v for f in parts for v in f.variables}) or ["t"]
    needs(len(letters) == 1, f"The curve has the letters {listed(letters)}.", expected="one letter, such as t")
    low, high = interval(t, letters[0]) if t is not None else (0.0, 2 * np.pi)
    grid = np.linspace(low, high, POINTS)
    points = np.column_stack(
        [f(*[grid] * len(f.variables)) if f.variables else np.full_like(grid, float(f())) for f in parts]
    )
    good = np.isfinite(points).all(axis=1)
    if not good.any():
        raise NotNumeric(f"The curve has no points for {letters[0]} between {said(low)} and {said(high)}.")
    points = np.where(np.abs(points) < 1e-12 * np.abs(points[good]).max(), 0.0, points)
    floor, top = points[good].min(axis=0), points[good].max(axis=0)
    alike = float(np.ptp([floor, top], axis=0).max()) <= 8 * float(np.ptp([floor, top], axis=0).min())
    span = top - floor if not alike else np.full(len(parts), float((top - floor).max()))
    room = 0.08 * np.where(span > 0, span, 1.0)
    axes = tuple(Axis(n, float(a - r), float(b + r)) for n, a, b, r in zip("xyz", floor, top, room, strict=False))
    first, last = points[good][0], points[good][-1]
    text = f"({', '.join(f.text for f in parts)})"
    ranges = [f"{said(a)} to {said(b)}" for a, b in zip(floor, top, strict=True)]
    within = f"{ranges[0]} across and {ranges[1]} up" if len(parts) == 2 else listed(ranges)
    alt = (
        f"The curve {text} for {letters[0]} from {said(low)} to {said(high)}: from {point(first)} to {point(last)}, "
        f"within {within}."
    )
    ends = Points(np.array([first, last]), "", "ink", "circle", 5)
    return Picture(title or text, axes, (Curve(points, width=2.4), ends), alt, alike, 0.9)
