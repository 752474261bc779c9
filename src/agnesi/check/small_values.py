"""Small values that a person follows: little whole numbers and simple fractions with the declared facts.

The simplest come first. One pool for each shape: hand-picked patterns and a few random whole numbers, in several
structures. The facts choose among them by their own checks, so that a new fact needs nothing here.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from agnesi.check.moves import known_facts
from agnesi.ops.facts import facts

MANY, PICKED = 28, 9
STRUCTURED = frozenset(("symmetric", "diagonal", "orthogonal"))
ENOUGH = 4  # values of the pool; where it has fewer, the sampler draws
_SCALARS = (2.0, 1.0, -1.0, 3.0, 0.0, -2.0, 0.5, 0.25, 0.75, -0.5, 1.5, 4.0, 5.0, -3.0)
_SHARES = {1: ((1.0,),), 2: ((0.25, 0.75), (0.5, 0.5), (1.0, 0.0)), 3: ((0.5, 0.25, 0.25), (0.25, 0.25, 0.5))}


@lru_cache(maxsize=512)
def small_values(names: frozenset[str], shape: tuple[int, ...]) -> tuple[tuple[float, Any], ...]:
    """Return (cost, value) for small values of a shape that have the facts `names`, the simplest first."""
    checks = [facts[name].check for name in sorted(known_facts(names))]
    plain = not known_facts(names) & STRUCTURED
    found: dict[bytes, tuple[float, Any]] = {}
    for key, nice, value in itertools.chain(_pooled(shape), map(_told, _drawn(names, shape))):
        if (nice or len(found) < ENOUGH) and key not in found and _all(checks, value):
            found[key] = (_cost(key, value.shape, plain), value if value.ndim else value[()])
    ranked = sorted(found.values(), key=lambda pair: pair[0])
    special = list(found.values())[:PICKED]  # zeros, the identity and the like stay, whatever they cost
    kept = ranked[:MANY] + [p for p in ranked[MANY:] if any(p is q for q in special)]
    return tuple(kept)


@lru_cache(maxsize=256)
def _pooled(shape: tuple[int, ...]) -> tuple[tuple[bytes, bool, Any], ...]:
    """Return the pool of a shape, each value once."""
    first: dict[bytes, tuple[bytes, bool, Any]] = {}
    for one in map(_told, _pool(shape)):
        first.setdefault(one[0], one)
    return tuple(first.values())


def _told(value: Any) -> tuple[bytes, bool, Any]:
    """Return what tells a value from others, whether it has few digits, and the value."""
    value = np.asarray(value, dtype=float) + 0.0  # no −0
    value = np.asarray(value)
    value.setflags(write=False)
    return value.tobytes(), bool((value == np.round(value * 20) / 20).all()), value


def _drawn(names: frozenset[str], shape: tuple[int, ...]) -> Iterator[Any]:
    """What the sampler of the facts gives, in few digits and as it is: for facts that the pool does not meet."""
    rng = np.random.default_rng(0)
    for _ in range(ENOUGH):
        value = np.asarray(facts.sampler(known_facts(names))(rng, shape), dtype=float)
        yield from (np.round(value, 1), value)


def _all(checks: list[Any], value: Any) -> bool:
    try:
        return all(check(value) for check in checks)
    except np.linalg.LinAlgError:
        return False


def cost(value: Any, names: frozenset[str] = frozenset()) -> float:
    """Return how hard a value is to follow, with what makes it say little (zeros, the identity) added."""
    x = np.ascontiguousarray(value, dtype=float)
    return _cost(x.tobytes(), np.shape(value), not known_facts(names) & STRUCTURED)


@lru_cache(maxsize=8192)
def _cost(data: bytes, shape: tuple[int, ...], plain: bool) -> float:
    x = np.frombuffer(data).reshape(shape)
    entries: list[float] = x.ravel().tolist()
    total = sum(map(_digit, entries)) / max(1.0, math.sqrt(x.size))
    if x.size == 1:
        return total + {0.0: 2.0, 1.0: 0.8, -1.0: 0.7}.get(entries[0], 0.0)
    total += 4.0 * (not any(entries)) + 1.0 * all(v == entries[0] for v in entries)
    if x.ndim == 2 and x.shape[0] == x.shape[1]:
        main, rows = entries[:: len(x) + 1], x.tolist()
        diagonal = not any(v for i, row in enumerate(rows) for j, v in enumerate(row) if i != j)
        total += 1.0 * (diagonal and all(v == 1.0 for v in main))
        total += plain * 1.0 * (rows == x.T.tolist()) + plain * 1.0 * diagonal
        total += 0.6 * (not any(main))
        total += 1.2 * (abs(float(np.linalg.det(x))) < 1e-9)
    return total


@lru_cache(maxsize=4096)
def _digit(v: float) -> float:
    if v == round(v):
        return {0: 0.8, 1: 1.0, 2: 1.3, -1: 1.5, 3: 1.8, -2: 2.2}.get(round(v), 1.6 + 0.3 * abs(v))
    return 2.4 if v * 2 == round(v * 2) else 2.8 if v * 4 == round(v * 4) else 3.4


def _pool(shape: tuple[int, ...]) -> Iterator[Any]:
    if int(np.prod(shape)) == 1:
        yield from (np.full(shape, v) for v in _SCALARS)
    elif len(shape) == 1:
        yield from _vectors(shape[0])
    elif len(shape) == 2:
        yield from _matrices(*shape)
    else:
        yield from _random(shape, 24)


def _random(shape: tuple[int, ...], count: int) -> Iterator[Any]:
    rng = np.random.default_rng(sum(shape) + 7)
    for _ in range(count):
        yield rng.integers(-1, 4, size=shape).astype(float)
    for _ in range(count // 3):
        yield rng.integers(-3, 4, size=shape).astype(float)


def _vectors(n: int) -> Iterator[Any]:
    count = np.arange(1.0, n + 1)
    yield from (count, count[::-1], np.ones(n), np.zeros(n), *np.eye(n), *(-np.eye(n)))
    yield from (count - 1, count - 2, (-1.0) ** np.arange(n), -((-1.0) ** np.arange(n)), -count, count / 2, count / 4)
    yield from shares(n)
    yield np.concatenate(((0.6, 0.8), np.zeros(n - 2)))
    yield np.concatenate((np.zeros(n - 2), (-0.8, 0.6)))
    yield np.where(np.arange(n) % 2 == 0, 0.25, 0.5)
    for v in _random((n,), 16):
        yield from (v, np.abs(v), -np.abs(v) - (v == 0), np.sign(v) + (v == 0), 1.0 * (v > 1))


def shares(n: int) -> Iterator[Any]:
    """Yield simple probability vectors: (1/2, 1/4, 1/4) and the like."""
    for held in _SHARES.get(n, ()):
        yield np.array(held)
    halves = 0.5 ** np.arange(1, n + 1)
    halves[-1] *= 2
    yield from (halves, halves[::-1], np.full(n, 1.0 / n), np.eye(n)[0])


def _matrices(m: int, n: int) -> Iterator[Any]:
    eye = np.eye(m, n)
    above, below = eye + 2 * np.eye(m, n, 1), eye + np.eye(m, n, -1)
    first = np.zeros((m, n))
    first[0, 0] = 1.0
    yield from (above, below, eye, np.zeros((m, n)), np.ones((m, n)), np.eye(m, n, 1), first, 2 * eye, -eye)
    if m == n:
        yield above @ above.T
    yield np.arange(1.0, m * n + 1).reshape(m, n)
    yield np.outer(np.arange(1, m + 1), np.arange(1, n + 1))
    rows = [r for k, s in enumerate(shares(n)) for r in (s, s[::-1]) if k < 4]
    for k in range(len(rows)):
        yield np.array([rows[(k * (i + 1) + i) % len(rows)] for i in range(m)])
    turn = np.eye(max(m, n))
    for block in (((0, -1), (1, 0)), ((0.6, -0.8), (0.8, 0.6)), ((0, 1), (1, 0)), ((1, 0), (0, -1))):
        turn[:2, :2] = block
        yield turn[:m, :n].copy()
    yield np.roll(np.eye(max(m, n)), 1, axis=0)[:m, :n]
    for g in _random((m, n), 18):
        yield from (g, np.abs(g), np.abs(g) + 1, -np.abs(g) - 1, np.sign(g) + (g == 0), 1.0 * (g > 1), np.abs(g) / 4)
        if m == n:
            yield from _square(g)


def _square(g: Any) -> Iterator[Any]:
    """Structured square matrices of small whole numbers."""
    n = len(g)
    lower, upper = np.tril(g, -1), np.triu(g, 1)
    main = np.diag(np.abs(np.diag(g)) + 1.0)
    even = upper + upper.T
    band = np.concatenate((g[0], g[-1]))[: 2 * n - 1]
    row, column = np.indices((n, n))
    yield from (even + main, even + np.diag(np.diag(g)), main, np.diag(np.diag(g)), lower + main, upper + main)
    yield from ((lower + np.eye(n)) @ (upper + np.eye(n)), band[column - row + n - 1])
    root = np.sign(lower) + np.diag(np.minimum(np.diag(main), 2.0))
    yield from (root @ root.T, 1.0 * (even > 0) + np.diag(np.full(n, float(n))), np.sign(even) + 2 * np.eye(n))
    yield np.outer(g[0], g[0])
