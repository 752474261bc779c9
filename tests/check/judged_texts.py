"""The frame of the tests of texts: what is right is judged right, what is wrong is found where it is, doubt stays.

The files `test_texts_*.py` have lists of texts of one subject each, and give each list to `each` with one of the
functions below.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

import agnesi

HELD = {"proved", "tested"}


def verdicts(report: agnesi.Report) -> list[str]:
    """Return the verdicts of what was judged, in the order of the text."""
    return [s.verdict for s in report.statements if s.verdict is not None]


def judged_right(text: str) -> None:
    """Assert that something is judged, that all of it holds, and that nothing is left unread."""
    report = agnesi.check(text, diagnose=False)
    found = verdicts(report)
    assert found and set(found) <= HELD, str(report)


def first_wrong(line: int, text: str) -> None:
    """Assert that the first line that is refuted is this one."""
    report = agnesi.check(text)
    assert report.first_wrong == line, str(report)


def only_the_last_wrong(text: str) -> None:
    """Assert that of all that is judged the last is refuted, and nothing else."""
    report = agnesi.check(text)
    found = verdicts(report)
    assert found[-1:] == ["refuted"] and found.count("refuted") == 1, str(report)


def left_open(text: str) -> None:
    """Assert that there are statements, and that none of them is called right or wrong."""
    report = agnesi.check(text, diagnose=False)
    assert report.statements and set(verdicts(report)) <= {"not read"}, str(report)


def not_refuted(text: str) -> None:
    """Assert that there are statements, and that none of them is refuted; they may be judged right one day."""
    report = agnesi.check(text, diagnose=False)
    assert report.statements and report.first_wrong is None, str(report)


def each(texts: Sequence[str] | Sequence[tuple[int, str]], judge: Callable[..., None]) -> Callable[..., None]:
    """Return a test that gives each text (or each wrong line and text) to `judge`."""
    cases = [text if isinstance(text, tuple) else (text,) for text in texts]
    assert cases, "a list without texts tests nothing"

    @pytest.mark.parametrize("case", cases, ids=["-".join(map(str, case)) for case in cases])
    def test(case: tuple[int | str, ...]) -> None:
        judge(*case)

    return test
