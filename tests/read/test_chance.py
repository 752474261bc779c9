"""Reading probability: densities, events, expectations, entropies, models; what defines and what claims."""

from __future__ import annotations

import pytest

from agnesi.errors import ReadError
from agnesi.expr.nodes import Apply, Bind, Expr, apply, bind, symbol
from agnesi.read import read, worksheet

X, Y, Z, A, B, x, y, z, mu, v = (symbol(n) for n in ("X", "Y", "Z", "A", "B", "x", "y", "z", "μ", "v"))


def P(*args: Expr, left: int = 1, letter: str = "P") -> Expr:
    return apply("probability", *args, attrs=(letter, left))


p, q = (P(letter=letter, left=0) for letter in "pq")
px, pxy = P(x, letter="p"), P(x, y, letter="p", left=2)
ALIKE: list[tuple[Expr, tuple[str, ...]]] = [
    (P(A, B), ("P(A|B)", "P(A | B)", r"P(A \mid B)", r"P\left(A \middle| B\right)", r"\mathbb{P}(A|B)",
    r"\mathrm{P}(A|B)")),
    (P(apply("intersection", A, B)), ("P(A ∩ B)", "P(A and B)", r"P(A \cap B)", "P(AB)", r"P(A \land B)")),
    (P(apply("union", A, B)), ("P(A ∪ B)", "P(A or B)", r"P(A \cup B)")),
    (P(apply("complement", A)), ("P(¬A)", "P(A^c)", "P(Aᶜ)", "P(not A)", "P(A')", r"P(\bar{A})", r"P(\neg A)",
    "P(A^{c})")),
    (P(apply("complement", apply("union", A, B))), ("P(¬(A ∪ B))", "P((A ∪ B)^c)", "P(not (A or B))")),
    (P(apply("union", A, apply("intersection", B, X))), ("P(A ∪ B ∩ X)", "P(A or (B and X))")),
    (P(A, B, left=2), ("P(A, B)",)),
    (P(apply("gt", X, y), letter="Pr"), ("Pr(X > y)", r"\Pr(X > y)", "Pr[X > y]")),
    (P(apply("ge", apply("abs", X), y)), ("P(|X| ≥ y)", "P(|X| >= y)", r"P(|X| \geq y)")),
    (P(apply("eq", X, x), apply("eq", Y, y)), ("P(X = x | Y = y)", r"P(X = x \mid Y = y)")),
    (P(x, letter="p_X"), ("p_X(x)", r"p_{X}(x)")),
    (P(x, y, letter="p_{X|Y}".replace("{", "").replace("}", "")), ("p_{X|Y}(x|y)",)),
    (P(z, x, letter="q_φ"), ("q_φ(z|x)", "q_phi(z | x)", r"q_\phi(z \mid x)", r"q_{\phi}(z|x)")),
    (px, ("p(x)",)),
    (P(x, y, letter="p"), ("p(x|y)", "p(x; y)", r"p(x \mid y)")),
    (pxy, ("p(x, y)", "p(x,y)")),
    (apply("expectation", X), ("E[X]", "E(X)", "𝔼[X]", r"\mathbb{E}[X]", r"\mathbb{E}\left[X\right]",
    r"\operatorname{E}[X]")),
    (apply("expectation", X, Y, attrs=(1, 0)), ("E[X|Y]", "E[X | Y]", r"\mathbb{E}[X \mid Y]", "E(X|Y)")),
    (apply("expectation", apply("log", px), q, attrs=(1, 1)), ("E_q[log p(x)]", r"\mathbb{E}_q[\log p(x)]",
    "E_{q}[log p(x)]")),
    (apply("expectation", x, px, attrs=(1, 1)), ("E_{x~p}[x]", "E_{p(x)}[x]", r"\mathbb{E}_{x \sim p}[x]",
    r"\mathbb{E}_{x\sim p(x)}[x]")),
    (apply("expectation", x, apply("density", x, mu, v, attrs=("Normal",)), attrs=(1, 1)),
     ("E_{x ~ N(μ, v)}[x]", r"\mathbb{E}_{x \sim \mathcal{N}(\mu, v)}[x]", "E_{N(x|μ,v)}[x]")),
    (bind("Expectation", (x,), x), ("E_x[x]", r"\mathbb{E}_x[x]")),
    (apply("variance", X), ("Var[X]", "Var(X)", r"\operatorname{Var}(X)", r"\mathrm{Var}[X]", "var(X)", "V[X]",
    r"\mathbb{V}[X]")),
    (apply("variance", X, Y, attrs=(1, 0)), ("Var[X|Y]", "Var(X | Y)")),
    (apply("covariance", X, Y), ("Cov[X, Y]", "Cov(X,Y)", r"\operatorname{Cov}(X, Y)", "cov(X, Y)")),
    (apply("entropy", X, attrs=(1,)), ("H(X)", "H[X]", r"\mathrm{H}(X)")),
    (apply("entropy", X, Y, attrs=(2,)), ("H(X, Y)", "H[X,Y]")),
    (apply("entropy", X, Y, attrs=(1,)), ("H(X|Y)", r"H(X \mid Y)")),
    (apply("entropy", p, attrs=(1,)), ("H(p)", "H[p]")),
    (apply("cross_entropy", p, q), ("H(p, q)",)),
    (apply("mutual_information", X, Y, attrs=(1, 1)), ("I(X;Y)", "I(X; Y)")),
    (apply("mutual_information", X, Y, Z, attrs=(1, 1)), ("I(X;Y|Z)", r"I(X; Y \mid Z)")),
    (apply("mutual_information", X, Y, Z, attrs=(1, 2)), ("I(X; Y, Z)",)),
    (apply("kl", p, q), ("KL(p‖q)", "KL(p||q)", "KL(p, q)", r"\mathrm{KL}(p \| q)", "D_KL(p‖q)", r"D_{KL}(p \| q)",
                         r"D_{\mathrm{KL}}(p \,\|\, q)", "KL[p‖q]", "D(p‖q)", r"\operatorname{KL}(p\|q)",
                         r"KL(p \parallel q)")),
    (apply("kl", P(z, letter="q"), P(z, x, letter="p")), ("KL(q(z)‖p(z|x))", r"\mathrm{KL}(q(z) \| p(z \mid x))",
    "KL[q(z)||p(z|x)]")),
    (apply("density", x, mu, v, attrs=("Normal",)), ("N(x|μ, v)", "N(x; μ, v)", r"\mathcal{N}(x \mid \mu, v)",
    "N(x | mu, v)")),
    (apply("density", x, mu, v, attrs=("Beta",)), ("Beta(x|μ, v)", "Beta(x; μ, v)", r"\mathrm{Beta}(x \mid \mu, v)")),
    (bind("Outcomes", (x,), px), ("∑_x p(x)", "sum_x p(x)", r"\sum_x p(x)", r"\sum_{x} p(x)")),
    (bind("Whole", (y,), pxy), ("∫ p(x,y) dy", "int p(x,y) dy", r"\int p(x,y)\, dy", "∫ dy p(x,y)")),
    (bind("Whole", (x, y), pxy), ("∫∫ p(x,y) dx dy", r"\int\int p(x,y)\,dx\,dy", "∫ p(x,y) dx dy")),
]
PAIRS = [(expr, text) for expr, texts in ALIKE for text in texts]


