"""A number beside a vector is taken for each entry, and the report says so."""

from __future__ import annotations

import agnesi as ag


def test_a_number_for_a_vector_is_told() -> None:
    report = ag.check("x : n\n∇(3 sum(x)) = 3", diagnose=False)
    assert report.statements[-1].verdict == "tested" and "3 is read as 3·𝟏" in str(report)


def test_zero_needs_no_words() -> None:
    assert "is read as" not in str(ag.check("x : n\nx − x = 0", diagnose=False))
