"""Simplifying a product keeps its value: random products against the sum over all labels, spelled out with NumPy."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import numpy as np
import pytest
from scipy.special import digamma

import agnesi as ag
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Expr, apply, symbol
from agnesi.ops.facts import facts
from agnesi.rules.forms import Factor, Form, Term, build, identity
from agnesi.rules.normal import normalise
from agnesi.rules.products import simplify
from agnesi.rules.tidy import tidy
from agnesi.run.reference import evaluate

N, SIZE = Dim.of("n"), 3
X, Q = symbol("x", (N,), ("positive",)), symbol("Q", (N, N), ("orthogonal",))
P, S = symbol("P", (N, N), ("spd",)), symbol("S", (N, N), ("symmetric",))
LEAVES = (
    symbol("r", (), ("positive",)), X, symbol("p", (N,), ("probability",)), symbol("s", (N,), ("sign",)),
    symbol("β", (N,), ("binary",)), symbol("A", (N, N)), symbol("T", (N, N), ("stochastic",)), Q, P, S,
)  # fmt: skip
MADE = (
    identity(N), normalise(apply("inv", P)), normalise(apply("exp", X)), normalise(apply("abs", S)),
    normalise(apply("sign", S)), normalise(apply("sigmoid", -X)), normalise(1 + X), normalise(X @ X.T),
    normalise(apply("diag", X)), normalise(apply("sum", apply("exp", X))), normalise(X - apply("mean", X)),
)  # fmt: skip
POSITIVE = {LEAVES[0], X, MADE[2], MADE[5], MADE[6], MADE[7], MADE[9]}


def spelled(term: Term, width: int, values: dict[Expr, np.ndarray]) -> np.ndarray:
    """Return Σ over the labels from `width` on of the product of the entries, one entry after the other."""
    labels = sorted(term.dims)
    total = np.zeros((SIZE,) * width)
    for at in itertools.product(range(SIZE), repeat=len(labels)):
        place = dict(zip(labels, at, strict=True))
        entries = (values[f.base][tuple(place[x] for x in f.labels)] ** float(f.power) for f in term.factors)
        total[at[:width]] += float(term.coef) * np.prod(list(entries))
    return total


def random_term(rng: random.Random, width: int) -> Term:
    """Return a product whose factors often meet, cancel, or leave a label to nobody."""
    labels = [*range(width), *range(100, 100 + rng.randint(1, 3))]
    factors: list[Factor] = []
    for _ in range(rng.randint(1, 4)):
        base = rng.choice((*LEAVES, *MADE))
        at = tuple(rng.choice(labels) for _ in base.shape)
        power = rng.choice((1, 1, 1, 2, -1)) if base in POSITIVE else rng.choice((1, 1, 2))
        factors.append(Factor(base, at, 1 if base is MADE[0] else power))
        if base in POSITIVE and rng.random() < 0.4:
            factors.append(Factor(base, at, -power))
    return Term(Fraction(rng.choice((1, 2, -3))), tuple(factors), dict.fromkeys(labels, N))


def drawn(seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {s.name: np.asarray(facts.sampler(s.facts)(rng, (SIZE,) * s.ndim)) for s in LEAVES}


@pytest.mark.parametrize("width", [0, 1, 2])
def test_a_simplified_product_has_the_value_of_its_sum(width: int) -> None:
    rng = random.Random(20 + width)
    arrays = drawn(width)
    sizes = {"n": SIZE}
    values = {e: np.asarray(evaluate(e, arrays, sizes)) for e in (*LEAVES, *MADE)}
    for _ in range(400):
        term = random_term(rng, width)
        expected = spelled(term, width, values)
        done = simplify(term, width)
        form = Form((N,) * width, [done] if done is not None else [])
        assert done is None or _counted(done, width), term
        for shown in (build(form), tidy(build(form))):
            value = np.broadcast_to(evaluate(shown, arrays, sizes), expected.shape)
            np.testing.assert_allclose(value, expected, rtol=1e-8, atol=1e-8, err_msg=f"{term}")


def _counted(term: Term, width: int) -> bool:
    """Tell whether every summed label has a factor: the others have become their size."""
    carried = {x for f in term.factors for x in f.labels}
    return all(x in carried for x in term.dims if x >= width)


@pytest.mark.parametrize(
    ("text", "variable", "gradient"),
    [
        ("r>0; v : n positive; ∑_i log(r/(r+v_i))", "r", "n/r − sum(1 ./ (r + v))"),
        ("c>0; v : n positive; ∑_i c (1+v_i)/(1+v_i)", "c", "n"),
        ("c>0; v : n positive; ∑_{i=1}^n ∑_{j=1}^n c² (1+v_i)/(1+v_i)", "c", "2cn²"),
    ],
)
def test_what_cancels_leaves_its_size(text: str, variable: str, gradient: str) -> None:
    assert str(ag.gradient(text, variable)) == gradient


def test_the_slope_of_the_negative_binomial_counts_its_rows() -> None:
    f = "r>0; μ>0; v : n positive; ∑_i (lgamma(v_i+r) − lgamma(r) + r log(r/(r+μ)) + v_i log(μ/(r+μ)))"
    v, r, mean = np.array([1.0, 4.0, 2.0]), 1.7, 2.5
    slope = np.sum(digamma(v + r) - digamma(r) + np.log(r / (r + mean)) + 1 - (v + r) / (r + mean))
    assert ag.gradient(f, "r").evaluate(v=v, r=r, μ=mean) == pytest.approx(slope, rel=1e-12)


@pytest.mark.parametrize("n", [2, 3, 6])
def test_the_newton_step_of_a_product_of_all_entries(n: int) -> None:
    x = np.random.default_rng(n).normal(size=n)
    step = ag.newton_step("x : n; ∏_{i=1}^n x_i", "x")
    np.testing.assert_allclose(step.expr.evaluate(x=x), x / (1 - n), rtol=1e-9)
