"""What is kept of practice: reviews (what happened), cards (what follows from them), settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isfinite
from types import MappingProxyType

from agnesi.errors import AgnesiError

ITEM = re.compile(r"(?P<family>[a-z0-9][a-z0-9-]{0,79})/(?P<level>[1-9]\d?)/(?P<seed>0|[1-9]\d{0,8})")
AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4
GRADES = {AGAIN: "again", HARD: "hard", GOOD: "good", EASY: "easy"}
MOST_SECONDS = 86_400.0


def parts_of(item: str) -> tuple[str, int, int]:
    """Return family, level and seed of an item.

    >>> parts_of("matcalc-sum-rule/2/17")
    ('matcalc-sum-rule', 2, 17)

    Raises `AgnesiError` for what is no item.
    """
    found = ITEM.fullmatch(item)
    if found is None:
        raise AgnesiError(f"{item!r:.80} is no exercise.", expected="family/level/seed, as in matcalc-sum-rule/2/17")
    return found["family"], int(found["level"]), int(found["seed"])


@dataclass(frozen=True)
class Review:
    """An exercise done: when (UTC), which, of what concepts, how it went.

    `grade` is that of fsrs: 1 again, 2 hard, 3 good, 4 easy. `right` says that the learner found the answer in the end.
    """

    at: datetime
    item: str
    concepts: tuple[str, ...]
    grade: int
    right: bool
    hints: int = 0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise AgnesiError("The time of a review has no zone.", repair="Give it in UTC.")
        parts_of(self.item)
        if self.grade not in GRADES or self.hints < 0:
            said = f"A review has the grade {self.grade} and {self.hints} hints."
            raise AgnesiError(said, expected="a grade of 1 to 4, hints of 0 or more")
        if not isfinite(self.seconds) or not 0 <= self.seconds <= MOST_SECONDS:
            raise AgnesiError(f"A review took {self.seconds} seconds.", expected=f"0 to {MOST_SECONDS:.0f}")
        object.__setattr__(self, "at", self.at.astimezone(UTC))

    @property
    def family(self) -> str:
        """The family of the exercise."""
        return parts_of(self.item)[0]

    @property
    def level(self) -> int:
        """The level of the exercise."""
        return parts_of(self.item)[1]


@dataclass(frozen=True)
class Card:
    """What follows from the reviews of one family.

    `phase`, `step`, `stability` (days until recall falls to 90 %), `difficulty` (1 to 10) and `due` are those of fsrs.
    `level` is the one to draw next, `run` counts answers in a row that were good (or, below zero, wrong), `best` is the
    highest level done right, `rights` counts what was done right since the last time it was not.
    """

    family: str
    concepts: tuple[str, ...]
    due: datetime
    last: datetime
    stability: float
    difficulty: float
    phase: int
    step: int | None
    level: int = 1
    run: int = 0
    best: int = 0
    rights: float = 0.0
    count: int = 0
    lapses: int = 0


@dataclass(frozen=True)
class Settings:
    """How reviews are scheduled: the share to be remembered, minutes to the first repetitions of what is new (`steps`)
    and of what was forgotten (`again`), the longest interval (days)."""

    retention: float = 0.9
    steps: tuple[float, ...] = (10.0,)
    again: tuple[float, ...] = (10.0,)
    longest: int = 365

    def __post_init__(self) -> None:
        good = 0.7 <= self.retention <= 0.97 and 1 <= self.longest <= 36_500
        if not good or not all(isfinite(s) and 0 < s <= 1440 for s in (*self.steps, *self.again)):
            said = f"Reviews cannot aim at {self.retention} with steps {list(self.steps)}, {self.longest} days at most."
            raise AgnesiError(said, expected="0.7 to 0.97, steps of up to 1440 minutes, 1 to 36500 days")


@dataclass(frozen=True)
class Skill:
    """A family of exercises as memory sees it: what it is called, what it exercises, how many levels it has."""

    id: str
    title: str
    concepts: tuple[str, ...]
    levels: int = 1
    kind: str = ""
    resources: tuple[str, ...] = ()


@dataclass(frozen=True)
class State:
    """All that is remembered: the reviews in order of time, and the cards that follow from them."""

    reviews: tuple[Review, ...] = ()
    cards: Mapping[str, Card] = field(default_factory=dict)
    settings: Settings = Settings()

    def __post_init__(self) -> None:
        object.__setattr__(self, "cards", MappingProxyType(dict(self.cards)))
