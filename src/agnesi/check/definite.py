"""The order of symmetric matrices: A ⪰ B where A − B has no eigenvalue below 0; of vectors, entry by entry."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from agnesi.errors import ReadError
from agnesi.expr.nodes import Const, Expr, apply, constant

LOEWNER: Mapping[str, str] = MappingProxyType({"succeq": "ge", "succ": "gt", "preceq": "le", "prec": "lt"})


def by_eigenvalue(op: str, left: Expr, right: Expr) -> tuple[str, Expr, Expr]:
    """Return A ⪰ B as λ_min(A − B) ≥ 0, with the symmetric part of A − B; other relations as they are."""
    if op not in LOEWNER:
        return op, left, right
    if left.ndim < 2 and right.ndim < 2:
        return LOEWNER[op], left, right
    large, small = (left, right) if op.startswith("succ") else (right, left)
    gap = large if _is_zero(small) else apply("neg", small) if _is_zero(large) else large - small
    if gap.ndim != 2 or gap.shape[0] != gap.shape[1]:
        raise ReadError("An order of matrices wants square ones.", repair="Write A ⪰ B of symmetric matrices.")
    even = apply("mul", constant(0.5), gap + apply("transpose", gap))
    return "ge" if op.endswith("eq") else "gt", apply("lammin", even), constant(0)


def _is_zero(side: Expr) -> bool:
    return isinstance(side, Const) and side.value == 0
