"""What the modules on lengths, projections and spectra share: numbers in, names with indices, sums as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from agnesi.errors import NotNumeric, ShapeError, TooLarge
from agnesi.expr.nodes import Apply, Expr, apply, constant
from agnesi.worked.exact import ENTRIES, matrix, to_expr, vector
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Verified

Floats = NDArray[np.float64]
HANDS = 36  # entries of an array of floats that are still worked out exactly
_LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_HIGH = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def low(name: str, index: int | str) -> str:
    """Return a name with an index: low("v", 12) is v₁₂."""
    return f"{name}{str(index).translate(_LOW)}"


def high(name: str, power: int) -> str:
    """Return a name with a power: high("A", 12) is A¹²."""
    return f"{name}{str(power).translate(_HIGH)}"


def tidy(value: sympy.Expr) -> sympy.Expr:
    """Return a number or an expression multiplied out, roots out of denominators, fractions in lowest terms."""
    if value.is_Rational:
        return value
    if value.free_symbols:
        return sympy.factor_terms(sympy.cancel(sympy.radsimp(value)))
    found = sympy.expand(sympy.radsimp(sympy.expand(value)))
    return sympy.expand(sympy.sqrtdenest(found)) if found.has(sympy.Pow) else found


def tidied(M: sympy.MatrixBase) -> sympy.ImmutableMatrix:
    """Return a matrix with tidy entries."""
    return sympy.ImmutableMatrix(M.applyfunc(tidy))


def is_zero(value: sympy.Expr) -> bool:
    """Tell whether a number or an expression with letters is nought: exactly, else to 50 digits."""
    if value.is_Rational:
        return bool(value == 0)
    value = tidy(value)
    if value == 0 or value.free_symbols:
        return bool(value == 0 or sympy.simplify(value) == 0)
    return bool(abs(value.evalf(60)) < sympy.Float("1e-50"))


def equal(M: sympy.MatrixBase, N: sympy.MatrixBase) -> bool:
    """Tell whether two exact matrices are the same, entry by entry."""
    return M.shape == N.shape and all(is_zero(a - b) for a, b in zip(M, N, strict=True))


def dot(x: sympy.MatrixBase, y: sympy.MatrixBase, A: sympy.MatrixBase | None = None) -> sympy.Expr:
    """Return xᵀy, or xᵀAy, tidy."""
    return tidy((x.T * (y if A is None else A * y))[0, 0])


def column(what: Any, name: str = "x") -> sympy.ImmutableMatrix:
    """Return a vector with at least one entry as an exact column; raises as `agnesi.worked.exact.vector` does."""
    found = vector(what, name)
    if not found.rows:
        raise ShapeError(f"{name} has no entries.", expected="a vector with at least one entry")
    return found


def columns(M: sympy.MatrixBase) -> list[sympy.ImmutableMatrix]:
    """Return the columns of a matrix."""
    return [sympy.ImmutableMatrix(M[:, j]) for j in range(M.cols)]


def beside(vectors: Sequence[sympy.MatrixBase], rows: int) -> sympy.ImmutableMatrix:
    """Return the matrix whose columns are these vectors."""
    return sympy.ImmutableMatrix(sympy.Matrix.hstack(sympy.zeros(rows, 0), *vectors))


def multiplied(factors: Sequence[Any]) -> Expr:
    """Return a product as it stands, nothing worked out; beside letters no 1 is written, and k·k is k².

    >>> from agnesi.worked.pieces import scalar_text
    >>> k = sympy.Symbol("k")
    >>> [scalar_text(multiplied(f)) for f in ([1, k], [2, k, k], [1, 3])]
    ['k', '2k²', '1·3']
    """
    known = [sympy.sympify(f) for f in factors]
    if any(f.free_symbols for f in known):
        letters = {f: known.count(f) for f in known if f.is_Symbol}
        known = [f ** letters.pop(f, 0) if f.is_Symbol else f for f in known if f != 1]
        known = [f for f in known if f != 1] or [sympy.Integer(1)]
    terms = [to_expr(f) for f in known]
    return terms[0] if len(terms) == 1 else apply("mul", *terms)


def products(x: Sequence[Any], y: Sequence[Any]) -> Expr:
    """Return x₁y₁ + x₂y₂ + … with the numbers put in and nothing worked out."""
    terms = [multiplied([a, b]) for a, b in zip(x, y, strict=True)]
    return terms[0] if len(terms) == 1 else apply("add", *terms)


def powers(x: Sequence[Any], power: Any = 2) -> Expr:
    """Return x₁² + x₂² + … with the numbers put in and nothing worked out."""
    terms = [apply("pow", to_expr(a), to_expr(sympy.sympify(power))) for a in x]
    return terms[0] if len(terms) == 1 else apply("add", *terms)


def square_root(value: sympy.Expr) -> sympy.Expr:
    """Return a square root, tidy: √12 is 2√3, and √(a² − 2ab + b²) is |a − b|."""
    return tidy(sympy.sqrt(value)) if not value.free_symbols else sympy.sqrt(sympy.factor(value))


def root(inside: Any) -> Expr:
    """Return a square root that is not worked out."""
    return apply("sqrt", inside if isinstance(inside, Expr) else to_expr(inside))


def over(top: Any, bottom: Any) -> Expr:
    """Return a quotient that is not worked out."""
    return apply("div", *(x if isinstance(x, Expr) else to_expr(x) for x in (top, bottom)))


def plus(terms: Sequence[Any]) -> Expr:
    """Return a sum of expressions in this order; a sum of nothing is 0."""
    parts: list[Expr] = []
    for term in terms:
        found = term if isinstance(term, Expr) else to_expr(term)
        inner = isinstance(found, Apply) and found.op.name == "add"
        parts += found.args if inner else [found]
    return apply("add", *parts) if len(parts) > 1 else parts[0] if parts else constant(0)


def chain(name: Any, *values: Any, why: str = "") -> Formula:
    """Return name = value = value …, leaving out a value that reads as the one before it."""
    parts, last = [name], Formula.of(name).text()
    for value in values:
        shown = Formula.of(value).text()
        if shown != last:
            parts += ["=", value]
        last = shown
    return Formula.of(*parts, why=why)


def number(value: Any) -> Expr:
    """Return a number as an expression: floats as they are."""
    return constant(value) if isinstance(value, float) else to_expr(value)


def numeric(what: Any, exact: bool | None) -> bool:
    """Tell whether a matrix is worked on in floats: `exact` says so, or it is an array of more than 36 floats."""
    if exact is not None:
        return not exact
    if isinstance(what, np.ndarray):
        return what.size > (HANDS if what.dtype.kind == "f" else ENTRIES)
    return False


def floats(what: Any, name: str = "A", finite: bool = True) -> Floats:
    """Return a matrix of floats, a vector as one column; raises `NotNumeric` for NaN, infinities, letters and texts.

    With `finite=False` NaN and infinities are left for `all_finite`, which a caller runs when a product shows them.
    """
    if not isinstance(what, np.ndarray):
        M = matrix(what, name) if _small(what) else what
        if isinstance(M, sympy.MatrixBase) and M.free_symbols:
            raise NotNumeric(f"{name} holds the letter {min(map(str, M.free_symbols))}.", expected="numbers")
        what = np.array(M.tolist() if isinstance(M, sympy.MatrixBase) else M, dtype=object)
    try:
        found = np.asarray(what, dtype=np.float64)
    except (TypeError, ValueError):
        raise NotNumeric(f"{name} is no matrix of numbers.", expected="real numbers, rows of one length") from None
    found = found.reshape(-1, 1) if found.ndim < 2 else found
    if found.ndim != 2:
        raise ShapeError(f"{name} has {found.ndim} axes.", expected="a matrix")
    if found.size > 10**8:
        raise TooLarge(f"{name} has {found.size} entries; at most 10⁸ are worked on.")
    if finite and not np.isfinite(found.sum()):
        all_finite(found, name)
    return found


def all_finite(found: Floats, name: str = "A") -> None:
    """Raise `NotNumeric` for the first entry that is NaN or infinite."""
    if not np.isfinite(found).all():
        i, j = np.argwhere(~np.isfinite(found))[0]
        raise NotNumeric(f"Entry ({i + 1}, {j + 1}) of {name} is {found[i, j]}.", expected="finite numbers")


def _small(what: Any) -> bool:
    if isinstance(what, list | tuple):
        return sum(len(r) if isinstance(r, list | tuple) else 1 for r in what) <= ENTRIES
    return True


def square(M: Any, name: str = "A") -> None:
    """Raise `ShapeError` unless a matrix has as many rows as columns, and at least one."""
    rows, cols = M.shape
    if rows != cols or not rows:
        raise ShapeError(f"{name} is {rows}×{cols}.", expected="a square matrix")


def symmetric(M: sympy.MatrixBase, name: str = "A") -> None:
    """Raise `NotNumeric` unless a matrix is symmetric; the sentence names the first pair that differs."""
    square(M, name)
    for i in range(M.rows):
        for j in range(i):
            if not is_zero(M[i, j] - M[j, i]):
                raise NotNumeric(
                    f"{name} is not symmetric: entry ({j + 1}, {i + 1}) is {M[j, i]}, "
                    f"entry ({i + 1}, {j + 1}) is {M[i, j]}.",
                    repair=f"Use its symmetric part ({name} + {name}ᵀ)/2: it has the same quadratic form.",
                )


def same_length(x: sympy.MatrixBase, y: sympy.MatrixBase, names: str = "x and y") -> None:
    """Raise `ShapeError` unless two vectors have as many entries."""
    if x.rows != y.rows:
        raise ShapeError(f"{names} have {x.rows} and {y.rows} entries.", repair="Give both as many.")


def whole(value: Any, name: str, least: int | None = None, most: int | None = None) -> int:
    """Return a whole number between two bounds; raises `NotNumeric` for other things, and says what it is called.

    >>> whole(3.0, "k", 0)
    3
    """
    number = value.item() if isinstance(value, np.ndarray | np.generic) and value.size == 1 else value
    span = f" from {least} to {most}" if most is not None else f" from {least} on" if least is not None else ""
    good = isinstance(number, int | float | sympy.Integer) and not isinstance(number, bool) and number == number // 1
    if not good or (least is not None and number < least) or (most is not None and number > most):
        shown = str(value) if isinstance(value, int | float | str) and len(str(value)) < 40 else type(value).__name__
        raise NotNumeric(f"{name} is {shown}.", expected=f"a whole number{span}")
    return int(number)


def sequence(value: Any, name: str, most: int) -> list[Any]:
    """Return a list of one to `most` things; raises `NotNumeric` for other things."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise NotNumeric(f"The {name} are a {type(value).__name__}.", expected=f"a list of 1 to {most}")
    if not 1 <= len(value) <= most:
        raise NotNumeric(f"There are {len(value)} {name}.", expected=f"from 1 to {most}")
    return list(value)


