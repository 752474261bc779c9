"""Marks and words of letters, as tokens: w^{new} and W^{[1]} as names, xyz as a product of x, y and z.

Tokens of a whole text are rewritten before any of them is parsed.
"""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.read.bare_densities import with_arguments_again
from agnesi.read.english import words as words_of
from agnesi.read.layers import with_layers
from agnesi.read.positive_parts import with_positive_parts
from agnesi.read.tokens import Token
from agnesi.read.told_columns import with_columns
from agnesi.read.vocabulary import FUNCTIONS, Vocabulary
from agnesi.read.words import GREEK, KEYWORDS, WHOLE_WORDS

MARKS = words_of(
    "new old next prev cur curr init opt best true obs pred post prior train test ridge lasso ols mle map ls ml"
)
_AFTER_PLUS = frozenset((*"=≤≥<>-+,;|‖)]}", "≡", ":=", "\n", "⇒", "ᵀ"))
_KEPT = frozenset((*FUNCTIONS, *GREEK, *KEYWORDS, *WHOLE_WORDS, "const", "log", "ln", "mod", "lim", "int"))
MOST_LETTERS = 4  # of a word that is a product


def with_marks(lines: Sequence[list[Token]], words: Vocabulary) -> list[list[Token]]:
    """Return the lines with w^{new} as the name w_new, W^{[1]} as W^{(1)}, and products of letters cut apart."""
    lines = [subscripts_apart(line) for line in with_positive_parts(with_layers(lines))]
    lines = with_columns(lines, words)
    lines = stepped(with_arguments_again([over_the_left_side(line) for line in lines]))
    apart = products(lines, words)
    return [cut(layered(marked(starred(line))), apart) for line in lines]


def subscripts_apart(line: list[Token]) -> list[Token]:
    """Return a line with q_iq_i as q_i q_i: a subscript of two letters that has one itself."""
    out: list[Token] = []
    for k, token in enumerate(line):
        after = line[k + 1] if k + 1 < len(line) else token
        glued = k > 1 and line[k - 1].text == "_" and after.text == "_" and not after.spaced and not token.spaced
        if glued and token.kind == "word" and len(token.text) == 2 and token.text[0] in "ijklmn":
            middle = token.start + 1
            out.append(Token("word", token.text[0], token.start, middle, False))
            out.append(Token("word", token.text[1], middle, token.stop, True))
        else:
            out.append(token)
    return out


def marked(line: list[Token]) -> list[Token]:
    """Return a line in which a word as an exponent is part of the name: w^new, β^{old}."""
    if not any(t.text == "^" for t in line):
        return line
    out: list[Token] = []
    k = 0
    while k < len(line):
        token, held = line[k], [t.text for t in line[k + 1 : k + 5]]
        braced = held[:2] == ["^", "{"] and held[3:] == ["}"]
        word = held[2] if braced else held[1] if held[:1] == ["^"] and len(held) > 1 else ""
        if token.kind in ("word", "name") and word.lower() in MARKS and token.text not in FUNCTIONS:
            size = 5 if braced else 3
            out.append(token._replace(kind="name", text=f"{token.text}_{word}", stop=line[k + size - 1].stop))
            k += size
        elif _stepped(line, k):
            size = 5 if braced else 3
            out.append(token._replace(kind="name", text=f"{token.text}_plus", stop=line[k + size - 1].stop))
            k += size
        else:
            out.append(token)
            k += 1
    return out


def over_the_left_side(line: list[Token]) -> list[Token]:
    """Return w = argmin ... as w = argmin_w ...: what is sought is named on the left."""
    held = [t.text for t in line[:4]]
    if len(held) < 4 or held[1] not in ("=", ":=") or held[2] not in ("argmin", "argmax") or held[3] in ("_", "("):
        return line
    at = line[2].stop
    sign = Token("op", "_", at, at, False)
    return [*line[:3], sign, line[0]._replace(start=at, stop=at, spaced=False), *line[3:]]


def stepped(lines: Sequence[list[Token]]) -> list[list[Token]]:
    """Return the lines with x+ as the name of the next x, where one says x+ = x − ...."""
    new = {line[0].text for line in lines if len(line) > 3 and _is_next(line, 0) and line[2].text == "="}
    if not new:
        return list(lines)
    out: list[list[Token]] = []
    for line in lines:
        made: list[Token] = []
        k = 0
        while k < len(line):
            next_one = line[k].text in new and _is_next(line, k)
            made.append(line[k]._replace(kind="name", text=f"{line[k].text}_plus") if next_one else line[k])
            k += 1 + next_one
        out.append(made)
    return out


