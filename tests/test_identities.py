"""All identities, read from their text, derived, and compared with the expected values."""

from __future__ import annotations

import numpy as np
import pytest

from agnesi.check.evidence import derivative_evidence
from agnesi.expr.nodes import Expr
from agnesi.read import read
from agnesi.rules.derive import derivative
from agnesi.run.evaluate import evaluate
from agnesi.run.reference import evaluate as reference
from agnesi.write import write
from identities import CASES, DIMS, draw, expected, symbols, variables

IDS = [case["id"] for case in CASES]


def derived(case: dict) -> tuple[Expr, Expr]:
    names = symbols(case)
    f = read(case["text"], names).expr
    return f, derivative(f, [names[v] for v in variables(case)], case["structure"])


def test_there_are_134() -> None:
    assert len(CASES) == len(set(IDS)) == 134


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_value_and_derivative(case: dict) -> None:
    f, result = derived(case)
    rng = np.random.default_rng(7)
    for _ in range(3):
        values = draw(case, rng)
        np.testing.assert_allclose(reference(f, values, DIMS), expected(case["f_src"], values), rtol=1e-8, atol=1e-10)
        right = expected(case["df_src"], values)
        for evaluator in (reference, evaluate):
            got = np.asarray(evaluator(result, values, DIMS))
            assert got.shape == right.shape
            np.testing.assert_allclose(got, right, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_evidence(case: dict) -> None:
    names = symbols(case)
    f, result = derived(case)
    found = derivative_evidence(f, [names[v] for v in variables(case)], result, case["structure"], points=2)
    assert found.verdict == "tested", found


@pytest.mark.parametrize("form", ["unicode", "ascii", "latex"])
@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_what_is_printed_reads_back(case: dict, form: str) -> None:
    names = symbols(case)
    for expr in derived(case):
        text = write(expr, form)
        again = read(text, names).expr
        assert again is expr, f"{text} reads as {again}"


def test_answers_have_symbolic_sizes() -> None:
    """The sizes of the file are for testing only: other sizes must do as well."""
    other = {"n": 3, "m": 2, "p": 4, "q": 2, "N": 5, "d": 2, "h": 3, "c": 4, "k": 3, "t": 4}
    wrong = []
    for case in CASES:
        names = symbols(case)
        f, result = derived(case)
        sizes = {k: v for k, v in other.items() if any(k in d.names for s in names.values() for d in s.shape)}
        moved = [names[v] for v in variables(case)]
        found = derivative_evidence(f, moved, result, case["structure"], points=1, sizes=sizes)
        if found.verdict != "tested":
            wrong.append((case["id"], str(found)))
    assert not wrong
