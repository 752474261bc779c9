"""Weights that sum to one, as people say it: "weights w_i > 0 that sum to 1", "p, whose entries add up to one"."""

from __future__ import annotations

import re

_PHRASE = re.compile(r"\b(?:sum|sums|summing|add|adds|adding)(?:\s+up)?\s+to\s+(?:\$?1(?![\w.])\$?|one|unity)", re.I)
_SENTENCE = re.compile(r"[.;:](?:\s|$)|\n")
_CLAIMED = re.compile(r"\b(?:so|hence|then|thus|therefore|show|check|verify|prove|not|n't|which means|indeed)\b", re.I)
_LETTER = re.compile(
    r"(?<![\w\\])(\\?[A-Za-zα-ω]|\\[a-z]{2,7}|pi|lam|alpha|theta)(?:_\{?([ijknmlc]{1,2})\}?|([ᵢⱼₖₙₘₗ]{1,2}))?(?![\w({])"
)
_ARTICLES = frozenset(("a", "A", "I", "i", "k", "j", "n", "K"))


def sharing(text: str, defined: set[str]) -> tuple[str, str, int, int] | None:
    """Return (letter, fact, start, stop) of what a line says to sum to one, or None.

    A conclusion (so the q_i sum to one), a denial, and a letter that is defined say nothing that is to be declared.
    """
    found = _PHRASE.search(text)
    if found is None:
        return None
    begin = max((m.end() for m in _SENTENCE.finditer(text, 0, found.start()) if text[m.start()] != "."), default=0)
    said = text[begin : found.start()]
    if _CLAIMED.search(said):
        return None
    names = [m for m in _LETTER.finditer(said) if m[1] not in _ARTICLES or m[2] or m[3]]
    if not names:
        return None
    name = names[-1]
    if name[1] in defined or any(d.split("_")[0] == name[1] for d in defined):
        return None
    rows = re.search(r"\brows?\b", said) is not None
    fact = "stochastic" if rows or len(name[2] or name[3] or "") > 1 else "probability"
    return name[1], fact, begin + name.start(), found.end()
