"""Tables moved until equations about chance hold in them: P(B = 1) = 0.9, E[XY] = M/N, P(D) = P(D, A) + P(D, ¬A).

The joint table keeps its zeros, its independences and its given probabilities; free symbols of the equations move too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from agnesi.check.solving import polished, solved
from agnesi.check.worlds_scan import MAIN
from agnesi.check.worlds_stage import Stage
from agnesi.check.worlds_tables import Table
from agnesi.errors import AgnesiError, NotNumeric
from agnesi.expr.nodes import Apply, Expr, Symbol, apply, postorder, symbols_of
from agnesi.run.reference import Program
from agnesi.run.sample import draw

STARTS = 4
EXACT = 1e-12
SMALL = 1e-7  # no cell becomes smaller
MAX_UNKNOWNS = 80
SEARCH = 0.4  # seconds of processor time for all starts together


def fit(stage: Stage, roots: Sequence[Expr], rng: np.random.Generator) -> bool:
    """Move the tables of a stage until the equations among the roots hold; tell whether they do."""
    gaps = [apply("add", r.args[0], -r.args[1]) for r in roots if isinstance(r, Apply) and r.op.name == "eq"]
    held = {s.name for g in gaps for s in symbols_of(g)} & stage.marginals.keys()
    table = stage.tables.get(MAIN)
    if not held or table is None or stage.rough or stage.chance.moments or stage.chance.copies or stage.laws:
        return False
    if stage.chance.uncorrelated or any(letter != MAIN for letter, _ in (stage.marginals[n] for n in held)):
        return False
    free = [s for s in symbols_of(*gaps) if s.name not in stage.values]
    if any(d.names for s in free for d in s.shape) or table.array.size + len(free) > MAX_UNKNOWNS:
        return False
    sizes = {name: int(rng.integers(2, 6)) for name in sorted(sizes_in(gaps))}
    until = time.process_time() + SEARCH
    for _ in range(STARTS):
        made = _attempt(stage, table, Program(*gaps), free, sizes, rng, until)
        if made is not None:
            stage.tables[MAIN] = made
            stage.values.update(_marginals(stage, made))
            return True
    return False


def _attempt(
    stage: Stage, table: Table, program: Program, free: Sequence[Symbol], sizes: Mapping[str, int],
    rng: np.random.Generator, until: float,
) -> Table | None:
    """Return a table with the equations from one random start, or None; also where the processor time is used up."""
    alive = table.array > 0
    count = int(alive.sum())

    def made(z: Any) -> Table:
        array = np.zeros(table.array.shape)
        weights = np.exp(z[:count] - np.max(z[:count]))
        array[alive] = weights / weights.sum()
        return Table(table.names, array)

    try:
        start = draw(free, rng, sizes)
        shapes = [np.shape(start[s.name]) for s in free]
        ends = np.cumsum([count, *(int(np.prod(s)) for s in shapes)])
        residual = _residual(stage, program, sizes, made, until, [(s.name, a, b, sh) for s, a, b, sh in zip(
            free, ends, ends[1:], shapes, strict=False)])
        z = np.concatenate([np.log(table.array[alive]) + 0.2 * rng.normal(size=count),
                            *(np.ravel(start[s.name]) for s in free)])
        found = solved(residual, z)
        better = polished(residual, found) if found is not None else None
        found = better[0] if better is not None else found
        worst = np.max(np.abs(residual(found)), initial=0.0) if found is not None else np.inf
    except (AgnesiError, ArithmeticError, np.linalg.LinAlgError):
        return None
    if found is None or worst > EXACT:
        return None
    out = made(found)
    return out if out.array[alive].min() > SMALL else None


def _residual(
    stage: Stage, program: Program, sizes: Mapping[str, int], made: Callable[[Any], Table], until: float,
    places: Sequence[tuple[str, int, int, Any]],
) -> Callable[[Any], Any]:
    """Return how far a table and the free symbols are from the equations and the independences."""
    here = set(stage.tables[MAIN].names)
    apart = [(a & here, b & here, c & here) for a, b, c in stage.chance.independent if a & here and b & here]

    def residual(z: Any) -> Any:
        if time.process_time() > until:
            raise NotNumeric("No finite world with these equations was found in the time that there is.")
        table = made(z)
        values = {**stage.values, **_marginals(stage, table)}
        values |= {name: z[a:b].reshape(shape) if shape else z[a] for name, a, b, shape in places}
        out = [np.ravel(np.asarray(gap, dtype=float)) for gap in program({**sizes, **values}, sizes)]
        for a, b, c in apart:
            gap = table.spread(a | b | c) * table.spread(c) - table.spread(a | c) * table.spread(b | c)
            out.append(gap.reshape(-1))
        whole = np.concatenate(out)
        return whole if np.all(np.isfinite(whole)) else None

    return residual


def sizes_in(roots: Sequence[Expr]) -> list[str]:
    """Return the names of the sizes that stand as numbers."""
    leaves = [n for n in postorder(*roots) if isinstance(n, Apply) and n.op.name == "size"]
    return sorted({name for n in leaves for name in n.attrs[0].names})


def _marginals(stage: Stage, table: Table) -> Mapping[str, Any]:
    """Return the marginals of the main table that the roots use."""
    return {name: table.marginal(key)[1] for name, (letter, key) in stage.marginals.items() if letter == MAIN}
