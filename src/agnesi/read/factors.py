"""Factors: an operand with its powers, transposes, subscripts, indices and arguments."""

from __future__ import annotations

from agnesi.errors import Ambiguous, Place, ReadError, TooLarge, UnknownName
from agnesi.read.cursor import (
    MAX_SCRIPTS,
    UNKNOWN_FUNCTIONS,
    Steps,
    capital,
    closest,
    index_word,
)
from agnesi.read.products import Products
from agnesi.read.scene import FREE, SCALAR_LETTERS
from agnesi.read.syntax import Node
from agnesi.read.vocabulary import FUNCTIONS, GREEK_FUNCTIONS, SPELLED_FUNCTIONS

SUBSCRIPTED = frozenset(("name", "prime", "transpose", "bracket", "index", "sub", "call"))
INDEXED = frozenset(("name", "sub", "blocks", "transpose", "prime", "bracket", "call", "index", "tensor"))


ORDERS = {"O": "big_o", "o": "little_o"}
EXTREMES = {"λ_max": "lammax", "λ_min": "lammin", "σ_max": "", "σ_min": ""}


def entry_by_entry(body: Node) -> Node:
    """Return what is summed in sum(y * log(p)) and mean((y - p)^2): products with a star and powers go by entries."""
    order, stack = list[Node](), [body]
    while stack:
        node = stack.pop()
        order.append(node)
        if node.head in ("neg", "bracket", "add", "div") or (node.head == "mul" and set(node.value) == {"*"}):
            stack.extend(node.args if node.head != "div" else node.args[:1])
    made: dict[Node, Node] = {}
    for node in reversed(order):
        args = tuple(made.get(a, a) for a in node.args)
        head, value = node.head, node.value
        if node.head == "mul" and set(node.value) == {"*"}:
            head, value = "hadamard", None
        elif node.head == "pow" and node.args[1].head == "num":
            head = "epow"
        same = head == node.head and all(a is b for a, b in zip(args, node.args, strict=True))
        made[node] = node if same else Node(head, args, value, node.start, node.stop)
    return made[body]


