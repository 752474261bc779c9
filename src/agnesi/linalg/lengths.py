"""Lengths, angles and distances: norms, inner products xᵀAy and what makes one, Cauchy–Schwarz, the cosine rule."""

from __future__ import annotations

from typing import Any

import sympy

from agnesi.errors import NotNumeric
from agnesi.expr.nodes import apply
from agnesi.linalg.notation import (
    chain,
    column,
    dot,
    equal,
    exactly,
    is_zero,
    low,
    over,
    plus,
    powers,
    products,
    root,
    same_length,
    square,
    square_root,
    tidied,
    tidy,
)
from agnesi.linalg.squares import inner_matrix, squares_of, witness
from agnesi.worked.exact import matrix, scalar, to_expr
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked

_INFINITE = ("inf", "∞", "oo", "max", "infinity")


def norm(x: Any, p: Any = 2, A: Any = None) -> Worked:
    """Find the length of a vector: ‖x‖₂ by default, ‖x‖ₚ for another p ≥ 1 or "inf", √(xᵀAx) for an inner product A.

    >>> norm([3, 4]).value, norm([3, -4], 1).value, norm([3, -4], "inf").value
    (5, 7, 4)

    `x`: [n], `A`: [n n] symmetric positive definite. Raises `NotNumeric` for p < 1 and for an A that is not positive
    definite. Source: MML 3.1, 3.2.
    """
    v = column(x, "x")
    if A is not None:
        return _norm_from(v, inner_matrix(A, v.rows))
    sizes = [sympy.Abs(a) for a in v]
    if str(p).lower() in _INFINITE:
        value = sympy.Max(*sizes)
        lines = (Formula.of("‖x‖∞", "=", "the largest of", grid([sizes], "("), "=", value),)
        return _norm(v, "‖x‖∞", value, Step("largest entry", "Take the largest entry in size.", lines, data={"x": v}))
    power = scalar(p)
    if power.free_symbols or not power >= 1:
        raise NotNumeric(f"p = {p} gives no norm: the triangle inequality fails.", expected='p ≥ 1, or "inf"')
    if power == 1:
        value = tidy(sympy.Add(*sizes))
        lines = (Formula.of("‖x‖₁", "=", plus(sizes), "=", value),)
        return _norm(v, "‖x‖₁", value, Step("sum of sizes", "Add the entries in size.", lines, data={"x": v}))
    return _norm_of_power(v, power)


def _norm_of_power(v: sympy.ImmutableMatrix, power: sympy.Expr) -> Worked:
    even = power.is_Integer and power % 2 == 0
    entries = list(v) if even else [sympy.Abs(a) for a in v]
    total = tidy(sympy.Add(*[a**power for a in entries]))
    value = square_root(total) if power == 2 else total ** (1 / power)
    name = "‖x‖" if power == 2 else low("‖x‖", power) if power.is_Integer else "‖x‖ₚ"
    inside = powers(entries, power)
    if power == 2:
        lines: tuple[Formula, ...] = (chain(name, root(inside), value),)
    else:
        shown = apply("pow", to_expr(sympy.Symbol("s")), to_expr(1 / power))
        lines = (chain("s", inside, total), chain(name, shown, value))
    said = f"Raise the sizes of the entries to the power {power}, add, and take the {power}-th root."
    said = "Square the entries, add, and take the root." if power == 2 else said
    return _norm(v, name, value, Step("root of a sum of powers", said, lines, data={"x": v, "p": power}))


def _norm_from(v: sympy.ImmutableMatrix, A: sympy.ImmutableMatrix) -> Worked:
    step = _product_step(v, v, A, "x", "x")
    value = square_root(dot(v, v, A))
    last = Step("root", "Take the root.", (chain("‖x‖", root(dot(v, v, A)), value),))
    return _norm(v, "‖x‖", value, step, last, Formula.of("A", "=", grid(A)), inner=True)


