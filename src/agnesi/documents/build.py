"""From pieces to a document: paragraphs are put together, scopes opened and closed, markers applied, limits kept."""

from __future__ import annotations

import re

from agnesi.documents.formulas import beyond, checked_formula
from agnesi.documents.records import (
    LIMITS,
    Document,
    Limits,
    Location,
    Notice,
    Paragraph,
    Piece,
    Section,
    Source,
    Span,
    Traced,
    Weave,
)

_LOWER = re.compile(r"\s*[,;.]?\s*[a-z]")
_RELATION = re.compile(r"\s*(?:&\s*)*(?:[=≤≥<>≈∝⇒]|\\(?:leq?|geq?|approx|propto|implies|iff|Rightarrow)(?![A-Za-z]))")
_ENDED = re.compile(r"[.!?][\s\"')\]]*\Z")
_WORD = re.compile(r"\A(?:skip|wrong|off|on)\Z")
_NO_PROSE = re.compile(r"\$|\\?%|(?:[ \t~]|(?<=\A))\[\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,8}\](?=[\s.,;:)]|\Z)")
_PLAIN = {"$": " ", "%": " percent", "\\%": " percent"}
MARKER = re.compile(r"\s*agnesi\s*:\s*(?P<said>.*?)\s*\Z", re.DOTALL)


class Builder:
    """Takes pieces in their order and gives the document."""

    def __init__(self, path: str, limits: Limits = LIMITS) -> None:
        self.path, self.limits = path, limits
        self.paragraphs: list[Paragraph] = []
        self.sections = [Section("document", "", 0, None, 1, path)]
        self.notices: list[Notice] = []
        self.files: list[str] = []
        self.scope = 0
        self.items: list[Piece] = []
        self.ended = False  # whether a paragraph ends here, unless what follows goes on with it
        self.mark, self.mark_at = "", Location(path, 0, 1, 1)
        self.off = False
        self.formulas = 0
        self.full = False

    def notice(self, kind: str, words: str, source: Source, offset: int) -> None:
        """Note something for the report."""
        if len(self.notices) < self.limits.notices:
            self.notices.append(Notice(kind, words, source.location(offset)))

    def prose(self, text: Traced) -> None:
        """Add words."""
        if text.text.strip():
            if not self.items or self.ended:
                text = text.cut(len(text.text) - len(text.text.lstrip()), len(text.text))
            self._add(self._piece("prose", text, mark="off" if self.off else ""))
        elif text.text and self.items and not self.ended:
            self.items.append(self._piece("prose", text))

    def formula(self, kind: str, text: Traced, environment: str = "") -> None:
        """Add a formula; one past a limit is left out."""
        if not text.text.strip():
            return
        source, at = text.place(0)
        words = beyond(text.text, self.limits)
        if words:
            self.notice("limit", words, source, at)
            return
        self.formulas += 1
        if self.formulas > self.limits.formulas:
            if not self.full:
                self.notice("limit", f"Only the first {self.limits.formulas} formulas are read.", source, at)
            self.full = True
            return
        mark = "off" if self.off else self.mark
        self.mark = "" if not self.off else self.mark
        self._add(self._piece(kind, text, environment=environment, mark=mark))

    def marker(self, said: str, text: Traced) -> None:
        """Obey a marker; one with declarations becomes a piece."""
        word = said.lower()
        if word in ("off", "on"):
            self.off = word == "off"
        elif _WORD.match(word):
            self._unused()
            source, at = text.place(0)
            self.mark, self.mark_at = word, source.location(at)
        if said:
            mark = word if _WORD.match(word) else "off" if self.off else ""
            self.items.append(self._piece("marker", text, mark=mark))

    def heading(self, text: Traced, level: int) -> None:
        """Open the scope of a heading, which ends where one of its level or above begins."""
        self.end()
        self.leave_environments()
        while self.sections[self.scope].level >= level and self.sections[self.scope].parent is not None:
            self.scope = self.sections[self.scope].parent or 0
        piece = self._piece("heading", text, level=level) if text.text.strip() else None
        title = " ".join(text.text.split())
        where = (piece.line, piece.file) if piece else (1, self.path)
        self.sections.append(Section("heading", title, level, self.scope, *where))
        self.scope = len(self.sections) - 1
        if piece:
            self.items.append(piece)
            self.end()

    def enter(self, kind: str, title: str, source: Source, offset: int) -> None:
        """Open the scope of a theorem, a proof, an example; a proof stands in that of the theorem before it."""
        self.end()
        around = self.sections[self.scope]
        parent = self.scope
        last = len(self.sections) - 1
        if kind == "proof" and self.sections[last].kind == "proof":
            last -= 1
        if kind == "proof" and self.sections[last].level == 99 and self.sections[last].parent == self.scope:
            parent = last
        level = max(99, around.level + 1)
        place = source.location(offset)
        self.sections.append(Section(kind, title, level, parent, place.line, place.file))
        self.scope = len(self.sections) - 1

    def leave(self) -> None:
        """Close the scope of a theorem or the like."""
        self.end()
        at = self.sections[self.scope]
        if at.level >= 99:
            parent = at.parent or 0
            if at.kind == "proof" and self.sections[parent].level >= 99 and parent == self.scope - 1:
                parent = self.sections[parent].parent or 0
            self.scope = parent

    def leave_environments(self) -> None:
        """Close all theorems that are open."""
        while self.sections[self.scope].level >= 99:
            self.scope = self.sections[self.scope].parent or 0

    def pause(self) -> None:
        """A paragraph ends here, unless a display goes on with the sentence."""
        self.ended = True

    def end(self) -> None:
        """A paragraph ends here."""
        self.ended = False
        if any(piece.text.strip() for piece in self.items):
            self.paragraphs.append(paragraph(self.items, self.scope))
        self.items = []

    def document(self) -> Document:
        """Return the document."""
        self.end()
        self._unused()
        return Document(
            self.path, tuple(self.paragraphs), tuple(self.sections), tuple(self.notices), tuple(self.files)
        )

    def _unused(self) -> None:
        if self.mark and len(self.notices) < self.limits.notices:
            self.notices.append(Notice("marker", f"No formula follows the marker “{self.mark}”.", self.mark_at))
        self.mark = ""

    def _add(self, piece: Piece) -> None:
        if self.ended and not self._goes_on(piece):
            self.end()
        self.ended = False
        self.items.append(piece)

    def _goes_on(self, piece: Piece) -> bool:
        """Tell whether a piece goes on with the sentence before the blank line."""
        last = next((p for p in reversed(self.items) if p.kind != "marker" and p.text.strip()), None)
        if last is None:
            return True  # a marker belongs to what follows it
        if last.kind == "display":
            return bool((_LOWER if piece.kind == "prose" else _RELATION).match(piece.text))
        return piece.kind == "display" and not (last.kind == "prose" and _ENDED.search(last.text[-12:]))

    def _piece(self, kind: str, text: Traced, environment: str = "", mark: str = "", level: int = 0) -> Piece:
        source, start = text.place(0)
        stop = max((run.stop for run in text.runs if run.source is source), default=start)
        at = source.location(start)
        return Piece(kind, text, source.path, start, stop, at.line, at.column, source.cell, environment, mark, level)


