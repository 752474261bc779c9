"""Tokens as notes mean them: Σ_k as a sum, d x / d t as a quotient, E|X|, ∑_{k≥1}, lam for λ, w <- w + g as :=."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from agnesi.read.cursor import partners
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Vocabulary

OVER_D = re.compile(r"d(?:\^2|\^\{2\}|²)?\s*[^\n;=]{1,60}?/\s*d\s*[^\W\d_]")
TWICE = re.compile(r"d(?:\^2|\^\{2\}|²)\s*[^\W\d_]+\s*/\s*d\s*[^\W\d_]+(?:\^2|\^\{2\}|²)")
_LETTER = r"(?:[A-Za-zα-ωÀ-ſ][\u0300-\u036f]?\w?|\\?(?:lambda|sigma|mu|alpha))"
_MASS = r"\s*(?![)\]}⁻^,;=|])[^=<>≤≥+,;\n]{0,24}?(?<![A-Za-z])[pPq]\((?:\s*[A-Z]\s*=)?\s*[a-z]\s*[,)|]"  # Σ x p(x)
BARE = rf"\s*(?:(?:log|ln|exp)\s*)?[(\[]?\s*{_LETTER}(?:_\{{?[ijklmn]|[ᵢⱼₖₗₘₙ])|{_MASS}"  # Σ x_i, no index
NO_SUM = re.compile(rf"[ΣΠ](?!(?:_|[ᵢⱼₖₗₘₙ])|{BARE})|[ΣΠ](?:_\{{?\w+\}}?|[ᵢⱼₖₗₘₙ])\s*(?:[\^⁻),;+\-=]|$)")
PAIRS = frozenset(("ij", "ik", "jk", "kl", "nk", "nm", "mn", "ijk", "ijkl", "xy"))
SIGNS = {"Σ": "∑", "Π": "∏"}
_SIGNED = frozenset(("+", "-", "·", "*", "/", "^", "_", ","))  # what makes a d above a bar a letter
SHORT = {"lam": "λ", "eps": "ε", "sig": "σ", "Sig": "Σ", "Lam": "Λ", "Lambd": "Λ", "thet": "θ", "lmbda": "λ"}
SHORT_STARTS = ("lam", "eps", "sig", "Sig", "Lam", "thet", "lmb", "d")


def sums_in(text: str, words: Vocabulary) -> bool:
    """Tell whether each Σ of a text has an index and something after it to sum."""
    held = any(sign in text for sign in SIGNS) and not any(name in text for name in ("\\Sigma", "\\Pi"))
    return held and not NO_SUM.search(text) and not {"Σ", "Π"} & set(words.symbols)


def for_notes(tokens: list[Token], text: str, sums: bool, words: Vocabulary) -> list[Token]:
    """Return the tokens of a formula as notes mean them; `sums` says that Σ_k is a sum."""
    out: list[Token] = []
    tokens = _leibniz(tokens) if "d" not in words else tokens
    tokens = _updates(tokens)
    for k, raw in enumerate(tokens):
        token, after = greek(raw), tokens[k + 1] if k + 1 < len(tokens) else raw
        free = "d" not in words or TWICE.match(text, token.start)
        if token.text == "d" and token.kind == "word" and free and _differential(tokens, k, text):
            token = token._replace(kind="op", text="∂d")
        elif token.text in SIGNS and sums:
            token = token._replace(kind="op", text=SIGNS[token.text])
            out.append(token)
            if after.text != "_":
                at = next((j for j in range(k + 1, min(k + 4, len(tokens))) if tokens[j].text == "_"), -1)
                able = range(at + 1, min(at + 4, len(tokens))) if at > 0 else range(0)
                stop = next((j for j in able if tokens[j].kind in ("word", "name")), -1)
                if stop > 0:
                    out += [tokens[at]._replace(spaced=False), tokens[stop]._replace(spaced=False)]
            continue
        out.append(token)
    return _from_one_on(_bars_of_expectation(_both_indices(_over_entries(out))))


def _updates(tokens: list[Token]) -> list[Token]:
    """Read w <- w + g as w := w + g: an arrow apart from both sides, and a name that gets a value made of itself.

    x <- 3 and y <-x stay as they are: they may be x < −3 and y < −x.
    """
    at = next((k for k, t in enumerate(tokens) if t.text == "<-"), 0)
    if not at or not tokens[at].spaced or not tokens[at + 1].spaced:
        return tokens
    inside = {k for a, b in partners(tokens[:at]).items() for k in range(a, b)}
    signs = {t.text for k, t in enumerate(tokens[:at]) if t.kind == "op" and k not in inside}
    named = tokens[0].kind in ("word", "name") and signs <= {"_", "^", "'"}
    if not named or tokens[0].text not in {t.text for t in tokens[at + 1 :]}:
        return tokens
    return [*tokens[:at], tokens[at]._replace(text=":="), *tokens[at + 1 :]]


def _over_entries(tokens: list[Token]) -> list[Token]:
    """Read max X_i and min(X_i) as max_i X_i: the largest of the entries."""
    out: list[Token] = []
    for k, token in enumerate(tokens):
        out.append(token)
        if token.text not in ("max", "min") or token.kind != "word":
            continue
        bracket = k + 1 < len(tokens) and tokens[k + 1].text == "("
        name, low, *held = (*tokens[k + 1 + bracket : k + 6 + bracket], None, None, None, None, None)[:5]
        if name is None or low is None or name.kind not in ("word", "name") or low.text != "_" or held[0] is None:
            continue
        braced = held[0].text == "{"
        letter, after = (held[1], held[2]) if braced else (held[0], held[1])
        closed = tokens[k + 3 + bracket + 2 * braced + 1] if k + 4 + bracket + 2 * braced < len(tokens) else None
        if letter is None or letter.text not in ("i", "j", "k") or (braced and (after is None or after.text != "}")):
            continue
        if not bracket or (closed is not None and closed.text == ")"):
            at = token.stop
            out += [Token("op", "_", at, at, False), letter._replace(start=at, stop=at, spaced=False)]
    return out


def _both_indices(tokens: list[Token]) -> list[Token]:
    """Read ∑_ij as ∑_{i,j}."""
    out: list[Token] = []
    for k, token in enumerate(tokens):
        summed = k > 1 and tokens[k - 1].text == "_" and tokens[k - 2].text in ("∑", "sum", "∏", "prod", "max", "min")
        if not summed or token.kind not in ("word", "name") or token.text not in PAIRS:
            out.append(token)
            continue
        places = range(token.start, token.stop)
        out.append(Token("open", "{", token.start, token.start, False))
        for at, letter in zip(places, token.text, strict=False):
            out += [Token("op", ",", at, at, False)] * (at > token.start) + [Token("name", letter, at, at + 1, False)]
        out.append(Token("close", "}", token.stop, token.stop, False))
    return out


def _differential(tokens: list[Token], k: int, text: str) -> bool:
    """Tell whether a d that stands alone is above or below the bar of a quotient of differentials."""
    token, after = tokens[k], tokens[k + 1] if k + 1 < len(tokens) else tokens[k]
    if k and tokens[k - 1].text == "/" and after.kind in ("word", "name"):
        return True
    return (after.spaced or after.text == "^") and bool(OVER_D.match(text, token.start))


def _leibniz(tokens: list[Token]) -> list[Token]:
    """Return \\frac{dℓ}{dλ} with its two d as differentials: the letters of commands stand apart from them."""
    if not any(t.text == "frac" and t.kind == "cmd" for t in tokens):
        return tokens
    out, pairs = list(tokens), partners(tokens)
    for k, token in enumerate(tokens):
        closed = k + 1 in pairs and pairs[k + 1] + 1 in pairs  # not \\frac1n
        if token.text != "frac" or token.kind != "cmd" or not closed:
            continue
        above, below = k + 2, pairs[k + 1] + 2
        first, held = tokens[above], tokens[below : pairs[below - 1]]
        if first.text == "d" and held and held[0].text[0] == "d" and _powers(tokens[above + 1 : pairs[k + 1]]):
            out[above] = first._replace(kind="op", text="∂d")  # \\frac{d^2}{dx^2}
            out[below] = held[0]._replace(kind="op", text="∂d") if held[0].text == "d" else held[0]
            continue
        over = bool(held) and held[0].kind in ("word", "name") and held[0].text[0] == "d" and len(held[0].text) < 3
        if first.text == "d" and over and _differentiates(tokens[above + 1 : pairs[k + 1]], held):
            out[above] = first._replace(kind="op", text="∂d")  # \\frac{d x^2}{dx}
            if held[0].text == "d" and len(held) > 1:
                out[below] = held[0]._replace(kind="op", text="∂d")
            continue
        plain = len(held) > 1 and held[0].text == "d" and held[1].kind == "name" and not held[1].text.isascii()
        if plain and first.text[:1] == "d" and first.kind == "word" and all(t.text not in "+-*·/" for t in held):
            for at in (above, below):
                if tokens[at].text == "d":
                    out[at] = tokens[at]._replace(kind="op", text="∂d")
    return out


def _powers(top: Sequence[Token]) -> bool:
    """Tell whether only an order stands behind a d above a bar."""
    shown = [t.text for t in top if t.text not in "{}"]
    return len(shown) == 2 and shown[0] == "^" and shown[1] in ("2", "3", "4")


def _differentiates(top: Sequence[Token], below: Sequence[Token]) -> bool:
    """Tell whether a d above a bar takes a derivative of what is behind it: x^2 and (x + 1) over dx, ^2 f over dx^2."""
    if not top or top[0].text in _SIGNED:
        twice = len(top) > 2 and [t.text for t in top[:1]] == ["^"] and top[1].kind == "num"
        return twice and any(t.text == "^" for t in below) and top[2].text not in _SIGNED
    return top[0].text != "(" or (len(below) == 1 and len(below[0].text) == 2)


def _bars_of_expectation(tokens: list[Token]) -> list[Token]:
    """Read E|X| as E[|X|]."""
    out: list[Token] = []
    close = -1
    for k, token in enumerate(tokens):
        opens = token.text == "|" and k and tokens[k - 1].text in ("E", "𝔼") and not token.spaced and close < k
        if opens:
            close = next((j for j in range(k + 1, len(tokens)) if tokens[j].text == "|"), -1)
            if close > 0:
                out.append(Token("open", "[", token.start, token.start, False))
        out.append(token)
        if k == close and not opens:
            out.append(Token("close", "]", token.stop, token.stop, False))
    return out


def _from_one_on(tokens: list[Token]) -> list[Token]:
    """Read ∑_{k≥1} with no upper end as the sum to infinity, where k is no subscript."""
    out = list(tokens)
    for k in range(len(tokens) - 6, -1, -1):
        sign, low, opened, name, relation, number, closed, *_ = (*tokens[k : k + 7], None)
        if sign.text not in ("∑", "sum", "∏", "prod") or low.text != "_" or opened.text != "{":
            continue
        if relation.text != "≥" or number.kind != "num" or closed is None or closed.text != "}":
            continue
        beyond = tokens[k + 7].text if k + 7 < len(tokens) else ""
        subscript = any(a.text == "_" and b.text == name.text for a, b in pairwise(tokens[k + 7 :]))
        if beyond != "^" and not subscript:
            end = closed.stop
            out[k + 4] = relation._replace(text="=")
            out[k + 7 : k + 7] = [Token("op", "^", end, end, False), Token("name", "∞", end, end, False)]
    return out


def greek(token: Token) -> Token:
    """Return a token with the short name of a Greek letter as the letter: lam, eps, and dlam."""
    if token.kind == "word" and token.text in ("Gradient", "Hessian"):
        return token._replace(text=token.text.lower())
    if token.kind == "word" and token.text == "propto":
        return token._replace(kind="op", text="∝")
    if token.kind != "word" or not token.text.startswith(SHORT_STARTS):
        return token
    head = "d" if token.text.startswith("d") and token.text[1:] in SHORT else ""
    name = SHORT.get(token.text[len(head) :])
    return token._replace(text=head + name) if name else token


def bounds(tokens: Sequence[Token]) -> bool:
    """Tell whether a statement says only where a letter lies: n ≥ c, b > 0, x ≠ 0."""
    held = [t for t in tokens if t.kind != "end"]
    at = next((k for k, t in enumerate(held) if t.text in ("<", ">", "≤", "≥", "≠")), -1)
    plain = all(t.kind in ("word", "name", "num") or t.text in ("_", "-") for k, t in enumerate(held) if k != at)
    return at > 0 and plain and len(held) < 6
