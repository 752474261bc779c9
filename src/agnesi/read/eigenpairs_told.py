"""Eigenvalues and eigenvectors in words as formulas.

"the eigenvalues are 1 and 3" of a matrix A that is written out says det(A − 1 I) = 0 and det(A − 3 I) = 0;
"for λ = 3: v = (1, 1)" says A (1, 1) = 3 (1, 1), and "v = (1, 2) is an eigenvector of A" that (vᵀv) A v = (vᵀA v) v.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from agnesi.read.fragment import Fragment
from agnesi.read.in_words import put_formula

_MATRIX = re.compile(r"(?<![\w\\])([A-Z])\s*:?=\s*\$?\s*(?:\[\s*\[|\[[^\[\];\n]*;|\\begin\{[bp]?matrix\})")
_POLYNOMIAL = re.compile(r"(?:det|\|)\s*\(?\s*(?P<name>[A-Z])\s*[-−]\s*(?:λ|\\lambda|lambda|t|x)\s*\*?\s*I")
_SUB = r"(?:_?\{?\d\}?|[₁-₉])?"
_LETTER = rf"\$?(?:λ|\\lambda(?![a-z])|lambda){_SUB}"
_NUMBER = (
    r"[-−+]?(?:\d+(?:\.\d+)?(?:\s*/\s*\d+)?|\(\s*[-−]?\d[\d\s+\-−±√()/.]*\)(?:\s*/\s*\d+)?)"
    r"(?:\s*[±+\-−]\s*√\s*\(?\d+\)?)?"
)
_ENTRY = r"\s*[-−+]?[\d./√()]+\s*"
_VECTOR = (
    rf"(?:[(\[]{_ENTRY}(?:[,;]{_ENTRY})+[)\]]|\\begin\{{[bp]?matrix\}}{_ENTRY}(?:\\\\{_ENTRY})+\\end\{{[bp]?matrix\}})"
    r"(?:\s*(?:ᵀ|\^\{?(?:T|\\top)\}?|'))?"
)
_NAME = r"\$?\\?(?:mathbf\{)?[a-z]\}?(?:_?\{?\d\}?|[₁-₉])?"
_AND = r"\s*\$?\s*(?:,\s*and\b|,\s*or\b|,|;|and\b|or\b)\s*\$?\s*"
_VALUES = re.compile(
    rf"(?P<head>\beigenvalues?(?:\s+of\s+\$?(?P<of>[A-Z])\$?)?\s*(?:(?:are|is|:|=)\s*)?(?:therefore |then )?\$?)"
    rf"(?P<values>(?:{_LETTER}\s*=\s*)?{_NUMBER}(?:{_AND}(?:{_LETTER}\s*=\s*)?{_NUMBER})*)"
    rf"(?=\s*\$?\s*(?:[.;\n]|$|,\s*[a-z]|(?:with|and the|so|where|\()))",
    re.IGNORECASE,
)
_ROOTS = re.compile(
    rf"^(?P<head>[ \t]*(?:so|hence|thus|therefore|which gives|giving|then|⇒|=>|\\Rightarrow)?[ \t:,]*)\$?"
    rf"(?P<values>{_LETTER}\s*=\s*{_NUMBER}(?:{_AND}(?:{_LETTER}\s*=\s*)?{_NUMBER})+)\$?[ \t]*[.]?[ \t]*$",
    re.MULTILINE,
)
_ONE = re.compile(rf"(?:\$?(?:λ|\\lambda(?![a-z])|lambda)(?P<number>{_SUB})\s*=\s*)?(?P<value>{_NUMBER})")
_FOR = re.compile(
    r"(?P<head>\b(?:(?:for|when|at|with|take|case)[ \t]+)?(?:the\s+)?"
    r"(?:eigenvectors?\s+(?:for|of|to|belonging to)\s+)?"
    rf"(?:the\s+)?(?:eigenvalue\s+)?{_LETTER}\s*=\s*(?P<value>{_NUMBER})\$?"
    r"\s*(?:[:,]|gives?|→|->|we (?:get|find|have)|is|has)?\s*(?:the\s+)?(?:eigenvector(?:\s+is)?:?\s*)?"
    rf"\$?\s*)(?P<whole>(?:(?P<name>{_NAME})\s*=\s*\$?\s*)?(?P<vector>{_VECTOR}))",
    re.IGNORECASE,
)
_IS = re.compile(
    rf"(?P<vector>{_VECTOR})(?P<head>\$?\s+(?:is|was)\s+an\s+eigenvector(?:\s+of\s+\$?(?P<of>[A-Z])\$?)?"
    rf"(?:\s*,?\s*(?:with|for|to|of)\s+(?:the\s+)?(?:eigenvalue\s+)?(?:{_LETTER}\s*=\s*)?\$?(?P<value>{_NUMBER})\$?)?)",
    re.IGNORECASE,
)


class Told(NamedTuple):
    """A formula with the stretch of the text that says it."""

    text: str
    start: int
    stop: int


def with_eigenpairs_told(source: str, found: Sequence[Fragment]) -> list[Fragment]:
    """Return the fragments, with formulas for the eigenvalues and eigenvectors of a matrix that is written out."""
    out = list(found)
    if not _MATRIX.search(source):
        return out
    told = sorted((*_pairs(source), *_values(source)), key=lambda t: t.start)
    for one in told:
        out = put_formula(out, source, one.text, one.start, one.stop)
    return out


def _pairs(source: str) -> Iterator[Told]:
    """Yield what is said of eigenvectors: A v = λ v, or that A v is along v where no eigenvalue is told."""
    looked_for = _POLYNOMIAL.search(source) or re.search(r"\beigen", source, re.IGNORECASE)
    for pattern in (_FOR, _IS) if looked_for else ():
        for found in pattern.finditer(source):
            matrix = _matrix(source, found.start(), found["of"] if "of" in pattern.groupindex else None)
            vector = _written(found["vector"])
            name = found["name"] if pattern is _FOR else ""
            given = sum(m["name"] == name for m in _FOR.finditer(source)) if name else 0
            whole = pattern is _FOR and given != 1  # v = (1, 1) stays, if it is given once
            stop = found.end() if whole else found.end("head")
            if matrix and found["value"]:
                yield Told(f"{matrix} {vector} = {_factor(found['value'])} {vector}", found.start("head"), stop)
            elif matrix and pattern is _IS:
                along = f"({vector}' {matrix} {vector}) {vector}"
                yield Told(f"({vector}' {vector}) {matrix} {vector} = {along}", found.start("head"), stop)


def _values(source: str) -> Iterator[Told]:
    """Yield what is said of eigenvalues: det(A − cI) = 0 for each."""
    for pattern in (_VALUES, _ROOTS):
        for found in pattern.finditer(source):
            polynomial = _POLYNOMIAL.search(source, 0, found.start())
            named = found["of"] if pattern is _VALUES else polynomial["name"] if polynomial else None
            matrix = _matrix(source, found.start(), named) if pattern is _VALUES or named else None
            pieces = list(_ONE.finditer(found["values"]))
            at = found.start("values")
            for piece in pieces if matrix else ():
                value, (start, stop) = piece["value"], piece.span()
                start = stop if piece["number"] else start  # λ₁ = 2 stays: λ₁ may stand further on
                for sign in ("+", "-") if "±" in value else ("",):
                    yield Told(f"det({matrix} - {_factor(value.replace('±', sign))} I) = 0", at + start, at + stop)
                    start = stop  # the second of two stands behind the first


def _matrix(source: str, at: int, named: str | None) -> str | None:
    """Return the matrix that is meant: the one that is named, else the last one that was written out above."""
    above = [m[1] for m in _MATRIX.finditer(source) if m.start() < at]
    return (named if named in above else None) if named else above[-1] if above else None


def _factor(value: str) -> str:
    """Return a number as it stands before a matrix: in brackets, unless it is plain."""
    return value if value.isdigit() else f"({value})"


def _written(vector: str) -> str:
    """Return a vector as (a, b): without its transpose sign, its entries with commas."""
    inside = re.sub(r"\\(?:begin|end)\{[bp]?matrix\}", "", vector)
    inside = re.sub(r"\s*(?:ᵀ|\^\{?(?:T|\\top)\}?|')\s*$", "", inside).strip().strip("()[]")
    entries = [e.strip() for e in re.split(r"[,;]|\\\\", inside)]
    return f"({', '.join(entries)})"
