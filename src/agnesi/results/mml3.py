"""Results of Mathematics for Machine Learning, chapter 3: analytic geometry."""

from __future__ import annotations

import numpy as np

from agnesi.linalg.lengths import angle, cauchy_schwarz, inner_product_axioms, norm
from agnesi.results.record import Found, holds
from agnesi.results.registry import results


@results.reproduces("mml-3-cs")
def cauchy_schwarz_inequality() -> Found:
    """Compare both sides for random pairs and random inner products, and for parallel vectors."""
    rng = np.random.default_rng(0)
    pairs = []
    for _ in range(25):
        n = int(rng.integers(1, 5))
        root, (x, y) = rng.integers(-3, 4, (n, n)), rng.integers(-9, 10, (2, n))
        pairs.append(cauchy_schwarz(x, y, root @ root.T + np.eye(n, dtype=int)))
    parallel = cauchy_schwarz([1, 2, -1], [-3, -6, 3], "[2 1 0; 1 2 1; 0 1 2]")
    return Found(
        (pairs[0], parallel), {},
        (holds("both inequalities hold for 25 random pairs and inner products", all(p.verified for p in pairs)),
         holds("they are equal for parallel vectors", parallel.equality)),
    )  # fmt: skip


@results.reproduces("mml-3-innerprod")
def another_inner_product() -> Found:
    """Test the axioms of xᵀAy for two matrices, and measure lengths and angles with the good one."""
    A, x, y = "[1 −1/2; −1/2 1]", [1, 1], [-1, 1]
    good, bad = inner_product_axioms(A), inner_product_axioms("[9 6; 6 3]")
    usual, other = norm(x), norm(x, A=A)
    right, turned = angle(x, [1, 0]), angle(x, [1, 0], A)
    changed = usual.value != other.value and right.value != turned.value
    return Found(
        (good, bad, usual, other, right, turned),
        {"‖x‖ by the dot product": usual.value, "‖x‖ by A": other.value, "angle by the dot product": right.value,
         "angle by A": turned.value},
        (holds("A defines an inner product", good.value), holds("[9 6; 6 3] does not", not bad.value),
         holds("lengths and angles change with the matrix", changed),
         holds("(1, 1) and (−1, 1) are orthogonal in both", angle(x, y, A).value == angle(x, y).value)),
    )  # fmt: skip
