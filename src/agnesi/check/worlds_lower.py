"""From statements of chance to sums over a finite world, node by node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agnesi.check.worlds_cast import quantities
from agnesi.check.worlds_events import Event
from agnesi.check.worlds_information import Information
from agnesi.check.worlds_laws import DISCRETE, Law, domain_facts, log_density
from agnesi.check.worlds_scan import MAIN, is_op, letter_of
from agnesi.check.worlds_stage import LawPlayer
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import (
    Apply,
    Bind,
    Expr,
    Index,
    Symbol,
    apply,
    bind,
    free_indices,
    index,
    postorder,
    with_args,
)


class Lowering(Information):
    """Lowers expressions on a stage."""

    def lower(self, root: Expr) -> Expr:
        """Return an expression with ordinary sums in place of chance; variables that stand free keep their indices."""

        known = self.below  # of the roots before: the same part means the same
        for node in postorder(root, below=lambda n: () if n in known else n.args):
            if node not in known:
                known[node] = self.node(node, tuple(known[a] for a in node.args))
        out = known[root]
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
            case Apply() if is_op(node, "entry") and node.args[0] in self.stage.cast.partitions.values():
                return node
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
                return self.in_unit(self.entropy(node))
            case "mutual_information":
                return self.in_unit(self.mutual(node))
            case "kl" | "cross_entropy":
                return self.in_unit(self.divergence(node))
            case "density":
                self.stage.facts += domain_facts(Law(node.attrs[0], node.args[1:]))
                return apply("exp", log_density(self.law(node.attrs[0], args[1:]), args[0]))
        return node

    def moment(self, node: Apply) -> Expr:
        """Return an expectation, a variance or a covariance."""
        inside, dists, conditions = quantities(node)
        bodies = [self.below[a] for a in inside]
        letter, over, more = self.source(dists[0]) if dists else (self.stage.chance.usual, None, ())
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
    out = [root if _is_relation(root) or not free else _tensor(root, list(free)) for root in roots]
    return [_closed_relation(root, names) if _is_relation(root) else root for root in out]


def _closed_relation(root: Expr, names: Mapping[Expr, str]) -> Expr:
    """Return a condition whose sides are tensors over what they leave free: it holds for all values."""
    free = [i for i in sorted(free_indices(root), key=lambda i: i.name) if i in names]
    return apply(root.op.name, *(_tensor(a, free) for a in root.args)) if free and isinstance(root, Apply) else root


def _tensor(root: Expr, over: list[Index]) -> Expr:
    inner = [index(f"entry_{k}", d) for k, d in enumerate(root.shape)]
    body = apply("entry", root, *inner) if inner else root
    return bind("Tensor", [*over, *inner], body)


def _is_relation(root: Expr) -> bool:
    return isinstance(root, Apply) and root.op.family == "relation"
