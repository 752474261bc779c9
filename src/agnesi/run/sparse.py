"""Sparse arguments: which plans keep them sparse. What would fill them in is refused, with the reason."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from agnesi.errors import NotCompiled
from agnesi.run.values import Value, in_order


def sparse_values(outputs: Sequence[Value], names: Collection[str]) -> set[int]:
    """Return the values that are sparse where the arguments `names` are; `NotCompiled` is raised where one fills in."""
    found: dict[int, str] = {}
    for value in in_order(outputs):
        sparse = [a for a in value.args if id(a) in found]
        name = found[id(sparse[0])] if sparse else ""
        if value.kind == "input" and value.attrs[0] in names:
            found[id(value)] = value.attrs[0]
        elif sparse and _stays(value, sparse):
            found[id(value)] = name
        elif sparse and not _becomes_dense(value, sparse):
            why = _WHY.get(value.kind, f"{value.kind} fills it in")
            raise NotCompiled(
                f"{name} is sparse, and the plan cannot keep it so: {why}.",
                repair=f"Give {name}.toarray().",
            )
    return set(found)


def _stays(value: Value, sparse: Sequence[Value]) -> bool:
    """Tell whether a step on sparse matrices has a sparse result: zeros stay zeros."""
    match value.kind:
        case "transpose":
            return True
        case "pow":
            return bool(value.attrs[0] > 0)
        case "mul":
            powers = value.attrs[1]
            above = all(p == 1 for a, p in zip(value.args, powers, strict=True) if a in sparse)
            return above and all(a.dims == value.dims for a in sparse)
    return False


def _becomes_dense(value: Value, sparse: Sequence[Value]) -> bool:
    """Tell whether a step takes sparse matrices and gives a dense array without filling any in."""
    if value.kind == "dot":
        return all(a.ndim <= 2 for a in value.args)
    return value.kind == "sum" or (value.kind == "vdot" and len(sparse) == 2)


_WHY = {
    "add": "adding it to another array makes a dense matrix of its size",
    "call": "a function of its entries makes a dense matrix of its size",
    "einsum": "a product over several of its axes at once is not known for sparse matrices",
    "factor": "its factorisation is dense", "adddiag": "adding a diagonal to it makes a dense matrix",
    "vdot": "an inner product with a dense matrix is not known for sparse ones",
    "reshape": "its axes are joined or split", "take": "single rows, columns or entries are taken from it",
    "slice": "blocks are cut from it", "broadcast": "it is repeated", "expand": "it is repeated along a new axis",
}  # fmt: skip
