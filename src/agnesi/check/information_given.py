"""Entropies that a text gives as numbers: what others are follows from them, whatever the distributions may be.

H(X | Y), I(X; Y | Z) and the like are sums of joint entropies, so that given values are linear equations in these:
H(X) = 2, H(Y) = 3 and H(X, Y) = 4 give I(X; Y) = 1, in the unit of the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace as changed

import numpy as np
from numpy.typing import NDArray

from agnesi.check.worlds_scan import Chance, has_chance, is_op
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Expr, Symbol, constant, postorder, replace, symbols_of
from agnesi.run.reference import evaluate

Row = dict[frozenset[str], float]
_NEAR = 1e-9


def of_joint(node: Expr) -> Row | None:
    """Return an entropy or information of variables as a sum of joint entropies, or None."""
    if not isinstance(node, Apply) or not is_op(node, "entropy", "mutual_information"):
        return None
    if not all(isinstance(a, Symbol) for a in node.args) or not node.attrs:
        return None
    names = [a.name for a in node.args if isinstance(a, Symbol)]
    out: Row = {}

    def add(held: Iterable[str], sign: float) -> None:
        key = frozenset(held)
        if key:
            out[key] = out.get(key, 0.0) + sign

    first = node.attrs[0]
    if node.op.name == "entropy":
        add(names, 1.0)
        add(names[first:], -1.0)
        return out
    second = node.attrs[1]
    a, b, c = names[:first], names[first : first + second], names[first + second :]
    for held, sign in ((a + c, 1.0), (b + c, 1.0), (a + b + c, -1.0), (c, -1.0)):
        add(held, sign)
    return out


def told(known: Chance) -> bool:
    """Tell whether the text says what some distributions are: then these give the entropies."""
    return any((known.laws, known.channel, known.numbers, known.valued, known.formulas, known.vectors))


def with_information(known: Chance, left: Expr, right: Expr) -> Chance:
    """Return what is known with H(X) = 2, where it does not follow from what is known."""
    if told(known) or of_joint(left) is None or has_chance(right) or symbols_of(right) or right.shape:
        return known
    values = determined([left], known)
    if values is None or left in values:
        return known
    return changed(known, information=(*known.information, (left, right)))


def by_information(sides: Sequence[Expr], known: Chance) -> list[Expr] | None:
    """Return sides with the numbers that the given entropies determine; None where they do not determine all."""
    nodes = [n for n in postorder(*sides) if is_op(n, "entropy", "mutual_information")]
    values = determined(nodes, known) if known.information and nodes and not told(known) else None
    if values is None or any(n not in values for n in nodes):
        return None
    out = [replace(side, {n: constant(v) for n, v in values.items()}) for side in sides]
    return None if has_chance(*out) else out


def determined(nodes: Sequence[Expr], known: Chance) -> Mapping[Expr, float] | None:
    """Return the values that follow for entropies; None where some are none of variables, or the given ones differ."""
    rows = {n: of_joint(n) for n in nodes}
    if any(row is None for row in rows.values()):
        return None
    given: list[tuple[Row, float]] = [(row, 0.0) for row in _tied(known)]
    try:
        given += [(of_joint(left) or {}, float(evaluate(right, {}))) for left, right in known.information]
    except (AgnesiError, TypeError, ValueError):
        return None
    keys = list(dict.fromkeys(k for row in (*(r for r, _ in given), *rows.values()) for k in row or ()))
    matrix = np.array([_vector(row, keys) for row, _ in given]).reshape(len(given), len(keys))
    values = np.array([v for _, v in given])
    out: dict[Expr, float] = {}
    if given:
        point = np.linalg.lstsq(matrix, values, rcond=None)[0]
        if np.max(np.abs(matrix @ point - values), initial=0.0) > 1e-6:
            return None
    for node, row in rows.items():
        wanted = _vector(row or {}, keys)
        weights = np.linalg.lstsq(matrix.T, wanted, rcond=None)[0] if given else np.zeros(0)
        if np.max(np.abs(matrix.T @ weights - wanted), initial=0.0) < _NEAR:
            out[node] = round(float(weights @ values), 12)
    return out


def _vector(row: Row, keys: Sequence[frozenset[str]]) -> NDArray[np.float64]:
    return np.array([row.get(k, 0.0) for k in keys])


def _tied(known: Chance) -> list[Row]:
    """Return what independence and functions say of joint entropies, as sums that are 0."""
    out: list[Row] = []
    for a, b, c in known.independent:
        row: Row = {}
        for held, sign in ((a | c, 1.0), (b | c, 1.0), (a | b | c, -1.0), (c, -1.0)):
            if held:
                row[frozenset(held)] = row.get(frozenset(held), 0.0) + sign
        out.append(row)
    for made, of in known.maps:
        out.append({frozenset((made, of)): 1.0, frozenset((of,)): -1.0})
    return out