def _is_next(line: Sequence[Token], k: int) -> bool:
    """Tell whether a letter stands here with a plus right behind it, and nothing right behind that."""
    if k + 2 >= len(line) or line[k + 1].text != "+" or line[k + 1].spaced or len(line[k].text) != 1:
        return False
    after = line[k + 2]
    return line[k].kind == "word" and (after.spaced or after.kind in ("end", "close") or after.text in "=)")


def starred(line: list[Token]) -> list[Token]:
    """Return a line with f^*(y) and λ_i^⋆ as names with a star: f_star(y), λ_star with the index i."""
    if not any(t.text == "^" for t in line):
        return line
    out: list[Token] = []
    k = 0
    while k < len(line):
        held = [t.text for t in line[k : k + 4]]
        braced = held in (["^", "{", "*", "}"], ["^", "{", "⋆", "}"])
        size = 4 if braced else 2 if held[:2] in (["^", "*"], ["^", "⋆"]) else 0
        base = _named_before(out) if size else -1
        if base >= 0:
            out[base] = out[base]._replace(kind="name", text=f"{out[base].text}_star")
            k += size
        else:
            out.append(line[k])
            k += 1
    return out


def _named_before(out: Sequence[Token]) -> int:
    """Return the place of the letter that an exponent belongs to, with or without a subscript; −1 if there is none."""
    at = len(out) - 1
    if at > 0 and out[at].text == "}":
        opened = next((j for j in range(at, max(-1, at - 6), -1) if out[j].text == "{"), -1)
        at = opened - 2 if opened > 1 and out[opened - 1].text == "_" else -1
    elif at > 1 and out[at - 1].text == "_":
        at -= 2
    named = at >= 0 and out[at].kind in ("word", "name") and out[at].text not in FUNCTIONS
    return at if named and (len(out[at].text) == 1 or out[at].kind == "name") else -1


def _stepped(line: list[Token], k: int) -> bool:
    """Tell whether x^+ stands at a place, the next x: a small letter with a raised plus and no operand behind it."""
    token, held = line[k], [t.text for t in line[k + 1 : k + 5]]
    size = 5 if held == ["^", "{", "+", "}"] else 3 if held[:2] == ["^", "+"] else 0
    if not size or token.kind not in ("word", "name") or not token.text.islower() or len(token.text) > 1:
        return False
    after = line[k + size] if k + size < len(line) else None
    ends = after is None or after.kind in ("end", "close") or after.text in _AFTER_PLUS
    return ends and not (k and line[k - 1].text == "->")


def layered(line: list[Token]) -> list[Token]:
    """Return a line with W^{[1]}, a layer, as W^{(1)}."""
    out = list(line)
    for k in range(len(line) - 5):
        held = [t.text for t in line[k : k + 4]]
        if held[:3] == ["^", "{", "["] and line[k + 4].text == "]" and line[k + 5].text == "}":
            out[k + 2] = line[k + 2]._replace(text="(")
            out[k + 4] = line[k + 4]._replace(text=")")
    return out


def products(lines: Sequence[list[Token]], words: Vocabulary) -> dict[str, str]:
    """Return the words that are products of letters, since each letter stands by itself elsewhere: xyz, 2abc."""
    texts = {t.text for line in lines for t in line if t.kind in ("word", "name")}
    single = {t for t in texts if len(t) == 1}
    found = {}
    for text in texts:
        able = 2 < len(text) <= MOST_LETTERS and text.isascii() and text.islower() and text not in _KEPT
        if able and text not in words and len(set(text)) == len(text) and set(text) <= single and text[0] != "d":
            found[text] = text
    heads = {line[0].text for line in lines if len(line) > 1 and line[1].text == "="}
    found = {text: text for text in found if text[:2] not in heads}  # fxy beside fx = ... is a slope
    for line in lines:  # err = ... is a name
        if len(line) > 1 and line[1].text in ("=", ":=", "("):
            found.pop(line[0].text, None)
    return found


def cut(line: list[Token], apart: dict[str, str]) -> list[Token]:
    """Return a line with the words `apart` as their letters."""
    if not any(t.text in apart for t in line):
        return line
    out: list[Token] = []
    for k, token in enumerate(line):
        script = k and line[k - 1].text in ("_", "^") and not token.spaced
        if token.kind != "word" or token.text not in apart or script:
            out.append(token)
            continue
        for i, letter in enumerate(token.text):
            at = token.start + i
            out.append(Token("word", letter, at, at + 1, token.spaced and not i))
    return out
