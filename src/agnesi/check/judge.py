"""One relation judged: equality, inequality, ∝, + const, ≈, implication, each with its evidence.

Numbers come first: a disagreement at a point of the domain is a counterexample whatever rules may say. Where the
numbers agree, a proof is looked for; without one the verdict is "tested".
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from agnesi.check.approximate import approximately
from agnesi.check.assumptions import assumptions
from agnesi.check.attack import attack
from agnesi.check.directions import directions
from agnesi.check.numbers import POINTS, Given, carried_out, compare, differentiated, points, squeezed
from agnesi.check.proof import Proof, prove, prove_inequality
from agnesi.check.report import Counterexample, Finding
from agnesi.check.small import shown, simplest
from agnesi.check.upto import proportional, without_constant
from agnesi.check.worlds import Chance, World, has_chance, lowered, other_readings
from agnesi.errors import AgnesiError, NotNumeric, ShapeError, TooLarge
from agnesi.expr.dims import Dim, show_shape
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Index, Symbol, apply, constant, postorder, symbols_of
from agnesi.expr.nodes import replace as replaced
from agnesi.read.apply import resized
from agnesi.rules.forms import build
from agnesi.rules.normal import form_of
from agnesi.run.orders import order_holds, orders_in
from agnesi.run.sample import Point

WORLDS = 3
SEARCH = 0.25  # seconds of processor time for a search that should refute an inequality
MAX_TERMS, MAX_FACTORS = 20_000, 40
FEW = 4  # points at which what is proved is tried
NUMERIC_POINTS = 2  # at which a derivative is also taken numerically
INEQUALITIES = frozenset(("le", "lt", "ge", "gt"))
FLIPPED = {"ge": "le", "gt": "lt"}
SIGNS = {"eq": "=", "ne": "≠", "le": "≤", "lt": "<", "ge": "≥", "gt": ">", "approx": "≈", "propto": "∝"}


@dataclass(frozen=True)
class Setting:
    """What a claim is judged under.

    - `conditions` hold at the points (relations); `chance` is what is known of random variables.
    - `layout` is the worksheet's convention for derivatives: "column" (the gradient has the shape of its variable, a
      Jacobian the function's axes first) or "row".
    - `moving` are the variables that a statement up to a factor or a constant is about; `small` go to 0 in ≈.
    """

    conditions: tuple[Expr, ...] = ()
    chance: Chance = field(default_factory=Chance)
    layout: str = "column"
    moving: tuple[str, ...] = ()
    small: tuple[str, ...] = ()
    large: tuple[str, ...] = ()
    differentials: frozenset[str] = frozenset()
    instances: frozenset[str] = frozenset()  # constants of functions of which nothing is said: no proof is for all
    sizes: tuple[tuple[str, int], ...] = ()

    def under(self, *more: Expr) -> Setting:
        """Return the setting with more conditions."""
        return replace(self, conditions=(*self.conditions, *more))


def judge(op: str, left: Expr, right: Expr, setting: Setting = Setting(), *, deep: bool = True) -> Finding:
    """Return what is found about `left op right`; `deep` looks for a proof and for a small counterexample.

    Ops are the names of relations: eq, equiv, ne, le, lt, ge, gt, approx, propto.
    """
    left, right = one_naming(left, right)
    try:
        if op in ("eq", "equiv", "define") and orders_in(left, right):
            return up_to_order(left, right, setting)
        if op in ("eq", "equiv", "define"):
            return equality(left, right, setting, deep)
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
    except (AgnesiError, np.linalg.LinAlgError) as error:
        return Finding("not read", sentence(error))
    except Exception as error:  # the last resort: one line that cannot be judged must not stop the others
        if os.environ.get("AGNESI_DEBUG"):
            raise
        return Finding("not read", f"Agnesi itself failed on this claim ({type(error).__name__}: {error}).")
    return Finding("not read", f"A claim with {SIGNS.get(op, op)} is not judged.")


def sentence(error: Exception) -> str:
    """Return the text of an error in one line."""
    return str(error).split("\n")[0]


def given(setting: Setting, world: World | None, seed: int = 0) -> Given:
    """Return what the points must satisfy."""
    values = world.values if world else {}
    return Given(setting.conditions, values, dict(setting.sizes), seed, setting.differentials)


def in_worlds(left: Expr, right: Expr, setting: Setting, decide: Any, moving: str = "") -> Finding:
    """Decide in the plain reading, or in finite worlds where chance is involved.

    A claim about chance is wrong only where it is wrong in all readings of its words (a rate or a scale, nats or bits).
    """
    if not has_chance(left, right, *setting.conditions):
        return decide(left, right, setting, None)  # type: ignore[no-any-return]
    found = in_some_worlds(left, right, setting, decide, moving)
    loose = untied(left, right, setting) if found.verdict == "refuted" else set()
    if loose:
        return Finding("not read", f"What ties {', '.join(sorted(loose))} to the random variables is not said.")
    if found.verdict == "refuted":
        for sentence, other in other_readings(setting.chance, left, right):
            again = in_some_worlds(left, right, replace(setting, chance=other), decide, moving)
            if again:
                return replace(again, notes=(*again.notes, sentence))
    return found


def in_some_worlds(left: Expr, right: Expr, setting: Setting, decide: Any, moving: str) -> Finding:
    """Decide in several finite worlds: one refutation is enough."""
    found: Finding | None = None
    for seed in range(WORLDS):
        world = lowered([left, right, *setting.conditions], setting.chance, seed, moving)
        a, b, *conditions = world.roots
        one: Finding = decide(a, b, replace(setting, conditions=tuple(conditions)), world)
        one = told_by(one, world)
        if one.verdict in ("refuted", "not read"):
            return one
        found = one if found is None else joined(found, one)
    assert found is not None
    return found


def up_to(head: Expr, a: Expr, b: Expr, setting: Setting, world: World | None, additive: bool) -> Finding:
    """Judge sides up to a factor or a constant: tables are scaled already, formulas are compared as they move."""
    if a.shape or b.shape:
        return equal_here(a, b, setting, world, False)
    return proportional(a, b, setting.moving or about(head), given(setting, world), additive=additive)


def about(head: Expr) -> tuple[str, ...]:
    """Return the names of what a density is of: x in p(x | y)."""
    for node in postorder(head):
        if isinstance(node, Apply) and node.op.name == "probability":
            return tuple(s.name for s in symbols_of(*node.args[: node.attrs[1]]))
        if isinstance(node, Apply) and node.op.name == "density":
            return tuple(s.name for s in symbols_of(node.args[0]))
    return ()


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


def told_by(finding: Finding, world: World) -> Finding:
    """Return a finding whose counterexample is told in the words of the random variables."""
    counter = finding.counterexample
    if counter is None:
        return finding
    sides = shown(Point({}, {}), counter.left, counter.right).removeprefix("everywhere: ")
    said = (*world.told(counter.values, counter.sizes), sides)
    return replace(finding, counterexample=replace(counter, told=tuple(said)))


def joined(one: Finding, other: Finding) -> Finding:
    """Return the finding of two runs that agree."""
    weaker = one if one.verdict == "tested" else other
    notes = tuple(dict.fromkeys((*one.notes, *other.notes)))
    needed = tuple(dict.fromkeys((*one.assumptions, *other.assumptions)))
    return replace(
        weaker, points=one.points + other.points, worst=max(one.worst, other.worst), sizes=(*one.sizes, *other.sizes),
        notes=notes, assumptions=needed,
    )


# -- equality -----------------------------------------------------------------------------------------------------


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
    if found.verdict == "refuted":
        other = other_layout(left, right, setting)
        if other is not None:
            return other
    return replace(found, notes=(*notes, *found.notes)) if notes else found


def fitting(left: Expr, right: Expr) -> tuple[Expr, Expr, tuple[str, ...]] | None:
    """Return the sides where their shapes can be compared, with what that takes; None where they cannot."""
    a, b = squeezed(left.shape), squeezed(right.shape)
    if a == b or (not a and len(b) == 1) or (not b and len(a) == 1) or zero(left) or zero(right):
        return left, right, ()
    for one, other, swapped in ((left, right, False), (right, left, True)):
        shape = squeezed(other.shape)
        if not squeezed(one.shape) and len(shape) == 2 and shape[0] == shape[1] and isinstance(one, Const):
            scaled = apply("mul", one, apply("eye", attrs=(shape[0],)))
            note = f"{one} is read as {one}·I" if one.value != 1 else "1 is read as I"
            return (other, scaled, (note,)) if swapped else (scaled, other, (note,))
    return None


def one_naming(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """Return the sides with sizes that no symbol has (of 1, I and 0) named as in the other side."""
    held = {name for s in symbols_of(left, right) for d in s.shape for name in d.names}
    loose = (sizes_in(left) | sizes_in(right)) - held
    if len(held) == 1 and loose:  # the size of 1ᵀ1 beside one vector: its size
        only = {name: Dim.of(next(iter(held))) for name in loose}
        left, right = resized(left, only), resized(right, only)
    a, b = squeezed(left.shape), squeezed(right.shape)
    for one, other, swapped in ((a, b, False), (b, a, True)):
        if len(one) != len(other):
            continue
        pairs = [(x, y) for x, y in zip(one, other, strict=True) if x != y]
        free = {str(y): x for x, y in pairs if len(y.names) == 1 and not y.names & held and str(y) in y.names}
        if pairs and len(free) == len({str(y) for _, y in pairs}):
            side = resized(left if swapped else right, free)
            return (side, right) if swapped else (left, side)
    return left, right


def sizes_in(expr: Expr) -> set[str]:
    """Return the names of the sizes of vectors and matrices of ones, zeros, and identities."""
    leaves = [n for n in postorder(expr) if isinstance(n, Apply) and n.op.name in ("ones", "zeros", "eye")]
    return {name for n in leaves for d in n.shape for name in d.names}


def zero(expr: Expr) -> bool:
    """Tell whether this is the number 0."""
    return isinstance(expr, Const) and expr.value == 0


def misshapen(left: Expr, right: Expr, setting: Setting, deep: bool) -> Finding:
    """Judge sides of different shapes: right in the other layout, or not comparable."""
    other = other_layout(left, right, setting)
    if other is not None:
        return other
    shapes = f"the left side is {named(left)}, the right side {named(right)}"
    return Finding("refuted", f"The shapes differ: {shapes}.")


def named(expr: Expr) -> str:
    """Return the shape of an expression in words."""
    return {0: "a number", 1: "a vector of size ", 2: ""}.get(expr.ndim, "") + (
        show_shape(expr.shape) if expr.shape else ""
    )


def idle_derivative(*sides: Expr) -> Expr | None:
    """Return a derivative in a variable that its function does not hold, if there is one."""
    for node in postorder(*sides):
        if is_derivative(node):
            body, *variables = node.args
            held = set(postorder(body))
            if any(isinstance(v, Symbol) and v not in held for v in variables) and symbols_of(body):
                return node
    return None


LAYOUTS = ("partial", "total", "jacobian", "nabla")


def other_layout(left: Expr, right: Expr, setting: Setting) -> Finding | None:
    """Return the finding of a derivative that is right when its axes are transposed; None where it is not."""
    head, claimed = (left, right) if is_derivative(left) else (right, left)
    if not is_derivative(head) or len(squeezed(head.shape)) != 2 or len(squeezed(claimed.shape)) != 2:
        return None
    assert isinstance(head, Apply)
    if head.attrs[0] not in LAYOUTS or (head.attrs[0] == "nabla" and not head.args[0].shape):
        return None
    try:
        turned = apply("transpose", claimed)
    except ShapeError:
        return None
    if squeezed(turned.shape) != squeezed(head.shape):
        return None
    found = in_worlds(head, turned, setting, lambda a, b, s, w: equal_here(a, b, s, w, False))
    if not found:
        return None
    scalar = not head.args[0].shape
    mine = "the gradient has the shape of the variable" if scalar else "a Jacobian has the axes of the function first"
    name = "numerator" if scalar else "denominator"
    note = f"right in the {name} layout; where {mine}, it is the transpose, {carried_out(head)}"
    return replace(found, verdict="tested", chain=(), reason="", notes=(*found.notes, note))


def is_derivative(expr: Expr) -> bool:
    """Tell whether an expression is a derivative as such."""
    return isinstance(expr, Apply) and expr.op.name == "derivative"


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
    try:
        for at, (x, y) in points([a, b], under, POINTS if proof is None else FEW):
            call, error = compare(x, y, at, (a, b), rough, solved)
            if call == "different" and to_the_digits(left, right, x, y):
                return Finding("tested", "equal to the digits that are written", 1, error)
            if call == "different":
                return refuted(a, b, x, y, at, under, world, deep)
            if call == "same":
                count, worst = count + 1, max(worst, error)
                sizes.append(at.sizes)
    except NotNumeric as error:
        if count == 0:
            return Finding("not read", f"No point was found to compare the sides at: {sentence(error)}")
    if count == 0:
        return Finding("not read", "The sides are too close to call at every point that was tried.")
    if (a is not left or b is not right) and not numerically(left, right, under):
        return Finding("not read", "The derivative that was worked out does not agree with the numerical one.")
    if proof is not None:
        return proved(proof, count, worst, sizes, needed)
    return Finding("tested", "", count, worst, tuple(sizes), assumptions=needed)


def to_the_digits(left: Expr, right: Expr, x: Any, y: Any) -> bool:
    """Tell whether a decimal equals the other side's number to the digits that are written: 0.154 for 2/13."""
    for side, value, other in ((left, x, y), (right, y, x)):
        inner = side.args[0] if isinstance(side, Apply) and side.op.name == "neg" else side
        if isinstance(inner, Const) and isinstance(inner.value, float | Fraction) and np.ndim(other) == 0:
            shown = f"{float(inner.value):.12g}"
            digits = len(shown.partition(".")[2]) if "e" not in shown else 0
            free = [s for s in symbols_of(left, right) if not s.shape]
            if digits > 1 and not free and abs(float(value) - float(other)) <= 0.5001 * 10.0**-digits:
                return True
    return False


