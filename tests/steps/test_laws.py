"""Every law is its own test: it holds at random points, it can fire, and a wrong record is refused."""

from __future__ import annotations

import numpy as np
import pytest
from step_evaluator import Point, sample, sizes_of

from agnesi.errors import IncompleteRecord
from agnesi.expr.nodes import Expr, Symbol, apply, replace, symbol, symbols_of
from agnesi.expr.operation import operations
from agnesi.rules.laws import TAUGHT, Law, Laws, laws
from agnesi.rules.step_differential import Rules
from agnesi.rules.step_match import law_for, match

CASES = [(law, left, right) for law in laws for left, right in law.cases]
IDS = [f"{law.name} {k}" for law in laws for k, _ in enumerate(law.cases)]


def declared(law: Law, node: Expr) -> dict[Expr, Expr]:
    """Return the symbols of a law with the facts that it asks for, and positive where a logarithm needs that."""
    out: dict[Expr, Expr] = {}
    for s in symbols_of(node):
        fact = {law.facts[s.name]} if s.name in law.facts else set()
        if s.name in ("s", "t", "u", "v") and ("log" in law.name or law.name in ("entropy", "reciprocal")):
            fact = {"positive"}
        out[s] = symbol(s.name + "_", s.shape, fact)
    return out


def renamed(node: Expr, names: dict[Expr, Expr]) -> Expr:
    return replace(node, names)


@pytest.mark.parametrize(("law", "left", "right"), CASES, ids=IDS)
def test_the_law_holds_and_fires(law: Law, left: Expr, right: Expr) -> None:
    names = declared(law, left)
    f = renamed(left, names)
    varying = [s for old, s in names.items() if isinstance(old, Symbol) and old.name not in law.constants]
    rules = Rules(*(s for s in varying if isinstance(s, Symbol)))
    fired = law_for(f, rules.varies)
    assert fired is not None and fired.law is law, "another law takes what this one is for"
    rng = np.random.default_rng(3)
    sizes = sizes_of(f)
    values = {s: sample(s, sizes, rng) for s in symbols_of(f)}
    if law.name == "log of a determinant":
        values = {s: v @ v.T + np.eye(len(v)) for s, v in values.items()}
    at = Point(values, {s: rng.normal(size=values[s].shape) for s in varying}, sizes)
    truth = at.value(apply("d", f))
    for df in (renamed(right, names), fired.after):
        assert np.allclose(at.value(df), truth, rtol=1e-6, atol=1e-7)


def test_records_are_complete() -> None:
    u = symbol("u", ("n",))
    good = (apply("sum", u), apply("sum", apply("d", u)))
    with pytest.raises(IncompleteRecord, match="lacks: source"):
        Law("a", "words", "", (good,))
    with pytest.raises(IncompleteRecord, match="changes the shape"):
        Law("a", "words", "MML", ((apply("sum", u), u),))
    register = Laws()
    register.add(Law("a", "words", "MML", (good,)))
    with pytest.raises(IncompleteRecord, match="two laws named a"):
        register.add(Law("a", "others", "MML", (good,)))
    with pytest.raises(IncompleteRecord, match="same words"):
        register.add(Law("b", "words", "MML", (good,)))


def test_taught_names_operations() -> None:
    assert set(TAUGHT) <= {op.name for op in operations}


@pytest.mark.parametrize("wrong", ["different vectors", "a varying matrix", "a scalar"])
def test_a_pattern_refuses(wrong: str) -> None:
    u, v, A = symbol("u", ("n",)), symbol("v", ("n",)), symbol("A", ("n", "n"))
    rules = Rules(u, v)
    law = laws["quadratic form"]
    f = {
        "different vectors": apply("mul", u.T, A, v),
        "a varying matrix": apply("mul", u.T, apply("diag", v), u),
        "a scalar": apply("mul", 2, u.T, A, u),
    }[wrong]
    found = law_for(f, rules.varies)
    assert found is None or found.law is not law


def test_a_span_takes_several_factors() -> None:
    X, w, S = symbol("X", ("n", "d")), symbol("w", ("d",)), symbol("S", ("n", "n"), ("spd",))
    rules = Rules(w)
    found = law_for(apply("mul", w.T, X.T, apply("inv", S), X, w), rules.varies)
    assert found is not None and found.law.name == "symmetric quadratic form"
    y = symbol("y", ("n",))
    r = X @ w - y
    assert match(laws["quadratic form"].cases[0][0], apply("mul", r.T, S, r), frozenset("A")) is not None
