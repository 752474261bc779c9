"""Sums, products and quotients as a person writes them down before working them out: nothing is evaluated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agnesi.expr.nodes import Expr, apply
from agnesi.linalg.notation import is_zero, multiplied
from agnesi.worked.exact import to_expr
from agnesi.worked.pieces import Formula


def linear(coefficients: Sequence[Any], names: Sequence[Any]) -> Expr:
    """Return c₁x₁ + c₂x₂ + … as it is written, terms with 0 left out; 0 for none.

    >>> import sympy
    >>> x, y = sympy.symbols("x y")
    >>> from agnesi.worked.pieces import scalar_text
    >>> scalar_text(linear([sympy.Integer(2), sympy.Integer(-1)], [x, y]))
    '2x − y'
    """
    terms = [_term(c, x) for c, x in zip(coefficients, names, strict=True) if not is_zero(c)]
    return summed(terms)


def summed(terms: Sequence[Expr]) -> Expr:
    """Return a sum of terms in their order, nothing worked out; 0 for none."""
    if len(terms) < 2:
        return terms[0] if terms else to_expr(0)
    return apply("add", *terms)


def _term(c: Any, x: Any) -> Expr:
    if c == 1 or x == 1:
        return to_expr(x if c == 1 else c)
    if c.could_extract_minus_sign():
        return apply("neg", _term(-c, x))
    return apply("mul", to_expr(c), to_expr(x))


def written_product(factors: Sequence[Any]) -> Expr:
    """Return a product of numbers as it stands, nothing worked out."""
    return multiplied(factors)


def put_in(right: Any, pivot: Any, terms: Sequence[tuple[Any, Any]]) -> Expr:
    """Return (right − c₁·x₁ − …)/pivot with the values put in and nothing worked out."""
    parts = [to_expr(right)]
    for c, x in terms:
        size = -c if c.could_extract_minus_sign() else c
        term = to_expr(x) if size == 1 else apply("mul", to_expr(size), to_expr(x))
        parts.append(apply("neg", term) if size == c else term)
    top = summed(parts)
    return top if pivot == 1 else apply("div", top, to_expr(pivot))


def divided(top: Expr, bottom: Any) -> Expr:
    """Return top/bottom as it stands; top alone for a bottom 1."""
    return top if bottom == 1 else apply("div", top, to_expr(bottom))


def less_products(entry: Any, products: Sequence[Sequence[Any]]) -> Expr:
    """Return entry − a·b·c − …, products with a factor 0 left out.

    >>> import sympy
    >>> from agnesi.worked.pieces import scalar_text
    >>> scalar_text(less_products(sympy.Integer(7), [[sympy.Integer(2), sympy.Integer(3)]]))
    '7 − 2·3'
    """
    used = [p for p in products if not any(is_zero(v) for v in p)]
    return summed([to_expr(entry), *(apply("neg", written_product(p)) for p in used)])


def said_list(names: Sequence[str]) -> str:
    """Return names as a sentence lists them.

    >>> said_list(["v₁", "v₂", "v₄"])
    'v₁, v₂ and v₄'
    """
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def worked_line(name: str, written: Expr, value: Any) -> Formula:
    """Return name = what is worked out = value; what is a number already stands once."""
    shown = to_expr(value)
    return Formula.of(name, "=", value) if written is shown else Formula.of(name, "=", written, "=", value)
