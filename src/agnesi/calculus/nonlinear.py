"""Non-linear least squares: Gauss–Newton, Levenberg–Marquardt, and steepest descent on χ²."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import sympy
from scipy import optimize

from agnesi.calculus.functions import Letters, compiled, function, letter, letters, neat, partial, shown
from agnesi.calculus.given import columns, floats, positive, whole
from agnesi.calculus.jacobians import entries_checked
from agnesi.errors import NotNumeric, ShapeError, UnknownName
from agnesi.worked.pieces import Formula, grid
from agnesi.worked.record import Step, Verified, Worked

Method = Literal["gauss-newton", "levenberg-marquardt", "steepest-descent"]
SOURCE = "Imperial MVC W6"
GAUSSIAN = "exp(-(x - mu)^2/(2 sigma^2))/(sigma sqrt(2 pi))"
_SHOWN = 5


@dataclass(frozen=True)
class Problem:
    """A model with its data: f and its derivatives in the parameters at every point of the data."""

    parameters: tuple[sympy.Symbol, ...]
    model: Any
    slopes: tuple[sympy.Expr, ...]
    values: Callable[[np.ndarray], np.ndarray]
    jacobian: Callable[[np.ndarray], np.ndarray]
    y: np.ndarray

    def residuals(self, at: np.ndarray) -> np.ndarray:
        """Return y − f at parameters."""
        left: np.ndarray = self.y - self.values(at)
        return left

    def chi(self, at: np.ndarray) -> float:
        """Return χ² at parameters; infinity where the model has no value."""
        with np.errstate(all="ignore"):
            r = self.residuals(at)
        return float(r @ r) if np.isfinite(r).all() else float("inf")


def fit_curve(
    model: Any, data: Any, start: Any, parameters: Letters, method: Method = "levenberg-marquardt", steps: int = 200,
    rate: float | None = None, target: str = "y", tolerance: float = 1e-10,
) -> Worked:  # fmt: skip
    """Fit the parameters of a model to data by least squares, χ² = Σ (yᵢ − f(xᵢ))².

    >>> rows = {"x": [0, 1, 2, 3], "y": [2, 1, 0.5, 0.25]}
    >>> fit_curve("a exp(-b x)", rows, [1, 1], "a b").value.round(4)
    array([2.    , 0.6931])

    "gauss-newton" solves JᵀJ δ = Jᵀr; "levenberg-marquardt" adds μ to the diagonal, less after each success and more
    after each failure; "steepest-descent" goes along 2Jᵀr times `rate` (halved where χ² would grow, if no rate is
    given). The parts: `path`, `chi_squared` (along the path), `errors` (from JᵀJ), `jacobian` (the formulas),
    `outcome`. Shapes: data: lists of one length, start: [n]. Raises `UnknownName`, `ShapeError`, `NotNumeric` where
    χ² has no value at the start. Source: Imperial MVC W6.
    """
    problem = _problem(model, data, parameters, target)
    at = floats(start, "The start").ravel()
    if len(at) != len(problem.parameters):
        raise ShapeError(
            f"The start has {len(at)} numbers for {len(problem.parameters)} parameters.", repair="Give one for each."
        )
    steps, tolerance = whole(steps, "steps", 1, 1_000_000), positive(tolerance, "tolerance", 1e-10)
    if not np.isfinite(problem.chi(at)):
        raise NotNumeric("The model has no value at the start.", repair="Start elsewhere.")
    if method not in _NAMES:
        raise UnknownName(f"{method} is no method here.", expected=", ".join(_NAMES))
    if method == "steepest-descent":
        path, rows, outcome = _steepest(problem, at, steps, tolerance, None if rate is None else positive(rate, "rate"))
    else:
        walk = _gauss_newton if method == "gauss-newton" else _levenberg
        path, rows, outcome = walk(problem, at, steps, tolerance)
    return _written_up(problem, method, path, rows, outcome)


def _problem(model: Any, data: Any, parameters: Letters, target: str) -> Problem:
    thetas, read = letters(parameters), function(model)
    names = [s for s in read.variables if s not in thetas]
    *given, y = columns(data, [*(s.name for s in names), target])
    if len(y) < len(thetas):
        raise ShapeError(f"{len(y)} points cannot fix {len(thetas)} parameters.", repair="Give more points.")
    slopes = tuple(neat(sympy.diff(read.expr, t)) for t in thetas)
    run = compiled([*thetas, *names], read.expr)
    runs = [compiled([*thetas, *names], s) for s in slopes]
    spread: Callable[..., Any] = lambda v: np.broadcast_to(np.asarray(v, dtype=float), y.shape)
    return Problem(thetas, read, slopes, lambda p: spread(run(*p, *given)),
                   lambda p: np.stack([spread(r(*p, *given)) for r in runs], axis=1), y)  # fmt: skip


class _Rows(list[dict[str, Any]]):
    """The steps of a walk as data."""


def _row(at: np.ndarray, move: np.ndarray, chi: float, damping: float, J: np.ndarray, r: np.ndarray) -> Any:
    """Return a step as data: where it starts and ends, μ or γ, Jacobian and residuals at the start, χ² at the end."""
    return {"at": at, "move": move, "next": at + move, "chi": chi, "damping": damping, "J": J, "r": r}


def _gauss_newton(problem: Problem, at: np.ndarray, most: int, tolerance: float) -> tuple[list[np.ndarray], _Rows, str]:
    path, rows, far = [at], _Rows(), 1e6 * (1 + problem.chi(at))
    for _ in range(most):
        J, r = problem.jacobian(at), problem.residuals(at)
        if not np.isfinite(J).all():
            return path, rows, "singular"
        move, _, rank, _ = np.linalg.lstsq(J, r, rcond=None)
        if rank < len(at):
            return path, rows, "singular"
        chi = problem.chi(at + move)
        if not chi <= far:
            return path, rows, "diverged"
        rows.append(_row(at, move, chi, 0.0, J, r))
        at = at + move
        path.append(at)
        if _settled(move, at, tolerance):
            return path, rows, "converged"
    return path, rows, "stopped"


def _settled(move: np.ndarray, at: np.ndarray, tolerance: float) -> bool:
    return bool(np.abs(move).max() <= tolerance * (1 + np.abs(at).max()))


def _levenberg(problem: Problem, at: np.ndarray, most: int, tolerance: float) -> tuple[list[np.ndarray], _Rows, str]:
    path, rows, mu, chi = [at], _Rows(), 1e-3, problem.chi(at)
    for _ in range(most):
        J, r = problem.jacobian(at), problem.residuals(at)
        normal, downhill = J.T @ J, J.T @ r
        scale = np.diag(np.maximum(np.diag(normal), 1e-12))
        for _ in range(40):
            move = np.linalg.solve(normal + mu * scale, downhill)
            after = problem.chi(at + move)
            if after <= chi:
                break
            mu *= 10
        else:
            return path, rows, "converged" if np.abs(downhill).max() < 1e-6 else "stopped"
        chi = after
        rows.append(_row(at, move, chi, mu, J, r))
        at, mu = at + move, max(mu / 10, 1e-15)
        path.append(at)
        if _settled(move, at, tolerance):
            return path, rows, "converged"
    return path, rows, "stopped"


def _steepest(
    problem: Problem, at: np.ndarray, most: int, tolerance: float, rate: float | None = None
) -> tuple[list[np.ndarray], _Rows, str]:
    path, rows, gamma, chi = [at], _Rows(), rate or 1.0, problem.chi(at)
    for _ in range(most):
        J, r = problem.jacobian(at), problem.residuals(at)
        downhill = 2 * J.T @ r
        if np.abs(downhill).max() <= tolerance:
            return path, rows, "converged"
        after = problem.chi(at + gamma * downhill)
        while rate is None and after > chi and gamma > 1e-30:
            gamma /= 2
            after = problem.chi(at + gamma * downhill)
        chi = after
        if not np.isfinite(chi) or np.abs(at + gamma * downhill).max() > 1e12:
            return path, rows, "diverged"
        rows.append(_row(at, gamma * downhill, chi, gamma, J, r))
        at = at + gamma * downhill
        path.append(at)
        gamma = gamma if rate is not None else 1.5 * gamma
    return path, rows, "stopped"


_NAMES = {
    "gauss-newton": "Gauss–Newton",
    "levenberg-marquardt": "Levenberg–Marquardt",
    "steepest-descent": "steepest descent",
}
_TOLD = {
    "gauss-newton": ("Linearise the model, and solve the normal equations for the move.", "JᵀJ δ = Jᵀr"),
    "levenberg-marquardt": (
        "Linearise the model; μ on the diagonal shortens the move where it would fail.",
        "(JᵀJ + μ diag(JᵀJ)) δ = Jᵀr",
    ),
    "steepest-descent": ("Go against the gradient of χ².", "δ = −γ ∇χ² = 2γ Jᵀr"),
}


def _written_up(problem: Problem, method: str, path: list[np.ndarray], rows: _Rows, outcome: str) -> Worked:
    last = path[-1]
    told, rule = _TOLD[method]
    slopes = tuple(
        Formula.of(partial("f", t), "=", shown(s)) for t, s in zip(problem.parameters, problem.slopes, strict=True)
    )
    steps = [
        Step("Jacobian", "Differentiate the model in its parameters.", slopes, "", SOURCE, {"slopes": problem.slopes}),
        Step("rule", told, (Formula.of(rule, why="with r = y − f"),), "", SOURCE),
    ]
    steps += [_iteration(problem, k, row, method) for k, row in enumerate(rows[:_SHOWN])]
    words = {
        "converged": f"It settles after {len(rows)} steps.",
        "stopped": f"It stops after {len(rows)} steps, not yet settled.",
        "singular": "The columns of J depend on each other: no step.",
        "diverged": "χ² grows without bound: start elsewhere.",
    }[outcome]
    steps.append(Step(outcome, words, (Formula.of("χ²", "=", problem.chi(last)),), "", "", {"path": np.array(path)}))
    errors = _errors(problem, last)
    parts: list[Any] = []
    for k, t in enumerate(problem.parameters):
        sign = ["±", float(errors[k])] if errors is not None else []
        parts += [*([","] if k else []), letter(t), "≈", float(last[k]), *sign]
    value = last if outcome in ("converged", "stopped") else None
    return Worked(
        f"least squares by {_NAMES[method]}",
        (Formula.of("f", "=", problem.model.written),),
        value,
        (Formula.of(*parts),),
        tuple(steps),
        tuple(_checked(problem, path, outcome)),
        {
            "path": np.array(path),
            "chi_squared": np.array([problem.chi(p) for p in path]),
            "errors": errors,
            "jacobian": problem.slopes,
            "outcome": outcome,
            "residuals": problem.residuals(last),
        },
        () if outcome == "converged" else (words,),
        SOURCE,
    )


def _iteration(problem: Problem, k: int, row: dict[str, Any], method: str) -> Step:
    letter_of = "γ" if method == "steepest-descent" else "μ"
    extra = [] if method == "gauss-newton" else [",", letter_of, "=", float(row["damping"])]
    line = Formula.of(grid([list(row["at"])]), "→", grid([list(row["next"])]), ",", "χ²", "=", row["chi"], *extra)
    return Step("iteration", f"Step {k + 1}.", (line,), "", "", row)


def _errors(problem: Problem, at: np.ndarray) -> np.ndarray | None:
    """Return the standard errors of the parameters from the linearised model; None without degrees of freedom."""
    free = len(problem.y) - len(at)
    J = problem.jacobian(at)
    if free <= 0 or not np.isfinite(J).all() or np.linalg.matrix_rank(J) < len(at):
        return None
    covariance = np.linalg.inv(J.T @ J) * problem.chi(at) / free
    errors: np.ndarray = np.sqrt(np.maximum(np.diag(covariance), 0))
    return errors


def _checked(problem: Problem, path: list[np.ndarray], outcome: str) -> list[Verified]:
    fall = problem.chi(path[-1]) <= problem.chi(path[0])
    out = [
        Verified(
            "χ² fell", bool(fall), f"from {problem.chi(path[0]):.4g} to {problem.chi(path[-1]):.4g}".replace("-", "−")
        ),
        entries_checked([problem.model.expr], problem.parameters, sympy.Matrix([problem.slopes])),
    ]
    if outcome == "converged":
        with np.errstate(all="ignore"):
            found = optimize.least_squares(problem.residuals, path[-1], xtol=1e-14, ftol=1e-14, gtol=1e-14)
        gap = abs(2 * found.cost - problem.chi(path[-1])) / (1e-12 + 2 * found.cost)
        holds = problem.chi(path[-1]) <= 2 * found.cost * (1 + 1e-6) + 1e-12
        out.append(
            Verified(
                "scipy's least squares goes no lower from there",
                bool(holds),
                f"relative gap {gap:.0e}".replace("e-", "e−"),
            )
        )
    return out


def fit_gaussian(
    heights: Any,
    frequencies: Any,
    start: Any,
    method: Method = "steepest-descent",
    steps: int = 2000,
    rate: float | None = None,
) -> Worked:
    """Fit mean and width of a Gaussian to a histogram of heights by least squares.

    >>> h = [150, 160, 170, 180, 190]
    >>> f = [0.0054, 0.0242, 0.0399, 0.0242, 0.0054]
    >>> fit_gaussian(h, f, [165, 8], "levenberg-marquardt").value.round(1)
    array([170.,  10.])

    The model is exp(−(x − μ)²/(2σ²))/(σ√(2π)); steepest descent on χ² is that of the course. Shapes: heights and
    frequencies: [n], start: (μ, σ). Source: Imperial MVC W6.
    """
    data = {"x": heights, "y": frequencies}
    return fit_curve(GAUSSIAN, data, start, "mu sigma", method, steps, rate)


def gaussian_jacobian() -> Worked:
    """Find the derivatives of the Gaussian in its mean and its width, checked against differences.

    >>> gaussian_jacobian().verified
    True

    Source: Imperial MVC W6.
    """
    read = function(GAUSSIAN)
    mu, sigma = letters("mu sigma")
    f = sympy.Symbol("f", real=True)
    slopes = tuple(neat(sympy.diff(read.expr, t)) for t in (mu, sigma))
    short = [neat(sympy.simplify(s / read.expr)) for s in slopes]
    lines = tuple(
        Formula.of(partial("f", t), "=", shown(f), "·", *_inside(s)) for t, s in zip((mu, sigma), short, strict=True)
    )
    step = Step(
        "partial derivatives",
        "Differentiate in the mean and in the width; the exponential stays.",
        lines,
        "",
        SOURCE,
        {"function": read.expr, "slopes": slopes},
    )
    return Worked(
        "Jacobian of a Gaussian",
        (Formula.of("f", "=", read.written),),
        slopes,
        lines,
        (step,),
        (entries_checked([read.expr], [mu, sigma], sympy.Matrix([slopes])),),
        {"relative": tuple(short)},
        source=SOURCE,
    )


def _inside(value: sympy.Expr) -> Sequence[Any]:
    return ["(", shown(value), ")"] if value.is_Add else [shown(value)]
