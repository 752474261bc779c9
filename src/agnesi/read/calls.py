"""Function calls: the library by their shape rules, the user by their definitions."""

from __future__ import annotations

from typing import Any

from agnesi.expr.dims import ONE, Dim, Shape, shape_of
from agnesi.read.scene import (
    ELEMENTWISE,
    SCALARS,
    SQUARE_SAME,
    SQUARE_SCALAR,
    SQUARE_VECTOR,
    VECTOR_SAME,
    Made,
    function_name,
    is_number,
)
from agnesi.read.subscripts import Subscripts
from agnesi.read.syntax import Node
from agnesi.read.unify import Type
from agnesi.read.vocabulary import Definition


class Calls(Subscripts):
    """Types calls."""

    def call(self, node: Node) -> Type:
        """Type, build or parse a call."""
        s, axes, t = self.s, self.s.axes, self.s.types
        name = node.value[0]
        if name in s.made:
            return self.made(node, s.made[name])
        if name in s.words.definitions:
            return self.user(node, s.words.definitions[name])
        op = function_name(name)
        args = [t[a] for a in node.args]
        if op in ("eye", "identity", "ones", "zeros", "vector", "matrix"):
            return self.leaf(node, op)
        kind = args[0] if args else axes.scalar
        if op == "norm" and s.words.loose and node.args[0].head == "num" and node.args[0].value == 1:
            side = axes.vector()  # ‖1‖² is n
            axes.mark(side[0])
            t[node.args[0]] = side
            s.roles[node.args[0]] = ("ones",)
        if op in ("max", "min", "maximum", "minimum") and len(args) == 2:
            return self.entrywise(node, list(node.args))
        if op in ("inner", "dot"):
            axes.same(args[0], args[1]) if len(args) == 2 and axes.can_be(args[0], args[1]) else None
            return axes.scalar
        if op == "kron" and len(args) == 2:
            return self.kron(node, args[0], args[1])
        if op in ("binom", "factorial", "big_o", "little_o") and all(axes.can_be(a, axes.scalar) for a in args):
            for one in args:
                axes.same(one, axes.scalar)
            return axes.scalar
        if op == "polygamma" and len(args) == 2:
            return args[1]
        if len(kind) != 2:
            return kind if op in ELEMENTWISE else axes.scalar
        if op in SCALARS or op == "norm_quad":
            s.prefer.append(kind)
            return axes.scalar
        if op in VECTOR_SAME:
            axes.unify(kind[1], axes.one)
            axes.mark(kind[0])
        elif op in SQUARE_SCALAR | SQUARE_SAME | SQUARE_VECTOR:
            if not axes.apart(kind[0], kind[1]):
                axes.unify(kind[0], kind[1])
            if op in SQUARE_SCALAR:
                return axes.scalar
            if len(args) == 2 and axes.can_be(args[0], args[1]):  # dexpm(X, E)
                axes.same(args[0], args[1])
            return kind if op in SQUARE_SAME else (kind[0], axes.one)
        elif op in ("pinv", "transpose"):
            return (kind[1], kind[0])
        elif op == "singvals":
            return (kind[1], axes.one)
        elif op == "rank":
            return axes.scalar
        elif op == "diag":
            return self.diag(kind)
        elif op == "vec":
            result = self.later(node, [kind], lambda d: (d[0][0] * d[0][1], ONE))
            s.vecs.append((result, kind))

            def grown() -> bool:
                if axes.is_many(kind[0]) or axes.is_many(kind[1]):
                    axes.mark(result[0])
                return axes.is_many(result[0])

            axes.require(grown, kind)
            return result
        elif op == "unvec":
            return axes.typed(tuple(self.dim(a) for a in node.args[1:3]))
        return kind

    def later(self, node: Node, kinds: list[Type], size: Any) -> Type:
        """Return a type whose sizes are computed from others once those are known."""
        axes = self.s.axes
        result = axes.matrix()

        def step() -> bool:
            sizes = [[axes.size[axes.find(a)] for a in k] for k in kinds]
            for k, axis in enumerate(result):
                if any(x is None for one in sizes for x in one) and (
                    all(one[k] == ONE for one in sizes) and size([[ONE, ONE]] * len(kinds))[k] == ONE and len(kinds) > 1
                ):
                    axes.unify(axis, axes.one)
            if any(x is None for one in sizes for x in one):
                return False
            for axis, dim in zip(result, size(sizes), strict=True):
                axes.unify(axis, axes.of(dim))
            return True

        if len(kinds) == 1:
            result = (result[0], axes.one)
        axes.require(step, *kinds)
        return result

    def kron(self, node: Node, a: Type, b: Type) -> Type:
        """A Kronecker product: sizes multiply."""
        axes = self.s.axes
        result = self.later(node, [a, b], lambda d: (d[0][0] * d[1][0], d[0][1] * d[1][1]))
        self.s.krons.append((result, a, b))

        def grown() -> bool:
            for side in (0, 1):
                if axes.is_many(a[side]) or axes.is_many(b[side]):
                    axes.mark(result[side])
            return all(axes.is_many(r) or axes.is_one(r) for r in result)

        axes.require(grown, a, b)
        return result

    def determinant(self, kind: Type) -> None:
        """|X| of a matrix is its determinant, so X is square."""
        axes = self.s.axes

        def step() -> bool:
            if len(kind) == 2 and axes.is_many(kind[1]) and not axes.apart(kind[0], kind[1]):
                axes.unify(kind[0], kind[1])
                return True
            return axes.is_scalar(kind)

        axes.require(step, kind)

    def pair_krons(self) -> None:
        """Equal sizes of Kronecker products have equal factors, pair by pair; a square one has square factors."""
        axes = self.s.axes
        seen: dict[int, tuple[int, int]] = {}
        for stacked, kind in self.s.vecs:  # (A ⊗ B) vec(X) is vec(B X Aᵀ)
            if axes.is_many(kind[0]) and axes.is_many(kind[1]):
                seen.setdefault(axes.find(stacked[0]), (kind[1], kind[0]))
        for result, a, b in self.s.krons:
            for side in (0, 1):
                first = seen.setdefault(axes.find(result[side]), (a[side], b[side]))
                if not axes.is_one(result[side]):
                    axes.unify(first[0], a[side])
                    axes.unify(first[1], b[side])
                    axes.settle()

    def diag(self, kind: Type) -> Type:
        """diag of a vector is a matrix, of a matrix a vector."""
        axes = self.s.axes
        result = axes.matrix()

        def step() -> bool:
            if axes.is_one(kind[1]) or (axes.is_many(result[1])):
                axes.unify(kind[1], axes.one)
                axes.same(result, (kind[0], kind[0]))
            elif axes.is_many(kind[1]) or (axes.is_one(result[1]) and axes.is_many(result[0])):
                axes.same(kind, (result[0], result[0]))
                axes.unify(result[1], axes.one)
            else:
                return False
            return True

        axes.mark(kind[0])
        axes.require(step, kind, result)
        return result

    def leaf(self, node: Node, op: str) -> Type:
        """A leaf: a number, a name, or ones of given sizes."""
        axes = self.s.axes
        if op in ("vector", "matrix"):
            kind = axes.vector() if op == "vector" else axes.matrix()
            axes.mark(kind[0])
            return kind
        dims = [self.dim(a) for a in node.args]
        if op in ("eye", "identity"):
            return (axes.of(dims[0]), axes.of(dims[0]))
        return axes.typed(shape_of(dims))

    def user(self, node: Node, made: Definition) -> Type:
        """A call of the user's function: scalar functions act entry by entry, others have their sizes renamed."""
        s, axes, t = self.s, self.s.axes, self.s.types
        args = [t[a] for a in node.args]
        if node.value[1]:
            return axes.typed(made.body.shape)
        if len(args) != len(made.parameters):
            return axes.typed(made.body.shape)
        scalar = all(not p.shape for p in made.symbols) and not made.body.shape
        if scalar:
            result = axes.matrix()
            axes.add(args, result)
            s.numbers += args if s.words.loose else []
            return result
        names: dict[str, int] = {}
        s.copies[node] = names

        def axis(dim: Dim) -> int:
            only = str(dim)
            if (
                dim.number is None
                and len(dim.terms) == 1
                and only.isidentifier()
                and not (
                    any(only in p.shape[0].names for p in s.words.symbols.values() if p.shape)
                    and s.words.symbols.get(only)
                )
            ):
                if only not in names:
                    names[only] = axes.fresh()
                return names[only]
            return axes.of(dim)

        def copied(shape: Shape) -> Type:
            padded = (*shape, ONE, ONE)[: max(2, len(shape))]
            return tuple(axes.one if d == ONE else axis(d) for d in padded)

        for kind, parameter in zip(args, made.symbols, strict=True):
            wanted = copied(parameter.shape)
            if axes.can_be(kind, wanted):
                axes.same(kind, wanted)
        return copied(made.body.shape)

    def made(self, node: Node, made: Made) -> Type:
        """A call of a function of this sheet, whose parameters may still be open."""
        s, axes, t = self.s, self.s.axes, self.s.types
        args = [t[a] for a in node.args]
        numbers = [k for k, a in zip(made.keys, node.args, strict=False) if is_number(a) and k in s.symbols]
        s.numbers += [s.symbols[k] for k in numbers]
        if len(args) != len(made.keys) or node.value[1]:
            return made.type
        for key, parameter, arg in zip(made.keys, made.parameters, node.args, strict=False):  # f(x_n) beside f(x)
            near = arg.head == "name" and arg.value.partition("_")[0] == parameter and s.words.loose
            if near and key in s.symbols and axes.can_be(t[arg], s.symbols[key]):
                axes.same(t[arg], s.symbols[key])
        wanted = [axes.typed(s.words.symbols[k].shape) if k in s.words.symbols else s.symbols[k] for k in made.keys]
        if all(axes.is_scalar(w) for w in wanted) and axes.is_scalar(made.type):
            result = axes.matrix()
            axes.add(args, result)
            s.sums.append((list(node.args), result))
            return result
        fit = [axes.can_be(a, w) for a, w in zip(args, wanted, strict=True)]
        if all(fit):
            for a, w in zip(args, wanted, strict=True):
                axes.same(a, w)
            return made.type
        return made.type if axes.is_scalar(made.type) else axes.matrix()
