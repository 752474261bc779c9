"""Linear algebra, matrix calculus, least squares and networks, as people type them: right texts, and planted errors."""

from __future__ import annotations

import pytest

import agnesi

RIGHT = [
    "a, b, x in R^n, f(x) = (a'x)(b'x)\ngrad f = (ab' + ba') x\n"
    "thats linear in x so the hessian is const\nH = ab' + ba'",
    "A = Aᵀ ∈ ℝⁿˣⁿ, and for x ≠ 0 define ρ(x) = xᵀAx / xᵀx.\n∇(xᵀAx) = 2Ax\n∇ρ = 2(Ax − ρ(x)x)/(xᵀx)",
    "∀ u ∈ ℝᵐ, v ∈ ℝⁿ: ‖uvᵀ‖_F = ‖u‖‖v‖",
    "A is n x n with det A > 0, B any n x n\nthen d/dt log det(A + tB) at t = 0 is tr(A^-1 B)",
    "tanh' = 1 - tanh^2",
    "σ' = σ(1 - σ)",
    "A is symmetric. ∇_x 1/2 x'Ax = Ax",
    "f(x) = ||Ax - b||^2\ngrad f = 2A'Ax - 2A'b\nhess f = 2A'A",
    "f(x) = ||Ax - b||^2\nGradient f = 2A'Ax - 2A'b\nHessian f = 2A'A",
    "f(w) = ½‖Xw − y‖²\nGradient: Xᵀ(Xw − y). Hessian: XᵀX.",
    "Let S be the sample covariance (symmetric, d x d). L(u, lambda) = u'Su - lambda (u'u - 1)\n"
    "dL/du = 2Su - 2 lambda u = 0\nso Su = lambda u",
    "If A is symmetric positive definite with Cholesky factor L (A = L L^T), then log det A = 2 sum_i log L_ii.",
    r"Let $A$ be symmetric with eigenvalues $\lambda_1 \ge \dots \ge \lambda_n$. "
    r"Then $\|A\|_F^2 = \sum_i \lambda_i^2$.",
    "J(w) = (y - Xw)'(y - Xw) + lambda w'w\ndJ/dw = -2X'(y - Xw) + 2 lambda w\n=> w_hat = (X'X + lambda I)^{-1} X'y",
    "mu = (1/d) sum_i x_i, s2 = (1/d) sum_i (x_i - mu)^2\nd s2/d x_j = (2/d)(x_j - mu)",
    "Define J(θ) = (1/2m) Σᵢ (θᵀx⁽ⁱ⁾ − y⁽ⁱ⁾)².\nThen ∇J(θ) = (1/m) Σᵢ (θᵀx⁽ⁱ⁾ − y⁽ⁱ⁾) x⁽ⁱ⁾",
    "f(x) = 1/2 x'Ax - b'x, A spd: x_{k+1} = x_k - t (A x_k - b)\n"
    "with e_k = x_k - A^{-1} b we get e_{k+1} = (I - tA) e_k",
    "minimise S(a,b) = sum_i (y_i - a - b x_i)^2.\ndS/da = -2 sum_i (y_i - a - b x_i) = 0  =>  a = ybar - b xbar",
    "f(w) = ½‖Xw − y‖²\nw^{new} = w − (XᵀX)⁻¹∇f(w)\nw^{new} = (XᵀX)⁻¹Xᵀy",
    "z^{[1]} = W^{[1]} x + b^{[1]}\na^{[1]} = tanh(z^{[1]})\n∂a^{[1]}/∂z^{[1]} = diag(1 - a^{[1]} ⊙ a^{[1]})",
    "for a, b and eps > 0 we get 2ab <= eps*a^2 + b^2/eps",
    "x + y + z >= 3 (xyz)^(1/3) for x, y, z > 0",
    r"x ∈ ℝ^d has mean μ and covariance S, e independent of x, E[e] = 0, y = A x + e" "\n"
    r"$\operatorname{Cov}(x, y) = \operatorname{E}\bigl[(x-\mu)\,(A(x-\mu) + e)^\top\bigr]$",
]  # fmt: skip

