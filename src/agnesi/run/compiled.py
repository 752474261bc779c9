"""Compiled functions: the program, and the door in front of it that checks the arguments.

The door is code too, made for the function: for arrays of the right type and shape it costs about as much as the
comparisons. Whatever else comes (lists, integers, other types, leading batch axes, sparse matrices, faults) goes to
`Arguments`, which converts, or says in a sentence what is wrong.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

import numpy as np
import scipy.sparse

from agnesi.errors import NotNumeric
from agnesi.expr.dims import Dim, show_shape
from agnesi.expr.nodes import Symbol
from agnesi.ops.facts import facts
from agnesi.run.emit import Source
from agnesi.run.sizes import prepare
from agnesi.run.tensors import tensor_floats, tensor_types

_files = count(1)
_MISSING = object()


class Compiled:
    """A function of arrays by name (or in the order of `parameters`), with its `source`.

    Returns one array, or a tuple of them for several outputs. Raises `NotNumeric` for arguments that are missing or do
    not fit, `NotCompiled` for those that the code cannot take.
    """

    source: str
    backend: str
    parameters: tuple[str, ...]
    formulas: tuple[str, ...]

    def __repr__(self) -> str:
        formulas = "; ".join(self.formulas)
        return f"<compiled for {self.backend}: {formulas} ({', '.join(self.parameters)})>"

    def __reduce__(self) -> tuple[Any, ...]:
        return self._again  # type: ignore[attr-defined, no-any-return]

    def __call__(self, *args: Any, **values: Any) -> Any:
        """Compute the outputs."""
        raise NotImplementedError  # each function brings its own


def execute(source: Source) -> Callable[..., Any]:
    """Return the function of a source; its lines show in tracebacks."""
    file = f"<agnesi {source.name} {next(_files)}>"
    linecache.cache[file] = (len(source.text), None, source.text.splitlines(True), file)
    names: dict[str, Any] = {"__name__": "agnesi.generated"}
    exec(compile(source.text, file, "exec"), names)
    return names[source.name]  # type: ignore[no-any-return]


def with_door(
    source: Source, symbols: Sequence[Symbol], backend: str, formulas: Sequence[str], slow: Callable[..., Any],
    always_slow: bool, least: Mapping[str, int], again: tuple[Any, ...], run: Callable[..., Any],
    collect: Callable[[Any], Any] | None = None,
) -> Compiled:
    """Return the compiled function: its class has the door as its call, so that nothing stands in between."""
    door = _door(source, symbols, backend, run, slow, always_slow, least, collect)
    kind = type("Compiled", (Compiled,), {"__call__": staticmethod(door), "__module__": Compiled.__module__})
    found: Compiled = kind()
    found.source, found.backend, found.parameters = source.text, backend, source.parameters
    found.formulas = tuple(formulas)
    found._again = again  # type: ignore[attr-defined]
    return found


def _door(
    source: Source, symbols: Sequence[Symbol], backend: str, run: Callable[..., Any], slow: Callable[..., Any],
    always_slow: bool, least: Mapping[str, int], collect: Callable[[Any], Any] | None,
) -> Callable[..., Any]:
    """Return a function that lets arguments of the right type and shape through, and sends the others to `slow`."""
    names = source.parameters
    tests, passed = _tests(names, symbols, backend, least)
    # what the formula does not need may be given too: nothing is optional, so a misspelt name is missed all the same
    taken = [*(f"{n}=_missing" for n in (*names, *source.sizes)), "*_more", "**_others"]
    head = f"def {source.name}({', '.join(taken)}):"
    call = f"_run({', '.join(passed)})"
    call = f"_collect({call})" if collect is not None else call
    lines = [head]
    lines += ["    if _more:", "        _too_many(_more)"]
    if not always_slow and not source.sizes and tests is not None and names:
        lines += ["    try:", f"        fits = {' and '.join(tests)}", "    except (AttributeError, IndexError):"]
        lines += ["        fits = False", "    if fits:", f"        return {call}"]
    given = ", ".join(f"{n!r}: {n}" for n in (*names, *source.sizes))
    lines.append(f"    return _slow({{{given}}})")
    scope: dict[str, Any] = {
        "_run": run, "_slow": slow, "_missing": _MISSING, "_array": np.ndarray, "_double": np.dtype(float),
        "_too_many": lambda more: _too_many(names, more), "_collect": collect,
        "_number": np.float64, "_sparse": sparse, "_scalars": frozenset((float, np.float64)),
        "_tensors": tensor_types() if backend == "torch" else (),
        "_floats": tensor_floats() if backend == "torch" else frozenset((np.dtype(np.float64), np.dtype(np.float32))),
    }  # fmt: skip
    exec("\n".join(lines), scope)
    return scope[source.name]  # type: ignore[no-any-return]


def _too_many(names: Sequence[str], more: Sequence[Any]) -> None:
    count = len(names) + len(more)
    raise NotNumeric(f"{count} arguments were given, but there are {len(names)}: {', '.join(names)}.",
                     repair="Give them by name.")  # fmt: skip


def _tests(
    names: Sequence[str], symbols: Sequence[Symbol], backend: str, least: Mapping[str, int]
) -> tuple[list[str] | None, list[str]]:
    """Return the comparisons that arguments must pass (None: too involved), and what is handed on for each."""
    tests: list[str] = []
    passed: list[str] = []
    known: dict[str, str] = {}
    for name, s in zip(names, symbols, strict=True):
        passed.append(f"_number({name})" if backend == "numpy" and not s.shape else name)
        if not s.shape:
            if backend == "torch":
                tests.append(f"{name}.__class__ in _tensors and {name}.dtype in _floats and {name}.ndim == 0")
            else:
                tests.append(f"{name}.__class__ in _scalars")
            continue
        if backend == "numpy":
            tests.append(f"{name}.__class__ is _array and {name}.dtype is _double")
        elif backend == "torch":
            tests.append(f"{name}.__class__ in _tensors and {name}.dtype in _floats")
        else:
            tests.append(f"not _sparse({name}) and {name}.dtype in _floats")
        if any(d.names == {str(d)} and str(d) not in known for d in s.shape):
            tests.append(f"{name}.ndim == {s.ndim}")
            for k, d in enumerate(s.shape):
                if d.names == {str(d)}:
                    known.setdefault(str(d), f"{name}.shape[{k}]")
    for name, s in zip(names, symbols, strict=True):
        sizes = [_computed(d, known) for d in s.shape]
        if None in sizes:
            return None, passed
        if s.shape and [f"{name}.shape[{k}]" for k in range(s.ndim)] != sizes:
            tests.append(f"{name}.shape == ({', '.join(map(str, sizes))},)")
    tests += [f"{known[size]} >= {count}" for size, count in sorted(least.items()) if size in known]
    return tests, passed


def _computed(dim: Dim, known: Mapping[str, str]) -> str | None:
    """Return code for a size from those that are known; None where one is not."""
    if not dim.names <= known.keys():
        return None
    terms = [" * ".join([str(count), *(known[n] for n in names)]) for names, count in dim.terms]
    return " + ".join(t.removeprefix("1 * ") for t in terms) or "0"


class Arguments:
    """Takes arguments of any kind: says what is wrong with them, or gives them as the program wants them."""

    def __init__(self, names: Sequence[str], symbols: Sequence[Symbol], sizes: Sequence[str], backend: str,
                 check_facts: bool, least: Mapping[str, int] | None = None) -> None:  # fmt: skip
        self.least = dict(least or {})
        self.names, self.symbols, self.sizes = tuple(names), tuple(symbols), tuple(sizes)
        self.backend, self.check_facts = backend, check_facts

    def missing(self, given: Mapping[str, Any]) -> None:
        """Refuse a call in which arguments are missing, naming all of them."""
        names = [n for n in (*self.names, *self.sizes) if given[n] is _MISSING]
        names = [n for n in names if n in self.names] or names
        if names and not (set(names) <= set(self.sizes)):
            shapes = {n: show_shape(s.shape) for n, s in zip(self.names, self.symbols, strict=True)}
            wanted = ", ".join(f"{n} ({shapes[n]})" for n in names)
            raise NotNumeric(f"{wanted} {'has' if len(names) == 1 else 'have'} no value.",
                             repair=f"Give {', '.join(f'{n}=...' for n in names)}.")  # fmt: skip

    def batched(self, given: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the names of arguments that have leading axes more than they were declared with."""
        found = []
        for name, s in zip(self.names, self.symbols, strict=True):
            shape = () if sparse(given[name]) else _shape_of(name, given[name])
            if len(shape) > s.ndim:
                column = s.ndim == 1 and len(shape) == 2 and shape[1] == 1
                if not column and not (s.ndim == 0 and int(np.prod(shape)) == 1):
                    found.append(name)
        return tuple(found)

    def prepared(self, given: Mapping[str, Any]) -> list[Any]:
        """Return the arguments as arrays of one floating type and of the right shapes, then the sizes asked for."""
        own = {n: given[n] for n in self.names if _native(given[n], self.backend)}
        values = {
            s.name: _standing_in(given[name]) if name in own or sparse(given[name]) else _numeric(name, given[name])
            for name, s in zip(self.names, self.symbols, strict=True)
        }
        sizes = {n: _whole(n, given[n]) for n in self.sizes if given[n] is not _MISSING}
        arrays, known = prepare(self.symbols, values, sizes)
        self._sized(known)
        self._entries(known)
        thin = {n: given[n] for n in self.names if sparse(given[n])}
        plain = {s.name: n for n, s in zip(self.names, self.symbols, strict=True) if n not in own and n not in thin}
        kind = _common([*(values[s] for s in plain), *thin.values()])
        if self.check_facts:
            self._facts({s.name: given[n] if n in own or n in thin else arrays[s.name]
                         for n, s in zip(self.names, self.symbols, strict=True)})  # fmt: skip
        out: list[Any] = []
        for name, s in zip(self.names, self.symbols, strict=True):
            ready = name not in own
            if name in thin:
                out.append(thin[name].astype(kind))
                continue
            out.append(_cast(arrays[s.name], kind) if ready else _floating(own[name]).reshape(np.shape(arrays[s.name])))
        for name in self.sizes:
            if name not in known:
                raise NotNumeric(f"The size {name} is not known.", repair=f"Give {name}=....")
            out.append(known[name])
        return out

    def _sized(self, known: Mapping[str, int]) -> None:
        """Refuse arrays whose sizes no whole number gives: five entries where 2n are wanted."""
        for s in self.symbols:
            for d in s.shape:
                if d.names - known.keys() - set(self.sizes):
                    raise NotNumeric(f"No whole number {min(d.names - known.keys())} gives {s.name} its shape.",
                                     expected=f"the shape {show_shape(s.shape)}")  # fmt: skip

    def _entries(self, known: Mapping[str, int]) -> None:
        """Refuse arrays that have not the entries that the formulas name."""
        for size, least in self.least.items():
            if size in known and known[size] < least:
                raise NotNumeric(f"There is no entry {least} on an axis of {size} = {known[size]}.",
                                 repair=f"Give arrays with {size} of at least {least}.")  # fmt: skip

    def facts_of_stacks(self, given: Mapping[str, Any]) -> None:
        """Refuse values that lack a declared fact, where arguments have leading axes: each of a stack is looked at."""
        for name, s in zip(self.names, self.symbols, strict=True):
            array = np.asarray(given[name], dtype=float)
            inner = array.shape[array.ndim - s.ndim :]
            for one in array.reshape(-1, *inner):
                self._facts({t.name: one for t in (s,)}, [s])

    def _facts(self, arrays: Mapping[str, Any], symbols: Sequence[Symbol] | None = None) -> None:
        """Refuse values that lack a declared fact, naming the fact in the words of its record."""
        for s in symbols if symbols is not None else self.symbols:
            declared = sorted(s.facts, key=lambda f: (-facts[f].rank, f))
            for name in dict.fromkeys((*declared, *sorted(facts.closure(s.facts)))):
                if not _has(name, arrays[s.name]):
                    raise NotNumeric(
                        f"{s.name} was declared {facts[name].words[0]}, but the value is not: {facts[name].doc}",
                        repair="Give another value, or leave the fact out.",
                    )


