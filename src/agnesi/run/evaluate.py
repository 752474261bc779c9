"""Values of expressions: sums over indices become array operations, chains of products take their cheapest order.

`reference.evaluate` is the slow and literal meaning that evidence rests on; this is the one for use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from agnesi.errors import AgnesiError
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Apply, Bind, Expr, Symbol, apply, fold, postorder, with_args
from agnesi.rules.derive import resolved, rewritten
from agnesi.run.reference import evaluate as reference
from agnesi.run.sizes import prepare


def evaluate(expr: Expr, values: Mapping[str, Any], sizes: Mapping[str, int] | None = None) -> Any:
    """Return the value of an expression; `values` are arrays by name, `sizes` those that no array tells.

    Raises `NotNumeric` for values that are missing or of the wrong shape.
    """
    planned = expr.memo("planned", lambda: _without_diagonals(_without_loops(expr)))
    if _chains(planned):
        _, found = prepare([n for n in postorder(planned) if isinstance(n, Symbol)], values, sizes)
        planned = _ordered(planned, found)
    return reference(planned, values, sizes)


def _without_loops(expr: Expr) -> Expr:
    """Return the expression with derivatives carried out and sums over indices as products of arrays."""
    expr = resolved(expr)
    if not any(isinstance(n, Bind) for n in postorder(expr)):
        return expr
    try:
        return rewritten(expr)
    except AgnesiError:
        return expr


def _without_diagonals(expr: Expr) -> Expr:
    """Return the expression with diag(v) in a product as a scaling of its neighbour: no n×n array is made for it."""

    def step(node: Expr, args: tuple[Expr, ...]) -> Expr:
        if not isinstance(node, Apply) or node.op.name != "mul":
            return with_args(node, args)
        chain = _scaled([a for a in args if a.shape])
        numbers = [a for a in args if not a.shape]
        parts = [*numbers, *chain]
        return parts[0] if len(parts) == 1 else apply("mul", *parts)

    return fold(expr, step)


def _scaled(chain: list[Expr]) -> list[Expr]:
    """Return a chain of products in which each diag(v) has scaled the rows after it, or the columns before it."""
    out: list[Expr] = []
    for part in reversed(chain):
        if out and _is_diag(part) and not _is_diag(out[0]):
            out[0] = _rows(part.args[0], out[0])
        elif out and _is_diag(out[0]) and len(part.shape) == 2 and len(out) == 1:
            out[0] = apply("einsum", part, out[0].args[0], attrs=(Fraction(1), ((0, 1), (1,)), (0, 1), ()))
        else:
            out.insert(0, part)
    return out


def _is_diag(node: Expr) -> bool:
    return isinstance(node, Apply) and node.op.name == "diag"


def _rows(v: Expr, below: Expr) -> Expr:
    if below.ndim == 1:
        return apply("hadamard", v, below)
    return apply("einsum", v, below, attrs=(Fraction(1), ((0,), (0, 1)), (0, 1), ()))


def _chains(expr: Expr) -> bool:
    return any(isinstance(n, Apply) and n.op.name == "mul" and len(n.args) > 2 for n in postorder(expr))


def _ordered(expr: Expr, sizes: Mapping[str, int]) -> Expr:
    """Return the expression with chains of products bracketed for the fewest multiplications."""

    def size(dim: Dim) -> int:
        return dim.size(sizes)

    def step(node: Expr, args: tuple[Expr, ...]) -> Expr:
        if isinstance(node, Apply) and node.op.name == "mul" and len(args) > 2:
            numbers = [a for a in args if not a.shape]
            arrays = [a for a in args if a.shape]
            if len(arrays) > 2:
                inner = _best(arrays, size)
                return apply("mul", *numbers, inner) if numbers else inner
        return with_args(node, args)

    return fold(expr, step)


def _best(chain: Sequence[Expr], size: Any) -> Expr:
    """Return the cheapest bracketing of a chain (the classical dynamic programme)."""
    count = len(chain)
    if count > 60:
        return apply("mul", *chain)
    rows = [size(a.shape[0]) for a in chain]
    columns = [size(a.shape[1]) if a.ndim == 2 else 1 for a in chain]
    best: dict[tuple[int, int], tuple[float, Expr]] = {(i, i): (0.0, a) for i, a in enumerate(chain)}
    for width in range(2, count + 1):
        for i in range(count - width + 1):
            j = i + width - 1
            options = [
                (best[i, k][0] + best[k + 1, j][0] + float(rows[i]) * columns[k] * columns[j], k) for k in range(i, j)
            ]
            cost, k = min(options)
            best[i, j] = (cost, apply("mul", best[i, k][1], best[k + 1, j][1]))
    return best[0, count - 1][1]