def _norm(
    v: sympy.ImmutableMatrix, name: str, value: sympy.Expr, *rest: Step | Formula, inner: bool = False
) -> Worked:
    steps = tuple(s for s in rest if isinstance(s, Step))
    question = (Formula.of("x", "=", grid(v)), *(f for f in rest if isinstance(f, Formula)))
    unit = tidied(v / value) if not is_zero(value) else None
    answer = [name, "=", value]
    if not value.is_Rational and not value.free_symbols:
        answer += ["≈", float(value)]
    parts = {"unit": unit}
    evidence = (_length_evidence(v, value, inner),)
    return Worked("length of a vector", question, value, (Formula.of(*answer),), steps, evidence, parts, (), "MML 3.1")


def _length_evidence(v: sympy.ImmutableMatrix, value: sympy.Expr, inner: bool) -> Verified:
    """Compare the length with its bounds: max |xᵢ| ≤ ‖x‖ₚ ≤ Σ |xᵢ|; one of an inner product is 0 just for x = 0."""
    sizes = [sympy.Abs(a) for a in v]
    if value.free_symbols or inner:
        return exactly("the length is 0 just for the zero vector", is_zero(value) == all(is_zero(a) for a in v))
    low_end, high_end = (float(f(*sizes)) for f in (sympy.Max, sympy.Add))
    holds = low_end - 1e-12 <= float(value) <= high_end + 1e-12
    return exactly("it lies between the largest entry in size and the sum of the sizes", holds)


def inner(x: Any, y: Any, A: Any = None) -> Worked:
    """Find the inner product xᵀy, or xᵀAy for a symmetric positive definite A.

    >>> inner([1, 1], [-1, 1]).value, inner([1, 1], [-1, 1], "[2 0; 0 1]").value
    (0, -1)

    `x`, `y`: [n]; `A`: [n n]. Raises `ShapeError` for other shapes, `NotNumeric` for an A that defines no inner
    product. Source: MML 3.2; Imperial LA W2.
    """
    u, v, M = _pair(x, y, A)
    value = dot(u, v, M)
    step = _product_step(u, v, M, "x", "y")
    question = _asked(u, v, M)
    evidence = (exactly("the other order gives the same number", is_zero(dot(v, u, M) - value)),)
    notes = ("The vectors are orthogonal.",) if is_zero(value) else ()
    name = "xᵀy" if M is None else "xᵀAy"
    answer = (Formula.of(name, "=", value),)
    parts = {"orthogonal": is_zero(value)}
    return Worked("inner product", question, value, answer, (step,), evidence, parts, notes, "MML 3.2")


def _pair(x: Any, y: Any, A: Any) -> tuple[sympy.ImmutableMatrix, sympy.ImmutableMatrix, sympy.ImmutableMatrix | None]:
    u, v = column(x, "x"), column(y, "y")
    same_length(u, v)
    return u, v, None if A is None else inner_matrix(A, u.rows)


def _asked(
    u: sympy.MatrixBase, v: sympy.MatrixBase, M: sympy.MatrixBase | None, names: tuple[str, str] = ("x", "y")
) -> tuple[Formula, ...]:
    parts = [names[0], "=", grid(u), ",", names[1], "=", grid(v)]
    return (Formula.of(*parts, *([] if M is None else [",", "A", "=", grid(M)])),)


def _product_step(u: sympy.MatrixBase, v: sympy.MatrixBase, M: sympy.MatrixBase | None, a: str, b: str) -> Step:
    """Return the step that multiplies aᵀb, or aᵀ(Ab), entry by entry."""
    data = {"x": u, "y": v, "A": M}
    value = dot(u, v, M)
    if M is None:
        line = Formula.of(f"{a}ᵀ{b}", "=", products(list(u), list(v)), "=", value)
        return Step("dot product", "Multiply entry by entry and add.", (line,), data=data)
    image = tidied(M * v)
    lines = (
        Formula.of(f"A{b}", "=", grid(M), grid(v), "=", grid(image)),
        Formula.of(f"{a}ᵀA{b}", "=", products(list(u), list(image)), "=", value),
    )
    return Step("inner product", f"Find A{b} first, then its dot product with {a}.", lines, data=data)