def untied(left: Expr, right: Expr, setting: Setting) -> set[str]:
    """Return the letters of a claim about chance that nothing ties to its random variables: σ in Var[X] = σ²."""
    nodes = [n for n in postorder(left, right) if isinstance(n, Apply | Bind) and has_chance(n)]
    inside = {s.name for n in nodes if n.op.family == "probability" for s in symbols_of(*n.args)}
    outside = {s.name for side in (left, right) if not has_chance(side) for s in symbols_of(side)} - inside
    known = setting.chance
    told = {g.variable.name for g in known.laws} | set(known.moments) | known.copies
    return outside if outside and not (inside & told) and not known.formulas else set()


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


def proved(
    proof: Proof, count: int, worst: float, sizes: Sequence[Mapping[str, int]], needed: tuple[str, ...]
) -> Finding:
    """Return the finding of a proof that the numbers agree with."""
    chain = tuple(proof.steps)
    assumed = tuple(dict.fromkeys((*needed, *proof.assumptions)))
    said = "; ".join(dict.fromkeys(step.name for step in chain))
    return Finding("proved", said, count, worst, tuple(sizes), chain, assumed)


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
    left: Expr, right: Expr, x: Any, y: Any, at: Point, under: Given, world: World | None, deep: bool
) -> Finding:
    """Return the refutation with the simplest counterexample that is found."""
    def differs(values: tuple[Any, ...]) -> bool:
        return clearly(values[0], values[1])

    small = None
    if deep:
        small = simplest(
            [left, right], differs, extra=directions(left, right, moved=under.differentials), fixed=under.values,
            sizes=under.sizes, given=under.conditions,
        )
    if small is not None:
        at, (x, y) = small.point, small.values
    return Finding("refuted", "", counterexample=counter(at, x, y))


