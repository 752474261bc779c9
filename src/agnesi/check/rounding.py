"""How far a sum of rounded decimals may be from what it stands for: 0.137 + 0.332 for h(0.1); the digits written."""

from __future__ import annotations

from fractions import Fraction

from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Const, Expr, constant, postorder, replace
from agnesi.run.reference import evaluate

_ARITHMETIC = frozenset(("add", "mul", "neg", "div"))
_MOST = 9  # digits from which a number is no decimal that was rounded by hand: 1/3 in binary
_FEWEST = 2  # digits behind the point of a number that may be rounded: 0.5 is exact


def rounded_by(side: Expr, fewest: int = _FEWEST) -> float:
    """Return how much the value of a sum or product of decimals may be off by their rounding; 0 for all else.

    Numbers with less than `fewest` digits behind the point are exact.
    """
    nodes = list(postorder(side))
    if _scientific(side):
        fewest = 1  # 9.8 × 10⁻⁴
    if not all(isinstance(n, Const) or _power_of_ten(n) or _is_arithmetic(n) for n in nodes):
        return 0.0
    off = 0.0
    for one in dict.fromkeys(n for n in nodes if isinstance(n, Const)):
        step = _half_digit(one, fewest)
        if not step:
            continue
        try:
            ends = [float(evaluate(replace(side, {one: constant(float(one.value) + d)}), {})) for d in (step, -step)]
        except (AgnesiError, ArithmeticError, TypeError, ValueError):
            return 0.0
        off += abs(ends[0] - ends[1]) / 2
    return 1.0001 * off


def _is_arithmetic(one: Expr) -> bool:
    return isinstance(one, Apply) and one.op.name in _ARITHMETIC


def _scientific(side: Expr) -> bool:
    """Tell whether a number is written with a power of ten behind it: −1.554 × 10⁻⁴."""
    inner = side.args[0] if isinstance(side, Apply) and side.op.name == "neg" else side
    return isinstance(inner, Apply) and inner.op.name == "mul" and len(inner.args) == 2 and _power_of_ten(inner.args[1])


def last_digits(side: Expr) -> list[float]:
    """Return the place value of the last digit of each entry: 0.01 for 2.14, (0.1, 0.01) for (1.5, 0.25).

    A number without a point and anything that is worked out have none: the list is empty then.
    """
    entries = side.args if isinstance(side, Apply) and side.op.name == "blocks" else (side,)
    found = [_last_digit(one) for one in entries]
    return [d for d in found if d is not None] if None not in found else []


def rounded_entries(side: Expr) -> list[float] | None:
    """Return by how much each entry of an array of written numbers may be rounded: 0 for a whole one, None for others.

    Some entry must have two digits behind its point: (1.5, 2) is meant as it stands.
    """
    if not isinstance(side, Apply) or side.op.name != "blocks":
        return None
    entries = [e.args[0] if isinstance(e, Apply) and e.op.name == "neg" else e for e in side.args]
    if not all(isinstance(e, Const) for e in entries):
        return None
    units = [_last_digit(e) or 0.0 for e in entries]
    return [0.5001 * u if u < 1 else 0.0 for u in units] if any(0 < u < 0.05 for u in units) else None


def _last_digit(one: Expr) -> float | None:
    """Return the place value of the last digit of ±2.14 or 2.14 · 10⁻⁶."""
    scale = 1.0
    while isinstance(one, Apply) and one.op.name in ("neg", "mul"):
        if len(one.args) > 2 or (len(one.args) == 2 and not _power_of_ten(one.args[1])):
            return None
        scale *= float(evaluate(one.args[1], {})) if len(one.args) == 2 else 1.0
        one = one.args[0]
    if not isinstance(one, Const) or not isinstance(one.value, float | Fraction):
        return None
    shown = f"{float(one.value):.12e}".split("e")
    digits = len(shown[0].rstrip("0").partition(".")[2])
    return scale * 10.0 ** (int(shown[1]) - digits) if digits + 1 < _MOST else None


def _power_of_ten(one: Expr) -> bool:
    if not isinstance(one, Apply) or one.op.name != "pow" or not isinstance(one.args[0], Const):
        return False
    return one.args[0].value == 10 and all(isinstance(n, Const | Apply) for n in postorder(one))


def _half_digit(one: Const, fewest: int) -> float:
    """Return half of the last digit of a decimal; 0 for what is exact."""
    if not isinstance(one.value, float | Fraction):
        return 0.0
    shown = f"{float(one.value):.12g}"
    digits = len(shown.partition(".")[2]) if "e" not in shown else 0
    return 0.5 * 10.0**-digits if fewest <= digits < 8 else 0.0
