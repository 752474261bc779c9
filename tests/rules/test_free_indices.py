"""Derivatives of formulas in which an index is free that a binder around them holds, against central differences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from agnesi.errors import NoDerivative
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Expr, apply, bind, index, symbol
from agnesi.rules.derive import derivative_at, resolved
from agnesi.run.evaluate import evaluate

RNG = np.random.default_rng(8)
N, D = Dim.of("n"), Dim.of("d")
X, w, y, a, A = symbol("X", [N, D]), symbol("w", [D]), symbol("y", [N]), symbol("a", []), symbol("A", [D, D])
i, j = index("i", N), index("j", D)
VALUES = {"X": RNG.normal(size=(4, 3)), "w": RNG.normal(size=3), "y": RNG.normal(size=4), "a": 0.7}
row = apply("row", X, i)
fit = apply("mul", apply("transpose", row), w)
BODIES = [
    apply("add", apply("entry", y, i), apply("neg", fit)),
    apply("exp", fit),
    apply("mul", apply("entry", y, i), apply("sin", fit)),
    apply("entry", apply("mul", X, w), i),
    apply("mul", apply("entry", y, i), apply("norm", w)),
]


def slope(f: Callable[[np.ndarray], np.ndarray], at: np.ndarray) -> np.ndarray:
    """Return the Jacobian by central differences: the axes of f, then the variable's."""
    step = 1e-6
    parts = [(f(at + step * e) - f(at - step * e)) / (2 * step) for e in np.eye(at.size)]
    return np.stack(parts, axis=-1)


def values_of(body: Expr, **more: object) -> np.ndarray:
    return np.asarray(evaluate(bind("Tensor", [i], body), {**VALUES, **more}))


@pytest.mark.parametrize("body", BODIES, ids=str)
def test_under_a_sum(body: Expr) -> None:
    product = apply("mul", body, apply("derivative", body, w, attrs=("total",)))
    found = evaluate(resolved(bind("Sum", [i], product)), VALUES)
    jacobian = slope(lambda v: values_of(body, w=v), VALUES["w"])
    assert np.allclose(found, values_of(body) @ jacobian, atol=1e-6)


def test_a_number_that_moves() -> None:
    body = apply("mul", apply("entry", y, i), apply("exp", a))
    found = evaluate(bind("Tensor", [i], derivative_at(body, [a])), VALUES)
    assert np.allclose(found, VALUES["y"] * np.exp(0.7))


def test_an_entry_that_moves_where_the_whole_is_there() -> None:
    body = apply("norm", w)
    found = evaluate(bind("Tensor", [j], derivative_at(body, [apply("entry", w, j)])), VALUES)
    assert np.allclose(found, VALUES["w"] / np.linalg.norm(VALUES["w"]))


def test_an_entry_alone_moves_by_itself() -> None:
    one = apply("entry", w, j)
    found = evaluate(bind("Tensor", [j], derivative_at(apply("exp", one), [one])), VALUES)
    assert np.allclose(found, np.exp(VALUES["w"]))


def test_what_rows_cannot_say_is_refused() -> None:
    with pytest.raises(NoDerivative):
        derivative_at(apply("mul", apply("entry", A, j, j), a), [A])
    with pytest.raises(NoDerivative):
        derivative_at(apply("mul", A, w), [apply("entry", w, j)])
    shadowed = apply("mul", apply("entry", w, j), bind("Sum", [j], apply("entry", w, j)))
    with pytest.raises(NoDerivative):
        derivative_at(shadowed, [w])
