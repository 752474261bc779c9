"""Reports of documents for people and for machines: text, JSON, JUnit XML and SARIF 2.1.0."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from agnesi import __version__
from agnesi.documents.records import Location
from agnesi.documents.report import VERDICTS, DocumentReport, Statement

WIDTH = 96
WORDS = {"proved": "proved", "tested": "tested", "refuted": "wrong", "not read": "not read"}
MARKS = {"proved": "✓", "tested": "✓", "refuted": "✗", "not read": "?"}
_BAD = {c: "\ufffd" for c in (*range(0x20), 0x7F, 0xFFFE, 0xFFFF) if c not in (9, 10, 13)}  # XML has none of them


def show_reports(reports: Sequence[DocumentReport], verbose: bool = False) -> str:
    """Return the reports as text: what is wrong with its evidence, what was not read, and the totals.

    With `verbose` every statement has its line.
    """
    out: list[str] = []
    for report in reports:
        lines = list(_lines(report, verbose))
        out += [*lines, ""] if lines else []
    out += [_totals(r) for r in reports]
    if len(reports) > 1:
        out += ["", _sum(reports)]
    return "\n".join(line.rstrip() for line in out)


def _lines(report: DocumentReport, verbose: bool) -> Iterator[str]:
    if report.failure:
        yield f"{report.path}: {report.failure}"
    for one in report.statements:
        if verbose or one.wrong or one.verdict == "not read" or one.expected == "wrong":
            yield from _statement(one)
    yield from (str(notice) for notice in report.notices)


def _statement(one: Statement) -> Iterator[str]:
    mark = "~" if one.carries else MARKS.get(one.verdict or "", " ")
    yield f"{one.where}: {mark} {one.words}"
    yield from textwrap.wrap(one.text, WIDTH, initial_indent="    ", subsequent_indent="    ", break_long_words=False)
    if one.verdict == "refuted" and not one.carries:
        yield from ("      " + line for line in one.details)
    elif one.evidence and one.verdict is not None:
        yield from textwrap.wrap(one.evidence, WIDTH, initial_indent="      ", subsequent_indent="      ")


def _totals(report: DocumentReport) -> str:
    """Return the totals of one file: how much was judged, and how."""
    if report.failure:
        return f"{report.path}: not checked"
    counts = report.counts
    judged = sum(counts.values())
    said = ", ".join(_counted(v, n, report) for v, n in counts.items()) or "nothing to judge"
    told = Counter(s.role for s in report.statements if s.verdict is None)
    named = ", ".join(f"{n} {role}{'s' if n != 1 else ''}" for role, n in told.most_common() if role in _TELLING)
    skipped = f"; {report.skipped} skipped" if report.skipped else ""
    of = f"{report.settled} of {report.claims} formulas with a claim judged; " if report.claims else ""
    return (
        f"{report.path}: {report.formulas} formula{'s' if report.formulas != 1 else ''}; {of}"
        + f"{judged} statement{'s' if judged != 1 else ''} judged: {said}"
        + (f"; {named}" if named else "") + skipped
    )


def _counted(verdict: str, count: int, report: DocumentReport) -> str:
    """Return a total in words; of wrong statements, how many were expected to be wrong."""
    expected = sum(s.verdict == verdict == "refuted" and s.expected == "wrong" for s in report.statements)
    return f"{count} {WORDS[verdict]}" + (f" ({expected} as expected)" if expected else "")


_TELLING = ("definition", "declaration", "fact", "condition", "model")


def _sum(reports: Sequence[DocumentReport]) -> str:
    counts: Counter[str] = Counter()
    for report in reports:
        counts.update(report.counts)
    said = ", ".join(f"{counts[v]} {WORDS[v]}" for v in VERDICTS if counts[v]) or "nothing to judge"
    return f"{len(reports)} files, {sum(r.formulas for r in reports)} formulas: {said}"


# -- data ------------------------------------------------------------------------------------------------------------


def data_of(reports: Sequence[DocumentReport]) -> dict[str, Any]:
    """Return the reports as plain data: what `--json` prints."""
    return {"version": __version__, "files": [_file_data(r) for r in reports]}


def _file_data(report: DocumentReport) -> dict[str, Any]:
    return {
        "path": report.path, "failure": report.failure, "counts": dict(report.counts), "formulas": report.formulas,
        "skipped": report.skipped, "untouched": report.untouched, "units": report.units, "cached": report.cached,
        "claims": report.claims, "settled": report.settled,
        "statements": [statement_data(s) for s in report.statements],
        "notices": [{"kind": n.kind, "words": n.words, **_place(n.where)} for n in report.notices],
        "read_as": {str(k): list(v) for k, v in report.read_as.items()},
    }


def statement_data(one: Statement) -> dict[str, Any]:
    """Return a statement as plain data."""
    return {
        **_place(one.where), "end_line": one.end.line, "end_column": one.end.column, "text": one.text,
        "role": one.role, "verdict": one.verdict, "wrong": one.wrong, "expected": one.expected,
        "evidence": one.evidence, "details": list(one.details), "repaired": one.repaired, "carries": one.carries,
        "reading": one.reading, "unit": one.unit,
    }


def _place(where: Location) -> dict[str, Any]:
    cell = {} if where.cell is None else {"cell": where.cell}
    return {"file": where.file, **cell, "line": where.line, "column": where.column}


def message_of(one: Statement) -> str:
    """Return what is to be said of a statement in a few lines: the verdict, the evidence, the explanation."""
    lines = [f"{one.words}: {one.text}"]
    lines += one.details if one.verdict == "refuted" else [one.evidence] if one.evidence else []
    return "\n".join(lines)


# -- JUnit -----------------------------------------------------------------------------------------------------------


def junit_of(reports: Sequence[DocumentReport], strict: bool = False) -> str:
    """Return JUnit XML: a suite for each file, a case for each judged statement and each notice.

    Wrong statements are failures; what was not read or left out is skipped, with `strict` a failure. A file that cannot
    be read is an error.
    """
    root, lenient = ElementTree.Element("testsuites", name="agnesi"), "failure" if strict else "skipped"
    for report in reports:
        suite = ElementTree.SubElement(root, "testsuite", name=_clean(report.path), time="0")
        tally = Counter[str]()
        for one in report.statements:
            if one.verdict is not None:
                kind = "failure" if one.wrong else lenient if one.unread else ""
                _case(suite, one.where, one.text, kind, f"{one.where}: {one.words}", message_of(one))
                tally[kind] += 1
        for notice in report.notices:
            _case(suite, notice.where, f"notice, {notice.kind}", lenient, str(notice), notice.words)
            tally[lenient] += 1
        if report.failure:
            _case(suite, Location(report.path, 0, 1, 1), report.path, "error", report.failure, report.failure)
            tally["error"] += 1
        suite.set("tests", str(sum(tally.values())))
        for kind, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            suite.set(name, str(tally[kind]))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ElementTree.Element, where: Location, name: str, kind: str, message: str, text: str) -> None:
    """Add a case to a suite: `kind` is "failure", "error" or "skipped", "" where it passed.

    `file` and `line` are not in the schemas of Ant and Jenkins, but what most viewers link to.
    """
    cell = f"cell {where.cell}, line " if where.cell is not None else ""
    case = ElementTree.SubElement(
        suite, "testcase", name=_clean(f"{cell}{where.line}: {name}"), classname=_clean(where.file),
        file=_clean(where.file), line=str(where.row or where.line), time="0",
    )
    if kind:
        ElementTree.SubElement(case, kind, message=_clean(message), type=kind).text = _clean(text)


def _clean(text: str) -> str:
    return text.translate(_BAD).encode("utf-8", "replace").decode("utf-8")


# -- SARIF -----------------------------------------------------------------------------------------------------------

RULES = {  # what is found, its level, and what it means
    "wrong": ("A statement is wrong", "error", "There are values at which it does not hold, or its shapes differ."),
    "carried": ("A line carries on an error above it", "warning", "It follows from the wrong line, and is wrong too."),
    "not-read": ("A statement was not read", "note", "It could not be understood or computed; it may be right."),
    "expected-wrong": ("A statement that is marked as wrong is not", "error", "It holds. Take the marker away."),
    "notice": ("Part of a document was left out", "warning", "It was not read: a limit, a missing file, a lone $."),
}


def sarif_of(reports: Sequence[DocumentReport], strict: bool = False) -> dict[str, Any]:
    """Return SARIF 2.1.0 with a result for each wrong and each unread statement; with `strict` both are errors."""
    results = [r for report in reports for r in _results(report, strict)]
    rules = [
        {
            "id": name, "shortDescription": {"text": f"{words}."}, "fullDescription": {"text": f"{words}. {meaning}"},
            "help": {"text": f"{words}. {meaning}"}, "defaultConfiguration": {"level": level},
        }
        for name, (words, level, meaning) in RULES.items()
    ]
    driver = {"name": "agnesi", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return {"$schema": schema, "version": "2.1.0", "runs": [run]}


def _results(report: DocumentReport, strict: bool) -> Iterator[dict[str, Any]]:
    for one in report.statements:
        rule = rule_of(one)
        if rule:
            level = "error" if strict and rule == "not-read" else RULES[rule][1]
            yield _result(rule, level, message_of(one), one.where, one.end)
    for notice in report.notices:
        yield _result("notice", "error" if strict else "warning", notice.words, notice.where, None)
    if report.failure:
        yield _result("notice", "error", report.failure, Location(report.path, 0, 1, 1), None)


def rule_of(one: Statement) -> str:
    """Return the rule that a statement breaks, "" if it breaks none."""
    if one.expected == "wrong":
        return "expected-wrong" if one.wrong else ""
    if one.verdict == "refuted":
        return "carried" if one.carries else "wrong"
    return "not-read" if one.verdict == "not read" else ""


def _result(rule: str, level: str, message: str, where: Location, end: Location | None) -> dict[str, Any]:
    """Return a result. Braces are doubled: {2} would be a placeholder of SARIF (3.11.5)."""
    cell = f"cell {where.cell}, line {where.line}: " if where.cell is not None else ""
    text = (cell + message).replace("{", "{{").replace("}", "}}")
    place = {"artifactLocation": {"uri": _uri(where.file)}, "region": _region(where, end)}
    return {"ruleId": rule, "level": level, "message": {"text": text}, "locations": [{"physicalLocation": place}]}


def _uri(file: str) -> str:
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="replace")


def _region(where: Location, end: Location | None) -> dict[str, int]:
    """Return where something stands in its file; of a cell of a notebook, the lines of the file that hold it."""
    if where.cell is not None:
        last = end.row if end is not None and end.cell == where.cell else None
        return {"startLine": where.row, "endLine": max(where.row, last or 1)} if where.row else {"startLine": 1}
    region = {"startLine": where.line, "startColumn": where.column}
    if end is not None and end.file == where.file and (end.line, end.column) > (where.line, where.column):
        region |= {"endLine": end.line, "endColumn": end.column}
    return region
