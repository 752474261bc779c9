"""Factorisations in generated NumPy programs: Cholesky where it can be, LU elsewhere, a warning where nearly singular.

They call LAPACK directly: for small matrices the wrappers of NumPy and SciPy take longer than the work. A symmetric
matrix that turns out not to be positive definite is factorised by LU, so that the formula keeps its meaning.
"""

from __future__ import annotations

from textwrap import dedent

from agnesi.run.prelude import Prelude, preludes

_SOURCES = {
    "factor": '''
        def factor(A, symmetric):
            """A = LLᵀ (Cholesky) if A is symmetric and positive definite, else A = PLU; warns where nearly singular."""
            lapack, single = linalg.lapack, A.dtype.char == "f"
            if not A.size:
                return A, None
            if symmetric:
                L, info = (lapack.spotrf if single else lapack.dpotrf)(A.T, lower=1)
                if info == 0:
                    d = L.diagonal()
                    low, high = np.minimum.reduce(d), np.maximum.reduce(d)
                    if low < 1e-4 * high or len(d) > 15 and is_long(
                            (lapack.spotrs if single else lapack.dpotrs)(L, waves(L), lower=1)[0], high * high):
                        size = (lapack.slange if single else lapack.dlange)("1", A.T)
                        warn_if_singular((lapack.spocon if single else lapack.dpocon)(L, size, uplo="L")[0], L)
                    return L, None
            LU, pivots, info = (lapack.sgetrf if single else lapack.dgetrf)(A)
            d = np.abs(LU.diagonal())
            low, high = np.minimum.reduce(d), np.maximum.reduce(d)
            if low > 0 and (low < 1e-6 * high or len(d) > 15 and is_long(
                    (lapack.sgetrs if single else lapack.dgetrs)(LU, pivots, waves(LU))[0], high)):
                size = (lapack.slange if single else lapack.dlange)("1", A)
                warn_if_singular((lapack.sgecon if single else lapack.dgecon)(LU, size)[0], LU)
            return LU, pivots
    ''',
    "waves": '''
        def waves(A):
            """The right side cos 0, cos 1, ... of a trial system: pivots alone do not tell that A is singular."""
            return np.cos(np.arange(len(A), dtype=A.dtype))
    ''',
    "is_long": '''
        def is_long(x, size):
            """Tell whether the solution of a trial system is so long that its matrix may be nearly singular."""
            return x @ x * (size * size) > (1e8 if x.dtype.char == "f" else 1e18) * len(x)
    ''',
    "warn_if_singular": '''
        def warn_if_singular(rcond, A):
            """Warn where the condition number 1/rcond is so large that few digits are left."""
            if rcond < len(A) * np.finfo(A.dtype).eps:
                condition = f"{1 / rcond:.1e}" if rcond > 0 else "infinite"
                warnings.warn(f"A matrix is nearly singular: its condition number is {condition}.", RuntimeWarning, 3)
    ''',
    "solve": '''
        def solve(F, b, transposed=False):
            """A⁻¹b (or A⁻ᵀb) from the factorisation F of A."""
            A, pivots = F
            lapack, single = linalg.lapack, A.dtype.char == "f"
            if not A.size:
                return b
            if pivots is None:
                return (lapack.spotrs if single else lapack.dpotrs)(A, b, lower=1)[0]
            if not A.diagonal().all():
                raise np.linalg.LinAlgError(f"A matrix of {len(A)} rows is singular: it has no inverse.")
            return (lapack.sgetrs if single else lapack.dgetrs)(A, pivots, b, trans=int(transposed))[0]
    ''',
    "inverse": '''
        def inverse(F):
            """A⁻¹ from the factorisation F of A."""
            A, pivots = F
            lapack, single = linalg.lapack, A.dtype.char == "f"
            if pivots is not None:
                if not A.diagonal().all():
                    raise np.linalg.LinAlgError(f"A matrix of {len(A)} rows is singular: it has no inverse.")
                return (lapack.sgetri if single else lapack.dgetri)(A, pivots, lwork=64 * len(A))[0]
            half, _ = (lapack.spotri if single else lapack.dpotri)(A, lower=1)
            whole = half + half.T
            whole.flat[:: len(whole) + 1] *= 0.5
            return whole
    ''',
    "log_det": '''
        def log_det(F):
            """log |det A| from the factorisation F of A."""
            A, pivots = F
            d = A.diagonal()
            if pivots is None:
                return 2 * np.log(d).sum()
            return np.log(np.abs(d)).sum() if d.all() else -np.inf
    ''',
    "log_of_det": '''
        def log_of_det(F):
            """log det A from the factorisation F of A; NaN where det A < 0."""
            A, pivots = F
            d = A.diagonal()
            if pivots is None:
                return 2 * np.log(d).sum()
            swaps = np.count_nonzero(pivots != np.arange(len(pivots)))
            if not d.all():
                return -np.inf
            odd = (swaps + np.count_nonzero(d < 0)) % 2
            return np.nan if odd else np.log(np.abs(d)).sum()
    ''',
    "solve_triangle": '''
        def solve_triangle(A, b, lower, transposed=False):
            """A⁻¹b (or A⁻ᵀb) for a triangular A."""
            if not A.diagonal().all():
                raise np.linalg.LinAlgError(f"A triangular matrix of {len(A)} rows is singular: it has no inverse.")
            if not A.size:
                return b
            lapack, single = linalg.lapack, A.dtype.char == "f"
            return (lapack.strtrs if single else lapack.dtrtrs)(A, b, lower=lower, trans=int(transposed))[0]
    ''',
}

FACTORISED = (
    "waves", "is_long", "warn_if_singular", "factor", "solve", "inverse", "log_det", "log_of_det", "solve_triangle"
)  # fmt: skip
for _name in FACTORISED:
    preludes.add(Prelude(_name, "numpy", dedent(_SOURCES[_name]).strip() + "\n"))
