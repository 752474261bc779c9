"""A x = b: against numpy and scipy, no solution shown by a combination, letters at special values, equations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg
import sympy
from line_by_line import check_row_operations

from agnesi.errors import AgnesiError, NotNumeric, ReadError, ShapeError
from agnesi.linalg import back_substitution, forward_substitution, implicit_form, intersection, solution_space, solve
from agnesi.linalg.equations import equations

WAYS = ["reduced echelon form", "back substitution"]
SHAPES = [(1, 1), (1, 3), (3, 1), (2, 2), (3, 3), (3, 5), (5, 3), (4, 4)]


def floats(M: Any) -> np.ndarray:
    return np.array(M.tolist(), dtype=float)


def kind_by_numpy(A: np.ndarray, b: np.ndarray) -> str:
    rank = np.linalg.matrix_rank(A)
    if np.linalg.matrix_rank(np.column_stack([A, b])) > rank:
        return "none"
    return "unique" if rank == A.shape[1] else "infinitely many"


def cases(shape: tuple[int, int]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Systems of every rank, with a right side in the image and one at random."""
    rng = np.random.default_rng(shape)
    out = []
    for rank in range(min(shape) + 1):
        A = rng.integers(-3, 4, (shape[0], rank)) @ rng.integers(-3, 4, (rank, shape[1]))
        out += [(A, A @ rng.integers(-3, 4, shape[1])), (A, rng.integers(-5, 6, shape[0]))]
        out.append((A, np.zeros(shape[0], int)))
    return out


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("shape", SHAPES)
def test_solutions_of_every_rank(shape: tuple[int, int], by: str) -> None:
    for A, b in cases(shape):
        found = solve(A, b, by=by)
        assert found.kind == kind_by_numpy(A, b)
        assert found.verified
        check_row_operations(found, np.column_stack([A, b]))
        if found.kind == "none":
            y = np.array(found.combination.tolist(), dtype=float)[0]
            assert np.allclose(y @ A, 0) and abs(y @ b) > 1e-9
            assert found.value is None and found.steps[-1].rule == "no solution"
            continue
        x, K = floats(found.particular)[:, 0], floats(found.kernel)
        assert np.allclose(A @ x, b)
        assert K.shape == (shape[1], shape[1] - np.linalg.matrix_rank(A)) == (shape[1], len(found.free))
        assert np.allclose(A @ K, 0) and np.linalg.matrix_rank(K) == K.shape[1]
        expected = scipy.linalg.null_space(A.astype(float))
        assert np.linalg.matrix_rank(np.hstack([K, expected])) == K.shape[1]
        assert np.allclose(K[found.free], np.eye(K.shape[1])) and np.allclose(x[found.free], 0)
        at = {s: k + 2 for k, s in enumerate(found.parameters)}
        assert np.allclose(A @ floats(found.value.subs(at))[:, 0], b)


@pytest.mark.parametrize("shape", SHAPES)
def test_without_steps_the_answer_is_the_same(shape: tuple[int, int]) -> None:
    for A, b in cases(shape):
        slow, fast = solve(A, b), solve(A, b, steps=False)
        assert fast.verified and fast.steps == ()
        assert (fast.kind, fast.rank, fast.free) == (slow.kind, slow.rank, slow.free)
        assert fast.particular == slow.particular and fast.kernel == slow.kernel


@pytest.mark.parametrize("shape", SHAPES)
def test_floats_agree_on_the_kind(shape: tuple[int, int]) -> None:
    for A, b in cases(shape):
        found = solve(A.astype(float), b.astype(float), exact=False)
        assert found.kind == kind_by_numpy(A, b) and found.verified
        if found.kind != "none":
            assert np.allclose(A @ found.particular, b)
            assert np.allclose(A @ found.kernel, 0)


