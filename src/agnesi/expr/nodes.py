"""Expressions: immutable, interned (structural twins are the same object), each with its shape.

Five kinds: a constant, a symbol, an index, an application of an operation, and a binder (a sum, product, maximum
over indices, an integral over a variable, or a tensor given by its entries).
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from hashlib import blake2b
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from agnesi.errors import ShapeError, TooLarge
from agnesi.expr.clock import ask
from agnesi.expr.dims import Dim, DimLike, Shape, shape_of
from agnesi.expr.operation import Operation, operations

T = TypeVar("T")
Number = int | float | Fraction
LONGEST = 13_000  # binary digits of a number


class Expr:
    """An expression: `shape` is a tuple of dims, `digest` a stable fingerprint of the structure.

    `==` is syntactic identity. Operators build written forms and never simplify: `X @ w - y` is what it says.
    """

    __slots__ = ("__weakref__", "_memo", "digest", "shape")
    shape: Shape
    digest: bytes
    _memo: dict[str, Any] | None

    @property
    def args(self) -> tuple[Expr, ...]:
        """The expressions directly below this one."""
        return ()

    @property
    def ndim(self) -> int:
        """The number of axes: 0 for a scalar, 1 for a vector, 2 for a matrix (and for a row 1×n)."""
        return len(self.shape)

    def memo(self, key: str, compute: Callable[[], Any]) -> Any:
        """Return what `compute()` gave the first time for `key` on this node."""
        held = self._memo
        if held is None:
            with _lock:  # two threads share one dict, or what one keeps would be lost to the other
                held = self._memo = self._memo or {}
        if key not in held:
            held[key] = compute()
        return held[key]

    def __add__(self, other: ExprLike) -> Expr:
        return apply("add", self, lift(other))

    def __radd__(self, other: ExprLike) -> Expr:
        return apply("add", lift(other), self)

    def __sub__(self, other: ExprLike) -> Expr:
        return apply("add", self, apply("neg", lift(other)))

    def __rsub__(self, other: ExprLike) -> Expr:
        return apply("add", lift(other), apply("neg", self))

    def __neg__(self) -> Expr:
        return apply("neg", self)

    def __matmul__(self, other: ExprLike) -> Expr:
        return apply("mul", self, lift(other))

    def __rmatmul__(self, other: ExprLike) -> Expr:
        return apply("mul", lift(other), self)

    def __mul__(self, other: ExprLike) -> Expr:
        """Entrywise product, or scaling where one side is a scalar (`@` is the matrix product)."""
        right = lift(other)
        return apply("mul" if not self.shape or not right.shape else "hadamard", self, right)

    def __rmul__(self, other: ExprLike) -> Expr:
        return lift(other) * self

    def __truediv__(self, other: ExprLike) -> Expr:
        right = lift(other)
        return apply("div" if not right.shape else "ediv", self, right)

    def __rtruediv__(self, other: ExprLike) -> Expr:
        return lift(other) / self

    def __pow__(self, other: ExprLike) -> Expr:
        return apply("pow" if not self.shape else "epow", self, lift(other))

    @property
    def T(self) -> Expr:
        """The transpose."""
        return apply("transpose", self)

    def evaluate(self, **values: Any) -> Any:
        """Return the value for arrays by name, as in `f.evaluate(X=X, w=w)`; a size such as n may be given too.

        Raises `NotNumeric` for values that are missing or of the wrong shape.
        """
        return surface("evaluate")(self, values)

    def partial_sums(self, over: str | None = None, wrt: ExprLike | str | None = None) -> Any:
        """Return this scalar as a sum over the rows of arrays, whose value, gradient and Hessian add up block by block.

        `over` names the size of that axis, `wrt` the variable. Raises `AgnesiError` where it is no such sum.
        """
        return surface("partial_sums")(self, over, wrt)

    def plot(self, **values: Any) -> Any:
        """Return the picture that fits the shapes and free letters, as in `(x**2).plot(x=(-2, 2))`.

        `values` are arrays and numbers for letters, or ranges for x and y. Raises `AgnesiError` where too much is free.
        """
        return surface("plot")(self, values)

    def __str__(self) -> str:
        return str(surface("write")(self, "unicode")) if "write" in surfaces else plain(self)

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Return plain text and LaTeX for notebooks."""
        return {"text/plain": str(self), "text/latex": f"$\\displaystyle {surface('write')(self, 'latex')}$"}

    def __reduce__(self) -> tuple[Any, ...]:
        return (rebuild, (taken_apart(self),))

    def _parts(self) -> tuple[Any, ...]:
        """What makes this node, with expressions below it as they are."""
        raise NotImplementedError("Expr is abstract: use constant, symbol, apply or bind")


