"""How a value that was found is compared with a published one: exactly, or to the digits that were printed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from agnesi.check.evidence import equal_evidence
from agnesi.expr.nodes import Expr, symbols_of
from agnesi.read import read
from agnesi.worked.exact import matrix, scalar

_DECIMALS = re.compile(r"\d*\.(\d+)")
_NEAR = 1e-9  # of numbers that were found by floating point and are published exactly


@dataclass(frozen=True)
class Compared:
    """One value beside the published one: its name, both, whether they agree, and how that was seen."""

    name: str
    found: Any
    published: str
    agrees: bool
    how: str


def compare(name: str, found: Any, published: str) -> Compared:
    """Compare a value with a published one, given as a text.

    Numbers with a decimal point must agree to the digits that stand there, others exactly; expressions (of Agnesi or of
    sympy) must be equal, words the same.

    >>> compare("σ", 9.64377, "9.6438").agrees, compare("σ", 9.64377, "9.6439").agrees
    (True, False)
    >>> compare("λ", [5, -3], "[5; -3]").how
    'exactly'

    Raises `ReadError` for a published text that cannot be read.
    """
    if isinstance(found, str):
        return Compared(name, found, published, found == published, "word for word")
    if isinstance(found, Expr):
        evidence = equal_evidence(found, read(published, {s.name: s for s in symbols_of(found)}).expr)
        how = str(evidence).removeprefix("agrees ") if evidence.verdict != "refuted" else "the two expressions differ"
        return Compared(name, found, published, bool(evidence), how)
    ours, theirs = _entries(found), _entries(published)
    if ours is None or theirs is None or len(ours) != len(theirs):
        return Compared(name, found, published, False, "the shapes differ")
    digits = [len(d) for d in _DECIMALS.findall(published)]
    if digits:
        half = 0.5 * 10.0 ** -min(digits)
        worst = max(abs(float(a) - float(b)) for a, b in zip(ours, theirs, strict=True))
        how = f"to {min(digits)} decimal{'s' if min(digits) != 1 else ''}"
        return Compared(name, found, published, worst <= half * (1 + 1e-9), how)
    equal = [_equal(a, b) for a, b in zip(ours, theirs, strict=True)]
    rounded = any(isinstance(a, float) or a.has(sympy.Float) for a in ours)
    return Compared(name, found, published, all(equal), "up to rounding" if rounded else "exactly")


def _entries(value: Any) -> list[Any] | None:
    """Return the entries of a matrix row by row, of a vector, or a single number."""
    if isinstance(value, str):
        value = matrix(value, "The published value") if value.lstrip().startswith("[") else scalar(value)
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, sympy.MatrixBase):
        return [sympy.sympify(v) for v in value]
    if isinstance(value, Sequence | set | frozenset):
        below = [_entries(v) for v in value]
        return [e for entries in below for e in entries or ()]
    if isinstance(value, float | np.floating):
        return [float(value)]
    return [sympy.sympify(int(value) if isinstance(value, np.integer) else value)]


def _equal(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, float) or ours.has(sympy.Float):
        return bool(abs(float(ours) - float(theirs)) <= _NEAR * (1 + abs(float(theirs))))
    letters = {s.name: s for s in ours.free_symbols}
    theirs = theirs.xreplace({s: letters[s.name] for s in theirs.free_symbols if s.name in letters})
    return bool(sympy.simplify(ours - theirs) == 0)
