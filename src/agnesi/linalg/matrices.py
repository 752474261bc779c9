"""Products of matrices written out entry by entry, powers, trace, Kronecker product, and whether AB is BA."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from agnesi.errors import ShapeError, TooLarge
from agnesi.linalg.arithmetic import given, probe
from agnesi.linalg.factorisations import entry_name
from agnesi.linalg.inverse import inverse
from agnesi.linalg.notation import (
    Floats,
    all_finite,
    equal,
    exactly,
    floats,
    high,
    is_zero,
    nearly,
    numeric,
    square,
    whole,
)
from agnesi.linalg.row_operations import factored
from agnesi.linalg.written import summed, worked_line, written_product
from agnesi.worked.exact import to_expr
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Worked

WRITTEN = 36  # entries of a product that are written out


def times(A: sympy.MatrixBase, B: sympy.MatrixBase) -> sympy.ImmutableMatrix:
    """Return an exact product, entries tidy."""
    return sympy.ImmutableMatrix((A * B).applyfunc(factored))


def entries(
    A: sympy.ImmutableMatrix, B: sympy.ImmutableMatrix, C: sympy.ImmutableMatrix, name: str = "c"
) -> list[Formula]:
    """Return a line for each entry of C = A B: cᵢⱼ = aᵢ₁b₁ⱼ + aᵢ₂b₂ⱼ + … with the numbers put in."""
    lines = []
    for i in range(C.rows):
        for j in range(C.cols):
            written = summed([written_product([A[i, k], B[k, j]]) for k in range(A.cols)])
            lines.append(worked_line(entry_name(name, i, j), written, C[i, j]))
    return lines


def fit(A: Any, B: Any, names: str = "A B") -> None:
    """Raise `ShapeError` unless A has as many columns as B has rows."""
    a, b = names.split()
    if A.shape[1] != B.shape[0]:
        turned = A.shape[1] == B.shape[1]
        raise ShapeError(
            f"{names} does not exist: {a} is {A.shape[0]}×{A.shape[1]} and {b} is {B.shape[0]}×{B.shape[1]}.",
            expected=f"as many columns of {a} as rows of {b}", repair=f"{a} {b}ᵀ would fit." if turned else "",
        )  # fmt: skip


def product(A: Any, B: Any, *, exact: bool | None = None) -> Worked:
    """Multiply two matrices, each entry written out as row times column.

    >>> found = product("[1 2; 3 4]", "[5; 6]")
    >>> found.value.T
    Matrix([[17, 39]])

    `A`: [m k], `B`: [k n]. Raises `ShapeError` where the inner sizes differ. Source: MML 2.2.1.
    """
    if numeric(A, exact) or numeric(B, exact):
        return _product_in_floats(floats(A, finite=False), floats(B, "B", finite=False))
    M, N = given(A), given(B, "B")
    fit(M, N)
    C = times(M, N)
    lines = entries(M, N, C) if len(C) <= WRITTEN else []
    k = M.cols
    said = f"A is {M.rows}×{k}, B is {k}×{N.cols}: the product is {C.rows}×{C.cols}."
    why = f"Entry (i, j) is row i of A times column j of B, a sum of {k} product{'s' if k > 1 else ''}."
    steps = [Step("shapes", said, (), why, "MML 2.2.1")]
    if lines:
        data = {"left": M, "right": N, "product": C}
        steps.append(Step("row times column", "Work out each entry.", tuple(lines), source="MML 2.2.1", data=data))
    columns = sympy.Matrix.hstack(
        *(sum((N[r, j] * M[:, r] for r in range(k)), sympy.zeros(M.rows, 1)) for j in range(N.cols))
    )
    evidence = (exactly("each column of A B is that combination of the columns of A", equal(columns, C)),)
    question = (Formula.of("A", "B", "=", M, N),)
    return Worked(
        "matrix product", question, C, (Formula.of("A", "B", "=", C),), tuple(steps), evidence, source="MML 2.2.1"
    )


def _product_in_floats(A: Floats, B: Floats) -> Worked:
    fit(A, B)
    C = A @ B
    x = probe(B.shape[1])
    image = C @ x
    if not np.isfinite(image).all():
        all_finite(A)
        all_finite(B, "B")
    error = float(np.abs(image - A @ (B @ x)).max())
    scale = float(np.linalg.norm(A) * np.linalg.norm(B)) * B.shape[1] + 1e-300
    evidence = (nearly("(A B) x = A (B x) for a vector x", error, 1e-13 * scale),)
    return Worked(
        "matrix product in floats", (), C, (Formula.of(f"{C.shape[0]}×{C.shape[1]} entries, in value"),), (), evidence
    )


def power(A: Any, exponent: int) -> Worked:
    """Raise a square matrix to a whole power: A⁰ = I, one product after the other, squares for large ones.

    >>> power("[1 1; 1 0]", 10).value
    Matrix([
    [89, 55],
    [55, 34]])

    `A`: [n n]; a negative power is that of the inverse. Raises `ShapeError` for a matrix that is not square,
    `NotNumeric` for a negative power of a singular one, `TooLarge` for a power past 10⁴. Source: MML 2.2.1.
    """
    M = given(A)
    square(M)
    exponent = whole(exponent, "The power")
    if abs(exponent) > 10**4:
        raise TooLarge(f"The power {exponent} is past 10⁴.", repair="Diagonalise the matrix.")
    steps: list[Step] = []
    base, name = M, "A"
    if exponent < 0:
        found = inverse(M)
        base, name = found.value, "A⁻¹"
        steps = list(found.steps)
    size = abs(exponent)
    value = _powers(base, name, size, steps) if size else sympy.ImmutableMatrix(sympy.eye(M.rows))
    answer = Formula.of(high("A", exponent), "=", value)
    trace = sympy.sympify(value.det(method="berkowitz") - M.det(method="berkowitz") ** exponent)
    evidence = [exactly("its determinant is the power of the determinant", is_zero(trace))]
    if size < 2:
        evidence.append(exactly("it is A times one power lower", equal(times(value, base), base ** (size + 1))))
    else:
        evidence.append(
            exactly(
                "one product after the other gives the same", equal(_repeated(base, min(size, 64), value, size), value)
            )
        )
    return Worked(
        "power of a matrix",
        (Formula.of("A", "=", M),),
        value,
        (answer,),
        tuple(steps),
        tuple(evidence),
        source="MML 2.2.1",
    )


def _repeated(M: Any, most: int, value: Any, size: int) -> Any:
    """Return the power by one product after the other; past `most` products, by the powers of two halves."""
    made = sympy.eye(M.rows)
    for _ in range(most):
        made = times(made, M)
    return made if most == size else times(made, M ** (size - most))


def _powers(base: Any, name: str, size: int, steps: list[Step]) -> Any:
    """Return base to the power, with a step for each product: singly up to 5, then by squares."""
    known = {1: base}
    if size <= 5:
        order = [(k, k - 1, 1) for k in range(2, size + 1)]
    else:
        bits = [1 << k for k in range(size.bit_length()) if size >> k & 1]
        order = [(1 << k, 1 << (k - 1), 1 << (k - 1)) for k in range(1, size.bit_length())]
        total = bits[-1]
        for bit in reversed(bits[:-1]):
            order.append((total + bit, total, bit))
            total += bit
    for k, i, j in order:
        known[k] = times(known[i], known[j])
        left, right = (_power_name(name, p) for p in (i, j))
        line = Formula.of(_power_name(name, k), "=", left, right, "=", known[k])
        data = {"left": known[i], "right": known[j], "product": known[k]}
        steps.append(Step("multiply powers", f"{_power_name(name, k)}, as {left} times {right}.", (line,), data=data))
    return known[size]


def _power_name(name: str, k: int) -> str:
    if name == "A⁻¹":
        return high("A", -k)
    return name if k == 1 else high(name, k)


def trace(A: Any) -> Worked:
    """Find the trace of a square matrix: the sum of its diagonal.

    >>> trace("[1 2; 3 4]").value
    5

    `A`: [n n]. Raises `ShapeError` for a matrix that is not square. Source: MML 4.1.
    """
    M = given(A)
    square(M)
    value = factored(sympy.sympify(M.trace()))
    written = summed([to_expr(M[i, i]) for i in range(M.rows)])
    step = Step(
        "sum of the diagonal",
        "Add the entries of the diagonal.",
        (worked_line("tr A", written, value),),
        data={"matrix": M},
    )
    x = sympy.Dummy("x")
    second = sympy.Poly((x * sympy.eye(M.rows) - M).det(method="berkowitz"), x).coeff_monomial(x ** (M.rows - 1))
    evidence = (exactly("minus the second coefficient of the characteristic polynomial", is_zero(value + second)),)
    return Worked(
        "trace",
        (Formula.of("A", "=", M),),
        value,
        (Formula.of("tr A", "=", value),),
        (step,),
        evidence,
        source="MML 4.1",
    )


def kronecker_product(A: sympy.MatrixBase, B: sympy.MatrixBase) -> sympy.ImmutableMatrix:
    """Return A ⊗ B as an exact matrix."""
    rows, columns = B.shape
    return sympy.ImmutableMatrix(
        A.rows * rows, A.cols * columns,
        lambda i, j: factored(A[i // rows, j // columns] * B[i % rows, j % columns]),
    )  # fmt: skip


def kronecker(A: Any, B: Any) -> Worked:
    """Form the Kronecker product A ⊗ B: each entry of A times the whole of B.

    >>> kronecker("[1 2]", "[0 1; 1 0]").value
    Matrix([
    [0, 1, 0, 2],
    [1, 0, 2, 0]])

    `A`: [m n], `B`: [p q]; the value: [mp nq]. Raises `TooLarge` for more than 1600 entries. Source: Magnus and
    Neudecker 2.2; MML 2.2 has the product of matrices alone.
    """
    M, N = given(A), given(B, "B")
    if len(M) * len(N) > 1600:
        raise TooLarge(f"A ⊗ B has {len(M) * len(N)} entries; at most 1600 are written.", repair="Use numpy.kron.")
    K = kronecker_product(M, N)
    bars = {j for j in range(N.cols, K.cols, N.cols)}
    whole = sympy.Symbol("B")
    blocks = Formula.of("A", "⊗", "B", "=", grid([[v * whole for v in row] for row in M.tolist()]))
    steps = (
        Step("blocks", "Put B in place of each entry of A, times that entry.", (blocks,)),
        Step("multiply out", "Multiply each block out.", (Formula.of("A", "⊗", "B", "=", grid(K, bars=bars)),),
             data={"left": M, "right": N, "product": K}),
    )  # fmt: skip
    x, y = sympy.Matrix(range(1, M.cols + 1)), sympy.Matrix(range(2, N.cols + 2))
    mixed = equal(K * kronecker_product(x, y), kronecker_product(M * x, N * y))
    evidence = (exactly("(A ⊗ B)(x ⊗ y) = A x ⊗ B y for two vectors of whole numbers", mixed),)
    return Worked(
        "Kronecker product", (Formula.of("A", "=", M), Formula.of("B", "=", N)), K,
        (Formula.of("A", "⊗", "B", "=", grid(K, bars=bars)),),
        steps, evidence, source="Magnus & Neudecker 2.2",
    )  # fmt: skip


def commute(A: Any, B: Any) -> Worked:
    """Test whether A B = B A, and show where they differ.

    >>> commute("[1 1; 0 1]", "[1 0; 1 1]").value
    False

    `A`, `B`: [n n]. Part `commutator`: A B − B A. Raises `ShapeError` where a product does not exist.
    Source: MML 2.2.1.
    """
    M, N = given(A), given(B, "B")
    fit(M, N)
    fit(N, M, "B A")
    AB, BA = times(M, N), times(N, M)
    steps = [
        Step(
            "row times column",
            f"{name}.",
            (Formula.of(*name.split(), "=", C),),
            data={"left": X, "right": Y, "product": C},
        )
        for name, X, Y, C in (("A B", M, N, AB), ("B A", N, M, BA))
    ]
    if AB.shape != BA.shape:
        told = f"A B is {AB.rows}×{AB.cols}, B A is {BA.rows}×{BA.cols}: they cannot be equal."
        steps.append(Step("compare", told))
        answer, difference = Formula.of("A", "B", "≠", "B", "A"), None
        evidence = (exactly("their traces agree, as those of A B and B A must", is_zero(AB.trace() - BA.trace())),)
    else:
        difference = sympy.ImmutableMatrix((AB - BA).applyfunc(factored))
        same = difference.is_zero_matrix
        steps.append(
            Step(
                "compare",
                "Subtract.",
                (Formula.of("A", "B", "−", "B", "A", "=", difference),),
                data={"difference": difference},
            )
        )
        answer = Formula.of("A", "B", "=" if same else "≠", "B", "A")
        evidence = (exactly("the trace of A B − B A is 0, as it must be", is_zero(difference.trace())),)
    found = difference is not None and bool(difference.is_zero_matrix)
    question = (Formula.of("A", "=", M), Formula.of("B", "=", N))
    parts = {"commutator": difference, "AB": AB, "BA": BA}
    return Worked("commuting matrices", question, found, (answer,), tuple(steps), evidence, parts, source="MML 2.2.1")
