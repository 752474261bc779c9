"""What a set of statements says about chance: which symbols are random, which are values of them, what is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from agnesi.check.worlds_laws import Law, other_convention
from agnesi.check.worlds_numbers import determined, events_of
from agnesi.check.worlds_tables import Independence
from agnesi.errors import NotNumeric
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Index, Symbol, postorder, symbol, symbols_of
from agnesi.read.readings import Worksheet
from agnesi.run.reference import Program

INFORMATION = ("entropy", "cross_entropy", "mutual_information", "kl")
CONVENTIONS = {
    "Exponential": "Exp(θ) has the scale θ, not the rate",
    "Gamma": "Gamma(a, θ) has the scale θ, not the rate",
    "Geometric": "the geometric distribution counts from 0",
    "Normal": "the second parameter of N is the standard deviation",
}
BINDERS = frozenset(("Outcomes", "Whole", "Expectation"))
MAIN = "p"
_SAME = frozenset(("p", "P", "Pr"))  # one distribution, however its letter is written
_LETTERS = ("XYZUVWTSN", "xyzuvwtsεξ")


@dataclass(frozen=True)
class Given:
    """A random variable's law, given others: y | w ~ N(Xw, I/β)."""

    variable: Symbol
    law: Law
    letter: str = MAIN
    copies: bool = False  # x_i ~ ...: the entries are independent copies


@dataclass(frozen=True)
class Chance:
    """What is known of the random variables of a text.

    `independent` holds (these, those, given); `laws` models and defined densities; `moments` means and covariances
    by name; `copies` names whose entries are independent and identically distributed; `random` names that are said
    to be random; `open` densities that are defined by a formula; `events` names of events that exclude one another
    and of which one happens (a partition).
    """

    independent: tuple[Independence, ...] = ()
    laws: tuple[Given, ...] = ()
    moments: Mapping[str, tuple[Expr | None, Expr | None]] = field(default_factory=dict)
    copies: frozenset[str] = frozenset()
    random: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()
    uncorrelated: tuple[frozenset[str], ...] = ()  # pairs
    exclusive: tuple[frozenset[str], ...] = ()  # pairs of events that never happen together
    numbers: tuple[tuple[Expr, Expr], ...] = ()  # P(A | B) = 0.9 and the like, that nothing else determines
    other: bool = False  # names with two conventions have the other one: Exp(θ) and Gamma(a, θ) with a scale, N(μ, σ)
    bits: bool = False  # entropies are in bits


def other_readings(known: Chance, *roots: Expr) -> list[tuple[str, Chance]]:
    """Return what else the same words may mean, each with a sentence.

    A claim about Exp(λ), Gamma(a, b), Geom(p), N(μ, σ), or about entropies in nats, is wrong only where it is wrong in
    all readings.
    """
    laws = [given.law for given in known.laws]
    for node in postorder(*roots):
        if is_op(node, "distribution", "density") and isinstance(node, Apply):
            laws.append(Law(node.attrs[0], node.args[1:] if node.op.name == "density" else node.args))
    out: list[tuple[str, Chance]] = []
    moved = dict.fromkeys(law.name for law in laws if other_convention(law) != law)
    if moved:
        out.append(("; ".join(CONVENTIONS[n] for n in moved), replace(known, other=True)))
    if any(is_op(n, *INFORMATION) for n in postorder(*roots)) and not known.bits:
        out.append(("information is in bits", replace(known, bits=True)))
    return out


def letter_of(name: str) -> str:
    """Return the letter under which a distribution is kept: P, Pr and p are one."""
    base, _, label = name.partition("_")
    if label.isdigit():
        return name
    base = "p" if base == "f" else base
    return MAIN if base in _SAME else base


def is_op(node: Expr, *names: str) -> bool:
    """Tell whether a node is an operation or a binder of one of these names."""
    return isinstance(node, (Apply, Bind)) and node.op.name in names


def has_chance(*roots: Expr) -> bool:
    """Tell whether expressions speak of chance: then they have a value in a finite world only."""
    parts = (n for n in postorder(*roots) if isinstance(n, (Apply, Bind)))
    return any(n.op.family == "probability" or n.op.name in BINDERS for n in parts)


