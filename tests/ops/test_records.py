"""The records: complete, true in what they say (range, monotone, convex, even, odd), refused when incomplete."""

from __future__ import annotations

from typing import Any

import numpy as np
import operation_cases as table
import pytest

from agnesi.errors import IncompleteRecord
from agnesi.expr.nodes import apply, symbol
from agnesi.expr.operation import Operation, Registry, operations
from agnesi.ops.facts import Fact, Facts, facts
from agnesi.run.reference import evaluate
from agnesi.run.sample import draw

GRIDS = {
    "real": np.linspace(-3.1, 3.0, 41), "positive": np.geomspace(0.05, 8.0, 41),
    "unit interval": np.linspace(0.02, 0.98, 41),
    "open unit ball": np.linspace(-0.97, 0.97, 41),
}
ENTRYWISE = [op for op in operations if op.family == "elementwise" and op.name in table.ENTRYWISE]
REDUCTIONS = [op for op in operations if op.family in ("reduction", "spectral", "matrix") and op.convex]


@pytest.mark.parametrize("op", list(operations), ids=repr)
def test_a_record_says_what_it_is_and_where_it_is_taught(op: Operation) -> None:
    assert op.doc.endswith(".") or op.family == "derivative" or op.doc.endswith("x).") or "." in op.doc
    assert op.source
    if op.differential is not None and op.family not in ("leaf", "relation", "binder", "normal", "derivative"):
        assert op.law, "a learner is told the rule in words"
    if op.derivative is not None:
        assert op.law
    if op.family == "elementwise":
        assert op.domain in GRIDS
        assert op.names
    assert not (op.even and op.odd)


@pytest.mark.parametrize("op", ENTRYWISE, ids=repr)
def test_what_an_entrywise_record_says_of_its_values(op: Operation) -> None:
    grid = GRIDS[op.domain]
    value = evaluate(apply(op.name, table.x), {"x": grid})
    assert np.all(np.isfinite(value)), "the domain is where it has values"
    if op.monotone:
        assert np.all(op.monotone * np.diff(value) >= -1e-12)
    if op.convex:
        middle = evaluate(apply(op.name, table.x), {"x": (grid[:-2] + grid[2:]) / 2})
        assert np.all(op.convex * ((value[:-2] + value[2:]) / 2 - middle) >= -1e-12)
    if op.range:
        assert facts[op.range].check(value)
    if op.even or op.odd:
        mirrored = evaluate(apply(op.name, table.x), {"x": -grid})
        np.testing.assert_allclose(mirrored, value if op.even else -value, atol=1e-12)


@pytest.mark.parametrize("op", ENTRYWISE, ids=repr)
def test_what_an_entrywise_record_leaves_out(op: Operation) -> None:
    """A symmetry or slope that holds is recorded (a test of omissions; domain "real" only, where it is visible)."""
    if op.domain != "real" or op.name == "tan":
        return
    grid = GRIDS["real"]
    value, mirrored = (evaluate(apply(op.name, table.x), {"x": g}) for g in (grid, -grid))
    assert op.even == bool(np.allclose(value, mirrored, atol=1e-12))
    assert op.odd == bool(np.allclose(value, -mirrored, atol=1e-12))
    assert (op.monotone == 1) == bool(np.all(np.diff(value) >= 0))


def test_piecewise_constant_records_have_slope_zero() -> None:
    for op in operations:
        if op.piecewise_constant and op.derivative is not None:
            assert np.all(evaluate(op.derivative(table.x), {"x": GRIDS["real"]}) == 0)


@pytest.mark.parametrize("op", REDUCTIONS, ids=repr)
def test_convex_reductions(op: Operation) -> None:
    """f((a + b)/2) against (f(a) + f(b))/2 for random arguments."""
    rng = np.random.default_rng(7)
    square = op.name in ("lammax", "lammin")
    for _ in range(20):
        a, b, m = rng.normal(size=(3, 4)), rng.normal(size=(3, 4)), rng.normal(size=(4, 4))
        if square:
            a, b = m + m.T, m @ m.T
        if op.name == "norm_quad":
            node = apply(op.name, table.x, table.A)
            values = [evaluate(node, {"x": v, "A": m @ m.T + np.eye(4)}) for v in (a[0], b[0], (a[0] + b[0]) / 2)]
        else:
            node = apply(op.name, table.A if square else table.X)
            values = [evaluate(node, {node.args[0].name: v}) for v in (a, b, (a + b) / 2)]  # type: ignore[attr-defined]
        assert op.convex * ((values[0] + values[1]) / 2 - values[2]) >= -1e-12


