"""Noisy channels in words, "erased with probability f", and variables that are functions of others, Y = g(X).

Told as a fact `channel` of its kind, the input, the output and the probability of an error, or as `function of`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from agnesi.read.fragment import Fragment
from agnesi.read.moments_told import NAME, Told

_KINDS = (
    ("symmetric", re.compile(r"binary symmetric channel|\bBSC\b|\bbits?\b[^.;\n]{0,30}\bflip(?:s|ped)", re.IGNORECASE)),
    ("erasure", re.compile(r"erasure channel|\bBEC\b|\b(?:bit|symbol|digit)s?\b[^.;\n]{0,30}\berased", re.IGNORECASE)),
)
_WORD = r"(?:flip(?:ped|s|ping)?|errors?|erasures?|erased|cross-?over|noise|transition)"
_LEVEL = r"(?:probability|level|rate|parameter)"
_VALUE = rf"\$?({NAME}|0?\.\d+)\$?(?![\w(])"
_LEVELS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_WORD}(?: channel)?,?\s+(?:with\s+)?(?:the\s+)?(?:{_WORD}\s+)?{_LEVEL}\s+(?:is\s+|of\s+|=\s*)?{_VALUE}",
        rf"let\s+{_VALUE}\s+be\s+the\s+(?:probability\s+(?:that|of)|{_WORD}\s+{_LEVEL})[^.;\n]{{0,40}}?",
        rf"channel\s+with\s+(?:{_WORD}\s+)?(?:{_LEVEL}\s+)?{_VALUE}",
        rf"(?:BSC|BEC)\s*\(\s*{_VALUE}\s*\)",
    )
)
_PAIR = re.compile(r"\b[IH]\(\s*([A-Z])\s*[;|]\s*([A-Z])\s*\)")
_UNIFORM = re.compile(
    r"uniform input|input[^.;\n]{0,25}\buniform|equiprobable|equally likely|uniformly distributed input", re.IGNORECASE
)


_FUNCTION = re.compile(r"\s*\$?([A-Z])\s*:?=\s*(\\?[a-zA-Zφψ]|\\phi|\\psi|\\varphi)\s?\(\s*([A-Z])\s*\)\$?\s*")
_INFORMED = re.compile(r"(?<![A-Za-z])[HI]\s?\(")


def with_functions(source: str, found: Sequence[Fragment]) -> list[Fragment]:
    """Return the fragments with Y = g(X) as a fact, where g is any function and the text speaks of entropies."""
    if not _INFORMED.search(source):
        return list(found)
    out = []
    for one in found:
        made = _FUNCTION.fullmatch(one.text) if one.kind == "formula" else None
        if made and not re.search(rf"(?<![A-Za-z\\]){re.escape(made[2])}\s?\(\s*[a-z]\s*\)\s*:?=", source):
            one = replace(one, kind="fact", fact="function of", names=(made[1], made[3]))
        out.append(one)
    return out


def words_of_channels(source: str) -> list[tuple[int, int]]:
    """Return where a text names the kind of a channel that is told."""
    return [m.span() for _, pattern in _KINDS for m in pattern.finditer(source)] if channel_told(source) else []


def channel_told(source: str) -> list[Told]:
    """Return the channel that a text speaks of, if it speaks of one and says how often it errs."""
    kinds = [(kind, m) for kind, pattern in _KINDS if (m := pattern.search(source))]
    levels = [m for pattern in _LEVELS if (m := pattern.search(source))]
    if len(kinds) != 1 or not levels:
        return []
    kind, found = kinds[0]
    pairs = {frozenset(m.groups()) for m in _PAIR.finditer(source)}
    if pairs - {frozenset(("X", "Y"))}:
        return []  # other letters, of which neither need be the input
    uniform = ("uniform",) if _UNIFORM.search(source) else ()
    return [Told("channel", (kind, "X", "Y", levels[0][1].lstrip("\\"), *uniform), found.start())]
