"""Densities in closed form: where each density of a claim has a formula, the claim is one of ordinary expressions.

What is known is a set of factors p(left | given): named laws and formulas. p(x | y) is a product of factors where y
holds no descendant of x, and by Bayes' rule in proportion to one elsewhere; a claim up to a factor or a constant in x
needs no normaliser: it compares the sides at x with those at another x.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agnesi.check.worlds_laws import SUPPORT, Law, domain_facts, log_density
from agnesi.check.worlds_scan import Chance, Formula, Given, has_chance, is_op, letter_of
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import (
    Apply,
    Bind,
    Const,
    Expr,
    Index,
    Symbol,
    apply,
    bind,
    constant,
    fold,
    free_indices,
    index,
    postorder,
    replace,
    symbol,
    symbols_of,
    with_args,
)

INFINITY = constant(float("inf"))


@dataclass(frozen=True)
class Factor:
    """One density: `log` is the logarithm of p(left | given), up to a term that no left symbol is in if `scaled`."""

    left: frozenset[str]
    parents: frozenset[str]
    log: Expr
    scaled: bool = False
    needs: frozenset[str] = frozenset()  # what must be given by name: D in a formula for p(a | D)


@dataclass(frozen=True)
class Closed:
    """Roots in which no density is left, the facts that hold of symbols, and what was taken for granted."""

    roots: tuple[Expr, ...]
    facts: tuple[tuple[Symbol, str], ...]
    assumed: tuple[str, ...]


def closed_densities(roots: Sequence[Expr], known: Chance, moving: str) -> Closed | None:
    """Return the roots with formulas in place of densities, or None where some density has none.

    The first two roots are compared up to a "factor" or a "constant" (`moving`). Raises `NotNumeric` for a line that
    says itself what a density is.
    """
    if not known.laws and not known.formulas:
        return None
    if any(states(f, *roots[:2]) for f in known.formulas):
        raise NotNumeric("This line says what the density is: it is taken as given.")
    try:
        closing = Closing(known, moving_names(roots, known) if moving else frozenset())
        made = [closing.closed(r) for r in roots]
    except NotNumeric:
        return None
    if has_chance(*made):
        return None
    if moving:
        compared = compared_elsewhere(made[:2], closing.moved, moving)
        if compared is None:
            return None
        made = [*compared, *made[2:]]
    facts = tuple(dict.fromkeys([*closing.facts, *positive_in(made)]))
    return Closed(tuple(made), facts, tuple(closing.assumed))


def moving_names(roots: Sequence[Expr], known: Chance) -> frozenset[str]:
    """Return the variables left of the bar that a claim up to a factor is about."""
    if known.moving:
        return known.moving
    first = next((n for n in postorder(*roots) if is_op(n, "probability") and n.args), None)
    return left_names(first) if isinstance(first, Apply) else frozenset()


def states(formula: Formula, left: Expr, right: Expr) -> bool:
    """Tell whether a claim is the one that the formula was taken from."""
    head = logs(formula.body) if is_op(left, "log") else formula.body
    if is_op(left, "log"):
        left = left.args[0]
    return is_op(left, "probability") and isinstance(left, Apply) and right is head and formula.loose and (
        left.args == (*formula.left, *formula.given)
    )


def left_names(node: Apply) -> frozenset[str]:
    """Return the names left of the bar."""
    return frozenset(a.name for a in node.args[: node.attrs[1]] if isinstance(a, Symbol))


def factors_of(known: Chance, letter: str) -> list[Factor]:
    """Return the factors of a distribution: its laws, and its formulas."""
    random = {g.variable.name for g in known.laws} | {s.name for f in known.formulas for s in f.left}
    out = []
    for given in known.laws:
        if given.letter == letter:
            log = law_log(given)
            one = frozenset((given.variable.name,))
            out.append(Factor(one, frozenset(s.name for s in symbols_of(log)) & random - one, log))
    for formula in known.formulas:
        if formula.letter == letter:
            left = frozenset(s.name for s in formula.left)
            log = logs(formula.body) or apply("log", formula.body)
            parents = frozenset(s.name for s in (*formula.given, *symbols_of(formula.body))) & random - left
            out.append(Factor(left, parents, log, formula.loose, frozenset(s.name for s in formula.given)))
    return out


def law_log(given: Given, at: Expr | None = None) -> Expr:
    """Return the logarithm of a law's density: of all entries where they are copies, or of the one `at` this index."""
    if not given.copies:
        return log_density(given.law, given.variable)
    over = at if at is not None else index(f"{given.variable.name} entry", given.variable.shape[0])
    own = {i for p in given.law.parameters for i in free_indices(p)}
    law = Law(given.law.name, tuple(replace(p, dict.fromkeys(own, over)) for p in given.law.parameters))
    log = log_density(law, apply("entry", given.variable, over))
    return log if at is not None or not isinstance(over, Index) else bind("Sum", (over,), log)


