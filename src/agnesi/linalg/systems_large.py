"""Solve A x = b without steps: exactly for sizes past hands, and in floats by LAPACK."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import lapack

from agnesi.errors import ShapeError
from agnesi.linalg import arithmetic
from agnesi.linalg.arithmetic import sympy_matrix
from agnesi.linalg.notation import Floats, all_finite, exactly, floats, nearly
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Verified, Worked

EPSILON = float(np.finfo(float).eps)


def solve_exactly(A: Any, b: Any) -> Worked:
    """Solve A x = b exactly without steps; parts as of `solve`.

    >>> solve_exactly([[1, 2], [3, 4]], [5, 6]).value.T
    Matrix([[-4, 9/2]])
    """
    D, r = arithmetic.exact(A), _column(b)
    m, n = D.shape
    if r.shape[0] != m:
        raise ShapeError(f"A is {m}×{n}, and b has {r.shape[0]} entries.", expected=f"{m} entries in b")
    D, r = D.unify(r)
    R, pivots = arithmetic.rref(D.hstack(r))
    table = R.to_list()
    zero, one = D.domain.zero, D.domain.one
    if pivots and pivots[-1] == n:
        return _large("none", None, None, None, list(pivots[:-1]), n, (_without_solution(D, r),))
    free = [j for j in range(n) if j not in set(pivots)]
    x = [[zero] for _ in range(n)]
    K = [[zero] * len(free) for _ in range(n)]
    for i, j in enumerate(pivots):
        x[j] = [table[i][n]]
        K[j] = [-table[i][f] for f in free]
    for k, f in enumerate(free):
        K[f][k] = one
    particular = type(D)(x, (n, 1), D.domain)
    kernel = type(D)(K, (n, len(free)), D.domain)
    evidence = [exactly("A x is b", D * particular == r)]
    if free:
        evidence.append(exactly("A times the kernel is 0", all(not v for row in (D * kernel).to_list() for v in row)))
    return _large(
        "infinitely many" if free else "unique",
        sympy_matrix(particular),
        sympy_matrix(kernel),
        free,
        list(pivots),
        n,
        tuple(evidence),
    )


def _without_solution(D: Any, r: Any) -> Verified:
    """Check that some combination of the equations has 0 on the left and not on the right."""
    left = D.transpose().nullspace()  # its rows are all y with yᵀA = 0
    zero = all(not v for row in (left * D).to_list() for v in row)
    told = "a combination of the equations has 0 on the left and not on the right"
    return exactly(told, zero and any(v for row in (left * r).to_list() for v in row))


def _column(b: Any) -> Any:
    flat = b.tolist() if isinstance(b, np.ndarray) else b
    if isinstance(flat, list | tuple) and not any(isinstance(v, list | tuple) for v in flat):
        return arithmetic.exact([[v] for v in flat], "b")
    return arithmetic.exact(flat, "b")


def _large(kind: str, x: Any, kernel: Any, free: Any, pivots: Any, n: int, evidence: tuple[Verified, ...]) -> Worked:
    parts = {
        "kind": kind,
        "particular": x,
        "kernel": kernel,
        "free": free or [],
        "pivots": pivots,
        "rank": len(pivots),
        "cases": {},
    }
    told = {"none": "no solution", "unique": "one solution", "infinitely many": f"{len(free or [])} free unknowns"}[
        kind
    ]
    answer = Formula.of("x", "=", x) if kind == "unique" and n <= 12 else Formula.of(told)
    return Worked("linear equations", (), x, (answer,), (), evidence, parts, source="MML 2.3")


def solve_in_floats(A: Any, b: Any) -> Worked:
    """Solve A x = b in floats; parts as of `solve`, and `condition`, the condition number of a square A.

    >>> float(solve_in_floats([[2.0, 0.0], [0.0, 4.0]], [1.0, 1.0]).value[1])
    0.25
    """
    M, r = floats(A, finite=False), floats(b, "b")
    norm = arithmetic.one_norm(M) if M.size else 0.0
    if not np.isfinite(norm):
        all_finite(M)
    if r.shape[0] != M.shape[0] and r.shape == (1, M.shape[0]):
        r = r.T
    if M.shape[0] != r.shape[0]:
        raise ShapeError(f"A is {M.shape[0]}×{M.shape[1]}, and b has {r.shape[0]} entries.")
    if M.shape[0] == M.shape[1]:
        lu, pivots, info = lapack.dgetrf(M.T)  # Fortran's order: the transpose needs no turning
        if info == 0:
            x, condition = _solved(lu, pivots, r, norm)
            if condition < 1 / EPSILON:
                return _unique(M, r, x, condition, norm)
    return _by_singular_values(M, r)


def _solved(lu: Floats, pivots: Any, r: Floats, norm: float) -> tuple[Floats, float]:
    """Return x with A x = r from the factors of Aᵀ, and the condition number of A in the 1-norm, by an estimate.

    The 1-norm of A⁻¹ is estimated by one round of Hager's method (Higham, Accuracy and Stability 15.2), which shares
    its first solution with x; where A is nearly singular, by the whole of it as LAPACK has it.
    """
    n = len(lu)
    x, _ = lapack.dgetrs(lu, pivots, np.column_stack([r, np.full(n, 1 / n)]), trans=1)
    x, mean = x[:, :-1], x[:, -1]
    slopes, _ = lapack.dgetrs(lu, pivots, np.where(mean < 0, -1.0, 1.0))
    unit = np.zeros(n)
    unit[np.abs(slopes).argmax()] = 1.0
    column, _ = lapack.dgetrs(lu, pivots, unit, trans=1)
    condition = norm * max(float(np.abs(mean).sum()), float(np.abs(column).sum()))
    if not condition < 1e8:
        reciprocal, _ = lapack.dgecon(lu, norm, norm="I")
        condition = max(condition, float(1 / reciprocal) if reciprocal else np.inf)
    return x, condition


def _unique(M: Floats, r: Floats, x: Floats, condition: float, norm: float) -> Worked:
    error = float(np.abs(M @ x - r).max())
    scale = norm * float(np.abs(x).sum()) + arithmetic.largest(r)
    digits = max(0, int(15.95 - np.log10(max(condition, 1))))
    notes = (f"The condition number is about {condition:.1e}: about {digits} digits are certain.",)
    n = M.shape[1]
    parts = {
        "kind": "unique",
        "particular": x[:, 0],
        "kernel": np.zeros((n, 0)),
        "free": [],
        "rank": n,
        "cases": {},
        "condition": condition,
    }
    evidence = (nearly("A x is b", error, 1e-12 * scale + 1e-300),)
    value = x[:, 0] if x.shape[1] == 1 else x
    answer = Formula.of("x", "=", value) if n <= 12 else Formula.of("one solution")
    return Worked("linear equations in floats", (), value, (answer,), (), evidence, parts, notes)


def _by_singular_values(M: Floats, r: Floats) -> Worked:
    """Solve where A is not square, or singular to rounding: rank and kernel by the SVD."""
    U, s, Vt = np.linalg.svd(M)
    bound = max(M.shape) * EPSILON * (s[0] if s.size else 0)
    rank = int(np.sum(s > bound))
    x = Vt[:rank].T @ ((U[:, :rank].T @ r) / s[:rank, None])
    error = float(np.abs(M @ x - r).max())
    tolerance = 1e-10 * float(np.abs(r).max() + np.abs(M).max() * np.abs(x).max() * M.shape[1])
    kernel = Vt[rank:].T
    notes = (f"The rank is {rank}, to rounding: singular values up to {bound:.1e} count as 0.",)
    parts: dict[str, Any] = {"rank": rank, "cases": {}, "free": [], "kernel": kernel, "particular": x[:, 0]}
    if error > tolerance:
        parts |= {"kind": "none", "particular": None, "kernel": None}
        apart = _size(M.T @ (M @ x - r))
        told = f"what the nearest A x misses of b, {error:.1e}, is at right angles to all columns"
        missed = nearly(told, apart, tolerance * _size(M) * M.shape[0] + 1e-300)
        return Worked("linear equations in floats", (), None, (Formula.of("no solution"),), (), (missed,), parts, notes)
    parts["kind"] = "infinitely many" if kernel.shape[1] else "unique"
    evidence = (
        nearly("A x is b", error, tolerance),
        nearly("A times the kernel is 0", _size(M @ kernel), 1e-10 * s[0]),
    )
    told = f"{kernel.shape[1]} free directions" if kernel.shape[1] else "one solution"
    return Worked("linear equations in floats", (), x[:, 0], (Formula.of(told),), (), evidence, parts, notes)


def _size(M: Floats) -> float:
    return float(np.abs(M).max()) if M.size else 0.0
