"""Derivatives at a point of functions with expectations: K'(0) of K(t) = log E[e^(tX)], under the expectation."""

from __future__ import annotations

from agnesi.expr.nodes import Apply, Expr, Symbol, apply, postorder, replace, symbol, symbols_of, with_args
from agnesi.rules.derive import derivative

MAX_EXPECTATIONS = 6

_BY_ENTRIES = frozenset(("add", "neg", "hadamard", "ediv", "epow"))


def slope_under(body: Expr, own: Symbol, order: int) -> Expr:
    """Return a derivative of some order in `own`; expectations of functions of it are differentiated inside."""
    for _ in range(order):
        body = _slope(body, own)
    return body


def expects(body: Expr, own: Symbol) -> bool:
    """Tell whether a body has expectations of functions of a number, and no other chance that holds it."""
    held = [n for n in postorder(body) if isinstance(n, Apply) and n.op.family == "probability"]
    mine = [n for n in held if own in symbols_of(n)]
    plain = all(n.op.name == "expectation" and own not in symbols_of(*n.args[1:]) for n in mine)
    return bool(mine) and plain and len(mine) <= MAX_EXPECTATIONS and not own.shape and not body.shape


def _slope(body: Expr, own: Symbol) -> Expr:
    held = [n for n in postorder(body) if isinstance(n, Apply) and n.op.name == "expectation" and own in symbols_of(n)]
    held = list(dict.fromkeys(held))
    marks = {n: symbol(f"\0mean {k}") for k, n in enumerate(held)}
    back: dict[Expr, Expr] = {mark: n for n, mark in marks.items()}
    there: dict[Expr, Expr] = {n: mark for n, mark in marks.items()}
    outer = replace(body, there)
    terms = [replace(derivative(outer, [own]), back)] if own in symbols_of(outer) else []
    for node, mark in marks.items():
        if mark in symbols_of(outer):
            inside = with_args(node, (derivative(node.args[0], [own]), *node.args[1:]))
            terms.append(apply("mul", replace(derivative(outer, [mark]), back), inside))
    return apply("add", *terms) if len(terms) > 1 else terms[0]


def by_entries(body: Expr, own: Symbol) -> bool:
    """Tell whether a body is a function of each entry of a vector by itself: tanh(z), z ⊙ σ(z), 1 ./ (1 + exp(−z))."""
    for node in postorder(body):
        if node is own or own not in symbols_of(node):
            continue
        if not isinstance(node, Apply) or node.shape != own.shape:
            return False
        scaled = node.op.name == "mul" and sum(bool(a.shape) for a in node.args) == 1
        if not (scaled or node.op.family == "elementwise" or node.op.name in _BY_ENTRIES):
            return False
    return body.shape == own.shape
