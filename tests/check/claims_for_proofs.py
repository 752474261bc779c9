"""Claims for the tests of proofs, how they are read, and how they are spoilt."""

from __future__ import annotations

import random

from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Bind, Const, Expr, Symbol, apply, bind, constant, postorder, replace
from agnesi.read import worksheet

KIN = (
    ("sin", "cos"), ("exp", "cosh"), ("tanh", "sigmoid"), ("log", "log2"), ("sinh", "cosh"), ("softplus", "relu"),
    ("det", "tr"), ("logdet", "tr"), ("sum", "prod"), ("mean", "sum"), ("add", "hadamard"), ("inv", "transpose"),
    ("sqrt", "abs"), ("lgamma", "digamma"), ("maximum", "minimum"), ("norm", "norm1"), ("logsumexp", "sum"),
    ("Sum", "Prod"),
)  # fmt: skip
_KIN = {a: [y for x, y in (*KIN, *((q, p) for p, q in KIN)) if x == a] for pair in KIN for a in pair}


def sides(text: str) -> tuple[Expr, Expr]:
    """The two sides of the last claim in a text; of a ≥ b, b comes first."""
    claims = [s for s in worksheet(text, strict=False).statements if s.role == "claim"]
    assert claims and claims[-1].error is None, f"{text}: {claims[-1].error if claims else 'no claim'}"
    relation = claims[-1].chain[-1]
    assert isinstance(relation, Apply)
    a, b = relation.args
    return (b, a) if relation.op.name == "ge" else (a, b)


def spoilt(root: Expr, rng: random.Random) -> Expr | None:
    """The expression with one thing changed: a number, sign, factor, order, function, symbol or transpose."""
    nodes = list(postorder(root))
    for _ in range(50):
        node = rng.choice(nodes)
        try:
            new = _changed(node, nodes, rng)
            if new is not None and new is not node and new.shape == node.shape:
                out = replace(root, {node: new})
                if out is not root and out.shape == root.shape:
                    return out
        except AgnesiError:
            continue
    return None


def _changed(node: Expr, nodes: list[Expr], rng: random.Random) -> Expr | None:
    match rng.randrange(7), node:
        case 0, Const():
            return constant(node.value + rng.choice([1, -1, 2]))
        case 1, _:
            return -node
        case 2, Apply() if node.op.name in ("mul", "add", "hadamard") and len(node.args) > 1:
            args = list(node.args)
            if rng.random() < 0.5:
                args.pop(rng.randrange(len(args)))
            else:
                rng.shuffle(args)
            return apply(node.op, *args) if len(args) > 1 else args[0]
        case 3, Apply() if node.op.name in _KIN:
            return apply(rng.choice(_KIN[node.op.name]), *node.args)
        case 3, Bind() if node.op.name in _KIN:
            return bind(rng.choice(_KIN[node.op.name]), node.variables, *node.args)
        case 4, Symbol():
            same = [m for m in nodes if isinstance(m, Symbol) and m.shape == node.shape and m is not node]
            return rng.choice(same) if same else None
        case 5, _ if node.ndim == 2 and node.shape[0] == node.shape[1]:
            return node.T
        case 6, _:
            return 2 * node
    return None


# What the normal form proves alone: no rule is needed for these.
NORMAL = """
A: n×m, B: m×n; (A B)' = B' A'
A: n×n invertible, B: n×n invertible; inv(A B) = inv(B) inv(A)
A: n×n invertible; inv(A') = inv(A)'
A: n×n, B: n×n; tr(A B) = tr(B A)
A: n×n; det(A') = det(A)
A: n×n invertible; det(inv(A)) = 1/det(A)
x: n; ||x||^2 = x' x
A: n×m; normF(A)^2 = tr(A' A)
A: n×m, X: m×k, B: k×l; vec(A X B) = kron(B', A) vec(X)
A: n×m, B: p×q, C: m×k, D: q×r; kron(A,B) kron(C,D) = kron(A C, B D)
x: scalar; sigmoid(x) = 1/(1 + exp(-x))
x: scalar; sigmoid(x) = exp(x)/(1 + exp(x))
Q: n×n orthogonal; Q' Q = eye(n)
Q: n×n orthogonal, x: n; ||Q x|| = ||x||
n ∈ ℕ, c: scalar; sum_{i=1}^n c = n c
x: n; sum_{i=1}^n (x_i - mean(x)) = 0
z: n; sum(softmax(z)) = 1
X: n×d, λ > 0; (X'X + λ I) inv(X'X + λ I) = eye(d)
""".strip().splitlines()

