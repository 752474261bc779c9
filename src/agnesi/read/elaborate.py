"""From a syntax tree with its inferred types to an expression; errors get the place in the text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agnesi.errors import ReadError, TooLarge, UnknownName
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Const, Expr, Symbol, apply, bind, constant, free_indices, postorder, symbol
from agnesi.ops import operations
from agnesi.read.apply import call_definition
from agnesi.read.build import MATRIX_TOO, MAX_BLOCKS, TWO_SIDED, WHOLE
from agnesi.read.build_arithmetic import literal
from agnesi.read.derivatives import Derivatives
from agnesi.read.optima import kind_of_set, run_over
from agnesi.read.scene import Bound, function_name, symbol_of
from agnesi.read.syntax import Node
from agnesi.read.vocabulary import Definition

SAID = {
    "σ": "σ is the sigmoid 1/(1 + exp(−t)); for another function define σ(t) = ...",
    "φ": "φ is the standard normal density; for basis functions define φ(t) = ..., or declare φ",
    "Φ": "Φ is the standard normal distribution function; for a matrix of features declare Φ: n×m",
    "ψ": "ψ is the digamma function; for another define ψ(t) = ...",
    "Γ": "Γ is the gamma function; for a matrix declare Γ: n×n",
    "gamma": "gamma is the gamma function Γ; for a number γ declare it, or write γ · (...)",
}


RECIPROCAL = {"cot": "tan", "sec": "cos", "csc": "sin", "coth": "tanh", "sech": "cosh", "csch": "sinh"}
FALLING = frozenset(("exp", "normpdf", "div", "sigmoid", "cosh"))  # what an integral over all numbers needs
BARS_SAID = {
    "norm_bare": "the Frobenius norm",
    "norm_one": "the sum of absolute entries",
    "norm_inf": "the largest absolute entry",
}


class Elaborate(Derivatives):
    """Builds the expressions of one sheet; `notes` and `spans` are filled on the way."""

    def node(self, node: Node) -> Expr:
        """Return the expression of a node whose parts are built."""
        role = self.s.roles.get(node)
        if role is not None and role[0] in _BY_ROLE:
            return _BY_ROLE[role[0]](self, node, role)
        return _BY_HEAD[node.head](self, node)

    def call(self, node: Node) -> Expr:
        """Type, build or parse a call."""
        name, primes = node.value
        if name in self.s.words.definitions:
            return self.user(node, name, primes)
        if primes and (slope := self.slope_of(node, function_name(name), primes)) is not None:
            return slope
        if primes:
            raise UnknownName(
                f"{name}' is the derivative of a function that is not defined here.",
                repair=f"Define {name}(x) = ... first.",
            )
        if name in SAID:
            self.note(SAID[name])
        op, args = function_name(name), self.args(node)
        if op in RECIPROCAL and len(args) == 1:
            return apply("ediv" if args[0].shape else "div", constant(1), apply(RECIPROCAL[op], args[0]))
        special = _SPECIAL.get(op)
        if special is not None:
            return special(self, node, args)
        record = operations[op] if op in operations else None  # noqa: SIM401 (the registry has no get)
        if record is None:
            raise UnknownName(f"There is no function {name}.")
        wanted = 2 if op in TWO_SIDED else 1
        if len(args) != wanted:
            counted = "one argument" if wanted == 1 else "two arguments"
            raise ReadError(
                f"{name} takes {counted}.",
                expected=counted,
                got=str(len(args)),
                repair=f"Write {name}({'x' if wanted == 1 else 'x, y'}).",
            )
        if op in MATRIX_TOO and args[0].ndim == 2 and args[0].shape[0].number != 1:
            if self.s.words.matrix_functions and op in WHOLE and args[0].shape[0] == args[0].shape[1]:
                self.note(f"{name} of a square matrix is read as the matrix function, {op}m")
                return apply(f"{op}m", *args)
            hint = f"; {op}m is the matrix function" if op in WHOLE else ""
            self.note(f"{name}({self.text[node.args[0].start : node.args[0].stop]}) is taken entry by entry{hint}")
        if op in ("transpose", "tr") and not args[0].shape:
            return args[0]
        return apply(op, *args)

    def slope_of(self, node: Node, name: str, primes: int) -> Expr | None:
        """Return tanh'(a) and log''(x): the derivative of a function of numbers that everybody knows."""
        record = operations[name] if name in operations else None  # noqa: SIM401 (the registry has no get)
        args = self.args(node)
        if record is None or record.family != "elementwise" or record.derivative is None or len(args) != 1:
            return None
        own = symbol("t@")
        made = Definition(name, ("t@",), apply(name, own), (own,))
        return self.primed(made, name, primes, args[0])

    def user(self, node: Node, name: str, primes: int) -> Expr:
        """Return a call of a user function, or its derivative f'(x)."""
        made = self.s.words.definitions[name]
        args = self.args(node)
        if primes and not args:
            args = list(made.symbols)
        if len(args) != len(made.parameters):
            raise ReadError(
                f"{name} takes {len(made.parameters)} argument{'s' * (len(made.parameters) != 1)}.",
                expected=", ".join(made.parameters),
                got=str(len(args)),
                repair=f"Write {name}({', '.join(made.parameters)}).",
            )
        body = call_definition(made, args)
        if not primes:
            return body
        if len(args) != 1:
            raise ReadError(f"{name}' is the derivative of a function of one variable.", repair="Write ∂f/∂x.")
        return self.primed(made, name, primes, args[0])

    def extreme(self, node: Node, args: list[Expr]) -> Expr:
        """max and min: of all entries, or of two arguments."""
        name = function_name(node.value[0])
        if len(args) == 1:
            return apply(name, args[0])
        made = args[0]
        for other in args[1:]:
            made = apply("maximum" if name.startswith("max") else "minimum", made, other)
        return made

    def bars_of_matrix(self, node: Node, args: list[Expr]) -> Expr:
        """Norms in bars: of a matrix, which norm it is is said; ‖A‖₂ is the largest singular value."""
        self.one_argument(node, args)
        name, inner = node.value[0], args[0]
        matrix = inner.ndim == 2 and all(d.number != 1 for d in inner.shape)
        shown = f"‖{self.text[node.args[0].start : node.args[0].stop]}‖"
        if matrix and name == "norm_two":
            self.note(f"{shown}_2 is the spectral norm, the largest singular value; ‖X‖_F is the Frobenius norm")
            return apply("sqrt", apply("lammax", apply("mul", apply("transpose", inner), inner)))
        said = BARS_SAID.get(name, "")
        if matrix and said and not any(n.endswith(said) for n in self.notes):
            self.note(f"{shown} is {said}")
        return apply(function_name(name), inner)

    def diag(self, node: Node, args: list[Expr]) -> Expr:
        """diag of a vector is a matrix, of a matrix a vector."""
        self.one_argument(node, args)
        inner, left_open = args[0], self.open_indices(args) if self.s.words.loose else []
        if not inner.shape and len(left_open) == 1:  # diag(w_i)
            inner = bind("Tensor", left_open, inner)
        return apply("diag" if inner.ndim < 2 else "diagonal", inner)

    def one_argument(self, node: Node, args: list[Expr]) -> None:
        """Raise unless there is one argument."""
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
        """Return polygamma(k, x) or trigamma(x)."""
        order, value = (constant(1), args[0]) if node.value[0] == "trigamma" else (args[0], args[-1])
        if not isinstance(order, Const) or not isinstance(order.value, int):
            raise ReadError("The order of polygamma is a whole number.")
        return apply("polygamma", value, attrs=(order.value,))

    def unvec(self, node: Node, args: list[Expr]) -> Expr:
        """Return unvec(x, n, m)."""
        if len(args) != 3:
            raise ReadError("unvec takes a vector and two sizes.", repair="Write unvec(x, n, m).")
        return apply(
            "unvec", args[0], attrs=self.shape(node) if len(self.shape(node)) == 2 else (*self.shape(node), Dim.of(1))
        )

    def outer(self, node: Node, args: list[Expr]) -> Expr:
        """Return x yᵀ."""
        if len(args) != 2:
            raise ReadError("outer takes two vectors.", got=str(len(args)))
        return apply("mul", args[0], apply("transpose", args[1]))

    def normquad(self, node: Node) -> Expr:
        """Return ‖x‖_A."""
        return apply("norm_quad", self.arg(node), self.arg(node, 1))

    def fnpow(self, node: Node) -> Expr:
        """Return tanh²(x), log² x."""
        base, power = self.arg(node), literal(self.arg(node, 1))
        elementwise = isinstance(base, Apply) and base.op.family == "elementwise"
        if base.ndim == 2 and not elementwise:
            return self.matrix_power(node, base, power)
        return apply("epow" if base.shape else "pow", base, power)

    def blocks(self, node: Node) -> Expr:
        """Return a matrix of blocks."""
        if len(node.args) > MAX_BLOCKS:
            raise TooLarge(f"There are more than {MAX_BLOCKS} blocks.")
        return apply("blocks", *self.args(node), attrs=node.value)

    def basis(self, node: Node, role: tuple[Any, ...]) -> Expr:
        """Return e_i."""
        item = node.args[1]
        which = self.built[item.args[0] if item.head == "rel" else item]
        return apply("basis", which, attrs=self.shape(node)[:1] or (Dim.of(1),))

    def big(self, node: Node) -> Expr:
        """A big operator over its indices."""
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
        """Tell whether a bound index is not in the body."""
        return self.index(one) not in free_indices(body)

    def over_symbols(self, node: Node, op: str, body: Expr) -> Expr:
        """Return min_x f, over symbols, with its conditions."""
        variables, conditions = run_over(node.args[1:], node.args[0])
        found = [s for s in (self.known_symbol(n.value) for n in variables) if s is not None]
        if not found:
            raise ReadError(
                f"{op.lower()} does not depend on what it runs over.", repair="Name a variable of the expression."
            )
        return bind(op, found, body, *(made for c in conditions for made in self.condition(c)))

    def condition(self, node: Node) -> list[Expr]:
        """Return the relations that a condition under a maximum stands for."""
        if node.head == "member":
            one = self.built[node.args[0]]
            zero = apply("zeros", attrs=one.shape) if one.shape else constant(0)
            simplex = kind_of_set(node) == "simplex"
            return [apply("eq", apply("sum", one), 1), apply("ge", one, zero)] if simplex else []
        if "ne" in node.value and len(node.value) == 1:
            if self.arg(node, 1) != constant(0):
                raise ReadError("Of conditions with ≠ only x ≠ 0 is read here.", repair="Leave it out.")
            return []  # one point makes no difference to a supremum
        return self.pairs(node)

    def known_symbol(self, name: str) -> Symbol | None:
        """Return the symbol of a name, if it is one."""
        if name in self.s.words.symbols or name in self.s.symbols:
            return symbol_of(self.s, name)
        return None

    def tensor(self, node: Node) -> Expr:
        """Return a tensor by its entries."""
        return bind("Tensor", [self.index(b) for b in self.s.bound[node]], self.arg(node))

    def integral(self, node: Node) -> Expr:
        """Return an integral."""
        body, variable, *limits = self.args(node)
        if not limits and any(isinstance(n, Apply) and n.op.name in FALLING for n in postorder(body)):
            self.note("an integral without ends is read as over all real numbers")
            limits = [-constant(float("inf")), constant(float("inf"))]
        if len(limits) != 2:
            raise ReadError(
                "An integral without both its limits is not read.", repair="Write ∫_a^b ... dx, or ∫_{-∞}^∞ ... dx."
            )
        return bind("Integral", (variable,), body, *limits)

    def chance(self, node: Node) -> Expr:
        """Return what is said of random quantities, as `agnesi.ops.chance` has it."""
        name, attrs = node.value
        args = [self.part(a) for a in node.args]
        if name in ("Expectation", "Outcomes", "Whole"):
            over = [a for a in args[1:] if isinstance(a, Symbol)]
            if len(over) < len(args) - 1:
                raise ReadError(
                    "What this runs over is no variable here.", repair="Write E_x, ∑_x or dx with the name of one."
                )
            return bind(name, over, args[0])
        return apply(name, *args, attrs=attrs)

    def part(self, node: Node) -> Expr:
        """Return an argument; a relation in it is an event."""
        return self.built[node] if node in self.built else self.relation(node)

    def differential(self, node: Node) -> Expr:
        """Return a differential."""
        if not node.args:
            raise ReadError("∂ of what?", repair="Write ∂f/∂x.")
        return apply("d", self.seeded(self.arg(node)))

    def hole(self, node: Node) -> Expr:
        """Return a stand-in for what ∂/∂x is applied to."""
        return constant(0)


_Role = Callable[[Elaborate, Node, tuple[Any, ...]], Expr]
_BY_ROLE: dict[str, _Role] = {
    "symbol": Elaborate.symbol,
    "index": Elaborate.as_index,
    "definition": Elaborate.definition,
    "function": Elaborate.definition,
    "size": Elaborate.size,
    "variable": lambda e, n, r: symbol(r[1]),
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
    "limit": lambda e, n: bind("Limit", (e.arg(n, 1),), e.arg(n), e.arg(n, 2), n.value),
    "series": lambda e, n: bind(n.value, (e.arg(n, 1),), *(e.arg(n, k) for k in (0, 2, 3))),
    "scalar": Elaborate.same,
    "chance": Elaborate.chance,
    "del": Elaborate.differential,
    "derivative": Elaborate.derivative,
    "nabla": Elaborate.nabla,
    "at": Elaborate.at_place,
    "hole": Elaborate.hole,
}
_SPECIAL: dict[str, Callable[[Elaborate, Node, list[Expr]], Expr]] = {
    "norm": Elaborate.bars_of_matrix,
    "norm1": Elaborate.bars_of_matrix,
    "norminf": Elaborate.bars_of_matrix,
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
