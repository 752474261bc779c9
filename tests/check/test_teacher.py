"""Wrong lines as people write them, and what a teacher would say was done."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

import agnesi
from agnesi.check.report import Judged


@dataclass(frozen=True)
class Wrong:
    """A text whose wrong line is `line`, and words of which one must stand in what is said first."""

    text: str
    line: int
    said: tuple[str, ...]


TEXTS = [
    # a rule that does not exist
    Wrong("A, B: n×n\n(A + B)(A - B) = A^2 - B^2", 2, ("commute", "AB and BA")),
    Wrong("A, B: n×n\n(AB)^3 = A^3 B^3", 2, ("commute", "power")),
    Wrong("S: n×n spd; L: n×n invertible\nS = L L'\nS^-1 = L^-1 L'^-1", 3, ("inverse", "(AB)⁻¹")),
    Wrong("A: 3×3; B: 3×3\ndet(2A) = 2 det(A)", 2, ("det(cA)",)),
    Wrong("a, b: scalar\n(a + b)^2 ≤ a^2 + b^2", 2, ("cross term",)),
    Wrong("x, y: n\n(‖x‖ - ‖y‖)^2 ≤ ‖x - y‖^2\n‖x‖^2 - ‖y‖^2 ≤ ‖x - y‖^2", 3, ("cross term",)),
    Wrong("u: n unit\n(I + u u')^-1 = I - u u'", 2, ("denominator",)),
    # derivatives
    Wrong("x: n\nd^2 ‖x‖/dx dx^T = (I ‖x‖ - x x^T)/‖x‖^2", 2, ("quotient rule", "norm")),
    Wrong("x: scalar\nd/dx 1/(1 + e^(-x)) = -e^(-x)/(1 + e^(-x))^2", 2, ("inner derivative", "sign")),
    Wrong("x: scalar\nf = sin(3x)\ndf/dx = cos(3x)", 3, ("inner derivative",)),
    Wrong("x: scalar\nf = x^2 e^x\ndf/dx = 2x e^x", 3, ("held constant", "product")),
    Wrong("A: n×n; x: n\nf = x' A x\n∇_x f = 2 A x", 3, ("2Ax", "symmetric")),
    Wrong("X: n×d; y: n; w: d\nL = ‖X w - y‖^2\n∇_w L = 2 X (X w - y)", 3, ("transpose",)),
    # terms, signs and numbers
    Wrong("S: n×n; x: n; z: n; η: scalar\nx - z - η(S x - S z)\n= (η I - S)(x - z)", 3, ("factor",)),
    Wrong("x: n; y: n\n‖x - y‖^2 = x'x - 2x'y - y'y", 2, ("sign",)),
    Wrong("x: n; y: n\n‖x - y‖^2 = x'x - x'y + y'y", 2, ("factor 2", "cross term")),
    Wrong("a, b, c: scalar\na - (b - c) = a - b - c", 2, ("minus before a bracket", "sign")),
    Wrong("x: scalar positive\nlog(x^2) + 3 = 2 log(x) + 2", 2, ("number",)),
    Wrong("0.5*0.7 + 0.1 = 0.54", 1, ("0.45",)),
    Wrong("x: scalar\n2x + 3 = 7\n2x = 10\nx = 5", 3, ("without turning its sign",)),
    Wrong("x: scalar\n3x - 6 = 9\n3x = 15\nx = 3", 4, ("5 in place of 3",)),
    Wrong("x: n\n(∑_i x_i)^2 = ∑_i x_i^2", 2, ("product of sums",)),
    Wrong("n: natural\n∑_{k=1}^n k = n(n - 1)/2", 2, ("off by one", "sign")),
    Wrong("a: scalar positive\n∫_0^a x^2 dx = a^3/2", 2, ("number",)),
    Wrong("λ > 0\n∫_0^∞ e^(-λ x) dx = λ", 2, ("divided",)),
    Wrong("σ > 0\n∫_{-∞}^∞ exp(-x^2/(2σ^2)) dx = √(2π) σ^2", 2, ("σ² stands for σ",)),
    # chance and information
    Wrong("A, B are events\nP(A ∩ B^c) = P(A) - P(B)", 2, ("event", "share")),
    Wrong("X and Y are independent\nVar(X - Y) = Var(X) - Var(Y)", 2, ("variances were subtracted",)),
    Wrong("X: random\nVar(3X + 2) = 3 Var(X)", 2, ("Var[aX]",)),
    Wrong("X, Y: random\nH(X, Y) = H(X) + H(Y)", 2, ("H(X, Y)",)),
    Wrong("X, Y: random\nI(X;Y) = H(X) - H(Y|X)", 2, ("condition",)),
    Wrong("X: random\nE[X^2] = E[X]^2", 2, ("E[X]²",)),
    Wrong("X, Y: random\nVar(X) = E[Var(X|Y)] - Var(E[X|Y])", 2, ("sign",)),
    Wrong("KL(p||q) = ∑_x p(x) log(q(x)/p(x))", 1, ("sign",)),
    Wrong("P(A,B,C) = P(A) P(B|A) P(C|B)", 1, ("condition was lost",)),
    Wrong("P(A|B) = P(B|A)/P(B)", 1, ("prior",)),
    Wrong("θ ~ Beta(a, b)\nE[θ] = a/b", 2, ("odds", "a/(a + b)")),
    Wrong("X ~ N(μ, σ^2)\nE[X^2] = σ^2", 2, ("μ²",)),
    Wrong("P(D) = 0.01, P(T|D) = 0.95, P(T|not D) = 0.05\n"
          "P(T) = P(T|D) P(D) + P(T|not D) P(not D)\n= 0.95*0.01 + 0.05*0.01", 3, ("1 − p",)),
]


def judged(case: Wrong) -> Judged:
    report = agnesi.check(case.text)
    return next(s for s in report.statements if s.line == case.line and s.verdict is not None)


@pytest.mark.parametrize("case", TEXTS, ids=lambda c: c.text.splitlines()[-1])
def test_what_a_teacher_would_say(case: Wrong) -> None:
    found = judged(case)
    assert found.verdict == "refuted"
    assert found.diagnosis is not None
    said = f"{found.diagnosis.words} {found.diagnosis.explanation}"
    assert any(word in said for word in case.said), said


@pytest.mark.parametrize("case", TEXTS, ids=lambda c: c.text.splitlines()[-1])
def test_the_repaired_line_is_not_the_wrong_one(case: Wrong) -> None:
    """The repaired side differs from what was written, and holds in the place of it."""
    found = judged(case)
    for one in (found.diagnosis, *found.others):
        assert one is not None
        assert one.repaired
        assert one.repaired != str(found.sides[-1]), one
