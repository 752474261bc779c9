"""Probability, information and inference as people type them: values with probabilities, averages, models in words."""

from __future__ import annotations

import pytest

import agnesi

RIGHT = [
    "X takes values 0, 1, 2 with probabilities 1/4, 1/2, 1/4.\nE[X] = 0·1/4 + 1·1/2 + 2·1/4 = 1\nE[X²] = 3/2",
    "Let $X$ take the values $1,2,4$ with probabilities $\\frac12,\\frac14,\\frac14$. Then\n\\[ E[X] = 2 \\]",
    "Let X be a fair die roll. E[X] = (1+2+3+4+5+6)/6 = 7/2\nVar(X) = 91/6 - 49/4 = 35/12",
    "roll two dice independently. Let S be the sum.\nP(S = 7) = 6/36 = 1/6\nE[S] = 7\nVar(S) = 35/6",
    "X = 1 with probability p and 0 with probability 1-p\nE[X^3] = p\nVar(X) = p - p^2 = p(1-p)",
    "X = +1 w.p. 1/2, -1 w.p. 1/2.\nE[X] = 0, E[X²] = 1\nE[e^{tX}] = cosh t\nE[e^{tX}] ≤ e^{t²/2}",
    "X is uniform on {1, 2, ..., 6}\nP(X > 4) = 1/3\nE[X | X > 4] = 11/2",
    "X = number of tosses until the first head, P(head) = p\nE[X] = p*1 + (1-p)*(1 + E[X])\n"
    "E[X^2] = p + (1-p)*(1 + 2E[X] + E[X^2])\nVar(X) = (1 - p)/p^2",
    "P(heads) = 0.6\nP(tails) = 1 - 0.6 = 0.4\nP(exactly one head) = 2*0.6*0.4 = 0.48",
    "A bag has 3 red and 2 blue balls. We draw two without replacement.\nP(both red) = 3/5 * 2/4 = 3/10\n"
    "P(one of each) = 1 - 3/10 - 1/10 = 6/10",
    "<x> = Σ x_i p_i\n<(x - <x>)²> = <x²> - 2<x><x> + <x>² = <x²> - <x>²\n<(x-<x>)^3> = <x^3> - 3<x><x^2> + 2<x>^3",
    "Z = Σ_i exp(-λ x_i), p_i = exp(-λ x_i)/Z\n⟨x⟩ = -∂ log Z/∂λ\n∂² log Z/∂λ² = ⟨x²⟩ - ⟨x⟩²",
    "x and y are random variables.\n⟨(x+y)²⟩ = ⟨x²⟩ + 2⟨x y⟩ + ⟨y²⟩",
    "x₁, …, xₙ independent, Poisson(λ), λ > 0.\nℓ(λ) = Σᵢ (xᵢ log λ − λ − log xᵢ!)\n−E[ℓ″(λ)] = nλ/λ² = n/λ",
    "x₁, …, xₙ ~ Exp(λ) iid\nℓ(λ) = n log λ − λ Σᵢ xᵢ\n−E[ℓ″(λ)] = n/λ²",
    "λ ~ Gamma(a, b), x_1..x_n | λ ~ Poisson(λ)\np(λ | x) ∝ λ^(a-1) e^(-bλ) λ^(Σ x_i) e^(-nλ)\n"
    "∝ λ^(a + Σ x_i - 1) e^(-(b+n)λ)",
    "Let θ ~ Beta(a, b) and suppose k successes are seen in n independent Bernoulli(θ) trials.\n"
    "p(θ | k) ∝ θ^(a+k-1) (1-θ)^(b+n-k-1)\nE[θ | k] = (a+k)/(a+b+n)",
    "x_n ∈ R^D, r_nk ≥ 0, N_k = ∑_n r_nk\nQ(μ_k) = -∑_n r_nk ‖x_n - μ_k‖²\n"
    "∇_{μ_k} Q = 2 ∑_n r_nk (x_n - μ_k)\nN_k μ_k = ∑_n r_nk x_n",
    "L(π, λ) = ∑ₖ Nₖ ln πₖ + λ (∑ₖ πₖ − 1)\n∂L/∂πₖ = Nₖ/πₖ + λ\nNₖ = −λ πₖ",
    "e = 10 log10(1/10) = -10\nfour defectives: e = -10 + 40 log10(2) ≈ 2.04",
    "(X, Y) jointly Gaussian with means μ₁, μ₂, sds σ₁, σ₂ > 0, correlation ρ\n"
    "E[Y | X = x] = μ₂ + Cov(X,Y)/Var(X) · (x − μ₁) = μ₂ + ρ (σ₂/σ₁)(x − μ₁)\nVar[Y | X = x] = σ₂²(1 − ρ²)",
    "prior x ~ N(m, P), measurement z = H x + v, v ~ N(0, R) independent of x; P is n×n, H is k×n, R is k×k, both spd\n"
    "S = Cov(z) = H P H.T + R\nCov(x, z) = P H.T",
    "N ~ Poisson(λ), and given N, K ~ Bin(N, p).\nE[K] = λp",
    "k(x,z) = (x·z + 1)², x, z ∈ R²\n= (x1 z1 + x2 z2 + 1)²\n"
    "φ(x) = (x1², x2², √2 x1 x2, √2 x1, √2 x2, 1)\nk(x,z) = φ(x)·φ(z)",
    "p = (1/2, 1/2), q = (1/4, 3/4)\nKL(p||q) = 1/2 log2 (1/2)/(1/4) + 1/2 log2 (1/2)/(3/4)\n= 1/2 + 1/2 log2(2/3)",
    "J(w) = ‖y − Xw‖² + λ‖w‖²\n∇J = −2Xᵀ(y − Xw) + 2λw\nset to 0: (XᵀX + λI)w = Xᵀy\n"
    "y|w ~ N(Xw, σ²I), w ~ N(0, τ²I)\nλ = σ²/τ²",
]  # fmt: skip

