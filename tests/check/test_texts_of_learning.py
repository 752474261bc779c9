"""Least squares, logistic regression, networks, kernels, clusters and optimisation, as notes and homework have them."""

from __future__ import annotations

import pytest
from judged_texts import each, first_wrong, judged_right, left_open, not_refuted, only_the_last_wrong

import agnesi
from agnesi.documents.files import check_file

NEWTON = r"$f(\theta) = b^T\theta - \frac12\theta^T A \theta$, $A$ symmetric, invertible. Newton's method is "
LAYER = r"$z^l = W^l a^{l-1} + b^l$, $a^l = \sigma(z^l)$. "
INPUTS = r"Let $X \in \mathbb{R}^{n\times d}$. "
PRECISION = INPUTS + r"Let $S^{-1} \eqqcolon \Lambda = \alpha I_d + \beta X^{\top} X, \qquad m = \beta S X^{\top} y$. "
TARGETS = INPUTS + r"Let $\vec t\in\mathbb{R}^n$, $t \in \mathbb{R}$. Then "
DENSITY = r"Let $\vec{y} \in \mathbb{R}^n$. The density is $p(y;\mu) = \frac{1}{\sqrt{2\pi}} e^{-\frac12 (y-\mu)^2} = "
HYPOTHESIS = r"Let $h_\theta(x) = \theta^T x$ and $p(y \mid x; \theta) = \mathcal{N}(y; h_\theta(x), 1)$. Then "
SVD = r"Let $X\in\mathbb{R}^{N\times p}$. With the SVD $X = UDV^T$, $d_1\ge d_2\ge\cdots\ge d_p\ge0$, "
CONJUGATE = (
    r"$f^*(y) = \sup_{x\in\mathop{\bf dom} f} (y^Tx - f(x))$. Let $f(x) = \frac12 x^TQx$ with $Q\in{\bf S}^n_{++}$. "
)
SHRINKAGE = r"$S(t,\lambda) = \operatorname{sign}(t)(|t|-\lambda)_+$. "
NOISE = "y = Φ w + ε with ε ~ N(0, s^2 I), Φ is n x d\n"
RIGHT = [
    "f(x) = ||Ax - b||^2\ngrad f = 2A'Ax - 2A'b\nhess f = 2A'A",
    "f(x) = ||Ax - b||^2\nGradient f = 2A'Ax - 2A'b\nHessian f = 2A'A",
    "f(w) = ½‖Xw − y‖²\nGradient: Xᵀ(Xw − y). Hessian: XᵀX.",
    "Let S be the sample covariance (symmetric, d x d). L(u, lambda) = u'Su - lambda (u'u - 1)\n"
    "dL/du = 2Su - 2 lambda u = 0\nso Su = lambda u",
    "J(w) = (y - Xw)'(y - Xw) + lambda w'w\ndJ/dw = -2X'(y - Xw) + 2 lambda w\n"
    "=> w_hat = (X'X + lambda I)^{-1} X'y",
    "mu = (1/d) sum_i x_i, s2 = (1/d) sum_i (x_i - mu)^2\nd s2/d x_j = (2/d)(x_j - mu)",
    "Define J(θ) = (1/2m) Σᵢ (θᵀx⁽ⁱ⁾ − y⁽ⁱ⁾)².\nThen ∇J(θ) = (1/m) Σᵢ (θᵀx⁽ⁱ⁾ − y⁽ⁱ⁾) x⁽ⁱ⁾",
    "f(x) = 1/2 x'Ax - b'x, A spd: x_{k+1} = x_k - t (A x_k - b)\n"
    "with e_k = x_k - A^{-1} b we get e_{k+1} = (I - tA) e_k",
    "minimise S(a,b) = sum_i (y_i - a - b x_i)^2.\n"
    "dS/da = -2 sum_i (y_i - a - b x_i) = 0  =>  a = ybar - b xbar",
    "f(w) = ½‖Xw − y‖²\nw^{new} = w − (XᵀX)⁻¹∇f(w)\nw^{new} = (XᵀX)⁻¹Xᵀy",
    "z^{[1]} = W^{[1]} x + b^{[1]}\na^{[1]} = tanh(z^{[1]})\n∂a^{[1]}/∂z^{[1]} = diag(1 - a^{[1]} ⊙ a^{[1]})",
    "Logistic regression. p_i = σ(w·x_i), L(w) = -sum_i [y_i log p_i + (1-y_i) log(1-p_i)]\n"
    "dL/dw = sum_i (p_i - y_i) x_i\nd²L/dw² = sum_i p_i (1-p_i) x_i x_iᵀ",
    r"Let $k(x,x') = (x^\top x')^2$ with $x, x' \in \mathbb{R}^2$. Then" "\n"
    r"\begin{align}" "\n"
    r"k(x,x') &= (x_1 x_1' + x_2 x_2')^2 \\" "\n"
    "&= x_1^2 x_1'^2 + 2 x_1 x_1' x_2 x_2' + x_2^2 x_2'^2\n"
    r"\end{align}",
    "k(x,x') = exp(-(x - x')²/(2ℓ²))\n∂k/∂x = -(x - x')/ℓ² k(x,x')\n∂k/∂x' = (x - x')/ℓ² k(x,x')",
    "Let y = f(x) + ε with E[ε]=0, Var(ε)=σ².\nE[(y - ŷ)²] = E[(f + ε - ŷ)²] = σ² + (f - E[ŷ])² + Var(ŷ)",
    "AIC = -2 log L + 2k\nBIC = -2 log L + k log n\nBIC - AIC = k(log n - 2)",
    "softmax cross-entropy: L = -sum_k t_k log y_k with y_k = exp(a_k)/sum_j exp(a_j) and sum_k t_k = 1\n"
    "dL/da_j = y_j - t_j",
    "z = (x − m)/s, with m = (1/n)Σ x_i. Then Σ z_i = 0",
    "x̂ = (x − μ)/σ, with μ = (1/n)Σ x_i, σ² = (1/n)Σ (x_i − μ)². Then Σ x̂_i = 0 and Σ x̂_i² = n.",
    r"$L = u^TSu + \lambda(1 - u^Tu)$ and $\nabla_u L = 2Su - 2\lambda u = 0$, so $Su = \lambda u$.",
    "y = Xβ + ε. RSS(β) = (y − Xβ)'(y − Xβ), dRSS/dβ = −2X'(y − Xβ)",
    "(1) u = W x + b\n(2) L = 1/2 ||u - y||^2\n(3) dL/du = u - y\n(2) ⇒ (3) dL/dW = (u - y) x^T",
    "P = softmax(S) row-wise, S is n x n, V is n x d\nO = P V\nrows of P sum to 1: P 1 = 1",
    "x_n ∈ R^D, r_nk ≥ 0, N_k = ∑_n r_nk\nQ(μ_k) = -∑_n r_nk ‖x_n - μ_k‖²\n∇_{μ_k} Q = 2 ∑_n r_nk (x_n - μ_k)\n"
    "N_k μ_k = ∑_n r_nk x_n",
    "L(π, λ) = ∑ₖ Nₖ ln πₖ + λ (∑ₖ πₖ − 1)\n∂L/∂πₖ = Nₖ/πₖ + λ\nNₖ = −λ πₖ",
    "k(x,z) = (x·z + 1)², x, z ∈ R²\n= (x1 z1 + x2 z2 + 1)²\nφ(x) = (x1², x2², √2 x1 x2, √2 x1, √2 x2, 1)\n"
    "k(x,z) = φ(x)·φ(z)",
    "J(w) = ‖y − Xw‖² + λ‖w‖²\n∇J = −2Xᵀ(y − Xw) + 2λw\nset to 0: (XᵀX + λI)w = Xᵀy\n"
    "y|w ~ N(Xw, σ²I), w ~ N(0, τ²I)\nλ = σ²/τ²",
    LAYER + r"$\frac{\partial a^l}{\partial z^l} = \mathrm{diag}(a^l \odot (1 - a^l))$",
    r"$z^l = W^l a^{l-1} + b^l$. $\frac{\partial z^l}{\partial a^{l-1}} = W^l$.",
    r"$z_i^l = \sum_j W^l_{ij} a^{l-1}_j + b^l_i$, $\frac{\partial z_i^l}{\partial W^l_{ij}} = "
    "a_j^{l-1}$",
    r"$\theta^{t+1} = \theta^t - \eta \nabla f(\theta^t)$ with $f(\theta) = \frac12\theta^T A\theta$, "
    r"$A$ symmetric. Then $\theta^{t+1} = (I - \eta A)\theta^t$.",
    NEWTON + r"$\theta := \theta - H^{-1}\nabla_\theta f(\theta)$ where $H = \nabla^2 f(\theta)$.",
    PRECISION + r"Then $\Lambda m = \beta X^T y$.",
    PRECISION + r"Then $S = (\alpha I_d + \beta X^{\top} X)^{-1} = \Lambda^{-1}$.",
    TARGETS + r"$\nabla_w \|Xw - \vec t\|^2 = 2X^T(Xw - \vec t)$ and $(t+1)^2 = t^2 + 2t + 1$.",
    INPUTS + r"Let $\vec{y} \in \mathbb{R}^n$ and $y \in \{0,1\}$. Then $\|X w - \vec y\|^2 = \|Xw\|^2 "
    r"- 2 w^T X^T \vec{y} + \vec{y}^T \vec{y}$.",
    DENSITY + r"\frac{1}{\sqrt{2\pi}} e^{-\frac12 y^2} e^{\mu y - \frac12 \mu^2}$.",
    HYPOTHESIS + r"$\log p(y \mid x;\theta) = -\frac12 (y - h_\theta(x))^2 - \frac12\log(2\pi)$.",
    CONJUGATE + r"Then $f^*(y) = \frac12 y^TQ^{-1}y$",
    SVD + r"$\mathrm{df}(\lambda) = \mathrm{tr}(X(X^TX+\lambda I)^{-1}X^T) = \sum_{j=1}^p\frac{d_j^2}{d_j^2+\lambda}$",
    SHRINKAGE + r"$S(-3, 1) = -2$",
    "z = W x + b, a = sigma(z), C = 1/2 ||a - y||^2\ndC/da = a - y\ndC/dz = (a - y) .* a .* (1 - a)\n"
    "dC/dW = ((a - y) .* a .* (1 - a)) x^T",
    "w = argmin ||Xw-y||^2 + lam ||w||^2\n2X'(Xw-y) + 2 lam w = 0\n(X'X + lam I) w = X'y\n"
    "w = (X'X + lam I)^-1 X'y",
    NOISE + "J(w) = 1/(2 s^2) ||y - Φ w||^2\n∇J(w) = -1/s^2 Φ^T (y - Φ w)",
]  # fmt: skip

