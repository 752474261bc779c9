"""The rules of all operations, composed: the differential of random expressions against the complex step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Index, Symbol, apply, bind, fold, plain, symbol
from agnesi.generate import random_expression
from agnesi.run.differences import slope
from agnesi.run.reference import Program, analytic
from agnesi.run.sample import Sampler


def differential(root: Expr, variable: Symbol, direction: Symbol) -> Expr | None:
    """The differential by the records' rules, node by node: a forward mode in a few lines."""

    def step(node: Expr, below: tuple[Expr | None, ...]) -> Expr | None:
        if node is variable:
            return direction
        if isinstance(node, Const | Symbol | Index) or all(b is None for b in below):
            return None
        if isinstance(node, Bind):
            return bound(node, below[0])
        assert isinstance(node, Apply)
        if node.op.differential is not None:
            return node.op.differential(node.args, below, node.attrs)
        assert node.op.derivative is not None and below[0] is not None, node.op.name
        return apply("hadamard" if node.shape else "mul", below[0], node.op.derivative(node.args[0]))

    return fold(root, step)


def bound(node: Bind, body: Expr | None) -> Expr | None:
    rest = node.args[1:]
    if body is None:
        return None
    if node.op.name == "Prod":
        return apply("mul", node, bind("Sum", node.variables, body / node.body, *rest))
    return bind(node.op, node.variables, body, *rest)


SHAPES: list[Any] = [(), (), ("n",), ("n", "d"), ("d", "d"), (1, "n"), ()]


def compare(seed: int, depth: int) -> bool:
    """Compare at one point; False where the expression has no point to compare at."""
    rng = np.random.default_rng(seed)
    f = random_expression(rng, SHAPES[seed % len(SHAPES)], depth)
    held = [s for s in Sampler([f], rng).symbols if s.name != "t"]
    if not held:
        return False
    variable = held[int(rng.integers(len(held)))]
    direction = symbol(f"d{variable.name}", variable.shape)
    df = differential(f, variable, direction)
    if df is None:
        return False
    try:
        at, (value, claimed) = Sampler([f, df], rng, extra=[direction]).point()
    except NotNumeric:
        return False
    program, exact = Program(f), analytic(f)

    def along(t: Any) -> Any:
        moved = at.values[variable.name] + t * at.values[direction.name]
        return program({**at.sizes, **at.values, variable.name: moved}, at.sizes)[0]

    scale = max(np.max(np.abs(claimed)), np.max(np.abs(value)), 1e-3)
    errors = []
    for step in (1e-3, 1e-4, 1e-5):
        try:
            errors.append(np.max(np.abs(slope(along, exact, step) - claimed)) / scale)
        except NotNumeric:
            errors.append(np.inf)
    assert min(errors) < (1e-8 if exact else 1e-5), f"{plain(f)} in {variable.name}: {min(errors)}"
    return True


@pytest.mark.parametrize("start", range(0, 240, 40))
def test_rules_compose(start: int) -> None:
    compared = [compare(seed, depth=3) for seed in range(start, start + 40)]
    assert sum(compared) > 25


@pytest.mark.nightly
def test_rules_compose_on_thousands() -> None:
    compared = [compare(seed, depth=4) for seed in range(1000, 6000)]
    assert sum(compared) > 3000
