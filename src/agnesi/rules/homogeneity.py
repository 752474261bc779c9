"""Homogeneous functions: f(t x) = t^k f(x) for t > 0, seen from the normal form."""

from __future__ import annotations

from fractions import Fraction

from agnesi.expr.nodes import Apply, Const, Expr, postorder


def degree(node: Expr, variable: Expr) -> Fraction | None:
    """Return k where f(t x) = t^k f(x) for t > 0, seen from the normal form; None where it is not seen."""
    values: dict[Expr, Fraction | None] = {}
    for sub in postorder(node):
        values[sub] = _degree(sub, variable, values)
    return values[node]


_SAME = (
    "abs",
    "relu",
    "max",
    "min",
    "maximum",
    "minimum",
    "lammax",
    "lammin",
    "normnuc",
    "eigvals",
    "singvals",
)


def _degree(node: Expr, variable: Expr, values: dict[Expr, Fraction | None]) -> Fraction | None:
    if node is variable:
        return Fraction(1)
    below = [values[a] for a in node.args]
    if not below:
        return Fraction(0)
    if not isinstance(node, Apply) or any(b is None for b in below):
        return None
    known = [b for b in below if b is not None]
    name = node.op.extra["of"].name if "of" in node.op.extra else node.op.name
    if name == "einsum":
        return sum(known, Fraction(0))
    if name == "plus" or name in _SAME:
        return known[0] if len(set(known)) == 1 else None
    if name == "epow" and isinstance(node.args[1], Const):
        return known[0] * Fraction(node.args[1].value)
    if name in ("inv", "pinv"):
        return -known[0]
    if name == "sqrtm":
        return known[0] / 2
    if name in ("sign", "step", "eigvecmax", "eigvecmin", "onehotmax", "polar"):
        return Fraction(0)
    return Fraction(0) if all(k == 0 for k in known) else None
