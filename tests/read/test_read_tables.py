"""Tables of (text, expected expression): three spellings, declared and inferred shapes, and the identities."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agnesi.expr.dims import show_shape
from agnesi.expr.nodes import Index, apply, bind, constant, index, postorder, symbol
from agnesi.read import read, worksheet

X, Y, A = symbol("X", ("n", "d")), symbol("Y", ("n", "d")), symbol("A", ("d", "d"))
w, y, x, lam = symbol("w", "d"), symbol("y", "n"), symbol("x", "d"), symbol("λ")
KNOWN = {s.name: s for s in (X, Y, A, w, y, x, lam)}
i, j = index("i", "n"), index("j", "d")


def norm(u):
    return apply("norm", u)


SPELLINGS = [
    (
        (
            "‖Xw − y‖² + λ‖w‖²",
            "||X w - y||^2 + lambda ||w||^2",
            r"\lVert \mathbf{X}\mathbf{w} - y \rVert_2^2 + \lambda \|w\|^2",
        ),
        norm(X @ w - y) ** 2 + apply("mul", lam, norm(w) ** 2),
    ),
    (("xᵀAx", "x' A x", r"x^{\top} A x", "x'*A*x", "x^T A x", r"x^{\mathsf T} A x"), apply("mul", x.T, A, x)),
    (("A⁻¹x", "inv(A) x", r"A^{-1} x", "A^-1 x"), apply("mul", apply("inv", A), x)),
    (("A⁻ᵀ", "A^-T", r"A^{-\top}", "A^{-T}"), apply("inv", A).T),
    (("A³", "A^3", "A^{3}"), apply("matpow", A, attrs=(3,))),
    (("A^{1/2}", r"A^{\frac{1}{2}}", "sqrtm(A)"), apply("sqrtm", A)),
    (("½ xᵀx", r"\frac{1}{2} x^\top x", "1/2 * x' x"), apply("mul", apply("div", 1, 2), x.T, x)),
    (("x ⊙ w", "x .* w", r"x \odot w", "x ∘ w"), apply("hadamard", x, w)),
    (("x ./ w",), apply("ediv", x, w)),
    (("x.^2",), apply("epow", x, constant(2))),
    (("A ⊗ X", "kron(A, X)", r"A \otimes X"), apply("kron", A, X)),
    (("⟨x, w⟩", "dot(x, w)", "x · w", r"\langle x, w \rangle", r"x \cdot w"), apply("inner", x, w)),
    (("‖x‖₁", "norm1(x)", "||x||_1", r"\|x\|_1"), apply("norm1", x)),
    (("‖x‖_∞", r"\|x\|_\infty"), apply("norminf", x)),
    (("‖X‖_F", "norm(X)", "normF(X)", r"\lVert X \rVert_F"), norm(X)),
    (("‖X‖_*", "normnuc(X)", r"\|X\|_*"), apply("normnuc", X)),
    (("‖x‖²_A", "||x||_A^2", r"\|x\|_A^2"), apply("norm_quad", x, A) ** 2),
    (("log|A|", r"\log|A|"), apply("log", apply("det", A))),
    (("log det A", "logdet(A)", r"\log\det A"), apply("logdet", A)),
    (("tr(AA)", "tr A A", r"\operatorname{tr}(A A)", r"\mathrm{tr}(AA)"), apply("tr", apply("mul", A, A))),
    (("tanh²(x)", "tanh^2(x)", r"\tanh^2(x)"), apply("epow", apply("tanh", x), constant(2))),
    (
        ("X + 𝟏𝟏ᵀ", "X + ones(n,d)")[:1],
        apply("add", X, apply("mul", apply("ones", attrs=X.shape[:1]), apply("ones", attrs=X.shape[1:]).T)),
    ),
    (
        ("∑_{i=1}^n y_i", "sum_{i=1}^n y_i", r"\sum_{i=1}^n y_i", "∑_i y_i", "sum[i=1..n](y[i])"),
        bind("Sum", (i,), apply("entry", y, i)),
    ),
    (
        ("∑_{j=1}^d x_j w_j", "∑_j x_j w_j", "∑ⱼ xⱼ wⱼ"),
        bind("Sum", (j,), apply("mul", apply("entry", x, j), apply("entry", w, j))),
    ),
    (("X[2,3]", "X_{2,3}", "X_23"), apply("entry", X, 2, 3)),
    (("X[2,:]",), apply("row", X, 2)),
    (("X[:,1]",), apply("col", X, 1)),
    (
        ("∇_w ‖Xw − y‖²", "grad_w ||X w - y||^2", r"\nabla_w \|Xw - y\|^2"),
        apply("derivative", norm(X @ w - y) ** 2, w, attrs=("nabla",)),
    ),
    (("∂‖w‖²/∂w", r"\frac{\partial \|w\|^2}{\partial w}"), apply("derivative", norm(w) ** 2, w, attrs=("partial",))),
    (("dX", "d(X)", r"\mathrm{d} X")[:1], apply("d", X)),
    (("1ᵀy", "𝟏ᵀy", "ones(n)' y", r"\mathbf{1}^\top y"), apply("mul", apply("ones", attrs=y.shape).T, y)),
    (
        ("A + λI", "A + lambda eye(d)", r"A + \lambda I_d"),
        apply("add", A, apply("mul", lam, apply("eye", attrs=w.shape))),
    ),
    (("[x w]", r"\begin{bmatrix} x & w \end{bmatrix}", "[x, w]"), apply("blocks", x, w, attrs=(1, 2))),
    (("(x; w)", "[x; w]", r"\begin{pmatrix} x \\ w \end{pmatrix}"), apply("blocks", x, w, attrs=(2, 1))),
    (("−x'Ax",), -apply("mul", x.T, A, x)),
    (("λ/2 ‖w‖²",), apply("mul", apply("div", lam, 2), norm(w) ** 2)),
    (("‖w‖²/2λ²",), apply("div", norm(w) ** 2, apply("mul", 2, lam**2))),
    (("max(0, λ)",), apply("maximum", 0, lam)),
]


@pytest.mark.parametrize(("text", "expected"), [(t, e) for texts, e in SPELLINGS for t in texts])
def test_spellings_give_one_expression(text, expected):
    assert read(text, KNOWN).expr is expected


INFERRED = [
    ("‖Xw − y‖² + λ‖w‖²", "X n×d, w d, y n, λ scalar"),
    ("∑_{i=1}^n log(1 + exp(−y_i x_iᵀw))", "X n×d, w d, y n"),
    ("A_{ij}B_{jk}", "A n×d, B d×m"),
    ("−½ log|Σ| − ½ (x − μ)ᵀΣ⁻¹(x − μ)", "x n, Σ n×n, μ n"),
    ("tr(AXB)", "A n×d, B m×n, X d×m"),
    ("y'*inv(K + s*eye(n))*y", "K n×n, s scalar, y n"),
    ("V*tanh(W*x)", "V n×d, W d×m, x m"),
    ("e^{−x²/2}", "x scalar"),
    ("1/n ∑_{i=1}^n (y_i − wᵀx_i)²", "X n×d, w d, y n"),
    ("∑_{i≠j} A_ij x_i x_j", "A n×n, x n"),
    ("σ(Wx + b)", "W n×d, b n, x d"),
    ("∑_{i=1}^{n-1} (x_{i+1} − x_i)²", "x n"),
    ("∑_{i=1}^{n-2} (x_i − 2x_{i+1} + x_{i+2})²", "x n"),
    ("∑_{i=0}^{n-1} x_{i+1}²", "x n"),
    ("∑_{i=1}^{n} x_i² + ∑_{i=1}^{n-1} (x_{i+1} − x_i)²", "x n"),
    ("∑_{i=1}^{n-1} x_{i+1} x_i + ∑_{i=1}^n x_i", "x n"),
    ("∑_{i=1}^{4} x_i x_{i+1}", "x 5"),
    ("∑_i (x_{i+1} − x_i)²", "x n"),
    ("∑_{i=2}^n y_i x_{i−1}", "x n, y n"),
    ("∑_{i=1}^{n-1} ‖X[i+1,:] − X[i,:]‖²", "X n×d"),
    ("∑_{t=1}^{n-1} ‖x_{t+1} − A x_t‖²", "A d×d, X n×d"),
]


@pytest.mark.parametrize(("text", "shapes"), INFERRED)
def test_shapes_left_open_are_inferred(text, shapes):
    found = read(text, scalar=text.startswith("e^")).symbols
    assert ", ".join(f"{n} {show_shape(found[n].shape)}" for n in sorted(found)) == ", ".join(
        sorted(shapes.split(", "))
    )


CASES = json.loads((Path(__file__).parents[1] / "data" / "identities.json").read_text())["cases"]


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_identities_are_read_declared_and_undeclared(case):
    declared = {name: symbol(name, shape) for name, (shape, _) in case["symbols"].items()}
    reading = read(case["text"], declared)
    assert reading.inferred == () and set(reading.symbols) <= set(declared)
    orders = {n: s.ndim for n, s in read(case["text"]).symbols.items()}
    assert orders == {n: s.ndim for n, s in reading.symbols.items()}


@pytest.mark.parametrize(
    "text", ["∑_i (x_{i+1} − x_i)²", "x : n; ∑_i (x_{i+1} − x_i)²", "∑_{i=1}^{n-1} (x_{i+1} − x_i)²"]
)
def test_no_entry_after_the_last_is_read(text):
    (bound,) = [n for n in postorder(read(text).expr) if isinstance(n, Index)]
    assert str(bound.dim) == "n - 1"


def test_einstein_convention_is_said():
    reading = read("A_{ij}B_{jk}")
    assert reading.expr.op.name == "Tensor" and reading.expr.body.op.name == "Sum"
    assert "the repeated index j is summed over" in reading.notes


def test_rows_are_said():
    assert read("∑_i log(1 + exp(−y_i x_iᵀw))").notes == ("x_i is read as row i of X",)


def test_user_functions_act_entry_by_entry():
    reading = read("σ(Xw) where σ(t) = 1/(1 + exp(−t))", KNOWN)
    assert reading.expr is apply("ediv", 1, apply("add", 1, apply("exp", -(X @ w))))


def test_worksheet_roles_and_chain():
    ws = worksheet(
        "X: n×d, y: n, w: d, λ > 0; f(w) = ‖Xw − y‖² + λ‖w‖²\n∇f(w) = 2Xᵀ(Xw − y) + 2λw"
        "\n  = 2XᵀXw − 2Xᵀy + 2λw\nx ~ N(0, I)"
    )
    assert [s.role for s in ws.statements] == ["declaration", "definition", "claim", "model"]
    assert [s.line for s in ws.statements] == [1, 1, 2, 4]
    assert len(ws.statements[2].chain) == 2 and ws.statements[2].lines == (2, 3)
    assert ws.f is ws["f"] and ws.f.shape == ()
    assert ws.symbols["λ"].facts == {"positive"}


DECLARED = [
    ("X : n x d", "X", "n×d", set()),
    ("X ∈ ℝⁿˣᵈ", "X", "n×d", set()),
    (r"X \in \mathbb{R}^{n \times d}", "X", "n×d", set()),
    ("X : R^{n x d}", "X", "n×d", set()),
    ("S : n x n positive definite", "S", "n×n", {"spd"}),
    ("a : scalar", "a", "scalar", set()),
    ("x : n", "x", "n", set()),
    ("x ∈ {0,1}ⁿ", "x", "n", {"binary"}),
    ("A, B : n×n symmetric", "B", "n×n", {"symmetric"}),
    ("λ ∈ ℝ₊", "λ", "scalar", {"nonnegative"}),
    ("Z : 3×4", "Z", "3×4", set()),
    ("y : n sign", "y", "n", {"sign"}),
]


@pytest.mark.parametrize(("text", "name", "shape", "facts"), DECLARED)
def test_declarations(text, name, shape, facts):
    found = worksheet(text).symbols[name]
    assert (show_shape(found.shape), set(found.facts)) == (shape, facts)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Σ ≻ 0; tr Σ", "spd"),
        ("K ⪰ 0; tr K", "psd"),
        ("QᵀQ = I; tr Q", "orthogonal"),
        ("0 ≤ p ≤ 1; log p", "unit interval"),
        ("A symmetric; tr A", "symmetric"),
        (r"\Sigma \succ 0; \operatorname{tr} \Sigma", "spd"),
        ("λ > 0; log λ", "positive"),
    ],
)
def test_facts_of_undeclared_names(text, fact):
    (found,) = read(text).symbols.values()
    assert fact in found.facts


def test_newcommand_is_expanded():
    text = r"\newcommand{\norm}[1]{\lVert #1 \rVert}\newcommand{\w}{\mathbf{w}}\norm{X\w - y}^2"
    assert read(text, KNOWN).expr is norm(X @ w - y) ** 2
