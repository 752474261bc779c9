"""Results of Mathematics for Machine Learning, chapter 7: continuous optimisation."""

from __future__ import annotations

import numpy as np

from agnesi.calculus import (
    conjugate,
    convexity,
    gradient_descent,
    linear_program,
    quadratic,
    quadratic_program,
    stochastic_descent,
    sum_conjugate,
)
from agnesi.draw import contours
from agnesi.results.misfits import misfit_function
from agnesi.results.record import Found, holds, near
from agnesi.results.registry import results


@results.reproduces("mml-7-gd")
def zigzag_of_gradient_descent() -> Found:
    """Walk down a quadratic from (−3, −1) with two step sizes and with momentum; count steps and turns."""
    f = quadratic([[2, 1], [1, 20]], [5, 3])
    asked = {"step 0.085": (0.085, 0.0), "step 0.02": (0.02, 0.0), "momentum": (0.05, 0.5)}
    done = {name: gradient_descent(f, [-3, -1], rate=r, momentum=m, steps=800) for name, (r, m) in asked.items()}
    paths = {name: d.path[:25] for name, d in done.items()}
    lengths = {name: len(d.path) - 1 for name, d in done.items()}
    turns = {name: _sharp_turns(d.path[:25]) for name, d in done.items()}
    return Found(
        tuple(done.values()),
        {f"steps with {name}": count for name, count in lengths.items()}
        | {f"turns by more than 90° in 24 steps, {name}": count for name, count in turns.items()},
        (holds("all three arrive where the gradient is zero", all(d.outcome == "converged" for d in done.values())),
         holds("step 0.085 zigzags: it turns back more often than the others, and step 0.02 never does",
               turns["step 0.085"] > turns["momentum"] and turns["step 0.02"] == 0),
         holds("with momentum fewest steps are needed", lengths["momentum"] == min(lengths.values()))),
        contours(f, (-4, 5), (-2, 2), path=paths),
    )  # fmt: skip


def _sharp_turns(path: np.ndarray) -> int:
    """Return how many times a path turns by more than a right angle."""
    moves = np.diff(path, axis=0)
    return int(((moves[1:] * moves[:-1]).sum(axis=1) < 0).sum())


@results.reproduces("mml-7-sgd")
def stochastic_gradients() -> Found:
    """Fit a line by the gradients of all examples, of batches, and of batches with momentum."""
    draw = np.random.default_rng(1)
    x = draw.uniform(-1, 2, 60)
    data = {"x": x, "y": 1 + 2 * x + draw.normal(0, 0.5, 60)}
    asked = {"all 60": (60, 0.0, 400), "batches of 4": (4, 0.0, 12), "batches of 4, momentum 0.8": (4, 0.8, 12)}
    done = {
        name: stochastic_descent("(y − a − b x)²", data, [-2, 4], "a b", 0.05, epochs, batch, momentum, decay=0.01)
        for name, (batch, momentum, epochs) in asked.items()
    }
    ends = {name: d.value for name, d in done.items()}
    best = np.linalg.lstsq(np.column_stack([np.ones(60), x]), data["y"], rcond=None)[0]
    noisy = done["batches of 4"].noise
    batches = noisy[draw.permuted(np.tile(np.arange(60), (2000, 1)), axis=1)[:, :4]].mean(axis=1)
    away = np.abs(batches.mean(axis=0) - done["all 60"].full_gradient) / noisy.std(axis=0)
    paths = {name: d.path for name, d in done.items()}
    return Found(
        tuple(done.values()), {"least squares": best} | {f"end with {name}": end for name, end in ends.items()},
        (near("the mean of 2000 random batches is the full gradient, in units of the noise", away.max(), 0.05),
         near("all ends are near the least squares fit", max(np.abs(e - best).max() for e in ends.values()), 0.15)),
        contours(misfit_function("a + b x", data, ("a", "b")), (-3, 3), (0, 5), path=paths, title="Mean loss"),
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
    verdicts = {"x log₂ x": good.value, "x² − y²": bad.value}
    said = {name: "convex" if value else "not convex" for name, value in verdicts.items()}
    right = holds("x log₂ x is convex, the saddle is not", good.value and not bad.value)
    return Found((good, bad), said, (agree, right))


@results.reproduces("mml-7-conj")
def convex_conjugates() -> Found:
    """Find the conjugate of a quadratic, and of a sum of separate functions."""
    done, of_sum = conjugate("a x²/2", "x"), sum_conjugate(["x²/2", "exp(y)"], ["x", "y"])
    return Found((done, of_sum), {"f*": done.value, "f**": done.twice, "conjugate of the sum": of_sum.value})
