"""Integrals over one variable in floats, entry by entry."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy

from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Bind
from agnesi.ops.shapes import called

CUTS = (0.0, 1.3)  # where an endless range is cut, once so and once so: a peak that one misses the other may see
FALL = 0.05  # over four decades: t^(-1.33) falls so
SURE = 1e-8  # the largest error, relative to 1 and the value


def integral(node: Bind, at: Callable[[tuple[Any, ...]], Any], limits: Sequence[Any]) -> Any:
    """Integrate over one variable, entry by entry; limits may be infinite.

    Raises `NotNumeric` where the estimated error is too large, or two ways of cutting an endless range differ.
    """
    if len(node.variables) != 1 or len(limits) != 2:
        raise NotNumeric(f"An integral needs one variable and two limits to have a value: {called(node)}.")
    if any(np.iscomplexobj(x) for x in limits):
        raise NotNumeric("The limits of an integral must be real numbers.")
    low, high = (float(x) for x in limits)

    def integrand(t: float, /) -> Any:
        return np.asarray(at((np.float64(t),)))

    if not (falls(integrand, low, high) and falls(integrand, high, low)):
        raise NotNumeric(f"The integral does not converge: {called(node)}.")
    if math.isfinite(low) and math.isfinite(high):
        found = [_between(integrand, low, high)]
    else:
        base = low if math.isfinite(low) else high if math.isfinite(high) else 0.0
        sign = 1.0 if math.isfinite(low) or not math.isfinite(high) else -1.0
        found = []
        for cut in CUTS:
            parts = [_between(integrand, low, base + sign * cut), _between(integrand, base + sign * cut, high)]
            found.append((parts[0][0] + parts[1][0], parts[0][1] + parts[1][1]))
    out, error = found[0]
    spread = max(float(np.max(np.abs(other - out), initial=0.0)) for other, _ in found)
    if not np.all(np.isfinite(out)) or max(error, spread) > SURE * (1 + float(np.max(np.abs(out), initial=0.0))):
        raise NotNumeric(f"The integral does not converge: {called(node)}.")
    return np.asarray(out)[()]


def falls(integrand: Callable[[float], Any], end: float, other: float) -> bool:
    """Tell whether an integrand leaves less and less towards an end: t f(t) must fall there, faster than a logarithm.

    Quadrature alone finds a value for ∫ dt/t: it stops where floats do.
    """
    if end == other:
        return True
    if math.isfinite(end):
        width = (other - end) if math.isfinite(other) else math.copysign(1.0, other - end)
        places = [[(width * d * s, end + width * d * s) for s in (1.0, 0.83, 0.71)] for d in (1e-4, 1e-8)]
    else:
        places = [[(t, t) for t in (s * math.copysign(d, end) for s in (1.0, 1.1, 1.37))] for d in (1e4, 1e8)]
    far, near = (
        max(float(np.max(np.abs(integrand(t)), initial=0.0)) * abs(step) for step, t in group) for group in places
    )
    if math.isfinite(end) and near <= 1e-6 * max(1.0, far):
        return True
    return near <= FALL * far or near < 1e-200


def _between(integrand: Callable[[float], Any], low: float, high: float) -> tuple[Any, float]:
    if low == high:
        return 0.0 * integrand(low), 0.0
    out, error = scipy.integrate.quad_vec(integrand, low, high, epsabs=1e-12, epsrel=1e-11)
    return out, float(error)
