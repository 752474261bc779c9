"""From a syntax tree with its inferred types to an expression; errors get the place in the text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agnesi.errors import AgnesiError, Ambiguous, Place, ReadError, ShapeError, TooLarge, UnknownName
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Const, Expr, Index, Symbol, apply, bind, constant, free_indices, index, symbol
from agnesi.ops import operations
from agnesi.ops.shapes import called
from agnesi.read.apply import call_definition
from agnesi.read.infer import Bound, Scene, function_name, shape_of_type, symbol_of
from agnesi.read.syntax import Node, postorder

_MATRIX_TOO = frozenset(("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"))
MAX_MATRIX_POWER = 1_000
MAX_BLOCKS = 10_000


class Elaborate:
    """Builds the expressions of one sheet; `notes` and `spans` are filled on the way."""

    def __init__(self, scene: Scene, text: str, notes: list[str]) -> None:
        self.s, self.text, self.notes = scene, text, notes
        self.spans: dict[Expr, tuple[int, int]] = {}
        self.indices: dict[Bound, Index] = {}
        self.pinned: frozenset[Index] = frozenset()
        self.built: dict[Node, Expr] = {}
        self.inside: set[Node] = set()
        self.introduced: dict[str, Symbol] = {}

    def place(self, node: Node) -> Place:
        """Return the span of a node in the text."""
        return Place(self.text, node.start, max(node.stop, node.start + 1))

    def note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)

    def build(self, root: Node) -> Expr:
        """Return the expression of a tree (a relation, a sum, anything)."""
        if root.head == "rel":
            self.pin(root.args[0])
        nodes = list(postorder(root))
        self.mark_inside(nodes)
        for node in nodes:
            if node in self.built or node.head in ("range", "drawn", "upper", "colon"):
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
                if node in self.inside or (node.head == "call" and _elementwise(node.value[0])):
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
        return self.built[node.args[k]]

    def args(self, node: Node) -> list[Expr]:
        return [self.built[a] for a in node.args]

    def index(self, one: Bound) -> Index:
        """Return the index for a bound variable."""
        if one not in self.indices:
            dim = self.s.axes.size[self.s.axes.find(one.axis)] or Dim.of(one.name.upper())
            self.indices[one] = index(one.name, dim)
        return self.indices[one]

    def node(self, node: Node) -> Expr:
        """Return the expression of a node whose parts are built."""
        role = self.s.roles.get(node)
        if role is not None and role[0] in _BY_ROLE:
            return _BY_ROLE[role[0]](self, node, role)
        return _BY_HEAD[node.head](self, node)

    # -- names and leaves ---------------------------------------------------------------------------------------

    def shape(self, node: Node) -> tuple[Dim, ...]:
        return shape_of_type(self.s.axes, self.s.types[node])

    def symbol(self, node: Node, role: tuple[Any, ...]) -> Expr:
        name = role[1]
        if name not in self.s.words.symbols and name not in self.s.symbols:
            return apply("size", attrs=(Dim.of(name),))
        return symbol_of(self.s, name)

    def as_index(self, node: Node, role: tuple[Any, ...]) -> Expr:
        one = self.index(role[1])
        return apply("add", one, -constant(1)) if role[1].start == 0 else one

    def definition(self, node: Node, role: tuple[Any, ...]) -> Expr:
        return self.s.words.definitions[role[1]].body

    def filled(self, node: Node, role: tuple[Any, ...]) -> Expr:
        dims = role[1] if len(role) > 1 else self.shape(node)
        if not dims:
            return constant(1 if role[0] == "ones" else 0)
        return apply(role[0], attrs=tuple(dims))

    def fill(self, node: Node, role: tuple[Any, ...]) -> Expr:
        """A 0 or 1 among blocks stands for a block of them."""
        shape = self.shape(node)
        return apply("ones" if node.value else "zeros", attrs=shape) if shape else constant(node.value)

    def eye(self, node: Node, role: tuple[Any, ...]) -> Expr:
        shape = self.shape(node)
        if not shape:
            return constant(1)
        return apply("eye", attrs=(shape[0],))

    def delta(self, node: Node, role: tuple[Any, ...]) -> Expr:
        dim = self.s.axes.size[self.s.axes.find(role[1])] or Dim.of("n")
        return apply(
            "entry",
            apply("eye", attrs=(dim,)),
            *self.args(node)[1:] if node.args[0] in self.built else self.items(node),
        )

    def items(self, node: Node) -> list[Expr]:
        return [self.built[a] for a in node.args[1:] if a.head != "colon"]

    def family(self, node: Node, role: tuple[Any, ...]) -> Expr:
        """x_i of an undeclared x: entry i of a vector, or row i of the matrix X when use shows a vector."""
        one, axes = self.s.families[role[1]], self.s.axes
        dim = axes.size[axes.find(one.axis)] or Dim.of("n")
        inner = shape_of_type(axes, one.item)
        if inner:
            name = one.name.upper() if len(one.name) == 1 and one.name.upper() != one.name else one.name
            self.note(f"{one.name}_{self.text_of(node.args[1])} is read as row {self.text_of(node.args[1])} of {name}")
            return apply("row", self.introduce(name, (dim, *inner)), *self.items(node))
        return apply("entry", self.introduce(one.name, (dim,)), *self.items(node))

    def text_of(self, node: Node) -> str:
        return self.text[node.start : node.stop].strip("{}_") or "i"

    def introduce(self, name: str, shape: tuple[Dim, ...]) -> Symbol:
        from_sheet = self.s.words.symbols.get(name)
        if from_sheet is not None and from_sheet.shape == shape:
            return from_sheet
        if name not in self.introduced:
            self.introduced[name] = fresh_symbol(name, shape)
        return self.introduced[name]

    # -- entries ------------------------------------------------------------------------------------------------

    def entry(self, node: Node, role: tuple[Any, ...]) -> Expr:
        return self.repeated(node, apply("entry", self.arg(node), *self.items(node)))

    def digits(self, node: Node, role: tuple[Any, ...]) -> Expr:
        digits = str(node.args[1].value)
        return apply("entry", self.arg(node), int(digits[0]), int(digits[1]))

    def line(self, node: Node, role: tuple[Any, ...]) -> Expr:
        """x_i of something with one or two axes: an entry, or a row."""
        owner = self.arg(node)
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
        if not self.s.free or node in self.inside or any(_row_of(f) for f in factors):
            return made
        free = {self.index(b) for b in self.s.free.values()}
        for factor in factors:
            for one in free_indices(factor) & free:
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

    # -- arithmetic ---------------------------------------------------------------------------------------------

    def num(self, node: Node) -> Expr:
        return constant(node.value)

    def name(self, node: Node) -> Expr:
        if node.value in self.s.sizes:
            return apply("size", attrs=(Dim.of(node.value),))
        return constant(0)  # an index or a word in a subscript: never used as a value

    def size(self, node: Node, role: tuple[Any, ...]) -> Expr:
        return apply("size", attrs=(Dim.of(role[1]),))

    def constant(self, node: Node, role: tuple[Any, ...]) -> Expr:
        if role[1] == "∞":
            return constant(float("inf"))
        return apply("pi" if role[1] == "π" else "euler")

    def neg(self, node: Node) -> Expr:
        return apply("neg", self.arg(node))

    def same(self, node: Node) -> Expr:
        return self.arg(node)

    def add(self, node: Node) -> Expr:
        return apply("add", *self.args(node))

    def mul(self, node: Node) -> Expr:
        """A chain of products; x · y of two vectors is their inner product."""
        parts = [self.arg(node)]
        factors = self.args(node)
        for sep, right in zip(node.value, factors[1:], strict=True):
            if sep == "·" and right.ndim == 1:
                left = parts[0] if len(parts) == 1 else apply("mul", *parts)
                if left.shape == right.shape:
                    parts = [apply("inner", left, right)]
                    continue
            parts.append(right)
        made = parts[0] if len(parts) == 1 else apply("mul", *parts)
        return self.summed(node, factors, made, set())

    def entrywise(self, node: Node) -> Expr:
        args = self.args(node)
        if all(not a.shape for a in args) and node.head == "hadamard":
            return apply("mul", *args)
        if all(not a.shape for a in args) and node.head == "ediv":
            return apply("div", *args)
        made = apply(node.head, *args)
        return made

    def div(self, node: Node) -> Expr:
        return self.summed(node, self.args(node), apply("div", *self.args(node)), set())

    def kron(self, node: Node) -> Expr:
        return apply("kron", *self.args(node))

    def pow(self, node: Node) -> Expr:
        base, power = self.arg(node), literal(self.arg(node, 1))
        if isinstance(base, Apply) and base.op.name == "euler":
            return apply("exp", power)
        if base.ndim == 2:
            return self.matrix_power(node, base, power)
        if base.ndim == 0:
            return apply("pow", base, power)
        if isinstance(power, Const) and power.value == 2:
            shown = self.text[node.args[0].start : node.args[0].stop]
            if not shown.isalnum():
                shown = f"({shown})"
            raise ShapeError(
                f"{shown}² of a vector has two meanings: {called_shape(shown, base)}.",
                repair=f"Write {shown} ⊙ {shown} (entry by entry) or ‖{shown.strip('()')}‖² (a number).",
            )
        raise ShapeError("A power of a vector is not defined.", repair="Write x.^p for the power of every entry.")

    def matrix_power(self, node: Node, base: Expr, power: Expr) -> Expr:
        match power:
            case Const(value=int(k)) if abs(k) <= MAX_MATRIX_POWER:
                if k == 0:
                    return apply("eye", attrs=(base.shape[0],))
                whole = base if abs(k) == 1 else apply("matpow", base, attrs=(abs(k),))
                return whole if k > 0 else apply("inv", whole)
            case Const(value=int(k)):
                raise TooLarge(f"The matrix power {k} is too large.", repair=f"At most {MAX_MATRIX_POWER}.")
            case Const(value=float(v)) if abs(v) == 0.5:
                root = apply("sqrtm", base)
                return root if v > 0 else apply("inv", root)
            case Apply() if power.op.name == "div" and power.args == (constant(1), constant(2)):
                return apply("sqrtm", base)
            case Apply() if power.op.name == "neg" and self.half(power.args[0]):
                return apply("inv", apply("sqrtm", base))
            case Apply() if power.op.name == "div" and power.args == (constant(-1), constant(2)):
                return apply("inv", apply("sqrtm", base))
        raise ShapeError(
            "A matrix power is read for whole exponents and 1/2.",
            expected="X^k, X⁻¹, X^{1/2}",
            repair="Write X.^p for the power of every entry, expm(p logm(X)) for the matrix power.",
        )

    def half(self, power: Expr) -> bool:
        return isinstance(power, Apply) and power.op.name == "div" and power.args == (constant(1), constant(2))

    def epow(self, node: Node) -> Expr:
        base, power = self.arg(node), literal(self.arg(node, 1))
        return apply("epow" if base.shape else "pow", base, power)

    def transpose(self, node: Node) -> Expr:
        base = self.arg(node)
        return apply("transpose", base)

    def bars(self, node: Node) -> Expr:
        inner = self.arg(node)
        if not inner.shape:
            return apply("abs", inner)
        if inner.ndim == 2:
            return apply("det", inner)
        shown = self.text[node.args[0].start : node.args[0].stop]
        raise Ambiguous(
            f"|{shown}| of a vector has two readings: abs({shown}) entry by entry, and the length ‖{shown}‖.",
            repair=f"Write abs({shown}) or ‖{shown}‖.",
        )

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
            f"the free {'index' if len(over) == 1 else 'indices'} {', '.join(i.name for i in over)} {'makes' if len(over) == 1 else 'make'} a tensor"
        )
        return bind("Tensor", over, made)

    # -- functions ----------------------------------------------------------------------------------------------

    def call(self, node: Node) -> Expr:
        name, primes = node.value
        if name in self.s.words.definitions:
            return self.user(node, name, primes)
        if primes:
            raise UnknownName(
                f"{name}' is the derivative of a function that is not defined here.",
                repair=f"Define {name}(x) = ... first.",
            )
        op, args = function_name(name), self.args(node)
        special = _SPECIAL.get(op)
        if special is not None:
            return special(self, node, args)
        record = operations[op] if op in operations else None
        if record is None:
            raise UnknownName(f"There is no function {name}.")
        wanted = {"inner": 2, "kron": 2, "maximum": 2, "minimum": 2, "norm_quad": 2, "frechet": 2}.get(op, 1)
        if len(args) != wanted:
            counted = "one argument" if wanted == 1 else "two arguments"
            raise ReadError(
                f"{name} takes {counted}.",
                expected=counted,
                got=str(len(args)),
                repair=f"Write {name}({'x' if wanted == 1 else 'x, y'}).",
            )
        if op in _MATRIX_TOO and args[0].ndim == 2 and args[0].shape[0].number != 1:
            hint = f"; {op}m is the matrix function" if op in ("exp", "log", "sqrt") else ""
            self.note(f"{name}({self.text[node.args[0].start : node.args[0].stop]}) is taken entry by entry{hint}")
        if op == "transpose" and not args[0].shape:
            return args[0]
        return apply(op, *args)

    def user(self, node: Node, name: str, primes: int) -> Expr:
        made = self.s.words.definitions[name]
        args = self.args(node)
        if primes and not args:
            args = list(made.symbols)
        if len(args) != len(made.parameters):
            raise ReadError(
                f"{name} takes {len(made.parameters)} arguments.",
                expected=", ".join(made.parameters),
                got=str(len(args)),
                repair=f"Write {name}({', '.join(made.parameters)}).",
            )
        body = call_definition(made, args)
        if not primes:
            return body
        if len(args) != 1 or not isinstance(args[0], Symbol):
            raise ReadError(
                f"{name}' is read at a variable.",
                repair=f"Write {name}'(x), or differentiate first and substitute then.",
            )
        for _ in range(primes):
            body = apply("derivative", body, args[0], attrs=("prime",))
        return body

    def extreme(self, node: Node, args: list[Expr]) -> Expr:
        name = function_name(node.value[0])
        if len(args) == 1:
            return apply(name, args[0])
        made = args[0]
        for other in args[1:]:
            made = apply("maximum" if name.startswith("max") else "minimum", made, other)
        return made

    def diag(self, node: Node, args: list[Expr]) -> Expr:
        self.one_argument(node, args)
        return apply("diag" if args[0].ndim < 2 else "diagonal", args[0])

    def one_argument(self, node: Node, args: list[Expr]) -> None:
        if len(args) != 1:
            raise ReadError(f"{node.value[0]} takes one argument.", got=str(len(args)))

    def of_size(self, node: Node, args: list[Expr]) -> Expr:
        """eye(n), ones(n), ones(m, n), zeros(n): the dims are in the inferred shape."""
        name = {"identity": "eye", "vector": "ones", "matrix": "ones"}.get(node.value[0], node.value[0])
        shape = self.shape(node)
        if node.value[0] in ("vector", "matrix"):
            value = args[0] if args else constant(1)
            ones = apply("ones", attrs=shape) if shape else constant(1)
            if isinstance(value, Const) and value.value == 1:
                return ones
            return (
                apply("zeros", attrs=shape)
                if isinstance(value, Const) and value.value == 0
                else apply("mul", value, ones)
            )
        if name == "eye":
            return apply("eye", attrs=(shape[0],)) if shape else constant(1)
        return apply(name, attrs=shape) if shape else constant(1 if name == "ones" else 0)

    def polygamma(self, node: Node, args: list[Expr]) -> Expr:
        order, value = (constant(1), args[0]) if node.value[0] == "trigamma" else (args[0], args[-1])
        if not isinstance(order, Const) or not isinstance(order.value, int):
            raise ReadError("The order of polygamma is a whole number.")
        return apply("polygamma", value, attrs=(order.value,))

    def unvec(self, node: Node, args: list[Expr]) -> Expr:
        if len(args) != 3:
            raise ReadError("unvec takes a vector and two sizes.", repair="Write unvec(x, n, m).")
        return apply(
            "unvec", args[0], attrs=self.shape(node) if len(self.shape(node)) == 2 else (*self.shape(node), Dim.of(1))
        )

    def outer(self, node: Node, args: list[Expr]) -> Expr:
        if len(args) != 2:
            raise ReadError("outer takes two vectors.", got=str(len(args)))
        return apply("mul", args[0], apply("transpose", args[1]))

    def normquad(self, node: Node) -> Expr:
        return apply("norm_quad", self.arg(node), self.arg(node, 1))

    def fnpow(self, node: Node) -> Expr:
        base, power = self.arg(node), literal(self.arg(node, 1))
        elementwise = isinstance(base, Apply) and base.op.family == "elementwise"
        if base.ndim == 2 and not elementwise:
            return self.matrix_power(node, base, power)
        return apply("epow" if base.shape else "pow", base, power)

    def blocks(self, node: Node) -> Expr:
        if len(node.args) > MAX_BLOCKS:
            raise TooLarge(f"There are more than {MAX_BLOCKS} blocks.")
        return apply("blocks", *self.args(node), attrs=node.value)

    def basis(self, node: Node, role: tuple[Any, ...]) -> Expr:
        return apply("basis", *self.items(node), attrs=(self.shape(node)[0],))

    # -- binders ------------------------------------------------------------------------------------------------

    def big(self, node: Node) -> Expr:
        body, op = self.arg(node), node.value
        bound = self.s.bound[node]
        if op in ("Max", "Min", "Argmax", "Argmin") and all(self.index_unused(b, body) for b in bound) and bound:
            return self.over_symbols(node, op, body)
        if not bound:
            if op in ("Max", "Min", "Argmax", "Argmin"):
                return self.over_symbols(node, op, body)
            raise ReadError("What this runs over is declared as a symbol.", repair="Use another letter for the index.")
        conditions: list[Expr] = []
        for item in node.args[1:]:
            if item.head == "rel" and item.value[0] in ("ne", "lt", "gt", "le", "ge"):
                sides = [self.built[a] if a in self.built else constant(0) for a in item.args]
                conditions += [apply(o, a, b) for o, a, b in zip(item.value, sides, sides[1:], strict=False)]
        for one in bound:
            if one.start > 1:
                conditions.append(apply("ge", self.index(one), one.start))
        made, rest = body, conditions
        variables = [self.index(b) for b in bound]
        if len(rest) > 1:
            raise ReadError("Several conditions stand under one sum.", repair="Write one sum for each.")
        return bind(op, variables, made, *rest)

    def index_unused(self, one: Bound, body: Expr) -> bool:
        return self.index(one) not in free_indices(body)

    def over_symbols(self, node: Node, op: str, body: Expr) -> Expr:
        names = [n.value for item in node.args[1:] for n in postorder(item) if n.head == "name"]
        found = [s for s in (self.known_symbol(n) for n in names) if s is not None]
        if not found:
            raise ReadError(
                f"{op.lower()} does not depend on what it runs over.", repair="Name a variable of the expression."
            )
        return bind(op, found, body)

    def known_symbol(self, name: str) -> Symbol | None:
        if name in self.s.words.symbols or name in self.s.symbols:
            return symbol_of(self.s, name)
        return None

    def tensor(self, node: Node) -> Expr:
        return bind("Tensor", [self.index(b) for b in self.s.bound[node]], self.arg(node))

    def integral(self, node: Node) -> Expr:
        body, variable, *limits = self.args(node)
        if not limits:
            limits = [constant(float("-inf")), constant(float("inf"))]
        return bind("Integral", (variable,), body, *limits)

    def expect(self, node: Node) -> Expr:
        name, count = node.value
        args = self.args(node)[:count] if all(a in self.built for a in node.args[:count]) else []
        drawn = [n for item in node.args[count:] for n in postorder(item) if n.head == "name"]
        over = [self.built[n] for n in drawn[:1] if isinstance(self.built.get(n), Symbol)]
        if over and name == "expectation":
            return bind("Expectation", over, args[0])
        return apply(name, *args)

    # -- derivatives --------------------------------------------------------------------------------------------

    def differential(self, node: Node) -> Expr:
        if not node.args:
            raise ReadError("∂ of what?", repair="Write ∂f/∂x.")
        return apply("d", self.arg(node))

    def derivative(self, node: Node) -> Expr:
        body, *wrt = self.args(node)
        if node.args[0].head == "hole":
            raise ReadError("The derivative of what?", repair="Write ∂f/∂x, or ∂/∂x (…).")
        return apply("derivative", body, *wrt, attrs=(node.value,))

    def nabla(self, node: Node) -> Expr:
        body, kind = self.arg(node), node.value[0]
        if len(node.args) > 1:
            wrt = self.arg(node, 1)
        else:
            wrt = self.variable_of(node.args[0], body)
        times = 2 if kind == "hessian" else 1
        return apply("derivative", body, *([wrt] * times), attrs=(kind,))

    def variable_of(self, body: Node, made: Expr) -> Expr:
        """Return the variable of f in ∇f: the one of its definition, or the only one there is."""
        name = body.value if body.head == "name" else body.value[0] if body.head == "call" else None
        known = self.s.words.definitions.get(name) if isinstance(name, str) else None
        if body.head == "call" and known and len(body.args) == 1 and isinstance(self.built[body.args[0]], Symbol):
            return self.built[body.args[0]]
        if known and len(known.symbols) == 1:
            return known.symbols[0]
        shown = self.text[body.start : body.stop]
        raise ReadError(
            f"∇{shown} does not say in which variable.",
            expected="∇_w",
            repair=f"Write ∇_w {shown}, or define it as f(w) = ...",
        )

    def hole(self, node: Node) -> Expr:
        return constant(0)


def literal(power: Expr) -> Expr:
    """Return a negative number for the negative of a number: s⁻¹ has the exponent −1."""
    if isinstance(power, Apply) and power.op.name == "neg" and isinstance(power.args[0], Const):
        return constant(-power.args[0].value)
    return power


def called_shape(shown: str, node: Expr) -> str:
    """Return "x is n" for a sentence."""
    return f"{shown} is a vector of {node.shape[0]}"


def _row_of(node: Expr) -> bool:
    """Tell whether a factor is a row of a matrix (x_i or x_iᵀ)."""
    while isinstance(node, Apply) and node.op.name == "transpose":
        node = node.args[0]
    return isinstance(node, Apply) and node.op.name in ("row", "col")


def _elementwise(name: str) -> bool:
    op = function_name(name)
    return op in ("max", "min") or (op in operations and operations[op].family == "elementwise")


def fresh_symbol(name: str, shape: tuple[Dim, ...]) -> Symbol:
    """Return a symbol without facts."""
    return symbol(name, shape)


_Role = Callable[[Elaborate, Node, tuple[Any, ...]], Expr]
_BY_ROLE: dict[str, _Role] = {
    "symbol": Elaborate.symbol,
    "index": Elaborate.as_index,
    "definition": Elaborate.definition,
    "function": Elaborate.definition,
    "size": Elaborate.size,
    "ones": Elaborate.filled,
    "zeros": Elaborate.filled,
    "fill": Elaborate.fill,
    "eye": Elaborate.eye,
    "constant": Elaborate.constant,
    "delta": Elaborate.delta,
    "family": Elaborate.family,
    "entry": Elaborate.entry,
    "digits": Elaborate.digits,
    "line": Elaborate.line,
    "basis": Elaborate.basis,
    "row": lambda e, n, r: apply("row", e.arg(n), *e.items(n)),
    "col": lambda e, n, r: apply("col", e.arg(n), *e.items(n)),
}
_BY_HEAD: dict[str, Callable[[Elaborate, Node], Expr]] = {
    "num": Elaborate.num,
    "name": Elaborate.name,
    "neg": Elaborate.neg,
    "bracket": Elaborate.same,
    "add": Elaborate.add,
    "mul": Elaborate.mul,
    "hadamard": Elaborate.entrywise,
    "ediv": Elaborate.entrywise,
    "div": Elaborate.div,
    "kron": Elaborate.kron,
    "pow": Elaborate.pow,
    "epow": Elaborate.epow,
    "fnpow": Elaborate.fnpow,
    "transpose": Elaborate.transpose,
    "prime": Elaborate.transpose,
    "bars": Elaborate.bars,
    "rel": Elaborate.relation,
    "call": Elaborate.call,
    "normquad": Elaborate.normquad,
    "blocks": Elaborate.blocks,
    "big": Elaborate.big,
    "tensor": Elaborate.tensor,
    "integral": Elaborate.integral,
    "expect": Elaborate.expect,
    "del": Elaborate.differential,
    "derivative": Elaborate.derivative,
    "nabla": Elaborate.nabla,
    "hole": Elaborate.hole,
}
_SPECIAL: dict[str, Callable[[Elaborate, Node, list[Expr]], Expr]] = {
    "max": Elaborate.extreme,
    "min": Elaborate.extreme,
    "diag": Elaborate.diag,
    "eye": Elaborate.of_size,
    "identity": Elaborate.of_size,
    "ones": Elaborate.of_size,
    "zeros": Elaborate.of_size,
    "vector": Elaborate.of_size,
    "matrix": Elaborate.of_size,
    "polygamma": Elaborate.polygamma,
    "unvec": Elaborate.unvec,
    "outer": Elaborate.outer,
}
