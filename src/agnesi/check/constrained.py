"""Points that satisfy conditions: definitions carried out, equations solved, inequalities kept.

    points_on([x² = 4], [x, 2], rng, 8)          x = 2 and x = −2

Small exact points come first, then solutions from random starts (several branches appear), each to rounding. A solution
that rounding alone moves visibly (a double root) is taken only where it is exact in few digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from agnesi.check.domain import Domain, Values, equations_hold, satisfied
from agnesi.check.genuine import Genuine
from agnesi.check.minimise import Around
from agnesi.check.moves import holds
from agnesi.check.small import candidates, warm
from agnesi.check.solving import Residual, polished, regular, solved
from agnesi.errors import NotNumeric
from agnesi.expr.clock import now
from agnesi.expr.nodes import Apply, Expr, Symbol, symbols_of
from agnesi.run.precise import agree_precisely
from agnesi.run.sample import REPAIRS, Point, draw

ATTEMPTS = 12  # for each point that is wanted
MARGIN = 0.02  # distance from kinks and edges
SMALL_TRIES, SMALL_EACH = 60, 2
DECIMALS = (2, 6)
LEAST = 0.5  # the scale of an entry near 0
TINY = (13,)  # what is left of a 0
HOPELESS = 16  # attempts without a single point; where there are points, one is nearly always found within eight
EXACTLY = 4e-16  # relative to the terms
MARGINS = (0.0, 0.1, 0.5, 1.0)  # how far inside an inequality a start is pushed
SPREADS = (0.3, 1.0, 1.0, 3.0)  # of the starts
TRIED, SOME = 10, 2  # after so many attempts so many points are enough
FIRST = 8  # attempts that stay off the edges of inequalities

Found = tuple[Point, tuple[Any, ...]]


def points_on(
    conditions: Sequence[Expr], roots: Sequence[Expr], rng: np.random.Generator, count: int, *,
    fixed: Mapping[str, Any] | None = None, sizes: Mapping[str, int] | None = None, extra: Iterable[Symbol] = (),
    budget: float = 0.8,
) -> list[Found]:
    """Return at most `count` points that satisfy all conditions, with the values of the roots there.

    Conditions are relations (eq, ne, lt, le, gt, ge). Raises `NotNumeric` where no point is found.
    """
    extra, conditions = list(extra), _telling(conditions)
    for substitute in (True, False):
        domain = Domain(roots, extra=extra, fixed=fixed, sizes=sizes, given=conditions, substitute=substitute)
        warm(domain)
        stop = now() + budget
        found: list[Found] = []
        for values in _Search(domain, rng, stop).points(count):
            found.append((values.point, values.roots))
            if len(found) >= count:
                break
        if found or not domain.defined:
            break
    loose = [c for c in conditions if isinstance(c, Apply) and c.op.name in ("le", "ge")]
    if not found and loose and len(loose) < len(conditions):
        found = _on_the_edge(conditions, loose, roots, rng, count, fixed=fixed, sizes=sizes, extra=extra, budget=budget)
    if not found:
        raise NotNumeric(
            "No point was found that satisfies the conditions, and where both sides have values.",
            repair="Declare sizes and facts, or write fewer conditions.",
        )
    return found


def _telling(conditions: Sequence[Expr]) -> list[Expr]:
    """Return conditions once each, without those that say a = a."""
    every = dict.fromkeys(conditions)
    return [c for c in every if not (isinstance(c, Apply) and c.op.name == "eq" and c.args[0] is c.args[1])]


def _on_the_edge(
    conditions: Sequence[Expr], loose: Sequence[Apply], roots: Sequence[Expr], rng: np.random.Generator, count: int,
    **more: Any,
) -> list[Found]:
    """Return points that satisfy the equations, at which the inequalities hold up to rounding: aᵀx ≥ b is active."""
    sides = [side for c in loose for side in c.args]
    rest = [c for c in conditions if c not in loose]
    out = []
    for point, values in points_on(rest, [*roots, *sides], rng, 2 * count, **more):
        ends = values[len(roots) :]
        pairs = zip(loose, ends[::2], ends[1::2], strict=True)
        if all(_at_least(*((b, a) if c.op.name == "le" else (a, b))) for c, a, b in pairs):
            out.append((point, values[: len(roots)]))
    return out[:count]


def _at_least(large: Any, small: Any) -> bool:
    """Tell whether one value is at least another, up to rounding."""
    scale = max(float(np.max(np.abs(large), initial=0.0)), float(np.max(np.abs(small), initial=0.0)))
    return bool(np.all(np.asarray(large) - np.asarray(small) >= -1e-9 * scale))


class _Search:
    """The search for points of a domain: its random numbers, its clock, and who tells solutions from near misses."""

    def __init__(self, domain: Domain, rng: np.random.Generator, stop: float) -> None:
        self.domain, self.rng, self.stop = domain, rng, stop
        self.genuine = Genuine(domain, rng)

    def points(self, count: int) -> Iterator[Values]:
        """Yield small points, then random ones, while there is time."""
        yield from self.small(max(2, count // 3))
        domain = self.domain
        choices = domain.choices(4 if len(domain.size_names) < 3 else 3, least=2) or domain.choices(3)
        failed, points = [0] * len(choices), 0
        for attempt in range(ATTEMPTS * count):
            if self.late() or not choices or (attempt >= HOPELESS and not points):
                return
            if domain.equations and attempt >= TRIED and points >= min(count, SOME):
                return
            at = min(self.rng.permutation(len(choices))[:2], key=lambda k: failed[int(k)])
            margin = MARGIN if attempt < ATTEMPTS * count // 2 else MARGIN / 20
            found = self.one(choices[int(at)], attempt)
            if found is None or found.near <= margin or not self.kept(found):
                continue
            if self.genuine.holds(found) and self.genuine(found):
                points += 1
                yield found
            else:
                failed[int(at)] += 1

    def kept(self, found: Values) -> bool:
        """Tell whether a point has all that is declared: a matrix of full rank may have lost it on the way."""
        values = found.point.values
        return all(holds(s, values[s.name]) for s in self.domain.free if s.facts and s.name in values)

    def late(self) -> bool:
        """Tell whether the time is over."""
        return now() > self.stop

    def small(self, count: int) -> Iterator[Values]:
        """Yield small points that satisfy the conditions, not many of one size."""
        begun = now()
        until = begun + 0.3 * (self.stop - begun)
        choices, genuine = self.domain.choices(3), self.genuine
        for sizes in choices:
            each = 0 if len(choices) > 1 else SMALL_EACH - count
            for values in candidates(self.domain.free, sizes)[:SMALL_TRIES]:
                if count <= 0 or each >= SMALL_EACH or now() > until:
                    break
                found = self.domain.at(values, sizes)
                if found is not None and found.near > MARGIN and genuine.holds(found, EXACTLY) and genuine(found):
                    each, count = each + 1, count - 1
                    yield found

    def one(self, sizes: Mapping[str, int], attempt: int) -> Values | None:
        """Return one random point; where it does not satisfy the conditions, one that does, from there."""
        domain, rng = self.domain, self.rng
        repair = REPAIRS[(attempt // 2) % len(REPAIRS)] if attempt % 3 else REPAIRS[0]
        try:
            values = draw(domain.free, rng, sizes, repair)
        except NotNumeric:
            return None
        if not domain.equations:
            found = domain.at(values, sizes)
            if found is None or satisfied(found):
                return found
        spread = float(rng.choice(SPREADS))
        values = {s.name: spread * values[s.name] if not s.facts else values[s.name] for s in domain.free}
        return self.brought_on(values, sizes, float(rng.choice(MARGINS if attempt >= FIRST else MARGINS[1:])))

    def brought_on(self, values: dict[str, Any], sizes: Mapping[str, int], inside: float) -> Values | None:
        """Return the solution of the conditions that is reached from some values."""
        domain, moving = self.domain, _involved(self.domain, self.rng)
        around, start = Around(domain, values, sizes, moving), domain.sides(values, sizes)
        if not around.count or start is None:
            return domain.at(values, sizes)
        scales = [max(1e-3, *(float(np.max(np.abs(v), initial=0.0)) for v in p)) for p in _pairs(start)]
        z = solved(self.residual(around, scales, inside), np.zeros(around.count))
        if z is None or not domain.equations:
            return None if z is None else around.at(z)
        near = Around(domain, around.values(z), sizes, moving, LEAST)  # its steps have the scale of the solution
        return self.settled(near, scales)

    def settled(self, near: Around, scales: Sequence[float]) -> Values | None:
        """Return the solution near a point, exact in few decimals where it can be; None where none is to rely on."""
        domain, equations = self.domain, self.residual(near, scales, None)
        exact = _short(domain, near.start, near.sizes)
        better = polished(equations, np.zeros(near.count))
        if better is not None and regular(equations, *better, self.rng):
            return exact or _short(domain, near.values(better[0]), near.sizes, TINY) or near.at(better[0])
        return exact if exact is not None and _precisely(domain, exact) else None

    def residual(self, around: Around, scales: Sequence[float], inside: float | None) -> Residual:
        """Return the residual as a function of the free numbers; it has no value when the time is over."""

        def at(z: Any) -> Any:
            return None if self.late() else _residuals(self.domain, around.values(z), around.sizes, scales, inside)

        return at


def _short(
    domain: Domain, values: Mapping[str, Any], sizes: Mapping[str, int], decimals: Sequence[int] = DECIMALS
) -> Values | None:
    """The values in few decimals, where the equations hold there as well."""
    for places in decimals:
        near = {s.name: np.round(values[s.name], places) + 0.0 for s in domain.free}
        kept = {s.name: near[s.name] if holds(s, near[s.name]) else values[s.name] for s in domain.free}
        found = domain.at(kept, sizes)
        if found is not None and equations_hold(found, EXACTLY):
            return found
    return None


def _precisely(domain: Domain, found: Values) -> bool:
    """Tell whether all equations hold in 50 digits."""
    return all(agree_precisely(a, b, found.point.values, found.point.sizes) for a, b in domain.equations)


def _involved(domain: Domain, rng: np.random.Generator) -> set[str]:
    """The symbols that the conditions are about; sometimes only some of them move."""
    sides = [side for r in (*domain.equations, *(o.args for o in domain.orders)) for side in r]
    names = {s.name for s in symbols_of(*sides, *(e for _, e in domain.defined))}
    free = sorted(names & {s.name for s in domain.free})
    if len(free) > 1 and rng.random() < 0.3:
        return set(rng.choice(free, len(free) - 1, replace=False))
    return set(free)


def _pairs(sides: Sequence[Any]) -> list[tuple[Any, Any]]:
    return list(zip(sides[::2], sides[1::2], strict=True))


def _residuals(
    domain: Domain, values: Mapping[str, Any], sizes: Mapping[str, int], scales: Sequence[float], inside: float | None
) -> Any:
    """The differences of the equations, and unless `inside` is None how far inequalities are from holding by that."""
    sides = domain.sides(values, sizes)
    if sides is None:
        return None
    pairs, count = _pairs(sides), len(domain.equations)
    parts = [np.ravel(np.asarray(a) - b) / scale for (a, b), scale in zip(pairs[:count], scales[:count], strict=True)]
    if inside is not None:
        for relation, (a, b), scale in zip(domain.orders, pairs[count:], scales[count:], strict=True):
            name = relation.op.name
            gap = np.ravel(np.asarray(a) - b) / scale * (-1.0 if name in ("ge", "gt") else 1.0)
            if name != "ne":
                parts.append(np.maximum(0.0, gap + inside + 1e-9))
    return np.concatenate(parts) if parts else np.zeros(0)
