"""Finite worlds: what probability says becomes ordinary sums, which can be evaluated, compared and told.

    world = lowered([left, right], chance, seed)
    world.roots, world.values, world.told(values, sizes)

Each random variable gets a few values, small whole numbers; each joint distribution a table of simple fractions that
has the independences that are declared; an event is a variable of two values. A variable with a named distribution
gets the nodes of a quadrature. Other seeds give other worlds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as changed
from typing import Any

import numpy as np

from agnesi.check.numbers import HOLDS
from agnesi.check.worlds_cast import Cast, cast_of, linked_numbers, linked_values, quantities, small_sizes
from agnesi.check.worlds_degree import degree_of
from agnesi.check.worlds_densities import closed_densities
from agnesi.check.worlds_fit import fit
from agnesi.check.worlds_formulas import by_formulas
from agnesi.check.worlds_habits import (
    of_numbers,
    sums_as_unions,
    with_conditions_told,
    with_moments_named,
    with_slopes_known,
)
from agnesi.check.worlds_linear import closed_moments
from agnesi.check.worlds_lower import Lowering, closed
from agnesi.check.worlds_orders import kinked, with_orders
from agnesi.check.worlds_parts import with_parts
from agnesi.check.worlds_scan import Chance, Given, chance_of, has_chance, is_op, learned, other_readings
from agnesi.check.worlds_stage import Stage
from agnesi.check.worlds_tables import Table, fraction
from agnesi.check.worlds_transforms import with_transforms
from agnesi.errors import NotNumeric
from agnesi.expr.dims import Dim
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
    replace,
    symbol,
    symbols_of,
    with_args,
)
from agnesi.read.apply import resized
from agnesi.run.reference import Program, evaluate

__all__ = ["Chance", "Given", "World", "chance_of", "has_chance", "learned", "lowered", "other_readings"]
ROUGHER = 0.75  # the share of nodes of the second quadrature
MAX_TOLD = 12
MAX_SHOWN = 4  # rows and columns of a joint distribution that is shown as a table


@dataclass(frozen=True)
class World:
    """A finite world: `roots` are ordinary expressions, `values` the arrays of its tables by symbol name.

    `assumed` says what was taken for granted, such as "E[X] = μ".
    """

    roots: tuple[Expr, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    assumed: tuple[str, ...] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)
    outcomes: Mapping[str, Any] = field(default_factory=dict)
    events: frozenset[str] = frozenset()

    def told(self, values: Mapping[str, Any], sizes: Mapping[str, int]) -> list[str]:
        """Return the world in a person's words, with the values of the free symbols."""
        own = set(self.values)
        free = [f"{n} = {_shown(v)}" for n, v in values.items() if n not in own]
        tables = [self.told_table(letter, table).split("\n") for letter, table in self.tables.items()]
        return [*(line for table in tables for line in table), *free]

    def told_table(self, letter: str, table: Table) -> str:
        """Return one joint distribution in words."""
        names = table.names
        if len(names) == 1 and names[0] not in self.events:
            points = self.outcomes[names[0]]
            chances = ", ".join(fraction(p) for p in table.array)
            under = f" under {letter}" if len(self.tables) > 1 else ""
            return f"{names[0]} takes {', '.join(map(_shown, points))} with probabilities {chances}{under}"
        if len(names) == 2 and table.array.size > 3 and max(table.array.shape) <= MAX_SHOWN:
            return self.told_grid(letter, table)
        cells = []
        for place in zip(*np.nonzero(table.array), strict=True):
            where = ", ".join(self.told_state(n, k) for n, k in zip(names, place, strict=True))
            cells.append(f"{letter if letter != 'p' else 'P'}({where}) = {fraction(table.array[place])}")
        return ", ".join(cells[:MAX_TOLD]) + (", ..." if len(cells) > MAX_TOLD else "")

    def told_grid(self, letter: str, table: Table) -> str:
        """Return a joint distribution of two variables as rows and columns."""
        rows = [self.told_state(table.names[0], k) for k in range(table.array.shape[0])]
        heads = [self.told_state(table.names[1], k) for k in range(table.array.shape[1])]
        cells = [[fraction(p) for p in row] for row in table.array]
        corner = letter if letter != "p" else "P"
        lines = [[corner, *heads], *([row, *held] for row, held in zip(rows, cells, strict=True))]
        widths = [max(len(line[k]) for line in lines) for k in range(len(lines[0]))]
        first, *others = widths
        padded = ([line[0].ljust(first), *map(str.rjust, line[1:], others)] for line in lines)
        return "\n".join("   ".join(line) for line in padded)

    def told_state(self, name: str, state: int) -> str:
        """Return X = 2, or A and ¬A for an event."""
        if name in self.events:
            return name if state else f"¬{name}"
        return f"{name} = {_shown(self.outcomes[name][state])}"


