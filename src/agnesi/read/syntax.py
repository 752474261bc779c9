"""The syntax tree: what was written, before shapes are known. Nodes are frozen and carry their spans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A piece of syntax: its `head` (num, name, add, mul, norm, big, chance, ...), parts, and place in the text."""

    head: str
    args: tuple[Node, ...]
    value: Any
    start: int
    stop: int


def postorder(root: Node) -> Iterator[Node]:
    """Yield every node once, parts before wholes, without recursion."""
    out: list[Node] = []
    stack = [root]
    while stack:
        node = stack.pop()
        out.append(node)
        stack.extend(node.args)
    yield from reversed(out)


def names_in(root: Node) -> list[str]:
    """Return the names that occur, in order of the text."""
    found: dict[str, int] = {}
    for node in postorder(root):
        if node.head == "name":
            found[node.value] = min(node.start, found.get(node.value, node.start))
    return sorted(found, key=lambda name: found[name])
