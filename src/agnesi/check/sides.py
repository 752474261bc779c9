"""Whether the two sides of a relation can be compared: sizes named alike, shapes that fit, idle derivatives."""

from __future__ import annotations

from agnesi.check.numbers import squeezed
from agnesi.expr.dims import Dim, show_shape
from agnesi.expr.nodes import Apply, Const, Expr, Symbol, apply, postorder, symbols_of
from agnesi.read.apply import resized


def fitting(left: Expr, right: Expr) -> tuple[Expr, Expr, tuple[str, ...]] | None:
    """Return the sides where their shapes can be compared, with what that takes; None where they cannot."""
    a, b = squeezed(left.shape), squeezed(right.shape)
    if a == b or zero(left) or zero(right):
        return left, right, ()
    if (not a and len(b) == 1) or (not b and len(a) == 1):
        one = right if a else left
        name = "" if not isinstance(one, Const) else "𝟏" if one.value == 1 else f"{one}·𝟏"
        return left, right, (f"{one} is read as {name}, a number for each entry",) if name else ()
    for one, other, swapped in ((left, right, False), (right, left, True)):
        shape = squeezed(other.shape)
        if not squeezed(one.shape) and len(shape) == 2 and shape[0] == shape[1] and isinstance(one, Const):
            scaled = apply("mul", one, apply("eye", attrs=(shape[0],)))
            note = f"{one} is read as {one}·I" if one.value != 1 else "1 is read as I"
            return (other, scaled, (note,)) if swapped else (scaled, other, (note,))
    return None


def one_naming(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """Return the sides with sizes that no symbol has (of 1, I and 0) named as in the other side."""
    held = {name for s in symbols_of(left, right) for d in s.shape for name in d.names}
    loose = (sizes_in(left) | sizes_in(right)) - held
    if len(held) == 1 and loose:  # the size of 1ᵀ1 beside one vector: its size
        only = {name: Dim.of(next(iter(held))) for name in loose}
        left, right = resized(left, only), resized(right, only)
    a, b = squeezed(left.shape), squeezed(right.shape)
    for one, other, swapped in ((a, b, False), (b, a, True)):
        if len(one) != len(other):
            continue
        pairs = [(x, y) for x, y in zip(one, other, strict=True) if x != y]
        free = {str(y): x for x, y in pairs if len(y.names) == 1 and not y.names & held and str(y) in y.names}
        if pairs and len(free) == len({str(y) for _, y in pairs}):
            side = resized(left if swapped else right, free)
            return (side, right) if swapped else (left, side)
    return left, right


def sizes_in(expr: Expr) -> set[str]:
    """Return the names of the sizes of vectors and matrices of ones, zeros, and identities."""
    leaves = [n for n in postorder(expr) if isinstance(n, Apply) and n.op.name in ("ones", "zeros", "eye")]
    return {name for n in leaves for d in n.shape for name in d.names}


def zero(expr: Expr) -> bool:
    """Tell whether this is the number 0."""
    return isinstance(expr, Const) and expr.value == 0


def named(expr: Expr) -> str:
    """Return the shape of an expression in words."""
    return {0: "a number", 1: "a vector of size ", 2: ""}.get(expr.ndim, "") + (
        show_shape(expr.shape) if expr.shape else ""
    )


def idle_derivative(*sides: Expr) -> Expr | None:
    """Return a derivative in a variable that its function does not hold, if there is one.

    What is written out, bᵀb, is a constant beside something else that is differentiated in the same variable.
    """
    found = [n for n in postorder(*sides) if is_derivative(n)]
    idle = [n for n in found if symbols_of(n.args[0]) and any(_is_apart(v, n.args[0]) for v in n.args[1:])]
    active = {n.args[1:] for n in found if n not in idle}
    return next((n for n in idle if isinstance(n.args[0], Symbol) or n.args[1:] not in active), None)


def _is_apart(variable: Expr, body: Expr) -> bool:
    return bool(symbols_of(variable)) and owner(variable) not in set(postorder(body))


def owner(variable: Expr) -> Expr:
    """Return what a variable is an entry of: x of x_i, and a variable as it is otherwise."""
    return variable.args[0] if isinstance(variable, Apply) and variable.op.name == "entry" else variable


def is_derivative(expr: Expr) -> bool:
    """Tell whether an expression is a derivative as such."""
    return isinstance(expr, Apply) and expr.op.name == "derivative"
