"""Sums of squares and quadratic forms, against eigenvalues from NumPy."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from agnesi.expr.nodes import constant, symbol
from agnesi.rules.normal import form_of
from agnesi.rules.squares import nonnegative_form, semidefinite


def test_semidefinite_is_what_eigenvalues_say() -> None:
    rng = np.random.default_rng(0)
    seen = {True: 0, False: 0}
    for _ in range(300):
        n = int(rng.integers(1, 5))
        root = rng.integers(-2, 3, size=(n, int(rng.integers(1, n + 1))))
        whole = root @ root.T + (rng.integers(0, 2) * np.diag(rng.integers(-1, 1, size=n)))
        told = semidefinite([[Fraction(int(v)) for v in row] for row in whole])
        assert told == (np.linalg.eigvalsh(whole.astype(float))[0] > -1e-9)
        seen[told] += 1
    assert min(seen.values()) > 40


@pytest.mark.parametrize("seed", range(40))
def test_quadratic_forms_of_numbers_and_vectors(seed: int) -> None:
    """∑ Q_ij aᵢ·aⱼ is seen to be at least 0 exactly where the eigenvalues of Q say so."""
    rng = np.random.default_rng(seed)
    shape = ("n",) if seed % 2 else ()
    atoms = [symbol(name, shape) for name in "xyz"]
    q = rng.integers(-3, 4, size=(3, 3))
    q = q + q.T + int(rng.integers(0, 9)) * np.eye(3, dtype=int)
    total = constant(0)
    for i, u in enumerate(atoms):
        for j, v in enumerate(atoms):
            if q[i, j]:
                total = total + int(q[i, j]) * (u.T @ v if shape else u * v)
    seen = nonnegative_form(form_of(total)) is not None
    assert seen == (np.linalg.eigvalsh(q.astype(float))[0] > -1e-9)


def test_what_is_not_a_sum_of_squares() -> None:
    x, y = symbol("x"), symbol("y")
    for e in (x, x * y, x**3, x**2 - y**2, x**2 + 3 * x * y + y**2, -(x**2), x**2 + x):
        assert nonnegative_form(form_of(e)) is None
    for e in (x**2, x**2 + y**2, x**4 * y**2, x**2 + 2 * x * y + y**2, x**2 - x + constant(Fraction(1, 4))):
        assert nonnegative_form(form_of(e)) is not None
