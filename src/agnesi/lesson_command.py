"""What `agnesi lesson new`, `check`, `show` and `list` do; loaded only by them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from agnesi.course import Curriculum, curriculum, with_own
from agnesi.course.folder import COURSE, read_text
from agnesi.errors import AgnesiError
from agnesi.lessons.coverage import COMPLETE, gaps
from agnesi.lessons.reading import lessons, paths, read_lesson
from agnesi.lessons.record import Lesson, LessonFault, Prose, Section
from agnesi.lessons.template import new_text


def new(path: Path, resource: str, title: str) -> str:
    """Write a lesson to begin with, and return a sentence; raises `AgnesiError` where the file exists."""
    if path.suffix != ".md":
        raise AgnesiError(f"{path} is no name of a lesson.", expected="a file that ends in .md")
    if path.exists():
        raise AgnesiError(f"The file {path} exists already.", repair="Take another name; nothing was written.")
    if resource not in curriculum().resources:
        raise AgnesiError(f"There is no resource {resource}.", expected=", ".join(curriculum().resources))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(new_text(path.stem, resource, title), encoding="utf-8")
    except OSError as error:
        raise AgnesiError(f"The file {path} cannot be written: {error.strerror}.") from error
    return f"{path} is a lesson that can be checked: agnesi lesson check {path}"


def check(given: Sequence[Path], verbose: bool, cache: Path | None) -> tuple[str, bool]:
    """Judge lessons in files and folders, or built-in ones by id or all; return the report and whether all is good."""
    judge = import_module("agnesi.lessons.checking").check_lesson
    named = {path.stem: path for path in paths()}
    given = [p if p.exists() else named.get(str(p), p) for p in given]
    files = [f for p in given for f in (sorted(p.rglob("*.md")) if p.is_dir() else [p])] or list(paths())
    if not files:
        raise AgnesiError("There is no lesson here.", expected="files that end in .md")
    read: list[Lesson] = []
    rows: list[str] = []
    for file in files:
        try:
            read.append(read_lesson(file))
        except LessonFault as fault:
            rows.append(str(fault))
    every = _known(read, rows)
    good = not rows
    for lesson in read:
        report = judge(lesson, every, cache, _course(lesson.path))
        good = good and report.good
        rows.append(report.show(verbose))
    return "\n".join(rows), good


def _course(path: Path) -> Curriculum:
    """Return the curriculum, with what the course.toml of the folder of a lesson, or of the one above, adds to it."""
    for folder in path.resolve().parents[:2]:
        if (folder / COURSE).is_file():
            import_module("agnesi.exercises.own").use_folder(str(folder))
            return with_own(read_text(folder / COURSE))[0]
    return curriculum()


def _known(read: Sequence[Lesson], rows: list[str]) -> dict[str, Lesson]:
    """Return the lessons that others may name: the built-in ones that can be read, and those that are given."""
    found: dict[str, Lesson] = {}
    for path in paths():
        try:
            lesson = read_lesson(path)
        except LessonFault:
            continue
        found[lesson.id] = lesson
    for lesson in read:
        other = found.get(lesson.id)
        if other is not None and other.path.resolve() != lesson.path.resolve():
            rows.append(f"{lesson.path}:{lesson.lines['id']}: There is a lesson {lesson.id} already: {other.path}.")
        found[lesson.id] = lesson
    return found


def show(what: str, dialect: str) -> str:
    """Return a lesson, named by its file or its id, as text with everything that the engine makes."""
    lesson = read_lesson(what) if what.endswith(".md") else lessons().get(what)
    if lesson is None:
        raise AgnesiError(f"There is no lesson {what}.", repair="`agnesi lesson list` has all.")
    parts = import_module("agnesi.lessons.parts")
    rows = [lesson.title, lesson.question]
    for one in parts.made(lesson, dialect):
        if isinstance(one.part, Section):
            rows.append(f"{'#' * one.part.level} {one.part.title}")
        elif isinstance(one.part, Prose):
            rows.append(one.part.text)
        else:
            rows.append(_shown(one))
    rows.append("Read: " + "; ".join(f"{p.resource} {p.section}" for p in lesson.where))
    if lesson.exercises:
        rows.append("Exercises: " + ", ".join(lesson.exercises))
    if lesson.next:
        rows.append("Next: " + ", ".join(lesson.next))
    return "\n\n".join(rows)


def _shown(one: Any) -> str:
    """Return what was made for a block as text."""
    found = one.filled
    if one.fault is not None:
        return str(one.fault)
    if isinstance(found, tuple):
        return "\n".join(f"{s.words}: {s.cases[0].wrong} for {s.cases[0].right}. {s.explanation}" for s in found)
    if one.part.kind == "figure":
        return f"{found.picture.alt}\n\n{found.code}"
    return "\n".join(found.texts.values()) if one.part.kind == "code" else str(found)


def listed(resource: str | None, missing: bool = False) -> str:
    """Return the lessons by resource and chapter, or what they leave out.

    Raises `AgnesiError` where there are none of this resource.
    """
    every, course = lessons(), curriculum().resources
    if resource is not None and resource not in course:
        raise AgnesiError(f"There is no resource {resource}.", expected=", ".join(course))
    if missing:
        return "\n".join(_missing([resource] if resource else list(COMPLETE) or ["matcalc", "impcalc", "impla"], every))
    rows: list[str] = []
    chapter: tuple[str, str] = ("", "")
    for lesson in every.values():
        if resource not in (None, lesson.resource):
            continue
        if (lesson.resource, lesson.chapter) != chapter:
            chapter = (lesson.resource, lesson.chapter)
            rows.append(f"{lesson.resource} {lesson.chapter}")
        rows.append(f"  {lesson.id:32} {lesson.title}")
    if not rows:
        raise AgnesiError(f"There are no lessons of {resource or 'any resource'}.")
    return "\n".join(rows)


def _missing(resources: Sequence[str], every: Mapping[str, Lesson]) -> Iterator[str]:
    """Yield what the lessons of some resources leave out, a line each."""
    families = import_module("agnesi.lessons.checking").concepts_of_families()
    for resource in resources:
        found = list(gaps(resource, every, families))
        yield f"{resource}: {len(found) or 'nothing'} missing"
        yield from (f"  {one}" for one in dict.fromkeys(found))
