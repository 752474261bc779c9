"""A derivation judged line by line: against the line above, and against the start.

A line may be wrong by itself, follow rightly from a wrong one (it carries the error on), or be right again although the
one above was not. Not every equation claims to hold for all values: it may be given, be one of a system that is being
solved, or say what a new letter is. Such equations are conditions, and what follows is judged where they hold.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

from agnesi.check.course import (
    EQUAL,
    Chain,
    Course,
    Entry,
    Equation,
    bare_letters,
    connected,
    explained_in,
    is_derivative,
    is_place,
    is_plain,
    is_zero,
    joined_op,
    letters,
    relations_of,
    satisfiable,
    solves,
    with_implicit,
    with_variable,
)
from agnesi.check.judge import INEQUALITIES, Setting, idle_derivative, judge
from agnesi.check.report import RANK, Finding, Judged, Verdict
from agnesi.check.worlds import has_chance
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Expr, constant, symbols_of
from agnesi.expr.nodes import replace as substituted
from agnesi.ops.facts import facts
from agnesi.read.lines import Group

UNREAD: Verdict = "not read"
GIVEN = ("where", "suppose")
NOT_ZERO = frozenset(("positive", "negative", "nonzero", "unit interval", "probability"))
KNOWN = frozenset(f.name for f in facts)
LIMIT = 30.0  # seconds of processor time for the lines of one text
AHEAD = 5  # how many lines are looked at to see whether an equation is being solved


def judged(entries: Sequence[Entry], setting: Setting, declared: Iterable[str] = ()) -> list[Judged]:
    """Judge the lines in order; `declared` are the letters whose shapes are declared."""
    course = Course(setting, declared=set(declared))
    end = time.thread_time() + LIMIT
    course.unsure = {name for e in entries if e.line.error is not None for name in explained_in(e.line.piece.text)}
    out = []
    for k, entry in enumerate(entries):
        course.current = entry.number
        if time.thread_time() > end:
            out.append(_said(entry, entry.line.role, UNREAD, Finding(UNREAD, "The time for one text is used up.")))
            continue
        out.append(_one(k, entries, course))
        course.line, course.judged = entry.number, course.judged + (out[-1].verdict is not None)
        course.seen |= letters(*(s for g in entry.line.groups for s in g.sides))
    return out


def _one(k: int, entries: Sequence[Entry], course: Course) -> Judged:
    entry = entries[k]
    line = entry.line
    if line.error is not None and line.unsized:
        return _misshapen(entry, course)
    if line.error is not None:
        if line.above < 0 and not entry.line.piece.continues:
            course.chain = None  # what goes on from it does not go on from the chain before it
        return _said(entry, line.role, UNREAD, Finding(UNREAD, str(line.error).split("\n")[0]))
    if line.role in ("declaration", "model", "problem") or not line.groups:
        return _said(entry, line.role)
    if line.arrows:
        return _implication(entry, course)
    group = line.groups[0]
    if line.role == "definition":
        return _definition(entry, group, course)
    if not group.ops:
        return _expression(k, entries, group.sides[0], course)
    if line.above >= 0 and course.chain is not None:
        return _next(entry, group.ops, (course.chain.last, *group.sides[1:]), course)
    return _equation(k, entries, group, course)


def _said(
    entry: Entry, role: str, verdict: Verdict | None = None, evidence: Finding | None = None, **more: object
) -> Judged:
    piece, groups = entry.line.piece, entry.line.groups or entry.line.unsized
    if groups:
        more.setdefault("sides", groups[-1].sides)
        more.setdefault("relations", groups[-1].ops)
    return Judged(
        piece.text, entry.number, role, verdict, evidence, place=(piece.start, piece.stop), **more,  # type: ignore
    )


def _links(group: Group, setting: Setting) -> Finding:
    """Return the finding of a group's relations: the worst of its links."""
    found = [judge(op, a, b, setting) for op, a, b in zip(group.ops, group.sides, group.sides[1:], strict=False)]
    return min(found, key=lambda f: RANK[f.verdict])


