"""k(x, x'): a letter with a prime beside itself is a second letter of its kind, no derivative and no transpose."""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Vocabulary

_PRIME = "'"
_ACCEPTED = frozenset(("α", "alpha", "a", "A"))  # the probability that a step is taken
_BETWEEN = (",", "|", ":=", "→", ";")  # k(x, x'), q(x' | x), T(x' ← x)


def with_primed_letters(lines: Sequence[list[Token]], words: Vocabulary) -> list[list[Token]]:
    """Return the lines with x' and x_1' as one letter where x' is declared, or some line has k(x, x')."""
    found = {name for line in lines for name in _pairs(line)}
    found -= {name for name in found if name in words.symbols and words.symbols[name].ndim > 1}
    found |= {name[0] for name in words.symbols if len(name) == 2 and name[1] == _PRIME}
    return [_given(_joined(line, found), found) for line in lines] if found else list(lines)


def _pairs(line: Sequence[Token]) -> set[str]:
    """Return the letters of (x, x') and (x', x): arguments of a function, alone between brackets."""
    texts = [t.text for t in line]
    out = set()
    for k, token in enumerate(line):
        if token.kind not in ("word", "name") or len(token.text) != 1 or not token.text.islower():
            continue
        x = token.text
        if any(texts[max(k - 1, 0) : k + 5] in _both(x, sign) for sign in _BETWEEN):
            out.add(x)
    return out


def _both(x: str, sign: str) -> tuple[list[str], list[str]]:
    """Return the tokens of (x, x') and of (x', x)."""
    return ["(", x, sign, x, _PRIME, ")"], ["(", x, _PRIME, sign, x, ")"]


def _joined(line: list[Token], letters: set[str]) -> list[Token]:
    """Return a line with x ', x ^ ' and x _ 1 ' as x' and x' _ 1."""
    out: list[Token] = []
    k = 0
    while k < len(line):
        token = line[k]
        stop = k + 1
        if token.text[:1] == "d" and token.text[1:] in letters and line[min(stop, len(line) - 1)].text == _PRIME:
            out.append(token._replace(text="∂d", kind="op", stop=token.start + 1))  # ∫ T(x' | x) dx'
            out.append(token._replace(text=token.text[1:] + _PRIME, kind="name", start=token.start + 1, spaced=False))
            k += 2
            continue
        if token.text in letters and token.kind in ("word", "name"):
            stop = _subscript(line, k + 1)
            at = stop + 1 if stop < len(line) - 1 and line[stop].text == "^" else stop
            if at < len(line) and line[at].text == _PRIME:
                out += [token._replace(text=token.text + _PRIME, kind="name"), *line[k + 1 : stop]]
                k = at + 1
                continue
            stop = k + 1
        out += line[k:stop]
        k = stop
    return out


def _given(line: list[Token], letters: set[str]) -> list[Token]:
    """Return a line with T(x' | x) for T(x' ← x), and α(x', x) for α(x' ← x) and α(x' | x): no density."""
    out = list(line)
    for k in range(3, len(line) - 2):
        ends = {line[k - 1].text, line[k + 1].text}
        closed = line[k - 2].text == "(" and line[k + 2].text == ")" and line[k - 3].text.isalpha()
        if line[k].text in (":=", "|") and closed and any(ends == {x, x + _PRIME} for x in letters):
            out[k] = line[k]._replace(kind="op", text="," if line[k - 3].text in _ACCEPTED else "|")
    return out


def _subscript(line: Sequence[Token], k: int) -> int:
    """Return the place after a subscript at k, or k where there is none."""
    if k + 1 >= len(line) or line[k].text != "_":
        return k
    if line[k + 1].text != "{":
        return k + 2
    return next((j + 1 for j in range(k + 2, min(k + 8, len(line))) if line[j].text == "}"), k)
