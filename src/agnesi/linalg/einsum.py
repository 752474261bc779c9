"""Products in index form, "ij,jk->ik": which indices are summed, the loops, and three ways that must agree."""

from __future__ import annotations

import re
from itertools import product as every
from typing import Any

import numpy as np
import sympy

from agnesi.errors import ReadError, ShapeError, TooLarge
from agnesi.linalg.arithmetic import given
from agnesi.linalg.notation import exactly, is_zero, low
from agnesi.linalg.row_operations import factored
from agnesi.linalg.written import summed, worked_line, written_product
from agnesi.worked.exact import scalar
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Step, Verified, Worked

_SPEC = re.compile(r"[a-zA-Z]*(?:,[a-zA-Z]*)*(?:->[a-zA-Z]*)?")
_INDEX = str.maketrans("aehijklmnoprstuvx", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
TERMS = 100_000  # products that are worked out
WRITTEN = 24  # entries that are written out
NAMES = "ABCDEF"


def einsum(spec: str, *arrays: Any) -> Worked:
    """Work out a product given by its indices: an index that stands twice and not in the result is summed over.

    >>> found = einsum("ij,jk->ik", "[1 2 3; 4 5 6]", "[1 0; 0 1; 1 1]")
    >>> found.value
    Matrix([
    [ 4,  5],
    [10, 11]])
    >>> found.summed
    ['j']

    `spec`: one group of letters for each array, "->", and the letters of the result (without "->": those that stand
    once, in alphabetical order). Arrays have as many axes as their group has letters; one letter, one size. The value
    is a sympy matrix for one or two axes (a column for one), a number for none, else a NumPy array of exact numbers.
    Parts: `sizes`, `summed`, `free`. Raises `ReadError` for a spec that is none, `ShapeError` for sizes that differ,
    `TooLarge` past 100,000 products. Source: Imperial LA W4.
    """
    groups, out = _parsed(spec, len(arrays))
    tensors = [_tensor(a, g, NAMES[k]) for k, (a, g) in enumerate(zip(arrays, groups, strict=True))]
    sizes = _sizes(groups, tensors)
    repeated = [i for i in sizes if i not in out]
    count = int(np.prod([sizes[i] for i in sizes], dtype=object)) if sizes else 1
    if count > TERMS:
        raise TooLarge(f"{spec} has {count} products; at most {TERMS} are worked out.", repair="Use numpy.einsum.")
    value, lines = _loops(groups, out, repeated, sizes, tensors)
    data = {"groups": groups, "out": out, "sizes": sizes, "tensors": tensors, "value": value}
    steps = (
        Step(
            "indices",
            _told(groups, out, repeated, sizes),
            (_formula(groups, out, repeated),),
            _WHY,
            "Imperial LA W4",
            data,
        ),
        Step("shapes", _told_shapes(groups, out, sizes)),
        Step("loops", _told_loops(out, repeated, sizes), tuple(lines), data=data),
    )
    shown = _as_matrix(value)
    question = tuple(Formula.of(NAMES[k], "=", _as_matrix(t)) for k, t in enumerate(tensors) if t.ndim < 3)
    answer = (
        Formula.of(_name(out, "R"), "=", shown)
        if not isinstance(shown, np.ndarray)
        else Formula.of(f"an array of shape {value.shape}")
    )
    parts = {"sizes": sizes, "summed": repeated, "free": list(out)}
    return Worked(
        "a product by its indices", question, shown, (answer,), steps, _checks(groups, out, tensors, value), parts, (),
        "Imperial LA W4",
    )  # fmt: skip


_WHY = "An index that the result does not have is summed over; an index of the result stays free."


def _parsed(spec: str, count: int) -> tuple[list[str], str]:
    if not isinstance(spec, str):
        raise ReadError(f"The index form is a {type(spec).__name__}.", expected='a text, as "ij,jk->ik"')
    text = spec.replace(" ", "").replace("→", "->")
    if not _SPEC.fullmatch(text):
        raise ReadError(f'"{spec}" is no index form.', expected='letters, commas and "->", as in "ij,jk->ik"')
    left, arrow, out = text.partition("->")
    groups = left.split(",")
    if len(groups) != count:
        raise ShapeError(f'"{spec}" names the indices of {len(groups)} arrays; {count} are given.')
    if count > len(NAMES):
        raise TooLarge(f"{count} arrays are given.", expected=f"at most {len(NAMES)}")
    if not arrow:
        letters = "".join(groups)
        out = "".join(sorted(i for i in set(letters) if letters.count(i) == 1))
    twice = next((i for i in out if out.count(i) > 1), None)
    if twice:
        raise ReadError(f"The index {twice} stands twice in the result.", repair="Name each axis of the result once.")
    unknown = next((i for i in out if not any(i in g for g in groups)), None)
    if unknown:
        raise ReadError(f"The index {unknown} of the result stands in no array.")
    return groups, out


def _tensor(what: Any, group: str, name: str) -> Any:
    """Return an array of exact numbers with as many axes as the group has letters."""
    made: Any
    if isinstance(what, list | tuple):
        what = np.array(what, dtype=object)
    if isinstance(what, np.ndarray):
        if any(isinstance(v, list | tuple) for v in what.flat):
            raise ShapeError(f"The rows of {name} have different lengths.", repair="Give each row as many entries.")
        made = np.empty(what.shape, dtype=object)
        for place in np.ndindex(what.shape):
            made[place] = scalar(what[place])
    elif isinstance(what, int | float):
        made = np.array(scalar(what), dtype=object)
    else:
        made = np.array(given(what, name).tolist(), dtype=object)
        made = made.reshape(-1) if len(group) == 1 and 1 in made.shape else made
    if made.ndim != len(group):
        axes = f"{made.ndim} ax{'i' if made.ndim == 1 else 'e'}s"
        raise ShapeError(
            f"{name} has {axes}, its indices {group!r} are {len(group)}.", repair="Give one letter for each axis."
        )
    return made


def _sizes(groups: list[str], tensors: list[Any]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    where: dict[str, str] = {}
    for k, (group, tensor) in enumerate(zip(groups, tensors, strict=True)):
        for axis, (i, size) in enumerate(zip(group, tensor.shape, strict=True)):
            place = f"axis {axis + 1} of {NAMES[k]}"
            if sizes.setdefault(i, size) != size:
                raise ShapeError(f"The index {i} has size {sizes[i]} as {where[i]}, and {size} as {place}.",
                                 expected="one size for each index")  # fmt: skip
            where.setdefault(i, place)
    return sizes


def _name(indices: str, stem: str) -> str:
    return f"{stem.lower()}{indices.translate(_INDEX)}" if indices else stem.lower()


def _formula(groups: list[str], out: str, repeated: list[str]) -> Formula:
    factors = [_name(g, NAMES[k]) for k, g in enumerate(groups)]
    signs = [f"Σ{i.translate(_INDEX)}" for i in repeated]
    return Formula.of(_name(out, "R"), "=", *signs, *factors)


def _told(groups: list[str], out: str, repeated: list[str], sizes: dict[str, int]) -> str:
    free = ", ".join(f"{i} (1 to {sizes[i]})" for i in out) or "none"
    over = ", ".join(f"{i} (1 to {sizes[i]})" for i in repeated) or "none"
    return f"Free indices: {free}. Summed over: {over}."


def _told_shapes(groups: list[str], out: str, sizes: dict[str, int]) -> str:
    def shape(indices: str) -> str:
        return "×".join(str(sizes[i]) for i in indices) or "a number"

    told = ", ".join(f"{NAMES[k]} is {shape(g)}" for k, g in enumerate(groups))
    return f"{told}; the result is {shape(out)}."


def _told_loops(out: str, repeated: list[str], sizes: dict[str, int]) -> str:
    outer = f"For each {', '.join(out)}: " if out else ""
    return (
        f"{outer}add up {int(np.prod([sizes[i] for i in repeated], dtype=int))} products."
        if repeated
        else f"{outer}one product."
    )


def _loops(
    groups: list[str], out: str, repeated: list[str], sizes: dict[str, int], tensors: list[Any]
) -> tuple[Any, list[Formula]]:
    """Return the result by the loops as a person runs them, and the first entries written out."""
    value = np.empty(tuple(sizes[i] for i in out), dtype=object)
    lines: list[Formula] = []
    for place in every(*(range(sizes[i]) for i in out)):
        at = dict(zip(out, place, strict=True))
        terms = []
        for inner in every(*(range(sizes[i]) for i in repeated)):
            both = {**at, **dict(zip(repeated, inner, strict=True))}
            terms.append([t[tuple(both[i] for i in g)] for g, t in zip(groups, tensors, strict=True)])
        value[place] = factored(sympy.Add(*(sympy.Mul(*t) for t in terms)))
        if len(lines) < WRITTEN and len(terms) <= 12:
            name = low("r", "".join(str(p + 1) for p in place)) if place else "r"
            lines.append(worked_line(name, summed([written_product(t) for t in terms]), value[place]))
    return value, lines


def _as_matrix(value: Any) -> Any:
    if value.ndim == 0:
        return value.item()
    if value.ndim == 1:
        return sympy.ImmutableMatrix(list(value))
    return sympy.ImmutableMatrix(value.tolist()) if value.ndim == 2 else value


def _checks(groups: list[str], out: str, tensors: list[Any], value: Any) -> tuple[Verified, ...]:
    other = np.einsum(f"{','.join(groups)}->{out}", *tensors)
    checks = [exactly("NumPy's einsum on the same exact numbers", _same(np.asarray(other, dtype=object), value))]
    if len(groups) == 2 and [len(g) for g in groups] == [2, 2] and len(out) == 2:
        matmul = _matmul(groups, out, tensors)
        if matmul is not None:
            checks.append(exactly("the product of the matrices", _same(matmul, value)))
    return tuple(checks)


def _matmul(groups: list[str], out: str, tensors: list[Any]) -> Any:
    """Return the same as a product of two matrices, transposed where the indices say so; None where it is none."""
    (A, B), (g, h) = tensors, groups
    shared = [i for i in g if i in h and i not in out]
    if len(shared) != 1 or len(set(g)) < 2 or len(set(h)) < 2 or set(out) != (set(g) | set(h)) - set(shared):
        return None
    left = A if g[1] == shared[0] else A.T
    right = B if h[0] == shared[0] else B.T
    made = np.array((sympy.Matrix(left.tolist()) * sympy.Matrix(right.tolist())).tolist(), dtype=object)
    return made if out[0] in g else made.T


def _same(one: Any, other: Any) -> bool:
    return one.shape == other.shape and all(
        is_zero(sympy.sympify(a - b)) for a, b in zip(one.flat, other.flat, strict=True)
    )
