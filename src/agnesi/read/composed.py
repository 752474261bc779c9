"""Functions put one into the other: (g ∘ f)(x) is g(f(x)), and (g ∘ f)'(x) its derivative."""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.read.cursor import partners
from agnesi.read.tokens import Token

COMPOSED = frozenset(("f", "g", "h", "F", "G", "φ", "ψ", "σ", "exp", "log", "sin", "cos", "tanh"))
CIRCLES = ("∘", "\\circ")


def composed(tokens: Sequence[Token], text: str) -> list[Token]:
    """Return the tokens of a text with each (g ∘ f)(x) as (g(f(x))); primes stay behind the bracket."""
    if not any(text.startswith(CIRCLES, t.start) for t in tokens if t.text == "⊙"):
        return list(tokens)
    out, k, closes = list[Token](), 0, partners(list(tokens))
    while k < len(tokens):
        stop = closes.get(k, 0)
        names = _functions(tokens[k + 1 : stop], text) if tokens[k].text == "(" else []
        at = stop + 1
        while names and at < len(tokens) and tokens[at].text == "'":
            at += 1
        if not names or at not in closes or tokens[at].text != "(" or tokens[at].spaced:
            out.append(tokens[k])
            k += 1
            continue
        opened, shut = tokens[at], tokens[closes[at]]
        out.append(tokens[k])
        for name in names:
            out += [name, opened]
        out += [*tokens[at + 1 : closes[at]], *(shut for _ in names), tokens[stop], *tokens[stop + 1 : at]]
        k = closes[at] + 1
    return out


def _functions(inner: Sequence[Token], text: str) -> list[Token]:
    """Return the functions of g ∘ f, from the outer one inwards; none where it is a product of entries."""
    names, signs = inner[::2], inner[1::2]
    able = len(inner) > 2 and len(inner) % 2 == 1 and all(text.startswith(CIRCLES, t.start) for t in signs)
    return list(names) if able and all(t.text in COMPOSED for t in names) else []
