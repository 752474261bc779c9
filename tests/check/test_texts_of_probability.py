"""Probability as people type it: events, expectations and moments, samples and extremes, densities, Markov chains."""

from __future__ import annotations

from judged_texts import each, first_wrong, judged_right, left_open, only_the_last_wrong

import agnesi

RIGHT = [
    "Let X ~ Poisson(λ) and Y ~ Poisson(μ) be independent random variables.\nVar[X - Y] = λ + μ",
    "Let X, Y be iid Exp(λ)\nVar[X-Y] = 2/λ^2",
    "x ∈ ℝ^d has mean μ and covariance S, e independent of x, E[e] = 0, y = A x + e\n"
    r"$\operatorname{Cov}(x, y) = \operatorname{E}\bigl[(x-\mu)\,(A(x-\mu) + e)^\top\bigr]$",
    "X, Y ~ Exp(λ) independent\nE[X + Y] = 2/λ",
    r"Let $X, Y \sim \mathrm{Exp}(\lambda)$ be independent." "\n"
    r"$E[X + Y] = 2/\lambda$",
    "X and Y ~ N(0, 1), independent.\nVar(X - Y) = 2",
    "X1, X2 ~ U(0,1) iid\nE[X1 X2] = 1/4",
    "X, Y, Z ~ N(μ, σ²) i.i.d.\nVar[(X+Y+Z)/3] = σ²/3",
    "X ~ U(0,1), Y ~ U(0,1) independent\nE[max(X, Y)] = 2/3",
    "X ~ U(0,1), Y ~ U(0,1) independent\nP(X < Y) = 1/2",
    "X ~ Exp(a), Y ~ Exp(b) independent\nP(X < Y) = a/(a+b)",
    "X ~ U(0,1)\nE[max(X, 1-X)] = 3/4",
    "X1, X2 ~ Exp(λ) independent, M = min(X1, X2)\nP(M > t) = exp(-2λt)\nE[M] = 1/(2λ)",
    "U₁, …, Uₙ are i.i.d. uniform on [0, 1] and M = max(U₁, …, Uₙ).\nE[M] = n/(n + 1)",
    "X, Y ~ Exp(1) iid\nP(X > 2Y) = 1/3",
    "X, Y, Z iid U(0,1), M = max(X, Y, Z)\nf_M(m) = 3m²\nE[M] = 3/4\nVar(M) = 3/80",
    r"$X_1, \dots, X_n \overset{iid}{\sim} N(\mu, \sigma^2)$, $\bar X = \frac1n \sum_i X_i$" "\n"
    r"$\operatorname{Var}(\bar X) = \sigma^2/n$",
    "X, Y ~ Exp(λ) independent, Z = X + Y\nf_Z(z) = ∫_0^z λ e^{-λx} λ e^{-λ(z-x)} dx = λ² z e^{-λz}",
    "X ~ N(0,1), Y ~ N(0,1) independent, Z = X - Y\nf_Z(z) = 1/sqrt(4π) exp(-z²/4)",
    "x_1, ..., x_n ~ N(mu, sigma^2) iid, xbar = (1/n) sum_i x_i\nE[xbar] = mu, Var[xbar] = sigma^2/n",
    "X_1, X_2, ..., X_n are iid ~ Poisson(λ)\nVar(X̄) = λ/n",
    "X geometric on 1,2,3,... i.e. P(X=k) = (1-p)^(k-1) p, 0 < p < 1\n"
    "know: E[X] = 1/p and E[X(X-1)] = 2(1-p)/p^2\nE[X^2] = E[X(X-1)] + E[X] = 2(1-p)/p^2 + 1/p\n= (2 - p)/p^2\n"
    "Var(X) = (2 - p)/p^2 - 1/p^2\n= (1 - p)/p^2",
    "X geometric: P(X = k) = (1-p)^k p for k = 0, 1, 2, ...\nE[X] = (1-p)/p",
    "P(X = k) = C(n,k) p^k (1-p)^{n-k}, k = 0..n\nE[X] = np\nVar(X) = np(1-p)",
    "M_X(t) = exp(t^2/2)\nM_X'(t) = t exp(t^2/2)\nM_X''(0) = 1",
    "X ~ Poisson(λ)\nG(s) = E[s^X]\nG'(1) = λ, G''(1) = λ²",
    "K(t) = log E[e^{tX}]\nK'(0) = E[X]\nK''(0) = Var(X)",
    "N ~ Poisson(λ), X | N ~ Bin(N, p)\nE[X] = E[E[X|N]] = E[Np] = λp\n"
    "Var(X) = E[Np(1-p)] + Var(Np) = λp(1-p) + λp² = λp",
    "T = number of tosses until the first head, P(head) = p\nP(T = k) = (1-p)^{k-1} p\nE[T] = 1/p\n"
    "P(T > k) = (1-p)^k",
    "f(x) = 2x on [0,1]\nE[X] = ∫_0^1 x·2x dx = 2/3\nE[X²] = ∫_0^1 x²·2x dx = 1/2\nVar(X) = 1/2 - 4/9 = 1/18",
    "P(AB|C) = P(A|C) P(B|AC) = P(B|C) P(A|BC)\nP(A|C) + P(A̅|C) = 1\nP(A+B|C) = P(A|C) + P(B|C) - P(AB|C)",
    "X ≥ 0, E[X] = μ, a > 0\nP(X ≥ a) ≤ μ/a",
    "E[X] = ∑ x p(x), Var(X) = ∑ (x − μ)² p(x), where μ = E[X]",
    "P(X = x) = Σ P(X=x|Y=y) P(Y=y)",
    "P(X ≥ a) ≤ E[X]/a for X ≥ 0.",
    "P(X=1) = p, P(X=0) = 1-p. E[X] = 0·(1-p) + 1·p = p, Var(X) = p(1-p)",
    "P(X = 1) = 0.3, P(X = 0) = 0.7, P(Y=1|X=1) = 0.9, P(Y=1|X=0) = 0.2. So P(Y=1) = 0.3*0.9 + 0.7*0.2 = 0.41",
    "p_1 = p_2 = 1/2. p_1 + p_2 = 1",
    "X takes values 0, 1, 2 with probabilities 1/4, 1/2, 1/4.\nE[X] = 0·1/4 + 1·1/2 + 2·1/4 = 1\nE[X²] = 3/2",
    r"Let $X$ take the values $1,2,4$ with probabilities $\frac12,\frac14,\frac14$. Then" "\n"
    r"\[ E[X] = 2 \]",
    "Let X be a fair die roll. E[X] = (1+2+3+4+5+6)/6 = 7/2\nVar(X) = 91/6 - 49/4 = 35/12",
    "roll two dice independently. Let S be the sum.\nP(S = 7) = 6/36 = 1/6\nE[S] = 7\nVar(S) = 35/6",
    "X = 1 with probability p and 0 with probability 1-p\nE[X^3] = p\nVar(X) = p - p^2 = p(1-p)",
    "X = +1 w.p. 1/2, -1 w.p. 1/2.\nE[X] = 0, E[X²] = 1\nE[e^{tX}] = cosh t\nE[e^{tX}] ≤ e^{t²/2}",
    "X is uniform on {1, 2, ..., 6}\nP(X > 4) = 1/3\nE[X | X > 4] = 11/2",
    "X = number of tosses until the first head, P(head) = p\nE[X] = p*1 + (1-p)*(1 + E[X])\n"
    "E[X^2] = p + (1-p)*(1 + 2E[X] + E[X^2])\nVar(X) = (1 - p)/p^2",
    "P(heads) = 0.6\nP(tails) = 1 - 0.6 = 0.4\nP(exactly one head) = 2*0.6*0.4 = 0.48",
    "A bag has 3 red and 2 blue balls. We draw two without replacement.\nP(both red) = 3/5 * 2/4 = 3/10\n"
    "P(one of each) = 1 - 3/10 - 1/10 = 6/10",
    "<x> = Σ x_i p_i\n<(x - <x>)²> = <x²> - 2<x><x> + <x>² = <x²> - <x>²\n"
    "<(x-<x>)^3> = <x^3> - 3<x><x^2> + 2<x>^3",
    "Z = Σ_i exp(-λ x_i), p_i = exp(-λ x_i)/Z\n⟨x⟩ = -∂ log Z/∂λ\n∂² log Z/∂λ² = ⟨x²⟩ - ⟨x⟩²",
    "x and y are random variables.\n⟨(x+y)²⟩ = ⟨x²⟩ + 2⟨x y⟩ + ⟨y²⟩",
    "N ~ Poisson(λ), and given N, K ~ Bin(N, p).\nE[K] = λp",
    "P(AB|I) = P(A|BI) P(B|I)\nP(A+B|I) = P(A|I) + P(B|I) - P(AB|I)",
    r"$\int T(x'\leftarrow x)\,dx' = 1$",
    r"$p(x')\int T(x\leftarrow x')\,dx = p(x')$",
    r"$\alpha(x'\leftarrow x) = \min\left\{1,\ \frac{p(x')\,q(x\mid x')}{p(x)\,q(x'\mid x)}\right\}$" "\n"
    "\n"
    r"$p(x)\,q(x'\mid x)\,\alpha(x'\leftarrow x) = \min\left\{p(x)\,q(x'\mid x),\ p(x')\,q(x\mid "
    r"x')\right\}$",
    r"$\mathbb{E}_p[f(x)] = \int f(x)\,\frac{p(x)}{q(x)}\,q(x)\,dx = "
    r"\mathbb{E}_q\left[f(x)\frac{p(x)}{q(x)}\right]$",
    "Jensen: log is concave so E[log X] <= log E[X] for X>0\nand exp(E[X]) <= E[exp(X)]",
    "X ~ Poisson(λ)\nE[X^2] = λ + λ^2",
    "burglary b and earthquake e are independent\nP(a,b,e) = P(a|b,e) P(b) P(e)",
    "x₁, ..., xₙ independent with mean μ and variance σ², m = (1/n) ∑_i x_i\ns² = (1/n) ∑_i (x_i − m)²\n"
    "E[s²] = (n−1)σ²/n",
    "x : n, y : m\n"
    r"z := x - \Sigma_{xy} \Sigma_{yy}^{-1} y" "\n"
    r"\operatorname{Cov}(z, y) = \Sigma_{xy} - \Sigma_{xy} \Sigma_{yy}^{-1} \Sigma_{yy} = 0",
    "p, q distributions over a finite set\nw(x) := p(x)/q(x)\nE_p[f(x)] = ∑_x p(x) f(x)\n= E_q[w(x) f(x)]",
    "Let X be Poisson distributed with parameter λ > 0\nP(X = k) = e^(-λ) λ^k/k!\nE[X(X - 1)] = λ²",
    "X is exponential with mean m\nVar[X] = m²",
    "X and Y be independent with variances σ² > 0 and τ² > 0\nVar[aX + (1 − a)Y] = a²σ² + (1 − a)²τ²",
    "X ~ Exp(1), Y = X^2, y > 0\nF_Y(y) = P(X^2 <= y) = P(X <= sqrt(y)) = 1 - e^(-sqrt(y))\n"
    "f_Y(y) = e^(-sqrt(y))/(2 sqrt(y))",
    "X ~ N(0, 1), Y = X^2\nP(Y <= y) = P(-sqrt(y) <= X <= sqrt(y))\nf_Y(y) = 1/sqrt(2 π y) e^(-y/2)",
    "X ~ N(μ, σ²), Y = 2X + 3\np_Y(y) = 1/2 p_X((y-3)/2)",
    "U ~ U(0, 1)\nY = -log(U)\nP(Y <= y) = P(U >= e^(-y)) = 1 - e^(-y)",
    "X ~ N(0, 1)\nP(-2 <= X <= 1) = Φ(1) - Φ(-2)\nP(|X| <= 2) = 2 Φ(2) - 1",
    "X ~ Exp(λ)\nP(X > s + t | X > s) = P(X > t)",
    "Let X be a random variable that takes finitely many values, all of them positive\nE[log X] <= log E[X]",
    "X is a positive random variable\nE[1/X] >= 1/E[X]",
    "X and Y be uncorrelated random variables with zero mean\nE[X Y] = 0",
    "θ ~ Beta(a, b), a, b > 0\nVar(θ) = ab/((a+b)² (a+b+1))",
]  # fmt: skip