def inner_product_axioms(A: Any) -> Worked:
    """Test whether ⟨x, y⟩ = xᵀAy is an inner product: bilinear, symmetric, positive definite; say what fails.

    >>> inner_product_axioms("[9 6; 6 5]").value, inner_product_axioms("[9 6; 6 3]").value
    (True, False)
    >>> inner_product_axioms("[9 6; 6 3]").witness.T
    Matrix([[-2, 3]])

    `A`: [n n]. The part `witness` is a vector x ≠ 0 with xᵀAx ≤ 0, if there is one. Source: MML 3.2.
    """
    M = matrix(A)
    square(M)
    half = tidied((M + M.T) / 2)
    linear = "xᵀAy is linear in x and in y, whatever A is: that is how matrices multiply."
    steps = [Step("bilinear", linear, source="MML 3.2.1")]
    same = equal(M, M.T)
    said = "A = Aᵀ, so xᵀAy = yᵀAx." if same else "A ≠ Aᵀ, so xᵀAy and yᵀAx differ for some x and y."
    steps.append(Step("symmetric", said, (Formula.of("A", "=", grid(M), ",", "Aᵀ", "=", grid(M.T)),), data={"A": M}))
    squares = squares_of(half)
    factors = tuple(s.factor for s in squares)
    negative = any(f.is_negative for f in factors)
    definite = not negative and len(squares) == M.rows and all(f.is_positive for f in factors)
    x = None if definite else witness(squares, M.rows, negative)
    steps.append(_definite_step(M, x, factors))
    holds = bool(same and definite)
    answer = (Formula.of("xᵀAy is an inner product." if holds else "xᵀAy is no inner product."),)
    evidence = [exactly("A is the sum of its squares", equal(half, _rebuilt(squares, M.rows)))]
    if x is not None:
        evidence.append(exactly("the vector found has xᵀAx ≤ 0", bool(dot(x, x, M) <= 0)))
    parts = {"symmetric": same, "positive_definite": definite, "witness": x, "factors": factors}
    question = (Formula.of("⟨x, y⟩", "=", "xᵀAy", ",", "A", "=", grid(M)),)
    name = "axioms of an inner product"
    return Worked(name, question, holds, answer, tuple(steps), tuple(evidence), parts, (), "MML 3.2")


def _rebuilt(squares: list[Any], n: int) -> sympy.MatrixBase:
    return sum((s.factor * s.line * s.line.T for s in squares), sympy.zeros(n))


def _definite_step(M: sympy.MatrixBase, x: sympy.MatrixBase | None, factors: tuple[Any, ...]) -> Step:
    data = {"A": M, "factors": factors, "witness": x}
    if x is None:
        shown = Formula.of("factors of the squares", ":", grid([list(factors)], "("))
        said = "xᵀAx is a sum of squares with positive factors, one for each variable: it is 0 only for x = 0."
        return Step("positive definite", said, (shown,), source="MML 3.2.3", data=data)
    value = dot(x, x, M)
    said = "A vector x ≠ 0 has xᵀAx < 0." if value.is_negative else "A vector x ≠ 0 has xᵀAx = 0."
    return Step("not positive definite", said, (Formula.of("x", "=", grid(x), ",", "xᵀAx", "=", value),), data=data)


