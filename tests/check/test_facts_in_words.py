"""Facts in words change verdicts: with the fact the claim holds, without it it is refuted or taken as a condition."""

import numpy as np
import pytest

import agnesi as ag
from agnesi.ops.facts import facts

HELD = ("proved", "tested")
CASES = [  # the fact in words, a claim that needs it, a claim that is wrong in spite of it
    ("x is orthogonal to y.", "‖x + y‖² = ‖x‖² + ‖y‖²", "‖x + y‖² = ‖x‖²"),
    ("Let x and y be orthogonal vectors.", "‖x − y‖² = ‖x‖² + ‖y‖²", "‖x + 2y‖² = ‖x‖² + 2‖y‖²"),
    ("x ⊥ y.", "‖x + y‖² = ‖x − y‖²", "‖x + y‖ = ‖x‖ + ‖y‖"),
    ("u and v are orthonormal.", "‖a u + b v‖² = a² + b²", "‖a u + b v‖² = a + b"),
    ("A and B commute.", "(A + B)^2 = A^2 + 2AB + B^2", "(A + B)^2 = A^2 + B^2"),
    ("A commutes with B.", "(A − B)(A + B) = A² − B²", "(A − B)(A + B) = A² + B²"),
    ("v is an eigenvector of A with eigenvalue λ.", "A³v = λ³v", "A²v = λ v"),
    ("v is a unit eigenvector of A with eigenvalue λ.", "vᵀA v = λ", "vᵀA²v = λ"),
    ("λ is an eigenvalue of A with eigenvector v.", "(A + c I)v = (λ + c)v", "(A + c I)v = λ c v"),
    ("P is idempotent.", "P³ = P", "P³ = 2P"),
    ("P is an orthogonal projection.", "‖P x‖² = xᵀP x", "‖P x‖² = 2xᵀP x"),
    ("K is skew-symmetric.", "xᵀK x = 0", "xᵀK x = xᵀx"),
    ("y is one-hot.", "∑_k y_k² = 1", "∑_k y_k² = 2"),
    ("f is convex.", "f((x + y)/2) ≤ (f(x) + f(y))/2", "f((x + y)/2) ≥ (f(x) + f(y))/2"),
    ("Let f be a concave function.", "E[f(X)] ≤ f(E[X])", "E[f(X)] ≥ f(E[X])"),
    ("f is convex and differentiable.", "f(y) ≥ f(x) + f'(x)(y − x)", "f(y) ≤ f(x) + f'(x)(y − x)"),
    ("x has mean zero.", "∑_i (x_i + c) = n c", "∑_i (x_i + c) = c"),
]


@pytest.mark.parametrize(("fact", "right", "wrong"), CASES, ids=[c[0] for c in CASES])
def test_a_fact_is_used(fact, right, wrong):
    verdicts = [s.verdict for s in ag.check(f"{fact}\n{right}", diagnose=False) if s.verdict]
    assert verdicts and set(verdicts) <= set(HELD), verdicts
    assert [s.verdict for s in ag.check(f"{fact}\n{wrong}", diagnose=False) if s.verdict] == ["refuted"]
    bare = [s.verdict for s in ag.check(right, diagnose=False) if s.verdict]
    assert not bare or bare[0] not in HELD


def test_samples_have_their_facts():
    rng = np.random.default_rng(3)
    for name in ("idempotent", "projection", "skew", "one-hot"):
        for n in range(1, 6):
            value = facts[name].sample(rng, (n, n))
            assert facts[name].check(value), name
    assert not facts["idempotent"].check(2 * np.eye(2))
    assert not facts["skew"].check(np.eye(2))
    assert not facts["one-hot"].check(np.array([1.0, 1.0]))


def test_symmetric_and_idempotent_is_a_projection():
    assert "projection" in facts.closure(("symmetric", "idempotent"))
    assert "projection" not in facts.closure(("idempotent",))
