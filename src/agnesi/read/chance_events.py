"""Reads events: A ∩ B, A or B, ¬A, A^c, X > a, and the event that two happen, AB."""

from __future__ import annotations

from agnesi.read.chance_words import EVENTS
from agnesi.read.cursor import Steps
from agnesi.read.factors import Factors
from agnesi.read.syntax import Node


class Events(Factors):
    """Reads what stands between the brackets of P(...)."""

    def event(self) -> Steps:
        """Events joined by ∪ (or), ∩ (and) and ¬ (not), from loose to tight; others are relations and names."""
        start = self.token.start
        parts = [(yield self.both())]
        while self.accept("∪") or self.accept("or"):
            parts.append((yield self.both()))
        return parts[0] if len(parts) == 1 else self.node("chance", tuple(parts), start, ("union", ()))

    def both(self) -> Steps:
        """Events joined by ∩."""
        start = self.token.start
        parts = [(yield self.single())]
        while self.accept("∩") or self.accept("and"):
            parts.append((yield self.single()))
        return parts[0] if len(parts) == 1 else self.node("chance", tuple(parts), start, ("intersection", ()))

    def single(self) -> Steps:
        """¬A, not A, (A ∪ B)ᶜ, a relation, a name."""
        start = self.token.start
        if self.accept("¬") or self.accept("not"):
            inner = yield self.single()
            return self.node("chance", (inner,), start, ("complement", ()))
        if self.token.text == "(" and self.holds_events():
            self.at += 1
            self.inside.append("(")
            inner = yield self.event()
            self.inside.pop()
            self.expect(")")
            return self.raised_c(inner, start)
        inner = yield self.relation()
        return between(self.plain_event(inner))

    def holds_events(self) -> bool:
        """Tell whether the bracket that opens here holds ∩, ∪ or ¬."""
        held = self.tokens[self.at + 1 : self.partner[self.at]]
        return any(t.text in EVENTS or t.text in ("and", "or") for t in held)

    def raised_c(self, inner: Node, start: int) -> Node:
        """Return the complement where ^c, ᶜ or ' follows."""
        held = [t.text for t in self.tokens[self.at : self.at + 4]]
        size = 1 if held[0] == "'" else 2 if held[:2] == ["^", "c"] else 4 if held[1:3] == ["{", "c"] else 0
        self.at += size
        return self.node("chance", (inner,), start, ("complement", ())) if size else inner

    def plain_event(self, node: Node) -> Node:
        """A^c, A' and A_bar are complements, AB is an intersection."""
        if node.head == "bracket" and node.args[0].head == "rel":
            return node.args[0]
        power = node.args[1] if node.head == "pow" else node
        power = power.args[0] if power.head == "bracket" else power
        if node.head == "pow" and power.head == "name" and power.value in ("c", "C"):
            return Node("chance", node.args[:1], ("complement", ()), node.start, node.stop)
        if node.head == "prime" and node.args[0].head == "name" and node.args[0].value.isupper():
            return Node("chance", node.args, ("complement", ()), node.start, node.stop)
        if node.head == "name" and node.value.endswith("_bar") and node.value[0].isupper():
            event = Node("name", (), node.value.removesuffix("_bar"), node.start, node.stop)
            return Node("chance", (event,), ("complement", ()), node.start, node.stop)
        if node.head == "mul" and all(a.head == "name" and a.value.isupper() for a in node.args):
            return Node("chance", node.args, ("intersection", ()), node.start, node.stop)
        return node


def between(node: Node) -> Node:
    """Return the event that a ≤ X and X ≤ b for the chain a ≤ X ≤ b; other events as they are."""
    if node.head != "rel" or len(node.value) != 2 or len(node.args) != 3:
        return node
    (a, x, b), (first, last) = node.args, node.value
    parts = (Node("rel", (a, x), (first,), a.start, x.stop), Node("rel", (x, b), (last,), x.start, b.stop))
    return Node("chance", parts, ("intersection", ()), node.start, node.stop)
