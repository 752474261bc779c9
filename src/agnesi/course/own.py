"""Resources, concepts and goals of one's own, from a TOML file, beside those of the project.

`EXAMPLE` shows one of each. A [[pace]] says how long a chapter, a section and a subsection of a resource take; without
one a middling pace is taken.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from agnesi.course.advice import Advice, Aim, Pace, advice
from agnesi.course.curriculum import Curriculum, curriculum, faults_of_concepts
from agnesi.course.records import Chapter, Concept, Place, Resource, read_record
from agnesi.errors import IncompleteRecord

EXAMPLE = """\
[[resource]]
id = "notes"
title = "My lecture notes"

[[concept]]
id = "adam"
name = "The Adam optimiser"
area = "optimisation"
statement = "Steps are divided by a running root mean square of the gradient."
needs = ["sgd"]
taught = [{ resource = "notes", section = "3" }]

[[taught]]                     # the resource teaches a concept of the project too
concept = "gradient"
resource = "notes"
section = "1.2"

[[goal]]
name = "How networks are trained"
words = ["training"]
concepts = ["adam", "backprop"]
"""
KINDS = ("resource", "concept", "taught", "goal", "pace")
MOST = 2000  # records of one file
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
PLAIN: Mapping[str, Any] = {  # what the resource of a person need not say
    "authors": [], "year": 0, "kind": "notes", "unit": "section", "links": [], "use": "A resource of your own.",
    "start": "Wherever you like.", "checked": "by its owner", "prose": [],
}  # fmt: skip


@dataclass(frozen=True)
class Taught:
    """A place of one's own at which a concept is taught."""

    concept: str
    resource: str
    section: str
    WORD: ClassVar[str] = "place"


def with_own(text: str, known: Curriculum | None = None, given: Advice | None = None) -> tuple[Curriculum, Advice]:
    """Return curriculum and advice with the records of a TOML text added.

    >>> text = '[[goal]]' + chr(10) + 'name = "Slopes"' + chr(10) + 'words = []' + chr(10) + 'concepts = ["gradient"]'
    >>> with_own(text)[1].aims[-1].name
    'Slopes'

    Raises `IncompleteRecord` where the text is no TOML, a record lacks something, takes an id that is taken, or names
    what does not exist.
    """
    known, given = known or curriculum(), given or advice()
    rows = _rows(text)
    concepts = _new(Concept, rows["concept"], known.concepts)
    extra = [read_record(Taught, row) for row in rows["taught"]]
    resources = _new(Resource, _completed(rows["resource"], concepts.values(), extra), known.resources)
    every = {**known.concepts, **concepts}
    for place in extra:
        if place.concept not in every:
            raise IncompleteRecord(f"A place teaches {place.concept}, which is no concept.")
        old = every[place.concept]
        every[place.concept] = replace(old, taught=(*old.taught, Place(place.resource, place.section)))
    found = replace(known, resources={**known.resources, **resources}, concepts=every)
    paces = {**given.paces, **{p.resource: p for p in (read_record(Pace, row) for row in rows["pace"])}}
    aims = tuple(read_record(Aim, row) for row in rows["goal"])
    wrong = [*faults_of_concepts(found), *_faults_of_aims(aims, found)]
    wrong += [f"there is a pace of {r}, which is no resource" for r in paces if r not in found.resources]
    if wrong:
        raise IncompleteRecord(f"The file does not fit the curriculum: {'; '.join(wrong)}.")
    return found, replace(given, paces=paces, aims=(*given.aims, *aims))


def _rows(text: str) -> dict[str, list[dict[str, Any]]]:
    """Return the tables of a text by kind."""
    try:
        read = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise IncompleteRecord(f"The file is not TOML: {error}.") from None
    strange = sorted(set(read) - set(KINDS))
    if strange:
        raise IncompleteRecord(f"The file has {', '.join(strange)}.", expected=f"tables [[{']], [['.join(KINDS)}]]")
    for kind, rows in read.items():
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise IncompleteRecord(f"{kind} is no list of tables.", expected=f"[[{kind}]] before each record")
        for row in rows:
            _refuse_wrong_types(kind, row)
    if sum(len(rows) for rows in read.values()) > MOST:
        raise IncompleteRecord(f"The file has more than {MOST} records.")
    return {kind: read.get(kind, []) for kind in KINDS}


TEXTS = {"id", "name", "title", "area", "statement", "kind", "unit", "use", "start", "checked", "concept", "resource",
         "section", "how", "short"}  # fmt: skip
LISTS = {"needs", "words", "concepts", "authors", "links", "prose"}


def _refuse_wrong_types(kind: str, row: Mapping[str, Any]) -> None:
    """Refuse a field that is not of its type, with a sentence."""
    texts = TEXTS - {"section"} if kind == "pace" else TEXTS  # there it is a number of minutes
    for field, value in row.items():
        fits = (
            isinstance(value, str) if field in texts
            else isinstance(value, list) and all(isinstance(v, str) for v in value) if field in LISTS
            else isinstance(value, list) and all(isinstance(v, dict) for v in value) if field in ("taught", "chapters")
            else isinstance(value, int)
        )  # fmt: skip
        if not fits:
            what = "a text" if field in texts else "a list of texts" if field in LISTS else "tables or a number"
            raise IncompleteRecord(f"In a {kind} the field {field} is {value!r:.60}.", expected=what)
        for inner in value if field in ("taught", "chapters") else ():
            for name, inside in inner.items():
                if not isinstance(inside, str):
                    raise IncompleteRecord(f"In a {kind}, {field}, {name} is {inside!r:.60}.", expected="a text")


def _new(kind: Any, rows: Iterable[Mapping[str, Any]], old: Mapping[str, Any]) -> dict[str, Any]:
    """Return records by id; raises for an id that is taken, or cannot be one."""
    found: dict[str, Any] = {}
    for row in rows:
        record = read_record(kind, row)
        if not NAME.fullmatch(record.id):
            what = "small letters, digits, hyphens"
            raise IncompleteRecord(f"A {kind.WORD} has the id {record.id!r:.60}.", expected=what)
        if record.id in old or record.id in found:
            raise IncompleteRecord(f"There is a {kind.WORD} {record.id} already.", repair="Take another id.")
        found[record.id] = record
    return found


def _completed(
    rows: Iterable[Mapping[str, Any]], concepts: Iterable[Concept], extra: Iterable[Taught]
) -> Iterator[dict[str, Any]]:
    """Yield resources with what they leave unsaid; chapters are those in which something is taught."""
    places = [p for c in concepts for p in c.taught] + [Place(t.resource, t.section) for t in extra]
    for row in rows:
        there = sorted({p.chapter for p in places if p.resource == row.get("id")}, key=lambda n: (len(n), n))
        chapters = [Chapter(n, f"{row.get('unit', PLAIN['unit'])} {n}".capitalize(), "main") for n in there]
        yield {**PLAIN, "chapters": chapters or [Chapter("1", "All of it", "main")], **row}


def _faults_of_aims(aims: Iterable[Aim], found: Curriculum) -> Iterator[str]:
    for aim in aims:
        unknown = [c for c in aim.concepts if c not in found.concepts]
        yield from (f"the goal {aim.name} means {c}, which is no concept" for c in unknown)
        if not aim.concepts:
            yield f"the goal {aim.name} means no concept"
