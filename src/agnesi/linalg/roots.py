"""Roots of a polynomial as on paper: rational roots tried and divided out, then the formula for quadratics.

What is left without such roots is solved in floats, and marked so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Apply, Expr, apply
from agnesi.linalg.notation import chain, is_zero, plus, tidy
from agnesi.worked.exact import to_expr
from agnesi.worked.pieces import Formula, scalar_text
from agnesi.worked.record import Step


@dataclass(frozen=True)
class Root:
    """A root, how many times it is one, and whether it is exact."""

    value: sympy.Expr
    multiplicity: int
    exact: bool = True


def roots_of(p: sympy.Expr, letter: sympy.Symbol) -> tuple[list[Root], list[Step]]:
    """Return the roots of a polynomial, real ones first and rising, and the steps that find them.

    >>> x = sympy.Symbol("x")
    >>> [(r.value, r.multiplicity) for r in roots_of(x**3 - 3*x + 2, x)[0]]
    [(-2, 1), (1, 2)]

    Raises `NotNumeric` for a polynomial with letters whose roots have no short formula.
    """
    poly = sympy.Poly(p, letter, extension=True if p.has(sympy.Pow) and _surds(p, letter) else None)
    poly = poly.to_field() if poly.domain.is_Ring else poly
    factors = [(f, m) for f, m in poly.factor_list()[1] if f.degree() > 0]
    linear = sorted(((f, m) for f, m in factors if f.degree() == 1), key=lambda fm: _order(_root(fm[0])))
    found = [Root(_root(f), m) for f, m in linear]
    steps = _divided_out(poly, found) if poly.degree() > 2 or not linear else _split(poly, found)
    for f, m in factors:
        if f.degree() > 1:
            more, how = _of_factor(f, letter)
            found += [Root(v, m, exact) for v, exact in more]
            steps += how
    return sorted(found, key=lambda r: _order(r.value)), steps


def _surds(p: sympy.Expr, letter: sympy.Symbol) -> bool:
    return any(not a.is_Rational for a in sympy.Poly(p, letter).all_coeffs())


def _root(f: sympy.Poly) -> sympy.Expr:
    a, b = f.all_coeffs()
    return tidy(-b / a)


def _order(value: sympy.Expr) -> tuple[Any, ...]:
    """Return a key that puts real numbers first, rising, then complex ones by real part, then letters."""
    if value.free_symbols:
        return (2, 0.0, 0.0, str(value))
    number = complex(value)
    return (int(abs(number.imag) > 1e-30), number.real, -number.imag, "")


def written(poly: sympy.Poly) -> Expr:
    """Return a polynomial as it is written: falling powers, each with its coefficient, letters in brackets."""
    terms = []
    for (power,), c in poly.terms():
        negative = c.could_extract_minus_sign()
        found = to_expr(tidy(-c if negative else c))
        flat = isinstance(found, Apply) and found.op.name == "mul" and power  # 2kλ, not (2k)λ
        parts = [] if c in (1, -1) and power else list(found.args) if flat else [found]
        parts += [to_expr(poly.gen**power)] if power else []
        term = apply("mul", *parts) if len(parts) > 1 else parts[0]
        terms.append(apply("neg", term) if negative else term)
    return apply("add", *terms) if len(terms) > 1 else terms[0]


def _bracket(x: sympy.Symbol, r: sympy.Expr) -> Expr:
    """Return λ − r as it is written."""
    if is_zero(r):
        return to_expr(x)
    return plus([x, to_expr(-r) if r.could_extract_minus_sign() else apply("neg", to_expr(r))])


def _split(poly: sympy.Poly, found: list[Root]) -> list[Step]:
    """Return the step that writes a quadratic with rational roots as a product."""
    lines = (Formula.of(*chain(written(poly), _product(poly, found)).parts, "=", 0),)
    data = {"polynomial": poly.as_expr(), "factors": [(r.value, r.multiplicity) for r in found]}
    return [Step("factorise", "Write the polynomial as a product: its roots stand in the brackets.", lines, data=data)]


def _product(poly: sympy.Poly, found: list[Root]) -> Any:
    """Return (λ − r)… times the leading coefficient, as it is written."""
    x = poly.gen
    parts = [to_expr(poly.LC())] if poly.LC() not in (1, -1) else []
    for r in found:
        bracket = _bracket(x, r.value)
        parts.append(bracket if r.multiplicity == 1 else apply("pow", bracket, to_expr(sympy.Integer(r.multiplicity))))
    shown = apply("mul", *parts) if len(parts) > 1 else parts[0]
    return apply("neg", shown) if poly.LC() == -1 else shown


def _divided_out(poly: sympy.Poly, found: list[Root]) -> list[Step]:
    """Return one step for each rational root: it is a root, and (λ − r)ᵐ divides."""
    steps: list[Step] = []
    rest, x = poly, poly.gen
    for r in found:
        bracket, m = _bracket(x, r.value), r.multiplicity
        quotient = rest.quo(sympy.Poly((x - r.value) ** m, x, domain=rest.domain))
        power = bracket if m == 1 else apply("pow", bracket, to_expr(sympy.Integer(m)))
        left = quotient.as_expr()
        shown = power if left == 1 else apply("neg", power) if left == -1 else apply("mul", power, written(quotient))
        often = {1: "", 2: " twice"}.get(m, f" {m} times")
        at = f"{scalar_text(x)} = {scalar_text(r.value)}"
        said = f"Put in {at}: it gives 0, so divide by {scalar_text(bracket)}{often}."
        said = f"What is left is of degree 1: {at}." if rest.degree() == 1 else said
        line = chain(written(rest), shown) if rest.degree() > 1 else Formula.of(written(rest), "=", 0)
        data = {"before": rest.as_expr(), "root": r.value, "multiplicity": m, "after": quotient.as_expr()}
        whole = all(c.is_Integer for c in poly.all_coeffs())
        why = "A rational root is a divisor of the last coefficient over a divisor of the first." if whole else ""
        steps.append(Step("divide by a root", said, (line,), "" if steps else why, data=data))
        rest = quotient
    return steps


def _of_factor(f: sympy.Poly, x: sympy.Symbol) -> tuple[list[tuple[sympy.Expr, bool]], list[Step]]:
    """Return the roots of a factor without rational roots, each with whether it is exact."""
    if f.degree() == 2:
        return _quadratic(f, x)
    coefficients = f.all_coeffs()
    if f.degree() == 4 and coefficients[1] == coefficients[3] == 0:
        s = sympy.Symbol("s")
        inner, how = roots_of(f.as_expr().subs(x, sympy.sqrt(s)), s)
        values = [tidy(sign * sympy.sqrt(r.value)) for r in inner for sign in (1, -1)]
        said = f"Only even powers: put s = {scalar_text(x**2)}."
        line = Formula.of(written(sympy.Poly(f.as_expr().subs(x, sympy.sqrt(s)), s)), "=", 0)
        back = ", ".join(f"{scalar_text(x)} = {scalar_text(v)}" for v in sorted(values, key=_order))
        last = Step("substitute back", f"Take roots of s, with both signs: {back}.")
        return [(v, True) for v in values], [Step("substitute", said, (line,)), *how, last]
    if f.degree() == 3 and coefficients[1] == coefficients[2] == 0 and not f.free_symbols_in_domain:
        return _cube_roots(f, x)
    if f.free_symbols_in_domain:
        raise NotNumeric(
            f"{scalar_text(f.as_expr())} = 0 has no short formula for its roots.", repair="Put numbers for the letters."
        )
    values = [sympy.N(v, 17) for v in f.nroots(n=25, maxsteps=200)]
    said = f"No rational root, and no short formula for degree {f.degree()}: the roots are found numerically."
    line = Formula.of(scalar_text(x), "≈", ", ".join(_decimal(v) for v in values))
    data = {"polynomial": f.as_expr(), "roots": values}
    return [(v, False) for v in values], [Step("numerical roots", said, (line,), data=data)]


def _cube_roots(f: sympy.Poly, x: sympy.Symbol) -> tuple[list[tuple[sympy.Expr, bool]], list[Step]]:
    """Return the three roots of x³ = c, the real one and it times the cube roots of 1, and the step."""
    c = tidy(-f.eval(0) / f.LC())
    real = sympy.cbrt(c) if c.is_positive else -sympy.cbrt(-c)
    values = [real, *(sympy.expand(real * (-1 + s * sympy.sqrt(3) * sympy.I) / 2) for s in (1, -1))]
    lines = [Formula.of(to_expr(x**3), "=", c), *(Formula.of(x, "=", v) for v in values)]
    said = "Take the cube root, and multiply it by the two complex cube roots of 1, (−1 ± i√3)/2."
    data = {"polynomial": f.as_expr(), "roots": values}
    return [(v, True) for v in values], [Step("cube roots", said, tuple(lines), data=data)]


def _decimal(value: sympy.Expr) -> str:
    number = complex(value)
    if not number.imag:
        return scalar_text(number.real)
    sign = "+" if number.imag > 0 else "−"
    return f"{scalar_text(number.real)} {sign} {scalar_text(abs(number.imag))}i"


def _quadratic(f: sympy.Poly, x: sympy.Symbol) -> tuple[list[tuple[sympy.Expr, bool]], list[Step]]:
    """Return the two roots by the formula, and its step."""
    a, b, c = f.all_coeffs()
    if a.could_extract_minus_sign():
        a, b, c = -a, -b, -c
    d = tidy(b**2 - 4 * a * c)
    r = sympy.sqrt(sympy.factor(d) if d.free_symbols else d)
    values = [tidy((-b - r) / (2 * a)), tidy((-b + r) / (2 * a))]
    inside = plus([apply("pow", to_expr(b), to_expr(sympy.Integer(2))) if b.is_Rational else to_expr(tidy(b**2)),
                   apply("neg", apply("mul", to_expr(sympy.Integer(4)), to_expr(a), to_expr(c)))])  # fmt: skip
    name = scalar_text(x)
    shown = [Formula.of(name, "=", to_expr(values[0]), ",", name, "=", to_expr(values[1]))]
    lines = (Formula.of(written(f), "=", 0), Formula.of("discriminant", "=", inside, "=", d), *shown)
    said = "Use the formula for quadratics: minus b plus or minus the root of the discriminant, over 2a."
    why = "The discriminant is negative: the roots are complex." if d.is_negative else ""
    data = {"polynomial": f.as_expr(), "discriminant": d, "roots": values}
    return [(v, True) for v in values], [Step("quadratic formula", said, lines, why, data=data)]
