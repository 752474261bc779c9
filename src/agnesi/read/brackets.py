"""[F]_a^b and F |_a^b: F at the upper end less F at the lower one, in the variable of an integral; F |_{x=a}."""

from __future__ import annotations

from agnesi.errors import Ambiguous, ReadError
from agnesi.read.chance import Chance
from agnesi.read.cursor import Steps
from agnesi.read.scene import names_of
from agnesi.read.syntax import Node, postorder
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import FUNCTIONS

CONSTANTS = frozenset(("π", "e", "∞"))


class Brackets(Chance):
    """Reads values between two ends."""

    def between(self, body: Node, low: Node, high: Node, token: Token) -> Node:
        """Return F(b) − F(a)."""
        variable = self.variable_between(body, token)
        if low.head == "rel" and low.value == ("eq",) and low.args[0].value == variable.value:  # [F]_{x=0}^{x=1}
            low = low.args[1]
        if high.head == "rel" and high.value == ("eq",) and high.args[0].value == variable.value:
            high = high.args[1]
        upper, lower = (self.value_at(body, variable, end) for end in (high, low))
        start = token.start
        return self.node("bracket", (self.node("add", (upper, self.node("neg", (lower,), start)), start),), start)

    def variable_between(self, body: Node, token: Token) -> Node:
        """Return the variable that the ends are of: one that an integral runs over, or the only letter there is."""
        names = [n for n in postorder(body) if n.head == "name" and n.value not in CONSTANTS | FUNCTIONS]
        found = {n.value: n for n in names if n.value in self.words.integrated} or {n.value: n for n in names}
        if len(found) != 1:
            raise ReadError(
                "In which variable these ends are is not said.", where=self.place(token), repair="Write the two values."
            )
        return next(iter(found.values()))

    def value_at(self, body: Node, variable: Node, end: Node) -> Node:
        """Return F at a point; at ∞, its limit."""
        if "∞" in names_of(end):
            point = Node("name", (), variable.value, variable.start, variable.stop)
            return Node("limit", (body, point, end), 0, body.start, body.stop)
        return substituted(body, variable.value, end)

    def ended(self, whole: Node, start: int) -> Steps:
        """Return a term after which |_a^b stands between its ends, or |_{x=a} at a place."""
        mark = self.take()
        self.at += 1
        items = yield self.script()
        places = [i for i in items if i.head == "rel" and i.value == ("eq",) and i.args[0].head == "name"]
        if self.token.text != "^" and items and len(places) == len(items):
            made = self.node("at", (whole, *(side for i in places for side in i.args)), start)
            self.barred.add(made)
            return made
        if self.token.text != "^" or len(items) != 1:
            raise ReadError("The upper end is missing.", where=self.place(mark), repair="Write |_a^b, or |_{x=a}.")
        self.at += 1
        upper = yield self.exponent()
        made = self.between(whole, items[0], upper, mark)
        self.barred.add(made)
        return made

    def refuse_barred_sum(self, terms: list[Node]) -> None:
        """Refuse x² + x |_0^1, which has two readings."""
        if any(t in self.barred or (t.head == "neg" and t.args[0] in self.barred) for t in terms[1:]):
            raise Ambiguous(
                "A bar with ends stands behind a sum: it may be meant for all of it, or for the last term.",
                repair="Put what is meant in square brackets: [x² + x]_0^1.",
            )


def substituted(body: Node, name: str, value: Node) -> Node:
    """Return a tree with a name replaced; the variable of an inner integral or sum keeps its own."""
    made: dict[Node, Node] = {}
    for node in postorder(body):
        if node.head == "name" and node.value == name:
            made[node] = value
        elif any(made[a] is not a for a in node.args):
            if node.head in ("integral", "limit", "series", "derivative", "big"):
                raise ReadError(f"What is between the ends holds {name} in another place.", repair="Write the values.")
            made[node] = Node(node.head, tuple(made[a] for a in node.args), node.value, node.start, node.stop)
        else:
            made[node] = node
    out = made[body]
    return Node("bracket", (out,), None, body.start, body.stop)
