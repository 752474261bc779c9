"""A matrix factored once: Cholesky where it is positive definite, else LU; with its condition number."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from scipy.linalg import lapack

_ROUTINES = {
    np.dtype(np.float64): (lapack.dpotrf, lapack.dpotrs, lapack.dpocon, lapack.dgetrf, lapack.dgetrs, lapack.dgecon,
                           lapack.dlange),
    np.dtype(np.float32): (lapack.spotrf, lapack.spotrs, lapack.spocon, lapack.sgetrf, lapack.sgetrs, lapack.sgecon,
                           lapack.slange),
}  # fmt: skip
EPS: dict[Any, float] = {np.dtype(kind): float(np.finfo(kind).eps) for kind in (np.float64, np.float32)}


class NearSingular(RuntimeWarning):
    """A matrix is so near to a singular one that solutions have few right digits; the text has the condition number."""


def warn_near_singular(rcond: float, size: int, dtype: Any, stacklevel: int = 4) -> None:
    """Warn where the reciprocal condition number is below size · ε; a NaN is no reason to warn."""
    if rcond < size * EPS[dtype]:
        about = f"about {1 / rcond:.0e}" if rcond > 0 else "infinite in this precision"
        warnings.warn(
            f"The matrix is nearly singular: its condition number is {about}, so solutions may have no right digits. "
            "Add a multiple of the identity, or drop what is redundant.",
            NearSingular, stacklevel=stacklevel,
        )  # fmt: skip


def singular() -> np.linalg.LinAlgError:
    """Return the error for a matrix without an inverse."""
    return np.linalg.LinAlgError("The matrix is singular: it has no inverse, and no unique solution exists.")


class Factorisation:
    """The Cholesky factor of a symmetric positive definite matrix, or the LU factors of another one.

    `symmetric` tells what is known (None: look). Where the matrix came about by cancellation, `scale` is the norm of
    the parts, with which the condition number is taken; `rows`, what is multiplied by ε to judge it by.
    """

    def __init__(
        self, matrix: Any, symmetric: bool | None = None, scale: float | None = None, rows: int | None = None
    ) -> None:
        a = matrix if matrix.dtype in _ROUTINES else np.asarray(matrix, dtype=float)
        self.size, self.dtype, self._rows = len(a), a.dtype, len(a) if rows is None else rows
        potrf, self._potrs, pocon, getrf, self._getrs, gecon, lange = _ROUTINES[a.dtype]
        norm = lange("1", a.T)
        self.scale = scale = float(norm if scale is None else max(scale, norm))
        self.cholesky: Any = None
        if symmetric or (symmetric is None and is_symmetric(a)):
            factor, info = potrf(a.T, clean=0)
            if info == 0:
                self.cholesky = factor
                self.rcond = float(pocon(factor, scale)[0]) if np.isfinite(scale) else np.nan
        if self.cholesky is None:
            self.lu, self.pivots, info = getrf(a)
            if info > 0:
                self.rcond = 0.0
            else:
                self.rcond = float(gecon(self.lu, scale)[0]) if np.isfinite(scale) else np.nan
        self._warned = False

    def solve(self, b: Any) -> Any:
        """Return A⁻¹b for a vector or several, as columns."""
        if self.cholesky is None and self.rcond == 0 and not np.all(np.diagonal(self.lu)):
            raise singular()
        if not self._warned:
            self._warned = True
            warn_near_singular(self.rcond, self._rows, self.dtype, 6)
        if self.cholesky is not None:
            return self._potrs(self.cholesky, b)[0]
        return self._getrs(self.lu, self.pivots, b)[0]

    def slogdet(self) -> tuple[float, float]:
        """Return the sign of the determinant and log |det A|."""
        if self.cholesky is not None:
            return 1.0, 2.0 * float(np.sum(np.log(np.diagonal(self.cholesky))))
        d = np.diagonal(self.lu)
        swaps = int(np.count_nonzero(self.pivots != np.arange(self.size)))
        with np.errstate(divide="ignore"):
            return float(np.prod(np.sign(d))) * (-1.0) ** swaps, float(np.sum(np.log(np.abs(d))))


def is_symmetric(a: Any) -> bool:
    """Tell whether a matrix is symmetric up to rounding."""
    if np.array_equal(a, a.T):
        return True
    return bool(np.max(np.abs(a - a.T), initial=0.0) <= 8 * EPS[a.dtype] * np.max(np.abs(a), initial=0.0))
