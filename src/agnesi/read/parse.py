"""From tokens to a syntax tree: precedence climbing with its own stack, so that depth is only a matter of memory.

Every method that may nest is a generator that yields the parts it needs; `Cursor.run` keeps the stack. The parts of the
parser stand in files of their own: products, factors, operands, marks, and here binders and derivatives.
"""

from __future__ import annotations

from agnesi.errors import ReadError
from agnesi.read.analysis import Analysis
from agnesi.read.cursor import (
    BIG,
    Steps,
)
from agnesi.read.reach import bound_names
from agnesi.read.syntax import Node
from agnesi.read.tokens import Token


class Parser(Analysis):
    """One pass over the tokens of one statement; `notes` collects what was read in one of several ways."""

    def big(self, token: Token) -> Steps:
        """∑_{i=1}^n body, sum[i=1..N](body), max_i body: the body reaches to the next + or − of the same level."""
        self.at += 1
        op = "Sum" if token.text == "Σ" else BIG[token.text]
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
        names = bound_names(items)
        self.binding += names
        if exact and self.token.text == "(":
            body = yield self.bracketed(self.token)
        elif self.token.kind == "op" and self.token.text == "-":
            self.at += 1
            body = yield self.term()
            body = self.node("neg", (body,), body.start)
        else:
            body = yield self.term()
        del self.binding[len(self.binding) - len(names) :]
        if op == "Sum" and upper is None and not exact:
            over = self.over_values(body, items, "Outcomes", token.start)
            if over is not None:
                return over
        series = self.series(op, body, items, upper, token.start)
        if series is not None:
            return series
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
        second = ("Hess", "hess", "hessian")
        kind = {**dict.fromkeys(second, "hessian"), "jacobian": "jacobian"}.get(token.text, kind)
        if not self.starts():
            raise ReadError(f"{token.text} of what?", where=self.place(token), repair="Write ∇_w f.")
        turned = 0
        if self.words.loose and self.at_fraction():  # ∇_x 1/2 xᵀAx
            start = self.token.start
            above = yield self.factor()
            self.at += 1
            half = self.node("div", (above, (yield self.factor())), start)
            body, _ = yield self.chain()
            body = self.node("mul", (half, body), start, ("",))
        elif self.words.loose and self.token.kind == "name" and self.is_users(self.token.text):
            body = yield self.factor()
            while body.head == "transpose":  # ∇f(x)ᵀd is (∇f(x))ᵀd
                body, turned = body.args[0], turned + 1
        else:
            body, _ = yield self.chain()
        if kind == "nabla" and body.head == "nabla" and body.value[0] == "nabla":  # ∇∇f
            made = self.node("nabla", body.args, token.start, ("hessian", ""))
        else:
            made = self.node("nabla", (body,) if wrt is None else (body, wrt), token.start, (kind, ""))
        for _ in range(turned):
            made = self.node("transpose", (made,), token.start)
        return made

    def at_fraction(self) -> bool:
        """Tell whether a fraction of numbers stands here, with what it multiplies after it: 1/2 xᵀAx."""
        held = self.tokens[self.at : self.at + 4]
        fraction = len(held) > 3 and [t.kind for t in held[:3]] == ["num", "op", "num"] and held[1].text == "/"
        return fraction and (held[3].kind in ("name", "open") or held[3].text in ("‖", "|"))

    def is_users(self, name: str) -> bool:
        """Tell whether a name is defined in the text."""
        return name in self.words.pending or name in self.words.definitions
