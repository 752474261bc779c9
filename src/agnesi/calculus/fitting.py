"""A straight line through data, with the errors of slope and intercept, and the misfit as a surface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy

from agnesi.calculus.functions import Letters, compiled, function, letter, letters, neat, shown
from agnesi.calculus.given import columns, floats
from agnesi.errors import NotNumeric, ShapeError
from agnesi.worked.exact import vector
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked

SOURCE = "Imperial MVC W6"
_EXACT = 60  # points that are fitted in fractions


def fit_line(x: Any, y: Any) -> Worked:
    """Fit y = mx + c by least squares: set the gradient of χ² to zero; the errors of m and c from what is left.

    >>> found = fit_line([0, 1, 2, 3], [1, 3, 5, 8])
    >>> found.value, found.chi_squared
    ((23/10, 4/5), 3/10)

    The parts: `slope`, `intercept`, `slope_error`, `intercept_error`, `chi_squared`, `residuals`. Exact up to 60
    points, else in floats. Shapes: x, y: [n]. Raises `ShapeError` for lists of different lengths or fewer than two
    points, `NotNumeric` where all x are the same. Source: Imperial MVC W6.
    """
    xs, ys = _points(x, y)
    n = len(xs)
    mean_x, mean_y = sum(xs) / n, sum(ys) / n
    spread = sum((a - mean_x) ** 2 for a in xs)
    if spread == 0:
        raise NotNumeric("All x are the same: the line would be vertical.", repair="Give at least two different x.")
    together = sum((a - mean_x) * b for a, b in zip(xs, ys, strict=True))
    m = together / spread
    c = mean_y - m * mean_x
    residuals = [b - m * a - c for a, b in zip(xs, ys, strict=True)]
    chi = sum(r**2 for r in residuals)
    slope_error = _root(chi / (spread * (n - 2))) if n > 2 else None
    intercept_error = _root(slope_error**2 * (mean_x**2 + spread / n)) if slope_error is not None else None
    steps = [
        *_setting_up(),
        _means(n, mean_x, mean_y, spread, together),
        _line_step(m, c, mean_x, mean_y, together, spread),
    ]
    steps.append(_rest(residuals, chi))
    if slope_error is not None:
        steps.append(_errors(n, chi, spread, mean_x, slope_error, intercept_error))
    values = {"slope": m, "intercept": c, "slope_error": slope_error, "intercept_error": intercept_error,
              "chi_squared": chi, "residuals": tuple(residuals)}  # fmt: skip
    question = (Formula.of("y", "=", "m x + c", ",", "χ²", "=", "Σ (yᵢ − m xᵢ − c)²"),)
    signs = [["±", _number(e)] if e is not None else [] for e in (slope_error, intercept_error)]
    answer = Formula.of("m", "=", shown(m), *signs[0], ",", "c", "=", shown(c), *signs[1])
    notes = () if n > 2 else ("Two points fix the line: nothing is left for the errors.",)
    return Worked(
        "straight-line fit",
        question,
        (m, c),
        (answer,),
        tuple(steps),
        tuple(_line_checked(xs, ys, m, c, residuals)),
        values,
        notes,
        SOURCE,
    )


def _points(x: Any, y: Any) -> tuple[Any, Any]:
    xs: Any
    ys: Any
    if np.size(x) > _EXACT:
        xs, ys = floats(x, "x"), floats(y, "y")
    else:
        xs, ys = list(vector(x, "x")), list(vector(y, "y"))
        if any(v.free_symbols for v in (*xs, *ys)):
            raise NotNumeric("The data hold a letter.", expected="numbers")
    if len(xs) != len(ys):
        raise ShapeError(f"There are {len(xs)} x and {len(ys)} y.", repair="Give one y for each x.")
    if len(xs) < 2:
        raise ShapeError("A line needs two points.", repair="Give at least two.")
    return xs, ys


def _root(value: Any) -> Any:
    return sympy.sqrt(value) if isinstance(value, sympy.Expr) else float(np.sqrt(value))


def _number(value: Any) -> float:
    return float(value)


def _setting_up() -> list[Step]:
    lines = (
        Formula.of("∂χ²/∂m", "=", "−2 Σ xᵢ(yᵢ − m xᵢ − c)", "=", 0),
        Formula.of("∂χ²/∂c", "=", "−2 Σ (yᵢ − m xᵢ − c)", "=", 0),
    )
    solved = (Formula.of("c", "=", "ȳ − m x̄"), Formula.of("m", "=", "Σ (xᵢ − x̄) yᵢ / Σ (xᵢ − x̄)²"))
    return [Step("gradient is zero", "Set the gradient of χ² in m and c to zero.", lines, "", SOURCE),
            Step("solve", "The second equation gives c; put it into the first.", solved, "", SOURCE)]  # fmt: skip


def _means(n: int, mean_x: Any, mean_y: Any, spread: Any, together: Any) -> Step:
    lines = (Formula.of("x̄", "=", shown(mean_x), ",", "ȳ", "=", shown(mean_y)),
             Formula.of("Σ (xᵢ − x̄)²", "=", shown(spread), ",", "Σ (xᵢ − x̄) yᵢ", "=", shown(together)))  # fmt: skip
    return Step("sums", "Compute means and sums.", lines, "", "", {
        "n": n, "means": (mean_x, mean_y), "spread": spread, "together": together})  # fmt: skip


def _line_step(m: Any, c: Any, mean_x: Any, mean_y: Any, together: Any, spread: Any) -> Step:
    over = [shown(spread)] if getattr(spread, "is_integer", False) else ["(", shown(spread), ")"]
    lines = (Formula.of("m", "=", shown(together), "/", *over, "=", shown(m)),
             Formula.of("c", "=", shown(mean_y), "−", _factor(m), "·", _factor(mean_x), "=", shown(c)))  # fmt: skip
    return Step("line", "Slope and intercept.", lines, "", SOURCE, {"slope": m, "intercept": c})


def _bracketed(value: Any) -> list[Any]:
    """Return an expression as a factor: a sum or a negative one in brackets."""
    return ["(", shown(value), ")"] if value.is_Add or value.could_extract_minus_sign() else [shown(value)]


def _factor(value: Any) -> Any:
    text = Formula.of(shown(value)).text()[0]
    return f"({text})" if text.startswith("−") else shown(value)


def _rest(residuals: Sequence[Any], chi: Any) -> Step:
    lines = [Formula.of("χ²", "=", shown(chi))]
    if len(residuals) <= 12:
        lines.insert(0, Formula.of("r", "=", grid([[shown(r) for r in residuals]])))
    return Step("residuals", "What is left over: y minus the line.", tuple(lines), "", SOURCE, {
        "residuals": tuple(residuals), "chi squared": chi})  # fmt: skip


def _errors(n: int, chi: Any, spread: Any, mean_x: Any, slope_error: Any, intercept_error: Any) -> Step:
    below = f"χ² / ({n - 2} Σ (xᵢ − x̄)²)" if n > 3 else "χ² / Σ (xᵢ − x̄)²"
    lines = (
        Formula.of("σₘ²", "=", below, "=", shown(slope_error**2), ",", "σₘ", "≈", float(slope_error)),
        Formula.of(
            "σ_c²",
            "=",
            f"σₘ² (x̄² + Σ (xᵢ − x̄)² / {n})",
            "=",
            shown(intercept_error**2),
            ",",
            "σ_c",
            "≈",
            float(intercept_error),
        ),
    )
    return Step(
        "errors",
        f"The spread of the residuals, over n − 2 = {n - 2}, gives the errors.",
        lines,
        "Two numbers were fitted, so that two degrees of freedom are gone.",
        SOURCE,
        {"slope": slope_error, "intercept": intercept_error, "chi squared": chi, "spread": spread},
    )


def _line_checked(xs: Any, ys: Any, m: Any, c: Any, residuals: Any) -> list[Verified]:
    exact = isinstance(m, sympy.Expr)
    normal = [sum(residuals), sum(a * r for a, r in zip(xs, residuals, strict=True))]
    if exact:
        zero = Verified("the residuals add to zero, alone and times x", all(v == 0 for v in normal))
    else:
        worst = max(abs(v) for v in normal) / (1 + max(np.abs(ys)) * max(1, max(np.abs(xs))) * len(xs))
        zero = Verified(
            "the residuals add to zero, alone and times x", worst < 1e-10, f"largest {worst:.0e}".replace("e-", "e−")
        )
    fitted = np.polyfit(np.array(xs, dtype=float), np.array(ys, dtype=float), 1) if len(xs) > 1 else np.zeros(2)
    error = max(abs(fitted[0] - float(m)), abs(fitted[1] - float(c))) / (1 + abs(float(m)) + abs(float(c)))
    return [zero, Verified("numpy's fit is the same", error < 1e-8, f"error {error:.0e}".replace("e-", "e−"))]


def misfit(
    model: Any, data: Any, parameters: Letters, grids: Sequence[Sequence[float]], target: str = "y"
) -> np.ndarray:
    """Return χ² = Σ (yᵢ − f(dataᵢ))² over a grid of two parameters: the surface of misfit.

    >>> misfit("m x", {"x": [1, 2], "y": [2, 4]}, "m", [[1, 2, 3]])
    array([5., 0., 5.])

    Shapes: grids: one list for each parameter -> one axis for each. Raises as `fit_curve` does for the data.
    Source: Imperial LA W1; Imperial MVC W6.
    """
    thetas = letters(parameters)
    read = function(model)
    names = [s for s in read.variables if s not in thetas]
    *given, y = columns(data, [*(s.name for s in names), target])
    if len(grids) != len(thetas):
        raise ShapeError(f"There are {len(grids)} grids for {len(thetas)} parameters.", repair="Give one for each.")
    run = compiled([*thetas, *names], read.expr)
    mesh = np.meshgrid(*[floats(g, "A grid") for g in grids], indexing="ij")
    wide = [m[..., None] for m in mesh]
    values = run(*wide, *given)
    surface: np.ndarray = np.sum((np.asarray(values) - y) ** 2, axis=-1)
    return surface


def misfit_table(model: Any, parameters: Letters) -> Worked:
    """Show the gradient of one squared residual in the parameters: what steepest descent on χ² adds up.

    >>> [str(g) for g in misfit_table("m x + c", "m c").value]
    ['2*x*(c + m*x - y)', '2*(c + m*x - y)']

    Source: Imperial MVC W6.
    """
    thetas, read = letters(parameters), function(model)
    y = sympy.Symbol("y", real=True)
    square = (y - read.expr) ** 2
    slopes = tuple(sympy.factor(sympy.diff(square, t)) for t in thetas)
    lines = tuple(
        Formula.of(f"∂r²/∂{letter(t)}", "=", -2, "(", "y", "−", "(", read.written, ")", ")", "·",
                   *_bracketed(neat(sympy.diff(read.expr, t))))
        for t in thetas
    )  # fmt: skip
    step = Step(
        "gradient",
        "Differentiate the square of one residual.",
        lines,
        "Chain rule: −2 (y − f) ∂f/∂a.",
        SOURCE,
        {"square": square, "parameters": thetas},
    )
    agree = all(
        sympy.simplify(s + 2 * (y - read.expr) * sympy.diff(read.expr, t)) == 0
        for t, s in zip(thetas, slopes, strict=True)
    )
    return Worked(
        "gradient of the misfit",
        (Formula.of("r", "=", "y", "−", "(", read.written, ")"),),
        slopes,
        lines,
        (step,),
        (Verified("the chain rule gives the same", agree),),
        {},
        source=SOURCE,
    )
