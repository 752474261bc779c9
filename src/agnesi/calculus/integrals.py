"""Integrals in one and two variables: by an antiderivative where sympy has one, by quadrature else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy
from scipy import integrate

from agnesi.calculus.functions import Function, Letters, compiled, function, letter, letters, neat, shown
from agnesi.calculus.limits import bound as read_bound
from agnesi.errors import NotNumeric, ShapeError, UnknownName
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Step, Verified, Worked

SOURCE = "Imperial MVC W1"


def integral(f: Any, low: Any = None, high: Any = None, variable: Letters = None) -> Worked:
    """Integrate a function of one variable: an antiderivative, and its difference at the bounds if there are any.

    >>> integral("x^2", 0, 3).value
    9
    >>> print(integral("2x cos(x^2)").answer[0].text()[0])
    ∫ 2x cos(x²) dx = sin(x²) + C

    Bounds may be "oo". Without a closed form a definite integral is found by quadrature, and a note says so. Raises
    `NotNumeric` for an integral that has no value, `UnknownName` for several variables. Source: MML 6.1; Imperial MVC
    W1.
    """
    read = _one(f, variable)
    x = read.variables[0]
    if (low is None) != (high is None):
        raise ShapeError("One bound is missing.", repair="Give both, or none for an antiderivative.")
    anti = antiderivative(read.expr, x)
    if low is None:
        if anti is None:
            raise NotNumeric("No antiderivative in known functions was found.", repair="Give bounds, for quadrature.")
        return _indefinite(read, x, anti)
    a, b = read_bound(low), read_bound(high)
    return _definite(read, x, a, b, anti)


def _one(f: Any, variable: Letters) -> Function:
    read = function(f, variable)
    if len(read.variables) > 1:
        raise UnknownName(
            f"{read.head} has several variables.", repair='Name one, as in variable="x"; for two use double_integral.'
        )
    return read if read.variables else Function(read.expr, read.written, letters("x"), read.name)


def antiderivative(f: sympy.Expr, x: sympy.Symbol) -> sympy.Expr | None:
    """Return an antiderivative, or None where sympy finds none in known functions."""
    if f.is_rational_function(x) or f.count_ops() < 40:
        try:
            found = sympy.integrate(f, x)
        except (NotImplementedError, ValueError, TypeError, RecursionError):
            return None
        if not found.has(sympy.Integral, sympy.Piecewise) and not any(
            isinstance(a, sympy.Function)
            and a.func.__name__ in ("Ei", "Si", "Ci", "hyper", "meijerg", "uppergamma", "fresnels", "fresnelc")
            for a in sympy.preorder_traversal(found)
        ):
            return sympy.simplify(found) if found.count_ops() < 60 else found
    return None


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
    line = Formula.of("∫", f.written, f"d{letter(x)}", "=", shown(anti), "+", "C")
    step = Step("antiderivative", "Find a function with this derivative.", (line,), _rule(f.expr, anti, x), SOURCE, {
        "function": f.expr, "antiderivative": anti})  # fmt: skip
    gap = sympy.simplify(sympy.diff(anti, x) - f.expr)
    return Worked("integral", (Formula.of("∫", f.written, f"d{letter(x)}"),), anti, (line,), (step,),
                  (Verified("its derivative is the function", gap == 0),), {"variable": x}, source=SOURCE)  # fmt: skip


def _definite(f: Function, x: sympy.Symbol, a: sympy.Expr, b: sympy.Expr, anti: sympy.Expr | None) -> Worked:
    bounds = f"∫ from {Formula.of(shown(a)).text()[0]} to {Formula.of(shown(b)).text()[0]} of"
    question = Formula.of(bounds, f.written, f"d{letter(x)}")
    steps, value = [], None
    if anti is not None:
        steps.append(
            Step(
                "antiderivative",
                "Find a function with this derivative.",
                (Formula.of("F", "=", shown(anti)),),
                _rule(f.expr, anti, x),
                SOURCE,
                {"function": f.expr, "antiderivative": anti},
            )
        )
    exact = _exact(f.expr, x, a, b)
    numeric = (
        _quadrature(f.expr, x, a, b)
        if not (f.expr.free_symbols - {x}) and a.is_extended_real and b.is_extended_real
        else None
    )
    if exact is not None and (numeric is None or abs(float(exact) - numeric[0]) < 1e-6 * (1 + abs(numeric[0]))):
        value = exact
    notes: tuple[str, ...] = ()
    if value is None:
        if numeric is None:
            raise NotNumeric(
                "The integral has no value: it diverges, or the function has none somewhere.",
                repair="Change the bounds.",
            )
        value = sympy.Float(numeric[0], 15)
        notes = ("There is no closed form here: adaptive quadrature.",)
        steps.append(
            Step(
                "quadrature",
                "Add up the values at many points, more where the function bends.",
                (Formula.of(bounds, f.written, "≈", float(value)),),
                "",
                "",
                {"value": numeric[0], "error": numeric[1]},
            )
        )
    elif anti is not None:
        steps.append(_difference(anti, x, a, b, value))
    else:
        steps.append(
            Step(
                "known integral",
                "A known definite integral.",
                (Formula.of("=", shown(value)),),
                "",
                "",
                {"value": value},
            )
        )
    evidence = [] if numeric is None else [_agrees(value, numeric)]
    if anti is not None:
        evidence.append(
            Verified("the derivative of F is the function", sympy.simplify(sympy.diff(anti, x) - f.expr) == 0)
        )
    sign = "=" if not notes else "≈"
    return Worked(
        "integral",
        (question,),
        value,
        (Formula.of(*question.parts, sign, shown(value)),),
        tuple(steps),
        tuple(evidence),
        {"variable": x, "antiderivative": anti},
        notes,
        SOURCE,
    )


def _exact(f: sympy.Expr, x: sympy.Symbol, a: sympy.Expr, b: sympy.Expr) -> sympy.Expr | None:
    try:
        found = sympy.integrate(f, (x, a, b))
    except (NotImplementedError, ValueError, TypeError, RecursionError):
        return None
    bad = found.has(sympy.Integral, sympy.nan, sympy.zoo, sympy.oo, sympy.Piecewise, sympy.I)
    return None if bad else neat(sympy.simplify(found))


def _quadrature(f: sympy.Expr, x: sympy.Symbol, a: sympy.Expr, b: sympy.Expr) -> tuple[float, float] | None:
    run = compiled([x], f)
    with np.errstate(all="ignore"):
        try:
            value, error, *rest = integrate.quad(lambda t: float(run(t)), float(a), float(b), limit=200, full_output=1)
        except (ValueError, TypeError, ZeroDivisionError, OverflowError):
            return None
    failed = len(rest) > 1 or not np.isfinite(value) or error > 1e-4 * (1 + abs(value))
    return None if failed else (float(value), float(error))


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


def _agrees(value: sympy.Expr, numeric: tuple[float, float]) -> Verified:
    error = abs(float(value) - numeric[0])
    holds = error < 1e-6 * (1 + abs(numeric[0]))
    return Verified(
        "quadrature",
        holds,
        f"{numeric[0]:.10g}, {max(error, numeric[1]):.0e} apart".replace("e-", "e−").replace("-", "−"),
    )


def double_integral(f: Any, first: tuple[Any, Any, Any], second: tuple[Any, Any, Any]) -> Worked:
    """Integrate over a region: first in the inner variable, whose bounds may hold the outer one, then in the outer.

    >>> double_integral("x y", ("y", 0, "x"), ("x", 0, 2)).value
    2

    `first` is (variable, low, high) of the inner integral, `second` that of the outer. Raises as `integral` does, and
    `UnknownName` for bounds of the outer variable that hold the inner. Source: MML 6.1.
    """
    y, x = letters(first[0])[0], letters(second[0])[0]
    read = function(f, [y, x])
    inner_bounds = (read_bound(first[1]), read_bound(first[2]))
    outer_bounds = (read_bound(second[1]), read_bound(second[2]))
    if any(bound.free_symbols for bound in outer_bounds):
        raise UnknownName(f"The bounds of {letter(x)} hold a letter.", repair="Give numbers for the outer variable.")
    if x == y:
        raise UnknownName(f"{letter(x)} is integrated twice.", repair="Name two variables.")
    numeric = _double_quadrature(read.expr, y, inner_bounds, x, outer_bounds)
    question = (read.question(), _region(y, inner_bounds), _region(x, outer_bounds))
    inside = _exact(read.expr, y, *inner_bounds)
    whole = _exact(inside, x, *outer_bounds) if inside is not None else None
    if whole is None:
        if numeric is None:
            raise NotNumeric("The integral has no value here.", repair="Change the region.")
        return Worked(
            "double integral",
            question,
            sympy.Float(numeric[0], 15),
            (Formula.of("∬", read.name, "≈", numeric[0]),),
            (Step("quadrature", "Add up the values at many points of the region.", data={"value": numeric[0]}),),
            (Verified("scipy's estimate of the error", numeric[1] < 1e-6, f"{numeric[1]:.0e}"),),
            {},
            ("There is no closed form here: adaptive quadrature.",),
            "MML 6.1",
        )
    steps = (
        Step("inner integral", f"Integrate in {letter(y)}, with {letter(x)} held constant.", (
            Formula.of("∫", read.written, f"d{letter(y)}", "=", shown(inside)),), "", "MML 6.1", {
                "function": read.expr, "variable": y, "bounds": inner_bounds, "value": inside}),
        Step("outer integral", f"Integrate the result in {letter(x)}.", (
            Formula.of("∫", shown(inside), f"d{letter(x)}", "=", shown(whole)),), "", "MML 6.1", {
                "function": inside, "variable": x, "bounds": outer_bounds, "value": whole}),
    )  # fmt: skip
    evidence = () if numeric is None else (_agrees(whole, numeric),)
    return Worked(
        "double integral",
        question,
        whole,
        (Formula.of("∬", letter(read.name), "=", shown(whole)),),
        steps,
        evidence,
        {"inner": inside},
        source="MML 6.1",
    )


def _region(v: sympy.Symbol, bounds: tuple[Any, Any]) -> Formula:
    return Formula.of(shown(bounds[0]), "≤", v.name, "≤", shown(bounds[1]))


def _double_quadrature(f: Any, y: Any, inner: Any, x: Any, outer: Any) -> tuple[float, float] | None:
    if (f.free_symbols | inner[0].free_symbols | inner[1].free_symbols) - {x, y}:
        return None
    run, low, high = compiled([y, x], f), compiled([x], inner[0]), compiled([x], inner[1])
    with np.errstate(all="ignore"):
        try:
            value, error = integrate.dblquad(lambda b, a: float(run(b, a)), float(outer[0]), float(outer[1]),
                                             lambda a: float(low(a)), lambda a: float(high(a)))  # fmt: skip
        except (ValueError, TypeError, ZeroDivisionError, OverflowError, integrate.IntegrationWarning):
            return None
    return (float(value), float(error)) if np.isfinite(value) and error < 1e-4 * (1 + abs(value)) else None
