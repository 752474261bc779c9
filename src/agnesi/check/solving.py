"""Equations solved from a random start: Levenberg–Marquardt, and whether the solution is one to rely on.

At a double root such as that of x² = 0 rounding moves a solution by 1e−8; a claim must not be refuted there. A solution
is regular where the solutions go on in all directions that the Jacobian leaves open: a small step along one of them is
brought back by a far smaller one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Residual = Callable[[Any], Any]

ROUNDS = 40
TIGHT = 1e-13
CUT = 1e-5  # singular values below this (relative to the largest, or 1) leave a direction open
STEP = 0.03  # along an open direction
BACK = 0.3  # of it, at most, to come back to the solutions
SETTLED = 1e-9


def solved(residual: Residual, start: Any) -> Any:
    """Return z with residual(z) as near to 0 as Levenberg–Marquardt comes from `start`; None without values there."""
    z = np.asarray(start, dtype=float)
    f = residual(z)
    if f is None:
        return None
    damping = 1e-2
    for _ in range(ROUNDS):
        if np.max(np.abs(f), initial=0.0) <= TIGHT:
            break
        slope = jacobian(residual, z, f)
        if slope is None:
            return None
        for _ in range(8):
            wide = np.vstack((slope, np.sqrt(damping) * np.eye(len(z))))
            step = np.linalg.lstsq(wide, np.concatenate((-f, np.zeros(len(z)))), rcond=None)[0]
            after = residual(z + step)
            if after is not None and after @ after < f @ f:
                z, f, damping = z + step, after, max(damping / 30, 1e-15)
                break
            damping *= 10
        else:
            break
    return z


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


def polished(residual: Residual, z: Any, rounds: int = 6) -> tuple[Any, Any, float] | None:
    """Return z after Gauss–Newton steps, the directions that are open there, and the length of the last step."""
    f, length, free = residual(z), np.inf, np.zeros((0, len(z)))
    for _ in range(rounds):
        slope = jacobian(residual, z)
        if f is None or slope is None:
            return None
        u, s, vt = np.linalg.svd(slope, full_matrices=True)
        rank = int(np.sum(s > CUT * max(1.0, float(s[0]) if len(s) else 0.0)))
        free = vt[rank:]
        step = -vt[:rank].T @ ((u.T @ f)[:rank] / s[:rank])
        length = float(np.linalg.norm(step))
        after = residual(z + step)
        if after is None or after @ after > f @ f:
            return z, free, length
        z, f = z + step, after
        if length < 1e-14 * (1 + float(np.linalg.norm(z))):
            break
    return z, free, length


def regular(residual: Residual, z: Any, free: Any, length: float, rng: np.random.Generator) -> bool:
    """Tell whether a polished solution is determined to many digits by its equations."""
    if length > SETTLED * (1 + float(np.linalg.norm(z))):
        return False
    if not len(free):
        return True
    direction = rng.normal(size=len(free)) @ free
    moved = z + STEP * direction / np.linalg.norm(direction)
    back = polished(residual, moved, 8)
    if back is None:
        return False
    f = residual(back[0])
    near = float(np.linalg.norm(back[0] - moved)) <= BACK * STEP
    return near and f is not None and float(np.max(np.abs(f), initial=0.0)) <= 1e-11
