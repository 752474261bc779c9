"""The state of a parse: tokens, place, and a driver that runs nested parts without recursion."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from agnesi.errors import AgnesiError, Place, ReadError, TooLarge
from agnesi.read.syntax import Node
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Vocabulary

Steps = Generator[Any, Any, Any]
RELATIONS = {
    "=": "eq",
    "≠": "ne",
    "<": "lt",
    "≤": "le",
    ">": "gt",
    "≥": "ge",
    "≈": "approx",
    "∝": "propto",
    "⪰": "succeq",
    "≻": "succ",
    "⪯": "preceq",
    "≺": "prec",
    "≡": "equiv",
    ":=": "define",
    "⇒": "implies",
    "⇔": "iff",
}
BIG = {
    "∑": "Sum",
    "∏": "Prod",
    "sum": "Sum",
    "prod": "Prod",
    "max": "Max",
    "min": "Min",
    "argmax": "Argmax",
    "argmin": "Argmin",
    "sup": "Max",
    "inf": "Min",
}
CLOSE = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "⟦": "⟧"}
FRACTIONS = {"½": (1, 2), "⅓": (1, 3), "¼": (1, 4), "¾": (3, 4), "⅔": (2, 3)}
START_OPS = frozenset("∑∏∫∂∇√‖|") | {"∂d"}
MAX_STACK = 100_000
MAX_SCRIPTS = 16
UNKNOWN_FUNCTIONS = frozenset("fgh")


class Cursor:
    """One pass over the tokens of one statement; `notes` collects what was read in one of several ways."""

    def __init__(self, tokens: list[Token], text: str, words: Vocabulary) -> None:
        self.tokens, self.text, self.words = tokens, text, words
        self.at = 0
        self.notes: list[str] = []
        self.inside: list[str] = []  # the brackets and bars that are open
        self.spacing: list[bool] = [False]  # whether a space separates, as in [A B]
        self.partner = partners(tokens)
        self.scripts = 0
        self.integrals = 0  # how many are open
        self.barred: set[Node] = set()  # terms with a bar and ends behind them
        self.binding: list[str] = []  # the indices of the big operators that are open

    def ended(self, whole: Node, start: int) -> Steps:
        """Return a term after which |_a^b stands; see the subclass."""
        raise NotImplementedError

    def refuse_barred_sum(self, terms: list[Node]) -> None:
        """Refuse a sum of which a bar with ends may be meant for the whole; see the subclass."""
        raise NotImplementedError

    def run(self, steps: Steps) -> Any:
        """Run a generator and all that it yields, without recursion."""
        stack, value = [steps], None
        while stack:
            try:
                child = stack[-1].send(value)
            except StopIteration as done:
                stack.pop()
                value = done.value
            else:
                if len(stack) >= MAX_STACK:
                    raise TooLarge(
                        "The formula is nested too deeply to read.",
                        where=self.place(self.tokens[self.at]),
                        repair="Name the inner parts with definitions.",
                    )
                stack.append(child)
                value = None
        return value

    def statement(self, model: bool = False) -> Node:
        """Return the tree of the whole token list: of a formula, or of a model such as x ~ N(μ, Σ)."""
        node: Node = self.run(self.model() if model else self.relation())
        token = self.tokens[self.at]
        if token.kind != "end":
            raise self.unexpected(token)
        return node

    def unexpected(self, token: Token) -> AgnesiError:
        """Return the error for a token that cannot stand where it stands."""
        shown = "the end of the text" if token.kind == "end" else f"“{token.text}”"
        if token.text == "}" and self.text[token.start : token.stop][-1:] != "}":
            shown = "the end of the superscript or subscript"  # of ⁻ or ᵢ, whose braces nobody wrote
        if token.kind == "close":
            return ReadError(
                f"Found {shown} where an operand is missing.",
                where=self.place(token),
                expected="a name, a number or a bracket",
                got=shown,
                repair="Put the missing operand before it.",
            )
        return ReadError(
            f"Cannot read on at {shown}.",
            where=self.place(token),
            expected="an operator or the end of the formula",
            got=shown,
            repair="Add an operator or a bracket, or remove it.",
        )

    def place(self, token: Token | Node) -> Place:
        """Return the span of a token or a node."""
        return Place(self.text, token.start, max(token.stop, token.start + 1))

    @property
    def token(self) -> Token:
        """The current token."""
        return self.tokens[self.at]

    def take(self) -> Token:
        """Return the current token and step past it."""
        token = self.tokens[self.at]
        self.at += 1
        return token

    def accept(self, text: str) -> bool:
        """Step past the token `text` if it stands here."""
        token = self.tokens[self.at]
        if token.text == text and token.kind != "end":
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        """Return an expectation, or take the token that must stand here."""
        token = self.tokens[self.at]
        if token.text != text or token.kind == "end":
            raise ReadError(
                f"A {text} is missing.",
                where=self.place(token),
                expected=text,
                got="the end" if token.kind == "end" else token.text,
                repair=f"Add {text}.",
            )
        self.at += 1
        return token

    def node(self, head: str, args: tuple[Node, ...], start: int, value: Any = None) -> Node:
        """Return a node that ends where the last token taken ends."""
        return Node(head, args, value, start, self.tokens[self.at - 1].stop if self.at else start)

    # The parts of the parser that other parts use; each is defined in its own file.

    def relation(self) -> Steps:
        """Read a part; see the subclass."""
        raise NotImplementedError

    def model(self) -> Steps:
        """Read a part; see the subclass."""
        raise NotImplementedError

    def sum(self) -> Steps:
        """Read a part; see the subclass."""
        raise NotImplementedError

    def term(self) -> Steps:
        """Read a part; see the subclass."""
        raise NotImplementedError

    def chain(self) -> Steps:
        """Read a part; see the subclass."""
        raise NotImplementedError

    def factor(self) -> Steps:
        """Read a part; see the subclass."""
        raise NotImplementedError

    def operand(self) -> Steps:
        """Read a part; see the subclass."""
        raise NotImplementedError

    def exponent(self) -> Steps:
        """Read a part; see the subclass."""
        raise NotImplementedError

    def script(self) -> Steps:
        """Read a part; see the subclass."""
        raise NotImplementedError

    def arguments(self, close: str) -> Steps:
        """Read arguments; see the subclass."""
        raise NotImplementedError

    def subscripted(self, base: Node, items: list[Node], start: int) -> Node:
        """Return base with a subscript; see the subclass."""
        raise NotImplementedError

    def big(self, token: Token) -> Steps:
        """Read a binder or derivative; see the subclass."""
        raise NotImplementedError

    def integral(self, token: Token) -> Steps:
        """Read a binder or derivative; see the subclass."""
        raise NotImplementedError

    def differential(self, token: Token) -> Steps:
        """Read a binder or derivative; see the subclass."""
        raise NotImplementedError

    def limit(self, token: Token) -> Steps:
        """Read a binder or derivative; see the subclass."""
        raise NotImplementedError

    def antiderivative(self, claim: Node) -> Node:
        """Return the claim ∫ f dx = F as one about dF/dx; see the subclass."""
        raise NotImplementedError

    def nabla(self, token: Token) -> Steps:
        """Read a binder or derivative; see the subclass."""
        raise NotImplementedError

    def command(self, token: Token) -> Steps:
        """Read a LaTeX command; see the subclass."""
        raise NotImplementedError

    def bars(self, token: Token) -> Steps:
        """Read bars; see the subclass."""
        raise NotImplementedError

    def starts(self) -> bool:
        """Tell whether an operand begins here; see the subclass."""
        raise NotImplementedError

    def bracketed(self, token: Token) -> Steps:
        """Read a bracket; see the subclass."""
        raise NotImplementedError

    def leaf(self, token: Token) -> Node:
        """Return a number or name; see the subclass."""
        raise NotImplementedError

    def ratio(self, left: Node, right: Node, start: int) -> Node:
        """Return a quotient; see the subclass."""
        raise NotImplementedError


def closest(name: str, known: list[str]) -> str:
    """Return the known name that is spelled most like `name`, or nothing."""

    def distance(other: str) -> int:
        row = list(range(len(other) + 1))
        for i, a in enumerate(name, 1):
            last, row[0] = row[0], i
            for j, b in enumerate(other, 1):
                last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
        return row[-1]

    if not 2 < len(name) <= 30:
        return ""

    def shared(other: str) -> int:
        return next(
            (k for k, (a, b) in enumerate(zip(name, other, strict=False)) if a != b), min(len(name), len(other))
        )

    best = min(known, key=lambda other: (distance(other), -shared(other), other), default="")
    return best if best and distance(best) <= max(1, len(name) // 3) else ""


def index_word(word: str) -> bool:
    """Tell whether a subscript of several letters is several indices."""
    return (
        1 < len(word) <= 5
        and (set(word) <= set("ijklmnpqrst") or set(word) <= set("abcd"))
        and word not in ("min", "in", "init")
    )


def letter(node: Node) -> bool:
    """Tell whether a factor is a letter, perhaps with a power."""
    while node.head in ("pow", "sub"):
        node = node.args[0]
    return node.head == "name"


def capital(node: Node) -> bool:
    """Tell whether a node is a name with a capital."""
    return node.head == "name" and node.value[:1].isupper()


def partners(tokens: list[Token]) -> dict[int, int]:
    """Return where each bracket closes."""
    stack: list[int] = []
    found: dict[int, int] = {}
    for k, token in enumerate(tokens):
        if token.kind == "open":
            stack.append(k)
        elif token.kind == "close" and stack:
            found[stack.pop()] = k
    return found
