"""Updates such as x := x − η∇f(x): they give a letter its next value and claim nothing; the sign of a Newton step."""

from __future__ import annotations

import re
from dataclasses import replace

from agnesi.check.chains import links, said
from agnesi.check.course import Course, Entry, is_derivative, is_first, letters
from agnesi.check.report import Finding, Judged
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Bind, Symbol, apply, postorder
from agnesi.read.lines import Group

_TOLD = re.compile(
    r"\b(?:update|iteration|iterate)s?(?:\s+(?:rule|step|formula|equation))?(?:\s+(?:is|are|reads|becomes)|\s*:)"
)
_NEWTON = re.compile(r"\bNewton\b")


def is_update(group: Group, words: str = "") -> bool:
    """Tell whether a line gives a letter, or an entry of it, a new value that is made of the one it has.

    The sign tells it (:=, ←), or the words before an equation: the update is xᵢ = sgn(∑ⱼ Wᵢⱼxⱼ + bᵢ).
    """
    if group.ops != ("define",) and not (group.ops == ("eq",) and _TOLD.search(words)):
        return False
    left, right = group.sides
    head = left.body if isinstance(left, Bind) else left
    head = head.args[0] if isinstance(head, Apply) and head.op.name in ("entry", "row") else head
    return isinstance(head, Symbol) and head.name in letters(right)


def updated(entry: Entry, group: Group, course: Course) -> Judged:
    """Return an update, which is no claim; a Newton step with the wrong sign is wrong."""
    left, right = group.sides
    derived = [n for n in postorder(right) if isinstance(n, Apply) and is_derivative(n) and n.args[1:] == (left,)]
    slopes = [n for n in derived if is_first(n)]
    if not _NEWTON.search(entry.said) or not isinstance(left, Symbol) or not slopes or slopes[-1].args[0].shape:
        return said(entry, "condition")
    try:
        downhill = apply("neg", slopes[-1])
        curved = apply("derivative", slopes[-1], left, attrs=slopes[-1].attrs)
        bent = [apply("mul", curved, step) for step in (right - left, left - right)]
    except AgnesiError:
        return said(entry, "condition")
    for k, side in enumerate(bent):
        found = links(Group((side, downhill), ("eq",)), course.setting)
        if found and k == 0:
            found = replace(found, reason=f"it is Newton's step: {found.reason}")
            return said(entry, "claim", found.verdict, found, above=found, start=found, sides=group.sides)
        if found:
            wrong = Finding("refuted", "A Newton step goes against H⁻¹∇f: x − H⁻¹∇f, where H is the Hessian of f.")
            return said(entry, "claim", "refuted", wrong, above=wrong, start=wrong, sides=group.sides)
    return said(entry, "condition")
