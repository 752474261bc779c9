"""Sums over rows in parts: value, gradient and Hessian of blocks of rows, added up in one pass over the data.

The arrays with the axis of the sum may be larger than memory: files of NumPy, anything that can be sliced, or a stream
of blocks. `Split` has the same as a pair of pure functions, map and combine, for a scheduler.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from agnesi.asked import function_of, variables_of
from agnesi.compilation import compile
from agnesi.errors import AgnesiError, Ambiguous, NoDerivative, NotNumeric
from agnesi.expr.dims import Shape, show_shape
from agnesi.expr.nodes import Expr, Symbol, symbols_of
from agnesi.rules.bases import as_form
from agnesi.rules.derive import derivative, normal_derivative, without_rows
from agnesi.rules.forms import Form, build
from agnesi.rules.normal import normalise
from agnesi.rules.separable import RowSum, row_axes, row_sum, separated
from agnesi.rules.structure import Structure, Tensor, parts_of, settled, structure
from agnesi.run.build import arguments
from agnesi.run.compiled import Compiled, sparse
from agnesi.run.operators import assemble
from agnesi.run.products import Assumed
from agnesi.run.sizes import prepare

BLOCK = 64 * 2**20  # bytes of float64 that are read at once, where no number of rows is asked for

Block = Mapping[str, Any]
Blocks = Iterable[Block] | Callable[[], Iterable[Block]]


def partial_sums(f: Expr | str, over: str | None = None, wrt: Expr | str | None = None) -> PartialSums:
    """Return a scalar f as a sum over rows: f = Σ_i g(row i of the arrays with that axis; the others) + rest.

    >>> ridge = partial_sums("‖X w − y‖² + λ‖w‖²", wrt="w")
    >>> print(ridge)
    ∑ over n of ‖Xw − y‖², plus λ‖w‖² once; X and y are read in blocks of rows
    >>> value, gradient = ridge.evaluate(X=np.eye(4, 2), y=np.zeros(4), w=np.ones(2), λ=0.5, chunk=3)
    >>> gradient
    array([3., 3.])

    `over` names the axis; None takes the one that f is a sum over (of several, the one of the most arrays, but none
    of `wrt`). Raises `AgnesiError` with the reason where f is no such sum, `Ambiguous` where several axes will do.
    """
    function, reading, _ = function_of(f, None)
    variable = None if wrt is None else _symbol(function, variables_of(function, reading, wrt, 1)[0])
    sums = PartialSums(function, row_sum(function, over if over is not None else _axis(function, variable)))
    return sums if variable is None else PartialSums(function, sums.sum, sums.variable(variable))


def _symbol(function: Expr, found: Expr) -> Symbol:
    if not isinstance(found, Symbol) or found not in symbols_of(function):
        raise NoDerivative(f"{found} is not a symbol of {function}.", repair="Name one of its symbols.")
    return found


def _axis(function: Expr, variable: Symbol | None) -> str:
    """Return the only axis that f is a sum over, or of several the one that the most arrays have."""
    names, reasons = row_axes(function)
    if not names:
        told = "; ".join(f"over {name}, {reason}" for name, reason in reasons.items())
        raise AgnesiError(f"{function} is not a sum over rows: {told or 'no array in it has a named size'}.")
    arrays = {n: [s.name for s in symbols_of(function) if any(n in d.names for d in s.shape)] for n in names}
    if variable is not None and any(variable.name not in found for found in arrays.values()):
        arrays = {n: found for n, found in arrays.items() if variable.name not in found}
    best = [n for n in arrays if len(arrays[n]) == max(map(len, arrays.values()))]
    if len(best) > 1:
        choices = " or ".join(f'over="{n}", the axis of {_listed(arrays[n])}' for n in best)
        raise Ambiguous(f"{function} is a sum over several axes.", expected=choices,
                        repair="Name one, or the variable: wrt=....")  # fmt: skip
    return best[0]


@dataclass(frozen=True)
class PartialSums:
    """A scalar as a sum over rows, to be added up block by block: `value`, `gradient`, `hessian`, `evaluate`.

    Arrays are given by name: NumPy's, mapped ones (`numpy.memmap`), the name of a .npy file (which is mapped), or
    anything that has a shape, can be sliced and becomes an array (h5py, zarr, sparse matrices). What is read becomes
    float64 and is added up as such. `chunk` is the number of rows in a block (else about 64 MB of them); `progress`
    shows a bar on the standard error where that is a terminal. Raises `NotNumeric` for arrays that do not fit.
    """

    function: Expr
    sum: RowSum
    wrt: Symbol | None = None

    @property
    def rows(self) -> tuple[str, ...]:
        """The names of the arrays that are read in blocks."""
        return tuple(s.name for s, _ in self.sum.axes)

    def __str__(self) -> str:
        row, dim = self.sum.shown(self.sum.row), self.sum.dim
        once = f", plus {self.sum.shown(self.sum.rest)} once" if self.sum.rest is not None else ""
        place = "rows" if not any(axis for _, axis in self.sum.axes) else f"entries along {dim}"
        verb = "is" if len(self.rows) == 1 else "are"
        return f"∑ over {dim} of {row}{once}; {_listed(self.rows)} {verb} read in blocks of {place}"

    __repr__ = __str__

    def value(self, *, chunk: int | None = None, progress: bool = False, **arrays: Any) -> Any:
        """Return the value."""
        return self._added(self._outputs(None, [0]), chunk, progress, arrays)[0]

    def gradient(
        self, wrt: Expr | str | None = None, *, chunk: int | None = None, progress: bool = False, **arrays: Any
    ) -> Any:
        """Return the gradient."""
        return self._added(self._outputs(wrt, [1]), chunk, progress, arrays)[0]

    def hessian(
        self, wrt: Expr | str | None = None, *, chunk: int | None = None, progress: bool = False, **arrays: Any
    ) -> Any:
        """Return the Hessian; in a matrix, as an operator where it has structure: its parts are added up."""
        return self._added(self._outputs(wrt, [2]), chunk, progress, arrays)[0]

    def evaluate(
        self, wrt: Expr | str | None = None, order: int = 1, chunk: int | None = None, progress: bool = False,
        **arrays: Any,
    ) -> tuple[Any, ...]:  # fmt: skip
        """Return value, gradient, Hessian, ... up to `order`, computed together in one pass over the blocks."""
        return self._added(self._outputs(wrt, range(order + 1)), chunk, progress, arrays)

    def stream(
        self, blocks: Blocks, wrt: Expr | str | None = None, order: int = 1, progress: bool = False, **arrays: Any
    ) -> tuple[Any, ...]:
        """Return value, gradient, ... up to `order`; `blocks` gives (or is called for) dicts of arrays, each some rows.

        The size, as in n=1000, is needed only where a row depends on it, as in a mean; else the rows are counted.
        """
        source = iter(blocks() if callable(blocks) else blocks)
        first = next(source, None)
        split = self._split(self._outputs(wrt, range(order + 1)), arrays, first, whole=False)
        return _run(split, source if first is None else chain([first], source), split.total, progress)

    def split(self, wrt: Expr | str | None = None, order: int = 1, **arrays: Any) -> Split:
        """Return the pair of pure functions map and combine, for these values of what is not read in blocks.

        >>> split = partial_sums("∑_i log(1 + exp(−y_i x_iᵀ w))", wrt="w").split(w=np.zeros(2))
        >>> blocks = [{"X": np.ones((k, 2)), "y": np.ones(k)} for k in (3, 5)]
        >>> value, gradient = split.combine(split.map(block) for block in blocks)
        >>> gradient
        array([-4., -4.])
        """
        return self._split(self._outputs(wrt, range(order + 1)), arrays, None, whole=False)

    def variable(self, wrt: Expr | str | None = None) -> Symbol:
        """Return the variable to differentiate in: the given one, else that of these sums, else the only one."""
        if wrt is None and self.wrt is not None:
            return self.wrt
        found = _symbol(self.function, variables_of(self.function, None, wrt, 1)[0])
        if found.name in self.rows:
            raise NoDerivative(
                f"{found} is read in blocks along {self.sum.dim}: a derivative in it has entries for every row and is "
                "no sum over them.",
                repair=f"Differentiate in a variable without the axis {self.sum.dim}, or name another axis: over=....",
            )  # fmt: skip
        return found

    def _outputs(self, wrt: Expr | str | None, orders: Sequence[int]) -> tuple[Output, ...]:
        if not all(0 <= k <= 8 for k in orders) or not orders:
            raise NoDerivative("The order is not between 0 and 8.")
        variable = self.variable(wrt) if any(orders) else None
        return tuple(_output(self.sum, variable, k) for k in orders)

    def _added(
        self, outputs: tuple[Output, ...], chunk: int | None, progress: bool, given: Mapping[str, Any]
    ) -> tuple[Any, ...]:
        """Return the outputs, added up over blocks of the given arrays."""
        axes = {s.name: axis for s, axis in self.sum.axes}
        rows = {name: _opened(name, given[name], axis) for name, axis in axes.items() if name in given}
        split = self._split(outputs, given, rows, whole=True)
        step = _chunk([np.shape(rows[name]) for name in split.axes], split.total) if chunk is None else chunk
        if step < 1:
            raise NotNumeric("A block has at least one row.", got=f"chunk={step}")
        return _run(split, _blocks(rows, split.axes, split.total or 0, step), split.total, progress)

    def _split(
        self, outputs: tuple[Output, ...], given: Mapping[str, Any], rows: Mapping[str, Any] | None, whole: bool
    ) -> Split:
        """Return the functions for a block; `rows` are the arrays of all rows (`whole`) or of the first block.

        The shapes are checked here against the declared ones.
        """
        dim, total = str(self.sum.dim), self.sum.total
        axes = {s.name: axis for s, axis in self.sum.axes}
        needed = set(symbols_of(*_expressions(outputs)))
        seen: Mapping[str, Any] = rows or {}
        fixed = [s for s in self._symbols() if s.name not in axes and (s in needed or s.name in given)]
        read = [s for s, _ in self.sum.axes if s in needed]
        _present([*fixed, *(read if rows is not None else [])], {**given, **seen})
        shapes = {s.name: tuple(np.shape(seen[s.name])) for s, _ in self.sum.axes if s.name in seen}
        _agreed({name: _along(shape, axes[name]) for name, shape in shapes.items()}, dim)
        values = {s.name: _doubles(s.name, _opened(s.name, given[s.name])) for s in fixed}
        told = {n: int(size) for n, size in given.items() if n in self._sizes()}
        count = None if whole else told.pop(dim, None)
        empty = {name: np.broadcast_to(0.0, shape) for name, shape in shapes.items()}
        arrays, sizes = prepare([*fixed, *(s for s, _ in self.sum.axes)], {**values, **empty}, told)
        count = sizes.get(dim) if whole else count
        if count is None and total in symbols_of(*_expressions(outputs, once=not read)):
            raise NotNumeric(f"It depends on the number of all rows, {dim}, which is not known.",
                             repair=f"Give {dim}=....")  # fmt: skip
        return Split(dim, {s.name: axes[s.name] for s in read}, outputs,
                     {s.name: arrays[s.name] for s in fixed if s in needed}, tuple(sizes.items()), total.name,
                     count)  # fmt: skip

    def _symbols(self) -> list[Symbol]:
        parts = [self.sum.row] if self.sum.rest is None else [self.sum.row, self.sum.rest]
        return [s for s in symbols_of(*parts) if s is not self.sum.total]

    def _sizes(self) -> set[str]:
        """Return the names of sizes that may be given as numbers."""
        return {n for s in self._symbols() for d in s.shape for n in d.names} - {s.name for s in self._symbols()}


@dataclass(frozen=True)
class Output:
    """A derivative as a sum: pairs of what rows add and what is added once (None: nothing), with their shapes.

    There is one pair, or one for each part of a `structure`.
    """

    parts: tuple[tuple[Expr | None, Expr | None], ...]
    shapes: tuple[Shape, ...]
    structure: Structure | None = None


@dataclass(frozen=True)
class Split:
    """A pair of pure functions: `map` takes a block of rows, `combine` adds up what it returned, in any order.

    They can be pickled. What `map` returns may also be added entry by entry on the way, as in a tree.
    """

    dim: str
    axes: Mapping[str, int]
    outputs: tuple[Output, ...]
    values: Mapping[str, Any]
    sizes: tuple[tuple[str, int], ...]
    counted: str
    total: int | None

    def map(self, block: Block) -> tuple[Any, ...]:
        """Return the number of rows of a block, and what they add to each part of the outputs."""
        absent = [name for name in self.axes if name not in block]
        if absent:
            raise NotNumeric(f"A block lacks {_listed(absent)}.", expected=f"arrays for {_listed(list(self.axes))}")
        arrays = {name: _doubles(name, block[name]) for name in self.axes}
        rows = _agreed({name: _along(a.shape, self.axes[name]) for name, a in arrays.items()}, self.dim)
        wanted = [row for out in self.outputs for row, _ in out.parts]
        return (rows, *self._computed(wanted, arrays, self.total))

    def combine(self, parts: Iterable[tuple[Any, ...]]) -> tuple[Any, ...]:
        """Return the outputs from what `map` returned for all blocks."""
        shapes = [shape for out in self.outputs for shape in out.shapes]
        rows, sums = 0, [np.zeros(()) for _ in shapes]
        for count, *added in parts:
            if not rows:
                sums = [np.array(part, dtype=np.float64) for part in added]
            else:
                for total, part in zip(sums, added, strict=True):
                    np.add(total, part, out=total)
            rows += count
        if self.total is not None and self.axes and rows != self.total:
            raise NotNumeric(f"The blocks have {rows} rows together, but {self.dim} = {self.total} was given.")
        once = [rest for out in self.outputs for _, rest in out.parts]
        rests = self._computed(once, {}, rows if self.axes else self.total)
        return self._put_together([self._whole(total + rest, shape) for total, rest, shape in
                                   zip(sums, rests, shapes, strict=True)])  # fmt: skip

    def _whole(self, value: Any, shape: Shape) -> Any:
        """Return a value in its shape: what neither rows nor the rest add to is 0."""
        return value if np.ndim(value) == len(shape) else np.zeros([d.size(dict(self.sizes)) for d in shape])

    def _computed(self, wanted: Sequence[Expr | None], arrays: Mapping[str, Any], total: int | None) -> list[Any]:
        """Return the values of expressions, 0 for those that are None."""
        some = tuple(e for e in wanted if e is not None)
        if not some:
            return [0.0] * len(wanted)
        plan = tuple((n, 1 << size.bit_length() if n == self.dim else size) for n, size in self.sizes)
        program, names = _program(some, plan)  # planned for about so many rows: not anew for every number of them
        values = {**self.values, **arrays, self.counted: np.float64(total or 0)}
        sizes = {n: size for n, size in self.sizes if n != self.dim and n not in program.parameters}
        out = program(*(values[n] for n in names), **sizes)
        found = iter(out if len(some) > 1 else (out,))
        return [0.0 if e is None else next(found) for e in wanted]

    def _put_together(self, sums: Sequence[Any]) -> tuple[Any, ...]:
        found: list[Any] = []
        values = iter(sums)
        for out in self.outputs:
            own = [next(values) for _ in out.parts]
            if out.structure is None:
                found += own
            else:
                parts = dict(zip(parts_of(out.structure), own, strict=True))
                found.append(assemble(out.structure, parts.__getitem__))
        return tuple(found)


# -- what is computed ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _output(found: RowSum, variable: Symbol | None, order: int) -> Output:
    """Return a derivative of some order as a sum over rows and the rest."""
    if variable is None or order == 0:
        return Output(((found.row, found.rest),), ((),))
    if order == 2 and variable.ndim == 2:
        structured = _structured(found, variable)
        if structured is not None:
            return structured
    row, rest = (_slope(e, [variable] * order) for e in (found.row, found.rest))
    shape = next((e.shape for e in (row, rest) if e is not None), variable.shape * order)
    return Output(((row, rest),), (shape,))


def _slope(f: Expr | None, variables: Sequence[Symbol]) -> Expr | None:
    """Return a derivative, None where it is 0."""
    if f is None or variables[0] not in symbols_of(f):
        return None
    found = derivative(f, variables)
    return found if as_form(normalise(found)).terms else None


def _structured(found: RowSum, variable: Symbol) -> Output | None:
    """Return the Hessian in a matrix by the parts of its structure; None unless all of them are sums over rows."""
    whole = found.shown(found.row if found.rest is None else found.row + found.rest)
    if variable not in symbols_of(whole) or without_rows(variable)[1]:
        return None
    form = normal_derivative(without_rows(whole)[0], [variable, variable])
    matrix = settled(structure(form, 2), Assumed({}))
    if isinstance(matrix, Tensor):
        return None
    pairs: list[tuple[Expr | None, Expr | None]] = []
    for part in parts_of(matrix):
        split = separated(part, found.dim, found.total)
        if isinstance(split, str):
            return None
        pairs.append((_built(split[0]), _built(split[1])))
    return Output(tuple(pairs), tuple(e.shape for e in parts_of(matrix)), matrix)


def _built(form: Form) -> Expr | None:
    return build(form) if form.terms else None


@lru_cache(maxsize=64)
def _program(wanted: tuple[Expr, ...], sizes: tuple[tuple[str, int], ...]) -> tuple[Compiled, tuple[str, ...]]:
    """Return the compiled function of some expressions, and the names of its arguments in order."""
    return compile(list(wanted), sizes=dict(sizes), structure="dense"), tuple(s.name for s in arguments(wanted))


def _expressions(outputs: Sequence[Output], once: bool = True) -> list[Expr]:
    return [e for out in outputs for row, rest in out.parts for e in (row, rest if once else None) if e is not None]


# -- what is read ----------------------------------------------------------------------------------------------------


def _run(split: Split, blocks: Iterable[Block], rows: int | None, progress: bool) -> tuple[Any, ...]:
    """Return what the blocks add up to. Nothing outlives it: after an interruption it can be called again."""
    with _bar(progress, split.dim, rows) as advance:
        return split.combine(_mapped(split, blocks, advance))


def _mapped(split: Split, blocks: Iterable[Block], advance: Callable[[int], None]) -> Iterator[tuple[Any, ...]]:
    for block in blocks:
        part = split.map(block)
        advance(part[0])
        yield part


@contextmanager
def _bar(wanted: bool, dim: str, rows: int | None) -> Iterator[Callable[[int], None]]:
    """Show a bar of the rows that are done on the standard error, if that is a terminal; give what advances it."""
    console = Console(stderr=True)
    if not wanted or not console.is_terminal:
        yield lambda done: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(f"rows of {dim}", total=rows)
        yield lambda done: bar.advance(task, done)


def _blocks(rows: Mapping[str, Any], axes: Mapping[str, int], total: int, step: int) -> Iterator[Block]:
    places = {name: _place(np.shape(rows[name]), axis) for name, axis in axes.items()}
    for start in range(0, total if axes else 0, step):
        at = slice(start, min(start + step, total))
        yield {name: rows[name][(*[slice(None)] * k, at) if k else at] for name, k in places.items()}


def _chunk(shapes: Iterable[Sequence[int]], rows: int | None) -> int:
    """Return how many rows make a block, for arrays of these shapes with so many rows."""
    return max(1, BLOCK * (rows or 1) // (8 * max(1, sum(prod(shape) for shape in shapes))))


def _place(shape: Sequence[int], axis: int) -> int:
    """Return where the axis is in an array of this shape: a row 1×n may come as n."""
    return min(axis, len(shape) - 1)


def _along(shape: Sequence[int], axis: int) -> int:
    """Return the number of rows of an array."""
    return shape[_place(shape, axis)] if len(shape) else 1


def _agreed(rows: Mapping[str, int], dim: str) -> int:
    """Return the number of rows that all arrays have."""
    names = list(rows)
    for name in names[1:]:
        if rows[name] != rows[names[0]]:
            raise NotNumeric(f"{names[0]} has {rows[names[0]]} entries along {dim}, but {name} has {rows[name]}.",
                             repair="Blocks have the same rows of all arrays.")  # fmt: skip
    return rows[names[0]] if names else 0


def _opened(name: str, value: Any, axis: int = 0) -> Any:
    """Return an array to be read from: files are mapped, lists become arrays, sparse matrices sliceable."""
    if isinstance(value, str | Path):
        if Path(value).suffix != ".npy":
            raise NotNumeric(f"The file for {name} is not a .npy file.", got=str(value),
                             repair="numpy.save writes one; of other formats give the opened array.")  # fmt: skip
        try:
            return np.load(value, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise NotNumeric(f"The file for {name} cannot be mapped: {error}.") from error
    if sparse(value):
        return scipy.sparse.csr_array(value) if axis == 0 else scipy.sparse.csc_array(value)
    return value if hasattr(value, "shape") and hasattr(value, "__getitem__") else np.asarray(value)


def _doubles(name: str, value: Any) -> Any:
    """Return what was read as an array of float64."""
    if sparse(value):
        return value
    array = np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
    if array.dtype.kind not in "biuf":
        raise NotNumeric(f"The value of {name} is not made of real numbers.",
                         got=f"{type(value).__name__} of {array.dtype}")  # fmt: skip
    return np.asarray(array, dtype=np.float64)


def _present(symbols: Sequence[Symbol], given: Mapping[str, Any]) -> None:
    """Refuse a call in which arrays are missing, naming all of them."""
    absent = [s for s in symbols if s.name not in given]
    if absent:
        raise NotNumeric(
            f"{', '.join(f'{s.name} ({show_shape(s.shape)})' for s in absent)} {'has' if len(absent) == 1 else 'have'} "
            "no value.", repair=f"Give {', '.join(f'{s.name}=...' for s in absent)}.",
        )  # fmt: skip


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
