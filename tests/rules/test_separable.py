"""Sums over rows: which scalars are one, over what, and that the rows and the rest add up to the whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import agnesi.show  # noqa: F401  expressions print as mathematics
from agnesi.errors import AgnesiError, NotNumeric, ShapeError, UnknownName
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Expr, apply, bind, constant, free_indices, index, symbol, symbols_of
from agnesi.generate import random_expression
from agnesi.read import read
from agnesi.rules.forms import build
from agnesi.rules.separable import LIMIT, RowSum, fresh_total, row_axes, row_sum, separated
from agnesi.run.reference import evaluate
from agnesi.run.sample import Sampler

# what is read | over | what rows add | what is added once | the arrays with the axis, and which axis
SUMS = """
    ‖X w − y‖² + λ‖w‖²                          | n | ‖Xw − y‖²                          | λ‖w‖²   | X0 y0
    ½(‖X w − y‖² + λ‖w‖²)                       | n | ‖Xw − y‖²/2                        | λ‖w‖²/2 | X0 y0
    λ(‖X w − y‖² + ‖w‖²)/n                      | n | λ‖Xw − y‖²/n                       | λ‖w‖²/n | X0 y0
    mean((X w − y).^2)                          | n | ‖Xw − y‖²/n                        |         | X0 y0
    1/n ∑_i (x_iᵀw − y_i)²                      | n | ‖Xw − y‖²/n                        |         | X0 y0
    ∑_i log(1 + exp(−y_i x_iᵀ w))               | n | sum(softplus(−y ⊙ Xw))             |         | y0 X0
    X: n×d; ∑_i (logsumexp(W x_i) − y_iᵀ W x_i) | n | ∑_{j=1}^n logsumexp(WX[j,:]) − tr(XᵀYW) | | X0 Y0
    ‖Y − U Vᵀ‖² + λ‖V‖²                         | n | ‖Y − UVᵀ‖²                         | λ‖V‖²   | Y0 U0
    ‖Y − U Vᵀ‖² + λ‖V‖²                         | d | ‖Y − UVᵀ‖² + λ‖V‖²                 |         | Y1 V0
    X: n×d, W: d×k; ‖X W‖²                      | n | ‖XW‖²                              |         | X0
    X: n×d, W: d×k; ‖X W‖²                      | k | ‖XW‖²                              |         | W1
    X: n×d, W: d×k; tr(Wᵀ Xᵀ X W)               | n | tr(WᵀXᵀXW)                         |         | X0
    X: n×d; wᵀ(Xᵀ X + λ I) w                    | n | wᵀXᵀXw                             | λ‖w‖²   | X0
    X: d×n, w: d; sum(exp(Xᵀ w)) + n            | n | sum(exp(Xᵀw))                      | n       | X1
    x: 1×n, y: n; x y + x xᵀ                    | n | xy + xxᵀ                           |         | x1 y0
    S: d×d spd, X: n×d; n/2 log det S − ½ tr(S Xᵀ X) | n | −tr(SXᵀX)/2                   | (n log det S)/2 | X0
    X: n×d, w: d, y: m; sum(exp(X w)) sum(y)    | n | sum(exp(Xw)) sum(y)                |         | X0
    X: n×d, Y: n×k, W: d×k; sum(log(softmaxrows(X W)) .* Y) | n | sum(log(softmaxrows(XW)) ⊙ Y) |  | X0 Y0
"""
# what is read | over | a part of the reason
COUPLED = """
    ‖X w − y‖                                   | n | the square root of the sum couples the rows
    ‖X w − y‖²                                  | d | the square of the sum couples the rows
    log ∑_i exp(x_iᵀ w)                         | n | the logarithm of the sum of exponentials of all rows couples them
    X: n×d, w: d; exp(‖X w‖²)                   | n | the exponential of the sum couples the rows
    X: n×d, w: d; 1/‖X w‖²                      | n | the reciprocal of the sum couples the rows
    log det(Xᵀ X + S)                           | n | log det of the sum couples the rows
    X: n×d, y: d; yᵀ inv(Xᵀ X) y                | n | the inverse of the sum couples the rows
    ‖X Xᵀ‖²                                     | n | joins every row with every other
    X: n×d; ∑_i ‖x_i − (1/n) Xᵀ 1‖²             | n | joins every row with every other
    X: n×d, w: d; (sum(exp(X w)))²              | n | the square of the sum couples the rows
    X: n×d, w: d; sum(exp(X w)) sum(X w)        | n | joins every row with every other
    X: n×d, w: d, c: n; cᵀ softmax(X w)         | n | the softmax of all rows couples them
    max(X w)                                    | n | the maximum of all rows couples them
    x: n; sum(cumsum(x).^2)                     | n | it depends on the order of the rows
    K: n×n, a: n; aᵀ K a                        | n | K has two axes of size n
