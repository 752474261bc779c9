"""Random points at which expressions have values: sizes, arrays that have the declared facts, repairs.

A point is drawn with the samplers of the facts. Where an expression has no value there (a logarithm of a negative
number), undeclared symbols are drawn again as positive, small, in the unit interval, positive definite, ...; the
way that worked is tried first at the next point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from agnesi.errors import NotNumeric
from agnesi.expr.dims import Dim, Shape, show_shape
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Index, Symbol, postorder, symbols_of
from agnesi.ops.facts import facts
from agnesi.run.guards import Guard, guards
from agnesi.run.precise import precisely
from agnesi.run.reference import Program

ATTEMPTS = 80
LARGEST = 1e7
ENTRIES = 2_000_000  # of an array on the way, at sizes that are drawn
# What an undeclared symbol is drawn as, in the order tried: (scalars, vectors and other matrices, square matrices).
REPAIRS: tuple[tuple[str, str, str], ...] = (
    ("", "", ""), ("positive", "", "spd"), ("positive", "positive", "spd"), ("positive", "positive", "positive"),
    ("small", "small", "small"), ("unit interval", "unit interval", "unit interval"), ("positive", "small", "spd"),
)
_SIGNS = frozenset(("positive", "nonnegative", "negative", "nonzero", "unit interval"))
_MIXED = ("", "positive", "small", "unit interval", "negative", "spd")


@dataclass(frozen=True)
class Point:
    """A point: arrays by symbol name, and sizes."""

    values: Mapping[str, Any]
    sizes: Mapping[str, int]


def draw(
    symbols: Iterable[Symbol], rng: np.random.Generator, sizes: Mapping[str, int],
    repair: tuple[str, str, str] | None = None,
) -> dict[str, Any]:
    """Return random values that have the symbols' facts; `repair` names the facts of undeclared symbols.

    Raises `NotNumeric` where no value with all declared facts was found at these sizes.
    """
    out: dict[str, Any] = {}
    for s in symbols:
        shape = tuple(d.size(sizes) for d in s.shape)
        names = _wanted(s, repair if repair is not None else tuple(rng.choice(_MIXED, 3)))
        out[s.name] = _with_facts(s, names, rng, shape)
    return out


def _wanted(s: Symbol, repair: tuple[str, str, str]) -> frozenset[str]:
    """The declared facts, with the repair where they say nothing about sign or definiteness."""
    known = facts.closure(f for f in s.facts if f in facts)
    square = len(s.shape) == 2 and s.shape[0] == s.shape[1]
    extra = repair[2] if square else repair[0] if not s.shape else repair[1]
    if not extra or (extra == "spd" and not square):
        return known
    stronger = extra == "spd" and known <= {"symmetric", "psd", "invertible"}
    return known | {extra} if stronger or not any(facts[name].sample for name in known) else known


def _with_facts(s: Symbol, names: frozenset[str], rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Draw with the strongest sampler, then with the others and simple projections, until all facts hold."""
    if not names:
        value = np.asarray(rng.normal(size=shape), dtype=float)
        return value if value.ndim else value[()]
    declared = facts.closure(f for f in s.facts if f in facts)
    able = sorted((f for f in names if facts[f].sample), key=lambda f: (facts[f].rank, f), reverse=True)
    for group in [names, *([name] for name in able)]:
        value = np.asarray(facts.sampler(group)(rng, shape), dtype=float)
        for candidate in _projections(value):
            if all(facts[f].check(_about(f, candidate, declared)) for f in declared):
                return candidate if candidate.ndim else candidate[()]
    size = "×".join(map(str, shape)) or "scalar"
    raise NotNumeric(f"No value of {s.name} was found that is {', '.join(sorted(s.facts))} with shape {size}.")


def _about(fact: str, value: Any, declared: frozenset[str]) -> Any:
    """Return what a fact is about: the diagonal, for a sign of a diagonal or triangular matrix."""
    cut = fact in _SIGNS and value.ndim == 2 and declared & {"diagonal", "lower", "upper"}
    return np.diag(value) if cut else value


def _projections(value: Any) -> Iterator[Any]:
    yield value
    if value.ndim == 2 and value.shape[0] == value.shape[1] and value.size:
        yield (value + value.T) / 2
        yield np.diag(np.diag(value))
        yield np.eye(len(value))
        yield np.full(value.shape, 1.0 / len(value))
    yield np.abs(value)
    yield np.ones(value.shape)


def random_sizes(exprs: Sequence[Expr], rng: np.random.Generator, largest: int = 5) -> dict[str, int]:
    """Return small sizes for all size names of `exprs`: all different where possible, at least 2, no empty axis."""
    return _sizes(*size_needs(exprs), rng, largest)


