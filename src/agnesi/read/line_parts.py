"""The pieces of a derivation as statements: their tokens as notes mean them, and the side that a line goes on from."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from agnesi.errors import AgnesiError, Place, ReadError
from agnesi.read.bracket_habits import is_set
from agnesi.read.chain_rules import self_named
from agnesi.read.cursor import RELATIONS
from agnesi.read.drafts import Draft
from agnesi.read.found_lines import Group, Piece
from agnesi.read.idioms import arrow_in
from agnesi.read.line_roles import Roles
from agnesi.read.listed_columns import is_listing
from agnesi.read.means_told import is_list_of_order
from agnesi.read.note_tokens import bounds
from agnesi.read.partials import both_signs
from agnesi.read.piece_tokens import Lexed, PieceTokens
from agnesi.read.regions import region_of
from agnesi.read.runs import ARROWS, first_side, last_side, named_last, put_between
from agnesi.read.statements import statements
from agnesi.read.syntax import Node
from agnesi.read.tokens import Token


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
        self, source: str, pieces: Sequence[Piece], tokens: PieceTokens, skipped: Mapping[int, AgnesiError],
        anew: Container[int] = (),
    ) -> None:
        self.text, self.words, self.strict, self.single = source, tokens.words, False, False
        self.pieces, self.skipped, self.anew = pieces, skipped, anew
        self.notes, self.spans, self.tensors = [], {}, set()
        self.culprits: set[int] = set()
        self.instances: set[str] = set(tokens.instances)
        self.constrained: frozenset[str] = frozenset()  # functions of which an equation may say what they satisfy
        self.held: set[str] = set()  # names that an equation before holds
        self.parts: list[Part] = []
        if self.instances:
            self.notes.append("functions that are only differentiated are tested as random smooth ones")
        for k, piece in enumerate(pieces):
            self.parts += self.cut(k, piece, tokens.lexed[k])
        self.drafts = [p.draft for p in self.parts]

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
