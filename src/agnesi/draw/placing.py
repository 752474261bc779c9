"""Where words stand beside their points, so that they cover neither each other nor lines nor the border."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from agnesi.draw.grids import Box
from agnesi.draw.layers import Array, Colour, Text

SIDES = ((1, 1), (1, 0), (1, -1), (0, 1), (0, -1), (-1, 1), (-1, 0), (-1, -1))
LETTER, LINE, GAP = 0.021, 0.05, 0.02  # shares of a picture about 400 pixels wide


def placed(
    words: Sequence[tuple[Array, str, Colour]],
    box: Box,
    along: Sequence[Array] | None = None,
    lines: Sequence[Array] = (),
    framed: bool = False,
) -> list[Text]:
    """Return texts at points of the plane; `along` are directions that they should lie in, `lines` what to keep clear.

    Each word takes the best free side in turn.
    """
    low, size = np.array([box[0], box[2]]), np.array([box[1] - box[0], box[3] - box[2]])
    crowd = [(_dense(np.asarray(line, float)) - low) / size for line in lines]
    busy = np.concatenate(crowd) if crowd else np.zeros((0, 2))
    taken: list[tuple[Array, Array]] = []
    out = []
    for k, (at, text, colour) in enumerate(words):
        place = (np.asarray(at, float) - low) / size
        way = np.asarray(along[k], float) / size if along is not None else np.array([1.0, 1.0])
        way = way / (np.linalg.norm(way) or 1)
        costs = []
        for side in SIDES:
            a, b = rectangle(place, side, text)
            turn = np.array(side) / np.linalg.norm(side)
            cost = 1 - float(turn @ way)
            cost += 0.6 * np.count_nonzero(((busy > a) & (busy < b)).all(axis=1)) ** 0.5
            cost += 6 * sum(bool((a < d).all() and (c < b).all()) for c, d in taken)
            cost += 4 * bool((a < -0.01).any() or (b > 1.01).any())
            costs.append(cost)
        side = SIDES[int(np.argmin(costs))]
        taken.append(rectangle(place, side, text))
        out.append(Text(np.asarray(at, float), text, side, colour, framed))
    return out


def rectangle(at: Array, side: tuple[int, int], text: str) -> tuple[Array, Array]:
    """Return the lower left and the upper right corner of a word beside a point, in shares of the picture."""
    lines = text.split("\n")
    size = np.array([LETTER * max(map(len, lines)), LINE * len(lines)])
    middle = at + np.array(side) * (size / 2 + GAP)
    return middle - size / 2, middle + size / 2


def _dense(line: Array) -> Array:
    """Return points close together on a line of few corners."""
    if len(line) > 40:
        return line[np.isfinite(line).all(axis=1)]
    parts = [a + (b - a) * np.linspace(0, 1, 25)[:, None] for a, b in pairwise(line)]
    return np.concatenate(parts) if parts else line


def view_of(points: Array) -> tuple[float, float]:
    """Return from where points of space are seen apart: degrees above the ground and around."""
    spread = points - points.mean(axis=0)
    best, view = -1.0, (22.0, -58.0)
    for above in (16.0, 24.0, 34.0):
        for around in range(-170, 180, 10):
            up, turn = np.radians(above), np.radians(around)
            right = np.array([-np.sin(turn), np.cos(turn), 0.0])
            high = np.array([-np.sin(up) * np.cos(turn), -np.sin(up) * np.sin(turn), np.cos(up)])
            seen = spread @ np.column_stack([right, high])
            apart = np.linalg.norm(seen[:, None] - seen[None], axis=2)
            true = np.linalg.norm(spread[:, None] - spread[None], axis=2)
            pairs = true > 1e-9
            score = (
                float((apart[pairs] / true[pairs]).min()) + 0.3 * float(np.cos(turn + np.pi / 3))
                if pairs.any()
                else 0.0
            )
            if score > best:
                best, view = score, (above, float(around))
    return view
