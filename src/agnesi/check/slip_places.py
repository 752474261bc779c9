"""The places of a written expression, one for each occurrence, and what the whole is with another part in a place.

An expression is shared inside (twins are one object), but a slip is made at one place: a place is a path from the
root. Some terms of a sum and neighbouring factors of a product are places too.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Bind, Const, Expr, apply, lift, with_args

# What is raised where shapes do not fit.
UNFIT = (AgnesiError, IndexError)
FLAT = ("add", "mul", "hadamard")
OPERATED = (Apply, Bind)


class Place(NamedTuple):
    """One occurrence of `node` below `root`: the way from the root, and which arguments of it, where not all."""

    root: Expr
    path: tuple[int, ...]
    node: Expr
    parent: Expr | None = None
    picks: tuple[int, ...] = ()

    @property
    def is_term(self) -> bool:
        """Tell whether this is the whole, a term of a sum, or what a function is applied to: where signs change."""
        if name_of(self.parent) in ("pow", "epow") and self.path[-1] == 1:
            return False
        return name_of(self.parent) not in ("mul", "neg", "hadamard", "div", "ediv", "transpose", "inv", "norm")


def name_of(node: Expr | None) -> str:
    """Return the name of the operation at the top, or "" where there is none."""
    return node.op.name if isinstance(node, OPERATED) else ""


def below(node: Expr) -> range:
    """Return which arguments are places: not what stands under a derivative or a differential."""
    return range(0) if name_of(node) in ("d", "derivative") else range(len(node.args))


def places(root: Expr, most: int = 90) -> list[Place]:
    """Return the places of single nodes, from the root down, at most `most` of them."""
    out = [Place(root, (), root)]
    for place in out:  # grows while it is walked
        if len(out) >= most:
            break
        node = place.node
        out.extend(Place(root, (*place.path, k), node.args[k], node) for k in below(node))
    return out[:most]


def windows(place: Place) -> Iterator[Place]:
    """Yield the parts of a long sum (two or three terms) or product (neighbours) that are not single arguments."""
    node, count = place.node, len(place.node.args)
    if name_of(node) not in FLAT or count < 3 or count > 7:
        return
    if name_of(node) == "add":
        chosen = [c for size in (2, 3) if size < count for c in combinations(range(count), size)]
    else:
        chosen = [tuple(range(a, b)) for a in range(count) for b in range(a + 2, count + 1) if b - a < count]
    for picks in chosen:
        part = built(node, tuple(node.args[k] for k in picks))
        if part is not None:
            yield Place(place.root, place.path, part, place.parent, picks)


def put(place: Place, new: Expr) -> Expr | None:
    """Return the whole with `new` at the place, or None where the shapes do not fit."""
    chain = [place.root]
    for k in place.path:
        chain.append(chain[-1].args[k])
    out: Expr | None = new
    if place.picks:
        out = _among(chain[-1], place.picks, new)
    for node, k in zip(reversed(chain[:-1]), reversed(place.path), strict=True):
        if out is None:
            return None
        if out.shape != node.args[k].shape and not _may_change(node):
            return None
        out = built(node, (*node.args[:k], out, *node.args[k + 1 :]))
    return out


def _may_change(node: Expr) -> bool:
    """Tell whether a node may take an argument of another shape (a sum may not: no error message is made for it)."""
    return name_of(node) not in ("add", "hadamard", "eq")


def _among(node: Expr, picks: tuple[int, ...], new: Expr) -> Expr | None:
    """Return a sum or product with `new` for the picked arguments."""
    first, gone = picks[0], set(picks)
    args = [new if k == first else a for k, a in enumerate(node.args) if k == first or k not in gone]
    return built(node, tuple(args))


def built(node: Expr, args: tuple[Expr, ...]) -> Expr | None:
    """Return a node with other arguments as a person would write it: sums in sums joined, no factor 1, no −−x.

    None where the shapes do not fit.
    """
    try:
        name = name_of(node)
        if name in FLAT:
            return flat(name, args)
        if name == "neg":
            return minus(args[0])
        if name == "transpose":
            return turned(args[0])
        if name == "inv" and name_of(args[0]) in ("inv", "eye"):
            return args[0].args[0] if name_of(args[0]) == "inv" else args[0]
        if name == "det" and name_of(args[0]) == "eye":
            return lift(1)
        if name in ("pow", "epow", "div") and is_number(args[1], 1):
            return args[0]
        return with_args(node, args)
    except UNFIT:
        return None


def flat(name: str, args: tuple[Expr, ...]) -> Expr:
    """Return the sum or product of the arguments, with its own kind inside it joined; raises `ShapeError`."""
    parts = [p for a in args for p in (a.args if name_of(a) == name else (a,))]
    if name == "mul":
        parts = [p for p in parts if not is_number(p, 1)] or [args[0]]
        parts = [p for p in parts if name_of(p) != "eye"] if sum(bool(p.shape) for p in parts) > 1 else parts
        parts = parts if any(p.shape for p in parts) or not any(a.shape for a in args) else list(args)
        if sum(name_of(p) == "neg" for p in parts) and name_of(parts[0]) == "neg":
            return minus(flat(name, (parts[0].args[0], *parts[1:])))
    if len(parts) == 1:
        return parts[0]
    try:
        return apply(name, *parts)
    except UNFIT:
        if parts == list(args):
            raise
        return apply(name, *args)


def times(*factors: Expr | int) -> Expr:
    """Return the written product; raises `ShapeError`."""
    return flat("mul", tuple(lift(f) for f in factors))


def minus(node: Expr) -> Expr:
    """Return the negative, of −x the x, of a number the number."""
    if name_of(node) == "neg":
        return node.args[0]
    return apply("neg", node)


def turned(node: Expr) -> Expr:
    """Return the transpose, of Xᵀ the X."""
    if name_of(node) == "transpose":
        return node.args[0]
    return apply("transpose", node)


def is_number(node: Expr, value: int) -> bool:
    """Tell whether a node is this number."""
    return isinstance(node, Const) and node.value == value


def size_of(root: Expr, most: int = 1000) -> int:
    """Return how many places an expression has: how long it is to write."""
    count, stack = 0, [root]
    while stack and count < most:
        count += 1
        stack.extend(stack.pop().args)
    return count


def with_attrs(node: Apply, args: tuple[Expr, ...], attrs: tuple[object, ...]) -> Iterator[Expr]:
    """Yield the same operation of other arguments and static parameters, if the shapes fit."""
    try:
        yield apply(node.op, *args, attrs=attrs)
    except UNFIT:
        return
