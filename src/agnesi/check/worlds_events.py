"""Events and probabilities: p(x, y | z), P(A ∪ B | C), P(X ≥ a), as sums over the truth of their parts."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agnesi.check.worlds_laws import DISCRETE, SUPPORT, distribution_function
from agnesi.check.worlds_scan import is_op, letter_of
from agnesi.check.worlds_sums import Sums
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Apply, Expr, Symbol, apply, constant, fold, symbols_of

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
    places: dict[str, Expr] = field(default_factory=dict)  # variables at a state: B at i for the event B_i
    atoms: dict[Atom, None] = field(default_factory=dict)
    wanted: list[Expr] = field(default_factory=list)


class Events(Sums):
    """Probabilities of events, and expectations given events."""

    def event(self, args: Iterable[Expr], onto: Event | None = None) -> Event:
        """Return events together."""
        out = onto or Event()
        for arg in args:
            if isinstance(arg, Symbol) and not self.is_event(arg):
                out.free[arg.name] = None
            elif is_op(arg, "entry") and isinstance(arg.args[0], Symbol):
                out.places[arg.args[0].name] = arg.args[1]
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
        return [self.atom(one) for one in self.leaves(arg)]

    def atom(self, one: Expr) -> Atom:
        """Return the atom that a symbol or a relation is."""
        if isinstance(one, Symbol) and self.is_event(one):
            return Atom(one.name)
        if isinstance(one, Apply) and one.op.name in NEGATED:
            if one.args[0] is one.args[1]:
                raise NotNumeric("A random variable is compared with itself.", repair="Give its value another letter.")
            self.note_place(one)
            return Atom("", self.below[one])
        raise NotNumeric(f"{one} is no event that is understood here.")

    def note_place(self, relation: Apply) -> None:
        """Note that k of P(T > k) is a whole number where T is one, and not below the values of T."""
        for one, other in (relation.args, relation.args[::-1]):
            law = self.stage.law_of(self.stage.chance.usual, one.name) if isinstance(one, Symbol) else None
            if law is not None and law.law.name in DISCRETE and isinstance(other, Symbol) and not other.shape:
                support = SUPPORT.get(law.law.name, ())
                if "integer" in support and not self.stage.law_of(self.stage.chance.usual, other.name):
                    self.stage.facts += [(other, "integer"), (other, "nonnegative")]

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
        fixed: dict[str, Expr] = dict(event.places)
        conditions: list[Expr] = []
        for atom, true in said.items():
            if atom.relation is None:
                fixed[atom.name] = constant(2 if true else 1)
            else:
                assert isinstance(atom.relation, Apply)
                name = atom.relation.op.name if true else NEGATED[atom.relation.op.name]
                conditions.append(apply(name, *atom.relation.args))
        ranged = self.range_of(letter, event, conditions, fixed) if body is None and not bound else None
        if ranged is not None:
            return ranged
        moved = self.free(*conditions) - set(event.free) - set(fixed)
        for name in moved:
            law = self.stage.law_of(letter, name)
            if law is not None and law.law.name not in DISCRETE:
                raise NotNumeric(f"Probabilities of ranges of {name}, which is continuous, are not computed here.")
        summed = (set(bound) | moved) - set(event.free) - set(fixed)
        return self.joint(letter, event.free, fixed, summed, conditions, body)

    def range_of(
        self, letter: str, event: Event, conditions: Sequence[Expr], fixed: Mapping[str, Expr]
    ) -> Expr | None:
        """Return P(X ≤ a) and the like for one continuous variable, by its distribution function."""
        if len(conditions) != 1 or event.free or fixed:
            return None
        (condition,) = conditions
        assert isinstance(condition, Apply)
        left, right = condition.args
        if isinstance(right, Symbol) and self.stage.law_of(letter, right.name):
            turned = {"le": "ge", "lt": "gt", "ge": "le", "gt": "lt"}.get(condition.op.name, condition.op.name)
            condition, (left, right) = apply(turned, right, left), (right, left)
        law = self.stage.law_of(letter, left.name) if isinstance(left, Symbol) else None
        if law is None or law.law.name in DISCRETE or law.parents or law.copies or self.free(right):
            return None
        if condition.op.name in ("eq", "ne"):
            return constant(0 if condition.op.name == "eq" else 1)
        below = distribution_function(law.law, right)
        if "positive" in SUPPORT.get(law.law.name, ()):
            self.stage.facts += [(s, "positive") for s in symbols_of(right) if not s.shape]
        return below if condition.op.name in ("le", "lt") else constant(1) - below

    def probability(self, node: Apply) -> Expr:
        """Return p(x, y | z) or P(A ∪ B | C)."""
        letter, count = letter_of(node.attrs[0]), node.attrs[1]
        side = node.args[count:]
        if len(set(side)) < len(side):
            raise NotNumeric("The same event stands twice.", repair="Give each of the two events its own name.")
        given = self.event(node.args[count:])
        whole = self.event(node.args[:count], self.event(node.args[count:]))
        top = self.mass(letter, whole)
        return top / self.mass(letter, given) if node.args[count:] else top

    def expect(self, body: Expr, letter: str, over: set[str] | None, given: Event) -> Expr:
        """Return E[body | given], over all that the body depends on unless `over` says what."""
        fixed = set(given.free) | set(given.places) | {a.name for a in given.atoms if a.name}
        summed = (self.free(body) if over is None else over) - fixed
        top = self.mass(letter, given, summed, body)
        return apply("div", top, self.mass(letter, given)) if given.free or given.wanted or given.places else top
