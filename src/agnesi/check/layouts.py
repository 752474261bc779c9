"""The layout of derivatives: which one a text follows, and claims that are right in the other one.

In the column layout the gradient of a number has the shape of its variable; in the row (numerator) layout it is turned.
The Jacobian of a vector has the axes of the function first; in the denominator layout it is turned. The lines of a text
show what it follows where the shapes of both sides tell the two apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from agnesi.check.numbers import carried_out, squeezed
from agnesi.check.report import Finding
from agnesi.check.sides import is_derivative
from agnesi.errors import ShapeError
from agnesi.expr.dims import ONE
from agnesi.expr.nodes import Apply, Expr, apply
from agnesi.read.lines import Group

KINDS = ("partial", "total", "jacobian", "nabla")

Judging = Callable[[Expr, Expr], Finding]


def layouts_in(groups: Iterable[Group]) -> frozenset[str]:
    """Return what the claims of a text show: "column", "row" of gradients, "numerator", "denominator" of Jacobians."""
    found = set()
    for group in groups:
        head = group.sides[0]
        if not isinstance(head, Apply) or not is_derivative(head) or head.attrs[0] not in KINDS:
            continue
        for side in group.sides[1:]:
            if side.shape and not is_derivative(side):
                found.add(_shown(head, side))
    return frozenset(found - {""})


def _shown(head: Apply, side: Expr) -> str:
    """Return the layout that one claim shows by its shapes."""
    shape, claimed = head.shape, side.shape
    if not head.args[0].shape and len(squeezed(shape)) == 1:
        return "row" if len(claimed) == 2 and claimed[0] == ONE else "column"
    a, b = squeezed(shape), squeezed(claimed)
    if len(a) != 2 or len(b) != 2 or a[0] == a[1]:
        return ""
    own, other = ("column", "row") if not head.args[0].shape else ("numerator", "denominator")
    return own if a == b else other if a == b[::-1] else ""


def other_layout(left: Expr, right: Expr, shown: frozenset[str], judging: Judging) -> Finding | None:
    """Return the finding of a derivative that is right when its axes are transposed; None where it is not.

    It is no layout of its own but a wrong line, where the text follows the first layout elsewhere and never the other.
    """
    head, claimed = (left, right) if is_derivative(left) else (right, left)
    if not is_derivative(head) or len(squeezed(head.shape)) != 2 or len(squeezed(claimed.shape)) != 2:
        return None
    assert isinstance(head, Apply)
    if head.attrs[0] not in KINDS or (head.attrs[0] == "nabla" and not head.args[0].shape):
        return None
    scalar = not head.args[0].shape
    own = "column" if scalar else "numerator"
    this = _shown(head, claimed)
    if own in shown and not (shown - {this}) & ({"row"} if scalar else {"denominator"}):
        return None
    try:
        turned = apply("transpose", claimed)
    except ShapeError:
        return None
    if squeezed(turned.shape) != squeezed(head.shape):
        return None
    found = judging(head, turned)
    if not found:
        return None
    mine = "the gradient has the shape of the variable" if scalar else "a Jacobian has the axes of the function first"
    name = "numerator" if scalar else "denominator"
    note = f"right in the {name} layout; where {mine}, it is the transpose, {carried_out(head)}"
    return replace(found, verdict="tested", chain=(), reason="", notes=(*found.notes, note))


def layout_note(left: Expr, right: Expr, layout: str) -> str:
    """Return what is to be said of a gradient that is a row where the dialect has columns, or the reverse."""
    head, claimed = (left, right) if is_derivative(left) else (right, left)
    if not isinstance(head, Apply) or not is_derivative(head) or head.args[0].shape or not claimed.shape:
        return ""
    if len(squeezed(head.shape)) != 1 or head.attrs[0] not in KINDS or is_derivative(claimed):
        return ""
    row = len(claimed.shape) == 2 and claimed.shape[0] == ONE
    if row and layout == "column":
        return "right in the numerator layout, where a gradient is a row; as a column it is the transpose"
    if not row and layout == "row" and head.attrs[0] != "nabla":
        return "right in the denominator layout, where a gradient is a column; this dialect has the row, its transpose"
    return ""
