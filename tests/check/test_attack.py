"""Inequalities attacked by search: true ones survive, also where rounding or saturation would refute them; false ones
are refuted at a point that NumPy confirms."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agnesi.check import attack as attacking
from agnesi.check import small
from agnesi.check.attack import attack
from agnesi.check.gaps import gap_of
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Apply, Expr, apply, constant, symbol
from agnesi.generate import random_expression
from agnesi.read import worksheet

norm = np.linalg.norm
a, b, s, t = symbol("a"), symbol("b"), symbol("s"), symbol("t")

LONG = 20.0  # a budget that the search does not use up


def claim(text: str) -> Apply:
    expr = worksheet(text).statements[-1].expr
    assert isinstance(expr, Apply)
    return expr


TRUE = [
    "x : n, y : n; (x'y)^2 <= x'x y'y", "x : n, y : n; ‖x + y‖ <= ‖x‖ + ‖y‖",
    "p : n probability, q : n probability; sum(p .* log(p ./ q)) >= 0",
    "p : n probability, q : n probability; sum(p .* log(p ./ q)) >= 0.5 norm1(p - q)^2",  # Pinsker
    "s : scalar; log(s) <= s - 1", "s : scalar; exp(s) >= 1 + s", "S : n×n spd, x : n; x' S x >= 0",
    "S : n×n spd; log det S <= tr S - n", "u : n unit, S : n×n symmetric; u' S u <= lammax(S)",
    "S : n×n spd, T : n×n spd; det(S + T) >= det S + det T",  # Minkowski
    "p : n probability; -sum(p .* log(p)) <= log(n)", "x : n; norm1(x) <= sqrt(n) norm(x)",
    "x : n; logsumexp(x) >= max(x)", "A : n×n invertible; norm(A) norm(inv A) >= 1",
    "A : n×n symmetric, B : n×n symmetric; tr(A B A B) <= tr(A A B B)",
]
# true, but floats alone would say otherwise
ROUNDED = [
    "s : scalar; sin(s)^2 + cos(s)^2 >= 1", "u : n unit; u'u <= 1", "z : n; sum(softmax(z)) <= 1",
    "Q : n×n orthogonal, x : n; ‖Q x‖ <= ‖x‖", "s : scalar; tanh(s) < 1", "s : scalar; exp(-s) > 0",
    "s : scalar; exp(-exp(s^2)^2) > 0", "s : scalar, t : scalar; tanh(s^3 t^2) < 1", "s : scalar; softplus(s) > 0",
    "s : scalar, t : scalar; s < s + exp(t^3)", "s : scalar, t : scalar; (s + t) - t >= s",
    "s : scalar; s^4 - 4 s^3 + 6 s^2 >= 4 s - 1", "s : scalar; normcdf(s) < 1",
]


@pytest.mark.parametrize("text", TRUE + ROUNDED)
def test_true_inequalities_survive(text: str) -> None:
    relation = claim(text)
    found = attack(relation.op.name, *relation.args, budget=LONG)
    assert found and found.verdict == "survived" and found.point is None, found.note
    assert found.points > 30 and found.gap >= 0


# text, left − right or right − left by NumPy: below 0 where refuted
FALSE: list[tuple[str, Callable[[Any], Any]]] = [
    ("x : n, y : n; (x'y)^2 >= x'x y'y", lambda v: (v.x @ v.y) ** 2 - v.x @ v.x * (v.y @ v.y)),
    ("s : scalar; s^2 >= s", lambda v: v.s**2 - v.s),
    ("A : n×n, x : n; x' A x >= 0", lambda v: v.x @ v.A @ v.x),
    ("S : n×n symmetric; tr S <= lammax(S)", lambda v: np.linalg.eigvalsh(v.S)[-1] - np.trace(v.S)),
    ("A : n×n, B : n×n; norm(A B) >= norm(A) norm(B)", lambda v: norm(v.A @ v.B) - norm(v.A) * norm(v.B)),
    ("p : n probability, q : n probability; sum(p .* log(p ./ q)) >= 0.51 norm1(p - q)^2",
     lambda v: np.sum(v.p * np.log(v.p / v.q)) - 0.51 * norm(v.p - v.q, 1) ** 2),
    ("s : scalar; (s^2 - 2)^2 >= 0.0001", lambda v: (v.s**2 - 2) ** 2 - 0.0001),
    ("s : scalar, t : scalar; (0.63 - s)^2 + 100 (t - s^2)^2 >= 0.0001",
     lambda v: (0.63 - v.s) ** 2 + 100 * (v.t - v.s**2) ** 2 - 0.0001),
    ("x : n; norm1(x) <= norm(x)", lambda v: norm(v.x) - norm(v.x, 1)),
    ("x : n, S : n×n spd; x' S x >= 1.01 lammin(S) x'x",
     lambda v: v.x @ v.S @ v.x - 1.01 * np.linalg.eigvalsh(v.S)[0] * (v.x @ v.x)),
    ("s : scalar; exp(s) >= 1 + 1.01 s", lambda v: np.exp(v.s) - 1 - 1.01 * v.s),
    ("s : scalar; s <= 1000", lambda v: 1000 - v.s),
    ("x : n; x <= relu(x) - 0.1", lambda v: np.min(np.maximum(v.x, 0) - 0.1 - v.x)),
]


@pytest.mark.parametrize(("text", "gap"), FALSE, ids=[f[0] for f in FALSE])
def test_false_inequalities_are_refuted(text: str, gap: Callable[[Any], Any]) -> None:
    relation = claim(text)
    found = attack(relation.op.name, *relation.args, budget=LONG)
    assert found.verdict == "refuted" and not found and not found.equal
    assert found.point is not None
    at = SimpleNamespace(**{k: np.asarray(v) for k, v in found.point.values.items()})
    assert gap(at) < 0
    for value in found.point.values.values():
        np.testing.assert_allclose([float(f"{x:.6g}") for x in np.ravel(value)], np.ravel(value), rtol=1e-12)


@pytest.mark.parametrize(("text", "at"), [
    ("x : n; x'x > 0", {"x": 0}), ("s : scalar; s^2 > s - 1/4", {"s": 0.5}), ("s : scalar; exp(s) > 1 + s", {"s": 0}),
    ("a : scalar; cos(a) < 1", {"a": 0}), ("s : scalar; s^2 ≠ s", {"s": 1}),
])
def test_strict_relations_fail_by_equality(text: str, at: dict[str, float]) -> None:
    relation = claim(text)
    found = attack(relation.op.name, *relation.args, budget=LONG)
    assert found.verdict == "refuted" and found.equal and "equal" in found.note
    assert found.point is not None and {k: np.asarray(v).item() for k, v in found.point.values.items()} == at
    weak = {"gt": "ge", "lt": "le"}
    if relation.op.name in weak:
        assert attack(weak[relation.op.name], *relation.args, budget=LONG)


def test_a_side_that_is_equal_everywhere_is_no_evidence() -> None:
    one = apply("pow", apply("sin", s), 2) + apply("pow", apply("cos", s), 2)
    assert attack("lt", one, one).equal
    found = attack("lt", one + apply("sigmoid", 800 + s * s), 2 * one)
    assert found.verdict == "not tested" and "same" in found.note


def test_definite_order() -> None:
    X, S = symbol("X", ("n", "d")), symbol("S", ("n", "n"), ("spd",))
    assert attack("succeq", X.T @ X, constant(0))
    eye = apply("eye", attrs=("n",))
    found = attack("succeq", S, eye)
    assert found.verdict == "refuted" and found.point is not None
    assert np.linalg.eigvalsh(found.point.values["S"] - np.eye(found.point.sizes["n"]))[0] < 0
    assert attack("preceq", S, apply("lammax", S) * eye)
    A = symbol("A", ("n", "n"))
    skew = attack("succeq", A - A.T, constant(0), sizes={"n": 2}, budget=LONG)
    assert skew.verdict == "survived" and skew.gap == 0  # compared only where A happens to be symmetric


def test_conditions_hold_at_the_violation() -> None:
    below, positive = apply("lt", a, b), apply("gt", a, constant(0))
    square = apply("pow", a, 2), apply("pow", b, 2)
    found = attack("lt", *square, given=[below], budget=LONG)
    assert found.point is not None and found.point.values["a"] < found.point.values["b"]
    assert found.point.values["a"] ** 2 >= found.point.values["b"] ** 2
    assert attack("lt", *square, given=[below, positive], budget=LONG)
    total = [apply("eq", a + b, constant(1)), apply("ge", a, constant(0)), apply("ge", b, constant(0))]
    assert attack("le", a * b, constant(0.25), given=total, budget=LONG)
    found = attack("le", a * b, constant(0.24), given=total, budget=LONG)
    assert found.point is not None and found.point.values["a"] * found.point.values["b"] > 0.24
    x = symbol("x", ("n",))
    sphere = [apply("eq", x.T @ x - 1, constant(0))]
    assert attack("le", apply("sum", x), apply("sqrt", apply("size", attrs=("n",))), given=sphere, budget=LONG)
    found = attack("le", apply("sum", x), constant(1.3), given=sphere, budget=LONG)
    assert found.point is not None and abs(norm(found.point.values["x"]) - 1) < 1e-9
    assert np.sum(found.point.values["x"]) > 1.3


def test_given_values_and_sizes() -> None:
    x = symbol("x", ("n",))
    M = np.diag([1.0, -1.0, 2.0])
    A = symbol("A", ("n", "n"))
    found = attack("ge", apply("mul", x.T, A, x), constant(0), fixed={"A": M})
    assert found.point is not None and found.point.sizes == {"n": 3}
    assert found.point.values["x"] @ M @ found.point.values["x"] < 0
    assert attack("ge", apply("mul", x.T, A, x), constant(0), fixed={"A": M @ M})
    assert attack("le", apply("size", attrs=("n",)), constant(2), sizes={"n": 2})


def test_what_cannot_be_attacked() -> None:
    nowhere = attack("ge", apply("log", -1 - s * s), constant(0), budget=0.05)
    assert nowhere.verdict == "not tested" and "No point" in nowhere.note
    assert attack("propto", s, t).verdict == "not tested"
    assert "not attacked" in attack("propto", s, t).note
    with pytest.raises(NotNumeric):
        gap_of("eq")


def test_the_budget_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(100000))
    for module in (attacking, small):
        monkeypatch.setattr(module, "now", lambda: float(next(now)))
    found = attack("ge", apply("pow", s - t, 2), constant(0), budget=100.0)
    assert found.verdict == "survived" and found.points <= 101


def identities(e: Expr, f: Expr) -> list[tuple[str, Expr, Expr]]:
    """True inequalities in any two scalars."""
    square = lambda u: apply("pow", u, 2)
    return [
        ("le", e, e + square(f)), ("lt", e, e + apply("exp", f)), ("le", square(e + f), 2 * square(e) + 2 * square(f)),
        ("ge", e, (e + f) - f), ("lt", apply("tanh", e), constant(1)), ("gt", apply("exp", f), constant(0)),
    ]


@pytest.mark.parametrize("seed", range(12))
def test_true_inequalities_in_random_expressions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    e, f = (random_expression(rng, (), 2 + seed % 2, only_smooth=bool(seed % 2)) for _ in range(2))
    for relation, left, right in identities(e, f):
        found = attack(relation, left, right, budget=0.03)
        assert found.verdict != "refuted", (relation, left, right, found)
    assert attack("ge", e, e + 1 + apply("pow", f, 2), budget=LONG).verdict == "refuted"


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(100, 1100))
def test_true_inequalities_in_many_random_expressions(seed: int) -> None:
    test_true_inequalities_in_random_expressions(seed)
