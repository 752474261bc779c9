"""What was once misread: read right now, or refused with a repair."""

import pytest

import agnesi.ops  # noqa: F401 (the registry of operations)
from agnesi.errors import Ambiguous, ReadError, ShapeError, UnknownName
from agnesi.expr.nodes import apply, bind, index, symbol
from agnesi.read import read
from agnesi.run.reference import evaluate
from agnesi.write import write

SAME = [
    ("-∑_i y_i log p_i + (1-y_i) log(1-p_i)", "-∑_i (y_i log p_i + (1-y_i) log(1-p_i))"),
    (r"\sum_{n=1}^N t_n \ln y_n + (1-t_n)\ln(1-y_n)", "∑_{n=1}^N (t_n log y_n + (1-t_n) log(1-y_n))"),
    ("∑_n∑_k t_nk ln σ(a_nk) + (1-t_nk) ln(1-σ(a_nk))", "∑_n ∑_k (t_nk ln σ(a_nk) + (1-t_nk) ln(1-σ(a_nk)))"),
    ("∑_n ∑_k t_nk + b_n", "∑_n ((∑_k t_nk) + b_n)"),
    (r"\frac{1}{n}\sum_i a_i - c_i", "(1/n) ∑_i (a_i - c_i)"),
    ("min_w ‖Xw - y‖² + ‖w‖²", "min_w (‖Xw - y‖² + ‖w‖²)"),
    ("x1^2 x2 + x1 x2^3", "(x1)^2 * x2 + x1 * (x2)^3"),
    ("x1'A x2", "(x1)ᵀ A (x2)"),
    ("beta0 + beta1 x", "β0 + β1 * x"),
    (r"\frac{1}{m} \sum_{i=1}^m (w^T x^{(i)} - y^{(i)})^2", "(1/m) ∑_{i=1}^m (wᵀx_i - y_i)^2"),
    ("λ_max(A)", "lammax(A)"),
    (r"\lambda_{\max}(A)", "lammax(A)"),
    ("σ_max(A)", "sqrt(lammax(AᵀA))"),
    ("A : m x n; ‖A‖_2", "A : m x n; sqrt(lammax(AᵀA))"),
    ("‖X‖_2^2", "lammax(XᵀX)"),
    ("norm2(X)", "‖X‖_F"),
    ("tr(x'Ax)", "x'Ax"),
    ("where A is symmetric: x'Ax", "x'Ax where A is symmetric"),
    ("x'Ax for A symmetric positive definite", "x'Ax where A is spd"),
    ("μ_i = exp(x_i'β); ∑_i y_i log μ_i", "∑_i y_i log exp(x_i'β)"),
    ("y_n = σ(w'φ_n); ∑_n y_n", "∑_n σ(w'φ_n)"),
    ("K_ij = exp(-‖x_i-x_j‖²); ∑_i ∑_j a_i a_j K_ij", "∑_i ∑_j a_i a_j exp(-‖x_i-x_j‖²)"),
    ("K_ij = exp(-‖x_i-x_j‖²); y'K y", "yᵀ·[exp(-‖x_i-x_j‖²)]_ij y"),
    ("cos_sim = x'y/(‖x‖‖y‖); 1 - cos_sim", "1 - x'y/(‖x‖‖y‖)"),
    ("log(gamma(s))", "log(Γ(s))"),
    ("gamma(s)/gamma(s + 1)", "Γ(s)/Γ(s + 1)"),
    ("gamma (s)", "γ s"),
    ("γ(s)", "γ s"),
    (r"\gamma(s)", "γ s"),
    ("gamma > 0; gamma(s)", "γ > 0; γ s"),
    ("gamma(t) = t^2; gamma(s)", "s^2"),
    ("pi(s)", "π s"),
    ("x : d; (2π)^{-d/2} exp(-x'x/2)", "x : d; (2π)^{-(d/2)} exp(-x'x/2)"),
]


@pytest.mark.parametrize(("text", "meant"), SAME)
def test_it_is_read_as_meant(text, meant):
    got, wanted = write(read(text).expr), write(read(meant).expr)
    assert got.replace("(d/2)", "d/2") == wanted.replace("(d/2)", "d/2")


