"""How compiled functions are fed and what they give: points as arguments, results as lists of NumPy arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import numpy as np
import torch

from agnesi.run.emit import identifier
from agnesi.run.sample import Point

jax.config.update("jax_enable_x64", True)

BACKENDS = ("numpy", "jax", "torch")


def arguments(values: Mapping[str, Any], sizes: Mapping[str, int] | None = None) -> dict[str, Any]:
    """The arguments of a compiled function for values by symbol name: sizes that no array tells are given by name."""
    return {**(sizes or {}), **{identifier(name): value for name, value in values.items()}}


def call(f: Callable[..., Any], point: Point) -> list[np.ndarray]:
    """The outputs at a point, as arrays."""
    return outputs(f(**arguments(point.values, point.sizes)))


def outputs(result: Any) -> list[np.ndarray]:
    """One result or several, as a list of NumPy arrays."""
    return [array(part) for part in (result if isinstance(result, tuple) else (result,))]


def array(value: Any) -> np.ndarray:
    """An array of any backend as one of NumPy."""
    return value.detach().cpu().numpy() if isinstance(value, torch.Tensor) else np.asarray(value)


def close(got: Any, wanted: Any, tolerance: float, about: str = "") -> None:
    """Assert that shapes are the same and entries agree, relative to the largest wanted one (at least 1)."""
    got, wanted = array(got), array(wanted)
    assert got.shape == wanted.shape, f"{about} has the shape {got.shape}, not {wanted.shape}"
    scale = max(1.0, float(np.max(np.abs(wanted), initial=0.0)))
    np.testing.assert_allclose(got, wanted, rtol=tolerance, atol=tolerance * scale, err_msg=about)
