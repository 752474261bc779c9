"""Proofs of equality: what is proved and how, that a proof is never of what is false, and what the steps show."""

from __future__ import annotations

import random

import numpy as np
import pytest
from claims_for_proofs import FALSE, MULTIPLIED, NAMED, NORMAL, sides, spoilt

from agnesi.check.evidence import equal_evidence
from agnesi.check.proof import derivation_steps, prove
from agnesi.check.proof_derivatives import DERIVED
from agnesi.check.proof_equality import MULTIPLIED_OUT, RULES, SAME, rewritten
from agnesi.errors import AgnesiError, IncompleteRecord
from agnesi.expr.nodes import Expr, apply, constant, replace, symbol
from agnesi.generate import random_expression
from agnesi.rules.equalities import Equalities, equalities
from agnesi.rules.equalities_forms import Work
from agnesi.rules.equalities_tower import written_back
from agnesi.rules.normal import form_of
from agnesi.rules.tidy import Tidy

LONG = 30.0  # seconds: proofs here end long before, also on a busy machine
RECORDS = list(equalities)


def refuted(a: Expr, b: Expr, seed: int = 0) -> bool:
    """Whether numbers say that two expressions differ, by more than rounding."""
    found = equal_evidence(a, b, points=3, seed=seed)
    size = max(np.max(np.abs(x), initial=0.0) for x in (found.left, found.right)) if found.left is not None else 1.0
    return found.verdict == "refuted" and size > 1e-9


@pytest.mark.parametrize("record", RECORDS, ids=[e.name for e in RECORDS])
def test_each_equality_is_true_is_used_and_can_say_no(record) -> None:
    a, b = sides(record.example)
    assert equal_evidence(a, b).verdict == "tested"
    proof = prove(a, b, LONG)
    assert proof is not None and record.name in [s.name for s in proof.steps]
    assert record.source in [s.source for s in proof.steps]
    assert prove(a, 2 * b, LONG) is None if refuted(a, 2 * b) else b.shape == ()
    assert prove(a, b + (apply("ones", attrs=b.shape) if b.ndim == 2 else 1), LONG) is None
    rng = random.Random(record.name)
    wrong = [m for m in (spoilt(b, rng) for _ in range(12)) if m is not None and refuted(a, m)]
    assert all(prove(a, m, LONG) is None for m in wrong)


@pytest.mark.parametrize("text", NORMAL)
def test_the_normal_form_needs_no_rule(text: str) -> None:
    proof = prove(*sides(text), LONG)
    assert proof is not None and proof.steps == (SAME,)


@pytest.mark.parametrize("text", MULTIPLIED)
def test_multiplied_out(text: str) -> None:
    a, b = sides(text)
    proof = prove(a, b, LONG)
    assert proof is not None and proof.steps == (MULTIPLIED_OUT,)
    assert prove(b, a, LONG) is not None


@pytest.mark.parametrize("text", NAMED)
def test_named_equalities(text: str) -> None:
    a, b = sides(text)
    assert equal_evidence(a, b).verdict == "tested"
    proof = prove(a, b, LONG)
    assert proof is not None and proof.steps and SAME not in proof.steps
    for step in proof.steps:
        assert step.name and (step.expr is None or equal_evidence(step.expr, a, points=3).verdict == "tested")


@pytest.mark.parametrize("text", FALSE)
def test_what_is_false_is_not_proved(text: str) -> None:
    a, b = sides(text)
    assert refuted(a, b)
    assert prove(a, b, LONG) is None and prove(b, a, LONG) is None


@pytest.mark.parametrize("seed", range(4))
def test_spoilt_identities_are_not_proved(seed: int) -> None:
    rng = random.Random(seed)
    claims = [*NORMAL, *MULTIPLIED, *NAMED]
    count = 0
    for k in range(80):
        a, b = sides(rng.choice(claims))
        wrong = spoilt(a, rng)
        if wrong is not None and prove(wrong, b) is not None:
            assert not refuted(wrong, b, seed=k), f"proved, but false: {wrong} = {b}"
        count += wrong is not None
    assert count > 40


def unravelled(e: Expr) -> Expr:
    """The expression as the rules for functions write it."""
    work = Work(1e12)
    form = rewritten(form_of(e), work)
    return replace(Tidy().write(form), written_back(work))


@pytest.mark.parametrize("seed", range(60))
def test_the_rules_for_functions_keep_values(seed: int) -> None:
    """Random expressions over all operations have the same values after rewriting (defined where they are)."""
    rng = np.random.default_rng(seed)
    e = random_expression(rng, [(), ("n",), ("n", "n")][seed % 3], depth=3, only_smooth=False)
    try:
        after = unravelled(e)
        found = equal_evidence(e, after, points=3, seed=seed)
    except AgnesiError:  # no normal form: nothing is proved then
        return
    if found.verdict == "refuted":
        assert np.max(np.abs(np.asarray(found.left) - np.asarray(found.right))) < 1e-6


