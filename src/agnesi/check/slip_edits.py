"""What the edits of one place share: products and quotients as a person writes them, numbers, shapes.

An edit works on a `Place` and a `Pool` and yields what could have stood there; what does not fit is dropped later.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from agnesi.check.slip_places import UNFIT, flat, minus, name_of
from agnesi.expr.nodes import Const, Expr, apply, constant

Edits = Iterator[Expr]
PRODUCTS = ("mul", "hadamard")


def fitting(name: str, *args: Expr) -> Edits:
    """Yield the operation of the arguments, if the shapes fit."""
    try:
        yield flat(name, args) if name in ("add", "mul", "hadamard") else apply(name, *args)
    except UNFIT:
        return


def is_square(node: Expr) -> bool:
    """Tell whether a node is a square matrix."""
    return node.ndim == 2 and node.shape[0] == node.shape[1]


def is_row(node: Expr) -> bool:
    """Tell whether a node is a row, 1×n."""
    return node.ndim == 2 and node.shape[0].number == 1


def as_rational(node: Expr) -> Fraction | None:
    """Return the number that a node is written as, or None."""
    if isinstance(node, Const) and not isinstance(node.value, float):
        return Fraction(node.value)
    if name_of(node) == "div" and all(isinstance(a, Const) for a in node.args):
        top, bottom = (as_rational(a) for a in node.args)
        return top / bottom if top is not None and bottom else None
    return None


def rational(value: int | Fraction) -> Expr:
    """Return a fraction as it is written: 3, 1/2."""
    value = Fraction(value)
    if value.denominator == 1:
        return constant(value.numerator)
    return apply("div", constant(value.numerator), constant(value.denominator))


def chains(order: tuple[Expr, ...]) -> bool:
    """Tell, before an error message is made for it, whether neighbours may be multiplied."""
    for a, b in pairwise(order):
        inner = a.shape[-1] if a.ndim == 2 else None
        if inner is not None and inner.number != 1 and b.shape[0] != inner:
            return False
    return True


def multiplied(node: Expr, factor: Expr) -> Edits:
    """Yield a scalar times a term, as a person writes it: −s x, s a/b."""
    if name_of(node) == "neg":
        yield from (minus(p) for p in multiplied(node.args[0], factor))
    elif name_of(node) == "div" and as_rational(node) is None:
        top = node.args[0]
        yield from (apply("div", p, node.args[1]) for p in fitting("mul", factor, top))
    else:
        yield from fitting("mul", factor, node)


def divided(node: Expr, by: Expr) -> Edits:
    """Yield a term divided by a scalar, as a person writes it: −x/s, a/(b s), a/b²."""
    if name_of(node) == "neg":
        yield from (minus(p) for p in divided(node.args[0], by))
    elif name_of(node) == "div":
        top, bottom = node.args
        yield apply("div", top, bottom**2 if bottom is by else flat("mul", (bottom, by)))
    else:
        yield from fitting("div", node, by)
