"""What a set of statements says about chance: which symbols are random, which are values of them, what is given."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from agnesi.check.worlds_laws import Law, other_convention
from agnesi.check.worlds_numbers import as_events, compared, determined, events_of, sizeless, values_of
from agnesi.check.worlds_tables import Independence
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import (
    Apply,
    Bind,
    Const,
    Expr,
    Index,
    Symbol,
    apply,
    free_indices,
    postorder,
    symbols_of,
)
from agnesi.read.readings import Worksheet

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


@dataclass(frozen=True)
class Given:
    """A random variable's law, given others: y | w ~ N(Xw, I/β)."""

    variable: Symbol
    law: Law
    letter: str = MAIN
    copies: bool = False  # x_i ~ ...: the entries are independent copies


@dataclass(frozen=True)
class Formula:
    """A density p(left | given) = `body`, or `loose`: up to a factor; of a named one, its `law`."""

    letter: str
    left: tuple[Symbol, ...]
    given: tuple[Symbol, ...]
    body: Expr
    loose: bool = False
    law: Law | None = None
    states: tuple[tuple[str, Index], ...] = ()  # k in p(x | k) = N(x | m_k, s²): the index that stands for it
    cases: tuple[tuple[str, int], ...] = ()  # y = 1 in p(x | y = 1) = ...


@dataclass(frozen=True)
class Channel:
    """A binary channel: `source` goes in, `output` comes out, and with probability `error` it is flipped or erased."""

    kind: str
    source: str
    output: str
    error: Expr
    ones: Expr | None = None  # P(X = 1)

    @property
    def names(self) -> frozenset[str]:
        """The names of the input and the output, as variables and as small letters."""
        return frozenset((self.source, self.output, self.source.lower(), self.output.lower()))

    def among(self, names: Collection[str]) -> Channel:
        """Return the channel with small letters where the names have only these: P(y = 1 | x = 0)."""
        held = [n if n in names or n.lower() not in names else n.lower() for n in (self.source, self.output)]
        return replace(self, source=held[0], output=held[1])


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
    exhaustive: tuple[frozenset[str], ...] = ()  # events of which one always happens
    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()  # H: H1, H2, H3, of which one is true
    relations: frozenset[str] = frozenset()  # D of P(D = 3 | H) = 1/2, where D = 3 is an event like others
    numbers: tuple[tuple[Expr, Expr], ...] = ()  # P(A | B) = 0.9 and the like, that nothing else determines
    valued: tuple[Expr, ...] = ()  # equations p(X = 1 | Y = 0) = 0.9 that nothing else determines
    other: bool = False  # names with two conventions have the other one: Exp(θ) and Gamma(a, θ) with a scale, N(μ, σ)
    bits: bool = False  # entropies are in bits
    nats: bool = False  # and the text says that they are not
    information: tuple[tuple[Expr, Expr], ...] = ()  # entropies of variables with the numbers that the text gives
    few: bool = False  # as few values for each variable as may be: for a counterexample
    formulas: tuple[Formula, ...] = ()  # densities that are given by a formula
    crossed: tuple[tuple[frozenset[str], Expr], ...] = ()  # covariances of pairs that are given
    pending: tuple[tuple[str, str, str, Expr], ...] = ()  # pairs with their given covariance or correlation
    conditional: tuple[tuple[str, Symbol, Expr | None, Expr | None], ...] = ()  # Y, X, E[Y | X] and Var[Y | X]
    alike: tuple[tuple[str, ...], ...] = ()  # numbers that are independent and have one distribution
    gaussian: frozenset[str] = frozenset()  # names that are said to be jointly Gaussian
    facts: tuple[tuple[Symbol, str], ...] = ()  # of symbols in moments: a correlation between 0 and 1
    over: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = ()  # q: what it is over, and given, in the text
    positive: frozenset[str] = frozenset()  # random names of which the text takes logarithms or roots
    channel: Channel | None = None
    rates: bool = False  # the text says that the parameters of Exp and Gamma are rates
    usual: str = MAIN  # the letter that expectations without one are under
    maps: tuple[tuple[str, str], ...] = ()  # Y and X of Y = g(X), where g is any function
    transforms: tuple[tuple[str, Expr], ...] = ()  # Y with g(X), a function of a variable that has a law
    vectors: tuple[tuple[str, Expr], ...] = ()  # letters of distributions that are vectors of probabilities: p, u
    moving: frozenset[str] = frozenset()  # what a claim up to a factor is about, unless it is left of its first bar

    def parameters(self) -> set[str]:
        """Return the names of the symbols that moments, laws and covariances are given by."""
        values = [v for pair in self.moments.values() for v in pair if v is not None]
        values += [v for _, _, *pair in self.conditional for v in pair if isinstance(v, Expr)]
        values += [p for given in self.laws for p in given.law.parameters] + [c for _, c in self.crossed]
        values += [self.channel.error, *([self.channel.ones] if self.channel.ones else [])] if self.channel else []
        return {s.name for s in symbols_of(*values)}

    def settled(self) -> set[str]:
        """Return the parameters, and the letters of formulas that are densities: λ of p(x) = λ e^(−λx)."""
        return self.parameters() | {
            s.name for f in self.formulas if f.law is not None for s in symbols_of(f.body) if s not in f.left
        }


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
    moved = {n: None for n in moved if not (known.rates and n in ("Exponential", "Gamma"))}
    if moved:
        out.append(("; ".join(CONVENTIONS[n] for n in moved), replace(known, other=True)))
    if any(is_op(n, *INFORMATION) for n in postorder(*roots)) and not known.bits and not known.nats:
        out.append(("information is in bits", replace(known, bits=True)))
    noise, others = _noise(known, roots)
    if noise and others:
        apart = (frozenset((noise,)), frozenset(others), frozenset[str]())
        said = f"{noise} is independent of {', '.join(sorted(others))}"
        out.append((said, replace(known, independent=(*known.independent, apart))))
    return out


