"""Hard points: large, tiny and cancelling arguments against 50 digits of mpmath, in all backends."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import mpmath as mp
import numpy as np
import pytest
import scipy.stats
from feeding import BACKENDS, array

from agnesi.compilation import compile
from agnesi.derivation import gradient, hessian
from agnesi.run.compiled import Compiled

both = pytest.mark.parametrize("backend", BACKENDS)
DIGITS = 50
TOLERANCE = 2e-14
SMALLEST = {"numpy": 1e-323, "torch": 1e-323, "jax": 2.3e-308}  # XLA rounds subnormal numbers to 0


@pytest.fixture(autouse=True)
def fifty_digits() -> Any:
    with mp.workdps(DIGITS), np.errstate(all="ignore"):
        yield


@cache
def made(text: str, wrt: str, order: int, backend: str) -> Compiled:
    """The function of a text, its gradient or its Hessian."""
    expr: Any = text if not order else gradient(text, wrt) if order == 1 else hessian(text, wrt)
    return compile(expr, backend, structure="dense")  # type: ignore[arg-type]


def exactly(got: Any, wanted: Sequence[Any], backend: str, about: str, tolerance: float = TOLERANCE) -> None:
    """Assert that every entry has the digits of the exact value; what is past the largest double is infinite."""
    flat = array(got).astype(float).ravel()
    assert len(flat) == len(wanted), about
    for entry, exact in zip(flat, wanted, strict=True):
        if mp.isnan(exact) or abs(exact) > mp.mpf(2) ** 1024:
            assert np.isnan(entry) if mp.isnan(exact) else entry == float(exact), f"{about}: {entry} is not {exact}"
            continue
        error = abs(mp.mpf(float(entry)) - exact) if np.isfinite(entry) else mp.inf
        assert error <= tolerance * abs(exact) + SMALLEST[backend], f"{about}: {entry} is not {mp.nstr(exact, 20)}"


def exact(values: Any) -> list[Any]:
    return [mp.mpf(float(v)) for v in np.ravel(values)]


def sigmoid(t: Any) -> Any:
    return 1 / (1 + mp.exp(-t))


def softplus(t: Any) -> Any:
    return mp.log1p(mp.exp(t)) if t < 100 else t + mp.log1p(mp.exp(-t))


# -- functions of entries --------------------------------------------------------------------------------------------

FAR = [800.0, -800.0, 745.0, -745.0, 40.0, -40.0, 36.0, -36.0, 5.0, -5.0, 0.3, 1e-9, -1e-9, 1e-20, -1e-20, 1e-300, 0.0]
SMALL = [1e-20, -1e-20, 1e-10, -1e-10, 1e-5, 1e-300, -1e-300, 0.0, 0.5, -0.5]
BELOW = [-1e-20, -1e-10, -1e-3, -0.6, -0.8, -40.0, -800.0]
ENTRIES: list[tuple[str, list[float], Callable[[Any], Any]]] = [
    ("σ(x)", FAR, sigmoid), ("log σ(x)", FAR, lambda t: -softplus(-t)), ("softplus(x)", FAR, softplus),
    ("log(1 + exp(x))", FAR, softplus), ("log(1 + exp(−x))", FAR, lambda t: softplus(-t)),
    ("−log(1 + exp(−x))", FAR, lambda t: -softplus(-t)), ("1 − σ(x)", FAR, lambda t: sigmoid(-t)),
    ("σ(x) − 1", FAR, lambda t: -sigmoid(-t)), ("log(1 − σ(x))", FAR, lambda t: -softplus(t)),
    ("σ(x) ⊙ (1 − σ(x))", FAR, lambda t: sigmoid(t) * sigmoid(-t)), ("1 ./ (1 + exp(−x))", FAR, sigmoid),
    ("log(1 + x)", [*SMALL, 1e300], mp.log1p), ("log(1 − x)", SMALL, lambda t: mp.log1p(-t)),
    ("log(1 + 2x)", [1e-20, 1e-10, 0.3], lambda t: mp.log1p(2 * t)),
    ("log(1 + x.^2)", [1e-9, 1e-170, 3.0, 1e100], lambda t: mp.log1p(t**2)),
    ("exp(x) − 1", [*SMALL, 700.0, -800.0, 800.0], mp.expm1), ("1 − exp(x)", [*SMALL, -800.0], lambda t: -mp.expm1(t)),
    ("1 − exp(−x)", [*SMALL, 800.0], lambda t: -mp.expm1(-t)), ("2exp(x) − 2", SMALL, lambda t: 2 * mp.expm1(t)),
    ("log(1 − exp(x))", BELOW, lambda t: mp.log(-mp.expm1(t))),
    ("log Φ(x)", [-40.0, -10.0, -1.0, 0.0, 3.0], lambda t: mp.log(mp.erfc(-t / mp.sqrt(2)) / 2)),
]  # fmt: skip


@both
@pytest.mark.parametrize(("text", "points", "function"), ENTRIES, ids=[t for t, _, _ in ENTRIES])
def test_entries(text: str, points: list[float], function: Callable[[Any], Any], backend: str) -> None:
    """Every entry by itself: as a vector, and as a number."""
    tolerance = 1e-13 if "Φ" in text else TOLERANCE
    wanted = [mp.mpf(function(t)) for t in exact(points)]
    exactly(made(f"x : n; {text}", "", 0, backend)(x=np.array(points)), wanted, backend, text, tolerance)
    single = made(text.replace(".^", "^").replace(" ./ ", "/").replace(" ⊙ ", " "), "", 0, backend)
    for point, right in list(zip(points, wanted, strict=True))[:3]:
        exactly(single(x=point), [right], backend, f"{text} at {point}", tolerance)


SUMS: list[tuple[str, list[float], Callable[[Any], Any]]] = [
    ("sum(log σ(x))", FAR, lambda t: sigmoid(-t)), ("sum(softplus(x))", FAR, sigmoid),
    ("sum(log(1 + exp(x)))", FAR, sigmoid),
    ("sum(log(1 + exp(−x)))", FAR, lambda t: -sigmoid(-t)), ("sum(log(1 − σ(x)))", FAR, lambda t: -sigmoid(t)),
    ("sum(σ(x))", FAR, lambda t: sigmoid(t) * sigmoid(-t)), ("sum(log(1 + x))", SMALL, lambda t: 1 / (1 + t)),
    ("sum(exp(x) − 1)", SMALL, mp.exp),
]  # fmt: skip


@both
@pytest.mark.parametrize(("text", "points", "slope"), SUMS, ids=[t for t, _, _ in SUMS])
def test_gradients_of_entries(text: str, points: list[float], slope: Callable[[Any], Any], backend: str) -> None:
    got = made(f"x : n; {text}", "x", 1, backend)(x=np.array(points))
    exactly(got, [mp.mpf(slope(t)) for t in exact(points)], backend, f"∇ {text}")


# -- log-sum-exp, softmax, cross entropy -----------------------------------------------------------------------------

SHIFTS = [1e4, -1e4, 800.0, -800.0, 0.0]


def log_sum_exp(ts: Sequence[Any]) -> Any:
    top = max(ts)
    return top + mp.log(sum(mp.exp(t - top) for t in ts))


LSE = [
    "logsumexp(a)", "log(sum(exp(a)))", "log ∑_i exp(a_i)", "A : n×k; logsumexp(A)", "A : n×k; log(sum(exp(A)))",
    "A : n×k; log ∑_i ∑_j exp(A_ij)", "q : n, q > 0; log ∑_i q_i exp(a_i)", "q : n, q > 0; log(qᵀexp(a))",
]  # fmt: skip


@both
@pytest.mark.parametrize("order", [0, 1], ids=["value", "gradient"])
@pytest.mark.parametrize("text", LSE)
def test_log_sum_exp(text: str, order: int, backend: str) -> None:
    """Over all entries of a vector or a matrix, with weights or without, far from 0."""
    name = "A" if text.startswith("A") else "a"
    for shift in SHIFTS:
        a = np.array([0.0, -1.0, 2.0, 0.5]) + shift
        q = np.array([0.1, 2.0, 1.0, 0.3])
        given = {name: a.reshape(2, 2) if name == "A" else a, **({"q": q} if "q" in text else {})}
        ts = [t + (mp.log(w) if "q" in text else 0) for t, w in zip(exact(a), exact(q), strict=True)]
        total = log_sum_exp(ts)
        wanted = [total] if not order else [mp.exp(t - total) for t in ts]
        exactly(made(text, name, order, backend)(**given), wanted, backend, f"{text}, {shift}", 1e-13)


@both
def test_hessian_of_log_sum_exp(backend: str) -> None:
    for shift in SHIFTS:
        a = np.array([0.0, -1.0, 2.0]) + shift
        p = [mp.exp(t - log_sum_exp(exact(a))) for t in exact(a)]
        wanted = [p[i] * (i == j) - p[i] * p[j] for i in range(3) for j in range(3)]
        exactly(made("logsumexp(a)", "a", 2, backend)(a=a), wanted, backend, f"∇² at {shift}", 1e-13)


LOGITS = [np.array([1e4, -1e4, 0.0]), np.array([-1e4, 1e4, 1e4]), np.array([1e4, 1e4 - 1, 1e4 + 2]),
          np.array([0.5, -2.0, 3.0])]
ONE_HOT = np.array([0.0, 1.0, 0.0])


@both
@pytest.mark.parametrize("text", [
    "−yᵀ log softmax(a)", "−∑_i y_i log(softmax(a)_i)", "−∑_i y_i log(exp(a_i)/∑_j exp(a_j))",
    "y : n, a : n; −sum(y ⊙ log softmax(a))",
])  # fmt: skip
def test_softmax_cross_entropy(text: str, backend: str) -> None:
    for a in LOGITS:
        total = log_sum_exp(exact(a))
        exactly(made(text, "a", 0, backend)(a=a, y=ONE_HOT), [total - exact(a)[1]], backend, f"{text}, {a}", 1e-13)
        slope = [mp.exp(t - total) - y for t, y in zip(exact(a), exact(ONE_HOT), strict=True)]
        got = array(made(text, "a", 1, backend)(a=a, y=ONE_HOT))
        np.testing.assert_allclose(got, np.array(slope, float), rtol=1e-13, atol=1e-15, err_msg=f"∇ {text}, {a}")


@both
def test_softmax_and_its_logarithm(backend: str) -> None:
    for a in LOGITS:
        total = log_sum_exp(exact(a))
        wanted = [t - total for t in exact(a)]
        exactly(made("softmax(a)", "", 0, backend)(a=a), [mp.exp(t) for t in wanted], backend, f"softmax {a}", 1e-12)
        for text in ("log softmax(a)", "log(softmax(a))"):
            got = array(made(text, "", 0, backend)(a=a))
            np.testing.assert_allclose(got, np.array(wanted, float), rtol=1e-13, atol=1e-13, err_msg=f"{text} {a}")
        rows = np.stack([a, a[::-1]])
        got = array(made("A : n×k; ∑_i log ∑_j exp(A_ij)", "A", 0, backend)(A=rows))
        exactly(got, [2 * total], backend, f"rows {a}", 1e-13)


@both
def test_logistic_losses(backend: str) -> None:
    """Labels 0 and 1, and ±1, with margins of ±1e4."""
    a, y = np.array([1e4, -1e4, 0.0, 40.0]), np.array([0.0, 1.0, 1.0, 1.0])
    loss = "−∑_i (y_i log σ(a_i) + (1 − y_i) log(1 − σ(a_i)))"
    wanted = mp.fsum(softplus(t if not label else -t) for t, label in zip(exact(a), y, strict=True))
    exactly(made(loss, "a", 0, backend)(a=a, y=y), [wanted], backend, loss, 1e-13)
    slope = array(made(loss, "a", 1, backend)(a=a, y=y))
    np.testing.assert_allclose(slope[:3], [1.0, -1.0, -0.5], rtol=1e-14)
    signs = "a : n, s : n; ∑_i log(1 + exp(−s_i a_i))"
    exactly(made(signs, "a", 0, backend)(a=a, s=2 * y - 1), [wanted], backend, signs, 1e-13)
    np.testing.assert_allclose(array(made(signs, "a", 1, backend)(a=a, s=2 * y - 1))[:3], [1.0, -1.0, -0.5], rtol=1e-14)


@both
def test_mixtures_of_gaussians_far_from_all_centres(backend: str) -> None:
    """log Σ_k π_k exp(−½‖x − m_k‖²) where every exp is 0."""
    text = "X : n×d, M : k×d, π : k, π > 0; ∑_i log(∑_j π_j exp(−(1/2)‖X[i,:] − M[j,:]‖²))"
    X, M, weights = np.array([[100.0, 0.0], [0.5, 0.5]]), np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([0.25, 0.75])
    wanted = sum(log_sum_exp([mp.log(w) - sum((mp.mpf(a) - mp.mpf(b)) ** 2 for a, b in zip(x, m, strict=True)) / 2
                              for w, m in zip(weights, M, strict=True)]) for x in X)  # fmt: skip
    exactly(made(text, "M", 0, backend)(X=X, M=M, **{made(text, "M", 0, backend).parameters[0]: weights}),
            [wanted], backend, text, 1e-12)


# -- norms -----------------------------------------------------------------------------------------------------------

SCALES = [1e200, 1e-200, 1e150, 1e-160, 1.0]


@both
@pytest.mark.parametrize("text", ["‖x‖", "sqrt(xᵀx)", "sqrt(sum(x.^2))", "sqrt(∑_i x_i²)", "‖x − 2x‖"])
def test_norms_neither_overflow_nor_vanish(text: str, backend: str) -> None:
    for scale in SCALES:
        x = scale * np.array([3.0, -4.0, 1.0])
        length = mp.sqrt(sum(t**2 for t in exact(x)))
        exactly(made(f"x : n; {text}", "x", 0, backend)(x=x), [length], backend, f"{text}, {scale}")
        slope = [t / length for t in exact(x)]
        exactly(made(f"x : n; {text}", "x", 1, backend)(x=x), slope, backend, f"∇ {text}, {scale}")


@both
def test_other_norms(backend: str) -> None:
    for scale in SCALES:
        X = scale * np.array([[3.0, -4.0], [1.0, 2.0]])
        length = mp.sqrt(sum(t**2 for t in exact(X)))
        exactly(made("X : n×d; ‖X‖", "X", 0, backend)(X=X), [length], backend, f"‖X‖, {scale}")
        exactly(made("X : n×d; ‖X‖", "X", 1, backend)(X=X), [t / length for t in exact(X)], backend, f"∇‖X‖, {scale}")
        a, b = X[0]
        two = mp.sqrt(exact(a)[0] ** 2 + exact(b)[0] ** 2)
        exactly(made("x : n, y : n; ‖x − y‖", "", 0, backend)(x=X[0], y=X[1]),
                [mp.sqrt(sum((s - t) ** 2 for s, t in zip(exact(X[0]), exact(X[1]),
                                                          strict=True)))], backend, f"‖x − y‖, {scale}")  # fmt: skip
        exactly(made("x : n; x/‖x‖",
                     "", 0, backend)(x=X[0]), [t / two for t in exact(X[0])], backend, f"x/‖x‖, {scale}")


@both
def test_the_length_of_two_numbers(backend: str) -> None:
    for scale in SCALES:
        a, b = 3 * scale, -4 * scale
        length = mp.sqrt(exact(a)[0] ** 2 + exact(b)[0] ** 2)
        exactly(made("sqrt(a² + b²)", "", 0, backend)(a=a, b=b), [length], backend, f"√(a² + b²), {scale}")


# -- determinants and densities --------------------------------------------------------------------------------------


def spd(n: int, scale: float = 1.0) -> np.ndarray:
    a = np.random.default_rng(n).normal(size=(n, n))
    return scale * (a @ a.T / n + np.eye(n))


@both
def test_log_det_of_tiny_and_large_matrices(backend: str) -> None:
    """1e-300 S: det is 0 in doubles. 400 rows: det overflows."""
    tiny, large = spd(3, 1e-300), spd(400, 100.0)
    assert np.linalg.det(tiny) == 0 and np.isinf(np.linalg.det(large))
    small = mp.log(mp.det(mp.matrix(tiny.tolist())))
    values = np.linalg.eigvalsh(large)
    for text in ("S : n×n spd; log det S", "S : n×n spd; log(det(S))", "A : n×n; log det A", "A : n×n; log |det A|"):
        f = made(text, "", 0, backend)
        exactly(f(tiny), [small], backend, f"{text}, tiny")
        np.testing.assert_allclose(array(f(large)), np.log(values).sum(), rtol=1e-12, err_msg=text)
    slope = array(made("S : n×n spd; log det S", "S", 1, backend)(S=tiny))
    np.testing.assert_allclose(slope @ tiny, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(array(made("S : n×n spd; log det S",
                                          "S", 1, backend)(S=large)) @ large, np.eye(400), atol=1e-10)


DENSITY = "S : n×n spd; −½(x − m)ᵀS⁻¹(x − m) − ½ log det S − n/2 log(2π)"


@both
def test_gaussian_log_density(backend: str) -> None:
    f = made(DENSITY, "x", 0, backend)
    for scale in (1.0, 1e-300, 1e300):
        S, x = spd(3, scale), scale**0.5 * np.array([1.0, -2.0, 0.5])
        exact_S = mp.matrix(S.tolist())
        v = mp.matrix(x.tolist())
        wanted = -(v.T * (exact_S**-1) * v)[0] / 2 - mp.log(mp.det(exact_S)) / 2 - 3 * mp.log(2 * mp.pi) / 2
        exactly(f(S=S, x=x, m=np.zeros(3)), [wanted], backend, f"scale {scale}", 1e-13)
        slope = -((exact_S**-1) * v)
        exactly(made(DENSITY, "x", 1, backend)(S=S, x=x, m=np.zeros(3)), list(slope),
                backend, f"∇, scale {scale}", 1e-12)
    S, x = spd(400, 100.0), np.linspace(-3, 3, 400)
    wanted = scipy.stats.multivariate_normal(np.ones(400), S).logpdf(x)
    np.testing.assert_allclose(array(f(S=S, x=x, m=np.ones(400))), wanted, rtol=1e-12)


@both
def test_distances_of_near_points_among_far_ones(backend: str) -> None:
    """Two points 1 apart, and one a million away: what the squares cancel is not lost."""
    X = np.array([[1e6, 0.5], [1e6 + 1.0, 0.5], [-1e6, 0.0]])
    wanted = [mp.exp(-sum((mp.mpf(a) - mp.mpf(b)) ** 2 for a, b in zip(x, y, strict=True)) / 2) for x in X for y in X]
    exactly(made("X : n×d; [exp(−‖X[i,:] − X[j,:]‖²/2)]_ij", "", 0, backend)(X=X), wanted, backend, "kernel", 1e-9)


def test_the_oracle_itself() -> None:
    """What is compared has the digits that it claims: a naive formula fails."""
    with pytest.raises(AssertionError):
        exactly(np.log(1 + np.array([1e-20])), [mp.log1p(mp.mpf(1e-20))], "numpy", "naive")
    with pytest.raises(AssertionError):
        exactly(np.array([np.inf]), [mp.mpf(1)], "numpy", "naive")
    assert mp.mp.dps == DIGITS and not os.environ.get("MPMATH_NOGMPY")
