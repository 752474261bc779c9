"""Entropy, divergence and mutual information: in bits and nats, of channels, of Gaussians, bounds on the evidence."""

from __future__ import annotations

from judged_texts import each, first_wrong, judged_right, only_the_last_wrong

DIVERGENCE = (
    r"The divergence from $\mathcal{N}_1(\boldsymbol\mu_1, \boldsymbol\Sigma_1)$ to "
    r"$\mathcal{N}_0(\boldsymbol\mu_0, \boldsymbol\Sigma_0)$ is" "\n$$"
    r"D_\text{KL}(\mathcal{N}_0 \parallel \mathcal{N}_1) = \frac12 \left\{ \operatorname{tr}(\Sigma_1^{-1} \Sigma_0)"
    r" + (\mu_1 - \mu_0)^{\rm T} \Sigma_1^{-1} (\mu_1 - \mu_0) - k + \ln \frac{|\Sigma_%s|}{|\Sigma_%s|} \right\}$$"
    "\nwhere $k$ is the dimension of the space."
)
UNIFORM = "p is a distribution over K states with all p_k > 0, u the uniform one, u_k = 1/K\n"
SYMMETRIC_CHANNEL = (
    "binary symmetric channel: the bit is flipped with probability f, 0 < f < 1, input X uniform on {0,1}\n"
)
ERASURE_CHANNEL = "Let X ∈ {0, 1} with P(X = 1) = p, and let f be the probability that the symbol is erased.\n"
ENTROPY = "Write h(p) = −p log₂ p − (1 − p) log₂(1 − p).\n"
GAUSSIANS = "Let q be the density of N(μ, σ²) and p that of N(0, 1), σ > 0. All with respect to z ~ N(μ, σ²).\n"
RIGHT = [
    "X takes values 1,2,3,4 with probabilities 1/2, 1/4, 1/8, 1/8\n"
    "H(X) = 1/2 log2(2) + 1/4 log2(4) + 2 * 1/8 log2(8)\n= 1/2 + 1/2 + 3/4\n= 1.75 bits",
    "Fair coin: H = -0.5 log 0.5 - 0.5 log 0.5 = 1 bit",
    "Fair coin: H = -0.5 log 0.5 - 0.5 log 0.5 = log 2 = 0.693 nats",
    "p = (1/2, 1/4, 1/4)\nH = -sum_i p_i log2 p_i = 1.5 bits = 1.04 nats",
    "p = (1/2, 1/4, 1/4)\nH = -sum_i p_i ln p_i = 1.04 nats ≈ 1.5 bits",
    "h(0.1) = 0.1*log2(10) + 0.9*log2(10/9) = 0.469 bits",
    "BSC with flip probability 0.1.\nH_2(0.1) = 0.469 bits, C = 1 - H_2(0.1) = 0.531 bits per use",
    "h(p) = -p log2 p - (1-p) log2(1-p)\nh(0.25) = 0.25*2 + 0.75*0.415 = 0.811 bits",
    "Fair coin: H = -0.5 log2 0.5 - 0.5 log2 0.5 = 1 bit\n"
    "a coin with p = 0.9: H = -0.9 log2 0.9 - 0.1 log2 0.1 = 0.137 + 0.332 = 0.469 bits",
    "H(X) = 7/4 bits, H(Y) = 2 bits, H(X|Y) = 11/8 bits\nI(X;Y) = H(X) - H(X|Y) = 7/4 - 11/8 = 3/8 bits",
    "H(X) = 7/4 bits, H(Y) = 2 bits, H(X|Y) = 11/8 bits\nH(X,Y) = H(Y) + H(X|Y) = 2 + 11/8 = 27/8 bits",
    "X ~ N(0,s^2)\nh(2X) = h(X) + log 2",
    "Gaussian channel Y = X + Z, Z ~ N(0,N), X ~ N(0,P) independent\nI(X;Y) = h(Y) - h(Y|X) = h(Y) - h(Z)\n"
    "= 1/2 log(2πe(P+N)) - 1/2 log(2πeN)\n= 1/2 log(1 + P/N)",
    "X ~ Exp(λ)\nh(X) = -E[log f(X)] = -log λ + λ E[X] = 1 - log λ",
    "ELBO = E_q[log p(x,z)] - E_q[log q(z)]\n= E_q[log p(x|z)] - KL(q(z)||p(z))\n"
    "log p(x) - ELBO = KL(q(z) || p(z|x))",
    "log p(x) = log ∑_z p(x,z) = log ∑_z q(z) p(x,z)/q(z) ≥ ∑_z q(z) log p(x,z)/q(z) = ELBO(q)\n"
    "log p(x) - ELBO(q) = KL(q(z) || p(z|x))",
    "H(X) = −Σ p(x) log p(x), H(X|Y) = −Σ p(x,y) log p(x|y)",
    r"KL(p||q) = \sum p(x) \log \frac{p(x)}{q(x)}",
    "D_KL(P||Q) = Σ_x P(x) log(P(x)/Q(x)) ≥ 0",
    "H(P, Q) = -sum_x P(x) log Q(x) = H(P) + KL(P||Q)",
    "If X → Y → Z, then I(X;Z) ≤ I(X;Y).",
    "p = (1/2, 1/2), q = (1/4, 3/4)\nKL(p||q) = 1/2 log2 (1/2)/(1/4) + 1/2 log2 (1/2)/(3/4)\n"
    "= 1/2 + 1/2 log2(2/3)",
    DIVERGENCE % ("1", "0"),
    r"D_{KL}(\mathcal{N}_0 \parallel \mathcal{N}_1) = \ln\frac{\sigma_1}{\sigma_0} + \frac{\sigma_0^2 + "
    r"(\mu_0 - \mu_1)^2}{2\sigma_1^2} - \frac12 where \mathcal{N}_0 = \mathcal{N}(\mu_0, \sigma_0^2) "
    r"and \mathcal{N}_1 = \mathcal{N}(\mu_1,\sigma_1^2)",
    "H(N(μ, Σ)) = (d/2) log(2πe) + ½ log det Σ, μ ∈ ℝ^d",
    "p = N(m, S), q = N(0, I), m ∈ ℝ^d\nKL(p ‖ q) = ½(tr(S) + m'm - d - log det S)",
    r"$H_2(p) = p\log_2\frac1p + (1-p)\log_2\frac{1}{1-p}$ and $\frac{dH_2}{dp} = \log_2\frac{1-p}{p}$.",
    "ELBO: log p(x) = E_q[log p(x,z) - log q(z)] + KL(q(z)||p(z|x))\n"
    "so log p(x) >= E_q[log p(x,z)] - E_q[log q(z)]",
    "H(X,Y) = −∑_{x,y} p(x,y) log p(x,y)\n= −∑_{x,y} p(x,y) log [p(x) p(y|x)]\n= H(X) + H(Y|X)",
    "H(X,Y) = −Σ_{x,y} p(x,y) log p(x,y)\n= −Σ_x p(x) log p(x) − Σ_{x,y} p(x,y) log p(y|x)",
    "p = N(m, s^2), q = N(0, 1)\nKL(p||q) = E_p[log p(x) - log q(x)]\n= -log s - 1/2 + (s^2 + m^2)/2",
    "−(1/2) log(1/2) − (1/4) log(1/4) − (1/4) log(1/4) = H(1/2, 1/4, 1/4)",
    "binary channel\nI(X;Y) = H(X) - H(X|Y)\nH(X) = 2\nH(X,Y) = H(Y) + H(X|Y)",
    "q(z) is a distribution over the values of z, q(z) > 0\nlog p(x) = E_q[log p(x,z) - log p(z|x)]",
    UNIFORM + "KL(p||u) = sum_k p_k log(p_k/u_k)\n= log K - H(p)\nKL(p||u) >= 0",
    GAUSSIANS + "E[ln q(z)] = −½ ln(2πσ²) − ½\nE[ln p(z)] = −½ ln(2π) − ½ (μ² + σ²)\n"
    "KL(q‖p) = E[ln q(z)] − E[ln p(z)]",
    SYMMETRIC_CHANNEL + "P(Y=1) = 1/2\nH(Y|X) = -f log2 f - (1-f) log2 (1-f)\nI(X;Y) = 1 + f log2 f + (1-f) log2 (1-f)",
    ERASURE_CHANNEL + ENTROPY + "H(X|Y) = f h(p)\nI(X;Y) = (1 − f) h(p)",
    "Y = g(X) for a function g, H(Y|X) = 0\nH(X,Y) = H(X)\nI(X;Y) = H(Y)",
    "Let X be exponential with rate λ > 0, f(x) = λ e^(-λ x)\nh(X) = -∫_0^∞ f(x) ln f(x) dx\n= 1 - ln λ",
    "p = N(a, s^2), q = N(b, s^2)\nthis is symmetric in a and b, so KL(p||q) = KL(q||p)",
]  # fmt: skip

