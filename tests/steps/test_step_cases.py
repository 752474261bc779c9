"""The corners: constants, linear functions, structured arguments, kinks, deep and wide expressions, named chains."""

from __future__ import annotations

import numpy as np
import pytest
from step_classics import CLASSICS
from step_evaluator import Point, point
from test_steps import close, judge

from agnesi.errors import NoDerivative
from agnesi.expr.nodes import Expr, Symbol, apply, bind, constant, index, symbol, symbols_of
from agnesi.generate import random_expression
from agnesi.rules.step_compact import compact, same_up_to_order
from agnesi.rules.step_look import differentials
from agnesi.rules.steps import Line, differential, directional, explain, read_off

X, w, y = symbol("X", ("n", "d")), symbol("w", ("d",)), symbol("y", ("n",))
M = symbol("M", ("n", "n"))
s = symbol("s", (), ("positive",))


def rules_of(lines: tuple[Line, ...]) -> list[str]:
    return [line.rule for line in lines]


def test_least_squares_as_the_design_shows_it() -> None:
    lam = symbol("λ", (), ("positive",))
    f = apply("pow", apply("norm", X @ w - y), 2) + lam * apply("pow", apply("norm", w), 2)
    lines = explain(f, w, 2 * (X.T @ (X @ w - y)) + 2 * (lam * w))
    assert [line.left for line in lines[:5]] == ["f", "df", "df", "df", "∇f"]
    assert rules_of(lines)[1:5] == [
        "the differential of a sum",
        "d‖u‖² = 2uᵀ du",
        "X and y are constant",
        "df = (∇f)ᵀ dw",
    ]


def test_a_constant_function() -> None:
    f = apply("norm", y)
    lines = explain(f, w, apply("zeros", attrs=w.shape))
    assert rules_of(lines)[1] == "w does not occur: f is constant"
    assert [line.left for line in lines] == ["f", "df", "∇f"]


def test_a_piecewise_constant_function_has_no_slope() -> None:
    lines = explain(apply("sum", apply("step", w)), w, apply("zeros", attrs=w.shape))
    assert not any(differentials(line.right) for line in lines)


@pytest.mark.parametrize("f", [w, X @ w, apply("sum", w), apply("mul", y.T, X, w), 3 * w], ids=str)
def test_linear_functions(f: Expr) -> None:
    result = read_off(f, w)
    assert result is not None
    judge(f, w, explain(f, w, result))


def test_a_function_of_a_number() -> None:
    f = s**3 * apply("exp", -s)
    result = read_off(f, s)
    assert result is not None
    lines = explain(f, s, result)
    judge(f, s, lines)
    assert lines[-1].left == "f′(s)"


def test_a_vector_of_a_number_and_back() -> None:
    f = s * y + apply("exp", s * y)
    result = read_off(f, s)
    assert result is not None
    judge(f, s, explain(f, s, result))


@pytest.mark.parametrize("structure", ["symmetric", "diagonal", "toeplitz"])
def test_structured_arguments_close_with_their_convention(structure: str) -> None:
    f = apply("logdet", M)
    g = apply("transpose", apply("inv", M))
    lines = explain(f, M, g, structure=structure)
    assert lines[-2].left == "G" and lines[-2].right is g
    assert lines[-1].note == f"{structure} convention"
    assert structure in lines[-1].rule.lower()


def test_kinks_are_remarked() -> None:
    lines = explain(apply("norm1", X @ w - y), w, w)
    assert any(line.note.startswith("almost everywhere") for line in lines)


def test_what_has_no_differential_says_so() -> None:
    f = apply("sum", apply("polar", X))
    with pytest.raises(NoDerivative, match="polar is not known here: its derivative has no closed form"):
        differential(f, X)


def test_an_index_sum_stays_a_sum() -> None:
    i = index("i", "n")
    f = bind("Sum", [i], apply("pow", apply("entry", y, i) - apply("mul", apply("row", X, i).T, w), 2))
    result = read_off(f, w)
    assert result is not None
    lines = explain(f, w, result)
    judge(f, w, lines)
    assert all("∑" in str(line.right).replace("Sum", "∑") for line in lines)


def test_a_product_over_an_index() -> None:
    k = index("k", "d")
    f = bind("Prod", [k], 1 + apply("exp", apply("entry", w, k)))
    result = read_off(f, w)
    assert result is not None
    judge(f, w, explain(f, w, result))


def test_names_do_not_clash() -> None:
    z, a, r = symbol("z", ("h", "d")), symbol("a", ("m", "h")), symbol("r", ("m",))
    f = apply("pow", apply("norm", apply("mul", a, apply("tanh", z @ w)) - r), 2)
    result = read_off(f, w)
    assert result is not None
    lines = explain(f, w, result, chain="named")
    names = {line.left.name for line in lines if isinstance(line.left, Symbol)}
    assert names and not names & {"z", "a", "r", "w", "h", "d", "m"}
    judge(f, w, lines)


