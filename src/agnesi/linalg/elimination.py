"""Row reduction to echelon form and to reduced echelon form, by named row operations, and the test for singularity."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, get_args

import numpy as np
import sympy

from agnesi.errors import AgnesiError
from agnesi.linalg import arithmetic
from agnesi.linalg.arithmetic import given, sympy_matrix
from agnesi.linalg.notation import equal, exactly, nearly, numeric, square
from agnesi.linalg.notation import floats as as_floats
from agnesi.linalg.row_operations import factored
from agnesi.linalg.tableau import Pick, Tableau, tableau
from agnesi.worked.pieces import Formula, grid, scalar_text
from agnesi.worked.record import Verified, Worked


def echelon(A: Any, *, pick: Pick = "first") -> Worked:
    """Bring a matrix to echelon form by swaps and by adding multiples of rows.

    >>> echelon("[1 2; 3 4]").value
    Matrix([
    [1,  2],
    [0, -2]])

    `A`: [m n]. `pick` chooses pivots: the "first" entry that is not zero, a "one" where there is one, the "largest".
    Parts: `pivots` (row, column from 0), `rank`, `operations`, `elimination` (the matrix E with E A = echelon form).
    Raises `ShapeError` and `NotNumeric` for what is no matrix, `TooLarge` for more than 400 entries. Source: MML 2.3.2.
    """
    M = given(A)
    t = started(M, pick=pick)
    t.forward()
    answer = Formula.of("A", "∼", grid(t.rows, marks=t.pivots))
    return _reduced("row reduction to echelon form", M, t, answer, _is_echelon(t))


def rref(A: Any, *, pick: Pick = "first", steps: bool = True) -> Worked:
    """Bring a matrix to reduced echelon form: pivots 1, and zeros below and above them.

    >>> rref("[1 2 3; 2 4 8]").value
    Matrix([
    [1, 2, 0],
    [0, 0, 1]])
    >>> rref("[1 2 3; 2 4 8]").steps[0].said
    'Zeros below the pivot 1 of column 1: R₂ ← R₂ − 2R₁.'

    `A`: [m n]; parts and errors as of `echelon`. With `steps=False` only the answer is found, for up to 90,000 entries.
    Source: MML 2.3.2.
    """
    if not steps:
        return _rref_only(A)
    M = given(A)
    t = started(M, pick=pick)
    t.forward()
    t.backward()
    answer = Formula.of("A", "∼", grid(t.rows, marks=t.pivots))
    return _reduced("row reduction to reduced echelon form", M, t, answer, is_reduced(t))


def started(*blocks: sympy.MatrixBase, pick: Pick = "first") -> Tableau:
    """Return the tableau [A | B | …]; raises `AgnesiError` for a way to pick pivots that is not known."""
    if pick not in get_args(Pick):
        raise AgnesiError(f"There is no way to pick pivots called {pick!r}.", expected='"first", "one" or "largest"')
    return tableau(*blocks, pick=pick)


def _reduced(name: str, M: sympy.ImmutableMatrix, t: Tableau, answer: Formula, form: Verified) -> Worked:
    E = t.elimination()
    R = sympy.ImmutableMatrix(t.rows)
    evidence = (form, exactly("all operations as one invertible matrix E: E A is the form found", equal(E * M, R)))
    parts = {
        "pivots": list(t.pivots),
        "rank": len(t.pivots),
        "operations": [str(o) for o in t.operations],
        "elimination": E,
        "assumed": list(t.assumed),
    }
    rank = Formula.of("rank A", "=", len(t.pivots))
    return Worked(
        name,
        (Formula.of("A", "=", M),),
        R,
        (answer, rank),
        tuple(t.steps),
        evidence,
        parts,
        assumptions(t),
        "MML 2.3.2",
    )


def assumptions(t: Tableau) -> tuple[str, ...]:
    """Return what was assumed of letters when pivots with letters were divided by."""
    if not t.assumed:
        return ()
    told = " and ".join(f"{scalar_text(f)} ≠ 0" for f in t.assumed)
    return (f"A pivot may not be 0: the steps hold for {told}.",)


def _is_echelon(t: Tableau) -> Verified:
    """Check that only zeros stand below and to the left of each pivot, and that rows without one are zero."""
    return exactly("zeros below each pivot, rows of zeros last", is_stepped(t.rows, t.pivots, t.columns))


def is_stepped(rows: list[list[Any]], pivots: list[tuple[int, int]], columns: int) -> bool:
    """Tell whether the rows are in echelon form with these pivots in the first `columns` columns."""
    leads = [next((j for j, v in enumerate(r[:columns]) if v != 0), None) for r in rows]
    expected = [j for _, j in pivots] + [None] * (len(rows) - len(pivots))
    columns_rise = all(a[1] < b[1] for a, b in pairwise(pivots))
    return leads == expected and columns_rise


def is_reduced(t: Tableau) -> Verified:
    """Check that the rows are in reduced echelon form: pivots 1, alone in their columns."""
    alone = all(t.rows[k][j] == (1 if k == i else 0) for i, j in t.pivots for k in range(len(t.rows)))
    return exactly("each pivot is 1 and alone in its column", alone and is_stepped(t.rows, t.pivots, t.columns))


def _rref_only(A: Any) -> Worked:
    D = arithmetic.exact(A)
    R, pivots = arithmetic.rref(D)
    value = sympy_matrix(R)
    basis = D.extract(range(D.shape[0]), pivots)
    back = basis * R.extract(range(len(pivots)), range(D.shape[1])) if pivots else D.zeros(D.shape, D.domain)
    evidence = (exactly("A is its pivot columns times the rows that are not zero", back == D),)
    parts = {"pivots": list(enumerate(pivots)), "rank": len(pivots)}
    small = max(D.shape) <= 12
    question = (Formula.of("A", "=", sympy_matrix(D)),) if small else ()
    shown = grid(value, marks=enumerate(pivots)) if small else f"{D.shape[0]}×{D.shape[1]} entries, in value"
    answer = (Formula.of("A", "∼", shown), Formula.of("rank A", "=", len(pivots)))
    return Worked(
        "row reduction to reduced echelon form",
        question,
        value,
        answer,
        (),
        evidence,
        parts,
        source="MML 2.3.2",
    )


def is_singular(A: Any, *, pick: Pick = "first", exact: bool | None = None) -> Worked:
    """Test whether a square matrix is singular: it is, if echelon form has a zero on its diagonal.

    >>> is_singular("[1 2; 2 4]").value, is_singular("[1 2; 3 4]").value
    (True, False)
    >>> is_singular("[1 k; k 4]").notes[0]
    'A is singular for k = −2 and k = 2.'

    `A`: [n n]. Floats (`exact=False`, or an array of many) are judged by their condition number. Raises `ShapeError`
    for a matrix that is not square. Source: Imperial LA W3; MML 2.2.2.
    """
    if numeric(A, exact):
        return _singular_in_floats(A)
    M = given(A)
    square(M)
    t = started(M, pick=pick)
    t.forward()
    found = len(t.pivots) < M.rows
    evidence = (
        exactly(
            "the determinant, found another way, is 0 just then", (M.det(method="berkowitz").expand() == 0) == found
        ),
    )
    answer = Formula.of("A", "is", "singular" if found else "invertible", why=_why_singular(t, M.rows))
    notes = _exceptions(t)
    return Worked(
        "test for singularity",
        (Formula.of("A", "=", M),),
        found,
        (answer,),
        tuple(t.steps),
        evidence,
        {"rank": len(t.pivots), "pivots": list(t.pivots), "assumed": list(t.assumed)},
        notes,
        "Imperial LA W3",
    )


def _why_singular(t: Tableau, size: int) -> str:
    if len(t.pivots) == size:
        return f"all {size} rows have a pivot" if size > 1 else "its one entry is not 0"
    return f"only {len(t.pivots)} of {size} rows have a pivot: the rows depend on each other"


def _exceptions(t: Tableau) -> tuple[str, ...]:
    """Return for which values of its letters a matrix with all its pivots is singular after all."""
    if len(t.pivots) < len(t.rows):
        return ()
    det = sympy.Mul(*(t.rows[i][j] for i, j in t.pivots))
    top = factored(det).as_numer_denom()[0]
    if not top.free_symbols:
        return ()
    values = zeros_of(top)
    return (f"A is singular for {values}.",) if values else (f"A is singular where {scalar_text(top)} = 0.",)


def zeros_of(value: Any) -> str:
    """Return the real zeros of a polynomial in one letter as text; empty for more letters, or no zeros.

    >>> k = sympy.Symbol("k")
    >>> zeros_of(k**2 - 4), zeros_of(k**3 - 2)
    ('k = −2 and k = 2', 'k ≈ 1.25992')
    """
    letters = sorted(value.free_symbols, key=str)
    if len(letters) != 1 or not value.is_polynomial(*letters):
        return ""
    found = []
    for factor, _ in sympy.factor_list(value, letters[0])[1]:
        exact = sympy.degree(factor, letters[0]) < 3
        found += [(r if exact else float(r.n(20)), exact) for r in sympy.real_roots(factor, letters[0])]
    found.sort(key=lambda pair: float(pair[0]))
    return " and ".join(f"{letters[0]} {'=' if exact else '≈'} {scalar_text(r)}" for r, exact in found)


def _singular_in_floats(A: Any) -> Worked:
    M = as_floats(A)
    square(M)
    sizes = np.linalg.svd(M, compute_uv=False)
    bound = sizes[0] * M.shape[0] * np.finfo(float).eps
    found = bool(sizes[-1] <= bound)
    rank = int(np.sum(sizes > bound))
    evidence = (
        nearly("the least singular value against rounding", float(sizes[-1]), float(bound) if found else np.inf),
    )
    answer = Formula.of("A", "is", "singular to rounding" if found else "invertible")
    return Worked("test for singularity", (), found, (answer,), (), evidence, {"rank": rank, "least": float(sizes[-1])})
