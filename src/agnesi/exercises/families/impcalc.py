"""Multivariate calculus by hand: Taylor, Hessians, directions, Newton, descent, multipliers, differences."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import sympy

from agnesi import calculus
from agnesi.exercises.drawing import (
    distinct,
    fact,
    integer,
    once,
    plus,
    raised,
    shuffled,
    slope_of,
    times,
    typed,
)
from agnesi.exercises.record import Choice, Exact, Family, Formula, Instance, Option, Planted
from agnesi.worked.exact import to_expr
from agnesi.worked.record import Step, Worked

HEAD = "x: scalar; y: scalar"


def two(rng: Random, level: int) -> str:
    """Return a polynomial in x and y of degree 2 (level 1) or 3."""
    a, b, c = (integer(rng, -4, 4) for _ in range(3))
    if level == 1:
        return plus(times(a, "x²"), times(b, "x y"), times(c, "y²"))
    n, m = rng.choice(((2, 1), (1, 2), (3, 1), (1, 3), (2, 2)))
    extra = [] if level == 2 else [times(integer(rng, -3, 3), rng.choice(("x³", "y³")))]
    return plus(times(a, f"{raised('x', n)} {raised('y', m)}"), times(b, "x"), times(c, "y²"), *extra)


def _taylor(rng: Random, level: int) -> Instance:
    """Draw the Taylor polynomial of a function at 0, at level 3 at another place."""
    a = integer(rng, 2, 5)
    if level == 3:
        f, at, degree = rng.choice((f"x⁴ + {a}x", f"x⁵ − {a}x²", f"{a}/x", f"x³ + {a}x²")), integer(rng, 1, 2), 2
    else:
        f, at, degree = (
            rng.choice((f"exp({a}x)", f"sin({a}x)", f"cos({a}x)", f"log(1 + {a}x)", f"1/(1 − {a}x)")),
            0,
            level + 1,
        )
    work = once(_expanded, f, at, degree)
    value = work().answer[0].text()[0].partition(" = ")[2]
    x = sympy.Symbol("x", real=True)
    poly = sympy.Poly(work().value.subs(x, x + at), x)
    lost = sum((c * sympy.factorial(n) * (x - at) ** n for (n,), c in poly.terms()), sympy.Integer(0))
    flipped = poly.as_expr().subs(x, at - x)
    slips = [
        Planted(
            _formula(lost),
            "factorials lost",
            "the derivatives were not divided by the factorials",
            "The coefficient of (x − a)ⁿ is f⁽ⁿ⁾(a)/n!.",
        ),
        Planted(
            _formula(flipped), "sign of the distance", "the distance was taken as a − x", "Powers of x − a stand there."
        ),
        Planted(
            _formula(work().value + 1),
            "value at the place",
            "the first term is not the value of f there",
            "The first term is f(a).",
        ),
    ]
    where = "0" if at == 0 else str(at)
    return Instance(
        f"Find the Taylor polynomial of degree {degree} of $f(x) = {f}$ at $x = {where}$.",
        Formula(value, value),
        "a polynomial, such as 1 + 2x + 2x²",
        f"x: scalar; f(x) = {f}",
        slips=_unlike(value, slips),
        work=work,
    )


def _expanded(f: str, at: int, degree: int) -> Worked:
    """Return a Taylor polynomial worked, without what is left over."""
    done = calculus.taylor(f, at, degree)
    steps = [s for s in done.steps if not s.said.startswith("The remainder")]
    last = Step("polynomial", "Add the terms: each number times a power of the distance.", done.answer)
    return replace(done, steps=(*steps, last))


def _without(done: Worked, *begin: str) -> Worked:
    """Return a result without the steps that begin so: they go on beyond what is asked."""
    return replace(done, steps=tuple(s for s in done.steps if not s.said.startswith(begin)))


def _critical(f: str, kind: bool) -> Worked:
    """Return the level points of a function worked: only where they are, or only of which kind."""
    done = calculus.critical_points(f)
    steps = tuple(s for s in done.steps if s.said.startswith("At ") == kind)
    return replace(done, steps=steps)


def _formula(value: Any) -> str:
    """Return a polynomial of sympy as books write it."""
    return fact(to_expr(sympy.expand(value)))


def _unlike(right: str, slips: list[Planted]) -> tuple[Planted, ...]:
    """Return planted polynomials that differ, as polynomials."""
    seen, out = {right}, []
    for one in slips:
        if one.text not in seen:
            seen.add(one.text)
            out.append(one)
    return tuple(out)


def _hessian(rng: Random, level: int) -> Instance:
    """Draw the Hessian of a polynomial in x and y."""
    f = two(rng, level)
    text = f"{HEAD}; {f}"
    first = {v: slope_of(text, v) for v in "xy"}
    second = [[slope_of(f"{HEAD}; {first[u]}", v) for v in "xy"] for u in "xy"]
    (a, b), (_, d) = second
    value = f"[{a}, {b}; {second[1][0]}, {d}]"
    slips = [
        Planted(
            f"[{a}, 0; 0, {d}]",
            "mixed derivatives left out",
            "the mixed derivatives were left out",
            "Off the diagonal stand ∂²f/∂x∂y.",
        ),
        Planted(
            f"[{d}, {b}; {b}, {a}]",
            "entries exchanged",
            "the two second derivatives were exchanged",
            "The entry (1, 1) is ∂²f/∂x², for x is the first variable.",
        ),
        Planted(
            f"[{a}, 2({b}); 2({b}), {d}]",
            "factor 2 too much",
            "the mixed derivatives were doubled",
            "∂²f/∂x∂y stands in two places, once in each.",
        ),
    ]
    return Instance(
        f"Find the Hessian of $f(x, y) = {f}$.",
        Formula("∇²f(x, y)", value),
        "a matrix, such as [2, 1; 1, 6y]",
        f"f(x, y) = {f}",
        slips=_matrices(value, slips, a, b, d),
        work=once(calculus.hessian, f, None, "x, y"),
    )


def _matrices(value: str, slips: list[Planted], a: str, b: str, d: str) -> tuple[Planted, ...]:
    """Return planted Hessians that differ from the right one and from one another."""
    keep = [b != "0", a != d, b != "0"]
    return distinct(
        value,
        [one for one, good in zip(slips, keep, strict=True) if good]
        or [Planted(value.replace(f"[{a},", f"[{a} + 1,"), "arithmetic")],
    )


_EIGENVALUES = {  # why it is not there
    "minimum": "for a minimum both eigenvalues of the Hessian would be above 0",
    "maximum": "for a maximum both eigenvalues of the Hessian would be below 0",
    "saddle": "for a saddle the eigenvalues of the Hessian would have different signs",
}


def _kind(rng: Random, level: int) -> Instance:
    """Draw a quadratic function with one level point: is it a minimum, a maximum or a saddle?"""
    while True:
        a, b, c = rng.randint(-4, 4), rng.randint(-3, 3) * (level > 1), rng.randint(-4, 4)
        p, q = rng.randint(-2, 2), rng.randint(-2, 2)
        if a and c and 4 * a * c != b * b:
            break
    x, y = sympy.symbols("x y", real=True)
    made = sympy.expand(a * (x - p) ** 2 + b * (x - p) * (y - q) + c * (y - q) ** 2)
    f = _sum(made, (x, y))
    work = once(_critical, f, True)
    found = work().value[0]
    names = ("minimum", "maximum", "saddle")
    right = next(n for n in names if n in found.kind)
    wrong = [
        (
            Option(f"a {n}"),
            "kind of level point",
            _EIGENVALUES[n],
            "All eigenvalues of the Hessian above 0: a minimum; all below: a maximum; of both signs: a saddle.",
        )
        for n in names
        if n != right
    ]
    options, place, slips = shuffled(rng, Option(f"a {right}"), wrong)
    return Instance(
        f"The gradient of $f(x, y) = {f}$ is 0 at $({found.at[0]}, {found.at[1]})$. What is there?".replace("-", "−"),
        Choice(place),
        "the letter of an option",
        f"f(x, y) = {f}",
        options,
        slips,
        work=work,
    )


def _sum(f: Any, letters: tuple[Any, ...]) -> str:
    """Return a polynomial in x and y as books write it."""
    out = []
    for powers, c in sympy.Poly(f, *letters).terms():
        body = " ".join(raised(v.name, n) for v, n in zip(letters, powers, strict=True) if n) or "1"
        out.append(times(int(c), body))
    return plus(*out)


def _level_point(rng: Random, level: int) -> Instance:
    """Draw a quadratic function: where is its gradient 0?"""
    while True:
        a, b, c = integer(rng, -4, 4), rng.randint(-3, 3) * (level > 1), integer(rng, -4, 4)
        p, q = rng.randint(-4, 4), rng.randint(-4, 4)
        if 4 * a * c != b * b and (p, q) != (0, 0):
            break
    x, y = sympy.symbols("x y", real=True)
    f = _sum(sympy.expand(a * (x - p) ** 2 + b * (x - p) * (y - q) + c * (y - q) ** 2 + rng.randint(-5, 5)), (x, y))
    work = once(_critical, f, False)
    at = sympy.ImmutableMatrix(2, 1, list(work().value[0].at))
    slips = [Planted(typed(-at), "sign", "the signs of the solution are turned")]
    if p != q:
        slips.append(Planted(typed(at[[1, 0], :]), "entries exchanged", "x and y were exchanged"))
    return Instance(
        f"Where is the gradient of $f(x, y) = {f}$ zero?",
        Exact(at, "vector"),
        "a point, such as (1, −2)",
        f"f(x, y) = {f}",
        slips=distinct(typed(at), slips),
        work=work,
    )


def _direction(rng: Random, level: int) -> Instance:
    """Draw a directional derivative at a point along a Pythagorean direction."""
    f = two(rng, level)
    at = (rng.randint(-2, 2), integer(rng, -2, 2))
    u, v, length = rng.choice(((3, 4, 5), (4, 3, 5), (5, 12, 13), (-3, 4, 5), (4, -3, 5), (6, 8, 10)))
    work = once(lambda: _without(calculus.directional(f, at, (u, v), "x, y"), "The largest slope"))
    value = sympy.sympify(work().value)
    slips = [
        Planted(
            _number(value * length),
            "direction not of unit length",
            "the direction was not divided by its length",
            "The directional derivative is ∇f · r/‖r‖.",
        ),
        Planted(_number(-value), "sign"),
    ]
    if value == 0:
        slips = [Planted("1", "arithmetic")]
    text = f"f(x, y) = {f}"
    return Instance(
        f"Find the derivative of ${text}$ at $({at[0]}, {at[1]})$ in the direction of $({u}, {v})$.".replace("-", "−"),
        Exact(value, lines="value", claim="gᵀr/‖r‖"),
        "a number; a fraction is welcome",
        f"{text}; g = {_pair(calculus.gradient(f, at, 'x, y').part)}; r = ({u}, {v})".replace("-", "−"),
        slips=distinct(_number(value), slips),
        work=work,
    )


def _pair(v: Any) -> str:
    return f"({', '.join(map(str, v))})".replace("-", "−")


def _number(value: Any) -> str:
    return str(value).replace("-", "−")


def _lagrange(rng: Random, level: int) -> Instance:
    """Draw a problem with one linear constraint and whole solution."""
    if level == 1:
        s = 2 * integer(rng, 1, 6)
        f, g = "x y", f"x + y = {s}"
    elif level == 2:
        a, k = integer(rng, 1, 4), integer(rng, 1, 4)
        f, g = "x² + y²", f"{times(a, 'x')} + y = {k * (a * a + 1)}"
    else:
        a, b, k = integer(rng, 1, 3), integer(rng, 1, 3), integer(rng, 1, 3)
        f, g = f"{times(a, 'x²')} + {times(b, 'y²')}", f"x + y = {k * (a + b)}"
    work = once(calculus.lagrange, f, g)
    best = work().value[0]
    at = sympy.ImmutableMatrix(2, 1, list(best.at))
    slips = [
        Planted(
            typed(at * 2),
            "factor 2 too much",
            "the point is twice as far out",
            "Put it into the constraint: it must hold there.",
        ),
        Planted(
            typed(at * 0),
            "constraint left out",
            "the gradient of f was set to 0, without the constraint",
            "At the solution ∇f = λ ∇g, and g holds.",
        ),
    ]
    if at[0] != at[1]:
        slips.append(Planted(typed(at[[1, 0], :]), "entries exchanged", "x and y were exchanged"))
    return Instance(
        f"Use a Lagrange multiplier: where on ${g}$ is the extremum of $f(x, y) = {f}$?",
        Exact(at, "vector"),
        "a point, such as (2, 3)",
        f"f(x, y) = {f}",
        slips=distinct(typed(at), slips),
        work=work,
    )


_I = (("impcalc", "5"), ("mml", "7"))
FAMILIES = (
    Family(
        "impcalc-taylor",
        "Taylor polynomials",
        "compute",
        ("taylor", "derivative"),
        _taylor,
        where=(("impcalc", "4"), ("mml", "5.1.1")),
    ),
    Family(
        "impcalc-hessian",
        "The Hessian of a function of two letters",
        "compute",
        ("hessian", "partial-deriv"),
        _hessian,
        where=(("impcalc", "2"), ("mml", "5.7")),
    ),
    Family(
        "impcalc-kind-of-point",
        "Minimum, maximum or saddle",
        "compute",
        ("hessian", "gradient"),
        _kind,
        where=(("impcalc", "2"),),
    ),
    Family(
        "impcalc-level-point",
        "Where the gradient is zero",
        "compute",
        ("gradient", "partial-deriv"),
        _level_point,
        where=(("impcalc", "2"),),
    ),
    Family(
        "impcalc-directional",
        "Directional derivatives",
        "compute",
        ("directional", "gradient"),
        _direction,
        where=(("impcalc", "2"), ("impcalc", "5")),
    ),
    Family(
        "impcalc-lagrange", "One constraint, one multiplier", "compute", ("lagrange", "gradient"), _lagrange, where=_I
    ),
)
