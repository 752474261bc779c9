"""Integrals without ends: ∫ x eˣ dx = x eˣ − ∫ eˣ dx = x eˣ − eˣ + C, compared by their derivatives.

A side of such a chain stands for a function up to a constant. Every side is read as its derivative in the variable of
the integrals: ∫ f dx as f, all else as d/dx of it, and C as nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from agnesi.read.syntax import Node, names_in, postorder

NOTE = "integrals without ends are compared by their derivatives"
CONSTANTS = frozenset(("C", "c", "const", "constant", "K"))


def endless(node: Node) -> bool:
    """Tell whether a node is an integral without ends over a letter."""
    return node.head == "integral" and len(node.args) == 2 and node.args[1].head == "name"


def variable_of(trees: Sequence[Node]) -> Node | None:
    """Return the variable of the integrals without ends in some trees, if it stands outside of them too."""
    found = [n for tree in trees for n in postorder(tree) if endless(n)]
    if not found or len({n.args[1].value for n in found}) != 1:
        return None
    variable = found[0].args[1]
    return variable if any(variable.value in _outside(tree) for tree in trees) else None


class Part(Protocol):
    """A statement: its piece, the piece that it goes on from (or −1), and its trees."""

    piece: int
    above: int
    trees: list[Node]


P = TypeVar("P", bound=Part)


def by_derivatives(parts: Sequence[P]) -> list[P]:
    """Take all lines of a chain with integrals without ends by their derivatives; return the statements changed."""
    roots: dict[int, int] = {}
    chains: dict[int, list[P]] = {}
    for part in parts:
        root = roots.get(part.above, part.above) if part.above >= 0 else part.piece
        roots[part.piece] = root
        chains.setdefault(root, []).append(part)
    out: list[P] = []
    for chain in chains.values():
        variable = variable_of([tree for part in chain for tree in part.trees])
        if variable is None:
            continue
        made = [[derived(tree, variable) for tree in part.trees] for part in chain]
        if all(tree is not None for trees in made for tree in trees):
            for part, trees in zip(chain, made, strict=True):
                part.trees = [tree for tree in trees if tree is not None]
            out += [part for part in chain if part.trees]
    return out


def _outside(tree: Node) -> set[str]:
    """Return the names that stand outside of integrals without ends."""
    out: set[str] = set()
    stack = [tree]
    while stack:
        node = stack.pop()
        if node.head == "name":
            out.add(str(node.value))
        stack += [] if endless(node) else node.args
    return out


def derived(tree: Node, variable: Node) -> Node | None:
    """Return an expression or a relation with the derivative of each side; None where an integral is a factor."""
    if tree.head == "rel":
        sides = [derived(side, variable) for side in tree.args]
        if set(tree.value) - {"eq"} or any(s is None for s in sides):
            return None
        return Node("rel", tuple(s for s in sides if s is not None), tree.value, tree.start, tree.stop)
    return _side(tree, variable)


def _side(node: Node, variable: Node) -> Node | None:
    """Return the derivative of a side: its terms one by one."""
    if endless(node):
        return node.args[0] if node.args[1].value == variable.value else None
    inner = [n for n in postorder(node) if endless(n)]
    if not inner:
        if node.head == "name" and node.value in CONSTANTS:
            return Node("num", (), 0, node.start, node.stop)
        parts = node.args if node.head == "add" else ()
        kept = tuple(a for a in parts if not (a.head == "name" and a.value in CONSTANTS))
        body = node if not parts or kept == parts else kept[0] if len(kept) == 1 else _like(node, kept)
        one = Node("scalar", (variable,), None, variable.start, variable.stop)
        return Node("derivative", (body, one), "total", node.start, node.stop)
    if node.head in ("add", "neg", "bracket"):
        parts_ = [_side(a, variable) for a in node.args]
        return None if any(p is None for p in parts_) else _like(node, tuple(p for p in parts_ if p is not None))
    if node.head in ("mul", "div"):
        moving = [k for k, a in enumerate(node.args) if variable.value in names_in(a) or a in inner]
        if len(moving) == 1 and (node.head == "mul" or moving == [0]):
            part = _side(node.args[moving[0]], variable)
            if part is not None:
                return _like(node, tuple(part if k == moving[0] else a for k, a in enumerate(node.args)))
    return None


def _like(node: Node, args: tuple[Node, ...]) -> Node:
    return Node(node.head, args, node.value, node.start, node.stop)
