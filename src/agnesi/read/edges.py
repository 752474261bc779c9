"""Where a formula in loose text begins and ends: trailing marks, signs that only say that it follows, sides."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from agnesi.read.names import Item
from agnesi.read.words import GREEK

_OPEN = re.compile(r"\s*(?:<-|←|-+>|→|[=≈∝≡≤≥<>⇒]|\\(?:approx|propto|equiv|leq?|geq?|implies|Rightarrow))+\s*$")
_TRIMMED = ' \t\n\r\u00a0.,;:&"“”'


_BLANKS = re.compile(r"[ \t\u00a0]{41,}")
MAX_BLANKS = 40
MAX_WORDS = 7  # between a letter and the bracket that describes it


def squeezed(source: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text with long runs of blanks shortened, and (place, how many were taken before it) for each run."""
    out, cuts, at, taken = [], list[tuple[int, int]](), 0, 0
    for found in _BLANKS.finditer(source):
        out.append(source[at : found.start() + MAX_BLANKS])
        at = found.end()
        taken += at - found.start() - MAX_BLANKS
        cuts.append((at - taken, taken))
    return "".join(out) + source[at:], cuts


def place_before(cuts: list[tuple[int, int]], at: int) -> int:
    """Return the place in the source of a place in the squeezed text."""
    k = bisect_right(cuts, (at, 1 << 60)) - 1
    return at + (cuts[k][1] if k >= 0 else 0)


def trimmed(text: str, start: int, stop: int) -> tuple[int, int]:
    """Return the span without spaces, punctuation and alignment marks at its ends."""
    while start < stop and text[start] in _TRIMMED and text[start : start + 2] not in (":=", ".."):
        start += 1
    while stop > start and text[stop - 1] in _TRIMMED and text[stop - 3 : stop] != "...":
        if text[stop - 2 : stop] in ("\\,", "\\;", "\\:"):
            stop -= 1
        stop -= 1
    while found := re.search(r"(?:\\(?:quad|qquad|\\|!)\s*|\s)$", text[max(start, stop - 12) : stop]):
        stop -= len(found.group())
    tail = max(start, stop - 60)
    if found := _OPEN.search(text[tail:stop]):
        stop = tail + found.start()
    return start, stop


def unsigned(text: str, start: int, stop: int) -> tuple[int, str]:
    """Take a leading ⇒, →, ∴ from a formula: it says that the formula follows."""
    found = re.compile(
        r"[\s&]*(?:⇒|=+>|→|-+>|⟹|∴|⟶|➔|⇔|<=>|⟺|\\(?:Rightarrow|implies|Longrightarrow|iff|Leftrightarrow|therefore|to"
        r"|rightarrow)(?![A-Za-z]))[\s&:,]*"
    ).match(text, start, stop)
    return (found.end(), " ⇒ ") if found else (start, "")


def is_side(piece: str) -> bool:
    """Tell whether a line only says that the other side is reached: = RHS."""
    return bool(re.match(r"[=\s&]*(?:\\text\{)?(?:RHS|LHS)", piece))


def plain(said: str) -> str:
    """Return prose on one line."""
    return " ".join(said.split()).lstrip("(),.;: ")


def word_like(name: str) -> bool:
    """Tell whether a name looks like an English name: Jo, not Phi."""
    return bool(re.fullmatch(r"[A-Z][a-z]{1,2}", name)) and name.lower() not in GREEK


def negated(items: Sequence[Item], k: int) -> bool:
    """Tell whether an aside denies or questions something."""
    return any(i.kind == "W" and i.text in ("not", "unless", "if", "never") for i in items[:k])


def spoken_of(items: Sequence[Item], k: int) -> Item | None:
    """Return the letter that a bracket at k describes: S (symmetric), Let S be the sample covariance (symmetric)."""
    at = k - 1
    while at > k - MAX_WORDS and at > 0 and items[at].kind == "W":
        at -= 1
    if at < 0 or items[at].kind != "M" or (at < k - 1 and items[at + 1].text not in ("be", "is", "denote", "denotes")):
        return None
    return items[at]
