"""What one person knows, owns and has added: the curriculum as they see it, read from the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request

from agnesi.course import Concept, Curriculum, Route, curriculum, route, with_own
from agnesi.course.advice import Advice, advice
from agnesi.course.folder import course_folder
from agnesi.course.paths import with_needs
from agnesi.errors import AgnesiError
from agnesi.study.store.keeping import Store
from agnesi.study.web import store

FOLDER = "course_folder"  # the preference with the folder of a course of one's own
OWN = "curriculum"  # the kind of file in which a person adds to the curriculum


@dataclass(frozen=True)
class Mine:
    """The curriculum with what a person added (`text`), what they said they know, what that implies, what they own.

    `trouble` says why their file was left out, where it no longer fits.
    """

    course: Curriculum
    advice: Advice
    text: str
    said: frozenset[str]
    known: frozenset[str]
    owns: frozenset[str]
    trouble: str = ""

    def state(self, concept: str) -> str:
        """Return "known", "ready" where all that a concept needs is known, or "ahead"."""
        if concept in self.known:
            return "known"
        return "ready" if all(n in self.known for n in self.course.concepts[concept].needs) else "ahead"

    def concepts(self, ids: Sequence[str]) -> list[Concept]:
        """Return concepts by their ids."""
        return [self.course.concepts[id] for id in ids]

    def share(self, ids: Sequence[str]) -> int:
        """Count those that are known."""
        return sum(1 for id in ids if id in self.known)

    def users(self, concept: str) -> list[Concept]:
        """Return the concepts that need a concept."""
        return [c for c in self.course.concepts.values() if concept in c.needs]


def mine(request: Request) -> Mine:
    """Return what the person who asks has."""
    return of(store(request))


def of(kept: Store) -> Mine:
    """Return what a person has, from their store."""
    text, trouble = _own_text(kept)
    return kept.once(("mine", text, trouble), lambda: _read(kept, text, trouble))


def _read(kept: Store, text: str, trouble: str) -> Mine:
    course, given = extended(text)
    said = frozenset(c for c, value in kept.marks("known").items() if value and c in course.concepts)
    owned = kept.preference("owns")
    owns = frozenset(course.resources if owned is None else (r for r in owned if r in course.resources))
    return Mine(course, given, text, said, with_needs(said, course), owns, trouble)


def _own_text(kept: Store) -> tuple[str, str]:
    """Return what a person added, in their own file and in course.toml of their folder, and why some was left out."""
    files = kept.files(OWN)
    mine, trouble = (files[0].text if files else ""), ""
    try:
        folder = _folder_text(str(kept.preference(FOLDER, "") or ""))
        together = f"{mine}\n{folder}"
        extended(together)
        return (together if folder.strip() else mine), ""
    except AgnesiError as error:
        trouble = f"The course of your folder is left out. {error}"
    try:
        extended(mine)
        return mine, trouble if _folder_is(kept) else ""
    except AgnesiError as error:
        return "", f"Your own file is left out. {error}"


def _folder_is(kept: Store) -> bool:
    return bool(kept.preference(FOLDER, ""))


def _folder_text(path: str) -> str:
    try:
        found = course_folder(Path(path)) if path else None
    except OSError:
        return ""
    return found.course if found is not None else ""


@lru_cache(maxsize=8)
def extended(text: str) -> tuple[Curriculum, Advice]:
    """Return curriculum and advice, with a person's own file; raises as `with_own` does."""
    return with_own(text) if text.strip() else (curriculum(), advice())


def way_to(own: Mine, goal: str, owns: frozenset[str], way: str, speed: str) -> Route:
    """Return the route of a person to a goal; raises `UnknownName` as `route` does."""
    return _route(goal, own.said, owns, way, speed, own.text)


@lru_cache(maxsize=64)
def _route(goal: str, said: frozenset[str], owns: frozenset[str], way: str, speed: str, text: str) -> Route:
    course, given = extended(text)
    return route(goal, said, owns, way=way, speed=speed, known=course, given=given)
