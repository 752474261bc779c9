"""Integrals over one variable in floats, entry by entry: double exponential rules, and adaptive ones behind them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import scipy

from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Apply, Bind, postorder
from agnesi.ops.shapes import called

CUTS = (0.0, 1.3)  # where an endless range is cut, once so and once so: a peak that one misses the other may see
FALL = 0.05  # over four decades: t^(-1.33) falls so
SURE = 1e-8  # the largest error, relative to 1 and the value
SAME = 1e-9  # two steps of a double exponential rule that agree so far: its error is about the square of that
FINEST = 5  # steps of 2⁻⁵ at least
INTERVALS = 500  # pieces of an adaptive rule: what takes more does not converge

SPOTS = 3  # places at which the values of many places at once are compared with one by one
AT_ONCE = 1e-11  # how far they may differ, relative to 1 and the value
_SINGLE = frozenset(("arithmetic", "elementwise"))  # families of operations that take arrays for numbers

Integrand = Callable[[float], Any]
Many = Callable[[Any], Any]


def integral(
    node: Bind, at: Callable[[tuple[Any, ...]], Any], limits: Sequence[Any], nested: bool = False
) -> Any:
    """Integrate over one variable, entry by entry; limits may be infinite; `nested` ones are done more lightly.

    Raises `NotNumeric` where the estimated error is too large, or two ways of cutting an endless range differ.
    """
    if len(node.variables) != 1 or len(limits) != 2:
        raise NotNumeric(f"An integral needs one variable and two limits to have a value: {called(node)}.")
    if any(np.iscomplexobj(x) for x in limits):
        raise NotNumeric("The limits of an integral must be real numbers.")
    low, high = (float(x) for x in limits)

    def integrand(t: float, /) -> Any:
        return np.asarray(at((np.float64(t),)))

    if not (falls(integrand, low, high) and falls(integrand, high, low)):
        raise NotNumeric(f"The integral does not converge: {called(node)}.")
    found, many = [], _many(node, at, integrand)
    for pieces in _cuts(low, high, nested):
        parts = [_between(integrand, a, b, 3 if nested else 4, many) for a, b in pieces]
        found.append((sum(p for p, _ in parts), sum(e for _, e in parts)))
    out, error = found[0]
    spread = max(float(np.max(np.abs(other - out), initial=0.0)) for other, _ in found)
    if not np.all(np.isfinite(out)) or max(error, spread) > SURE * (1 + float(np.max(np.abs(out), initial=0.0))):
        raise NotNumeric(f"The integral does not converge: {called(node)}.")
    return np.asarray(out)[()]


def _many(node: Bind, at: Callable[[tuple[Any, ...]], Any], integrand: Integrand) -> Many:
    """Return the integrand at many places: at once where it is made of numbers alone and that gives the same."""
    able = node.memo("at once", lambda: _at_once(node))
    agreed: list[bool] = []

    def one_by_one(places: Any) -> Any:
        return np.array([integrand(float(t)) for t in places])

    def many(places: Any) -> Any:
        if not able or False in agreed or len(places) <= SPOTS:
            return one_by_one(places)
        try:
            out = np.asarray(at((np.asarray(places),)))
        except (NotNumeric, ValueError, TypeError, IndexError):
            out = np.asarray(0.0)
        if out.shape != (len(places),) or out.dtype.kind != "f":
            agreed.append(False)
            return one_by_one(places)
        spots = np.linspace(0, len(places) - 1, SPOTS).astype(int)
        if not np.allclose(out[spots], one_by_one(places[spots]), AT_ONCE, AT_ONCE, equal_nan=True):
            agreed.append(False)
            return one_by_one(places)
        return out

    return many


def _at_once(node: Bind) -> bool:
    """Tell whether an integrand is made of numbers, and of operations that take arrays for them."""
    return all(
        not n.shape and not isinstance(n, Bind) and (not isinstance(n, Apply) or n.op.family in _SINGLE)
        for n in postorder(node.body)
    )


def _cuts(low: float, high: float, nested: bool) -> list[list[tuple[float, float]]]:
    """The pieces over which to integrate: the whole range, and for an endless one that is not nested, in two parts."""
    if nested or (math.isfinite(low) and math.isfinite(high)):
        return [[(low, high)]]
    base = low if math.isfinite(low) else high if math.isfinite(high) else 0.0
    cut = base + (CUTS[1] if math.isfinite(low) or not math.isfinite(high) else -CUTS[1])
    return [[(low, high)], [(low, cut), (cut, high)]]


def falls(integrand: Integrand, end: float, other: float) -> bool:
    """Tell whether an integrand leaves less and less towards an end: t f(t) must fall there, faster than a logarithm.

    Quadrature alone finds a value for ∫ dt/t: it stops where floats do.
    """
    if end == other:
        return True
    if math.isfinite(end):
        width = (other - end) if math.isfinite(other) else math.copysign(1.0, other - end)
        places = [[(width * d * s, end + width * d * s) for s in (1.0, 0.83, 0.71)] for d in (1e-4, 1e-8)]
    else:
        places = [[(t, t) for t in (s * math.copysign(d, end) for s in (1.0, 1.1, 1.37))] for d in (1e4, 1e8)]
    far, near = (
        max(float(np.max(np.abs(integrand(t)), initial=0.0)) * abs(step) for step, t in group) for group in places
    )
    if math.isfinite(end) and near <= 1e-6 * max(1.0, far):
        return True
    return near <= FALL * far or near < 1e-200


def _between(integrand: Integrand, low: float, high: float, level: int, many: Many) -> tuple[Any, float]:
    """The integral over a piece and its error: by a double exponential rule where that converges."""
    if low == high:
        return 0.0 * integrand(low), 0.0
    quick = _double_exponential(many, low, high, level)
    if quick is not None:
        return quick
    out, error = scipy.integrate.quad_vec(integrand, low, high, epsabs=1e-12, epsrel=1e-11, limit=INTERVALS)
    return out, float(error)


def _double_exponential(f: Many, low: float, high: float, level: int) -> tuple[Any, float] | None:
    """Takahasi and Mori's rule with steps 2⁻ᵏ, until two of them agree; None where they do not."""
    flipped = math.isfinite(high) and not math.isfinite(low)
    total: Any = None
    before: Any = None
    for k in range(level - 1, FINEST + 1):
        step = 2.0**-k
        nodes = [_node(-high if flipped else low, -low if flipped else high, t) for t in _places(step, total is None)]
        x, weights = np.array([n for n in nodes if n[1] != 0]).reshape(-1, 2).T
        values = f(-x if flipped else x) if x.size else None
        if values is not None:
            terms = weights.reshape(-1, *(1,) * (values.ndim - 1)) * values
            if not np.all(np.isfinite(terms)):
                return None
            total = np.sum(terms, axis=0) if total is None else total + np.sum(terms, axis=0)
        if total is None:
            return None
        value = step * total
        if before is not None:
            gap = float(np.max(np.abs(value - before), initial=0.0))
            if gap <= SAME * (1 + float(np.max(np.abs(value), initial=0.0))):
                return value, gap * 1e-3
        before = value
    return None


def _places(step: float, whole: bool) -> Iterator[float]:
    """The points of a rule with this step, or those that a rule with twice the step has not."""
    count = int(4.5 / step)
    for k in range(-count, count + 1):
        if whole or k % 2:
            yield k * step


def _node(low: float, high: float, t: float) -> tuple[float, float]:
    """The point and the weight at t: tanh-sinh, exp-sinh or sinh-sinh, by the ends of the range."""
    s, ds = math.pi / 2 * math.sinh(t), math.pi / 2 * math.cosh(t)
    if math.isfinite(low) and math.isfinite(high):
        half = (high - low) / 2
        x = low + 2 * half / (1 + math.exp(-2 * s)) if s < 0 else high - 2 * half / (1 + math.exp(2 * s))
        return (x, 0.0) if x in (low, high) else (x, half * ds / math.cosh(s) ** 2)
    if math.isfinite(low):
        x = low + math.exp(s)
        return (x, 0.0) if x == low else (x, ds * math.exp(s))
    return math.sinh(s), ds * math.cosh(s)
