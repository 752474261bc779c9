"""Roots with numbers: λ₁ = 2 and λ₂ = 5 beside λ in det(A − λI), x_1 = 2 and x_2 = 3 beside x² − 5x + 6 = 0.

Each is a value of the letter without a number, and stands for its value where it is used further on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Vocabulary

_NAMED = ("word", "name")
_GREEK = frozenset(("lambda", "lam", "mu"))
_RELATIONS = ("=", "≈", "≤", "≥", "<", ">", "⇒", "⇔", "≠")
_CLAUSE = re.compile(r"[\n;,$]|\.\s|:(?!=)")
_NO_EQUATION = re.compile(r"\s*\\?\w+\s*:?=|.*(?:∫|∑|\\int|\\sum)")  # E = x², ∫ x² dx: x is not looked for there


def with_numbered_roots(lines: Sequence[list[Token]], source: str, words: Vocabulary) -> list[list[Token]]:
    """Return the lines with x = 2 for x_1 = 2, and with (2) for x_1 elsewhere, for letters that are such unknowns."""
    letters = [letter for letter in _numbered(lines) if _unknown(letter, source, words)]
    out = [list(line) for line in lines]
    for letter in letters:
        out = _spelled(out, letter)
    return out


def _numbered(lines: Sequence[list[Token]]) -> list[str]:
    """Return the letters that have numbers as subscripts and nothing else, and are given values so."""
    given: dict[str, set[str]] = {}
    bad = set[str]()
    for line in lines:
        k = 0
        while k < len(line):
            number, stop = _subscript(line, k)
            if number:
                if k == 0 and stop < len(line) and line[stop].text == "=":
                    given.setdefault(line[k].text, set()).add(number)
            elif k + 1 < len(line) and line[k + 1].text in ("_", "[") and line[k].kind in _NAMED:
                bad.add(line[k].text)
            k += 1
    return [letter for letter, numbers in given.items() if len(numbers) > 1 and letter not in bad]


def _unknown(letter: str, source: str, words: Vocabulary) -> bool:
    """Tell whether a letter stands for a number that is looked for: λI, or x² in an equation or a polynomial."""
    if letter in words.symbols and words.symbols[letter].shape:
        return False
    greek = {"λ": "λ", "lambda": "λ", "lam": "λ", "μ": "μ", "mu": "μ"}.get(letter, "")
    names = {"λ": r"(?:λ|\\?lambda|lam)", "μ": r"(?:μ|\\?mu)"}.get(greek, re.escape(letter))
    alone = rf"(?<![A-Za-z\\_]){names}"
    if re.search(rf"{alone}\s*\*?\s*(?:I(?![A-Za-z])|\\mathbf\{{?I|\\mathbb\{{?I|𝐈)", source):
        return True
    marked = r"(?:ᵀ|\^T|\^\{?\\top|'|∈\s*ℝ[ⁿᵈ²³]|\\in\s*\\mathbb|in R\^)"
    vectors = re.search(rf"{alone}\s*{marked}|‖{alone}|\|\|{alone}", source)
    raised = re.finditer(rf"{alone}\s*(?:²|³|\^\{{?[23])", source)
    return vectors is None and any(not _NO_EQUATION.match(_CLAUSE.split(source[: m.start()])[-1]) for m in raised)


def _subscript(line: Sequence[Token], k: int) -> tuple[str, int]:
    """Return the number below the letter at a place, and where it ends; ("", k) for none."""
    held = [t.text for t in line[k + 1 : k + 5]]
    if line[k].kind not in _NAMED or not (len(line[k].text) == 1 or line[k].text in _GREEK):
        return "", k
    if held[:1] == ["_"] and held[1:2] and held[1] in ("1", "2", "3", "4"):
        return held[1], k + 3
    if held[:2] == ["_", "{"] and held[3:] == ["}"] and held[2] in ("1", "2", "3", "4"):
        return held[2], k + 5
    return "", k


def _spelled(lines: Sequence[list[Token]], letter: str) -> list[list[Token]]:
    values: dict[str, list[Token]] = {}
    out: list[list[Token]] = []
    for line in lines:
        made: list[Token] = []
        number, stop = _subscript(line, 0) if line and line[0].text == letter else ("", 0)
        sides = [k for k, t in enumerate(line) if t.text == "="]
        value = [t for t in line[sides[-1] + 1 if sides else stop + 1 :] if t.kind != "end"]
        gives = bool(number) and number not in values and line[stop : stop + 1] != [] and line[stop].text == "="
        gives = gives and bool(value) and not any(t.text in _RELATIONS or t.text == letter for t in value)
        k = 0
        if gives:
            values[number] = value
            made, k = [line[0]], stop
        while k < len(line):
            number, stop = _subscript(line, k) if line[k].text == letter else ("", k)
            if number in values:
                at = (line[k].start, line[stop - 1].stop)
                inner = [t._replace(start=at[0], stop=at[1]) for t in values[number]]
                made += [Token("open", "(", *at, line[k].spaced), *inner, Token("close", ")", *at, False)]
                k = stop
                continue
            made.append(line[k])
            k += 1
        out.append(made)
    return out
