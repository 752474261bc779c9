"""When a line that seems wrong may only be misread: it is not called wrong then, but not read, with the reason.

A counterexample shows that a line is wrong as it was read. Where a letter of it stands in a line that was not read,
or is explained nowhere while the shapes do not fit, or where dx dy is an element of area, the reading is in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from agnesi.check.chains import here
from agnesi.check.course import Course, Entry, connected, is_derivative, letters
from agnesi.check.numbers import carried_out, squeezed
from agnesi.check.other_readings import names_number
from agnesi.check.report import Finding, Judged
from agnesi.check.worlds import has_chance
from agnesi.errors import AgnesiError
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Bind, Expr, Symbol, postorder, symbols_of
from agnesi.read.apply import resized
from agnesi.read.lines import Group

_ROW_BY_COLUMN = re.compile(r",[^()]*\)\s*\([^()]*,[^()]*\)\s*(?:ᵀ|'|\^\s*\{?\s*(?:T|\\top))")  # (a, b)(c, d)ᵀ


def doubted(judged: Judged, entry: Entry, course: Course) -> Judged:
    """Return a refuted statement as not read where its reading is in doubt."""
    if judged.verdict != "refuted":
        return judged
    fitted = _with_equal_sizes(judged, course)
    if fitted is not None:
        _righted(entry.number, course)
        return replace(judged, verdict="tested", evidence=fitted, above=fitted, start=fitted, conditions=())
    told = course.setting.doubtful.get(judged.place)
    reason = f"The sides differ, but no slip leads there, and {told}." if told else _doubt(judged, course)
    reason = reason or _of_a_law(judged)
    if reason is None:
        return judged
    _withdrawn(entry.number, course)
    found = Finding("not read", reason)
    return replace(judged, verdict="not read", evidence=found, above=found, start=found, conditions=())


def _of_a_law(judged: Judged) -> str | None:
    """Return why a law that was told is no condition at one place: P(X ≤ t) = t² is meant for all t."""
    held = letters(*judged.sides)
    for node in postorder(*judged.conditions):
        if isinstance(node, Apply) and node.op.name == "probability":
            events = [a for a in node.args if isinstance(a, Apply) and a.op.family == "relation"]
            free = sorted({n for e in events for n in letters(e)} - held)
            if free:
                return f"A probability that was told holds for all {free[0]}: what follows from that is not worked out."
    return None


def _with_equal_sizes(judged: Judged, course: Course) -> Finding | None:
    """Return the finding where all sizes are equal, if the line is right then and no size in it is declared.

    V with VᵀV = I is square then, and x_i as long as w: sizes that only reading told apart refute nothing.
    """
    known = {s.name for s in symbols_of(*judged.sides) if s.shape} & course.setting.sized
    if known or not course.setting.loose_sizes:
        return None
    found = _at_equal_sizes(judged, course)
    if not found or all(max(s.values(), default=0) < 2 for s in found.sizes):
        return None
    note = f"where {' = '.join(_sizes(judged.sides))}: these sizes are not declared"
    return replace(found, verdict="tested", chain=(), notes=(*found.notes, note))


def _at_equal_sizes(judged: Judged, course: Course) -> Finding | None:
    """Return the finding where all sizes are equal; None where there is one size or chance, or it cannot be read so."""
    names = _sizes(judged.sides)
    if len(names) < 2 or has_chance(*judged.sides):
        return None
    group = Group(judged.sides, judged.relations)
    equal = {name: Dim.of(names[0]) for name in names}
    try:
        sides = tuple(resized(s, equal) for s in group.sides)
        conditions = [resized(c, equal) for c in connected(group, course.given())]
    except AgnesiError:
        return None
    return here(Group(sides, group.ops), course, conditions)


def _sizes(sides: Sequence[Expr]) -> list[str]:
    """Return the names of the sizes of all letters."""
    return sorted({name for s in symbols_of(*sides) for d in s.shape for name in d.names})


def _wrong_at_equal_sizes(judged: Judged, course: Course) -> bool:
    """Tell whether the sides fit where all sizes are equal, and differ still: no sizes of the letters mend the line."""
    found = _at_equal_sizes(judged, course)
    at = found.counterexample if found is not None and found.verdict == "refuted" else None
    return at is not None and np.shape(at.left) == np.shape(at.right) != ()


def _drop_out(names: set[str], *sides: Expr) -> bool:
    """Tell whether letters stand only where a derivative is taken, and not in what it is: w and y of ∇²_w ‖Xw − y‖²."""
    return not names & letters(*map(carried_out, sides))


def _doubt(judged: Judged, course: Course) -> str | None:
    """Return why the reading of a line that seems wrong is in doubt, or None."""
    sides, text = judged.sides, judged.text
    unsure = course.unsure & letters(*sides)
    if unsure:
        return f"What {_listed(unsure)} stands in a line that was not read."
    if course.setting.constrained & letters(*sides):
        return "It does not hold for all functions, and the text may say what the function satisfies."
    if names_number(sides):
        return "I is the identity matrix unless it is declared or defined, and may be the name of a number here."
    if any(is_area(s) for s in sides):
        return "A product of differentials such as dx dy is an element of area: it is not judged as a product."
    pairs = [(a, b) for a, b in pairwise(sides) if squeezed(a.shape) != squeezed(b.shape)]
    if pairs and has_chance(*sides) and not letters(*sides) & course.setting.sized:
        return "The sides do not fit as they were read. Declare the sizes."
    if any(not letters(s) for s in sides):
        numbered = {n for n in letters(*sides) if any(re.fullmatch(rf"{re.escape(n)}_\d", m) for m in course.seen)}
        events = has_chance(*sides) and all(n.isupper() for n in numbered)  # P(C_i), where each P(H | C_1) is given
        if numbered and not events:
            return f"{min(numbered)} stands beside numbered letters such as {min(numbered)}_1: how many is not said."
    if _ROW_BY_COLUMN.search(text) and any({a.ndim, b.ndim} == {0, 2} for a, b in pairs):
        return "A row in brackets times a column in brackets may be a number: write the sum out."
    new = letters(*sides) - course.seen - course.declared
    for a, b in pairs:
        fresh = (letters(a) ^ letters(b)) & new & {s.name for s in symbols_of(a, b) if s.shape}
        open_ = fresh and (letters(a) | letters(b)) - fresh
        if open_ and not (_wrong_at_equal_sizes(judged, course) and _drop_out(fresh, a, b)):
            return f"The sides do not fit, and what {_listed(fresh)} is not said."
        bare = {s.name for s in (a, b) if isinstance(s, Symbol) and not s.shape}
        if bare - course.setting.sized and {a.ndim, b.ndim} == {0, 2}:
            return f"A letter that was read as a number stands for a matrix: the size of {min(bare)} is not declared."
        if _both_ways(a, b) or _both_ways(b, a):
            return "A number is compared with a vector: a letter stands for both, with an index and alone."
    return None


def _listed(names: set[str]) -> str:
    return f"{', '.join(sorted(names))} {'is' if len(names) == 1 else 'are'},"


def _both_ways(one: Expr, other: Expr) -> bool:
    """Tell whether a vector by its entries, or a letter, stands alone beside a quantity that is a number."""
    alone = isinstance(one, Bind) and one.ndim == 1 and not is_derivative(other)
    return alone and not other.shape and bool(letters(other))


def is_area(side: Expr) -> bool:
    """Tell whether a side is a product with the differentials of two variables: r dr dt."""
    for node in postorder(side):
        if isinstance(node, Apply) and node.op.name == "mul":
            moved = {a.args[0] for a in node.args if isinstance(a, Apply) and a.op.name == "d"}
            if len(moved) > 1:
                return True
    return False


def _righted(number: int, course: Course) -> None:
    """Take back that a line was wrong."""
    for chain in (course.chain, *course.chains.values()):
        if chain is not None and chain.wrong == number:
            chain.wrong = None
    course.equations = [
        replace(e, wrong=None, derived=True) if e.wrong == number and e.line == number else e for e in course.equations
    ]


def _withdrawn(number: int, course: Course) -> None:
    """Forget what was concluded from a line that is not judged."""
    course.equations = [e for e in course.equations if e.wrong != number or e.line != number]
    if course.chain is not None and course.chain.wrong == number:
        course.chain = None
    course.chains = {head: c for head, c in course.chains.items() if c.wrong != number}
