"""Entropies, mutual information and divergences, of tables and of named distributions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agnesi.check.worlds_events import Event, Events
from agnesi.check.worlds_laws import Law, domain_facts, log_density, other_convention
from agnesi.check.worlds_scan import MAIN, is_op, letter_of
from agnesi.check.worlds_stage import LawPlayer
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Apply, Expr, Symbol, apply, bind, constant, index, symbol, symbols_of


class Information(Events):
    """What distributions say of one another."""

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

    def in_unit(self, nats: Expr) -> Expr:
        """Return information in the unit of the text: nats, or bits where it has logarithms to base 2."""
        return apply("div", nats, apply("log", constant(2))) if self.stage.chance.bits else nats

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
        if left.wanted or given.wanted or left.places or given.places:
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
