"""Two sides at random points: equal, different, or too close to call, which more digits decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from agnesi.check.constrained import points_on
from agnesi.check.directions import directions
from agnesi.errors import AgnesiError, NotNumeric
from agnesi.expr.dims import ONE, Shape
from agnesi.expr.nodes import (
    Apply,
    Bind,
    Const,
    Expr,
    Symbol,
    apply,
    constant,
    operations_in,
    postorder,
    symbols_of,
)
from agnesi.rules.derive import resolved, rewritten
from agnesi.run.precise import agree_precisely
from agnesi.run.reference import Program
from agnesi.run.sample import Point, Sampler

POINTS = 8
SOLVED = 5  # points that satisfy equations: each must be solved for
SOLVING = 0.5  # seconds of processor time for them
SAME = 1e-9  # relative: sides that agree to this many digits are equal
CLEAR = 1e-5  # relative to the largest number met on the way: sides that differ by more are different
NUMERICAL = 1e-4  # the same where a side is differentiated numerically

HOLDS = apply("eq", constant(0), constant(0))  # what an equation becomes that a finite world satisfies

Call = Literal["same", "different", "close"]


@dataclass(frozen=True)
class Given:
    """What holds while sides are compared: conditions (relations), values of some symbols, sizes, moving symbols.

    `moving` are the names whose differentials are written; `seed` makes other points.
    """

    conditions: tuple[Expr, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    seed: int = 0
    differentials: frozenset[str] = frozenset()  # the symbols whose differentials the text writes

    def __post_init__(self) -> None:
        """Leave out conditions that hold in any case."""
        if HOLDS in self.conditions:
            object.__setattr__(self, "conditions", tuple(c for c in self.conditions if c is not HOLDS))


def squeezed(shape: Shape) -> Shape:
    """Return a shape without its axes of size 1."""
    return tuple(d for d in shape if d != ONE)


def carried_out(expr: Expr) -> Expr:
    """Return the expression with its derivatives carried out, or as it is where one has no closed form."""
    if "derivative" not in operations_in(expr):
        return expr
    try:
        return expr.memo("carried out", lambda: resolved(expr))  # type: ignore[no-any-return]
    except AgnesiError:
        return expr


def quick(condition: Expr) -> Expr:
    """Return a relation that is solved faster: derivatives carried out, sums over indices as products of arrays."""

    def compute() -> Expr:
        sides = [carried_out(side) for side in condition.args]
        if any(isinstance(n, Bind) for n in postorder(*sides)):
            with suppress(AgnesiError):
                sides = [rewritten(side) for side in sides]
        try:
            return apply(condition.op, *sides) if isinstance(condition, Apply) else condition
        except AgnesiError:
            return condition

    return condition.memo("quick", compute)  # type: ignore[no-any-return]


def differentiated(*roots: Expr) -> bool:
    """Tell whether a value needs numerical differentiation (dX alone does not)."""
    return any(
        isinstance(n, Apply)
        and n.op.family == "derivative"
        and not (n.op.name == "d" and isinstance(n.args[0], Symbol))
        for n in postorder(*roots)
    )


PIECED = frozenset(  # operations that are put together of pieces
    ("abs", "max", "min", "maximum", "minimum", "relu", "step", "sign", "sqrt", "norm1", "norminf", "lt", "gt", "le",
     "ge")
)
FAR = 1e6
KEPT = 32  # sets of points for one expression


def points(roots: Sequence[Expr], given: Given, count: int = POINTS) -> Iterator[tuple[Point, tuple[Any, ...]]]:
    """Yield points where all roots have values, with the values.

    Raises `NotNumeric` where there is none.
    """
    rng = np.random.default_rng(given.seed)
    if given.conditions:
        conditions = [quick(c) for c in given.conditions]
        wanted = min(count, SOLVED) if any(c.op.name == "eq" for c in conditions if isinstance(c, Apply)) else count
        yield from _points_on(tuple(conditions), tuple(roots), rng, wanted, given)
        return
    largest = 5 if all(r.ndim < 3 for r in roots) else 3
    sampler = Sampler(
        roots, rng, extra=directions(*roots, moved=given.differentials), sizes=given.sizes, largest=largest,
        given=given.values,
    )
    if not sampler.varies:  # numbers alone: the same each time
        yield from [sampler.point()] * count
        return
    far = reach(*roots)
    for k in range(count):
        yield sampler.point(far if k % 2 else 1.0)  # |x − 10| = 10 − x holds at all small x


def _points_on(
    conditions: tuple[Expr, ...], roots: tuple[Expr, ...], rng: np.random.Generator, wanted: int, given: Given
) -> list[tuple[Point, tuple[Any, ...]]]:
    """Return points on conditions; what was found, or that none was, is kept: the same is asked for again and again."""
    arrays = {name: np.asarray(value) for name, value in given.values.items()}
    fixed = tuple((n, a.dtype.char, a.shape, a.tobytes() if a.dtype != object else repr(a)) for n, a in arrays.items())
    key = (conditions, roots, given.seed, wanted, fixed, tuple(sorted(given.sizes.items())))
    held: dict[Any, list[tuple[Point, tuple[Any, ...]]] | NotNumeric] = roots[0].memo("points on conditions", dict)
    if key not in held:
        if len(held) >= KEPT:
            held.clear()
        try:
            held[key] = points_on(
                conditions, roots, rng, wanted, fixed=given.values, sizes=given.sizes, budget=SOLVING
            )
        except NotNumeric as error:
            held[key] = error
    found = held[key]
    if isinstance(found, NotNumeric):
        raise found
    return found


def reach(*roots: Expr) -> float:
    """Return how far points must reach so that no piece of an expression is missed: past its numbers."""
    if not any(operations_in(root) & PIECED for root in roots):
        return 1.0
    numbers = [abs(float(n.value)) for n in postorder(*roots) if isinstance(n, Const) and _is_plain(n.value)]
    return max(3.0, 6.0 * max(numbers, default=0.0))


def _is_plain(value: object) -> bool:
    return isinstance(value, int | float | Fraction) and abs(float(value)) < FAR


def spread(value: Any, like: Any) -> Any:
    """Return a number at the shape of the other side."""
    a, b = np.asarray(value), np.asarray(like)
    return np.broadcast_to(a, b.shape) if a.size == 1 and b.size != 1 else a.reshape(b.shape) if a.size == b.size else a


def compare(
    left: Any, right: Any, at: Point, roots: tuple[Expr, Expr], rough: bool = False, solved: bool = False
) -> tuple[Call, float]:
    """Return whether two values are the same, and the relative error.

    `rough`: a side is differentiated numerically. `solved`: the point satisfies equations, up to rounding only.
    """
    a = np.asarray(spread(left, right))
    b = np.asarray(spread(right, a))
    gap = float(np.max(np.abs(a - b), initial=0.0)) if a.shape == b.shape else np.inf
    scale = max(float(np.max(np.abs(a), initial=0.0)), float(np.max(np.abs(b), initial=0.0)))
    if gap <= (SAME if not rough else 1e-6) * scale:
        return "same", gap / scale if scale else 0.0
    if not np.isfinite(gap):
        return "close", np.inf
    largest = max(scale, on_the_way(roots, at))
    error = gap / scale
    if not rough and not solved and not symbols_of(*roots):  # 140! 110!/251!: large on the way, and nothing cancels
        exact = agree_precisely(*roots, at.values, at.sizes)
        if exact is not None:
            return ("same", gap / largest) if exact else ("different", error)
    if gap <= 1e-13 * largest and scale <= 1e-10 * largest:  # both may be what cancellation leaves of 0
        noise = gap <= 1e-14 * largest  # what is drawn, such as probabilities, satisfies its facts no better
        exact = None if rough or solved or noise else agree_precisely(*roots, at.values, at.sizes)
        return ("different", error) if exact is False else ("same", gap / largest)
    if gap > (CLEAR if not rough else NUMERICAL) * largest:
        return "different", error
    if solved:
        return ("same", gap / largest) if gap <= SAME * largest else ("close", error)
    if rough:
        return ("same", gap / largest) if gap <= 1e-6 * largest else ("close", error)
    told = agree_precisely(*roots, at.values, at.sizes)
    if told is None:
        return ("same", gap / largest) if gap <= 1e-11 * largest and scale < 1e-9 * largest else ("close", error)
    return ("same", gap / largest) if told else ("different", error)


def on_the_way(roots: Sequence[Expr], at: Point) -> float:
    """Return the largest number that evaluating the roots meets (outside sums), which bounds their rounding."""
    parts: list[Expr] = []
    for node in postorder(*roots, below=lambda n: () if isinstance(n, Bind) else n.args):
        if isinstance(node, Apply | Symbol | Bind) and not (isinstance(node, Apply) and node.op.family in OPAQUE):
            parts.append(node)
    try:
        values = Program(*parts, *symbols_of(*roots))({**at.sizes, **at.values}, at.sizes)
    except NotNumeric:
        return 0.0
    sizes = [float(np.max(np.abs(v), initial=0.0)) for v in values]
    return max((s for s in sizes if np.isfinite(s)), default=0.0)


OPAQUE = frozenset(("relation", "probability", "derivative"))
