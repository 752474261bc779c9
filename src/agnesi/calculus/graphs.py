"""Automatic differentiation along a computational graph: forward values, backward adjoints, tangents."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import mpmath
import sympy

from agnesi.calculus.functions import (
    Function,
    Letters,
    differences,
    function,
    has_kink,
    neat,
    partial,
    point,
    said,
    said_point,
    shown,
)
from agnesi.errors import NotNumeric, ShapeError, TooLarge
from agnesi.expr.nodes import Apply, Expr, postorder, symbol, symbols_of, with_args
from agnesi.worked.exact import from_expr, to_expr
from agnesi.worked.graph import Edge, Graph, Node
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Step, Verified, Worked

SOURCE = "MML 5.6"
MOST = 60  # nodes that are worked out with steps
LONG = 12  # operations of an exact number that is still shown and kept


@dataclass(frozen=True)
class Tape:
    """A function taken apart into single operations: names in order, and each operation in the names of its parents."""

    function: Function
    operations: dict[str, sympy.Expr]
    written: dict[str, Expr]

    @property
    def inputs(self) -> list[str]:
        """The names of the variables."""
        return [v.name for v in self.function.variables]

    @property
    def output(self) -> str:
        """The name of the last node."""
        return list(self.operations)[-1]

    def parents(self, name: str) -> list[str]:
        """Return the nodes that an operation uses, inputs first, then in order."""
        used = {s.name for s in self.operations[name].free_symbols}
        return [n for n in [*self.inputs, *self.operations] if n in used]

    def users(self, name: str) -> list[str]:
        """Return the operations that use a node."""
        return [n for n in self.operations if name in self.parents(n)]

    def local(self, name: str, parent: str) -> sympy.Expr:
        """Return the local derivative ∂name/∂parent, all other parents held constant."""
        return neat(sympy.diff(self.operations[name], _real(parent)))


def _real(name: str) -> sympy.Symbol:
    return sympy.Symbol(name, real=True)


def tape(f: Any, variables: Letters = None, names: Iterable[str] | None = None) -> Tape:
    """Take a function apart into single operations, each named; what occurs twice is computed once.

    >>> for name, operation in tape("sqrt(x^2 + exp(x^2))").operations.items(): print(name, "=", operation)
    a = x**2
    b = exp(a)
    c = a + b
    f = sqrt(c)
    """
    read = function(f, variables)
    root = read.written if isinstance(read.written, Expr) else to_expr(read.expr)
    inputs = {v.name for v in read.variables}
    supply = iter(names) if names is not None else _names({s.name for s in symbols_of(root)} | {read.name})
    stands: dict[Expr, Expr] = {}
    operations: dict[str, sympy.Expr] = {}
    written: dict[str, Expr] = {}
    for node in postorder(root):
        if not isinstance(node, Apply) or not any(s.name in inputs for s in symbols_of(node)):
            stands[node] = node
            continue
        line = with_args(node, tuple(stands[a] for a in node.args))
        if _only_a_factor(node, inputs) and node is not root:
            stands[node] = line
            continue
        name = read.name if node is root else next(supply)
        operations[name], written[name] = from_expr(line), line
        stands[node] = symbol(name, ())
        if len(operations) > MOST:
            raise TooLarge(f"More than {MOST} operations are not worked out by hand.", repair="Use derivative(f).")
    if not operations:
        operations[read.name] = read.expr
        written[read.name] = to_expr(read.expr)
    return Tape(read, operations, written)


def _only_a_factor(node: Apply, inputs: set[str]) -> bool:
    """Tell whether a node is a number or a letter times one thing, or its negative: it stays within its line."""
    moving = [a for a in node.args if any(s.name in inputs for s in symbols_of(a))]
    return node.op.name in ("neg", "mul") and len(moving) == 1


def _names(used: set[str]) -> Iterator[str]:
    plain = [c for c in string.ascii_lowercase if c not in used and c not in "efhidlo"]
    yield from plain[:12]
    k = 1
    while True:
        yield f"v_{k}"
        k += 1


def graph(f: Any, at: Any = None, variables: Letters = None) -> Graph:
    """Return the computational graph of a function, with values and adjoints if a point is given.

    >>> [(n.name, n.value, n.adjoint) for n in graph("x y + x", [2, 3]).nodes]
    [('x', 2, 4), ('y', 3, 2), ('a', 6, 1), ('f', 8, 1)]

    Shapes: a scalar function of scalars. Raises `TooLarge` for more than 60 operations.
    """
    ways = tape(f, variables)
    if at is None:
        return _drawn(ways, {}, {})
    values = forward_values(ways, at)
    return _drawn(ways, values, _adjoints(ways, values))


def _drawn(ways: Tape, values: dict[str, Any], adjoints: dict[str, Any]) -> Graph:
    nodes = [Node(n, shown(_real(n)), values.get(n), adjoints.get(n), "input") for n in ways.inputs]
    for name in ways.operations:
        kind = "output" if name == ways.output else "operation"
        nodes.append(Node(name, ways.written[name], values.get(name), adjoints.get(name), kind))
    edges = []
    for name in ways.operations:
        for parent in ways.parents(name):
            slope = ways.local(name, parent)
            edges.append(Edge(parent, name, shown(slope), _put(slope, values) if values else None))
    return Graph(tuple(nodes), tuple(edges))


def forward_values(ways: Tape, at: Any) -> dict[str, sympy.Expr]:
    """Return the values of all nodes at a point: exact where they stay short, else with 30 digits."""
    where = point(at, ways.function.variables)
    others = ways.function.expr.free_symbols - set(ways.function.variables)
    if others or any(w.free_symbols for w in where):
        raise NotNumeric("Forward values need numbers.", repair="Give a number for each letter.")
    values: dict[str, sympy.Expr] = dict(zip(ways.inputs, where, strict=True))
    for name, operation in ways.operations.items():
        values[name] = _put(operation, values)
        told = f"{name} = {said(ways.written[name])}"
        if not values[name].is_finite or not values[name].is_real:
            raise NotNumeric(f"{told} is not a real number at {said_point(where)}.", repair="Choose another point.")
        if any(not _put(ways.local(name, p), values).is_finite for p in ways.parents(name)):
            raise NotNumeric(f"{told} has no derivative at {said_point(where)}.", repair="Choose another point.")
    return values


def _kinks(ways: Tape, values: dict[str, Any]) -> tuple[str, ...]:
    """Name the operations that have a kink where they are evaluated: 0 is the convention for their slope."""
    names = [n for n, o in ways.operations.items() if has_kink(o, [_real(p) for p in ways.parents(n)],
             [values[p] for p in ways.parents(n)])]  # fmt: skip
    told = [f"{said(_real(n))} = {said(ways.written[n])}" for n in names]
    return tuple(f"{line} has a kink there: 0 is taken as its slope." for line in told)


def _put(expr: sympy.Expr, values: dict[str, Any]) -> sympy.Expr:
    found = expr.subs({_real(n): v for n, v in values.items()}, simultaneous=True)
    if found.is_Rational:
        return found
    return found if found.count_ops() <= LONG and not found.has(sympy.Float) else sympy.N(found, 30)


def _adjoints(ways: Tape, values: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {ways.output: sympy.Integer(1)}
    for name in [*reversed(list(ways.operations)), *ways.inputs]:
        if name != ways.output:
            terms = [found[u] * _put(ways.local(u, name), values) for u in ways.users(name)]
            found[name] = _put(sympy.Add(*terms), {})
    return found


def reverse_mode(f: Any, at: Any, variables: Letters = None) -> Worked:
    """Differentiate by reverse mode: values forwards through the graph, then adjoints ∂f/∂v backwards.

    >>> reverse_mode("x y + x", [2, 3]).value
    (4, 2)

    The part `graph` is the graph with values, adjoints and local derivatives. Raises `NotNumeric` where a node has no
    real value at the point. Source: MML 5.6, example 5.14; Imperial MVC W3.
    """
    ways = tape(f, variables)
    values = forward_values(ways, at)
    adjoints = _adjoints(ways, values)
    output = ways.output
    steps = [*_forward_steps(ways, values), _local_step(ways)]
    one = Formula.of(partial(output, output), "=", 1)
    steps.append(
        Step("seed", f"Start at the end: the derivative of {output} in itself is 1.", (one,), data={"adjoint": 1})
    )
    for name in [*reversed(list(ways.operations)), *ways.inputs]:
        if name != output:
            steps.append(_backward_step(ways, name, values, adjoints))
    gradient = tuple(adjoints[n] for n in ways.inputs)
    lines = tuple(_equals(Formula.of(partial(output, n, len(ways.inputs) > 1), "="), adjoints[n]) for n in ways.inputs)
    where = [values[n] for n in ways.inputs]
    return Worked(
        "reverse mode along the graph", (ways.function.question(), _at(ways, where)), gradient, lines, tuple(steps),
        tuple(_compared(ways.function, where, gradient)), {"graph": _drawn(ways, values, adjoints), "tape": ways},
        _kinks(ways, values), SOURCE,
    )  # fmt: skip


def _at(ways: Tape, where: list[Any]) -> Formula:
    parts: list[Any] = ["at"]
    for k, (name, value) in enumerate(zip(ways.inputs, where, strict=True)):
        parts += [*([","] if k else []), name, "=", shown(value)]
    return Formula.of(*parts)


def _equals(begun: Formula, value: Any) -> Formula:
    """Return a formula with its value, and the decimal besides where the value is exact and no fraction."""
    parts = [*begun.parts, shown(value)]
    if isinstance(value, sympy.Expr) and not value.is_Rational and isinstance(parts[-1], float):
        parts[-2] = "≈" if parts[-2] == "=" else parts[-2]
    elif isinstance(value, sympy.Expr) and not value.is_Rational:
        parts += ["≈", float(value)]
    return Formula(tuple(parts), begun.why)


def _forward_steps(ways: Tape, values: dict[str, Any]) -> list[Step]:
    steps = []
    for name, line in ways.written.items():
        formula = _equals(Formula.of(name, "=", line, "="), values[name])
        data = {"name": name, "operation": ways.operations[name], "value": values[name], "values": dict(values)}
        steps.append(Step("forward value", f"Forwards: compute {said(_real(name))}.", (formula,), "", SOURCE, data))
    return steps


def _local_step(ways: Tape) -> Step:
    lines = [
        Formula.of(partial(name, parent), "=", shown(ways.local(name, parent)))
        for name in ways.operations for parent in ways.parents(name)
    ]  # fmt: skip
    told = "Differentiate each operation alone: one local derivative for each edge."
    return Step("local derivatives", told, tuple(lines), "", SOURCE, {"tape": ways})


def _backward_step(ways: Tape, name: str, values: dict[str, Any], adjoints: dict[str, Any]) -> Step:
    users, output = ways.users(name), ways.output
    general: list[Any] = [partial(output, name), "="]
    numbers: list[Any] = ["="]
    for k, user in enumerate(users):
        slope = _put(ways.local(user, name), values)
        general += [*(["+"] if k else []), partial(output, user), "·", partial(user, name)]
        numbers += [*(["+"] if k else []), _bracketed(adjoints[user]), "·", _bracketed(slope)]
    if not users:
        general, numbers = [*general, 0], []
    total = [_equals(Formula.of(*numbers, "="), adjoints[name])] if users else []
    why = f"It is used {len(users)} times: add the ways." if len(users) > 1 else ""
    data = {"name": name, "users": users, "adjoint": adjoints[name], "adjoints": dict(adjoints), "values": dict(values)}
    told = f"Backwards: how {output} depends on {said(_real(name))}."
    return Step("backward adjoint", told, (Formula.of(*general), *total), why, SOURCE, data)


def _bracketed(value: Any) -> Any:
    """Return a number as a factor: in brackets if it is negative or a sum."""
    part = shown(value)
    text = Formula.of(part).text()[0]
    negative = text.startswith("−") or getattr(value, "is_Add", False)
    return f"({text})" if negative else part


def _compared(f: Function, where: list[Any], gradient: tuple[Any, ...]) -> list[Verified]:
    """Check a gradient at a point by differences with 40 digits."""
    worst = mpmath.mpf(0)
    at = dict(zip(f.variables, where, strict=True))
    for v, slope in zip(f.variables, gradient, strict=True):
        seen = differences(f.expr, v, at)
        with mpmath.workdps(40):
            told = mpmath.mpf(sympy.N(slope, 40))
            worst = max(worst, abs(seen - told) / (1 + abs(told)))
    how = f"largest error {mpmath.nstr(worst, 1)}".replace("-", "−")
    return [Verified("central differences in each variable", bool(worst < 1e-15), how)]


def forward_mode(f: Any, at: Any, direction: Any = None, variables: Letters = None) -> Worked:
    """Differentiate by forward mode: each node carries its value and its tangent along one direction.

    >>> forward_mode("x y + x", [2, 3], [1, 0]).value
    4

    One pass gives one directional derivative. Raises `ShapeError` for a direction of another length.
    Source: MML 5.6.1.
    """
    ways = tape(f, variables)
    values = forward_values(ways, at)
    given = direction if direction is not None else [1, *[0] * (len(ways.inputs) - 1)]
    moved = point(given, ways.function.variables, "The direction")
    if all(m == 0 for m in moved):
        raise ShapeError("The direction is zero.", repair="Give a direction that is not zero.")
    tangents: dict[str, Any] = dict(zip(ways.inputs, moved, strict=True))
    steps = []
    for name in ways.operations:
        slopes = {p: _put(ways.local(name, p), values) for p in ways.parents(name)}
        tangents[name] = _put(sympy.Add(*[slopes[p] * tangents[p] for p in slopes]), {})
        steps.append(_tangent_step(ways, name, values, tangents))
    result = tangents[ways.output]
    where = [values[n] for n in ways.inputs]
    along = Function(_moved(ways.function, where, moved), None, (_real("t"),))
    check = _compared(along, [sympy.Integer(0)], (result,))
    answer = _equals(
        Formula.of(
            f"d{ways.output}",
            "=",
        ),
        result,
    )
    return Worked(
        "forward mode along the graph", (ways.function.question(), _at(ways, where)), result, (answer,), tuple(steps),
        tuple(replace(c, what="central difference along the direction") for c in check),
        {"tangents": tangents, "graph": _drawn(ways, values, {})}, _kinks(ways, values), "MML 5.6.1",
    )  # fmt: skip


def _moved(f: Function, where: list[Any], direction: tuple[Any, ...]) -> sympy.Expr:
    t = _real("t")
    steps = zip(f.variables, where, direction, strict=True)
    return f.expr.subs({v: w + t * d for v, w, d in steps}, simultaneous=True)


def _tangent_step(ways: Tape, name: str, values: dict[str, Any], tangents: dict[str, Any]) -> Step:
    general: list[Any] = [f"d{name}", "="]
    for k, parent in enumerate(ways.parents(name)):
        general += [*(["+"] if k else []), partial(name, parent), "·", f"d{parent}"]
    value = _equals(Formula.of(name, "=", ways.written[name], "="), values[name])
    line = _equals(Formula.of(*general, "="), tangents[name])
    data = {"name": name, "tangent": tangents[name], "tangents": dict(tangents), "values": dict(values)}
    return Step("tangent", f"Value and tangent of {said(_real(name))}.", (value, line), "", "MML 5.6.1", data)