@pytest.mark.parametrize("name", sorted(set(RULES) - {"inv", "det", "logdet", "pinv", "prod", "softmax", "logsumexp"}))
def test_each_rule_keeps_the_values_of_its_function(name: str) -> None:
    """The rewritten function agrees with the reference at shifted, scaled and summed arguments."""
    p, q = symbol("p", (), ("unit interval",)), symbol("q", (), ("unit interval",))
    if name in ("maximum", "minimum", "power"):
        cases = [apply(name, p + 1, q), apply(name, 2 * p, q + 2), apply(name, p, 3 * q + 1)]
    else:
        inside = [p / 2, p * q / 3, (p + q) / 4] if name in ("logit", "arcsin") else [p, 2 * p + q, p * q + 3, p / 2]
        cases = [apply(name, u) for u in inside]
    for e in cases:
        assert equal_evidence(e, unravelled(e)).verdict == "tested", str(e)


DERIVATIVES = [
    ("X: n×d, y: n, w: d, λ > 0; ∇_w (||X w - y||^2 + λ ||w||^2) = 2 X'(X w - y) + 2 λ w", "d‖u‖² = 2uᵀ du"),
    ("X: n×n; ∂ logdet(X)/∂X = inv(X)'", "d log det U = tr(U⁻¹ dU)"),
    ("x: n; ∇_x logsumexp(x) = exp(x)/sum(exp(x))", "d log ∑ₖ exp(uₖ) = softmax(u)ᵀ du"),
    ("x: scalar; ∂ tanh(x)/∂x = 1/cosh(x)^2", "tanh u = (e²ᵘ − 1)/(e²ᵘ + 1)"),
]
NOT_DERIVATIVES = [
    "X: n×n; ∂ logdet(X)/∂X = inv(X)", "x: scalar; ∂ tanh(x)/∂x = 1/cosh(x)", "x: n; ∇_x (x'x) = x",
    "X: n×d, y: n, w: d; ∇_w (||X w - y||^2) = 2 X'(X w + y)",
]


@pytest.mark.parametrize(("text", "law"), DERIVATIVES, ids=[t for t, _ in DERIVATIVES])
def test_a_derivative_is_proved_by_its_laws(text: str, law: str) -> None:
    proof = prove(*sides(text), LONG)
    assert proof is not None and any(law in s.name for s in proof.steps)


@pytest.mark.parametrize("text", NOT_DERIVATIVES)
def test_a_wrong_derivative_is_not_proved(text: str) -> None:
    assert prove(*sides(text), LONG) is None


def test_derivation_steps_of_what_is_no_derivative_in_a_symbol() -> None:
    x = symbol("x", ("n",))
    twice = apply("derivative", x.T @ x, x, x, attrs=("hessian",))
    assert derivation_steps(x) == derivation_steps(twice) == (DERIVED,)


@pytest.mark.parametrize("text", [
    "v: n; inv(eye(n) - v v'/(v'v)) (eye(n) - v v'/(v'v)) = eye(n)",
    "x: scalar; 1/(sin(x)^2 + cos(x)^2 - 1) = 2/(1 - 1)", "v: n, w: n; inv(v w') v w' = eye(n)",
    "x: scalar; log(-exp(x)) = log(-exp(x)) + 0",
])
def test_under_conditions_that_never_hold_nothing_is_proved(text: str) -> None:
    """A projection has no inverse, and −eˣ no logarithm: what would follow is not called proved."""
    assert prove(*sides(text), LONG) is None


def test_shapes_that_differ_are_not_equal() -> None:
    x = symbol("x", ("n",))
    assert prove(x, x.T, LONG) is not None  # a row and a column: the same numbers, axes of size 1 do not matter
    assert prove(x, symbol("y", ("m",)), LONG) is None
    assert prove(apply("norm", x), x, LONG) is None


def test_numbers_that_are_rounded_prove_nothing() -> None:
    x = symbol("x")
    assert prove(constant(0.1) * x + constant(0.2) * x, constant(0.3) * x, LONG) is not None  # as written: decimals
    third = constant(1 / 3 + 1e-17)
    assert prove(third * x * 3, x, LONG) is None


def test_what_is_assumed_is_said() -> None:
    proof = prove(*sides("A: n×n, c: scalar; inv(c A) = inv(A)/c"), LONG)
    assert proof is not None and "A invertible" in proof.assumptions and "c ≠ 0" in proof.assumptions
    assert "A invertible" in str(proof)


def test_a_proof_ends_in_time() -> None:
    """Long and deep claims give None, or a proof, without error."""
    names = [symbol(f"x{k}") for k in range(12)]
    total: Expr = names[0]
    for x in names[1:]:
        total = total + x
    assert prove(total**8, apply("exp", total), 0.2) is None
    deep: Expr = names[0]
    for _ in range(3000):
        deep = apply("sin", deep)
    assert prove(deep, names[0], 0.2) is None
    assert prove(deep, deep, 0.2) is not None


def test_records_are_complete_and_unique() -> None:
    table = Equalities()
    table.add("a = b", "x: scalar; x = x", "MML 1")
    assert "a = b" in table and table["a = b"].source == "MML 1"
    with pytest.raises(IncompleteRecord, match="two equalities"):
        table.add("a = b", "x: scalar; x = x", "MML 1")
    with pytest.raises(IncompleteRecord, match="lacks"):
        table.add("c = d", "", "MML 1")
