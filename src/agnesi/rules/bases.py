"""What is known of the bases of products: their facts, their forms, exact powers of coefficients."""

from __future__ import annotations

from fractions import Fraction
from math import frexp, isqrt

from agnesi.expr.nodes import Apply, Const, Expr, Symbol
from agnesi.ops.facts import facts
from agnesi.rules.forms import Coef, Form, Term, exact, leaf, unbuild

LARGEST = 8_000  # binary digits of a number that is written out; beyond that it stays a power
FLOAT = 1_020  # and of a float


def has_fact(node: Expr, fact: str) -> bool:
    """Tell whether a base is declared or known to have a fact."""
    if isinstance(node, Symbol):
        return fact in facts.closure(node.facts)
    return isinstance(node, Apply) and node.op.range in facts and fact in facts.closure((node.op.range,))


def power_of(coef: Coef, power: Fraction | int) -> Coef | None:
    """Return coef^power where it is exact, else None."""
    if not coef or _bits(coef) * abs(Fraction(power)) > (FLOAT if isinstance(coef, float) else LARGEST):
        return None
    if isinstance(coef, float):
        return coef ** float(power) if coef > 0 else None
    if power == int(power):
        return Fraction(coef) ** int(power)
    if coef <= 0 or Fraction(power).denominator != 2:
        return None
    top, bottom = isqrt(coef.numerator), isqrt(coef.denominator)
    if top * top != coef.numerator or bottom * bottom != coef.denominator:
        return None
    return Fraction(top, bottom) ** int(2 * power)


def _bits(coef: Coef) -> int:
    """Return how many binary digits a number has, in its numerator, denominator or exponent."""
    if isinstance(coef, float):
        return abs(frexp(coef)[1]) + 1
    return max(coef.numerator.bit_length(), coef.denominator.bit_length())


def as_form(node: Expr) -> Form:
    """Return the form of an expression that is already normal."""
    if isinstance(node, Apply) and node.op.name == "plus":
        return Form(node.shape, [t for a in node.args for t in as_form(a).terms])
    if isinstance(node, Apply) and node.op.name == "einsum":
        return unbuild(node)
    if isinstance(node, Apply) and node.op.name == "zeros":
        return Form(node.shape, [])
    if isinstance(node, Apply) and node.op.name == "ones":
        return Form(node.shape, [Term(Fraction(1), (), dict(enumerate(node.shape)))])
    if isinstance(node, Const):
        value = exact(node.value)
        return Form((), [Term(value, (), {})] if value else [])
    return leaf(node)


def exp_sum(base: Expr) -> tuple[Expr, int] | None:
    """Return (u, axis) where base is Σ exp(u) over that one axis, its other axes in order; None otherwise."""
    if not isinstance(base, Apply) or base.op.name != "einsum":
        return None
    term = unbuild(base).terms[0]
    if term.coef != 1 or len(term.factors) != 1 or term.factors[0].power != 1:
        return None
    factor, width = term.factors[0], base.ndim
    if not isinstance(factor.base, Apply) or factor.base.op.name != "exp":
        return None
    inner = [k for k, x in enumerate(factor.labels) if isinstance(x, int) and x >= width]
    outer = tuple(x for x in factor.labels if not (isinstance(x, int) and x >= width))
    if len(inner) != 1 or outer != tuple(range(width)):
        return None
    return factor.base.args[0], inner[0]
