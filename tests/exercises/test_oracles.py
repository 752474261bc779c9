"""Instances of each family with an oracle: the answer is right by numbers that do not come from Agnesi."""

from __future__ import annotations

import numpy as np
import oracles_spaces  # noqa: F401  (it registers its own)
import pytest
from oracles import oracles

from agnesi.derivation import Derivation
from agnesi.exercises import Family, Formula, families, instance
from agnesi.expr.nodes import Symbol
from agnesi.run.reference import evaluate
from agnesi.run.sample import Sampler

COUNT, DERIVATIVES = 200, 9
SLOW = {  # to draw: how many in the gate; all of them nightly
    "impcalc-lagrange": 24, "impcalc-level-point": 24, "impcalc-directional": 24, "impcalc-descent-step": 24,
    "impcalc-chain": 24, "impcalc-tangent-plane": 30, "impcalc-newton-step": 40, "impcalc-misfit": 40,
    "impcalc-backward-numbers": 40, "impcalc-difference": 60, "impla-eigenvalues": 60, "impla-eigenvector": 60,
    "impcalc-fit-line": 40, "impla-norm": 40,
    "impla-characteristic": 60, "impla-gram-schmidt": 40, "impla-null-vector": 40, "impla-pagerank": 40,
}  # fmt: skip



@pytest.mark.parametrize("id", sorted(oracles))
def test_answers_agree_with_numbers(id: str) -> None:
    _hold(id, SLOW.get(id, COUNT))


@pytest.mark.nightly
@pytest.mark.parametrize("id", sorted(SLOW))
def test_two_hundred_answers_agree_with_numbers(id: str) -> None:
    _hold(id, COUNT)


def _hold(id: str, count: int) -> None:
    levels = families()[id].levels
    for k in range(count):
        one = instance(id, k % levels + 1, k)
        assert oracles[id](one), f"{one.id}: {one.question}\n{one.answer}"


def test_no_oracle_is_without_its_family() -> None:
    assert set(oracles) <= set(families())


OF = [f for f in families().values() if isinstance(a := instance(f.id, 1, 0).answer, Formula) and a.of]


@pytest.mark.parametrize("family", OF, ids=lambda f: f.id)
def test_derivatives_agree_with_differences(family: Family) -> None:
    tried = 0
    for k in range(DERIVATIVES):
        one = instance(family.id, k % family.levels + 1, k)
        assert isinstance(one.answer, Formula) and one.work is not None
        done = one.work()
        assert isinstance(done, Derivation)
        tried += _differences(done, k)
    assert tried > DERIVATIVES // 2, f"{family.id}: few could be tried"


def _differences(done: Derivation, seed: int, h: float = 1e-5) -> bool:
    """Compare a derivative with central differences at one point; False where the point is too near a kink."""
    f, (variable,), result = done.function, done.variables, done.result
    assert isinstance(variable, Symbol)
    point, _ = Sampler([f, result], np.random.default_rng(seed)).point()
    at = {name: np.asarray(v, float) for name, v in point.values.items()}
    base = at[variable.name]
    slopes = []
    for place in np.ndindex(base.shape):
        step = np.zeros(base.shape)
        step[place] = h
        up, down = (
            np.asarray(evaluate(f, {**at, variable.name: base + s * step}, point.sizes), float) for s in (1, -1)
        )
        slopes.append((up - down) / (2 * h))
    numeric = np.stack(slopes, axis=-1).reshape(-1)
    full = np.shape(slopes[0]) + base.shape
    exact = np.broadcast_to(np.asarray(evaluate(result, at, point.sizes), float), full).reshape(-1)
    scale = 1 + np.abs(exact).max()
    if np.abs(numeric - exact).max() > 1e-4 * scale:
        kinks = any(word in str(f) for word in ("max(", "abs"))
        assert kinks, f"d({f})/d{variable}: {result} is {exact}, differences give {numeric}"
        return False
    return True
