"""Information theory and learning theory as people write them: bits and nats, entropies as numbers, ELBO, kernels."""

from __future__ import annotations

import pytest

import agnesi

RIGHT = [
    "X takes values 1,2,3,4 with probabilities 1/2, 1/4, 1/8, 1/8\n"
    "H(X) = 1/2 log2(2) + 1/4 log2(4) + 2 * 1/8 log2(8)\n= 1/2 + 1/2 + 3/4\n= 1.75 bits",
    "Fair coin: H = -0.5 log 0.5 - 0.5 log 0.5 = 1 bit",
    "Fair coin: H = -0.5 log 0.5 - 0.5 log 0.5 = log 2 = 0.693 nats",
    "p = (1/2, 1/4, 1/4)\nH = -sum_i p_i log2 p_i = 1.5 bits = 1.04 nats",
    "p = (1/2, 1/4, 1/4)\nH = -sum_i p_i ln p_i = 1.04 nats ≈ 1.5 bits",
    "h(0.1) = 0.1*log2(10) + 0.9*log2(10/9) = 0.469 bits",
    "BSC with flip probability 0.1.\nH_2(0.1) = 0.469 bits, C = 1 - H_2(0.1) = 0.531 bits per use",
    "h(p) = -p log2 p - (1-p) log2(1-p)\nh(0.25) = 0.25*2 + 0.75*0.415 = 0.811 bits",
    "Fair coin: H = -0.5 log2 0.5 - 0.5 log2 0.5 = 1 bit\n"
    "a coin with p = 0.9: H = -0.9 log2 0.9 - 0.1 log2 0.1 = 0.137 + 0.332 = 0.469 bits",
    "H(X) = 7/4 bits, H(Y) = 2 bits, H(X|Y) = 11/8 bits\nI(X;Y) = H(X) - H(X|Y) = 7/4 - 11/8 = 3/8 bits",
    "H(X) = 7/4 bits, H(Y) = 2 bits, H(X|Y) = 11/8 bits\nH(X,Y) = H(Y) + H(X|Y) = 2 + 11/8 = 27/8 bits",
    "X ~ N(0,s^2)\nh(2X) = h(X) + log 2",
    "Gaussian channel Y = X + Z, Z ~ N(0,N), X ~ N(0,P) independent\nI(X;Y) = h(Y) - h(Y|X) = h(Y) - h(Z)\n"
    "= 1/2 log(2πe(P+N)) - 1/2 log(2πeN)\n= 1/2 log(1 + P/N)",
    "X ~ Exp(λ)\nh(X) = -E[log f(X)] = -log λ + λ E[X] = 1 - log λ",
    "ELBO = E_q[log p(x,z)] - E_q[log q(z)]\n= E_q[log p(x|z)] - KL(q(z)||p(z))\nlog p(x) - ELBO = KL(q(z) || p(z|x))",
    "log p(x) = log ∑_z p(x,z) = log ∑_z q(z) p(x,z)/q(z) ≥ ∑_z q(z) log p(x,z)/q(z) = ELBO(q)\n"
    "log p(x) - ELBO(q) = KL(q(z) || p(z|x))",
    "Logistic regression. p_i = σ(w·x_i), L(w) = -sum_i [y_i log p_i + (1-y_i) log(1-p_i)]\n"
    "dL/dw = sum_i (p_i - y_i) x_i\nd²L/dw² = sum_i p_i (1-p_i) x_i x_iᵀ",
    "Let $k(x,x') = (x^\\top x')^2$ with $x, x' \\in \\mathbb{R}^2$. Then\n\\begin{align}\n"
    "k(x,x') &= (x_1 x_1' + x_2 x_2')^2 \\\\\n&= x_1^2 x_1'^2 + 2 x_1 x_1' x_2 x_2' + x_2^2 x_2'^2\n\\end{align}",
    "k(x,x') = exp(-(x - x')²/(2ℓ²))\n∂k/∂x = -(x - x')/ℓ² k(x,x')\n∂k/∂x' = (x - x')/ℓ² k(x,x')",
    "Let y = f(x) + ε with E[ε]=0, Var(ε)=σ².\nE[(y - ŷ)²] = E[(f + ε - ŷ)²] = σ² + (f - E[ŷ])² + Var(ŷ)",
    "AIC = -2 log L + 2k\nBIC = -2 log L + k log n\nBIC - AIC = k(log n - 2)",
    "softmax cross-entropy: L = -sum_k t_k log y_k with y_k = exp(a_k)/sum_j exp(a_j) and sum_k t_k = 1\n"
    "dL/da_j = y_j - t_j",
]

