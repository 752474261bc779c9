"""What a node of the normal form becomes."""

from __future__ import annotations

from dataclasses import dataclass

from agnesi.run.values import Value


@dataclass(frozen=True)
class Part:
    """A node as a value: `labels` are the axes of the node that the value carries; it is constant along the others."""

    value: Value
    labels: tuple[int, ...]
