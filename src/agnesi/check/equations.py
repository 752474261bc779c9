"""Equations of their own: an identity, a step of solving, a condition, or one that is set to zero."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from agnesi.check.chains import UNREAD, carries_on, chain_of, comes_back, here, links, next_sides, said, under
from agnesi.check.course import (
    EQUAL,
    Chain,
    Course,
    Entry,
    Equation,
    bounds_sizes,
    connected,
    gives_size,
    is_derivative,
    is_first,
    is_place,
    is_plain,
    is_slope,
    is_zero,
    letters,
    may_come_of,
    proportional_to_nothing_known,
    relations_of,
    restates,
    satisfiable,
    size_names,
    solves,
    with_implicit,
    with_marked,
    with_variable,
    zero_last,
)
from agnesi.check.judge import relation
from agnesi.check.multipliers import constraints_of
from agnesi.check.named import point_named
from agnesi.check.numbers import carried_out
from agnesi.check.one_of import one_of, one_solution
from agnesi.check.report import Finding, Judged
from agnesi.check.taken import GIVEN, why_given
from agnesi.check.updates import is_update, updated
from agnesi.check.worlds import has_chance
from agnesi.check.worlds_scan import is_op
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Expr, constant, operations_in, symbols_of
from agnesi.expr.nodes import replace as substituted
from agnesi.read.english import ZERO
from agnesi.read.lines import Group

_ROOTS = re.compile(r"\b(?:eigenvalues?|roots?|zeros|solutions?)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\\?[^\W\d_]{1,6}(?:[₁-₉]|_\{?\d\}?)\s*=")  # λ₁ = 2, λ₂ = 5
SLOPES = 2  # how many derivatives above are tried as zero
MOST_NUMBERS = 4


def equation(k: int, entries: Sequence[Entry], group: Group, course: Course) -> Judged:
    """Judge a relation of its own: an identity, the next of an earlier chain, a step of solving, or a condition."""
    entry, group = entries[k], zero_last(with_implicit(with_marked(group, course), course))
    if proportional_to_nothing_known(group, course):
        return said(entry, "condition")
    if is_update(group, entry.said):
        return updated(entry, group, course)
    if entry.link == "given":
        if course.line != entry.number:  # behind a step it is a reason, and the chain goes on from the step
            course.begin(chain_of(group, entry.number))
        return _taken(entry, group, course, "it is taken as given")
    plain_ne = group.ops == ("ne",) and all(is_plain(s) for s in group.sides) and letters(*group.sides)
    if group.ops == ("ne",) and (entry.link in GIVEN or (plain_ne and entry.link not in ("so", "claim"))):
        return _condition(entry, group, course)
    if bounds_sizes(group) or (entry.link not in ("so", "claim") and gives_size(group)):
        return _condition(entry, group, course, keeps=True)
    named = bool(point_named(entry.said, course))  # at (1, 2): what follows is a claim there
    given = entry.link == "suppose" or (entry.link == "where" and is_place(group))
    if given and not named and letters(*group.sides) and not links(group, course.setting):
        return _condition(entry, group, course)
    root = _is_root(entry, group, course) or _is_eigenvalue(entry, group, course)
    if entry.link not in ("so", "claim") and not root and course.case_anew(group):
        return _condition(entry, group, course, "it is read as another case")
    if is_place(group) and not root and _free_place(group, course) and not links(group, course.setting):
        return _condition(entry, group, course, "it is read as a place")
    if entry.link == "since":
        found = here(group, course, connected(group, course.given()))
        if found.verdict == "refuted" and any(not letters(s) for s in group.sides) and satisfiable(group, course):
            return _condition(entry, group, course)
        return said(entry, "reason", found.verdict, found, above=found, start=found)
    sided = _sided(k, entries, group, course)
    if sided is not None:
        return sided
    vanishes = entry.link == "zero" or (_vanishes(group, course) and not links(group, course.setting))
    if vanishes and (root or not is_place(group)):
        before = _before_zero(entry, group, course)
        group = _vanishing(entry, group, course)
        if before is not None:
            return before
        if (is_derivative(group.sides[0]) or is_slope(group.sides[0])) and is_zero(group.sides[-1]):
            return said(entry, "condition")
    plain = links(group, course.setting)
    restated = _restated(entry, group, plain, course)
    if restated is not None:
        return restated
    if not plain and entry.link == "zero" and not any(is_slope(c.head) for c in course.chains.values()):
        return _condition(entry, group, course, "what is set to zero is not on a line above: it is taken as given")
    if not plain and not comes_back(group, course.setting):
        solved = _solved(k, entries, group, plain, course)
        if solved is not None:
            return solved
    if plain.verdict == UNREAD and "taken as given" in plain.reason:
        return _taken(entry, group, course, plain.reason)
    if plain.verdict == UNREAD:
        course.chain = Chain(group.sides[-1], group.sides[-1], entry.number)
        return said(entry, "claim", UNREAD, plain, above=plain, start=plain)
    unsure = course.unsure & letters(*group.sides)
    if plain.verdict == "refuted" and unsure:
        names = ", ".join(sorted(unsure))
        reason = f"What {names} {'is' if len(unsure) == 1 else 'are'} stands in a line that was not read."
        course.chain = Chain(group.sides[-1], group.sides[-1], entry.number)
        return said(entry, "claim", UNREAD, Finding(UNREAD, reason))
    course.begin(chain_of(group, entry.number))
    if plain.verdict == "refuted" and course.chain is not None:
        course.chain.wrong = entry.number
    return said(entry, "claim", plain.verdict, plain, above=plain, start=plain)


def _taken(entry: Entry, group: Group, course: Course, note: str) -> Judged:
    """Take an equation as given; numbers behind its first sign that are not equal are wrong: H(X) = log₂ 8 = 4."""
    rest = Group(group.sides[1:], group.ops[1:])
    numbers = bool(rest.ops) and not letters(*rest.sides) and not has_chance(*rest.sides)
    numbers = numbers and not size_names(*rest.sides)
    found = links(rest, course.setting) if numbers else None
    if found is None or found.verdict != "refuted":
        return said(entry, "condition", note=note)
    return said(entry, "claim", found.verdict, found, above=found, start=found, sides=rest.sides, relations=rest.ops)


def _is_root(entry: Entry, group: Group, course: Course) -> bool:
    """Tell whether x = 3 is said to be where the derivative above is zero: set to 0, x = 3."""
    head = course.chain.head if course.chain is not None else None
    zero = entry.link == "zero" and ZERO.search(entry.said) is not None
    return zero and head is not None and is_slope(head) and bool(letters(head) & letters(*group.sides))


def _is_eigenvalue(entry: Entry, group: Group, course: Course) -> bool:
    """Tell whether λ = 3 is said to be an eigenvalue where det(A − λI) was worked out above: it is zero then."""
    named = _ROOTS.search(entry.said) or _NUMBERED.match(entry.line.piece.text.lstrip(" &$"))
    if not is_place(group) or not named:
        return False
    held = letters(*group.sides)
    chains = [c for c in course.chains.values() if is_op(c.head, "det") and held <= letters(c.head)]
    chain = chains[-1] if chains else None
    if chain is None:
        return False
    zero = [relations_of(Group((side, constant(0)), ("eq",))) for side in (chain.head, chain.last)]
    if all(zero) and zero[0][0] not in course.given():
        course.equations.append(Equation(zero[0][0], zero[1][0], entry.number, wrong=chain.wrong, kept=True))
    return True


def _free_place(group: Group, course: Course) -> bool:
    """Tell whether a letter that is given a number is in use, and no equation holds it."""
    held = letters(*(e.start for e in course.equations if not e.local))
    return bool(letters(*group.sides) & course.seen - held)


def _sided(k: int, entries: Sequence[Entry], group: Group, course: Course) -> Judged | None:
    """Judge a claim under conditions that stand behind it on its line: d max(0, z)/dz = 1 if z > 0."""
    entry, sides, ahead = entries[k], list[Expr](), False
    for later in entries[k + 1 :]:
        ahead = later.number == entry.number and later.link != "continues"  # for x = 1: what holds then comes yet
        if later.number != entry.number or later.link not in ("suppose", "since") or later.line.error is not None:
            break
        sides += [r for g in later.line.groups for r in relations_of(g)]
    if not sides or links(group, course.setting):
        return None
    found = under(group, course, [*connected(group, course.given()), *sides])
    beside = entry.link in GIVEN or course.told_on == entry.number or ahead
    if found.verdict == UNREAD or (not found and beside):
        return None
    course.begin(replace(chain_of(group, entry.number), wrong=entry.number if found.verdict == "refuted" else None))
    return said(entry, "claim", found.verdict, found, above=found, start=found, conditions=tuple(sides))


def _restated(entry: Entry, group: Group, plain: Finding, course: Course) -> Judged | None:
    """Judge a line that begins with the head of an earlier chain, or speaks of it: its last side is what is above."""
    known = course.restated(group)
    if known is not None and known.last is not group.sides[0]:
        placed = any(e.local and e.line == entry.number for e in course.equations)
        known = replace(known) if placed else known  # at x = 2: the next line of it begins where this one began
        course.chain = known
        judged = next_sides(entry, group.ops, (known.last, *group.sides[1:]), course)
        numeric = any(not letters(s) and not size_names(s) for s in group.sides) and not is_derivative(group.sides[0])
        if judged.verdict == "refuted" and numeric and satisfiable(group, course):
            known.wrong = None if known.wrong == entry.number else known.wrong
            return _condition(entry, group, course, "it holds for some values only: it is taken as given")
        if judged.verdict == "refuted" and judged.start:  # it holds as it stands: for n = 3, what was said for n = 2
            known.wrong = None if known.wrong == entry.number else known.wrong
            course.begin(chain_of(group, entry.number))
            return said(entry, "claim", judged.start.verdict, judged.start, above=judged.start, start=judged.start)
        return judged if judged.verdict not in ("refuted", UNREAD) or not plain else None
    if plain:
        return None
    for chain in course.told():
        told = {chain.head: chain.last}
        try:
            sides = tuple(substituted(s, told) for s in group.sides)
        except AgnesiError:
            continue
        if sides == group.sides:
            continue
        above = links(Group(sides, group.ops), course.setting)
        if above:
            course.begin(replace(chain_of(group, entry.number), wrong=chain.wrong, given=chain.given))
            if chain.wrong is not None:
                return carries_on(entry, "claim", above, plain, chain.wrong)
            note = f"with what line {chain.line} says"
            return said(entry, "claim", above.verdict, above, above=above, start=plain, note=note)
    return None


def _condition(entry: Entry, group: Group, course: Course, note: str = "", keeps: bool = False) -> Judged:
    """Take a relation as given; where it `keeps` the chain, the next line does not go on from it."""
    added = relations_of(group)
    if not added:
        return said(entry, "condition", UNREAD, Finding(UNREAD, "The sides cannot be compared."))
    place = is_place(group) and bool(letters(*group.sides) & course.seen)
    course.forget(group)
    course.equations += [Equation(r, r, entry.number, local=place) for r in added]
    course.told_on, course.placed = entry.number, course.judged if place else course.placed
    course.told_at = entry.line.piece.start
    if not place and not keeps:
        course.chain = replace(chain_of(group, entry.number), given=True)
    return _taken(entry, group, course, note)


def _solved(k: int, entries: Sequence[Entry], group: Group, plain: Finding, course: Course) -> Judged | None:
    """Judge an equation that does not hold for all values; None where it is simply wrong."""
    entry = entries[k]
    conditions = connected(group, course.given("approx" in group.ops))
    start = under(group, course, conditions) if conditions else plain
    own = [c for c in conditions if letters(c) <= letters(*group.sides)]
    if start.verdict == UNREAD and 0 < len(own) < len(conditions):
        start = under(group, course, own) or start  # what holds with fewer conditions holds with all
    if start.verdict == "refuted" and conditions and entry.link != "suppose":
        start = _unless_zero(entry, group, course, conditions) or start
    more = constraints_of(conditions) if start.verdict == "refuted" else []
    if more and (found := under(group, course, [*conditions, *more])).verdict != UNREAD:
        conditions, start = [*conditions, *more], found
    if start:
        local = any(e.local and e.start in conditions for e in course.equations)
        course.equations += [Equation(r, r, entry.number, derived=True, local=local) for r in relations_of(group)]
        course.begin(chain_of(group, entry.number), lasting=not local)
        return said(entry, "step", start.verdict, start, above=start, start=start, conditions=tuple(conditions))
    solved = start.verdict == "refuted" and solves(group, conditions, course.setting)
    if solved or (start.verdict == "refuted" and not more and one_solution(group, conditions, course)):
        if sum(bool(letters(side)) for side in group.sides) > 1:
            course.equations += [Equation(r, r, entry.number) for r in relations_of(group)]
        course.begin(chain_of(group, entry.number))
        found = replace(start, verdict="tested", reason="it solves the equation above", counterexample=None)
        note = "not the only solution" if start.counterexample is not None else ""
        return said(entry, "step", "tested", found, above=found, start=found, note=note)
    several = one_of(k, entries, group, course, conditions) if start.verdict == "refuted" else None
    if several is not None:
        return said(entry, "step", several.verdict, several, above=several, start=several, note="one of several values")
    wrong = _after_wrong(entry, group, start, course) or _stationary(entry, group, start, course)
    if wrong is not None:
        return wrong
    if plain.verdict == UNREAD and start.verdict == UNREAD:
        return None
    why = why_given(k, entries, group, course, bool(conditions))
    if why is not None:
        return _condition(entry, group, course, why)
    if conditions and start.verdict == UNREAD:
        return said(entry, "step", UNREAD, start, above=start, start=start)
    if conditions:
        course.equations += [Equation(r, r, entry.number, wrong=entry.number) for r in relations_of(group)]
        course.begin(replace(chain_of(group, entry.number), wrong=entry.number))
        return said(entry, "step", "refuted", start, above=start, start=start, conditions=tuple(conditions))
    return None


def _before_zero(entry: Entry, group: Group, course: Course) -> Judged | None:
    """Judge what stands before the last = 0 in dL/du = 2Su − 2λu = 0; the derivative is set to zero after it."""
    inner = Group(group.sides[:-1], group.ops[:-1])
    if not inner.ops or not is_zero(group.sides[-1]) or set(group.ops) - set(EQUAL):
        return None
    found = here(inner, course, connected(inner, course.given()))
    if found.verdict == UNREAD or not (is_derivative(inner.sides[0]) or is_slope(inner.sides[0])):
        return None
    wrong = entry.number if found.verdict == "refuted" else None
    course.begin(replace(chain_of(inner, entry.number), wrong=wrong))
    judged = said(entry, "claim", found.verdict, found, above=found, start=found, note="it is set to zero")
    return replace(judged, sides=inner.sides, relations=inner.ops)


def _stationary(entry: Entry, group: Group, start: Finding, course: Course) -> Judged | None:
    """Judge an equation that holds where a derivative that was found above is zero: `M-step: N_k/λ_k = ∑_i x_i`."""
    if any("derivative" in operations_in(side) for side in group.sides) or set(group.ops) - set(EQUAL):
        return None
    slopes = [c for c in course.chains.values() if is_slope(c.head) and is_first(c.head)]
    given = course.given()
    for chain in slopes[: -1 - SLOPES : -1]:
        if restates(chain.head, group) or not may_come_of(group, chain.head, chain.last):
            continue
        sides = [carried_out(side) for side in (chain.head, chain.last)]
        at = [relations_of(Group((side, constant(0)), ("eq",))) for side in sides if letters(side)]
        if len(at) < 2 or not all(at) or at[0][0] in given or not letters(chain.head) & letters(*group.sides):
            continue
        for zero, wrong in ((at[0][0], None), (at[1][0], chain.wrong)):
            above = under(group, course, [*connected(group, [*given, zero])])
            if not above:
                continue
            course.equations.append(Equation(at[0][0], at[1][0], entry.number, wrong=chain.wrong, kept=True))
            made = [Equation(r, r, entry.number, derived=True, wrong=wrong) for r in relations_of(group)]
            course.equations += made
            course.begin(replace(chain_of(group, entry.number), wrong=wrong))
            if wrong is not None:
                return carries_on(entry, "step", above, start, wrong)
            note = "where the derivative above is zero"
            return said(entry, "step", above.verdict, above, above=above, start=above, note=note, conditions=(zero,))
    return None


def _unless_zero(entry: Entry, group: Group, course: Course, conditions: Sequence[Expr]) -> Finding | None:
    """Return the finding where a number of the conditions is not 0, if it needs that: 2xy = x², so x = 2y.

    The assumption is stated, and holds from here on.
    """
    numbers = [s for s in symbols_of(*group.sides) if not s.shape and s in symbols_of(*conditions)]
    if has_chance(*group.sides, *conditions) or len(numbers) > MOST_NUMBERS:
        return None
    for one in numbers:
        nonzero = relation("ne", one, constant(0))
        found = under(group, course, [*conditions, nonzero])
        if found and satisfiable(Group((one, constant(0)), ("eq",)), course):
            course.equations.append(Equation(nonzero, nonzero, entry.number, kept=True))
            return replace(found, assumptions=(*found.assumptions, f"{one} ≠ 0"))
    return None


def _after_wrong(entry: Entry, group: Group, start: Finding, course: Course) -> Judged | None:
    """Tell whether an equation follows from a wrong one before it."""
    bad = [e for e in course.equations if e.wrong is not None]
    if not bad:
        return None
    number = bad[0].wrong
    assert number is not None
    for conditions in ([bad[-1].above], connected(group, [e.above for e in course.equations])):
        above = under(group, course, conditions)
        if above:
            relations = relations_of(group)
            course.equations += [Equation(r, r, entry.number, wrong=number) for r in relations]
            course.begin(replace(chain_of(group, entry.number), wrong=number))
            return carries_on(entry, "step", above, start, number)
    return None


def _vanishes(group: Group, course: Course) -> bool:
    """Tell whether the line sets to zero what a derivative came to."""
    chain = course.chain
    if not any(is_zero(s) for s in group.sides) or group.ops[0] not in EQUAL:
        return False
    slope = chain is not None and isinstance(chain.head, Apply) and chain.head.op.name == "derivative"
    return is_derivative(group.sides[0]) or is_slope(group.sides[0]) or slope


def _vanishing(entry: Entry, group: Group, course: Course) -> Group:
    """Take it as given that a derivative is zero; return the line with w* as the variable w."""
    begins = is_derivative(group.sides[0]) or is_slope(group.sides[0])
    chain = course.chains.get(group.sides[0]) if begins else course.chain
    chain = chain or (Chain(group.sides[0], group.sides[0], entry.number) if begins else None)
    if chain is None:
        return group
    apart = has_chance(chain.head) and not has_chance(chain.last)  # points are found where no chance is
    head = chain.last if chain.given or apart else chain.head
    zero = [relations_of(Group((side, constant(0)), ("eq",))) for side in (head, chain.last)]
    if all(zero):
        course.equations.append(Equation(zero[0][0], zero[1][0], entry.number, wrong=chain.wrong, kept=True))
    return with_variable(group, chain.head, course)
