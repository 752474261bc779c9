"""A derivation judged line by line: against the line above, and against the start.

A line may be wrong by itself, follow rightly from a wrong one (it carries the error on), or be right again although the
one above was not. An equation that is no identity may be one that is being solved: then what follows is judged at
points that satisfy it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from agnesi.check.judge import SIGNS, Setting, judge, relation
from agnesi.check.report import RANK, Finding, Judged
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Const, Expr, Symbol, constant, symbols_of
from agnesi.expr.nodes import replace as substituted
from agnesi.read.lines import Group, Line

EQUAL = ("eq", "equiv", "define")
GIVEN = ("suppose", "where")
UNREAD = "not read"


@dataclass
class Chain:
    """Sides that are said to be equal one after the other: the first, the last, and the line of the first error."""

    head: Expr
    last: Expr
    line: int
    op: str = "eq"
    wrong: int | None = None


@dataclass
class Premise:
    """Equations that are being solved: the first and the last as relations, with their lines."""

    first: Expr
    last: Expr
    line: int
    wrong: int | None = None


@dataclass
class Course:
    """The state of a derivation as its lines go by."""

    setting: Setting
    chain: Chain | None = None
    chains: dict[Expr, Chain] = field(default_factory=dict)
    premises: list[Premise] = field(default_factory=list)
    fixed: list[Expr] = field(default_factory=list)  # conditions that were given or chosen

    @property
    def wrong(self) -> int | None:
        """The line of the error that the last line carries."""
        return self.chain.wrong if self.chain is not None else None

    def base(self) -> Setting:
        """Return the setting with what is given."""
        return self.setting.under(*self.fixed)


@dataclass(frozen=True)
class Entry:
    """A line as it was read, its number, and its link to what stands before: "so", "zero", "suppose", "where", ..."""

    line: Line
    number: int
    link: str = ""


def judged(entries: Sequence[Entry], setting: Setting) -> list[Judged]:
    """Judge the lines in order."""
    course = Course(setting)
    return [_one(k, entries, course) for k in range(len(entries))]


def _one(k: int, entries: Sequence[Entry], course: Course) -> Judged:
    entry = entries[k]
    line = entry.line
    if line.error is not None and line.unsized:
        return _misshapen(entry, course)
    if line.error is not None:
        reason = str(line.error).split("\n")[0]
        return _said(entry, line.role, UNREAD, Finding(UNREAD, reason))
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
        return _step(entry, group, course)
    return _equation(k, entries, group, course)


def _said(
    entry: Entry, role: str, verdict: str | None = None, evidence: Finding | None = None, **more: object
) -> Judged:
    piece, groups = entry.line.piece, entry.line.groups or entry.line.unsized
    if groups:
        more.setdefault("sides", groups[-1].sides)
        more.setdefault("relations", groups[-1].ops)
    return Judged(
        piece.text, entry.number, role, verdict, evidence, place=(piece.start, piece.stop), **more,  # type: ignore
    )


def _misshapen(entry: Entry, course: Course) -> Judged:
    """A line whose shapes do not fit: where all sizes are one it can still be seen whether it is wrong."""
    line, reason = entry.line, str(entry.line.error).split("\n")[0]
    group = line.unsized[-1]
    above = _links(group, Setting(layout=course.setting.layout)) if group.ops else Finding(UNREAD, reason)
    chain = course.chain
    if above.verdict == "refuted":
        found = replace(above, reason=reason, notes=("with all sizes equal the sides still differ",))
        carried = chain.wrong if chain is not None and line.above >= 0 else None
        if chain is not None and carried is None:
            chain.wrong = entry.number
        elif chain is None:
            course.chain = Chain(group.sides[0], group.sides[0], entry.number, wrong=entry.number)
        return _said(entry, "step", "refuted", found, above=found, start=found)
    if above and chain is not None and chain.wrong is not None and line.above >= 0:
        note = f"it follows from the line above, and carries on the error of line {chain.wrong}"
        found = replace(above, notes=(reason,))
        return _said(entry, "step", above.verdict, found, above=found, carries=chain.wrong, note=note)
    return _said(entry, line.role, UNREAD, Finding(UNREAD, reason))


# -- definitions and expressions ----------------------------------------------------------------------------------


def _definition(entry: Entry, group: Group, course: Course) -> Judged:
    """A definition is not judged; what its line goes on to claim is."""
    body = group.sides[0]
    course.chain = course.chains[body] = Chain(body, group.sides[-1], entry.number)
    if len(group.sides) < 2:
        return _said(entry, "definition")
    finding = _links(group, course.base())
    if finding.verdict == "refuted":
        course.chain.wrong = entry.number
    return _said(entry, "definition", finding.verdict, finding, above=finding, start=finding)


def _expression(k: int, entries: Sequence[Entry], side: Expr, course: Course) -> Judged:
    """A bare expression after another one is said to be equal to it; else a chain begins."""
    entry, before = entries[k], entries[k - 1] if k else None
    bare = before is not None and before.line.role == "expression" and before.line.error is None
    if bare and course.chain is not None and course.chain.last.shape == side.shape:
        return _next(entry, ("eq",), (course.chain.last, side), course)
    course.chain = course.chains[side] = Chain(side, side, entry.number)
    return _said(entry, "expression")


# -- chains -------------------------------------------------------------------------------------------------------


def _links(group: Group, setting: Setting) -> Finding:
    """Return the finding of a group's relations: the worst of its links."""
    found = [judge(op, a, b, setting) for op, a, b in zip(group.ops, group.sides, group.sides[1:], strict=False)]
    return min(found, key=lambda f: RANK[f.verdict])