def test_floats_of_size_are_those_of_numpy() -> None:
    rng = np.random.default_rng(0)
    A, b = rng.standard_normal((60, 60)), rng.standard_normal(60)
    found = solve(A, b)  # an array of many floats goes to LAPACK on its own
    assert np.allclose(found.value, np.linalg.solve(A, b), rtol=1e-9)
    assert 0.05 < found.condition / np.linalg.cond(A, 1) < 1.5
    B = rng.standard_normal((60, 3))
    assert np.allclose(solve(A, B).value, np.linalg.solve(A, B))
    hilbert = scipy.linalg.hilbert(10)
    found = solve(hilbert, hilbert.sum(axis=1), exact=False)
    assert 1e13 < found.condition < 1e14 and "about 2 digits are certain" in found.notes[0] and found.verified
    hilbert = scipy.linalg.hilbert(14)
    found = solve(hilbert, hilbert.sum(axis=1), exact=False)
    assert found.kind == "infinitely many" and "to rounding" in found.notes[0]


def test_ill_conditioned_is_exact() -> None:
    n = 9
    hilbert = [[f"1/{i + j + 1}" for j in range(n)] for i in range(n)]
    b = [sum(sympy.Rational(1, i + j + 1) for j in range(n)) for i in range(n)]
    assert solve(hilbert, b).value == sympy.ones(n, 1)


def test_book_system_with_a_letter() -> None:
    """MML 2.3.2: solvable for a = −1 only, and then by two free unknowns."""
    A = "[-2 4 -2 -1 4; 4 -8 3 -3 1; 1 -2 1 -1 1; 1 -2 0 -3 4]"
    found = solve(A, ["-3", "2", "0", "a"])
    assert found.kind == "none" and [str(c) for c in found.conditions] == ["a + 1"]
    assert list(found.cases) == ["a = −1"] and found.cases["a = −1"]["kind"] == "infinitely many"
    x = found.cases["a = −1"]["solution"]
    M, b = sympy.Matrix([[-2, 4, -2, -1, 4], [4, -8, 3, -3, 1], [1, -2, 1, -1, 1], [1, -2, 0, -3, 4]]), [-3, 2, 0, -1]
    assert (M * x - sympy.Matrix(b)).expand().is_zero_matrix and len(x.free_symbols) == 2
    assert "for a = −1" in str(found)


@pytest.mark.parametrize(
    "A, b, expected",
    [
        ("[k 1; 1 k]", [1, 1], {"k = 1": "infinitely many", "k = −1": "none"}),
        ("[k 1 1; 1 k 1; 1 1 k]", [1, "k", "k^2"],
         {"k = 1": "infinitely many", "k = −1": "unique", "k = −2": "none"}),
        ("[1 1; 1 1]", ["a", "b"], {"a = b": "infinitely many"}),
        ("[k]", [1], {"k = 0": "none"}),
        ("[k]", [0], {"k = 0": "infinitely many"}),
        ("[1 2; 2 k^2]", [1, "k"], {"k = −2": "none", "k = 2": "infinitely many"}),
        ("[1 1; 1 1; 2 2]", [1, "a", "b"], {"a = 1 and b = 2": "infinitely many"}),
    ],
)  # fmt: skip
def test_letters_at_special_values(A: str, b: list[Any], expected: dict[str, str]) -> None:
    found = solve(A, b)
    assert {name: case["kind"] for name, case in found.cases.items()} == expected
    assert found.verified


def test_letters_elsewhere() -> None:
    """At a value that is not special, the general answer is the answer there."""
    found = solve("[1 k 2; k 1 1; 2 1 k]", [1, "m", 0])
    k, m = sympy.Symbol("k", real=True), sympy.Symbol("m", real=True)
    A = sympy.Matrix([[1, k, 2], [k, 1, 1], [2, 1, k]]).subs(k, 3)
    assert A * found.value.subs({k: 3, m: 5}) == sympy.Matrix([1, 5, 0])


