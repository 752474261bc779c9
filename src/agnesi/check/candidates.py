"""Candidates for what was done in a wrong line, and trials that are written only where their numbers fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from agnesi.check.slip_places import UNFIT, Place, name_of, size_of
from agnesi.check.slips import Pool, Slip, slips
from agnesi.expr.clock import now
from agnesi.expr.nodes import Apply, Expr, Index

LOOKS = 6  # candidates between two looks at the clock


@dataclass(frozen=True)
class Candidate:
    """A possible explanation: with `right` in place of `wrong` the line is `whole`; `trial` must equal the target."""

    slip: Slip
    cost: float
    whole: Expr
    wrong: Expr
    right: Expr
    trial: Expr
    second: Slip | None = None

    @property
    def weight(self) -> float:
        """The cost of the slip that was made first."""
        return self.slip.cost


@dataclass(frozen=True)
class Diagnosis:
    """What was probably done in a wrong line.

    `slip` is the record's name; `words` say it with the repaired line, `repaired` is the whole repaired side (of an
    inequality the whole relation), `place` the wrong part and what belongs there.
    """

    slip: str
    words: str
    repaired: Expr
    place: tuple[Expr, Expr]
    explanation: str
    source: str
    cost: float = 0.0

    def __str__(self) -> str:
        return self.words


class Trial(NamedTuple):
    """A candidate that is written only where its numbers fit: `new` at `place` must equal the target.

    `write` makes the candidate of the trial, or None where the shapes do not fit.
    """

    slip: Slip
    place: Place
    new: Expr
    write: Callable[[Trial], Candidate | None]
    cost: float = 0.0  # beside what the writing adds
    before: Candidate | None = None  # the mending that was made first
    form: Expr | None = None

    @property
    def weight(self) -> float:
        """The cost of the slip that was made first."""
        return self.slip.cost if self.before is None else self.before.slip.cost


class Mends:
    """What slips make of parts: where no more than the part and the operation above counts, what was found is kept."""

    def __init__(self, pool: Pool, plain: bool) -> None:
        self.pool, self.plain = pool, plain
        self._held: dict[_Kind, dict[Slip, tuple[Expr, ...]]] = {}
        self._known: dict[_Kind, list[tuple[Slip, tuple[Expr, ...]]]] = {}

    def __call__(self, slip: Slip, place: Place) -> tuple[Expr, ...]:
        """Return what should have stood in a place by a slip."""
        return self._of(slip, place, self._held.setdefault(_kind(place), {}) if self.plain else {})

    def _of(self, slip: Slip, place: Place, held: dict[Slip, tuple[Expr, ...]]) -> tuple[Expr, ...]:
        found = held.get(slip)
        if found is None:
            found = held[slip] = tuple(edits(slip, place, self.pool))
        return found

    def all(self, few: Sequence[Slip], here: Sequence[Place]) -> dict[Slip, list[tuple[Place, tuple[Expr, ...]]]]:
        """Return what should have stood in places by slips, always the same ones: for each what it changes."""
        out: dict[Slip, list[tuple[Place, tuple[Expr, ...]]]] = {}
        for place in here:
            kind = _kind(place)
            found = self._known.get(kind) if self.plain else None
            if found is None:
                held = self._held.setdefault(kind, {}) if self.plain else {}
                told = [(slip, self._of(slip, place, held)) for slip in few]
                found = self._known[kind] = [(slip, rights) for slip, rights in told if rights]
            for slip, rights in found:
                out.setdefault(slip, []).append((place, rights))
        return out


_Kind = tuple[Expr, str, tuple[int, ...], bool]


def _kind(place: Place) -> _Kind:
    return place.node, name_of(place.parent), place.path[-1:], not place.path


def edits(slip: Slip, place: Place, pool: Pool, spoil: bool = False) -> Iterator[Expr]:
    """Yield what a slip makes of a place; an edit that meets a shape or size that does not fit has nothing to say."""
    change = slip.spoil if spoil else slip.mend
    try:
        yield from change(place, pool) if change is not None else ()
    except UNFIT:
        return


def looks_around(node: Expr) -> bool:
    """Tell whether edits of a part may depend on more of the line than its neighbour: indices, events."""
    return isinstance(node, Index) or (isinstance(node, Apply) and node.op.family == "probability")


def until(end: float, candidates: Iterator[Candidate | Trial]) -> Iterator[Candidate | Trial]:
    """Yield the next candidates until the time is over: some take long to make."""
    for count, candidate in enumerate(candidates):
        yield candidate
        if count % LOOKS == LOOKS - 1 and now() > end:
            return


def length(wrong: Expr, right: Expr) -> float:
    """The longer what must be put in, the less simple the explanation."""
    return 0.01 * max(0, size_of(right) - size_of(wrong)) + 0.002 * size_of(wrong)


@lru_cache(maxsize=4)
def _ordered(count: int) -> tuple[Slip, ...]:
    return tuple(sorted(slips, key=lambda s: s.cost))


def by_cost() -> tuple[Slip, ...]:
    """Return all slips, the simplest first."""
    return _ordered(len(slips))
