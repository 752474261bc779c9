"""The largest or smallest value of an expression over variables, and where it is, by search from several starts.

    max_{‖x‖ = 1} xᵀS x,   argmin_w ‖Xw − y‖² + λ‖w‖²,   max_{p : 𝟏ᵀp = 1, p ≥ 0} −pᵀlog p

The value counts only where the search confirms it: several starts must end there, each at a point that satisfies the
conditions of Karush, Kuhn and Tucker to many digits. What runs away, or is found once, has no value here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from agnesi.errors import AgnesiError, NotNumeric
from agnesi.expr.nodes import Apply, Bind, Expr, Symbol, postorder
from agnesi.ops.shapes import called
from agnesi.rules.derive import derivative
from agnesi.run.differences import slope

STARTS = 12
AGREEING = 3  # starts that must end at the best value
HOPELESS = 4  # starts that lead nowhere, after which no more are tried
VARIABLES = 16
FAR = 1e5
CLOSE = 1e-8
ORDER = {"eq": 0, "le": -1, "lt": -1, "ge": 1, "gt": 1}

Vector = Any


@dataclass(frozen=True)
class Smooth:
    """A function of the stacked variables: its values (stacked), and their Jacobian."""

    value: Callable[[Vector], Vector]
    slope: Callable[[Vector], Vector]


@dataclass(frozen=True)
class _Search:
    """One search: f to be made small, equalities h = 0, inequalities g ≥ 0, and the size of the stacked variables."""

    f: Smooth
    equal: tuple[Smooth, ...]
    above: tuple[Smooth, ...]
    size: int


class Optimum:
    """A maximum or minimum over symbols, made ready; `make` makes a program of expressions."""

    def __init__(self, node: Bind, make: Callable[..., Any]) -> None:
        self.node, self.where = node, node.op.name.startswith("Arg")
        self.sign = -1.0 if node.op.name.lower().endswith("max") else 1.0
        self.variables = [v for v in dict.fromkeys(node.variables) if isinstance(v, Symbol)]
        if len(self.variables) != len(set(node.variables)) or node.body.shape:
            raise NotNumeric(f"{called(node)} has no numerical value here.")
        if any(isinstance(n, Bind) and n.op.extra.get("ends") for n in postorder(node.body)):
            raise NotNumeric(f"{called(node)} with an integral, a limit or a series in it is not searched for.")
        if self.where and len(self.variables) > 1:
            raise NotNumeric(f"{called(node)} over several variables is not one value.")
        self.objective = self._ready(node.body, make)
        self.conditions = [(self._order(c), self._ready(_difference(c), make)) for c in node.args[1:]]

    def _order(self, condition: Expr) -> int:
        name = condition.op.name if isinstance(condition, Apply) else ""
        if name not in ORDER:
            raise NotNumeric(f"The condition {called(condition)} is not one that a search can keep.")
        return ORDER[name]

    def _ready(self, f: Expr, make: Callable[..., Any]) -> Any:
        """A program for f and, where they have closed forms, its derivatives in the variables."""
        try:
            return make(f, *(derivative(f, [v]) for v in self.variables)), True
        except AgnesiError:
            return make(f), False

    def __call__(self, env: Mapping[Any, Any], sizes: Mapping[str, int]) -> Any:
        """Return the optimum, or where it is; raises `NotNumeric` where the search does not confirm it."""
        shapes = [tuple(d.size(sizes) for d in v.shape) for v in self.variables]
        counts = [int(np.prod(s, dtype=int)) for s in shapes]
        if sum(counts) > VARIABLES:
            raise NotNumeric(f"{called(self.node)} is searched for with at most {VARIABLES} variables.")

        def smooth(ready: Any, sign: float) -> Smooth:
            return _smooth(ready, sign, self.variables, shapes, counts, env, sizes)

        made = [(order, smooth(p, 1.0 if order >= 0 else -1.0)) for order, p in self.conditions]
        search = _Search(
            smooth(self.objective, self.sign), tuple(s for o, s in made if o == 0), tuple(s for o, s in made if o),
            sum(counts),
        )
        best, at = _confirmed(search, self.where, self.node)
        return at.reshape(shapes[0])[()] if self.where else np.float64(self.sign * best)


def _difference(condition: Expr) -> Expr:
    try:
        return condition.args[0] - condition.args[1]
    except (AgnesiError, IndexError) as error:
        raise NotNumeric(f"The condition {called(condition)} is not one that a search can keep.") from error


def _smooth(
    ready: Any, sign: float, variables: Sequence[Symbol], shapes: Sequence[tuple[int, ...]], counts: Sequence[int],
    env: Mapping[Any, Any], sizes: Mapping[str, int],
) -> Smooth:
    """A program as a function of the stacked variables, with its Jacobian."""
    program, closed = ready
    cuts = np.cumsum(counts)[:-1]

    def run(x: Vector) -> tuple[Any, ...]:
        parts = np.split(x, cuts)
        here = {v.name: p.reshape(s)[()] for v, p, s in zip(variables, parts, shapes, strict=True)}
        with np.errstate(all="ignore"):
            return tuple(program.within({**env, **here}, sizes))

    def value(x: Vector) -> Vector:
        return sign * np.real(np.asarray(run(x)[0], dtype=complex)).reshape(-1)

    def jacobian(x: Vector) -> Vector:
        if not closed:
            return np.stack([slope(lambda t: value(x + t * e), False, 1e-3) for e in np.eye(len(x))], axis=-1)
        first, *rest = run(x)
        rows = np.size(first)
        return sign * np.concatenate([np.asarray(r, dtype=float).reshape(rows, -1) for r in rest], axis=1)

    return Smooth(value, jacobian)


def _confirmed(search: _Search, where: bool, node: Bind) -> tuple[float, Vector]:
    """The best value of several searches with its point, where enough of them end there."""
    rng = np.random.default_rng(0)
    found: list[tuple[float, Vector]] = []
    for k in range(STARTS):
        end = _from(search, _start(search, rng, k))
        if end is not None:
            found.append(end)
        low = min((value for value, _ in found), default=0.0)
        agreed = all(value <= low + CLOSE * (1 + abs(low)) for value, _ in found)
        if (k == HOPELESS - 1 and not found) or (len(found) > AGREEING and agreed):
            break
    if not found:
        raise NotNumeric(f"The search for {called(node)} finds no optimum.")
    best, at = min(found, key=lambda end: end[0])
    near = [x for value, x in found if value <= best + CLOSE * (1 + abs(best))]
    if len(near) < AGREEING:
        raise NotNumeric(f"The search for {called(node)} finds the best value only once or twice: no evidence.")
    if where and any(np.max(np.abs(x - at)) > 1e-6 * (1 + np.max(np.abs(at))) for x in near):
        raise NotNumeric(f"{called(node)} is not one point: the optimum is at several.")
    return best, at


def _start(search: _Search, rng: np.random.Generator, k: int) -> Vector:
    """A start at one of several scales, with entries of any sign or positive ones."""
    x = rng.normal(size=search.size) * (0.5, 1.0, 3.0)[k % 3]
    return np.abs(x) if k % 2 else x


def _from(search: _Search, start: Vector) -> tuple[float, Vector] | None:
    """Where one search ends: a point that cannot be bettered nearby, or None."""

    def f(x: Vector) -> float:
        if not np.max(np.abs(x)) < FAR:
            raise ArithmeticError("the search runs away")
        try:
            value = float(search.f.value(x)[0])
        except (NotNumeric, ArithmeticError, ValueError):
            return 1e30
        return value if np.isfinite(value) else 1e30

    def gradient(x: Vector) -> Vector:
        try:
            return np.nan_to_num(search.f.slope(x)[0], posinf=1e9, neginf=-1e9)
        except (NotNumeric, ArithmeticError, ValueError):
            return np.zeros(search.size)

    groups = (("eq", search.equal), ("ineq", search.above))
    limits = [{"type": kind, "fun": _finite(s.value), "jac": _finite(s.slope)} for kind, group in groups for s in group]
    try:
        if limits:
            out = scipy.optimize.minimize(
                f, start, jac=gradient, method="SLSQP", constraints=limits, options={"ftol": 1e-13, "maxiter": 150})
        else:
            out = scipy.optimize.minimize(f, start, jac=gradient, method="BFGS", options={"gtol": 1e-9, "maxiter": 200})
        x = _polished(search, out.x)
    except (NotNumeric, ArithmeticError, ValueError, np.linalg.LinAlgError):
        return None
    if x is None or np.max(np.abs(x)) > FAR or abs(f(x)) > FAR**2 or f(x) > f(out.x) + 1e-6 * (1 + abs(f(out.x))):
        return None
    return f(x), x


def _finite(function: Callable[[Vector], Vector]) -> Callable[[Vector], Vector]:
    """A function that ends the search where it has no value."""

    def checked(x: Vector) -> Vector:
        out = function(x)
        if not np.all(np.isfinite(out)):
            raise ArithmeticError("a condition has no value here")
        return out

    return checked


def _polished(search: _Search, x: Vector) -> Vector | None:
    """Newton's method on the conditions of an optimum with the active constraints as equalities; None if it fails."""
    active = _active(search, x)
    count = len(x)
    slopes, gradient = active(x)[1], search.f.slope(x)[0]
    if not (np.all(np.isfinite(slopes)) and np.all(np.isfinite(gradient))):
        return None
    weights = np.linalg.lstsq(slopes.T, gradient, rcond=None)[0]
    z = np.concatenate([x, weights])

    def conditions(z: Vector) -> Vector:
        values, slopes = active(z[:count])
        return np.concatenate([search.f.slope(z[:count])[0] - slopes.T @ z[count:], values])

    for _ in range(60):
        jacobian, rest = _jacobian(conditions, z), conditions(z)
        if not (np.all(np.isfinite(jacobian)) and np.all(np.isfinite(rest))):
            return None
        step = -np.linalg.pinv(jacobian, rcond=1e-10) @ rest
        z = z + step
        if np.max(np.abs(step), initial=0.0) <= 1e-11 * (1 + np.max(np.abs(z))):
            break
    x = z[:count]
    settled = np.max(np.abs(step[:count])) <= CLOSE * (1 + np.max(np.abs(x)))
    return x if settled and _feasible(search, x) and _least(search, conditions, z, active) else None


