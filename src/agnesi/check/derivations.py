"""A derivation judged line by line: against the line above, and against the start.

A line may be wrong by itself, follow rightly from a wrong one (it carries the error on), or be right again although the
one above was not. Not every equation claims to hold for all values: it may be given, be one of a system that is being
solved, or say what a new letter is. Such equations are conditions, and what follows is judged where they hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from agnesi.check.chains import UNREAD, chain_of, links, next_sides, said, under
from agnesi.check.course import (
    Chain,
    Course,
    Entry,
    Equation,
    connected,
    explained_in,
    is_derivative,
    is_slope,
    is_zero,
    letters,
    relations_of,
    satisfiable,
)
from agnesi.check.doubts import doubted
from agnesi.check.equations import equation
from agnesi.check.inequalities import INEQUALITIES
from agnesi.check.judge import LATE, judge
from agnesi.check.named import differentiated_in, function_of, named_quantity, point_named
from agnesi.check.numbers import Given, points
from agnesi.check.report import RANK, Finding, Judged
from agnesi.check.settings import Findings, Setting, in_words
from agnesi.check.worlds import has_chance
from agnesi.check.worlds_claims import density_claimed
from agnesi.errors import AgnesiError, NotNumeric, OutOfTime
from agnesi.expr.clock import now, over, within
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Const, Expr, Symbol, apply, constant, symbols_of
from agnesi.expr.nodes import replace as substituted
from agnesi.ops.facts import facts
from agnesi.read.english import ZERO
from agnesi.read.lines import Group

NOT_ZERO = frozenset(
    ("positive", "negative", "nonzero", "unit interval", "probability", "full column rank", "full row rank",
     "invertible")
)
KNOWN = frozenset(f.name for f in facts)
HATS = frozenset(("hat", "star", "*", "opt", "ML", "MLE", "MAP", "LS", "OLS"))
ROOTS = frozenset(("hat", "star", "*", "opt", "ml", "mle", "map", "ls", "ols", "ridge", "best"))
LIMIT = 15.0  # seconds of processor time for the lines of one text
LINE = 10.0  # and for one of them


def judged(
    entries: Sequence[Entry], setting: Setting, declared: Iterable[str] = (), told: Sequence[Expr] = ()
) -> list[Judged]:
    """Judge the lines in order; `declared` are the letters whose shapes are declared, `told` conditions in words."""
    given = [Equation(t, t, 0) for t in told]
    setting = setting if setting.found is not None else replace(setting, found=Findings())
    course = Course(setting, declared=set(declared), equations=given, seen=letters(*told))
    end = now() + LIMIT
    failed = [(k, explained_in(e.line.piece.text)) for k, e in enumerate(entries) if e.line.error is not None]
    out = []
    for k, entry in enumerate(entries):
        course.current = entry.number
        course.unsure = {n for at, names in failed for n in names if at != k or n not in setting.sized}
        if now() > end:
            out.append(said(entry, entry.line.role, UNREAD, Finding(UNREAD, "The time for one text is used up.")))
            continue
        chain = course.chain
        course.equations += [Equation(r, r, entry.number, local=True) for r in point_named(entry.said, course)]
        out.append(_in_time(k, entries, course))
        if chain is not None and entry.link == "where" and course.line == entry.number:
            course.chain = chain  # what is explained behind a step is not what the next line goes on from
        course.line, course.judged = entry.number, course.judged + (out[-1].verdict is not None)
        heads = (s for g in entry.line.groups[:1] for s in g.sides[:1])
        course.function = next(filter(None, map(differentiated_in, heads)), None) or course.function
        course.seen |= letters(*(s for g in entry.line.groups for s in g.sides))
    return out


def _in_time(k: int, entries: Sequence[Entry], course: Course) -> Judged:
    """Judge one line while there is time for it: what is cut short is not called wrong."""
    entry, late = entries[k], Finding(UNREAD, LATE)
    try:
        with within(LINE):
            found = doubted(_one(k, entries, course), entry, course)
            return replace(found, verdict=UNREAD, evidence=late) if found.verdict == "refuted" and over() else found
    except OutOfTime:
        return said(entry, entry.line.role, UNREAD, late)


def _one(k: int, entries: Sequence[Entry], course: Course) -> Judged:
    entry = entries[k]
    line = entry.line
    if line.error is not None and line.unsized:
        return _misshapen(entry, course)
    if line.error is not None:
        if line.above < 0 and not entry.line.piece.continues:
            course.chain = None  # what goes on from it does not go on from the chain before it
        return said(entry, line.role, UNREAD, Finding(UNREAD, str(line.error).split("\n")[0]))
    if line.role == "model" and entry.link in ("so", "claim") and line.groups:
        return _model(entry, course)
    if line.role in ("declaration", "model", "problem") or not line.groups:
        return said(entry, line.role)
    if line.arrows:
        return _implication(entry, course)
    group = line.groups[0]
    if line.role == "definition":
        root = _root(entry, group, course)
        if root is not None:
            told = replace(entry, link="zero", line=replace(line, groups=(root,)))
            return equation(k, [*entries[:k], told, *entries[k + 1 :]], root, course)
        return _definition(entry, group, course)
    if not group.ops:
        return _expression(k, entries, group.sides[0], course)
    if worded(course.chain.last if line.above >= 0 and course.chain is not None else group.sides[0], *group.sides[1:]):
        return _worded(k, entries, group, course)
    rest = Group(group.sides[1:], group.ops[1:])
    if line.above < 0 and rest.ops and names_density(group, course):  # γ_k = p(k | x) = ...
        course.equations += [Equation(r, r, entry.number) for r in relations_of(Group(group.sides[:2], group.ops[:1]))]
        return equation(k, entries, rest, course)
    if line.above >= 0 and course.chain is not None:
        course.resume(group.sides[0])
        return next_sides(entry, group.ops, (course.chain.last, *group.sides[1:]), course)
    current = course.chain
    judged = equation(k, entries, group, course)
    bound = judged.role == "condition" and set(group.ops) <= {*INEQUALITIES, "ne"} and course.line == entry.number
    if bound and current is not None:  # p(n | c) = ..., n ≥ c
        course.chain = current
    return judged


def _root(entry: Entry, group: Group, course: Course) -> Group | None:
    """Return ŵ = ... as what w is where its derivative above is zero; None where it defines ŵ otherwise."""
    base, _, mark = entry.line.name.partition("_")
    body, zero = group.sides[0], {e.start for e in course.equations if e.kept}
    if mark.lower() not in ROOTS or entry.line.parameters or base in letters(body):
        return None
    chain = course.chain if course.chain is not None and is_slope(course.chain.head) else None
    able = [c for c in course.chains.values() if is_slope(c.head) and _told_zero(c, zero)] if chain is None else [chain]
    head = able[-1].head if able else None
    if not isinstance(head, Apply) or len(head.args) != 2 or not isinstance(head.args[1], Symbol):
        return None
    variable = head.args[1]
    follows = entry.link in ("so", "zero") or bool(ZERO.search(entry.said)) or _told_zero(able[-1], zero)
    if not follows or variable.name != base or variable.shape != body.shape or variable in symbols_of(body):
        return None
    return Group((variable, *group.sides), ("eq", *group.ops))


def _told_zero(chain: Chain, zero: set[Expr]) -> bool:
    """Tell whether a derivative was set to zero."""
    made = (relations_of(Group((side, constant(0)), ("eq",))) for side in (chain.head, chain.last))
    return any(r in zero for relations in made for r in relations)


def names_density(group: Group, course: Course) -> bool:
    """Tell whether a line gives a probability a new letter, and goes on to say what it is."""
    first, second = group.sides[:2]
    new = isinstance(first, Symbol) and first.name not in course.seen | letters(*group.sides[1:])
    return new and group.ops[0] == "eq" and has_chance(second)


def worded(*sides: Expr) -> bool:
    """Tell whether some sides have an event in words, P(at least 2 of 3 flips), and others do not have the same."""
    return len({frozenset(in_words(s)) for s in sides}) > 1


def _worded(k: int, entries: Sequence[Entry], group: Group, course: Course) -> Judged:
    """A line with an event in words says what its probability is: the sides behind it are judged, and go on from it."""
    entry = entries[k]
    last = max(j for j, side in enumerate(group.sides) if in_words(side))
    rest = Group(group.sides[last + 1 :], group.ops[last + 1 :]) if last + 1 < len(group.sides) else None
    if rest is not None and rest.ops:
        course.chain = None
        return equation(k, entries, rest, course)
    end = group.sides[-1]
    course.begin(Chain(end, end, entry.number))
    note = "what an event in words has for a probability is not computed: it is taken as given"
    return said(entry, "condition", note=note, sides=group.sides, relations=group.ops)


def _model(entry: Entry, course: Course) -> Judged:
    """A model that is said to follow, so μ | x ~ N(m, v), is judged where the text determines the density."""
    sides = density_claimed(entry.line.groups[0].sides[0], course.setting.chance, course.seen)
    if sides is None:
        return said(entry, entry.line.role)
    found = judge("propto", *sides, course.setting)
    if found.verdict == UNREAD:
        found = judge("eq", *sides, course.setting)
    if found.verdict == UNREAD:
        return said(entry, entry.line.role)
    return said(entry, "claim", found.verdict, found, above=found, start=found, sides=sides, relations=("propto",))


def _misshapen(entry: Entry, course: Course) -> Judged:
    """A line whose shapes do not fit: where all sizes are one it can still be seen whether it is wrong."""
    line, reason = entry.line, str(entry.line.error).split("\n")[0]
    group = line.unsized[-1]
    above = links(group, Setting(layout=course.setting.layout)) if group.ops else Finding(UNREAD, reason)
    chain = course.chain
    carried = chain.wrong if chain is not None and line.above >= 0 else None
    if above.verdict == "refuted" and (fresh := letters(*group.sides) - course.seen - course.declared) and course.seen:
        names = ", ".join(sorted(fresh))
        return said(entry, line.role, UNREAD, Finding(UNREAD, f"{reason} What {names} is, is not said."))
    if above.verdict == "refuted":
        found = replace(above, reason=reason, notes=("with all sizes equal the sides still differ",))
        if chain is None or line.above < 0:
            course.chain = chain = Chain(group.sides[0], group.sides[0], entry.number)
        chain.wrong = carried or entry.number
        return said(entry, "step", "refuted", found, above=found, start=found)
    if above and carried is not None:
        note = f"it follows from the line above, and carries on the error of line {carried}"
        found = replace(above, notes=(reason,))
        return said(entry, "step", above.verdict, found, above=found, carries=carried, note=note)
    if line.above < 0 and not line.piece.continues:
        course.chain = None
    return said(entry, line.role, UNREAD, Finding(UNREAD, reason))


def _definition(entry: Entry, group: Group, course: Course) -> Judged:
    """A definition is not judged; what its line goes on to claim is."""
    body, current = group.sides[0], course.chain
    quantity = named_quantity(entry.said, course, entry.line.name) if not entry.line.parameters else None
    if quantity is not None and len(group.sides) == 1:
        found = links(Group((quantity, body), ("eq",)), course.setting)
        course.begin(Chain(quantity, body, entry.number, wrong=entry.number if found.verdict == "refuted" else None))
        if found.verdict != UNREAD:
            judged = said(entry, "definition", found.verdict, found, above=found, start=found)
            return replace(judged, sides=(quantity, body), relations=("eq",))
    made = function_of(body, entry.line.parameters)
    course.functions += made is not None
    course.function = made or course.function
    aside = entry.link == "where" and current is not None and course.line == entry.number
    course.begin(Chain(body, body, entry.number))
    judged = said(entry, "definition")
    _gives_size(entry, body, course)
    again = entry.link not in ("so", "claim") and course.case_anew(group, least=1)  # of a = b = 2, b = 2
    if again or _gives_both(group, course) or _constrains(group, course):
        course.equations += [Equation(r, r, entry.number) for r in relations_of(group)]
        return judged
    bounded = bool(set(group.ops) & INEQUALITIES) and not letters(group.sides[-1])
    if len(group.sides) > 1 and not (bounded and not links(group, course.setting)):  # σ² = 1/β > 0 is assumed
        judged = replace(next_sides(entry, group.ops, group.sides, course), role="definition")
    if aside:  # a letter explained at the end of a line: the next line goes on from what stood before it
        course.chain = current
    return judged


def _gives_size(entry: Entry, body: Expr, course: Course) -> None:
    """Keep n = 3 as a condition on the size n: it is the end of ∑_{i=1}^n too."""
    whole = isinstance(body, Const) and body.value == int(body.value) > 0
    if whole and entry.line.name and not entry.line.parameters:
        size = Group((apply("size", attrs=(Dim.of(entry.line.name),)), body), ("eq",))
        course.forget(size)
        course.equations += [Equation(r, r, entry.number) for r in relations_of(size)]


def _gives_both(group: Group, course: Course) -> bool:
    """Tell whether p = q = 1/2 gives two new letters a number."""
    names = [s.name for s in group.sides[:-1] if isinstance(s, Symbol)]
    new = len(names) == len(group.sides) - 1 and not set(names) & (course.seen | course.declared)
    return bool(names) and new and set(group.ops) == {"eq"} and not letters(group.sides[-1])


def _constrains(group: Group, course: Course) -> bool:
    """Tell whether V = xyz = 32 says of new letters what holds: numbers of which nothing was said before."""
    body, last = group.sides[0], group.sides[-1]
    names = letters(body)
    if len(group.sides) != 2 or set(group.ops) != {"eq"} or letters(last) or len(names) < 2 or has_chance(body, last):
        return False
    new = not names & (course.seen | course.declared) and not any(s.shape for s in symbols_of(body))
    return new and links(group, course.setting).verdict == "refuted" and satisfiable(group, course)


def _expression(k: int, entries: Sequence[Entry], side: Expr, course: Course) -> Judged:
    """A bare expression after another one is said to be equal to it; else a chain begins."""
    entry, before = entries[k], entries[k - 1] if k else None
    bare = before is not None and before.line.role == "expression" and before.line.error is None
    if bare and course.chain is not None and course.chain.last.shape == side.shape:
        return next_sides(entry, ("eq",), (course.chain.last, side), course)
    course.begin(Chain(side, side, entry.number))
    return said(entry, "expression")


def _implication(entry: Entry, course: Course) -> Judged:
    """P ⇒ Q: Q at points that satisfy P; P ⇔ Q both ways."""
    groups, arrows = entry.line.groups, entry.line.arrows
    found: list[Finding] = []
    nonzero = _eigenvectors([c for g in groups for c in relations_of(g)])
    for before, arrow, after in zip(groups, arrows, groups[1:], strict=False):
        found.append(_follows(before, after, course, nonzero))
        if arrow == "iff":
            found.append(_follows(after, before, course, nonzero))
    finding = min(found, key=lambda f: RANK[f.verdict])
    conditions = tuple(c for g in groups[:-1] for c in relations_of(g))
    course.chain = chain_of(groups[-1], entry.number) if groups[-1].ops else None
    if finding and _solving(groups[0], course):
        course.equations += [Equation(r, r, entry.number) for r in relations_of(groups[0])]
    if finding and is_derivative(groups[0].sides[0]) and is_zero(groups[0].sides[-1]):  # set to zero, not supposed
        made = [r for g in groups[:1] for r in relations_of(Group((g.sides[0], g.sides[-1]), ("eq",)))]
        course.equations += [Equation(r, r, entry.number, kept=True) for r in made]
        course.equations += [Equation(r, r, entry.number, kept=True) for r in relations_of(groups[-1])]
    return said(entry, "claim", finding.verdict, finding, above=finding, start=finding, conditions=conditions)


def _solving(premise: Group, course: Course) -> bool:
    """Tell whether a premise is one more equation of a system: 2(x − 1) = λ, 2(y − 2) = λ ⇒ x − 1 = y − 2."""
    told = [c for c in course.given() if isinstance(c, Apply) and c.op.name == "eq"]
    plain = set(premise.ops) <= {"eq"} and len(premise.sides) == 2 and not has_chance(*premise.sides)
    return plain and len(told) > 1 and bool(connected(premise, told)) and bool(letters(*premise.sides))


def _follows(before: Group, after: Group, course: Course, nonzero: set[Symbol]) -> Finding:
    conditions = relations_of(before)
    if not conditions or not after.ops:
        return Finding(UNREAD, "⇒ is read between equations and inequalities.")
    after = _without_hats(after, conditions)
    plain = links(after, course.setting)
    if plain.verdict == "proved":
        return plain
    found = under(after, course, [*connected(after, course.given()), *conditions])
    if not found or set(after.ops) <= INEQUALITIES:  # a search for a violation tries 0 by itself
        return found
    zero = _at_zero(after, course, conditions, nonzero)
    return found if zero is None else zero


def _without_hats(group: Group, conditions: Sequence[Expr]) -> Group:
    """Return a group with ŵ and w* as w, where the conditions are about w: Xᵀ X w = Xᵀ y ⇒ ŵ = ..."""
    held = {s.name: s for s in symbols_of(*conditions)}
    places: dict[Expr, Expr] = {}
    for s in symbols_of(*group.sides):
        base, _, mark = s.name.partition("_")
        if mark in HATS and s.name not in held and base in held and held[base].shape == s.shape:
            places[s] = held[base]
    return Group(tuple(substituted(s, places) for s in group.sides), group.ops) if places else group


def _at_zero(after: Group, course: Course, conditions: Sequence[Expr], nonzero: set[Symbol]) -> Finding | None:
    """Return the refutation of P ⇒ Q where a letter in P is 0, which random points never meet: a b = a c."""
    able = [s for s in symbols_of(*conditions) if _may_vanish(s) and s not in nonzero]
    given = [c for c in connected(after, course.given()) if not has_chance(c)]
    conditions = [*given, *(c for c in conditions if c not in given)]
    for one in able if len(able) < 7 and not has_chance(*conditions, *after.sides) else ():
        zero: dict[Expr, Expr] = {one: apply("zeros", attrs=one.shape) if one.shape else constant(0)}
        try:
            held = [substituted(c, zero) for c in conditions]
            sides = tuple(substituted(s, zero) for s in after.sides)
        except AgnesiError:
            continue
        if not _have_values(sides):  # A⁻¹ at A = 0: no point would be found, after a long search
            continue
        found = under(Group(sides, after.ops), course, held)
        if found.verdict == "refuted":
            return replace(found, reason=f"It fails where {one} = 0.")
    return None


def _eigenvectors(conditions: Sequence[Expr]) -> set[Symbol]:
    """Return v of Pv = λv: an eigenvector is never 0."""
    found: set[Symbol] = set()
    for one in conditions:
        if not isinstance(one, Apply) or one.op.name != "eq" or one.args[0].ndim != 1:
            continue
        left, right = ({s for s in symbols_of(side) if s.ndim == 1} for side in one.args)
        factors = [s for side in one.args for s in symbols_of(side) if s.ndim != 1]
        if left == right and len(left) == 1 and any(s.ndim == 2 for s in factors) and any(not s.shape for s in factors):
            found |= left
    return found


def _have_values(sides: Sequence[Expr]) -> bool:
    """Tell whether there are random points where all sides have values."""
    try:
        next(points(sides, Given(), 1))
    except NotNumeric:
        return False
    return True


def _may_vanish(one: Symbol) -> bool:
    """Tell whether nothing that is declared of a letter forbids that it is 0."""
    known = facts.closure(one.facts & KNOWN)
    return not known & NOT_ZERO and all(facts[f].check(np.zeros((2,) * one.ndim)) for f in known)
