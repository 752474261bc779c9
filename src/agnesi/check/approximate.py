"""Approximate equality: numbers to the digits that are written, expressions as a quantity becomes small or large."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from agnesi.check.numbers import Given, carried_out, points
from agnesi.check.report import Finding
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Expr, Symbol, symbols_of
from agnesi.run.reference import Program

SMALL_NAMES = ("ε", "δ", "h", "η", "Δ", "Δx", "dx", "epsilon", "dt", "δx")
SCALES = (1e-1, 1e-2, 1e-3)
NEAR, FAR = 0.02, 0.1


def approximately(left: Expr, right: Expr, small: Sequence[str], large: Sequence[str], under: Given) -> Finding:
    """Judge left ≈ right.

    Two numbers agree where they are within 2 %, and differ beyond 10 %. With a small quantity the relative error must
    fall with it (with a large one, as it grows). Without any nothing can be said.
    """
    a, b = carried_out(left), carried_out(right)
    free = [s for s in symbols_of(a, b) if s.name not in under.values]
    if not free:
        return _numbers(a, b, under)
    shrinking = [s for s in free if s.name in small] or [s for s in free if s.name in SMALL_NAMES and not large]
    growing = [s for s in free if s.name in large]
    if not shrinking and not growing:
        return Finding("not read", "≈ is judged between numbers, or where it is said what is small or large.")
    return _limiting(a, b, shrinking, growing, under)


def _numbers(a: Expr, b: Expr, under: Given) -> Finding:
    _, (x, y) = next(iter(points([a, b], under, 1)))
    error = float(np.max(np.abs(np.asarray(x) - y)) / max(float(np.max(np.abs(x))), 1e-300))
    if error <= NEAR:
        said = f"the numbers differ by {error:.1%}" if error > 1e-12 else "the numbers agree"
        return Finding("tested", said, 1, error)
    if error > FAR:
        return Finding("refuted", f"The left side is {float(x):.6g}, the right side {float(y):.6g}.")
    return Finding("not read", f"The numbers differ by {error:.0%}: whether that is close is not for a program to say.")


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
    if falls == count:
        return Finding("tested", f"the error vanishes as {names} {'goes to 0' if shrinking else 'grows'}", count)
    if falls == 0:
        return Finding("refuted", f"The error does not vanish as {names} {'goes to 0' if shrinking else 'grows'}.")
    return Finding("not read", f"The error vanishes at some points only as {names} moves.")
