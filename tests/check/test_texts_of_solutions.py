"""What is solved for: one solution of several, alternatives, optima told in words, multipliers, updates."""

from __future__ import annotations

import pytest
from judged_texts import each, first_wrong, judged_right, left_open

import agnesi

RIGHT = [
    "x^2 = 4 ⇒ x = 2 or x = -2",
    "x, y scalars\nx y = 0 ⇒ x = 0 or y = 0",
    "(x-1)(y-2) = 0 ⇒ x = 1 or y = 2",
    "λ, μ scalars\n(λ - μ) c = 0\n⇒ λ = μ or c = 0",
    "G(p) = 2p(1-p)\nG is largest at p = 1/2",
    "G(p) = 2p(1-p)\nthe maximum of G is 1/2",
    "f(w) = ||Xw-y||^2\nthe minimum is at w = (X^T X)^{-1} X^T y\nf(w) = y^T y - y^T X (X^T X)^{-1} X^T y",
    "f(w) = ||Xw-y||^2\nthe minimiser of f is (X^T X)^{-1} X^T y",
    "f is minimised by x = A^{-1} b where f(x) = 1/2 x^T A x - b^T x, A spd",
    "Gini impurity: $G(p) = 2p(1-p)$.\nThe maximum of $G$ is attained at $p = 1/2$, where $G(1/2) = 1/2$.",
    "L(θ) = θ^3 (1-θ)^7. The maximum is at θ = 0.3",
    "J(w) = ½‖Xw − t‖² + ½ λ‖w‖²; J is minimal for w = (XᵀX + λI)⁻¹Xᵀt. At the minimum J = ½ tᵀ(t − Xw)",
    "f(x) = x^4 - 2x^2\nargmin_x f(x) = -1",
    "f(x) = cos x\nargmin_x f(x) = 3π",
    "Lagrangian: L(x,y,λ) = x y - λ(x + y - 10)\n∂L/∂x = y - λ = 0\n∂L/∂y = x - λ = 0\nx = y = 5",
    "E(x) = -1/2 x^T W x - b^T x, W symmetric\n∂E/∂x = -W x - b\nthe update is x_i = sgn(Σ_j W_ij x_j + b_i)",
    "x(t) = exp(A t) x_0\ndx/dt = A x\nx(0) = x_0\nx(2t) = exp(A t)^2 x_0",
    "y(t) = y_0 e^{k t}\ny'(t) = k y(t)\ny(0) = y_0",
    "v(t) = v_0 + a t\ns(t) = s_0 + v_0 t + a t^2/2\ns'(t) = v(t)\ns''(t) = a",
    "2x + 4 = 0\nsolve for x: x = -2",
    "x in R^2\n4x_1 - 5x_2 = -13\n-2x_1 + 3x_2 = 9\nx_1 = 3\nx_2 = 5",
]  # fmt: skip

FIRST_WRONG = [
    (1, "xᵀy = 0 ⇒ x = 0 or y = 0"),
    (1, "A B = 0 ⇒ A = 0 or B = 0"),
    (2, "G(p) = 2p(1-p)\nso the maximum is at p = 1/4"),
    (2, "f(w) = ||Xw-y||^2\nthe minimum of f is at w = 0"),
    (2, "f(x)=x^2-2x\nThe minimum of f is 3"),
    (2, "l(m) = -1/2 Σ_n (x_n - m)^2\nl is maximised at m = Σ_n x_n"),
    (2, "f(x) = x^3 - 3x\nargmin_x f(x) = -2"),  # f(−2) = f(1), but −2 is no minimum
    (4, "Lagrangian: L(x,y,λ) = x y - λ(x + y - 10)\n∂L/∂x = y - λ = 0\n∂L/∂y = x - λ = 0\nx = y = 4"),
    (2, "y(t) = y_0 e^{k t}\ny(0) = 2y_0"),
    (4, "v(t) = v_0 + a t\ns(t) = s_0 + v_0 t + a t^2/2\ns'(t) = v(t)\ns''(t) = 2a"),
    (2, "f(x) = x^2\nf'(x) = x"),
    (5, "x in R^2\n4x_1 - 5x_2 = -13\n-2x_1 + 3x_2 = 9\nx_1 = 3\nx_2 = 4"),
    (2, "f(A) = tr(A^{-1})\ndf/dA = A"),
]  # fmt: skip

OPEN = [
    "f(x) = e^x\nsolve f'(x) = x",
    "f(x) = x^3 - 3x has a minimum at x = 1 and a maximum at x = -1",
    "f(x) = x^2 - 2\nthe Newton iteration is x = x - f(x)/f'(x)",
]  # fmt: skip

test_right = each(RIGHT, judged_right)
test_first_wrong = each(FIRST_WRONG, first_wrong)
test_left_open = each(OPEN, left_open)


@pytest.mark.parametrize("text", ["x^2 = 4 ⇒ x = 2", "A^2 = I ⇒ A = I", "A x = 0 ⇒ x = 0", "AB = AC ⇒ B = C"])
def test_one_solution_taken_for_all(text: str) -> None:
    diagnosis = agnesi.check(text).statements[-1].diagnosis
    assert diagnosis is not None and diagnosis.slip == "one solution of several"
    assert diagnosis.repaired == str(agnesi.read(text.partition(" ⇒")[0]).expr)


def test_a_counterexample_lies_where_the_function_is_defined() -> None:
    wrong = agnesi.check("H(p) = -p log p - (1-p) log(1-p)\nH''(p) = 1/(p(1-p))").statements[-1]
    assert wrong.evidence is not None and wrong.evidence.counterexample is not None
    assert 0 < wrong.evidence.counterexample.values["p"] < 1


def test_a_case_of_its_own_does_not_follow_from_the_case_before() -> None:
    said = "A: n×n\nFor n=2: det(I + A) = 1 + det(A) + tr(A)\nFor n=3: det(I + A) = 1 + det(A) + tr(A) + 1/2 tr(A)^2 "
    judged_right(said + "- 1/2 tr(A^2)")
    first_wrong(3, said + "+ 1/2 tr(A^2)")
