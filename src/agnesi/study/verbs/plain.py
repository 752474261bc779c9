"""Plain data of what holds NumPy arrays: lists, numbers and texts, as JSON has them."""

from __future__ import annotations

import math
from typing import Any

DIGITS = 6  # of the numbers of a figure: more are not seen


def plain(value: Any) -> Any:
    """Return a figure as JSON has it: arrays as lists of rounded numbers, what is not finite as null.

    >>> plain({"x": (1.0, float("nan"))})
    {'x': [1.0, None]}
    """
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return value
