"""Records of documents: sources, text with a map to its files, pieces, paragraphs, sections, notices, and all limits.

Nothing is judged here. A `Document` has paragraphs; the `text` of a paragraph is what the checker reads, and
`Paragraph.where(offset)` leads from a place in it back to file, line and column.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

MARK = "\ufdd1"  # stands for a marker; characters that are never text, so that no file has them (see `source_of`)
_FORBIDDEN = re.compile("[\x00\ufdd0-\ufdef]")


@dataclass(frozen=True)
class Limits:
    """What a document may cost. Whatever goes past a limit is left out, and a notice says so with its place."""

    file_size: int = 4_000_000  # characters of one file
    total_size: int = 16_000_000  # characters of all files together
    files: int = 500
    input_depth: int = 20  # of \input within \input
    expansions: int = 100_000  # uses of macros in one document
    expansions_of_one: int = 1_000  # uses of macros that one use leads to
    expanded: int = 8_000_000  # characters that macros write in one document
    expanded_of_one: int = 50_000  # characters that one use writes
    endless: int = 20  # macros past the limits of one use, before no more are expanded
    formula: int = 20_000  # characters of one formula
    nesting: int = 100  # braces within one formula, environments, lists, block quotes
    formulas: int = 50_000
    notices: int = 200


LIMITS = Limits()


@dataclass(frozen=True, eq=False)
class Source:
    """The text of one file, or of one cell of a notebook; offsets count characters after line ends became \\n."""

    path: str
    text: str = field(repr=False)
    cell: int | None = None  # counted from 1
    rows: tuple[int, ...] = field(default=(), repr=False)  # of a cell, the lines of the file that its lines stand in

    @cached_property
    def lines(self) -> tuple[int, ...]:
        """Return the offsets at which lines begin."""
        return (0, *(found.end() for found in re.finditer("\n", self.text)))

    def location(self, offset: int) -> Location:
        """Return the place of a character."""
        line = bisect_right(self.lines, offset)
        row = self.rows[min(line, len(self.rows)) - 1] if self.rows else None
        return Location(self.path, offset, line, offset - self.lines[line - 1] + 1, self.cell, row)


def source_of(path: str, text: str, cell: int | None = None, rows: tuple[int, ...] = ()) -> Source:
    """Return a source: line ends become \\n, and characters that can be no text become �."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return Source(path, _FORBIDDEN.sub("\ufffd", text), cell, rows)


@dataclass(frozen=True)
class Location:
    """A place in a file: offset in characters, line and column counted from 1.

    In a notebook all of these are counted in the `cell`; `row` is the line of the file, where it is known.
    """

    file: str
    offset: int
    line: int
    column: int
    cell: int | None = None
    row: int | None = None

    def __str__(self) -> str:
        cell = f"cell {self.cell}:" if self.cell is not None else ""
        return f"{self.file}:{cell}{self.line}:{self.column}"


@dataclass(frozen=True)
class Run:
    """Characters [at, at + length) of a text stand for [start, stop) of a source.

    In an exact run they are the same characters, one for one; otherwise all of them come from that span: a macro
    was expanded there, or something was replaced.
    """

    at: int
    length: int
    source: Source
    start: int
    stop: int
    exact: bool = True


@dataclass(frozen=True)
class Traced:
    """A text that knows where its characters come from: its runs cover it from left to right."""

    text: str
    runs: tuple[Run, ...]

    @cached_property
    def _starts(self) -> list[int]:
        return [run.at for run in self.runs]

    def place(self, offset: int) -> tuple[Source, int]:
        """Return the source and the offset in it of a character; of the end, the place after the last one."""
        run = self.runs[max(0, bisect_right(self._starts, offset) - 1) if len(self.runs) > 1 else 0]
        if not run.exact:
            return run.source, run.start if offset < run.at + run.length else run.stop
        return run.source, run.start + min(offset - run.at, run.length)

    def location(self, offset: int) -> Location:
        """Return file, line and column of a character."""
        source, at = self.place(offset)
        return source.location(at)

    def cut(self, start: int, stop: int) -> Traced:
        """Return the part [start, stop)."""
        runs, k = [], max(0, bisect_right(self._starts, start) - 1) if len(self.runs) > 1 else 0
        while k < len(self.runs) and self.runs[k].at < stop:
            run, k = self.runs[k], k + 1
            a, b = max(start, run.at), min(stop, run.at + run.length)
            if a < b and run.exact:
                runs.append(Run(a - start, b - a, run.source, run.start + a - run.at, run.start + b - run.at))
            elif a < b:
                runs.append(Run(a - start, b - a, run.source, run.start, run.stop, False))
        return Traced(self.text[start:stop], tuple(runs))

    def edited(self, edits: Iterable[tuple[int, int, str]]) -> Traced:
        """Return the text with spans replaced; edits are (start, stop, text), from left to right and apart."""
        edits = list(edits)
        if not edits:
            return self
        out, at = Weave(), 0
        for start, stop, text in edits:
            out.add(self.cut(at, start))
            if text:
                source, a = self.place(start)
                other, b = self.place(max(start, stop - 1))
                out.write(text, source, a, max(a, b + 1) if other is source else a)
            at = stop
        out.add(self.cut(at, len(self.text)))
        return out.traced()

    @property
    def exact(self) -> bool:
        """Tell whether the text stands in one file as it is."""
        return len(self.runs) == 1 and self.runs[0].exact


