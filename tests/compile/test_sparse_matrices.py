"""Sparse matrices of SciPy as arguments: they stay sparse where the plan permits, and are refused in words else."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from feeding import close, outputs

from agnesi.compilation import compile
from agnesi.errors import AgnesiError, NotCompiled, NotNumeric
from agnesi.second_order import newton_step, operator

rng = np.random.default_rng(21)
X = rng.normal(size=(8, 5)) * (rng.random((8, 5)) < 0.4)
VALUES: dict[str, Any] = {
    "w": rng.normal(size=5), "v": rng.normal(size=5), "r": rng.normal(size=8),
    "y": rng.integers(0, 2, 8) * 1.0, "λ": 0.3,
    "q": rng.random(8) + 0.1, "V": rng.normal(size=(5, 2)), "D": rng.normal(size=(8, 3)), "Y": rng.normal(size=(8, 5)),
}  # fmt: skip
FORMATS: dict[str, Callable[[Any], Any]] = {
    f.__name__: f for f in (sp.csr_matrix, sp.csc_matrix, sp.coo_matrix, sp.csr_array, sp.csc_array, sp.coo_array)
}
SHAPES = "X : n×d, w : d, v : d, r : n, y : n, q : n, V : d×k, D : n×m, Y : n×d; "

KEPT = [
    "X w", "Xᵀr", "Xᵀ diag(q) X", "XᵀX", "X Xᵀ", "‖X w − y‖²", "2Xᵀ(X w − y)", "‖X w − y‖² + λ‖w‖²", "(XᵀX + λ I)⁻¹Xᵀy",
    "sum(softplus(X w)) − yᵀX w + λ‖w‖²", "Xᵀ(σ(X w) − y) + 2λw", "Xᵀ diag(σ(X w) ⊙ (1 − σ(X w))) X + 2λI", "X V",
    "XᵀD",
    "‖X‖²", "tr(XᵀX)", "sum(X)", "X 𝟏", "𝟏ᵀX", "λX", "−X", "Xᵀ", "X", "X.^2", "X + X", "X ⊙ X", "diag(q) X",
    "X diag(w)",
    "rᵀX w", "XᵀX w", "wᵀXᵀX w", "‖X w‖", "Xᵀ diag(q)⁻¹ X", "X V VᵀXᵀ", "log det(XᵀX + λI)", "(X Xᵀ + λI)⁻¹r", "X/λ",
    "X.^3",
    "Xᵀ(X v ⊙ σ(X w) ⊙ (1 − σ(X w))) + 2λv", "sum(exp(X w)) − yᵀX w", "logsumexp(X w)", "∑_i ∑_j X_ij²", "X ⊙ Y",
]  # fmt: skip


def dense_and_sparse(text: str, make: Callable[[Any], Any]) -> tuple[Any, Any]:
    f = compile(SHAPES + text)
    given = {name: VALUES[name] for name in f.parameters if name != "X"}
    return f(X=X, **given), f(X=make(X), **given)


@pytest.mark.parametrize("text", KEPT)
def test_the_same_as_dense(text: str) -> None:
    for name, make in FORMATS.items():
        wanted, got = dense_and_sparse(text, make)
        assert isinstance(got, np.ndarray | np.float64), name
        close(got, wanted, 1e-12, name)


def test_several_outputs() -> None:
    f = compile([SHAPES + t for t in ("‖X w − y‖²", "2Xᵀ(X w − y)", "2XᵀX")])
    given = {"w": VALUES["w"], "y": VALUES["y"]}
    for got, wanted in zip(outputs(f(X=sp.csr_array(X), **given)), outputs(f(X=X, **given)), strict=True):
        close(got, wanted, 1e-12)


def test_newton_steps_and_operators() -> None:
    text = SHAPES + "sum(softplus(X w)) − yᵀX w + λ‖w‖²"
    given = {name: VALUES[name] for name in ("w", "y", "λ")}
    step, hessian = compile(newton_step(text, "w")), compile(operator(text, "w"))
    close(step(X=sp.csr_array(X), **given), step(X=X, **given), 1e-12)
    close(hessian(X=sp.csc_matrix(X), **given).dense(), hessian(X=X, **given).dense(), 1e-12)


def test_large_and_thin_stays_thin() -> None:
    """200 000 × 50 000 with a million entries: the array in full would be 80 GB."""
    n, d = 200_000, 50_000
    rows, columns = (np.random.default_rng(1).integers(0, k, 1_000_000) for k in (n, d))
    thin = sp.csr_array((np.ones(1_000_000), (rows, columns)), shape=(n, d))
    f = compile(["‖X w − y‖² + λ‖w‖²", "2Xᵀ(X w − y) + 2λw"])
    w, y = np.ones(d), np.zeros(n)
    tracemalloc.start()
    value, slope = f(X=thin, w=w, y=y, λ=0.5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    r = thin @ w
    close(value, r @ r + 0.5 * d, 1e-12)
    close(slope, 2 * (thin.T @ r) + w, 1e-12)
    assert peak < 100e6


def test_matrices_are_not_modified_nor_shown() -> None:
    for text in ("X", "Xᵀ", "λX", "X + X", "X.^2", "diag(q) X", "XᵀX"):
        for name, make in FORMATS.items():
            thin = make(X)
            got = compile(SHAPES + text)(X=thin, **{k: VALUES[k] for k in ("λ", "q")})
            assert np.array_equal(thin.toarray(), X), (text, name)
            got += 1.0
            assert np.array_equal(thin.toarray(), X), (text, name)


REASONS = {
    "exp(X)": "a function of its entries makes a dense matrix of its size",
    "‖X‖": "a function of its entries makes a dense matrix of its size",
    "X + Y": "adding it to another array makes a dense matrix of its size",
    "X + ones(n, d)": "adding it to another array makes a dense matrix of its size",
    "‖X − Y‖²": "adding it to another array makes a dense matrix of its size",
    "tr(XᵀY)": "an inner product with a dense matrix is not known for sparse ones",
    "vec(X)": "its axes are joined or split", "X[2,:]": "single rows, columns or entries are taken from it",
}  # fmt: skip


@pytest.mark.parametrize(("text", "why"), REASONS.items(), ids=list(REASONS))
def test_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(NotCompiled) as caught:
        dense_and_sparse(text, sp.csr_matrix)
    assert str(caught.value) == f"X is sparse, and the plan cannot keep it so: {why}. Give X.toarray()."


def test_columns_and_entries_are_not_called_rows() -> None:
    for text, word in (("X[:,2]", "column"), ("X[1,2]", "entr")):
        with pytest.raises(NotCompiled, match=word):
            dense_and_sparse(text, sp.csr_matrix)


def test_factorisations_are_dense() -> None:
    with pytest.raises(NotCompiled, match=r"^S is sparse, .*: its factorisation is dense\. Give S\.toarray\(\)\.$"):
        compile("S : n×n spd; S⁻¹x")(S=sp.eye_array(5, format="csr"), x=np.ones(5))


def test_batches_are_refused() -> None:
    with pytest.raises(NotCompiled, match=r"^A call cannot have both sparse matrices and leading batch axes\.$"):
        compile("X w")(X=sp.csr_array(X), w=np.ones((2, 5)))


def test_shapes_are_checked() -> None:
    f = compile("X w")
    with pytest.raises(NotNumeric, match=r"The array for w does not fit. Expected the shape d with d = 8; got 5\."):
        f(X=sp.csr_array(X.T), w=VALUES["w"])
    assert f(X=sp.csr_array((0, 5)), w=VALUES["w"]).shape == (0,)


def test_a_sparse_column_for_a_vector() -> None:
    """It is the vector that an array n×1 would be, or it is refused; it is no matrix."""
    f = compile("‖X w − y‖²")
    w, y = VALUES["w"], VALUES["y"]
    try:
        got = f(X=X, w=sp.csr_array(w[:, None]), y=y)
    except AgnesiError as error:
        assert "w" in str(error)
    else:
        close(got, f(X=X, w=w, y=y), 1e-12)


def test_types_of_entries() -> None:
    f, w = compile("X w"), VALUES["w"]
    close(f(X=sp.csr_array((X > 0).astype(int)), w=w), (X > 0) @ w, 1e-14)
    close(f(X=sp.csr_array(X > 0), w=w), (X > 0) @ w, 1e-14)
    with pytest.raises(NotNumeric, match=r"X is .*complex"):
        f(X=sp.csr_array(X + 1j), w=w)


def test_single_precision_stays() -> None:
    single = compile("X w")(X=sp.csr_array(X.astype(np.float32)), w=VALUES["w"].astype(np.float32))
    close(single, X @ VALUES["w"], 1e-5)
    assert single.dtype == np.float32


def test_nan_and_infinity_pass() -> None:
    bad = X.copy()
    bad[0, 0], bad[1, 1] = np.nan, np.inf
    got = compile("X w")(X=sp.csr_array(bad), w=np.ones(5))
    assert np.isnan(got[0]) and np.isposinf(got[1]) and np.isfinite(got[2:]).all()


def test_facts_are_those_of_the_matrix() -> None:
    f = compile("P : n×n, P > 0; P x", check_facts=True)
    close(f(P=sp.csr_array(np.ones((2, 2))), x=np.ones(2)), np.full(2, 2.0), 0)
    with pytest.raises(NotNumeric, match="P was declared"):
        f(P=sp.csr_array(-np.ones((2, 2))), x=np.ones(2))
