"""What lessons leave out of a book or course: chapters, results and concepts that none of them reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from agnesi.course import curriculum
from agnesi.lessons.record import Lesson

# resources whose lessons leave nothing out: tests/lessons holds them to it
COMPLETE: tuple[str, ...] = ("matcalc", "impcalc", "impla")


def gaps(resource: str, every: Mapping[str, Lesson], families: Iterable[Iterable[str]] | None = None) -> Iterator[str]:
    """Yield in words what the lessons of a resource leave out.

    Each chapter that teaches a concept is named in `where` of a lesson of its own; each concept taught there is taught
    in a lesson, of this resource or another; each result of the resource is named in one. With `families`, the concepts
    of each family of exercises: each concept has a family.
    """
    course = curriculum()
    own = [one for one in every.values() if one.resource == resource]
    chapters = {p.chapter for one in own for p in one.where if p.resource == resource}
    taught = {c for one in every.values() for c in one.concepts}
    named = {r for one in every.values() for r in one.results}
    exercised = {c for concepts in families or () for c in concepts}
    for chapter in course.resources[resource].chapters:
        at = (resource, chapter.n)
        here = [c for c in course.concepts.values() if at in {(p.resource, p.chapter) for p in c.taught}]
        if here and chapter.n not in chapters:
            yield f"{course.resources[resource].unit} {chapter.n} ({chapter.title}) has no lesson"
        for c in here:
            if c.id not in taught:
                yield f"the concept {c.id} ({c.name}), taught in {chapter.n}, is taught in no lesson"
            if families is not None and c.id not in exercised:
                yield f"the concept {c.id} ({c.name}), taught in {chapter.n}, has no exercises"
    for result in course.results.values():
        if result.resource == resource and result.id not in named:
            yield f"the result {result.id} ({result.what}), {result.where}, is reached from no lesson"
