"""Entries, rows, columns and blocks; indices count from 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from agnesi.errors import ShapeError
from agnesi.expr.dims import ONE, Dim, Shape, shape_of
from agnesi.expr.nodes import Const, Expr, apply, constant
from agnesi.expr.operation import Operation, operations
from agnesi.ops.arithmetic import total
from agnesi.ops.shapes import Args, Attrs, called, described, matrix


def _in_range(owner: Expr, position: Expr, dim: Dim) -> None:
    if position.shape:
        raise ShapeError(f"An index of {called(owner)} must be a number, but {described(position)}.")
    if isinstance(position, Const):
        number, size = position.value, dim.number
        if not isinstance(number, int) or number < 1 or (size is not None and number > size):
            raise ShapeError(f"{called(owner)} has no entry {number}: indices run from 1 to {dim}.")


def _entry_shape(args: Args, attrs: Attrs) -> Shape:
    owner, *positions = args
    row = owner.ndim == 2 and owner.shape[0] == ONE and len(positions) == 1
    dims = owner.shape[1:] if row else owner.shape
    if len(positions) != len(dims):
        raise ShapeError(
            f"{described(owner)}: it has {len(dims)} indices, not {len(positions)}.",
            repair=f"Write {called(owner)}[{','.join('ij'[: len(dims)] or 'i')}], or {called(owner)}[i,:] for a row.",
        )
    for position, dim in zip(positions, dims, strict=True):
        _in_range(owner, position, dim)
    return ()


def _entry(node: Expr, arrays: tuple[Any, ...], size: Any) -> Any:
    owner, *positions = arrays
    owner = owner[0] if np.ndim(owner) == len(positions) + 1 else owner
    return owner[tuple(offset(p) for p in positions)]


def offset(position: Any) -> int:
    """Return the offset from 0 of a position that counts from 1; below 1 there is no entry."""
    number = float(position.real)
    at = int(number)
    if at < 1 or at != number:
        raise IndexError(f"there is no index {number:g}")
    return at - 1


def _line_shape(axis: int) -> Any:
    def rule(args: Args, attrs: Attrs) -> Shape:
        owner, position = args
        shape = matrix("A row" if axis == 0 else "A column", lambda s: s)((owner,), attrs)
        _in_range(owner, position, shape[axis])
        return shape_of((shape[1 - axis],))

    return rule


def _block_shape(args: Args, attrs: Attrs) -> Shape:
    rows, columns = attrs
    heights, widths = [], []
    for r in range(rows):
        line = [_full(a) for a in args[r * columns : (r + 1) * columns]]
        if any(s[0] != line[0][0] for s in line):
            blocks = described(*args[r * columns : (r + 1) * columns])
            raise ShapeError(f"The blocks of row {r + 1} differ in height: {blocks}.")
        heights.append(line[0][0])
    for c in range(columns):
        line = [_full(a) for a in args[c::columns]]
        if any(s[1] != line[0][1] for s in line):
            raise ShapeError(f"The blocks of column {c + 1} differ in width: {described(*args[c::columns])}.")
        widths.append(line[0][1])
    return shape_of((sum(heights, Dim.of(0)), sum(widths, Dim.of(0))))


def _full(node: Expr) -> Shape:
    return node.shape + (ONE,) * (2 - node.ndim)


def _blocks(node: Any, arrays: tuple[Any, ...], size: Any) -> Any:
    rows, columns = node.attrs
    full = [np.asarray(x).reshape(tuple(size(d) for d in _full(a))) for a, x in zip(node.args, arrays, strict=True)]
    out = np.block([full[r * columns : (r + 1) * columns] for r in range(rows)])
    return out.reshape(tuple(size(d) for d in node.shape))


def _d_blocks(args: Args, dargs: tuple[Expr | None, ...], attrs: Attrs) -> Expr:
    still = [apply("zeros", attrs=a.shape) if a.shape else constant(0) for a in args]
    parts = [d if d is not None else zero for d, zero in zip(dargs, still, strict=True)]
    return apply("blocks", *parts, attrs=attrs)


def _d_first(op: str) -> Any:
    def rule(args: Args, dargs: tuple[Expr | None, ...], attrs: Attrs) -> Expr:
        return apply(op, dargs[0], *args[1:], attrs=attrs) if dargs[0] is not None else total([])

    return rule


operations.add(Operation(
    "entry", "entry", "An entry x_i or X_ij.", "MML 2.2", _entry_shape, _entry, linear=True, law="d(u_i) = (du)_i",
    differential=_d_first("entry"),
))
operations.add(Operation(
    "row", "entry", "Row i of a matrix, as a column vector.", "MML 2.2", _line_shape(0),
    lambda node, arrays, size: arrays[0][offset(arrays[1]), :], linear=True, law="a row of dU",
    differential=_d_first("row"),
))
operations.add(Operation(
    "col", "entry", "Column j of a matrix.", "MML 2.2", _line_shape(1),
    lambda node, arrays, size: arrays[0][:, offset(arrays[1])], linear=True, law="a column of dU",
    differential=_d_first("col"),
))
operations.add(Operation(
    "blocks", "entry", "A matrix of blocks, or a vector of stacked vectors.", "MML 2.3.3", _block_shape, _blocks,
    linear=True, law="block by block", differential=_d_blocks,
))
