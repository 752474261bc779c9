"""A lesson judged: every formula, every block, every id and link, the order of its sections, its length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from agnesi.check.report import Report as Judged
from agnesi.course import Curriculum, curriculum
from agnesi.documents.files import check_file
from agnesi.documents.report import DocumentReport
from agnesi.lessons.parts import Figure, Made, made
from agnesi.lessons.prose import links
from agnesi.lessons.reading import lessons
from agnesi.lessons.record import OPTIONAL, SECTIONS, Block, Lesson, Prose, Section, shown_path
from agnesi.results import results
from agnesi.results.record import Reproduced
from agnesi.show_report import details_of
from agnesi.worked.record import Worked

WANTED = {
    "The idea": ("figure", "result"), "The derivation": ("derive", "worked", "check"),
    "Usual slips": ("slips", "check"),
}  # fmt: skip
WORDS = (120, 700)  # of the prose; the blocks come on top


@dataclass(frozen=True)
class Fault:
    """Something that is wrong with a lesson, and its line."""

    line: int
    text: str


@dataclass(frozen=True)
class Report:
    """What was found in a lesson: faults by line, and how its statements were judged."""

    lesson: Lesson
    document: DocumentReport
    faults: tuple[Fault, ...]

    @property
    def good(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.faults

    def show(self, verbose: bool = False) -> str:
        """Return the report as text: each fault with file and line, then the totals."""
        path = shown_path(self.lesson.path)
        rows = [f"{path}:{f.line}: {f.text}" for f in self.faults]
        if verbose:
            rows += [f"{path}:{s.where.line}: {s.words}: {s.text}" for s in self.document.statements]
        counts = ", ".join(f"{n} {word}" for word, n in self.document.counts.items()) or "no statement judged"
        blocks = Counter(b.kind for b in self.lesson.blocks)
        made_of = ", ".join(f"{n} {kind}" for kind, n in blocks.items()) or "no blocks"
        verdict = "good" if self.good else f"{len(self.faults)} fault{'s' if len(self.faults) != 1 else ''}"
        return "\n".join([*rows, f"{path}: {verdict}; {counts}; {made_of}; {self.lesson.words} words"])


def check_lesson(
    lesson: Lesson, every: Mapping[str, Lesson] | None = None, cache: Path | None = None,
    course: Curriculum | None = None,
) -> Report:
    """Judge all that a lesson says and names.

    `every` are the lessons that it may name, `cache` is a folder for judgements, `course` is the curriculum with what a
    teacher added, where the lesson is of a course of their own.
    """
    known, course = every if every is not None else lessons(), course or curriculum()
    document = check_file(lesson.path, text=statements_of(lesson), folder=cache)
    faults = [
        *_statements(document), *_ids(lesson, known, course), *_links(lesson, known, course),
        *_order(lesson), *_blocks(lesson, made(lesson)),
    ]  # fmt: skip
    return Report(lesson, document, tuple(sorted(faults, key=lambda f: f.line)))


def statements_of(lesson: Lesson) -> str:
    """Return the text of a lesson with front matter and headings blank, in the same lines: one document, one scope."""
    rows = lesson.source.split("\n")
    first = min((p.line for p in lesson.parts), default=len(rows) + 1)
    headings = {p.line for p in lesson.parts if isinstance(p, Section)}
    return "\n".join("" if k < first or k in headings else row for k, row in enumerate(rows, 1))


def _statements(document: DocumentReport) -> Iterator[Fault]:
    """Yield what is wrong with the formulas between dollars."""
    if document.failure:
        yield Fault(1, document.failure)
    for one in document.wrong:
        yield Fault(one.where.line, _told(f"{one.words}: {one.text}", one.details))
    if not document.counts and not document.failure:
        yield Fault(1, "No formula of the prose claims anything: say what holds, between dollars.")
    for one in document.unread:
        yield Fault(one.where.line, f"not read: {one.text}. {' '.join(one.evidence.split())}".strip())
    for notice in document.notices:
        where = getattr(notice, "where", None)
        yield Fault(getattr(where, "line", 1), notice.words)


def _told(what: str, details: Iterable[str]) -> str:
    """Return a fault with the counterexample and the explanation below it."""
    return "\n    ".join([what, *(" ".join(row.split()) for row in details if row.strip())])


def _ids(lesson: Lesson, every: Mapping[str, Lesson], course: Curriculum) -> Iterator[Fault]:
    """Yield the ids of the front matter that do not exist."""
    known = {
        "concepts": set(course.concepts), "needs": set(course.concepts), "results": set(results),
        "next": set(every) | {lesson.id}, "exercises": families(),
    }  # fmt: skip
    for field, ids in known.items():
        given: tuple[str, ...] = getattr(lesson, field)
        for id in given:
            if ids is not None and id not in ids:
                yield Fault(lesson.lines[field], _unknown(field, id, ids))
    if lesson.resource not in course.resources:
        yield Fault(lesson.lines["resource"], _unknown("resource", lesson.resource, course.resources))
    for place in lesson.where:
        resource = course.resources.get(place.resource)
        if resource is None:
            yield Fault(lesson.lines["where"], _unknown("where", place.resource, course.resources))
        elif place.chapter not in {c.n for c in resource.chapters}:
            yield Fault(lesson.lines["where"], f"where: {resource.id} has no {resource.unit} {place.chapter}.")
    if not lesson.chapter:
        yield Fault(lesson.lines["where"], f"where names no place in {lesson.resource}, its own resource.")
    if not lesson.concepts:
        yield Fault(lesson.lines["concepts"], "concepts is empty: a lesson teaches one at least.")


def _unknown(field: str, id: str, known: Iterable[str]) -> str:
    near = get_close_matches(id, list(known), 3, 0.5)
    return f"{field}: there is no {id}." + (f" Did you mean {' or '.join(near)}?" if near else "")


def families() -> set[str] | None:
    """Return the ids of the families of exercises; None where there are none to be had."""
    if find_spec("agnesi.exercises") is None or find_spec("agnesi.exercises.registry") is None:
        return None
    return set(import_module("agnesi.exercises.registry").families())


def concepts_of_families() -> list[tuple[str, ...]] | None:
    """Return the concepts of each family of exercises; None where there are no families to be had."""
    if families() is None:
        return None
    found = import_module("agnesi.exercises.registry").families()
    return [tuple(family.concepts) for family in found.values()]


def _links(lesson: Lesson, every: Mapping[str, Lesson], course: Curriculum) -> Iterator[Fault]:
    exists = {
        "lesson": set(every) | {lesson.id}, "concept": set(course.concepts), "result": set(course.results),
        "resource": set(course.resources), "exercise": families(),
    }  # fmt: skip
    for part in lesson.parts:
        if not isinstance(part, Prose):
            continue
        for kind, id, at in links(part.text):
            line = part.line + part.text.count("\n", 0, at)
            known = exists.get(kind, set())
            if not kind:
                kinds = "lesson:, concept:, result:, exercise: or resource: and an id"
                yield Fault(line, f"The link leads to {id or 'nowhere'}: write {kinds}.")
            elif known is not None and id not in known:
                yield Fault(line, _unknown("link", id, known))


def _order(lesson: Lesson) -> Iterator[Fault]:
    """Yield what is missing or in the wrong order."""
    titles = [s.title for s in lesson.sections]
    for section in lesson.sections:
        if section.title not in SECTIONS:
            known_titles = ", ".join(SECTIONS)
            yield Fault(section.line, f"The section {section.title} is none of {known_titles}; write ### for it.")
    known = [t for t in titles if t in SECTIONS]
    if known != sorted(set(known), key=SECTIONS.index):
        yield Fault(1, f"The sections stand in another order than {', '.join(SECTIONS)}, or one stands twice.")
    missing = [t for t in SECTIONS if t not in titles and t not in OPTIONAL]
    if missing:
        yield Fault(1, f"These sections are missing: {', '.join(missing)}.")
    if not WORDS[0] <= lesson.words <= WORDS[1]:
        yield Fault(1, f"The lesson has {lesson.words} words of prose; {WORDS[0]} to {WORDS[1]} are one idea.")
    for section_title, kinds in WANTED.items():
        here = [b for b in lesson.blocks if b.section == section_title]
        if section_title in titles and not any(b.kind in kinds for b in here):
            line = next(s.line for s in lesson.sections if s.title == section_title)
            yield Fault(line, f"{section_title} has no block {' or '.join(kinds)}.")


def _blocks(lesson: Lesson, parts: Iterable[Made]) -> Iterator[Fault]:
    """Yield what could not be made, lines that are wrong, and pictures that are missing."""
    pictured = False
    for one in parts:
        if one.fault is not None:
            yield Fault(one.fault.line, str(one.fault).removeprefix(f"{shown_path(lesson.path)}:{one.fault.line}: "))
        elif isinstance(one.part, Block):
            yield from _block(lesson, one.part, one.filled)
            pictured = pictured or isinstance(one.filled, Figure)
            pictured = pictured or (isinstance(one.filled, Reproduced) and one.filled.picture is not None)
    if not pictured:
        yield Fault(1, "There is no picture: write a block figure in The idea.")


def _block(lesson: Lesson, block: Block, filled: object) -> Iterator[Fault]:
    if isinstance(filled, Judged):
        wrong = [s for s in filled.statements if s.verdict == "refuted"]
        if block.options.get("expect") == "wrong":
            if not wrong:
                yield Fault(block.line, "The block is expected to have a wrong line, and has none.")
        else:
            for one in wrong:
                yield Fault(block.line + one.line, _told(f"wrong: {one.text.strip()}", details_of(one)))
        for one in (s for s in filled.statements if s.verdict == "not read"):
            yield Fault(block.line + one.line, f"not read: {one.text.strip()}.")
        if not any(s.verdict for s in filled.statements):
            yield Fault(block.line, "The block check claims nothing.")
    elif isinstance(filled, Worked) and not filled.verified:
        yield Fault(block.line, "What was worked is not verified.")
    elif isinstance(filled, Reproduced):
        if not filled.verified:
            yield Fault(block.line, f"The result {filled.result.id} does not hold.")
        if filled.result.id not in lesson.results:
            yield Fault(block.line, f"The result {filled.result.id} is not named in results of the front matter.")
