"""Random well-typed expressions over all operations, for tests and for trying to refute claims.

    random_expression(np.random.default_rng(0), depth=3)

Expressions keep to the domains of their operations (logarithms of positive things, inverses of XᵀX + I, ...), so that a
random point of their symbols nearly always gives them values. Entrywise operations are drawn from the records: a new
record is generated from the day it is registered.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

import numpy as np

from agnesi.expr.dims import DimLike, shape_of
from agnesi.expr.nodes import Expr, Symbol, symbol
from agnesi.generate.maker import Maker
from agnesi.generate.rules import RULES


def default_symbols(n: DimLike = "n", d: DimLike = "d") -> tuple[Symbol, ...]:
    """Return the symbols that expressions are made of unless told: of every shape, some with facts."""
    return (
        symbol("a"), symbol("b"), symbol("λ", (), ("positive",)),
        symbol("x", (n,)), symbol("y", (n,)), symbol("w", (d,)), symbol("p", (n,), ("positive",)), symbol("r", (1, d)),
        symbol("X", (n, d)), symbol("Y", (n, d)), symbol("A", (n, n)),
        symbol("B", (n, n), ("invertible",)), symbol("S", (n, n), ("spd",)), symbol("M", (d, d), ("symmetric",)),
    )


def random_expression(
    rng: np.random.Generator, shape: Iterable[DimLike] = (), depth: int = 3, symbols: Sequence[Symbol] | None = None,
    only_smooth: bool = True, exclude: Container[str] = (),
) -> Expr:
    """Return a random expression of the given shape, at most about `depth` operations deep.

    `symbols` are what it is made of (`default_symbols` unless told). With `only_smooth`, operations that have kinks
    or no derivative stay out; `exclude` leaves out more, by name.
    """
    known = default_symbols() if symbols is None else tuple(symbols)
    maker = Maker(rng, RULES, known, only_smooth, exclude)
    return maker.expression(shape_of(shape), depth)
