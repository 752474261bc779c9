"""Points on conditions: they satisfy them (by NumPy), all branches appear, and double roots refute nothing."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agnesi.check.constrained import points_on
from agnesi.check.solving import polished, regular, solved
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Apply, Expr, apply, constant, symbol
from agnesi.read import worksheet

inv, norm = np.linalg.inv, np.linalg.norm
s, t = symbol("s"), symbol("t")


def relations(declared: str, *texts: str) -> list[Apply]:
    out = [worksheet(f"{declared}; {text}").statements[-1].expr for text in texts]
    assert all(isinstance(r, Apply) for r in out)
    return out  # type: ignore[return-value]


LONG = 20.0  # a budget that the search does not use up


def satisfied(conditions: list[Expr], claim: Apply, count: int = 8, **options: Any) -> list[tuple[Any, Any, Any]]:
    """The points (as a namespace) with both sides of the claim."""
    found = points_on(conditions, claim.args, np.random.default_rng(1), count, budget=LONG, **options)
    assert len(found) <= count
    return [(SimpleNamespace(**p.values), *sides) for p, sides in found]


def small(x: Any, size: float = 1.0) -> bool:
    return bool(np.max(np.abs(x)) <= 1e-9 * max(1.0, size))


ABn, XY = "A : n×n, B : n×n", "x : n, y : n"
CASES: list[tuple[str, list[str], str, bool, Callable[[Any], Any]]] = [
    ("A : n×n, x : n, b : n", ["A x = b"], "x = A^-1 b", True, lambda v: v.A @ v.x - v.b),
    ("A : n×n, x : n, b : n", ["A x = b"], "x = A' b", False, lambda v: v.A @ v.x - v.b),
    ("s : scalar", ["s^2 = 4"], "s^4 = 16", True, lambda v: v.s**2 - 4),
    ("s : scalar", ["s^3 = 8"], "s = 2", True, lambda v: v.s**3 - 8),
    (ABn, ["A B = B A"], "(A + B) (A + B) = A A + 2 A B + B B", True, lambda v: v.A @ v.B - v.B @ v.A),
    (ABn, ["A B = B A"], "A B = A + B", False, lambda v: v.A @ v.B - v.B @ v.A),
    (ABn, ["B A = I"], "A B = I", True, lambda v: v.B @ v.A - np.eye(len(v.A))),
    (ABn, ["A B = 0"], "B A = 0", False, lambda v: v.A @ v.B),
    ("A : n×n", ["A A = A"], "A A A = A", True, lambda v: v.A @ v.A - v.A),
    ("A : n×n", ["A A = A"], "A = 2 A'", False, lambda v: v.A @ v.A - v.A),
    ("x : n", ["x'x - 1 = 0"], "(I - 2 x x') (I - 2 x x') = I", True, lambda v: v.x @ v.x - 1),
    ("x : n", ["x'x - 1 = 0"], "(I - x x') (I - x x') = I", False, lambda v: v.x @ v.x - 1),
    ("X : n×d, w : d, y : n", ["X'X w = X'y"], "w = (X'X)^-1 X' y", True, lambda v: v.X.T @ (v.X @ v.w - v.y)),
    ("X : n×d, w : d, y : n", ["X'X w = X'y"], "X w = y", False, lambda v: v.X.T @ (v.X @ v.w - v.y)),
    (XY, ["x'y = 0"], "‖x + y‖^2 = ‖x‖^2 + ‖y‖^2", True, lambda v: v.x @ v.y),
    (XY, ["x'y = 0"], "x = y", False, lambda v: v.x @ v.y),
    (XY, ["‖x - y‖^2 = 0"], "x = y", True, lambda v: v.x - v.y),
    ("Q : n×n", ["Q'Q - I = 0"], "Q Q' = I", True, lambda v: v.Q.T @ v.Q - np.eye(len(v.Q))),
    ("C : n×n spd, B : n×n", ["C = B'B"], "log det C = 2 log(abs(det B))", True, lambda v: v.C - v.B.T @ v.B),
    ("A : n×n, l : scalar, v : n unit", ["A v = l v"], "v' A v = l", True, lambda v: v.A @ v.v - v.l * v.v),
    ("A : n×n symmetric, l : scalar, v : n unit", ["A v = l v"], "l = lammax(A)", False,
     lambda v: v.A @ v.v - v.l * v.v),
    ("p : n probability, x : n", ["p'x = 0"], "x = 0", False, lambda v: np.append(v.p @ v.x, v.p.sum() - 1)),
    ("s : scalar, t : scalar", ["s + t = 1", "s - t = 3"], "s t = -2", True, lambda v: v.s + v.t - 1),
]


@pytest.mark.parametrize(("declared", "conditions", "claim", "true", "zero"), CASES,
                         ids=[f"{c[1][0]} ⇒ {c[2]}" for c in CASES])
def test_implications(declared: str, conditions: list[str], claim: str, true: bool, zero: Any) -> None:
    *given, conclusion = relations(declared, *conditions, claim)
    found = satisfied(given, conclusion)
    assert len(found) >= 4
    for at, _, _ in found:
        assert small(zero(at), max(float(np.max(np.abs(x))) for x in vars(at).values()) ** 2)
    largest = [max(float(np.max(np.abs(x))) for x in (a, b, *vars(at).values())) for at, a, b in found]
    agree = [small(np.asarray(a) - b, 10 * k**2) for (_, a, b), k in zip(found, largest, strict=True)]
    assert all(agree) if true else not all(agree)


def test_all_branches_appear() -> None:
    [given, claim] = relations("s : scalar", "s^2 = 4", "s = 2")
    assert {round(at.s, 9) for at, _, _ in satisfied([given], claim)} == {-2.0, 2.0}
    [given, claim] = relations("A : n×n", "A A = A", "tr A = 1")
    ranks = {round(float(left)) for _, left, _ in satisfied([given], claim, 12)}
    assert {0, 1, 2} <= ranks


@pytest.mark.parametrize("condition", [
    "s^2 = 0", "s^4 = 0", "s^2 + t^2 = 0", "(s t)^2 + s^2 = 0", "s^2 + 3 t^4 = 2 s t^2",
])
def test_double_roots_are_exact_or_left_out(condition: str) -> None:
    """Near a double root rounding moves a solution by 1e−8: such points would refute s = 0 and the like."""
    [given, claim] = relations("s : scalar, t : scalar", condition, "s = 0 t")
    for at, left, right in satisfied([given], claim, 3):
        assert at.s == 0 and left == right


@pytest.mark.parametrize("power", [2, 4])
def test_double_roots_that_are_no_short_numbers(power: int) -> None:
    root = apply("pow", s - constant(1) / 3, power)
    with pytest.raises(NotNumeric, match="No point was found"):
        points_on([apply("eq", root, constant(0))], [s], np.random.default_rng(0), 4, budget=LONG)


def test_beside_a_double_root_others_are_solved() -> None:
    conditions = [apply("eq", apply("pow", s, 2), constant(0)), apply("eq", 2 * t, 1 + apply("pow", t, 3))]
    found = points_on(conditions, [s, t], np.random.default_rng(0), 6, budget=LONG)
    roots = (1.0, (np.sqrt(5) - 1) / 2, -(np.sqrt(5) + 1) / 2)
    for _, (zero, other) in found:
        assert zero == 0 and min(abs(other - r) for r in roots) < 1e-12


def test_inequalities() -> None:
    conditions = [apply("lt", s, t), apply("ge", s, constant(0)), apply("ne", s + t, constant(1))]
    found = points_on(conditions, [s, t], np.random.default_rng(0), 30, budget=LONG)
    assert len(found) == 30
    assert all(0 <= a < b for _, (a, b) in found)
    narrow = [apply("le", s * s + t * t, constant(0.01)), apply("ge", s + t, constant(0.14))]
    for _, (a, b) in points_on(narrow, [s, t], np.random.default_rng(0), 5, budget=LONG):
        assert a * a + b * b <= 0.01 and a + b >= 0.14
    equal = points_on([apply("le", s, t), apply("le", t, s)], [s, t], np.random.default_rng(0), 3, budget=LONG)
    assert all(a == b for _, (a, b) in equal)


def test_discrete_symbols() -> None:
    k, b = symbol("k", (), ("integer",)), symbol("b", ("n",), ("binary",))
    found = points_on([apply("eq", k * k, constant(9))], [k], np.random.default_rng(0), 6, budget=LONG)
    assert {float(v[0]) for _, v in found} <= {-3.0, 3.0}
    two = [apply("eq", apply("sum", b), constant(2))]
    for _, (x,) in points_on(two, [b], np.random.default_rng(0), 6, budget=LONG):
        assert set(np.unique(x)) <= {0.0, 1.0} and x.sum() == 2


def test_definitions_must_have_the_declared_facts() -> None:
    x, y = symbol("x", ("n",), ("positive",)), symbol("y", ("n",))
    found = points_on([apply("eq", x, y - 1)], [x, y], np.random.default_rng(0), 5, budget=LONG)
    assert all(np.all(a > 0) and np.allclose(a, b - 1, atol=1e-11) for _, (a, b) in found)


def test_given_values_and_sizes() -> None:
    A, x = symbol("A", ("n", "n")), symbol("x", ("n",))
    M = np.array([[2.0, 1.0], [1.0, 3.0]])
    singular = [apply("eq", apply("mul", A, x), 0 * x)]
    found = points_on(singular, [x], np.random.default_rng(0), 3, budget=LONG, fixed={"A": M})
    assert all(small(v[0]) for _, v in found)
    sphere = [apply("eq", x.T @ x - 1, constant(0))]
    for p, _ in points_on(sphere, [x], np.random.default_rng(0), 4, budget=LONG, sizes={"n": 3}):
        assert p.sizes == {"n": 3}


def test_where_nothing_satisfies() -> None:
    with pytest.raises(NotNumeric, match="satisfies the conditions"):
        points_on([apply("eq", s * s, constant(-1))], [s], np.random.default_rng(0), 3, budget=LONG)
    with pytest.raises(NotNumeric, match="no condition"):
        points_on([s + t], [s], np.random.default_rng(0), 3, budget=LONG)


def test_solving() -> None:
    """The circle and a line: two regular solutions; x² = 0 is none, though it is solved to rounding."""
    residual = lambda z: np.array([z[0] ** 2 + z[1] ** 2 - 1, z[0] - z[1]])
    rng = np.random.default_rng(0)
    for start in ((1.0, 0.3), (-2.0, -0.1)):
        better = polished(residual, solved(residual, np.array(start)))
        assert better is not None and regular(residual, *better, rng)
        np.testing.assert_allclose(np.abs(better[0]), np.sqrt(0.5), rtol=1e-14)
    circle = polished(lambda z: residual(z)[:1], np.array([0.6, 0.8]))
    assert circle is not None and regular(lambda z: residual(z)[:1], *circle, rng)
    for power in (2, 3, 4):
        many = lambda z: z[:1] ** power - z[:1] ** power * z[1:] ** 2
        better = polished(many, solved(many, np.array([1.0, 0.3])))
        assert better is not None and abs(better[0][0]) < 1e-2 and not regular(many, *better, rng)


@pytest.mark.parametrize("condition", [
    ("exp", 0), ("sigmoid", 0), ("tanh", 1), ("normpdf", 0), ("normcdf", 1), ("softplus", 0),
])
@pytest.mark.parametrize("inside", [s, s * t], ids=["s", "st"])
def test_what_only_comes_near_is_no_solution(condition: tuple[str, int], inside: Expr) -> None:
    """exp(−40) is nearly 0, and tanh(20) is 1 in floats: neither solves its equation."""
    name, value = condition
    with pytest.raises(NotNumeric, match="No point was found"):
        points_on([apply("eq", apply(name, inside), constant(value))], [s], np.random.default_rng(0), 3, budget=1.0)


@pytest.mark.parametrize(("name", "value", "roots"), [
    ("sin", 0.0, [0.0, np.pi, -np.pi]), ("cos", 0.0, [np.pi / 2, -np.pi / 2]), ("log", 0.0, [1.0]),
    ("exp", 3.0, [np.log(3.0)]), ("erf", 0.5, [0.4769362762044699]), ("abs", 2.0, [2.0, -2.0]),
])
def test_equations_with_a_zero_side(name: str, value: float, roots: list[float]) -> None:
    equation = apply("eq", apply(name, s), constant(value))
    found = points_on([equation], [s], np.random.default_rng(0), 8, budget=LONG)
    for _, (x,) in found:
        near = min(roots, key=lambda r: abs(r - x)) if name not in ("sin", "cos") else (
            np.pi * np.round(x / np.pi) if name == "sin" else np.pi * (np.round(x / np.pi - 0.5) + 0.5)
        )
        assert abs(x - near) < 1e-12


def test_a_condition_that_always_holds() -> None:
    x, y = symbol("x", ("n",)), symbol("y", ("n",))
    assert len(points_on([apply("eq", x.T @ y, y.T @ x)], [x], np.random.default_rng(0), 5, budget=LONG)) == 5
