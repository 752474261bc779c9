"""Arrays that go in and come out: never modified, never given back as views; every layout; empty and single axes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from feeding import BACKENDS, arguments, array, close
from letters import TEXTS, compiled, draw, expression

from agnesi.run.reference import evaluate

SIZES = {"n": 4, "d": 3, "k": 2, "m": 5}
LAYOUTS = ("C", "F", "strided", "backwards")
FEW = TEXTS[::4]  # JAX compiles slowly

ROWS = [pytest.param(t, b, id=f"{b}-{k}") for b in BACKENDS for k, t in enumerate(TEXTS if b != "jax" else FEW)]


def laid_out(value: np.ndarray, layout: str) -> np.ndarray:
    """The same entries in another layout in memory."""
    if layout == "C" or not value.ndim:
        return value
    if layout == "F":
        return np.asfortranarray(value)
    step = 2 if layout == "strided" else -1
    wide = np.zeros(tuple(2 * n for n in value.shape)) if step == 2 else np.zeros(value.shape)
    part = wide[(slice(None, None, step),) * value.ndim]
    part[...] = value
    return part


@pytest.mark.parametrize(("text", "backend"), ROWS)
def test_layouts_and_memory(text: str, backend: str) -> None:
    f, rng = compiled(text, backend), np.random.default_rng(2)
    for layout in LAYOUTS if backend == "numpy" else LAYOUTS[:1]:
        values = {name: laid_out(v, layout) for name, v in draw(text, SIZES, rng).items()}
        before = {name: v.copy() for name, v in values.items()}
        given: dict[str, Any] = values
        if backend == "torch":
            given = {name: torch.from_numpy(v) if v.ndim else float(v) for name, v in values.items()}
        got = f(**arguments(given, SIZES))
        close(got, evaluate(expression(text), before, SIZES), 1e-9, f"{text}, {layout}")
        for name, v in values.items():
            assert np.array_equal(v, before[name]), f"{text}, {layout}: {name} is modified"
            assert not np.shares_memory(array(got), v), f"{text}, {layout}: the result is a view of {name}"
        if backend == "numpy":
            assert got.dtype == np.float64 and (not got.ndim or got.flags.writeable), text


def test_results_do_not_share_memory_with_later_ones() -> None:
    """What a call gives stays as it is when the function is called again."""
    for text in TEXTS:
        f, rng = compiled(text, "numpy"), np.random.default_rng(3)
        first = f(**arguments(draw(text, SIZES, rng), SIZES))
        kept = np.copy(first)
        second = f(**arguments(draw(text, SIZES, rng), SIZES))
        assert np.array_equal(first, kept) and not np.shares_memory(first, second), text


# -- n = 1, n = 0 ----------------------------------------------------------------------------------------------------

NO_SECOND = ("X[1,2]", "X[2,:]")  # they need two rows or columns
ONES = [{"n": 1, "d": 1, "k": 1, "m": 1}, {"n": 1, "d": 3, "k": 2, "m": 2}, {"n": 3, "d": 1, "k": 1, "m": 1}]


@pytest.mark.parametrize(("text", "backend"), [r for r in ROWS if r.values[0] not in NO_SECOND])
def test_axes_of_one(text: str, backend: str) -> None:
    f, rng = compiled(text, backend), np.random.default_rng(4)
    for sizes in ONES if backend != "jax" else ONES[:1]:
        values = draw(text, sizes, rng)
        close(f(**arguments(values, sizes)), evaluate(expression(text), values, sizes), 1e-9, f"{text}, {sizes}")


# A maximum of nothing has no value; nor has an entry that is not there.
NO_EMPTY = ("max(x)", "min(X)", "softmax(x)", "logsumexp(x)", "x_1", "X[1,2]", "X[:,1]", "X[2,:]", "lammax(T)",
            "∑_i log(∑_j exp(X_ij))", "softmax(Wᵀ w)", "pinv(X)", "‖X‖_*")  # fmt: skip
EMPTY = [{"n": 0, "d": 2, "k": 2, "m": 3}, {"n": 2, "d": 0, "k": 1, "m": 2}, {"n": 3, "d": 2, "k": 0, "m": 0}]


@pytest.mark.parametrize(("text", "backend"), [r for r in ROWS if r.values[0] not in NO_EMPTY])
def test_empty_axes(text: str, backend: str) -> None:
    """A sum of nothing is 0, a product is 1, det of no rows is 1, and an empty array is one."""
    f, rng = compiled(text, backend), np.random.default_rng(5)
    for sizes in EMPTY if backend != "jax" else EMPTY[:1]:
        values = draw(text, sizes, rng)
        close(f(**arguments(values, sizes)), evaluate(expression(text), values, sizes), 1e-9, f"{text}, {sizes}")


def test_one_entry_at_a_time_is_no_vector() -> None:
    """n = 1 does not make a scalar of a vector, nor a vector of a matrix."""
    one = {"n": 1, "d": 1}
    for text, shape in (("a x", (1,)), ("X w − y", (1,)), ("2XᵀX", (1, 1)), ("x yᵀ", (1, 1)), ("S⁻¹ x", (1,)),
                        ("tr(A)", ())):
        got = compiled(text, "numpy")(**arguments(draw(text, one, np.random.default_rng(6)), one))
        assert np.shape(got) == shape
