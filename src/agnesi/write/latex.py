r"""Write layouts as LaTeX: 2 X^{\top} (X w - y) + 2 \lambda w."""

from __future__ import annotations

from collections.abc import Iterator

from agnesi.dialects import Dialect
from agnesi.expr.nodes import Expr, Symbol
from agnesi.ops import operations
from agnesi.write.layout import Layout, Piece
from agnesi.write.names import GREEK, function_word, split_label, split_name
from agnesi.write.precedence import PREFIX
from agnesi.write.unicode import joined, side_by_side

_SIGNS = {
    "−": "-", "⊙": r"\odot", "⊗": r"\otimes", "·": r"\cdot", "∇": r"\nabla", "∂": r"\partial", "δ": r"\delta",
    "∞": r"\infty",
    " | ": r" \mid ", " ‖ ": r" \,\|\, ", " ~ ": r" \sim ", " ⊥ ": r" \perp ", " ∪ ": r" \cup ", " ∩ ": r" \cap ",
    "¬": r"\neg ", "N": r"\mathcal{N}", "Pr": r"\Pr",
    **{op.unicode: op.latex for op in operations if op.family == "relation"},
}
_OPENING = {"(": "(", "[": "[", "‖": r"\lVert", "|": r"\lvert", "⟨": r"\langle"}
_CLOSING = {"(": ")", "[": "]", "‖": r"\rVert", "|": r"\rvert", "⟨": r"\rangle"}
_GREEK = {**GREEK, "φ": "phi", "ϕ": "varphi"}


class LatexWriter:
    """Spells layouts in LaTeX."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def pieces(self, it: Layout) -> Iterator[Piece]:
        """Yield the strings and parts of a layout."""
        match it.kind:
            case "name":
                yield self.name(it.text, None if it.variant else it.node)
            case "number":
                yield it.text
            case "word":
                yield self.word(it.text)
            case "function":
                yield self.function(it)
            case "operator":
                yield _SIGNS.get(it.text, it.text)
            case "times":
                yield {"": " ", "~": " ", " ": r" \, ", "·": r" \cdot "}[it.text]
            case "row":
                yield from self.row(it)
            case "list" | "subscript":
                yield from joined(it.parts, it.text or ("" if side_by_side(it) else ","))
            case "script":
                yield from self.script(it)
            case "fraction":
                yield from (r"\frac{", it.parts[0], "}{", it.parts[1], "}")
            case "root":
                yield from (r"\sqrt{", it.parts[0], "}")
            case "fence":
                yield from self.fence(it.text, it.parts, it.tall)
            case "call":
                yield from self.call(it)
            case "big":
                yield from self.big(it)
            case "table":
                yield from self.table(it)

    def name(self, text: str, node: Expr | None) -> str:
        """Return a symbol: Greek as a command, a longer name upright, its subscript in braces."""
        text, label = split_label(text)
        head, tail = split_name(text)
        letter = rf"\{_GREEK[head]}" if head in _GREEK else head
        if node is not None and self.bold(node):
            letter = rf"\boldsymbol{{{letter}}}" if head in _GREEK else rf"\mathbf{{{letter}}}"
        elif len(head) > 1:
            letter = rf"\mathrm{{{letter.removesuffix('_')}}}"
        if head.endswith("_"):
            letter += r"\_"
        if label:
            letter += f"^{{({label})}}"
        return f"{letter}_{{{''.join(self.word(c) for c in tail)}}}" if tail else letter

    def bold(self, node: Expr) -> bool:
        """Tell whether the dialect sets the letter of this symbol bold."""
        if not isinstance(node, Symbol) or not node.shape:
            return False
        return self.dialect.bold_vectors if node.ndim == 1 else self.dialect.bold_matrices

    def word(self, text: str) -> str:
        """Return a piece of text with its signs in LaTeX."""
        if text in ("T", "−T"):
            return text.replace("−", "-").replace("T", self.dialect.transpose)
        if text in _GREEK:
            return rf"\{_GREEK[text]}"
        if len(text) > 2 and text[0].isupper() and text.isalpha():
            return rf"\operatorname{{{text}}}"  # the name of a distribution
        return _SIGNS.get(text, text.replace("·", r" \cdot ").replace("−", "-"))

    def function(self, it: Layout) -> str:
        """Return the command for an operation."""
        op = operations[it.text]
        if op.name in ("log", "logdet"):
            return rf"\{self.dialect.log}" + (r" \det" if op.name == "logdet" else "")
        word = function_word(op)
        if op.name == "eye" and self.dialect.bold_matrices:
            return r"\mathbf{I}"
        plain = "_{" not in op.latex or op.name == "log10"  # \lambda_{\max} would be read as a symbol
        return op.latex if op.latex and plain and not it.variant else rf"\operatorname{{{word}}}"

    def row(self, it: Layout) -> Iterator[Piece]:
        """Yield parts with a space where a command would run into a letter."""
        for k, part in enumerate(it.parts):
            if part.kind == "operator":
                yield part.text if part.text == ".^" else f" {_SIGNS.get(part.text, part.text)} " if k else "-"
            elif k and it.parts[k - 1].text == ".^":
                yield from ("{", part, "}")
            else:
                yield from (" ", part) if k and self.runs_into(it.parts[k - 1], part) else ("", part)

    def runs_into(self, left: Layout, right: Layout) -> bool:
        """Tell whether a command before a letter needs a space (\\partial x, but dx)."""
        ready = left.text.endswith(" ") or right.text[:1] in (" ", ",", ";")  # as the bar of p(x | y) has its own space
        if ready or left.text in ("d", "/", "¬"):
            return False
        return left.kind in ("word", "function") and right.text != "/"

    def script(self, it: Layout) -> Iterator[Piece]:
        """Yield a base with scripts in braces."""
        base, sub, sup = it.parts
        nested = base.kind == "name" and split_name(base.text)[1] and sub.kind != "nothing"
        labelled = base.kind == "name" and split_label(base.text)[1]
        held: tuple[Piece, ...] = ("{", base, "}") if nested or labelled else (base,)
        yield from held
        if sub.kind != "nothing":
            yield from ("_{", sub, "}")
        if sup.kind != "nothing":
            yield from ("^{", sup, "}")

    def fence(self, opening: str, inside: tuple[Layout, ...], tall: bool) -> Iterator[Piece]:
        """Yield brackets or bars, growing where the content is tall."""
        grow = (r"\left", r"\right") if tall else ("", "")
        space = "" if opening in "([" else " "
        yield from (grow[0], _OPENING[opening], space, *joined(inside, ", "), space, grow[1], _CLOSING[opening])

    def call(self, it: Layout) -> Iterator[Piece]:
        """Yield a function with its arguments, in brackets unless it goes without."""
        head, *arguments = it.parts
        yield head
        if it.level == PREFIX:
            yield from ("" if arguments[0].kind == "fence" else " ", arguments[0])
        else:
            yield from self.fence("(", tuple(arguments), any(a.tall for a in arguments))

    def big(self, it: Layout) -> Iterator[Piece]:
        r"""Yield \sum_{i=1}^{n} and its kin."""
        sign, low, high, body = it.parts
        yield sign
        if low.kind != "nothing":
            yield from ("_{", low, "}")
        if high.kind != "nothing":
            yield from ("^{", high, "}")
        yield from (" ", body)

    def table(self, it: Layout) -> Iterator[Piece]:
        """Yield a matrix of blocks."""
        columns = int(it.text)
        yield r"\begin{pmatrix} "
        for k, part in enumerate(it.parts):
            if k:
                yield " & " if k % columns else r" \\ "
            yield part
        yield r" \end{pmatrix}"
