"""The steps of a program as data: values over arrays, each distinct one once.

A `Value` is what one small piece of array code computes: a product of matrices, a sum of arrays, a function of every
entry, a factorisation. Its `dims` are the axes of the array that it will be. Values are interned by their builder, so
that work which two outputs share is one value. How a value is spelled in NumPy, JAX or PyTorch is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from agnesi.expr.dims import ONE, Dim, Shape

Number = Fraction | float | int


@dataclass(frozen=True, eq=False)
class Value:
    """One step: its `kind`, the values it is made from, static attributes, the axes of its result, a name to use.

    | kind | attrs | what it is |
    |---|---|---|
    | input | name | an argument |
    | number | value | a constant |
    | size | dim | a size as a number |
    | full | number | an array of one number |
    | eye, basis, mask, slot | ... | constant arrays |
    | add | coefficients | Σ cₖ aₖ, with broadcasting |
    | mul | coefficient, powers ±1 | c Π aₖ^±1, with broadcasting |
    | pow | exponent | a^p, entry by entry |
    | call | operation, attrs | a function that has code in its record |
    | expand | positions | new axes of size 1 |
    | transpose | order | axes in another order |
    | reshape | | the same entries with other axes |
    | broadcast | | repeated along axes of size 1 |
    | take, slice | axis, where | one place, or a range, of an axis |
    | pad | axis, sizes | zeros before and after an axis |
    | cumsum | axis, forward | cumulative sums along an axis, from its start or its end |
    | diagonal | axis, axis | the diagonal of two axes, which becomes the last axis |
    | sum, largest | axes | a sum, or the largest entry, over axes |
    | dot | | a matrix product (of vectors: a number) |
    | vdot | | the sum of the products of all entries |
    | einsum | labels | any other product of two |
    | embed | | the diagonal matrix of a vector |
    | adddiag | | a matrix plus a diagonal (a vector or a number) |
    | factor | mode | a factorisation: Cholesky, LU |
    | solve | mode, turned | A⁻¹b from the factorisation (turned: A⁻ᵀb) |
    | trisolve | lower, turned | L⁻¹b |
    | inverse, logdet | mode | from the factorisation |
    """

    kind: str
    args: tuple[Value, ...]
    attrs: tuple[Any, ...]
    dims: Shape
    hint: str = ""

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.dims)


class Values:
    """Makes values, each distinct one once, with the trivial steps left out."""

    def __init__(self) -> None:
        self._table: dict[tuple[Any, ...], Value] = {}
        self.symmetric: set[int] = set()

    def make(
        self, kind: str, args: Iterable[Value] = (), attrs: tuple[Any, ...] = (), dims: Shape = (), hint: str = ""
    ) -> Value:
        """Return the value of this kind, the same object for the same parts."""
        parts = tuple(args)
        order: Any = tuple(map(id, parts))
        marks = tuple((type(a), a) for a in attrs)
        if kind == "add":  # the same in whatever order
            order, marks = tuple(sorted(zip(order, map(float, attrs), strict=True))), ()
        elif kind == "mul":
            order, marks = tuple(sorted(zip(order, attrs[1], strict=True))), marks[:1]
        key = (kind, order, marks, dims)
        found = self._table.get(key)
        if found is None:
            found = self._table[key] = Value(kind, parts, attrs, dims, hint)
        return found

    def number(self, value: Number) -> Value:
        """Return a constant."""
        return self.make("number", (), (value,))

    def size(self, dim: Dim) -> Value:
        """Return a size as a number."""
        return self.number(dim.number) if dim.number is not None else self.make("size", (), (dim,))

    def full(self, value: Number, dims: Shape) -> Value:
        """Return an array of one number."""
        return self.make("full", (), (value,), dims) if dims else self.number(value)

    def expand(self, value: Value, positions: tuple[int, ...]) -> Value:
        """Return the value with axes of size 1 at `positions` of the result."""
        if not positions:
            return value
        dims = list(value.dims)
        for at in positions:
            dims.insert(at, ONE)
        return self.make("expand", (value,), (positions,), tuple(dims))

    def transpose(self, value: Value, order: tuple[int, ...]) -> Value:
        """Return the value with its axes in another order."""
        if order == tuple(range(len(order))) or (order == (1, 0) and self.is_symmetric(value)):
            return value
        if value.kind == "transpose":
            inner = value.attrs[0]
            return self.transpose(value.args[0], tuple(inner[k] for k in order))
        if value.kind == "mul" and sum(bool(a.dims) for a in value.args) == 1:
            args = [self.transpose(a, order) if a.dims else a for a in value.args]
            return self.make("mul", args, value.attrs, tuple(value.dims[k] for k in order))
        return self.make("transpose", (value,), (order,), tuple(value.dims[k] for k in order))

    def is_symmetric(self, value: Value) -> bool:
        """Tell whether a matrix is symmetric: declared so, or by the way it is made."""
        if id(value) in self.symmetric or value.kind == "eye":
            return True
        match value.kind:
            case "inverse":
                return value.attrs[0] in ("spd", "sym")
            case "adddiag":
                return self.is_symmetric(value.args[0])
            case "dot" if value.ndim == 2:
                left, right = value.args
                turned = self.transpose(right, (1, 0))
                if left.kind == "mul":  # Xᵀ diag(w) X
                    return turned in left.args and all(a is turned or a.ndim < 2 for a in left.args)
                return left is turned
        return False

    def turned(self, value: Value) -> Value:
        """Return the transpose of a matrix, computed in that layout where it is a product or made entry by entry."""
        if value.kind == "dot" and all(a.ndim == 2 for a in value.args):
            left, right = value.args
            return self.make("dot", (self.transpose(right, (1, 0)), self.transpose(left, (1, 0))), (), value.dims[::-1])
        if value.kind == "transpose":
            return value.args[0]
        if value.kind in ("add", "mul", "pow") and value.ndim == 2:
            args = [self._column(a) for a in value.args]
            if all(a is not None for a in args):
                return self.make(value.kind, [a for a in args if a is not None], value.attrs, value.dims[::-1])
        return self.transpose(value, (1, 0))

    def _column(self, value: Value) -> Value | None:
        """Return what a part of a matrix made entry by entry becomes in its transpose."""
        if value.ndim == 2:
            if value.kind == "expand":
                return value.args[0] if value.attrs == ((1,),) else None
            return self.turned(value)
        return self.expand(value, (1,)) if value.ndim == 1 else value

    def dot(self, left: Value, right: Value, dims: Shape) -> Value:
        """Return a matrix product; where its transpose is computed already, that is turned."""
        if left.ndim == right.ndim == 2:
            turned = self.transpose(right, (1, 0)), self.transpose(left, (1, 0))
            key = ("dot", tuple(map(id, turned)), (), dims[::-1])
            if key in self._table and ("dot", (id(left), id(right)), (), dims) not in self._table:
                return self.transpose(self._table[key], (1, 0))
        return self.make("dot", (left, right), (), dims)

    def reshape(self, value: Value, dims: Shape) -> Value:
        """Return the same entries with other axes."""
        return value if value.dims == dims else self.make("reshape", (value,), (), dims)

    def broadcast(self, value: Value, dims: Shape) -> Value:
        """Return the value repeated to all `dims` (it must align with them from the right)."""
        if value.dims == dims:
            return value
        if value.kind == "number":
            return self.full(value.attrs[0], dims)
        return self.make("broadcast", (value,), (), dims)

    def scaled(self, coef: Number, value: Value) -> Value:
        """Return a number times a value."""
        return value if coef == 1 else self.mul(coef, [(value, 1)])

    def mul(self, coef: Number, parts: Sequence[tuple[Value, int]]) -> Value:
        """Return c Π aₖ^±1; numbers are multiplied out, products inside a product join it."""
        flat: list[tuple[Value, int]] = []
        for value, power in parts:
            if value.kind == "number" and (power == 1 or value.attrs[0] != 0):
                number = value.attrs[0] if isinstance(value.attrs[0], float) else Fraction(value.attrs[0])
                coef = coef * number if power == 1 else coef / number
            elif value.kind == "mul" and power == 1 and not value.dims:
                coef = coef * value.attrs[0]
                flat += list(zip(value.args, value.attrs[1], strict=True))
            else:
                flat.append((value, power))
        if not flat or coef == 0:
            return self.number(coef) if not flat else self._zero(flat)
        if coef == 1 and len(flat) == 1 and flat[0][1] == 1:
            return flat[0][0]
        args = [v for v, _ in flat]
        return self.make("mul", args, (coef, tuple(p for _, p in flat)), joined(args))

    def _zero(self, parts: Sequence[tuple[Value, int]]) -> Value:
        """Return 0 in the shape of a product (0 times infinity is left to the mathematics of 0)."""
        return self.full(0, joined([v for v, _ in parts]))

    def add(self, parts: Sequence[tuple[Number, Value]]) -> Value:
        """Return Σ cₖ aₖ; coefficients of products and of sums inside come out, numbers join."""
        flat: list[tuple[Number, Value]] = []
        constant: Number = 0
        for coef, value in parts:
            inner: list[tuple[Number, Value]] = [(coef, value)]
            if value.kind == "number":
                constant, inner = constant + coef * value.attrs[0], []
            elif value.kind == "mul" and value.attrs[0] != 1 and (not value.dims or all(a.dims for a in value.args)):
                rest = self.mul(1, list(zip(value.args, value.attrs[1], strict=True)))
                inner = [(coef * value.attrs[0], rest)]
            flat += inner
        flat = _collected(flat)
        if constant != 0 or not flat:
            flat.append((1 if constant >= 0 else -1, self.number(constant if constant >= 0 else -constant)))
        if len(flat) == 1:
            return self.scaled(*flat[0])
        args = [v for _, v in flat]
        return self.make("add", args, tuple(c for c, _ in flat), joined(args))

    def power(self, value: Value, exponent: Number) -> Value:
        """Return a^p, entry by entry."""
        if exponent == 1:
            return value
        if exponent == -1 and value.kind != "number":
            return self.mul(1, [(value, -1)])
        return self.make("pow", (value,), (exponent,), value.dims)

    def call(self, name: str, attrs: tuple[Any, ...], args: Sequence[Value], dims: Shape) -> Value:
        """Return a function that has code in its record."""
        return self.make("call", args, (name, attrs), dims)

    def largest(self, value: Value, axes: tuple[int, ...]) -> Value:
        """Return the largest entries over axes."""
        return self.make("largest", (value,), (axes,), tuple(d for k, d in enumerate(value.dims) if k not in axes))

    def total(self, value: Value, axes: tuple[int, ...]) -> Value:
        """Return the sum over axes."""
        if not axes:
            return value
        return self.make("sum", (value,), (axes,), tuple(d for k, d in enumerate(value.dims) if k not in axes))


def _collected(parts: Sequence[tuple[Number, Value]]) -> list[tuple[Number, Value]]:
    """Return a sum with equal values counted once."""
    found: dict[int, tuple[Number, Value]] = {}
    for coef, value in parts:
        held = found.get(id(value))
        found[id(value)] = (coef + held[0] if held else coef, value)
    kept = [(c, v) for c, v in found.values() if c != 0]
    return kept or [(0, v) for _, v in parts[:1]]


def joined(args: Sequence[Value]) -> Shape:
    """Return the axes of arrays that are combined entry by entry, aligned from the right."""
    width = max((a.ndim for a in args), default=0)
    dims: list[Dim] = []
    for k in range(-width, 0):
        found = [a.dims[k] for a in args if a.ndim >= -k]
        dims.append(next((d for d in found if d != ONE), ONE))
    return tuple(dims)


def in_order(roots: Iterable[Value]) -> Iterator[Value]:
    """Yield every value once, arguments first; without recursion."""
    seen: set[int] = set()
    stack: list[tuple[Value, bool]] = [(r, False) for r in reversed(tuple(roots))]
    while stack:
        value, ready = stack.pop()
        if ready:
            yield value
        elif id(value) not in seen:
            seen.add(id(value))
            stack.append((value, True))
            stack.extend((a, False) for a in reversed(value.args))