def _step(entry: Entry, group: Group, course: Course) -> Judged:
    """A line that continues the chain."""
    assert course.chain is not None
    sides = (course.chain.last, *group.sides[1:])
    return _next(entry, group.ops, sides, course)


def _next(entry: Entry, ops: tuple[str, ...], sides: tuple[Expr, ...], course: Course) -> Judged:
    """Judge the next sides of the current chain against the last one and the first one."""
    chain = course.chain
    assert chain is not None
    setting = course.base()
    above = _links(Group(sides, ops), setting)
    whole = joined_op([chain.op, *ops])
    start = above
    if chain.head is not sides[0] and whole is not None:
        start = judge(whole, chain.head, sides[-1], setting, deep=False)
    chain.last, chain.op = sides[-1], whole or ops[-1]
    if whole is None:
        course.chain = course.chains[sides[-1]] = Chain(sides[-1], sides[-1], entry.number)
    weighed = _weighed(entry, "step", above, start, chain)
    return replace(weighed, sides=sides, relations=ops, conditions=setting.conditions)


def joined_op(ops: Sequence[str]) -> str | None:
    """Return the relation between the ends of a chain, or None where nothing follows."""
    kinds = {"eq" if op in EQUAL else op for op in ops}
    kinds.discard("eq")
    if not kinds:
        return "eq"
    if kinds <= {"le", "lt"}:
        return "lt" if "lt" in kinds else "le"
    if kinds <= {"ge", "gt"}:
        return "gt" if "gt" in kinds else "ge"
    return "propto" if kinds == {"propto"} else None


def _weighed(entry: Entry, role: str, above: Finding, start: Finding, held: Chain | Premise) -> Judged:
    """Weigh the finding against the line above with the one against the start."""
    before = held.wrong
    if above.verdict == "refuted":
        if start and before is not None:
            held.wrong = None
            note = "it is right, though it does not follow from the line above"
            return _said(entry, role, start.verdict, start, above=above, start=start, recovers=True, note=note)
        held.wrong = before if before is not None else entry.number
        return _said(entry, role, "refuted", above, above=above, start=start)
    if above and before is not None and start.verdict == "refuted":
        note = f"it follows from the line above, and carries on the error of line {before}"
        return _said(entry, role, above.verdict, above, above=above, start=start, carries=before, note=note)
    if above and before is not None and start:
        held.wrong = None
    if above and before is None and start.verdict == "refuted":
        held.wrong = entry.number  # small errors that each link forgives: the whole does not hold
        return _said(entry, role, "refuted", start, above=above, start=start)
    return _said(entry, role, above.verdict, above, above=above, start=start)


