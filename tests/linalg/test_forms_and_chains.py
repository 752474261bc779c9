"""Quadratic forms, bases, Markov chains and PageRank, and functions as vectors."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import sympy
from numpy.polynomial import legendre
from scipy.integrate import quad

from agnesi.errors import AgnesiError, NotNumeric, ShapeError
from agnesi.linalg import (
    change_basis,
    complete_squares,
    coordinates,
    definiteness,
    function_inner,
    gram_functions,
    level_axes,
    link_matrix,
    map_in_bases,
    markov_steps,
    orthogonal_functions,
    pagerank,
    power_iteration,
    stationary,
)
from agnesi.linalg.markov import closed_classes

RNG = np.random.default_rng(5)
SYMMETRIC = [b + b.T for b in (RNG.integers(-3, 4, (n, n)) for n in (1, 2, 2, 3, 3, 4) for _ in range(3))]
NAMED = [
    ("[9 6; 6 5]", "positive definite"), ("[9 6; 6 3]", "indefinite"), ("[1 1; 1 1]", "positive semidefinite"),
    ("[0 0; 0 0]", "zero"), ("[-2 1 0; 1 -2 1; 0 1 -2]", "negative definite"), ("[0 1; 1 0]", "indefinite"),
    ("[-1 1; 1 -1]", "negative semidefinite"), ("[0 0; 0 2]", "positive semidefinite"), ("[3]", "positive definite"),
    ("[1 4; 0 1]", "indefinite"), ("[1 1; 0 1]", "positive definite"), ("[0 0; 0 -2]", "negative semidefinite"),
]  # fmt: skip


def verdict(A: np.ndarray) -> str:
    values = np.linalg.eigvalsh((A + A.T) / 2)
    plus, minus = (values > 1e-9).any(), (values < -1e-9).any()
    if plus and minus:
        return "indefinite"
    if not plus and not minus:
        return "zero"
    return ("positive " if plus else "negative ") + ("definite" if (abs(values) > 1e-9).all() else "semidefinite")


@pytest.mark.parametrize("A", SYMMETRIC)
def test_squares_are_the_form(A):
    found = complete_squares(A)
    assert found.verified and sympy.expand(found.value - found.form) == 0
    for step in found.steps:
        data = step.data
        assert data["before"] - data["factor"] * data["line"] * data["line"].T == data["after"]
    signs = np.sign(np.linalg.eigvalsh(A.astype(float)).round(9))  # Sylvester: as many of each sign
    assert sorted(np.sign([float(f) for f in found.factors])) == sorted(signs[signs != 0])


@pytest.mark.parametrize("A, expected", [*((a, verdict(a)) for a in SYMMETRIC), *NAMED])
def test_definiteness(A, expected):
    found = definiteness(A)
    assert found.value == expected and found.verified
    S, x = found.symmetric_part, found.witness
    assert (x is None) == (expected == "positive definite")
    if x is not None:
        value = (x.T * S * x)[0]
        assert any(x) and (
            value < 0 if expected in ("indefinite", "negative definite", "negative semidefinite") else value == 0
        )
    assert [S[:k, :k].det() for k in range(1, S.rows + 1)] == found.minors


def test_definiteness_with_letters():
    found = definiteness("[a b; b c]")
    assert found.value == "a > 0 and ac − b² > 0" and found.verified


def test_definiteness_in_floats():
    F = RNG.standard_normal((20, 20))
    assert definiteness(F @ F.T).value == "positive definite"
    assert definiteness(F + F.T).value == "indefinite"
    assert definiteness(F[:, :5] @ F[:, :5].T).value == "positive semidefinite"
    assert definiteness(-F @ F.T).value == "negative definite"


@pytest.mark.parametrize(
    "A, level, kind",
    [
        ("[5 4; 4 5]", 1, "ellipse"), ("[0 1; 1 0]", 1, "hyperbola"), ("[1 1; 1 1]", 2, "two parallel lines"),
        ("[-2 0; 0 -3]", 1, "empty"), ("[1 0 0; 0 2 0; 0 0 3]", 6, "ellipsoid"),
        ("[1 2 3; 2 5 4; 3 4 17]", 1, "ellipsoid"),
        ("[2]", 8, "two points"), ("[-2 0; 0 -3]", -6, "ellipse"),
    ],
)  # fmt: skip
def test_axes_of_level_sets(A, level, kind):
    found = level_axes(A, level)
    assert found.kind == kind and found.verified
    M = np.array(sympy.Matrix(found.question[0].parts[-1].rows).tolist(), dtype=float)
    for v, h in found.value:
        if h is not None:
            end = float(h) * np.array(sympy.Matrix(v).evalf().tolist(), dtype=float)
            assert (end.T @ M @ end).item() == pytest.approx(float(level))


def test_coordinates():
    """Imperial LA W2 and W4."""
    found = coordinates([3, 4], "[2 -2; 1 4]")
    assert list(found.value) == [2, sympy.Rational(1, 2)] and found.orthogonal and found.verified
    bear = coordinates([5, 2], "[3 1; 1 1]")
    assert list(bear.value) == [sympy.Rational(3, 2), sympy.Rational(1, 2)] and not bear.orthogonal


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_bases_against_numpy(n):
    for _ in range(4):
        B, C, A = (RNG.integers(-3, 4, (n, n)) + 9 * np.eye(n, dtype=int) for _ in range(3))
        x = RNG.integers(-5, 6, n)
        found = coordinates(x, B)
        assert np.allclose(np.array(found.value.tolist(), dtype=float)[:, 0], np.linalg.solve(B, x)) and found.verified
        change = change_basis(B, C)
        assert np.allclose(np.array(change.value.tolist(), dtype=float), np.linalg.solve(C, B)) and change.verified
        moved = map_in_bases(A, B, C)
        assert np.allclose(np.array(moved.value.tolist(), dtype=float), np.linalg.solve(C, A @ B)) and moved.verified


def test_published_changes_of_basis():
    """MML example 2.24, and the bear of Imperial LA W4."""
    found = map_in_bases(
        "[1 2 0; -1 1 3; 3 7 1; -1 2 4]", "[1 0 1; 1 1 0; 0 1 1]", "[1 1 0 1; 1 0 1 0; 0 1 1 0; 0 0 0 1]"
    )
    assert found.value == sympy.Matrix([[-4, -4, -2], [6, 0, 0], [4, 8, 4], [1, 6, 3]]) and found.verified
    assert change_basis("[3 1; 1 1]").inverse == sympy.Matrix([[1, -1], [-1, 3]]) / 2


def random_chain(n: int) -> sympy.Matrix:
    counts = RNG.integers(0, 5, (n, n)) + np.eye(n, dtype=int)
    return sympy.Matrix(n, n, lambda i, j: sympy.Rational(int(counts[i, j]), int(counts[:, j].sum())))


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_stationary_distributions(n):
    P = random_chain(n)
    found = stationary(P)
    assert found.verified and P * found.value == found.value and sum(found.value) == 1
    other = stationary(P.T, rows=True)
    assert other.value == found.value and other.by_rows
    if found.unique and not found.periodic:
        far = np.linalg.matrix_power(np.array(P.tolist(), dtype=float), 2000) @ np.eye(n)[0]
        assert np.allclose(far, np.array(found.value.tolist(), dtype=float)[:, 0], atol=1e-6)


def test_special_chains():
    swap = stationary("[0 1; 1 0]")
    assert swap.periodic and list(swap.value) == [sympy.Rational(1, 2)] * 2
    split = stationary("[1 0 1/2; 0 1 1/2; 0 0 0]")
    assert not split.unique and split.basis.cols == 2 and list(split.value) == [sympy.Rational(1, 2)] * 2 + [0]
    assert closed_classes(sympy.Matrix([[1, 0, 0], [0, 0, 1], [0, 1, 0]])) == [[0], [1, 2]]
    walk = stationary("[0 1/2 0; 1 0 1; 0 1/2 0]")
    assert list(walk.value) == [sympy.Rational(1, 4), sympy.Rational(1, 2), sympy.Rational(1, 4)] and walk.periodic


@pytest.mark.parametrize("n", [0, 1, 3, 8])
def test_steps_of_a_chain(n):
    P = random_chain(3)
    found = markov_steps(P, ["1/2", "1/2", 0], n)
    assert found.verified and found.value == P**n * sympy.Matrix([sympy.Rational(1, 2)] * 2 + [0])
    for step in found.steps:
        assert step.data["P"] * step.data["before"] == step.data["after"]


@pytest.mark.parametrize("A", [SYMMETRIC[-1], "[2 1; 1 2]", "[1 1; 1 0]", "[5]", RNG.random((30, 30))])
def test_power_iteration(A):
    found = power_iteration(A, tolerance=1e-11, limit=20_000)
    M = found.steps[-1].data["A"]
    values = sorted(np.linalg.eigvals(M), key=abs)
    assert found.converged and found.verified and found.value == pytest.approx(values[-1].real, rel=1e-6)
    if found.rate is not None and len(values) > 1:
        assert found.rate == pytest.approx(abs(values[-2] / values[-1]), abs=0.15)


def test_power_iteration_that_does_not_settle():
    found = power_iteration("[0 -1; 1 0]", [1, 0], limit=50)
    assert not found.converged and found.value is None and "several directions" in found.notes[0]
    with pytest.raises(NotNumeric, match="zero vector"):
        power_iteration("[0 1; 0 0]", [1, 0])


FOUR = {"A": "BCD", "B": "AD", "C": "D", "D": "BC"}


def test_published_ranks():
    """Imperial LA W5: .12, .24, .24, .40."""
    found = pagerank(FOUR)
    assert [float(v) for v in found.value] == pytest.approx([0.12, 0.24, 0.24, 0.40]) and found.verified
    assert found.order[0] == "D" and found.converged


@pytest.mark.parametrize("d", ["1/2", 0.85, 0, 1])
def test_damped_ranks(d):
    trap = {**FOUR, "D": "D"}
    found = pagerank(trap, d)
    assert found.verified
    L = np.array(link_matrix(trap)[0].tolist(), dtype=float)
    M = float(sympy.Rational(str(d))) * L + (1 - float(sympy.Rational(str(d)))) / 4
    values, vectors = np.linalg.eig(M)
    r = vectors[:, np.abs(values - 1).argmin()].real
    assert np.allclose(np.array(found.value.tolist(), dtype=float)[:, 0], r / r.sum())
    if d == 1:
        assert "trap" in found.notes[-1] and found.ranks["D"] == 1


def test_ways_to_give_links_agree():
    pairs = [(a, b) for a, targets in FOUR.items() for b in targets]
    L = link_matrix(FOUR)[0]
    counts = [[int(v != 0) for v in row] for row in L.tolist()]
    for links in (pairs, L, counts, np.array(counts)):
        assert link_matrix(links)[0] == L
    dangling = pagerank({"A": "B", "B": ""}, 0.85)
    assert "B has no links" in dangling.notes[0] and dangling.verified


def test_cycles_are_told():
    found = pagerank({"A": "B", "B": "C", "C": "AB"}, limit=3)
    assert not found.converged and "cycle" in found.notes[0]
    several = pagerank("[0 1 0 0; 1 0 0 0; 0 0 0 1; 0 0 1 0]")
    assert several.unique is False and "several" in " ".join(several.notes).lower()


def test_many_pages():
    links = (RNG.random((150, 150)) < 0.05).astype(float)
    found = pagerank(links, 0.85)
    assert found.converged and found.verified
    M = found.matrix
    assert np.allclose(M @ found.value, found.value, atol=1e-10)


def test_sines_and_cosines_are_orthogonal():
    """MML 3.7."""
    found = gram_functions(["1", "cos(x)", "sin(x)", "cos(2x)", "sin(2x)", "cos(3x)"])
    assert found.value == sympy.diag(2 * sympy.pi, *[sympy.pi] * 5) and found.orthogonal and found.verified


@pytest.mark.parametrize(
    "f, g, a, b, exact",
    [
        ("sin(x)", "cos(x)", "-pi", "pi", 0), ("x", "exp(x)", 0, 1, 1), ("sin(x)", "sin(x)", "-pi", "pi", sympy.pi),
        ("x", "x^2", -1, 1, 0), ("exp(-x^2)", "1", -1, 2, None), ("x", "log(x)", 1, 3, None), ("1", "1/x", 1, "e", 1),
        ("exp(sin(x))", "1", 0, 2, None), ("sin(x)", "x", 0, 1, None), ("abs(x)", "1", -1, 2, sympy.Rational(5, 2)),
    ],
)  # fmt: skip
def test_inner_products_of_functions(f, g, a, b, exact):
    found = function_inner(f, g, a, b)
    x = sympy.Symbol("x")
    named = {"e": sympy.E, "x": x}
    product = sympy.lambdify(x, sympy.sympify(f"({f})*({g})".replace("^", "**"), named), "numpy")
    number = quad(product, float(sympy.sympify(a, named)), float(sympy.sympify(b, named)))[0]
    assert found.verified and float(found.value) == pytest.approx(number, abs=1e-9)
    assert exact is None or float(found.value) == pytest.approx(float(exact), abs=1e-9)
    assert found.orthogonal == (abs(number) < 1e-12)
    step = found.steps[0]
    if step.rule == "integral":
        assert sympy.simplify(step.data["antiderivative"].diff(step.data["variable"]) - step.data["integrand"]) == 0


def test_legendre_polynomials():
    found = orthogonal_functions(["1", "x", "x^2", "x^3", "x^4"])
    x = next(iter(found.value[1].free_symbols))
    points = np.linspace(-1, 1, 9)
    for k, u in enumerate(found.value):
        scale = float(u.subs(x, 1))
        assert np.allclose([float(u.subs(x, p)) / scale for p in points], legendre.legval(points, np.eye(5)[k]))
    assert found.verified
    assert orthogonal_functions(["1", "x", "2x + 3"]).value[2] == 0


def test_results_show_themselves():
    """Every surface takes every kind of result: text, ASCII, LaTeX, HTML."""
    results = [
        definiteness("[9 6; 6 3]"), level_axes("[5 4; 4 5]"), coordinates([3, 4], "[2 -2; 1 4]"), pagerank(FOUR, 0.85),
        stationary("[9/10 1/2; 1/10 1/2]"), function_inner("x", "x^2", -1, 1), power_iteration("[2 1; 1 2]"),
    ]  # fmt: skip
    for found, form in itertools.product(results, ("unicode", "ascii", "latex", "html")):
        shown = found.show(form)
        assert len(shown) > 80 and "Traceback" not in shown and "Matrix(" not in shown and "**" not in shown


@pytest.mark.parametrize(
    "call, error, told",
    [
        (lambda: complete_squares("[1 2; 3 4]"), NotNumeric, "not symmetric"),
        (lambda: definiteness("[1 2 3]"), ShapeError, "1×3"),
        (lambda: level_axes("[1 0; 0 1]", 0), NotNumeric, "level 0"),
        (lambda: coordinates([1, 2], "[1 2; 2 4]"), NotNumeric, "no basis"),
        (lambda: coordinates([1, 2, 3], "[1 0; 0 1]"), ShapeError, "3 entries"),
        (lambda: change_basis("[1 2 3; 4 5 6]"), ShapeError, "2×3"),
        (lambda: map_in_bases("[1 2; 3 4]", "[1]"), ShapeError, "S is 1×1"),
        (lambda: stationary("[1 2; 0 1]"), NotNumeric, "add up to"),
        (lambda: stationary("[2 0; -1 1]"), NotNumeric, "not negative"),
        (lambda: stationary("[a 0; 1 - a 1]"), NotNumeric, "letters"),
        (lambda: markov_steps("[1 0; 0 1]", [1, 1], 2), NotNumeric, "no distribution"),
        (lambda: markov_steps("[1 0; 0 1]", [1, 0], -2), NotNumeric, "no number of steps"),
        (lambda: power_iteration("[1 0; 0 1]", [0, 0]), ShapeError, "not 0"),
        (lambda: pagerank(FOUR, 2), NotNumeric, "between 0 and 1"),
        (lambda: pagerank("[1/2 1; 1/4 0]"), NotNumeric, "Column 1"),
        (lambda: pagerank("[-1 1; 2 0]"), NotNumeric, "not negative"),
        (lambda: function_inner("a x", "x"), NotNumeric, "letter a"),
        (lambda: function_inner("x", "x", 1, 0), NotNumeric, "empty"),
        (lambda: function_inner("x", "x", "a", 1), NotNumeric, "letters"),
        (lambda: function_inner("1/x", "1/x", -1, 1), AgnesiError, "diverges"),
        (lambda: function_inner("1/(x - 3/10)", "1/(x - 3/10)", -1, 1), AgnesiError, "diverges"),
        (lambda: function_inner("log(x)", "1", -1, 1), AgnesiError, "not real"),
        (lambda: gram_functions([]), NotNumeric, "0 functions"),
    ],
)
def test_what_fails_says_why(call, error, told):
    with pytest.raises(error, match=told):
        call()


@pytest.mark.parametrize(
    "call, told",
    [
        (lambda: level_axes("[a b; b a]"), "the letter a"),
        (lambda: pagerank({}), "no pages"),
        (lambda: gram_functions(None), "a NoneType"),
    ],
)
def test_inputs_that_once_ended_in_a_foreign_error(call, told):
    with pytest.raises(NotNumeric, match=told):
        call()
