"""Norms, inner products, angles and distances, against NumPy and SciPy, and the axioms at random pairs."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from agnesi.errors import NotNumeric, ShapeError
from agnesi.linalg import angle, cauchy_schwarz, cosine_rule, distance, inner, inner_product_axioms, norm

RNG = np.random.default_rng(1)
PAIRS = [(RNG.integers(-6, 7, n), RNG.integers(-6, 7, n)) for n in (1, 2, 3, 5) for _ in range(4)]
METRICS = ["[2 1; 1 3]", "[1 -1/2; -1/2 1]", "[9 6; 6 5]"]


@pytest.mark.parametrize("x, _", PAIRS)
@pytest.mark.parametrize("p", [1, 2, 3, "3/2", "inf"])
def test_norms_are_those_of_numpy(x, _, p):
    order = np.inf if p == "inf" else 1.5 if p == "3/2" else p
    found = norm(x, p)
    assert found.verified
    assert float(found.value) == pytest.approx(np.linalg.norm(x.astype(float), order))


def test_norms_are_exact():
    assert norm([1, 1, 1]).value == sympy.sqrt(3)
    assert norm([1, -2], 3).value == sympy.cbrt(9)
    assert norm("[a, b]").value == sympy.sqrt(sum(s**2 for s in sympy.symbols("a b", real=True)))
    assert norm([0, 0]).value == 0
    assert norm([0.1, 0.2]).value == sympy.sqrt(5) / 10


@pytest.mark.parametrize("x, y", PAIRS)
def test_inner_product_and_angle(x, y):
    found = inner(x, y)
    assert found.value == int(x @ y) and found.verified
    if x.any() and y.any():
        cosine = (x @ y) / (np.linalg.norm(x) * np.linalg.norm(y))
        turn = angle(x, y)
        assert float(turn.value) == pytest.approx(np.arccos(np.clip(cosine, -1, 1)), abs=1e-12)
        assert float(turn.degrees) == pytest.approx(np.degrees(float(turn.value)))
        assert turn.orthogonal == (x @ y == 0) == found.orthogonal


def test_the_angle_changes_with_the_inner_product():
    """MML example 3.7: orthogonal in one inner product, and at about 109.5 degrees in another."""
    assert angle([1, 1], [-1, 1]).degrees == 90
    assert float(angle([1, 1], [-1, 1], "[2 0; 0 1]").degrees) == pytest.approx(109.47, abs=0.01)
    assert norm([1, 1], A="[1 -1/2; -1/2 1]").value == 1
    assert norm([1, -1], A="[1 -1/2; -1/2 1]").value == sympy.sqrt(3)


@pytest.mark.parametrize("metric", [None, *METRICS])
def test_cauchy_schwarz_holds_for_every_inner_product(metric):
    for _ in range(25):
        x, y = RNG.integers(-9, 10, 2), RNG.integers(-9, 10, 2)
        found = cauchy_schwarz(x, y, metric)
        parallel = x[0] * y[1] == x[1] * y[0]
        assert found.value and found.verified
        assert found.equality == bool(parallel)
    assert cauchy_schwarz([1, 2], [-3, -6], metric).equality


@pytest.mark.parametrize("x, y", PAIRS)
@pytest.mark.parametrize("p", [1, 2, "inf"])
def test_distances(x, y, p):
    found = distance(x, y, p)
    assert found.verified
    assert float(found.value) == pytest.approx(np.linalg.norm((x - y).astype(float), np.inf if p == "inf" else p))


def test_distance_in_an_inner_product():
    d = np.array([2.0, -3.0])
    A = np.array([[2.0, 1], [1, 3]])
    assert float(distance([3, 0], [1, 3], A=METRICS[0]).value) == pytest.approx(np.sqrt(d @ A @ d))


@pytest.mark.parametrize("x, y", [p for p in PAIRS if p[0].any() and p[1].any()])
def test_the_cosine_rule_gives_the_dot_product(x, y):
    found = cosine_rule(x, y)
    assert found.value == int(x @ y) and found.verified


@pytest.mark.parametrize(
    "text, symmetric, definite",
    [
        ("[9 6; 6 5]", True, True), ("[9 6; 6 3]", True, False), ("[1 2; 0 1]", False, False),
        ("[1 1; 0 1]", False, True), ("[1 1; 1 1]", True, False), ("[0 1; 1 0]", True, False),
        ("[0 0; 0 0]", True, False),
        ("[2 -1 0; -1 2 -1; 0 -1 2]", True, True), ("[3]", True, True), ("[-3]", True, False),
    ],
)  # fmt: skip
def test_axioms(text, symmetric, definite):
    found = inner_product_axioms(text)
    assert (found.symmetric, found.positive_definite) == (symmetric, definite)
    assert found.value == (symmetric and definite) and found.verified
    assert (found.witness is None) == definite
    if not definite:
        A = sympy.Matrix(found.steps[2].data["A"])
        x = found.witness
        assert any(x) and (x.T * A * x)[0] <= 0


def test_axioms_agree_with_eigenvalues():
    for _ in range(30):
        B = RNG.integers(-2, 3, (3, 3))
        A = B + B.T
        assert inner_product_axioms(A).value == bool(np.linalg.eigvalsh(A.astype(float)).min() > 1e-9)


@pytest.mark.parametrize(
    "call, error, told",
    [
        (lambda: norm([1, 2], "1/2"), NotNumeric, "triangle inequality"),
        (lambda: norm([1, 2], A="[1 2; 2 1]"), NotNumeric, "not positive definite"),
        (lambda: norm([1, 2], A="[1 2; 0 1]"), NotNumeric, "not symmetric"),
        (lambda: norm([1, 2], A="[1]"), ShapeError, "1×1"),
        (lambda: inner([1, 2], [1, 2, 3]), ShapeError, "2 and 3"),
        (lambda: angle([0, 0], [1, 2]), NotNumeric, "zero vector"),
        (lambda: angle([1, 2], [float("nan"), 2]), NotNumeric, "nan"),
        (lambda: cosine_rule([0, 0], [1, 1]), NotNumeric, "zero vector"),
    ],
)
def test_what_fails_says_why(call, error, told):
    with pytest.raises(error, match=told):
        call()
