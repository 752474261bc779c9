"""Limits, and sums and products over whole numbers without end, by extrapolation; none where they do not converge.

What is claimed to converge must be seen to converge: the terms must fall, and two successive extrapolations must agree
to the tolerance. A divergent series has extrapolations too (∑ 2ᵏ gives −1); they are not its value.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from agnesi.errors import NotNumeric, TooLarge
from agnesi.expr.nodes import Bind
from agnesi.ops.shapes import called

Function = Callable[[Any], Any]
FINITE = 200_000  # the most terms of a finite sum
EARLY = 128  # terms after which a series is extrapolated, before it is at the most terms
WIDEST = 0.9  # steps of a convergent sequence fall by this factor at least


@dataclass(frozen=True)
class Arithmetic:
    """Numbers to extrapolate with: how one is made, what counts as converged, rounding, and how far to go."""

    number: Callable[[Any], Any]
    tolerance: Any
    rounding: Any
    levels: int
    terms: int
    accelerated: int  # terms that Levin's transform takes


FLOATS = Arithmetic(np.float64, 1e-9, 1e-16, 11, 1024, 24)


def between(node: Bind, f: Function, ends: Sequence[Any], arithmetic: Arithmetic) -> Any:
    """Return the limit, sum or product that a binder with ends stands for; f is its body as a function.

    Raises `NotNumeric` where it does not converge, or too slowly to tell.
    """
    shape: tuple[int, ...] | None = None

    def flat(t: Any) -> list[Any]:
        nonlocal shape
        try:
            out = f(arithmetic.number(t))
        except (NotNumeric, ArithmeticError, ValueError):
            return [math.nan] * math.prod(shape or ())
        shape = np.shape(out)
        return list(np.asarray(out).reshape(-1)) if shape else [out]

    if node.op.name == "Limit":
        found = _limit(flat, ends[0], int(ends[1]), arithmetic)
    else:
        found = _series(flat, ends[0], ends[1], arithmetic, node.op.name == "SeriesProd")
    if found is None:
        raise NotNumeric(f"{called(node)} does not converge, or too slowly to say what it is.")
    return np.array(found).reshape(shape) if shape else found[0]


def _limit(f: Callable[[Any], list[Any]], point: Any, side: int, by: Arithmetic) -> list[Any] | None:
    """The limit at a point, from the sides that are asked for; both must agree where both have values."""
    sides = []
    if _infinite(point):
        sign = 1 if point > 0 else -1
        steps = [by.number(8 * 2**k) for k in range(by.levels)]
        far = steps[-1]
        between = [f(sign * n) for n in (far - 1, far - 3, far - by.number(5) / 8)]
        values = [f(sign * n) for n in steps]
        return _entries(values, [1 / n for n in steps], by) if _steady(values, between, by) else None
    steps = [by.number(1) / (4 * 2**k) for k in range(by.levels)]
    for sign in (1, -1) if side == 0 else (side,):
        values = [f(point + sign * h) for h in steps]
        if all(_finite(x) for x in values[-1]):
            between = [f(point + sign * steps[-1] * t / 16) for t in (17, 19, 23, 29)]
            sides.append(_entries(values, steps, by) if _steady(values, between, by) else None)
    if not sides or any(s is None for s in sides):
        return None
    first, last = sides[0], sides[-1]
    assert first is not None and last is not None
    near = all(abs(a - b) <= 100 * by.tolerance * (abs(a) + abs(b) + 1) for a, b in zip(first, last, strict=True))
    return first if near else None


def _steady(values: list[list[Any]], between: list[list[Any]], by: Arithmetic) -> bool:
    """Tell whether values between the last steps are as near as these are to each other: cos πn is not, 1/n is."""
    for k, last in enumerate(values[-1]):
        move = max(abs(last - values[-2][k]), abs(values[-2][k] - values[-3][k]))
        others = [abs(row[k] - last) for row in between if _finite(row[k])]
        if any(gap > 4 * move + 1000 * by.rounding * (1 + abs(last)) for gap in others):
            return False
    return True


def _entries(values: list[list[Any]], steps: list[Any], by: Arithmetic) -> list[Any] | None:
    """Extrapolate each entry of the values to the step 0."""
    out = []
    for column in zip(*values, strict=True):
        start = next((k for k in range(len(column)) if all(_finite(x) for x in column[k:])), len(column))
        found = extrapolated(list(column[start:]), steps[start:], by)
        if found is None:
            return None
        out.append(found)
    return out


def extrapolated(values: list[Any], steps: list[Any], by: Arithmetic) -> Any | None:
    """Return the limit of values at steps that are halved each time, or None where they do not settle.

    Neville's scheme (an expansion in whole powers of the step) and Wynn's epsilon (any powers) both give estimates; the
    one that moved least in its last two refinements is taken.
    """
    if len(values) < 6 or not _settles(values, by):
        return None
    return _best([_neville(values, steps), _epsilon(values)], values, by)


def _settles(values: list[Any], by: Arithmetic) -> bool:
    """Tell whether the steps of a sequence fall, somewhere, three times on end, or are rounding at its end."""
    scale = max(abs(x) for x in values)
    moves = [abs(b - a) for a, b in itertools.pairwise(values)]
    if all(m <= 10 * by.rounding * scale for m in moves[-3:]):
        return True
    falls = [b <= WIDEST * a for a, b in itertools.pairwise(moves)]
    return any(all(falls[k : k + 3]) for k in range(len(falls) - 2)) and moves[-1] <= WIDEST * max(moves)


def _neville(values: list[Any], steps: list[Any]) -> list[Any]:
    """Polynomial extrapolation to the step 0 with one more value each time."""
    row: list[Any] = []
    out = []
    for k, value in enumerate(values):
        new = [value]
        for j in range(1, k + 1):
            ratio = steps[k - j] / steps[k]
            new.append(new[j - 1] + (new[j - 1] - row[j - 1]) / (ratio - 1))
        row = new
        out.append(new[-1])
    return out


def _epsilon(values: list[Any]) -> list[Any]:
    """Wynn's epsilon algorithm: the last even column's entry with one more value each time."""
    out = []
    before: list[Any] = []
    for k, value in enumerate(values):
        row: list[Any] = [value]
        for j in range(1, k + 1):
            gap = row[j - 1] - before[j - 1]
            if gap == 0:
                break
            row.append((before[j - 2] if j > 1 else 0) + 1 / gap)
        before = row + [math.inf] * (k + 1 - len(row))
        even = [x for x in row[::2] if _finite(x)]
        out.append(even[-1] if even else value)
    return out


def _best(schemes: list[list[Any]], values: list[Any], by: Arithmetic) -> Any | None:
    """The estimate that moved least over two refinements; None where that is more than the tolerance."""
    scale = max(abs(values[-1]), min(by.number(1), max(abs(x) for x in values)))
    found: list[tuple[Any, Any]] = []
    for scheme in schemes:
        choices = [
            (max(abs(c - b), abs(b - a)), c)
            for a, b, c in zip(scheme, scheme[1:], scheme[2:], strict=False)
            if _finite(a) and _finite(b) and _finite(c)
        ]
        if choices:
            found.append(min(choices, key=lambda pair: pair[0]))
    good = [(error, estimate) for error, estimate in found if error <= by.tolerance * scale]
    if not good:
        return None
    low, high = min(e for _, e in good), max(e for _, e in good)
    if high - low > 100 * by.tolerance * scale:
        return None
    return min(good, key=lambda pair: pair[0])[1]


def _series(
    f: Callable[[Any], list[Any]], low: Any, high: Any, by: Arithmetic, product: bool
) -> list[Any] | None:
    """The sum or product of f over the whole numbers from low to high."""
    if _infinite(low) and low < 0:
        left = _series(lambda k: f(-k), 1 if _infinite(high) else -high, math.inf, by, product)
        right = _series(f, 0, math.inf, by, product) if _infinite(high) else None
        if left is None or right is None:
            return left if not _infinite(high) else None
        return [a * b if product else a + b for a, b in zip(left, right, strict=True)]
    start = _whole(low)
    if not _infinite(high):
        stop = _whole(high)
        if stop < start - 1:
            raise NotNumeric("The range of a sum ends before it begins.")
        if stop - start > FINITE:
            raise TooLarge(f"The sum has more than {FINITE} terms.", repair="Evaluate it between nearer ends.")
        empty = [by.number(1 if product else 0)] * len(f(start))
        return _folded([f(k) for k in range(start, stop + 1)] or [empty], product)
    if high < 0:
        raise NotNumeric("The range of a sum ends before it begins.")
    return _endless(f, start, by, product)


def _folded(terms: list[list[Any]], product: bool) -> list[Any] | None:
    out = terms[0]
    for term in terms[1:]:
        out = [a * b if product else a + b for a, b in zip(out, term, strict=True)]
    return out if all(_finite(x) for x in out) else None


def _endless(f: Callable[[Any], list[Any]], start: int, by: Arithmetic, product: bool) -> list[Any] | None:
    """An infinite sum or product, entry by entry."""
    rows: list[list[Any]] = []
    partial: list[Any] = []
    quiet = 0
    for k in range(by.terms):
        term = f(start + k)
        if not all(_finite(x) for x in term):
            return None
        last = partial
        partial = list(term) if not rows else [
            a * b if product else a + b for a, b in zip(last, term, strict=True)]
        rows.append(partial)
        still = bool(last) and all(
            abs(b - a) <= by.rounding * abs(b) / 100 for a, b in zip(last, partial, strict=True))
        quiet = quiet + 1 if still else 0
        if quiet >= 8 and k > 16:
            return partial
        if k + 1 in (EARLY, by.terms):
            sure = by if k + 1 == by.terms else replace(by, tolerance=by.tolerance / 1000)
            found = [_summed(list(column), sure) for column in zip(*rows, strict=True)]
            if all(x is not None for x in found):
                return found
    return None


def _summed(partial: list[Any], by: Arithmetic) -> Any | None:
    """The limit of partial sums (or products): the terms must fall and so must the steps at doubled lengths."""
    terms = [abs(b - a) for a, b in itertools.pairwise(partial)]
    quarter = len(terms) // 4
    if not max(terms[-quarter:]) < WIDEST * max(terms[:quarter]):
        return None
    places = [2**k for k in range(2, 40) if 2**k <= len(partial)]
    values = [partial[n - 1] for n in places]
    if len(values) < 6 or not _settles(values, by):
        return None
    steps = [by.number(1) / n for n in places]
    schemes = [_neville(values, steps), _epsilon(values), _levin(partial[:by.accelerated], by)]
    return _best(schemes, values, by)


def _levin(partial: list[Any], by: Arithmetic) -> list[Any]:
    """Levin's u-transform of partial sums, with one more term each time (Weniger 1989, 7.3-5)."""
    terms = [b - a for a, b in itertools.pairwise(partial)]
    if any(t == 0 for t in terms):
        return []
    out = []
    for k in range(2, len(terms)):
        upper, lower = by.number(0), by.number(0)
        for j in range(k + 1 if k + 1 <= len(terms) else k):
            weight = by.number((-1) ** j * math.comb(k, j) * (j + 1) ** (k - 1)) / ((j + 1) * terms[j])
            upper, lower = upper + weight * partial[j + 1], lower + weight
        out.append(upper / lower if lower != 0 else by.number(math.nan))
    return out


def _whole(end: Any) -> int:
    number = round(float(end))
    if abs(float(end) - number) > 1e-9:
        raise NotNumeric(f"A sum runs over whole numbers, not from or to {float(end):g}.")
    return number


def _infinite(x: Any) -> bool:
    return math.isinf(float(x))


def _finite(x: Any) -> bool:
    return math.isfinite(float(x)) if not isinstance(x, complex) else False
