"""One relation judged: equality, inequality, ∝, + const, ≈, implication, each with its evidence.

Numbers come first: a disagreement at a point of the domain is a counterexample whatever rules may say. Where the
numbers agree, a proof is looked for; without one the verdict is "tested".
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from agnesi.check.approximate import approximately
from agnesi.check.as_good import as_good
from agnesi.check.assumptions import assumptions
from agnesi.check.definite import by_eigenvalue
from agnesi.check.directions import directions
from agnesi.check.inequalities import INEQUALITIES, inequality
from agnesi.check.layouts import layout_note, other_layout
from agnesi.check.numbers import POINTS, Given, carried_out, compare, differentiated, points
from agnesi.check.proof import prove
from agnesi.check.report import Finding
from agnesi.check.rounding import rounded_by, rounded_entries
from agnesi.check.settings import PLAIN, Setting, about, counter, given, in_worlds, proved, sentence, untold_probability
from agnesi.check.sides import fitting, idle_derivative, named, one_naming
from agnesi.check.small import Small, simplest
from agnesi.check.upto import proportional, without_constant
from agnesi.check.worlds import World, has_chance
from agnesi.errors import AgnesiError, NotNumeric, OutOfTime, TooLarge
from agnesi.expr.clock import over, within
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Index, apply, constant, operations_in, postorder, symbols_of
from agnesi.expr.nodes import replace as replaced
from agnesi.rules.forms import build
from agnesi.rules.normal import form_of
from agnesi.run.orders import order_holds, orders_in
from agnesi.run.sample import Point

CLAIM = 5.0  # seconds of processor time for one claim
LATE = "It takes too long to judge."
MAX_TERMS, MAX_FACTORS = 20_000, 40
LONG = 3  # digits behind the point of a number that was worked out and rounded: 0.7311
FEW = 4  # points at which what is proved is tried
OF_RANKS, LONGER = 48, 5.0  # points where a rank is taken; seconds at most for small points, where it is smaller
SLOW = frozenset(("Integral", "Argmin", "Argmax", "Min", "Max", "derivative"))
NUMERIC_POINTS = 2  # at which a derivative is also taken numerically
SIGNS = {"eq": "=", "ne": "≠", "le": "≤", "lt": "<", "ge": "≥", "gt": ">", "approx": "≈", "propto": "∝",
         "succeq": "⪰", "succ": "≻", "preceq": "⪯", "prec": "≺"}


def judge(op: str, left: Expr, right: Expr, setting: Setting = PLAIN, *, deep: bool = True) -> Finding:
    """Return what is found about `left op right`; `deep` looks for a proof and for a small counterexample.

    Ops are the names of relations: eq, equiv, ne, le, lt, ge, gt, approx, propto.
    """
    left, right = one_naming(left, right)
    if setting.found is None:
        return _in_time(op, left, right, setting, deep)
    key = (op, left, right, deep, setting.key())
    return setting.found.of(key, setting.chance, lambda: _in_time(op, left, right, setting, deep))


def _in_time(op: str, left: Expr, right: Expr, setting: Setting, deep: bool) -> Finding:
    """Judge while there is time: what is cut short is not called wrong."""
    with within(CLAIM):
        found = _judged(op, left, right, setting, deep)
        return Finding("not read", LATE) if found.verdict == "refuted" and over() else found


def _judged(op: str, left: Expr, right: Expr, setting: Setting, deep: bool) -> Finding:
    try:
        op, left, right = by_eigenvalue(op, left, right)
        if op in ("eq", "equiv", "define") and orders_in(left, right):
            return up_to_order(left, right, setting)
        if op in ("eq", "equiv", "define"):
            found = equality(left, right, setting, deep)
            return (as_good(left, right, setting, _equal) or found) if found.verdict == "refuted" else found
        if op in INEQUALITIES:
            return inequality(op, left, right, setting, deep)
        if op == "ne":
            return different(left, right, setting)
        if op == "propto":
            if has_chance(left, right):
                return in_worlds(left, right, setting, lambda a, b, s, w: up_to(left, a, b, s, w, False), "factor")
            return in_worlds(left, right, setting, lambda a, b, s, w: proportional(a, b, s.moving, given(s, w)))
        if op == "approx":
            same = equality(left, right, setting, deep)
            return same if same else in_worlds(
                left, right, setting, lambda a, b, s, w: approximately(a, b, s.small, s.large, given(s, w))
            )
    except OutOfTime:
        return Finding("not read", LATE)
    except (AgnesiError, np.linalg.LinAlgError) as error:
        return Finding("not read", sentence(error))
    except Exception as error:  # the last resort: one line that cannot be judged must not stop the others
        if os.environ.get("AGNESI_DEBUG"):
            raise
        return Finding("not read", f"Agnesi itself failed on this claim ({type(error).__name__}: {error}).")
    return Finding("not read", f"A claim with {SIGNS.get(op, op)} is not judged.")


def _equal(left: Expr, right: Expr, setting: Setting) -> Finding:
    """Judge an equality without looking for a proof or a small counterexample."""
    return equality(left, right, setting, False)


def up_to(head: Expr, a: Expr, b: Expr, setting: Setting, world: World | None, additive: bool) -> Finding:
    """Judge sides up to a factor or a constant: tables are scaled already, formulas are compared as they move."""
    if a.shape or b.shape:
        return equal_here(a, b, setting, world, False)
    return proportional(a, b, setting.moving or about(head), given(setting, world), additive=additive)


def up_to_order(left: Expr, right: Expr, setting: Setting) -> Finding:
    """Judge a claim with O(·): the rest must vanish as fast as it says."""
    term = orders_in(left, right)[0]
    a, b = carried_out(left), carried_out(right)
    count = 0
    for at, _ in points([replaced(side, {term: constant(0)}) for side in (a, b)], given(setting, None), 3):
        holds = order_holds(a, b, at.values, at.sizes)
        if holds is False:
            return Finding("refuted", f"The rest is larger than {term} near the limit.")
        count += bool(holds)
    if not count:
        return Finding("not read", f"How the rest compares with {term} could not be told.")
    return Finding("tested", f"the rest vanishes as fast as {term} says, near {count} points", count)


def equality(left: Expr, right: Expr, setting: Setting, deep: bool = True) -> Finding:
    """Judge left = right: shapes, layout, numbers, proof."""
    if left is right:
        return Finding("proved", "both sides are the same expression")
    constant = without_constant(left, right)
    if constant is not None:
        a, b = constant
        if has_chance(a, b):
            return in_worlds(a, b, setting, lambda x, y, s, w: up_to(left, x, y, s, w, True), "constant")
        return in_worlds(a, b, setting, lambda x, y, s, w: proportional(x, y, s.moving, given(s, w), additive=True))
    idle = idle_derivative(left, right)
    if idle is not None:
        reason = f"{idle} is 0 as it is written: how the function depends on the variable is not said."
        return Finding("not read", reason)
    fitted = fitting(left, right)
    if fitted is None:
        return misshapen(left, right, setting, deep)
    left, right, notes = fitted
    found = in_worlds(left, right, setting, lambda a, b, s, w: equal_here(a, b, s, w, deep))
    untold = untold_probability(left, right, setting) if found.verdict == "refuted" else ""
    if untold:
        return Finding("not read", f"What {untold} is, does not follow from what is given.")
    if found.verdict == "refuted":
        other = turned(left, right, setting)
        if other is not None:
            return other
    said = layout_note(left, right, setting.layout) if found else ""
    notes = (*notes, said) if said else notes
    return replace(found, notes=(*notes, *found.notes)) if notes else found


def misshapen(left: Expr, right: Expr, setting: Setting, deep: bool) -> Finding:
    """Judge sides of different shapes: right in the other layout, or not comparable."""
    other = turned(left, right, setting)
    if other is not None:
        return other
    shapes = f"the left side is {named(left)}, the right side {named(right)}"
    return Finding("refuted", f"The shapes differ: {shapes}.")


def turned(left: Expr, right: Expr, setting: Setting) -> Finding | None:
    """Return the finding of a derivative that is right in the other layout; None where it is not, or may not be."""
    def same(a: Expr, b: Expr) -> Finding:
        return in_worlds(a, b, setting, lambda x, y, s, w: equal_here(x, y, s, w, False))

    return other_layout(left, right, setting.layouts, same)


def equal_here(left: Expr, right: Expr, setting: Setting, world: World | None, deep: bool) -> Finding:
    """Judge equality of ordinary expressions."""
    a, b = carried_out(left), carried_out(right)
    if world is None:
        check_size(a, b)
    needed = assumptions(a, b) if world is None else world.assumed
    rough = differentiated(a, b)
    solved = any(isinstance(c, Apply) and c.op.name == "eq" for c in setting.conditions)
    under = given(setting, world)
    able = deep and not rough and not under.conditions and world is None
    some = any(s.name in setting.instances for s in symbols_of(a, b)) if setting.instances else False
    proof = prove(a, b) if able and not some else None
    gap = constant_gap(a, b) if proof is None and not rough and world is None else None
    if gap is not None:
        return Finding("refuted", f"The sides differ by {gap} everywhere.")
    count, worst = 0, 0.0
    sizes: list[Mapping[str, int]] = []
    before: Point | None = None
    try:
        ranks = proof is None and world is None and "rank" in operations_in(a) | operations_in(b)
        most = FEW if proof is not None else OF_RANKS if ranks else POINTS
        for at, (x, y) in points([a, b], under, most):
            if at is not before:
                call, error = compare(x, y, at, (a, b), rough, solved)
                before = at
            if call == "different" and to_the_digits(left, right, x, y):
                return Finding("tested", "equal to the digits that are written", 1, error)
            if call == "different":
                return refuted(a, b, x, y, at, under, world, deep, inside(left, right))
            if call == "same":
                count, worst = count + 1, max(worst, error)
                sizes.append(at.sizes)
    except OutOfTime:
        if count < FEW:
            raise
    except NotNumeric as error:
        if count == 0:
            return Finding("not read", f"No point was found to compare the sides at: {sentence(error)}")
    if count == 0:
        return Finding("not read", "The sides are too close to call at every point that was tried.")
    if (a is not left or b is not right) and not numerically(left, right, under):
        return Finding("not read", "The derivative that was worked out does not agree with the numerical one.")
    if proof is not None:
        return proved(proof, count, worst, sizes, needed)
    matrices = ranks and all(len(s.shape) == 2 for s in symbols_of(a, b))
    small = smallest_difference(a, b, under, LONGER) if matrices else None
    if small is not None:  # what makes a rank smaller is rare among random matrices, not among small ones
        return Finding("refuted", "", counterexample=counter(small.point, *small.values))
    return Finding("tested", "", count, worst, tuple(sizes), assumptions=needed)


def to_the_digits(left: Expr, right: Expr, x: Any, y: Any) -> bool:
    """Tell whether a decimal equals the other side's number to the digits that are written: 0.154 for 2/13."""
    for side, value, other in ((left, x, y), (right, y, x)):
        units = rounded_entries(side) if np.ndim(other) and np.shape(value) == np.shape(other) else None
        if units is not None and not any(not s.shape for s in symbols_of(left, right)):
            within = np.maximum(np.reshape(units, np.shape(value)), 1e-12 * np.abs(value))
            return bool(np.all(np.abs(np.asarray(value) - other) <= within))
        inner = side.args[0] if isinstance(side, Apply) and side.op.name == "neg" else side
        if isinstance(inner, Const) and isinstance(inner.value, float | Fraction) and np.ndim(other) == 0:
            shown = f"{float(inner.value):.12g}"
            digits = len(shown.partition(".")[2]) if "e" not in shown else 0
            free = [s for s in symbols_of(left, right) if not s.shape]
            carried = rounded_by(right if side is left else left, LONG) if digits >= LONG else 0.0
            if digits > 1 and not free and abs(float(value) - float(other)) <= 0.5001 * 10.0**-digits + carried:
                return True
        elif np.ndim(other) == 0 and np.ndim(value) == 0 and not symbols_of(left, right):
            across = right if side is left else left
            if not isinstance(across, Const) and abs(float(value) - float(other)) <= rounded_by(side):
                return True
    return False


