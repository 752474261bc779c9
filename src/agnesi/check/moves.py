"""Moves around a value that keep what was declared of it: positive stays positive, a unit vector on its sphere.

A move takes an array of free numbers z; z = 0 gives the value itself, so that a search may start at any value. What
is discrete (integer, binary, sign) does not move.

| fact | the move |
|---|---|
| symmetric, diagonal, triangular, Toeplitz | z is projected, then entry by entry |
| nothing, invertible, full rank | x + z |
| positive, negative | x eᶻ |
| nonnegative | (√x + z)² |
| between 0 and 1 | sin²(arcsin √x + z) |
| probability, stochastic | (√p + z)², scaled to sum 1 |
| unit | (u + z)/‖u + z‖ |
| positive (semi)definite | (L + z)(L + z)ᵀ where S = LLᵀ |
| orthogonal | C(z) Q, with C(z) the Cayley transform of a skew matrix |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from agnesi.expr.nodes import Symbol
from agnesi.ops.facts import facts

DISCRETE = frozenset(("integer", "binary", "sign"))
# Facts whose values floats only come near to: rounding alone can break an equality such as ‖u‖ = 1.
ROUNDED = frozenset(("unit", "orthogonal", "probability", "stochastic"))
_FREE = frozenset(("invertible", "full column rank", "full row rank", "constant", "random", "small", "nonzero"))

Entrywise = Callable[[Any], Any]


@dataclass(frozen=True)
class Move:
    """How a value moves: `count` free numbers, and the value `at` such numbers (of the shape `shape`)."""

    count: int
    shape: tuple[int, ...]
    to: Callable[[Any], Any]

    def at(self, z: Any) -> Any:
        """Return the value at free numbers z (flat)."""
        return self.to(np.asarray(z).reshape(self.shape)) if self.count else self.to(np.zeros(self.shape))


def known_facts(names: Iterable[str]) -> frozenset[str]:
    """Return the facts that have records, with all that they imply."""
    return facts.closure(n for n in names if n in facts)


OF_RANK = frozenset(("invertible", "full column rank", "full row rank"))
LEAST_SPREAD = 1e-6  # the smallest singular value over the largest, where a matrix is to have its rank


def holds(s: Symbol, value: Any) -> bool:
    """Tell whether a value has all declared facts of a symbol."""
    known = known_facts(s.facts)
    try:
        return all(facts[name].check(value) for name in known) and not (known & OF_RANK and nearly_singular(value))
    except np.linalg.LinAlgError:
        return False


def nearly_singular(value: Any) -> bool:
    """Tell whether rounding may be all that a matrix has of its rank."""
    spread = np.linalg.svd(np.asarray(value), compute_uv=False)
    return bool(spread.size and spread[-1] < LEAST_SPREAD * spread[0])


def move(names: Iterable[str], value: Any, least: float = 0.0) -> Move:
    """Return the move around `value` that keeps the facts `names`; z = 1 moves a free entry by its size or `least`."""
    known, x = known_facts(names), np.asarray(value, dtype=float)
    still = Move(0, x.shape, lambda z: value)
    if known & DISCRETE or not x.size:
        return still
    for name, make in _WHOLE.items():
        if name in known:
            other = known - facts.closure((name,)) - _FREE
            if name in ("spd", "psd") and other <= facts.closure(("diagonal",)) | {"spd"} and "diagonal" in known:
                break  # diagonal: entry by entry
            return Move(x.size, x.shape, make(x, least)) if not other - {"spd", "nonnegative"} else still
    if known & {"spd", "psd"}:
        known = (known - {"spd", "psd"}) | {"positive" if "spd" in known else "nonnegative"}
    curve = next((make for name, make in _ENTRIES.items() if name in known), _added)(x, least)
    ways = [_PROJECTED[name] for name in _PROJECTED if name in known]

    def to(z: Any) -> Any:
        for way in ways:
            z = way(z)
        out = curve(z)
        return out if out.ndim else out[()]

    return Move(x.size, x.shape, to)


def _spread(x: Any, least: float) -> float:
    return max(float(np.sqrt(np.mean(x * x))), least) or 1.0


def _added(x: Any, least: float) -> Entrywise:
    spread = _spread(x, least)
    return lambda z: x + spread * z


def _squared(x: Any, least: float) -> Entrywise:
    root = np.sqrt(np.abs(x))
    return lambda z: (root + z) ** 2


def _between(x: Any, least: float) -> Entrywise:
    angle = np.arcsin(np.sqrt(np.clip(x, 0.0, 1.0)))
    return lambda z: np.sin(angle + z) ** 2


def _scaled(x: Any, least: float) -> Entrywise:
    return lambda z: x * np.exp(np.clip(z, -30.0, 30.0))


_ENTRIES: dict[str, Callable[[Any, float], Entrywise]] = {
    "unit interval": _between, "positive": _scaled, "negative": _scaled, "nonnegative": _squared,
}


def _constant_diagonals(z: Any) -> Any:
    n = len(z)
    means = np.array([np.mean(np.diagonal(z, k)) for k in range(1 - n, n)])
    row, column = np.indices(z.shape)
    return means[column - row + n - 1]


_PROJECTED: dict[str, Callable[[Any], Any]] = {
    "toeplitz": _constant_diagonals, "symmetric": lambda z: (z + z.T) / 2, "lower": np.tril, "upper": np.triu,
}


def _on_simplex(x: Any, least: float) -> Entrywise:
    root = np.sqrt(np.abs(x))

    def to(z: Any) -> Any:
        if not x.ndim:
            return np.sin(np.arcsin(np.clip(root, 0.0, 1.0)) + z)[()] ** 2
        weights = (root + z) ** 2
        return weights / np.sum(weights, axis=-1, keepdims=True)

    return to


def _on_sphere(x: Any, least: float) -> Entrywise:
    return lambda z: (x + z) / np.linalg.norm(x + z)


def _definite(x: Any, least: float) -> Entrywise:
    values, vectors = np.linalg.eigh((x + x.T) / 2)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    spread = _spread(root, least)

    def to(z: Any) -> Any:
        if not z.any():
            return x
        half = root + spread * z
        return half @ half.T

    return to


def _rotated(x: Any, least: float) -> Entrywise:
    rows = x.shape[0]

    def to(z: Any) -> Any:
        wide = np.zeros((rows, rows))
        wide[:, : x.shape[1]] = z
        skew = (wide - wide.T) / 2
        return x if not z.any() else np.linalg.solve(np.eye(rows) + skew, (np.eye(rows) - skew) @ x)

    return to


_WHOLE: dict[str, Callable[[Any, float], Entrywise]] = {
    "probability": _on_simplex, "stochastic": _on_simplex, "unit": _on_sphere, "orthogonal": _rotated,
    "spd": _definite, "psd": _definite,
}
