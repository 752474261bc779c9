"""Where the nodes of a map stand: in columns, each to the right of what it needs, few lines crossing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, ACROSS, DOWN = 166, 42, 46, 16  # of a node, and the room between nodes
LINE = 22  # letters in a line of a node


@dataclass(frozen=True)
class Node:
    """A node: the left top corner of its box, and its name in one or two lines."""

    id: str
    x: float
    y: float
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Edge:
    """A line from what is needed to what needs it, as the path of an SVG."""

    source: str
    target: str
    path: str


@dataclass(frozen=True)
class Band:
    """A strip of a map with its own name."""

    name: str
    y: float
    height: float


@dataclass(frozen=True)
class Drawing:
    """A map: nodes, edges, strips, and the size of it all."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    width: float
    height: float
    bands: tuple[Band, ...] = ()


def drawn(names: Mapping[str, str], needs: Mapping[str, Sequence[str]]) -> Drawing:
    """Return a map of nodes by their names and needs; needs that are not among the nodes are left out.

    >>> drawn({"a": "First", "b": "Second"}, {"b": ["a"]}).nodes[1].x
    213
    """
    within = {n: [m for m in needs.get(n, ()) if m in names] for n in names}
    columns = _untangled(_columns(within), within)
    tallest = max((len(c) for c in columns), default=1)
    at = {}
    for i, column in enumerate(columns):
        top = (tallest - len(column)) * (HEIGHT + DOWN) / 2
        for j, name in enumerate(column):
            at[name] = (1 + i * (WIDTH + ACROSS), 1 + top + j * (HEIGHT + DOWN))
    return _drawing(names, within, at, tallest * (HEIGHT + DOWN) - DOWN)


def banded(
    names: Mapping[str, str], needs: Mapping[str, Sequence[str]], strips: Mapping[str, Sequence[str]]
) -> Drawing:
    """Return a map in strips, each with some of the nodes; columns go through all strips."""
    column = {name: i for i, names_in in enumerate(_columns(needs)) for name in names_in}
    used = {column[n] for strip in strips.values() for n in strip}
    place = {c: i for i, c in enumerate(sorted(used))}
    at, bands, top = {}, [], 1.0
    for strip, members in strips.items():
        stacks: dict[int, int] = {}
        for name in sorted(members, key=lambda n: column[n]):
            i = place[column[name]]
            at[name] = (1 + i * (WIDTH + ACROSS), top + 30 + stacks.get(i, 0) * (HEIGHT + DOWN))
            stacks[i] = stacks.get(i, 0) + 1
        height = 30 + max(stacks.values(), default=0) * (HEIGHT + DOWN)
        bands.append(Band(strip, top, height))
        top += height + DOWN
    found = _drawing(names, needs, at, top - DOWN)
    return Drawing(found.nodes, found.edges, found.width, found.height, tuple(bands))


def _drawing(
    names: Mapping[str, str], needs: Mapping[str, Sequence[str]], at: Mapping[str, tuple[float, float]], height: float
) -> Drawing:  # fmt: skip
    nodes = tuple(Node(n, *at[n], _lines(name)) for n, name in names.items())
    edges = tuple(Edge(m, n, _curve(at[m], at[n])) for n in names for m in needs.get(n, ()) if m in at)
    return Drawing(nodes, edges, max((x for x, _ in at.values()), default=0) + WIDTH + 1, height + 2)


def _curve(source: tuple[float, float], target: tuple[float, float]) -> str:
    x, y = source[0] + WIDTH, source[1] + HEIGHT / 2
    u, v = target[0], target[1] + HEIGHT / 2
    bend = max(20.0, min(60.0, (u - x) / 2))
    return f"M{x:g} {y:g}C{x + bend:g} {y:g} {u - bend:g} {v:g} {u:g} {v:g}"


def _columns(needs: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return the nodes by the longest chain of needs that leads to them."""
    left = {n: set(ms) & set(needs) for n, ms in needs.items()}
    columns: list[list[str]] = []
    while left:
        free = [n for n, ms in left.items() if not ms] or list(left)  # a circle cannot be, but must not hang
        columns.append(free)
        left = {n: ms.difference(free) for n, ms in left.items() if n not in free}
    return columns


def _untangled(columns: list[list[str]], needs: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return columns in which each node stands near the mean height of its neighbours; a few sweeps are enough."""
    near: dict[str, set[str]] = {n: set(ms) for n, ms in needs.items()}
    for n, ms in needs.items():
        for m in ms:
            near[m].add(n)
    for sweep in range(8):
        height = {n: (i + 0.5) / len(column) for column in columns for i, n in enumerate(column)}
        for column in columns if sweep % 2 == 0 else reversed(columns):
            column.sort(key=lambda n: _mean((height[m] for m in near[n]), height[n]))
            height.update({n: (i + 0.5) / len(column) for i, n in enumerate(column)})
    return columns


def _mean(values: Iterable[float], otherwise: float) -> float:
    found = list(values)
    return sum(found) / len(found) if found else otherwise


def _lines(name: str) -> tuple[str, ...]:
    """Return a name in at most two lines; what does not fit is cut, and stands in the list beside the map."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + len(word) >= LINE:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    if len(lines) > 2:
        lines = [lines[0], f"{lines[1]} …"]
    return tuple(line if len(line) <= LINE + 3 else f"{line[: LINE + 1]}…" for line in lines)


def around(concept: str, needs: Collection[str], users: Collection[str], names: Mapping[str, str]) -> Drawing:
    """Return a small map: what a concept needs on the left, what needs it on the right."""
    shown = {**{n: names[n] for n in needs}, concept: names[concept], **{n: names[n] for n in users}}
    tallest = max(len(needs), len(users), 1)
    at = {}
    for i, column in enumerate((list(needs), [concept], list(users))):
        shift = i if needs else i - 1
        top = (tallest - len(column)) * (HEIGHT + DOWN) / 2
        for j, name in enumerate(column):
            at[name] = (1 + shift * (WIDTH + ACROSS), 1 + top + j * (HEIGHT + DOWN))
    links = {concept: list(needs), **{u: [concept] for u in users}}
    return _drawing(shown, links, at, tallest * (HEIGHT + DOWN) - DOWN)
