"""Write layouts as Unicode text, as a book has them: 2Xᵀ(Xw − y) + 2λw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agnesi.dialects import Dialect
from agnesi.ops import operations
from agnesi.write.layout import NOTHING, Layout, Piece
from agnesi.write.names import SUBSCRIPTS, SUPERSCRIPTS, function_word, raised_label, split_label, split_name
from agnesi.write.parts import whole
from agnesi.write.precedence import PREFIX, RELATION

CLOSING = {"(": ")", "[": "]", "‖": "‖", "|": "|", "⟨": "⟩", "{": "}"}
_MARKS = {"T": "ᵀ", "−T": "⁻ᵀ"}


class UnicodeWriter:
    """Spells layouts in Unicode."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def pieces(self, it: Layout) -> Iterator[Piece]:
        """Yield the strings and parts of a layout."""
        match it.kind:
            case "name":
                yield lowered_digits(it.text)
            case "number" | "word":
                yield it.text
            case "times":
                yield it.text.replace("~", " ")
            case "function":
                yield self.function(it)
            case "operator":
                yield it.text
            case "row":
                yield from self.row(it)
            case "list":
                yield from joined(it.parts, it.text)
            case "script":
                yield from self.script(it)
            case "subscript":
                yield from self.subscript(it)
            case "fraction":
                yield from (it.parts[0], "/", it.parts[1])
            case "root":
                yield from ("√(", it.parts[0], ")")
            case "fence":
                yield from (it.text, it.parts[0], CLOSING[it.text])
            case "call":
                yield from self.call(it)
            case "big":
                yield from self.big(it)
            case "table":
                yield from table(it)

    def function(self, it: Layout) -> str:
        """Return the printed name of an operation."""
        op = operations[it.text]
        if op.name == "log":
            return self.dialect.log
        if op.name == "logdet":
            return f"{self.dialect.log} det"
        return op.unicode if op.unicode and not it.variant else function_word(op)

    def row(self, it: Layout) -> Iterator[Piece]:
        """Yield parts with spaces around infix signs, none after a leading minus."""
        for k, part in enumerate(it.parts):
            tight = part.kind == "operator" and part.text == ".^"
            if part.kind == "operator" and not tight:
                yield f" {part.text} " if k else part.text
            else:
                yield part

    def script(self, it: Layout) -> Iterator[Piece]:
        """Yield a base, its subscript and its superscript."""
        base, sub, sup = it.parts
        yield base
        if base.text == "∇" and sup.kind != "nothing":  # ∇²_w, as it is said
            yield from self.raised(sup)
            sup = NOTHING
        if sub.kind != "nothing":
            yield from self.lowered(sub)
        if sup.kind != "nothing":
            yield from self.raised(sup)

    def lowered(self, sub: Layout) -> Iterator[Piece]:
        """Yield a subscript: digits where Unicode has them, `_i`, or `_{...}`."""
        plain = sub.kind == "name" or (sub.kind == "word" and (len(sub.text) == 1 or sub.text.isdigit()))
        if sub.kind == "word" and sub.text == "1":
            yield sub.text.translate(SUBSCRIPTS)
        elif sub.kind == "subscript":
            yield sub
        elif plain or (sub.kind == "list" and len(sub.parts) == 1 and len(sub.parts[0].text) == 1):
            yield from ("_", sub)
        else:
            yield from ("_{", sub, "}")

    def subscript(self, it: Layout) -> Iterator[Piece]:
        """Yield indices: `_ij` for letters, `_2` for one number, else `_{2,3}`."""
        if side_by_side(it):
            yield "_"
            yield from it.parts
        elif len(it.parts) == 1 and it.parts[0].kind == "number":
            yield from ("_", it.parts[0])
        else:
            sized = any(part.level == RELATION for part in it.parts)  # i≤n, j≤m, k, l
            yield from ("_{", *joined(it.parts, ", " if sized else ","), "}")

    def raised(self, sup: Layout) -> Iterator[Piece]:
        """Yield a superscript: ᵀ and digits where Unicode has them, `^p`, or `^{...}`."""
        text = whole(sup)
        if sup.kind == "word" and sup.text in _MARKS:
            yield _MARKS[sup.text]
        elif text:
            yield text.translate(SUPERSCRIPTS)
        elif sup.kind == "name" and len(sup.text) == 1:
            yield from ("^", sup)
        else:
            yield from ("^{", sup, "}")

    def call(self, it: Layout) -> Iterator[Piece]:
        """Yield a function with its arguments, in brackets unless it goes without."""
        head, *arguments = it.parts
        if it.level == PREFIX:
            yield from (head, "" if arguments[0].kind == "fence" else " ", arguments[0])
        else:
            yield from (head, "(", *joined(arguments, ", "), ")")

    def big(self, it: Layout) -> Iterator[Piece]:
        """Yield a big operator with its range and its body."""
        sign, low, high, body = it.parts
        yield sign
        if low.kind != "nothing":
            short = len(low.parts) == 1 if low.kind == "list" else len(low.text) == 1
            lower: tuple[Piece, ...] = ("_", low) if short else ("_{", low, "}")
            yield from lower
        if high.kind != "nothing":
            upper: tuple[Piece, ...] = ("^", high) if len(high.text) == 1 else ("^{", high, "}")
            yield from upper
        yield " " if body.kind != "fence" else ""
        yield body


def lowered_digits(name: str) -> str:
    """Return w₁ for the name w_1."""
    owner, label = split_label(name)
    if label:
        return lowered_digits(owner) + raised_label(label)
    head, tail = split_name(name)
    return head + tail.translate(SUBSCRIPTS) if tail.isdigit() and len(head) == 1 else name


def side_by_side(subscript: Layout) -> bool:
    """Tell whether indices can be read without commas: X_ij, but X_{i,n}."""
    text = "".join(part.text for part in subscript.parts)
    letters = all(part.kind == "name" and len(part.text) == 1 for part in subscript.parts)
    usual = set(text) <= set("ijklmnpqrst") or set(text) <= set("abcd")
    return letters and (len(text) == 1 or (usual and len(text) < 6 and text not in ("in", "min", "init")))


def joined(parts: Iterable[Layout], separator: str) -> Iterator[Piece]:
    """Yield parts with a separator between them."""
    for k, part in enumerate(parts):
        if k:
            yield separator
        yield part


def table(it: Layout) -> Iterator[Piece]:
    """Yield blocks as [A, B; C, D]."""
    columns = int(it.text)
    yield "["
    for k, part in enumerate(it.parts):
        if k:
            yield ", " if k % columns else "; "
        yield part
    yield "]"
