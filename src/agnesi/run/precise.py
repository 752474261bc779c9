"""Expressions in numbers of many digits: whether the difference of two sides is rounding or real.

    precisely([left, right], values, sizes)          # mpmath numbers
    agree_precisely(left, right, values, sizes)      # True, False, or None where it cannot be told

Values are taken as exactly the numbers that they are; a number in the text such as 0.1 is the decimal that it shows.
Values of symbols with a fact that floats have only up to rounding (orthogonal, a distribution, of unit length) are
moved to where the fact holds to all digits.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from mpmath import mp, mpf

from agnesi.errors import AgnesiError, NotNumeric
from agnesi.expr.nodes import Apply, Bind, Expr, Index, Symbol, fold, postorder, symbols_of, with_args
from agnesi.ops.facts import facts
from agnesi.ops.shapes import called
from agnesi.rules.derive import resolved
from agnesi.rules.steps import differential
from agnesi.run import analysis
from agnesi.run.precise_values import EXACT, VALUES, exactly
from agnesi.run.quadrature import falls
from agnesi.run.reference import Program, has_ends

GUARD = 20  # digits beyond those that are asked for
FAR = 100_000  # binary digits before the point
SETTLED = 20  # digits to which integrals, limits and series are known


class PreciseProgram(Program):
    """A program that computes with mpmath numbers of the working precision that is set."""

    def number(self, value: Any) -> Any:
        """Return a constant: a float in a text is the decimal that it shows."""
        if isinstance(value, float) and np.isfinite(value):
            return exactly(Fraction(repr(float(value))))
        return exactly(value)

    def value(self, node: Apply) -> Callable[..., Any]:
        """Return what an operation means in many digits; raises `NotNumeric` where that is not known."""
        name = node.op.name
        if name in VALUES:
            return _tidied(VALUES[name])
        if name in EXACT:
            return _tidied(node.op.value)
        raise NotNumeric(f"{name} is not computed to many digits.", got=called(node))

    def collector(self, node: Bind) -> Callable[..., Any]:
        """Return how the values under a binder over indices are put together."""
        name = node.op.name
        if name == "Tensor":
            return _tensor
        return _EXTREMES[name] if name in _EXTREMES else super().collector(node)

    def between(self, node: Bind, at: Callable[[tuple[Any, ...]], Any], ends: Sequence[Any]) -> Any:
        """Return an integral by tanh-sinh quadrature, a limit or a series by extrapolation."""
        if any(isinstance(n, Bind) and has_ends(n) for n in postorder(node.body)):
            raise NotNumeric(f"To many digits this takes too long: {called(node)}.")
        if node.op.name == "Integral":
            return _integral(node, at, ends)
        by = analysis.Arithmetic(exactly, mpf(10) ** -SETTLED, mpf(10) ** (3 - mp.dps), 14, 1024, 40)
        return analysis.between(node, lambda t: at((t,)), ends, by)


    def optimum(self, node: Bind) -> Callable[[Mapping[Any, Any], Mapping[str, int]], Any]:
        """Refuse an optimum: it is searched for in floats."""
        raise NotNumeric(f"An optimum is not searched for to many digits: {called(node)}.")


def precisely(
    roots: Sequence[Expr], values: Mapping[str, Any], sizes: Mapping[str, int], digits: int = 50
) -> list[Any]:
    """Return the values of expressions to many digits: mpmath numbers, or arrays of them.

    `values` are floats, integers, fractions, or arrays, by name (for differentials, `dX` by that name). Raises
    `NotNumeric` where an operation is not known in many digits, or where there is no value.

        >>> from agnesi.expr.nodes import symbol, apply
        >>> import agnesi.ops
        >>> x = symbol("x")
        >>> [y] = precisely([apply("log", 1 + x)], {"x": 1e-18}, {})
        >>> float(y)
        1e-18
    """
    with mp.workdps(digits + GUARD):
        return _evaluated(tuple(_without_derivatives(r, values) for r in roots), values, sizes)


def agree_precisely(
    left: Expr, right: Expr, values: Mapping[str, Any], sizes: Mapping[str, int], digits: int = 50
) -> bool | None:
    """Tell whether two expressions agree at a point to about half of `digits` (True) or clearly differ (False).

    Both sides are computed twice, the second time with twice the digits: how much they moved is their error. None where
    they have no value, or the difference is not clear of that error, or is no more than what rounding in the values
    makes of it (values that meet ‖x‖ = 1 do so to 16 digits only). Axes of size 1 do not matter.
    """
    try:
        sides = [_without_derivatives(r, values) for r in (left, right)]

        def at(here: Mapping[str, Any], precision: int) -> list[Any]:
            with mp.workdps(precision + GUARD):
                return [_flat(v) for v in _evaluated(sides, here, sizes)]

        coarse, fine = at(values, digits), at(values, 2 * digits)
        with mp.workdps(2 * digits + GUARD):
            known = SETTLED if _extrapolates(sides) else 2 * digits
            verdict = _judged(coarse, fine, digits, known)
            nudged = _nudged(values) if verdict is False else {}
            moved = any(not np.array_equal(nudged[n], values[n]) for n in nudged)
            if moved and _explained_by_rounding(fine, at(nudged, 2 * digits)):
                return None
        return verdict
    except (AgnesiError, ArithmeticError, ValueError, TypeError):
        return None


def _nudged(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with their floats moved in the last digits, up and down in turn; whole numbers stay."""
    count = itertools.count()

    def nudge(number: Any) -> Any:
        whole = not isinstance(number, float) or number.is_integer()
        return number if whole else number * (1 + (2e-15 if next(count) % 2 else -1e-15))

    out: dict[str, Any] = {}
    for name, value in values.items():
        array = np.asarray(value)
        moved = np.array([nudge(n) for n in array.reshape(-1).tolist()], dtype=array.dtype).reshape(array.shape)
        out[name] = moved if array.ndim else moved[()]
    return out


