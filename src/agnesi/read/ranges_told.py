"""Ranges without end that are told once: n = 0, 1, 2, … says over what ∑_n goes, and is no claim."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from agnesi.read.partials import with_ranges_again
from agnesi.read.tokens import Token

_TOLD = re.compile(
    r"(?<![A-Za-z_\\{])(?P<name>[ijklmnrst])[ \t]*(?:=|∈|\\in)[ \t]*\\?[{(]?[ \t]*(?P<low>[01])[ \t]*,[ \t]*[12][ \t]*"
    r"(?:,[ \t]*[23][ \t]*)?(?:,[ \t]*)?(?:…|\.\.\.|\\[lc]?dots(?![A-Za-z]))"
    r"(?![ \t]*,?[ \t]*(?:\d+|\\?[A-Za-z]\w*)(?:[ \t]*[−+-][ \t]*\d)?(?![ \t]*[=<>≥≤~∈(\w^_\\]))[ \t]*\\?[})]?"
)
_SUMS = frozenset(("∑", "sum", "Σ"))


def ranges_of(text: str) -> dict[str, str]:
    """Return where the indices begin that run without end: {"n": "0"} of n = 0, 1, 2, …; none that is told twice."""
    found: dict[str, set[str]] = {}
    for told in _TOLD.finditer(text):
        found.setdefault(told["name"], set()).add(told["low"])
    return {name: min(lows) for name, lows in found.items() if len(lows) == 1}


def without_ranges(text: str) -> str:
    """Return a text with blanks in place of such ranges, every place kept."""
    return _TOLD.sub(lambda found: " " * len(found[0]), text)


def with_ranges(lines: Sequence[list[Token]], goes_on: Sequence[bool], text: str) -> list[list[Token]]:
    """Return the lines with ranges for sums that have none: ∑_{n=0}^∞ where the text tells it, else that of ∑ before.

    `goes_on` tells which lines go on from the one before them.
    """
    ranges = ranges_of(text)
    if ranges:
        lines = [_ranged(line, ranges) if any(t.text in _SUMS for t in line) else line for line in lines]
    return with_ranges_again(lines, goes_on)


def _ranged(tokens: list[Token], ranges: Mapping[str, str]) -> list[Token]:
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        out.append(tokens[k])
        k += 1
        braced = [t.text for t in tokens[k : k + 4]]
        bare = tokens[k - 1].text in _SUMS and len(braced) == 4 and braced[0] == "_"
        name, stop = (braced[2], k + 4) if bare and braced[1] == "{" and braced[3] == "}" else (
            (braced[1], k + 2) if bare else ("", k)
        )
        if name in ranges and not (stop < len(tokens) and tokens[stop].text == "^"):
            sign, at = tokens[k], tokens[stop - 1].stop
            out[-1] = out[-1]._replace(kind="op", text="∑")
            low = Token("num", ranges[name], at, at, False)
            out += [sign, Token("open", "{", at, at, False), Token("word", name, at, at, False)]
            out += [Token("op", "=", at, at, False), low, Token("close", "}", at, at, False)]
            out += [Token("op", "^", at, at, False), Token("name", "∞", at, at, False)]
            k = stop
    return out
