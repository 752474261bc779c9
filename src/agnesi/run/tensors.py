"""PyTorch's tensors, where they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def tensor_types() -> frozenset[type]:
    """Return the types that count as tensors."""
    import torch  # noqa: PLC0415  an optional backend

    return frozenset((torch.Tensor, torch.nn.Parameter))


def tensor_floats() -> frozenset[Any]:
    """Return the dtypes that programs compute in."""
    import torch  # noqa: PLC0415  an optional backend

    return frozenset((torch.float64, torch.float32))


def as_tensors(values: Sequence[Any]) -> list[Any]:
    """Return arrays as tensors of PyTorch; sizes stay whole numbers."""
    import torch  # noqa: PLC0415  an optional backend

    return [v if isinstance(v, int | torch.Tensor) else torch.as_tensor(np.array(v)) for v in values]
