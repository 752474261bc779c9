"""⊗ is the Kronecker product; between vectors some books mean the entrywise one, and lines may be right only so."""

from __future__ import annotations

import numpy as np
import pytest

from agnesi import check


@pytest.mark.parametrize("text", [
    "A : n×n; B : n×n\nA ⊗ B = B ⊗ A",
    "a : n; b : n\na ⊗ b = b ⊗ a",
    "A : n×n; B : n×n\ntr((A ⊗ B) (A ⊗ B)) = sum(A ⊗ B)",
])
def test_what_is_wrong_of_kronecker_products_is_wrong(text: str) -> None:
    rng = np.random.default_rng(2)
    for shape in ((2, 2), (2,)):
        a, b = rng.normal(size=(2, *shape))
        assert not np.allclose(np.kron(a, b), np.kron(b, a))
    assert check(text, diagnose=False).statements[-1].verdict == "refuted"


@pytest.mark.parametrize("text", [
    "c = f ⊗ u + i ⊗ g\n∂c/∂f = diag(u)",
    "h = z ⊗ u + (1 - z) ⊗ g\n∂h/∂g = diag(1 - z)",
])
def test_gates_are_entrywise(text: str) -> None:
    report = check(text, diagnose=False)
    assert report.statements[-1].verdict in ("proved", "tested")
    assert "⊗ is entry by entry here" in report.notes


def test_a_denied_identity_of_kronecker_products_stays_denied() -> None:
    report = check("It is not true that a ⊗ b = b ⊗ a.", diagnose=False)
    assert report.statements[-1].verdict == "tested"
    assert "≠" in report.statements[-1].text
