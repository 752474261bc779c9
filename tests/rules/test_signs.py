"""Sure signs: what is said of an expression holds of its values."""

from __future__ import annotations

import numpy as np
import pytest

from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Expr, apply, symbol
from agnesi.generate import random_expression
from agnesi.read import read
from agnesi.rules.normal import normalise
from agnesi.rules.signs import sign_of, surely_nonnegative, surely_nonzero, surely_positive
from agnesi.run.sample import Sampler

HOLDS = {
    "positive": lambda v: v > 0, "nonnegative": lambda v: v >= 0, "negative": lambda v: v < 0,
    "nonpositive": lambda v: v <= 0, "nonzero": lambda v: v != 0, "zero": lambda v: v == 0,
    "": lambda v: np.ones(np.shape(v), bool),
}  # fmt: skip

TABLE = [
    ("x: scalar; x^2", "nonnegative"), ("x: scalar; 1 + x^2", "positive"), ("x: scalar; x^3", ""),
    ("x > 0; x^3 + 1/x", "positive"), ("x: scalar; -exp(x)", "negative"), ("x: n; x'x", "nonnegative"),
    ("x: n, S: n×n psd; x'S x", "nonnegative"), ("x: n, A: n×n; x'A x", ""), ("x: n, A: n×n; x'A'A x", "nonnegative"),
    ("A: n×m; tr(A'A)", "nonnegative"), ("S: n×n spd; det(S)", "positive"),
    ("S: n×n spd; tr(S) + lammin(S)", "positive"),
    ("x: scalar; sigmoid(x)", "positive"), ("x: scalar; 1 - sigmoid(x)", "positive"),
    ("0 < p < 1; 1 - p", "nonnegative"),
    ("p: K probability; sum_k p_k log(p_k)", "nonpositive"), ("x: n, y: n; x'y", ""), ("x: scalar; x - x^2", ""),
    ("x: scalar; sqrt(x)", "nonnegative"), ("x > 0; sqrt(x)", "positive"), ("x: n; max(exp(x))", "positive"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), TABLE, ids=[t for t, _ in TABLE])
def test_signs(text: str, wanted: str) -> None:
    assert sign_of(read(text).expr) == wanted


def checked(e: Expr, seed: int) -> bool:
    """Whether the sign holds at random points; whether there was one."""
    said = sign_of(e)
    try:
        sampler = Sampler([e], np.random.default_rng(seed))
        for _ in range(4):
            _, (value,) = sampler.point()
            assert np.all(HOLDS[said](value)), f"{e} is said to be {said}"
    except AgnesiError:
        return False
    return bool(said)


def test_signs_of_random_expressions_hold() -> None:
    said = 0
    for seed in range(250):
        rng = np.random.default_rng(seed)
        e = random_expression(rng, [(), ("n",), ("n", "d")][seed % 3], depth=2, only_smooth=False)
        said += checked(e, seed)
        try:
            said += checked(normalise(e), seed)
        except AgnesiError:
            continue
    assert said > 60


def test_what_the_words_mean() -> None:
    x, y = symbol("x", (), ("positive",)), symbol("y", (), ("nonzero",))
    assert surely_positive(x) and surely_nonnegative(x) and surely_nonzero(x)
    assert surely_nonzero(y) and not surely_nonnegative(y) and surely_positive(y**2)
    assert surely_positive(apply("abs", y))
