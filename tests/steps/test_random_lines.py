"""Every line of the derivation of a random expression equals the line above it, numerically."""

from __future__ import annotations

import numpy as np
import pytest

from agnesi.check.evidence import derivative_evidence
from agnesi.errors import NoDerivative
from agnesi.expr.nodes import Expr, Symbol, symbols_of
from agnesi.generate import random_expression
from agnesi.rules.derive import derivative
from agnesi.rules.step_line import Grain
from agnesi.rules.steps import explain
from line_evidence import unequal_lines

SHAPES: list[tuple[str, ...]] = [(), (), (), ("n",), ("n", "d")]
GRAINS: tuple[Grain, ...] = ("normal", "all", "normal", "fewer")
DEFAULT, NIGHTLY = 60, 1000
UNTRIED = "not tested: "


def case(seed: int) -> tuple[Expr, Symbol]:
    """Return a random expression and one of its symbols."""
    rng = np.random.default_rng(seed)
    while True:
        f = random_expression(rng, SHAPES[seed % len(SHAPES)], depth=2 + seed % 3)
        if symbols := symbols_of(f):
            return f, symbols[int(rng.integers(len(symbols)))]


def faults(seed: int) -> list[str]:
    """Return the lines that do not follow; none where the function itself has no value or no closed derivative.

    A line that has no value anywhere (0/0 for a function that is 0 everywhere) is not judged.
    """
    f, x = case(seed)
    try:
        result = derivative(f, [x])
    except NoDerivative:
        return []
    if derivative_evidence(f, [x], result, points=2).verdict != "tested":
        return []
    grain = GRAINS[seed % len(GRAINS)]
    lines = explain(f, x, result, grain)
    assert lines[-1].right is result
    return [f"seed {seed}, {f} in {x}: {wrong}" for wrong in unequal_lines(f, x, lines) if UNTRIED not in wrong]


@pytest.mark.parametrize("seed", range(DEFAULT))
def test_every_line_follows(seed: int) -> None:
    assert not faults(seed)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(DEFAULT, DEFAULT + NIGHTLY))
def test_every_line_follows_nightly(seed: int) -> None:
    assert not faults(seed)


def test_most_random_expressions_are_judged() -> None:
    judged = 0
    for seed in range(20):
        f, x = case(seed)
        try:
            judged += derivative_evidence(f, [x], derivative(f, [x]), points=1).verdict == "tested"
        except NoDerivative:
            continue
    assert judged >= 14
