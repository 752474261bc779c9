"""Arrays that come in: points, vectors, matrices and ranges as texts, lists, exact numbers or NumPy arrays, checked."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
import sympy

from agnesi.draw.layers import Array
from agnesi.errors import AgnesiError, NotNumeric, ShapeError, TooLarge
from agnesi.worked.exact import matrix, scalar

HUGE = 1e150
MOST = 2_000_000  # numbers in one picture


def numbers(what: Any, name: str = "the data") -> Array:
    """Return numbers of any shape as floats; a text is read as a matrix or a number.

    Raises `NotNumeric` for what is empty, no number, NaN, infinite or past 10¹⁵⁰; `TooLarge` for over two million.
    """
    try:
        if isinstance(what, str):
            what = matrix(what, name) if "[" in what else scalar(what)
        if isinstance(what, sympy.MatrixBase):
            what = what.tolist()
        found = np.asarray(what)
        if found.dtype == object or found.dtype.kind in "US":
            found = np.vectorize(_number, otypes=[float])(found) if found.size else found
        if found.dtype.kind == "c" and np.any(np.abs(found.imag) > 0):
            raise NotNumeric(f"{name} has complex numbers.", expected="real numbers")
        found = np.array(found.real if found.dtype.kind == "c" else found, float)
    except (TypeError, ValueError) as error:
        raise NotNumeric(
            f"{_upper(name)} cannot be read as numbers.", expected="a list or an array of numbers"
        ) from error
    if not found.size:
        raise NotNumeric(f"{_upper(name)} is empty.", expected="at least one number")
    if found.size > MOST:
        raise TooLarge(f"{_upper(name)} has {found.size:,} numbers.", expected=f"at most {MOST:,}")
    bad = ~np.isfinite(found)
    if bad.any():
        where = "everywhere" if bad.all() else f"at {tuple(int(i) + 1 for i in np.argwhere(bad)[0])}"
        raise NotNumeric(f"{_upper(name)} is not finite {where}.", repair="Leave out what is missing before you draw.")
    if np.abs(found).max() > HUGE:
        raise NotNumeric(f"{_upper(name)} has numbers past 10¹⁵⁰, which no axis can show.", repair="Scale it first.")
    return found


def _number(value: Any) -> float:
    if isinstance(value, Real):
        return float(value)
    found = sympy.N(scalar(value))
    if found.free_symbols:
        names = ", ".join(sorted(s.name for s in found.free_symbols))
        raise NotNumeric(f"{value} is no number: it has the letters {names}.", repair="Give numbers for them.")
    return float(found)


def _upper(name: str) -> str:
    return name[:1].upper() + name[1:]


def vector_of(what: Any, name: str = "the vector", sizes: Sequence[int] = ()) -> Array:
    """Return one vector [n]; a column or a row is one. Raises `ShapeError` where its size is not allowed."""
    found = numbers(what, name)
    if (found.ndim == 2 and 1 in found.shape) or found.ndim == 0:
        found = found.reshape(-1)
    if found.ndim != 1:
        raise ShapeError(f"{_upper(name)} has the shape {shown(found.shape)}.", expected="a vector")
    if sizes and found.size not in sizes:
        wanted = " or ".join(map(str, sizes))
        raise ShapeError(f"{_upper(name)} has {found.size} entries.", expected=f"{wanted} of them, to be drawn")
    return found


def vectors_of(what: Any, name: str = "the vectors", sizes: Sequence[int] = (2, 3)) -> Array:
    """Return vectors as rows [k n], from a list of vectors or a matrix with the vectors as its columns in a text."""
    if isinstance(what, str | sympy.MatrixBase):
        found = np.atleast_2d(numbers(what, name)).T  # columns, as a book writes a basis
    elif isinstance(what, Sequence) and what and not isinstance(what[0], Real):
        rows = [vector_of(v, f"vector {k + 1}") for k, v in enumerate(what)]
        if len({len(r) for r in rows}) > 1:
            raise ShapeError("The vectors have different sizes: " + ", ".join(str(len(r)) for r in rows) + ".")
        found = np.array(rows)
    else:
        found = np.atleast_2d(numbers(what, name))
    if found.ndim != 2 or found.shape[1] not in sizes:
        wanted = " or ".join(map(str, sizes))
        raise ShapeError(f"{_upper(name)} have the shape {shown(found.shape)}.", expected=f"vectors of size {wanted}")
    return found


def matrix_of(what: Any, name: str = "the matrix", shape: tuple[int, int] | None = None) -> Array:
    """Return a matrix [m n]; raises `ShapeError` where it has another shape than asked for."""
    found = numbers(what, name)
    found = found.reshape(-1, 1) if found.ndim < 2 else found
    if found.ndim != 2 or (shape is not None and found.shape != shape):
        wanted = f"a {shown(shape)} matrix" if shape else "a matrix"
        raise ShapeError(f"{_upper(name)} has the shape {shown(found.shape)}.", expected=wanted)
    return found


def shown(shape: Sequence[int]) -> str:
    """Return a shape as 2×3."""
    return "×".join(map(str, shape)) or "of a number"


def interval(what: Any, name: str = "x") -> tuple[float, float]:
    """Return a range (low, high); the ends may be texts such as "2 pi". Raises `NotNumeric` where it is none."""
    if isinstance(what, str) or not isinstance(what, Sequence | np.ndarray) or len(what) != 2:
        raise NotNumeric(f"{what!r} is no range of {name}.", expected="two numbers, as in (−2, 2)")
    low, high = (float(numbers(v, f"an end of the range of {name}")) for v in what)
    if not low < high:
        raise NotNumeric(f"The range of {name} from {low:g} to {high:g} is empty.", repair="Give the lower end first.")
    return low, high


def needs(condition: bool, what: str, expected: str = "", repair: str = "") -> None:
    """Raise `AgnesiError` with a sentence unless the condition holds."""
    if not condition:
        raise AgnesiError(what, expected=expected, repair=repair)
