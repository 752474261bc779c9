r"""What notes on models write: \vec{y} beside y, what is named after its value, h_θ(x) of a model, named theorems."""

from __future__ import annotations

import pytest

import agnesi
from agnesi.documents.files import check_file

X = r"Let $X \in \mathbb{R}^{n\times d}$. "
S = X + r"Let $S^{-1} \eqqcolon \Lambda = \alpha I_d + \beta X^{\top} X, \qquad m = \beta S X^{\top} y$. "
T = X + r"Let $\vec t\in\mathbb{R}^n$, $t \in \mathbb{R}$. Then "
Y = r"Let $\vec{y} \in \mathbb{R}^n$. The density is $p(y;\mu) = \frac{1}{\sqrt{2\pi}} e^{-\frac12 (y-\mu)^2} = "
H = r"Let $h_\theta(x) = \theta^T x$ and $p(y \mid x; \theta) = \mathcal{N}(y; h_\theta(x), 1)$. Then "
RIGHT = [
    S + r"Then $\Lambda m = \beta X^T y$.",
    S + r"Then $S = (\alpha I_d + \beta X^{\top} X)^{-1} = \Lambda^{-1}$.",
    r"Let $a, b \in \mathbb{R}$. Write $a^2 + b^2 \eqqcolon c$. Then $(a+b)^2 = c + 2ab$.",
    T + r"$\nabla_w \|Xw - \vec t\|^2 = 2X^T(Xw - \vec t)$ and $(t+1)^2 = t^2 + 2t + 1$.",
    X + r"Let $\vec{y} \in \mathbb{R}^n$ and $y \in \{0,1\}$. Then $\|X w - \vec y\|^2 = \|Xw\|^2 - 2 w^T X^T \vec{y} "
    r"+ \vec{y}^T \vec{y}$.",
    r"Let $\vec{v}, \vec{w} \in \mathbb{R}^n$. Then $\|\vec v + \vec w\|^2 = \|\vec{v}\|^2 + 2 \vec v^T \vec w + "
    r"\|\vec w\|^2$ and $v^T w = w^T v$.",
    Y + r"\frac{1}{\sqrt{2\pi}} e^{-\frac12 y^2} e^{\mu y - \frac12 \mu^2}$.",
    H + r"$\log p(y \mid x;\theta) = -\frac12 (y - h_\theta(x))^2 - \frac12\log(2\pi)$.",
    r"Let $A$ be positive definite. By Hadamard's inequality $\det A \le \prod_i A_{ii}$.",
]
WRONG = [
    S + r"Then $\Lambda m = X^T y$.",
    r"Let $a, b \in \mathbb{R}$. Write $a^2 + b^2 \eqqcolon c$. Then $(a+b)^2 = c + ab$.",
    T + r"$\nabla_w \|Xw - \vec t\|^2 = X^T(Xw - \vec t)$.",
    Y + r"\frac{1}{\sqrt{2\pi}} e^{-\frac12 y^2} e^{\mu y + \frac12 \mu^2}$.",
    H + r"$\log p(y \mid x;\theta) = -(y - h_\theta(x))^2 - \frac12\log(2\pi)$.",
    r"Let $A$ be positive definite. By Hadamard's inequality $\det A \ge \prod_i A_{ii}$.",
]
NOTES = r"""\section{A}
We choose
\[ h_\theta(x) = g(\theta^T x) = \frac{1}{1 + e^{-\theta^T x}}, \qquad \text{where } g(z) = \frac{1}{1+e^{-z}}. \]

Then
\[ h_\theta(x) = RIGHT. \]
"""


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_is_judged_so(text: str) -> None:
    verdicts = [s.verdict for s in agnesi.check(text, diagnose=False).statements]
    assert "refuted" not in verdicts
    assert "not read" not in verdicts
    assert {"proved", "tested"} & set(verdicts)


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_found(text: str) -> None:
    statements = agnesi.check(text).statements
    assert statements[-1].verdict == "refuted"
    assert [s.verdict for s in statements].count("refuted") == 1


def test_a_theorem_that_is_named_asks_for_more_than_is_told() -> None:
    claim = agnesi.check(r"By Hadamard's inequality $\lvert \Lambda \rvert \le \prod_i\Lambda_{ii}$.")
    assert claim.verdict == "not read"
    assert agnesi.check(r"Hence $\lvert \Lambda \rvert \le \prod_i\Lambda_{ii}$.").verdict == "refuted"


@pytest.mark.parametrize(
    ("side", "verdict"), [(r"1 - \frac{1}{1 + e^{\theta^T x}}", "tested"), (r"\frac{1}{1 + e^{\theta^T x}}", "refuted")]
)
def test_what_a_chain_defines_is_handed_on(side: str, verdict: str) -> None:
    last = check_file("notes.tex", text=NOTES.replace("RIGHT", side)).statements[-1]
    assert (last.verdict if last.verdict != "proved" else "tested") == verdict


@pytest.mark.parametrize("claim", [r"y \le k", r"k - y \ge 0"])
def test_a_number_in_a_range_is_never_said_to_be_beyond_it(claim: str) -> None:
    for told in (r"\{1, 2, \ldots, k\}", r"\{1, \dots, k\}"):
        assert agnesi.check(rf"Let $y \in {told}$. Then ${claim}$.").verdict != "refuted"


def test_a_number_in_a_range_is_whole() -> None:
    told = r"Let $y \in \{1, 2, \ldots, k\}$. Then "
    assert agnesi.check(told + r"$\sum_{j=1}^y j = y(y+1)/2$.").verdict == "proved"
    assert agnesi.check(told + r"$\sum_{j=1}^y j = y(y-1)/2$.").verdict == "refuted"
