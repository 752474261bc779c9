"""Probability statements are not read yet; what looks like one is told plainly, with its place, and never misread."""

from __future__ import annotations

from agnesi.errors import Ambiguous, Place, ReadError, UnknownName
from agnesi.read.lex import Token
from agnesi.read.vocabulary import Vocabulary

_BARS = ("|", "‖")
_DENSITIES = frozenset(("p", "q", "P", "Pr", "H", "I", "N"))


def refuse_probability(tokens: list[Token], text: str, words: Vocabulary) -> None:
    """Raise where a name before a bracket is a density: N(x | μ, Σ), KL(p ‖ q), E[x | y], p(x, y), I(X; Y), p(x)."""
    open_at: list[int] = []
    held: list[list[Token]] = [[]]  # the signs | ‖ , ; of each open bracket
    for k, token in enumerate(tokens):
        if token.kind == "op" and token.text in (*_BARS, ",", ";"):
            held[-1].append(token)
        elif token.kind == "open":
            open_at.append(k)
            held.append([])
        elif token.kind == "close" and open_at:
            first, signs = open_at.pop(), held.pop()
            called = first > 0 and tokens[first - 1].kind == "name" and not tokens[first].spaced
            if called and not words.symbolic(tokens[first - 1].text):
                _refuse(tokens, first, k, signs, text, words)


def _refuse(tokens: list[Token], first: int, last: int, signs: list[Token], text: str, words: Vocabulary) -> None:
    at = first - 1
    name = tokens[at].text
    while at and tokens[at - 1].kind == "name" and tokens[at - 1].stop == tokens[at].start and name.isupper():
        at -= 1  # K L of KL
    whole = Place(text, tokens[at].start, tokens[last].stop)
    shown = text[whole.start : whole.stop]
    shown = shown if len(shown) < 60 else f"{name}(...)"
    alone = [b for mark in _BARS if len(same := [s for s in signs if s.text == mark]) % 2 for b in same[:1]]
    if alone:
        formula = "∑_i p_i log(p_i/q_i)" if alone[0].text == "‖" else "exp(−½(x − μ)ᵀΣ⁻¹(x − μ))"
        raise ReadError(
            f"{shown} is a probability statement; these are not read yet.",
            where=Place(text, alone[0].start, alone[0].stop),
            repair=f"Write it out, as in {formula}.",
        )
    if words.function(name) or tokens[first].text != "(" or name in ("E", "𝔼", "Var", "Cov", "d"):
        return
    commas = len(name) == 1 and any(s.text == "," for s in signs)
    if commas or (signs and signs[0].text == ";" and name in _DENSITIES):
        raise UnknownName(
            f"{shown} is written like a function, but {name} is not one; probability statements are not read yet.",
            where=whole,
            repair=f"Define {name}(x, y) = ..., or write {name} * [x; y] for a product.",
        )
    if name in _DENSITIES and last == first + 2 and tokens[first + 1].kind == "name" and name not in "NI":
        raise Ambiguous(
            f"{shown} has two readings: a density at {tokens[first + 1].text}, which is not read yet, and a product.",
            where=whole,
            repair=f"Write {name} * {tokens[first + 1].text} for the product, or define {name}(x) = ...",
        )
