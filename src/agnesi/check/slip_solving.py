"""Slips of solving: what was done to one side of an equation and not, or differently, to the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from agnesi.check.probe import Fingerprint
from agnesi.check.slip_edits import divided, fitting, multiplied
from agnesi.check.slip_places import UNFIT, flat, is_number, minus, name_of
from agnesi.check.slips import Slip, slips
from agnesi.expr.nodes import Const, Expr, constant

Values = Callable[[Sequence[Expr]], list[Fingerprint | None]]
Equation = tuple[Expr, Expr]


class Solved(NamedTuple):
    """What a slip makes of an equation, and what it should have become."""

    slip: Slip
    wrong: Equation
    right: Equation


def wrongly_solved(before: Equation, line: Equation, values: Values) -> Iterator[Solved]:
    """Yield the slips that lead from an equation to another one: the gap of whose sides is then the same, or opposite.

    `values` are numbers at a point that no equation restricts.
    """
    found = [*steps(before), *turned(steps((before[1], before[0])))]
    numbers = values([side for s in found for side in s.wrong] + list(line) + list(before))
    *_, left, right, one, other = numbers
    if left is None or right is None or not left.fits(right) or one is None or one.agrees(other):
        return  # an equation that holds everywhere is not solved
    gap = left.numbers - right.numbers
    for k, made in enumerate(found):
        a, b = numbers[2 * k], numbers[2 * k + 1]
        if a is not None and b is not None and a.fits(b) and a.fits(left):
            ratio = Fingerprint(a.numbers - b.numbers, a.shape).ratio(gap)
            if ratio is not None:
                yield made


def turned(found: Iterator[Solved]) -> Iterator[Solved]:
    """Yield the same with the sides exchanged."""
    return (Solved(s.slip, (s.wrong[1], s.wrong[0]), (s.right[1], s.right[0])) for s in found)


def steps(equation: Equation) -> Iterator[Solved]:
    """Yield what is done to the left side and to the right one: a term taken over, a factor divided out."""
    left, right = equation
    if left.shape != right.shape:
        return
    terms = left.args if name_of(left) == "add" else (left,)
    for k, term in enumerate(terms if len(terms) > 1 else ()):
        rest = flat("add", (*terms[:k], *terms[k + 1 :]))
        good, bad = plus(right, minus(term)), plus(right, term)
        yield Solved(slips["term moved without its sign"], (rest, bad), (rest, good))
        yield Solved(slips["only one side"], (rest, right), (rest, good))
    for factor, rest in _factors(left):
        for good in divided(right, factor):
            for slip, bad in _instead(right, factor):
                yield Solved(slips[slip], (rest, bad), (rest, good))
            for name, bad in _not_all(right, factor):
                yield Solved(slips[name], (rest, bad), (rest, good))


def _instead(right: Expr, factor: Expr) -> Iterator[tuple[str, Expr]]:
    """Yield what is done in place of a division."""
    yield "only one side", right
    yield from (("factor taken over", bad) for bad in multiplied(right, factor))
    if not right.shape:
        yield "factor taken over", plus(right, minus(factor))
        yield from (("factor taken over", bad) for bad in fitting("div", factor, right))


def _not_all(right: Expr, factor: Expr) -> Iterator[tuple[str, Expr]]:
    """Yield a sum of which only one term is divided."""
    for k, term in enumerate(right.args if name_of(right) == "add" else ()):
        for one in divided(term, factor):
            yield "not every term divided", flat("add", (*right.args[:k], one, *right.args[k + 1 :]))


def _factors(left: Expr) -> Iterator[tuple[Expr, Expr]]:
    """Yield each scalar factor of a side with what is left of the side."""
    if name_of(left) == "mul":
        for k, arg in enumerate(left.args):
            if not arg.shape:
                try:
                    yield arg, flat("mul", (*left.args[:k], *left.args[k + 1 :]))
                except UNFIT:
                    continue
    elif name_of(left) == "div" and not left.args[1].shape:
        for inverse in fitting("div", constant(1), left.args[1]):
            yield inverse, left.args[0]


def plus(one: Expr, other: Expr) -> Expr:
    """Return a sum as a person writes it: numbers added."""
    if isinstance(one, Const) and is_whole(other):
        return constant(one.value + signed(other))
    return other if is_number(one, 0) else flat("add", (one, other))


def is_whole(node: Expr) -> bool:
    """Tell whether a node is a number, with or without a minus."""
    return isinstance(node.args[0] if name_of(node) == "neg" else node, Const)


def signed(node: Expr) -> int | float:
    """Return the number that a node is."""
    inner = node.args[0] if name_of(node) == "neg" else node
    assert isinstance(inner, Const)
    return -inner.value if inner is not node else inner.value  # type: ignore[return-value]
