"""Brackets and bars as books leave them out or write them otherwise: 𝔼‖x‖², μ_{a|b}, I[x; y], sets {x : ...}."""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.read.cursor import partners
from agnesi.read.tokens import Token

GIVEN = "∣"  # within a name: μ_{a|b} and x_{t|t−1} are letters of their own
_INFORMATION = frozenset(("I", "H"))
_NAMED = ("word", "name")


def with_brackets(tokens: list[Token]) -> list[Token]:
    """Return tokens with the brackets and names that they leave unsaid."""
    return _informed(_conditioned(_expected(tokens)))


def _expected(tokens: list[Token]) -> list[Token]:
    """Return 𝔼‖x‖² as 𝔼[‖x‖²]."""
    out, k = list[Token](), 0
    while k < len(tokens):
        stop = _norm_end(tokens, k + 1) if tokens[k].text == "𝔼" else 0
        if not stop:
            out.append(tokens[k])
            k += 1
            continue
        a, b = tokens[k].stop, tokens[stop - 1].stop
        out += [tokens[k], Token("open", "[", a, a, False), *tokens[k + 1 : stop], Token("close", "]", b, b, False)]
        k = stop
    return out


def _norm_end(tokens: list[Token], k: int) -> int:
    """Return where a norm that begins at `k` ends, with its subscript and power; 0 where none begins."""
    if tokens[k].text != "‖":
        return 0
    close = next((j for j in range(k + 1, len(tokens)) if tokens[j].text == "‖"), 0)
    pairs = partners(tokens)
    stop = close + 1
    while close and tokens[stop].text in ("_", "^"):
        stop = pairs.get(stop + 1, stop + 1) + 1
    return stop if close else 0


def _conditioned(tokens: list[Token]) -> list[Token]:
    """Return μ_{a|b} and x_{t|t-1} as one name each."""
    out, k = list[Token](), 0
    while k < len(tokens):
        named = tokens[k].kind in _NAMED and [t.text for t in tokens[k + 1 : k + 3]] == ["_", "{"]
        close = next((j for j in range(k + 3, min(k + 12, len(tokens))) if tokens[j].text == "}"), 0) if named else 0
        held = tokens[k + 3 : close]
        plain = all(t.kind in (*_NAMED, "num") or t.text in ("|", "+", "-", ",") for t in held)
        lettered = any(t.kind in _NAMED for t in held)  # μ_{1|2} is of the parts 1 and 2 of a vector
        one = lettered and sum(t.text == "|" for t in held) == 1 and "|" not in (held[0].text, held[-1].text)
        if close and plain and one:
            label = "".join(t.text for t in held).replace("|", GIVEN)
            out.append(tokens[k]._replace(kind="name", text=f"{tokens[k].text}_{label}", stop=tokens[close].stop))
            k = close + 1
        else:
            out.append(tokens[k])
            k += 1
    return out


def _informed(tokens: list[Token]) -> list[Token]:
    """Return I[x; y] and H[x | y] with round brackets, where a formula has an I of two letters in square ones."""
    pairs = partners(tokens)
    starts = [k for k in range(len(tokens) - 1) if tokens[k].text in _INFORMATION and tokens[k + 1].text == "["]
    if not any(t.text == ";" for k in starts if tokens[k].text == "I" for t in tokens[k : pairs.get(k + 1, k)]):
        return tokens
    out = list(tokens)
    for k in starts:
        if k + 1 in pairs:
            out[k + 1] = out[k + 1]._replace(text="(")
            out[pairs[k + 1]] = out[pairs[k + 1]]._replace(text=")")
    return out


def is_set(tokens: Sequence[Token]) -> bool:
    """Tell whether a formula says what a set is: A = {j : β_j ≠ 0}, C = {u | ‖u‖ ≤ 1}."""
    line = [t for t in tokens if t.kind != "end"]
    at = next((k for k, t in enumerate(line) if t.text in ("=", ":=")), 0)
    if not at or at + 4 > len(line) or line[0].kind not in _NAMED or line[at + 1].text != "{":
        return False
    inner = line[at + 2 : -1]
    return partners(line).get(at + 1) == len(line) - 1 and any(t.text in (":", "|") for t in inner)