class Closing:
    """Puts formulas in place of densities."""

    def __init__(self, known: Chance, moving: frozenset[str]) -> None:
        self.known, self.moving = known, moving
        self.moved: dict[Symbol, None] = {}
        self.assumed: dict[str, None] = {}
        self.facts: list[tuple[Symbol, str]] = []
        for given in known.laws:
            self.facts += [(given.variable, f) for f in SUPPORT.get(given.law.name, ()) if f != "integer"]
            self.facts += domain_facts(given.law)

    def closed(self, root: Expr) -> Expr:
        """Return an expression with formulas in place of its densities."""

        def step(node: Expr, below: tuple[Expr, ...]) -> Expr:
            if isinstance(node, Symbol) and node.name in self.moving:
                self.moved[node] = None
            if is_op(node, "probability") and node.args and isinstance(node, Apply):
                return apply("exp", self.log_of(node))
            if is_op(node, "density") and isinstance(node, Apply):
                law = Law(node.attrs[0], below[1:])
                self.facts += domain_facts(law)
                return apply("exp", log_density(law, below[0]))
            if isinstance(node, Bind) and node.op.name == "Whole":
                return whole(node, below[0], self.facts)
            if is_op(node, "log") and (terms := logs(below[0])):
                return terms
            return with_args(node, below)

        return fold(root, step)

    def log_of(self, node: Apply) -> Expr:
        """Return log p(left | given)."""
        letter, count = letter_of(node.attrs[0]), node.attrs[1]
        single = node.args[0]
        if count == 1 and is_op(single, "entry") and isinstance(single.args[0], Symbol) and len(single.args) == 2:
            return self.entry_log(letter, single.args[0].name, single.args[1], node.args[1:])
        if not all(isinstance(a, Symbol) for a in node.args):
            raise NotNumeric("Only densities at symbols are closed.")
        names = [a.name for a in node.args if isinstance(a, Symbol)]
        factors = factors_of(self.known, letter)
        return self.conditional(factors, frozenset(names[:count]), frozenset(names[count:]), node)

    def entry_log(self, letter: str, name: str, at: Expr, given: Sequence[Expr]) -> Expr:
        """Return log p(x_n | θ) of one of several independent copies."""
        law = next((g for g in self.known.laws if g.variable.name == name and g.letter == letter and g.copies), None)
        if law is None:
            raise NotNumeric(f"The density of one {name} is not known.")
        held = {s.name for s in symbols_of(*given)}
        random = {g.variable.name for g in self.known.laws}
        if any(s.name in random - held for s in symbols_of(*law.law.parameters)):
            raise NotNumeric(f"The density of {name} depends on what is not given.")
        return law_log(law, at)

    def conditional(self, factors: Sequence[Factor], left: frozenset[str], given: frozenset[str], node: Apply) -> Expr:
        """Return log p(left | given) as a sum over factors, without its normaliser where that does not move."""
        random = frozenset(n for f in factors for n in f.left)
        if not left <= random:
            raise NotNumeric(f"The density of {min(left - random)} is not known.")
        later = descendants(factors, left)
        if not later & given:
            used = covering(factors, left, left | given)
            self.check(used, left)
            tied(used, given - random)
            return total([f.log for f in used])
        used = [f for f in factors if (f.left | f.parents) & left and observed(f, factors, left | given)]
        if any((f.left | f.parents) & random - left - given for f in used) or not left <= union(f.left for f in used):
            raise NotNumeric("A variable that is neither given nor asked for would have to be summed out.")
        if union(f.needs for f in used) - left - given:
            raise NotNumeric("A density is given under conditions that are not given here.")
        tied(used, given - random)
        log = total([f.log for f in used])
        if left == self.moving:
            self.check(used, left)
            return log
        if any(f.scaled for f in used) or len(left) > 1:
            raise NotNumeric("A density is known up to a factor only.")
        one = next(a for a in node.args if isinstance(a, Symbol) and a.name in left)
        return log - apply("log", integral(apply("exp", log), one, self.facts))

    def check(self, used: Sequence[Factor], left: frozenset[str]) -> None:
        """Raise where a factor that is not known would matter; say what is taken for granted."""
        for f in used:
            if not f.scaled:
                continue
            if left != self.moving:
                raise NotNumeric("A density is known up to a factor only.")
            if f.left != left:
                names, others = ", ".join(sorted(f.left)), ", ".join(sorted(left))
                self.assumed[f"the factor left out of the density of {names} does not depend on {others}"] = None


def union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    """Return the union of sets."""
    return frozenset().union(*sets)


def descendants(factors: Sequence[Factor], names: frozenset[str]) -> frozenset[str]:
    """Return the variables that depend on some of these, through others too."""
    out: frozenset[str] = frozenset()
    while True:
        more = union(f.left for f in factors if f.parents & (names | out)) - names
        if more <= out:
            return out
        out |= more