def _under(group: Group, course: Course, conditions: Sequence[Expr]) -> Finding:
    """Return the finding of a group at points that satisfy the conditions."""
    idle = idle_derivative(*conditions)
    if idle is not None:
        return Finding(UNREAD, f"{idle} is 0 as it is written: how the function depends on the variable is not said.")
    found = _links(group, course.setting.under(*conditions))
    if found and found.verdict == "tested" and "satisfy" not in found.reason:
        return replace(found, reason=f"agrees at {found.points} points that satisfy the equations above")
    return found


# -- lines that do not fit, definitions, expressions ----------------------------------------------------------------


def _misshapen(entry: Entry, course: Course) -> Judged:
    """A line whose shapes do not fit: where all sizes are one it can still be seen whether it is wrong."""
    line, reason = entry.line, str(entry.line.error).split("\n")[0]
    group = line.unsized[-1]
    above = _links(group, Setting(layout=course.setting.layout)) if group.ops else Finding(UNREAD, reason)
    chain = course.chain
    carried = chain.wrong if chain is not None and line.above >= 0 else None
    if above.verdict == "refuted":
        found = replace(above, reason=reason, notes=("with all sizes equal the sides still differ",))
        if chain is None or line.above < 0:
            course.chain = chain = Chain(group.sides[0], group.sides[0], entry.number)
        chain.wrong = carried or entry.number
        return _said(entry, "step", "refuted", found, above=found, start=found)
    if above and carried is not None:
        note = f"it follows from the line above, and carries on the error of line {carried}"
        found = replace(above, notes=(reason,))
        return _said(entry, "step", above.verdict, found, above=found, carries=carried, note=note)
    return _said(entry, line.role, UNREAD, Finding(UNREAD, reason))


def _definition(entry: Entry, group: Group, course: Course) -> Judged:
    """A definition is not judged; what its line goes on to claim is."""
    body, current = group.sides[0], course.chain
    aside = entry.link == "where" and current is not None and course.line == entry.number
    course.begin(Chain(body, body, entry.number))
    if aside:  # a letter explained at the end of a line: the next line goes on from what stood before it
        course.chain = current
    if len(group.sides) < 2:
        return _said(entry, "definition")
    if set(group.ops) & INEQUALITIES and not letters(group.sides[-1]) and not _links(group, course.setting):
        return _said(entry, "definition")  # σ² = 1/β > 0 says what is assumed
    judged = _next(entry, group.ops, group.sides, course)
    return replace(judged, role="definition")


def _expression(k: int, entries: Sequence[Entry], side: Expr, course: Course) -> Judged:
    """A bare expression after another one is said to be equal to it; else a chain begins."""
    entry, before = entries[k], entries[k - 1] if k else None
    bare = before is not None and before.line.role == "expression" and before.line.error is None
    if bare and course.chain is not None and course.chain.last.shape == side.shape:
        return _next(entry, ("eq",), (course.chain.last, side), course)
    course.begin(Chain(side, side, entry.number))
    return _said(entry, "expression")


# -- chains -----------------------------------------------------------------------------------------------------------


def _next(entry: Entry, ops: tuple[str, ...], sides: tuple[Expr, ...], course: Course) -> Judged:
    """Judge the next sides of the current chain against the last one and the first one."""
    chain = course.chain
    assert chain is not None
    group = with_implicit(Group(sides, ops), course)
    sides = group.sides
    conditions = connected(group, course.given())
    above = _here(group, course, conditions)
    fresh = letters(*sides[1:]) - letters(sides[0]) - course.seen - course.declared
    if above.verdict == "refuted" and fresh and set(ops) <= {*EQUAL, "propto"}:
        return _says_what(entry, group, fresh, course)
    if above.verdict == "refuted" and is_zero(sides[-1]) and ops[-1] in EQUAL and satisfiable(group, course):
        return _set_to_zero(entry, group, course)
    whole = joined_op([chain.op, *ops])
    start = above
    if chain.head is not sides[0] and whole is not None:
        start = _here(Group((chain.head, sides[-1]), (whole,)), course, conditions)
        if start.verdict == "refuted" and chain.given:
            start = above  # what the chain was given to be is not what its head says
    chain.last, chain.op = sides[-1], whole or ops[-1]
    if whole is None:
        course.begin(Chain(sides[-1], sides[-1], entry.number))
    judged = _weighed(entry, "step", above, start, chain)
    return replace(judged, sides=sides, relations=ops, conditions=tuple(conditions))


