"""Kinds and shapes of what is not declared, by unification over the syntax tree and the habits of the field.

Nothing is refused here: where shapes conflict, building the expression says so with the shapes and the place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any

from agnesi.errors import Place, ReadError, TooLarge
from agnesi.expr.dims import ONE, Dim, Shape, shape_of
from agnesi.expr.nodes import Expr, Symbol, symbol
from agnesi.ops import facts, operations
from agnesi.read.syntax import Node
from agnesi.read.unify import Axes, Type
from agnesi.read.vocabulary import GREEK_FUNCTIONS, Definition, Vocabulary

VECTOR_GREEK = frozenset("μθβξηωφ")
_SCALAR_LETTERS = frozenset("nN")
_ORDER = "xwyzuvrhgpqabfeocdijklmst"
_SIZES = ("n", "d", "m", "k", "p", "q", "r", "h", "c", "l", "s", "t")
_FREE = frozenset("ijklmnpqrstabcd")
_ELEMENTWISE = frozenset(op.name for op in operations if op.family == "elementwise")
_SCALARS = frozenset(("sum", "mean", "prod", "max", "min", "logsumexp", "norm", "norm1", "norminf", "normnuc"))
_SQUARE_SCALAR = frozenset(("tr", "det", "logdet", "lammax", "lammin"))
_SQUARE_SAME = frozenset(("inv", "expm", "logm", "sqrtm", "chol", "eigvecs", "toeplitz"))
_SQUARE_VECTOR = frozenset(("eigvals", "eigvecmax", "eigvecmin"))
_VECTOR_SAME = frozenset(("softmax", "cumsum"))
MAX_BINDERS = 64


@dataclass(eq=False)
class Bound:
    """An index: its name, its axis, where it starts, and whether a binder holds it."""

    name: str
    axis: int
    start: int = 1
    free: bool = False
    at: int = 0


@dataclass(eq=False)
class Family:
    """An undeclared letter with one subscript: the entries of a vector, or the rows of a matrix."""

    name: str
    axis: int
    item: Type


@dataclass
class Scene:
    """What inference found: a type for each node, a role for each name, and the axes."""

    axes: Axes
    words: Vocabulary
    text: str
    types: dict[Node, Type] = field(default_factory=dict)
    roles: dict[Node, tuple[Any, ...]] = field(default_factory=dict)
    symbols: dict[str, Type] = field(default_factory=dict)  # undeclared, in order of appearance
    families: dict[str, Family] = field(default_factory=dict)
    declared: dict[str, Symbol] = field(default_factory=dict)
    sizes: dict[str, None] = field(default_factory=dict)
    bare: set[str] = field(default_factory=set)
    free: dict[str, Bound] = field(default_factory=dict)
    bound: dict[Node, list[Bound]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    copies: dict[Node, dict[str, int]] = field(default_factory=dict)
    late: list[tuple[Node, Any]] = field(default_factory=list)
    prefer: list[Type] = field(default_factory=list)  # types that are vectors when nothing says otherwise
    sums: list[tuple[list[Node], Type]] = field(default_factory=list)
    letters: set[str] = field(default_factory=set)
    used: list[str] = field(default_factory=list)
    squares: list[Type] = field(default_factory=list)  # bases of powers
    products: list[tuple[Type, Type, Type]] = field(default_factory=list)  # products without a transpose in them
    krons: list[tuple[Type, Type, Type]] = field(default_factory=list)
    grids: list[list[Type]] = field(default_factory=list)  # the entries of blocks that may be numbers
    entries: set[str] = field(default_factory=set)  # names that are indexed with letters or brackets
    made: dict[str, Made] = field(default_factory=dict)
    alias: dict[str, str] = field(default_factory=dict)  # x -> X for rows, found at the end


Scope = dict[str, Bound]


@dataclass(eq=False)
class Made:
    """A definition of the sheet: its parameters (keys of symbols), its tree, and the type of its body."""

    name: str
    parameters: tuple[str, ...]
    keys: tuple[str, ...]
    root: Node
    type: Type


class Infer:
    """Inference for the statements of a sheet: `add` each tree, then `finish`."""

    def __init__(self, words: Vocabulary, text: str) -> None:
        self.s = Scene(Axes(), words, text)
        self.s.sizes.update(words.sizes)
        self.local: dict[str, str] = {}

    def define(self, name: str, parameters: tuple[str, ...], root: Node, own: bool) -> Type:
        """Type a definition of the sheet; with `own`, its undeclared parameters are its own."""
        s = self.s
        local = {p: f"{p}@{name}" for p in parameters if own} if own else {}
        for p in parameters:
            key = local.get(p, p)
            if key in s.words.symbols:
                s.declared.setdefault(key, s.words.symbols[key])
            elif key not in s.symbols:
                s.symbols[key] = s.axes.matrix()
                s.used.append(key)
        kind = self.add(root, local)
        s.made[name] = Made(name, parameters, tuple(local.get(p, p) for p in parameters), root, kind)
        return kind

    def add(self, root: Node, local: dict[str, str] | None = None) -> Type:
        """Type a tree, with keys for names that are local to it; returns the type of its root."""
        self.local = local or {}
        order = self.walk(root)
        for node, scope in order:
            self.s.types[node] = self.node(node, scope)
            self.s.axes.settle()
        return self.s.types[root]

    def walk(self, root: Node) -> list[tuple[Node, Scope]]:
        """Return nodes in postorder with the indices in scope, noting bare names and sizes on the way."""
        out: list[tuple[Node, Scope]] = []
        stack: list[tuple[Node, Scope]] = [(root, {})]
        while stack:
            node, scope = stack.pop()
            out.append((node, scope))
            inner = scope
            if node.head in ("big", "tensor"):
                inner = self.binders(node, scope)
            elif node.head in ("sub", "index"):
                self.subscripts(node, scope)
            elif node.head == "call" and node.value[0] in ("eye", "identity", "ones", "zeros", "vector", "matrix"):
                for arg in node.args:
                    for name in _names(arg):
                        self.size(name)
            elif node.head == "name" and node.value not in scope:
                self.s.bare.add(node.value)
            if node.head in ("sub", "index") and node.args[0].head == "name":
                self.s.letters.add(node.args[0].value)
                if node.head == "index":
                    self.s.entries.add(node.args[0].value)
                stack.extend((child, inner) for child in node.args[1:])
            else:
                stack.extend((child, inner) for child in node.args)
        out.reverse()
        return out

    def size(self, name: str) -> None:
        if name not in self.s.words.symbols:
            self.s.sizes.setdefault(name)

    # -- indices ------------------------------------------------------------------------------------------------

    def binders(self, node: Node, scope: Scope) -> Scope:
        """Return the scope inside a big operator or tensor; its ranges give sizes."""
        found: list[Bound] = []
        taken = node.value if node.head == "tensor" else self.variables(node, scope)
        inner = dict(scope)
        for name in taken:
            one = Bound(name, self.s.axes.fresh())
            found.append(one)
            inner[name] = one
        if len(inner) > MAX_BINDERS:
            raise TooLarge(
                f"More than {MAX_BINDERS} indices are nested.", where=Place(self.s.text, node.start, node.stop)
            )
        self.s.bound[node] = found
        if node.head == "big":
            self.ranges(node, inner)
        return inner

    def variables(self, node: Node, scope: Scope) -> list[str]:
        """Return the names that a binder binds as indices; min over a symbol binds none."""
        names: list[str] = []
        for item in node.args[1:]:
            if item.head == "upper":
                continue
            first = item.args[0] if item.head in ("rel", "range") else item
            if first.head == "rel":
                first = first.args[0]
            sides = [first]
            if item.head == "rel" and item.value[0] in ("ne", "lt", "gt", "le", "ge"):
                sides = list(item.args)
            fresh = [s.value for s in sides if s.head == "name" and s.value not in scope]
            if not fresh and first.head == "name":
                fresh = [first.value]
            names += [n for n in fresh if n not in names and n not in self.s.words.symbols]
        if node.value in ("Max", "Min", "Argmax", "Argmin") and not any(i.head == "range" for i in node.args):
            used = _subscript_names(node.args[0])
            names = [n for n in names if n in used]
        return names

    def ranges(self, node: Node, inner: Scope) -> None:
        upper = next((i.args[0] for i in node.args[1:] if i.head == "upper"), None)
        for item in node.args[1:]:
            low: Node | None = None
            high: Node | None = None
            variable = item
            if item.head == "range":
                variable, low = (
                    (item.args[0].args[0], item.args[0].args[1]) if item.args[0].head == "rel" else (item.args[0], None)
                )
                high = item.args[1]
            elif item.head == "rel" and item.value == ("eq",):
                variable, low, high = item.args[0], item.args[1], upper
            elif item.head == "name":
                high = upper
            if variable.head != "name" or variable.value not in inner or high is None:
                continue
            one = inner[variable.value]
            if low is not None and low.head == "num":
                one.start = int(low.value)
            dim = self.dim(high)
            if one.start == 0:
                dim = dim + 1
            self.s.axes.unify(one.axis, self.s.axes.of(dim))

    def dim(self, node: Node) -> Dim:
        """Return the size that a node stands for."""
        match node.head:
            case "num" if isinstance(node.value, int):
                return Dim.of(node.value)
            case "name":
                self.size(node.value)
                return Dim.of(node.value)
            case "neg":
                return self.dim(node.args[0]) * -1
            case "add" | "mul" if len(node.args) < 50:
                parts = [self.dim(a) for a in node.args]
                total = parts[0]
                for part in parts[1:]:
                    total = total + part if node.head == "add" else total * part
                return total
            case "bracket":
                return self.dim(node.args[0])
        raise ReadError(
            "This is not a size.",
            where=Place(self.s.text, node.start, node.stop),
            expected="a name, a number, or a sum or product of them",
        )

    def subscripts(self, node: Node, scope: Scope) -> None:
        """Note free indices: letters in subscripts that nothing binds and nothing declares."""
        base, items = node.args[0], node.args[1:]
        for item in items:
            for name in _names(item):
                if name in self.s.free:
                    self.s.free[name].at = min(self.s.free[name].at, item.start)
                if name in scope or name in self.s.words.symbols or name in self.s.free:
                    continue
                if name in self.s.sizes or len(name) > 1 or name not in _FREE:
                    continue
                known = base.head != "name" or base.value in self.s.words.symbols or base.value in self.s.symbols
                if known or len(items) > 1 or name in "ijkl" or node.head == "index" or base.value in ("δ", "e"):
                    self.s.free[name] = Bound(name, self.s.axes.fresh(), free=True, at=item.start)

    def lookup(self, name: str, scope: Scope) -> Bound | None:
        return scope.get(name) or self.s.free.get(name)

    # -- nodes --------------------------------------------------------------------------------------------------

    def node(self, node: Node, scope: Scope) -> Type:
        """Return the type of a node from the types of its parts."""
        s, axes, t = self.s, self.s.axes, self.s.types
        args = node.args
        match node.head:
            case "num" | "colon" | "hole":
                return axes.scalar
            case "name":
                return self.name(node, scope)
            case "neg" | "bracket" | "del" | "epow" | "fnpow" | "integral":
                return t[args[0]] if args else axes.scalar
            case "expect":
                return t[args[0]] if node.value[0] == "expectation" else axes.matrix()
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
            case "derivative":
                return self.derivative(t[args[0]], [t[a] for a in args[1:]])
            case "nabla":
                return self.nabla(node)
        return axes.scalar

    def name(self, node: Node, scope: Scope) -> Type:
        s, axes, name = self.s, self.s.axes, node.value
        one = scope.get(name)
        if one is None and name not in s.words.symbols and name not in s.sizes:
            one = s.free.get(name)
        if one is not None:
            s.roles[node] = ("index", one)
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
        if name in ("π", "∞"):
            s.roles[node] = ("constant", name)
            return axes.scalar
        return self.unknown(node, name)

    def unknown(self, node: Node, name: str) -> Type:
        """Return the type of an undeclared name, the same wherever it occurs."""
        s = self.s
        s.roles[node] = ("symbol", name)
        if name not in s.symbols:
            kind = s.axes.scalar if name in _SCALAR_LETTERS else s.axes.matrix()
            if any(facts[f].square for f in s.words.facts.get(name, ())):
                kind = (kind[0], kind[0])
            s.symbols[name] = kind
            s.used.append(name)
        return s.symbols[name]

    def entrywise(self, node: Node, parts: list[Node]) -> Type:
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
        axes, t = self.s.axes, self.s.types
        kinds = [t[a] for a in node.args if a.head != "num" and not (a.head == "neg" and a.args[0].head == "num")]
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
                before.head in ("transpose", "prime")
                and after.head in ("sub", "name")
                and before.args[0].head != "num"
                and len(t[after]) == 2
            ):
                if not (after.head == "name" and after.value[0].isupper()) and self.s.roles.get(after, ("",))[0] in (
                    "symbol",
                    "family",
                ):
                    self.s.prefer.append(t[after])
        kind = t[node.args[0]]
        for sep, arg in zip(node.value, node.args[1:], strict=True):
            right = t[arg]
            if (
                sep == "·"
                and axes.not_scalar(kind)
                and axes.not_scalar(right)
                and axes.can_be(kind, right)
                and (axes.is_one(kind[1]) and axes.is_one(right[1]))
            ):
                axes.same(kind, right)
                kind = axes.scalar
            else:
                left, kind = kind, axes.multiply(kind, right)
                if not any(a.head in ("transpose", "prime") for a in node.args):
                    self.s.products.append((left, right, kind))
        return kind

    def power(self, node: Node) -> Type:
        axes, kind = self.s.axes, self.s.types[node.args[0]]
        base, exponent = node.args
        if (
            base.head == "name"
            and base.value == "e"
            and self.s.roles.get(base) == ("symbol", "e")
            and "e" not in self.s.words.symbols
        ):
            self.s.roles[base] = ("constant", "e")
            axes.same(self.s.symbols["e"], axes.scalar)
            return self.s.types[exponent]
        if len(kind) == 2 and not (axes.is_one(kind[1]) and axes.is_many(kind[0])) and not axes.apart(kind[0], kind[1]):
            axes.unify(kind[0], kind[1])
        self.s.squares.append(kind)
        return kind

    def transposed(self, node: Node, scope: Scope) -> Type:
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
        if base.head == "num" and base.value in (0, 1):
            kind = axes.vector()
            axes.mark(kind[0])
            s.types[base] = kind
            s.roles[base] = ("ones" if base.value == 1 else "zeros",)
        elif len(kind) == 2 and base.head in ("name", "sub"):
            s.prefer.append(kind)
        return kind[::-1] if len(kind) == 2 else kind

    def primed(self, node: Node, name: str, scope: Scope) -> Type:
        stand_in = Node("name", (), name, node.start, node.stop)
        kind = self.name(stand_in, scope)
        self.s.roles[node] = self.s.roles[stand_in]
        return kind

    # -- entries ------------------------------------------------------------------------------------------------

    def entry(self, node: Node, scope: Scope) -> Type:
        """x_i, X_ij, X[i,:], X[:,j], e_i, I_n, δ_ij, and names such as w_t."""
        s, axes = self.s, self.s.axes
        base, items = node.args[0], node.args[1:]
        if base.head == "name":
            special = self.special(node, base.value, items, scope)
            if special is not None:
                return special
            if base.value in s.free and base.value not in s.words.symbols:
                s.free.pop(base.value, None)
            kind = self.indexed_name(node, base, items, scope)
            if isinstance(kind, str):
                return self.unknown_or_known(node, kind)
        else:
            kind = s.types[base]
        if kind is None:
            return s.types[node]
        return self.positions(node, kind, items, scope)

    def unknown_or_known(self, node: Node, name: str) -> Type:
        stand_in = Node("name", (), name, node.start, node.stop)
        kind = self.name(stand_in, {})
        self.s.roles[node] = self.s.roles[stand_in]
        return kind

    def special(self, node: Node, name: str, items: tuple[Node, ...], scope: Scope) -> Type | None:
        s, axes = self.s, self.s.axes
        known = name in s.words.symbols
        if name in ("𝟏", "𝟎"):
            dims = [self.dim(i) for i in items if i.head not in ("colon",)]
            s.roles[node] = ("ones" if name == "𝟏" else "zeros", tuple(dims))
            return axes.typed(shape_of(dims))
        if name == "I" and not known and len(items) == 1 and items[0].head in ("name", "num", "add", "mul"):
            side = axes.of(self.dim(items[0]))
            s.roles[node] = ("eye",)
            return (side, side)
        if (name == "δ" or name == "I") and not known and len(items) == 2:
            sides = [self.position(i, scope) for i in items]
            side = axes.fresh()
            for one in sides:
                if one is not None:
                    axes.unify(side, one)
            s.roles[node] = ("delta", side)
            return axes.scalar
        if name == "e" and not known and len(items) == 1 and not (items[0].head == "name" and "e" in s.bare):
            kind = axes.vector()
            axes.mark(kind[0])
            one = self.position(items[0], scope)
            if one is not None:
                axes.unify(kind[0], one)
            s.roles[node] = ("basis",)
            return kind
        return None

    def position(self, item: Node, scope: Scope) -> int | None:
        """Return the axis that an index (or an index plus an offset) runs over, if it has one."""
        if item.head == "name":
            one = self.lookup(item.value, scope)
            return one.axis if one else None
        return None

    def indexed_name(self, node: Node, base: Node, items: tuple[Node, ...], scope: Scope) -> Any:
        """Return the type of the symbol that is indexed, the name of a symbol (w_t), or None when it is a family."""
        s, axes, name = self.s, self.s.axes, base.value
        if name in s.words.symbols:
            s.roles[base] = ("symbol", name)
            s.declared.setdefault(name, s.words.symbols[name])
            s.used.append(name)
            kind = axes.typed(s.words.symbols[name].shape)
            if axes.is_scalar(kind) and len(items) == 1 and node.head == "sub":
                return f"{name}_{plain_item(items[0])}"
            return kind
        if name in s.made:
            s.roles[base] = ("definition", name)
            return s.made[name].type
        if name in s.words.definitions:
            s.roles[base] = ("definition", name)
            return axes.typed(s.words.definitions[name].body.shape)
        owner = s.words.rows.get(name) if len(items) == 1 else None
        upper = name.upper() if len(name) == 1 else name
        if (
            owner is None
            and upper != name
            and name not in s.bare
            and upper in s.words.symbols
            and s.words.symbols[upper].shape
        ):
            owner = upper
        if (
            owner is None
            and upper != name
            and name not in s.bare
            and (upper in s.bare or upper in s.letters)
            and upper not in s.sizes
            and len(items) < 3
        ):
            owner = upper
        if owner is not None and len(items) <= 2:
            if owner in s.words.symbols and len(s.words.symbols[owner].shape) < 2:
                owner = None
        if owner is not None:
            s.alias.setdefault(name, owner)
            kind = self.name(base_named(base, owner), {}) if owner in s.words.symbols else self.unknown(base, owner)
            s.roles[base] = ("symbol", owner)
            return kind
        indices = [i for i in items if self.is_index(i, scope)]
        if node.head == "sub" and not indices and name not in s.bare and name not in s.entries:
            return f"{name}_{'_'.join(plain_item(i) for i in items)}"
        if (
            node.head == "sub"
            and len(items) == 1
            and items[0].head == "name"
            and not indices
            and items[0].value not in s.sizes
        ):
            return f"{name}_{items[0].value}"
        if len(items) == 1 and name not in s.bare and name not in s.symbols:
            return self.family(node, name, items[0], scope)
        if name not in s.symbols:
            fresh = tuple(axes.fresh() for _ in items)
            for axis in fresh:
                axes.mark(axis)
            s.symbols[name] = fresh if len(fresh) > 1 else (fresh[0], axes.one)
            s.used.append(name)
        s.roles[base] = ("symbol", name)
        return s.symbols[name]

    def is_index(self, item: Node, scope: Scope) -> bool:
        return item.head == "colon" or any(self.lookup(n, scope) is not None for n in _names(item))

    def family(self, node: Node, name: str, item: Node, scope: Scope) -> None:
        s, axes = self.s, self.s.axes
        if name not in s.families:
            s.families[name] = Family(name, axes.fresh(), axes.vector())
            axes.mark(s.families[name].axis)
            s.used.append(name)
        found = s.families[name]
        one = self.position(item, scope)
        if one is not None:
            axes.unify(found.axis, one)
        s.roles[node] = ("family", name)
        s.types[node] = found.item

    def positions(self, node: Node, kind: Type, items: tuple[Node, ...], scope: Scope) -> Type:
        """Return the type of an entry, row or column of something of type `kind`."""
        s, axes = self.s, self.s.axes
        if (
            len(items) == 1
            and len(kind) == 2
            and items[0].head == "num"
            and node.head == "sub"
            and axes.is_many(kind[1])
            and axes.is_many(kind[0])
        ):
            digits = str(items[0].value)
            if len(digits) == 2 and digits.isdigit():
                s.roles[node] = ("digits",)
                return axes.scalar
        if len(items) == 1 and items[0].head != "colon":
            one = self.position(items[0], scope)
            if len(kind) == 2 and axes.is_one(kind[0]) and axes.is_many(kind[1]):
                axes.unify(one, kind[1]) if one is not None else None
                s.roles[node] = ("entry",)
                return axes.scalar
            if one is not None:
                axes.unify(one, kind[0])
            s.roles[node] = ("line",)
            result = axes.vector()

            def step() -> bool:
                if axes.is_one(kind[1]):
                    axes.same(result, axes.scalar)
                elif axes.is_many(kind[1]):
                    axes.unify(result[0], kind[1])
                else:
                    return False
                return True

            axes.require(step, kind)
            return result
        if len(items) == 2 and len(kind) == 2 and any(i.head == "colon" for i in items):
            row = items[1].head == "colon"
            axis = self.position(items[0 if row else 1], scope)
            if axis is not None:
                axes.unify(axis, kind[0 if row else 1])
            s.roles[node] = ("row",) if row else ("col",)
            return (kind[1 if row else 0], axes.one)
        for item, axis in zip(items, kind, strict=False):
            one = self.position(item, scope)
            if one is not None:
                axes.unify(one, axis)
        s.roles[node] = ("entry",)
        return axes.scalar

    # -- functions ----------------------------------------------------------------------------------------------

    def call(self, node: Node) -> Type:
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
        if op in ("max", "min", "maximum", "minimum") and len(args) == 2:
            return self.entrywise(node, list(node.args))
        if op in ("inner", "dot"):
            axes.same(args[0], args[1]) if len(args) == 2 and axes.can_be(args[0], args[1]) else None
            return axes.scalar
        if op == "kron" and len(args) == 2:
            return self.kron(node, args[0], args[1])
        if op == "polygamma" and len(args) == 2:
            return args[1]
        if len(kind) != 2:
            return kind if op in _ELEMENTWISE else axes.scalar
        if op in _SCALARS or op == "norm_quad":
            s.prefer.append(kind)
            return axes.scalar
        if op in _VECTOR_SAME:
            axes.unify(kind[1], axes.one)
            axes.mark(kind[0])
        elif op in _SQUARE_SCALAR | _SQUARE_SAME | _SQUARE_VECTOR:
            if not axes.apart(kind[0], kind[1]):
                axes.unify(kind[0], kind[1])
            if op in _SQUARE_SCALAR:
                return axes.scalar
            return kind if op in _SQUARE_SAME else (kind[0], axes.one)
        elif op in ("pinv", "transpose"):
            return (kind[1], kind[0])
        elif op == "singvals":
            return (kind[1], axes.one)
        elif op == "rank":
            return axes.scalar
        elif op == "diag":
            return self.diag(kind)
        elif op == "vec":
            return self.later(node, [kind], lambda d: (d[0][0] * d[0][1], ONE))
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
                if any(x is None for one in sizes for x in one):
                    if (
                        all(one[k] == ONE for one in sizes)
                        and size([[ONE, ONE]] * len(kinds))[k] == ONE
                        and len(kinds) > 1
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
        for result, a, b in self.s.krons:
            for side in (0, 1):
                first = seen.setdefault(axes.find(result[side]), (a[side], b[side]))
                if not axes.is_one(result[side]):
                    axes.unify(first[0], a[side])
                    axes.unify(first[1], b[side])
                    axes.settle()

    def diag(self, kind: Type) -> Type:
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
        if len(args) != len(made.keys) or node.value[1]:
            return made.type
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

    # -- the rest -----------------------------------------------------------------------------------------------

    def blocks(self, node: Node) -> Type:
        """Blocks of a row have one height, blocks of a column one width."""
        axes, t = self.s.axes, self.s.types
        rows, columns = node.value
        kinds: list[Type] = []
        for arg in node.args:
            if arg.head == "num" and arg.value in (0, 1):
                t[arg] = axes.matrix()
                self.s.roles[arg] = ("fill",)
            kinds.append(t[arg])
        if any(len(k) != 2 for k in kinds):
            return axes.matrix()
        if (
            rows > 1
            and columns > 1
            and all(
                a.head in ("num", "neg", "div") or (a.head == "name" and not a.value[0].isupper()) for a in node.args
            )
        ):
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
        axes, t = self.s.axes, self.s.types
        if node.value in ("Argmax", "Argmin"):
            return axes.scalar
        for one in self.s.bound[node]:
            axes.mark(one.axis)
        return t[node.args[0]]

    def derivative(self, top: Type, wrt: list[Type]) -> Type:
        """The axes of f, then of each variable."""
        axes = self.s.axes
        if len(wrt) == 1 and axes.is_scalar(top):
            return wrt[0]
        if len(wrt) == 1 and len(top) == 2 and len(wrt[0]) == 2 and axes.is_one(wrt[0][1]) and axes.is_one(top[1]):
            return (top[0], wrt[0][0])
        if len(wrt) == 2 and axes.is_scalar(top) and all(len(w) == 2 and axes.is_one(w[1]) for w in wrt):
            return (wrt[0][0], wrt[1][0])
        return axes.matrix()

    def nabla(self, node: Node) -> Type:
        s, axes, t = self.s, self.s.axes, self.s.types
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

    # -- habits -------------------------------------------------------------------------------------------------

    def finish(self, roots: Iterable[Type] = (), scalar: bool = False) -> Scene:
        """Settle what is open by the habits of the field, and name the sizes that nothing names."""
        s, axes = self.s, self.s.axes
        axes.settle()
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
        for left, right, product in reversed(s.products):
            if axes.is_scalar(product) and axes.can_be(left, axes.scalar) and axes.can_be(right, axes.scalar):
                self.try_scalar(left)
                self.try_scalar(right)
        names = list(s.symbols)
        for kind in s.prefer:
            self.make_vector(kind)
        for name in names:
            if (name[0].isupper() and name[0].isascii()) or name[0] in "ΣΛΦΘΨΓΔΩΞΠ":
                self.make_matrix(s.symbols[name])
        for kind in s.squares:
            if not axes.not_scalar(kind):
                self.try_scalar(kind)
        for name in names:
            if is_greek(name) and name[0] not in VECTOR_GREEK:
                self.try_scalar(s.symbols[name])
        for name in names:
            if (
                len(s.symbols[name]) == 2
                and (name[0].islower() or name[0] in VECTOR_GREEK)
                and not axes.is_many(s.symbols[name][1])
            ):
                axes.unify(s.symbols[name][1], axes.one)
                axes.settle()
        for name in sorted((n for n in names if not is_greek(n)), key=lambda n: (_ORDER.find(n[0]) % 99, len(n))):
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
        self.name_sizes()
        return s

    def sums_of_scalars(self) -> None:
        """A sum with a term that is surely a number (a norm, a quadratic form) is a number when it can be."""
        s, axes = self.s, self.s.axes
        for parts, result in s.sums:
            sure = any(axes.is_scalar(s.types[p]) and _computed(p) for p in parts)
            if sure and not axes.not_scalar(result) and axes.can_be(result, axes.scalar):
                if all(axes.can_be(s.types[p], axes.scalar) for p in parts if p.head != "num"):
                    axes.same(result, axes.scalar)
                    axes.settle()

    def make_vector(self, kind: Type) -> None:
        axes = self.s.axes
        if len(kind) == 2 and not axes.is_scalar(kind):
            if not axes.is_one(kind[0]):
                axes.mark(kind[0])
            axes.settle()

    def make_matrix(self, kind: Type) -> None:
        axes = self.s.axes
        if len(kind) == 2 and not axes.is_scalar(kind):
            for axis in kind:
                if not axes.is_one(axis):
                    axes.mark(axis)
            axes.settle()

    def try_scalar(self, kind: Type) -> None:
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
            if n in s.symbols and axes.is_scalar(s.symbols[n]) and n in "nN"
        ]
        pool = chain(wished, (n for n in _SIZES if n not in taken), (f"n_{k}" for k in count(1)))
        kinds: list[Type] = []
        for name in dict.fromkeys(s.used):
            if name in s.symbols:
                kinds.append(s.symbols[name])
            if name in s.families:
                kinds += [(s.families[name].axis, *s.families[name].item)]
        kinds.sort(key=lambda kind: sum(axes.size[axes.find(a)] != ONE for a in kind) < 2)
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


def shape_of_type(axes: Axes, kind: Type) -> Shape:
    """Return the shape that a type stands for."""
    dims = [axes.size[axes.find(a)] or ONE for a in kind]
    return tuple(dims) if len(dims) > 2 else shape_of(dims)


def symbol_of(scene: Scene, name: str) -> Symbol:
    """Return the symbol for a name: as declared, or as inferred."""
    if name in scene.words.symbols:
        return scene.words.symbols[name]
    plain_name = name.split("@")[0]
    return symbol(plain_name, shape_of_type(scene.axes, scene.symbols[name]), scene.words.facts.get(name, frozenset()))


def function_name(name: str) -> str:
    """Return the operation that a function name stands for."""
    if name in GREEK_FUNCTIONS:
        return GREEK_FUNCTIONS[name]
    record = operations.functions.get(name)
    return record.name if record else {"Tr": "tr", "trigamma": "polygamma"}.get(name, name)


def primed_name(node: Node) -> str:
    """Return the name with its primes, as in x'."""
    primes = ""
    while node.head == "prime":
        node, primes = node.args[0], primes + "'"
    return f"{node.value}{primes}" if node.head == "name" else ""


