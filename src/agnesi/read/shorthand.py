"""How notes abbreviate: χ² and RSS(θ) as names, df(λ) for the degrees of freedom, (x_1, ..., x_n) for a vector.

Tokens of a whole text are rewritten before any of them is parsed; what they say of names is said everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from agnesi.expr.nodes import symbol
from agnesi.read.acronyms import with_acronyms
from agnesi.read.cursor import partners
from agnesi.read.means_told import with_counts, with_errors
from agnesi.read.runs import script
from agnesi.read.tokens import Token, with_names
from agnesi.read.twofold import counted, renamed, spread, variances
from agnesi.read.vocabulary import FUNCTIONS, Vocabulary
from agnesi.read.words import WHOLE_WORDS

STEPS = frozenset("nkt")  # letters that count steps
_BIG = frozenset(("∑", "∏", "sum", "prod", "max", "min", "Σ"))
_KEPT = frozenset((*FUNCTIONS, *WHOLE_WORDS, "E", "Var", "Cov", "H", "I", "KL", "MI", "Pr", "SD", "SE", "MSE"))


def shortened(lines: Sequence[Sequence[Token]], words: Vocabulary) -> list[list[Token]]:
    """Return the tokens of all lines with abbreviations as names; lists with dots declare their vectors."""
    out = with_acronyms([list(line) for line in lines], words)
    for power in ("χ",):
        if power not in words.symbols and not any(alone(line, power) for line in out):
            out = [squared(line, power) for line in out]
    for letter, mark in variances(out):
        out = [spread(line, letter, mark) for line in out]
        if mark not in words.symbols:
            words.declare(symbol(mark, (), ("positive",)))
    for letter in counted(out, words):
        out = [renamed(line, letter) for line in out]
    out = with_errors([iterated(line, steps(out)) for line in out]) if steps(out) else out
    out = [signed(line) for line in out]
    whole = {name for line in out for name in heads(line, words)} | titled(out, words)
    if freedom(out):
        whole.add("df")
    out = [[t._replace(kind="name") if t.text in whole and t.kind == "word" else t for t in line] for line in out]
    return with_counts([listed(line, words) for line in out], words)


def alone(line: Sequence[Token], name: str) -> bool:
    """Tell whether a letter stands without the exponent 2."""
    return any(t.text == name and script(line, k + 1)[0] != "2" for k, t in enumerate(line))


def squared(line: Sequence[Token], name: str) -> list[Token]:
    """Return the line with χ² as one name."""
    return with_names(line, lambda k: (f"{name}2", script(line, k + 1)[1]) if line[k].text == name else None)


def signed(line: Sequence[Token]) -> list[Token]:
    """Return the line with β₋ and β₊ as names."""
    out: list[Token] = []
    for token in line:
        out.append(token)
        last = out[-5:]
        held = [t.text for t in last[1:]]
        if len(last) == 5 and last[0].kind in ("word", "name") and held in (["_", "{", s, "}"] for s in "-+"):
            name = f"{last[0].text}_{'minus' if held[2] == '-' else 'plus'}"
            out[-5:] = [last[0]._replace(kind="name", text=name, stop=token.stop)]
    return out


def heads(line: Sequence[Token], words: Vocabulary) -> list[str]:
    """Return the word in capitals that a line defines as a function: RSS(θ, λ) = ..."""
    if len(line) < 5 or line[0].kind != "word" or line[1].text != "(" or line[1].spaced:
        return []
    name, closed = line[0].text, partners(list(line)).get(1, 0)
    able = len(name) > 1 and name.isalpha() and name.isascii() and name.isupper() and name not in _KEPT
    plain = all(t.kind in ("word", "name") or t.text == "," for t in line[2:closed])
    defines = closed + 1 < len(line) and line[closed + 1].text in ("=", ":=")
    return [name] if able and plain and defines and not all(c in words.symbols for c in name) else []


def titled(lines: Sequence[Sequence[Token]], words: Vocabulary) -> set[str]:
    """Return the words in capitals that an equation gives a value, AM = ..., whose letters stand nowhere alone."""
    texts = [t.text for line in lines for t in line if t.kind in ("word", "name")]
    found: set[str] = set()
    for line in lines:
        name = line[0].text if len(line) > 2 and line[0].kind == "word" and line[1].text in ("=", ":=") else ""
        if len(name) < 2 or not (name.isalpha() and name.isascii() and name.isupper()) or name in _KEPT:
            continue
        others = [t for t in texts if t != name]
        apart = any(c in words.symbols or c in words.facts for c in name)
        if texts.count(name) > 1 and not apart and not any(set(t) <= set(name) for t in others):
            found.add(name)
    return found


def freedom(lines: Sequence[Sequence[Token]]) -> bool:
    """Tell whether df is the name of a function: df(λ) = ... where no f and no df/dx stands."""
    tokens = [t for line in lines for t in line]
    pairs = list(pairwise(tokens))
    called = [k for k, (a, b) in enumerate(pairs) if a.text == "df" and a.kind == "word" and b.text == "("]
    other = any(a.text == "df" and b.text != "(" for a, b in pairs) or any(t.text in ("f", "∂") for t in tokens)
    return bool(called) and not other


def listed(line: Sequence[Token], words: Vocabulary) -> list[Token]:
    """Return the line with d_1, ..., d_p as the vector d, which is declared so."""
    out = list(line)
    for k in reversed([k for k, t in enumerate(line) if t.text == ".." and t.kind == "op"]):
        first, last = before_dots(out, k), after_dots(out, k)
        if first is None or last is None or first[0] != last[0] or first[1] != "1":
            continue
        name, size = first[0], last[1]
        if size.isdigit() or not size.isalpha() or len(size) > 1:
            continue
        if name not in words.symbols:
            words.declare(symbol(name, [size]))
        if len(words.symbols[name].shape) == 1:
            begin, stop = first[2], last[2]
            out[begin:stop] = [out[begin]._replace(kind="name", text=name, stop=out[stop - 1].stop)]
    return out


def before_dots(line: Sequence[Token], at: int) -> tuple[str, str, int] | None:
    """Return (d, 1, where it begins) for the first entry of d_1, d_2, ..., d_p, whose dots stand at a place."""
    begin, found = at, None
    while begin > 1 and line[begin - 1].text == ",":
        for start in range(begin - 2, max(-1, begin - 7), -1):
            item, stop = script(line, start + 1)
            if item and stop == begin - 1 and line[start].kind in ("word", "name"):
                if found is not None and found[0] != line[start].text:
                    return found
                found = (line[start].text, item, start)
                break
        else:
            return found
        begin = found[2]
    return found


def after_dots(line: Sequence[Token], at: int) -> tuple[str, str, int] | None:
    """Return (d, p, where it stops) for the last entry of d_1, ..., d_p."""
    start = at + 1 + (at + 1 < len(line) and line[at + 1].text == ",")
    if start + 2 >= len(line) or line[start].kind not in ("word", "name"):
        return None
    item, stop = script(line, start + 1)
    return (line[start].text, item, stop) if item else None


def steps(lines: Sequence[Sequence[Token]]) -> dict[str, str]:
    """Return the letters whose subscript counts steps, with that subscript: x and n for x_{n+1} = x_n − ..."""
    found: dict[str, str] = {}
    scripts: dict[str, set[str]] = {}
    over: set[str] = set()
    for line in lines:
        for k, token in enumerate(line):
            names, _ = places(line, k + 1)
            if token.text in _BIG and names:
                over.add(names[0].text)
            elif token.kind in ("word", "name") and names:
                scripts.setdefault(token.text, set()).add(names[0].text)
                if len(names) > 1 and names[0].text in STEPS:
                    found[token.text] = names[0].text
    return {
        base: n for base, n in found.items()
        if n not in over and all(s == n or s.isdigit() for s in scripts[base]) and not {f"{base}_new"} & set(scripts)
    }


def places(line: Sequence[Token], at: int) -> tuple[list[Token], int]:
    """Return the tokens of a subscript that is n, n + 1, 2, and where it stops."""
    if at + 1 >= len(line) or line[at].text != "_":
        return [], at
    if line[at + 1].text != "{":
        return [line[at + 1]], at + 2
    closed = partners(list(line)).get(at + 1, at + 1)
    held = list(line[at + 2 : closed])
    plain = len(held) == 1 or (len(held) == 3 and held[1].text in "+-" and held[2].text.isdigit())
    return (held, closed + 1) if plain else ([], at)


def iterated(line: Sequence[Token], bases: dict[str, str]) -> list[Token]:
    """Return the line with x_n and x_{n+1} as names of their own: x_n and x_new."""

    def named(k: int) -> tuple[str, int] | None:
        below, stop = places(line, k + 1)
        if line[k].text not in bases or not below:
            return None
        step = "".join(t.text for t in below)
        n = bases[line[k].text]
        tail = {f"{n}+1": "new", f"{n}-1": "old"}.get(step, step.replace("+", "").replace("-", "m"))
        return f"{line[k].text}_{tail}", stop

    return with_names(line, named)
