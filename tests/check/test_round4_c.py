"""Probability as people type it: lists of variables, samples, extremes, masses written out, generating functions."""

from __future__ import annotations

import pytest

import agnesi

RIGHT = [
    (
        "X, Y ~ Exp(λ) independent" "\n"
        "E[X + Y] = 2/λ"
    ),
    (
        r"Let $X, Y \sim \mathrm{Exp}(\lambda)$ be independent." "\n"
        r"$E[X + Y] = 2/\lambda$"
    ),
    (
        "X and Y ~ N(0, 1), independent." "\n"
        "Var(X - Y) = 2"
    ),
    (
        "X1, X2 ~ U(0,1) iid" "\n"
        "E[X1 X2] = 1/4"
    ),
    (
        "X, Y, Z ~ N(μ, σ²) i.i.d." "\n"
        "Var[(X+Y+Z)/3] = σ²/3"
    ),
    (
        "eps > 0, a > 0" "\n"
        "2 a <= eps*a^2 + 1/eps"
    ),
    (
        "X ~ U(0,1), Y ~ U(0,1) independent" "\n"
        "E[max(X, Y)] = 2/3"
    ),
    (
        "X ~ U(0,1), Y ~ U(0,1) independent" "\n"
        "P(X < Y) = 1/2"
    ),
    (
        "X ~ Exp(a), Y ~ Exp(b) independent" "\n"
        "P(X < Y) = a/(a+b)"
    ),
    (
        "X ~ U(0,1)" "\n"
        "E[max(X, 1-X)] = 3/4"
    ),
    (
        "X1, X2 ~ Exp(λ) independent, M = min(X1, X2)" "\n"
        "P(M > t) = exp(-2λt)" "\n"
        "E[M] = 1/(2λ)"
    ),
    (
        "U₁, …, Uₙ are i.i.d. uniform on [0, 1] and M = max(U₁, …, Uₙ)." "\n"
        "E[M] = n/(n + 1)"
    ),
    (
        "for real a, b and c > 0: 2ab <= c a^2 + b^2/c"
    ),
    (
        "X, Y ~ Exp(1) iid" "\n"
        "P(X > 2Y) = 1/3"
    ),
    (
        "X, Y, Z iid U(0,1), M = max(X, Y, Z)" "\n"
        "f_M(m) = 3m²" "\n"
        "E[M] = 3/4" "\n"
        "Var(M) = 3/80"
    ),
    (
        r"$X_1, \dots, X_n \overset{iid}{\sim} N(\mu, \sigma^2)$, $\bar X = \frac1n \sum_i X_i$" "\n"
        r"$\operatorname{Var}(\bar X) = \sigma^2/n$"
    ),
    (
        "X, Y ~ Exp(λ) independent, Z = X + Y" "\n"
        "f_Z(z) = ∫_0^z λ e^{-λx} λ e^{-λ(z-x)} dx = λ² z e^{-λz}"
    ),
    (
        "X ~ N(0,1), Y ~ N(0,1) independent, Z = X - Y" "\n"
        "f_Z(z) = 1/sqrt(4π) exp(-z²/4)"
    ),
    (
        "x_1, ..., x_n ~ N(mu, sigma^2) iid, xbar = (1/n) sum_i x_i" "\n"
        "E[xbar] = mu, Var[xbar] = sigma^2/n"
    ),
    (
        "X_1, X_2, ..., X_n are iid ~ Poisson(λ)" "\n"
        "Var(X̄) = λ/n"
    ),
    (
        r"Let $x_1,\dots,x_n \mid \lambda$ be i.i.d. $\mathrm{Poisson}(\lambda)$ with $n \ge 2$, "
        r"prior $p(\lambda) \propto \lambda^{a-1}e^{-b\lambda}$, and $s = \sum_i x_i$. By Bayes" "\n"
        r"\begin{aligned}" "\n"
        r"p(\lambda \mid x) &\propto \lambda^{a-1}e^{-b\lambda}\prod_{i=1}^n \lambda^{x_i}e^{-\lambda} \\" "\n"
        r"&\propto \lambda^{a+s-1}\,e^{-(b+n)\lambda}." "\n"
        r"\end{aligned}" "\n"
        "We recognise a gamma density, whose mean is" "\n"
        r"\[ \operatorname{E}[\lambda \mid x] = \frac{a+s}{b+n}. \]"
    ),
    (
        "X geometric on 1,2,3,... i.e. P(X=k) = (1-p)^(k-1) p, 0 < p < 1" "\n"
        "know: E[X] = 1/p and E[X(X-1)] = 2(1-p)/p^2" "\n"
        "E[X^2] = E[X(X-1)] + E[X] = 2(1-p)/p^2 + 1/p" "\n"
        "= (2 - p)/p^2" "\n"
        "Var(X) = (2 - p)/p^2 - 1/p^2" "\n"
        "= (1 - p)/p^2"
    ),
    (
        "X geometric: P(X = k) = (1-p)^k p for k = 0, 1, 2, ..." "\n"
        "E[X] = (1-p)/p"
    ),
    (
        "P(X = k) = C(n,k) p^k (1-p)^{n-k}, k = 0..n" "\n"
        "E[X] = np" "\n"
        "Var(X) = np(1-p)"
    ),
    (
        'M_X(t) = exp(t^2/2)' "\n"
        "M_X'(t) = t exp(t^2/2)" "\n"
        "M_X''(0) = 1"
    ),
    (
        'X ~ Poisson(λ)' "\n"
        'G(s) = E[s^X]' "\n"
        "G'(1) = λ, G''(1) = λ²"
    ),
    (
        'K(t) = log E[e^{tX}]' "\n"
        "K'(0) = E[X]" "\n"
        "K''(0) = Var(X)"
    ),
    (
        'x_1, ..., x_n ~ Poisson(λ) iid' "\n"
        'l(λ) = log(λ) sum_i x_i - nλ + const' "\n"
        "l'(λ) = (1/λ) sum_i x_i - n" "\n"
        "l''(λ) = -(1/λ²) sum_i x_i ≤ 0"
    ),
    (
        "P(D) = 0.01, P(+|D) = 0.9, P(+|¬D) = 0.05" "\n"
        "P(+) = 0.9·0.01 + 0.05·0.99 = 0.0585" "\n"
        "P(D|+) = 0.009/0.0585"
    ),
    (
        "N ~ Poisson(λ), X | N ~ Bin(N, p)" "\n"
        "E[X] = E[E[X|N]] = E[Np] = λp" "\n"
        "Var(X) = E[Np(1-p)] + Var(Np) = λp(1-p) + λp² = λp"
    ),
    (
        "e(H|D) = 10 log10 [P(H|D)/P(¬H|D)]" "\n"
        "= e(H) + 10 log10 [P(D|H)/P(D|¬H)]"
    ),
    (
        "T = number of tosses until the first head, P(head) = p" "\n"
        "P(T = k) = (1-p)^{k-1} p" "\n"
        "E[T] = 1/p" "\n"
        "P(T > k) = (1-p)^k"
    ),
    (
        "f(x) = 2x on [0,1]" "\n"
        "E[X] = ∫_0^1 x·2x dx = 2/3" "\n"
        "E[X²] = ∫_0^1 x²·2x dx = 1/2" "\n"
        "Var(X) = 1/2 - 4/9 = 1/18"
    ),
    (
        "Let p = P(H) = 0.5; evidence in dB: e(H) = 10 log10(P(H)/P(¬H)) = 0"
    ),
    (
        "Three urns: P(U1) = P(U2) = P(U3) = 1/3, P(W|U1) = 1/2, P(W|U2) = 1/3, P(W|U3) = 1" "\n"
        "P(W) = 1/3 (1/2 + 1/3 + 1) = 11/18" "\n"
        "P(U3|W) = (1/3)/(11/18) = 6/11"
    ),
    (
        "P(AB|C) = P(A|C) P(B|AC) = P(B|C) P(A|BC)" "\n"
        "P(A|C) + P(A̅|C) = 1" "\n"
        "P(A+B|C) = P(A|C) + P(B|C) - P(AB|C)"
    ),
    (
        "X ≥ 0, E[X] = μ, a > 0" "\n"
        "P(X ≥ a) ≤ μ/a"
    ),
]  # fmt: skip

