"""Documents that are dropped on the page: judged as `agnesi check` judges files, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from agnesi.documents.checking import check_document
from agnesi.documents.files import READERS, document_of
from agnesi.documents.report import DocumentReport, Statement
from agnesi.errors import AgnesiError, TooLarge
from agnesi.server.plain import check_plain
from agnesi.study.verbs.sheets import typeset

PLAIN = (".txt", ".agnesi", "")
KINDS = (*READERS, *PLAIN[:2])
LONGEST = 400_000  # characters of a document
NOWHERE = "dropped-here"  # no such folder: what a document takes in from other files is not looked for
MARKS = {"proved": "✓", "tested": "✓", "refuted": "✗", "not read": "?"}


def judged(name: str, text: str, dialect: str = "agnesi") -> dict[str, Any]:
    """Judge a document of this name: its statements with verdicts, in their lines, and the totals.

    >>> judged("notes.md", "We have $d log det X = tr(X dX)$.")["wrong"]
    1
    """
    if len(text) > LONGEST:
        raise TooLarge(f"{name} has {len(text)} characters; at most {LONGEST} are judged here.",
                       repair="Run agnesi check on the file.")  # fmt: skip
    own = PurePosixPath(name.replace("\\", "/")).name or "document.txt"
    path = f"{NOWHERE}/{own}"
    try:
        if PurePosixPath(own).suffix.lower() in PLAIN:
            report = check_plain(path, text, dialect)
        else:
            report = check_document(document_of(path, text), dialect=dialect)
    except AgnesiError as error:
        error.what = error.what.replace(f"{NOWHERE}/", "")
        raise
    return _data(report, own, dialect)


def _data(report: DocumentReport, name: str, dialect: str) -> dict[str, Any]:
    judged = [s for s in report.statements if s.verdict is not None]
    return {
        "name": name, "statements": [
            {**_statement(s), "mathml": _in_type(s, report.read_as.get(s.unit, ()), dialect)} for s in judged
        ],
        "counts": dict(report.counts), "wrong": len(report.wrong), "unread": len(report.unread),
        "formulas": report.formulas, "claims": report.claims, "settled": report.settled, "failure": report.failure,
        "notices": [str(n) for n in report.notices],
    }  # fmt: skip


def _in_type(one: Statement, said: Sequence[str], dialect: str) -> list[str]:
    """Return a statement in type: as it was understood, else as it stands; nothing where neither can be read alone."""
    text = one.reading or one.text
    return typeset(text, said, dialect) or typeset(one.text, said, dialect) or typeset(text, None, dialect)


def _statement(one: Statement) -> dict[str, Any]:
    return {
        "line": one.where.line, "text": one.text, "reading": one.reading, "verdict": one.verdict, "word": one.words,
        "mark": "~" if one.carries else MARKS.get(one.verdict or "", ""), "evidence": one.evidence,
        "details": list(one.details), "repaired": one.repaired, "wrong": one.wrong, "carries": one.carries,
        "place": str(one.where).removeprefix(f"{NOWHERE}/"),
    }  # fmt: skip
