"""Updates, θ ← θ − α∇J(θ): a letter gets its next value, on a line of its own or after words."""

from __future__ import annotations

import numpy as np
import pytest

from agnesi.expr.nodes import Apply, Symbol, postorder, symbols_of
from agnesi.read.lex import source_of
from agnesi.read.lines import Line, Lines, Piece, read_lines
from agnesi.read.prose import fragments
from agnesi.run.evaluate import evaluate

RNG = np.random.default_rng(12)


def lines_of(text: str) -> Lines:
    """Return the lines of loose text."""
    found = [f for f in fragments(text) if f.kind == "formula"]
    return read_lines(source_of(text), [Piece(f.text, f.start, f.stop, where=f.link == "where") for f in found])


def line_of(text: str) -> Line:
    (line,) = lines_of(text).lines
    return line


@pytest.mark.parametrize("words", ["", "The LMS rule is ", "Update: ", "so we set ", "where "])
@pytest.mark.parametrize("arrow", ["<-", "←", ":=", "\\leftarrow"])
def test_an_update_is_read_after_words_as_on_its_own_line(words: str, arrow: str) -> None:
    line = line_of(f"{words}w {arrow} w + eta (t - w^T phi) phi")
    assert line.error is None and line.groups[0].ops == ("define",)
    w, φ = RNG.normal(size=3), RNG.normal(size=3)
    got = evaluate(line.groups[0].sides[1], {"w": w, "φ": φ, "η": 0.3, "t": 1.7})
    assert np.allclose(got, w + 0.3 * (1.7 - w @ φ) * φ)


@pytest.mark.parametrize(
    "text",
    [
        "x <- 3",  # perhaps x < −3
        "y <- x",
        "x <-x - 1",
        "x + y <- x",
        "2x <- 2x",
    ],
)
def test_a_sign_that_may_be_less_than_minus_is_no_arrow(text: str) -> None:
    assert line_of(text).error is not None


@pytest.mark.parametrize(
    "text, rank",
    [
        ("the update is θ ← θ − α∇J(θ)", 1),
        ("θ <- θ − α∇_θ J(θ)", 0),
        ("gradient descent: θ := θ − α ∇E(θ)", 1),
    ],
)
def test_the_loss_of_a_step_is_a_function(text: str, rank: int) -> None:
    found = lines_of(text)
    assert found.lines[0].error is None and found.instances
    θ, right = found.lines[0].groups[0].sides
    assert isinstance(θ, Symbol) and len(θ.shape) == rank and right.shape == θ.shape
    slopes = [n for n in postorder(right) if isinstance(n, Apply) and n.op.name == "derivative"]
    assert [n.args[1] for n in slopes] == [θ] and "α" in {s.name for s in symbols_of(right)}


def test_the_loss_of_a_step_that_is_defined_is_what_it_is() -> None:
    found = lines_of("J(θ) = θ^2\nθ ← θ − α∇J(θ)")
    assert not found.instances and found.symbols["θ"].shape == ()


@pytest.mark.parametrize("text", ["a = b − ∇J(θ)", "θ = φ − α J(θ)", "θ ← θ − α J(θ)", "θ ← θ − α∇J(φ)"])
def test_other_letters_before_brackets_stay_factors(text: str) -> None:
    assert not lines_of(text).instances