def counter(at: Point, x: Any, y: Any) -> Counterexample:
    """Return a counterexample with its words."""
    return Counterexample(at.values, at.sizes, x, y, (shown(at, x, y),))


def clearly(x: Any, y: Any) -> bool:
    """Tell whether two values differ beyond doubt."""
    a, b = np.asarray(x), np.asarray(y)
    scale = max(float(np.max(np.abs(a), initial=0.0)), float(np.max(np.abs(b), initial=0.0)))
    return bool(np.max(np.abs(a - b), initial=0.0) > 1e-3 * scale) and scale > 1e-6


# -- inequalities -------------------------------------------------------------------------------------------------


def inequality(op: str, left: Expr, right: Expr, setting: Setting, deep: bool = True) -> Finding:
    """Judge left ≤ right and the like: attacked by search, then proved if a rule does."""
    def decide(a: Expr, b: Expr, s: Setting, world: World | None) -> Finding:
        a, b = carried_out(a), carried_out(b)
        under = given(s, world)
        needed = assumptions(a, b) if world is None else world.assumed
        small, large = (b, a) if op in ("ge", "gt") else (a, b)
        able = deep and world is None and op in ("le", "ge")
        proof = prove_inequality(small, large) if able else None
        budget = SEARCH if proof is None else SEARCH / 10
        tried = attack(op, a, b, fixed=under.values, sizes=under.sizes, given=s.conditions, budget=budget)
        if tried.verdict == "not tested" and s.conditions:
            return held(op, a, b, under)
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


def different(left: Expr, right: Expr, setting: Setting) -> Finding:
    """Judge left ≠ right, read as: they are not equal in general."""
    same = equality(left, right, replace(setting), True)
    if same:
        return Finding("refuted", f"The sides are equal: {same}")
    if same.verdict == "refuted":
        return Finding("tested", "the sides differ in general", 1, notes=(str(same),))
    return same


# -- several relations --------------------------------------------------------------------------------------------


def relation(op: str, left: Expr, right: Expr) -> Expr:
    """Return the relation as an expression, for use as a condition."""
    return apply(op if op != "equiv" else "eq", left, right)