def _shown(value: Any) -> str:
    array = np.asarray(value)
    if not array.ndim:
        return f"{float(array):.4g}".replace("-", "−")
    return "[" + ", ".join(_shown(v) for v in array) + "]"


def lowered(roots: Sequence[Expr], chance: Chance | None = None, rng_seed: int = 0, moving: str = "") -> World:
    """Return a finite world in which the roots are ordinary expressions.

    Equations among the roots are conditions: tables are moved until they hold, and those that then always hold
    become 0 = 0. Roots that leave variables free become tensors over their values. `moving` says that roots matter
    only up to a "factor" or a "constant" in the variables left of the bar of the first density: then they are divided
    by their sum, or have their mean subtracted. Raises `NotNumeric` for what has no meaning in a finite world.

        >>> from agnesi.read import read
        >>> from agnesi.run.reference import evaluate
        >>> world = lowered([read("Var[X]").expr, read("E[X^2] - E[X]^2").expr])
        >>> a, b = (evaluate(r, world.values) for r in world.roots)
        >>> bool(abs(a - b) < 1e-12)
        True
    """
    known = chance or Chance()
    if any(is_op(n, "log2") for n in postorder(*roots)):
        known = changed(known, bits=True)
    roots = of_numbers(with_conditions_told(sums_as_unions(with_slopes_known(roots, known)), known), known)
    roots, known, facts = with_orders(roots, known)
    roots, more = with_transforms(roots, known)
    facts += more
    if not has_chance(*roots):
        return World(tuple(with_facts(roots, facts)))
    roots, known = with_parts(roots, known)
    roots, known = _grouped(_one_of_copies(roots, known), known)
    _given_only(roots, known)
    linear = closed_moments(roots, known)
    if linear is not None:
        return World(tuple(with_facts(linear.roots, [*facts, *known.facts])), assumed=linear.assumed)
    plain = closed_densities(roots, known, moving) if moving else None
    if plain is not None:
        return World(tuple(with_facts(plain.roots, plain.facts)), assumed=plain.assumed)
    bent = kinked(roots, known)
    formulas = by_formulas(roots, known, moving, bent) if known.formulas or bent else None
    if formulas is not None:
        return World(tuple(with_facts(formulas.roots, formulas.facts)))
    roots, known, habits = with_moments_named(roots, known)
    valued = () if moving else linked_values(roots, known)
    try:
        first, stage = _in_world([*roots, *habits.values(), *valued], known, rng_seed, 1.0, moving)
    except NotNumeric:
        fallen = by_formulas(roots, known, moving, True) if known.laws and not habits and not valued else None
        if fallen is None:
            raise
        return World(tuple(with_facts(fallen.roots, fallen.facts)))
    first, valued = first[: len(first) - len(valued)], tuple(first[len(first) - len(valued) :])
    for one, made in zip(habits, first[len(roots) :], strict=True):
        stage.values[one.name] = evaluate(made, stage.values)
        stage.assumed.append(f"{one} = {habits[one]}")
    first = first[: len(roots)]
    if stage.rough:
        second, other = _in_world(roots, known, rng_seed, ROUGHER, moving)
        stage.values.update(other.values)
        first = [a if _logical(a) or a is b else apply("agreed", a, b) for a, b in zip(first, second, strict=True)]
    first = with_facts(first, stage.facts)
    if valued or any(_logical(r) for r in first):
        fitted = fit(stage, [*first, *valued], np.random.default_rng(rng_seed + 11))
        if valued and not fitted:
            raise NotNumeric("No finite world was found with the given probabilities.")
        first = [HOLDS if _settled(r, stage) else r for r in first]
    outcomes = {n: stage.values.get(n, stage.values.get(f"{n} standard")) for n in stage.players}
    events = frozenset(n for n, p in stage.players.items() if p.event)
    used = {s.name for s in symbols_of(*first)}
    values = {n: v for n, v in stage.values.items() if n in used}
    return World(tuple(first), values, tuple(stage.assumed), dict(stage.tables), outcomes, events)


def with_facts(roots: Sequence[Expr], facts: Sequence[tuple[Symbol, str]]) -> list[Expr]:
    """Return roots whose symbols have more facts."""
    twins: dict[Expr, Expr] = {}
    for one, fact in facts:
        held = twins.get(one, one)
        assert isinstance(held, Symbol)
        twins[one] = symbol(one.name, one.shape, held.facts | {fact})
    return [renamed(r, twins) for r in roots]


