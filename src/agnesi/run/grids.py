"""Sums and tensors over indices all at once: every bound index becomes an axis of an array.

    ∑_{i=1}^n ∑_{k=1}^m w_k (x_ik − a)²        an array of n × m values, added along k and then along i

The loop of `reference.Program` is the definition, this is how most loops are computed: what only consists of entries,
rows and entrywise operations. For anything else `planned` gives None, and where a step does not work out for arrays
(an index out of range, a condition that keeps it from being used) `Plan.value` gives None: then the loop runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Bind, Expr, Index, postorder
from agnesi.ops.arithmetic import partial

LEAST, MOST = 6, 400_000  # values at once; fewer are quicker, and more need less memory, one after the other
COLLECTED = frozenset(("Sum", "Tensor"))
COMPARED = {"eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater,
            "ge": np.greater_equal}
UNFIT = (IndexError, TypeError, ValueError, OverflowError, ZeroDivisionError, AttributeError)

Size = Callable[[Dim | str | int], int]
Rule = Callable[["_Grid", Apply], Any]


@dataclass(frozen=True)
class Plan:
    """What is computed for a binder: its indices and those within are axes; the nodes of `order` move with them."""

    node: Bind
    axes: tuple[Index, ...]
    order: tuple[Expr, ...]

    def value(self, outside: Callable[[Expr], Any], size: Size) -> Any:
        """Return the value of the binder, or None where it is to be computed entry by entry.

        `outside` gives the values of what does not move with the indices.
        """
        counts = tuple(size(v.dim) for v in self.axes)
        if not LEAST <= prod(counts) <= MOST:
            return None
        grid = _Grid(counts, self.axes, {}, outside, size)
        try:
            for node in self.order:
                grid.held[node] = grid.step(node)
            return grid.collected(self.node, outermost=True)
        except UNFIT:
            return None


def planned(node: Bind, free: Mapping[Expr, frozenset[Expr]]) -> Plan | None:
    """Return how a binder is computed at once, or None where it is not; `free` are the free indices of every node."""
    if node.op.name not in COLLECTED:
        return None
    nodes = list(postorder(*(r for r in (node.condition, node.body) if r is not None)))
    axes, inner = frozenset[Expr](node.variables), list[Bind]()
    while more := [n for n in nodes if isinstance(n, Bind) and n not in inner and free[n] & axes]:
        inner += more
        axes = axes.union(*(n.variables for n in more))
    binders = (node, *inner)
    if node.body.ndim or not all(isinstance(v, Index) for v in axes) or any(n.op.name != "Sum" for n in inner):
        return None
    if any(_begins(n, free) for n in inner):
        return None
    order = tuple(n for n in nodes if free[n] & axes)
    if not all(isinstance(n, Index) or _has_rule(n, free, axes) for n in order):
        return None
    return Plan(node, tuple(dict.fromkeys(v for n in binders for v in n.variables if isinstance(v, Index))), order)


def _begins(node: Bind, free: Mapping[Expr, frozenset[Expr]]) -> bool:
    """Tell whether a sum begins at a fixed place, of which the loop tells whether it lies before the end."""
    match node.condition:
        case Apply(args=(first, low)) as condition if condition.op.name == "ge" and (first,) == node.variables:
            return not free[low]
    return False


def _has_rule(node: Expr, free: Mapping[Expr, frozenset[Expr]], moving: frozenset[Expr]) -> bool:
    if isinstance(node, Bind):
        return not node.body.ndim
    if not isinstance(node, Apply) or node.ndim > 2:
        return False
    if node.op.name in ("entry", "row", "col"):
        owner = node.args[0]
        return not free[owner] & moving or (node.op.name == "entry" and owner.ndim == 1)
    return node.op.name in RULES or (node.op.family == "elementwise" and len(node.args) == 1)


@dataclass(frozen=True)
class _Grid:
    """Values over the grid: those that move have an axis for each index first (of length 1 where they do not move)."""

    counts: tuple[int, ...]
    axes: tuple[Index, ...]
    held: dict[Expr, Any]
    outside: Callable[[Expr], Any]
    size: Size

    def step(self, node: Expr) -> Any:
        """Return the value of one node from those of its arguments."""
        if isinstance(node, Index):
            at = self.axes.index(node)
            shape = [1] * len(self.counts)
            shape[at] = self.counts[at]
            return np.arange(1.0, self.counts[at] + 1).reshape(shape)
        if isinstance(node, Bind):
            return self.collected(node)
        assert isinstance(node, Apply)
        rule = RULES.get(node.op.name)
        return rule(self, node) if rule is not None else node.op.value(node, (self.of(node.args[0]),), self.size)

    def of(self, node: Expr, ndim: int = 0) -> Any:
        """Return the value of an argument, ready to be combined with one of `ndim` axes of its own."""
        if node not in self.held:
            return self.outside(node)
        return _widened(self.held[node], not node.ndim, ndim)

    def collected(self, node: Bind, outermost: bool = False) -> Any:
        """Return a sum along its indices, or the tensor of all entries."""
        body = self.of(node.body)
        if node.condition is not None:
            body = np.where(self.of(node.condition), body, 0.0)
        places = tuple(self.axes.index(v) for v in node.variables if isinstance(v, Index))
        if node.op.name == "Tensor":
            others = [k for k in range(len(self.counts)) if k not in places]
            shape = tuple(1 if k in others else n for k, n in enumerate(self.counts))
            full = np.broadcast_to(body, shape).transpose((*places, *others))
            return full.reshape(tuple(self.size(d) for d in node.shape)).copy()
        wide = np.broadcast_shapes(np.shape(body), (1,) * len(self.counts))
        shape = tuple(self.counts[k] if k in places else n for k, n in enumerate(wide))
        out = np.broadcast_to(body, shape).sum(axis=places, keepdims=True)
        return out.reshape(())[()] if outermost else out

    def offsets(self, position: Expr, length: int) -> Any:
        """Return places from 0 of an index expression; one that does not exist is an `IndexError`."""
        value = np.real(self.of(position))
        at = np.asarray(value, dtype=int)
        if np.any(at != value) or np.any(at < 1) or np.any(at > length):
            raise IndexError("there is no such entry")
        return at - 1


def _entry(grid: _Grid, node: Apply) -> Any:
    owner, *positions = node.args
    array = grid.of(owner)
    if owner in grid.held:
        at = grid.offsets(positions[0], array.shape[-1])
        at = np.reshape(at, (1,) * (len(grid.counts) - np.ndim(at)) + np.shape(at))
        shape = np.broadcast_shapes(array.shape[:-1], at.shape)
        whole = np.broadcast_to(array, (*shape, array.shape[-1]))
        return np.take_along_axis(whole, np.broadcast_to(at, shape)[..., None], axis=-1)[..., 0]
    array = array[0] if np.ndim(array) == len(positions) + 1 else array
    return array[tuple(grid.offsets(p, n) for p, n in zip(positions, array.shape, strict=True))]


def _line(axis: int) -> Rule:
    def rule(grid: _Grid, node: Apply) -> Any:
        array = np.moveaxis(grid.of(node.args[0]), axis, 0)
        return array[grid.offsets(node.args[1], array.shape[0])]

    return rule


def _together(combine: Callable[[Any, Any], Any]) -> Rule:
    """Return the rule of an operation that combines its arguments entry by entry; numbers go with every entry."""

    def rule(grid: _Grid, node: Apply) -> Any:
        first, *others = (grid.of(a, node.ndim) for a in node.args)
        for other in others:
            first = combine(first, other)
        return first

    return rule


def _mul(grid: _Grid, node: Apply) -> Any:
    """Return a chain of products: of numbers with anything, of rows, columns and matrices."""
    out, ndim = grid.of(node.args[0]), node.args[0].ndim
    moves = node.args[0] in grid.held
    for arg, (left, right, made) in zip(node.args[1:], partial(node), strict=True):
        other = grid.of(arg)
        if not left or not right:
            wide = len(left) + len(right)
            out = _widened(out, moves and not left, wide) * _widened(other, arg in grid.held and not right, wide)
        else:
            column = out[..., None] if ndim == 1 else out
            pair = np.matmul(column, other[..., None] if len(right) == 1 else other)
            out = pair if len(made) > 1 else pair[..., 0] if made else pair[..., 0, 0]
        moves, ndim = moves or arg in grid.held, len(made)
    return out


def _widened(value: Any, number: bool, ndim: int) -> Any:
    """Return a number for each place of the grid, ready to go with `ndim` axes."""
    return value.reshape(value.shape + (1,) * ndim) if number else value


def _transposed(grid: _Grid, node: Apply) -> Any:
    value = grid.of(node.args[0])
    return value[..., None, :] if node.args[0].ndim == 1 else np.swapaxes(value, -1, -2)


def _pow(grid: _Grid, node: Apply) -> Any:
    base, power = grid.of(node.args[0]), grid.of(node.args[1])
    return node.op.value(node, (base, power), grid.size) if not np.ndim(power) else np.power(base, power)


def _compared(grid: _Grid, node: Apply) -> Any:
    return COMPARED[node.op.name](grid.of(node.args[0]), grid.of(node.args[1]))


def _divided(grid: _Grid, node: Apply) -> Any:
    return grid.of(node.args[0]) / grid.of(node.args[1], node.ndim)


RULES: dict[str, Rule] = {
    "entry": _entry, "row": _line(0), "col": _line(1), "add": _together(np.add), "mul": _mul, "div": _divided,
    "pow": _pow, "hadamard": _together(np.multiply), "transpose": _transposed,
    "neg": lambda grid, node: np.negative(grid.of(node.args[0])), **dict.fromkeys(COMPARED, _compared),
}
