"""Derivations as people type them, with one planted error each or none: the first wrong line is the planted one."""

from __future__ import annotations

import pytest

import agnesi

TEXTS = [
    (3,
     'L = 1/2 ||y - Phi w||^2, Phi: N x M design matrix\n'
     'dL/dw = -Phi^T (y - Phi w)\n'
     'set to zero: Phi^T y = Phi Phi^T w\n'
     'w = (Phi^T Phi)^-1 Phi^T y'),
    (3,
     'p(x|mu) = prod_n N(x_n|mu, s^2)\n'
     'log p = -N/2 log(2 pi s^2) - 1/(2 s^2) sum_n (x_n - mu)^2\n'
     'd log p/d mu = 1/s sum_n (x_n - mu)\n'
     '=> mu = 1/N sum_n x_n'),
    (None,
     'z = W x + b, a = sigma(z), C = 1/2 ||a - y||^2\n'
     'dC/da = a - y\n'
     'dC/dz = (a - y) .* a .* (1 - a)\n'
     'dC/dW = ((a - y) .* a .* (1 - a)) x^T'),
    (4,
     'z = W x + b, a = sigma(z), C = 1/2 ||a - y||^2\n'
     'dC/da = a - y\n'
     'dC/dz = (a - y) .* a .* (1 - a)\n'
     'dC/dW = x ((a - y) .* a .* (1 - a))^T'),
    (2,
     'X ~ Poisson(lambda)\n'
     'E[X^2] = lambda^2\n'
     'Var[X] = E[X^2] - E[X]^2'),
    (4,
     'f(x) = log(1 + exp(-y w^T x)) as a function of w\n'
     'let m = y w^T x, so f = log(1+exp(-m))\n'
     'df/dm = -1/(1+exp(m))\n'
     'df/dw = y x/(1+exp(m))'),
    (3,
     '(A + B)^2 = (A+B)(A+B)\n'
     '= A^2 + AB + BA + B^2\n'
     '= A^2 + 2AB + B^2   where A, B are n x n'),
    (None,
     'A symmetric, Av = lambda v, v^T v = 1\n'
     'v^T A v = lambda v^T v = lambda'),
    (3,
     '$$\\int_0^\\infty x e^{-ax}\\,dx$$ with $a>0$\n'
     '$$= \\left[-\\frac{x}{a}e^{-ax}\\right]_0^\\infty + \\frac{1}{a}\\int_0^\\infty e^{-ax}dx$$\n'
     '$$= \\frac{1}{a}$$'),
    (2,
     'P(A) = 0.01, P(+|A) = 0.9, P(+|not A) = 0.05\n'
     'P(+) = 0.9*0.01 + 0.05*0.01 = 0.0095\n'
     'P(A|+) = 0.009/P(+)'),
    (3,
     'Var(X+Y) = E[(X+Y)^2] - (E[X+Y])^2\n'
     '= E[X^2] + 2E[XY] + E[Y^2] - E[X]^2 - 2E[X]E[Y] - E[Y]^2\n'
     '= Var X + Var Y + Cov(X,Y)'),
    (None,
     'x in R^n, f(x) = x^T A x + b^T x, A symmetric\n'
     'grad f = 2 A x + b\n'
     'setting it to zero, x = -1/2 A^-1 b\n'
     'f at that x is -1/4 b^T A^-1 b'),
    (4,
     'x in R^n, f(x) = x^T A x + b^T x, A symmetric\n'
     'grad f = 2 A x + b\n'
     'setting it to zero, x = -1/2 A^-1 b\n'
     'f at that x is -1/2 b^T A^-1 b'),
    (3,
     'lim_{x->0} (1 - cos x)/x^2\n'
     '= lim_{x->0} sin x/(2x)\n'
     '= 1'),
    (3,
     'posterior ∝ likelihood × prior: p(theta|k) ∝ theta^k (1-theta)^(n-k) theta^(a-1) (1-theta)^(b-1)\n'
     '= theta^(k+a-1) (1-theta)^(n-k+b-1)\n'
     'E[theta|k] = (k+a)/(n+a+b-1)'),
    (2,
     'H(X,Y) = H(X) + H(Y|X)\n'
     'I(X;Y) = H(X) + H(Y) + H(X,Y)\n'
     '= H(Y) - H(Y|X)'),
    (3,
     'minimise f(x,y) = x^2 + y^2 subject to x + y = 1\n'
     'L = x^2 + y^2 + lam (x + y - 1)\n'
     'dL/dx = 2x + lam = 0 => x = lam/2\n'
     'so x = y = 1/2'),
    (3,
     'S = sum_{k=0}^{n} r^k\n'
     'r S = sum_{k=1}^{n+1} r^k\n'
     'S - rS = 1 - r^n\n'
     'S = (1 - r^n)/(1 - r)'),
    (None,
     'trick: d log det(A) = tr(A^{-1} dA)\n'
     'with A = sigma^2 I + W W^T, d log det A/dW = 2 A^{-1} W'),
    (2,
     'softmax p_i = e^{z_i}/sum_j e^{z_j}\n'
     '∂p_i/∂z_j = p_i (1 - p_j)\n'
     ''),
    (2,
     '||u+v||^2 + ||u-v||^2\n'
     '= 2||u||^2 + 2||v||^2 + 4 u.v\n'
     ''),
    (None,
     'Jensen: log is concave so E[log X] <= log E[X] for X>0\n'
     'and exp(E[X]) <= E[exp(X)]'),
    (2,
     'Jensen: log is concave\n'
     'so for X > 0, E[log X] >= log E[X]'),
    (2,
     "||Ax - b||^2 = (Ax-b)'(Ax-b) = x'A'Ax - 2b'Ax + b'b\n"
     "gradient wrt x: 2A'Ax - 2Ab"),
    (3,
     'Let $A \\in \\mathbb{R}^{n\\times n}$ be invertible.\n'
     'Differentiate $A A^{-1} = I$: $dA\\, A^{-1} + A\\, d(A^{-1}) = 0$\n'
     'hence $d(A^{-1}) = -A^{-1} dA$'),
    (None,
     'Let $A \\in \\mathbb{R}^{n\\times n}$ be invertible.\n'
     'Differentiate $A A^{-1} = I$: $dA\\, A^{-1} + A\\, d(A^{-1}) = 0$\n'
     'hence $d(A^{-1}) = -A^{-1} dA A^{-1}$'),
    (3,
     'f(x,y) = x^2 y + sin(xy)\n'
     'df/dx = 2xy + y cos(xy)\n'
     'df/dy = x^2 + y cos(xy)\n'
     'd2f/dxdy = 2x + cos(xy) - xy sin(xy)'),
    (2,
     'J = [[2x, 1],[y, x]] is the Jacobian of F(x,y) = (x^2 + y, xy)\n'
     'det J = 2x^2 + y'),
    (3,
     'eigenvalues of [[2,1],[1,2]]\n'
     'det(A - lam I) = (2-lam)^2 - 1 = 0\n'
     'lam = 1 or lam = 2'),
    (2,
     'p = sigma(w^T x), L = -y log p - (1-y) log(1-p)\n'
     'dL/dw = (y - p) x'),
    (3,
     'Bernoulli likelihood: l(p) = k log p + (n-k) log(1-p)\n'
     "l'(p) = k/p - (n-k)/(1-p)\n"
     "l''(p) = -k/p^2 + (n-k)/(1-p)^2"),
    (3,
     'X ~ Exp(lambda), E[X] = 1/lambda\n'
     'E[X^2] = 2/lambda^2\n'
     'Var(X) = 2/lambda^2 - 1/lambda = 1/lambda^2'),
    (3,
     "Sherman-Morrison: (A + uv')^-1 = A^-1 - A^-1 u v' A^-1/(1 + v'A^-1 u)\n"
     "with A = I: (I + uv')^-1 = I - uv'/(1 + v'u)\n"
     "check: (I + uv')(I - uv'/(1+v'u)) = I + uv' - uv'/(1+v'u) - uv'/(1+v'u) = I"),
    (3,
     'Entropy of a geometric: P(X=k) = (1-p)^(k-1) p\n'
     'E[X] = 1/p\n'
     'H(X) = -log p - (1/p) log(1-p)'),
    (3,
     'u = x^2, du = 2x dx\n'
     'int_0^2 x e^{x^2} dx = 1/2 int_0^4 e^u du\n'
     '= e^4 - 1'),
    (2,
     'sum_{i=1}^n (x_i - xbar)^2, xbar = (1/n) sum_i x_i\n'
     '= sum_i x_i^2 + n xbar^2\n'
     ''),
    (3,
     "Ridge: (X'X + lam I)^{-1} X' = X'(XX' + lam I)^{-1}\n"
     "multiply by (X'X + lam I) on the left: X' = (X'X + lam I) X' (XX' + lam I)^{-1}\n"
     "X'(XX' + lam I) = (X'X + 2 lam I) X'"),
    (2,
     'ELBO: log p(x) = E_q[log p(x,z) - log q(z)] + KL(q(z)||p(z|x))\n'
     'so log p(x) <= E_q[log p(x,z)] - E_q[log q(z)]'),
    (None,
     'ELBO: log p(x) = E_q[log p(x,z) - log q(z)] + KL(q(z)||p(z|x))\n'
     'so log p(x) >= E_q[log p(x,z)] - E_q[log q(z)]'),
    (3,
     "let P = A(A'A)^-1 A'\n"
     "P^2 = A(A'A)^-1 A'A(A'A)^-1 A' = P\n"
     "P' = A'(A'A)^-1 A = P"),
    (2,
     "f(w) = sum_i max(0, 1 - y_i w'x_i), so where y_i w'x_i < 1 for all i\n"
     'grad f = sum_i y_i x_i'),
    (2,
     "x_{k+1} = x_k - f(x_k)/f'(x_k) with f(x) = x^2 - 2\n"
     'x_{k+1} = (x_k + 1/x_k)/2\n'
     ''),
    (2,
     'Z ~ N(0,1), X = mu + sigma Z\n'
     'Var(X) = sigma\n'
     'E[X^2] = mu^2 + sigma^2'),
    (4,
     'taylor of log(1+x) at 0\n'
     "f' = 1/(1+x), f'' = -1/(1+x)^2\n"
     "f(0) = 0, f'(0) = 1, f''(0) = -1\n"
     'log(1+x) = x + x^2/2 + O(x^3)'),
    (3,
     "A = U S V' (SVD)\n"
     "A'A = V S^2 V'\n"
     "AA' = V S^2 V'"),
    (2,
     'cos(a+b) = cos a cos b - sin a sin b\n'
     'cos 2a = 2 cos^2 a + 1\n'
     ''),
    (3,
     'Gaussian: p(x) = 1/sqrt(2 pi s^2) exp(-(x-m)^2/(2 s^2))\n'
     'log p = -(x-m)^2/(2 s^2) - 1/2 log(2 pi s^2)\n'
     'd log p/ds = (x-m)^2/s^3 - 1/s^2'),
    (3,
     'E_q[log p(x)] where q = N(m, s^2), p = N(0,1)\n'
     '= -1/2 log(2 pi) - 1/2 E_q[x^2]\n'
     '= -1/2 log(2 pi) - 1/2 (m^2 - s^2)'),
    (2,
     'cross entropy H(p,q) = -sum_i p_i log q_i\n'
     'H(p,q) = H(p) - KL(p||q)\n'
     'so H(p,q) >= H(p)'),
    (4,
     'loss for one sample: l = (y - w^T x)^2\n'
     'dl/dw = -2 (y - w^T x) x\n'
     'sgd: w <- w + 2 eta (y - w^T x) x\n'
     'hessian: d^2 l/dw dw^T = 2 x^T x'),
    (3,
     'P(X>t) = e^{-lam t} for t>0\n'
     'P(X > s+t | X > s) = P(X > s+t)/P(X > s)\n'
     '= e^{-lam (s+t)} e^{-lam s} = e^{-lam t}'),
    (2,
     'Cov(aX + b, Y) = a Cov(X,Y)\n'
     'Cov(X+Y, X-Y) = Var X + Var Y'),
    (3,
     'moment generating function of N(mu, s^2): M(t) = exp(mu t + s^2 t^2/2)\n'
     "M'(t) = (mu + s^2 t) M(t)\n"
     "M''(0) = mu^2 + s^2/2"),
    (2,
     'AM-GM: (a+b)/2 >= sqrt(ab), a,b >= 0\n'
     'so a + b <= 2 sqrt(ab)'),
    (3,
     'w = argmin ||Xw-y||^2 + lam ||w||^2\n'
     "2X'(Xw-y) + 2 lam w = 0\n"
     "(X'X - lam I) w = X'y"),
    (None,
     'w = argmin ||Xw-y||^2 + lam ||w||^2\n'
     "2X'(Xw-y) + 2 lam w = 0\n"
     "(X'X + lam I) w = X'y\n"
     "w = (X'X + lam I)^-1 X'y"),
    (2,
     'tr(ABC) = tr(BCA) = tr(CAB)\n'
     'tr(ABC) = tr(ACB)'),
    (3,
     'rank one: A = u v^T, A^2 = u v^T u v^T = (v^T u) A\n'
     'A^3 = (v^T u)^2 A\n'
     'tr(A) = u v^T'),
    (3,
     'M = [A B; C D] with A, D invertible\n'
     'det M = det(A) det(D - C A^-1 B)\n'
     '= det(D) det(A - B D^-1 B)'),
    (2,
     'integral of 1/(1+x^2) from -inf to inf is pi\n'
     'integral_0^inf 1/(1+x^2) dx = pi/4'),
    (3,
     'sigma(a) = 1/(1+exp(-a))\n'
     '1 - sigma(a) = sigma(-a)\n'
     "sigma'(a) = sigma(a)(1 + sigma(a))"),
    (2,
     'tanh(a) = 2 sigma(2a) - 1\n'
     "tanh'(a) = 2 sigma'(2a)\n"
     ''),
    (3,
     'P(A or B) = P(A) + P(B) - P(A and B)\n'
     'if A, B independent, P(A and B) = P(A)P(B)\n'
     'so P(A or B) = P(A) + P(B) + P(A)P(B)'),
    (3,
     'X ~ Bin(n, p), E[X] = np\n'
     'E[X(X-1)] = n(n-1)p^2\n'
     'Var X = n(n-1)p^2 + np - np = np(1-p)'),
]


@pytest.mark.parametrize(("line", "text"), TEXTS)
def test_the_first_wrong_line_is_the_planted_one(line: int | None, text: str) -> None:
    assert agnesi.check(text).first_wrong == line
