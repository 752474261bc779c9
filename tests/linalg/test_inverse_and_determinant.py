"""Inverses and determinants: four ways to each against numpy and sympy, steps once more, volume, bad input."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
import sympy
from line_by_line import check_row_operations

from agnesi.errors import AgnesiError, NotNumeric, ShapeError, TooLarge
from agnesi.linalg import arithmetic, determinant, inverse, rref, signed_volume


def leibniz(A: Any) -> Any:
    """The determinant as the sum over all permutations."""
    n = len(A)
    total = sympy.S.Zero
    for p in permutations(range(n)):
        sign = (-1) ** sum(p[i] > p[j] for i in range(n) for j in range(i + 1, n))
        total += sign * sympy.prod([A[i][p[i]] for i in range(n)])
    return sympy.expand(total)


def ways(n: int) -> list[str | None]:
    return [None, "Laplace", "elimination", *(["formula"] if n < 3 else []), *(["Sarrus"] if n == 3 else [])]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_determinants_all_ways(n: int) -> None:
    rng = np.random.default_rng(n)
    for rank in [*range(n + 1), n, n]:
        A = rng.integers(-4, 5, (n, rank)) @ rng.integers(-3, 4, (rank, n)) if rank < n else rng.integers(-5, 6, (n, n))
        expected = leibniz(A.tolist())
        for by in ways(n):
            found = determinant(A, by=by)
            assert found.value == expected and found.verified, by
            if by == "elimination":
                check_row_operations(found, A)
                last = found.steps[-1].data
                assert (-1) ** last["swaps"] * sympy.prod([last["rows"][i][i] for i in range(n)]) == expected
        assert determinant(A, steps=False).value == expected
        assert np.isclose(determinant(A, exact=False).value, float(expected))


def test_laplace_steps_hold_one_by_one() -> None:
    rng = np.random.default_rng(8)
    for _ in range(5):
        A = rng.integers(-4, 5, (4, 4)) * (rng.random((4, 4)) < 0.6)
        found = determinant(A, by="Laplace")
        for step in found.steps:
            M, line = step.data["matrix"], step.data["line"]
            places = [(line, k) if step.data["row"] else (k, line) for k in range(M.rows)]
            zeros = [sum(v == 0 for v in x) for x in [*M.tolist(), *M.T.tolist()]]
            assert sum(M[p] == 0 for p in places) == max(zeros)
            used = [p for p in places if M[p] != 0]
            assert [leibniz(m.tolist()) for m in step.data["minors"]] == list(step.data["values"])
            total = sum((-1) ** sum(p) * M[p] * v for p, v in zip(used, step.data["values"], strict=True))
            assert total == step.data["value"] == leibniz(M.tolist())


def test_the_lines_of_sarrus_add_up() -> None:
    found = determinant("[1 2 3; 4 5 6; 7 8 10]")
    text = "\n".join(line for f in found.steps[0].lines for line in f.text())
    assert "det A = 1·5·10 + 2·6·7 + 3·4·8 − 1·6·8 − 2·4·10 − 3·5·7" in text
    assert "det A = 50 + 84 + 96 − 48 − 80 − 105" in text and found.value == -3


def test_determinants_with_letters() -> None:
    a, b, c, d = sympy.symbols("a b c d", real=True)
    assert sympy.expand(determinant("[a b; c d]").value - (a * d - b * c)) == 0
    found = determinant("[a b c d; b c d a; c d a b; d a b c]")
    expected = leibniz([[a, b, c, d], [b, c, d, a], [c, d, a, b], [d, a, b, c]])
    assert sympy.expand(found.value - expected) == 0 and found.verified
    assert determinant("[k 2; 3 k+1]").notes == ("A is singular for k = −3 and k = 2.",)
    assert determinant("[cos(t) -sin(t); sin(t) cos(t)]").value == 1


def test_ill_conditioned_determinant_is_exact() -> None:
    hilbert = [[f"1/{i + j + 1}" for j in range(8)] for i in range(8)]
    expected = sympy.Matrix(8, 8, lambda i, j: sympy.Rational(1, i + j + 1)).det()
    assert determinant(hilbert).value == expected == determinant(hilbert, steps=False).value


@pytest.mark.parametrize("by", ["elimination", "adjugate"])
@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_inverses(n: int, by: str) -> None:
    if by == "adjugate" and n not in (2, 3):
        with pytest.raises(ShapeError, match="only 2×2 and 3×3"):
            inverse(np.eye(n, dtype=int), by=by)
        return
    rng = np.random.default_rng(n)
    for _ in range(6):
        A = rng.integers(-5, 6, (n, n))
        if round(np.linalg.det(A)) == 0:
            with pytest.raises(NotNumeric, match="singular"):
                inverse(A, by=by)
            continue
        found = inverse(A, by=by)
        assert found.value * sympy.Matrix(A.tolist()) == sympy.eye(n) and found.verified
        assert np.allclose(np.array(found.value.tolist(), dtype=float), np.linalg.inv(A))
        assert inverse(A, steps=False).value == found.value
        assert np.allclose(inverse(A, exact=False).value, np.linalg.inv(A))
        if by == "elimination":
            check_row_operations(found, np.hstack([A, np.eye(n, dtype=int)]))
        else:
            cofactors = next(s.data["cofactors"] for s in found.steps if s.rule == "cofactors")
            assert cofactors == sympy.Matrix(A.tolist()).cofactor_matrix()


def test_inverse_with_letters() -> None:
    t = sympy.Symbol("t", real=True)
    turn = sympy.Matrix([[sympy.cos(t), -sympy.sin(t)], [sympy.sin(t), sympy.cos(t)]])
    for by in ("elimination", "adjugate"):
        found = inverse("[cos(t) -sin(t); sin(t) cos(t)]", by=by)
        assert sympy.simplify(found.value - turn.T).is_zero_matrix and found.verified
    found = inverse("[a b; c d]", by="adjugate")
    numbers = dict(zip(sympy.symbols("a b c d", real=True), (3, 1, 4, 2), strict=True))
    assert found.value.subs(numbers) == sympy.Matrix([[3, 1], [4, 2]]).inv()
    assert inverse("[1 2; 3 k]").notes[-1] == "A is singular for k = 6."


def test_a_singular_matrix_is_told_with_its_rows() -> None:
    with pytest.raises(NotNumeric) as caught:
        inverse("[1 2 3; 4 5 6; 7 8 9]")
    assert "R₁ − 2R₂ + R₃ is a row of zeros" in str(caught.value)
    with pytest.raises(NotNumeric, match="singular"):
        inverse("[1 2; 2 4]", steps=False)
    with pytest.raises(NotNumeric, match="singular"):
        inverse(np.zeros((9, 9)))
    with pytest.raises(NotNumeric, match="condition number"):
        inverse([[1.0, 1.0], [1.0, 1.0 + 1e-16 * 3]], exact=False)


def shoelace(corners: Any) -> float:
    x, y = np.array(corners, dtype=float).T
    return 0.5 * float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))


def test_area_and_volume() -> None:
    rng = np.random.default_rng(2)
    for _ in range(8):
        A = rng.integers(-4, 5, (2, 2))
        found = signed_volume(A)
        origin, u, v, both = ([0, 0], A[:, 0], A[:, 1], A.sum(axis=1))
        assert np.isclose(float(found.value), shoelace([origin, u, both, v]))
        assert found.volume == abs(found.value) and found.orientation == np.sign(found.value)
        assert sorted(map(list, found.corners)) == sorted([list(map(int, p)) for p in (origin, u, v, both)])
        B = rng.integers(-4, 5, (3, 3))
        triple = float(np.dot(np.cross(B[:, 0], B[:, 1]), B[:, 2]))
        found = signed_volume(B)
        assert np.isclose(float(found.value), triple) and len(found.corners) == 8 and found.verified
        assert np.isclose(np.prod([float(h) for h in found.heights]), abs(triple))
    assert signed_volume("[2]").value == 2 and signed_volume("[-2]").orientation == -1
    assert signed_volume("[1 2; 2 4]").orientation == 0
    assert signed_volume(np.eye(4, dtype=int)).volume == 1


def test_without_flint_the_answers_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arithmetic, "flint", None)
    rng = np.random.default_rng(9)
    for n in (1, 2, 5, 12):
        A = sympy.Matrix(rng.integers(-9, 10, (n, n)).tolist()) / 6
        assert determinant(A.tolist(), steps=False).value == A.det() and determinant(A.tolist(), steps=False).verified
        assert inverse(A.tolist(), steps=False).value == A.inv()
        assert rref(A[: n // 2 + 1, :].tolist(), steps=False).value == A[: n // 2 + 1, :].rref()[0]


def test_bad_input() -> None:
    for function in (determinant, inverse, signed_volume):
        with pytest.raises(ShapeError, match="1×3"):
            function("[1 2 3]")
        with pytest.raises(ShapeError, match="no entries"):
            function("[]")
        with pytest.raises(NotNumeric, match="Entry"):
            function([[float("nan")]])
    with pytest.raises(AgnesiError, match="Laplace"):
        determinant("[1]", by="luck")
    with pytest.raises(AgnesiError, match="adjugate"):
        inverse("[1]", by="luck")
    with pytest.raises(ShapeError, match="Sarrus is for 3 × 3"):
        determinant("[1 2; 3 4]", by="Sarrus")
    with pytest.raises(ShapeError, match="formula is for 2 × 2"):
        determinant(np.eye(3, dtype=int), by="formula")
    with pytest.raises(TooLarge, match="elimination"):
        determinant(np.arange(1, 50).reshape(7, 7) ** 2, by="Laplace")
    for exact in (None, False):
        with pytest.raises(ShapeError, match="square"):
            determinant(np.ones((7, 8)), exact=exact)
    assert determinant(1e3 * np.eye(200)).value == np.inf  # its logarithm is kept
    assert np.isclose(determinant(1e3 * np.eye(200)).log, 200 * np.log(1e3))
