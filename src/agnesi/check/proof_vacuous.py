"""Conditions that can never hold: a projection is never invertible, sin² + cos² − 1 is never other than 0.

What is so wherever such a condition holds says nothing, and is not called proved.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from agnesi.check.assumptions import Need, needs_of
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Expr, Symbol
from agnesi.run.sample import Sampler

POINTS = 6
SINGULAR = 1e-10


def vacuous(*exprs: Expr) -> bool:
    """Tell whether something that expressions need to have a value held at none of several random points."""
    return any(_never(need) for need in needs_of(*exprs) if not isinstance(need[1], Symbol))


def _never(need: Need) -> bool:
    word, what = need
    try:
        sampler = Sampler([what], np.random.default_rng(0))
        return not any(_holds(word, sampler.point()[1][0]) for _ in range(POINTS))
    except NotNumeric:
        return False  # nothing is known


def _holds(word: str, value: Any) -> bool:
    array = np.asarray(value, dtype=float)
    if word == "invertible":
        size = np.linalg.svd(array, compute_uv=False)
        return bool(size[-1] > SINGULAR * size[0])
    if word == "≠ 0":
        return bool(np.max(np.abs(array), initial=0.0) > SINGULAR)
    if word == "> 0":
        return bool(np.max(array, initial=0.0) > SINGULAR)
    return True
