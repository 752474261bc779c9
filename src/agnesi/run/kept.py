"""Values of integrals, limits and series, kept with the expression: the same point is asked for again and again.

A side is evaluated when a point is drawn, when it is compared, when its rounding is bounded and when it is shown; and
an integral without free letters has one value for all points.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from agnesi.errors import NotNumeric
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Bind, Expr, postorder, symbols_of

MOST = 64  # values for one expression
LARGE = 64  # entries of a value that is part of a key


def keepable(node: Bind) -> bool:
    """Tell whether the value follows from the symbols alone: nothing inside is moved, drawn or chosen."""

    def compute() -> bool:
        families = {n.op.family for n in postorder(node) if isinstance(n, Apply)}
        return not families & {"derivative", "probability"}

    return node.memo("keepable", compute)  # type: ignore[no-any-return]


def kept(node: Bind, env: Mapping[Any, Any], sizes: Mapping[str, int], compute: Callable[[], Any]) -> Any:
    """Return the value at a point, or raise what was raised there the last time."""
    key = _key(node, env, sizes)
    if key is None:
        return compute()
    held: dict[Any, Any] = node.memo("kept values", dict)
    if key not in held:
        if len(held) >= MOST:
            held.clear()
        begun = time.thread_time()
        try:
            held[key] = compute()
        except NotNumeric as error:
            held[key] = error
        spent = node.memo("spent", lambda: [0.0])
        spent[0] = max(spent[0], time.thread_time() - begun)
    found = held[key]
    if isinstance(found, NotNumeric):
        raise found
    return found


def cost(*roots: Expr) -> float:
    """Return the seconds of processor time that the integrals, limits and series in expressions took once."""
    inside = [n for n in postorder(*roots) if isinstance(n, Bind)]
    return float(sum(n.memo("spent", lambda: [0.0])[0] for n in inside))


def _key(node: Expr, env: Mapping[Any, Any], sizes: Mapping[str, int]) -> Any:
    """Return what the value depends on, or None where that is too much to compare."""
    out: list[Any] = []
    for one in symbols_of(node):
        if one.name not in env:
            return None
        value = np.asarray(env[one.name])
        if value.dtype == object or value.size > LARGE:
            return None
        out.append((one.name, value.dtype.char, value.shape, value.tobytes()))
    names = node.memo("size names", lambda: sorted(_size_names(node)))
    return (*out, *((n, sizes.get(n)) for n in names))


def _size_names(node: Expr) -> set[str]:
    """Return the names of the sizes that stand anywhere in an expression."""
    found: set[str] = set()
    for part in postorder(node):
        dims = [*part.shape, *(v.dim for v in getattr(part, "variables", ()) if hasattr(v, "dim"))]
        attrs = part.attrs if isinstance(part, Apply) else ()
        for dim in [*dims, *(a for a in attrs if isinstance(a, Dim))]:
            found |= set(dim.names)
    return found
