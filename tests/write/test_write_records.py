"""Dialects, declarations and lengths."""

from __future__ import annotations

import dataclasses

import pytest

from agnesi.dialects import AGNESI, ROLES, Dialects, dialects
from agnesi.errors import IncompleteRecord, UnknownName
from agnesi.expr.nodes import Expr, Symbol, apply, symbol
from agnesi.write import declaration, token_count, write

F = apply
RESOURCES = ("mml", "prml", "esl", "jaynes", "impcalc", "matcalc", "impla", "itila")


def test_one_dialect_for_each_resource() -> None:
    assert sorted(d.name for d in dialects) == sorted(("agnesi", *RESOURCES))
    assert all(d.letter(role) for d in dialects for role in ROLES)
    assert {d.name for d in dialects if d.gradient_layout == "row"} == {"mml", "matcalc", "impcalc"}


def test_duplicates_and_incomplete_records_are_refused() -> None:
    book = Dialects()
    book.add(AGNESI)
    with pytest.raises(IncompleteRecord, match="two dialects named agnesi"):
        book.add(AGNESI)
    with pytest.raises(IncompleteRecord, match="lacks: source"):
        dataclasses.replace(AGNESI, source="")
    with pytest.raises(IncompleteRecord, match="letter for the noise"):
        dataclasses.replace(AGNESI, letters=AGNESI.letters[:-1])
    with pytest.raises(UnknownName, match="no dialect tolkien"):
        dialects["tolkien"]


X, w, y = symbol("X", ("n", "d")), symbol("w", ("d",)), symbol("y", ("n",))
LOSS = F("log", F("norm", X @ w - y)) + F("logdet", X.T @ X)


def test_a_dialect_names_the_logarithm() -> None:
    assert write(LOSS, dialect="prml") == "ln(‖Xw − y‖) + ln det(XᵀX)"
    latex = write(LOSS, "latex", dialect="prml")
    assert latex.startswith(r"\ln(\lVert \mathbf{X} \mathbf{w} - \mathbf{y} \rVert) + \ln \det(")
    assert write(LOSS, dialect=AGNESI) == "log(‖Xw − y‖) + log det(XᵀX)"


def test_a_dialect_sets_bold_letters_and_the_transpose() -> None:
    assert write(X.T @ y, "latex", dialect="itila") == r"\mathbf{X}^{\mathsf{T}} \mathbf{y}"
    assert write(X.T @ y, "latex", dialect="esl") == r"\mathbf{X}^{T} y"
    assert write(symbol("μ", ("n",)), "latex", dialect="mml") == r"\boldsymbol{\mu}"
    assert write(X.T @ y, dialect="mml") == "Xᵀy"


DECLARED = [
    (X, "X ∈ ℝⁿˣᵈ", "X : n x d", r"X \in \mathbb{R}^{n \times d}"),
    (y, "y ∈ ℝⁿ", "y : n", r"y \in \mathbb{R}^{n}"),
    (symbol("a"), "a ∈ ℝ", "a : scalar", r"a \in \mathbb{R}"),
    (symbol("λ", (), ("positive",)), "λ > 0", "lambda > 0", r"\lambda > 0"),
    (symbol("t", (), ("nonnegative",)), "t ≥ 0", "t >= 0", r"t \geq 0"),
    (symbol("S", ("n", "n"), ("spd",)), "S ∈ ℝⁿˣⁿ symmetric positive definite", "S : n x n symmetric positive definite",
     r"S \in \mathbb{R}^{n \times n} \text{ symmetric positive definite}"),
    (symbol("S", ("n", "n"), ("spd", "symmetric", "diagonal")), "S ∈ ℝⁿˣⁿ diagonal and symmetric positive definite",
     "S : n x n diagonal and symmetric positive definite",
     r"S \in \mathbb{R}^{n \times n} \text{ diagonal and symmetric positive definite}"),
    (symbol("v", (3,)), "v ∈ ℝ³", "v : 3", r"v \in \mathbb{R}^{3}"),
    (symbol("Q", ("q", 2)), "Q ∈ ℝ^{q×2}", "Q : q x 2", r"Q \in \mathbb{R}^{q \times 2}"),
]


@pytest.mark.parametrize(("one", "unicode", "ascii_", "latex"), DECLARED, ids=[row[1] for row in DECLARED])
def test_declarations(one: Symbol, unicode: str, ascii_: str, latex: str) -> None:
    assert (declaration(one), declaration(one, "ascii"), declaration(one, "latex")) == (unicode, ascii_, latex)


COUNTS: list[tuple[Expr, int]] = [
    (symbol("x"), 1),
    (X @ w - y, 4),  # X w − y
    (X.T @ (X @ w - y), 6),  # X ᵀ X w − y
    (F("norm", X @ w - y) ** 2, 6),  # norm X w − y 2
    (F("tr", X.T @ X), 4),  # tr X ᵀ X
    (F("inv", X.T @ X), 5),  # X ᵀ X − 1
]


@pytest.mark.parametrize(("expr", "count"), COUNTS)
def test_token_count(expr: Expr, count: int) -> None:
    assert token_count(expr) == count