def chance_of(sheet: Worksheet, known: Chance | None = None) -> Chance:
    """Return what the models, independences, densities and declared facts of a worksheet say."""
    out = known or Chance()
    for statement in sheet.statements:
        if statement.role == "model" and statement.expr is not None:
            out = learned(out, statement.expr)
    for name, made in sheet.definitions.items():
        letter = name.split("(")[0]
        if "(" in name or letter in ("p", "q", "P"):
            out = with_density(out, letter, made.symbols, made.body)
    for statement in sheet.statements:
        if statement.role == "claim" and len(statement.chain) == 1:
            out = with_moment(out, statement.chain[0])
    said = frozenset(s.name for s in sheet.symbols.values() if "random" in s.facts)
    return replace(out, random=out.random | said)


def learned(known: Chance, model: Expr) -> Chance:
    """Return what is known with one more model x ~ N(μ, Σ) or independence x ⊥ y | z."""
    if not isinstance(model, Apply):
        return known
    if model.op.name == "independent":
        first, second = model.attrs
        groups = model.args[:first], model.args[first : first + second], model.args[first + second :]
        sets = [frozenset(s.name for s in symbols_of(*group)) if group else frozenset() for group in groups]
        return replace(known, independent=(*known.independent, (sets[0], sets[1], sets[2])))
    if model.op.name != "follows":
        return known
    count = model.attrs[0]
    source = model.args[count]
    if not is_op(source, "distribution") or not isinstance(source, Apply):
        return replace(known, open=known.open | {s.name for s in symbols_of(*model.args[:count])})
    law = Law(source.attrs[0], source.args)
    for one in model.args[:count]:
        copies = is_op(one, "entry", "row")
        owner = one.args[0] if copies else one
        if not isinstance(owner, Symbol) or owner.name in {g.variable.name for g in known.laws}:
            raise NotNumeric(f"The model of {one} is not understood.")
        known = replace(known, laws=(*known.laws, Given(owner, law, MAIN, copies)))
    return known


def with_density(known: Chance, letter: str, symbols: Sequence[Symbol], body: Expr) -> Chance:
    """Return what is known with a defined density: p(x) = N(x | μ, Σ), or one by a formula."""
    if is_op(body, "density") and isinstance(body, Apply) and isinstance(body.args[0], Symbol):
        given = Given(body.args[0], Law(body.attrs[0], body.args[1:]), letter_of(letter))
        return replace(known, laws=(*known.laws, given))
    return replace(known, open=known.open | {s.name for s in symbols})


def with_moment(known: Chance, claim: Expr) -> Chance:
    """Return what is known with E[x] = μ, Var[X] = σ² or Cov[x] = Σ, where nothing else is known of x."""
    if not is_op(claim, "eq") or not isinstance(claim.args[0], Apply):
        return known
    left, right = claim.args
    if not isinstance(left, Apply):
        return known
    if is_op(left, "covariance") and len(left.args) == 2 and constant_value(right) == 0:
        if not left.attrs and all(isinstance(a, Symbol) for a in left.args):
            pair = frozenset(a.name for a in left.args if isinstance(a, Symbol))
            return replace(known, uncorrelated=(*known.uncorrelated, pair))
    if is_op(left, "probability"):
        return with_number(known, left, right)
    if not is_op(left, "expectation", "variance", "covariance"):
        return known
    if not isinstance(left, Apply) or len(left.args) != 1 or not isinstance(left.args[0], Symbol):
        return known
    name = left.args[0].name
    if name in {g.variable.name for g in known.laws} or has_chance(right) or left.args[0] in symbols_of(right):
        return known
    mean, spread = known.moments.get(name, (None, None))
    if left.op.name == "expectation":
        mean = mean if mean is not None else right
    else:
        spread = spread if spread is not None else right
    return replace(known, moments={**known.moments, name: (mean, spread)})


