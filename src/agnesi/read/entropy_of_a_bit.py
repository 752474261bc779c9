"""h(0.1), H(0.1) and h(p) in a text about information: the entropy of one bit with that probability, as H_2(p) is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agnesi.expr.nodes import symbol
from agnesi.read.tokens import Token
from agnesi.read.two_distributions import with_distributions
from agnesi.read.units_told import in_one_unit, unit_of
from agnesi.read.vocabulary import Vocabulary

_ABOUT = re.compile(
    r"\bbits?\b|\bnats?\b|entrop|channel|\bBSC\b|\bBEC\b|capacit|log_?\{?2|log₂|information", re.IGNORECASE
)
_CALL = re.compile(r"(?<![\w\\}])([hH])(?:_\{?[2b]\}?|₂|_\{?\\(?:text|mathrm)\{[2b]\}\}?)?\(\s*([^()]{1,12}?)\s*\)")
_OF_DENSITY = re.compile(r"(?:log|ln)\s*f\(([A-Z])\)")
_NUMBER = re.compile(r"0?\.\d+|[1-9]\d?\s*/\s*[1-9]\d?|½|⅓|¼")
_LETTER = re.compile(r"[pqfαδεϵ]|\\(?:alpha|delta|epsilon|varepsilon)|p_[e0-9]")


def information_in(source: str) -> tuple[str, frozenset[str]]:
    """Return the unit of information in a text, and the letters of entropies of one bit."""
    return unit_of(source), letters_of_bits(source)


def informed(tokens: Sequence[Token], source: str, told: tuple[str, frozenset[str]]) -> list[Token]:
    """Return a formula with its numbers in the unit of the text, and with entropies of one bit."""
    plain = with_distributions(in_one_unit(tokens, source, told[0]), source)
    return with_entropies(with_densities(plain, source), told[1])


def declare_numbers(source: str, words: Vocabulary) -> None:
    """Declare as numbers the H of a text about information and the L of log L, that stand alone there."""
    likelihood = re.search(r"(?:log|ln)\s*L(?![\w(^'])", source) is not None
    for name in "H" * bool(_ABOUT.search(source)) + "L" * likelihood:
        alone = re.search(rf"(?<![\w\\{{_]){name}(?![\w(_{{}}\[])", source)
        marks = r"ᵀ|'|⁻|\^|\s*[:∈]|\s+(?:is|in|be)\b|\("
        matrix = re.search(rf"(?<![\w\\]){name}(?:{marks})|det ?\(?{name}|‖{name}", source)
        defined = re.search(rf"(?<![\w\\]){name}\}}?\s*&?\s*:?=", source)
        if alone and not matrix and not defined and name not in words.symbols and name not in words.definitions:
            words.declare(symbol(name, ()))


def with_densities(tokens: Sequence[Token], source: str) -> list[Token]:
    """Return a formula with log f(X) as log p(X) where X has a law and f is nothing else: its density."""
    found = _OF_DENSITY.search(source)
    named = found is not None and re.search(rf"(?<!\w){found[1]}\s*(?:~|\\sim|∼)", source)
    if found is None or not named or re.search(r"(?<![\w\\])[fp](?:_\w+)?\(\s*[a-z\\]", source):
        return list(tokens)
    out = list(tokens)
    for k in range(len(out) - 2):
        if out[k].text == "f" and out[k + 1].text == "(" and out[k + 2].text == found[1]:
            out[k] = out[k]._replace(text="p")
    return out


def letters_of_bits(source: str) -> frozenset[str]:
    """Return h or H where the text takes it of probabilities only and defines it nowhere."""
    if not _ABOUT.search(source):
        return frozenset()
    calls: dict[str, list[str]] = {}
    for found in _CALL.finditer(source):
        calls.setdefault(found[1], []).append(found[2])
    out = []
    for letter, held in calls.items():
        numbers = any(_NUMBER.fullmatch(a) for a in held)
        bits = all(_NUMBER.fullmatch(a) or _LETTER.fullmatch(a) for a in held)
        defined = re.search(rf"(?<!\w){letter}\(\s*(?:[a-zα-ω]|\\[a-z]+)\s*\)\s*&?\s*:?=\s*-", source)
        if numbers and bits and not defined:
            out.append(letter)
    return frozenset(out)


def with_entropies(tokens: Sequence[Token], letters: frozenset[str]) -> list[Token]:
    """Return a formula with h(0.1) as H_2(0.1)."""
    out: list[Token] = []
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        if token.text in letters and after is not None and after.text == "(":
            end = token.stop
            out += [token._replace(text="H"), Token("op", "_", end, end, False), Token("num", "2", end, end, False)]
            continue
        out.append(token)
    return out
