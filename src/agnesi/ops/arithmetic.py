"""Sums, products, quotients, powers and transposes."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from agnesi.errors import ShapeError
from agnesi.expr.dims import ONE, Shape, shape_of
from agnesi.expr.nodes import Const, Expr, apply, constant
from agnesi.expr.operation import Operation, operations
from agnesi.ops.shapes import (
    Args,
    Attrs,
    added,
    called,
    described,
    like,
    product,
    same,
    scalars,
    square,
    times,
)


def total(terms: list[Expr]) -> Expr:
    """Return the written sum of terms (0 where there are none)."""
    if not terms:
        return constant(0)
    return terms[0] if len(terms) == 1 else apply("add", *terms)


def each(args: Args, dargs: tuple[Expr | None, ...], op: str) -> Expr:
    """Return the product rule: in turn, one argument is replaced by its differential."""
    terms: list[Expr] = []
    for k, darg in enumerate(dargs):
        if darg is not None:
            terms.append(apply(op, *args[:k], darg, *args[k + 1 :]))
    return total(terms)


def _mul(node: Expr, arrays: tuple[Any, ...], size: Any) -> Any:
    out = arrays[0]
    for array, (left, right, made) in zip(arrays[1:], partial(node), strict=True):
        if not left or not right:
            out = out * array
            continue
        column = out[:, None] if len(left) == 1 else out
        pair = column @ (array[:, None] if len(right) == 1 else array)
        out = pair if len(made) > 1 else pair.reshape(-1) if made else pair.reshape(())
    return out


def partial(node: Expr) -> list[tuple[Shape, Shape, Shape]]:
    """Return, for each further factor of a product: the shapes of the product so far, the factor and both together."""
    held: list[tuple[Shape, Shape, Shape]] = node.memo("partial", lambda: _partial(node.args))
    return held


def _partial(args: Args) -> list[tuple[Shape, Shape, Shape]]:
    out: list[tuple[Shape, Shape, Shape]] = []
    left = args[0].shape
    for arg in args[1:]:
        made = times(left, arg.shape)
        assert made is not None
        out.append((left, arg.shape, made))
        left = made
    return out


def _pow(node: Expr, arrays: tuple[Any, ...], size: Any) -> Any:
    base, power = arrays
    if np.ndim(power) == 0 and not np.iscomplexobj(power) and float(power).is_integer() and abs(power) < 2**31:
        whole = int(power)
        return np.asarray(base) ** whole if whole >= 0 else 1.0 / np.asarray(base) ** -whole
    return np.power(base, power)


def _by_scalar(args: Args, attrs: Attrs) -> Shape:
    if args[1].shape:
        a, b = called(args[0]), called(args[1])
        repair = f"Write {a} ./ {b} for the entrywise quotient."
        if args[1].ndim == 2:
            repair = f"Write {a} {b}⁻¹ or {b}⁻¹ {a} (they differ), or {a} ./ {b} entrywise."
        raise ShapeError(f"Cannot divide by {b}: {described(args[1])}.", repair=repair)
    return args[0].shape


def _entry_power(args: Args, attrs: Attrs) -> Shape:
    if args[1].shape:
        raise ShapeError(f"An entrywise power wants a scalar exponent, but {described(args[1])}.")
    return args[0].shape


def _scalar_power(args: Args, attrs: Attrs) -> Shape:
    base, power = args
    if base.ndim == 1 and isinstance(power, Const) and power.value == 2:
        a = called(base)
        raise ShapeError(f"{a}² of a vector has two meanings.", repair=f"Write {a} ⊙ {a} or ‖{a}‖².")
    return scalars("A power")(args, attrs)


def _transposed(args: Args, attrs: Attrs) -> Shape:
    shape = args[0].shape
    if len(shape) == 1:
        return (ONE, shape[0])
    if len(shape) > 2:
        raise ShapeError(f"A transpose is for vectors and matrices, but {described(args[0])}.")
    return shape_of(shape[::-1])


def _transpose(node: Expr, arrays: tuple[Any, ...], size: Any) -> Any:
    array = arrays[0]
    if np.ndim(array) == 2 and len(node.shape) == 2:
        return array.T
    return np.transpose(array).reshape(tuple(size(d) for d in node.shape)) if np.ndim(array) else array


def _matpow_shape(args: Args, attrs: Attrs) -> Shape:
    if int(attrs[0]) < 1:
        raise ShapeError(f"A matrix power is 1 or more, not {attrs[0]}.", repair="Write I for X⁰ and inv(X) for X⁻¹.")
    return square("A matrix power")(args, attrs)


def _d_add(args: Args, dargs: tuple[Expr | None, ...], attrs: Attrs) -> Expr:
    """The sum of the differentials; where a scalar alone moves, it moves every entry: d(u + s) = ds 𝟏."""
    moved = total([t for t in dargs if t is not None])
    shape = added(args, attrs)
    return moved if moved.shape == shape else moved * apply("ones", attrs=shape)


def _d_matpow(args: Args, dargs: tuple[Expr | None, ...], attrs: Attrs) -> Expr:
    (x,), (dx,), k = args, dargs, int(attrs[0])
    assert dx is not None
    terms: list[Expr] = []
    for r in range(k):
        parts = [*_power_parts(x, r), dx, *_power_parts(x, k - 1 - r)]
        terms.append(parts[0] if len(parts) == 1 else apply("mul", *parts))
    return total(terms)


def _power_parts(x: Expr, k: int) -> list[Expr]:
    return [] if k == 0 else [x if k == 1 else apply("matpow", x, attrs=(k,))]


def _d_div(args: Args, dargs: tuple[Expr | None, ...], attrs: Attrs) -> Expr:
    (a, s), (da, ds) = args, dargs
    terms: list[Expr] = []
    if da is not None:
        terms.append(apply("div", da, s))
    if ds is not None:
        terms.append(-apply("div", ds * a, s**2))
    return total(terms)


def _d_ediv(args: Args, dargs: tuple[Expr | None, ...], attrs: Attrs) -> Expr:
    (a, b), (da, db) = args, dargs
    terms: list[Expr] = []
    if da is not None:
        terms.append(da / b)
    if db is not None:
        terms.append(-((a * db) / b**2))
    return total(terms)


def _d_pow(args: Args, dargs: tuple[Expr | None, ...], attrs: Attrs) -> Expr:
    (u, p), (du, dp) = args, dargs
    terms: list[Expr] = []
    if du is not None:
        lower = _minus_one(p)
        terms.append(p * (du if lower is None else (u if lower == constant(1) else u**lower) * du))
    if dp is not None:
        terms.append(dp * (u**p * apply("log", u)))
    return total(terms)


def _minus_one(p: Expr) -> Expr | None:
    """Return p − 1, or None where that is 0."""
    if isinstance(p, Const):
        return constant(p.value - 1) if p.value != 1 else None
    return p - 1


def _kron_shape(args: Args, attrs: Attrs) -> Shape:
    left, right = args
    if left.ndim > 2 or right.ndim > 2:
        raise ShapeError(f"A Kronecker product is for vectors and matrices, but {described(left, right)}.")
    if left.ndim == right.ndim:
        return shape_of(a * b for a, b in zip(left.shape, right.shape, strict=True))
    a = left.shape + (ONE,) * (2 - left.ndim)
    b = right.shape + (ONE,) * (2 - right.ndim)
    return shape_of(p * q for p, q in zip(a, b, strict=True))


def _kron(node: Expr, arrays: tuple[Any, ...], size: Any) -> Any:
    def full(array: Any) -> Any:
        array = np.asarray(array)
        return array.reshape(array.shape + (1,) * (2 - array.ndim))

    out = np.kron(full(arrays[0]), full(arrays[1]))
    return out.reshape(tuple(size(d) for d in node.shape))


def _inner_shape(args: Args, attrs: Attrs) -> Shape:
    left, right = args
    if left.shape != right.shape:
        raise ShapeError(f"An inner product wants equal shapes, but {described(left, right)}.")
    return ()


operations.add(Operation(
    "add", "arithmetic", "The sum of its terms, entry by entry.", "MML 2.2.1", added,
    lambda node, arrays, size: reduce(lambda a, b: a + b, arrays), linear=True, law="d(u + v) = du + dv",
    differential=_d_add,
))
operations.add(Operation(
    "neg", "arithmetic", "The negative.", "MML 2.2.1", like, lambda node, arrays, size: -arrays[0],
    linear=True, law="d(−u) = −du", differential=lambda a, d, _: apply("neg", d[0]),  # type: ignore[arg-type]
))
operations.add(Operation(
    "mul", "arithmetic", "The product: of numbers, a scaling, or a chain of matrix products.", "MML 2.2.1", product,
    _mul, law="d(UV) = dU V + U dV", differential=lambda a, d, _: each(a, d, "mul"),
))
operations.add(Operation(
    "hadamard", "arithmetic", "The entrywise (Hadamard) product.", "MML 2.2.1", same("multiply entrywise"),
    lambda node, arrays, size: reduce(lambda a, b: a * b, arrays), law="d(u ⊙ v) = du ⊙ v + u ⊙ dv",
    differential=lambda a, d, _: each(a, d, "hadamard"),
))
operations.add(Operation(
    "div", "arithmetic", "The quotient by a scalar.", "MML 5.1.2", _by_scalar,
    lambda node, arrays, size: arrays[0] / arrays[1], law="d(u/s) = du/s − u ds/s²", differential=_d_div,
    edges=(0.0,),
))
operations.add(Operation(
    "ediv", "arithmetic", "The entrywise quotient.", "Parr & Howard 4.2", same("divide entrywise"),
    lambda node, arrays, size: arrays[0] / arrays[1], law="d(u ./ v) = du ./ v − u ⊙ dv ./ v²", differential=_d_ediv,
    edges=(0.0,),
))
operations.add(Operation(
    "pow", "arithmetic", "A power of a scalar.", "MML 5.1.2", _scalar_power, _pow, law="d uᵖ = p uᵖ⁻¹ du",
    differential=_d_pow, edges=(0.0,),
))
operations.add(Operation(
    "epow", "arithmetic", "The power of every entry.", "Parr & Howard 4.2", _entry_power, _pow,
    law="d uᵖ = p uᵖ⁻¹ ⊙ du (entrywise)", differential=_d_pow, edges=(0.0,),
))
operations.add(Operation(
    "matpow", "arithmetic", "The whole power Xᵏ of a square matrix.", "Matrix Cookbook 2.4", _matpow_shape,
    lambda node, arrays, size: np.linalg.matrix_power(arrays[0], node.attrs[0]),
    law="d Xᵏ = dX Xᵏ⁻¹ + X dX Xᵏ⁻² + ... + Xᵏ⁻¹ dX", differential=_d_matpow,
))
operations.add(Operation(
    "transpose", "arithmetic", "The transpose; of a vector, the row with its entries.", "MML 2.2.2", _transposed,
    _transpose, einsum="ij->ji", linear=True, law="d(Uᵀ) = (dU)ᵀ",
    differential=lambda a, d, _: apply("transpose", d[0]),  # type: ignore[arg-type]
))
operations.add(Operation(
    "inner", "arithmetic", "The inner product: the sum of the products of entries.", "MML 3.2", _inner_shape,
    lambda node, arrays, size: np.sum(arrays[0] * arrays[1]), names=("dot", "inner"),
    law="d⟨u, v⟩ = ⟨du, v⟩ + ⟨u, dv⟩", differential=lambda a, d, _: each(a, d, "inner"),
))
operations.add(Operation(
    "kron", "arithmetic", "The Kronecker product: every entry of A times B.", "Magnus & Neudecker 2.2", _kron_shape,
    _kron,
    names=("kron",), law="d(A ⊗ B) = dA ⊗ B + A ⊗ dB", differential=lambda a, d, _: each(a, d, "kron"),
))
