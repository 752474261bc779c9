"""Where statements stand in the text of an editor, also those that words put together of several formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agnesi.documents.records import Piece
from agnesi.documents.report import DocumentReport, Statement

Place = tuple[int, int]


@dataclass(frozen=True)
class Placed:
    """A report, and the offsets [start, stop) of each of its statements; None of what stands in another file."""

    report: DocumentReport
    places: tuple[Place | None, ...]


def places_of(statements: Sequence[Statement], formulas: Sequence[Piece], file: str) -> tuple[Place | None, ...]:
    """Return the offsets [start, stop) of each statement in a file with these formulas; None of those in others."""
    return tuple(_place(one, formulas) if one.where.file == file else None for one in statements)


def _place(one: Statement, formulas: Sequence[Piece]) -> Place:
    """Return the place of a statement.

    "The gradient of $f$ is $g$" is read as one statement: what is wrong with it stands in its last formula.
    """
    start, stop = one.where.offset, max(one.where.offset + 1, one.end.offset)
    if one.end.file != one.where.file:
        stop = start + 1
    if formula_at((start, stop), formulas) is not None or one.verdict is None:
        return start, stop
    text = "".join(one.text.split())
    after = (p for p in formulas if p.start >= start and text.endswith("".join(p.text.split()).rstrip(".,;")))
    last = next((p for p in after if p.text.strip()), None)
    return (last.start, last.end) if last is not None else (start, stop)


def formula_at(place: Place, formulas: Sequence[Piece]) -> Piece | None:
    """Return the formula that a place lies in, or None."""
    return next((p for p in formulas if p.start <= place[0] and place[1] <= p.end), None)
