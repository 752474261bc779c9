"""Solve A x = b as on paper: eliminate, read off, a particular solution plus the kernel; with letters too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sympy

from agnesi.errors import AgnesiError, ShapeError
from agnesi.linalg.arithmetic import given
from agnesi.linalg.elimination import assumptions, started
from agnesi.linalg.equations import equations
from agnesi.linalg.notation import equal, exactly, is_zero, low, numeric
from agnesi.linalg.reading_off import back_substituted, general, named, no_solution, one_unknown, read_off
from agnesi.linalg.row_operations import factored
from agnesi.linalg.special_values import Case, special_cases
from agnesi.linalg.systems_large import solve_exactly, solve_in_floats
from agnesi.linalg.tableau import Pick, Tableau
from agnesi.worked.exact import vector
from agnesi.worked.pieces import Formula, scalar_text
from agnesi.worked.record import Verified, Worked

FOUND = ("read off", "free unknowns", "back substitution", "particular solution", "kernel")
WAYS = ("reduced echelon form", "back substitution")


def solve(
    A: Any, b: Any = None, *, by: str = "reduced echelon form", unknowns: Any = "", pick: Pick = "first",
    steps: bool = True, exact: bool | None = None,
) -> Worked:  # fmt: skip
    """Solve linear equations: all solutions as a particular one plus the kernel, or why there is none.

    >>> solve("2a + 3b = 8; 10a + b = 13").value.T
    Matrix([[31/28, 27/14]])
    >>> found = solve("[1 2 1; 2 4 3]", [3, 7])
    >>> found.kind, found.particular.T, found.kernel.T
    ('infinitely many', Matrix([[2, 0, 1]]), Matrix([[-2, 1, 0]]))
    >>> solve("[1 1; 2 2]", [1, 3]).kind
    'none'

    `A`: [m n], `b`: [m], or equations as one text; letters that `unknowns` leaves out stand for numbers. `by` is
    "reduced echelon form" or "back substitution". The value is x: [n], free unknowns as λ₁, λ₂, …; None where there is
    no solution. Parts: `kind` ("unique", "infinitely many", "none"), `particular`, `kernel` [n k], `free`, `pivots`,
    `rank`, `unknowns`, and `cases`, what happens at special values of letters. `steps=False` and `exact=False` are for
    large systems: exact without steps, and floats by LAPACK.

    Raises `ShapeError` where A and b do not fit, `NotNumeric` for equations that are not linear. Source: MML 2.3.
    """
    if isinstance(A, str) and "=" in A and b is None:
        M, r, names = equations(A, unknowns if isinstance(unknowns, str) else " ".join(map(str, unknowns)))
    else:
        if b is None:
            raise ShapeError("The right side b is missing.", repair='Give solve(A, b), or equations: "x + y = 3; …".')
        if numeric(A, exact):
            return solve_in_floats(A, b)
        if not steps:
            return solve_exactly(A, b)
        M, r = given(A), vector(b)
        names = named(unknowns, M.cols, M.free_symbols | r.free_symbols)
    fit(M, r)
    if by not in WAYS:
        raise AgnesiError(f"There is no way to solve called {by!r}.", expected=" or ".join(f'"{w}"' for w in WAYS))
    return _solved(M, r, names, by, pick)


def fit(A: sympy.MatrixBase, b: sympy.MatrixBase) -> None:
    """Raise `ShapeError` unless b has an entry for each row of A."""
    if A.rows != b.rows:
        raise ShapeError(f"A is {A.rows}×{A.cols}, and b has {b.rows} entries.", expected=f"{A.rows} entries in b")


def _solved(A: sympy.ImmutableMatrix, b: sympy.ImmutableMatrix, names: list[Any], by: str, pick: Pick) -> Worked:
    t = started(A, b, pick=pick)
    t.forward()
    residual = [t.rows[i][-1] for i in range(len(t.pivots), A.rows) if not is_zero(t.rows[i][-1])]
    never = next((r for r in residual if not r.free_symbols), None)
    if never is None and by == WAYS[0]:
        t.backward()
    steps = list(t.steps)
    if residual:
        steps.append(no_solution(t))
    if never is not None:
        return _none(A, b, t, steps, names, residual, ())
    particular, kernel, free, found = (read_off if by == WAYS[0] else back_substituted)(t, names)
    cases = special_cases(A, b, t.assumed, residual, lambda M, r: _solved(M, r, names, by, pick))
    if residual:
        return _none(A, b, t, steps, names, residual, cases)
    steps += found
    kind = "infinitely many" if free else "unique"
    value, letters = general(particular, kernel, A.free_symbols | b.free_symbols | set(names))
    parts = {
        "kind": kind,
        "particular": particular,
        "kernel": kernel,
        "free": free,
        "pivots": [j for _, j in t.pivots],
        "rank": len(t.pivots),
        "unknowns": names,
        "cases": _cases(cases),
        "parameters": letters,
    }
    evidence = _solution_checked(A, b, particular, kernel, len(t.pivots))
    notes = (*assumptions(t), *(c.told() for c in cases))
    answer = _answer(names, particular, kernel, letters)
    return Worked(
        "linear equations",
        _question(A, b, names),
        value,
        answer,
        tuple(steps),
        evidence,
        parts,
        notes,
        "MML 2.3",
    )


def _solution_checked(A: Any, b: Any, particular: Any, kernel: Any, rank: int) -> tuple[Verified, ...]:
    """Multiply the solutions out, and count their directions."""
    if not kernel.cols:
        return (exactly("A x is b", equal(A * particular, b)),)
    return (
        exactly("A times the particular solution is b", equal(A * particular, b)),
        exactly("A times each vector of the kernel is 0", equal(A * kernel, sympy.zeros(A.rows, kernel.cols))),
        exactly("rank and number of free unknowns add to n", rank + kernel.cols == A.cols),
    )


def _question(A: sympy.ImmutableMatrix, b: sympy.ImmutableMatrix, names: Sequence[Any]) -> tuple[Formula, ...]:
    return (Formula.of(A, sympy.Matrix(names), "=", b),)


def _answer(names: Sequence[Any], particular: Any, kernel: Any, letters: Sequence[Any]) -> tuple[Formula, ...]:
    parts: list[Any] = [sympy.Matrix(names), "=", particular]
    for k, letter in enumerate(letters):
        parts += ["+", letter, kernel[:, k]]
    why = f"for all numbers {', '.join(map(scalar_text, letters))}" if letters else ""
    return (Formula.of(*parts, why=why),)


def _none(
    A: sympy.ImmutableMatrix, b: sympy.ImmutableMatrix, t: Tableau, steps: list[Any], names: list[Any],
    residual: list[Any], cases: Sequence[Case],
) -> Worked:  # fmt: skip
    """Return that there is no solution, with the combination of the equations that says 0 = something else."""
    row = next(i for i in range(len(t.pivots), A.rows) if not is_zero(t.rows[i][-1]))
    y = t.elimination()[row, :]
    left, right = (y * A).applyfunc(factored), factored((y * b)[0, 0])
    evidence = (exactly(
        "a combination of the equations, worked out afresh, has 0 on the left and not on the right",
        left.is_zero_matrix and not is_zero(right),
    ),)  # fmt: skip
    where = [Formula.of(r, "=", 0) for r in residual if r.free_symbols]
    told = Formula.of("no solution" if not where else "no solution, unless")
    parts = {
        "kind": "none",
        "particular": None,
        "kernel": None,
        "free": [],
        "pivots": [j for _, j in t.pivots],
        "rank": len(t.pivots),
        "unknowns": names,
        "cases": _cases(cases),
        "combination": y,
        "conditions": residual,
    }
    notes = (*assumptions(t), *(c.told() for c in cases if not c.answers))
    for case in cases:
        steps += [s for s in case.worked.steps if case.answers and s.rule in FOUND]
        where += [replace(f, why=f"for {case.name}") for f in case.worked.answer if case.answers]
    return Worked(
        "linear equations",
        _question(A, b, names),
        None,
        (told, *where),
        tuple(steps),
        evidence,
        parts,
        notes,
        "MML 2.3",
    )


def _cases(cases: Sequence[Case]) -> dict[str, Any]:
    return {c.name: {"kind": c.worked.parts["kind"], "solution": c.worked.value} for c in cases}


def back_substitution(U: Any, b: Any, *, unknowns: Any = "") -> Worked:
    """Solve U x = b for an upper triangular U, from the last equation up.

    >>> back_substitution("[2 1; 0 4]", [5, 4]).value.T
    Matrix([[2, 1]])

    `U`: [n n], `b`: [n]. Raises `ShapeError` for a U that is not triangular; a zero on the diagonal leaves free
    unknowns or no solution, as in `solve`. Source: Imperial LA W3.
    """
    M, r = given(U, "U"), vector(b)
    fit(M, r)
    if any(not is_zero(M[i, j]) for i in range(M.rows) for j in range(min(i, M.cols))):
        raise ShapeError("U is not upper triangular.", repair="Use solve: it eliminates first.")
    return _solved(M, r, named(unknowns, M.cols, M.free_symbols | r.free_symbols), WAYS[1], "first")


def forward_substitution(L: Any, b: Any) -> Worked:
    """Solve L y = b for a lower triangular L with no zero on its diagonal, from the first equation down.

    >>> forward_substitution("[2 0; 1 4]", [4, 6]).value.T
    Matrix([[2, 1]])

    `L`: [n n], `b`: [n]. Raises `ShapeError` for an L that is not triangular, `AgnesiError` for a zero on its diagonal.
    Source: MML 4.3.
    """
    M, r = given(L, "L"), vector(b)
    fit(M, r)
    if M.rows != M.cols or any(not is_zero(M[i, j]) for i in range(M.rows) for j in range(i + 1, M.cols)):
        raise ShapeError("L is not square and lower triangular.", repair="Use solve: it eliminates first.")
    zero = next((i for i in range(M.rows) if is_zero(M[i, i])), None)
    if zero is not None:
        raise AgnesiError(f"L is singular: {low('ℓ', zero + 1)} on its diagonal is 0.", repair="Use solve.")
    return _forward(M, r)


def _forward(M: sympy.ImmutableMatrix, r: sympy.ImmutableMatrix) -> Worked:
    names = [sympy.Symbol(f"y_{k + 1}", real=True) for k in range(M.rows)]
    known: dict[int, Any] = {}
    steps = [
        one_unknown([*M.row(i), r[i]], i, known, names, "forward substitution", i + 1) for i in range(M.rows)
    ]  # fmt: skip
    y = sympy.ImmutableMatrix([known[i] for i in range(M.rows)])
    answer = Formula.of(sympy.Matrix(names), "=", y)
    evidence = (exactly("L y is b", equal(M * y, r)),)
    question = Formula.of(M, sympy.Matrix(names), "=", r)
    return Worked("forward substitution", (question,), y, (answer,), tuple(steps), evidence, source="MML 4.3")