def test_linear_records_are_linear() -> None:
    rng = np.random.default_rng(1)
    for node in table.applications():
        if not node.op.linear or len(node.args) != 1:
            continue
        shape = tuple(d.size({"n": 3, "d": 3}) for d in node.args[0].shape)
        u, v = rng.normal(size=shape), rng.normal(size=shape)
        name = node.args[0].name  # type: ignore[attr-defined]
        at = [evaluate(node, {name: p}, {"n": 3, "d": 3}) for p in (u, v, 2 * u - 3 * v)]
        np.testing.assert_allclose(at[2], 2 * at[0] - 3 * at[1], atol=1e-12)


@pytest.mark.parametrize("fact", list(facts), ids=lambda f: f.name)
def test_samplers_draw_what_the_fact_says(fact: Fact) -> None:
    rng = np.random.default_rng(2)
    orders = fact.orders or (0, 1, 2)
    for order in orders:
        dims = ("n", "n") if fact.square else ("n", "d")
        subject = symbol("Q", dims[:order], (fact.name,))
        for sizes in ({"n": 4, "d": 2}, {"n": 3, "d": 3}, {"n": 2, "d": 2}):
            if fact.name == "full row rank":
                sizes = {"n": sizes["d"], "d": sizes["n"]}
            for _ in range(5):
                value = draw([subject], rng, sizes, ("", "", ""))["Q"]
                for implied in facts.closure([fact.name]):
                    assert facts[implied].check(value), (fact.name, implied)
                assert np.shape(value) == tuple(sizes[d] for d in dims[:order])


PAIRS = [
    ("symmetric", "positive"), ("symmetric", "orthogonal"), ("diagonal", "orthogonal"), ("symmetric", "toeplitz"),
    ("integer", "positive"), ("symmetric", "integer"), ("lower", "invertible"),
    ("stochastic", "symmetric"), ("spd", "toeplitz"), ("constant", "spd"), ("random", "positive"),
]


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_two_facts_at_once(pair: tuple[str, str]) -> None:
    rng = np.random.default_rng(3)
    subject = symbol("Q", ("n", "n"), pair)
    for _ in range(5):
        value = draw([subject], rng, {"n": 3}, ("", "", ""))["Q"]
        assert all(facts[f].check(value) for f in facts.closure(pair))


def test_facts_imply_facts_and_words_are_found() -> None:
    for fact in facts:
        assert set(fact.implies) <= {f.name for f in facts}
        assert all(facts.words[word] is fact for word in (fact.name, *fact.words))
    assert facts.closure(["spd"]) == {"spd", "psd", "symmetric", "invertible"}


COMPLETE: dict[str, Any] = {
    "name": "softsign", "family": "elementwise", "doc": "x/(1 + |x|).", "source": "Goodfellow 6.3",
    "shape": lambda args, attrs: (), "value": lambda node, arrays, size: 0.0, "why_not": "a test",
}


@pytest.mark.parametrize("part", ["name", "doc", "source", "why_not"])
def test_an_incomplete_operation_is_refused(part: str) -> None:
    Operation(**COMPLETE)
    with pytest.raises(IncompleteRecord, match=r"lacks: (name|doc|source|differential)"):
        Operation(**{**COMPLETE, part: ""})


def test_kinks_need_a_subdifferential() -> None:
    with pytest.raises(IncompleteRecord, match="subdifferential"):
        Operation(**COMPLETE, kinks=(0.0,))


def test_duplicates_are_refused() -> None:
    registry = Registry()
    registry.add(Operation(**COMPLETE, names=("softsign",)))
    with pytest.raises(IncompleteRecord, match="two operations named softsign"):
        registry.add(Operation(**COMPLETE))
    with pytest.raises(IncompleteRecord, match="softsign is claimed by softsign and other"):
        registry.add(Operation(**{**COMPLETE, "name": "other"}, names=("softsign",)))
    known = Facts()
    known.add(Fact("even", ("even",), "A multiple of 2.", "MML 2"))
    with pytest.raises(IncompleteRecord, match="declare two facts"):
        known.add(Fact("smooth", ("even",), "No corners.", "MML 5"))
    with pytest.raises(IncompleteRecord, match="lacks words"):
        known.add(Fact("odd", (), "Not even.", "MML 2"))
