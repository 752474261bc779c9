"""Approximate equality: numbers to the digits that are written, expressions as a quantity shrinks or grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from agnesi.check.numbers import Given, carried_out, points
from agnesi.check.report import Finding
from agnesi.check.rounding import last_digits, rounded_by
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Apply, Const, Expr, Symbol, postorder, symbols_of
from agnesi.run.reference import Program

SMALL_NAMES = ("ε", "δ", "h", "η", "Δ", "Δx", "dx", "epsilon", "dt", "δx")
STEPS = (4.0, 2.0, 1.0)  # sizes of small quantities at which the order of an error is seen, times the one below
SMALLEST, EXACT = {1: 1e-3, 2: 5e-3, 3: 0.02}, 1e-15  # by the degree of a polynomial; relative error of rounding
LARGER = 0.05  # for higher degrees
SCALES = (1e-1, 1e-2, 1e-3)
NEAR, FAR = 0.02, 0.1  # relative errors up to which numbers are close, and beyond which they are not
SHARP = 0.002  # relative error that is too large where no letter stands in either side
FEW_UNITS = {False: 1.5, True: 3.0}  # units of the last digit that rounding on the way may cost, of letters too
SETTLED, SAME = 3, 1e-6  # points at which the conditions must give the same values, and how nearly


def approximately(left: Expr, right: Expr, small: Sequence[str], large: Sequence[str], under: Given) -> Finding:
    """Judge left ≈ right.

    Numbers, and what the equations of the text give a number, are compared to the digits that are written. With a small
    quantity the relative error must fall with it (with a large one, as it grows). Without any nothing can be said.
    """
    a, b = carried_out(left), carried_out(right)
    free = [s for s in symbols_of(a, b) if s.name not in under.values]
    if not free:
        _, values = next(iter(points([a, b], under, 1)))
        return _numbers(a, b, values, bool(symbols_of(a, b)))
    shrinking = [s for s in free if s.name in small] or [s for s in free if s.name in SMALL_NAMES and not large]
    growing = [s for s in free if s.name in large]
    if not shrinking and not growing:
        settled = _settled(a, b, under)
        if settled is not None:
            return _numbers(a, b, settled, True)
        expanded = _expanded(a, b, free, under)
        if expanded is not None:
            return expanded
        return Finding("not read", "≈ is judged between numbers, or where it is said what is small or large.")
    return _limiting(a, b, shrinking, growing, under)


def _expanded(a: Expr, b: Expr, free: Sequence[Symbol], under: Given) -> Finding | None:
    """Return that a polynomial expands a function around 0, as sin x ≈ x is meant; None where it does not."""
    moving = [s for s in free if not s.shape]
    if under.conditions or len(moving) < len(free) or not _degree(b, moving):
        return None
    found = _limiting(a, b, moving, (), under)
    note = "; that this is meant is not said"
    return replace(found, reason=found.reason + note) if found.verdict == "tested" else None


def _degree(side: Expr, letters: Sequence[Symbol]) -> int | None:
    """Return the degree of a polynomial in some letters; None for what is none."""
    held: dict[Expr, int | None] = {}
    for node in postorder(side):
        inner = [held[n] for n in node.args] if isinstance(node, Apply) else []
        if node in letters:
            held[node] = 1
        elif None in inner or not isinstance(node, Apply):
            held[node] = None if set(letters) & set(symbols_of(node)) else 0
        else:
            held[node] = _degree_of(node, [k for k in inner if k is not None])
    return held[side]


def _degree_of(node: Apply, inner: Sequence[int]) -> int | None:
    """Return the degree of an operation from those of its arguments."""
    if not any(inner):
        return 0
    match node.op.name:
        case "add" | "neg":
            return max(inner)
        case "mul":
            return sum(inner)
        case "div" if inner[1] == 0:
            return inner[0]
        case "pow":
            power = node.args[1].value if isinstance(node.args[1], Const) else None
            return inner[0] * power if isinstance(power, int) and power >= 0 else None
    return None


def _orders(
    program: Program, moving: Sequence[Symbol], under: Given, sides: Sequence[Expr], smallest: float
) -> list[float]:
    """Return with which powers of small quantities the difference of two sides falls, at a few points."""
    out = []
    for at, _ in points(list(sides), under, 4):
        length = max(float(np.max(np.abs(at.values[s.name]), initial=0.0)) for s in moving) or 1.0
        off = []
        for step in STEPS:
            moved = {s.name: np.asarray(at.values[s.name]) * (step * smallest / length) for s in moving}
            x, y = program({**at.sizes, **at.values, **moved}, at.sizes)
            off.append(float(np.max(np.abs(np.asarray(x) - y))))
        if off[0] < EXACT * max(1.0, float(np.max(np.abs(x)))):
            out.append(np.inf)
        elif min(off) > 0:
            out.append(float(np.log(off[0] / off[-1]) / np.log(STEPS[0] / STEPS[-1])))
    return out


def _settled(a: Expr, b: Expr, under: Given) -> tuple[Any, ...] | None:
    """Return the values of two expressions where the conditions leave them one value each."""
    exact = tuple(c for c in under.conditions if not (isinstance(c, Apply) and c.op.name == "approx"))
    if not exact:
        return None
    under = replace(under, conditions=exact)
    try:
        found = [values for _, values in points([a, b], under, SETTLED)]
    except NotNumeric:
        return None
    if len(found) < SETTLED:
        return None
    for one in zip(*found, strict=True):
        every = np.asarray([np.asarray(v, dtype=float) for v in one])
        if np.max(np.ptp(every, axis=0)) > SAME * max(1.0, float(np.max(np.abs(every)))):
            return None
    return found[0]


def _numbers(a: Expr, b: Expr, values: tuple[Any, ...], given: bool) -> Finding:
    """Judge two values: to the last digit that is written, and a few of its units for rounding on the way.

    Where letters have values that may be rounded themselves (`given`), more than the digits must be off for a verdict.
    """
    x, y = (np.asarray(v, dtype=float) for v in values)
    if x.shape != y.shape and 1 not in (x.size, y.size):
        return Finding("refuted", f"The left side has {x.size} entries, the right side {y.size}.")
    off = np.abs(x - y)
    error = float(np.max(off) / max(float(np.max(np.abs(x))), 1e-300))
    said = f"the numbers differ by {error:.1%}" if error > 1e-12 else "the numbers agree"
    units = next((d for d in (last_digits(b), last_digits(a)) if d), [])
    many = np.asarray(units).reshape(y.shape) if units and len(units) == y.size else None
    if many is None:
        if error <= NEAR:
            return Finding("tested", said, 1, error)
        wrong = error > FAR
    else:
        rounding = max(rounded_by(a), rounded_by(b) if x.size == 1 else 0.0)
        if np.all(off <= 0.51 * many + rounding):
            return Finding("tested", "equal to the digits that are written", 1, error)
        if np.all(off <= FEW_UNITS[given] * many + rounding) and error <= NEAR:
            return Finding("tested", said, 1, error)
        far = off > FEW_UNITS[given] * many + 2 * rounding
        wrong = bool(np.any(far & (off > (NEAR if given else SHARP) * np.maximum(np.abs(x), many))))
    if wrong:
        return Finding("refuted", f"The left side is {_shown(x)}, the right side {_shown(y)}.")
    return Finding("not read", f"The numbers differ by {error:.1%}: whether that is close is not for a program to say.")


def _shown(value: Any) -> str:
    """Return a number, or numbers in brackets, with six digits."""
    inner = ", ".join(f"{v:.6g}" for v in np.ravel(value))
    return inner if np.size(value) == 1 else f"({inner})"


def _limiting(
    a: Expr, b: Expr, shrinking: Sequence[Symbol], growing: Sequence[Symbol], under: Given
) -> Finding:
    """The relative error must fall as the small quantities shrink (or the large ones grow)."""
    program, falls, count = Program(a, b), 0, 0
    for at, _ in points([a, b], under, 4):
        errors = []
        for scale in SCALES:
            moved: dict[str, Any] = {s.name: np.asarray(at.values[s.name]) * scale for s in shrinking}
            moved |= {s.name: np.asarray(at.values[s.name]) / scale for s in growing if s.name in at.values}
            try:
                x, y = program({**at.sizes, **at.values, **moved}, at.sizes)
            except NotNumeric:
                break
            top = max(float(np.max(np.abs(x))), float(np.max(np.abs(y))))
            errors.append(float(np.max(np.abs(np.asarray(x) - y))) / top if top else 0.0)
        if len(errors) == len(SCALES) and all(np.isfinite(errors)):
            count += 1
            falls += errors[-1] <= max(0.15 * errors[0], 1e-9)
    names = ", ".join(s.name for s in (*shrinking, *growing))
    if not count:
        return Finding("not read", f"No point was found where {names} can be moved.")
    if falls == count and shrinking and (degree := _degree(b, shrinking)):
        return _of_degree(program, shrinking, under, (a, b), degree)
    if falls == count:
        return Finding("tested", f"the error vanishes as {names} {'goes to 0' if shrinking else 'grows'}", count)
    if falls == 0:
        return Finding("refuted", f"The error does not vanish as {names} {'goes to 0' if shrinking else 'grows'}.")
    return Finding("not read", f"The error vanishes at some points only as {names} moves.")


def _of_degree(
    program: Program, moving: Sequence[Symbol], under: Given, sides: tuple[Expr, Expr], degree: int
) -> Finding:
    """Judge a polynomial of some degree that is near a function: the error must be smaller than its last terms."""
    names = ", ".join(s.name for s in moving)
    goes = f"{names} {'goes' if len(moving) == 1 else 'go'} to 0"
    try:
        orders = _orders(program, moving, under, sides, SMALLEST.get(degree, LARGER))
    except NotNumeric:
        orders = []
    if orders and min(orders) > degree + 0.5:
        return Finding("tested", f"the error vanishes as {goes}, faster than all terms", len(orders))
    decimals = any(isinstance(n, Const) and isinstance(n.value, float) for n in postorder(sides[1]))
    others = any(s.name in SMALL_NAMES for s in symbols_of(*sides) if s not in moving)
    if orders and max(orders) < degree + 0.3 and len(moving) == 1 and not decimals and not others:
        said = f"As {goes}, the error falls no faster than the terms that are written: a term is wrong or missing."
        return Finding("refuted", said)
    return Finding("not read", f"The error vanishes as {goes}, but not faster than the terms that are written.")
