r"""Signs in words and in code: "integral from 0 to π of f dx", "sum from k = 1 to n of", A\b, softmax of each row."""

from __future__ import annotations

import re

_END = r"[-−+]?(?:\\?[A-Za-zπ∞]+|\d[\w.]*)(?:[-+*/^]\w+)*"
_INTEGRAL = re.compile(
    rf"\b(?:the )?(?:definite )?integral[ \t]+from[ \t]+\$?({_END})\$?[ \t]+to[ \t]+\$?({_END})\$?[ \t]+of[ \t]+"
    r"(?:the )?(?=[^\n]{1,80}?(?<![A-Za-z])d[a-zθφ](?![A-Za-z]))",
    re.IGNORECASE,
)
_SUM = re.compile(
    rf"\b(?:the )?sum[ \t]+(?:from|over)[ \t]+([a-z])[ \t]*=[ \t]*({_END})[ \t]+to[ \t]+({_END})[ \t]+of[ \t]+"
    r"(?=[^\n]*[=≤≥<>])",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    rf"\b(?:the )?limit[ \t]+(?:as[ \t]+)?([a-z])[ \t]*(?:->|→|goes to|tends to|to)[ \t]*({_END})[ \t]+of[ \t]+"
    r"(?=[^\n]*[=≤≥<>])",
    re.IGNORECASE,
)
_SOLVED = re.compile(r"(?<![\\\w])([A-Z])[ \t]?\\[ \t]?([a-z])(?![A-Za-z{\\])")
_COMMAND = re.compile(r"\\[A-Za-z]{2,}")
_ROWS = re.compile(
    r"(?i)\b(?:row-?[ \t]?wise|(?:to|of|over|for|in|along|across)[ \t]+(?:each|every|the|all)?[ \t]*rows?|row by row|each row)\b"
    r"|\b(?:dim|axis)[ \t]*=[ \t]*(?:-1|1)\b|Q[ \t]?K[ \t]?(?:ᵀ|'|\^)"
)
_SOFTMAX = re.compile(
    r"(?i:softmax)(?=\}?[ \t]*(?:\\left|\\[bB]igg?l?)?[ \t]*\([ \t]*(?:\\[td]?frac\{)?[ \t]*[A-Z](?![a-z(]))"
)
_ENDLESS = {"infinity": "∞", "inf": "∞", "infty": "∞"}


def with_signs(text: str) -> str:
    r"""Return a text with its sums, integrals and limits in words as signs, A\b as A⁻¹ b, and softmax by rows.

        >>> with_signs("integral from 0 to pi of sin(x) dx = 2")
        '∫_{0}^{pi} sin(x) dx = 2'
    """
    low = text.lower()
    if "integral" in low:
        text = _INTEGRAL.sub(lambda m: f"∫_{{{_end(m[1])}}}^{{{_end(m[2])}}} ", text)
    if "sum " in low:
        text = _SUM.sub(lambda m: f"∑_{{{m[1]}={_end(m[2])}}}^{{{_end(m[3])}}} ", text)
    if "limit" in low:
        text = _LIMIT.sub(lambda m: f"lim_{{{m[1]} → {_end(m[2])}}} ", text)
    if "\\" in text and not _COMMAND.search(text):
        text = _SOLVED.sub(r"\1⁻¹ \2", text)
    if "softmax" in low and _ROWS.search(text):
        text = _SOFTMAX.sub("softmaxrows", text)
    return text


def _end(text: str) -> str:
    return _ENDLESS.get(text.lower().lstrip("+\\"), text)
