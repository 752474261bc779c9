"""Sums over as many terms as they are divided by, (1/d) ∑_i x_i, and errors of iterates, e_{k+1} where e_k = x_k − x*.

Tokens of a whole text are rewritten before any of them is parsed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Vocabulary

COUNTS = frozenset("nmdpNMDKT")
_BEFORE = (
    ("#", "/", "?"), ("(", "#", "/", "?", ")"), ("frac", "{", "#", "}", "{", "?", "}"), ("frac", "#", "?"),
    ("#", "/", "(", "#", "?", ")"), ("(", "#", "/", "(", "#", "?", ")", ")"),
    ("frac", "{", "#", "}", "{", "#", "?", "}"),
)  # # is a number, ? the count


def with_counts(lines: Sequence[list[Token]], words: Vocabulary) -> list[list[Token]]:
    """Return the lines with (1/d) ∑_i x_i as (1/d) ∑_i^d x_i, where x is not declared otherwise; 1/2m is 1/(2m)."""
    return [_counted(_halved(line), words) for line in lines]


def _halved(line: list[Token]) -> list[Token]:
    """Return a line with 1/2m before a sum or the end of a bracket as 1/(2m), where m is a count."""
    out = list(line)
    for k in range(len(line) - 4, -1, -1):
        one, stroke, number, count, after = line[k : k + 5] if k + 4 < len(line) else (*line[k : k + 4], line[-1])
        tight = not (stroke.spaced or number.spaced or count.spaced)
        able = one.kind == number.kind == "num" and stroke.text == "/" and count.text in COUNTS and tight
        if able and after.text in (")", "∑", "sum", "‖", "|"):
            at, end = number.start, count.stop
            out[k + 2 : k + 4] = [
                Token("open", "(", at, at, False), number, count, Token("close", ")", end, end, False)
            ]
    return out


def _counted(line: list[Token], words: Vocabulary) -> list[Token]:
    out = list(line)
    for k in range(len(line) - 3, 0, -1):
        if line[k].text not in ("∑", "sum") or line[k + 1].text != "_":
            continue
        braced = line[k + 2].text == "{"
        at = k + 2 + braced
        stop = at + 1 + braced
        index = line[at].text if at < len(line) else ""
        if len(index) != 1 or stop >= len(line) or (braced and line[stop - 1].text != "}") or line[stop].text == "^":
            continue
        size = _divided_by(line[:k])
        held = {a.text for a, b, c in zip(line[k:], line[k + 1 :], line[k + 2 :], strict=False)
                if b.text == "_" and c.text in (index, "{") and a.kind in ("word", "name")}
        if size is None or size.text in words.symbols or size.text in words.facts or held & set(words.symbols):
            continue
        place = line[stop].start
        out[stop:stop] = [Token("op", "^", place, place, False), Token("word", size.text, place, place, False)]
    return out


def _divided_by(before: Sequence[Token]) -> Token | None:
    """Return the letter of a count that what stands before a sum divides it by."""
    for shape in _BEFORE:
        held = before[-len(shape) :]
        pairs = list(zip(shape, held, strict=False))
        if len(held) == len(shape) and all(s in ("?", t.text) or (s == "#" and t.kind == "num") for s, t in pairs):
            one = held[shape.index("?")]
            if one.text in COUNTS:
                return one
    return None


def with_errors(lines: Sequence[list[Token]]) -> list[list[Token]]:
    """Return the lines with e_new = ... as e_new = x_new − x* = ..., where e_n = x_n − x* defines e."""
    made: dict[str, list[Token]] = {}
    out: list[list[Token]] = []
    names = {t.text for line in lines for t in line if t.kind == "name"}
    for line in lines:
        head = line[0].text if len(line) > 3 and line[1].text in ("=", ":=") else ""
        base, _, mark = head.partition("_")
        if mark == "new" and base in made and line[1].text == "=":
            at = line[1].stop
            body = [t._replace(start=at, stop=at) for t in made[base]]
            line = [*line[:2], *body, line[1]._replace(start=at, stop=at), *line[2:]]
        elif len(mark) == 1 and f"{base}_new" in names:
            body = [t for t in line[2:] if t.kind != "end"]
            others = {t.text for t in body if t.kind == "name" and t.text.endswith(f"_{mark}")}
            renamed = {name: f"{name.partition('_')[0]}_new" for name in others}
            plain = all(t.text not in ("=", ",", ";", "_") for t in body)
            if others and plain and head not in others and set(renamed.values()) <= names:
                made[base] = [t._replace(text=renamed.get(t.text, t.text)) for t in body]
        out.append(line)
    return out


def is_list_of_order(tokens: Sequence[Token]) -> bool:
    """Tell whether tokens only order entries with dots between them: λ_1 ≥ ... ≥ λ_n."""
    held = [t for t in tokens if t.kind != "end"]
    dotted = any(a.text in ("≥", "≤", ">", "<") and b.text in ("..", "...", "…") for a, b in pairwise(held))
    able = {"_", "≥", "≤", ">", "<", "..", "...", "…", "{", "}", "0"}
    return dotted and all(t.text in able or t.kind in ("word", "name", "num") for t in held)
