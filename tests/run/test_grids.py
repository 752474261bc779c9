"""Sums and tensors over indices all at once have the values that the loop of the definition gives."""

from __future__ import annotations

import numpy as np
import pytest

from agnesi.errors import AgnesiError, NotNumeric
from agnesi.expr.nodes import Bind, postorder, symbols_of
from agnesi.ops import operations
from agnesi.read.worksheet import read
from agnesi.run.grids import Plan, planned
from agnesi.run.reference import dependence, evaluate

HEAD = "X : n×d; A : n×n; x, y : n; w : d; c : scalar; "
VALUES = {"n": 4, "d": 3}
AT_ONCE = [
    "∑_i x_i y_i",
    "∑_i (y_i − ∑_k X_ik w_k)²",
    "∑_{i, j} A_ij x_i x_j",
    "∑_{i≠j} A_ij x_i y_j",
    "∑_{i<j} (x_i − x_j)²",
    "∑_i ∑_{k<i} x_i A_ik x_k",
    "∑_{k=1}^n exp(−c k) x_k",
    "∑_{k=2}^n x_k x_{k−1}",
    "∑_i x_i / (1 + ∑_j A_ij²)",
    "∑_i ∑_j ∑_k A_ij A_jk A_ki",
    "∑_k (X[:, k]ᵀ x) w_k",
    "∑_i log(1 + exp(−y_i X[i, :]ᵀ w))",
    "∑_i sin(x_i)^2 + ∑_i cos(x_i)^2",
    "∑_i |x_i|",
    "∑_i x_i^i",
]


def _drawn(seed: int) -> dict[str, object]:
    rng = np.random.default_rng(seed)
    n, d = VALUES["n"], VALUES["d"]
    return {"X": rng.normal(size=(n, d)), "A": rng.normal(size=(n, n)), "x": rng.normal(size=n),
            "y": rng.normal(size=n), "w": rng.normal(size=d), "c": 0.3}


@pytest.mark.parametrize("text", AT_ONCE)
def test_at_once_is_what_the_loop_gives(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expr = read(HEAD + text).expr
    binders = [n for n in postorder(expr) if isinstance(n, Bind)]
    free = dependence(list(postorder(expr)))
    assert any(planned(b, free) is not None for b in binders)
    values = {k: v for k, v in _drawn(1).items() if k in {s.name for s in symbols_of(expr)}}
    quick = evaluate(expr, values, VALUES)
    monkeypatch.setattr(Plan, "value", lambda *_: None)  # the loop
    assert quick == pytest.approx(evaluate(expr, values, VALUES), rel=1e-12, abs=1e-13)


def test_every_function_of_one_number_is_the_same_for_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.array([0.3, 0.5, 0.7, 0.2, 0.9, 0.4, 0.6])
    names = [op.names[0] for op in operations if op.family == "elementwise" and op.names]
    assert len(names) > 15
    compared = 0
    for name in names:
        try:
            expr = read(f"x : n; ∑_i {name}(x_i)").expr
            quick = evaluate(expr, {"x": x})
        except AgnesiError:
            continue
        with monkeypatch.context() as patched:
            patched.setattr(Plan, "value", lambda *_: None)
            assert quick == pytest.approx(evaluate(expr, {"x": x}), rel=1e-12, nan_ok=True), name
        compared += 1
    assert compared > 15


def test_an_index_out_of_range_is_told_as_before() -> None:
    expr = read("x : n; ∑_{i=1}^n x_{2i}").expr
    with pytest.raises(NotNumeric):
        evaluate(expr, {"x": np.ones(8)})


def test_a_condition_keeps_what_has_no_value_out() -> None:
    expr = read("x : n; ∑_{i>1} x_{i−1}").expr
    assert evaluate(expr, {"x": np.arange(1.0, 9.0)}) == 28.0


def test_large_grids_are_not_held_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agnesi.run.grids.MOST", 10)
    expr = read("x : n; ∑_{i, j} x_i x_j").expr
    assert evaluate(expr, {"x": np.ones(5)}) == 25.0
