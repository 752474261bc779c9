"""The tokens of the pieces of a text as the text as a whole means them, and what they teach of its letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from agnesi.errors import AgnesiError, Place
from agnesi.read.angle_vectors import with_vectors_in_angles
from agnesi.read.averages import averaged
from agnesi.read.beta_function import with_beta_function
from agnesi.read.bracket_habits import with_brackets
from agnesi.read.cases import piecewise, unfolded
from agnesi.read.chain_rules import with_chain_rules
from agnesi.read.chance_names import with_events
from agnesi.read.chance_sheet import learn, with_arguments
from agnesi.read.chance_tokens import as_moments
from agnesi.read.composed import composed
from agnesi.read.eigen import with_eigenvalues
from agnesi.read.entropy_of_a_bit import information_in, informed
from agnesi.read.found_lines import Piece
from agnesi.read.idioms import chosen, idiomatic, integrated
from agnesi.read.layers import with_labels
from agnesi.read.letters_apart import letters_apart
from agnesi.read.lex import lex
from agnesi.read.log_names import labels_in
from agnesi.read.note_tokens import for_notes, sums_in
from agnesi.read.partials import with_partials
from agnesi.read.point_free import applied
from agnesi.read.ranges_told import with_ranges
from agnesi.read.shorthand import shortened
from agnesi.read.tokens import Token
from agnesi.read.under_laws import refuse_counts, under_laws
from agnesi.read.vocabulary import Vocabulary
from agnesi.read.word_marks import with_marks
from agnesi.read.worded import refuse_tangent, refuse_words
from agnesi.read.worded_subscripts import with_worded_subscripts

MOVING = re.compile(r"(?<!\w)d([a-z])\s*/\s*d([ts])(?!\w)")
NORMS = re.compile(r"(?<![^\W\d])(?<![^\W\d] )(?:‖|\|\|)(?=\s*[\w(\\])|\\lVert|\bnorm\(|absolute values")
PRIMES = re.compile(r"([A-Za-z])['′]\s*(?:=|:=|denotes|means|for|is)\s*d\1/d|prime (?:denotes|means|is)[\w ]*deriv")

Lexed = list[Token] | AgnesiError  # the tokens of a piece, or why it has none


@dataclass(frozen=True)
class PieceTokens:
    """The tokens of all pieces, the vocabulary that has learnt from them, and the functions given by their slopes."""

    lexed: tuple[Lexed, ...]
    words: Vocabulary
    instances: frozenset[str]

    @staticmethod
    def of(source: str, pieces: Sequence[Piece], words: Vocabulary) -> PieceTokens:
        """Return the tokens of pieces of a text; `words` learns from them."""
        return _Pieces(source, pieces, words).tokens()

    def again(self) -> PieceTokens:
        """Return the same for another round of reading, which may change its tokens and its vocabulary."""
        lexed = tuple(list(t) if isinstance(t, list) else t for t in self.lexed)
        return replace(self, lexed=lexed, words=self.words.copy())


class _Pieces:
    """The pieces of one text while their tokens are made."""

    def __init__(self, source: str, pieces: Sequence[Piece], words: Vocabulary) -> None:
        self.text, self.pieces, self.words = source, pieces, words
        self.sums = sums_in(" ".join(piece.text for piece in pieces), words)
        self.information = information_in(source)

    def tokens(self) -> PieceTokens:
        """Return the tokens of all pieces."""
        source, words = self.text, self.words
        words.labels = labels_in(source)
        words.primes, words.bars_apart = bool(PRIMES.search(source)), bool(NORMS.search(source))
        words.moving = frozenset(m[0] for m in MOVING.findall(source) if f"{m[0]}({m[1]})" in source)
        lexed = self.as_meant([self.lexed(piece) for piece in self.pieces])
        plain = [tokens for tokens in lexed if isinstance(tokens, list)]
        words.integrated = integrated(plain)
        learn([t for tokens in plain for t in tokens], words)
        instances = frozenset(with_chain_rules(plain, words, source))
        return PieceTokens(tuple(lexed), words, instances)

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
            tokens = with_labels(with_worded_subscripts(tokens))
            tokens = with_beta_function(tokens, self.text, self.words.symbols)
            tokens = averaged(informed(with_brackets(tokens), self.text, self.information), self.text)
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


def among_read(lexed: Sequence[Lexed], turn: Callable[[list[list[Token]]], Iterable[Lexed]]) -> list[Lexed]:
    """Return pieces of which those that have tokens are turned, all at once; the others keep their errors."""
    turned = iter(turn([tokens for tokens in lexed if isinstance(tokens, list)]))
    return [next(turned) if isinstance(tokens, list) else tokens for tokens in lexed]
