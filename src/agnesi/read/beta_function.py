"""B(a, b) as the beta function Γ(a)Γ(b)/Γ(a + b), in texts that speak of Γ or of beta distributions."""

from __future__ import annotations

import re
from collections.abc import Container

from agnesi.read.cursor import partners
from agnesi.read.tokens import Token

_SPEAKS = re.compile(r"Γ|\\Gamma\b|\b[Bb]eta\b(?!\s*[_^=])")
_OTHER = re.compile(r"(?<![A-Za-z\\{])B(?![A-Za-z(]|\s*\(|\\left)")  # B is something else in the text


def with_beta_function(tokens: list[Token], source: str, known: Container[str]) -> list[Token]:
    """Return tokens with Γ(a)Γ(b)/Γ(a + b) for each B(a, b), where B is nothing else."""
    if not any(t.text == "B" for t in tokens) or "B" in known or not _SPEAKS.search(source) or _OTHER.search(source):
        return tokens
    edges = partners(tokens)
    out, k = list[Token](), 0
    while k < len(tokens):
        stop = edges.get(k + 1, k) if tokens[k].text == "B" and tokens[k + 1 : k + 2] else k
        arguments = _arguments(tokens, k + 2, stop, edges) if stop > k and tokens[k + 1].text == "(" else []
        if len(arguments) != 2:
            out.append(tokens[k])
            k += 1
            continue
        out += _written(tokens[k], *arguments)
        k = stop + 1
    return out


def _arguments(tokens: list[Token], at: int, stop: int, edges: dict[int, int]) -> list[list[Token]]:
    """Return what stands between the commas of a bracket."""
    found: list[list[Token]] = [[]]
    k = at
    while k < stop:
        after = edges.get(k, k) + 1
        if tokens[k].text == ",":
            found.append([])
        else:
            found[-1] += tokens[k:after]
        k = after
    return found if all(found) else []


def _written(at: Token, first: list[Token], second: list[Token]) -> list[Token]:
    """Return the tokens of (Γ(a)Γ(b)/Γ((a) + (b))) at the place of B."""

    def sign(kind: str, text: str) -> Token:
        return Token(kind, text, at.start, at.stop, False)

    def held(inside: list[Token]) -> list[Token]:
        return [sign("open", "("), *inside, sign("close", ")")]

    gamma = sign("word", "Γ")
    both = [*held(first), sign("op", "+"), *held(second)]
    return held([gamma, *held(first), sign("op", "·"), gamma, *held(second), sign("op", "/"), gamma, *held(both)])
