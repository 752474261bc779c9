"""Which matrices are symmetric where nothing is said: covariances and kernels, not every C, K or P."""

from __future__ import annotations

import numpy as np
import pytest

from agnesi import check


def verdict(text: str) -> str | None:
    return check(text, diagnose=False).statements[-1].verdict


@pytest.mark.parametrize("letter", ["A", "C", "K", "P"])
def test_the_gradient_of_a_form_has_both_matrices(letter: str) -> None:
    rng = np.random.default_rng(4)
    m, x, step = rng.normal(size=(3, 3)), rng.normal(size=3), 1e-6
    slope = np.array([((x + e) @ m @ (x + e) - (x - e) @ m @ (x - e)) / (2 * step) for e in step * np.eye(3)])
    np.testing.assert_allclose(slope, (m + m.T) @ x, atol=1e-6)
    assert np.max(np.abs(slope - 2 * m @ x)) > 0.1
    assert verdict(f"∇_x (xᵀ{letter}x) = 2{letter}x") == "refuted"
    assert verdict(f"∇_x (xᵀ{letter}x) = ({letter} + {letter}ᵀ)x") == "proved"


@pytest.mark.parametrize("text", ["(AC)ᵀ = CAᵀ", "P has the eigenvalue 1.\n(AP)ᵀ = PAᵀ"])
def test_a_matrix_outside_a_form_is_not_symmetric(text: str) -> None:
    rng = np.random.default_rng(5)
    a, c = rng.normal(size=(2, 3, 3))
    assert not np.allclose((a @ c).T, c @ a.T)
    assert verdict(text) == "refuted"


@pytest.mark.parametrize("text", [
    "∇_x (xᵀΣx) = 2Σx",
    "With the covariance C:\n∇_x (xᵀCx) = 2Cx",
    "By the Rayleigh quotient we maximise xᵀAx − λ(xᵀx − 1).\n∇_x (xᵀAx − λxᵀx) = 2Ax − 2λx",
])
def test_covariances_and_the_matrices_of_rayleigh_quotients_are(text: str) -> None:
    assert verdict(text) in ("proved", "tested")
