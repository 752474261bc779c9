"""Densities that a text gives by formulas: p(x | λ) = λ e^(−λx), p(D | θ) ∝ θ^k (1 − θ)^(n−k), beside named ones.

Where each variable of a claim has one formula given others, p(left | given) is the product of the formulas,
integrated over what stands in neither, and divided by its integral over what is left of the bar. A formula that is
known up to a factor is enough where the factor cancels.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace
from dataclasses import replace as changed

from agnesi.check.worlds_cast import quantities
from agnesi.check.worlds_densities import law_log, positive_in
from agnesi.check.worlds_laws import DISCRETE, SUPPORT, Law, density, domain_facts, log_density, other_convention
from agnesi.check.worlds_scan import MAIN, Chance, Formula, has_chance, is_op, letter_of
from agnesi.check.worlds_states import (
    Argument,
    argument,
    at_labels,
    cases_of,
    ends_of,
    joined_cases,
    labels_of,
    opened,
    states_sum_to_one,
    values_at,
    whole,
)
from agnesi.errors import NotNumeric
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import (
    Apply,
    Bind,
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
    symbol,
    symbols_of,
    with_args,
)
from agnesi.expr.nodes import replace as substituted
from agnesi.read.apply import resized
from agnesi.rules.derive import derivative

__all__ = ["Formulas", "by_formulas"]
PLAIN = ("probability", "density", "Outcomes", "Whole")
MOMENTS = ("expectation", "variance")


def by_formulas(roots: Sequence[Expr], known: Chance, moving: str, fallen: bool = False) -> Formulas | None:
    """Return the roots with formulas in place of densities; None where something else of chance stands in them.

    Raises `NotNumeric` where what they say is not determined.
    """
    made = Formulas(known, moving)
    return made if made.apply(roots, fallen) else None


@dataclass
class Formulas:
    """Densities by formula, and roots in which they are put in place."""

    known: Chance
    moving: str = ""
    roots: list[Expr] = field(default_factory=list)
    facts: list[tuple[Symbol, str]] = field(default_factory=list)
    opaque: bool = False  # a density of which nothing is said has a formula of its own here

    def __post_init__(self) -> None:
        self.held = list(self.known.formulas)
        own = {s.name for f in self.held for s in f.left}
        stateful = {name for f in self.held for name, _ in f.cases if f.given}
        for given in self.known.laws:
            if given.variable.name in stateful and (cases := cases_of(given)):
                self.held += cases
                self.facts += domain_facts(given.law)
            elif given.variable.name not in own:
                law = other_convention(given.law) if self.known.other else given.law
                parents = symbols_of(*law.parameters)
                body = apply("exp", law_log(replace(given, law=law))) if given.copies else density(law, given.variable)
                one = None if given.copies else law
                self.held.append(Formula(given.letter, (given.variable,), tuple(parents), body, law=one))
        self.states: dict[str, Index] = {}
        self.labels: dict[str, list[int]] = {}
        self.wanted: list[Apply] = []
        self.moved: set[str] = set()

    def apply(self, roots: Sequence[Expr], fallen: bool = False) -> bool:
        """Put formulas in place; tell whether that was all that was needed. `fallen`: where no table has these laws."""
        nodes = [n for n in postorder(*roots) if has_chance(n) and (isinstance(n, (Apply, Bind)))]
        mine = [n for n in nodes if n.op.family == "probability" or n.op.name in ("Outcomes", "Whole")]
        if any(n.op.name not in (*PLAIN, *MOMENTS) for n in mine) or not mine:
            return False
        roots = self.with_states(roots)
        named = {s.name for f in self.known.formulas for s in f.left}
        densities = [n for n in postorder(*roots) if is_op(n, "probability") and isinstance(n, Apply)]
        moments = [n for n in mine if n.op.name in MOMENTS]
        if moments and not (named or fallen):
            return False
        if not fallen and not any(named & names_in(n) for n in (*densities, *moments)):
            return False
        if not all(n.args and all(argument(a) or inner(a) for a in n.args) for n in densities):
            return False
        self.wanted = densities
        first = densities[0] if densities and self.moving else None
        self.moved = {s.name for s in first.args[: first.attrs[1]] if isinstance(s, Symbol)} if first else set()
        self.roots = [self.closed(fold(r, self.step)) for r in roots]
        if self.opaque and any(not has_chance(r) for r in roots[:2]):
            raise NotNumeric("What the density is of something here is not known: the text does not say it.")
        if self.moving and roots and self.left_state(roots[0]):
            self.roots = [r / total(r) if r.shape else r for r in self.roots]
        return not has_chance(*self.roots)

    # -- states -------------------------------------------------------------------------------------------------------

    def with_states(self, roots: Sequence[Expr]) -> list[Expr]:
        """Settle which variables are states, and how many values each has; entries m_1 are those of m."""
        self.labels = labels_of(roots, self.held)
        counts = {n: k for f in self.held for n, _ in f.cases if (k := states_sum_to_one(self.held, n))}
        dims = {name: at.dim for f in self.held for name, at in f.states}
        sizes: dict[str, Dim] = {}
        for name, dim in dims.items():
            most = max([2, *(self.labels.get(name, []))])
            for size in dim.names:
                sizes.setdefault(size, Dim.of(counts.get(name, max(most, 3) if name not in self.labels else most)))
        if not sizes and not any(f.cases for f in self.held):
            return list(roots)
        for name, dim in dims.items():
            made = resized(index(name, dim), sizes)
            count = made.dim.number if isinstance(made, Index) else None
            if count is not None and name in counts:
                self.labels[name] = list(range(1, count + 1))
        self.held = [sized(f, sizes) for f in joined_cases(self.held, self.labels)]
        roots = [resized(r, sizes) for r in roots]
        vectors = {s.name: s for s in symbols_of(*roots, *(f.body for f in self.held)) if s.ndim == 1}
        names: dict[Expr, Expr] = {}
        for one in symbols_of(*roots, *(f.body for f in self.held)):
            base, _, below = one.name.rpartition("_")
            if base in vectors and below.isdigit() and not one.shape and vectors[base].shape[0].number:
                names[one] = apply("entry", vectors[base], constant(int(below)))
        roots = [substituted(r, names) for r in roots] if names else roots
        for k, f in enumerate(self.held):
            moved: dict[Expr, Expr] = dict(names)
            for name, at in f.states:
                moved[at] = self.states.setdefault(name, index(f"{name} state", at.dim))
            self.held[k] = changed(f, body=substituted(f.body, moved)) if moved else f
        return roots

    def closed(self, root: Expr) -> Expr:
        """Return a root as a tensor over the states that it leaves free."""
        free = [i for i in self.states.values() if i in free_indices(root)]
        return bind("Tensor", free, root) if free and not root.shape else root

    def left_state(self, root: Expr) -> bool:
        """Tell whether the first density of a root is of a state, as p(k | x) ∝ ... is."""
        first = next((n for n in postorder(root) if is_op(n, "probability") and isinstance(n, Apply)), None)
        made = argument(first.args[0]) if first is not None and first.args else None
        return made is not None and self.variable(made, first)[0].name in self.states

    def variable(self, made: Argument, node: Apply | None) -> Argument:
        """Return an argument with the state that an index or number of another name stands for: j in p(j | x)."""
        one, value = made
        if value is None or one.name in self.states or not isinstance(value, Index):
            return made
        taken = {a[0].name for a in map(argument, node.args if node is not None else ()) if a is not None}
        left = [n for n in self.states if n not in taken]
        if len(left) != 1:
            raise NotNumeric(f"What {one.name} is a value of is not known.")
        return symbol(left[0]), value

    # -- densities ----------------------------------------------------------------------------------------------------

    def step(self, node: Expr, below: tuple[Expr, ...]) -> Expr:
        """Return a node with its densities as formulas."""
        if is_op(node, "probability") and isinstance(node, Apply):
            return self.changed(letter_of(node.attrs[0]), node)
        if is_op(node, "density") and isinstance(node, Apply):
            law = Law(node.attrs[0], below[1:])
            self.facts += domain_facts(law)
            law = other_convention(law) if self.known.other else law
            return apply("exp", log_density(law, below[0]))
        if is_op(node, *MOMENTS) and isinstance(node, Apply):
            return self.moment(node, below)
        if isinstance(node, Bind) and node.op.name in ("Outcomes", "Whole"):
            return self.integral(below[0], [v for v in node.variables if isinstance(v, Symbol)])
        return with_args(node, below)

    def changed(self, letter: str, node: Apply) -> Expr:
        """Return p(left | given) where functions of variables may stand: p(log λ | r) = p(λ | r) |dλ/d log λ|."""
        count = node.attrs[1]
        plain: list[Expr] = []
        places: dict[Expr, Expr] = {}
        for one in node.args:
            made = argument(one)
            if made is None:
                variable = inner(one)
                assert variable is not None
                plain.append(variable)
                continue
            variable, value = self.variable(made, node)
            plain.append(variable)
            if value is not None:
                if variable.name not in self.states:
                    raise NotNumeric(f"What {variable.name} has for values is not said.")
                places[self.states[variable.name]] = at_labels(value, self.labels.get(variable.name, []))
        out = self.density(letter, plain[:count], plain[count:])
        out = substituted(out, places) if places else out
        for one, had in zip(plain[:count], node.args, strict=False):
            if argument(had) is None and isinstance(one, Symbol):
                out = out / apply("abs", derivative(had, [one]))
        return out

    def moment(self, node: Apply, below: tuple[Expr, ...]) -> Expr:
        """Return E[g(x) | y] or Var[x | y] as an integral over the density of what g holds."""
        inside, dists, conditions = quantities(node)
        told = [made for made in map(argument, conditions) if made is not None]
        given = [one for one, value in told if (value is None) == (one.name not in self.states)]
        if dists or len(given) < len(conditions) or len(inside) > 1 or inside[0].shape:
            raise NotNumeric("This expectation is not computed here.")
        names = {s.name for s in given}
        held = [s for s in symbols_of(inside[0]) if self.formula_of(MAIN, s.name) and s.name not in names]
        if not held or len(held) > 2 or any(s.shape for s in held):
            raise NotNumeric("What is random in an expectation is not known.")
        places: dict[Expr, Expr] = {
            self.states[one.name]: at_labels(v, self.labels.get(one.name, [])) for one, v in told if v is not None
        }
        weight = substituted(self.density(MAIN, list(held), list(given)), places)
        value = substituted(below[0], values_at(held, self.states, self.labels))
        mean = halves(self.integral(weight * value, held))
        if node.op.name == "expectation":
            return mean
        return halves(self.integral(weight * value**2, held)) - mean**2

    def formula_of(self, letter: str, name: str, among: Container[str] = ()) -> Formula | None:
        """Return the formula that a variable stands left in; of several the one whose conditions are all asked for."""
        found = [f for f in self.held if f.letter == letter and any(s.name == name for s in f.left)]
        if len(found) > 1:
            told = [f for f in found if f.given and all(s.name in among for s in f.given)]
            return (told or sorted(found, key=lambda f: len(f.given)))[0]
        return found[0] if found else None

    def density(self, letter: str, left: Sequence[Expr], given: Sequence[Expr]) -> Expr:
        """Return p(left | given)."""
        names = {s.name for s in left if isinstance(s, Symbol)}
        after = {s.name for s in given if isinstance(s, Symbol)}
        factors = self.factors(letter, names | after, after)
        hidden = {s.name: s for f in factors for s in f.left if s.name not in names | after}
        if self.moved and any(f.loose for f in factors) and self.moved <= hidden.keys() and not names & self.moved:
            return constant(1)  # p(D) where what is compared moves with f only
        numerator = [f for f in factors if not after or self.bears(f, names | set(hidden))]
        if any(not ({s.name for s in f.left} & (names | set(hidden))) for f in numerator) or any(
            f.loose for f in numerator
        ):
            whole = self.product(numerator)
            inside = self.integral(whole, list(hidden.values()))
            if self.moving and not self.is_state(names) and (
                names & {s.name for s in symbols_of(inside)} or not hidden
            ):
                return inside
            if not self.moves(inside, names):
                raise NotNumeric("What is given up to a factor is judged up to a factor only.")
            if not after and any(f.loose for f in numerator) and not names <= {
                s.name for f in numerator if f.loose for s in f.left
            }:
                raise NotNumeric("A density that is given up to a factor does not say this probability.")
            if any(f.loose and not {s.name for s in f.left} & (names | after) for f in numerator):
                raise NotNumeric("A density that is given up to a factor does not say this probability.")
            left_symbols = [s for s in left if isinstance(s, Symbol)]
            return inside / self.integral(inside, left_symbols)
        return self.integral(self.product(numerator), list(hidden.values()))

    def is_state(self, names: Container[str]) -> bool:
        """Tell whether one of the names is that of a state."""
        return any(n in names for n in self.states)

    def moves(self, body: Expr, names: Container[str]) -> bool:
        """Tell whether a body depends on some of the names, states or others."""
        free = free_indices(body)
        return any(s.name in names for s in symbols_of(body)) or any(
            at in free for n, at in self.states.items() if n in names
        )

    def bears(self, formula: Formula, names: set[str]) -> bool:
        """Tell whether a formula depends on some of these names."""
        return bool(names & {s.name for s in (*formula.left, *formula.given, *symbols_of(formula.body))})

    def factors(self, letter: str, names: set[str], given: set[str]) -> list[Formula]:
        """Return the formulas of these variables and of all that they are given; what is only given needs none."""
        out: dict[int, Formula] = {}
        waiting, seen = sorted(names), set(names)
        while waiting:
            name = waiting.pop()
            found = self.formula_of(letter, name, names)
            if found is None:
                if name in given and any(name in {s.name for s in f.given} for f in self.held if f.letter == letter):
                    continue
                found = self.unsaid(letter, name)
            missing = {s.name for s in found.given if not self.formula_of(letter, s.name)} - names
            if found.law is None and missing:
                raise NotNumeric(f"The density of {name} is known under {min(missing)} only.")
            out[id(found)] = found
            more = {s.name for s in found.given if self.formula_of(letter, s.name)} | {s.name for s in found.left}
            waiting += sorted(more - seen)
            seen |= more
        return list(out.values())

    def unsaid(self, letter: str, name: str) -> Formula:
        """Return a formula with letters of its own for an event D of which only p(D | f) is spoken."""
        told = [n for n in self.wanted if n.attrs[1] == 1 and len(n.args) > 1 and letter_of(n.attrs[0]) == letter]
        held = [n.args[1:] for n in told if isinstance(n.args[0], Symbol) and n.args[0].name == name]
        if not held or not name[0].isupper():
            raise NotNumeric(f"What {letter} says of {name} is not known.")
        given = [s for s in held[0] if isinstance(s, Symbol) and not s.shape and self.formula_of(letter, s.name)]
        if not given or len(given) < len(held[0]):
            raise NotNumeric(f"What {letter} says of {name} is not known.")
        self.opaque = True
        line: Expr = symbol(f"{name} level")
        for s in given:
            line = line + symbol(f"{name} slope {s.name}") * s
        made = Formula(letter, (symbol(name),), tuple(given), apply("sigmoid", line))
        self.held.append(made)
        return made

    def product(self, factors: Sequence[Formula]) -> Expr:
        """Return the product of formulas, and note what named ones ask of their symbols."""
        for one in factors:
            if one.law is not None:
                self.facts += domain_facts(one.law)
                self.facts += [(s, fact) for s in one.left for fact in SUPPORT.get(one.law.name, ())]
            self.facts += [(s, "probability") for s in vectors_of(one)]
        bodies = [f.body for f in factors]
        return apply("mul", *bodies) if len(bodies) > 1 else bodies[0] if bodies else constant(1)

    def integral(self, body: Expr, variables: Sequence[Symbol]) -> Expr:
        """Return the integral or sum over variables, each over the values that it can have."""
        for one in variables:
            if one.name in self.states:
                at = self.states[one.name]
                over: Expr = index(f"{one.name} over", at.dim)
                body = bind("Sum", (over,), substituted(body, {at: over}))
                continue
            body = self.over(one, body)
        return body

    def over(self, one: Symbol, body: Expr) -> Expr:
        """Return the integral or sum over one variable that is no state."""
        found = next((f for f in self.held if any(s.name == one.name for s in f.left)), None)
        law = found.law if found is not None else None
        facts = set(one.facts) | set(SUPPORT.get(law.name, ()) if law else ())
        facts |= {"unit interval"} if found and found.body is constant(1) and not found.given else set()
        facts |= {f for s, f in positive_in([found.body]) if s.name == one.name} if found and law is None else set()
        if one.shape or found is None or "binary" in facts:
            raise NotNumeric(f"The sum over the values of {one.name} is not computed here.")
        over = symbol(f"{one.name} ", one.shape, one.facts)
        some = facts & {"positive", "nonnegative", "unit interval", "probability"}
        low: Expr = constant(0 if some else float("-inf"))
        high: Expr = constant(1 if facts & {"unit interval", "probability"} else float("inf"))
        if "integer" in facts or (law is not None and law.name in DISCRETE):
            low, high = ends_of(one, body, constant(1 if "positive" in facts else 0))
            return bind("Series", (over,), substituted(body, {one: over}), low, high)
        if law is not None and law.name == "Uniform" and one not in symbols_of(*law.parameters):
            low, high = law.parameters
        return bind("Integral", (over,), substituted(body, {one: over}), low, high)


def halves(root: Expr) -> Expr:
    """Return ∫ over all numbers as the sum of its two halves: where one has no value there is no expectation."""
    zero, low, far = constant(0), constant(float("-inf")), constant(float("inf"))

    def step(node: Expr, below: tuple[Expr, ...]) -> Expr:
        made = with_args(node, below)
        if isinstance(made, Bind) and made.op.name == "Integral" and made.args[1:] == (low, far):
            body = made.args[0]
            return bind("Integral", made.variables, body, low, zero) + bind("Integral", made.variables, body, zero, far)
        return made

    return fold(root, step)


def total(root: Expr) -> Expr:
    """Return the sum of the entries of a vector."""
    return apply("sum", root)


def sized(formula: Formula, sizes: dict[str, Dim]) -> Formula:
    """Return a formula with numbers for the sizes of its states."""
    states = tuple((n, made) for n, at in formula.states if isinstance(made := resized(at, sizes), Index))
    return changed(formula, body=resized(formula.body, sizes), states=states)


def vectors_of(formula: Formula) -> list[Symbol]:
    """Return π of p(k) = π_k: a vector of probabilities."""
    body = formula.body
    single = formula.states and not formula.given and len(formula.left) == 1
    if single and is_op(body, "entry") and isinstance(body.args[0], Symbol) and body.args[0].ndim == 1:
        return [body.args[0]]
    return []


def names_in(node: Expr) -> set[str]:
    """Return the names of the variables in a density, those that stand as indices too."""
    made = [argument(a) for a in node.args] if isinstance(node, Apply) else []
    return {s.name for s in symbols_of(node)} | {m[0].name for m in made if m is not None}


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
    left, right = opened(left, right)
    if not is_op(left, "probability") or not isinstance(left, Apply) or not left.args or right.shape:
        return None
    made = [argument(a) for a in left.args]
    if str(left.attrs[0]).partition("_")[2] in dict(known.transforms):
        return None  # follows from the density of another
    if has_chance(right, *(() if not is_op(right, "density") else right.args)) and not is_op(right, "density"):
        return None
    if is_op(right, "density") and isinstance(right, Apply):
        right = density(Law(right.attrs[0], right.args[1:]), right.args[0])
    arguments = [m for m in made if m is not None]
    if len(arguments) < len(made) or len({s.name for s, _ in arguments}) < len(made):
        return None
    count, letter = left.attrs[1], letter_of(left.attrs[0])
    symbols = [s for s, _ in arguments]
    states = tuple((s.name, v) for s, v in arguments if isinstance(v, Index))
    cases = tuple((s.name, k) for s, v in arguments if v is not None and (k := whole(v)) is not None)
    names = {s.name for s in symbols[:count]}
    if letter != MAIN or len(cases) > 1 or (states and cases):
        return None
    if names & {g.variable.name for g in known.laws} or (count == 1 and unlabelled(symbols, states, cases) and any(
        f.left == (symbols[0],) and not f.given for f in known.formulas
    )):
        return turned(symbols, right, known) if len(symbols) == 2 and unlabelled(symbols, states, cases) else None
    if any(
        names & {s.name for s in f.left} and f.cases[:1] == cases[:1] and _alike(f, symbols[count:])
        for f in known.formulas
    ):
        return None
    about = {s.name for s in symbols_of(right)} | {i.name for i in free_indices(right) if isinstance(i, Index)}
    told = {s.name for s in symbols} | {v.name for _, v in arguments if isinstance(v, Index)}
    if not about & told and not cases and not (states and not symbols_of(right)):
        return None
    if cases and names == {cases[0][0]} and (len(left.args) > 1 or set(symbols_of(right)) & set(symbols)):
        return None
    return Formula(letter, tuple(symbols[:count]), tuple(symbols[count:]), right, loose, states=states, cases=cases)


def unlabelled(symbols: Sequence[Symbol], states: Sequence[object], cases: Sequence[object]) -> bool:
    """Tell whether the arguments of p(f | D) are plain variables."""
    return len(symbols) > 1 and not states and not cases


def turned(symbols: Sequence[Symbol], right: Expr, known: Chance) -> Formula | None:
    """Return what p(f | D) ∝ ... says of p(D | f), where the density of f is known and nothing is of D: Bayes' rule."""
    one, event = symbols
    said = {s.name for f in known.formulas for s in (*f.left, *f.given)} | {g.variable.name for g in known.laws}
    prior = next((f.body for f in known.formulas if f.left == (one,) and not f.given and not f.cases), None)
    law = next((g.law for g in known.laws if g.variable is one and not g.copies), None)
    body = density(law, one) if law is not None and not set(symbols_of(*law.parameters)) & {event} else prior
    if event.name in said or event.shape or body is None or event in symbols_of(right) or one not in symbols_of(right):
        return None
    return Formula(MAIN, (event,), (one,), right / body, True)


def _alike(formula: Formula, given: Sequence[Symbol]) -> bool:
    """Tell whether a formula says already what another with these conditions would say."""
    return {s.name for s in formula.given} <= {s.name for s in given} or not given or not formula.states
