"""What the README claims of the steps: every line of the derivations of all identities equals the line above it."""

from __future__ import annotations

import pytest

from agnesi.read import read
from agnesi.rules.derive import derivative
from agnesi.rules.steps import explain
from identities import CASES, symbols, variables
from line_evidence import unequal_lines

FIRST_ORDER = [case for case in CASES if len(variables(case)) == 1]


def test_most_identities_are_first_derivatives() -> None:
    assert len(FIRST_ORDER) > 110


@pytest.mark.parametrize("case", FIRST_ORDER, ids=[case["id"] for case in FIRST_ORDER])
def test_every_line_equals_the_line_above(case: dict) -> None:
    names = symbols(case)
    (variable,) = (names[v] for v in variables(case))
    f = read(case["text"], names).expr
    result = derivative(f, [variable], case["structure"])
    lines = explain(f, variable, result, structure=case["structure"])
    assert len(lines) >= 2
    assert unequal_lines(f, variable, lines, case["structure"]) == []
