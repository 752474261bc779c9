"""Densities that a text gives by formulas: p(x | λ) = λ e^(−λx), p(D | θ) ∝ θ^k (1 − θ)^(n−k), beside named ones.

Where each variable of a claim has one formula given others, p(left | given) is the product of the formulas,
integrated over what stands in neither, and divided by its integral over what is left of the bar. A formula that is
known up to a factor is enough where the factor cancels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from agnesi.check.worlds_laws import DISCRETE, SUPPORT, Law, density, domain_facts, log_density, other_convention
from agnesi.check.worlds_scan import MAIN, Chance, Formula, has_chance, is_op, letter_of
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import (
    Apply,
    Bind,
    Expr,
    Symbol,
    apply,
    bind,
    constant,
    fold,
    postorder,
    symbol,
    symbols_of,
    with_args,
)
from agnesi.expr.nodes import replace as substituted
from agnesi.rules.derive import derivative

__all__ = ["Formulas", "by_formulas"]


def by_formulas(roots: Sequence[Expr], known: Chance, moving: str) -> Formulas | None:
    """Return the roots with formulas in place of densities; None where something else of chance stands in them.

    Raises `NotNumeric` where what they say is not determined.
    """
    made = Formulas(known, moving)
    return made if made.apply(roots) else None


@dataclass
class Formulas:
    """Densities by formula, and roots in which they are put in place."""

    known: Chance
    moving: str = ""
    roots: list[Expr] = field(default_factory=list)
    facts: list[tuple[Symbol, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.held = list(self.known.formulas)
        own = {s.name for f in self.held for s in f.left}
        for given in self.known.laws:
            if not given.copies and given.variable.name not in own:
                law = other_convention(given.law) if self.known.other else given.law
                parents = symbols_of(*law.parameters)
                body = density(law, given.variable)
                self.held.append(Formula(given.letter, (given.variable,), tuple(parents), body, law=law))

    def apply(self, roots: Sequence[Expr]) -> bool:
        """Put formulas in place; tell whether that was all that was needed."""
        nodes = [n for n in postorder(*roots) if has_chance(n) and (isinstance(n, (Apply, Bind)))]
        mine = [n for n in nodes if n.op.family == "probability" or n.op.name in ("Outcomes", "Whole")]
        if any(n.op.name not in ("probability", "density", "Outcomes", "Whole") for n in mine):
            return False
        named = {s.name for f in self.known.formulas for s in f.left}
        densities = [n for n in mine if is_op(n, "probability")]
        if not any(named & {s.name for s in symbols_of(n)} for n in densities):
            return False
        if not all(n.args and all(isinstance(a, Symbol) or inner(a) for a in n.args) for n in densities):
            return False
        self.roots = [fold(r, self.step) for r in roots]
        return not has_chance(*self.roots)

    def step(self, node: Expr, below: tuple[Expr, ...]) -> Expr:
        """Return a node with its densities as formulas."""
        if is_op(node, "probability") and isinstance(node, Apply):
            return self.changed(letter_of(node.attrs[0]), node.args[: node.attrs[1]], node.args[node.attrs[1] :])
        if is_op(node, "density") and isinstance(node, Apply):
            law = Law(node.attrs[0], below[1:])
            self.facts += domain_facts(law)
            law = other_convention(law) if self.known.other else law
            return apply("exp", log_density(law, below[0]))
        if isinstance(node, Bind) and node.op.name in ("Outcomes", "Whole"):
            return self.integral(below[0], [v for v in node.variables if isinstance(v, Symbol)])
        return with_args(node, below)

    def changed(self, letter: str, left: Sequence[Expr], given: Sequence[Expr]) -> Expr:
        """Return p(left | given) where functions of variables may stand: p(log λ | r) = p(λ | r) |dλ/d log λ|."""
        plain = [inner(a) or a for a in left]
        out = self.density(letter, plain, [inner(a) or a for a in given])
        for one, variable in zip(left, plain, strict=True):
            if one is not variable and isinstance(variable, Symbol):
                out = out / apply("abs", derivative(one, [variable]))
        return out

    def formula_of(self, letter: str, name: str) -> Formula | None:
        """Return the formula that a variable stands left in."""
        return next((f for f in self.held if f.letter == letter and any(s.name == name for s in f.left)), None)

    def density(self, letter: str, left: Sequence[Expr], given: Sequence[Expr]) -> Expr:
        """Return p(left | given)."""
        names = {s.name for s in left if isinstance(s, Symbol)}
        after = {s.name for s in given if isinstance(s, Symbol)}
        factors = self.factors(letter, names | after, after)
        hidden = {s.name: s for f in factors for s in f.left if s.name not in names | after}
        numerator = [f for f in factors if not after or self.bears(f, names | set(hidden))]
        if any(not ({s.name for s in f.left} & (names | set(hidden))) for f in numerator) or any(
            f.loose for f in numerator
        ):
            whole = self.product(numerator)
            inside = self.integral(whole, list(hidden.values()))
            if self.moving and (names & {s.name for s in symbols_of(inside)} or not hidden):
                return inside
            if not names & {s.name for s in symbols_of(inside)}:
                raise NotNumeric("What is given up to a factor is judged up to a factor only.")
            if not after and any(f.loose for f in numerator) and not names <= {
                s.name for f in numerator if f.loose for s in f.left
            }:
                raise NotNumeric("A density that is given up to a factor does not say this probability.")
            left_symbols = [s for s in left if isinstance(s, Symbol)]
            return inside / self.integral(inside, left_symbols)
        return self.integral(self.product(numerator), list(hidden.values()))

    def bears(self, formula: Formula, names: set[str]) -> bool:
        """Tell whether a formula depends on some of these names."""
        return bool(names & {s.name for s in (*formula.left, *formula.given, *symbols_of(formula.body))})

    def factors(self, letter: str, names: set[str], given: set[str]) -> list[Formula]:
        """Return the formulas of these variables and of all that they are given; what is only given needs none."""
        out: dict[int, Formula] = {}
        waiting, seen = sorted(names), set(names)
        while waiting:
            name = waiting.pop()
            found = self.formula_of(letter, name)
            if found is None:
                if name in given and any(name in {s.name for s in f.given} for f in self.held if f.letter == letter):
                    continue
                raise NotNumeric(f"What {letter} says of {name} is not known.")
            missing = {s.name for s in found.given if not self.formula_of(letter, s.name)} - names
            if found.law is None and missing:
                raise NotNumeric(f"The density of {name} is known under {min(missing)} only.")
            out[id(found)] = found
            more = {s.name for s in found.given if self.formula_of(letter, s.name)} | {s.name for s in found.left}
            waiting += sorted(more - seen)
            seen |= more
        return list(out.values())

    def product(self, factors: Sequence[Formula]) -> Expr:
        """Return the product of formulas, and note what named ones ask of their symbols."""
        for one in factors:
            if one.law is not None:
                self.facts += domain_facts(one.law)
                self.facts += [(s, fact) for s in one.left for fact in SUPPORT.get(one.law.name, ())]
        bodies = [f.body for f in factors]
        return apply("mul", *bodies) if len(bodies) > 1 else bodies[0] if bodies else constant(1)

    def integral(self, body: Expr, variables: Sequence[Symbol]) -> Expr:
        """Return the integral over variables, each over the values that it can have."""
        for one in variables:
            found = next((f for f in self.held if any(s.name == one.name for s in f.left)), None)
            law = found.law if found is not None else None
            facts = set(one.facts) | set(SUPPORT.get(law.name, ()) if law else ())
            if one.shape or found is None or facts & {"integer", "binary"} or (law and law.name in DISCRETE):
                raise NotNumeric(f"The sum over the values of {one.name} is not computed here.")
            low: Expr = constant(0) if facts & {"positive", "nonnegative", "unit interval", "probability"} else (
                constant(float("-inf")))
            high = constant(1) if facts & {"unit interval", "probability"} else constant(float("inf"))
            over = symbol(f"{one.name} ", one.shape, one.facts)
            body = bind("Integral", (over,), substituted(body, {one: over}), low, high)
        return body


_ONE_TO_ONE = frozenset(("log", "exp", "sqrt", "log2", "log10", "tanh", "sigmoid"))


def inner(one: Expr) -> Symbol | None:
    """Return the variable x of a function f(x) that takes no value twice, such as log x and 2 − 3x; None for others."""
    found = symbols_of(one)
    if one.shape or not isinstance(one, Apply) or one.op.family in ("relation", "probability"):
        return None
    if one.op.name in _ONE_TO_ONE and isinstance(one.args[0], Symbol):
        return one.args[0]
    if len(found) == 1 and one.op.name in ("add", "mul", "neg", "div"):
        (only,) = found
        return only if not symbols_of(derivative(one, [only])) else None
    return None


def formula_in(left: Expr, right: Expr, loose: bool, known: Chance) -> Formula | None:
    """Return the formula that p(x | y) = ... or p(x | y) ∝ ... gives, where nothing is known of x yet."""
    if not is_op(left, "probability") or not isinstance(left, Apply) or not left.args or right.shape:
        return None
    if any(not isinstance(a, Symbol) for a in left.args) or has_chance(right):
        return None
    count = left.attrs[1]
    symbols = [a for a in left.args if isinstance(a, Symbol)]
    names = {s.name for s in symbols[:count]}
    letter = letter_of(left.attrs[0])
    have = {s.name for f in known.formulas for s in f.left} | {g.variable.name for g in known.laws}
    about = {s.name for s in symbols_of(right)}
    if names & have or letter != MAIN or not about & {s.name for s in symbols}:
        return None
    return Formula(letter, tuple(symbols[:count]), tuple(symbols[count:]), right, loose)
