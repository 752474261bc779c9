"""A reproduced result of a book: what it says, how it was computed, what was found, and what the book has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from agnesi.course import Concept, Resource, Result, curriculum
from agnesi.results.compare import Compared, compare
from agnesi.results.show import as_data, notes_of, place, shown
from agnesi.worked.record import Step, Verified, Worked


@dataclass(frozen=True)
class Found:
    """What the computation of one result gives.

    - `worked`: algorithms with their steps, in the order in which they are shown.
    - `values`: the numbers, matrices and expressions that the result asks for, by name.
    - `evidence`: what was checked beyond what each algorithm checked itself.
    - `picture`: the picture, where the result is one. `notes`: what a reader should know.
    """

    worked: tuple[Worked, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Verified, ...] = ()
    picture: Any = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reproduced:
    """One result, computed: its record in the curriculum, what was found, and the comparison with the book.

    `code` is the Python text that computes it, to be pasted into a notebook or a file.
    """

    result: Result
    found: Found
    code: str = field(default="", repr=False)

    @property
    def resource(self) -> Resource:
        """The book or the course that it is from."""
        return curriculum().resources[self.result.resource]

    @property
    def statement(self) -> str:
        """What the result is."""
        return self.result.what

    @property
    def place(self) -> str:
        """Where it stands: "MML, Ex 3.10"."""
        return place(self.result)

    @property
    def concepts(self) -> tuple[Concept, ...]:
        """The concepts of the curriculum that it is about."""
        return tuple(curriculum().concepts[id] for id in self.result.concepts)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know: where the numbers are from, what was taken otherwise than in the book."""
        return notes_of(self)

    @property
    def worked(self) -> tuple[Worked, ...]:
        """The algorithms, each with its steps and evidence."""
        return self.found.worked

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, in order."""
        return tuple(step for worked in self.worked for step in worked.steps)

    @property
    def values(self) -> Mapping[str, Any]:
        """The numbers, matrices and expressions by name."""
        return self.found.values

    @property
    def picture(self) -> Any:
        """The picture, or None."""
        return self.found.picture

    @cached_property
    def comparison(self) -> tuple[Compared, ...]:
        """Each published value beside the one that was found."""
        return tuple(compare(name, self.values[name], text) for name, text in self.result.values.items())

    @property
    def evidence(self) -> tuple[Verified, ...]:
        """Everything that was checked: of each algorithm, of the result, and the published values."""
        of_steps = [v for w in self.worked for v in w.evidence]
        published = [Verified(f"{c.name} is as published: {c.published}", c.agrees, c.how) for c in self.comparison]
        return (*of_steps, *self.found.evidence, *published)

    @property
    def verified(self) -> bool:
        """Tell whether something was checked, and all of it holds."""
        return bool(self.evidence) and all(v.holds for v in self.evidence)

    def __str__(self) -> str:
        return shown(self)

    def show(self, form: str = "unicode") -> str:
        """Return the result as text: "unicode", "ascii", "latex" or "html"."""
        return shown(self, form)

    def data(self) -> dict[str, Any]:
        """Return the result as plain data."""
        return as_data(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Return plain text and HTML for notebooks."""
        return {"text/plain": str(self), "text/html": self.show("html")}


def holds(what: str, truth: Any, how: str = "exactly") -> Verified:
    """Return a check that holds or does not."""
    return Verified(what, bool(truth), how)


def near(what: str, error: float, tolerance: float) -> Verified:
    """Return a check that an error is at most a tolerance; the error is told."""
    error = float(error)
    return Verified(what, error <= tolerance, f"largest error {error:.0e}" if error else "no error")
