"""Brackets: every operation inside every other, in each place, against a second opinion (Python's own parser)."""

from __future__ import annotations

import ast

import pytest

from agnesi.expr.nodes import Expr, apply, symbol
from agnesi.write import write

a, b, c = symbol("a"), symbol("b"), symbol("c")
BINARY = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "^"}
INNER = [*BINARY, "neg"]


def build(op: str, left: Expr, right: Expr) -> Expr:
    match op:
        case "sub":
            return apply("add", left, apply("neg", right))
        case "neg":
            return apply("neg", left)
    return apply(op, left, right)


def value(expr: Expr) -> float:
    """Return the value at a = 2, b = 3, c = 5, from the expression itself."""
    known = {a: 2.0, b: 3.0, c: 5.0}
    if expr in known:
        return known[expr]
    args = [value(arg) for arg in expr.args]
    return float(expr.op.value(expr, tuple(args), None))  # type: ignore[attr-defined]


def read_by_python(text: str) -> float:
    """Return the value of an ASCII print by Python's rules, where −x² and a/b*c mean the same as ours."""
    tree = ast.parse(text.replace("^", "**"), mode="eval")
    return float(eval(compile(tree, "<print>", "eval"), {"a": 2.0, "b": 3.0, "c": 5.0}))


@pytest.mark.parametrize("outer", [*BINARY, "neg"])
@pytest.mark.parametrize("inner", INNER)
@pytest.mark.parametrize("side", ["left", "right"])
def test_ascii_brackets_mean_what_the_expression_means(outer: str, inner: str, side: str) -> None:
    nested = build(inner, a, b)
    expr = build(outer, nested, c) if side == "left" else build(outer, c, nested)
    assert read_by_python(write(expr, "ascii")) == pytest.approx(value(expr), rel=1e-12)


X, Y, Z = (symbol(name, ("n", "n")) for name in "XYZ")
F = apply
PAIRS = [
    (F("transpose", F("add", X, Y)), "(X + Y)ᵀ"),
    (F("transpose", F("mul", X, Y)), "(XY)ᵀ"),
    (F("transpose", F("transpose", X)), "(Xᵀ)ᵀ"),
    (F("transpose", F("hadamard", X, Y)), "(X ⊙ Y)ᵀ"),
    (F("transpose", F("exp", X)), "exp(X)ᵀ"),
    (F("inv", F("neg", X)), "(−X)⁻¹"),
    (F("inv", F("inv", X)), "(X⁻¹)⁻¹"),
    (F("inv", F("kron", X, Y)), "(X ⊗ Y)⁻¹"),
    (F("mul", F("add", X, Y), Z), "(X + Y)Z"),
    (F("mul", X, F("neg", Y)), "X(−Y)"),
    (F("mul", F("neg", X), Y), "(−X)Y"),
    (F("neg", F("mul", X, Y)), "−XY"),
    (F("neg", F("add", X, Y)), "−(X + Y)"),
    (F("neg", F("neg", X)), "−(−X)"),
    (F("neg", F("hadamard", X, Y)), "−X ⊙ Y"),
    (F("mul", F("mul", X, Y), Z), "(XY)Z"),
    (F("mul", X, F("mul", Y, Z)), "X(YZ)"),
    (F("add", F("add", X, Y), Z), "(X + Y) + Z"),
    (F("add", X, F("neg", F("add", Y, Z))), "X − (Y + Z)"),
    (F("add", X, F("neg", F("neg", Y))), "X − (−Y)"),
    (F("add", F("neg", X), Y), "−X + Y"),
    (F("hadamard", F("mul", X, Y), Z), "XY ⊙ Z"),
    (F("hadamard", X, F("mul", Y, Z)), "X ⊙ YZ"),
    (F("mul", F("hadamard", X, Y), Z), "(X ⊙ Y)Z"),
    (F("mul", X, F("hadamard", Y, Z)), "X(Y ⊙ Z)"),
    (F("hadamard", X, F("hadamard", Y, Z)), "X ⊙ (Y ⊙ Z)"),
    (F("hadamard", F("ediv", X, Y), Z), "(X ./ Y) ⊙ Z"),
    (F("kron", F("mul", X, Y), Z), "(XY) ⊗ Z"),
    (F("kron", X, F("kron", Y, Z)), "X ⊗ (Y ⊗ Z)"),
    (F("kron", F("inv", X), Y.T), "X⁻¹ ⊗ Yᵀ"),
    (F("div", F("mul", X, Y), a), "XY/a"),
    (F("div", F("div", X, a), b), "(X/a)/b"),
    (F("div", X, F("div", a, b)), "X/(a/b)"),
    (F("div", X, F("mul", a, b)), "X/(ab)"),
    (F("mul", F("div", a, b), X), "(a/b)X"),
    (F("mul", X, F("div", Y, a)), "X(Y/a)"),
    (F("pow", F("div", a, b), 2), "(a/b)²"),
    (F("pow", F("pow", a, 2), 3), "(a²)³"),
    (F("pow", a, F("pow", b, 2)), "a^{b²}"),
    (F("pow", F("neg", a), 2), "(−a)²"),
    (F("neg", F("pow", a, 2)), "−a²"),
    (F("pow", F("tr", X), 2), "tr(X)²"),
    (F("pow", F("logdet", X), 2), "(log det X)²"),
    (F("matpow", X.T, attrs=(2,)), "(Xᵀ)²"),
    (F("transpose", F("matpow", X, attrs=(2,))), "(X²)ᵀ"),
    (F("d", X.T), "d(Xᵀ)"),
    (F("entry", F("add", X, Y), 1, 2), "(X + Y)_{1,2}"),
    (F("eq", F("add", X, Y), F("neg", Z)), "X + Y = −Z"),
    (F("implies", F("eq", a, b), F("eq", b, a)), "a = b ⇒ b = a"),
]


@pytest.mark.parametrize(("expr", "text"), PAIRS, ids=[text for _, text in PAIRS])
def test_unicode_brackets(expr: Expr, text: str) -> None:
    assert write(expr) == text


def test_different_expressions_print_differently() -> None:
    for form in ("unicode", "ascii", "latex"):
        printed = [write(expr, form) for expr, _ in PAIRS]
        assert len(set(printed)) == len(printed)
