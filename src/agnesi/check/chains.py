"""The sides of a chain judged one after the other: against the one above, and against the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from agnesi.check.course import (
    EQUAL,
    Chain,
    Course,
    Entry,
    Equation,
    connected,
    is_zero,
    joined_op,
    letters,
    relations_of,
    satisfiable,
    size_names,
    with_implicit,
)
from agnesi.check.judge import judge
from agnesi.check.report import RANK, Finding, Judged, Verdict
from agnesi.check.settings import Setting, about
from agnesi.check.sides import idle_derivative, sizes_in
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Bind, Expr, Symbol, apply, constant, postorder, symbols_of
from agnesi.read.apply import resized
from agnesi.read.lines import Group
from agnesi.read.scene import ANY

UNREAD: Verdict = "not read"


def said(
    entry: Entry, role: str, verdict: Verdict | None = None, evidence: Finding | None = None, **more: object
) -> Judged:
    """Return what is found about an entry."""
    piece, groups = entry.line.piece, entry.line.groups or entry.line.unsized
    if groups:
        more.setdefault("sides", groups[-1].sides)
        more.setdefault("relations", groups[-1].ops)
    return Judged(
        piece.text, entry.number, role, verdict, evidence, place=(piece.start, piece.stop), **more,  # type: ignore
    )


def comes_back(group: Group, setting: Setting) -> bool:
    """Tell whether the ends of a longer chain are equal: (x + 1)² = x² + x + 1 = (1 + x)² claims what lies between."""
    ends = Group((group.sides[0], group.sides[-1]), ("eq",))
    return len(group.sides) > 2 and set(group.ops) <= set(EQUAL) and bool(_worst(ends, setting))


def links(group: Group, setting: Setting) -> Finding:
    """Return the finding of a group's relations: the worst of its links."""
    found = _worst(group, setting)
    return (_of_some_size(group, setting) or found) if found.verdict == "refuted" else found


def _worst(group: Group, setting: Setting) -> Finding:
    found = [judge(op, a, b, setting) for op, a, b in zip(group.ops, group.sides, group.sides[1:], strict=False)]
    first, rest = found[0], found[1:]
    said_of = group.ops[0] == "approx" and isinstance(group.sides[0], Symbol) and first.verdict == UNREAD
    if said_of and rest and all(rest):  # Z ≈ 2³ · π = 25.13: what is worked out there is right
        worst = min(rest, key=lambda f: RANK[f.verdict])
        note = f"what {group.sides[0]} is, is not known"
        return replace(worst, verdict="tested", reason="; ".join(r for r in (worst.reason, note) if r))
    return min(found, key=lambda f: RANK[f.verdict])


def _of_some_size(group: Group, setting: Setting) -> Finding | None:
    """Return the finding with an identity of one of the sizes there are: tr(I) = p for X : n×p."""
    sizes = size_names(*group.sides)
    free = sorted({n for side in group.sides for n in sizes_in(side) | size_names(side) if n.endswith(ANY)})
    for name in sorted(n for n in sizes if not n.endswith(ANY)) if len(free) == 1 else ():
        sides = tuple(resized(side, {free[0]: Dim.of(name)}) for side in group.sides)
        found = _worst(Group(sides, group.ops), setting)
        if found.verdict != "refuted":
            return replace(found, assumptions=(*found.assumptions, f"I is {name}×{name}"))
    return None


def under(group: Group, course: Course, conditions: Sequence[Expr]) -> Finding:
    """Return the finding of a group at points that satisfy the conditions."""
    idle = idle_derivative(*conditions)
    if idle is not None:
        return Finding(UNREAD, f"{idle} is 0 as it is written: how the function depends on the variable is not said.")
    found = links(group, course.setting.under(*conditions))
    if found.verdict == "refuted":
        found = _without_zeros(group, course, conditions, found) or found
    if found and found.verdict == "tested" and "satisfy" not in found.reason:
        return replace(found, reason=f"agrees at {found.points} points that satisfy the equations above")
    return found


def _without_zeros(group: Group, course: Course, conditions: Sequence[Expr], found: Finding) -> Finding | None:
    """Return the finding where no vector is 0, if it differs only there: Av = λv is written of eigenvectors."""
    at = found.counterexample
    if at is None or not {"eq"} & {c.op.name for c in conditions if isinstance(c, Apply)}:
        return None
    held = symbols_of(*conditions)
    zero = [s for s in held if s.ndim == 1 and s.name in at.values and not np.any(at.values[s.name])]
    if not zero:
        return None
    more = [apply("gt", apply("inner", s, s), constant(0)) for s in held if s.ndim == 1]
    again = links(group, course.setting.under(*conditions, *more))
    names = tuple(f"{s.name} ≠ 0" for s in zero)
    return replace(again, assumptions=(*again.assumptions, *names)) if again.verdict != "refuted" else None


