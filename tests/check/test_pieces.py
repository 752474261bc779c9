"""What is put together of pieces is tried in all of them: |x − 10| = 10 − x holds at all small x."""

from judged_texts import each, judged_right, only_the_last_wrong

WRONG = [
    "√(x^2 - 2x + 1) = 1 - x", "|x - 3| = 3 - x", "|x - 10| = 10 - x", "max(0, 5 - x) = 5 - x", "sqrt(x^2) = -x",
    "sqrt(x^2 - 2x + 1) = x - 1", "|x + 7| = x + 7", "x : n, y : n\nmax(x, y) = x", "relu(x + 20) = x + 20",
    "x ≥ 0\n|x - 8| = 8 - x",
]  # fmt: skip
RIGHT = [
    "sqrt(x^2 + 2x + 1) = |x + 1|", "x : 0 < x < 1\n|1 - x| = 1 - x", "max(a, b) = (a + b + |a - b|)/2",
    "relu(x) - relu(-x) = x", "x ≤ 10\n|x - 10| = 10 - x",
]  # fmt: skip

test_right = each(RIGHT, judged_right)
test_wrong = each(WRONG, only_the_last_wrong)
