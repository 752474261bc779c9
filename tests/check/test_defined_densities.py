"""Densities that are defined as functions, p(x) = ...: what is then said of moments is judged, never taken as given."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from agnesi import check
from agnesi.check.worlds_plain import mixture
from agnesi.expr.nodes import symbol
from agnesi.read import read

STUDENT = "p(x) = int_0^inf N(x|3, 1/l) Gam(l|a, b) dl"
NORMAL = "p(x) = int N(x|l, s) N(l|m, v) dl"
TWO = "p(x) = 0.25 N(x|0, 1) + 0.75 N(x|2, 1)"


def verdict(text: str) -> str | None:
    return check(text, diagnose=False).statements[-1].verdict


def test_a_mixture_over_the_precision_has_the_mean_of_its_parts() -> None:
    a, b = 2.5, 1.7

    def mixed(u: float) -> float:
        return stats.norm.pdf(0.4, 3, u**-0.5) * stats.gamma.pdf(u, a, scale=1 / b)

    student = stats.t(2 * a, loc=3, scale=np.sqrt(b / a))
    assert integrate.quad(mixed, 0, np.inf)[0] == pytest.approx(student.pdf(0.4), rel=1e-6)
    assert student.mean() == pytest.approx(3)
    assert verdict(f"{STUDENT}\nE[x] = 3") == "tested"
    assert verdict(f"{STUDENT}\nE[x] = 1") == "refuted"


def test_the_variances_of_a_mixture_over_the_mean_add_up() -> None:
    rng = np.random.default_rng(7)
    drawn = rng.normal(rng.normal(1.0, np.sqrt(2.0), 200_000), np.sqrt(0.5))
    assert np.var(drawn) == pytest.approx(2.5, rel=0.02)
    assert verdict(f"{NORMAL}\nVar[x] = s + v") == "tested"
    assert verdict(f"{NORMAL}\nVar[x] = s") == "refuted"


def test_a_weighted_sum_of_densities_has_the_weighted_mean() -> None:
    mean = integrate.quad(lambda x: x * (0.25 * stats.norm.pdf(x) + 0.75 * stats.norm.pdf(x, 2)), -np.inf, np.inf)[0]
    assert mean == pytest.approx(1.5)
    assert verdict(f"{TWO}\nE[x] = 3/2") == "tested"
    assert verdict(f"{TWO}\nE[x] = 1") == "refuted"


@pytest.mark.parametrize(("power", "moment"), [(1, 1), (2, 2), (3, 6)])
def test_moments_of_a_formula_are_its_integrals(power: int, moment: int) -> None:
    value = integrate.quad(lambda x: x**power * np.exp(-x), 0, np.inf)[0]
    assert value == pytest.approx(moment)
    assert verdict(f"p(x) = exp(-x)\nE[x^{power}] = {moment}") == "tested"
    assert verdict(f"p(x) = exp(-x)\nE[x^{power}] = {moment + 1}") == "refuted"


@pytest.mark.parametrize(("text", "power"), [("p(x) = λ exp(−λ x)", 1), ("p(x) = λ² x exp(−λ x)", 2)])
@pytest.mark.parametrize("rate", [0.5, 2.0])
def test_a_letter_of_a_density_is_no_choice(text: str, power: int, rate: float) -> None:
    mean = integrate.quad(lambda x: rate**power * x**power * np.exp(-rate * x), 0, np.inf)[0]
    assert mean == pytest.approx(power / rate)
    assert verdict(f"{text}\nE[x] = {power}/λ") == "tested"
    assert verdict(f"{text}\nE[x] = λ") == "refuted"


@pytest.mark.parametrize("density", [
    "int_0^1 N(x|0, 1/l) Gam(l|a, b) dl",  # not over all values of l: no density
    "a exp(-b x)",  # sums to one for some a and b only
    "1/3",  # on which values is not said
])
def test_a_moment_of_what_has_no_world_is_not_read_and_no_condition(density: str) -> None:
    last = check(f"p(x) = {density}\nE[x] = 1").statements[-1]
    assert last.verdict == "not read"
    assert last.evidence is not None and "density of x" in last.evidence.reason


@pytest.mark.parametrize(("text", "kept"), [
    ("int_0^inf N(x|0, 1/l) Gam(l|a, b) dl", 2),
    ("int_0^1 N(x|0, 1/l) Gam(l|a, b) dl", 0),
    ("int_0^1 Ber(x|l) Beta(l|a, b) dl", 2),
    ("int_0^inf N(x|0, 1/l) Gam(l|x, b) dl", 0),  # what is mixed must not depend on x
    ("int_0^inf N(x|0, 1/b) Gam(l|a, b) dl", 2),
    ("int_0^inf l exp(-l x) Gam(l|a, b) dl", 0),
])
def test_only_integrals_over_all_values_are_mixtures(text: str, kept: int) -> None:
    made = read(text).expr
    found = mixture(made, symbol("x"))
    assert len(found) == kept
    assert not found or [g.variable.name for g in found] == ["l", "x"]