def _in_world(
    roots: Sequence[Expr], known: Chance, seed: int, scale: float, moving: str
) -> tuple[list[Expr], Stage]:
    """Return the lowered roots and the stage, with this share of nodes."""
    rng = np.random.default_rng(seed)
    roots, known = _fixed_sizes(roots, known, seed)
    cast = cast_of(roots, known)
    roots = _values_as_variables(roots, cast)
    known = changed(known, numbers=tuple(linked_numbers(roots, known)))
    cast = cast_of(roots, known)
    simple, squares = degree_of(roots, cast, known), degree_of(roots, cast, known, True)
    stage = Stage(cast, known, rng, int(known.other), scale, simple=simple, squares=squares)
    _open_densities(roots, cast, known)
    _default_variable(roots, stage)
    _moments_by_habit(roots, stage)
    _local_laws(roots, stage)
    stage.fill()
    lowering = Lowering(stage)
    made = [lowering.lower(r) for r in roots]
    if moving:
        made = _up_to(made, roots, lowering, moving)
    return closed(made, lowering.names), stage


def _logical(root: Expr) -> bool:
    return isinstance(root, Apply) and root.op.family == "relation"


def _settled(root: Expr, stage: Stage) -> bool:
    """Tell whether a root is a condition that holds in the world whatever else is chosen."""
    if not isinstance(root, Apply) or not _logical(root) or {s.name for s in symbols_of(root)} - stage.values.keys():
        return False
    try:
        a, b = Program(*root.args)(stage.values, {})
    except NotNumeric:
        return False
    if root.op.name == "eq":
        return bool(np.allclose(a, b, rtol=1e-11, atol=1e-12))
    return bool(np.all(_ORDERS[root.op.name](a, b))) if root.op.name in _ORDERS else False


_ORDERS = {"lt": np.less, "gt": np.greater, "le": np.less_equal, "ge": np.greater_equal, "ne": np.not_equal}


def renamed(root: Expr, mapping: Mapping[Expr, Expr]) -> Expr:
    """Return `root` with symbols replaced, those that are bound too."""

    def step(node: Expr, below: tuple[Expr, ...]) -> Expr:
        if node in mapping:
            return mapping[node]
        if isinstance(node, Bind):
            return bind(node.op, [mapping.get(v, v) for v in node.variables], *below)
        return with_args(node, below)

    return fold(root, step) if mapping else root


def _fixed_sizes(roots: Sequence[Expr], known: Chance, seed: int) -> tuple[list[Expr], Chance]:
    """Give the sizes of random vectors as numbers, 2 and 3 in turn; 2 for those that need nodes on every axis."""
    cast = cast_of(roots, known)
    random = cast.variables.keys()
    lawful = [g.variable for g in known.laws if not any(s.name in random for s in symbols_of(*g.law.parameters))]
    lawful += [s for n in postorder(*roots) if is_op(n, "density") for s in symbols_of(n.args[0])]
    held = [s for s in (*lawful, *cast.variables.values()) if s.shape]
    held += [s for g in known.laws for s in symbols_of(*g.law.parameters)] if held else []
    held += [symbol("\0", (d,)) for d in cast.states.values()]
    held += [s for n in postorder(*roots) if is_op(n, "distribution") for s in symbols_of(*n.args) if s.shape]
    sizes = small_sizes(held, {}) if held else {}
    if seed % 2 and not lawful:
        sizes = {n: 5 - k for n, k in sizes.items()}
    if not sizes:
        return list(roots), known
    numbers = {n: Dim.of(k) for n, k in sizes.items()}

    def at(one: Expr) -> Expr:
        return resized(one, numbers)

    def sized(one: Symbol) -> Symbol:
        made = at(one)
        assert isinstance(made, Symbol)
        return made

    laws = tuple(
        changed(g, variable=sized(g.variable), law=changed(g.law, parameters=tuple(map(at, g.law.parameters))))
        for g in known.laws
    )
    moments = {n: (m and at(m), v and at(v)) for n, (m, v) in known.moments.items()}
    return [at(r) for r in roots], changed(known, laws=laws, moments=moments)


