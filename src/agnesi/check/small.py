"""The simplest point where two sides differ: smallest sizes, small whole numbers, nothing that hides what happens."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from agnesi.check.domain import Domain, Values, satisfied
from agnesi.check.point_text import matrices, shown
from agnesi.check.small_values import small_values
from agnesi.errors import NotNumeric
from agnesi.expr.clock import now
from agnesi.expr.nodes import Expr, Symbol
from agnesi.run.sample import Point

__all__ = ["Small", "candidates", "matrices", "shown", "simplest", "small_points", "warm"]

ORDERED, RANDOM = 70, 60
WITH_EQUATIONS = 600  # few small points satisfy an equation
NEAR = 1e-3  # points nearer to a kink or an edge say little
TWINS = 1.5  # what it costs when two symbols have the same value


@dataclass(frozen=True)
class Small:
    """A small point and the values of the roots there."""

    point: Point
    values: tuple[Any, ...]


def simplest(
    roots: Sequence[Expr], differs: Callable[[tuple[Any, ...]], bool], *, extra: Iterable[Symbol] = (),
    fixed: Mapping[str, Any] | None = None, sizes: Mapping[str, int] | None = None, given: Sequence[Expr] = (),
    kinks: bool = False, budget: float = 0.15,
) -> Small | None:
    """Return the simplest small point where `differs(values of the roots)`, or None where the search found none.

    Sizes 1, 2, then 3; entries are small whole numbers, then halves and quarters, that have the declared facts. Points
    without values, and (unless `kinks`) on kinks and edges, are passed over. `given` are relations that must hold.
    """
    try:
        domain = Domain(roots, extra=extra, fixed=fixed, sizes=sizes, given=given)
    except NotNumeric:
        return None
    for found in small_points(domain, kinks=kinks, budget=budget):
        if differs(found.roots):
            return Small(found.point, found.roots)
    return None


def small_points(domain: Domain, *, kinks: bool = False, budget: float = 0.15, most: int = 3) -> Iterator[Values]:
    """Yield small points of the domain where all roots have values, the simplest first, while the budget lasts."""
    warm(domain)
    stop = now() + budget
    for sizes in domain.choices(most):
        for values in candidates(domain.free, sizes, WITH_EQUATIONS if domain.equations else ORDERED):
            if now() > stop:
                return
            found = domain.at(values, sizes)
            if found is not None and (kinks or found.near > NEAR) and satisfied(found):
                yield found


def warm(domain: Domain) -> None:
    """Evaluate once, so that what numerical libraries load at their first use does not count against a budget."""
    for sizes in domain.choices(2)[:1]:
        for values in candidates(domain.free, sizes)[:1]:
            domain.at(values, sizes)


def candidates(symbols: Sequence[Symbol], sizes: Mapping[str, int], ordered: int = ORDERED) -> list[dict[str, Any]]:
    """Return small values of all symbols at the given sizes, the simplest first: `ordered` by cost, and others."""
    kinds = tuple((s.facts, tuple(d.size(sizes) for d in s.shape)) for s in symbols)
    names = [s.name for s in symbols]
    return [dict(zip(names, values, strict=True)) for values in _together(kinds, ordered)]


@lru_cache(maxsize=256)
def _together(kinds: tuple[tuple[frozenset[str], tuple[int, ...]], ...], ordered: int) -> tuple[tuple[Any, ...], ...]:
    """Return small values for symbols of these facts and shapes."""
    lists = [small_values(facts, shape) for facts, shape in kinds]
    if not all(lists):
        return ()
    ranks = dict.fromkeys(itertools.islice(_best_first(lists), ordered))
    if lists:
        lengths = np.array([len(held) for held in lists])
        drawn = np.random.default_rng(0).exponential(0.35 * lengths, size=(RANDOM, len(lists)))
        ranks.update(dict.fromkeys(map(tuple, np.minimum(drawn, lengths - 1).astype(int).tolist())))
    keys = [[(np.shape(value), np.asarray(value).tobytes()) for _, value in held] for held in lists]
    points = [(_cost(lists, keys, rank), rank) for rank in ranks]
    chosen = [rank for _, rank in sorted(points, key=lambda p: p[0])]
    return tuple(tuple(held[k][1] for held, k in zip(lists, rank, strict=True)) for rank in chosen)


def _best_first(lists: list[tuple[tuple[float, Any], ...]]) -> Iterator[tuple[int, ...]]:
    """Yield combinations of ranks by their total cost."""
    start = (0,) * len(lists)
    heap, seen = [(sum(held[0][0] for held in lists), start)], {start}
    while heap:
        total, ranks = heapq.heappop(heap)
        yield ranks
        for k, rank in enumerate(ranks):
            after = (*ranks[:k], rank + 1, *ranks[k + 1 :])
            if rank + 1 < len(lists[k]) and after not in seen:
                seen.add(after)
                heapq.heappush(heap, (total - lists[k][rank][0] + lists[k][rank + 1][0], after))


def _cost(lists: list[tuple[tuple[float, Any], ...]], keys: list[list[Any]], rank: tuple[int, ...]) -> float:
    """What the values at some ranks cost together."""
    total, met = 0.0, set[Any]()
    for held, seen, k in zip(lists, keys, rank, strict=True):
        total += held[k][0] + TWINS * (seen[k] in met)
        met.add(seen[k])
    return total
