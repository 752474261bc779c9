"""Chains of 10,000 operations print in every form, and sharing does not run away."""

from __future__ import annotations

import pytest

from agnesi.errors import TooLarge
from agnesi.expr.nodes import Expr, apply, symbol
from agnesi.write import token_count, write

DEPTH = 10_000


def chain(op: str) -> Expr:
    node: Expr = symbol("A", ("n", "n"))
    one = symbol("B", ("n", "n"))
    for _ in range(DEPTH):
        node = apply(op, node, one) if op in ("add", "mul") else apply(op, node)
    return node


@pytest.mark.parametrize("form", ["unicode", "ascii", "latex", "mathml"])
@pytest.mark.parametrize("op", ["add", "mul", "exp", "transpose", "neg"])
def test_deep_chains(op: str, form: str) -> None:
    text = write(chain(op), form)  # type: ignore[arg-type]
    assert len(text) > DEPTH


def test_shared_subexpressions_are_refused_when_the_print_is_too_long() -> None:
    node: Expr = symbol("s")
    for _ in range(200):
        node = apply("mul", node, node)
    assert token_count(node) == 2**200
    with pytest.raises(TooLarge, match="too long to print"):
        write(node)
