"""The reference meaning of expressions: a fold over the records' `value`, with loops for binders.

    evaluate(expr, {"X": X, "w": w})

`Program` does the same for many evaluations: it orders the subexpressions once, keeps what does not depend on a
bound index outside the loop, and walks chains of any length without recursion. It is a definition, not a
compiler: speed is the business of generated code.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from operator import itemgetter
from typing import Any

import numpy as np

from agnesi.errors import NotNumeric, TooLarge
from agnesi.expr.clock import ask
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Index, Symbol, postorder, replace, symbol, symbols_of
from agnesi.expr.operation import Operation
from agnesi.ops.shapes import called
from agnesi.run import analysis
from agnesi.run.collect import COLLECT, Entries
from agnesi.run.differences import slope
from agnesi.run.grids import planned
from agnesi.run.kept import keepable, kept
from agnesi.run.optima import Optimum
from agnesi.run.quadrature import integral
from agnesi.run.sizes import prepare

NESTING = 40
ITERATIONS = 5_000_000
EVALUATIONS = 100_000
TURNS = 16  # of a loop, after which it asks whether there is time left
OPTIMA = frozenset(("Max", "Min", "Argmax", "Argmin"))
WITHOUT_VALUE = frozenset(("approx", "propto", "equiv", "define", "implies", "iff", "big_o", "little_o"))

UNFIT = (np.linalg.LinAlgError, IndexError, TypeError, ValueError, OverflowError, ZeroDivisionError)

Step = tuple[int, Callable[["_Run"], Any]]


def evaluate(expr: Expr, values: Mapping[str, Any], sizes: Mapping[str, int] | None = None) -> Any:
    """Return the value of `expr`: an array, or a float for a scalar.

    `values` are arrays by symbol name; for differentials `dX` they are the directions. Sizes come from the shapes
    of the arrays; `sizes` adds those that no array determines. Complex values are accepted and kept.

        >>> from agnesi.expr.nodes import symbol
        >>> import agnesi.ops
        >>> x = symbol("x", ("n",))
        >>> evaluate(x.T @ x, {"x": [3.0, 4.0]})
        25.0

    Raises `NotNumeric` for missing or misshapen values and for points outside the domain of an operation.
    """
    arrays, known = prepare(_named(expr), values, sizes)
    out = Program(expr)({**known, **arrays}, known)[0]  # n as a number is the size n
    return out.item() if np.ndim(out) == 0 else out


def _named(*roots: Expr) -> list[Symbol]:
    """The symbols that need values, and for d(X) the symbols dX with the shape of X."""
    out: list[Symbol] = list(symbols_of(*roots))
    moved = {n for n in postorder(*roots) if isinstance(n, Apply) and n.op.name == "d"}
    return out + [symbol(f"d{s.name}", s.shape) for s in symbols_of(*moved)]


@dataclass
class _Run:
    """One evaluation: values of slots, the environment (symbols by name, indices by node), and sizes."""

    slots: list[Any]
    env: dict[Any, Any]
    sizes: Mapping[str, int]

    def size(self, dim: Dim | str | int) -> int:
        return Dim.of(dim).size(self.sizes)


@dataclass(frozen=True)
class _Loop:
    """What a binder needs: steps for its condition and for its body, and the slots they write."""

    condition: list[Step]
    body: list[Step]
    written: list[int]


class Program:
    """Several expressions made ready to be evaluated many times: `program(arrays, sizes)` returns their values."""

    def __init__(self, *roots: Expr) -> None:
        self.roots = roots
        nodes = list(postorder(*roots))
        self._slot = {node: k for k, node in enumerate(nodes)}
        binders = [n for n in nodes if isinstance(n, Bind)]
        self._free = dependence(nodes)
        self._spent = 0
        self._outside: dict[Expr, tuple[Expr, ...]] = {}
        self._loops: dict[Expr, _Loop] = {}
        _check_nesting(nodes)
        for binder in binders:
            self._loops[binder] = self._loop(binder)
        pairs = [(b, n) for b in binders if has_ends(b) for n in postorder(b.body) if isinstance(n, Bind)]
        self._nested = {n for pair in pairs for n in pair}
        self._steps = [self._step(n) for n in postorder(*roots, below=self._below)]

    def __call__(self, arrays: Mapping[str, Any], sizes: Mapping[str, int]) -> tuple[Any, ...]:
        """Return the values of the roots for arrays of the right shapes and all sizes."""
        with np.errstate(all="ignore"):
            return self.within(dict(arrays), sizes)

    def within(self, env: dict[Any, Any], sizes: Mapping[str, int]) -> tuple[Any, ...]:
        """Return the values of the roots in an environment that also has values of bound indices."""
        self._spent = 0
        ask()
        run = _Run([None] * len(self._slot), env, sizes)
        for slot, step in self._steps:
            run.slots[slot] = step(run)
        return tuple([run.slots[self._slot[r]] for r in self.roots])

    def _below(self, node: Expr) -> tuple[Expr, ...]:
        """What must have a value before `node`: for a binder only what does not depend on its variables."""
        if isinstance(node, Bind):
            return self._outside[node]
        return () if isinstance(node, Apply) and node.op.family == "derivative" else node.args

    def _loop(self, binder: Bind) -> _Loop:
        """Split what stands under a binder into what moves with its variables and what stays outside."""
        variables = frozenset(binder.variables)
        outside: list[Expr] = list(binder.args[1:]) if has_ends(binder) else []

        def below(node: Expr) -> tuple[Expr, ...]:
            return self._below(node) if self._free[node] & variables else ()

        parts: list[list[Step]] = [[], []]
        seen: set[Expr] = set()
        for k, root in enumerate((binder.condition, binder.body)):
            for node in postorder(root, below=below) if root is not None else ():
                if node in seen:
                    continue
                seen.add(node)
                if self._free[node] & variables:
                    parts[k].append(self._step(node))
                else:
                    outside.append(node)
        self._outside[binder] = tuple(outside)
        written = [slot for part in parts for slot, _ in part]
        return _Loop(parts[0], parts[1], written)

    def _step(self, node: Expr) -> Step:
        """Return the slot of a node and the function that computes it."""
        slot = self._slot[node]
        match node:
            case Const():
                number = self.number(node.value)
                return slot, lambda run: number
            case Symbol() | Index():
                return slot, _looking_up(node)
            case Bind():
                return slot, self._binder(node)
            case Apply():
                if node.op.family == "derivative":
                    return slot, _differential(node) if node.op.name == "d" else _derivative(node)
                return slot, self._application(node)
        raise NotNumeric(f"{called(node)} has no value.")

    def number(self, value: Any) -> Any:
        """Return a constant, or the value of an index, as this program computes with numbers."""
        return _number(value)

    def value(self, node: Apply) -> Callable[..., Any]:
        """Return what an operation means."""
        return node.op.value

    def collector(self, node: Bind) -> Callable[[Bind, Entries, Any], Any]:
        """Return how the values under a binder over indices are put together."""
        return COLLECT[node.op.name]

    def between(self, node: Bind, at: Callable[[tuple[Any, ...]], Any], ends: Sequence[Any]) -> Any:
        """Return an integral, a limit or a series from its body as a function and its ends."""
        if node.op.name == "Integral":
            return integral(node, at, ends, node in self._nested)
        return analysis.between(node, lambda t: at((t,)), ends, analysis.FLOATS)

    def optimum(self, node: Bind) -> Callable[[Mapping[Any, Any], Mapping[str, int]], Any]:
        """Return a maximum or minimum over symbols as a function of the environment."""
        return Optimum(node, Program)

    def _application(self, node: Apply) -> Callable[[_Run], Any]:
        picked, value = _picking([self._slot[a] for a in node.args]), self.value(node)
        if node.op.name in WITHOUT_VALUE or node.op.family == "probability":
            raise NotNumeric(f"{node.op.doc.rstrip('.')} has no numerical value: {called(node)}.")

        def step(run: _Run) -> Any:
            try:
                out = value(node, picked(run.slots), run.size)
            except UNFIT as error:
                raise _outside_domain(node.op, node, error) from error
            return np.float64(out) if type(out) is float else out

        return step

    def _binder(self, node: Bind) -> Callable[[_Run], Any]:
        loop, name = self._loops[node], node.op.name
        if has_ends(node):
            ends = [self._slot[a] for a in node.args[1:]]

            def between(run: _Run) -> Any:
                return self.between(node, self._counted(self._at(node, loop, run)), [run.slots[k] for k in ends])

            if type(self) is not Program or self._free[node] or not keepable(node):
                return between
            return lambda run: kept(node, run.env, run.sizes, lambda: between(run))
        if name in OPTIMA and all(isinstance(v, Symbol) for v in node.variables):
            optimum = self.optimum(node)
            return lambda run: optimum(run.env, run.sizes)
        if name not in COLLECT or not all(isinstance(v, Index) for v in node.variables):
            over = ", ".join(map(called, node.variables))
            raise NotNumeric(f"{node.op.name} over {over} has no numerical value here.")
        collect = self.collector(node)

        plan = planned(node, self._free) if type(self) is Program else None

        def step(run: _Run) -> Any:
            counts = [run.size(v.dim) for v in node.variables if isinstance(v, Index)]
            if plan is not None and not self._backwards(node, counts, run):
                at_once = plan.value(lambda n: run.slots[self._slot[n]], run.size)
                if at_once is not None:
                    return at_once
            return collect(node, self._entries(node, loop, run), run)

        return step

    def _entries(self, node: Bind, loop: _Loop, run: _Run) -> Entries:
        """Yield (index values, value of the body) wherever the condition holds."""
        counts = [run.size(v.dim) for v in node.variables if isinstance(v, Index)]
        if prod(counts) > ITERATIONS:
            raise TooLarge(f"{called(node)} has more than {ITERATIONS} terms.", repair="Evaluate it at smaller sizes.")
        if self._backwards(node, counts, run):
            raise NotNumeric(f"A range of {called(node)} ends before it begins.")
        keys, slots, env = [_key(v) for v in node.variables], run.slots, run.env
        body = self._slot[node.body]
        condition = None if node.condition is None else self._slot[node.condition]
        numbers = [[self.number(p) for p in range(1, c + 1)] for c in counts]
        outer, held = {k: env.get(k) for k in keys}, [slots[k] for k in loop.written]
        places = itertools.product(*(range(1, c + 1) for c in counts))
        for turn, (position, values) in enumerate(zip(places, itertools.product(*numbers), strict=True)):
            if turn % TURNS == TURNS - 1:
                ask()
            env.update(zip(keys, values, strict=True))
            for slot, step in loop.condition:
                slots[slot] = step(run)
            if condition is None or slots[condition]:
                for slot, step in loop.body:
                    slots[slot] = step(run)
                yield position, slots[body]
        for slot, value in zip(loop.written, held, strict=True):
            slots[slot] = value
        env.update(outer)

    def _backwards(self, node: Bind, counts: list[int], run: _Run) -> bool:
        """Tell whether ∑_{i=k}^n has k beyond n + 1: such a range is not empty, it is no range."""
        match node.condition:
            case Apply(args=(first, low)) as condition if condition.op.name == "ge" and (first,) == node.variables:
                return bool(not self._free[low] and np.real(run.slots[self._slot[low]]) > counts[0] + 1)
        return False

    def _counted(self, at: Callable[[tuple[Any, ...]], Any]) -> Callable[[tuple[Any, ...]], Any]:
        """Return a body that may be evaluated so often in one run: nested integrals and series end in bounded time."""

        def counted(position: tuple[Any, ...]) -> Any:
            self._spent += 1
            ask()
            if self._spent > EVALUATIONS:
                raise NotNumeric(f"Integrals and series take more than {EVALUATIONS} evaluations here.")
            return at(position)

        return counted

    def _at(self, node: Bind, loop: _Loop, run: _Run) -> Callable[[tuple[Any, ...]], Any]:
        """Return the body as a function of the bound variables (None where the condition fails)."""
        keys = [_key(v) for v in node.variables]
        body, slots = self._slot[node.body], run.slots
        condition = None if node.condition is None or has_ends(node) else self._slot[node.condition]

        def at(position: tuple[Any, ...]) -> Any:
            outer, held = {k: run.env.get(k) for k in keys}, [slots[k] for k in loop.written]
            run.env.update(zip(keys, position, strict=True))
            for slot, step in loop.condition:
                slots[slot] = step(run)
            out = None
            if condition is None or slots[condition]:
                for slot, step in loop.body:
                    slots[slot] = step(run)
                out = slots[body]
            for slot, value in zip(loop.written, held, strict=True):
                slots[slot] = value
            run.env.update(outer)
            return out

        return at


def _picking(places: list[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Return the function from all slots to those in some places."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda slots: tuple(slots[k] for k in places)


def has_ends(node: Bind) -> bool:
    """Tell whether a binder has ends that stand outside it (an integral, a limit, a series), not a condition."""
    return bool(node.op.extra.get("ends"))


def dependence(nodes: list[Expr]) -> Mapping[Expr, frozenset[Expr]]:
    """Return, for each node (arguments come first), its free indices and the free variables that an integral binds."""
    bindable = {v for b in nodes if isinstance(b, Bind) for v in b.variables}
    free: dict[Expr, frozenset[Expr]] = {}
    none: frozenset[Expr] = frozenset()
    for node in nodes:
        found = none.union(*(free[a] for a in node.args)) if node.args else none
        if isinstance(node, Index) or node in bindable:
            found = frozenset((node,))
        elif isinstance(node, Bind) and has_ends(node):
            found = (free[node.body] - frozenset(node.variables)).union(*(free[a] for a in node.args[1:]))
        elif isinstance(node, Bind):
            found -= frozenset(node.variables)
        free[node] = found
    return free


def _check_nesting(nodes: list[Expr]) -> None:
    depth: dict[Expr, int] = {}
    for node in nodes:
        inner = isinstance(node, Bind) or (isinstance(node, Apply) and node.op.family == "derivative")
        depth[node] = max((depth[a] for a in node.args), default=0) + inner
        if depth[node] > NESTING:
            raise TooLarge(f"Sums and derivatives are nested more than {NESTING} deep.")


def _number(value: Any) -> Any:
    try:
        return np.float64(float(value))
    except OverflowError:
        return np.float64(np.inf if value > 0 else -np.inf)


def _key(node: Expr) -> Any:
    """The key of a variable in the environment: an index by its node, a symbol by its name."""
    return node.name if isinstance(node, Symbol) else node


def _looking_up(node: Symbol | Index) -> Callable[[_Run], Any]:
    """Return the step that gives the value of a variable."""
    key = _key(node)

    def step(run: _Run) -> Any:
        value = run.env.get(key)
        if value is None or isinstance(value, int):
            return _look_up(node, run.env)
        return value

    return step


def _look_up(node: Symbol | Index, env: Mapping[Any, Any]) -> Any:
    value = env.get(_key(node))
    if value is None:
        value = env.get(node.name)
    if value is None:
        if isinstance(node, Index):
            raise NotNumeric(f"The index {node.name} has no value: no sum binds it.", repair=f"Give {node.name}=1.")
        raise NotNumeric(f"{node.name} has no value.", repair=f"Give {node.name}=....")
    return np.float64(value) if isinstance(value, int) else value  # an int is a size, used as a number


def _outside_domain(op: Operation, node: Expr, error: Exception) -> NotNumeric:
    reason = str(error).rstrip(".").lower() or "it is not defined there"
    return NotNumeric(f"{op.name} has no value at this point: {reason}.", got=node.memo("called", lambda: called(node)))


def _differential(node: Apply) -> Callable[[_Run], Any]:
    """d(f) along the given dX; symbols without a dX are constant."""
    f = node.args[0]
    names = [s.name for s in symbols_of(f)]
    inner = None if isinstance(f, Symbol) else Program(f)

    def step(run: _Run) -> Any:
        moved = {n: run.env[f"d{n}"] for n in names if run.env.get(f"d{n}") is not None}
        if names and not moved:
            wanted = ", ".join(f"d{n}" for n in names)
            what = f"The differential of {called(f)} has no value: no direction is given."
            raise NotNumeric(what, repair=f"Give {wanted}.")
        if inner is None:
            return moved[names[0]]
        base = {n: run.env.get(n) for n in moved}

        def along(t: Any) -> Any:
            return inner.within({**run.env, **{n: base[n] + t * moved[n] for n in moved}}, run.sizes)[0]

        return slope(along, analytic(f) and not _is_complex(run.env))

    return step


def _derivative(node: Apply) -> Callable[[_Run], Any]:
    """The derivative of f in its variables, entry by entry: axes of f first, then of each variable."""
    f, *wanted = node.args
    names: list[str] = []
    for k, variable in enumerate(wanted):
        if isinstance(variable, Symbol):
            names.append(variable.name)
        else:
            stand_in = symbol(f"∂{k}", variable.shape)
            f = replace(f, {variable: stand_in})
            names.append(stand_in.name)
    inner, start = Program(f), Program(*wanted)
    exact = analytic(f)

    def step(run: _Run) -> Any:
        env = {**run.env, **dict(zip(names, start.within(dict(run.env), run.sizes), strict=True))}
        shapes = [np.shape(env[n]) for n in names]
        out: list[Any] = []
        for place in itertools.product(*(np.ndindex(s) for s in shapes)):
            directions = [(n, _unit(s, p)) for n, s, p in zip(names, shapes, place, strict=True)]
            out.append(np.asarray(along(inner, env, run.sizes, directions, exact and not _is_complex(env))))
        axes = np.stack(out, axis=-1)
        return axes.reshape(tuple(run.size(d) for d in node.shape))[()]

    return step


def _unit(shape: tuple[int, ...], place: tuple[int, ...]) -> Any:
    out = np.zeros(shape)
    out[place] = 1.0
    return out


def _is_complex(env: Mapping[Any, Any]) -> bool:
    return any(np.iscomplexobj(v) for v in env.values() if v is not None)


def along(
    program: Program, env: Mapping[Any, Any], sizes: Mapping[str, int], directions: list[tuple[str, Any]],
    exact: bool, step: float = 2e-3, root: int = 0,
) -> Any:
    """Return the derivative of a program's root along one direction after another: [("w", v), ("X", V)].

    The innermost by the complex step where `exact`, the others by extrapolated central differences.
    """
    if not directions:
        return program.within(dict(env), sizes)[root]
    (name, direction), *rest = directions

    def shifted(t: Any) -> Any:
        return along(program, {**env, name: env[name] + t * direction}, sizes, rest, exact, step, root)

    return slope(shifted, exact and not rest, step)


def analytic(*roots: Expr) -> bool:
    """Tell whether every operation below may be evaluated at complex points, for the complex step."""
    return all(
        not isinstance(n, Apply | Bind) or (n.op.extra.get("analytic", True) and n.op.family != "derivative")
        for n in postorder(*roots)
    )
