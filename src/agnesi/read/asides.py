"""Brackets in loose text that hold a remark or a condition and are no part of a formula: (expand), (x ≠ 0)."""

from __future__ import annotations

import re

from agnesi.read.english import words
from agnesi.read.loose_tokens import Token
from agnesi.read.words import GREEK


def binary(token: Token) -> bool:
    """Tell whether something must follow a token: an operator or a relation."""
    return token.kind == "rel" or (token.kind == "op" and token.text in "+-−*/·^_=⊙⊗∑∏∂∇")


def is_aside(tokens: list[Token], first: int, last: int) -> bool:
    """Tell whether brackets hold a remark: (using tr(AB) = tr(BA)), [expand], (A symmetric)."""
    opened = tokens[first]
    if opened.text not in ("(", "["):
        return False
    before = tokens[first - 1] if first else None
    held = tokens[first + 1 : last]
    if opened.text == "[" and _comment(tokens, first, last):
        return True
    said = {t.text.lower() for t in _outside(held) if t.prose or t.kind == "said"}
    after = tokens[last + 1] if last + 1 < len(tokens) else None
    if said and after is not None and _computed_with(held, before, after):
        return False
    if held and held[0].prose and held[0].text.lower() in _CONDITIONS and not binary(before or opened):
        return before is None or before.stop < opened.start
    if not said and _declares(held) and before is not None and before.stop < opened.start and not binary(before):
        return True
    if not said:
        return opened.text == "(" and before is not None and _condition(tokens[:first], opened, held)
    if before is not None and before.stop == opened.start and not (before.prose or before.kind in ("op", "rel")):
        return False
    if operator(before) and not (before is not None and before.prose) and not _closing(tokens, first - 1):
        return False
    return bool(said - {"if", "else", "otherwise", "for", "and", "or"})


def _closing(tokens: list[Token], at: int) -> bool:
    """Tell whether a bar closes what stands directly before it, and nothing directly after it: ‖y‖ (by symmetry)."""
    if at < 1 or tokens[at].text not in _BARS or tokens[at + 1].start == tokens[at].stop:
        return False
    return tokens[at - 1].stop == tokens[at].start and not operator(tokens[at - 1])


def _declares(held: list[Token]) -> bool:
    """Tell whether brackets hold shapes, (W: m×n, x: n): a letter and a colon, and neither a bar nor a bracket."""
    kinds = ("word", "num", "cmd")
    opens = len(held) > 2 and held[0].kind in ("word", "cmd") and held[1].text == ":" and held[2].kind in kinds
    return opens and all(t.kind in kinds or t.text in (":", ",", ";", "×", "^") for t in held)


_CONDITIONS = words("for if when where since because using by with as")


def _outside(held: list[Token]) -> list[Token]:
    """Return the tokens that do not stand in a bracket that is applied: of 1 - P(B | not A) only 1 - P."""
    out: list[Token] = []
    depth, applied = 0, [False]
    for k, token in enumerate(held):
        if token.kind == "close" and depth:
            depth -= 1
            applied.pop()
        if not any(applied):
            out.append(token)
        if token.kind == "open":
            depth += 1
            applied.append(bool(k) and held[k - 1].stop == token.start and not held[k - 1].prose)
    return out


def _comment(tokens: list[Token], first: int, last: int) -> bool:
    """Tell whether brackets at the end of a line, set apart by spaces, hold a reason: [tr(AB) = tr(BA)]."""
    before = tokens[first - 1] if first else None
    if before is None or tokens[first].start - before.stop < 2 or operator(before):
        return False
    ends = all(t.text in ".,;" for t in tokens[last + 1 :])
    stated = any(t.kind == "rel" for t in tokens[:first])
    return ends and stated and any(t.kind == "rel" for t in tokens[first + 1 : last])


def _computed_with(held: list[Token], before: Token | None, after: Token) -> bool:
    """Tell whether words in brackets name a quantity, since an operator follows: (number of heads)/n, (the sum) = 1."""
    if not binary(after) or after.text in ("⇒", "=>", "→", "->", "\\Rightarrow", "\\implies", "-", "−"):
        return False
    first = held[0].text.lower()
    if first in _CONDITIONS or (before is not None and not (binary(before) or before.prose)):
        return False
    return first in _QUANTITIES or after.kind != "rel"


_QUANTITIES = words("the sum mean average number total product probability norm variance amount fraction")


def operator(token: Token | None) -> bool:
    """Tell whether a token wants something after it."""
    if token is None:
        return False
    return token.kind == "rel" or (token.kind in ("op", "open") and token.text in "+-−*/·^_=|‖(⊙⊗∑∏[{∂∇")


def _condition(earlier: list[Token], opened: Token, held: list[Token]) -> bool:
    """Tell whether brackets without words, set apart by a space, hold a condition (x ≠ 0) or a name (Bernoulli)."""
    before = earlier[-1]
    if before.stop == opened.start or binary(before):
        return False
    if _stated(held):
        at = len(earlier) - 1
        while at > 1 and earlier[at - 1].text == "_":  # P_θ (X = 1), ∇_x (x = 1)
            at -= 2
        return not _APPLIED.fullmatch(earlier[at].text)
    name = held[0].text if len(held) == 1 and held[0].kind == "word" else ""
    return len(name) > (3 if before.kind == "num" else 4) and name.lower() not in GREEK and name != "const"


_APPLIED = re.compile(r"P|Pr|Prob|E|p|q|Q|H|ℙ|𝔼|𝟙|𝟏|δ|∇|∂|\\(?:Pr|delta|nabla)|\\\w+\s*\{(?:P|Pr|E|1|I|H)\}")


def _stated(held: list[Token]) -> bool:
    """Tell whether a relation stands outside all brackets: in x ≠ 0, not in ∑_{i=1}^n x_i."""
    depth = 0
    for token in held:
        depth += (token.kind in ("open", "begin")) - (token.kind in ("close", "end"))
        if token.kind == "rel" and depth == 0:
            return True
    return False


def barred(tokens: list[Token], close: dict[int, int]) -> dict[int, int]:
    """Return the bars about words, first and last: |mean of the a_i|, ‖the residual‖; not those in brackets."""
    found: dict[int, int] = {}
    k, opened, said = 0, -1, False
    while k < len(tokens):
        token = tokens[k]
        if k in close:
            said = said or any(t.prose for t in tokens[k : close[k]])
            k = close[k] + 1
            continue
        if token.text in _BARS:
            before, after = (tokens[k - 1] if k else None), (tokens[k + 1] if k + 1 < len(tokens) else None)
            joined = before is not None and before.stop == token.start
            if opened >= 0 and tokens[opened].text == token.text and joined:
                if said:
                    found[opened] = k
                opened = -1
            elif after is not None and after.start == token.stop and (not joined or operator(before)):
                opened, said = k, False
        said = said or token.prose
        k += 1
    return found


_BARS = frozenset(("|", "‖", "||", "\\|"))
