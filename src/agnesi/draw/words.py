"""Numbers and lists in words, for alternative texts, labels and titles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_HIGH = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
_PI = {0.25: "π/4", 0.5: "π/2", 1.0: "π", 1.5: "3π/2", 2.0: "2π", 3.0: "3π", 4.0: "4π"}


def said(value: Any, digits: int = 3) -> str:
    """Return a number as a person writes it: 0.333, −12, 1.5·10⁹, 2π.

    >>> said(-1 / 3), said(1500000000.0), said(2.0)
    ('−0.333', '1.5·10⁹', '2')
    """
    number = float(value)
    if not np.isfinite(number):
        return "undefined" if np.isnan(number) else ("∞" if number > 0 else "−∞")
    share = abs(number) / np.pi
    for known, name in _PI.items():
        if abs(share - known) < 1e-9:
            return f"−{name}" if number < 0 else name
    size = abs(number)
    if size != 0 and not 1e-4 <= size < 1e6:
        mantissa, _, power = f"{number:.{digits - 1}e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        raised = f"10{str(int(power)).translate(_HIGH)}"
        sign = "−" if mantissa == "-1" else ""
        return (sign + raised if mantissa.lstrip("-") == "1" else f"{mantissa}·{raised}").replace("-", "−")
    rounded = f"{number:.{max(0, digits - 1 - int(np.floor(np.log10(size or 1))))}f}"
    rounded = rounded.rstrip("0").rstrip(".") if "." in rounded else rounded
    return "0" if rounded in ("-0", "0") else rounded.replace("-", "−")


def point(values: Iterable[Any], digits: int = 3) -> str:
    """Return a point as (1, −2).

    >>> point([1, -2.5])
    '(1, −2.5)'
    """
    return f"({', '.join(said(v, digits) for v in values)})"


def listed(parts: Sequence[str], most: int = 8) -> str:
    """Return words as "a, b and c"; of many the first, and how many more.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    if len(parts) > most:
        return ", ".join(parts[: most - 1]) + f" and {len(parts) - most + 1} more"
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else "none"


def counted(number: int, thing: str, many: str = "") -> str:
    """Return "1 point", "3 points".

    >>> counted(3, "point"), counted(1, "point")
    ('3 points', '1 point')
    """
    return f"{number} {thing if number == 1 else many or thing + 's'}"


def low(name: str, number: int) -> str:
    """Return a letter with an index below: x₁.

    >>> low("x", 12)
    'x₁₂'
    """
    return name + str(number).translate(LOW)


def raised(number: int) -> str:
    """Return a number as an exponent.

    >>> raised(-2)
    '⁻²'
    """
    return str(number).translate(_HIGH)


def matrix_said(matrix: Any) -> str:
    """Return a small matrix as its rows: [1 2; 3 4].

    >>> matrix_said([[1, 2], [3, 4.5]])
    '[1 2; 3 4.5]'
    """
    return "[" + "; ".join(" ".join(said(v) for v in row) for row in np.asarray(matrix, float)) + "]"
