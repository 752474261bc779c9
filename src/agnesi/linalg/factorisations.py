"""LU with and without swaps, and LDLᵀ: elimination kept as a product of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg
import sympy

from agnesi.errors import AgnesiError, NotNumeric
from agnesi.linalg.arithmetic import given, probe
from agnesi.linalg.notation import all_finite, equal, exactly, floats, is_zero, low, nearly, numeric, symmetric
from agnesi.linalg.row_operations import RowOperation, Rows, factored
from agnesi.linalg.written import divided, less_products, worked_line
from agnesi.worked.pieces import Formula, grid, scalar_text
from agnesi.worked.record import Step, Worked

PIVOTS = (None, "first", "largest")


def lu(A: Any, *, pivots: str | None = None, exact: bool | None = None) -> Worked:
    """Factor A = L U, or P A = L U with swaps: L holds the multipliers of the elimination, U the echelon form.

    >>> L, U = lu("[2 1; 6 4]").value
    >>> L, U
    (Matrix([
    [1, 0],
    [3, 1]]), Matrix([
    [2, 1],
    [0, 1]]))
    >>> P, L, U = lu("[0 1; 2 3]", pivots="first").value

    `A`: [m n]; L: [m m], U: [m n]. `pivots`: None for no swap, "first" to swap where the pivot is 0, "largest" to have
    the largest entry as pivot. The value is (L, U), or (P, L, U) with swaps. Raises `NotNumeric` where a pivot is 0 and
    no swap is allowed. Source: MML 4.4; Imperial LA W3.
    """
    if pivots not in PIVOTS:
        raise AgnesiError(f"There is no way to pick pivots called {pivots!r}.", expected='None, "first" or "largest"')
    if numeric(A, exact):
        return _lu_in_floats(A)
    M = given(A)
    m = M.rows
    U: Rows = [[factored(v) for v in row] for row in M.tolist()]
    L: Rows = sympy.eye(m).tolist()
    order = list(range(m))
    steps: list[Step] = []
    top = 0
    for column in range(M.cols):
        if top == m:
            break
        chosen = _pivot(U, top, column, pivots)
        if chosen is None:
            continue
        if chosen != top:
            U, L, order = _swapped(U, L, order, top, chosen, steps)
        U, L = _eliminated(U, L, top, column, steps)
        top += 1
    return _lu_worked(M, order, sympy.ImmutableMatrix(L), sympy.ImmutableMatrix(U), steps, pivots)


def _pivot(U: Rows, top: int, column: int, pivots: str | None) -> int | None:
    """Return the row of the pivot, from `top` down; None for a column of zeros."""
    found = [k for k in range(top, len(U)) if not is_zero(U[k][column])]
    if not found or (found[0] == top and pivots != "largest"):
        return found[0] if found else None
    if pivots is None:
        raise NotNumeric(
            f"A has no factors L U without swaps: pivot {top + 1} is 0, and below it stands "
            f"{scalar_text(U[found[0]][column])}.", repair='Use pivots="largest": P A = L U.',
        )  # fmt: skip
    plain = [k for k in found if not U[k][column].free_symbols]
    if pivots == "largest" and plain:
        return max(plain, key=lambda k: (abs(U[k][column]), -k))
    return found[0]


def _swapped(
    U: Rows, L: Rows, order: list[int], top: int, chosen: int, steps: list[Step]
) -> tuple[Rows, Rows, list[int]]:
    """Swap two rows of U, of P, and of the multipliers found so far."""
    swap = RowOperation("swap", top, chosen)
    before, U = U, swap.on(U)
    multipliers = [row[:top] for row in L]
    multipliers[top], multipliers[chosen] = multipliers[chosen], multipliers[top]
    L = [[*multipliers[i], *row[top:]] for i, row in enumerate(L)]
    order = list(order)
    order[top], order[chosen] = order[chosen], order[top]
    lines = (Formula.of("U", "=", grid(U)), Formula.of("L", "=", grid(L)))
    data = {"before": before, "operations": [swap], "after": U, "L": L}
    steps.append(Step("swap two rows", f"{swap}, in U and in the multipliers.", lines, source="MML 2.3.2", data=data))
    return U, L, order


def _eliminated(U: Rows, L: Rows, top: int, column: int, steps: list[Step]) -> tuple[Rows, Rows]:
    """Clear a column below its pivot, and keep the multipliers in L."""
    pivot, before = U[top][column], U
    L = [list(r) for r in L]
    operations, told = [], []
    for k in range(top + 1, len(U)):
        factor = factored(U[k][column] / pivot)
        L[k][top] = factor
        if not is_zero(factor):
            operations.append(RowOperation("add", k, top, -factor))
            told.append(f"{entry_name('ℓ', k, top)} = {_quotient(U[k][column], pivot, factor)}")
    for operation in operations:
        U = operation.on(U)
    if operations:
        lines = (
            Formula.of("U", "=", grid(U, marks={(top, column)})),
            Formula.of("L", "=", grid(L)),
        )
        why = f"The multipliers {', '.join(told)} go into L, with the sign turned of what is added."
        data = {"before": before, "operations": operations, "after": U, "L": L}
        said = f"Zeros below the pivot {scalar_text(pivot)}: {', '.join(map(str, operations))}."
        steps.append(Step("zeros below a pivot", said, lines, why, "MML 2.3.2", data))
    return U, L


def entry_name(name: str, i: int, j: int) -> str:
    """Return the name of entry (i, j), counted from 0: ℓ₂₁.

    >>> entry_name("a", 1, 0)
    'a₂₁'
    """
    both = f"{i + 1}{j + 1}" if i < 9 and j < 9 else f"{i + 1},{j + 1}"
    return low(name, both)


def _quotient(top: Any, bottom: Any, value: Any) -> str:
    """Return top/bottom = value in words; value alone where the quotient says no more."""
    shown = scalar_text(value)
    parts = [
        scalar_text(v) if v.is_Symbol or (v.is_Integer and v > 0) else f"({scalar_text(v)})" for v in (top, bottom)
    ]
    written = "/".join(parts)
    return shown if bottom == 1 or written == shown else f"{written} = {shown}"


def _lu_worked(
    M: sympy.ImmutableMatrix, order: list[int], L: Any, U: Any, steps: list[Step], pivots: str | None
) -> Worked:
    m = M.rows
    P = sympy.ImmutableMatrix(m, m, lambda i, j: int(order[i] == j))
    lower = all(is_zero(L[i, j] - (i == j)) for i in range(m) for j in range(i, m))
    upper = all(is_zero(U[i, j]) for i in range(m) for j in range(min(i, M.cols)))
    name = "A" if pivots is None else "P A"
    evidence = (
        exactly(f"L U = {name}", equal(L * U, P * M)),
        exactly("L is lower triangular with 1 on its diagonal, U upper triangular", lower and upper),
    )
    answer = [Formula.of("L", "=", L), Formula.of("U", "=", U)]
    if pivots is not None:
        answer.insert(0, Formula.of("P", "=", P))
    value = (L, U) if pivots is None else (P, L, U)
    parts = {"L": L, "U": U, "P": P, "order": order}
    if not steps:
        steps = [Step("nothing to do", "Below the diagonal there are only zeros: L is the identity.")]
    return Worked(
        "LU factorisation", (Formula.of("A", "=", M),), value, tuple(answer), tuple(steps), evidence, parts, (),
        "Imperial LA W3",
    )  # fmt: skip


def _lu_in_floats(A: Any) -> Worked:
    M = floats(A, finite=False)
    x = probe(M.shape[1])
    image = M @ x
    if not np.isfinite(image).all():
        all_finite(M)
    order, L, U = scipy.linalg.lu(M, p_indices=True, check_finite=False)  # that is done
    error = float(np.abs((L @ (U @ x))[order] - image).max())
    bound = 1e-13 * float(np.linalg.norm(M)) + 1e-300
    evidence = (nearly("P L U x = A x for a vector x", error, bound * M.shape[1] ** 0.5),)
    answer = (Formula.of("A", "=", "P", "L", "U", why="with the largest pivots"),)
    parts = {"L": L, "U": U, "order": np.argsort(order)}
    return Worked("LU factorisation in floats", (), (parts["order"], L, U), answer, (), evidence, parts)


def ldl(A: Any) -> Worked:
    """Factor a symmetric A = L D Lᵀ, with 1 on the diagonal of L and the pivots in D: no roots are needed.

    >>> L, D = ldl("[4 2; 2 3]").value
    >>> D
    Matrix([
    [4, 0],
    [0, 2]])

    `A`: [n n] symmetric. Part `pivots`: the diagonal of D; all positive just if A is positive definite. Raises
    `NotNumeric` for a matrix that is not symmetric, or where a pivot is 0 with entries below it. Source: MML 4.3.
    """
    M = given(A)
    symmetric(M)
    n = M.rows
    L: Rows = sympy.eye(n).tolist()
    d: list[Any] = []
    steps = []
    for j in range(n):
        pivot = factored(M[j, j] - sum(L[j][k] ** 2 * d[k] for k in range(j)))
        written = less_products(M[j, j], [(L[j][k], L[j][k], d[k]) for k in range(j)])
        lines = [worked_line(entry_name("d", j, j), written, pivot)]
        d.append(pivot)
        for i in range(j + 1, n):
            rest = factored(M[i, j] - sum(L[i][k] * L[j][k] * d[k] for k in range(j)))
            if is_zero(pivot) and not is_zero(rest):
                raise NotNumeric(
                    f"A has no factors L D Lᵀ: pivot {j + 1} is 0, and below it is left {scalar_text(rest)}.",
                    repair="Reorder the unknowns, or use eigenvalues.",
                )
            L[i][j] = factored(rest / pivot) if not is_zero(pivot) else sympy.S.Zero
            if not is_zero(pivot):
                written = less_products(M[i, j], [(L[i][k], L[j][k], d[k]) for k in range(j)])
                lines.append(worked_line(entry_name("ℓ", i, j), divided(written, pivot), L[i][j]))
        data = {"matrix": M, "column": j, "L": [list(r) for r in L], "d": list(d)}
        steps.append(
            Step("column of L and pivot", f"Column {j + 1}.", tuple(lines), _LDL_WHY if j == 0 else "", "MML 4.3", data)
        )
    lower, D = sympy.ImmutableMatrix(L), sympy.ImmutableMatrix(sympy.diag(*d))
    evidence = (exactly("L D Lᵀ = A", equal(lower * D * lower.T, M)),)
    return Worked(
        "LDLᵀ factorisation", (Formula.of("A", "=", M),), (lower, D),
        (Formula.of("L", "=", lower), Formula.of("D", "=", D)),
        tuple(steps), evidence, {"L": lower, "D": D, "pivots": d}, _signs(d), "MML 4.3",
    )  # fmt: skip


_LDL_WHY = (
    "Entry (i, j) of L D Lᵀ is the sum of ℓᵢₖ dₖₖ ℓⱼₖ over k up to j. Set it equal to aᵢⱼ: everything but the last "
    "term is known."
)


def _signs(d: list[Any]) -> tuple[str, ...]:
    if any(v.free_symbols for v in d):
        told = [f"{scalar_text(v)} > 0" for v in d if v.free_symbols]
        return (f"A is positive definite where {' and '.join(told)}, and the other pivots are positive.",)
    if all(v > 0 for v in d):
        return ("All pivots are positive: A is positive definite.",)
    negative = sum(bool(v < 0) for v in d)
    return (f"{negative} of {len(d)} pivots {'is' if negative == 1 else 'are'} negative: as many eigenvalues are.",)
