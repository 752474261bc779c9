"""Cases of a sign: `for β > 0: ...` and `for β < 0: ...` each hold on their own line, and not for the whole text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from agnesi.expr.nodes import Expr, Symbol, symbol, symbols_of
from agnesi.expr.nodes import replace as substituted
from agnesi.read.found_lines import Group
from agnesi.read.words import GREEK

ABOVE = frozenset(("positive", "nonnegative"))
BELOW = frozenset(("negative",))


def halved(groups: Sequence[Group], text: str, start: int, names: Iterable[str]) -> tuple[Group, ...]:
    """Return the sides of a line with the sign that the line itself gives to letters declared with both."""
    line = text[text.rfind("\n", 0, start) + 1 : _end(text, start)]
    told = {name: signs_in(line, name) for name in names}
    out = []
    for group in groups:
        held = [s for s in symbols_of(*group.sides) if len(told.get(s.name, ())) == 1]
        places: dict[Expr, Expr] = {s: symbol(s.name, s.shape, s.facts - _other(told[s.name])) for s in held}
        out.append(replace(group, sides=tuple(substituted(s, places) for s in group.sides)) if places else group)
    return tuple(out)


def torn(symbols: Iterable[Symbol]) -> list[str]:
    """Return the names that are declared above and below 0."""
    return [s.name for s in symbols if s.facts & ABOVE and s.facts & BELOW]


def _other(signs: set[str]) -> frozenset[str]:
    return BELOW if ">" in signs else ABOVE


def signs_in(line: str, name: str) -> set[str]:
    """Return the directions in which a line bounds a name by 0."""
    spelled = [k for k, v in GREEK.items() if v == name and k.isascii()]
    names = "|".join(map(re.escape, [name, *spelled]))
    compared = r">=?|<=?|≥|≤|\\[lg]eq?|is (?:positive|negative)"
    found = re.findall(rf"(?<![\w\\])\\?(?:{names})\$?\s*({compared})\s*(?:0|(?<=ive))", line)
    return {">" if f[0] == ">" or f in ("≥", "is positive") or f.startswith("\\g") else "<" for f in found}


def _end(text: str, start: int) -> int:
    stop = text.find("\n", start)
    return len(text) if stop < 0 else stop
