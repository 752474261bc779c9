"""Lessons as texts: which there are, about which concepts and results; known without loading the mathematics."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from agnesi.lessons.reading import Stamp, neighbours, paths, readable, stamps
from agnesi.lessons.record import Lesson, LessonFault

__all__ = [
    "Lesson", "LessonFault", "Stamp", "lesson_file", "lesson_of_each", "lessons_about", "lessons_of", "neighbours",
    "readable", "stamps",
]  # fmt: skip


def lessons_about(concept: str, folders: Iterable[Path] = ()) -> list[Lesson]:
    """Return the lessons that teach a concept."""
    return [one for one in readable(folders)[0].values() if concept in one.concepts]


def lesson_of_each(folders: Iterable[Path] = ()) -> dict[str, Lesson]:
    """Return the first lesson that teaches each concept, by the concept."""
    found: dict[str, Lesson] = {}
    for one in readable(folders)[0].values():
        for concept in one.concepts:
            found.setdefault(concept, one)
    return found


def lessons_of(result: str, folders: Iterable[Path] = ()) -> list[Lesson]:
    """Return the lessons from which a result is reached."""
    return [one for one in readable(folders)[0].values() if result in one.results]


def lesson_file(id: str, folders: Iterable[Path] = ()) -> Path | None:
    """Return the file of a lesson, readable or not."""
    return next((path for path in paths(folders) if path.stem == id), None)
