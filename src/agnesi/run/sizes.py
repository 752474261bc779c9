"""From arrays to sizes: check every array against its symbol's shape and find what n, d, ... are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from agnesi.errors import NotNumeric
from agnesi.expr.dims import Dim, show_shape
from agnesi.expr.nodes import Symbol

Arrays = dict[str, Any]
Sizes = dict[str, int]


def as_array(name: str, value: Any) -> Any:
    """Return `value` as a float or complex array (or NumPy number); refuse what is not numeric."""
    array = np.asarray(value)
    if array.dtype.kind in "biu":
        array = array.astype(float)
    if array.dtype.kind not in "fc":
        raise NotNumeric(f"The value of {name} is not numeric.", expected="numbers", got=type(value).__name__)
    return array if array.ndim else array[()]


def prepare(
    symbols: Iterable[Symbol], values: Mapping[str, Any], sizes: Mapping[str, int] | None = None
) -> tuple[Arrays, Sizes]:
    """Return the arrays by name, reshaped to their symbols' shapes, and all sizes that they determine.

    Sizes are solved from plain names first (`n`), then from shapes with one unknown (`n·m`, `n + 1`), and all
    are verified. Entries of `values` that no symbol uses stay as they are.
    """
    symbols = list(symbols)
    names = {s.name for s in symbols}
    arrays = {name: as_array(name, value) for name, value in values.items()}
    known: Sizes = {name: int(size) for name, size in (sizes or {}).items()}
    used = [s for s in symbols if s.name in arrays]
    for s in used:
        arrays[s.name] = _fitted(s, arrays[s.name])
    for name, value in arrays.items():
        whole = np.ndim(value) == 0 and np.isreal(value) and float(np.real(value)).is_integer()
        if whole and name not in known and (name not in names or any(name in d.names for s in used for d in s.shape)):
            known[name] = int(np.real(value))
    pairs = [(d, got) for s in used for d, got in zip(s.shape, arrays[s.name].shape, strict=True)]
    _solve(pairs, known)
    for s in used:
        _verify(s, arrays[s.name].shape, known)
    for name in set(known) & set(arrays):
        if np.ndim(arrays[name]) == 0 and arrays[name] != known[name]:
            raise NotNumeric(f"{name} is given as {arrays[name]:g}, but the arrays make it {known[name]}.")
    return arrays, known


def _fitted(s: Symbol, array: Any) -> Any:
    """Give an array the axes of its symbol: n×1 is n, a row may come as n, 1×1 is a number."""
    got, axes = np.shape(array), len(s.shape)
    if len(got) == axes:
        return array
    if axes == 0 and np.size(array) == 1:
        return array.reshape(())[()]
    if axes == 1 and len(got) == 2 and got[1] == 1:
        return array[:, 0]
    if axes == 2 and len(got) == 1 and s.shape[0].number == 1:
        return array[None, :]
    raise NotNumeric(
        f"{s.name} has the wrong number of axes.", expected=_axes(show_shape(s.shape)), got=_axes(_shown(got)),
        repair=f"Give {s.name} as an array of {axes} {'axis' if axes == 1 else 'axes'}." if axes else "Give a number.",
    )


def _axes(shape: str) -> str:
    return "a scalar" if shape == "scalar" else f"the shape {shape}"


def _shown(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "scalar"


def _solve(pairs: list[tuple[Dim, int]], known: Sizes) -> None:
    """Find sizes: plain names first, then dims with one unknown name, until nothing new is found."""
    for dim, got in pairs:
        if dim.names and Dim.of(min(dim.names)) == dim:
            known.setdefault(min(dim.names), got)
    found = True
    while found:
        found = False
        for dim, got in pairs:
            unknown = dim.names - known.keys()
            if len(unknown) == 1:
                name = min(unknown)
                root = _root(dim, name, got, known)
                if root is not None:
                    known[name], found = root, True


def _root(dim: Dim, name: str, got: int, known: Sizes) -> int | None:
    """Return the whole number that makes `dim` equal to `got`, by bisection (dims grow with their names)."""
    low, high = 0, max(got, 1) + sum(abs(c) for _, c in dim.terms) + 1
    while low <= high:
        middle = (low + high) // 2
        size = dim.size({**known, name: middle})
        if size == got:
            return middle
        low, high = (middle + 1, high) if size < got else (low, middle - 1)
    return None


def _verify(s: Symbol, got: tuple[int, ...], known: Sizes) -> None:
    """Refuse an array whose shape is not its symbol's."""
    for dim, size in zip(s.shape, got, strict=True):
        if dim.names <= known.keys() and dim.size(known) != size:
            names = sorted({n for d in s.shape for n in d.names if n in known})
            where = f" with {', '.join(f'{n} = {known[n]}' for n in names)}" if names else ""
            raise NotNumeric(
                f"The array for {s.name} does not fit.", expected=f"the shape {show_shape(s.shape)}{where}",
                got=_shown(got), repair="Arrays that share a size name must agree in that size.",
            )
