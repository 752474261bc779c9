"""Models that are claims: so λ | x ~ Gamma(a + ∑ x, b + n), where prior and likelihood determine the posterior."""

from __future__ import annotations

from collections.abc import Container

from agnesi.check.worlds_scan import Chance, is_op
from agnesi.expr.nodes import Apply, Bind, Expr, Symbol, apply, symbols_of


def density_claimed(model: Expr, known: Chance, seen: Container[str]) -> tuple[Expr, Expr] | None:
    """Return p(x | y) and the density that a model says it is; None where the text does not determine it."""
    if isinstance(model, Bind):
        return None
    if not is_op(model, "follows") or not isinstance(model, Apply) or model.attrs[0] != 1:
        return None
    one, law, *given = model.args
    if not is_op(law, "distribution") or not isinstance(law, Apply) or not isinstance(one, Symbol):
        return None
    if not all(isinstance(g, Symbol) for g in given):
        return None
    lawful = {g.variable.name: g for g in known.laws}
    spoken = {s.name for f in known.formulas for s in f.left}
    told = {s.name for g in known.laws for s in symbols_of(*g.law.parameters)} | lawful.keys() | spoken
    told |= {s.name for f in known.formulas for s in (*f.given, *symbols_of(f.body))}
    names = {g.name for g in given if isinstance(g, Symbol)}
    later = any(n in lawful or n in spoken for n in names)
    parents = {s.name for s in symbols_of(*lawful[one.name].law.parameters)} if one.name in lawful else set()
    hidden = bool((parents & (lawful.keys() | spoken)) - names)
    if one.name not in lawful.keys() | spoken or not (later or hidden):
        return None
    if any(s.name not in told and s.name not in seen for s in symbols_of(*law.args)):
        return None
    left = apply("probability", one, *given, attrs=("p", 1))
    return left, apply("density", one, *law.args, attrs=law.attrs)
