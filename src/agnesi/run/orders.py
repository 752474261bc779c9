"""Claims with O(·) and o(·): whether the rest is as small as they say, seen as their variables go to the limit.

    sin x = x − x³/6 + O(x⁵)          the rest, over x⁵, stays bounded as x → 0
    H_n = log n + γ + O(1/n)          the rest, over 1/n, stays bounded as n → ∞
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mpmath import mp, mpf

from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Expr, constant, postorder, replace, symbols_of
from agnesi.run.precise import precisely
from agnesi.run.precise_values import exactly

ORDERS = frozenset(("big_o", "little_o"))
NEAR, FAR = 24, 48  # the rest is looked at for variables 2⁻²⁴ and 2⁻⁴⁸ of what they are
DIGITS = 200
CLEAR = 0.4  # of an exponent: the rest over its order goes as t^p, and |p| is clearly not 0
LEVEL = 1e-4  # the same, clearly 0: less than a logarithm makes of it


def orders_in(*roots: Expr) -> list[Apply]:
    """Return the terms O(·) and o(·) in expressions."""
    return [n for n in postorder(*roots) if isinstance(n, Apply) and n.op.name in ORDERS]


def order_holds(left: Expr, right: Expr, values: Mapping[str, Any], sizes: Mapping[str, int]) -> bool | None:
    """Tell whether left = right holds up to the one O(·) or o(·) in it, near the limit of its argument.

    The argument tells the limit: its variables, which must have `values`, go to 0, or to infinity where that makes it
    smaller (so O(n²) is read as n → 0: not for costs). None where that cannot be told, or has logarithms in it.
    """
    found = set(orders_in(left, right))
    if len(found) != 1:
        return None
    (term,) = found
    order = term.args[0]
    names = [s.name for s in symbols_of(order) if s.name in values]
    rest = replace(left, {term: constant(0)}) - replace(right, {term: constant(0)})
    if not names or rest.shape or order.shape or rest is left:
        return None
    try:
        with mp.workdps(DIGITS):
            way = 1 if _size(order, names, values, sizes, 1) < _size(order, names, values, sizes, -1) else -1
            near, far = (_ratio(rest, order, names, values, sizes, way * k) for k in (NEAR, FAR))
            return _bounded(near, far, strictly=term.op.name == "little_o")
    except (AgnesiError, ArithmeticError, ValueError):
        return None


def _moved(names: Sequence[str], values: Mapping[str, Any], k: int) -> dict[str, Any]:
    """The values with those named divided by 2ᵏ."""
    return {n: exactly(v) / mpf(2) ** k if n in names else v for n, v in values.items()}


def _size(order: Expr, names: Sequence[str], values: Mapping[str, Any], sizes: Mapping[str, int], k: int) -> Any:
    return abs(precisely([order], _moved(names, values, k), sizes, DIGITS)[0])


def _ratio(
    rest: Expr, order: Expr, names: Sequence[str], values: Mapping[str, Any], sizes: Mapping[str, int], k: int
) -> Any:
    over, under = precisely([rest, order], _moved(names, values, k), sizes, DIGITS)
    return abs(over) / abs(under)


def _bounded(near: Any, far: Any, strictly: bool) -> bool | None:
    """Tell from the rest over its order at two places whether it stays bounded (or, strictly, goes to 0)."""
    if far == 0 or near == 0:
        return True if far == 0 else None
    power = -mp.log(far / near, 2) / (FAR - NEAR)  # the rest over its order goes as t to this power
    if strictly:
        return True if power > CLEAR else False if power < LEVEL else None
    return True if power > -LEVEL else False if power < -CLEAR else None
