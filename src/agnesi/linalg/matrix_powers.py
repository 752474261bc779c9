"""Powers and the exponential of a matrix, through its eigenbasis."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg
import sympy

from agnesi.errors import AgnesiError, NotNumeric
from agnesi.linalg.diagonal import eigenbasis
from agnesi.linalg.eigenvalues import eigen
from agnesi.linalg.notation import equal, exactly, high, is_zero, nearly, square, tidied, tidy
from agnesi.worked.exact import matrix, scalar
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked


def power_by_eigenbasis(A: Any, k: Any) -> Worked:
    """Find Aᵏ through the eigenbasis, PDᵏP⁻¹; k may be a letter. A defective matrix is multiplied out instead.

    >>> power_by_eigenbasis("[1 1; 0 2]", 2).value
    Matrix([
    [1, 3],
    [0, 4]])
    >>> power_by_eigenbasis("[1 1; 0 2]", "k").value
    Matrix([
    [1, 2**k - 1],
    [0,     2**k]])

    `A`: [n n]; k a whole number (below 0 for an A that has an inverse) or a letter. For numbers alone
    `power` is shorter. Source: MML 4.4; Imperial LA W5.
    """
    M = matrix(A)
    square(M)
    times = _exponent(k, M)
    found = eigen(M)
    if found.exact is False or found.defective:
        if not times.is_Integer:
            what = "A has no exact basis of eigenvectors, so there is no formula with a letter."
            raise AgnesiError(what, repair="Give k as a number.")
        return _multiplied(M, int(times), found)
    P, D, inverse, steps = eigenbasis(found)
    Dk = sympy.ImmutableMatrix(sympy.diag(*[tidy(v**times) if times.is_Integer else v**times for v in found.owners]))
    value = _powered(P * Dk * inverse, times)
    name = high("A", int(times)) if times.is_Integer else "Aᵏ"
    letter = name[1:]
    steps += [
        Step("power of the diagonal", "Raise each number on the diagonal.", (Formula.of(f"D{letter}", "=", grid(Dk)),),
             "In PDP⁻¹ PDP⁻¹ … every P⁻¹P between is I.", "MML 4.4", {"D": D, "power": times, "Dk": Dk}),
        Step("back", "Go back to the standard basis.", (Formula.of(name, "=", f"PD{letter}P⁻¹", "=", grid(value)),),
             data={"P": P, "Dk": Dk, "inverse": inverse, "value": value}),
    ]  # fmt: skip
    evidence = (_power_evidence(M, value, times),)
    answer = (Formula.of(name, "=", grid(value)),)
    parts = {"P": P, "D": D, "Dk": Dk, "inverse": inverse}
    return Worked(
        "power of a matrix", found.question, value, answer, (*found.steps, *steps), evidence, parts, (), "MML 4.4"
    )


def _exponent(k: Any, M: sympy.MatrixBase) -> sympy.Expr:
    """Return a whole number, or a letter as a symbol for one; raises `NotNumeric` for others."""
    times = scalar(k)
    if times.is_Symbol:
        return sympy.Symbol(times.name, integer=True, nonnegative=True)
    if not times.is_Integer:
        raise NotNumeric(f"{times} is no whole number.", expected="a whole number or a letter")
    if abs(times) > 10_000:
        raise NotNumeric(f"The power {times} is too large to write out.", expected="a power up to 10000")
    if times < 0 and is_zero(M.det()):
        raise NotNumeric("A is singular: it has no negative powers.", expected="k ≥ 0")
    return times


def _powered(M: sympy.MatrixBase, times: sympy.Expr) -> sympy.ImmutableMatrix:
    if times.is_Integer:
        return tidied(M)
    return sympy.ImmutableMatrix(M.applyfunc(lambda v: sympy.powsimp(sympy.expand(v))))


def _power_evidence(M: sympy.MatrixBase, value: sympy.MatrixBase, times: sympy.Expr) -> Verified:
    if times.is_Integer:
        return exactly("multiplying out gives the same", equal(tidied(M ** int(times)), value))
    same = all(equal(tidied(value.subs(times, n)), tidied(M**n)) for n in (1, 2, 3, 5))
    return exactly("multiplying out gives the same for k = 1, 2, 3, 5", same)


def _multiplied(M: sympy.MatrixBase, k: int, found: Worked) -> Worked:
    """Multiply out by squares: A², A⁴, A⁸, …, and those that k is a sum of."""
    base = sympy.ImmutableMatrix(M if k >= 0 else M.inv())
    value, steps, size, exponent = sympy.ImmutableMatrix(sympy.eye(M.rows)), [], base, 1
    rest = abs(k)
    while rest:
        if rest % 2:
            value = tidied(value * size)
        rest //= 2
        if rest:
            before, size, exponent = size, tidied(size * size), exponent * 2
            name = high("A", exponent if k >= 0 else -exponent)
            lines = (Formula.of(name, "=", grid(size)),)
            steps.append(Step("square", "Square.", lines, data={"before": before, "after": size}))
    name = high("A", k)
    steps.append(Step("multiply", f"Multiply those that {name} is made of.", (Formula.of(name, "=", grid(value)),)))
    evidence = (exactly("the determinant is the power of the determinant", is_zero(value.det() - M.det() ** k)),)
    answer = (Formula.of(name, "=", grid(value)),)
    question = (Formula.of("A", "=", grid(M)),)
    return Worked("power of a matrix", question, value, answer, tuple(steps), evidence, {}, found.notes)


def matrix_exponential(A: Any, t: Any = 1) -> Worked:
    """Find exp(tA) = P exp(tD) P⁻¹ of a diagonalisable matrix; t may be a letter.

    >>> matrix_exponential("[0 -1; 1 0]", "t").value
    Matrix([
    [cos(t), -sin(t)],
    [sin(t),  cos(t)]])

    `A`: [n n]. Raises `AgnesiError` for a defective matrix, and where the eigenvalues have no short formula. Source:
    Golub and Van Loan 9.3.
    """
    M = matrix(A)
    time = scalar(t)
    found = eigen(M)
    if found.exact is False:
        raise AgnesiError("The eigenvalues have no short formula.", repair="scipy.linalg.expm gives numbers.")
    P, D, inverse, steps = eigenbasis(found)
    E = sympy.ImmutableMatrix(sympy.diag(*[sympy.exp(time * v) for v in found.owners]))
    raw = P * E * inverse
    value = sympy.ImmutableMatrix(raw.applyfunc(_real_form))
    shown = "exp(tA)" if time != 1 else "exp(A)"
    inner = shown.replace("A", "D")
    steps += [
        Step("exponential of the diagonal", "Take exp of each number on the diagonal.",
             (Formula.of(inner, "=", grid(E)),),
             "In the series of exp every power of A is P times a power of D times P⁻¹.",
             data={"D": D, "t": time, "E": E}),
        Step("back", "Go back to the standard basis.", (Formula.of(shown, "=", grid(value)),),
             data={"P": P, "E": E, "inverse": inverse, "value": value}),
    ]  # fmt: skip
    evidence = (_exponential_evidence(M, value, time),)
    answer = (Formula.of(shown, "=", grid(value)),)
    parts = {"P": P, "D": D, "inverse": inverse}
    return Worked("matrix exponential", found.question, value, answer, (*found.steps, *steps), evidence, parts)


def _real_form(value: sympy.Expr) -> sympy.Expr:
    """Return a sum of exponentials without i, where it is real."""
    if value.has(sympy.I):
        return sympy.simplify(sympy.expand_complex(sympy.expand(value)))
    return sympy.powsimp(sympy.expand(value))


def _exponential_evidence(M: sympy.MatrixBase, value: sympy.MatrixBase, time: sympy.Expr) -> Verified:
    """Compare with scipy at numbers in place of letters."""
    letters = sorted(M.free_symbols | time.free_symbols, key=str)
    at = {s: sympy.Rational(3 + 2 * k, 7) for k, s in enumerate(letters)}
    ours = np.array(value.subs(at).evalf(20).tolist(), dtype=complex)
    theirs = scipy.linalg.expm(np.array((M * time).subs(at).tolist(), dtype=float))
    error = float(np.abs(ours - theirs).max() / max(1.0, np.abs(theirs).max()))
    return nearly("scipy's exponential" + (" at numbers for the letters" if letters else ""), error, 1e-9)
