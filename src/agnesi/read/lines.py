"""The lines of a derivation, read one by one with the shapes of all: what fails does not spoil the rest.

A worksheet is read as a whole, and its definitions hold wherever they stand. Here text has an order: a line that
begins with a relation sign continues the one above it, a letter that an equation holds is no longer free to be defined,
and a line that cannot be read carries its error and is left out when the shapes of the others are inferred.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agnesi.errors import AgnesiError, Place, ReadError, TooLarge, UnknownName
from agnesi.expr.nodes import Expr, Symbol, bind, constant, free_indices, symbols_of
from agnesi.expr.nodes import replace as substituted
from agnesi.read.averages import averaged
from agnesi.read.cases import piecewise, unfolded
from agnesi.read.chance_names import with_events
from agnesi.read.chance_sheet import learn, with_arguments
from agnesi.read.chance_tokens import as_moments
from agnesi.read.composed import composed
from agnesi.read.cursor import RELATIONS
from agnesi.read.eigen import with_eigenvalues
from agnesi.read.elaborate import Elaborate
from agnesi.read.entropy_of_a_bit import information_in, informed
from agnesi.read.found_lines import Group as Group
from agnesi.read.found_lines import Line as Line
from agnesi.read.found_lines import Lines as Lines
from agnesi.read.found_lines import Piece as Piece
from agnesi.read.found_lines import in_anchor
from agnesi.read.generic import BENT, bend_of, compared, introduced, may_be_condition, restricted
from agnesi.read.halves import ABOVE, BELOW, halved, torn
from agnesi.read.idioms import arrow_in, chosen, idiomatic, integrated
from agnesi.read.implicit import flows, paths, seeds
from agnesi.read.infer import Infer
from agnesi.read.letters_apart import letters_apart
from agnesi.read.lex import lex
from agnesi.read.line_roles import Roles
from agnesi.read.log_names import labels_in
from agnesi.read.means_told import is_list_of_order
from agnesi.read.note_tokens import bounds, for_notes, greek, sums_in
from agnesi.read.partials import both_signs, with_partials
from agnesi.read.point_free import applied
from agnesi.read.primitives import NOTE, by_derivatives
from agnesi.read.ranges_told import with_ranges
from agnesi.read.regions import region_of
from agnesi.read.runs import ARROWS, at_arrows, first_side, last_side, named_last, put_between, without_indices
from agnesi.read.scene import symbol_of
from agnesi.read.shorthand import shortened
from agnesi.read.split import split
from agnesi.read.statements import statements
from agnesi.read.syntax import Node, postorder
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import FUNCTIONS, Definition, Vocabulary
from agnesi.read.word_marks import with_marks
from agnesi.read.worded import refuse_tangent, refuse_words
from agnesi.read.worksheet import Sheet, _Draft

ROUNDS = 6
MOVING = re.compile(r"(?<!\w)d([a-z])\s*/\s*d([ts])(?!\w)")
NORMS = re.compile(r"(?<![^\W\d])(?<![^\W\d] )(?:‖|\|\|)(?=\s*[\w(\\])|\\lVert|\bnorm\(|absolute values")
PRIMES = re.compile(r"([A-Za-z])['′]\s*(?:=|:=|denotes|means|for|is)\s*d\1/d|prime (?:denotes|means|is)[\w ]*deriv")


def read_lines(
    source: str, pieces: Sequence[Piece], declarations: Sequence[str] = (), known: Mapping[str, Symbol] | None = None,
    definitions: Mapping[str, Definition] | None = None, ways: Container[str] = (),
) -> Lines:
    """Read the pieces of a text in order; `declarations` are formal ones such as "X : n×d symmetric".

    `ways` are readings for lines that fail otherwise: "apart", the sides of a relation do not settle each other's
    shapes; "matrix functions", exp, log, √ of a square matrix are none of its entries; "powers", log(x)^n is log(x^n);
    "near", sin t(1 + t) is a product.
    Nothing is raised: what is not read has its error.
    """
    skipped: dict[int, AgnesiError] = {}
    anew: set[int] = set()  # lines whose chain has no side that can be read before them
    for _ in range(ROUNDS):
        words = _vocabulary(declarations, known, definitions)
        words.apart, words.matrix_functions = "apart" in ways, "matrix functions" in ways
        words.log_powers, words.near = "powers" in ways, "near" in ways
        sheet = _LineSheet(source, pieces, words, skipped, anew)
        sheet.run()
        found = sheet.lines()
        failed = {p.piece: p.draft.error for p in sheet.parts if p.draft.error is not None and p.piece not in skipped}
        used = {p.above for p in sheet.parts} | {p.piece for p in sheet.parts if p.draft.role == "definition"}
        first = {k: e for k, e in failed.items() if sheet.above(k) not in failed}
        fresh = {k for k, e in failed.items() if sheet.above(k) >= 0 and in_anchor(e, pieces[k])} - anew
        if not (used | sheet.culprits) & set(failed) and not fresh:
            break
        anew |= fresh
        skipped |= {k: e for k, e in first.items() if k not in fresh}
    symbols = sheet.symbols()
    inferred = tuple(n for n in symbols if n not in sheet.words.symbols)
    notes = tuple(dict.fromkeys(sheet.notes))
    return Lines(found, symbols, dict(sheet.words.definitions), inferred, notes, frozenset(sheet.instances),
                 sheet.constrained)


def _vocabulary(
    declarations: Sequence[str], known: Mapping[str, Symbol] | None, definitions: Mapping[str, Definition] | None
) -> Vocabulary:
    words = Vocabulary.of(known, definitions)
    words.loose = True
    for text in declarations:
        sheet = Sheet(text, words, strict=False)
        for draft in sheet.drafts:
            draft.tokens = [greek(t) for t in draft.tokens]  # eps is ε in the formulas as well
            sheet.attempt(draft, sheet.find_role)
    return words


@dataclass
class _Part:
    """One statement of a piece: its draft, and the token runs of the groups that ⇒ and ⇔ separate."""

    draft: _Draft
    piece: int
    above: int = -1
    arrows: tuple[str, ...] = ()
    indices: tuple[str, str, str] | None = None  # ("ne", "i", "j") where the line holds for i ≠ j only
    anchor: list[Token] = field(default_factory=list)  # the side that a line which goes on compares with
    trees: list[Node] = field(default_factory=list)
    groups: tuple[Group, ...] = ()


class _LineSheet(Roles):
    """A sheet whose statements are the pieces of a text."""

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
        self.parts: list[_Part] = []
        text = " ".join(piece.text for piece in pieces)
        self.sums, self.information = sums_in(text, words), information_in(source)
        words.labels = labels_in(source)
        words.primes, words.bars_apart = bool(PRIMES.search(source)), bool(NORMS.search(source))
        words.moving = frozenset(m[0] for m in MOVING.findall(source) if f"{m[0]}({m[1]})" in source)
        lexed = [self.lexed(piece) for piece in pieces]
        named = iter(letters_apart([tokens for tokens in lexed if isinstance(tokens, list)], source, words))
        lexed = [next(named) if isinstance(tokens, list) else tokens for tokens in lexed]
        lexed = self.abbreviated(lexed)
        able = iter(with_arguments([tokens for tokens in lexed if isinstance(tokens, list)]))
        lexed = [next(able) if isinstance(tokens, list) else tokens for tokens in lexed]
        plain = chosen([tokens for tokens in lexed if isinstance(tokens, list)], words)
        known = iter(with_eigenvalues(plain, self.text))
        lexed = [next(known) if isinstance(tokens, list) else tokens for tokens in lexed]
        goes_on = [p.continues for p, tokens in zip(pieces, lexed, strict=True) if isinstance(tokens, list)]
        plain = with_ranges([tokens for tokens in lexed if isinstance(tokens, list)], goes_on, source)
        able = iter(with_partials(plain, words, source))
        lexed = [next(able) if isinstance(tokens, list) else tokens for tokens in lexed]
        words.integrated = integrated([tokens for tokens in lexed if isinstance(tokens, list)])
        learn([t for tokens in lexed if isinstance(tokens, list) for t in tokens], words)
        for k, piece in enumerate(pieces):
            self.parts += self.cut(k, piece, lexed[k])
        self.drafts = [p.draft for p in self.parts]

    # -- tokens -------------------------------------------------------------------------------------------------

    def lexed(self, piece: Piece) -> list[Token] | AgnesiError:
        """Return the tokens of a piece at their places in the text, or why it has none."""
        try:
            tokens = [t._replace(start=t.start + piece.start, stop=t.stop + piece.start) for t in lex(piece.text)]
            tokens = averaged(informed(tokens, self.text, self.information), self.text)
            tokens = with_events(tokens, self.words, self.text)
            tokens = composed(piecewise(unfolded(tokens)), self.text)
            refuse_words(tokens, self.text)
            refuse_tangent(piece.text, piece.start, self.text)
            return applied(idiomatic(for_notes(tokens, self.text, self.sums, self.words)), self.words.symbols)
        except AgnesiError as error:
            if error.where is not None:
                error.where = Place(self.text, error.where.start + piece.start, error.where.stop + piece.start)
            return error

    def abbreviated(self, lexed: list[list[Token] | AgnesiError]) -> list[list[Token] | AgnesiError]:
        """Return the tokens of all pieces with the abbreviations of notes as names."""
        tokens = as_moments([tokens for tokens in lexed if isinstance(tokens, list)], self.text, self.words)
        able = iter(shortened(with_marks(tokens, self.words), self.words))
        return [next(able) if isinstance(one, list) else one for one in lexed]

    def cut(self, k: int, piece: Piece, tokens: list[Token] | AgnesiError) -> list[_Part]:
        """Return the statements of a piece; one that continues begins with the last side of the line above it."""
        before = self.before(piece)
        held = before.anchor if before is not None else []
        if isinstance(tokens, AgnesiError):
            return [_Part(_Draft([], error=tokens), k, anchor=held if piece.continues else [])]
        above, lead = -1, tokens[0].text if tokens else ""
        moves = arrow_in(tokens) and not any(t.text in RELATIONS for t in tokens)  # t -> 1/t, n -> ∞: no claim
        if moves or region_of(tokens) or is_list_of_order(tokens):
            return [_Part(_Draft(tokens, role="declaration", error=None), k, anchor=held if piece.continues else [])]
        goes_on = piece.continues and lead in RELATIONS and lead not in ARROWS
        if piece.continues and held and tokens and lead not in RELATIONS:  # "which simplifies to X⁻¹"
            first = tokens[0]
            tokens, goes_on = [Token("op", "=", first.start, first.start, True), *tokens], True
        if k in self.skipped:
            return [_Part(_Draft([], error=self.skipped[k]), k, anchor=held if goes_on else first_side(tokens))]
        if goes_on:
            lone = [t.text for t in tokens[1:] if t.kind != "end"] in ([], ["0"])
            if before is None or (lone and (not held or k in self.anew)):
                return [_Part(_Draft([], error=self.nothing_above(piece)), k)]
            if k in self.anew or not held:
                tokens, above = tokens[1:], -1
                self.notes.append(f"the line above “{piece.text[:40]}” was not read: the chain begins anew there")
            else:
                above, tokens = before.piece, [*held, *tokens]
        elif lead in RELATIONS and lead not in (":=",):
            tokens = tokens[1:]
        tokens = both_signs(tokens, self.text[: piece.stop])
        runs = [run for one in statements(tokens) for run in named_last(one)]
        out = [_Part(_Draft(run), k, above if not n else -1, anchor=last_side(run)) for n, run in enumerate(runs)]
        if piece.where:
            for part in out:
                if part.draft.tokens[0].text != "where":
                    first = part.draft.tokens[0]
                    part.draft.tokens = [Token("word", "where", first.start, first.start, True), *part.draft.tokens]
        return out

    def before(self, piece: Piece) -> _Part | None:
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

    def expression_on_line(self, last: int) -> _Part | None:
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

    # -- roles --------------------------------------------------------------------------------------------------

    def find_role(self, draft: _Draft) -> None:
        """Take in declarations and definitions; what an equation holds can no longer be defined."""
        part = next(p for p in self.parts if p.draft is draft)
        leading = draft.tokens[0].text if draft.tokens else ""
        if part.above >= 0 or self.bounds_product(draft.tokens):
            return
        self.new_name(draft.tokens)
        if self.opposed(draft.tokens):
            return
        super().find_role(draft)
        stated = draft.role in ("", "problem") and leading != "where"
        if stated and any(t.text == "=" for t in draft.tokens):
            ready = split(
                [*draft.tokens, Token("end", "", 0, 0, False)], self.words, FUNCTIONS, self.words.symbolic
            )
            self.held |= {t.text for t in ready if t.kind == "name"}

    def parse(self, draft: _Draft) -> None:
        """Parse each group of a statement."""
        part = next(p for p in self.parts if p.draft is draft)
        draft.tokens, part.indices = without_indices(draft.tokens)
        runs, signs = at_arrows(draft.tokens)
        if len(runs) < 2:
            super().parse(draft)
            if draft.tree is not None:
                part.trees = [draft.tree]
            return
        part.arrows = tuple(RELATIONS[s] for s in signs)
        part.trees = [self.tree(run) for run in runs if run]
        draft.role, draft.tree = "claim", part.trees[-1]

    # -- shapes -------------------------------------------------------------------------------------------------

    def run(self, scalar: bool = False) -> None:
        """Read all pieces: roles, trees, shapes, expressions."""
        self.infer = Infer(self.words, self.text)
        ordered = [d for d in self.drafts if d.tokens and d.tokens[0].text == "where"]
        todo = [*ordered, *(d for d in self.drafts if d not in ordered)]
        while todo:
            draft = todo.pop(0)
            if draft.error is None and draft.tokens and draft.role != "declaration":
                self.attempt(draft, self.find_role)
            if draft.rest:
                self.follow(draft, todo)
        self.beyond_sizes()
        live = [p.draft for p in self.parts if p.draft.error is None and p.draft.tokens]
        unknown, self.instances = introduced([d.tokens for d in live], self.words, self.text)
        for draft in live:
            if draft.role in ("", "definition"):
                self.attempt(draft, self.parse)
            elif draft.role == "model":
                self.model(draft)
        for part in by_derivatives([p for p in self.parts if p.draft.error is None]):
            part.draft.tree = part.trees[-1]
            self.notes.append(NOTE)
        self.free_of_conditions(live, unknown)
        for draft in live:
            self.attempt(draft, self.by_entries)
        order = self.by_need(live)
        self.imply()
        self.shapes(order)
        for draft in order:
            if draft.tree is not None and draft.error is None:
                self.attempt(draft, self.build)

    def beyond_sizes(self) -> None:
        """What speaks of a name whose sizes are too large is not read: with other sizes it would be another claim."""
        told = (":", "∈", "in")
        large = [d for d in self.drafts if isinstance(d.error, TooLarge) and any(t.text in told for t in d.tokens)]
        held = {t.text for d in large for t in d.tokens if t.kind in ("word", "name") or len(t.text) > 3}
        spoken = held | {"I", "1"}
        for draft in self.drafts if large else ():
            if draft.error is None and draft.role != "declaration" and any(t.text in spoken for t in draft.tokens):
                draft.error = TooLarge(f"{min(held)} is declared with sizes that are too large to compute with.")

    def imply(self) -> None:
        """Note what the lines leave implicit: paths, what moves with t, losses of which only slopes are told."""
        live = [p for p in self.parts if p.draft.error is None]
        told = [(tree, p.draft.name if p.draft.role == "definition" else "") for p in live for tree in p.trees]
        told += [(p.draft.tree, p.draft.name) for p in live if not p.trees and p.draft.tree is not None]
        trees = [tree for tree, _ in told]
        held = {**self.words.pending, **self.words.definitions}
        self.words.flows = flows(trees, held, self.words.primes)
        self.words.paths = paths([tree for tree, name in told if not name], held)
        needs = {p.draft.name: p.draft.needs for p in self.parts if p.draft.role == "definition"}
        known = {n: () for n in (*held, *self.words.facts) if n not in needs}
        self.words.seeds = seeds(told, {**known, **needs})

    def free_of_conditions(self, live: list[_Draft], unknown: frozenset[str]) -> None:
        """Find out whether an equation may be a condition on a function; no inequality is read then that has it."""
        trees = [(p, tree) for p in self.parts for tree in p.trees if p.above < 0 and p.draft.role != "definition"]
        made = {p.draft.name: p.draft.body for p in self.parts if p.draft.role == "definition" and p.draft.body}
        bent = BENT.search(self.text) is not None
        held = [p for p, tree in trees if unknown and may_be_condition(tree, unknown, made, bent)]
        if unknown and (held or restricted(self.text, self.words.chance)):
            self.constrained = unknown
        held = [p for p in self.parts if p.draft.tree is not None and compared(p.draft.tree, self.constrained)]
        for name in sorted(unknown - self.constrained):
            one = self.words.definitions[name]
            kind = (bend_of(name, self.text) if bent else "") or "smooth"
            self.notes.append(f"{name} is any {kind} function, tested as {name}({one.parameters[0]}) = {one.body}")
        for part in held:
            part.draft.error = UnknownName(
                f"There is no function {min(unknown)}, and an equation here may say what it satisfies.",
                repair=f"Define {min(unknown)}(x) = ...",
            )

    def follow(self, draft: _Draft, todo: list[_Draft]) -> None:
        """Put what follows a declaration on its line after it, as a statement of its own."""
        part = next(p for p in self.parts if p.draft is draft)
        more = _Part(_Draft(draft.rest), part.piece)
        draft.rest = []
        todo.insert(0, more.draft)
        self.parts.insert(self.parts.index(part) + 1, more)
        self.drafts.insert(self.drafts.index(draft) + 1, more.draft)

    def shapes(self, order: list[_Draft]) -> None:
        """Infer the shapes of all statements together; without those that do not fit."""
        for _ in range(len(order) + 1):
            self.infer = Infer(self.words, self.text)
            able = [d for d in order if d.tree is not None and d.error is None]
            for draft in able:
                self.infer.look_ahead(draft.tree)  # type: ignore[arg-type]
            for draft in able:
                self.attempt(draft, self.type)
            try:
                scene = self.infer.finish([], False)
            except AgnesiError as error:
                guilty = self.guilty(order, error)
                if guilty is None:
                    return
                guilty.error = error
                continue
            self.elaborate = Elaborate(scene, self.text, self.notes)
            return

    def guilty(self, order: list[_Draft], error: AgnesiError) -> _Draft | None:
        """Return the statement that an error of inference is about: the one at its place, else the last."""
        able = [d for d in order if d.tree is not None and d.error is None]
        at = error.where.start if error.where is not None else -1
        inside = [d for d in able if d.tokens[0].start <= at < d.tokens[-1].stop]
        return (inside or able or [None])[-1]  # type: ignore[list-item]

    def type(self, draft: _Draft) -> None:
        """Infer the types of a statement, group by group."""
        part = next(p for p in self.parts if p.draft is draft)
        if len(part.trees) < 2:
            super().type(draft)
            return
        for tree in part.trees:
            self.infer.add(tree)

    def build(self, draft: _Draft) -> None:
        """Build the sides of each relation by themselves: comparing them is for the judge."""
        part = next(p for p in self.parts if p.draft is draft)
        if draft.role == "definition":
            self.build_definition(draft, part)
            return
        trees = [draft.tree] if draft.role == "model" else part.trees
        part.groups = tuple(self.group(tree, part.indices) for tree in trees)
        self.spans.update((e, s) for e, s in self.elaborate.spans.items() if e not in self.spans)

    def build_definition(self, draft: _Draft, part: _Part) -> None:
        made, scene = self.elaborate, self.infer.s
        assert draft.body is not None and draft.tree is not None
        try:
            body = made.build(draft.body)
        except AgnesiError:
            self.culprits.add(part.piece)
            raise
        symbols = tuple(symbol_of(scene, k) for k in scene.made[draft.name].keys)
        self.words.pending.pop(draft.name, None)
        free = {i.name for i in free_indices(body)} if not body.shape else set()
        of_one = all(p.rpartition("_")[2] in free for p in draft.parameters)  # Q(μ_k) = ... for some fixed k
        fixed = free and of_one and not self.subscripted(draft.name)
        closed = body if fixed else made.closed(body)  # h := x_iᵀA⁻¹x_i for some fixed i
        self.words.definitions[draft.name] = Definition(draft.name, draft.parameters, closed, symbols)
        draft.expr = closed
        group = self.group(draft.tree)
        part.groups = (Group((closed, *group.sides[1:]), group.ops),)
        if not draft.parameters:
            self.words.other_forms[draft.name] = group.sides[1:]

    def subscripted(self, name: str) -> bool:
        """Tell whether a letter has a subscript somewhere, or is defined by its entries."""
        nodes = [n for part in self.parts for tree in part.trees for n in postorder(tree)]
        return name in self.tensors or any(n.head in ("sub", "index") and n.args[0].value == name for n in nodes)

    def group(self, tree: Node | None, indices: tuple[str, str, str] | None = None) -> Group:
        """Return the sides of a relation; free indices make all of them tensors; with `indices`, a place is taken."""
        assert tree is not None
        made = self.elaborate
        nodes = tree.args if tree.head == "rel" else (tree,)
        sides = [made.build(n) for n in nodes]
        over = tuple(made.open_indices(sides))
        if over and indices is not None:
            named = {i.name: i for i in over}
            values = (1, 2) if indices[0] == "ne" else (2, 2)
            pairs = zip(indices[1:], values, strict=True)
            at: dict[Expr, Expr] = {named[n]: constant(v) for n, v in pairs if n in named}
            sides = [substituted(s, at) for s in sides]
            over = tuple(made.open_indices(sides))
        if over:
            if any(s.shape and free_indices(s) for s in sides):  # an equation of vectors for each i: take one
                some: dict[Expr, Expr] = {i: constant(2) for i in over}
                sides = [substituted(s, some) for s in sides]
            sides = [bind("Tensor", over, s) if not s.shape and free_indices(s) & set(over) else s for s in sides]
        return Group(tuple(sides), tuple(tree.value) if tree.head == "rel" else ())

    # -- results ------------------------------------------------------------------------------------------------

    def symbols(self) -> dict[str, Symbol]:
        """Return the symbols of all sides in the order of the text, then the others that are declared."""
        roots = [side for part in self.parts for g in part.groups for side in g.sides]
        found = {s.name: s for s in symbols_of(*roots)}
        return {**found, **{n: s for n, s in self.words.symbols.items() if n not in found}}

    def lines(self) -> tuple[Line, ...]:
        """Return a line for each statement, in the order of the text."""
        out = []
        cases = torn(self.words.symbols.values()) + [n for n, f in self.words.facts.items() if f & ABOVE and f & BELOW]
        for part in self.parts:
            draft, piece = part.draft, self.pieces[part.piece]
            written = self.text[piece.start : piece.start + len(piece.text)] == piece.text
            if draft.tokens and part.above < 0 and written:
                start, stop = min(t.start for t in draft.tokens), max(t.stop for t in draft.tokens)
                piece = replace(piece, text=self.text[start:stop], start=start, stop=stop)
            role = draft.role or "expression"
            error = draft.error
            fault = error is not None and type(error).__name__ == "ShapeError"
            groups = part.groups if error is None else ()
            if groups and cases:
                groups = halved(groups, self.text, piece.start, cases)
            out.append(
                Line(
                    piece, role, groups, part.arrows, draft.name, draft.parameters, draft.names, error, part.above,
                    fault,
                )
            )
        return tuple(out)
