"""How one step of a program is written: an expression in Python with the brackets that it needs."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from agnesi.errors import NotCompiled
from agnesi.expr.dims import Dim
from agnesi.run.backends import Backend
from agnesi.run.prelude import template as code_of
from agnesi.run.values import Number, Value

SUM, MATMUL, PRODUCT, UNARY, POWER, ATOM = range(6)
WIDE = 8  # past this many factors, a whole power is left to the backend


@dataclass(frozen=True)
class Text:
    """A piece of code and how tightly it binds."""

    code: str
    binds: int = ATOM

    def within(self, binds: int) -> str:
        """Return the code, in brackets where it binds less tightly."""
        return self.code if self.binds >= binds else f"({self.code})"


class Speller:
    """Spells values for one backend. New arrays take the type of the argument `like`; `bare` numbers are not arrays."""

    def __init__(
        self, backend: Backend, like: str, bare: Callable[[Value], bool], sparse: Collection[int] = ()
    ) -> None:
        self.backend, self.bare, self.sparse = backend, bare, sparse
        self.like = backend.like.format(like) if like else backend.like_nothing
        self.used: set[str] = set()
        self.size_names: Mapping[str, str] = {}

    def size(self, dim: Dim) -> Text:
        """Return a size in the names that the program has for sizes."""
        return size(dim, self.size_names)

    def spell(self, value: Value, texts: Sequence[Text]) -> Text:
        """Return the code of a value from that of its arguments."""
        if any(id(a) in self.sparse for a in value.args):
            return self._sparse(value, texts)
        rule = _SPELLINGS.get(value.kind)
        return rule(self, value, texts) if rule is not None else self._plain(value, texts)

    def _sparse(self, value: Value, texts: Sequence[Text]) -> Text:
        """Spell a step on sparse matrices (csr_array of SciPy)."""
        if value.kind == "pow":
            return Text(f"{texts[0].within(ATOM)}.power({number(value.attrs[0]).code})")
        if value.kind == "dot" and all(id(a) in self.sparse for a in value.args):
            return Text(f"({self._dot(value, texts).code}).toarray()")
        if value.kind == "vdot":
            return Text(f"{texts[0].within(ATOM)}.multiply({texts[1].code}).sum()")
        if value.kind != "mul":
            return _SPELLINGS[value.kind](self, value, texts)
        coef, powers = value.attrs
        first = next(k for k, a in enumerate(value.args) if id(a) in self.sparse)
        others = [k for k in range(len(texts)) if k != first]
        above, under = ([texts[k] for k in others if powers[k] == p] for p in (1, -1))
        by = multiplied(coef, above, under)
        if all(not value.args[k].dims for k in others):
            return Text(f"{texts[first].within(PRODUCT)} * {by.within(UNARY)}", PRODUCT)
        return Text(f"{texts[first].within(ATOM)}.multiply({by.code}).tocsr()")

    # -- numbers and sums --------------------------------------------------------------------------------------------

    def _number(self, value: Value, texts: Sequence[Text]) -> Text:
        return number(value.attrs[0])

    def _size(self, value: Value, texts: Sequence[Text]) -> Text:
        return self.size(value.attrs[0])

    def _add(self, value: Value, texts: Sequence[Text]) -> Text:
        return added(value.attrs, texts)

    def _mul(self, value: Value, texts: Sequence[Text]) -> Text:
        coef, powers = value.attrs
        above = [t for t, p in zip(texts, powers, strict=True) if p == 1]
        under = [t for t, p in zip(texts, powers, strict=True) if p == -1]
        return multiplied(coef, above, under)

    def _pow(self, value: Value, texts: Sequence[Text]) -> Text:
        (base,), exponent = texts, value.attrs[0]
        if exponent == Fraction(1, 2):
            return self._root(value, base)
        whole = exponent.numerator if isinstance(exponent, Fraction) and exponent.denominator == 1 else exponent
        if self.backend.in_place and value.ndim and isinstance(whole, int) and 3 <= whole <= WIDE:
            return _whole_power(base, whole)  # NumPy's own whole powers past the square are slow
        return Text(f"{base.within(ATOM)} ** {number(exponent).within(ATOM)}", POWER)

    def _root(self, value: Value, base: Text) -> Text:
        if self.bare(value):
            return Text(f"{base.within(ATOM)} ** 0.5", POWER)
        return Text(self._template("root", value).format(base.code, m=self.backend.module))

    # -- functions ---------------------------------------------------------------------------------------------------

    def _call(self, value: Value, texts: Sequence[Text]) -> Text:
        name, (_, *attrs) = value.attrs[0], value.attrs[1] or (0,)
        template = code_of(name, self.backend.name)
        arguments = [t.code if template.count(f"{{{k}}}") == 1 and _alone(template, k) else t.within(ATOM)
                     for k, t in enumerate(texts)]  # fmt: skip
        if name in ("pi", "euler") and self.backend.in_place:
            self._note(template)
            return Text(template)
        if self.bare(value):
            if not self.backend.in_place:
                arguments = [self.backend.templates["python"].format(a, like=self.like) for a in arguments]
            text = template.format(*arguments, **{f"a{k}": a for k, a in enumerate(attrs)})
            plain = self.backend.templates["python"].format(text, like=self.like)
            return Text(plain if self.backend.in_place else text)
        if not self.backend.in_place and any(self.bare(a) for a in value.args):
            arguments = [
                self.backend.templates["python"].format(text, like=self.like) if self.bare(a) else text
                for a, text in zip(value.args, arguments, strict=True)
            ]
        self._note(template)
        text = template.format(*arguments, **{f"a{k}": a for k, a in enumerate(attrs)})
        return Text(text, ATOM if _closed(text) else SUM)

    def _note(self, template: str) -> None:
        """Note the names that a template uses: imports and functions of the prelude."""
        self.used |= set(_words(template))

    # -- axes --------------------------------------------------------------------------------------------------------

    def _expand(self, value: Value, texts: Sequence[Text]) -> Text:
        (positions,) = value.attrs
        keys = ["None" if k in positions else ":" for k in range(positions[-1] + 1)]
        return Text(f"{texts[0].within(ATOM)}[{', '.join(keys)}]")

    def _transpose(self, value: Value, texts: Sequence[Text]) -> Text:
        (order,) = value.attrs
        if len(order) == 2:
            return Text(f"{texts[0].within(ATOM)}.T")
        template = self._template("transpose", value)
        return Text(template.format(texts[0].within(ATOM), order=", ".join(map(str, order))))

    def _reshape(self, value: Value, texts: Sequence[Text]) -> Text:
        dims = [self.size(d).code for d in value.dims]
        return Text(f"{texts[0].within(ATOM)}.reshape({', '.join(dims)})")

    def _take(self, value: Value, texts: Sequence[Text]) -> Text:
        axis, at = value.attrs
        return Text(f"{texts[0].within(ATOM)}[{':, ' * axis}{at}]")

    def _slice(self, value: Value, texts: Sequence[Text]) -> Text:
        axis, (offset, width) = value.attrs
        start = "" if offset == Dim.of(0) else self.size(offset).code
        return Text(f"{texts[0].within(ATOM)}[{':, ' * axis}{start}:{self.size(offset + width).code}]")

    def _pad(self, value: Value, texts: Sequence[Text]) -> Text:
        axis, (before, after) = value.attrs
        template = self._template("pad", value)
        widths = [("0", "0")] * value.ndim
        widths[axis] = (self.size(before).code, self.size(after).code)
        if self.backend.name == "torch":
            widths = widths[::-1]
        listed = ", ".join(f"({a}, {b})" if self.backend.name != "torch" else f"{a}, {b}" for a, b in widths)
        listed = f"{listed}," if len(widths) == 1 and self.backend.name != "torch" else listed
        marks = {"axis": axis, "before": self.size(before).code, "after": self.size(after).code}
        return Text(template.format(texts[0].code, m=self.backend.module, widths=f"({listed})", **marks))

    def _cumsum(self, value: Value, texts: Sequence[Text]) -> Text:
        axis, forward = value.attrs
        kind = "cumsum" if forward else "cumsum from the end"
        turn = f"[{':, ' * axis}::-1]"
        return Text(self._template(kind, value).format(texts[0].within(ATOM), axis=axis, turn=turn))

    def _diagonal(self, value: Value, texts: Sequence[Text]) -> Text:
        kind = "diagonal 2" if value.args[0].ndim == 2 else "diagonal"
        return Text(self._template(kind, value).format(texts[0].code, m=self.backend.module, axes=value.attrs))

    def _largest(self, value: Value, texts: Sequence[Text]) -> Text:
        (axes,) = value.attrs
        inside = "" if not value.dims else str(axes[0]) if len(axes) == 1 else str(axes)
        name = "amax" if self.backend.name == "torch" else "max"
        return Text(f"{texts[0].within(ATOM)}.{name}({inside})")

    def _sum(self, value: Value, texts: Sequence[Text]) -> Text:
        (axes,) = value.attrs
        inside = "" if not value.dims else str(axes[0]) if len(axes) == 1 else str(axes)
        return Text(f"{texts[0].within(ATOM)}.sum({inside})")

    # -- products and the rest ---------------------------------------------------------------------------------------

    def _dot(self, value: Value, texts: Sequence[Text]) -> Text:
        left, right = texts
        return Text(f"{left.code if left.binds == MATMUL else left.within(POWER)} @ {right.within(POWER)}", MATMUL)

    def _einsum(self, value: Value, texts: Sequence[Text]) -> Text:
        left, right, out = value.attrs
        template = self._template("einsum", value)
        codes = [t.code for t in texts]
        return Text(template.format(*codes, m=self.backend.module, labels=f"{left},{right}->{out}"))

    def _adddiag(self, value: Value, texts: Sequence[Text]) -> Text:
        kind = "adddiag" if value.args[1].dims else "adddiag scalar"
        template = self._template(kind, value)
        code = template.format(
            texts[0].within(SUM), texts[1].within(PRODUCT) if kind != "adddiag" else texts[1].code,
            m=self.backend.module, dims=self._dims(value), like=self.like,
        ).replace(" + 1 * ", " + ")  # fmt: skip
        return Text(code, SUM)

    def _broadcast(self, value: Value, texts: Sequence[Text]) -> Text:
        if not value.args[0].dims:
            template = self._template("broadcast scalar", value)
            return Text(
                template.format(texts[0].within(UNARY), shape=self._shape(value), like=self.like),
                PRODUCT if self.backend.name == "torch" else ATOM,
            )
        template = self._template("broadcast", value)
        return Text(template.format(texts[0].code, m=self.backend.module, shape=self._shape(value)))

    def _constant(self, value: Value, texts: Sequence[Text]) -> Text:
        kind = value.kind
        marks: dict[str, Any] = {}
        if kind == "basis":
            marks = {"at": value.attrs[0]}
        elif kind == "full":
            marks = {"value": float(value.attrs[0])}
        elif kind == "slot":
            offset, width, total = value.attrs
            marks = {"width": self.size(width).code, "total": self.size(total).code}
            marks["k"] = self.size(Dim.of(-1) * offset).code
        elif kind == "fuse":
            marks = {"total": self.size(value.dims[0]).code}
        elif kind == "mask":
            kind = f"mask {value.attrs[0]}"
        template = self._template(kind, value)
        return Text(template.format(
            m=self.backend.module, dims=self._dims(value), shape=self._shape(value), like=self.like, **marks,
        ))  # fmt: skip

    def _factored(self, value: Value, texts: Sequence[Text]) -> Text:
        mode = value.attrs[0]
        words = [value.kind]
        if value.kind == "trisolve" or value.kind == "factor" or f"{value.kind} {mode}" in self.backend.templates:
            words.append(mode)
        if value.kind == "det" and value.args[0].kind == "factor":
            words.append("factor")
        if value.kind in ("solve", "trisolve") and value.attrs[1]:
            words.append("turned")
        if value.kind in ("solve", "trisolve") and value.ndim == 1:
            vector = " ".join([*words, "vector"])
            words = vector.split() if vector in self.backend.templates else words
        template = self._template(" ".join(words), value)
        return Text(template.format(*(t.within(ATOM) if "[" in template else t.code for t in texts),
                                    m=self.backend.module, dims=self._dims(value), like=self.like))  # fmt: skip

    def _det(self, value: Value, texts: Sequence[Text]) -> Text:
        if value.args[0].kind == "factor":
            return self._factored(value, texts)
        return Text(self._template("det", value).format(texts[0].code))

    def _plain(self, value: Value, texts: Sequence[Text]) -> Text:
        template = self._template(value.kind, value)
        codes = [t.code if _alone(template, k) else t.within(ATOM) for k, t in enumerate(texts)]
        return Text(template.format(*codes, m=self.backend.module))

    def _template(self, kind: str, value: Value) -> str:
        found = self.backend.templates.get(kind)
        if found is None:
            raise NotCompiled(f"{kind} has no code for {self.backend.title}.")
        self._note(found.replace("{m}", self.backend.module))
        return found

    def _dims(self, value: Value) -> list[str]:
        return [self.size(d).code for d in value.dims]

    def _shape(self, value: Value) -> str:
        dims = self._dims(value)
        return f"({', '.join(dims)}{',' if len(dims) == 1 else ''})"


def number(value: Number) -> Text:
    """Return a number: 2, 0.5, 1 / 3."""
    if isinstance(value, float):
        if math.isinf(value) or math.isnan(value):
            return Text(f'float("{value}")')
        return Text(repr(value), ATOM if value >= 0 else UNARY)
    exact = Fraction(value)
    if exact.denominator == 1:
        return Text(str(exact.numerator), ATOM if exact >= 0 else UNARY)
    if Fraction(repr(float(exact))) == exact:
        return Text(repr(float(exact)), ATOM if exact >= 0 else UNARY)
    return Text(f"{exact.numerator} / {exact.denominator}", PRODUCT)


def size(dim: Dim, called: Mapping[str, str] | None = None) -> Text:
    """Return a size: n, n * m, n + 1; `called` has other names for some."""
    called = called or {}
    parts: list[str] = []
    for names, count in sorted(dim.terms, key=lambda t: (-len(t[0]), t[0])):
        words = ([str(abs(count))] if abs(count) != 1 or not names else []) + [called.get(n, n) for n in names]
        sign = "-" if count < 0 else "+"
        parts += [sign, " * ".join(words)]
    if not parts:
        return Text("0")
    if parts[0] == "+":
        parts = parts[1:]
    return Text(" ".join(parts), ATOM if len(parts) == 1 and " " not in parts[0] else SUM)


def added(coefs: Sequence[Number], texts: Sequence[Text]) -> Text:
    """Return a sum; the first term is one without a minus sign if there is one."""
    pairs = list(zip(coefs, texts, strict=True))
    ahead = next((k for k, (c, _) in enumerate(pairs) if c > 0), None)
    if ahead is not None and ahead > 0:
        pairs.insert(0, pairs.pop(ahead))
    out = ""
    for coef, text in pairs:
        sign = "-" if coef < 0 else "+"
        body = multiplied(-coef if coef < 0 else coef, [text], []).within(MATMUL)
        out += f" {sign} {body}" if out else f"-{body}" if sign == "-" else body
    return Text(out, SUM)


def multiplied(coef: Number, above: Sequence[Text], under: Sequence[Text]) -> Text:
    """Return c · Π above / Π under."""
    if coef == 1 and len(above) == 1 and not under:
        return above[0]
    minus = coef < 0
    coef = -coef if minus else coef
    exact = Fraction(coef) if not isinstance(coef, float) else None
    divisor: Text | None = None
    if exact is not None and exact.denominator != 1 and (exact.denominator & (exact.denominator - 1)):
        divisor, coef = Text(str(exact.denominator)), exact.numerator
    parts = [number(coef).within(UNARY)] if coef != 1 or not above else []
    parts += [t.within(PRODUCT) for t in above]
    out = " * ".join(parts)
    for text in [*under, *([divisor] if divisor else [])]:
        out += f" / {text.within(UNARY)}"
    binds = PRODUCT if len(parts) > 1 or under or divisor or above else number(coef).binds
    if minus:
        inner = out if binds >= PRODUCT else f"({out})"
        return Text(f"-{inner}", PRODUCT if binds == PRODUCT else UNARY)
    return Text(out, binds)


def _whole_power(base: Text, k: int) -> Text:
    code = base.within(ATOM)
    if not code.isidentifier():
        return Text(f"{code} ** {k}", POWER)
    if k == 3:
        return Text(f"{code} * {code} ** 2", PRODUCT)
    half = f"({code} ** 2) ** {k // 4}" if k % 4 == 0 and k // 4 <= 2 else ""
    if half:
        return Text(f"({code} ** 2) ** 2" if k == 4 else f"(({code} ** 2) ** 2) ** 2", POWER)
    return Text(f"{code} ** {k}", POWER)


def _alone(template: str, k: int) -> bool:
    """Tell whether an argument stands alone between brackets and commas."""
    mark = f"{{{k}}}"
    at = template.index(mark)
    before, after = template[at - 1 : at], template[at + len(mark) : at + len(mark) + 1]
    return before in ("(", " ") and after in (")", ",") and template[:at].rstrip()[-1:] in ("(", ",")


def _closed(text: str) -> bool:
    """Tell whether a piece of code is one call: f(...) without anything behind its last bracket."""
    depth = 0
    for k, sign in enumerate(text):
        depth += (sign in "([" and 1) or 0
        depth -= (sign in ")]" and 1) or 0
        if not depth and sign == " ":
            return False
        if k and sign == "-" and not depth:
            return False
    return not text.startswith("-")


def _words(template: str) -> list[str]:
    word, out = "", []
    for sign in template + " ":
        if sign.isalnum() or sign == "_":
            word += sign
        else:
            out.append(word)
            word = ""
    return [w for w in out if w]


_SPELLINGS: Mapping[str, Callable[[Speller, Value, Sequence[Text]], Text]] = {
    "number": Speller._number, "size": Speller._size, "add": Speller._add, "mul": Speller._mul, "pow": Speller._pow,
    "call": Speller._call, "expand": Speller._expand, "transpose": Speller._transpose, "reshape": Speller._reshape,
    "take": Speller._take, "slice": Speller._slice, "pad": Speller._pad,
    "cumsum": Speller._cumsum, "diagonal": Speller._diagonal, "sum": Speller._sum,
    "largest": Speller._largest,
    "dot": Speller._dot, "einsum": Speller._einsum, "adddiag": Speller._adddiag, "broadcast": Speller._broadcast,
    "full": Speller._constant, "eye": Speller._constant, "basis": Speller._constant, "mask": Speller._constant,
    "slot": Speller._constant, "fuse": Speller._constant, "factor": Speller._factored, "solve": Speller._factored,
    "trisolve": Speller._factored, "inverse": Speller._factored, "logdet": Speller._factored,
    "logofdet": Speller._factored, "det": Speller._det,
}  # fmt: skip
