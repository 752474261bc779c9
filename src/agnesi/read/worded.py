"""Formulas that hold words of English are not read as products of letters: |mean of the a_i|, P(at least one six)."""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.errors import Place, ReadError
from agnesi.read.english import MATHEMATICAL, PROSE, words
from agnesi.read.lex import Token
from agnesi.read.vocabulary import FUNCTIONS
from agnesi.read.words import GREEK

_ALWAYS = words("the this these those which its their of")
_READ = words("row column is such that subject to iff if and only or otherwise unless when where for all else over")


def refuse_words(tokens: Sequence[Token], source: str) -> None:
    """Refuse a formula with an article, or with two words of English side by side."""
    for k, token in enumerate(tokens):
        before = tokens[k - 1] if k else None
        row = any(t.text in ("row", "column") for t in tokens[max(0, k - 3) : k])
        alone = token.text in _ALWAYS and token.spaced and not row
        pair = before is not None and token.spaced and _english(before) and _english(token)
        if alone or (pair and before is not None and len(before.text + token.text) > 5):
            said = f"{before.text} {token.text}" if before is not None else token.text
            raise ReadError(
                f"The formula has words in it: {said}.", where=Place(source, token.start, token.stop),
                repair="Write the quantity as a formula, or give it a letter.",
            )


def _english(token: Token) -> bool:
    """Tell whether a token is a word of English and no name of mathematics."""
    low = token.text.lower()
    plain = low in PROSE and len(low) > 1 and low not in _READ and low not in GREEK
    return plain and token.text.isalpha() and low not in FUNCTIONS and token.text not in MATHEMATICAL