def _noise(known: Chance, roots: Sequence[Expr]) -> tuple[str, set[str]]:
    """Return ε, of which the text says nothing but moments, and the other names that moments are taken of."""
    alone = [n.args[0] for n in postorder(*roots) if is_op(n, "expectation", "variance") and isinstance(n, Apply)]
    names = {a.name for a in alone if isinstance(a, Symbol)} | set(known.random)
    noise = next((n for n in ("ε", "ϵ", "epsilon") if n in known.moments), "")
    tied = any(noise in a | b for a, b, _ in known.independent) or any(noise in pair for pair, _ in known.crossed)
    return ("", set()) if tied or not noise else (noise, names - {noise})


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
            out = with_density(out, name, made.symbols, made.body)
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


def with_density(known: Chance, name: str, symbols: Sequence[Symbol], body: Expr) -> Chance:
    """Return what is known with a density defined under a name such as p(x|μ): N(x | μ, Σ), or one by a formula."""
    letter, _, inside = name.partition("(")
    if is_op(body, "density") and isinstance(body, Apply) and isinstance(body.args[0], Symbol):
        given = Given(body.args[0], Law(body.attrs[0], body.args[1:]), letter_of(letter))
        return replace(known, laws=(*known.laws, given))
    if letter_of(letter) == MAIN and inside and not has_chance(body) and not body.shape:
        count = len(inside.partition("|")[0].split(","))
        made = Formula(MAIN, tuple(symbols[:count]), tuple(symbols[count:]), body)
        known = replace(known, formulas=(*known.formulas, made))
    return replace(known, open=known.open | {s.name for s in symbols})


def with_moment(known: Chance, claim: Expr) -> Chance:
    """Return what is known with E[x] = μ, Var[X] = σ² or Cov[x] = Σ, where nothing else is known of x."""
    if not is_op(claim, "eq"):
        return known
    left, right = (entry_of(a) for a in claim.args)
    if not isinstance(left, Apply) or _of_channel(left, known.channel):
        return known
    if is_op(left, "covariance") and len(left.args) == 2 and constant_value(right) == 0:
        if not left.attrs and all(isinstance(a, Symbol) for a in left.args):
            pair = frozenset(a.name for a in left.args if isinstance(a, Symbol))
            return replace(known, uncorrelated=(*known.uncorrelated, pair))
    if is_op(left, "probability"):
        return with_number(known, left, right)
    if not is_op(left, "expectation", "variance", "covariance"):
        return known
    one = owner_of(left.args[0]) if len(left.args) == 1 else None
    if one is None:
        return known
    name, right = one.name, of_entries(right, left.args[0])
    if name in {g.variable.name for g in known.laws} or has_chance(right) or one in symbols_of(right):
        return known
    if free_indices(right):
        return known
    mean, spread = known.moments.get(name, (None, None))
    if left.op.name == "expectation":
        mean = mean if mean is not None else right
    else:
        spread = spread if spread is not None else right
    return replace(known, moments={**known.moments, name: (mean, spread)})