def _active(search: _Search, x: Vector) -> Callable[[Vector], tuple[Vector, Vector]]:
    """Return the constraints that hold with equality at x, as a function: their values and Jacobian."""
    chosen = [(s, np.arange(len(s.value(x)))) for s in search.equal]
    chosen += [(s, np.flatnonzero(s.value(x) < 1e-5)) for s in search.above]

    def at(x: Vector) -> tuple[Vector, Vector]:
        values = [s.value(x)[k] for s, k in chosen]
        slopes = [s.slope(x)[k] for s, k in chosen]
        return np.concatenate([np.zeros(0), *values]), np.concatenate([np.zeros((0, len(x))), *slopes])

    return at


def _jacobian(function: Callable[[Vector], Vector], z: Vector) -> Vector:
    steps = 1e-5 * (1 + np.abs(z))
    columns = [
        (function(z + h * e) - function(z - h * e)) / (2 * h) for h, e in zip(steps, np.eye(len(z)), strict=True)
    ]
    return np.stack(columns, axis=-1)


def _feasible(search: _Search, x: Vector) -> bool:
    return all(np.max(np.abs(s.value(x)), initial=0.0) < 1e-9 for s in search.equal) and all(
        np.min(s.value(x), initial=0.0) > -1e-9 for s in search.above
    )


def _least(
    search: _Search, conditions: Callable[[Vector], Vector], z: Vector,
    active: Callable[[Vector], tuple[Vector, Vector]],
) -> bool:
    """Tell whether the second derivative along the active constraints is nowhere negative (so no saddle)."""
    count = search.size
    hessian = _jacobian(conditions, z)[:count, :count]
    slopes = active(z[:count])[1]
    free = scipy.linalg.null_space(slopes, rcond=1e-9) if len(slopes) else np.eye(count)
    if not free.size:
        return True
    curvature = np.linalg.eigvalsh(free.T @ ((hessian + hessian.T) / 2) @ free)
    return bool(curvature[0] > -1e-6 * (1 + np.max(np.abs(curvature))))