class Const(Expr):
    """A number: an int, a Fraction or a float; 1, 1.0 and 0.0, −0.0 are different constants."""

    __slots__ = ("value",)
    value: Number

    def _parts(self) -> tuple[Any, ...]:
        return ("const", self.value)


class Symbol(Expr):
    """A named variable or constant with its declared `facts` (names of fact records)."""

    __slots__ = ("facts", "name")
    name: str
    facts: frozenset[str]

    def _parts(self) -> tuple[Any, ...]:
        return ("symbol", self.name, self.shape, self.facts)


class Index(Expr):
    """An index `name` that runs from 1 to `dim`; as a number, its value."""

    __slots__ = ("dim", "name")
    name: str
    dim: Dim

    def _parts(self) -> tuple[Any, ...]:
        return ("index", self.name, self.dim)


class Apply(Expr):
    """An operation applied to arguments; `attrs` are its static parameters (dims, labels, integers)."""

    __slots__ = ("_args", "attrs", "op")
    op: Operation
    _args: tuple[Expr, ...]
    attrs: tuple[Any, ...]

    @property
    def args(self) -> tuple[Expr, ...]:
        """The expressions directly below this one."""
        return self._args

    def _parts(self) -> tuple[Any, ...]:
        return ("apply", self.op.name, self._args, self.attrs)


class Bind(Expr):
    """A binder over `variables` (indices; for an integral a symbol) with a `body` and extra `args`.

    `args` are the body first, then what the binder needs: a condition (a relation such as i ≠ j) for sums,
    the lower and upper limits for an integral.
    """

    __slots__ = ("_args", "op", "variables")
    op: Operation
    variables: tuple[Expr, ...]
    _args: tuple[Expr, ...]

    @property
    def args(self) -> tuple[Expr, ...]:
        """The expressions directly below this one."""
        return self._args

    @property
    def body(self) -> Expr:
        """The expression under the binder."""
        return self._args[0]

    @property
    def condition(self) -> Expr | None:
        """The relation that restricts the indices, if any."""
        return self._args[1] if len(self._args) == 2 else None

    def _parts(self) -> tuple[Any, ...]:
        return ("bind", self.op.name, self.variables, self._args)


ExprLike = Expr | int | float | Fraction

# What higher layers lend to expressions: "write" (printing), "evaluate" (numbers), "partial_sums" (sums over rows),
# "plot" (pictures).
# Filled when they are imported.
surfaces: dict[str, Callable[..., Any]] = {}


def surface(name: str) -> Callable[..., Any]:
    """Return a function that a higher layer lends to expressions."""
    if name not in surfaces:
        raise LookupError(f"Expressions cannot {name} yet: import agnesi first.")
    return surfaces[name]


_table: WeakValueDictionary[tuple[Any, ...], Expr] = WeakValueDictionary()
_lock = threading.Lock()


def _digest(*parts: object) -> bytes:
    h = blake2b(digest_size=16)
    for part in parts:
        h.update(part if isinstance(part, bytes) else repr(part).encode())
        h.update(b"\0")
    return h.digest()


def _intern(key: tuple[Any, ...], make: Callable[[], Expr]) -> Expr:
    found = _table.get(key)
    if found is None:
        fresh = make()
        with _lock:
            found = _table.setdefault(key, fresh)
    return found


