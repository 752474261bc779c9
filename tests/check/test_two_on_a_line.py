"""Two inequalities on a line: behind a claim stands a claim; bounds of a bare letter say where it lies."""

from __future__ import annotations

from judged_texts import each, judged_right, left_open, only_the_last_wrong

import agnesi as ag

SECOND_WRONG = ["(a+b)² ≤ 2(a²+b²) and (a+b)² ≥ 2(a²+b²)", "x² ≥ 0 and x² ≤ 0", "x² + 1 ≥ 2x, x² + 1 ≥ 3x"]
BOTH_RIGHT = ["a² + b² ≥ 2ab and a² + b² ≥ -2ab"]
WHERE_IT_LIES = ["x ≥ 0 and x ≤ 1\nx² ≤ x", "a ≥ 0\na ≤ 3\na² ≤ 3a", "0 ≤ p\np ≤ 1\np(1 − p) ≤ 1/4"]
SAID_TO_FOLLOW = ["x ≥ 1, so x ≥ 2", "x² ≤ 4\nx ≤ 3\nx ≥ 3"]

test_the_second_is_a_claim = each(SECOND_WRONG, only_the_last_wrong)
test_both_are_judged = each(BOTH_RIGHT, judged_right)
test_the_bounds_hold_below = each(WHERE_IT_LIES, judged_right)
test_what_is_said_to_follow_is_judged = each(SAID_TO_FOLLOW, only_the_last_wrong)
test_two_bounds_alone_claim_nothing = each(["a ≥ 0 and a ≤ 3", "x ≥ 0\nx ≤ 1"], left_open)


def test_both_count_as_statements_that_are_judged() -> None:
    report = ag.check("(a+b)² ≤ 2(a²+b²) and (a+b)² ≥ 0", diagnose=False)
    assert [s.verdict for s in report.statements] == ["proved", "proved"]
