"""What a lesson is: its front matter and its parts in their order. Nothing here loads the mathematics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agnesi.course.records import Place
from agnesi.errors import AgnesiError

KINDS = ("derive", "check", "worked", "figure", "result", "slips", "code")  # of blocks that the engine fills in
SECTIONS = ("The idea", "An example", "The statement", "The derivation", "Try it", "Usual slips")  # in this order
OPTIONAL = ("Try it",)


def shown_path(path: Path | str) -> str:
    """Return a path as it is told: from the working directory on, where it lies below that."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return str(path)


class LessonFault(AgnesiError):
    """A lesson that cannot be read, or a block that cannot be made: file, line, what, and one repair."""

    def __init__(self, what: str, path: Path | str, line: int, *, expected: str = "", repair: str = "") -> None:
        self.path, self.line = str(path), line
        super().__init__(f"{shown_path(path)}:{line}: {what}", expected=expected, repair=repair)


@dataclass(frozen=True)
class Section:
    """A heading: ## and one of `SECTIONS`, or ### and any title within one."""

    title: str
    level: int
    line: int


@dataclass(frozen=True)
class Prose:
    """Markdown between headings and blocks, with formulas between dollars."""

    text: str
    line: int


@dataclass(frozen=True)
class Block:
    """A fenced block that the engine fills in: its kind, options such as wrt=x, and what stands in it."""

    kind: str
    text: str
    line: int
    options: Mapping[str, str]
    section: str = ""


Part = Section | Prose | Block


@dataclass(frozen=True)
class Lesson:
    """One idea on one page.

    `where` are the sections to read, of its own resource first; `concepts` are taught here, `needs` are concepts that a
    reader must know, `results` are reached from here, `exercises` are ids of families, `next` ids of lessons.
    """

    id: str
    title: str
    question: str
    resource: str
    where: tuple[Place, ...]
    concepts: tuple[str, ...]
    needs: tuple[str, ...]
    results: tuple[str, ...]
    exercises: tuple[str, ...]
    next: tuple[str, ...]
    order: int
    parts: tuple[Part, ...]
    path: Path
    source: str
    lines: Mapping[str, int]  # of the fields of the front matter

    @property
    def chapter(self) -> str:
        """The chapter, week or section of its own resource that it belongs to; "" where it names none."""
        return next((p.chapter for p in self.where if p.resource == self.resource), "")

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks that the engine fills in."""
        return tuple(p for p in self.parts if isinstance(p, Block))

    @property
    def sections(self) -> tuple[Section, ...]:
        """The headings of the second level."""
        return tuple(p for p in self.parts if isinstance(p, Section) and p.level == 2)

    @property
    def words(self) -> int:
        """The number of words that are read: of the prose, formulas counted as words."""
        return sum(len(p.text.split()) for p in self.parts if isinstance(p, Prose))
