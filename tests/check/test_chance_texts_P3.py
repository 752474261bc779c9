"""Texts on probability in the ways in which people write them: what is right is not called wrong, what is wrong is."""

from __future__ import annotations

import pytest

from agnesi import check
from agnesi.read.laws_told import positive_told, words_of_laws
from agnesi.read.lex import lex
from agnesi.read.moments_told import moments_told
from agnesi.read.odds import as_odds

KL = "p is a distribution over K states with all p_k > 0, u the uniform one, u_k = 1/K\n"
BSC = "binary symmetric channel: the bit is flipped with probability f, 0 < f < 1, input X uniform on {0,1}\n"
BEC = "Let X ∈ {0, 1} with P(X = 1) = p, and let f be the probability that the symbol is erased.\n"
H2 = "Write h(p) = −p log₂ p − (1 − p) log₂(1 − p).\n"
GAUSS = "Let q be the density of N(μ, σ²) and p that of N(0, 1), σ > 0. All with respect to z ~ N(μ, σ²).\n"
NOISE = "y = Φ w + ε with ε ~ N(0, s^2 I), Φ is n x d\n"
BETA = "θ has a Beta(a, b) prior and k is the number of successes in n independent trials with probability θ\n"

# a text, and the line that is wrong (0: none)
TEXTS: list[tuple[str, int]] = [
    ("binary channel\nI(X;Y) = H(X) - H(X|Y)\nH(X) = 2\nH(X,Y) = H(Y) + H(X|Y)", 0),
    ("prior odds: O(H) = P(H)/P(not H)\nO(H|D) = O(H) P(D|H)/P(D|not H)\nP(H|D) = O(H|D)/(1 + O(H|D))", 0),
    ("odds: O(H|D) = O(H) P(D|not H)/P(D|H)", 1),
    ("P(H) = 0.3\nP(d|H) = 1/3\nP(d|not H) = 1/6\nP(d) = 0.3/3 + 0.7/6", 0),
    ("P(H) = 0.3\nP(d|H) = 1/3\nP(d|not H) = 1/6\nP(d) = 1/3 + 1/6", 4),
    ("Phi is N x M, t | w ~ N(Phi w, b^-1 I), w ~ N(0, a^-1 I), a, b > 0\n"
     "log p(w|t) = -b/2 ||t - Phi w||^2 - a/2 w^T w + const", 0),
    ("x_i | m ~ N(m, s^2), m ~ N(0, t^2)\np(m | x) ∝ exp(-m^2/(2 t^2)) exp(-sum_i (x_i - m)^2/(2 s^2))", 0),
    ("x_1..x_n | λ iid Poisson(λ), λ ~ Gamma(a, rate b), S = sum_i x_i\np(λ | x) ∝ λ^(a + S - 1) e^(-(b + n) λ)\n"
     "E[λ | x] = (a + S)/(b + n)", 0),
    ("p(k|theta) = C(n,k) theta^k (1-theta)^(n-k), prior theta ~ Beta(a, b)\n"
     "p(theta|k) ∝ theta^(k+a-1) (1-theta)^(n-k+b-1)\nE[theta|k] = (a + k)/(a + b + n)", 0),
    (BETA + "E[θ | k] = (a + k)/(a + b + n)", 0),
    (BETA + "E[θ | k] = (a + k - 1)/(a + b + n - 2)", 2),
    ("q(z) is a distribution over the values of z, q(z) > 0\nlog p(x) = E_q[log p(x,z) - log p(z|x)]", 0),
    (KL + "KL(p||u) = sum_k p_k log(p_k/u_k)\n= log K - H(p)\nKL(p||u) >= 0", 0),
    (KL + "KL(p||u) = log K + H(p)", 2),
    ("Let X be Poisson distributed with parameter λ > 0\nP(X = k) = e^(-λ) λ^k/k!\nE[X(X - 1)] = λ²", 0),
    ("Let X be Poisson distributed with mean λ > 0\nVar[X] = λ²", 2),
    ("X is exponential with mean m\nVar[X] = m²", 0),
    ("Let X be uniformly distributed on (0, 1)\nE[X²] = 1/3\nE[X³] = 1/3", 3),
    ("X and Y be independent with variances σ² > 0 and τ² > 0\nVar[aX + (1 − a)Y] = a²σ² + (1 − a)²τ²", 0),
    (NOISE + "J(w) = 1/(2 s^2) ||y - Φ w||^2\n∇J(w) = -1/s^2 Φ^T (y - Φ w)", 0),
    (GAUSS + "E[ln q(z)] = −½ ln(2πσ²) − ½\nE[ln p(z)] = −½ ln(2π) − ½ (μ² + σ²)\n"
     "KL(q‖p) = E[ln q(z)] − E[ln p(z)]", 0),
    (GAUSS + "E[ln p(z)] = −½ ln(2π) − ½ μ²", 2),
    ("X ~ Exp(1), Y = X^2, y > 0\nF_Y(y) = P(X^2 <= y) = P(X <= sqrt(y)) = 1 - e^(-sqrt(y))\n"
     "f_Y(y) = e^(-sqrt(y))/(2 sqrt(y))", 0),
    ("X ~ Exp(1), Y = X^2, y > 0\nf_Y(y) = e^(-sqrt(y))", 2),
    ("X ~ N(0, 1), Y = X^2\nP(Y <= y) = P(-sqrt(y) <= X <= sqrt(y))\nf_Y(y) = 1/sqrt(2 π y) e^(-y/2)", 0),
    ("X ~ N(0, 1)\nP(X^2 <= y) = P(X <= sqrt(y))", 2),
    ("X ~ N(μ, σ²), Y = 2X + 3\np_Y(y) = 1/2 p_X((y-3)/2)", 0),
    ("X ~ N(μ, σ²), Y = 2X + 3\np_Y(y) = p_X((y-3)/2)", 2),
    ("U ~ U(0, 1)\nY = -log(U)\nP(Y <= y) = P(U >= e^(-y)) = 1 - e^(-y)", 0),
    ("X ~ N(0, 1)\nP(-2 <= X <= 1) = Φ(1) - Φ(-2)\nP(|X| <= 2) = 2 Φ(2) - 1", 0),
    ("X ~ N(0, 1)\nP(-2 <= X <= 1) = Φ(2) - Φ(1)", 2),
    ("X ~ Exp(λ)\nP(X > s + t | X > s) = P(X > t)", 0),
    (BSC + "P(Y=1) = 1/2\nH(Y|X) = -f log2 f - (1-f) log2 (1-f)\nI(X;Y) = 1 + f log2 f + (1-f) log2 (1-f)", 0),
    (BSC + "I(X;Y) = 1 - f log2 f - (1-f) log2 (1-f)", 2),
    (BEC + H2 + "H(X|Y) = f h(p)\nI(X;Y) = (1 − f) h(p)", 0),
    (BEC + H2 + "H(X|Y) = (1 − f) h(p)", 3),
    ("Y = g(X) for a function g, H(Y|X) = 0\nH(X,Y) = H(X)\nI(X;Y) = H(Y)", 0),
    ("Y = g(X) for a function g, H(Y|X) = 0\nI(X;Y) = H(X)", 2),
    ("Let X be a random variable that takes finitely many values, all of them positive\nE[log X] <= log E[X]", 0),
    ("X is a positive random variable\nE[1/X] >= 1/E[X]", 0),
    ("X is a positive random variable\nE[1/X] <= 1/E[X]", 2),
    ("X and Y be uncorrelated random variables with zero mean\nE[X Y] = 0", 0),
    ("X and Y be uncorrelated random variables with zero mean\nE[X^2 Y^2] = E[X^2] E[Y^2]", 2),
    ("Let X be exponential with rate λ > 0, f(x) = λ e^(-λ x)\nh(X) = -∫_0^∞ f(x) ln f(x) dx\n= 1 - ln λ", 0),
    ("Let X be exponential with rate λ > 0, f(x) = λ e^(-λ x)\nh(X) = 1 + ln λ", 2),
    ("Let A and B be events with 0 < P(B) < 1\nP(A|B) + P(A|B^c) = 1", 2),
    ("p = N(a, s^2), q = N(b, s^2)\nthis is symmetric in a and b, so KL(p||q) = KL(q||p)", 0),
    ("θ ~ Beta(a, b), a, b > 0\nVar(θ) = ab/((a+b)² (a+b+1))", 0),
    ("f(λ) = n log λ, λ > 0\n\\frac{df}{d\\lambda} = \\frac{n}{\\lambda}", 0),
]


