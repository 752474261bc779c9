"""Integrals in one and two variables: by an antiderivative where sympy has one, by quadrature else."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import sympy
from scipy import integrate

from agnesi.calculus.functions import Function, Letters, compiled, function, letter, letters, neat, said, sample, shown
from agnesi.calculus.limits import bound as read_bound
from agnesi.errors import NotNumeric, ShapeError, UnknownName
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Step, Verified, Worked

SOURCE = "Imperial MVC W1"


def integral(
    f: Any, low: Any = None, high: Any = None, variable: Letters = None, exact: bool = True
) -> Worked:
    """Integrate a function of one variable: an antiderivative, and its difference at the bounds if there are any.

    >>> integral("x^2", 0, 3).value
    9
    >>> print(integral("2x cos(x^2)").answer[0].text()[0])
    ∫ 2x cos(x²) dx = sin(x²) + C

    Bounds may be "oo". Without a closed form a definite integral is found by quadrature, and a note says so; with
    `exact=False` no closed form is looked for, which is far faster. Letters are taken as positive where it needs that.
    Raises
    `NotNumeric` for an integral that has no value, `UnknownName` for several variables. Source: MML 6.1; Imperial MVC
    W1.
    """
    read = _one(f, variable)
    x = read.variables[0]
    if (low is None) != (high is None):
        raise ShapeError("One bound is missing.", repair="Give both, or none for an antiderivative.")
    anti = antiderivative(read.expr, x) if exact or low is None else None
    if low is None:
        if anti is None:
            raise NotNumeric("No antiderivative in known functions was found.", repair="Give bounds, for quadrature.")
        return _indefinite(read, x, anti)
    a, b = read_bound(low), read_bound(high)
    return _definite(read, x, a, b, anti, exact)


def _one(f: Any, variable: Letters) -> Function:
    read = function(f, variable)
    if len(read.variables) > 1:
        raise UnknownName(
            f"{read.head} has several variables.", repair='Name one, as in variable="x"; for two use double_integral.'
        )
    return read if read.variables else Function(read.expr, read.written, letters("x"), read.name)


_RARE = ("Ei", "Si", "Ci", "hyper", "meijerg", "uppergamma", "fresnels", "fresnelc", "expint", "li")


def antiderivative(f: sympy.Expr, x: sympy.Symbol) -> sympy.Expr | None:
    """Return an antiderivative, or None where sympy finds none in known functions."""
    if not f.is_rational_function(x) and f.count_ops() >= 40:
        return None
    try:
        found = sympy.integrate(f, x)
    except (NotImplementedError, ValueError, TypeError, RecursionError):
        return None
    rare = any(isinstance(a, sympy.Function) and a.func.__name__ in _RARE for a in sympy.preorder_traversal(found))
    if rare or found.has(sympy.Integral, sympy.Piecewise):
        return None
    if found.count_ops() >= 60:
        return found
    shorter = min((found, sympy.simplify(found), sympy.factor_terms(found)), key=lambda e: e.count_ops())
    return shorter if _arguments(shorter) <= _arguments(found) else found  # no sin(x + π/4) for sin x + cos x


def _arguments(expr: sympy.Expr) -> set[sympy.Expr]:
    return {a.args[0] for a in expr.atoms(sympy.Function) if a.args}


def _absolute(anti: sympy.Expr, x: sympy.Symbol) -> sympy.Expr:
    """Return an antiderivative with ln|u| for ln u where u may be negative."""
    return anti.replace(
        lambda e: isinstance(e, sympy.log) and e.args[0].has(x) and not e.args[0].is_nonnegative,
        lambda e: sympy.log(sympy.Abs(e.args[0])),
    )


def _rule(f: sympy.Expr, anti: sympy.Expr, x: sympy.Symbol) -> str:
    """Return why an antiderivative is one, by how a person would find it."""
    if f.is_polynomial(x):
        return "Term by term: xⁿ comes from xⁿ⁺¹/(n + 1)."
    if f.is_rational_function(x):
        return "By partial fractions."
    if any(a.args[0].has(x) and not a.args[0].is_Symbol for a in anti.atoms(sympy.Function)):
        return "By substitution of the inner function, or by parts; differentiate to see it."
    return "By parts, or from the table of derivatives; differentiate to see it."


def _indefinite(f: Function, x: sympy.Symbol, anti: sympy.Expr) -> Worked:
    outside = _absolute(anti, x) if not f.expr.has(sympy.log) else anti
    line = Formula.of("∫", f.written, f"d{letter(x)}", "=", shown(outside), "+", "C")
    step = Step("antiderivative", "Find a function with this derivative.", (line,), _rule(f.expr, anti, x), SOURCE, {
        "function": f.expr, "antiderivative": anti})  # fmt: skip
    gap = sympy.simplify(sympy.diff(anti, x) - f.expr)
    return Worked("integral", (Formula.of("∫", f.written, f"d{letter(x)}"),), anti, (line,), (step,),
                  (Verified("its derivative is the function", gap == 0),), {"variable": x}, source=SOURCE)  # fmt: skip


def _definite(f: Function, x: sympy.Symbol, a: Any, b: Any, anti: sympy.Expr | None, try_exact: bool) -> Worked:
    bounds = f"∫ from {said(a)} to {said(b)} of"
    question = Formula.of(bounds, f.written, f"d{letter(x)}")
    exact, notes = _with_letters(f.expr, x, a, b) if try_exact else (None, ())
    put = sample(sorted((f.expr.free_symbols | a.free_symbols | b.free_symbols) - {x}, key=str))
    numeric = _numbers(f.expr, x, a, b, put)
    value = exact if exact is not None and _agree(exact, numeric, put) else None
    steps = [_anti_step(f, x, anti)] if anti is not None else []
    if value is None:
        if numeric is None:
            raise NotNumeric(
                "The integral has no value: it diverges, or the function has none somewhere.",
                repair="Change the bounds.",
            )
        value, anti = sympy.Float(numeric[0], 15), None
        notes = ("No closed form was found: adaptive quadrature." if try_exact else "By adaptive quadrature.",)
        line = Formula.of(bounds, f.written, f"d{letter(x)}", "≈", float(value))
        steps = [Step("quadrature", "Add up the values at many points, more where the function bends.", (line,), "", "",
                      {"value": numeric[0], "error": numeric[1]})]  # fmt: skip
    elif anti is not None:
        steps.append(_difference(anti, x, a, b, value))
    else:
        steps.append(
            Step("known integral", "A known definite integral.", (Formula.of("=", shown(value)),), "", "", {
                "value": value})
        )  # fmt: skip
    evidence = [] if numeric is None else [_agrees(value, numeric, put)]
    if anti is not None:
        same = sympy.simplify(sympy.diff(anti, x) - f.expr) == 0
        evidence.append(Verified("the derivative of F is the function", same))
    answer = Formula.of(*question.parts, "≈" if isinstance(value, sympy.Float) else "=", shown(value))
    return Worked("integral", (question,), value, (answer,), tuple(steps), tuple(evidence),
                  {"variable": x, "antiderivative": anti}, notes, SOURCE)  # fmt: skip


def _anti_step(f: Function, x: sympy.Symbol, anti: sympy.Expr) -> Step:
    line = Formula.of(f"F({letter(x)})", "=", shown(anti))
    return Step("antiderivative", "Find a function with this derivative.", (line,), _rule(f.expr, anti, x), SOURCE, {
        "function": f.expr, "antiderivative": anti})  # fmt: skip


def _with_letters(f: sympy.Expr, x: sympy.Symbol, a: Any, b: Any) -> tuple[sympy.Expr | None, tuple[str, ...]]:
    """Return the exact value; where it needs it with the letters taken as positive, and a note that says so."""
    exact = _exact(f, x, a, b)
    others = sorted(f.free_symbols - {x}, key=str)
    if exact is not None or not others:
        return exact, ()
    positive = {s: sympy.Symbol(s.name, positive=True) for s in others}
    exact = _exact(f.xreplace(positive), x, a, b)
    if exact is None:
        return None, ()
    back = {p: s for s, p in positive.items()}
    told = f"{', '.join(letter(s) for s in others)} {'is' if len(others) == 1 else 'are'} taken as positive."
    return exact.xreplace(back), (told,)


Numbers: TypeAlias = Mapping[sympy.Symbol, Any]


def _numbers(f: sympy.Expr, x: sympy.Symbol, a: Any, b: Any, put: Numbers) -> tuple[float, float] | None:
    """Return value and error by quadrature; letters have numbers of their own for it."""
    low, high = a.subs(put), b.subs(put)
    return _quadrature(f.subs(put), x, low, high) if low.is_extended_real and high.is_extended_real else None


def _agree(exact: sympy.Expr, numeric: tuple[float, float] | None, put: Numbers) -> bool:
    return numeric is None or _agrees(exact, numeric, put).holds


def _exact(f: sympy.Expr, x: sympy.Symbol, a: sympy.Expr, b: sympy.Expr) -> sympy.Expr | None:
    try:
        found = sympy.integrate(f, (x, a, b))
    except (NotImplementedError, ValueError, TypeError, RecursionError):
        return None
    bad = found.has(sympy.Integral, sympy.nan, sympy.zoo, sympy.oo, sympy.Piecewise, sympy.I)
    return None if bad else neat(sympy.simplify(found))


def _quadrature(f: sympy.Expr, x: sympy.Symbol, a: sympy.Expr, b: sympy.Expr) -> tuple[float, float] | None:
    """Return value and error by adaptive quadrature in one piece; in many pieces where a peak may hide in it."""
    run = compiled([x], f)
    value: Callable[[float], float] = lambda t: float(run(t))
    low, high = float(a), float(b)
    with np.errstate(all="ignore"):
        found = _piece(value, low, high)
        if not (np.isfinite(low) and np.isfinite(high)):
            return found
        places = np.linspace(low, high, 2003)[1:-1]
        seen = np.abs(np.broadcast_to(np.asarray(run(places), dtype=float), places.shape))
        if not np.isfinite(seen).all() or seen.max() <= 50 * np.median(seen):
            return found
        peak, width = float(places[int(seen.argmax())]), (high - low) / len(places)
        around = [peak + side * width * 4.0**j for side in (-1, 1) for j in range(-4, 7)]
        cuts = sorted({low, high, peak, *(c for c in around if low < c < high)})
        pieces = [_piece(value, p, q) for p, q in itertools.pairwise(cuts)]
    parts = [p for p in pieces if p is not None]
    return (sum(p[0] for p in parts), sum(p[1] for p in parts)) if len(parts) == len(pieces) else None


def _piece(value: Callable[[float], float], low: float, high: float) -> tuple[float, float] | None:
    try:
        found, error, *rest = integrate.quad(value, low, high, limit=200, full_output=1)
    except (ValueError, TypeError, ZeroDivisionError, OverflowError):
        return None
    failed = len(rest) > 1 or not np.isfinite(found) or error > 1e-4 * (1 + abs(found))
    return None if failed else (float(found), float(error))


def _difference(anti: sympy.Expr, x: sympy.Symbol, a: sympy.Expr, b: sympy.Expr, value: sympy.Expr) -> Step:
    side: Callable[..., Any] = lambda at: "-" if at == b else "+"
    ends = [
        anti.subs(x, e) if e.is_finite and anti.subs(x, e).is_finite else sympy.limit(anti, x, e, side(e))
        for e in (a, b)
    ]
    name: Callable[..., Any] = lambda e: f"F({Formula.of(shown(e)).text()[0]})"
    first = Formula.of(shown(neat(ends[0]))).text()[0]
    lower = ["(", shown(neat(ends[0])), ")"] if first.startswith("−") or " " in first else [shown(neat(ends[0]))]
    line = Formula.of(name(b), "−", name(a), "=", shown(neat(ends[1])), "−", *lower, "=", shown(value))
    return Step("fundamental theorem", "Take the difference at the bounds.", (line,), "", SOURCE, {
        "antiderivative": anti, "bounds": (a, b), "value": value})  # fmt: skip


def _agrees(value: sympy.Expr, numeric: tuple[float, float], put: Numbers) -> Verified:
    """Compare a value with quadrature, with the same numbers for the letters."""
    error = abs(float(value.subs(put)) - numeric[0])
    holds = error < 1e-6 * (1 + abs(numeric[0]))
    told = f"{numeric[0]:.10g}, {max(error, numeric[1]):.0e} apart".replace("-", "−")
    return Verified("quadrature" if not put else "quadrature, with numbers for the letters", holds, told)


def double_integral(f: Any, first: tuple[Any, Any, Any], second: tuple[Any, Any, Any]) -> Worked:
    """Integrate over a region: first in the inner variable, whose bounds may hold the outer one, then in the outer.

    >>> double_integral("x y", ("y", 0, "x"), ("x", 0, 2)).value
    2

    `first` is (variable, low, high) of the inner integral, `second` that of the outer. Raises as `integral` does, and
    `UnknownName` for bounds of the outer variable that hold the inner. Source: MML 6.1.
    """
    (y, *inner_bounds), (x, *outer_bounds) = _side(first), _side(second)
    read = function(f, [y, x])
    if any(bound.free_symbols for bound in outer_bounds):
        raise UnknownName(f"The bounds of {letter(x)} hold a letter.", repair="Give numbers for the outer variable.")
    letters_in = read.expr.free_symbols.union(*(b.free_symbols for b in inner_bounds)) - {x, y}
    put = sample(sorted(letters_in, key=str))
    numeric = _double_quadrature(read.expr.subs(put), y, [b.subs(put) for b in inner_bounds], x, outer_bounds)
    question = (read.question(), _region(y, inner_bounds), _region(x, outer_bounds))
    inside = _exact(read.expr, y, *inner_bounds)
    whole = _exact(inside, x, *outer_bounds) if inside is not None else None
    if whole is None:
        return _double_numbers(read, question, numeric)
    steps = (
        Step("inner integral", f"Integrate in {letter(y)}, with {letter(x)} held constant.", (
            Formula.of("∫", read.written, f"d{letter(y)}", "=", shown(inside)),), "", "MML 6.1", {
                "function": read.expr, "variable": y, "bounds": inner_bounds, "value": inside}),
        Step("outer integral", f"Integrate the result in {letter(x)}.", (
            Formula.of("∫", shown(inside), f"d{letter(x)}", "=", shown(whole)),), "", "MML 6.1", {
                "function": inside, "variable": x, "bounds": outer_bounds, "value": whole}),
    )  # fmt: skip
    evidence = () if numeric is None else (_agrees(whole, numeric, put),)
    answer = Formula.of("∬", letter(read.name), "=", shown(whole))
    return Worked("double integral", question, whole, (answer,), steps, evidence, {"inner": inside},
                  source="MML 6.1")  # fmt: skip


def _side(given: Any) -> tuple[sympy.Symbol, sympy.Expr, sympy.Expr]:
    """Read (variable, low, high)."""
    if isinstance(given, str) or not isinstance(given, Sequence) or len(given) != 3:
        raise ShapeError(f"{given} is no variable with its bounds.", repair='Give ("y", 0, "x").')
    return letters(given[0])[0], read_bound(given[1]), read_bound(given[2])


def _double_numbers(f: Function, question: tuple[Formula, ...], numeric: tuple[float, float] | None) -> Worked:
    if numeric is None:
        raise NotNumeric("The integral has no value here.", repair="Change the region.")
    step = Step("quadrature", "Add up the values at many points of the region.", data={"value": numeric[0]})
    told = Verified("scipy's estimate of the error", numeric[1] < 1e-6, f"{numeric[1]:.0e}".replace("-", "−"))
    return Worked("double integral", question, sympy.Float(numeric[0], 15),
                  (Formula.of("∬", letter(f.name), "≈", numeric[0]),), (step,), (told,), {},
                  ("There is no closed form here: adaptive quadrature.",), "MML 6.1")  # fmt: skip


def _region(v: sympy.Symbol, bounds: Sequence[Any]) -> Formula:
    return Formula.of(shown(bounds[0]), "≤", v.name, "≤", shown(bounds[1]))


def _double_quadrature(f: Any, y: Any, inner: Any, x: Any, outer: Any) -> tuple[float, float] | None:
    run, low, high = compiled([y, x], f), *(compiled([x], b) for b in inner)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error", integrate.IntegrationWarning)
        try:
            value, error = integrate.dblquad(lambda b, a: float(run(b, a)), float(outer[0]), float(outer[1]),
                                             lambda a: float(low(a)), lambda a: float(high(a)))  # fmt: skip
        except (ValueError, TypeError, ZeroDivisionError, OverflowError, integrate.IntegrationWarning):
            return None
    return (float(value), float(error)) if np.isfinite(value) and error < 1e-4 * (1 + abs(value)) else None
