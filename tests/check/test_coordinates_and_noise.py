"""Other coordinates, moments of a noise, vectors of rounded numbers, names with words, the beta function."""

from __future__ import annotations

import pytest

import agnesi

POLAR = "r, θ : scalar\nx = r cos(θ)\ny = r sin(θ)\n"
SUMS = "u = x + y\nv = x − y\n"
MODEL = r"Let $X$ be an n×p matrix with full column rank. $y = X\beta + \varepsilon$ with $E[\varepsilon_i] = 0$, "
ESTIMATE = r"Let $b = (X^T X)^{-1} X^T y$. Then "


def verdict(text: str) -> str | None:
    return agnesi.check(text).statements[-1].verdict


@pytest.mark.parametrize("line", [
    "∂r/∂x = x/r", "∂r/∂x = cos(θ)", "∂θ/∂x = −sin(θ)/r", "∂θ/∂y = cos(θ)/r", "∂(r, θ)/∂(x, y) = 1/r",
])
def test_slopes_in_other_coordinates(line: str) -> None:
    assert verdict(POLAR + line) in ("proved", "tested")


@pytest.mark.parametrize("line", ["∂r/∂x = 1/cos(θ)", "∂θ/∂x = sin(θ)/r", "∂(r, θ)/∂(x, y) = r"])
def test_a_wrong_slope_in_other_coordinates(line: str) -> None:
    assert verdict(POLAR + line) == "refuted"


@pytest.mark.parametrize("solved", ["", "x = (u + v)/2\ny = (u − v)/2\n"])
def test_the_jacobian_of_the_inverse(solved: str) -> None:
    assert verdict(f"{SUMS}{solved}∂(x, y)/∂(u, v) = −1/2") in ("proved", "tested")
    assert verdict(f"{SUMS}{solved}∂(x, y)/∂(u, v) = 1/2") == "refuted"
    assert verdict(f"{SUMS}{solved}|∂(x, y)/∂(u, v)| = 1/2") in ("proved", "tested")


def test_one_equation_keeps_its_implicit_slope() -> None:
    assert verdict("x² + y² = 1\ndy/dx = −x/y") == "proved"
    assert verdict("x² + y² = 1\ndy/dx = −y/x") == "refuted"


@pytest.mark.parametrize("told", [
    r"$\mathrm{Var}(\varepsilon_i) = \sigma^2$ and uncorrelated.", r"$\mathrm{Cov}(\varepsilon) = \sigma^2 I$.",
    r"$\mathrm{Var}(\varepsilon_i) = \sigma^2$, $\mathrm{Cov}(\varepsilon) = \sigma^2 I$.",
])
def test_moments_of_a_noise_by_its_entries(told: str) -> None:
    assert verdict(rf"{MODEL}{told} {ESTIMATE}$\mathrm{{Cov}}(b) = \sigma^2 (X^T X)^{{-1}}$.") == "tested"
    assert verdict(rf"{MODEL}{told} {ESTIMATE}$\mathrm{{Cov}}(b) = \sigma^2 X^T X$.") == "refuted"


def test_entries_that_may_be_correlated_say_nothing_of_the_covariance() -> None:
    told = rf"{MODEL}$\mathrm{{Var}}(\varepsilon_i) = \sigma^2$. {ESTIMATE}"
    assert verdict(rf"{told}$\mathrm{{Cov}}(b) = \sigma^2 (X^T X)^{{-1}}$.") == "not read"


def test_vectors_of_rounded_numbers() -> None:
    assert verdict("z = (2, 1)\ne^z = (7.389, 2.718)") == "tested"
    assert verdict("z = (2, 1)\ne^z = (7.389, 2.719)") == "refuted"
    assert verdict("z = (2, 1)\nz/4 = (0.5, 0.3)") == "refuted"


@pytest.mark.parametrize("name", [r"\theta_{MAP}", r"\theta_{\text{MAP}}", "n_{in}", r"n_{\mathrm{in}}", "x_{new}"])
def test_words_as_subscripts(name: str) -> None:
    assert verdict(f"${name} = 3$, ${name} + 1 = 4$") in ("proved", "tested")


def test_letters_as_subscripts_are_places() -> None:
    assert "X" in {s.name for s in agnesi.read("X : n×n; tr(X) = ∑_i X_{ii}").expr.args[0].args}


def test_the_beta_function() -> None:
    assert verdict("α, β > 0\nB(α, β) = Γ(α)Γ(β)/Γ(α+β)") == "proved"
    assert verdict(r"With the beta function $B(9,5)=\frac{8!\,4!}{13!}$") in ("proved", "tested")
    assert verdict(r"With the beta function $B(9,5)=\frac{9!\,4!}{13!}$") == "refuted"
    assert verdict("B(x, y) = x + y\nB(1, 2) = 3") == "proved"


def test_what_is_worked_out_behind_an_approximation() -> None:
    assert verdict("Z ≈ 2^3 = 8") == "tested"
    assert verdict("Z ≈ 2^3 = 9") == "refuted"


def test_written_numbers_are_wrong_whatever_stands_around_them() -> None:
    text = "Let $L$ depend on $w$ in a way told elsewhere.\n$∂L/∂w = 0.3783 · 1.5 = {}$ and $e^{{0.7}} ≈ {}$"
    wrong, right = (agnesi.check(text.format(*numbers)) for numbers in (("0.5765", "2.104"), ("0.56745", "2.014")))
    assert [s.verdict for s in wrong.statements if s.sides][-2:] == ["refuted", "refuted"]
    assert "refuted" not in [s.verdict for s in right.statements]


BALL = "x = ρ sin(φ) cos(θ); y = ρ sin(φ) sin(θ); z = ρ cos(φ)\n"


def test_a_coordinate_that_depends_on_some_of_the_old_ones_only() -> None:
    assert verdict(f"{BALL}∂ρ/∂x = x/ρ") == verdict(f"{BALL}∂φ/∂z = −sin(φ)/ρ") == "tested"
    assert verdict(f"{BALL}∂φ/∂z = sin(φ)/ρ") == "refuted"


def test_a_channel_that_is_not_understood_is_not_read() -> None:
    text = "For the Z channel, $P(y=1|x=0) = 0$, $P(y=0|x=1) = f$. With $P(x=1) = p$ we get $P(y=1) = p(1-f)$."
    assert verdict(text) == "not read"  # it ended with a TypeError


def test_a_repair_squares_no_root() -> None:
    text = "L(u, v) = (u x + v − y)^2; x, y : scalar\n∂²L/∂u∂v = 2x²"
    wrong = agnesi.check(text).statements[-1]
    assert wrong.diagnosis is not None and "sqrt" not in wrong.diagnosis.repaired
