"""Results of Mathematics for Machine Learning, chapter 2: linear algebra."""

from __future__ import annotations

import numpy as np

from agnesi.linalg.systems import solve
from agnesi.results.claimed import claimed, refuted
from agnesi.results.record import Found, holds
from agnesi.results.registry import results

SYSTEM = (
    "−2x_1 + 4x_2 − 2x_3 − x_4 + 4x_5 = −3; 4x_1 − 8x_2 + 3x_3 − 3x_4 + x_5 = 2; "
    "x_1 − 2x_2 + x_3 − x_4 + x_5 = 0; x_1 − 2x_2 − 3x_4 + 4x_5 = a"
)


@results.reproduces("mml-2-gauss")
def row_reduction() -> Found:
    """Solve a system of four equations in five unknowns, whose last right side is a letter."""
    with_letter = solve(SYSTEM, unknowns="x_1 x_2 x_3 x_4 x_5")
    done = solve(SYSTEM.replace("= a", "= −1"))
    return Found(
        (done,),
        {"pivot columns": [j + 1 for j in done.pivots], "particular solution": done.particular, "kernel": done.kernel},
        (holds("with a letter a for −1 on the right there is no solution, unless a is −1",
               with_letter.kind == "none" and list(with_letter.cases) == ["a = −1"]),),
    )  # fmt: skip


@results.reproduces("mml-2-matmul")
def laws_of_the_product() -> Found:
    """Prove three laws of the matrix product, try them with numbers, and show two matrices that do not commute."""
    laws = claimed(
        "laws of the matrix product", "A: m×n; B: n×p; C: p×q; A(B C) = (A B)C", "A(B + C) = A B + A C",
        "(A B)ᵀ = BᵀAᵀ", source="MML 2.2",
    )  # fmt: skip
    order = refuted("order matters", "A: n×n; B: n×n; A B = B A", "MML 2.2.1")
    rng = np.random.default_rng(0)
    agree = True
    for _ in range(20):
        m, n, p, q = rng.integers(1, 6, 4)
        A, B, C = rng.integers(-9, 10, (m, n)), rng.integers(-9, 10, (n, p)), rng.integers(-9, 10, (p, q))
        agree &= np.array_equal(A @ (B @ C), (A @ B) @ C) and np.array_equal((A @ B).T, B.T @ A.T)
    return Found((laws, order), evidence=(holds("20 random triples of integer matrices agree", agree),))
