"""Search near a point of a domain: moves that keep the facts, minimisation without derivatives, fewer digits."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any

import numpy as np

from agnesi.check.domain import Domain, Values
from agnesi.check.moves import holds, move
from agnesi.check.powell import conjugate
from agnesi.check.simplex import descend

FEW = 6  # free numbers up to which Nelder–Mead is used; Powell's method beyond
EVALUATIONS = 50  # for each free number
ENOUGH = -0.03  # a relative gap below this is as good as any


class OutOfTime(Exception):
    """The budget is used up."""


class _Enough(Exception):
    """The search has found what it looked for."""


class Around:
    """The points of a domain around one of them, by free numbers z; z = 0 is the point itself.

    `only` names the symbols that move (all, where it is None); `least` is how far z = 1 moves an entry at least.
    """

    def __init__(
        self, domain: Domain, start: Mapping[str, Any], sizes: Mapping[str, int], only: Container[str] | None = None,
        least: float = 0.0,
    ) -> None:
        self.domain, self.start, self.sizes = domain, start, sizes
        moving = [s for s in domain.free if only is None or s.name in only]
        self.moves = [(s, move(s.facts, start[s.name], least)) for s in moving]
        self.count = sum(m.count for _, m in self.moves)

    def values(self, z: Any) -> dict[str, Any]:
        """Return the values of the free symbols at z."""
        out, at = {s.name: self.start[s.name] for s in self.domain.free}, 0
        for s, m in self.moves:
            out[s.name] = m.at(z[at : at + m.count])
            at += m.count
        return out

    def at(self, z: Any) -> Values | None:
        """Return what the domain gives at z, or None where something has no value."""
        return self.domain.at(self.values(z), self.sizes)

    def rounded(self, digits: int) -> Values | None:
        """Return the start with its values in few digits, where they keep their facts."""
        return self.domain.at(rounded(self.domain, self.start, digits), self.sizes)


def around_of(domain: Domain, found: Values) -> Around:
    """Return the points around one that was found."""
    return Around(domain, found.point.values, found.point.sizes)


def rounded(domain: Domain, values: Mapping[str, Any], digits: int) -> dict[str, Any]:
    """Return the values of the free symbols in few digits, where they keep their facts."""
    out = {}
    for s in domain.free:
        short = _short(values[s.name], digits, "probability" in s.facts)
        out[s.name] = short if holds(s, short) else values[s.name]
    return out


def _short(value: Any, digits: int, shares: bool) -> Any:
    x = np.asarray(value, dtype=float)
    top = float(np.max(np.abs(x), initial=0.0))
    if not top:
        return value
    decimals = digits - 1 - int(np.floor(np.log10(top)))
    out = np.round(x, decimals) + 0.0
    if shares and out.ndim == 1:
        out[-1] = np.round(1.0 - np.sum(out[:-1]), max(decimals, 0))
    return out if out.ndim else out[()]


def lowered(height: Callable[[Any], float], count: int) -> Any:
    """Return the z where `height` is smallest near 0, as far as a search finds in the time that `height` allows."""
    lowest, best = np.inf, np.zeros(count)

    def seen(z: Any) -> float:
        nonlocal lowest, best
        value = height(z)
        if value < lowest:
            lowest, best = value, np.array(z)
            if value < ENOUGH:
                raise _Enough
        return value

    most = EVALUATIONS * count
    start = np.zeros(count)
    try:
        if count <= FEW:
            descend(seen, np.vstack((start, 0.4 * np.eye(count))), most)
        else:
            conjugate(seen, start, most)
    except (OutOfTime, _Enough):
        pass
    return best
