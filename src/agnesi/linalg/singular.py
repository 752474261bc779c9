"""The singular value decomposition: by hand through AᵀA where that stays readable, by LAPACK else."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from agnesi.errors import NotNumeric
from agnesi.linalg.diagonal import spectral
from agnesi.linalg.eigenvalues import kernel_of, nested, polynomial_of, rounded
from agnesi.linalg.gram_schmidt import orthogonalised
from agnesi.linalg.notation import (
    Floats,
    beside,
    columns,
    equal,
    exactly,
    floats,
    in_floats,
    is_zero,
    low,
    nearly,
    numeric,
    readable,
    square_root,
    tidied,
    tidy,
)
from agnesi.linalg.roots import Root, roots_of
from agnesi.worked.exact import matrix
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked

EPS = float(np.finfo(float).eps)


def svd(A: Any, exact: bool | None = None) -> Worked:
    """Write A = UΣVᵀ with orthonormal columns in U and V, and the singular values on the diagonal of Σ, falling.

    >>> svd("[1 0 1; -2 1 0]").values
    [sqrt(6), 1]

    `A`: [m n]. Parts: `U` [m m], `Sigma` [m n], `V` [n n], `values`, `rank`, `exact`. U, V and `values` are
    floats where they would hold roots inside roots (`roots` then has the exact singular values, if they are short), and
    for large arrays, there with U [m r] and V [n r], r = min(m, n). Source: MML 4.5.
    """
    if numeric(A, exact):
        return _in_floats(floats(A), full=False)
    M = matrix(A)
    if not M.rows or not M.cols:
        raise NotNumeric("A has no entries.", expected="a matrix with at least one entry")
    readable(M)
    G = tidied(M.T * M)
    roots, told = _squares(G)
    exact = roots is not None and all(r.exact and not nested(r.value) for r in roots)
    found = spectral(G, name="AᵀA") if exact else None
    made = None if found is None or isinstance(found.Q, np.ndarray) else _exactly(M, G, found)
    return _with_decimals(M, G, roots, told) if made is None else made


def _squares(G: sympy.ImmutableMatrix) -> tuple[list[Root] | None, list[Step]]:
    """Return the eigenvalues of AᵀA and the steps to them; None for more than six columns, or roots of letters."""
    if G.rows > 6:
        return None, []
    try:
        p, steps = polynomial_of(G, "AᵀA")
        roots, more = roots_of(p.as_expr(), p.gen)
    except NotNumeric:
        return None, []
    if any(r.value.free_symbols and r.value.has(sympy.Pow) for r in roots):
        return None, []
    return roots, [*steps, *more]


def _exactly(M: sympy.ImmutableMatrix, G: sympy.ImmutableMatrix, found: Worked) -> Worked | None:
    """Return the decomposition from that of AᵀA; None where U or V would hold roots inside roots."""
    order = sorted(range(M.cols), key=lambda k: -found.values[k])
    values = [square_root(found.values[k]) for k in order]
    V = beside([columns(found.Q)[k] for k in order], M.cols)
    if any(map(nested, V)) or any(map(nested, values)):
        return None
    rank = sum(not is_zero(s) for s in values)
    U, steps = _left(M, V, values, rank)
    if any(map(nested, U)):
        return None
    Sigma = sympy.ImmutableMatrix(M.rows, M.cols, lambda i, j: values[i] if i == j else 0)
    shown = values[: min(M.shape)]
    roots = Formula.of(*[p for k, s in enumerate(shown) for p in (low("σ", k + 1), "=", s, ",")][:-1])
    middle = Step("singular values", "Order the eigenvalues, largest first, and take their roots; V takes that order.",
                  (roots, Formula.of("V", "=", grid(V))), source="MML 4.5.2",
                  data={"A": M, "V": V, "values": values})  # fmt: skip
    evidence = (
        exactly("UΣVᵀ = A", equal(tidied(U * Sigma * V.T), M)),
        exactly("UᵀU = I", equal(tidied(U.T * U), sympy.eye(M.rows))),
        exactly("VᵀV = I", equal(tidied(V.T * V), sympy.eye(M.cols))),
    )
    answer = (Formula.of("A", "=", "UΣVᵀ", "=", grid(U), grid(Sigma), grid(V.T)),)
    parts = {"U": U, "Sigma": Sigma, "V": V, "values": shown, "rank": rank, "exact": True}
    steps = [_gram_step(M, G), *found.steps, middle, *steps]
    return Worked(
        "singular value decomposition", (Formula.of("A", "=", grid(M)),), (U, Sigma, V), answer, tuple(steps), evidence,
        parts, (), "MML 4.5",
    )  # fmt: skip


def _gram_step(M: sympy.ImmutableMatrix, G: sympy.ImmutableMatrix) -> Step:
    lines = (Formula.of("AᵀA", "=", grid(M.T), grid(M), "=", grid(G)),) if M.cols <= 8 else ()
    return Step("AᵀA", "Find AᵀA: its eigenvectors are the right singular vectors.", lines, "AᵀA = VΣᵀUᵀUΣVᵀ = VΣᵀΣVᵀ.",
                "MML 4.5.2", {"A": M, "G": G})  # fmt: skip


def _left(
    M: sympy.ImmutableMatrix, V: sympy.ImmutableMatrix, values: list[sympy.Expr], rank: int
) -> tuple[sympy.ImmutableMatrix, list[Step]]:
    """Return U: the images of the right singular vectors over their lengths, and a basis of what is across them."""
    made, lines = [], []
    for k in range(rank):
        u = tidied(M * V[:, k] / values[k])
        made.append(u)
        lines.append(Formula.of(low("u", k + 1), "=", f"A{low('v', k + 1)}/{low('σ', k + 1)}", "=", grid(u)))
    U = beside(made, M.rows)
    steps = [Step("left singular vectors", "Map each right singular vector, and divide by its singular value.",
                  tuple(lines), "AV = UΣ, column by column.", "MML 4.5.2",
                  {"A": M, "V": V, "U": U})] if rank else []  # fmt: skip
    if rank < M.rows:
        across = kernel_of(U.T).basis if rank else sympy.ImmutableMatrix(sympy.eye(M.rows))
        more = [tidied(o.vector / square_root(o.square)) for o in orthogonalised(across)]
        lines = [Formula.of(low("u", rank + k + 1), "=", grid(u)) for k, u in enumerate(more)]
        said = "Complete U by an orthonormal basis of what is orthogonal to these columns: the null space of Aᵀ."
        steps.append(Step("complete the basis", said, tuple(lines), data={"U": U, "more": beside(more, M.rows)}))
        U = beside([U, *more], M.rows)
    return U, steps


def _with_decimals(
    M: sympy.ImmutableMatrix, G: sympy.ImmutableMatrix, roots: list[Root] | None, told: list[Step]
) -> Worked:
    """Show AᵀA, the singular values as roots where they are short, and the rest in floats."""
    if M.free_symbols:
        raise NotNumeric("With these letters the singular values have no short formula.", repair="Put in numbers.")
    found = _in_floats(in_floats(M), full=True)
    exact = roots is not None and all(r.exact for r in roots)
    values = [tidy(sympy.sqrt(r.value)) for r in reversed(roots or []) for _ in range(r.multiplicity)] if exact else []
    lines = tuple(Formula.of(low("σ", k + 1), "=", v, *([] if v.is_Rational else ["≈", float(v)]))
                  for k, v in enumerate(values[: min(M.shape)]))  # fmt: skip
    shorter = lines and not any(v.has(sympy.I) for v in values)
    why = "U and V would hold roots inside roots" if shorter else "The eigenvalues of AᵀA have no short formula"
    middle = Step("singular values", "Take the roots of the eigenvalues, largest first.", lines, source="MML 4.5.2")
    last = Step("decimals", f"{why}, so the rest is worked out in decimals.", found.answer[1 if shorter else 0 :],
                data={"values": found.values})  # fmt: skip
    steps = (_gram_step(M, G), *told, *((middle,) if shorter else ()), last)
    answer = (*lines, *found.answer[1:]) if shorter else found.answer
    known = "U and V are given" if shorter else "The singular values are given"
    parts = {**found.parts, "roots": tuple(values[: min(M.shape)]) if shorter else None}
    return Worked(
        found.name, (Formula.of("A", "=", grid(M)),), found.value, answer, steps, found.evidence, parts,
        (f"{known} as decimals.",), "MML 4.5",
    )  # fmt: skip


def _in_floats(F: Floats, full: bool) -> Worked:
    if not F.size:
        raise NotNumeric("A has no entries.", expected="a matrix with at least one entry")
    U, s, Vt = np.linalg.svd(F, full_matrices=full)
    V = Vt.T
    rank = int(np.sum(s > s[0] * max(F.shape) * EPS))
    answer: tuple[Formula, ...] = (Formula.of("σ", "≈", grid([[float(v) for v in s[:12]]], "(")),)
    if max(F.shape) <= 6:
        answer += (Formula.of("U", "≈", grid(rounded(U))), Formula.of("V", "≈", grid(rounded(V))))
    parts = {"U": U, "V": V, "values": s, "rank": rank, "exact": False}
    evidence = _rebuilds(F, U, s, V)
    return Worked("singular value decomposition", (), (U, s, V), answer, (), evidence, parts, (), "MML 4.5")


def _rebuilds(F: Floats, U: Floats, s: Floats, V: Floats) -> tuple[Verified, ...]:
    """Compare on random vectors: the price of a few products with vectors."""
    r = len(s)
    rng = np.random.default_rng(0)
    w, z = rng.standard_normal((F.shape[1], 3)), rng.standard_normal((r, 3))
    error = np.abs(U[:, :r] @ (s[:, None] * (V[:, :r].T @ w)) - F @ w).max() / max(float(s[0]), 1e-300)
    unit = max(np.abs(Q[:, :r].T @ (Q[:, :r] @ z) - z).max() for Q in (U, V))
    return (
        nearly("UΣVᵀ = A, on random vectors", float(error), 1e-11),
        nearly("UᵀU = I and VᵀV = I, on random vectors", float(unit), 1e-11),
    )


def condition(A: Any, exact: bool | None = None) -> Worked:
    """Find the condition number σ₁/σₙ: how much relative errors in b may grow in the solution of Ax = b.

    >>> condition("[3 0; 0 1]").value
    3

    `A`: [m n]. Infinite for dependent columns. Source: MML 4.5; Imperial LA W3.
    """
    found = svd(A, exact)
    values = found.values
    largest, least = values[0], values[-1]
    if found.exact:
        value = sympy.oo if is_zero(least) else tidy(largest / least)
        squares = sympy.Add(*(s**2 for s in values))
        entries = sympy.Add(*(a**2 for a in matrix(A)))
        told = "the squares of the singular values add up to those of the entries"
        evidence: tuple[Verified, ...] = (exactly(told, is_zero(squares - entries)),)
        shown: Any = "∞" if value == sympy.oo else value
    else:
        singular = float(least) <= float(largest) * EPS
        value = float("inf") if singular else float(largest / least)
        shown = "∞" if singular else value
        evidence = found.evidence
    line = Formula.of("σ₁/σₙ" if len(values) > 1 else "σ₁/σ₁", "=", shown)
    step = Step("quotient", "Divide the largest singular value by the least.", (line,), source="MML 4.5")
    notes = ("A loses a direction: its columns or rows depend on each other.",) if shown == "∞" else ()
    answer = (Formula.of("cond(A)", "=", shown),)
    parts = {"values": values, "digits": None if shown == "∞" else max(0.0, float(np.log10(float(value))))}
    return Worked(
        "condition number", found.question, value, answer, (*found.steps, step), evidence, parts, notes, "MML 4.5"
    )


def numerical_rank(A: Any, tolerance: float | None = None) -> Worked:
    """Count the singular values above a tolerance, which by default is what rounding could make of a zero.

    >>> numerical_rank([[1.0, 2.0], [2.0, 4.0]]).value
    1

    `A`: [m n]; the tolerance is absolute; by default σ₁ max(m, n) 2⁻⁵². Source: MML 4.5; Golub and Van Loan 5.4.1.
    """
    F = floats(A)
    if not F.size:
        raise NotNumeric("A has no entries.", expected="a matrix with at least one entry")
    s = np.linalg.svd(F, compute_uv=False)
    bound = float(s[0]) * max(F.shape) * EPS if tolerance is None else float(tolerance)
    value = int(np.sum(s > bound))
    above, below = (float(s[value - 1]) if value else None), (float(s[value]) if value < len(s) else None)
    lines = (Formula.of("σ", "≈", grid([[float(v) for v in s[:12]]], "(")), Formula.of("tolerance", "=", float(bound)))
    step = Step("count", f"Count those above the tolerance: {value}.", lines, data={"values": s, "tolerance": bound})
    gap = None if above is None or not below else above / below
    scale = max(float(np.abs(F).max()), 1e-300)
    total = float(np.linalg.norm(s / scale))
    error = abs(total - float(np.linalg.norm(F / scale))) / max(total, 1e-300)
    evidence = (nearly("the squares of the singular values add up to those of the entries", error, 1e-12),)
    answer = (Formula.of("rank", "=", value),)
    parts = {"values": s, "tolerance": bound, "gap": gap}
    return Worked("numerical rank", (), value, answer, (step,), evidence, parts, (), "MML 4.5")
