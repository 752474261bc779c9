"""Results of Mathematics for Machine Learning, chapter 3: analytic geometry."""

from __future__ import annotations

import numpy as np
import sympy

from agnesi.draw import projection, unit_balls
from agnesi.draw.layers import Curve
from agnesi.linalg import (
    angle,
    both_orders,
    cauchy_schwarz,
    four_subspaces,
    givens,
    gram_functions,
    gram_schmidt,
    inner_product_axioms,
    norm,
    project,
    projection_matrix,
    rank,
    rotation,
)
from agnesi.linalg.notation import equal, is_zero, tidied
from agnesi.results.record import Found, holds, near
from agnesi.results.registry import results
from agnesi.worked.exact import matrix


@results.reproduces("mml-3-norm-balls")
def unit_balls_of_two_norms() -> Found:
    """Draw the unit balls of ℓ₁ and ℓ₂; every point that is drawn has norm 1."""
    picture = unit_balls([1, 2])
    outlines = [layer.points for layer in picture.layers if isinstance(layer, Curve) and layer.label]
    errors = [abs(np.linalg.norm(p, o, axis=1) - 1).max() for o, p in zip((1, 2), outlines, strict=True)]
    corner, slanted = norm([1, 0], 1), norm(["1/2", "1/2"], 1)
    return Found(
        (corner, slanted), {"‖(1, 0)‖₁": corner.value, "‖(½, ½)‖₁": slanted.value},
        (near("every point of the diamond and of the circle has norm 1", max(errors), 1e-9),
         holds("both axes have the same scale", picture.equal)), picture,
    )  # fmt: skip


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


@results.reproduces("mml-3-proj-line")
def projection_on_a_line() -> Found:
    """Find the matrix that projects on the line of (1, 2, 2)."""
    done = projection_matrix([1, 2, 2])
    P = done.value
    size = rank(P).value
    return Found(
        (done,), {"P": P, "rank": size},
        (holds("P is idempotent, symmetric and of rank one", equal(P * P, P) and P.is_symmetric() and size == 1),),
    )


@results.reproduces("mml-3-proj-plane")
def projection_on_a_plane() -> Found:
    """Project (6, 0, 0) on the plane of (1, 1, 1) and (0, 1, 2)."""
    B = "[1 0; 1 1; 1 2]"
    done = project([6, 0, 0], B)
    return Found(
        (done,), {"λ": done.coordinates, "projection": done.value, "length of the error": done.error},
        (holds("the residual is orthogonal to the plane", (matrix(B).T * done.residual).is_zero_matrix),),
        projection([6, 0, 0], [[1, 1, 1], [0, 1, 2]]),
    )  # fmt: skip


@results.reproduces("mml-3-gs")
def gram_schmidt_orthogonalisation() -> Found:
    """Make three vectors orthonormal, and see that they span the same space."""
    B = "[1 1 0; 1 0 1; 0 1 1]"
    done = gram_schmidt(B)
    Q = done.value
    R = tidied(Q.T * matrix(B))
    return Found(
        (done,), {"Q": Q, "QᵀB": R},
        (holds("QᵀQ = I", equal(Q.T * Q, sympy.eye(3))),
         holds("the span is kept: B = Q(QᵀB), and QᵀB is triangular", equal(Q * R, matrix(B)) and R.is_upper)),
    )  # fmt: skip


@results.reproduces("mml-3-complement")
def null_space_and_row_space() -> Found:
    """Find the four subspaces of a matrix: kernel and row space are complements, image and left kernel too."""
    done = four_subspaces("[1 2 0 2 1; −1 −2 1 1 0; 1 2 −3 −7 −2]")
    spaces, sizes = done.value, done.dimensions
    add = sizes["row space"] + sizes["null space"], sizes["column space"] + sizes["left null space"]
    across = spaces["row space"].T * spaces["null space"], spaces["column space"].T * spaces["left null space"]
    return Found(
        (done,), {f"dim {name}": size for name, size in sizes.items()},
        (holds("all inner products of complements vanish", all(M.is_zero_matrix for M in across)),
         holds("dimensions of complements add to n = 5 and to m = 3", add == (5, 3))),
    )  # fmt: skip


@results.reproduces("mml-3-rot")
def rotations_in_n_dimensions() -> Found:
    """Turn the plane, space and four dimensions; in space the order of two turns matters."""
    flat, about_x, about_z = rotation("t"), rotation("pi/2", "x"), rotation("pi/2", "z")
    four = givens(4, 2, 4, "pi/6")
    order = both_orders(about_x.value, about_z.value)
    alike = both_orders(rotation("pi/6").value, rotation("pi/4").value)
    turned = all(
        equal(R.T * R, sympy.eye(R.rows)) and is_zero(R.det() - 1)
        for R in (flat.value, about_x.value, about_z.value, four.value)
    )
    return Found(
        (flat, about_x, about_z, four, order), {"R(t)": flat.value, "R₂₄(π/6)": four.value},
        (holds("RᵀR = I and det R = 1 for all four", turned),
         holds("in space the order matters, in the plane it does not", not order.value and alike.value)),
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


@results.reproduces("mml-3-funcs")
def orthogonal_sines_and_cosines() -> Found:
    """Integrate all products of sines and cosines on [−π, π]."""
    done = gram_functions(["1", "sin(x)", "cos(x)", "sin(2x)", "cos(2x)"])
    return Found((done,), {"inner products": done.value}, (holds("off the diagonal all vanish", done.orthogonal),))
