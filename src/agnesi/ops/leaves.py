"""Constants with a shape: identity, ones, zeros, unit vectors, sizes, π and e."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from agnesi.expr.dims import Dim, Shape, shape_of
from agnesi.expr.nodes import Expr
from agnesi.expr.operation import Operation, operations
from agnesi.ops.code import code
from agnesi.ops.shapes import Args, Attrs


def _by_attrs(args: Args, attrs: Attrs) -> Shape:
    dims = tuple(Dim.of(d) for d in attrs)
    return dims if len(dims) > 2 else shape_of(dims)


def _filled(number: float) -> Any:
    def value(node: Expr, arrays: tuple[Any, ...], size: Any) -> Any:
        return np.full(tuple(size(d) for d in node.shape), number)

    return value


def _scalar(args: Args, attrs: Attrs) -> Shape:
    return ()


def _unit(node: Expr, arrays: tuple[Any, ...], size: Any) -> Any:
    n, at = size(node.shape[0]), int(np.real(arrays[0]))
    if not 1 <= at <= n:
        raise IndexError(f"there is no index {at} of {n}")
    return np.eye(n)[at - 1]


operations.add(Operation(
    "eye", "leaf", "The identity matrix.", "MML 2.2.1", lambda args, attrs: (Dim.of(attrs[0]),) * 2,
    lambda node, arrays, size: np.eye(size(node.shape[0])), names=("eye",), unicode="I", latex="I",
    code=code("xp.eye({a0}, dtype={dtype})"),
))
operations.add(Operation(
    "ones", "leaf", "A vector or matrix of ones.", "Parr & Howard 4.3", _by_attrs, _filled(1.0), names=("ones",),
    unicode="𝟏",
    latex=r"\mathbf{1}", code=code("xp.ones({shape}, dtype={dtype})"),
))
operations.add(Operation(
    "zeros", "leaf", "A vector or matrix of zeros.", "MML 2.2", _by_attrs, _filled(0.0), names=("zeros",), unicode="𝟎",
    latex=r"\mathbf{0}", code=code("xp.zeros({shape}, dtype={dtype})"),
))
operations.add(Operation(
    "basis", "leaf", "The unit vector e_k.", "MML 2.6", lambda args, attrs: (Dim.of(attrs[0]),), _unit, unicode="e",
    latex="e", code=code("unit({0}, {a0}, {dtype})"),
))
operations.add(Operation(
    "size", "leaf", "A size, as a number.", "MML 2.2", _scalar,
    lambda node, arrays, size: float(size(Dim.of(node.attrs[0]))),
    code=code("{a0}"),
))
operations.add(Operation(
    "pi", "leaf", "The constant π.", "PRML 1.46", _scalar, lambda node, arrays, size: math.pi, names=("pi",),
    unicode="π",
    latex=r"\pi", code=code("pi", args=0),
))
operations.add(Operation(
    "euler", "leaf", "The constant e.", "MML 5.1", _scalar, lambda node, arrays, size: math.e, unicode="e", latex="e",
    code=code("e", args=0),
))


