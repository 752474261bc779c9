"""Functions without their argument, as tokens: tanh' = 1 − tanh², σ' = σ(1 − σ), sin' = cos."""

from __future__ import annotations

from collections.abc import Collection

from agnesi.read.english import words
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import FUNCTIONS

SMOOTH = words("tanh sigmoid logistic softplus relu sin cos tan exp log ln sinh cosh arctan arcsin arccos erf sqrt σ")
_PLAIN = frozenset("+-*/·()[]^=,'²⊙{}")
_ARGUMENTS = ("z", "t", "u", "s")


def applied(tokens: list[Token], taken: Collection[str] = ()) -> list[Token]:
    """Return a line that begins with f' = and speaks of functions alone with an argument for each of them.

    `taken` are letters that stand for something else in the text.
    """
    held = [t for t in tokens if t.kind != "end"]
    opens = len(held) > 3 and held[0].text in SMOOTH and held[1].text == "'" and held[2].text in ("=", "'")
    known = all(_function(t) or t.kind == "num" or t.text in _PLAIN for t in held)
    letter = next((a for a in _ARGUMENTS if a not in taken), "")
    if not opens or not known or not letter:
        return tokens
    out: list[Token] = []
    for k, token in enumerate(tokens):
        out.append(token)
        after = tokens[k + 1].text if k + 1 < len(tokens) else ""
        primed = token.text == "'" and after != "'"
        if (_function(token) and after != "'") or primed:
            at = token.stop
            call = (("open", "("), ("name", letter), ("close", ")"))
            out += [Token(kind, text, at, at, False) for kind, text in call]
            if after in ("(", "["):  # σ(1 − σ) is a product here
                out.append(Token("op", "*", at, at, False))
    return out


def _function(token: Token) -> bool:
    return token.kind in ("word", "name") and token.text in SMOOTH and (token.text in FUNCTIONS or token.text == "σ")
