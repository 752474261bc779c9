"""Layers in square brackets, g′ entry by entry, conditional subscripts, 𝔼 of a norm, I[x; y], sets."""

from __future__ import annotations

from judged_texts import each, first_wrong, judged_right

import agnesi as ag

NETWORK = r"""Let $g(z) = \tanh z$ and $L = \frac12\|a^{[2]} - y\|^2$
with $z^{[2]} = W^{[2]} a^{[1]} + b^{[2]}$, $a^{[2]} = g(z^{[2]})$.
$\delta^{[2]} = (a^{[2]} - y) \odot g'(z^{[2]})$
$\frac{\partial L}{\partial W^{[2]}} = \delta^{[2]} a^{[1]T}$"""
RIGHT = [
    NETWORK,
    r"Let $W^{[l]} \in \mathbb{R}^{n_l \times n_{l-1}}$, $a^{[l-1]} \in \mathbb{R}^{n_{l-1}}$, $b^{[l]} ∈ ℝ^{n_l}$. "
    r"$z^{[l]} = W^{[l]} a^{[l-1]} + b^{[l]}$. $\frac{∂z^{[l]}}{∂a^{[l-1]}} = W^{[l]}$.",
    "Let $σ(z) = 1/(1+e^{-z})$.\nLet $z ∈ ℝ^n$. $σ'(z) = σ(z)⊙(1-σ(z))$",
    r"Let $\varepsilon \sim N(0, \sigma^2 I_n)$. $\mathbb{E}\left\| \varepsilon \right\|_2^2 = n\sigma^2$",
    r"$I[x;y] = \sum_{x,y}p(x,y)\ln\frac{p(x,y)}{p(x)p(y)} = H[x]+H[y]-H[x,y]$",
    r"$P_{t|t-1} = A P_{t-1|t-1} A^\top + Q$ and $P_{t|t-1} - Q = A P_{t-1|t-1} A^\top$",
]
WRONG = [(5, NETWORK + "\n" + r"$\frac{\partial L}{\partial a^{[1]}} = W^{[2]} \delta^{[2]}$")]

test_right = each(RIGHT, judged_right)
test_first_wrong = each(WRONG, first_wrong)


def test_a_set_claims_nothing() -> None:
    report = ag.check(r"$C = \{u : \|X^T u\|_\infty \le \lambda\}$", diagnose=False)
    assert [(s.role, s.verdict) for s in report.statements] == [("declaration", None)]


def test_a_prime_makes_no_vector() -> None:
    assert ag.check("f(x) = sin(x)\nf'(x) = cos(x)", diagnose=False).read_as == ("x ∈ ℝ",)
