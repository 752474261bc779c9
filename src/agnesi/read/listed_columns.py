"""Q = [q_1 ⋯ q_k] lists the columns of Q: q_i is column i of Q then, as if that had been said."""

from __future__ import annotations

import re

from agnesi.read.vocabulary import Vocabulary

_BOLD = r"\\(?:mathbf|boldsymbol|bm|vec)\s*"
_STYLED = rf"(?:{_BOLD}\{{\s*([A-Za-z])\s*\}}|{_BOLD}([A-Za-z])(?![A-Za-z]))"
_APART = r"(?:\s|,|&|\||\\[,;:!\s]|\\q?quad|\\mid|\\vert)*"
_OPEN = r"(?:\\left\s*)?(?:\[|\\begin\{[bp]matrix\}|\()"
_LISTED = re.compile(
    rf"(?<![\w\\])(?P<whole>[A-Z])\s*&?:?=\s*{_OPEN}{_APART}(?P<one>[a-z])_\{{?1\}}?{_APART}"
    rf"(?:(?P=one)_\{{?2\}}?{_APART})?(?:\\[cl]?dots|…|⋯|\.\.\.?){_APART}(?P=one)_\{{?\w\}}?"
    r"\s*(?:\\right\s*)?(?:\]|\\end\{[bp]matrix\}|\))(?!\s*\^?\s*\{?\s*(?:[T'ᵀ⊤]|\\top|\\intercal))"
)


def declare_columns(source: str, words: Vocabulary) -> None:
    """Note the columns of matrices that a text lists between brackets; not those that are listed above each other."""
    for found in _LISTED.finditer(re.sub(_STYLED, r"\1\2", source)):
        if found["one"] not in words.symbols and found["one"] not in words.rows:
            words.columns.setdefault(found["one"], found["whole"])


def is_listing(text: str) -> bool:
    """Tell whether a formula is Q = [q_1 ⋯ q_k] alone."""
    return _LISTED.fullmatch(re.sub(_STYLED, r"\1\2", text).strip(" ,.;")) is not None
