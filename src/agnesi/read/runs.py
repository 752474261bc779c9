"""Runs of tokens: the sides of a chain of relations, and the groups that ⇒ and ⇔ separate."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agnesi.read.cursor import RELATIONS, partners
from agnesi.read.tokens import Token

ARROWS = frozenset(("⇒", "⇔"))
MOST_BEFORE = 30  # characters of a line before the words of a substitution: "and now setting"
_PUT = re.compile(
    r"(?:\b(?:set|setting|put|putting|plug\w*|insert\w*|substitut\w+|choos\w+|taking|take|using|use|with|for|at)"
    r"(?: in| that| the fact that)?[\s:$]*|\bwhere[\s:$]*)$",
    re.IGNORECASE,
)
_GIVES = re.compile(
    r"[\s,.;:$}]*(?:(?:this|that|which|it|we|one|then|now)\s+)*(?:gives?|yields?|gets?|have|obtains?|is)?[\s,:$}]*$"
)


def last_side(tokens: list[Token]) -> list[Token]:
    """Return the tokens after the last relation sign outside brackets."""
    depth, begin = 0, 0
    for k, token in enumerate(tokens):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.kind == "op" and token.text in RELATIONS:
            begin = k + 1
    while begin < len(tokens) and tokens[begin].kind == "word" and tokens[begin].text in ("where", "let"):
        begin += 1
    return tokens[begin:]


def first_side(tokens: list[Token]) -> list[Token]:
    """Return the tokens before the first relation sign outside brackets, if there is one."""
    depth = 0
    for k, token in enumerate(tokens):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.kind == "op" and token.text in RELATIONS:
            return tokens[:k]
    return []


def at_arrows(tokens: list[Token]) -> tuple[list[list[Token]], list[str]]:
    """Cut tokens at ⇒ and ⇔ outside brackets; return the runs and the signs."""
    runs: list[list[Token]] = [[]]
    signs: list[str] = []
    depth = 0
    for token in tokens:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.kind == "op" and token.text in ARROWS:
            runs.append([])
            signs.append(token.text)
            continue
        runs[-1].append(token)
    return runs, signs



def named_last(tokens: list[Token]) -> list[list[Token]]:
    """Return a line that ends with a new name, a = b =: p, as a = b and p := b."""
    at = [k for k in range(1, len(tokens) - 1) if tokens[k].text == "=:" and tokens[k].kind == "op"]
    if len(at) != 1:
        return [tokens]
    line, name = tokens[: at[0]], tokens[at[0] + 1 :]
    sign = tokens[at[0]]._replace(text=":=")
    ended = name[-1:] if name[-1].kind == "end" else []
    side = last_side(line)
    made = [*name[: len(name) - len(ended)], sign, *side, *ended]
    return [[*line, *ended], made] if len(side) < len(line) else [made]


def script(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """Return the one token in the script whose sign stands at a place, and where the script ends; ("", at) for more."""
    if at + 1 >= len(tokens) or tokens[at].text not in ("^", "_"):
        return "", at
    if tokens[at + 1].text == "{":
        closed = partners(list(tokens)).get(at + 1, 0)
        return (tokens[at + 2].text, closed + 1) if closed == at + 3 else ("", at)
    return tokens[at + 1].text, at + 2


def without_indices(tokens: list[Token]) -> tuple[list[Token], tuple[str, str, str] | None]:
    """Return the tokens without "for i ≠ j" or "if i = j" at the end, and what that says."""
    if len(tokens) < 6 or tokens[-4].text not in ("for", "if", "when", ",") or tokens[-2].text not in ("=", "≠"):
        return tokens, None
    first, last = tokens[-3], tokens[-1]
    if not all(t.kind in ("word", "name") and t.text in tuple("ijklmn") for t in (first, last)):
        return tokens, None
    kept = tokens[:-4] if tokens[-5].text != "," else tokens[:-5]
    return kept, ("ne" if tokens[-2].text == "≠" else "eq", first.text, last.text)


_NAMED = re.compile(r"\$?\\?\w{1,12}(?:_\{?\w+\}?)?\$?\s*(?:=|:=|→|->)")  # what is put in is a letter: c = E[X]


def put_between(text: str, start: int, stop: int, at: int, supposed: bool) -> bool:
    """Tell whether a statement only says under what the line at a place goes on from what stands above it.

    For f = 0.1 this is 0.01; setting c = E[X] gives, and the next line begins with a relation sign.
    """
    if "\n" not in text[stop:at]:
        return supposed
    opens = text.rfind("\n", 0, start) + 1
    closes = text.find("\n", stop)
    said = _PUT.search(text, opens, start)
    if said is None or said.start() - opens > MOST_BEFORE or "\n" in text[closes + 1 : at].strip():
        return False
    return _GIVES.match(text, stop, closes) is not None and _NAMED.match(text, start) is not None
