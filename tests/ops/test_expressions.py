# ruff: noqa: E501  (a table: one line for one case)
"""Expressions as data: interning, hashing, pickling, threads, long chains."""

from __future__ import annotations

import copy
import gc
import math
import pickle
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import operation_cases as table
import pytest

from agnesi.errors import ShapeError
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import (
    Expr,
    apply,
    bind,
    constant,
    fold,
    free_indices,
    index,
    plain,
    postorder,
    replace,
    symbol,
    symbols_of,
)

DEEP = 10_000


def test_twins_are_the_same_object() -> None:
    for node in table.applications():
        assert apply(node.op.name, *node.args, attrs=node.attrs) is node
    assert symbol("a", ("n",), ("positive", "unit")) is symbol("a", (Dim.of("n"),), ("unit", "positive"))
    assert symbol("a") is not symbol("a", facts=("positive",))


def test_constants_are_keyed_by_type_and_bits() -> None:
    numbers = [1, 1.0, Fraction(1), 0, 0.0, -0.0, math.inf, -math.inf]
    nodes = [constant(c) for c in numbers]
    assert len(set(nodes)) == len({n.digest for n in nodes}) == len(numbers)
    assert constant(math.nan) is constant(math.nan)
    assert math.copysign(1, constant(-0.0).value) == -1
    with pytest.raises(TypeError, match="bool"):
        constant(True)


def test_digests_differ_where_the_structure_does() -> None:
    nodes = {n for node in table.applications() for n in postorder(node)}
    assert len({n.digest for n in nodes}) == len(nodes)


def test_pickle_and_copy_give_the_same_object() -> None:
    exprs: list[Expr] = [*table.applications(), *(e for cases in table.BINDERS.values() for e, _ in cases)]
    for node in exprs:
        assert pickle.loads(pickle.dumps(node)) is node
        assert copy.deepcopy(node) is node and copy.copy(node) is node


def test_many_threads_make_one_object() -> None:
    def make(k: int) -> list[Expr]:
        a = symbol("thread", ("n",))
        return [apply("add", a, constant(c)) for c in range(200)]

    switch = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(make, range(16)))
    finally:
        sys.setswitchinterval(switch)
    assert all(a is b for other in made[1:] for a, b in zip(made[0], other, strict=True))


def chain(depth: int) -> Expr:
    node: Expr = table.s
    for _ in range(depth):
        node = apply("tanh", node) + table.t
    return node


def test_chains_of_ten_thousand() -> None:
    deep = chain(DEEP)
    assert len(list(postorder(deep))) == 2 * DEEP + 2
    assert fold(deep, lambda node, below: 1 + max(below, default=0)) == 2 * DEEP + 1
    assert symbols_of(deep) == [table.s, table.t]
    assert free_indices(deep) == frozenset()
    assert replace(deep, {table.s: table.t}) is not deep
    assert replace(replace(deep, {table.s: table.u}), {table.u: table.s}) is deep
    assert len(plain(deep)) > DEEP
    assert pickle.loads(pickle.dumps(deep)) is deep
    assert copy.deepcopy(deep) is deep


def test_a_long_chain_is_freed_without_a_crash() -> None:
    before = symbol("freed")
    node: Expr = before
    for _ in range(5 * DEEP):
        node = -node
    del node
    gc.collect()
    assert -before is not None


def test_indices_are_bound_where_they_are_bound() -> None:
    i, j = index("i", "n"), index("j", "n")
    body = apply("entry", table.A, i, j)
    assert free_indices(body) == {i, j}
    assert free_indices(bind("Sum", (i,), body)) == {j}
    assert free_indices(bind("Sum", (i, j), body)) == frozenset()


@pytest.mark.parametrize(("make", "says"), [
    (lambda: table.X @ table.y, "Cannot multiply X and y: X is n×d, y is n; the inner sizes d and n differ. Try Xᵀy."),
    (lambda: table.x @ table.y, "Cannot multiply x and y: x is n, y is n; the inner sizes 1 and n differ. Write xᵀy (a number), "
     "x ⊙ y (entrywise) or x yᵀ (a matrix)."),
    (lambda: table.x + table.z, "Cannot add x and z: x is n, z is d. Both must have the same shape."),
    (lambda: table.A + table.s, "Cannot add the scalar s to the square matrix A: two meanings are in use. Write + s I (on the "
     "diagonal) or + s 𝟏𝟏ᵀ (on every entry)."),
    (lambda: apply("inv", table.X), "An inverse is for square matrices, but X is n×d."),
    (lambda: apply("entry", table.x, constant(0)), "x has no entry 0: indices run from 1 to n."),
], ids=["mul", "outer", "add", "scalar", "inv", "entry"])
def test_shapes_that_do_not_fit_say_so(make: object, says: str) -> None:
    with pytest.raises(ShapeError) as caught:
        make()  # type: ignore[operator]
    assert str(caught.value) == says
