"""The stage of a finite world: for each random variable an index and a value, for each distribution its weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from agnesi.check.worlds_cast import Cast
from agnesi.check.worlds_channels import channel_table, mapped
from agnesi.check.worlds_laws import (
    DISCRETE,
    SUPPORT,
    Law,
    domain_facts,
    log_density,
    other_convention,
    root,
)
from agnesi.check.worlds_nodes import Effort, fixed_parameters, matched, nodes
from agnesi.check.worlds_numbers import values_of, with_numbers
from agnesi.check.worlds_scan import MAIN, Chance, Given
from agnesi.check.worlds_tables import (
    Independence,
    Table,
    drawn_table,
    exclusive,
    exhaustive,
    numbers,
    standardised,
    with_told,
)
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Expr, Index, Symbol, apply, bind, constant, index, replace, symbol, symbols_of
from agnesi.run.reference import Program

Key = tuple[str, str]


@dataclass(frozen=True)
class Player:
    """A random variable with finitely many values in tables: `value` is its value at `index`."""

    name: str
    index: Index
    value: Expr
    event: bool = False


@dataclass(frozen=True)
class LawPlayer:
    """A random variable with a law: `symbol` stands for a value of it, `value` is its value at the node `index`."""

    symbol: Symbol
    law: Law
    index: Index
    value: Expr
    weight: Expr
    parents: tuple[str, ...]
    copies: bool = False

    @property
    def log_density(self) -> Expr:
        """The logarithm of its density at the symbol."""
        if not self.copies:
            return log_density(self.law, self.symbol)
        over = index(f"{self.symbol.name} entry", self.symbol.shape[0])
        return bind("Sum", (over,), log_density(self.law, apply("entry", self.symbol, over)))


@dataclass
class Stage:
    """All that stands in the place of random variables in one world."""

    cast: Cast
    chance: Chance
    rng: np.random.Generator
    turn: int = 0  # which convention is meant by names that have two
    scale: float = 1.0  # how many nodes
    squares: int = 0  # the degree in each variable, whatever parameters of laws hold; 0: other functions
    simple: int = 0  # expectations are of polynomials of this degree; 0: of others too
    axes: int = 1  # of all variables with laws together
    values: dict[str, Any] = field(default_factory=dict)
    players: dict[str, Player] = field(default_factory=dict)
    laws: dict[Key, LawPlayer] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    marginals: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)  # letter and names, by value name
    facts: list[tuple[Symbol, str]] = field(default_factory=list)
    rough: set[str] = field(default_factory=set)  # variables whose nodes integrate approximately
    assumed: list[str] = field(default_factory=list)
    vectors: dict[str, Symbol] = field(default_factory=dict)  # letters of distributions that stand as symbols too

    # -- making it --------------------------------------------------------------------------------------------------

    def fill(self) -> None:
        """Cast every random variable, and draw the tables."""
        self.facts += self.chance.facts
        self.axes = sum(int(np.prod([d.size({}) for d in g.variable.shape])) for g in self.chance.laws if not g.copies)
        for given in self.chance.laws:
            self.add_law(given)
        by_law = {name for _, name in self.laws}
        tabled = [s for n, s in self.cast.variables.items() if n not in by_law]
        for one in tabled:
            if any(other.partition("_")[0] == one.name for other in self.cast.variables if other != one.name):
                raise NotNumeric(f"{one.name} stands alone and with a subscript: what it consists of is not known.")
        counts = {s.name: self.count(s, len(tabled)) for s in tabled}
        for letter, names in self.names_by_letter(counts).items():
            if names:
                said = tuple(_of_values(one, names) for one in self.chance.independent) if letter == MAIN else ()
                said += tuple(
                    (frozenset((n,)), frozenset((by.name,)), frozenset[str]())
                    for n, by, *_ in self.chance.conditional if letter == MAIN
                )
                mine = [n for n in names if n not in self.chance.copies]
                channel = self.chance.channel if letter == MAIN else None
                if channel is not None and channel.names & set(names):
                    self.tables[letter] = channel_table(channel.among(names), mine, self.values, self.rng)
                    continue
                table = drawn_table(mine, [counts[n] for n in mine], said, self.rng)
                if letter == MAIN:
                    table = mapped(table, self.chance.maps, self.rng)
                    table = exhaustive(exclusive(table, self.chance.exclusive), self.chance.exhaustive)
                    if self.chance.numbers:
                        table = with_numbers(table, self.shares(), said, self.rng)
                self.tables[letter] = self.with_copies(table, names)
        for one in tabled:
            self.players[one.name] = self.player(one, self.total(one.name))
        for name, by, mean, spread in self.chance.conditional:
            if name in self.players and by.name in self.players:
                self.players[name] = self.given_another(self.players[name], by, mean, spread)
        for pair in self.chance.uncorrelated:
            if len(pair) == 2 and pair <= self.players.keys():
                self.uncorrelate(*sorted(pair))

    def names_by_letter(self, counts: Mapping[str, int]) -> dict[str, list[str]]:
        """Return, for each letter, the tabled variables that it is a distribution over."""
        out: dict[str, list[str]] = {}
        elsewhere: set[str] = set()
        for letter, (left, given) in self.cast.letters.items():
            if letter != MAIN:
                out[letter] = [n for n in (*left, *given) if n in counts]
                elsewhere.update(left)
        mine = {n for side in self.cast.letters.get(MAIN, ({}, {})) for n in side}
        out[MAIN] = [n for n in counts if n in mine or n not in elsewhere]
        for letter in self.cast.whole - out.keys():
            out[letter] = list(counts)
        return out

    def count(self, one: Symbol, among: int) -> int:
        """Return how many values a variable takes."""
        if one.name in self.cast.events or one.facts & {"binary", "sign"}:
            return 2
        if one.name in self.cast.states:
            return self.cast.states[one.name].size({})
        if any(one.name in pair for pair in self.chance.maps) and not one.shape:
            return 4 if any(one.name == x for _, x in self.chance.maps) else 3
        told = self.cast.told.get(one.name, set())
        if told:
            return 2 if told <= {0.0, 1.0} else len(told) + 1
        if one.shape:
            return int(np.prod([d.size({}) for d in one.shape])) + 2
        moments = self.chance.moments.get(one.name, (None, None))
        apart = any(one.name in pair for pair in self.chance.uncorrelated)
        if moments[1] is not None or apart:
            return 3
        return int(self.rng.integers(2, 4)) if among < 4 and not self.chance.few else 2

    def total(self, name: str) -> int:
        """Return how many values a variable has in the tables."""
        for table in self.tables.values():
            if name in table.names:
                return int(table.array.shape[table.names.index(name)])
        raise NotNumeric(f"{name} is in no distribution.")

    def with_copies(self, table: Table, names: Sequence[str]) -> Table:
        """Add independent copies: a variable whose values are the tuples of n values of one."""
        array = table.array
        order = list(table.names)
        for name in names:
            if name not in self.chance.copies:
                continue
            size = int(self.cast.variables[name].shape[0].size({}))
            base = drawn_table([name], [3 if size < 3 else 2], (), self.rng).array
            whole = base
            for _ in range(size - 1):
                whole = np.multiply.outer(whole, base).reshape(-1)
            self.values[f"{name} base"] = base
            array = np.multiply.outer(array, whole)
            order.append(name)
        return Table(tuple(order), array)

    def player(self, one: Symbol, count: int) -> Player:
        """Return a tabled variable with its values: an event, small whole numbers, or points with the given moments."""
        at = index(one.name, count)
        if one.name in self.cast.events:
            self.values[one.name] = np.array([0.0, 1.0])
            return Player(one.name, at, apply("entry", symbol(one.name, (2,)), at), True)
        weights = self.weights_of(one.name)
        points = self.points(one, count)
        mean, spread = self.chance.moments.get(one.name, (None, None))
        if mean is not None and one.facts & {"positive", "nonnegative"} and not one.shape:
            return self.above_zero(one, at, points, weights, mean, spread)
        if mean is not None or spread is not None:
            points = self.moved(one, points, weights, mean, spread)
        name = one.name if mean is None and spread is None else f"{one.name} standard"
        self.values[name] = points
        held = symbol(name, points.shape)
        value: Expr = apply("row", held, at) if points.ndim == 2 else apply("entry", held, at)
        if spread is not None:
            value = self.spread(one, value, spread)
        if mean is not None:
            value = at_mean(one, mean) + value
        return Player(one.name, at, value)

    def above_zero(
        self, one: Symbol, at: Index, points: Any, weights: Any, mean: Expr, spread: Expr | None
    ) -> Player:
        """Return a variable without negative values that has the given mean: a multiple of one with mean 1."""
        if spread is not None:
            raise NotNumeric(f"A {one.name} ≥ 0 with this mean and this variance has no finite world here.")
        points = np.abs(points)
        name = f"{one.name} standard"
        self.values[name] = points / (weights @ points)
        self.facts += [(s, "positive") for s in symbols_of(mean) if s is mean]
        return Player(one.name, at, mean * apply("entry", symbol(name, points.shape), at))

    def given_another(self, player: Player, by: Symbol, mean: Expr | None, spread: Expr | None) -> Player:
        """Return a player with its mean and variance given another: m(x) + √v(x) z, where z is independent of x."""
        points, weights = self.values[player.name], self.weights_of(player.name)
        name = f"{player.name} standard"
        self.values[name] = standardised(weights, points)
        value: Expr = apply("entry", symbol(name, points.shape), player.index)
        if spread is not None:
            value = root(spread) * value
            self.facts += [(s, "positive") for s in [root(spread), spread] if isinstance(s, Symbol)]
        else:  # the spread may be another at each x
            value = (constant(1) + by**2) * value
        value = (by if mean is None else mean) + value
        return Player(player.name, player.index, replace(value, {by: self.players[by.name].value}), player.event)

    def uncorrelate(self, first: str, second: str) -> None:
        """Move the values of the second variable so that its covariance with the first is 0."""
        key, joint = self.tables[MAIN].marginal([first, second])
        joint = joint if key == (first, second) else joint.T
        keys = [n if n in self.values else f"{n} standard" for n in (first, second)]
        if any(k not in self.values or self.values[k].ndim > 1 for k in keys):
            raise NotNumeric("Uncorrelated vectors have no finite world here.")
        x, y = (self.values[k] for k in keys)
        slope = (x - x @ joint.sum(axis=1)) @ joint  # the covariance is slope · y
        if np.any(np.abs(slope) > 1e-12):
            if len(y) < 3:
                raise NotNumeric("Two values are too few for variables that are uncorrelated but not independent.")
            y = y - (y @ slope) / (slope @ slope) * slope
        if keys[1] != second:  # its mean and variance are those of a standard one
            mean, spread = self.chance.moments.get(second, (None, None))
            weights = joint.sum(axis=0)
            y = y - weights @ y
            y = y / np.sqrt(weights @ y**2) if spread is not None else y
            y = y + 0.5 if mean is None else y
        self.values[keys[1]] = y

    def weights_of(self, name: str) -> Any:
        """Return the distribution of one variable: in the first table that has it."""
        for table in self.tables.values():
            if name in table.names:
                return table.marginal([name])[1]
        raise NotNumeric(f"{name} is in no distribution.")

    def points(self, one: Symbol, count: int) -> Any:
        """Return the values of a variable: different small whole numbers."""
        if one.name in self.chance.copies:
            size = int(one.shape[0].size({}))
            base = numbers(len(self.values[f"{one.name} base"]), self.rng)
            grid = np.meshgrid(*[base] * size, indexing="ij")
            return np.stack([g.reshape(-1) for g in grid], axis=-1)
        if one.name in self.cast.states:
            return np.arange(1.0, count + 1)
        if self.chance.channel is not None and one.name in self.chance.channel.names:
            return np.arange(0.0, count)
        told = self.cast.told.get(one.name, set())
        if told and not one.shape:
            return with_told(told, count, self.rng, one.facts)
        if not one.shape:
            return numbers(count, self.rng, one.facts)
        shape = (count, *(d.size({}) for d in one.shape))
        return self.rng.integers(-3, 4, size=shape).astype(float)

    def moved(self, one: Symbol, points: Any, weights: Any, mean: Expr | None, spread: Expr | None) -> Any:
        """Return points that have mean 0, and unit covariance where the covariance is given."""
        if spread is None:
            return points - np.tensordot(weights, points, 1)
        if one.name in self.chance.copies:
            base = self.values[f"{one.name} base"]
            single = np.sort(np.unique(points))
            turned = standardised(base, single)
            out = turned[np.searchsorted(single, points)]
        else:
            out = standardised(weights, points)
        return out if mean is not None else out + 0.5

    def spread(self, one: Symbol, value: Expr, spread: Expr) -> Expr:
        """Return a standard value with the given variance or covariance."""
        for s in symbols_of(spread):
            if s is spread:
                self.facts.append((s, "spd" if s.ndim == 2 else "positive"))
            elif not s.shape and root(spread) is s:
                self.facts.append((s, "positive"))
        if spread.shape == one.shape and one.shape:
            self.facts += [(s, "positive") for s in symbols_of(spread)]
        if not one.shape:
            return root(spread) * value
        if one.name in self.chance.copies and not spread.shape:
            return root(spread) * value
        if one.name in self.chance.copies and spread.shape == one.shape:
            return apply("hadamard", apply("sqrt", spread), value)
        return apply("mul", apply("chol", spread), value)

    # -- laws ---------------------------------------------------------------------------------------------------------

    def add_law(self, given: Given) -> LawPlayer:
        """Cast a variable with a law."""
        one = given.variable
        law = other_convention(given.law) if self.turn else given.law
        support = SUPPORT.get(law.name, ())
        held = symbol(one.name, one.shape, one.facts | set(support))
        if held is not one:
            self.facts += [(one, fact) for fact in support]
        self.facts += domain_facts(law)
        parents = tuple(s.name for s in symbols_of(*law.parameters) if s.name in self.cast.variables)
        player = self.law_player(one, law, parents, given.copies)
        self.laws[(given.letter, one.name)] = player
        return player

    def law_player(self, one: Symbol, law: Law, parents: tuple[str, ...], copies: bool) -> LawPlayer:
        """Return a variable with its nodes, weights and value."""
        shape = tuple(d.size({}) for d in one.shape)
        fixed = fixed_parameters(law) if not moving_trials(law, parents) else ()
        counted = law.name in DISCRETE or not copies
        axes = max(1, self.axes if shape == () or not copies else 1, shape[0] if shape and counted else 1)
        exact = self.simple if self.simple and law.name not in DISCRETE else 0
        effort = Effort(bool(copies or exact), axes, self.scale, exact)
        moving = moving_trials(law, parents)
        squares = matched(law) if (copies and 0 < self.simple <= 2) or (moving and 0 < self.squares <= 2) else None
        made = squares or nodes(law, () if copies else shape, effort, self.number)
        label = f"{one.name} nodes {law.name} {len(self.laws)} {self.turn} {self.scale:g}"
        points, weights = made.points, made.weights
        if copies and weights is not None:
            points, weights = _copied(points, weights, shape[0])
        elif copies:
            points, _ = _copied(points, np.ones(len(points)), shape[0])
        if fixed and any(s.name in self.cast.variables for s in symbols_of(*fixed)):
            raise NotNumeric(f"The nodes of {law.name} would move with another random variable.")
        self.values[label] = points
        at = index(f"{one.name} node", len(points))
        held = symbol(label, points.shape)
        if copies:
            over = index(f"{one.name} copy", shape[0])
            value: Expr = bind("Tensor", (over,), made.value(apply("entry", held, at, over)))
        else:
            value = made.value(apply("row", held, at) if points.ndim == 2 else apply("entry", held, at))
        player = LawPlayer(one, law, at, value, constant(1), parents, copies)
        if weights is not None:
            self.values[f"{label} weights"] = weights
            mass: Expr = apply("entry", symbol(f"{label} weights", weights.shape), at)
        else:
            mass = apply("exp", player.log_density)
        if law.name not in DISCRETE or law.name in ("Poisson", "Geometric", "Geometric from 0"):
            self.rough.add(one.name)
        return LawPlayer(one, law, at, value, mass, parents, copies)

    def number(self, parameter: Expr) -> float:
        """Return the number of a parameter that nodes depend on; its symbols get values in this world."""
        for s in symbols_of(parameter):
            if s.name not in self.values:
                whole = s.name in ("n", "N", "m", "k")
                self.values[s.name] = float(self.rng.integers(2, 5)) + (0.0 if whole else 0.5)
        out = Program(parameter)(self.values, {})[0]
        return float(np.real(out))

    def shares(self) -> list[tuple[Expr, float]]:
        """Return the given probabilities as numbers; their symbols get values in this world."""
        drawn = dict(self.values)
        found = values_of([v for _, v in self.chance.numbers], self.rng, drawn)
        if found is None:
            raise NotNumeric("No finite world was found with these probabilities.")
        self.values.update(drawn)
        return [(p, v) for (p, _), v in zip(self.chance.numbers, found, strict=True)]

    # -- asking it ----------------------------------------------------------------------------------------------------

    def law_of(self, letter: str, name: str) -> LawPlayer | None:
        """Return the law of a variable under a letter."""
        return self.laws.get((letter, name))

    def ancestors(self, letter: str, names: Iterable[str]) -> set[str]:
        """Return the variables that laws of these depend on, through others too."""
        out: set[str] = set()
        todo = list(names)
        while todo:
            law = self.law_of(letter, todo.pop())
            for parent in law.parents if law else ():
                if parent not in out:
                    out.add(parent)
                    todo.append(parent)
        return out

    def entry(self, letter: str, places: Mapping[str, Expr]) -> Expr:
        """Return the weight of tabled variables at places, as an entry of their joint table."""
        if letter not in self.tables:
            raise NotNumeric(f"What {letter} is a distribution over is not known.")
        missing = set(places) - set(self.tables[letter].names)
        if missing:
            raise NotNumeric(f"{letter} is no distribution over {', '.join(sorted(missing))}.")
        key, array = self.tables[letter].marginal(places)
        name = f"{letter}({', '.join(key)})"
        self.values[name] = array
        self.marginals[name] = (letter, key)
        return apply("entry", symbol(name, array.shape), *(places[n] for n in key))


def moving_trials(law: Law, parents: Sequence[str]) -> bool:
    """Tell whether the number of trials of a binomial variable is a random variable itself."""
    return law.name == "Binomial" and any(s.name in parents for s in symbols_of(law.parameters[0]))


def at_mean(one: Symbol, mean: Expr) -> Expr:
    """Return the mean at the shape of its variable: each entry of copies has it."""
    if not one.shape or mean.shape:
        return mean
    ones = apply("ones", attrs=one.shape)
    return ones if mean is constant(1) else apply("mul", mean, ones)


def _copied(points: Any, weights: Any, size: int) -> tuple[Any, Any]:
    if len(weights) ** size > 5_000:
        raise NotNumeric("There are too many independent copies for a finite world.")
    grid = np.stack([g.reshape(-1) for g in np.meshgrid(*[points] * size, indexing="ij")], axis=-1)
    whole = np.ones(1)
    for _ in range(size):
        whole = np.multiply.outer(whole, weights).reshape(-1)
    return grid, whole


def _of_values(said: Independence, names: Sequence[str]) -> Independence:
    """Return what is said of X, Y and Z as said of x, y and z where a claim is about their values: p(x, y | z)."""
    a, b, c = (frozenset(n if n in names or n.lower() not in names else n.lower() for n in part) for part in said)
    return a, b, c
