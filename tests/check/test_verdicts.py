"""Single claims: right ones are never refuted, wrong ones never held, each with its evidence."""

import numpy as np
import pytest

import agnesi as ag

RIGHT = """
tr(AB) = tr(BA)
(AB)ᵀ = BᵀAᵀ
(AB)^-1 = B^-1 A^-1
log det(AB) = log det A + log det B
A, B : n×n spd; log det(A B) = log det A + log det B
det(2 A) = 2^n det A
A : n×n; det(3A) = 3^n det A
‖x + y‖² = ‖x‖² + 2xᵀy + ‖y‖²
‖x + y‖² + ‖x − y‖² = 2‖x‖² + 2‖y‖²
xᵀAx = tr(A x xᵀ)
S : n×n symmetric; xᵀSy = yᵀSx
S : n×n symmetric; ∇_x (xᵀSx) = 2Sx
∇_x (xᵀAx) = (A + Aᵀ)x
∇_w ‖Xw − y‖² = 2Xᵀ(Xw − y)
∇²_w ‖Xw − y‖² = 2XᵀX
d log det X = tr(X⁻¹ dX)
d(X⁻¹) = −X⁻¹ dX X⁻¹
d tr(X²) = 2 tr(X dX)
∂ tr(AX)/∂X = Aᵀ
∂(Ax)/∂x = A
∂ log det X/∂X = X⁻ᵀ
softmax(z + c) = softmax(z)
log(sum(exp(z + c))) = c + log(sum(exp(z)))
σ(−x) = 1 − σ(x)
tanh(x) = 2σ(2x) − 1
sin(x)^2 + cos(x)^2 = 1
cosh(x)^2 - sinh(x)^2 = 1
x > 0; log(x^2) = 2 log x
log(x^2) = 2 log|x|
x ≥ 0; √(x²) = x
√(x²) = |x|
exp(a + b) = exp(a) exp(b)
vec(A X B) = (Bᵀ ⊗ A) vec(X)
(A ⊗ B)(C ⊗ D) = (A C) ⊗ (B D)
tr(A ⊗ B) = tr(A) tr(B)
X : n×d full column rank; P = X (XᵀX)⁻¹ Xᵀ; P P = P
Q : n×n orthogonal; ‖Qx‖ = ‖x‖
C = BᵀB; xᵀCx = ‖Bx‖²
(I + U V)⁻¹ U = U (I + V U)⁻¹
(A + u vᵀ)⁻¹ = A⁻¹ − A⁻¹ u vᵀ A⁻¹/(1 + vᵀA⁻¹u)
∑_{i=1}^n (x_i − x_bar) = 0 where x_bar = (1/n) ∑_{i=1}^n x_i
∑_{i=1}^n i = n(n+1)/2
(∑_i a_i)(∑_j b_j) = ∑_i ∑_j a_i b_j
‖x + y‖ ≤ ‖x‖ + ‖y‖
|xᵀy| ≤ ‖x‖ ‖y‖
x > 0; log x ≤ x − 1
x^2 + y^2 ≥ 2 x y
x : real; exp(x) ≥ 1 + x
exp(−(x − a)²/2) ∝ exp(a x − x²/2)
log(exp(−(x − a)²/2)) = a x − x²/2 + const
log(1 + ε) ≈ ε
π ≈ 3.14159
AB = BA ⇒ (A + B)² = A² + 2AB + B²
Ax = b ⇒ x = A⁻¹b
XᵀXw = Xᵀy ⇒ w = (XᵀX)⁻¹Xᵀy
x = 2 ⇒ x² = 4
a < b ⇒ −a > −b
A B ≠ B A
AᵀA = 0 ⇒ tr(AᵀA) = 0
‖x‖₁ ≤ √n ‖x‖₂
S : n×n psd; xᵀSx ≥ 0
p : n probability; −∑_i p_i log p_i ≤ log n
f(x) = x³; f'(x) = 3x²
f(w) = ‖Xw − y‖²; ∇f(w) = 2XᵀXw − 2Xᵀy
"""

