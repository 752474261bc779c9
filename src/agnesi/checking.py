"""The verb `check`: a text of statements is read, every claim judged, every wrong line explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import agnesi.show_report  # noqa: F401  (so that reports can show themselves)
from agnesi.check.chances import Spoken, chance_of_lines, facts_named
from agnesi.check.course import Entry
from agnesi.check.derivations import judged
from agnesi.check.explain import explained
from agnesi.check.judge import Setting
from agnesi.check.report import Judged, Report
from agnesi.check.shapes import with_one_size
from agnesi.dialects import dialects
from agnesi.errors import TooLarge
from agnesi.expr.nodes import Symbol
from agnesi.read.lex import source_of
from agnesi.read.lines import Lines, Piece, read_lines
from agnesi.read.prose import Fragment, fragments
from agnesi.read.vocabulary import Definition
from agnesi.write.declare import declaration

MAX_STATEMENTS = 2_000


def check(
    text: str, *, dialect: str = "agnesi", declarations: Mapping[str, Symbol] | None = None,
    definitions: Mapping[str, Definition] | None = None, diagnose: bool = True,
) -> Report:
    """Judge every claim of a text, line by line, and return a `Report`.

    The text holds declarations, definitions, claims and derivations in the notation of books, with small words
    between. Each relation is proved, tested, refuted (with a counterexample) or not read (with the reason); in a
    derivation each line is judged against the line above and against the start.

        >>> report = check("d log det X = tr(X dX)")
        >>> report.statements[0].verdict
        'refuted'
        >>> print(report.statements[0].diagnosis)
        It would be right with X⁻¹ in place of X: d log det X = tr(X⁻¹ dX)

    `dialect` names the book whose layout of derivatives is meant ("mml": rows; "agnesi": the gradient has the shape of
    its variable). `declarations` and `definitions` are in force from the start. Without `diagnose`, wrong lines are not
    explained.

    Raises `UnknownName` for a dialect that does not exist, `TooLarge` for a text past the stated limits. What cannot be
    read is never an error: it is reported as such.
    """
    layout = dialects[dialect].gradient_layout
    source = source_of(text)
    found = fragments(source)
    if len(found) > MAX_STATEMENTS:
        raise TooLarge(f"The text has {len(found)} statements; at most {MAX_STATEMENTS} are judged at once.")
    formulas = [f for f in found if f.kind == "formula"]
    pieces = [piece_of(f) for f in formulas]
    spoken = [f.text for f in found if f.kind == "declaration"]
    lines = read_lines(source, pieces, spoken, declarations, definitions)
    lines = with_one_size(source, pieces, lines)
    said = [Spoken(f.fact, f.names) for f in found if f.kind == "fact"]
    small, large = facts_named(said, "small"), facts_named(said, "large")
    setting = Setting(layout=layout, chance=chance_of_lines(lines, said), small=small, large=large)
    entries = entries_of(lines, formulas, source)
    statements = judged(entries, setting)
    if diagnose:
        statements = explained(statements, setting)
    shown = tuple(declaration(s, "unicode") for s in lines.symbols.values() if s.name in lines.inferred)
    return Report(tuple(with_words(statements, found)), lines.notes, shown, text)


def piece_of(fragment: Fragment) -> Piece:
    """Return the formula of a fragment as the reader wants it."""
    return Piece(
        fragment.text, fragment.start, fragment.stop, fragment.link == "continues", fragment.link == "where",
        fragment.link == "suppose",
    )


def entries_of(lines: Lines, formulas: Sequence[Fragment], source: str) -> list[Entry]:
    """Return the lines with their numbers and with the words that link them."""
    out: list[Entry] = []
    begun: set[int] = set()
    for line in lines.lines:
        of = next((k for k, f in enumerate(formulas) if f.start <= line.piece.start < f.stop), -1)
        link = formulas[of].link if of >= 0 and of not in begun else ""
        begun.add(of)
        out.append(Entry(line, source.count("\n", 0, line.piece.start) + 1, link))
    return out


def with_words(statements: Sequence[Judged], found: Sequence[Fragment]) -> list[Judged]:
    """Return the statements with the declarations in words among them, in the order of the text."""
    spoken = [
        Judged(f.text, f.line, "declaration", place=(f.start, f.stop)) for f in found if f.kind != "formula"
    ]
    return sorted([*statements, *spoken], key=lambda s: s.place)


