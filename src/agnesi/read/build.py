"""Building expressions: names, entries and relations; errors get the place in the text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from agnesi.errors import AgnesiError, Place, ReadError, ShapeError
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Const, Expr, Index, Symbol, apply, bind, constant, free_indices, index, symbol
from agnesi.ops import operations
from agnesi.ops.shapes import called
from agnesi.read.apply import entry_told
from agnesi.read.scene import Bound, Scene, function_name, row_owner, shape_of_type, symbol_of
from agnesi.read.syntax import Node, postorder

WHOLE = frozenset(("exp", "log", "sqrt"))  # with a matrix function of their own: expm, logm, sqrtm
MATRIX_TOO = frozenset(("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"))
TWO_SIDED = frozenset(
    ("inner", "kron", "binom", "maximum", "minimum", "norm_quad", "frechet", "dexpm", "dlogm", "dsqrtm")
)  # functions of two arguments
MAX_BLOCKS = 10_000


class Build(ABC):
    """Builds the expressions of one sheet; `notes` and `spans` are filled on the way."""

    def __init__(self, scene: Scene, text: str, notes: list[str]) -> None:
        self.s, self.text, self.notes = scene, text, notes
        self.spans: dict[Expr, tuple[int, int]] = {}
        self.indices: dict[Bound, Index] = {}
        self.pinned: frozenset[Index] = frozenset()
        self.built: dict[Node, Expr] = {}
        self.inside: set[Node] = set()
        self.held: dict[Node, frozenset[str]] = {}
        self.introduced: dict[str, Symbol] = {}

    def place(self, node: Node) -> Place:
        """Return the span of a node in the text."""
        return Place(self.text, node.start, max(node.stop, node.start + 1))

    def note(self, sentence: str) -> None:
        """Add a sentence to the notes, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def build(self, root: Node) -> Expr:
        """Return the expression of a tree (a relation, a sum, anything)."""
        if root.head == "rel":
            self.pin(root.args[0])
        nodes = list(postorder(root))
        self.mark_inside(nodes)
        for node in nodes:
            if node in self.built or node.head in ("range", "drawn", "upper", "colon", "member"):
                continue
            if node.head == "rel" and node is not root and node.value == ("eq",) and node.args[0].head == "name":
                continue
            try:
                made = self.node(node)
            except AgnesiError as error:
                raise self.explained(error, node) from None
            self.built[node] = made
            self.spans.setdefault(made, (node.start, node.stop))
        return self.built[root]

    def mark_inside(self, nodes: list[Node]) -> None:
        """Note what stands inside an elementwise function: there a repeated index is one example, not a sum."""
        if self.s.free:
            for node in reversed(nodes):
                held = self.held.get(node, frozenset())
                if node in self.s.bound:
                    held |= {b.name for b in self.s.bound[node]}
                if held:
                    self.held.update((a, held) for a in node.args)
                if node in self.inside or (node.head == "call" and is_elementwise(node.value[0])):
                    self.inside.update(node.args)

    def pin(self, left: Node) -> None:
        """Indices that stand once on the left of a relation are free, not summed."""
        self.pinned = frozenset(
            self.index(role[1])
            for n in postorder(left)
            if (role := self.s.roles.get(n, ("",)))[0] == "index" and role[1].free
        )

    def explained(self, error: AgnesiError, node: Node) -> AgnesiError:
        """Return the error with its place, its operands spelled as in the text."""
        if error.where is None and isinstance(error, ShapeError):
            for arg in node.args:
                if arg in self.built and not isinstance(self.built[arg], (Symbol, Const)):
                    bare, shown = called(self.built[arg]), self.text[arg.start : arg.stop]
                    if len(shown) <= 60:
                        error.what = error.what.replace(bare, shown)
                        error.repair = error.repair.replace(
                            bare, f"({shown})" if " " in shown or "+" in shown else shown
                        )
        return error.at(self.place(node))

    def arg(self, node: Node, k: int = 0) -> Expr:
        """Return the expression of part k."""
        inner = node.args[k]
        if inner.head == "rel" and inner not in self.built:
            raise ReadError(
                "A relation stands where a quantity is expected.", where=self.place(inner),
                repair="Set a remark apart: two spaces before its bracket, or words in it.",
            )
        return self.built[inner]

    def args(self, node: Node) -> list[Expr]:
        """Return the expressions of all parts."""
        return [self.built[a] for a in node.args]

    def index(self, one: Bound) -> Index:
        """Return the index for a bound variable."""
        if one not in self.indices:
            dim = self.s.axes.size[self.s.axes.find(one.axis)] or Dim.of(one.name.upper())
            self.indices[one] = index(one.name, dim)
        return self.indices[one]

    @abstractmethod
    def node(self, node: Node) -> Expr:
        """Return the expression of a node whose parts are built."""

    def shape(self, node: Node) -> tuple[Dim, ...]:
        """Return the inferred shape of a node."""
        return shape_of_type(self.s.axes, self.s.types[node])

    def symbol(self, node: Node, role: tuple[Any, ...]) -> Expr:
        """Return the symbol, or the size that took the name."""
        name = role[1]
        if name not in self.s.words.symbols and name not in self.s.symbols:
            return apply("size", attrs=(Dim.of(name),))
        return symbol_of(self.s, name)

    def as_index(self, node: Node, role: tuple[Any, ...]) -> Expr:
        """Return the index; one that starts at 0 is shifted."""
        one = self.index(role[1])
        return apply("add", one, -constant(1)) if role[1].start == 0 else one

    def definition(self, node: Node, role: tuple[Any, ...]) -> Expr:
        """Return the body of a definition."""
        return self.s.words.definitions[role[1]].body

    def filled(self, node: Node, role: tuple[Any, ...]) -> Expr:
        """Return ones or zeros of the inferred shape."""
        dims = role[1] if len(role) > 1 else self.shape(node)
        if not dims:
            return constant(1 if role[0] == "ones" else 0)
        return apply(role[0], attrs=tuple(dims))

    def fill(self, node: Node, role: tuple[Any, ...]) -> Expr:
        """A 0 or 1 among blocks stands for a block of them."""
        shape = self.shape(node)
        return apply("ones" if node.value else "zeros", attrs=shape) if shape else constant(node.value)

    def eye(self, node: Node, role: tuple[Any, ...]) -> Expr:
        """Return the identity of the inferred size."""
        shape = self.shape(node)
        if not shape:
            return constant(1)
        return apply("eye", attrs=(shape[0],))

    def delta(self, node: Node, role: tuple[Any, ...]) -> Expr:
        """Return δ_ij as an entry of the identity."""
        dim = self.s.axes.size[self.s.axes.find(role[1])] or Dim.of("n")
        return apply(
            "entry",
            apply("eye", attrs=(dim,)),
            *self.args(node)[1:] if node.args[0] in self.built else self.items(node),
        )

    def items(self, node: Node) -> list[Expr]:
        """Return the positions in a subscript."""
        return [self.built[a] for a in node.args[1:] if a.head != "colon"]

    def family(self, node: Node, role: tuple[Any, ...]) -> Expr:
        """x_i of an undeclared x: entry i of a vector, or row i of the matrix X when use shows a vector."""
        one, axes = self.s.families[role[1]], self.s.axes
        dim = axes.size[axes.find(one.axis)] or Dim.of("n")
        inner = shape_of_type(axes, one.item)
        if inner:
            name = row_owner(one.name)
            self.note(f"{one.name}_{self.text_of(node.args[1])} is read as row {self.text_of(node.args[1])} of {name}")
            return apply("row", self.introduce(name, (dim, *inner)), *self.items(node))
        return apply("entry", self.introduce(one.name, (dim,)), *self.items(node))

    def text_of(self, node: Node) -> str:
        """Return the subscript as written."""
        return self.text[node.start : node.stop].strip("{}_") or "i"

    def introduce(self, name: str, shape: tuple[Dim, ...]) -> Symbol:
        """Return the symbol that a family of entries stands for."""
        from_sheet = self.s.words.symbols.get(name)
        if from_sheet is not None and from_sheet.shape == shape:
            return from_sheet
        if name not in self.introduced:
            self.introduced[name] = symbol(name, shape, self.s.words.facts.get(name, frozenset()))
        return self.introduced[name]

    def entry(self, node: Node, role: tuple[Any, ...]) -> Expr:
        """Type or build an entry, by its positions."""
        told = entry_told(self.arg(node), self.items(node))
        if told is not None and node.args[0].head == "name":
            return told
        return self.repeated(node, apply("entry", self.arg(node), *self.items(node)))

    def digits(self, node: Node, role: tuple[Any, ...]) -> Expr:
        """Return X_12, the entry in row 1, column 2."""
        digits = str(node.args[1].value)
        return apply("entry", self.arg(node), int(digits[0]), int(digits[1]))

    def line(self, node: Node, role: tuple[Any, ...]) -> Expr:
        """x_i of something with one or two axes: an entry, or a row."""
        owner = self.arg(node)
        told = entry_told(owner, self.items(node))
        if told is not None and node.args[0].head == "name":
            return told
        if owner.ndim == 2 and owner.shape[0].number != 1:
            return apply("row", owner, *self.items(node))
        return apply("entry", owner, *self.items(node))

    def repeated(self, node: Node, made: Expr) -> Expr:
        """A_ii with a free i is summed over i."""
        letters = [a.value for a in node.args[1:] if a.head == "name"]
        return self.summed(node, [made], made, {x for x in letters if letters.count(x) > 1})

    def summed(self, node: Node, factors: list[Expr], made: Expr, twice: set[str]) -> Expr:
        """Sum a term over its free indices that stand in several factors (Einstein's convention)."""
        counts: dict[Index, int] = {}
        if self.s.words.loose or not self.s.free or node in self.inside or any(row_of(f) for f in factors):
            return made
        held = self.held.get(node, frozenset())
        free = {self.index(b) for b in self.s.free.values() if b.name not in held}
        for k, factor in enumerate(factors):
            named = node.head == "mul" and node.args[k].head == "name"  # h of one i: no index is written
            for one in free_indices(factor) & free if not named else ():
                counts[one] = counts.get(one, 0) + 1
        over = [
            i
            for i in sorted(counts, key=lambda i: i.name)
            if (counts[i] > 1 or i.name in twice) and i not in self.pinned
        ]
        if not over:
            return made
        names = ", ".join(i.name for i in over)
        self.note(
            f"the repeated index {names} is summed over"
            if len(over) == 1
            else f"the repeated indices {names} are summed over"
        )
        return bind("Sum", over, made)

    def num(self, node: Node) -> Expr:
        """Return a number."""
        return constant(node.value)

    def name(self, node: Node) -> Expr:
        """Return what a name stands for."""
        if node.value in self.s.sizes:
            return apply("size", attrs=(Dim.of(node.value),))
        return constant(0)  # an index or a word in a subscript: never used as a value

    def size(self, node: Node, role: tuple[Any, ...]) -> Expr:
        """Return a size as a number, or note a size name."""
        return apply("size", attrs=(Dim.of(role[1]),))

    def constant(self, node: Node, role: tuple[Any, ...]) -> Expr:
        """Return π, e or ∞."""
        if role[1] == "∞":
            return constant(float("inf"))
        if role[1] == "e":
            self.note("e is Euler's number; to use it for a variable, declare it")
        return apply("pi" if role[1] == "π" else "euler")

    def relation(self, node: Node) -> Expr:
        """The first relation of a chain; `Reading.chain` has them all."""
        return self.pairs(node)[0]

    def pairs(self, node: Node) -> list[Expr]:
        """Return the relations of a chain, in order; free indices make both sides tensors."""
        sides = self.args(node)
        over = tuple(self.open_indices(sides))
        if over:
            sides = [bind("Tensor", over, s) if not s.shape and free_indices(s) & set(over) else s for s in sides]
        return [apply(op, a, b) for op, a, b in zip(node.value, sides, sides[1:], strict=False)]

    def open_indices(self, parts: list[Expr]) -> list[Index]:
        """Return the indices that are left free, in the order of the text."""
        if not self.s.free:
            return []
        free = frozenset().union(*(free_indices(p) for p in parts))
        ordered = sorted(self.s.free.values(), key=lambda b: b.at)
        return [self.index(b) for b in ordered if self.index(b) in free]

    def closed(self, made: Expr) -> Expr:
        """Return the tensor with the given entries where indices are left free."""
        over = self.open_indices([made])
        if not over or made.shape:
            return made
        self.note(
            f"the free {'index' if len(over) == 1 else 'indices'} {', '.join(i.name for i in over)} "
            f"{'makes' if len(over) == 1 else 'make'} a tensor"
        )
        return bind("Tensor", over, made)


def row_of(node: Expr) -> bool:
    """Tell whether a factor is a row of a matrix (x_i or x_iᵀ)."""
    while isinstance(node, Apply) and node.op.name == "transpose":
        node = node.args[0]
    return isinstance(node, Apply) and node.op.name in ("row", "col")


def is_elementwise(name: str) -> bool:
    """Tell whether a function acts entry by entry."""
    op = function_name(name)
    return op in ("max", "min") or (op in operations and operations[op].family == "elementwise")
