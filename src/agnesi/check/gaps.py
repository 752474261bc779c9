"""How far a relation is from failing at a point: the gap between its sides, relative to the largest term in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Apply, Expr, postorder

STRICT_ONES = frozenset(("lt", "gt", "ne", "succ", "prec"))
REVERSED = frozenset(("ge", "gt", "succeq", "succ"))
DEFINITE = frozenset(("succeq", "succ", "preceq", "prec"))
LEVEL = 1e-14  # relative: sides that floats cannot tell apart
SYMMETRIC = 1e-9
# Operations whose arguments are terms: the result may be far smaller than they are.
_THROUGH = frozenset(("add", "neg", "sum", "mean", "tr", "transpose", "diag", "diagonal", "Sum"))


@dataclass(frozen=True)
class Gap:
    """The gap (negative where the relation fails) as it is and relative to `scale`; `level` where it is 0 in floats."""

    absolute: float
    scale: float

    @property
    def relative(self) -> float:
        """The gap over the largest term."""
        return self.absolute / self.scale if self.scale else 0.0

    @property
    def level(self) -> bool:
        """Whether floats cannot tell the sides apart."""
        return abs(self.relative) <= LEVEL


def gap_of(relation: str) -> Callable[[tuple[Any, ...]], Gap | None]:
    """Return the function from (left, right, *terms) to the gap; None where the sides cannot be compared.

    Raises `NotNumeric` for a relation without a gap.
    """
    if relation not in STRICT_ONES | REVERSED | DEFINITE | {"le"}:
        raise NotNumeric(f"The relation {relation} is not attacked.", expected="≤, <, ≥, >, ≠, ⪰ or ≻")
    sign = -1.0 if relation in REVERSED else 1.0
    smallest = _apart if relation == "ne" else _definite if relation in DEFINITE else _entry

    def gap(roots: tuple[Any, ...]) -> Gap | None:
        left, right = (_real(v) for v in roots[:2])
        if left is None or right is None:
            return None
        sides = _fitted(left, right, relation in DEFINITE)
        if sides is None:
            return None
        scale = max([_size(v) for v in roots])
        found = smallest(sign * (sides[1] - sides[0]), scale)
        return None if found is None else Gap(found, scale)

    return gap


def _size(value: Any) -> float:
    return float(abs(value)) if isinstance(value, float) else float(np.abs(value).max(initial=0.0))


def _real(value: Any) -> Any:
    """The real array, or None where a value is complex."""
    if isinstance(value, float):
        return value
    x = np.asarray(value)
    if np.iscomplexobj(x):
        return None if np.max(np.abs(x.imag), initial=0.0) > 1e-12 * np.max(np.abs(x), initial=0.0) else x.real
    return x


def _fitted(a: Any, b: Any, definite: bool) -> tuple[Any, Any] | None:
    """Both sides in one shape: a number beside a matrix stands for every entry, or in ⪰ for a multiple of I."""
    if np.shape(a) == np.shape(b):
        return a, b
    a, b = np.asarray(a), np.asarray(b)
    if definite and 0 in (a.ndim, b.ndim):
        size = max(len(np.atleast_1d(a)), len(np.atleast_1d(b)))
        return (a * np.eye(size) if a.ndim == 0 else a), (b * np.eye(size) if b.ndim == 0 else b)
    if a.size == b.size:
        return a.reshape(b.shape), b
    return (a, b.reshape(())) if b.size == 1 else (a.reshape(()), b) if a.size == 1 else None


def _entry(difference: Any, scale: float) -> float | None:
    if isinstance(difference, float):
        return float(difference)
    return float(difference.min()) if difference.size else None


def _apart(difference: Any, scale: float) -> float | None:
    return float(np.max(np.abs(difference))) if np.size(difference) else None


def _definite(difference: Any, scale: float) -> float | None:
    x = np.atleast_2d(difference)
    if x.ndim != 2 or x.shape[0] != x.shape[1] or np.max(np.abs(x - x.T), initial=0.0) > SYMMETRIC * scale:
        return None
    return float(np.linalg.eigvalsh((x + x.T) / 2)[0])


def terms(*sides: Expr) -> list[Expr]:
    """Return the terms that the sides add up, at the top and under sums and traces: they set the size of rounding."""
    found: dict[Expr, None] = {}
    inside = postorder(*sides, below=lambda n: n.args if isinstance(n, Apply) and n.op.name in _THROUGH else ())
    for node in inside:
        if node not in sides:
            found[node] = None
    return list(found)
