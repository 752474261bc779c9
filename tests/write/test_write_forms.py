"""Tables of expressions and their prints in Unicode, ASCII and LaTeX."""

from __future__ import annotations

import pytest

from agnesi.expr.nodes import Expr, apply, bind, constant, index, symbol
from agnesi.write import write

X, A, B, C = symbol("X", ("n", "d")), symbol("A", ("n", "n")), symbol("B", ("n", "n")), symbol("C", ("n", "n"))
x, y, w, p = symbol("x", ("n",)), symbol("y", ("n",)), symbol("w", ("d",)), symbol("p", ("n",))
s, t, lam, f = symbol("s"), symbol("t"), symbol("λ"), symbol("f")
i, j, k, l = (index(name, "n") for name in "ijkl")  # noqa: E741
F = apply
I_n, I_d, ONE = F("eye", attrs=x.shape), F("eye", attrs=w.shape), F("ones", attrs=x.shape)
ONE_D = F("ones", attrs=w.shape)
RESIDUAL = X @ w - y
SIGMA = F("sigmoid", X @ w)


def mul(*factors: Expr | int | float) -> Expr:
    return F("mul", *factors)


def delta(a: Expr, b: Expr) -> Expr:
    return F("entry", I_n, a, b)


TABLE: list[tuple[Expr, str, str, str]] = [
    (mul(2, X.T, RESIDUAL) + mul(2, lam, w), "2Xᵀ(Xw − y) + 2λw", "2*X'*(X*w - y) + 2*lambda*w",
     r"2 X^{\top} (X w - y) + 2 \lambda w"),
    (F("norm", RESIDUAL) ** 2, "‖Xw − y‖²", "norm(X*w - y)^2", r"\lVert X w - y \rVert^{2}"),
    (F("inv", A), "A⁻¹", "inv(A)", "A^{-1}"),
    (F("inv", A).T, "A⁻ᵀ", "inv(A)'", r"A^{-\top}"),
    (F("inv", A.T), "(Aᵀ)⁻¹", "inv(A')", r"(A^{\top})^{-1}"),
    (mul(F("inv", X.T @ X + mul(lam, I_d)), X.T, y), "(XᵀX + λI)⁻¹Xᵀy", "inv(X'*X + lambda*eye(d))*X'*y",
     r"(X^{\top} X + \lambda I)^{-1} X^{\top} y"),
    (F("diag", p) - mul(p, p.T), "diag(p) − ppᵀ", "diag(p) - p*p'", r"\operatorname{diag}(p) - p p^{\top}"),
    (F("kron", A, B), "A ⊗ B", "kron(A, B)", r"A \otimes B"),
    (F("hadamard", x, y), "x ⊙ y", "x .* y", r"x \odot y"),
    (F("tanh", A @ x) ** 2, "tanh²(Ax)", "tanh(A*x).^2", r"\tanh^{2}(A x)"),
    (F("tanh", s) ** 2, "tanh²(s)", "tanh(s)^2", r"\tanh^{2}(s)"),
    (F("hadamard", SIGMA, 1 - SIGMA), "σ(Xw) ⊙ (1 − σ(Xw))", "sigmoid(X*w) .* (1 - sigmoid(X*w))",
     r"\sigma(X w) \odot (1 - \sigma(X w))"),
    (F("logdet", A), "log det A", "logdet(A)", r"\log \det A"),
    (F("log", F("det", A)), "log(det A)", "log(det(A))", r"\log(\det A)"),
    (mul(F("det", A), F("inv", A).T), "det(A)A⁻ᵀ", "det(A)*inv(A)'", r"\det(A) A^{-\top}"),
    (mul(0.5, F("logdet", A)), "0.5 log det A", "0.5*logdet(A)", r"0.5 \, \log \det A"),
    (F("tr", A @ B), "tr(AB)", "tr(A*B)", r"\operatorname{tr}(A B)"),
    (ONE.T @ x, "𝟏ᵀx", "ones(n)'*x", r"\mathbf{1}^{\top} x"),
    (x @ ONE.T, "x𝟏_nᵀ", "x*ones(n)'", r"x \mathbf{1}_{n}^{\top}"),
    (X - x @ F("ones", attrs=w.shape).T, "X − x𝟏ᵀ", "X - x*ones(d)'", r"X - x \mathbf{1}^{\top}"),
    (mul(w @ w.T, mul(ONE_D, w.T)), "(wwᵀ)(𝟏_d wᵀ)", "(w*w')*(ones(d)*w')", r"(w w^{\top}) (\mathbf{1}_{d} w^{\top})"),
    (I_n, "I_n", "eye(n)", "I_{n}"),
    (F("ones", attrs=X.shape), "ones(n, d)", "ones(n, d)", r"\operatorname{ones}(n, d)"),
    (F("entry", A, i, j), "A_ij", "A[i,j]", "A_{ij}"),
    (F("entry", A, 2, 3), "A_{2,3}", "A[2,3]", "A_{2,3}"),
    (F("entry", x, i), "x_i", "x[i]", "x_{i}"),
    (F("entry", x, 2), "x_2", "x[2]", "x_{2}"),
    (F("row", X, i).T @ w, "X[i,:]ᵀw", "X[i,:]'*w", r"X[i,:]^{\top} w"),
    (F("col", X, index("j", "d")), "X[:,j]", "X[:,j]", "X[:,j]"),
    (F("d", A), "dA", "dA", "dA"),
    (F("d", RESIDUAL), "d(Xw − y)", "d(X*w - y)", "d(X w - y)"),
    (F("d", F("logdet", A)), "d log det A", "d(logdet(A))", r"d \log \det A"),
    (F("d", F("norm", x) ** 2), "d‖x‖²", "d(norm(x)^2)", r"d\lVert x \rVert^{2}"),
    (mul(F("inv", A), F("d", A), F("inv", A)), "A⁻¹ dA A⁻¹", "inv(A)*dA*inv(A)", r"A^{-1} \, dA \, A^{-1}"),
    (F("d", A).T, "(dA)ᵀ", "(dA)'", r"(dA)^{\top}"),
    (s / 2, "s/2", "s/2", r"\frac{s}{2}"),
    (mul(F("div", 1, 2), s**2), "(1/2)s²", "(1/2)*s^2", r"\frac{1}{2} s^{2}"),
    (X.T @ X / F("size", attrs=x.shape), "XᵀX/n", "(X'*X)/n", r"\frac{X^{\top} X}{n}"),
    (s / mul(2, t), "s/(2t)", "s/(2*t)", r"\frac{s}{2 t}"),
    (-(s / t), "−s/t", "-s/t", r"-\frac{s}{t}"),
    (mul(2.0, s), "2.0s", "2.0*s", "2.0 s"),
    (mul(0.5, s), "0.5s", "0.5*s", "0.5 s"),
    (mul(2, 3), "2·3", "2*3", r"2 \cdot 3"),
    (s ** F("div", 1, 3), "s^{1/3}", "s^(1/3)", "s^{1/3}"),
    (s**t, "s^t", "s^t", "s^{t}"),
    (F("matpow", A, attrs=(3,)), "A³", "A^3", "A^{3}"),
    (F("inv", F("matpow", A, attrs=(3,))), "A⁻³", "inv(A^3)", "A^{-3}"),
    (F("sqrtm", A), "A^{1/2}", "sqrtm(A)", "A^{1/2}"),
    (x**2.5, "x.^2.5", "x.^2.5", "x.^{2.5}"),
    (F("ediv", x, y), "x ./ y", "x ./ y", "x ./ y"),
    (F("norm1", w), "‖w‖₁", "norm1(w)", r"\lVert w \rVert_{1}"),
    (F("norminf", w), "‖w‖_∞", "norminf(w)", r"\lVert w \rVert_{\infty}"),
    (F("norm_quad", x, A) ** 2, "‖x‖_A²", "||x||_A^2", r"\lVert x \rVert_{A}^{2}"),
    (F("abs", s), "|s|", "abs(s)", r"\lvert s \rvert"),
    (F("abs", x), "abs(x)", "abs(x)", r"\operatorname{abs}(x)"),
    (F("sqrt", s), "sqrt(s)", "sqrt(s)", r"\sqrt{s}"),
    (F("inner", A, B), "⟨A, B⟩", "dot(A, B)", r"\langle A, B \rangle"),
    (F("eq", mul(A, F("inv", A)), I_n), "AA⁻¹ = I", "A*inv(A) = eye(n)", "A A^{-1} = I"),
    (F("blocks", A, B, B, A, attrs=(2, 2)), "[A, B; B, A]", "[A, B; B, A]",
     r"\begin{pmatrix} A & B \\ B & A \end{pmatrix}"),
    (bind("Sum", (i,), F("log", 1 + F("exp", -mul(F("entry", y, i), F("entry", x, i))))),
     "∑_{i=1}^n log(1 + exp(−y_i x_i))", "sum[i=1..n](log(1 + exp(-y[i]*x[i])))",
     r"\sum_{i=1}^{n} \log(1 + \exp(-y_{i} x_{i}))"),
    (bind("Sum", (i, j), F("entry", A, i, j), F("ne", i, j)), "∑_{i ≠ j} A_ij", "sum[i != j](A[i,j])",
     r"\sum_{i \neq j} A_{ij}"),
    (bind("Sum", (i, j), F("entry", A, i, j)), "∑_{i,j} A_ij", "sum[i,j](A[i,j])", r"\sum_{i,j} A_{ij}"),
    (bind("Max", (i,), F("entry", x, i)), "max_i x_i", "max_{i}(x[i])", r"\max_{i} x_{i}"),
    (bind("Tensor", (i, j, k, l), mul(2, delta(i, k), delta(j, l))), "[2δ_ik δ_jl]_{i≤n, j≤n, k, l}",
     "[2*eye(n)[i,k]*eye(n)[j,l]]_{i,j,k,l}", r"[2 \delta_{ik} \delta_{jl}]_{i\leq n,j\leq n,k,l}"),
    (F("derivative", f, A, attrs=("partial",)), "∂f/∂A", "df/dA", r"\frac{\partial f}{\partial A}"),
    (F("derivative", f, w, attrs=("nabla",)), "∇_w f", "grad_w f", r"\nabla_{w} f"),
    (F("derivative", f, w, w, attrs=("hessian",)), "∇²_w f", "Hess_w f", r"\nabla_{w}^{2} f"),
    (F("polygamma", s, attrs=(2,)), "polygamma(2, s)", "polygamma(2, s)", r"\operatorname{polygamma}(2, s)"),
    (constant(-3), "−3", "-3", "-3"),
]


