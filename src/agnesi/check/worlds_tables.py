"""Tables of finite joint distributions in small numbers, with declared independences, and their marginals."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from agnesi.errors import NotNumeric

Independence = tuple[frozenset[str], frozenset[str], frozenset[str]]
MAX_CELLS = 4_000
MAX_ORDERED = 6


@dataclass(eq=False)
class Table:
    """A joint distribution: an axis for each name in `names`, weights that are whole numbers over `total`."""

    names: tuple[str, ...]
    array: Any
    marginals: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def marginal(self, wanted: Iterable[str]) -> tuple[tuple[str, ...], Any]:
        """Return the wanted names in the order of the axes, and their joint distribution."""
        chosen = set(wanted)
        key = tuple(n for n in self.names if n in chosen)
        if key not in self.marginals:
            away = tuple(k for k, n in enumerate(self.names) if n not in chosen)
            self.marginals[key] = self.array.sum(axis=away)
        return key, self.marginals[key]

    def spread(self, wanted: Iterable[str]) -> Any:
        """Return a marginal with an axis of size 1 for every name that is summed out."""
        key, array = self.marginal(wanted)
        sizes = dict(zip(key, array.shape, strict=True))
        return array.reshape([sizes.get(n, 1) for n in self.names])


def drawn_table(
    names: Sequence[str], counts: Sequence[int], said: Sequence[Independence], rng: np.random.Generator
) -> Table:
    """Return a random table in which exactly what is said to be independent is so by construction.

    Raises `NotNumeric` where no table of this kind has all the independences.
    """
    if np.prod(counts, dtype=float) > MAX_CELLS:
        raise NotNumeric("There are too many random variables for a finite world.", repair="Check fewer at a time.")
    here = set(names)
    kept = [(a & here, b & here, c & here) for a, b, c in said if a & here and b & here]
    if not kept:
        return Table(tuple(names), _small(counts, rng))
    for order in itertools.islice(itertools.permutations(range(len(names))), 5_040 if len(names) <= MAX_ORDERED else 1):
        array = _chained([names[k] for k in order], [counts[k] for k in order], kept, rng)
        table = Table(tuple(names), np.transpose(array, np.argsort(order)))
        if all(holds(table, one) for one in kept):
            return table
    table = Table(tuple(names), _product(counts, rng))
    if all(holds(table, one) for one in kept):
        return table
    raise NotNumeric("No finite world was found with all these independences.")


def _small(counts: Sequence[int], rng: np.random.Generator) -> Any:
    """Return positive weights that are small whole numbers over their sum."""
    for _ in range(20):
        whole = rng.integers(1, 6, size=tuple(counts)).astype(float)
        if whole.size < 2 or len(np.unique(whole)) > 1:
            break
    return whole / whole.sum()


def _product(counts: Sequence[int], rng: np.random.Generator) -> Any:
    out = np.ones(())
    for count in counts:
        out = np.multiply.outer(out, _small([count], rng))
    return out


def _chained(
    names: Sequence[str], counts: Sequence[int], said: Sequence[Independence], rng: np.random.Generator
) -> Any:
    """Return ∏ p(x_k | parents): all earlier names are parents, save those said to be independent given the others."""
    out = np.ones(())
    for k, name in enumerate(names):
        earlier = names[:k]
        apart: set[str] = set()
        for a, b, given in said:
            left, right = (a, b) if name in a else (b, a) if name in b else (frozenset(), frozenset())
            if left and set(given) <= set(earlier):
                apart |= set(right)
        parents = [n for n in earlier if n not in apart]
        shape = [counts[j] if n in parents else 1 for j, n in enumerate(earlier)]
        whole = rng.integers(1, 6, size=(*shape, counts[k])).astype(float)
        out = out[..., None] * (whole / whole.sum(axis=-1, keepdims=True))
    return out


def holds(table: Table, said: Independence) -> bool:
    """Tell whether a table has an independence: p(a, b, c) p(c) = p(a, c) p(b, c)."""
    a, b, c = said
    left, right = table.spread(a | b | c) * table.spread(c), table.spread(a | c) * table.spread(b | c)
    return bool(np.allclose(left, right, atol=1e-12))


def exclusive(table: Table, pairs: Iterable[frozenset[str]]) -> Table:
    """Return the table without the cells where two events happen that never do together."""
    array = table.array.copy()
    for pair in pairs:
        if len(pair) == 2 and pair <= set(table.names):
            array[tuple(1 if n in pair else slice(None) for n in table.names)] = 0.0
    return Table(table.names, array / array.sum())


def exhaustive(table: Table, groups: Iterable[frozenset[str]]) -> Table:
    """Return the table without the cells where none of some events happens of which one always does."""
    array = table.array.copy()
    for group in groups:
        if group and group <= set(table.names):
            array[tuple(0 if n in group else slice(None) for n in table.names)] = 0.0
    return Table(table.names, array / array.sum())


def fraction(x: float) -> str:
    """Return a probability as a fraction where it is one of a small denominator, else in digits."""
    near = Fraction(float(x)).limit_denominator(200)
    return str(near) if abs(float(near) - x) < 1e-12 else f"{x:.4g}"


def numbers(count: int, rng: np.random.Generator, facts: Iterable[str] = ()) -> Any:
    """Return different small whole numbers in increasing order, or others that have the declared facts."""
    pool = np.array([-2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    known = set(facts)
    if known & {"unit interval", "probability"}:
        pool = np.arange(1, 10) / 10
    elif "positive" in known:
        pool = pool[pool > 0]
    elif "nonnegative" in known:
        pool = pool[pool >= 0]
    elif "negative" in known:
        pool = -np.arange(1.0, 6.0)
    if known & {"binary", "sign"}:
        return np.array([0.0, 1.0]) if "binary" in known else np.array([-1.0, 1.0])
    return np.sort(rng.choice(pool, size=count, replace=False))


def with_told(told: Iterable[float], count: int, rng: np.random.Generator, facts: Iterable[str] = ()) -> Any:
    """Return values, among them the numbers that a text compares a variable with: 0 and 1 where there are no others."""
    held = sorted(set(told))
    if set(held) <= {0.0, 1.0}:
        return np.array([0.0, 1.0])
    if set(facts) & {"binary", "sign"}:
        return numbers(count, rng, facts)
    others = [x for x in rng.permutation(np.arange(-2.0, 6.0)) if x not in held]
    return np.sort(np.array([*held, *others[: count - len(held)]]))


def standardised(weights: Any, points: Any) -> Any:
    """Return points moved and turned so that ∑ w z = 0 and ∑ w z zᵀ = I (for one column, ∑ w z² = 1)."""
    flat = points.reshape(len(points), -1)
    centred = flat - weights @ flat
    spread = (centred * weights[:, None]).T @ centred
    try:
        factor = np.linalg.cholesky(spread)
    except np.linalg.LinAlgError as error:
        raise NotNumeric("There are too few outcomes for this covariance.") from error
    return np.linalg.solve(factor, centred.T).T.reshape(points.shape)
