"""Shape rules that several operations share, and the sentences for shapes that do not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agnesi.errors import ShapeError
from agnesi.expr.dims import ONE, Shape, shape_of, show_shape
from agnesi.expr.nodes import Expr, Symbol

Args = tuple[Expr, ...]
Attrs = tuple[Any, ...]


def called(node: Expr) -> str:
    """Return a short name of an expression for a sentence."""
    text = node.name if isinstance(node, Symbol) else str(node)
    return text if len(text) <= 40 else text[:37] + "..."


def described(*nodes: Expr) -> str:
    """Return the shapes of expressions in words: "X is n×d, y is n"."""
    return ", ".join(f"{called(n)} is {'a scalar' if not n.shape else show_shape(n.shape)}" for n in nodes)


def is_row(node: Expr) -> bool:
    """Tell whether a node is a row 1×n."""
    return node.ndim == 2 and node.shape[0] == ONE


def same(verb: str) -> Callable[[Args, Attrs], Shape]:
    """Return the rule for entrywise operations: equal shapes, scalars with anything."""

    def rule(args: Args, attrs: Attrs) -> Shape:
        full = [a for a in args if a.shape]
        for other in full[1:]:
            if other.shape != full[0].shape:
                raise _misfit(verb, full[0], other)
        return full[0].shape if full else ()

    return rule


def _misfit(verb: str, left: Expr, right: Expr) -> ShapeError:
    return ShapeError(
        lambda: f"Cannot {verb} {called(left)} and {called(right)}: {described(left, right)}.",
        repair=lambda: _same_repair(left, right),
    )


def _same_repair(left: Expr, right: Expr) -> str:
    if is_row(left) != is_row(right) and sorted(map(str, left.shape)) != sorted(map(str, right.shape)):
        return "One is a row and the other a column: transpose one of them."
    if left.shape == right.shape[::-1]:
        return f"The shapes fit after a transpose: {called(right)}ᵀ."
    return "Both must have the same shape."


def added(args: Args, attrs: Attrs) -> Shape:
    """Return the shape of a sum; a scalar joins vectors, and matrices that are not square."""
    shape = same("add")(args, attrs)
    if len(shape) == 2 and shape[0] == shape[1] and any(not a.shape for a in args):
        scalar = next(a for a in args if not a.shape)
        matrix = next(a for a in args if a.shape)
        raise ShapeError(
            lambda: f"Cannot add the scalar {called(scalar)} to the square matrix {called(matrix)}: two meanings are "
            "in use.",
            repair=lambda: f"Write + {called(scalar)} I (on the diagonal) or + {called(scalar)} 𝟏𝟏ᵀ (on every entry).",
        )
    return shape


def times(left: Shape, right: Shape) -> Shape | None:
    """Return the shape of a matrix product (or a scaling), or None where the sizes do not fit."""
    if not left or not right:
        return left or right
    if len(left) > 2 or len(right) > 2:
        return None
    rows, inner = (left[0], ONE) if len(left) == 1 else left
    other, columns = (right[0], ONE) if len(right) == 1 else right
    return shape_of((rows, columns)) if inner == other else None


def product(args: Args, attrs: Attrs) -> Shape:
    """Return the shape of a chain of matrix products, from left to right."""
    shape = args[0].shape
    for k, right in enumerate(args[1:], 1):
        found = times(shape, right.shape)
        if found is None:
            raise _apart(args[k - 1], right, shape)
        shape = found
    return shape


def _apart(left: Expr, right: Expr, so_far: Shape) -> ShapeError:
    return ShapeError(
        lambda: f"Cannot multiply {called(left)} and {called(right)}: {described(left, right)}"
        + _inner(so_far, right.shape),
        repair=lambda: _product_repair(left, right),
    )


def _inner(left: Shape, right: Shape) -> str:
    inner = left[-1] if len(left) == 2 else ONE
    return f"; the inner sizes {inner} and {right[0]} differ." if len(left) < 3 > len(right) else "."


def _product_repair(left: Expr, right: Expr) -> str:
    a, b = called(left), called(right)
    if not left.shape or not right.shape:
        return "The inner sizes must be equal."
    if left.ndim == 1 and right.ndim == 1 and left.shape == right.shape:
        return f"Write {a}ᵀ{b} (a number), {a} ⊙ {b} (entrywise) or {a} {b}ᵀ (a matrix)."
    if left.ndim <= 2 and right.ndim <= 2:
        turned = left.shape[::-1] if left.ndim == 2 else (ONE, left.shape[0])
        if times(turned, right.shape) is not None:
            return f"Try {a}ᵀ{b}."
        turned = right.shape[::-1] if right.ndim == 2 else (ONE, right.shape[0])
        if times(left.shape, turned) is not None:
            return f"Try {a} {b}ᵀ."
    return "The inner sizes must be equal."


def _unlike(wanted: str, node: Expr, repair: str = "") -> ShapeError:
    return ShapeError(lambda: f"{wanted}, but {described(node)}.", repair=repair)


def scalars(what: str) -> Callable[[Args, Attrs], Shape]:
    """Return the rule for operations of scalars only."""

    def rule(args: Args, attrs: Attrs) -> Shape:
        for node in args:
            if node.shape:
                raise _unlike(f"{what} wants scalars", node, "Index it, or reduce it.")
        return ()

    return rule


def like(args: Args, attrs: Attrs) -> Shape:
    """Return the shape of the first argument."""
    return args[0].shape


def scalar_of_any(args: Args, attrs: Attrs) -> Shape:
    """Return the shape of a reduction over all entries."""
    return ()


def square(what: str, result: str = "same") -> Callable[[Args, Attrs], Shape]:
    """Return the rule for square matrices; `result` is "same", "scalar" or "vector"."""

    def rule(args: Args, attrs: Attrs) -> Shape:
        shape = args[0].shape
        if len(shape) != 2 or shape[0] != shape[1]:
            raise _unlike(f"{what} is for square matrices", args[0])
        return {"same": shape, "scalar": (), "vector": shape[:1]}[result]

    return rule


def matrix(what: str, result: Callable[[Shape], Shape]) -> Callable[[Args, Attrs], Shape]:
    """Return the rule for any matrix, with the shape that `result` makes of its shape."""

    def rule(args: Args, attrs: Attrs) -> Shape:
        if args[0].ndim != 2:
            raise _unlike(f"{what} is for matrices", args[0])
        return result(args[0].shape)

    return rule


def vector(what: str, result: Callable[[Shape], Shape]) -> Callable[[Args, Attrs], Shape]:
    """Return the rule for a vector (or a row), with the shape that `result` makes of its length."""

    def rule(args: Args, attrs: Attrs) -> Shape:
        if args[0].ndim != 1:
            raise _unlike(f"{what} is for vectors", args[0])
        return result(args[0].shape)

    return rule
