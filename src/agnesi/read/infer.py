"""Kinds and shapes of what is not declared, by unification over the syntax tree and the habits of the field.

Nothing is refused here: where shapes conflict, building the expression says so with the shapes and the place.
"""

from __future__ import annotations

from agnesi.errors import Ambiguous, Place
from agnesi.expr.dims import Dim
from agnesi.ops import facts
from agnesi.read.chance_types import chance_type
from agnesi.read.derivatives import is_slope
from agnesi.read.habits import Habits
from agnesi.read.optima import numbers_among, run_over
from agnesi.read.scene import (
    SCALAR_LETTERS,
    VECTOR_GREEK,
    Scope,
    is_capital,
    is_number,
    names_of,
    of_small_letters,
    primed_name,
)
from agnesi.read.syntax import Node
from agnesi.read.unify import Type

_WEIGHTS = ("w", "θ", "β")


class Infer(Habits):
    """Inference for the statements of a sheet: `add` each tree, then `finish`."""

    def node(self, node: Node, scope: Scope) -> Type:
        """Return the type of a node from the types of its parts."""
        s, axes, t = self.s, self.s.axes, self.s.types
        args = node.args
        match node.head:
            case "num" | "colon" | "hole":
                return axes.scalar
            case "name":
                return self.name(node, scope)
            case "neg" | "bracket" | "epow" | "fnpow":
                return t[args[0]] if args else axes.scalar
            case "del" if not (args and args[0].head == "name" and args[0].value in s.words.seeds):
                return t[args[0]] if args else axes.scalar
            case "limit" | "series" | "integral" | "scalar":
                for end in args if node.head == "scalar" else args[2:]:
                    axes.same(t[end], axes.scalar)
                return t[args[0]]
            case "at":
                for name, value in zip(args[1::2], args[2::2], strict=True):
                    axes.same(t[name], t[value])
                return t[args[0]]
            case "chance":
                return chance_type(s, node)
            case "add" | "hadamard" | "ediv":
                return self.entrywise(node, [a for a in args])
            case "rel":
                return self.relation(node)
            case "mul":
                return self.product(node)
            case "div":
                matrices = all(a.head == "name" and a.value[0].isupper() and a.value not in "NTKMD" for a in args)
                if not matrices and axes.can_be(t[args[1]], axes.scalar):
                    axes.same(t[args[1]], axes.scalar)
                return t[args[0]]
            case "pow":
                return self.power(node)
            case "transpose" | "prime":
                return self.transposed(node, scope)
            case "sub" | "index":
                return self.entry(node, scope)
            case "call":
                return self.call(node)
            case "bars":
                self.determinant(t[args[0]])
                return axes.scalar
            case "normquad":
                kind = t[args[0]]
                axes.unify(kind[1], axes.one)
                axes.same(t[args[1]], (kind[0], kind[0]))
                return axes.scalar
            case "kron":
                return self.kron(node, t[args[0]], t[args[1]])
            case "blocks":
                return self.blocks(node)
            case "big":
                return self.big(node, scope)
            case "tensor":
                kinds = tuple(b.axis for b in s.bound[node])
                return kinds if len(kinds) > 1 else (kinds[0], axes.one) if kinds else axes.scalar
            case "derivative" | "del" if args and args[0].head == "name" and args[0].value in s.words.seeds:
                axes.same(t[args[0]], axes.scalar)
                return axes.scalar if node.head == "del" else self.derivative(axes.scalar, [t[a] for a in args[1:]])
            case "derivative":
                if s.words.loose and node.value == "total" and [a.value for a in node.args[1:]] in (["t"], ["t", "t"]):
                    s.numbers.append(t[node.args[1]])  # d/dt
                return self.derivative(t[args[0]], [t[a] for a in args[1:]])
            case "nabla":
                return self.nabla(node)
        return axes.scalar

    def name(self, node: Node, scope: Scope) -> Type:
        """Return what a name stands for."""
        s, axes, name = self.s, self.s.axes, node.value
        one = scope.get(name)
        if one is None and name not in s.words.symbols and name not in s.sizes:
            one = s.free.get(name)
        if one is not None:
            s.roles[node] = ("variable", name) if one.variable else ("index", one)
            return axes.scalar
        if name in self.local:
            s.roles[node] = ("symbol", self.local[name])
            return s.symbols[self.local[name]]
        if name in s.made:
            s.roles[node] = ("definition", name)
            return s.made[name].type
        if name in s.words.symbols:
            found = s.words.symbols[name]
            s.declared.setdefault(name, found)
            s.used.append(name)
            s.roles[node] = ("symbol", name)
            return axes.typed(found.shape)
        if name in s.words.definitions and not s.words.definitions[name].parameters:
            s.roles[node] = ("definition", name)
            return axes.typed(s.words.definitions[name].body.shape)
        if name in s.words.definitions:
            s.roles[node] = ("function", name)
            return axes.typed(s.words.definitions[name].body.shape)
        if name in s.sizes:
            if name in s.lettered:
                raise Ambiguous(
                    f"{name} is a size here, and a vector too (in {name}ᵀ or ‖{name}‖).",
                    where=Place(s.text, node.start, node.stop),
                    repair=f"Give the vector another letter, or declare {name} : d.",
                )
            s.roles[node] = ("size", name)
            return axes.scalar
        if name == "𝟏" or name == "𝟎":
            kind = axes.vector()
            axes.mark(kind[0])
            s.roles[node] = ("ones" if name == "𝟏" else "zeros",)
            return kind
        if name == "I":
            side = axes.fresh()
            axes.mark(side)
            s.roles[node] = ("eye",)
            return (side, side)
        told = name in s.words.facts
        if name == "∞" or (name == "π" and not told) or (name == "e" and name not in s.lettered and not told):
            s.roles[node] = ("constant", name)
            return axes.scalar
        return self.unknown(node, name)

    def unknown(self, node: Node, name: str) -> Type:
        """Return the type of an undeclared name, the same wherever it occurs."""
        s = self.s
        s.roles[node] = ("symbol", name)
        if name not in s.symbols:
            number = (name in SCALAR_LETTERS or name in s.exponents) and name not in s.lettered
            number = number or name in s.words.integrated
            kind = s.axes.scalar if number else s.axes.matrix()
            if name in SCALAR_LETTERS and not number and not (name.isupper() and s.words.loose):
                kind = s.axes.vector()
                s.axes.mark(kind[0])
            held = [facts[f] for f in s.words.facts.get(name, ())]
            if s.words.loose and not number and any(f.orders == (1,) for f in held):
                kind = s.axes.vector()
                s.axes.mark(kind[0])
            if any(f.square for f in held):
                kind = (kind[0], kind[0])
                if s.words.loose and not number:
                    s.axes.mark(kind[0])
            s.symbols[name] = kind
            s.used.append(name)
        return s.symbols[name]

    def entrywise(self, node: Node, parts: list[Node]) -> Type:
        """Entrywise products and quotients; of scalars, the plain ones."""
        axes, t = self.s.axes, self.s.types
        kinds = [t[p] for p in parts if p.head != "num"]
        if not kinds:
            return axes.scalar
        if any(len(k) > 2 for k in kinds):
            return next(k for k in kinds if len(k) > 2)
        result = axes.matrix()
        axes.add(kinds, result)
        self.s.sums.append((list(parts), result))
        return result

    def relation(self, node: Node) -> Type:
        """A chain of relations."""
        axes, t = self.s.axes, self.s.types
        kinds = [t[a] for a in node.args if a.head != "num" and not (a.head == "neg" and a.args[0].head == "num")]
        if self.s.words.apart:
            return axes.scalar
        if not set(node.value) & {"implies", "iff"} and not any(len(k) > 2 for k in kinds):
            result = axes.matrix()
            axes.add(kinds, result)
            self.s.sums.append((list(node.args), result))
        return axes.scalar

    def product(self, node: Node) -> Type:
        """A chain of products from left to right; a dot between two vectors is their inner product."""
        axes, t = self.s.axes, self.s.types
        for k, arg in enumerate(node.args):
            if (
                k
                and arg.head == "num"
                and arg.value == 1
                and node.value[k - 1] == ""
                and node.args[k - 1].head != "num"
            ):
                side = axes.vector()
                axes.mark(side[0])
                t[arg] = side
                self.s.roles[arg] = ("ones",)
        for before, after in zip(node.args, node.args[1:], strict=False):
            if (
                (
                    before.head in ("transpose", "prime")
                    and after.head in ("sub", "name")
                    and before.args[0].head != "num"
                    and len(t[after]) == 2
                )
                and not (after.head == "name" and after.value[0].isupper())
                and self.s.roles.get(after, ("",))[0]
                in (
                    "symbol",
                    "family",
                )
            ):
                self.s.prefer.append(t[after])
            if self.s.words.loose and self._maps(before) and after is node.args[-1] and _vector_letter(after):
                self.s.prefer.append(t[after])
        kind = t[node.args[0]]
        for k, (sep, arg) in enumerate(zip(node.value, node.args[1:], strict=True)):
            right, before = t[arg], node.args[k]
            if self.s.words.loose and kind == t[before] and is_slope(before) and is_slope(arg):
                kind = self.row(before, kind, right)
            dotted = sep == "." or (sep == "·" and self.s.words.loose and is_dotted(before, arg))
            if dotted and axes.can_be(kind, right):
                self.s.prefer += [kind, right]
                axes.same(kind, right)
                kind = axes.scalar
            elif (
                sep == "·"
                and axes.not_scalar(kind)
                and axes.not_scalar(right)
                and axes.can_be(kind, right)
                and (axes.is_one(kind[1]) and axes.is_one(right[1]))
            ):
                axes.same(kind, right)
                kind = axes.scalar
            elif sep == "*" and self.s.words.loose:
                left, kind = kind, self.starred(kind, right)
                self.s.products.append((left, right, kind))
            else:
                left, kind = kind, axes.multiply(kind, right)
                if not any(a.head in ("transpose", "prime") for a in node.args):
                    self.s.products.append((left, right, kind))
        return kind

    def _maps(self, node: Node) -> bool:
        """Tell whether a name is a declared matrix: numbers stand before it, so that β in Xβ is a vector."""
        known = self.s.words.symbols.get(node.value) if node.head == "name" else None
        return known is not None and known.ndim == 2

    def starred(self, left: Type, right: Type) -> Type:
        """Return the type of a * b in notes: of two vectors it is taken entry by entry."""
        axes = self.s.axes
        result = axes.matrix()

        def step() -> bool:
            if axes.is_scalar(left) or axes.is_scalar(right):
                axes.same(result, right if axes.is_scalar(left) else left)
            elif axes.is_many(left[1]) or axes.is_many(right[1]) or axes.is_one(left[0]) or axes.is_one(right[0]):
                axes.same(result, axes.multiply(left, right))
            elif axes.not_scalar(left) and axes.not_scalar(right) and axes.is_one(left[1]) and axes.is_one(right[1]):
                if axes.can_be(left, right):
                    axes.same(left, right)
                axes.same(result, left)
            else:
                return False
            return True

        axes.require(step, left, right)
        return result

    def row(self, slope: Node, kind: Type, after: Type) -> Type:
        """Return the type of a gradient, which is a row before a Jacobian in notes: ∂L/∂y ∂y/∂x."""
        axes, open_axis = self.s.axes, len(after) == 2 and not self.s.axes.is_one(after[1])
        scalar = len(kind) == 2 and slope.head == "derivative" and axes.is_scalar(self.s.types[slope.args[0]])
        return kind[::-1] if scalar and open_axis and axes.is_one(kind[1]) and axes.is_many(after[1]) else kind

    def power(self, node: Node) -> Type:
        """The type of a power: scalars and square matrices."""
        axes, kind = self.s.axes, self.s.types[node.args[0]]
        base, exponent = node.args
        if (
            base.head == "name"
            and base.value == "e"
            and self.s.roles.get(base) == ("constant", "e")
        ):
            self.s.roles[base] = ("constant", "e^")  # exp: nothing to be said
            return self.s.types[exponent]
        if len(kind) == 2 and not (axes.is_one(kind[1]) and axes.is_many(kind[0])) and not axes.apart(kind[0], kind[1]):
            axes.unify(kind[0], kind[1])
        self.s.squares.append(kind)
        small = not any(is_capital(n) for n in names_of(base))
        if self.s.words.loose and exponent.head == "num" and small:  # (a − y)² has no meaning for vectors
            self.s.numbers.append(kind)
        return kind

    def transposed(self, node: Node, scope: Scope) -> Type:
        """The type of a transpose; xʹ may also be a name."""
        s, axes, base = self.s, self.s.axes, node.args[0]
        if node.head == "prime" and base.head in ("name", "prime"):
            primed = primed_name(node)
            if (
                primed in s.words.symbols
                or primed in s.words.definitions
                or primed in self.local
                or primed in s.symbols
            ):
                return self.primed(node, primed, scope)
        kind = s.types[base]
        if node.head == "prime" and s.words.primes and s.words.flows:  # A' = dA/dt
            return kind
        if base.head == "num" and base.value in (0, 1):
            kind = axes.vector()
            axes.mark(kind[0])
            s.types[base] = kind
            s.roles[base] = ("ones" if base.value == 1 else "zeros",)
        elif len(kind) == 2 and base.head in ("name", "sub", "add", "bracket"):
            s.prefer.append(kind)
        return kind[::-1] if len(kind) == 2 else kind

    def primed(self, node: Node, name: str, scope: Scope) -> Type:
        """Return the type of a name with its prime."""
        stand_in = Node("name", (), name, node.start, node.stop)
        kind = self.name(stand_in, scope)
        self.s.roles[node] = self.s.roles[stand_in]
        return kind

    def blocks(self, node: Node) -> Type:
        """Blocks of a row have one height, blocks of a column one width."""
        axes, t = self.s.axes, self.s.types
        rows, columns = node.value
        kinds: list[Type] = []
        for arg in node.args:
            if arg.head == "num" and arg.value in (0, 1):
                t[arg] = axes.matrix()
                self.s.roles[arg] = ("fill",)
                if columns == 1 and self.s.words.loose:
                    self.s.fills.append(t[arg])
            kinds.append(t[arg])
        if any(len(k) != 2 for k in kinds):
            return axes.matrix()
        if (
            rows > 1
            and columns > 1
            and all(a.head in ("neg", "div") or is_number(a) or of_small_letters(a) for a in node.args)
        ) or (rows * columns > 1 and all(is_number(a) for a in node.args)):
            self.s.grids.append(kinds)
        heights, widths = [], []
        for r in range(rows):
            heights.append(kinds[r * columns][0])
            for c in range(1, columns):
                axes.unify(kinds[r * columns][0], kinds[r * columns + c][0])
        for c in range(columns):
            widths.append(kinds[c][1])
            for r in range(1, rows):
                axes.unify(kinds[c][1], kinds[r * columns + c][1])
        result = axes.matrix()

        def join(side: int, parts: list[int]) -> None:
            def step() -> bool:
                sizes = [axes.size[axes.find(p)] for p in parts]
                if any(x is None for x in sizes):
                    return False
                total = Dim.of(0)
                for x in sizes:
                    total = total + x  # type: ignore[operator]
                axes.unify(result[side], axes.of(total))
                return True

            axes.require(step, tuple(parts))

        join(0, heights)
        join(1, widths)
        return result

    def big(self, node: Node, scope: Scope) -> Type:
        """A big operator over its indices."""
        axes, t = self.s.axes, self.s.types
        if node.value in ("Argmax", "Argmin"):
            variables = [] if self.s.bound[node] else run_over(node.args[1:], node.args[0])[0]
            return t[variables[0]] if len(variables) == 1 else axes.scalar
        for one in self.s.bound[node]:
            axes.mark(one.axis)
        if node.value in ("Max", "Min") and not self.s.bound[node]:
            for variable in numbers_among(node.args[1:], node.args[0]):
                axes.same(t[variable], axes.scalar)
        return t[node.args[0]]

    def derivative(self, top: Type, wrt: list[Type]) -> Type:
        """The axes of f, then of each variable."""
        axes = self.s.axes
        if len(wrt) == 1 and axes.is_scalar(top):
            return wrt[0]
        if len(wrt) == 1 and len(top) == 2 and len(wrt[0]) == 2 and axes.is_one(wrt[0][1]) and axes.is_one(top[1]):
            return (top[0], wrt[0][0]) if axes.is_many(top[0]) else self.slope(top, wrt[0])
        if len(wrt) == 2 and axes.is_scalar(top) and all(len(w) == 2 and axes.is_one(w[1]) for w in wrt):
            return (wrt[0][0], wrt[1][0])
        return axes.matrix()

    def slope(self, top: Type, wrt: Type) -> Type:
        """Return the type of the derivative of what may be a number or a vector by a vector: known when that is."""
        axes = self.s.axes
        result = axes.matrix()

        def step() -> bool:
            if axes.is_scalar(top):
                axes.same(result, wrt)
            elif axes.is_many(top[0]):
                axes.same(result, (top[0], wrt[0]))
            else:
                return False
            return True

        axes.require(step, top)
        return result

    def nabla(self, node: Node) -> Type:
        """∇f, ∇²f: the variable is the one given, or the only one of f."""
        axes, t = self.s.axes, self.s.types
        body = node.args[0]
        if len(node.args) > 1:
            wrt = t[node.args[1]]
        else:
            found = self.variable_of(body)
            wrt = found if found is not None else axes.matrix()
        return self.derivative(t[body], [wrt, wrt] if node.value[0] == "hessian" else [wrt])

    def variable_of(self, body: Node) -> Type | None:
        """Return the variable of a defined function f, or of f(w)."""
        name = body.value if body.head == "name" else body.value[0] if body.head == "call" else None
        if name in self.s.made and len(self.s.made[name].keys) == 1:
            key = self.s.made[name].keys[0]
            return self.s.symbols.get(key) or self.s.axes.typed(self.s.words.symbols[key].shape)
        made = self.s.words.definitions.get(name) if isinstance(name, str) else None
        return self.s.axes.typed(made.symbols[0].shape) if made and len(made.symbols) == 1 else None


def _vector_letter(node: Node) -> bool:
    """Tell whether a name is a Greek letter that many books use for vectors: β, θ, β_0."""
    inner = node.args[0] if node.head == "sub" else node
    return inner.head == "name" and inner.value[:1] in VECTOR_GREEK


def is_dotted(left: Node, right: Node) -> bool:
    """Tell whether w · x_i is meant: a vector of weights by habit, and a letter with an index, in either order."""
    one, other = (left, right) if right.head == "sub" else (right, left)
    plain = other.head == "sub" and len(other.args) == 2 and other.args[1].head == "name"
    return plain and one.head == "name" and one.value in _WEIGHTS and other.args[0].head == "name"
