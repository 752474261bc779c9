"""The nearest matrix of low rank: the first terms of the singular value decomposition, and how far away it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from agnesi.linalg.eigenvalues import rounded
from agnesi.linalg.notation import Floats, columns, floats, low, nearly, square_root, tidied, whole
from agnesi.linalg.singular import svd
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked


def low_rank(A: Any, k: int, exact: bool | None = None) -> Worked:
    """Find the nearest matrix of rank k at most: σ₁u₁v₁ᵀ + … + σₖuₖvₖᵀ.

    >>> low_rank("[3 0; 0 1]", 1).value
    Matrix([
    [3, 0],
    [0, 0]])

    `A`: [m n]; 0 ≤ k. Parts: `error` (largest singular value of A − Aₖ, which is σₖ₊₁), `frobenius` (root of the sum of
    squares of the entries of A − Aₖ), `terms`, `values`, `relative` (share of the squares kept). Source: MML 4.6.
    """
    k = whole(k, "The rank k", 0)
    found = svd(A, exact)
    steps = found.steps
    value, terms = _sum_of_terms(found, k)
    seen = value if found.exact else rounded(value)
    values = found.values
    k = min(k, len(values))
    rest = values[k:]
    error, frobenius = _errors(rest, found.exact)
    shown = terms if max(value.shape) <= 6 else []
    sign = "=" if found.exact else "≈"
    lines = tuple(Formula.of(f"{low('σ', j + 1)}{low('u', j + 1)}{low('v', j + 1)}ᵀ", sign, grid(t))
                  for j, t in enumerate(shown[:k]))  # fmt: skip
    lines += (Formula.of(low("A", k), sign, grid(seen)),) if max(value.shape) <= 6 else ()
    said = f"{_kept_terms(k)} of A = σ₁u₁v₁ᵀ + σ₂u₂v₂ᵀ + …."
    step = Step("first terms", said, lines, source="MML 4.6", data={"values": values, "k": k, "value": value})
    name = low("A", k)
    distance = (
        Formula.of(f"‖A − {name}‖₂", "=", low("σ", k + 1) if len(rest) else "0", "=", error) if len(rest) else None
    )
    answer = tuple(f for f in (
        Formula.of(name, sign, grid(seen)) if max(value.shape) <= 6 else None,
        distance, Formula.of(f"‖A − {name}‖_F", "=", frobenius)) if f)  # fmt: skip
    parts = {"error": error, "frobenius": frobenius, "terms": terms, "values": values,
             "relative": _kept(values, k), "U": found.U, "V": found.V}  # fmt: skip
    evidence = _evidence(floats(A), np.array(value.tolist(), dtype=float), float(error), float(frobenius))
    return Worked(
        "low-rank approximation", found.question, value, answer, (*steps, step), evidence, parts, (), "MML 4.6"
    )


def _kept_terms(k: int) -> str:
    return "Keep no term" if k == 0 else "Keep the first term" if k == 1 else f"Keep the first {k} terms"


def _sum_of_terms(found: Worked, k: int) -> tuple[Any, list[Any]]:
    """Return the sum of the first k terms, and the terms one by one for small matrices."""
    if found.exact:
        terms = [tidied(s * u * v.T) for s, u, v in zip(found.values, columns(found.U), columns(found.V), strict=False)]
        zero = sympy.zeros(found.U.rows, found.V.rows)
        return sympy.ImmutableMatrix(sum(terms[:k], zero)), terms
    U, s, V = found.U, found.values, found.V
    value = (U[:, : min(k, len(s))] * s[:k]) @ V[:, : min(k, len(s))].T
    small = max(value.shape) <= 12
    return value, [s[j] * np.outer(U[:, j], V[:, j]) for j in range(len(s))] if small else []


def _errors(rest: Any, exact: bool) -> tuple[Any, Any]:
    if exact:
        squares = sum((s**2 for s in rest), sympy.Integer(0))
        return (rest[0] if len(rest) else sympy.Integer(0)), square_root(squares)
    return (float(rest[0]) if len(rest) else 0.0), float(np.sqrt(np.sum(np.square(rest))))


def _kept(values: Any, k: int) -> float:
    squares = np.square(np.array([float(s) for s in values]))
    return float(squares[:k].sum() / squares.sum()) if squares.sum() else 1.0


def _evidence(F: Floats, value: Floats, error: float, frobenius: float) -> tuple[Verified, ...]:
    gap = F - value
    scale = max(float(np.linalg.norm(F)), 1e-300)
    found = [nearly("the Frobenius norm of what is left", abs(float(np.linalg.norm(gap)) - frobenius) / scale, 1e-10)]
    if F.size <= 250_000:
        apart = abs(float(np.linalg.norm(gap, 2)) - error) / scale
        found.append(nearly("the spectral norm of what is left", apart, 1e-10))
    return tuple(found)


def eckart_young(A: Any, k: int, tries: int = 200, seed: int = 0) -> Worked:
    """Try other matrices of rank k: none is nearer to A than the one from the singular values, at distance σₖ₊₁.

    >>> eckart_young("[3 0; 0 1]", 1).value
    True

    `A`: [m n] of numbers. Half of the tries are random, each scaled to be as near as it can be, half are small changes
    of the best one.
    Parts: `error`, `nearest` (of the tries). Source: MML 4.6, theorem 4.25.
    """
    F = floats(A)
    best = low_rank(F, k, exact=False)
    k = min(k, min(F.shape))
    rng = np.random.default_rng(seed)
    U, s, V = best.U[:, :k], best.values[:k], best.V[:, :k]
    found = []
    for n in range(tries):
        if n % 2:
            size = 10.0 ** rng.uniform(-3, 0)
            B = (U + size * rng.standard_normal(U.shape)) * s @ (V + size * rng.standard_normal(V.shape)).T
        else:
            B = rng.standard_normal((F.shape[0], k)) @ rng.standard_normal((k, F.shape[1]))
            B *= float(np.sum(B * F)) / max(float(np.sum(B * B)), 1e-300)
        found.append(float(np.linalg.norm(F - B, 2)))
    nearest = min(found, default=float("inf"))
    holds = bool(nearest >= best.error * (1 - 1e-10))
    lines = (Formula.of("σ", "≈", grid([[float(v) for v in best.values[:12]]], "(")),
             Formula.of(f"‖A − {low('A', k)}‖₂", "=", low("σ", k + 1), "≈", float(best.error)))  # fmt: skip
    steps = (
        Step("best matrix", f"{_kept_terms(k)} of the singular value decomposition.", lines, source="MML 4.6",
             data={"values": best.values, "error": best.error}),
        Step("other matrices", f"Measure the distance of {tries} other matrices of rank {k}.",
             (Formula.of("nearest of them", "≈", nearest),), source="MML 4.6", data={"distances": found}),
    )  # fmt: skip
    answer = (Formula.of(nearest, "≥", low("σ", k + 1), "≈", float(best.error)),)
    parts = {"error": best.error, "nearest": nearest, "distances": found}
    evidence = (*best.evidence, Verified("no other matrix was nearer", holds, f"{tries} tries"))
    return Worked("Eckart–Young", (), holds, answer, steps, evidence, parts, (), "MML 4.6")