def test_the_chain_rule_is_named_where_that_is_shorter() -> None:
    table = {name: (f, x) for name, f, x in CLASSICS}
    for name, named in (("two-layer network, inner weights", True), ("three-layer network", True), ("ridge", False)):
        f, x = table[name]
        result = read_off(f, x)
        assert result is not None
        assert any(line.kind == "definition" for line in explain(f, x, result)) is named, name


def chain_of(depth: int) -> Expr:
    f: Expr = w
    for _ in range(depth):
        f = apply("tanh", f)
    return apply("sum", f)


def test_ten_thousand_functions_deep() -> None:
    f = chain_of(10_000)
    lines = explain(f, w, w)
    assert lines[1].rule.startswith("the chain rule through 10000 functions")
    assert all(n.args[0] is w for n in differentials(differential(f, w)))


def test_ten_thousand_terms_wide() -> None:
    f: Expr = constant(0)
    for k in range(10_000):
        f = f + (k + 1) * apply("sum", w)
    assert len(differential(f, w).args) == 10_000


def test_two_thousand_terms_explained() -> None:
    f: Expr = constant(0)
    for k in range(2_000):
        f = f + (k + 1) * apply("sum", w)
    lines = explain(f, w, w)
    assert 3 <= len(lines) <= 12
    assert any(line.rule == "equal terms added up" for line in lines)


def test_directional_of_a_matrix_function() -> None:
    f = apply("inv", M)
    along = directional(f, M, apply("eye", attrs=("n",)))
    at = point(M, f, seed=5)
    at.values[M] = at.values[M] + 3 * np.eye(at.size("n"))
    inverse = np.linalg.inv(at.values[M])
    assert np.allclose(at.value(along), -inverse @ inverse)


@pytest.mark.parametrize("seed", range(40))
def test_random_expressions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    f = random_expression(rng, [(), ("n",), ("n", "d")][seed % 3], depth=2)
    variables = [x for x in (symbol("x", ("n",)), w, X) if x in set(symbols_of(f))]
    for x in variables:
        lines = explain(f, x, read_off(f, x) or x, (("fewer", "normal", "all"))[seed % 3])  # type: ignore[arg-type]
        at = point(x, f, seed=seed)
        truth = Point(at.values, at.directions, at.sizes).value(apply("d", f))
        if not np.all(np.isfinite(truth)):
            continue
        named = {line.left: line.right for line in lines if line.kind == "definition" and isinstance(line.left, Expr)}
        at.named.update(named)
        for line in lines:
            if line.left == "df":
                assert close(at.value(line.right), truth), (line.rule, line.right)


def test_the_logistic_gradient_is_as_short_as_the_books() -> None:
    table = {name: (f, x) for name, f, x in CLASSICS}
    f, x = table["logistic, vector form"]
    labels = next(t for t in symbols_of(f) if t.name == "y")
    assert read_off(f, x) is apply("mul", X.T, apply("sigmoid", X @ w) - labels)


def test_compact_takes_common_factors_out() -> None:
    a, b, u = symbol("a", ("n",)), symbol("b", ("n",)), symbol("u", ("d",))
    assert compact(apply("mul", a, u.T) - apply("mul", b, u.T)) is apply("mul", a - b, u.T)
    assert compact(-(a - b)) is b - a
    assert compact(a * (b + 1) - a * b) is a


def test_same_up_to_order() -> None:
    a, b = symbol("a", ("n",)), symbol("b", ("n",))
    assert same_up_to_order(a + 2 * b, 2 * b + a)
    assert same_up_to_order(-(s * a) + a * b, b * a - s * a)
    assert not same_up_to_order(a + 2 * b, 2 * a + b)
    assert not same_up_to_order(X.T @ X, X @ X.T)


@pytest.mark.parametrize(("name", "f", "x"), CLASSICS, ids=[name for name, _, _ in CLASSICS])
def test_every_step_has_a_source_and_the_grains_are_ordered(name: str, f: Expr, x: Symbol) -> None:
    result = read_off(f, x)
    assert result is not None
    counts = [len(explain(f, x, result, grain, chain="nested")) for grain in ("fewer", "normal", "all")]  # type: ignore[arg-type]
    assert counts[0] <= counts[1] and counts[0] <= counts[2]
    for line in explain(f, x, result):
        assert line.source or line.kind == "given", line.rule


def test_the_hessian_is_the_derivative_of_the_gradient() -> None:
    gradient = 2 * (X.T @ (X @ w - y))
    lines = explain(gradient, w, 2 * (X.T @ X), name="∇f")
    assert [line.left for line in lines] == ["∇f", "d∇f", "∂∇f/∂w"]
    judged = point(w, gradient)
    assert close(judged.value(lines[1].right), judged.value(apply("d", gradient)))