def _here(group: Group, course: Course, conditions: Sequence[Expr]) -> Finding:
    """Judge a group as it stands, and where the conditions hold if it needs them."""
    plain = _links(group, course.setting)
    if plain or not conditions:
        return plain
    held = _under(group, course, conditions)
    return held if held.verdict != UNREAD or plain.verdict == UNREAD else Finding(UNREAD, held.reason)


def _says_what(entry: Entry, group: Group, fresh: set[str], course: Course) -> Judged:
    """A relation that brings in a new letter says what it is: it is taken as given."""
    course.equations += [Equation(r, r, entry.number) for r in relations_of(group)]
    chain = course.chain
    if chain is not None:
        chain.last, chain.given = group.sides[-1], True
    names = ", ".join(sorted(fresh))
    note = f"it is read as saying what {names} {'is' if len(fresh) == 1 else 'are'}"
    return _said(entry, "condition", note=note, sides=group.sides, relations=group.ops)


def _set_to_zero(entry: Entry, group: Group, course: Course) -> Judged:
    """A chain that ends in = 0 without being 0 is set to zero: what follows holds where it vanishes."""
    chain = course.chain
    assert chain is not None
    head = chain.last if chain.given else chain.head
    for side, kept in ((head, True), (group.sides[0], False)):
        made = relations_of(Group((side, constant(0)), ("eq",)))
        if made and (kept or chain.wrong is not None):
            course.equations.append(Equation(made[0], made[0], entry.number, wrong=chain.wrong, kept=kept))
    return _said(entry, "condition", note="it is set to zero", sides=group.sides, relations=group.ops)


def _weighed(entry: Entry, role: str, above: Finding, start: Finding, chain: Chain) -> Judged:
    """Weigh the finding against the line above with the one against the start."""
    before = chain.wrong
    if above.verdict == "refuted":
        if start and before is not None:
            chain.wrong = None
            note = "it is right, though it does not follow from the line above"
            return _said(entry, role, start.verdict, start, above=above, start=start, recovers=True, note=note)
        chain.wrong = before if before is not None else entry.number
        return _said(entry, role, "refuted", above, above=above, start=start)
    if above and before is not None and start.verdict == "refuted":
        return _carries(entry, role, above, start, before)
    if above and before is not None and start:
        chain.wrong = None
    if above and before is None and start.verdict == "refuted":
        chain.wrong = entry.number  # small errors that each link forgives: the whole does not hold
        return _said(entry, role, "refuted", start, above=above, start=start)
    return _said(entry, role, above.verdict, above, above=above, start=start)


def _carries(entry: Entry, role: str, above: Finding, start: Finding, line: int) -> Judged:
    note = f"it follows from the line above, and carries on the error of line {line}"
    return _said(entry, role, above.verdict, above, above=above, start=start, carries=line, note=note)


# -- equations --------------------------------------------------------------------------------------------------------


