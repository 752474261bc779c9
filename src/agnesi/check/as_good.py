"""An optimum that is attained at several points: argmin x⁴ − 2x² is 1 and −1, and either may be given."""

from __future__ import annotations

from collections.abc import Callable

from agnesi.check.numbers import carried_out
from agnesi.check.report import Finding
from agnesi.check.settings import Setting
from agnesi.expr.nodes import Bind, Expr, Symbol, apply, constant, replace, symbols_of

BEST = frozenset(("Argmin", "Argmax"))
Judge = Callable[[Expr, Expr, Setting], Finding]


def as_good(left: Expr, right: Expr, setting: Setting, equal: Judge) -> Finding | None:
    """Return the finding for argmin f = v where v is another stationary point with the same value of f, else None."""
    for best, other in ((left, right), (right, left)):
        if not isinstance(best, Bind) or best.op.name not in BEST or len(best.args) > 1 or len(best.variables) > 1:
            continue
        variable = best.variables[0]
        if not isinstance(variable, Symbol) or variable.shape != other.shape or variable in symbols_of(other):
            continue
        slope = carried_out(apply("derivative", best.body, variable))
        flat = slope if slope.shape else apply("norm", slope)
        values = [replace(best.body, {variable: place}) for place in (best, other)]
        if equal(values[0], values[1], setting) and equal(replace(flat, {variable: other}), constant(0), setting):
            return Finding("tested", "it is one of several points with the same value", 1)
    return None
