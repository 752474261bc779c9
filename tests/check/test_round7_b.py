"""Plausible inference and Markov chains as notes write them: P(A|BI), min{1, r}, T(x' ← x), detailed balance."""

from __future__ import annotations

import pytest

import agnesi

RIGHT = [
    r"$10\log_{10}2 \simeq 3.01$",
    r"$\frac\pi4\left(1-\frac\pi4\right) \approx 0.169$",
    "P(AB|I) = P(A|BI) P(B|I)\nP(A+B|I) = P(A|I) + P(B|I) - P(AB|I)",
    r"$P(H|DI) = P(H|I)\,\frac{P(D|HI)}{P(D|I)}$",
    "P(AB|I) = P(A|BI) P(B|I)\n$AB = BA$\n\n" r"$e(H|D) = 10 \log_{10} \frac{P(H|D)}{P(\overline{H}|D)}$" "\n\n"
    r"$e(H|DI) = e(H|I) + 10\log_{10}\left[\frac{P(D|HI)}{P(D|\overline{H}I)}\right]$",
    r"$\max\{a, b\} = (a + b + |a-b|)/2$",
    r"$\int T(x'\leftarrow x)\,dx' = 1$",
    r"$p(x')\int T(x\leftarrow x')\,dx = p(x')$",
    r"$\alpha(x'\leftarrow x) = \min\left\{1,\ \frac{p(x')\,q(x\mid x')}{p(x)\,q(x'\mid x)}\right\}$" "\n\n"
    r"$p(x)\,q(x'\mid x)\,\alpha(x'\leftarrow x) = \min\left\{p(x)\,q(x'\mid x),\ p(x')\,q(x\mid x')\right\}$",
    r"$H_2(p) = p\log_2\frac1p + (1-p)\log_2\frac{1}{1-p}$ and $\frac{dH_2}{dp} = \log_2\frac{1-p}{p}$.",
    r"$\mathbb{E}_p[f(x)] = \int f(x)\,\frac{p(x)}{q(x)}\,q(x)\,dx = \mathbb{E}_q\left[f(x)\frac{p(x)}{q(x)}\right]$",
]  # fmt: skip

WRONG = [
    r"$\frac\pi4\left(1-\frac\pi4\right) \approx 0.196$",
    "P(AB|I) = P(A|I) P(B|I)",
    "P(A+B|I) = P(A|I) + P(B|I)",
    r"$e(H|D) = 10 \log_{10} \frac{P(H|D)}{P(\overline{H}|D)}$" "\n\n"
    r"$e(H|DI) = e(H|I) - 10\log_{10}\left[\frac{P(D|HI)}{P(D|\overline{H}I)}\right]$",
    r"$\max\{a, b\} = (a + b - |a-b|)/2$",
    r"$\alpha(y, x) = \min\left\{1,\ \frac{p(x)\,q(y\mid x)}{p(y)\,q(x\mid y)}\right\}$" "\n\n"
    r"$p(x)\,q(y\mid x)\,\alpha(y,x) = \min\left\{p(x)\,q(y\mid x),\ p(y)\,q(x\mid y)\right\}$",
    "P(A|B) P(A) = P(B|A) P(B)",
    r"$\mathbb{E}_q[f(x)] = \mathbb{E}_p[f(x) p(x)/q(x)]$",
    r"$H_2(p) = p\log_2\frac1p + (1-p)\log_2\frac{1}{1-p}$ and $\frac{dH_2}{dp} = \log_2\frac{p}{1-p}$.",
]  # fmt: skip

ASKED = [  # of a chain or a model: no claim about all
    r"$T(y|x) p(x) = T(x|y) p(y)$",
    r"Detailed balance says $P_{ij} \pi_i = P_{ji}\pi_j$",
    r"$\int T(x'\leftarrow x)\,p(x)\,dx = p(x')$",
    r"$\mathbb{E}_{q}[f(z)] = \mathbb{E}_{\epsilon}[f(\mu+\sigma\epsilon)]$",
    r"$P(h|s,n) = \int_0^1 dp\; p\,P(p|s,n)$",
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_is_judged_so(text: str) -> None:
    verdicts = [s.verdict for s in agnesi.check(text, diagnose=False).statements]
    assert "refuted" not in verdicts
    assert "not read" not in verdicts
    assert {"proved", "tested"} & set(verdicts)


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_found(text: str) -> None:
    statements = agnesi.check(text, diagnose=False).statements
    assert statements[-1].verdict == "refuted"
    assert [s.verdict for s in statements].count("refuted") == 1


@pytest.mark.parametrize("text", ASKED)
def test_what_is_asked_of_a_chain_is_not_refuted(text: str) -> None:
    statements = agnesi.check(text, diagnose=False).statements
    assert statements
    assert not {"refuted", "proved", "tested"} & {s.verdict for s in statements}
