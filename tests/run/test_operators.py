"""Operators against their dense arrays: the Hessians of the table, each kind by itself, hard and singular matrices."""

from __future__ import annotations

import tracemalloc
import warnings
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
import scipy.sparse.linalg

from agnesi.errors import AgnesiError, NotNumeric
from agnesi.expr.nodes import symbol, symbols_of
from agnesi.generate import random_expression
from agnesi.rules.derive import normal_derivative, resolved
from agnesi.rules.forms import build
from agnesi.rules.structure import structure
from agnesi.run import operators
from agnesi.run.factorisation import Factorisation
from agnesi.run.operators import (
    Blocks,
    Dense,
    Diagonal,
    Identity,
    Kronecker,
    LowRank,
    MatrixFree,
    NearSingular,
    Operator,
    Sum,
    assemble,
)
from agnesi.run.reference import evaluate
from agnesi.run.sample import Sampler
from structure_cases import ROWS, case, value


def close(got: object, wanted: object, rtol: float = 1e-9) -> None:
    wanted = np.asarray(wanted)
    np.testing.assert_allclose(got, wanted, rtol=rtol, atol=rtol * (1 + np.max(np.abs(wanted), initial=0.0)))


def random(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def positive(n: int, seed: int = 0) -> np.ndarray:
    a = random(n, n, seed=seed)
    return a @ a.T + np.eye(n)


def multiplies(operator: Operator, matrix: np.ndarray) -> None:
    """Products in every accepted shape, from both sides, and the dense array."""
    rows, columns = operator.axes, operator.columns
    assert operator.shape == matrix.shape == (int(np.prod(rows)), int(np.prod(columns)))
    close(operator.dense(), matrix.reshape(rows + columns))
    close(np.asarray(operator), matrix.reshape(rows + columns))
    v, many = random(*columns), random(*columns, 3)
    close(operator.matvec(v), (matrix @ v.ravel()).reshape(rows))
    close(operator @ v.ravel(), matrix @ v.ravel())
    close(operator @ many, (matrix @ many.reshape(-1, 3)).reshape((*rows, 3)))
    close(operator @ many.reshape(-1, 3), matrix @ many.reshape(-1, 3))
    u = random(*rows, seed=1)
    close(operator.T @ u, (matrix.T @ u.ravel()).reshape(columns))
    close(np.ravel(u.ravel() @ operator), u.ravel() @ matrix)
    if matrix.shape[0] == matrix.shape[1] and rows == columns:
        close(operator.diagonal(), np.diag(matrix).reshape(rows))
    linear = operator.linear_operator()
    assert isinstance(linear, scipy.sparse.linalg.LinearOperator) and linear.shape == matrix.shape
    close(linear @ v.ravel(), matrix @ v.ravel())
    close(linear.rmatvec(u.ravel()), matrix.T @ u.ravel())


def solves(operator: Operator, matrix: np.ndarray, rtol: float = 1e-9) -> None:
    b, many = random(*operator.axes), random(*operator.axes, 3)
    close(operator.solve(b), np.linalg.solve(matrix, b.ravel()).reshape(operator.columns), rtol)
    close(operator.solve(b.ravel()), np.linalg.solve(matrix, b.ravel()), rtol)
    wanted = np.linalg.solve(matrix, many.reshape(-1, 3))
    close(operator.solve(many), wanted.reshape((*operator.columns, 3)), rtol)
    close(operator.solve(many.reshape(-1, 3)), wanted, rtol)
    sign, log = np.linalg.slogdet(matrix)
    close(operator.logdet(), log, rtol)
    close(operator.slogdet(), (sign, log), rtol)


# -- from symbolic structures ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS)
def test_hessians(row: str) -> None:
    c = case(row)
    point = c.point()
    matrix = c.matrix(point)
    operator = assemble(c.found, lambda e: value(e, point))
    expected = {"Tensor": Dense}.get(c.kind, getattr(operators, c.kind, None))
    assert type(operator) is expected
    multiplies(operator, matrix)
    if c.invertible:
        solves(operator, matrix)


def test_how_an_operator_prints() -> None:
    c = case("‖Y − U Vᵀ‖² + λ‖U‖² | U | Kronecker | I_n ⊗ (2VᵀV + 2λI)")
    point = c.point()
    operator = assemble(c.found, lambda e: value(e, point))
    assert repr(operator) == "Kronecker 10×10: I_n ⊗ (2VᵀV + 2λI)"
    first, *reasons = str(operator).splitlines()
    assert first == repr(operator) and reasons[0].startswith("  the rows do not meet")
    assert repr(Identity(2.0, (3,))) == "Identity 3×3"
    operator.text, operator.reasons = "H", ("so it is",)
    assert str(operator) == "Kronecker 10×10: H\n  so it is"


# -- each kind -------------------------------------------------------------------------------------------------------

A, B, C = positive(3), positive(4, 1), random(4, 4, seed=2)
R, Q = random(2, 3, seed=3), random(5, 4, seed=4)
U, W = random(6, 2, seed=5), random(6, 2, seed=6)
d = np.arange(1.0, 7.0)
I3, I4 = Identity(1.0, (3,)), Identity(1.0, (4,))

KINDS: dict[str, tuple[Callable[[], Operator], np.ndarray]] = {
    "identity": (lambda: Identity(-2.0, (3,)), -2 * np.eye(3)),
    "identity over two axes": (lambda: Identity(0.5, (2, 3)), 0.5 * np.eye(6)),
    "number": (lambda: Identity(3.0, ()), np.array([[3.0]])),
    "diagonal": (lambda: Diagonal(-d), -np.diag(d)),
    "diagonal over two axes": (lambda: Diagonal(d.reshape(2, 3)), np.diag(d)),
    "spd": (lambda: Dense(A, symmetric=True), A),
    "dense": (lambda: Dense(C), C),
    "indefinite": (lambda: Dense(A - 3 * np.eye(3)), A - 3 * np.eye(3)),
    "dense over two axes": (lambda: Dense(np.kron(A, B).reshape(3, 4, 3, 4)), np.kron(A, B)),
    "kronecker": (lambda: Kronecker(Dense(A), Dense(C)), np.kron(A, C)),
    "kronecker with I": (lambda: Kronecker(I3, Dense(C)), np.kron(np.eye(3), C)),
    "I on the right": (lambda: Kronecker(Dense(A), Identity(-2.0, (4,))), np.kron(A, -2 * np.eye(4))),
    "swapped": (
        lambda: Kronecker(Dense(C), Dense(B), True),
        np.einsum("jk,il->ijkl", C, B).reshape(16, 16),
    ),
    "swapped, an odd permutation": (
        lambda: Kronecker(Dense(A), Dense(A + C[1:, 1:]), True),
        np.einsum("jk,il->ijkl", A, A + C[1:, 1:]).reshape(9, 9),
    ),
    "blocks": (lambda: Blocks(np.stack([A, 2 * A, A.T + 1])), np.kron(np.eye(3), A)),
    "rank two": (lambda: LowRank(Diagonal(d), U), np.diag(d) + U @ U.T),
    "rank one": (lambda: LowRank(Identity(2.0, (6,)), U[:, 0], -0.1), 2 * np.eye(6) - 0.1 * np.outer(U[:, 0], U[:, 0])),
    "weights": (lambda: LowRank(Diagonal(d), U, np.array([0.0, 3.0])), np.diag(d) + 3 * np.outer(U[:, 1], U[:, 1])),
    "weights of both signs": (lambda: LowRank(Diagonal(d), U, [-0.3, 2.0]), np.diag(d) + U * [-0.3, 2.0] @ U.T),
    "core": (lambda: LowRank(Diagonal(d), U, C[:2, :2]), np.diag(d) + U @ C[:2, :2] @ U.T),
    "two sides": (lambda: LowRank(Diagonal(d), U, 1.0, W), np.diag(d) + U @ W.T),
    "core and sides": (lambda: LowRank(Diagonal(d), U, C[:2, :2], W), np.diag(d) + U @ C[:2, :2] @ W.T),
    "wide update": (lambda: LowRank(Identity(1.0, (3,)), random(3, 8)), np.eye(3) + random(3, 8) @ random(3, 8).T),
    "singular base": (
        lambda: LowRank(Diagonal([1.0, 0.0, 2.0]), np.array([0.0, 1.0, 1.0])),
        np.diag([1.0, 0.0, 2.0]) + np.outer([0.0, 1.0, 1.0], [0.0, 1.0, 1.0]),
    ),
    "no base": (lambda: LowRank(None, A), A @ A.T),
    "low rank over two axes": (
        lambda: LowRank(Identity(2.0, (2, 3)), U.reshape(2, 3, 2)), 2 * np.eye(6) + U @ U.T,
    ),
    "kronecker base": (
        lambda: LowRank(Kronecker(Dense(A), Dense(B)), random(3, 4)),
        np.kron(A, B) + np.outer(random(12), random(12)),
    ),
    "sylvester": (
        lambda: Sum([Kronecker(I3, Dense(B)), Kronecker(Dense(A), I4)]), np.kron(A, np.eye(4)) + np.kron(np.eye(3), B),
    ),
    "sylvester of matrices that are not symmetric": (
        lambda: Sum([Kronecker(Dense(A), I4), Kronecker(I3, Dense(C + 4 * np.eye(4)))]),
        np.kron(A, np.eye(4)) + np.kron(np.eye(3), C + 4 * np.eye(4)),
    ),
    "sum": (lambda: Sum([Kronecker(Dense(A), Dense(B)), Diagonal(np.arange(12.0).reshape(3, 4))]),
            np.kron(A, B) + np.diag(np.arange(12.0))),
    "function": (lambda: MatrixFree(lambda v: A @ v @ B, (3, 4)), np.kron(A, B)),
}  # fmt: skip
KINDS["blocks"] = (KINDS["blocks"][0], np.block([
    [A, np.zeros((3, 6))], [np.zeros((3, 3)), 2 * A, np.zeros((3, 3))], [np.zeros((3, 6)), A.T + 1],
]))  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_kinds(name: str) -> None:
    make, matrix = KINDS[name]
    multiplies(make(), matrix)
    solves(make(), matrix)


def test_blocks_along_the_second_axis() -> None:
    blocks = np.stack([A, 2 * A, A + 1, A - 5])
    matrix = np.einsum("jik,jl->ijkl", blocks, np.eye(4)).reshape(12, 12)
    multiplies(Blocks(blocks, 1), matrix)
    solves(Blocks(blocks, 1), matrix)


def test_rectangular() -> None:
    multiplies(Dense(R), R)
    multiplies(Kronecker(Dense(R), Dense(Q)), np.kron(R, Q))
    multiplies(Kronecker(Dense(R), Dense(Q), True), np.einsum("jk,il->ijkl", R, Q).reshape(10, 12))
    multiplies(Blocks(random(3, 2, 4)), Blocks(random(3, 2, 4)).matrix())
    multiplies(Dense(random(2, 3, 4), lead=1), random(2, 12))
    with pytest.raises(NotNumeric, match="2×3 is not square"):
        Dense(R).solve(np.ones(2))
    with pytest.raises(NotNumeric, match="no determinant"):
        Dense(R).logdet()


def test_square_products_of_thin_matrices_are_singular() -> None:
    thin = Kronecker(Dense(random(3, 4)), Dense(random(4, 3)), True)
    assert thin.shape == (12, 12) and thin.logdet() == -np.inf
    multiplies(thin, np.einsum("jk,il->ijkl", random(3, 4), random(4, 3)).reshape(12, 12))
    with pytest.raises(np.linalg.LinAlgError, match="singular"):
        thin.solve(np.ones(12))


def test_arrays_that_do_not_fit() -> None:
    with pytest.raises(NotNumeric, match=r"Expected the shape 3×4, or 12 flat.*got 4×3"):
        Kronecker(I3, I4).matvec(np.ones((4, 3)))
    with pytest.raises(NotNumeric, match="got a number"):
        I3 @ 1.0
    with pytest.raises(TypeError):
        I3 @ I3
    assert (I3 @ [1, 2, 3]).dtype == np.float64  # whole numbers are numbers


# -- numerical care --------------------------------------------------------------------------------------------------


def test_factors_are_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    class Counted(Factorisation):
        def __init__(self, matrix: np.ndarray, *rest: object) -> None:
            made.append(len(matrix))
            super().__init__(matrix, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("agnesi.run.structured.Factorisation", Counted)
    monkeypatch.setattr("agnesi.run.operators.Factorisation", Counted)
    for operator, size in ((Dense(A), 3), (LowRank(Diagonal(d), U), 2), (Sum([Dense(A), I3]), 3)):
        made.clear()
        b = np.ones(operator.shape[0])
        assert np.array_equal(operator.solve(b), operator.solve(b)) and np.isfinite(operator.logdet())
        assert made == [size]


def test_cholesky_for_the_definite_and_lu_for_the_rest() -> None:
    assert Dense(A).factorisation.cholesky is not None
    assert Dense(A + 1e-17 * random(3, 3)).factorisation.cholesky is not None
    for matrix in (-A, C, A - 3 * np.eye(3), np.triu(A)):
        assert Dense(matrix).factorisation.cholesky is None


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_stays(dtype: type) -> None:
    a, b, u, e = (x.astype(dtype) for x in (A, B, U, d))
    eye = Identity(dtype(1), (3,))
    for operator in (
        Identity(dtype(2), (3,)), Diagonal(e), Dense(a), Kronecker(Dense(a), Dense(b)), Kronecker(eye, Dense(b)),
        Blocks(np.stack([a, a])), LowRank(Diagonal(e), u), LowRank(Identity(dtype(2), (6,)), u[:, 0], dtype(3)),
        Sum([Kronecker(eye, Dense(b)), Kronecker(Dense(a), Identity(dtype(1), (4,)))]),
        Sum([Dense(a), eye]), MatrixFree(lambda v, a=a: a @ v, (3,), dtype),
    ):  # fmt: skip
        x = np.ones(operator.axes, dtype)
        assert operator.dtype == dtype
        for out in (operator @ x, operator.solve(x), operator.dense(), operator.diagonal()):
            assert out.dtype == dtype, operator
        close(operator @ operator.solve(x), x, 1e-9 if dtype is np.float64 else 1e-3)


@pytest.mark.parametrize("name", ["dense", "spd", "woodbury", "kronecker", "blocks", "sylvester"])
def test_near_singular_warns_with_the_condition_number(name: str) -> None:
    bad = np.array([[1.0, 1.0], [1.0, 1.0 + 4e-16]])
    eye = Identity(1.0, (2,))
    operator = {
        "dense": Dense(bad @ np.array([[0.0, 1.0], [1.0, 0.0]])), "spd": Dense(bad, symmetric=True),
        "woodbury": LowRank(eye, [1.0, 0.0], -(1 - 1e-16)), "kronecker": Kronecker(Dense(bad), I3),
        "blocks": Blocks(np.stack([bad, np.eye(2)])),
        "sylvester": Sum([Kronecker(eye, Dense(bad)), Kronecker(Dense(bad - 2 * np.eye(2)), eye)]),
    }[name]  # fmt: skip
    with pytest.warns(NearSingular, match=r"its condition number is about \de\+1[4-9]"):
        operator.solve(np.arange(1.0, 1 + operator.shape[0]))


def test_well_conditioned_matrices_do_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for make, matrix in KINDS.values():
            make().solve(np.ones(len(matrix)))
        Dense(np.diag([1.0, 1e-12])).solve(np.ones(2))


@pytest.mark.parametrize("operator", [
    Identity(0.0, (2,)), Diagonal([1.0, 0.0]), Dense(np.ones((2, 2))), Dense(np.zeros((2, 2))),
    Kronecker(I3, Dense(np.zeros((2, 2)))), Blocks(np.zeros((3, 2, 2))), LowRank(None, np.zeros((3, 1))),
    LowRank(Identity(1.0, (1,)), [1.0], -1.0), Sum([Dense(np.full((2, 2), 0.5))] * 2),
    Sum([Kronecker(I3, Identity(-1.0, (2,))), Kronecker(I3, Identity(1.0, (2,)))]),
])  # fmt: skip
def test_singular(operator: Operator) -> None:
    with pytest.raises(np.linalg.LinAlgError, match=r"^The matrix is singular: it has no inverse"):
        operator.solve(np.ones(operator.shape[0]))
    assert operator.logdet() == -np.inf


def test_nan_passes() -> None:
    bad = A.copy()
    bad[0, 1] = bad[1, 0] = np.nan
    for operator in (Dense(bad), Dense(bad, symmetric=True), LowRank(Diagonal(d), np.full((6, 1), np.nan)),
                     Diagonal([np.nan, 1.0, 2.0])):  # fmt: skip
        b = np.ones(operator.shape[0])
        assert np.isnan(operator @ b).any() and np.isnan(operator.solve(b)).any() and np.isnan(operator.logdet())


def test_woodbury_with_a_small_base_is_refined() -> None:
    """The base is 1e-8 of the update, and b is in its range: Woodbury cancels, one refinement mends that."""
    rng = np.random.default_rng(7)
    u = rng.normal(size=(50, 5))
    b = u @ rng.normal(size=5)
    operator = LowRank(Identity(1e-8, (50,)), u)
    x = operator.solve(b)
    residual = np.linalg.norm(operator @ x - b) / np.linalg.norm(b)
    once = np.linalg.norm(operator @ operator._woodbury(b) - b) / np.linalg.norm(b)
    assert residual < 1e-9 and residual < once / 10


def test_sums_by_conjugate_gradients(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [Kronecker(Dense(A), Dense(B)), Diagonal(np.arange(1.0, 13.0).reshape(3, 4)), Identity(1.0, (3, 4))]
    full = Sum(parts).matrix()
    b = random(3, 4)
    monkeypatch.setattr(operators, "SMALL", 5)
    monkeypatch.setattr(operators, "TRIED", 5)
    monkeypatch.setattr(Sum, "matrix", lambda self: pytest.fail("the dense matrix was built"))
    close(Sum(parts).solve(b).ravel(), np.linalg.solve(full, b.ravel()), 1e-8)
    close(Sum(parts).solve(np.stack([b, -b], -1))[..., 1].ravel(), -np.linalg.solve(full, b.ravel()), 1e-8)
    free = MatrixFree(lambda v: (full @ v.ravel()).reshape(v.shape), (3, 4))
    close(free.solve(b).ravel(), np.linalg.solve(full, b.ravel()), 1e-8)
    with pytest.raises(NotNumeric, match="log det of a Sum with 12 rows has no shortcut"):
        Sum(parts).logdet()


def test_conjugate_gradients_that_do_not_converge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operators, "TRIED", 1)
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    with pytest.raises(NotNumeric, match="did not converge in 20 steps: the relative residual"):
        MatrixFree(lambda v: turn @ v, (2,)).solve(np.array([1.0, 2.0]))


def test_large_hessians_are_never_dense() -> None:
    """I ⊗ (2VᵀV + 2λI) with n = 1000, k = 5: 25 million entries, of which none are made."""
    found = case("‖Y − U Vᵀ‖² + λ‖U‖² | U | Kronecker | I_n ⊗ (2VᵀV + 2λI)").found
    rng = np.random.default_rng(3)
    V, b = rng.normal(size=(40, 5)), rng.normal(size=(1000, 5))
    values, sizes = {"V": V, "λ": 0.1}, {"n": 1000, "m": 40, "k": 5}
    tracemalloc.start()
    operator = assemble(found, lambda e: evaluate(e, values, sizes))
    x, y, log, diagonal = operator.solve(b), operator @ b, operator.logdet(), operator.diagonal()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    gram = 2 * V.T @ V + 0.2 * np.eye(5)
    close(x, np.linalg.solve(gram, b.T).T)
    close(y, b @ gram)
    close(log, 1000 * np.linalg.slogdet(gram)[1])
    close(diagonal, np.tile(np.diag(gram), (1000, 1)))
    assert peak < 20 * b.nbytes


# -- random Hessians and Jacobians -----------------------------------------------------------------------------------

# Their second derivatives have no closed form here.
ONCE = ("expm", "logm", "sqrtm", "eigvals", "singvals", "normnuc")


def checked(seed: int) -> str:
    """Compare the structure of a random Hessian or Jacobian with its dense form; return its kind, or "" for none."""
    rng = np.random.default_rng(seed)
    shape: tuple[str, ...] = [(), (), ("n",), ("n", "d"), ("d",)][seed % 5]
    f = resolved(random_expression(rng, shape, depth=3, exclude=ONCE))
    x = next((s for s in symbols_of(f) if s.ndim < 2 or s.shape[0].number != 1), None)
    if x is None:
        return ""
    try:
        form = normal_derivative(f, [x, x] if not shape else [x])
        found = structure(form, len(shape) or x.ndim)
        b, v = symbol("b_", form.shape[: found.lead]), symbol("v_", form.shape[found.lead :])
        point, (full,) = Sampler([build(form)], np.random.default_rng(1), extra=[b, v, x]).point()
    except AgnesiError:
        return ""
    matrix = np.reshape(full, (np.size(point.values["b_"]), np.size(point.values["v_"])))
    wanted = (matrix @ np.ravel(point.values["v_"])).reshape(np.shape(point.values["b_"]))
    operator = assemble(found, lambda e: value(e, point))
    close(value(found.matvec(v), point), wanted, 1e-8)
    close(operator @ point.values["v_"], wanted, 1e-8)
    close(operator.dense(), full, 1e-8)
    if b.shape == v.shape:
        close(value(found.diagonal(), point), np.diag(matrix).reshape(np.shape(wanted)), 1e-8)
        if np.linalg.cond(matrix) < 1e6 and np.max(np.abs(matrix)) > 1e-9:
            answer = np.linalg.solve(matrix, np.ravel(point.values["b_"])).reshape(np.shape(wanted))
            close(operator.solve(point.values["b_"]), answer, 1e-6)
            close(operator.logdet(), np.linalg.slogdet(matrix)[1], 1e-6)
            solution = found.solve(b)
            if solution is not None:
                close(value(solution, point), answer, 1e-6)
    return type(found).__name__


def test_random_derivatives() -> None:
    kinds = Counter(checked(seed) for seed in range(100))
    assert kinds[""] < 25 and sum(kinds[k] > 0 for k in ("Identity", "Diagonal", "LowRank", "Dense", "Blocks")) == 5


@pytest.mark.nightly
def test_many_random_derivatives() -> None:
    kinds = Counter(checked(seed) for seed in range(1000, 4000))
    assert kinds[""] < 750 and len(kinds) >= 9
