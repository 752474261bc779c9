"""Derivations of probability: right ones are never called wrong, and the same with one change are, at their line."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from agnesi.check.numbers import HOLDS
from agnesi.check.worlds import Chance, learned, lowered
from agnesi.check.worlds_cast import cast_of
from agnesi.check.worlds_degree import degree_of
from agnesi.checking import check
from agnesi.errors import NotNumeric
from agnesi.read import worksheet
from agnesi.run.reference import Program

RIDGE = "X : n x d, y : n, w : d\nw ~ N(0, b² I); y | w ~ N(X w, σ² I)\n"
MEAN = "x : k\nx_n ~ N(mu, v); mu ~ N(m, t)\n"
JOINT = "a : n, b : d, P : n x n symmetric, R : d x d symmetric\nln p(a, b) = -½ aᵀP a - aᵀQ b - ½ bᵀR b + const\n"
COIN = "p(h | θ) ∝ θ^h (1-θ)^(N-h)\np(θ) = Beta(θ | α, β)\n"
SAMPLE = "x_1, ..., x_N iid with mean mu and variance s2, m = 1/N sum_n x_n\nE[x_n^2] = mu^2 + s2\n"
EVENTS = "Hypotheses A, B, C are mutually exclusive and exhaustive, D is the data.\nP(D) = P(D,A) + P(D,B) + P(D,C)\n"
FUEL = "p(B=1) = 0.9, p(F=1) = 0.9, B and F independent\np(G=0) = 0.315\np(G=0|F=0) = 0.81\n"
LINEAR = "x ~ N(mu, Lam^-1), y = A x + b + e with e ~ N(0, L^-1) independent of x\n"

PAIRS = [  # what stands first, the right line, the same with one change
    (RIDGE, "-log p(w|y) = ‖y - X w‖²/(2σ²) + ‖w‖²/(2b²) + const", "-log p(w|y) = ‖y - X w‖²/(2σ²) + ‖w‖²/b² + const"),
    (RIDGE, "p(w|y) ∝ p(y|w) p(w)", "p(w|y) ∝ p(y|w)/p(w)"),
    (MEAN, "p(mu | x) ∝ p(mu) prod_n p(x_n | mu)", "p(mu | x) ∝ prod_n p(x_n | mu)/p(mu)"),
    (MEAN, "log p(mu | x) = -(mu - m)²/(2t) - sum_n (x_n - mu)²/(2v) + const",
     "log p(mu | x) = -(mu - m)²/(2t) - sum_n (x_n - mu)²/v + const"),
    (JOINT, "ln p(a | b) = -½ aᵀP a - aᵀQ b + const", "ln p(a | b) = -½ aᵀP a - ½ aᵀQ b + const"),
    (COIN, "p(θ | h) ∝ θ^(h+α-1) (1-θ)^(N-h+β-1)", "p(θ | h) ∝ θ^(h+α) (1-θ)^(N-h+β-1)"),
    ("x | λ ~ Poisson(λ); λ ~ Gamma(a, b)\n", "p(λ | x) ∝ λ^(x + a - 1) exp(-(b + 1) λ)",
     "p(λ | x) ∝ λ^(x + a) exp(-b λ)"),
    (SAMPLE, "E[m^2] = mu^2 + s2/N", "E[m^2] = mu^2 + s2"),
    (EVENTS, "= P(D|A) P(A) + P(D|B) P(B) + P(D|C) P(C)", "= P(A|D) P(A) + P(B|D) P(B) + P(C|D) P(C)"),
    (FUEL, "p(F=0|G=0,B=0) = p(G=0|B=0,F=0) p(F=0) / p(G=0|B=0)", "p(F=0|G=0,B=0) = p(G=0|B=0,F=0) p(F=0) / p(G=0)"),
    (LINEAR, "Cov[y] = A Lam^-1 A' + L^-1", "Cov[y] = A Lam A' + L^-1"),
]


def verdict_of(text: str) -> str | None:
    return check(text, diagnose=False).statements[-1].verdict


@pytest.mark.parametrize(("before", "right", "wrong"), PAIRS)
def test_a_right_line_is_tested_and_its_change_refuted(before: str, right: str, wrong: str) -> None:
    assert verdict_of(before + right) == "tested"
    report = check(before + wrong, diagnose=False)
    assert report.statements[-1].verdict == "refuted"
    assert report.first_wrong == (before + wrong).count("\n") + 1


@pytest.mark.parametrize("text", [
    "p(a|D) = (n+1) m^n a^(-n-1)\np(a) ∝ 1/a",  # the prior is not the posterior
    "P(z) = ∫_0^1 u^2 (1-u) du = 1/12",  # of z nothing is known
    "mu ~ N(m, t)\nlog p(mu | z) = -(mu - m)²/t + const",  # how z bears on mu is not said
])
def test_what_is_not_determined_is_not_called_wrong(text: str) -> None:
    assert check(text, diagnose=False).first_wrong is None


def test_the_conditional_of_a_normal_is_the_density_of_scipy() -> None:
    sheet = worksheet("w ~ N(0, s)\ny | w ~ N(2 w, v)", strict=False)
    known = Chance()
    for s in sheet.statements:
        assert s.expr is not None
        known = learned(known, s.expr)
    (claim,) = worksheet("p(w | y) ∝ f", strict=False).statements[0].chain
    world = lowered([claim.args[0], claim.args[0]], known, 0, "factor")
    values = {"w": 0.3, "another w": -0.4, "y": 1.2, "s": 0.7, "v": 1.5}
    got = float(np.real(Program(world.roots[0])(values, {})[0]))
    spread = 1 / (1 / 0.7 + 4 / 1.5)  # PRML 2.116
    posterior = stats.norm(spread * 2 * 1.2 / 1.5, np.sqrt(spread))
    assert got == pytest.approx(posterior.pdf(0.3) / posterior.pdf(-0.4), rel=1e-12)


def test_tables_are_moved_until_the_conditions_hold() -> None:
    claims = [worksheet(t, strict=False).statements[0].chain[0] for t in (
        "P(A | B) = P(A)", "P(A ∩ B) = 0.3", "P(A ∪ B) = 0.75", "P(C) = P(A)",
    )]
    world = lowered([*claims[0].args, *claims[1:]], Chance(), 3)
    assert world.roots[2:] == (HOLDS,) * 3  # they need no more care
    table = world.tables["p"]
    a, b, c = (table.names.index(n) for n in "ABC")
    cells = np.moveaxis(table.array, (a, b, c), (0, 1, 2))
    assert cells[1, 1].sum() == pytest.approx(0.3, abs=1e-12)
    assert 1 - cells[0, 0].sum() == pytest.approx(0.75, abs=1e-12)
    assert cells[:, :, 1].sum() == pytest.approx(cells[1].sum(), abs=1e-12)


def test_conditions_that_no_table_has_stay() -> None:
    claims = [worksheet(t, strict=False).statements[0].chain[0] for t in ("P(A) = P(B)", "P(A) = 0.3", "P(A) = 0.4")]
    assert HOLDS not in lowered([*claims[0].args, *claims[1:]], Chance(), 0).roots


@pytest.mark.parametrize(("text", "degree"), [
    ("Var[X]", 2), ("E[X^3 Y]", 4), ("Cov[X, X^2]", 3), ("E[exp(X)]", 0), ("E[X]/E[Y]", 0),
])
def test_the_degree_of_what_expectations_are_taken_of(text: str, degree: int) -> None:
    (claim,) = worksheet(f"{text} = a", strict=False).statements[0].chain
    roots = [claim.args[0]]
    assert degree_of(roots, cast_of(roots, Chance()), Chance()) == degree


def test_a_line_that_gives_a_density_is_not_its_own_evidence() -> None:
    sheet = check(COIN, diagnose=False)
    assert sheet.statements[0].verdict in (None, "not read")


def test_given_probabilities_of_values_are_kept_and_what_follows_is_judged() -> None:
    given = "p(X=1) = 0.2\np(Y=1|X=1) = 0.9\np(Y=1|X=0) = 0.3\n"
    bayes = 0.9 * 0.2 / (0.9 * 0.2 + 0.3 * 0.8)
    assert check(given + "p(Y=1) = 0.42", diagnose=False).statements[-1].verdict == "tested"
    assert check(given + "p(Y=1) = 0.41", diagnose=False).first_wrong == 4
    assert check(given + f"p(X=1|Y=1) ≈ {bayes:.4f}", diagnose=False).first_wrong is None
    assert check(given + "p(X=1|Y=1) = p(Y=1|X=1) p(X=1)", diagnose=False).first_wrong == 4


def test_open_densities_raise() -> None:
    (claim,) = worksheet("E[x] = 2", strict=False).statements[0].chain
    with pytest.raises(NotNumeric):
        lowered(claim.args, Chance(open=frozenset("x")), 0)
