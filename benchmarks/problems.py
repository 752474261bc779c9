"""The problems that `compare.py` times: what a problem is, and those of regression and the like in a vector.

Every problem is one record: its text for Agnesi, the same function for the array module of a peer, and the best that
one writes by hand with NumPy and SciPy for every quantity. Hand-written code reads what the text declares (a symmetric
argument, signs), shares what its own quantity needs twice, factors once, and forms no inverse that a solve can replace.
`problems_more.py` and `problems_logdet.py` have the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.linalg.lapack import dgesv, dposv

Array = np.ndarray
Sizes = Mapping[str, int]
SIZES = ("small", "medium", "large")
QUANTITIES = ("value", "gradient", "hessian", "hvp", "newton")


@dataclass(frozen=True)
class Problem:
    """A scalar function of one variable, with its competitors.

    `hand` maps a quantity to its function of the arrays by name (and of the direction `v` for `hvp`). The Hessian is
    compared as a matrix of N rows where `dense` is None; else as the pieces that one computes by hand in place of a
    matrix of N rows, and `dense(pieces, **arrays)` is that matrix.
    """

    name: str
    text: str
    variable: str
    sizes: Mapping[str, Sizes]
    make: Callable[..., dict[str, Any]]  # of a generator and the sizes
    f: Callable[..., Any]  # of the array module of a peer and the arrays by name
    hand: Mapping[str, Callable[..., Any]]
    f_value: Callable[..., Any] | None = None  # where another form of f is the faster one when only its value is wanted
    dense: Callable[..., Array] | None = None  # of the pieces and the arrays by name
    pieces: str = ""  # what the hand-written Hessian is, where it is not a matrix of N rows
    symmetric: bool = False  # the variable is: so are the directions, and differences go along these only
    definite: int = 0  # the sign of the Hessian, where it is known: the peers solve by Cholesky
    curvature: Mapping[str, Sizes] = field(default_factory=dict)  # sizes of the Hessian and the Newton step, if others
    width: Callable[..., int] = lambda **s: 1  # entries of the largest array of a peer for one row of the Hessian
    left_out: Mapping[str, str] = field(default_factory=dict)  # quantities that are not measured, and why

    def arrays(self, rng: np.random.Generator, sizes: Sizes) -> dict[str, Any]:
        """Return the arrays by name, read-only, and the direction `v`."""
        found = self.make(rng, **sizes)
        v = rng.standard_normal(np.shape(found[self.variable]))
        found["v"] = v + v.T if self.symmetric else v if np.ndim(v) else float(v)
        for array in found.values():
            if np.ndim(array):
                array.setflags(write=False)  # nobody may work in place on what is given
        return found

    def size(self, name: str, quantity: str) -> Sizes:
        """Return the sizes behind small, medium or large."""
        return self.curvature.get(name, self.sizes[name]) if quantity in ("hessian", "newton") else self.sizes[name]


def scales(names: str, *rows: tuple[int, ...]) -> dict[str, dict[str, int]]:
    """Return the sizes small, medium, large from rows of numbers."""
    return {s: dict(zip(names.split(), row, strict=True)) for s, row in zip(SIZES, rows, strict=True)}


def by_hand(*functions: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """Return the functions by quantity, in the order of QUANTITIES."""
    return dict(zip(QUANTITIES, functions, strict=True))


def solve(H: Array, g: Array) -> Array:
    """Return H⁻¹g for a symmetric H: by Cholesky, or by LU where H turns out not to be positive definite."""
    _, x, failed = dposv(H.T, g, lower=1)  # the transpose has the order of LAPACK: no transposed copy
    return dgesv(H.T, g)[2] if failed else x


def solve_over(H: Array, g: Array) -> Array:
    """Return H⁻¹g for a positive definite H, which is overwritten."""
    return dposv(H.T, g, lower=1, overwrite_a=1)[1]


def add_diagonal(A: Array, d: Any) -> Array:
    """Add d to the diagonal of a square matrix in place, and return it."""
    A.ravel()[:: len(A) + 1] += d
    return A


def flat_dot(A: Array, B: Array) -> Any:
    """Return the sum of the products of the entries of two matrices in the same, contiguous order."""
    return A.ravel() @ B.ravel()


def quadratic_make(rng: np.random.Generator, n: int) -> dict[str, Any]:
    A = rng.standard_normal((n, n)) / np.sqrt(n) + 2 * np.eye(n)
    return {"A": A, "b": rng.standard_normal(n), "x": rng.standard_normal(n)}


def quadratic_newton(A: Array, b: Array, x: Array) -> Array:
    """The step ends at the minimiser −(A + Aᵀ)⁻¹b: no gradient is needed."""
    return -solve(A + A.T, b) - x


QUADRATIC = Problem(
    "quadratic form",
    "A : n×n; b : n; x : n; xᵀA x + bᵀx",
    "x",
    scales("n", (5,), (200,), (1500,)),
    quadratic_make,
    lambda m, A, b, x: x @ (A @ x) + b @ x,
    by_hand(
        lambda A, b, x: x @ (A @ x + b),
        lambda A, b, x: A @ x + x @ A + b,
        lambda A, b, x: A + A.T,
        lambda A, b, x, v: A @ v + v @ A,
        quadratic_newton,
    ),
    width=lambda n: n,
)


def logistic_make(rng: np.random.Generator, n: int, d: int) -> dict[str, Any]:
    X = rng.standard_normal((n, d))
    y = np.where(X @ rng.standard_normal(d) + 0.5 * rng.standard_normal(n) > 0, 1.0, -1.0)
    return {"X": X, "y": y, "w": rng.standard_normal(d) / np.sqrt(d), "λ": 0.5}


def logistic_value(X: Array, y: Array, w: Array, λ: float) -> Any:
    z = X @ w
    z *= -y
    return np.logaddexp(0, z).sum() + λ / 2 * (w @ w)


def logistic_slopes(X: Array, y: Array, w: Array) -> Array:
    """Return yᵢ σ(−yᵢxᵢᵀw)."""
    z = X @ w
    z *= y
    np.exp(z, out=z)  # beyond 709 it is infinite, and 1/(1 + ∞) the right slope
    z += 1
    return y / z


def logistic_weights(X: Array, y: Array, w: Array) -> Array:
    """Return σ(1 − σ), which is even in yᵢxᵢᵀw: the signs drop out. It is s(y − s) y for the slopes s."""
    s = logistic_slopes(X, y, w)
    return s * (y - s)


def logistic_curvature(X: Array, weights: Array, λ: float) -> Array:
    root = np.sqrt(weights)[:, None] * X
    return add_diagonal(root.T @ root, λ)  # NumPy sees A.T @ A and calls syrk: half the work


def logistic_newton(X: Array, y: Array, w: Array, λ: float) -> Array:
    s = logistic_slopes(X, y, w)
    H = logistic_curvature(X, s * (y - s), λ)
    return solve_over(H, s @ X - λ * w)


LOGISTIC = Problem(
    "logistic regression",
    "X : n×d; y : n sign; w : d; λ > 0; ∑_i log(1 + exp(−y_i x_iᵀw)) + (λ/2)‖w‖²",
    "w",
    scales("n d", (10, 3), (1000, 30), (20000, 200)),
    logistic_make,
    lambda m, X, y, w, λ: m.sum(m.softplus(-y * (X @ w))) + λ / 2 * (w @ w),
    by_hand(
        logistic_value,
        lambda X, y, w, λ: λ * w - logistic_slopes(X, y, w) @ X,
        lambda X, y, w, λ: logistic_curvature(X, logistic_weights(X, y, w), λ),
        lambda X, y, w, λ, v: (logistic_weights(X, y, w) * (X @ v)) @ X + λ * v,
        logistic_newton,
    ),
    definite=1,
    width=lambda n, d: n,
)


def ridge_make(rng: np.random.Generator, n: int, d: int) -> dict[str, Any]:
    X = rng.standard_normal((n, d))
    return {"X": X, "y": rng.standard_normal(n), "w": rng.standard_normal(d), "λ": 0.5}


def ridge_value(X: Array, y: Array, w: Array, λ: float) -> Any:
    r = X @ w
    r -= y
    return r @ r + λ * (w @ w)


def ridge_gradient(X: Array, y: Array, w: Array, λ: float) -> Array:
    r = X @ w
    r -= y
    return 2 * (r @ X + λ * w)


def ridge_hessian(X: Array, y: Array, w: Array, λ: float) -> Array:
    H = X.T @ X
    H *= 2
    return add_diagonal(H, 2 * λ)


RIDGE = Problem(
    "ridge regression",
    "X : n×d; y : n; w : d; λ > 0; ‖X w − y‖² + λ‖w‖²",
    "w",
    scales("n d", (10, 3), (1000, 30), (20000, 200)),
    ridge_make,
    lambda m, X, y, w, λ: m.sum((X @ w - y) ** 2) + λ * (w @ w),
    by_hand(
        ridge_value,
        ridge_gradient,
        ridge_hessian,
        lambda X, y, w, λ, v: 2 * ((X @ v) @ X + λ * v),
        lambda X, y, w, λ: solve_over(add_diagonal(X.T @ X, λ), y @ X) - w,
    ),
    definite=1,
    width=lambda n, d: n,
)


def lse_make(rng: np.random.Generator, m: int, n: int) -> dict[str, Any]:
    A = rng.standard_normal((m, n))
    return {"A": A, "x": rng.standard_normal(n) / np.sqrt(n), "b": rng.standard_normal(m)}


def lse_value(A: Array, x: Array, b: Array) -> Any:
    z = A @ x
    z += b
    top = z.max()
    z -= top
    return top + np.log(np.exp(z, out=z).sum())


def lse_softmax(A: Array, x: Array, b: Array) -> Array:
    z = A @ x
    z += b
    z -= z.max()
    np.exp(z, out=z)
    z /= z.sum()
    return z


def lse_curvature(A: Array, p: Array, q: Array) -> Array:
    """Return Aᵀ(diag(p) − ppᵀ)A, where q = Aᵀp."""
    root = np.sqrt(p)[:, None] * A
    H = root.T @ root
    H -= np.multiply.outer(q, q)
    return H


def lse_hessian(A: Array, x: Array, b: Array) -> Array:
    p = lse_softmax(A, x, b)
    return lse_curvature(A, p, p @ A)


def lse_hvp(A: Array, x: Array, b: Array, v: Array) -> Array:
    p = lse_softmax(A, x, b)
    u = A @ v
    u -= p @ u
    u *= p
    return u @ A


def lse_newton(A: Array, x: Array, b: Array) -> Array:
    p = lse_softmax(A, x, b)
    q = p @ A
    return -solve(lse_curvature(A, p, q), q)


LOGSUMEXP = Problem(
    "log-sum-exp",
    "A : m×n; x : n; b : m; logsumexp(A x + b)",
    "x",
    scales("m n", (8, 3), (1000, 30), (20000, 200)),
    lse_make,
    lambda m, A, x, b: m.logsumexp(A @ x + b),
    by_hand(lse_value, lambda A, x, b: lse_softmax(A, x, b) @ A, lse_hessian, lse_hvp, lse_newton),
    definite=1,
    width=lambda m, n: m,
)


VECTORS = (QUADRATIC, LOGISTIC, RIDGE, LOGSUMEXP)