def constant_gap(left: Expr, right: Expr) -> str | None:
    """Return the difference of the sides where it is a number other than 0 in the normal form."""
    if left.shape or right.shape:
        return None
    try:
        gap = build(form_of(left - right))
    except (AgnesiError, ArithmeticError, ValueError):
        return None
    return f"{float(gap.value):.6g}" if isinstance(gap, Const) and gap.value and symbols_of(left, right) else None


def check_size(*sides: Expr) -> None:
    """Raise where a side has more terms or factors than can be judged."""
    for node in postorder(*sides):
        if isinstance(node, Bind):
            counts = [v.dim.number or 4 for v in node.variables if isinstance(v, Index)]
            inner = [m for m in postorder(node.body) if isinstance(m, Bind)]
            counts += [v.dim.number or 4 for m in inner for v in m.variables if isinstance(v, Index)]
            if prod(counts) > MAX_TERMS:
                raise TooLarge(f"{str(node)[:60]} has more than {MAX_TERMS} terms.", repair="Write smaller sizes.")
        elif isinstance(node, Apply) and len(node.args) > MAX_FACTORS and node.op.name == "mul":
            raise TooLarge(f"A product of {len(node.args)} factors is too long to judge; at most {MAX_FACTORS} are.")


def numerically(left: Expr, right: Expr, under: Given) -> bool:
    """Tell whether the sides agree with their derivatives taken numerically; true where that cannot be done."""
    try:
        for at, (x, y) in points([left, right], replace(under, seed=under.seed + 1), NUMERIC_POINTS):
            if compare(x, y, at, (left, right), True)[0] == "different":
                return False
    except NotNumeric:
        return True
    return True


