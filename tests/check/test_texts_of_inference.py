"""Inference as notes have it: Bayes' rule, odds, likelihoods, posteriors, models of classes, parts of Gaussians."""

from __future__ import annotations

from judged_texts import each, first_wrong, judged_right, left_open, only_the_last_wrong

TWO_CLASSES = "y ~ Bernoulli(φ), x | y = 0 ~ N(μ_0, Σ), x | y = 1 ~ N(μ_1, Σ)\n"
TWO_NUMBERS = "y ~ Bernoulli(φ)\nx | y = 0 ~ N(μ_0, σ²)\nx | y = 1 ~ N(μ_1, σ²)\n"
PARTITIONED = "x ~ N(μ, Σ), Σ = [Σ_{11}, Σ_{12}; Σ_{21}, Σ_{22}]\n"
PARTITIONED_AS_SHOWN = (
    r"x is Gaussian, $\mathbf{x} = \begin{bmatrix} \mathbf{x}_1 \\ \mathbf{x}_2 \end{bmatrix}$ and"
    "\n" r"$$\Sigma = \begin{bmatrix} \Sigma_{11} & \Sigma_{12} \\ \Sigma_{21} & \Sigma_{22} \end{bmatrix}$$" "\n"
    r"then $(\mathbf{x}_1\mid\mathbf{x}_2=\mathbf{a}) \sim \mathcal{N}(\bar{\boldsymbol\mu}, \overline{\Sigma})$ where"
    "\n" r"$$\bar{\boldsymbol\mu} = \mu_1 + \Sigma_{12} \Sigma_{22}^{-1} (\mathbf{a} - \mu_2)$$" "\nand\n"
    r"$$\overline{\Sigma} = \Sigma_{11} - \Sigma_{%s} \Sigma_{22}^{-1} \Sigma_{21}.$$"
)
COINS = "θ has a Beta(a, b) prior and k is the number of successes in n independent trials with probability θ\n"
RIGHT = [
    r"Let $x_1,\dots,x_n \mid \lambda$ be i.i.d. $\mathrm{Poisson}(\lambda)$ with $n \ge 2$, prior "
    r"$p(\lambda) \propto \lambda^{a-1}e^{-b\lambda}$, and $s = \sum_i x_i$. By Bayes" "\n"
    r"\begin{aligned}" "\n"
    r"p(\lambda \mid x) &\propto \lambda^{a-1}e^{-b\lambda}\prod_{i=1}^n \lambda^{x_i}e^{-\lambda} \\" "\n"
    r"&\propto \lambda^{a+s-1}\,e^{-(b+n)\lambda}." "\n"
    r"\end{aligned}" "\n"
    "We recognise a gamma density, whose mean is\n"
    r"\[ \operatorname{E}[\lambda \mid x] = \frac{a+s}{b+n}. \]",
    "x_1, ..., x_n ~ Poisson(λ) iid\nl(λ) = log(λ) sum_i x_i - nλ + const\nl'(λ) = (1/λ) sum_i x_i - n\n"
    "l''(λ) = -(1/λ²) sum_i x_i ≤ 0",
    "P(D) = 0.01, P(+|D) = 0.9, P(+|¬D) = 0.05\nP(+) = 0.9·0.01 + 0.05·0.99 = 0.0585\nP(D|+) = 0.009/0.0585",
    "e(H|D) = 10 log10 [P(H|D)/P(¬H|D)]\n= e(H) + 10 log10 [P(D|H)/P(D|¬H)]",
    "Let p = P(H) = 0.5; evidence in dB: e(H) = 10 log10(P(H)/P(¬H)) = 0",
    "Three urns: P(U1) = P(U2) = P(U3) = 1/3, P(W|U1) = 1/2, P(W|U2) = 1/3, P(W|U3) = 1\n"
    "P(W) = 1/3 (1/2 + 1/3 + 1) = 11/18\nP(U3|W) = (1/3)/(11/18) = 6/11",
    r"$-\frac12(x-\mu)^T\Sigma^{-1}(x-\mu) = -\frac12x^T\Sigma^{-1}x + x^T\Sigma^{-1}\mu + \text{const}$",
    "x₁, …, xₙ independent, Poisson(λ), λ > 0.\nℓ(λ) = Σᵢ (xᵢ log λ − λ − log xᵢ!)\n−E[ℓ″(λ)] = nλ/λ² = n/λ",
    "x₁, …, xₙ ~ Exp(λ) iid\nℓ(λ) = n log λ − λ Σᵢ xᵢ\n−E[ℓ″(λ)] = n/λ²",
    "λ ~ Gamma(a, b), x_1..x_n | λ ~ Poisson(λ)\np(λ | x) ∝ λ^(a-1) e^(-bλ) λ^(Σ x_i) e^(-nλ)\n"
    "∝ λ^(a + Σ x_i - 1) e^(-(b+n)λ)",
    "Let θ ~ Beta(a, b) and suppose k successes are seen in n independent Bernoulli(θ) trials.\n"
    "p(θ | k) ∝ θ^(a+k-1) (1-θ)^(b+n-k-1)\nE[θ | k] = (a+k)/(a+b+n)",
    "e = 10 log10(1/10) = -10\nfour defectives: e = -10 + 40 log10(2) ≈ 2.04",
    "(X, Y) jointly Gaussian with means μ₁, μ₂, sds σ₁, σ₂ > 0, correlation ρ\n"
    "E[Y | X = x] = μ₂ + Cov(X,Y)/Var(X) · (x − μ₁) = μ₂ + ρ (σ₂/σ₁)(x − μ₁)\nVar[Y | X = x] = σ₂²(1 − ρ²)",
    "prior x ~ N(m, P), measurement z = H x + v, v ~ N(0, R) independent of x; P is n×n, H is k×n, R "
    "is k×k, both spd\nS = Cov(z) = H P H.T + R\nCov(x, z) = P H.T",
    TWO_NUMBERS + "E[x] = φ μ_1 + (1 - φ) μ_0",
    TWO_NUMBERS + "Var(x) = σ² + φ(1-φ)(μ_1-μ_0)²",
    TWO_CLASSES + "p(y = 1 | x) = 1/(1 + exp(-θᵀx - θ_0)), where θ = Σ⁻¹(μ_1 - μ_0), "
    "θ_0 = ½μ_0ᵀΣ⁻¹μ_0 - ½μ_1ᵀΣ⁻¹μ_1 + log(φ/(1-φ))",
    TWO_CLASSES + "The maximum likelihood estimates are\nφ = (1/n) ∑_{i=1}^n y^{(i)}\n"
    "p(y = 1 | x) = 1/(1 + exp(-wᵀx - c)), where w = Σ⁻¹(μ_1 - μ_0), c = ½μ_0ᵀΣ⁻¹μ_0 - ½μ_1ᵀΣ⁻¹μ_1 + log(φ/(1-φ))",
    TWO_CLASSES + r"p(x \mid y=1) = \frac{1}{(2\pi)^{d/2} |\Sigma|^{1/2}} "
    r"\exp(-\frac12 (x-\mu_1)^T \Sigma^{-1} (x-\mu_1))",
    "z ~ Bernoulli(q)\np(x | z = 1) = λ e^{-λx}\np(x | z = 0) = μ e^{-μx}\n"
    "P(z = 1 | x) = q λ e^{-λx}/(q λ e^{-λx} + (1-q) μ e^{-μx})",
    "y ~ Bernoulli(φ)\nVar(y) = φ(1-φ)",
    TWO_NUMBERS + "E[y | x] = P(y = 1 | x)\nE[x | y = 1] = μ_1\nE[x y] = φ μ_1",
    "x | y = 1 ~ Exp(λ), x | y = 0 ~ Exp(μ), P(y = 1) = q\n"
    "P(y = 1 | x) = q λ e^{-λx}/(q λ e^{-λx} + (1-q) μ e^{-μx})",
    PARTITIONED + "E[x_1 | x_2 = a] = μ_1 + Σ_{12} Σ_{22}^{-1} (a - μ_2)\n"
    "Cov[x_1 | x_2] = Σ_{11} - Σ_{12} Σ_{22}^{-1} Σ_{21}",
    PARTITIONED + "x_2 | x_1 ~ N(μ_2 + Σ_{21} Σ_{11}^{-1} (x_1 - μ_1), Σ_{22} - Σ_{21} Σ_{11}^{-1} Σ_{12})",
    PARTITIONED + "μ_{1|2} = μ_1 + Σ_{12} Σ_{22}^{-1} (x_2 - μ_2)\nΣ_{1|2} = Σ_{11} - Σ_{12} Σ_{22}^{-1} Σ_{12}^T",
    PARTITIONED_AS_SHOWN % "12",
    r"$P(H|DI) = P(H|I)\,\frac{P(D|HI)}{P(D|I)}$",
    "P(AB|I) = P(A|BI) P(B|I)\n$AB = BA$\n\n"
    r"$e(H|D) = 10 \log_{10} \frac{P(H|D)}{P(\overline{H}|D)}$" "\n"
    "\n"
    r"$e(H|DI) = e(H|I) + 10\log_{10}\left[\frac{P(D|HI)}{P(D|\overline{H}I)}\right]$",
    "r | λ ~ Poisson(λ), prior p(λ) ∝ 1/λ for λ > 0\np(λ|r) ∝ λ^{r−1} e^{−λ}\nu = ln λ\np(u|r) = p(λ|r) λ",
    "p(D|θ) ∝ θ^k (1−θ)^{n−k}\nprior p(θ) = Beta(θ | a, b)\np(θ|D) = Beta(θ | a + k, b + n − k)",
    "prior odds: O(H) = P(H)/P(not H)\nO(H|D) = O(H) P(D|H)/P(D|not H)\nP(H|D) = O(H|D)/(1 + O(H|D))",
    "P(H) = 0.3\nP(d|H) = 1/3\nP(d|not H) = 1/6\nP(d) = 0.3/3 + 0.7/6",
    "Phi is N x M, t | w ~ N(Phi w, b^-1 I), w ~ N(0, a^-1 I), a, b > 0\n"
    "log p(w|t) = -b/2 ||t - Phi w||^2 - a/2 w^T w + const",
    "x_i | m ~ N(m, s^2), m ~ N(0, t^2)\np(m | x) ∝ exp(-m^2/(2 t^2)) exp(-sum_i (x_i - m)^2/(2 s^2))",
    "x_1..x_n | λ iid Poisson(λ), λ ~ Gamma(a, rate b), S = sum_i x_i\n"
    "p(λ | x) ∝ λ^(a + S - 1) e^(-(b + n) λ)\nE[λ | x] = (a + S)/(b + n)",
    "p(k|theta) = C(n,k) theta^k (1-theta)^(n-k), prior theta ~ Beta(a, b)\n"
    "p(theta|k) ∝ theta^(k+a-1) (1-theta)^(n-k+b-1)\nE[theta|k] = (a + k)/(a + b + n)",
    COINS + "E[θ | k] = (a + k)/(a + b + n)",
]  # fmt: skip

