"""A derivation in a file of its own, in Agnesi's notation, judged as documents are."""

from __future__ import annotations

from agnesi.check.report import Judged
from agnesi.checking import check
from agnesi.documents.judging import fields_of, repairs_of
from agnesi.documents.records import Source, source_of
from agnesi.documents.report import DocumentReport, Statement
from agnesi.errors import AgnesiError
from agnesi.show_report import details_of


def check_plain(path: str, text: str, dialect: str = "agnesi") -> DocumentReport:
    """Judge a text in Agnesi's notation; what cannot be judged at all gives a report with its `failure`."""
    source = source_of(path, text)
    try:
        report = check(source.text, dialect=dialect)
    except AgnesiError as error:
        return DocumentReport(path, (), failure=str(error))
    statements = tuple(_statement(one, source) for one in report.statements)
    return DocumentReport(path, statements, units=1, read_as={0: (*report.read_as, *report.notes)})


def _statement(one: Judged, source: Source) -> Statement:
    start, stop = _place(one, source)
    said = {**fields_of(one), "details": tuple(details_of(one))}
    return Statement(source.location(start), source.location(stop), **said, repairs=repairs_of(one))


def _place(one: Judged, source: Source) -> tuple[int, int]:
    """Return where a statement stands without blanks around it; the line where no place is known."""
    start, stop = one.place
    if stop <= start:
        start = source.lines[min(one.line, len(source.lines)) - 1]
        stop = len(source.text[start:].partition("\n")[0]) + start
    held = source.text[start:stop]
    return start + len(held) - len(held.lstrip()), start + max(1, len(held.rstrip()))
