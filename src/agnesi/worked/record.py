"""A worked result: what was asked, the steps, the answer, and the evidence for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from agnesi.worked.pieces import Formula
from agnesi.worked.show import shown


@dataclass(frozen=True)
class Step:
    """One step: what is done in words ("R₂ ← R₂ − 3R₁"), the lines it gives, why, and where a book says so.

    `rule` is the name of the step ("add a multiple of a row"), the same for all steps of its kind. `data` holds what a
    test needs to check the step once more: the matrices before and after, the multiplier.
    """

    rule: str
    said: str
    lines: tuple[Formula, ...] = ()
    why: str = ""
    source: str = ""
    data: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Verified:
    """Something that was checked after the answer was found: what, whether it holds, and how it was seen.

    `how` is "exactly" for arithmetic without rounding, else how well it holds ("largest error 2e-16").
    """

    what: str
    holds: bool
    how: str = "exactly"


@dataclass(frozen=True)
class Worked:
    """The result of an algorithm with its steps.

    - `name`: what was done ("row reduction"); `question`: the mathematics that was asked, as formulas.
    - `value`: the answer as Python has it: sympy matrices and numbers where it is exact, NumPy arrays where not.
      `parts` are more of it by name ("rank", "pivots", "kernel").
    - `answer`: the answer as formulas; `notes`: what a person should know (an assumption, a convention).
    - `steps`, `evidence`: how it was found, and what was checked; `verified` tells whether all of it holds.
    """

    name: str
    question: tuple[Formula, ...]
    value: Any
    answer: tuple[Formula, ...]
    steps: tuple[Step, ...] = ()
    evidence: tuple[Verified, ...] = ()
    parts: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    source: str = ""

    @property
    def verified(self) -> bool:
        """Tell whether something was checked, and all of it holds."""
        return bool(self.evidence) and all(v.holds for v in self.evidence)

    def __getattr__(self, name: str) -> Any:
        """Return a part by its name: `solve(A, b).kernel`."""
        parts = self.__dict__.get("parts", {})
        if name in parts:
            return parts[name]
        known = ", ".join(["value", "steps", "evidence", *sorted(parts)])
        raise AttributeError(f"The result of {self.__dict__.get('name', '?')} has no {name}; it has {known}.")

    def __str__(self) -> str:
        return shown(self)

    def show(self, form: str = "unicode") -> str:
        """Return the result as text: "unicode", "ascii", "latex" or "html"."""
        return shown(self, form)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Return plain text and HTML with MathML for notebooks."""
        return {"text/plain": str(self), "text/html": self.show("html")}
