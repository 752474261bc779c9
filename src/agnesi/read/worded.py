"""Formulas that are not read: with words of English in them (|mean of the a_i|), and functions defined by cases.

Without this, words would be read as products of letters, and one case as the whole function.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from agnesi.errors import Place, ReadError
from agnesi.read.english import MATHEMATICAL, PROSE, words
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import FUNCTIONS
from agnesi.read.words import GREEK

_ALWAYS = words("the this these those which its their of")
_READ = words("row column is such that subject to iff if and only or otherwise unless when where for all else over")

_UNDER = re.compile(
    r"(?<![\w'])([^\W\d_]\w{0,9})[ \t]{0,2}\([^()=\n]{1,20}\)[ \t]{0,3}=[^=\n;]{1,60}?[ \t,]"
    r"((?:if|for|when)\b[^=\n;,]{1,20}(?:[<>≤≥≠]|\\[lg]eq?)[^\n;,.]{0,20}|otherwise\b)"
)


_IMAGINARY = re.compile(
    r"(?:\be\s*\^\s*[{(]?|\bexp\s*[({]|e[⁻])\s*[-−+]?\s*i\s*\\?(?:π|θ|φ|ω|pi\b|theta\b|phi\b|omega\b|[ktxn]\b)"
    r"|(?<![\w])i\s*(?:\^\{?2\}?|²)\s*=\s*[-−]\s*1(?!\d)"
)
_TANGENT = re.compile(
    r"(?i)\b(?:tangent|normal) (?:line|plane)|\btangent (?:to|at|is|has)|\blineari[sz]\w+|\blinear approximation"
)
_NAME = re.compile(r"\W*([^\W\d_]\w?)\s*(?:\([^=]{0,20}\))?\s*&?\s*=")
_INDEX = re.compile(r"_\{?i\b|ᵢ|_\{?\w?i[jk=]|\[i[\],]|\bi\s*=\s*[01]\b|for (?:all|each|every) i\b")


@lru_cache(maxsize=8)
def imaginary(source: str) -> bool:
    """Tell whether i seems to be the imaginary unit: e^{iπ}, i² = −1, and i is the index of nothing."""
    return _IMAGINARY.search(source) is not None and _INDEX.search(source) is None


@lru_cache(maxsize=8)
def pieced(source: str) -> frozenset[str]:
    """Return the functions for which a text gives several equations, each under its own condition."""
    found: dict[str, set[str]] = {}
    for one in _UNDER.finditer(source):
        found.setdefault(one[1], set()).add("".join(one[2].split()))
    return frozenset(name for name, conditions in found.items() if len(conditions) > 1 and name not in FUNCTIONS)


def refuse_words(tokens: Sequence[Token], source: str) -> None:
    """Refuse a formula with an article, with two words of English side by side, or with one case of a function."""
    cases = [t for t in tokens if t.text in ("if", "for", "when", "otherwise")]
    one = len(tokens) > 2 and tokens[1].text == "(" and tokens[0].text in pieced(source)
    if cases and (one or cases[-1].text == "otherwise" or [t.text for t in cases[-2:]] == ["if", "if"]):
        place = Place(source, cases[0].start, cases[0].stop)
        raise ReadError("The function is given by cases, which are not read yet.", where=place)
    for token in tokens:
        if imaginary(source) and re.fullmatch(r"π?i[πθφωktxn]?", token.text):
            place = Place(source, token.start, token.stop)
            raise ReadError("Complex numbers are not read: i seems to be the imaginary unit.", where=place)
    for k, token in enumerate(tokens):
        before = tokens[k - 1] if k else None
        row = any(t.text in ("row", "column") for t in tokens[max(0, k - 3) : k])
        alone = token.text in _ALWAYS and token.spaced and not row
        pair = before is not None and token.spaced and _english(before) and _english(token)
        pair = pair or _counted(tokens, k)
        if alone or (pair and before is not None and len(before.text + token.text) > 5):
            said = f"{before.text} {token.text}" if before is not None else token.text
            raise ReadError(
                f"The formula has words in it: {said}.", where=Place(source, token.start, token.stop),
                repair="Write the quantity as a formula, or give it a letter.",
            )


def refuse_tangent(text: str, start: int, source: str) -> None:
    """Refuse z = 5 + 2(x − 1) where the line says that it is a tangent, and z is defined before as something else."""
    begin = source.rfind("\n", 0, start) + 1
    name = _NAME.match(text)
    if name is None or not _TANGENT.search(source, begin, start):
        return
    if re.search(rf"(?<![\w\\]){re.escape(name[1])}\s*(?:\([^=\n]{{0,20}}\))?\s*&?\s*=", source[:start]):
        raise ReadError(
            f"The tangent is another quantity than {name[1]}.", where=Place(source, start, start + 1),
            repair="Give it a letter of its own.",
        )


def _counted(tokens: Sequence[Token], k: int) -> bool:
    """Tell whether a word in P(2 flips) says what is counted."""
    if k < 3 or tokens[k - 1].kind != "num" or tokens[k - 2].text not in ("(", ",", "|"):
        return False
    word = tokens[k].text
    opened = next((j for j in range(k - 2, max(0, k - 12), -1) if tokens[j].text == "("), 0)
    about = tokens[opened - 1].text in ("P", "Pr", "Prob", "ℙ", "p") if opened else False
    return about and len(word) > 3 and word.islower() and word not in FUNCTIONS and word not in GREEK


def _english(token: Token) -> bool:
    """Tell whether a token is a word of English and no name of mathematics."""
    low = token.text.lower()
    plain = low in PROSE and len(low) > 1 and low not in _READ and low not in GREEK
    return plain and token.text.isalpha() and low not in FUNCTIONS and token.text not in MATHEMATICAL
