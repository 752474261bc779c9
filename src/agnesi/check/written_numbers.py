"""Equations between numbers that are written out: 0.3783 · 1.5 = 0.5765 is wrong whatever stands around it."""

from __future__ import annotations

import re

from agnesi.check.judge import judge
from agnesi.check.report import Judged
from agnesi.check.settings import PLAIN
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import symbols_of

_SIGNS = re.compile(r"=|≈|\\approx(?![a-z])|\\simeq(?![a-z])")
_PLAIN = re.compile(
    r"\\(?:d?frac|tfrac|sqrt|cdot|times|left|right|pi|ln|log|exp|sin|cos|tan|quad|[,;! ])(?![a-z])|\\[,;! ]"
    r"|\b(?:sqrt|ln|log|exp|sin|cos|tan)\b|e(?=\s*\^)|π"
)
_EQUAL = ("eq", "approx")


def wrong_in_numbers(one: Judged) -> bool:
    """Tell whether two neighbouring sides of a refuted statement are written numbers, and differ."""
    written = _SIGNS.split(one.text)
    if len(written) != len(one.sides) or set(one.relations) - set(_EQUAL):
        return False
    plain = [not re.search(r"[^\W\d_]", _PLAIN.sub(" ", text)) and bool(re.search(r"\d", text)) for text in written]
    for k, op in enumerate(one.relations[: len(written) - 1]):
        pair = one.sides[k : k + 2]
        if plain[k] and plain[k + 1] and not symbols_of(*pair) and not any(s.shape for s in pair):
            try:
                if judge(op, pair[0], pair[1], PLAIN, deep=False).verdict == "refuted":
                    return True
            except AgnesiError:
                continue
    return False
