"""How large the terms of an expression are: what its rounding is measured by.

Sums, products, powers and traces of terms can cancel, so that their own value says nothing: xᵀy of orthogonal vectors
is as large as ‖x‖‖y‖. For every other operation it is the value that counts: exp(−40) is small.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from agnesi.expr.nodes import Apply, Expr, postorder

_LARGEST = frozenset(("add", "neg", "transpose", "sum", "mean", "tr", "diag", "diagonal", "vec"))
_PRODUCTS = frozenset(("mul", "hadamard", "inner", "kron"))
_POWERS = frozenset(("pow", "epow", "matpow"))


class Magnitude:
    """Magnitudes of expressions from the values of `leaves`, which a program gives."""

    def __init__(self, exprs: Sequence[Expr]) -> None:
        self.exprs = tuple(exprs)
        self.nodes = list(postorder(*exprs, below=_inside))
        self.leaves = [n for n in self.nodes if not _inside(n)]

    def of(self, values: Sequence[Any]) -> tuple[float, ...]:
        """Return the magnitude of each expression."""
        held = {n: float(np.max(np.abs(v), initial=0.0)) for n, v in zip(self.leaves, values, strict=True)}
        for node in self.nodes:
            if node not in held:
                assert isinstance(node, Apply)
                held[node] = _combined(node, [held[a] for a in _inside(node)])
        return tuple(held[e] for e in self.exprs)


def _inside(node: Expr) -> tuple[Expr, ...]:
    """The arguments whose terms make up the node; none for a leaf."""
    if not isinstance(node, Apply):
        return ()
    if node.op.name in _LARGEST | _PRODUCTS:
        return node.args
    return node.args[:1] if node.op.name in _POWERS and _whole(node) else ()


def _whole(node: Apply) -> int:
    """The exponent where it is a positive whole number, else 0."""
    power = node.attrs[0] if node.op.name == "matpow" else getattr(node.args[-1], "value", 0)
    return int(power) if power in (1, 2, 3, 4) else 0


def _combined(node: Apply, sizes: list[float]) -> float:
    if node.op.name in _LARGEST:
        return max(sizes)
    return math.prod(sizes) if node.op.name in _PRODUCTS else sizes[0] ** _whole(node)