FIRST_WRONG = [  # the number of the first wrong line, and the text
    (3, "f(x) = ||Ax - b||^2\nGradient f = 2A'Ax - 2A'b\nHessian f = A'A"),
    (2, "f(w) = ½‖Xw − y‖²\nGradient: X(Xw − y)"),
    (3, "J(w) = (y - Xw)'(y - Xw) + lambda w'w\ndJ/dw = -2X'(y - Xw) + 2 lambda w\n"
        "setting this to zero gives w_hat = (X'X + 2 lambda I)^{-1} X'y"),
    (3, "f(x) = 1/2 ‖x − a‖² + b'x\n∇f = x − a + b\nso x* = a + b"),
    (2, "mu = (1/d) sum_i x_i, s2 = (1/d) sum_i (x_i - mu)^2\nd s2/d x_j = (1/d)(x_j - mu)"),
    (2, "f(x) = 1/2 x'Ax - b'x, A spd: x_{k+1} = x_k - t (A x_k - b)\n"
        "with e_k = x_k - A^{-1} b we get e_{k+1} = (I + tA) e_k"),
    (2, "minimise S(a,b) = sum_i (y_i - a - b x_i)^2.\n"
        "dS/da = -2 sum_i (y_i - a - b x_i) = 0  =>  a = ybar + b xbar"),
    (2, "Logistic regression. p_i = σ(w·x_i), L(w) = -sum_i [y_i log p_i + (1-y_i) log(1-p_i)]\n"
        "dL/dw = sum_i (y_i - p_i) x_i"),
    (2, "k(x,x') = exp(-(x - x')²/(2ℓ²))\n∂k/∂x = (x - x')/ℓ² k(x,x')"),
    (2, r"Let $\gamma_{nk} \ge 0$ with $\sum_{k=1}^K \gamma_{nk} = 1$ and $N_k = \sum_{n=1}^N "
        r"\gamma_{nk}$." "\n"
        r"\[ \sum_k N_k = \sum_k \sum_n \gamma_{nk} = K \]"),
    (3, "AIC = -2 log L + 2k\nBIC = -2 log L + k log n\nBIC - AIC = k(log n + 2)"),
    (1, r"$L = u^TSu + \lambda(1 - u^Tu)$ and $\nabla_u L = 2Su - \lambda u = 0$, so $Su = \lambda u$."),
    (4, "Attention: A = softmax(Q K^T / sqrt(d)), Q, K are n x d, V is n x d. Softmax is applied to each row.\n"
        "A 1 = 1\nZ = A V\ndL/dV = A dL/dZ"),
    (1, "Hessian of f(x) = log(1 + exp(a^T x)): grad f = s a with s = 1/(1+exp(-a^T x)), and Hess f = s a a^T"),
    (3, "x_n ∈ R^D, r_nk ≥ 0\nQ(μ_k) = -∑_n r_nk ‖x_n - μ_k‖²\n∇_{μ_k} Q = ∑_n r_nk (x_n - μ_k)"),
    (3, "L = 1/2 ||y - Phi w||^2, Phi: N x M design matrix\ndL/dw = -Phi^T (y - Phi w)\n"
        "set to zero: Phi^T y = Phi Phi^T w\nw = (Phi^T Phi)^-1 Phi^T y"),
    (4, "z = W x + b, a = sigma(z), C = 1/2 ||a - y||^2\ndC/da = a - y\ndC/dz = (a - y) .* a .* (1 - a)\n"
        "dC/dW = x ((a - y) .* a .* (1 - a))^T"),
    (4, "f(x) = log(1 + exp(-y w^T x)) as a function of w\nlet m = y w^T x, so f = log(1+exp(-m))\n"
        "df/dm = -1/(1+exp(m))\ndf/dw = y x/(1+exp(m))"),
    (2, "softmax p_i = e^{z_i}/sum_j e^{z_j}\n∂p_i/∂z_j = p_i (1 - p_j)\n"),
    (2, "||Ax - b||^2 = (Ax-b)'(Ax-b) = x'A'Ax - 2b'Ax + b'b\ngradient wrt x: 2A'Ax - 2Ab"),
    (2, "p = sigma(w^T x), L = -y log p - (1-y) log(1-p)\ndL/dw = (y - p) x"),
    (3, "Ridge: (X'X + lam I)^{-1} X' = X'(XX' + lam I)^{-1}\n"
        "multiply by (X'X + lam I) on the left: X' = (X'X + lam I) X' (XX' + lam I)^{-1}\n"
        "X'(XX' + lam I) = (X'X + 2 lam I) X'"),
    (2, "f(w) = sum_i max(0, 1 - y_i w'x_i), so where y_i w'x_i < 1 for all i\ngrad f = sum_i y_i x_i"),
    (4, "loss for one sample: l = (y - w^T x)^2\ndl/dw = -2 (y - w^T x) x\nsgd: w <- w + 2 eta (y - w^T x) x\n"
        "hessian: d^2 l/dw dw^T = 2 x^T x"),
    (3, "w = argmin ||Xw-y||^2 + lam ||w||^2\n2X'(Xw-y) + 2 lam w = 0\n(X'X - lam I) w = X'y"),
]  # fmt: skip

