"""Starting points for the workbench, one record each in gallery.toml: a sheet, a tool, and what to look at."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from agnesi.course.curriculum import curriculum
from agnesi.errors import IncompleteRecord

RECORDS = Path(__file__).with_suffix(".toml")
TOOLS = ("derive", "hessian", "check", "code", "plot")


@dataclass(frozen=True)
class Start:
    """A starting point: `where` is the section of the resource, `look` says what to see; the rest is the bench's."""

    id: str
    resource: str
    where: str
    title: str
    look: str
    do: str
    text: str
    concept: str
    wrt: str = ""
    dialect: str = "agnesi"
    chain: str = "auto"
    along: str = ""
    at: tuple[float, ...] = ()
    values: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lacking = [n for n, v in asdict(self).items() if v == "" and n not in ("wrt", "along")]
        if lacking or self.do not in TOOLS:
            raise IncompleteRecord(f"The starting point {self.id or '?'} lacks {', '.join(lacking) or 'a tool'}.")
        if self.concept not in curriculum().concepts or self.resource not in curriculum().resources:
            raise IncompleteRecord(f"The starting point {self.id} names a concept or resource that is none.")

    @property
    def address(self) -> str:
        """The address of the workbench in this state."""
        told: dict[str, Any] = {"text": self.text, "do": self.do, "wrt": self.wrt, "along": self.along}
        told |= {"dialect": self.dialect} if self.dialect != "agnesi" else {}
        told |= {"chain": self.chain} if self.chain != "auto" else {}
        told |= {"at": ", ".join(f"{v:g}" for v in self.at)} if self.at else {}
        told |= {f"v_{name}": f"{value:g}" for name, value in self.values.items()}
        return f"/workbench?{urlencode({k: v for k, v in told.items() if v})}"


@cache
def starts() -> Mapping[str, Start]:
    """Return the starting points by id, in the order of the file.

    >>> len(starts()) >= 40
    True
    """
    found: dict[str, Start] = {}
    for row in tomllib.loads(RECORDS.read_text(encoding="utf-8"))["start"]:
        one = Start(**{**row, "at": tuple(row.get("at", ()))})
        if one.id in found:
            raise IncompleteRecord(f"There are two starting points {one.id}.")
        found[one.id] = one
    return found


def by_resource() -> dict[str, list[Start]]:
    """Return the starting points by resource, in the order of the curriculum."""
    return {r: [s for s in starts().values() if s.resource == r] for r in curriculum().resources}
