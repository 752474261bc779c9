"""Paragraphs put together that are one train of thought: a sentence with the displays that it runs through.

A chain of equations often stands in several displays with words between them. A paragraph that ends within a sentence,
and one that begins with a relation sign or a small letter, are read together with what stands before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agnesi.documents.records import Document, Location, Paragraph, Piece, Source, Traced, Weave

MAX_PARTS = 12  # paragraphs that are read as one
MAX_LENGTH = 6_000  # characters
_ENDS = re.compile(r"[.!?:]\W*$")
_GOES_ON = re.compile(
    r"\W*(?:where|with|and|or|so|which|that|then|thus|hence|therefore|because|since|for|if|as|by|using|here|but)\b"
    r"|[ \t]*[a-z]",
)
_SIGNED = re.compile(
    r"(?:\s|&|\$|\\\[|\\begin\{\w+\*?\}|\{\}|\\quad|\\qquad)*"
    r"(?:[=≤≥<>≈∝≡⇒⇔→+]|\\(?:le|leq|ge|geq|approx|propto|equiv|implies|iff|Rightarrow|to)(?![a-zA-Z]))"
)


@dataclass(frozen=True)
class Unit:
    """Paragraphs that are judged together.

    `text` is what the checker reads and `spans` where formulas stand in it; `pieces` are those of all paragraphs,
    `places` the spans (start, stop, index) of pieces in the text.
    """

    section: int
    traced: Traced
    spans: tuple[tuple[int, int], ...]
    pieces: tuple[Piece, ...]
    places: tuple[tuple[int, int, int], ...]

    @property
    def text(self) -> str:
        """Return what the checker reads."""
        return self.traced.text

    def where(self, offset: int) -> Location:
        """Return file, line and column of a character of the text."""
        return self.traced.location(offset)

    def piece_at(self, offset: int) -> Piece | None:
        """Return the piece that a character of the text belongs to."""
        return next((self.pieces[k] for a, b, k in self.places if a <= offset < b), None)


def units(document: Document) -> Iterator[Unit]:
    """Yield the units of a document in order."""
    held: list[Paragraph] = []
    for paragraph in document.paragraphs:
        if held and not _belongs(held, paragraph):
            yield _unit(held)
            held = []
        held.append(paragraph)
    if held:
        yield _unit(held)


def _belongs(held: list[Paragraph], paragraph: Paragraph) -> bool:
    """Tell whether a paragraph goes on with those before it."""
    before = held[-1]
    if before.section != paragraph.section or len(held) >= MAX_PARTS or not before.text:
        return False
    if sum(len(p.text) for p in held) + len(paragraph.text) > MAX_LENGTH:
        return False
    shown = bool(paragraph.formulas) and paragraph.pieces[0].kind == "display"
    if shown and (_SIGNED.match(paragraph.pieces[0].text) or not _ends(before)):
        return True
    displayed = bool(before.formulas) and before.pieces[-1].kind == "display"
    return displayed and _GOES_ON.match(paragraph.text) is not None


def _ends(paragraph: Paragraph) -> bool:
    """Tell whether a sentence ends with a paragraph; a colon announces what follows."""
    found = _ENDS.search(paragraph.text.rstrip(" \t\n$*_"))
    return found is not None and ":" not in found.group()


def _unit(held: list[Paragraph]) -> Unit:
    """Return paragraphs as one text, an empty line between two of them."""
    weave, pieces = Weave(), list[Piece]()
    places: list[tuple[int, int, int]] = []
    for k, paragraph in enumerate(held):
        if k:
            source, at = _end_of(held[k - 1])
            weave.write("\n\n", source, at, at)
        begun = weave.length
        weave.add(paragraph.traced)
        places += [(begun + s.start, begun + s.stop, len(pieces) + s.piece) for s in paragraph.spans]
        pieces += paragraph.pieces
    spans = tuple((a, b) for a, b, k in places if pieces[k].formula and pieces[k].checked)
    return Unit(held[0].section, weave.traced(), spans, tuple(pieces), tuple(places))


def _end_of(paragraph: Paragraph) -> tuple[Source, int]:
    return paragraph.traced.place(len(paragraph.text))
