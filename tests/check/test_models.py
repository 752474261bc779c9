"""Models of factors: mixtures, conjugate priors, tests, hypotheses; each right text beside a wrong one."""

from __future__ import annotations

import pytest

from agnesi import check

RIGHT_AND_WRONG = [
    ("p(k) = π_k and p(x|k) = N(x | m_k, s²)\np(k|x) = {}",
     "π_k N(x | m_k, s²)/∑_j π_j N(x | m_j, s²)", "π_k N(x | m_k, s²)"),
    ("p(z=k) = π_k, p(x | z=k) = N(x | μ_k, σ_k²)\nγ_k = p(z=k | x) = {}",
     "π_k N(x | μ_k, σ_k²)/∑_j π_j N(x | μ_j, σ_j²)", "N(x | μ_k, σ_k²)/∑_j N(x | μ_j, σ_j²)"),
    ("two classes with P(k=1) = P(k=2) = 1/2 and p(x|k) = N(x; m_k, s^2)\nP(k=1|x) = {}",
     "1/(1 + exp(-(x (m_1 - m_2)/s^2 + (m_2^2 - m_1^2)/(2 s^2))))",
     "1/(1 + exp(-(x (m_1 - m_2)/s^2 + (m_2^2 - m_1^2)/s^2)))"),
    ("p(x|y=1) = N(x | m, v), p(x|y=0) = N(x | -m, v), p(y=1) = a\np(y=1|x) = {}",
     "1/(1 + (1-a)/a exp(-2 m x/v))", "1/(1 + (1-a)/a exp(-m x/v))"),
    ("n ~ Poisson(s), c | n ~ Binomial(n, q)\np(n|c) = p(c|n) p(n)/p(c)\nE[n|c] = {}", "c + s(1 - q)", "s(1 - q)"),
    ("n ~ Poisson(s), c | n ~ Binomial(n, q)\nhence c ~ {}", "Poisson(s q)", "Poisson(s)"),
    ("theta ~ Beta(a, b), k | theta ~ Bin(n, theta)\nso theta | k ~ {}",
     "Beta(a + k, b + n - k)", "Beta(a + k, b + n)"),
    ("lam ~ Gamma(a, b), x | lam ~ Poisson(lam)\nso lam | x ~ {}", "Gamma(a + x, b + 1)", "Gamma(a + x, b)"),
    ("y | x ~ N(a x, s2), x ~ N(0, t2)\nso x | y ~ {}",
     "N(a t2 y/(a^2 t2 + s2), t2 s2/(a^2 t2 + s2))", "N(a t2 y/(a^2 t2 + s2), t2 s2/(t2 + s2))"),
    ("prior p(θ) = 1 on [0,1]; likelihood p(D|θ) = θ^k (1-θ)^(n-k)\np(θ|D) = {} θ^k (1-θ)^(n-k)",
     "(n+1)!/(k!(n-k)!)", "n!/(k!(n-k)!)"),
    ("prior p(θ) = 1 on [0,1]; likelihood p(D|θ) = θ^k (1-θ)^(n-k)\nE[θ|D] = {}", "(k+1)/(n+2)", "k/n"),
    ("P(S) = 0.4 (spam), P(w | S) = 0.25, P(w | not S) = 0.05\nP(S|w) = {}", "10/13", "10/14"),
    ("P(S) = 0.4, P(w | S) = 0.25, P(w | not S) = 0.05\nP(not S | not w) = {}", "57/87", "10/13"),
    ("P(D) = 0.01, P(+|D) = 0.9, P(+|not D) = 0.05\nP(D|-) = {}", "0.001/0.9415", "0.001/0.0585"),
    ("P(rain) = 0.3, P(wet | rain) = 0.9, P(wet | no rain) = 0.2\nP(rain | wet) = {}", "0.27/0.41", "0.27/0.3"),
    ("P(sick) = 0.01, P(pos | sick) = 0.9, P(pos | healthy) = 0.05\n"
     "P(pos) = P(pos|sick) P(sick) + P(pos|healthy) P(healthy)\nP(sick | pos) = {}", "0.009/0.0585", "0.9"),
    ("P(H_i) = 1/3, P(D=3|H1) = 1/2, P(D=3|H2) = 1, P(D=3|H3) = 0\nP(H2|D=3) = {}", "2/3", "1/3"),
    ("P(C_i) = 1/3, P(H|C_1) = 1/2, P(H|C_2) = 3/4, P(H|C_3) = 1/4\nP(H) = ∑_i P(H|C_i) P(C_i) = {}", "1/2", "3/2"),
    ("P(H0) = 1/2, P(D|H0) = 0.1, P(D|H1) = 0.3\nP(H1|D) = {}", "3/4", "1/4"),
    ("X ~ Exp(λ)\nP(X > t) = {}", "exp(-λ t)", "1 - exp(-λ t)"),
    ("H(p₁, p₂, p₃) = {}", "H(p₁, 1−p₁) + (1−p₁) H(p₂/(1−p₁), p₃/(1−p₁))", "H(p₁, 1−p₁) + H(p₂/(1−p₁), p₃/(1−p₁))"),
]


@pytest.mark.parametrize(("text", "right", "wrong"), RIGHT_AND_WRONG)
def test_what_factors_determine_is_judged(text: str, right: str, wrong: str) -> None:
    good, bad = (check(text.format(side), diagnose=False) for side in (right, wrong))
    assert good.first_wrong is None and good.statements[-1].verdict in ("tested", "proved"), str(good)
    assert bad.statements[-1].verdict == "refuted", str(bad)


def test_the_predictive_density_needs_its_chain() -> None:
    assert check("p(x|D) = ∫ p(x|θ) p(θ|D) dθ", diagnose=False).first_wrong is None
    assert check("p(x|D) = ∫ p(x|θ) p(θ) dθ", diagnose=False).first_wrong == 1


def test_a_probability_that_nothing_determines_is_not_judged() -> None:
    report = check("P(A) = 0.5, P(B|A) = 0.2\nP(B) = P(B|A) P(A) + P(B|not A) P(not A)\n= 0.1 + 0.15", diagnose=False)
    assert report.first_wrong is None
    assert report.statements[-1].verdict == "not read"


def test_events_in_words_are_names_and_chains_go_on() -> None:
    text = "P(at least one six in n throws) = 1 - (5/6)^n\n= {}"
    assert check(text.format("(6^n - 5^n)/6^n"), diagnose=False).first_wrong is None
    assert check(text.format("(6^n - 5)/6^n"), diagnose=False).first_wrong == 2
    bayes = "P(it rains | the grass is wet) = P(the grass is wet | it rains) P(it rains)"
    assert check(bayes + "/P(the grass is wet)", diagnose=False).first_wrong is None
    assert check(bayes, diagnose=False).statements[0].verdict != "proved"


def test_an_expectation_that_does_not_exist_has_no_value() -> None:
    report = check("p(x) = 1/(π (1 + x²))\nE[x] = 0", diagnose=False)
    assert report.statements[-1].verdict in ("not read", None)
