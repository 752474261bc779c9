"""The set on which expressions are compared: symbols with facts, sizes, given values, conditions; and evaluation on it.

A condition `x = expression` with a symbol that nothing else settles is carried out: x is what the expression gives;
so is y − x = 3, where x stands once among the terms. Other equations and the inequalities are tested.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agnesi.check.directions import written_directions
from agnesi.check.isolated import isolated
from agnesi.check.magnitude import Magnitude
from agnesi.check.moves import DISCRETE, holds
from agnesi.errors import AgnesiError, NotNumeric
from agnesi.expr.nodes import Apply, Expr, Symbol, postorder, symbols_of
from agnesi.run.guards import guards
from agnesi.run.reference import Program
from agnesi.run.sample import LARGEST, Point, fits, free_symbols, large_shapes, size_needs

EXACT = 1e-12  # relative: how well an equation must hold
STRICT = 1e-9  # relative: how clearly a strict inequality must hold
ORDERS = frozenset(("lt", "le", "gt", "ge", "ne"))


@dataclass(frozen=True)
class Values:
    """What a point gives: the roots, and for each condition left over its two sides (and how large its terms are)."""

    point: Point
    roots: tuple[Any, ...]
    equations: tuple[tuple[Any, Any, float], ...]
    orders: tuple[tuple[str, Any, Any], ...]
    near: float  # the distance to the nearest kink or edge of the roots


class Domain:
    """Where `roots` are evaluated: `fixed` values by name, `sizes` by name, and conditions `given` (relations).

    With `kinks` the distance to kinks and edges is not watched; without `substitute` no condition is carried out.
    """

    def __init__(
        self, roots: Sequence[Expr], *, extra: Iterable[Symbol] = (), fixed: Mapping[str, Any] | None = None,
        sizes: Mapping[str, int] | None = None, given: Sequence[Expr] = (), largest: float = LARGEST,
        kinks: bool = False, substitute: bool = True,
    ) -> None:
        self.roots, self.fixed, self.largest = tuple(roots), dict(fixed or {}), largest
        relations = [_relation(c) for c in given]
        sides = [side for r in relations for side in r.args]
        drawn = free_symbols(*roots, *sides, *extra, *written_directions(*roots, *sides))
        self.dims, self.least = size_needs([*roots, *sides, *drawn])
        self._large = large_shapes([*roots, *sides])
        self.size_names = sorted({name for d in self.dims for name in d.names})
        known = {**_sizes_of_fixed(drawn, self.fixed), **(sizes or {})}
        self.fixed_sizes = {k: int(v) for k, v in known.items() if k in self.size_names}
        self.symbols = [s for s in drawn if (s.shape or s.name not in self.size_names) and s.name not in self.fixed]
        self.defined = self._carried_out(relations) if substitute else []
        names = {s.name for s, _ in self.defined}
        self.free = [s for s in self.symbols if s.name not in names]
        self.equations = [r.args for r in relations if r.op.name == "eq"]
        self.orders = [r for r in relations if r.op.name in ORDERS]
        self._guards = [] if kinks else guards(self.roots)
        watched = [a for g in self._guards for a in g.watched]
        left_over = [side for pair in (*self.equations, *(r.args for r in self.orders)) for side in pair]
        self._terms = Magnitude([side for pair in self.equations for side in pair])
        self._program = Program(*self.roots, *left_over, *self._terms.leaves, *watched)
        self._conditions = Program(*left_over)
        self._programs = [(s, Program(e)) for s, e in self.defined]

    def _carried_out(self, relations: list[Apply]) -> list[tuple[Symbol, Expr]]:
        """Take out the equations that define a symbol by others; those with both sides used stay."""
        by_name = {s.name: s for s in self.symbols}
        needs: dict[str, set[str]] = {}
        out: list[tuple[Symbol, Expr]] = []
        for relation in [r for r in relations if r.op.name == "eq"]:
            for symbol, other in isolated(*relation.args):
                used = {s.name for s in symbols_of(other)}
                name = symbol.name
                if name not in by_name or name in needs or _moves(other):
                    continue
                if name in _reached(used, needs) or any(name in n for n in needs.values()):
                    continue
                needs[name] = used
                out.append((by_name[name], other))
                relations.remove(relation)
                break
        return _in_order(out, needs)

    def choices(self, most: int = 3, least: int = 1) -> list[dict[str, int]]:
        """Return assignments of small sizes, the smallest first; every axis has at least one entry."""
        open_names = [n for n in self.size_names if n not in self.fixed_sizes]
        lows = [max(least, self.least.get(n, 1)) for n in open_names]
        span = most if len(open_names) <= 3 else 2
        ranges = [range(low, max(low + 1, span + 1)) for low in lows[:6]]
        picks = sorted(itertools.product(*ranges), key=lambda p: (sum(p), max(p, default=0), p))
        out = []
        for pick in picks:
            sizes = {**dict(zip(open_names, pick, strict=False)), **self.fixed_sizes}
            sizes.update({n: 2 for n in open_names[6:]})
            if all(d.size(sizes) >= 1 for d in self.dims) and fits(self._large, sizes):
                out.append(sizes)
        return out

    def shape(self, s: Symbol, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """Return the shape of a symbol's value."""
        return tuple(d.size(sizes) for d in s.shape)

    def at(self, free: Mapping[str, Any], sizes: Mapping[str, int]) -> Values | None:
        """Return what the free values give, or None where something has no value, overflows or lacks its facts."""
        env = self._complete(free, sizes)
        outs = None if env is None else self._run(self._program, env, sizes)
        count, pairs = len(self.roots), len(self.equations)
        stop = count + 2 * (pairs + len(self.orders))
        if env is None or outs is None:
            return None
        for value in outs[:stop]:
            if not _finite(value, self.largest):
                return None
        values = {s.name: env[s.name] for s in self.symbols} | self.fixed
        if count == len(outs):  # no conditions, nothing watched
            return Values(Point(values, dict(sizes)), outs, (), (), np.inf)
        sides = list(zip(outs[count:stop:2], outs[count + 1 : stop : 2], strict=True))
        if not all(_comparable(a, b) for a, b in sides):
            return None
        after = stop + len(self._terms.leaves)
        sizes_of = self._terms.of(outs[stop:after])
        held = tuple((a, b, max(sizes_of[2 * k : 2 * k + 2])) for k, (a, b) in enumerate(sides[:pairs]))
        named = tuple((r.op.name, a, b) for r, (a, b) in zip(self.orders, sides[pairs:], strict=True))
        return Values(Point(values, dict(sizes)), outs[:count], held, named, self._near(outs[after:]))

    def sides(self, free: Mapping[str, Any], sizes: Mapping[str, int]) -> tuple[Any, ...] | None:
        """Return the sides of the equations, then of the inequalities, one after the other; None without values."""
        env = self._complete(free, sizes, check=False)
        outs = None if env is None else self._run(self._conditions, env, sizes)
        if outs is None or not all(_comparable(a, b) for a, b in zip(outs[::2], outs[1::2], strict=True)):
            return None
        return outs if all(_finite(v, self.largest) for v in outs) else None

    def _complete(self, free: Mapping[str, Any], sizes: Mapping[str, int], check: bool = True) -> dict[str, Any] | None:
        """Add the given values and those that conditions define."""
        env = {**sizes, **self.fixed, **free}
        for s, program in self._programs:
            outs = self._run(program, env, sizes)
            if outs is None or not _finite(outs[0], self.largest) or (check and not holds(s, outs[0])):
                return None
            env[s.name] = outs[0]
        return env

    def _run(self, program: Program, env: dict[str, Any], sizes: Mapping[str, int]) -> tuple[Any, ...] | None:
        try:
            return program(env, sizes)
        except (AgnesiError, FloatingPointError, np.linalg.LinAlgError, ValueError):
            return None

    def _near(self, watched: tuple[Any, ...]) -> float:
        """The distance to the nearest kink or edge."""
        nearest, at = np.inf, 0
        for guard in self._guards:
            try:
                nearest = min(nearest, float(guard.distance(*watched[at : at + len(guard.watched)])))
            except (np.linalg.LinAlgError, ValueError):
                return -np.inf
            at += len(guard.watched)
        return nearest

    def discrete(self) -> bool:
        """Tell whether no free symbol moves continuously."""
        return all(s.facts & DISCRETE for s in self.free)


