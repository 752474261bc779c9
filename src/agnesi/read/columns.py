"""(1, 2)^⊤ where it stands by itself: a column that is written as a row, as books print x = (x_1, ..., x_n)^⊤."""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.read.cursor import RELATIONS, partners
from agnesi.read.tokens import Token

_BEFORE = frozenset(("+", "-", "(", ",", ":"))
_AFTER = frozenset(("+", "-", ",", ";", ".", "\n", ")"))
_MARKS = ("ᵀ", "T", "'")
_TURNED = (["^", "ᵀ"], ["ᵀ"], ["^", "T"], ["'"])


def columns_alone(tokens: list[Token]) -> list[Token]:
    """Return the tokens of a line without the ⊤ behind tuples that are multiplied by nothing on their right."""
    if not any(t.text in _MARKS for t in tokens):
        return tokens
    gone: set[int] = set()
    edges = partners(tokens)
    mark = _turned(tokens, 1)
    opened = mark + 2
    if mark and tokens[0].kind in ("word", "name") and tokens[mark + 1].text == "=" and opened in edges:
        last = edges[opened]
        ends = last + 1 >= len(tokens) or tokens[last + 1].kind == "end"
        if tokens[opened].text == "(" and ends and _listed(tokens, opened, last):
            return [tokens[0], *tokens[mark + 1 :]]  # x^⊤ = (1, 2)
    for first, last in edges.items():
        if tokens[first].text != "(" or not _listed(tokens, first, last):
            continue
        mark = _turned(tokens, last + 1)
        if mark and _alone(tokens, first, last + 1 + mark):
            gone.update(range(last + 1, last + 1 + mark))
    return [t for k, t in enumerate(tokens) if k not in gone]


def _turned(tokens: Sequence[Token], at: int) -> int:
    """Return how many tokens at a place are the sign of a transpose."""
    shown = [t.text for t in tokens[at : at + 4]]
    if shown == ["^", "{", "ᵀ", "}"] or shown == ["^", "{", "T", "}"]:
        return 4
    return next((len(way) for way in _TURNED if shown[: len(way)] == way), 0)


def _listed(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Tell whether brackets hold a list of two or more."""
    depth, listed = 0, False
    for token in tokens[first + 1 : last]:
        if token.text == "..":
            return False  # a declaration
        depth += (token.kind == "open") - (token.kind == "close")
        listed = listed or (token.text == "," and depth == 0)
    return listed


def _alone(tokens: Sequence[Token], first: int, stop: int) -> bool:
    """Tell whether what stands between two places is a term, and what it is equated with is not turned itself."""
    before = tokens[first - 1] if first else None
    after = tokens[stop] if stop < len(tokens) else None
    ends = after is None or after.kind == "end" or after.text in RELATIONS or after.text in _AFTER
    begins = before is None or before.text in RELATIONS or before.text in _BEFORE
    begins = begins or (_matrix(before) and tokens[stop - 1].text != "'")
    rows = any(t.text in RELATIONS and k and tokens[k - 1].text in _MARKS for k, t in enumerate(tokens[:first]))
    return ends and begins and not rows


def _matrix(token: Token | None) -> bool:
    plain = token is not None and token.kind in ("word", "name") and len(token.text) == 1
    return plain and token is not None and token.text.isupper() and token.text not in "EPNVHID"
