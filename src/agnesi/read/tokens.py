"""Tokens, and the passes over them that read one spelling as another: X.T, r.s, A kron B."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple


class Token(NamedTuple):
    """A token: `kind` is num, word, name, op, cmd, open, close or end; `text` is its normal spelling."""

    kind: str
    text: str
    start: int
    stop: int
    spaced: bool


def with_names(line: Sequence[Token], named: Callable[[int], tuple[str, int] | None]) -> list[Token]:
    """Return a line in which tokens are joined to names: `named` gives the name that begins at a place, and its end."""
    out: list[Token] = []
    k = 0
    while k < len(line):
        found = named(k)
        name, stop = found if found is not None else ("", k + 1)
        out.append(line[k]._replace(kind="name", text=name, stop=line[stop - 1].stop) if name else line[k])
        k = stop
    return out


def dots_as_products(tokens: list[Token]) -> list[Token]:
    """Read the dot of r.s and (r − s).(r − s) as a product, and that of X.T as a transpose."""
    out = list(tokens)
    for k in range(1, len(tokens) - 1):
        before, dot, after = tokens[k - 1 : k + 2]
        if dot.text != "." or dot.kind != "op" or dot.spaced or after.spaced:
            continue
        if before.kind not in ("word", "name", "close") or after.kind not in ("word", "name", "open"):
            continue
        if after.text == "T":
            out[k : k + 2] = [dot._replace(text="^"), after]
        elif not (before.text == "s" and after.text == "t"):
            out[k] = dot._replace(text="·")
    return out


def infix_words(tokens: list[Token]) -> list[Token]:
    """Read A kron B, (Bᵀ otimes A) and A odot B as the signs of these products; kron(A, B) stays a call."""
    if not any(t.text in _INFIX for t in tokens):
        return tokens
    out = list(tokens)
    for k in range(1, len(tokens) - 1):
        before, word, after = tokens[k - 1 : k + 2]
        if word.text not in _INFIX or before.kind not in _OPERANDS or after.kind not in ("word", "name", "open", "num"):
            continue
        if after.kind == "open" and _several(tokens, k + 1):
            continue
        out[k] = word._replace(kind="op", text=_INFIX[word.text])
    return out


_INFIX = {"kron": "⊗", "otimes": "⊗", "kronecker": "⊗", "odot": "⊙", "hadamard": "⊙"}
_OPERANDS = ("word", "name", "close", "num")


def _several(tokens: list[Token], opened: int) -> bool:
    """Tell whether the bracket that opens here holds several arguments."""
    depth = 0
    for token in tokens[opened:]:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 1 and token.text == ",":
            return True
        if depth == 0:
            return False
    return False
