"""Tables that have probabilities which a text gives: P(D) = 0.01, P(T | D) = 0.95; and what such numbers determine."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import scipy

from agnesi.check.worlds_tables import Independence, Table
from agnesi.check.worlds_tables import exclusive as without_both
from agnesi.check.worlds_tables import exhaustive as without_all
from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Apply, Const, Expr, Symbol, apply, fold, postorder, symbol, symbols_of, with_args
from agnesi.run.reference import Program

Number = tuple[Expr, float]  # a probability of events, and its value
STARTS = 12
TRIES = 80
_JOINED = frozenset(("intersection", "union", "complement"))


def event_name(name: str) -> bool:
    """Tell whether a name is one of an event: a capital, or an event in words."""
    return name[0].isupper() or name[0] in "“⁺⁻"


def events_of(probability: Expr) -> frozenset[str] | None:
    """Return the events in P(A ∪ B | ¬C), or None where something else stands in it."""
    if not isinstance(probability, Apply) or probability.op.name != "probability":
        return None
    if not probability.args or probability.attrs[0] not in ("P", "Pr", "p"):
        return None
    found: set[str] = set()
    stack = list(probability.args)
    while stack:
        one = stack.pop()
        if isinstance(one, Symbol) and not one.shape and (event_name(one.name) or probability.attrs[0] != "p"):
            found.add(one.name)
        elif isinstance(one, Apply) and one.op.name in _JOINED:
            stack.extend(one.args)
        else:
            return None
    return frozenset(found)


def truth(events: Sequence[Expr], grids: Mapping[str, Any]) -> Any:
    """Return where all of the events happen, cell by cell."""

    def step(node: Expr, below: tuple[Any, ...]) -> Any:
        if isinstance(node, Symbol):
            return grids[node.name] == 1
        assert isinstance(node, Apply)
        if node.op.name == "complement":
            return ~below[0]
        joined = np.logical_and if node.op.name == "intersection" else np.logical_or
        out = below[0]
        for other in below[1:]:
            out = joined(out, other)
        return out

    out = np.ones(np.shape(next(iter(grids.values()))), dtype=bool)
    for one in events:
        out = out & fold(one, step)
    return out


def grids_of(table: Table) -> dict[str, Any]:
    """Return the state of each variable in each cell."""
    return dict(zip(table.names, np.indices(table.array.shape), strict=True))


def probability_in(table: Table, probability: Expr) -> float:
    """Return the value of a probability of events in a table."""
    assert isinstance(probability, Apply)
    grids, count = grids_of(table), probability.attrs[1]
    given = truth(probability.args[count:], grids)
    both = truth(probability.args[:count], grids) & given
    return float(table.array[both].sum() / table.array[given].sum())


def with_numbers(
    table: Table, numbers: Sequence[Number], said: Sequence[Independence], rng: np.random.Generator
) -> Table:
    """Return a random table that has these probabilities, and the independences.

    Raises `NotNumeric` where none is found.
    """
    residual, matrix, linear = _residuals(table, numbers, said)
    alive = (table.array > 0).reshape(-1) & _possible(table, numbers)
    for _ in range(STARTS):
        start = np.where(alive, rng.normal(size=table.array.size), -np.inf)
        if linear:
            logits = _newton(matrix, start)
        else:
            found = scipy.optimize.least_squares(
                lambda z: residual(_on(z, alive)), start[alive], xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=400
            ).x
            logits = _on(found, alive)
        cells = _cells(logits)
        if np.max(np.abs(residual(logits)), initial=0.0) < 1e-12 and cells[alive].min() > 1e-9:
            return Table(table.names, cells.reshape(table.array.shape))
    raise NotNumeric("No finite world was found with these probabilities.")


def _on(z: Any, alive: Any) -> Any:
    """Return logits of all cells from those of the cells that can happen."""
    out = np.full(alive.shape, -np.inf)
    out[alive] = z
    return out


def _possible(table: Table, numbers: Sequence[Number]) -> Any:
    """Return the cells that may have weight: P(A | B) = 0 leaves none to A with B, and 1 none to B without A."""
    grids = grids_of(table)
    out = np.ones(table.array.shape, dtype=bool)
    for probability, value in numbers:
        assert isinstance(probability, Apply)
        count = probability.attrs[1]
        given = truth(probability.args[count:], grids)
        both = truth(probability.args[:count], grids) & given
        if abs(value) < 1e-15:
            out &= ~both
        elif abs(value - 1) < 1e-15:
            out &= both | ~given
    return out.reshape(-1)


def _newton(matrix: Any, logits: Any) -> Any:
    """Return logits whose cells solve matrix · cells = 0, from these, by Gauss-Newton steps of bounded length."""
    for _ in range(60):
        cells = _cells(logits)
        gap = matrix @ cells
        if np.max(np.abs(gap)) < 1e-15:
            break
        slope = matrix * cells - np.outer(gap, cells)
        step = np.linalg.lstsq(slope, -gap, rcond=None)[0]
        logits = logits + step * min(1.0, 2.0 / max(float(np.max(np.abs(step))), 1e-300))
    return logits


def _cells(logits: Any) -> Any:
    weights = np.exp(logits - np.max(logits))
    return weights / weights.sum()


def _residuals(
    table: Table, numbers: Sequence[Number], said: Sequence[Independence]
) -> tuple[Callable[[Any], Any], Any, bool]:
    """Return how far a table is from what it must be: P(a, b) − v P(b) for P(a | b) = v, and independences.

    With the matrix of the first kind, and whether there is no other.
    """
    grids, shape = grids_of(table), table.array.shape
    rows = []
    for probability, value in numbers:
        assert isinstance(probability, Apply)
        count = probability.attrs[1]
        given = truth(probability.args[count:], grids)
        both = truth(probability.args[:count], grids) & given
        rows.append((both.astype(float) - value * given).reshape(-1))
    matrix = np.array(rows).reshape(len(rows), -1)
    here = set(table.names)
    apart = [(a & here, b & here, c & here) for a, b, c in said if a & here and b & here]

    def residual(logits: Any) -> Any:
        cells = _cells(logits)
        out = [matrix @ cells]
        made = Table(table.names, cells.reshape(shape))
        for a, b, c in apart:
            out.append((made.spread(a | b | c) * made.spread(c) - made.spread(a | c) * made.spread(b | c)).reshape(-1))
        return np.concatenate(out)

    return residual, matrix, not apart


def determined(
    numbers: Sequence[Number], said: Sequence[Independence], probability: Expr, rng: np.random.Generator,
    exclusive: Iterable[frozenset[str]] = (), exhaustive: Iterable[frozenset[str]] = (),
) -> bool:
    """Tell whether a probability follows from others: it is the same in all tables that have these."""
    held = [events_of(p) for p, _ in numbers]
    wanted = events_of(probability) or frozenset()
    names = sorted(wanted.union(*(h for h in held if h)))
    if not numbers or len(names) > 6:
        return False
    blank = Table(tuple(names), np.full((2,) * len(names), 0.5 ** len(names)))
    blank = without_all(without_both(blank, exclusive), exhaustive)
    try:
        found = [probability_in(with_numbers(blank, numbers, said, rng), probability) for _ in range(3)]
    except NotNumeric:
        return True  # numbers that contradict one another: nothing is taken for granted any more
    return max(found) - min(found) < 1e-7


def as_events(root: Expr, only: Container[str] | None = None) -> Expr:
    """Return an expression in which D = 3 in a probability is an event of its own (of these variables only)."""

    def step(node: Expr, below: tuple[Expr, ...]) -> Expr:
        made = with_args(node, below)
        if not isinstance(made, Apply) or made.op.name != "probability":
            return made
        return apply("probability", *(_event(a, only) for a in made.args), attrs=made.attrs)

    return fold(root, step)


def _event(one: Expr, only: Container[str] | None) -> Expr:
    def step(node: Expr, below: tuple[Expr, ...]) -> Expr:
        name = _compared(node)
        return symbol(f"{name} = {below[1]}") if name and (only is None or name in only) else with_args(node, below)

    return fold(one, step)


def _compared(node: Expr) -> str:
    """Return D of D = 3; nothing for others."""
    if not isinstance(node, Apply) or node.op.name != "eq":
        return ""
    left, right = node.args
    return left.name if isinstance(left, Symbol) and not left.shape and isinstance(right, Const) else ""


def compared(root: Expr) -> frozenset[str]:
    """Return the variables that an expression compares with numbers: D of P(D = 3 | H)."""
    return frozenset(name for node in postorder(root) if (name := _compared(node)))


def sizeless(root: Expr) -> Expr:
    """Return an expression with symbols in place of sizes that stand as numbers: N of M/N."""

    def step(node: Expr, below: tuple[Expr, ...]) -> Expr:
        made = with_args(node, below)
        return symbol(str(node)) if isinstance(node, Apply) and node.op.name == "size" else made

    return fold(root, step)


def values_of(shares: Sequence[Expr], rng: np.random.Generator, known: Mapping[str, float] | None = None) -> Any:
    """Return values of given probabilities, all between 0 and 1, and of their letters in `known` if that is a dict."""
    names = dict.fromkeys(s.name for v in shares for s in symbols_of(v) if known is None or s.name not in known)
    program = Program(*shares) if shares else None
    for k in range(TRIES):
        if k % 2:
            values = {n: float(rng.integers(1, 13)) for n in names}
        else:
            values = {n: float(rng.integers(2, 9)) / 10 for n in names}
        try:
            found = [float(np.real(v)) for v in program({**(known or {}), **values}, {})] if program else []
        except NotNumeric:
            continue
        if all(np.isfinite(v) and -1e-12 <= v <= 1 + 1e-12 for v in found):
            inner = [v for v, s in zip(found, shares, strict=True) if symbols_of(s)]
            if all(1e-9 < v < 1 - 1e-9 for v in inner):
                if isinstance(known, dict):
                    known.update(values)
                return found
    return None
