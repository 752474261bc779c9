"""Several values of one letter: x² = 5x − 6 ⇒ x = 2 or x = 3, x₁ = 2, x₂ = 3, x = 0 or 1, read as one claim.

It says that x is one of them: (x − 2)(x − 3) = 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from agnesi.read.names import Item
from agnesi.read.tokens import Token

_NAME = r"(?:\\?[A-Za-z]{1,8}|[^\W\d_])"
_SUB = r"(?:\s*_\s*\{?\d\}?|[₀-₉])?"
_ENDS = re.compile(
    rf"(?:⇒|=>|⟹|\\Rightarrow|\\implies|\\Longrightarrow|⟺|⇔|<=>|\\iff|\\Leftrightarrow)\s*"
    rf"(?P<name>{_NAME}){_SUB}\s*=\s*[^=⇒⇔⟹⟺<>≤≥≠]+$"
)
_VALUE = re.compile(rf"\s*(?P<name>{_NAME}){_SUB}\s*=\s*[^=⇒⇔⟹⟺<>≤≥≠]+$")
_NUMBER = re.compile(r"\s*[-−]?[\d./]+\s*$")
_JOINS = frozenset((",", "or", "and"))
_ARROWS = frozenset(("⇒", "⇔"))


def with_alternatives(text: str, items: list[Item]) -> list[Item]:
    """Join the values that follow an arrow into one piece: ⇒ x = 2 or x = 3."""
    if not any(i.kind == "M" and _ENDS.search(i.text) for i in items):
        return items
    out: list[Item] = []
    k = 0
    while k < len(items):
        item, stop = items[k], k
        found = _ENDS.search(item.text) if item.kind == "M" else None
        while found is not None:
            at = stop + 1
            while at < len(items) and at < stop + 3 and items[at].kind in "PW" and items[at].text in _JOINS:
                at += 1
            if at == stop + 1 or at >= len(items) or items[at].kind != "M":
                break
            value = _VALUE.match(items[at].text)
            plain = items[at - 1].text == "or" and _NUMBER.match(items[at].text)
            if not plain and (value is None or value["name"] != found["name"]):
                break
            stop = at
        whole = text[item.start : items[stop].stop]
        out.append(item._replace(stop=items[stop].stop, text=whole, related=True) if stop > k else item)
        k = stop + 1
    return out


def alternatives(run: list[Token]) -> list[Token]:
    """Return x = a or x = b as (x − (a))(x − (b)) = 0, in each of the parts that ⇒ and ⇔ separate."""
    if not any(t.text == "or" or t.text in _ARROWS for t in run):
        return run
    arrows = [-1, *(k for k, t in enumerate(run) if t.text in _ARROWS), len(run)]
    out: list[Token] = []
    for k, stop in pairwise(arrows):
        part = run[k + 1 : stop]
        ended = [t for t in part if t.kind == "end"]
        out += [*run[max(k, 0) : k + 1], *_product([t for t in part if t.kind != "end"]), *ended]
    return out


def _product(part: list[Token]) -> list[Token]:
    """Return one part as a product, if it gives one letter several values."""
    values: list[list[Token]] = []
    name: Token | None = None
    for piece in _pieces(part):
        sign = next((j for j, t in enumerate(piece) if t.text == "="), -1)
        left = piece[:sign] if sign > 0 else []
        numbered = len(left) == 1 or (left[1:2] and left[1].text == "_" and all(
            t.kind == "num" or t.text in "_{}" for t in left[1:]))
        if sign > 0 and numbered and left[0].kind in ("word", "name") and (name is None or name.text == left[0].text):
            name = left[0]
        elif sign >= 0 or name is None or not all(t.kind == "num" or t.text in "-/" for t in piece):
            return part
        values.append(piece[sign + 1 :])
    if name is None or len(values) < 2 or not all(values) or any(t.text == "=" for v in values for t in v):
        return part
    out: list[Token] = []
    for value in values:
        at = value[0].start
        out += [_mark("open", "(", at), name._replace(spaced=False), _mark("op", "-", at), _mark("open", "(", at)]
        out += [*value, *[_mark("close", ")", value[-1].stop)] * 2]
    return [*out, _mark("op", "=", out[-1].stop), _mark("num", "0", out[-1].stop)]


def _pieces(part: Sequence[Token]) -> list[list[Token]]:
    """Cut tokens at `or`, `and` and commas outside brackets; ", or" is one cut."""
    out: list[list[Token]] = [[]]
    depth = 0
    for token in part:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.text in _JOINS:
            if out[-1]:
                out.append([])
            continue
        out[-1].append(token)
    return [p for p in out if p]


def _mark(kind: str, text: str, at: int) -> Token:
    return Token(kind, text, at, at, False)
