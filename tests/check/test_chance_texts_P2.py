"""Derivations about chance as people write them: right ones pass, and an error is found at its line."""

from __future__ import annotations

import pytest

from agnesi.checking import check
from agnesi.read.chance_sheet import e_is_random
from agnesi.read.lex import lex

RIGHT = [
    "H(X,Y) = −∑_{x,y} p(x,y) log p(x,y)\n= −∑_{x,y} p(x,y) log [p(x) p(y|x)]\n= H(X) + H(Y|X)",
    "H(X,Y) = −Σ_{x,y} p(x,y) log p(x,y)\n= −Σ_x p(x) log p(x) − Σ_{x,y} p(x,y) log p(y|x)",
    "p = N(m, s^2), q = N(0, 1)\nKL(p||q) = E_p[log p(x) - log q(x)]\n= -log s - 1/2 + (s^2 + m^2)/2",
    "X ~ Poisson(λ)\nE[X^2] = λ + λ^2",
    "burglary b and earthquake e are independent\nP(a,b,e) = P(a|b,e) P(b) P(e)",
    "r | λ ~ Poisson(λ), prior p(λ) ∝ 1/λ for λ > 0\np(λ|r) ∝ λ^{r−1} e^{−λ}\nu = ln λ\np(u|r) = p(λ|r) λ",
    "p(D|θ) ∝ θ^k (1−θ)^{n−k}\nprior p(θ) = Beta(θ | a, b)\np(θ|D) = Beta(θ | a + k, b + n − k)",
    "x₁, ..., xₙ independent with mean μ and variance σ², m = (1/n) ∑_i x_i\ns² = (1/n) ∑_i (x_i − m)²\n"
    "E[s²] = (n−1)σ²/n",
    "x : n, y : m\nz := x - \\Sigma_{xy} \\Sigma_{yy}^{-1} y\n"
    "\\operatorname{Cov}(z, y) = \\Sigma_{xy} - \\Sigma_{xy} \\Sigma_{yy}^{-1} \\Sigma_{yy} = 0",
    "p, q distributions over a finite set\nw(x) := p(x)/q(x)\nE_p[f(x)] = ∑_x p(x) f(x)\n= E_q[w(x) f(x)]",
    "−(1/2) log(1/2) − (1/4) log(1/4) − (1/4) log(1/4) = H(1/2, 1/4, 1/4)",
]
WRONG = [
    ("H(X,Y) = −∑_{x,y} p(x,y) log [p(x) p(y|x)]\n= −∑_{x,y} p(x,y) log [p(x) p(y)]", 2),
    ("p = N(m, s^2), q = N(0, 1)\nKL(p||q) = E_p[log p(x) - log q(x)]\n= -log s - 1/2 + (s^2 - m^2)/2", 3),
    ("X ~ Poisson(λ)\nE[X^2] = λ^2", 2),
    ("burglary b and earthquake e are independent\nP(b,e|a) = P(b|a) P(e|a)", 2),
    ("r | λ ~ Poisson(λ), prior p(λ) ∝ 1/λ for λ > 0\np(λ|r) ∝ λ^{r−2} e^{−λ}", 2),
    ("r | λ ~ Poisson(λ), prior p(λ) ∝ 1/λ for λ > 0\nu = ln λ\np(u|r) = p(λ|r)/λ", 3),
    ("p(D|θ) ∝ θ^k (1−θ)^{n−k}\nprior p(θ) = Beta(θ | a, b)\np(θ|D) = Beta(θ | a + k, b + n)", 3),
    ("x₁, ..., xₙ independent with mean μ and variance σ², m = (1/n) ∑_i x_i\ns² = (1/n) ∑_i (x_i − m)²\n"
     "E[s²] = (1/n) ∑_i E[(x_i − m)²]\n= (1/n) ∑_i Var[x_i]", 4),
    ("p, q distributions over a finite set\nw(x) := p(x)/q(x)\nE_p[f(x)] = ∑_x p(x) f(x)\n= E_p[w(x) f(x)]", 4),
    ("p = (p₁, p₂, p₃)\nH(p₁, p₂, p₃) = −p₁ log p₁ − p₂ log p₂ + p₃ log p₃", 2),
]


@pytest.mark.parametrize("text", RIGHT)
def test_nothing_right_is_called_wrong(text: str) -> None:
    report = check(text, diagnose=False)
    assert report.first_wrong is None
    last = [s for s in report.statements if s.verdict is not None][-1]
    assert last.verdict in ("tested", "proved"), str(report)


@pytest.mark.parametrize(("text", "line"), WRONG)
def test_the_wrong_line_is_found(text: str, line: int) -> None:
    assert check(text, diagnose=False).first_wrong == line


@pytest.mark.parametrize(("text", "known"), [("p(x, e) = p(x|e) p(e)", True), ("p(x, e) = p(x) e^{−t}", False)])
def test_e_is_a_number_where_it_has_powers(text: str, known: bool) -> None:
    assert e_is_random(lex(text)) == known


def test_what_is_given_of_a_variable_without_a_model_says_nothing() -> None:
    report = check("prior p(λ) ∝ 1/λ for λ > 0\np(λ|r) ∝ λ^r e^{−λ}/λ", diagnose=False)
    assert report.first_wrong is None
