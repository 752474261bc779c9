"""A line whose sides do not fit is wrong where no sizes mend it, and in doubt where some may."""

from __future__ import annotations

import numpy as np
import pytest

from agnesi import check


def test_a_hessian_of_the_wrong_product_is_wrong_in_all_sizes() -> None:
    rng = np.random.default_rng(3)
    x, step = rng.normal(size=(3, 3)), np.eye(3)

    def f(w: np.ndarray) -> float:
        return float(np.sum((x @ w) ** 2))

    hessian = np.array([[(f(a + b) - f(a - b) - f(b - a) + f(-a - b)) / 4 for a in step] for b in step])
    np.testing.assert_allclose(hessian, 2 * x.T @ x, atol=1e-9)
    assert np.max(np.abs(hessian - 2 * x @ x.T)) > 0.1
    one = check("∇²_w ‖Xw − y‖² = 2XXᵀ").statements[-1]
    assert one.verdict == "refuted"
    assert one.diagnosis is not None and "XᵀX" in one.diagnosis.repaired


@pytest.mark.parametrize(("right", "wanted"), [("2XᵀX", ("tested", "proved")), ("XᵀX", ("refuted",))])
def test_the_right_product_fits(right: str, wanted: tuple[str, ...]) -> None:
    assert check(f"∇²_w ‖Xw − y‖² = {right}", diagnose=False).statements[-1].verdict in wanted
