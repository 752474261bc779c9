"""Functions that are only named, layers, numbers given in the text, cases in prose, orders of matrices."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, softmax

import agnesi
from agnesi.check.rounding import last_digits
from agnesi.read import read

Z = 0.6 * 1 + 0.9
VALUES = "Let $w = 0.6$, $b = 0.9$, $x = 1$. Then $z = wx + b = 1.5$ and "
NEURON = r"Take $z = wx + b$, $a = \sigma(z)$, $C = \frac12(a - y)^2$. With $w = 2$, $x = 1$, $b = -1$ we get $z = 1$. "
NEWTON = r"$f(\theta) = b^T\theta - \frac12\theta^T A \theta$, $A$ symmetric, invertible. Newton's method is "
LAYER = r"$z^l = W^l a^{l-1} + b^l$, $a^l = \sigma(z^l)$. "

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
    r"Let $n = 10$. The mean has variance $s^2/n = s^2/10$. If $n = 100$, it is $s^2/100$.",
    "If $p = 1/2$ then $p(1-p) = 1/4$. If $p = 1/3$ then $p(1-p) = 2/9$.",
    r"$(g\circ f)'(x) = g'(f(x)) f'(x)$",
    r"$(f\circ g\circ h)'(x) = f'(g(h(x)))\, g'(h(x))\, h'(x)$",
    "The error is linear, and f smooth. (x f(x))' = f(x) + x f'(x)",
    "f is bounded. d/dx f(x^2) = 2x f'(x^2)",
    LAYER + r"$\frac{\partial a^l}{\partial z^l} = \mathrm{diag}(a^l \odot (1 - a^l))$",
    r"$z^l = W^l a^{l-1} + b^l$. $\frac{\partial z^l}{\partial a^{l-1}} = W^l$.",
    r"$z_i^l = \sum_j W^l_{ij} a^{l-1}_j + b^l_i$, $\frac{\partial z_i^l}{\partial W^l_{ij}} = a_j^{l-1}$",
    r"$\theta^{t+1} = \theta^t - \eta \nabla f(\theta^t)$ with $f(\theta) = \frac12\theta^T A\theta$, $A$ symmetric. "
    r"Then $\theta^{t+1} = (I - \eta A)\theta^t$.",
    r"$A, B$ are $n\times n$ and positive definite. Then $A + B \succeq A$.",
    r"$X \in \mathbb{R}^{n\times d}$. Then $X^\top X \succeq 0$.",
    r"$f(x) = \log\sum_i e^{x_i}$. "
    r"$\nabla^2 f(x) = \mathrm{diag}(p) - pp^T \succeq 0$ where $p = \mathrm{softmax}(x)$.",
    NEWTON + r"$\theta := \theta - H^{-1}\nabla_\theta f(\theta)$ where $H = \nabla^2 f(\theta)$.",
    "A ⪯ B, A, B symmetric n×n. So tr(A) ≤ tr(B).",
]  # fmt: skip

WRONG = [
    rf"{VALUES}$\sigma(z) \approx 0.8276$.",
    NEURON + r"Then $\sigma'(z) \approx 0.1699$.",
    NEURON + r"If $y = 0$ then $C \approx 0.3672$.",
    r"$z = (1, 2, 3)$, $a = \mathrm{softmax}(z)$. $a \approx (0.090, 0.265, 0.645)$",
    r"$e^{1.5} \approx 4.58$",
    "Let x = 2.\nThen x² = 4.\n\nLet x = 3.\nThen x² = 8.",
    "If $p = 1/2$ then $p(1-p) = 1/4$. If $p = 1/3$ then $p(1-p) = 1/9$.",
    LAYER + r"$\frac{\partial a^l}{\partial z^l} = \mathrm{diag}(a^l \odot (1 + a^l))$",
    r"$\theta^{t+1} = \theta^t - \eta \nabla f(\theta^t)$ with $f(\theta) = \frac12\theta^T A\theta$, $A$ symmetric. "
    r"Then $\theta^{t+1} = (I + \eta A)\theta^t$.",
    r"$A, B$ are $n\times n$ and positive definite. Then $A \succeq A + B$.",
    r"$X \in \mathbb{R}^{n\times d}$. Then $X^\top X \succ 0$.",
    r"$f(w) = \sum_i \log(1+e^{-w^T x_i})$. So $\nabla^2 f(w) \preceq 0$.",
    "A ⪯ B, A, B symmetric n×n. So tr(A) ≥ tr(B).",
    NEWTON + r"$\theta := \theta + H^{-1}\nabla_\theta f(\theta)$ where $H = \nabla^2 f(\theta)$.",
]

OPEN = [  # said under a condition, or of a function that is restricted: neither right nor wrong for all
    "Let $S$ be a matrix. In the case $k=1$ it is a number. For $k=2$ the quantile is in closed form.",
    r"When the covariances agree, $\Sigma_0=\Sigma_1=\Sigma$, it is half the squared distance.",
    r"Find a real matrix $A$ with $A A^T = \Sigma$, or $A = U\Lambda^{1/2}$ obtained from a spectral decomposition "
    r"$\Sigma = U\Lambda U^{-1}$.",
    r"We repeat $x := x - \eta \nabla f(x)$ with $f(x) = x^T x$, or $m \leftarrow \beta m + (1 - \beta) g$.",
    "f(x + y) = f(x) + f(y). So f(2x) = 2 f(x).",
    "f solves f'(x) = 2 f(x). So f''(x) = 4 f(x).",
    r"$z^l = W^l a^{l-1} + b^l$, $a^l = f(z^l)$. $\delta^l = (W^{l+1}\delta^{l+1}) \odot f'(z^l)$, $\|W^l\| > 4$",
]


@pytest.mark.parametrize("text", RIGHT)
def test_right_lines_are_judged_right(text: str) -> None:
    verdicts = {s.verdict for s in agnesi.check(text).statements} - {None}
    assert verdicts and verdicts <= {"proved", "tested"}


@pytest.mark.parametrize("text", WRONG)
def test_wrong_lines_are_found(text: str) -> None:
    verdicts = [s.verdict for s in agnesi.check(text).statements if s.verdict is not None]
    assert verdicts[-1] == "refuted" and verdicts.count("refuted") == 1


@pytest.mark.parametrize("text", OPEN)
def test_what_a_text_leaves_open_is_not_called_wrong_or_right(text: str) -> None:
    assert {s.verdict for s in agnesi.check(text).statements} <= {None, "not read"}


@pytest.mark.parametrize(
    ("text", "digits"),
    [("4.48", [0.01]), ("-0.25", [0.01]), ("(1.5, 0.25)", [0.1, 0.01]), ("3", []), ("x", []), ("1/3", [])],
)
def test_the_last_digit_that_is_written(text: str, digits: list[float]) -> None:
    assert last_digits(read(text).expr) == pytest.approx(digits)
