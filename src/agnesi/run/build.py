"""Builds programs: from expressions to the source of one function."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from agnesi.errors import NotCompiled
from agnesi.expr.dims import show_shape
from agnesi.expr.nodes import Apply, Const, Expr, Symbol, index, postorder, replace, symbol, symbols_of
from agnesi.ops.facts import facts
from agnesi.rules.derive import resolved, without_rows
from agnesi.rules.forms import Factor, Form, Label, Term
from agnesi.rules.forms import build as expression
from agnesi.rules.normal import form_of, normalise
from agnesi.run.backends import BACKENDS
from agnesi.run.emit import Source, program
from agnesi.run.lower import Lowering
from agnesi.run.products import Assumed
from agnesi.run.rewrite import with_shortcuts
from agnesi.run.sparse import sparse_values
from agnesi.run.values import Value, Values

BATCH = "batch"
_ENTRYWISE = frozenset(("positive", "nonnegative", "negative", "unit interval", "binary", "sign", "integer"))


@dataclass(frozen=True)
class Wish:
    """What to build: expressions with their formulas, for a backend, in 64 bits or not.

    `batch` names arguments with one leading axis more than they were declared with, `sparse` those that are sparse.
    """

    outputs: tuple[Expr, ...]
    formulas: tuple[str, ...]
    symbols: tuple[Symbol, ...]
    backend: str = "numpy"
    name: str = "f"
    x64: bool = True
    batch: frozenset[str] = frozenset()
    sparse: frozenset[str] = frozenset()

    def with_batch(self) -> tuple[Symbol, ...]:
        """Return the symbols, those of `batch` with a leading axis."""
        return tuple(_with_batch(s) if s.name in self.batch else s for s in self.symbols)


def build(wish: Wish, sizes: Mapping[str, int], named: Mapping[str, Expr] | None = None) -> Source:
    """Return the source of a function that computes the outputs.

    `sizes` are assumed for planning; `named` are definitions whose names the program takes over. Raises `NotCompiled`
    where something has no code.
    """
    backend = BACKENDS[wish.backend]
    values = Values()
    symbols = wish.with_batch()
    inputs = {s: values.make("input", (), (s.name,), s.shape) for s in symbols}
    values.symmetric |= {id(v) for s, v in inputs.items() if s.ndim == 2 and "symmetric" in facts.closure(s.facts)}
    prepared, given = _without_rows(wish, values, inputs)
    if wish.batch:
        prepared = [_batched(e, wish) for e in prepared]
    assumed = Assumed(sizes)
    run = Lowering(values, assumed, backend.grams, backend.factored, given)
    roots = [with_shortcuts(normalise(e), assumed) for e in prepared]
    run.expect(roots)
    outputs = [run.output(root) for root in roots]
    hints: dict[int, str] = {}
    for name, body in (named or {}).items():
        part = run.parts.get(normalise(body))
        if part is not None:
            hints.setdefault(id(part.value), name)
    sparse = sparse_values(outputs, wish.sparse) if wish.sparse else set[int]()
    return program(backend, wish.name, symbols, outputs, wish.formulas, hints, wish.x64, sparse)


def _without_rows(
    wish: Wish, values: Values, inputs: Mapping[Symbol, Value]
) -> tuple[list[Expr], dict[Expr, Value]]:
    """Return the outputs with row symbols (1×n) as transposes of vectors, and the values of all symbols."""
    given: dict[Expr, Value] = {s: v for s, v in inputs.items()}
    found: list[Expr] = []
    for output in wish.outputs:
        expr, columns = without_rows(resolved(output))
        for row, column in columns.items():
            assert isinstance(row, Symbol) and isinstance(column, Symbol)
            batched = row.name in wish.batch
            own = _with_batch(column) if batched else column
            source = inputs[_with_batch(row) if batched else row]
            given[own] = values.make("take", (source,), (int(batched), 0), own.shape)
        found.append(expr)
    return found, given


def _with_batch(s: Symbol) -> Symbol:
    """Return the symbol with a leading axis; of its facts those stay that speak of entries."""
    return symbol(s.name, (BATCH, *s.shape), s.facts & _ENTRYWISE)


def _batched(output: Expr, wish: Wish) -> Expr:
    """Return the normal form of an output with a leading axis: the named arguments are taken at a free index."""
    lane = index("\0batch", BATCH)
    env: dict[Expr, Form] = {}
    for s in symbols_of(output):
        if s.name.removeprefix("\0") in wish.batch:
            labels: tuple[Label, ...] = (lane, *range(s.ndim))
            env[s] = Form(s.shape, [Term(Fraction(1), (Factor(_with_batch(s), labels),), dict(enumerate(s.shape)))])
    form = form_of(output, env)
    return expression(form, (lane, *range(len(form.shape))))


def one_symbol_a_name(outputs: Sequence[Expr]) -> list[Expr]:
    """Return the outputs with symbols of one name made one: it has all the facts that were declared anywhere.

    Raises `NotCompiled` where a name has several shapes.
    """
    found: dict[str, Symbol] = {}
    several: set[str] = set()
    for s in symbols_of(*outputs):
        held = found.get(s.name)
        if held is not None and held.shape != s.shape:
            raise NotCompiled(
                f"{s.name} has two shapes: {show_shape(held.shape)} and {show_shape(s.shape)}.",
                repair="Declare it the same in every formula, or read the formulas as one worksheet.",
            )
        if held is not None and held.facts != s.facts:
            several.add(s.name)
        found[s.name] = symbol(s.name, s.shape, s.facts | held.facts) if held is not None else s
    if not several:
        return list(outputs)
    table: dict[Expr, Expr] = {s: found[s.name] for s in symbols_of(*outputs) if s.name in several}
    return [replace(o, table) for o in outputs]


def least_sizes(outputs: Iterable[Expr]) -> dict[str, int]:
    """Return, by the names of sizes, the largest number of an entry such as X[1,3] that the outputs ask for."""
    found: dict[str, int] = {}
    for node in postorder(*outputs):
        if isinstance(node, Apply) and node.op.name in ("entry", "row", "col"):
            owner, *positions = node.args
            line = owner.shape[node.op.name == "col" :][:1]
            dims = owner.shape[-len(positions) :] if node.op.name == "entry" else line
            for dim, position in zip(dims, positions, strict=True):
                if isinstance(position, Const) and dim.names == {str(dim)}:
                    found[str(dim)] = max(found.get(str(dim), 0), int(position.value))
    return found


def arguments(outputs: Iterable[Expr], order: Iterable[Symbol] = ()) -> tuple[Symbol, ...]:
    """Return the symbols that the outputs need: in the given order, then as they appear."""
    found = symbols_of(*(resolved(o) for o in outputs))
    first = [s for s in order if s in found]
    return tuple(dict.fromkeys((*first, *found)))
