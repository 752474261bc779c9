"""Steps checked once more from what they say: row operations are read from the words, and done with fractions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy

from agnesi.worked.pieces import Grid
from agnesi.worked.record import Step, Worked

_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉−", "0123456789-")
_ROW = r"R(\d+)"
_NUMBER = r"(?:(\d+)|\((-?\d+(?:/\d+)?)\))?"


def operations_said(text: str) -> list[str]:
    """Return the row operations in a sentence, "R2 ← R2 - 3R1", with plain digits."""
    plain = text.translate(_DIGITS)
    return re.findall(r"R\d+ (?:↔|←) [^,]+?(?=,|\.(?:\s|$)|$)", plain)


def done(rows: Sequence[Sequence[Fraction]], said: str) -> list[list[Fraction]]:
    """Do one operation as it is written."""
    out = [list(r) for r in rows]
    if swap := re.fullmatch(rf"{_ROW} ↔ {_ROW}", said):
        i, j = int(swap[1]) - 1, int(swap[2]) - 1
        out[i], out[j] = out[j], out[i]
    elif add := re.fullmatch(rf"{_ROW} ← {_ROW} ([+-]) {_NUMBER}{_ROW}", said):
        i, j = int(add[1]) - 1, int(add[6]) - 1
        assert add[1] == add[2] and i != j
        factor = Fraction(add[4] or add[5] or 1) * (1 if add[3] == "+" else -1)
        out[i] = [a + factor * b for a, b in zip(out[i], out[j], strict=True)]
    elif scale := re.fullmatch(rf"{_ROW} ← (-?){_NUMBER}{_ROW}(?:/(?:(\d+)|\((-?\d+)\)))?", said):
        i = int(scale[1]) - 1
        assert scale[1] == scale[5]
        factor = Fraction(scale[3] or scale[4] or 1) * (-1 if scale[2] else 1) / Fraction(scale[6] or scale[7] or 1)
        assert factor != 0
        out[i] = [factor * a for a in out[i]]
    else:
        raise AssertionError(f"not read: {said}")
    return out


def fractions(rows: Any) -> list[list[Fraction]]:
    """Return rows of exact numbers as fractions of Python."""
    listed = rows.tolist() if hasattr(rows, "tolist") else rows
    return [[Fraction(int(v.p), int(v.q)) for v in map(sympy.Rational, r)] for r in listed]


def check_row_operations(found: Worked, start: Any) -> int:
    """Check that every step with row operations gives the matrix it shows, from the one above; return how many."""
    rows, count = fractions(start), 0
    for step in found.steps:
        if "operations" not in step.data:
            continue
        assert fractions(step.data["before"]) == rows, step.said
        said = operations_said(step.said)
        assert len(said) == len(step.data["operations"]) > 0, step.said
        for one in said:
            rows = done(rows, one)
        assert fractions(step.data["after"]) == rows, step.said
        assert fractions(shown_rows(step)) == rows, step.said
        count += len(said)
    return count


def shown_rows(step: Step) -> list[list[Any]]:
    """Return the rows of the first matrix that a step shows."""
    table = next(p for p in step.lines[0].parts if isinstance(p, Grid))
    return [list(r) for r in table.rows]