def _one_of_copies(roots: Sequence[Expr], known: Chance) -> list[Expr]:
    """Write x[1] for x_n, one of the independent copies that x consists of, where it means itself; x[2] for x_m."""
    mapping: dict[Expr, Expr] = {}
    for name in known.copies:
        own = [s for s in symbols_of(*roots) if s.name.partition("_")[0] == name and s.name != name and not s.shape]
        whole = next((s for s in symbols_of(*roots) if s.name == name), None)
        if own and whole is None:
            whole = symbol(name, ("N",))
        if own and whole is not None and whole.ndim == 1 and len(own) < 3:
            mapping |= {s: apply("entry", whole, constant(k)) for k, s in enumerate(own, start=1)}
    return [replace(r, mapping) for r in roots] if mapping else list(roots)


def _given_only(roots: Sequence[Expr], known: Chance) -> None:
    """Raise where something is conditional on, or the probability of, what is known by its moments given another."""
    names = {name for name, *_ in known.conditional}
    for node in postorder(*roots) if names else ():
        held: tuple[Expr, ...] = ()
        if is_op(node, "expectation", "variance", "covariance") and isinstance(node, Apply):
            held = quantities(node)[2]
        elif is_op(node, "probability", "entropy", "mutual_information", "kl"):
            held = node.args
        lost = sorted(names & {s.name for s in symbols_of(*held)})
        if lost:
            raise NotNumeric(f"Of {lost[0]} only the mean and the variance given another are known.")


def _grouped(roots: Sequence[Expr], known: Chance) -> tuple[list[Expr], Chance]:
    """Write the numbers that are independent and have one distribution as the entries of a vector of copies."""
    mapping: dict[Expr, Expr] = {}
    held = {s.name: s for s in symbols_of(*roots)}
    lawful = {g.variable.name for g in known.laws}
    for group in known.alike:
        own = [held[n] for n in group if n in held]
        if len(own) < 2 or any(s.shape or s.name in lawful for s in own) or any(s in mapping for s in own):
            continue
        whole = symbol(f"({', '.join(s.name for s in own)})", (len(own),))
        mapping |= {s: apply("entry", whole, constant(k)) for k, s in enumerate(own, start=1)}
        moments = next((known.moments[n] for n in group if n in known.moments), None)
        known = changed(
            known, copies=known.copies | {whole.name}, random=known.random | {whole.name},
            moments={**known.moments, **({whole.name: moments} if moments else {})},
        )
    if not mapping:
        return list(roots), known
    return [replace(r, mapping) for r in roots], changed(known, independent=tuple(
        one for one in known.independent if not any(s.name in one[0] | one[1] for s in mapping if isinstance(s, Symbol))
    ))


def _values_as_variables(roots: Sequence[Expr], cast: Cast) -> list[Expr]:
    """Write X for x where x stands for a value of X."""
    mapping: dict[Expr, Expr] = {}
    for one in _all_symbols(roots):
        name = cast.values.get(one.name)
        if name is not None and name in cast.variables and one.shape == cast.variables[name].shape:
            mapping[one] = cast.variables[name]
    return [renamed(r, mapping) for r in roots]


def _all_symbols(roots: Sequence[Expr]) -> list[Symbol]:
    found: dict[Symbol, None] = {}
    for node in postorder(*roots):
        if isinstance(node, Symbol):
            found[node] = None
        elif isinstance(node, Bind):
            found.update({v: None for v in node.variables if isinstance(v, Symbol)})
    return list(found)


def _open_densities(roots: Sequence[Expr], cast: Cast, known: Chance) -> None:
    """Raise where a variable's density is given by a formula that no world here has."""
    lost = sorted(known.open & cast.variables.keys())
    if lost:
        raise NotNumeric(f"The density of {lost[0]} is given by a formula: no finite world stands for it here.")
    plain = len(roots) > 1 and not has_chance(roots[1]) and roots[1] not in (constant(0), constant(1))
    said = (known.laws, known.channel, known.maps, known.numbers, known.valued, known.formulas, known.vectors)
    about = is_op(roots[0], "entropy", "mutual_information") and bool(symbols_of(roots[0]))
    if plain and about and not any(said) and not symbols_of(roots[1]):
        raise NotNumeric("No distribution has been told: this number is taken as given.")
    if plain and is_op(roots[0], "probability") and roots[0].args:
        args = [_valued_by_letter(a, cast) for a in roots[0].args]
        names = {a.name for a in args if isinstance(a, Symbol)} - cast.events
        lawful = {g.variable.name for g in known.laws}
        plain = len(names) == len(roots[0].args) and not names & (lawful | {s.name for s in symbols_of(roots[1])})
        if plain and not _logical(roots[1]):
            raise NotNumeric(f"What the distribution of {min(names)} is, is not said.")


