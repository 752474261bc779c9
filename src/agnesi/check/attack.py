"""Inequalities attacked by search: wide samples, special points, then minimisation of the gap from the best of them.

A violation counts only where it is real: larger than rounding, stable when the point moves a little, and confirmed
with 50 digits. A strict inequality also fails where both sides are equal at a point of the domain; this is claimed
only at small numbers, and where the sides come apart next to it (or are computed exactly).

| relation | gap |
|---|---|
| le, lt | right − left, the smallest entry |
| ge, gt | left − right, the smallest entry |
| succeq, succ, preceq, prec | the smallest eigenvalue of the difference, where that is symmetric |
| ne | the largest entry of \\|left − right\\| |
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from agnesi.check.confirm import Confirm
from agnesi.check.constrained import points_on
from agnesi.check.domain import Domain, Values, satisfied
from agnesi.check.gaps import STRICT_ONES, Gap, gap_of, terms
from agnesi.check.minimise import OutOfTime, around_of, lowered
from agnesi.check.small import small_points, warm
from agnesi.check.wide import wide_points
from agnesi.errors import NotNumeric
from agnesi.expr.clock import now
from agnesi.expr.nodes import Expr
from agnesi.run.sample import Point, Sampler

SAMPLES = 260
ALIKE = 20  # the same where no letter is free: points differ by their sizes only
SATISFYING = 30  # points on conditions
STARTS = 5
CLEAR = 1e-9  # relative to the largest term
DIGITS = (1, 2, 3, 4, 6)


@dataclass(frozen=True)
class Attack:
    """What an attack found.

    - `verdict`: "refuted" (at `point`, with the values `left` and `right`), "survived" (`points` were tried), or
      "not tested" (`note` says why).
    - `gap` is the smallest gap, relative to the largest term; `nearest` is where it was found.
    - `equal`: a strict relation that fails by equality.
    """

    verdict: Literal["refuted", "survived", "not tested"]
    points: int
    gap: float
    nearest: Point | None = None
    point: Point | None = None
    left: Any = None
    right: Any = None
    equal: bool = False
    note: str = ""

    def __bool__(self) -> bool:
        return self.verdict == "survived"


def attack(
    relation: str, left: Expr, right: Expr, *, fixed: Mapping[str, Any] | None = None,
    sizes: Mapping[str, int] | None = None, given: Sequence[Expr] = (), budget: float = 0.4, seed: int = 0,
) -> Attack:
    """Search for a point of the domain where `left relation right` fails; `given` are conditions that hold there.

        >>> from agnesi.expr.nodes import symbol
        >>> import agnesi.ops
        >>> x = symbol("x")
        >>> attack("ge", x * x, x).verdict, attack("ge", x * x, 2 * x - 1).verdict
        ('refuted', 'survived')
    """
    try:
        search = _Search(relation, left, right, fixed, sizes, given, budget, seed)
    except NotNumeric as error:
        return Attack("not tested", 0, np.nan, note=str(error))
    try:
        found = search.run()
    except OutOfTime:
        found = None
    return found if found is not None else search.survived()


class _Search:
    """One attack: what is evaluated, what has been seen, and the clock."""

    def __init__(
        self, relation: str, left: Expr, right: Expr, fixed: Mapping[str, Any] | None,
        sizes: Mapping[str, int] | None, given: Sequence[Expr], budget: float, seed: int,
    ) -> None:
        self.relation, self.sides, self.given = relation, (left, right), tuple(given)
        roots = [left, right, *terms(left, right)]
        self.domain = Domain(roots, fixed=fixed, sizes=sizes, given=given, largest=1e12, kinks=True)
        self.gap: Callable[..., Gap | None] = gap_of(relation)
        self.rng = np.random.default_rng(seed)
        warm(self.domain)
        self.stop = now() + budget
        self.budget = budget
        self.confirm = Confirm(self.domain, self.sides, relation, self.rng)
        self.tried, self.apart, self.smallest = 0, 0, np.inf
        self.nearest: Point | None = None
        self.best: list[tuple[float, Values]] = []

    def run(self) -> Attack | None:
        """Small points, wide samples, minimisation; None where nothing violates."""
        for found in self._small():
            violated = self._look(found)
            if violated is not None:
                return violated
        for found in self._wide():
            if self._look(found) is not None:
                return self._told(found)
        for start in self._starts():
            low = self._minimised(start)
            if low is not None and self._look(low) is not None:
                return self._told(low)
        return None

    def _small(self) -> Iterator[Values]:
        yield from small_points(self.domain, kinks=True, budget=0.3 * self.budget)

    def _wide(self) -> Iterator[Values]:
        yield from self._satisfying()
        yield from self._sampled()
        most = SAMPLES if self.domain.free else ALIKE
        for values, sizes in itertools.islice(wide_points(self.domain, self.rng), most):
            self._clock()
            found = self.domain.at(values, sizes)
            if found is not None and satisfied(found):
                yield found

    def _satisfying(self) -> Iterator[Values]:
        """Points that satisfy the conditions, where there are any that random values do not satisfy by themselves."""
        if not self.given:
            return
        left = max(0.05, 0.5 * (self.stop - now()))
        try:
            found = points_on(
                self.given, self.sides, self.rng, SATISFYING, fixed=self.domain.fixed, sizes=self.domain.fixed_sizes,
                budget=left,
            )
        except NotNumeric:
            return
        for point, _ in found:
            values = self.domain.at({s.name: point.values[s.name] for s in self.domain.free}, point.sizes)
            if values is not None:
                yield values

    def _sampled(self) -> Iterator[Values]:
        """A few points of the ordinary sampler, which finds narrow domains."""
        if self.domain.defined or self.domain.equations or not self.domain.free:
            return
        try:
            sampler = Sampler(
                self.sides, self.rng, extra=self.domain.free, sizes=self.domain.fixed_sizes, largest=3
            )
            for _ in range(6):
                self._clock()
                point, _ = sampler.point()
                free = {s.name: point.values[s.name] for s in self.domain.free}
                found = self.domain.at(free, point.sizes)
                if found is not None and satisfied(found):
                    yield found
        except (NotNumeric, KeyError):
            return

    def _clock(self) -> None:
        if now() > self.stop:
            raise OutOfTime

    def _look(self, found: Values) -> Attack | None:
        """Take a point in: a confirmed violation, or one more that holds."""
        gap = self.gap(found.roots)
        if gap is None:
            return None
        self.tried += 1
        self.apart += not gap.level
        if gap.relative < self.smallest:
            self.smallest, self.nearest = gap.relative, found.point
        if gap.relative < -CLEAR and self.confirm.violated(found, gap):
            return self._refuted(found)
        if self.relation in STRICT_ONES and gap.level and self.confirm.equal(found, gap):
            return self._refuted(found, equal=True)
        if gap.relative > -CLEAR:
            self.best.append((gap.relative, found))
        return None

    def _refuted(self, found: Values, equal: bool = False) -> Attack:
        gap = self.gap(found.roots)
        note = "both sides are equal there" if equal else ""
        return Attack(
            "refuted", self.tried, gap.relative if gap else np.nan, found.point, found.point, found.roots[0],
            found.roots[1], equal, note,
        )

    def _starts(self) -> list[Values]:
        """The best points, of different sizes where possible."""
        if self.domain.equations or self.domain.discrete():
            return []
        ranked = sorted(self.best, key=lambda pair: pair[0])
        chosen: list[Values] = []
        for kind in (1, 3):
            count: dict[tuple[Any, ...], int] = {}
            for _, found in ranked:
                key = tuple(sorted(found.point.sizes.items()))
                count[key] = count.get(key, 0) + 1
                if count[key] <= kind and not any(found is c for c in chosen):
                    chosen.append(found)
        return chosen[:STARTS]

    def _minimised(self, start: Values) -> Values | None:
        """The point of smallest gap near a start."""
        around = around_of(self.domain, start)

        def height(z: Any) -> float:
            self._clock()
            found = around.at(z)
            gap = self.gap(found.roots) if found is not None and satisfied(found) else None
            if gap is None:
                return 10.0
            self.tried += 1
            return gap.relative

        return around.at(lowered(height, around.count)) if around.count else None

    def _told(self, found: Values) -> Attack:
        """The violation with few digits, where it stays one."""
        around = around_of(self.domain, found)
        for digits in DIGITS:
            short = around.rounded(digits)
            gap = self.gap(short.roots) if short is not None and satisfied(short) else None
            if short is not None and gap is not None and gap.relative < -CLEAR and self.confirm.violated(short, gap):
                return self._refuted(short)
        return self._refuted(found)

    def survived(self) -> Attack:
        """What there is to say where no violation was found."""
        if not self.tried:
            note = "No point was found where both sides have values."
            return Attack("not tested", 0, np.nan, note=note)
        if self.relation in STRICT_ONES and not self.apart:
            note = "Both sides are the same, up to rounding, wherever they were compared."
            return Attack("not tested", self.tried, 0.0, self.nearest, note=note)
        return Attack("survived", self.tried, max(self.smallest, 0.0) + 0.0, self.nearest)  # below 0: rounding
