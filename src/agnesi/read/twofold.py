"""Letters that stand for two things: σ² as a variable of its own, N as a number and N_k as the entries of a vector.

    ∂ℓ/∂σ² = −n/(2σ²) + ...     σ² is the variable σ2, σ⁴ its square, σ its root
    π_k = N_k/N                 N_k is entry k of N_, N is a number
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from agnesi.read.runs import script
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Vocabulary


def variances(lines: Sequence[Sequence[Token]]) -> list[tuple[str, str]]:
    """Return the letters whose square is a variable of its own, with its name: σ of ∂ℓ/∂σ² and of ℓ(μ, σ²) = ..."""
    found: dict[str, str] = {}
    for line in lines:
        for k, token in enumerate(line[:-1]):
            letter = line[k + 1].text
            before = line[max(0, k - 14) : k]
            once = not any(a.text in ("∂", "∂d", "d") and b.text == "^" for a, b in pairwise(before))
            once = once and not any(t.text == "^" for t in line[max(0, k - 6) : k])
            below = token.text in ("∂", "∂d") and any(t.text == "/" or t.text == "}" for t in line[max(0, k - 2) : k])
            if below and once and _power(line, k + 2)[0] == "2" and line[k + 1].kind in ("word", "name"):
                found[letter] = f"{letter}2"
            elif token.kind == "word" and token.text[0] == "d" and len(token.text) == 2 and k and once:
                if line[k - 1].text == "/" and _power(line, k + 1)[0] == "2" and not token.text[1].isascii():
                    found[token.text[1]] = f"{token.text[1]}2"
    return list(found.items())


def spread(line: Sequence[Token], letter: str, mark: str) -> list[Token]:
    """Return the line with σ² as the name σ2, σ⁴ as its square, and σ as its root."""
    out: list[Token] = []
    line, k = [part for token in line for part in apart(token, letter)], 0
    while k < len(line):
        token = line[k]
        power, stop = _power(line, k + 1) if token.text == letter else ("", k)
        name = token._replace(kind="name", text=mark)
        if token.text == f"d{letter}" and _power(line, k + 1)[0] == "2":
            stop = _power(line, k + 1)[1]
            out += [token._replace(kind="op", text="∂d"), name._replace(spaced=False, stop=line[stop - 1].stop)]
            k = stop
            continue
        if token.text != letter or token.kind not in ("word", "name"):
            out.append(token)
        elif power == "2":
            out.append(name._replace(stop=line[stop - 1].stop))
            k = stop - 1
        elif power.isdigit() and int(power) % 2 == 0:
            half = Token("num", str(int(power) // 2), token.stop, line[stop - 1].stop, False)
            out += [name, Token("op", "^", token.stop, token.stop, False), half]
            k = stop - 1
        else:
            at = token.stop
            out += [token._replace(kind="word", text="sqrt"), Token("open", "(", at, at, False),
                    name._replace(start=at, stop=at, spaced=False), Token("close", ")", at, at, False)]
        k += 1
    return out


def _power(line: Sequence[Token], k: int) -> tuple[str, int]:
    """Return the exponent that begins at a place, and where it ends; x_2 has none."""
    return script(line, k) if k < len(line) and line[k].text == "^" else ("", k)


def apart(token: Token, letter: str) -> list[Token]:
    """Return the letters of a word such as πσ as tokens of their own, if the letter is in it."""
    greek = token.kind == "word" and len(token.text) > 1 and not any(c.isascii() for c in token.text)
    if not greek or letter not in token.text or token.stop - token.start != len(token.text):
        return [token]
    return [Token("word", c, token.start + k, token.start + k + 1, token.spaced and not k)
            for k, c in enumerate(token.text)]


def counted(lines: Sequence[Sequence[Token]], words: Vocabulary) -> list[str]:
    """Return the letters that are a number by themselves and a vector with an index: N and N_k in π_k = N_k/N."""
    found: list[str] = []
    for letter in ("N", "n", "m", "M", "T"):
        if letter in words.symbols and words.symbols[letter].shape:
            continue
        named = ("word", "name")
        at = [(line, k) for line in lines for k, t in enumerate(line) if t.text == letter and t.kind in named]
        held = [script(line, k + 1)[0] for line, k in at]
        below = any(not item and k and line[k - 1].text == "/" for (line, k), item in zip(at, held, strict=True))
        if below and any(item in ("i", "j", "k", "c", "l") for item in held):
            found.append(letter)
            upper = any(k and (line[k - 1].text in ("^", "×") or line[max(0, k - 2)].text == "^") for line, k in at)
            if not upper and letter not in words:  # it is not how many there are
                words.amounts.add(letter)
    return found


def renamed(line: Sequence[Token], letter: str) -> list[Token]:
    """Return the line with the letter that has an index as another name: N_ of N_k."""
    return [
        t._replace(kind="name", text=f"{letter}_")
        if t.text == letter and t.kind in ("word", "name") and script(line, k + 1)[0] else t
        for k, t in enumerate(line)
    ]
