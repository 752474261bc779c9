"""The frame of the tests of texts can fail: each of its functions refuses texts that are otherwise."""

from __future__ import annotations

import pytest
from judged_texts import each, first_wrong, judged_right, left_open, not_refuted, only_the_last_wrong

RIGHT = "A, B : n×n\ntr(A B) = tr(B A)"
WRONG_TWICE = "a, b : scalar\n(a + b)² = a² + b²\n(a + b)(a − b) = a² + b²"
WRONG_THEN_RIGHT = "a, b : scalar\n(a + b)² = a² + b²\n(a + b)(a − b) = a² − b²"
RIGHT_THEN_WRONG = "a, b : scalar\n(a + b)(a − b) = a² − b²\n(a + b)² = a² + b²"
UNREAD = "x : n\nx + = y"
DECLARED = "x : n"
NOTHING = ""


@pytest.mark.parametrize(("judge", "text"), [
    *((judged_right, text) for text in (WRONG_TWICE, WRONG_THEN_RIGHT, UNREAD, RIGHT + "\nx + = y", DECLARED, NOTHING)),
    *((only_the_last_wrong, text) for text in (RIGHT, WRONG_TWICE, WRONG_THEN_RIGHT, UNREAD, DECLARED, NOTHING)),
    *((left_open, text) for text in (RIGHT, RIGHT_THEN_WRONG, NOTHING)),
    *((not_refuted, text) for text in (WRONG_TWICE, RIGHT_THEN_WRONG, NOTHING)),
])  # fmt: skip
def test_what_is_otherwise_is_refused(judge, text):
    with pytest.raises(AssertionError):
        judge(text)


@pytest.mark.parametrize(("line", "text"), [(3, WRONG_TWICE), (3, WRONG_THEN_RIGHT), (2, RIGHT), (2, RIGHT_THEN_WRONG)])
def test_another_line_is_refused(line, text):
    with pytest.raises(AssertionError):
        first_wrong(line, text)


def test_what_is_so_is_taken():
    judged_right(RIGHT)
    first_wrong(2, WRONG_TWICE)
    only_the_last_wrong(RIGHT_THEN_WRONG)
    left_open(UNREAD)
    not_refuted(RIGHT)


def test_a_list_without_texts_is_refused():
    with pytest.raises(AssertionError, match="without texts"):
        each([], judged_right)