class Factors(Products):
    """Reads what follows an operand."""

    def factor(self) -> Steps:
        """An operand with its postfixes: powers, transposes, subscripts, indices, arguments."""
        start, opened = self.token.start, self.token.text == "("
        base = yield self.operand()
        inner = base
        while True:
            kind, text, _, _, spaced = self.token
            if self.spacing[-1] and spaced:
                return base
            if kind == "op" and text == "†":
                self.at += 1
                base = self.node("call", (base,), start, ("pinv", 0))
            elif kind == "op" and text == "." and not spaced and self.tokens[self.at + 1].text == "T":
                self.at += 2
                base = self.node("transpose", (base,), start)
            elif kind == "op" and text == "!" and not spaced:
                self.at += 1
                base = self.node("call", (base,), start, ("factorial", 0))
            elif kind == "op" and text in ("ᵀ", "'"):
                self.at += 1
                base = self.node("transpose" if text == "ᵀ" else "prime", (base,), start)
            elif kind == "op" and text in ("^", ".^"):
                self.at += 1
                base = yield self.power(base, text, start)
            elif (
                kind == "op"
                and text == "_"
                and (base.head in SUBSCRIPTED or (opened and base is inner))
            ):
                self.at += 1
                items = yield self.script()
                base = self.subscripted(base, items, start)
            elif kind == "op" and text == "_" and base.head == "pow" and base.args[0].head == "name":
                self.at += 1
                items = yield self.script()
                base = self.power_subscripted(base, items, start)
            elif (
                kind == "open"
                and text == "["
                and not spaced
                and (base.head in INDEXED or self.positions_follow(base.head == "pow" or (opened and base is inner)))
            ):
                if base.head == "name" and base.value in ("E", "𝔼", "Var") and not self.words.symbolic(base.value):
                    return base
                base = yield self.indexed(base, start)
            elif kind == "open" and text == "(" and self.callable(base, spaced):
                base = yield self.call(base, start)
            else:
                if kind == "open" and text == "(" and not spaced:
                    self.like_a_call(base)
                return base

    def like_a_call(self, base: Node) -> None:
        """Say that D(x) is a product where D is not declared and the bracket holds one thing, as arguments do."""
        if not capital(base) or base.value in self.words:
            return
        held = self.tokens[self.at + 1 : self.partner[self.at]]
        called = len(held) > 3 and held[0].kind == "name" and held[1].text == "(" and held[-1].text == ")"
        if (len(held) == 1 and held[0].kind == "name") or called:
            shown = self.text[base.start : self.tokens[self.partner[self.at]].stop]
            self.notes.append(f"{shown} is read as a product; for a function define {base.value}(x) = ...")

    def power_subscripted(self, base: Node, items: list[Node], start: int) -> Node:
        """X⁻¹_ij is an entry of the inverse; x²_i is the square of x_i."""
        power = base.args[1]
        if power.head == "neg" and capital(base.args[0]):
            return self.subscripted(base, items, start)
        return self.node("pow", (self.subscripted(base.args[0], items, start), power), start)

    def positions_follow(self, able: bool) -> bool:
        """Tell whether the square bracket that opens here holds positions, as in (Ax − b)[j], not a factor."""
        held = self.tokens[self.at + 1 : self.partner[self.at]]
        return able and bool(held) and all(
            (t.kind == "num" and t.text.isdigit())
            or (t.kind == "op" and t.text in (",", ":", "+", "-"))
            or (t.kind == "name" and t.text in FREE | SCALAR_LETTERS and not self.words.symbolic(t.text))
            for t in held
        )

    def callable(self, base: Node, spaced: bool) -> bool:
        """Tell whether brackets after `base` hold arguments rather than a factor."""
        primes = base
        while primes.head == "prime":
            primes = primes.args[0]
        if primes.head != "name":
            return False
        name, words = primes.value, self.words
        if (name in EXTREMES and not words.symbolic(name)) or (name in ORDERS and name not in words):
            return not spaced
        if words.function(name):
            return not self.stands_within(name)
        if name in words.moving and not spaced and name not in words.definitions:
            return True  # x(t) beside dx/dt is no product
        if words.symbolic(name):
            return False
        if name in GREEK_FUNCTIONS or self.spelled(primes):
            return not spaced
        if spaced or name in words.sizes:
            return False
        return (len(name) > 2 and name.isalpha() and name.islower()) or name in UNKNOWN_FUNCTIONS

    def stands_within(self, name: str) -> bool:
        """Tell whether the bracket that opens here has a defined function in it by itself: σ(1 − σ) is a product."""
        if not self.words.loose or (name not in self.words.definitions and name not in self.words.pending):
            return False
        close = self.partner.get(self.at, self.at)
        inside = range(self.at + 1, close)
        return any(self.tokens[k].text == name and self.tokens[k + 1].text not in ("(", "'", "_") for k in inside)

    def spelled(self, name: Node) -> bool:
        """Tell whether an undeclared name is the word for a function: gamma(s) is Γ(s), where γ(s) is γ times s."""
        word = SPELLED_FUNCTIONS.get(name.value)
        return bool(word) and self.text[name.start : name.stop] == word and name.value not in self.words

    def spelled_once(self, name: Node) -> Node:
        """Return the name of the function; a letter that stands beside it alone leaves two readings."""
        word, pairs = SPELLED_FUNCTIONS[name.value], zip(self.tokens, self.tokens[1:], strict=False)
        if any(t.kind == "name" and t.text == name.value and (n.text not in ("(", "'") or n.spaced) for t, n in pairs):
            raise Ambiguous(
                f"{word}(...) has two readings here, the function and a product, since {name.value} stands alone too.",
                where=Place(self.text, name.start, name.stop),
                repair=f"Write {word.capitalize()}(...) for the function, {name.value} · (...) for the product.",
            )
        return Node("name", (), word, name.start, name.stop)

    def call(self, base: Node, start: int) -> Steps:
        """Type, build or parse a call."""
        opened = self.take()
        args = yield self.arguments(")")
        name, primes = base, 0
        while name.head == "prime":
            name, primes = name.args[0], primes + 1
        if name.value in ORDERS and name.value not in self.words and len(args) == 1 and not primes:
            return self.node("call", tuple(args), start, (ORDERS[name.value], 0))
        if self.spelled(name):
            name = self.spelled_once(name)
        if name.value in EXTREMES and len(args) == 1 and not primes:
            return self.extreme(name, args[0], start)
        if name.value not in FUNCTIONS and name.value not in GREEK_FUNCTIONS and not self.words.function(name.value):
            raise self.unknown(name)
        if not args:
            raise ReadError(
                f"{name.value} has no argument.", where=self.place(opened), repair=f"Write {name.value}(x)."
            )
        if self.words.loose and name.value in ("sum", "mean") and len(args) == 1:
            args = [entry_by_entry(args[0])]
        return self.node("call", tuple(args), start, (name.value, primes))

    def extreme(self, name: Node, inner: Node, start: int) -> Node:
        """λ_max(A), λ_min(A); σ_max(A) is the root of λ_max(AᵀA)."""
        if name.value[0] == "λ":
            return self.node("call", (inner,), start, (EXTREMES[name.value], 0))
        if name.value == "σ_min":
            raise ReadError(
                "The smallest singular value is not read.",
                where=self.place(name),
                repair="Write sqrt(lammin(AᵀA)) for a matrix with no more columns than rows.",
            )
        square = self.node("mul", (self.node("transpose", (inner,), start), inner), start, ("",))
        self.notes.append(f"{self.text[start : square.stop]} is the largest singular value")
        return self.node("call", (self.node("call", (square,), start, ("lammax", 0)),), start, ("sqrt", 0))

    def unknown(self, name: Node) -> UnknownName:
        """Return the error for a function that does not exist."""
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
        if self.accept("†") or (self.token.text == "+" and capital(base) and self.tokens[self.at + 1].kind != "num"):
            self.at += self.token.text == "+"
            return self.node("call", (base,), start, ("pinv", 0))
        if self.token.text == "*" and sign == "^" and not self.tokens[self.at + 1].kind == "num":
            raise ReadError(
                "The exponent * is not read.",
                where=self.place(self.token),
                repair="Write x_star for another name, Xᵀ for a transpose.",
            )
        primes = 0
        if sign == "^" and self.labelled():
            return (yield self.label(base, start))
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
            self.token.text == "T" and capital(base)
        ):
            self.at += 1
            return self.node("transpose", (base,), start)
        if self.token.text == "-" and self.tokens[self.at + 1].text in ("T", "ᵀ"):
            self.at += 2
            return self.marked(base, ["-", "T"], start)
        exponent = yield self.exponent()
        return self.node("pow" if sign == "^" else "epow", (base, exponent), start)

    def labelled(self) -> bool:
        """Tell whether the exponent is a label: {(1)}, {(l-1)}, {(i)}, perhaps with a transpose after it."""
        if self.token.text != "{" or self.tokens[self.at + 1].text != "(":
            return False
        close, end = self.partner[self.at + 1], self.partner[self.at]
        held = self.tokens[self.at + 2 : close]
        plain = all(t.kind in ("num", "name") or t.text in ("+", "-", ",", "*") for t in held)
        return plain and bool(held) and [t.text for t in self.tokens[close + 1 : end]] in ([], ["T"], ["ᵀ"], ["'"])

    def label(self, base: Node, start: int) -> Steps:
        """W^{(1)} is a name of its own; x^{(i)} under ∑_i is entry or row i of x."""
        end = self.partner[self.at]
        turned = self.partner[self.at + 1] + 1 < end
        held = self.tokens[self.at + 2 : self.partner[self.at + 1]]
        owner = base.args[0] if base.head == "sub" else base
        if owner.head != "name":
            raise ReadError(
                "A superscript in brackets is read after a name only.",
                where=Place(self.text, self.token.start, self.tokens[end].stop),
                repair="Write ^2 without brackets for a power, or give the expression a name.",
            )
        if any(t.text in self.binding for t in held):
            self.at += 2
            items = yield self.arguments(")")
            base = self.subscripted(owner, [*items, *base.args[1:]], start)
        else:
            name = Node("name", (), f"{owner.value}_({''.join(t.text for t in held)})", owner.start, owner.stop)
            base = name if owner is base else self.node("sub", (name, *base.args[1:]), start)
        self.at = end + 1
        whole = Node(base.head, base.args, base.value, start, self.tokens[end].stop)
        return self.node("transpose", (whole,), start) if turned else whole

    def marked(self, base: Node, held: list[str], start: int) -> Node:
        """Return the transpose, inverse transpose or pseudoinverse that a mark means."""
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
            elif self.accept("∈"):
                item = self.node("member", (item,), item.start, self.name_of_set())
            elif self.accept("~"):
                other = yield self.sum()
                item = self.node("drawn", (item, other), item.start)
            items.append(item)
        self.inside.pop()
        self.spacing.pop()
        self.scripts -= 1
        return items

    def name_of_set(self) -> str:
        """Take the tokens of a set, up to a comma, a colon or the closing brace."""
        text, depth = "", 0
        while depth or self.token.text not in (",", ";", ":", "}"):
            if self.token.kind == "end":
                raise self.unexpected(self.token)
            depth += {"open": 1, "close": -1}.get(self.token.kind, 0)
            text += self.take().text
        return text

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
        if base.head == "name" and len(items) == 1 and items[0].head == "name" and len(items[0].value) > 1:
            whole = f"{base.value}_{items[0].value}"
            if whole in self.words and not (len(base.value) == 1 and index_word(items[0].value)):
                return self.node("name", (), start, whole)
        if base.head == "name" and len(flat) == 1:
            one = flat[0]
            if one.head == "name" and (len(one.value) > 1 or one.value == "*"):
                word = "star" if one.value == "*" else one.value
                return self.node("name", (), start, f"{base.value}_{word}")
            whole = f"{base.value}_{one.value}"
            if whole in self.words.symbols or (self.words.function(whole) and self.token.text in ("(", "'")):
                return self.node("name", (), start, whole)
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
        return self.node("index", (base, *items), start)
