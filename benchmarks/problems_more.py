"""The problems of `problems.py` in a matrix, and `PROBLEMS`, all of them.

A Hessian in a matrix of N entries is compared as an N×N matrix where nothing smaller holds it; otherwise (`pieces`) as
what one computes by hand: one block of I ⊗ B, the inverse in P⁻¹ ⊗ P⁻¹, and so on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg.blas import dtrsv
from scipy.linalg.lapack import dgetrf, dgetri, dgetrs, dposv, dpotri, dpotrs
from scipy.special import softmax

from problems import VECTORS, Array, Problem, add_diagonal, factor, identity_times, scales, solve, solve_over

# -- what several share ----------------------------------------------------------------------------------------------


def one_hot(rng: np.random.Generator, scores: Array) -> Array:
    """Return labels drawn by the softmax of each row of scores, as rows of an identity matrix."""
    noise = rng.gumbel(size=scores.shape)
    return np.eye(scores.shape[1])[(scores + noise).argmax(1)]


def log_sums(Z: Array) -> Any:
    """Return ∑_i log ∑_j exp Z_ji, of columns, since reductions run faster along them; Z is overwritten."""
    top = Z.max(0)
    Z -= top
    return top.sum() + np.log(np.exp(Z, out=Z).sum(0)).sum()


def softmax_columns(Z: Array) -> Array:
    """Return the softmax of every column, in place."""
    Z -= Z.max(0)
    np.exp(Z, out=Z)
    Z /= Z.sum(0)
    return Z


def flat_dot(A: Array, B: Array) -> Any:
    """Return the sum of the products of the entries of two matrices in the same, contiguous order."""
    return A.ravel() @ B.ravel()


def spd(rng: np.random.Generator, n: int) -> Array:
    """Return a well-conditioned positive definite matrix."""
    B = rng.standard_normal((n, 2 * n)) / np.sqrt(2 * n)
    return B @ B.T + 0.5 * np.eye(n)


def inverse_spd(L: Array) -> Array:
    """Return (LLᵀ)⁻¹: two thirds of the work of solving with an identity. Above its diagonal, L must be clean."""
    half = dpotri(L, lower=1)[0]
    full = half + half.T
    np.einsum("ii->i", full)[...] *= 0.5
    return full


def sandwich(L: Array, V: Array) -> Array:
    """Return (LLᵀ)⁻¹V(LLᵀ)⁻¹ for a symmetric V, by two solves: less work than to invert, and more exact."""
    half = dpotrs(L, V.T, lower=1)[0]
    return dpotrs(L, half.T, lower=1, overwrite_b=1)[0]


# -- matrix factorisation --------------------------------------------------------------------------------------------


def factorisation_make(rng: np.random.Generator, n: int, m: int, k: int) -> dict[str, Any]:
    U, V = rng.standard_normal((n, k)), rng.standard_normal((m, k))
    Y = U @ V.T + 0.5 * rng.standard_normal((n, m))
    return {"Y": Y, "U": U + 0.3 * rng.standard_normal((n, k)), "V": V, "λ": 0.5}


def factorisation_value(Y: Array, U: Array, V: Array, λ: float) -> Any:
    R = U @ V.T
    R -= Y
    return flat_dot(R, R) + λ * flat_dot(U, U)


def factorisation_block(V: Array, λ: float) -> Array:
    return add_diagonal(V.T @ V, λ)


FACTORISATION = Problem(
    "matrix factorisation",
    "Y : n×m; U : n×k; V : m×k; λ > 0; ‖Y − U Vᵀ‖² + λ‖U‖²",
    "U",
    scales("n m k", (6, 5, 2), (200, 100, 5), (2000, 1000, 10)),
    factorisation_make,
    lambda m, Y, U, V, λ: m.sum((Y - U @ V.T) ** 2) + λ * m.sum(U**2),
    {
        "value": factorisation_value,
        "gradient": lambda Y, U, V, λ: 2 * (U @ factorisation_block(V, λ) - Y @ V),
        "hessian": lambda Y, U, V, λ: 2 * factorisation_block(V, λ),
        "hvp": lambda Y, U, V, λ, v: 2 * (v @ factorisation_block(V, λ)),
        "newton": lambda Y, U, V, λ: solve_over(factorisation_block(V, λ), (Y @ V).T).T - U,
    },
    dense=identity_times,
    pieces="the k×k block of I ⊗ B",
    definite=1,
    width=lambda n, m, k: n * m,
)

# -- a ReLU network with softmax cross entropy, in its first layer ---------------------------------------------------


def relu_make(rng: np.random.Generator, n: int, d: int, h: int, c: int) -> dict[str, Any]:
    X = rng.standard_normal((n, d))
    W, V = rng.standard_normal((h, d)) / np.sqrt(d), 2 * rng.standard_normal((c, h)) / np.sqrt(h)
    Y = one_hot(rng, np.maximum(X @ W.T, 0) @ V.T)
    return {"X": X, "Y": Y, "W": W + 0.3 * rng.standard_normal((h, d)) / np.sqrt(d), "V": V, "λ": 0.5}


def relu_f(m: Any, X: Any, Y: Any, W: Any, V: Any, λ: Any) -> Any:
    Z = m.relu(X @ W.T) @ V.T
    return m.sum(m.logsumexp(Z)) - m.sum(Y * Z) + λ / 2 * m.sum(W**2)


def relu_value(X: Array, Y: Array, W: Array, V: Array, λ: float) -> Any:
    A = W @ X.T
    Z = V @ np.maximum(A, 0, out=A)
    fit = flat_dot(Z, Y.T)
    return log_sums(Z) - fit + λ / 2 * flat_dot(W, W)


def relu_forward(X: Array, W: Array, V: Array) -> tuple[Array, Array]:
    """Return where the hidden units are active (h×n) and the probabilities (c×n)."""
    A = W @ X.T
    active = A > 0
    return active, softmax_columns(V @ np.maximum(A, 0, out=A))


def relu_pull(X: Array, G: Array, V: Array, active: Array) -> Array:
    """Return the gradient in W of what has the gradient G in the outputs."""
    B = V.T @ G
    B *= active
    return B @ X


def relu_gradient(X: Array, Y: Array, W: Array, V: Array, λ: float) -> Array:
    active, P = relu_forward(X, W, V)
    P -= Y.T
    return relu_pull(X, P, V, active) + λ * W


def relu_hvp(X: Array, Y: Array, W: Array, V: Array, λ: float, v: Array) -> Array:
    active, P = relu_forward(X, W, V)
    U = v @ X.T
    U *= active
    T = V @ U
    T -= np.einsum("cn,cn->n", P, T)
    T *= P
    return relu_pull(X, T, V, active) + λ * v


def relu_curvature(X: Array, V: Array, active: Array, P: Array) -> Array:
    """Return ∑_i M_i ⊗ x_ix_iᵀ, M = diag(active) Vᵀ(diag(p) − ppᵀ)V diag(active): one product over the samples.

    M is symmetric, so pairs of hidden units suffice; where the arrays are tiny, picking them costs more than it saves.
    """
    (n, d), (c, h) = X.shape, V.shape
    E = V.T @ P
    if n * h * h * d * d < 1_000_000:
        M = ((V[:, :, None] * V[:, None, :]).reshape(c, h * h).T @ P).reshape(h, h, n)
        M -= E[:, None] * E
        M *= active[:, None] * active
        XX = (X[:, :, None] * X[:, None, :]).reshape(n, d * d)
        return (M.reshape(h * h, n) @ XX).reshape(h, h, d, d).transpose(0, 2, 1, 3).reshape(h * d, h * d)
    k, l = np.tril_indices(h)
    M = (V[:, k] * V[:, l]).T @ P
    M -= E[k] * E[l]
    M *= active[k] & active[l]
    blocks = (M @ (X[:, :, None] * X[:, None, :]).reshape(n, d * d)).reshape(-1, d, d)
    H = np.empty((h, d, h, d))
    H[k, :, l, :] = blocks
    H[l, :, k, :] = blocks
    return H.reshape(h * d, h * d)


def relu_hessian(X: Array, Y: Array, W: Array, V: Array, λ: float) -> Array:
    return add_diagonal(relu_curvature(X, V, *relu_forward(X, W, V)), λ)


def relu_newton(X: Array, Y: Array, W: Array, V: Array, λ: float) -> Array:
    active, P = relu_forward(X, W, V)
    H = add_diagonal(relu_curvature(X, V, active, P), λ)
    P -= Y.T
    g = relu_pull(X, P, V, active) + λ * W
    return -solve_over(H, g.ravel()).reshape(W.shape)


RELU = Problem(
    "ReLU network, cross entropy",
    "X : n×d; Y : n×c; W : h×d; V : c×h; λ > 0; "
    "∑_i (logsumexp(V relu(W x_i)) − y_iᵀV relu(W x_i)) + (λ/2)‖W‖²",
    "W",
    scales("n d h c", (10, 3, 4, 3), (200, 20, 10, 5), (2000, 200, 100, 10)),
    relu_make,
    relu_f,
    {
        "value": relu_value,
        "gradient": relu_gradient,
        "hessian": relu_hessian,
        "hvp": relu_hvp,
        "newton": relu_newton,
    },
    definite=1,
    curvature={"large": {"n": 500, "d": 40, "h": 20, "c": 10}},
    width=lambda n, d, h, c: n * h,
)

# -- the Gaussian likelihood in the precision ------------------------------------------------------------------------


def precision_make(rng: np.random.Generator, n: int) -> dict[str, Any]:
    return {"S": 5 * spd(rng, n), "P": spd(rng, n), "ν": 5.0}


def precision_gradient(S: Array, P: Array, ν: float) -> Array:
    G = inverse_spd(factor(P, clean=1))
    G *= -ν / 2
    G += S / 2
    return G


def precision_hvp(S: Array, P: Array, ν: float, v: Array) -> Array:
    G = sandwich(factor(P), v)
    G *= ν / 2
    return G


def precision_newton(S: Array, P: Array, ν: float) -> Array:
    """The Hessian is ν/2 P⁻¹ ⊗ P⁻¹, so the step is −(2/ν)P ∇f P = P − PSP/ν: nothing is factored."""
    step = P @ S @ P
    step *= -1 / ν
    step += P
    return step


PRECISION = Problem(
    "Gaussian likelihood in the precision",
    "S : n×n spd; P : n×n spd; ν > 0; −(ν/2) log det P + ½ tr(S P)",
    "P",
    scales("n", (4,), (30,), (600,)),
    precision_make,
    lambda m, S, P, ν: -ν / 2 * m.logdet(P) + m.sum(S * P) / 2,
    {
        "value": lambda S, P, ν: flat_dot(S, P) / 2 - ν * np.log(factor(P).diagonal()).sum(),
        "gradient": precision_gradient,
        "hessian": lambda S, P, ν: inverse_spd(factor(P, clean=1)),
        "hvp": precision_hvp,
        "newton": precision_newton,
    },
    f_value=lambda m, S, P, ν: -ν / 2 * m.logdet_spd(P) + m.sum(S * P) / 2,
    dense=lambda R, P: 2.5 * np.einsum("jk,li->ijkl", R, R).reshape(P.size, P.size),
    pieces="the inverse in (ν/2) P⁻¹ ⊗ P⁻¹",
    symmetric=True,
    width=lambda n: n * n,
)

# -- the marginal likelihood of a Gaussian process, in its kernel matrix ---------------------------------------------


def kernel_make(rng: np.random.Generator, n: int) -> dict[str, Any]:
    K = spd(rng, n)
    return {"K": K, "y": np.linalg.cholesky(K) @ rng.standard_normal(n)}


def kernel_value(K: Array, y: Array) -> Any:
    L = factor(K)
    z = dtrsv(L, y, lower=1)
    return 0.5 * (z @ z) + np.log(L.diagonal()).sum()


def kernel_inverse(K: Array, y: Array) -> tuple[Array, Array]:
    """Return K⁻¹ and α = K⁻¹y."""
    L = factor(K, clean=1)
    return inverse_spd(L), dpotrs(L, y, lower=1)[0]


def kernel_gradient(K: Array, y: Array) -> Array:
    G, α = kernel_inverse(K, y)
    G -= np.multiply.outer(α, α)
    G *= 0.5
    return G


def kernel_hvp(K: Array, y: Array, v: Array) -> Array:
    """½(αuᵀ + uαᵀ − K⁻¹vK⁻¹), u = K⁻¹vα, for a symmetric v."""
    L = factor(K)
    α = dpotrs(L, y, lower=1)[0]
    u = dpotrs(L, v @ α, lower=1)[0]
    half = np.multiply.outer(α, u)
    G = sandwich(L, v)
    np.subtract(half, G, out=G)
    G += half.T
    G *= 0.5
    return G


def kernel_newton(K: Array, y: Array) -> Array:
    """K − yyᵀ/(2yᵀK⁻¹y − 1): in the basis of L the equation H[V] = ∇f has a solution aI + b zzᵀ, z = L⁻¹y."""
    z = dtrsv(factor(K), y, lower=1)
    return K - np.multiply.outer(y / (2 * (z @ z) - 1), y)


def kernel_dense(pieces: tuple[Array, Array], K: Array) -> Array:
    R, α = pieces
    three = [np.einsum(s, *ops) for s, ops in (("li,k,j->ijkl", (R, α, α)), ("jk,i,l->ijkl", (R, α, α)),
                                               ("jk,li->ijkl", (R, R)))]  # fmt: skip
    return ((three[0] + three[1] - three[2]) / 2).reshape(K.size, K.size)


KERNEL = Problem(
    "GP likelihood in the kernel",
    "K : n×n spd; y : n; ½ yᵀK⁻¹y + ½ log det K",
    "K",
    scales("n", (4,), (30,), (600,)),
    kernel_make,
    lambda m, K, y: m.gaussian(K, y),
    {
        "value": kernel_value,
        "gradient": kernel_gradient,
        "hessian": kernel_inverse,
        "hvp": kernel_hvp,
        "newton": kernel_newton,
    },
    f_value=lambda m, K, y: m.gaussian_spd(K, y),
    dense=kernel_dense,
    pieces="K⁻¹ and K⁻¹y",
    symmetric=True,
    width=lambda n: n * n,
)

# -- softmax regression ----------------------------------------------------------------------------------------------


def multinomial_make(rng: np.random.Generator, n: int, d: int, c: int) -> dict[str, Any]:
    X, W = rng.standard_normal((n, d)), rng.standard_normal((d, c)) / np.sqrt(d)
    return {"X": X, "Y": one_hot(rng, X @ W), "W": W + 0.3 * rng.standard_normal((d, c)) / np.sqrt(d), "λ": 0.5}


def multinomial_f(m: Any, X: Any, Y: Any, W: Any, λ: Any) -> Any:
    Z = X @ W
    return m.sum(m.logsumexp(Z)) - m.sum(Y * Z) + λ / 2 * m.sum(W**2)


def multinomial_value(X: Array, Y: Array, W: Array, λ: float) -> Any:
    Z = W.T @ X.T
    fit = flat_dot(Z, Y.T)
    return log_sums(Z) - fit + λ / 2 * flat_dot(W, W)


def multinomial_gradient(X: Array, Y: Array, W: Array, λ: float) -> Array:
    P = softmax_columns(W.T @ X.T)
    P -= Y.T
    return (P @ X).T + λ * W


def multinomial_hvp(X: Array, Y: Array, W: Array, λ: float, v: Array) -> Array:
    P = softmax_columns(W.T @ X.T)
    T = v.T @ X.T
    T -= np.einsum("cn,cn->n", P, T)
    T *= P
    return (T @ X).T + λ * v


def multinomial_curvature(X: Array, P: Array) -> Array:
    """Return ∑_i x_ix_iᵀ ⊗ (diag(p_i) − p_ip_iᵀ): in one product, or with large data block by block."""
    (n, d), c = X.shape, len(P)
    if n * d * c < 50_000:
        B = (X[:, :, None] * P.T[:, None, :]).reshape(n, d * c)
        H = -(B.T @ B)
        diagonal = np.einsum("klpl->lkp", H.reshape(d, c, d, c))
        diagonal += (P[:, None, :] * X.T) @ X
        return H
    H4, root = np.empty((d, c, d, c)), np.sqrt(P)
    for l in range(c):
        for q in range(l):
            B = (root[l] * root[q])[:, None] * X
            H4[:, l, :, q] = H4[:, q, :, l] = -(B.T @ B)
        B = np.sqrt(P[l] * (1 - P[l]))[:, None] * X
        H4[:, l, :, l] = B.T @ B
    return H4.reshape(d * c, d * c)


def multinomial_hessian(X: Array, Y: Array, W: Array, λ: float) -> Array:
    return add_diagonal(multinomial_curvature(X, softmax_columns(W.T @ X.T)), λ)


def multinomial_newton(X: Array, Y: Array, W: Array, λ: float) -> Array:
    P = softmax_columns(W.T @ X.T)
    H = add_diagonal(multinomial_curvature(X, P), λ)
    P -= Y.T
    g = (P @ X).T + λ * W
    return -solve_over(H, g.ravel()).reshape(W.shape)


MULTINOMIAL = Problem(
    "softmax regression",
    "X : n×d; Y : n×c; W : d×c; λ > 0; ∑_i (logsumexp(Wᵀx_i) − y_iᵀWᵀx_i) + (λ/2)‖W‖²",
    "W",
    scales("n d c", (10, 3, 3), (500, 20, 5), (10000, 200, 10)),
    multinomial_make,
    multinomial_f,
    {
        "value": multinomial_value,
        "gradient": multinomial_gradient,
        "hessian": multinomial_hessian,
        "hvp": multinomial_hvp,
        "newton": multinomial_newton,
    },
    definite=1,
    curvature={"large": {"n": 2000, "d": 60, "c": 10}},
    width=lambda n, d, c: n * c,
)

# -- a tanh network, in its first layer ------------------------------------------------------------------------------


def tanh_make(rng: np.random.Generator, h: int, d: int, c: int) -> dict[str, Any]:
    W, V = rng.standard_normal((h, d)) / d, rng.standard_normal((c, h)) / np.sqrt(h)
    x = rng.standard_normal(d)
    y = V @ np.tanh(W @ x) + 0.01 * rng.standard_normal(c)
    return {"V": V, "W": W + 0.05 * rng.standard_normal((h, d)) / d, "x": x, "y": y, "λ": 0.5}
