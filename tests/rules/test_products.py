"""Simplifying a product keeps its value: random products against the sum over all labels, spelled out with NumPy."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import numpy as np
import pytest

import agnesi  # noqa: F401  (lends str its writer)
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Expr, apply, symbol
from agnesi.ops.facts import facts
from agnesi.rules.derive import derivative
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
            np.testing.assert_allclose(
                np.broadcast_to(evaluate(shown, arrays, sizes), expected.shape), expected, rtol=1e-8, atol=1e-8, err_msg=f"{term}"
            )


def _counted(term: Term, width: int) -> bool:
    """Tell whether every summed label has a factor: the others have become their size."""
    carried = {x for f in term.factors for x in f.labels}
    return all(x in carried for x in term.dims if x >= width)


def test_what_cancels_leaves_its_size() -> None:
    r, v = symbol("r", (), ("positive",)), symbol("v", ("n",), ("positive",))
    f = apply("sum", apply("log", r / (r + v)))
    assert str(derivative(f, [r])) == "n/r − sum(1 ./ (r + v))"
    g = apply("sum", (r + v) / (r + v))
    assert isinstance(g, Apply) and str(tidy(normalise(g))) == "n"
