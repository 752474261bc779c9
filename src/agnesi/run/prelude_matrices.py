"""Sources of the prelude: functions of matrices (the last two axes), over any axes before them.

JAX takes the text of NumPy with `jnp` for `np`, where it is named together with it.
"""

from __future__ import annotations

SOURCES: list[tuple[str, str]] = [
    ("numpy jax", '''
def symmetric(x):
    """The symmetric part (X + Xᵀ)/2."""
    return (x + np.swapaxes(x, -1, -2)) / 2
'''),
    ("torch", '''
def symmetric(x):
    """The symmetric part (X + Xᵀ)/2."""
    return (x + x.mT) / 2
'''),
    ("numpy jax", '''
def eigenvector(x, k):
    """The unit eigenvector k of the symmetric part, eigenvalues rising; its largest entry is positive."""
    v = np.linalg.eigh(symmetric(x))[1][..., k]
    return v * np.sign(np.take_along_axis(v, np.abs(v).argmax(-1)[..., None], -1))
'''),
    ("torch", '''
def eigenvector(x, k):
    """The unit eigenvector k of the symmetric part, eigenvalues rising; its largest entry is positive."""
    v = torch.linalg.eigh(symmetric(x))[1][..., k]
    return v * torch.sign(torch.gather(v, -1, torch.abs(v).argmax(-1, keepdim=True)))
'''),
    ("numpy jax", '''
def singvals(x):
    """The singular values, falling, one for each column: a wide matrix has zeros at the end."""
    s = np.linalg.svd(x, compute_uv=False)
    more = x.shape[-1] - s.shape[-1]
    return np.concatenate([s, np.zeros((*s.shape[:-1], more), s.dtype)], -1) if more else s
'''),
    ("torch", '''
def singvals(x):
    """The singular values, falling, one for each column: a wide matrix has zeros at the end."""
    s = torch.linalg.svdvals(x)
    return torch.nn.functional.pad(s, (0, x.shape[-1] - s.shape[-1]))
'''),
    ("numpy jax torch", '''
def polar(x):
    """The orthogonal polar factor UVᵀ of X = U diag(σ) Vᵀ."""
    u, _, vt = np.linalg.svd(x, full_matrices=False)
    return u @ vt
'''),
    ("numpy", '''
def pinv(x):
    """The pseudoinverse; singular values below 10 max(m, n) ε σ₁ count as 0."""
    return np.linalg.pinv(x, rcond=10 * max(x.shape[-2:]) * np.finfo(x.dtype).eps)
'''),
    ("torch", '''
def pinv(x):
    """The pseudoinverse; singular values below 10 max(m, n) ε σ₁ count as 0."""
    return torch.linalg.pinv(x, rtol=10 * max(x.shape[-2:]) * torch.finfo(x.dtype).eps)
'''),
    ("numpy jax", '''
def rank(x):
    """The rank: how many singular values exceed max(m, n) ε σ₁."""
    return np.linalg.matrix_rank(x).astype(x.dtype)
'''),
    ("torch", '''
def rank(x):
    """The rank: how many singular values exceed max(m, n) ε σ₁."""
    return torch.linalg.matrix_rank(x).to(x.dtype)
'''),
    ("numpy jax", '''
def diagonal_sums(x):
    """Every entry replaced by the sum along its diagonal: rows are shifted until diagonals are columns."""
    n = x.shape[-1]
    wide = np.concatenate([x[..., ::-1], np.zeros_like(x)], -1).reshape(*x.shape[:-2], 2 * n * n)
    sums = wide[..., : 2 * n * n - n].reshape(*x.shape[:-2], n, 2 * n - 1).sum(-2)
    return sums[..., np.arange(n)[:, None] - np.arange(n) + n - 1]
'''),
    ("torch", '''
def diagonal_sums(x):
    """Every entry replaced by the sum along its diagonal: rows are shifted until diagonals are columns."""
    n = x.shape[-1]
    wide = torch.cat([x.flip(-1), torch.zeros_like(x)], -1).reshape(*x.shape[:-2], 2 * n * n)
    sums = wide[..., : 2 * n * n - n].reshape(*x.shape[:-2], n, 2 * n - 1).sum(-2)
    return sums[..., torch.arange(n)[:, None] - torch.arange(n) + n - 1]
'''),
    ("numpy", '''
def by_eigenvalues(f, x):
    """V diag(f(λ)) Vᵀ for symmetric X = V diag(λ) Vᵀ, with all λ > 0."""
    values, vectors = np.linalg.eigh(x)
    if (values <= 0).any():
        raise np.linalg.LinAlgError("a matrix has eigenvalues on the negative axis: no real root or logarithm")
    return (vectors * f(values)[..., None, :]) @ np.swapaxes(vectors, -1, -2)
'''),
    ("numpy", '''
def sqrtm(x):
    """The principal square root: of symmetric matrices by eigenvalues, else by Newton's iteration in product form.

    M ← (2I + M + M⁻¹)/4 and Y ← Y(I + M⁻¹)/2 from M = Y = X lead to I and √X (Higham 6.29).
    """
    if np.array_equal(x, np.swapaxes(x, -1, -2)):
        return by_eigenvalues(np.sqrt, x)
    eye = np.eye(x.shape[-1], dtype=x.dtype)
    scale = np.exp(np.linalg.slogdet(x)[1] / x.shape[-1])[..., None, None]
    m = y = x / scale
    for _ in range(30):
        inverse = np.linalg.inv(m)
        m, y = (2 * eye + m + inverse) / 4, y @ (eye + inverse) / 2
    if not (np.abs(m - eye) < 0.01).all():
        raise np.linalg.LinAlgError("a matrix has eigenvalues on the negative axis: no real root or logarithm")
    return y * np.sqrt(scale)
'''),
    ("jax", '''
def sqrtm(x):
    """The principal square root by Newton's iteration in product form; nan where there is no real one.

    M ← (2I + M + M⁻¹)/4 and Y ← Y(I + M⁻¹)/2 from M = Y = X lead to I and √X (Higham 6.29).
    """
    eye = jnp.eye(x.shape[-1], dtype=x.dtype)
    scale = jnp.exp(jnp.linalg.slogdet(x)[1] / x.shape[-1])[..., None, None]

    def newton(_, pair):
        m, y = pair
        inverse = jnp.linalg.inv(m)
        return (2 * eye + m + inverse) / 4, y @ (eye + inverse) / 2

    m, y = jax.lax.fori_loop(0, 30, newton, (x / scale, x / scale))
    found = (jnp.abs(m - eye) < 0.01).all((-1, -2), keepdims=True)
    return jnp.where(found, y * jnp.sqrt(scale), jnp.nan)
'''),
    ("torch", '''
def sqrtm(x):
    """The principal square root by Newton's iteration in product form; nan where there is no real one.

    M ← (2I + M + M⁻¹)/4 and Y ← Y(I + M⁻¹)/2 from M = Y = X lead to I and √X (Higham 6.29).
    """
    eye = torch.eye(x.shape[-1], dtype=x.dtype)
    scale = torch.exp(torch.linalg.slogdet(x)[1] / x.shape[-1])[..., None, None]
    m = y = x / scale
    for _ in range(30):
        inverse = torch.linalg.inv_ex(m)[0]
        m, y = (2 * eye + m + inverse) / 4, y @ (eye + inverse) / 2
    found = (torch.abs(m - eye) < 0.01).flatten(-2).all(-1)[..., None, None]
    return torch.where(found, y * torch.sqrt(scale), torch.nan)
'''),
    ("numpy jax torch", '''
def log_near_one(y):
    """log Y = 2 artanh Z = 2(Z + Z³/3 + Z⁵/5 + ...), Z = (Y + I)⁻¹(Y − I), for Y near I."""
    eye = np.eye(y.shape[-1], dtype=y.dtype)
    z = np.linalg.solve(y + eye, y - eye)
    square, series = z @ z, eye / 49
    for k in range(47, 0, -2):
        series = eye / k + square @ series
    return 2 * z @ series
'''),
    ("numpy", '''
def logm(x):
    """The logarithm: of symmetric matrices by eigenvalues, else 32 log X^(1/32) by square roots (Higham 11.5)."""
    if np.array_equal(x, np.swapaxes(x, -1, -2)):
        return by_eigenvalues(np.log, x)
    n = x.shape[-1]
    shift = (np.linalg.slogdet(x)[1] / n)[..., None, None]
    root = x / np.exp(shift)
    for _ in range(5):
        root = sqrtm(root)
    return 32 * log_near_one(root) + shift * np.eye(n, dtype=x.dtype)
'''),
    ("jax", '''
def logm(x):
    """The logarithm 32 log X^(1/32) by square roots (Higham 11.5); nan where there is no real one."""
    n = x.shape[-1]
    shift = (jnp.linalg.slogdet(x)[1] / n)[..., None, None]
    root = jax.lax.fori_loop(0, 5, lambda _, y: sqrtm(y), x / jnp.exp(shift))
    return 32 * log_near_one(root) + shift * jnp.eye(n, dtype=x.dtype)
'''),
    ("torch", '''
def logm(x):
    """The logarithm 32 log X^(1/32) by square roots (Higham 11.5); nan where there is no real one."""
    n = x.shape[-1]
    shift = (torch.linalg.slogdet(x)[1] / n)[..., None, None]
    root = x / torch.exp(shift)
    for _ in range(5):
        root = sqrtm(root)
    return 32 * log_near_one(root) + shift * torch.eye(n, dtype=x.dtype)
'''),
    ("numpy jax", '''
def frechet(f, x, e):
    """The Fréchet derivative of f at X along E: the upper right block of f([[X, E], [0, X]]) (Higham 3.16)."""
    x, e = np.broadcast_arrays(x, e)
    n = x.shape[-1]
    rows = np.concatenate([x, e], -1), np.concatenate([np.zeros_like(x), x], -1)
    return f(np.concatenate(rows, -2))[..., :n, n:]
'''),
    ("torch", '''
def frechet(f, x, e):
    """The Fréchet derivative of f at X along E: the upper right block of f([[X, E], [0, X]]) (Higham 3.16)."""
    x, e = torch.broadcast_tensors(x, e)
    n = x.shape[-1]
    rows = torch.cat([x, e], -1), torch.cat([torch.zeros_like(x), x], -1)
    return f(torch.cat(rows, -2))[..., :n, n:]
'''),
]  # fmt: skip