LAST_WRONG = [  # what is said last is wrong, and nothing else
    "z = (x − m)/s, with m = (1/n)Σ x_i. Then Σ z_i = n",
    "y = Xβ + ε. RSS(β) = (y − Xβ)'(y − Xβ), dRSS/dβ = 2X'(y − Xβ)",
    LAYER + r"$\frac{\partial a^l}{\partial z^l} = \mathrm{diag}(a^l \odot (1 + a^l))$",
    r"$\theta^{t+1} = \theta^t - \eta \nabla f(\theta^t)$ with $f(\theta) = \frac12\theta^T A\theta$, "
    r"$A$ symmetric. Then $\theta^{t+1} = (I + \eta A)\theta^t$.",
    r"$f(w) = \sum_i \log(1+e^{-w^T x_i})$. So $\nabla^2 f(w) \preceq 0$.",
    NEWTON + r"$\theta := \theta + H^{-1}\nabla_\theta f(\theta)$ where $H = \nabla^2 f(\theta)$.",
    PRECISION + r"Then $\Lambda m = X^T y$.",
    TARGETS + r"$\nabla_w \|Xw - \vec t\|^2 = X^T(Xw - \vec t)$.",
    DENSITY + r"\frac{1}{\sqrt{2\pi}} e^{-\frac12 y^2} e^{\mu y + \frac12 \mu^2}$.",
    HYPOTHESIS + r"$\log p(y \mid x;\theta) = -(y - h_\theta(x))^2 - \frac12\log(2\pi)$.",
    CONJUGATE + r"Then $f^*(y) = \frac12 y^TQy$",
    SVD + r"$\mathrm{df}(\lambda) = \mathrm{tr}(X(X^TX+\lambda I)^{-1}X^T) = \sum_{j=1}^p\frac{d_j}{d_j+\lambda}$",
    SHRINKAGE + r"$S(-3, 1) = 2$",
]  # fmt: skip

