"""The misfit of a model with two parameters as a function that can be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from agnesi.calculus import misfit
from agnesi.draw.formulas import Function, function_of


def misfit_function(model: Any, data: Mapping[str, Any], parameters: tuple[str, str]) -> Function:
    """Return the mean of (yᵢ − f(dataᵢ))² as a function of the two parameters of f, for contours and surfaces.

    >>> loss = misfit_function("a + b x", {"x": [0, 1], "y": [1, 3]}, ("a", "b"))
    >>> float(loss(1, 2)), float(loss(1, 3))
    (0.0, 0.5)
    """

    def loss(first: np.ndarray, second: np.ndarray) -> Any:
        a, i = np.unique(first, return_inverse=True)
        b, j = np.unique(second, return_inverse=True)
        squares = misfit(model, data, " ".join(parameters), [a.tolist(), b.tolist()])
        return squares[i, j] / len(data["y"])

    return function_of(loss, 2, parameters)
