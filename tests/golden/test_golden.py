"""Golden transcripts: the display of the classical derivations, as a person sees them.

Each tests/golden/<name>.txt is what `agnesi derive` prints for a case of golden_cases.py. After a change of the
display, write them anew and read the difference before it is committed:

    UPDATE_GOLDEN=1 python -m pytest tests/golden
    git diff tests/golden
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import pytest
from golden_cases import CASES, Case

from agnesi.derivation import Derivation, derive
from agnesi.show import show
from line_evidence import unequal_lines

HERE = Path(__file__).parent
# The size of a rounding error differs between machines; that it is one is what is tested.
ERROR = re.compile(r"\(largest relative error [^)]*\)|\(no error\)")


@cache
def derived(case: Case) -> Derivation:
    return derive(case.text, case.variables, **dict(case.options))


def transcript(case: Case) -> str:
    wrt = " ".join(f"--wrt {v}" for v in case.variables)
    options = "".join(f" --{key} {value}" for key, value in case.options)
    text = ERROR.sub("(up to rounding)", show(derived(case)))
    return f'$ agnesi derive "{case.text}" {wrt}{options}\n{text}\n'


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_the_transcript_stands(case: Case) -> None:
    path = HERE / f"{case.name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(transcript(case), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == transcript(case)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_every_line_equals_the_one_above(case: Case) -> None:
    found = derived(case)
    if found.steps:
        assert not unequal_lines(found.function, found.variables[0], found.steps, found.structure)


@pytest.mark.parametrize("case", [c for c in CASES if dict(c.options).get("order", 1) == 1], ids=lambda c: c.name)
def test_three_to_twelve_lines_that_end_in_the_result(case: Case) -> None:
    found = derived(case)
    assert 3 <= len(found.steps) <= 12
    assert found.steps[-1].right is found.result
    assert all(line.rule for line in found.steps)


def test_no_transcript_without_a_case() -> None:
    assert {p.stem for p in HERE.glob("*.txt")} == {case.name for case in CASES}
