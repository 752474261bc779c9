"""Inequalities judged: attacked by search, then proved if a rule does."""

from __future__ import annotations

from typing import Any

import numpy as np

from agnesi.check.assumptions import assumptions
from agnesi.check.attack import attack
from agnesi.check.numbers import Given, carried_out, points
from agnesi.check.proof import prove_inequality
from agnesi.check.report import Finding
from agnesi.check.settings import Setting, counter, given, in_worlds, proved
from agnesi.check.worlds import World
from agnesi.expr.nodes import Expr

SEARCH = 0.25  # seconds of processor time for a search that should refute an inequality
INEQUALITIES = frozenset(("le", "lt", "ge", "gt"))


def inequality(op: str, left: Expr, right: Expr, setting: Setting, deep: bool = True) -> Finding:
    """Judge left ≤ right and the like: attacked by search, then proved if a rule does."""
    def decide(a: Expr, b: Expr, s: Setting, world: World | None) -> Finding:
        a, b = carried_out(a), carried_out(b)
        under = given(s, world)
        needed = assumptions(a, b) if world is None else world.assumed
        small, large = (b, a) if op in ("ge", "gt") else (a, b)
        able = deep and world is None and op in ("le", "ge")
        proof = prove_inequality(small, large) if able else None
        budget = SEARCH / 25 if proof is not None else SEARCH if deep else SEARCH / 2
        tried = attack(op, a, b, fixed=under.values, sizes=under.sizes, given=s.conditions, budget=budget)
        if tried.verdict == "not tested" and s.conditions:
            return held(op, a, b, under)
        near = world is not None and op in ("le", "ge") and tried.verdict == "refuted"
        if near and rounding(tried.left, tried.right):
            return Finding("tested", "the sides are equal there", max(tried.points, 1), 0.0, (), assumptions=needed)
        if tried.verdict == "refuted" and tried.point is not None:
            said = counter(tried.point, tried.left, tried.right)
            return Finding("refuted", "The two sides are equal there." if tried.equal else "", counterexample=said)
        if tried.verdict != "survived" or not tried.points:
            return Finding("not read", tried.note or "No point was found to compare the sides at.")
        if proof is not None:
            return proved(proof, tried.points, 0.0, (), needed)
        said_so = f"holds at {tried.points} points and under a search for a violation"
        return Finding("tested", said_so, tried.points, 0.0, (), assumptions=needed)

    return in_worlds(left, right, setting, decide)


def rounding(left: Any, right: Any) -> bool:
    """Tell whether sums of probabilities differ by no more than rounding does: an information that is exactly 0."""
    gap = np.max(np.abs(np.asarray(left, dtype=float) - np.asarray(right, dtype=float)), initial=0.0)
    return bool(gap < 1e-13 * max(1.0, float(np.max(np.abs(right), initial=0.0))))


def held(op: str, left: Expr, right: Expr, under: Given) -> Finding:
    """Judge an inequality at points that satisfy conditions."""
    count = 0
    for at, (x, y) in points([left, right], under, 60):
        low, high = (x, y) if op in ("le", "lt") else (y, x)
        gap = np.asarray(high) - np.asarray(low)
        scale = max(float(np.max(np.abs(x), initial=0.0)), float(np.max(np.abs(y), initial=0.0)), 1e-12)
        if np.min(gap) < -1e-7 * scale:
            return Finding("refuted", "", counterexample=counter(at, x, y))
        count += 1
    if not count:
        return Finding("not read", "No point was found that satisfies the conditions.")
    return Finding("tested", f"holds at {count} points that satisfy the conditions", count)