def thin_matrix(name: str, value: Any, s: Symbol) -> Any:
    """Return a sparse argument as a csr_array, or refuse it."""
    if value.dtype.kind not in "biuf":
        what = "complex" if value.dtype.kind == "c" else f"of {value.dtype}"
        raise NotNumeric(f"{name} is {what}; compiled functions are for real numbers.")
    if s.ndim != 2 or value.ndim != 2:
        raise NotNumeric(f"{name} is sparse, but it is no matrix: it was declared {show_shape(s.shape)}.",
                         repair=f"Give {name}.toarray().")  # fmt: skip
    return scipy.sparse.csr_array(value, dtype=None if value.dtype.kind == "f" else float)


def _has(fact: str, value: Any) -> bool:
    """Tell whether a value has a fact; of float32 values to their precision, of sparse ones in full."""
    array = np.asarray(value.toarray() if sparse(value) else value)
    if not np.isfinite(array).all():
        return False
    wide = array.astype(float)
    if fact == "symmetric" and array.dtype == np.float32:
        least = 1e-6 * max(1.0, float(np.abs(wide).max(initial=0)))
        return bool(np.allclose(wide, np.swapaxes(wide, -1, -2), rtol=1e-5, atol=least))
    try:
        return bool(facts[fact].check(wide))
    except np.linalg.LinAlgError:
        return False