def _equation(k: int, entries: Sequence[Entry], group: Group, course: Course) -> Judged:
    """A relation of its own: an identity, the next of an earlier chain, a step of solving, or a condition."""
    entry, group = entries[k], with_implicit(group, course)
    if entry.link == "given":
        course.begin(_chain_of(group, entry.number))
        return _said(entry, "condition", note="it is taken as given")
    if entry.link in GIVEN and group.ops == ("ne",):
        return _condition(entry, group, course)
    if entry.link == "suppose" and letters(*group.sides) and not _links(group, course.setting):
        return _condition(entry, group, course)
    if entry.link == "since":
        found = _here(group, course, connected(group, course.given()))
        if found.verdict == "refuted" and any(not letters(s) for s in group.sides) and satisfiable(group, course):
            return _condition(entry, group, course)
        return _said(entry, "reason", found.verdict, found, above=found, start=found)
    sided = _sided(k, entries, group, course)
    if sided is not None:
        return sided
    vanishes = entry.link == "zero" or (_vanishes(group, course) and not _links(group, course.setting))
    if vanishes and not is_place(group):
        group = _vanishing(entry, group, course)
        if is_derivative(group.sides[0]) and is_zero(group.sides[-1]):
            return _said(entry, "condition")
    plain = _links(group, course.setting)
    restated = _restated(entry, group, plain, course)
    if restated is not None:
        return restated
    if not plain:
        solved = _solved(k, entries, group, plain, course)
        if solved is not None:
            return solved
    if plain.verdict == UNREAD and "taken as given" in plain.reason:
        return _said(entry, "condition", note=plain.reason)
    if plain.verdict == UNREAD:
        course.chain = Chain(group.sides[-1], group.sides[-1], entry.number)
        return _said(entry, "claim", UNREAD, plain, above=plain, start=plain)
    unsure = course.unsure & letters(*group.sides)
    if plain.verdict == "refuted" and unsure:
        names = ", ".join(sorted(unsure))
        reason = f"What {names} {'is' if len(unsure) == 1 else 'are'} stands in a line that was not read."
        course.chain = Chain(group.sides[-1], group.sides[-1], entry.number)
        return _said(entry, "claim", UNREAD, Finding(UNREAD, reason))
    course.begin(_chain_of(group, entry.number))
    if plain.verdict == "refuted" and course.chain is not None:
        course.chain.wrong = entry.number
    return _said(entry, "claim", plain.verdict, plain, above=plain, start=plain)


def _sided(k: int, entries: Sequence[Entry], group: Group, course: Course) -> Judged | None:
    """Judge a claim under conditions that stand behind it on its line: d max(0, z)/dz = 1 if z > 0."""
    entry, sides = entries[k], list[Expr]()
    for later in entries[k + 1 :]:
        if later.number != entry.number or later.link not in ("suppose", "since") or later.line.error is not None:
            break
        sides += [r for g in later.line.groups for r in relations_of(g)]
    if not sides or _links(group, course.setting):
        return None
    found = _under(group, course, [*connected(group, course.given()), *sides])
    if found.verdict == UNREAD or (not found and (entry.link in GIVEN or course.told_on == entry.number)):
        return None
    course.begin(replace(_chain_of(group, entry.number), wrong=entry.number if found.verdict == "refuted" else None))
    return _said(entry, "claim", found.verdict, found, above=found, start=found, conditions=tuple(sides))


def _chain_of(group: Group, number: int) -> Chain:
    whole = joined_op(group.ops)
    if whole is None:
        return Chain(group.sides[-1], group.sides[-1], number)
    return Chain(group.sides[0], group.sides[-1], number, whole)


def _restated(entry: Entry, group: Group, plain: Finding, course: Course) -> Judged | None:
    """Judge a line that begins with the head of an earlier chain, or speaks of it: its last side is what is above."""
    known = course.chains.get(group.sides[0])
    if known is not None and known.last is not group.sides[0]:
        course.chain = known
        judged = _next(entry, group.ops, (known.last, *group.sides[1:]), course)
        numeric = any(not letters(s) for s in group.sides) and not is_derivative(group.sides[0])
        if judged.verdict == "refuted" and numeric and satisfiable(group, course):
            known.wrong = None if known.wrong == entry.number else known.wrong
            return _condition(entry, group, course, "it holds for some values only: it is taken as given")
        return judged if judged.verdict != "refuted" or not plain else None
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
        above = _links(Group(sides, group.ops), course.setting)
        if above:
            course.begin(replace(_chain_of(group, entry.number), wrong=chain.wrong, given=chain.given))
            if chain.wrong is not None:
                return _carries(entry, "claim", above, plain, chain.wrong)
            note = f"with what line {chain.line} says"
            return _said(entry, "claim", above.verdict, above, above=above, start=plain, note=note)
    return None


def _condition(entry: Entry, group: Group, course: Course, note: str = "") -> Judged:
    """Take a relation as given."""
    added = relations_of(group)
    if not added:
        return _said(entry, "condition", UNREAD, Finding(UNREAD, "The sides cannot be compared."))
    place = is_place(group) and bool(letters(*group.sides) & course.seen)
    if place:
        course.equations = [e for e in course.equations if not (e.local and letters(e.start) & letters(*group.sides))]
    course.equations += [Equation(r, r, entry.number, local=place) for r in added]
    course.told_on = entry.number
    if not place:
        course.chain = replace(_chain_of(group, entry.number), given=True)
    return _said(entry, "condition", note=note)