"""


def table(text: str) -> list[tuple[str, ...]]:
    return [tuple(part.strip() for part in line.split("|")) for line in text.strip().splitlines()]


SUM_ROWS, COUPLED_ROWS = table(SUMS), table(COUPLED)


def at(values: Mapping[str, Any], found: RowSum, rows: list[int]) -> dict[str, Any]:
    """The values with some of the rows."""
    out = dict(values)
    for s, axis in found.axes:
        out[s.name] = np.take(values[s.name], rows, axis=axis)
    return out


def added_up(found: RowSum, values: Mapping[str, Any], sizes: Mapping[str, int]) -> float:
    """The rows one by one, and the rest once."""
    name = str(found.dim)
    others = {n: size for n, size in sizes.items() if n != name}
    total = 0.0
    for i in range(sizes[name]):
        total += value(found.row, {**at(values, found, [i]), found.total.name: sizes[name]}, {**others, name: 1})
    if found.rest is not None:
        total += value(found.rest, {**values, found.total.name: sizes[name]}, others)
    return total


def value(e: Expr, values: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
    names = {s.name for s in symbols_of(e)}
    return evaluate(e, {n: v for n, v in values.items() if n in names}, sizes)


def mixed_difference(f: Expr, over: str, values: Mapping[str, Any], sizes: Mapping[str, int]) -> float:
    """How much a change of row 0 changes what a change of row 1 does: 0 for every sum over rows."""
    owners = [(s.name, s.shape.index(Dim.of(over))) for s in symbols_of(f) if Dim.of(over) in s.shape]
    out = []
    for moved in ((), (0,), (1,), (0, 1)):
        there = {n: np.array(v) for n, v in values.items()}
        for name, axis in owners:
            for row in moved:
                np.moveaxis(there[name], axis, 0)[row] += 0.25 * (row + 1)
        out.append(value(f, there, sizes))
    return float(out[0] - out[1] - out[2] + out[3])


@pytest.mark.parametrize("row", SUM_ROWS)
def test_what_rows_add_and_what_is_added_once(row: tuple[str, ...]) -> None:
    text, over, each, once, arrays = row
    found = row_sum(read(text).expr, over)
    assert str(found.shown(found.row)) == each
    assert ("" if found.rest is None else str(found.shown(found.rest))) == once
    assert " ".join(f"{s.name}{axis}" for s, axis in found.axes) == arrays
    assert found.scaled == ("/n" in each)
    assert over in row_axes(read(text).expr)[0]


@pytest.mark.parametrize("row", SUM_ROWS)
def test_rows_add_up_to_the_whole(row: tuple[str, ...]) -> None:
    f, over = read(row[0]).expr, row[1]
    found = row_sum(f, over)
    point, (whole,) = Sampler([f], np.random.default_rng(0), sizes={over: 4}).point()
    np.testing.assert_allclose(added_up(found, point.values, point.sizes), whole, rtol=1e-12)
    assert abs(mixed_difference(f, over, point.values, point.sizes)) < 1e-9 * (1 + abs(whole))


@pytest.mark.parametrize("row", COUPLED_ROWS)
def test_what_is_no_sum_says_why(row: tuple[str, ...]) -> None:
    text, over, reason = row
    f = read(text).expr
    with pytest.raises(AgnesiError) as error:
        row_sum(f, over)
    assert str(error.value).startswith(f"{f} is not a sum over {over} of terms of one row each: ")
    assert reason in str(error.value)
    assert over not in row_axes(f)[0] and reason in row_axes(f)[1][over]


@pytest.mark.parametrize("row", [r for r in COUPLED_ROWS if "max(" not in r[0]])
def test_rows_meet_in_what_is_refused(row: tuple[str, ...]) -> None:
    f, over = read(row[0]).expr, row[1]
    point, _ = Sampler([f], np.random.default_rng(0), sizes={over: 4, "d": 4} if over == "n" else {over: 4}).point()
    assert abs(mixed_difference(f, over, point.values, point.sizes)) > 1e-6


@pytest.mark.parametrize(("text", "reason"), [
    ("a: n; ‖a‖² + a_1²", "a row is picked by its number"),
    ("a: n; ∑_i i a_i", "it depends on the order of the rows"),
    ("a: n, b: n; ‖[a; b]‖²", "rows are shifted or put into blocks"),
    ("X: n×d, c: n·d; cᵀ vec(X)", "an axis of c has the size d·n, which is not n itself"),
    ("X: n×d, b: n·d; sum(exp(vec(X) + b))", "rows and another axis are made one axis"),
])  # fmt: skip
def test_rows_that_are_told_apart(text: str, reason: str) -> None:
    """These are no sums of one term for all rows: which row it is matters, or arrays hold rows in another way."""
    assert row_axes(read(text).expr)[1]["n"] == reason


def test_rows_that_are_stacked_and_taken_apart_again() -> None:
    assert row_axes(read("X: n×d, Y: n×d; vec(Y)ᵀ vec(X)").expr) == (("n", "d"), {})


def test_multiplying_out_has_an_end() -> None:
    """Sums among the factors are multiplied out until each product holds the rows or does not: up to a limit."""
    total, f = apply("sum", symbol("x", ("n",))), constant(1)
    for k in range(LIMIT + 2):
        f = symbol(f"a{k}") * (f + total)
    assert row_axes(f)[1] == {"n": f"multiplied out it has more than {LIMIT} products"}


def test_a_size_is_a_number_of_all_rows() -> None:
    found = row_sum(read("mean((X w − y).^2) + n_total ‖w‖²/n").expr, "n")
    assert found.total is fresh_total(read("n_total").expr, "n")
    assert found.total.name == "n_total_" and found.scaled
    assert found.rest is not None and found.total in symbols_of(found.rest)
    assert not symbols_of(found.shown(found.row)).count(found.total)


def test_a_scalar_of_the_name_of_the_size_is_the_size() -> None:
    n, x = symbol("n"), symbol("x", ("n",))
    found = row_sum((x.T @ x) / n, "n")
    assert found.scaled and n not in symbols_of(found.row)


def test_indices_stay_bound() -> None:
    i, r, zeros = index("i", "d"), symbol("r", ("d",)), apply("zeros", attrs=(Dim.of("n"), Dim.of("n")))
    found = row_sum(bind("Sum", [i], apply("entry", r, i) * apply("logsumexp", i * zeros)), "d")
    assert not free_indices(found.row) and str(found.row) == "sum(r) log(n²)"


def test_arrays_can_be_sums_over_rows() -> None:
    reading = read("X: n×d, λ > 0; Xᵀ X/n + λ I")
    total = fresh_total(reading.expr, "n")
    found = separated(reading.expr, Dim.of("n"), total)
    assert not isinstance(found, str)
    x = np.random.default_rng(0).normal(size=(5, 3))
    values = {"X": x, "λ": 0.5, total.name: 5}
    np.testing.assert_allclose(value(build(found[0]), values, {}), x.T @ x / 5, rtol=1e-14)
    np.testing.assert_allclose(value(build(found[1]), values, {"d": 3}), 0.5 * np.eye(3), rtol=1e-14)
    assert separated(read("X: n×d, w: d; X w").expr, Dim.of("n"), total) == "it has an entry for every row"


def test_questions_that_cannot_be_asked() -> None:
    f = read("‖X w − y‖²").expr
    with pytest.raises(UnknownName, match=r"No array of .* has an axis of size k\. Expected one of n, d\."):
        row_sum(f, "k")
    with pytest.raises(UnknownName, match="a named size, but there is none"):
        row_sum(symbol("a") * symbol("a"), "n")
    with pytest.raises(ShapeError, match="A sum over rows is a number"):
        row_axes(read("X w − y").expr)


PARTS = (
    symbol("a"), symbol("λ", (), ("positive",)), symbol("y", ("n",)), symbol("p", ("n",), ("positive",)),
    symbol("w", ("d",)), symbol("X", ("n", "d")), symbol("Y", ("n", "d")), symbol("r", (1, "d")),
)  # fmt: skip


def random_sums(seeds: range) -> list[tuple[Expr, str]]:
    """Random scalars that are sums over rows, with the axis."""
    found = []
    for seed in seeds:
        f = random_expression(np.random.default_rng(seed), (), 3, PARTS, only_smooth=bool(seed % 3))
        try:
            found += [(f, name) for name in row_axes(f)[0]]
        except AgnesiError:
            continue  # without a normal form
    return found


def check_random(seeds: range) -> int:
    checked = 0
    for k, (f, name) in enumerate(random_sums(seeds)):
        found = row_sum(f, name)
        try:
            point, (whole,) = Sampler([f], np.random.default_rng(k), sizes={name: 3}).point()
        except NotNumeric:
            continue  # no point of its domain was found
        total = added_up(found, point.values, point.sizes)
        np.testing.assert_allclose(total, whole, rtol=1e-8, atol=1e-8, err_msg=f"{f} over {name}")
        checked += 1
    return checked


def test_random_sums_add_up() -> None:
    assert check_random(range(250)) > 35


@pytest.mark.nightly
def test_many_random_sums_add_up() -> None:
    assert check_random(range(1000, 6000)) > 800
