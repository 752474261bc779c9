"""Positive parts, as tokens: (t − λ)_+ and [1 − t]_+ are max(t − λ, 0); x_+ is a name, x_plus."""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.read.cursor import partners
from agnesi.read.generic import APPLIED
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import FUNCTIONS

_SETS = frozenset("ℝℤℕℚRZNQS")


def with_positive_parts(lines: Sequence[list[Token]]) -> list[list[Token]]:
    """Return the lines with the positive parts of brackets as maxima, and of letters as names."""
    return [_with_parts(line) if any(_marked(line, k) for k in range(len(line))) else line for line in lines]


def _marked(line: Sequence[Token], k: int) -> int:
    """Return how many tokens _+ or _{+} has at a place; 0 if it is not there."""
    held = [t.text for t in line[k : k + 4]]
    return 2 if held[:2] == ["_", "+"] else 4 if held == ["_", "{", "+", "}"] else 0


def _with_parts(line: list[Token]) -> list[Token]:
    """Return one line so, from its last mark to its first."""
    for k in range(len(line) - 1, 0, -1):
        size = _marked(line, k)
        before = line[k - 1]
        if not size:
            continue
        if before.text in _SETS:
            continue
        if before.kind in ("word", "name") and len(before.text) == 1:
            named = before._replace(kind="name", text=f"{before.text}_plus", stop=line[k + size - 1].stop)
            line = [*line[: k - 1], named, *line[k + size :]]
        elif before.text in (")", "]"):
            line = _as_maximum(line, k, size)
    return line


def _as_maximum(line: list[Token], k: int, size: int) -> list[Token]:
    """Return the line with max(..., 0) for the bracket that ends before a mark; f(x)_+ stays as it is."""
    begin = next((a for a, b in partners(line).items() if b == k - 1), -1)
    left = line[begin - 1] if begin > 0 else None
    called = left is not None and (left.text in APPLIED or left.text in FUNCTIONS) and left.kind in ("word", "name")
    if begin < 0 or called or any(t.text == "," for t in line[begin:k]):
        return line
    opened, close = line[begin], line[k - 1]
    last = line[k + size - 1].stop
    made = [
        Token("name", "max", opened.start, opened.start, True), opened._replace(text="(", spaced=False),
        *line[begin + 1 : k - 1], Token("op", ",", close.start, close.stop, False),
        Token("num", "0", close.start, close.stop, False), Token("close", ")", close.stop, last, False),
    ]  # fmt: skip
    return [*line[:begin], *made, *line[k + size :]]
