"""The one rule: ∑ p(free, fixed, bound) · body, with the weights of tables and laws; and the normal marginals.

A sum always gets indices of its own, so that E[(X − E[X])²] means what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agnesi.check.worlds_laws import Law, log_density
from agnesi.check.worlds_stage import LawPlayer, Stage
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Expr, apply, bind, constant, free_indices, index, replace, symbols_of
from agnesi.rules.derive import derivative


@dataclass(eq=False)
class Sums:
    """Weights of the random variables of a stage, and sums over them."""

    stage: Stage
    count: int = 0
    below: dict[Expr, Expr] = field(default_factory=dict)  # what was lowered, by what it was

    def __post_init__(self) -> None:
        self.names: dict[Expr, str] = {p.index: p.name for p in self.stage.players.values()}

    def joint(
        self, letter: str, free: Iterable[str], fixed: Mapping[str, Expr], bound: Iterable[str],
        conditions: Sequence[Expr] = (), body: Expr | None = None,
    ) -> Expr:
        """Return ∑ p(free, fixed, bound) · body over the bound variables, where the conditions hold."""
        stage = self.stage
        held, summed = {*free, *fixed}, set(bound)
        if len(held) == 1 and not summed and body is None and not conditions:
            (only,) = held
            marginal = gaussian_marginal(stage, letter, only)
            if marginal is not None:
                return apply("exp", log_density(marginal, stage.laws[letter, only].symbol))
        summed |= stage.ancestors(letter, held | summed) - held
        names = [n for n in (*stage.players, *dict.fromkeys(k[1] for k in stage.laws)) if n in held | summed]
        if len(names) < len(held | summed):
            lost = min((held | summed) - set(names))
            raise NotNumeric(f"The distribution of {lost} is not known.")
        places: dict[str, Expr] = {}
        factors: list[Expr] = []
        laws: list[LawPlayer] = []
        for name in names:
            law = stage.law_of(letter, name)
            if law is None and name in stage.players:
                places[name] = fixed.get(name, stage.players[name].index)
            elif law is None:
                raise NotNumeric(f"What {letter} says of {name} is not known.")
            elif name in summed:
                laws.append(law)
                factors.append(law.weight)
            else:
                factors.append(apply("exp", self.lowered_law(law)))
        if body is None:
            self.related(letter, places, names)
        if places:
            factors.insert(0, stage.entry(letter, places))
        return self.summed(factors, body, conditions, [n for n in sorted(summed) if n in places], laws)

    def related(self, letter: str, tabled: Iterable[str], names: Sequence[str]) -> None:
        """Raise where a variable with a law stands beside one of which it is not said how they depend on each other."""
        lawful = [law for n in names if (law := self.stage.law_of(letter, n)) is not None]
        known = {p for law in lawful for p in law.parents}
        known |= {n for a, b, c in self.stage.chance.independent for n in a | b | c}
        lost = sorted(set(tabled) - known)
        if lawful and lost:
            raise NotNumeric(f"How {lawful[0].symbol.name} depends on {lost[0]} is not said.")

    def lowered_law(self, law: LawPlayer) -> Expr:
        """Return the logarithm of a density at its symbol, with tabled parents at their values."""
        return replace(law.log_density, self.player_values())

    def player_values(self) -> dict[Expr, Expr]:
        """Return the values of the tabled variables by symbol."""
        held = self.stage.cast.variables
        return {held[n]: p.value for n, p in self.stage.players.items() if n in held}

    def summed(
        self, factors: list[Expr], body: Expr | None, conditions: Sequence[Expr], tabled: list[str],
        laws: list[LawPlayer],
    ) -> Expr:
        """Multiply, put values in place of symbols, and sum over indices of its own."""
        parts = [*factors, *([body] if body is not None else [])]
        made = parts[0] if len(parts) == 1 else self.times(parts) if parts else constant(1)
        held = [self.at_nodes(e, laws) for e in (made, *conditions)]
        made, conditions = held[0], held[1:]
        for condition in conditions[1:]:
            self.count += 1
            made = bind("Sum", (index(f"one_{self.count}", 1),), made, condition)
        over = [self.stage.players[n].index for n in tabled] + [law.index for law in laws]
        if not over:
            return made if not conditions else bind("Sum", (index("one", 1),), made, conditions[0])
        mapping: dict[Expr, Expr] = {}
        for one in over:
            self.count += 1
            mapping[one] = index(f"{one.name.split()[0]}_{self.count}", one.dim)
        made = replace(made, mapping)
        return bind("Sum", list(mapping.values()), made, *(replace(c, mapping) for c in conditions[:1]))

    def times(self, parts: list[Expr]) -> Expr:
        """Return a product of numbers and at most one array."""
        return apply("mul", *parts)

    def at_nodes(self, made: Expr, laws: list[LawPlayer]) -> Expr:
        """Put the values at nodes in place of variables with laws, children before parents."""
        waiting = list(laws)
        while waiting:
            names = {p for law in waiting for p in law.parents}
            last = next((law for law in waiting if law.symbol.name not in names), waiting[0])
            waiting.remove(last)
            value = replace(last.value, self.player_values())
            made = replace(made, {last.symbol: value})
        return made

    def free(self, *bodies: Expr) -> set[str]:
        """Return the random variables that lowered expressions depend on."""
        found = {self.names[i] for b in bodies for i in free_indices(b) if i in self.names}
        lawful = {name for _, name in self.stage.laws}
        return found | {s.name for s in symbols_of(*bodies) if s.name in lawful}


def gaussian_marginal(stage: Stage, letter: str, name: str) -> Law | None:
    """Return the normal law of a variable whose parents are normal and move its mean along lines; None for others.

    N(y | A w + b, S) with w ~ N(m, C) is N(y | A m + b, S + A C Aᵀ) (PRML 2.115).
    """
    law = stage.law_of(letter, name)
    if law is None or law.law.name != "Normal" or law.copies or not law.parents:
        return None
    mean, spread = law.law.parameters
    for parent in law.parents:
        above = stage.law_of(letter, parent)
        if above is None or above.law.name != "Normal" or above.copies:
            return None
        if len(law.parents) > 1 and above.parents:
            return None
        whole = gaussian_marginal(stage, letter, parent) if above.parents else above.law
        if whole is None or above.symbol in symbols_of(spread):
            return None
        slope = derivative(mean, [above.symbol])
        if any(s.name in law.parents for s in symbols_of(slope)):
            return None
        m, c = whole.parameters
        zero = apply("zeros", attrs=above.symbol.shape) if above.symbol.shape else constant(0)
        mean = replace(mean, {above.symbol: m if m.shape == above.symbol.shape else zero})
        turned = apply("transpose", slope) if slope.ndim == 2 else slope
        added = apply("mul", slope, c, turned) if slope.shape or c.shape else slope**2 * c
        spread = spread + added
    return Law("Normal", (mean, spread))
