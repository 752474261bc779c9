"""Bars, norms and LaTeX commands with arguments."""

from __future__ import annotations

from agnesi.errors import ReadError
from agnesi.read.cursor import (
    Steps,
)
from agnesi.read.lex import Token
from agnesi.read.operands import Operands
from agnesi.read.syntax import Node


class Marks(Operands):
    """Reads |x|, ‖x‖, \\frac and \\sqrt."""

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
        """A norm with its kind and power, in either order."""
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
