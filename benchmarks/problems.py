"""The problems that `compare.py` times: what a problem is, and those in a vector or a number.

Every problem is one record: its text for Agnesi, the same function for the array module of a peer, and the best that one
writes by hand with NumPy and SciPy for every quantity. Hand-written code reads what the text declares (a symmetric
argument, signs), shares what its own quantity needs twice, factors once, and forms no inverse that a solve can replace.
The problems in a matrix are in `problems_more.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.linalg.blas import dtrsv
from scipy.linalg.lapack import dgesv, dposv, dpotrf, dpotri, dpotrs, dtrtri, dtrtrs

Array = np.ndarray
Sizes = Mapping[str, int]
SIZES = ("small", "medium", "large")
QUANTITIES = ("value", "gradient", "hessian", "hvp", "newton")


@dataclass(frozen=True)
class Problem:
    """A scalar function of one variable, with its competitors.

    `hand` maps a quantity to its function of the arrays by name (and of the direction `v` for `hvp`). The Hessian is
    compared as a matrix of N rows where `dense` is None; else as the pieces that one computes by hand in place of a
    matrix of N rows, and `dense(pieces, variable)` is that matrix.
    """

    name: str
    text: str
    variable: str
    sizes: Mapping[str, Sizes]
    make: Callable[..., dict[str, Any]]  # of a generator and the sizes
    f: Callable[..., Any]  # of the array module of a peer and the arrays by name
    hand: Mapping[str, Callable[..., Any]]
    f_value: Callable[..., Any] | None = None  # where another form of f is the faster one when only its value is wanted
    dense: Callable[[Any, Any], Array] | None = None
    pieces: str = ""  # what the hand-written Hessian is, where it is not a matrix of N rows
    symmetric: bool = False  # the variable is: so are the directions, and differences go along these only
    definite: int = 0  # the sign of the Hessian, where it is known: the peers solve by Cholesky
    curvature: Mapping[str, Sizes] = field(default_factory=dict)  # sizes of the Hessian and the Newton step, if others
    width: Callable[..., int] = lambda **s: 1  # entries of the largest array that a peer needs for one row of the Hessian
    left_out: Mapping[str, str] = field(default_factory=dict)  # quantities that are not measured, and why

    def size(self, name: str, quantity: str) -> Sizes:
        """Return the sizes behind small, medium or large."""
        return self.curvature.get(name, self.sizes[name]) if quantity in ("hessian", "newton") else self.sizes[name]


def scales(names: str, *rows: tuple[int, ...]) -> dict[str, dict[str, int]]:
    """Return the sizes small, medium, large from rows of numbers."""
    return {s: dict(zip(names.split(), row, strict=True)) for s, row in zip(SIZES, rows, strict=True)}


def solve(H: Array, g: Array) -> Array:
    """Return H⁻¹g for a symmetric H: by Cholesky, or by LU where H turns out not to be positive definite."""
    _, x, failed = dposv(H.T, g, lower=1)  # the transpose has the order of LAPACK: no transposed copy
    return dgesv(H.T, g)[2] if failed else x


def solve_over(H: Array, g: Array) -> Array:
    """Return H⁻¹g for a positive definite H, which is overwritten."""
    return dposv(H.T, g, lower=1, overwrite_a=1)[1]


def factor(A: Array, clean: int = 0) -> Array:
    """Return L with A = LLᵀ, in the order of LAPACK; above its diagonal is rubbish unless it is cleaned."""
    return dpotrf(A.T, lower=1, clean=clean)[0]


def add_diagonal(A: Array, d: Any) -> Array:
    """Add d to the diagonal of a square matrix in place, and return it."""
    A.ravel()[:: len(A) + 1] += d
    return A


def identity_times(block: Array, variable: Array) -> Array:
    """Return I ⊗ B, the Hessian in a matrix whose rows do not interact."""
    return np.kron(np.eye(len(variable)), block)


# -- the quadratic form ----------------------------------------------------------------------------------------------


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
    {
        "value": lambda A, b, x: x @ (A @ x + b),
        "gradient": lambda A, b, x: A @ x + x @ A + b,
        "hessian": lambda A, b, x: A + A.T,
        "hvp": lambda A, b, x, v: A @ v + v @ A,
        "newton": quadratic_newton,
    },
    width=lambda n: n,
)

# -- logistic regression ---------------------------------------------------------------------------------------------


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
    {
        "value": logistic_value,
        "gradient": lambda X, y, w, λ: λ * w - logistic_slopes(X, y, w) @ X,
        "hessian": lambda X, y, w, λ: logistic_curvature(X, logistic_weights(X, y, w), λ),
        "hvp": lambda X, y, w, λ, v: (logistic_weights(X, y, w) * (X @ v)) @ X + λ * v,
        "newton": logistic_newton,
    },
    definite=1,
    width=lambda n, d: n,
)

# -- ridge regression ------------------------------------------------------------------------------------------------


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
    {
        "value": ridge_value,
        "gradient": ridge_gradient,
        "hessian": ridge_hessian,
        "hvp": lambda X, y, w, λ, v: 2 * ((X @ v) @ X + λ * v),
        "newton": lambda X, y, w, λ: solve_over(add_diagonal(X.T @ X, λ), y @ X) - w,
    },
    definite=1,
    width=lambda n, d: n,
)

# -- log-sum-exp -----------------------------------------------------------------------------------------------------


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
    {
        "value": lse_value,
        "gradient": lambda A, x, b: lse_softmax(A, x, b) @ A,
        "hessian": lse_hessian,
        "hvp": lse_hvp,
        "newton": lse_newton,
    },
    definite=1,
    width=lambda m, n: m,
)

# -- log det of a diagonal plus a low rank ---------------------------------------------------------------------------


def lowrank_make(rng: np.random.Generator, n: int, k: int) -> dict[str, Any]:
    return {"d": rng.uniform(0.5, 2, n), "U": rng.standard_normal((n, k))}


def lowrank_factors(d: Array, U: Array) -> tuple[Array, Array]:
    """Return L with LLᵀ = I + UᵀD⁻¹U, and B = D^{−½}U: the determinant lemma, in symmetric form."""
    B = U / np.sqrt(d)[:, None]
    return factor(add_diagonal(B.T @ B, 1)), B


def lowrank_value(d: Array, U: Array) -> Any:
    L, _ = lowrank_factors(d, U)
    return 2 * np.log(L.diagonal()).sum() + np.log(d).sum()


def lowrank_woodbury(d: Array, U: Array) -> Array:
    """Return Z with (D + UUᵀ)⁻¹ = D⁻¹ − ZᵀZ."""
    L, B = lowrank_factors(d, U)
    Z = dtrtrs(L, B.T, lower=1)[0]
    Z /= np.sqrt(d)
    return Z


def lowrank_gradient(d: Array, U: Array) -> Array:
    Z = lowrank_woodbury(d, U)
    return 1 / d - np.einsum("kn,kn->n", Z, Z)


def lowrank_inverse(d: Array, U: Array) -> Array:
    """Return ZᵀZ − D⁻¹, the negative of the inverse (its square is wanted)."""
    Z = lowrank_woodbury(d, U)
    return add_diagonal(Z.T @ Z, -1 / d)


def lowrank_hessian(d: Array, U: Array) -> Array:
    M = lowrank_inverse(d, U)
    M *= M
    return np.negative(M, out=M)


def lowrank_hvp(d: Array, U: Array, v: Array) -> Array:
    """−(D⁻¹ − ZᵀZ)∘²v, where (ZᵀZ ⊙ ZᵀZ)v = diag(Zᵀ(Z diag(v) Zᵀ)Z): no matrix of n rows and columns."""
    Z = lowrank_woodbury(d, U)
    z = np.einsum("kn,kn->n", Z, Z)
    return (2 * z - 1 / d) * v / d - np.einsum("kn,kn->n", Z, ((Z * v) @ Z.T) @ Z)


def lowrank_newton(d: Array, U: Array) -> Array:
    """Woodbury again would need to divide by 1/dᵢ − 2zᵢ, which may be 0: a dense solve is what is safe."""
    M = lowrank_inverse(d, U)
    g = -M.diagonal()
    M *= M
    return solve_over(M, g)


LOWRANK = Problem(
    "log det, diagonal + low rank",
    "d : n positive; U : n×k; log det(diag(d) + U Uᵀ)",
    "d",
    scales("n k", (8, 2), (200, 5), (1500, 20)),
    lowrank_make,
    lambda m, d, U: m.logdet(m.diag(d) + U @ U.T),
    {
        "value": lowrank_value,
        "gradient": lowrank_gradient,
        "hessian": lowrank_hessian,
        "hvp": lowrank_hvp,
        "newton": lowrank_newton,
    },
    f_value=lambda m, d, U: m.logdet_spd(m.diag(d) + U @ U.T),
    definite=-1,
    width=lambda n, k: n * n,
)

# -- the marginal likelihood of a Gaussian process, in its noise -----------------------------------------------------


def noise_make(rng: np.random.Generator, n: int) -> dict[str, Any]:
    t = np.sort(rng.uniform(0, n / 10, n))
    C = np.exp(-0.5 * (t[:, None] - t) ** 2)
    return {"C": C, "y": np.sin(t) + 0.3 * rng.standard_normal(n), "s": 0.3}


def noise_kernel(C: Array, s: float) -> Array:
    return add_diagonal(C.copy(), s)


def noise_value(C: Array, y: Array, s: float) -> Any:
    L = dpotrf(noise_kernel(C, s).T, lower=1, clean=0, overwrite_a=1)[0]
    z = dtrsv(L, y, lower=1)
    return 0.5 * (z @ z) + np.log(L.diagonal()).sum()


def noise_gradient(C: Array, y: Array, s: float) -> Any:
    """(tr K⁻¹ − αᵀα)/2, where tr K⁻¹ = ‖L⁻¹‖² and α = L⁻ᵀL⁻¹y: the inverse of a triangle is enough."""
    L = dpotrf(noise_kernel(C, s).T, lower=1, clean=1, overwrite_a=1)[0]
    R = dtrtri(L, lower=1, overwrite_c=1)[0].T
    α = R @ (y @ R)
    flat = R.ravel()
    return 0.5 * (flat @ flat - α @ α)


def noise_inverse(C: Array, y: Array, s: float) -> tuple[Any, Any, Array, Array]:
    """Return ‖K⁻¹‖², tr K⁻¹, α = K⁻¹y and K⁻¹α."""
    L = dpotrf(noise_kernel(C, s).T, lower=1, clean=1, overwrite_a=1)[0]
    α = dpotrs(L, y, lower=1)[0]
    β = dpotrs(L, α, lower=1)[0]
    half = dpotri(L, lower=1, overwrite_c=1)[0].T  # one triangle of K⁻¹; the other is 0
    flat, diagonal = half.ravel(), half.diagonal()
    return 2 * (flat @ flat) - diagonal @ diagonal, diagonal.sum(), α, β


def noise_hessian(C: Array, y: Array, s: float) -> Any:
    square, _, α, β = noise_inverse(C, y, s)
    return α @ β - 0.5 * square


def noise_newton(C: Array, y: Array, s: float) -> Any:
    square, trace, α, β = noise_inverse(C, y, s)
    return -0.5 * (trace - α @ α) / (α @ β - 0.5 * square)


NOISE = Problem(
    "GP likelihood in the noise",
    "C : n×n spd; y : n; s > 0; ½ yᵀ(C + s I)⁻¹y + ½ log det(C + s I)",
    "s",
    scales("n", (5,), (100,), (600,)),
    noise_make,
    lambda m, C, y, s: m.gaussian(C + s * m.eye(len(y)), y),
    {
        "value": noise_value,
        "gradient": noise_gradient,
        "hessian": noise_hessian,
        "hvp": lambda C, y, s, v: noise_hessian(C, y, s) * v,
        "newton": noise_newton,
    },
    f_value=lambda m, C, y, s: m.gaussian_spd(C + s * m.eye(len(y)), y),
    width=lambda n: n * n,
)

VECTORS = (QUADRATIC, LOGISTIC, RIDGE, LOGSUMEXP, LOWRANK, NOISE)
