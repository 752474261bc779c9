"""Eigenvalues that a text names: λ_i of a symmetric A are the entries of eigvals(A) where no eigenvector is paired."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agnesi.errors import Place, ReadError
from agnesi.read.lex import Token
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
_MARKS = (",", "..", "_", "≥", "≤", ">", "<", "{", "}")
_TOTALS = frozenset(("tr", "trace", "Tr", "det", "logdet", "|"))


def with_eigenvalues(lines: Sequence[list[Token]], source: str) -> list[list[Token] | ReadError]:
    """Return the tokens of lines with λ_i as eigvals(A)_i; lines about all of them are refused where A is not known."""
    told = _NAMED.search(source)
    if told is None:
        return list(lines)
    letter = GREEK.get(told[1].lstrip("\\"), {"lam": "λ"}.get(told[1].lstrip("\\"), told[1]))
    start = max(source.rfind("\n", 0, told.start()), source.rfind(".", 0, told.start()))
    sentence = source[start + 1 : source.find("\n", told.end()) if "\n" in source[told.end() :] else len(source)]
    owners = set(_OWNER.findall(sentence)) - {"R", "I", "T"}
    sure = len(owners) == 1 and _SYMMETRIC.search(source) and not _PAIRED.search(source)
    return [_line(line, letter, min(owners) if sure else "", source) for line in lines]


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
