"""Write layouts as presentation MathML, with the shape and the place in the source of every node.

Browsers need help here: brackets that should not grow say `stretchy="false"`, operator names are followed by a thin
space where no bracket follows, and bold letters are Unicode letters (mathvariant is not drawn everywhere).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from agnesi.dialects import Dialect
from agnesi.expr.dims import show_shape
from agnesi.expr.nodes import Expr, Symbol
from agnesi.write.layout import Layout, Piece
from agnesi.write.names import split_label, split_name
from agnesi.write.precedence import PREFIX
from agnesi.write.unicode import CLOSING, UnicodeWriter, side_by_side

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
THIN = '<mspace width="0.167em"/>'
INVISIBLE_TIMES, APPLY = "<mo>\u2062</mo>", "<mo>\u2061</mo>"
_WORDS = {
    "T": '<mo lspace="0" rspace="0">⊤</mo>',
    "−T": '<mrow><mo form="prefix">−</mo><mo lspace="0" rspace="0">⊤</mo></mrow>',
    " ": THIN,
    "/": '<mo lspace="0" rspace="0">/</mo>',
}
_TIMES = {"": INVISIBLE_TIMES, "~": INVISIBLE_TIMES, " ": INVISIBLE_TIMES + THIN, "·": "<mo>·</mo>"}
_UNDER = ("Sum", "Prod", "Max", "Min", "Argmax", "Argmin")


class MathmlWriter:
    """Spells layouts in MathML; `spans` gives the place of an expression in the source."""

    def __init__(self, dialect: Dialect, spans: Mapping[Expr, tuple[int, int]]) -> None:
        self.dialect, self.spans = dialect, spans
        self.names = UnicodeWriter(dialect)

    def pieces(self, it: Layout) -> Iterator[Piece]:
        """Yield the strings and parts of a layout; a list named "math" is the whole formula."""
        match it.kind:
            case "list" if it.text == "math":
                yield from (f'<math xmlns="{NAMESPACE}" display="block">', it.parts[0], "</math>")
            case "nothing":
                yield "<mrow></mrow>"
            case "name":
                yield self.name(it)
            case "number":
                yield f"<mn{self.data(it)}>{it.text}</mn>"
            case "word":
                tag = _tag(it.text)
                yield _WORDS.get(it.text) or f"<{tag}{self.data(it)}>{escape(it.text.strip())}</{tag}>"
            case "function":
                bold = it.text == "eye" and self.dialect.bold_matrices
                yield f"<mi{self.data(it)}>{'𝐈' if bold else escape(self.names.function(it))}</mi>"
            case "operator":
                yield f"<mo>{escape(it.text)}</mo>"
            case "times":
                yield _TIMES[it.text]
            case "row":
                yield from self.wrap("mrow", it, *self.row(it))
            case "list" | "subscript":
                yield from self.wrap("mrow", it, *self.listed(it))
            case "script":
                yield from self.script(it)
            case "fraction":
                yield from self.wrap("mfrac", it, *it.parts)
            case "root":
                yield from self.wrap("msqrt", it, *it.parts)
            case "fence":
                yield from self.wrap("mrow", it, *self.fence(it.text, it.parts, it.tall))
            case "call":
                yield from self.wrap("mrow", it, *self.call(it))
            case "big":
                yield from self.wrap("mrow", it, *self.big(it))
            case "table":
                yield from self.wrap("mrow", it, *self.table(it))

    def data(self, it: Layout) -> str:
        """Return the attributes that tell the shape of a node and where it stands in the source."""
        if it.node is None:
            return ""
        span = self.spans.get(it.node)
        place = f' data-span="{span[0]}:{span[1]}"' if span else ""
        return f' data-shape="{escape(show_shape(it.node.shape))}"{place}'

    def wrap(self, tag: str, it: Layout, *inside: Piece) -> Iterator[Piece]:
        """Yield an element with the attributes of its node."""
        yield from (f"<{tag}{self.data(it)}>", *inside, f"</{tag}>")

    def name(self, it: Layout) -> str:
        """Return a symbol, with its subscript if it has one."""
        head, tail = split_name(it.text)
        if not it.variant and isinstance(it.node, Symbol) and it.node.shape:
            bold = self.dialect.bold_vectors if it.node.ndim == 1 else self.dialect.bold_matrices
            head = "".join(map(_bold, head)) if bold else head
        if not tail:
            return f"<mi{self.data(it)}>{escape(head)}</mi>"
        if split_label(it.text)[1]:
            return f"<msup{self.data(it)}><mi>{escape(head)}</mi><mtext>{escape(tail)}</mtext></msup>"
        inner = f"<{_tag(tail)}>{escape(tail)}</{_tag(tail)}>"
        return f"<msub{self.data(it)}><mi>{escape(head)}</mi>{inner}</msub>"

    def row(self, it: Layout) -> Iterator[Piece]:
        """Yield parts; an entrywise power is a power with a ring."""
        if len(it.parts) == 3 and it.parts[1].text == ".^":
            yield from ("<msup>", it.parts[0], "<mrow><mo>∘</mo>", it.parts[2], "</mrow></msup>")
            return
        for k, part in enumerate(it.parts):
            if part.kind == "operator" and k == 0:
                yield f'<mo form="prefix">{escape(part.text)}</mo>'
            else:
                yield part

    def listed(self, it: Layout) -> Iterator[Piece]:
        """Yield parts with commas, or side by side where all are letters."""
        letters = it.kind == "subscript" and side_by_side(it)
        for k, part in enumerate(it.parts):
            if k and not letters:
                yield f"<mo>{escape(it.text.strip() or ',')}</mo>"
            yield part

    def script(self, it: Layout) -> Iterator[Piece]:
        """Yield a base with a subscript, a superscript or both."""
        base, sub, sup = it.parts
        low, high = sub.kind != "nothing", sup.kind != "nothing"
        tag = "msubsup" if low and high else "msub" if low else "msup"
        yield from self.wrap(tag, it, base, *((sub,) if low else ()), *((sup,) if high else ()))

    def fence(self, opening: str, inside: tuple[Layout, ...], tall: bool) -> Iterator[Piece]:
        """Yield brackets or bars, which grow only around tall content."""
        grow = "true" if tall else "false"
        yield f'<mo form="prefix" fence="true" stretchy="{grow}">{opening}</mo>'
        for k, part in enumerate(inside):
            yield from ("<mo>,</mo>" if k else "", part)
        yield f'<mo form="postfix" fence="true" stretchy="{grow}">{CLOSING[opening]}</mo>'

    def call(self, it: Layout) -> Iterator[Piece]:
        """Yield a function and its arguments."""
        head, *arguments = it.parts
        yield from (head, APPLY)
        if it.level == PREFIX:
            yield from ("" if arguments[0].kind == "fence" else THIN, arguments[0])
        else:
            yield from ("<mrow>", *self.fence("(", tuple(arguments), any(a.tall for a in arguments)), "</mrow>")

    def big(self, it: Layout) -> Iterator[Piece]:
        """Yield a big operator with its range under and over it."""
        sign, low, high, body = it.parts
        op = f'<mo movablelimits="false">{escape(self.names.function(sign))}</mo>'
        under = sign.text in _UNDER
        if low.kind == "nothing" and high.kind == "nothing":
            yield op
        elif high.kind == "nothing":
            tag = "munder" if under else "msub"
            yield from (f"<{tag}>", op, low, f"</{tag}>")
        else:
            tag = "munderover" if under else "msubsup"
            yield from (f"<{tag}>", op, low, high, f"</{tag}>")
        yield from (THIN, body)

    def table(self, it: Layout) -> Iterator[Piece]:
        """Yield a matrix of blocks."""
        columns = int(it.text)
        yield '<mo form="prefix" fence="true" stretchy="true">(</mo><mtable>'
        for k, part in enumerate(it.parts):
            yield "<mtr>" if k % columns == 0 else ""
            yield from ("<mtd>", part, "</mtd>")
            yield "</mtr>" if k % columns == columns - 1 else ""
        yield '</mtable><mo form="postfix" fence="true" stretchy="true">)</mo>'


def _tag(text: str) -> str:
    return "mn" if text.isdigit() else "mo" if not text.strip().isalnum() else "mi"


def _bold(char: str) -> str:
    """Return the bold mathematical letter for a Latin or Greek one."""
    if "A" <= char <= "Z":
        return chr(0x1D400 + ord(char) - ord("A"))
    if "a" <= char <= "z":
        return chr(0x1D41A + ord(char) - ord("a"))
    if "Α" <= char <= "Ω":
        return chr(0x1D6A8 + ord(char) - ord("Α"))
    return chr(0x1D6C2 + ord(char) - ord("α")) if "α" <= char <= "ω" else char