def with_number(known: Chance, left: Apply, right: Expr) -> Chance:
    """Return what is known with P(A | B) = v: a number that nothing else determines, or 0 for events that exclude."""
    names = events_of(left)
    if names is None or has_chance(right) or right.shape:
        return known
    alone = is_op(left.args[0], "intersection") or len(left.args) == 2
    if constant_value(right) == 0 and alone and left.attrs[1] == len(left.args) and len(names) == 2:
        plain = all(isinstance(a, Symbol) for a in (left.args if len(left.args) == 2 else left.args[0].args))
        return replace(known, exclusive=(*known.exclusive, names)) if plain else known
    rng = np.random.default_rng(0)
    symbols = dict.fromkeys(s.name for _, v in (*known.numbers, (left, right)) for s in symbols_of(v))
    values = {n: float(rng.uniform(0.2, 0.8)) for n in symbols}
    numbers = [(p, float(np.real(Program(v)(values, {})[0]))) for p, v in known.numbers]
    if determined(numbers, known.independent, left, rng):
        return known
    return replace(known, numbers=(*known.numbers, (left, right)))


# -- which symbols are random ---------------------------------------------------------------------------------------


@dataclass
class Cast:
    """The random variables of some roots: by name, with the letters that have a distribution over them."""

    variables: dict[str, Symbol] = field(default_factory=dict)
    events: set[str] = field(default_factory=set)
    values: dict[str, str] = field(default_factory=dict)  # x -> X: names that stand for values of variables
    letters: dict[str, tuple[dict[str, None], dict[str, None]]] = field(default_factory=dict)  # left names, given names
    labels: dict[str, str] = field(default_factory=dict)  # θ in p_θ(x)
    whole: set[str] = field(default_factory=set)  # letters that stand for a distribution: KL(p ‖ q)
    states: dict[str, Dim] = field(default_factory=dict)  # variables whose values are 1 ... K: z in p(z = k)
    told: dict[str, set[float]] = field(default_factory=dict)  # numbers that are values of a variable: P(X = 1)
    partitions: dict[str, Symbol] = field(default_factory=dict)  # B in P(A | B_i)

    def add(self, one: Symbol) -> None:
        """Note a random variable."""
        self.variables.setdefault(one.name, one)

    def label(self, letter: str) -> None:
        """Note the parameter of p_θ; raises `NotNumeric` where one letter has two, which are two distributions."""
        base, _, label = letter.partition("_")
        if label and not label.isascii() and self.labels.setdefault(base, label) != label:
            raise NotNumeric(f"{base}_{self.labels[base]} and {letter} are two distributions of one letter.")

    def side(self, letter: str, names: Iterable[str], given: bool) -> None:
        """Note that a letter has a distribution over names, or given names."""
        sides = self.letters.setdefault(letter_of(letter), ({}, {}))
        sides[given].update(dict.fromkeys(names))


def cast_of(roots: Sequence[Expr], known: Chance) -> Cast:
    """Return the random variables of roots."""
    out = Cast()
    for given in known.laws:
        out.add(given.variable)
        out.side(given.letter, [given.variable.name], False)
    linked = linked_numbers(roots, known)
    nodes = [n for n in postorder(*roots, *(p for p, _ in linked))]
    for node in nodes:
        _note(node, out)
    for one in symbols_of(*roots):
        if one.name in known.random or one.name in known.moments or one.name in known.copies:
            out.add(one)
        if any(one.name in a | b | c for a, b, c in known.independent):
            out.add(one)
    moments = [n for n in nodes if is_op(n, "expectation", "variance", "covariance")]
    for node in moments:
        _bare(node, out)
    for node in moments:
        _by_habit(node, out)
    _partitions(nodes, out)
    _events(nodes, out)
    _partners(out)
    return out


def linked_numbers(roots: Sequence[Expr], known: Chance) -> list[tuple[Expr, Expr]]:
    """Return the given probabilities that bear on the roots: those of their events, and of events beside these."""
    held = {s.name for s in symbols_of(*roots)}
    out: list[tuple[Expr, Expr]] = []
    left = list(known.numbers)
    while True:
        near = [one for one in left if (events_of(one[0]) or frozenset()) & held]
        if not near:
            return out
        out += near
        left = [one for one in left if one not in near]
        held |= {n for p, _ in near for n in events_of(p) or ()}


