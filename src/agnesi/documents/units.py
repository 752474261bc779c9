"""Paragraphs put together that are one train of thought: a sentence with the displays that it runs through.

A chain of equations often stands in several displays with words between them. A paragraph that ends within a sentence,
and one that begins with a relation sign or a small letter, are read together with what stands before them. The parts
(a), (b), (c) of an exercise are apart, and so are exercises, problems and examples that only their first words tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from agnesi.documents.records import Document, Location, Paragraph, Piece, Source, Span, Traced, Weave

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
_PART = re.compile(r"\s*\**(?:Solution\s*[.:]?\**\s*)?\((?:[a-l]|i{1,3}|i?vi{0,3}|[1-9])\)\**\s+(?=[\WA-Z])")
_PART_WITHIN = re.compile(r"(?<=[.!?])\s+(?=\((?:[b-l]|ii|iii|iv|v)\)\s+(?:[A-Z]|$))")
_ASSUMING = re.compile(r"(?i)\b(?:assum|suppos|condition|hypothes|following|such that|provided|let\b|where\b|propert)")
_LETTER = r"\\?[A-Za-zΑ-ω](?:_\{?\w\}?)?"
_TOLD = re.compile(
    rf"(?P<names>{_LETTER}(?:\s*,\s*{_LETTER})*)\s*(?:\\in(?![a-z])|∈)\s*(?P<set>(?:\\mathbb\s*\{{?\s*[RSC]\s*\}}?|ℝ)"
    r"\s*(?:\^\s*(?:\{[^{}]*\}|\w))?)"
    rf"|(?<![\w\\])(?P<name>[a-zA-Z])\s*\(\s*(?P<arg>{_LETTER})\s*\)\s*=(?!=)"
)
_SENTENCE = re.compile(r"[.!?][$)]?\s+(?=[A-Z])")
_DEFINING = re.compile(r"(?i)\b(?:consider|let|suppose|define|take)\b")
_NOW = re.compile(r"\b(?:now|this time|instead)\s+\$?\s*([a-zA-Z])\s*\([^()=]{1,40}\)\s*=(?!=)")
_EXERCISE = re.compile(
    r"\W{0,4}(?:Exercise|Problem|Example|Question|Task|Case study|Worked example|Counterexample|Aufgabe|Beispiel)s?"
    r"(?:\s+(?P<number>[A-Z]?\d[\d.]{0,8}[a-z]?|[A-Z]))?\s*(?:\([^()]{1,60}\))?\W*?[.:)\n]"
)


@dataclass(frozen=True)
class Unit:
    """Paragraphs that are judged together.

    `exercise` numbers the exercises and examples within sections (0: none).

    `text` is what the checker reads and `spans` where formulas stand in it; `pieces` are those of all paragraphs,
    `places` the spans (start, stop, index) of pieces in the text.
    """

    section: int
    exercise: int
    traced: Traced
    spans: tuple[tuple[int, int], ...]
    pieces: tuple[Piece, ...]
    places: tuple[tuple[int, int, int], ...]

    @property
    def text(self) -> str:
        """Return what the checker reads."""
        return self.traced.text

    @property
    def place(self) -> tuple[int, int]:
        """Return the scope that the unit stands in."""
        return self.section, self.exercise

    def where(self, offset: int) -> Location:
        """Return file, line and column of a character of the text."""
        return self.traced.location(offset)

    def piece_at(self, offset: int) -> Piece | None:
        """Return the piece that a character of the text belongs to."""
        return next((self.pieces[k] for a, b, k in self.places if a <= offset < b), None)


def units(document: Document) -> Iterator[Unit]:
    """Yield the units of a document in order."""
    held: list[Paragraph] = []
    exercise, begun, section = 0, 0, 0
    told: dict[str, str] = {}
    for paragraph, anew in (part for whole in document.paragraphs for part in _parts(whole, told)):
        opens = _EXERCISE.match(paragraph.text) is not None
        if held and (opens or anew or not _belongs(held, paragraph)):
            yield _unit(held, exercise)
            held = []
        if paragraph.section != section and not _within(document, paragraph.section, section):
            section, exercise = paragraph.section, 0
        if opens:
            begun += 1
            section, exercise = paragraph.section, begun
        held.append(paragraph)
    if held:
        yield _unit(held, exercise)


def _within(document: Document, inner: int, outer: int) -> bool:
    """Tell whether a section is a proof, a theorem or the like within another one."""
    return document.sections[inner].level >= 99 and outer in document.scopes(inner) and outer != 0


def _parts(whole: Paragraph, told: dict[str, str]) -> Iterator[tuple[Paragraph, bool]]:
    """Yield a paragraph cut where its parts (b), (c) begin, and where a letter is told anew, which the flag says."""
    starts = [0]
    for span in whole.spans:
        piece = whole.pieces[span.piece]
        if piece.kind != "prose":
            continue
        text = whole.text[span.start : span.stop]
        before = whole.pieces[span.piece - 1] if span.piece else None
        if before is not None and before.kind == "display" and _PART.match(text):
            starts.append(span.start)
        starts += [span.start + f.end() for f in _PART_WITHIN.finditer(text)]
    starts = [a for a in starts if not a or not _ASSUMING.search(whole.text, 0, a)]
    anew = set(_told_anew(whole, told))
    starts = sorted({*starts, *anew})
    if len(starts) == 1:
        yield whole, 0 in anew
        return
    for a, b in pairwise([*starts, len(whole.text)]):
        if part := _cut(whole, a, b):
            yield part, a in anew


def _told_anew(whole: Paragraph, told: dict[str, str]) -> Iterator[int]:
    """Yield the starts of the sentences that tell a letter anew: x ∈ ℝᵐ after x ∈ ℝⁿ, "now consider f(x) = xᵀAx".

    `told` is what the sentences before told, and is kept up to date.
    """
    for found in _TOLD.finditer(whole.text):
        start = max((m.end() for m in _SENTENCE.finditer(whole.text, 0, found.start())), default=0)
        name, kind = found["names"] or found["name"], found["set"] or found["arg"]
        if found["name"] and not _DEFINING.search(whole.text, start, found.start()):
            continue
        names = {n.strip(): "".join(kind.split()) for n in name.split(",")}
        if found["name"]:
            names = {f"{n}()": f"{kind}{found.start()}" for n in names}
        if any(told.get(n, one) != one for n, one in names.items()):
            yield start
            told.clear()
        told.update(names)


def defined_anew(text: str) -> set[str]:
    """Return the functions that a text defines in so many words: let f(x) = bᵀx, and now f(x) = xᵀAx."""
    out = set(_NOW.findall(text))
    for found in _TOLD.finditer(text):
        start = max((m.end() for m in _SENTENCE.finditer(text, 0, found.start())), default=0)
        if found["name"] and _DEFINING.search(text, start, found.start()):
            out.add(found["name"])
    return out


def _cut(whole: Paragraph, start: int, stop: int) -> Paragraph | None:
    """Return the part of a paragraph between two places of its text."""
    inside = [s for s in whole.spans if s.start < stop and s.stop > start]
    if not inside:
        return None
    first = inside[0].piece if start else 0
    last = inside[-1].piece + 1 if stop < len(whole.text) else len(whole.pieces)
    spans = tuple(Span(max(s.start, start) - start, min(s.stop, stop) - start, s.piece - first) for s in inside)
    return Paragraph(whole.pieces[first:last], whole.section, whole.traced.cut(start, stop), spans)


def _belongs(held: list[Paragraph], paragraph: Paragraph) -> bool:
    """Tell whether a paragraph goes on with those before it."""
    before = held[-1]
    if _PART.match(paragraph.text) or before.section != paragraph.section or len(held) >= MAX_PARTS or not before.text:
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


def _unit(held: list[Paragraph], exercise: int) -> Unit:
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
    return Unit(held[0].section, exercise, weave.traced(), spans, tuple(pieces), tuple(places))


def _end_of(paragraph: Paragraph) -> tuple[Source, int]:
    return paragraph.traced.place(len(paragraph.text))
