"""Gradient descent: fixed steps, momentum, backtracking line search; the path as data for pictures and tests."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any, Literal

import numpy as np

from agnesi.calculus.differences import central_gradient
from agnesi.calculus.functions import Function, Letters, function, letter, lowered, numbers, shown
from agnesi.calculus.given import floats, positive, whole
from agnesi.errors import NotNumeric, ShapeError
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked

Line = Literal["fixed", "backtracking", "exact"]
_FAR = 1e12  # a place that counts as infinitely far
_SHOWN = 4  # steps that are shown; the path has them all


def gradient_descent(
    f: Any, start: Any, rate: float = 0.1, steps: int = 100, momentum: float = 0.0, line: Line = "fixed",
    tolerance: float = 1e-10, variables: Letters = None,
) -> Worked:  # fmt: skip
    """Walk downhill: xₙ₊₁ = xₙ − γ∇f(xₙ) + α(xₙ − xₙ₋₁), with a fixed step γ, or one found by a line search.

    >>> found = gradient_descent("x^2 + 2y^2", [2, 1], rate=0.2, steps=200)
    >>> found.outcome, bool(abs(found.value).max() < 1e-8)
    ('converged', True)

    `line` is "fixed", "backtracking" (Armijo: halve until the value falls enough) or "exact" (for quadratics). The
    parts: `path` [steps n], `values`, `slopes` (lengths of the gradient), `outcome` ("converged", "diverged" or
    "stopped"). Raises `NotNumeric` for a rate that is not positive. Source: MML 7.1; Imperial MVC W5.
    """
    read = function(f, variables)
    steps = _sensible(read, rate, steps, momentum, line)
    at = numbers(start, read.variables, "The start")
    with np.errstate(all="ignore"):
        if not (np.isfinite(read.of(at)) and np.isfinite(read.slope(at)).all()):
            raise NotNumeric(f"{read.head} or its gradient has no value at the start.", repair="Start elsewhere.")
    walk = _walk(read, at, rate, steps, momentum, line, tolerance)
    path, values, slopes, rates, outcome = walk
    told = {
        "converged": f"The gradient is zero to {tolerance:.0e} after {len(path) - 1} steps.".replace("e-", "e−"),
        "diverged": "The values grow without bound: the step is too large.",
        "stopped": f"After {len(path) - 1} steps the gradient has the length {slopes[-1]:.3g}.".replace("e-", "e−"),
    }[outcome]
    shown_steps = [_rule_step(read, rate, momentum, line)]
    shown_steps += [_line_step(read, k, path, values, rates, momentum) for k in range(min(_SHOWN, len(path) - 1))]
    shown_steps.append(Step(outcome, told, (), "", "MML 7.1", {"path": path, "outcome": outcome}))
    answer = Formula.of(*placed(read.variables, path[-1]), ",", letter(read.name), "≈", float(values[-1]))
    notes = (told,) if outcome != "converged" else ()
    return Worked(
        "gradient descent", (read.question(), Formula.of("start", "=", grid([list(path[0])]))), path[-1], (answer,),
        tuple(shown_steps), tuple(_checked(read, path, values, rates, momentum, line, outcome)),
        {"path": path, "values": values, "slopes": slopes, "rates": rates, "outcome": outcome, "function": read},
        notes, "MML 7.1",
    )  # fmt: skip


def _sensible(f: Function, rate: float, steps: int, momentum: float, line: str) -> int:
    """Refuse what cannot be walked; return the number of steps."""
    if not f.variables:
        raise ShapeError("The function has no variables.", repair="Name one.")
    if f.expr.free_symbols - set(f.variables):
        raise NotNumeric(f"{f.head} holds other letters.", repair="Give them values, or name them as variables.")
    positive(rate, "step")
    if not isinstance(momentum, Real) or not 0 <= momentum < 1:
        raise NotNumeric(f"The momentum {momentum} is not in [0, 1).", repair="Give one such as 0.9.")
    if line not in ("fixed", "backtracking", "exact"):
        raise NotNumeric(f"{line} is no rule for the step.", expected='"fixed", "backtracking" or "exact"')
    return whole(steps, "steps", 1, 1_000_000)


def _walk(
    f: Function, at: np.ndarray, rate: float, most: int, momentum: float, line: str, tolerance: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, str]:
    path, values, rates = [at], [f.of(at)], []
    slope = f.slope(at)
    lengths, move, outcome = [float(np.linalg.norm(slope))], np.zeros_like(at), "stopped"
    with np.errstate(all="ignore"):
        for _ in range(most):
            if lengths[-1] <= tolerance:
                outcome = "converged"
                break
            gamma = rate if line == "fixed" else _step_size(f, at, slope, values[-1], rate, line)
            move = momentum * move - gamma * slope if momentum else -gamma * slope
            at = at + move
            value, slope = f.of(at), f.slope(at)
            length = math.sqrt(slope @ slope)
            if not math.isfinite(value + length) or max(map(abs, at)) > _FAR:
                outcome = "diverged"
                break
            path.append(at)
            values.append(value)
            rates.append(gamma)
            lengths.append(length)
    if outcome == "stopped" and lengths[-1] <= tolerance:
        outcome = "converged"
    if outcome == "stopped" and values[-1] > values[0] and lengths[-1] > 10 * lengths[0]:
        outcome = "diverged"
    return np.array(path), np.array(values), np.array(lengths), np.array(rates), outcome


def _step_size(f: Function, at: np.ndarray, slope: np.ndarray, value: float, rate: float, line: str) -> float:
    """Return the step: fixed, halved until the value falls by a tenth of what the slope promises, or exact."""
    if line == "fixed":
        return rate
    square = float(slope @ slope)
    if line == "exact":
        curvature = float(slope @ f.curvature(at) @ slope)
        return square / curvature if curvature > 0 else rate
    gamma = rate
    for _ in range(60):
        there = f.of(at - gamma * slope)
        if np.isfinite(there) and there <= value - 0.1 * gamma * square:
            break
        gamma /= 2
    return gamma


def _rule_step(f: Function, rate: float, momentum: float, line: str) -> Step:
    gradient = grid([[shown(g) for g in f.gradient]])
    p = place(f)
    extra = ["+", momentum, "·", f"({p}ₙ − {p}ₙ₋₁)"] if momentum else []
    size = {"fixed": rate, "backtracking": "γ", "exact": "γ"}[line]
    rule = Formula.of(f"{p}ₙ₊₁", "=", f"{p}ₙ", "−", size, "·", f"∇{letter(f.name)}({p}ₙ)", *extra)
    why = {
        "fixed": "The negative gradient is the direction of steepest descent.",
        "backtracking": f"Start with γ = {rate:g}, and halve it until the value falls by a tenth of γ‖∇f‖² at least.",
        "exact": "γ = ‖∇f‖²/(∇fᵀ H ∇f) is the lowest place along the line, for a quadratic.",
    }[line]
    return Step(
        "rule",
        "Go downhill, against the gradient.",
        (Formula.of(f"∇{letter(f.name)}", "=", gradient), rule),
        why,
        "MML 7.1",
        {"rate": rate, "momentum": momentum, "line": line},
    )


def placed(variables: Sequence[Any], at: np.ndarray) -> list[Any]:
    """Return where a walk ended as parts of a formula: x ≈ 2, and (x, y) ≈ [2 3]."""
    if len(variables) == 1:
        return [letter(variables[0]), "≈", float(at[0])]
    return [f"({', '.join(letter(x) for x in variables)})", "≈", grid([list(at)])]


def place(f: Function) -> str:
    """Return the letter for the place where a walk is: that of the variable, or p where there are several."""
    return letter(f.variables[0]) if len(f.variables) == 1 else "p"


def _line_step(f: Function, k: int, path: np.ndarray, values: np.ndarray, rates: np.ndarray, momentum: float) -> Step:
    slope = f.slope(path[k])
    push = momentum * (path[k] - path[k - 1]) if k and momentum else np.zeros_like(slope)
    name, after = place(f), lowered(k + 1)
    extra = ["+", _row(push)] if push.any() else []
    there = [f"{letter(f.name)}({name}{after})", "=", float(values[k + 1])]
    line = Formula.of(name + after, "=", _row(path[k]), "−", float(rates[k]), "·", _factor(slope), *extra, "=",
                      _row(path[k + 1]), ",", *there)  # fmt: skip
    data = {"x": path[k], "gradient": slope, "rate": float(rates[k]), "momentum": push, "next": path[k + 1]}
    return Step("gradient step", f"Step {k + 1}.", (line,), "", "", data)


def _row(values: np.ndarray) -> Any:
    """Return a place as a row, or as a number in one variable."""
    return grid([list(values)]) if len(values) > 1 else float(values[0])


def _factor(values: np.ndarray) -> Any:
    part = _row(values)
    return f"({Formula.of(part).text()[0]})" if isinstance(part, float) and part < 0 else part


def _checked(
    f: Function, path: np.ndarray, values: np.ndarray, rates: np.ndarray, momentum: float, line: str, outcome: str
) -> list[Verified]:
    """Check every step once more with gradients from differences, and what the last place is."""
    worst = 0.0
    for k in range(0, len(path) - 1, max(1, len(path) // 20)):
        push = momentum * (path[k] - path[k - 1]) if k else 0.0
        again = path[k] - rates[k] * central_gradient(f.of, path[k]) + push
        worst = max(worst, float(np.abs(again - path[k + 1]).max() / (1 + np.abs(path[k + 1]).max())))
    out = [
        Verified(
            "the steps, with gradients from differences", worst < 1e-4, f"largest error {worst:.0e}".replace("e-", "e−")
        )
    ]
    if line == "backtracking" and momentum == 0:
        out.append(
            Verified("the value falls with each step", bool((np.diff(values) <= 1e-15 * np.abs(values[:-1])).all()))
        )
    if outcome == "converged":
        lowest = float(np.linalg.eigvalsh(f.curvature(path[-1])).min())
        kind = "all eigenvalues of the Hessian are ≥ 0 at the end"
        out.append(Verified(kind, lowest > -1e-8, f"smallest {lowest:.3g}".replace("-", "−")))
    return out


def quadratic(Q: Any, b: Any, names: str = "x") -> str:
    """Return ½ xᵀQx − bᵀx as a text in x₁, x₂, …, for `gradient_descent` and `lagrange`.

    >>> quadratic([[2, 1], [1, 20]], [5, 3])
    'x_1^2 + x_1 x_2 + 10 x_2^2 - 5 x_1 - 3 x_2'
    """
    A, c = floats(Q, "Q"), floats(b, "b")
    if A.ndim != 2 or A.shape[0] != A.shape[1] or c.ndim != 1 or len(c) != len(A) or not len(A):
        raise ShapeError(f"Q is {A.shape} and b has {c.size} entries.", expected="Q: [n n], b: [n]")
    terms: list[tuple[float, str]] = []
    for i in range(len(A)):
        for j in range(i, len(A)):
            value = A[i, i] / 2 if i == j else (A[i, j] + A[j, i]) / 2
            terms.append((value, f"{names}_{i + 1}^2" if i == j else f"{names}_{i + 1} {names}_{j + 1}"))
    terms += [(-v, f"{names}_{i + 1}") for i, v in enumerate(c)]
    text = ""
    for value, name in terms:
        value = float(value)
        if value:
            size = "" if abs(value) == 1 else f"{abs(value)!r} ".replace(".0 ", " ")
            text += (" - " if value < 0 else " + " if text else "") + size + name
    return text.strip().removeprefix("+ ") or "0"
