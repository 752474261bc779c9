r"""\vec{y} beside y ∈ {0, 1}: the arrow makes another letter where the letter without it is declared a number."""

from __future__ import annotations

import re

_ARROW = re.compile(r"\\vec(?![A-Za-z])\s*(?:\{\s*(?P<held>\\?[A-Za-z]+)\s*\}|(?P<bare>\\?[A-Za-z]+))(?!\s*_)")
_NUMBER = (
    r"\s*(?:\\in(?![A-Za-z])|∈|:)\s*(?:\\left)?"
    r"(?:\\?\{\s*[-+−]?\d[^{}]{0,60}\}(?!\s*\^)|(?:\\mathbb\{R\}|ℝ)\s*(?:[$,.]|\Z))"
)
_CHANCE = r"(?<![A-Za-z\\])[pP]\(\s*"  # p(y; η): an outcome
_GIVEN = r"\s*(?:;|=\s*\d|(?:\\mid|\|)\s*\\?[a-z]\s*[;)])"


def with_vectors_apart(text: str) -> str:
    r"""Return a text in which \vec{y} is y_{vec} where y alone is a number.

        >>> with_vectors_apart(r"$\vec{y} \in ℝ^n$, $y \in \{0, 1\}$")
        '$y_{vec} \\in ℝ^n$, $y \\in \\{0, 1\\}$'
    """
    letters = {m["held"] or m["bare"] for m in _ARROW.finditer(text)}
    apart = {name for name in letters if _number(re.escape(name), text)}
    if not apart:
        return text
    return _ARROW.sub(lambda m: _named(m, apart), text)


def _number(name: str, text: str) -> bool:
    """Tell whether a letter without its arrow is a number: y ∈ {0, 1}, or the outcome in p(y; η)."""
    told = re.search(rf"(?<![\w\\{{])(?<!\\vec ){name}{_NUMBER}", text)
    return bool(told or re.search(f"{_CHANCE}{name}{_GIVEN}", text))


def _named(found: re.Match[str], apart: set[str]) -> str:
    """Return y_{vec} for \\vec{y} of a letter that is also a number."""
    name = found["held"] or found["bare"]
    return f"{name}_{{vec}}" if name in apart else found[0]