def constant(value: Number) -> Const:
    """Return the constant `value`."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Fraction)):
        raise TypeError(f"a constant is an int, float or Fraction, not {type(value).__name__}")
    if not isinstance(value, float) and max(value.numerator.bit_length(), value.denominator.bit_length()) > LONGEST:
        raise TooLarge("A number has too many digits to be written out.")
    bits = struct.pack("<d", value) if isinstance(value, float) else str(value)

    def make() -> Expr:
        node = Const()
        node.shape, node._memo, node.value = (), None, value
        node.digest = _digest("const", type(value).__name__, bits)
        return node

    return _intern(("const", type(value), bits), make)  # type: ignore[return-value]


def symbol(name: str, shape: Iterable[DimLike] = (), facts: Iterable[str] = ()) -> Symbol:
    """Return the symbol `name` of the given `shape` with declared `facts`."""
    dims, known = shape_of(shape), frozenset(facts)

    def make() -> Expr:
        node = Symbol()
        node.shape, node._memo, node.name, node.facts = dims, None, name, known
        node.digest = _digest("symbol", name, dims, sorted(known))
        return node

    return _intern(("symbol", name, dims, known), make)  # type: ignore[return-value]


def index(name: str, dim: DimLike) -> Index:
    """Return the index `name` that runs over an axis of size `dim`, counted from 1."""
    size = Dim.of(dim)

    def make() -> Expr:
        node = Index()
        node.shape, node._memo, node.name, node.dim = (), None, name, size
        node.digest = _digest("index", name, size)
        return node

    return _intern(("index", name, size), make)  # type: ignore[return-value]


def apply(op: Operation | str, *args: ExprLike, attrs: tuple[Any, ...] = ()) -> Apply:
    """Return `op` applied to `args`, with static `attrs`; raises `ShapeError` where shapes do not fit."""
    record = operations[op] if isinstance(op, str) else op
    children = tuple(lift(a) for a in args)

    def make() -> Expr:
        node = Apply()
        node.op, node._args, node.attrs, node._memo = record, children, attrs, None
        node.shape = record.shape(children, attrs)
        node.digest = _digest("apply", record.name, *(c.digest for c in children), attrs)
        return node

    return _intern(("apply", id(record), children, attrs), make)  # type: ignore[return-value]


def bind(op: Operation | str, variables: Iterable[Expr], *args: ExprLike) -> Bind:
    """Return the binder `op` over `variables` with body `args[0]` and its condition or limits after it."""
    record = operations[op] if isinstance(op, str) else op
    children, bound = tuple(lift(a) for a in args), tuple(variables)

    def make() -> Expr:
        node = Bind()
        node.op, node._args, node.variables, node._memo = record, children, bound, None
        node.shape = record.shape(children, bound)
        parts = [c.digest for c in bound] + [b"|"] + [c.digest for c in children]
        node.digest = _digest("bind", record.name, *parts)
        return node

    return _intern(("bind", id(record), bound, children), make)  # type: ignore[return-value]


def lift(value: ExprLike) -> Expr:
    """Return an expression: numbers become constants."""
    return value if isinstance(value, Expr) else constant(value)


def taken_apart(root: Expr) -> tuple[tuple[Any, ...], ...]:
    """Return the parts of every node, arguments first, with numbers for the nodes below (for pickle and copy).

    A flat list: chains of any length can be pickled.
    """
    place: dict[Expr, int] = {}
    out: list[tuple[Any, ...]] = []
    for node in postorder(root, below=lambda n: (*n.args, *n.variables) if isinstance(n, Bind) else n.args):
        match parts := node._parts():
            case ("apply", name, args, attrs):
                parts = ("apply", name, tuple(place[a] for a in args), attrs)
            case ("bind", name, variables, args):
                parts = ("bind", name, tuple(place[v] for v in variables), tuple(place[a] for a in args))
        place[node] = len(out)
        out.append(parts)
    return tuple(out)


def rebuild(flat: tuple[tuple[Any, ...], ...]) -> Expr:
    """Return the expression that `taken_apart` took apart."""
    made: list[Expr] = []
    for parts in flat:
        match parts:
            case ("apply", name, args, attrs):
                parts = ("apply", name, tuple(made[k] for k in args), attrs)
            case ("bind", name, variables, args):
                parts = ("bind", name, tuple(made[k] for k in variables), tuple(made[k] for k in args))
        made.append(_made(parts))
    return made[-1]


def _made(parts: tuple[Any, ...]) -> Expr:
    """Return the node with these parts."""
    match parts:
        case ("const", value):
            return constant(value)
        case ("symbol", name, shape, facts):
            return symbol(name, shape, facts)
        case ("index", name, dim):
            return index(name, dim)
        case ("apply", name, args, attrs):
            return apply(name, *args, attrs=attrs)
        case ("bind", name, variables, args):
            return bind(name, variables, *args)
    raise ShapeError(f"These are not the parts of an expression: {parts!r}.")


def postorder(*roots: Expr, below: Callable[[Expr], Iterable[Expr]] | None = None) -> Iterator[Expr]:
    """Yield every distinct subexpression once, arguments before what uses them; without recursion."""
    seen: set[Expr] = set()
    stack: list[Expr | None] = [*reversed(roots)]  # None: what comes next has all its arguments behind it
    while stack:
        node = stack.pop()
        if node is None:
            yield stack.pop()  # type: ignore[misc]
        elif node not in seen:
            seen.add(node)
            children = tuple(below(node)) if below is not None else node.args
            if children:
                stack += (node, None)
                stack += children[::-1]
            else:
                yield node


def fold(root: Expr, step: Callable[[Expr, tuple[T, ...]], T]) -> T:
    """Return `step(node, values of its args)` at the root, computing each distinct subexpression once."""
    values: dict[Expr, T] = {}
    ask()
    for node in postorder(root):
        values[node] = step(node, tuple(values[a] for a in node.args))
    return values[root]


def with_args(node: Expr, args: tuple[Expr, ...]) -> Expr:
    """Return `node` with other arguments."""
    if args == node.args:
        return node
    match node:
        case Apply():
            return apply(node.op, *args, attrs=node.attrs)
        case Bind():
            return bind(node.op, node.variables, *args)
    return node


def replace(root: Expr, mapping: Mapping[Expr, Expr]) -> Expr:
    """Return `root` with every occurrence of a key of `mapping` replaced; bound variables are not renamed."""

    def step(node: Expr, args: tuple[Expr, ...]) -> Expr:
        return mapping[node] if node in mapping else with_args(node, args)

    return fold(root, step)


def symbols_of(*roots: Expr) -> list[Symbol]:
    """Return the free symbols in order of first appearance; what one root binds may be free in another."""
    return list(dict.fromkeys(s for root in roots for s in root.memo("symbols", partial(_symbols_in, root))))


def _symbols_in(root: Expr) -> tuple[Symbol, ...]:
    nodes = list(postorder(root))
    bound = {v for n in nodes if isinstance(n, Bind) for v in n.variables}
    return tuple(n for n in nodes if isinstance(n, Symbol) and n not in bound)


def operations_in(root: Expr) -> frozenset[str]:
    """Return the names of the operations that occur in an expression."""

    def compute() -> frozenset[str]:
        return frozenset(n.op.name for n in postorder(root) if isinstance(n, Apply | Bind))

    return root.memo("operations", compute)  # type: ignore[no-any-return]


def free_indices(root: Expr) -> frozenset[Index]:
    """Return the indices that occur in `root` and that no binder inside it binds."""

    def step(node: Expr, below: tuple[frozenset[Index], ...]) -> frozenset[Index]:
        if isinstance(node, Index):
            return frozenset((node,))
        found = frozenset().union(*below)
        return found - frozenset(node.variables) if isinstance(node, Bind) else found

    def compute() -> frozenset[Index]:
        return fold(root, step)

    return root.memo("free_indices", compute)  # type: ignore[no-any-return]


def plain(root: Expr, limit: int = 200_000) -> str:
    """Return a bare functional form for debugging, cut after `limit` characters; `agnesi.write` prints mathematics."""
    out: list[str] = []
    length, stack = 0, list[Expr | str]((root,))
    while stack and length < limit:
        part = stack.pop()
        if isinstance(part, Expr):
            stack.extend(reversed(_functional(part)))
        else:
            out.append(part)
            length += len(part)
    return "".join(out) + ("..." if stack else "")


def _functional(node: Expr) -> list[Expr | str]:
    """The pieces of name(argument, argument)."""
    match node:
        case Const():
            return [str(node.value)]
        case Symbol() | Index():
            return [node.name]
        case Apply() | Bind():
            extra: list[Expr | str] = [repr(a) for a in node.attrs] if isinstance(node, Apply) else []
            bound = f"[{', '.join(plain(v) for v in node.variables)}]" if isinstance(node, Bind) else ""
            inside: list[Expr | str] = [p for a in [*node.args, *extra] for p in (", ", a)]
            return [f"{node.op.name}{bound}(", *inside[1:], ")"]
    return ["?"]