def paragraph(pieces: list[Piece], section: int) -> Paragraph:
    """Return a paragraph with the text for the checker and its map."""
    out, spans = Weave(), []
    for k, piece in enumerate(pieces):
        if not piece.checked:
            continue
        source, at = piece.traced.place(0)

        def glue(text: str, source: Source = source, at: int = at) -> None:
            out.write(text, source, at, at)

        ends = out.texts[-1][-1:] if out.texts else "\n"
        if piece.kind == "display":
            glue("\n$$\n" if ends != "\n" else "$$\n")
        elif piece.kind == "marker":
            glue("\n" if ends != "\n" else "")
        elif piece.kind == "inline":
            glue("$" if ends.isspace() or ends in "(-–" else " $")
        elif not ends.isspace() and piece.text[:1].isalnum() and pieces[k - 1].kind != "inline":
            glue(" ")
        start = out.length
        out.add(_read(piece))
        spans.append(Span(start, out.length, k))
        glue({"display": "\n$$\n", "marker": ".\n", "inline": "$"}.get(piece.kind, ""))
    return Paragraph(tuple(pieces), section, out.traced(), tuple(spans))


def _read(piece: Piece) -> Traced:
    """Return what of a piece the checker reads: in prose dollars are money, % is percent and [2] a source."""
    if piece.kind == "marker":
        return piece.traced.edited((f.start(), f.end(), " ") for f in re.finditer(r"\$", piece.text))
    if not piece.formula:
        return piece.traced.edited((f.start(), f.end(), _PLAIN.get(f[0], "")) for f in _NO_PROSE.finditer(piece.text))
    text = checked_formula(piece.traced, piece.environment)
    if piece.kind == "inline":
        return text.edited((f.start(), f.end(), " ") for f in re.finditer(r"\n\s*", text.text))
    first, last = len(text.text) - len(text.text.lstrip()), len(text.text.rstrip())
    return text.cut(first, max(first, last))