@pytest.mark.parametrize(("expr", "text"), PAIRS, ids=[t for _, t in PAIRS])
def test_spellings_that_are_alike(expr: Expr, text: str) -> None:
    assert read(text).expr is expr


NO_CHANCE = [
    "p(x + y)", "P(x − y)", "H(x + y)", "P X P", "p_i log p_i", "X H Y", "a E b", "N(a + b)", "I x", "V[i,j]",
    "P[i,j]", "D(x + y)",
    "K L x", "K'L", "e^{−|x|}", "x |y| z",
]


@pytest.mark.parametrize("text", NO_CHANCE)
def test_products_stay_products(text: str) -> None:
    nodes = [n for n in _below(read(text, scalar=True).expr) if isinstance(n, (Apply, Bind))]
    assert all(n.op.family != "probability" for n in nodes)


def _below(root: Expr) -> list[Expr]:
    out, stack = [], [root]
    while stack:
        out.append(stack.pop())
        stack.extend(out[-1].args)
    return out


ROLES = [
    ("p(x) = θ exp(−θ x)", "definition"), ("p(x) = ∑_y p(x,y)", "claim"), ("p(x|θ) = θ exp(−θ x)", "definition"),
    ("p(x) = x^2 + 1", "definition"), ("p(x,y) = p(x) p(y)", "claim"), ("P(A) = 0.3", "claim"), ("P(A|B) = 0.9",
    "claim"),
    ("P(A|¬B) = 0.9", "claim"), ("H(X) = −∑_x p(x) log p(x)", "claim"), ("E[X] = μ", "claim"), ("E(X) = μ", "claim"),
    ("Var[X] = σ²", "claim"), ("I(X;Y) = H(X) − H(X|Y)", "claim"), ("KL(p‖q) = 0", "claim"), ("H(w) = X' D X",
    "definition"),
    ("f(x) = x²", "definition"), ("V(x) = x²", "definition"), ("D(x) = x²", "definition"), ("h(x) = tanh(x)",
    "definition"),
    ("x ~ N(μ, Σ)", "model"), ("y | w ~ N(X w, I/β)", "model"), ("X ⊥ Y | Z", "model"), ("X ⊥⊥ Y", "model"),
    ("X ~ Poisson(λ)", "model"), ("x_i ~ iid N(μ, v)", "model"), (r"x \sim \mathcal{N}(\mu, \Sigma)", "model"),
    ("p_X(x) = ∑_y p_{X,Y}(x,y)", "claim"), ("H_2(a) = −a log a − (1−a) log(1−a)", "claim"), ("E(w) = ‖w‖²",
    "definition"),
]


