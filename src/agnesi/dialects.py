"""Dialects: how each of the eight resources writes the same mathematics, one record each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    """placeholder"""

    name: str = "agnesi"
    log: str = "log"


AGNESI = Dialect()
dialects = {"agnesi": AGNESI}
