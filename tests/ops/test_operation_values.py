"""Every operation: its value against an independent oracle, its rule against numerical differentiation."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import operation_cases as table
import pytest

from agnesi.errors import NotNumeric
from agnesi.expr.nodes import Apply, Expr, Symbol, apply, constant, plain, symbol
from agnesi.expr.operation import operations
from agnesi.run.reference import Program, analytic, evaluate
from agnesi.run.sample import Sampler

CASES = [(name, case) for name, cases in table.CASES.items() for case in cases]
LABELS = [plain(case.node) for _, case in CASES]
RULES = [c.node for name, c in CASES if operations[name].differential or operations[name].derivative]


def sampled(exprs: list[Expr], extra: tuple[Symbol, ...] = (), seed: int = 0) -> Any:
    return Sampler(exprs, np.random.default_rng(seed), extra=extra)


def test_every_operation_has_cases() -> None:
    elsewhere = set(table.BINDERS) | table.WITHOUT_VALUE | table.DERIVATIVES | table.NORMAL
    elsewhere |= set(table.CHANCE) | {"agreed"}
    assert {op.name for op in operations} == set(table.CASES) | elsewhere


@pytest.mark.parametrize(("name", "case"), CASES, ids=LABELS)
def test_value(name: str, case: table.Case) -> None:
    sampler = sampled([case.node, *case.node.args])
    for _ in range(4):
        _, (value, *arrays) = sampler.point()
        expected = case.oracle(*arrays)
        if expected is not None:
            np.testing.assert_allclose(value, expected, rtol=2e-9, atol=1e-11)
            assert np.shape(value) == np.shape(expected)


def test_unvec_undoes_vec() -> None:
    array = np.arange(6.0).reshape(2, 3)
    stacked = evaluate(apply("vec", table.X), {"X": array})
    np.testing.assert_array_equal(evaluate(apply("unvec", table.v, attrs=("n", "d")), {"v": stacked}, {"n": 2}), array)


def test_a_wide_matrix_has_as_many_singular_values_as_columns() -> None:
    values = evaluate(apply("singvals", table.X), {"X": [[3.0, 0.0, 4.0]]})
    np.testing.assert_allclose(values, [5.0, 0.0, 0.0])


def test_eigenvectors_diagonalise() -> None:
    sampler = sampled([apply("eigvecs", table.SYM), apply("eigvals", table.SYM), table.SYM])
    _, (vectors, values, matrix) = sampler.point()
    np.testing.assert_allclose(vectors @ np.diag(values) @ vectors.T, matrix, atol=1e-12)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(len(values)), atol=1e-12)
    assert list(values) == sorted(values, reverse=True)


@pytest.mark.parametrize("name", sorted(table.BINDERS))
def test_binder(name: str) -> None:
    for node, oracle in table.BINDERS[name]:
        sampler = sampled([node], (table.x,))
        at, (value,) = sampler.point()
        np.testing.assert_allclose(value, oracle({**at.sizes, **at.values}), rtol=1e-9)


@pytest.mark.parametrize("name", sorted(table.WITHOUT_VALUE - {"Expectation"}))
def test_without_value(name: str) -> None:
    with pytest.raises(NotNumeric, match="no numerical value"):
        evaluate(apply(name, table.s, table.t), {"s": 1.0, "t": 2.0})


@pytest.mark.parametrize("name", sorted(set(table.CHANCE) - {"Outcomes", "Whole"}))
def test_chance_has_no_value_by_itself(name: str) -> None:
    args = (table.s, table.t)[: 1 if name in ("expectation", "variance", "complement") else 2]
    with pytest.raises(NotNumeric, match="no numerical value"):
        evaluate(apply(name, *args, attrs=table.CHANCE[name]), {"s": 1.0, "t": 2.0})


def test_only_what_two_quadratures_agree_on_is_a_number() -> None:
    node = apply("agreed", table.s, table.t)
    assert evaluate(node, {"s": 2.0, "t": 2.0 + 1e-10}) == 2.0
    assert np.isnan(evaluate(node, {"s": 2.0, "t": 2.1}))


def differential(node: Apply, moving: set[int]) -> Expr:
    """The rule of the record, with dX for the arguments that move."""
    dargs = tuple(symbol(f"d{a.name}", a.shape) if k in moving else None for k, a in enumerate(node.args))  # type: ignore[attr-defined]
    if node.op.differential is not None:
        return node.op.differential(node.args, dargs, node.attrs)
    assert node.op.derivative is not None and dargs[0] is not None
    return node.op.derivative(node.args[0]) * dargs[0]


@pytest.mark.parametrize("node", RULES, ids=plain)
def test_differential(node: Apply) -> None:
    movable = {k for k, a in enumerate(node.args) if isinstance(a, Symbol)}
    for moving in [{k} for k in sorted(movable)] + ([movable] if len(movable) > 1 else []):
        rule = differential(node, moving)
        heads = [node.args[k] for k in sorted(moving)]
        directions = tuple(symbol(f"d{a.name}", a.shape) for a in heads)  # type: ignore[attr-defined]
        sampler = sampled([node, rule], directions, seed=len(moving))
        program = Program(node)
        for _ in range(3):
            at, (value, claimed) = sampler.point()
            numeric = np.asarray(_slope(program, at, heads, analytic(node)))
            scale = max(np.max(np.abs(numeric)), 1e-3 * np.max(np.abs(value)), 1e-6)
            shift = np.asarray(claimed) - numeric
            assert np.shape(claimed) == np.shape(value) or np.ndim(claimed) == 0
            assert np.max(np.abs(shift)) <= (1e-9 if analytic(node) else 1e-6) * scale


def _slope(program: Program, at: Any, heads: list[Expr], exact: bool) -> Any:
    """d/dt of the value along all directions at once; complex step, or Richardson's three-point scheme written anew."""

    def along(step: Any) -> Any:
        moved = {a.name: at.values[a.name] + step * at.values[f"d{a.name}"] for a in heads}  # type: ignore[attr-defined]
        return program({**at.sizes, **at.values, **moved}, at.sizes)[0]

    if exact:
        return np.imag(along(1e-25j)) / 1e-25
    slopes = [(np.asarray(along(h)) - along(-h)) / (2 * h) for h in (4e-3, 2e-3, 1e-3)]
    first = [(4 * b - a) / 3 for a, b in itertools.pairwise(slopes)]
    return (16 * first[1] - first[0]) / 15


