"""Nelder and Mead's search: the minima of known functions, and the same points as scipy's."""

import numpy as np
import pytest
import scipy.optimize

from agnesi.check.simplex import descend


def rosenbrock(z):
    return 100 * (z[1] - z[0] ** 2) ** 2 + (1 - z[0]) ** 2


def himmelblau(z):
    return (z[0] ** 2 + z[1] - 11) ** 2 + (z[0] + z[1] ** 2 - 7) ** 2


def bowl(z):
    return float(np.sum(np.arange(1, len(z) + 1) * (z - 0.3) ** 2))


CASES = [(rosenbrock, 2), (himmelblau, 2), (bowl, 1), (bowl, 4), (lambda z: float(np.max(np.abs(z - 0.1))), 3)]


@pytest.mark.parametrize(("f", "count"), CASES)
def test_it_goes_where_scipy_goes(f, count):
    simplex = np.vstack((np.zeros(count), 0.4 * np.eye(count)))
    lowest, value = descend(f, simplex, 400 * count)
    options = {"initial_simplex": simplex, "maxfev": 400 * count, "xatol": 1e-6, "fatol": 1e-11}
    wanted = scipy.optimize.minimize(f, np.zeros(count), method="Nelder-Mead", options=options)
    assert value == f(lowest)
    assert value == pytest.approx(wanted.fun, abs=1e-9)
    assert lowest == pytest.approx(wanted.x, abs=1e-4)


def test_it_ends_after_so_many_evaluations():
    seen = []

    def f(z):
        seen.append(z)
        return rosenbrock(z)

    descend(f, np.vstack((np.zeros(2), np.eye(2))), 30)
    assert 30 <= len(seen) <= 33