def _explained_by_rounding(here: list[Any], nudged: list[Any]) -> bool:
    """Tell whether the gaps between two sides are no larger than how much they move with the values."""
    gaps, others = ([a - b for a, b in zip(*sides, strict=True)] for sides in (here, nudged))
    moved = max(abs(p - q) for p, q in zip(gaps, others, strict=True))
    return bool(max(abs(g) for g in gaps) <= 10 * moved)


def _extrapolates(sides: Sequence[Expr]) -> bool:
    """Tell whether a side has an integral, a limit or a series in it, which are known to some digits only."""
    return any(isinstance(n, Bind) and has_ends(n) for n in postorder(*sides))


def _judged(coarse: list[Any], fine: list[Any], digits: int, known: int) -> bool | None:
    """Compare both sides, entry by entry, with the errors that the two rounds show; `known` digits are right."""
    (a, b), (c, d) = coarse, fine
    if len({len(side) for side in (a, b, c, d)}) != 1:
        return None
    scale = max((max(abs(x), abs(y)) for x, y in zip(c, d, strict=True)), default=mpf(0))
    verdict: bool | None = True
    for first, second, left, right in zip(a, b, c, d, strict=True):
        if not (mp.isfinite(left) and mp.isfinite(right) and mp.isfinite(first) and mp.isfinite(second)):
            return None
        gap, moved = abs(left - right), max(abs(left - first), abs(right - second))
        error = max(moved, scale * mpf(10) ** -known)
        agreed = mpf(10) ** -min(digits // 2, known - 5)
        if gap <= scale * agreed or gap <= abs(first - second) * mpf(10) ** (-digits // 2):
            continue
        if gap <= 2 * moved and gap <= mpf(10) ** (-3 * digits // 2):
            continue  # nothing but rounding, which fell as the digits grew
        if error > gap * mpf(10) ** -6:
            verdict = None
            continue
        return False
    return verdict


def _flat(value: Any) -> list[Any]:
    return list(np.asarray(value, dtype=object).reshape(-1))


def _evaluated(roots: Sequence[Expr], values: Mapping[str, Any], sizes: Mapping[str, int]) -> list[Any]:
    known = {s.name: s for s in symbols_of(*roots)}
    arrays = {name: _exact_fact(known.get(name), exactly(value)) for name, value in values.items()}
    numbers = {name: mpf(int(size)) for name, size in sizes.items()}
    out = PreciseProgram(*roots)({**numbers, **arrays}, sizes)
    return [_plain(v) for v in out]


def _plain(value: Any) -> Any:
    """An array of mpmath numbers, or one of them; complex values are none."""
    out = exactly(value)
    return out[()] if isinstance(out, np.ndarray) and out.ndim == 0 else out


def _tidied(value: Callable[..., Any]) -> Callable[..., Any]:
    """Make the results of a record's value mpmath numbers: a float among them is exact (0, 1, a size)."""

    def precise(node: Any, arrays: tuple[Any, ...], size: Any) -> Any:
        out = value(node, arrays, size)
        if not (isinstance(out, np.ndarray) and out.dtype == object):
            return _bounded(exactly(out), node)
        return _bounded(out if out.ndim else out[()], node)

    return precise


def _bounded(value: Any, node: Any) -> Any:
    """Return a value; raises `NotNumeric` for numbers so large that a function of them would fill the memory."""
    for number in value.reshape(-1) if isinstance(value, np.ndarray) else (value,):
        if isinstance(number, mpf) and mp.isfinite(number) and mp.mag(number) > FAR:
            raise NotNumeric(f"A number on the way is too large: {called(node)}.")
    return value


def _without_derivatives(f: Expr, values: Mapping[str, Any]) -> Expr:
    """Carry out the derivatives in f, and the differentials of expressions in the directions that have values."""

    def step(node: Expr, args: tuple[Expr, ...]) -> Expr:
        if isinstance(node, Apply) and node.op.name == "d" and not isinstance(node.args[0], Symbol):
            return differential(args[0], *(s for s in symbols_of(args[0]) if f"d{s.name}" in values))
        return with_args(node, args)

    f = resolved(f)
    if any(isinstance(n, Apply) and n.op.name == "d" and not isinstance(n.args[0], Symbol) for n in postorder(f)):
        return fold(f, step)
    return f


def _integral(node: Bind, at: Callable[[tuple[Any, ...]], Any], ends: Sequence[Any]) -> Any:
    """The integral of every entry; raises `NotNumeric` where the error may be more than the last settled digit."""
    low, high = ends
    held: dict[Any, Any] = {}

    def integrand(t: Any) -> Any:
        if t not in held:
            held[t] = np.asarray(at((t,)), dtype=object)
        return held[t]

    ends = (float(low), float(high))
    if not (falls(lambda t: integrand(mpf(t)), *ends) and falls(lambda t: integrand(mpf(t)), *reversed(ends))):
        raise NotNumeric(f"The integral does not converge: {called(node)}.")
    shape = integrand((mpf(0) if mp.isinf(low) else low) + (0 if low == high else mpf(1) / 3)).shape
    out = np.empty(shape, dtype=object)
    for place in np.ndindex(shape):
        value, error = mp.quad(lambda t: integrand(t)[place], _pieces(low, high), error=True)
        if not mp.isfinite(value) or error > mpf(10) ** -SETTLED * (1 + abs(value)):
            raise NotNumeric(f"The integral does not converge to many digits: {called(node)}.")
        out[place] = value
    return out[()]


def _pieces(low: Any, high: Any) -> list[Any]:
    """The ends of the pieces over which a quadrature goes: an endless range is cut at 0."""
    if mp.isinf(low) and mp.isinf(high):
        return [low, mpf(0), high]
    if mp.isinf(high) and low < 0:
        return [low, mpf(0), high]
    return [low, high]


def _tensor(node: Bind, entries: Iterable[tuple[tuple[int, ...], Any]], run: Any) -> Any:
    out = exactly(np.zeros(tuple(run.size(v.dim) for v in node.variables if isinstance(v, Index))))
    for position, value in entries:
        out[tuple(p - 1 for p in position)] = value
    return out.reshape(tuple(run.size(d) for d in node.shape))


def _extreme(sign: int, where: bool) -> Callable[..., Any]:
    def collect(node: Bind, entries: Iterable[tuple[tuple[int, ...], Any]], run: Any) -> Any:
        items = list(entries)
        if not items or (where and len(node.variables) > 1):
            raise NotNumeric(f"There is no one entry to choose in {called(node)}.")
        best = max(items, key=lambda item: sign * item[1])
        return mpf(best[0][0]) if where else best[1]

    return collect


_EXTREMES = {
    "Max": _extreme(1, False), "Min": _extreme(-1, False), "Argmax": _extreme(1, True), "Argmin": _extreme(-1, True),
}


def _exact_fact(s: Symbol | None, value: Any) -> Any:
    """Move a value to the nearest one that has the symbol's facts to all digits."""
    if s is None or np.ndim(value) != s.ndim:
        return value
    held = facts.closure(s.facts & {f.name for f in facts})
    for name, move in _MOVES:
        if name in held:
            value = move(value)
    return value


def _orthogonal(x: Any) -> Any:
    """The orthogonal polar factor, by Newton's iteration X ← X (3I − XᵀX)/2 (Higham 8)."""
    eye = exactly(np.eye(x.shape[1]))
    for _ in range(12):
        x = x @ (3 * eye - x.T @ x) / 2
    return x


def _symmetric(x: Any) -> Any:
    return (x + x.T) / 2


_MOVES: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("symmetric", _symmetric), ("orthogonal", _orthogonal),
    ("probability", lambda x: x / np.sum(x) if np.ndim(x) else x),
    ("stochastic", lambda x: x / np.sum(x, axis=1)[:, None]),
    ("unit", lambda x: x / mp.sqrt(np.sum(x * x))),
)