def _whole(name: str, value: Any) -> int:
    """Return a size as a whole number, or refuse it."""
    array = np.asarray(value)
    if array.ndim or array.dtype.kind not in "iuf" or array != int(array) or array < 0:
        raise NotNumeric(f"The size {name} is a whole number, not {value!r}.")
    return int(array)


def sparse(value: Any) -> bool:
    """Tell whether a value is a sparse matrix of SciPy."""
    return bool(scipy.sparse.issparse(value))


def _shape_of(name: str, value: Any) -> tuple[int, ...]:
    """Return the shape of a value, or refuse what has none."""
    try:
        return tuple(np.shape(value))
    except ValueError as error:
        raise NotNumeric(f"The value of {name} is no array: its rows have different lengths.") from error


def _standing_in(value: Any) -> Any:
    """Return an array of the shape of a value, at no cost."""
    return np.broadcast_to(np.float64(0), np.shape(value))


def _floating(value: Any) -> Any:
    """Return an array of JAX or PyTorch as one of floating-point numbers."""
    kind = str(value.dtype).rpartition(".")[2]
    if "float" in kind:
        return value
    return value.double() if hasattr(value, "double") else value.astype(float)


def _native(value: Any, backend: str) -> bool:
    """Tell whether a value is an array of the backend, JAX or PyTorch, which stays where it is."""
    homes = {"jax": ("jax", "jaxlib"), "torch": ("torch",)}
    return type(value).__module__.partition(".")[0] in homes.get(backend, ())


def _numeric(name: str, value: Any) -> Any:
    """Return a value as a NumPy array; refuse what has no real numbers."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise NotNumeric(f"The value of {name} is no array: its rows have different lengths.") from error
    if array.dtype.kind == "c":
        raise NotNumeric(f"{name} is complex; compiled functions are for real numbers.",
                         repair="expr.evaluate(...) takes complex values.")  # fmt: skip
    if array.dtype.kind not in "biuf" or array.dtype.itemsize > 8:
        raise NotNumeric(f"The value of {name} is not a real number of at most 64 bits.", expected="numbers",
                         got=f"{type(value).__name__} of {array.dtype}" if array.dtype.kind in "fO" else
                         type(value).__name__)  # fmt: skip
    return array


def _common(values: Any) -> Any:
    """Return float32 where all arrays are, else float64; numbers follow the arrays."""
    arrays = [v for v in values if v.ndim]
    floats = arrays or list(values)
    return np.float32 if floats and all(v.dtype == np.float32 for v in floats) else np.float64


def _cast(value: Any, kind: Any) -> Any:
    return np.asarray(value, dtype=kind) if np.ndim(value) else kind(value)
