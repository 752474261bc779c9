"""Limits, sums without end or up to another index, and integrals: how they are parsed.

    lim_{x → 0+} …          limit(body, x, point), with the side
    ∑_{k=0}^∞ …             series(body, k, lower end, upper end)
    ∫_0^1 ∫_0^x … dy dx     integral(integral(body, y, 0, x), x, 0, 1)
    ∫ f dx = F + C          read as dF/dx = f
"""

from __future__ import annotations

from agnesi.errors import Place, ReadError, TooLarge
from agnesi.read.cursor import MAX_SCRIPTS, Steps
from agnesi.read.marks import Marks
from agnesi.read.primitives import NOTE, derived, variable_of
from agnesi.read.scene import names_of, subscript_names
from agnesi.read.syntax import Node
from agnesi.read.tokens import Token

ENDED = frozenset(("limit", "series", "integral"))  # heads whose parts are a body, a variable, and ends outside it
SERIES = {"Sum": "Series", "Prod": "SeriesProd"}
SIZES = frozenset(("num", "name", "neg", "add", "mul", "bracket"))
SIGNS = {"+": 1, "-": -1}
SIDES = {**SIGNS, "†": 1}  # 0⁺ is spelled as a pseudoinverse
ENDLESS = "∞"


class Analysis(Marks):
    """Reads limits and integrals, and tells a series from a sum over an axis."""

    def limit(self, token: Token) -> Steps:
        """lim_{x → a} f, lim_{x → 0+} f: the body reaches to the next + or − of the same level."""
        self.at += 2
        if self.token.text in ("{", "("):
            close = self.partner[self.at]
            variable, point, side = yield self.approach(self.at + 1, close, token)
            self.at = close + 1
        else:
            variable = self.leaf(self.take())
            self.expect("->")
            point, side = (yield self.factor()), 0
        if variable.head != "name":
            raise ReadError("A limit is in a variable.", where=self.place(token), repair="Write lim_{x → 0} f.")
        self.binding.append(variable.value)
        negative = self.accept("-")
        body = yield self.term()
        self.binding.pop()
        if negative:
            body = self.node("neg", (body,), body.start)
        return self.node("limit", (body, variable, point), token.start, side)

    def approach(self, first: int, close: int, token: Token) -> Steps:
        """Read x → a, with a sign at its end for the side: (x, a, side)."""
        last, side = close, 0
        if self.tokens[last - 1].text == "}" and self.tokens[self.partner_of(last - 1) - 1].text == "^":
            opened = self.partner_of(last - 1)
            if last - 1 - opened == 2 and self.tokens[last - 2].text in SIDES:
                side, last = SIDES[self.tokens[last - 2].text], opened - 1
        elif self.tokens[last - 1].text in SIDES:
            side, last = SIDES[self.tokens[last - 1].text], last - 1
            last -= self.tokens[last - 1].text == "^"
        if self.scripts >= MAX_SCRIPTS:
            raise TooLarge("Limits are nested too deeply.", where=self.place(token), repair="Name the inner ones.")
        held = self.tokens[first:last]
        stop = self.tokens[last]
        inner = type(self)([*held, stop._replace(kind="end", text="")], self.text, self.words)
        inner.scripts, inner.notes, inner.binding = self.scripts + 1, self.notes, self.binding
        variable = inner.leaf(inner.take()) if held else None
        if variable is None or variable.head != "name" or not inner.accept("->"):
            raise ReadError(
                "A limit says what goes where.", where=self.place(token), repair="Write lim_{x → 0} f or lim_{n → ∞} f."
            )
        point = inner.run(inner.sum())
        if inner.token.kind != "end":
            raise inner.unexpected(inner.token)
        return variable, point, side
        yield  # a part of the parser, though it needs no other part

    def partner_of(self, close: int) -> int:
        """Return where the bracket that closes at a place opens."""
        return next((opened for opened, closed in self.partner.items() if closed == close), close)

    def integral(self, token: Token) -> Steps:
        """∫_a^b f dx, ∫∫ f dx dy with or without ends, ∫ dx/(1 + x²), ∫ dx f: an integral ends with its dx."""
        signs: list[tuple[Node, ...]] = []
        while self.token.text == "∫" or (self.token.text == "int" and not self.words.symbolic("int")):
            self.at += 1
            signs.append((yield self.ends()))
        self.integrals += 1
        whole = yield self.term()
        terms = [whole]
        while dissected(terms[-1]) is None and self.token.kind == "op" and self.token.text in SIGNS:
            sign = self.take()
            term = yield self.term()
            terms.append(self.node("neg", (term,), sign.start) if sign.text == "-" else term)
        self.integrals -= 1
        if not any(signs):
            over = self.over_differentials(list(whole.args) if whole.head == "mul" else [whole], token.start)
            if over is not None:
                return over
        parts = dissected(terms[-1])
        if parts is None or len(parts[1]) < len(signs):
            raise ReadError(
                "The integral does not say over what: dx is missing.", where=self.place(token), repair="End it with dx."
            )
        body, moved, after = parts
        if len(terms) > 1:
            body = self.node("add", (*terms[:-1], body), terms[0].start)
        if len(moved) != len(signs) and (len(signs) > 1 or signs[0]):
            raise ReadError(
                "There are more differentials than signs of integrals.",
                where=self.place(token),
                repair="Write one ∫ with its ends for each of dx dy.",
            )
        signs += [()] * (len(moved) - len(signs))
        for ends, one in zip(reversed(signs), moved, strict=True):
            body = self.node("integral", (body, one.args[0], *ends), token.start)
        return body if not after else self.node("mul", (body, *after), token.start, ("",) * len(after))

    def ends(self) -> Steps:
        """The ends of an integral: two, one, or none."""
        lower: Node | None = None
        upper: Node | None = None
        while self.token.kind == "op" and self.token.text in ("_", "^"):
            if self.take().text == "_":
                items = yield self.script()
                lower = items[0] if items else None
            else:
                upper = yield self.exponent()
        return tuple(x for x in (lower, upper) if x is not None)

    def series(self, op: str, body: Node, items: list[Node], upper: Node | None, start: int) -> Node | None:
        """Return a sum or product between two ends that are not those of an axis; None for the others.

        A sum whose index stands in subscripts is over an axis; its ends are then a condition.
        """
        if op not in SERIES or len(items) != 1:
            return None
        first, high = items[0].args if items[0].head == "range" else (items[0], upper)
        if high is None or first.head != "rel" or first.value != ("eq",) or first.args[0].head != "name":
            return None
        variable, low = first.args
        plain = low.head == "num" and isinstance(low.value, int)
        outer = bool(set(names_of(high)) & set(self.binding))
        endless = ENDLESS in names_of(high) + names_of(low)
        if plain and is_size(high) and not outer and not endless:
            return None
        if variable.value not in subscript_names(body):
            return self.node("series", (body, variable, low, high), start, SERIES[op])
        if endless:
            raise ReadError(
                f"A sequence without end is not read: {variable.value} stands in a subscript.",
                where=Place(self.text, start, body.stop),
                repair=f"Write its terms as a formula in {variable.value}, or give the sum an end.",
            )
        return self.part_of_axis(op, body, variable, (low, high, outer), start)

    def part_of_axis(
        self, op: str, body: Node, variable: Node, ends: tuple[Node, Node, bool], start: int
    ) -> Node:
        """∑_{j=1}^{i} x_j is ∑_{j ≤ i} x_j, and ∑_{i=k}^n x_i is ∑_{i=1}^n x_i with i ≥ k."""
        low, high, outer = ends
        span = (low.start, low.stop)
        if outer and low.head == "num" and low.value == 1:
            below = Node("rel", (variable, Node("bracket", (high,), None, high.start, high.stop)), ("le",), *span)
            return self.node("big", (body, below), start, op)
        if outer or not is_size(high) or not is_size(low):
            raise ReadError(
                "This range of a sum is not read.",
                where=Place(self.text, start, body.stop),
                expected="ends that are sizes, or from 1 to another index",
                repair="Write the range as ∑_{i=1}^n with a condition, such as i ≠ j.",
            )
        above = Node("rel", (variable, Node("bracket", (low,), None, *span)), ("ge",), *span)
        whole = Node("rel", (variable, Node("num", (), 1, *span)), ("eq",), *span)
        return self.node("big", (body, whole, above, Node("upper", (high,), None, high.start, high.stop)), start, op)

    def antiderivative(self, claim: Node) -> Node:
        """Return the claim ∫ f dx = F + C as f = dF/dx; in notes it is seen with the lines it hangs together with."""
        if self.words.loose:
            return claim
        variable = variable_of([claim])
        made = derived(claim, variable) if variable is not None else None
        if made is not None:
            self.notes.append(NOTE)
        return made or claim


