"""The maker of random expressions: leaves, and parts with a property (positive, bounded, definite, ...)."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agnesi.expr.dims import ONE, Dim, Shape
from agnesi.expr.nodes import Expr, Index, Symbol, apply, constant, index, plain
from agnesi.ops import facts

KINKED = frozenset((  # and those without a derivative
    "abs", "sign", "relu", "step", "maximum", "minimum", "max", "min", "onehotmax", "onehotmin", "norm1", "norminf",
    "Max", "Min", "Argmax", "Argmin", "rank", "eigvecs", "polar", "dexpm", "dlogm", "dsqrtm", "Integral",
))


@dataclass(frozen=True)
class Rule:
    """A way to make an expression: the operations it offers, the shapes it makes, and how."""

    ops: tuple[str, ...]
    fits: Callable[[Maker, Shape], bool]
    build: Callable[[Maker, str, Shape, int], Expr]
    weight: float = 1.0


class Maker:
    """Makes expressions of a shape from symbols; `scope` holds the indices that may be used."""

    def __init__(
        self, rng: np.random.Generator, rules: tuple[Rule, ...], symbols: tuple[Symbol, ...], only_smooth: bool = True,
        exclude: Container[str] = (),
    ) -> None:
        self.rng, self.rules, self.symbols = rng, rules, symbols
        self.scope: list[Expr] = []
        self._only_smooth, self._exclude = only_smooth, exclude
        self.dims: list[Dim] = sorted({d for s in symbols for d in s.shape} - {ONE}, key=str) or [Dim.of(2), Dim.of(3)]

    def allowed(self, ops: Iterable[str]) -> list[str]:
        """Return the operations that are not left out."""
        return [name for name in ops if name not in self._exclude and not (self._only_smooth and name in KINKED)]

    def pick(self, options: Sequence[Any]) -> Any:
        """Return one of the options."""
        return options[int(self.rng.integers(len(options)))]

    def dim(self) -> Dim:
        """Return one of the sizes of the symbols."""
        return self.pick(self.dims)  # type: ignore[no-any-return]

    def some_shape(self) -> Shape:
        """Return a shape to reduce: a vector, a row, a matrix, or a vector of joined axes."""
        a, b = self.dim(), self.dim()
        options: list[Shape] = [(a,), (a, b), (a, b), (a,), (ONE, a), (a * b,), (a + b,), (a + b, a)]
        return self.pick(options)  # type: ignore[no-any-return]

    def expression(self, shape: Shape, depth: int) -> Expr:
        """Return an expression of this shape."""
        if depth <= 0:
            return self.leaf(shape)
        able = [(rule, ops) for rule in self.rules if rule.fits(self, shape) and (ops := self.allowed(rule.ops))]
        if not able:
            return self.leaf(shape)
        weights = np.array([rule.weight for rule, _ in able])
        rule, ops = able[int(self.rng.choice(len(able), p=weights / weights.sum()))]
        made: Expr = rule.build(self, self.pick(ops), shape, depth - 1)
        assert made.shape == shape, f"{plain(made)} has the shape {made.shape}, not {shape}"
        return made

    def leaf(self, shape: Shape) -> Expr:
        """Return a symbol, an entry or row at an index in scope, a transpose, or a constant of this shape."""
        options: list[Expr] = [*(s for s in self.symbols for _ in range(2) if s.shape == shape)]
        if shape == ():
            options += [constant(int(self.rng.integers(1, 5))), *self._entries(), *self.scope]
        elif len(shape) == 1:
            options += self._rows(shape)
            options += [turned(s) for s in self.symbols if s.shape == (ONE, *shape)]
        elif shape[0] == ONE:
            options += [turned(s) for s in self.symbols if s.shape == shape[1:]]
        elif len(shape) == 2:
            options += [turned(s) for s in self.symbols if s.shape == shape[::-1] and shape[0] != shape[1]]
        return self.pick(options) if options else self._filled(shape)

    def _entries(self) -> list[Expr]:
        out: list[Expr] = []
        for i in self.scope:
            out += [apply("entry", s, i) for s in self.symbols if isinstance(i, Index) and s.shape == (i.dim,)]
        for s in self.symbols if len(self.scope) > 1 else ():
            i, j = self.scope[:2]
            if isinstance(i, Index) and isinstance(j, Index) and s.shape == (i.dim, j.dim):
                out.append(apply("entry", s, i, j))
        return out * 3

    def _rows(self, shape: Shape) -> list[Expr]:
        rows = [(s, i) for i in self.scope if isinstance(i, Index) for s in self.symbols if s.shape == (i.dim, *shape)]
        return [apply("row", s, i) for s, i in rows]

    def _filled(self, shape: Shape) -> Expr:
        """A shape that no symbol has: joined axes, a product, or ones times a number."""
        whole = joined(self, shape, 0) if len(shape) == 1 else None
        if whole is not None:
            return whole
        if len(shape) == 2 and shape[0] != ONE and self.rng.random() < 0.5:
            return apply("mul", self.leaf(shape[:1]), turned(self.leaf(shape[1:])))
        name = self.pick(["ones", "ones", "zeros"])
        return apply("mul", self.leaf(()), apply(name, attrs=shape))

    def positive(self, shape: Shape, depth: int) -> Expr:
        """Return an expression whose entries are all above 0."""
        known = [s for s in self.symbols if s.shape == shape and "positive" in facts.closure(s.facts)]
        way = int(self.rng.integers(5)) if known or depth > 0 else 3
        if way == 0 and known:
            return self.pick(known)  # type: ignore[no-any-return]
        if way == 1:
            return apply("exp", self.bounded(shape, depth - 1))
        if way == 2:
            return apply("softplus", self.expression(shape, depth - 1))
        if way == 3:
            square = apply("epow" if shape else "pow", self.expression(shape, depth - 1), 2)
            return apply("add", square, self.one(shape))
        return apply("sigmoid", self.bounded(shape, depth - 1))

    def bounded(self, shape: Shape, depth: int) -> Expr:
        """Return an expression with entries between −1.6 and 1.6."""
        names = self.allowed(("tanh", "sin", "cos", "arctan", "erf")) or ["tanh"]
        return apply(self.pick(names), self.expression(shape, depth - 1))

    def within(self, domain: str, shape: Shape, depth: int) -> Expr:
        """Return an expression in the domain of an entrywise operation."""
        if domain == "positive":
            return self.positive(shape, depth)
        if domain == "unit interval":
            return apply("sigmoid", self.bounded(shape, depth - 1))
        if domain == "open unit ball":
            return apply("div", apply("tanh", self.expression(shape, depth - 1)), 2)
        return self.expression(shape, depth)

    def one(self, shape: Shape) -> Expr:
        """Return 1 in a form that can be added to this shape."""
        return constant(1) if len(shape) < 2 else apply("ones", attrs=shape)

    def definite(self, n: Dim, depth: int) -> Expr:
        """Return a symmetric positive definite n×n matrix: a symbol, XᵀX + I, or a positive diagonal."""
        known = [s for s in self.symbols if s.shape == (n, n) and "spd" in s.facts]
        way = int(self.rng.integers(4))
        if known and (way == 0 or depth <= 0):
            return self.pick(known)  # type: ignore[no-any-return]
        if way == 1:
            return apply("diag", self.positive((n,), depth - 1))
        x = self.expression((self.dim(), n), depth - 2)
        return apply("add", apply("mul", turned(x), x), apply("eye", attrs=(n,)))

    def symmetric(self, n: Dim, depth: int) -> Expr:
        """Return a symmetric n×n matrix with, almost surely, different eigenvalues."""
        known = [s for s in self.symbols if s.shape == (n, n) and "symmetric" in facts.closure(s.facts)]
        if known and self.rng.random() < 0.6:
            return self.pick(known)  # type: ignore[no-any-return]
        x = self.leaf((n, n))
        return apply("add", x, turned(x))

    def invertible(self, n: Dim, depth: int) -> Expr:
        """Return an invertible n×n matrix."""
        known = [s for s in self.symbols if s.shape == (n, n) and "invertible" in facts.closure(s.facts)]
        if known and self.rng.random() < 0.6:
            return self.pick(known)  # type: ignore[no-any-return]
        return self.definite(n, depth)

    def fresh_index(self, dim: Dim, besides: Sequence[Index] = ()) -> Index:
        """Return an index that is not in use."""
        used = {v.name for v in (*self.scope, *besides, *self.symbols) if isinstance(v, Index | Symbol)}
        return index(next(name for name in "ijklmn" if name not in used), dim)

    def under(self, variables: Sequence[Expr], make: Callable[[], Expr]) -> Expr:
        """Return what `make` makes with `variables` in scope."""
        self.scope = [*self.scope, *variables]
        try:
            return make()
        finally:
            self.scope = self.scope[: -len(variables)]


def turned(node: Expr) -> Expr:
    """Return the transpose."""
    return apply("transpose", node)


def joined(make: Maker, shape: Shape, depth: int) -> Expr | None:
    """Return a vector whose size is a product or a sum of sizes: vec, kron or stacked blocks (None: it is neither)."""
    (dim,) = shape
    pairs = [(a, b) for a in make.dims for b in make.dims] if dim.number is None else []
    ways = [(op, a, b) for a, b in pairs if a * b == dim for op in ("vec", "kron")]
    ways += [("blocks", a, b) for a, b in pairs if a + b == dim]
    if not ways:
        return None
    op, a, b = make.pick(ways)
    if op == "vec":
        return apply(op, make.expression((a, b), depth))
    parts = [make.expression((c,), depth) for c in (a, b)]
    return apply(op, *parts, attrs=(2, 1) if op == "blocks" else ())