@pytest.mark.parametrize(("text", "wrong"), TEXTS, ids=[f"{k} {t[-40:]!r}" for k, (t, _) in enumerate(TEXTS)])
def test_the_first_wrong_line_of_a_text_is_found_and_no_other(text: str, wrong: int) -> None:
    assert check(text).first_wrong == (wrong or None)


READ = [t for t, wrong in TEXTS if not wrong]


@pytest.mark.parametrize("text", READ, ids=[repr(t[-40:]) for t in READ])
def test_every_line_of_a_right_text_is_read(text: str) -> None:
    assert [s.text for s in check(text, diagnose=False).statements if s.verdict == "not read"] == []


@pytest.mark.parametrize("text", ["X ~ Cauchy(0, 1)\nE[X] = 0", "X ~ N(0, 1)\nP(X + Y > 0) = 1/2"])
def test_what_has_no_value_is_not_judged(text: str) -> None:
    assert [s.verdict for s in check(text, diagnose=False).statements if s.role == "claim"] in (["not read"], [])


def test_nouns_stand_before_names() -> None:
    told = moments_told("burglary b and earthquake e are independent")
    assert [t.names for t in told if t.fact == "independent"] == [("b", "e")]


def test_positive_variables_are_told() -> None:
    assert positive_told("X is a positive random variable") == ["X > 0"]
    assert positive_told("the matrix A is positive definite") == []


def test_odds_are_left_alone_where_nobody_speaks_of_them() -> None:
    line = lex("O(H) = 2")
    assert as_odds([line], "O(H) = 2") == [line]
    assert words_of_laws("no law is told here") == []