def _subscript_names(body: Node) -> set[str]:
    """Return the names that stand in subscripts of a body."""
    found: set[str] = set()
    stack = [body]
    while stack:
        node = stack.pop()
        if node.head in ("sub", "index"):
            for item in node.args[1:]:
                found.update(_names(item))
        stack.extend(node.args)
    return found


def base_named(base: Node, name: str) -> Node:
    """Return a name node with another name."""
    return Node("name", (), name, base.start, base.stop)


def plain_item(item: Node) -> str:
    """Return the text of a subscript in a name."""
    if item.head in ("name", "num"):
        return str(item.value)
    return "".join(str(n.value) if n.head in ("name", "num") else "+" for n in item.args) or "x"


def is_greek(name: str) -> bool:
    """Tell whether a name is a lower case Greek letter (perhaps with a subscript)."""
    return "α" <= name[0] <= "ω" or name[0] in "ℓϵ"


def _names(node: Node) -> list[str]:
    found: list[str] = []
    stack = [node]
    while stack:
        one = stack.pop()
        if one.head == "name":
            found.append(one.value)
        stack.extend(reversed(one.args))
    return found


def _computed(node: Node) -> bool:
    """Tell whether a term is a computed number rather than a bare name or literal."""
    while node.head in ("neg", "bracket"):
        node = node.args[0]
    return node.head not in ("num", "name")


__all__ = ["Expr", "Infer", "Scene", "function_name", "shape_of_type", "symbol_of"]
