"""All identities, compiled: value and derivative in one function, against the independently written formulas."""

from __future__ import annotations

import numpy as np
import pytest
from feeding import BACKENDS, call, close

from agnesi.compilation import compile
from agnesi.read import read
from agnesi.rules.derive import derivative
from agnesi.run.sample import Point
from identities import CASES, DIMS, draw, expected, symbols, variables

ROWS = [
    pytest.param(case, backend, id=f"{backend}-{case['id']}", marks=[pytest.mark.slow] * (backend == "jax"))
    for backend in BACKENDS
    for case in CASES
]


def test_all_are_compiled() -> None:
    assert len(ROWS) == 3 * 134


@pytest.mark.parametrize(("case", "backend"), ROWS)
def test_value_and_derivative(case: dict, backend: str) -> None:
    names = symbols(case)
    f = read(case["text"], names).expr
    g = derivative(f, [names[v] for v in variables(case)], case["structure"])
    both = compile([f, g], backend, structure="dense")  # type: ignore[arg-type]
    rng = np.random.default_rng(11)
    for _ in range(2):
        values = draw(case, rng)
        value, slope = call(both, Point(values, DIMS))
        close(value, expected(case["f_src"], values), 1e-8, case["text"])
        close(slope, expected(case["df_src"], values), 1e-8, f"the derivative of {case['text']}")
