"""The operations of the normal form: einsum products, sums, and the constant tensors that products use."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from agnesi.expr.dims import Dim, Shape
from agnesi.expr.nodes import Expr, apply
from agnesi.expr.operation import Operation, operations
from agnesi.ops.arithmetic import total
from agnesi.ops.code import code
from agnesi.ops.shapes import Args, Attrs


def _einsum_shape(args: Args, attrs: Attrs) -> Shape:
    _, subs, out, dims = attrs
    known = dict(dims)
    for arg, labels in zip(args, subs, strict=True):
        known.update(zip(labels, arg.shape, strict=True))
    return tuple(known[label] for label in out)


def _einsum(node: Any, arrays: tuple[Any, ...], size: Any) -> Any:
    """coef · Σ over the labels that are not in `out`; labels that no factor carries count as ones."""
    coef, subs, out, dims = node.attrs
    known = dict(dims)
    operands: list[Any] = []
    for array, labels in zip(arrays, subs, strict=True):
        operands += [array, list(labels)]
    carried = {label for labels in subs for label in labels}
    for label in out:
        if label not in carried:
            operands += [np.ones(size(known[label])), [label]]
            carried.add(label)
    scale = float(coef)
    for label, dim in dims:
        if label not in carried:
            scale *= size(dim)
    if not operands:
        return np.asarray(scale)
    return scale * np.einsum(*operands, list(out), optimize=len(operands) > 4)


def _fuse(node: Any, arrays: tuple[Any, ...], size: Any) -> Any:
    a, b = (size(Dim.of(d)) for d in node.attrs)
    return np.eye(a * b).reshape(a * b, a, b)


def _slot(node: Any, arrays: tuple[Any, ...], size: Any) -> Any:
    offset, width, total = (size(Dim.of(d)) for d in node.attrs)
    return np.eye(total, width, k=-offset)


_COMPARE = {"lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal}


def _mask(node: Any, arrays: tuple[Any, ...], size: Any) -> Any:
    kind, rows, columns = node.attrs
    i, j = np.indices((size(Dim.of(rows)), size(Dim.of(columns))))
    return _COMPARE[kind](i, j).astype(float)


operations.add(Operation(
    "einsum", "normal", "A product of factors with labelled axes. attrs: coefficient, labels of each factor, output "
    "labels, dims of labels that no factor carries.", "Laue, Mitterreiter, Giesen 2018", _einsum_shape, _einsum,
))
operations.add(Operation(
    "plus", "normal", "A sum of products of one shape.", "Laue, Mitterreiter, Giesen 2018",
    lambda args, attrs: args[0].shape,
    lambda node, arrays, size: reduce(lambda a, b: a + b, arrays),
))
operations.add(Operation(
    "fuse", "normal", "The constant tensor F_{p,a,b} = [p = (a − 1)·B + b] that joins two axes into one.",
    "Magnus & Neudecker 2.4",
    lambda args, attrs: (Dim.of(attrs[0]) * attrs[1], Dim.of(attrs[0]), Dim.of(attrs[1])), _fuse,
    code=code("xp.eye({a0} * {a1}, dtype={dtype}).reshape({shape})"),
))
operations.add(Operation(
    "slot", "normal", "The constant matrix that puts a block at an offset of a longer axis.", "MML 2.3.3",
    lambda args, attrs: (Dim.of(attrs[2]), Dim.of(attrs[1])), _slot, code=code(
        "np.eye({a2}, {a1}, -{a0}, dtype={dtype})", "jnp.eye({a2}, {a1}, -{a0}, dtype={dtype})",
        "(torch.arange({a2})[:, None] == torch.arange({a1}) + {a0}).to(dtype={dtype})",
    ),
))
operations.add(Operation(
    "mask", "normal", "The constant matrix of [i < j] and the like.", "Golub & Van Loan 1.2",
    lambda args, attrs: (Dim.of(attrs[1]), Dim.of(attrs[2])), _mask, code=code(
        "(np.arange({a1})[:, None] {a0} np.arange({a2})).astype({dtype})",
        "(jnp.arange({a1})[:, None] {a0} jnp.arange({a2})).astype({dtype})",
        "(torch.arange({a1})[:, None] {a0} torch.arange({a2})).to(dtype={dtype})",
    ),
))
operations.add(Operation(
    "power", "normal", "u^p entry by entry with an exponent that is not a number.", "MML 5.1.2",
    lambda args, attrs: args[0].shape,
    lambda node, arrays, size: np.power(arrays[0], arrays[1]), core=(0, 0), law="d uᵖ = p uᵖ⁻¹ du + uᵖ log u dp",
    differential=lambda args, dargs, attrs: _d_power(args, dargs),
    code=code("np.power", "jnp.power", "torch.pow", args=2),
))


def _d_power(args: Args, dargs: tuple[Expr | None, ...]) -> Expr:
    (u, p), (du, dp) = args, dargs
    terms: list[Expr] = []
    if du is not None:
        terms.append(p * (apply("power", u, p - 1) * du))
    if dp is not None:
        terms.append(dp * (apply("power", u, p) * apply("log", u)))
    return total(terms)