def angle(x: Any, y: Any, A: Any = None) -> Worked:
    """Find the angle between two vectors, in radians, from cos ω = ⟨x, y⟩/(‖x‖‖y‖).

    >>> angle([1, 1], [1, 0]).value, angle([1, 1], [-1, 1]).degrees
    (pi/4, 90)

    `x`, `y`: [n]; `A`: [n n], an inner product. Parts: `cosine`, `degrees`. Raises `NotNumeric` for the zero vector.
    Source: MML 3.4; Imperial LA W2.
    """
    u, v, M = _pair(x, y, A)
    lengths = [dot(u, u, M), dot(v, v, M)]
    if any(is_zero(s) for s in lengths):
        raise NotNumeric("The zero vector has no direction, so there is no angle.", expected="vectors that are not 0")
    product = dot(u, v, M)
    a, b = map(sympy.sqrt, lengths)
    cosine = tidy(product / (a * b))
    value = sympy.acos(cosine)
    steps = (
        _product_step(u, v, M, "x", "y"),
        Step("lengths", "Find both lengths.", (chain("‖x‖", root(lengths[0]), a), chain("‖y‖", root(lengths[1]), b))),
        Step("cosine", "Divide the inner product by the lengths.",
             (chain("cos ω", over(product, tidy(a * b)), cosine),),
             data={"x": u, "y": v, "A": M, "cosine": cosine}),
    )  # fmt: skip
    degrees, shown = _in_degrees(value)
    evidence = (exactly("−1 ≤ cos ω ≤ 1 (Cauchy–Schwarz)", value.free_symbols or bool(cosine**2 <= 1)),)
    notes = ("The vectors are orthogonal.",) if is_zero(product) else ()
    parts = {"cosine": cosine, "degrees": degrees, "orthogonal": is_zero(product)}
    answer = (Formula.of("ω", "=", value, *shown),)
    return Worked("angle", _asked(u, v, M), value, answer, steps, evidence, parts, notes, "MML 3.4")


def _in_degrees(value: sympy.Expr) -> tuple[Any, list[Any]]:
    """Return an angle in degrees, exact for multiples of π by fractions, and what is shown of it."""
    if not value.is_number:
        return None, []
    if value.has(sympy.acos):
        degrees = float(sympy.deg(value))
        return degrees, ["≈", float(value), "rad", "≈", degrees, "°"]
    return sympy.deg(value), ["≈", float(value), "rad", "=", sympy.deg(value), "°"]


def distance(x: Any, y: Any, p: Any = 2, A: Any = None) -> Worked:
    """Find the distance ‖x − y‖ of two vectors, for p = 2, another p ≥ 1 or "inf", or an inner product A.

    >>> distance([1, 2], [4, 6]).value, distance([1, 2], [4, 6], 1).value
    (5, 7)

    `x`, `y`: [n]. Raises as `norm` does. Source: MML 3.3.
    """
    u, v = column(x, "x"), column(y, "y")
    same_length(u, v)
    found = norm(tidied(u - v), p, A)
    line = Formula.of("x − y", "=", grid(u), "−", grid(v), "=", grid(tidied(u - v)))
    first = Step("difference", "Subtract.", (line,))
    back = norm(tidied(v - u), p, A).value
    evidence = (exactly("d(x, y) = d(y, x)", is_zero(back - found.value)),)
    named = tuple(
        Step(s.rule, s.said, tuple(Formula(tuple(_renamed(q) for q in f.parts)) for f in s.lines), data=s.data)
        for s in found.steps
    )
    answer = (Formula.of("d(x, y)", "=", *found.answer[0].parts[2:]),)
    parts = {"difference": tidied(u - v)}
    question = _asked(u, v, None if A is None else matrix(A))
    return Worked("distance", question, found.value, answer, (first, *named), evidence, parts, (), "MML 3.3")


def _renamed(part: Any) -> Any:
    return part.replace("‖x‖", "‖x − y‖").replace("xᵀAx", "dᵀAd").replace("Ax", "Ad") if isinstance(part, str) else part