def _valued_by_letter(one: Expr, cast: Cast) -> Expr:
    """Return X of X = k, where k is a letter for any of its values."""
    if is_op(one, "eq") and isinstance(one, Apply):
        left, right = one.args
        if not isinstance(left, Symbol):
            return one
        if isinstance(right, Symbol) and right.name not in cast.variables and cast.values.get(right.name) == left.name:
            return left
    return one


def _default_variable(roots: Sequence[Expr], stage: Stage) -> None:
    """Letters of whole distributions: vectors of probabilities where they are symbols, else over one variable."""
    symbols = {s.name: s for s in symbols_of(*roots)}
    cast = stage.cast
    for letter in sorted(_whole_letters(roots)):
        key = "p" if letter in ("P", "Pr") else letter
        if any(cast.letters.get(key, ({}, {}))):
            continue
        if letter in symbols and symbols[letter].ndim < 2:
            stage.vectors[letter] = symbols[letter]
            stage.facts += [(symbols[letter], "probability" if symbols[letter].shape else "unit interval")]
        else:
            cast.variables.setdefault("x", symbol("x"))
            cast.side(letter, ["x"], False)


def _whole_letters(roots: Sequence[Expr]) -> set[str]:
    return {
        n.attrs[0] for n in postorder(*roots) if is_op(n, "probability") and isinstance(n, Apply) and not n.args
    }


def _moments_by_habit(roots: Sequence[Expr], stage: Stage) -> None:
    """μ is the mean of the only random variable, σ² its variance and Σ its covariance, where nothing else is said."""
    cast, known = stage.cast, stage.chance
    lawful = {g.variable.name for g in known.laws}
    held = [s for s in cast.variables.values() if s.name not in cast.events and s.name not in lawful]
    if not any(is_op(n, "expectation", "variance", "covariance") for n in postorder(*roots)):
        return
    symbols = {s.name: s for s in symbols_of(*roots) if s.name not in cast.variables}
    moments = dict(known.moments)
    for one in held:
        tails = [*([""] if len(held) == 1 else []), f"_{one.name}", f"_{one.name.lower()}"]
        mean, spread = moments.get(one.name, (None, None))
        for tail in tails:
            mu, sigma, wide = (symbols.get(letter + tail) for letter in ("μ", "σ", "Σ"))
            if mean is None and mu is not None and mu.shape == one.shape:
                mean = mu
                stage.assumed.append(f"E[{one.name}] = {mu.name}")
            if spread is None and sigma is not None and not sigma.shape and not one.shape:
                spread = sigma**2
                stage.assumed.append(f"Var[{one.name}] = {sigma.name}²")
            if spread is None and wide is not None and wide.shape == one.shape * 2 and one.shape:
                spread = wide
                stage.assumed.append(f"Cov[{one.name}] = {wide.name}")
        if mean is not None or spread is not None:
            moments[one.name] = (mean, spread)
    stage.chance = changed(known, moments=moments)


def _local_laws(roots: Sequence[Expr], stage: Stage) -> None:
    """Variables that are drawn from a named density in an expectation, or run under one, have no table."""
    for node in postorder(*roots):
        found: list[Expr] = []
        if is_op(node, "expectation", "variance", "covariance", "kl", "entropy", "cross_entropy"):
            found = [a.args[0] for a in node.args if is_op(a, "density")]
        elif isinstance(node, Bind) and node.op.name in ("Outcomes", "Whole"):
            found = [n.args[0] for n in postorder(node.args[0]) if is_op(n, "density") and n.args[0] in node.variables]
        for point in found:
            if isinstance(point, Symbol) and point.name not in stage.cast.letters.get("p", ({}, {}))[0]:
                stage.cast.variables.pop(point.name, None)


def _up_to(made: list[Expr], roots: Sequence[Expr], lowering: Lowering, moving: str) -> list[Expr]:
    """Divide by the sum, or subtract the mean, over the variables left of the bar of the first density."""
    first = next((n for n in postorder(roots[0]) if is_op(n, "probability") and n.args), None)
    if first is None or not isinstance(first, Apply):
        return made
    names = list(lowering.event(first.args[: first.attrs[1]]).free)
    players = [lowering.stage.players[n] for n in names if n in lowering.stage.players]
    if not players:
        return made
    out: list[Expr] = []
    for root in made:
        if _logical(root):
            out.append(root)
            continue
        total = lowering.summed([], root, (), [p.name for p in players], [])
        if moving == "factor":
            out.append(root / total)
        else:
            size = int(np.prod([p.index.dim.size({}) for p in players]))
            out.append(root - total / size)
    return out