def next_sides(entry: Entry, ops: tuple[str, ...], sides: tuple[Expr, ...], course: Course) -> Judged:
    """Judge the next sides of the current chain against the last one and the first one."""
    chain = course.chain
    assert chain is not None
    group = with_implicit(Group(sides, ops), course)
    sides = group.sides
    conditions = connected(group, course.given())
    if "propto" in (*ops, chain.op) and not course.setting.moving and about(chain.head):
        setting = course.setting
        course.setting = replace(setting, moving=about(chain.head))  # p(θ | k) ∝ ... is about θ in all its lines
        try:
            return next_sides(entry, ops, sides, course)
        finally:
            course.setting = setting
    above = here(group, course, conditions)
    fresh = letters(*sides[1:]) - letters(sides[0]) - course.seen - course.declared
    fresh -= {v.name for n in postorder(sides[0]) if isinstance(n, Bind) for v in n.variables if isinstance(v, Symbol)}
    if above.verdict == "refuted" and fresh and set(ops) <= {*EQUAL, "propto"}:
        return _says_what(entry, group, fresh, course)
    if above.verdict == "refuted" and is_zero(sides[-1]) and ops[-1] in EQUAL and satisfiable(group, course):
        before = next_sides(entry, ops[:-1], sides[:-1], course) if len(sides) > 2 else None
        zero = _set_to_zero(entry, Group(sides[-2:], ops[-1:]), course)
        return zero if before is None else replace(before, note=f"{before.note}; {zero.note}".strip("; "))
    whole = joined_op([chain.op, *ops])
    start = above
    if chain.head is not sides[0] and whole is not None:
        start = here(Group((chain.head, sides[-1]), (whole,)), course, conditions)
        if start.verdict == "refuted" and chain.given:
            start = above  # what the chain was given to be is not what its head says
    chain.last, chain.op = sides[-1], whole or ops[-1]
    if whole is None:
        course.begin(Chain(sides[-1], sides[-1], entry.number))
    judged = _weighed(entry, "step", above, start, chain)
    return replace(judged, sides=sides, relations=ops, conditions=tuple(conditions))


def here(group: Group, course: Course, conditions: Sequence[Expr]) -> Finding:
    """Judge a group as it stands, and where the conditions hold if it needs them."""
    plain = links(group, course.setting)
    if plain or not conditions:
        return plain
    held = under(group, course, conditions)
    return held if held.verdict != UNREAD or plain.verdict == UNREAD else Finding(UNREAD, held.reason)


def _says_what(entry: Entry, group: Group, fresh: set[str], course: Course) -> Judged:
    """A relation that brings in a new letter says what it is: it is taken as given."""
    course.equations += [Equation(r, r, entry.number) for r in relations_of(group)]
    chain = course.chain
    if chain is not None:
        chain.last, chain.given = group.sides[-1], True
    names = ", ".join(sorted(fresh))
    note = f"it is read as saying what {names} {'is' if len(fresh) == 1 else 'are'}"
    return said(entry, "condition", note=note, sides=group.sides, relations=group.ops)


def _set_to_zero(entry: Entry, group: Group, course: Course) -> Judged:
    """A chain that ends in = 0 without being 0 is set to zero: what follows holds where it vanishes."""
    chain = course.chain
    assert chain is not None
    head = chain.last if chain.given else chain.head
    for side, kept in ((head, True), (group.sides[0], False)):
        made = relations_of(Group((side, constant(0)), ("eq",)))
        if made and (kept or chain.wrong is not None):
            course.equations.append(Equation(made[0], made[0], entry.number, wrong=chain.wrong, kept=kept))
    return said(entry, "condition", note="it is set to zero", sides=group.sides, relations=group.ops)


def _weighed(entry: Entry, role: str, above: Finding, start: Finding, chain: Chain) -> Judged:
    """Weigh the finding against the line above with the one against the start."""
    before = chain.wrong
    if above.verdict == "refuted":
        if start and before is not None:
            chain.wrong = None
            note = "it is right, though it does not follow from the line above"
            return said(entry, role, start.verdict, start, above=above, start=start, recovers=True, note=note)
        chain.wrong = before if before is not None else entry.number
        return said(entry, role, "refuted", above, above=above, start=start)
    if above and before is not None and start.verdict == "refuted":
        return carries_on(entry, role, above, start, before)
    if above and before is not None and start:
        chain.wrong = None
    if above and before is None and start.verdict == "refuted":
        chain.wrong = entry.number  # small errors that each link forgives: the whole does not hold
        return said(entry, role, "refuted", start, above=above, start=start)
    return said(entry, role, above.verdict, above, above=above, start=start)


def carries_on(entry: Entry, role: str, above: Finding, start: Finding, line: int) -> Judged:
    """Return the finding of an entry that follows rightly from a wrong line."""
    note = f"it follows from the line above, and carries on the error of line {line}"
    return said(entry, role, above.verdict, above, above=above, start=start, carries=line, note=note)


def chain_of(group: Group, number: int) -> Chain:
    """Return the chain that a line begins."""
    whole = joined_op(group.ops)
    if whole is None:
        return Chain(group.sides[-1], group.sides[-1], number)
    return Chain(group.sides[0], group.sides[-1], number, whole)
