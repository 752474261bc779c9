r"""Percent and ratios: 16.7 % is 0.167, and 19.8:99 = 1:5 is 19.8/99 = 1/5, each with as many characters.

A % behind a space may begin a comment; it is percent where nothing follows that a comment could say.
"""

from __future__ import annotations

import re

_NUMBER = r"\d+(?:\.\d+)?"
_PERCENT = re.compile(
    rf"(?P<room>[ \t]?)(?<![\w.^_])(?P<number>{_NUMBER})"
    r"(?:(?:\\[,;: ]|[ \t~]){0,3}\\%|%(?![\w(])|[ \t]%(?=[ \t]*(?:$|[.,;:)$])))",
    re.MULTILINE,
)
_OPENED = re.compile(r"\([ \t]?[~≈]?[ \t]?\Z")
_RATIO = re.compile(
    rf"(?<![\w.:/^_-])(?P<all>{_NUMBER}[ \t]?:[ \t]?{_NUMBER}"
    rf"(?:[ \t]*(?:=|≈|\\approx)[ \t]*{_NUMBER}[ \t]?:[ \t]?{_NUMBER})+)(?![\w:/^]|\.\d)"
)


def with_ratios(text: str) -> str:
    r"""Return a text with percentages as numbers and equal ratios as quotients; every place is kept.

        >>> with_ratios(r"1/6 ≈ 16.7\,\%")
        '1/6 ≈ .167    '
        >>> with_ratios("19.8:99 = 1:5")
        '19.8/99 = 1/5'
    """
    text = _PERCENT.sub(_part, text) if "%" in text else text
    return _RATIO.sub(lambda found: found["all"].replace(":", "/"), text) if ":" in text else text


def _part(found: re.Match[str]) -> str:
    """Return a percentage as a part of one, if there is room for it; one in brackets by itself is a remark."""
    before, after = max(0, found.start("number") - 4), found.string[found.end() : found.end() + 1]
    if after == ")" and _OPENED.search(found.string[before : found.start("number")]):
        return found[0]
    whole, _, rest = found["number"].partition(".")
    digits = whole.zfill(3)
    value = f"{digits[:-2].lstrip('0')}.{digits[-2:]}{rest}"
    room = found["room"]
    short = len(value) > len(found[0]) - len(room)
    made = (value if short and room in (" ", "\t") else room + value).ljust(len(found[0]))
    return made if len(made) == len(found[0]) else found[0]