@pytest.mark.parametrize(("expr", "unicode", "ascii_", "latex"), TABLE, ids=[row[1] for row in TABLE])
def test_forms(expr: Expr, unicode: str, ascii_: str, latex: str) -> None:
    assert (write(expr), write(expr, "ascii"), write(expr, "latex")) == (unicode, ascii_, latex)
    assert write(expr, "ascii").isascii() and write(expr, "latex").isascii()


def test_a_symbol_keeps_its_letter_from_a_function() -> None:
    sigma = symbol("σ")
    assert write(mul(sigma, F("sigmoid", s))) == "σ sigmoid(s)"
    assert write(mul(sigma, s + 1)) == "σ (s + 1)"


def test_letters_side_by_side_never_spell_a_function() -> None:
    letters = {c: symbol(c) for c in "sintrdpa"}
    assert write(mul(letters["s"], letters["i"], letters["n"])) == "si n"
    assert write(mul(letters["t"], letters["r"], s + 1)) == "t r(s + 1)"
    assert write(mul(letters["p"], letters["i"])) == "p i"
    assert write(mul(letters["d"], letters["a"])) == "d·a"


def test_rows_take_the_letter_that_is_declared_for_them() -> None:
    term = mul(F("entry", y, i), F("row", X, i).T, w)
    assert write(term, rows={"X": "x"}) == "y_i x_iᵀw"
    assert write(term, "latex", rows={"X": "x"}) == r"y_{i} x_{i}^{\top} w"
    assert write(term, "ascii", rows={"X": "x"}) == "y[i]*X[i,:]'*w"


def test_norm_bars_do_not_nest_without_brackets() -> None:
    inner = x / F("norm", x)
    assert write(F("norm", inner)) == "norm(x/‖x‖)"
    assert write(F("norm", inner), "latex") == r"\left\lVert \frac{x}{\lVert x \rVert} \right\rVert"


def test_names() -> None:
    product = mul(symbol("beta"), symbol("x_1"), symbol("W2", ("n", "n")), symbol("c_", ("n",)))
    assert write(product) == "beta x₁ W2 c_"
    assert write(product, "ascii") == "beta*x_1*W2*c_"
