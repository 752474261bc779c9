"""The three elementary row operations, and exact entries kept in the form in which a person writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sympy

from agnesi.linalg.notation import low, tidy
from agnesi.worked.pieces import scalar_text

Rows = list[list[Any]]


def factored(value: Any) -> Any:
    """Return an exact entry as a person keeps it in a tableau: cancelled, and in factors where it has letters.

    The factors of a pivot show at once for which values of the letters it is zero.

    >>> k = sympy.Symbol("k")
    >>> factored((k**2 - 1) / (2*k - 2))
    (k + 1)/2
    """
    if value.is_Rational:
        return value
    if value.has(sympy.sin, sympy.cos, sympy.tan, sympy.exp, sympy.log, sympy.Abs):
        value = sympy.simplify(value)
    return sympy.factor(value) if value.free_symbols else tidy(value)


def times(factor: Any, name: str) -> str:
    """Return a positive multiple of a row as it is written: 3R₁, (3/2)R₁, (k + 1)R₁, R₁."""
    if factor == 1:
        return name
    shown = scalar_text(factor)
    plain = factor.is_Integer or factor.is_Symbol
    return f"{shown}{name}" if plain else f"({shown}){name}"


@dataclass(frozen=True)
class RowOperation:
    """An elementary row operation on rows counted from 0: swap two, scale one by a number, add a multiple of another.

    >>> print(RowOperation("add", 1, 0, sympy.Integer(-3)))
    R₂ ← R₂ − 3R₁
    >>> print(RowOperation("swap", 0, 2))
    R₁ ↔ R₃
    >>> print(RowOperation("scale", 1, factor=sympy.Rational(1, 5)))
    R₂ ← R₂/5

    Source: MML 2.3.2.
    """

    kind: Literal["swap", "scale", "add"]
    row: int
    other: int = -1
    factor: Any = sympy.S.One

    def __str__(self) -> str:
        name, other = low("R", self.row + 1), low("R", self.other + 1)
        if self.kind == "swap":
            return f"{name} ↔ {other}"
        if self.kind == "add":
            negative = self.factor.could_extract_minus_sign()
            return (
                f"{name} ← {name} {'−' if negative else '+'} {times(-self.factor if negative else self.factor, other)}"
            )
        if self.factor == -1:
            return f"{name} ← −{name}"
        divisor = factored(1 / self.factor)
        if divisor.is_Integer or (divisor.free_symbols and self.factor.as_numer_denom()[0] in (1, -1)):
            shown = scalar_text(divisor)
            plain = divisor.is_Symbol or (divisor.is_Integer and divisor > 0)
            return f"{name} ← {name}/{shown if plain else f'({shown})'}"
        sign = "−" if self.factor.could_extract_minus_sign() else ""
        return f"{name} ← {sign}{times(-self.factor if sign else self.factor, name)}"

    def on(self, rows: Sequence[Sequence[Any]]) -> Rows:
        """Return the rows after the operation; the rows given stay as they are."""
        out = [list(r) for r in rows]
        if self.kind == "swap":
            out[self.row], out[self.other] = out[self.other], out[self.row]
        elif self.kind == "scale":
            out[self.row] = [factored(self.factor * v) for v in out[self.row]]
        else:
            out[self.row] = [factored(v + self.factor * w) for v, w in zip(out[self.row], out[self.other], strict=True)]
        return out

    def elementary(self, size: int) -> sympy.ImmutableMatrix:
        """Return the elementary matrix E for which E A is A after the operation."""
        return sympy.ImmutableMatrix(self.on(sympy.eye(size).tolist()))

    def determinant(self) -> Any:
        """Return the factor by which the operation changes a determinant: −1, the scale, or 1."""
        return -sympy.S.One if self.kind == "swap" else self.factor if self.kind == "scale" else sympy.S.One
