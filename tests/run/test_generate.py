"""The public generator: every operation, well-typed, with values; and a hypothesis strategy over it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agnesi.errors import NotNumeric
from agnesi.expr.dims import DimLike, shape_of
from agnesi.expr.nodes import Apply, Bind, Expr, free_indices, plain, postorder, symbol, symbols_of
from agnesi.generate import default_symbols, random_expression
from agnesi.generate.maker import KINKED
from agnesi.ops import operations
from agnesi.run.reference import evaluate
from agnesi.run.sample import points

SHAPES: list[tuple[DimLike, ...]] = [
    (), ("n",), ("d",), (1, "n"), ("n", "d"), ("n", "n"), ("d", "d"), ("n", "d", "n"),
]
NEVER = {op.name for op in operations if op.family in ("normal", "derivative", "probability", "quadrature")} | {
    "Expectation", "Outcomes", "Whole", "Limit", "Series", "SeriesProd", "big_o", "little_o", "factorial", "binom",
    "approx", "propto", "equiv", "define", "implies", "iff",
}


def expressions(depth: int = 3, only_smooth: bool = True) -> st.SearchStrategy[Expr]:
    """Random expressions, for properties over the language (shrinks towards shallow ones)."""

    def build(seed: int, levels: int, shape: tuple[DimLike, ...]) -> Expr:
        return random_expression(np.random.default_rng(seed), shape, levels, only_smooth=only_smooth)

    return st.builds(build, st.integers(0, 2**32 - 1), st.integers(0, depth), st.sampled_from(SHAPES))


def drawn(count: int, only_smooth: bool) -> Counter[str]:
    rng, seen = np.random.default_rng(0), Counter[str]()
    for k in range(count):
        node = random_expression(rng, SHAPES[k % len(SHAPES)], 3, only_smooth=only_smooth)
        seen.update(n.op.name for n in postorder(node) if isinstance(n, Apply | Bind))
    return seen


def test_every_operation_is_generated() -> None:
    assert {op.name for op in operations} - NEVER - set(drawn(4000, only_smooth=False)) == set()


def test_smooth_means_smooth() -> None:
    seen = set(drawn(1500, only_smooth=True))
    assert not seen & KINKED
    for name in seen:
        record = operations[name]
        assert record.differential or record.derivative or record.family in ("leaf", "relation", "binder")


@settings(max_examples=150, deadline=None)
@given(expressions(only_smooth=False), st.sampled_from([0, 1]))
def test_expressions_are_closed_and_have_values(node: Expr, seed: int) -> None:
    assert free_indices(node) == frozenset()
    try:
        (point,) = points([node], np.random.default_rng(seed), 1)
    except NotNumeric:
        pytest.fail(f"no value: {plain(node)}")
    value = evaluate(node, point.values, point.sizes)
    assert np.shape(value) == tuple(d.size(point.sizes) for d in node.shape)


def test_seeds_shapes_and_symbols_are_respected() -> None:
    for shape in SHAPES:
        first, again = (random_expression(np.random.default_rng(5), shape) for _ in range(2))
        assert first is again and first.shape == shape_of(shape)
    own = (symbol("u", (3,)), symbol("V", (3, 2)))
    rng = np.random.default_rng(6)
    for _ in range(100):
        assert set(symbols_of(random_expression(rng, (), 3, own))) <= set(own)
        assert set(symbols_of(random_expression(rng, ("n",), 3))) <= set(default_symbols())


def test_operations_can_be_left_out() -> None:
    rng = np.random.default_rng(7)
    for _ in range(300):
        node = random_expression(rng, (), 3, exclude=("exp", "Sum", "logdet"))
        ops = {n.op.name for n in postorder(node) if isinstance(n, Apply | Bind)}
        assert not ops & {"Sum", "logdet"}