REFUSED = [
    ("∑_i a_i + 3 + c_i", Ambiguous, "The index i"),
    ("(A+B)^{(2)}", ReadError, "after a name"),
    ("‖X‖_{2,1}", ReadError, "2,1 is not read"),
    ("‖x‖_p", ReadError, "(∑_i |x_i|^p)^(1/p)"),
    ("X : n x d; n'X", Ambiguous, "n is a size here"),
    ("p_i log p_i/q_i", Ambiguous, "log(p_i/q_i) and log(p_i)/q_i"),
    ("-E_{x~p}[log D(x)]", UnknownName, "D is not defined"),
    ("∫ x t dt", ReadError, "limits"),
    ("‖Aw‖² s.t. w'w=1", ReadError, "not solved here yet"),
    ("‖Aw‖² subject to w'w=1", ReadError, "not solved here yet"),
    ("∑_k π_k Σ_k x", ReadError, "family of matrices"),
    ("K : n x n; K_ij = exp(-‖x_i-x_j‖²); y'K y", ReadError, "defined by its entries"),
    ("x'Ax/x'x", Ambiguous, "(x'Ax)/(x'x)"),
    ("(2π)^{d/2} d'x", ShapeError, "scalars"),
    ("gamma(s) + gamma", Ambiguous, "the function and a product"),
]


@pytest.mark.parametrize(("text", "kind", "said"), REFUSED)
def test_it_is_refused(text, kind, said):
    with pytest.raises(kind) as caught:
        read(text)
    assert said in str(caught.value)
    assert "^" in str(caught.value)


NOTED = [
    ("-∑_i a_i + b_i", "reaching over all terms"),
    ("‖X‖", "the Frobenius norm"),
    ("‖X‖_1", "the sum of absolute entries"),
    ("‖X‖_2", "the spectral norm"),
    ("D(G(z))", "D(G(z)) is read as a product"),
    ("Σ_k^{-1}", "the sign of a sum is ∑"),
    ("log x / y", "(log x) /"),
    ("log(gamma(s))", "gamma is the gamma function"),
]


@pytest.mark.parametrize(("text", "said"), NOTED)
def test_it_is_said(text, said):
    assert any(said in note for note in read(text).notes)


SHAPES = [
    ("‖a − n‖²", "n", 1),
    ("n'x", "n", 1),
    (r"(2\pi)^{D/2}", "D", 0),
    ("‖x − x_0‖²", "x_0", 1),
    ("x : d; ‖x − x_0‖²", "x_0", 1),
    ("θ_0 + θ'x", "θ_0", 0),
    ("(x-μ_k)'Σ_k^{-1}(x-μ_k)", "Σ_k", 2),
    ("(x-μ_k)'Σ_k^{-1}(x-μ_k)", "μ_k", 1),
    ("Σ_2^{-1}", "Σ_2", 2),
]


@pytest.mark.parametrize(("text", "name", "axes"), SHAPES)
def test_names_have_their_shapes(text, name, axes):
    assert read(text).symbols[name].ndim == axes


LABELS = [
    "W^{(2)} tanh(W^{(1)} x + b^{(1)})",
    "W⁽²⁾ tanh(W⁽¹⁾x)",
    "W^{(1)T} (W^{(2)})^{-1} y",
    "x_1^{(2)} + y^{(l-1)}",
    "∑_j w_j^{(q)}",
    "W^{(1)} : h x d; W^{(1)} x",
    "h^{(1)} = tanh(W^{(1)} x); w'h^{(1)}",
]


@pytest.mark.parametrize("text", LABELS)
@pytest.mark.parametrize("form", ["unicode", "ascii", "latex"])
def test_labels_are_names_that_read_back(text, form):
    seen = read(text)
    assert read(write(seen.expr, form), seen.symbols).expr is seen.expr


def test_sizes_of_vec_in_a_kronecker_product():
    seen = read("vec(X)'(A ⊗ B)vec(X)").symbols
    assert seen["X"].shape == (seen["B"].shape[1], seen["A"].shape[1])


def test_an_index_bound_in_a_bracket_is_not_bound_twice():
    assert write(read("(∑_i a_i b_i) + c_i d_i").expr).count("∑") == 2


def test_a_sum_in_front_of_its_own_letter_is_printed_in_brackets():
    i, a = index("i", "n"), symbol("A", ("n", "n"))
    entry = apply("entry", a, i, i)
    made = bind("Tensor", [i], apply("add", bind("Sum", [i], entry), entry))
    assert write(made) == "[(∑_{i=1}^n A_ii) + A_ii]_i"
    assert read(write(made), {"A": a}).expr is made


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("det([1, 1; 1, 1 + t])", 3), ("tr([1 1; 1 (1 + t)])", 5),
        ("det([1, 1; 1, 2 t])", 5), ("det([1, 1; 1, 2 - t])", -2),
    ],
)
def test_a_one_beside_numbers_is_a_number(text: str, value: float) -> None:
    """A 1 beside t + 1 is no block of ones; where a row has commas, a space is a product."""
    assert evaluate(read(f"t: scalar\n{text}").expr, {"t": 3.0}) == pytest.approx(value)
