"""Where a formula in loose text begins and ends: trailing marks, signs that only say that it follows, sides."""

from __future__ import annotations

import re
from bisect import bisect_right

_OPEN = re.compile(r"\s*(?:<-|←|[=≈∝≡≤≥<>⇒]|\\(?:approx|propto|equiv|leq?|geq?|implies|Rightarrow))+\s*$")
_TRIMMED = ' \t\n\r\u00a0.,;:&"“”'


_BLANKS = re.compile(r"[ \t\u00a0]{41,}")
MAX_BLANKS = 40


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
        r"[\s&]*(?:⇒|=>|→|->|⟹|∴|⟶|➔|⇔|<=>|⟺|\\(?:Rightarrow|implies|Longrightarrow|iff|Leftrightarrow|therefore|to"
        r"|rightarrow)(?![A-Za-z]))[\s&:,]*"
    ).match(text, start, stop)
    return (found.end(), " ⇒ ") if found else (start, "")


def is_side(piece: str) -> bool:
    """Tell whether a line only says that the other side is reached: = RHS."""
    return bool(re.match(r"[=\s&]*(?:\\text\{)?(?:RHS|LHS)", piece))


def plain(said: str) -> str:
    """Return prose on one line."""
    return " ".join(said.split()).lstrip("(),.;: ")
