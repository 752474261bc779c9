"""What is taken as given: equations and bounds that do not hold for all values and are not claimed to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agnesi.check.chains import links, under
from agnesi.check.course import (
    EQUAL,
    Course,
    Entry,
    bare_letters,
    connected,
    differentiated_ahead,
    is_derivative,
    is_place,
    is_plain,
    is_slope,
    is_zero,
    letters,
    relations_of,
    satisfiable,
    size_names,
    unknowns,
    with_implicit,
)
from agnesi.check.multipliers import of_a_system
from agnesi.check.worlds import has_chance
from agnesi.check.worlds_scan import is_op
from agnesi.expr.nodes import Apply, Symbol, postorder, symbols_of
from agnesi.read.lines import Group

GIVEN = ("where", "suppose")
_INTO = re.compile(r"\b(?:substitut|plug|insert|put)\w*\b.*\b(?:in|into)\b|\bconstraint", re.IGNORECASE)
_CONCLUDES = re.compile(r"\b(?:then|hence|thus|therefore|it follows|we have|one has)\b[^.;]*$", re.IGNORECASE)
AHEAD = 5  # how many lines are looked at to see whether an equation is being solved


def _claimed(entry: Entry, names: set[str], course: Course) -> bool:
    """Tell whether its line has claimed something of the same letters: "a ≤ b and b ≤ a" makes two claims."""
    chain = course.chain
    if chain is None or chain.line != entry.number or chain.given:
        return False
    return names <= letters(chain.head, chain.last)


def why_given(k: int, entries: Sequence[Entry], group: Group, course: Course, solving: bool) -> str | None:
    """Return why an equation that does not follow is to be taken as given, or None where it is a claim."""
    entry, names = entries[k], letters(*group.sides)
    if group is not entry.line.groups[0] and with_implicit(entry.line.groups[0], course) is not entry.line.groups[0]:
        return None  # dy/dx along a curve is determined
    if not names:
        return None
    if _recursive(group, course):
        return f"it is read as an equation for {group.sides[0]}"
    if not course.judged and entry.link not in ("so", "claim") and differentiated_ahead(entries[k + 1 :], group):
        return "it is taken as given"
    held = letters(*(e.start for e in course.equations if not e.local))
    before = [e for e in entries[:k] if (e.number, e.sentence) == (entry.number, entry.sentence)]
    told = any(e.link in GIVEN for e in before) or (before and course.told_on == entry.number)
    if told and entry.link not in ("so", "claim", "zero", "continues") and not is_derivative(group.sides[0]):
        return ""
    alike = before and before[-1].line.piece.start == course.told_at and not bare_letters(group)
    if alike and entry.said.strip(" ,;&$\n").lower() == "and" and not is_derivative(group.sides[0]):
        return ""  # so the numbers satisfy 2a + b = 7 and a + 2b = 8
    if set(group.ops) - set(EQUAL):
        return _why_bounded(k, entries, group, course, held)
    fresh = letters(*group.sides[1:]) - letters(group.sides[0]) - course.seen - course.declared
    near = [c for c in connected(group, course.given()) if isinstance(c, Apply) and c.op.name == "eq"]
    if len(near) < 2 and _INTO.search(entry.said):
        return ""  # what is put into the constraint is not known here
    if of_a_system(entry, group, near, course):
        return "it is one of the equations with the same multiplier"
    bare = bare_letters(group)
    left = letters(group.sides[0])
    right = letters(*group.sides[1:])
    begun = course.seen or (right and right <= course.declared and not left & course.declared)
    if len(left) == 1 and begun and not left & (course.seen | right):
        fresh = left  # a² = x² + y² says what a is
    if fresh and not (bare and bare & held) and not has_chance(*group.sides):
        return f"it is read as saying what {', '.join(sorted(fresh))} {'is' if len(fresh) == 1 else 'are'}"
    told_of = bare & course.setting.chance.settled() if has_chance(*group.sides) else set()
    rest = names - bare
    apart = len(bare) == 1 and rest and rest <= course.seen and not rest & held  # λ = σ²/τ², where λ is in use
    slope = (is_derivative(group.sides[0]) or is_slope(group.sides[0])) and not is_op(group.sides[0], "d")
    known = slope and bare <= course.seen | course.declared  # ∇f = b, where b is in use, is a claim
    if bare and (apart or not bare & held) and not told_of and not known:
        return "it is read as a choice"
    if entry.link == "where" and not (slope and entry.said.strip(" ,$").lower() == "and"):
        return ""
    follows = entry.link == "so" and bool(course.equations or course.chains)
    facts_of = all(s.facts or s.name in course.declared for s in symbols_of(*group.sides))
    follows = follows or (facts_of and bool(_CONCLUDES.search(entry.said)))
    if is_derivative(group.sides[0]) or follows or (bare & held):
        return None
    given = [c for c in course.given() if isinstance(c, Apply) and c.op.name == "eq"]
    unknown = unknowns(*group.sides, *course.given())
    determined = solving and unknown <= len(given)
    last = names <= course.declared and not any(e.line.groups for e in entries[k + 1 :])  # nothing uses it
    last = last and not (given and unknown > len(given))  # it may be the next equation of a system
    sums = [s for s in group.sides if has_chance(s) and not is_op(s, "expectation", "variance", "probability")]
    values = [s for s in group.sides if s not in sums]  # ∑ x p(x) is no number, and n is not there to be solved for
    number = any(not letters(s) and not size_names(s) for s in values)
    if number and not (determined or last) and satisfiable(group, course):
        return "it holds for some values only: it is taken as given"
    single = len(group.sides) == 2  # a chain of several sides expands something: it is a claim
    if not course.judged and single and not determined and _ahead(k, entries, group, course):
        return "it is taken as given"
    return None


def _why_bounded(k: int, entries: Sequence[Entry], group: Group, course: Course, held: set[str]) -> str | None:
    """Return why an inequality is to be taken as given, or None for a claim; `held` stand in equations above."""
    entry, names = entries[k], letters(*group.sides)
    claimed = entry.link in ("so", "claim")
    plain = all(is_plain(s) for s in group.sides)
    beside = any(e.number == entry.number and e is not entry for e in entries)
    beside = beside and (plain or not _claimed(entry, names, course))
    bounded = len(group.sides) == 2 and not letters(group.sides[-1]) and _ahead(k, entries, group, course)
    if not course.judged and bounded and not claimed:
        return "it is taken as given"
    new = {s.name for s in group.sides if isinstance(s, Symbol)} - course.seen
    if len(group.sides) > 2 and new and not names - new:  # H ≤ 7/4 < H + 1
        return f"it is read as saying what {', '.join(sorted(new))} is"
    end = group.sides[-1]
    region = not letters(end) and not is_zero(end) and len(names) > 1  # the unit disk x² + y² ≤ 1
    if region and not course.judged and k + 1 < len(entries) and not claimed:
        return "it is taken as given"
    several = len(names) > 1 or (not course.judged and k + 1 < len(entries))
    free = plain and not claimed and not names & held  # x ≤ 1 behind x ≥ 0
    return "" if entry.link == "where" or (beside and not claimed) or (plain and several) or free else None


def _recursive(group: Group, course: Course) -> bool:
    """Tell whether a moment of what has no distribution here stands on both sides: E[X] = 1 + (1 − p) E[X]."""
    left = group.sides[0]
    if group.ops[:1] != ("eq",) or not is_op(left, "expectation", "probability") or not symbols_of(left):
        return False
    lawful = {g.variable.name for g in course.setting.chance.laws}
    return left in postorder(group.sides[1]) and not lawful & {s.name for s in symbols_of(left)}


def _ahead(k: int, entries: Sequence[Entry], group: Group, course: Course) -> bool:
    """Tell whether an equation is being solved: a later one that is no identity follows from it and those between."""
    taken = relations_of(group)
    if not taken:
        return False
    for later in entries[k + 1 : k + 1 + AHEAD]:
        line = later.line
        if line.error is not None or line.role not in ("claim", "definition") or line.above >= 0 or line.arrows:
            continue
        after = line.groups[0]
        if not after.ops:
            continue
        made = relations_of(after)
        strict = after.ops[0] not in EQUAL and group.ops[0] in EQUAL
        if not made or line.role == "definition" or strict:
            continue
        if not letters(*taken) & letters(*made) or links(after, course.setting):
            continue
        if (later.link == "so" and len(taken) == 1) or (is_place(after) and letters(*after.sides) == letters(*taken)):
            return True
        conditions = connected(after, [*course.given(), *taken])
        if conditions and under(after, course, conditions):
            return True
        taken += made
    return False