# What it proves once sums are multiplied out.
MULTIPLIED = """
x: n, y: n; ||x - y||^2 = ||x||^2 - 2 x'y + ||y||^2
x: n, y: n; ||x + y||^2 + ||x - y||^2 = 2||x||^2 + 2||y||^2
x: n, y: n; x' y = (||x + y||^2 - ||x - y||^2)/4
a ≠ 0, b: scalar, c: scalar, x: scalar; a x^2 + b x + c = a (x + b/(2a))^2 + c - b^2/(4a)
x: n; sum_{i=1}^n (x_i - mean(x))^2 = sum_{i=1}^n x_i^2 - n mean(x)^2
A: n×n spd, B: n×n spd; inv(A) + inv(B) = inv(A)(A + B) inv(B)
A: n×n, x: n; x' A x = x' ((A + A')/2) x
x: n, y: n; ||x||^2 ||y||^2 - (x'y)^2 = sum_{i=1}^n sum_{j=1}^n (x_i y_j - x_j y_i)^2 / 2
a: scalar, b: scalar; (a+b)^5 = a^5 + 5 a^4 b + 10 a^3 b^2 + 10 a^2 b^3 + 5 a b^4 + b^5
A: n×n spd, b: n, x: n; 1/2 x'A x - b'x = 1/2 (x - inv(A) b)' A (x - inv(A) b) - 1/2 b' inv(A) b
""".strip().splitlines()

