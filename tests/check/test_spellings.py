"""Right and wrong lines in the spellings of notes, homework and lecture scripts: read alike, and judged alike."""

from __future__ import annotations

from judged_texts import each, judged_right, only_the_last_wrong

import agnesi

RIGHT = [
    r"$\langle \mathbf{x}, \mathbf{y} \rangle = \mathbf{x}^\top \mathbf{y}$",
    "x, y in R^n\n<x,y> = x·y = x'y",
    "x ≜ a + b\nx² = a² + 2ab + b²",
    "f(x) := x² for all x ∈ ℝ\nf(x) ≥ 0 ∀x",
    "lim (x→0) sin(x)/x = 1",
    "lim x→0 sin(x)/x = 1",
    "L = lim_(x->0) (e^(2x) - 1 - 2x)/x^2\nL = 2",
    "1½ + ½ = 2",
    "sum[k=1..n](k) = n*(n + 1)/2",
    "sin(30°) = 1/2",
    "A n×n\nd/dt e^{At} = A e^{At}",
    "‖x‖∞ ≤ ‖x‖₂ ≤ ‖x‖₁",
    "v = u + at, s = ut + ½at²\nv² = u² + 2as",
    "f(x) = x^5\nf″(x) = 20x³\nf‴(x) = 60x²",
    "x, y in R^n\n‖x + y‖₁ = 1ᵀ|x + y|",
    "∇f = 2Ax where f(x) = xᵀAx, A symmetric",
    "tr[(A - B)ᵀ (A - B)] = ‖A - B‖_F²",
    "z = x^2 y, where x = cos t and y = e^t\ndz/dt = -2 cos t sin t e^t + cos(t)^2 e^t",
    "f(x) = x σ(x) with σ(x) = 1/(1+exp(-x))\ndf/dx = σ + xσ(1-σ)\nd²f/dx² = 2σ(1-σ) + xσ(1-σ)(1-2σ)",
    "W is m x d, x in R^d\na = W x, h = tanh(a)\ndh_i/da_i = 1 - h_i^2",
    "w, x ∈ ℝⁿ\ny = w · x = sum(w ⊙ x)\nu = w ⊙ x\n∂y/∂u = 1ᵀ",
    "f(x) = log sum_i exp(x_i)\n∂f/∂x_i = exp(x_i)/sum_j exp(x_j) =: p_i\n∂p_i/∂x_j = p_i δ_ij - p_i p_j",
    "x in R^d, x != 0, r = ||x||, u = x/r\ndu/dx = I/r - x (dr/dx)/r^2",
    "A, B are m×n\ntr(A.T @ B) = sum_ij A_ij B_ij",
    "x in R^d\nsum_i |x_i| <= sqrt(sum_i x_i²) sqrt(sum_i 1)",
    "ℓ(μ, σ²) = -(n/2) log(2πσ²) - sum_i (x_i - μ)²/(2σ²)\n∂ℓ/∂σ² = -n/(2σ²) + sum_i (x_i - μ)²/(2σ⁴)",
    "x_i > 0, AM = (1/n) sum_i x_i, GM = exp((1/n) sum_i log x_i)\nlog GM = (1/n) sum_i log x_i",
    "# X is n×d, y in R^n\n# r = X @ w - y\n# L = r.T @ r\n# dL/dw = 2 X.T @ r     chain rule, dr/dw = X",
    "X is n×p with full column rank, n > p\nH = X(XᵀX)⁻¹Xᵀ\ntr(H) = tr(XᵀX(XᵀX)⁻¹) = tr(I) = p",
    "S is symmetric n x n with largest eigenvalue lmax, x in R^n\nx^T S x <= lmax ||x||^2",
    "A symmetric n×n, smallest eigenvalue m, x in R^n\nx^T A x >= m x^T x",
    "min 1/2 ||w||^2 s.t. X w = y, X is n×d with full row rank\nΛ(w, ν) = 1/2 w.T w + ν.T (y - X w)\n"
    "∂Λ/∂w = 0 -> w = X.T ν, into the constraint: X X.T ν = y",
    "X ∈ R^{n×p}, y ∈ R^n. L(β) = (y − Xβ)ᵀ(y − Xβ)\nset to zero: XᵀXβ = Xᵀy ⟹ β̂ = (XᵀX)⁻¹Xᵀy",
]  # fmt: skip

LAST_WRONG = [  # what is said last is wrong, and nothing else
    "x, y in R^n\n<x,y> = x·y = 2 x'y",
    "lim (x→0) sin(2x)/x = 1",
    "1½ + ½ = 1",
    "sum[k=1..n](k) = n*(n - 1)/2",
    "sin(30°) = 1/3",
    "v = u + at, s = ut + ½at²\nv² = u² + as",
    "f(x) = x^5\nf″(x) = 20x⁴",
    "x, y in R^n\n‖x + y‖₁ = 2 1ᵀ|x + y|",
    "tr[(A - B)ᵀ (A - B)] = 2 ‖A - B‖_F²",
    "z = x^2 y, where x = cos t and y = e^t\ndz/dt = -2 cos t sin t e^t + cos(t) e^t",
    "f(x) = x σ(x) with σ(x) = 1/(1+exp(-x))\ndf/dx = σ + xσ(1-σ)(1-σ)",
    "W is m x d, x in R^d\na = W x, h = tanh(a)\ndh_i/da_i = 1 - h_i",
    "f(x) = log sum_i exp(x_i)\n∂f/∂x_i = exp(x_i)/sum_j exp(x_j) =: p_i\n∂p_i/∂x_j = p_i δ_ij + p_i p_j",
    "x in R^d, x != 0, r = ||x||, u = x/r\ndu/dx = I/r - x (dr/dx)/r",
    "A, B are m×n\ntr(A.T @ B) = 2 sum_ij A_ij B_ij",
    "ℓ(μ, σ²) = -(n/2) log(2πσ²) - sum_i (x_i - μ)²/(2σ²)\n∂ℓ/∂σ² = -n/(2σ²) + sum_i (x_i - μ)²/(2σ²)",
    "# X is n×d, y in R^n\n# r = X @ w - y\n# L = r.T @ r\n# dL/dw = X.T @ r     chain rule, dr/dw = X",
    "X is n×p with full column rank, n > p\nH = X(XᵀX)⁻¹Xᵀ\ntr(H) = tr(XᵀX(XᵀX)⁻¹) = tr(I) = n",
    "S is symmetric n x n with smallest eigenvalue m, x in R^n\nx^T S x <= m ||x||^2",
]  # fmt: skip

test_right = each(RIGHT, judged_right)
test_last_wrong = each(LAST_WRONG, only_the_last_wrong)


def test_sizes_that_are_bounded_are_given() -> None:
    statements = agnesi.check("A is m×n with m ≥ n, n ≥ 2\nrank(A) ≤ n", diagnose=False).statements
    assert [s.role for s in statements if s.text in ("m ≥ n", "n ≥ 2")] == ["condition", "condition"]


def test_what_moves_is_no_factor() -> None:
    report = agnesi.check("dx/dt = -kx, x(0) = x0\nx(t) = x0 e^{-kt}", diagnose=False)
    assert "refuted" not in [s.verdict for s in report.statements]
