"""Quantities that a text names in words: "the Hessian is H = 2A" claims what the Hessian of the function above is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from agnesi.check.course import Course
from agnesi.expr.nodes import Apply, Expr, Symbol, apply, constant, symbols_of

_NAMES = re.compile(
    r"\b(?:the |its |with |and |whose )*(hessian|gradient)(?: matrix| vector)?(?: of [^\W\d_]\w{0,2}(?:\([^()]*\))?)?"
    r"(?: (?:is|becomes|equals|reads|then|given by|matrix|in w))*\s*[:,]?\s*(?:\(?\d{1,2}[).]\s*)?$",
    re.I,
)

_LETTERS = {"H": "hessian", "g": "gradient"}
_POINT = re.compile(
    r"\b(?:at|plug(?:ging)?(?: in)?|sub(?:stitut\w+)?(?: in)?) (?:the )?(?:point )?"
    r"(?:\(([-−\d./,;\s]{1,60})\)|origin|([-−]?\d[\d./]{0,9}|zero))"
    r"[\s,:]*(?:we (?:have|get)"
    r"|(?:this|it|that|the (?:gradient|value|derivative|slope|hessian)) (?:is|equals|becomes|gives)"
    r"|is|equals|gives)?[\s,:]*$",
    re.I,
)


def named_quantity(said: str, course: Course, name: str = "") -> Expr | None:
    """Return what the words before a definition name, of the function that was treated last; None for no such thing.

    With `name`, H and g are the Hessian and the gradient in a text of one function, if the words speak of them.
    """
    found = _NAMES.search(said)
    kind = found[1].lower() if found is not None else _LETTERS.get(name, "")
    if course.function is None or (found is None and (not kind or kind not in said.lower() or course.functions > 1)):
        return None
    body, variables = course.function
    if len(variables) == 1:
        one = variables[0]
        if kind == "hessian" and one.ndim == 1:
            return apply("derivative", body, one, one, attrs=("hessian",))
        return apply("derivative", body, one, attrs=("nabla",)) if kind == "gradient" and one.shape else None
    if any(v.shape for v in variables):
        return None
    if kind == "gradient":
        parts = [apply("derivative", body, v, attrs=("partial",)) for v in variables]
        return apply("blocks", *parts, attrs=(len(parts), 1))
    rows = [apply("derivative", body, u, v, attrs=("partial",)) for u in variables for v in variables]
    return apply("blocks", *rows, attrs=(len(variables), len(variables)))


def function_of(body: Expr, parameters: Sequence[str]) -> tuple[Expr, tuple[Symbol, ...]] | None:
    """Return a scalar function with its variables as symbols, if all are found in it."""
    if body.shape or not parameters:
        return None
    held = {s.name: s for s in symbols_of(body)}
    found = tuple(held[p] for p in parameters if p in held)
    return (body, found) if len(found) == len(parameters) else None


def point_named(said: str, course: Course) -> list[Expr]:
    """Return where the words before a formula say that it holds: "at (1, 2)", "at the origin", as equations."""
    found = _POINT.search(said)
    if found is None or course.function is None:
        return []
    variables = course.function[1]
    told = found[1] or ("" if found[2] in (None, "zero") else found[2])
    values = [_number(v) for v in re.split(r"[,;]", told)] if told else [Fraction(0)] * len(variables)
    if len(values) != len(variables) or any(v is None for v in values) or any(v.shape for v in variables):
        return []
    pairs = zip(variables, values, strict=True)
    return [apply("eq", name, constant(value)) for name, value in pairs if value is not None]


def _number(text: str) -> Fraction | None:
    try:
        return Fraction(text.strip().replace("−", "-"))
    except (ValueError, ZeroDivisionError):
        return None


def differentiated_in(head: Expr) -> tuple[Expr, tuple[Symbol, ...]] | None:
    """Return the function that a gradient is of, with its variable."""
    if isinstance(head, Apply) and head.op.name == "derivative" and len(head.args) == 2 and not head.args[0].shape:
        variable = head.args[1]
        if isinstance(variable, Symbol) and variable.ndim == 1:
            return head.args[0], (variable,)
    return None
