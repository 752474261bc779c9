"""Definitions by entries: K_ij = exp(...) defines the matrix K where another statement uses it."""

from __future__ import annotations

from collections.abc import Iterable

from agnesi.read.cursor import index_word
from agnesi.read.reach import bound_names
from agnesi.read.scene import FREE, names_of
from agnesi.read.syntax import Node, postorder

_LETTERS = FREE | {"n", "m"}


def entries_of(tree: Node) -> tuple[str, Node] | None:
    """Return the name and the tensor of its entries for the claim y_n = ... or K_ij = ..., or None for other claims."""
    if tree.head != "rel" or tree.value not in (("eq",), ("define",)) or tree.args[0].head != "sub":
        return None
    base, *items = tree.args[0].args
    if base.head != "name" or not all(item.head == "name" for item in items):
        return None
    return tensor_named(base.value, [item.value for item in items], tree.args[1])


def entries_of_name(name: str, body: Node) -> tuple[str, Node] | None:
    """Return the same for a definition whose name was taken whole: y_n, K_ij."""
    base, _, tail = name.partition("_")
    if not base or not tail.isalpha() or (len(tail) > 1 and not index_word(tail)):
        return None
    return tensor_named(base, list(tail), body)


def tensor_named(name: str, letters: list[str], body: Node) -> tuple[str, Node] | None:
    """Return the name and its tensor, unless the letters are no indices or the name stands in its own entries."""
    if not set(letters) <= _LETTERS or len(set(letters)) != len(letters) or name in names_of(body) or name in "δeI":
        return None
    return name, Node("tensor", (body,), (tuple(letters), {}), body.start, body.stop)


def uses_entries(trees: Iterable[Node], name: str, whole: str) -> bool:
    """Tell whether other statements use the name bare, or with an index that they bind; not only as it was written."""
    for tree in trees:
        bound: set[str] = set()
        plain: set[Node] = set()
        found = False
        for node in postorder(tree):
            if node.head == "big":
                bound.update(bound_names(node.args[1:]))
            elif node.head == "tensor":
                bound.update(node.value[0])
            elif node.head == "sub" and node.args[0].head == "name" and node.args[0].value == name:
                plain.add(node.args[0])
        for node in postorder(tree):
            if node.head == "name" and node.value == name and node not in plain:
                found = True
            if node.head == "sub" and node.args[0] in plain:
                letters = [n for item in node.args[1:] for n in names_of(item)]
                found |= bool(bound & set(letters)) or f"{name}_{''.join(letters)}" != whole
        if found:
            return True
    return False
