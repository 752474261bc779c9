"""What is printed reads back as the same expression, in Unicode, ASCII and LaTeX."""

from __future__ import annotations

import numpy as np
import pytest
from test_write_forms import TABLE
from test_write_precedence import PAIRS
from write_generator import expressions

from agnesi.expr.nodes import Apply, Bind, Const, Expr, Symbol, apply, bind, free_indices, index, postorder, symbol
from agnesi.generate import random_expression
from agnesi.read import read
from agnesi.write import declaration, write

F = apply
FORMS = ("unicode", "ascii", "latex")
SHAPES = ((), ("n",), ("n", "n"), ("n", "d"), (1, "d"))

def declared(expr: Expr) -> dict[str, Symbol]:
    """Return the symbols that occur, bound ones too."""
    below = lambda node: (*node.args, *node.variables) if isinstance(node, Bind) else node.args
    return {node.name: node for node in postorder(expr, below=below) if isinstance(node, Symbol)}


def check(exprs: list[Expr]) -> None:
    """Check that every print gives the same expression."""
    for expr in exprs:
        for form in FORMS:
            text = write(expr, form)  # type: ignore[arg-type]
            assert read(text, declared(expr)).expr is expr, f"{form}: {text}"


@pytest.mark.parametrize("seed", range(4))
def test_generated_expressions(seed: int) -> None:
    check(expressions(80, depth=2 + seed % 3, seed=seed + 1))


@pytest.mark.parametrize("seed", range(2))
def test_expressions_over_all_operations(seed: int) -> None:
    rng = np.random.default_rng(seed)
    exprs = [random_expression(rng, SHAPES[k % 5], depth=3, only_smooth=False) for k in range(100)]
    kept = [e for e in exprs if not any(_unreadable(node) for node in postorder(e))]
    check(kept)


def _unreadable(node: Expr) -> bool:
    """Tell what no text can say: a size outside every shape, a sum under the one condition that i = 1."""
    if isinstance(node, Bind):
        return isinstance(node.condition, Apply) and node.condition.op.name == "eq"
    return isinstance(node, Apply) and node.op.name in ("size", "ones", "zeros", "eye")


@pytest.mark.nightly
def test_many_generated_expressions() -> None:
    check(expressions(3000, depth=4, seed=99))


BY_HAND = [row[0] for row in TABLE] + [row[0] for row in PAIRS]


@pytest.mark.parametrize("expr", BY_HAND, ids=write)
def test_expressions_by_hand(expr: Expr) -> None:
    if not free_indices(expr) and not any(_read_otherwise(node) for node in postorder(expr)):
        check([expr])


def _read_otherwise(node: Expr) -> bool:
    """Tell what is read in another form: −3 as the negative of 3, relations of relations as chains, df/dX as total."""
    match node:
        case Const():
            return node.value < 0
        case Apply():
            partial = node.op.name == "derivative" and node.attrs == ("partial",)
            compound = node.op.name == "d" and not isinstance(node.args[0], Symbol)
            return node.op.name == "implies" or partial or compound
    return False


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("facts", [(), ("symmetric",), ("spd",), ("diagonal", "spd"), ("invertible",)])
def test_declarations_read_back(facts: tuple[str, ...], form: str) -> None:
    one = symbol("S", ("n", "n"), facts)
    text = declaration(one, form)  # type: ignore[arg-type]
    assert read(f"{text}; tr(S)").symbols["S"] is one


i, k = index("i", "n"), index("k", "n")
j, l = index("j", "d"), index("l", "d")  # noqa: E741
eye_n, eye_d = F("eye", attrs=(i.dim,)), F("eye", attrs=(j.dim,))
x, y, A, w = symbol("x", ("n",)), symbol("y", ("n",)), symbol("A", ("n", "n")), symbol("w", ("d",))
CLOSED = {
    "∞ in ‖x‖_∞": F("norminf", x),
    r"\langle": F("inner", A, A),
    "log det X is logdet(X), log(det X) is not": F("logdet", A),
    "𝟏 is not the number 1": x + F("ones", attrs=x.shape),
    "an index after a bracket": F("entry", x + y, 1),
    "two indices after a bracket": F("entry", F("inv", A), 1, 2),
    "an index after a function": F("entry", F("softmax", x), 1),
    "an index of a differential": F("entry", F("d", x), 1),
    "an index after an index": F("entry", F("row", A, 1), 2),
    "an index of a column": F("entry", F("col", A, 2), 2),
    "an index of a transpose": F("entry", A.T, 1, 2),
    r"c\_": symbol("c_") + 1,
    "int_{0}^{1}": bind("Integral", (symbol("t"),), F("exp", symbol("t")), 0, 1),
    "the constant e": F("euler"),
    "dexpm(X, E)": F("dexpm", A, A),
    "d(...) where d is a size": F("d", F("add", w, w)),
    "sizes that only δ has": bind("Tensor", (i, j, k, l), F("mul", F("entry", eye_n, i, k), F("entry", eye_d, j, l))),
    "an axis that nothing mentions": bind("Tensor", (i, j), F("entry", x, i)),
    "a unit vector": F("basis", 2, attrs=x.shape),
    "an entry of a unit vector": bind("Tensor", (i, k), F("entry", F("basis", k, attrs=x.shape), i)),
    "a column by a unit vector": F("mul", A, F("basis", 2, attrs=x.shape)),
    "a long entrywise product": F("hadamard", F("mul", A, x), y, x),
    "a nested entrywise product": F("hadamard", F("hadamard", x, y), x),
    "a sum up to d before a bracket": bind("Sum", (j,), F("add", F("entry", w, j), 1)),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", sorted(CLOSED))
def test_what_once_was_not_read(case: str, form: str) -> None:
    expr = CLOSED[case]
    assert read(write(expr, form), declared(expr)).expr is expr  # type: ignore[arg-type]
