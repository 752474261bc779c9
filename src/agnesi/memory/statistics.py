"""Honest statistics: every share says on how many reviews it rests, and how sure that makes it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt
from statistics import fmean, median

from agnesi.course.records import Concept
from agnesi.memory.mastery import Mastered, mastered
from agnesi.memory.record import AGAIN, GOOD, Skill, State
from agnesi.memory.schedule import history

FEW = 10  # below this a share is told as a count alone
Z = 1.959963984540054  # of a 95 % interval


@dataclass(frozen=True)
class Share:
    """So many of so many, with Wilson's 95 % interval."""

    some: int
    of: int

    @property
    def value(self) -> float | None:
        """The share; None where there is nothing to count."""
        return self.some / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval: where the true share is, 95 times of 100."""
        if not self.of:
            return 0.0, 1.0
        p, n = self.some / self.of, self.of
        middle, wide = p + Z * Z / (2 * n), Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        scale = 1 + Z * Z / n
        return max(0.0, (middle - wide) / scale), min(1.0, (middle + wide) / scale)

    def __str__(self) -> str:
        """Say it.

        >>> print(Share(3, 4)), print(Share(40, 50))
        3 of 4: too few for a share
        80 % (40 of 50; likely between 67 % and 89 %)
        (None, None)
        """
        if not self.of:
            return "nothing to count yet"
        if self.of < FEW:
            return f"{self.some} of {self.of}: too few for a share"
        low, high = (round(100 * x) for x in self.interval)
        return f"{round(100 * self.some / self.of)} % ({self.some} of {self.of}; likely between {low} % and {high} %)"


@dataclass(frozen=True)
class Statistics:
    """What practice shows.

    `alone` is the share done right at once without help; `kept` the share still known at reviews a day or more after
    the one before, and `expected` what fsrs had predicted for the same reviews (None without any). `coming` has
    what falls due on each of the next days, overdue on the first. `concepts` are those with reviews.
    """

    reviews: int
    days: int
    minutes: float
    usual: float | None
    alone: Share
    kept: Share
    expected: float | None
    coming: tuple[tuple[date, int], ...]
    grades: Mapping[int, int]
    concepts: Mapping[str, tuple[Mastered, Share]]
    weeks: tuple[tuple[date, int, Share], ...]


def statistics(
    state: State, now: datetime, concepts: Mapping[str, Concept], skills: Iterable[Skill] = (), ahead: int = 14
) -> Statistics:
    """Return what practice shows at a time, whose zone says where days begin."""
    reviews = state.reviews
    later = [(r, p) for r, p, days in history(state) if p is not None and days >= 1]
    taken = [r.seconds for r in reviews if r.seconds > 0]
    return Statistics(
        reviews=len(reviews), days=len({r.at.astimezone(now.tzinfo).date() for r in reviews}),
        minutes=sum(taken) / 60, usual=median(taken) if taken else None,
        alone=Share(sum(r.grade >= GOOD for r in reviews), len(reviews)),
        kept=Share(sum(r.grade > AGAIN for r, _ in later), len(later)),
        expected=fmean(p for _, p in later) if later else None, coming=_coming(state, now, ahead),
        grades=dict(sorted(Counter(r.grade for r in reviews).items())),
        concepts=_concepts(state, mastered(state, concepts, now, skills)), weeks=_weeks(state, now),
    )  # fmt: skip


def _coming(state: State, now: datetime, ahead: int) -> tuple[tuple[date, int], ...]:
    first = now.date()
    falls = Counter(max(first, c.due.astimezone(now.tzinfo).date()) for c in state.cards.values())
    return tuple((first + timedelta(days=k), falls[first + timedelta(days=k)]) for k in range(ahead))


def _concepts(state: State, found: Mapping[str, Mastered]) -> dict[str, tuple[Mastered, Share]]:
    right: defaultdict[str, int] = defaultdict(int)
    every: defaultdict[str, int] = defaultdict(int)
    for review in state.reviews:
        for concept in review.concepts:
            every[concept] += 1
            right[concept] += review.grade >= GOOD
    return {c: (found[c], Share(right[c], every[c])) for c in found if every[c]}


def _weeks(state: State, now: datetime) -> tuple[tuple[date, int, Share], ...]:
    """Return the weeks with practice, by their Monday: reviews, and those right at once without help."""
    rows: defaultdict[date, list[bool]] = defaultdict(list)
    for review in state.reviews:
        day = review.at.astimezone(now.tzinfo).date()
        rows[day - timedelta(days=day.weekday())].append(review.grade >= GOOD)
    return tuple((week, len(rows[week]), Share(sum(rows[week]), len(rows[week]))) for week in sorted(rows))
