"""Random well-typed expressions for the round trip; small, local and seeded."""

from __future__ import annotations

import random
from collections.abc import Callable

from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Expr, Symbol, apply, bind, constant, index, symbol

F = apply
N, D = ("n",), ("d",)
SHAPES = [(), N, D, ("n", "n"), ("n", "d"), ("d", "n"), ("d", "d"), (1, "n")]
SYMBOLS: dict[tuple[object, ...], list[Symbol]] = {
    (): [symbol("s"), symbol("t"), symbol("λ"), symbol("σ"), symbol("f"), symbol("rate"), symbol("a_1")],
    N: [symbol("x", N), symbol("y", N), symbol("p", N), symbol("c_", N), symbol("μ", N)],
    D: [symbol("w", D), symbol("v", D), symbol("b", D)],
    ("n", "n"): [symbol("A", ("n", "n")), symbol("S", ("n", "n")), symbol("Σ", ("n", "n")), symbol("K", ("n", "n"))],
    ("n", "d"): [symbol("X", ("n", "d")), symbol("Z", ("n", "d"))],
    ("d", "n"): [symbol("V", ("d", "n"))],
    ("d", "d"): [symbol("Q", ("d", "d")), symbol("W", ("d", "d"))],
}
ALL_SYMBOLS = {one.name: one for group in SYMBOLS.values() for one in group}
ELEMENTWISE = (
    "exp", "log", "tanh", "sigmoid", "sin", "relu", "softplus", "abs", "sqrt", "normcdf", "digamma", "log2", "sign",
)
Shape = tuple[object, ...]


def dims(shape: Shape) -> tuple[Dim, ...]:
    return tuple(Dim.of(part) for part in shape)  # type: ignore[arg-type]


