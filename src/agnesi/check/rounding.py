"""How far a sum of rounded decimals may be from what it stands for: 0.137 + 0.332 for h(0.1)."""

from __future__ import annotations

from fractions import Fraction

from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Const, Expr, constant, postorder, replace
from agnesi.run.reference import evaluate

_ARITHMETIC = frozenset(("add", "mul", "neg", "div"))
_FEWEST = 2  # digits behind the point of a number that may be rounded: 0.5 is exact


def rounded_by(side: Expr) -> float:
    """Return how much the value of a sum or product of decimals may be off by their rounding; 0 for all else."""
    nodes = list(postorder(side))
    if not all(isinstance(n, Const) or (isinstance(n, Apply) and n.op.name in _ARITHMETIC) for n in nodes):
        return 0.0
    off = 0.0
    for one in dict.fromkeys(n for n in nodes if isinstance(n, Const)):
        step = _half_digit(one)
        if not step:
            continue
        try:
            ends = [float(evaluate(replace(side, {one: constant(float(one.value) + d)}), {})) for d in (step, -step)]
        except (AgnesiError, ArithmeticError, TypeError, ValueError):
            return 0.0
        off += abs(ends[0] - ends[1]) / 2
    return 1.0001 * off


def _half_digit(one: Const) -> float:
    """Return half of the last digit of a decimal; 0 for what is exact."""
    if not isinstance(one.value, float | Fraction):
        return 0.0
    shown = f"{float(one.value):.12g}"
    digits = len(shown.partition(".")[2]) if "e" not in shown else 0
    return 0.5 * 10.0**-digits if _FEWEST <= digits < 8 else 0.0
