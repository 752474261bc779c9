"""How far a point is from kinks and edges: where relu, norms, maxima, eigenvalues or inverses turn or break."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agnesi.expr.nodes import Apply, Const, Expr, postorder, symbols_of
from agnesi.run.reference import dependence

_STEADY = ("abs", "relu", "maximum", "minimum")  # at a number, as in |0|, their value is as good as any


@dataclass(frozen=True)
class Guard:
    """Watched arguments and the distance of their values to the nearest kink or edge."""

    watched: tuple[Expr, ...]
    distance: Callable[..., float]


def guards(exprs: Sequence[Expr]) -> list[Guard]:
    """Return the guards of all operations in `exprs` that have kinks or edges (not of those under a sum's index)."""
    nodes = list(postorder(*exprs))
    free = dependence(nodes)
    able = [n for n in nodes if isinstance(n, Apply) and not (n.op.name in _STEADY and not symbols_of(*n.args))]
    found = [_guard(node) for node in able]
    return [g for g in found if g and not any(free[a] for a in g.watched)]


def _guard(node: Apply) -> Guard | None:
    name, first = node.op.name, node.args[:1]
    if name in ("div", "ediv"):
        return None if isinstance(node.args[1], Const) else Guard(node.args[1:], _smallest)
    if name in ("maximum", "minimum"):
        return Guard(node.args, lambda u, v: _smallest(np.asarray(u) - v))
    if name in _DISTANCES:
        return Guard(first, _DISTANCES[name])
    if node.op.family == "elementwise" and (node.op.kinks or node.op.edges):
        special = node.op.kinks + node.op.edges
        if node.op.domain == "positive":
            return Guard(first, lambda x: float(np.min(np.real(x), initial=np.inf)))
        return Guard(first, lambda x: min(_smallest(np.asarray(x) - at) for at in special))
    return None


def _smallest(x: Any) -> float:
    return float(np.min(np.abs(x), initial=np.inf))


def _largest(x: Any) -> float:
    return float(np.max(np.abs(x), initial=0.0))


def _gap(x: Any) -> float:
    """The gap between the two largest entries."""
    top = np.sort(np.real(np.asarray(x)).ravel())[::-1]
    return float(top[0] - top[1]) if len(top) > 1 else np.inf


def _spacing(x: Any) -> float:
    """The smallest difference between any two entries."""
    return float(np.min(np.abs(np.diff(np.sort(np.real(x)))), initial=np.inf))


def _symmetric_part(x: Any) -> Any:
    return (np.real(x) + np.real(x).T) / 2


def _eigen(x: Any) -> float:
    """The smallest gap of eigenvalues, and of the two largest entries of an outer eigenvector (its sign)."""
    values, vectors = np.linalg.eigh(_symmetric_part(x))
    return min(_spacing(values), _gap(np.abs(vectors[:, 0])), _gap(np.abs(vectors[:, -1])))


def _singular(x: Any) -> float:
    """The smallest singular value and the smallest gap; 0 for a wide matrix, where the rank is not full."""
    if np.shape(x)[0] < np.shape(x)[1]:
        return 0.0
    values = np.linalg.svd(x, compute_uv=False)
    return min(float(values[-1]), _spacing(values))


def _smallest_singular(x: Any) -> float:
    return float(np.linalg.svd(x, compute_uv=False)[-1])


def _no_negative_eigenvalue(x: Any) -> float:
    """The distance of the eigenvalues from the negative axis, where matrix roots and logarithms break."""
    values = np.linalg.eigvals(x)
    return float(np.min(np.where(np.real(values) > 0, np.abs(values), np.abs(np.imag(values))), initial=np.inf))


_DISTANCES: dict[str, Callable[..., float]] = {
    "max": _gap, "min": lambda x: _gap(-np.asarray(x)), "onehotmax": _gap, "onehotmin": lambda x: _gap(-np.asarray(x)),
    "norm1": _smallest, "norminf": lambda x: min(_gap(np.abs(x)), _largest(x)), "norm": _largest, "norm_quad": _largest,
    "prod": _smallest, "inv": _smallest_singular, "logdet": _smallest_singular, "pinv": _smallest_singular,
    "normnuc": _smallest_singular, "polar": _smallest_singular, "singvals": _singular,
    **dict.fromkeys(("logm", "sqrtm", "dlogm", "dsqrtm"), _no_negative_eigenvalue),
    "chol": lambda x: float(np.linalg.eigvalsh(_symmetric_part(x))[0]),
    "lammax": _eigen, "lammin": _eigen, "eigvals": _eigen, "eigvecs": _eigen, "eigvecmax": _eigen, "eigvecmin": _eigen,
}
