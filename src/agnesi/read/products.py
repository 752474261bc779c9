"""Relations, sums, products and quotients: precedence from low to high."""

from __future__ import annotations

from itertools import pairwise

from agnesi.errors import Ambiguous, Place, ReadError
from agnesi.read.cursor import (
    RELATIONS,
    START_OPS,
    Cursor,
    Steps,
    letter,
)
from agnesi.read.reach import bound_names, carried, extended, open_bigs
from agnesi.read.syntax import Node, postorder
from agnesi.read.tokens import Token


class Products(Cursor):
    """Reads what operators join."""

    def relation(self) -> Steps:
        """A chain of relations."""
        start = self.token.start
        parts = [(yield self.sum())]
        signs: list[str] = []
        while self.token.kind == "op" and self.token.text in RELATIONS:
            signs.append(RELATIONS[self.take().text])
            parts.append((yield self.sum()))
        return parts[0] if not signs else self.antiderivative(self.node("rel", tuple(parts), start, tuple(signs)))

    def sum(self) -> Steps:
        """Terms joined by + and −."""
        start = self.token.start
        terms: list[Node] = []
        stops: list[int] = []
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
            stops.append(self.tokens[self.at - 1].stop)
            token = self.token
            if token.kind == "op" and token.text in ("+", "-") and not self.separates(token):
                sign = self.take().text
            else:
                break
        if self.barred:
            self.refuse_barred_sum(terms)
        terms = self.reaching(terms, stops) if len(terms) > 1 else terms
        return terms[0] if len(terms) == 1 else self.node("add", tuple(terms), start)

    def reaching(self, terms: list[Node], stops: list[int]) -> list[Node]:
        """Give an open ∑_i the terms after it that carry its index; the terms between stay in their order."""
        out: list[Node] = []
        seen: set[str] = set()
        k = 0
        while k < len(terms):
            term, first = terms[k], k
            lost = carried(term, seen) if seen else seen
            if lost:
                raise self.out_of_reach(term, min(lost))
            bigs = open_bigs(term, stops[k])
            held = [{n for n in bound_names(b.args[1:]) if self.may_bind(n)} for b in bigs]
            while bigs:
                depth, last = -1, k
                while last + 1 < len(terms):
                    deeper = (d for d in range(len(bigs) - 1, -1, -1) if carried(terms[last + 1], held[d]))
                    found = next(deeper, -1)
                    if found < 0 or depth not in (-1, found):
                        break
                    depth, last = found, last + 1
                if last == k:
                    break
                term = extended(term, bigs[depth], terms[k + 1 : last + 1], stops[last])
                bigs, held, k = open_bigs(term, stops[last])[: depth + 1], held[: depth + 1], last
            if k > first:
                self.reaches(bigs[-1])
            seen.update(*held)
            out.append(term)
            k += 1
        return out

    def reaches(self, big: Node) -> None:
        """Say that a big operator took the terms after it."""
        body = self.text[big.args[0].start : big.stop]
        sign = self.text[big.start : big.args[0].start].strip("( ")
        self.notes.append(f"{sign} is read as reaching over all terms with its index: {sign} ({body})")

    def out_of_reach(self, term: Node, name: str) -> Ambiguous:
        """Return the error for an index that stands outside its big operator, with other terms between."""
        return Ambiguous(
            f"The index {name} stands under a big operator, and again after terms without it.",
            where=Place(self.text, term.start, term.stop),
            repair=f"Put all terms of ∑_{name} in brackets, or give the other index another letter.",
        )

    def may_bind(self, name: str) -> bool:
        """Tell whether a name under a big operator is bound there only."""
        return name not in self.binding and not self.words.symbolic(name)

    def separates(self, token: Token) -> bool:
        """Tell whether in [a -b] the sign begins a new block."""
        after = self.tokens[self.at + 1]
        return self.spacing[-1] and token.spaced and not after.spaced

    def term(self) -> Steps:
        """Products and quotients from left to right; juxtaposition binds tighter."""
        start = self.token.start
        first, loose = yield self.chain()
        items: list[Node] = list(first.args) if loose else [first]
        joined: Node | None = None  # what this term joined by a sign, so not a bracket
        seps: list[str] = [""] * (len(items) - 1)
        applied: Node | None = None  # what d/dx was put before
        while self.token.kind == "op" and self.token.text in ("*", "·", "×", "/", "⊙", "./", "⊗"):
            mark = self.take()
            sign = mark.text
            negative = self.token.kind == "op" and self.token.text == "-" and bool(self.take())
            bare = items[-1].head == "del" and not items[-1].args
            right, loose = yield self.chain()
            if sign == "/" and items[-1] is applied and not negative:
                items[-1] = applied = self.of_quotient(applied, right, loose)
                continue
            if sign == "/" and len(items) > 1 and items[-1].head == "del" and leads_with_del(right):
                last, lost = [items[-1]], list[str]()  # ∂f/∂x dx/dt: the dx is above the second bar
                if loose:
                    self.quotient(last, lost, right, items[-1].start)
                else:
                    last = [self.ratio(items[-1], right, items[-1].start)]
                seps += [""] * (len(last) - 1)
                items[-1:] = last
                applied = applied_last(items, bare)
                continue
            if sign == "/" and loose:
                self.quotient(items, seps, right, start)
                applied = applied_last(items, bare)
                continue
            if sign in ("*", "·", "×"):
                parts = list(right.args) if loose and not negative else [right]
                if negative:
                    parts = [self.node("neg", (right,), right.start)]
                plain = sign == "·" and self.text[mark.start : mark.stop] == "."
                seps += ["." if plain else "·" if sign == "·" else "*"] + [""] * (len(parts) - 1)
                items += parts
                continue
            if negative:
                right = self.node("neg", (right,), right.start)
            left = self.product(items, seps, start)
            items, seps = [self.binary(sign, left, right, start, goes_on=left is joined)], []
            joined = items[0]
            if items[0].head == "derivative" and items[0].args[0].head == "hole" and self.starts():
                body, _ = yield self.chain()
                whole = items[0]
                items = [self.node("derivative", (body, *whole.args[1:]), start, whole.value)]
        whole = self.product(items, seps, start)
        return (yield self.ended(whole, start)) if self.at_bar() else whole

    def of_quotient(self, whole: Node, below: Node, loose: bool) -> Node:
        """Return d/dx a/b as the derivative of a/b."""
        over, seps = [whole.args[0]], list[str]()
        if loose:
            self.quotient(over, seps, below, over[0].start)
        else:
            over = [self.ratio(over[0], below, over[0].start)]
        body = self.product(over, seps, over[0].start)
        stop = self.tokens[self.at - 1].stop
        shown = self.text[whole.args[0].start : stop]
        self.notes.append(f"{self.text[whole.start : stop]} is read as the derivative of {shown}")
        return self.node("derivative", (body, *whole.args[1:]), whole.start, whole.value)

    def at_bar(self) -> bool:
        """Tell whether |_a stands here."""
        return self.token.text == "|" and self.token.kind == "op" and self.tokens[self.at + 1].text == "_"

    def product(self, items: list[Node], seps: list[str], start: int) -> Node:
        """Return one factor, or the product of several."""
        if len(items) == 1:
            return items[0]
        return self.node("mul", tuple(items), start, tuple(seps))

    def binary(self, sign: str, left: Node, right: Node, start: int, goes_on: bool) -> Node:
        """Return a quotient, an entrywise or a Kronecker product."""
        if sign == "/":
            return self.ratio(left, right, start)
        head = {"⊙": "hadamard", "./": "ediv", "⊗": "kron"}[sign]
        if head == left.head == "hadamard" and goes_on:
            return self.node(head, (*left.args, right), start)
        return self.node(head, (left, right), start)

    def ratio(self, left: Node, right: Node, start: int) -> Node:
        """Return a quotient, or the derivative that ∂f/∂X and df/dx mean."""
        below = right.args if right.head == "mul" and all(a.head == "del" for a in right.args) else (right,)
        left = self.gathered(left, below)
        if left.head == "del" and all(b.head == "del" and b.args for b in below):
            return self.derivative(left, below, start)
        return self.node("div", (left, right), start)

    def gathered(self, left: Node, below: tuple[Node, ...]) -> Node:
        """Return ∂aᵀ X b above ∂X as ∂(aᵀ X b): the sign before the first factor is before the product."""
        plain = left.head in ("mul", "kron", "hadamard") and left.args[0].head == "del" and left.args[0].args
        rest = [n for a in left.args[1:] for n in postorder(a)] if plain else []
        if not plain or any(n.head == "del" for n in rest) or not all(b.head == "del" and b.args for b in below):
            return left
        sign, varied = left.args[0], {n.value for b in below for n in postorder(b.args[0]) if n.head == "name"}
        if sign.value[0] != "∂" and not varied & {n.value for n in rest if n.head == "name"}:
            return left
        inner = self.node(left.head, (sign.args[0], *left.args[1:]), sign.args[0].start, left.value)
        return self.node("del", (inner,), sign.start, sign.value)

    def derivative(self, top: Node, below: tuple[Node, ...], start: int) -> Node:
        """Return a derivative: as written, or from ∂f over ∂x."""
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
            count = below_order(left, factors)
            bottom = self.product(list(factors[:count]), [""] * (count - 1), right.start)
            whole = self.ratio(left, bottom, start)
            rest = factors[count:]
            items[:], seps[:] = [whole, *rest], [""] * len(rest)
            return
        if left.head == "del" and factors[0].head == "del":
            # d/dx f(x), ∂f/∂x c: the first factors are below the bar, as many as the order says
            below = next(k for k, f in enumerate(factors) if f.head != "del")
            count = below_order(left, factors[:below])
            bottom = self.product(list(factors[:count]), [""] * (count - 1), right.start)
            whole = self.ratio(left, bottom, start)
            after = list(factors[count:])
            if not left.args:
                body = self.product(after, [""] * (len(after) - 1), after[0].start)
                items[:], seps[:] = [self.node("derivative", (body, *whole.args[1:]), start, whole.value)], []
            else:
                items[:], seps[:] = [whole, *after], [""] * len(after)
            return
        first, second = factors[0], factors[1]
        if self.integrals and all(f.head == "del" for f in factors[1:]):  # ∫ 1/x dx
            items[:], seps[:] = [self.ratio(left, first, start), *factors[1:]], [""] * (len(factors) - 1)
            return
        gap = first.stop < second.start
        shown = self.text[start : right.stop]
        slash = max(self.text.rfind(sign, start, right.start) for sign in "/÷∕")
        over = self.text[start : slash if slash > 0 else items[-1].stop].strip()
        under = self.text[right.start : right.stop]
        above = f"({over})" if len(items) > 1 else over
        if first.head == "num" and not gap and all(letter(f) for f in factors[1:]):
            latin = any(ord(self.text[f.start]) < 128 and self.text[f.start] != "\\" for f in factors[1:])
            if not (left.head == "num" and latin):
                self.notes.append(f"{shown} is read as {over}/({under})")
                items[:], seps[:] = [self.node("div", (left, right), start)], []
                return
        tight = self.words.loose and not gap and first.head != "num"
        if tight:  # a/bc in notes is a/(bc)
            count = next((k for k, (a, b) in enumerate(pairwise(factors), 1) if a.stop < b.start), len(factors))
            bottom = self.product(list(factors[:count]), [""] * (count - 1), first.start)
            self.notes.append(f"{shown} is read with {self.text[first.start : factors[count - 1].stop]} below the bar")
            items[:], seps[:] = [self.ratio(left, bottom, start), *factors[count:]], [""] * (len(factors) - count)
            return
        if (first.head == "num" and gap) or second.head == "big" or self.words.loose:
            between = self.text[first.stop : second.start]
            end = second.start - len(between.lstrip(" )"))
            divisor = self.text[slash + 1 if slash > 0 else first.start : end].strip()
            self.notes.append(f"{shown} is read as ({over}/{divisor}) {self.text[end : right.stop].strip()}")
            items[:] = [Node("div", (left, first), None, start, first.stop), *factors[1:]]
            seps[:] = [""] * (len(factors) - 1)
            return
        head, tail = self.text[first.start : first.stop], self.text[second.start : right.stop]
        raise Ambiguous(
            f"The quotient {shown} has two readings: ({above}/{head}) {tail} and {above}/({under}).",
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
            return kind != "name" or text not in ("where", "with", "subject", "over", "for", "and", "or", "is", "are")
        if kind == "cmd":
            return text in ("frac", "sqrt", "binom")
        if kind != "op" or text not in START_OPS:
            return False
        return not (text in "|‖" and self.inside and self.inside[-1] == text) and not self.at_bar()


def applied_last(items: list[Node], bare: bool) -> Node | None:
    """Return the last factor where it is what a bare d/dx was put before."""
    last = items[-1]
    return last if bare and last.head == "derivative" and last.args[0].head != "hole" else None


def leads_with_del(right: Node) -> bool:
    """Tell whether what stands under a bar begins with ∂ or d."""
    first = right.args[0] if right.head == "mul" else right
    return first.head == "del" and bool(first.args)


def below_order(top: Node, factors: tuple[Node, ...]) -> int:
    """Return how many of ∂x ∂y ... stand below the bar: as many as the order above says."""
    wanted, total = int(top.value[1]), 0
    for k, part in enumerate(factors):
        variable = part.args[0] if part.args else part
        total += int(variable.args[1].value) if variable.head == "pow" and variable.args[1].head == "num" else 1
        if total >= wanted:
            return k + 1
    return len(factors)
