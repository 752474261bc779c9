"""What a statement of a worksheet is there for: declaration, definition, claim, expression, model or problem."""

from __future__ import annotations

from agnesi.errors import AgnesiError, Place, ReadError, TooLarge
from agnesi.read.chance_sheet import claimed, defined_density, head_of, is_model, model_end, modelled, stated
from agnesi.read.declare import Declare, label_at, len_of_label
from agnesi.read.drafts import Draft
from agnesi.read.entries import entries_of, entries_of_name, uses_entries
from agnesi.read.order import mentions
from agnesi.read.parse import Parser
from agnesi.read.probability import refuse_probability
from agnesi.read.problems import constraint_at, no_problems
from agnesi.read.split import split
from agnesi.read.statements import parameters_in
from agnesi.read.syntax import Node, postorder
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import FUNCTIONS, GREEK_FUNCTIONS, Vocabulary

_LEADING = frozenset(("let", "where", "with", "and", "define"))
_PROBLEM = frozenset(("minimise", "minimize", "maximise", "maximize"))
MAX_TOKENS = 30_000


class StatementRoles:
    """Finds the roles of statements one by one, and parses them when all names are known."""

    text: str
    words: Vocabulary
    single: bool  # the text is one expression, with what it needs
    notes: list[str]
    drafts: list[Draft]
    tensors: set[str]  # what is defined by its entries

    def find_role(self, draft: Draft) -> None:
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

    def parse(self, draft: Draft) -> None:
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

    def model(self, draft: Draft) -> None:
        """Parse x ~ N(μ, Σ) or x ⊥ y | z; one that is not read is kept with its error, and stops nothing else."""
        try:
            draft.tree = self.tree(draft.tokens, model=True)
            draft.needs = tuple(mentions(draft.tree))
        except AgnesiError as error:
            draft.error = error.at(Place(self.text, draft.tokens[0].start, draft.tokens[-1].stop))

    def by_entries(self, draft: Draft) -> None:
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

    def definition(self, draft: Draft, name: str, parameters: tuple[str, ...], body: list[Token]) -> None:
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
        declared = [p for p in parameters if p in self.words.symbols]
        apart = self.words.loose and len(parameters) == 1 and of_numbers(draft.body, parameters[0])
        draft.own = (
            bool(parameters)
            and (not declared or apart)
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


def equals_in(tokens: list[Token]) -> int:
    """Return where the first = or := outside brackets stands, or 0."""
    depth = 0
    for k, token in enumerate(tokens):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.kind == "op" and token.text in ("=", ":="):
            return k
    return 0


def of_numbers(body: Node, name: str) -> bool:
    """Tell whether a body is written for a number: 1/(1 + exp(−z)), z², z(1 − z), and no zᵀ, ‖z‖ or z_i."""
    holds = {n for n in postorder(body) if n.head == "name" and n.value == name}
    divides = False
    for node in postorder(body):
        inside = [a for a in node.args if a in holds]
        if not inside:
            continue
        holds.add(node)
        normed = node.head == "call" and node.value[0].startswith("norm")
        if normed or node.head in ("transpose", "norm", "sub", "index", "bars"):
            return False
        below = node.head == "div" and node.args[1] in holds
        power = node.head == "pow" and node.args[0] in holds
        divides = divides or below or power or (node.head == "mul" and len(inside) > 1)
    return divides
