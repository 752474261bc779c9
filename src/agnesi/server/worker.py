"""The process that judges: it takes jobs from a pipe, tells where it is, and may be killed at any time."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from agnesi.documents.cache import Cache
from agnesi.documents.checking import check_document
from agnesi.documents.files import document_of
from agnesi.documents.records import Document, Location, Notice, Piece, source_of
from agnesi.documents.report import DocumentReport, Statement
from agnesi.documents.units import units
from agnesi.errors import AgnesiError
from agnesi.server.jobs import STOP, Job, Said
from agnesi.server.kinds import LATEX, Kind
from agnesi.server.location import Place, Placed, places_of
from agnesi.server.plain import check_plain
from agnesi.server.repairs import Edit, mended
from agnesi.server.roots import paper_of


class Dropped(Exception):
    """The job that is being done is no longer wanted."""


class _Watched(Cache):
    """A cache that tells which unit is being judged, leaves out those that hung, and ends a job that is not wanted."""

    def __init__(self, folder: Path, pipe: Connection) -> None:
        super().__init__(folder)
        self.pipe, self.job, self.unit = pipe, Job(0, Kind(""), ""), 0
        self.left_out: list[int] = []

    def begin(self, job: Job) -> None:
        """Begin with a text of a job."""
        self.job, self.unit, self.left_out = job, 0, []

    def get(self, key: str) -> dict[str, Any] | None:
        """Return what is known of a unit; nothing at all is known of one that hung."""
        if self.pipe.poll() and self.pipe.recv() is STOP:
            raise Dropped
        self.pipe.send(Said("at", self.job.number, key))
        if key in self.job.hung:
            self.left_out.append(self.unit)
            return {"statements": [], "told": [], "read_as": []}
        return super().get(key)

    def whole(self, key: str) -> dict[str, Any] | None:
        """Return what is known of the whole text, unless a unit of it hung."""
        return None if self.job.hung else super().whole(key)

    def keep_whole(self, key: str, value: dict[str, Any]) -> None:
        """Keep what all units gave, if none was left out."""
        if not self.left_out:
            super().keep_whole(key, value)

    def done(self, units: int, every: int) -> None:
        """Count the units that are done."""
        self.unit = units


def work(pipe: Connection, folder: str, dialect: str) -> None:
    """Do jobs until the pipe is closed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # standard output belongs to the protocol
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    cache = _Watched(Path(folder), pipe)
    pipe.send(Said("ready"))
    while True:
        try:
            job = pipe.recv()
        except (EOFError, OSError):
            return
        if job is not STOP:
            pipe.send(_done(job, cache, dialect))


def _leave_with_parent() -> None:
    """End with the process that began this one, whatever is being judged."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _done(job: Job, cache: _Watched, dialect: str) -> Said:
    try:
        placed, formulas = _judged(job, job.text, cache, dialect)
        if job.mend is None:
            return Said("judged", job.number, placed=placed)
        return Said("mended", job.number, edits=_mended(job, job.mend, placed, formulas, cache, dialect))
    except Dropped:
        return Said("dropped", job.number)
    except Exception as error:  # the last resort: the worker goes on
        said = f"Agnesi itself failed on this document ({type(error).__name__}: {error}). Please report it."
        return Said("failed", job.number, said)


def _judged(job: Job, text: str, cache: _Watched, dialect: str) -> tuple[Placed, Sequence[Piece]]:
    """Return the judgement of a text, and its formulas."""
    cache.begin(job)
    if job.kind.plain:
        report = check_plain(job.kind.path, text, dialect)
        return Placed(report, tuple((s.where.offset, s.end.offset) for s in report.statements)), ()
    try:
        document, own = _document(job.kind.path, text)
    except AgnesiError as error:
        return Placed(DocumentReport(job.kind.path, (), failure=str(error)), ()), ()
    report = check_document(document, dialect=dialect, cache=cache, progress=cache.done)
    if cache.left_out:
        every = list(units(document))
        report = _with_notices(report, [every[k].where(every[k].spans[0][0]) for k in cache.left_out])
    formulas = [p for p in document.formulas if p.file == own]
    return Placed(replace(report, path=own), places_of(report.statements, formulas, own)), formulas


def _document(path: str, text: str) -> tuple[Document, str]:
    """Return the document that a text is, or is a part of, and the name of the file in it."""
    paper = paper_of(path, text) if Path(path).suffix.lower() in LATEX else None
    return paper or (document_of(path, text), path)


def _with_notices(report: DocumentReport, places: Sequence[Location]) -> DocumentReport:
    said = "This took too long to judge, or ended the process that judges, and is left out."
    notices = (*report.notices, *(Notice("limit", said, where) for where in places))
    return replace(report, notices=notices)


def _mended(
    job: Job, index: int, placed: Placed, formulas: Sequence[Piece], cache: _Watched, dialect: str
) -> tuple[Edit, ...]:
    """Return the repairs of a statement that were confirmed."""
    one: Statement = placed.report.statements[index]
    place: Place | None = placed.places[index]
    if place is None:
        return ()
    text = source_of("", job.text).text
    return mended(text, formulas, one, place, lambda changed: _judged(job, changed, cache, dialect)[0])
