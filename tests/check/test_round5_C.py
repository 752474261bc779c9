"""Right formulas as sources print them are not called wrong, and their wrong twins are: no silence, no false alarm."""

from __future__ import annotations

import pytest

import agnesi

RIGHT = [
    # letters outside the dollar signs
    r"Let A be a symmetric matrix. Then $\nabla (x^TAx) = 2Ax$.",
    r"If A and B are symmetric and commute, $(AB)^T = AB$.",
    r"(a) $a + a = 2a$. (b) $2b + b = 3b$",
    # a derivative sign before a product, above a bar
    r"\frac{\partial x^T A x}{\partial x} = (A + A^T)x",
    r"\frac{\partial a^T X b}{\partial X} = ab^T, \frac{\partial a^T X^T b}{\partial X} = ba^T",
    r"\frac{\partial b^T X^T X c}{\partial X} = X(bc^T + cb^T)",
    "∂ a'Xb/∂X = ab'",
    r"\frac{d x^2}{dx} = 2x, \frac{d e^{ax}}{dx} = a e^{ax}",
    r"\frac{d^2 x^3}{dx^2} = 6x",
    r"\frac{d\, x^T A x}{dx} = (A + A^T)x",
    # sums over the values of a variable
    "H(X) = −Σ p(x) log p(x), H(X|Y) = −Σ p(x,y) log p(x|y)",
    "E[X] = ∑ x p(x), Var(X) = ∑ (x − μ)² p(x), where μ = E[X]",
    "P(X = x) = Σ P(X=x|Y=y) P(Y=y)",
    r"KL(p||q) = \sum p(x) \log \frac{p(x)}{q(x)}",
    "D_KL(P||Q) = Σ_x P(x) log(P(x)/Q(x)) ≥ 0",
    "H(P, Q) = -sum_x P(x) log Q(x) = H(P) + KL(P||Q)",
    "z = (x − m)/s, with m = (1/n)Σ x_i. Then Σ z_i = 0",
    "x̂ = (x − μ)/σ, with μ = (1/n)Σ x_i, σ² = (1/n)Σ (x_i − μ)². Then Σ x̂_i = 0 and Σ x̂_i² = n.",
    # what habit leaves unsaid
    r"$L = u^TSu + \lambda(1 - u^Tu)$ and $\nabla_u L = 2Su - 2\lambda u = 0$, so $Su = \lambda u$.",
    r"$-\frac12(x-\mu)^T\Sigma^{-1}(x-\mu) = -\frac12x^T\Sigma^{-1}x + x^T\Sigma^{-1}\mu + \text{const}$",
    "P(X ≥ a) ≤ E[X]/a for X ≥ 0.",
    "If X → Y → Z, then I(X;Z) ≤ I(X;Y).",
    "y = Xβ + ε. RSS(β) = (y − Xβ)'(y − Xβ), dRSS/dβ = −2X'(y − Xβ)",
    "d sum(w ⊗ x)/dw = x",
    "P(X=1) = p, P(X=0) = 1-p. E[X] = 0·(1-p) + 1·p = p, Var(X) = p(1-p)",
    "P(X = 1) = 0.3, P(X = 0) = 0.7, P(Y=1|X=1) = 0.9, P(Y=1|X=0) = 0.2. So P(Y=1) = 0.3*0.9 + 0.7*0.2 = 0.41",
    "cos ω = xᵀy/√(xᵀx yᵀy). For x = [1,1]ᵀ, y = [1,2]ᵀ: cos ω = 3/√10.",
    "p_1 = p_2 = 1/2. p_1 + p_2 = 1",
]  # fmt: skip

WRONG = [
    r"Let A be a symmetric matrix. Then $\nabla (x^TAx) = 3Ax$.",
    r"\frac{\partial x^T A x}{\partial x} = (A + A)x",
    r"\frac{\partial x^T B^T B x}{\partial x} = B^T B x",
    r"\frac{d x^3}{dx} = 3x",
    "H(X) = Σ p(x) log p(x)",
    "E[X] = Σ x² p(x)",
    "E[X] = ∑ x p(x), Var(X) = ∑ (x + μ)² p(x), where μ = E[X]",
    "KL(P||Q) = ∑_x P(x) log Q(x)/P(x)",
    "H(X|Y) = −Σ p(x,y) log p(y|x)",
    "z = (x − m)/s, with m = (1/n)Σ x_i. Then Σ z_i = n",
    r"$L = u^TSu + \lambda(1 - u^Tu)$ and $\nabla_u L = 2Su - \lambda u = 0$, so $Su = \lambda u$.",
    r"$-\frac12(x-\mu)^T\Sigma^{-1}(x-\mu) = -\frac12x^T\Sigma^{-1}x - x^T\Sigma^{-1}\mu + \text{const}$",
    "P(X ≥ a) ≤ E[X]/a² for X ≥ 0.",
    "If X → Y → Z, then I(X;Z) ≥ I(X;Y).",
    "y = Xβ + ε. RSS(β) = (y − Xβ)'(y − Xβ), dRSS/dβ = 2X'(y − Xβ)",
    "d sum(w ⊗ x)/dw = w",
    "P(X=1) = p, P(X=0) = 1-p. E[X] = p, Var(X) = p²(1-p)",
    "cos ω = xᵀy/√(xᵀx yᵀy). For x = [1,1]ᵀ, y = [1,2]ᵀ: cos ω = 3/√5.",
]  # fmt: skip

IN_DOUBT = [
    r"Eigenvalues of $\begin{pmatrix} 2 & 1 \\ 1 & 2\end{pmatrix}$ are 3 and 1, since "
    r"$\det(A - \lambda I) = (2-\lambda)^2 - 1 = \lambda^2 - 4\lambda + 3$.",
    "e = y - X b = (I - H) y, H = X (X'X)^-1 X', X'e = X'(I-H)y = 0",
    "x_1²z_1² + 2x_1z_1x_2z_2 + x_2²z_2² = (x_1², √2x_1x_2, x_2²)(z_1², √2z_1z_2, z_2²)ᵀ",
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_right(text: str) -> None:
    verdicts = [s.verdict for s in agnesi.check(text).statements if s.verdict is not None]
    assert verdicts and set(verdicts) <= {"proved", "tested"}, str(agnesi.check(text))


@pytest.mark.parametrize("text", WRONG)
def test_wrong(text: str) -> None:
    assert "refuted" in [s.verdict for s in agnesi.check(text).statements], str(agnesi.check(text))


@pytest.mark.parametrize("text", IN_DOUBT)
def test_what_is_not_said_is_not_called_wrong(text: str) -> None:
    assert "refuted" not in [s.verdict for s in agnesi.check(text).statements], str(agnesi.check(text))


def test_outer_products_of_one_size_in_kronecker_products() -> None:
    report = agnesi.check("tr(A ⊗ B) = tr(A) tr(B)")
    assert [s.verdict for s in report.statements] == ["proved"]
