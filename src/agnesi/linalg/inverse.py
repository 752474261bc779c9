"""The inverse: by eliminating in [A | I], and by the adjugate for 2 × 2 and 3 × 3."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from agnesi.errors import AgnesiError, NotNumeric, ShapeError
from agnesi.linalg import arithmetic
from agnesi.linalg.arithmetic import given, one_norm, probe, sympy_matrix
from agnesi.linalg.determinants import cofactor_lines, expansion, singular_values
from agnesi.linalg.elimination import assumptions, started
from agnesi.linalg.notation import equal, exactly, floats, is_zero, nearly, numeric, square
from agnesi.linalg.row_operations import factored
from agnesi.linalg.tableau import Pick, Tableau
from agnesi.linalg.written import linear
from agnesi.worked.exact import to_expr
from agnesi.worked.pieces import Formula, grid, scalar_text
from agnesi.worked.record import Step, Verified, Worked

REPAIR = "Every matrix has a pseudoinverse: use pseudoinverse."


def inverse(
    A: Any, *, by: str = "elimination", pick: Pick = "first", steps: bool = True, exact: bool | None = None
) -> Worked:
    """Find the inverse of a square matrix by row operations on [A | I], or by the adjugate (2 × 2 and 3 × 3).

    >>> inverse("[1 2; 3 5]").value
    Matrix([
    [-5,  2],
    [ 3, -1]])

    `A`: [n n]; `by` is "elimination" or "adjugate". `steps=False` gives the exact answer alone, `exact=False` floats by
    LAPACK with their `condition` number. Raises `ShapeError` for a matrix that is not square, `NotNumeric` for a
    singular one, with the combination of its rows that is zero. Source: MML 2.2.2, 2.3.3.
    """
    if numeric(A, exact):
        return _in_floats(A)
    if not steps:
        return _exactly(A)
    M = given(A)
    square(M)
    if by == "adjugate":
        return _adjugate(M)
    if by != "elimination":
        raise AgnesiError(f"There is no way to invert called {by!r}.", expected='"elimination" or "adjugate"')
    t = started(M, sympy.eye(M.rows), pick=pick)
    t.forward()
    if len(t.pivots) < M.rows:
        raise _singular(t, M)
    t.backward()
    found = sympy.ImmutableMatrix([r[M.rows :] for r in t.rows])
    said = "The left half is I, so the right half is the inverse."
    why = "The operations together are one matrix E with E A = I: E is the inverse, and E I stands on the right."
    last = Step("read off the inverse", said, (Formula.of("A⁻¹", "=", found),), why, "MML 2.3.3", {"inverse": found})
    return _worked(M, found, (*t.steps, last), (*assumptions(t), *singular_values(_product(t))), "MML 2.3.3")


def _product(t: Tableau) -> Any:
    """Return the determinant from the operations that were done: 1 over the product of their factors."""
    product = sympy.S.One
    for operation in t.operations:
        product = product * operation.determinant()
    return factored(1 / product)


def _worked(M: sympy.ImmutableMatrix, found: Any, steps: Any, notes: tuple[str, ...], source: str) -> Worked:
    one = sympy.eye(M.rows)
    evidence = (exactly("A A⁻¹ = I", equal(M * found, one)), exactly("A⁻¹ A = I", equal(found * M, one)))
    answer = Formula.of("A⁻¹", "=", found)
    return Worked("inverse", (Formula.of("A", "=", M),), found, (answer,), tuple(steps), evidence, {}, notes, source)


def _singular(t: Tableau, M: sympy.ImmutableMatrix) -> NotNumeric:
    """Return the error of a singular matrix: which combination of its rows is zero."""
    y = t.elimination()[len(t.pivots), :]
    names = [sympy.Symbol(f"R_{k + 1}") for k in range(M.rows)]
    told = scalar_text(linear(list(y), names))
    return NotNumeric(f"A is singular, so it has no inverse: {told} is a row of zeros.", repair=REPAIR)


def _adjugate(M: sympy.ImmutableMatrix) -> Worked:
    n = M.rows
    if n not in (2, 3):
        raise ShapeError(f"A is {n}×{n}; by the adjugate only 2×2 and 3×3 are worked.", repair='Use by="elimination".')
    det, first = expansion(M)
    if is_zero(det):
        raise NotNumeric("A is singular, so it has no inverse: its determinant is 0.", repair=REPAIR)
    cofactors, lines = cofactor_lines(M)
    adjugate = sympy.ImmutableMatrix(cofactors.T)
    found = sympy.ImmutableMatrix((adjugate / det).applyfunc(factored))
    steps = [
        Step(
            "determinant", f"The determinant is {scalar_text(det)}: not 0.", first, source="MML 4.1", data={"det": det}
        ),
        Step(
            "cofactors", "The cofactors: strike out row i and column j, take the determinant, and the sign (−1)ⁱ⁺ʲ.",
            lines, source="MML 4.1", data={"cofactors": cofactors},
        ),
        Step(
            "adjugate", "Transpose the cofactors: the adjugate.", (Formula.of("adj A", "=", adjugate),),
            "For 2 × 2 this swaps the diagonal and turns the other two signs." if n == 2 else "",
            data={"adjugate": adjugate},
        ),
        Step(
            "divide by the determinant", "Divide by the determinant.",
            (Formula.of("A⁻¹", "=", to_expr(1 / det), grid(adjugate), "=", found),), data={"inverse": found},
        ),
    ]  # fmt: skip
    return _worked(M, found, steps, singular_values(det), "MML 2.2.2; 4.1")


def _exactly(A: Any) -> Worked:
    D = arithmetic.exact(A)
    square(D)
    found = arithmetic.inverse(D)
    if found is None:
        raise NotNumeric("A is singular, so it has no inverse.", repair=REPAIR)
    n = D.shape[0]
    rng = np.random.default_rng(n)
    x = type(D)([[D.domain.convert(int(v))] for v in rng.integers(-99, 100, n)], (n, 1), D.domain)
    holds = D * (found * x) == x
    evidence = (exactly("A A⁻¹ x = x for a vector x of random whole numbers", holds),)
    value = sympy_matrix(found)
    answer = Formula.of("A⁻¹", "=", value) if n <= 12 else Formula.of(f"{n}×{n} entries, in value")
    return Worked("inverse", (), value, (answer,), (), evidence, source="MML 2.2.2")


def _in_floats(A: Any) -> Worked:
    M = floats(A)
    square(M)
    n = M.shape[0]
    try:
        found = np.asarray(np.linalg.inv(M), dtype=np.float64)
    except np.linalg.LinAlgError:
        raise NotNumeric("A is singular: elimination meets a pivot 0.", repair=REPAIR) from None
    condition = one_norm(M) * one_norm(found)
    if not condition < 1 / np.finfo(float).eps:
        raise NotNumeric(f"A is singular to rounding: its condition number is {condition:.1e}.", repair=REPAIR)
    x = probe(n)
    error = float(np.abs(M @ (found @ x) - x).max())
    digits = max(0, int(15.95 - np.log10(max(condition, 1))))
    notes = (f"The condition number is {condition:.1e} (1-norm): about {digits} digits are certain.",)
    evidence: tuple[Verified, ...] = (nearly("A A⁻¹ x = x for a vector x", error, 1e-14 * n * condition + 1e-12),)
    answer = Formula.of("A⁻¹", "=", found) if n <= 12 else Formula.of(f"{n}×{n} entries, in value")
    return Worked("inverse in floats", (), found, (answer,), (), evidence, {"condition": condition}, notes)
