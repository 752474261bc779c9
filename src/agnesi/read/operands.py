"""Operands: numbers, names, functions without brackets, brackets, blocks."""

from __future__ import annotations

from agnesi.errors import Ambiguous, Place, ReadError, TooLarge
from agnesi.read.brackets import Brackets
from agnesi.read.cursor import (
    BIG,
    CLOSE,
    FRACTIONS,
    RELATIONS,
    Steps,
    index_word,
)
from agnesi.read.scene import ELEMENTWISE, function_name
from agnesi.read.syntax import Node
from agnesi.read.tokens import Token

ENDLESS = frozenset(("inf", "infty", "infinity", "oo"))
CLOSED = frozenset(")]}⟩|‖")


LOGARITHMS = frozenset(("log", "ln", "log2", "log10"))

class Operands(Brackets):
    """Reads what stands between operators."""

    def leaf(self, token: Token) -> Node:
        """A leaf: a number, a name, or ones of given sizes."""
        if token.text in ENDLESS and token.kind == "name" and token.text not in self.words:
            return Node("name", (), "∞", token.start, token.stop)
        if token.kind == "num":
            if token.text in FRACTIONS:
                top, bottom = (Node("num", (), n, token.start, token.stop) for n in FRACTIONS[token.text])
                return Node("div", (top, bottom), None, token.start, token.stop)
            whole = token.text.isdigit()
            value = int(token.text) if whole else float(token.text)
            if not whole and value in (float("inf"),):
                raise TooLarge("The number is too large.", where=self.place(token))
            return Node("num", (), value, token.start, token.stop)
        return Node("name", (), token.text, token.start, token.stop)

    def operand(self) -> Steps:
        """Dispatch on the token that begins an operand."""
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
                f"Found {'the end of the line' if text == chr(10) else f'“{text}”'} where an operand is missing.",
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
            name in BIG
            and not words.symbolic(name)
            and (after.text == "_" or (after.text == "[" and name in ("sum", "prod")))
        ):
            return (yield self.big(token))
        if name == "Σ" and after.text == "_" and not words.symbolic(name) and self.sum_sign():
            return (yield self.big(token))
        kind = self.chance_at()
        if kind:
            return (yield self.chance(kind))
        if (
            name in ("J", "H")
            and after.text == "_"
            and self.tokens[self.at + 2].text in words.definitions
            and not words.symbolic(name)
        ):
            self.at += 3
            body = self.leaf(self.tokens[self.at - 1])
            return self.node("nabla", (body,), token.start, ("jacobian" if name == "J" else "hessian", ""))
        if name == "D" and self.is_map(after) and not words.symbolic("D"):
            self.at += 2
            return self.node("nabla", (self.leaf(self.tokens[self.at - 1]),), token.start, ("jacobian", ""))
        if name in ("grad", "gradient", "Hess", "hess", "hessian", "jacobian") and not words.symbolic(name):
            return (yield self.nabla(token))
        if name == "lim" and after.text == "_" and not words.symbolic(name):
            return (yield self.limit(token))
        if name == "int" and not words.symbolic(name):
            return (yield self.integral(token))
        if name in ("𝔼", "ℙ") and not words.symbolic(name):
            repair = f"Put brackets after it: {name}[...]."
            raise ReadError(f"What {name} is of is not clear.", where=self.place(token), repair=repair)
        event = "d" in words.facts and after.text in ("|", ",", ")")  # P(d | H)
        if name == "d" and not words.symbolic("d") and not event and self.opens_differential(token, after):
            return (yield self.differential(token))
        self.at += 1
        if name in ("argmax", "argmin") and after.text != "(":
            raise ReadError(f"{name} wants what it runs over.", where=self.place(token), repair=f"Write {name}_x.")
        tail = self.tokens[self.at + 1].text if after.text == "_" and not after.spaced else ""
        if tail and f"{name}_{tail}" in words:
            return self.leaf(token)  # cos_sim is a name here
        if self.token.text == "/" and self.tokens[self.at - 2].text == "∂d" and self.tokens[self.at + 1].text == "∂d":
            below = self.tokens[self.at + 2]
            known = name in words.definitions or name in words.pending
            if words.function(name) and not known and below.kind == "name":  # d tanh/dx
                return self.node("call", (self.leaf(below),), token.start, (name, 0))
        alone = self.token.text == "}" and self.tokens[self.at - 2].text == "{" and self.tokens[self.at - 3].text == "_"
        if (
            words.function(name)
            and not alone  # λ_{\\max}
            and self.token.text != "("
            and not self.primes_before_bracket()
            and name not in words.definitions
            and name not in words.pending
        ):
            return (yield self.bare(token))
        return self.leaf(token)

    def is_map(self, token: Token) -> bool:
        """Tell whether a token names a function that is defined with parameters: DF is its Jacobian."""
        words, name = self.words, token.text
        known = name in words.definitions and words.definitions[name].parameters
        free = not token.spaced and "D" not in words.definitions and "D" not in words.pending
        return token.kind == "name" and free and bool(known or words.pending.get(name))

    def primes_before_bracket(self) -> bool:
        """Tell whether primes and a bracket follow: tanh'(a)."""
        at = self.at
        while self.tokens[at].text == "'" and self.tokens[at].kind == "op":
            at += 1
        return at > self.at and self.tokens[at].text == "(" and not self.tokens[at].spaced

    def sum_sign(self) -> bool:
        """Tell whether Σ_... is a sum: its subscript holds a relation, or a density over its names follows."""
        at = self.at + 2
        close = self.partner.get(at, at)
        if any(t.text in RELATIONS and t.kind == "op" for t in self.tokens[at:close]):
            return True
        first, opened = self.tokens[close + 1 : close + 3] if len(self.tokens) > close + 2 else (None, None)
        if first is not None and opened is not None and first.text in self.words.letters and opened.text == "(":
            inside = {t.text for t in self.tokens[close + 2 : self.partner[close + 2]]}
            if {t.text for t in self.tokens[at : close + 1]} - {"{", "}", ","} <= inside:
                return True
        if self.tokens[at].kind == "name" or close > at:
            shown = self.text[self.token.start : self.tokens[close].stop]
            self.notes.append(f"{shown} is read as a matrix; the sign of a sum is ∑ (sum_i, \\sum_i)")
        return False

    def opens_differential(self, token: Token, after: Token) -> bool:
        """Tell whether `d` is the differential: d‖u‖², d(Xw), d log det X, d/dx."""
        if self.at and self.tokens[self.at - 1].text == "^":
            return False  # the upper end of ∑_{i=1}^d
        if after.text in ("‖", "|", "∑"):
            return not after.spaced
        if after.kind == "open":
            return not after.spaced and ("d" not in self.words.sizes or self.holds_arrays())
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

    def holds_arrays(self) -> bool:
        """Tell whether the bracket after d holds vectors or matrices: d(Xw − y), but d(d + 1)/2 where d is a size."""
        held = self.tokens[self.at + 2 : self.partner[self.at + 1]]
        known = self.words.symbols
        return any(t.kind == "name" and t.text in known and known[t.text].shape for t in held)

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
            slash = self.token.text == "/" and not self.token.spaced and self.words.loose
            if slash and name in LOGARITHMS and self.tokens[self.at + 1].text not in ("∂", "∂d"):
                above = args[0]
                self.at += 1
                below = yield self.factor()
                args = [self.ratio(above, below, above.start)]
                quotient = self.text[above.start : below.stop]
                self.notes.append(f"{name} {quotient} is read as the logarithm of the quotient")
            self.divided(token, args[0])
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

    def divided(self, token: Token, argument: Node) -> None:
        """log a/b has two readings; log |Σ|/2, log(a)/b and log a / b with spaces have one."""
        slash, last = self.token, self.tokens[self.at - 1]
        if slash.text != "/" or slash.kind != "op" or last.text in CLOSED:
            return
        if function_name(token.text) not in ELEMENTWISE or self.tokens[self.at + 1].text in ("∂", "∂d"):
            return
        name, shown = token.text, self.text[argument.start : argument.stop]
        if slash.spaced or self.words.loose:
            self.notes.append(f"{name} {shown} / ... is read as ({name} {shown}) / ...")
            return
        stop = self.tokens[self.at + 1].stop
        if self.tokens[self.at + 1].kind == "open":
            stop = self.tokens[self.partner[self.at + 1]].stop
        while self.text[stop : stop + 1] == "_":
            stop += 2
        under = self.text[slash.stop : stop]
        raise Ambiguous(
            f"{name} {shown}/{under} has two readings: {name}({shown}/{under}) and {name}({shown})/{under}.",
            where=Place(self.text, token.start, stop),
            repair="Put brackets around the one that is meant.",
        )

    def bare_argument(self, name: str) -> Steps:
        """The factors that a function without brackets takes."""
        start = self.token.start
        factors = [(yield self.factor())]
        while self.starts() and not (self.spacing[-1] and self.token.spaced):
            if (self.token.kind == "name" and self.words.function(self.token.text)) or self.token.text in "∑∏∫":
                break
            if self.token.text == "∂d" and self.integrals:
                break  # ∫ cos x dx
            if factors[-1].head == "call" and self.tokens[self.at - 1].text == ")":
                break  # log det(S) a is (log det(S)) a
            if self.words.loose and (self.exponential() or (self.token.text == "(" and self.token.spaced)):
                break  # sin t e^t, cos t (1 - t)
            if self.words.near and self.token.text == "(" and factors[-1].head in ("name", "sub"):
                break  # sin t(1 - cos t)
            factors.append((yield self.factor()))
        if len(factors) == 1:
            return factors[0]
        argument = self.node("mul", tuple(factors), start, ("",) * (len(factors) - 1))
        shown = self.text[start : argument.stop]
        self.notes.append(f"{name} {shown} is read as {name}({shown})")
        return argument

    def exponential(self) -> bool:
        """Tell whether a power of e begins here."""
        return self.token.text == "e" and self.token.kind == "name" and self.tokens[self.at + 1].text == "^"

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
        while not self.accept(CLOSE[text]):
            args.append((yield self.relation()))
            if self.token.text == CLOSE[text]:
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
        while not self.accept(CLOSE[token.text]):
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
                turned = "ᵀ" in (t.text for t in self.tokens[self.at + 1 : self.at + 3])
                if self.token.text == "^" and len(items) == 1 and not turned:
                    self.at += 1
                    upper = yield self.exponent()
                    return self.between(rows[0][0], items[0], upper, token)
                return self.node("tensor", (rows[0][0],), token.start, axes_of_tensor(items))
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
        """Tell whether spaces separate blocks: one stands at the top level, and no sign with spaces on both sides.

        Never where a function of numbers is taken of it, as in log [p(x) p(y|x)]: that is a product.
        """
        before = self.tokens[at - 1]
        if before.kind in ("word", "name") and function_name(before.text) in ELEMENTWISE:
            return False
        if self.commas_in_each_row(at, close):
            return False
        k, gap = at + 1, False
        if self.words.loose and self.factors_inside(at, close):
            return False
        padded = self.tokens[k].spaced and self.tokens[close].spaced and self.words.loose
        if padded and not any(t.text in (",", ";", "\n") for t in self.tokens[k:close]):
            return False  # ∇_μ [ (x − μ)ᵀ A (x − μ) ]
        while k < close:
            token = self.tokens[k]
            tight = self.words.loose and token.text == "/" and not token.spaced and not self.tokens[k + 1].spaced
            if (token.kind == "op" and token.text in ("*", "/", "=", "⊙", "·") and not tight) or (
                token.kind == "op" and token.text in ("+", "-") and token.spaced and self.tokens[k + 1].spaced
            ):
                return False
            gap |= token.spaced and k > at + 1 and token.text not in (",", ";")
            k = self.partner.get(k, k) + 1 if token.kind == "open" else k + 1
        return gap

    def commas_in_each_row(self, at: int, close: int) -> bool:
        """Tell whether each row has as many commas, and more than none: [cos t, −r sin t; sin t, r cos t]."""
        rows, k = [0], at + 1
        while k < close:
            token = self.tokens[k]
            rows[-1] += token.text == ","
            rows += [0] * (token.text in (";", "\n"))
            k = self.partner.get(k, k) + 1 if token.kind == "open" else k + 1
        return rows[0] > 0 and len(set(rows)) == 1

    def factors_inside(self, at: int, close: int) -> bool:
        """Tell whether square brackets hold a product: tr [(A − B)ᵀ (A − B)], tr [A B], but not [A B; C D]."""
        if any(t.text in (",", ";", "\n") for t in self.tokens[at + 1 : close]):
            return False
        before = self.tokens[at - 1] if at else self.tokens[at]
        if before.kind in ("word", "name") and self.words.function(before.text):
            return True
        opened = [k for k in range(at + 1, close) if self.tokens[k].text == "("]
        return any(k == at + 1 or self.tokens[k].spaced for k in opened)


def axes_of_tensor(items: list[Node]) -> tuple[tuple[str, ...], dict[str, Node]]:
    """Return the letters in `_{ijkl}` or `_{i≤n, j≤m, k, l}`, and the sizes of those that say them."""
    letters: list[str] = []
    sizes: dict[str, Node] = {}
    for item in items:
        if item.head == "rel" and item.value == ("le",) and item.args[0].head == "name":
            letters.append(item.args[0].value)
            sizes[letters[-1]] = item.args[1]
            continue
        for one in item.args if item.head == "mul" else (item,):
            if one.head == "name":
                letters += one.value if index_word(one.value) else [one.value]
    return tuple(letters), sizes
