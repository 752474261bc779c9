"""How to go through the resources: how long it takes, which companion goes with what, names of goals."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from agnesi.course.curriculum import FOLDER, Curriculum, curriculum
from agnesi.course.records import Place, Resource, read_record
from agnesi.errors import IncompleteRecord


@dataclass(frozen=True)
class Pace:
    """How many minutes one concept takes in a chapter, a section or a subsection of a resource, and how to read it.

    `opening` is what it takes to get used to one more resource; `rank` is the order in which a beginner opens them;
    `short` is its name.
    """

    resource: str
    chapter: int
    section: int
    subsection: int
    opening: int
    rank: int
    how: str
    short: str = ""
    WORD: ClassVar[str] = "pace"

    def minutes(self, place: Place) -> int:
        """Return how long one concept takes at a place: "5" is a chapter, "5.2" a section, "5.2.1" a subsection."""
        return (self.chapter, self.section, self.subsection)[min(place.section.count("."), 2)]


@dataclass(frozen=True)
class Companion:
    """What to have beside some chapters of a resource, and why."""

    resource: str
    chapters: tuple[str, ...]
    companion: str
    why: str
    WORD: ClassVar[str] = "companion"


@dataclass(frozen=True)
class Aside:
    """A concept that tells why others are so: they can be used without it, and `why` says so."""

    concept: str
    why: str
    WORD: ClassVar[str] = "aside"


@dataclass(frozen=True)
class Aim:
    """A thing that people say they want, in `words`, and the concepts that it means."""

    name: str
    words: tuple[str, ...]
    concepts: tuple[str, ...]
    WORD: ClassVar[str] = "goal"


@dataclass(frozen=True)
class Advice:
    """All advice about a curriculum."""

    paces: Mapping[str, Pace]
    companions: tuple[Companion, ...]
    aims: tuple[Aim, ...]
    asides: Mapping[str, Aside]

    def pace(self, resource: str) -> Pace:
        """Return the pace of a resource; one that nobody has timed is taken as a book of middling difficulty."""
        return self.paces.get(resource, Pace(resource, 60, 40, 30, 10, 50, "Read it with a pencil."))

    def short(self, resource: Resource) -> str:
        """Return the name of a resource as people say it: MML, PRML; its title where it has no other."""
        return self.pace(resource.id).short or resource.title

    def beside(self, resource: str, chapter: str) -> list[Companion]:
        """Return the companions to a chapter."""
        return [c for c in self.companions if c.resource == resource and chapter in c.chapters]


@cache
def advice() -> Advice:
    """Return the advice about the curriculum of the project.

    >>> advice().pace("mml").how
    'Start here, slowly, with examples: redo each one by hand before you go on.'

    Raises `IncompleteRecord` for a record that lacks something or names what does not exist.
    """
    found = read_advice(FOLDER / "advice.toml")
    wrong = [*faults(found, curriculum())]
    if wrong:
        raise IncompleteRecord(f"The advice contradicts the curriculum: {'; '.join(wrong)}.")
    return found


def read_advice(path: Path) -> Advice:
    """Return the advice that stands in a file; raises `IncompleteRecord` for a record that lacks something."""
    with path.open("rb") as stream:
        rows: dict[str, Any] = tomllib.load(stream)
    paces = [read_record(Pace, row) for row in rows.get("pace", [])]
    companions = tuple(read_record(Companion, row) for row in rows.get("companion", []))
    aims = tuple(read_record(Aim, row) for row in rows.get("goal", []))
    asides = [read_record(Aside, row) for row in rows.get("aside", [])]
    return Advice({p.resource: p for p in paces}, companions, aims, {a.concept: a for a in asides})


def faults(given: Advice, known: Curriculum) -> Iterable[str]:
    """Yield what in the advice contradicts a curriculum."""
    for pace in given.paces.values():
        if pace.resource not in known.resources:
            yield f"there is a pace of {pace.resource}, which is no resource"
    for c in given.companions:
        unknown = [r for r in (c.resource, c.companion) if r not in known.resources]
        yield from (f"a companion names {r}, which is no resource" for r in unknown)
        if not unknown:
            there = {x.n for x in known.resources[c.resource].chapters}
            yield from (f"a companion names chapter {n} of {c.resource}" for n in c.chapters if n not in there)
    yield from (f"{c} is an aside, but no concept" for c in given.asides if c not in known.concepts)
    for aim in given.aims:
        unknown = [x for x in aim.concepts if x not in known.concepts]
        yield from (f"the goal {aim.name} means {x}, which is no concept" for x in unknown)
