"""What one record of the curriculum is: a resource, a concept, a result, a data set. Incomplete ones are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, Literal

from agnesi.errors import IncompleteRecord

AREAS = (
    "linear algebra", "analytic geometry", "matrix decompositions", "vector calculus", "matrix calculus", "probability",
    "Bayesian inference", "statistics", "information theory", "optimisation", "models", "coding",
)  # fmt: skip
KINDS = ("identity", "derivation", "algorithm", "figure", "table", "worked example")
CERTAINTIES = ("sure", "check", "none")
FITS = ("exact", "near", "no")


def read_record(kind: Any, row: Mapping[str, Any]) -> Any:
    """Return a row of a .toml file as a record of this kind; lists become tuples.

    >>> read_record(Chapter, {"n": "2", "title": "Linear Algebra", "part": "main"}).title
    'Linear Algebra'

    Raises `IncompleteRecord` for a field that is missing, empty, unknown or of the wrong type.
    """
    name = f"The {kind.WORD} {row.get('id', row.get('name', row.get('title', '?')))}"
    known = {f.name: f for f in fields(kind)}
    unknown = sorted(set(row) - set(known))
    if unknown:
        raise IncompleteRecord(f"{name} has {', '.join(unknown)}.", expected=f"only {', '.join(known)}")
    needed = [n for n, f in known.items() if f.default is MISSING and f.default_factory is MISSING]
    missing = [n for n in needed if n not in row or row[n] == ""]
    if missing:
        raise IncompleteRecord(f"{name} lacks {', '.join(missing)}.")
    return kind(**{key: _frozen(value) for key, value in row.items()})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(v) for v in value) if isinstance(value, list) else value


def _records(kind: Any, rows: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return rows inside a record as records of their own."""
    return tuple(read_record(kind, row) if isinstance(row, dict) else row for row in rows)


def _one_of(name: str, what: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise IncompleteRecord(f"{name} has the {what} {value!r}.", expected=", ".join(choices))


@dataclass(frozen=True)
class Chapter:
    """A chapter, a week or a section of a resource: its number, its title, and whether it is main text or appendix."""

    n: str
    title: str
    part: Literal["main", "appendix"]
    WORD: ClassVar[str] = "chapter"

    def __post_init__(self) -> None:
        _one_of(f"The chapter {self.n}", "part", self.part, ("main", "appendix"))


@dataclass(frozen=True)
class Place:
    """Where something is taught: a resource and a section of it ("2.3.3"), or a bare chapter ("2")."""

    resource: str
    section: str
    WORD: ClassVar[str] = "place"

    @property
    def chapter(self) -> str:
        """The chapter of the section."""
        return self.section.split(".")[0]


@dataclass(frozen=True)
class Resource:
    """A book or a course: what it is good for, where to start, its chapters; `prose` are chapters to read only.

    `checked` says how its lists were verified.
    """

    id: str
    title: str
    authors: tuple[str, ...]
    year: int
    kind: str
    unit: str
    links: tuple[str, ...]
    use: str
    start: str
    checked: str
    prose: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    WORD: ClassVar[str] = "resource"

    def __post_init__(self) -> None:
        object.__setattr__(self, "chapters", _records(Chapter, self.chapters))
        strange = sorted(set(self.prose) - {c.n for c in self.chapters if c.part == "main"})
        if not self.chapters or strange:
            said = f"names prose chapters that do not exist: {', '.join(strange)}" if strange else "has no chapters"
            raise IncompleteRecord(f"The resource {self.id} {said}.")


@dataclass(frozen=True)
class Concept:
    """A thing to be learnt, in one sentence, with the concepts that it needs and where it is taught."""

    id: str
    name: str
    area: str
    statement: str
    needs: tuple[str, ...]
    taught: tuple[Place, ...]
    WORD: ClassVar[str] = "concept"

    def __post_init__(self) -> None:
        _one_of(f"The concept {self.id}", "area", self.area, AREAS)
        if not self.taught:
            raise IncompleteRecord(f"The concept {self.id} is taught nowhere.")
        object.__setattr__(self, "taught", _records(Place, self.taught))


@dataclass(frozen=True)
class Result:
    """A result of a book that can be computed, and what a reproduction of it must show.

    - `certainty` of the published value: "sure"; "check": from memory, to be confirmed in the book; "none".
    - `published` is that value as a person writes it; `values` is the same by name, each a text that can be read, such
      as "[1/9 2/9; …]" or "9.6438": what a reproduction is compared with, decimals to the digits given.
    - `reproduced` tells that the number was computed once by hand before this list was written.
    """

    id: str
    resource: str
    where: str
    kind: str
    what: str
    concepts: tuple[str, ...]
    shows: str
    certainty: str
    reproduced: bool
    published: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    dataset: str = ""
    note: str = ""
    WORD: ClassVar[str] = "result"

    def __post_init__(self) -> None:
        _one_of(f"The result {self.id}", "kind", self.kind, KINDS)
        _one_of(f"The result {self.id}", "certainty", self.certainty, CERTAINTIES)
        if self.certainty == "sure" and not self.published:
            raise IncompleteRecord(f"The result {self.id} is sure of a number that is not given.")
        if self.values and not self.published:
            raise IncompleteRecord(f"The result {self.id} has values to compare with, but nothing published.")


@dataclass(frozen=True)
class DataSet:
    """A data set: how to load it, its shape and licence, and how well it fits the book's: "exact", "near", or "no"."""

    id: str
    fits: str
    load: str
    shape: tuple[int, ...]
    license: str
    bytes: int
    note: str = ""
    test_rows_1based: tuple[int, ...] = ()
    p: tuple[float, ...] = ()
    WORD: ClassVar[str] = "data set"

    def __post_init__(self) -> None:
        _one_of(f"The data set {self.id}", "fit", self.fits, FITS)


@dataclass(frozen=True)
class Package:
    """A package that data sets come from: its version when it was opened, its licence, what is downloaded."""

    name: str
    version: str
    license: str
    download: str
    data_note: str = ""
    WORD: ClassVar[str] = "package"
