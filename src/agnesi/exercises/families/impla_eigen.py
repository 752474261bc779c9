"""Determinants, eigenvalues and eigenvectors by hand, and what they give."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import sympy

from agnesi import linalg
from agnesi.exercises.drawing import (
    apart,
    distinct,
    integer,
    listed,
    matrix,
    once,
    plus,
    raised,
    times,
    typed,
    unimodular,
)
from agnesi.exercises.record import Exact, Family, Formula, Instance, Planted
from agnesi.worked.record import Worked


def _vec(v: Any) -> str:
    return "(" + ", ".join(str(e).replace("-", "−") for e in v) + ")"


def _determinant(rng: Random, level: int) -> Instance:
    """Draw a determinant of order 2 or 3."""
    A = matrix(rng, 2 if level == 1 else 3, 2 if level == 1 else 3, 5 if level < 3 else 4)
    while A.det() == 0 or (level == 2 and sum(v == 0 for v in A) < 2):
        A = matrix(rng, A.rows, A.rows, 4)
    work = once(linalg.determinant, A)
    value = sympy.sympify(work().value)
    diagonal = sympy.prod(A[i, i] for i in range(A.rows))
    slips = [
        (-value, "sign", "", ""),
        (
            diagonal,
            "diagonal only",
            "only the diagonal was multiplied",
            "det [a b; c d] = ad − bc: the other products belong to it too.",
        ),
        (A.trace(), "trace for determinant", "the diagonal was added: that is the trace", "det [a b; c d] = ad − bc."),
    ]
    if level == 1:
        slips.append(
            (A[0, 0] * A[1, 1] + A[0, 1] * A[1, 0], "sign of the second product", "the products were added", "ad − bc.")
        )
    return Instance(
        f"Find the determinant of $A = {typed(A)}$.",
        Exact(value, lines="value", claim="det(A)"),
        "a number",
        f"A = {listed(A)}",
        slips=apart(value, slips),
        work=work,
    )


def _spectral(rng: Random, level: int) -> tuple[sympy.ImmutableMatrix, list[int]]:
    """Return a whole matrix with whole, different eigenvalues."""
    n = 2
    values = rng.sample([k for k in range(-4, 7) if k], n)
    if level == 1:
        A = sympy.Matrix([[values[0], integer(rng, -4, 4)], [0, values[1]]])
        return (A if rng.random() < 0.5 else A.T).as_immutable(), values
    P = unimodular(rng, n, 2 if level == 2 else 3)
    return (P * sympy.diag(*values) * P.inv()).as_immutable(), values


def _eigenvalues(rng: Random, level: int) -> Instance:
    """Draw a 2×2 matrix: its eigenvalues, which are not those of −A."""
    A, values = _spectral(rng, level)
    while sum(values) == 0 or (level > 1 and (A[0, 1] == 0 or A[1, 0] == 0)):
        A, values = _spectral(rng, level)
    work = once(_values_of, A)
    right = tuple(sorted(work().value))
    slips = [(tuple(-v for v in right), "sign", "the signs of all are turned", "They are the roots of det(A − λI).")]
    if level > 1:
        slips.append(
            (
                (A[0, 0], A[1, 1]),
                "diagonal for eigenvalues",
                "the diagonal was read off",
                "That is so for triangular matrices.",
            )
        )
    else:
        slips.append(
            (
                (A[0, 0], A[0, 1] or A[1, 0]),
                "row for eigenvalues",
                "an entry off the diagonal was taken",
                "The eigenvalues of a triangular matrix are its diagonal.",
            )
        )
    planted = tuple(
        Planted("{" + ", ".join(str(v) for v in s) + "}", *rest) for s, *rest in slips if sorted(s) != sorted(right)
    )
    return Instance(
        f"Find the eigenvalues of $A = {typed(A)}$.",
        Exact(right, "set"),
        "a set, such as {1, 3}",
        slips=planted,
        work=work,
    )


def _eigenvector(rng: Random, level: int) -> Instance:
    """Draw a matrix and one of its eigenvalues: an eigenvector."""
    A, values = _spectral(rng, level)
    while level > 1 and (A[0, 1] == 0 or A[1, 0] == 0):
        A, values = _spectral(rng, level)
    at = rng.choice(values)
    kernel, other = (_whole(linalg.null_space(A - k * sympy.eye(2)).value) for k in (at, sum(values) - at))
    slips = [
        (
            other,
            "other eigenvalue",
            "the other eigenvalue was used",
            "(A − λI)v = 0 with the λ that is asked.",
        ),
        (sympy.ImmutableMatrix([kernel[0], -kernel[1]]), "sign", "", ""),
        (
            sympy.zeros(2, 1).as_immutable(),
            "zero vector",
            "the zero vector was given, which every λ allows",
            "An eigenvector is not 0.",
        ),
    ]
    planted = tuple(p for p in apart(kernel, slips) if not (p.slip == "sign" and 0 in kernel))
    return Instance(
        f"Find an eigenvector of $A = {typed(A)}$ to the eigenvalue ${at}$.".replace("$-", "$−"),
        Exact(kernel, "vector", "scale"),
        "a vector, such as (1, −2); any multiple counts",
        slips=planted,
        work=once(_vector_of, A, at),
    )


def _whole(kernel: Any) -> sympy.ImmutableMatrix:
    """Return a vector that spans a kernel, with whole entries."""
    v = sympy.ImmutableMatrix(kernel)[:, 0]
    return (v * sympy.ilcm(*(sympy.Rational(e).q for e in v))).as_immutable()


def _values_of(A: sympy.Matrix) -> Worked:
    """Return the eigenvalues worked, without the eigenvectors."""
    done = linalg.eigen(A)
    return replace(done, steps=tuple(s for s in done.steps if not s.said.startswith("Eigenvectors")))


def _vector_of(A: sympy.Matrix, at: int) -> Worked:
    """Return the eigenvectors to one eigenvalue worked."""
    done = linalg.eigen(A)
    number = str(at).replace("-", "−")
    found = [s for s in done.steps if s.said.startswith("Eigenvectors") and f"= {number}:" in s.said]
    return replace(done, steps=tuple(replace(s, said=f"Solve (A − λI)v = 0 with λ = {number}.") for s in found))


def _polynomial(rng: Random, level: int) -> Instance:
    """Draw a 2×2 matrix: its characteristic polynomial det(A − λI)."""
    A = matrix(rng, 2, 2, 3 + level)
    while A.trace() == 0 or A.det() == 0:
        A = matrix(rng, 2, 2, 3 + level)
    t, d = int(A.trace()), int(A.det())
    lam = sympy.Symbol("λ")
    assert (
        sympy.expand(
            linalg.characteristic_polynomial(A).value.subs(
                {s: lam for s in linalg.characteristic_polynomial(A).value.free_symbols}
            )
            - (lam**2 - t * lam + d)
        )
        == 0
    )
    value = plus("λ²", times(-t, "λ"), times(d, "1"))
    slips = [
        Planted(
            plus("λ²", times(t, "λ"), times(d, "1")),
            "sign of the trace",
            "the trace came with the wrong sign",
            "det(A − λI) = λ² − tr(A) λ + det A.",
        ),
        Planted(
            plus("λ²", times(-t, "λ"), times(-d, "1")),
            "sign of the determinant",
            "the determinant came with the wrong sign",
            "det(A − λI) = λ² − tr(A) λ + det A.",
        ),
        Planted(plus("λ²", times(d, "1")), "term lost"),
    ]
    return Instance(
        f"Find the characteristic polynomial $det(A − λI)$ of $A = {typed(A)}$.",
        Formula(value, value),
        "a polynomial in λ, such as λ² − 4λ + 3",
        "λ: scalar",
        slips=distinct(value, slips),
        work=once(linalg.characteristic_polynomial, A),
    )


def _power(rng: Random, level: int) -> Instance:
    """Draw A = PDP⁻¹ and a power of it."""
    n = level + 1
    values = rng.sample((-1, 1, 2, 3), 2)
    P = unimodular(rng, 2, 2)
    A = (P * sympy.diag(*values) * P.inv()).as_immutable()
    while A[0, 1] == 0 and A[1, 0] == 0:
        P = unimodular(rng, 2, 3)
        A = (P * sympy.diag(*values) * P.inv()).as_immutable()
    work = once(linalg.power_by_eigenbasis, A, n)
    value = sympy.ImmutableMatrix(linalg.power(A, n).value)
    slips = [
        (
            A.applyfunc(lambda e: e**n).as_immutable(),
            "powers of the entries",
            "each entry was raised, not the matrix",
            "A² is A times A; only of a diagonal matrix are powers those of the entries.",
        ),
        ((n * A).as_immutable(), "multiple for power", "A was multiplied by the exponent", "Aᵏ = P Dᵏ P⁻¹."),
        (
            sympy.diag(*[v**n for v in values]).as_immutable(),
            "eigenbasis not left",
            "the power was left in the basis of eigenvectors",
            "Aᵏ = P Dᵏ P⁻¹: Dᵏ is to be carried back.",
        ),
    ]
    return Instance(
        f"Find $A^{n}$ for $A = {typed(A)}$, by its eigenvectors or otherwise.",
        Exact(value, "matrix", claim=raised("A", n)),
        "a matrix, such as [1 2; 3 4]",
        f"A = {listed(A)}",
        slips=apart(value, slips),
        work=work,
    )


FAMILIES = (
    Family(
        "impla-determinant",
        "Determinants",
        "compute",
        ("determinant",),
        _determinant,
        where=(("impla", "3"), ("mml", "4.1")),
    ),
    Family(
        "impla-eigenvalues",
        "Eigenvalues of a 2×2 matrix",
        "compute",
        ("eigen", "determinant"),
        _eigenvalues,
        where=(("impla", "5"), ("mml", "4.2")),
    ),
    Family(
        "impla-eigenvector",
        "An eigenvector",
        "compute",
        ("eigen", "linear-system"),
        _eigenvector,
        where=(("impla", "5"), ("mml", "4.2")),
    ),
    Family(
        "impla-characteristic",
        "The characteristic polynomial",
        "compute",
        ("eigen", "determinant"),
        _polynomial,
        where=(("impla", "5"), ("mml", "4.2")),
    ),
    Family(
        "impla-matrix-power",
        "Powers of a matrix",
        "compute",
        ("eigendecomp", "eigen", "matrix"),
        _power,
        where=(("impla", "5"), ("mml", "4.4")),
    ),
)
