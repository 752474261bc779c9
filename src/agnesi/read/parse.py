"""From tokens to a syntax tree: precedence climbing with its own stack, so that depth is only a matter of memory.

Every method that may nest is a generator that yields the parts it needs; `run` keeps the stack.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from agnesi.errors import AgnesiError, Ambiguous, Place, ReadError, TooLarge, UnknownName
from agnesi.read.lex import Token
from agnesi.read.syntax import Node
from agnesi.read.vocabulary import FUNCTIONS, GREEK_FUNCTIONS, Vocabulary

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
    "≡": "equiv",
    ":=": "define",
    "⇒": "implies",
    "⇔": "iff",
}
_BIG = {
    "∑": "Sum",
    "∏": "Prod",
    "sum": "Sum",
    "prod": "Prod",
    "max": "Max",
    "min": "Min",
    "argmax": "Argmax",
    "argmin": "Argmin",
}
_CLOSE = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "⟦": "⟧"}
_FRACTIONS = {"½": (1, 2), "⅓": (1, 3), "¼": (1, 4), "¾": (3, 4), "⅔": (2, 3)}
_START_OPS = frozenset("∑∏∫∂∇√‖|") | {"∂d"}
MAX_STACK = 100_000
MAX_SCRIPTS = 16
_UNKNOWN_FUNCTIONS = frozenset("fgh")


class Parser:
    """One pass over the tokens of one statement; `notes` collects what was read in one of several ways."""

    def __init__(self, tokens: list[Token], text: str, words: Vocabulary) -> None:
        self.tokens, self.text, self.words = tokens, text, words
        self.at = 0
        self.notes: list[str] = []
        self.inside: list[str] = []  # the brackets and bars that are open
        self.spacing: list[bool] = [False]  # whether a space separates, as in [A B]
        self.partner = _partners(tokens)
        self.scripts = 0

    # -- the driver ---------------------------------------------------------------------------------------------

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

    def statement(self) -> Node:
        """Return the tree of the whole token list."""
        node: Node = self.run(self.relation())
        token = self.tokens[self.at]
        if token.kind != "end":
            raise self.unexpected(token)
        return node

    def unexpected(self, token: Token) -> AgnesiError:
        """Return the error for a token that cannot stand where it stands."""
        shown = "the end of the text" if token.kind == "end" else token.text
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

    # -- relations, sums, products ------------------------------------------------------------------------------

    def relation(self) -> Steps:
        start = self.token.start
        parts = [(yield self.sum())]
        signs: list[str] = []
        while self.token.kind == "op" and self.token.text in RELATIONS:
            signs.append(RELATIONS[self.take().text])
            parts.append((yield self.sum()))
        return parts[0] if not signs else self.node("rel", tuple(parts), start, tuple(signs))

    def sum(self) -> Steps:
        start = self.token.start
        terms: list[Node] = []
        sign = ""
        while True:
            here = self.token
            minus = False
            while self.token.kind == "op" and self.token.text in ("-", "+"):
                minus ^= self.take().text == "-"
            term = yield self.term()
            if minus ^ (sign == "-"):
                term = self.node("neg", (term,), here.start)
            terms.append(term)
            token = self.token
            if token.kind == "op" and token.text in ("+", "-") and not self.separates(token):
                sign = self.take().text
            else:
                break
        return terms[0] if len(terms) == 1 else self.node("add", tuple(terms), start)

    def separates(self, token: Token) -> bool:
        """Tell whether in [a -b] the sign begins a new block."""
        after = self.tokens[self.at + 1]
        return self.spacing[-1] and token.spaced and not after.spaced

    def term(self) -> Steps:
        """Products and quotients from left to right; juxtaposition binds tighter."""
        start = self.token.start
        first, loose = yield self.chain()
        items: list[Node] = list(first.args) if loose else [first]
        seps: list[str] = [""] * (len(items) - 1)
        while self.token.kind == "op" and self.token.text in ("*", "·", "×", "/", "⊙", "./", "⊗"):
            sign = self.take().text
            negative = self.token.kind == "op" and self.token.text == "-" and bool(self.take())
            right, loose = yield self.chain()
            if sign == "/" and loose:
                self.quotient(items, seps, right, start)
                continue
            if sign in ("*", "·", "×"):
                parts = list(right.args) if loose and not negative else [right]
                if negative:
                    parts = [self.node("neg", (right,), right.start)]
                seps += ["·" if sign == "·" else "*"] + [""] * (len(parts) - 1)
                items += parts
                continue
            if negative:
                right = self.node("neg", (right,), right.start)
            left = self.product(items, seps, start)
            items, seps = [self.binary(sign, left, right, start)], []
            if items[0].head == "derivative" and not items[0].args[0].args and self.starts():
                body, _ = yield self.chain()
                whole = items[0]
                items = [self.node("derivative", (body, *whole.args[1:]), start, whole.value)]
        return self.product(items, seps, start)

    def product(self, items: list[Node], seps: list[str], start: int) -> Node:
        if len(items) == 1:
            return items[0]
        return self.node("mul", tuple(items), start, tuple(seps))

    def binary(self, sign: str, left: Node, right: Node, start: int) -> Node:
        if sign == "/":
            return self.ratio(left, right, start)
        head = {"⊙": "hadamard", "./": "ediv", "⊗": "kron"}[sign]
        if (
            head == "hadamard"
            and left.head == "hadamard"
            and left.start == start
            and self.text[start : start + 1] != "("
        ):
            return self.node(head, (*left.args, right), start)
        return self.node(head, (left, right), start)

    def ratio(self, left: Node, right: Node, start: int) -> Node:
        """Return a quotient, or the derivative that ∂f/∂X and df/dx mean."""
        below = right.args if right.head == "mul" and all(a.head == "del" for a in right.args) else (right,)
        if left.head == "del" and all(b.head == "del" and b.args for b in below):
            return self.derivative(left, below, start)
        return self.node("div", (left, right), start)

    def derivative(self, top: Node, below: tuple[Node, ...], start: int) -> Node:
        wrt: list[Node] = []
        for part in below:
            variable, count = part.args[0], 1
            if variable.head == "pow" and variable.args[1].head == "num":
                variable, count = variable.args[0], int(variable.args[1].value)
            while variable.head in ("transpose", "prime"):
                variable = variable.args[0]
            wrt += [variable] * min(count, 8)
        order = int(top.value[1])
        if order != len(wrt):
            raise ReadError(
                f"The derivative is of order {order} above and {len(wrt)} below.",
                where=Place(self.text, start, below[-1].stop),
                repair="Write as many variables below as the order says, as in ∂²f/∂x∂y.",
            )
        body = top.args[0] if top.args else Node("hole", (), None, top.start, top.stop)
        return self.node("derivative", (body, *wrt), start, "partial" if top.value[0] == "∂" else "total")

    def quotient(self, items: list[Node], seps: list[str], right: Node, start: int) -> None:
        """Read a / b c: as a derivative, as a/(2ℓ²), as (a/2) c after a space; else it is ambiguous."""
        left = self.product(items, seps, start)
        factors = right.args
        if left.head == "del" and all(f.head == "del" for f in factors):
            items[:], seps[:] = [self.ratio(left, right, start)], []
            return
        if left.head == "del" and factors[0].head == "del":
            # d/dx f(x), ∂f/∂x c: the first factor is below the bar
            whole = self.ratio(left, factors[0], start)
            rest = list(factors[1:])
            if not left.args:
                body = (
                    rest[0] if len(rest) == 1 else self.node("mul", tuple(rest), rest[0].start, ("",) * (len(rest) - 1))
                )
                items[:], seps[:] = [self.node("derivative", (body, *whole.args[1:]), start, whole.value)], []
            else:
                items[:], seps[:] = [whole, *rest], [""] * len(rest)
            return
        first, second = factors[0], factors[1]
        gap = first.stop < second.start
        shown = self.text[start : right.stop]
        over, under = self.text[left.start : left.stop], self.text[right.start : right.stop]
        if first.head == "num" and not gap and all(_letter(f) for f in factors[1:]):
            latin = any(ord(self.text[f.start]) < 128 and self.text[f.start] != "\\" for f in factors[1:])
            if not (left.head == "num" and latin):
                self.notes.append(f"{shown} is read as {over}/({under})")
                items[:], seps[:] = [self.node("div", (left, right), start)], []
                return
        if (first.head == "num" and gap) or second.head == "big":
            bottom = self.text[first.start : first.stop]
            self.notes.append(f"{shown} is read as ({over}/{bottom}) {self.text[second.start : right.stop]}")
            items[:] = [Node("div", (left, first), None, start, first.stop), *factors[1:]]
            seps[:] = [""] * (len(factors) - 1)
            return
        head, tail = self.text[first.start : first.stop], self.text[second.start : right.stop]
        raise Ambiguous(
            f"The quotient {shown} has two readings: ({over}/{head}) {tail} and {over}/({under}).",
            where=Place(self.text, start, right.stop),
            repair="Put brackets around the one that is meant.",
        )

    def chain(self) -> Steps:
        """Return juxtaposed factors as (node, whether it is a bare product of several)."""
        start = self.token.start
        factors = [(yield self.factor())]
        while self.starts() and not (self.spacing[-1] and self.token.spaced):
            factors.append((yield self.factor()))
        if len(factors) == 1:
            return factors[0], False
        return self.node("mul", tuple(factors), start, ("",) * (len(factors) - 1)), True

    def starts(self) -> bool:
        """Tell whether the current token begins an operand."""
        kind, text, *_ = self.token
        if kind in ("num", "open", "name"):
            return not (kind == "name" and text in ("where", "with", "subject", "over", "for", "and", "is", "are"))
        if kind == "cmd":
            return text in ("frac", "sqrt", "binom")
        if kind != "op" or text not in _START_OPS:
            return False
        return not (text in "|‖" and self.inside and self.inside[-1] == text)

    # -- factors ------------------------------------------------------------------------------------------------

    def factor(self) -> Steps:
        """An operand with its postfixes: powers, transposes, subscripts, indices, arguments."""
        start = self.token.start
        base = yield self.operand()
        while True:
            kind, text, at, _, spaced = self.token
            if self.spacing[-1] and spaced:
                return base
            if kind == "op" and text == "†":
                self.at += 1
                base = self.node("call", (base,), start, ("pinv", 0))
            elif kind == "op" and text == "." and not spaced and self.tokens[self.at + 1].text == "T":
                self.at += 2
                base = self.node("transpose", (base,), start)
            elif kind == "op" and text in ("ᵀ", "'"):
                self.at += 1
                base = self.node("transpose" if text == "ᵀ" else "prime", (base,), start)
            elif kind == "op" and text in ("^", ".^"):
                self.at += 1
                base = yield self.power(base, text, start)
            elif (
                kind == "op" and text == "_" and base.head in ("name", "prime", "transpose", "bracket", "index", "sub", "call")
            ):
                self.at += 1
                items = yield self.script()
                base = self.subscripted(base, items, start)
            elif (
                kind == "open"
                and text == "["
                and not spaced
                and base.head in ("name", "sub", "blocks", "transpose", "prime", "bracket", "call")
            ):
                if base.head == "name" and base.value in ("E", "𝔼", "Var") and not self.words.symbolic(base.value):
                    return base
                base = yield self.indexed(base, start)
            elif kind == "open" and text == "(" and self.callable(base, spaced):
                base = yield self.call(base, start)
            else:
                return base

    def callable(self, base: Node, spaced: bool) -> bool:
        """Tell whether brackets after `base` hold arguments rather than a factor."""
        primes = base
        while primes.head == "prime":
            primes = primes.args[0]
        if primes.head != "name":
            return False
        name, words = primes.value, self.words
        if words.function(name):
            return True
        if words.symbolic(name):
            return False
        if name in GREEK_FUNCTIONS:
            return not spaced
        if spaced or name in words.sizes:
            return False
        return (len(name) > 2 and name.isalpha() and name.islower()) or name in _UNKNOWN_FUNCTIONS

    def call(self, base: Node, start: int) -> Steps:
        opened = self.take()
        args = yield self.arguments(")")
        name, primes = base, 0
        while name.head == "prime":
            name, primes = name.args[0], primes + 1
        if name.value not in FUNCTIONS and name.value not in GREEK_FUNCTIONS and not self.words.function(name.value):
            raise self.unknown(name)
        if not args:
            raise ReadError(
                f"{name.value} has no argument.", where=self.place(opened), repair=f"Write {name.value}(x)."
            )
        return self.node("call", tuple(args), start, (name.value, primes))

    def unknown(self, name: Node) -> UnknownName:
        near = closest(name.value, sorted(FUNCTIONS | set(self.words.definitions)))
        repair = f"Did you mean {near}? " if near else ""
        return UnknownName(
            f"There is no function {name.value}.",
            where=self.place(name),
            repair=f"{repair}Define it, as in {name.value}(x) = ..., or write {name.value} * (...) for a product.",
        )

    def arguments(self, close: str) -> Steps:
        """The arguments up to the closing bracket, which is taken too."""
        args: list[Node] = []
        self.inside.append("(")
        self.spacing.append(False)
        while not self.accept(close):
            args.append((yield self.relation()))
            if self.token.text == close:
                continue
            if not (self.accept(",") or self.accept(";")):
                raise self.unexpected(self.token)
        self.inside.pop()
        self.spacing.pop()
        return args

    def power(self, base: Node, sign: str, start: int) -> Steps:
        """The exponent after ^; T and ᵀ are a transpose, −T its inverse, + and † the pseudoinverse."""
        if self.accept("ᵀ") or self.accept("⊤"):
            return self.node("transpose", (base,), start)
        if self.accept("†") or (self.token.text == "+" and _capital(base) and self.tokens[self.at + 1].kind != "num"):
            self.at += self.token.text == "+"
            return self.node("call", (base,), start, ("pinv", 0))
        if self.token.text == "*" and sign == "^" and not self.tokens[self.at + 1].kind == "num":
            raise ReadError(
                "The exponent * is not read.",
                where=self.place(self.token),
                repair="Write x_star for another name, Xᵀ for a transpose.",
            )
        primes = 0
        if self.token.text == "{":
            held = [t.text for t in self.tokens[self.at + 1 : self.partner[self.at]]]
            primes = len(held) if held and all(t == "'" for t in held) else 0
            if primes or held in (["T"], ["ᵀ"], ["-", "T"], ["-", "ᵀ"], ["+"], ["†"], ["-", "1", "T"], ["-", "1", "ᵀ"]):
                self.at = self.partner[self.at] + 1
                return self.marked(base, held, start)
        if self.token.text == "'" and self.token.kind == "op":
            self.at += 1
            return self.node("prime", (base,), start)
        if (self.token.text == "T" and self.token.kind == "name" and not self.words.symbolic("T")) or (
            self.token.text == "T" and _capital(base)
        ):
            self.at += 1
            return self.node("transpose", (base,), start)
        if self.token.text == "-" and self.tokens[self.at + 1].text in ("T", "ᵀ"):
            self.at += 2
            return self.marked(base, ["-", "T"], start)
        exponent = yield self.exponent()
        return self.node("pow" if sign == "^" else "epow", (base, exponent), start)

    def marked(self, base: Node, held: list[str], start: int) -> Node:
        if held[0] == "'":
            for _ in held:
                base = self.node("prime", (base,), start)
            return base
        if held[0] in ("+", "†"):
            return self.node("call", (base,), start, ("pinv", 0))
        if held[0] == "-":
            minus = Node("neg", (Node("num", (), 1, start, start),), None, start, start)
            base = self.node("pow", (base, minus), start)
        return self.node("transpose", (base,), start)

    def exponent(self) -> Steps:
        """A signed number, name or bracket; towers associate to the right."""
        start = self.token.start
        if self.token.kind == "op" and self.token.text in ("-", "+"):
            minus = self.take().text == "-"
            inner = yield self.exponent()
            return self.node("neg", (inner,), start) if minus else inner
        base = yield self.operand()
        if self.token.kind == "op" and self.token.text == "_" and base.head == "name":
            self.at += 1
            items = yield self.script()
            base = self.subscripted(base, items, start)
        if self.token.kind == "op" and self.token.text == "^":
            self.at += 1
            upper = yield self.exponent()
            if (
                base.head == "num"
                and upper.head in ("num", "pow")
                and (upper.head == "pow" or upper.value * max(1, len(str(base.value))) > 12)
            ):
                raise TooLarge(
                    "This tower of powers is too large a number.",
                    where=self.place(base),
                    repair="Write a smaller exponent.",
                )
            base = self.node("pow", (base, upper), start)
        return base

    def script(self) -> Steps:
        """The items of a subscript: `_i`, `_ij`, `_{i,j}`, `_{i+1}`."""
        token = self.token
        if token.text != "{":
            if token.kind in ("num", "name"):
                self.at += 1
                return [self.leaf(token)]
            if token.text == "∞":
                self.at += 1
                return [Node("name", (), "∞", token.start, token.stop)]
            if token.kind == "op" and token.text == "*":
                self.at += 1
                return [Node("name", (), "*", token.start, token.stop)]
            if token.text == "(":
                self.at += 1
                return (yield self.arguments(")"))
            raise ReadError("A subscript is missing after _.", where=self.place(token), repair="Write x_i or x_{i+1}.")
        self.at += 1
        if self.token.text in ("*", "∞") and self.tokens[self.at + 1].text == "}":
            mark = self.take()
            self.at += 1
            return [Node("name", (), mark.text, mark.start, mark.stop)]
        items: list[Node] = []
        self.scripts += 1
        if self.scripts > MAX_SCRIPTS:
            raise TooLarge(
                f"Subscripts are nested more than {MAX_SCRIPTS} deep.",
                where=self.place(token),
                repair="Give the inner ones names.",
            )
        self.inside.append("{")
        self.spacing.append(False)
        while not self.accept("}"):
            if self.accept(",") or self.accept(";"):
                continue
            if self.token.text in (":", "·") and self.token.kind == "op":
                mark = self.take()
                items.append(Node("colon", (), None, mark.start, mark.stop))
                continue
            item = yield self.relation()
            if self.accept(".."):
                upper = yield self.sum()
                item = self.node("range", (item, upper), item.start)
            elif self.accept("~"):
                other = yield self.sum()
                item = self.node("drawn", (item, other), item.start)
            items.append(item)
        self.inside.pop()
        self.spacing.pop()
        self.scripts -= 1
        return items

    def subscripted(self, base: Node, items: list[Node], start: int) -> Node:
        """Return base with a subscript; a word of several letters makes another name (x_max)."""
        flat: list[Node] = []
        for item in items:
            if item.head == "mul" and all(a.head == "name" and len(a.value) == 1 for a in item.args):
                flat += item.args
            elif item.head == "name" and len(item.value) > 1 and index_word(item.value):
                flat += [Node("name", (), letter, item.start, item.stop) for letter in item.value]
            else:
                flat.append(item)
        if base.head == "name" and len(flat) == 1:
            one = flat[0]
            if one.head == "name" and (len(one.value) > 1 or one.value == "*"):
                word = "star" if one.value == "*" else one.value
                return self.node("name", (), start, f"{base.value}_{word}")
            if f"{base.value}_{one.value}" in self.words.symbols:
                return self.node("name", (), start, f"{base.value}_{one.value}")
        return self.node("sub", (base, *flat), start)

    def indexed(self, base: Node, start: int) -> Steps:
        """X[i,j], X[i,:], X[:,j]."""
        self.at += 1
        items: list[Node] = []
        self.inside.append("[")
        self.spacing.append(False)
        while not self.accept("]"):
            if self.accept(":"):
                items.append(self.node("colon", (), self.tokens[self.at - 1].start))
            else:
                items.append((yield self.sum()))
            if self.token.text != "]" and not self.accept(","):
                raise self.unexpected(self.token)
        self.inside.pop()
        self.spacing.pop()
        if base.head == "transpose" or base.head == "prime":
            return self.node("index", (base, *items), start)
        return self.node("index", (base, *items), start)

    # -- operands -----------------------------------------------------------------------------------------------

    def leaf(self, token: Token) -> Node:
        if token.kind == "num":
            if token.text in _FRACTIONS:
                top, bottom = (Node("num", (), n, token.start, token.stop) for n in _FRACTIONS[token.text])
                return Node("div", (top, bottom), None, token.start, token.stop)
            whole = token.text.isdigit()
            value = int(token.text) if whole else float(token.text)
            if not whole and value in (float("inf"),):
                raise TooLarge("The number is too large.", where=self.place(token))
            return Node("num", (), value, token.start, token.stop)
        return Node("name", (), token.text, token.start, token.stop)

    def operand(self) -> Steps:
        token = self.token
        kind, text = token.kind, token.text
        if kind == "num":
            self.at += 1
            return self.leaf(token)
        if kind == "name":
            return (yield self.named(token))
        if kind == "open":
            return (yield self.bracketed(token))
        if kind == "cmd":
            return (yield self.command(token))
        if kind == "op":
            if text in ("∑", "∏"):
                return (yield self.big(token))
            if text in ("|", "‖"):
                return (yield self.bars(token))
            if text == "√":
                self.at += 1
                inner = yield self.factor()
                return self.node("call", (inner,), token.start, ("sqrt", 0))
            if text in ("∂", "∂d"):
                return (yield self.differential(token))
            if text == "∇":
                return (yield self.nabla(token))
            if text == "∫":
                return (yield self.integral(token))
            if text == "-":
                self.at += 1
                inner, _ = yield self.chain()
                return self.node("neg", (inner,), token.start)
        if kind == "end":
            raise ReadError(
                "The formula ends where an operand is missing.",
                where=self.place(self.tokens[max(0, self.at - 1)]),
                expected="a name, a number or a bracket",
                repair="Add what is missing after it.",
            )
        if kind == "op":
            raise ReadError(
                f"Found {text!s} where an operand is missing.".replace("\n", "the end of the line"),
                where=self.place(token),
                expected="a name, a number or a bracket",
                repair="Put the missing operand before it.",
            )
        raise self.unexpected(token)

    def named(self, token: Token) -> Steps:
        """A name, or a function that stands before its argument."""
        name, words = token.text, self.words
        after = self.tokens[self.at + 1]
        if (
            name in _BIG
            and not words.symbolic(name)
            and (after.text == "_" or (after.text == "[" and name in ("sum", "prod")))
        ):
            return (yield self.big(token))
        if name == "Σ" and after.text == "_" and not words.symbolic(name) and self.sum_sign():
            return (yield self.big(token))
        if (
            name in ("E", "𝔼", "Var", "Cov")
            and not words.symbolic(name)
            and after.text in ("[", "_", "(")
            and (name != "E" or after.text == "[" or (after.text == "_" and self.braces_then_bracket()))
        ):
            return (yield self.expectation(token))
        if (
            name in ("J", "H")
            and after.text == "_"
            and self.tokens[self.at + 2].text in words.definitions
            and not words.symbolic(name)
        ):
            self.at += 3
            body = self.leaf(self.tokens[self.at - 1])
            return self.node("nabla", (body,), token.start, ("jacobian" if name == "J" else "hessian", ""))
        if name in ("grad", "gradient", "Hess", "hessian", "jacobian") and not words.symbolic(name):
            return (yield self.nabla(token))
        if name == "d" and not words.symbolic("d") and self.opens_differential(token, after):
            return (yield self.differential(token))
        self.at += 1
        if name in ("argmax", "argmin") and after.text != "(":
            raise ReadError(f"{name} wants what it runs over.", where=self.place(token), repair=f"Write {name}_x.")
        if (
            words.function(name)
            and self.token.text != "("
            and name not in words.definitions
            and name not in words.pending
        ):
            return (yield self.bare(token))
        return self.leaf(token)

    def sum_sign(self) -> bool:
        """Tell whether Σ_... is a sum: its subscript holds a relation or it has an upper limit."""
        at = self.at + 2
        if self.tokens[at].text != "{":
            return self.tokens[at + 1].text == "^" or self.tokens[at].text in "ijk"
        close = self.partner[at]
        return any(t.text in RELATIONS for t in self.tokens[at:close]) or self.tokens[close + 1].text == "^"

    def braces_then_bracket(self) -> bool:
        at = self.at + 2
        at = self.partner[at] if self.tokens[at].text == "{" else at
        return self.tokens[at + 1].text == "["

    def opens_differential(self, token: Token, after: Token) -> bool:
        """Tell whether `d` is the differential: d‖u‖², d(Xw), d log det X, d/dx."""
        if after.text in ("‖", "(", "|", "∑") or after.kind == "open":
            return (not after.spaced and "d" not in self.words.sizes) or (
                not after.spaced and after.text in ("‖", "|", "∑")
            )
        if after.text == "}" and self.tokens[self.at + 2].text == "{" and self.tokens[self.at + 3].text == "∂d":
            return True
        if after.text == "^" and self.tokens[self.at + 3].text == "(" and any(t.text == "∂d" for t in self.tokens):
            return True
        if after.text in ("/", "^", "∂d") and any(t.text == "∂d" for t in self.tokens[self.at + 1 : self.at + 6]):
            return (
                after.text != "^"
                or self.tokens[self.at + 3].text in ("∂d", "/")
                or self.tokens[self.at + 2].text == "{"
            )
        if after.kind == "name" and self.words.function(after.text):
            return "d" not in self.words.sizes or any(t.text == "∂d" for t in self.tokens)
        return False

    def bare(self, token: Token) -> Steps:
        """A function without brackets takes the product that follows: tr A B, log det X, sin x, tanh²(x)."""
        name, start = token.text, token.start
        exponent: Node | None = None
        if self.token.kind == "op" and self.token.text == "^":
            self.at += 1
            exponent = yield self.exponent()
        elif self.token.kind == "op" and self.token.text == "_" and name == "log":
            self.at += 1
            items = yield self.script()
            base = items[0].value if items else None
            if base not in (2, 10):
                raise ReadError(
                    "Only the bases 2 and 10 are read here.", where=self.place(token), repair="Write log(x)/log(b)."
                )
            name = f"log{base}"
        if self.token.text == "(" and self.token.kind == "open":
            self.at += 1
            args = yield self.arguments(")")
            if not args:
                raise ReadError(f"{name} has no argument.", where=self.place(token), repair=f"Write {name}(x).")
        elif not self.starts():
            raise ReadError(f"{name} has no argument.", where=self.place(token), repair=f"Write {name}(x).")
        else:
            args = [(yield self.bare_argument(name))]
            if name in ("log", "ln") and args[0].head == "call" and args[0].value == ("det", 0) and exponent is None:
                return self.node("call", args[0].args, start, ("logdet", 0))
        call = self.node("call", tuple(args), start, (name, 0))
        if exponent is None:
            return call
        if exponent.head == "neg":
            raise Ambiguous(
                f"{name}⁻¹ has two readings: the inverse function, and 1/{name}.",
                where=self.place(token),
                repair=f"Write arc{name} or 1/{name}(x).",
            )
        return self.node("fnpow", (call, exponent), start)

    def bare_argument(self, name: str) -> Steps:
        start = self.token.start
        factors = [(yield self.factor())]
        while self.starts() and not (self.spacing[-1] and self.token.spaced):
            if (self.token.kind == "name" and self.words.function(self.token.text)) or self.token.text in "∑∏∫":
                break
            factors.append((yield self.factor()))
        if len(factors) == 1:
            return factors[0]
        argument = self.node("mul", tuple(factors), start, ("",) * (len(factors) - 1))
        shown = self.text[start : argument.stop]
        self.notes.append(f"{name} {shown} is read as {name}({shown})")
        return argument

    def bracketed(self, token: Token) -> Steps:
        """(...), {...}, [blocks], ⟨x, y⟩, and [entries]_{ij}."""
        text = token.text
        if text in ("[", "⟦"):
            return (yield self.blocks(token))
        self.at += 1
        args: list[Node] = []
        self.inside.append(text)
        self.spacing.append(False)
        signs: list[str] = []
        while not self.accept(_CLOSE[text]):
            args.append((yield self.relation()))
            if self.token.text == _CLOSE[text]:
                continue
            if self.token.text not in (",", ";"):
                raise self.unexpected(self.token)
            signs.append(self.take().text)
        self.inside.pop()
        self.spacing.pop()
        if not args:
            raise ReadError(
                "There is nothing between the brackets.",
                where=Place(self.text, token.start, self.tokens[self.at - 1].stop),
                repair="Write an expression in them.",
            )
        if text == "⟨":
            if len(args) != 2:
                raise ReadError("An inner product has two parts.", where=self.place(token), repair="Write ⟨x, y⟩.")
            return self.node("call", tuple(args), token.start, ("inner", 0))
        if len(args) == 1:
            return (
                args[0] if args[0].head not in ("name", "sub", "rel") else self.node("bracket", (args[0],), token.start)
            )
        if ";" in signs or text == "(":
            return self.node("blocks", tuple(args), token.start, (len(args), 1))
        raise ReadError(
            "Several expressions stand in these brackets.",
            where=self.place(token),
            repair="Write one, or [a, b] for blocks.",
        )

    def blocks(self, token: Token) -> Steps:
        """[A B; C D], [[a, b], [c, d]], \\begin{bmatrix}..., [x] for (x), [T_ij]_{ij} for a tensor of entries."""
        close = self.partner[self.at]
        tensor = token.text == "[" and self.tokens[close + 1].text == "_"
        spaced = token.text == "[" and not tensor and self.space_separates(self.at, close)
        self.at += 1
        rows: list[list[Node]] = [[]]
        self.inside.append("[")
        self.spacing.append(spaced)
        while not self.accept(_CLOSE[token.text]):
            if self.accept(";") or self.accept("\n"):
                if rows[-1]:
                    rows.append([])
                continue
            if self.accept(","):
                continue
            rows[-1].append((yield self.relation()))
        self.inside.pop()
        self.spacing.pop()
        rows = [row for row in rows if row]
        if not rows:
            raise ReadError(
                "There is nothing between the brackets.", where=self.place(token), repair="Write the blocks in them."
            )
        if len(rows) == 1 and len(rows[0]) == 1 and rows[0][0].head != "blocks":
            if tensor:
                self.at += 1
                items = yield self.script()
                named = [i for item in items for i in (item.args if item.head == "mul" else (item,))]
                letters = [
                    c for i in named if i.head == "name" for c in (i.value if index_word(i.value) else [i.value])
                ]
                return self.node("tensor", (rows[0][0],), token.start, tuple(letters))
            return self.node("bracket", (rows[0][0],), token.start)
        if len(rows) == 1 and all(a.head == "blocks" and a.value[0] == 1 for a in rows[0]):
            rows = [list(a.args) for a in rows[0]]
        if len({len(row) for row in rows}) > 1:
            raise ReadError(
                "The rows have different numbers of blocks.",
                where=Place(self.text, token.start, self.tokens[self.at - 1].stop),
                expected=f"{len(rows[0])} in each row",
                got=", ".join(str(len(r)) for r in rows),
                repair="Fill in the missing ones.",
            )
        return self.node("blocks", tuple(a for row in rows for a in row), token.start, (len(rows), len(rows[0])))

    def space_separates(self, at: int, close: int) -> bool:
        """Tell whether spaces separate blocks: there is one at the top level, and no sign with spaces on both sides but ; and ,."""
        k, gap = at + 1, False
        while k < close:
            token = self.tokens[k]
            if (token.kind == "op" and token.text in ("*", "/", "=", "⊙", "·")) or (
                token.kind == "op" and token.text in ("+", "-") and token.spaced and self.tokens[k + 1].spaced
            ):
                return False
            gap |= token.spaced and k > at + 1 and token.text not in (",", ";")
            k = self.partner.get(k, k) + 1 if token.kind == "open" else k + 1
        return gap

    def bars(self, token: Token) -> Steps:
        """|x|, ‖x‖ with its kind: ‖x‖₁, ‖X‖_F, ‖x‖²_A."""
        mark = token.text
        self.at += 1
        self.inside.append(mark)
        self.spacing.append(False)
        inner = yield self.sum()
        self.inside.pop()
        self.spacing.pop()
        if self.token.text != mark:
            raise ReadError(
                f"The bar {mark} is opened but not closed.",
                where=self.place(token),
                expected=mark,
                got="the end" if self.token.kind == "end" else self.token.text,
                repair=f"Add {mark}.",
            )
        self.at += 1
        if mark == "|":
            return self.node("bars", (inner,), token.start)
        return (yield self.norm(inner, token.start))

    def norm(self, inner: Node, start: int) -> Steps:
        kind: Node | None = None
        exponent: Node | None = None
        stop = self.at
        while self.token.kind == "op" and self.token.text in ("_", "^"):
            if self.take().text == "_":
                items = yield self.script()
                kind = items[0]
            elif exponent is None and self.token.text not in ("ᵀ", "'"):
                exponent = yield self.exponent()
            else:
                break
            stop = self.at
        self.at = stop
        names = {"2": "norm", "F": "norm", "1": "norm1", "∞": "norminf", "*": "normnuc"}
        if kind is None:
            node = self.node("call", (inner,), start, ("norm", 0))
        elif kind.head in ("num", "name") and str(kind.value) in names and not self.words.symbolic(str(kind.value)):
            node = self.node("call", (inner,), start, (names[str(kind.value)], 0))
        else:
            node = self.node("normquad", (inner, kind), start)
        return node if exponent is None else self.node("pow", (node, exponent), start)

    def command(self, token: Token) -> Steps:
        """\\frac{a}{b}, \\sqrt[n]{x}."""
        self.at += 1
        if token.text == "sqrt":
            root: Node | None = None
            if self.accept("["):
                root = yield self.sum()
                self.expect("]")
            inner = yield self.braces(token)
            if root is None:
                return self.node("call", (inner,), token.start, ("sqrt", 0))
            one = Node("num", (), 1, root.start, root.stop)
            return self.node("pow", (inner, Node("div", (one, root), None, root.start, root.stop)), token.start)
        if token.text != "frac":
            raise ReadError(f"\\{token.text} is not read here.", where=self.place(token))
        top = yield self.braces(token)
        bottom = yield self.braces(token)
        whole = self.ratio(top, bottom, token.start)
        if whole.head == "derivative" and whole.args[0].head == "hole" and self.starts():
            body, _ = yield self.chain()
            return self.node("derivative", (body, *whole.args[1:]), token.start, whole.value)
        return whole

    def braces(self, token: Token) -> Steps:
        """The argument of a LaTeX command: {...} or one digit or name."""
        if self.token.text == "{":
            opened = self.take()
            self.inside.append("{")
            self.spacing.append(False)
            inner = None if self.token.text == "}" else (yield self.relation())
            self.expect("}")
            self.inside.pop()
            self.spacing.pop()
            if inner is not None:
                return inner
            raise ReadError(
                f"\\{token.text} has an empty argument.",
                where=self.place(opened),
                repair="Write an expression in the braces.",
            )
        here = self.token
        if here.kind in ("num", "name"):
            self.at += 1
            if here.kind == "num" and here.text.isdigit() and len(here.text) > 1:
                digit, rest = here.text[0], here.text[1:]
                self.tokens[self.at - 1] = here._replace(text=rest, start=here.start + 1)
                self.at -= 1
                return Node("num", (), int(digit), here.start, here.start + 1)
            return self.leaf(here)
        count = "two arguments" if token.text == "frac" else "an argument"
        raise ReadError(
            f"\\{token.text} takes {count}.",
            where=self.place(token),
            expected="{...}",
            got="the end" if here.kind == "end" else here.text,
            repair=f"Write \\{token.text}{{a}}{'{b}' if token.text == 'frac' else ''}.",
        )

    # -- binders and derivatives --------------------------------------------------------------------------------

    def big(self, token: Token) -> Steps:
        """∑_{i=1}^n body, sum[i=1..N](body), max_i body: the body reaches to the next + or − of the same level."""
        self.at += 1
        op = "Sum" if token.text == "Σ" else _BIG[token.text]
        items: list[Node] = []
        upper: Node | None = None
        exact = False
        if self.accept("["):
            exact = True
            items = yield self.ranges("]")
        while self.token.kind == "op" and self.token.text in ("_", "^") and not exact:
            if self.take().text == "_":
                items = yield self.script()
            else:
                upper = yield self.exponent()
        if not items:
            raise ReadError(
                f"{token.text} does not say what it runs over.",
                where=self.place(token),
                repair="Write ∑_i or ∑_{i=1}^n.",
            )
        if exact and self.token.text == "(":
            body = yield self.bracketed(self.token)
        elif self.token.kind == "op" and self.token.text == "-":
            self.at += 1
            body = yield self.term()
            body = self.node("neg", (body,), body.start)
        else:
            body = yield self.term()
        kept = tuple(items) + (() if upper is None else (Node("upper", (upper,), None, upper.start, upper.stop),))
        return self.node("big", (body, *kept), token.start, op)

    def ranges(self, close: str) -> Steps:
        """i=1..N, j=1..M in sum[...]."""
        items: list[Node] = []
        self.inside.append("[")
        self.spacing.append(False)
        while not self.accept(close):
            item = yield self.relation()
            if self.accept(".."):
                upper = yield self.sum()
                item = self.node("range", (item, upper), item.start)
            items.append(item)
            if self.token.text != close and not self.accept(","):
                raise self.unexpected(self.token)
        self.inside.pop()
        self.spacing.pop()
        return items

    def expectation(self, token: Token) -> Steps:
        self.at += 1
        drawn: list[Node] = []
        if self.accept("_"):
            drawn = yield self.script()
        opened = self.take()
        args = yield self.arguments(_CLOSE.get(opened.text, "]"))
        name = {"E": "expectation", "𝔼": "expectation", "Var": "variance", "Cov": "covariance"}[token.text]
        return self.node("expect", (*args, *drawn), token.start, (name, len(args)))

    def integral(self, token: Token) -> Steps:
        """∫_a^b body dx."""
        self.at += 1
        lower: Node | None = None
        upper: Node | None = None
        while self.token.kind == "op" and self.token.text in ("_", "^"):
            if self.take().text == "_":
                items = yield self.script()
                lower = items[0]
            else:
                upper = yield self.exponent()
        start = self.token.start
        terms = yield self.term()
        factors = list(terms.args) if terms.head == "mul" else [terms]
        last = factors[-1]
        if last.head != "del" or len(factors) < 2 or not last.args:
            raise ReadError(
                "The integral does not say over what: dx is missing.", where=self.place(token), repair="End it with dx."
            )
        rest = factors[:-1]
        body = rest[0] if len(rest) == 1 else self.node("mul", tuple(rest), start, ("",) * (len(rest) - 1))
        limits = tuple(x for x in (lower, upper) if x is not None)
        return self.node("integral", (body, last.args[0], *limits), token.start)

    def differential(self, token: Token) -> Steps:
        """d f, ∂f, ∂² f, or the bare ∂ of ∂/∂x."""
        self.at += 1
        order = 1
        if self.accept("^"):
            exponent = yield self.exponent()
            if exponent.head != "num" or not isinstance(exponent.value, int) or not 0 < exponent.value < 9:
                raise ReadError("The order of a derivative is a small whole number.", where=self.place(token))
            order = exponent.value
        kind = "∂" if token.text == "∂" else "d"
        if not self.starts():
            return self.node("del", (), token.start, (kind, order))
        operand = yield self.factor()
        return self.node("del", (operand,), token.start, (kind, order))

    def nabla(self, token: Token) -> Steps:
        """∇f, ∇_w f, ∇²f, grad_w f, Hess f."""
        self.at += 1
        order, wrt = 1, None
        while self.token.kind == "op" and self.token.text in ("_", "^"):
            if self.take().text == "_":
                items = yield self.script()
                wrt = items[0]
            else:
                exponent = yield self.exponent()
                order = exponent.value if exponent.head == "num" else 0
        if order not in (1, 2):
            raise ReadError("∇ is read to the orders 1 and 2.", where=self.place(token), repair="Write ∇f or ∇²f.")
        kind = "nabla" if order == 1 else "hessian"
        kind = {"Hess": "hessian", "hessian": "hessian", "jacobian": "jacobian"}.get(token.text, kind)
        if not self.starts():
            raise ReadError(f"{token.text} of what?", where=self.place(token), repair="Write ∇_w f.")
        body, _ = yield self.chain()
        args = (body,) if wrt is None else (body, wrt)
        return self.node("nabla", args, token.start, (kind, ""))


def closest(name: str, known: list[str]) -> str:
    """Return the known name that is spelled most like `name`, or nothing."""

    def distance(other: str) -> int:
        row = list(range(len(other) + 1))
        for i, a in enumerate(name, 1):
            last, row[0] = row[0], i
            for j, b in enumerate(other, 1):
                last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
        return row[-1]

    if len(name) > 30:
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


def _letter(node: Node) -> bool:
    while node.head in ("pow", "sub"):
        node = node.args[0]
    return node.head == "name"


def _capital(node: Node) -> bool:
    return node.head == "name" and node.value[:1].isupper()


def _partners(tokens: list[Token]) -> dict[int, int]:
    stack: list[int] = []
    found: dict[int, int] = {}
    for k, token in enumerate(tokens):
        if token.kind == "open":
            stack.append(k)
        elif token.kind == "close" and stack:
            found[stack.pop()] = k
    return found
