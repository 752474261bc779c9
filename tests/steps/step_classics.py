"""Classical derivations: (name, function, variable), written as their books write them."""

from __future__ import annotations

from agnesi import ops as ops
from agnesi.expr.nodes import Expr, Symbol, apply, bind, index, symbol

HALF = apply("div", 1, 2)


def fn(name: str, *args: Expr | int, attrs: tuple[object, ...] = ()) -> Expr:
    return apply(name, *args, attrs=attrs)


def mul(*args: Expr | int) -> Expr:
    return apply("mul", *args)


def sq(u: Expr) -> Expr:
    return fn("pow", fn("norm", u), 2)


X, Y, A, B = symbol("X", ("n", "d")), symbol("Y", ("n", "d")), symbol("A", ("k", "n")), symbol("B", ("d", "d"))
w, y, mu, x, v = symbol("w", ("d",)), symbol("y", ("n",)), symbol("μ", ("d",)), symbol("x", ("d",)), symbol("v", ("d",))
q = symbol("q", ("d",))
lam, s = symbol("λ", (), ("positive",)), symbol("s", (), ("positive",))
labels = symbol("y", ("n",), ("sign",))
binary = symbol("y", ("n",), ("binary",))
S = symbol("Σ", ("d", "d"), ("spd",))
P = symbol("Λ", ("d", "d"), ("spd",))
D = symbol("D", ("n", "n"), ("diagonal",))
M = symbol("M", ("d", "d"), ("invertible",))
a, b = symbol("a", ("d",)), symbol("b", ("d",))
ones = apply("ones", attrs=("d",))
i = index("i", "n")
x_i = fn("row", X, i)
r_i = x_i - mu
z = symbol("z", ("d",))
p_onehot = symbol("y", ("d",), ("probability",))
p = symbol("p", ("d",), ("probability",))
W, W2, V = symbol("W", ("h", "d")), symbol("W2", ("h", "h")), symbol("V", ("m", "h"))
W1 = symbol("W1", ("h", "d"))
t = symbol("y", ("m",))
U_mf, V_mf = symbol("U", ("n", "r")), symbol("V", ("d", "r"))
U_pca = symbol("W", ("d", "r"))
K = symbol("K", ("n", "d"))
H = symbol("H", ("n", "d"))
R = symbol("R", ("n", "n"), ("spd",))
XS = symbol("X", ("n", "d"))
C = symbol("W", ("d", "h"))
onehot_h = symbol("y", ("h",), ("probability",))
centred = x - mul(fn("mean", x), ones)

CLASSICS: list[tuple[str, Expr, Symbol]] = [
    ("least squares", sq(X @ w - y), w),
    ("ridge", sq(X @ w - y) + lam * sq(w), w),
    ("weighted least squares", mul((X @ w - y).T, D, X @ w - y), w),
    (
        "logistic, vector form",
        -(mul(binary.T, fn("log", fn("sigmoid", X @ w))) + mul((1 - binary).T, fn("log", 1 - fn("sigmoid", X @ w)))),
        w,
    ),
    ("logistic, index sum", bind("Sum", [i], fn("log", 1 + fn("exp", -mul(fn("entry", labels, i), x_i.T, w)))), w),
    ("softmax cross entropy in the logits", -mul(p_onehot.T, fn("log", fn("softmax", z))), z),
    ("softmax cross entropy in the weights", fn("logsumexp", mul(W, x)) - mul(onehot_h.T, W, x), W),
    ("Gaussian in the mean", -(HALF * bind("Sum", [i], mul(r_i.T, fn("inv", S), r_i))), mu),
    ("Gaussian in the covariance", -(HALF * fn("logdet", S)) - HALF * mul((x - mu).T, fn("inv", S), x - mu), S),
    ("Gaussian in the precision", HALF * fn("logdet", P) - HALF * mul((x - mu).T, P, x - mu), P),
    ("PCA reconstruction", sq(X - mul(X, U_pca, U_pca.T)), U_pca),
    ("matrix factorisation in U", sq(Y - mul(U_mf, V_mf.T)) + lam * sq(U_mf), U_mf),
    ("matrix factorisation in V", sq(Y - mul(U_mf, V_mf.T)) + lam * sq(V_mf), V_mf),
    ("log det", fn("logdet", M), M),
    ("log det of a Gram matrix", fn("log", fn("det", mul(X.T, X))), X),
    ("determinant", fn("det", M), M),
    ("two-layer network, outer weights", HALF * sq(mul(V, fn("tanh", W @ x)) - t), V),
    ("two-layer network, inner weights", HALF * sq(mul(V, fn("tanh", W @ x)) - t), W),
    ("relu network", HALF * sq(mul(V, fn("relu", W @ x)) - t), W),
    ("three-layer network", HALF * sq(mul(V, fn("tanh", mul(W2, fn("tanh", W1 @ x)))) - t), W1),
    ("Mahalanobis", fn("sqrt", mul((x - mu).T, fn("inv", S), x - mu)), x),
    ("log-sum-exp", fn("logsumexp", X @ w), w),
    ("attention with one query", mul(a.T, X.T, fn("softmax", mul(K, q) / fn("sqrt", fn("size", attrs=("d",))))), q),
    ("trace of AXBXᵀ", fn("tr", mul(D, X, B, X.T)), X),
    ("inverse bilinear form", mul(a.T, fn("inv", M), b), M),
    ("Rayleigh quotient", mul(w.T, S, w) / mul(w.T, w), w),
    ("cosine similarity", mul(a.T, x) / (fn("norm", a) * fn("norm", x)), x),
    ("entropy", -mul(p.T, fn("log", p)), p),
    (
        "entropy, index sum",
        -bind("Sum", [index("k", "d")], fn("entry", p, index("k", "d")) * fn("log", fn("entry", p, index("k", "d")))),
        p,
    ),
    ("batch norm", mul(a.T, centred / fn("sqrt", fn("mean", centred * centred) + s)), x),
    ("batch norm, the vector", centred / fn("norm", centred), x),
    ("Gaussian posterior", HALF * mul((w - mu).T, P, w - mu) + HALF * mul((y - X @ w).T, fn("inv", R), y - X @ w), w),
    ("lasso", HALF * sq(X @ w - y) + lam * fn("norm1", w), w),
    ("softmax, the vector", fn("softmax", z), z),
    ("hinge, index sum", bind("Sum", [i], fn("relu", 1 - mul(fn("entry", labels, i), x_i.T, w))), w),
    ("Gaussian likelihood in the scale", -mul(fn("size", attrs=("n",)), fn("log", s)) - sq(y) / (2 * s**2), s),
    ("Poisson regression", fn("sum", fn("exp", X @ w)) - mul(y.T, X, w), w),
    (
        "kernel ridge",
        sq(y - mul(R, symbol("α", ("n",)))) + lam * mul(symbol("α", ("n",)).T, R, symbol("α", ("n",))),
        symbol("α", ("n",)),
    ),
    ("Frobenius of a Gram difference", sq(mul(X.T, X) - B), X),
    ("linear autoencoder", sq(X - mul(X, U_pca, symbol("Z", ("r", "d")))), U_pca),
]
