"""What is asked of the process that judges, and what it answers; none of the checker is loaded with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any

from agnesi.server.kinds import Kind
from agnesi.server.location import Placed
from agnesi.server.repairs import Edit

STOP = None  # said to the worker: leave what you do


@dataclass(frozen=True)
class Job:
    """A text to judge, or with `mend` the index of a statement of it to repair; `hung` are units to leave out."""

    number: int
    kind: Kind
    text: str = field(repr=False)
    mend: int | None = None
    hung: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Said:
    """What the worker says of a job: "ready", "at" a unit, "judged", "mended", "dropped" or "failed"."""

    what: str
    number: int = 0
    key: str = ""
    placed: Placed | None = None
    edits: tuple[Edit, ...] = ()


def begin(pipe: Connection[Any, Any], folder: str, dialect: str) -> None:
    """Begin to judge in a fresh process: the checker is loaded there, so that the server itself starts at once."""
    import_module("agnesi.server.worker").work(pipe, folder, dialect)
