r"""Expansions that end in dots: log(1 + x) = x − x²/2 + ... is right up to O(x³), the order of what is left out."""

from __future__ import annotations

import re

_END = re.compile(
    r"[+\-−–][ \t]*(?:\\(?:[lc]?dots|dotsb|dotsc)(?![A-Za-z])|\.{3}|…|⋯)"
    r"(?=[ \t]*(?:\)|[.,;]?[ \t]*(?:$|\n|\\\]|\$|\\\\)"
    r"|[.,;]?[ \t]+(?:as|for|when|near|around|where|so|and|about|if|with)\b))"
)
_SIDE = re.compile(r"[=≈≃]|\\approx|\\simeq|\n\n|\$|\\\[")
_DOTS = re.compile(r"\.\.|…|⋯|dots")
_POWER = re.compile(r"(?<![A-Za-z\\_])(?P<name>[A-Za-z]|\\?(?:lambda|theta|alpha|epsilon|delta)|[λθαεδ])\s*"
                    r"(?:(?:\^|\*\*)\s*\{?(?P<power>\d{1,2})\}?|(?P<raised>[²³⁴-⁹]))")
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
COUNTS = ("n", "N", "m", "k")  # what goes to infinity rather than to 0
MOST = 9  # the highest power before the dots


def with_orders(text: str) -> str:
    """Return a text with + O(x^(n + 1)) for the dots that end an expansion in powers of x, where n is the highest.

        >>> with_orders("exp(x) = 1 + x + x^2/2 + ...")
        'exp(x) = 1 + x + x^2/2 + O(x^3)'
    """
    out, at = [], 0
    for found in _END.finditer(text):
        begin = max((m.end() for m in _SIDE.finditer(text, max(at, found.start() - 300), found.start())), default=-1)
        side = text[begin : found.start()] if begin >= 0 else ""
        name, power = _highest(side)
        if not name or _DOTS.search(side) or "_" in side or _descends(side, name):
            continue
        out += [text[at : found.start()], f"+ O({name}^{power + 1})"]
        at = found.end()
    return "".join(out) + text[at:] if out else text


def _descends(side: str, name: str) -> bool:
    """Tell whether a side is an expansion for large n, in powers of 1/n: what is left out has a lower order then."""
    one = re.escape(name)
    below = rf"/\s*(?:\([^()]*)?{one}|\\[dt]?frac\s*\{{[^{{}}]*\}}\s*\{{[^{{}}]*{one}|{one}\s*\^\s*[{{(]?[-−]|{one}⁻"
    return name in COUNTS or re.search(below, side) is not None


def _highest(side: str) -> tuple[str, int]:
    """Return the one letter that a side has powers of, with the highest; nothing where there are several or none."""
    powers = [(m["name"], int(m["power"] or _RAISED.index(m["raised"]))) for m in _POWER.finditer(side)]
    names = {name for name, _ in powers}
    if len(names) != 1:
        return "", 0
    most = max(power for _, power in powers)
    return (min(names), most) if most <= MOST else ("", 0)
