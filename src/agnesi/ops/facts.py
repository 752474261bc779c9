"""What may be declared of a symbol: symmetric, positive definite, positive, integer, ... one record each.

A fact gives the words that declare it, what it implies, and a sampler that draws values for numerical evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from agnesi.errors import IncompleteRecord

Sampler = Callable[[np.random.Generator, tuple[int, ...]], Any]


@dataclass(frozen=True)
class Fact:
    """A fact: its `name`, the `words` that declare it (the first is shown), what it `implies`, and a sampler.

    `orders` are the numbers of axes it may be declared for (empty: any). `sample(rng, sizes)` draws a value;
    None where the default sampler will do. `check(array)` tells whether a value has the fact. A fact also holds where
    all of `joined` do: what is symmetric and idempotent is a projection.
    """

    name: str
    words: tuple[str, ...]
    doc: str
    source: str
    orders: tuple[int, ...] = ()
    implies: tuple[str, ...] = ()
    sample: Sampler | None = None
    check: Callable[[Any], bool] = lambda value: True
    square: bool = False
    rank: int = 0  # of several samplers, the one of highest rank draws
    joined: tuple[str, ...] = ()


class Facts:
    """All facts by name and by the words that declare them."""

    def __init__(self) -> None:
        self._records: dict[str, Fact] = {}
        self.words: dict[str, Fact] = {}
        self._closures: dict[frozenset[str], frozenset[str]] = {}

    def add(self, record: Fact) -> None:
        """Register a record; duplicates and empty parts are refused."""
        if not (record.name and record.words and record.doc and record.source):
            raise IncompleteRecord(f"The fact {record.name or '?'} lacks words, doc or source.")
        for word in (record.name, *record.words):
            if self.words.get(word, record) is not record:
                raise IncompleteRecord(f"The words {word!r} declare two facts.")
            self.words[word] = record
        self._records[record.name] = record
        self._closures.clear()

    def __getitem__(self, name: str) -> Fact:
        return self._records[name]

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._records.values())

    def __contains__(self, name: object) -> bool:
        return name in self._records

    def closure(self, names: Iterable[str]) -> frozenset[str]:
        """Return the names and everything they imply."""
        key = frozenset(names)
        if key not in self._closures:
            self._closures[key] = self._implied(key)
        return self._closures[key]

    def _implied(self, names: frozenset[str]) -> frozenset[str]:
        found: set[str] = set()
        todo = list(names)
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo.extend(self._records[name].implies)
            if not todo:
                todo = [r.name for r in self if r.joined and r.name not in found and found.issuperset(r.joined)]
        return frozenset(found)

    def sampler(self, names: Iterable[str]) -> Sampler:
        """Return the sampler for a symbol with these facts (standard normal where there is none)."""
        able = [self._records[n] for n in names if self._records[n].sample is not None]
        if not able:
            return lambda rng, sizes: rng.normal(size=sizes)
        best = max(able, key=lambda f: (f.rank, f.name)).sample
        assert best is not None
        return best


facts = Facts()


def _spd(rng: np.random.Generator, sizes: tuple[int, ...]) -> Any:
    root = rng.normal(size=sizes)
    return root @ root.T / sizes[0] + 0.5 * np.eye(sizes[0])


def _symmetric(rng: np.random.Generator, sizes: tuple[int, ...]) -> Any:
    root = rng.normal(size=sizes)
    return (root + root.T) / 2


def _orthogonal(rng: np.random.Generator, sizes: tuple[int, ...]) -> Any:
    return np.linalg.qr(rng.normal(size=(max(sizes), max(sizes))))[0][: sizes[0], : sizes[1]]


def _invertible(rng: np.random.Generator, sizes: tuple[int, ...]) -> Any:
    return rng.normal(size=sizes) / np.sqrt(sizes[0]) + 1.5 * np.eye(sizes[0])


def _positive(rng: np.random.Generator, sizes: tuple[int, ...]) -> Any:
    return np.exp(0.5 * rng.normal(size=sizes))


def _simplex(rng: np.random.Generator, sizes: tuple[int, ...]) -> Any:
    return rng.dirichlet(np.full(sizes[-1], 2.0), size=sizes[:-1]) if sizes else np.float64(rng.uniform(0.05, 0.95))


def _is_simplex(x: Any) -> bool:
    """Tell whether probabilities sum to 1; of a number, whether it is one."""
    if not np.ndim(x):
        return bool(0 <= x <= 1)
    return _close(np.sum(x), 1.0) and bool(np.all(x >= 0))


def _toeplitz(rng: np.random.Generator, sizes: tuple[int, ...]) -> Any:
    n = sizes[0]
    band = rng.normal(size=2 * n - 1)
    return band[np.arange(n)[None, :] - np.arange(n)[:, None] + n - 1]


def _idempotent(rng: np.random.Generator, sizes: tuple[int, ...]) -> Any:
    basis, kept = _invertible(rng, sizes), _some(rng, sizes[0])
    return basis @ np.diag(kept) @ np.linalg.inv(basis)


def _projection(rng: np.random.Generator, sizes: tuple[int, ...]) -> Any:
    basis, kept = _orthogonal(rng, sizes), _some(rng, sizes[0])
    return (basis * kept) @ basis.T


def _some(rng: np.random.Generator, n: int) -> Any:
    """Return ones and zeros in random order, both where n > 1."""
    return rng.permutation(np.arange(n) < rng.integers(1, max(n, 2))).astype(float)


def _skew(rng: np.random.Generator, sizes: tuple[int, ...]) -> Any:
    root = rng.normal(size=sizes)
    return (root - root.T) / 2


def _one_hot(rng: np.random.Generator, sizes: tuple[int, ...]) -> Any:
    return np.eye(sizes[-1])[rng.integers(0, sizes[-1], size=sizes[:-1])]


def _close(a: Any, b: Any) -> bool:
    return bool(np.allclose(a, b, rtol=1e-8, atol=1e-10))


def _definite(least: float) -> Callable[[Any], bool]:
    return lambda x: _close(x, x.T) and bool(np.linalg.eigvalsh(x).min() > least)


for _fact in (
    Fact("symmetric", ("symmetric", "sym"), "S = Sᵀ.", "MML 2.2.2", (2,), (), _symmetric, lambda x: _close(x, x.T),
         True, 3),
    Fact("spd", ("positive definite", "symmetric positive definite", "spd", "pd"), "S = Sᵀ and xᵀSx > 0 for x ≠ 0.",
         "MML 3.2.3", (2,),
         ("symmetric", "psd", "invertible"), _spd, _definite(0.0), True, 9),
    Fact("psd", ("positive semidefinite", "symmetric positive semidefinite", "psd", "positive semi-definite"),
         "S = Sᵀ and xᵀSx ≥ 0.", "MML 3.2.3", (2,), ("symmetric",), _spd, _definite(-1e-9), True, 8),
    Fact("diagonal", ("diagonal",), "Zero off the diagonal.", "MML 2.2", (2,), ("symmetric", "lower", "upper"),
         lambda rng, sizes: np.diag(_positive(rng, sizes[:1])), lambda x: _close(x, np.diag(np.diag(x))), True, 10),
    Fact("lower", ("lower triangular", "lower"), "Zero above the diagonal.", "MML 4.1", (2,), (),
         lambda rng, sizes: np.tril(_invertible(rng, sizes)), lambda x: _close(x, np.tril(x)), True, 6),
    Fact("upper", ("upper triangular", "upper"), "Zero below the diagonal.", "MML 4.1", (2,), (),
         lambda rng, sizes: np.triu(_invertible(rng, sizes)), lambda x: _close(x, np.triu(x)), True, 6),
    Fact("orthogonal", ("orthogonal",), "QᵀQ = I.", "MML 3.4", (2,), ("full column rank",), _orthogonal,
         lambda x: _close(x.T @ x, np.eye(x.shape[1])), False, 11),
    Fact("invertible", ("invertible", "nonsingular", "non-singular", "regular", "inv"), "It has an inverse.",
         "MML 2.2.2", (2,), (), _invertible,
         lambda x: bool(np.linalg.cond(x) < 1e12), True, 2),
    Fact("toeplitz", ("toeplitz", "Toeplitz"), "Constant along each diagonal.", "Matrix Cookbook 2.8.3", (2,), (),
         _toeplitz,
         lambda x: _close(x[1:, 1:], x[:-1, :-1]), True, 5),
    Fact("positive", ("positive", "pos"), "Every entry is above 0.", "Boyd 2", (), ("nonnegative",), _positive,
         lambda x: bool(np.all(np.asarray(x) > 0)), False, 4),
    Fact("nonnegative", ("nonnegative", "non-negative"), "Every entry is at least 0.", "Boyd 2", (), (), _positive,
         lambda x: bool(np.all(np.asarray(x) >= 0)), False, 3),
    Fact("negative", ("negative",), "Every entry is below 0.", "Boyd 2", (), (),
         lambda rng, sizes: -_positive(rng, sizes),
         lambda x: bool(np.all(np.asarray(x) < 0)), False, 4),
    Fact("integer", ("integer", "natural number"), "Every entry is a whole number.", "MML 2", (), (),
         lambda rng, sizes: rng.integers(1, 6, size=sizes).astype(float), lambda x: _close(x, np.round(x)), False, 5),
    Fact("binary", ("binary", "0/1", "bin"), "Every entry is 0 or 1.", "PRML 2.1", (), ("integer", "nonnegative"),
         lambda rng, sizes: rng.integers(0, 2, size=sizes).astype(float), lambda x: bool(np.all((x == 0) | (x == 1))),
         False, 7),
    Fact("sign", ("sign", "±1", "+-1", "pm1", "signs"), "Every entry is −1 or 1.", "ESL 4.5", (), ("integer",),
         lambda rng, sizes: rng.integers(0, 2, size=sizes) * 2.0 - 1.0, lambda x: bool(np.all(np.abs(x) == 1)), False,
         7),
    Fact("unit interval", ("unit interval", "between 0 and 1"), "Every entry is between 0 and 1.", "PRML 2.1", (),
         ("nonnegative",),
         lambda rng, sizes: rng.uniform(0.05, 0.95, size=sizes),
         lambda x: bool(np.all((np.asarray(x) >= 0) & (np.asarray(x) <= 1))),
         False, 6),
    Fact("probability", ("probability vector", "probability", "a distribution", "simplex", "prob"),
         "Nonnegative, with sum 1.", "PRML 2.2", (0, 1),
         ("nonnegative", "unit interval"), _simplex, _is_simplex, False,
         9),
    Fact("stochastic", ("stochastic", "row stochastic", "rows are probability vectors", "probrows"),
         "Nonnegative, each row with sum 1.", "MacKay 8", (2,),
         ("nonnegative", "unit interval"), _simplex, lambda x: _close(np.sum(x, axis=1), 1.0) and bool(np.all(x >= 0)),
         False, 9),
    Fact("unit", ("unit vector", "unit", "of unit length"), "‖u‖ = 1.", "MML 3.1", (1,), (),
         lambda rng, sizes: (lambda u: u / np.linalg.norm(u))(rng.normal(size=sizes)),
         lambda x: _close(np.linalg.norm(x), 1.0), False, 8),
    Fact("idempotent", ("idempotent",), "P² = P.", "MML 3.8", (2,), (), _idempotent,
         lambda x: _close(x @ x, x), True, 7),
    Fact("projection", ("orthogonal projection", "projection onto a subspace"), "P² = P = Pᵀ.", "MML 3.8", (2,),
         ("idempotent", "psd"), _projection, lambda x: _close(x @ x, x) and _close(x, x.T), True, 12,
         ("idempotent", "symmetric")),
    Fact("skew", ("skew-symmetric", "antisymmetric", "skew symmetric", "skew"), "K = −Kᵀ.", "MML 2.2.2", (2,), (),
         _skew, lambda x: _close(x, -x.T), True, 7),
    Fact("one-hot", ("one-hot", "one hot"), "One entry (of each row) is 1, the others are 0.", "PRML 4.2", (1, 2),
         ("binary",), _one_hot, lambda x: bool(np.all((x == 0) | (x == 1))) and _close(np.sum(x, axis=-1), 1.0), False,
         12),
    Fact("constant", ("constant", "const", "fixed", "given"), "Not differentiated.", "MML 5.1"),
    Fact("full column rank", ("full column rank",), "Its columns are independent.", "MML 2.6.2", (2,), (), None,
         lambda x: bool(np.linalg.matrix_rank(x) == (x.shape[1] if x.ndim > 1 else 1))),
    Fact("full row rank", ("full row rank",), "Its rows are independent.", "MML 2.6.2", (2,), (), None,
         lambda x: bool(np.linalg.matrix_rank(x) == x.shape[0])),
    Fact("small", ("small",), "Entries well below 1, for series and exponentials.", "Higham 10", (), (),
         lambda rng, sizes: 0.4 * rng.normal(size=sizes), lambda x: True, False, 1),
    Fact("nonzero", ("nonzero", "non-zero"), "Not 0.", "MML 5.1", (), (), None, lambda x: bool(np.all(x != 0))),
    Fact("random", ("random", "a random variable", "random variable"), "A random quantity.", "MML 6.1"),
):
    facts.add(_fact)
