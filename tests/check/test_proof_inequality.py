"""Proofs of a ≤ b: sums of squares, sure signs, named inequalities; never of what does not hold."""

from __future__ import annotations

import random

import numpy as np
import pytest
from claims_for_proofs import AT_MOST, NOT_AT_MOST, sides, spoilt

from agnesi.check.proof import prove_inequality
from agnesi.check.proof_bounds import BOUNDS, Bound, bounds_above, bounds_below
from agnesi.errors import AgnesiError, IncompleteRecord
from agnesi.expr.nodes import Expr, apply, symbol
from agnesi.run.sample import Sampler

LONG = 30.0


def broken(a: Expr, b: Expr, seed: int = 0, points: int = 60) -> bool | None:
    """Whether a ≤ b fails at some random point; None where there are no such points."""
    try:
        sampler = Sampler([a, b], np.random.default_rng(seed))
        values = [sampler.point()[1] for _ in range(points)]
    except AgnesiError:
        return None
    return not all(np.all(u <= v + 1e-9 * (1 + np.abs(u) + np.abs(v))) for u, v in values)


@pytest.mark.parametrize("bound", BOUNDS, ids=[b.name for b in BOUNDS])
def test_each_inequality_holds_is_used_and_can_say_no(bound: Bound) -> None:
    a, b = sides(bound.example)
    assert broken(a, b) is False
    proof = prove_inequality(a, b, LONG)
    assert proof is not None
    assert bound.name in [s.name for s in proof.steps] or "difference" in proof.steps[0].name
    low, high = sides(bound.false)
    assert broken(low, high)
    assert prove_inequality(low, high, LONG) is None


@pytest.mark.parametrize("bound", BOUNDS, ids=[b.name for b in BOUNDS])
def test_each_bound_is_a_bound(bound: Bound) -> None:
    """What a record yields for the sides of its example is above or below them, in numbers."""
    count = 0
    for e in (s for text in (bound.example, bound.false) for s in sides(text)):
        for found, other in bounds_above(e):
            count += found is bound
            assert broken(e, other, points=20) is False
        for found, other in bounds_below(e):
            count += found is bound
            assert broken(other, e, points=20) is False
    assert count


@pytest.mark.parametrize("text", AT_MOST)
def test_what_holds_is_proved(text: str) -> None:
    a, b = sides(text)
    assert broken(a, b) is False
    proof = prove_inequality(a, b, LONG)
    assert proof is not None and proof.steps
    assert prove_inequality(b, a, LONG) is None


@pytest.mark.parametrize("text", NOT_AT_MOST)
def test_what_does_not_hold_is_not_proved(text: str) -> None:
    a, b = sides(text)
    assert broken(a, b, points=400)
    assert prove_inequality(a, b, LONG) is None


@pytest.mark.parametrize("seed", range(4))
def test_spoilt_inequalities_are_not_proved_where_they_fail(seed: int) -> None:
    rng = random.Random(seed)
    proved = failed = 0
    for k in range(80):
        a, b = sides(rng.choice(AT_MOST))
        a, b = (spoilt(a, rng) or a, b) if rng.random() < 0.5 else (a, spoilt(b, rng) or b)
        wrong = broken(a, b, seed=k, points=15)
        failed += wrong is True
        if prove_inequality(a, b) is not None:
            proved += 1
            assert not wrong, f"proved, but false: {a} ≤ {b}"
    assert failed > 10 and proved > 5


def test_log_of_another_size_is_no_bound_of_the_entropy() -> None:
    p = symbol("p", ("K",), ("probability",))
    entropy = -apply("sum", apply("hadamard", p, apply("log", p)))
    assert prove_inequality(entropy, apply("log", apply("size", attrs=("K",))), LONG) is not None
    assert prove_inequality(entropy, apply("log", apply("size", attrs=("L",))), LONG) is None


def test_deep_and_long_sums_end() -> None:
    x = symbol("x")
    deep: Expr = x
    for k in range(3000):
        deep = -(deep + k) if k % 2 else deep + apply("abs", x - k)
    assert prove_inequality(deep, x, 0.1) is None


def test_matrices_are_not_compared() -> None:
    x = symbol("X", ("n", "n"), ("positive",))
    assert prove_inequality(apply("zeros", attrs=("n", "n")), x, LONG) is None


def test_a_bound_is_complete() -> None:
    with pytest.raises(IncompleteRecord, match="incomplete"):
        Bound("a ≤ b", "MML 1", "x: scalar; x <= x + 1", "x: scalar; x <= x - 1")