WRONG = [
    ("X takes values 1,2,3,4 with probabilities 1/2, 1/4, 1/8, 1/8\n"
     "H(X) = 1/2 log2(2) + 1/4 log2(4) + 2 * 1/8 log2(8)\n= 1/2 + 1/2 + 3/4\n= 1.75 nats", 4),
    ("Fair coin: H = -0.5 log 0.5 - 0.5 log 0.5 = 1 nat", 1),
    ("p = (1/2, 1/4, 1/4)\nH = -sum_i p_i log2 p_i = 1.5 nats", 2),
    ("p = (1/2, 1/4, 1/4)\nH = -\\sum_i p_i \\ln p_i = 1.5\\text{ nats}", 2),
    ("h(0.1) = 0.1*log2(10) + 0.9*log2(10/9) = 0.469 nats", 1),
    ("H(X) = 3 bits, H(Y) = 2 bits, H(X,Y) = 4 bits\nI(X;Y) = 3 - 2 + 4 = 5 bits", 2),
    ("X is uniform on 8 values\nH(X) = log2(8) = 4 bits", 2),
    ("H(X) = 7/4 bits, H(Y) = 2 bits, H(X|Y) = 11/8 bits\nI(X;Y) = H(X) - H(X|Y) = 7/4 - 11/8 = 5/8 bits", 2),
    ("H(X) = 7/4 bits, H(Y) = 2 bits, H(X|Y) = 11/8 bits\nI(X;Y) = H(X) - H(X|Y) = 7/4 - 11/8 = 3/8 bits\n"
     "H(X,Y) = H(X) + H(Y) = 15/4 bits", 3),
    ("X ~ N(0,s^2)\nh(2X) = h(X) + 2 log 2", 2),
    ("X ~ Exp(λ)\nh(X) = -E[log f(X)] = -log λ + λ", 2),
    ("Logistic regression. p_i = σ(w·x_i), L(w) = -sum_i [y_i log p_i + (1-y_i) log(1-p_i)]\n"
     "dL/dw = sum_i (y_i - p_i) x_i", 2),
    ("k(x,x') = exp(-(x - x')²/(2ℓ²))\n∂k/∂x = (x - x')/ℓ² k(x,x')", 2),
    ("Let $\\gamma_{nk} \\ge 0$ with $\\sum_{k=1}^K \\gamma_{nk} = 1$ and $N_k = \\sum_{n=1}^N \\gamma_{nk}$.\n"
     "\\[ \\sum_k N_k = \\sum_k \\sum_n \\gamma_{nk} = K \\]", 2),
    ("AIC = -2 log L + 2k\nBIC = -2 log L + k log n\nBIC - AIC = k(log n + 2)", 3),
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_is_judged_so(text: str) -> None:
    verdicts = [s.verdict for s in agnesi.check(text).statements]
    assert "refuted" not in verdicts
    assert "not read" not in verdicts
    assert {"proved", "tested"} & set(verdicts)


@pytest.mark.parametrize(("text", "line"), WRONG)
def test_what_is_wrong_is_found_at_its_line(text: str, line: int) -> None:
    refuted = [s.line for s in agnesi.check(text).statements if s.verdict == "refuted"]
    assert min(refuted, default=0) == line


def test_a_stationary_point_of_all_components_is_set_to_zero() -> None:
    text = (
        "We maximise $\\sum_k N_k \\log\\pi_k$ with $\\sum_k \\pi_k = 1$ and $N_k = \\sum_{n=1}^N \\gamma_{nk} > 0$.\n"
        "$\\mathcal{L} = \\sum_k N_k \\log \\pi_k + \\lambda\\bigl(\\sum_k \\pi_k - 1\\bigr)$\n"
        "\\[\\frac{\\partial \\mathcal{L}}{\\partial \\pi_k} = \\frac{N_k}{\\pi_k} + \\lambda = 0\\]"
    )
    assert "refuted" not in [s.verdict for s in agnesi.check(text).statements]
