"""Judgements in the words of the protocol: diagnostics, hovers and quick fixes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol import types

from agnesi.documents.formats import message_of, rule_of
from agnesi.documents.report import Statement
from agnesi.server.location import Place, Placed
from agnesi.server.positions import Lines
from agnesi.server.repairs import Edit

SOURCE = "agnesi"
SEVERITIES = {
    "wrong": types.DiagnosticSeverity.Error, "expected-wrong": types.DiagnosticSeverity.Error,
    "carried": types.DiagnosticSeverity.Warning, "not-read": types.DiagnosticSeverity.Hint,
}


def diagnostics_of(placed: Placed, lines: Lines) -> list[types.Diagnostic]:
    """Return the diagnostics of a document: what is wrong or not read, and what was left out."""
    report = placed.report
    found = [diagnostic_of(one, place, lines) for one, place in zip(report.statements, placed.places, strict=True)]
    out = [one for one in found if one is not None]
    for notice in report.notices:  # those of other files are shown where they stand
        if notice.where.file == report.path:
            where = lines.range(notice.where.offset, _end(lines.text, notice.where.offset))
            out.append(_said(where, notice.words, "notice", types.DiagnosticSeverity.Warning))
    if report.failure:
        out.append(failure(report.failure, lines))
    return out


def failure(words: str, lines: Lines) -> types.Diagnostic:
    """Return the diagnostic of a document that could not be judged, at its first line."""
    return _said(lines.range(0, _end(lines.text, 0)), words, "notice", types.DiagnosticSeverity.Warning)


def diagnostic_of(one: Statement, place: Place | None, lines: Lines) -> types.Diagnostic | None:
    """Return the diagnostic of a statement; None of what is right and what stands in another file."""
    rule = rule_of(one)
    if not rule or place is None:
        return None
    return _said(lines.range(*place), message_of(one), rule, SEVERITIES[rule])


def _said(where: types.Range, words: str, rule: str, severity: types.DiagnosticSeverity) -> types.Diagnostic:
    return types.Diagnostic(where, words, severity=severity, code=rule, source=SOURCE)


def _end(text: str, at: int) -> int:
    """Return the end of a line."""
    stop = text.find("\n", at)
    return len(text) if stop < 0 else stop


def under(placed: Placed, offset: int) -> int | None:
    """Return the index of the statement at an offset: a judged one before others, then the shortest."""
    held = [
        (one.verdict is None, place[1] - place[0], k)
        for k, (one, place) in enumerate(zip(placed.report.statements, placed.places, strict=True))
        if place is not None and place[0] <= offset <= place[1]
    ]
    return min(held)[2] if held else None


def hover_of(placed: Placed, index: int, lines: Lines) -> types.Hover:
    """Return what is shown over a formula: the verdict, how it was read, what its letters are, and why."""
    one, place = placed.report.statements[index], placed.places[index]
    parts = [f"**{one.words}**" + (f": {_plain(one.evidence)}" if one.evidence else "")]
    if one.reading:
        parts.append(f"```text\n{one.reading}\n```")
    if letters := placed.report.read_as.get(one.unit):
        parts.append("Read as " + _plain(", ".join(letters)))
    if one.verdict == "refuted" and one.details:
        parts.append("```text\n" + "\n".join(one.details) + "\n```")
    content = types.MarkupContent(types.MarkupKind.Markdown, "\n\n".join(parts))
    return types.Hover(content, lines.range(*place) if place is not None else None)


def _plain(words: str) -> str:
    """Return words in which Markdown finds nothing to set."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|$~" else c for c in words)


def actions_of(
    edits: Sequence[Edit], uri: str, version: int | None, lines: Lines, diagnostic: types.Diagnostic | None,
    versioned: bool,
) -> Iterator[types.CodeAction]:
    """Yield a quick fix for each repair; the simplest is preferred."""
    for k, edit in enumerate(edits):
        change = types.TextEdit(lines.range(edit.start, edit.stop), edit.text)
        if versioned:
            document = types.OptionalVersionedTextDocumentIdentifier(uri, version)
            whole = types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, [change])])
        else:
            whole = types.WorkspaceEdit(changes={uri: [change]})
        yield types.CodeAction(
            f"Agnesi: replace with {edit.line}", kind=types.CodeActionKind.QuickFix, edit=whole, is_preferred=k == 0,
            diagnostics=[diagnostic] if diagnostic is not None else None,
        )
