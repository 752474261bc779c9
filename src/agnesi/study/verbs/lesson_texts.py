"""Lessons as texts: which there are, about which concepts and results; known without loading the mathematics."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from agnesi.lessons.reading import neighbours, paths, readable
from agnesi.lessons.record import Lesson, LessonFault

__all__ = ["Lesson", "LessonFault", "lesson_file", "lessons_about", "lessons_of", "neighbours", "readable"]


def lessons_about(concept: str, folders: Iterable[Path] = ()) -> list[Lesson]:
    """Return the lessons that teach a concept."""
    return [one for one in readable(folders)[0].values() if concept in one.concepts]


def lessons_of(result: str, folders: Iterable[Path] = ()) -> list[Lesson]:
    """Return the lessons from which a result is reached."""
    return [one for one in readable(folders)[0].values() if result in one.results]


def lesson_file(id: str, folders: Iterable[Path] = ()) -> Path | None:
    """Return the file of a lesson, readable or not."""
    return next((path for path in paths(folders) if path.stem == id), None)