def refuted(
    left: Expr, right: Expr, x: Any, y: Any, at: Point, under: Given, world: World | None, deep: bool,
    defined: Sequence[Expr] = (),
) -> Finding:
    """Return the refutation with the simplest counterexample that is found, where what is `defined` has values too."""
    small = smallest_difference(left, right, under, defined=defined) if deep else None
    if small is not None:
        at, (x, y) = small.point, small.values
    return Finding("refuted", "", counterexample=counter(at, x, y))


def inside(*sides: Expr) -> list[Expr]:
    """Return what is differentiated in the sides: a counterexample to a derivative of log x has x > 0."""
    found = (n.args[0] for n in postorder(*sides) if isinstance(n, Apply) and n.op.name == "derivative")
    return [f for f in dict.fromkeys(found) if not operations_in(f) & SLOW]


def smallest_difference(
    left: Expr, right: Expr, under: Given, budget: float = 0.15, defined: Sequence[Expr] = ()
) -> Small | None:
    """Return the smallest point that is found where the sides differ beyond doubt, and its two values."""
    def differs(values: tuple[Any, ...]) -> bool:
        return clearly(values[0], values[1])

    found = simplest(
        [left, right, *defined], differs, extra=directions(left, right, moved=under.differentials), fixed=under.values,
        sizes=under.sizes, given=under.conditions, budget=budget,
    )
    return None if found is None else Small(found.point, found.values[:2])


def clearly(x: Any, y: Any) -> bool:
    """Tell whether two values differ beyond doubt."""
    a, b = np.asarray(x), np.asarray(y)
    scale = max(float(np.max(np.abs(a), initial=0.0)), float(np.max(np.abs(b), initial=0.0)))
    return bool(np.max(np.abs(a - b), initial=0.0) > 1e-3 * scale) and scale > 1e-6


def different(left: Expr, right: Expr, setting: Setting) -> Finding:
    """Judge left ≠ right, read as: they are not equal in general."""
    same = equality(left, right, replace(setting), True)
    if same:
        return Finding("refuted", f"The sides are equal: {same}")
    if same.verdict == "refuted":
        return Finding("tested", "the sides differ in general", 1, notes=(str(same),))
    return same


def relation(op: str, left: Expr, right: Expr) -> Expr:
    """Return the relation as an expression, for use as a condition."""
    op, left, right = by_eigenvalue(op, left, right)
    return apply(op if op != "equiv" else "eq", left, right)
