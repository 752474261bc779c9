"""Powell's search evaluates the same points in the same order as SciPy's: smooth, kinked, flat and cut functions."""

import numpy as np
import pytest
import scipy.optimize

from agnesi.check.powell import conjugate

KINDS = ("quadratic", "waves", "flat", "kinked", "cut", "valley")


def function(kind, n, rng):
    a, b = rng.normal(size=(n, n)), rng.normal(size=n)
    return {
        "quadratic": lambda z: float(z @ a @ a.T @ z + b @ z),
        "waves": lambda z: float(np.sum(np.sin(z * b)) + 0.1 * np.abs(z - b).sum()),
        "flat": lambda z: 10.0,
        "kinked": lambda z: float(np.max(np.abs(a @ z - b))),
        "cut": lambda z: 10.0 if z @ b > 1 else float(np.tanh(a[0] @ z)),
        "valley": lambda z: float(np.sum(100 * (z[1:] - z[:-1] ** 2) ** 2) + np.sum((1 - z) ** 2)),
    }[kind]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [1, 2, 7, 10])
def test_same_evaluations_as_scipy(kind, n):
    f = function(kind, n, np.random.default_rng(n))
    ours, theirs = [], []

    def kept(into):
        return lambda z: (into.append(np.array(z)), f(z))[1]

    with np.errstate(all="ignore"):
        found = conjugate(kept(ours), np.zeros(n), 50 * n)
        options = {"maxfev": 50 * n, "ftol": 1e-9}
        wanted = scipy.optimize.minimize(kept(theirs), np.zeros(n), method="Powell", options=options)
    assert len(ours) == len(theirs) > 2
    np.testing.assert_array_equal(np.array(ours), np.array(theirs))
    np.testing.assert_array_equal(found, wanted.x)


def test_a_minimum_is_found():
    found = conjugate(lambda z: float(np.sum((z - np.arange(8)) ** 2) + (z[0] + z[7] - 7) ** 2), np.zeros(8), 2000)
    np.testing.assert_allclose(found, np.arange(8), atol=1e-3)
