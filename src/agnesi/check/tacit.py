"""What a text on entropies takes for granted: the probabilities in H(p_1, p_2, p_3) and −∑ p_i log p_i sum to 1."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agnesi.check.worlds_scan import is_op
from agnesi.expr.nodes import Apply, Bind, Expr, Symbol, apply, bind, constant, free_indices, postorder, symbols_of

SPEAKS = re.compile(r"\bH\s*\(|\bH\s*\[|entrop|distribution|probabilit|Gibbs", re.IGNORECASE)
MAX_TACIT = 4


def distributions_in(sides: Iterable[Expr], source: str) -> tuple[Expr, ...]:
    """Return that what has an entropy sums to 1, for a text that speaks of such."""
    if not SPEAKS.search(source):
        return ()
    out: dict[Expr, None] = {}
    for node in postorder(*sides):
        whole = _listed(node) or _of_vector(node) or _of_terms(node)
        if whole is not None and symbols_of(whole):
            out[apply("eq", whole, constant(1))] = None
    return tuple(out) if len(out) <= MAX_TACIT else ()


def _listed(node: Expr) -> Expr | None:
    """Return p_1 + p_2 + p_3 of H(p_1, p_2, p_3)."""
    if not is_op(node, "entropy") or not isinstance(node, Apply) or len(node.args) < 2:
        return None
    if node.attrs[0] != len(node.args) or any(a.shape for a in node.args):
        return None
    named = all(isinstance(a, Symbol) and "_" in a.name and a.name[0].islower() for a in node.args)
    return apply("add", *node.args) if named or all(is_op(a, "entry") for a in node.args) else None


def _of_vector(node: Expr) -> Expr | None:
    """Return ∑ p of pᵀ log p."""
    if not is_op(node, "mul") or not isinstance(node, Apply) or len(node.args) != 2:
        return None
    first, last = node.args
    turned = first.args[0] if is_op(first, "transpose") and isinstance(first, Apply) else first
    same = is_op(last, "log", "log2") and isinstance(last, Apply) and last.args[0] is turned and turned.ndim == 1
    return apply("sum", turned) if same else None


def _of_terms(node: Expr) -> Expr | None:
    """Return ∑_i p_i of ∑_i p_i log p_i."""
    if not isinstance(node, Bind) or node.op.name != "Sum" or len(node.variables) != 1 or len(node.args) != 1:
        return None
    body = node.body
    if not is_op(body, "mul") or not isinstance(body, Apply) or len(body.args) != 2:
        return None
    first, last = body.args
    same = is_op(last, "log", "log2") and isinstance(last, Apply) and last.args[0] is first and not first.shape
    return bind("Sum", node.variables, first) if same and node.variables[0] in free_indices(first) else None
