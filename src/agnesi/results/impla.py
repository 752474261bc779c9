"""Results of the Imperial College course Mathematics for Machine Learning: Linear Algebra."""

from __future__ import annotations

from agnesi.linalg.elimination import singular
from agnesi.linalg.lengths import cosine_rule
from agnesi.linalg.systems import solve
from agnesi.results.record import Found, holds
from agnesi.results.registry import results


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


@results.reproduces("lin-3-singular")
def test_for_singularity() -> Found:
    """Bring matrices to echelon form and say which have a zero on the diagonal."""
    asked = {
        "[2 0 0 0; 0 3 0 0; 0 0 4 4; 0 0 5 5]": True, "[0 7 −5 3; 2 8 0 4; 3 12 0 5; 1 3 1 3]": False,
        "[1 2; 2 4]": True, "[0 1; 1 0]": False, "[1 2 3; 4 5 6; 7 8 9]": True,
    }  # fmt: skip
    done = {text: singular(text) for text in asked}
    return Found(
        tuple(done.values())[:2], {text: "singular" if d.value else "not singular" for text, d in done.items()},
        (holds("the flags are right", all(d.value == asked[text] and d.verified for text, d in done.items())),),
    )  # fmt: skip
