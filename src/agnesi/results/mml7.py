"""Results of Mathematics for Machine Learning, chapter 7: continuous optimisation."""

from __future__ import annotations

from agnesi.calculus.convex import conjugate, convexity, sum_conjugate
from agnesi.calculus.descent import gradient_descent, quadratic
from agnesi.calculus.programs import linear_program, quadratic_program
from agnesi.draw.fields import contours
from agnesi.results.record import Found, holds
from agnesi.results.registry import results


@results.reproduces("mml-7-gd")
def zigzag_of_gradient_descent() -> Found:
    """Walk down a quadratic from (−3, −1) with two step sizes and with momentum."""
    f = quadratic([[2, 1], [1, 20]], [5, 3])
    asked = {"step 0.085": (0.085, 0.0), "step 0.02": (0.02, 0.0), "momentum": (0.05, 0.5)}
    done = {name: gradient_descent(f, [-3, -1], rate=r, momentum=m, steps=400) for name, (r, m) in asked.items()}
    paths = {name: d.path[:25] for name, d in done.items()}
    return Found(
        tuple(done.values()), {f"steps with {name}": len(d.path) - 1 for name, d in done.items()},
        picture=contours(f, (-4, 5), (-2, 2), path=paths),
    )  # fmt: skip


@results.reproduces("mml-7-lpdual")
def linear_program_and_dual() -> Found:
    """Solve a linear program and its dual: the optima coincide."""
    done = linear_program([-5, -3], [[2, 2], [2, -4], [-2, 1], [0, -1], [0, 1]], [33, 8, 5, -1, 8])
    same = holds("primal and dual optimum coincide", done.value == done.dual_value)
    return Found((done,), {"x": done.at, "primal": done.value, "dual": done.dual_value}, (same,))


@results.reproduces("mml-7-qpdual")
def quadratic_program_and_dual() -> Found:
    """Solve a quadratic program and its dual by active sets."""
    done = quadratic_program([[2, 1], [1, 4]], [5, 3], [[1, 0], [-1, 0], [0, 1], [0, -1]], [1, 1, 1, 1])
    same = holds("primal and dual optimum coincide", done.value == done.dual_value)
    return Found((done,), {"x": done.at, "λ": done.multipliers, "optimum": done.value}, (same,))


@results.reproduces("mml-7-convex")
def three_tests_of_convexity() -> Found:
    """Test x log₂ x and a saddle by chords, tangents and the Hessian."""
    good, bad = convexity("x log2(x)", (0.01, 10)), convexity("x² − y²")
    agree = holds("the three tests agree on both", good.agree and bad.agree)
    return Found((good, bad), {}, (agree, holds("x log₂ x is convex, the saddle is not", good.value and not bad.value)))


@results.reproduces("mml-7-conj")
def convex_conjugates() -> Found:
    """Find the conjugate of a quadratic, and of a sum of separate functions."""
    done, of_sum = conjugate("a x²/2", "x"), sum_conjugate(["x²/2", "exp(y)"], ["x", "y"])
    return Found((done, of_sum), {"f*": done.value, "f**": done.twice, "conjugate of the sum": of_sum.value})
