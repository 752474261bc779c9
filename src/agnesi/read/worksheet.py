"""Worksheets: statements in order, each with its role; a symbol has one shape in the whole sheet."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from agnesi.errors import AgnesiError, Place, ReadError, TooLarge
from agnesi.expr.nodes import Expr, Symbol, symbols_of
from agnesi.read.cases import unfolded
from agnesi.read.chance_sheet import claimed, defined_density, head_of, is_model, learn, model_end, modelled, stated
from agnesi.read.declare import Declare, label_at, len_of_label
from agnesi.read.elaborate import Elaborate
from agnesi.read.entries import entries_of, entries_of_name, uses_entries
from agnesi.read.infer import Infer
from agnesi.read.lex import lex, source_of
from agnesi.read.order import before, indexed_in, mentions
from agnesi.read.parse import Parser
from agnesi.read.probability import refuse_probability
from agnesi.read.problems import constraint_at, no_problems
from agnesi.read.readings import Reading, Statement, Worksheet
from agnesi.read.scene import symbol_of
from agnesi.read.split import split
from agnesi.read.statements import parameters_in, statements
from agnesi.read.syntax import Node
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import FUNCTIONS, GREEK_FUNCTIONS, Definition, Vocabulary

_LEADING = frozenset(("let", "where", "with", "and", "define"))
_PROBLEM = frozenset(("minimise", "minimize", "maximise", "maximize"))

_SAID = {
    "model": "a model (with ~), which is not read yet",
    "problem": "a problem (minimise ...), which is not read yet",
    "declaration": "declarations only",
}
MAX_TOKENS = 30_000


@dataclass(eq=False)
class _Draft:
    """A statement on its way: its tokens, then its role and tree."""

    tokens: list[Token]
    role: str = ""
    name: str = ""
    parameters: tuple[str, ...] = ()
    tree: Node | None = None
    body: Node | None = None
    own: bool = False
    names: tuple[str, ...] = ()
    error: AgnesiError | None = None
    rest: list[Token] = field(default_factory=list)  # another statement after declarations on the same line
    expr: Expr | None = None
    chain: tuple[Expr, ...] = ()
    lines: tuple[int, ...] = ()
    at: int = 0  # where the body of a definition begins
    needs: tuple[str, ...] = ()  # the names that it mentions
    first: list[str] = field(default_factory=list)  # the definitions that come before it


class Sheet:
    """Reads a text statement by statement into drafts, then shapes, then expressions."""

    def __init__(self, text: str, words: Vocabulary, strict: bool = True, single: bool = False) -> None:
        self.text, self.words, self.strict, self.single = source_of(text), words, strict, single
        self.notes: list[str] = []
        self.spans: dict[Expr, tuple[int, int]] = {}
        tokens = unfolded(lex(text))
        learn(tokens, words)
        self.drafts = [_Draft(one) for one in statements(tokens)]
        self.infer = Infer(words, self.text)
        self.tensors: set[str] = set()  # what is defined by its entries

    def run(self, scalar: bool = False) -> None:
        """Read everything: roles and trees, shapes, expressions."""
        todo = deque(self.ordered())
        order: list[_Draft] = []
        while todo:
            draft = todo.popleft()
            order.append(draft)
            self.attempt(draft, self.find_role)
            if draft.rest:
                more = _Draft(draft.rest)
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

    def ordered(self) -> list[_Draft]:
        """Definitions introduced by `where` come before what they explain."""
        where = [d for d in self.drafts if d.tokens[0].text == "where"]
        return (
            [*(d for d in self.drafts if d in where), *(d for d in self.drafts if d not in where)]
            if where
            else self.drafts
        )

    def by_need(self, order: list[_Draft]) -> list[_Draft]:
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
        out: list[_Draft] = []
        for draft in order:
            wanted = [n for n in draft.needs if n in movable and n not in draft.parameters]
            own = [draft.name] if movable.get(draft.name) is draft else []
            draft.first = [*wanted, *own]
            self.attempt(draft, lambda d: out.extend(movable[n] for m in d.first for n in before(m, needs, done)))
            if not own:
                out.append(draft)
        kept = {id(d) for d in out}
        return out + [d for d in order if id(d) not in kept]

    def main(self) -> _Draft | None:
        """Return the statement that the text is about: its last expression or claim, else what no other uses."""
        said = [d for d in self.drafts if d.role in ("expression", "claim")]
        if said:
            return said[-1]
        made = [d for d in self.drafts if d.role == "definition"]
        used = {n for d in made for n in d.needs if n != d.name}
        return next((d for d in reversed(made) if d.name not in used), made[-1] if made else None)

    def attempt(self, draft: _Draft, step: object) -> None:
        """Run a step; unless strict, keep its error with the statement."""
        try:
            step(draft)  # type: ignore[operator]
        except AgnesiError as error:
            if draft.tokens:
                error.at(Place(self.text, draft.tokens[0].start, draft.tokens[-1].stop))
            if self.strict:
                raise
            draft.error = error

    # -- roles --------------------------------------------------------------------------------------------------

    def find_role(self, draft: _Draft) -> None:
        """Take in what a statement declares and the name that it defines; trees are parsed when all are known."""
        while draft.tokens and draft.tokens[0].text in _LEADING and draft.tokens[0].kind == "word":
            draft.tokens = draft.tokens[1:]
        tokens = draft.tokens
        if not tokens:
            draft.role = "declaration"
            return
        held = constraint_at(tokens)
        if held > 0 and self.single:
            raise no_problems(tokens[held:], self.text)
        if tokens[0].text in _PROBLEM or held > 0 or self.problem(tokens):
            draft.role = "problem"
            return
        if is_model(tokens):
            draft.role = "model"
            end = model_end(tokens)
            draft.tokens, draft.rest = tokens[:end], tokens[end + 1 :]
            self.words.modelled.update(f"p {name}" for name in modelled(draft.tokens))
            return
        names, done = Declare(self.words, self.text).read(tokens)
        if names:
            draft.role, draft.names, draft.rest = "declaration", tuple(names), tokens[done:]
            draft.tokens = tokens[:done]
            return
        defined = self.left(tokens)
        if defined is not None:
            draft.role = "definition"
            draft.name, draft.parameters, draft.at = defined
            self.words.pending[draft.name] = bool(draft.parameters)

    def parse(self, draft: _Draft) -> None:
        """Parse the tree of a statement; an equation with its left side also on the right is a claim."""
        tokens = draft.tokens
        if draft.role == "definition":
            self.definition(draft, draft.name, draft.parameters, tokens[draft.at :])
            assert draft.tree is not None
            draft.needs = tuple(mentions(draft.tree))
            if draft.parameters or draft.name not in draft.needs:
                return
            self.words.pending.pop(draft.name, None)
        draft.tree = self.tree(tokens)
        draft.needs = tuple(mentions(draft.tree))
        draft.role = "claim" if draft.tree.head == "rel" else "expression"
        if draft.tree.head == "rel" and self.rows(draft.tree):
            draft.role, draft.tree = "declaration", None

    def model(self, draft: _Draft) -> None:
        """Parse x ~ N(μ, Σ) or x ⊥ y | z; one that is not read is kept with its error, and stops nothing else."""
        try:
            draft.tree = self.tree(draft.tokens, model=True)
            draft.needs = tuple(mentions(draft.tree))
        except AgnesiError as error:
            draft.error = error.at(Place(self.text, draft.tokens[0].start, draft.tokens[-1].stop))

    def by_entries(self, draft: _Draft) -> None:
        """Take K_ij = ... for the definition of K where another statement uses K."""
        found, whole = None, draft.name
        if draft.role == "claim" and draft.tree is not None:
            found, whole = entries_of(draft.tree), ""
        elif draft.role == "definition" and draft.body is not None and not draft.parameters:
            found = entries_of_name(draft.name, draft.body)
            whole = "" if len(draft.name.rpartition("_")[2]) > 1 else whole
        others = [d.tree for d in self.drafts if d is not draft and d.tree is not None]
        if found is None or found[0] in self.tensors or not uses_entries(others, found[0], whole):
            return
        self.tensors.add(found[0])
        name, tensor = found
        self.words.pending.pop(draft.name, None)
        if self.words.loose and name not in self.words.symbols and name not in self.words.definitions:
            self.words.facts.pop(name, None)  # that p is positive follows from what it is
        if name in self.words:
            if self.single:
                raise ReadError(
                    f"{name} is declared, and then defined by its entries.",
                    where=Place(self.text, draft.tokens[0].start, draft.tokens[-1].stop),
                    repair=f"Leave out the declaration of {name}, or write its entries where they are used.",
                )
            return
        draft.role, draft.name, draft.tree, draft.body = "definition", name, tensor, tensor
        draft.needs = tuple(mentions(tensor))

    def problem(self, tokens: list[Token]) -> bool:
        """`\\min_w ... s.t.` in a sheet is a problem; in a single expression it is a minimum."""
        if tokens[0].text not in ("min", "max") or len(tokens) < 3 or tokens[1].text != "_":
            return False
        return not self.single and tokens[2].text not in tuple("ijkl{") and not equals_in(tokens)

    def rows(self, tree: Node) -> bool:
        """x_i = X[i,:] says that x_i is row i of X."""
        left, right = tree.args[:2]
        if tree.value != ("eq",) or left.head != "sub" or right.head != "index" or len(right.args) != 3:
            return False
        if left.args[0].head != "name" or right.args[0].head != "name" or left.args[0].value in self.words.symbols:
            return False
        if right.args[2].head == "colon" and right.args[1].value == left.args[1].value:
            self.words.rows[left.args[0].value] = right.args[0].value
            return True
        return False

    def left(self, tokens: list[Token]) -> tuple[str, tuple[str, ...], int] | None:
        """Return (name, parameters, where the body begins) of a definition: f(x, y) = ..., a := ..."""
        at = equals_in(tokens)
        if at == 0:
            return None
        density = head_of(tokens[:at])
        defined = defined_density(density, tokens[at + 1 :], self.words)
        if density is not None and defined:
            self.words.modelled.update(f"{density[0]} {n}" for n in density[1])
            return defined, (*density[1], *density[2]), at + 1
        if stated(density, self.words) or claimed(tokens[:at], tokens[at + 1 :], self.words):
            return None
        head = split([*tokens[:at], Token("end", "", 0, 0, False)], self.words, FUNCTIONS, self.words.symbolic)[:-1]
        sure = tokens[at].text == ":="
        if not head or head[0].kind != "name":
            return None
        name = head[0].text
        rest = head[1:]
        at_brace = [t.text for t in rest[:4:3]] == ["_", "}"]  # g_{1}(x)
        low = rest[1 + at_brace] if len(rest) >= 2 and rest[0].text == "_" else None
        if low is not None and low.kind in ("num", "name") and not self.indexing(low):
            name, rest = f"{name}_{low.text}", rest[2 + 2 * at_brace :]
        label = label_at(rest, 0)
        if label:
            name, rest = f"{name}_({label})", rest[len_of_label(rest, 0) :]
        known = (
            name in self.words
            or name in self.words.facts
            or (name in FUNCTIONS and name not in GREEK_FUNCTIONS and name != "E")
        )
        if (
            (known or self.used(name))
            and not sure
            and not (name in GREEK_FUNCTIONS and rest and name not in self.words)
        ):
            return None
        if not rest:
            return name, (), at + 1
        parameters = parameters_in(rest)
        return (name, parameters, at + 1) if parameters else None

    def used(self, name: str) -> bool:
        """Tell whether an earlier statement used the name as a symbol."""
        return False

    def indexing(self, token: Token) -> bool:
        """Tell whether a subscript is an index rather than part of a name."""
        return token.kind == "name" and token.text in ("i", "j", "k", "l")

    def definition(self, draft: _Draft, name: str, parameters: tuple[str, ...], body: list[Token]) -> None:
        """Parse the body of a definition; its parameters are names while it is read."""
        if not body:
            raise ReadError(
                f"The definition of {name} has no right side.",
                where=Place(self.text, draft.tokens[0].start, draft.tokens[-1].stop),
                repair=f"Write {name} = ...",
            )
        primed = {p for p in parameters if p.endswith("'") and p not in self.words.symbols}
        self.words.pending.update({p: False for p in primed})
        multi = {p: False for p in parameters if len(p) > 1 and p not in self.words}
        self.words.pending.update(multi)
        try:
            tree = self.tree(body)
        finally:
            for p in {*primed, *multi}:
                self.words.pending.pop(p, None)
        draft.tree = tree
        draft.body = tree.args[0] if tree.head == "rel" else tree
        draft.own = (
            bool(parameters)
            and not any(p in self.words.symbols for p in parameters)
            and (
                name in GREEK_FUNCTIONS
                or bool(primed)
                or parameters == ("t",)
                or (len(parameters) == 1 and parameters[0] in "tszu")
            )
        )

    def tree(self, tokens: list[Token], model: bool = False) -> Node:
        """Parse tokens, with the vocabulary in force."""
        if len(tokens) > MAX_TOKENS:
            raise TooLarge(
                f"A statement of {len(tokens)} tokens is too long; at most {MAX_TOKENS} are read.",
                where=Place(self.text, tokens[0].start, tokens[0].stop),
                repair="Split it with definitions.",
            )
        last = tokens[-1].stop
        ready = split([*tokens, Token("end", "", last, last, False)], self.words, FUNCTIONS, self.words.symbolic)
        refuse_probability(ready, self.text, self.words)
        parser = Parser(ready, self.text, self.words)
        tree = parser.statement(model)
        self.notes += [n for n in parser.notes if n not in self.notes]
        return tree

    # -- shapes and expressions ---------------------------------------------------------------------------------

    def type(self, draft: _Draft) -> None:
        """Infer the types of a statement."""
        assert draft.tree is not None
        if draft.role == "definition":
            assert draft.body is not None
            if draft.tree.head == "rel":
                self.infer.add(draft.tree, {})
            self.infer.define(draft.name, draft.parameters, draft.body, draft.own)
        else:
            self.infer.add(draft.tree)

    def build(self, draft: _Draft) -> None:
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

    def statement(self, draft: _Draft) -> Statement:
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


def equals_in(tokens: list[Token]) -> int:
    """Return where the first = or := outside brackets stands, or 0."""
    depth = 0
    for k, token in enumerate(tokens):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.kind == "op" and token.text in ("=", ":="):
            return k
    return 0


def worksheet(text: str, strict: bool = True) -> Worksheet:
    """Read a sheet of statements; with `strict=False`, statements that cannot be read carry their error."""
    words = Vocabulary()
    sheet = Sheet(text, words, strict)
    sheet.run()
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