def in_floats(M: sympy.MatrixBase, name: str = "A") -> Floats:
    """Return an exact matrix of numbers in floats; raises `TooLarge` for entries that floats cannot hold."""
    try:
        found = np.array(M.evalf(20).tolist(), dtype=np.float64)
    except OverflowError:
        found = np.array([[np.inf]])
    if not np.isfinite(found).all():
        raise TooLarge(f"{name} has entries past the largest float, about 10³⁰⁸.", repair="Divide by a power of ten.")
    return found


def readable(M: sympy.MatrixBase, name: str = "A") -> None:
    """Raise `TooLarge` for a number of more than 60 digits, whose roots nobody would read."""
    for k, v in enumerate(M):
        if v.is_Rational and max(abs(v.p), v.q) > 10**60:
            raise TooLarge(
                f"Entry ({k // M.cols + 1}, {k % M.cols + 1}) of {name} has more than 60 digits.",
                expected="numbers whose roots can be read", repair="Use exact=False for floats.",
            )  # fmt: skip


def count(number: int, word: str) -> str:
    """Return a number with its word: 1 eigenvector, 2 eigenvectors."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def exactly(what: str, holds: bool) -> Verified:
    """Return something that was checked without rounding."""
    return Verified(what, bool(holds))


def nearly(what: str, error: float, bound: float) -> Verified:
    """Return something that was checked in floats, with its largest error."""
    return Verified(what, bool(error <= bound), f"largest error {error:.1e}")
