"""MathML is well formed, carries shapes and places, and grows only what should grow."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from test_write_forms import TABLE

from agnesi.expr.nodes import Expr, apply, postorder, symbol
from agnesi.write import write

NS = "{http://www.w3.org/1998/Math/MathML}"
F = apply
X, w, y, s = symbol("X", ("n", "d")), symbol("w", ("d",)), symbol("y", ("n",)), symbol("s")


def tree(expr: Expr, **options: object) -> ElementTree.Element:
    return ElementTree.fromstring(write(expr, "mathml", **options))  # type: ignore[arg-type]


@pytest.mark.parametrize("expr", [row[0] for row in TABLE], ids=[row[1] for row in TABLE])
def test_well_formed_with_the_shape_at_the_top(expr: Expr) -> None:
    root = tree(expr)
    assert root.tag == f"{NS}math" and root.get("display") == "block" and len(root) == 1
    assert root[0].get("data-shape")
    arity = {"mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "msubsup": 3, "munderover": 3}
    for element in root.iter():
        if element.tag.removeprefix(NS) in arity:
            assert len(element) == arity[element.tag.removeprefix(NS)]


def test_every_node_has_its_shape() -> None:
    expr = F("norm", X @ w - y) ** 2
    shapes = sorted(e.get("data-shape") or "" for e in tree(expr).iter() if e.get("data-shape"))
    # the square, 2, the norm, Xw − y, Xw, X, w, y (−y is the minus sign and y)
    assert shapes == sorted(["scalar", "scalar", "scalar", "n", "n", "n×d", "d", "n"])
    assert len(list(postorder(expr))) == len(shapes) + 1


def test_spans() -> None:
    product = X @ w
    root = tree(product - y, spans={product: (3, 7), y: (10, 11)})
    assert {e.get("data-span") for e in root.iter()} == {None, "3:7", "10:11"}


def test_brackets_grow_only_around_tall_content() -> None:
    def grows(expr: Expr) -> set[str | None]:
        return {e.get("stretchy") for e in tree(expr).iter(f"{NS}mo") if e.get("fence")}

    assert grows(F("norm", X @ w)) == {"false"}
    assert grows(F("norm", X @ w / s)) == {"true"}
    assert grows(F("exp", s + 1)) == {"false"}


def test_bold_letters_are_unicode_letters() -> None:
    text = write(symbol("Σ", ("n", "n")) @ symbol("x", ("n",)), "mathml", dialect="prml")
    assert "𝚺" in text and "𝐱" in text and "mathvariant" not in text


def test_names_are_escaped() -> None:
    assert "&lt;" in write(F("lt", s, 1), "mathml")
    assert tree(F("lt", symbol("a<b"), 1)) is not None