def quantities(node: Apply) -> tuple[tuple[Expr, ...], tuple[Expr, ...], tuple[Expr, ...]]:
    """Return the quantities, the distribution (if any) and the conditions of an expectation, variance or covariance."""
    if not node.attrs:
        return node.args, (), ()
    count, dists = node.attrs
    return node.args[:count], node.args[count : count + dists], node.args[count + dists :]


def _note(node: Expr, out: Cast) -> None:
    """Note the random variables that a node names."""
    if isinstance(node, Bind) and node.op.name in BINDERS:
        for v in node.variables:
            if isinstance(v, Symbol):
                out.add(v)
                lower = next((s for s in symbols_of(node.body) if s.name == v.name.lower() != v.name), None)
                if node.op.name == "Expectation" and lower is not None and lower.shape == v.shape:
                    out.values[lower.name] = v.name  # E_X[x]
        return
    if not isinstance(node, Apply):
        return
    match node.op.name:
        case "probability":
            letter, count = node.attrs
            out.label(letter)
            if not node.args:
                out.whole.add(letter_of(letter))
            for k, arg in enumerate(node.args):
                names = [s.name for s in _variables_in(arg, out)]
                out.side(letter, names, k >= count)
        case "entropy" | "mutual_information" | "independent":
            for arg in node.args:
                for one in _variables_in(arg, out):
                    out.side(MAIN, [one.name], False)


def _variables_in(arg: Expr, out: Cast) -> list[Symbol]:
    """Return the random variables that an argument of P or H names; values such as x in X = x are noted."""
    found: list[Symbol] = []
    stack = [arg]
    while stack:
        one = stack.pop()
        if isinstance(one, Symbol):
            out.add(one)
            found.append(one)
        elif is_op(one, "intersection", "union", "complement"):
            stack.extend(reversed(one.args))
        elif is_op(one, "entry") and isinstance(one.args[0], Symbol) and len(one.args) == 2:
            owner = one.args[0]
            held = symbol(owner.name)
            out.partitions[owner.name] = owner
            out.states[owner.name] = owner.shape[0]
            out.add(held)
            found.append(held)
        elif isinstance(one, Apply) and one.op.family == "relation":
            left, right = one.args
            _value_told(left, right, out)
            inside = [left] if isinstance(left, Symbol) else [s for s in symbols_of(left) if s.name[0].isupper()]
            if isinstance(right, Symbol) and right.name[0].isupper() and isinstance(left, Symbol):
                inside.append(right)
            for s in inside:
                if isinstance(s, Symbol):
                    out.add(s)
                    found.append(s)
            single = isinstance(left, Symbol) and isinstance(right, Symbol) and one.op.name == "eq"
            if single and isinstance(right, Symbol) and isinstance(left, Symbol) and right not in inside:
                if out.values.setdefault(right.name, left.name) != left.name:
                    out.values[right.name] = ""  # the value of two variables: a number of its own
        elif is_op(one, "distribution", "probability"):
            pass
        else:
            raise NotNumeric(f"{one} is no random variable or event that is understood here.")
    return found


def _value_told(left: Expr, right: Expr, out: Cast) -> None:
    """Note that a variable is compared with an index, so that it has the values 1 ... K, or with a number."""
    if not isinstance(left, Symbol):
        return
    number = constant_value(right)
    if isinstance(right, Index):
        out.states[left.name] = right.dim
    elif number is not None:
        out.told.setdefault(left.name, set()).add(number)


def _bare(node: Expr, out: Cast) -> None:
    """Note variables that stand bare in E[X] or after a bar, and those of E_{x~p}."""
    if not isinstance(node, Apply):
        return
    inside, dists, given = quantities(node)
    for arg in (*inside, *given):
        if isinstance(arg, Symbol):
            out.add(arg)
    for arg in given:
        if not isinstance(arg, Symbol):
            _variables_in(arg, out)
    for one in dists:
        if is_op(one, "density") and isinstance(one.args[0], Symbol):
            out.add(one.args[0])


