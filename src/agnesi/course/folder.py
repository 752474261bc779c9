"""A course of one's own as a folder: `course.toml`, `families/*.toml`, `lessons/*.md`. Here it is read, no more.

`course.toml` has resources, concepts and goals as `own` tells; docs/practice.md tells how families are declared, and
docs/lessons.md how a lesson is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from agnesi.errors import AgnesiError

COURSE, FAMILIES, LESSONS = "course.toml", "families", "lessons"
MOST_FILES, MOST_LETTERS = 500, 400_000


@dataclass(frozen=True)
class CourseFolder:
    """What a folder has: the text of course.toml ("" without one), files of families, lessons.

    `stamp` changes when a file does.
    """

    path: Path
    families: tuple[Path, ...]
    lessons: tuple[Path, ...]
    stamp: str

    @property
    def course(self) -> str:
        """The text of course.toml; raises `AgnesiError` where it cannot be read."""
        file = self.path / COURSE
        return read_text(file) if file.is_file() else ""


def course_folder(path: Path) -> CourseFolder | None:
    """Return what a folder has; None where there is no such folder. Raises `AgnesiError` for too many files."""
    if not path.is_dir():
        return None
    families, lessons = tuple(_files(path / FAMILIES, "*.toml")), tuple(_files(path / LESSONS, "*.md"))
    course = path / COURSE
    told = []
    for file in (*([course] if course.is_file() else ()), *families, *lessons):
        state = file.stat()
        told.append(f"{file.relative_to(path)} {state.st_mtime_ns} {state.st_size}")
    return CourseFolder(path, families, lessons, blake2b("\n".join(told).encode(), digest_size=8).hexdigest())


def read_text(file: Path) -> str:
    """Return the text of a file of a course; raises `AgnesiError` for what is no text, or too long."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise AgnesiError(f"The file {file} cannot be read: {said}.") from None
    if len(text) > MOST_LETTERS:
        raise AgnesiError(f"The file {file} has {len(text)} letters; at most {MOST_LETTERS} are read.")
    return text


def _files(folder: Path, pattern: str) -> Iterator[Path]:
    found = sorted(f for f in folder.rglob(pattern) if f.is_file()) if folder.is_dir() else []
    if len(found) > MOST_FILES:
        raise AgnesiError(f"The folder {folder} has {len(found)} files; at most {MOST_FILES} are read.")
    yield from found
