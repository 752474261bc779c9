"""Small counterexamples: the simplest sizes and numbers, with the declared facts, checked by NumPy alone."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agnesi.check import small
from agnesi.check.point_text import array, number
from agnesi.check.small import matrices, shown, simplest
from agnesi.check.small_values import small_values
from agnesi.expr.nodes import Apply, Expr, apply, symbol
from agnesi.ops.facts import facts
from agnesi.read import worksheet
from agnesi.run.sample import Point

inv, det, norm = np.linalg.inv, np.linalg.det, np.linalg.norm

LONG = 20.0  # a budget that the search does not use up


def sides(text: str) -> tuple[Expr, ...]:
    claim = worksheet(text).statements[-1].expr
    assert isinstance(claim, Apply)
    return claim.args


def differ(values: tuple[Any, ...]) -> bool:
    a, b = np.asarray(values[0]), np.asarray(values[1])
    return bool(np.max(np.abs(a - b)) > 1e-6 * max(np.max(np.abs(a)), np.max(np.abs(b)), 1e-9))


AB = "A : n×n, B : n×n; "
# text, the sizes of the simplest counterexample, both sides in NumPy
WRONG: list[tuple[str, dict[str, int], Callable[[Any], Any], Callable[[Any], Any]]] = [
    (AB + "A B = B A", {"n": 2}, lambda v: v.A @ v.B, lambda v: v.B @ v.A),
    (AB + "tr(A B) = tr A tr B", {"n": 2}, lambda v: np.trace(v.A @ v.B), lambda v: np.trace(v.A) * np.trace(v.B)),
    (AB + "(A B)' = A' B'", {"n": 2}, lambda v: (v.A @ v.B).T, lambda v: v.A.T @ v.B.T),
    (AB + "det(A + B) = det A + det B", {"n": 2}, lambda v: det(v.A + v.B), lambda v: det(v.A) + det(v.B)),
    ("A : n×n invertible, B : n×n invertible; (A B)^-1 = A^-1 B^-1", {"n": 2},
     lambda v: inv(v.A @ v.B), lambda v: inv(v.A) @ inv(v.B)),
    ("S : n×n spd, T : n×n spd; (S + T)^-1 = S^-1 + T^-1", {"n": 1},
     lambda v: inv(v.S + v.T), lambda v: inv(v.S) + inv(v.T)),
    ("S : n×n spd; log det S = tr S", {"n": 1}, lambda v: np.log(det(v.S)), lambda v: np.trace(v.S)),
    ("A : n×n symmetric, B : n×n symmetric; (A B)' = A B", {"n": 2}, lambda v: (v.A @ v.B).T, lambda v: v.A @ v.B),
    ("Q : n×n orthogonal; Q Q = I", {"n": 2}, lambda v: v.Q @ v.Q, lambda v: np.eye(2)),
    ("p : n probability, q : n probability; sum(p .* log(p ./ q)) = sum(q .* log(q ./ p))", {"n": 2},
     lambda v: np.sum(v.p * np.log(v.p / v.q)), lambda v: np.sum(v.q * np.log(v.q / v.p))),
    ("u : n unit; u' 1 = 1", {"n": 1}, lambda v: np.sum(v.u), lambda v: 1.0),
    ("P : n×n stochastic; sum(P P) = 2", {"n": 1}, lambda v: np.sum(v.P @ v.P), lambda v: 2.0),
    ("X : n×d full column rank; X (X'X)^-1 X' = I", {"n": 2, "d": 1},
     lambda v: v.X @ inv(v.X.T @ v.X) @ v.X.T, lambda v: np.eye(2)),
    ("b : n binary; b'b = 1", {"n": 1}, lambda v: v.b @ v.b, lambda v: 1.0),
    ("X : n×n; d log det X = tr(X dX)", {"n": 1}, lambda v: np.trace(inv(v.X) @ v.dX), lambda v: np.trace(v.X @ v.dX)),
    ("x : n, y : n; ‖x + y‖^2 = ‖x‖^2 + ‖y‖^2", {"n": 1},
     lambda v: norm(v.x + v.y) ** 2, lambda v: norm(v.x) ** 2 + norm(v.y) ** 2),
]


@pytest.mark.parametrize(("text", "sizes", "left", "right"), WRONG, ids=[w[0] for w in WRONG])
def test_the_simplest_counterexample(text: str, sizes: dict[str, int], left: Any, right: Any) -> None:
    found = simplest(sides(text), differ, budget=LONG)
    assert found is not None
    assert dict(found.point.sizes) == sizes
    at = SimpleNamespace(**{k: np.asarray(v) for k, v in found.point.values.items()})
    np.testing.assert_allclose(found.values[0], left(at), rtol=1e-9)
    np.testing.assert_allclose(np.broadcast_to(found.values[1], np.shape(right(at))), right(at), rtol=1e-9)
    assert not np.allclose(left(at), right(at))
    for value in found.point.values.values():
        quarters = np.asarray(value) * 4
        assert np.allclose(quarters, np.round(quarters)) and np.max(np.abs(value)) <= 5


@pytest.mark.parametrize("text", [
    AB + "(A B)' = B' A'", "S : n×n spd; log det S = -log det S^-1", "x : n; x'x = ‖x‖^2",
    "p : n probability; p' 1 = 1", "X : n×n; d log det X = tr(X^-1 dX)",
])
def test_right_claims_have_none(text: str) -> None:
    assert simplest(sides(text), differ, budget=LONG) is None


def test_it_is_the_same_every_time() -> None:
    first, second = (simplest(sides(AB + "A B = B A"), differ, budget=LONG) for _ in range(2))
    assert first is not None and second is not None
    assert shown(first.point, *first.values) == shown(second.point, *second.values)


def test_given_values_and_sizes_stay() -> None:
    M = np.array([[2.0, 1.0, 0.0], [0.0, 1.0, 0.0], [1.0, 0.0, 3.0]])
    found = simplest(sides(AB + "A B = B A"), differ, budget=LONG, fixed={"A": M})
    assert found is not None and found.point.sizes == {"n": 3}
    np.testing.assert_array_equal(found.point.values["A"], M)
    assert not np.allclose(M @ found.point.values["B"], found.point.values["B"] @ M)
    sized = simplest(sides("x : n; sum(x) = 1"), differ, budget=LONG, sizes={"n": 3})
    assert sized is not None and np.shape(sized.point.values["x"]) == (3,)


def test_conditions_hold() -> None:
    commute = apply("eq", *sides(AB + "A B = B A"))
    square = sides(AB + "(A + B) (A + B) = A A + 2 A B + B B")
    assert simplest(square, differ, budget=LONG) is not None
    assert simplest(square, differ, budget=LONG, given=[commute]) is None
    found = simplest(sides(AB + "A B = A + B"), differ, budget=LONG, given=[commute], sizes={"n": 2})
    assert found is not None
    A, B = found.point.values["A"], found.point.values["B"]
    np.testing.assert_array_equal(A @ B, B @ A)
    assert not np.array_equal(A @ B, A + B)


def test_kinks_are_passed_over() -> None:
    """At 0 the sign is neither −1 nor 1: true, but it says nothing about a claim that is meant away from the kink."""
    s = symbol("s")
    square = apply("pow", apply("sign", s), 2)
    assert simplest([square, 1 + 0 * s], differ, budget=LONG) is None
    found = simplest([square, 1 + 0 * s], differ, budget=LONG, kinks=True)
    assert found is not None and found.point.values["s"] == 0


def test_the_budget_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(1000))
    monkeypatch.setattr(small, "now", lambda: float(next(now)))
    seen: list[Any] = []
    assert simplest(sides("x : n; x'x = ‖x‖^2"), lambda v: bool(seen.append(v)), budget=5.5) is None
    assert len(seen) == 5


def test_every_fact_has_small_values() -> None:
    for fact in facts:
        for order in fact.orders or (0, 1, 2):
            for n in (1, 2):
                shape = (n,) * order
                held = small_values(frozenset((fact.name,)), shape)
                assert held, (fact.name, shape)
                assert all(fact.check(value) for _, value in held), (fact.name, shape)
                assert [c for c, _ in held] == sorted(c for c, _ in held)


def test_small_values_by_numpy() -> None:
    for _, S in small_values(frozenset(("spd",)), (3, 3)):
        assert np.array_equal(S, S.T) and np.min(np.linalg.eigvalsh(S)) > 0
    for _, Q in small_values(frozenset(("orthogonal",)), (3, 2)):
        np.testing.assert_allclose(Q.T @ Q, np.eye(2), atol=1e-12)
    for _, p in small_values(frozenset(("probability",)), (3,)):
        assert abs(p.sum() - 1) < 1e-12 and p.min() >= 0
    assert len(small_values(frozenset(("spd", "diagonal")), (2, 2))) > 1


def test_numbers() -> None:
    said = [number(v) for v in (2.0, -1.0, 0.5, -0.25, 1 / 3, 0.0, 2.718281828, 1e-9, 123456.0, np.inf)]
    assert said == ["2", "−1", "1/2", "−1/4", "1/3", "0", "2.718", "1e−09", "123456", "inf"]
    assert array(np.arange(100.0)) == "100 array"


def test_in_one_line() -> None:
    point = Point({"A": np.array([[1.0, 2.0], [0.0, 1.0]]), "x": np.array([1.0, 0.5])}, {"n": 2})
    assert shown(point, 5.0, 4.0) == "n = 2, A = [[1, 2], [0, 1]], x = (1, 1/2): left 5, right 4"
    assert shown(Point({"X": np.array([[2.0]])}, {"n": 1})) == "n = 1, X = 2"
    assert shown(Point({}, {}), 1.00001, 1.00002) == "everywhere: left 1.00001, right 1.00002"


def test_side_by_side() -> None:
    values = {"A": np.array([[1.0, 2.0], [0.0, -1.0]]), "x": np.array([1.0, 2.0]), "B": np.eye(3)}
    assert matrices(Point(values, {"n": 2}), values["A"], 0.0) == (
        "                                      ⎡1 0 0⎤",
        "n = 2   A = ⎡1  2⎤   x = (1, 2)   B = ⎢0 1 0⎥",
        "            ⎣0 −1⎦                    ⎣0 0 1⎦",
        "left ⎡1  2⎤   right 0",
        "     ⎣0 −1⎦",
    )
    wide = matrices(Point({f"M{k}": np.full((2, 3), 1234.5) for k in range(9)}, {}))
    assert max(map(len, wide)) <= 90 and len(wide) > 2