def dissected(node: Node) -> tuple[Node, list[Node], list[Node]] | None:
    """Take x dx/2 apart into the integrand, the differentials, and the factors after them; None without a dx."""
    outer: list[Node] = []
    while node.head in ("div", "neg"):
        outer.append(node)
        node = node.args[0]
    factors = list(node.args) if node.head == "mul" else [node]
    places = [k for k, f in enumerate(factors) if f.head == "del" and f.args]
    if not places:
        return None
    first = last = places[0]
    while last + 1 in places:
        last += 1
    before, after = factors[:first], factors[last + 1 :]
    if not before:
        before, after = after, []
    body = product(before, node)
    for whole in reversed(outer):
        body = Node(whole.head, (body, *whole.args[1:]), whole.value, whole.start, whole.stop)
    return body, factors[first : last + 1], after


def product(factors: list[Node], whole: Node) -> Node:
    """Return the product of factors; 1 where there are none."""
    if not factors:
        return Node("num", (), 1, whole.start, whole.stop)
    if len(factors) == 1:
        return factors[0]
    return Node("mul", tuple(factors), ("",) * (len(factors) - 1), factors[0].start, factors[-1].stop)


def is_size(node: Node) -> bool:
    """Tell whether an end of a range may be the size of an axis: n, 2n, n − 1, 10."""
    stack = [node]
    while stack:
        one = stack.pop()
        if one.head == "pow":
            if not all(a.head == "num" and isinstance(a.value, int) for a in one.args):
                return False
            continue
        if one.head not in SIZES or (one.head == "num" and not isinstance(one.value, int)):
            return False
        stack.extend(one.args)
    return True


def loose_integrals(nodes: list[Node]) -> list[tuple[Node, str]]:
    """Return the integrals without ends whose variable stands outside them too, with its name."""
    free = [n for n in nodes if n.head == "integral" and len(n.args) == 2 and n.args[1].head == "name"]
    out: list[tuple[Node, str]] = []
    for node in free:
        name = node.args[1].value
        held = sum(names_of(other).count(name) for other in free if other.args[1].value == name)
        if sum(n.head == "name" and n.value == name for n in nodes) > held:
            out.append((node, name))
    return out
