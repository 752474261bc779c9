"""Notes read loosely: of two readings the usual one, and functions of which nothing is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import expit

import agnesi
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Expr, symbols_of
from agnesi.read.lines import Line, Lines, Piece, read_lines
from agnesi.rules.derive import resolved
from agnesi.run.evaluate import evaluate

RNG = np.random.default_rng(4)


def lines_of(text: str, *declarations: str) -> Lines:
    """Return the lines of a text, each formula on a line of its own."""
    pieces, at = [], 0
    for row in text.split("\n"):
        pieces.append(Piece(row, at, at + len(row), row.startswith(("=", "≈"))))
        at += len(row) + 1
    return read_lines(text, pieces, declarations)


def line_of(text: str, *declarations: str, k: int = -1) -> Line:
    line = lines_of(text, *declarations).lines[k]
    assert line.error is None, line.error
    return line


def sides(text: str, *declarations: str, k: int = -1) -> tuple[Expr, ...]:
    return line_of(text, *declarations, k=k).groups[0].sides


def value(expr: Expr, sizes: dict[str, int] | None = None, **values: Any) -> Any:
    return np.asarray(evaluate(resolved(expr), values, sizes))


def agree(text: str, *declarations: str, k: int = -1, **values: Any) -> bool:
    """Tell whether the first two sides of a line have one value."""
    left, right = (value(s, **values) for s in sides(text, *declarations, k=k)[:2])
    return np.allclose(np.squeeze(left), np.squeeze(right))


def error_of(text: str, *declarations: str, k: int = -1) -> AgnesiError:
    line = lines_of(text, *declarations).lines[k]
    assert line.error is not None
    return line.error


# -- shapes -----------------------------------------------------------------------------------------------------------


def test_parameters_that_are_defined_have_the_shape_of_what_they_are() -> None:
    text = "f(x,y,z) = sin(x) e^{y z²}\nx = t − 1\ny = t²\nz = 1/t\ndf/dt = ∂f/∂x dx/dt + ∂f/∂y dy/dt + ∂f/∂z dz/dt"
    left, right = (value(s, t=1.7) for s in sides(text))
    step = 1e-6

    def f(t: float) -> float:
        return float(np.sin(t - 1) * np.exp(t**2 / t**2))

    assert left == pytest.approx((f(1.7 + step) - f(1.7 - step)) / (2 * step))
    assert right == pytest.approx(left)
    assert lines_of(text).symbols["x"].shape == ()


def test_the_square_of_what_may_be_a_number_is_one() -> None:
    text = "z = w a0 + b\na1 = tanh(z)\nC = (a1 - y)^2\ndC/dw = 2 (a1 - y)(1 - a1^2) a0"
    assert agree(text, w=0.7, a0=1.3, b=-0.2, y=0.4)
    assert lines_of(text).symbols["w"].shape == ()


def test_a_one_below_a_vector_is_one_entry() -> None:
    text = "u := [w; b]\nv := [x; 1]\nuᵀv = wᵀx + b"
    w, x = RNG.normal(size=3), RNG.normal(size=3)
    assert agree(text, w=w, x=x, b=0.3)
    assert value(sides(text)[0], w=w, x=x, b=0.3) == pytest.approx(w @ x + 0.3)


def test_a_one_whose_size_nothing_fixes_has_the_only_size() -> None:
    left, right = sides("r = (1/n) 1\n1^T r = (1/n) 1^T 1", "L : n×n", "r : n")
    r = RNG.normal(size=4)
    assert value(left, r=r) == pytest.approx(r.sum())
    assert right.shape == () and value(right, {"n": 4}, r=r) == pytest.approx(1)


def test_gradients_are_rows_before_jacobians() -> None:
    text = "L(e) = ‖e‖²\ne(θ) = y - Φθ\n∂L/∂θ = ∂L/∂e ∂e/∂θ = -2eᵀΦ"
    Φ, y, θ = RNG.normal(size=(4, 3)), RNG.normal(size=4), RNG.normal(size=3)
    for side in sides(text, "Φ : N×D", "y : N"):
        assert np.allclose(np.squeeze(value(side, Φ=Φ, y=y, θ=θ)), -2 * (y - Φ @ θ) @ Φ)


def test_jacobians_before_gradients_are_turned() -> None:
    text = "L(e) = ‖e‖²\ne(θ) = y - Φθ\n∂L/∂θ = ∂e/∂θ ∂L/∂e"
    Φ, y, θ = RNG.normal(size=(4, 3)), RNG.normal(size=4), RNG.normal(size=3)
    for side in sides(text, "Φ : N×D", "y : N"):
        assert np.allclose(np.squeeze(value(side, Φ=Φ, y=y, θ=θ)), -2 * Φ.T @ (y - Φ @ θ))


def test_what_may_be_a_number_is_not_taken_for_a_vector_by_its_derivative() -> None:
    text = "p = softmax(z)\nL = -tᵀ log p\n∂L/∂z = (∂p/∂z)ᵀ ∂L/∂p"
    z, t = RNG.normal(size=3), np.array([0.2, 0.5, 0.3])
    p = np.exp(z) / np.exp(z).sum()
    for side in sides(text):
        assert np.allclose(value(side, z=z, t=t), p - t)


def test_one_row_that_is_fixed() -> None:
    text = (
        "A := XᵀX\nh := x_iᵀ A⁻¹ x_i\nβ₋ = (A - x_i x_iᵀ)⁻¹ (Xᵀy - x_i y_i)\n"
        "y_i - x_iᵀβ₋ = (y_i - x_iᵀ A⁻¹Xᵀy)/(1 - h)"
    )
    X, y = RNG.normal(size=(5, 3)), RNG.normal(size=5)
    expected = []
    for k in range(5):  # leave one out, by hand
        rest = np.arange(5) != k
        expected.append(y[k] - X[k] @ np.linalg.lstsq(X[rest], y[rest], rcond=None)[0])
    for side in sides(text, "X : n×d", "x_i is row i of X"):
        assert np.allclose(value(side, X=X, y=y), expected)


def test_letters_that_are_matrices_somewhere_are_matrices_before() -> None:
    text = "J(θ) = ‖y - Nθ‖²\nNᵀN = NᵀN"
    assert lines_of(text).symbols["N"].ndim == 2


# -- derivatives ------------------------------------------------------------------------------------------------------


def test_an_index_in_a_derivative_is_that_of_the_sum_around_it() -> None:
    text = (
        "C(w) = 1/N sum_i (y_i - w'x_i - b)^2\nv_i = y_i - w'x_i - b\ndC/dw = 1/N sum_i 2 v_i dv_i/dw\n"
        "dC/dw = -2/N X'(y - X w - b 1)"
    )
    X, y, w = RNG.normal(size=(5, 3)), RNG.normal(size=5), RNG.normal(size=3)
    expected = -2 / 5 * X.T @ (y - X @ w - 0.3)
    for k in (2, 3):
        for side in sides(text, "X : N×d", "x_i is row i of X", k=k):
            assert np.allclose(value(side, X=X, y=y, w=w, b=0.3), expected)


def test_the_derivative_by_an_entry_of_what_holds_the_vector() -> None:
    text = "y = w ⊘ x\n∂y_i/∂x_i = -w_i/x_i²"
    w, x = RNG.normal(size=4), RNG.normal(size=4) + 3
    for side in sides(text):
        assert np.allclose(value(side, w=w, x=x), -w / x**2)


def test_quotients_of_differentials_are_blocks() -> None:
    text = "u(x,y) = x^2 y\nv(x,y) = 5x + sin(y)\nJ = [∂u/∂x ∂u/∂y; ∂v/∂x ∂v/∂y]\nJ = J"
    assert np.allclose(value(sides(text)[0], x=1.5, y=0.4), [[2 * 1.5 * 0.4, 1.5**2], [5, np.cos(0.4)]])


def test_primes_of_brackets_are_derivatives() -> None:
    text = "f(x) = x^2 exp(3x)\nf'(x) = (x^2)' exp(3x) + x^2 (exp(3x))'"
    left, right = (value(s, x=0.3) for s in sides(text))
    expected = 2 * 0.3 * np.exp(0.9) + 3 * 0.3**2 * np.exp(0.9)
    assert left == pytest.approx(expected) and right == pytest.approx(expected)


def test_primes_of_what_is_defined_are_derivatives() -> None:
    text = "y = u/v\nu = sin(x)\nv = x\ny' = (u'v - uv')/v^2"
    for side in sides(text):
        assert value(side, x=0.7) == pytest.approx(np.cos(0.7) / 0.7 - np.sin(0.7) / 0.7**2)


def test_primes_of_matrices_are_transposes() -> None:
    A, x = RNG.normal(size=(3, 3)), RNG.normal(size=3)
    left, _ = sides("(A x)' x = x' A' x", "A : n×n", "x : n")
    assert value(left, A=A, x=x) == pytest.approx(x @ A.T @ x)


def test_the_prime_of_a_bare_number_beside_rules_is_not_read() -> None:
    assert "derivative" in str(error_of("(a b)' = a' b + a b'", "a : scalar", "b : scalar"))


def test_a_gradient_is_transposed_after_it_is_taken() -> None:
    text = "f(x) = x^T A x\ng = grad f(x)^T d"
    A, x, d = RNG.normal(size=(3, 3)), RNG.normal(size=3), RNG.normal(size=3)
    made = sides(text, "A : n×n", "x : n", "d : n")[0]
    assert value(made, A=A, x=x, d=d) == pytest.approx((A + A.T) @ x @ d)


def test_nabla_twice_is_the_hessian() -> None:
    A, w = RNG.normal(size=(3, 3)), RNG.normal(size=3)
    made = sides("E(w) = wᵀA w\nH = ∇∇E(w)", "A : n×n", "w : n")[0]
    assert np.allclose(value(made, A=A, w=w), A + A.T)


def test_a_gradient_at_a_point() -> None:
    A, x, d = RNG.normal(size=(3, 3)), RNG.normal(size=3), RNG.normal(size=3)
    made = sides("f(x) = xᵀA x\ng = ∇f(x + d)", "A : n×n", "x : n", "d : n")[0]
    assert np.allclose(value(made, A=A, x=x, d=d), (A + A.T) @ (x + d))


def test_a_gradient_of_a_composition_has_two_readings() -> None:
    assert "two readings" in str(error_of("f(x) = xᵀx\n∇f(Ax) = Aᵀ∇f(Ax)", "A : n×n", "x : n"))


def test_reciprocal_functions() -> None:
    made = sides("y = cot(x) + sec(x) + csc(x) + coth(x) + sech(x) + csch(x)", "x : scalar")[0]
    x = 0.7
    expected = 1 / np.tan(x) + 1 / np.cos(x) + 1 / np.sin(x) + 1 / np.tanh(x) + 1 / np.cosh(x) + 1 / np.sinh(x)
    assert value(made, x=x) == pytest.approx(expected)


# -- abbreviations ----------------------------------------------------------------------------------------------------


def test_chi_squared_is_a_name() -> None:
    text = "χ²(m,c) = ∑_i (y_i − m x_i − c)²\n∂χ²/∂m = −2 ∑_i x_i (y_i − m x_i − c)"
    x, y = RNG.normal(size=5), RNG.normal(size=5)
    for side in sides(text):
        assert value(side, x=x, y=y, m=0.4, c=1.2) == pytest.approx(-2 * x @ (y - 0.4 * x - 1.2))


def test_degrees_of_freedom_are_a_name() -> None:
    assert line_of("df(λ) = tr(X (X^T X + λI)^-1 X^T)", "X : n×p").name == "df"


def test_df_is_a_differential_where_f_is_a_function() -> None:
    assert line_of("f(x) = x²\ndf(x) = 2x dx").role == "claim"


def test_words_in_capitals_that_are_defined_are_names() -> None:
    text = "RSS(θ, λ) = ‖y - θ‖² + λ‖θ‖²\n∂RSS/∂θ = 2(θ - y) + 2λθ"
    y, θ = RNG.normal(size=3), RNG.normal(size=3)
    assert line_of(text, k=0).name == "RSS"
    assert agree(text, y=y, θ=θ, λ=0.7)


def test_lists_with_dots_are_vectors() -> None:
    d = np.array([1.0, 2.0, 4.0])
    text = "D = diag(d_1, …, d_p)\ntr(D (D + λI)^-1) = sum_{j=1}^p d_j/(d_j + λ)"
    left, right = (value(s, d=d, λ=2.0) for s in sides(text))
    assert left == pytest.approx((d / (d + 2)).sum()) and right == pytest.approx(left)


def test_iterates_are_letters_of_their_own() -> None:
    found = lines_of("f(x) = x^3 - 2x + 2\nx_{n+1} = x_n - f(x_n)/f'(x_n)")
    assert found.lines[1].name == "x_new"
    made = found.lines[1].groups[0].sides[0]
    assert value(made, x_n=2.0) == pytest.approx(2 - (8 - 4 + 2) / (12 - 2))


def test_indices_of_sums_are_no_steps() -> None:
    left, _ = sides("∑_{n} x_n x_{n+1} = a")
    x = RNG.normal(size=5)
    assert value(left, x=x) == pytest.approx(x[:-1] @ x[1:])


# -- functions of which nothing is said -------------------------------------------------------------------------------

IDENTITIES = [
    "d/dx f(g(x)) = f'(g(x)) g'(x)",
    "(fg)' = f'g + fg'",
    "(uv)' = u'v + uv'",
    "(f(x) g(x))' = f'(x) g(x) + f(x) g'(x)",
    "d/dx (f(x)/g(x)) = (f'(x) g(x) - f(x) g'(x))/g(x)^2",
    "d/dx f(a x) = a f'(a x)",
    "h(x) = f(g(x))\nh'(x) = f'(g(x)) g'(x)",
    "y = f(x)^2\ndy/dx = 2 f(x) f'(x)",
]
WRONG = [
    "d/dx f(g(x)) = f'(x) g'(x)",
    "(fg)' = f'g'",
    "(uv)' = u'v - uv'",
    "d/dx (f(x)/g(x)) = f'(x)/g'(x)",
    "d/dx f(a x) = f'(a x)",
]
CONSTANTS = {f"{f}_{k}": v for f, row in zip("fguv", np.round(RNG.uniform(0.5, 2, (4, 4)), 2), strict=True)
             for k, v in enumerate(row, 1)}


def generic_agree(text: str) -> bool:
    left, right = sides(text)
    held = {s.name for s in symbols_of(left, right)}
    values = {n: v for n, v in {**CONSTANTS, "x": 0.8, "a": 1.7}.items() if n in held}
    return bool(np.allclose(value(left, **values), value(right, **values)))


@pytest.mark.parametrize("text", IDENTITIES)
def test_rules_for_all_functions_hold(text: str) -> None:
    assert generic_agree(text)


@pytest.mark.parametrize("text", WRONG)
def test_wrong_rules_for_all_functions_do_not(text: str) -> None:
    assert not generic_agree(text)


def test_functions_of_which_nothing_is_said_are_told() -> None:
    found = lines_of("d/dx f(2x) = 2 f'(2x)")
    assert found.notes[0].startswith("f is any smooth function, tested as f(x) =")
    assert found.instances == {"f_1", "f_2", "f_3", "f_4"}


def test_a_function_of_a_vector() -> None:
    text = "f(x + d) ≈ f(x) + ∇f(x)ᵀd"
    left, right = sides(text, "x : n", "d : n")
    x, d, b, F = RNG.normal(size=3), RNG.normal(size=3), RNG.normal(size=3), RNG.normal(size=(3, 3))
    errors = []
    for h in (1e-2, 1e-3):
        values = {"x": x, "d": h * d, "f_1": 0.7, "f_2": b, "f_3": 0.2, "f_4": F}
        errors.append(abs(value(left, **values) - value(right, **values)))
    assert errors[1] == pytest.approx(errors[0] / 100, rel=0.1) and errors[0] > 0


@pytest.mark.parametrize(
    "text",
    [
        "f(x + y) = f(x) + f(y)",
        "f'(x) = 2 f(x)",
        "d/dx f(2x) = 2 f'(2x)\nf(0) = 1",
        "f(n) = n f(n - 1)",
        "g(f(x)) = x\nd/dx g(f(x)) = 1",
        "f''(x) > 0",
        "y = f(x)\ndy/dx = 2 y",
        "y = f(x)^2\ndy/dx = 2 y",
        "z = f(x) + 1\ny = z^2\ndy/dx = y",
    ],
)
def test_equations_that_a_function_may_have_to_satisfy_restrict_it(text: str) -> None:
    found = lines_of(text)
    assert "f" in found.constrained
    assert not any("any smooth" in note for note in found.notes)
    assert all(s.verdict != "refuted" for s in agnesi.check(text).statements)


@pytest.mark.parametrize("word", ["bounded", "a density", "odd", "homogeneous of degree 2", "minimised at 0"])
def test_functions_of_which_something_is_said_are_restricted(word: str) -> None:
    text = f"f is {word}\nd/dx f(2x) = 2 f'(2x)"
    start = text.index("\n") + 1
    found = read_lines(text, [Piece(text[start:], start, len(text))])
    assert found.constrained == {"f"}
    assert all(s.verdict != "refuted" for s in agnesi.check(text.replace("2 f'", "3 f'")).statements)


def test_a_function_of_the_library_is_itself() -> None:
    text = "σ(t) = 1/(1 + e^{-t})\nσ'(t) = σ(t)(1 - σ(t))"
    left, _ = sides(text)
    assert value(left, t=0.4) == pytest.approx(expit(0.4) * (1 - expit(0.4)))
