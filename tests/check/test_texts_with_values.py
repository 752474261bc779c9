"""Numbers that a text gives to its letters, at places, in cases and to some digits."""

from __future__ import annotations

import numpy as np
import pytest
from judged_texts import each, judged_right, left_open, only_the_last_wrong
from scipy.special import expit, softmax

import agnesi
from agnesi.check.rounding import last_digits
from agnesi.read import read

Z = 0.6 * 1 + 0.9
VALUES = "Let $w = 0.6$, $b = 0.9$, $x = 1$. Then $z = wx + b = 1.5$ and "
NEURON = r"Take $z = wx + b$, $a = \sigma(z)$, $C = \frac12(a - y)^2$. With $w = 2$, $x = 1$, $b = -1$ we get $z = 1$. "
RIGHT = [
    rf"{VALUES}$\sigma(z) \approx {expit(Z):.4f}$, $\sigma'(z) \approx {expit(Z) * expit(-Z):.4f}$.",
    NEURON + rf"Then $\sigma'(z) \approx {expit(1) * expit(-1):.4f}$. "
    rf"If $y = 0$ then $C \approx {expit(1) ** 2 / 2:.4f}$.",
    r"$z = (1, 2, 3)$, $a = \mathrm{softmax}(z)$. $a \approx ("
    + ", ".join(f"{v:.3f}" for v in softmax([1, 2, 3])) + ")$",
    rf"$e^{{1.5}} \approx {np.exp(1.5):.2f}$ and $4^{{-9}} \approx 3.8\times 10^{{-6}}$, $-\log 0.665 \approx 0.408$",
    "For x = 2: x² = 4. For x = 3: x² = 9.",
    "Let x = 2.\nThen x² = 4.\n\nLet x = 3.\nThen x² = 9.",
    "For x = 2, y = 3: xy = 6. For x = 3: xy = 9.",
    "Let $n = 10$. The mean has variance $s^2/n = s^2/10$. If $n = 100$, it is $s^2/100$.",
    "If $p = 1/2$ then $p(1-p) = 1/4$. If $p = 1/3$ then $p(1-p) = 2/9$.",
    r"$10\log_{10}2 \simeq 3.01$",
    r"$\frac\pi4\left(1-\frac\pi4\right) \approx 0.169$",
]  # fmt: skip

LAST_WRONG = [  # what is said last is wrong, and nothing else
    rf"{VALUES}$\sigma(z) \approx 0.8276$.",
    NEURON + r"Then $\sigma'(z) \approx 0.1699$.",
    NEURON + r"If $y = 0$ then $C \approx 0.3672$.",
    r"$z = (1, 2, 3)$, $a = \mathrm{softmax}(z)$. $a \approx (0.090, 0.265, 0.645)$",
    r"$e^{1.5} \approx 4.58$",
    "Let x = 2.\nThen x² = 4.\n\nLet x = 3.\nThen x² = 8.",
    "If $p = 1/2$ then $p(1-p) = 1/4$. If $p = 1/3$ then $p(1-p) = 1/9$.",
    r"$\frac\pi4\left(1-\frac\pi4\right) \approx 0.196$",
]  # fmt: skip

OPEN = [  # what they leave unsaid decides: neither right nor wrong
    "Let $S$ be a matrix. In the case $k=1$ it is a number. For $k=2$ the quantile is in closed form.",
    r"When the covariances agree, $\Sigma_0=\Sigma_1=\Sigma$, it is half the squared distance.",
]  # fmt: skip

test_right = each(RIGHT, judged_right)
test_last_wrong = each(LAST_WRONG, only_the_last_wrong)
test_left_open = each(OPEN, left_open)


@pytest.mark.parametrize(
    ("text", "digits"),
    [("4.48", [0.01]), ("-0.25", [0.01]), ("(1.5, 0.25)", [0.1, 0.01]), ("3", []), ("x", []), ("1/3", [])],
)
def test_the_last_digit_that_is_written(text: str, digits: list[float]) -> None:
    assert last_digits(read(text).expr) == pytest.approx(digits)


@pytest.mark.parametrize("claim", [r"y \le k", r"k - y \ge 0"])
def test_a_number_in_a_range_is_never_said_to_be_beyond_it(claim: str) -> None:
    for told in (r"\{1, 2, \ldots, k\}", r"\{1, \dots, k\}"):
        assert agnesi.check(rf"Let $y \in {told}$. Then ${claim}$.").verdict != "refuted"


def test_a_number_in_a_range_is_whole() -> None:
    told = r"Let $y \in \{1, 2, \ldots, k\}$. Then "
    assert agnesi.check(told + r"$\sum_{j=1}^y j = y(y+1)/2$.").verdict == "proved"
    assert agnesi.check(told + r"$\sum_{j=1}^y j = y(y-1)/2$.").verdict == "refuted"
