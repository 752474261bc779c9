"""Bars, norms and LaTeX commands with arguments."""

from __future__ import annotations

from agnesi.errors import Place, ReadError
from agnesi.read.cursor import (
    Steps,
    capital,
)
from agnesi.read.operands import Operands
from agnesi.read.scene import is_capital, names_of
from agnesi.read.syntax import Node
from agnesi.read.tokens import Token

NORMS = {
    "2": "norm_two",
    "F": "norm",
    "1": "norm_one",
    "∞": "norm_inf",
    "*": "normnuc",
    "op": "norm_two",
    "nuc": "normnuc",
    "fro": "norm",
}


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
        if mark == "|" and self.words.bars_apart and not any(is_capital(n) for n in names_of(inner)):
            return self.node("call", (inner,), token.start, ("abs", 0))
        if mark == "|":
            return self.node("bars", (inner,), token.start)
        return (yield self.norm(inner, token.start))

    def norm(self, inner: Node, start: int) -> Steps:
        """A norm with its kind and power, in either order."""
        kind: Node | None = None
        exponent: Node | None = None
        stop = self.at
        if self.token.text == "∞" and not self.token.spaced and self.words.loose:  # ‖x‖∞
            self.at += 1
            return self.node("call", (inner,), start, ("norm_inf", 0))
        while self.token.kind == "op" and self.token.text in ("_", "^"):
            if self.take().text == "_":
                items = yield self.script()
                if len(items) != 1:
                    raise self.no_norm(",".join(self.text[i.start : i.stop] for i in items), start)
                kind = items[0]
            elif exponent is None and self.token.text not in ("ᵀ", "'"):
                exponent = yield self.exponent()
            else:
                break
            stop = self.at
        self.at = stop
        shown = str(kind.value) if kind is not None and kind.head in ("num", "name") else ""
        if kind is None:
            node = self.node("call", (inner,), start, ("norm_bare", 0))
        elif shown in NORMS and not self.words.symbolic(shown):
            node = self.node("call", (inner,), start, (NORMS[shown], 0))
        elif shown and not (capital(kind) or self.words.symbolic(shown)):
            raise self.no_norm(shown, start)
        else:
            node = self.node("normquad", (inner, kind), start)
        return node if exponent is None else self.node("pow", (node, exponent), start)

    def no_norm(self, shown: str, start: int) -> ReadError:
        """Return the error for a norm that is not read."""
        return ReadError(
            f"The norm ‖·‖ with the subscript {shown} is not read.",
            where=Place(self.text, start, self.tokens[self.at - 1].stop),
            expected="1, 2, ∞, F, * or a declared matrix",
            got=shown,
            repair="Write the norm out: (∑_i |x_i|^p)^(1/p) of a vector, ∑_j ‖X[:,j]‖ for the norm 2,1.",
        )

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
        if token.text == "binom":
            above = yield self.braces(token)
            below = yield self.braces(token)
            return self.node("call", (above, below), token.start, ("binom", 0))
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
