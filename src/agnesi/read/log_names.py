"""log L(θ) = ... where L is defined nowhere: the logarithm is what the text defines, and log L is one name for it.

So is ln p(D | μ, σ²) = ... in a text that states no model of the data and speaks of p only under a logarithm.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agnesi.read.cursor import partners
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import FUNCTIONS, Vocabulary

_LOGS = ("log", "ln")
_MODEL = re.compile(
    r"~|\\sim|∼|\bi\.?i\.?d\b|\bdistributed\b|\bmodels?\b|\b(?:gaussian|normal|poisson|bernoulli)\b", re.IGNORECASE
)
_LABEL = re.compile(
    r"\b(?:class|label|category)\s+\$?([a-z])\b"
    r"|(?<![\w\\])\$?([a-z])\$?\s+(?:is|denotes|being|=)\s+(?:the |an? )?(?:\w+ )?(?:class|label|category)\b"
)
_LAWS = ("N", "𝒩", "B")  # of log N(x; μ, σ²)
_DENSITIES = ("p", "P", "q", "f")


def with_log_names(lines: Sequence[list[Token]], source: str, words: Vocabulary) -> list[list[Token]]:
    """Return the lines with log L as one name, where one of them defines it."""
    out = list(lines)
    for line in lines:
        found = _defined(line)
        if found is None:
            continue
        name, start, stop = found
        if name in words or name in FUNCTIONS or name in _LAWS or not _only_under_logarithms(out, name):
            continue
        if name in _DENSITIES and (_MODEL.search(source) or not _apart(line[start:stop], line[stop + 1 :], name)):
            continue
        made = f"log{name}"
        words.facts.setdefault(made, frozenset())
        words.logarithms |= {made}
        out = [_renamed(one, name, made) for one in out]
    return out


def labels_in(source: str) -> frozenset[str]:
    """Return the letters that stand for the true class and in subscripts: c of −log p_c, which is an index."""
    found = {m[1] or m[2] for m in _LABEL.finditer(source)}
    return frozenset(c for c in found if re.search(rf"_\{{?\w?{c}\b", source))


def _defined(line: Sequence[Token]) -> tuple[str, int, int] | None:
    """Return L, with the places after it and of the sign, for a line log L(θ) = ... or log(L) = ...."""
    if len(line) < 4 or line[0].text not in _LOGS:
        return None
    wrapped = line[1].text == "("
    at = 2 if wrapped else 1
    name, stop = line[at], at + 1
    if name.kind not in ("word", "name") or not name.text.isalpha() or len(name.text) > 1:
        return None
    if line[stop].text == "(":
        close = partners(list(line)).get(stop, -2)
        if any(t.text in "+-*·/" or t.text in FUNCTIONS for t in line[stop:close]):
            return None  # log x (1 + log x) is a product
        stop = close + 1
    stop += wrapped and 0 < stop < len(line) and line[stop].text == ")"
    able = 0 < stop < len(line) - 1 and line[stop].text in ("=", ":=")
    return (name.text, at + 1, stop) if able else None


def _only_under_logarithms(lines: Sequence[Sequence[Token]], name: str) -> bool:
    """Tell whether a letter stands after log or log( everywhere."""
    for line in lines:
        for k, token in enumerate(line):
            if token.text == name:
                before = [t.text for t in line[max(0, k - 2) : k]]
                if before[-1:] != ["("] and before[-1:] and before[-1] in _LOGS:
                    continue
                if not (len(before) == 2 and before[0] in _LOGS and before[1] == "("):
                    return False
    return True


def _apart(call: Sequence[Token], body: Sequence[Token], name: str) -> bool:
    """Tell whether what a density is of is not in its formula: D in p(D | μ) = -N/2 ln(2πσ²) - ...."""
    bar = next((k for k, t in enumerate(call) if t.text == "|"), -1)
    of = {t.text for t in call[:bar] if t.kind in ("word", "name")}
    return bar > 0 and not of & {t.text for t in body} and all(t.text != name for t in body)


def _renamed(line: list[Token], name: str, made: str) -> list[Token]:
    """Return a line with log L, log(L), log L(θ) as one name."""
    edges = partners(line)
    out: list[Token] = []
    k = 0
    while k < len(line):
        at = k + 2 if k + 2 < len(line) and line[k + 1].text == "(" else k + 1
        if line[k].text in _LOGS and at < len(line) and line[at].text == name:
            stop = at + 1
            if stop < len(line) and line[stop].text == "(":
                stop = edges.get(stop, stop) + 1
            if at == k + 2:
                stop = edges.get(k + 1, stop) + 1
            out.append(Token("word", made, line[k].start, line[stop - 1].stop, line[k].spaced))
            k = stop
            continue
        out.append(line[k])
        k += 1
    return out