def cauchy_schwarz(x: Any, y: Any, A: Any = None) -> Worked:
    """Compare |⟨x, y⟩| with ‖x‖‖y‖, and ‖x + y‖ with ‖x‖ + ‖y‖; equality in the first holds for parallel vectors alone.

    >>> cauchy_schwarz([1, 2], [2, 4]).equality, cauchy_schwarz([1, 2], [2, 1]).equality
    (True, False)

    `x`, `y`: [n]; `A`: [n n], an inner product. Source: MML 3.3; Imperial LA W2.
    """
    u, v, M = _pair(x, y, A)
    a, b, c = dot(u, u, M), dot(v, v, M), dot(u, v, M)
    if (a + b + c).free_symbols:
        raise NotNumeric("The vectors hold letters: the sides cannot be compared as numbers.", expected="numbers")
    left, right = sympy.Abs(c), sympy.sqrt(tidy(a * b))
    whole, apart = sympy.sqrt(tidy(a + 2 * c + b)), sympy.sqrt(a) + sympy.sqrt(b)
    parallel = sympy.Matrix.hstack(u, v).rank(iszerofunc=is_zero) < 2
    gap = tidy(a * b - c**2)
    steps = (
        Step("Cauchy–Schwarz", "Compare the inner product with the product of the lengths.",
             (Formula.of("|⟨x, y⟩|", "=", left, "≤", "‖x‖‖y‖", "=", root(plus([tidy(a * b)])), "≈", float(right)),),
             "Equality, since the vectors are parallel." if parallel else "", "MML 3.3",
             data={"left": left, "right": right}),
        Step("triangle inequality", "Compare the length of the sum with the sum of the lengths.",
             (Formula.of("‖x + y‖", "=", whole, "≈", float(whole), "≤", "‖x‖ + ‖y‖", "≈", float(apart)),),
             "", "MML 3.1", data={"left": whole, "right": apart}),
    )  # fmt: skip
    evidence = (
        exactly("‖x‖²‖y‖² − ⟨x, y⟩² ≥ 0", bool(gap >= 0)),
        exactly("it is 0 just if the vectors are parallel", is_zero(gap) == parallel),
    )
    holds = bool(gap >= 0) and bool(whole <= apart)
    answer = (Formula.of(left, "≤", right), Formula.of(whole, "≤", tidy(apart)))
    parts = {"equality": parallel, "left": left, "right": right, "gap": gap}
    return Worked("Cauchy–Schwarz", _asked(u, v, M), holds, answer, steps, evidence, parts, (), "MML 3.3")


def cosine_rule(r: Any, s: Any) -> Worked:
    """Find r·s twice: entry by entry, and from the cosine rule on the triangle of r, s and r − s.

    >>> cosine_rule([3, 4], [5, 0]).value
    15

    `r`, `s`: [n]. Raises `NotNumeric` for the zero vector. Source: Imperial LA W2.
    """
    u, v = column(r, "r"), column(s, "s")
    same_length(u, v, "r and s")
    a, b, c = dot(u, u), dot(v, v), dot(tidied(u - v), tidied(u - v))
    if is_zero(a) or is_zero(b):
        raise NotNumeric("The zero vector makes no triangle.", expected="vectors that are not 0")
    value = tidy((a + b - c) / 2)
    cosine = tidy(value / sympy.sqrt(a * b))
    steps = (
        Step("sides", "Square the sides of the triangle.", (
            chain("|r|²", powers(list(u)), a), chain("|s|²", powers(list(v)), b),
            chain("|r − s|²", powers(list(tidied(u - v))), c))),
        Step("cosine rule", "Put them into c² = a² + b² − 2ab cos θ.",
             (Formula.of("|r||s| cos θ", "=", over(plus([a, b, apply("neg", to_expr(c))]), 2), "=", value),),
             "The side across from θ is r − s.", "Imperial LA W2", {"r": u, "s": v, "value": value}),
        _product_step(u, v, None, "r", "s"),
    )  # fmt: skip
    evidence = (exactly("entry by entry gives the same number", is_zero(value - dot(u, v))),)
    answer = (Formula.of("rᵀs", "=", "|r||s| cos θ", "=", value), Formula.of("cos θ", "=", cosine))
    return Worked(
        "cosine rule", _asked(u, v, None, ("r", "s")), value, answer, steps, evidence, {"cosine": cosine}, (),
        "Imperial LA W2",
    )  # fmt: skip
