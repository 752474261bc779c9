"""Operations over leading batch axes, as the normal form needs them for functions under an index."""

from __future__ import annotations

from typing import Any

import agnesi.ops  # noqa: F401  the batched operations are made from the registered ones
from agnesi.expr.dims import Shape
from agnesi.expr.nodes import Expr, apply, constant
from agnesi.expr.operation import Operation, operations


def lifted(op: Operation, bases: list[Expr], attrs: tuple[Any, ...], batch: int) -> Expr:
    """Return op over the trailing core axes of its arguments; the rest are batch axes."""
    if batch == 0:
        return apply(op, *bases, attrs=attrs)
    return apply(batched(op), *bases, attrs=(batch, *attrs))


def batched(op: Operation) -> Operation:
    """Return the operation `op` over leading batch axes; attrs[0] is how many."""
    return operations[f"batched {op.name}"]


def _over_batches(op: Operation) -> Operation:
    def shape(args: tuple[Expr, ...], attrs: tuple[Any, ...]) -> Shape:
        k = attrs[0]
        inner = tuple(_placeholder(a.shape[k:]) for a in args)
        return args[0].shape[:k] + op.shape(inner, attrs[1:])

    def value(node: Any, arrays: tuple[Any, ...], size: Any) -> Any:
        k = node.attrs[0]
        inner = apply(op, *(_placeholder(a.shape[k:]) for a in node.args), attrs=node.attrs[1:])
        return op.value(inner, arrays, size)

    extra = {"of": op, "analytic": op.extra.get("analytic", True)}
    return Operation(
        f"batched {op.name}", "normal", f"{op.doc} Over leading batch axes.", op.source, shape, value,
        core=op.core, core_out=op.core_out, range=op.range, extra=extra,
    )  # fmt: skip


def _placeholder(shape: Shape) -> Expr:
    return apply("zeros", attrs=shape) if shape else constant(0)


for _op in tuple(operations):
    if _op.core is not None and any(_op.core):
        operations.add_unlisted(_over_batches(_op))
