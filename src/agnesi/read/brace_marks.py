r"""Braces around the arguments of min and max, \min\{1, a/b\}, and I for what else is known in P(A | B I)."""

from __future__ import annotations

from collections.abc import Container, Sequence

from agnesi.read.cursor import partners
from agnesi.read.tokens import Token

_BEST = frozenset(("min", "max", "exp", "log", "ln"))
_CHANCES = frozenset(("P", "Pr", "Prob", "ℙ"))
_KNOWN = "\N{GREEK CAPITAL LETTER IOTA}"  # no identity matrix
_JOINS = frozenset((",", "|", "+", "∪", "∩", "¬", "not", "'"))
_SET = frozenset((":", "|", "∈", "in", "∣", "s.t.", "st"))


def with_round_brackets(lines: Sequence[list[Token]]) -> list[list[Token]]:
    """Return the lines with min(a, b) for min{a, b}; braces of sets, {x : x > 0}, stay."""
    return [_rounded(line) if any(t.text in _BEST for t in line) else line for line in lines]


def _rounded(line: list[Token]) -> list[Token]:
    """Return a line with round brackets after min and max."""
    out = list(line)
    pairs = partners(line)
    for at, stop in pairs.items():
        if at < 1 or line[at].text != "{" or line[at - 1].text not in _BEST:
            continue
        own = _outside(line, at, stop, pairs)
        if any(t.text in _SET for t in own) or not any(t.text == "," for t in own):
            continue
        out[at], out[stop] = line[at]._replace(text="("), line[stop]._replace(text=")")
    return out


def _outside(line: Sequence[Token], at: int, stop: int, pairs: dict[int, int]) -> list[Token]:
    """Return what stands between two brackets, but in none that is opened there."""
    out, k = [], at + 1
    while k < stop:
        out.append(line[k])
        k = pairs.get(k, k) + 1
    return out


def with_background(lines: Sequence[list[Token]]) -> list[list[Token]]:
    """Return the lines with a letter of its own for the I of P(A | B I) = P(A | I) P(B | A I) / P(B | I).

    I is an event where it stands alone between the signs of P( | ), and no identity is in the text.
    """
    held = {(n, k) for n, line in enumerate(lines) for at, stop in _brackets(line)
            for k in range(at + 1, stop) if "I" in line[k].text}
    lone = {(n, k) for n, line in enumerate(lines) for k, t in enumerate(line)
            if t.text == "I" and not _informs(line, k)}
    if not held & lone or lone - held:
        return list(lines)
    return [_with_events(line) for line in lines]


def _with_events(line: list[Token]) -> list[Token]:
    """Return a line with A ∩ B for AB in the brackets of P."""
    inside = {k for at, stop in _brackets(line) for k in range(at + 1, stop)}
    out: list[Token] = []
    for k, token in enumerate(line):
        if _adjoins(line, k, inside):
            out.append(Token("op", "∩", token.start, token.start, False))
        out += _apart(token) if k in inside else [token]
    return out


def _adjoins(line: Sequence[Token], k: int, inside: Container[int]) -> bool:
    """Tell whether two events stand side by side: D H_bar."""
    return k in inside and k - 1 in inside and all(line[j].text.removesuffix("_bar").isalpha() and line[j].text != "not"
                                                   for j in (k - 1, k))


def _apart(token: Token) -> list[Token]:
    """Return A ∩ B for AB, A ∪ B for A + B, and the letter of what else is known for I."""
    if token.text == "+":
        return [token._replace(text="∪")]
    if len(token.text) == 1 or not token.text.isupper():
        return [token._replace(text=token.text.replace("I", _KNOWN))] if token.text == "I" else [token]
    out: list[Token] = []
    for k, letter in enumerate(token.text.replace("I", _KNOWN)):
        at = token.start + k
        out += [Token("op", "∩", at, at, False)] if k else []
        out.append(token._replace(text=letter, start=at, stop=at + 1))
    return out


def _informs(line: Sequence[Token], k: int) -> bool:
    """Tell whether the I of I(X; Y) stands here."""
    return k + 1 < len(line) and line[k + 1].text in ("(", "[") and not line[k + 1].spaced


def _brackets(line: Sequence[Token]) -> list[tuple[int, int]]:
    """Return the brackets that follow a letter and hold events of one capital letter each: P(A | BI)."""
    out: list[tuple[int, int]] = []
    for at, stop in partners(list(line)).items():
        called = at > 0 and line[at].text == "(" and line[at - 1].text[:1].isalpha()
        barred = called and (line[at - 1].text in _CHANCES or any(t.text == "|" for t in line[at + 1 : stop]))
        names = [t.text.removesuffix("_bar") for t in line[at + 1 : stop] if t.text not in _JOINS]
        if barred and all(name.isalpha() and name.isupper() and len(name) < 5 for name in names):
            out.append((at, stop))
    return out