EDGES = [
    ("exp", 710.0, np.inf), ("exp", -800.0, 0.0), ("log", 0.0, -np.inf), ("log", 1e-300, -690.7755278982137),
    ("sqrt", 0.0, 0.0), ("abs", -0.0, 0.0), ("sign", 0.0, 0.0), ("step", 0.0, 0.0), ("relu", 0.0, 0.0),
    ("relu", -1e300, 0.0),
    ("tanh", 400.0, 1.0), ("sigmoid", 800.0, 1.0), ("sigmoid", -700.0, 9.859676543759770e-305),
    ("softplus", 1000.0, 1000.0),
    ("softplus", -700.0, 9.859676543759770e-305), ("softplus", 0.0, 0.6931471805599453),
    ("logit", 1e-20, -46.05170185988092),
    ("logit", 0.0, -np.inf), ("logit", 1.0, np.inf), ("erf", 6.0, 1.0), ("normcdf", -10.0, 7.619853024160527e-24),
    ("normcdf", -38.0, 2.8854294e-316), ("normpdf", 40.0, 0.0), ("lgamma", 1e5, 1051287.7089736538),
    ("lgamma", 1.0, 0.0),
    ("gamma", 171.0, 7.257415615307999e306), ("gamma", 0.5, 1.7724538509055159), ("digamma", 1e-8, -100000000.57721564),
    ("arcsin", 1.0, np.pi / 2), ("arccos", -1.0, np.pi), ("arctan", 1e300, np.pi / 2), ("cosh", 0.0, 1.0),
    ("log2", 8.0, 3.0),
    ("log10", 1000.0, 3.0),
]


