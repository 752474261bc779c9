"""The largest and the smallest of independent continuous variables, and which of two is larger, in closed form.

P(max ≤ t) is the product of the distribution functions, P(min > t) of their complements; so the extreme has a density
of its own, and an expectation of it is an integral over that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agnesi.check.worlds_cast import quantities
from agnesi.check.worlds_laws import (
    DISCRETE,
    SUPPORT,
    Law,
    density,
    distribution_function,
    domain_facts,
    other_convention,
)
from agnesi.check.worlds_scan import MAIN, Chance, Formula, constant_value, is_op
from agnesi.check.worlds_transforms import FORWARD, TURNED, cumulative
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Apply, Bind, Expr, Symbol, apply, bind, constant, fold, symbol, symbols_of, with_args
from agnesi.expr.nodes import replace as substituted

ONE = constant(1)
EXTREMES = {"max": "max", "maximum": "max", "min": "min", "minimum": "min"}
MAX_MEMBERS = 4
KINKED = ("abs", "max", "min", "maximum", "minimum", "relu")


@dataclass(frozen=True)
class Member:
    """One of the variables of which the largest is taken: its law, and how many copies there are (None: one)."""

    law: Law
    count: Expr | None = None

    def power(self, base: Expr, less: int = 0) -> Expr:
        """Return base^(count − less)."""
        if self.count is None:
            return ONE if less else base
        return apply("pow", base, self.count - less if less else self.count)


@dataclass
class Orders:
    """Roots on the way: the laws of continuous numbers, and the extremes that have a density of their own now."""

    laws: Mapping[str, Member]
    variables: frozenset[str]
    transforms: Mapping[str, Expr]
    formulas: dict[str, Formula]
    facts: list[tuple[Symbol, str]]

    def step(self, node: Expr, args: tuple[Expr, ...]) -> Expr:
        """Return a node with what is known of extremes in place."""
        node = with_args(node, args)
        if isinstance(node, Bind) and node.op.name in ("Max", "Min") and len(node.variables) == 1:
            return of_entries(node)
        if not isinstance(node, Apply):
            return node
        if is_op(node, "probability") and len(node.args) == 1 == node.attrs[1]:
            return self.range(node.args[0]) or self.density(node) or node
        if is_op(node, "expectation", "variance"):
            return self.moment(node)
        return node

    def range(self, event: Expr) -> Expr | None:
        """Return P(max ≤ t), P(min > t) or P(X < Y)."""
        if not isinstance(event, Apply) or event.op.name not in TURNED:
            return None
        (left, right), name = event.args, event.op.name
        both = [self.scaled(s) for s in (left, right)]
        if both[0] is not None and both[1] is not None and both[0][0] is not both[1][0]:
            less = self.less(both[0][1], both[1][1])
            return less if less is None or name in FORWARD else ONE - less
        if extreme(left) is None:
            left, right, name = right, left, TURNED[name]
        members = self.members(left)
        if members is None or right.shape or {s.name for s in symbols_of(right)} & self.variables:
            return None
        try:
            at = at_most(extreme(left) or "", members, right)
        except NotNumeric:
            return None
        self.facts += [pair for m in members for pair in domain_facts(m.law)]
        return at if name in FORWARD else ONE - at

    def scaled(self, side: Expr) -> tuple[Symbol, Law] | None:
        """Return the variable and the law of X or of a positive multiple 2X."""
        factor: Expr = ONE
        if is_op(side, "mul") and isinstance(side, Apply) and len(side.args) == 2:
            value = constant_value(side.args[0])
            if value is None or value <= 0:
                return None
            factor, side = side.args
        member = self.laws.get(side.name) if isinstance(side, Symbol) else None
        if member is None or member.count is not None or not isinstance(side, Symbol):
            return None
        law, p = member.law, member.law.parameters
        if factor is ONE:
            return side, law
        if law.name == "Exponential":
            return side, Law(law.name, (p[0] / factor,))
        return (side, Law(law.name, (factor * p[0], factor**2 * p[1]))) if law.name == "Normal" else None

    def density(self, node: Apply) -> Expr | None:
        """Return the density f_M(m) of an extreme, or that of a sum or difference of two independent variables."""
        (point,) = node.args
        base, _, label = str(node.attrs[0]).partition("_")
        if base not in ("f", "p") or not isinstance(point, Symbol) or point.shape:
            return None
        body = self.transforms.get(label or point.name.upper())
        if body is None or point.name in (label, *self.laws):
            return None
        members = self.members(body)
        try:
            made = density_of(extreme(body) or "", members, point) if members else self.convolved(body, point)
        except NotNumeric:
            return None
        for member in members or ():
            self.facts += domain_facts(member.law)
            self.facts += [(point, fact) for fact in SUPPORT.get(member.law.name, ())]
        return made

    def convolved(self, body: Expr, z: Symbol) -> Expr | None:
        """Return the density of X ± Y at z: ∫ f(x) g(z − x) dx."""
        if not is_op(body, "add") or not isinstance(body, Apply) or len(body.args) != 2:
            return None
        turned = is_op(body.args[1], "neg")
        second = body.args[1].args[0] if turned and isinstance(body.args[1], Apply) else body.args[1]
        one, two = self.scaled(body.args[0]), self.scaled(second)
        if one is None or two is None or one[0] is two[0]:
            return None
        first, other = one[1], two[1]
        self.facts += [*domain_facts(first), *domain_facts(other)]
        if first.name == other.name == "Normal":
            (m, v), (n, w) = first.parameters, other.parameters
            return density(Law("Normal", (m - n if turned else m + n, v + w)), z)
        if {first.name, other.name} - {"Exponential", "Gamma"} or turned:
            return None
        self.facts.append((z, "positive"))
        x = symbol(f"\0{one[0].name}", (), frozenset(("positive",)))
        return bind("Integral", (x,), density(first, x) * density(other, z - x), constant(0), z)

    def less(self, first: Law, second: Law) -> Expr | None:
        """Return P(X < Y) of independent continuous variables."""
        made: Expr | None = None
        if first == second:
            made = ONE / constant(2)
        elif first.name == second.name == "Exponential":
            made = first.parameters[0] / (first.parameters[0] + second.parameters[0])
        elif first.name == second.name == "Normal":
            (m, v), (n, w) = first.parameters, second.parameters
            made = distribution_function(Law("Normal", (constant(0), v + w)), n - m)
        if made is not None:
            self.facts += [*domain_facts(first), *domain_facts(second)]
        return made

    def moment(self, node: Apply) -> Expr:
        """Return a moment of an extreme as one of a variable with a density of its own."""
        inside, dists, conditions = quantities(node)
        if dists or conditions:
            return node
        apart = difference(inside[0]) if node.op.name == "expectation" else None
        if apart is not None:  # E|X − Y| = E[max] − E[min]
            both = [apply("expectation", apply(k, *apart), attrs=node.attrs) for k in ("maximum", "minimum")]
            most, least = (self.moment(one) for one in both if isinstance(one, Apply))
            return most - least if extremes_left(most, least) == 0 else node
        names: dict[Expr, Expr] = {}
        for part in {p for one in inside for p in subterms(one)}:
            members = self.members(part)
            made = self.variable(part, members) if members else None
            if made is not None:
                names[part] = made
        changed = [substituted(a, names) for a in node.args] if names else []
        if not names or {s.name for s in symbols_of(*changed)} & self.variables:
            return node
        return with_args(node, tuple(changed))

    def members(self, part: Expr) -> list[Member] | None:
        """Return the variables of which a term is the largest or smallest; None where it is something else."""
        kind = extreme(part)
        if kind is None:
            return None
        stack, found = [part], list[Symbol]()
        while stack:
            one = stack.pop()
            if isinstance(one, Symbol):
                found.append(one)
            elif isinstance(one, Apply) and (extreme(one) == kind or is_op(one, "stack", "blocks", "vector")):
                stack.extend(one.args)
            else:
                return None
        known = [self.laws.get(s.name) for s in found]
        held = [m for m in known if m is not None]
        plain = all((m.count is None) != bool(s.shape) for s, m in zip(found, known, strict=True) if m is not None)
        if len(held) < len(found) or len(set(found)) < len(found) or not plain or not 0 < len(held) <= MAX_MEMBERS:
            return None
        first = held[0].law
        if any(m.law.name != first.name or (first.name == "Uniform" and m.law != first) for m in held):
            return None
        return held if len(held) > 1 or held[0].count is not None else None

    def variable(self, part: Expr, members: Sequence[Member]) -> Symbol | None:
        """Return the variable that stands for an extreme."""
        made = symbol(f"\0{part}")
        if made.name not in self.formulas:
            try:
                body = density_of(extreme(part) or "", members, made)
            except NotNumeric:
                return None
            self.facts += [pair for m in members for pair in domain_facts(m.law)]
            self.formulas[made.name] = Formula(MAIN, (made,), (), body, law=members[0].law)
        return made


def with_orders(roots: Sequence[Expr], known: Chance) -> tuple[list[Expr], Chance, list[tuple[Symbol, str]]]:
    """Return roots with extremes of independent variables in closed form, or as variables with a density."""
    laws: dict[str, Member] = {}
    names = {g.variable.name for g in known.laws} | known.random
    for given in known.laws:
        law = other_convention(given.law) if known.other else given.law
        random = {s.name for s in symbols_of(*law.parameters)} & names
        if given.letter == MAIN and law.name not in DISCRETE and not random:
            if given.copies and given.variable.ndim == 1:
                laws[given.variable.name] = Member(law, apply("size", attrs=given.variable.shape))
            elif not given.variable.shape:
                laws[given.variable.name] = Member(law)
    if not laws:
        return list(roots), known, []
    orders = Orders(laws, frozenset(names), dict(known.transforms), {}, [])
    made = [fold(r, orders.step) for r in roots]
    known = replace(known, formulas=(*known.formulas, *orders.formulas.values())) if orders.formulas else known
    return made, known, orders.facts


def extreme(part: Expr) -> str | None:
    """Return "max" or "min" for a term that is one."""
    return EXTREMES.get(part.op.name) if isinstance(part, Apply) else None


def of_entries(node: Bind) -> Expr:
    """Return max_i x_i as the largest entry of x."""
    body = node.args[0]
    whole = body.args[0] if is_op(body, "entry") and body.args[1:] == node.variables else None
    return apply(node.op.name.lower(), whole) if isinstance(whole, Symbol) and len(node.args) == 1 else node


def difference(one: Expr) -> tuple[Expr, Expr] | None:
    """Return X and Y of |X − Y|."""
    inner = one.args[0] if is_op(one, "abs") and isinstance(one, Apply) else one
    if inner is one or not is_op(inner, "add") or not isinstance(inner, Apply) or len(inner.args) != 2:
        return None
    first, second = inner.args
    if not is_op(second, "neg") or not isinstance(second, Apply) or not isinstance(first, Symbol):
        return None
    return (first, second.args[0]) if isinstance(second.args[0], Symbol) else None


def extremes_left(*nodes: Expr) -> int:
    """Return how many moments still hold an extreme."""
    return sum(bool(isinstance(n, Apply) and any(subterms(a) for a in n.args)) for n in nodes)


def subterms(one: Expr) -> list[Expr]:
    """Return the extremes in a term, outermost only."""
    out: list[Expr] = []
    stack = [one]
    while stack:
        part = stack.pop()
        if extreme(part) is not None:
            out.append(part)
        elif isinstance(part, Apply):
            stack.extend(part.args)
    return out


def at_most(kind: str, members: Sequence[Member], t: Expr) -> Expr:
    """Return P(extreme ≤ t); raises `NotNumeric` where a distribution function is not known here."""
    each = [cumulative(m.law, t, t) for m in members]
    if kind == "max":
        return _product([m.power(f) for m, f in zip(members, each, strict=True)])
    return ONE - _product([m.power(ONE - f) for m, f in zip(members, each, strict=True)])


def density_of(kind: str, members: Sequence[Member], t: Symbol) -> Expr:
    """Return the density of the extreme at t, inside the support."""
    each = [cumulative(m.law, t, t) for m in members]
    each = each if kind == "max" else [ONE - f for f in each]
    terms = []
    for k, one in enumerate(members):
        rest = [m.power(f) for j, (m, f) in enumerate(zip(members, each, strict=True)) if j != k]
        own = [one.count] if one.count is not None else []
        terms.append(_product([*own, density(one.law, t), one.power(each[k], 1), *rest]))
    return terms[0] if len(terms) == 1 else apply("add", *terms)


def _product(factors: Sequence[Expr]) -> Expr:
    held = [f for f in factors if f is not ONE]
    return apply("mul", *held) if len(held) > 1 else held[0] if held else ONE


def kinked(roots: Sequence[Expr], known: Chance) -> bool:
    """Tell whether an expectation is of a function with a kink, in one continuous variable with a law."""
    laws = {g.variable.name for g in known.laws if g.law.name not in DISCRETE and not g.copies and not g.variable.shape}
    found = False
    stack = list(roots)
    while stack:
        one = stack.pop()
        if is_op(one, "expectation", "variance") and isinstance(one, Apply):
            held = [s for s in symbols_of(one) if s.name in laws]
            inner = list(one.args)
            while inner:
                part = inner.pop()
                found = found or (is_op(part, *KINKED) and len(held) == 1 and held[0] in symbols_of(part))
                inner.extend(part.args if isinstance(part, Apply) else ())
        elif isinstance(one, Apply):
            stack.extend(one.args)
    return found