class Weave:
    """Builds a traced text from parts, from left to right."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.runs: list[Run] = []
        self.length = 0

    def add(self, part: Traced) -> None:
        """Add a traced text."""
        for run in part.runs:
            self._run(run.length, run.source, run.start, run.stop, run.exact)
        self.texts.append(part.text)

    def copy(self, source: Source, start: int, stop: int) -> None:
        """Add characters of a source as they are."""
        if start < stop:
            self._run(stop - start, source, start, stop, True)
            self.texts.append(source.text[start:stop])

    def write(self, text: str, source: Source, start: int, stop: int) -> None:
        """Add a text in place of what stands in a source."""
        if text:
            self._run(len(text), source, start, stop, False)
            self.texts.append(text)

    def _run(self, length: int, source: Source, start: int, stop: int, exact: bool) -> None:
        last = self.runs[-1] if self.runs else None
        if last is not None and exact and last.exact and last.source is source and last.stop == start:
            self.runs[-1] = Run(last.at, last.length + length, source, last.start, stop)
        else:
            self.runs.append(Run(self.length, length, source, start, stop, exact))
        self.length += length

    def traced(self) -> Traced:
        """Return the text so far."""
        return Traced("".join(self.texts), tuple(self.runs))


@dataclass(frozen=True)
class Piece:
    r"""A part of a paragraph.

    `kind` is "prose", "inline" (a formula within a sentence, without its delimiters), "display" (one on its own lines;
    `environment` is "" for $$ and \[, and the text has \begin{align} ... \end{align} otherwise; "agnesi" for a fenced
    block in Agnesi's own notation), "heading", or "marker". `mark` is "skip", "wrong" or "off" where a marker says so;
    of a marker it is the word that it says, or "" where it holds declarations. `end` is the offset after the last
    character, in the same file.
    """

    kind: str
    traced: Traced = field(repr=False)
    file: str
    start: int
    end: int
    line: int
    column: int
    cell: int | None = None
    environment: str = ""
    mark: str = ""
    level: int = 0

    @property
    def text(self) -> str:
        """Return the characters, with macros expanded."""
        return self.traced.text

    @property
    def exact(self) -> bool:
        """Tell whether the text stands in the file at [start, end) as it is."""
        return self.traced.exact

    @property
    def formula(self) -> bool:
        """Tell whether this is a formula."""
        return self.kind in ("inline", "display")

    @property
    def checked(self) -> bool:
        """Tell whether the checker is to read this piece."""
        return self.mark not in (("skip", "off") if self.formula else ("skip", "off", "on", "wrong")) and (
            self.kind != "heading"
        )


@dataclass(frozen=True)
class Section:
    """A scope: `kind` is "document", "heading", or a theorem-like environment ("theorem", "proof", ...).

    `parent` is the index of the scope around it; that of a proof is the theorem before it.
    """

    kind: str
    title: str
    level: int
    parent: int | None
    line: int = 1
    file: str = ""


@dataclass(frozen=True)
class Span:
    """Characters [start, stop) of a paragraph's text belong to the piece with this index."""

    start: int
    stop: int
    piece: int


@dataclass(frozen=True)
class Paragraph:
    """Pieces that are read together, the section they stand in, and the text that the checker reads."""

    pieces: tuple[Piece, ...]
    section: int
    traced: Traced = field(repr=False)
    spans: tuple[Span, ...] = field(repr=False)

    @property
    def text(self) -> str:
        """Return what the checker reads: prose, $formulas$, displays, declarations of markers."""
        return self.traced.text

    def where(self, offset: int) -> Location:
        """Return file, line and column of a character of the text."""
        return self.traced.location(offset)

    def piece_at(self, offset: int) -> Piece | None:
        """Return the piece that a character of the text belongs to."""
        k = bisect_right(self.spans, offset, key=lambda span: span.start) - 1
        return self.pieces[self.spans[k].piece] if k >= 0 and offset < self.spans[k].stop else None

    @property
    def formulas(self) -> tuple[Piece, ...]:
        """Return the formulas, those that are to be skipped too."""
        return tuple(piece for piece in self.pieces if piece.formula)


@dataclass(frozen=True)
class Notice:
    """Something that a reader of the report should know: a limit, a missing file, a dollar without its partner."""

    kind: str  # "limit", "missing", "cycle", "unclosed", "marker", "unreadable"
    words: str
    where: Location

    def __str__(self) -> str:
        return f"{self.where}: {self.words}"


@dataclass(frozen=True)
class Document:
    """A file as paragraphs. `sections[0]` is the document itself; `files` are all that were read."""

    path: str
    paragraphs: tuple[Paragraph, ...]
    sections: tuple[Section, ...]
    notices: tuple[Notice, ...]
    files: tuple[str, ...] = ()

    def scopes(self, section: int) -> Iterator[int]:
        """Yield a section and those around it, from the inside out."""
        at: int | None = section
        while at is not None:
            yield at
            at = self.sections[at].parent

    @property
    def formulas(self) -> tuple[Piece, ...]:
        """Return all formulas in order."""
        return tuple(piece for paragraph in self.paragraphs for piece in paragraph.formulas)