def test_back_substitution_lines_hold() -> None:
    """Each equation that is solved holds for the values known so far."""
    rng = np.random.default_rng(4)
    for _ in range(8):
        A = rng.integers(-4, 5, (4, 4))
        b = A @ rng.integers(-4, 5, 4)
        found = solve(A, b, by="back substitution")
        for step in found.steps:
            if step.rule == "back substitution":
                row, known = step.data["row"], step.data["known"]
                assert sympy.expand(sum(row[k] * known[k] for k in known) - row[-1]) == 0
                assert all(row[k] == 0 for k in range(4) if k not in known)
                assert step.lines[-1].parts[-1] == known[step.data["column"]]


def test_triangular_systems() -> None:
    rng = np.random.default_rng(5)
    for n in (1, 2, 5):
        U = np.triu(rng.integers(1, 6, (n, n)))
        b = rng.integers(-5, 6, n)
        up, down = back_substitution(U, b), forward_substitution(U.T, b)
        assert np.allclose(floats(up.value)[:, 0], scipy.linalg.solve_triangular(U, b))
        assert np.allclose(floats(down.value)[:, 0], scipy.linalg.solve_triangular(U.T, b, lower=True))
        assert up.verified and down.verified
        assert [s.rule for s in down.steps] == ["forward substitution"] * n
        known: dict[int, Any] = {}
        for i, step in enumerate(down.steps):
            known[i] = step.data["known"][i]
            assert sum(U.T[i, k] * known[k] for k in range(i + 1)) == b[i]
    with pytest.raises(ShapeError, match="not upper triangular"):
        back_substitution("[1 2; 3 4]", [1, 2])
    with pytest.raises(ShapeError, match="lower triangular"):
        forward_substitution("[1 2; 3 4]", [1, 2])
    with pytest.raises(AgnesiError, match="singular"):
        forward_substitution("[0 0; 3 4]", [1, 2])


@pytest.mark.parametrize(
    "text, unknowns, solution",
    [
        ("2a + 3b = 8; 10a + 1b = 13", "", ["31/28", "27/14"]),
        ("x + y = 3\nx − y = 1", "", [2, 1]),
        ("x₂ = 5; x₁ + x₂ = 7", "", [2, 5]),
        ("2(x - y) = y + 1; x = 4 - y", "", ["13/5", "7/5"]),
        ("x/2 + y/3 = 1; x = y", "y x", ["6/5", "6/5"]),
        ("z = 1; x + y = 2; x = y", "x y z", [1, 1, 1]),
    ],
)
def test_equations_as_text(text: str, unknowns: str, solution: list[Any]) -> None:
    found = solve(text, unknowns=unknowns)
    assert list(found.value) == [sympy.Rational(v) for v in solution]
    assert found.verified


def test_equations_keep_letters_that_are_no_unknowns() -> None:
    A, b, x = equations("k x + y = c; x + k y = 1", "x y")
    assert [str(s) for s in A.free_symbols] == ["k"] and [str(s) for s in b.free_symbols] == ["c"]
    assert [str(s) for s in x] == ["x", "y"]
    assert [str(s) for s in solve("x + z = 1", unknowns="x y z").unknowns] == ["x", "y", "z"]
    assert solve("[x_1 1; 0 1]", [1, 1]).unknowns[0].name == "y_1"  # x₁ is a number here