FIRST_WRONG = [  # the number of the first wrong line, and the text
    (5, "θ ∈ (0, 1), a, b, h, t > 1\nL(θ) = (a + h − 1) log θ + (b + t − 1) log(1 − θ)\n"
        "dL/dθ = (a + h − 1)/θ − (b + t − 1)/(1 − θ)\n"
        "At the mode θ̂ this is 0, so (a + h − 1)(1 − θ̂) = (b + t − 1)θ̂\n"
        "Solve: θ̂ = (a + h − 1)/(a + b + h + t − 1)"),
    (3, "P(D) = 0.01, P(+|D) = 0.9, P(+|¬D) = 0.05\nP(+) = 0.9·0.01 + 0.05·0.99 = 0.0585\n"
        "P(D|+) = P(+|D) P(+) / P(D)"),
    (3, "prior θ ~ Beta(a, b), k heads in n tosses\np(θ|k) ∝ θ^k (1-θ)^(n-k) θ^(a-1) (1-θ)^(b-1)\n"
        "∝ θ^(a+k) (1-θ)^(b+n-k)"),
    (2, "e(H|D) = 10 log10 [P(H|D)/P(¬H|D)]\n= e(H) + 10 log10 [P(H|D)/P(D|¬H)]"),
    (3, "Three urns: P(U1) = P(U2) = P(U3) = 1/3, P(W|U1) = 1/2, P(W|U2) = 1/3, P(W|U3) = 1\n"
        "P(W) = 1/3 (1/2 + 1/3 + 1) = 11/18\nP(U3|W) = 1/(11/18) = 18/11"),
    (3, "(X, Y) jointly Gaussian with means μ₁, μ₂, sds σ₁, σ₂ > 0, correlation ρ\n"
        "E[Y | X = x] = μ₂ + ρ (σ₂/σ₁)(x − μ₁)\nVar[Y | X = x] = σ₂²(1 − ρ)"),
    (3, "p(x|mu) = prod_n N(x_n|mu, s^2)\nlog p = -N/2 log(2 pi s^2) - 1/(2 s^2) sum_n (x_n - mu)^2\n"
        "d log p/d mu = 1/s sum_n (x_n - mu)\n=> mu = 1/N sum_n x_n"),
    (2, "P(A) = 0.01, P(+|A) = 0.9, P(+|not A) = 0.05\nP(+) = 0.9*0.01 + 0.05*0.01 = 0.0095\n"
        "P(A|+) = 0.009/P(+)"),
    (3, "posterior ∝ likelihood × prior: p(theta|k) ∝ theta^k (1-theta)^(n-k) theta^(a-1) (1-theta)^(b-1)\n"
        "= theta^(k+a-1) (1-theta)^(n-k+b-1)\nE[theta|k] = (k+a)/(n+a+b-1)"),
    (3, "Bernoulli likelihood: l(p) = k log p + (n-k) log(1-p)\nl'(p) = k/p - (n-k)/(1-p)\n"
        "l''(p) = -k/p^2 + (n-k)/(1-p)^2"),
    (3, "Gaussian: p(x) = 1/sqrt(2 pi s^2) exp(-(x-m)^2/(2 s^2))\n"
        "log p = -(x-m)^2/(2 s^2) - 1/2 log(2 pi s^2)\nd log p/ds = (x-m)^2/s^3 - 1/s^2"),
    (2, "r | λ ~ Poisson(λ), prior p(λ) ∝ 1/λ for λ > 0\np(λ|r) ∝ λ^{r−2} e^{−λ}"),
    (3, "r | λ ~ Poisson(λ), prior p(λ) ∝ 1/λ for λ > 0\nu = ln λ\np(u|r) = p(λ|r)/λ"),
    (3, "p(D|θ) ∝ θ^k (1−θ)^{n−k}\nprior p(θ) = Beta(θ | a, b)\np(θ|D) = Beta(θ | a + k, b + n)"),
    (1, "odds: O(H|D) = O(H) P(D|not H)/P(D|H)"),
    (4, "P(H) = 0.3\nP(d|H) = 1/3\nP(d|not H) = 1/6\nP(d) = 1/3 + 1/6"),
    (2, COINS + "E[θ | k] = (a + k - 1)/(a + b + n - 2)"),
]  # fmt: skip