# -- equations ----------------------------------------------------------------------------------------------------


def _equation(k: int, entries: Sequence[Entry], group: Group, course: Course) -> Judged:
    """A relation of its own: the next of an earlier chain, an identity, a step of solving, or a condition."""
    entry = entries[k]
    head = group.sides[0]
    if entry.link == "suppose":
        return _condition(entry, group, course, "condition")
    known = course.chains.get(head)
    if known is not None and known.last is not head and entry.link != "zero":
        course.chain = known
        sides = (known.last, *group.sides[1:])
        judged = _next(entry, group.ops, sides, course)
        if judged.verdict != "refuted" or not _may_be_condition(k, entries, group, course):
            return judged
    if entry.link == "zero" or _vanishes(group, course):
        solved = _vanishing(entry, group, course)
        if solved is not None:
            return solved
    finding = _links(group, course.base())
    if finding.verdict == "refuted" and group.ops[0] in EQUAL:
        solved = _solving(entry, group, course)
        if solved is not None and solved.verdict != "refuted":
            return solved
        if _may_be_condition(k, entries, group, course):
            return _condition(entry, group, course, "choice" if _bare(group) else "condition")
        if solved is not None:
            return solved
    whole = joined_op(group.ops)
    chain = Chain(head, group.sides[-1], entry.number, whole or group.ops[-1])
    if whole is None:
        chain = Chain(group.sides[-1], group.sides[-1], entry.number)
    course.chain = course.chains[head] = chain
    if finding.verdict == "refuted":
        chain.wrong = entry.number
    return _said(entry, "claim", finding.verdict, finding, above=finding, start=finding)


def _condition(entry: Entry, group: Group, course: Course, role: str) -> Judged:
    """Take a relation as given."""
    added = _relations(group)
    if not added:
        return _said(entry, role, UNREAD, Finding(UNREAD, "The sides cannot be compared."))
    course.fixed += added
    course.premises.append(Premise(added[-1], added[-1], entry.number))
    course.chain = Chain(group.sides[-1], group.sides[-1], entry.number)
    return _said(entry, role)


def _relations(group: Group) -> list[Expr]:
    out = []
    for op, a, b in zip(group.ops, group.sides, group.sides[1:], strict=False):
        try:
            out.append(relation(op, a, b))
        except AgnesiError:
            return []
    return out


def _solving(entry: Entry, group: Group, course: Course) -> Judged | None:
    """Judge an equation at points that satisfy the one before it; None where none is being solved."""
    added = _relations(group)
    if not course.premises or not added:
        return None
    premise = course.premises[-1]
    if not _shares(premise.last, added[-1]):
        return None
    others = [c for c in course.fixed if c is not premise.first]
    above = _under(group, course.setting.under(*others, premise.last))
    start = above if premise.first is premise.last else _under(group, course.setting.under(*others, premise.first))
    judged = _weighed(entry, "step", above, start, premise)
    judged = replace(judged, sides=group.sides, relations=group.ops, conditions=(*others, premise.last))
    if above or judged.verdict == "refuted":
        premise.last = added[-1]
        if above and not judged.note:
            judged = replace(judged, note=f"it follows from line {premise.line}")
        premise.line = entry.number
        course.chain = Chain(group.sides[-1], group.sides[-1], entry.number)
    return judged


def _under(group: Group, setting: Setting) -> Finding:
    found = _links(group, setting)
    if found and not found.reason:
        reason = f"agrees at {found.points} points that satisfy the equation above"
        return replace(found, verdict="tested", reason=reason)
    return found


def _shares(one: Expr, other: Expr) -> bool:
    return bool({s.name for s in symbols_of(one)} & {s.name for s in symbols_of(other)})