# What named equalities, denominators and the elimination of inverses prove.
NAMED = """
A: n×n, U: n×k, C: k×k, V: k×n; inv(A + U C V) = inv(A) - inv(A) U inv(inv(C) + V inv(A) U) V inv(A)
U: n×k, V: k×n; inv(eye(n) + U V) U = U inv(eye(k) + V U)
A: n×n, u: n, v: n; inv(A + u v') = inv(A) - (inv(A) u v' inv(A))/(1 + v' inv(A) u)
X: n×d, λ > 0; inv(X'X + λ I) X' = X' inv(X X' + λ I)
P: n×n spd, H: m×n, R: m×m spd; P H' inv(H P H' + R) = inv(inv(P) + H' inv(R) H) H' inv(R)
P: n×n spd, H: m×n, R: m×m spd; P - P H' inv(H P H' + R) H P = inv(inv(P) + H' inv(R) H)
X: n×d; X inv(X'X) X' X inv(X'X) X' = X inv(X'X) X'
X: n×d; (X inv(X'X) X')^2 = X inv(X'X) X'
X: n×d; tr(X inv(X'X) X') = d
X: n×d, y: n; (y - X inv(X'X) X' y)' X inv(X'X) X' y = 0
A: n×n; inv(inv(A) + inv(B)) = A inv(A + B) B
A: n×n spd, U: n×k, x: n; x' inv(A + U U') x = x' inv(A) x - x' inv(A) U inv(eye(k) + U' inv(A) U) U' inv(A) x
X: n×d, y: n, λ > 0; y' X inv(X'X + λ I) X' y = y'y - λ y' inv(X X' + λ I) y
A: n×n, c: scalar; det(c A) = c^n det(A)
A: n×n, u: n, v: n; det(A + u v') = (1 + v' inv(A) u) det(A)
X: n×d, λ > 0; logdet(X'X + λ I) = (d - n) log(λ) + logdet(X X' + λ I)
A: n×n spd, U: n×k, C: k×k spd; logdet(A + U C U') = logdet(A) + logdet(C) + logdet(inv(C) + U' inv(A) U)
L: n×n lower triangular invertible; logdet(L L') = 2 logdet(L)
Q: n×n orthogonal; det(Q)^2 = 1
a: scalar; exp(-a) = 1/exp(a)
x > 0, p: scalar; log(x^p) = p log(x)
x: scalar; log(x^2) = 2 log(abs(x))
x: scalar; cos(2 x) = 1 - 2 sin(x)^2
x: scalar; cos(3 x) = 4 cos(x)^3 - 3 cos(x)
x: scalar; sin(x + pi/2) = cos(x)
x: scalar; tanh(x) = (exp(x) - exp(-x))/(exp(x) + exp(-x))
x: scalar; tanh(2 x) = 2 tanh(x)/(1 + tanh(x)^2)
x: scalar; sigmoid(x) = (1 + tanh(x/2))/2
x: scalar; -log(sigmoid(x)) = softplus(-x)
x: scalar; log(sigmoid(x)/(1 - sigmoid(x))) = x
x: scalar; exp(x)/(1+exp(x))^2 = sigmoid(x)(1 - sigmoid(x))
z: n; log(softmax(z)) = z - logsumexp(z)
x: scalar, y: scalar; max(x,y) + min(x,y) = x + y
x: n binary, 0 < p < 1; log(prod_{i=1}^n p^(x_i) (1-p)^(1 - x_i)) = sum_{i=1}^n (x_i log(p) + (1 - x_i) log(1 - p))
p: K probability; log(K) - sum_{k=1}^K p_k log(p_k K) = -sum_{k=1}^K p_k log(p_k)
p: K probability, q: K probability; sum_{k=1}^K p_k log(p_k/q_k) = sum_k p_k log(p_k) - sum_k p_k log(q_k)
x: scalar; 1/(1+x) + x/(1+x) = 1
x: scalar, y: scalar; (x^2 - y^2)/(x - y) = x + y
x: scalar; sqrt(1 + x^2) - x^2/sqrt(1+x^2) = 1/sqrt(1+x^2)
x: scalar; exp(x (x+1)) = exp(x^2 + x)
n ∈ ℕ; sum_{i=1}^n (2 i - 1) = n^2
n ∈ ℕ, 0 < r < 1; sum_{i=1}^n r^i = r(1 - r^n)/(1-r)
n ∈ ℕ, r: scalar; sum_{i=1}^n r^(2 i) = r^2(1 - r^(2 n))/(1-r^2)
z: K; exp(z_1 - logsumexp(z)) = softmax(z)[1]
t: scalar, a: scalar; -log(sigmoid(a)) t - (1-t) log(1 - sigmoid(a)) = softplus(a) - t a
x: scalar, μ: scalar, σ > 0; -log(exp(-(x-μ)^2/(2 σ^2))/sqrt(2 π σ^2)) = (x-μ)^2/(2σ^2) + log(σ) + log(2 π)/2
v: n; (eye(n) - 2 v v'/(v'v))^2 = eye(n)
K: n×n spd, σ > 0, y: n; y - K inv(K + σ^2 I) y = σ^2 inv(K + σ^2 I) y
A: n×n spd; sqrtm(A) sqrtm(A) = A
a: scalar, b: scalar; log(exp(a) + exp(b)) = a + softplus(b - a)
θ: scalar; [cos(θ), -sin(θ); sin(θ), cos(θ)]' [cos(θ), -sin(θ); sin(θ), cos(θ)] = eye(2)
a: scalar, b: scalar, c: scalar, d: scalar; [a b; c d] [d, -b; -c, a] = (a d - b c) eye(2)
a: scalar, b: scalar, c: scalar, d: scalar; inv([a b; c d]) = [d, -b; -c, a]/(a d - b c)
a: scalar, b: scalar, c: scalar; det([a, 1, 2; b, c, 1; 0, 1, c]) = a c^2 - a - b c + 2 b
""".strip().splitlines()

