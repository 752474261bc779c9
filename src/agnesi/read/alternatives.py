"""Several values of one letter: x² = 5x − 6 ⇒ x = 2 or x = 3, x₁ = 2, x₂ = 3, x = 0 or 1, read as one claim.

It says that x is one of them: (x − 2)(x − 3) = 0. Of several letters, x = 0 or y = 0, one has its value: ‖x‖²‖y‖² = 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from agnesi.read.names import Item
from agnesi.read.tokens import Token

_NAME = r"(?:\\?[A-Za-z]{1,8}|[^\W\d_])"
_SUB = r"(?:\s*_\s*\{?\d\}?|[₀-₉])?"
_ARROW = r"(?:⇒|=>|⟹|\\Rightarrow|\\implies|\\Longrightarrow|⟺|⇔|<=>|\\iff|\\Leftrightarrow)"
_GIVEN = rf"(?P<name>{_NAME}){_SUB}\s*=\s*[^=⇒⇔⟹⟺<>≤≥≠]+"
_ENDS = re.compile(rf"{_ARROW}\s*{_GIVEN}$")
_BEGINS = re.compile(rf"\s*{_GIVEN}{_ARROW}")
_VALUE = re.compile(rf"\s*{_GIVEN}$")
_NUMBER = re.compile(r"\s*[-−]?[\d./]+\s*$")
_JOINS = frozenset((",", "or", "and"))
_ARROWS = frozenset(("⇒", "⇔"))


def with_alternatives(text: str, items: list[Item]) -> list[Item]:
    """Join the values that follow an arrow, or stand before one, into one piece: ⇒ x = 2 or x = 3, x = 2 or x = 3 ⇔."""
    if not any(_first(items, k) or (i.kind == "M" and _BEGINS.match(i.text)) for k, i in enumerate(items)):
        return items
    items = _before_arrows(text, items)
    out: list[Item] = []
    k = 0
    while k < len(items):
        item, stop = items[k], k
        found = _first(items, k)
        while found is not None:
            at = stop + 1
            while at < len(items) and at < stop + 3 and items[at].kind in "PW" and items[at].text in _JOINS:
                at += 1
            if at == stop + 1 or at >= len(items) or items[at].kind != "M":
                break
            value = _VALUE.match(items[at].text)
            plain = items[at - 1].text == "or" and _NUMBER.match(items[at].text)
            if not plain and (value is None or (items[at - 1].text != "or" and value["name"] != found["name"])):
                break
            stop = at
        whole = text[item.start : items[stop].stop]
        out.append(item._replace(stop=items[stop].stop, text=whole, related=True) if stop > k else item)
        k = stop + 1
    return out


def _first(items: Sequence[Item], k: int) -> re.Match[str] | None:
    """Return the first value of several: behind an arrow at the end of a formula, or after the word either."""
    if items[k].kind != "M":
        return None
    either = k > 0 and items[k - 1].kind == "W" and items[k - 1].text.lower() == "either"
    return _VALUE.match(items[k].text) if either else _ENDS.search(items[k].text)


def _before_arrows(text: str, items: list[Item]) -> list[Item]:
    """Join `x = 3`, `or` and `x = −3 ⇔ x² = 9` into one piece."""
    out: list[Item] = []
    k = 0
    while k < len(items):
        item, at = items[k], k
        while _is_value(items[at]) and at + 2 < len(items) and items[at + 1].text == "or":
            at += 2
        if at > k and items[at].kind == "M" and _BEGINS.match(items[at].text):
            item = item._replace(stop=items[at].stop, text=text[item.start : items[at].stop], related=True)
            k = at
        out.append(item)
        k += 1
    return out


def _is_value(item: Item) -> bool:
    return item.kind == "M" and _VALUE.match(item.text) is not None


def alternatives(run: list[Token]) -> list[Token]:
    """Return x = a or x = b as (x − (a))(x − (b)) = 0, in each of the parts that ⇒ and ⇔ separate."""
    if not any(t.text == "or" or t.text in _ARROWS for t in run):
        return run
    return between_arrows(run, lambda part: _product(part, run))


def between_arrows(run: list[Token], turn: Callable[[list[Token]], list[Token]]) -> list[Token]:
    """Return a run of which each part that ⇒ and ⇔ separate is turned; end tokens stay behind their part."""
    arrows = [-1, *(k for k, t in enumerate(run) if t.text in _ARROWS), len(run)]
    out: list[Token] = []
    for k, stop in pairwise(arrows):
        part = run[k + 1 : stop]
        ended = [t for t in part if t.kind == "end"]
        out += [*run[max(k, 0) : k + 1], *turn([t for t in part if t.kind != "end"]), *ended]
    return out


def _product(part: list[Token], run: Sequence[Token]) -> list[Token]:
    """Return one part of a run as a product, if it gives one letter several values, or one of several letters its."""
    values: list[list[Token]] = []
    names: list[Token] = []
    alternative = not any(t.text in (",", "and") for t in _joins(part))
    for piece in _pieces(part):
        name = names[-1] if names else None
        sign = next((j for j, t in enumerate(piece) if t.text == "="), -1)
        left = piece[:sign] if sign > 0 else []
        numbered = len(left) == 1 or (left[1:2] and left[1].text == "_" and all(
            t.kind == "num" or t.text in "_{}" for t in left[1:]))
        known = name is None or alternative or name.text == left[0].text if left else False
        if sign > 0 and numbered and left[0].kind in ("word", "name") and known:
            name = left[0]
        elif sign >= 0 or name is None or not all(t.kind == "num" or t.text in "-/" for t in piece):
            return part
        names.append(name)
        values.append(piece[sign + 1 :])
    if len(values) < 2 or not all(values) or any(t.text == "=" for v in values for t in v):
        return part
    alone = len({n.text for n in names}) == 1 or _multiplied({n.text for n in names}, run)
    out = [t for name, value in zip(names, values, strict=True) for t in _factor(name, value, alone)]
    return [*out, _mark("op", "=", out[-1].stop), _mark("num", "0", out[-1].stop)]


def _multiplied(names: set[str], run: Sequence[Token]) -> bool:
    """Tell whether two small letters are multiplied as they stand, xy = 0: neither is a matrix."""
    if len(names) != 2 or not all(len(n) == 1 and n.isascii() and n.islower() for n in names):
        return False
    beside = any({a.text, b.text} == names for a, b in pairwise([t for t in run if t.text != "*"]))
    return beside or any(len(t.text) == 2 and set(t.text) == names for t in run)


def _factor(name: Token, value: Sequence[Token], number: bool) -> list[Token]:
    """Return x − (a), or of a letter that may be an array the sum of the squares of its entries."""
    at, end = value[0].start, value[-1].stop
    number = number or (len(value) == 1 and value[0].kind == "num" and value[0].text != "0")
    opened = [] if number else [_mark("word", "sum", at), _mark("open", "(", at)]
    squared = [] if number else [_mark("op", ".^", end), _mark("num", "2", end), _mark("close", ")", end)]
    return [*opened, _mark("open", "(", at), name._replace(spaced=False), _mark("op", "-", at), _mark("open", "(", at),
            *value, _mark("close", ")", end), _mark("close", ")", end), *squared]


def _joins(part: Sequence[Token]) -> list[Token]:
    """Return the words and commas outside brackets that join pieces."""
    depth, out = 0, list[Token]()
    for token in part:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.text in _JOINS:
            out.append(token)
    return out


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