def _sizes(dims: set[Dim], least: Mapping[str, int], rng: np.random.Generator, largest: int) -> dict[str, int]:
    names = sorted({name for d in dims for name in d.names})
    pool = np.arange(2, max(largest, 1 + min(len(names), 5)) + 1)
    for _ in range(50):
        chosen = rng.permutation(pool) if len(names) <= len(pool) else rng.choice(pool, len(names))
        sizes = {name: max(int(k), least.get(name, 2)) for name, k in zip(names, chosen, strict=False)}
        if all(d.size(sizes) >= 1 for d in dims):
            return sizes
    raise NotNumeric(f"No sizes were found that make {', '.join(sorted(str(d) for d in dims))} at least 1.")


def size_needs(exprs: Sequence[Expr]) -> tuple[set[Dim], dict[str, int]]:
    """Return all dims, and the smallest sizes that numbered entries such as X[2,3] ask of names."""
    dims: set[Dim] = set()
    least: dict[str, int] = {}
    for node in postorder(*exprs):
        dims.update(node.shape)
        for part in node.variables if isinstance(node, Bind) else (node,):
            if isinstance(part, Index):
                dims.add(part.dim)
        if isinstance(node, Apply):
            dims.update(_attribute_dims(node))
            if node.op.name in ("entry", "row", "col"):
                _ask(node, least)
    return dims, least


def _attribute_dims(node: Apply) -> Iterator[Dim]:
    if node.op.name in ("eye", "ones", "zeros", "basis", "unvec", "size", "fuse"):
        yield from (Dim.of(a) for a in node.attrs)
    elif node.op.name in ("slot", "mask"):
        yield from (Dim.of(a) for a in node.attrs[1:])
    elif node.op.name == "einsum":
        yield from (Dim.of(dim) for _, dim in node.attrs[3])


def _ask(node: Apply, least: dict[str, int]) -> None:
    owner, *positions = node.args
    dims = owner.shape[-len(positions) :] if node.op.name == "entry" else owner.shape[node.op.name == "col" :][:1]
    for dim, position in zip(dims, positions, strict=True):
        if isinstance(position, Const) and len(dim.names) == 1:
            name = min(dim.names)
            least[name] = max(least.get(name, 2), int(position.value))


def large_shapes(exprs: Sequence[Expr]) -> list[Shape]:
    """Return the shapes of arrays on the way that are large at small sizes: x ⊗ x ⊗ x ⊗ x ⊗ x ⊗ x ⊗ x ⊗ x."""
    shapes = {node.shape for node in postorder(*exprs) if node.shape}
    names = {name for shape in shapes for d in shape for name in d.names}
    return [shape for shape in shapes if not fits([shape], dict.fromkeys(names, 8))]


def fits(shapes: Iterable[Shape], sizes: Mapping[str, int]) -> bool:
    """Tell whether all arrays are small enough to be computed with."""
    return all(prod(d.size(sizes) for d in shape) <= ENTRIES for shape in shapes)


def free_symbols(*exprs: Expr) -> list[Symbol]:
    """Return the symbols to draw: one for each name (facts of twins are joined), in order of appearance."""
    found: dict[str, Symbol] = {}
    for s in symbols_of(*exprs):
        held = found.get(s.name)
        if held is None or len(s.facts) > len(held.facts):
            if held is not None and held.shape != s.shape:
                raise NotNumeric(f"{s.name} has two shapes: {show_shape(held.shape)} and {show_shape(s.shape)}.")
            found[s.name] = s
    return list(found.values())


def _under_a_rank(exprs: Sequence[Expr]) -> frozenset[Symbol]:
    """Return the matrices without facts of which a rank is taken."""
    ranks = [n for n in postorder(*exprs) if isinstance(n, Apply) and n.op.name == "rank"]
    return frozenset(s for s in symbols_of(*ranks) if len(s.shape) == 2 and not s.facts)


CONES = frozenset(  # facts that a multiple keeps
    ("positive", "nonnegative", "negative", "nonzero", "symmetric", "spd", "psd", "diagonal", "lower", "upper", "skew",
     "invertible", "full column rank", "full row rank", "constant", "random")
)
STRETCHED = 12  # attempts in which what is drawn is stretched