def satisfied(found: Values, within: float = EXACT) -> bool:
    """Tell whether all conditions hold at a point (equations up to `within`, relative to their terms)."""
    return equations_hold(found, within) and all(order_holds(*o) for o in found.orders)


def equations_hold(found: Values, within: float = EXACT) -> bool:
    """Tell whether the equations hold at a point, relative to their terms."""
    return all(float(np.max(np.abs(np.asarray(a) - b), initial=0.0)) <= within * size for a, b, size in found.equations)


def order_holds(name: str, left: Any, right: Any) -> bool:
    """Tell whether an inequality holds in every entry; a strict one must hold clearly."""
    a, b = np.real(left), np.real(right)
    step = STRICT * np.maximum(1e-3, np.maximum(np.abs(a), np.abs(b)))
    match name:
        case "le":
            return bool(np.all(a <= b))
        case "ge":
            return bool(np.all(a >= b))
        case "lt":
            return bool(np.all(a < b - step))
        case "gt":
            return bool(np.all(a > b + step))
    return bool(np.any(np.abs(a - b) > 1e3 * step))


def _relation(condition: Expr) -> Apply:
    if not isinstance(condition, Apply) or condition.op.name not in ORDERS | {"eq"}:
        raise NotNumeric(f"{condition} is no condition that a search can keep.", expected="=, ≠, <, ≤, > or ≥")
    return condition


def _sizes_of_fixed(symbols: Iterable[Symbol], fixed: Mapping[str, Any]) -> dict[str, int]:
    """The sizes that given arrays have."""
    pairs = [(d, k) for s in symbols if s.name in fixed for d, k in zip(s.shape, np.shape(fixed[s.name]), strict=False)]
    return {min(d.names): k for d, k in pairs if len(d.names) == 1 and d.size(dict.fromkeys(d.names, k)) == k}


def _moves(expr: Expr) -> bool:
    return any(isinstance(n, Apply) and n.op.family == "derivative" for n in postorder(expr))


def _reached(names: set[str], needs: Mapping[str, set[str]]) -> set[str]:
    """All names that `names` depend on."""
    found, todo = set(names), list(names)
    while todo:
        for name in needs.get(todo.pop(), ()):
            if name not in found:
                found.add(name)
                todo.append(name)
    return found


def _in_order(pairs: list[tuple[Symbol, Expr]], needs: Mapping[str, set[str]]) -> list[tuple[Symbol, Expr]]:
    """Definitions before what uses them."""
    return sorted(pairs, key=lambda pair: len(_reached(needs[pair[0].name], needs) & set(needs)))


def _comparable(left: Any, right: Any) -> bool:
    """Tell whether two values have the same shape, or one is a number: u = (3/5, 4/5) of another u may have three."""
    a, b = np.shape(left), np.shape(right)
    return a == b or not a or not b


def _finite(value: Any, largest: float) -> bool:
    if isinstance(value, float):
        return abs(value) < largest
    return bool(np.abs(value).max(initial=0.0) < largest)  # false for NaN
