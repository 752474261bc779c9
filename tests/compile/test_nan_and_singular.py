"""NaN and infinity pass as the mathematics says; nearly singular systems warn, singular ones are refused in words."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np
import pytest
from feeding import BACKENDS, array

from agnesi.compilation import compile
from agnesi.run.compiled import Compiled

both = pytest.mark.parametrize("backend", BACKENDS)
nan, inf = np.nan, np.inf


@cache
def made(text: str, backend: str, sizes: tuple[tuple[str, int], ...] = ()) -> Compiled:
    return compile(text, backend, sizes=dict(sizes))  # type: ignore[arg-type]


# -- NaN and infinity ------------------------------------------------------------------------------------------------

PASS: list[tuple[str, dict[str, Any], Any]] = [
    ("x : n; σ(x)", {"x": [inf, -inf, nan]}, [1, 0, nan]), ("x : n; log σ(x)", {"x": [inf, -inf, nan]}, [0, -inf, nan]),
    ("x : n; softplus(x)", {"x": [inf, -inf, nan]}, [inf, 0, nan]),
    ("x : n; 1 − σ(x)", {"x": [inf, -inf, nan]}, [0, 1, nan]),
    ("x : n; σ(x) ⊙ (1 − σ(x))", {"x": [inf, -inf, nan]}, [0, 0, nan]),
    ("x : n; tanh(x)", {"x": [inf, -inf, nan]}, [1, -1, nan]),
    ("x : n; exp(x) − 1", {"x": [inf, -inf, nan]}, [inf, -1, nan]),
    ("x : n; log(1 + x)", {"x": [inf, -1.0, nan]}, [inf, -inf, nan]),
    ("x : n; log(1 − exp(x))", {"x": [0.0, -inf, nan]}, [-inf, 0, nan]),
    ("x : n; log(x)", {"x": [0.0, inf, nan]}, [-inf, inf, nan]),
    ("x : n; relu(x)", {"x": [inf, -inf, nan]}, [inf, 0, nan]),
    ("x : n; x.^2", {"x": [inf, -inf, nan]}, [inf, inf, nan]),
    ("x : n; 1 ./ x", {"x": [inf, 0.0, nan]}, [0, inf, nan]), ("x : n; abs(x)", {"x": [-inf, nan]}, [inf, nan]),
    ("x : n; sign(x)", {"x": [-inf, 0.0, nan]}, [-1, 0, nan]), ("x : n; erf(x)", {"x": [inf, -inf, nan]}, [1, -1, nan]),
    ("x : n; logsumexp(x)", {"x": [-inf, 0.0]}, 0), ("x : n; logsumexp(x)", {"x": [-inf, -inf]}, -inf),
    ("x : n; logsumexp(x)", {"x": [inf, 0.0]}, inf), ("x : n; logsumexp(x)", {"x": [nan, 0.0]}, nan),
    ("x : n; softmax(x)", {"x": [-inf, 0.0, 0.0]}, [0, 0.5, 0.5]), ("x : n; softmax(x)", {"x": [nan, 0.0]}, [nan, nan]),
    ("x : n; log softmax(x)", {"x": [-inf, 0.0, 0.0]}, [-inf, -np.log(2), -np.log(2)]),
    ("x : n; ‖x‖", {"x": [inf, 1.0]}, inf), ("x : n; ‖x‖", {"x": [nan, 1.0]}, nan),
    ("x : n; ‖x‖", {"x": [0.0, 0.0]}, 0),
    ("x : n; max(x)", {"x": [nan, 1.0]}, nan), ("x : n; max(x)", {"x": [inf, 1.0]}, inf),
    ("x : n; sum(x)", {"x": [inf, -inf]}, nan),
    ("X w − y", {"X": [[nan, 1.0], [1.0, 2.0]], "w": [1.0, 1.0], "y": [0.0, 1.0]}, [nan, 2]),
    ("X : n×d; XᵀX", {"X": [[inf, 1.0], [0.0, 2.0]]}, [[inf, inf], [inf, 5]]),
    ("A : n×n; log det A", {"A": [[nan, 1.0], [1.0, 2.0]]}, nan),
    ("A : n×n; det A", {"A": [[nan, 1.0], [1.0, 2.0]]}, nan),
]  # fmt: skip


@pytest.mark.parametrize("backend", ["numpy", "jax"])
def test_nan_in_a_definite_matrix_passes(backend: str) -> None:
    """PyTorch's Cholesky factorisation refuses it: see test_nan_in_a_system_is_no_singularity."""
    assert np.isnan(array(made("S : n×n spd; log det S", backend)(S=np.array([[nan, 1.0], [1.0, 2.0]]))))


