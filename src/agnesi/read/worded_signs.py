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
    r"(?i)\b(?:row-?[ \t]?wise|(?:to|of|over|for|in|along|across)[ \t]+(?:each|every|the|all)?[ \t]*rows?"
    r"|row by row|each row)\b"
    r"|\b(?:dim|axis)[ \t]*=[ \t]*(?:-1|1)\b|Q[ \t]?K[ \t]?(?:ᵀ|'|\^)"
)
_SOFTMAX = re.compile(
    r"(?i:softmax)(?=\}?[ \t]*(?:\\left|\\[bB]igg?l?)?[ \t]*\([ \t]*(?:\\[td]?frac\{)?[ \t]*[A-Z](?![a-z(]))"
)
_FLAT = re.compile(r"\[[^\[\]();:\n]+(?:,[^\[\]();:\n]+)+\](?!\s*[_^\[(])")
_ROW_SIGN = re.compile(r"\[[^\[\]\n]*;[^\[\]\n]*\]")
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
    return _with_vectors(text) if "[[" in text and not _ROW_SIGN.search(text) else text


def _with_vectors(text: str) -> str:
    """Return a text in which [5, -1] beside [[2, 1], [1, -3]] is a vector, as in Python: (5, -1)."""
    out, depth = list(text), 0
    for at, letter in enumerate(text):
        if letter == "[":
            flat = _FLAT.match(text, at) if not depth else None
            if flat and not (at and (text[at - 1].isalnum() or text[at - 1] in "_]})")):
                out[at], out[flat.end() - 1] = "(", ")"
        depth += (letter == "[") - (letter == "]")
    return "".join(out)


def _end(text: str) -> str:
    return _ENDLESS.get(text.lower().lstrip("+\\"), text)