LAST_WRONG = [  # what is said last is wrong, and nothing else
    r"$-\frac12(x-\mu)^T\Sigma^{-1}(x-\mu) = -\frac12x^T\Sigma^{-1}x - x^T\Sigma^{-1}\mu + \text{const}$",
    TWO_NUMBERS + "E[x] = φ μ_0 + (1 - φ) μ_1",
    TWO_NUMBERS + "Var(x) = σ² + φ(1-φ)(μ_1-μ_0)",
    TWO_NUMBERS + "E[x y] = φ μ_0",
    TWO_NUMBERS + "E[y | x] = 1 - P(y = 1 | x)",
    TWO_CLASSES + "Let w = Σ⁻¹(μ_1 - μ_0), c = ½μ_0ᵀΣ⁻¹μ_0 - ½μ_1ᵀΣ⁻¹μ_1 + log((1-φ)/φ)\n"
    "p(y = 1 | x) = 1/(1 + exp(-wᵀx - c))",
    "x ∈ ℝ^d\n" + TWO_CLASSES
    + r"p(x \mid y=1) = \frac{1}{(2\pi)^{d} |\Sigma|^{1/2}} \exp(-\frac12 (x-\mu_1)^T \Sigma^{-1} (x-\mu_1))",
    "z ~ Bernoulli(q)\np(x | z = 1) = λ e^{-λx}\np(x | z = 0) = μ e^{-μx}\n"
    "P(z = 1 | x) = q λ e^{-λx}/(λ e^{-λx} + μ e^{-μx})",
    PARTITIONED + "E[x_1 | x_2 = a] = μ_1 + Σ_{12} Σ_{11}^{-1} (a - μ_2)",
    PARTITIONED + "x_2 | x_1 ~ N(μ_2 + Σ_{21} Σ_{11}^{-1} (x_1 - μ_1), Σ_{22} + Σ_{21} Σ_{11}^{-1} Σ_{12})",
    PARTITIONED_AS_SHOWN % "21",
    "x, μ ∈ R^n, Σ ∈ R^{n×n} and " + PARTITIONED + "E[x_2 | x_1] = μ_2 + Σ_{12} Σ_{11}^{-1} (x_1 - μ_1)",
    r"$e(H|D) = 10 \log_{10} \frac{P(H|D)}{P(\overline{H}|D)}$" "\n"
    "\n"
    r"$e(H|DI) = e(H|I) - 10\log_{10}\left[\frac{P(D|HI)}{P(D|\overline{H}I)}\right]$",
]  # fmt: skip

OPEN = [  # what they leave unsaid decides: neither right nor wrong
    r"$P(h|s,n) = \int_0^1 dp\; p\,P(p|s,n)$",
]  # fmt: skip

test_right = each(RIGHT, judged_right)
test_first_wrong = each(FIRST_WRONG, first_wrong)
test_last_wrong = each(LAST_WRONG, only_the_last_wrong)
test_left_open = each(OPEN, left_open)


def test_a_variance_is_a_parameter_too() -> None:
    said = "l(μ, σ²) = -n/2 log(σ²) - Σ_i (x_i - μ)²/(2σ²)\n"
    judged_right(said + "∂l/∂μ = Σ_i (x_i - μ)/σ²")
    first_wrong(2, said + "∂l/∂μ = Σ_i (x_i - μ)/σ")
