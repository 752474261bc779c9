"""Reads densities, expectations, entropies and their kin: p(x | y), P(A ∩ B), E_q[log p(x, z)], H(X | Y), KL(p ‖ q).

Every one is a node `chance` with the value (operation, attrs), as `agnesi.ops.chance` has them; its parts are the
arguments in order.
"""

from __future__ import annotations

from agnesi.errors import Place, ReadError, UnknownName
from agnesi.read.chance_events import Events
from agnesi.read.chance_words import (
    DENSITIES,
    DISTRIBUTIONS,
    QUANTITIES,
    SURE,
    held_in,
    is_density,
    is_expectation,
    odd,
)
from agnesi.read.cursor import CLOSE, Steps
from agnesi.read.scene import is_greek
from agnesi.read.syntax import Node, names_in, postorder
from agnesi.read.tokens import Token

LABELLED = DENSITIES | {"f"}  # p_X(x), f_X(x), q_φ(z | x)
SIGNED = frozenset(("=", "≠", "<", "≤", ">", "≥", "∩", "∪", "|"))


class Chance(Events):
    """Reads what is said of random quantities."""

    def chance_at(self) -> str:
        """Return what stands here: an operation of `agnesi.ops.chance`, or nothing."""
        token, at = self.token, self.at
        name, words = token.text, self.words
        if words.symbolic(name):
            return ""
        opened = self.bracket_after(name)
        if not opened or self.tokens[opened].text not in "([":
            return ""
        closed = self.partner[opened]
        held, square = held_in(self.tokens, opened, closed), self.tokens[opened].text == "["
        scripted = opened > at + 1
        if (name in QUANTITIES and not words.function(name)) or name in ("Var", "Cov"):
            return self.quantity_at(name, held, square, opened, scripted)
        signed = any(t.kind == "op" and t.text in SIGNED for t in held)
        if (square and name != "Pr" and not (name == "P" and signed)) or (
            name in words.pending and name not in DENSITIES
        ):
            return ""
        if scripted:
            return "probability" if name in LABELLED and self.is_labelled(name, opened) else ""
        able = name not in words.sizes or any(t.text == "," for t in held)  # N(0, 1) where N is a size too
        if name in DISTRIBUTIONS and not words.function(name) and able:
            return self.named_at(name, held, opened)
        return "probability" if is_density(name, self.tokens, opened, closed, words) else ""

    def quantity_at(self, name: str, held: list[Token], square: bool, opened: int, scripted: bool) -> str:
        """Return the operation that E, Var, H, I, KL or D stands for before this bracket, or nothing."""
        tight = not self.tokens[opened].spaced or scripted
        marks = {t.text for t in held if t.kind == "op"}
        if name in ("KL", "D", "D_KL"):
            return "kl" if odd(held, "‖") or (name == "KL" and "," in marks) else ""
        if not tight and name not in SURE:
            return ""
        if name in ("H", "h"):
            if name == "h" and scripted and self.tokens[opened - 1].text not in ("2", "b", "}"):
                return ""  # h_θ(x) is what a model says
            given = odd(held, "|") or DISTRIBUTIONS.keys() & {t.text for t in held[:1]}
            able = {",", "_", "|", ";", "."} | ({"-", "+", "/"} if "," in marks else set())
            plain = all(t.kind in ("name", "num", "open", "close") or t.text in able for t in held)
            return "entropy" if (given or plain) and (name == "H" or given or self.words.chance) else ""
        if name == "I":
            return "mutual_information" if ";" in marks and not square else ""
        if name == "V":
            capital = any(t.kind == "name" and t.text[:1] in "XYZUVW" for t in held)
            return "variance" if square and (self.words.chance or (capital and not scripted)) else ""
        if name == "E" and not square and not is_expectation(self.tokens, opened, self.partner[opened], self.words):
            return ""
        return QUANTITIES[name]

    def named_at(self, name: str, held: list[Token], opened: int) -> str:
        """Return density for N(x | μ, Σ) and N(x; μ, σ²), distribution for N(μ, Σ), or nothing."""
        if self.tokens[opened].spaced and self.tokens[self.at - 1].text != "~" and len(name) < 3:
            return ""
        marks = {t.text for t in held if t.kind == "op"}
        after = self.at > 0 and self.tokens[self.at - 1].text in ("~", "‖", "|", "(")
        if odd(held, "|") or ";" in marks:
            return "density"
        if name in ("N", "U", "Γ"):
            return "distribution" if "," in marks else ""
        return "distribution" if "," in marks or after else ""

    def bracket_after(self, name: str) -> int:
        """Return where the bracket after a name opens, past a subscript such as that of E_{x~p}; 0 for none."""
        at = self.at + 1
        if self.tokens[at].text == "_" and self.tokens[at].kind == "op":
            if name not in QUANTITIES and name not in LABELLED:
                return 0
            at += 1
            at = self.partner.get(at, at) + 1
            while self.tokens[at].text == "'":
                at += 1
        return at if self.tokens[at].kind == "open" else 0

    def is_labelled(self, name: str, opened: int) -> bool:
        """Tell whether p_X( or q_φ( is a density with a label: a random variable, a parameter or a number."""
        label = [t for t in self.tokens[self.at + 2 : opened] if t.text not in ("{", "}")]
        capital = all(t.text[:1].isupper() or t.text in "|," for t in label)
        greek = len(label) == 1 and (is_greek(label[0].text) or label[0].text.isdigit())
        if name not in DENSITIES:
            return capital
        return capital or (greek and is_density(name, self.tokens, opened, self.partner[opened], self.words))

    def label_text(self, opened: int) -> str:
        """Take the label of a density as text: X, θ, {X|Y}."""
        held = "".join(t.text for t in self.tokens[self.at : opened])
        self.at = opened
        return held

    def chance(self, kind: str) -> Steps:
        """Read what `chance_at` found."""
        token = self.take()
        under: list[Node] = []
        letter = token.text
        if kind == "probability" and self.token.text == "_":
            self.at += 1
            letter += "_" + self.label_text(self.partner.get(self.at, self.at) + 1).removeprefix("{").removesuffix("}")
        elif self.accept("_"):
            under = yield from self.under(kind)
        opened = self.take()
        said = len(self.notes)
        groups, marks = yield from self.groups(opened, kind == "probability")
        start = token.start
        self.no_products(self.notes[said:], kind, Place(self.text, token.start, self.tokens[self.at - 1].stop))
        if kind == "probability":
            return self.density(letter, groups, marks, start)
        if kind in ("distribution", "density"):
            name = DISTRIBUTIONS[token.text]
            return self.node("chance", tuple(a for g in groups for a in g), start, (kind, (name,)))
        if kind == "kl":
            return self.divergence(groups, start)
        if kind == "entropy":
            return self.entropy(groups, marks, under, start)
        if kind == "mutual_information":
            return self.mutual(groups, marks, start)
        return self.moment(kind, groups, marks, under, start)

    def no_products(self, notes: list[str], kind: str, where: Place) -> None:
        """Raise where an expectation holds D(x) of an unknown D: that is a function of a random variable."""
        shown = next((n.split(" is read as a product")[0] for n in notes if "; for a function define" in n), "")
        if shown and kind in ("expectation", "variance", "covariance"):
            name = shown.split("(")[0]
            raise UnknownName(
                f"{name} is not defined, so {shown} has no meaning under this {kind}.",
                where=where,
                repair=f"Define {shown} = ..., or write {name} * {shown.removeprefix(name)} for a product.",
            )

    def under(self, kind: str) -> Steps:
        """The subscript of E_{x~p}, E_{q(z)}, H_2."""
        if self.token.text in DENSITIES and self.tokens[self.at + 1].text in ("[", "("):
            token = self.take()
            return [Node("name", (), token.text, token.start, token.stop)]
        items = yield self.script()
        return items

    def groups(self, opened: Token, events: bool) -> Steps:
        """Return the arguments, in groups that | ‖ ; separate, and the signs between the groups."""
        close = CLOSE[opened.text]
        held = held_in(self.tokens, self.at - 1, self.partner[self.at - 1])
        mark = "‖" if odd(held, "‖") else "|"
        self.inside.append(mark)
        self.spacing.append(False)
        out: list[list[Node]] = [[]]
        marks: list[str] = []
        while not self.accept(close):
            given = len(out) > 1 and mark == "|"
            out[-1].append((yield (self.event() if events or given else self.relation())))
            if self.token.text == close:
                continue
            sign = self.take()
            if sign.text not in (",", ";", "|", "‖"):
                self.at -= 1
                raise self.unexpected(sign)
            if sign.text != ",":
                out.append([])
                marks.append(sign.text)
        self.inside.pop()
        self.spacing.pop()
        if not all(out) or not out[0]:
            raise ReadError(
                "An argument is missing in these brackets.",
                where=Place(self.text, opened.start, self.tokens[self.at - 1].stop),
                repair="Write a random variable or an event on each side of the bar.",
            )
        return out, marks

    # -- what the brackets belong to ----------------------------------------------------------------------------

    # -- models -------------------------------------------------------------------------------------------------

    def model(self) -> Steps:
        """y | w ~ N(X w, I/β), x_i ~ iid Exp(λ), x ⊥ y | z."""
        start = self.token.start
        groups: list[list[Node]] = [[]]
        marks: list[str] = []
        self.inside.append("|")
        while True:
            groups[-1].append((yield self.sum()))
            if self.accept(","):
                continue
            if self.token.text not in ("|", "~", "⊥"):
                break
            marks.append(self.take().text)
            groups.append([])
            if marks[-1] == "~":
                break
            while self.accept("⊥"):
                pass
        self.inside.pop()
        if marks and marks[-1] == "~" and set(marks[:-1]) <= {"|"} and len(marks) < 3:
            law = yield from self.law()
            return self.node("chance", (*groups[0], law, *(groups[1] if len(marks) == 2 else [])), start,
                             ("follows", (len(groups[0]),)))
        if marks[:1] == ["⊥"] and set(marks[1:]) <= {"|"} and len(marks) < 3:
            attrs = (len(groups[0]), len(groups[1]))
            return self.node("chance", tuple(a for g in groups for a in g), start, ("independent", attrs))
        raise self.unexpected(self.token)

    def law(self) -> Steps:
        """The named distribution after ~, which may say that the draws are independent."""
        if self.token.text in ("iid", "i"):
            while self.token.text in ("iid", "i", "d", "."):
                self.at += 1
            self.notes.append("the draws are independent")
        found: Node = yield self.factor()
        if found.head != "chance" or found.value[0] not in ("distribution", "probability", "density"):
            raise ReadError(
                "This is no distribution that is read.", where=self.place(found),
                expected="N(μ, Σ), Bern(p), Poisson(λ), Exp(λ), Beta(a, b), ...",
            )
        return found

    def density(self, letter: str, groups: list[list[Node]], marks: list[str], start: int) -> Node:
        """Return p(x, y | z); where the text defines it, a call of what it defines."""
        given = [a for g in groups[1:] for a in g]
        groups[0] = self.at_a_place(letter, groups[0])
        self.fits_label(letter, [*groups[0], *given], start)
        signature = signature_of(letter, groups[0], given)
        if signature and signature in self.words:
            return self.node("call", (*groups[0], *given), start, (signature, 0))
        return self.node("chance", (*groups[0], *given), start, ("probability", (letter, len(groups[0]))))

    def at_a_place(self, letter: str, args: list[Node]) -> list[Node]:
        """Return X = (y − b)/a for the argument of p_X((y − b)/a), and the arguments as they are for p_X(x)."""
        label = letter.partition("_")[2]
        single = len(args) == 1 and len(label) == 1 and label.isupper() and args[0].head not in ("name", "sub", "rel")
        if not single:
            return args
        (one,) = args
        owner = Node("name", (), label, one.start, one.start)
        return [Node("rel", (owner, one), ("eq",), one.start, one.stop)]

    def fits_label(self, letter: str, args: list[Node], start: int) -> None:
        """Raise where p_X(y) asks for the density of one variable at another: p_X(x) is read."""
        label = letter.partition("_")[2]
        wanted = [c for c in label if c.isupper() and c.isascii()]
        if not wanted:
            return
        names = [base_name(a.args[0] if a.head == "rel" else a).lower() for a in args]
        if names != [w.lower() for w in wanted]:
            raise ReadError(
                "A density with the name of its variable is read at a value of that name only.",
                where=Place(self.text, start, self.tokens[self.at - 1].stop),
                expected=f"{letter}({', '.join(w.lower() for w in wanted)})",
            )

    def distribution(self, node: Node) -> Node:
        """Return the distribution that an argument of KL, H or E_... names."""
        if node.head == "sub" and len(node.args) == 2 and base_name(node) in DENSITIES:
            label = str(node.args[1].value)
            if is_greek(label) or label.isdigit():
                letter = f"{base_name(node)}_{label}"
                return Node("chance", (), ("probability", (letter, 0)), node.start, node.stop)
        if node.head == "name" and (node.value in DENSITIES or node.value in self.words.letters):
            return Node("chance", (), ("probability", (node.value, 0)), node.start, node.stop)
        return node

    def divergence(self, groups: list[list[Node]], start: int) -> Node:
        """KL(p ‖ q)."""
        sides = groups if len(groups) == 2 else [[a] for a in groups[0]]
        if len(sides) != 2 or any(len(s) != 1 for s in sides):
            raise ReadError(
                "A divergence has two distributions.",
                where=Place(self.text, start, self.tokens[self.at - 1].stop),
                repair="Write KL(p ‖ q).",
            )
        return self.node("chance", tuple(self.distribution(s[0]) for s in sides), start, ("kl", ()))

    def entropy(self, groups: list[list[Node]], marks: list[str], under: list[Node], start: int) -> Node:
        """H(X), H(X, Y), H(X | Y), H(p), the cross entropy H(p, q), and H_2(p) of a single number."""
        if len(groups) == 1 and len(groups[0]) == 1 and self.vector_of_numbers(groups[0][0]):
            return self.entropy_of_numbers(groups[0][0], start)
        left, given = [self.distribution(a) for a in groups[0]], [a for g in groups[1:] for a in g]
        if len(left) > 2 or any(a.head not in ("name", "sub", "chance", "call") for a in left):
            left = list(groups[0])  # H(p_1, p_2, p_3) of numbers
        if under:
            return self.binary_entropy(left, under, start)
        if len(left) == 2 and all(a.head == "chance" for a in left):
            return self.node("chance", tuple(left), start, ("cross_entropy", ()))
        return self.node("chance", (*left, *given), start, ("entropy", (len(left),)))

    def vector_of_numbers(self, node: Node) -> bool:
        """Tell whether a name is a vector of probabilities that is declared or defined: H(p) is −∑ p log p of it."""
        words, name = self.words, node.value
        if node.head != "name" or name not in DENSITIES:
            return False
        if name in words.symbols:
            return words.symbols[name].ndim == 1
        return words.loose and words.pending.get(name) is False

    def entropy_of_numbers(self, node: Node, start: int) -> Node:
        """Return −pᵀ log p; with the logarithm to base 2 where the text speaks of bits."""
        bits = any(mark in self.text for mark in ("log2", "log_2", "log₂", "bits"))
        log = Node("call", (node,), ("log2" if bits else "log", 0), node.start, node.stop)
        turned = Node("transpose", (node,), None, node.start, node.stop)
        product = Node("mul", (turned, log), ("",), node.start, node.stop)
        return self.node("neg", (product,), start)

    def binary_entropy(self, left: list[Node], under: list[Node], start: int) -> Node:
        """H_2(p) = −p log p − (1 − p) log(1 − p), in bits where the 2 says so."""
        shown = under[0].value
        if shown not in (2, "b", "p", "q") or len(left) != 1:
            raise ReadError(
                "This entropy is not read.", where=Place(self.text, start, self.tokens[self.at - 1].stop),
                expected="H_2(p)", repair="Write H(X).",
            )
        if shown in ("p", "q"):
            dist = Node("chance", (), ("probability", (shown, 0)), start, start)
            return self.node("chance", (dist,), start, ("entropy", (1,)))
        inner = groups_number(left[0])
        bit = Node("chance", (inner,), ("distribution", ("Bernoulli",)), start, self.tokens[self.at - 1].stop)
        whole = self.node("chance", (bit,), start, ("entropy", (1,)))
        self.notes.append(f"{self.text[start : whole.stop]} is the entropy of one bit with that probability, in nats")
        return whole

    def mutual(self, groups: list[list[Node]], marks: list[str], start: int) -> Node:
        """I(X; Y), I(X, Y; Z | W)."""
        cut = marks.index("|") + 1 if "|" in marks else len(groups)
        if cut != 2:
            raise ReadError(
                "Mutual information is read of two groups of variables.",
                where=Place(self.text, start, self.tokens[self.at - 1].stop), repair="Write I(X; Y) or I(X; Y | Z).",
            )
        attrs = (len(groups[0]), len(groups[1]))
        return self.node("chance", tuple(a for g in groups for a in g), start, ("mutual_information", attrs))

    def moment(self, kind: str, groups: list[list[Node]], marks: list[str], under: list[Node], start: int) -> Node:
        """E[x], E[x | y], E_q[x], E_{x~p}[x], E_x[x], and Var and Cov likewise."""
        left, given = groups[0], [a for g in groups[1:] for a in g]
        wanted = 2 if kind == "covariance" else 1
        if len(left) > wanted:
            raise ReadError(
                f"{self.text[start : self.tokens[self.at - 1].stop]} has too many parts.",
                where=Place(self.text, start, self.tokens[self.at - 1].stop), expected=f"at most {wanted}",
                repair="Put a vector in brackets with semicolons: [x; y].",
            )
        over, dists = self.drawn(under)
        if over and kind == "expectation" and not given and not dists:
            return self.node("chance", (left[0], *over), start, ("Expectation", ()))
        attrs = (len(left), len(dists)) if given or dists else ()
        return self.node("chance", (*left, *dists, *given), start, (kind, attrs))

    def drawn(self, under: list[Node]) -> tuple[list[Node], list[Node]]:
        """Return the variables of E_x and the distributions of E_q, E_{q(z)} and E_{x~p} in a subscript."""
        over: list[Node] = []
        dists: list[Node] = []
        for item in under:
            if item.head == "drawn":
                dists.append(self.drawn_from(item.args[0], item.args[1], item))
            elif item.head == "chance" or (item.head == "call" and "(" in item.value[0]):
                dists.append(item)
            elif (made := self.distribution(item)) is not item:
                dists.append(made)
            elif item.head == "mul" and all(a.head == "name" for a in item.args):
                over += item.args
            elif item.head in ("name", "sub"):
                over.append(item)
            else:
                raise ReadError(
                    "This subscript of an expectation is not read.", where=self.place(item),
                    expected="E_x, E_q, E_{q(z)} or E_{x~p}",
                )
        if len(dists) > 1 or (dists and over):
            raise ReadError(
                "An expectation over several distributions is not read.", where=self.place(under[0]),
                repair="Write one expectation in the other.",
            )
        return over, dists

    def drawn_from(self, variable: Node, source: Node, item: Node) -> Node:
        """Return the density of x in x ~ p, x ~ p(x | y) and x ~ N(μ, Σ)."""
        if source.head == "chance" and source.value[0] == "distribution":
            return Node("chance", (variable, *source.args), ("density", source.value[1]), item.start, item.stop)
        if source.head == "name":
            name = source.value
            return Node("chance", (variable,), ("probability", (name, 1)), item.start, item.stop)
        return source

    def over_differentials(self, factors: list[Node], start: int) -> Node | None:
        """Return ∫ p(x, y) dx dy and ∫ dx p(x) over all values of random variables; None for other integrals."""
        moved = [f for f in factors if f.head == "del" and f.args]
        rest = [f for f in factors if f not in moved]
        if not moved or not rest:
            return None
        body = rest[0] if len(rest) == 1 else self.node("mul", tuple(rest), rest[0].start, ("",) * (len(rest) - 1))
        return self.over_values(body, [m.args[0] for m in moved], "Whole", start)

    def over_values(self, body: Node, names: list[Node], kind: str, start: int) -> Node | None:
        """Return ∑_x or ∫ … dx over all values, where every one of the names is a random variable of the body."""
        wanted = {n.value for n in names if n.head == "name"}
        if len(wanted) != len(names):
            return None
        found: set[str] = set()
        for node in postorder(body):
            if node.head == "chance" and node.value[0] in ("probability", "density"):
                count = 1 if node.value[0] == "density" else len(node.args)
                found.update(n for a in node.args[:count] for n in names_in(a))
            if node.head in ("sub", "index"):
                found -= {n for a in node.args[1:] for n in names_in(a)}
                wanted -= {n for a in node.args[1:] for n in names_in(a)}
        if not names or len(wanted) != len(names) or not wanted <= found:
            return None
        return self.node("chance", (body, *names), start, (kind, ()))


def groups_number(node: Node) -> Node:
    """Return the argument of H_2 as a number: H_2(p) is of the number p."""
    if node.head == "chance" and node.value[0] == "probability" and not node.args:
        return Node("name", (), node.value[1][0], node.start, node.stop)
    return node


def signature_of(letter: str, left: list[Node], given: list[Node]) -> str:
    """Return p(x|θ) for p(x_i | θ): the name under which a text may define this density; nothing for others."""
    sides = [[base_name(a) for a in side] for side in (left, given)]
    if not all(all(side) for side in sides) or not left:
        return ""
    return f"{letter}({','.join(sides[0])}{'|' + ','.join(sides[1]) if given else ''})"


def base_name(node: Node) -> str:
    """Return the name in x, x_i and x_1; nothing for other nodes."""
    if node.head == "sub":
        node = node.args[0]
    return str(node.value) if node.head == "name" else ""
