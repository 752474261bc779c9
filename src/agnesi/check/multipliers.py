"""Multipliers: where the slopes of a Lagrangian in x are set to zero, its slope in λ is zero too.

The constraint stands in the Lagrangian, L = xy − λ(x + y − 10), and is seldom written once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agnesi.check.course import Course, Entry, is_derivative, letters, satisfiable
from agnesi.check.numbers import carried_out
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Const, Expr, apply, constant, postorder, symbols_of
from agnesi.read.lines import Group

_MULTIPLIER = re.compile(r"(?:λ|μ|ν)(?:_?\w)?$")


def constraints_of(conditions: Sequence[Expr]) -> list[Expr]:
    """Return the constraints ∂L/∂λ = 0 for the functions of whose slopes some condition speaks."""
    found: dict[Expr, None] = {}
    for f in _functions(conditions):
        for letter in symbols_of(f):
            if letter.shape or not _MULTIPLIER.match(letter.name):
                continue
            try:
                slope = carried_out(apply("derivative", f, letter))
            except AgnesiError:
                continue
            if letter not in symbols_of(slope) and _is_difference(slope):
                found[apply("eq", slope, constant(0))] = None
    return [c for c in found if c not in conditions]


def of_a_system(entry: Entry, group: Group, near: Sequence[Expr], course: Course) -> bool:
    """Tell whether an equation without a word stands below a condition with the same multiplier: y = λ yz, x = λ xz.

    Equations of vectors, Av = λv, are no such system.
    """
    if any(side.shape for side in (*group.sides, *(a for e in near for a in e.args))):
        return False
    shared = {n for n in letters(*group.sides) & letters(*near) if _MULTIPLIER.match(n)}
    wordless = entry.link == "" and not entry.said.strip(" ,;&$") and course.told_on == course.line
    few = sum(bool(letters(e) & shared) for e in near) < len(letters(*near, *group.sides)) - 1
    return bool(shared) and wordless and few and len(group.sides) == 2 and satisfiable(group, course)


def _is_difference(slope: Expr) -> bool:
    """Tell whether a slope is a sum in which something is taken away: xᵀx − 1 is a constraint, wᵀw is a penalty."""
    inner = slope.args[0] if isinstance(slope, Apply) and slope.op.name == "neg" else slope
    terms = inner.args if isinstance(inner, Apply) and inner.op.name == "add" else ()
    signs = {_is_negative(t) for t in terms}
    return bool(symbols_of(slope)) and signs == {True, False}


def _is_negative(term: Expr) -> bool:
    if isinstance(term, Apply) and term.op.name in ("mul", "div"):
        term = term.args[0]
    if isinstance(term, Const):
        return float(term.value) < 0
    return isinstance(term, Apply) and term.op.name == "neg"


def _functions(conditions: Sequence[Expr]) -> Iterator[Expr]:
    """Yield the functions whose slopes stand in the conditions."""
    for node in postorder(*conditions):
        if isinstance(node, Apply) and is_derivative(node) and not node.args[0].shape:
            yield node.args[0]
