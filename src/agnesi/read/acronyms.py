"""ELBO, NLL, RSS: names in capitals of the field, which are no products of letters; ELBO(q) is ELBO."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from agnesi.read.cursor import partners
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Vocabulary

_NAMES = frozenset((
    "ELBO", "VFE", "NLL", "BCE", "RSS", "TSS", "SSE", "ESS", "AIC", "BIC", "CV", "LOO", "LOOCV", "GCV", "SNR", "JSD",
    "JS", "SURE", "WAIC", "DIC", "OLS",
))  # fmt: skip
_DENSITIES = frozenset("pqPQ")


def with_acronyms(lines: Sequence[list[Token]], words: Vocabulary) -> list[list[Token]]:
    """Return the lines with the acronyms of the field as one name, without the q of ELBO(q)."""
    texts = {t.text for line in lines for t in line}
    found = {name for name in _NAMES & texts if not any(c in words.symbols or c in words.facts for c in name)}
    found = {name for name in found if len(name) > 2 or not texts & set(name)} - _functions(lines)
    out = [_whole(line, found) for line in lines] if found else list(lines)
    for name in found:
        first = next(k for k, line in enumerate(out) if any(t.text == name for t in line))
        out[first] = _named_at_the_end(out[first], name)
    return out


def _functions(lines: Sequence[list[Token]]) -> set[str]:
    """Return the acronyms that are functions of a letter: RSS(β) = ..., and no mention without one; not ELBO(q)."""
    calls = [(a.text, b.text, c.text) for line in lines for a, b, c in zip(line, line[1:], line[2:], strict=False)]
    mentions = Counter(t.text for line in lines for t in line)
    called = Counter(a for a, b, c in calls if b == "(" and c not in _DENSITIES)
    return {n for n in _NAMES & set(mentions) if mentions[n] == called[n]}


def _named_at_the_end(line: list[Token], name: str) -> list[Token]:
    """Read a ≥ b = ELBO, the first mention of a name, as what it stands for: a ≥ b =: ELBO."""
    last = len(line) - (2 if line and line[-1].kind == "end" else 1)
    able = last > 1 and line[last].text == name and line[last - 1].text == "="
    if not able or sum(t.text == name for t in line) > 1:
        return line
    return [*line[: last - 1], line[last - 1]._replace(text="=:", kind="op"), *line[last:]]


def _whole(line: list[Token], names: set[str]) -> list[Token]:
    edges = partners(line)
    out: list[Token] = []
    k = 0
    while k < len(line):
        token = line[k]
        k += 1
        if token.text not in names or token.kind != "word":
            out.append(token)
            continue
        out.append(token._replace(kind="name"))
        close = edges.get(k, -1) if k < len(line) and line[k].text == "(" and not line[k].spaced else -1
        inside = line[k + 1 : close] if close > 0 else []
        if inside and all(t.text == "," or (t.kind in ("word", "name") and len(t.text) == 1) for t in inside):
            k = close + 1
    return out
