"""Functions as vectors: ⟨f, g⟩ = ∫ f(x)g(x) dx, lengths and angles of functions, and Gram–Schmidt for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy
from scipy.integrate import quad
from sympy.integrals.manualintegrate import manualintegrate
from sympy.simplify.fu import TR8

from agnesi.errors import AgnesiError, NotNumeric
from agnesi.linalg.notation import chain, low, nearly, sequence
from agnesi.worked.exact import scalar, to_expr
from agnesi.worked.pieces import Formula, grid, scalar_text
from agnesi.worked.record import Step, Verified, Worked

Interval = tuple[sympy.Expr, sympy.Expr]


def function_inner(f: Any, g: Any, a: Any = "-pi", b: Any = "pi", variable: str = "x") -> Worked:
    """Find the inner product of two functions, the integral of their product from a to b.

    >>> function_inner("sin(x)", "cos(x)").value, function_inner("sin(x)", "sin(x)").value
    (0, pi)

    `f`, `g`: texts or expressions in the variable. An integral without a closed form is a number, by quadrature. Raises
    `NotNumeric` for other letters and for an integral that diverges. Source: MML 3.7.
    """
    x, F, G, ends = _read([f, g], a, b, variable)
    value, step = _integral(F * G, x, ends, "f·g")
    evidence = (_quadrature(F * G, x, ends, value),)
    question = (Formula.of(f"f({x})", "=", F, ",", f"g({x})", "=", G, ",", f"{x} from", ends[0], "to", ends[1]),)
    zero = value == 0
    notes = ("The functions are orthogonal on this interval.",) if zero else ()
    name = "⟨f, g⟩"
    answer = (Formula.of(name, "=" if value.is_number and not value.has(sympy.Float) else "≈", value),)
    return Worked(
        "inner product of functions", question, value, answer, (step,), evidence, {"orthogonal": zero}, notes, "MML 3.7"
    )  # fmt: skip


def _read(functions: Sequence[Any], a: Any, b: Any, variable: str) -> tuple[Any, ...]:
    """Return the variable, the functions, and the ends of the interval."""
    x = sympy.Symbol(variable, real=True)
    ends = (scalar(a), scalar(b))
    if not all(e.is_number for e in ends):
        raise NotNumeric("The ends of the interval hold letters.", expected="numbers")
    if not ends[0] < ends[1]:
        raise NotNumeric(f"The interval from {ends[0]} to {ends[1]} is empty.", expected="a < b")
    found = []
    for f in functions:
        read = scalar(f)
        read = read.subs({s: x for s in read.free_symbols if s.name == variable})
        others = read.free_symbols - {x}
        if others:
            letter = min(map(str, others))
            raise NotNumeric(
                f"The function {f} holds the letter {letter} besides {variable}.", repair="Put in numbers."
            )
        found.append(read)
    return (x, *found, ends)


def _integral(f: sympy.Expr, x: sympy.Symbol, ends: Interval, name: str) -> tuple[sympy.Expr, Step]:
    """Return the integral and its step: sums in place of products, an antiderivative, its values at the ends."""
    summed = TR8(sympy.expand(f)) if f.has(sympy.sin, sympy.cos) else sympy.expand(f)
    data = {"integrand": f, "summed": summed, "ends": ends, "variable": x}
    F = manualintegrate(summed, x)
    if F.has(sympy.Integral) or not _smooth(F, x, ends):
        number, _ = _number(f, x, ends)
        line = Formula.of(f"∫ {name}", "≈", float(number))
        step = Step(
            "quadrature", "No antiderivative in short form: the integral is found numerically.", (line,), data=data
        )
        return sympy.Float(number), step
    value = sympy.simplify(F.subs(x, ends[1]) - F.subs(x, ends[0]))
    lines = (
        chain(name, f, summed),
        Formula.of("antiderivative", ":", sympy.simplify(F)),
        Formula.of(f"∫ {name}", "=", value),
    )
    rule = "Products of sines and cosines are sums of cosines and sines of sums and differences."
    why = rule if summed != f and f.has(
        sympy.sin, sympy.cos) else ""  # fmt: skip
    said = f"{name}: multiply, find an antiderivative, and take its values at the ends."
    return value, Step("integral", said, lines, why, "MML 3.7", {**data, "antiderivative": F, "value": value})


def _listed(found: list[sympy.Expr], x: sympy.Symbol, ends: Interval) -> tuple[Formula, ...]:
    parts = [p for k, f in enumerate(found) for p in (low("f", k + 1), "=", f, ",")]
    return (Formula.of(*parts, f"{x} from", ends[0], "to", ends[1]),)


def _smooth(F: sympy.Expr, x: sympy.Symbol, ends: Interval) -> bool:
    """Tell whether an antiderivative has finite real values at the ends and between: no jump, no pole."""
    points = [ends[0] + (ends[1] - ends[0]) * sympy.Rational(k, 16) for k in range(17)]
    values = [F.subs(x, p).evalf() for p in points]
    return all(v.is_number and v.is_finite and v.is_real for v in values) and not F.has(sympy.Piecewise, sympy.floor)


def _pole(f: sympy.Expr, x: sympy.Symbol, ends: Interval) -> float | None:
    """Return a place in the interval where the denominator changes its sign, or is a polynomial with a root there."""
    below = sympy.fraction(sympy.cancel(sympy.together(f.rewrite(sympy.tan, sympy.sin))))[1]
    low_end, high_end = float(ends[0]), float(ends[1])
    if not below.has(x):
        return None
    if below.is_polynomial(x):
        roots = (complex(r) for r in sympy.Poly(below, x).nroots(n=20, maxsteps=200))
        return next((r.real for r in roots if abs(r.imag) < 1e-9 and low_end <= r.real <= high_end), None)
    points = np.linspace(low_end, high_end, 2001)
    with np.errstate(all="ignore"):
        found = np.asarray(sympy.lambdify(x, below, "numpy")(points), dtype=complex).real
        values = np.broadcast_to(found, points.shape)
    turns = np.flatnonzero(values[:-1] * values[1:] < 0)
    return float(points[turns[0]]) if len(turns) else None


def _number(f: sympy.Expr, x: sympy.Symbol, ends: Interval) -> tuple[float, float]:
    """Return the integral by adaptive quadrature, and its error; raises `AgnesiError` where it finds none."""
    pole = _pole(f, x, ends)
    if pole is not None:
        raise AgnesiError(
            f"The integral diverges: {scalar_text(to_expr(f))} has a pole at {x} ≈ {pole:.4g}.",
            repair="Choose an interval without it.",
        )
    try:
        with np.errstate(all="ignore"):
            number, error, *_ = quad(
                sympy.lambdify(x, f, "numpy"), float(ends[0]), float(ends[1]), limit=200, full_output=1
            )
    except (ZeroDivisionError, OverflowError, TypeError):
        number, error = float("nan"), float("nan")
    if not np.isfinite(number) or error > 1e-4 * max(1.0, abs(number)):
        raise AgnesiError(
            f"The integral of {scalar_text(to_expr(f))} diverges, or is not real.", repair="Choose another interval."
        )
    return float(number), float(error)


def _quadrature(f: sympy.Expr, x: sympy.Symbol, ends: Interval, value: sympy.Expr) -> Verified:
    """Compare with adaptive quadrature."""
    number, error = _number(f, x, ends)
    off = abs(float(value) - number)
    return nearly("quadrature gives the same", off, max(1e-8, 10 * error) * max(1.0, abs(number)))


def gram_functions(functions: Sequence[Any], a: Any = "-pi", b: Any = "pi", variable: str = "x") -> Worked:
    """Find all inner products of some functions: orthogonal ones have nought off the diagonal.

    >>> gram_functions(["1", "sin(x)", "cos(x)"]).value
    Matrix([
    [2*pi,  0,  0],
    [   0, pi,  0],
    [   0,  0, pi]])

    `functions`: up to 12. Value: [n n]; part `orthogonal`. Raises as `function_inner` does. Source: MML 3.7.
    """
    x, *found, ends = _read(sequence(functions, "functions", 12), a, b, variable)
    n = len(found)
    G, steps, evidence = sympy.zeros(n), [], []
    for i in range(n):
        for j in range(i, n):
            value, step = _integral(found[i] * found[j], x, ends, f"{low('f', i + 1)}{low('f', j + 1)}")
            G[i, j] = G[j, i] = value
            steps.append(step)
            evidence.append(_quadrature(found[i] * found[j], x, ends, value).holds)
    orthogonal = all(G[i, j] == 0 for i in range(n) for j in range(i))
    question = _listed(found, x, ends)
    answer = (Formula.of("G", "=", grid(G)), Formula.of("orthogonal" if orthogonal else "not orthogonal"))
    checked = Verified("quadrature gives the same for each", all(evidence), f"{len(evidence)} integrals, to 8 digits")
    parts = {"orthogonal": orthogonal, "functions": found}
    return Worked(
        "inner products of functions", question, sympy.ImmutableMatrix(G), answer, tuple(steps), (checked,), parts, (),
        "MML 3.7",
    )  # fmt: skip


def orthogonal_functions(functions: Sequence[Any], a: Any = -1, b: Any = 1, variable: str = "x") -> Worked:
    """Make functions orthogonal by Gram–Schmidt: from 1, x, x², … on [−1, 1] come multiples of Legendre's polynomials.

    >>> orthogonal_functions(["1", "x", "x^2"]).value
    [1, x, x**2 - 1/3]

    A function that depends on those before becomes 0. Raises as `gram_functions` does. Source: MML 3.7, 3.8.3.
    """
    x, *found, ends = _read(sequence(functions, "functions", 12), a, b, variable)
    made: list[sympy.Expr] = []
    lengths: list[sympy.Expr] = []
    steps = []
    for k, f in enumerate(found):
        coefficients = [
            _integral(f * u, x, ends, "")[0] / s if s != 0 else sympy.Integer(0)
            for u, s in zip(made, lengths, strict=True)
        ]
        taken = sum((c * u for c, u in zip(coefficients, made, strict=True)), sympy.Integer(0))
        u = sympy.simplify(sympy.expand(f - taken))
        u = sympy.expand(u) if u.is_polynomial(x) else u
        lines = tuple(
            Formula.of(f"⟨{low('f', k + 1)}, {low('u', i + 1)}⟩/⟨{low('u', i + 1)}, {low('u', i + 1)}⟩", "=", c)
            for i, c in enumerate(coefficients)
        )
        line = Formula.of(low("u", k + 1), "=", u)
        said = (
            f"Take off {low('f', k + 1)} its projections on the functions before." if k else "Keep the first function."
        )
        why = "Nothing is left: it depends on the functions before." if u == 0 else ""
        data = {"f": f, "before": list(made), "coefficients": coefficients, "u": u, "ends": ends}
        steps.append(Step("take off projections", said, (*lines, line), why, "MML 3.8.3", data))
        made.append(u)
        lengths.append(_integral(u * u, x, ends, "")[0] if u != 0 else sympy.Integer(0))
    pairs = [(i, j) for i in range(len(made)) for j in range(i)]
    off = [abs(float(_integral(made[i] * made[j], x, ends, "")[0])) for i, j in pairs]
    evidence = (nearly("the functions are orthogonal in pairs", max(off, default=0.0), 1e-10),)
    answer = tuple(Formula.of(low("u", k + 1), "=", u) for k, u in enumerate(made))
    question = _listed(found, x, ends)
    parts = {"lengths": [sympy.sqrt(s) for s in lengths]}
    return Worked("Gram–Schmidt for functions", question, made, answer, tuple(steps), evidence, parts, (), "MML 3.7")
