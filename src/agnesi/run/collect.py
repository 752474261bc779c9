"""How the values under a binder over indices are put together: sums, products, extremes, tensors by their entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

import numpy as np

from agnesi.errors import NotNumeric
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Bind, Index
from agnesi.ops.shapes import called

Entries = Iterable[tuple[tuple[int, ...], Any]]  # the values of the indices, and of the body there


class Sized(Protocol):
    """What knows the numbers that dims are."""

    def size(self, dim: Dim | str | int) -> int:
        """Return the number that a dim is."""
        ...


def _sum(node: Bind, entries: Entries, run: Sized) -> Any:
    total = None
    for _, value in entries:
        total = value if total is None else total + value
    return np.zeros(tuple(run.size(d) for d in node.shape))[()] if total is None else total


def _product(node: Bind, entries: Entries, run: Sized) -> Any:
    if node.ndim > 1:
        raise NotNumeric(f"A product over an index is for scalars and vectors, not matrices: {called(node)}.")
    total = np.ones(tuple(run.size(d) for d in node.shape))[()]
    for _, value in entries:
        total = total * value
    return total


def _extreme(sign: int, where: bool) -> Callable[[Bind, Entries, Sized], Any]:
    def collect(node: Bind, entries: Entries, run: Sized) -> Any:
        if node.body.shape:
            raise NotNumeric(f"Only numbers are larger and smaller than each other: {called(node)}.")
        best = max(entries, key=lambda item: sign * float(np.real(item[1])), default=None)
        if best is None:
            raise NotNumeric(f"There is no entry to choose from in {called(node)}.")
        if where and len(node.variables) > 1:
            raise NotNumeric(f"{node.op.name} over several indices is not one number.")
        return np.float64(best[0][0]) if where else best[1]

    return collect


def _tensor(node: Bind, entries: Entries, run: Sized) -> Any:
    items = list(entries)
    kind = complex if any(np.iscomplexobj(v) for _, v in items) else float
    out = np.zeros(tuple(run.size(v.dim) for v in node.variables if isinstance(v, Index)), dtype=kind)
    for position, value in items:
        out[tuple(p - 1 for p in position)] = value
    return out.reshape(tuple(run.size(d) for d in node.shape))


COLLECT: dict[str, Callable[[Bind, Entries, Any], Any]] = {
    "Sum": _sum, "Prod": _product, "Tensor": _tensor, "Max": _extreme(1, False), "Min": _extreme(-1, False),
    "Argmax": _extreme(1, True), "Argmin": _extreme(-1, True),
}
