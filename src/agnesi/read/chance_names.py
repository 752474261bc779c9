"""Events in words, P(at least 2 of the 3 are flipped), as names: what they say is not computed, but chains go on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agnesi.read.cursor import partners
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import FUNCTIONS, Vocabulary
from agnesi.read.words import GREEK

LETTERS = frozenset(("P", "Pr", "p", "Prob", "ℙ"))
JOINS = frozenset(("not", "and", "or", "iid"))
OPENS, CLOSES = "“", "”"
SIGNS = {"+": "⁺", "-": "⁻", "−": "⁻"}


def with_events(tokens: Sequence[Token], words: Vocabulary, source: str = "") -> list[Token]:
    """Return tokens in which an event in words is one name, in quotes; one word is, where P(neither) stands once."""
    pairs = partners(list(tokens))
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        out.append(tokens[k])
        opened = k + 1
        if tokens[k].text in LETTERS and opened in pairs and tokens[opened].text == "(" and not tokens[opened].spaced:
            out.append(tokens[opened])
            held = tokens[opened + 1 : pairs[opened]]
            single = len(held) == 1 and _only_here(held[0], source, words)
            out += [_name(held, words)] if single else _named(held, words)
            k = pairs[opened]
            continue
        k += 1
    return out


def _only_here(token: Token, source: str, words: Vocabulary) -> bool:
    """Tell whether a word is what an event is called, and stands in no other probability of the text."""
    word = token.text
    able = token.kind == "word" and len(word) > 2 and word.isalpha() and word.islower() and word not in GREEK
    if not able or word in words or word in FUNCTIONS:
        return False
    return len([h for h in _HELD.findall(source) if word in re.findall(r"[^\W\d_]+", h)]) == 1


_HELD = re.compile(r"(?<![A-Za-z])(?:Pr?|Prob|p|ℙ)\s?\(([^()\n]*)\)")


def _named(held: Sequence[Token], words: Vocabulary) -> list[Token]:
    """Return what stands in the brackets, each part in words as a name."""
    out: list[Token] = []
    part: list[Token] = []
    depth = 0
    for token in [*held, None]:
        depth += (token.kind == "open") - (token.kind == "close") if token is not None else 0
        if token is None or (depth == 0 and token.text in ("|", ",", ";")):
            out += [_name(part, words)] if is_worded(part) else _signed(part, words)
            out += [token] if token is not None else []
            part = []
        else:
            part.append(token)
    return out


def _name(part: Sequence[Token], words: Vocabulary) -> Token:
    shown = "".join((" " if t.spaced and k else "") + t.text for k, t in enumerate(part))
    name = OPENS + shown + CLOSES
    words.facts.setdefault(name, frozenset())
    return Token("word", name, part[0].start, part[-1].stop, part[0].spaced)


def _signed(part: list[Token], words: Vocabulary) -> list[Token]:
    """Return the result + or − of a test as a name: P(+ | D), P(− | not D)."""
    if len(part) == 2 and part[0].text == "no" and part[1].text.isalpha():  # P(wet | no rain)
        return [part[0]._replace(text="not"), part[1]]
    if not part or part[-1].text not in SIGNS or any(t.text != "not" for t in part[:-1]):
        return part
    name = SIGNS[part[-1].text]
    words.facts.setdefault(name, frozenset())
    return [*part[:-1], part[-1]._replace(kind="word", text=name)]


def is_worded(part: Sequence[Token]) -> bool:
    """Tell whether a part is a clause of English: two words side by side, one of them long, and no sign."""
    if len(part) == 2 and part[0].text == "no":
        return False
    if len(part) < 2 or any(t.kind not in ("word", "name", "num") and t.text not in "-'’" for t in part):
        return False
    plain = [t for t in part if t.text not in JOINS]
    side = any(b.spaced for b in plain[1:]) and len(plain) > 1
    long = [t for t in plain if len(t.text) > 2 and t.text.isalpha() and t.text.lower() not in GREEK]
    return side and any(t.text not in FUNCTIONS or t.text in ("min", "max") for t in long)
