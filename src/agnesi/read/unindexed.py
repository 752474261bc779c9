"""Sums that do not say over what they run: ∑ x_i and sum (x_i − m)² run over i, ∑ p(x, y) over both letters."""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.read.cursor import RELATIONS, partners
from agnesi.read.tokens import Token

_SIGNS = frozenset(("∑", "∏", "sum", "prod", "Sum"))
_MASSES = frozenset(("p", "P", "q"))
_INDICES = frozenset("ijklnt")
_SIZED = frozenset(("𝟏", "𝟎", "I", "1", "0"))  # their subscript is a size
_STOPS = frozenset((",", ";", ")", "]", "}", "+", "-"))


def indexed(tokens: list[Token]) -> list[Token]:
    """Return the tokens of a formula with ∑_i for a sum without an index over what has the subscript i alone."""
    if not any(t.text in _SIGNS for t in tokens):
        return tokens
    edges = partners(tokens)
    out: list[Token] = []
    for k, token in enumerate(tokens):
        out.append(token)
        if token.text not in _SIGNS or k + 1 >= len(tokens) or tokens[k + 1].text in ("_", "^", "["):
            continue
        summand = tokens[k + 1 : _end(tokens, k + 1, edges)]
        found = _subscripts(summand)
        if len(found) == 1 and not any(t.text in ("..", ":", *RELATIONS, *_SIGNS) for t in summand):
            at = token.stop
            name = "∑" if token.text in ("sum", "Sum", "∑") else "∏"
            out[-1] = token._replace(kind="op", text=name)
            out += [Token("op", "_", at, at, False), Token("word", found.pop(), at, at, False)]
        values = _values(summand) if not found and not any(t.text in _SIGNS for t in summand) else []
        values = [v for v in values if v not in _letters_before(tokens[:k])]
        if values:
            at = token.stop
            out[-1] = token._replace(kind="op", text="∑" if token.text in ("sum", "Sum", "∑") else "∏")
            out += [Token("op", "_", at, at, False), Token("open", "{", at, at, False)]
            for k_, value in enumerate(values):
                out += [Token("op", ",", at, at, False)] * (k_ > 0) + [Token("word", value, at, at, False)]
            out.append(Token("close", "}", at, at, False))
    return out


def _values(tokens: Sequence[Token]) -> list[str]:
    """Return the small letters of which p, P and q are taken, before the bar: x and y of p(x, y), x of P(X = x)."""
    found: dict[str, None] = {}
    for k, token in enumerate(tokens[:-2]):
        if token.text not in _MASSES or token.kind not in ("word", "name") or tokens[k + 1].text != "(":
            continue
        for one in tokens[k + 2 :]:
            if one.text in (")", "|"):
                break
            if one.kind in ("word", "name") and len(one.text) == 1 and one.text.islower():
                found[one.text] = None
            elif one.text not in (",", "=") and not one.text.isupper():
                return []
    return list(found)


def _letters_before(tokens: Sequence[Token]) -> set[str]:
    """Return the letters in front of the last relation sign: of p(x) = ∑ p(x, y) the x, over which it is not summed."""
    at = max((k for k, t in enumerate(tokens) if t.text in RELATIONS), default=0)
    return {t.text for t in tokens[:at] if t.kind in ("word", "name")}


def _end(tokens: Sequence[Token], at: int, edges: dict[int, int]) -> int:
    """Return where the summand that begins at a place ends: at a sign of its own level."""
    k = at
    while k < len(tokens):
        token = tokens[k]
        if token.kind == "end" or (k > at and token.text in _STOPS) or token.text in RELATIONS:
            return k
        k = edges.get(k, k) + 1
    return k


def _subscripts(tokens: Sequence[Token]) -> set[str]:
    """Return the letters that stand as subscripts, save those of 1 and 2."""
    found: set[str] = set()
    for k, token in enumerate(tokens[:-1]):
        if token.text != "_" or (k and tokens[k - 1].text in _SIZED):
            continue
        at = k + 1
        ends = (j for j in range(at, len(tokens)) if tokens[j].text == "}")
        closed = next(ends, at) if tokens[at].text == "{" else at
        held = tokens[at : closed + 1]
        found |= {t.text for t in held if t.kind in ("word", "name") and t.text in _INDICES}
        found |= {"?" for t in held if t.kind in ("word", "name") and t.text not in _INDICES and len(t.text) == 2}
    return found
