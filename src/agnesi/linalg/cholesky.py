"""Cholesky's factor by formula, column by column, and Gaussian samples made with it."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from scipy.linalg import lapack

from agnesi.errors import NotNumeric, ShapeError, TooLarge
from agnesi.linalg.arithmetic import given, probe
from agnesi.linalg.factorisations import entry_name
from agnesi.linalg.notation import (
    Floats,
    all_finite,
    equal,
    exactly,
    floats,
    is_zero,
    nearly,
    numeric,
    root,
    square,
    symmetric,
    tidy,
)
from agnesi.linalg.row_operations import Rows, factored
from agnesi.linalg.written import divided, less_products, worked_line
from agnesi.worked.exact import vector
from agnesi.worked.pieces import Formula, scalar_text
from agnesi.worked.record import Step, Verified, Worked

_WHY = (
    "Entry (i, j) of L Lᵀ is the sum of ℓᵢₖ ℓⱼₖ over k up to j. Set it equal to aᵢⱼ: everything but the last term is "
    "known, and on the diagonal the last term is a square."
)


def cholesky(A: Any, *, exact: bool | None = None) -> Worked:
    """Factor a symmetric positive definite A = L Lᵀ with L lower triangular and positive on its diagonal.

    >>> cholesky("[4 2; 2 5]").value
    Matrix([
    [2, 0],
    [1, 2]])

    `A`: [n n]. `exact=False`: floats by LAPACK. Raises `NotNumeric` for a matrix that is not symmetric, or not positive
    definite: the sentence tells which pivot fails, and an x with xᵀA x ≤ 0. Source: MML 4.3.
    """
    if numeric(A, exact):
        return _in_floats(floats(A, finite=False))
    M = given(A)
    symmetric(M)
    n = M.rows
    L: Rows = sympy.zeros(n, n).tolist()
    steps: list[Step] = []
    assumed: list[str] = []
    for j in range(n):
        inside = factored(sympy.expand(M[j, j] - sum(L[j][k] ** 2 for k in range(j))))
        _positive(M, j, inside, assumed)
        L[j][j] = _root(inside)
        squares = less_products(M[j, j], [(L[j][k], L[j][k]) for k in range(j)])
        lines = [worked_line(entry_name("ℓ", j, j), root(squares), L[j][j])]
        for i in range(j + 1, n):
            L[i][j] = _tidied((M[i, j] - sum(L[i][k] * L[j][k] for k in range(j))) / L[j][j])
            written = less_products(M[i, j], [(L[i][k], L[j][k]) for k in range(j)])
            lines.append(worked_line(entry_name("ℓ", i, j), divided(written, L[j][j]), L[i][j]))
        data = {"matrix": M, "column": j, "L": [list(r) for r in L], "pivot": inside}
        steps.append(Step("column of L", f"Column {j + 1}.", tuple(lines), _WHY if j == 0 else "", data=data))
    lower = sympy.ImmutableMatrix(L)
    evidence = (
        exactly("L Lᵀ = A", equal((lower * lower.T).applyfunc(sympy.expand), M)),
        exactly("the diagonal of L squared multiplies to det A", is_zero(sympy.prod(lower.diagonal()) ** 2 - M.det())),
    )
    notes = (f"A is positive definite where {' and '.join(assumed)}.",) if assumed else ()
    return Worked(
        "Cholesky factorisation", (Formula.of("A", "=", M),), lower, (Formula.of("L", "=", lower),), tuple(steps),
        evidence,
        {"L": lower}, notes, "MML 4.3",
    )  # fmt: skip


def _tidied(value: Any) -> Any:
    return factored(value) if value.free_symbols else tidy(value)


def _root(inside: Any) -> Any:
    return sympy.sqrt(inside) if inside.free_symbols else tidy(sympy.sqrt(inside))


def _positive(M: sympy.ImmutableMatrix, j: int, pivot: Any, assumed: list[str]) -> None:
    """Raise `NotNumeric` for a pivot that is not positive; keep what is assumed of one with letters."""
    if pivot.free_symbols:
        if not pivot.is_positive:
            assumed.append(f"{scalar_text(pivot)} > 0")
        if not (pivot.is_nonpositive or is_zero(pivot)):
            return
    elif pivot > 0:
        return
    x = _witness(M, j)
    entries = ", ".join(scalar_text(v) for v in x)
    raise NotNumeric(
        f"A is not positive definite: pivot {j + 1} is {scalar_text(pivot)}, and x = ({entries}) gives "
        f"xᵀA x = {scalar_text(factored((x.T * M * x)[0, 0]))}.",
        expected="pivots that are all positive", repair="Use ldl for a symmetric matrix that is not positive definite.",
    )  # fmt: skip


def _witness(M: sympy.ImmutableMatrix, j: int) -> sympy.Matrix:
    """Return the vector x for which xᵀA x is pivot j: the first j entries are chosen to make it least."""
    x = sympy.zeros(M.rows, 1)
    x[j] = sympy.S.One
    if j:
        head = M[:j, :j].LUsolve(-M[:j, j])
        for k in range(j):
            x[k] = factored(head[k])
    return x


def _in_floats(M: Floats) -> Worked:
    square(M)
    x = probe(M.shape[0])
    image = M @ x
    if not np.isfinite(image).all():
        all_finite(M)
    scale = float(np.abs(M.diagonal()).max())  # of a positive definite matrix no entry is larger
    if np.abs(image - x @ M).max() > 1e-11 * scale:  # xᵀA and A x are the same for a symmetric A
        apart = float(np.abs(M - M.T).max())
        raise NotNumeric(f"A is not symmetric: entries differ by {apart:.2g}.", repair="Use (A + Aᵀ)/2.")
    factor, failed = lapack.dpotrf(M.T, lower=1)  # Fortran's order: the transpose needs no turning
    if failed:
        raise NotNumeric(
            f"A is not positive definite: its least eigenvalue is {np.linalg.eigvalsh(M)[0]:.3g}.",
            repair="Add a small multiple of the identity, if A should be positive definite up to rounding.",
        )
    L: Floats = factor
    error = float(np.abs(L @ (L.T @ x) - image).max())
    evidence = (nearly("L Lᵀx = A x for a vector x", error, 1e-13 * M.shape[0] * scale),)
    answer = (Formula.of("A", "=", "L", "Lᵀ"),)
    return Worked("Cholesky factorisation in floats", (), L, answer, (), evidence, {"L": L})


def gaussian_sample(mean: Any, covariance: Any, count: int = 1000, *, seed: int = 0) -> Worked:
    """Draw from a Gaussian N(μ, Σ): x = μ + L z with Σ = L Lᵀ and z of independent standard normal numbers.

    >>> found = gaussian_sample([1, 2], "[4 2; 2 5]", 20000)
    >>> found.value.shape, found.verified
    ((20000, 2), True)

    `mean`: [n], `covariance`: [n n] symmetric positive definite; the value: [count n]. The evidence compares mean and
    covariance of the sample with μ and Σ, to five standard errors. Raises as `cholesky` does. Source: MML 4.3, 6.5.4.
    """
    factor = cholesky(covariance)
    n = factor.value.shape[0]
    mu = np.array(vector(mean, "μ").tolist(), dtype=float)[:, 0]
    if mu.size != n:
        raise ShapeError(f"μ has {mu.size} entries, Σ is {n}×{n}.", expected=f"{n} entries in μ")
    if not 2 <= count <= 10**7:
        raise TooLarge(f"{count} draws are asked for.", expected="2 to 10⁷ draws")
    L = np.array(factor.value.tolist(), dtype=float)
    z = np.random.default_rng(seed).standard_normal((count, n))
    x = mu + z @ L.T
    S = L @ L.T
    spread = np.sqrt(np.outer(np.diag(S), np.diag(S)) + S**2)
    off_mean = np.abs(x.mean(axis=0) - mu) / np.sqrt(np.diag(S) / count)
    off = np.abs(np.cov(x.T, bias=False).reshape(n, n) - S) / (spread / np.sqrt(count - 1))
    evidence = (
        *factor.evidence, _within("the mean of the sample is μ", off_mean), _within("its covariance is Σ", off),
    )  # fmt: skip
    said = f"Draw {count} times a vector z of independent standard normal numbers, and take x = μ + L z."
    why = "The mean of μ + L z is μ, and its covariance is L I Lᵀ = Σ."
    lines = (Formula.of("mean", "=", x.mean(axis=0)), Formula.of("covariance", "=", np.cov(x.T).reshape(n, n)))
    step = Step("sample", said, lines, why, "MML 6.5.4", {"seed": seed, "L": L, "mean": mu})
    return Worked(
        "Gaussian sample by Cholesky",
        (Formula.of("μ", "=", vector(mean, "μ")), Formula.of("Σ", "=", factor.question[0].parts[2])),
        x, (Formula.of("x", "=", "μ", "+", "L", "z"), *factor.answer), (*factor.steps, step), evidence,
        {"L": factor.value, "mean": x.mean(axis=0), "covariance": np.cov(x.T).reshape(n, n)}, (), "MML 4.3",
    )  # fmt: skip


def _within(what: str, errors: Floats) -> Verified:
    worst = float(np.max(errors))
    return Verified(what, worst < 5, f"within {worst:.1f} standard errors")
