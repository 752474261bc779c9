"""Results of the Imperial College course Mathematics for Machine Learning: Linear Algebra."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import sympy

from agnesi.draw import Picture, bars, linear_map, panels, projection, transformations, vectors
from agnesi.draw import determinant as draw_determinant
from agnesi.draw.layers import Curve
from agnesi.errors import ShapeError
from agnesi.linalg import (
    change_basis,
    coordinates,
    cosine_rule,
    determinant,
    diagonalise,
    einsum,
    gram_schmidt,
    inverse,
    is_singular,
    mirror,
    pagerank,
    power_by_eigenbasis,
    reflection_matrix,
    scalar_projection,
    signed_volume,
    solve,
)
from agnesi.linalg.notation import equal
from agnesi.results.claimed import claimed
from agnesi.results.record import Found, holds
from agnesi.results.registry import results
from agnesi.worked.exact import matrix, vector


@results.reproduces("lin-1-apples")
def apples_and_bananas() -> Found:
    """Solve two equations for two prices."""
    done = solve("2a + 3b = 8; 10a + 1b = 13", unknowns="a b")
    return Found((done,), {"a": done.value[0], "b": done.value[1]})


@results.reproduces("lin-2-dot")
def cosine_rule_and_dot_product() -> Found:
    """Find r·s entry by entry, and from the sides of a triangle."""
    done = cosine_rule([3, 2], [-1, 4])
    return Found((done,), {"r·s": done.value})


@results.reproduces("lin-2-proj")
def scalar_and_vector_projection() -> Found:
    """Find how far one vector reaches along another, and the vector of that length."""
    done = scalar_projection([3, 1], [2, 4])
    return Found(
        (done,), {"scalar projection": done.value, "vector projection": done.vector},
        picture=projection([2, 4], [3, 1]),
    )  # fmt: skip


@results.reproduces("lin-3-transf")
def what_matrices_do_to_a_square() -> Found:
    """Draw stretch, mirror, shear and rotation of the unit square; the areas are the determinants."""
    matrices = {
        "stretch": [[2, 0], [0, 1]], "mirror": [[1, 0], [0, -1]], "shear": [[1, 1], [0, 1]],
        "rotation": [[0, -1], [1, 0]],
    }  # fmt: skip
    areas = {name: signed_volume(A) for name, A in matrices.items()}
    return Found(
        tuple(areas.values()), {f"area after the {name}": a.value for name, a in areas.items()},
        picture=transformations(matrices),
    )  # fmt: skip


@results.reproduces("lin-3-det")
def determinant_as_area() -> Found:
    """Find ad − bc, and the area of the parallelogram that the columns span as base times height."""
    formula, area = determinant("[a b; c d]"), signed_volume("[3 1; 1 2]")
    return Found(
        (formula, area), {"det": formula.value, "area": area.value},
        (holds("the area is |ad − bc|", area.volume == abs(determinant("[3 1; 1 2]").value)),),
        draw_determinant([[3, 1], [1, 2]]),
    )  # fmt: skip


@results.reproduces("lin-5-eig")
def changing_to_the_eigenbasis() -> Found:
    """Write T = CDC⁻¹, and find its square and any power through it."""
    T = "[1 1; 0 2]"
    done, square, any_power = diagonalise(T), power_by_eigenbasis(T, 2), power_by_eigenbasis(T, "k")
    values = {"C": done.P, "D": done.D, "T²": square.value, "Tᵏ": any_power.value}
    again = matrix("[1 1; 0 2]") ** 2 == square.value
    return Found((done, square, any_power), values, (holds("T² is T times T", again),), linear_map([[1, 1], [0, 2]]))


@results.reproduces("lin-2-basis")
def changing_basis_by_projections() -> Found:
    """Find the coordinates of (3, 4) in an orthogonal basis by two projections."""
    done = coordinates([3, 4], "[2 −2; 1 4]")
    return Found((done,), {"coordinates": done.value}, picture=vectors([[3, 4], [2, 1], [-2, 4]], ["r", "b₁", "b₂"]))


@results.reproduces("lin-4-bear")
def vectors_in_the_basis_of_a_bear() -> Found:
    """Find the matrix of the bear's basis and its inverse; a vector goes there and back."""
    done = change_basis("[3 1; 1 1]")
    hers = vector(["1/2", "3/2"])
    ours = done.value * hers
    return Found(
        (done,), {"B": done.value, "B⁻¹": done.inverse, "(½, 3/2) of the bear": ours},
        (holds("back in her basis it is the same vector", done.inverse * ours == hers),),
    )  # fmt: skip


@results.reproduces("lin-4-mirror")
def reflection_in_a_tilted_mirror() -> Found:
    """Reflect in a mirror by going to a basis E along it, turning one sign, and going back: T = E Tₑ Eᵀ."""
    flat, solid = mirror("[2 −1; 1 2]"), mirror("[1 1 0; 1 0 0; 0 1 1]")
    direct = reflection_matrix("[1 1; 1 0; 0 1]")
    bear = [[1, 2], [1, 3], [1.5, 2.8], [2, 2.8], [2.5, 3], [2.5, 2], [2.2, 1.5], [1.3, 1.5]]
    return Found(
        (flat, solid), {"T in the plane": flat.value, "T in space": solid.value},
        (holds("in space it is the reflection in the plane of the mirror", equal(solid.value, direct.value)),
         holds("twice is nothing: T² = I", equal(flat.value**2, sympy.eye(2)))),
        _mirrored(transformations({"the bear in the mirror": np.array(flat.value, dtype=float)}, bear), [2, 1]),
    )  # fmt: skip


