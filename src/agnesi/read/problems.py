"""Problems (minimise ... subject to ...) are told apart from expressions: they are not solved here yet."""

from __future__ import annotations

from agnesi.errors import Place, ReadError
from agnesi.read.tokens import Token


def constraint_at(tokens: list[Token]) -> int:
    """Return where `subject to`, `s.t.` or \\text{ st } begins outside brackets, or -1."""
    depth = 0
    for k, token in enumerate(tokens):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth or token.kind not in ("word", "name") or not k:
            continue
        texts = [t.text for t in tokens[k : k + 3]]
        if texts == ["s", ".", "t"] or texts[:2] == ["subject", "to"] or (texts[0] == "st" and said(tokens, k)):
            return k
    return -1


def said(tokens: list[Token], k: int) -> bool:
    """Tell whether `st` stands between an objective and a constraint; y = st is a product."""
    before, after = tokens[k - 1], tokens[k + 1 :]
    ends = before.kind in ("word", "name", "num", "close")
    return tokens[k].spaced and ends and any(t.text in ("=", "≤", "≥", "<", ">", "∈") for t in after)


def no_problems(tokens: list[Token], text: str) -> ReadError:
    """Return the error for a problem with constraints where an expression is wanted."""
    first = tokens[0]
    return ReadError(
        "Problems with constraints (subject to) are not solved here yet.",
        where=Place(text, first.start, first.stop),
        repair="Read the function alone, or write the Lagrangian: f + λ g for the constraint g = 0.",
    )
