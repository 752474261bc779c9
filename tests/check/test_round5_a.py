"""Right and wrong lines of calculus, linear algebra and matrix calculus as different people type them (round 5)."""

from __future__ import annotations

import pytest

import agnesi

RIGHT = [
    ("A is n x n with A^T A = I\n"
     "det(A)^2 = 1\n"
     "det(A) = ±1"),
    ("(1) u = W x + b\n"
     "(2) L = 1/2 ||u - y||^2\n"
     "(3) dL/du = u - y\n"
     "(2) ⇒ (3) dL/dW = (u - y) x^T"),
    ("f(x) = (x - 3)^2 + 4\n"
     "set grad = 0 => 2(x - 3) = 0 => x = 3\n"
     "f(3) = 4"),
    ("ln(1+x) = x - x^2/2 + x^3/3 - ...\n"
     "ln(1+x) = x - x^2/2 + O(x^3)"),
    r"For small $x$ we have $\cos x = 1 - \frac{x^2}{2} + \frac{x^4}{24} - \dots$ and "
    r"$e^x = 1 + x + \frac{x^2}{2} + \cdots$.",
    ("Let $A$ be symmetric with smallest eigenvalue $\\lambda_{\\min}$ and largest eigenvalue $\\lambda_{\\max}$.\n"
     r"Then $\lambda_{\min}\|x\|^2 \le x^\top A x \le \lambda_{\max}\|x\|^2$."),
    ("A is symmetric n x n, lambda_max its largest eigenvalue, lambda_min its smallest\n"
     "lambda_min ||x||^2 <= x^T A x <= lambda_max ||x||^2\n"
     "tr(A) <= n lambda_max"),
    ("Let $Q\\succeq0$ be symmetric with largest eigenvalue $L>0$, $f(x)=\\tfrac12x^\\top Qx$, $g=Qx$ and "
     "$x^+ = x - \\tfrac1Lg$. Then\n"
     r"$f(x^+) \le f(x)+g^\top(x^+-x)+\frac L2\|x^+-x\|^2$"),
    "x^2 - 5x + 6 = 0 => (x-2)(x-3) = 0 => x = 2 or x = 3",
    "x² − 5x + 6 = 0 ⇒ x_{1,2} = (5 ± 1)/2 ⇒ x_1 = 3, x_2 = 2",
    "x(x-1) = 0 => x = 0 or 1",
    ("f(x) = x^3 - 3x\n"
     "f'(x) = 3x^2 - 3 = 0 => x = 1 or x = -1\n"
     "f(1) = -2, f(-1) = 2"),
    ("A = [[2, 1], [1, 2]]\n"
     "det(A - lambda I) = (2 - lambda)^2 - 1 = lambda^2 - 4 lambda + 3\n"
     "so lambda_1 = 1 and lambda_2 = 3\n"
     "lambda_1 + lambda_2 = 4 = tr(A)"),
    ("x^2 - 5x + 6 = 0\n"
     "D = 25 - 24 = 1\n"
     "x_1 = (5 + 1)/2 = 3\n"
     "x_2 = (5 - 1)/2 = 2\n"
     "x_1 + x_2 = 5, x_1 x_2 = 6"),
    "f(X) = log det X for X ≻ 0, df = tr(X⁻¹dX), d²f = −tr(X⁻¹dX X⁻¹dX)",
    ("I = integral from 0 to pi of x*sin(x) dx\n"
     "take u = x and dv = sin(x) dx, then du = dx and v = -cos(x)\n"
     "I = [-x*cos(x)]_0^pi + integral from 0 to pi of cos(x) dx\n"
     "  = pi + [sin(x)]_0^pi"),
    ("the integral from 0 to infinity of x e^(-x) dx = 1\n"
     "the sum from k=1 to n of k = n(n+1)/2\n"
     "the limit as x -> 0 of sin(3x)/x = 3"),
    ("A is n x n invertible, b in R^n\n"
     "x = A\\b\n"
     "A x = b"),
    ("P = softmax(S) row-wise, S is n x n, V is n x d\n"
     "O = P V\n"
     "rows of P sum to 1: P 1 = 1"),
    ("f(x,y) = x^3 - 3xy + y^3\n"
     "fx = 3x^2 - 3y, fy = 3y^2 - 3x\n"
     "fxx = 6x, fyy = 6y, fxy = -3\n"
     "D = fxx fyy - fxy^2 = 36xy - 9"),
    ("We solve 2x + y = 5 and x - 3y = -1 with the inverse matrix.\n"
     "A = [[2, 1], [1, -3]], b = [5, -1]\n"
     "det(A) = 2*(-3) - 1*1 = -7\n"
     "A^-1 = -1/7 * [[-3, -1], [-1, 2]]\n"
     "so the solution is A^-1 b = [2, 1]"),
    ("minimize x^2 + y^2 s.t. x + y = 1.\n"
     "L(x,y,λ) = x^2 + y^2 - λ(x+y-1)\n"
     "L_x = 2x - λ = 0, L_y = 2y - λ = 0 => x = y = λ/2\n"
     "constraint: λ = 1, x = y = 1/2, min value 1/2"),
    ("Solve the system:\n"
     "x + y = 3\n"
     "x - y = 1\n"
     "Adding: 2x = 4, so x = 2 and y = 1"),
]  # fmt: skip

