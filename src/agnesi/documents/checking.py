"""Documents judged unit by unit: each with what was said before it, as far as it has to do with it.

A document that was judged before, all of it, is answered from the cache without the mathematics being loaded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any

from agnesi.documents.cache import NO_CACHE, Cache, key_of
from agnesi.documents.records import Document, Notice
from agnesi.documents.report import DocumentReport, Repair, Statement
from agnesi.documents.units import Unit, units

SHORT = 8  # characters of a formula that is a value or a range: n = 100
_INDEXED = re.compile(r"[_^]\{[^{}]*\}")
_EQUATION = re.compile(r"[^<>!:]=(?![>=])|≈|∝|\\(?:approx|propto|equiv)(?![A-Za-z])")
_RANGE = re.compile(r"\\[lc]?dots|…|\.\.\.")
Progress = Callable[[int, int], None]


def check_document(
    document: Document, *, dialect: str = "agnesi", diagnose: bool = True, cache: Cache = NO_CACHE,
    progress: Progress | None = None,
) -> DocumentReport:
    """Judge the formulas of a document, and return a `DocumentReport`.

    What is declared and defined holds in the rest of its section and in the sections within; it may be told anew.
    `progress` is called with the number of units done and of all. Nothing is raised for what a document holds.
    """
    every = list(units(document))
    key = key_of("document", [(u.text, u.spans, u.place) for u in every], dialect, diagnose)
    held = cache.whole(key)
    if held is None:
        held = _judged(document, every, dialect, diagnose, cache, progress)
        cache.keep_whole(key, {**held, "cached": sum(bool(u.spans) for u in every)})
    elif progress is not None:
        progress(len(every), len(every))
    statements, notices, read_as = list[Statement](), list(document.notices), dict[int, tuple[str, ...]]()
    for k, (unit, found) in enumerate(zip(every, held["units"], strict=True)):
        placed = [_placed(one, unit, k) for one in found["statements"]]
        statements += placed
        notices += _markers(unit, placed)
        if found["read_as"]:
            read_as[k] = tuple(found["read_as"])
    formulas = [piece for unit in every for piece in unit.pieces if piece.formula]
    skipped = sum(not piece.checked for piece in formulas)
    touched = {(s.where.file, s.where.cell, s.unit, _piece(every[s.unit], s)) for s in statements}
    claims, settled = _settled(every, statements)
    return DocumentReport(
        document.path, tuple(statements), tuple(notices), len(formulas), skipped,
        max(0, len(formulas) - skipped - len({t for t in touched if t[3] >= 0})), held["cached"], len(every), read_as,
        claims=claims, settled=settled,
    )


def _judged(
    document: Document, every: Sequence[Unit], dialect: str, diagnose: bool, cache: Cache, progress: Progress | None
) -> dict[str, Any]:
    """Return what the units give, as plain data, and how many of them the cache had."""
    judging = import_module("agnesi.documents.judging")
    out, cached = [], 0
    for k, (found, hit) in enumerate(judging.judged_units(document, every, dialect, diagnose, cache), 1):
        cached += hit
        out.append({"statements": list(found.statements), "read_as": list(found.read_as)})
        if progress is not None:
            progress(k, len(every))
    return {"units": out, "cached": cached}


def _settled(every: Sequence[Unit], statements: Iterable[Statement]) -> tuple[int, int]:
    """Return how many formulas claim something, and of how many of them all that they claim was judged.

    A formula claims something where a statement with a verdict begins in it, and where an equation stands in it in
    which nothing was found to read; what only defines or assumes claims nothing.
    """
    found: dict[tuple[int, int], list[bool]] = {}
    for one in statements:
        piece = _piece(every[one.unit], one)
        if piece >= 0 and every[one.unit].pieces[piece].checked:
            judged = [one.verdict != "not read"] if one.verdict is not None else []
            found.setdefault((one.unit, piece), []).extend(judged)
    for k, unit in enumerate(every):
        for j, given in enumerate(unit.pieces):
            if (k, j) not in found and given.formula and given.checked and _equates(given.text):
                found[k, j] = [False]
    claims = [judged for judged in found.values() if judged]
    return len(claims), sum(map(all, claims))


def _equates(text: str) -> bool:
    """Tell whether an equation stands in a formula: no range such as i = 1, ..., n."""
    bare = _INDEXED.sub("", text)
    return len(bare) > SHORT and _EQUATION.search(bare) is not None and not _RANGE.search(bare)


def _piece(unit: Unit, statement: Statement) -> int:
    """Return the index of the formula that a statement stands in, −1 where it stands in prose."""
    at = statement.where.offset
    return next((k for k, p in enumerate(unit.pieces) if p.formula and p.start <= at <= p.end), -1)


def _placed(data: dict[str, Any], unit: Unit, number: int) -> Statement:
    """Return a statement at its place in the file."""
    start, stop = data["place"]
    stop = max(start + 1, stop)
    piece = unit.piece_at(start)
    given = {k: v for k, v in data.items() if k != "place"}
    given["details"] = tuple(given.get("details", ()))
    given["repairs"] = tuple(Repair(**r) for r in given.get("repairs", ()))
    last = unit.traced.cut(stop - 1, stop).runs  # of a macro all that was written
    end = last[-1].source.location(last[-1].stop) if last else unit.where(stop)
    return Statement(unit.where(start), end, **given, expected=piece.mark if piece else "", unit=number)


def _markers(unit: Unit, placed: Iterable[Statement]) -> Iterator[Notice]:
    """Yield a notice for a formula that is expected to be wrong and was not judged at all."""
    judged = [s.where.offset for s in placed if s.verdict is not None]
    for piece in unit.pieces:
        if piece.formula and piece.mark == "wrong" and not any(piece.start <= at <= piece.end for at in judged):
            words = "This formula is expected to be wrong, but it was not judged."
            yield Notice("marker", words, piece.traced.location(0))