def _of_channel(left: Expr, channel: Channel | None) -> bool:
    """Tell whether a probability is that of the input or output of a channel: it follows, and nothing gives it."""
    return channel is not None and bool({s.name for s in symbols_of(left)} & channel.names)


def entry_of(one: Expr) -> Expr:
    """Return E[x_i] of the vector [E[x_i]]_i."""
    return one.body if isinstance(one, Bind) and one.op.name == "Tensor" and len(one.variables) == 1 else one


def owner_of(one: Expr) -> Symbol | None:
    """Return x of x and of its entry x_i; None for other expressions."""
    if is_op(one, "entry") and isinstance(one, Apply) and len(one.args) == 2 and isinstance(one.args[1], Index):
        one = one.args[0]
    return one if isinstance(one, Symbol) else None


def of_entries(value: Expr, one: Expr) -> Expr:
    """Return the vector μ for the value μ_i of a moment of x_i; other values as they are."""
    if not is_op(one, "entry") or not isinstance(one, Apply):
        return value
    if is_op(value, "pow") and is_op(value.args[0], "entry") and constant_value(value.args[1]) == 2:
        root = of_entries(value.args[0], one)
        return apply("hadamard", root, root) if root.shape else value
    if is_op(value, "entry") and value.args[1:] == one.args[1:] and isinstance(value.args[0], Symbol):
        return value.args[0]
    return value


def with_number(known: Chance, left: Apply, right: Expr) -> Chance:
    """Return what is known with P(A | B) = v: a number that nothing else determines, or 0 for events that exclude."""
    if set(symbols_of(right)) & set(left.args) and _settled(left, known):
        return known  # P(z = 1 | x) = q p(x | z = 1)/p(x) is a function of x, and no event
    made = as_events(left)
    names = events_of(made)
    if names is None or has_chance(right) or right.shape or (
        made is not left and len(compared(left)) == len(names) and not symbols_of(right)
    ):
        return known
    if made is not left and {s.name for s in symbols_of(left)} <= {g.variable.name for g in known.laws}:
        return known  # X ~ Bernoulli(p), P(X = 1) = p
    alone = is_op(left.args[0], "intersection") or len(left.args) == 2
    if constant_value(right) == 0 and alone and left.attrs[1] == len(left.args) and len(names) == 2:
        plain = all(isinstance(a, Symbol) for a in (left.args if len(left.args) == 2 else left.args[0].args))
        return replace(known, exclusive=(*known.exclusive, names)) if plain else known
    assert isinstance(made, Apply)
    if follows_from(known, made, right):
        return known
    relations = known.relations | compared(left)
    return replace(known, numbers=(*known.numbers, (made, right)), relations=relations)


def _settled(left: Expr, known: Chance) -> bool:
    """Tell whether a law or a formula is known of a name in a probability."""
    names = {g.variable.name for g in known.laws}
    names |= {s.name for f in known.formulas for s in f.left} | {n for f in known.formulas for n, _ in f.cases}
    return bool(names & {s.name for s in symbols_of(left)})


def follows_from(known: Chance, probability: Expr, value: Expr | None = None) -> bool:
    """Tell whether a probability of events follows from the given ones, or has no value with these."""
    rng = np.random.default_rng(0)
    wanted = [*(v for _, v in known.numbers), *([value] if value is not None else [])]
    shares = values_of([sizeless(v) for v in wanted], rng)
    if shares is None:
        return True
    numbers = [(p, v) for (p, _), v in zip(known.numbers, shares, strict=False)]
    return determined(numbers, known.independent, probability, rng, known.exclusive, known.exhaustive)


def constant_value(node: Expr) -> float | None:
    """Return the number that a node is, or None."""
    if isinstance(node, Const):
        return float(node.value)
    if isinstance(node, Apply) and node.op.name == "neg" and isinstance(node.args[0], Const):
        return -float(node.args[0].value)
    return None
