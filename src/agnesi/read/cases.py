"""Functions by cases, as tokens: `1 if z > 0, 0 otherwise` and \\begin{cases} become sums of values times steps.

    z if z > 0, 0 otherwise      (z) step(z − (0)) + (0) (1 − step(z − (0)))
    1 if i = j, 0 otherwise      δ_{ij}

A condition with ≥ holds at the border, one with > does not; equality of numbers that vary is a border only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agnesi.read.tokens import Token

IF = frozenset(("if", "for", "when", "where"))
ELSE = frozenset(("otherwise", "else", "elsewhere"))
JOINED = frozenset((",", ";", "and", "or", "but"))
_ORDER = frozenset(("<", ">", "≤", "≥"))
_INDEX = frozenset("ijklmn")
MOST = 8


@dataclass(frozen=True)
class Case:
    """A value and the condition under which it is taken; None for all other places."""

    value: Sequence[Token]
    condition: Sequence[Token] | None


def unfolded(tokens: list[Token]) -> list[Token]:
    """Return the tokens with each ⟦ value , condition ; ... ⟧ after the mark `cases` written out."""
    while (at := next((k for k, t in enumerate(tokens) if t.text == "cases" and t.kind == "op"), -1)) >= 0:
        close = _closing(tokens, at + 1)
        rows = _split(tokens[at + 2 : close], (";",))
        cases = [_row(row) for row in rows if row]
        made = written(cases) if all(c is not None for c in cases) else None  # type: ignore[arg-type]
        if made is None:
            return tokens
        made[-1] = made[-1]._replace(stop=tokens[close].stop)
        tokens = [*tokens[:at], *made, *tokens[close + 1 :]]
    return tokens


def piecewise(tokens: list[Token]) -> list[Token]:
    """Return the tokens of a formula whose last side is given by cases in words with those written out."""
    if not any(t.text in IF | ELSE for t in tokens):
        return tokens
    end = next((k for k, t in enumerate(tokens) if t.kind == "end"), len(tokens))
    first = next((k for k, t in enumerate(tokens) if t.text in IF | ELSE), 0)
    begin = max((k + 1 for k, t in enumerate(tokens[:first]) if t.text in ("=", ":=") and t.kind == "op"), default=0)
    held = [t for t in tokens[begin:end] if t.text not in ("{", "}") or t.start != t.stop]
    if held and held[0].text == "{" and begin and _closing(tokens, begin) >= end - 1:
        held = held[1:-1] if held[-1].text == "}" else held[1:]
    cases = _in_words(held)
    made = written(cases) if cases is not None and len(cases) > 1 else None
    if made is None:
        return tokens
    made[-1] = made[-1]._replace(stop=tokens[end - 1].stop)
    return [*tokens[:begin], *made, *tokens[end:]]


def _in_words(tokens: Sequence[Token]) -> list[Case] | None:
    """Return the cases of `v if c, w if d, u otherwise` and `v if c else w`."""
    out: list[Case] = []
    value: list[Token] = []
    k, depth = 0, 0
    while k < len(tokens):
        token = tokens[k]
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.text in ELSE:
            rest = [t for t in tokens[k + 1 :] if t.text not in (",", ".")]
            value = _bare(value)
            if bool(value) == bool(rest):
                return None
            return [*out, Case(value or rest, None)]
        if depth == 0 and token.text in IF and value:
            stop = _condition_ends(tokens, k + 1)
            out.append(Case(_bare(value), tokens[k + 1 : stop]))
            value, k = [], stop
            continue
        value.append(token)
        k += 1
    return out if not _bare(value) else None


def _condition_ends(tokens: Sequence[Token], k: int) -> int:
    """Return where a condition ends: before a value with its own condition, or before otherwise."""
    depth = 0
    for at in range(k, len(tokens)):
        depth += {"open": 1, "close": -1}.get(tokens[at].kind, 0)
        if depth:
            continue
        if tokens[at].text in ELSE:
            return at
        if tokens[at].text in JOINED:
            ahead = next((t.text for t in tokens[at + 1 :] if t.text in IF | ELSE | _ORDER | {"="}), "")
            if ahead in IF | ELSE:
                return at
    return len(tokens)


def _bare(value: Sequence[Token]) -> list[Token]:
    out = list(value)
    while out and out[0].text in JOINED:
        out.pop(0)
    while out and out[-1].text in JOINED:
        out.pop()
    return out


def _row(row: Sequence[Token]) -> Case | None:
    """Return one row of a cases environment."""
    parts = _split(row, (",",))
    told = next((k for k, t in enumerate(row) if t.text in IF | ELSE), -1)
    if told > 0:
        value, rest = _bare(row[:told]), row[told:]
        return Case(value, None if rest[0].text in ELSE else _bare(rest[1:]))
    if len(parts) != 2 or not parts[0]:
        return None
    return Case(parts[0], parts[1])


def written(cases: Sequence[Case]) -> list[Token] | None:
    """Return the tokens of ( (v) c + (w) (1 − c) ), or None where a condition is not understood."""
    if not 0 < len(cases) <= MOST:
        return None
    place = cases[0].value[0]
    tests: list[list[list[Token]]] = []
    terms: list[list[Token]] = []
    for case in cases:
        if case.condition is None:
            factors = [[*_of(place, "( 1 -"), *_times(test), *_of(place, ")")] for test in tests]
        else:
            found = _tests(case.condition, place)
            if found is None:
                return None
            if not found:  # at a border
                continue
            factors = found
            tests.append(found)
        if [t.text for t in case.value] == ["0"]:
            continue
        held = (t for f in factors for t in (*_of(place, "⊙"), *f))
        terms.append([*_of(place, "("), *case.value, *_of(place, ")"), *held])
    if not terms:
        return None if not tests else _of(place, "0")
    out = _of(place, "(")
    for k, term in enumerate(terms):
        out += [*(_of(place, "+") if k else []), *term]
    last = cases[-1].condition or cases[-1].value
    return [*out, Token("close", ")", last[-1].stop, last[-1].stop, False)]


def _times(test: Sequence[Sequence[Token]]) -> list[Token]:
    """Return a product of factors."""
    out: list[Token] = []
    for k, factor in enumerate(test):
        out += [*(_of(factor[0], "⊙") if k else []), *factor]
    return out


def _tests(condition: Sequence[Token], place: Token) -> list[list[Token]] | None:
    """Return factors that are 1 where it holds and 0 elsewhere; none for a border; None if not understood."""
    out: list[list[Token]] = []
    for part in _split(condition, ("and", ",", "∧")):
        sides, signs = _chain(part)
        if not signs or any(not s for s in sides):
            return None
        for left, sign, right in zip(sides, signs, sides[1:], strict=False):
            if sign in ("=", "≠"):
                index = len(left) == len(right) == 1 and left[0].text in _INDEX and right[0].text in _INDEX
                if not index:
                    if sign == "=":
                        return []
                    continue
                delta = [*_of(place, "δ _ {"), *left, *_of(place, ","), *right, *_of(place, "}")]
                out.append(delta if sign == "=" else [*_of(place, "( 1 -"), *delta, *_of(place, ")")])
                continue
            high, low = (right, left) if sign in ("<", "≥") else (left, right)
            step = [*_of(place, "step ("), *high, *_of(place, "- ("), *low, *_of(place, ") )")]
            out.append(step if sign in ("<", ">") else [*_of(place, "( 1 -"), *step, *_of(place, ")")])
    return out or None


def _chain(tokens: Sequence[Token]) -> tuple[list[list[Token]], list[str]]:
    """Return the sides and signs of a chain of relations."""
    sides: list[list[Token]] = [[]]
    signs: list[str] = []
    depth = 0
    for token in tokens:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.text in _ORDER | {"=", "≠"} and token.kind == "op":
            signs.append(token.text)
            sides.append([])
        else:
            sides[-1].append(token)
    return sides, signs


def _split(tokens: Sequence[Token], at: Sequence[str]) -> list[list[Token]]:
    """Return the runs between separators outside brackets."""
    out: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.text in at:
            out.append([])
        else:
            out[-1].append(token)
    return out


def _closing(tokens: Sequence[Token], at: int) -> int:
    """Return where the bracket that opens at a place closes."""
    depth = 0
    for k in range(at, len(tokens)):
        depth += {"open": 1, "close": -1}.get(tokens[k].kind, 0)
        if depth == 0:
            return k
    return len(tokens) - 1


def _of(place: Token, text: str) -> list[Token]:
    """Return the tokens of a little formula, all at one place."""
    kinds = {"(": "open", "{": "open", ")": "close", "}": "close", "1": "num", "0": "num", "step": "word", "δ": "name"}
    return [Token(kinds.get(x, "op"), x, place.start, place.start, False) for x in text.split()]
