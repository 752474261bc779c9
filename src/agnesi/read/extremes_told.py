"""Optima in words as formulas: "the maximum of G is at p = 1/2", "f is minimised by x = A⁻¹b", "the minimum is 3".

Each is a claim about the function that is named, or about the last one above that has this letter:
argmax_p G(p) = 1/2, min_x f(x) = 3. Words that stand for a local optimum ("a minimum") say less, and are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from agnesi.read.fragment import Fragment
from agnesi.read.in_words import IS, each_sentence, is_mathematics, put_formula, until_the_end

_LETTER = r"\$?\\?[^\W\d_]\w{0,6}"
_SMALL = r"minimum|minimi[sz]er|smallest value|least value|lowest value|global minimum|minimum value|minimum point"
_LARGE = (
    r"maximum|maximi[sz]er|largest value|greatest value|highest value|global maximum|maximum value|maximum point"
    r"|mode|peak"
)
_OF = rf"(?:\s+of\s+(?P<name>{_LETTER})(?:\s*\(\s*(?P<told>{_LETTER})\s*\))?\$?)?"
_PLACE = rf"(?P<by>{_LETTER})\$?\s*=\s*(?P<right>[^\n]{{1,120}})"
_STANDS = r"(?:is|lies|sits|occurs|(?:is )?(?:attained|reached|achieved|found|located|obtained|taken))"
_AT = re.compile(
    rf"(?P<left>\b(?:the|its)\s+(?P<kind>{_SMALL}|{_LARGE}){_OF}\s+{_STANDS}\s+(?:at|for|when|where|by)\s+)\$?{_PLACE}",
    re.IGNORECASE,
)
_IS_BEST = re.compile(
    rf"(?P<left>(?<![\w\\])(?P<name>{_LETTER})(?:\s*\(\s*(?P<told>{_LETTER})\s*\))?\$?\s+(?:is|becomes)\s+(?:therefore\s+)?"
    r"(?P<kind>minimi[sz]ed|maximi[sz]ed|minimal|maximal|smallest|largest|greatest|least|lowest|highest)"
    rf"\s+(?:at|for|when|where|by)\s+)\$?{_PLACE}",
    re.IGNORECASE,
)
_VALUE = re.compile(
    rf"(?P<left>\b(?:the|its)\s+(?P<kind>{_SMALL}|{_LARGE})\s+of\s+(?P<name>{_LETTER})"
    rf"(?:\s*\(\s*(?P<told>{_LETTER})\s*\))?\$?\s+{IS}\s+)(?!at\b|for\b|when\b|where\b|by\b)(?P<right>[^\n]{{1,120}})",
    re.IGNORECASE,
)
_DEFINED = re.compile(r"(?<![\w\\])(?P<name>\\?[^\W\d_]\w{0,5})\s*\(\s*(?P<of>\\?[^\W\d_]\w{0,7})\s*\)\s*&?:?=(?!=)")
_RELATION = re.compile(r"[=<>≤≥≈]")


def with_extremes_told(source: str, found: Sequence[Fragment]) -> list[Fragment]:
    """Return the fragments, with a formula for each sentence that says where a function is largest or smallest."""
    out = list(found)
    for pattern in (_AT, _IS_BEST, _VALUE):
        for sentence in each_sentence(pattern, source):
            right, stop = until_the_end(sentence)
            told = _function(sentence, source)
            if told is None or not is_mathematics(right) or _RELATION.search(right):
                continue
            name, letter = told
            best = ("min" if _is_small(sentence["kind"]) else "max")
            place = pattern is not _VALUE or sentence["kind"].lower().endswith(("iser", "izer", "mode"))
            head = f"{'arg' if place else ''}{best}_{{{letter}}} {name}({letter})"
            at = sentence.start("by") if "by" in pattern.groupindex else -1
            out = put_formula(out, source, f"{head} = {right}", sentence.start("left"), stop if at < 0 else at)
            out = [replace(f, link="suppose") if f.start == at else f for f in out]  # p = 1/2 holds from there on
    return out


def _function(sentence: re.Match[str], source: str) -> tuple[str, str] | None:
    """Return the function a sentence is about and its letter: the one it names, else the last above with the letter."""
    above = [m for m in _DEFINED.finditer(source) if m.start() < sentence.start()] or list(_DEFINED.finditer(source))
    name, given = (sentence[k].strip("$ ") if sentence[k] else None for k in ("name", "told"))
    letter = sentence["by"].strip("$ ") if "by" in sentence.re.groupindex else given
    fits = [m for m in above if name in (None, m["name"]) and letter in (None, m["of"])]
    return (fits[-1]["name"], fits[-1]["of"]) if fits else None


def _is_small(kind: str) -> bool:
    """Tell whether a word means the smallest value."""
    return kind.lower().removeprefix("global ").startswith(("min", "smallest", "least", "lowest"))
