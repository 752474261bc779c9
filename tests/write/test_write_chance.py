"""Probability is printed in book notation, and what is printed reads back."""

from __future__ import annotations

from typing import Literal

import pytest

from agnesi.expr.nodes import symbols_of
from agnesi.read import read, worksheet
from agnesi.write import write

Form = Literal["unicode", "ascii", "latex"]
TEXTS = [
    "Var[aX + b]", "P(A ∩ B | C)", "P(¬A)", "P(¬(A ∪ B))", "P(A ∩ (B ∪ C))", "P((A ∩ B) ∪ C)",
    "P(X > a ∩ ¬(Y ≤ b))", "P(¬¬A)",
    "Pr(X > a)", "p(x, y | z)", "E_q[log p(x,z)]", "E_{q(z)}[log q(z)]", "E_{x~p}[x²]", "E_{x ~ N(μ,σ²)}[x²]",
    "E[X|Y=y]",
    "E[X|A, ¬B]", "H(X|Y)", "H(p)", "H(p,q)", "I(X;Y|Z)", "I(X,Y;Z)", "KL(p‖q)", "KL(q(z)‖p(z|x))", "N(x|μ, Σ)",
    "log N(x | m, s²)", "Cov[Ax+b]", "∑_x p(x) log p(x)", "∑_{x,y} p(x,y) x y", "∫ p(x,y) dy", "∫ x p(x,y) dx dy",
    "2 E[X] Var[X]^2", "H(N(μ,σ²))", "KL(Bern(a)‖Bern(b))", "H_2(a)", "exp(E[log X])", "p(x|y)p(y)/p(x)",
    "P(A|B)^2 + 1",
    "P(|X - m| ≥ a)", "P(|X| > a | Y)", "π(a|s) x", "(∑_x p(x)) y", "∑_x (p(x) + q(x))", "∫ (p(x) + q(x)) dx",
    "x' Cov[x] x",
    "p_X(x)", "p_{X,Y}(x,y)", "q_φ(z|x)", "KL(q_φ(z|x)‖p_θ(z))", "KL(p_1‖p_2)", "E_{q_φ}[log p_θ(x,z)]",
    "Gamma(x | a, b)",
]
MODELS = [
    "x ~ N(μ, Σ)", "y | w ~ N(X w, I/β)", "X ⊥ Y | Z", "X ~ Poisson(λ)", "X, Y ⊥ Z", "x ~ Beta(a,b)",
    "X, Y ~ N(0,1)", "x ~ Γ(a, b)",
]


@pytest.mark.parametrize("form", ["unicode", "ascii", "latex"])
@pytest.mark.parametrize("text", TEXTS)
def test_it_reads_back(text: str, form: Form) -> None:
    expr = read(text).expr
    assert read(write(expr, form), {s.name: s for s in symbols_of(expr)}).expr is expr


@pytest.mark.parametrize("form", ["unicode", "ascii", "latex"])
@pytest.mark.parametrize("text", MODELS)
def test_models_read_back(text: str, form: Form) -> None:
    (made,) = worksheet(text).statements
    assert made.expr is not None
    assert worksheet(write(made.expr, form)).statements[0].expr is made.expr


PRINTED = [
    ("P(A and not B | C)", "P(A ∩ ¬B | C)", "P(A and not B | C)", r"P(A \cap \neg B \mid C)"),
    ("E_q[log p(x,z)]", "E_q[log(p(x, z))]", "E_q[log(p(x, z))]", r"\mathbb{E}_{q}[\log(p(x, z))]"),
    ("I(X;Y|Z)", "I(X; Y | Z)", "I(X; Y | Z)", r"I(X; Y \mid Z)"),
    ("KL(q(z)||p(z|x))", "KL(q(z) ‖ p(z | x))", "KL(q(z) || p(z | x))", r"\mathrm{KL}(q(z) \,\|\, p(z \mid x))"),
    ("N(x; μ, σ²)", "N(x | μ, σ²)", "N(x | mu, sigma^2)", r"\mathcal{N}(x \mid \mu, \sigma^{2})"),
    ("∑_x p(x) x", "∑_x p(x)x", "sum_{x}(p(x)*x)", r"\sum_{x} p(x) x"),
    ("∫ p(x,y) dy", "∫ p(x, y) dy", "int p(x, y) dy", r"\int p(x, y) dy"),
]


@pytest.mark.parametrize(("text", "unicode", "ascii", "latex"), PRINTED, ids=[t for t, *_ in PRINTED])
def test_how_it_looks(text: str, unicode: str, ascii: str, latex: str) -> None:
    expr = read(text).expr
    assert (write(expr), write(expr, "ascii"), write(expr, "latex")) == (unicode, ascii, latex)


def test_mathml_is_made_of_every_operation() -> None:
    for text in TEXTS:
        assert write(read(text).expr, "mathml").startswith("<math")
