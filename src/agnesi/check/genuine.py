"""Whether a point solves equations, or only comes so near that floats cannot tell, as tanh(20) comes to 1."""

from __future__ import annotations

import numpy as np

from agnesi.check.domain import EXACT, Domain, Values, order_holds
from agnesi.check.minimise import Around
from agnesi.errors import NotNumeric
from agnesi.run.sample import draw

TRIES, DRAWS = 4, 3
STEP, LEAST = 0.01, 0.5  # a move by this part of the values, or of LEAST near 0
TINY = 1e-6  # a move that tells how an equation reacts to rounding of the values
APART = 1e-9  # relative to the terms: what such a move must do to an equation


class Genuine:
    """Tells solutions from points where a side is merely saturated: next to a solution its equations fail."""

    def __init__(self, domain: Domain, rng: np.random.Generator) -> None:
        self.domain, self.rng = domain, rng
        self._usual: tuple[frozenset[int], tuple[float, ...]] | None = None

    def holds(self, found: Values, within: float = EXACT) -> bool:
        """Tell whether the conditions hold, equations up to the rounding of their terms or of the values."""
        if not all(order_holds(*order) for order in found.orders):
            return False
        open_ones = [k for k in range(len(found.equations)) if _gap(found, k) > within]
        if not open_ones:
            return True
        around = Around(self.domain, found.point.values, found.point.sizes)
        near = around.at(TINY * self.rng.choice((-1.0, 1.0), around.count)) if around.count else None
        return near is not None and all(_size(found, k) <= within * _moved(found, near, k) / TINY for k in open_ones)

    def __call__(self, found: Values) -> bool:
        """Tell whether each equation fails next to the point (identities, which hold everywhere, may stay)."""
        if not found.equations or self.domain.discrete():
            return True
        if self._usual is None:
            self._usual = self._at_random(found)
        identities, usual = self._usual
        around = Around(self.domain, found.point.values, found.point.sizes, least=LEAST)
        waiting = set(range(len(found.equations))) - identities
        for _ in range(TRIES if around.count else 0):
            near = around.at(STEP * self.rng.normal(size=around.count))
            if near is not None:
                waiting = {k for k in waiting if _size(near, k) <= APART * max(usual[k], near.equations[k][2])}
            if not waiting:
                return True
        return not waiting or not around.count

    def _at_random(self, found: Values) -> tuple[frozenset[int], tuple[float, ...]]:
        """The equations that hold at random values, and how large the terms of each equation are there."""
        holding, sizes = set(range(len(found.equations))), [0.0] * len(found.equations)
        for _ in range(DRAWS):
            try:
                values = draw(self.domain.free, self.rng, found.point.sizes)
            except NotNumeric:
                continue
            other = self.domain.at(values, found.point.sizes)
            if other is not None:
                holding = {k for k in holding if _gap(other, k) <= APART}
                sizes = [max(size, e[2]) for size, e in zip(sizes, other.equations, strict=True)]
        return frozenset(holding), tuple(size or 1.0 for size in sizes)


def _size(found: Values, k: int) -> float:
    left, right, _ = found.equations[k]
    return float(np.max(np.abs(np.asarray(left) - right), initial=0.0))


def _gap(found: Values, k: int) -> float:
    """The difference of an equation's sides, relative to its terms."""
    size = found.equations[k][2]
    return _size(found, k) / size if size else _size(found, k)


def _moved(found: Values, near: Values, k: int) -> float:
    """How far the difference of an equation's sides moves between two points."""
    (a, b, _), (c, d, _) = found.equations[k], near.equations[k]
    return float(np.max(np.abs((np.asarray(a) - b) - (np.asarray(c) - d)), initial=0.0))
