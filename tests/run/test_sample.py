"""Random points: in the domain, with the declared facts, away from kinks; a clear error where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from agnesi.errors import NotNumeric
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Expr, apply, bind, index, plain, symbol
from agnesi.ops import facts
from agnesi.run.reference import evaluate
from agnesi.run.sample import draw, points, random_sizes

x, y = symbol("x", ("n",)), symbol("y", ("n",))
X, A = symbol("X", ("n", "d")), symbol("A", ("n", "n"))
s, t = symbol("s"), symbol("t")

HARD: list[Expr] = [
    apply("sum", apply("log", x)), apply("sqrt", s) + apply("log", t), apply("logm", A), apply("tr", apply("sqrtm", A)),
    apply("chol", A), apply("sum", apply("logit", x)), apply("sum", apply("arcsin", x)), apply("log", 1 - x.T @ x),
    apply("log", s - t), apply("log", -s), apply("sum", apply("lgamma", x + y)), apply("log", apply("det", A)),
    apply("singvals", X), apply("inv", X.T @ X), apply("log", apply("norm", x) - 1), apply("pow", s, t),
    bind("Sum", (index("i", "n"),), apply("log", apply("entry", x, index("i", "n")))), apply("log", apply("tr", A)),
    apply("log", x.T @ A @ x), apply("entry", x, 4), apply("normnuc", X) + apply("norm", apply("polar", X)),
]


@pytest.mark.parametrize("expr", HARD, ids=plain)
def test_points_lie_in_the_domain(expr: Expr) -> None:
    for point in points([expr], np.random.default_rng(0), 5):
        assert np.all(np.isfinite(evaluate(expr, point.values, point.sizes)))


def test_kinks_are_kept_at_a_distance() -> None:
    f = apply("sum", apply("relu", x)) + apply("max", y) + apply("sum", apply("maximum", x, y))
    for point in points([f], np.random.default_rng(1), 20):
        a, b = point.values["x"], point.values["y"]
        assert np.min(np.abs(a)) > 0.02 and np.min(np.abs(a - b)) > 0.02
        assert np.diff(np.sort(b))[-1] > 0.02


def test_where_there_is_no_point() -> None:
    with pytest.raises(NotNumeric, match="No point was found where the expression has a value"):
        next(points([apply("log", -(x.T @ x))], np.random.default_rng(0), 1))
    with pytest.raises(NotNumeric, match="full column rank"):
        draw([symbol("Q", (2, 5), ("full column rank",))], np.random.default_rng(0), {})


def test_declared_facts_are_kept_by_repairs() -> None:
    signs, weights = symbol("c", ("n",), ("sign",)), symbol("p", ("n",), ("probability",))
    f = apply("log", apply("sum", x * signs)) + apply("sum", weights * apply("log", weights))
    for point in points([f], np.random.default_rng(2), 10):
        assert facts["sign"].check(point.values["c"]) and facts["probability"].check(point.values["p"])


def test_sizes_differ_and_leave_no_axis_empty() -> None:
    rng = np.random.default_rng(3)
    shorter = symbol("z", (Dim.of("n") - 2, "d", "m"))
    for _ in range(50):
        sizes = random_sizes([shorter, X], rng)
        assert len(set(sizes.values())) == 3
        assert sizes["n"] >= 3 and min(sizes.values()) >= 2
    bound = bind("Sum", (index("i", "k"),), s)
    assert random_sizes([bound], rng)["k"] >= 2
    assert random_sizes([apply("entry", X, 2, 6)], rng)["d"] >= 6


def test_points_come_at_several_sizes_and_the_same_seed_repeats_them() -> None:
    first = list(points([X @ X.T], np.random.default_rng(4), 6))
    again = list(points([X @ X.T], np.random.default_rng(4), 6))
    assert len({tuple(p.sizes.items()) for p in first}) > 2
    assert all(np.array_equal(p.values["X"], q.values["X"]) for p, q in zip(first, again, strict=True))


def test_a_size_as_a_number_is_that_size() -> None:
    f = apply("sum", x) / symbol("n")
    for point in points([f], np.random.default_rng(5), 3):
        assert evaluate(f, point.values, point.sizes) == pytest.approx(point.values["x"].mean())
