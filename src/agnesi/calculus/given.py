"""What is given besides functions: whole numbers, rates, lists of numbers, columns of data; each refused in one way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np

from agnesi.errors import NotNumeric, ShapeError, TooLarge, UnknownName


def whole(value: Any, what: str, low: int | None = None, high: int | None = None) -> int:
    """Return a whole number within bounds; raises `NotNumeric` for what is none, `TooLarge` outside of them.

    >>> whole(3.0, "steps", 1, 10)
    3
    """
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real) or float(value) % 1 != 0:
        raise NotNumeric(f"{value} is no whole number.", expected=f"a whole number for {what}")
    count = int(float(value))
    if (low is not None and count < low) or (high is not None and count > high):
        raise TooLarge(f"{value} {what} are not worked out.", repair=f"Ask for {low} to {high}.")
    return count


def positive(value: Any, what: str, example: float = 0.1) -> float:
    """Return a number above zero; raises `NotNumeric` for anything else."""
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < float(value) < np.inf:
        raise NotNumeric(f"The {what} {value} is not positive.", repair=f"Give a {what} such as {example}.")
    return float(value)


def floats(what: Any, name: str) -> np.ndarray:
    """Return a list or an array as floats; raises `NotNumeric` for words, letters, and what is not finite."""
    try:
        values = np.asarray(what, dtype=float)
    except (TypeError, ValueError):
        raise NotNumeric(f"{name} holds something that is not a number.", expected="numbers") from None
    if not np.isfinite(values).all():
        raise NotNumeric(f"{name} holds something that is not a finite number.", expected="finite numbers")
    return values


def columns(data: Any, names: Sequence[str]) -> list[np.ndarray]:
    """Return the lists of data for some letters, of one length.

    >>> columns({"x": [1, 2], "y": [3, 4]}, ["y"])
    [array([3., 4.])]

    Raises `UnknownName` for a letter without data, `ShapeError` for different lengths, `NotNumeric` for words.
    """
    if not isinstance(data, Mapping):
        raise ShapeError(f"The data are a {type(data).__name__}.", expected='lists by letter, as {"x": [1, 2]}')
    missing = [n for n in names if n not in data]
    if missing:
        raise UnknownName(f"The data do not say what {', '.join(missing)} is.",
                          repair="Give each letter its list of numbers.")  # fmt: skip
    found = [floats(data[n], f"The list of {n}") for n in names]
    if not found or any(c.ndim != 1 for c in found) or len({len(c) for c in found}) != 1:
        raise ShapeError("The lists of the data have different lengths, or there are none.",
                         expected="lists of one length")  # fmt: skip
    return found
