"""Fingerprints: the numbers of many expressions at one fixed random point, to find the few that may be equal.

Candidates for a repaired line are told apart by their numbers at a point; only those that agree are judged with care.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

import numpy as np

from agnesi.check.directions import written_directions
from agnesi.check.evidence import equal_evidence
from agnesi.check.slip_places import Place
from agnesi.errors import AgnesiError, NotNumeric
from agnesi.expr.dims import Dim, DimLike
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Index, Symbol, fold, operations_in, postorder, with_args
from agnesi.rules.derive import derivative
from agnesi.run.reference import WITHOUT_VALUE, Program
from agnesi.run.sample import Sampler

TOLERANCE = 1e-7
SEVERAL = 7  # points at which the numbers in front of terms are found
TRIED = 4  # points that are tried until the sides differ
FAILED = object()
UNTOLD = object()  # of a part put in a place: the whole must be written to know its value
# What an operation may raise at a point where it has no value, or for arrays that no declared size allows.
NO_VALUE = (AgnesiError, np.linalg.LinAlgError, ArithmeticError, ValueError, IndexError, TypeError, AttributeError)


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """The numbers of an expression at the fixed points, in one flat array, and its shape there (no axes of size 1)."""

    numbers: Any
    shape: tuple[int, ...] = ()

    @staticmethod
    def of(value: Any) -> Fingerprint | None:
        """Return the fingerprint of an array, or None where it is not finite."""
        array = np.asarray(value)
        if array.dtype.kind not in "fiub" or not np.isfinite(array).all():
            return None
        return Fingerprint(array.astype(float).reshape(-1), tuple([k for k in array.shape if k != 1]))

    @cached_property
    def near(self) -> float:
        """How far the numbers of an equal expression may be."""
        return TOLERANCE * max(float(np.max(np.abs(self.numbers), initial=0.0)), 1e-9)

    def fits(self, other: Fingerprint) -> bool:
        """Tell whether the two have the same shape."""
        return bool(self.numbers.shape == other.numbers.shape and self.shape == other.shape)

    def ratio(self, numbers: Any) -> Fraction | None:
        """Return the simple fraction by which these numbers must be multiplied to give others, or None."""
        at = int(np.argmax(np.abs(self.numbers))) if self.numbers.size else 0
        if not self.numbers.size or self.numbers[at] == 0:
            return None
        found = Fraction(float(numbers[at] / self.numbers[at])).limit_denominator(60)
        close = np.allclose(self.numbers * float(found), numbers, rtol=1e-8, atol=1e-10)
        return found if close and found != 0 and abs(found) <= 60 else None

    def meets(self, value: Any) -> bool:
        """Tell whether an array has the same numbers up to rounding."""
        if isinstance(value, float):
            first = self.numbers[0] if self.numbers.size == 1 and not self.shape else np.nan
            return bool(abs(value - first) <= TOLERANCE * max(abs(first), 1e-9))
        if value is FAILED or (array := np.asarray(value)).size != self.numbers.size:
            return False
        if array.size and array.dtype.kind in "fiub" and not abs(array.flat[0] - self.numbers[0]) <= self.near:
            return False
        return self.agrees(Fingerprint.of(array))

    def agrees(self, other: Fingerprint | None) -> bool:
        """Tell whether the numbers are the same up to rounding."""
        if other is None or not self.fits(other):
            return False
        return bool(np.abs(self.numbers - other.numbers).max(initial=0.0) <= self.near)


class Probe(Protocol):
    """Numbers for a diagnosis: `values` at fixed points, and the judgement `equal` at others."""

    def values(self, exprs: Sequence[Expr]) -> list[Fingerprint | None]:
        """Return the fingerprint of each expression, None where it has no value."""
        ...

    def equal(self, a: Expr, b: Expr) -> bool:
        """Tell whether two expressions are equal, by more than one point."""
        ...


@runtime_checkable
class Placing(Protocol):
    """A probe that can tell the value of an expression with another part in a place without writing it."""

    def placed(self, parts: Sequence[tuple[Place, Expr]]) -> list[Any]:
        """Return the value of each root with the part in its place: an array, FAILED, or UNTOLD."""
        ...


def each_carried_out(root: Expr) -> Expr:
    """Return an expression with its derivatives carried out, each once; where one cannot be, it stays."""

    def step(node: Expr, args: tuple[Expr, ...]) -> Expr:
        if isinstance(node, Apply) and node.op.name == "derivative":
            return node.memo("carried out alone", lambda: _derived(node))  # type: ignore[no-any-return]
        return with_args(node, args)

    if "derivative" not in operations_in(root):
        return root
    return fold(root, step)


def _derived(node: Expr) -> Expr:
    try:
        return derivative(node.args[0], node.args[1:])
    except AgnesiError:
        return node


class PointProbe:
    """The default probe: one random point where the given expressions have values, and numerical evidence."""

    upto = ""  # "∝" or "= const +" where sides are compared up to a factor or a constant

    def __init__(self, exprs: Sequence[Expr], seed: int = 0, moving: Sequence[str] | None = None) -> None:
        roots = [each_carried_out(e) for e in exprs]
        sampler = Sampler(roots, np.random.default_rng(seed), extra=written_directions(*roots), largest=5)
        point, _ = sampler.point()
        self._sampler = sampler
        self._env: dict[str, Any] = {**point.sizes, **point.values}
        self._sizes: Mapping[str, int] = point.sizes
        self._prepare(moving)

    def _prepare(self, moving: Sequence[str] | None = None) -> None:
        """Begin with nothing held."""
        self._held: dict[Expr, Any] = {}
        self._parts: dict[Expr, Any] = {}  # the values of parts as they are written
        self._ways: dict[tuple[Expr, tuple[int, ...]], Any] = {}
        self._moving = moving
        self._judged: dict[tuple[Expr, Expr], bool] = {}

    @classmethod
    def at(cls, values: Mapping[str, Any], sizes: Mapping[str, int]) -> PointProbe:
        """Return the probe at a point that is known."""
        probe = cls.__new__(cls)
        probe._env, probe._sizes = {**sizes, **values}, sizes
        probe._prepare()
        return probe

    @property
    def sizes(self) -> Mapping[str, int]:
        """The sizes at the point."""
        return self._sizes

    def values(self, exprs: Sequence[Expr]) -> list[Fingerprint | None]:
        """Return the fingerprint of each expression at the point."""
        with np.errstate(all="ignore"):
            return [self._fingerprint(e) for e in exprs]

    def around(self) -> list[PointProbe]:
        """Return the probe at other points."""
        return [PointProbe.at(p.values, p.sizes) for p, _ in (self._sampler.point() for _ in range(SEVERAL))]

    def several(self, exprs: Sequence[Expr]) -> list[list[Any]]:
        """Return the numbers of each expression at this point and others; empty lists where one has no value."""
        try:
            found = [p.values(exprs) for p in (self, *self.around())]
        except NO_VALUE:
            return [[] for _ in exprs]
        rows = [[f.numbers for f in row if f is not None] for row in found]
        whole = all(len(row) == len(exprs) for row in rows)
        return [[row[k] for row in rows] if whole else [] for k in range(len(exprs))]

    def equal(self, a: Expr, b: Expr) -> bool:
        """Tell whether two expressions agree at several random points of several sizes."""
        if (a, b) not in self._judged:
            self._judged[a, b] = self._tested(each_carried_out(a), each_carried_out(b))
        return self._judged[a, b]

    def fails(self, relation: str, a: Expr, b: Expr) -> bool:
        """Tell whether an inequality fails at the point itself."""
        left, right = self.values([a, b])
        if left is None or right is None or not left.fits(right):
            return False
        return not bool(np.all(ORDERS[relation](left.numbers, right.numbers)))

    def agree(self, a: Expr, b: Expr) -> bool:
        """Tell whether expressions with symbols of their own agree at random points."""
        return self._tested(a, b)

    def placed(self, parts: Sequence[tuple[Place, Expr]]) -> list[Any]:
        """Return the value of each root with the part in its place: an array, FAILED, or UNTOLD."""
        with np.errstate(all="ignore"):
            return [self._placed(place, new) for place, new in parts]

    def _placed(self, place: Place, new: Expr) -> Any:
        if place.picks or new.shape != place.node.shape:
            return UNTOLD
        key = place.root, place.path
        ways = self._ways.get(key)
        if ways is None:
            ways = self._ways[key] = self._way(place)
        if ways is UNTOLD:
            return UNTOLD
        value = self._value_of(new)
        for node, k, args in ways:
            if value is FAILED or args is FAILED:
                return FAILED
            try:
                value = node.op.value(node, (*args[:k], value, *args[k + 1 :]), self._size)
            except NO_VALUE:
                return FAILED
        return value

    def _way(self, place: Place) -> Any:
        """Return what stands above a place, from below: the node, which argument it is, and the values of all."""
        out, node = [], place.root
        for k in place.path:
            if _whole(node) or not isinstance(node, Apply) or node.op.name in WITHOUT_VALUE:
                return UNTOLD
            args = tuple(None if at == k else self._value_of(a) for at, a in enumerate(node.args))
            out.append((node, k, FAILED if any(a is FAILED for a in args) else args))
            node = node.args[k]
        return out[::-1]

    def _value_of(self, expr: Expr) -> Any:
        """Return the value of a part, its derivatives carried out."""
        if expr not in self._parts:
            self._parts[expr] = self._value(each_carried_out(expr))
        return self._parts[expr]

    def _tested(self, a: Expr, b: Expr) -> bool:
        try:
            return equal_evidence(a, b, points=6, seed=1, moving=self._moving).verdict == "tested"
        except NO_VALUE:
            return False

    def _fingerprint(self, root: Expr) -> Fingerprint | None:
        value = self._value(each_carried_out(root))
        return None if value is FAILED else Fingerprint.of(value)

    def _value(self, root: Expr) -> Any:
        held = self._held
        if root not in held and not _whole(root) and all(a in held for a in root.args):
            held[root] = self._compute(root)
        for node in () if root in held else postorder(root, below=lambda n: () if n in held or _whole(n) else n.args):
            if node not in held:
                held[node] = self._compute(node)
        return held[root]

    def _size(self, dim: DimLike) -> int:
        return Dim.of(dim).size(self._sizes)

    def _compute(self, node: Expr) -> Any:
        try:
            match node:
                case Const():
                    return np.float64(float(node.value))
                case Symbol():
                    return np.float64(v) if isinstance(v := self._env[node.name], int) else v
                case Apply() if not _whole(node):
                    args = tuple(self._held[a] for a in node.args)
                    failed = node.op.name in WITHOUT_VALUE or any(a is FAILED for a in args)
                    return FAILED if failed else node.op.value(node, args, self._size)
            return Program(node)(self._env, self._sizes)[0]
        except (*NO_VALUE, KeyError):
            return FAILED


def _whole(node: Expr) -> bool:
    """Tell whether a node is evaluated as a whole: binders, derivatives, indices."""
    if isinstance(node, Apply):
        return node.op.family in ("derivative", "probability")
    return isinstance(node, (Bind, Index))


@runtime_checkable
class Ordered(Protocol):
    """A probe that can also judge inequalities."""

    def holds(self, relation: str, a: Expr, b: Expr) -> bool:
        """Tell whether the relation (le, ge, lt, gt) holds wherever it was tried."""
        ...


@runtime_checkable
class Several(Protocol):
    """A probe that has values at several points."""

    def several(self, exprs: Sequence[Expr]) -> list[list[Any]]:
        """Return the numbers of each expression at several points; empty lists where one has no value."""
        ...


ORDERS: dict[str, Callable[[Any, Any], Any]] = {
    "le": lambda a, b: a <= b + 1e-9 * (1 + np.abs(b)),
    "ge": lambda a, b: a >= b - 1e-9 * (1 + np.abs(b)),
    "lt": np.less,
    "gt": np.greater,
}


def order_holds(relation: str, a: Expr, b: Expr, probe: Probe, tries: int = 60) -> bool:
    """Tell whether an inequality holds at many random points, and is no equality at all of them."""
    if isinstance(probe, Ordered):
        return probe.holds(relation, a, b)
    if any(isinstance(n, Apply | Bind) and n.op.family == "probability" for n in postorder(a, b)):
        return False
    try:
        a, b = each_carried_out(a), each_carried_out(b)
        sampler, strict = Sampler([a, b], np.random.default_rng(3)), False
        for _ in range(tries):
            left, right = sampler.point()[1]
            if not np.all(ORDERS[relation](left, right)):
                return False
            strict = strict or not np.allclose(left, right)
    except NO_VALUE:
        return False
    return strict


def probe_for(exprs: Sequence[Expr]) -> PointProbe | None:
    """Return the default probe for expressions, or None where they have no value at any point that was tried."""
    try:
        probes = [PointProbe(exprs)]
        while len(probes) < TRIED and len(exprs) == 2 and _same(*probes[-1].values(exprs)):
            probes.append(PointProbe(exprs, len(probes)))
        return probes[-1]
    except NotNumeric:
        return None


def _same(one: Fingerprint | None, other: Fingerprint | None) -> bool:
    """Tell whether two expressions have the same numbers at a point: then it tells nothing about what differs."""
    return one is not None and one.agrees(other)

