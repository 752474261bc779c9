"""Results of the Imperial course about a sandpit: a function of two variables with several hollows, walked downhill."""

from __future__ import annotations

from functools import cache

import numpy as np

from agnesi.calculus import gradient_descent
from agnesi.calculus.functions import Function, function
from agnesi.draw import contours, convergence, panels, surface
from agnesi.results.record import Found, holds, near
from agnesi.results.registry import results

SANDPIT = "−2exp(−(x − 1)² − (y − 1)²) − exp(−(x + 1)² − 2(y + 1)²)"  # the height of the sand
RANGES = (-2.5, 2.5), (-2.5, 2.5)


@cache
def _sandpit() -> Function:
    return function(SANDPIT)


@results.reproduces("mvc-2-sandpit")
def dipstick_in_the_sandpit() -> Found:
    """Measure slopes in several directions, take the steepest one down, and so on to the bottom."""
    start = np.array([0.0, 2.0])
    done = gradient_descent(_sandpit(), start, rate=0.15, steps=80, line="backtracking", tolerance=1e-6)
    gradient = _sandpit().slope(start)
    turns = np.arange(360) * np.pi / 180
    slopes = np.column_stack([np.cos(turns), np.sin(turns)]) @ gradient
    first = (done.path[1] - start) / np.linalg.norm(done.path[1] - start)
    at = turns[slopes.argmin()]
    return Found(
        (done,), {"bottom": done.value, "depth": -done.values[-1]},
        (near("of 360 directions the steepest one down is that of the first step",
              np.abs(first - [np.cos(at), np.sin(at)]).max(), np.pi / 180),
         holds("each step goes deeper", (np.diff(done.values) < 0).all())),
        panels([
            contours(SANDPIT, *RANGES, path=done.path, title="Path"),
            convergence(-done.values, label="depth", across="step", log=False, title="Depth"),
        ], "Walking downhill in a sandpit"),
    )  # fmt: skip


@results.reproduces("mvc-5-sandpit2")
def descent_in_the_sandpit() -> Found:
    """Descend with a fixed step from three places: the hollow that is found depends on the start."""
    starts = {"first": [0.2, 2], "second": [-1.5, -0.2], "third": [0.2, -1.5]}
    done = {
        name: gradient_descent(_sandpit(), at, rate=0.2, steps=150, tolerance=1e-6) for name, at in starts.items()
    }  # fmt: skip
    ends = {name: d.value for name, d in done.items()}
    depths = {name: -float(d.values[-1]) for name, d in done.items()}
    deepest = max(depths.values())
    paths = {name: d.path for name, d in done.items()}
    return Found(
        tuple(done.values()),
        {f"end of the {name} walk": end for name, end in ends.items()} | {"depths": list(depths.values())},
        (holds("all three walks end where the sand is level", all(d.outcome == "converged" for d in done.values())),
         holds("the first finds the deeper hollow, the others one and the same other",
               depths["first"] == deepest > depths["second"] + 0.1
               and np.allclose(ends["second"], ends["third"], atol=1e-4))),
        panels([
            contours(SANDPIT, *RANGES, path=paths, title="Three walks"),
            surface(SANDPIT, *RANGES, path=paths, title="The sandpit"),
        ], "Gradient descent in a sandpit"),
    )  # fmt: skip
