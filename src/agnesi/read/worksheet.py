"""Worksheets: statements in order, each with its role; a symbol has one shape in the whole sheet."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping

from agnesi.errors import AgnesiError, Place, ReadError
from agnesi.expr.nodes import Expr, Symbol, symbols_of
from agnesi.read.cases import unfolded
from agnesi.read.chance_sheet import learn
from agnesi.read.drafts import Draft
from agnesi.read.elaborate import Elaborate
from agnesi.read.infer import Infer
from agnesi.read.lex import lex, source_of
from agnesi.read.order import before, indexed_in
from agnesi.read.readings import Reading, Statement, Worksheet
from agnesi.read.scene import symbol_of
from agnesi.read.statement_roles import StatementRoles
from agnesi.read.statements import statements
from agnesi.read.vocabulary import Definition, Vocabulary

_SAID = {
    "model": "a model (with ~), which is not read yet",
    "problem": "a problem (minimise ...), which is not read yet",
    "declaration": "declarations only",
}


class Sheet(StatementRoles):
    """Reads a text statement by statement into drafts, then shapes, then expressions."""

    def __init__(self, text: str, words: Vocabulary, strict: bool = True, single: bool = False) -> None:
        self.text, self.words, self.strict, self.single = source_of(text), words, strict, single
        self.notes: list[str] = []
        self.spans: dict[Expr, tuple[int, int]] = {}
        tokens = unfolded(lex(text))
        learn(tokens, words)
        self.drafts = [Draft(one) for one in statements(tokens)]
        self.infer = Infer(words, self.text)
        self.tensors: set[str] = set()  # what is defined by its entries

    def run(self, scalar: bool = False) -> None:
        """Read everything: roles and trees, shapes, expressions."""
        todo = deque(self.ordered())
        order: list[Draft] = []
        while todo:
            draft = todo.popleft()
            order.append(draft)
            self.attempt(draft, self.find_role)
            if draft.rest:
                more = Draft(draft.rest)
                todo.appendleft(more)
                self.drafts.insert(self.drafts.index(draft) + 1, more)
        for draft in order:
            if draft.role in ("", "definition") and draft.error is None:
                self.attempt(draft, self.parse)
            elif draft.role == "model":
                self.model(draft)
        for draft in order:
            self.attempt(draft, self.by_entries)
        order = self.by_need(order)
        for draft in order:
            if draft.tree is not None and draft.error is None:
                self.attempt(draft, self.type)
        main = self.main()
        types = self.infer.s.types
        roots = [types[main.tree]] if main is not None and main.tree in types else []
        scene = self.infer.finish(roots, scalar)
        self.elaborate = Elaborate(scene, self.text, self.notes)
        for draft in order:
            if draft.tree is not None and draft.error is None:
                self.attempt(draft, self.build)

    def ordered(self) -> list[Draft]:
        """Definitions introduced by `where` come before what they explain."""
        where = [d for d in self.drafts if d.tokens[0].text == "where"]
        return (
            [*(d for d in self.drafts if d in where), *(d for d in self.drafts if d not in where)]
            if where
            else self.drafts
        )

    def by_need(self, order: list[Draft]) -> list[Draft]:
        """Put definitions before what mentions them; parameters of functions keep their place in the text."""
        parameters = {p for d in order for p in d.parameters}
        movable = {d.name: d for d in order if d.role == "definition" and d.tree and d.name not in parameters}
        indexed = Counter(n for d in order if d.tree is not None for n in indexed_in(d.tree))
        for draft in order:
            if draft.parameters and draft.tree and not any(p in self.words.symbols for p in draft.parameters):
                mine = indexed_in(draft.tree)
                draft.own |= any(indexed[p] > (p in mine) for p in draft.parameters)
        needs = {name: [n for n in d.needs if n not in d.parameters] for name, d in movable.items()}
        done: set[str] = set()
        out: list[Draft] = []
        for draft in order:
            wanted = [n for n in draft.needs if n in movable and n not in draft.parameters]
            own = [draft.name] if movable.get(draft.name) is draft else []
            draft.first = [*wanted, *own]
            self.attempt(draft, lambda d: out.extend(movable[n] for m in d.first for n in before(m, needs, done)))
            if not own:
                out.append(draft)
        kept = {id(d) for d in out}
        return out + [d for d in order if id(d) not in kept]

    def main(self) -> Draft | None:
        """Return the statement that the text is about: its last expression or claim, else what no other uses."""
        said = [d for d in self.drafts if d.role in ("expression", "claim")]
        if said:
            return said[-1]
        made = [d for d in self.drafts if d.role == "definition"]
        used = {n for d in made for n in d.needs if n != d.name}
        return next((d for d in reversed(made) if d.name not in used), made[-1] if made else None)

    def attempt(self, draft: Draft, step: Callable[[Draft], object]) -> None:
        """Run a step; unless strict, keep its error with the statement."""
        try:
            step(draft)
        except AgnesiError as error:
            if draft.tokens:
                error.at(Place(self.text, draft.tokens[0].start, draft.tokens[-1].stop))
            if self.strict:
                raise
            draft.error = error

    # -- shapes and expressions ---------------------------------------------------------------------------------

    def type(self, draft: Draft) -> None:
        """Infer the types of a statement."""
        assert draft.tree is not None
        if draft.role == "definition":
            assert draft.body is not None
            if draft.tree.head == "rel":
                self.infer.add(draft.tree, {})
            self.infer.define(draft.name, draft.parameters, draft.body, draft.own)
        else:
            self.infer.add(draft.tree)

    def build(self, draft: Draft) -> None:
        """Build the expressions of a statement."""
        assert draft.tree is not None
        made, scene = self.elaborate, self.infer.s
        if draft.role == "definition":
            assert draft.body is not None
            body = made.build(draft.body)
            keys = scene.made[draft.name].keys
            symbols = tuple(symbol_of(scene, k) for k in keys)
            self.words.pending.pop(draft.name, None)
            self.words.definitions[draft.name] = Definition(draft.name, draft.parameters, made.closed(body), symbols)
            draft.expr = self.words.definitions[draft.name].body
            if draft.tree.head == "rel":
                made.build(draft.tree)
                draft.chain = tuple(made.pairs(draft.tree))
        else:
            expr = made.build(draft.tree)
            if draft.tree.head == "rel":
                draft.chain = tuple(made.pairs(draft.tree))
                expr = draft.chain[0]
            elif draft.role != "model":
                expr = made.closed(expr)
            draft.expr = expr
        self.spans.update((e, s) for e, s in made.spans.items() if e not in self.spans)
        sides = draft.tree.args[1:] if draft.tree.head == "rel" else ()
        draft.lines = tuple(self.line(s.start) for s in sides)

    def line(self, at: int) -> int:
        """Return the line of a place."""
        return self.text.count("\n", 0, at) + 1

    def statement(self, draft: Draft) -> Statement:
        """Return the finished statement."""
        tokens = draft.tokens
        start, stop = (tokens[0].start, tokens[-1].stop) if tokens else (0, 0)
        return Statement(
            self.text[start:stop],
            self.line(start),
            draft.role or "expression",
            draft.expr,
            draft.chain,
            draft.lines,
            draft.name,
            draft.names,
            draft.error,
        )

    def symbols(self) -> dict[str, Symbol]:
        """Return the symbols that the expressions use, then the others that are declared."""
        scene = self.infer.s
        found: dict[str, Symbol] = {}
        main = [d for d in self.drafts if d.role in ("expression", "claim")] if self.single else []
        roots = [e for d in main or self.drafts for e in ((d.expr,) if d.expr is not None else ()) + d.chain]
        own = {k.split("@")[0] for m in scene.made.values() for k in m.keys if "@" in k}
        appear = {
            s.name: s
            for s in symbols_of(*roots)
            if s.name not in own or s.name in scene.symbols or s.name in scene.families
        }
        for name in dict.fromkeys(scene.used):
            for candidate in (name, name.upper()):
                if candidate in appear:
                    found.setdefault(candidate, appear[candidate])
        for name, one in appear.items():
            found.setdefault(name, one)
        for name, one in self.words.symbols.items():
            if not self.single:
                found.setdefault(name, one)
        return found


def worksheet(
    text: str, strict: bool = True, scalar: bool = False, declarations: Mapping[str, Symbol] | None = None
) -> Worksheet:
    """Read a sheet of statements; with `strict=False`, statements that cannot be read carry their error.

    With `scalar`, what the sheet is about is a scalar if its shapes leave that open. `declarations` are in force from
    the start.
    """
    words = Vocabulary.of(declarations, None)
    sheet = Sheet(text, words, strict)
    sheet.run(scalar)
    symbols = sheet.symbols()
    inferred = tuple(n for n in symbols if n not in words.symbols)
    statements = tuple(sheet.statement(d) for d in sheet.drafts)
    return Worksheet(statements, symbols, dict(words.definitions), inferred, tuple(sheet.notes), text, sheet.spans)


def read(
    text: str,
    declarations: Mapping[str, Symbol] | None = None,
    definitions: Mapping[str, Definition] | None = None,
    scalar: bool = False,
) -> Reading:
    """Read one expression or statement, with declarations before it and `where` definitions after it.

    With `scalar`, the expression is a scalar if its shapes leave that open.
    """
    words = Vocabulary.of(declarations, definitions)
    sheet = Sheet(text, words, strict=True, single=True)
    sheet.run(scalar)
    draft = sheet.main()
    where = Place(sheet.text or " ", 0, max(1, len(sheet.text)))
    if draft is None:
        said = ", ".join(sorted({_SAID.get(d.role, d.role) for d in sheet.drafts})) or "nothing"
        raise ReadError(
            "The text has no expression in it.",
            where=where,
            expected="an expression",
            got=said,
            repair="Add what is to be read after the declarations.",
        )
    several = [d for d in sheet.drafts if d.role == "expression"]
    if len(several) > 1:
        raise ReadError(
            "The text has several expressions in it.",
            where=where,
            expected="one expression",
            got=str(len(several)),
            repair="Read a worksheet, or remove all but one.",
        )
    assert draft.expr is not None
    symbols = {n: s for n, s in sheet.symbols().items()}
    inferred = tuple(n for n in symbols if n not in words.symbols)
    return Reading(
        draft.expr, symbols, inferred, tuple(sheet.notes), dict(words.definitions), text, sheet.spans, draft.chain
    )