def _mirrored(picture: Picture, along: list[float]) -> Picture:
    """Return the picture of a reflection with the mirror drawn in it, a line through the origin."""
    (panel,) = picture.panels or (picture,)
    line = Curve(np.outer([-0.4, 2], along), "mirror", "vermillion", "dashed")
    said = f"{panel.alt} The mirror is the line along ({along[0]}, {along[1]})."
    return replace(panel, layers=(*panel.layers, line), alt=said)


@results.reproduces("lin-4-einsum")
def product_by_indices() -> Found:
    """Write the entries of a product as a sum over the repeated index; loops, einsum and the product agree."""
    law = claimed("entries of a product", "A: m×n; B: n×p; A B = ∑_j A_{ij} B_{jk}", source="Imperial LA W4")
    A, B = np.array([[1, 2, 3], [4, 0, 1]]), np.array([[1, 1, 0, 0], [0, 1, 1, 0], [1, 0, 1, 1]])
    done = einsum("ij,jk->ik", A, B)
    loops = [[sum(A[i, j] * B[j, k] for j in range(3)) for k in range(4)] for i in range(2)]
    agree = np.array_equal(loops, A @ B) and np.array_equal(np.einsum("ij,jk->ik", A, B), A @ B)
    try:
        einsum("ij,jk->ik", A, A)
        refused = False
    except ShapeError:
        refused = True
    return Found(
        (law, done), {"AB": done.value},
        (holds("loops, einsum and the product of a 2×3 and a 3×4 matrix agree",
               agree and np.array_equal(done.value, A @ B)),
         holds("a 2×3 and a 2×3 matrix have no product", refused)),
    )  # fmt: skip


@results.reproduces("lin-3-elim")
def elimination_in_a_shop() -> Found:
    """Solve for three prices by elimination and back substitution, and find the inverse for any other totals."""
    A, totals = "[1 1 3; 1 2 4; 1 1 2]", [15, 21, 13]
    done, turned = solve(A, totals, by="back substitution"), inverse(A)
    again = turned.value * vector(totals) == done.value
    return Found(
        (done, turned), {"prices": done.value, "A⁻¹": turned.value},
        (holds("the inverse times the totals gives the same prices", again),),
    )  # fmt: skip


@results.reproduces("lin-4-gs")
def gram_schmidt_in_code() -> Found:
    """Make four vectors orthonormal, one of which depends on those before and becomes zero."""
    done = gram_schmidt("[1 1 2 0; 1 0 1 0; 0 1 1 0; 0 0 0 2]")
    kept = [k for k in range(4) if k not in done.dependent]
    Q = done.value[:, kept]
    return Found(
        (done,), {"Q": done.value},
        (holds("the kept columns are orthonormal", equal(Q.T * Q, sympy.eye(3))),
         holds("the dependent column becomes zero", done.dependent == [2] and done.value[:, 2].is_zero_matrix)),
    )  # fmt: skip


@results.reproduces("lin-3-singular")
def test_for_singularity() -> Found:
    """Bring matrices to echelon form and say which have a zero on the diagonal."""
    asked = {
        "[2 0 0 0; 0 3 0 0; 0 0 4 4; 0 0 5 5]": True, "[0 7 −5 3; 2 8 0 4; 3 12 0 5; 1 3 1 3]": False,
        "[1 2; 2 4]": True, "[0 1; 1 0]": False, "[1 2 3; 4 5 6; 7 8 9]": True,
    }  # fmt: skip
    done = {text: is_singular(text) for text in asked}
    return Found(
        tuple(done.values())[:2], {text: "singular" if d.value else "not singular" for text, d in done.items()},
        (holds("the flags are right", all(d.value == asked[text] and d.verified for text, d in done.items())),),
    )  # fmt: skip


@results.reproduces("lin-5-pagerank")
def pagerank_of_four_pages() -> Found:
    """Rank four pages by power iteration."""
    done = pagerank({"A": "BCD", "B": "AD", "C": "D", "D": "BC"})
    return Found((done,), {"rank": done.value}, picture=bars(done.value, list("ABCD"), label="rank", title="PageRank"))


@results.reproduces("lin-5-pagerank2")
def damped_pagerank_with_a_trap() -> Found:
    """Rank seven sites, one of which links only to itself, without and with damping."""
    links = {"A": "BCD", "B": "AC", "C": "ADF", "D": "C", "E": "BD", "F": "CDG", "G": "G"}
    trapped, damped = pagerank(links), pagerank(links, 0.5)
    trap = holds("without damping all rank ends in the trap", list(trapped.value) == [0, 0, 0, 0, 0, 0, 1])
    pictures = [
        bars(done.value, list(links), label="rank", title=name)
        for name, done in {"without damping": trapped, "with damping ½": damped}.items()
    ]
    return Found(
        (trapped, damped), {"without damping": trapped.value, "with damping": damped.value}, (trap,),
        panels(pictures, "PageRank with a trap"),
    )  # fmt: skip