WRONG = [
    (3, "A is n x n with A^T A = I\n"
     "det(A)^2 = 1\n"
     "det(A) = ±2"),
    (2, "f(x) = (x - 3)^2 + 4\n"
     "set the derivative = 0 => 2(x - 3) = 0 => x = 2"),
    (1, "ln(1+x) = x - x^2/2 + x^3/6 - ..."),
    (1, "sin x = x − x³/3 + …"),
    (2, "Let $A$ be symmetric with smallest eigenvalue $\\lambda_{\\min}$ and largest eigenvalue $\\lambda_{\\max}$.\n"
     r"Then $\lambda_{\max}\|x\|^2 \le x^\top A x$."),
    (1, "x^2 - 5x + 6 = 0 => (x-2)(x-3) = 0 => x = 2 or x = 4"),
    (2, "f(x) = x^3 - 3x\n"
     "f'(x) = 3x^2 - 3 = 0 => x = 1 or x = -2"),
    (4, "x^2 - 5x + 6 = 0\n"
     "D = 25 - 24 = 1\n"
     "x_1 = (5 + 1)/2 = 3\n"
     "x_2 = (5 - 1)/4 = 1"),
    (1, "f(X) = log det X for X ≻ 0, df = tr(X⁻¹dX), d²f = tr(X⁻¹dX X⁻¹dX)"),
    (4, "I = integral from 0 to pi of x*sin(x) dx\n"
     "take u = x and dv = sin(x) dx, then du = dx and v = -cos(x)\n"
     "I = [-x*cos(x)]_0^pi + integral from 0 to pi of cos(x) dx\n"
     "  = -pi + [sin(x)]_0^pi"),
    (2, "∫_0^1 x e^x dx = [x e^x]_0^1 - ∫_0^1 e^x dx\n"
     "= e - e\n"
     "= 0"),
    (4, "Attention: A = softmax(Q K^T / sqrt(d)), Q, K are n x d, V is n x d. Softmax is applied to each row.\n"
     "A 1 = 1\n"
     "Z = A V\n"
     "dL/dV = A dL/dZ"),
    (3, "f(x,y) = x^3 - 3xy + y^3\n"
     "fx = 3x^2 - 3y\n"
     "fy = 3y^2 - 3y"),
    (1, "Hessian of f(x) = log(1 + exp(a^T x)): grad f = s a with s = 1/(1+exp(-a^T x)), and Hess f = s a a^T"),
    (4, "We solve 2x + y = 5 and x - 3y = -1 with the inverse matrix.\n"
     "A = [[2, 1], [1, -3]], b = [5, -1]\n"
     "det(A) = 2*(-3) - 1*1 = -7\n"
     "A^-1 = -1/7 * [[-3, 1], [1, 2]]"),
    (2, "cosh^2 x - sinh^2 x = 1\n"
     "d/dx cosh x = -sinh x"),
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_is_judged_so(text: str) -> None:
    verdicts = [s.verdict for s in agnesi.check(text, diagnose=False).statements]
    assert "refuted" not in verdicts
    assert "not read" not in verdicts
    assert {"proved", "tested"} & set(verdicts)


@pytest.mark.parametrize(("line", "text"), WRONG)
def test_the_planted_error_is_found(line: int, text: str) -> None:
    assert agnesi.check(text).first_wrong == line
