"""Exact answers without steps, for matrices larger than hands would do: through python-flint where it is installed.

Rational matrices go to FLINT's fmpq_mat, others (letters, roots) to sympy's DomainMatrix; without FLINT, all do.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from numbers import Integral
from typing import Any

import numpy as np
import sympy
from scipy.linalg import lapack
from sympy.polys.matrices import DomainMatrix
from sympy.polys.matrices.exceptions import DMNonInvertibleMatrixError

from agnesi.errors import NotNumeric, ShapeError, TooLarge
from agnesi.linalg.notation import Floats
from agnesi.worked.exact import ENTRIES, matrix, scalar

try:
    import flint
except ImportError:  # an optional extra: the same answers, more slowly
    flint = None  # type: ignore[assignment,unused-ignore]

LARGEST = 90_000  # entries that are worked on exactly


def given(what: Any, name: str = "A") -> sympy.ImmutableMatrix:
    """Return a matrix with at least one entry as an exact one; raises as `agnesi.worked.exact.matrix` does."""
    found = matrix(what, name)
    if not found.rows or not found.cols:
        raise ShapeError(f"{name} has no entries.", expected="at least one row and one column")
    return found


def exact(what: Any, name: str = "A") -> DomainMatrix:
    """Return a matrix of any size up to 300 × 300 over a field: rationals, fractions of letters, roots.

    >>> exact([[1, 0.5]]).domain
    QQ

    Raises `TooLarge` for more entries, `ShapeError` and `NotNumeric` as `agnesi.worked.exact.matrix` does.
    """
    rows = what.tolist() if isinstance(what, np.ndarray) and what.ndim == 2 else what
    if isinstance(rows, Sequence) and not isinstance(rows, str) and rows and isinstance(rows[0], list | tuple):
        count = sum(len(r) for r in rows if isinstance(r, list | tuple))
        if count > LARGEST:
            raise TooLarge(
                f"{name} has {count} entries; exact work ends at {LARGEST}.", repair="Use exact=False for floats."
            )
        if found := _plain(rows):
            return found
        if count > ENTRIES:
            return _of(_long(rows, name))
    return _of(given(what, name))


def _of(M: sympy.MatrixBase) -> DomainMatrix:
    return DomainMatrix.from_Matrix(M, extension=True).to_field()


def _plain(rows: Sequence[Sequence[Any]]) -> DomainMatrix | None:
    """Return rows of whole numbers, fractions and floats over the rationals; None for others."""
    width = len(rows[0])
    if not width or any(not isinstance(r, list | tuple) or len(r) != width for r in rows):
        return None
    made = []
    known: dict[int, Any] = {}  # whole numbers of a matrix are few: each is turned once
    for row in rows:
        line = []
        for v in row:
            if type(v) is int:
                line.append(known[v] if v in known else known.setdefault(v, sympy.QQ(v)))
                continue
            if isinstance(v, float) and np.isfinite(v):
                v = Fraction(repr(v))
            if isinstance(v, bool) or not isinstance(v, Integral | Fraction | sympy.Rational):
                return None
            line.append(sympy.QQ(int(v.numerator), int(v.denominator)))
        made.append(line)
    return DomainMatrix(made, (len(rows), width), sympy.QQ)


def _long(rows: Sequence[Sequence[Any]], name: str) -> sympy.ImmutableMatrix:
    """Return a matrix past the size for steps, its entries read one by one, its faults told as for a small one."""
    width = len(rows[0])
    if any(not isinstance(r, list | tuple) or len(r) != width for r in rows):
        raise ShapeError(f"The rows of {name} have different lengths.", repair="Give each row as many entries.")
    made = []
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            try:
                made.append(scalar(value))
            except NotNumeric as error:
                error.what = f"Entry ({i + 1}, {j + 1}) of {name}: {error.what}"
                raise
    return sympy.ImmutableMatrix(len(rows), width, made)


def sympy_matrix(M: DomainMatrix) -> sympy.ImmutableMatrix:
    """Return a matrix over a field as sympy has it."""
    if M.domain == sympy.QQ:
        M = DomainMatrix([[_rational(v) for v in row] for row in M.to_list()], M.shape, sympy.EXRAW)
    return M.to_Matrix().as_immutable()


def _rational(value: Any) -> sympy.Rational:
    """Return a number of the field, which is in lowest terms already, as sympy has it."""
    if not value:
        return sympy.S.Zero
    return sympy.Rational.from_coprime_ints(int(value.numerator), int(value.denominator))


def _flint(M: DomainMatrix) -> Any:
    """Return a rational matrix as FLINT has it; None without FLINT, or for other fields."""
    if flint is None or M.domain != sympy.QQ:
        return None
    held = getattr(M.rep, "rep", None)  # sympy keeps such matrices as FLINT's own
    if isinstance(held, flint.fmpq_mat):
        return held
    rows = M.to_list()
    kind = flint.fmpq
    if rows and not isinstance(rows[0][0], kind):
        rows = [[kind(int(v.numerator), int(v.denominator)) for v in r] for r in rows]
    return flint.fmpq_mat(rows)


def _back(M: Any) -> DomainMatrix:
    rows = M.tolist()
    if not isinstance(sympy.QQ.one, flint.fmpq):  # sympy was told to use other numbers
        rows = [[sympy.QQ(int(v.p), int(v.q)) for v in r] for r in rows]
    return DomainMatrix(rows, (M.nrows(), M.ncols()), sympy.QQ)


def rref(M: DomainMatrix) -> tuple[DomainMatrix, tuple[int, ...]]:
    """Return the reduced echelon form and the columns of the pivots.

    >>> rref(exact([[1, 2], [2, 4]]))[1]
    (0,)
    """
    fast = _flint(M)
    if fast is None:
        reduced, pivots = M.to_sparse().rref()
        return reduced.to_dense(), tuple(pivots)
    found, rank = fast.rref()
    table = found.tolist()
    return _back(found), tuple(next(j for j, v in enumerate(table[i]) if v != 0) for i in range(rank))


def determinant(M: DomainMatrix) -> Any:
    """Return the determinant as a sympy number or expression.

    >>> determinant(exact([[1, 2], [3, 4]]))
    -2
    """
    fast = _flint(M)
    if fast is None and M.domain == sympy.QQ:  # whole numbers stay smaller than fractions
        bottom, whole = M.clear_denoms(convert=True)
        return sympy.Rational(int(whole.det()), int(bottom.element) ** M.shape[0])
    if fast is None:
        return M.domain.to_sympy(M.det())
    found = fast.det()
    return sympy.Rational(int(found.p), int(found.q))


def inverse(M: DomainMatrix) -> DomainMatrix | None:
    """Return the inverse; None where there is none."""
    fast = _flint(M)
    try:
        return M.inv() if fast is None else _back(fast.inv())
    except (DMNonInvertibleMatrixError, ZeroDivisionError):
        return None


def modulo(M: DomainMatrix, prime: int) -> int | None:
    """Return the determinant modulo a prime, by elimination there; None where the prime divides a denominator.

    >>> modulo(exact([[1, 2], [3, 4]]), 101)
    99
    """
    rows = [[(int(v.numerator), int(v.denominator)) for v in r] for r in M.to_list()]
    if any(q % prime == 0 for r in rows for _, q in r):
        return None
    table = [[p * (pow(q, -1, prime) if q != 1 else 1) % prime for p, q in r] for r in rows]
    if flint is not None:
        return int(flint.nmod_mat(M.shape[0], M.shape[1], [v for r in table for v in r], prime).det())
    field = sympy.GF(prime, symmetric=False)
    return int(DomainMatrix([[field(v) for v in r] for r in table], M.shape, field).det()) % prime


def probe(count: int) -> Floats:
    """Return a vector of floats with which a large answer is checked: A (X x) = x costs little."""
    found: Floats = np.cos(np.arange(1, count + 1))
    return found


def largest(M: Floats) -> float:
    """Return the largest entry in size, without a copy of the matrix; 0 for none.

    >>> largest(np.array([[1.0, -3.0]]))
    3.0
    """
    return float(max(M.max(), -M.min())) if M.size else 0.0


def one_norm(M: Floats) -> float:
    """Return the largest sum of a column in size: the 1-norm.

    >>> one_norm(np.array([[1.0, -3.0], [2.0, 2.0]]))
    5.0
    """
    return float(lapack.dlange("i", M.T))  # of the transpose, which LAPACK takes without a copy
