"""Matrices as heat maps, with their numbers where they are small; photographs in grey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from agnesi.draw.incoming import interval, matrix_of, needs
from agnesi.draw.layers import Array, Axis, Heat
from agnesi.draw.picture import Picture, panels
from agnesi.draw.words import listed, matrix_said, said

NUMBERED = 10  # rows and columns up to which the numbers stand in the cells


def heat_map(
    A: Any,
    *,
    rows: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    labels: tuple[str, str] | None = None,
    scale: tuple[float, float] | None = None,
    numbers: bool | None = None,
    title: str = "",
) -> Picture:
    """Draw a matrix as coloured cells; negative is blue, positive orange. Up to 10×10 the numbers are written too.

    `rows` and `columns` are the names of each row and column, `labels` what they are ("film", "viewer"); `scale` are
    the numbers of the first and the last colour, for several matrices that are compared. Raises `NotNumeric` for what
    is no matrix of numbers.

    >>> heat_map([[1, -2], [0, 4]]).alt
    'Heat map of the 2×2 matrix [1 −2; 0 4], from −2 in row 1, column 2 to 4 in row 2, column 2.'
    """
    M = matrix_of(A)
    shown = max(M.shape) <= NUMBERED if numbers is None else numbers
    low, high = interval(scale, "colours") if scale is not None else _colours(M)
    signed = low < 0
    layer = Heat(M, shown, "diverging" if signed else "ramp", low, high, not shown)
    names = [_names(rows, M.shape[0], "row"), _names(columns, M.shape[1], "column")]
    size = M.shape[0] / M.shape[1]
    down, across = labels if labels is not None else ("" if rows else "row", "" if columns else "column")
    axes = (Axis(across, 0.5, M.shape[1] + 0.5, ticks=names[1]), Axis(down, M.shape[0] + 0.5, 0.5, ticks=names[0]))
    head = title or f"{M.shape[0]}×{M.shape[1]} matrix"
    return Picture(head, axes, (layer,), _told(M, rows, columns), 0.125 <= size <= 8, float(np.clip(size, 0.3, 1.4)))


def _colours(M: Array) -> tuple[float, float]:
    """Return the numbers of the first and the last colour: alike around zero where there are negative ones."""
    low, high = float(M.min()), float(M.max())
    reach = max(abs(low), abs(high)) or 1.0
    if low < 0 or low == high:
        return -reach, reach
    return (0.0 if low < 0.5 * high else low), high


def _names(names: Sequence[str] | None, count: int, what: str) -> tuple[tuple[float, str], ...]:
    if names is None:
        step = max(1, -(-count // 10))
        return tuple((float(k), str(k)) for k in range(1, count + 1, step))
    needs(
        len(names) == count, f"There are {count} {what}s and {len(names)} names of them.", expected="one name for each"
    )
    return tuple((float(k), str(n)) for k, n in enumerate(names, 1))


def _told(M: Array, rows: Sequence[str] | None, columns: Sequence[str] | None) -> str:
    size = f"{M.shape[0]}×{M.shape[1]}"
    whole = f" {matrix_said(M)}" if M.size <= 36 else ""
    named = [f" The {what} are {listed(names, 12)}." for what, names in (("rows", rows), ("columns", columns)) if names]
    if M.min() == M.max():
        return f"Heat map of the {size} matrix{whole}: every entry is {said(M.min())}.{''.join(named)}"
    ends = []
    for k in (M.argmin(), M.argmax()):
        i, j = divmod(int(k), M.shape[1])
        place = f"{rows[i] if rows else f'row {i + 1}'}, {columns[j] if columns else f'column {j + 1}'}"
        ends.append(f"{said(M[i, j])} in {place}")
    return f"Heat map of the {size} matrix{whole}, from {ends[0]} to {ends[1]}.{''.join(named)}"


def image(A: Any, *, title: str = "", low: float | None = None, high: float | None = None) -> Picture:
    """Draw a matrix as a photograph in grey: the lowest number black, the highest white.

    >>> image([[0, 1], [2, 3]]).alt
    'Grey image of 2×2 points, black at 0, white at 3, mean 1.5.'
    """
    M = matrix_of(A, "the image")
    ends = float(M.min()) if low is None else low, float(M.max()) if high is None else high
    ends = ends if ends[0] < ends[1] else (ends[0] - 0.5, ends[0] + 0.5)
    axes = (Axis("", 0.5, M.shape[1] + 0.5, shown=False), Axis("", M.shape[0] + 0.5, 0.5, shown=False))
    size, shades = f"{M.shape[0]}×{M.shape[1]}", f"black at {said(ends[0])}, white at {said(ends[1])}"
    alt = f"Grey image of {size} points, {shades}, mean {said(M.mean())}."
    return Picture(
        title, axes, (Heat(M, False, "grey", *ends, False),), alt, True, float(np.clip(M.shape[0] / M.shape[1], 0.2, 2))
    )


def images(several: Mapping[str, Any], *, title: str = "", columns: int = 3) -> Picture:
    """Draw several images side by side on one scale of grey, each with its name.

    >>> images({"a": [[0, 1]], "b": [[1, 1]]}).columns
    2
    """
    needs(bool(several), "There are no images to draw.", repair="Give at least one, by name.")
    read = {name: matrix_of(A, name) for name, A in several.items()}
    low, high = min(float(M.min()) for M in read.values()), max(float(M.max()) for M in read.values())
    return panels([image(M, title=name, low=low, high=high) for name, M in read.items()], title, columns)
