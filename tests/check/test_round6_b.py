"""Probability and statistics as notes have them: class models, named distributions, partitioned Gaussian vectors."""

from __future__ import annotations

import pytest

import agnesi

GDA = "y ~ Bernoulli(φ), x | y = 0 ~ N(μ_0, Σ), x | y = 1 ~ N(μ_1, Σ)\n"
NUMBERS = "y ~ Bernoulli(φ)\nx | y = 0 ~ N(μ_0, σ²)\nx | y = 1 ~ N(μ_1, σ²)\n"
NAMED = (
    r"The divergence from $\mathcal{N}_1(\boldsymbol\mu_1, \boldsymbol\Sigma_1)$ to "
    r"$\mathcal{N}_0(\boldsymbol\mu_0, \boldsymbol\Sigma_0)$ is" "\n$$"
    r"D_\text{KL}(\mathcal{N}_0 \parallel \mathcal{N}_1) = \frac12 \left\{ \operatorname{tr}(\Sigma_1^{-1} \Sigma_0)"
    r" + (\mu_1 - \mu_0)^{\rm T} \Sigma_1^{-1} (\mu_1 - \mu_0) - k + \ln \frac{|\Sigma_%s|}{|\Sigma_%s|} \right\}$$"
    "\nwhere $k$ is the dimension of the space."
)
PARTS = "x ~ N(μ, Σ), Σ = [Σ_{11}, Σ_{12}; Σ_{21}, Σ_{22}]\n"
SHOWN = (
    r"x is Gaussian, $\mathbf{x} = \begin{bmatrix} \mathbf{x}_1 \\ \mathbf{x}_2 \end{bmatrix}$ and"
    "\n" r"$$\Sigma = \begin{bmatrix} \Sigma_{11} & \Sigma_{12} \\ \Sigma_{21} & \Sigma_{22} \end{bmatrix}$$" "\n"
    r"then $(\mathbf{x}_1\mid\mathbf{x}_2=\mathbf{a}) \sim \mathcal{N}(\bar{\boldsymbol\mu}, \overline{\Sigma})$ where"
    "\n" r"$$\bar{\boldsymbol\mu} = \mu_1 + \Sigma_{12} \Sigma_{22}^{-1} (\mathbf{a} - \mu_2)$$" "\nand\n"
    r"$$\overline{\Sigma} = \Sigma_{11} - \Sigma_{%s} \Sigma_{22}^{-1} \Sigma_{21}.$$"
)

RIGHT = [
    NUMBERS + "E[x] = φ μ_1 + (1 - φ) μ_0",
    NUMBERS + "Var(x) = σ² + φ(1-φ)(μ_1-μ_0)²",
    GDA + "p(y = 1 | x) = 1/(1 + exp(-θᵀx - θ_0)), where θ = Σ⁻¹(μ_1 - μ_0), "
    "θ_0 = ½μ_0ᵀΣ⁻¹μ_0 - ½μ_1ᵀΣ⁻¹μ_1 + log(φ/(1-φ))",
    GDA + "The maximum likelihood estimates are\nφ = (1/n) ∑_{i=1}^n y^{(i)}\n"
    "p(y = 1 | x) = 1/(1 + exp(-wᵀx - c)), where w = Σ⁻¹(μ_1 - μ_0), c = ½μ_0ᵀΣ⁻¹μ_0 - ½μ_1ᵀΣ⁻¹μ_1 + log(φ/(1-φ))",
    GDA + r"p(x \mid y=1) = \frac{1}{(2\pi)^{d/2} |\Sigma|^{1/2}} \exp(-\frac12 (x-\mu_1)^T \Sigma^{-1} (x-\mu_1))",
    "z ~ Bernoulli(q)\np(x | z = 1) = λ e^{-λx}\np(x | z = 0) = μ e^{-μx}\n"
    "P(z = 1 | x) = q λ e^{-λx}/(q λ e^{-λx} + (1-q) μ e^{-μx})",
    "y ~ Bernoulli(φ)\nVar(y) = φ(1-φ)",
    NUMBERS + "E[y | x] = P(y = 1 | x)\nE[x | y = 1] = μ_1\nE[x y] = φ μ_1",
    "x | y = 1 ~ Exp(λ), x | y = 0 ~ Exp(μ), P(y = 1) = q\n"
    "P(y = 1 | x) = q λ e^{-λx}/(q λ e^{-λx} + (1-q) μ e^{-μx})",
    NAMED % ("1", "0"),
    r"D_{KL}(\mathcal{N}_0 \parallel \mathcal{N}_1) = \ln\frac{\sigma_1}{\sigma_0}"
    r" + \frac{\sigma_0^2 + (\mu_0 - \mu_1)^2}{2\sigma_1^2} - \frac12"
    r" where \mathcal{N}_0 = \mathcal{N}(\mu_0, \sigma_0^2) and \mathcal{N}_1 = \mathcal{N}(\mu_1,\sigma_1^2)",
    "H(N(μ, Σ)) = (d/2) log(2πe) + ½ log det Σ, μ ∈ ℝ^d",
    "p = N(m, S), q = N(0, I), m ∈ ℝ^d\nKL(p ‖ q) = ½(tr(S) + m'm - d - log det S)",
    PARTS + "E[x_1 | x_2 = a] = μ_1 + Σ_{12} Σ_{22}^{-1} (a - μ_2)\n"
    "Cov[x_1 | x_2] = Σ_{11} - Σ_{12} Σ_{22}^{-1} Σ_{21}",
    PARTS + "x_2 | x_1 ~ N(μ_2 + Σ_{21} Σ_{11}^{-1} (x_1 - μ_1), Σ_{22} - Σ_{21} Σ_{11}^{-1} Σ_{12})",
    PARTS + "μ_{1|2} = μ_1 + Σ_{12} Σ_{22}^{-1} (x_2 - μ_2)\nΣ_{1|2} = Σ_{11} - Σ_{12} Σ_{22}^{-1} Σ_{12}^T",
    SHOWN % "12",
    "A = [A_{11}, A_{12}; A_{21}, A_{22}]\ndet A = det(A_{22}) det(A_{11} - A_{12} A_{22}^{-1} A_{21})",
    "Σ is 2x2 symmetric, Σ = [Σ_{11}, Σ_{12}; Σ_{21}, Σ_{22}]\ndet Σ = Σ_{11}Σ_{22} - Σ_{12}^2",
]  # fmt: skip

