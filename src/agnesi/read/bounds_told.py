"""Bounds that a text states beside its formulas: a, b > 1 bounds both, σ² < ∞ only says that there is a variance."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agnesi.read.names import NAME, Item

_FINITE = re.compile(
    r"(?:-\s*(?:∞|\\infty)\s*<\s*)?[^=<>≤≥∑∏∫]{1,30}<\s*\+?\s*(?:∞|\\infty|inf(?:inity|ty)?)\s*$"
)
_GREAT = re.compile(r"\\(?:sum|int|prod|lim)|\b(?:sum|int|lim|prod)\b")
_BOUND = re.compile(r"\s*(\S{1,8}?)\s*((?:>=|<=|[≥≤<>≠]|\\(?:geq?|leq?|neq?)(?![a-z]))\s*[-−]?\d+(?:\.\d+)?\s*)$")


def only_finite(piece: str) -> bool:
    """Tell whether a formula says only that a quantity is finite: σ² < ∞, E|X| < ∞."""
    return bool(_FINITE.match(piece)) and not _GREAT.search(piece)


def bounded_before(items: Sequence[Item], k: int, piece: str) -> list[tuple[Item, str]]:
    """Return the names before the bound at item k that it is about as well, each with its own: a > 1 of a, b > 1."""
    found = _BOUND.match(piece)
    if not found or not NAME.match(found[1]):
        return []
    out: list[tuple[Item, str]] = []
    at = k - 1
    while at > 0 and items[at].text in (",", "and") and items[at - 1].kind == "M" and not items[at - 1].related:
        if not NAME.match(items[at - 1].text) or "_" in items[at - 1].text:  # of x_i, n > 1 only n is bounded
            break
        out.append((items[at - 1], f"{items[at - 1].text} {found[2]}"))
        at -= 2
    return out[::-1]
