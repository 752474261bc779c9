"""How limits, series, integrals and optima are read, in the three spellings; and what is refused."""

from __future__ import annotations

import pytest

import agnesi.show  # noqa: F401  (expressions print themselves)
from agnesi.expr.nodes import Expr, apply, bind, constant, plain, symbol
from agnesi.read import worksheet
from agnesi.run.reference import evaluate
from agnesi.write import write


def claim(text: str) -> Expr:
    last = worksheet(text).statements[-1]
    return last.chain[0] if last.chain else last.expr


READ = [
    ("lim_{x→0} sin(x)/x", "Limit[x](div(sin(x), x), 0, 0)"),
    (r"\lim_{x \to 0} \frac{\sin x}{x}", "Limit[x](div(sin(x), x), 0, 0)"),
    ("lim_{x -> 0} sin(x)/x", "Limit[x](div(sin(x), x), 0, 0)"),
    ("lim_{x → 0+} x log x", "Limit[x](mul(x, log(x)), 0, 1)"),
    ("lim_{x → 0^+} x log x", "Limit[x](mul(x, log(x)), 0, 1)"),
    ("lim_{x → 0⁺} x log x", "Limit[x](mul(x, log(x)), 0, 1)"),
    ("lim_{x → 2-} x²", "Limit[x](pow(x, 2), 2, -1)"),
    ("lim_{x → −∞} arctan x", "Limit[x](arctan(x), neg(inf), 0)"),
    ("lim_{n→∞} (1 + x/n)^n", "Limit[n](pow(add(1, div(x, n)), n), inf, 0)"),
    ("∑_{n=0}^∞ x^n/n!", "Series[n](div(pow(x, n), factorial(n)), 0, inf)"),
    (r"\sum_{n=0}^{\infty} \frac{x^n}{n!}", "Series[n](div(pow(x, n), factorial(n)), 0, inf)"),
    ("sum_{k=1}^inf 1/k^2", "Series[k](div(1, pow(k, 2)), 1, inf)"),
    ("∏_{k=2}^∞ (1 − 1/k²)", "SeriesProd[k](add(1, neg(div(1, pow(k, 2)))), 2, inf)"),
    ("∑_{k=m}^n r^k", "Series[k](pow(r, k), size(m), size(n))"),
    ("∑_{i=1}^n ∑_{j=1}^i j", "Sum[i](Series[j](j, 1, i))"),
    ("x: n; ∑_{i=1}^n ∑_{j=1}^i x_j", "Sum[i](Sum[j](entry(x, j), le(j, i)))"),
    ("λ: D; ∑_{i=M+1}^D λ_i", "Sum[i](entry(λ, i), ge(i, add(size(M), 1)))"),
    ("∑_{i=1}^n i²", "Sum[i](pow(i, 2))"),
    (r"\binom{n}{k}", "binom(n, k)"),
    ("binom(n, k)", "binom(n, k)"),
    ("(n + 1)!", "factorial(add(n, 1))"),
    ("∫_0^1 ∫_0^x x y dy dx", "Integral[x](Integral[y](mul(x, y), 0, x), 0, 1)"),
    ("∫_0^1 dx/(1 + x²)", "Integral[x](div(1, add(1, pow(x, 2))), 0, 1)"),
    (r"\int_0^1 \frac{dx}{1 + x^2}", "Integral[x](div(1, add(1, pow(x, 2))), 0, 1)"),
    ("∫_1^2 1/x dx", "Integral[x](div(1, x), 1, 2)"),
    ("∫_0^1 x² + x dx", "Integral[x](add(pow(x, 2), x), 0, 1)"),
    ("∫_0^1 x dx + 1", "add(Integral[x](x, 0, 1), 1)"),
    ("∫_0^π sin x dx", "Integral[x](sin(x), 0, pi())"),
    ("∫ exp(−x²) dx", "Integral[x](exp(neg(pow(x, 2))), neg(inf), inf)"),
    ("∫ cos x dx = sin x + C", "eq(cos(x), derivative(sin(x), x, 'total'))"),
    ("max_{‖x‖ = 1} xᵀS x", "Max[x](mul(transpose(x), S, x), eq(norm(x), 1))"),
    ("max_{x: ‖x‖ = 1} xᵀS x", "Max[x](mul(transpose(x), S, x), eq(norm(x), 1))"),
    (r"\max_{\|x\| = 1} x^T S x", "Max[x](mul(transpose(x), S, x), eq(norm(x), 1))"),
    ("max_{x ≠ 0} xᵀS x/(xᵀx)", "Max[x](div(mul(transpose(x), S, x), mul(transpose(x), x)))"),
    ("a: n; r > 0; max_{‖x‖ ≤ r} aᵀx", "Max[x](mul(transpose(a), x), le(norm(x), r))"),
    ("max_{0 ≤ x ≤ 1} x(1 − x) = 1/4", "eq(Max[x](mul(x, add(1, neg(x))), le(0, x), le(x, 1)), div(1, 4))"),
    ("c: n; max_{p ∈ Δ} pᵀc", "Max[p](mul(transpose(p), c), eq(sum(p), 1), ge(p, zeros(n)))"),
    ("c: n; max_{p ∈ simplex} pᵀc", "Max[p](mul(transpose(p), c), eq(sum(p), 1), ge(p, zeros(n)))"),
    ("sup_{x > 0} x exp(−x) = 1", "eq(Max[x](mul(x, exp(neg(x))), gt(x, 0)), 1)"),
    ("inf_{x > 0} (x + 1/x)", "Min[x](add(x, div(1, x)), gt(x, 0))"),
    ("x: n; max_i x_i", "Max[i](entry(x, i))"),
    ("sin x = x − x³/6 + O(x⁵)", "eq(sin(x), add(x, neg(div(pow(x, 3), 6)), big_o(pow(x, 5))))"),
    ("exp(h) = 1 + h + o(h)", "eq(exp(h), add(1, h, little_o(h)))"),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_it_is_read(text: str, expected: str) -> None:
    assert plain(claim(text)) == expected


@pytest.mark.parametrize("text", [t for t, _ in READ if not any(mark in t for mark in (";", "dx =", "≠"))])
@pytest.mark.parametrize("style", ["unicode", "ascii", "latex"])
def test_what_is_printed_reads_back(text: str, style: str) -> None:
    node = claim(text)
    assert claim(str(write(node, style))) is node


@pytest.mark.parametrize(("text", "said"), [
    ("lim_{n→∞} x_n", "a sequence is not read"),
    ("∑_{k=1}^∞ a_k", "A sequence without end is not read"),
    ("lim_{x} sin x", "what goes where"),
    ("∫_0^1 x²", "dx is missing"),
    ("∫_0^1 x y dx dy", "more differentials than signs"),
    ("∫ exp(−x²) dx + x", "stands outside it too"),
    ("∫ x² dx", "without both its limits"),
    ("max_{x ∈ K} xᵀx", "The set K is not read"),
    ("max_{x: x ≠ 1} xᵀx", "only x ≠ 0"),
])
def test_it_is_refused(text: str, said: str) -> None:
    error = worksheet(text, strict=False).statements[-1].error
    assert error is not None and said in str(error)


def test_a_minimum_with_its_value_is_a_claim_and_without_a_problem() -> None:
    assert worksheet("min_x ‖A x − b‖² = 0", strict=False).statements[-1].role == "claim"
    assert worksheet("min_x ‖A x − b‖²", strict=False).statements[-1].role == "problem"


def test_the_place_of_an_optimum_has_the_shape_of_its_variable() -> None:
    text = "λ > 0; argmin_w (‖X w − y‖² + λ‖w‖²) = (XᵀX + λI)⁻¹Xᵀy"
    left, right = claim(text).args
    assert left.shape == right.shape and left.ndim == 1


def test_variables_of_limits_are_numbers_of_their_own() -> None:
    x, n = symbol("x"), symbol("n")
    both = claim("X: n×d; lim_{n→∞} (1 + x/n)^n = e^x")
    assert both.args[0] == bind("Limit", (n,), (1 + x / n) ** n, constant(float("inf")), 0)
    assert evaluate(both.args[0], {"x": 0.5}) == pytest.approx(evaluate(apply("exp", x), {"x": 0.5}))
