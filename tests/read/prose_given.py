"""Models, constraints, conditions, comments and names in loose text: (text, what is given), judged by eye."""

from __future__ import annotations

GIVEN: list[tuple[str, list[str]]] = [
    ("y = sum(x + z)\nx : ℝⁿ", ["- | y = sum(x + z)", "declare | x : ℝⁿ"]),
    ("f(x) = sum(x + z)\nb : scalar", ["- | f(x) = sum(x + z)", "declare | b : scalar"]),
    ("y = Xw\nX : n x d", ["- | y = Xw", "declare | X : n x d"]),
    ("y = Xw\nw, x : R^n", ["- | y = Xw", "declare | w, x : R^n"]),
    (
        "∑_{i=1}^n (x_i − x_bar) = 0 where x_bar = (1/n) ∑_{i=1}^n x_i",
        [
            "- | ∑_{i=1}^n (x_i − x_bar) = 0",
            "where | x_bar = (1/n) ∑_{i=1}^n x_i",
        ],
    ),
    ("a = b\n= tr(A^2) - tr(B^2)            [tr(AB) = tr(BA)]", ["- | a = b", "continues | = tr(A^2) - tr(B^2)"]),
    ("a = 1\n= e^{-s} ∑_m s^m/m!     [m = n − c]", ["- | a = 1", "continues | = e^{-s} ∑_m s^m/m!"]),
    ("G = x G(x)  [Γ(x+1) = (x+1)Γ(x)]", ["- | G = x G(x)"]),
    ("E[xy] = E[x]\n= [x + y] [a = b]", ["- | E[xy] = E[x]", "continues | = [x + y] [a = b]"]),
    ("a = b [expand]", ["- | a = b"]),
    ("x/y = 1/(y/x) (x, y, a > 0)", ["- | x/y = 1/(y/x)", "declare | x, y, a : positive"]),
    ("log(xy) = log x + log y   (x, y > 0)", ["- | log(xy) = log x + log y", "declare | x, y : positive"]),
    (
        "maximise bᵀSb subject to bᵀb = 1, S a covariance matrix (symmetric, psd)",
        [
            "- | maximise bᵀSb subject to bᵀb = 1",
            "suppose | bᵀb = 1",
            "declare | S : psd",
        ],
    ),
    (
        "maximise f(x,y) = x^2 y on the circle g(x,y) = x^2 + y^2 = a^2",
        [
            "where | f(x,y) = x^2 y",
            "where | g(x,y) = x^2 + y^2",
            "suppose | x^2 + y^2 = a^2",
        ],
    ),
    (
        "activation(x) = tanh(wx)\nd activation/dw = x (1 - activation^2)\n∂activation/∂x = w (1 - activation^2)",
        [
            "- | activation(x) = tanh(wx)",
            "- | d activation/dw = x (1 - activation^2)",
            "- | ∂activation/∂x = w (1 - activation^2)",
        ],
    ),
    ("loss = sum(r)\nd loss/dr = 1", ["- | loss = sum(r)", "- | d loss/dr = 1"]),
    ("p = q since a = b", ["- | p = q", "since | a = b"]),
    ("p = q because a = b", ["- | p = q", "since | a = b"]),
    ("p = q using log(ab) = log a + log b", ["- | p = q", "since | log(ab) = log a + log b"]),
    (
        "log p(x) = E_q[log p(x,z)] - E_q[log q(z)] + KL(q||p) with q any distribution over z",
        [
            "- | log p(x) = E_q[log p(x,z)] - E_q[log q(z)] + KL(q||p)",
            "declare | q : probability",
        ],
    ),
    ("E[x^2] = 1 for X ~ N(0,1)", ["- | E[x^2] = 1", "suppose | X ~ N(0,1)"]),
    ("exp(A+B) = exp(A) exp(B) when A and B commute", ["- | exp(A+B) = exp(A) exp(B)", "commute | A, B"]),
    ("P(A∩B) = P(A)P(B) if A and B are independent", ["- | P(A∩B) = P(A)P(B)", "independent | A, B"]),
    ("w = (X'X)^-1 X'y is the min over w of ‖Xw − y‖²", ["- | w = (X'X)^-1 X'y", "- | themin_w          ‖Xw − y‖²"]),
    ("min over w of ‖Xw − y‖²", ["- | min_w         ‖Xw − y‖²"]),
    ("argmin over w of ||Xw - y||^2 = (X'X)^{-1}X'y", ["- | argmin_w         ||Xw - y||^2 = (X'X)^{-1}X'y"]),
    ("the maximum of H(p) is log K", []),
    ("Z ~ Bernoulli(1/2) independent of X", ["- | Z ~ Bernoulli(1/2)", "independent | Z, X"]),
    ("X uniform on [0,1]", ["model | X ~ Uniform(0, 1)"]),
    ("X is Poisson with mean λ", ["model | X ~ Poisson(λ)"]),
    ("X is normal with mean μ and variance σ²", ["model | X ~ N(μ, σ²)"]),
    ("y = Ax + e where e is Gaussian noise with covariance Λ⁻¹", ["- | y = Ax + e", "model | e ~ N(0, Λ⁻¹)"]),
    ("x and y are jointly Gaussian", ["gaussian | x, y"]),
    ("a, b > 0", ["declare | a, b : positive"]),
    ("f = x (x, y, a > 0)", ["- | f = x", "declare | x, y, a : positive"]),
    (
        "N(x | a, A) N(x | b, B) ∝ N(x | c, C), with A, B n x n positive definite",
        [
            "- | N(x | a, A) N(x | b, B) ∝ N(x | c, C)",
            "declare | A, B : n x n spd",
        ],
    ),
    (
        "X fixed N×p with full column rank, y = Xβ + ε, E[ε] = 0, Cov[ε] = σ²I",
        [
            "declare | X : N×p constant full column rank",
            "- | y = Xβ + ε",
            "suppose | E[ε] = 0",
            "suppose | Cov[ε] = σ²I",
        ],
    ),
    ("A, B invertible n x n", ["declare | A, B : n x n invertible"]),
    (
        "f = a' X^-1 b,  X n x n invertible, a and b constant",
        [
            "- | f = a' X^-1 b",
            "declare | X : n x n invertible",
            "declare | a, b : constant",
        ],
    ),
    (
        "f : R^n -> R smooth, eta > 0 small, g = grad f(x)",
        [
            "function | f",
            "declare | eta > 0",
            "small | η",
            "- | g = grad f(x)",
        ],
    ),
    ("x > 0 random, log is concave", ["declare | x > 0", "random | x"]),
    (
        "uniform prior p(f) = 1 on [0,1]; D: n successes in N trials in a given order",
        [
            "- | p(f) = 1",
            "declare | n ∈ ℕ",
            "declare | N ∈ ℕ",
        ],
    ),
    (
        "Hypotheses A, B, C are mutually exclusive and exhaustive, D is the data.",
        [
            "disjoint | A, B, C",
            "exhaustive | A, B, C",
        ],
    ),
    ("λ, μ ≥ 0", ["declare | λ, μ : nonnegative"]),
    ("S, T ≻ 0", ["declare | S, T : spd"]),
    ("so x = a, y, λ > 0", ["so | x = a", "declare | y, λ : positive"]),
    (
        "A := XᵀX, x_iᵀ the i-th row of X, h := x_iᵀ A⁻¹ x_i  (h < 1), β̂ = A⁻¹Xᵀy",
        [
            "- | A := XᵀX",
            "declare | x_i is row i of X",
            "- | h := x_iᵀ A⁻¹ x_i",
            "- | β̂ = A⁻¹Xᵀy",
        ],
    ),
    (
        "C(w) = 1/N sum_i (y_i - w'x_i - b)^2,  where x_i are the rows of X (N x d)",
        [
            "- | C(w) = 1/N sum_i (y_i - w'x_i - b)^2",
            "declare | X : N x d",
            "declare | x_i is row i of X",
        ],
    ),
    ("y_n = σ(wᵀφ_n), rows of Φ are φ_nᵀ", ["- | y_n = σ(wᵀφ_n)", "declare | φ_n is row n of Φ"]),
    ("the columns of A are a_j", ["declare | a_j is column j of A"]),
    ("x_i is the i-th row of X", ["declare | x_i is row i of X"]),
    ("x_i^T are the rows of X", ["declare | x_i is row i of X"]),
    ("the columns of E are orthonormal", ["declare | E : orthogonal"]),
    ("a_j the j-th column of A", ["declare | a_j is column j of A"]),
    (
        "X and Y are independent and uniform on [0, 1]",
        [
            "independent | X, Y",
            "model | X ~ Uniform(0, 1)",
            "model | Y ~ Uniform(0, 1)",
        ],
    ),
    ("x_1, ..., x_n uniform on [0, a]; prior p(a) ∝ 1/a", ["model | x_i ~ Uniform(0, a)", "- | p(a) ∝ 1/a"]),
    ("x_1, ..., x_n iid N(mu, sigma^2)", ["iid | x_1, x_n", "model | x_i ~ N(mu, sigma^2)"]),
    ("x_n iid ~ N(μ, σ²)", ["iid | x_n", "model | x_n ~ N(μ, σ²)"]),
    (
        "Let X be uniform on [0,1]. E[X] = 1/2, Var[X] = 1/12",
        [
            "model | X ~ Uniform(0, 1)",
            "- | E[X] = 1/2",
            "- | Var[X] = 1/12",
        ],
    ),
    ("Let e be zero-mean Gaussian noise with variance s^2", ["model | e ~ N(0, s^2)"]),
    ("Z is standard normal", ["model | Z ~ N(0, 1)"]),
    (
        "X is Bernoulli with parameter p, Y is exponential with rate λ",
        [
            "model | X ~ Bernoulli(p)",
            "model | Y ~ Exponential(λ)",
        ],
    ),
    (
        "x ~ N(mu, S), y = A x + b + e with e ~ N(0, L^-1) independent of x",
        [
            "- | x ~ N(mu, S)",
            "- | y = A x + b + e",
            "where | e ~ N(0, L^-1)",
            "independent | e, x",
        ],
    ),
    ("X is normally distributed with mean 0 and standard deviation σ", ["model | X ~ N(0, σ^2)"]),
    ("the model is Gaussian with mean m and variance v", []),
    ("so X is normal with mean 0 and variance 2", []),
    ("X is not normal with mean 0 and variance 2", []),
    ("N is normal to the plane", []),
    ("If X is Poisson with mean λ then E[X] = λ", ["model | X ~ Poisson(λ)", "so | E[X] = λ"]),
    ("X uniform between 0 and 1", ["model | X ~ Uniform(0, 1)"]),
    (
        "x, y jointly Gaussian, zero mean, with covariance blocks Σxx, Σxy, Σyx = Σxyᵀ, Σyy",
        [
            "gaussian | x, y",
            "- | Σyx = Σxyᵀ",
        ],
    ),
    ("X has a Poisson distribution with mean λ", ["model | X ~ Poisson(λ)"]),
    ("X is Poisson(λ)", ["model | X ~ Poisson(λ)"]),
    (
        "maximise f(x,y) = x^2 y on the circle g(x,y) = x^2 + y^2 = a^2   (x, y, a > 0)",
        [
            "where | f(x,y) = x^2 y",
            "where | g(x,y) = x^2 + y^2",
            "suppose | x^2 + y^2 = a^2",
            "declare | x, y, a : positive",
        ],
    ),
    (
        "maximise f(x,y) = x^2 y subject to g(x,y) = x^2 + y^2 = a^2",
        [
            "where | f(x,y) = x^2 y",
            "where | g(x,y) = x^2 + y^2",
            "suppose | x^2 + y^2 = a^2",
        ],
    ),
    (
        "maximise x y on the unit circle x^2 + y^2 = 1",
        [
            "- | maximise x y subject to         x^2 + y^2 = 1",
            "suppose | x^2 + y^2 = 1",
        ],
    ),
    (
        "Minimise x^2 + y^2 on the line x + 2y = 5. Then L = x^2",
        [
            "- | Minimise x^2 + y^2 subject to  x + 2y = 5",
            "suppose | x + 2y = 5",
            "so | L = x^2",
        ],
    ),
    (
        "maximise sum_n sum_k g_nk ln pi_k subject to sum_k pi_k = 1   (rows of g sum to 1)",
        [
            "- | maximise sum_n sum_k g_nk ln pi_k subject to sum_k pi_k = 1",
            "suppose | sum_k pi_k = 1",
        ],
    ),
    (
        "minimise over beta: J(beta) = 1/2 (beta - b)^2 + lam |beta|, lam > 0, b a given number",
        [
            "- | J(beta) = 1/2 (beta - b)^2 + lam |beta|",
            "declare | lam > 0",
        ],
    ),
    (
        "minimise ||w||^2 subject to y = Xw and w_1 = 0",
        [
            "- | minimise ||w||^2 subject to y = Xw and w_1 = 0",
            "suppose | y = Xw",
            "suppose | w_1 = 0",
        ],
    ),
    ("To minimise, w = A^-1 b", ["- | w = A^-1 b"]),
    ("d max(0,z)/dz = 1 if z > 0, 0 if z < 0", ["- | d max(0,z)/dz = 1 if z > 0, 0 if z < 0"]),
    ("f(x) = x if x > 0, -x if x < 0", ["- | f(x) = x if x > 0, -x if x < 0"]),
    ("min over w of ‖Xw − y‖² = 0", ["- | min_w         ‖Xw − y‖² = 0"]),
    ("put z = x - M y and choose M so that Cov[z, y] = 0", ["where | z = x - M y", "suppose | Cov[z, y] = 0"]),
    (
        "p_i = exp(−λ x_i)/Z with λ chosen so that ∑_i p_i x_i = F",
        [
            "- | p_i = exp(−λ x_i)/Z",
            "suppose | ∑_i p_i x_i = F",
        ],
    ),
    ("send each bit N = 3 times", ["- | N = 3"]),
    ("a = 1: Jo has the disease, b = 1: the test is positive", []),
    ("H1: the bias p is unknown, uniform on [0,1]; H0: p = 1/2; s: a sequence with F_a heads", []),
    (
        "urn, N balls, M red, two draws without replacement. X1 = 1 if the first is red, else 0; X2 likewise",
        [
            "declare | N ∈ ℕ",
        ],
    ),
    (
        "p(n \\mid c) = \\frac{p(c \\mid n)\\, p(n)}{p(c)}, \\quad n \\ge c",
        [
            "- | p(n \\mid c) = \\frac{p(c \\mid n)\\, p(n)}{p(c)}",
            "suppose | n \\ge c",
        ],
    ),
    (
        "x_1, ..., x_n uniform on [0, a]; prior p(a) ∝ 1/a; m = the largest x_i, n > 1",
        [
            "model | x_i ~ Uniform(0, a)",
            "- | p(a) ∝ 1/a",
            "suppose | n > 1",
        ],
    ),
    (
        "p and q distributions over a finite set, q(x) > 0 everywhere, w(x) := p(x)/q(x)",
        [
            "declare | p, q : probability",
            "suppose | q(x) > 0",
            "- | w(x) := p(x)/q(x)",
        ],
    ),
    (
        "target p(x) > 0 on a finite set, symmetric proposal q(x'|x) = q(x|x'), accept with "
        "probability a(x→x') = min(1, p(x')/p(x))",
        [
            "suppose | p(x) > 0",
            "suppose | q(x'|x) = q(x|x')",
            "where | a(x→x') = min(1, p(x')/p(x))",
        ],
    ),
    ("accept a move from i to j with probability A_ij = min(1, p_j/p_i)", ["where | A_ij = min(1, p_j/p_i)"]),
    ("f(0) = 0, f'(0) = 1, f''(0) = -1", ["- | f(0) = 0", "- | f'(0) = 1", "- | f''(0) = -1"]),
    ("A = [a b; c d] with ad - bc ≠ 0", ["- | A = [a b; c d]", "suppose | ad - bc ≠ 0"]),
    ("We look for the number c with (s - c r)·r = 0", ["declare | c : scalar", "suppose | (s - c r)·r = 0"]),
    ("w_i > 0 with sum_i w_i = 1", ["declare | w : positive", "suppose | sum_i w_i = 1"]),
    (
        "Let $x$ be random with $E[x] = \\mu$ and $\\mathrm{Cov}[x] = S$, and $y = A x + b$",
        [
            "random | x",
            "where | E[x] = \\mu",
            "where | \\mathrm{Cov}[x] = S",
            "where | y = A x + b",
        ],
    ),
    ("from X X^-1 = I:  dX X^-1 + X d(X^-1) = 0", ["since | X X^-1 = I", "- | dX X^-1 + X d(X^-1) = 0"]),
    ("z = x - μ, E[z] = 0, Var[z] = 1", ["- | z = x - μ", "- | E[z] = 0", "- | Var[z] = 1"]),
    (
        "W → D → R is a Markov chain, i.e. p(w,d,r) = p(w) p(d|w) p(r|d)",
        [
            "conditionally independent | W, R, D",
            "so | p(w,d,r) = p(w) p(d|w) p(r|d)",
        ],
    ),
    ("with X = QR: X'X = R'R", ["where | X = QR", "- | X'X = R'R"]),
    ("Then f(x) ≥ 0 for all x", ["so | f(x) ≥ 0"]),
    ("if x = 2 then y = 3", ["suppose | x = 2", "so | y = 3"]),
    ("y = 3 if x = 2", ["- | y = 3", "suppose | x = 2"]),
    ("with û = Ax", ["where | û = Ax"]),
    ("with ||x||^2 = 1, f = 2", ["suppose | ||x||^2 = 1", "- | f = 2"]),
    ("burglary b and earthquake e are independent, the alarm a depends on both", ["independent | b, e"]),
    ("hence the projection of s on r is ((s·r)/||r||) r", ["so | ((s·r)/||r||) r"]),
    ("projection matrix P", ["projection | P"]),
    ("a vector of parameters w in R^d", ["declare | w : R^d"]),
    ("a matrix of weights W (m x n)", ["declare | W : (m x n)"]),
    ("X_i independent", ["independent | X_i"]),
    ("x is independent", []),
    ("Since A is symmetric, x'A'x = x'Ax.", ["declare | A : symmetric", "- | x'A'x = x'Ax"]),
    ("a distribution of heights p", []),
    (
        "Let loss(w) = ||Xw - y||^2. The gradient of loss is 2X'(Xw - y).\nd loss / dw = 2X'(Xw-y)",
        [
            "where | loss(w) = ||Xw - y||^2",
            "- | 2X'(Xw - y)",
            "- | d loss / dw = 2X'(Xw-y)",
        ],
    ),
    (
        "pred = X w, err = pred - y, loss = mean(err^2)\nd loss/d pred = 2/n err",
        [
            "- | pred = X w",
            "- | err = pred - y",
            "- | loss = mean(err^2)",
            "- | d loss/d pred = 2/n err",
        ],
    ),
    ("L = -log p(y) where p(y) is the softmax output", ["- | L = -log p(y)"]),
    (
        "Suppose that A is an n×n matrix with A^T = -A. Then x^T A x = 0 for all x.",
        [
            "declare | A : n×n",
            "suppose | A^T = -A",
            "so | x^T A x = 0",
        ],
    ),
    (
        "Var[X + Y] = Var[X] + Var[Y] when X and Y are uncorrelated",
        [
            "- | Var[X + Y] = Var[X] + Var[Y]",
            "uncorrelated | X, Y",
        ],
    ),
    ("By Bayes' rule, P(A|B) = P(B|A) P(A) / P(B).", ["- | P(A|B) = P(B|A) P(A) / P(B)"]),
    (
        "Using the fact that d(X^-1) = -X^-1 dX X^-1, we have df = -tr(A X^-1 dX X^-1)",
        [
            "since | d(X^-1) = -X^-1 dX X^-1",
            "so | df = -tr(A X^-1 dX X^-1)",
        ],
    ),
    ("Because log is concave, E[log X] <= log E[X].", ["- | E[log X] <= log E[X]"]),
    (
        "w* = argmin over w of ||Xw - y||^2 + lam ||w||^2 = (X'X + lam I)^{-1} X'y",
        [
            "- | w* = argmin_w         ||Xw - y||^2 + lam ||w||^2 = (X'X + lam I)^{-1} X'y",
        ],
    ),
    (
        "Assume x_1,...,x_n are iid Gaussian with mean mu and variance sigma^2.\n"
        "log L = -n/2 log(2 pi sigma^2) - 1/(2 sigma^2) sum_i (x_i - mu)^2",
        [
            "iid | x_1, x_n",
            "model | x_i ~ N(mu, sigma^2)",
            "- | log L = -n/2 log(2 pi sigma^2) - 1/(2 sigma^2) sum_i (x_i - mu)^2",
        ],
    ),
    (
        "the coin lands heads with probability p. X = number of heads in n flips\nE[X] = n p",
        [
            "declare | p : scalar unit interval",
            "declare | n ∈ ℕ",
            "- | E[X] = n p",
        ],
    ),
    (
        "x_hat = A^-1 b (A is square)\nx_new = x_old - f(x_old)/f'(x_old)",
        [
            "- | x_hat = A^-1 b",
            "- | x_new = x_old - f(x_old)/f'(x_old)",
        ],
    ),
    ("Q: is (AB)^T = A^T B^T?\nNo: (AB)^T = B^T A^T", ["- | (AB)^T = A^T B^T", "- | (AB)^T = B^T A^T"]),
    ("tanh'(z) = 1 - tanh(z)^2   [chain rule]", ["- | tanh'(z) = 1 - tanh(z)^2"]),
    ("KL(p || q) >= 0   (Gibbs' inequality; equality iff p = q)", ["- | KL(p || q) >= 0"]),
    ("where σ is the sigmoid and z = w·x + b", ["sigmoid | σ", "where | z = w·x + b"]),
    (
        "X ~ Exponential(λ), so E[X] = 1/λ and Var[X] = 1/λ²",
        [
            "- | X ~ Exponential(λ)",
            "so | E[X] = 1/λ",
            "so | Var[X] = 1/λ²",
        ],
    ),
    (
        "Let Y = aX + b, a ≠ 0, where X has density f. Then p(y) = f((y-b)/a)/|a|.",
        [
            "where | Y = aX + b",
            "declare | a ≠ 0",
            "so | p(y) = f((y-b)/a)/|a|",
        ],
    ),
    (
        "Since Q is orthogonal (Q^T Q = I), ||Qx||^2 = x^T Q^T Q x = x^T x = ||x||^2.",
        [
            "declare | Q : orthogonal",
            "declare | Q^T Q = I",
            "- | ||Qx||^2 = x^T Q^T Q x = x^T x = ||x||^2",
        ],
    ),
    ("1) H(X) = 1 bit   2) H(Y) = 2 bits", ["- | H(X) = 1", "- | 2) H(Y) = 2"]),
    (
        "maximise L(p) = k log p + (n-k) log(1-p) over p in (0,1)\ndL/dp = k/p - (n-k)/(1-p) = 0",
        [
            "where | L(p) = k log p + (n-k) log(1-p)",
            "- | dL/dp = k/p - (n-k)/(1-p) = 0",
        ],
    ),
    (
        "minimise x² + y² subject to the constraint x + y = 1",
        [
            "- | minimise x² + y² subject to                x + y = 1",
            "suppose | x + y = 1",
        ],
    ),
    (
        "Let S be the sample covariance, S = 1/n X'X. For any unit vector u, Var(Xu) = u'Su",
        [
            "where | S = 1/n X'X",
            "declare | u : unit",
            "- | Var(Xu) = u'Su",
        ],
    ),
    (
        "Suppose the noise e is N(0, s^2) and independent of x, y = w'x + e",
        [
            "model | e ~ N(0, s^2)",
            "independent | e, x",
            "suppose | y = w'x + e",
        ],
    ),
    ("a_ij = 1 if i = j and 0 otherwise", ["- | a_ij = 1 if i = j and 0 otherwise"]),
    (
        "y_hat = sigmoid(w.x + b), loss = -(y log y_hat + (1-y) log(1-y_hat))\n"
        "dloss/dy_hat = -(y/y_hat) + (1-y)/(1-y_hat)\n"
        "∂loss/∂b = y_hat - y",
        [
            "- | y_hat = sigmoid(w.x + b)",
            "- | loss = -(y log y_hat + (1-y) log(1-y_hat))",
            "- | dloss/dy_hat = -(y/y_hat) + (1-y)/(1-y_hat)",
            "- | ∂loss/∂b = y_hat - y",
        ],
    ),
    ("grad_w loss = (y_hat - y) x", ["- | grad_w loss = (y_hat - y) x"]),
    ("E = mc^2 and accuracy = 0.9", ["- | E = mc^2", "- | accuracy = 0.9"]),
    (
        "softmax(z)_i = e^{z_i} / sum_j e^{z_j}; softmax(z + c) = softmax(z) for any scalar c",
        [
            "- | softmax(z)_i = e^{z_i} / sum_j e^{z_j}",
            "- | softmax(z + c) = softmax(z)",
            "declare | c : scalar",
        ],
    ),
    (
        "f is convex so f(tx + (1-t)y) ≤ t f(x) + (1-t) f(y), 0 ≤ t ≤ 1",
        [
            "convex | f",
            "so | f(tx + (1-t)y) ≤ t f(x) + (1-t) f(y)",
            "declare | 0 ≤ t ≤ 1",
        ],
    ),
    (
        "y_hat = sigmoid(w.x + b), loss = -(y log y_hat + (1-y) log(1-y_hat))\n"
        "dloss/dy_hat = -(y/y_hat) + (1-y)/(1-y_hat)\n"
        "grad_w loss = (y_hat - y) x",
        [
            "- | y_hat = sigmoid(w.x + b)",
            "- | loss = -(y log y_hat + (1-y) log(1-y_hat))",
            "- | dloss/dy_hat = -(y/y_hat) + (1-y)/(1-y_hat)",
            "- | grad_w loss = (y_hat - y) x",
        ],
    ),
    ("∇loss = 2x", ["- | ∇loss = 2x"]),
    ("the gradient of the loss = 2x", ["- | 2x"]),
    ("X ~ N(0,1) and independent of Y, Z", ["- | X ~ N(0,1)", "independent | X, Y, Z"]),
    ("X is Poisson with mean λ and Y is Poisson with mean μ", ["model | X ~ Poisson(λ)", "model | Y ~ Poisson(μ)"]),
    ("dcost/dw = x", ["- | dcost/dw = x"]),
]
