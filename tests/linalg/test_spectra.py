"""Roots, eigenvalues, powers, the exponential and the spectral theorem, against NumPy, SciPy and sympy."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
import sympy

from agnesi.errors import AgnesiError, NotNumeric, ShapeError, TooLarge
from agnesi.linalg import (
    characteristic_polynomial,
    diagonalise,
    eigen,
    matrix_exponential,
    power_by_eigenbasis,
    spectral,
)
from agnesi.linalg.notation import is_zero
from agnesi.linalg.roots import roots_of

RNG = np.random.default_rng(3)
λ, x = sympy.symbols("λ x")
a, b = sympy.symbols("a b", real=True)
RANDOM = [RNG.integers(-4, 5, (n, n)) for n in (1, 2, 2, 3, 3, 4, 5)]
HARD = [
    "[4 2; 1 3]", "[1 1; 0 2]", "[0 -1; 1 0]", "[1 1; 1 0]", "[2 1 1; 1 2 1; 1 1 2]", "[0 0; 0 0]", "[7]", "[1 2; 2 4]",
    "[5 0 0; 0 5 0; 0 0 5]", "[1 2 3; 4 5 6; 7 8 9]", "[0 1 0; 0 0 1; 1 0 0]", "[1/2 1/3; 1/2 2/3]",
    "[2 0 0 0; 0 2 0 0; 0 0 3 1; 0 0 1 3]",
]  # fmt: skip
DEFECTIVE = [
    "[1 1; 0 1]",
    "[0 1 0; 0 0 1; 0 0 0]",
    "[3 1 0; 0 3 0; 0 0 2]",
    "[3 1; -1 1]",
    "[4 1 0 0; 1 4 0 0; 0 0 2 1; 1 0 0 2]",
]


def floats(M) -> np.ndarray:
    return np.array(sympy.Matrix(M).evalf(20).tolist(), dtype=complex)


def near(one, other) -> bool:
    """Compare two lists of complex numbers as sets."""
    rest = [complex(v) for v in other]
    for v in map(complex, one):
        k = min(range(len(rest)), key=lambda i: abs(rest[i] - v))
        if abs(rest.pop(k) - v) > 1e-4:
            return False
    return not rest


@pytest.mark.parametrize(
    "p",
    [
        x**2 - 7 * x + 10, x**2 - x - 1, x**2 + 1, -(x**3) + 3 * x - 2, x**4 - 5 * x**2 + 3, x**3 - x - 1,
        (x**2 - 2) ** 2,
        x**2 - 2 * sympy.sqrt(2) * x + 2, x**3, 4 * x**2 - 1, x - 3, (x**2 + x + 1) * (2 * x - 1) ** 3, x**4 + 4,
        x**2 + sympy.sqrt(3) * x + 1, x**5 - x - 1, (x - 1) * (x**3 - 2), x**4 - 10 * x**2 + 1,
    ],
)  # fmt: skip
def test_roots(p):
    found, steps = roots_of(p, x)
    assert sum(r.multiplicity for r in found) == sympy.degree(p, x)
    numbers = [complex(r.value) for r in found for _ in range(r.multiplicity)]
    exact = [complex(v) for v in sympy.Poly(p, x).nroots(n=20, maxsteps=500)] if sympy.Poly(p, x).is_sqf else None
    assert exact is None or near(numbers, exact)
    for r in found:
        value = p.subs(x, r.value)
        assert is_zero(value) if r.exact else abs(complex(value)) < 1e-10
        assert r.exact or sympy.Poly(p, x).factor_list()[1][-1][0].degree() > 2
    for step in steps:
        data = step.data
        if step.rule == "divide by a root":
            assert sympy.expand(data["after"] * (x - data["root"]) ** data["multiplicity"] - data["before"]) == 0
        if step.rule == "factorise":
            product = sympy.Mul(*((x - r) ** m for r, m in data["factors"])) * sympy.LC(p, x)
            assert is_zero(sympy.expand(product - p))
        if step.rule == "quadratic formula":
            assert all(
                is_zero(data["polynomial"].subs(data["polynomial"].free_symbols.pop(), r)) for r in data["roots"]
            )


def test_roots_with_letters():
    assert {r.value for r in roots_of(x**2 - (a + b) * x + a * b, x)[0]} == {a, b}
    values = [r.value for r in roots_of(x**2 - a * x + b, x)[0]]
    assert sympy.simplify(sum(values) - a) == 0 and sympy.simplify(values[0] * values[1] - b) == 0
    with pytest.raises(NotNumeric, match="no short formula"):
        roots_of(x**3 - a * x + b, x)


@pytest.mark.parametrize("A", [*RANDOM, *HARD, *DEFECTIVE, "[a b; b a]"])
def test_characteristic_polynomial(A):
    found = characteristic_polynomial(A)
    M = sympy.Matrix(found.question[0].parts[-1].rows)
    assert found.verified and sympy.expand(found.value - (M - λ * sympy.eye(M.rows)).det()) == 0
    for step in found.steps:
        if step.rule == "coefficient by a trace":  # tr(AB) = −k c
            assert (step.data["A"] * step.data["B"]).trace() == -step.data["k"] * step.data["coefficient"]


@pytest.mark.parametrize("A", [*RANDOM, *HARD, *DEFECTIVE])
def test_eigenvalues(A):
    found = eigen(A)
    M = np.array(sympy.Matrix(found.question[0].parts[-1].rows).tolist(), dtype=float)
    assert found.verified
    assert near(found.value, np.linalg.eigvals(M))
    if not found.exact:
        assert np.allclose(M @ found.vectors, found.vectors * found.value)
        return
    theirs = {sympy.nsimplify(v): (m, len(basis)) for v, m, basis in sympy.Matrix(M.astype(object)).applyfunc(
        sympy.nsimplify).eigenvects()}  # fmt: skip
    ours = [(complex(s.value), s.algebraic, s.geometric) for s in found.spaces]
    assert len(ours) == len(theirs)
    for v, (m, g) in theirs.items():
        assert any(abs(complex(v) - w) < 1e-12 and (m, g) == (k, d) for w, k, d in ours)
    for step in found.steps:
        if step.rule == "eigenspace":
            S, R, V = step.data["shifted"], step.data["reduced"], step.data["basis"]
            assert np.allclose(floats(S * V), 0) and np.allclose(floats(R * V), 0)
            assert S.rank(iszerofunc=is_zero) == V.rows - V.cols


def test_published_eigenvalues():
    """MML example 4.5."""
    found = eigen("[4 2; 1 3]")
    assert found.value == [2, 5] and found.vectors == sympy.Matrix([[1, 2], [-1, 1]])
    assert found.polynomial == λ**2 - 7 * λ + 10


@pytest.mark.parametrize("A", DEFECTIVE)
def test_defective_matrices_are_said_so(A):
    found = eigen(A)
    assert found.defective and "defective" in found.notes[0] and found.vectors.cols < len(found.value)
    with pytest.raises(AgnesiError, match="no basis of eigenvectors"):
        diagonalise(A)


@pytest.mark.parametrize("A", [*RANDOM, *HARD])
def test_diagonalisation(A):
    found = diagonalise(A)
    assert found.verified
    if isinstance(found.P, np.ndarray):
        M = np.array(sympy.Matrix(found.question[0].parts[-1].rows).tolist(), dtype=float)
        assert np.allclose(found.P @ found.D @ np.linalg.inv(found.P), M)
    else:
        M = sympy.Matrix(found.question[0].parts[-1].rows)
        assert np.allclose(floats(found.P) @ floats(found.D) @ floats(found.inverse), floats(M))


def test_letters():
    assert set(eigen("[a b; b a]").value) == {a + b, a - b}
    assert eigen("[λ 0; 0 1]").verified  # the letter of the polynomial is then another
    spectrum = spectral("[a b; b a]")
    assert spectrum.verified and sympy.simplify(spectrum.Q.T * spectrum.Q - sympy.eye(2)) == sympy.zeros(2)


def test_powers():
    """Imperial LA W5: C = [1 1; 0 1], D = diag(1, 2), T² = [1 3; 0 4]."""
    found = power_by_eigenbasis("[1 1; 0 2]", 2)
    assert found.value == sympy.Matrix([[1, 3], [0, 4]]) and found.verified
    assert sympy.Matrix([[1, 1], [0, 1]]) == found.P and sympy.diag(1, 2) == found.D


@pytest.mark.parametrize("A", [m for m in HARD if m not in ("[0 0; 0 0]",)] + DEFECTIVE)
@pytest.mark.parametrize("k", [0, 1, 5])
def test_powers_are_products(A, k):
    found = power_by_eigenbasis(A, k)
    M = sympy.Matrix(found.question[0].parts[-1].rows)
    assert found.verified and all(is_zero(v) for v in found.value - M**k)


@pytest.mark.parametrize(
    "A", ["[1 1; 0 2]", "[1 1; 1 0]", "[2 1; 1 2]", "[1 1; 1 1]", "[2 1 0; 0 2 1; 0 0 2]", "[3 1; -1 1]", "[0 1; -1 0]",
          "[0 1 0; 0 0 0; 0 0 2]"],
)  # fmt: skip
def test_powers_with_a_letter(A):
    found = power_by_eigenbasis(A, "k")
    M = sympy.Matrix(found.question[0].parts[-1].rows)
    k = found.value.free_symbols.pop()
    assert found.verified and all(is_zero(v) for v in found.value.subs(k, 7) - M**7)


def test_powers_of_a_nilpotent_matrix_say_from_where_they_hold():
    found = power_by_eigenbasis("[0 1 0; 0 0 1; 0 0 0]", "k")
    assert found.value == sympy.zeros(3) and found.verified and "k ≥ 3" in found.notes[0]


def test_exponential_without_exact_eigenvalues_is_in_decimals():
    found = matrix_exponential("[1 2 3; 4 5 6; 7 8 10]", "1/4")
    M = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 10]]) / 4
    values, V = np.linalg.eig(M)
    assert found.verified and np.allclose(found.value, V @ np.diag(np.exp(values)) @ np.linalg.inv(V))


def test_eigenvalues_without_a_short_formula_say_so():
    found = eigen("[1 2 3; 4 5 6; 7 8 10]")
    assert "no short formula" in found.notes[0] and [r.exact for r in found.roots] == [False] * 3
    mixed = eigen([[2, 0, 0, 0], [0, 1, 2, 3], [0, 4, 5, 6], [0, 7, 8, 10]])
    assert [r.value for r in mixed.roots if r.exact] == [2] and mixed.verified
    cube = eigen("[0 1 0; 0 0 1; 2 0 0]")
    assert sympy.cbrt(2) in [r.value for r in cube.roots] and "λ₁ = 2^{1/3} ≈ 1.25992" in str(cube)


def test_negative_powers():
    assert power_by_eigenbasis("[2 1; 1 2]", -2).value == sympy.Matrix([[2, 1], [1, 2]]) ** -2
    assert power_by_eigenbasis("[1 1; 0 1]", -3).value == sympy.Matrix([[1, -3], [0, 1]])


@pytest.mark.parametrize(
    "A",
    ["[0 -1; 1 0]", "[1 2; 0 3]", "[2 1; 1 2]", "[0 0; 0 0]", "[1 -1; 1 1]", "[1 1; 1 0]", "[2]",
     "[0 1 0; 0 0 1; 1 0 0]",
     "[0 1 0 0; 0 0 1 0; 0 0 0 1; -1 0 -2 0]", *DEFECTIVE],
)  # fmt: skip
def test_exponential_is_that_of_scipy(A):
    found = matrix_exponential(A)
    M = np.array(sympy.Matrix(found.question[0].parts[-1].rows).tolist(), dtype=float)
    assert found.verified and np.allclose(floats(found.value).real, scipy.linalg.expm(M))
    t = sympy.Symbol("t", real=True)
    moving = matrix_exponential(A, "t").value
    rate = moving.diff(t) - sympy.Matrix(M).applyfunc(sympy.nsimplify) * moving
    assert np.allclose(floats(rate.subs(t, sympy.Rational(1, 3))), 0)  # d exp(tA)/dt = A exp(tA)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_spectral_theorem_rebuilds_symmetric_matrices(n):
    for _ in range(3):
        B = RNG.integers(-3, 4, (n, n))
        A = B + B.T
        found = spectral(A)
        assert found.verified
        Q = found.Q if isinstance(found.Q, np.ndarray) else floats(found.Q)
        values = np.array([complex(v) for v in found.values])
        assert np.allclose(Q * values @ Q.T, A) and np.allclose(Q.T @ Q, np.eye(n))
        assert np.allclose(np.sort(values.real), np.linalg.eigvalsh(A.astype(float))) and np.allclose(values.imag, 0)


def test_spectral_theorem_in_a_shared_eigenspace():
    found = spectral("[3 2 2; 2 3 2; 2 2 3]")
    assert found.values == [1, 1, 7] and found.verified
    assert "orthogonal in an eigenspace" in [s.rule for s in found.steps]


def test_large_matrices_go_through_lapack():
    F = RNG.standard_normal((40, 40))
    found, other = eigen(F), spectral(F + F.T)
    assert found.verified and near(found.value, np.linalg.eigvals(F))
    assert other.verified and np.allclose(other.values, np.linalg.eigvalsh(F + F.T))
    assert np.allclose(eigen("[2 1; 1 2]", exact=False).value, [1, 3])


def test_roots_inside_roots_are_given_as_decimals():
    A = [[3, -1, 1, "-1/2"], [-1, -3, "1/2", 1], [1, "1/2", 0, -1], ["-1/2", 1, -1, 0]]
    found = eigen(A)
    assert not found.exact and found.verified and "substitute" in [s.rule for s in found.steps]
    assert near(found.value, np.linalg.eigvalsh([[float(sympy.Rational(v)) for v in row] for row in A]))


def test_ill_conditioned_eigenvalues_stay_exact():
    A = [[1, 10**8], [0, "1 + 1/10^8"]]
    found = eigen(A)
    assert found.value == [1, 1 + sympy.Rational(1, 10**8)] and not found.defective


@pytest.mark.parametrize(
    "call, error, told",
    [
        (lambda: eigen("[1 2 3; 4 5 6]"), ShapeError, "2×3"),
        (lambda: eigen([[1, float("inf")], [0, 1]]), NotNumeric, "inf"),
        (lambda: eigen(np.full((9, 9), np.nan)), NotNumeric, "nan"),
        (lambda: eigen(np.ones((30, 40))), ShapeError, "30×40"),
        (lambda: spectral("[1 2; 3 4]"), NotNumeric, "not symmetric"),
        (lambda: spectral(np.triu(np.ones((9, 9)))), NotNumeric, "not symmetric"),
        (lambda: power_by_eigenbasis("[1 1; 1 1]", -1), NotNumeric, "no negative powers"),
        (lambda: power_by_eigenbasis("[1 2 3; 4 5 6; 7 8 10]", "k"), AgnesiError, "no short form"),
        (lambda: power_by_eigenbasis("[1 1; 0 2]", "1/2"), NotNumeric, "no whole number"),
        (lambda: matrix_exponential("[1 2 3; 4 5 6; 7 8 10]", "t"), AgnesiError, "no short form"),
        (lambda: matrix_exponential([[10**400, 1], [1, 2]]), TooLarge, "past what exp holds"),
        (lambda: matrix_exponential("[1 2 3; 4 5 6]"), ShapeError, "2×3"),
        (lambda: eigen([[10**100, 1], [1, 2]]), TooLarge, "more than 60 digits"),
        (lambda: diagonalise(np.triu(np.ones((9, 9)))), AgnesiError, "defective"),
    ],
)
def test_what_fails_says_why(call, error, told):
    with pytest.raises(error, match=told):
        call()
