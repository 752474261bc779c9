"""Reports of documents for people and for machines: text, JSON, JUnit XML and SARIF 2.1.0."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any
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
    """Return JUnit XML: a suite for each file, a case for each judged statement.

    Wrong statements are failures; what was not read is skipped, with `strict` a failure. A file that cannot be read is
    an error.
    """
    root = ElementTree.Element("testsuites", name="agnesi")
    for report in reports:
        suite = ElementTree.SubElement(root, "testsuite", name=report.path)
        tally = Counter[str]()
        for one in report.statements:
            if one.verdict is not None:
                tally[_case(suite, one, strict)] += 1
        if report.failure:
            case = ElementTree.SubElement(suite, "testcase", name=report.path, classname=report.path)
            ElementTree.SubElement(case, "error", message=_clean(report.failure))
            tally["error"] += 1
        suite.set("tests", str(sum(tally.values())))
        for kind, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            suite.set(name, str(tally[kind]))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ElementTree.Element, one: Statement, strict: bool) -> str:
    """Add a statement to a suite; return how it counts."""
    case = ElementTree.SubElement(
        suite, "testcase", name=_clean(f"{one.where.line}: {one.text}"), classname=one.where.file,
        file=one.where.file, line=str(one.where.line), time="0",
    )
    unread = one.verdict == "not read" and one.expected != "wrong"
    kind = "failure" if one.wrong or (unread and strict) else "skipped" if unread else ""
    if kind:
        said = ElementTree.SubElement(case, kind, message=_clean(f"{one.where}: {one.words}"))
        said.text = _clean(message_of(one))
    return kind or "passed"


def _clean(text: str) -> str:
    return text.translate(_BAD).encode("utf-8", "replace").decode("utf-8")


# -- SARIF -----------------------------------------------------------------------------------------------------------

_OF_URIS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
RULES = {
    "wrong": ("A statement is wrong", "error"),
    "carried": ("A line carries on an error above it", "warning"),
    "not-read": ("A statement was not read", "note"),
    "expected-wrong": ("A statement that is marked as wrong is not", "error"),
    "notice": ("Part of a document was left out", "warning"),
}


def sarif_of(reports: Sequence[DocumentReport], strict: bool = False) -> dict[str, Any]:
    """Return SARIF 2.1.0 with a result for each wrong and each unread statement; with `strict` both are errors."""
    results = [r for report in reports for r in _results(report, strict)]
    rules = [
        {"id": name, "shortDescription": {"text": words}, "defaultConfiguration": {"level": level}}
        for name, (words, level) in RULES.items()
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


def _encoded(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace"))


def _result(rule: str, level: str, message: str, where: Location, end: Location | None) -> dict[str, Any]:
    region = {"startLine": where.line, "startColumn": where.column}
    if end is not None and end.file == where.file and (end.line, end.column) > (where.line, where.column):
        region |= {"endLine": end.line, "endColumn": end.column}
    uri = "".join(c if c in _OF_URIS else _encoded(c) for c in PurePath(where.file).as_posix())
    cell = f"cell {where.cell}: " if where.cell is not None else ""
    place = {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}
    return {"ruleId": rule, "level": level, "message": {"text": cell + message}, "locations": [place]}
