"""Repairs of a whole line by its numbers, or in all places: the numbers in front of terms, a part that is lacking."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import permutations
from typing import Any

import numpy as np

from agnesi.check.probe import Fingerprint
from agnesi.check.slip_edits import divided, multiplied
from agnesi.check.slip_edits_numbers import scaled
from agnesi.check.slip_places import UNFIT, Place, flat, is_number, minus, name_of, put
from agnesi.expr.nodes import Const, Expr, apply, free_indices

TERMS = 5  # terms of a line of which all numbers in front are found anew
PLAIN = 12  # the largest numerator and denominator of a number that is told
MOST = 24  # parts that are tried as lacking

POWERS = [(p, q) for p in (1, 2) for q in (1, 2, -1, -2)]
NUMBERS = (Fraction(1), Fraction(2), Fraction(1, 2))

Values = Callable[[Sequence[Expr]], list[Fingerprint | None]]


def plain_fraction(number: float) -> Fraction | None:
    """Return the simple fraction that a number is, or None."""
    found = Fraction(float(number)).limit_denominator(PLAIN)
    near = abs(float(found) - number) <= 1e-7 * max(1.0, abs(number))
    return found if near and abs(found.numerator) <= 2 * PLAIN else None


def recombined(line: Expr, above: Sequence[Any], terms: Sequence[Sequence[Any]]) -> Iterator[Expr]:
    """Yield the sum with other numbers in front of its terms, with which it is the line above.

    `above` are the numbers of the line above at several points, `terms` those of each term there.
    """
    if name_of(line) != "add" or not 2 <= len(line.args) <= TERMS:
        return
    if not above or not all(terms):
        return
    wanted = np.concatenate([np.ravel(a) for a in above])
    columns = [np.concatenate([np.ravel(v) for v in values]) for values in terms]
    if any(c.shape != wanted.shape for c in columns) or len(wanted) < len(columns) + 1:
        return
    matrix = np.stack(columns, axis=1)
    found, _, rank, _ = np.linalg.lstsq(matrix, wanted, rcond=1e-9)
    numbers = [plain_fraction(c) for c in found]
    exact = np.max(np.abs(matrix @ found - wanted)) <= 1e-8 * max(1e-9, float(np.max(np.abs(wanted))))
    if rank < len(columns) or not exact or None in numbers or sum(n != 1 for n in numbers) < 2:
        return
    kept = [_numbered(t, n) for t, n in zip(line.args, numbers, strict=True) if n]
    if kept:
        yield flat("add", tuple(kept))


def _numbered(term: Expr, number: Fraction | None) -> Expr:
    if number == 1 or number is None:
        return term
    return minus(term) if number == -1 else scaled(term, number)


def everywhere(
    line: Expr, here: Sequence[Place], edits: Callable[[Place], Sequence[Expr]]
) -> Iterator[tuple[Expr, Expr, Expr]]:
    """Yield the line mended in all places that an edit changes at once, each time with one of the first two changes."""
    made = [(place, list(rights)) for place in here if (rights := edits(place))]
    outer = outermost(made) if len(made) > 1 else []
    for which in range(2):
        whole, taken = line, list[tuple[int, ...]]()
        for place, rights in reversed(outer):  # from the end, so that the places before stay where they are
            if len(rights) <= which or not _stands(whole, place):
                continue
            changed = put(Place(whole, place.path, place.node, place.parent, place.picks), rights[which])
            if changed is None or name_of(changed) != name_of(line):
                continue
            whole = changed
            taken.append(place.path)
        if len(taken) > 1 and whole is not line:
            yield line, whole, whole


def outermost(made: Sequence[tuple[Place, list[Expr]]]) -> list[tuple[Place, list[Expr]]]:
    """Return the places that are in no other one, in the order of the line."""
    paths = [place.path for place, _ in made]
    out = [m for m in made if not any(m[0].path[: len(p)] == p and p != m[0].path for p in paths)]
    return sorted(out, key=lambda m: m[0].path)


def _stands(whole: Expr, place: Place) -> bool:
    node = whole
    for k in place.path:
        if k >= len(node.args):
            return False
        node = node.args[k]
    return node is place.node


def lacking(
    line: Expr, above: Fingerprint, held: Fingerprint, parts: Sequence[Expr], values: Values
) -> Iterator[tuple[str, Expr]]:
    """Yield a slip's name and the line with a term that stands around, times a number, or times or over a scalar."""
    if not above.fits(held):
        return
    few = [p for p in dict.fromkeys(parts) if not isinstance(p, Const) and not free_indices(p)][:MOST]
    gap = above.numbers - held.numbers
    for part, numbers in zip(few, values(few), strict=True):
        if numbers is None:
            continue
        if numbers.fits(held):
            ratio = numbers.ratio(gap)
            if ratio is not None and _short(ratio) and part.shape == line.shape:
                term = scaled(part, abs(ratio)) if abs(ratio) != 1 else part
                yield from (("term lost", w) for w in _sum(line, term if ratio > 0 else minus(term)))
        if not part.shape and numbers.numbers.size == 1 and numbers.numbers[0]:
            yield from _by_scalar(line, above, held, part, float(numbers.numbers[0]))


def _by_scalar(
    line: Expr, above: Fingerprint, held: Fingerprint, part: Expr, value: float
) -> Iterator[tuple[str, Expr]]:
    for power in (1, -1, 2, -2):
        ratio = Fingerprint(held.numbers * value**power, held.shape).ratio(above.numbers)
        if ratio is None or not _short(ratio):
            continue
        factor = part if abs(power) == 1 else part**2
        number = line if ratio == 1 else minus(line) if ratio == -1 else scaled(line, ratio)
        if power > 0:
            yield from (("factor lost", w) for w in multiplied(number, factor))
        else:
            yield from (("denominator lost", w) for w in divided(number, factor))


def pairs(line: Expr, above: Fingerprint, held: Fingerprint, parts: Sequence[Expr], values: Values) -> Iterator[Expr]:
    """Yield the line with a term ±aᵖbᵠ that it lacks, twice or half of it too: of two numbers that stand around."""
    few = [p for p in dict.fromkeys(parts) if not p.shape and not isinstance(p, Const) and not free_indices(p)][:MOST]
    found = [(p, f) for p, f in zip(few, values(few), strict=True) if f is not None and f.numbers.size == 1]
    known = [(p, float(f.numbers[0])) for p, f in found if f.numbers[0]]
    if not above.fits(held) or held.numbers.size != 1:
        return
    gap = float((above.numbers - held.numbers)[0])
    for (a, x), (b, y) in permutations(known, 2):
        for p, q in POWERS:
            value = abs(x) ** p * abs(y) ** q
            number = next((k for k in NUMBERS if abs(value * k - abs(gap)) < 1e-8 * abs(gap)), None)
            if number is not None:
                part = _power(a, p, b, q)
                term = part if number == 1 else scaled(part, number)
                for signed in (term, minus(term)) if gap > 0 else (minus(term), term):
                    yield from _sum(line, signed)


def _power(a: Expr, p: int, b: Expr, q: int) -> Expr:
    top, bottom = (a if p == 1 else a**p), (b if abs(q) == 1 else b ** abs(q))
    return flat("mul", (top, bottom)) if q > 0 else apply("div", top, bottom)


def _short(ratio: Fraction) -> bool:
    return abs(ratio.numerator) <= PLAIN and ratio.denominator <= PLAIN


def _sum(line: Expr, term: Expr) -> Iterator[Expr]:
    if is_number(line, 0):
        yield term
        return
    try:
        yield flat("add", (line, term))
    except UNFIT:
        return