class Sampler:
    """Draws points where all of `exprs` have finite values, not too near kinks and edges; `given` values are kept."""

    def __init__(
        self, exprs: Sequence[Expr], rng: np.random.Generator, *, extra: Iterable[Symbol] = (),
        sizes: Mapping[str, int] | None = None, margin: float = 0.02, largest: int = 5,
        given: Mapping[str, Any] | None = None,
    ) -> None:
        self.exprs, self.rng, self.margin = tuple(exprs), rng, margin
        self.fixed, self.largest, self.given = dict(sizes or {}), largest, dict(given or {})
        drawn = [s for s in free_symbols(*exprs, *extra) if s.name not in self.given]
        self._dims, self._least = size_needs([*exprs, *drawn])
        names = {name for d in self._dims for name in d.names}
        self.symbols = [s for s in drawn if s.shape or s.name not in names]  # n as a number is the size n
        self.varies = bool(self.symbols or names - set(self.fixed))
        self.guards: list[Guard] = guards(self.exprs)
        watched = [arg for g in self.guards for arg in g.watched]
        self._program = Program(*self.exprs, *watched)
        self._large = large_shapes(self.exprs)
        self._order = list(range(len(REPAIRS)))
        self._of_any_rank = _under_a_rank(self.exprs)

    def point(self, wide: float = 1.0) -> tuple[Point, tuple[Any, ...]]:
        """Return a point and the values of the expressions there; raises `NotNumeric` where none is found.

        `wide` stretches what is drawn, where the facts allow it and the expressions have values there.
        """
        reason: NotNumeric | None = None
        attempts = range(ATTEMPTS) if self.varies else (ATTEMPTS - 1,)  # a number is the same each time
        for attempt in attempts:
            repair = self._repair(attempt)
            margin = self.margin * (1.0 if attempt < 40 else 0.05 if attempt < 60 else 0.0)
            try:
                sizes = {**_sizes(self._dims, self._least, self.rng, self.largest), **self.fixed}
                if not fits(self._large, sizes):
                    raise NotNumeric(f"An array on the way has more than {ENTRIES} entries.")
                drawn = draw(self.symbols, self.rng, sizes, None if repair is None else REPAIRS[repair])
                if wide != 1.0 and attempt < STRETCHED:
                    drawn = {s.name: drawn[s.name] * wide if s.facts <= CONES else drawn[s.name] for s in self.symbols}
                for s in self._of_any_rank & set(self.symbols):
                    drawn[s.name] = self._with_rank(drawn[s.name])
                values = {**drawn, **self.given}
                outs = self._program({**sizes, **values}, sizes)
            except NotNumeric as error:
                reason = error
                continue
            if not self.symbols:
                outs = self._to_many_digits(outs, values, sizes)
            if self._good(outs, margin):
                if repair is not None:
                    self._order.remove(repair)
                    self._order.insert(0, repair)
                return Point(values, sizes), outs[: len(self.exprs)]
        raise NotNumeric(
            f"No point was found where the expression has a value, in {len(attempts)} attempts."
            + (f" The last reason: {reason}" if reason else "")
            if self.varies
            else str(reason or "The expression has no finite value."),
            repair="Declare what is positive, between 0 and 1, or positive definite." if self.varies else "",
        )

    def _with_rank(self, value: Any) -> Any:
        """Return a matrix as drawn, with few entries that are not zero, or of a random rank: most have full rank."""
        way = self.rng.integers(4)
        if way == 0:
            return value
        if way < 3:
            kept = self.rng.random(np.shape(value)) < self.rng.random()
            return np.where(kept, self.rng.choice((1.0, -1.0), size=np.shape(value)), 0.0)
        left, _, right = np.linalg.svd(value, full_matrices=False)
        rank = int(self.rng.integers(0, len(right) + 1))
        return np.round(4 * left[:, :rank]) @ np.round(4 * right[:rank]) / 4  # in quarters: the rank is plain

    def _to_many_digits(self, outs: tuple[Any, ...], values: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
        """Return the values of expressions without free letters where floats overflow on the way: 140! 110!/251!."""
        count = len(self.exprs)
        if all(np.all(np.isfinite(x)) and np.all(np.asarray(x) != 0) for x in outs[:count]):
            return outs
        try:
            found = precisely(self.exprs, values, sizes, 30)
            return (*(np.asarray(v, dtype=float)[()] for v in found), *outs[count:])
        except (NotNumeric, TypeError, ValueError, OverflowError):
            return outs

    def _repair(self, attempt: int) -> int | None:
        """Which repair an attempt uses: the one that worked last twice, then each, then any mixture."""
        if attempt < 3:
            return self._order[0]
        if attempt < 3 + 2 * len(REPAIRS):
            return self._order[(attempt - 3) // 2]
        return None if attempt % 3 else self._order[0]

    def _good(self, outs: tuple[Any, ...], margin: float) -> bool:
        count = len(self.exprs)
        largest = LARGEST if self.symbols else np.inf
        if not all(_below(x, largest) for x in outs[:count]):
            return False
        at = count
        for guard in self.guards:
            arrays = outs[at : at + len(guard.watched)]
            at += len(guard.watched)
            distance = guard.distance(*arrays)
            if not (distance > margin or (margin == 0 and distance >= 0)):
                return False
        return True


def _below(value: Any, largest: float) -> bool:
    """Tell whether all entries are finite and smaller than a bound; false for what is no number."""
    if isinstance(value, float):
        return abs(value) < largest
    return bool(np.max(np.abs(value), initial=0.0) < largest)


def points(
    exprs: Sequence[Expr], rng: np.random.Generator, count: int, *, sizes: Mapping[str, int] | None = None,
    margin: float = 0.02,
) -> Iterator[Point]:
    """Yield `count` random points (over several sizes) where every one of `exprs` has a finite value.

    Raises `NotNumeric` where no point of the domain is found.
    """
    sampler = Sampler(exprs, rng, sizes=sizes, margin=margin)
    for _ in range(count):
        yield sampler.point()[0]