OPEN = [  # what they leave unsaid decides: neither right nor wrong
    r"We repeat $x := x - \eta \nabla f(x)$ with $f(x) = x^T x$, or $m \leftarrow \beta m + (1 - \beta) "
    "g$.",
    r"$z^l = W^l a^{l-1} + b^l$, $a^l = f(z^l)$. $\delta^l = (W^{l+1}\delta^{l+1}) \odot f'(z^l)$, "
    r"$\|W^l\| > 4$",
]  # fmt: skip

IN_DOUBT = [  # right, or right with what is not said: not called wrong
    "e = y - X b = (I - H) y, H = X (X'X)^-1 X', X'e = X'(I-H)y = 0",
    "x_1²z_1² + 2x_1z_1x_2z_2 + x_2²z_2² = (x_1², √2x_1x_2, x_2²)(z_1², √2z_1z_2, z_2²)ᵀ",
]  # fmt: skip

test_right = each(RIGHT, judged_right)
test_first_wrong = each(FIRST_WRONG, first_wrong)
test_last_wrong = each(LAST_WRONG, only_the_last_wrong)
test_left_open = each(OPEN, left_open)
test_in_doubt = each(IN_DOUBT, not_refuted)


NOTES = r"""\section{A}
We choose
\[ h_\theta(x) = g(\theta^T x) = \frac{1}{1 + e^{-\theta^T x}}, \qquad \text{where } g(z) = \frac{1}{1+e^{-z}}. \]

Then
\[ h_\theta(x) = RIGHT. \]
"""


@pytest.mark.parametrize(
    ("side", "verdict"), [(r"1 - \frac{1}{1 + e^{\theta^T x}}", "tested"), (r"\frac{1}{1 + e^{\theta^T x}}", "refuted")]
)
def test_what_a_chain_defines_is_handed_on(side: str, verdict: str) -> None:
    last = check_file("notes.tex", text=NOTES.replace("RIGHT", side)).statements[-1]
    assert (last.verdict if last.verdict != "proved" else "tested") == verdict


def test_a_stationary_point_of_all_components_is_set_to_zero() -> None:
    text = (
        "We maximise $\\sum_k N_k \\log\\pi_k$ with $\\sum_k \\pi_k = 1$ and $N_k = \\sum_{n=1}^N \\gamma_{nk} > 0$.\n"
        "$\\mathcal{L} = \\sum_k N_k \\log \\pi_k + \\lambda\\bigl(\\sum_k \\pi_k - 1\\bigr)$\n"
        "\\[\\frac{\\partial \\mathcal{L}}{\\partial \\pi_k} = \\frac{N_k}{\\pi_k} + \\lambda = 0\\]"
    )
    assert "refuted" not in [s.verdict for s in agnesi.check(text).statements]
