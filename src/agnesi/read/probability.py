"""What looks like a density or a function but is none is told plainly, with its place, and never misread."""

from __future__ import annotations

from agnesi.errors import Place, ReadError, UnknownName
from agnesi.read.chance_sheet import density_at, letter_before
from agnesi.read.chance_words import DISTRIBUTIONS, QUANTITIES, is_density
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Vocabulary

_BARS = ("|", "‖")


def refuse_probability(tokens: list[Token], text: str, words: Vocabulary) -> None:
    """Raise where a name before a bracket is used as no product is: foo(x | y), f(x, y)."""
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
            if called and signs and not words.symbolic(tokens[first - 1].text):
                _refuse(tokens, first, k, signs, text, words)


def _refuse(tokens: list[Token], first: int, last: int, signs: list[Token], text: str, words: Vocabulary) -> None:
    name = letter_before(tokens, first)
    if density_at(name, tokens, first, last, words):
        return
    name = tokens[first - 1].text
    if name in QUANTITIES or name in DISTRIBUTIONS or is_density(name, tokens, first, last, words):
        return
    whole = Place(text, tokens[first - 1].start, tokens[last].stop)
    shown = text[whole.start : whole.stop]
    shown = shown if len(shown) < 60 else f"{name}(...)"
    alone = [b for mark in _BARS if len(same := [s for s in signs if s.text == mark]) % 2 for b in same[:1]]
    if alone:
        raise ReadError(
            f"{shown} has a bar as a density has, but {name} is no density that is read.",
            where=Place(text, alone[0].start, alone[0].stop),
            repair="Write p(x | y) with one letter, or close the bars of |x|.",
        )
    if words.function(name) or tokens[first].text != "(" or len(name) != 1 or all(s.text != "," for s in signs):
        return
    raise UnknownName(
        f"{shown} is written like a function, but {name} is not one.",
        where=whole,
        repair=f"Define {name}(x, y) = ..., or write {name} * [x; y] for a product.",
    )
