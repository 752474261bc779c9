"""Where the nodes of a graph stand: in layers, with few crossings, long edges led around what lies between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from agnesi.draw.layers import Array

Pair = tuple[str, str]
GAP = 44.0  # between neighbours, so that the derivatives on their edges stand side by side
LEAST = 400.0


@dataclass(frozen=True)
class Layout:
    """The centres of nodes, the corners of edges from top to bottom, and the size of the whole."""

    at: Mapping[str, tuple[float, float]]
    ways: Mapping[Pair, Array]
    width: float
    height: float


def layout_of(names: Sequence[str], edges: Sequence[Pair], widths: Mapping[str, float], step: float) -> Layout:
    """Return a layout with the inputs at the top; `step` is the distance of neighbouring layers.

    Layers are longest paths; an input stands just above its first use. Crossings are lessened by putting each node at
    the mean place of its neighbours, downward and upward in turn (Sugiyama).
    """
    depth = depths(names, edges)
    rows: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name in names:
        rows[depth[name]].append(name)
    chains = {(a, b): [a, *(f"\0{a}\0{b}\0{d}" for d in range(depth[a] + 1, depth[b])), b] for a, b in edges}
    for chain in chains.values():
        for name in chain[1:-1]:
            rows[int(name.rsplit("\0", 1)[1])].append(name)
    links = [(u, v) for c in chains.values() for u, v in pairwise(c)]
    rows = ordered(rows, links)
    size = {n: widths.get(n, 24.0) for row in rows for n in row}
    width = max(LEAST, *(sum(size[n] + GAP for n in row) + GAP for row in rows))
    x = _across(rows, links, size, width)
    left, right = min(x[n] - size[n] / 2 for n in names), max(x[n] + size[n] / 2 for n in names)
    x = {n: place + (width - left - right) / 2 for n, place in x.items()}
    top = (len(rows) - 1) * step
    y = {n: top - step * k for k, row in enumerate(rows) for n in row}
    ways = {pair: np.array([[x[n], y[n]] for n in chain]) for pair, chain in chains.items()}
    return Layout({n: (x[n], y[n]) for n in names}, ways, width, top)


def depths(names: Sequence[str], edges: Sequence[Pair]) -> dict[str, int]:
    """Return the layer of each node."""
    found: dict[str, int] = {}
    for name in names:
        found[name] = max((found[a] + 1 for a, b in edges if b == name), default=0)
    inputs = [n for n in names if not any(b == n for _, b in edges)]
    for name in inputs:
        users = [found[b] for a, b in edges if a == name]
        found[name] = max(0, min(users) - 1) if users else 0
    return found


def ordered(rows: list[list[str]], links: Sequence[Pair], sweeps: int = 12) -> list[list[str]]:
    """Return the rows in the order with the fewest crossings that the sweeps find."""
    best, fewest = [list(r) for r in rows], crossings(rows, links)
    rows = [list(r) for r in rows]
    for k in range(sweeps):
        down = k % 2 == 0
        span = range(1, len(rows)) if down else range(len(rows) - 2, -1, -1)
        for i in span:
            other = {n: p for p, n in enumerate(rows[i - 1 if down else i + 1])}
            own = {n: p for p, n in enumerate(rows[i])}

            def mean(name: str, other: dict[str, int] = other, own: dict[str, int] = own, down: bool = down) -> float:
                near = [other[a] for a, b in links if b == name and a in other] if down else [
                    other[b] for a, b in links if a == name and b in other
                ]  # fmt: skip
                return sum(near) / len(near) if near else float(own[name])

            rows[i].sort(key=mean)
        now = crossings(rows, links)
        if now < fewest:
            best, fewest = [list(r) for r in rows], now
    return best


def crossings(rows: Sequence[Sequence[str]], links: Sequence[Pair]) -> int:
    """Return how many pairs of edges between neighbouring rows cross."""
    place = {n: p for row in rows for p, n in enumerate(row)}
    level = {n: k for k, row in enumerate(rows) for n in row}
    total = 0
    for i, (a, b) in enumerate(links):
        for c, d in links[i + 1 :]:
            if level[a] == level[c] and (place[a] - place[c]) * (place[b] - place[d]) < 0:
                total += 1
    return total


def _across(
    rows: Sequence[Sequence[str]], links: Sequence[Pair], size: Mapping[str, float], width: float
) -> dict[str, float]:
    """Return the horizontal places: each near the mean of its neighbours, apart by the widths of the boxes."""
    x: dict[str, float] = {}
    for row in rows:
        slack = (width - sum(size[n] for n in row)) / (len(row) + 1)
        at = slack
        for n in row:
            x[n] = at + size[n] / 2
            at += size[n] + slack
    for _ in range(30):
        for row in rows:
            want = []
            for n in row:
                near = [x[a] for a, b in links if b == n] + [x[b] for a, b in links if a == n]
                want.append((x[n] + sum(near)) / (1 + len(near)))
            for n, place in zip(row, _apart(row, want, size, width), strict=True):
                x[n] = place
    return x


def _apart(row: Sequence[str], want: Sequence[float], size: Mapping[str, float], width: float) -> list[float]:
    """Return the wished places pushed apart from left to right and back, within the width."""
    out = list(want)
    for k, n in enumerate(row):
        left = size[row[k - 1]] / 2 + out[k - 1] + GAP if k else GAP / 2
        out[k] = max(out[k], left + size[n] / 2)
    for k in range(len(row) - 1, -1, -1):
        right = out[k + 1] - size[row[k + 1]] / 2 - GAP if k < len(row) - 1 else width - GAP / 2
        out[k] = min(out[k], right - size[row[k]] / 2)
    return out
