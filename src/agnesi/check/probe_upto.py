"""The probe for lines that hold up to a factor or a constant: numbers that do not see it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from agnesi.check.judge import judge
from agnesi.check.numbers import carried_out, points
from agnesi.check.probe import UNTOLD, Fingerprint, PointProbe
from agnesi.check.settings import Setting, given
from agnesi.check.slip_places import Place
from agnesi.check.upto import cleared
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Expr, Symbol, symbol, symbols_of
from agnesi.run.sample import draw

_CHANGES = re.compile(r"^The (difference|factor) of the two sides is not constant: it changes with (\S+)\.$")
PLACES = 3  # values of the variable at which a side is compared with itself
TRIES = 12


def variable_of(reason: str) -> tuple[str, bool] | None:
    """Return the variable of a claim up to a factor or (true) a constant, from the reason of its refutation."""
    found = _CHANGES.match(reason)
    return (found[2], found[1] == "difference") if found else None


class UptoProbe(PointProbe):
    """How a side changes with a variable, the others held: by which factor, or by how much."""

    def __init__(self, above: Expr, line: Expr, setting: Setting, name: str, additive: bool) -> None:
        self.setting, self.additive = setting, additive
        self.upto = "= const +" if additive else "∝"
        roots = [carried_out(cleared(above)), carried_out(cleared(line))]
        at, _ = next(iter(points(roots, given(setting, None, 3), 1)))
        self._env, self._sizes = {**at.sizes, **at.values}, at.sizes
        self._prepare()
        moved = [s for s in symbols_of(*roots) if s.name == name]
        self._places = self._drawn(moved, roots)

    def _drawn(self, moved: Sequence[Symbol], roots: Sequence[Expr]) -> list[PointProbe]:
        rng, out = np.random.default_rng(5), list[PointProbe]()
        positive = all(np.all(np.asarray(self._env[s.name]) > 0) for s in moved)
        for _ in range(TRIES):
            fresh = draw(list(moved), rng, self._sizes, ("positive", "", "spd") if positive else ("", "", ""))
            probe = PointProbe.at({**self._env, **fresh}, self._sizes)
            if all(f is not None for f in probe.values(list(roots))):
                out.append(probe)
            if len(out) == PLACES:
                return out
        raise NotNumeric("No other values of the variable were found.")

    def around(self) -> list[PointProbe]:
        """Return nothing: terms of a sum do not add up to a factor."""
        return []

    def placed(self, parts: Sequence[tuple[Place, Expr]]) -> list[Any]:
        """Return UNTOLD for all: the numbers are those of the whole."""
        return [UNTOLD] * len(parts)

    def values(self, exprs: Sequence[Expr]) -> list[Fingerprint | None]:
        """Return by how much each expression changes, or by which factor."""
        rows = [probe.values(exprs) for probe in self._places]
        return [self._change([row[k] for row in rows]) for k in range(len(exprs))]

    def _change(self, found: Sequence[Fingerprint | None]) -> Fingerprint | None:
        numbers = [f.numbers for f in found if f is not None]
        if len(numbers) < len(found) or len({n.shape for n in numbers}) > 1:
            return None
        first = numbers[0]
        if not self.additive and not np.all(np.abs(first) > 1e-290):
            return None
        change = np.concatenate([n - first if self.additive else n / first for n in numbers[1:]])
        return Fingerprint.of(change) if np.all(np.isfinite(change)) else None

    def _tested(self, a: Expr, b: Expr) -> bool:
        if self.additive and not a.shape:
            return bool(judge("eq", a, b + symbol("const"), self.setting, deep=False))
        return bool(judge("propto", a, b, self.setting, deep=False))
