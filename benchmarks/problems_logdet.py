"""The problems of `problems.py` that are made of a determinant: likelihoods of Gaussians, log det itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg.blas import dtrsv
from scipy.linalg.lapack import dgetrf, dgetri, dgetrs, dpotrf, dpotri, dpotrs, dtrtri, dtrtrs

from problems import Array, Problem, add_diagonal, by_hand, flat_dot, scales, solve_over


def factor(A: Array, clean: int = 0) -> Array:
    """Return L with A = LLᵀ, in the order of LAPACK; above its diagonal is rubbish unless it is cleaned."""
    return dpotrf(A.T, lower=1, clean=clean)[0]


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
    by_hand(lowrank_value, lowrank_gradient, lowrank_hessian, lowrank_hvp, lowrank_newton),
    f_value=lambda m, d, U: m.logdet_spd(m.diag(d) + U @ U.T),
    definite=-1,
    width=lambda n, k: n * n,
)


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
    by_hand(noise_value, noise_gradient, noise_hessian, lambda C, y, s, v: noise_hessian(C, y, s) * v, noise_newton),
    f_value=lambda m, C, y, s: m.gaussian_spd(C + s * m.eye(len(y)), y),
    width=lambda n: n * n,
)


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
    by_hand(
        lambda S, P, ν: flat_dot(S, P) / 2 - ν * np.log(factor(P).diagonal()).sum(),
        precision_gradient,
        lambda S, P, ν: inverse_spd(factor(P, clean=1)),
        precision_hvp,
        precision_newton,
    ),
    f_value=lambda m, S, P, ν: -ν / 2 * m.logdet_spd(P) + m.sum(S * P) / 2,
    dense=lambda R, P, ν, **_: ν / 2 * np.einsum("jk,li->ijkl", R, R).reshape(P.size, P.size),
    pieces="the inverse in (ν/2) P⁻¹ ⊗ P⁻¹",
    symmetric=True,
    width=lambda n: n * n,
)


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


def kernel_dense(pieces: tuple[Array, Array], K: Array, **_: Array) -> Array:
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
    by_hand(kernel_value, kernel_gradient, kernel_inverse, kernel_hvp, kernel_newton),
    f_value=lambda m, K, y: m.gaussian_spd(K, y),
    dense=kernel_dense,
    pieces="K⁻¹ and K⁻¹y",
    symmetric=True,
    width=lambda n: n * n,
)


def logdet_gradient(X: Array) -> Array:
    lu, pivots, _ = dgetrf(X.T)  # of Xᵀ, which has the order of LAPACK, and whose inverse is wanted
    return dgetri(lu, pivots, lwork=64 * len(X), overwrite_lu=1)[0]


def logdet_hvp(X: Array, v: Array) -> Array:
    """−X⁻ᵀvᵀX⁻ᵀ."""
    lu, pivots, _ = dgetrf(X.T)
    half = dgetrs(lu, pivots, v.T)[0]
    return -dgetrs(lu, pivots, half.T, trans=1)[0].T


LOGDET = Problem(
    "log det",
    "X : n×n invertible; log det X",
    "X",
    scales("n", (4,), (30,), (600,)),
    lambda rng, n: {"X": rng.standard_normal((n, n)) / np.sqrt(n) + 2 * np.eye(n)},
    lambda m, X: m.logdet(X),
    by_hand(
        lambda X: np.log(np.abs(dgetrf(X.T)[0].diagonal())).sum(),
        logdet_gradient,
        logdet_gradient,
        logdet_hvp,
        lambda X: X,
    ),
    dense=lambda R, X, **_: -np.einsum("il,kj->ijkl", R, R).reshape(X.size, X.size),
    pieces="the inverse in −X⁻¹ ⊗ X⁻ᵀ",
    width=lambda n: n * n,
    left_out={"newton": "it is X itself"},
)


DETERMINANTS = (LOWRANK, NOISE, PRECISION, KERNEL, LOGDET)
