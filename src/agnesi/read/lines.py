"""The lines of a derivation, read one by one with the shapes of all: what fails does not spoil the rest.

A worksheet is read as a whole, and its definitions hold wherever they stand. Here text has an order: a line that
begins with a relation sign continues the one above it, a letter that an equation holds is no longer free to be defined,
and a line that cannot be read carries its error and is left out when the shapes of the others are inferred.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from agnesi.errors import AgnesiError, TooLarge, UnknownName
from agnesi.expr.nodes import Expr, Symbol, bind, constant, free_indices, symbols_of
from agnesi.expr.nodes import replace as substituted
from agnesi.read.cursor import RELATIONS
from agnesi.read.drafts import Draft
from agnesi.read.elaborate import Elaborate
from agnesi.read.found_lines import Group as Group
from agnesi.read.found_lines import Line as Line
from agnesi.read.found_lines import Lines as Lines
from agnesi.read.found_lines import Piece as Piece
from agnesi.read.found_lines import in_anchor
from agnesi.read.generic import BENT, bend_of, compared, introduced, may_be_condition, restricted
from agnesi.read.halves import ABOVE, BELOW, halved, torn
from agnesi.read.implicit import flows, paths, seeds
from agnesi.read.infer import Infer
from agnesi.read.line_parts import Part, Parts
from agnesi.read.note_tokens import greek
from agnesi.read.piece_tokens import PieceTokens
from agnesi.read.primitives import NOTE, by_derivatives
from agnesi.read.runs import at_arrows, without_indices
from agnesi.read.scene import symbol_of
from agnesi.read.split import split
from agnesi.read.syntax import Node, postorder
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import FUNCTIONS, Definition, Vocabulary
from agnesi.read.worksheet import Sheet

ROUNDS = 6


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
    words = _vocabulary(declarations, known, definitions)
    words.apart, words.matrix_functions = "apart" in ways, "matrix functions" in ways
    words.log_powers, words.near = "powers" in ways, "near" in ways
    tokens = PieceTokens.of(source, pieces, words)
    for _ in range(ROUNDS):
        sheet = _LineSheet(source, pieces, tokens.again(), skipped, anew)
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


class _LineSheet(Parts):
    """The statements of a text with the shapes of all; what fails carries its error."""

    def find_role(self, draft: Draft) -> None:
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

    def parse(self, draft: Draft) -> None:
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
        unknown, constants = introduced([d.tokens for d in live], self.words, self.text)
        self.instances |= constants
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

    def by_need(self, order: list[Draft]) -> list[Draft]:
        """Put definitions before what mentions them; z = f(x, y) stands behind x = cos t, wherever that is told."""
        made = {d.name: k for k, d in enumerate(order) if d.role == "definition" and not d.parameters}
        places = [float(k) for k in range(len(order))]
        for k, draft in enumerate(order):
            body = draft.body if made.get(draft.name) == k else None
            if body is not None and body.head == "call" and all(a.head == "name" for a in body.args):
                places[k] = max([k, *(made[a.value] + 0.5 for a in body.args if a.value in made)])
        return super().by_need([order[k] for k in sorted(range(len(order)), key=places.__getitem__)])

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

    def free_of_conditions(self, live: list[Draft], unknown: frozenset[str]) -> None:
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

    def follow(self, draft: Draft, todo: list[Draft]) -> None:
        """Put what follows a declaration on its line after it, as a statement of its own."""
        part = next(p for p in self.parts if p.draft is draft)
        more = Part(Draft(draft.rest), part.piece)
        draft.rest = []
        todo.insert(0, more.draft)
        self.parts.insert(self.parts.index(part) + 1, more)
        self.drafts.insert(self.drafts.index(draft) + 1, more.draft)

    def shapes(self, order: list[Draft]) -> None:
        """Infer the shapes of all statements together; without those that do not fit."""
        for _ in range(len(order) + 1):
            self.infer = Infer(self.words, self.text)
            able = [d for d in order if d.tree is not None and d.error is None]
            for tree in [d.tree for d in able if d.tree is not None]:
                self.infer.look_ahead(tree)
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

    def guilty(self, order: list[Draft], error: AgnesiError) -> Draft | None:
        """Return the statement that an error of inference is about: the one at its place, else the last."""
        able = [d for d in order if d.tree is not None and d.error is None]
        at = error.where.start if error.where is not None else -1
        inside = [d for d in able if d.tokens[0].start <= at < d.tokens[-1].stop]
        held = inside or able
        return held[-1] if held else None

    def type(self, draft: Draft) -> None:
        """Infer the types of a statement, group by group."""
        part = next(p for p in self.parts if p.draft is draft)
        if len(part.trees) < 2:
            super().type(draft)
            return
        for tree in part.trees:
            self.infer.add(tree)

    def build(self, draft: Draft) -> None:
        """Build the sides of each relation by themselves: comparing them is for the judge."""
        part = next(p for p in self.parts if p.draft is draft)
        if draft.role == "definition":
            self.build_definition(draft, part)
            return
        trees = [draft.tree] if draft.role == "model" else part.trees
        part.groups = tuple(self.group(tree, part.indices) for tree in trees)
        self.spans.update((e, s) for e, s in self.elaborate.spans.items() if e not in self.spans)

    def build_definition(self, draft: Draft, part: Part) -> None:
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
