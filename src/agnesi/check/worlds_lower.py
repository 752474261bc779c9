"""From statements of chance to sums over a finite world.

One rule carries everything: the weight of some random variables at places, with others summed out,
∑ p(free, fixed, bound) · body. Probabilities are such weights and their quotients; expectations, entropies and
divergences put a body under the sum. A sum always gets indices of its own, so that E[(X − E[X])²] means what it says.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agnesi.check.worlds_laws import DISCRETE, Law, domain_facts, log_density, other_convention
from agnesi.check.worlds_scan import MAIN, is_op, letter_of, quantities
from agnesi.check.worlds_stage import LawPlayer, Stage
from agnesi.errors import NotNumeric
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
    replace,
    symbol,
    symbols_of,
    with_args,
)

NEGATED = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
MAX_ATOMS = 6


@dataclass(frozen=True)
class Atom:
    """An event that is true or false: a variable at its second state, or a relation."""

    name: str = ""
    relation: Expr | None = None


@dataclass
class Event:
    """Several events together: variables left free, and atoms with the arguments that say which must be true."""

    free: dict[str, None] = field(default_factory=dict)
    atoms: dict[Atom, None] = field(default_factory=dict)
    wanted: list[Expr] = field(default_factory=list)


@dataclass(eq=False)
class Lowering:
    """Lowers expressions on a stage."""

    stage: Stage
    count: int = 0
    below: dict[Expr, Expr] = field(default_factory=dict)  # what was lowered, by what it was

    def __post_init__(self) -> None:
        self.names: dict[Expr, str] = {p.index: p.name for p in self.stage.players.values()}

    def lower(self, root: Expr) -> Expr:
        """Return an expression with ordinary sums in place of chance; variables that stand free keep their indices."""

        def step(node: Expr, args: tuple[Expr, ...]) -> Expr:
            made = self.node(node, args)
            self.below[node] = made
            return made

        out = fold(root, step)
        left = next((n for n in postorder(out) if isinstance(n, Apply) and n.op.family == "probability"), None)
        if left is not None:
            raise NotNumeric(f"{left.op.doc.rstrip('.')} has no value in a finite world as it stands here.")
        return out

    def node(self, node: Expr, args: tuple[Expr, ...]) -> Expr:
        """Return what stands for a node whose parts are lowered."""
        match node:
            case Symbol():
                player = self.stage.players.get(node.name)
                return player.value if player is not None else node
            case Bind() if node.op.name in ("Outcomes", "Whole"):
                return self.over_values(node, args[0])
            case Bind() if node.op.name == "Expectation":
                return self.expect(args[0], MAIN, {v.name for v in node.variables if isinstance(v, Symbol)}, Event())
            case Apply() if node.op.family == "probability":
                return self.chance(node, args)
        return with_args(node, args)

    def chance(self, node: Apply, args: tuple[Expr, ...]) -> Expr:
        """Return what stands for an operation of chance."""
        match node.op.name:
            case "probability":
                return self.probability(node) if node.args else node
            case "expectation" | "variance" | "covariance":
                return self.moment(node)
            case "entropy":
                return self.entropy(node)
            case "mutual_information":
                return self.mutual(node)
            case "kl" | "cross_entropy":
                return self.divergence(node)
            case "density":
                self.stage.facts += domain_facts(Law(node.attrs[0], node.args[1:]))
                return apply("exp", log_density(self.law(node.attrs[0], args[1:]), args[0]))
        return node

    # -- the one rule -------------------------------------------------------------------------------------------------

    def joint(
        self, letter: str, free: Iterable[str], fixed: Mapping[str, Expr], bound: Iterable[str],
        conditions: Sequence[Expr] = (), body: Expr | None = None,
    ) -> Expr:
        """Return ∑ p(free, fixed, bound) · body over the bound variables, where the conditions hold."""
        stage = self.stage
        held, summed = {*free, *fixed}, set(bound)
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
        if places:
            factors.insert(0, stage.entry(letter, places))
        return self.summed(factors, body, conditions, [n for n in summed if n in places], laws)

    def lowered_law(self, law: LawPlayer) -> Expr:
        """Return the logarithm of a density at its symbol, with tabled parents at their values."""
        return replace(law.log_density, self.player_values())

    def player_values(self) -> dict[Expr, Expr]:
        """Return the values of the tabled variables by symbol."""
        held = self.stage.cast.variables
        return {held[n]: p.value for n, p in self.stage.players.items() if n in held}

    def summed(
        self, factors: list[Expr], body: Expr | None, conditions: Sequence[Expr], tabled: list[str], laws: list[LawPlayer]
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

    # -- events and probabilities -------------------------------------------------------------------------------------

    def event(self, args: Iterable[Expr], onto: Event | None = None) -> Event:
        """Return events together."""
        out = onto or Event()
        for arg in args:
            if isinstance(arg, Symbol) and not self.is_event(arg):
                out.free[arg.name] = None
            elif is_op(arg, "eq") and arg.args[0] is arg.args[1] and isinstance(arg.args[0], Symbol):
                out.free[arg.args[0].name] = None
            else:
                out.wanted.append(arg)
                out.atoms.update(dict.fromkeys(self.atoms_in(arg)))
        if len(out.atoms) > MAX_ATOMS:
            raise NotNumeric("There are too many events in one probability.")
        return out

    def is_event(self, one: Symbol) -> bool:
        """Tell whether a symbol is an event."""
        return one.name in self.stage.players and self.stage.players[one.name].event

    def atoms_in(self, arg: Expr) -> list[Atom]:
        """Return the atoms of an event."""
        found: list[Atom] = []
        stack = [arg]
        while stack:
            one = stack.pop()
            if is_op(one, "intersection", "union", "complement"):
                stack.extend(one.args)
            else:
                found.append(self.atom(one))
        return found

    def atom(self, one: Expr) -> Atom:
        """Return the atom that a symbol or a relation is."""
        if isinstance(one, Symbol) and self.is_event(one):
            return Atom(one.name)
        if isinstance(one, Apply) and one.op.name in NEGATED:
            if one.args[0] is one.args[1]:
                raise NotNumeric("A random variable is compared with itself.", repair="Give its value another letter.")
            return Atom("", self.below[one])
        raise NotNumeric(f"{one} is no event that is understood here.")

    def truth(self, arg: Expr, said: Mapping[Atom, bool]) -> bool:
        """Tell whether an event is true where its atoms are so."""

        def step(node: Expr, below: tuple[bool, ...]) -> bool:
            if is_op(node, "intersection"):
                return all(below)
            if is_op(node, "union"):
                return any(below)
            if is_op(node, "complement"):
                return not below[0]
            return said.get(self.atom(node), False) if node in tops else False

        tops = set(self.leaves(arg))
        return fold(arg, step)

    def leaves(self, arg: Expr) -> list[Expr]:
        """Return the events that an event is made of."""
        out: list[Expr] = []
        stack = [arg]
        while stack:
            one = stack.pop()
            if is_op(one, "intersection", "union", "complement"):
                stack.extend(one.args)
            else:
                out.append(one)
        return out

    def mass(self, letter: str, event: Event, bound: Iterable[str] = (), body: Expr | None = None) -> Expr:
        """Return ∑ p · body where the events happen, over the bound variables."""
        atoms = list(event.atoms)
        terms: list[Expr] = []
        for truths in itertools.product((True, False), repeat=len(atoms)):
            said = dict(zip(atoms, truths, strict=True))
            if all(self.truth(w, said) for w in event.wanted):
                terms.append(self.alternative(letter, event, said, bound, body))
        if not terms:
            return constant(0)
        return terms[0] if len(terms) == 1 else apply("add", *terms)

    def alternative(
        self, letter: str, event: Event, said: Mapping[Atom, bool], bound: Iterable[str], body: Expr | None
    ) -> Expr:
        """Return the weight where each atom is true or false as said."""
        fixed: dict[str, Expr] = {}
        conditions: list[Expr] = []
        for atom, true in said.items():
            if atom.relation is None:
                fixed[atom.name] = constant(2 if true else 1)
            else:
                assert isinstance(atom.relation, Apply)
                name = atom.relation.op.name if true else NEGATED[atom.relation.op.name]
                conditions.append(apply(name, *atom.relation.args))
        moved = self.free(*conditions) - set(event.free) - set(fixed)
        for name in moved:
            law = self.stage.law_of(letter, name)
            if law is not None and law.law.name not in DISCRETE:
                raise NotNumeric(f"Probabilities of ranges of {name}, which is continuous, are not computed here.")
        summed = (set(bound) | moved) - set(event.free) - set(fixed)
        return self.joint(letter, event.free, fixed, summed, conditions, body)

    def probability(self, node: Apply) -> Expr:
        """Return p(x, y | z) or P(A ∪ B | C)."""
        letter, count = letter_of(node.attrs[0]), node.attrs[1]
        given = self.event(node.args[count:])
        whole = self.event(node.args[:count], self.event(node.args[count:]))
        top = self.mass(letter, whole)
        return top / self.mass(letter, given) if node.args[count:] else top

    # -- moments ------------------------------------------------------------------------------------------------------

    def expect(self, body: Expr, letter: str, over: set[str] | None, given: Event) -> Expr:
        """Return E[body | given], over all that the body depends on unless `over` says what."""
        fixed = set(given.free) | {a.name for a in given.atoms if a.name}
        summed = (self.free(body) if over is None else over) - fixed
        top = self.mass(letter, given, summed, body)
        return apply("div", top, self.mass(letter, given)) if given.free or given.wanted else top

    def moment(self, node: Apply) -> Expr:
        """Return an expectation, a variance or a covariance."""
        inside, dists, conditions = quantities(node)
        bodies = [self.below[a] for a in inside]
        letter, over, more = self.source(dists[0]) if dists else (MAIN, None, ())
        given = self.event((*more, *conditions))
        if over is None:
            over = self.free(*bodies)
        if node.op.name == "expectation":
            return self.expect(bodies[0], letter, over, given)
        first, second = bodies[0], bodies[-1]
        left = first - self.expect(first, letter, over, given)
        right = second - self.expect(second, letter, over, given)
        if left.shape and right.shape:
            return self.expect(apply("mul", left, apply("transpose", right)), letter, over, given)
        return self.expect(left * right, letter, over, given)

    def source(self, dist: Expr) -> tuple[str, set[str] | None, tuple[Expr, ...]]:
        """Return the letter of a distribution, what it is over, and what it is given."""
        if is_op(dist, "density") and isinstance(dist, Apply):
            law = self.local(dist)
            return law[0], {law[1].symbol.name}, ()
        if not is_op(dist, "probability") or not isinstance(dist, Apply):
            raise NotNumeric(f"{dist} is no distribution that is understood here.")
        letter, count = letter_of(dist.attrs[0]), dist.attrs[1]
        if dist.args:
            return letter, set(self.event(dist.args[:count]).free), dist.args[count:]
        if letter == MAIN:
            return letter, None, ()
        left, given = self.stage.cast.letters.get(letter, ({}, {}))
        if not left:
            return letter, None, ()
        held = self.stage.cast.variables
        return letter, set(left), tuple(held[n] for n in given if n in held and n not in left)

    def law(self, name: str, parameters: Sequence[Expr]) -> Law:
        """Return a named law, in the convention that is in force."""
        made = Law(name, tuple(parameters))
        return other_convention(made) if self.stage.turn else made

    def local(self, dist: Apply) -> tuple[str, LawPlayer]:
        """Return a letter of its own for a named density, with the law of its point."""
        point = dist.args[0]
        self.stage.facts += domain_facts(Law(dist.attrs[0], dist.args[1:]))
        if not isinstance(point, Symbol):
            raise NotNumeric(f"The distribution of {point} is named, but it is no variable.")
        letter = f"the law {dist.digest.hex()[:8]}"
        key = (letter, point.name)
        if key not in self.stage.laws:
            law = self.law(dist.attrs[0], dist.args[1:])
            parents = tuple(s.name for s in symbols_of(*law.parameters) if s.name in self.stage.cast.variables)
            if parents:
                raise NotNumeric("A named distribution with random parameters is not understood here.")
            self.stage.laws[key] = self.stage.law_player(point, law, (), False)
        return letter, self.stage.laws[key]

    # -- information --------------------------------------------------------------------------------------------------

    def of_names(self, letter: str, names: Iterable[str]) -> Expr:
        """Return p(names), or 1 where there are none."""
        chosen = dict.fromkeys(names)
        return self.joint(letter, chosen, {}, ()) if chosen else constant(1)

    def entropy(self, node: Apply) -> Expr:
        """Return H(X, Y | Z), H(p) or the entropy of a named distribution."""
        count = node.attrs[0]
        if count == 1 and is_op(node.args[0], "distribution", "density"):
            letter, law = self.of_named(node.args[0])
            return -self.joint(letter, (), {}, {law.symbol.name}, (), law.log_density)
        if count == 1 and is_op(node.args[0], "probability"):
            return self.entropy_of(node.args[0])
        left, given = self.event(node.args[:count]), self.event(node.args[count:])
        if left.wanted or given.wanted:
            left, given = self.as_variables(node.args[:count]), self.as_variables(node.args[count:])
        both = {**left.free, **given.free}
        ratio = self.of_names(MAIN, both) / self.of_names(MAIN, given.free) if given.free else self.of_names(MAIN, both)
        return -self.joint(MAIN, (), {}, both, (), apply("log", ratio))

    def as_variables(self, args: Iterable[Expr]) -> Event:
        """Return events as the two-valued variables that they are."""
        if any(not isinstance(a, Symbol) for a in args):
            raise NotNumeric("An entropy is of random variables.")
        return Event(free={a.name: None for a in args if isinstance(a, Symbol)})

    def entropy_of(self, dist: Expr) -> Expr:
        """Return H(p) of a distribution by its letter."""
        assert isinstance(dist, Apply)
        vector = self.vector(dist)
        if vector is not None:
            return self.sum_of(lambda p: -(p * apply("log", p)), vector)
        letter, left, given = self.sides(dist)
        body = apply("log", self.joint(letter, {**left, **given}, {}, ()) / self.of_names(letter, given)
                     if given else self.of_names(letter, left))
        return -self.expect(body, letter, set(left), Event(free=dict(given)))

    def sides(self, dist: Apply) -> tuple[str, dict[str, None], dict[str, None]]:
        """Return the letter of a distribution, what it is over, and what it is given."""
        letter, count = letter_of(dist.attrs[0]), dist.attrs[1]
        if dist.args:
            left, given = self.event(dist.args[:count]), self.event(dist.args[count:])
            if left.wanted or given.wanted:
                raise NotNumeric("A divergence is between distributions of random variables.")
            return letter, left.free, given.free
        left_names, given_names = self.stage.cast.letters.get(letter, ({}, {}))
        return letter, dict(left_names), {n: None for n in given_names if n not in left_names}

    def vector(self, dist: Expr) -> Symbol | None:
        """Return the vector of probabilities that a letter is, where it stands as a symbol too."""
        if not is_op(dist, "probability") or dist.args or not isinstance(dist, Apply):
            return None
        return self.stage.vectors.get(dist.attrs[0])

    def sum_of(self, term: object, *vectors: Symbol) -> Expr:
        """Return ∑_i of a term in the entries of vectors of probabilities; of a number, the two outcomes."""
        self.count += 1
        first = vectors[0]
        if not first.shape:
            both = [[v, constant(1) - v] for v in vectors]
            return apply("add", *(term(*(b[k] for b in both)) for k in (0, 1)))  # type: ignore[operator]
        at = index(f"state_{self.count}", first.shape[0])
        return bind("Sum", (at,), term(*(apply("entry", v, at) for v in vectors)))  # type: ignore[operator]

    def mutual(self, node: Apply) -> Expr:
        """Return I(X; Y | Z) = ∑ p(x, y, z) log p(x, y, z) p(z)/(p(x, z) p(y, z))."""
        first, second = node.attrs
        groups = node.args[:first], node.args[first : first + second], node.args[first + second :]
        a, b, c = (self.as_variables(g).free for g in groups)
        over = {**a, **b, **c}
        top = self.of_names(MAIN, over) * self.of_names(MAIN, c) if c else self.of_names(MAIN, over)
        bottom = self.of_names(MAIN, {**a, **c}) * self.of_names(MAIN, {**b, **c})
        return self.joint(MAIN, (), {}, over, (), apply("log", top / bottom))

    def divergence(self, node: Apply) -> Expr:
        """Return KL(p ‖ q) = ∑ p log(p/q), or the cross entropy −∑ p log q."""
        p, q = node.args
        cross = node.op.name == "cross_entropy"
        vectors = self.vector(p), self.vector(q)
        if vectors[0] is not None and vectors[1] is not None:
            return self.sum_of(
                lambda a, b: -(a * apply("log", b)) if cross else a * apply("log", a / b), vectors[0], vectors[1]
            )
        if is_op(p, "distribution", "density"):
            return self.divergence_of_laws(p, q, cross)
        if not is_op(p, "probability") or not isinstance(p, Apply):
            raise NotNumeric(f"{p} is no distribution that is understood here.")
        letter, left, given = self.sides(p)
        top = self.joint(letter, {**left, **given}, {}, ()) / self.of_names(letter, given) if given else (
            self.of_names(letter, left))
        bottom = self.second(q, left, given)
        body = -apply("log", bottom) if cross else apply("log", top) - apply("log", bottom)
        return self.expect(body, letter, set(left), Event(free=dict(given)))

    def second(self, q: Expr, left: dict[str, None], given: dict[str, None]) -> Expr:
        """Return the second distribution of a divergence at the variables of the first."""
        if is_op(q, "probability") and not q.args and isinstance(q, Apply):
            letter, mine, conditions = self.sides(q)
            if set(mine) != set(left) and mine:
                raise NotNumeric("The two distributions of the divergence are over different variables.")
            whole = self.joint(letter, {**left, **conditions}, {}, ())
            return whole / self.of_names(letter, conditions) if conditions else whole
        if is_op(q, "distribution"):
            raise NotNumeric("One distribution of the divergence is named, the other not.")
        made = self.below[q]
        if self.free(made) - set(left) - set(given) and not is_op(q, "probability"):
            raise NotNumeric("The two distributions of the divergence are over different variables.")
        return made

    def divergence_of_laws(self, p: Expr, q: Expr, cross: bool) -> Expr:
        """Return the divergence of named distributions."""
        letter, law = self.of_named(p)
        x = law.symbol
        if is_op(q, "distribution") and isinstance(q, Apply):
            bottom = log_density(self.law(q.attrs[0], q.args), x)
            self.stage.facts += domain_facts(Law(q.attrs[0], q.args))
        elif is_op(q, "density") and isinstance(q, Apply) and q.args[0] is x:
            bottom = log_density(self.law(q.attrs[0], q.args[1:]), x)
        else:
            raise NotNumeric(f"{q} is no distribution that can be set beside {p}.")
        body = -bottom if cross else law.log_density - bottom
        return self.joint(letter, (), {}, {x.name}, (), body)

    def of_named(self, dist: Expr) -> tuple[str, LawPlayer]:
        """Return a letter and a law for N(μ, Σ), or for N(x | μ, Σ)."""
        assert isinstance(dist, Apply)
        if dist.op.name == "density":
            return self.local(dist)
        shapes = [p.shape[:1] for p in dist.args if p.shape]
        point = symbol("\0x", shapes[0] if shapes else ())
        return self.local(apply("density", point, *dist.args, attrs=dist.attrs))

    # -- sums over all values -----------------------------------------------------------------------------------------

    def over_values(self, node: Bind, body: Expr) -> Expr:
        """Return ∑_x or ∫ dx over the values of random variables."""
        for v in node.variables:
            assert isinstance(v, Symbol)
            if v.name in self.stage.players:
                body = self.summed([], body, (), [v.name], [])
                continue
            law = self.stage.law_of(MAIN, v.name) or self.law_in(node.args[0], v)
            if law is None:
                raise NotNumeric(f"What {v.name} runs over is not known.")
            if law.law.name in DISCRETE:
                body = self.summed([], body, (), [], [law])
            else:
                weight = law.weight / apply("exp", self.lowered_law(law))
                body = self.summed([weight], body, (), [], [law])
        return body

    def law_in(self, body: Expr, variable: Symbol) -> LawPlayer | None:
        """Return the law of the first named density of a variable in a body."""
        for part in postorder(body):
            if is_op(part, "density") and isinstance(part, Apply) and part.args[0] is variable:
                return self.local(part)[1]
        return None


def closed(roots: Sequence[Expr], names: Mapping[Expr, str]) -> list[Expr]:
    """Return roots as tensors over the values of the random variables that any of them leaves free."""
    free: dict[Index, None] = {}
    for root in roots:
        if not _is_relation(root):
            free.update(dict.fromkeys(i for i in sorted(free_indices(root), key=lambda i: i.name) if i in names))
    return [root if _is_relation(root) or not free else _tensor(root, list(free)) for root in roots]


def _tensor(root: Expr, over: list[Index]) -> Expr:
    inner = [index(f"entry_{k}", d) for k, d in enumerate(root.shape)]
    body = apply("entry", root, *inner) if inner else root
    return bind("Tensor", [*over, *inner], body)


def _is_relation(root: Expr) -> bool:
    return isinstance(root, Apply) and root.op.family == "relation"