WRONG = [
    ("X takes values 0, 1, 2 with probabilities 1/4, 1/2, 1/4.\nE[X] = 1\nE[X²] = 3/2\nVar(X) = 3/2 − 1 = 1", 4),
    ("roll two dice independently. Let S be the sum.\nE[S] = 7\nVar(S) = 35/12", 3),
    ("X = 1 with probability p and 0 with probability 1-p\nE[X] = p\nE[X^3] = p^3", 3),
    ("X = number of tosses until the first head, P(head) = p\nE[X] = 1/p\nE[X^2] = (2 + p)/p^2", 3),
    ("P(heads) = 0.6\nP(tails) = 1 - 0.6 = 0.4\nP(exactly one head) = 2*0.6*0.4 = 0.24", 3),
    ("⟨x⟩ = Σ_i p_i x_i\n⟨(x − ⟨x⟩)²⟩ = ⟨x²⟩ − ⟨x⟩²\n⟨(x − ⟨x⟩)³⟩ = ⟨x³⟩ − 3⟨x⟩⟨x²⟩ + ⟨x⟩³", 3),
    ("x and y are random variables.\n⟨x + y⟩ = ⟨x⟩ + ⟨y⟩\n⟨(x+y)²⟩ = ⟨x²⟩ + 2⟨x⟩⟨y⟩ + ⟨y²⟩", 3),
    ("x_n ∈ R^D, r_nk ≥ 0\nQ(μ_k) = -∑_n r_nk ‖x_n - μ_k‖²\n∇_{μ_k} Q = ∑_n r_nk (x_n - μ_k)", 3),
    ("(X, Y) jointly Gaussian with means μ₁, μ₂, sds σ₁, σ₂ > 0, correlation ρ\n"
     "E[Y | X = x] = μ₂ + ρ (σ₂/σ₁)(x − μ₁)\nVar[Y | X = x] = σ₂²(1 − ρ)", 3),
    ("log p(x) ≥ ∫ q(z) log(p(x,z)/q(z)) dz\n= E_q[log p(x|z)] + KL(q(z)‖p(z))", 2),
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_is_judged_so(text: str) -> None:
    verdicts = [s.verdict for s in agnesi.check(text, diagnose=False).statements]
    assert "refuted" not in verdicts
    assert "not read" not in verdicts
    assert {"proved", "tested"} & set(verdicts)


@pytest.mark.parametrize(("text", "line"), WRONG)
def test_the_first_wrong_line_is_found(text: str, line: int) -> None:
    assert agnesi.check(text, diagnose=False).first_wrong == line


def test_a_probability_does_not_follow_from_moments() -> None:
    report = agnesi.check("E[S] = 7, Var(S) = 35/6\nP(S = 7) = 1/6")
    assert report.first_wrong is None
    assert report.statements[-1].verdict == "not read"