def _by_habit(node: Expr, out: Cast) -> None:
    """Where an expectation holds no random variable yet, take those of the usual letters."""
    assert isinstance(node, Apply)
    inside, _, _ = quantities(node)
    held = [s for s in symbols_of(*inside) if s.name not in out.values]
    if any(s.name in out.variables for s in held) or any(s.name in out.values for s in symbols_of(*inside)):
        return
    for letters in _LETTERS:
        found = [s for s in held if s.name[0] in letters and s.ndim < 2]
        for s in found:
            out.add(s)
        if found:
            return
    if held and not any(has_chance(a) for a in inside):
        raise NotNumeric(f"Which of {', '.join(s.name for s in held)} is random is not said.")


def _partitions(nodes: Sequence[Expr], out: Cast) -> None:
    """Events B_i are taken for a partition where they stand right of a bar, and for nothing else."""
    given: set[str] = set()
    for node in nodes:
        if is_op(node, "probability") and isinstance(node, Apply):
            for arg in node.args[node.attrs[1] :]:
                given |= {s.name for s in symbols_of(arg)} & out.partitions.keys()
    lost = sorted(out.partitions.keys() - given)
    if lost:
        raise NotNumeric(f"Whether the events {lost[0]}_i exclude one another is not known.")


def _events(nodes: Sequence[Expr], out: Cast) -> None:
    """Events are the capitals that stand in P(...) and nowhere else."""
    plain: set[str] = set()
    able: set[str] = set()
    for node in nodes:
        if is_op(node, "probability") and isinstance(node, Apply):
            for arg in node.args:
                able |= {s.name for s in event_symbols(arg)}
        elif isinstance(node, Bind) and node.op.name in BINDERS:
            plain |= {v.name for v in node.variables if isinstance(v, Symbol)}
        if isinstance(node, Apply) and not is_op(node, "probability", "intersection", "union", "complement"):
            event_given = quantities(node)[2] if is_op(node, "expectation", "variance", "covariance") else ()
            plain |= {a.name for a in node.args if isinstance(a, Symbol) and a not in event_given}
    out.events = {n for n in able - plain if n[0].isupper() and not out.variables[n].shape} - out.states.keys()
    out.events -= out.told.keys()


def event_symbols(arg: Expr) -> list[Symbol]:
    """Return the symbols that stand as events in an argument of P."""
    found: list[Symbol] = []
    stack = [arg]
    while stack:
        one = stack.pop()
        if isinstance(one, Symbol):
            found.append(one)
        elif is_op(one, "intersection", "union", "complement"):
            stack.extend(one.args)
    return found


def _partners(out: Cast) -> None:
    """The small letter is a value of the capital: x of X, where both are random here."""
    out.values = {k: v for k, v in out.values.items() if v}
    for name in list(out.variables):
        lower = name.lower()
        if lower != name and lower in out.variables and name not in out.events and lower not in out.values:
            if out.variables[lower].shape == out.variables[name].shape:
                out.values[lower] = name
    for lower, name in out.values.items():
        out.variables.pop(lower, None)
        for left, given in out.letters.values():
            for side in (left, given):
                if lower in side:
                    side.pop(lower)
                    side[name] = None


def small_sizes(symbols: Iterable[Symbol], sizes: Mapping[str, int]) -> dict[str, int]:
    """Return sizes for the axes of random vectors: 2 and 3 in turn."""
    out = dict(sizes)
    for one in symbols:
        for dim in one.shape:
            for name in sorted(dim.names):
                out.setdefault(name, 2 + len(out) % 2)
    return out


def constant_value(node: Expr) -> float | None:
    """Return the number that a node is, or None."""
    if isinstance(node, Const):
        return float(node.value)
    if isinstance(node, Apply) and node.op.name == "neg" and isinstance(node.args[0], Const):
        return -float(node.args[0].value)
    return None