FIRST_WRONG = [  # the number of the first wrong line, and the text
    (2, "Let X ~ Poisson(λ) and Y ~ Poisson(μ) be independent\nVar[X - Y] = λ - μ"),
    (2, "Let X, Y be iid Exp(λ)\nVar[X-Y] = 0"),
    (2, "X, Y ~ U(0,1) iid\nE|X - Y| = 1/4"),
    (3, "X_1, ..., X_n iid U(0, θ)\nM = max_i X_i\nE[M] = θ/(n+1)"),
    (2, "X, Y ~ Exp(λ) independent, Z = X + Y\nf_Z(z) = ∫_0^z λ e^{-λx} λ e^{-λ(z-x)} dx = λ z e^{-λz}"),
    (2, "x_1, ..., x_n ~ N(mu, sigma^2) iid, xbar = (1/n) sum_i x_i\nE[xbar^2] = sigma^2/n"),
    (2, "X₁, …, Xₙ ∼ Exp(λ) iid, M = min Xᵢ\nE[M] = n/λ"),
    (5, "X geometric on 1,2,3,... i.e. P(X=k) = (1-p)^(k-1) p, 0 < p < 1\n"
        "know: E[X] = 1/p and E[X(X-1)] = 2(1-p)/p^2\nE[X^2] = E[X(X-1)] + E[X] = 2(1-p)/p^2 + 1/p\n"
        "= (2 - p)/p^2\nVar(X) = (2 - p)/p^2 - 1/p\n= (2 - 2p)/p^2"),
    (4, "X is a discrete rv with P(X = 0) = 1/2, P(X = 1) = 1/3, P(X = 2) = 1/6\n"
        "E[X] = 0*1/2 + 1*1/3 + 2*1/6 = 2/3\nE[X^2] = 1/3 + 4/6 = 1\nVar(X) = 1 - 2/3 = 1/3"),
    (3, "P(X = 1) = P(X = -1) = 1/2\nE[X] = 0\nVar(X) = 1/2"),
    (3, "X ~ Poisson(λ)\nG(s) = E[s^X] = Σ_{k≥0} s^k e^{-λ} λ^k/k! = e^{λ(s-1)}\nG'(1) = λ²"),
    (4, "X ~ N(μ, σ²)\nM_X(t) = E[e^{tX}]\nM_X'(0) = μ\nM_X''(0) = σ²"),
    (2, "N ~ Poisson(λ), X | N ~ Bin(N, p)\nE[X] = λ/p"),
    (3, "N ~ Poisson(λ), X | N ~ Bin(N, p)\nE[X] = λp\nVar(X) = λp(1-p)"),
    (2, "X has density f(x) = 3x² for 0 < x < 1\nE[X] = ∫₀¹ 3x² dx = 1"),
    (1, "P(A+B|C) = P(A|C) + P(B|C) + P(AB|C)"),
    (4, "X takes values 0, 1, 2 with probabilities 1/4, 1/2, 1/4.\nE[X] = 1\nE[X²] = 3/2\nVar(X) = 3/2 − 1 = 1"),
    (3, "roll two dice independently. Let S be the sum.\nE[S] = 7\nVar(S) = 35/12"),
    (3, "X = 1 with probability p and 0 with probability 1-p\nE[X] = p\nE[X^3] = p^3"),
    (3, "X = number of tosses until the first head, P(head) = p\nE[X] = 1/p\nE[X^2] = (2 + p)/p^2"),
    (3, "P(heads) = 0.6\nP(tails) = 1 - 0.6 = 0.4\nP(exactly one head) = 2*0.6*0.4 = 0.24"),
    (3, "⟨x⟩ = Σ_i p_i x_i\n⟨(x − ⟨x⟩)²⟩ = ⟨x²⟩ − ⟨x⟩²\n⟨(x − ⟨x⟩)³⟩ = ⟨x³⟩ − 3⟨x⟩⟨x²⟩ + ⟨x⟩³"),
    (3, "x and y are random variables.\n⟨x + y⟩ = ⟨x⟩ + ⟨y⟩\n⟨(x+y)²⟩ = ⟨x²⟩ + 2⟨x⟩⟨y⟩ + ⟨y²⟩"),
    (2, "X ~ Poisson(lambda)\nE[X^2] = lambda^2\nVar[X] = E[X^2] - E[X]^2"),
    (3, "Var(X+Y) = E[(X+Y)^2] - (E[X+Y])^2\n= E[X^2] + 2E[XY] + E[Y^2] - E[X]^2 - 2E[X]E[Y] - E[Y]^2\n"
        "= Var X + Var Y + Cov(X,Y)"),
    (2, "Jensen: log is concave\nso for X > 0, E[log X] >= log E[X]"),
    (3, "X ~ Exp(lambda), E[X] = 1/lambda\nE[X^2] = 2/lambda^2\nVar(X) = 2/lambda^2 - 1/lambda = 1/lambda^2"),
    (2, "Z ~ N(0,1), X = mu + sigma Z\nVar(X) = sigma\nE[X^2] = mu^2 + sigma^2"),
    (3, "P(X>t) = e^{-lam t} for t>0\nP(X > s+t | X > s) = P(X > s+t)/P(X > s)\n"
        "= e^{-lam (s+t)} e^{-lam s} = e^{-lam t}"),
    (2, "Cov(aX + b, Y) = a Cov(X,Y)\nCov(X+Y, X-Y) = Var X + Var Y"),
    (3, "moment generating function of N(mu, s^2): M(t) = exp(mu t + s^2 t^2/2)\nM'(t) = (mu + s^2 t) M(t)\n"
        "M''(0) = mu^2 + s^2/2"),
    (3, "P(A or B) = P(A) + P(B) - P(A and B)\nif A, B independent, P(A and B) = P(A)P(B)\n"
        "so P(A or B) = P(A) + P(B) + P(A)P(B)"),
    (3, "X ~ Bin(n, p), E[X] = np\nE[X(X-1)] = n(n-1)p^2\nVar X = n(n-1)p^2 + np - np = np(1-p)"),
    (2, "X ~ Poisson(λ)\nE[X^2] = λ^2"),
    (2, "burglary b and earthquake e are independent\nP(b,e|a) = P(b|a) P(e|a)"),
    (4, "x₁, ..., xₙ independent with mean μ and variance σ², m = (1/n) ∑_i x_i\ns² = (1/n) ∑_i (x_i − m)²\n"
        "E[s²] = (1/n) ∑_i E[(x_i − m)²]\n= (1/n) ∑_i Var[x_i]"),
    (4, "p, q distributions over a finite set\nw(x) := p(x)/q(x)\nE_p[f(x)] = ∑_x p(x) f(x)\n= E_p[w(x) f(x)]"),
    (2, "Let X be Poisson distributed with mean λ > 0\nVar[X] = λ²"),
    (3, "Let X be uniformly distributed on (0, 1)\nE[X²] = 1/3\nE[X³] = 1/3"),
    (2, "X ~ Exp(1), Y = X^2, y > 0\nf_Y(y) = e^(-sqrt(y))"),
    (2, "X ~ N(0, 1)\nP(X^2 <= y) = P(X <= sqrt(y))"),
    (2, "X ~ N(μ, σ²), Y = 2X + 3\np_Y(y) = p_X((y-3)/2)"),
    (2, "X ~ N(0, 1)\nP(-2 <= X <= 1) = Φ(2) - Φ(1)"),
    (2, "X is a positive random variable\nE[1/X] <= 1/E[X]"),
    (2, "X and Y be uncorrelated random variables with zero mean\nE[X^2 Y^2] = E[X^2] E[Y^2]"),
    (2, "Let A and B be events with 0 < P(B) < 1\nP(A|B) + P(A|B^c) = 1"),
]  # fmt: skip

