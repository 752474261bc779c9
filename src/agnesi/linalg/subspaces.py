"""Subspaces from pivots: rank, kernel, column and row space, the four subspaces, rank and nullity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy

from agnesi.linalg import arithmetic
from agnesi.linalg.arithmetic import given
from agnesi.linalg.elimination import assumptions, started
from agnesi.linalg.notation import beside, equal, exactly, floats, numeric
from agnesi.linalg.reading_off import named, read_off
from agnesi.linalg.tableau import Pick, Tableau
from agnesi.linalg.written import said_list
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Step, Verified, Worked


def basis_formula(name: str, basis: sympy.MatrixBase) -> Formula:
    """Return a subspace as the span of the columns of a matrix; {0} for no columns."""
    parts: list[Any] = [name, "=", "span"]
    if not basis.cols:
        return Formula.of(name, "=", "{0}")
    for k in range(basis.cols):
        parts += ["," if k else "(", basis[:, k]]
    return Formula.of(*parts, ")")


def rank(A: Any, *, pick: Pick = "first", exact: bool | None = None, steps: bool = True) -> Worked:
    """Find the rank: the number of pivots of an echelon form.

    >>> rank("[1 2 3; 2 4 6; 1 1 1]").value
    2

    `A`: [m n]. Floats are judged by singular values. Source: MML 2.6.2.
    """
    if numeric(A, exact):
        return _rank_in_floats(A)
    if not steps:
        D = arithmetic.exact(A)
        _, pivots = arithmetic.rref(D)
        turned = arithmetic.rref(D.transpose())[1]
        seen = (exactly("Aᵀ has as many pivots", len(turned) == len(pivots)),)
        return Worked("rank", (), len(pivots), (Formula.of("rank A", "=", len(pivots)),), (), seen, source="MML 2.6.2")
    M = given(A)
    t = started(M, pick=pick)
    t.forward()
    found = len(t.pivots)
    said = f"There {'is 1 pivot' if found == 1 else f'are {found} pivots'}: that is the rank."
    last = Step("count the pivots", said, source="MML 2.6.2", data={"rows": t.rows, "pivots": list(t.pivots)})
    other = started(sympy.ImmutableMatrix(M.T))
    other.forward()
    evidence = (exactly("the columns have the same rank as the rows", len(other.pivots) == found),)
    answer = Formula.of("rank A", "=", found)
    parts = {"pivots": list(t.pivots), "full": found == min(M.shape)}
    notes = assumptions(t)
    return Worked(
        "rank", (Formula.of("A", "=", M),), found, (answer,), (*t.steps, last), evidence, parts, notes, "MML 2.6.2"
    )


def _rank_in_floats(A: Any) -> Worked:
    M = floats(A)
    s = np.linalg.svd(M, compute_uv=False)
    bound = float(s[0] * max(M.shape) * np.finfo(float).eps) if s.size else 0.0
    found = int(np.sum(s > bound))
    gap = float(s[found] / s[0]) if found < s.size and s[0] else 0.0
    evidence = (Verified("singular values past the rank, against the first", gap < 1e-8, f"at most {gap:.1e}"),)
    answer = Formula.of("rank A", "=", found)
    notes = (f"Singular values up to {bound:.1e} count as 0.",)
    return Worked("rank in floats", (), found, (answer,), (), evidence, {"singular_values": s}, notes)


def reduced(M: sympy.ImmutableMatrix, pick: Pick = "first") -> Tableau:
    """Return the tableau of a matrix brought to reduced echelon form."""
    t = started(M, pick=pick)
    t.forward()
    t.backward()
    return t


def kernel_of(t: Tableau, names: Sequence[Any]) -> tuple[sympy.ImmutableMatrix, list[Step]]:
    """Return a basis of the kernel as columns, and its steps, from a reduced echelon form."""
    padded = Tableau([[*r, sympy.S.Zero] for r in t.rows], t.columns, pivots=list(t.pivots))
    _, kernel, _, steps = read_off(padded, names)
    return kernel, [s for s in steps if s.rule != "particular solution"]


def null_space(A: Any, *, pick: Pick = "first") -> Worked:
    """Find a basis of the kernel: all x with A x = 0.

    >>> null_space("[1 2 1; 2 4 2]").value
    Matrix([
    [-2, -1],
    [ 1,  0],
    [ 0,  1]])

    `A`: [m n]; the value has the basis as columns: [n k], k = 0 for the kernel {0}. Source: MML 2.7.3.
    """
    M = given(A)
    t = reduced(M, pick)
    kernel, found = kernel_of(t, named("", M.cols, M.free_symbols))
    evidence = (
        exactly("A times each vector is 0", equal(M * kernel, sympy.zeros(M.rows, kernel.cols))),
        exactly("rank + dimension of the kernel is n", len(t.pivots) + kernel.cols == M.cols),
    )
    parts = {"dimension": kernel.cols, "rank": len(t.pivots), "free": t_free(t)}
    return Worked(
        "null space", (Formula.of("A", "=", M),), kernel, (basis_formula("ker A", kernel),), (*t.steps, *found),
        evidence, parts, assumptions(t), "MML 2.7.3",
    )  # fmt: skip


def t_free(t: Tableau) -> list[int]:
    """Return the columns without a pivot."""
    pivots = {j for _, j in t.pivots}
    return [j for j in range(t.columns) if j not in pivots]


def column_space(A: Any, *, pick: Pick = "first") -> Worked:
    """Find a basis of the column space, the image: the columns of A in which pivots stand.

    >>> column_space("[1 2 3; 2 4 7]").value
    Matrix([
    [1, 3],
    [2, 7]])

    `A`: [m n]; the value: [m r]. Source: MML 2.6.1, 2.7.3.
    """
    M = given(A)
    t = reduced(M, pick)
    value = beside([M[:, j] for _, j in t.pivots], M.rows)
    step = _column_step(M, t, value)
    rest = sympy.ImmutableMatrix(t.rows)[: len(t.pivots), :]
    made = value * rest if t.pivots else sympy.zeros(*M.shape)
    evidence = (exactly("every column of A is a combination of these", equal(made, M)),)
    parts = {"dimension": value.cols, "pivots": [j for _, j in t.pivots], "combinations": sympy.ImmutableMatrix(rest)}
    return Worked(
        "column space", (Formula.of("A", "=", M),), value, (basis_formula("im A", value),), (*t.steps, step), evidence,
        parts, assumptions(t), "MML 2.7.3",
    )  # fmt: skip


def _column_step(M: sympy.ImmutableMatrix, t: Tableau, value: Any) -> Step:
    which = said_list([str(j + 1) for _, j in t.pivots])
    many = "columns" if len(t.pivots) > 1 else "column"
    said = f"Pivots stand in {many} {which}: those columns of A are a basis of the image."
    why = (
        "Row operations keep how columns depend on each other, so take the columns of A, not those of the echelon form."
    )
    if not t.pivots:
        said, why = "There is no pivot: the image is {0}.", ""
    return Step("pivot columns", said, (basis_formula("im A", value),), why, "MML 2.6.1", {"matrix": M, "basis": value})


def row_space(A: Any, *, pick: Pick = "first") -> Worked:
    """Find a basis of the row space: the rows of the reduced echelon form that are not zero, as columns.

    >>> row_space("[1 2; 2 4]").value.T
    Matrix([[1, 2]])

    `A`: [m n]; the value: [n r]. Source: MML 2.6.1.
    """
    M = given(A)
    t = reduced(M, pick)
    value = beside([sympy.Matrix(t.rows[i]) for i in range(len(t.pivots))], M.cols)
    step = _row_step(t, value)
    chosen = [j for _, j in t.pivots]
    back = M[:, chosen] * value.T if chosen else sympy.zeros(*M.shape)
    evidence = (exactly("every row of A is a combination of these", equal(back, M)),)
    return Worked(
        "row space", (Formula.of("A", "=", M),), value, (basis_formula("row A", value),), (*t.steps, step), evidence,
        {"dimension": value.cols}, assumptions(t), "MML 2.6.1",
    )  # fmt: skip


def _row_step(t: Tableau, value: Any) -> Step:
    said = (
        "The rows that are not zero are a basis of the row space."
        if t.pivots
        else "All rows are zero: the row space is {0}."
    )
    why = "Row operations make rows from rows and can be undone, so the row space stays the same."
    return Step(
        "rows that are not zero", said, (basis_formula("row A", value),), why, data={"rows": t.rows, "basis": value}
    )


def left_null_space(A: Any, *, pick: Pick = "first") -> Worked:
    """Find a basis of the left null space: all y with yᵀA = 0, the kernel of Aᵀ.

    >>> left_null_space("[1 2; 2 4]").value.T
    Matrix([[-2, 1]])

    `A`: [m n]; the value: [m k]. Source: MML 2.7.3.
    """
    M = given(A)
    found = null_space(sympy.ImmutableMatrix(M.T), pick=pick)
    first = Step("transpose", "yᵀA = 0 says Aᵀy = 0: find the kernel of Aᵀ.", (Formula.of("Aᵀ", "=", M.T),))
    evidence = (
        exactly("yᵀA is 0 for each y", equal(found.value.T * M, sympy.zeros(found.value.cols, M.cols))),
        found.evidence[1],
    )
    return Worked(
        "left null space", (Formula.of("A", "=", M),), found.value, (basis_formula("ker Aᵀ", found.value),),
        (first, *found.steps), evidence, found.parts, found.notes, "MML 2.7.3",
    )  # fmt: skip


def four_subspaces(A: Any, *, pick: Pick = "first") -> Worked:
    """Find the four subspaces of a matrix with their dimensions: column space, row space, kernel, left null space.

    >>> found = four_subspaces("[1 2 3; 2 4 6]")
    >>> found.dimensions
    {'column space': 1, 'row space': 1, 'null space': 2, 'left null space': 1}

    `A`: [m n]. The value has a basis for each, as columns. All come from one elimination of [A | I]: the left null
    space stands beside the rows of zeros. Source: MML 2.7.3, 3.6.
    """
    M = given(A)
    m, n = M.shape
    t = started(M, sympy.eye(m), pick=pick)
    t.forward()
    t.backward()
    r = len(t.pivots)
    left = Tableau([row[:n] for row in t.rows], n, pivots=list(t.pivots))
    kernel, found = kernel_of(left, named("", n, M.free_symbols))
    image = beside([M[:, j] for _, j in t.pivots], m)
    rows = beside([sympy.Matrix(left.rows[i]) for i in range(r)], n)
    beyond = beside([sympy.Matrix(t.rows[i][n:]) for i in range(r, m)], m)
    spaces = {"column space": image, "row space": rows, "null space": kernel, "left null space": beyond}
    why = "On the right stands what the operations did: yᵀA is the row of zeros on the left."
    said = (
        "Beside the rows of zeros stands the left null space."
        if r < m
        else "There is no row of zeros: the left null space is {0}."
    )
    steps = [
        *t.steps, _column_step(M, left, image), _row_step(left, rows), *found,
        Step("left null space", said, (basis_formula("ker Aᵀ", beyond),), why if r < m else "", "MML 2.7.3",
             {"basis": beyond}),
    ]  # fmt: skip
    names = ("im A", "row A", "ker A", "ker Aᵀ")
    answer = [
        Formula.of(*basis_formula(name, basis).parts, why=f"dimension {basis.cols}")
        for name, basis in zip(names, spaces.values(), strict=True)
    ]
    answer.append(Formula.of("rank", "+", "nullity", "=", r, "+", kernel.cols, "=", n))
    parts = {"rank": r, "dimensions": {k: v.cols for k, v in spaces.items()}}
    return Worked(
        "the four subspaces", (Formula.of("A", "=", M),), spaces, tuple(answer), tuple(steps),
        _four_checks(M, spaces), parts, assumptions(t), "MML 2.7.3",
    )  # fmt: skip


def _four_checks(M: sympy.ImmutableMatrix, spaces: dict[str, Any]) -> tuple[Verified, ...]:
    m, n = M.shape
    image, rows, kernel, beyond = spaces.values()
    return (
        exactly("A times each vector of the kernel is 0", equal(M * kernel, sympy.zeros(m, kernel.cols))),
        exactly("the kernel is at right angles to the row space",
                equal(rows.T * kernel, sympy.zeros(rows.cols, kernel.cols))),
        exactly("the left null space is at right angles to the column space",
                equal(image.T * beyond, sympy.zeros(image.cols, beyond.cols))),
        exactly(f"dimensions: {rows.cols} + {kernel.cols} = {n}, {image.cols} + {beyond.cols} = {m}",
                (rows.cols + kernel.cols, image.cols + beyond.cols) == (n, m)),
    )  # fmt: skip


def rank_nullity(A: Any) -> Worked:
    """Show the theorem of rank and nullity on a matrix: pivot columns and free columns are all columns.

    >>> rank_nullity("[1 2 3; 2 4 6]").value
    (1, 2, 3)

    `A`: [m n]; the value is (rank, nullity, n), each found on its own. Source: MML 2.7.3.
    """
    M = given(A)
    t = reduced(M)
    kernel, found = kernel_of(t, named("", M.cols, M.free_symbols))
    image = beside([M[:, j] for _, j in t.pivots], M.rows)
    r, k, n = image.cols, kernel.cols, M.cols
    pivots = ", ".join(str(j + 1) for _, j in t.pivots) or "none"
    frees = ", ".join(str(j + 1) for j in t_free(t)) or "none"
    said = f"Columns with a pivot: {pivots}; columns without: {frees}. Each column is one or the other."
    last = Step(
        "rank and nullity", said, (Formula.of(r, "+", k, "=", n),), source="MML 2.7.3", data={"rank": r, "nullity": k}
    )
    independent = not kernel.cols or kernel.rank() == kernel.cols
    evidence = (
        exactly("A times each vector of the kernel is 0", equal(M * kernel, sympy.zeros(M.rows, k))),
        exactly("the vectors of the kernel are independent", independent),
        exactly("dim im A + dim ker A is the number of columns", sympy_rank(M) + k == n),
    )
    answer = (Formula.of("dim im A + dim ker A", "=", r, "+", k, "=", n),)
    parts = {"image": image, "kernel": kernel}
    steps = (*t.steps, _column_step(M, t, image), *found, last)
    return Worked(
        "rank and nullity",
        (Formula.of("A", "=", M),),
        (r, k, n),
        answer,
        steps,
        evidence,
        parts,
        assumptions(t),
        "MML 2.7.3",
    )


def sympy_rank(M: sympy.MatrixBase) -> int:
    """Return the rank by sympy's domains, another way than by the steps here."""
    return len(arithmetic.rref(arithmetic.exact(M))[1])