class Generator:
    """Draws expressions of a wanted shape."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.indices: list[tuple[str, Expr]] = []  # (axis, index) in scope

    def draw(self, shape: Shape, depth: int) -> Expr:
        """Return an expression of `shape`."""
        if depth <= 0 or self.rng.random() < 0.12:
            return self.leaf(shape)
        return self.rng.choice(self.rules(shape))(depth - 1)

    def leaf(self, shape: Shape) -> Expr:
        if shape == (1, "n"):
            return F("transpose", self.leaf(N))
        if shape == () and self.rng.random() < 0.35:
            return constant(self.rng.choice([1, 2, 3, 0.5, 2.0, 10]))
        if shape == () and self.indices and self.rng.random() < 0.5:
            axis, one = self.rng.choice(self.indices)
            return F("entry", self.rng.choice(SYMBOLS[(axis,)]), one)
        chance = self.rng.random()
        if len(shape) == 1 and chance < 0.1:
            return F("ones", attrs=dims(shape))
        if len(shape) == 2 and shape[0] == shape[1] and chance < 0.15:
            return F("eye", attrs=dims(shape[:1]))
        if len(shape) == 2 and chance < 0.05:
            return F("ones", attrs=dims(shape))
        return self.rng.choice(SYMBOLS[shape])

    def rules(self, shape: Shape) -> list[Callable[[int], Expr]]:
        """Return the rules that give `shape`."""
        rules = [self.shared(shape, rule) for rule in (self.add, self.add, self.neg, self.scale, self.div)]
        if shape != (1, "n"):
            rules += [self.shared(shape, rule) for rule in (self.elementwise, self.entrywise)]
        match len(shape):
            case 0:
                scalars = [self.reduce, self.norm, self.power, self.trace, self.dot, self.big, self.entry, self.product]
                return [*rules, *scalars]
            case 1:
                return rules + [self.shared(shape, rule) for rule in (self.times, self.line, self.powers)]
            case _ if shape == (1, "n"):
                return [lambda depth: F("transpose", self.draw(N, depth)),
                        lambda depth: F("mul", self.draw((1, "n"), depth), self.draw(("n", "n"), depth))]
        rules += [self.shared(shape, self.chain), self.shared(shape, self.turned)]
        if shape[0] == shape[1]:
            rules += [self.shared(shape, rule) for rule in (self.inverse, self.inverse, self.outer, self.diag)]
        return rules

    def shared(self, shape: Shape, rule: Callable[[Shape, int], Expr]) -> Callable[[int], Expr]:
        return lambda depth: rule(shape, depth)

    def add(self, shape: Shape, depth: int) -> Expr:
        terms = [self.draw(shape, depth) for _ in range(self.rng.choice([2, 2, 3]))]
        return F("add", *(F("neg", t) if self.rng.random() < 0.4 else t for t in terms))

    def neg(self, shape: Shape, depth: int) -> Expr:
        return F("neg", self.draw(shape, depth))

    def scale(self, shape: Shape, depth: int) -> Expr:
        return F("mul", self.draw((), depth), self.draw(shape, depth))

    def div(self, shape: Shape, depth: int) -> Expr:
        return F("div", self.draw(shape, depth), self.draw((), depth))

    def elementwise(self, shape: Shape, depth: int) -> Expr:
        return F(self.rng.choice(ELEMENTWISE), self.draw(shape, depth))

    def entrywise(self, shape: Shape, depth: int) -> Expr:
        if not shape:
            return F(self.rng.choice(["maximum", "minimum"]), self.draw(shape, depth), self.draw(shape, depth))
        op = self.rng.choice(["hadamard", "hadamard", "ediv"])
        return F(op, self.draw(shape, depth), self.draw(shape, depth))

    def powers(self, shape: Shape, depth: int) -> Expr:
        base = self.draw(shape, depth)
        return F("epow", base, self.rng.choice([constant(2), constant(3), constant(2.5), symbol("s")]))

    def power(self, depth: int) -> Expr:
        return F("pow", self.draw((), depth), self.rng.choice([constant(2), constant(3), F("div", 1, 3), symbol("t")]))

    def product(self, depth: int) -> Expr:
        return F("mul", *(self.draw((), depth) for _ in range(3)))

    def reduce(self, depth: int) -> Expr:
        return F(self.rng.choice(["sum", "mean", "logsumexp", "max"]), self.draw(self.rng.choice([N, D]), depth))

    def norm(self, depth: int) -> Expr:
        found = F(self.rng.choice(["norm", "norm", "norm1", "norminf"]), self.draw(self.rng.choice([N, D]), depth))
        return F("pow", found, 2) if self.rng.random() < 0.5 else found

    def trace(self, depth: int) -> Expr:
        square = self.draw(self.rng.choice([("n", "n"), ("d", "d")]), depth)
        return F(self.rng.choice(["tr", "det", "logdet", "lammax"]), square)

    def dot(self, depth: int) -> Expr:
        left, right = self.draw(N, depth), self.draw(N, depth)
        return self.rng.choice([F("mul", F("transpose", left), right), F("inner", left, right)])

    def entry(self, depth: int) -> Expr:
        return F("entry", self.draw(N, depth), self.rng.choice([constant(1), constant(2)]))

    def big(self, depth: int) -> Expr:
        name, axis = self.rng.choice("ijk"), self.rng.choice(["n", "d"])
        if name in {one.name for _, one in self.indices}:  # type: ignore[attr-defined]
            return self.leaf(())
        one = index(name, axis)
        self.indices.append((axis, one))
        body = F("mul", F("entry", self.rng.choice(SYMBOLS[(axis,)]), one), self.draw((), depth))
        self.indices.pop()
        return bind(self.rng.choice(["Sum", "Sum", "Prod"]), (one,), body)

    def times(self, shape: Shape, depth: int) -> Expr:
        inner = self.rng.choice(["n", "d"])
        return F("mul", self.draw((shape[0], inner), depth), self.draw((inner,), depth))

    def line(self, shape: Shape, depth: int) -> Expr:
        other = self.rng.choice(["n", "d"])
        where = next((one for axis, one in self.indices if axis == other), constant(2))
        if self.rng.random() < 0.5:
            return F("row", self.draw((other, shape[0]), min(depth, 1)), where)
        return F("col", self.draw((shape[0], other), min(depth, 1)), where)

    def chain(self, shape: Shape, depth: int) -> Expr:
        inner = self.rng.choice(["n", "d"])
        return F("mul", self.draw((shape[0], inner), depth), self.draw((inner, shape[1]), depth))

    def turned(self, shape: Shape, depth: int) -> Expr:
        return F("transpose", self.draw(shape[::-1], depth))

    def inverse(self, shape: Shape, depth: int) -> Expr:
        inside = self.draw(shape, depth)
        op = self.rng.choice(["inv", "inv", "matpow", "expm", "turn", "sqrtm", "triu"])
        if op == "matpow":
            return F("matpow", inside, attrs=(self.rng.choice([2, 3]),))
        return F("transpose", F("inv", inside)) if op == "turn" else F(op, inside)

    def outer(self, shape: Shape, depth: int) -> Expr:
        return F("mul", self.draw(shape[:1], depth), F("transpose", self.draw(shape[:1], depth)))

    def diag(self, shape: Shape, depth: int) -> Expr:
        return F("diag", self.draw(shape[:1], depth))


def expressions(count: int, depth: int = 4, seed: int = 1) -> list[Expr]:
    """Return `count` random expressions."""
    out = []
    for k in range(count):
        maker = Generator(seed * 100_000 + k)
        out.append(maker.draw(maker.rng.choice(SHAPES), depth))
    return out
