"""P(h | s) = ∫ p P(p | s) dp: a mean of values and the probability of something else agree by a model only."""

from __future__ import annotations

from agnesi.expr.nodes import Apply, Bind, Expr, Symbol, postorder, symbols_of

_MEASURES = frozenset(("probability", "density"))


def modelled(left: Expr, right: Expr) -> str:
    """Return a probability of one side that only a model ties to the mean of values on the other, or ""."""
    for one, other in ((left, right), (right, left)):
        if not _averages(one):
            continue
        known = {s.name for s in symbols_of(one)}
        for node in postorder(other):
            if isinstance(node, Apply) and node.op.name in _MEASURES and {s.name for s in symbols_of(node)} - known:
                return str(node)
    return ""


def _averages(side: Expr) -> bool:
    """Tell whether a side has ∫ p P(p | s) dp in it: p as a number beside its probability."""
    for node in postorder(side):
        if not (isinstance(node, Bind) and node.op.name == "Integral"):
            continue
        for part in postorder(node):
            if not (isinstance(part, Apply) and part.op.name == "mul"):
                continue
            plain = {a for a in part.args if isinstance(a, Symbol)}
            if any(isinstance(a, Apply) and a.op.name in _MEASURES and plain & set(symbols_of(a)) for a in part.args):
                return True
    return False
