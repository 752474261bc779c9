"""The record of an operation: all that Agnesi knows about `tanh`, `tr` or `inv` stands in one `Operation`.

Reading, writing, differentiating, evaluating, testing and the reference documentation are generated from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from agnesi.errors import IncompleteRecord
from agnesi.expr.dims import Shape

if TYPE_CHECKING:
    from agnesi.expr.nodes import Expr

Family = Literal[
    "arithmetic", "elementwise", "reduction", "vector", "matrix", "spectral", "leaf", "entry", "relation",
    "derivative", "binder", "probability", "quadrature", "normal",
]

BACKENDS = ("numpy", "jax", "torch")

ShapeRule = Callable[[tuple["Expr", ...], tuple[Any, ...]], Shape]
Differential = Callable[[tuple["Expr", ...], tuple["Expr | None", ...], tuple[Any, ...]], "Expr"]


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation.

    - `name` is unique. `names` are the function names that the reader accepts (the first is printed in ASCII);
      operations with symbols of their own (`+`, `ᵀ`, `∑`) have none.
    - `shape(args, attrs)` returns the shape or raises `ShapeError`.
    - `value(node, arrays, size)` is the reference meaning in NumPy; `size(dim)` gives a dim's number. Operations
      with a `core` accept leading batch axes.
    - `differential(args, dargs, attrs)` returns d(op) written with the public operations and linear in `dargs`;
      a darg is None where that argument is constant. No rule at all: `why_not` says why.
    - `derivative(u)` for elementwise operations of one argument: the written derivative; the differential is
      then derivative(u) ⊙ du. `law` is the differential in a learner's words, such as "d tr X = tr dX".
    - `core` is, for each argument, the number of trailing axes that the operation works on; axes before them
      are batch axes in the normal form (elementwise: 0, softmax: 1, inv: 2). None: the normal form rewrites it.
    - `einsum` for operations that only move, repeat or sum axes: "ij->ji" is the transpose.
    - `core_out` is the number of trailing axes of the result that are not batch axes.
    - `domain` of the (first) argument; `edges` are points where care is needed; `kinks` where it is not
      differentiable, with the `subdifferential` there in words.
    - `monotone`, `convex`: +1, −1 or 0 (unknown / neither), for elementwise and scalar operations.
    - `range`: a fact that all values have, such as "positive".
    - `code` is, for each of `BACKENDS`, a Python expression with places for its arguments; `ops/code.py` tells how
      it is written. Without any, an operation cannot stand in generated code. One that a backend cannot do says
      why in `extra["no_code"]`.
    """

    name: str
    family: Family
    doc: str
    source: str
    shape: ShapeRule
    value: Callable[..., Any]
    names: tuple[str, ...] = ()
    unicode: str = ""
    latex: str = ""
    differential: Differential | None = None
    derivative: Callable[[Expr], Expr] | None = None
    law: str = ""
    why_not: str = ""
    core: tuple[int, ...] | None = None
    core_out: int = 0
    einsum: str = ""
    linear: bool = False
    domain: str = "real"
    edges: tuple[float, ...] = ()
    kinks: tuple[float, ...] = ()
    subdifferential: str = ""
    monotone: int = 0
    convex: int = 0
    range: str = ""
    even: bool = False
    odd: bool = False
    piecewise_constant: bool = False
    code: Mapping[str, str] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        missing = [part for part in ("name", "doc", "source") if not getattr(self, part)]
        no_rule = self.differential is None and self.derivative is None and not self.why_not
        if no_rule and self.family not in ("leaf", "relation", "derivative", "binder", "normal"):
            missing.append("differential (or why_not)")
        if self.kinks and not self.subdifferential:
            missing.append("subdifferential")
        missing += self._missing_code()
        if missing:
            raise IncompleteRecord(f"The operation {self.name or '?'} lacks: {', '.join(missing)}.")

    def _missing_code(self) -> list[str]:
        """The backends without code or a reason, where there is code for others."""
        reasons = self.extra.get("no_code", {})
        unknown = sorted({*self.code, *reasons} - set(BACKENDS))
        if unknown:
            raise IncompleteRecord(f"The operation {self.name} has code for {', '.join(unknown)}: no such backend.")
        absent = [b for b in BACKENDS if not self.code.get(b) and not reasons.get(b)]
        return [f"code for {b} (or a reason in no_code)" for b in absent] if self.code or reasons else []

    def __repr__(self) -> str:
        return f"Operation({self.name})"


class Registry:
    """All operations by name; a duplicate name is refused."""

    def __init__(self) -> None:
        self._records: dict[str, Operation] = {}
        self._unlisted: dict[str, Operation] = {}
        self._functions: dict[str, Operation] = {}

    def add(self, record: Operation) -> Operation:
        """Register `record` and return it."""
        if record.name in self:
            raise IncompleteRecord(f"There are two operations named {record.name}.")
        self._records[record.name] = record
        for name in record.names:
            if name in self._functions:
                other = self._functions[name].name
                raise IncompleteRecord(f"The function name {name} is claimed by {other} and {record.name}.")
            self._functions[name] = record
        return record

    def add_unlisted(self, record: Operation) -> Operation:
        """Register a record that is made from another: it is found by name, but not among all operations."""
        if record.name in self:
            raise IncompleteRecord(f"There are two operations named {record.name}.")
        self._unlisted[record.name] = record
        return record

    def __getitem__(self, name: str) -> Operation:
        return self._records[name] if name in self._records else self._unlisted[name]

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._records.values())

    def __contains__(self, name: object) -> bool:
        return name in self._records or name in self._unlisted

    @property
    def functions(self) -> dict[str, Operation]:
        """Operations by the function names that the reader accepts."""
        return self._functions


operations = Registry()
