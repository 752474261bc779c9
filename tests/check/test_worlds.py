"""Finite worlds: right claims hold in all, wrong ones fail in one, and the numbers are those of other libraries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from agnesi.check.worlds import Chance, World, chance_of, has_chance, lowered, other_readings
from agnesi.check.worlds_numbers import probability_in
from agnesi.check.worlds_scan import is_op
from agnesi.check.worlds_tables import Table, drawn_table, holds, standardised
from agnesi.errors import AgnesiError
from agnesi.expr.nodes import Apply, Expr, Symbol
from agnesi.read import read, worksheet
from agnesi.run.reference import evaluate
from agnesi.run.sample import Sampler

SEEDS = 4


def sides(world: World, seed: int) -> tuple[Any, Any]:
    """The values of the two sides at one point of a world."""
    _, values = Sampler(world.roots, np.random.default_rng(seed), given=world.values).point()
    return np.asarray(values[0]), np.asarray(values[1])


def holds_here(op: str, x: Any, y: Any) -> bool:
    if op in ("le", "lt"):
        return bool(np.all(x <= y + 1e-9))
    if op in ("ge", "gt"):
        return bool(np.all(x >= y - 1e-9))
    return bool(np.max(np.abs(x - y)) <= 1e-7 * max(1e-6, float(np.max(np.abs(x)))))


def verdicts(text: str) -> list[bool]:
    """For each claim, whether it held in all worlds; what gives a moment is no claim."""
    sheet = worksheet(text)
    chance = chance_of(sheet)
    given = [m for pair in chance.moments.values() for m in pair]
    out: list[bool] = []
    for relation in (r for s in sheet.statements if s.role == "claim" for r in s.chain):
        assert isinstance(relation, Apply)
        left, right = relation.args
        plain = is_op(left, "expectation", "variance", "covariance") and isinstance(left.args[0], Symbol)
        if right in given and plain and len(left.args) == 1:
            continue
        moving = "factor" if relation.op.name == "propto" else ""
        worlds = (lowered(relation.args, chance, seed, moving) for seed in range(SEEDS))
        out.append(all(holds_here(relation.op.name, *sides(w, k)) for k, w in enumerate(worlds)))
    return out


RIGHT = """
Var[aX + b] = a² Var[X]
E[aX + b] = a E[X] + b
Var[X+Y] = Var[X] + Var[Y] + 2Cov[X,Y]
X ⊥ Y; Var[X+Y] = Var[X] + Var[Y]
X ⊥ Y; E[XY] = E[X]E[Y]
Cov[X,Y] = 0; Var[X+Y] = Var[X] + Var[Y]
Cov[X,Y] = E[XY] - E[X]E[Y]
Var[X] = E[X²] − E[X]² = E[(X − μ)²]
Cov[Ax+b] = A Cov[x] A'
Cov[x] = E[x x'] - E[x]E[x]'
E[x'Ax] = tr(AΣ) + μ'Aμ
E[x] = μ; Cov[x] = Σ; E[x'Ax] = tr(AΣ) + μ'Aμ
Cov[Ax, By] = A Cov[x,y] B'
E[(\\hat{θ} - θ)²] = Var[\\hat{θ}] + (E[\\hat{θ}] - θ)²
E[X] = μ; Var[X] = σ²; E[X²] = σ² + μ²
x_i ~ N(μ, σ²); m = 1/n ∑_i x_i; v = 1/(n-1) ∑_i (x_i - m)²; E[v] = σ²; Var[m] = σ²/n
P(A|B) = P(A ∩ B)/P(B)
P(A|B) = P(B|A) P(A)/P(B)
P(A) = P(A|B)P(B) + P(A|B^c)P(B^c)
P(not (A or B)) = P(not A and not B)
P(A or B) <= P(A) + P(B)
P(A ∪ B | C) = P(A|C) + P(B|C) - P(A ∩ B | C)
A ⊥ B; P(A ∩ B) = P(A) P(B)
P(A ∩ B) = 0; P(A ∪ B) = P(A) + P(B)
P(A) = ∑_i P(A|B_i) P(B_i)
P(B_i|A) = P(A|B_i) P(B_i) / ∑_j P(A|B_j) P(B_j)
P(D) = 0.01; P(T|D) = 0.95; P(T|¬D) = 0.1; P(D|T) = 0.95*0.01/(0.95*0.01 + 0.1*0.99)
P(A) = a; P(B|A) = b; P(A ∩ B) = a b
E[X] = E[E[X|Y]]
Var[X] = E[Var[X|Y]] + Var[E[X|Y]]
E[X|A] P(A) + E[X|¬A] P(¬A) = E[X]
X > 0; a > 0; P(X ≥ a) ≤ E[X]/a
p(x) = ∑_y p(x,y) = ∑_y p(x|y) p(y)
p(x) = ∫ p(x,y) dy
p(x) = ∑_{k=1}^K p(x|z=k) p(z=k)
p_X(x) = ∑_y p_{X,Y}(x,y)
p(x,y,z) = p(x|y,z) p(y|z) p(z)
X ⊥ Z | Y; P(X,Y,Z) = P(X|Y) P(Y|Z) P(Z)
p(θ|x) ∝ p(x|θ) p(θ)
E[X] = ∑_x x p(x)
E[X|Y=y] = ∑_x x p(x|y)
E_q[x p(x)/q(x)] = E_p[x]
KL(p‖q) ≥ 0
KL(p‖q) = ∑_x p(x) log(p(x)/q(x))
KL(p‖q) = ∑_i p_i log(p_i/q_i)
H(p,q) = H(p) + KL(p‖q)
H(X,Y) = H(X) + H(Y|X)
H(X|Y) ≤ H(X)
H(X) = -∑_x p(x) log2 p(x)
I(X;Y) = H(X) - H(X|Y) = H(X) + H(Y) - H(X,Y) = KL(p(x,y)‖p(x)p(y))
I(X;Y,Z) = I(X;Y) + I(X;Z|Y)
X ⊥ Z | Y; I(X;Z) ≤ I(X;Y)
log p(x) = E_q[log p(x,z)] - E_q[log q(z)] + KL(q(z)‖p(z|x))
log p_θ(x) ≥ E_{q_φ(z|x)}[log p_θ(x|z)] - KL(q_φ(z|x)‖p(z))
E[exp(X)] ≥ exp(E[X])
H(N(μ,σ²)) = 1/2 log(2 π e σ²)
KL(N(μ_1,σ_1²)‖N(μ_2,σ_2²)) = log(σ_2/σ_1) + (σ_1² + (μ_1-μ_2)²)/(2σ_2²) - 1/2
q(z) = N(z | m, s²); p(z) = N(z | 0, 1); KL(q‖p) = 1/2 (m² + s² - 1 - log s²)
X ~ N(μ, σ²); E[e^{tX}] = exp(μ t + σ² t²/2)
X ~ Poisson(λ); E[e^{tX}] = exp(λ(e^t - 1))
X ~ Binomial(n,p); Var[X] = n p (1-p)
x ~ N(μ, Σ); Cov[A x + b] = A Σ A'
w ~ N(0, 1/α); y | w ~ N(w, 1/β); p(w|y) = N(w | β y/(α+β), 1/(α+β))
y | w ~ N(X w, I/β); w ~ N(0, I/α); p(y) = N(y | 0, I/β + X X'/α)
p(x) = N(x | μ, Λ^-1); p(y|x) = N(y | Ax + b, L^-1); p(y) = N(y | Aμ + b, L^-1 + A Λ^-1 A')
E_{x~N(μ,σ²)}[x²] = μ² + σ²
∫ N(x|μ,Σ) x x' dx = Σ + μ μ'
X ~ N(0,1); P(X ≤ a) = Φ(a)
"""
WRONG = """
Var[aX] = a Var[X]
Var[X+Y] = Var[X]+Var[Y]
E[XY] = E[X]E[Y]
E[X²] = E[X]²
Cov[X,Y] = 0; E[X²Y] = E[X²]E[Y]
Cov[Ax+b] = A' Cov[x] A
E[x'Ax] = μ'Aμ
x_i ~ N(μ, σ²); m = 1/n ∑_i x_i; v = 1/n ∑_i (x_i - m)²; E[v] = σ²
P(A|B) = P(B|A)
P(A ∪ B) = P(A) + P(B)
P(A ∩ B) = P(A) P(B)
P(A|B) + P(A|B^c) = 1
P(A) = ∑_i P(A|B_i)
P(D) = 0.01; P(T|D) = 0.95; P(T|¬D) = 0.1; P(D|T) = 0.95
Var[X] = E[Var[X|Y]]
p(x) = ∑_y p(x|y)
p(x,y,z) = p(x|y) p(y|z) p(z)
p(θ|x) ∝ p(x|θ)
p(θ|x) = p(x|θ) p(θ)
E_q[x q(x)/p(x)] = E_p[x]
KL(p‖q) = KL(q‖p)
H(X,Y) = H(X) + H(Y)
H(X|Y) = H(Y|X)
I(X;Y) = H(X) - H(Y|X)
I(X;Y|Z) ≤ I(X;Y)
log p(x) = E_q[log p(x,z)] - E_q[log q(z)] - KL(q(z)‖p(z|x))
E[exp(X)] ≤ exp(E[X])
H(N(μ,σ²)) = 1/2 log(2 π σ²)
KL(N(μ_1,σ_1²)‖N(μ_2,σ_2²)) = log(σ_1/σ_2) + (σ_1² + (μ_1-μ_2)²)/(2σ_2²) - 1/2
X ~ N(μ, σ²); E[e^{tX}] = exp(μ t + σ t²/2)
X ~ Poisson(λ); E[X²] = λ²
y | w ~ N(X w, I/β); w ~ N(0, I/α); p(y) = N(y | 0, I/β + X'X/α)
p(x) = N(x | μ, Λ^-1); p(y|x) = N(y | Ax + b, L^-1); p(y) = N(y | Aμ + b, L^-1 + A Λ A')
"""


@pytest.mark.parametrize("text", RIGHT.strip().split("\n"))
def test_right_claims_hold_in_every_world(text: str) -> None:
    found = verdicts(text.replace("\\\\", "\\"))
    assert found and all(found)


@pytest.mark.parametrize("text", WRONG.strip().split("\n"))
def test_wrong_claims_fail_in_some_world(text: str) -> None:
    assert not all(verdicts(text))


# -- the numbers are right ------------------------------------------------------------------------------------------


def of(texts: Sequence[str], seed: int = 0, sheet: str = "") -> tuple[World, list[Any]]:
    """The world of some expressions, and their values where all symbols have one."""
    chance = chance_of(worksheet(sheet)) if sheet else Chance()
    world = lowered([read(t).expr for t in texts], chance, seed)
    return world, [evaluate(r, world.values) for r in world.roots]


def table(world: World, *names: str) -> tuple[Any, list[Any]]:
    """The joint table in the order of the names, and the values of the variables."""
    held = world.tables["p"]
    array = np.transpose(held.array, [held.names.index(n) for n in names])
    return array, [np.asarray(world.outcomes[n]) for n in names]


@pytest.mark.parametrize("seed", range(3))
def test_moments_are_those_of_the_table(seed: int) -> None:
    world, (mean, variance, covariance, conditional) = of(["E[X]", "Var[X]", "Cov[X, Y]", "E[X|Y]"], seed)
    joint, (xs, ys) = table(world, "X", "Y")
    x, y = np.broadcast_arrays(xs[:, None], ys[None, :])
    np.testing.assert_allclose(np.unique(mean), np.average(x, weights=joint))
    np.testing.assert_allclose(variance.reshape(-1)[0], np.cov(x.ravel(), aweights=joint.ravel(), ddof=0))
    expected = np.cov(x.ravel(), y.ravel(), aweights=joint.ravel(), ddof=0)
    np.testing.assert_allclose(covariance.reshape(-1)[0], expected[0, 1])
    np.testing.assert_allclose(conditional, xs @ joint / joint.sum(0))


@pytest.mark.parametrize("seed", range(3))
def test_information_is_that_of_scipy(seed: int) -> None:
    world, (entropy, joint_entropy, conditional, mutual) = of(["H(X)", "H(X,Y)", "H(X|Y)", "I(X;Y)"], seed)
    joint, _ = table(world, "X", "Y")
    px, py = joint.sum(1), joint.sum(0)
    np.testing.assert_allclose(entropy, stats.entropy(px))
    np.testing.assert_allclose(joint_entropy, stats.entropy(joint.ravel()))
    np.testing.assert_allclose(conditional, py @ [stats.entropy(c / c.sum()) for c in joint.T])
    np.testing.assert_allclose(mutual, stats.entropy(joint.ravel(), np.outer(px, py).ravel()))


def test_divergence_is_that_of_scipy() -> None:
    world, (divergence, cross) = of(["KL(p‖q)", "H(p, q)"])
    p, q = world.tables["p"].array, world.tables["q"].array
    np.testing.assert_allclose(divergence, stats.entropy(p, q))
    np.testing.assert_allclose(cross, -p @ np.log(q))


LAWS: list[tuple[str, Any]] = [
    ("N(1.5, 4)", stats.norm(1.5, 2)), ("Exp(2)", stats.expon(scale=0.5)),
    ("Gamma(2.5, 2)", stats.gamma(2.5, scale=0.5)),
    ("Beta(2, 3.5)", stats.beta(2, 3.5)), ("Uniform(1, 4)", stats.uniform(1, 3)),
    ("Laplace(1, 0.5)", stats.laplace(1, 0.5)),
    ("Poisson(2.5)", stats.poisson(2.5)), ("Binomial(5, 0.3)", stats.binom(5, 0.3)),
    ("Bernoulli(0.3)", stats.bernoulli(0.3)),
    ("Geometric(0.4)", stats.geom(0.4)),
]


@pytest.mark.parametrize(("law", "oracle"), LAWS, ids=[n for n, _ in LAWS])
def test_named_distributions_are_those_of_scipy(law: str, oracle: Any) -> None:
    _, found = of(["E[X]", "Var[X]", "E[X³]"], 0, f"X ~ {law}")
    np.testing.assert_allclose(found, [oracle.mean(), oracle.var(), oracle.moment(3)], rtol=1e-9)


@pytest.mark.parametrize(("law", "oracle"), LAWS, ids=[n for n, _ in LAWS])
def test_entropies_are_those_of_scipy(law: str, oracle: Any) -> None:
    _, (found,) = of([f"H({law})"])
    np.testing.assert_allclose(found, oracle.entropy(), rtol=1e-9)


SMOOTH: list[tuple[str, str, float]] = [
    ("N(0, 1)", "E[σ(X)]", 0.5), ("N(0, 1)", "E[log(1 + e^X)]", 0.806059183), ("N(0, 1)", "E[cos(X)]", np.exp(-0.5)),
    ("Gamma(2.5, 2)", "E[log X]", special.digamma(2.5) - np.log(2)), ("Beta(2, 3.5)",
    "E[log(1 − X)]", special.digamma(3.5) - special.digamma(5.5)),
    ("Exp(2)", "E[√X]", np.sqrt(np.pi / 8)), ("Uniform(0, 1)", "E[log X]", -1.0), ("Exp(2)", "E[e^X]", 2.0),
]


@pytest.mark.parametrize(("law", "text", "value"), SMOOTH, ids=[f"{a} {b}" for a, b, _ in SMOOTH])
def test_functions_that_are_no_polynomials(law: str, text: str, value: float) -> None:
    _, (found,) = of([text], 0, f"X ~ {law}")
    np.testing.assert_allclose(found, value, rtol=2e-9)


def test_what_a_quadrature_cannot_do_is_no_number() -> None:
    _, (kink,) = of(["E[|X + 2 Y|]"], 0, "X ~ N(0, 1), Y ~ N(0, 1)")
    assert np.isnan(kink)


def test_a_kink_in_one_variable_is_integrated_by_its_density() -> None:
    _, (kink,) = of(["E[|X|]"], 0, "X ~ N(0, 1)")
    np.testing.assert_allclose(kink, np.sqrt(2 / np.pi))


def test_densities_are_those_of_scipy() -> None:
    x = np.array([0.3, -1.0])
    mean, spread = np.array([0.5, 0.0]), np.array([[2.0, 0.3], [0.3, 1.0]])
    world = lowered([read("N(x | μ, Σ)").expr])
    found = evaluate(world.roots[0], {"x": x, "μ": mean, "Σ": spread})
    np.testing.assert_allclose(found, stats.multivariate_normal(mean, spread).pdf(x))


# -- the parts ------------------------------------------------------------------------------------------------------


def independence(text: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    left, _, given = text.partition("|")
    a, b = (frozenset(side) for side in left.split("-"))
    return a, b, frozenset(given)


@pytest.mark.parametrize("said", [["A-B"], ["A-B|C"], ["A-BC"], ["A-B", "B-C", "A-C"], ["A-D|BC"], ["A-C|B", "A-D|B"]])
def test_tables_have_their_independences_and_no_others(said: list[str]) -> None:
    rng = np.random.default_rng(1)
    found = drawn_table("ABCD", (2, 3, 2, 2), [independence(s) for s in said], rng)
    assert found.array.sum() == pytest.approx(1)
    assert all(holds(found, independence(s)) for s in said)
    others = {"A-B", "A-C", "B-C", "C-D", "A-B|C", "A-C|B"} - set(said)
    if said != ["A-BC"]:
        assert any(not holds(found, independence(s)) for s in others)


def test_standard_points_have_mean_zero_and_unit_covariance() -> None:
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.ones(5))
    z = standardised(weights, rng.normal(size=(5, 2)))
    np.testing.assert_allclose(weights @ z, 0, atol=1e-12)
    np.testing.assert_allclose((z * weights[:, None]).T @ z, np.eye(2), atol=1e-12)


def test_given_probabilities_hold_in_the_table() -> None:
    sheet = "P(A) = 0.3; P(B|A) = 0.9; P(C | A ∩ ¬B) = 0.25"
    chance = chance_of(worksheet(sheet))
    assert len(chance.numbers) == 3
    world = lowered([read("P(A ∪ B ∪ C)").expr], chance, 2)
    values = [probability_in(world.tables["p"], read(s.split(" = ")[0]).expr) for s in sheet.split("; ")]
    np.testing.assert_allclose(values, [0.3, 0.9, 0.25], rtol=1e-9)


def test_a_number_that_others_determine_is_not_taken_for_given() -> None:
    assert len(chance_of(worksheet("P(A) = 0.3; P(B|A) = 0.5; P(A ∩ B) = 0.2")).numbers) == 2


def test_a_world_is_told_in_words() -> None:
    world, _ = of(["E[X]"])
    assert "\n".join(world.told({"a": 2.0}, {})) == "X takes −2, −1, 5 with probabilities 4/9, 1/3, 2/9\na = 2"
    world, _ = of(["P(A|B)"])
    assert world.told({}, {}) == ["P      ¬B     B", "¬A   5/14   2/7", "A    3/14   1/7"]


def test_moments_by_habit_are_said() -> None:
    world = lowered([read("E[(X − μ)²]").expr, read("Var[X]").expr])
    assert world.assumed == ("E[X] = μ",)


def test_names_with_two_conventions_have_two_readings() -> None:
    sheet = worksheet("X ~ Exp(θ)")
    chance = chance_of(sheet)
    ((said, other),) = other_readings(chance, read("E[X]").expr)
    assert "scale" in said
    worlds = [lowered([read("E[X]").expr], c) for c in (chance, other)]
    values = [evaluate(w.roots[0], {**w.values, "θ": 4.0}) for w in worlds]
    np.testing.assert_allclose(values, [0.25, 4.0])
    assert [said for said, _ in other_readings(Chance(), read("H(X)").expr)] == ["information is in bits"]
    assert other_readings(Chance(), read("E[X]").expr) == []


REFUSED: list[tuple[str, str]] = [
    ("E[q + r]", "is random is not said"), ("p(x) = θ exp(−θx); E[x]", "given by a formula"), ("P(X ≤ X)",
    "compared with itself"),
    ("X ~ N(0,1); P(X + Y > 0)", "continuous"), ("p(x_1) p(x)", "entries of x"), ("P(B_i)", "exclude one another"),
    ("KL(q(z)‖p) + p(x, z)", "over different variables"),
    ("p_θ(x) − p_φ(x)", "two distributions of one letter"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED, ids=[t for t, _ in REFUSED])
def test_what_has_no_finite_world_is_said(text: str, said: str) -> None:
    sheet = worksheet(text)
    roots: list[Expr] = [s.expr for s in sheet.statements if s.role == "expression" and s.expr is not None]
    with pytest.raises(AgnesiError, match=said):
        lowered(roots, chance_of(sheet))


def test_what_has_no_chance_in_it_is_left_alone() -> None:
    expr = read("x'A x").expr
    assert not has_chance(expr)
    assert lowered([expr]).roots == (expr,)


def test_the_same_seed_gives_the_same_world() -> None:
    first, second = (lowered([read("E[XY]").expr], Chance(), 3) for _ in range(2))
    assert first.roots == second.roots
    assert all(np.array_equal(first.values[n], second.values[n]) for n in first.values)
    other = lowered([read("E[XY]").expr], Chance(), 4)
    assert isinstance(other.tables["p"], Table)
    assert other.tables["p"].array.shape != first.tables["p"].array.shape or not np.array_equal(
        other.tables["p"].array, first.tables["p"].array
    )

