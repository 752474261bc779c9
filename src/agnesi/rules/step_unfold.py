"""From d(f) to the differentials of the variables, line by line."""

from __future__ import annotations

from collections.abc import Mapping

from agnesi.expr.nodes import Expr
from agnesi.rules.simplify import rebuild
from agnesi.rules.step_differential import FACTOR, Move, Rules, said
from agnesi.rules.step_line import Grain, Line, joined
from agnesi.rules.step_look import differentials


def open_differentials(expr: Expr, rules: Rules) -> list[Expr]:
    """Return the d-nodes that are not yet the differential of a variable."""
    return [n for n in differentials(expr) if n.args[0] not in rules.variables]


def chosen(moves: Mapping[Expr, Move], grain: Grain, merge: int) -> list[Expr]:
    """Return which of the open differentials the next line rewrites."""
    nodes = list(moves)
    if grain == "all":
        return nodes[:1]
    if grain == "fewer" or merge:
        return nodes
    bent = [n for n in nodes if not moves[n].linear]
    return [n for n in bent if moves[n].words == moves[bent[0]].words] or nodes


def worded(used: list[Move]) -> str:
    """Name the laws of one line, with all constants in one sentence."""
    told = [m for m in used if m.sums or m.constants]
    words = [m.words for m in used if m not in told]
    if told:
        words.append(said(any(m.sums for m in told), [c for m in told for c in m.constants]))
    return joined(words)


def unfold(
    start: Expr, rules: Rules, grain: Grain, merge: int = 0, label: str = "df", brief: bool = True
) -> list[Line]:
    """Return the lines that take d(f) to an expression in the differentials of the variables.

    `brief` spends no line on a number in front.
    """
    lines: list[Line] = []
    now = start
    while found := open_differentials(now, rules):
        moves = {n: rules.small(n.args[0]) if grain == "all" else rules.move(n.args[0]) for n in found}
        used = [moves[n] for n in chosen(moves, grain, merge)]
        now = rebuild(now, {n: moves[n].after for n in chosen(moves, grain, merge)})
        if brief and grain != "all" and all(m.words == FACTOR for m in used) and open_differentials(now, rules):
            continue
        if grain == "fewer" or merge > 1:
            more = {n: m for n in open_differentials(now, rules) if (m := rules.move(n.args[0])).linear}
            now = rebuild(now, {n: m.after for n, m in more.items()})
            used += more.values()
        lines.append(
            Line(label, now, worded(used), joined([m.source for m in used]), note=joined([m.note for m in used]))
        )
    return lines
