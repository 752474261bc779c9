"""Definitions in any order: what a statement needs is read before it; a circle is an error that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from agnesi.errors import ReadError
from agnesi.read.scene import plain_item
from agnesi.read.syntax import Node, postorder


def mentions(root: Node) -> list[str]:
    """Return the names that a tree mentions, functions and names with a subscript among them, in order of the text."""
    found: dict[str, int] = {}

    def note(name: str, at: int) -> None:
        found[name] = min(at, found.get(name, at))

    for node in postorder(root):
        if node.head == "name":
            note(node.value, node.start)
        elif node.head == "call":
            note(node.value[0], node.start)
        elif node.head == "sub" and node.args[0].head == "name":
            note(f"{node.args[0].value}_{plain_item(node.args[1])}", node.start)
    return sorted(found, key=lambda name: found[name])


def indexed_in(root: Node) -> set[str]:
    """Return the names that a tree gives an index: a parameter of that name is another variable."""
    return {n.args[0].value for n in postorder(root) if n.head in ("sub", "index") and n.args[0].head == "name"}


def before(name: str, needs: Mapping[str, Iterable[str]], done: set[str]) -> list[str]:
    """Return `name` after all that it needs, itself and through others, but not what is done.

    Raises `ReadError` where a definition needs itself.
    """
    order: list[str] = []
    path: dict[str, None] = {}
    stack: list[tuple[str, bool]] = [(name, False)]
    while stack:
        one, ready = stack.pop()
        if ready:
            path.pop(one)
            order.append(one)
            done.add(one)
        elif one in path:
            raise circle([*path, one])
        elif one not in done:
            path[one] = None
            stack.append((one, True))
            stack += [(other, False) for other in reversed(list(needs[one])) if other in needs]
    return order


def circle(path: list[str]) -> ReadError:
    """Return the error for definitions that need one another."""
    around = path[path.index(path[-1]) :]
    links = [f"{a} needs {b}" for a, b in pairwise(around)]
    shown = [*links[:3], "...", links[-1]] if len(links) > 6 else links
    if len(around) == 2:
        return ReadError(
            f"The definition of {around[0]} uses {around[0]} itself.",
            repair="Recursive functions are not read: write it in closed form.",
        )
    return ReadError(
        f"The definitions go round in a circle: {', '.join(shown)}.",
        repair=f"Define {around[0]} without {around[-2]}, or write one of them as an equation of its own.",
    )
