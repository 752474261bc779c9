"""The parts that layouts are made of: the setting, numbers, names, scripts and calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from agnesi.dialects import Dialect
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply
from agnesi.expr.operation import Operation
from agnesi.ops import operations
from agnesi.write import precedence as p
from agnesi.write.layout import NOTHING, Edge, Layout, build, operator
from agnesi.write.names import GREEK, ascii_name, is_letter, split_name


class Pair(NamedTuple):
    """The two layouts of a node: with sizes, and bare."""

    sized: Layout
    bare: Layout

    @property
    def closed(self) -> bool:
        """Whether the text tells its own shape."""
        return self.sized is self.bare


@dataclass(frozen=True)
class Setting:
    """How to set an expression: `scripts` (Unicode, LaTeX, MathML) or functions (ASCII), and which names are taken."""

    dialect: Dialect
    scripts: bool = True
    stacked: bool = False  # fractions and roots drawn with bars
    ascii: bool = False
    taken: frozenset[str] = frozenset()
    rows: dict[str, str] = field(default_factory=dict)  # matrix name -> letter of its rows

    @property
    def reserved(self) -> frozenset[str]:
        """Words that single letters side by side must not spell."""
        return _WORDS | p.reserved_words(self.taken)


_WORDS = p.reserved_words(
    {name for op in operations for name in (*op.names, op.name)} | set(GREEK.values())
    | {"grad", "Hess", "argmax", "argmin", "const", "Var", "Cov", "Pr", "KL", "in", "to", "st", "let", "for", "is"}
)
Rule = Callable[[Setting, Apply, Sequence[Layout]], Layout]


def number(value: float | Fraction) -> Layout:
    """Return the layout of a number; a negative one binds like a sign, a Fraction like a quotient."""
    text = str(value)
    digits = text.removeprefix("-")
    level = p.QUOTIENT if "/" in digits else p.ATOM
    shown = word("∞") if digits == "inf" else Layout("number", digits, (), level, "digit", "digit")
    return shown if digits == text else build("row", operator("−"), shown, level=p.SIGN, first="other")


def name(setting: Setting, text: str) -> Layout:
    """Return the layout of a symbol or an index."""
    shown = ascii_name(text) if setting.ascii else text
    head, tail = split_name(text)
    first: Edge = "letter" if is_letter(head) else "word"
    last: Edge = "letter" if is_letter(text) else "script" if is_letter(head) and tail else "word"
    return Layout("name", shown, (), p.ATOM, first, last)


def word(text: str) -> Layout:
    """Return a piece of text that stands as it is."""
    return Layout("word", text, (), p.ATOM, "letter", "letter" if len(text) == 1 else "word")


def script(base: Layout, sub: Layout = NOTHING, sup: Layout = NOTHING, level: int = p.POWER) -> Layout:
    """Return a base with scripts."""
    raised = (sup.kind == "word" and "T" in sup.text) or whole(sup) != ""
    return build("script", base, sub, sup, level=level, last="raised" if raised else "script")


def whole(sup: Layout) -> str:
    """Return a whole number in a superscript as text, with its sign, or nothing."""
    if sup.kind == "row" and len(sup.parts) == 2 and sup.parts[0].text == "−":
        text = whole(sup.parts[1])
        return "−" + text if text else ""
    return sup.text if sup.kind == "number" and sup.text.isdigit() else ""


def size(dim: object) -> Layout:
    """Return a size as it stands in a subscript or among arguments."""
    return Layout("word", str(Dim.of(dim)), (), p.ATOM, "letter", "script")  # type: ignore[arg-type]


def function(setting: Setting, op: Operation) -> Layout:
    """Return the name of a function: its letter where no symbol has that letter, else its word."""
    taken = is_letter(op.unicode) and op.unicode in setting.taken
    return Layout("function", op.name, (), p.ATOM, "word", "word", variant="word" if taken else "")


def called(setting: Setting, node: Apply, below: Sequence[Layout]) -> Layout:
    """Return a function with its arguments in brackets, its static parameters among them."""
    extra = [size(a) if isinstance(a, (Dim, int)) else word(str(a)) for a in node.attrs]
    arguments = [*extra, *below] if node.op.name == "polygamma" else [*below, *extra]
    head = function(setting, node.op)
    return build("call", head, *arguments, level=p.ATOM, first="word", last="close",
                 tall=any(a.tall for a in arguments))


def flat(power: Layout) -> Layout:
    """Return an exponent with its fraction on one line."""
    if power.kind != "fraction":
        return power
    top, bottom = p.guard(power.parts[0], "numerator"), p.guard(power.parts[1], "denominator")
    return build("row", top, word("/"), bottom, level=p.QUOTIENT, tall=False)


def up_to(which: Layout, dim: object) -> Layout:
    """Return an index with its size, as in i≤n."""
    return build("row", which, word("≤"), size(dim), level=p.RELATION)


def subscript(indices: Sequence[Layout]) -> Layout:
    """Return indices as a subscript."""
    return build("subscript", *indices, level=p.ATOM)
