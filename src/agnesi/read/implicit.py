"""What notes leave implicit: x that moves with t, the path of a total derivative, a loss of which only slopes are told.

    d/dt (x² y) = 2xy dx/dt + x² dy/dt      d·/dt along any path is the differential (dt cancels)
    x = t, y = t²:  df/dt = ...             f is differentiated along the path
    g = ∂L/∂h,  ∂L/∂x = Wᵀ g                L may be ⟨g, h⟩: of L only its slope in h is used

Each is taken only where all lines that hold such derivatives speak of them on both sides; an equation such as
dx/dt = −kx says something of x, and then nothing is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from agnesi.read.scene import names_of
from agnesi.read.syntax import Node, postorder

OF_TIME = frozenset(("t", "s", "τ"))


def flows(trees: Sequence[Node], defined: Mapping[str, object], primes: bool) -> frozenset[str]:
    """Return the variables of which everything else depends in a way that is not said: t of dx/dt."""
    found: set[str] = set()
    for tree in trees:
        for node in postorder(tree):
            body = node.args[0] if node.head == "derivative" else None
            if body is not None and single(node) in OF_TIME and body.head == "name" and body.value not in defined:
                found.add(single(node))
    if primes:
        found |= {single(n) for tree in trees for n in postorder(tree) if n.head == "derivative"} & OF_TIME
    kept = {v for v in found if all(_flows_only(tree, v) for tree in trees)}
    return frozenset(v for v in kept if all(_balanced(tree, v, defined, primes) for tree in trees))


def single(node: Node) -> str:
    """Return the one name that a total derivative of the first order is in, or nothing."""
    if node.head != "derivative" or len(node.args) != 2 or node.value != "total":
        return ""
    return str(node.args[1].value) if node.args[1].head == "name" else ""


def _flows_only(tree: Node, variable: str) -> bool:
    """Tell whether a name stands below the bar of derivatives only."""
    nodes = postorder(tree)
    below = {id(n.args[1]) for n in nodes if single(n) == variable}
    return all(id(n) in below for n in postorder(tree) if n.head == "name" and n.value == variable)


def _balanced(tree: Node, variable: str, defined: Mapping[str, object], primes: bool) -> bool:
    """Tell whether each side of a relation speaks of the slopes, and none of them is a slope alone that is told."""
    if tree.head != "rel":
        return True
    counts = [len(_slopes(side, variable, primes)) for side in tree.args]
    if not any(counts):
        return True
    for side in tree.args:
        lone = side.args[0] if single(side) == variable or (side.head == "prime" and primes) else None
        if lone is not None and lone.head == "name" and lone.value not in defined:
            others = [s for s in tree.args if s is not side]
            same = all(o.head in ("prime", "derivative") and names_of(o)[:1] == names_of(lone) for o in others)
            if not same:
                return False
    zero = [side.head == "num" and side.value == 0 for side in tree.args]
    return all(c or (z and max(counts) > 1) for c, z in zip(counts, zero, strict=True))


def _slopes(side: Node, variable: str, primes: bool) -> list[Node]:
    return [n for n in postorder(side) if single(n) == variable or (n.head == "prime" and primes)]


def paths(trees: Iterable[Node], defined: Mapping[str, object]) -> dict[str, Node]:
    """Return what a text says of letters along a path: x = t, y = t²."""
    found: dict[str, Node] = {}
    for tree in trees:
        if tree.head != "rel" or tree.value != ("eq",) or tree.args[0].head != "name":
            continue
        name = tree.args[0].value
        if set(names_of(tree.args[1])) & OF_TIME and name not in defined and name not in names_of(tree.args[1]):
            found.setdefault(name, tree.args[1])
    return found


def seeds(trees: Sequence[tuple[Node, str]], needs: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return for each loss that is not defined the variable in which its slope is free: {"L": "h"}.

    `trees` come with the name that they define, `needs` says which names a definition mentions.
    """
    below: dict[str, list[str]] = {}
    for tree, _ in trees:
        for node in postorder(tree):
            if node.head == "derivative" and node.args[0].head == "name" and len(node.args) == 2:
                if node.args[1].head == "name":
                    below.setdefault(node.args[0].value, []).append(node.args[1].value)
    found: dict[str, str] = {}
    for loss, variables in below.items():
        if loss in needs or not _slope_only([t for t, _ in trees], loss):
            continue
        told = {name for tree, name in trees if name and _mentions_slope(tree, loss)}
        relations = [tree for tree, name in trees if not name and tree.head == "rel"]
        if not all(_told(tree, loss, told) for tree in relations):
            continue
        top = [v for v in dict.fromkeys(variables) if _reaches(v, set(variables) - {v}, needs)]
        if len(top) == 1:
            found[loss] = top[0]
    return found


def _slope_only(trees: Sequence[Node], loss: str) -> bool:
    """Tell whether a name is only ever differentiated."""
    for tree in trees:
        nodes = list(postorder(tree))
        able = {id(n.args[0]) for n in nodes if n.head in ("derivative", "del") and n.args}
        if any(n.head == "name" and n.value == loss and id(n) not in able for n in nodes):
            return False
    return True


def _mentions_slope(tree: Node, loss: str) -> bool:
    heads = (n for n in postorder(tree) if n.head in ("derivative", "del") and n.args)
    return any(n.args[0].head == "name" and n.args[0].value == loss for n in heads)


def _told(tree: Node, loss: str, names: set[str]) -> bool:
    """Tell whether a relation speaks of the slopes of a loss on all of its sides, or on none."""
    sides = [_mentions_slope(side, loss) or bool(names & set(names_of(side))) for side in tree.args]
    return all(sides) or not any(_mentions_slope(side, loss) for side in tree.args)


def _reaches(name: str, others: set[str], needs: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether a definition holds all of some other names, through others too."""
    seen: set[str] = set()
    stack = [name]
    while stack:
        one = stack.pop()
        for need in needs.get(one, ()):
            if need not in seen:
                seen.add(need)
                stack.append(need)
    return others <= seen