WRONG = """
tr(AB) = tr(A) tr(B)
(AB)ᵀ = AᵀBᵀ
(AB)^-1 = A^-1 B^-1
(A + B)^-1 = A^-1 + B^-1
det(A + B) = det A + det B
A : n×n; det(2A) = 2 det A
A B = B A
(A + B)² = A² + 2AB + B²
‖x + y‖² = ‖x‖² + ‖y‖²
‖x + y‖ = ‖x‖ + ‖y‖
∇_x (xᵀAx) = 2Ax
∇_w ‖Xw − y‖² = Xᵀ(Xw − y)
∇_w ‖Xw − y‖² = 2Xᵀ(Xw + y)
d log det X = tr(X dX)
d(X⁻¹) = −X⁻² dX
∂ log det X/∂X = X
softmax(2 z) = softmax(z)
σ(−x) = −σ(x)
tanh(x) = 2σ(x) − 1
sin(2x) = 2 sin(x)
√(x²) = x
√(a² + b²) = a + b
log(a + b) = log a + log b
x > 0; log(x)^2 = 2 log(x)
exp(a b) = exp(a) exp(b)
vec(A X B) = (A ⊗ B) vec(X)
det(A ⊗ B) = det(A) det(B)
|x + y| ≤ |x|
‖x + y‖² ≤ ‖x‖² + ‖y‖²
x > 0; log x ≥ x − 1
x^2 ≥ x
(∑_i a_i)(∑_i b_i) = ∑_i a_i b_i
∑_{i=1}^n i = n(n−1)/2
exp(−(x − a)²/2) ∝ exp(2 a x − x²/2)
log(exp(−(x − a)²)) = a x − x²/2 + const
log(1 + ε) ≈ 2ε
π ≈ 2.5
x² = 4 ⇒ x = 2
Ax = b ⇒ x = A b
X : n×d; XᵀXw = Xᵀy ⇒ w = (XᵀX)⁻¹Xᵀy + w
a < b ⇒ −a < −b
A B = 0 ⇒ B A = 0
‖x‖₂ ≤ ‖x‖_∞
p : n probability; −∑_i p_i log p_i ≤ 1
f(x) = x³; f'(x) = x²
"""


def _texts(block: str) -> list[str]:
    return [line for line in block.strip().splitlines() if line]


@pytest.mark.parametrize("text", _texts(RIGHT))
def test_right(text):
    judged = [s for s in ag.check(text).statements if s.verdict is not None]
    assert judged, "nothing was judged"
    for one in judged:
        assert one.verdict in ("proved", "tested"), str(one.evidence)
        assert one.evidence.points > 0 or one.evidence.chain or "same expression" in one.evidence.reason


@pytest.mark.parametrize("text", _texts(WRONG))
def test_wrong(text):
    report = ag.check(text)
    assert report.first_wrong == 1, [(s.text, s.verdict, str(s.evidence)) for s in report.statements]
    evidence = next(s.evidence for s in report.statements if s.verdict == "refuted")
    counter = evidence.counterexample
    if counter is not None:
        gap = np.max(np.abs(np.asarray(counter.left) - np.asarray(counter.right)))
        assert gap > 1e-6, "the two sides of a counterexample differ"


def test_facts_change_the_verdict():
    assert ag.check("A : n×n symmetric; ∇_x (xᵀAx) = 2Ax").verdict in ("proved", "tested")
    assert ag.check("A : n×n; ∇_x (xᵀAx) = 2Ax").verdict == "refuted"


def test_the_other_layout_is_told_not_called_wrong():
    one = ag.check("∂(Ax)/∂x = Aᵀ").statements[-1]
    assert one.verdict == "tested" and any("layout" in note for note in one.evidence.notes)


def test_assumptions_are_stated():
    one = ag.check("(AB)⁻¹ = B⁻¹A⁻¹").statements[-1]
    assert any("invertible" in a for a in one.evidence.assumptions)


def test_what_cannot_be_read_says_where_and_why():
    one = ag.check("x : n;  x + = y").statements[-1]
    assert one.verdict == "not read" and one.evidence.reason


def test_counterexamples_are_small_whole_numbers():
    counter = ag.check("tr(AB) = tr(A) tr(B)").statements[-1].evidence.counterexample
    for value in counter.values.values():
        assert np.all(np.asarray(value) == np.round(value)) and np.max(np.abs(value)) <= 4
    assert max(counter.sizes.values()) <= 2