@pytest.mark.parametrize(("name", "at", "expected"), EDGES)
def test_edge(name: str, at: float, expected: float) -> None:
    assert evaluate(apply(name, table.s), {"s": at}) == pytest.approx(expected, rel=1e-6, abs=1e-300)


def test_extreme_reductions_do_not_overflow() -> None:
    values = {"x": [1000.0, 1000.0]}
    assert evaluate(apply("logsumexp", table.x), values) == pytest.approx(1000 + np.log(2))
    np.testing.assert_allclose(evaluate(apply("softmax", table.x), {"x": [1000.0, 0.0]}), [1.0, 0.0])
    assert evaluate(apply("norm", table.x), {"x": [3e200, 4e200]}) == pytest.approx(5e200)
    assert evaluate(apply("norm", table.x), {"x": [3e-200, 4e-200]}) == pytest.approx(5e-200)
    assert evaluate(apply("norm", table.x), {"x": [0.0, 0.0]}) == 0.0
    assert evaluate(apply("pow", constant(10), apply("pow", constant(10), constant(10))), {}) == np.inf
    assert evaluate(apply("pow", table.s, constant(10**400)), {"s": 2.0}) == np.inf
    assert evaluate(apply("pow", table.s, constant(0)), {"s": 0.0}) == 1.0


def test_ties_pick_the_first() -> None:
    np.testing.assert_array_equal(evaluate(apply("onehotmax", table.x), {"x": [2.0, 2.0, 1.0]}), [1.0, 0.0, 0.0])
    assert evaluate(apply("maximum", table.s, table.t), {"s": 1.0, "t": 1.0}) == 1.0


@pytest.mark.parametrize("name", ["logm", "sqrtm"])
def test_matrix_roots_off_their_domain_have_no_value(name: str) -> None:
    with pytest.raises(NotNumeric):
        evaluate(apply(name, table.A), {"A": np.diag([-1.0, 2.0])})


@pytest.mark.parametrize("name", ["inv", "chol"])
def test_singular_matrices_have_no_value(name: str) -> None:
    with pytest.raises(NotNumeric, match=r"singular|positive definite"):
        evaluate(apply(name, table.A), {"A": [[1.0, 1.0], [1.0, 1.0]] if name == "inv" else -np.eye(2)})


@pytest.mark.parametrize("position", [0, -1, 4])
def test_an_index_past_the_end_is_an_error(position: int) -> None:
    node = apply("entry", table.x, table.s + 1 - 1)
    with pytest.raises(NotNumeric, match="index"):
        evaluate(node, {"x": [1.0, 2.0, 3.0], "s": float(position)})


BATCHED = [  # the normal form stacks only arguments that have exactly the core axes
    n for n in table.applications() if n.op.core is not None and n.args and tuple(a.ndim for a in n.args) == n.op.core
]


@pytest.mark.parametrize("node", BATCHED, ids=plain)
def test_leading_axes_are_batch_axes(node: Apply) -> None:
    """Operations with a core give, for stacked arguments, the stacked values."""
    core = node.op.core
    assert core is not None
    sampler = sampled([node, *node.args])
    at, _ = sampler.point()
    fixed = Sampler([node, *node.args], np.random.default_rng(3), sizes=at.sizes)
    draws = [fixed.point()[1] for _ in range(6)]
    columns = [np.stack(column) for column in zip(*(d[1:] for d in draws), strict=True)]
    stacked = [c.reshape((2, 3, *c.shape[1:])) for c in columns]
    out = node.op.value(node, tuple(stacked), lambda dim: dim.size(at.sizes))
    expected = np.stack([d[0] for d in draws])
    np.testing.assert_allclose(out, expected.reshape((2, 3, *expected.shape[1:])), rtol=1e-9, atol=1e-12)
    assert expected.ndim - 1 == node.op.core_out