@pytest.mark.parametrize(("text", "role"), ROLES, ids=[t for t, _ in ROLES])
def test_what_defines_and_what_claims(text: str, role: str) -> None:
    (statement,) = worksheet(text).statements
    assert statement.role == role
    assert statement.error is None
    assert statement.expr is not None


def test_a_defined_density_stands_for_its_body() -> None:
    sheet = worksheet("p(x|θ) = θ exp(−θ x); p(θ) = exp(−θ); p(x|θ) p(θ)")
    theta = symbol("θ")
    body = theta * apply("exp", -(theta * x))
    assert sheet.statements[2].expr is apply("mul", body, apply("exp", -theta))


def test_a_density_of_what_has_a_model_is_a_claim() -> None:
    sheet = worksheet("w ~ N(0, 1/α); y | w ~ N(w, 1/β); p(y) = N(y | 0, 1/α + 1/β)")
    assert [s.role for s in sheet.statements] == ["model", "model", "claim"]


def test_several_models_in_one_line() -> None:
    sheet = worksheet("X ~ N(0, 1), Y ~ Exp(λ)")
    apart = [worksheet(text).statements[0].expr for text in ("X ~ N(0, 1)", "Y ~ Exp(λ)")]
    assert [s.expr for s in sheet.statements] == apart


SHAPES = [
    ("Var[aX + bY]", {"a": 0, "X": 0, "b": 0, "Y": 0}), ("E[XY] = E[X]E[Y]", {"X": 0, "Y": 0}),
    ("Cov[A x + b] = A Cov[x] A'", {"A": 2, "x": 1, "b": 1}), ("E[x' A x] = tr(A Σ) + μ' A μ", {"x": 1, "A": 2,
    "Σ": 2, "μ": 1}),
    ("N(x | μ, Σ)", {"x": 1, "μ": 1, "Σ": 2}), ("N(x | μ, σ²)", {"x": 0, "μ": 0, "σ": 0}),
    ("KL(N(m, S) ‖ N(a, T))", {"m": 1, "S": 2}),
    ("E[XY] = ∑_{x,y} x y p(x,y)", {"X": 0, "Y": 0}), ("E[X X']", {"X": 1}), ("Var[a'x] = a' Cov[x] a", {"a": 1,
    "x": 1}),
    ("H(p) = -∑_i p_i log p_i", {"p": 1}), ("P(X = x)", {"X": 0, "x": 0}), ("E[‖x‖²]", {"x": 1}),
    ("X : n×d; E[X w]", {"X": 2, "w": 1}),
]


@pytest.mark.parametrize(("text", "orders"), SHAPES, ids=[t for t, _ in SHAPES])
def test_shapes_of_random_quantities(text: str, orders: dict[str, int]) -> None:
    seen = worksheet(text).symbols
    assert {n: seen[n].ndim for n in orders} == orders


def test_a_covariance_has_the_axes_of_both() -> None:
    seen = worksheet("x : n; y : d; Cov[x, y] = E[x y'] − E[x] E[y]'; Cov[x] = E[x x'] − E[x]E[x]'")
    shapes = [s.chain[0].args[0].shape for s in seen.statements if s.role == "claim"]
    assert [tuple(map(str, s)) for s in shapes] == [("n", "d"), ("n", "n")]


ERRORS = [
    ("p(x | )", "An argument is missing"), ("I(X; Y; Z)", "two groups"), ("E[X, Y]", "too many parts"), ("H_3(X)",
    "not read"),
    ("p_X(y)", "at a value of that name only"), ("E_{x+1}[x]", "This subscript"), ("X ~ foo", "no distribution"),
]


@pytest.mark.parametrize(("text", "said"), ERRORS, ids=[t for t, _ in ERRORS])
def test_what_is_not_read_is_said(text: str, said: str) -> None:
    (statement,) = worksheet(text, strict=False).statements
    assert isinstance(statement.error, ReadError)
    assert said in str(statement.error)
