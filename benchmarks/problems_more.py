"""The problems of `problems.py` that are models with a matrix of parameters, and `PROBLEMS`, all of them.

A Hessian in a matrix of N entries is compared as an N×N matrix where nothing smaller holds it; otherwise (`pieces`) as
what one computes by hand: one block of I ⊗ B, the inverse in P⁻¹ ⊗ P⁻¹, and so on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg.blas import dger

from problems import VECTORS, Array, Problem, add_diagonal, by_hand, flat_dot, scales, solve, solve_over
from problems_logdet import DETERMINANTS

CACHE = 1 << 17  # entries of an array that stays in the cache


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


def add_outer(A: Array, u: Array, v: Array) -> Array:
    """Return A + uvᵀ, in place: one pass, where NumPy takes two and a temporary."""
    return dger(1.0, v, u, a=A.T, overwrite_a=1).T


def factorisation_make(rng: np.random.Generator, n: int, m: int, k: int) -> dict[str, Any]:
    U, V = rng.standard_normal((n, k)), rng.standard_normal((m, k))
    Y = U @ V.T + 0.5 * rng.standard_normal((n, m))
    return {"Y": Y, "U": U + 0.3 * rng.standard_normal((n, k)), "V": V, "λ": 0.5}


def factorisation_value(Y: Array, U: Array, V: Array, λ: float) -> Any:
    """The residual is made for as many rows at a time as stay in the cache."""
    total, rows = λ * flat_dot(U, U), max(1, CACHE // len(V))
    for i in range(0, len(U), rows):
        R = U[i : i + rows] @ V.T
        R -= Y[i : i + rows]
        total += flat_dot(R, R)
    return total


def factorisation_block(V: Array, λ: float) -> Array:
    return add_diagonal(V.T @ V, λ)


FACTORISATION = Problem(
    "matrix factorisation",
    "Y : n×m; U : n×k; V : m×k; λ > 0; ‖Y − U Vᵀ‖² + λ‖U‖²",
    "U",
    scales("n m k", (6, 5, 2), (200, 100, 5), (2000, 1000, 10)),
    factorisation_make,
    lambda m, Y, U, V, λ: m.sum((Y - U @ V.T) ** 2) + λ * m.sum(U**2),
    by_hand(
        factorisation_value,
        lambda Y, U, V, λ: 2 * (U @ factorisation_block(V, λ) - Y @ V),
        lambda Y, U, V, λ: 2 * factorisation_block(V, λ),
        lambda Y, U, V, λ, v: 2 * (v @ factorisation_block(V, λ)),
        lambda Y, U, V, λ: solve_over(factorisation_block(V, λ), (Y @ V).T).T - U,
    ),
    dense=lambda B, U, **_: np.kron(np.eye(len(U)), B),
    pieces="the k×k block of I ⊗ B",
    definite=1,
    width=lambda n, m, k: n * m,
)


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
    j, k = np.tril_indices(h)
    M = (V[:, j] * V[:, k]).T @ P
    M -= E[j] * E[k]
    M *= active[j] & active[k]
    blocks = (M @ (X[:, :, None] * X[:, None, :]).reshape(n, d * d)).reshape(-1, d, d)
    H = np.empty((h, d, h, d))
    H[j, :, k, :] = blocks
    H[k, :, j, :] = blocks
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
    "X : n×d; Y : n×c; W : h×d; V : c×h; λ > 0; ∑_i (logsumexp(V relu(W x_i)) − y_iᵀV relu(W x_i)) + (λ/2)‖W‖²",
    "W",
    scales("n d h c", (10, 3, 4, 3), (200, 20, 10, 5), (2000, 200, 100, 10)),
    relu_make,
    relu_f,
    by_hand(relu_value, relu_gradient, relu_hessian, relu_hvp, relu_newton),
    definite=1,
    curvature={"large": {"n": 500, "d": 40, "h": 20, "c": 10}},
    width=lambda n, d, h, c: n * h,
)


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
    for j in range(c):
        for k in range(j):
            B = (root[j] * root[k])[:, None] * X
            H4[:, j, :, k] = H4[:, k, :, j] = -(B.T @ B)
        B = np.sqrt(P[j] * (1 - P[j]))[:, None] * X
        H4[:, j, :, j] = B.T @ B
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
    by_hand(multinomial_value, multinomial_gradient, multinomial_hessian, multinomial_hvp, multinomial_newton),
    definite=1,
    curvature={"large": {"n": 2000, "d": 60, "c": 10}},
    width=lambda n, d, c: n * c,
)


def tanh_make(rng: np.random.Generator, h: int, d: int, c: int) -> dict[str, Any]:
    W, V = rng.standard_normal((h, d)) / d, rng.standard_normal((c, h)) / np.sqrt(h)
    x = rng.standard_normal(d)
    y = V @ np.tanh(W @ x) + 0.01 * rng.standard_normal(c)
    return {"V": V, "W": W + 0.05 * rng.standard_normal((h, d)) / d, "x": x, "y": y, "λ": 0.5}


def tanh_value(V: Array, W: Array, x: Array, y: Array, λ: float) -> Any:
    e = V @ np.tanh(W @ x)
    e -= y
    return e @ e + λ * flat_dot(W, W)


def tanh_forward(V: Array, W: Array, x: Array, y: Array) -> tuple[Array, Array, Array, Array]:
    """Return a = Wx, t = tanh a, its slope D = 1 − t² and δ, the gradient in a."""
    a = W @ x
    t = np.tanh(a)
    D = 1 - t * t
    return a, t, D, 2 * D * ((V @ t - y) @ V)


def tanh_gradient(V: Array, W: Array, x: Array, y: Array, λ: float) -> Array:
    return add_outer((2 * λ) * W, tanh_forward(V, W, x, y)[3], x)


def tanh_block(V: Array, t: Array, D: Array, δ: Array) -> Array:
    """Return M = 2DVᵀVD − diag(2t ⊙ δ), the Hessian in a = Wx; the one in W is M ⊗ xxᵀ + 2λI."""
    VD = V * D
    M = VD.T @ VD
    M *= 2
    return add_diagonal(M, -2 * t * δ)


def tanh_hessian(V: Array, W: Array, x: Array, y: Array, λ: float) -> Array:
    _, t, D, δ = tanh_forward(V, W, x, y)
    return tanh_block(V, t, D, δ)


def tanh_hvp(V: Array, W: Array, x: Array, y: Array, λ: float, v: Array) -> Array:
    _, t, D, δ = tanh_forward(V, W, x, y)
    u = v @ x
    return add_outer((2 * λ) * v, 2 * D * ((V @ (D * u)) @ V) - 2 * t * δ * u, x)


def tanh_newton(V: Array, W: Array, x: Array, y: Array, λ: float) -> Array:
    """Across x the Hessian is 2λ, along x it is S = ‖x‖²M + 2λI: the step ends at (a − S⁻¹(‖x‖²δ + 2λa)) xᵀ/‖x‖²."""
    a, t, D, δ = tanh_forward(V, W, x, y)
    square = x @ x
    S = tanh_block(V, t, D, δ)
    S *= square
    along = solve(add_diagonal(S, 2 * λ), square * δ + 2 * λ * a)
    return add_outer(-W, (a - along) / square, x)


def tanh_dense(M: Array, x: Array, λ: float, **_: Array) -> Array:
    return add_diagonal(np.kron(M, np.multiply.outer(x, x)), 2 * λ)


TANH = Problem(
    "tanh network",
    "V : c×h; W : h×d; x : d; y : c; λ > 0; ‖V tanh(W x) − y‖² + λ‖W‖²",
    "W",
    scales("h d c", (3, 4, 3), (20, 30, 20), (500, 3000, 500)),
    tanh_make,
    lambda m, V, W, x, y, λ: m.sum((V @ m.tanh(W @ x) - y) ** 2) + λ * m.sum(W**2),
    by_hand(tanh_value, tanh_gradient, tanh_hessian, tanh_hvp, tanh_newton),
    dense=tanh_dense,
    pieces="the h×h block M of M ⊗ xxᵀ + 2λI",
    width=lambda h, d, c: h * d,
)


def mixture_make(rng: np.random.Generator, n: int, d: int, k: int) -> dict[str, Any]:
    centres = 3 * rng.standard_normal((k, d)) / np.sqrt(d)
    X = centres[rng.integers(0, k, n)] + rng.standard_normal((n, d))
    return {"X": X, "M": centres + 0.1 * rng.standard_normal((k, d)), "a": rng.dirichlet(np.full(k, 20.0))}


def mixture_f(m: Any, X: Any, M: Any, a: Any) -> Any:
    return -m.sum(m.logsumexp(m.log(a) + X @ M.T - m.rows(M**2) / 2 - m.rows(X**2)[:, None] / 2))


def mixture_scores(X: Array, M: Array, a: Array) -> Array:
    """Return log a_j − ½‖m_j‖² + m_jᵀx_i (k×n): the part ½‖x_i‖² is common to all j."""
    Z = M @ X.T
    Z += (np.log(a) - np.einsum("kd,kd->k", M, M) / 2)[:, None]
    return Z


def mixture_gradient(X: Array, M: Array, a: Array) -> Array:
    R = softmax_columns(mixture_scores(X, M, a))
    return R.sum(1)[:, None] * M - R @ X


def mixture_curvature(X: Array, M: Array, R: Array) -> Array:
    """Return BᵀB − blocks of Xᵀdiag(r_j)X about m_j + diag(∑ r_j), where B has the rows r_ij(x_i − m_j).

    B is many times as large as X, so it is made for as many rows at a time as stay in the cache.
    """
    (n, d), k = X.shape, len(M)
    H, rows = np.zeros((k * d, k * d)), max(1, CACHE // (k * d))
    blocks = np.einsum("jpjq->jpq", H.reshape(k, d, k, d))
    for i in range(0, n, rows):
        away = X[i : i + rows, None, :] - M
        B = (R[:, i : i + rows].T[:, :, None] * away).reshape(-1, k * d)
        H += B.T @ B
        for j in range(k):
            blocks[j] -= B[:, j * d : (j + 1) * d].T @ away[:, j]
    return add_diagonal(H, np.repeat(R.sum(1), d))


def mixture_hessian(X: Array, M: Array, a: Array) -> Array:
    return mixture_curvature(X, M, softmax_columns(mixture_scores(X, M, a)))


def mixture_hvp(X: Array, M: Array, a: Array, v: Array) -> Array:
    """With T_ij = (x_i − m_j)ᵀv_j: (∑ r_j)v − ∑_i r_ij(T_ij − r_iᵀT_i)(x_i − m_j)."""
    R = softmax_columns(mixture_scores(X, M, a))
    T = v @ X.T
    T -= np.einsum("kd,kd->k", M, v)[:, None]
    T -= np.einsum("kn,kn->n", R, T)
    T *= R
    return R.sum(1)[:, None] * v - T @ X + T.sum(1)[:, None] * M


def mixture_newton(X: Array, M: Array, a: Array) -> Array:
    R = softmax_columns(mixture_scores(X, M, a))
    H = mixture_curvature(X, M, R)
    g = R.sum(1)[:, None] * M - R @ X
    return -solve(H, g.ravel()).reshape(M.shape)


MIXTURE = Problem(
    "mixture of Gaussians",
    "X : n×d; M : k×d; a : k positive; −∑_i log(∑_j a_j exp(−½‖x_i − m_j‖²))",
    "M",
    scales("n d k", (12, 2, 2), (500, 5, 4), (20000, 20, 10)),
    mixture_make,
    mixture_f,
    by_hand(
        lambda X, M, a: flat_dot(X, X) / 2 - log_sums(mixture_scores(X, M, a)),
        mixture_gradient,
        mixture_hessian,
        mixture_hvp,
        mixture_newton,
    ),
    width=lambda n, d, k: n * k,
)


def pca_make(rng: np.random.Generator, n: int, d: int, k: int) -> dict[str, Any]:
    X = rng.standard_normal((n, k)) @ rng.standard_normal((k, d)) + rng.standard_normal((n, d))
    return {"X": X, "W": rng.standard_normal((d, k)) / np.sqrt(d)}


def pca_value(X: Array, W: Array) -> Any:
    total, rows = 0.0, max(1, CACHE // len(W))
    for i in range(0, len(X), rows):
        part = X[i : i + rows]
        R = (part @ W) @ W.T
        R -= part
        total += flat_dot(R, R)
    return total


def pca_gradient(X: Array, W: Array) -> Array:
    """With Q = XᵀXW: 2Q(WᵀW − 2I) + 2W(WᵀQ), and no residual of the size of X."""
    Q = X.T @ (X @ W)
    return 2 * (Q @ add_diagonal(W.T @ W, -2) + W @ (W.T @ Q))


def pca_hvp(X: Array, W: Array, v: Array) -> Array:
    k = W.shape[1]
    both = X.T @ (X @ np.hstack([W, v]))
    Q, Qv, vW = both[:, :k], both[:, k:], v.T @ W
    out = Qv @ add_diagonal(W.T @ W, -2) + Q @ (vW + vW.T)
    out += v @ (W.T @ Q) + W @ (v.T @ Q + W.T @ Qv)
    out *= 2
    return out


def pca_curvature(W: Array, S: Array, Q: Array) -> Array:
    """Return 2S ⊗ (WᵀW − 2I) + 2I ⊗ WᵀQ + 2(WQᵀ + QWᵀ) ⊗ I and the terms 2W_il Q_kj + 2Q_il W_kj."""
    (d, k), twice = W.shape, 2 * Q
    cross = twice[:, None, None, :] * W.T[:, :, None]
    H = (2 * S)[:, None, :, None] * add_diagonal(W.T @ W, -2)[:, None, :]
    H += cross
    H += cross.transpose(2, 3, 0, 1)
    outer = W @ twice.T
    rows, columns = np.einsum("ijkj->jik", H), np.einsum("ijil->ijl", H)
    rows += outer + outer.T
    columns += W.T @ twice
    return H.reshape(d * k, d * k)


def pca_hessian(X: Array, W: Array) -> Array:
    S = X.T @ X
    return pca_curvature(W, S, S @ W)


def pca_newton(X: Array, W: Array) -> Array:
    S = X.T @ X
    Q = S @ W
    g = 2 * (Q @ add_diagonal(W.T @ W, -2) + W @ (W.T @ Q))
    return -solve(pca_curvature(W, S, Q), g.ravel()).reshape(W.shape)


PCA = Problem(
    "PCA objective",
    "X : n×d; W : d×k; ‖X − X W Wᵀ‖²",
    "W",
    scales("n d k", (8, 4, 2), (200, 20, 3), (5000, 200, 10)),
    pca_make,
    lambda m, X, W: m.sum((X - X @ W @ W.T) ** 2),
    by_hand(pca_value, pca_gradient, pca_hessian, pca_hvp, pca_newton),
    curvature={"large": {"n": 1000, "d": 60, "k": 5}},
    width=lambda n, d, k: n * d,
)

PROBLEMS = (*VECTORS, FACTORISATION, MULTINOMIAL, RELU, TANH, MIXTURE, PCA, *DETERMINANTS)
