"""Brackets and products, for all writers: which operand needs brackets where, and how factors are set side by side.

The table `ALLOWED` is the whole of precedence: for each place, the levels that stand there without brackets.
A mixture that people read in two ways (`A B ⊙ C`, `a / b c`) has brackets in both readings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from agnesi.expr.nodes import Symbol
from agnesi.write.layout import Edge, Layout, build
from agnesi.write.names import split_name

(
    STATEMENT, RELATION, SUM, SIGN, PRODUCT, JUXTAPOSED, ENTRYWISE, QUOTIENT, KRONECKER, PREFIX, POWER, FRACTION, ATOM,
) = range(13)

_TIGHT = frozenset({POWER, FRACTION, ATOM})
_FACTOR = _TIGHT | {PREFIX}
_TERM = _FACTOR | {PRODUCT, JUXTAPOSED, ENTRYWISE, QUOTIENT, KRONECKER}

Place = Literal[
    "side", "clause", "first term", "term", "signed", "factor", "last factor", "entrywise", "numerator", "denominator",
    "kronecker", "base", "body", "argument",
]
ALLOWED: dict[Place, frozenset[int]] = {
    "clause": _TERM | {SUM, SIGN, RELATION},  # a side of ⇒ and ⇔
    "side": _TERM | {SUM, SIGN},  # of = and ≤
    "first term": _TERM | {SIGN},
    "term": _TERM,
    "signed": _TERM,
    "factor": _TIGHT,
    "last factor": _FACTOR,  # a sum ∑ or log det X reaches to the end of its product
    "entrywise": _TIGHT | {JUXTAPOSED},  # Ax ⊙ y, but (A*x) .* y in ASCII
    "numerator": _TIGHT | {JUXTAPOSED},  # XᵀX/n
    "denominator": _TIGHT - {FRACTION},
    "kronecker": _TIGHT,
    "base": frozenset({ATOM}),  # of a power, a transpose, an index
    "body": _TERM,  # of ∑ and ∏
    "argument": frozenset(range(13)),
}

# A symbol of these names before a bracket would be read as a function; a space tells the reader otherwise.
FUNCTION_LETTERS = frozenset("σφΦΓψfghkpq")


def fence(body: Layout, opening: str = "(") -> Layout:
    """Return `body` in brackets or bars."""
    first: Edge = "bar" if opening in "‖|" else "bracket" if opening == "[" else "open"
    layout = build("fence", body, text=opening, level=ATOM, first=first, last="bar" if first == "bar" else "close")
    return replace(layout, bars=layout.bars | {opening} if first == "bar" else frozenset())


def guard(body: Layout, place: Place) -> Layout:
    """Return `body` as it may stand in `place`: as it is, in brackets, or `det X` as det(X)."""
    if body.level in ALLOWED[place] and not (place == "base" and body.kind == "name" and body.text.endswith("_")):
        return body
    if body.kind == "call" and body.level == PREFIX and body.parts[0].text == "det":
        return replace(body, level=ATOM, last="close")
    return fence(body)


def infix(operands: Sequence[Layout], sign: str, place: Place, level: int) -> Layout:
    """Return operands with one sign between them."""
    parts: list[Layout] = []
    for operand in operands:
        if parts:
            parts.append(Layout("operator", sign))
        parts.append(guard(operand, place))
    return build("row", *parts, level=level)


def chain(factors: Sequence[Layout], reserved: frozenset[str], signs: bool = False) -> Layout:
    """Return a product; `reserved` words must not arise where single letters meet (s i n is not sin).

    `signs` says that every product has its sign, as in ASCII.
    """
    last = len(factors) - 1
    parts: list[Layout] = []
    run, plain = "", True
    for k, factor in enumerate(factors):
        shown = guard(factor, "last factor" if k == last else "factor")
        letter, symbolic = _plain_letter(shown)
        if parts:
            sign = _between(parts[-1], shown)
            if sign == "" and letter and _spells(run + letter, reserved, plain and symbolic):
                sign = "~"
            parts.append(Layout("times", sign))
            run, plain = (run, plain) if sign == "" else ("", True)
        run, plain = (run + letter, plain and symbolic) if letter else ("", True)
        parts.append(shown)
    tight = not signs and parts[-1].level != PREFIX and all(part.text != "·" for part in parts[1::2])
    return build("row", *parts, level=JUXTAPOSED if tight else PRODUCT)


def _plain_letter(layout: Layout) -> tuple[str, bool]:
    """Return the ASCII letter that a layout starts with, if it could join a word, and whether it is a symbol's name."""
    while layout.kind == "script":
        layout = layout.parts[0]
    head = layout.text if layout.kind == "word" else split_name(layout.text)[0] if layout.kind == "name" else ""
    if len(head) != 1 or not head.isascii() or not head.isalpha():
        return "", True
    return head, isinstance(layout.node, Symbol) and layout.text == head


def _spells(run: str, reserved: frozenset[str], plain: bool) -> bool:
    """Tell whether letters side by side would be read as one word: a known one, or three that are not all symbols."""
    known = any(run[i:] in reserved for i in range(len(run) - 1))
    return known or (not plain and len(run) > 2 and run.islower())


def _between(left: Layout, right: Layout) -> str:
    """Return what stands between two factors: nothing, a dot, a thin space, or `~`, a space in plain text only."""
    if right.first in ("digit", "bracket"):
        return "·"
    if left.kind in ("name", "word") and left.text == "d":  # dx would be a differential
        return "·"
    if right.first == "differential":
        return " "
    if "word" in (left.last, right.first) or left.last == "differential":
        return " "
    if left.last == "script" and right.first in ("letter", "open"):
        return "~" if right.first == "letter" else ""
    if left.last == "bar" == right.first:
        return " "
    if right.first == "open" and left.kind == "name" and left.text in FUNCTION_LETTERS:
        return " "
    return ""


def reserved_words(names: Iterable[str]) -> frozenset[str]:
    """Return the words among `names` that a run of single letters could spell."""
    return frozenset(n for n in names if len(n) > 1 and n.isascii() and n.isalpha())
