"""Right sentences of lecture notes that were once called wrong, or failed: none is, and planted slips stay found."""

from __future__ import annotations

import re

import numpy as np
import pytest

from agnesi.check.report import Judged
from agnesi.checking import check_within
from agnesi.ops.facts import facts

_FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]*\$", re.DOTALL)


def judged(text: str) -> list[Judged]:
    """The statements of a text whose formulas are marked, as in a document."""
    return list(check_within(text, [m.span() for m in _FORMULA.finditer(text)]).statements)


RIGHT = {
    "events": r"A measure satisfies $P(A) \ge 0$ and, for disjoint events, $P(A \cup B) = P(A) + P(B)$.",
    "divergence": r"$$D_{\mathrm{KL}}(p\|q) = \sum_xp(x)\log\frac{p(x)}{q(x)} = \mathbb{E}_{p}\left[\log"
    r"\frac{p(X)}{q(X)}\right]\ge0.$$ The cross entropy is $H(p,q)=-\sum_xp(x)\log q(x)=H(p)+D_{\mathrm{KL}}(p\|q)$.",
    "alphabet": r"Let $X$ be a random variable. We have $0\le H(X)\le\log|\mathcal X|$.",
    "columns": r"If $q_1,\dots,q_k$ are orthonormal then $q_i^Tq_j=\delta_{ij}$, and with "
    r"$Q=[q_1\ \cdots\ q_k]$ we have $Q^TQ=I$. The projection onto their span is $QQ^Tb=\sum_{i=1}^k(q_i^Tb)q_i$.",
    "inverse function": r"With $\sigma(z) = \frac{1}{1+e^{-z}}$ the inverse is the logit "
    r"$\sigma^{-1}(p) = \log \frac{p}{1-p}$ for $p \in (0, 1)$.",
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_is_not_called_wrong(name: str) -> None:
    """Each of these sentences is right as books mean it."""
    assert not [s.text for s in judged(RIGHT[name]) if s.verdict == "refuted"]


@pytest.mark.parametrize("name", ["divergence", "columns"])
def test_what_is_read_now_is_found_right(name: str) -> None:
    """What was misread is read, and holds."""
    assert {s.verdict for s in judged(RIGHT[name])} <= {"proved", "tested", None}


@pytest.mark.parametrize(
    "text",
    [
        r"Let $Q=[q_1\ \cdots\ q_k]$ with $Q^TQ=I$. Therefore $QQ^Tb=2\sum_{i=1}^k(q_i^Tb)q_i$.",
        r"For square $A$ and $B$ we have $(AB)^{-1} = A^{-1}B^{-1}$.",
        r"The cross entropy is $H(p,q)=-\sum_xp(x)\log q(x)=H(p)-D_{\mathrm{KL}}(p\|q)$.",
        r"For events $A$ and $B$ we have $P(A \cup B) = P(A) + P(B)$.",
    ],
)
def test_slips_are_still_found(text: str) -> None:
    """The same formulas with a slip are wrong."""
    assert [s for s in judged(text) if s.verdict == "refuted"]


def test_listed_vectors_are_columns() -> None:
    """X = [x_1, …, x_n] gives XXᵀ as the sum of outer products, as NumPy does."""
    text = r"With $X=[x_1, \ldots, x_n]$ we have $XX^T = \sum_{i=1}^n x_i x_i^T$."
    assert [s.verdict for s in judged(text) if s.verdict] == ["proved"]
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 5))
    assert np.allclose(x @ x.T, sum(np.outer(x[:, i], x[:, i]) for i in range(5)))


def test_the_rank_of_a_vector_is_checked() -> None:
    """The fact is tested also for what turns out to be a vector: it has one column."""
    check = facts["full column rank"].check
    assert check is not None
    assert check(np.array([1.0, 2.0])) and not check(np.zeros(2)) and not check(np.ones((3, 2)))


MARKED = """Let $X$ be an $n \\times p$ matrix, and $y = X\\beta^* + \\varepsilon$.

The minimizer solves the normal equations $X^T X \\hat\\beta = X^T y$.
"""
ELSEWHERE = """The loss is $L = \\frac12 (a - y)^2$.

Backward: $\\partial L/\\partial a = a - y = 0.9621$.
"""
BARE = """Let $\\mathbb{E} \\varepsilon = 0$ and $M(\\lambda) = \\mathbb{E} |a\\lambda - b|^2$. Then $M(1) < b^2$.
"""
ROUNDED = "We have $\\sigma(1) = 0.7311$ and $2 \\cdot 0.7311 + 0.5 = 1.9621$, but $2 \\cdot 0.7311 + 0.5 = 1.9721$.\n"


@pytest.mark.parametrize("text", [MARKED, ELSEWHERE, BARE], ids=["hat", "values", "a bare E"])
def test_what_nothing_tells_makes_no_line_wrong(text: str) -> None:
    assert "refuted" not in [s.verdict for s in judged(text)]


def test_rounding_on_the_way_is_no_error_and_a_wrong_digit_before_it_is() -> None:
    assert [s.verdict for s in judged(ROUNDED)] == ["tested", "tested", "refuted"]
