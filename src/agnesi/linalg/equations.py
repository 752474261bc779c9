"""Linear equations in text, as A x = b with the names of the unknowns: "2a + 3b = 8; 10a + b = 13"."""

from __future__ import annotations

import re
from typing import Any

import sympy

from agnesi.errors import NotNumeric, ReadError
from agnesi.worked.exact import from_expr, read_scalar

_NAME = re.compile(r"[^\W\d_]\w*")
_INDEX = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def equations(text: str, unknowns: str = "") -> tuple[sympy.ImmutableMatrix, sympy.ImmutableMatrix, list[sympy.Symbol]]:
    """Return A, b and the unknowns of linear equations; between equations stands ";" or a new line.

    >>> A, b, x = equations("2a + 3b = 8; 10a + b = 13")
    >>> A.tolist(), list(b), x
    ([[2, 3], [10, 1]], [8, 13], [a, b])

    All letters are unknowns, in the order in which they are met, unless `unknowns` names them ("x y"); then the others
    stand for numbers. Raises `ReadError` for a line without "=", `NotNumeric` for an equation that is not linear.
    """
    sides = [_sides(line) for line in re.split(r"[;\n]", text) if line.strip()]
    if not sides:
        raise ReadError(
            "There is no equation.", repair='Write equations with ";" between them: "x + y = 3; x − y = 1".'
        )
    letters = _unknowns(unknowns or text, [left - right for left, right in sides], bool(unknowns))
    A, b = [], []
    for (left, right), line in zip(sides, (t for t in re.split(r"[;\n]", text) if t.strip()), strict=True):
        row, rest = _linear(sympy.expand(left - right), letters, line.strip())
        A.append(row)
        b.append(-rest)
    return sympy.ImmutableMatrix(A), sympy.ImmutableMatrix(b), letters


def _sides(line: str) -> tuple[Any, Any]:
    parts = line.split("=")
    if len(parts) != 2 or not all(p.strip() for p in parts):
        raise ReadError(f'"{line.strip()}" is not an equation.', expected='one "=" with something on both sides')
    left, right = (from_expr(read_scalar(p.strip())) for p in parts)
    return left, right


def _unknowns(text: str, differences: list[Any], named: bool) -> list[sympy.Symbol]:
    """Return the unknowns in the order of the text; those that are `named` also where no equation holds them.

    x₁, x₂, … come in the order of their indices.
    """
    held = {str(s): s for d in differences for s in d.free_symbols}
    spelt = [re.sub(r"[₀-₉]+", lambda m: "_" + m[0].translate(_INDEX), n) for n in _NAME.findall(text)]
    order = [n for n in dict.fromkeys(spelt) if named or n in held]
    indexed = [] if named else [re.fullmatch(r"([^\W\d_]+)_?(\d+)", n) for n in order]
    if indexed and all(indexed) and len({m[1] for m in indexed if m}) == 1:
        order.sort(key=lambda n: int(re.findall(r"\d+", n)[-1]))
    if not order:
        raise ReadError("The equations hold no unknown.", repair='Name the unknowns: unknowns="x y".')
    return [held.get(n, sympy.Symbol(n, real=True)) for n in order]


def _linear(difference: Any, letters: list[sympy.Symbol], line: str) -> tuple[list[Any], Any]:
    """Return the coefficients of the unknowns, and what is left, of an expression that is 0."""
    row = [difference.diff(x) for x in letters]
    for x, coefficient in zip(letters, row, strict=True):
        if coefficient.has(*letters):
            raise NotNumeric(
                f'"{line}" is not linear in {x}.',
                expected="a sum of numbers times unknowns",
                repair=f'Name the unknowns, if {x} is none of them: unknowns="…".',
            )
    return row, sympy.expand(difference - sum(c * x for c, x in zip(row, letters, strict=True)))