@pytest.mark.parametrize(
    "text, error, words",
    [
        ("x y = 1; x = 2", NotNumeric, "not linear in x"),
        ("x^2 = 1", NotNumeric, "not linear in x"),
        ("sin(x) = 1", NotNumeric, "not linear"),
        ("x + y; x = 2", ReadError, "not an equation"),
        ("x = y = 1", ReadError, "not an equation"),
        ("= 1", ReadError, "not an equation"),
        ("1 = 1", ReadError, "no unknown"),
    ],
)
def test_equations_that_are_none(text: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        solve(text)


def test_other_bad_input() -> None:
    with pytest.raises(ShapeError, match="A is 2×2, and b has 3"):
        solve("[1 2; 3 4]", [1, 2, 3])
    with pytest.raises(ShapeError, match="b is missing"):
        solve("[1 2; 3 4]")
    with pytest.raises(AgnesiError, match="back substitution"):
        solve("[1]", [1], by="magic")
    with pytest.raises(ShapeError, match="2 unknowns, and 1 names"):
        solve("[1 2]", [1], unknowns="x")
    with pytest.raises(NotNumeric, match="finite"):
        solve(np.eye(9), [float("nan")] + [0.0] * 8)
    with pytest.raises(ShapeError):
        solve(np.eye(9), np.ones(8))
    with pytest.raises(ShapeError, match="b has 1 entries"):
        solve([[1, 2], [3, 4]], [1], steps=False)


@pytest.mark.parametrize("shape", SHAPES)
def test_parametric_form_and_equations_are_the_same_set(shape: tuple[int, int]) -> None:
    for A, b in cases(shape):
        space = solution_space(A, b)
        assert space.verified
        if space.point is None:
            assert space.figure == "empty" and kind_by_numpy(A, b) == "none"
            continue
        assert space.dimension == shape[1] - np.linalg.matrix_rank(A)
        directions = floats(space.directions.T).tolist() if space.dimension else []
        back = implicit_form(space.point, directions)
        assert back.verified
        N, c = floats(back.matrix) if back.matrix.rows else np.zeros((0, shape[1])), floats(back.right).reshape(-1)
        both = np.vstack([np.column_stack([A, b]), np.column_stack([N, c])])
        rank = np.linalg.matrix_rank(np.column_stack([A, b]))
        assert np.linalg.matrix_rank(both) == rank == N.shape[0]


@pytest.mark.parametrize(
    "first, second, figure, relation",
    [
        ("x + y + z = 1", "x - y = 0", "a line", "meeting"),
        ("x + y + z = 1", "x + y + z = 2", "empty", "parallel"),
        ("x + y + z = 1", "2x + 2y + 2z = 2", "a plane", "equal"),
        ("x + y + z = 1", "x = 1; y = 2", "a point", "meeting"),
        ("x = 0", "x = 0; y = 0", "a line", "contained"),
        (([0, 0, 0], [[1, 0, 0]]), ([0, 1, 1], [[0, 1, 0]]), "empty", "skew"),
        (([0, 0, 0], [[1, 0, 0]]), ([5, 0, 0], [[0, 1, 0]]), "a point", "meeting"),
        (([0, 0, 0], [[1, 0, 0]]), ([0, 1, 0], [[2, 0, 0]]), "empty", "parallel"),
        (([1, 1, 1], []), "x = 1", "a point", "contained"),
    ],
)
def test_where_affine_spaces_meet(first: Any, second: Any, figure: str, relation: str) -> None:
    found = intersection(first, second, unknowns="x y z")
    assert (found.figure, found.relation) == (figure, relation)
    assert found.verified


def test_affine_bad_input() -> None:
    with pytest.raises(ShapeError, match="The point has 2 entries"):
        implicit_form([1, 2], [[1, 2, 3]])
    with pytest.raises(ShapeError, match="2 unknowns, the second 3"):
        intersection("x + y = 1", ([0, 0, 0], [[1, 0, 0]]))


@pytest.mark.parametrize("n", [1, 2, 5, 30, 100])
def test_the_condition_number_is_near_that_of_the_1_norm(n):
    rng = np.random.default_rng(n)
    for scale in (1.0, 1e-3, 1e-9):
        A = rng.standard_normal((n, n))
        A[:, 0] *= scale
        found = solve(A, rng.standard_normal(n), exact=False)
        true = np.linalg.cond(A, 1)
        assert true / 10 <= found.condition <= true * (1 + 1e-6) and found.verified
