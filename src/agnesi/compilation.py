"""The verb `compile`: from formulas to fast functions that a good numerical programmer would have written by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import scipy.sparse

from agnesi.asked import function_of
from agnesi.errors import NotCompiled
from agnesi.expr.nodes import Expr, Symbol
from agnesi.run.backends import BACKENDS
from agnesi.run.build import Wish, arguments, build
from agnesi.run.compiled import Arguments, Compiled, execute, sparse, with_door
from agnesi.run.emit import Source

Backend = Literal["numpy", "jax", "torch"]
Precision = Literal["float64", "float32"]


class Calls:
    """Takes the calls that the door of a function does not let through: converts, and plans anew where it must.

    Leading batch axes and sparse matrices have programs of their own, made at the first such call.
    """

    def __init__(self, wish: Wish, sizes: Mapping[str, int], source: Source, check_facts: bool) -> None:
        self.wish, self.assumed = wish, sizes
        self.taker = Arguments(source.parameters, wish.symbols, source.sizes, wish.backend, check_facts)
        self.run: Callable[..., Any] = execute(source)
        self.programs: dict[tuple[frozenset[str], frozenset[str]], tuple[Arguments, Callable[..., Any]]] = {}

    def __call__(self, given: Mapping[str, Any]) -> Any:
        """Return the outputs for arguments of any kind."""
        self.taker.missing(given)
        batch = self.taker.batched(given)
        thin = frozenset(n for n in self.taker.names if sparse(given[n]))
        if not batch and not thin:
            return self.run(*_native(self.taker.prepared(given), self.wish.backend))
        if batch and thin:
            raise NotCompiled("A call cannot have both sparse matrices and leading batch axes.")
        return self._batched(given, batch) if batch else self._sparse(given, thin)

    def _program(self, batch: frozenset[str], thin: frozenset[str]) -> tuple[Arguments, Callable[..., Any]]:
        """Return the program for arguments with a leading axis, or for sparse ones."""
        found = self.programs.get((batch, thin))
        if found is None:
            own = dict(zip(self.taker.names, self.wish.symbols, strict=True))
            wish = replace(
                self.wish, batch=frozenset(own[n].name for n in batch), sparse=frozenset(own[n].name for n in thin)
            )
            source = build(wish, self.assumed)
            symbols = wish.with_batch() if batch else wish.symbols
            taker = Arguments(source.parameters, symbols, source.sizes, wish.backend, self.taker.check_facts)
            found = self.programs[batch, thin] = taker, execute(source)
        return found

    def _batched(self, given: Mapping[str, Any], names: Sequence[str]) -> Any:
        """Compute over leading axes: they are made one, and come back in the results."""
        own = dict(zip(self.taker.names, self.wish.symbols, strict=True))
        arrays = {n: _as_array(given[n]) for n in names}
        lead = np.broadcast_shapes(*(a.shape[: a.ndim - own[n].ndim] for n, a in arrays.items()))
        flat = dict(given)
        for n, a in arrays.items():
            inner = tuple(a.shape[a.ndim - own[n].ndim :])
            full = a.expand(*lead, *inner) if hasattr(a, "expand") else _broadcast(a, (*lead, *inner), self.wish.backend)
            flat[n] = full.reshape(int(np.prod(lead)), *inner)
        taker, run = self._program(frozenset(names), frozenset())
        out = run(*_native(taker.prepared(flat), self.wish.backend))
        parts = out if isinstance(out, tuple) else (out,)
        found = tuple(p.reshape(*lead, *p.shape[1:]) for p in parts)
        return found if isinstance(out, tuple) else found[0]

    def _sparse(self, given: Mapping[str, Any], thin: frozenset[str]) -> Any:
        """Compute with sparse matrices, where the plan permits."""
        if self.wish.backend != "numpy":
            title = BACKENDS[self.wish.backend].title
            raise NotCompiled(f"Sparse matrices of SciPy are for the NumPy backend, not for {title}.",
                              repair=f"Give {min(thin)}.toarray().")  # fmt: skip
        taker, run = self._program(frozenset(), thin)
        shapes = {n: np.broadcast_to(0.0, given[n].shape) if n in thin else given[n] for n in given}
        values = taker.prepared(shapes)
        for at, name in enumerate(taker.names):
            if name in thin:
                values[at] = scipy.sparse.csr_array(given[name], dtype=np.float64)
        return run(*values)


def compile(
    what: Expr | str | Sequence[Expr | str],
    backend: Backend = "numpy",
    *,
    sizes: Mapping[str, int] | None = None,
    dtype: Precision = "float64",
    check_facts: bool = False,
    name: str = "f",
) -> Compiled:
    """Compile one or several expressions into one function of arrays by name.

    >>> f = compile(["‖X w − y‖²", "2Xᵀ(X w − y)"])
    >>> value, gradient = f(X=np.eye(2), w=np.ones(2), y=np.zeros(2))
    >>> gradient
    array([2., 2.])
    """
    if backend not in BACKENDS:
        raise NotCompiled(f"There is no backend {backend}.", expected=f"one of {', '.join(BACKENDS)}")
    items = list(what) if isinstance(what, (list, tuple)) else [what]
    found = [function_of(item, None) for item in items]
    outputs = tuple(f for f, _, _ in found)
    order: list[Symbol] = []
    named: dict[str, Expr] = {}
    for _, reading, _ in found:
        if reading is not None:
            order += [s for s in reading.symbols.values() if isinstance(s, Symbol)]
            named |= {n: d.body for n, d in reading.definitions.items() if not d.parameters}
    symbols = arguments(outputs, order)
    wish = Wish(outputs, tuple(map(str, outputs)), symbols, backend, name, dtype == "float64")
    assumed = dict(sizes or {})
    source = build(wish, assumed, named)
    calls = Calls(wish, assumed, source, check_facts)
    again = (_again, (what, backend, assumed, dtype, check_facts, name))
    return with_door(source, symbols, backend, wish.formulas, calls, check_facts, again, calls.run)


def _again(what: Any, backend: Backend, sizes: Any, dtype: Precision, check_facts: bool, name: str) -> Compiled:
    return compile(what, backend, sizes=sizes, dtype=dtype, check_facts=check_facts, name=name)


def _as_array(value: Any) -> Any:
    return value if type(value).__module__.partition(".")[0] in ("jax", "jaxlib", "torch") else np.asarray(value)


def _broadcast(array: Any, shape: tuple[int, ...], backend: str) -> Any:
    return np.broadcast_to(np.asarray(array), shape) if tuple(array.shape) != shape else array


def _native(values: list[Any], backend: str) -> list[Any]:
    """Return arrays as those of the backend."""
    return as_tensors(values) if backend == "torch" else values


def as_tensors(values: Sequence[Any]) -> list[Any]:
    """Return arrays as tensors of PyTorch; sizes stay whole numbers."""
    import torch

    return [v if isinstance(v, int | torch.Tensor) else torch.as_tensor(np.array(v)) for v in values]
