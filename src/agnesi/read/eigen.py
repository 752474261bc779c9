"""Eigenvalues that a text names: λ_i of a symmetric A are the entries of eigvals(A) where no eigenvector is paired."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agnesi.errors import Place, ReadError
from agnesi.read.tokens import Token
from agnesi.read.words import GREEK

_LETTER = r"(λ|\\?lambda|\\?lam|μ|\\?mu|[a-z])"
_NAMED = re.compile(rf"\beigenvalues?\b[^.;:\n=]{{0,24}}?(?<![\w\\]){_LETTER}\$?(?:_|[₁ᵢ])", re.IGNORECASE)
_OWNER = re.compile(r"(?<![\w\\])([A-Z])(?![\w(])")
_SYMMETRIC = re.compile(
    r"\b(?:symmetric|positive[ -](?:semi-?)?definite|p\.?s\.?d|spd|covariance|hermitian|gram)\b|≻|⪰|\\succ",
    re.IGNORECASE,
)
_PAIRED = re.compile(
    r"eigenvector|eigenbasis|spectral decomp|eigendecomp|diagonali[sz]|\bQ\s*Λ|(?-i:U\s*Λ|\\Lambda)", re.IGNORECASE
)
_EXTREME = re.compile(r"(?:λ|lam(?:bda)?)\s?_\s?\{?\s?\\?(?:text|mathrm|rm)?\{?(?:max|min)\}*\$?(?!\s?\()")
_MARKS = (",", "..", "_", "≥", "≤", ">", "<", "{", "}")
_TOTALS = frozenset(("tr", "trace", "Tr", "det", "logdet", "|"))


def with_eigenvalues(lines: Sequence[list[Token]], source: str) -> list[list[Token] | ReadError]:
    """Return the tokens of lines with λ_i as eigvals(A)_i; lines about all of them are refused where A is not known."""
    lines = [_extremes(line, source) for line in lines] if _EXTREME.search(source) else lines
    told = _NAMED.search(source)
    if told is None:
        return list(lines)
    letter = GREEK.get(told[1].lstrip("\\"), {"lam": "λ"}.get(told[1].lstrip("\\"), told[1]))
    start = max(source.rfind("\n", 0, told.start()), source.rfind(".", 0, told.start()))
    sentence = source[start + 1 : source.find("\n", told.end()) if "\n" in source[told.end() :] else len(source)]
    owners = set(_OWNER.findall(sentence)) - {"R", "I", "T"}
    sure = len(owners) == 1 and _SYMMETRIC.search(source) and not _PAIRED.search(source)
    return [_line(line, letter, min(owners) if sure else "", source) for line in lines]


_LAMBDAS = frozenset(("λ", "lambda", "lam"))
_WHOLE = re.compile(r"(?:λ|lam(?:bda)?)_(max|min)$")


def _extremes(line: list[Token], source: str) -> list[Token]:
    """Return a line with λ_max(A) for a bare λ_max, where the text speaks of the eigenvalues of one matrix A only."""
    ends = [k for k, t in enumerate(line[:-1]) if t.text in _LAMBDAS and line[k + 1].text == "_"]
    ends += [k for k, t in enumerate(line) if _WHOLE.match(t.text)]
    if not ends:
        return line
    told = [part for part in re.split(r"[.;\n]", source) if re.search(r"eigenvalue|λ|lambda", part)]
    owners = {name for part in told for name in _OWNER.findall(part)} - {"R", "I", "T", "N", "L"}
    if len(owners) != 1:
        return line
    out: list[Token] = []
    k = 0
    while k < len(line):
        held = [t.text for t in line[k + 1 : k + 5]] if k in ends else []
        whole = _WHOLE.match(line[k].text) if k in ends else None
        size = 3 if held[1:2] in (["max"], ["min"]) else 5 if held[1:2] == ["{"] and held[3:4] == ["}"] else 0
        which = whole[1] if whole else held[1 if size == 3 else 2] if size else ""
        size = 1 if whole else size
        if which not in ("max", "min") or line[k + size].text == "(":
            out.append(line[k])
            k += 1
            continue
        inner = (("word", f"lam{which}"), ("open", "("), ("name", min(owners)), ("close", ")"))
        places = (line[k].start, line[k + size - 1].stop)
        out += [Token(kind, text, *places, line[k].spaced and not j) for j, (kind, text) in enumerate(inner)]
        k += size
    return out


def _line(line: list[Token], letter: str, owner: str, source: str) -> list[Token] | ReadError:
    held = [k for k, t in enumerate(line[:-1]) if t.text == letter and line[k + 1].text == "_"]
    if not held or all(t.text in (*_MARKS, letter) or t.kind in ("num", "name", "word", "end") for t in line):
        return line
    if not owner:
        if any(t.text in _TOTALS for t in line):
            place = Place(source, line[held[0]].start, line[held[0]].stop)
            return ReadError(f"Of which matrix the {letter} are the eigenvalues is not understood.", where=place)
        return line
    out: list[Token] = []
    for k, token in enumerate(line):
        if k not in held:
            out.append(token)
            continue
        inner = (("word", "eigvals"), ("open", "("), ("name", owner), ("close", ")"))
        places = (token.start, token.stop)
        out += [Token(kind, text, *places, token.spaced and not j) for j, (kind, text) in enumerate(inner)]
    return out