@both
@pytest.mark.parametrize(("text", "given", "wanted"), PASS, ids=[f"{t} {next(iter(g.values()))}" for t, g, _ in PASS])
def test_pass_as_the_mathematics_says(text: str, given: dict[str, Any], wanted: Any, backend: str) -> None:
    with np.errstate(all="ignore"):  # what NumPy itself says of 0/0 and log 0
        got = array(made(text, backend)(**{k: np.array(v) for k, v in given.items()}))
    np.testing.assert_allclose(got, np.asarray(wanted, float), rtol=1e-14)


@both
@pytest.mark.parametrize("text", ["S : n×n spd; S⁻¹ x", "A : n×n; A⁻¹ x", "S : n×n spd; S⁻¹",
                                  "T : n×n symmetric; T⁻¹ x"])
def test_nan_in_a_system_is_no_singularity(text: str, backend: str) -> None:
    """The solution is not a number: there is no warning of a condition number, and no error but PyTorch's own."""
    for bad in (np.array([[2.0, nan, 0.0], [nan, 2.0, 0.0],
                          [0.0, 0.0, 1.0]]), np.diag([nan, 1.0, 2.0]), np.full((2, 2), nan)):
        if backend == "torch" and "spd" in text:
            with pytest.raises(Exception, match="not positive-definite"):
                made(text, backend)(**given(text, bad))
            continue
        assert np.isnan(array(made(text, backend)(**given(text, bad)))).any()


# -- nearly singular and singular ------------------------------------------------------------------------------------

SYSTEMS = [
    "A : n×n; A⁻¹ x", "A : n×n; A⁻¹", "A : n×n; Aᵀ⁻¹ x", "A : n×n; xᵀA⁻¹ x", "S : n×n spd; S⁻¹ x",
    "S : n×n spd; S⁻¹", "S : n×n spd; xᵀS⁻¹x",
    "T : n×n symmetric; T⁻¹ x", "A : n×n; (A + 0 λ I)⁻¹ x",
]  # fmt: skip


def given(text: str, matrix: np.ndarray) -> dict[str, Any]:
    return {text[0]: matrix, "x": np.ones(len(matrix)), "λ": 1.0}


def hilbert(n: int) -> np.ndarray:
    return 1 / (np.arange(n)[:, None] + np.arange(n) + 1.0)


@pytest.mark.parametrize("text", SYSTEMS)
def test_nearly_singular_systems_warn_with_the_condition_number(text: str) -> None:
    for matrix in (hilbert(12), np.array([[1.0, 1.0], [1.0, 1.0 + 2.3e-16]])):
        with pytest.warns(RuntimeWarning,
                          match=r"nearly singular: its condition number is (about )?\d\.\de\+\d\d") as caught:
            made(text, "numpy")(**given(text, matrix))
        (first, *_) = caught
        number = float(str(first.message).split("is ")[-1].split()[-1].rstrip(".,"))
        assert 0.1 < number / np.linalg.cond(matrix, 1) < 10