WRONG = [
    (5, "a, b, x in R^n, f(x) = (a'x)(b'x)\nproduct rule: grad f = (b'x) a + (a'x) b\nso grad f = (ab' + ba') x\n"
        "thats linear in x so the hessian is const\nH = 2ab'"),
    (2, "A = Aᵀ ∈ ℝⁿˣⁿ, and for x ≠ 0 define ρ(x) = xᵀAx / xᵀx.\n∇ρ = 2(Ax − ρ(x)x)/(xᵀx)²"),
    (1, "∀ u ∈ ℝᵐ, v ∈ ℝⁿ: ‖uvᵀ‖_F = ‖u‖ + ‖v‖"),
    (1, "A, B ∈ ℝⁿˣⁿ ⇒ (A + B)(A − B) = A² − B²"),
    (2, "A is n x n with det A > 0, B any n x n\nthen d/dt log det(A + tB) at t = 0 is tr(A B)"),
    (1, "σ' = σ(1 + σ)"),
    (1, r"For $A, B, X \in \mathbb{R}^{n\times n}$ one has $\nabla_X \operatorname{tr}(AXB) = B^\top A^\top$."),
    (1, r"For $f(x) = \log(1 + \|x\|^2)$ with $x \in \mathbb{R}^n$ "
        r"the gradient is $\nabla f(x) = \dfrac{x}{1 + \|x\|^2}$."),
    (1, "geometric sum, r != 1: sum_{k=0}^n r^k = (1 - r^n)/(1 - r)"),
    (3, "f(x) = ||Ax - b||^2\nGradient f = 2A'Ax - 2A'b\nHessian f = A'A"),
    (2, "f(w) = ½‖Xw − y‖²\nGradient: X(Xw − y)"),
    (1, "If A is symmetric positive definite with Cholesky factor L (A = L L^T), then log det A = sum_i log L_ii."),
    (1, r"Let $A$ be symmetric with eigenvalues $\lambda_1 \ge \dots \ge \lambda_n$. "
        r"Then $\|A\|_F = \sum_i \lambda_i$."),
    (3, "J(w) = (y - Xw)'(y - Xw) + lambda w'w\ndJ/dw = -2X'(y - Xw) + 2 lambda w\n"
        "setting this to zero gives w_hat = (X'X + 2 lambda I)^{-1} X'y"),
    (3, "f(x) = 1/2 ‖x − a‖² + b'x\n∇f = x − a + b\nso x* = a + b"),
    (2, "mu = (1/d) sum_i x_i, s2 = (1/d) sum_i (x_i - mu)^2\nd s2/d x_j = (1/d)(x_j - mu)"),
    (2, "f(x) = 1/2 x'Ax - b'x, A spd: x_{k+1} = x_k - t (A x_k - b)\n"
        "with e_k = x_k - A^{-1} b we get e_{k+1} = (I + tA) e_k"),
    (2, "minimise S(a,b) = sum_i (y_i - a - b x_i)^2.\ndS/da = -2 sum_i (y_i - a - b x_i) = 0  =>  a = ybar + b xbar"),
    (1, "Hence ‖x + y‖ ≤ ‖x‖ + ‖y‖, and ‖x − y‖ ≤ ‖x‖ − ‖y‖."),
    (1, "Suppose Q is orthogonal. Then det Q = 1."),
    (1, "√(x^2 - 2x + 1) = 1 - x"),
    (5, "θ ∈ (0, 1), a, b, h, t > 1\nL(θ) = (a + h − 1) log θ + (b + t − 1) log(1 − θ)\n"
        "dL/dθ = (a + h − 1)/θ − (b + t − 1)/(1 − θ)\nAt the mode θ̂ this is 0, so (a + h − 1)(1 − θ̂) = (b + t − 1)θ̂\n"
        "Solve: θ̂ = (a + h − 1)/(a + b + h + t − 1)"),
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_right_texts_are_not_refuted(text: str) -> None:
    report = agnesi.check(text, diagnose=False)
    verdicts = [s.verdict for s in report.statements]
    assert report.first_wrong is None and "not read" not in verdicts, str(report)
    assert set(verdicts) & {"proved", "tested"}


@pytest.mark.parametrize(("line", "text"), WRONG)
def test_the_planted_error_is_found(line: int, text: str) -> None:
    assert agnesi.check(text).first_wrong == line
