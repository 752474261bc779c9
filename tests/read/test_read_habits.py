"""What is not declared: capitals are matrices, rows of families, notes on what is guessed."""

from __future__ import annotations

import pytest

from agnesi.expr.dims import show_shape
from agnesi.read import read
from agnesi.write import write


def shapes(text: str, scalar: bool) -> str:
    return ", ".join(f"{n} {show_shape(s.shape)}" for n, s in read(text, scalar=scalar).symbols.items())


EITHER_WAY = [
    ("X*A", "X n×d, A d×m"),
    ("tanh(W x)", "W n×d, x d"),
    ("relu(W₂ relu(W₁ x))", "W_2 n×d, W_1 d×m, x m"),
    ("W_2 tanh(W_1 x + b_1) + b_2", "W_2 n×d, W_1 d×m, x m, b_1 d, b_2 n"),
    ("C log x", "C n×d, x d"),
    ("A + B", "A n×d, B n×d"),
    ("sin(x) exp(−x²)", "x scalar"),
    ("x³ + 2x", "x scalar"),
    ("X e", "X n×d, e d"),
    ("‖e‖²", "e n"),
]


@pytest.mark.parametrize("scalar", [False, True])
@pytest.mark.parametrize(("text", "expected"), EITHER_WAY)
def test_capitals_are_matrices_with_and_without_the_flag(text, expected, scalar):
    assert shapes(text, scalar) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("w x + b", "w scalar, x scalar, b scalar"), ("log(1 + exp(−t))", "t scalar"), ("λ x", "λ scalar, x scalar")],
)
def test_the_flag_decides_where_a_small_letter_could_be_either(text, expected):
    assert shapes(text, scalar=True) == expected


ROWS = [
    ("∑_i σ(wᵀx_i)", "w d, X n×d"),
    ("∑_i log σ(t_i wᵀ x_i)", "t n, w d, X n×d"),
    ("∑_i ‖x_i − μ‖²", "X n×d, μ d"),
    ("∑_i (x_i − μ)ᵀΣ⁻¹(x_i − μ)", "X n×d, μ d, Σ d×d"),
    ("∑_i (x_i − μ)(x_i − μ)ᵀ", "X n×d, μ d"),
    ("∑_i ‖W x_i + b‖²", "W n×d, X m×d, b n"),
    ("∑_n ‖x_n − W z_n‖²", "X n×d, W d×m, Z n×m"),
    ("∑_i ∑_k r_ik ‖x_i − μ_k‖²", "r n×d, X n×m, μ d×m"),
    ("∑_i f(wᵀx_i) where f(t) = log(1 + exp(−t))", "w d, X n×d"),
    ("∑_i σ(wᵀx_i) where σ(t) = 1/(1 + exp(−t))", "w d, X n×d"),
    ("∑_i ℓ(y_i, wᵀx_i) where ℓ(y, s) = (y − s)²", "y n, w d, X n×d"),
]


@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_an_indexed_vector_is_a_row(text, expected):
    reading = read(text, scalar=True)
    assert shapes(text, scalar=True) == expected
    assert any("is read as row" in note for note in reading.notes)


SAID = [
    ("σ(t)", "σ is the sigmoid"),
    ("φ(t)", "φ is the standard normal density; for basis functions define"),
    ("Φ(t)", "Φ is the standard normal distribution function"),
    ("ψ(t)", "ψ is the digamma function"),
    ("Γ(t)", "Γ is the gamma function"),
    ("exp(X)", "expm is the matrix function"),
    ("tanh(X)", "entry by entry"),
    ("2e", "e is Euler's number"),
]


@pytest.mark.parametrize(("text", "said"), SAID)
def test_what_is_guessed_is_said(text, said):
    assert any(said in note for note in read(text, scalar=True).notes)


@pytest.mark.parametrize("text", ["σ(s) where σ(t) = 1/(1 + exp(−t))", "φ: n; wᵀφ", "e^t", "σ²"])
def test_what_is_told_or_plain_is_not_noted(text):
    assert not any("σ is" in n or "φ is" in n or "e is" in n for n in read(text, scalar=True).notes)


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        (("(Ax − b)_j", "(A*x - b)[j]", "(A x - b)_{j}"), "[(Ax − b)_j]_j"),
        (("X⁻¹[j,k]", "(X⁻¹)_jk", "inv(X)[j,k]", "(X^{-1})_{jk}", "X⁻¹_jk"), "[(X⁻¹)_jk]_jk"),
        (("(Zw)[1]", "(Zw)_1"), "(Zw)_1"),
        (("A[:,2][2]",), "A[:,2][2]"),
        (("softmax(x)_i", "softmax(x)[i]"), "[softmax(x)_i]_i"),
        (("(dx)_1", "(dx)[1]"), "(dx)_1"),
        (("[2δ_ik δ_jl]_{i≤n, j≤m, k, l}", r"[2 \delta_{ik} \delta_{jl}]_{i \leq n, j \leq m, k, l}"),
         "[2δ_ik δ_jl]_{i≤n, j≤m, k, l}"),
    ],
)  # fmt: skip
def test_positions_after_brackets_and_powers(texts, shown):
    assert {write(read(t).expr) for t in texts} == {shown}


@pytest.mark.parametrize("form", ["unicode", "ascii", "latex"])
@pytest.mark.parametrize("text", ["f(x) = x³; f'(x)", "f(x) = sin(x); f''(x) + 1"])
def test_primes_are_printed_as_derivatives_that_read_back(text, form):
    reading = read(text, scalar=True)
    assert read(write(reading.expr, form), reading.symbols).expr is reading.expr


@pytest.mark.parametrize(
    "text",
    ["½ wᵀw + C ∑_i max(0, 1 − y_i(wᵀx_i + b))", "wᵀw + C ∑_i exp(1 − y_i wᵀx_i)", "C ‖w‖² + ½‖Xw − y‖²"],
)
def test_a_capital_in_front_of_a_number_in_a_sum_of_numbers_is_a_number(text: str) -> None:
    found = read(text, scalar=True).symbols
    assert found["C"].shape == ()
    assert len(found["X"].shape) == 2
    assert len(found["w"].shape) == 1