FIRST_WRONG = [  # the number of the first wrong line, and the text
    (4, "X takes values 1,2,3,4 with probabilities 1/2, 1/4, 1/8, 1/8\n"
        "H(X) = 1/2 log2(2) + 1/4 log2(4) + 2 * 1/8 log2(8)\n= 1/2 + 1/2 + 3/4\n= 1.75 nats"),
    (1, "Fair coin: H = -0.5 log 0.5 - 0.5 log 0.5 = 1 nat"),
    (2, "p = (1/2, 1/4, 1/4)\nH = -sum_i p_i log2 p_i = 1.5 nats"),
    (2, "p = (1/2, 1/4, 1/4)\n"
        r"H = -\sum_i p_i \ln p_i = 1.5\text{ nats}"),
    (1, "h(0.1) = 0.1*log2(10) + 0.9*log2(10/9) = 0.469 nats"),
    (2, "H(X) = 3 bits, H(Y) = 2 bits, H(X,Y) = 4 bits\nI(X;Y) = 3 - 2 + 4 = 5 bits"),
    (2, "X is uniform on 8 values\nH(X) = log2(8) = 4 bits"),
    (2, "H(X) = 7/4 bits, H(Y) = 2 bits, H(X|Y) = 11/8 bits\nI(X;Y) = H(X) - H(X|Y) = 7/4 - 11/8 = 5/8 bits"),
    (3, "H(X) = 7/4 bits, H(Y) = 2 bits, H(X|Y) = 11/8 bits\nI(X;Y) = H(X) - H(X|Y) = 7/4 - 11/8 = 3/8 bits\n"
        "H(X,Y) = H(X) + H(Y) = 15/4 bits"),
    (2, "X ~ N(0,s^2)\nh(2X) = h(X) + 2 log 2"),
    (2, "X ~ Exp(λ)\nh(X) = -E[log f(X)] = -log λ + λ"),
    (2, "log p(x) ≥ ∫ q(z) log(p(x,z)/q(z)) dz\n= E_q[log p(x|z)] + KL(q(z)‖p(z))"),
    (2, "H(X,Y) = H(X) + H(Y|X)\nI(X;Y) = H(X) + H(Y) + H(X,Y)\n= H(Y) - H(Y|X)"),
    (3, "Entropy of a geometric: P(X=k) = (1-p)^(k-1) p\nE[X] = 1/p\nH(X) = -log p - (1/p) log(1-p)"),
    (2, "ELBO: log p(x) = E_q[log p(x,z) - log q(z)] + KL(q(z)||p(z|x))\n"
        "so log p(x) <= E_q[log p(x,z)] - E_q[log q(z)]"),
    (3, "E_q[log p(x)] where q = N(m, s^2), p = N(0,1)\n= -1/2 log(2 pi) - 1/2 E_q[x^2]\n"
        "= -1/2 log(2 pi) - 1/2 (m^2 - s^2)"),
    (2, "cross entropy H(p,q) = -sum_i p_i log q_i\nH(p,q) = H(p) - KL(p||q)\nso H(p,q) >= H(p)"),
    (2, "H(X,Y) = −∑_{x,y} p(x,y) log [p(x) p(y|x)]\n= −∑_{x,y} p(x,y) log [p(x) p(y)]"),
    (3, "p = N(m, s^2), q = N(0, 1)\nKL(p||q) = E_p[log p(x) - log q(x)]\n= -log s - 1/2 + (s^2 - m^2)/2"),
    (2, "p = (p₁, p₂, p₃)\nH(p₁, p₂, p₃) = −p₁ log p₁ − p₂ log p₂ + p₃ log p₃"),
    (2, UNIFORM + "KL(p||u) = log K + H(p)"),
    (2, GAUSSIANS + "E[ln p(z)] = −½ ln(2π) − ½ μ²"),
    (2, SYMMETRIC_CHANNEL + "I(X;Y) = 1 - f log2 f - (1-f) log2 (1-f)"),
    (3, ERASURE_CHANNEL + ENTROPY + "H(X|Y) = (1 − f) h(p)"),
    (2, "Y = g(X) for a function g, H(Y|X) = 0\nI(X;Y) = H(X)"),
    (2, "Let X be exponential with rate λ > 0, f(x) = λ e^(-λ x)\nh(X) = 1 + ln λ"),
]  # fmt: skip

LAST_WRONG = [  # what is said last is wrong, and nothing else
    "H(X) = Σ p(x) log p(x)",
    "KL(P||Q) = ∑_x P(x) log Q(x)/P(x)",
    "H(X|Y) = −Σ p(x,y) log p(y|x)",
    "If X → Y → Z, then I(X;Z) ≥ I(X;Y).",
    DIVERGENCE % ("0", "1"),
    "p = N(m, S), q = N(0, I), m ∈ ℝ^d\nKL(p ‖ q) = ½(tr(S) + m'm - d + log det S)",
    r"$H_2(p) = p\log_2\frac1p + (1-p)\log_2\frac{1}{1-p}$ and $\frac{dH_2}{dp} = \log_2\frac{p}{1-p}$.",
]  # fmt: skip

test_right = each(RIGHT, judged_right)
test_first_wrong = each(FIRST_WRONG, first_wrong)
test_last_wrong = each(LAST_WRONG, only_the_last_wrong)