LAST_WRONG = [  # what is said last is wrong, and nothing else
    "E[X] = Σ x² p(x)",
    "E[X] = ∑ x p(x), Var(X) = ∑ (x + μ)² p(x), where μ = E[X]",
    "P(X ≥ a) ≤ E[X]/a² for X ≥ 0.",
    "P(X=1) = p, P(X=0) = 1-p. E[X] = p, Var(X) = p²(1-p)",
    "P(AB|I) = P(A|I) P(B|I)",
    "P(A+B|I) = P(A|I) + P(B|I)",
    r"$\alpha(y, x) = \min\left\{1,\ \frac{p(x)\,q(y\mid x)}{p(y)\,q(x\mid y)}\right\}$" "\n"
    "\n"
    r"$p(x)\,q(y\mid x)\,\alpha(y,x) = \min\left\{p(x)\,q(y\mid x),\ p(y)\,q(x\mid y)\right\}$",
    "P(A|B) P(A) = P(B|A) P(B)",
    r"$\mathbb{E}_q[f(x)] = \mathbb{E}_p[f(x) p(x)/q(x)]$",
]  # fmt: skip

OPEN = [  # what they leave unsaid decides: neither right nor wrong
    "posterior ∝ likelihood × prior",
    "p ∝ q r",
    "$T(y|x) p(x) = T(x|y) p(y)$",
    r"Detailed balance says $P_{ij} \pi_i = P_{ji}\pi_j$",
    r"$\int T(x'\leftarrow x)\,p(x)\,dx = p(x')$",
    r"$\mathbb{E}_{q}[f(z)] = \mathbb{E}_{\epsilon}[f(\mu+\sigma\epsilon)]$",
]  # fmt: skip

test_right = each(RIGHT, judged_right)
test_first_wrong = each(FIRST_WRONG, first_wrong)
test_last_wrong = each(LAST_WRONG, only_the_last_wrong)
test_left_open = each(OPEN, left_open)


def test_a_probability_does_not_follow_from_moments() -> None:
    report = agnesi.check("E[S] = 7, Var(S) = 35/6\nP(S = 7) = 1/6")
    assert report.first_wrong is None
    assert report.statements[-1].verdict == "not read"