WRONG = [
    ((
        "X, Y ~ U(0,1) iid" "\n"
        "E|X - Y| = 1/4"
    ), 2),
    ((
        "X_1, ..., X_n iid U(0, θ)" "\n"
        "M = max_i X_i" "\n"
        "E[M] = θ/(n+1)"
    ), 3),
    ((
        "X, Y ~ Exp(λ) independent, Z = X + Y" "\n"
        "f_Z(z) = ∫_0^z λ e^{-λx} λ e^{-λ(z-x)} dx = λ z e^{-λz}"
    ), 2),
    ((
        "x_1, ..., x_n ~ N(mu, sigma^2) iid, xbar = (1/n) sum_i x_i" "\n"
        "E[xbar^2] = sigma^2/n"
    ), 2),
    ((
        "X₁, …, Xₙ ∼ Exp(λ) iid, M = min Xᵢ" "\n"
        "E[M] = n/λ"
    ), 2),
    ((
        "X geometric on 1,2,3,... i.e. P(X=k) = (1-p)^(k-1) p, 0 < p < 1" "\n"
        "know: E[X] = 1/p and E[X(X-1)] = 2(1-p)/p^2" "\n"
        "E[X^2] = E[X(X-1)] + E[X] = 2(1-p)/p^2 + 1/p" "\n"
        "= (2 - p)/p^2" "\n"
        "Var(X) = (2 - p)/p^2 - 1/p" "\n"
        "= (2 - 2p)/p^2"
    ), 5),
    ((
        "X is a discrete rv with P(X = 0) = 1/2, P(X = 1) = 1/3, P(X = 2) = 1/6" "\n"
        "E[X] = 0*1/2 + 1*1/3 + 2*1/6 = 2/3" "\n"
        "E[X^2] = 1/3 + 4/6 = 1" "\n"
        "Var(X) = 1 - 2/3 = 1/3"
    ), 4),
    ((
        "P(X = 1) = P(X = -1) = 1/2" "\n"
        "E[X] = 0" "\n"
        "Var(X) = 1/2"
    ), 3),
    ((
        'X ~ Poisson(λ)' "\n"
        'G(s) = E[s^X] = Σ_{k≥0} s^k e^{-λ} λ^k/k! = e^{λ(s-1)}' "\n"
        "G'(1) = λ²"
    ), 3),
    ((
        'X ~ N(μ, σ²)' "\n"
        'M_X(t) = E[e^{tX}]' "\n"
        "M_X'(0) = μ" "\n"
        "M_X''(0) = σ²"
    ), 4),
    ((
        "P(D) = 0.01, P(+|D) = 0.9, P(+|¬D) = 0.05" "\n"
        "P(+) = 0.9·0.01 + 0.05·0.99 = 0.0585" "\n"
        "P(D|+) = P(+|D) P(+) / P(D)"
    ), 3),
    ((
        "N ~ Poisson(λ), X | N ~ Bin(N, p)" "\n"
        "E[X] = λ/p"
    ), 2),
    ((
        "N ~ Poisson(λ), X | N ~ Bin(N, p)" "\n"
        "E[X] = λp" "\n"
        "Var(X) = λp(1-p)"
    ), 3),
    ((
        "prior θ ~ Beta(a, b), k heads in n tosses" "\n"
        "p(θ|k) ∝ θ^k (1-θ)^(n-k) θ^(a-1) (1-θ)^(b-1)" "\n"
        "∝ θ^(a+k) (1-θ)^(b+n-k)"
    ), 3),
    ((
        "e(H|D) = 10 log10 [P(H|D)/P(¬H|D)]" "\n"
        "= e(H) + 10 log10 [P(H|D)/P(D|¬H)]"
    ), 2),
    ((
        "X has density f(x) = 3x² for 0 < x < 1" "\n"
        "E[X] = ∫₀¹ 3x² dx = 1"
    ), 2),
    ((
        "Three urns: P(U1) = P(U2) = P(U3) = 1/3, P(W|U1) = 1/2, P(W|U2) = 1/3, P(W|U3) = 1" "\n"
        "P(W) = 1/3 (1/2 + 1/3 + 1) = 11/18" "\n"
        "P(U3|W) = 1/(11/18) = 18/11"
    ), 3),
    ((
        "P(A+B|C) = P(A|C) + P(B|C) + P(AB|C)"
    ), 1),
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_is_judged_so(text: str) -> None:
    verdicts = [s.verdict for s in agnesi.check(text, diagnose=False).statements]
    assert "refuted" not in verdicts
    assert "not read" not in verdicts
    assert {"proved", "tested"} & set(verdicts)


@pytest.mark.parametrize(("text", "line"), WRONG)
def test_the_first_wrong_line_is_found(text: str, line: int) -> None:
    refuted = [s.line for s in agnesi.check(text, diagnose=False).statements if s.verdict == "refuted"]
    assert refuted[:1] == [line]
