"""Wrong inequalities: another relation that holds, or another bound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agnesi.check.candidates import Diagnosis, by_cost, edits
from agnesi.check.probe import Probe, order_holds
from agnesi.check.slip_forms import pool_of
from agnesi.check.slip_places import places, put
from agnesi.check.slip_words import changed, difference
from agnesi.check.slips import Slip, slips
from agnesi.expr.clock import now
from agnesi.expr.nodes import Apply, Const, Expr, apply, postorder

MOST = 3
PLACES = 24
UNSURE = 0.5  # what it costs that many bounds hold
BOUNDS = (  # what is usual in a bound, the most frequent first
    "other function", "square lost", "square too much", "root lost", "root too much", "factor n lost", "1/n lost",
    "absolute value lost",
)


def other_relation(relation: str, above: Expr, line: Expr, probe: Probe) -> tuple[Diagnosis, ...]:
    """Return the slips by which another relation holds between the sides."""
    found: list[Diagnosis] = []
    for slip in by_cost():
        meant = slip.relations.get(relation)
        if meant is None or not order_holds(meant, above, line, probe):
            continue
        whole = apply(meant, above, line)
        words = f"It would be right as {whole}. Probably {slip.words}."
        place = (apply(relation, above, line), whole)
        found.append(Diagnosis(slip.name, words, whole, place, slip.explanation, slip.source, slip.cost))
    return tuple(found[:MOST])


def other_bound(
    relation: str, above: Expr, line: Expr, probe: Probe, context: Sequence[Expr], budget: float
) -> tuple[Diagnosis, ...]:
    """Return the first slip in the bound, or in what is bounded, without which the inequality holds."""
    end = now() + budget
    for slip, wrong, right, left, bound in _bounds(above, line, context):
        if now() > end:
            return ()
        if order_holds(relation, left, bound, probe):
            whole = apply(relation, left, bound)
            words = f"It would be right {changed(*difference(wrong, right))}: {whole}. Probably {slip.words}."
            cost = slip.cost + UNSURE
            return (Diagnosis(slip.name, words, whole, (wrong, right), slip.explanation, slip.source, cost),)
    return ()


def _is_root_of_number(node: Expr) -> bool:
    return isinstance(node, Apply) and node.op.name == "sqrt" and isinstance(node.args[0], Const)


def _bounds(above: Expr, line: Expr, context: Sequence[Expr]) -> Iterator[tuple[Slip, Expr, Expr, Expr, Expr]]:
    """Yield (slip, the wrong side, that side mended, both sides then)."""
    pool = pool_of((above, line, *context))
    for name in BOUNDS:
        for turned, side in ((False, line), (True, above)):
            for place in places(side, PLACES):
                for right in edits(slips[name], place, pool):
                    whole = put(place, right)
                    if whole is None or whole is above or whole is line or whole.shape != side.shape:
                        continue  # x² ≥ x² would teach nothing
                    if not any(_is_root_of_number(n) for n in postorder(whole)):
                        yield slips[name], side, whole, whole if turned else above, line if turned else whole
