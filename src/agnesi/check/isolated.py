"""A symbol that stands once in an equation, among terms or as a factor, as what the rest of the equation gives.

    y − Xw = ε          y = ε + Xw
    m/M = 0.01          m = 0.01 M
"""

from __future__ import annotations

from collections.abc import Iterator

from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Const, Expr, Symbol, apply, symbols_of


def isolated(left: Expr, right: Expr) -> Iterator[tuple[Symbol, Expr]]:
    """Yield each symbol that an equation settles, with its value: a side by itself first, then terms, then factors."""
    for side, other in ((left, right), (right, left)):
        if isinstance(side, Symbol) and side.shape == other.shape:
            yield side, other
    for side, other in ((left, right), (right, left)):
        yield from _term(side, other)
    if not left.shape and not right.shape:
        for side, other in ((left, right), (right, left)):
            yield from _factor(side, other)


def _term(side: Expr, other: Expr) -> Iterator[tuple[Symbol, Expr]]:
    """Yield the symbols among the terms of a side that stand nowhere else."""
    if not isinstance(side, Apply) or side.op.name not in ("add", "neg"):
        return
    terms = side.args if side.op.name == "add" else (side,)
    for k, term in enumerate(terms):
        inner = term.args[0] if isinstance(term, Apply) and term.op.name == "neg" else term
        rest = (*terms[:k], *terms[k + 1 :])
        if not isinstance(inner, Symbol) or inner.shape != other.shape or inner in symbols_of(other, *rest):
            continue
        try:
            value = apply("add", other, *(apply("neg", t) for t in rest)) if rest else other
        except AgnesiError:  # a shape that does not fit
            continue
        if value.shape == inner.shape:  # λ in N/π + λ = 0 is spread over all entries
            yield inner, value if inner is term else apply("neg", value)


def _factor(side: Expr, other: Expr) -> Iterator[tuple[Symbol, Expr]]:
    """Yield the numbers among the factors of a side that is a constant other than 0: λx = 0 has more solutions."""
    if not isinstance(other, Const) or not other.value:
        return
    if not isinstance(side, Apply) or side.op.name not in ("mul", "div"):
        return
    over = side.args[1:] if side.op.name == "div" else ()
    above = side.args[:1] if side.op.name == "div" else side.args
    for k, factor in enumerate(above):
        rest = (*above[:k], *above[k + 1 :])
        alone = isinstance(factor, Symbol) and factor not in symbols_of(*rest, *over)
        if isinstance(factor, Symbol) and alone and not any(r.shape for r in rest):
            top = apply("mul", other, *over) if over else other
            below = apply("mul", *rest) if len(rest) > 1 else rest[0] if rest else None
            yield factor, top if below is None else apply("div", top, below)
