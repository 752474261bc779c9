"""Values of which one holds: so λ = 0 or λ = 1, or x = y = z = 4 where a system has other solutions too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agnesi.check.chains import under
from agnesi.check.course import Course, Entry, bare_letters, letters, satisfiable
from agnesi.check.report import Finding
from agnesi.check.worlds import has_chance
from agnesi.expr.nodes import Apply, Expr, Symbol, constant
from agnesi.read.lines import Group


def one_of(
    k: int, entries: Sequence[Entry], group: Group, course: Course, conditions: Sequence[Expr]
) -> Finding | None:
    """Return the finding for a value that is given with others, joined by `or`; None where it stands alone or fails."""
    parts = [group]
    for step in (1, -1):
        at = k
        while 0 <= at + step < len(entries):
            later, other = entries[max(at, at + step)], entries[at + step]
            if not later.said.strip(" ,$").lower().endswith("or") or other.number != entries[k].number:
                break
            if other.line.error is not None or not other.line.groups:
                return None
            parts.append(other.line.groups[0])
            at += step
    if len(parts) < 2 or any(set(p.ops) != {"eq"} for p in parts):
        return None
    differences = [p.sides[0] - p.sides[-1] for p in parts]
    if any(d.shape for d in differences) or len({n for p in parts for n in bare_letters(p)}) != 1:
        return None
    letter = group.sides[0]
    free = replace(course, equations=[e for e in course.equations if not _excludes(e.start, letter)])
    if not isinstance(letter, Symbol) or not satisfiable(group, free):
        return None
    product = differences[0]
    for one in differences[1:]:
        product = product * one
    found = under(Group((product, constant(0)), ("eq",)), course, conditions)
    return found or None


def one_solution(group: Group, conditions: Sequence[Expr], course: Course) -> bool:
    """Tell whether numbers for letters solve a system with as many equations as letters: it has other solutions too."""
    held = [side for side in group.sides if letters(side)]
    plain = all(isinstance(side, Symbol) and not side.shape for side in held) and len(held) == len(group.sides) - 1
    equations = [c for c in conditions if isinstance(c, Apply) and c.op.name == "eq"]
    if not plain or letters(group.sides[-1]) or set(group.ops) != {"eq"} or has_chance(*conditions):
        return False
    return len(equations) >= len(letters(*conditions)) > 1 and satisfiable(group, course)


def _excludes(condition: Expr, letter: Expr) -> bool:
    """Tell whether a condition was only assumed on the way: λ ≠ 0."""
    return isinstance(condition, Apply) and condition.op.name == "ne" and condition.args[0] is letter