@pytest.mark.parametrize("text", ["A : n×n; A⁻¹ x", "A : n×n; A⁻¹", "S : n×n spd; S⁻¹ x", "S : n×n spd; S⁻¹"])
def test_pivots_alone_do_not_tell(text: str) -> None:
    """1 on the diagonal and −1 above it: all pivots are 1, and the condition number is past 1e16, at every size."""
    for n in (60, 100, 200):
        upper = 2 * np.eye(n) - np.triu(np.ones((n, n)))
        matrix = upper if text[0] == "A" else upper[: n // 2, : n // 2].T @ upper[: n // 2, : n // 2]
        assert np.linalg.cond(matrix) > 1e16
        with pytest.warns(RuntimeWarning, match="nearly singular: its condition number is"):
            made(text, "numpy")(**given(text, matrix))


@pytest.mark.parametrize("text", SYSTEMS)
def test_well_conditioned_systems_do_not_warn(text: str) -> None:
    """Nor do badly scaled ones."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for matrix in (hilbert(8), np.diag([1.0, 1e-12]), 1e-300 * np.eye(3), 1e300 * np.eye(3)):
            got = made(text, "numpy")(**given(text, matrix))
            assert np.isfinite(got).all()


@pytest.mark.parametrize("text", SYSTEMS)
def test_singular_systems_are_refused(text: str) -> None:
    """In NumPy and PyTorch by an error, in JAX, which cannot raise, by values that are not finite."""
    for matrix in (np.zeros((2, 2)), np.ones((2, 2)), np.diag([1.0, 0.0, 2.0])):
        with pytest.raises(np.linalg.LinAlgError, match=r"^(A|The) matrix.* is singular: it has no inverse"):
            made(text, "numpy")(**given(text, matrix))
        with pytest.raises(RuntimeError, match=r"singular|zero|positive-definite"):
            made(text, "torch")(**given(text, matrix))


@pytest.mark.slow
@pytest.mark.parametrize("text", SYSTEMS[:1] + SYSTEMS[4:5])
def test_singular_systems_in_jax(text: str) -> None:
    assert not np.isfinite(array(made(text, "jax")(**given(text, np.ones((2, 2)))))).all()


def test_normal_equations_of_dependent_columns() -> None:
    X, y = np.ones((3, 2)), np.ones(3)
    for text, more in (("(XᵀX)⁻¹Xᵀy", {}), ("(XᵀX + λI)⁻¹Xᵀy", {"λ": 0.0})):
        with pytest.raises(np.linalg.LinAlgError, match="is singular: it has no inverse"):
            made(text, "numpy")(X=X, y=y, **more)
    nearly = np.array([[1.0, 1.0], [1.0, 1.0 + 3e-8], [1.0, 1.0]])
    with pytest.warns(RuntimeWarning, match="nearly singular: its condition number is"):
        made("(XᵀX + λI)⁻¹Xᵀy", "numpy")(X=nearly, y=y, λ=1e-18)


@both
@pytest.mark.parametrize("text", ["L : n×n lower triangular; L⁻¹ x", "U : n×n upper triangular; U⁻¹ x"])
def test_singular_triangular_systems(text: str, backend: str) -> None:
    """NumPy's code refuses them in a sentence; the others give what is not finite."""
    lower = np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    matrix = lower if text[0] == "L" else lower.T
    if backend == "numpy":
        with pytest.raises(np.linalg.LinAlgError, match=r"is singular: it has no inverse"):
            made(text, backend)(**{text[0]: matrix, "x": np.ones(3)})
    else:
        assert not np.isfinite(array(made(text, backend)(**{text[0]: matrix, "x": np.ones(3)}))).all()


@both
def test_determinants_of_singular_matrices_have_values(backend: str) -> None:
    """det is 0 and log |det| is −∞: neither is an error."""
    for matrix in (np.zeros((2, 2)), np.ones((2, 2)), np.diag([1.0, 0.0, 2.0])):
        with np.errstate(divide="ignore"):
            assert array(made("A : n×n; det A", backend)(matrix)) == 0
            assert array(made("A : n×n; log det A", backend)(matrix)) == -inf
            assert array(made("T : n×n symmetric; log det T", backend)(matrix)) == -inf


@both
def test_determinants_have_signs(backend: str) -> None:
    turn = np.eye(3)[[1, 0, 2]]
    for matrix in (turn, -np.eye(3), np.diag([1.0, -2.0, 3.0]), turn @ np.diag([1.0, 2.0, 3.0])):
        np.testing.assert_allclose(array(made("A : n×n; det A", backend)(matrix)), np.linalg.det(matrix), rtol=1e-14)
        np.testing.assert_allclose(array(made("A : n×n; log det A", backend)(matrix)),
                                   np.linalg.slogdet(matrix)[1], atol=1e-15)


@pytest.mark.parametrize("backend", ["numpy", "jax"])
def test_definite_by_declaration_only(backend: str) -> None:
    """NumPy's code goes on with LU where a matrix that was declared definite is not; JAX's gives no number."""
    got = array(made("S : n×n spd; S⁻¹ x", backend)(S=np.diag([1.0, -2.0]), x=np.ones(2)))
    np.testing.assert_allclose(got, [1.0, -0.5] if backend == "numpy" else [nan, nan], rtol=1e-14)


# -- shortcuts keep the meaning --------------------------------------------------------------------------------------


@both
def test_woodbury_with_a_singular_base(backend: str) -> None:
    """diag(p) has no inverse, diag(p) + UUᵀ has: the formula has a value, whatever way it is computed."""
    p, U, x = np.array([0.0, 1.0, 2.0]), np.array([[1.0], [1.0], [0.5]]), np.array([1.0, 2.0, 3.0])
    matrix = np.diag(p) + U @ U.T
    plan = (("n", 100), ("k", 1))
    texts = {"(diag(p) + U Uᵀ)⁻¹ x": np.linalg.solve(matrix, x),
             "log det(diag(p) + U Uᵀ)": np.linalg.slogdet(matrix)[1],
             "xᵀ(diag(p) + U Uᵀ)⁻¹ x": x @ np.linalg.solve(matrix, x)}  # fmt: skip
    with np.errstate(all="ignore"):
        for text, wanted in texts.items():
            f = made(f"p : n, U : n×k, x : n; {text}", backend, plan)
            np.testing.assert_allclose(array(f(**{k: v for k, v in (("p", p), ("U", U),
                                                                    ("x", x)) if k in f.parameters})),
                                                                    wanted, rtol=1e-12)


@both
@pytest.mark.parametrize("small", [1e-2, 1e-4, 1e-6, 1e-8])
def test_woodbury_with_a_small_base(small: float, backend: str) -> None:
    """(λI + UUᵀ)⁻¹b for b in the range of U and λ far below it: the residual is nearly that of a dense solve."""
    rng = np.random.default_rng(7)
    U = rng.normal(size=(50, 5))
    b = U @ rng.normal(size=5)
    x = array(made("U : n×k, b : n; (λI + U Uᵀ)⁻¹ b", backend, (("n", 50), ("k", 5)))(λ=small, U=U, b=b))
    residual = np.linalg.norm(small * x + U @ (U.T @ x) - b) / np.linalg.norm(b)
    assert residual < 1e-9


def test_shortcuts_that_cancel_warn() -> None:
    """Past that, few digits are left, and it is said."""
    rng = np.random.default_rng(7)
    U = rng.normal(size=(50, 5))
    f = made("U : n×k, b : n; (λI + U Uᵀ)⁻¹ b", "numpy", (("n", 50), ("k", 5)))
    b = rng.normal(size=50)
    matrix = 1e-15 * np.eye(50) + U @ U.T
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        x = f(λ=1e-15, U=U, b=b)
    good = np.linalg.norm(matrix @ x - b) / (np.linalg.norm(matrix) * np.linalg.norm(x)) < 1e-14
    assert good or any("nearly singular" in str(w.message) for w in caught)
