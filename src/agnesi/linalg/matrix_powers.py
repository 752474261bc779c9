"""Powers and the exponential of a matrix, through its eigenbasis, or its Jordan form where that is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
import sympy

from agnesi.errors import AgnesiError, NotNumeric, TooLarge
from agnesi.linalg.diagonal import eigenbasis
from agnesi.linalg.eigenvalues import eigen
from agnesi.linalg.jordan import Chain, jordan_basis, of_blocks
from agnesi.linalg.notation import columns, equal, exactly, high, in_floats, is_zero, nearly, square, tidied, tidy
from agnesi.worked.exact import matrix, scalar
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked

LARGEST = 700  # exponents of exp that floats hold


@dataclass(frozen=True)
class Form:
    """A = P B P⁻¹ with B diagonal ("D") or of Jordan blocks ("J"), the blocks, and the steps that found it."""

    letter: str
    P: sympy.ImmutableMatrix
    B: sympy.ImmutableMatrix
    inverse: sympy.ImmutableMatrix
    chains: tuple[Chain, ...]
    steps: tuple[Step, ...]

    def back(self, functions: sympy.MatrixBase) -> sympy.ImmutableMatrix:
        """Return P F P⁻¹ for the function F of the blocks, with the coefficient of each of its entries tidy."""
        entries = sorted({v for v in functions if v != 0}, key=sympy.default_sort_key)
        total = sympy.zeros(*functions.shape)
        for entry in entries:
            where = functions.applyfunc(lambda v, e=entry: sympy.Integer(v == e))
            total += tidied(self.P * where * self.inverse) * entry
        return sympy.ImmutableMatrix(total)


def _form(M: sympy.ImmutableMatrix, found: Worked) -> Form:
    """Return the diagonal form of a matrix, or its Jordan form where it is defective."""
    if found.defective:
        basis = jordan_basis(M, found)
        return Form("J", basis.P, basis.J, basis.inverse, basis.chains, basis.steps)
    P, D, inverse, steps = eigenbasis(found)
    chains = tuple(Chain(v, (p,)) for v, p in zip(found.owners, columns(P), strict=True))
    return Form("D", P, D, inverse, chains, tuple(steps))


def power_by_eigenbasis(A: Any, k: Any) -> Worked:
    """Find Aᵏ through the eigenbasis, PDᵏP⁻¹, or through the Jordan form, PJᵏP⁻¹; k may be a letter.

    >>> power_by_eigenbasis("[1 1; 0 2]", 2).value
    Matrix([
    [1, 3],
    [0, 4]])
    >>> power_by_eigenbasis("[1 1; 0 2]", "k").value
    Matrix([
    [1, 2**k - 1],
    [0,     2**k]])

    `A`: [n n]; k a whole number (below 0 for an A that has an inverse) or a letter. Where the eigenvalues have no short
    form a number k is multiplied out. For numbers alone `power` is shorter. Raises `NotNumeric` for a k that is no
    whole number up to 10⁴ in size, and `AgnesiError` for a letter without exact eigenvalues. Source: MML 4.4; Imperial
    LA W5.
    """
    M = matrix(A)
    square(M)
    times = _exponent(k, M)
    found = eigen(M)
    if found.exact is False:
        if not times.is_Integer:
            what = "The eigenvalues of A have no short form, so there is no formula with a letter."
            raise AgnesiError(what, repair="Give k as a number.")
        return _multiplied(M, int(times), found)
    form = _form(M, found)
    Bk = sympy.ImmutableMatrix(of_blocks(form.chains, _power_of(times)))
    value = tidied(form.P * Bk * form.inverse) if times.is_Integer else _joined(form.back(Bk))
    name = high("A", int(times)) if times.is_Integer else "Aᵏ"
    least = 0 if times.is_Integer else max((c.size for c in form.chains if is_zero(c.value)), default=0)
    notes = (f"0ᵏ is taken as 0 here: the formula holds for k ≥ {least}.",) if least else ()
    steps = (*form.steps, *_power_steps(form, Bk, value, name, times))
    parts = {"P": form.P, form.letter: form.B, f"{form.letter}k": Bk, "inverse": form.inverse}
    return Worked(
        "power of a matrix", found.question, value, (Formula.of(name, "=", grid(value)),), (*found.steps, *steps),
        (_power_evidence(M, value, times, least),), parts, notes, "MML 4.4",
    )  # fmt: skip


def _power_of(times: sympy.Expr) -> Callable[[Any, int], Any]:
    """Return the entries of the power of a Jordan block: k(k − 1)…(k − j + 1)/j! λᵏ⁻ʲ, j above the diagonal."""

    def entry(value: sympy.Expr, j: int) -> sympy.Expr:
        if is_zero(value):
            return sympy.Integer(times == j)
        found = sympy.ff(times, j) / sympy.factorial(j) * value ** (times - j)
        return tidy(found) if times.is_Integer else found

    return entry


def _power_steps(form: Form, Bk: Any, value: Any, name: str, times: sympy.Expr) -> tuple[Step, Step]:
    letter, raised = form.letter, name[1:]
    said, why = "Raise each number on the diagonal.", f"In P{letter}P⁻¹ P{letter}P⁻¹ … every P⁻¹P between is I."
    if letter == "J":
        said = "Raise each block: j places above its diagonal stands k(k − 1)…(k − j + 1)/j! times λᵏ⁻ʲ."
        why += " A block is λI + N, and the binomial theorem ends since a power of N is 0."
    line = Formula.of(f"{letter}{raised}", "=", grid(Bk))
    data = {letter: form.B, "power": times, f"{letter}k": Bk}
    back = Formula.of(name, "=", f"P{letter}{raised}P⁻¹", "=", grid(value))
    all_data = {"P": form.P, f"{letter}k": Bk, "inverse": form.inverse, "value": value}
    kind = "power of the diagonal" if letter == "D" else "power of the blocks"
    return Step(kind, said, (line,), why, "MML 4.4", data), Step(
        "back", "Go back to the standard basis.", (back,), data=all_data
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


def _joined(M: sympy.MatrixBase) -> sympy.ImmutableMatrix:
    """Return entries with a rational number and a power of it as one power: 2·2ᵏ is 2ᵏ⁺¹."""
    return sympy.ImmutableMatrix(M.applyfunc(lambda v: sympy.powsimp(sympy.expand(v)) if _rational_powers(v) else v))


def _rational_powers(value: sympy.Expr) -> bool:
    return all(p.base.is_Rational for p in value.atoms(sympy.Pow))


def _power_evidence(M: sympy.MatrixBase, value: sympy.MatrixBase, times: sympy.Expr, least: int) -> Verified:
    if times.is_Integer:
        return exactly("multiplying out gives the same", equal(tidied(M ** int(times)), value))
    tried = [n for n in (1, 2, 3, 5, 8) if n >= least][:4]
    same = all(equal(tidied(value.subs(times, n)), tidied(M**n)) for n in tried)
    return exactly(f"multiplying out gives the same for k = {', '.join(map(str, tried))}", same)


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
    """Find exp(tA) = P exp(tD) P⁻¹, with Jordan blocks in place of D for a defective matrix; t may be a letter.

    >>> matrix_exponential("[0 -1; 1 0]", "t").value
    Matrix([
    [cos(t), -sin(t)],
    [sin(t),  cos(t)]])
    >>> matrix_exponential("[2 1; 0 2]", "t").value
    Matrix([
    [exp(2*t), t*exp(2*t)],
    [       0,   exp(2*t)]])

    `A`: [n n]. Decimals by scipy, for a number t, where the eigenvalues have no short form. Raises `ShapeError` for a
    matrix that is not square, `TooLarge` where exp(tA) is past what floats hold, and `AgnesiError` for a letter t
    without exact eigenvalues. Source: Golub and Van Loan 9.3.
    """
    M = matrix(A)
    square(M)
    time = scalar(t)
    _not_too_large(M, time)
    found = eigen(M)
    if found.exact is False:
        return _exponential_in_floats(M, time, found)
    form = _form(M, found)
    E = sympy.ImmutableMatrix(of_blocks(form.chains, lambda v, j: _block_entry(time, v, j)))
    value = _real(form, time, E)
    shown = "exp(tA)" if time != 1 else "exp(A)"
    steps = (*form.steps, *_exponential_steps(form, time, E, value, shown))
    evidence = (_exponential_evidence(M, value, time),)
    answer = (Formula.of(shown, "=", grid(value)),)
    parts = {"P": form.P, form.letter: form.B, "inverse": form.inverse}
    return Worked("matrix exponential", found.question, value, answer, (*found.steps, *steps), evidence, parts)


def _not_too_large(M: sympy.MatrixBase, time: sympy.Expr) -> None:
    """Raise `TooLarge` where tA has entries that are past the exponents of floats."""
    largest = max((abs(v * time) for v in M if not (v * time).free_symbols), default=sympy.Integer(0))
    if largest > LARGEST:
        raise TooLarge(
            f"An entry of tA is about {float(sympy.log(largest, 10)):.0f} digits long, past what exp holds.",
            expected=f"entries up to {LARGEST}", repair="Make t smaller.",
        )  # fmt: skip


def _exponential_steps(form: Form, time: Any, E: Any, value: Any, shown: str) -> tuple[Step, Step]:
    letter = form.letter
    said = "Take exp of each number on the diagonal."
    why = f"In the series of exp every power of A is P times a power of {letter} times P⁻¹."
    if letter == "J":
        said = "Take exp of each block: j places above its diagonal stands tʲ/j! times exp(tλ)."
        why += " A block is λI + N, exp(tλI + tN) = exp(tλ) exp(tN), and the series of exp(tN) ends."
    kind = "exponential of the diagonal" if letter == "D" else "exponential of the blocks"
    first = Formula.of(shown.replace("A", letter), "=", grid(E))
    data = {"P": form.P, "E": E, "inverse": form.inverse, "value": value}
    back = Formula.of(shown, "=", f"P {shown.replace('A', letter)} P⁻¹", "=", grid(value))
    return (
        Step(kind, said, (first,), why, data={letter: form.B, "t": time, "E": E}),
        Step("back", "Go back to the standard basis.", (back,), data=data),
    )


def _real(form: Form, time: sympy.Expr, E: sympy.ImmutableMatrix) -> sympy.ImmutableMatrix:
    """Return P E P⁻¹; of a pair of complex eigenvalues the sum, with cos and sin in place of complex exponentials."""
    if not any(c.value.has(sympy.I) for c in form.chains) or any(c.value.free_symbols for c in form.chains):
        found = form.back(E)
        return sympy.ImmutableMatrix(found.applyfunc(_without_i)) if found.has(sympy.I) else found
    total = form.back(of_blocks(form.chains, lambda v, j: _block_entry(time, v, j) if sympy.im(v) == 0 else 0))
    pairs = {c.value: max(o.size for o in form.chains if o.value == c.value) for c in form.chains}
    for value, size in pairs.items():
        if sympy.im(value) > 0:
            total += sum((_wave(form, time, value, j) for j in range(size)), sympy.zeros(*total.shape))
    return sympy.ImmutableMatrix(total)


def _block_entry(time: sympy.Expr, value: sympy.Expr, j: int) -> sympy.Expr:
    """Return the entry j above the diagonal of exp of t times a Jordan block: tʲ/j! exp(tλ)."""
    return time**j / sympy.factorial(j) * sympy.exp(time * value)


def _wave(form: Form, time: sympy.Expr, value: sympy.Expr, j: int) -> sympy.Matrix:
    """Return what a complex eigenvalue a + bi and its conjugate add, by the entries j above the diagonal of blocks.

    With C the matrix by which tʲ/j! exp(tλ) is multiplied, it is 2 tʲ/j! exp(ta) (Re C cos(tb) − Im C sin(tb)).
    """

    def here(v: Any, i: int) -> sympy.Integer:
        return sympy.Integer(v == value and i == j)

    a, b = value.as_real_imag()
    C = tidied(form.P * of_blocks(form.chains, here) * form.inverse)
    real, imaginary = (tidied(2 * C.applyfunc(part)) for part in (sympy.re, sympy.im))
    return (real * sympy.cos(time * b) - imaginary * sympy.sin(time * b)) * _block_entry(time, a, j)


def _without_i(value: sympy.Expr) -> sympy.Expr:
    """Return a sum of exponentials with letters in them without i, where it is real."""
    return sympy.simplify(sympy.expand_complex(sympy.expand(value))) if value.has(sympy.I) else value


def _exponential_in_floats(M: sympy.MatrixBase, time: sympy.Expr, found: Worked) -> Worked:
    """Return the exponential in decimals, checked as the square of that of half the matrix."""
    if time.free_symbols:
        raise AgnesiError(
            "The eigenvalues of A have no short form, so there is no formula with a letter.",
            repair="Give t as a number.",
        )
    F = in_floats(M * time, "tA")
    value = scipy.linalg.expm(F)
    half = scipy.linalg.expm(F / 2)
    error = float(np.abs(half @ half - value).max() / max(1.0, np.abs(value).max()))
    name = "exp(A)" if time == 1 else "exp(tA)"
    line = Formula.of(name, "≈", grid(value))
    step = Step("decimals", "The eigenvalues have no short form, so this is worked out in decimals.", (line,))
    return Worked(
        "matrix exponential", found.question, value, (line,), (*found.steps, step),
        (nearly("it is the square of exp of half the matrix", error, 1e-10),), {},
        ("The exponential is given in decimals.",),
    )  # fmt: skip


def _exponential_evidence(M: sympy.MatrixBase, value: sympy.MatrixBase, time: sympy.Expr) -> Verified:
    """Compare with scipy at numbers in place of letters."""
    letters = sorted(M.free_symbols | time.free_symbols, key=str)
    at = {s: sympy.Rational(3 + 2 * k, 7) for k, s in enumerate(letters)}
    ours = np.array(value.subs(at).evalf(20).tolist(), dtype=complex)
    theirs = scipy.linalg.expm(np.array((M * time).subs(at).tolist(), dtype=float))
    error = float(np.abs(ours - theirs).max() / max(1.0, np.abs(theirs).max()))
    return nearly("scipy's exponential" + (" at numbers for the letters" if letters else ""), error, 1e-9)
