"""What a person sees when something cannot be done: what, where, expected, got, and one repair.

Every error that Agnesi raises on purpose is an `AgnesiError`. Its text is complete sentences, so a surface
prints `str(error)` and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """A span of a source text: characters `start` (inclusive) to `stop` (exclusive)."""

    text: str
    start: int
    stop: int

    def line_number(self) -> int:
        """Return the line of the span, counted from 1."""
        return self.text.count("\n", 0, self.start) + 1

    def caret(self, width: int = 96) -> str:
        """Return the line that holds the span, with carets under it."""
        begin = self.text.rfind("\n", 0, self.start) + 1
        end = self.text.find("\n", self.start)
        line = self.text[begin : end if end >= 0 else len(self.text)]
        column = self.start - begin
        marks = max(1, min(self.stop, begin + len(line)) - self.start)
        shift = max(0, column - width // 2)
        line = "".join(" " if ord(c) < 32 or ord(c) == 127 else c for c in line[shift : shift + width])
        return f"    {line}\n    {' ' * (column - shift)}{'^' * min(marks, width - column + shift)}"


class AgnesiError(Exception):
    """Base of all errors: `what` happened, `where`, what was `expected` and `got`, and a `repair`.

    `what` and `repair` may be functions that give the text: it is written only where somebody reads it, and most
    misfits are met in searches that go on to the next candidate.
    """

    def __init__(
        self,
        what: str | Callable[[], str],
        *,
        where: Place | None = None,
        expected: str = "",
        got: str = "",
        repair: str | Callable[[], str] = "",
    ) -> None:
        self._what, self._repair, self.where = what, repair, where
        self.expected, self.got = expected, got
        super().__init__(what if isinstance(what, str) else "")

    @property
    def what(self) -> str:
        """What happened."""
        if not isinstance(self._what, str):
            self._what = self._what()
        return self._what

    @what.setter
    def what(self, text: str) -> None:
        """Put another text in its place."""
        self._what = text

    @property
    def repair(self) -> str:
        """What to do about it."""
        if not isinstance(self._repair, str):
            self._repair = self._repair()
        return self._repair

    @repair.setter
    def repair(self, text: str) -> None:
        """Put another text in its place."""
        self._repair = text

    def __reduce__(self) -> tuple[Any, ...]:
        told = {**self.__dict__, "_what": self.what, "_repair": self.repair}
        return (type(self), (self.what,), told)

    def at(self, place: Place) -> AgnesiError:
        """Return this error with its place, unless it has one already."""
        if self.where is None:
            self.where = place
        return self

    def __str__(self) -> str:
        parts = [self.what]
        if self.expected and self.got:
            parts.append(f"Expected {self.expected}; got {self.got}.")
        elif self.expected:
            parts.append(f"Expected {self.expected}.")
        elif self.got:
            parts.append(f"Got {self.got}.")
        if self.repair:
            parts.append(self.repair)
        text = " ".join(parts)
        return f"{text}\n{self.where.caret()}" if self.where else text


class ReadError(AgnesiError):
    """A text that is not in the notation: a stray symbol, an unbalanced bracket, an ambiguous quotient."""


class ShapeError(AgnesiError):
    """Shapes that do not fit, with the names of their axes."""


class UnknownName(AgnesiError):
    """A name or function that nothing declares."""


class Ambiguous(AgnesiError):
    """A text with two readings that give different answers; both are shown."""


class NoDerivative(AgnesiError):
    """A derivative that does not exist, or that has no closed form here."""


class NotNumeric(AgnesiError):
    """Values that are missing, of the wrong shape or kind, or a point outside the domain."""


class WrongArguments(AgnesiError, TypeError):
    """A function called with arguments that it does not take."""


class NotCompiled(AgnesiError):
    """An expression for which there is no code, or arguments that the code cannot take."""


class Disagreement(AgnesiError):
    """An answer that failed its own numerical check, and is therefore not shown."""


class TooLarge(AgnesiError):
    """An input past a stated limit of size, depth or time."""


class OutOfTime(TooLarge):
    """Work that was stopped because its processor time is used up."""


class IncompleteRecord(AgnesiError):
    """An operation, fact or rule record with something missing, or a duplicate."""
