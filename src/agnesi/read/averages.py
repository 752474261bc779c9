"""Averages in angle brackets, as physicists write them: ⟨x²⟩ − ⟨x⟩², and <x> typed in ASCII.

⟨g(x)⟩ is E[g(x)]; where the text has the probabilities p_i of values x_i it is ∑_i p_i g(x_i).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agnesi.read.cursor import partners
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Vocabulary

_SURE = re.compile(r"(?:^|[\s=+(/∂−-])<[a-zA-Z](?:\^?\d|[²³⁴])?>(?=\s*[=+)/^²−-]|\s*$|<|\s+[=+<]|[.,;])", re.MULTILINE)
_INNER = re.compile(r"(?<![A-Za-z])<(?=\S)([^<>=\n,|]{1,40})(?<=\S)>")
_DEPTH = 4
_PAIRED = (",", "|", ";", "∣", "‖")
_INDEXED = re.compile(r"(?<![A-Za-z\\])([A-Za-z])(?:_\{?[ij]\}?|[ᵢⱼ])(?!\w)")
_LETTERS = ("i", "j", "k", "l")


def angled(text: str) -> str:
    """Return a text with <x> as ⟨x⟩ where averages are written so.

    >>> angled("var = <(x - <x>)^2> = <x^2> - <x>^2, a < b")
    'var = ⟨(x - ⟨x⟩)^2⟩ = ⟨x^2⟩ - ⟨x⟩^2, a < b'
    """
    if "</" in text or not _SURE.search(text):
        return text
    for _ in range(_DEPTH):
        text = _INNER.sub(r"⟨\1⟩", text)
    return text


def averaged(tokens: Sequence[Token], source: str) -> list[Token]:
    """Return the tokens of a formula with averages as expectations, or as sums over the values with probabilities."""
    if not any(t.text == "⟨" for t in tokens):
        return list(tokens)
    pairs = partners(list(tokens))
    single = {k: pairs[k] for k, t in enumerate(tokens) if t.text == "⟨" and k in pairs and _lone(tokens, k, pairs[k])}
    indexed = set(_INDEXED.findall(source))
    closes = {stop: start for start, stop in single.items()}
    out: list[Token] = []
    open_: list[str] = []  # the index of each average that is open; none for an expectation
    for k, token in enumerate(tokens):
        if k in single:
            held = {t.text for t in tokens[k + 1 : single[k]]} & indexed - {"p"}
            used = [i for i in open_ if i]
            index = _LETTERS[len(used)] if "p" in indexed and held else ""
            open_.append(index)
            out += _opened(token, index)
        elif k in closes:
            index = open_.pop()
            out += [_like(token, "close", ")"), _like(token, "close", ")")] if index else [_like(token, "close", "]")]
        else:
            index = open_[-1] if open_ else ""
            out.append(token)
            if index and token.text in indexed and token.kind in ("word", "name"):
                out += [_like(token, "op", "_"), _like(token, "word", index)]
    return out


def _opened(token: Token, index: str) -> list[Token]:
    """Return E[ or (∑_i p_i (."""
    if not index:
        return [token._replace(kind="word", text="E"), _like(token, "open", "[")]
    kinds = [("open", "("), ("op", "∑"), ("op", "_"), ("word", index), ("word", "p"), ("op", "_"), ("word", index)]
    first, *rest = [_like(token, kind, text) for kind, text in kinds]
    spaced = [t._replace(spaced=t.text == "p") for t in rest]
    return [first._replace(spaced=token.spaced), *spaced, _like(token, "open", "(")._replace(spaced=True)]


def _like(token: Token, kind: str, text: str) -> Token:
    return Token(kind, text, token.start, token.stop, False)


def _lone(tokens: Sequence[Token], start: int, stop: int) -> bool:
    """Tell whether angle brackets hold one quantity: ⟨x, y⟩ is an inner product."""
    depth = 0
    for token in tokens[start + 1 : stop]:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.text in _PAIRED:
            return False
    return True


def declare_probabilities(source: str, words: Vocabulary) -> None:
    """Declare that p has probabilities where ⟨x⟩ is an average with the p_i."""
    averages = re.search(r"(?:⟨|\\langle)[^⟨⟩,\n]{1,40}(?:⟩|\\rangle)", source)
    if averages and "p" in _INDEXED.findall(source) and "p" not in words.symbols:
        words.facts.setdefault("p", frozenset(("probability",)))
