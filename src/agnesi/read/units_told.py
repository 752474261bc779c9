"""Bits and nats behind numbers: the logarithms of a text have one unit, and a number in the other is converted.

H = 0.693 nats in a text of log₂ says H = 0.693/ln 2; in a text that speaks of bits only, log is log₂.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from agnesi.read.tokens import Token

_UNIT = re.compile(
    r"[\s~]*(?:\\[,; ])*\s*(?:\\(?:text|mathrm|textrm|rm)\s*\{)?\s*(bit|nat)s?\b(?!\s+(?:string|flip|is\b|are\b))"
)
_NUMBERED = re.compile(r"(?<![\w.])\d+(?:\.\d+)?" + _UNIT.pattern)
_TWO = re.compile(r"log_?\{?2|log₂|\blb\b|\blg\b")
_NATURAL = re.compile(r"\bln\b|\\ln(?![a-z])|\d\s*ln\b")
_PLAIN = re.compile(r"log(?!_|₂|2|[a-z])")
_SPOKEN = re.compile(r"\b(?:in|to)\s+(bit|nat)s\b|\bbase\s+(2|e)\b|\((bit|nat)s\)")
_BASE = re.compile(r"\blog(?:arithm)?s?\b[^.;\n]{0,30}?\bbase[- ](2|e)\b", re.IGNORECASE)
_OTHER = {"bit": "nat", "nat": "bit"}


def unit_of(source: str) -> str:
    """Return "bit" or "nat": what entropies and logarithms of a text are in; "" where nothing says so.

    The base of a written logarithm says it first, then words ("all logs are base 2"), then the first unit behind a
    number. A text that has log₂ and ln says nothing.
    """
    base = _BASE.search(source)
    if base is not None:
        return "bit" if base[1] == "2" else "nat"
    two, natural = bool(_TWO.search(source)), bool(_NATURAL.search(source))
    if two != natural:
        return "bit" if two else "nat"
    told = _SPOKEN.search(source)
    if told is not None and not two:
        return told[1] or told[3] or ("bit" if told[2] == "2" else "nat")
    units = [m[1] for m in _NUMBERED.finditer(source)]
    return units[0] if units and not two else ""


def in_one_unit(tokens: Sequence[Token], source: str, unit: str) -> list[Token]:
    """Return a formula with its numbers in one unit, without the words bits and nats."""
    if not unit:
        return list(tokens)
    out: list[Token] = []
    until = -1
    for token in tokens:
        if token.start < until and token.kind != "end":
            continue
        able = token.kind == "num" and not (out and out[-1].text in ("log", "ln"))
        found = _UNIT.match(source, token.stop) if able else None
        if found is None:
            out.append(token)
            continue
        until = found.end(1) + (source[found.end(1) : found.end(1) + 1] == "s")
        until += source[until : until + 1] == "}" and "{" in found[0]
        out += [token] if found[1] == unit else _converted(token, unit)
    return _with_base(out, unit, source)


def _converted(token: Token, unit: str) -> list[Token]:
    """Return a number of the other unit in this one: to its digits where it is rounded, else as it is."""
    _, _, decimals = token.text.partition(".")
    if len(decimals) > 1:
        factor = 1 / math.log(2) if unit == "bit" else math.log(2)
        return [token._replace(text=f"{float(token.text) * factor:.{len(decimals) - (unit == 'bit')}f}")]
    at, end = token.start, token.stop
    log = [Token("word", "log", end, end, False), Token("open", "(", end, end, False),
           Token("num", "2", end, end, False), Token("close", ")", end, end, False)]  # fmt: skip
    sign = Token("op", "/" if unit == "bit" else "*", end, end, False)
    return [Token("open", "(", at, at, token.spaced), token, sign, *log, Token("close", ")", end, end, False)]


def _with_base(tokens: list[Token], unit: str, source: str) -> list[Token]:
    """Read log as log₂ in a text that counts in bits only and has no other logarithm."""
    if unit != "bit" or _TWO.search(source) or _OTHER[unit] in (m[1] for m in _NUMBERED.finditer(source)):
        return tokens
    if not _PLAIN.search(source):
        return tokens
    out = []
    for token in tokens:
        plain = token.text == "log" and token.kind in ("word", "name", "cmd")
        out += [token, Token("num", "2", token.stop, token.stop, False)] if plain else [token]
    return out