def _solved(k: int, entries: Sequence[Entry], group: Group, plain: Finding, course: Course) -> Judged | None:
    """Judge an equation that does not hold for all values; None where it is simply wrong."""
    entry = entries[k]
    held = letters(*(e.start for e in course.equations if not e.local))
    if is_place(group) and letters(*group.sides) & course.seen - held and plain.verdict == "refuted":
        return _condition(entry, group, course, "it is read as a place")
    conditions = connected(group, course.given())
    start = _under(group, course, conditions) if conditions else plain
    if start:
        course.equations += [Equation(r, r, entry.number, derived=True) for r in relations_of(group)]
        course.begin(_chain_of(group, entry.number))
        return _said(entry, "step", start.verdict, start, above=start, start=start, conditions=tuple(conditions))
    if start.verdict == "refuted" and solves(group, conditions, course.setting):
        course.begin(_chain_of(group, entry.number))
        found = replace(start, verdict="tested", reason="it solves the equation above", counterexample=None)
        note = "not the only solution" if start.counterexample is not None else ""
        return _said(entry, "step", "tested", found, above=found, start=found, note=note)
    wrong = _after_wrong(entry, group, start, course)
    if wrong is not None:
        return wrong
    if plain.verdict == UNREAD and start.verdict == UNREAD:
        return None
    why = _why_given(k, entries, group, course, bool(conditions))
    if why is not None:
        return _condition(entry, group, course, why)
    if conditions and start.verdict == UNREAD:
        return _said(entry, "step", UNREAD, start, above=start, start=start)
    if conditions:
        course.equations += [Equation(r, r, entry.number, wrong=entry.number) for r in relations_of(group)]
        course.begin(replace(_chain_of(group, entry.number), wrong=entry.number))
        return _said(entry, "step", "refuted", start, above=start, start=start, conditions=tuple(conditions))
    return None


def _after_wrong(entry: Entry, group: Group, start: Finding, course: Course) -> Judged | None:
    """Tell whether an equation follows from a wrong one before it."""
    bad = [e for e in course.equations if e.wrong is not None]
    if not bad:
        return None
    number = bad[0].wrong
    assert number is not None
    for conditions in ([bad[-1].above], connected(group, [e.above for e in course.equations])):
        above = _under(group, course, conditions)
        if above:
            relations = relations_of(group)
            course.equations += [Equation(r, r, entry.number, wrong=number) for r in relations]
            course.begin(replace(_chain_of(group, entry.number), wrong=number))
            return _carries(entry, "step", above, start, number)
    return None


def _why_given(k: int, entries: Sequence[Entry], group: Group, course: Course, solving: bool) -> str | None:
    """Return why an equation that does not follow is to be taken as given, or None where it is a claim."""
    entry, names = entries[k], letters(*group.sides)
    held = letters(*(e.start for e in course.equations if not e.local))
    before = [e for e in entries[:k] if e.number == entry.number]
    told = any(e.link in GIVEN for e in before) or course.told_on == entry.number
    if told and entry.link not in ("so", "claim", "zero", "continues") and not is_derivative(group.sides[0]):
        return ""
    if set(group.ops) - set(EQUAL):
        beside = any(e.number == entry.number and e is not entry for e in entries)
        plain = all(is_plain(s) for s in group.sides)
        several = len(letters(*group.sides)) > 1 or (not course.judged and k + 1 < len(entries))
        return "" if entry.link == "where" or beside or (plain and several) else None
    fresh = letters(*group.sides[1:]) - letters(group.sides[0]) - course.seen - course.declared
    bare = bare_letters(group)
    left = letters(group.sides[0])
    if len(left) == 1 and course.seen and not left & (course.seen | letters(*group.sides[1:])):
        fresh = left  # a² = x² + y² says what a is
    if fresh and not (bare and bare & held) and not has_chance(*group.sides):
        return f"it is read as saying what {', '.join(sorted(fresh))} {'is' if len(fresh) == 1 else 'are'}"
    if bare and not bare & held and entry.link not in ("so", "zero"):
        return "it is read as a choice"
    if entry.link == "where":
        return ""
    follows = entry.link == "so" and bool(course.equations or course.chains)
    if is_derivative(group.sides[0]) or follows or (bare & held):
        return None
    every = letters(*group.sides, *course.given())
    determined = solving and len(every) <= len(course.given())
    if any(not letters(s) for s in group.sides) and not determined and satisfiable(group, course):
        return "it holds for some values only: it is taken as given"
    if not course.judged and names and _ahead(k, entries, group, course):
        return "it is taken as given"
    return None


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
        made = relations_of(after)
        if not made or line.role == "definition" or after.ops[0] not in EQUAL:
            continue
        if not letters(*taken) & letters(*made) or _links(after, course.setting):
            continue
        if later.link == "so" and len(taken) == 1:
            return True
        conditions = connected(after, [*course.given(), *taken])
        if conditions and _under(after, course, conditions):
            return True
        taken += made
    return False


