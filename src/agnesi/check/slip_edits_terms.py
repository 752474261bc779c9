"""Edits between the terms of a sum, and of events: a factor on the wrong term, an event for its complement."""

from __future__ import annotations

from collections.abc import Iterator

from agnesi.check.slip_edits import Edits, as_rational, fitting, multiplied
from agnesi.check.slip_places import UNFIT, Place, flat, minus, name_of, with_attrs
from agnesi.check.slips import Pool
from agnesi.expr.nodes import Apply, Bind, Const, Expr, bind, constant, postorder

TERMS = 4


def factor_moved(place: Place, pool: Pool) -> Edits:
    """Yield a + cb for ca + b: a number stands on the wrong term of a sum."""
    node = place.node
    if name_of(node) != "add" or len(node.args) > TERMS:
        return
    for k, term in enumerate(node.args):
        for factor, rest in scalar_factors(term):
            for j, other in enumerate(node.args):
                if j != k:
                    for moved in multiplied(other, factor):
                        made = {k: rest, j: moved}
                        yield from fitting("add", *(made.get(at, a) for at, a in enumerate(node.args)))


def scalar_factors(term: Expr) -> Iterator[tuple[Expr, Expr]]:
    """Yield each scalar factor of a term, no number, with what is left of the term."""
    if name_of(term) == "neg":
        yield from ((factor, minus(rest)) for factor, rest in scalar_factors(term.args[0]))
    elif name_of(term) in ("mul", "hadamard"):
        for k, arg in enumerate(term.args):
            if not arg.shape and as_rational(arg) is None:
                try:
                    yield arg, flat(name_of(term), (*term.args[:k], *term.args[k + 1 :]))
                except UNFIT:
                    continue
    elif not term.shape and not isinstance(term, Const):
        yield term, constant(1)


def volume_missing(place: Place, pool: Pool) -> Edits:
    """Yield ∫ r f dr for ∫ f dr."""
    node = place.node
    if isinstance(node, Bind) and node.op.name == "Integral" and len(node.variables) == 1:
        (variable,) = node.variables
        for body in multiplied(node.body, variable):
            yield bind(node.op, node.variables, body, *node.args[1:])


def event_turned(place: Place, pool: Pool) -> Edits:
    """Yield P(¬A) for P(A) and P(A | ¬B) for P(A | B), and the reverse."""
    node = place.node
    if name_of(node) != "probability" or not isinstance(node, Apply):
        return
    for k, event in enumerate(node.args):
        turned = event.args[0] if name_of(event) == "complement" else None
        if turned is None:
            for turned in fitting("complement", event):
                yield from with_attrs(node, (*node.args[:k], turned, *node.args[k + 1 :]), node.attrs)
        else:
            yield from with_attrs(node, (*node.args[:k], turned, *node.args[k + 1 :]), node.attrs)


def event_missing(place: Place, pool: Pool) -> Edits:
    """Yield P(A ∩ B) for P(B), with events that stand around."""
    node = place.node
    if name_of(node) != "probability" or not isinstance(node, Apply) or len(node.args) != 1:
        return
    around = [n for n in postorder(place.root, *pool.scalars, *pool.terms) if name_of(n) == "probability"]
    events = dict.fromkeys(a for n in around for a in n.args if name_of(a) not in ("intersection", "union"))
    for event in list(events)[:4]:
        if event is not node.args[0] and name_of(event) != "complement":
            for both in fitting("intersection", event, node.args[0]):
                yield from with_attrs(node, (both,), node.attrs)
