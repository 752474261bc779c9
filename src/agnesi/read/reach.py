"""How far a big operator reaches: ∑_i y_i a_i + (1 − y_i) b_i is one sum, since both terms carry the index."""

from __future__ import annotations

from collections.abc import Iterable

from agnesi.read.scene import names_of
from agnesi.read.syntax import Node, postorder

LABEL = "_("  # W⁽¹⁾ is the name W_(1)


def bound_names(items: Iterable[Node]) -> list[str]:
    """Return the names that the items under a big operator bind: i of i, i=1, i=1..n, i≠j."""
    names: list[str] = []
    for item in items:
        first = item
        while first.head in ("range", "rel"):
            first = first.args[0]
        if first.head == "name" and item.head != "upper":
            names.append(first.value)
    return names


def outside_sums(root: Node) -> set[str]:
    """Return the names in subscripts that stand outside every big operator with an index of this name."""
    found = set[str]()
    stack: list[tuple[Node, frozenset[str]]] = [(root, frozenset())]
    while stack:
        node, bound = stack.pop()
        if node.head == "big":
            ordered = [i for i in node.args[1:] if i.head == "rel" and i.value[0] in ("ne", "lt", "gt", "le", "ge")]
            bound |= {*bound_names(node.args[1:]), *(n for i in ordered for a in i.args for n in names_of(a))}
        if node.head in ("sub", "index"):
            found.update(n for item in node.args[1:] for n in names_of(item) if n not in bound)
        stack.extend((child, bound) for child in node.args)
    return found


def open_bigs(term: Node, stop: int) -> list[Node]:
    """Return the big operators that end a term without a closing bracket, the outermost first."""
    found: list[Node] = []
    node = term
    while node.stop == stop:
        if node.head == "big":
            found.append(node)
            node = node.args[0]
        elif node.head in ("neg", "mul") and node.args:
            node = node.args[-1]
        else:
            break
    return found


def carried(term: Node, names: set[str]) -> set[str]:
    """Return which of the names a term uses without binding them itself: in subscripts, labels, or alone."""
    found: set[str] = set()
    stack = [(term, frozenset(names))]
    while stack:
        node, wanted = stack.pop()
        if node.head == "big":
            wanted -= set(bound_names(node.args[1:]))
        elif node.head == "tensor":
            wanted -= set(node.value[0])
        if not wanted:
            continue
        if node.head == "name":
            found |= {n for n in wanted if node.value == n or node.value.endswith(f"{LABEL}{n})")}
            found |= {n for n in wanted if "_" in node.value and subscript_has(node.value, n)}
        stack.extend((child, wanted) for child in node.args)
    return found


def subscript_has(name: str, index: str) -> bool:
    """Tell whether the subscript of a name is the index."""
    return name.rpartition("_")[2] == index


def extended(term: Node, big: Node, more: list[Node], stop: int) -> Node:
    """Return `term` with the terms `more` added to the body of its open operator `big`."""
    body = big.args[0]
    inner = (*body.args, *more) if body.head == "add" and body.stop == big.stop else (body, *more)
    new = Node("add", inner, None, body.start, stop)
    names = bound_names(big.args[1:])
    made = Node("big", (relabelled(new, set(names)), *big.args[1:]), big.value, big.start, stop)
    path = [term]
    while path[-1] is not big:
        last = path[-1]
        path.append(last.args[0] if last.head in ("big", "neg") else last.args[-1])
    for node in reversed(path[:-1]):
        at = 0 if node.head in ("big", "neg") else len(node.args) - 1
        args = (*node.args[:at], made, *node.args[at + 1 :])
        made = Node(node.head, args, node.value, node.start, stop)
    return made


def relabelled(root: Node, names: set[str]) -> Node:
    """Return a tree in which a label that is a bound index, as in x⁽ⁱ⁾ under ∑_i, is a subscript."""
    if not any(n.head == "name" and LABEL in n.value for n in postorder(root)):
        return root
    made: dict[Node, Node] = {}
    for node in postorder(root):
        args = tuple(made[a] for a in node.args)
        base, _, label = node.value.partition(LABEL) if node.head == "name" else ("", "", "")
        if label and label[:-1] in names:
            parts = (Node("name", (), base, node.start, node.stop), Node("name", (), label[:-1], node.start, node.stop))
            made[node] = Node("sub", parts, None, node.start, node.stop)
        elif node.head == "sub" and args[0].head == "sub" and node.args[0].head == "name":
            made[node] = Node("sub", (*args[0].args, *args[1:]), node.value, node.start, node.stop)
        elif all(a is b for a, b in zip(args, node.args, strict=True)):
            made[node] = node
        else:
            made[node] = Node(node.head, args, node.value, node.start, node.stop)
    return made[root]
