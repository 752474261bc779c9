"""Builds programs: from expressions to the source of one function."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agnesi.expr.nodes import Expr, Symbol, symbols_of
from agnesi.rules.derive import resolved, without_rows
from agnesi.rules.normal import normalise
from agnesi.run.backends import BACKENDS
from agnesi.run.emit import Source, program
from agnesi.run.lower import Lowering
from agnesi.run.values import Value, Values


@dataclass(frozen=True)
class Wish:
    """What to build: expressions with their formulas, for a backend, at assumed sizes."""

    outputs: tuple[Expr, ...]
    formulas: tuple[str, ...]
    symbols: tuple[Symbol, ...]
    backend: str = "numpy"
    name: str = "f"
    x64: bool = True


def build(wish: Wish, sizes: Mapping[str, int], named: Mapping[str, Expr] | None = None) -> Source:
    """Return the source of a function that computes the outputs; `named` are definitions whose names to use."""
    backend = BACKENDS[wish.backend]
    values = Values()
    inputs = {s: values.make("input", (), (s.name,), s.shape) for s in wish.symbols}
    prepared, given = _without_rows(wish.outputs, values, inputs)
    run = Lowering(values, sizes, backend.grams, backend.factored, given)
    outputs = [run.output(normalise(e)) for e in prepared]
    hints: dict[int, str] = {}
    for name, body in (named or {}).items():
        part = run.parts.get(normalise(body))
        if part is not None:
            hints.setdefault(id(part.value), name)
    return program(backend, wish.name, wish.symbols, outputs, wish.formulas, hints, wish.x64)


def _without_rows(
    outputs: Sequence[Expr], values: Values, inputs: Mapping[Symbol, Value]
) -> tuple[list[Expr], dict[Expr, Value]]:
    """Return the outputs with row symbols (1×n) as transposes of vectors, and the values of all symbols."""
    given: dict[Expr, Value] = dict(inputs)
    found: list[Expr] = []
    for output in outputs:
        expr, columns = without_rows(resolved(output))
        for row, column in columns.items():
            given[column] = values.make("take", (given[row],), (0, 0), column.shape)
        found.append(expr)
    return found, given


def arguments(outputs: Iterable[Expr], order: Iterable[Symbol] = ()) -> tuple[Symbol, ...]:
    """Return the symbols that the outputs need: in the given order, then as they appear."""
    found = symbols_of(*(resolved(o) for o in outputs))
    first = [s for s in order if s in found]
    return tuple(dict.fromkeys((*first, *found)))
