"""Depth, width and determinism: nothing recurses over a person's expression, and nothing depends on hashing."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from rule_words import expression, moved

from agnesi.check.evidence import derivative_evidence
from agnesi.expr.nodes import Expr, apply, constant, postorder, symbol
from agnesi.rules.canon import form_key
from agnesi.rules.derive import derivative, normal_derivative
from agnesi.rules.expand import expanded
from agnesi.rules.normal import form_of, normalise
from agnesi.rules.tidy import tidy
from agnesi.run.evaluate import evaluate
from agnesi.run.reference import evaluate as reference
from agnesi.write import write

x, y = symbol("x", ("n",)), symbol("y", ("n",))
t = symbol("t")


def network(layers: int) -> tuple[Expr, list[Expr]]:
    """Return ‖tanh(W_L ... tanh(W_1 x)) − y‖² and its weights."""
    weights = [symbol(f"W_{k}", ("n", "n")) for k in range(1, layers + 1)]
    out: Expr = x
    for weight in weights:
        out = apply("tanh", weight @ out)
    return apply("pow", apply("norm", out - y), 2), list(weights)


@pytest.mark.parametrize("at", [0, 31, 63])
def test_a_network_of_64_layers(at: int) -> None:
    f, weights = network(64)
    result = derivative(f, [weights[at]])
    rng = np.random.default_rng(0)
    values = {w.name: rng.normal(size=(3, 3)) for w in weights} | {"x": rng.normal(size=3), "y": rng.normal(size=3)}
    direction = rng.normal(size=(3, 3))
    name = weights[at].name
    slope = [reference(f, {**values, name: values[name] + h * direction}) for h in (1e-4, -1e-4)]
    got = reference(result, values)
    assert np.sum(got * direction) == pytest.approx((slope[0] - slope[1]) / 2e-4, rel=1e-5, abs=1e-7)


def test_the_answer_grows_no_faster_than_the_network() -> None:
    """Distinct subexpressions are shared: twice the layers, about twice the nodes."""
    counts = []
    for layers in (8, 16, 32):
        f, weights = network(layers)
        counts.append(sum(1 for _ in postorder(derivative(f, [weights[0]]))))
    assert counts[2] - counts[1] < 2.5 * (counts[1] - counts[0])


def test_512_terms() -> None:
    names = [symbol(f"a_{k}", ("n",)) for k in range(512)]
    f = apply("add", *(apply("pow", apply("mul", a.T, x), 2) for a in names))
    result = derivative(f, [x])
    rng = np.random.default_rng(0)
    values = {a.name: rng.normal(size=3) for a in names} | {"x": rng.normal(size=3)}
    right = sum(2 * values[a.name] * (values[a.name] @ values["x"]) for a in names)
    np.testing.assert_allclose(reference(result, values), right)


def test_like_terms_of_a_long_sum_are_counted() -> None:
    f = apply("add", *(apply("mul", k, x.T, x) for k in range(1, 401)))
    assert write(derivative(f, [x])) == "160400x"


CHAINS = {
    "sums": lambda u, k: u + t,
    "negatives": lambda u, k: -u,
    "scalings": lambda u, k: constant(1) * u,
    "quotients": lambda u, k: u / constant(1),
    "transposes": lambda u, k: apply("transpose", u),
}


@pytest.mark.parametrize("kind", CHAINS)
def test_a_chain_of_ten_thousand(kind: str) -> None:
    f: Expr = t
    for k in range(10_000):
        f = CHAINS[kind](f, k)
    assert reference(f, {"t": 0.5}) == pytest.approx(10_001 * 0.5 if kind == "sums" else 0.5)
    slope = form_of(constant(10_001 if kind == "sums" else 1))
    assert form_key(normal_derivative(f, [t])) == form_key(slope)
    assert tidy(normalise(f)) in (t, apply("mul", 10_001, t))


@pytest.mark.parametrize("kind", CHAINS)
def test_the_written_derivative_of_a_chain(kind: str) -> None:
    """Shorter: looking for the source's own subexpressions takes time that grows with the square of the length."""
    f: Expr = t
    for k in range(500):
        f = CHAINS[kind](f, k)
    assert write(derivative(f, [t])) == ("501" if kind == "sums" else "1")


def test_a_deep_chain_of_functions_does_not_overflow_the_stack() -> None:
    f: Expr = t
    for _ in range(10_000):
        f = apply("sin", f)
    assert evaluate(f, {"t": 0.5}) == pytest.approx(reference(f, {"t": 0.5}))
    assert normalise(f).shape == ()


def test_a_derivative_of_a_deep_chain() -> None:
    f: Expr = t
    for _ in range(300):
        f = apply("sin", f)
    assert derivative_evidence(f, [t], derivative(f, [t]), points=1)


EXPANDED = [
    ("(a + c)(a − c)", "a² − c²"), ("(a + c)^3 − (a − c)^3", "6a²c + 2c³"), ("(A + B)x − Bx", "Ax"),
    ("(x + y)ᵀ(x − y) + yᵀy", "‖x‖²"), ("tr((A + B)C) − tr(AC)", "tr(BC)"), ("(A + B)(A − B) + B²", "A² − AB + BA"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "answer"), EXPANDED)
def test_multiplied_out(text: str, answer: str) -> None:
    form, right = expanded(form_of(expression(text))), expanded(form_of(expression(answer)))
    assert form is not None and right is not None
    assert len(form.terms) == len(right.terms)
    difference = expanded(form_of(expression(text) - expression(answer)))
    assert difference is not None and not difference.terms


def test_multiplying_out_stops_at_its_limit() -> None:
    assert expanded(form_of(expression("(a + c)^3 (a + t)^3 (c + t)^3")), limit=8) is None


PROGRAM = """
import sys
sys.path.insert(0, {path!r})
from rule_words import derived
from agnesi.write import write
for text, name in {cases!r}:
    print(write(derived(text, name)), write(derived(text, name, name), "ascii"))
"""
CASES = [
    ("‖Xw − y‖² + λ‖w‖²", "w"), ("logsumexp(Xw) − yᵀXw", "w"), ("tr(ABAᵀC) + logdet(A)", "A"), ("softmax(Ax)ᵀy", "x"),
    ("∑_i ∑_j A_{ij} x_i x_j exp(x_i)", "x"), ("prod(x) + max(x) + norm(Ax)", "x"), ("(x − μ)ᵀP⁻¹(x − μ)", "P"),
]  # fmt: skip


def test_two_processes_give_the_same_answers() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    program = PROGRAM.format(path=here, cases=CASES)
    runs = [
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}, encoding="utf-8",
        ).stdout
        for seed in ("1", "2", "77")
    ]  # fmt: skip
    assert runs[0].count("\n") == len(CASES) and len(set(runs)) == 1
    f = expression(CASES[0][0])
    assert write(derivative(f, [moved(f, "w")])) in runs[0]
