"""Functions of a continuous random variable: the density of Y = g(X), and P(g(X) ≤ y), in closed form.

g is undone from outside inwards. Each way to reach a value y is a branch x = h(y), and the density of Y is the sum of
p(h(y)) |h'(y)| over the branches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agnesi.check.worlds_laws import (
    DISCRETE,
    SUPPORT,
    Law,
    density,
    distribution_function,
    domain_facts,
    other_convention,
)
from agnesi.check.worlds_scan import MAIN, Chance, Given, constant_value, is_op
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Apply, Expr, Symbol, apply, constant, fold, postorder, symbol, symbols_of, with_args
from agnesi.expr.nodes import replace as substituted
from agnesi.rules.derive import derivative, resolved

Facts = list[tuple[Symbol, str]]
FORWARD = frozenset(("le", "lt"))
TURNED = {"le": "ge", "lt": "gt", "ge": "le", "gt": "lt"}
MAX_BRANCHES = 2


@dataclass(frozen=True)
class Branch:
    """One x that g takes to y: `at` is x as a function of y; `rising` says whether g rises there."""

    at: Expr
    rising: bool = True


def with_transforms(roots: Sequence[Expr], known: Chance) -> tuple[list[Expr], Facts]:
    """Return roots with densities of functions of a variable, and probabilities of their ranges, in closed form."""
    laws = {g.variable.name: g for g in known.laws if _plain(g)}
    facts: Facts = []
    if not laws:
        return list(roots), facts

    def step(node: Expr, below: tuple[Expr, ...]) -> Expr:
        if is_op(node, "probability") and isinstance(node, Apply) and len(node.args) == 1 == node.attrs[1]:
            made = _density(node, known, laws, facts) or _range(node, known, laws, facts)
            if made is not None:
                return made
        if is_op(node, "probability") and isinstance(node, Apply) and len(node.args) == 2 and node.attrs[1] == 1:
            made = _survived(node.args, known, laws, facts)
            if made is not None:
                return made
        return with_args(node, below)

    return [fold(r, step) for r in roots], facts


def _plain(given: Given) -> bool:
    """Tell whether a law is that of one continuous number, with parameters that are no random variables."""
    return given.letter == MAIN and not given.copies and not given.variable.shape and given.law.name not in DISCRETE


def _density(node: Apply, known: Chance, laws: Mapping[str, Given], facts: Facts) -> Expr | None:
    """Return the density of Y = g(X) at y."""
    (point,) = node.args
    base, _, label = str(node.attrs[0]).partition("_")
    if label in laws and is_op(point, "eq") and isinstance(point, Apply):  # p_X((y − b)/a)
        return density(_meant(laws[label], known).law, point.args[1])
    if not isinstance(point, Symbol) or point.shape:
        return None
    made = dict(known.transforms).get(label or point.name.upper())
    if made is None or base not in ("f", "p") or point.name in laws or point.name == (label or ""):
        return None
    one = _only(made, laws)
    if one is None and {s.name for s in symbols_of(made)} & {g.variable.name for g in known.laws}:
        raise NotNumeric(f"The density of {made} is not computed here.")
    if one is None:
        return None
    given = _meant(laws[one.name], known)
    total: list[Expr] = []
    for branch in branches(made, one, point, _positive(given)):
        slope = resolved(derivative(branch.at, [point]))
        total.append(density(given.law, branch.at) * apply("abs", slope))
    facts += domain_facts(given.law)
    return apply("add", *total) if len(total) > 1 else total[0]


def _range(node: Apply, known: Chance, laws: Mapping[str, Given], facts: Facts) -> Expr | None:
    """Return P(g(X) ≤ y), by the distribution function of X."""
    (event,) = node.args
    if is_op(event, "intersection") and isinstance(event, Apply) and len(event.args) == 2:
        return _between(event.args, known, laws, facts)
    return _one_range(event, known, laws, facts)


def _between(ranges: Sequence[Expr], known: Chance, laws: Mapping[str, Given], facts: Facts) -> Expr | None:
    """Return P(a ≤ X and X ≤ b)."""
    held = [[s for s in symbols_of(r) if s.name in laws] for r in ranges]
    if held[0] != held[1] or len(held[0]) != 1 or not all(
        isinstance(r, Apply) and r.op.name in TURNED and held[0][0] in r.args for r in ranges
    ):
        return None
    upward = [(r.op.name in FORWARD) == (r.args[0] is held[0][0]) for r in ranges if isinstance(r, Apply)]
    first, last = (_one_range(r, known, laws, facts, True) for r in ranges)
    if first is None or last is None or upward[0] == upward[1]:
        return None
    return first + last - constant(1)


def _survived(ranges: Sequence[Expr], known: Chance, laws: Mapping[str, Given], facts: Facts) -> Expr | None:
    """Return P(X > a | X > b) of a variable without negative values, where a and b have none either."""
    if not all(is_op(r, "gt", "ge") and isinstance(r.args[0], Symbol) and r.args[0].name in laws for r in ranges):
        return None
    one, (a, b) = ranges[0].args[0], (r.args[1] for r in ranges)
    if ranges[1].args[0] is not one or not isinstance(one, Symbol) or not _positive(laws[one.name]):
        return None
    if {s.name for s in symbols_of(a, b)} & laws.keys():
        return None
    law = _meant(laws[one.name], known).law
    facts += [*domain_facts(law), *((s, "positive") for s in symbols_of(a, b) if not s.shape)]
    try:
        above = constant(1) - cumulative(law, apply("maximum", a, b), a)
        return above / (constant(1) - cumulative(law, b, b))
    except NotNumeric:
        return None


def _one_range(
    event: Expr, known: Chance, laws: Mapping[str, Given], facts: Facts, numbers: bool = False
) -> Expr | None:
    """Return P(g(X) ≤ y) for one relation; P(X ≤ 2) only where `numbers` says so."""
    if not isinstance(event, Apply) or event.op.name not in TURNED:
        return None
    left, right = event.args
    name = event.op.name
    if _only(left, laws) is None:
        left, right, name = right, left, TURNED[name]
    one = _only(left, laws)
    if one is None or {s.name for s in symbols_of(right)} & laws.keys() or right.shape:
        return None
    if any(_random(s, known) for s in symbols_of(left, right) if s is not one):
        return None
    if isinstance(left, Symbol) and not symbols_of(right) and not numbers:
        return None
    given = _meant(laws[one.name], known)
    value = symbol("\0value")
    try:
        found = branches(left, one, value, _positive(given))
        below = [cumulative(given.law, substituted(b.at, {value: right}), right) for b in found]
    except NotNumeric:
        return None
    facts += domain_facts(given.law)
    whole: Expr = below[0] if len(below) == 1 and found[0].rising else constant(1) - below[0]
    if len(below) == MAX_BRANCHES:
        whole = apply("abs", below[0] - below[1])
    return whole if name in FORWARD else constant(1) - whole


def _random(one: Symbol, known: Chance) -> bool:
    """Tell whether a symbol beside a variable may be random too."""
    said = known.random | known.copies | known.moments.keys() | {g.variable.name for g in known.laws}
    return one.name[0].isupper() or one.name in said


def cumulative(law: Law, at: Expr, bound: Expr) -> Expr:
    """Return P(X ≤ x); with letters in the bound it is the formula of the support, where books ask for it."""
    if symbols_of(bound) and law.name == "Exponential":
        return constant(1) - apply("exp", -law.parameters[0] * at)
    if symbols_of(bound) and law.name == "Uniform":
        start, stop = law.parameters
        return (at - start) / (stop - start)
    return distribution_function(law, at)


def _only(body: Expr, laws: Mapping[str, Given]) -> Symbol | None:
    """Return the one random variable in a body."""
    held = [s for s in symbols_of(body) if s.name in laws]
    return held[0] if len(held) == 1 and not body.shape else None


def _meant(given: Given, known: Chance) -> Given:
    """Return a law in the convention that is in force."""
    return replace(given, law=other_convention(given.law)) if known.other else given


def _positive(given: Given) -> bool:
    """Tell whether a variable has no negative values."""
    start = constant_value(given.law.parameters[0]) if given.law.name == "Uniform" else None
    facts = {*SUPPORT.get(given.law.name, ()), *given.variable.facts}
    return bool(facts & {"positive", "nonnegative", "unit interval"}) or (start is not None and start >= 0)


def branches(body: Expr, one: Symbol, value: Expr, positive: bool) -> list[Branch]:
    """Return the x with body(x) = value; raises `NotNumeric` where they have no closed form here."""
    found = [Branch(value)]
    while body is not one:
        if not isinstance(body, Apply) or sum(one in symbols_of(a) for a in body.args) != 1:
            raise NotNumeric(f"The inverse of {body} has no closed form here.")
        k = next(k for k, a in enumerate(body.args) if one in symbols_of(a))
        inner = body.args[k]
        found = [made for b in found for made in _undone(body, k, b, _never_negative(inner, one, positive))]
        body = inner
    if len(found) > MAX_BRANCHES:
        raise NotNumeric("There are too many values that are taken to one.")
    return found


def _never_negative(inner: Expr, one: Symbol, positive: bool) -> bool:
    """Tell whether what is inside has no negative values."""
    return (inner is one and positive) or is_op(inner, "exp", "sqrt", "abs")


def _undone(body: Apply, k: int, branch: Branch, positive: bool) -> list[Branch]:
    """Return the branches with one operation taken off."""
    at, rising = branch.at, branch.rising
    others = [a for j, a in enumerate(body.args) if j != k]
    match body.op.name:
        case "exp":
            return [Branch(apply("log", at), rising)]
        case "log":
            return [Branch(apply("exp", at), rising)]
        case "sqrt":
            return [Branch(at**2, rising)]
        case "neg":
            return [Branch(-at, not rising)]
        case "abs":
            return [Branch(at, rising)] if positive else [Branch(at, rising), Branch(-at, not rising)]
        case "add":
            return [Branch(at - apply("add", *others) if len(others) > 1 else at - others[0], rising)]
        case "mul":
            factor = apply("mul", *others) if len(others) > 1 else others[0]
            return [Branch(at / factor, rising == _rises(factor))]
        case "div" if k == 0:
            return [Branch(at * others[0], rising == _rises(others[0]))]
        case "div" if positive:
            return [Branch(others[0] / at, rising != _rises(others[0]))]
        case "sigmoid":
            return [Branch(apply("log", at / (constant(1) - at)), rising)]
        case "pow" if k == 0:
            return _root(branch, others[0], positive)
    raise NotNumeric(f"The inverse of {body.op.name} has no closed form here.")


def _root(branch: Branch, exponent: Expr, positive: bool) -> list[Branch]:
    """Return the roots of a power."""
    power = constant_value(exponent)
    at, rising = branch.at, branch.rising
    if positive:
        up = power is None or power > 0
        return [Branch(apply("pow", at, constant(1) / exponent), rising == up)]
    if power == 2:
        return [Branch(apply("sqrt", at), rising), Branch(-apply("sqrt", at), not rising)]
    raise NotNumeric("The root of this power has no closed form here.")


def _rises(factor: Expr) -> bool:
    """Tell whether a product rises with its other factor; raises `NotNumeric` where its sign is not known."""
    number = constant_value(factor)
    if number is not None:
        return number > 0
    if all(s.facts & {"positive", "unit interval"} for s in symbols_of(factor)) and not any(
        is_op(n, "neg", "sub", "log") for n in postorder(factor)
    ):
        return True
    raise NotNumeric(f"Whether {factor} is positive is not said.")
