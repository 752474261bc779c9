"""The Legendre–Fenchel conjugate of a convex function of one variable, and of a sum of separate parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy
from scipy import optimize

from agnesi.calculus.functions import Function, Letters, compiled, function, letter, neat, one_variable, shown
from agnesi.errors import NotNumeric, ShapeError
from agnesi.worked.pieces import Formula
from agnesi.worked.record import Step, Verified, Worked

SOURCE = "MML 7.3.3"
_LONG = 60  # operations of a function whose slope sympy still inverts in reasonable time


def conjugate(f: Any, variable: Letters = None) -> Worked:
    """Find the Legendre–Fenchel conjugate f*(s) = sup over x of sx − f(x), and that of it again.

    >>> conjugate("x^2/2").value
    s**2/2
    >>> conjugate("a x^2/2", "x").value
    s**2/(2*a)

    Letters that are no variable are positive. Where f is convex, the conjugate of the conjugate is f itself; the part
    `twice` is it. Raises `UnknownName` for several variables, `NotNumeric` where f′(x) = s has no closed solution or
    f is not convex. Source: MML 7.3.3.
    """
    read = one_variable(f, variable, 'conjugate("a x^2", "x")')
    x, s = read.variables[0], sympy.Symbol("s" if read.variables[0].name != "s" else "t", real=True)
    parameters = {p: sympy.Symbol(p.name, positive=True) for p in read.expr.free_symbols - {x}}
    expr = read.expr.xreplace(parameters)
    best, value = _conjugated(expr, x, s)
    steps = _supremum_steps(read, expr, x, s, best, value)
    twice = None
    try:
        again, twice = _conjugated(value, s, x)
        lines = (Formula.of(letter(s), "=", shown(again)), Formula.of("f**(x)", "=", shown(neat(twice))))
        steps.append(Step("conjugate again", "The conjugate of the conjugate.", lines, "", SOURCE, {"twice": twice}))
    except NotNumeric:
        pass  # the conjugate has no slope that can be inverted: it is not taken again
    notes = tuple(f"{letter(p)} is taken as positive." for p in sorted(parameters, key=str))
    return Worked("convex conjugate", (read.question(),), value, (Formula.of("f*(s)", "=", shown(value)),),
                  tuple(steps), tuple(_conjugate_checked(expr, x, s, value, twice)),
                  {"twice": twice, "maximiser": best}, notes, SOURCE)  # fmt: skip


def _supremum_steps(f: Function, expr: Any, x: Any, s: Any, best: Any, value: Any) -> list[Step]:
    slope = neat(sympy.diff(expr, x))
    gap = Formula.of("f*(s)", "=", "sup over x of", shown(s), shown(x), "−", "(", f.written, ")")
    zero = (Formula.of(shown(s), "−", "(", shown(slope), ")", "=", 0), Formula.of(letter(x), "=", shown(best)))
    data = {"best": best, "value": value, "function": expr, "variable": x, "slope variable": s}
    return [
        Step("supremum", "Look for the largest gap between the line sx and f.", (gap,), "", SOURCE),
        Step("gradient is zero", "Set the derivative in x to zero.", zero, "f is convex: this is the largest gap.",
             SOURCE, {"slope": slope, "best": best, "function": expr}),
        Step("put in", "Put it in.", (Formula.of("f*(s)", "=", shown(value)),), "", SOURCE, data),
    ]  # fmt: skip


def _conjugated(f: sympy.Expr, x: sympy.Symbol, s: sympy.Symbol) -> tuple[sympy.Expr, sympy.Expr]:
    if f.has(sympy.Piecewise) or f.count_ops() > _LONG:
        raise NotNumeric("The function is too long for its slope to be inverted.", repair="Use a shorter one.")
    ones = {p: 1 for p in f.free_symbols - {x}}
    _strictly_convex(f, x, ones)
    even = sympy.simplify(f.subs(x, -x) - f) == 0 and not f.has(sympy.log)
    u, q = (sympy.Symbol(v.name, positive=True) for v in (x, s)) if even else (x, s)
    side = f.subs(x, u)
    try:
        solutions = sympy.solve(sympy.diff(side, u) - q, u)
    except (NotImplementedError, ValueError, TypeError):
        solutions = []
    real = [c for c in solutions if not c.has(sympy.I, sympy.LambertW, sympy.Piecewise)]
    if not real:
        raise NotNumeric("f′(x) = s has no closed solution here.", repair="Use a function whose slope can be inverted.")
    candidates = [(c, neat(sympy.simplify(q * c - side.subs(u, c)))) for c in real]
    if any(value.has(sympy.Piecewise) for _, value in candidates):
        raise NotNumeric("f′(x) = s has no single closed solution here.", repair="Use a function whose slope inverts.")
    best, value = next((c for c in candidates if _on_branch(side, u, q, c[0], ones)), candidates[0])
    return (_evenly(best, q, s, -1), _evenly(value, q, s, 1)) if even else (best, value)


def _strictly_convex(f: sympy.Expr, x: sympy.Symbol, ones: dict[Any, Any]) -> None:
    """Refuse a function whose second derivative is zero, or negative where the function has real values."""
    second = sympy.diff(f, x, 2)
    second = sympy.simplify(second) if second.count_ops() < _LONG else second
    places = [float(v) + 0.003 for v in np.linspace(-4, 4, 41)]
    inside = [v for v in places if _at(f, x, v, ones) is not None]
    told = [(v, _at(second, x, v, ones)) for v in inside]
    below = [v for v, t in told if t is not None and t < -1e-9]
    if below:
        raise NotNumeric(
            f"The function is not convex: its second derivative is negative near {below[0]:.2g}.",
            repair="Use a convex one.",
        )
    if second == 0 or not told:
        raise NotNumeric(
            "The function is not strictly convex: its conjugate is not found this way.",
            repair="Use a strictly convex one.",
        )


def _evenly(expr: sympy.Expr, q: sympy.Symbol, s: sympy.Symbol, sign: int) -> sympy.Expr:
    """Return an expression for s > 0 continued to s < 0: the value of an even function, or its odd maximiser."""
    plain = expr.subs(q, s)
    if sympy.simplify(expr - sign * plain.subs(s, -q)) == 0:
        return plain
    return expr.subs(q, sympy.Abs(s)) * (sympy.sign(s) if sign < 0 else 1)


def _at(expr: sympy.Expr, x: sympy.Symbol, value: float, ones: dict[Any, Any]) -> float | None:
    number = sympy.N(expr.subs(ones).subs(x, value))
    return float(number) if number.is_real and number.is_finite else None


def _on_branch(f: sympy.Expr, x: sympy.Symbol, s: sympy.Symbol, solution: sympy.Expr, ones: dict[Any, Any]) -> bool:
    """Tell whether a solution of f′(x) = s inverts the slope: x(f′(t)) = t at some t."""
    for t in (0.7, 1.3, 0.2):
        slope = _at(sympy.diff(f, x), x, t, ones)
        back = _at(solution, s, slope, ones) if slope is not None else None
        if slope is not None and (back is None or abs(back - t) > 1e-9):
            return False
    return True


def _conjugate_checked(
    f: sympy.Expr, x: sympy.Symbol, s: sympy.Symbol, value: sympy.Expr, twice: Any
) -> list[Verified]:
    out = []
    ones = {p: 1 for p in f.free_symbols - {x}}
    run, told = compiled([x], f.subs(ones)), compiled([s], value.subs(ones))
    worst, tried = 0.0, 0
    for t in (0.4, 1.1, 1.9):
        slope = _at(sympy.diff(f, x), x, t, ones)
        if slope is None:
            continue
        with np.errstate(all="ignore"):
            low = t - 3 if _at(f, x, t - 3, ones) is not None else 1e-9
            seen = optimize.minimize_scalar(
                lambda v, m=slope: float(run(v)) - m * v,
                bounds=(low, t + 3), method="bounded", options={"xatol": 1e-10},
            )  # fmt: skip
            worst, tried = max(worst, abs(-seen.fun - float(told(slope))) / (1 + abs(seen.fun))), tried + 1
    if tried:
        out.append(
            Verified(
                "numerical maximisation", worst < 1e-6, f"{tried} slopes, largest error {worst:.0e}".replace("e-", "e−")
            )
        )
    if twice is not None:
        same = sympy.simplify(sympy.expand(sympy.expand_log(twice - f, force=True))) == 0
        if not same:
            same = all(abs(_at(twice - f, x, t, ones) or 0.0) < 1e-9 for t in (0.3, 0.9, 1.7))
        out.append(Verified("the conjugate twice returns the function", bool(same)))
    return out


def sum_conjugate(parts: Sequence[Any], variables: Sequence[str]) -> Worked:
    """Find the conjugate of a sum of functions of separate variables: the sum of the conjugates.

    >>> sum_conjugate(["x^2/2", "exp(y)"], ["x", "y"]).value
    s_1**2/2 + s_2*log(s_2) - s_2

    Source: MML 7.3.3, example 7.8.
    """
    if len(parts) != len(variables) or not parts:
        raise ShapeError(
            f"There are {len(parts)} functions and {len(variables)} variables.", repair="Give one variable for each."
        )
    found = [conjugate(p, v) for p, v in zip(parts, variables, strict=True)]
    s = sympy.Symbol("s", real=True)
    swap = [w.value.subs(s, sympy.Symbol(f"s_{k}", real=True)) for k, w in enumerate(found, 1)]
    total = sympy.Add(*[sympy.expand(v) for v in swap])
    steps = [
        Step("conjugate of a part", f"The part in {letter(v)} alone.", (Formula.of(f"f_{k}*", "=", shown(c)),), "",
             SOURCE, {"part": p, "conjugate": c})
        for k, (p, v, c) in enumerate(zip(parts, variables, swap, strict=True), 1)
    ]  # fmt: skip
    line = Formula.of("f*", "=", shown(total))
    steps.append(Step("add", "The supremum of a sum of separate parts is the sum of the suprema.", (line,), "", SOURCE,
                      {"parts": tuple(swap), "total": total}))  # fmt: skip
    question = tuple(Formula.of(f"f_{k}", "=", function(p).written) for k, p in enumerate(parts, 1))
    evidence = tuple(v for w in found for v in w.evidence)
    return Worked("conjugate of a sum", question, total, (line,), tuple(steps), evidence, {}, source=SOURCE)
