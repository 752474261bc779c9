"""Equations solved from a random start: Levenberg–Marquardt, and whether the solution is one to rely on.

Near a solution the slopes are carried on by Broyden's update. At a double root such as that of x² = 0 rounding moves a
solution by 1e−8; a claim must not be refuted there. A solution is regular where Gauss–Newton, begun beside it, doubles
the number of right digits at each step; at a double root it gains the same few binary digits each time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Residual = Callable[[Any], Any]

ROUNDS = 60
CARRIED = 0.01  # a step that brings the sum of squares down by this much lets the slope be carried on
TIGHT = 1e-13
STUCK, PATIENCE = 1e-3, 6  # steps in a row that bring the sum of squares down by less: a valley without a solution
CUT = 1e-9  # singular values below this (relative to the largest, or 1) are those of equations that others imply
SETTLED = 1e-9  # the last step of a settled solution is at most this long
BESIDE, STEPS = 0.03, 5
SOLVED, FALLS = 1e-12, 1e-3  # the last step must bring the residual down by this much


def solved(residual: Residual, start: Any) -> Any:
    """Return z with residual(z) as near to 0 as Levenberg–Marquardt comes from `start`; None without values there."""
    z = np.asarray(start, dtype=float)
    f = residual(z)
    if f is None:
        return None
    damping, slope, fresh, slow = 1e-2, None, False, 0
    for _ in range(ROUNDS):
        if np.max(np.abs(f), initial=0.0) <= TIGHT:
            break
        if slope is None:
            slope, fresh = jacobian(residual, z, f), True
        if slope is None:
            return None
        taken = _descent(residual, z, f, slope, damping, 8 if fresh else 1)
        if taken is None and fresh:
            break
        if taken is None:
            slope = None  # a slope that was only carried on does not lead down: take it anew
            continue
        step, after, damping = taken
        slow = slow + 1 if after @ after > (1 - STUCK) * (f @ f) else 0
        if slow > PATIENCE:
            break
        good, fresh = after @ after < CARRIED * (f @ f), False
        slope = slope + np.outer(after - f - slope @ step, step) / (step @ step) if good else None
        z, f, damping = z + step, after, max(damping / 30, 1e-15)
    return z


def _descent(
    residual: Residual, z: Any, f: Any, slope: Any, damping: float, tries: int
) -> tuple[Any, Any, float] | None:
    """Return a damped step that brings the residual f down, the residual after it and its damping."""
    for _ in range(tries):
        wide = np.vstack((slope, np.sqrt(damping) * np.eye(len(z))))
        step = np.linalg.lstsq(wide, np.concatenate((-f, np.zeros(len(z)))), rcond=None)[0]
        after = residual(z + step)
        if after is not None and after @ after < f @ f and step @ step > 0:
            return step, after, damping
        damping *= 10
    return None


def jacobian(residual: Residual, z: Any, f: Any = None) -> Any:
    """Return the Jacobian by differences: central, or forward from the value f; None where there is no value."""
    h = 1e-7 if f is not None else 1e-5
    columns = []
    for k in range(len(z)):
        moved = np.array(z)
        moved[k] += h
        plus = residual(moved)
        moved[k] = z[k] - h
        minus = f if f is not None else residual(moved)
        if plus is None or minus is None:
            return None
        columns.append((plus - minus) / (h if f is not None else 2 * h))
    return np.array(columns).T.reshape(-1, len(z))


def newton_step(residual: Residual, z: Any, f: Any) -> Any:
    """Return the Gauss–Newton step of least length; None where there is no value near."""
    slope = jacobian(residual, z)
    if slope is None:
        return None
    u, s, vt = np.linalg.svd(slope, full_matrices=False)
    kept = s > CUT * max(1.0, float(s[0]) if len(s) else 0.0)
    return -vt[kept].T @ ((u.T @ f)[kept] / s[kept])


def polished(residual: Residual, z: Any, rounds: int = 6) -> tuple[Any, float] | None:
    """Return z after Gauss–Newton steps, and the length of the last one; None where there is no value."""
    f, length = residual(z), np.inf
    for _ in range(rounds):
        step = None if f is None else newton_step(residual, z, f)
        if step is None:
            return None
        length = float(np.linalg.norm(step))
        after = residual(z + step)
        if after is None or after @ after > f @ f:
            break
        z, f = z + step, after
        if length < 1e-14 * (1 + float(np.linalg.norm(z))):
            break
    return z, length


def regular(residual: Residual, z: Any, length: float, rng: np.random.Generator) -> bool:
    """Tell whether a polished solution (with the length of its last step) is determined to many digits."""
    if length > SETTLED * (1 + float(np.linalg.norm(z))):
        return False
    return all(_quadratic(residual, z, rng) for _ in range(2))


def _quadratic(residual: Residual, z: Any, rng: np.random.Generator) -> bool:
    """Tell whether Gauss–Newton from beside a solution doubles its digits at each step."""
    away = rng.normal(size=len(z))
    at = z + BESIDE * away / float(np.linalg.norm(away))
    before = np.inf
    for _ in range(STEPS + 1):
        f = residual(at)
        if f is None:
            return False
        size = float(np.max(np.abs(f), initial=0.0))
        if size <= SOLVED:
            return size <= FALLS * before < np.inf
        step = newton_step(residual, at, f)
        if step is None:
            return False
        at, before = at + step, size
    return False
