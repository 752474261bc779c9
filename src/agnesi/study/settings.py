"""Where the study app keeps its data, where it listens, and how much it does for one request."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


def data_folder(environment: Mapping[str, str] | None = None) -> Path:
    """Return the folder for a person's data: AGNESI_DATA, else the place that the system has for such data."""
    told = os.environ if environment is None else environment
    if told.get("AGNESI_DATA"):
        return Path(told["AGNESI_DATA"]).expanduser()
    base = told.get("XDG_DATA_HOME") or told.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".local" / "share") / "agnesi"


@dataclass(frozen=True)
class Limits:
    """How much one request may take: seconds and bytes of memory of a worker, bytes of a body, letters of a text."""

    seconds: float = 10.0
    memory: int = 1 << 30
    body: int = 4 << 20
    text: int = 100_000
    address: int = 24_000
    together: int = 2  # computations of one visitor at the same time
    waiting: int = 100  # computations that wait for a worker


@dataclass(frozen=True)
class Settings:
    """What a running app is told at its start; `workers` processes compute.

    `lessons` are folders of lessons besides the built-in ones; with `watch` a page of a lesson follows its file.
    """

    data: Path = field(default_factory=data_folder)
    host: str = "127.0.0.1"
    port: int = 8420
    workers: int = 3
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    limits: Limits = Limits()
    lessons: tuple[Path, ...] = ()
    watch: bool = False

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.data / "study.sqlite3"
