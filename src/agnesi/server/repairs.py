"""Repairs: the right side in place of the wrong one, spelled as the document does, and only if it is then right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agnesi.documents.records import Piece
from agnesi.documents.report import Repair, Statement
from agnesi.server.location import Place, Placed, formula_at

MOST = 3  # repairs that are tried for one statement
TRIALS = 8  # texts that are judged for one statement
_SCAN = re.compile(
    r"(?P<opens>\\begin\s*\{\w+\*?\}|\\left(?![a-zA-Z])\\?.)|(?P<closes>\\end\s*\{\w+\*?\}|\\right(?![a-zA-Z])\\?.)"
    r"|(?P<sign>\\(?:leqslant|geqslant|leq?|geq?|neq?|approx|propto|equiv|coloneqq|triangleq|iff|implies)(?![a-zA-Z])"
    r"|:=|<=|>=|!=|~=|[=≤≥<>≈∝≠≡≔⇔⇒])|\\[a-zA-Z]+|\\.|[()\[\]{}]",
    re.DOTALL,
)
_OPENS, _CLOSES = ("(", "[", "{", "\\{"), (")", "]", "}", "\\}")
_BEFORE = re.compile(r"(?:\s|&|\\q?quad(?![a-zA-Z])|\\[,;:!>])*")
_AFTER = re.compile(
    r"(?:\s|&|\\\\(?:\[[^\]]*\])?|[.,;]|\\q?quad(?![a-zA-Z])|\\[,;:!>]|\\(?:nonumber|notag)(?![a-zA-Z])"
    r"|\\(?:label|tag\*?)\s*\{[^{}]*\})*\Z"
)
_READ_SIGN = re.compile(r" (?:[=≤≥<>≈∝≠≡≔⇔⇒]) ")
MATRIX = re.compile(r"\^(?:T(?![a-zA-Z])|\{T\})")  # a transpose that is written with the letter T


@dataclass(frozen=True)
class Edit:
    """Characters [start, stop) of the text are replaced by `text`; `line` is the repair in Unicode."""

    start: int
    stop: int
    text: str
    line: str


def mended(
    text: str, formulas: Sequence[Piece], one: Statement, place: Place, judge: Callable[[str], Placed],
) -> tuple[Edit, ...]:
    """Return the edits of the text that repair a statement, the simplest first.

    `judge` judges a whole text. An edit is given only where the statement is right afterwards, says something (a
    claim that A = A does not; a step may repeat the line above), and nothing else got worse. `formulas` is empty where
    all of the text is one, in Agnesi's own notation.
    """
    piece = formula_at(place, formulas)
    if one.verdict != "refuted" or one.carries or one.expected or (piece is None and formulas):
        return ()
    before, found, tried = judge(text), list[Edit](), 0
    for repair in tuple({r.latex: r for r in reversed(one.repairs)}.values())[::-1][:MOST]:
        for edit in _edits(text, piece, place, repair):
            tried += 1
            if tried > TRIALS:
                return tuple(found)
            after = judge(text[: edit.start] + edit.text + text[edit.stop :])
            if _better(before, after, one, place, edit):
                found.append(edit)
                break
    return tuple(found)


def _edits(text: str, piece: Piece | None, place: Place, repair: Repair) -> Iterator[Edit]:
    """Yield the ways in which a repair may be written into a statement: in place of each side, from the last on."""
    start, stop = place
    sides, signs = split(text, start, stop)
    if not signs:
        return
    for spelled in _spellings(text[start:stop], piece, repair):
        parts, between = split(spelled, 0, len(spelled))
        if between:
            yield from _wholly(text, sides, signs, spelled, parts, repair)
            continue
        for a, b in reversed(sides):
            if a < b and text[a:b] != spelled:
                yield Edit(a, b, spelled, repair.unicode)


def _wholly(
    text: str, sides: list[Place], signs: list[Place], spelled: str, parts: list[Place], repair: Repair
) -> Iterator[Edit]:
    """Yield the whole relation in place of another; of a line that begins with its sign, from the sign on."""
    begins = sides[0][0] == sides[0][1]
    start = signs[0][0] if begins else sides[0][0]
    written = spelled[parts[0][1] :].strip() if begins else spelled
    if text[start : sides[-1][1]] != written:
        yield Edit(start, sides[-1][1], written, repair.unicode)


def _spellings(old: str, piece: Piece | None, repair: Repair) -> Iterator[str]:
    """Yield a repair in the spelling of what it replaces."""
    if piece is not None and piece.environment != "agnesi":
        if MATRIX.search(old) and "\\top" not in old:
            yield re.sub(r"\^\{\\top\}|\^\\top", "^T", repair.latex).replace("\\top", "T")
        yield repair.latex
    elif "\\" in old:
        yield repair.latex
    else:
        yield repair.ascii if old.isascii() else repair.unicode


def split(text: str, start: int, stop: int) -> tuple[list[Place], list[Place]]:
    """Return the sides of a relation in text[start:stop] without what only sets type, and the signs between them.

    Signs within brackets or environments do not count. Of a line that begins with a sign the first side is empty.
    """
    signs, depth = list[Place](), 0
    for found in _SCAN.finditer(text, start, stop):
        token = found.group()
        if found["sign"]:
            signs += [found.span()] if depth == 0 else []
        elif token in _OPENS or found["opens"]:
            depth += 1
        elif token in _CLOSES or found["closes"]:
            depth -= 1
    edges = [start, *(at for sign in signs for at in sign), stop]
    return [_trimmed(text, a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)], signs


def _trimmed(text: str, start: int, stop: int) -> Place:
    held = _BEFORE.match(text, start, stop)
    start = held.end() if held else start
    after = _AFTER.search(text[start:stop])
    return start, start + after.start() if after else stop


def _better(before: Placed, after: Placed, one: Statement, place: Place, edit: Edit) -> bool:
    """Tell whether the edited statement is right, no mere repetition, and nothing else got worse."""
    start, stop = min(place[0], edit.start), edit.start + len(edit.text)
    own = [
        s for s, at in zip(after.report.statements, after.places, strict=True)
        if s.verdict is not None and at is not None and at[0] < stop and start < at[1]
    ]
    return (
        bool(own) and not after.report.failure and all(s.verdict in ("proved", "tested") for s in own)
        and (one.role == "step" or not any(_repeated(s.reading) - _repeated(one.reading) for s in own))
        and len(after.report.wrong) < len(before.report.wrong)
        and len(after.report.unread) <= len(before.report.unread)
    )


def _repeated(reading: str) -> set[str]:
    """Return what stands on both sides of one sign."""
    return {a for a, b in pairwise(_READ_SIGN.split(reading)) if a == b}
