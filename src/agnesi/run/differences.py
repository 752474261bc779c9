"""Numerical derivatives of a function of one number: the complex step, and extrapolated central differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

TINY = 1e-20


def slope(function: Callable[[Any], Any], exact: bool, step: float = 2e-3) -> Any:
    """Return the derivative of `function` at 0.

    With `exact`, Im f(ih)/h with h = 10⁻²⁰: no cancellation, so exact to rounding, for functions that continue to
    complex numbers. Otherwise central differences at h and h/2, extrapolated: (4 D(h/2) − D(h))/3, error O(h⁴).
    Source: Squire & Trapp 1998; Richardson 1911.
    """
    if exact:
        return np.imag(function(1j * TINY)) / TINY
    wide = (function(step) - function(-step)) / (2 * step)
    half = (function(step / 2) - function(-step / 2)) / step
    return (4 * half - wide) / 3
