"""What nothing says is settled by the habits of the field, and sizes without names get names."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, count, pairwise

from agnesi.expr.dims import ONE, Dim, Shape
from agnesi.read.calls import Calls
from agnesi.read.chance_types import settle
from agnesi.read.scene import (
    ANY,
    ORDER,
    SIZES,
    VECTOR_GREEK,
    Scene,
    computed,
    is_capital,
    is_greek,
    shape_of_type,
)
from agnesi.read.syntax import Node, postorder
from agnesi.read.unify import Type


class Habits(Calls):
    """Settles what is open."""

    def finish(self, roots: Iterable[Type] = (), scalar: bool = False) -> Scene:
        """Settle what is open by the habits of the field, and name the sizes that nothing names."""
        s, axes = self.s, self.s.axes
        axes.settle()
        names = list(s.symbols)
        self.several_parameters()
        for name in names if s.words.loose else ():
            if is_greek(name) and "positive" in s.words.facts.get(name, ()):
                self.try_scalar(s.symbols[name])
        for made in s.made.values() if s.words.loose else ():  # M(t) = A + tB
            if made.parameters == ("t",):
                s.numbers += [s.symbols[key] for key in (*made.keys, "t") if key in s.symbols]
        for kind in (*s.numbers, *(s.symbols[n] for n in s.words.amounts if n in s.symbols)):
            self.try_scalar(kind)
        for kind in s.prefer:
            self.make_vector(kind)
        after_transpose = set(s.prefer) if s.words.loose else set()  # φ in (t − wᵀφ) φ
        self.one_column([n for n in names if not is_greek(n) or s.symbols[n] in after_transpose])
        settle(s)
        self.sums_of_scalars(bare=False)
        self.scalar_factors()
        for name in names:
            if is_capital(name):
                self.make_matrix(s.symbols[name])
        if scalar:
            for root in roots:
                if axes.can_be(root, axes.scalar):
                    axes.same(root, axes.scalar)
                    axes.settle()
        self.sums_of_scalars()
        for grid in s.grids:
            if all(axes.can_be(kind, axes.scalar) for kind in grid):
                for kind in grid:
                    self.try_scalar(kind)
        self.scalar_factors()
        for kind in s.squares:
            if not axes.not_scalar(kind):
                self.try_scalar(kind)
        for name in names:
            if is_greek(name) and name[0] not in VECTOR_GREEK:
                self.try_scalar(s.symbols[name])
        self.one_column(names)
        self.several_parameters()
        for name in sorted((n for n in names if not is_greek(n)), key=lambda n: (ORDER.find(n[0]) % 99, len(n))):
            if len(s.symbols[name]) == 2 and name[0].islower():
                self.make_vector(s.symbols[name])
        for parts, result in s.sums:
            self.join(parts, result)
        for name in names:
            self.try_scalar(s.symbols[name]) if is_greek(name) else None
        for one in s.families.values():
            self.try_scalar(one.item)
        for name in names:
            if not axes.is_scalar(s.symbols[name]) and len(s.symbols[name]) == 2:
                self.make_vector(s.symbols[name])
        self.pair_krons()
        for kind in s.fills:  # (x; 1): one more entry
            self.try_scalar(kind)
        self.size_ones()
        self.same_letters()
        self.name_sizes()
        return s

    def size_ones(self) -> None:
        """In notes, a 𝟏 and an I whose size nothing fixes have the only size that vectors have."""
        s, axes = self.s, self.s.axes
        kinds = [*s.symbols.values(), *(axes.typed(d.shape) for d in s.declared.values())]
        held = {axes.find(a) for kind in kinds for a in kind if not axes.is_one(a)}
        if not s.words.loose or len(held) != 1:
            return
        only = held.pop()
        for node, role in s.roles.items():
            if role in (("ones",), ("eye",)) and node in s.types:
                for axis in s.types[node]:
                    if not axes.is_one(axis) and axes.size[axes.find(axis)] is None:
                        axes.unify(axis, only)
        axes.settle()

    def same_letters(self) -> None:
        """In notes, an index whose range nothing fixes runs as the same letter does elsewhere: sqrt(sum_i 1)."""
        s, axes = self.s, self.s.axes
        kinds = [*s.symbols.values(), *(axes.typed(d.shape) for d in s.declared.values())]
        held = {axes.find(a) for kind in kinds for a in kind if not axes.is_one(a)}
        ranges: dict[str, set[int]] = {}
        bound = [b for bs in s.bound.values() for b in bs if not b.variable] if s.words.loose else []
        known = {id(b): axes.size[axes.find(b.axis)] is not None or axes.find(b.axis) in held for b in bound}
        for b in bound:
            if known[id(b)]:
                ranges.setdefault(b.name, set()).add(axes.find(b.axis))
        for b in bound:
            if not known[id(b)] and len(ranges.get(b.name, ())) == 1:
                axes.unify(b.axis, next(iter(ranges[b.name])))
        axes.settle()

    def scalar_factors(self) -> None:
        """The factors of a number are numbers when they can be: C in wᵀw + C ∑ξ."""
        s, axes = self.s, self.s.axes
        for left, right, product in reversed(s.products):
            if axes.is_scalar(product) and axes.can_be(left, axes.scalar) and axes.can_be(right, axes.scalar):
                self.try_scalar(left)
                self.try_scalar(right)

    def one_column(self, names: Iterable[str]) -> None:
        """Lower-case letters have one column, unless use shows more (t_nk)."""
        s, axes = self.s, self.s.axes
        for name in names:
            lower = name[0].islower() or name[0] in VECTOR_GREEK
            if lower and len(s.symbols[name]) == 2 and not axes.is_many(s.symbols[name][1]):
                axes.unify(s.symbols[name][1], axes.one)
                axes.settle()

    def sums_of_scalars(self, bare: bool = True) -> None:
        """A sum with a term that is surely a number (a norm, a quadratic form) is a number when it can be.

        Before capitals are taken for matrices, this is not said of bare names: wᵀw + C ∑ξ is a number, wᵀw + C is not.
        """
        s, axes = self.s, self.s.axes
        for parts, result in s.sums:
            sure = any(axes.is_scalar(s.types[p]) and computed(p) for p in parts)
            able = sure and not axes.not_scalar(result) and axes.can_be(result, axes.scalar)
            if not bare and any(p.head == "name" for p in parts):
                continue
            if able and all(axes.can_be(s.types[p], axes.scalar) for p in parts if p.head != "num"):
                axes.same(result, axes.scalar)
                axes.settle()

    def make_vector(self, kind: Type) -> None:
        """Say that a value has more than one row, unless it is a number."""
        axes = self.s.axes
        if len(kind) == 2 and not axes.is_scalar(kind):
            if not axes.is_one(kind[0]):
                axes.mark(kind[0])
            axes.settle()

    def make_matrix(self, kind: Type) -> None:
        """Say that a value has several rows and columns."""
        axes = self.s.axes
        if len(kind) == 2 and not axes.is_scalar(kind):
            for axis in kind:
                if not axes.is_one(axis):
                    axes.mark(axis)
            axes.settle()

    def several_parameters(self) -> None:
        """Of a function of several arguments of which one is a number, those that stay open are numbers too."""
        s, axes = self.s, self.s.axes
        for made in s.made.values():
            kinds = [s.symbols[key] for key in made.keys if key in s.symbols]
            for key in made.keys if s.words.loose else ():  # x = t − 1 beside f(x, y)
                if key in s.symbols and key in s.made and axes.can_be(s.symbols[key], s.made[key].type):
                    axes.same(s.symbols[key], s.made[key].type)
                    axes.settle()
            numbers = any(axes.is_scalar(kind) for kind in kinds) or _multiplied(made.root, made.parameters)
            if len(kinds) > 1 and s.words.loose and numbers:
                for kind in kinds:
                    self.try_scalar(kind)

    def try_scalar(self, kind: Type) -> None:
        """Make a type a scalar if it can be one."""
        axes = self.s.axes
        if len(kind) == 2 and axes.can_be(kind, axes.scalar):
            axes.same(kind, axes.scalar)
            axes.settle()

    def join(self, parts: list[Node], result: Type) -> None:
        """Terms whose shapes are open have the shape of the sum."""
        axes, t = self.s.axes, self.s.types
        for part in parts:
            kind = t[part]
            if part.head != "num" and len(kind) == 2 and not axes.is_scalar(kind) and axes.can_be(kind, result):
                axes.same(kind, result)
                axes.settle()

    def name_sizes(self) -> None:
        """Give names to the axes that have none, in the order in which symbols appear."""
        s, axes = self.s, self.s.axes
        taken = (
            set(s.symbols)
            | set(s.words.symbols)
            | set(s.families)
            | set(s.words.sizes)
            | set(s.words.definitions)
            | set(s.free)
        )
        for one in axes.size:
            if one is not None:
                taken |= one.names
        wished = [
            n
            for n in ("N", "n", "d", "m", "D", "K", "k")
            if n in s.symbols and axes.is_scalar(s.symbols[n]) and n in "nN" and n not in s.words.amounts
        ]
        pool = chain(wished, (n for n in SIZES if n not in taken), (f"n_{k}" for k in count(1)))
        kinds: list[Type] = []
        for name in dict.fromkeys(s.used):
            if name in s.symbols:
                kinds.append(s.symbols[name])
            if name in s.families:
                kinds += [(s.families[name].axis, *s.families[name].item)]
        kinds.sort(key=lambda kind: sum(axes.size[axes.find(a)] != ONE for a in kind) < 2)
        others = (*s.symbols.values(), *(axes.typed(d.shape) for d in s.declared.values()))
        mine = {axes.find(a) for kind in (*kinds, *others) for a in kind if not axes.is_one(a)}
        for node, role in s.roles.items() if s.words.loose and (mine or s.words.sizes) else ():
            for axis in s.types.get(node, ()) if role == ("eye",) else ():
                if axes.size[axes.find(axis)] is None and axes.find(axis) not in mine:
                    axes.unify(axis, axes.of(Dim.of(f"{next(pool)}{ANY}")))
        for kind in [
            *kinds,
            *s.types.values(),
            *((b.axis,) for b in s.free.values()),
            *((b.axis,) for bs in s.bound.values() for b in bs),
        ]:
            for axis in kind:
                if axes.size[axes.find(axis)] is None:
                    name = next(pool)
                    if name in s.symbols:
                        s.symbols.pop(name)
                        s.sizes.setdefault(name)
                    axes.unify(axis, axes.of(Dim.of(name)))
                    axes.settle()

    def shape(self, kind: Type) -> Shape:
        """Return the shape of a type whose sizes are known."""
        return shape_of_type(self.s.axes, kind)


def _multiplied(root: Node, parameters: Iterable[str]) -> bool:
    """Tell whether x and y of f(x, y) are multiplied as numbers are: xy, x²y; a product of two vectors has a mark."""
    letters = set(parameters) & {"x", "y", "z"}
    for node in postorder(root) if len(letters) > 1 else ():
        if node.head != "mul":
            continue
        bases = [a.args[0] if a.head == "pow" and a.args[1].head == "num" else a for a in node.args]
        for (one, other), sign in zip(pairwise(bases), node.value or [""] * len(bases), strict=False):
            if one.head == other.head == "name" and {one.value, other.value} <= letters and sign in ("", "*"):
                return True
    return False
