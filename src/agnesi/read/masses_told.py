"""Distributions over a few values in words: "X takes the values 0, 1, 2 with probabilities 1/4, 1/2, 1/4", a fair die.

Each becomes formulas P(X = 0) = 1/4, ... beside what the text writes itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import product

from agnesi.read.fragment import Fragment
from agnesi.read.moments_told import NAME

_START = r"(?<![^\W_\\])"
_ITEM = r"(?:[^,;.\n{}=:]|\.(?=\d)|\{[^{}\n]{1,12}\}){1,24}?"
_LIST = rf"(?:\\(?=\{{))?\{{?\s*({_ITEM}(?:\s*,\s*(?:and\s+)?{_ITEM}|\s+and\s+{_ITEM}){{1,9}})\s*\\?\}}?"
_END = r"(?=\s*(?:[,;:\n]|\.(?!\d)|$|\brespectively|\bso\b|\bThen\b|\bthen\b|\beach\b))"
_TAKES = r"\s+(?:takes?|taking|has|have|assumes|with)\s+(?:on\s+)?(?:the\s+)?(?:possible\s+)?(?:values?|outcomes?)\s*"
_CHANCES = r"\s*,?\s*(?:with|having)\s+(?:the\s+)?(?:respective\s+)?(?:probabilit(?:y|ies)|probs?\.?|chances)\s+"
LISTED = re.compile(rf"{_START}({NAME}){_TAKES}{_LIST}{_CHANCES}{_LIST}{_END}")
_VALUE = r"[-−+]?\d+(?:\.\d+)?"
_SHARE = (
    r"(?:\d+\s?/\s?\d+|1\s?[-−]\s?[a-zθ]|\d*\.?\d+|\\[td]?frac\s*\{?\s*\w\s*\}?\s*\{?\s*\w{1,3}\s*\}?|½|[pqθ])"
    r"(?![\w/(])"
)
_ONE = rf"({_VALUE})\s*,?\s+(?:w\.?p\.?|with\s+prob(?:ability|\.)?)\s+({_SHARE})"
EACH = re.compile(rf"{_START}({NAME})\s*(?:=|is|equals|takes (?:the )?values?)\s*({_ONE}(?:\s*,?\s*(?:and|or)?\s*"
                  rf"(?:the value\s+)?(?:{NAME}\s*=\s*)?{_ONE}){{1,6}})")
SIGN = re.compile(
    rf"{_START}({NAME})\s*(?:=|is|are|∈|takes (?:the )?values?|takes)\s*(?:±|\\pm)\s*(\d)\s*,?\s*(?:each\s+)?"
    r"(?:w\.?p\.?|with\s+(?:equal\s+)?prob(?:abilit(?:y|ies)|\.)?)(?:\s+(?:½|1/2|0\.5|\\[td]?frac\s*\{?1\}?\s*\{?2\}?))?"
)
_ROLL = r"(?:outcome|result|number|value|score|roll|points?)"
_FAIR = r"(?:fair\s+|six-sided\s+|6-sided\s+|standard\s+|ordinary\s+)*"
DIE = re.compile(
    rf"{_START}({NAME})\s*(?:be|is|=|denote|:)\s*(?:the\s+)?(?:{_ROLL}\s+)?(?:shown\s+)?(?:of\s+|on\s+|from\s+)?"
    rf"(?:rolling\s+|throwing\s+)?(?:one\s+)?(?:roll\s+of\s+)?an?\s+{_FAIR}(?:fair\s+){_FAIR}di(?:e|ce)"
    rf"|[Rr]oll(?:ing)?\s+(?:an?|one)\s+{_FAIR}di(?:e|ce)[^.\n]{{0,20}}[.,;:]?\s*(?:[Ll]et\s+)?({NAME})\s*(?:be|is|=)\s*"
    rf"(?:the\s+)?{_ROLL}"
)
DICE = re.compile(
    rf"{_START}({NAME})\s*(?:be|is|=|denote|:)\s*(?:the\s+)?sum\s+of\s+(?:the\s+)?(?:{_ROLL}s?\s+(?:of|on)\s+)?"
    rf"(two|three)\s+(?:independent\s+)?{_FAIR}(?:dice|rolls|throws)"
    rf"|(?:[Rr]oll|[Tt]hrow|[Tt]oss)(?:ing)?\s+(two|three)\s+(?:independent\s+)?{_FAIR}dice[^.\n]{{0,30}}[.,;:]?\s*"
    rf"(?:[Ll]et\s+)?({NAME})\s*(?:be|is|=|denotes?)\s*(?:the\s+)?(?:sum|total)"
)
RANGE = re.compile(
    rf"{_START}({NAME})\s*(?:,|be|is|~|\\sim)?\s*(?:uniform(?:ly)?|Unif(?:orm)?)(?:\s+distributed)?\s+(?:on|over|in|from)\s+"
    rf"\\?\{{\s*(\d)\s*,\s*(?:(\d)\s*,\s*)?(?:\.\.\.?|…|\\[lc]?dots)\s*,\s*(\d+)\s*\\?\}}"
)
_COUNTS = {"two": 2, "three": 3}
MOST = 20


def with_masses(source: str, found: Sequence[Fragment]) -> list[Fragment]:
    """Return the fragments with P(X = c) = p for each distribution over a few values that the text tells in words."""
    spans = [(start, stop) for _, _, start, stop in told(source)]
    out = [f for f in found if f.kind != "formula" or not any(a <= f.start < b for a, b in spans)]
    named = set(re.findall(rf"({NAME})(?:\s*\|[^~\n]{{0,20}})?\s*(?:~|∼|\\sim)", source))
    for name, masses, start, _ in told(source):
        written = re.search(rf"(?<![A-Za-z])Pr?\s?\(\s*{re.escape(name)}\s*=\s*[-−]?\d+\s*\)\s*=", source)
        if name in named or (written and not re.search(r"\bdi(?:e|ce)\b", source)):
            continue
        named.add(name)
        line = source.count("\n", 0, start) + 1
        texts = (f"P({name} = {value}) = {share}" for value, share in masses)
        out += [Fragment("formula", text, start, start + 1, line, "where") for text in texts]
    return sorted(out, key=lambda f: f.start)


def words_of_masses(source: str) -> list[tuple[int, int]]:
    """Return where a text tells a distribution over a few values."""
    return [(start, stop) for *_, start, stop in told(source)]


@lru_cache(maxsize=8)
def told(source: str) -> tuple[tuple[str, list[tuple[str, str]], int, int], ...]:
    """Return the variable, its values with their probabilities, and the place of each such distribution."""
    return tuple(_found(source))


def _found(source: str) -> Iterator[tuple[str, list[tuple[str, str]], int, int]]:
    source = source.replace("$", " ")
    for m in LISTED.finditer(source):
        values, shares = _items(m[2]), _items(m[3])
        if len(values) == len(shares) and all(re.fullmatch(r"[-−]?\d+(?:\.\d+)?", v) for v in values):
            yield m[1], list(zip(values, shares, strict=True)), m.start(), m.end()
    for m in EACH.finditer(source):
        pairs = re.findall(_ONE, m[2])
        yield m[1], [(v.replace("−", "-").lstrip("+"), plain(p)) for v, p in pairs], m.start(), m.end()
    for m in SIGN.finditer(source):
        yield m[1], [(f"-{m[2]}", "1/2"), (m[2], "1/2")], m.start(), m.end()
    for m in DIE.finditer(source):
        yield m[1] or m[2], [(str(k), "1/6") for k in range(1, 7)], m.start(), m.end()
    for m in DICE.finditer(source):
        count = _COUNTS[m[2] or m[3]]
        sums = Counter(map(sum, product(range(1, 7), repeat=count)))
        yield m[1] or m[4], [(str(k), str(Fraction(c, 6**count))) for k, c in sorted(sums.items())], m.start(), m.end()
    for m in RANGE.finditer(source):
        first, last = int(m[2]), int(m[4])
        if 0 < last - first < MOST and m[3] in (None, str(first + 1)):
            share = f"1/{last - first + 1}"
            yield m[1], [(str(k), share) for k in range(first, last + 1)], m.start(), m.end()


def _items(text: str) -> list[str]:
    return [plain(one) for one in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", text.strip())]


def plain(text: str) -> str:
    """Return a number without its LaTeX: 1/4 of \\tfrac14."""
    held = text.strip().replace("−", "-").replace("½", "1/2")
    held = re.sub(r"\\[td]?frac\s*(?:\{\s*(\w+)\s*\}|(\d))\s*(?:\{\s*(\w+)\s*\}|(\d))",
                  lambda m: f"{m[1] or m[2]}/{m[3] or m[4]}", held)
    return held.strip("{} ").replace(" ", "")