# What people write, and what is not so.
FALSE = """
A: n×n, B: n×n; (A B)' = A' B'
A: n×n, B: n×n; A B = B A
A: n×n invertible, B: n×n invertible; inv(A B) = inv(A) inv(B)
A: n×n invertible, B: n×n invertible; inv(A + B) = inv(A) + inv(B)
A: n×n, B: n×n; det(A + B) = det(A) + det(B)
A: n×n, c: scalar; det(c A) = c det(A)
A: n×n, B: n×n; tr(A B) = tr(A) tr(B)
A: n×n, B: n×n, C: n×n; tr(A B C) = tr(A C B)
x: n, y: n; ||x + y|| = ||x|| + ||y||
x: n, y: n; ||x + y||^2 = ||x||^2 + ||y||^2
x: scalar; sqrt(x^2) = x
x: scalar; log(x^2)/2 + abs(x) = log(abs(x)) + x
x > 0, y > 0; log(x + y) = log(x) + log(y)
a: scalar, b: scalar; exp(a + b) = exp(a) + exp(b)
x: scalar; sigmoid(-x) = -sigmoid(x)
x: scalar; sin(x)^2 - cos(x)^2 = 1
x: scalar; cos(2 x) = 2 cos(x)
x: n, c: scalar; logsumexp(x + c) = logsumexp(x)
x: n; logsumexp(2 x) = 2 logsumexp(x)
z: n; log(softmax(z)) = z + logsumexp(z)
A: n×m; pinv(A) A = eye(m)
X: n×d full column rank; pinv(X) = X'
X: n×d; X inv(X'X) X' = eye(n)
U: n×k, V: k×n; inv(eye(n) + U V) U = U inv(eye(k) - V U)
A: n×n, U: n×k, C: k×k, V: k×n; inv(A + U C V) = inv(A) - inv(A) U inv(C + V inv(A) U) V inv(A)
A: n×n, u: n, v: n; inv(A + u v') = inv(A) - (inv(A) u v' inv(A))/(1 - v' inv(A) u)
U: n×k, V: k×n; logdet(eye(n) + U V) = logdet(eye(k) - V U)
X: n×d, λ > 0; logdet(X'X + λ I) = logdet(X X' + λ I)
n ∈ ℕ; sum_{i=1}^n i = n(n-1)/2
n ∈ ℕ, r: scalar; sum_{i=1}^n r^i = (1 - r^n)/(1-r)
x: n; sum_{i=1}^n (x_i - mean(x))^2 = sum_{i=1}^n x_i^2 - mean(x)^2
A: n×n; sum(eigvals(A)) = 2 tr(A)
x: scalar; 1/(1+x) = 1 + 1/x
a: scalar, b: scalar, c: scalar, d: scalar; det([a b; c d]) = a d + b c
a: scalar, b: scalar, c: scalar, d: scalar; inv([a b; c d]) = [d, b; c, a]/(a d - b c)
v: n; (eye(n) - v v'/(v'v))^2 = eye(n)
A: n×n spd; chol(A)' chol(A) = A
""".strip().splitlines()

# Inequalities that hold, and are proved; turned round, or spoilt, they do not.
AT_MOST = """
x: scalar, y: scalar; 2 x y <= x^2 + y^2
x: scalar, y: scalar; x y <= x^2 + y^2
x: n; 0 <= x'x
x: n, S: n×n psd; 0 <= x'S x
A: n×d, S: n×n psd; 0 <= tr(A' S A)
X: n×d, w: d, λ > 0; 0 <= ||X w||^2 + λ ||w||^2
x: n, y: n; 2 x'y <= x'x + y'y
x: n, y: n, t > 0; 2 x'y <= t x'x + y'y/t
x: scalar; x - x^2 <= 1/4
x: scalar; sigmoid(x)(1 - sigmoid(x)) <= 1/4
x: scalar, y: scalar, z: scalar; x y + y z + z x <= x^2 + y^2 + z^2
x: scalar, y: scalar; x^2 y^2 <= (x^4 + y^4)/2
x: n, y: n; |x'y| <= ||x|| ||y||
x: n, y: n; x'y <= ||x|| ||y||
x: n, y: n; ||x - y|| <= ||x|| + ||y||
x: n, y: n; ||x|| - ||y|| <= ||x - y||
x: n; mean(x)^2 n <= x'x
p: K probability; 0 <= -sum_{k=1}^K p_k log(p_k)
p: K probability; -sum_{k=1}^K p_k log(p_k) <= log(K)
p: K probability, q: K probability; 0 <= sum_{k=1}^K p_k log(p_k/q_k)
p: n probability, x: n positive; sum_{i=1}^n p_i log(x_i) <= log(sum_{i=1}^n p_i x_i)
""".strip().splitlines()

NOT_AT_MOST = """
x: scalar, y: scalar; 3 x y <= x^2 + y^2
x: n, S: n×n symmetric; 0 <= x'S x
x: n, y: n, t: scalar; 2 x'y <= t x'x + y'y/t
x: scalar; x - x^2 <= 1/5
x: scalar; sigmoid(x)(1 - sigmoid(x)) <= 1/5
x: n, y: n; ||x - y|| <= ||x|| - ||y||
p: K probability; -sum_{k=1}^K p_k log(p_k) <= log(K)/2
p: K probability, q: K positive; 0 <= sum_{k=1}^K p_k log(p_k/q_k)
p: K probability, q: K probability; 0 <= sum_{k=1}^K p_k log(q_k/p_k)
p: n positive, x: n positive; sum_{i=1}^n p_i log(x_i) <= log(sum_{i=1}^n p_i x_i)
x: scalar; x <= x^2
x: n; ||x|| <= ||x||^2
A: n×n, x: n; 0 <= x' A x
""".strip().splitlines()
