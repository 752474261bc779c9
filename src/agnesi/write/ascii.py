"""Write layouts as ASCII text, in the spelling of the identities: 2*X'*(X*w - y) + 2*lambda*w."""

from __future__ import annotations

from collections.abc import Iterator

from agnesi.ops import operations
from agnesi.write.layout import Layout, Piece
from agnesi.write.names import ascii_name, function_word
from agnesi.write.unicode import UnicodeWriter, joined

_SIGNS = {"−": "-", "⊙": ".*", "∂": "d", "∞": r"\infty", "≤": "<=", " ‖ ": " || ", " ⊥ ": r" \perp "}
_LETTERS = {
    "Sum": "sum", "Outcomes": "sum", "Whole": "int",
    "Prod": "prod", "Integral": "int", "Expectation": "E", "euler": "e", "pi": "pi", "basis": "e",
    "gamma": "Gamma",  # gamma is the Greek letter
}
_BARS = {"‖": "||", "|": "|"}


class AsciiWriter(UnicodeWriter):
    """Spells layouts in ASCII."""

    def pieces(self, it: Layout) -> Iterator[Piece]:
        """Yield the strings and parts of a layout."""
        match it.kind:
            case "name":
                yield it.text
            case "fence" if it.text in _BARS:
                yield from (_BARS[it.text], it.parts[0], _BARS[it.text])
            case "times":
                yield "*"
            case "word":
                yield _SIGNS.get(it.text, ascii_name(it.text).replace("·", "*"))
            case _:
                yield from super().pieces(it)

    def function(self, it: Layout) -> str:
        """Return the ASCII name of an operation."""
        op = operations[it.text]
        if op.name == "log":
            return self.dialect.log
        if op.name in _LETTERS:
            return _LETTERS[op.name]
        return op.unicode if not op.names and op.unicode.isascii() and op.unicode else function_word(op)

    def row(self, it: Layout) -> Iterator[Piece]:
        """Yield parts with ASCII signs."""
        for part in super().row(it):
            yield _sign(part) if isinstance(part, str) else part

    def script(self, it: Layout) -> Iterator[Piece]:
        """Yield a base with a transpose, a power or a subscript."""
        base, sub, sup = it.parts
        yield base
        if sub.kind != "nothing":
            yield from self.lowered(sub)
        if sup.kind == "word" and sup.text == "T":
            yield "'"
        elif sup.kind != "nothing":
            short = (sup.kind == "number" and "/" not in sup.text) or (sup.kind == "name" and sup.last == "letter")
            yield from ("^", sup) if short else ("^(", sup, ")")

    def lowered(self, sub: Layout) -> Iterator[Piece]:
        """Yield a subscript: `_i`, `_{i,j}`."""
        parts = sub.parts if sub.kind in ("subscript", "list") else (sub,)
        short = len(parts) == 1 and parts[0].kind in ("name", "number", "word")
        yield "_" if short else "_{"
        yield from joined(parts, ",")
        yield "" if short else "}"

    def big(self, it: Layout) -> Iterator[Piece]:
        """Yield sum[i=1..n](body), or sum[i != j](body) where only a condition is given."""
        sign, low, high, body = it.parts
        inside = body.parts[0] if body.kind == "fence" and body.text == "(" else body
        if sign.text in ("Sum", "Prod"):
            span: tuple[Piece, ...] = (low, "..", high) if high.kind != "nothing" else (low,)
            yield from (sign, "[", *span, "](", inside, ")")
        else:
            ends: tuple[Piece, ...] = ("^{", high, "}") if high.kind != "nothing" else ()
            lower: tuple[Piece, ...] = ("_{", low, "}") if low.kind != "nothing" else ()
            held: tuple[Piece, ...] = (" ", body) if sign.text in ("Integral", "Whole") else ("(", inside, ")")
            yield from (sign, *lower, *ends, *held)


def _sign(text: str) -> str:
    core = text.strip()
    known = {op.unicode: str(op.extra["ascii"]) for op in operations if op.family == "relation"}
    return text.replace(core, _SIGNS.get(core) or known.get(core, core)) if core else text
