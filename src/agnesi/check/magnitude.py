"""How large the terms of an expression are: what its rounding is measured by.

Sums, products, powers and traces of terms can cancel, so that their own value says nothing: xᵀy of orthogonal vectors
is as large as ‖x‖‖y‖. For every other operation it is the value that counts: exp(−40) is small.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from agnesi.expr.nodes import Apply, Expr, postorder

_LARGEST = frozenset(("add", "neg", "transpose", "sum", "mean", "tr", "diag", "diagonal", "vec"))
_PRODUCTS = frozenset(("mul", "hadamard", "inner", "kron"))
_POWERS = frozenset(("pow", "epow", "matpow"))


class Magnitude:
    """Magnitudes of expressions from the values of `leaves`, which a program gives."""

    def __init__(self, exprs: Sequence[Expr]) -> None:
        nodes = list(postorder(*exprs, below=_inside))
        place = {node: k for k, node in enumerate(nodes)}
        self.leaves = [n for n in nodes if not _inside(n)]
        self._count = len(nodes)
        self._given = [place[n] for n in self.leaves]
        self._wanted = [place[e] for e in exprs]
        joined = [n for n in nodes if isinstance(n, Apply) and _inside(n)]
        self._steps = [(place[n], _way(n), [place[a] for a in _inside(n)]) for n in joined]

    def of(self, values: Sequence[Any]) -> tuple[float, ...]:
        """Return the magnitude of each expression."""
        held = [0.0] * self._count
        for k, value in zip(self._given, values, strict=True):
            held[k] = float(abs(value)) if isinstance(value, float) else float(np.max(np.abs(value), initial=0.0))
        for k, way, below in self._steps:
            held[k] = way([held[a] for a in below])
        return tuple([held[k] for k in self._wanted])


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


def _way(node: Apply) -> Callable[[list[float]], float]:
    """Return how the magnitude of a node follows from those of its terms or factors."""
    if node.op.name in _LARGEST:
        return max
    if node.op.name in _PRODUCTS:
        return math.prod
    power = _whole(node)
    return lambda sizes: sizes[0] ** power
