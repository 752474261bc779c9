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
            kind = "s" if A.dtype == np.float32 else "d"
            lapack = linalg.lapack
            size = getattr(lapack, kind + "lange")("1", A.T)
            if symmetric:
                L, info = getattr(lapack, kind + "potrf")(A.T, lower=1, clean=0)
                if info == 0:
                    rcond, _ = getattr(lapack, kind + "pocon")(L, size, uplo="L")
                    warn_if_singular(rcond, L)
                    return L, None
            LU, pivots, info = getattr(lapack, kind + "getrf")(A)
            if info > 0:
                raise np.linalg.LinAlgError(f"A matrix of {len(A)} rows is singular: it has no inverse.")
            rcond, _ = getattr(lapack, kind + "gecon")(LU, size if symmetric else np.abs(A).sum(0).max())
            warn_if_singular(rcond, LU)
            return LU, pivots
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
            b = np.asarray(b, A.dtype)
            kind = "s" if A.dtype == np.float32 else "d"
            if pivots is None:
                return getattr(linalg.lapack, kind + "potrs")(A, b, lower=1)[0]
            return getattr(linalg.lapack, kind + "getrs")(A, pivots, b, trans=int(transposed))[0]
    ''',
    "inverse": '''
        def inverse(F):
            """A⁻¹ from the factorisation F of A."""
            A, pivots = F
            kind = "s" if A.dtype == np.float32 else "d"
            if pivots is not None:
                return getattr(linalg.lapack, kind + "getri")(A, pivots)[0]
            L, _ = getattr(linalg.lapack, kind + "potri")(A, lower=1)
            L = np.tril(L)
            return L + np.tril(L, -1).T
    ''',
    "log_det": '''
        def log_det(F):
            """log |det A| from the factorisation F of A."""
            A, pivots = F
            d = np.diagonal(A)
            return 2 * np.log(d).sum() if pivots is None else np.log(np.abs(d)).sum()
    ''',
    "det": '''
        def det(F):
            """det A from the factorisation F of A."""
            A, pivots = F
            d = np.diagonal(A)
            if pivots is None:
                return np.prod(d) ** 2
            swaps = np.count_nonzero(pivots != np.arange(len(pivots)))
            return np.prod(d) * (-1) ** swaps
    ''',
}

FACTORISED = ("warn_if_singular", "factor", "solve", "inverse", "log_det", "det")
for _name in FACTORISED:
    preludes.add(Prelude(_name, "numpy", dedent(_SOURCES[_name]).strip() + "\n"))
