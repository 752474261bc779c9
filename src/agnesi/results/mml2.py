"""Results of Mathematics for Machine Learning, chapter 2: linear algebra."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from agnesi.draw import subspace
from agnesi.linalg import (
    coordinates,
    implicit_form,
    in_span,
    independent,
    inverse,
    map_in_bases,
    rank_nullity,
    solution_space,
    solve,
    span_basis,
)
from agnesi.linalg.notation import columns, tidied
from agnesi.results.claimed import claimed, refuted
from agnesi.results.record import Found, holds
from agnesi.results.registry import results
from agnesi.worked.exact import matrix


@results.reproduces("mml-2-gauss")
def row_reduction() -> Found:
    """Solve four equations in five unknowns; with a letter as last right side, see when they can be solved."""
    A, b = matrix("[−2 4 −2 −1 4; 4 −8 3 −3 1; 1 −2 1 −1 1; 1 −2 0 −3 4]"), matrix("[−3; 2; 0; −1]")
    done, with_letter = solve(A, b), solve(A, "[−3; 2; 0; a]")
    every = done.particular + done.kernel * sympy.Matrix(sympy.symbols("λ_1 λ_2"))
    whole = tidied(A * every - b).is_zero_matrix
    return Found(
        (done,),
        {"pivot columns": [j + 1 for j in done.pivots], "particular solution": done.particular, "kernel": done.kernel},
        (holds("A times every solution is b: A(particular + kernel λ) = b for letters λ", whole),
         holds("with a letter a for −1 on the right there is no solution, unless a is −1",
               with_letter.kind == "none" and list(with_letter.cases) == ["a = −1"]),),
    )  # fmt: skip


@results.reproduces("mml-2-inverse")
def inverse_by_row_operations() -> Found:
    """Find the inverse of a 4 × 4 matrix from [A | I]."""
    A = "[1 0 2 0; 1 1 0 0; 1 2 0 1; 1 1 1 1]"
    done = inverse(A)
    identity = matrix(A) * done.value == sympy.eye(4)
    return Found((done,), {"A⁻¹": done.value}, (holds("A times its inverse is I, in rationals", identity),))


@results.reproduces("mml-2-ranknull")
def rank_and_nullity() -> Found:
    """Find rank and kernel of random integer matrices, each on its own, and add."""
    rng = np.random.default_rng(0)
    draws = [rank_nullity(_random_of_rank(rng)) for _ in range(20)]
    adds = all(w.value[0] + w.value[1] == w.value[2] and w.verified for w in draws)
    return Found(
        tuple(draws[:1]), {f"rank, nullity and columns of {len(draws)} matrices": np.array([w.value for w in draws]).T},
        (holds("dim image + dim kernel is the number of columns for 20 random matrices", adds),),
    )  # fmt: skip


def _random_of_rank(rng: np.random.Generator) -> Any:
    """Return a random integer matrix of a random rank: a product of two thin ones."""
    m, n, r = rng.integers(1, 6, 3)
    return rng.integers(-3, 4, (m, r)) @ rng.integers(-3, 4, (r, n))


@results.reproduces("mml-2-subspace")
def basis_of_a_span() -> Found:
    """Find a basis of the span of four vectors of ℝ⁵ from the pivot columns, and test who is a member."""
    vectors = [[1, 2, -1, -1, -1], [2, -1, 1, 2, -2], [3, -4, 3, 5, -3], [-1, 8, -5, -6, 1]]
    done = span_basis(vectors)
    free = independent(done.value)
    member, stranger = in_span([3, 1, 0, 1, -3], vectors), in_span([1, 0, 0, 0, 0], vectors)
    return Found(
        (done, free, member, stranger), {"basis": done.value, "dimension": done.dimension},
        (holds("the vectors of the basis are independent", free.value),
         holds("(3, 1, 0, 1, −3) is in the span", member.value), holds("(1, 0, 0, 0, 0) is not", not stranger.value)),
    )  # fmt: skip


@results.reproduces("mml-2-basischange")
def map_under_new_bases() -> Found:
    """Find T⁻¹AS, and again column by column: A applied to each new basis vector, in coordinates of T."""
    A, S = "[1 2 0; −1 1 3; 3 7 1; −1 2 4]", "[1 0 1; 1 1 0; 0 1 1]"
    T = "[1 1 0 1; 1 0 1 0; 0 1 1 0; 0 0 0 1]"
    done = map_in_bases(A, S, T)
    images = [coordinates(matrix(A) * column, T).value for column in columns(matrix(S))]
    return Found(
        (done,), {"T⁻¹AS": done.value},
        (holds("the images of the new basis, in coordinates of T, are its columns", images == columns(done.value)),),
    )  # fmt: skip


@results.reproduces("mml-2-affine")
def solutions_as_affine_spaces() -> Found:
    """Write the solutions of one equation as a plane, of two as a line, and turn the plane back into an equation."""
    plane = solution_space("x + 2y − z = 2")
    line = solution_space("x + 2y − z = 2; x − y + z = 1")
    back = implicit_form(plane.point, plane.directions)
    A, b = matrix("[1 2 −1; 1 −1 1]"), matrix("[2; 1]")
    on_line = tidied(A * line.value - b).is_zero_matrix
    normal = back.matrix.col_join(matrix("[1 2 −1]")).rank() == 1
    return Found(
        (plane, line, back), {"the plane": plane.value, "the line": line.value},
        (holds("every point of the line satisfies both equations", on_line),
         holds("the plane's equation is found again", normal)),
        subspace([[float(v) for v in d] for d in plane.directions.T.tolist()], [float(v) for v in plane.point]),
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
        D = rng.integers(-9, 10, (n, p))
        agree &= np.array_equal(A @ (B @ C), (A @ B) @ C) and np.array_equal((A @ B).T, B.T @ A.T)
        agree &= np.array_equal(A @ (B + D), A @ B + A @ D)
    tried = holds("20 random choices of integer matrices agree with all three laws", agree)
    return Found((laws, order), dict(order.values), (tried,))
