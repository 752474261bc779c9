"""Notes on optimisation and learning: positive parts, conjugates, columns, factors of an SVD, sets in braces."""

from __future__ import annotations

import pytest

import agnesi

S = r"Let $P \in {\mbox{\bf S}}^n$. "
D = r"Let $X\in\mathbb{R}^{N\times p}$. With the SVD $X = UDV^T$, $d_1\ge d_2\ge\cdots\ge d_p\ge0$, "
A = r"Let $A : N\times p$, $y : N$. $a_j$ are the columns of $A$. "
C = r"$f^*(y) = \sup_{x\in\mathop{\bf dom} f} (y^Tx - f(x))$. Let $f(x) = \frac12 x^TQx$ with $Q\in{\bf S}^n_{++}$. "
E = r"Let $S$ be symmetric with eigendecomposition $S = Q\Lambda Q^T$. "
P = r"$S(t,\lambda) = \operatorname{sign}(t)(|t|-\lambda)_+$. "
RIGHT = [
    S + r"$\nabla x^TPx = 2Px$",
    r"Let $z\in {\bf R}^n$. $\mathop{\bf tr}(\mathop{\bf diag}(z)) = \mathbf{1}^Tz$",
    r"$$|x| = \left\{\begin{array}{ll} x & x \geq 0 \\ -x & \mbox{otherwise.}\end{array}\right.$$",
    C + r"Then $f^*(y) = \frac12 y^TQ^{-1}y$",
    r"$\hat f(x) = 2x$. $\hat f(3) = 6$",
    D + r"$\mathrm{df}(\lambda) = \mathrm{tr}(X(X^TX+\lambda I)^{-1}X^T) = \sum_{j=1}^p\frac{d_j^2}{d_j^2+\lambda}$",
    E + r"$S = \sum_i \lambda_i q_iq_i^T$",
    A + r"$$A A^Ty = \sum_{j=1}^p a_j a_j^Ty$$",
    r"$(t)_+ - (-t)_+ = t$",
    P + r"$S(-3, 1) = -2$",
    r"$\sum_i x_iy_i = x^Ty$",
]  # fmt: skip
WRONG = [
    S + r"$\nabla x^TPx = Px$",
    r"$$|x| = \left\{\begin{array}{ll} x & x \geq 0 \\ -2x & \mbox{otherwise.}\end{array}\right.$$",
    C + r"Then $f^*(y) = \frac12 y^TQy$",
    r"$f^*(x) = 2x$. $f^*(3) = 7$",
    D + r"$\mathrm{df}(\lambda) = \mathrm{tr}(X(X^TX+\lambda I)^{-1}X^T) = \sum_{j=1}^p\frac{d_j}{d_j+\lambda}$",
    E + r"$S = \sum_i q_iq_i^T$",
    A + r"$$A A^Ty = 2\sum_{j=1}^p a_j a_j^Ty$$",
    r"$(t)_+ + (-t)_+ = t$",
    P + r"$S(-3, 1) = 2$",
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_right(text: str) -> None:
    report = agnesi.check(text)
    verdicts = [s.verdict for s in report.statements if s.verdict]
    assert verdicts and set(verdicts) <= {"proved", "tested"}, str(report)


@pytest.mark.parametrize("text", WRONG)
def test_wrong(text: str) -> None:
    report = agnesi.check(text)
    assert any(s.verdict == "refuted" for s in report.statements), str(report)