WRONG = [
    NUMBERS + "E[x] = φ μ_0 + (1 - φ) μ_1",
    NUMBERS + "Var(x) = σ² + φ(1-φ)(μ_1-μ_0)",
    NUMBERS + "E[x y] = φ μ_0",
    NUMBERS + "E[y | x] = 1 - P(y = 1 | x)",
    GDA + "Let w = Σ⁻¹(μ_1 - μ_0), c = ½μ_0ᵀΣ⁻¹μ_0 - ½μ_1ᵀΣ⁻¹μ_1 + log((1-φ)/φ)\n"
    "p(y = 1 | x) = 1/(1 + exp(-wᵀx - c))",
    "x ∈ ℝ^d\n" + GDA
    + r"p(x \mid y=1) = \frac{1}{(2\pi)^{d} |\Sigma|^{1/2}} \exp(-\frac12 (x-\mu_1)^T \Sigma^{-1} (x-\mu_1))",
    "z ~ Bernoulli(q)\np(x | z = 1) = λ e^{-λx}\np(x | z = 0) = μ e^{-μx}\n"
    "P(z = 1 | x) = q λ e^{-λx}/(λ e^{-λx} + μ e^{-μx})",
    NAMED % ("0", "1"),
    "p = N(m, S), q = N(0, I), m ∈ ℝ^d\nKL(p ‖ q) = ½(tr(S) + m'm - d + log det S)",
    PARTS + "E[x_1 | x_2 = a] = μ_1 + Σ_{12} Σ_{11}^{-1} (a - μ_2)",
    PARTS + "x_2 | x_1 ~ N(μ_2 + Σ_{21} Σ_{11}^{-1} (x_1 - μ_1), Σ_{22} + Σ_{21} Σ_{11}^{-1} Σ_{12})",
    SHOWN % "21",
    "x, μ ∈ R^n, Σ ∈ R^{n×n} and " + PARTS + "E[x_2 | x_1] = μ_2 + Σ_{12} Σ_{11}^{-1} (x_1 - μ_1)",
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_is_judged_so(text: str) -> None:
    verdicts = [s.verdict for s in agnesi.check(text, diagnose=False).statements]
    assert "refuted" not in verdicts
    assert "not read" not in verdicts
    assert {"proved", "tested"} & set(verdicts)


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_found(text: str) -> None:
    verdicts = [s.verdict for s in agnesi.check(text, diagnose=False).statements]
    assert verdicts.count("refuted") == 1
