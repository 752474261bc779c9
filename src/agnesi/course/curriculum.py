"""The whole curriculum: the four files read and checked against one another."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from agnesi.course.records import Concept, DataSet, Package, Resource, Result, read_record
from agnesi.errors import IncompleteRecord

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Curriculum:
    """All records by their ids. `order` has the concepts so that each stands after those that it needs."""

    resources: Mapping[str, Resource]
    concepts: Mapping[str, Concept]
    results: Mapping[str, Result]
    datasets: Mapping[str, DataSet]
    packages: Mapping[str, Package]

    @property
    def order(self) -> tuple[str, ...]:
        """The ids of the concepts, each after those that it needs, otherwise by name."""
        return _sorted_by_needs(self.concepts)[0]

    def results_of(self, resource: str, chapters: Iterable[str] = ()) -> list[Result]:
        """Return the results of one resource; of some chapters of it where the ids name them (mml-3-gs)."""
        wanted = set(chapters)
        return [
            r for r in self.results.values()
            if r.resource == resource and (not wanted or r.id.split("-")[1] in wanted)
        ]


@cache
def curriculum() -> Curriculum:
    """Return the curriculum of the project.

    >>> curriculum().results["mml-3-proj-line"].what
    'Projection on the line of (1, 2, 2)'

    Raises `IncompleteRecord` as `load` does.
    """
    return load(FOLDER)


def load(folder: Path) -> Curriculum:
    """Return the curriculum that stands in the four files of a folder.

    Raises `IncompleteRecord` for a record that lacks something, and for records that contradict one another: every such
    fault is named.
    """
    found = Curriculum(
        _table(folder, "resources", "resource", Resource), _table(folder, "concepts", "concept", Concept),
        _table(folder, "results", "result", Result), _table(folder, "datasets", "dataset", DataSet),
        _table(folder, "datasets", "package", Package),
    )  # fmt: skip
    wrong = [*faults_of_concepts(found), *_faults_of_chapters(found), *_faults_of_results(found)]
    if wrong:
        raise IncompleteRecord(f"The curriculum contradicts itself: {'; '.join(wrong)}.")
    return found


def _table(folder: Path, file: str, key: str, kind: Any) -> dict[str, Any]:
    with (folder / f"{file}.toml").open("rb") as stream:
        rows = tomllib.load(stream).get(key, [])
    records = [read_record(kind, row) for row in rows]
    names = [r.name if kind is Package else r.id for r in records]
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise IncompleteRecord(f"Two {kind.WORD}s have the same id: {', '.join(twice)}.")
    return dict(zip(names, records, strict=True))


def faults_of_concepts(all_: Curriculum) -> Iterator[str]:
    """Yield what concepts need or name that does not exist, and circles."""
    for c in all_.concepts.values():
        yield from (f"{c.id} needs {n}, which is no concept" for n in c.needs if n not in all_.concepts)
        for place in c.taught:
            known = all_.resources.get(place.resource)
            if known is None:
                yield f"{c.id} is taught in {place.resource}, which is no resource"
            elif place.chapter not in {x.n for x in known.chapters}:
                yield f"{c.id} is taught in {known.unit} {place.chapter} of {known.id}, which does not exist"
    stuck = _sorted_by_needs(all_.concepts)[1]
    if stuck:
        yield f"these concepts need one another in a circle: {', '.join(stuck)}"


def _sorted_by_needs(concepts: Mapping[str, Concept]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the concepts in an order that can be learnt, and those that stand in a circle."""
    left = {c.id: {n for n in c.needs if n in concepts} for c in concepts.values()}
    order: list[str] = []
    while free := sorted(name for name, needs in left.items() if not needs):
        order += free
        left = {name: needs - set(free) for name, needs in left.items() if needs}
    return tuple(order), tuple(sorted(left))


def _faults_of_chapters(all_: Curriculum) -> Iterator[str]:
    covered = {(p.resource, p.chapter) for c in all_.concepts.values() for p in c.taught}
    for r in all_.resources.values():
        for chapter in r.chapters:
            if chapter.part == "main" and (r.id, chapter.n) not in covered and chapter.n not in r.prose:
                yield f"{r.unit} {chapter.n} of {r.id} is reached by no concept, and is not said to be prose"


def _faults_of_results(all_: Curriculum) -> Iterator[str]:
    for r in all_.results.values():
        if r.resource not in all_.resources:
            yield f"the result {r.id} is of {r.resource}, which is no resource"
        unknown = [c for c in r.concepts if c not in all_.concepts]
        yield from (f"the result {r.id} is about {c}, which is no concept" for c in unknown)
