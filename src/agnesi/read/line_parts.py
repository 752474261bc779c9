"""The pieces of a derivation as statements: their tokens as notes mean them, and the side that a line goes on from."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agnesi.errors import AgnesiError, Place, ReadError
from agnesi.read.angle_vectors import with_vectors_in_angles
from agnesi.read.averages import averaged
from agnesi.read.bracket_habits import is_set, with_brackets
from agnesi.read.cases import piecewise, unfolded
from agnesi.read.chain_rules import self_named, with_chain_rules
from agnesi.read.chance_names import with_events
from agnesi.read.chance_sheet import learn, with_arguments
from agnesi.read.chance_tokens import as_moments
from agnesi.read.composed import composed
from agnesi.read.cursor import RELATIONS
from agnesi.read.drafts import Draft
from agnesi.read.eigen import with_eigenvalues
from agnesi.read.entropy_of_a_bit import information_in, informed
from agnesi.read.found_lines import Group, Piece
from agnesi.read.idioms import arrow_in, chosen, idiomatic, integrated
from agnesi.read.layers import with_labels
from agnesi.read.letters_apart import letters_apart
from agnesi.read.lex import lex
from agnesi.read.line_roles import Roles
from agnesi.read.listed_columns import is_listing
from agnesi.read.log_names import labels_in
from agnesi.read.means_told import is_list_of_order
from agnesi.read.note_tokens import bounds, for_notes, sums_in
from agnesi.read.partials import both_signs, with_partials
from agnesi.read.point_free import applied
from agnesi.read.ranges_told import with_ranges
from agnesi.read.regions import region_of
from agnesi.read.runs import ARROWS, first_side, last_side, named_last, put_between
from agnesi.read.shorthand import shortened
from agnesi.read.statements import statements
from agnesi.read.syntax import Node
from agnesi.read.tokens import Token
from agnesi.read.under_laws import refuse_counts, under_laws
from agnesi.read.vocabulary import Vocabulary
from agnesi.read.word_marks import with_marks
from agnesi.read.worded import refuse_tangent, refuse_words

MOVING = re.compile(r"(?<!\w)d([a-z])\s*/\s*d([ts])(?!\w)")
NORMS = re.compile(r"(?<![^\W\d])(?<![^\W\d] )(?:‖|\|\|)(?=\s*[\w(\\])|\\lVert|\bnorm\(|absolute values")
PRIMES = re.compile(r"([A-Za-z])['′]\s*(?:=|:=|denotes|means|for|is)\s*d\1/d|prime (?:denotes|means|is)[\w ]*deriv")

Lexed = list[Token] | AgnesiError  # the tokens of a piece, or why it has none


@dataclass
class Part:
    """One statement of a piece: its draft, and the token runs of the groups that ⇒ and ⇔ separate."""

    draft: Draft
    piece: int
    above: int = -1
    arrows: tuple[str, ...] = ()
    indices: tuple[str, str, str] | None = None  # ("ne", "i", "j") where the line holds for i ≠ j only
    anchor: list[Token] = field(default_factory=list)  # the side that a line which goes on compares with
    trees: list[Node] = field(default_factory=list)
    groups: tuple[Group, ...] = ()


class Parts(Roles):
    """A sheet whose statements are the pieces of a text; one that goes on has the last side above it in front."""

    def __init__(
        self, source: str, pieces: Sequence[Piece], words: Vocabulary, skipped: Mapping[int, AgnesiError],
        anew: Container[int] = (),
    ) -> None:
        self.text, self.words, self.strict, self.single = source, words, False, False
        self.pieces, self.skipped, self.anew = pieces, skipped, anew
        self.notes, self.spans, self.tensors = [], {}, set()
        self.culprits: set[int] = set()
        self.instances: set[str] = set()
        self.constrained: frozenset[str] = frozenset()  # functions of which an equation may say what they satisfy
        self.held: set[str] = set()  # names that an equation before holds
        self.parts: list[Part] = []
        text = " ".join(piece.text for piece in pieces)
        self.sums, self.information = sums_in(text, words), information_in(source)
        words.labels = labels_in(source)
        words.primes, words.bars_apart = bool(PRIMES.search(source)), bool(NORMS.search(source))
        words.moving = frozenset(m[0] for m in MOVING.findall(source) if f"{m[0]}({m[1]})" in source)
        lexed = self.as_meant([self.lexed(piece) for piece in pieces])
        plain = [tokens for tokens in lexed if isinstance(tokens, list)]
        words.integrated = integrated(plain)
        learn([t for tokens in plain for t in tokens], words)
        self.instances |= with_chain_rules(plain, words, source)
        if self.instances:
            self.notes.append("functions that are only differentiated are tested as random smooth ones")
        for k, piece in enumerate(pieces):
            self.parts += self.cut(k, piece, lexed[k])
        self.drafts = [p.draft for p in self.parts]

    def as_meant(self, lexed: list[Lexed]) -> list[Lexed]:
        """Return the tokens of all pieces as the text as a whole means them."""
        source, words = self.text, self.words
        lexed = among_read(lexed, lambda lines: with_vectors_in_angles(lines, words))
        lexed = among_read(lexed, lambda lines: letters_apart(lines, source, words))
        lexed = among_read(lexed, lambda lines: shortened(with_marks(as_moments(lines, source, words), words), words))
        lexed = among_read(lexed, with_arguments)
        lexed = among_read(lexed, lambda lines: with_eigenvalues(chosen(lines, words), source))
        goes_on = [p.continues for p, tokens in zip(self.pieces, lexed, strict=True) if isinstance(tokens, list)]
        return among_read(lexed, lambda lines: with_partials(with_ranges(lines, goes_on, source), words, source))

    def lexed(self, piece: Piece) -> Lexed:
        """Return the tokens of a piece at their places in the text, or why it has none."""
        try:
            tokens = [t._replace(start=t.start + piece.start, stop=t.stop + piece.start) for t in lex(piece.text)]
            tokens = averaged(informed(with_brackets(with_labels(tokens)), self.text, self.information), self.text)
            tokens = with_events(under_laws(tokens, self.text), self.words, self.text)
            tokens = composed(piecewise(unfolded(tokens)), self.text)
            refuse_words(tokens, self.text)
            refuse_counts(piece.text, piece.start, self.text)
            refuse_tangent(piece.text, piece.start, self.text)
            return applied(idiomatic(for_notes(tokens, self.text, self.sums, self.words)), self.words.symbols)
        except AgnesiError as error:
            if error.where is not None:
                error.where = Place(self.text, error.where.start + piece.start, error.where.stop + piece.start)
            return error

    def cut(self, k: int, piece: Piece, tokens: Lexed) -> list[Part]:
        """Return the statements of a piece; one that continues begins with the last side of the line above it."""
        before = self.before(piece)
        held = before.anchor if before is not None else []
        if isinstance(tokens, AgnesiError):
            return [Part(Draft([], error=tokens), k, anchor=held if piece.continues else [])]
        above, lead = -1, tokens[0].text if tokens else ""
        moves = arrow_in(tokens) and not any(t.text in RELATIONS for t in tokens)  # t -> 1/t, n -> ∞: no claim
        moves = moves or (bool(self.instances) and self_named(tokens) is not None)
        if moves or region_of(tokens) or is_set(tokens) or is_list_of_order(tokens) or is_listing(piece.text):
            return [Part(Draft(tokens, role="declaration", error=None), k, anchor=held if piece.continues else [])]
        goes_on = piece.continues and lead in RELATIONS and lead not in ARROWS
        if piece.continues and held and tokens and lead not in RELATIONS:  # "which simplifies to X⁻¹"
            first = tokens[0]
            tokens, goes_on = [Token("op", "=", first.start, first.start, True), *tokens], True
        if k in self.skipped:
            return [Part(Draft([], error=self.skipped[k]), k, anchor=held if goes_on else first_side(tokens))]
        if goes_on:
            lone = [t.text for t in tokens[1:] if t.kind != "end"] in ([], ["0"])
            if before is None or (lone and (not held or k in self.anew)):
                return [Part(Draft([], error=self.nothing_above(piece)), k)]
            if k in self.anew or not held:
                tokens, above = tokens[1:], -1
                self.notes.append(f"the line above “{piece.text[:40]}” was not read: the chain begins anew there")
            else:
                above, tokens = before.piece, [*held, *tokens]
        elif lead in RELATIONS and lead not in (":=",):
            tokens = tokens[1:]
        tokens = both_signs(tokens, self.text[: piece.stop])
        runs = [run for one in statements(tokens) for run in named_last(one)]
        out = [Part(Draft(run), k, above if not n else -1, anchor=last_side(run)) for n, run in enumerate(runs)]
        if piece.where:
            for part in out:
                if part.draft.tokens[0].text != "where":
                    first = part.draft.tokens[0]
                    part.draft.tokens = [Token("word", "where", first.start, first.start, True), *part.draft.tokens]
        return out

    def before(self, piece: Piece) -> Part | None:
        """Return the statement that a line goes on from: not a definition or condition on its line."""
        for k in range(len(self.parts) - 1, -1, -1):
            part, own = self.parts[k], self.pieces[self.parts[k].piece]
            first = k == 0 or "\n" in self.text[self.pieces[self.parts[k - 1].piece].stop : own.start]
            if k and put_between(self.text, own.start, own.stop, piece.start, own.supposed):
                continue
            if not first and bounds(part.draft.tokens):  # p(n | c) = ..., n ≥ c
                continue
            if not own.where or first or part.piece == self.parts[0].piece:
                return self.expression_on_line(k) or part
        return None

    def expression_on_line(self, last: int) -> Part | None:
        """Return the expression that opens the line of a statement: ∫ x eˣ dx by parts with u = x: = ..."""
        end = self.pieces[self.parts[last].piece].stop
        line = [p for p in self.parts[:last] if "\n" not in self.text[self.pieces[p.piece].start : end]]
        able = line and line[0].anchor and not any(t.text in RELATIONS for t in line[0].draft.tokens)
        return line[0] if able else None

    def above(self, piece: int) -> int:
        """Return the piece that a piece goes on from, or −1."""
        return next((p.above for p in self.parts if p.piece == piece), -1)

    def nothing_above(self, piece: Piece) -> ReadError:
        """Return the error for a line that continues nothing."""
        return ReadError(
            "This line goes on from one that was not read.", where=Place(self.text, piece.start, piece.stop),
            repair="Write its left side too.",
        )


def among_read(lexed: Sequence[Lexed], turn: Callable[[list[list[Token]]], Iterable[Lexed]]) -> list[Lexed]:
    """Return pieces of which those that have tokens are turned, all at once; the others keep their errors."""
    turned = iter(turn([tokens for tokens in lexed if isinstance(tokens, list)]))
    return [next(turned) if isinstance(tokens, list) else tokens for tokens in lexed]
