"""Whether a violation is real: facts that hold, a gap that a small move does not change, 50 digits that agree."""

from __future__ import annotations

from typing import Any

import numpy as np

from agnesi.check.domain import Domain, Values
from agnesi.check.gaps import DEFINITE, REVERSED, Gap, gap_of
from agnesi.check.minimise import around_of
from agnesi.check.moves import holds
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Index, Symbol, postorder
from agnesi.run.precise import precisely

UNTOLD = 1e-6  # where 50 digits cannot be had, a violation must be this large
PATIENCE = 25  # confirmations that may fail before no more are tried
LARGE = 5.0  # equality is claimed only at entries up to this, with two decimals
NEAR, APART = 0.01, 1e-10  # a move by this part of the values, and how far apart (relative) it brings the sides
# Operations that floats carry out without rounding on small whole numbers and quarters.
_EXACT = frozenset((
    "add", "neg", "mul", "hadamard", "transpose", "inner", "kron", "abs", "sign", "relu", "step", "maximum", "minimum",
    "entry", "row", "col", "blocks", "eye", "ones", "zeros", "basis", "size", "diag", "diagonal", "vec", "unvec",
    "tril", "triu", "toeplitz", "sum", "norm1", "norminf", "max", "min", "tr", "cumsum", "Sum", "Max", "Min", "Tensor",
    "rank",
))
_POWERS = frozenset(("pow", "epow", "matpow"))


class Confirm:
    """Decides whether a relation really fails at a point."""

    def __init__(self, domain: Domain, sides: tuple[Expr, Expr], relation: str, rng: np.random.Generator) -> None:
        self.domain, self.sides, self.relation, self.rng = domain, sides, relation, rng
        self.gap = gap_of(relation)
        self.exact = all(_is_exact(n) for n in postorder(*sides, *(e for _, e in domain.defined)))
        self.patience = PATIENCE

    def violated(self, found: Values, gap: Gap) -> bool:
        """Tell whether a negative gap is real."""
        if self.patience <= 0 or not self._has_facts(found):
            return False
        if self.exact and _dyadic(found):
            return True
        told = self._precise_sign(found)
        exactly = bool(told) and not self.domain.equations  # what satisfies equations does so up to rounding
        real = told is not False and (exactly or gap.relative < -UNTOLD) and self._stable(found, gap)
        self.patience -= not real
        return bool(real)

    def equal(self, found: Values, gap: Gap) -> bool:
        """Tell whether sides that floats cannot tell apart are equal."""
        if self.patience <= 0 or not _small(found) or not self._has_facts(found):
            return False
        if self.sides[0] is self.sides[1] or (self.exact and _dyadic(found)):
            return True
        real = touches(self.domain, found, self.gap, self.rng) and self._precisely_equal(found) is not False
        self.patience -= not real
        return real

    def _has_facts(self, found: Values) -> bool:
        return all(holds(s, found.point.values[s.name]) for s in self.domain.symbols)

    def _stable(self, found: Values, gap: Gap) -> bool:
        """Tell whether the gap stays when the point moves by far less than would explain it."""
        around = around_of(self.domain, found)
        step = min(1e-8, 1e-3 * abs(gap.relative))
        for _ in range(3 if around.count else 0):
            near = around.at(step * self.rng.normal(size=around.count))
            other = self.gap(near.roots) if near is not None else None
            if other is not None and abs(other.absolute - gap.absolute) > 0.5 * abs(gap.absolute):
                return False
        return True

    def _differences(self, found: Values) -> tuple[Any, Any] | None:
        """The entries of right − left (or left − right for ≥) in 50 digits, and the largest side."""
        try:
            left, right = precisely(self.sides, found.point.values, found.point.sizes)
        except (AgnesiError, ArithmeticError, ValueError, TypeError):
            return None
        a, b = np.asarray(left, dtype=object), np.asarray(right, dtype=object)
        try:
            entries = list(np.ravel(b - a if self.relation not in REVERSED else a - b))
        except ValueError:
            return None
        scale = max([abs(v) for v in (*a.ravel(), *b.ravel())], default=0)
        return entries, scale

    def _precise_sign(self, found: Values) -> bool | None:
        """Tell whether the relation fails in 50 digits; None where they cannot be had."""
        told = None if self.relation in DEFINITE else self._differences(found)
        return None if told is None or not told[0] else bool(min(told[0]) < -1e-20 * told[1])

    def _precisely_equal(self, found: Values) -> bool | None:
        told = None if self.relation in DEFINITE else self._differences(found)
        if told is None or not told[0]:
            return None
        level = [abs(v) <= 1e-45 * told[1] for v in told[0]]
        return all(level) if self.relation == "ne" else any(level)


def touches(domain: Domain, found: Values, gap: Any, rng: np.random.Generator) -> bool:
    """Tell whether sides that are equal at a point come apart right next to it, as they do where curves touch or cross.

    Where one side only comes near to the other, such as tanh(40) to 1, they stay together.
    """
    around = around_of(domain, found)
    for _ in range(8 if around.count else 0):
        near = around.at(NEAR * rng.normal(size=around.count))
        other = gap(near.roots) if near is not None else None
        if other is not None and abs(other.relative) > APART:
            return True
    return False


def _is_exact(node: Expr) -> bool:
    match node:
        case Const():
            return abs(float(node.value)) < 1e6 and float(node.value) * 4 == round(float(node.value) * 4)
        case Symbol() | Index():
            return True
        case Bind():
            return node.op.name in _EXACT
        case Apply():
            if node.op.name in _POWERS:
                return (node.attrs[0] if node.attrs else getattr(node.args[-1], "value", 0)) in (2, 3)
            return node.op.name in _EXACT
    return False


def _entries(found: Values) -> Any:
    arrays = [np.ravel(v) for v in found.point.values.values()]
    return np.concatenate(arrays) if arrays else np.zeros(0)


def _dyadic(found: Values) -> bool:
    """Whole numbers and quarters of a size that products of a few do not round."""
    x = _entries(found)
    return bool(np.all(np.abs(x) <= 64) and np.all(x * 4 == np.round(x * 4)))


def _small(found: Values) -> bool:
    x = _entries(found)
    return bool(np.all(np.abs(x) <= LARGE) and np.all(np.abs(x * 20 - np.round(x * 20)) < 1e-12))
