"""Points from far and near: all scales, whole numbers, equal and opposite arguments, identities, extreme ratios."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from agnesi.check.domain import Domain
from agnesi.check.moves import holds, known_facts, move
from agnesi.check.small_values import small_values
from agnesi.expr.nodes import Symbol
from agnesi.ops.facts import facts

SCALES = (0.0, 0.03, 0.3, 1.0, 1.0, 3.0)  # how far values move from where they are drawn
SIZES = (0.01, 0.1, 1.0, 1.0, 1.0, 10.0, 100.0)  # of symbols without facts
MOST = 5

Drawn = tuple[dict[str, Any], dict[str, int]]


def wide_points(domain: Domain, rng: np.random.Generator, most: int = 3) -> Iterator[Drawn]:
    """Yield values of the free symbols and sizes, without end."""
    choices = domain.choices(most)
    even = [c for c in choices if len(set(c.values())) <= 1]
    picks = (even + choices)[: MOST + len(even)] + choices[-MOST:]
    while picks:
        for sizes in picks:
            yield drawn(domain, rng, sizes), sizes


def drawn(domain: Domain, rng: np.random.Generator, sizes: dict[str, int]) -> dict[str, Any]:
    """Return one wide draw at the given sizes."""
    spread, size = float(rng.choice(SCALES)), float(rng.choice(SIZES))
    values = {s.name: _value(s, rng, domain.shape(s, sizes), spread, size) for s in domain.free}
    if len(domain.free) > 1 and rng.random() < 0.3:
        _related(domain, values, rng)
    return values


def _value(s: Symbol, rng: np.random.Generator, shape: tuple[int, ...], spread: float, size: float) -> Any:
    names = known_facts(s.facts)
    small = small_values(s.facts, shape)
    if small and rng.random() < 0.4:
        value = small[int(rng.integers(len(small)))][1]
    else:
        value = np.asarray(facts.sampler(names)(rng, shape), dtype=float)
        if not names and rng.random() < 0.25:
            value = value * 10.0 ** rng.uniform(-3, 3, size=shape)  # extreme ratios
        value = value if value.ndim else value[()]
    if not names:
        value = value * size
    moved = move(s.facts, value)
    return moved.at(spread * rng.normal(size=moved.count)) if spread and moved.count else value


def _related(domain: Domain, values: dict[str, Any], rng: np.random.Generator) -> None:
    """Make one argument equal to, opposite to, a multiple of, or close to another one of its shape."""
    one, other = (domain.free[int(k)] for k in rng.choice(len(domain.free), 2, replace=False))
    if np.shape(values[one.name]) != np.shape(values[other.name]):
        return
    base = np.asarray(values[one.name], dtype=float)
    factor = float(rng.choice((1.0, 1.0, -1.0, 2.0, -0.5)))
    near = base * factor + float(rng.choice((0.0, 0.0, 1e-3))) * rng.normal(size=base.shape)
    if holds(other, near):
        values[other.name] = near if near.ndim else near[()]
