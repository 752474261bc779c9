"""Lesson texts into records: front matter between +++ lines, then Markdown with blocks. No mathematics is loaded.

`read_lesson` reads one file, `lessons` all that are built in and those of further folders.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from agnesi.course import curriculum
from agnesi.course.curriculum import FOLDER
from agnesi.course.records import Place
from agnesi.lessons.record import KINDS, Block, Lesson, LessonFault, Part, Prose, Section

BUILT_IN = FOLDER / "lessons"
LONGEST = 40_000  # characters of a lesson
TEXTS = ("id", "title", "question", "resource")
LISTS = ("where", "concepts", "needs", "results", "exercises", "next")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_FENCE = re.compile(r"(?P<ticks>`{3,})[ \t]*(?P<info>[^`]*)")
_HEADING = re.compile(r"(?P<marks>#{1,6})[ \t]+(?P<title>.+?)[ \t#]*")
_OPTION = re.compile(r"(?P<name>[a-z]+)=(?P<value>\"[^\"]*\"|\S+)")
_FIELD = re.compile(r"(?P<name>[a-z]+)[ \t]*=")


def lessons(folders: Iterable[Path] = ()) -> Mapping[str, Lesson]:
    """Return all lessons by id, in their order: resource, chapter, place; those of `folders` besides the built-in ones.

    A file is read again when it changes. Raises `LessonFault` for a text that cannot be read, or an id used twice.
    """
    found: dict[str, Lesson] = {}
    for path in paths(folders):
        lesson = _current(path)
        if lesson.id in found:
            what = f"There are two lessons {lesson.id}: the other is {found[lesson.id].path}."
            raise LessonFault(what, path, lesson.lines["id"], repair="Take another id.")
        found[lesson.id] = lesson
    return {one.id: one for one in sorted(found.values(), key=_place)}


def readable(folders: Iterable[Path] = ()) -> tuple[Mapping[str, Lesson], Mapping[str, LessonFault]]:
    """Return the lessons that can be read, in their order, and the faults of the others by the names of their files.

    They are kept as long as `stamps` are the same, and so are not to be changed.
    """
    return _readable(stamps(folders))


@lru_cache(maxsize=4)
def _readable(files: tuple[Stamp, ...]) -> tuple[Mapping[str, Lesson], Mapping[str, LessonFault]]:
    found: dict[str, Lesson] = {}
    faults: dict[str, LessonFault] = {}
    for path in dict.fromkeys(Path(stamp.path).resolve() for stamp in files):
        try:
            lesson = _current(path)
            found.setdefault(lesson.id, lesson)
        except LessonFault as fault:
            faults[path.stem] = fault
        except OSError:  # it went away in between
            continue
    return {one.id: one for one in sorted(found.values(), key=_place)}, faults


def paths(folders: Iterable[Path] = ()) -> Iterator[Path]:
    """Yield the files of all lessons, the built-in ones first."""
    yield from dict.fromkeys(Path(stamp.path).resolve() for stamp in stamps(folders))


class Stamp(NamedTuple):
    """A file of a lesson, and what changes when it does: times of its text and of its rights, its size."""

    path: str
    changed: int
    rights: int
    size: int


def stamps(folders: Iterable[Path] = ()) -> tuple[Stamp, ...]:
    """Return the files of all lessons, the built-in ones first, each with its stamp: other ones when a lesson changes.

    This is asked at every request: a look at the folders, and no file is opened.
    """
    return tuple(stamp for folder in (BUILT_IN, *folders) for stamp in sorted(_stamps(str(folder))))


def _stamps(folder: str) -> Iterator[Stamp]:
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                rows = list(entries)
        except OSError:  # there is none, or it may not be read
            continue
        for entry in rows:
            try:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.name.endswith(".md"):
                    state = entry.stat()
                    yield Stamp(entry.path, state.st_mtime_ns, state.st_ctime_ns, state.st_size)
            except OSError:  # it went away in between, or is a link to nothing
                continue


def _current(path: Path) -> Lesson:
    state = path.stat()
    return _kept(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4096)
def _kept(path: Path, changed: int, size: int) -> Lesson:
    return read_lesson(path)


def _place(lesson: Lesson) -> tuple[Any, ...]:
    resources = curriculum().resources
    resource = list(resources).index(lesson.resource) if lesson.resource in resources else len(resources)
    section = next((p.section for p in lesson.where if p.resource == lesson.resource), "")
    numbers = tuple((0, int(n), "") if n.isdigit() else (1, 0, n) for n in section.split("."))
    return (resource, lesson.resource, numbers[:1], lesson.order, numbers, lesson.id)


def neighbours(lesson: Lesson, every: Mapping[str, Lesson]) -> tuple[Lesson | None, Lesson | None]:
    """Return the lessons before and after one, of the same resource."""
    row = [one for one in every.values() if one.resource == lesson.resource]
    at = next((k for k, one in enumerate(row) if one.id == lesson.id), -1)
    if at < 0:
        return None, None
    return (row[at - 1] if at else None), (row[at + 1] if at + 1 < len(row) else None)


def read_lesson(path: Path | str, text: str | None = None) -> Lesson:
    """Return the lesson that a file holds; `text` stands for what the file has.

    Raises `LessonFault` with file and line where it cannot be read as a lesson.
    """
    path = Path(path)
    if text is None:
        try:
            text = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
            raise LessonFault(f"The lesson cannot be read: {reason}.", path, 1) from error
    text = text.replace("\r\n", "\n")
    if len(text) > LONGEST:
        raise LessonFault(f"The lesson has {len(text)} characters; at most {LONGEST} are read.", path, 1)
    rows = text.split("\n")
    fields, lines, first = _front(rows, path)
    told: dict[str, Any] = {name: fields[name] for name in TEXTS}
    told |= {name: tuple(fields[name]) for name in LISTS}
    told["where"] = tuple(_where(w, path, lines) for w in fields["where"])
    parts = tuple(_parts(rows, first, path))
    return Lesson(**told, order=fields["order"], parts=parts, path=path, source=text, lines=lines)


def _front(rows: list[str], path: Path) -> tuple[dict[str, Any], dict[str, int], int]:
    """Return the front matter, the lines of its fields, and the number of the row after it."""
    marks = [k for k, row in enumerate(rows[:200]) if row.strip() == "+++"]
    if len(marks) < 2 or any(row.strip() for row in rows[: marks[0]]):
        what = "The front matter is missing."
        raise LessonFault(what, path, 1, expected="TOML between two lines of +++ at the top",
                          repair="Begin with `agnesi lesson new`.")  # fmt: skip
    start, stop = marks[0] + 1, marks[1]
    try:
        found = tomllib.loads("\n".join(rows[start:stop]))
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        told = str(error).partition(" (at")[0]
        raise LessonFault(f"The front matter is no TOML: {told}.", path, start + int(at[1]) if at else 1) from None
    lines = {m["name"]: k for k in range(start, stop) if (m := _FIELD.match(rows[k]))}
    lines = {name: k + 1 for name, k in lines.items()}
    return _fields(found, lines, path), lines, stop + 1


def _fields(found: dict[str, Any], lines: Mapping[str, int], path: Path) -> dict[str, Any]:
    """Return the fields, looked at: all there, of the right types, no others."""
    strange = sorted(set(found) - {*TEXTS, *LISTS, "order"})
    if strange:
        near = get_close_matches(strange[0], [*TEXTS, *LISTS, "order"], 1)
        raise LessonFault(f"The front matter has {', '.join(strange)}.", path, lines.get(strange[0], 1),
                          expected=f"only {', '.join((*TEXTS, *LISTS, 'order'))}",
                          repair=f"Did you mean {near[0]}?" if near else "")  # fmt: skip
    missing = [name for name in (*TEXTS, *LISTS) if name not in found]
    if missing:
        raise LessonFault(f"The front matter lacks {', '.join(missing)}.", path, 1,
                          repair="A list may be empty: next = [].")  # fmt: skip
    for name, value in {"order": 0, **found}.items():
        fits = (
            isinstance(value, str) and value.strip() if name in TEXTS
            else isinstance(value, int) if name == "order"
            else isinstance(value, list) and all(isinstance(v, str) for v in value)
        )  # fmt: skip
        if not fits:
            what = "a text" if name in TEXTS else "a whole number" if name == "order" else "a list of texts"
            raise LessonFault(f"{name} is {value!r:.60}.", path, lines.get(name, 1), expected=what)
    if not NAME.fullmatch(found["id"]):
        raise LessonFault(f"The id is {found['id']!r:.60}.", path, lines.get("id", 1),
                          expected="small letters, digits, hyphens")  # fmt: skip
    if found["id"] != path.stem:
        raise LessonFault(f"The id is {found['id']}, and the file is called {path.name}.", path, lines.get("id", 1),
                          repair=f"Call the file {found['id']}.md.")  # fmt: skip
    return {"order": 0, **found}


def _where(text: str, path: Path, lines: Mapping[str, int]) -> Place:
    resource, _, section = text.strip().partition(" ")
    if not section.strip():
        raise LessonFault(f"where names {text!r:.60}.", path, lines.get("where", 1),
                          expected="a resource and a section, as in \"mml 5.3\" or \"impla 3\"")  # fmt: skip
    return Place(resource, section.strip())


def _parts(rows: list[str], first: int, path: Path) -> Iterator[Part]:
    """Yield the parts of the text from a row on."""
    k, begun, section = first, first, ""
    while k < len(rows):
        fence, heading = _FENCE.fullmatch(rows[k].rstrip()), _HEADING.fullmatch(rows[k].rstrip())
        if not fence and not heading:
            k += 1
            continue
        yield from _prose(rows, begun, k)
        if heading:
            section = heading["title"] if heading["marks"] == "##" else section
            yield Section(heading["title"], len(heading["marks"]), k + 1)
            k += 1
        elif fence:
            stop = next((j for j in range(k + 1, len(rows)) if rows[j].rstrip() == fence["ticks"]), None)
            if stop is None:
                raise LessonFault("The block is not closed.", path, k + 1, repair=f"End it with {fence['ticks']}.")
            yield _block(fence["info"], "\n".join(rows[k + 1 : stop]), k + 1, section, path)
            k = stop + 1
        begun = k
    yield from _prose(rows, begun, len(rows))


def _prose(rows: list[str], start: int, stop: int) -> Iterator[Prose]:
    """Yield the prose of some rows, without the blank ones around it."""
    while start < stop and not rows[start].strip():
        start += 1
    while stop > start and not rows[stop - 1].strip():
        stop -= 1
    if start < stop:
        yield Prose("\n".join(rows[start:stop]), start + 1)


def _block(info: str, text: str, line: int, section: str, path: Path) -> Block:
    kind, _, rest = info.strip().partition(" ")
    if kind not in KINDS:
        near = get_close_matches(kind, KINDS, 1)
        repair = f"Did you mean {near[0]}?" if near else "Results are never typed: the engine makes them."
        raise LessonFault(f"There is no block {kind or 'without a kind'}.", path, line,
                          expected=f"one of {', '.join(KINDS)}", repair=repair)  # fmt: skip
    options = {m["name"]: m["value"].strip('"') for m in _OPTION.finditer(rest)}
    strange = _OPTION.sub("", rest).strip()
    if strange:
        raise LessonFault(f"The block {kind} has {strange!r:.60}.", path, line, expected="options such as wrt=x")
    if not text.strip():
        raise LessonFault(f"The block {kind} is empty.", path, line)
    return Block(kind, text, line, options, section)