def _may_be_condition(k: int, entries: Sequence[Entry], group: Group, course: Course) -> bool:
    """Tell whether an equation that is no identity is one to be solved, a choice, or given."""
    if entries[k].link in GIVEN or _bare(group):
        return True
    added = _relations(group)
    if not added or is_derivative(group.sides[0]):
        return False
    for later in entries[k + 1 : k + 4]:
        line = later.line
        if line.error is not None or line.role != "claim" or line.above >= 0 or line.arrows:
            continue
        after = line.groups[0]
        if after.ops[:1] and after.ops[0] in EQUAL and _shares(added[-1], _pair(after)):
            alone = _links(after, course.base())
            if alone.verdict != "refuted":
                return False
            return later.link == "so" or bool(_under(after, course.base().under(added[-1])))
    return False


def _pair(group: Group) -> Expr:
    made = _relations(group)
    return made[-1] if made else group.sides[0]


def _bare(group: Group) -> bool:
    """Tell whether one side is a letter that the other side does not hold."""
    if len(group.sides) != 2 or group.ops[0] not in EQUAL:
        return False
    for one, other in (group.sides, group.sides[::-1]):
        if isinstance(one, Symbol) and one not in symbols_of(other):
            return True
    return False


def is_derivative(expr: Expr) -> bool:
    """Tell whether an expression is a derivative or a differential as such."""
    return isinstance(expr, Apply) and expr.op.family == "derivative"


def _zero(expr: Expr) -> bool:
    return isinstance(expr, Const) and expr.value == 0


def _vanishes(group: Group, course: Course) -> bool:
    """Tell whether the line sets to zero what a derivative came to."""
    chain = course.chain
    zero = any(_zero(s) for s in group.sides)
    return zero and chain is not None and is_derivative(chain.head) and group.ops[0] in EQUAL


def _vanishing(entry: Entry, group: Group, course: Course) -> Judged | None:
    """Judge an equation where the derivative above is zero."""
    chain = course.chain
    if chain is None:
        return None
    try:
        last, first = (relation("eq", side, constant(0)) for side in (chain.last, chain.head))
    except AgnesiError:
        return None
    premise = Premise(first, last, entry.number, chain.wrong)
    course.premises.append(premise)
    return _solving(replace(entry, line=entry.line), _renamed(group, chain), course)


def _renamed(group: Group, chain: Chain) -> Group:
    """Return the group with w* or ŵ as the variable w that the derivative was taken in."""
    if not isinstance(chain.head, Apply) or not is_derivative(chain.head):
        return group
    variables = {v.name: v for v in chain.head.args[1:] if isinstance(v, Symbol)}
    held = {s.name for s in symbols_of(chain.head)}
    names: dict[Expr, Expr] = {}
    for s in symbols_of(*group.sides):
        letter = s.name.split("_")[0]
        if s.name not in held and letter in variables and s.shape == variables[letter].shape:
            names[s] = variables[letter]
    return Group(tuple(substituted(s, names) for s in group.sides), group.ops) if names else group


# -- implications -------------------------------------------------------------------------------------------------


def _implication(entry: Entry, course: Course) -> Judged:
    """P ⇒ Q: Q at points that satisfy P; P ⇔ Q both ways."""
    groups, arrows = entry.line.groups, entry.line.arrows
    found: list[Finding] = []
    for before, arrow, after in zip(groups, arrows, groups[1:], strict=False):
        found.append(_follows(before, after, course))
        if arrow == "iff":
            found.append(_follows(after, before, course))
    finding = min(found, key=lambda f: RANK[f.verdict])
    last = groups[-1]
    course.chain = Chain(last.sides[-1], last.sides[-1], entry.number)
    conditions = tuple(c for g in groups[:-1] for c in _relations(g))
    return _said(entry, "claim", finding.verdict, finding, above=finding, start=finding, conditions=conditions)


def _follows(before: Group, after: Group, course: Course) -> Finding:
    conditions = _relations(before)
    if not conditions or not after.ops:
        sign = SIGNS.get(before.ops[0], "") if before.ops else ""
        return Finding(UNREAD, f"⇒ is read between statements{' ' + sign if sign else ''}.")
    plain = _links(after, course.base())
    if plain.verdict == "proved":
        return plain
    return _under(after, course.base().under(*conditions))
