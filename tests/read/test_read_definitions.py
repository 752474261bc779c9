"""Definitions in any order, the main expression, circles."""

from __future__ import annotations

import pytest

from agnesi.errors import ReadError
from agnesi.expr.nodes import postorder
from agnesi.read import read, worksheet
from agnesi.write import write

ONE_NETWORK = [
    "E = ½‖a − y‖²; a = tanh(z); z = W x",
    "z = W x; a = tanh(z); E = ½‖a − y‖²",
    "a = tanh(z); E = ½‖a − y‖²; z = W x",
    "E = ½‖a − y‖² where a = tanh(z), z = Wx",
    "E = ½‖a − y‖²\na = tanh(z)\nz = W x",
    "½‖a − y‖²; a = tanh(z); z = W x",
]


@pytest.mark.parametrize("text", ONE_NETWORK)
def test_definitions_in_any_order(text):
    reading = read(text, scalar=True)
    assert write(reading.expr) == "(1/2)‖tanh(Wx) − y‖²"
    parts = set(postorder(reading.expr))
    assert {"a", "z"} <= set(reading.definitions)
    assert all(d.body in parts for d in reading.definitions.values())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("L = f(Wx); f(u) = ‖u‖²", "‖Wx‖²"),
        ("g(t) = f(t)²; f(t) = sin(t)", "sin²(t)"),
        ("E = ‖a_2‖²; a_2 = tanh(W_2 a_1); a_1 = tanh(W_1 x)", "‖tanh(W₂ tanh(W₁ x))‖²"),
        ("f(w) = ‖Xw − y‖²; w = (XᵀX)⁻¹Xᵀy", "‖Xw − y‖²"),
        ("x = A x + b", "x = Ax + b"),
    ],
)
def test_the_main_expression(text, shown):
    assert write(read(text, scalar=True).expr) == shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = b + 1; b = a", "b needs a, a needs b"),
        ("a = b; b = c; c = 2a; a + 1", "b needs c, c needs a, a needs b"),
        ("f(t) = f(t − 1)", "uses f itself"),
    ],
)
def test_circles_are_shown(text, said):
    with pytest.raises(ReadError) as caught:
        read(text)
    assert said in str(caught.value) and "^" in str(caught.value)


def test_a_sheet_with_a_circle_keeps_its_other_statements():
    ws = worksheet("a = b + 1\nb = a\nc = 2k", strict=False)
    assert [s.error is None for s in ws.statements] == [False, False, True]


def test_a_long_chain_of_definitions_in_reverse():
    text = "; ".join([f"a_{k} = tanh(a_{k + 1})" for k in range(1, 1500)])
    assert len(read(text).definitions) == 1499