# -- derivatives set to zero ------------------------------------------------------------------------------------------


def _vanishes(group: Group, course: Course) -> bool:
    """Tell whether the line sets to zero what a derivative came to."""
    chain = course.chain
    if not any(is_zero(s) for s in group.sides) or group.ops[0] not in EQUAL:
        return False
    return is_derivative(group.sides[0]) or (chain is not None and is_derivative(chain.head))


def _vanishing(entry: Entry, group: Group, course: Course) -> Group:
    """Take it as given that a derivative is zero; return the line with w* as the variable w."""
    chain = course.chains.get(group.sides[0]) if is_derivative(group.sides[0]) else course.chain
    chain = chain or (Chain(group.sides[0], group.sides[0], entry.number) if is_derivative(group.sides[0]) else None)
    if chain is None:
        return group
    head = chain.last if chain.given else chain.head
    zero = [relations_of(Group((side, constant(0)), ("eq",))) for side in (head, chain.last)]
    if all(zero):
        course.equations.append(Equation(zero[0][0], zero[1][0], entry.number, wrong=chain.wrong, kept=True))
    return with_variable(group, chain.head)


# -- implications -----------------------------------------------------------------------------------------------------


def _implication(entry: Entry, course: Course) -> Judged:
    """P ⇒ Q: Q at points that satisfy P; P ⇔ Q both ways."""
    groups, arrows = entry.line.groups, entry.line.arrows
    found: list[Finding] = []
    for before, arrow, after in zip(groups, arrows, groups[1:], strict=False):
        found.append(_follows(before, after, course))
        if arrow == "iff":
            found.append(_follows(after, before, course))
    finding = min(found, key=lambda f: RANK[f.verdict])
    conditions = tuple(c for g in groups[:-1] for c in relations_of(g))
    course.chain = _chain_of(groups[-1], entry.number) if groups[-1].ops else None
    return _said(entry, "claim", finding.verdict, finding, above=finding, start=finding, conditions=conditions)


def _follows(before: Group, after: Group, course: Course) -> Finding:
    conditions = relations_of(before)
    if not conditions or not after.ops:
        return Finding(UNREAD, "⇒ is read between equations and inequalities.")
    plain = _links(after, course.setting)
    if plain.verdict == "proved":
        return plain
    found = _under(after, course, [*connected(after, course.given()), *conditions])
    return _at_zero(after, course, conditions) or found if found else found


def _at_zero(after: Group, course: Course, conditions: Sequence[Expr]) -> Finding | None:
    """Return the refutation of P ⇒ Q where a number in P is 0, which random points never meet: a b = a c."""
    numbers = [s for s in symbols_of(*conditions) if not s.shape and not facts.closure(s.facts & KNOWN) & NOT_ZERO]
    for one in numbers if len(numbers) < 7 and not has_chance(*conditions, *after.sides) else ():
        zero: dict[Expr, Expr] = {one: constant(0)}
        try:
            held = [substituted(c, zero) for c in conditions]
            sides = tuple(substituted(s, zero) for s in after.sides)
        except AgnesiError:
            continue
        found = _under(Group(sides, after.ops), course, held)
        if found.verdict == "refuted":
            return replace(found, reason=f"It fails where {one} = 0.")
    return None


