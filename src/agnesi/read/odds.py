"""Odds and distribution functions as probabilities.

O(H | D) is P(H | D)/P(¬H | D) in texts that speak of odds; F_Y(y) is P(Y ≤ y) in texts with a model X ~ ....
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from agnesi.read.cursor import partners
from agnesi.read.tokens import Token

SPEAKS = re.compile(
    r"\bodds\b|\bO\s?\(\s*([A-Z]\w?(?:\s?\|\s?\w+)?)\s*\)\s*:?=\s*(?:P|p|Pr)\(\s*\1\s*\)\s*/", re.IGNORECASE
)
NAMES = frozenset(("O", "odds"))
EVIDENCE = re.compile(r"(?<![A-Za-z])e\s?\(\s*[A-Z]\w?[^()=]{0,12}\)\s*(?::?=|≡|\\equiv)\s*10\s*\\?log")


def as_odds(lines: Sequence[list[Token]], source: str) -> list[list[Token]]:
    """Return the tokens of lines with odds as quotients of probabilities."""
    names = NAMES if SPEAKS.search(source) else frozenset[str]()
    names |= {"e"} if EVIDENCE.search(source) else set()
    return [_line(line, names) for line in lines] if names else list(lines)


def _line(line: list[Token], names: frozenset[str]) -> list[Token]:
    pairs = partners(line)
    out: list[Token] = []
    k = 0
    while k < len(line):
        opened = k + 1 if k + 1 < len(line) and line[k + 1].text in "([" and not line[k + 1].spaced else 0
        stop = pairs.get(opened, 0) if opened else 0
        held = line[opened + 1 : stop]
        if line[k].text not in names or not held or held[0].kind not in ("word", "name") or not _event(held):
            out.append(line[k])
            k += 1
            continue
        whole = line[k]._replace(stop=line[stop].stop)
        out += _evidence(whole, held) if line[k].text == "e" else _quotient(whole, held)
        k = stop + 1
    return out


def as_ranges(lines: Sequence[list[Token]]) -> list[list[Token]]:
    """Return the tokens of lines with F_Y(y) as P(Y ≤ y), where the text has a model and probabilities of ranges."""
    texts = [t.text for line in lines for t in line]
    spoken = "~" in texts and any(a in ("P", "Pr") and b == "(" for a, b in pairwise(texts))
    return [_ranges(line) for line in lines] if spoken else list(lines)


def _ranges(line: list[Token]) -> list[Token]:
    pairs = partners(line)
    out: list[Token] = []
    k = 0
    while k < len(line):
        parts = [t.text for t in line[k : k + 4]]
        stop = pairs.get(k + 3, 0)
        if len(parts) == 4 and parts[0] == "F" and parts[1] == "_" and parts[2].isupper() and parts[3] == "(" and stop:
            place = line[k]._replace(stop=line[stop].stop)
            name, sign = line[k + 2], place._replace(kind="op", text="≤", spaced=False)
            out += [line[k]._replace(text="P"), line[k + 3], name, sign, *line[k + 4 : stop], line[stop]]
            k = stop + 1
            continue
        out.append(line[k])
        k += 1
    return out


def _event(held: Sequence[Token]) -> bool:
    """Tell whether a bracket holds one capital event, perhaps given others."""
    after = held[1].text if len(held) > 1 else "|"
    return held[0].text[:1].isupper() and after == "|"


def _evidence(place: Token, held: Sequence[Token]) -> list[Token]:
    """Return 10 log10 of the odds: evidence in decibels (Jaynes, 4.8)."""
    def sign(text: str, kind: str = "op") -> Token:
        return place._replace(kind=kind, text=text, spaced=False)

    return [
        sign("(", "open"), sign("10", "num"), sign("*"), sign("log10", "word"), sign("(", "open"),
        *_quotient(place, held), sign(")", "close"), sign(")", "close"),
    ]


def _quotient(place: Token, held: Sequence[Token]) -> list[Token]:
    def sign(text: str, kind: str = "op") -> Token:
        return place._replace(kind=kind, text=text, spaced=False)

    first = [sign("P", "word"), sign("(", "open"), *held, sign(")", "close")]
    last = [sign("P", "word"), sign("(", "open"), sign("¬"), *held, sign(")", "close")]
    return [sign("(", "open"), *first, sign("/"), *last, sign(")", "close")]
