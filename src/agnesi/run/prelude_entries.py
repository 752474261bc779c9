"""Sources of the prelude: functions of entries and of vectors (the last axis). Each stands with its backends.

JAX and PyTorch take the text of NumPy with `jnp` and `torch` for `np`, where they are named together with it.
"""

from __future__ import annotations

_ONEHOT = '''
def onehot{name}(x):
    """1 at the {word} entry of the last axis (the first of equals), 0 elsewhere."""
    return {body}
'''
_ONEHOTS = {
    "numpy": "(np.arange(x.shape[-1]) == x.arg{name}(-1, keepdims=True)).astype(x.dtype)",
    "jax": "jax.nn.one_hot(jnp.arg{name}(x, -1), x.shape[-1], dtype=x.dtype)",
    "torch": "torch.nn.functional.one_hot(torch.arg{name}(x, -1), x.shape[-1]).to(x.dtype)",
}

SOURCES: list[tuple[str, str]] = [
    # -- entries -----------------------------------------------------------------------------------------------------
    ("numpy", '''
def softplus(x):
    """log(1 + eˣ) = max(x, 0) + log(1 + e^(−|x|))."""
    y = np.asarray(np.exp(-np.abs(x)))
    special.log1p(y, out=y)
    y += np.maximum(x, 0)
    return y
'''),
    ("numpy", '''
def log_sigmoid(x):
    """log σ(x) = min(x, 0) − log(1 + e^(−|x|))."""
    y = np.asarray(np.exp(-np.abs(x)))
    special.log1p(y, out=y)
    return np.subtract(np.minimum(x, 0), y, out=y)
'''),
    ("numpy jax torch", '''
def dsigmoid(x):
    """σ(x)(1 − σ(x)) = e/(1 + e)², e = e^(−|x|)."""
    e = np.exp(-np.abs(x))
    return e / (1 + e) ** 2
'''),
    ("numpy jax torch", '''
def sech2(x):
    """1/cosh² x = 4e/(1 + e)², e = e^(−2|x|)."""
    e = np.exp(-2 * np.abs(x))
    return 4 * e / (1 + e) ** 2
'''),
    ("numpy jax", '''
def log1mexp(x):
    """log(1 − eˣ) for x < 0: log(−(eˣ − 1)) near 0, log1p(−eˣ) far from it (Mächler 2012)."""
    near = np.log(-np.expm1(np.maximum(x, -0.693)))
    far = np.log1p(-np.exp(np.minimum(x, -0.693)))
    return np.where(x > -0.693, near, far)
'''),
    ("torch", '''
def log1mexp(x):
    """log(1 − eˣ) for x < 0: log(−(eˣ − 1)) near 0, log1p(−eˣ) far from it (Mächler 2012)."""
    near = torch.log(-torch.expm1(torch.clamp(x, min=-0.693)))
    far = torch.log1p(-torch.exp(torch.clamp(x, max=-0.693)))
    return torch.where(x > -0.693, near, far)
'''),
    ("numpy jax", '''
def xlogx(x):
    """x log x, and its limit 0 at 0."""
    return special.xlogy(x, x)
'''),
    ("torch", '''
def xlogx(x):
    """x log x, and its limit 0 at 0."""
    return torch.xlogy(x, x)
'''),
    ("numpy", '''
def step(x):
    """1 where x > 0, else 0; nan where x is."""
    y = np.asarray(np.sign(x))
    return np.maximum(y, 0, out=y)
'''),
    ("torch", '''
def step(x):
    """1 where x > 0, else 0; nan where x is."""
    return torch.where(x != x, x, (x > 0).to(x.dtype))
'''),
    ("torch", '''
def sign(x):
    """−1, 0 or 1; nan where x is."""
    return torch.where(x != x, x, torch.sign(x))
'''),
    ("numpy jax torch", '''
def normpdf(x):
    """φ(x) = e^(−x²/2)/√(2π)."""
    return np.exp(x * x / -2) / (2 * np.pi) ** 0.5
'''),
    ("torch", '''
def gamma(x):
    """Γ(x) = ± e^(log |Γ(x)|), negative where ⌊x⌋ is negative and odd."""
    size = torch.exp(torch.lgamma(x))
    return torch.where((x < 0) & (torch.floor(x) % 2 != 0), -size, size)
'''),
    ("jax", '''
def binom(n, k):
    """n!/(k! (n − k)!) by the gamma function."""
    return special.gamma(1 + n) / (special.gamma(1 + k) * special.gamma(1 + n - k))
'''),
    ("torch", '''
def binom(n, k):
    """n!/(k! (n − k)!) by the gamma function."""
    return gamma(1 + n) / (gamma(1 + k) * gamma(1 + n - k))
'''),
    ("numpy", '''
def polygamma(k, x):
    """ψₖ(x) = (−1)ᵏ⁺¹ k! Σⱼ (x + j)^(−k−1), the derivative of order k of ψ."""
    if k == 0:
        return special.digamma(x)
    return (-1) ** (k + 1) * float(special.gamma(k + 1)) * special.zeta(k + 1.0, x)
'''),
    ("torch", '''
def polygamma(k, x):
    """ψₖ(x) = (−1)ᵏ⁺¹ k! Σⱼ (x + j)^(−k−1), the derivative of order k of ψ."""
    if k == 0:
        return torch.digamma(x)
    factorial = 1.0
    for j in range(2, k + 1):
        factorial *= j
    return (-1) ** (k + 1) * factorial * torch.special.zeta(k + 1.0, x)
'''),
    # -- vectors: the last axis --------------------------------------------------------------------------------------
    ("numpy", '''
def softmax(x):
    """exp(x)/Σ exp(x) over the last axis, the maximum subtracted first."""
    with np.errstate(invalid="ignore"):  # ∞ − ∞ is nan
        e = x - x.max(-1, keepdims=True)
    np.exp(e, out=e)
    e /= e.sum(-1, keepdims=True)
    return e
'''),
    ("numpy", '''
def log_softmax(x):
    """x − log Σ exp(x) over the last axis, the maximum subtracted first."""
    with np.errstate(invalid="ignore"):  # ∞ − ∞ is nan
        y = x - x.max(-1, keepdims=True)
    y -= np.log(np.exp(y).sum(-1, keepdims=True))
    return y
'''),
    ("numpy", '''
def logsumexp(x):
    """log Σ exp(x) over the last axis = m + log Σ exp(x − m), m = max x."""
    m = x.max(-1, keepdims=True)
    if np.isinf(m).any():
        with np.errstate(invalid="ignore"):  # of nan
            return np.logaddexp.reduce(x, -1)
    e = x - m
    return np.log(np.exp(e, out=e).sum(-1)) + m[..., 0]
'''),
    ("numpy jax torch", '''
def log_cosh(x):
    """log cosh x = |x| + log(1 + e^(−2|x|)) − log 2."""
    a = np.abs(x)
    return a + np.log1p(np.exp(-2 * a)) - 0.6931471805599453
'''),
    ("numpy jax", '''
def hazard(x):
    """φ(x)/(1 − Φ(x)) = √(2/π)/erfcx(x/√2), which grows like x: by log Φ."""
    return np.exp(-0.5 * x * x - special.log_ndtr(-x)) * 0.3989422804014327
'''),
    ("torch", '''
def hazard(x):
    """φ(x)/(1 − Φ(x)) = √(2/π)/erfcx(x/√2), which grows like x: by log Φ."""
    return torch.exp(-0.5 * x * x - torch.special.log_ndtr(-x)) * 0.3989422804014327
'''),
    ("jax", '''
def log_of_det(A):
    """log det A; NaN where det A < 0."""
    sign, size = jnp.linalg.slogdet(A)
    return jnp.where(sign >= 0, size, jnp.nan)
'''),
    ("torch", '''
def log_of_det(A):
    """log det A; NaN where det A < 0."""
    sign, size = torch.linalg.slogdet(A)
    return torch.where(sign >= 0, size, torch.nan)
'''),
    ("numpy", '''
def padded(x, axis, before, after):
    """x with zeros before and after it along an axis."""
    shape = list(x.shape)
    shape[axis] += before + after
    y = np.zeros(shape, x.dtype)
    y[(slice(None),) * axis + (slice(before, before + x.shape[axis]),)] = x
    return y
'''),
    ("numpy", '''
def softmax_columns(x):
    """exp(x)/Σ exp(x) over the first axis, the maximum subtracted first: for many short columns."""
    with np.errstate(invalid="ignore"):  # ∞ − ∞ is nan
        e = x - x.max(0)
    np.exp(e, out=e)
    e /= e.sum(0)
    return e
'''),
    ("numpy", '''
def logsumexp_columns(x):
    """log Σ exp(x) over the first axis = m + log Σ exp(x − m), m = max x: for many short columns."""
    m = x.max(0)
    if np.isinf(m).any():
        with np.errstate(invalid="ignore"):  # of nan
            return np.logaddexp.reduce(x, 0)
    e = x - m
    return np.log(np.exp(e, out=e).sum(0)) + m
'''),
    ("numpy jax", '''
def squared_distances(X, M):
    """‖xᵢ − mⱼ‖² for all pairs of rows, by a matrix product; centred first, so that little cancels."""
    centre = M.mean(0)
    X, M = X - centre, M - centre
    D = (X * X).sum(1)[:, None] + (M * M).sum(1) - 2 * (X @ M.T)
    return np.maximum(D, 0)
'''),
    ("torch", '''
def squared_distances(X, M):
    """‖xᵢ − mⱼ‖² for all pairs of rows, by a matrix product; centred first, so that little cancels."""
    centre = M.mean(0)
    X, M = X - centre, M - centre
    D = (X * X).sum(1)[:, None] + (M * M).sum(1) - 2 * (X @ M.T)
    return torch.clamp(D, min=0)
'''),
    ("numpy", '''
def nrm2(x):
    """‖x‖ = √Σ x² of all entries, scaled by the largest where the squares would overflow or vanish."""
    x = x.reshape(-1)
    with np.errstate(over="ignore"):
        square = np.dot(x, x)
    if 1e-25 < square < 1e35:
        return square**0.5
    size = np.max(np.abs(x), initial=0)
    if size == 0 or not np.isfinite(size):
        return size
    x = x / size
    return size * np.dot(x, x) ** 0.5
'''),
    ("jax", '''
def nrm2(x):
    """‖x‖ = m √Σ (x/m)² of all entries, m = max |x|: no square overflows or vanishes."""
    m = jnp.max(jnp.abs(x), initial=0)
    m = jnp.where((m > 0) & jnp.isfinite(m), m, 1)
    return m * jnp.sqrt(jnp.sum((x / m) ** 2))
'''),
    ("torch", '''
def nrm2(x):
    """‖x‖ = m √Σ (x/m)² of all entries, m = max |x|: no square overflows or vanishes."""
    m = torch.max(torch.abs(x)) if x.numel() else x.new_zeros(())
    m = torch.where((m > 0) & torch.isfinite(m), m, 1)
    return m * torch.sqrt(torch.sum((x / m) ** 2))
'''),
    *((backend, _ONEHOT.format(name=name, word=word, body=body.format(name=name)))
      for name, word in (("max", "largest"), ("min", "smallest")) for backend, body in _ONEHOTS.items()),
    ("numpy", '''
def unit(k, n, dtype):
    """The unit vector e_k of length n, k from 1 to n."""
    if not 1 <= k <= n:
        raise IndexError(f"there is no index {k} of {n}")
    return (np.arange(1, n + 1) == k).astype(dtype)
'''),
    ("jax", '''
def unit(k, n, dtype):
    """The unit vector e_k of length n, k from 1 to n; nan for other k."""
    return jnp.where((1 <= k) & (k <= n), jnp.arange(1, n + 1) == k, jnp.nan).astype(dtype)
'''),
    ("torch", '''
def unit(k, n, dtype):
    """The unit vector e_k of length n, k from 1 to n."""
    if not 1 <= k <= n:
        raise IndexError(f"there is no index {k} of {n}")
    return (torch.arange(1, n + 1) == k).to(dtype)
'''),
]  # fmt: skip
