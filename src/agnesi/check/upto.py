"""Statements up to a factor or a constant: p(w) ∝ ..., log p(w) = ... + const."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from agnesi.check.numbers import Given, carried_out, on_the_way, points
from agnesi.check.report import Counterexample, Finding
from agnesi.check.small import shown
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Const, Expr, Symbol, apply, constant, postorder, replace, symbols_of
from agnesi.run.reference import Program
from agnesi.run.sample import Point, draw

CONSTANTS = frozenset(("const", "constant", "cst", "Const"))
BASES, MOVES = 4, 3


def without_constant(left: Expr, right: Expr) -> tuple[Expr, Expr] | None:
    """Return the sides without "+ const", or None where there is none."""
    named: dict[Expr, Expr] = {s: constant(0) for s in symbols_of(left, right) if s.name in CONSTANTS}
    if not named:
        return None
    return cleared(replace(left, named)), cleared(replace(right, named))


def cleared(expr: Expr) -> Expr:
    """Return a sum without its zeros."""
    if any(isinstance(n, Const) and n.value == 0 for n in postorder(expr)) and expr.args and _is_sum(expr):
        kept = [a for a in expr.args if not (isinstance(a, Const) and a.value == 0)]
        return kept[0] if len(kept) == 1 else apply("add", *kept) if kept else constant(0)
    return expr


def _is_sum(expr: Expr) -> bool:
    return getattr(getattr(expr, "op", None), "name", "") == "add"


def proportional(left: Expr, right: Expr, moving: Sequence[str], under: Given, additive: bool = False) -> Finding:
    """Judge left ∝ right (or, `additive`, left = right + const): the factor does not depend on the moving variables.

    Without `moving` the factor may depend on some symbols but not on all, and the finding says on which.
    """
    a, b = carried_out(left), carried_out(right)
    free = [s for s in symbols_of(a, b) if s.name not in under.values]
    about = [s for s in free if s.name in moving]
    depends: dict[str, tuple[Point, Any, Any]] = {}
    count = 0
    for at, (x, y) in points([a, b], under, BASES):
        base = _factor(x, y, additive)
        if base is None:
            continue
        for one in about or free:
            moved, tried = _moved([a, b], at, one, under, additive, base)
            if moved is not None:
                depends.setdefault(one.name, moved)
            count += tried > 0
    if not count:
        return Finding("not read", "No point was found to compare the sides at.")
    what = "difference" if additive else "factor"
    if depends and (about or len(depends) == len(free)):
        name, (at, x, y) = next(iter(depends.items()))
        reason = f"The {what} of the two sides is not constant: it changes with {name}."
        return Finding("refuted", reason, counterexample=Counterexample(at.values, at.sizes, x, y, (shown(at, x, y),)))
    on = f"the {what} depends on {', '.join(depends)} only" if depends else f"the {what} is a number"
    said = about and f"the {what} does not depend on {', '.join(s.name for s in about)}"
    return Finding("tested", said or on, count)


def _factor(x: Any, y: Any, additive: bool) -> Any:
    a, b = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if additive:
        return a - b
    if not np.all(np.abs(b) > 1e-290) or not np.all(np.isfinite(a)):
        return None
    return a / b


def _moved(
    roots: Sequence[Expr], at: Point, one: Symbol, under: Given, additive: bool, base: Any
) -> tuple[tuple[Point, Any, Any] | None, int]:
    """Return a point where moving one symbol changes the factor, if there is one, and how many were compared."""
    tried = 0
    rng = np.random.default_rng(under.seed + 7)
    program = Program(*roots)
    for _ in range(MOVES):
        try:
            fresh = draw([one], rng, at.sizes, ("positive", "", "spd") if _positive(at, one) else ("", "", ""))
            values = {**at.values, **fresh}
            x, y = program({**at.sizes, **values}, at.sizes)
        except NotNumeric:
            continue
        factor = _factor(x, y, additive)
        if factor is None or not np.all(np.isfinite(factor)):
            continue
        here = Point(values, at.sizes)
        tried += not np.array_equal(fresh[one.name], at.values.get(one.name, np.nan))
        scale = max(float(np.max(np.abs(base))), float(np.max(np.abs(factor))))
        rounding = on_the_way(roots, here) + on_the_way(roots, at) if additive else scale
        if float(np.max(np.abs(factor - base))) > 1e-7 * max(scale, rounding if additive else 0.0):
            return (here, x, y), tried
    return None, tried


def _positive(at: Point, one: Symbol) -> bool:
    return bool(np.all(np.asarray(at.values.get(one.name, 0.0)) > 0))
