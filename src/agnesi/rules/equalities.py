"""Equalities that a learner is shown by name: e^(u + v) = eᵘ eᵛ, log det(AB) = log det A + log det B, Woodbury, ...

One record each. A record is a claim in its own right: tests try it with numbers, prove it, and see that a changed one
is not proved. What carries it out on normal forms stands in `equalities_functions`, `_matrices` and `_inverses`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agnesi.errors import IncompleteRecord


@dataclass(frozen=True)
class Equality:
    """A named equality: `name` for a learner, `example` a claim with declarations, `source` where it is taught."""

    name: str
    example: str
    source: str

    def __post_init__(self) -> None:
        if not (self.name and self.example and self.source):
            raise IncompleteRecord(f"The equality {self.name or '?'} lacks a name, an example or a source.")


class Equalities:
    """All equalities by name; duplicates are refused."""

    def __init__(self) -> None:
        self._records: dict[str, Equality] = {}

    def add(self, name: str, example: str, source: str) -> str:
        """Register an equality and return its name."""
        if name in self._records:
            raise IncompleteRecord(f"There are two equalities named {name}.")
        self._records[name] = Equality(name, example, source)
        return name

    def __iter__(self) -> Iterator[Equality]:
        return iter(self._records.values())

    def __getitem__(self, name: str) -> Equality:
        return self._records[name]

    def __contains__(self, name: object) -> bool:
        return name in self._records


equalities = Equalities()