def observed(factor: Factor, factors: Sequence[Factor], held: frozenset[str]) -> bool:
    """Tell whether a factor bears on what is held: those of later variables that nobody asked for sum to 1."""
    return not (factor.left | descendants(factors, factor.left)).isdisjoint(held)


def tied(used: Sequence[Factor], unknown: frozenset[str]) -> None:
    """Raise where something is given that no factor speaks of: how it bears on the rest is not known."""
    lost = unknown - {s.name for f in used for s in symbols_of(f.log)}
    if lost:
        raise NotNumeric(f"How {min(lost)} is distributed is not known.")


def covering(factors: Sequence[Factor], left: frozenset[str], held: frozenset[str]) -> list[Factor]:
    """Return the factors whose product is the density of `left`, all of whose parents are held."""
    random = union(f.left for f in factors)
    used = [f for f in factors if f.left & left]
    for f in used:
        if not f.left <= left or f.parents & random - held or f.needs - held:
            raise NotNumeric("A variable that is neither given nor asked for would have to be summed out.")
    if sum(len(f.left) for f in used) != len(left):
        raise NotNumeric("A density is given twice.")
    return used


def total(terms: Sequence[Expr]) -> Expr:
    """Return a sum."""
    return terms[0] if len(terms) == 1 else apply("add", *terms)


def logs(body: Expr) -> Expr | None:
    """Return the logarithm of exp(u), or of a product of such; None for others."""
    if is_op(body, "exp"):
        return body.args[0]
    if is_op(body, "mul") and all(is_op(a, "exp") for a in body.args):
        return total([a.args[0] for a in body.args])
    if isinstance(body, Bind) and body.op.name == "Prod" and is_op(body.args[0], "exp") and len(body.args) == 1:
        return bind("Sum", body.variables, body.args[0].args[0])
    return None


def limits(one: Symbol, facts: Sequence[tuple[Symbol, str]]) -> tuple[Expr, Expr]:
    """Return the ends between which a variable lies."""
    said = set(one.facts) | {f for s, f in facts if s.name == one.name}
    if "unit interval" in said:
        return constant(0), constant(1)
    if said & {"positive", "nonnegative"}:
        return constant(0), INFINITY
    return -INFINITY, INFINITY


def integral(body: Expr, one: Symbol, facts: Sequence[tuple[Symbol, str]]) -> Expr:
    """Return the integral over all values of a continuous variable."""
    if one.shape:
        raise NotNumeric("Integrals over vectors are not taken here.")
    if one.facts & {"integer", "binary"} or any(is_op(n, "factorial", "binom", "lgamma") and one in symbols_of(n)
                                                for n in postorder(body)):
        raise NotNumeric(f"{one.name} takes whole numbers: its density is not integrated.")
    return bind("Integral", (one,), body, *limits(one, [*facts, *positive_in([body])]))


def whole(node: Bind, body: Expr, facts: Sequence[tuple[Symbol, str]]) -> Expr:
    """Return ∫ … dx over all values of one variable."""
    (one, *more) = node.variables
    if more or not isinstance(one, Symbol):
        raise NotNumeric("Integrals over several variables are not taken here.")
    return integral(body, one, facts)


def compared_elsewhere(sides: Sequence[Expr], moved: Iterable[Symbol], kind: str) -> list[Expr] | None:
    """Return each side against itself where the moving variables have other values."""
    others: Mapping[Expr, Expr] = {s: symbol(f"another {s.name}", s.shape, s.facts) for s in moved}
    if not others:
        return None
    out = []
    for side in sides:
        there = replace(side, others)
        if kind == "constant":
            out.append(side - there)
        elif is_op(side, "exp"):
            out.append(apply("exp", side.args[0] - there.args[0]))
        else:
            out.append(apply("div", side, there))
    return out


def positive_in(roots: Sequence[Expr]) -> list[tuple[Symbol, str]]:
    """Return what symbols must be for powers and logarithms to have values: positive, or between 0 and 1."""
    out: dict[tuple[Symbol, str], None] = {}
    unit: set[Symbol] = set()
    for node in postorder(*roots):
        if not isinstance(node, Apply) or node.op.name not in ("pow", "log"):
            continue
        if node.op.name == "pow" and isinstance(node.args[1], Const):
            continue
        base = node.args[0]
        if isinstance(base, Symbol) and not base.shape:
            out[base, "positive"] = None
        one = one_minus(base)
        if one is not None:
            unit.add(one)
    return [(s, "unit interval" if s in unit else f) for s, f in out]


def one_minus(expr: Expr) -> Symbol | None:
    """Return x of 1 − x."""
    if is_op(expr, "sub", "add") and isinstance(expr, Apply) and len(expr.args) == 2 and expr.args[0] is constant(1):
        last = expr.args[1]
        if expr.op.name == "add" and is_op(last, "neg"):
            last = last.args[0]
        elif expr.op.name == "add":
            return None
        return last if isinstance(last, Symbol) and not last.shape else None
    return None


__all__ = ["Closed", "Formula", "closed_densities"]
