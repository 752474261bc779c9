"""A point in words and as small matrices: whole numbers as such, 1/2 as 1/2, the two sides so that they look different.

    n = 2   A = ⎡1 2⎤   x = (1, 2)
                ⎣0 1⎦
    left 5   right 4
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from agnesi.run.sample import Point

WIDTH = 90
LARGEST = 6  # axes longer than this are not printed
DENOMINATOR = 12
_NAMES = ("left", "right")


def number(value: Any, digits: int = 4) -> str:
    """Return a number in few characters: 2, −1/2, 0.3679."""
    v = value if np.iscomplexobj(value) else float(value)
    if isinstance(v, float) and np.isfinite(v):
        near = Fraction(v).limit_denominator(DENOMINATOR)
        if abs(v - near) <= 1e-13 * max(1.0, abs(v)) and abs(v) < 1e6 and (near or not v):
            return str(near).replace("-", "−")
    return f"{v:.{digits}g}".replace("-", "−")


def array(value: Any, digits: int = 4) -> str:
    """Return a number, (1, 2) for a vector, [[1, 2], [0, 1]] for a matrix; one entry is a number."""
    x = np.asarray(value)
    if x.size == 1:
        return number(x.reshape(-1)[0], digits)
    if max(x.shape, default=0) > LARGEST or x.size > LARGEST**2:
        return f"{'×'.join(map(str, x.shape))} array"
    inside = ", ".join(_nested(row, digits) for row in x)
    return f"({inside})" if x.ndim == 1 else f"[{inside}]"


def _nested(x: Any, digits: int) -> str:
    return number(x, digits) if np.ndim(x) == 0 else "[" + ", ".join(_nested(row, digits) for row in x) + "]"


def both(left: Any, right: Any, show: Callable[[Any, int], Any] = array) -> tuple[Any, Any]:
    """Return both sides in as many digits as it takes for them to look different (at most 17)."""
    for digits in (4, 6, 8, 12, 17):
        pair = show(left, digits), show(right, digits)
        if pair[0] != pair[1]:
            break
    return pair


def shown(point: Point, left: Any = None, right: Any = None, names: tuple[str, str] = _NAMES) -> str:
    """Return a point in one line: n = 2, A = [[1, 2], [0, 1]], x = (1, 2): left 5, right 4."""
    parts = [f"{name} = {size}" for name, size in point.sizes.items()]
    parts += [f"{name} = {array(value)}" for name, value in point.values.items()]
    text = ", ".join(parts) or "everywhere"
    if left is None or right is None:
        return text
    a, b = both(left, right)
    return f"{text}: {names[0]} {a}, {names[1]} {b}"


def matrices(
    point: Point, left: Any = None, right: Any = None, names: tuple[str, str] = _NAMES, width: int = WIDTH
) -> tuple[str, ...]:
    """Return the lines that show a point with its matrices side by side, at most `width` columns; then both sides."""
    blocks = [[f"{name} = {size}"] for name, size in point.sizes.items()]
    blocks += [_labelled(f"{name} = ", block(value)) for name, value in point.values.items()]
    lines = _side_by_side(blocks, width)
    if left is None or right is None:
        return tuple(lines)
    a, b = both(left, right, block)
    return tuple(lines + _side_by_side([_labelled(f"{names[0]} ", a), _labelled(f"{names[1]} ", b)], width))


def block(value: Any, digits: int = 4) -> list[str]:
    """Return the lines of a value: a matrix in brackets, anything else in one line."""
    x = np.asarray(value)
    if x.ndim != 2 or x.size == 1 or max(x.shape) > LARGEST:
        return [array(value, digits)]
    cells = [[number(v, digits) for v in row] for row in x]
    widths = [max(len(row[k]) for row in cells) for k in range(x.shape[1])]
    rows = [" ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)) for row in cells]
    if len(rows) == 1:
        return [f"[{rows[0]}]"]
    middle = [f"⎢{row}⎥" for row in rows[1:-1]]
    return [f"⎡{rows[0]}⎤", *middle, f"⎣{rows[-1]}⎦"]


def _labelled(label: str, lines: Sequence[str]) -> list[str]:
    """Put a label before the middle line."""
    at = (len(lines) - 1) // 2
    return [(label if k == at else " " * len(label)) + line for k, line in enumerate(lines)]


def _side_by_side(blocks: Sequence[list[str]], width: int, gap: str = "   ") -> list[str]:
    """Join blocks on the line of their labels, and begin anew where the width is used up."""
    out: list[str] = []
    row: list[list[str]] = []
    for lines in [*blocks, None]:
        used = sum(len(b[0]) + len(gap) for b in row)
        if row and (lines is None or used + len(lines[0]) > width):
            out.extend(_joined(row, gap))
            row = []
        if lines is not None:
            row.append(lines)
    return [line if len(line) <= width else line[: width - 1] + "…" for line in out]


def _joined(row: list[list[str]], gap: str) -> list[str]:
    above = max((len(b) - 1) // 2 for b in row)
    below = max(len(b) // 2 for b in row)
    pad = partial(_padded, above=above, below=below)
    return [gap.join(parts).rstrip() for parts in zip(*map(pad, row), strict=True)]


def _padded(lines: list[str], above: int, below: int) -> list[str]:
    blank = " " * len(lines[0])
    return [blank] * (above - (len(lines) - 1) // 2) + lines + [blank] * (below - len(lines) // 2)
