"""Layouts: what is to be printed, with all brackets in place, for the four writers to spell out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from agnesi.errors import TooLarge
from agnesi.expr.nodes import Expr

Kind = Literal[
    "nothing",  # an empty script
    "name",  # a symbol or an index
    "number",
    "word",  # a piece of text printed as it stands: ᵀ, a size in a subscript
    "function",  # the name of a function, by its operation
    "operator",  # an infix or prefix sign between operands, by its Unicode sign
    "times",  # a product sign that may be left out: text is "", " " or "·"
    "row",  # parts side by side
    "list",  # parts with a separator (text) between them
    "script",  # base, subscript, superscript
    "subscript",  # indices, to be written together where that can be read
    "fraction",  # numerator, denominator
    "root",  # the square root
    "fence",  # brackets or bars (text is the opening one) around its part
    "call",  # function name and its arguments in brackets
    "big",  # a big operator: subscript, superscript, body
    "table",  # text is the number of columns
]
Edge = Literal[
    "letter", "word", "digit", "open", "bar", "bracket", "close", "differential", "other",
    "script",  # ends in a subscript or power that a letter could run into
    "raised",  # ends in a raised sign such as ᵀ or ²
]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A piece of print: its `level` of binding, the kinds of its `first` and `last` signs, and the node it prints."""

    kind: Kind
    text: str = ""
    parts: tuple[Layout, ...] = ()
    level: int = 9
    first: Edge = "other"
    last: Edge = "other"
    node: Expr | None = None
    bars: frozenset[str] = frozenset()  # norm and absolute bars that stand inside, outside brackets
    tall: bool = False
    variant: Literal["", "word", "plain"] = ""  # a function by its word, not its letter; a letter never bold

    def of(self, node: Expr) -> Layout:
        """Return this layout with the expression that it prints."""
        return self if self.node is not None else replace(self, node=node)


NOTHING = Layout("nothing")


def build(
    kind: Kind, *parts: Layout, text: str = "", level: int, first: Edge | None = None, last: Edge | None = None,
    tall: bool | None = None,
) -> Layout:
    """Return a compound layout; edges, bars and height come from its parts unless they are told."""
    shown = [p for p in parts if p.kind != "nothing"]
    return Layout(
        kind, text, parts, level,
        first if first is not None else (shown[0].first if shown else "other"),
        last if last is not None else (shown[-1].last if shown else "other"),
        None,
        frozenset().union(*(p.bars for p in shown)),
        any(p.tall for p in shown) if tall is None else tall,
    )


def operator(sign: str) -> Layout:
    """Return the layout of an infix or prefix sign."""
    return Layout("operator", sign)


Piece = str | Layout
MAX_PIECES = 2_000_000


def render(root: Layout, pieces: Callable[[Layout], Iterable[Piece]]) -> str:
    """Return the text of a layout, where `pieces(layout)` gives its strings and parts in order; without recursion.

    Raises `TooLarge` past `MAX_PIECES`: an expression may share its parts, its print cannot.
    """
    out: list[str] = []
    stack: list[Piece] = [root]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            out.append(item)
            if len(out) > MAX_PIECES:
                raise TooLarge("The formula is too long to print.", repair="Name its inner parts with definitions.")
        else:
            stack.extend(reversed(tuple(pieces(item))))
    return "".join(out)
