"""Typical slips and hostile inputs as data: (text, error class, a fragment of what it says)."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from agnesi.errors import AgnesiError, Ambiguous, ReadError, ShapeError, TooLarge, UnknownName
from agnesi.read import read, worksheet

SLIPS = [
    ("x: n; x²", ShapeError, "x² of a vector has two meanings"),
    (
        "X: n×d; y: n; X y",
        ShapeError,
        "Cannot multiply X and y: X is n×d, y is n; the inner sizes d and n differ. Try Xᵀy.",
    ),
    ("(a + b", ReadError, "opened but not closed"),
    ("a + b)", ReadError, "without its opening bracket"),
    ("(a + b]", ReadError, "closed by ]"),
    ("sinn(x)", UnknownName, "Did you mean sin?"),
    (r"\frac{a}", ReadError, "takes two arguments"),
    ("a / b c", Ambiguous, "two readings: (a/b) c and a/(b c)"),
    ("A : n×n, B : n×n; A / B", ShapeError, "A B⁻¹"),
    ("a + ", ReadError, "ends where an operand is missing"),
    ("sin", ReadError, "sin has no argument"),
    ("x : n symetric; x", ReadError, "Did you mean symmetric?"),
    ("A : n×n; A + 1", ShapeError, "on the diagonal"),
    ("sin^{-1}(x)", Ambiguous, "two readings"),
    ("∇f", ReadError, "in which variable"),
    ("tr(A, B)", ReadError, "one argument"),
    ("[1 2; 3]", ReadError, "different numbers of blocks"),
    (r"\foo x", ReadError, "not known"),
    ("A: n×d; det A", ShapeError, "square"),
    ("", ReadError, "no expression"),
    ("foo(x|y)", ReadError, "foo is no density that is read"),
    ("p(x|)", ReadError, "An argument is missing"),
    ("KL(p, q, r)", ReadError, "A divergence has two distributions"),
    ("E[x, y]", ReadError, "has too many parts"),
    ("E_{x~p}[log D(x)]", UnknownName, "D is not defined"),
    ("r(x, y)", UnknownName, "written like a function"),
    ("I(X; Y; Z)", ReadError, "two groups of variables"),
    ("1/2||x||", Ambiguous, "(1/2) ||x|| and 1/(2||x||)"),
    ("A/B", ShapeError, "A B⁻¹ or B⁻¹ A"),
    ("sofmax(x)", UnknownName, "Did you mean softmax?"),
    ("A⁻", ReadError, "the end of the superscript or subscript"),
    ("x, y", ReadError, "Cannot read on at “,”"),
    ("x ~ N(0, I)", ReadError, "a model (with ~), which is not read yet"),
]


@pytest.mark.parametrize(("text", "kind", "said"), SLIPS)
def test_slips_are_explained(text, kind, said):
    with pytest.raises(kind) as caught:
        read(text)
    assert said in str(caught.value)
    assert "^" in str(caught.value).splitlines()[-1], "a caret under the text"


def test_golden_message():
    with pytest.raises(ShapeError) as caught:
        read("x: n; x²")
    assert str(caught.value) == (
        "x² of a vector has two meanings: x is a vector of n. Write x ⊙ x (entry by entry) or ‖x‖² (a number).\n"
        "    x: n; x²\n          ^^"
    )


HOSTILE = [
    "(" * 100_000 + "x" + ")" * 100_000,
    "x^10^10^10",
    "x^" * 50_000 + "x",
    "-" * 100_000 + "x",
    "a" * 1_000_000,
    "x" * 299_999 + "\x00",
    "x\x00\x01",
    "[" * 10_000 + "]" * 10_000,
    "‖" * 20_001,
    "|" * 20_001,
    r"\frac" * 20_000,
    "∑_i " * 10_000 + "x_i",
    "9" * 5_000,
    "x_{" * 5_000 + "i" + "}" * 5_000,
    "∇" * 20_000 + "f",
    r"\newcommand{\a}{\a\a}\a",
    r"\text{" * 2_000 + "x" + "}" * 2_000,
    "x" + "ᵀ" * 100_000,
    r"\hat" * 5_000 + "x",
    "a/" * 50_000 + "a",
    "sin(" * 50_000 + "x" + ")" * 50_000,
    "9" * 10_000 + " x",
    "1e999 x",
    "X^1000000",
    "∑_{i=1}^{10^9} x_i",
    "∑_{i=1}^{1000000000} x_i",
    "X: 1000000000 x 1000000000; tr X",
    "x^" + "9^" * 3_000 + "9",
    "x\x01 + \x07y",
]


@pytest.mark.parametrize(
    "text", HOSTILE, ids=[t[:12].encode("ascii", "replace").decode() + str(len(t)) for t in HOSTILE]
)
def test_hostile_input_ends_in_a_clear_error(text):
    with pytest.raises(AgnesiError):
        read(text)


def test_deep_and_long_but_honest_formulas_are_read():
    assert read("(" * 5_000 + "x" + ")" * 5_000).expr is read("x").expr
    assert len(read("+".join(["a"] * 10_000)).expr.args) == 10_000


def test_depth_is_named():
    with pytest.raises(TooLarge, match="nested"):
        read("(" * 100_000 + "x" + ")" * 100_000)


def test_a_sheet_can_carry_its_errors():
    ws = worksheet("x: n; y = x²\nz = 2x", strict=False)
    bad = [s for s in ws.statements if s.error]
    assert len(bad) == 1 and isinstance(bad[0].error, ShapeError)
    assert ws["z"].shape == ws.symbols["x"].shape


@pytest.mark.parametrize("text", HOSTILE[::3], ids=range(len(HOSTILE[::3])))
def test_the_command_refuses_hostile_input_with_a_sentence(text):
    script = [sys.executable, "-c", "from agnesi.cli import main; main()", "derive", "-", "--wrt", "x"]
    done = subprocess.run(script, input=text.encode(), capture_output=True, timeout=60, check=False)
    said = done.stderr.decode()
    assert done.returncode == 2 and said and "Traceback" not in said and "itself failed" not in said
    assert len(said) < 2_000


INTERNALS = re.compile(r"\btok|Token\(|Node\(|frozenset|\{'|<agnesi|object at|None\b")


@pytest.mark.parametrize("text", [row[0] for row in SLIPS])
def test_errors_show_no_internals(text):
    with pytest.raises(AgnesiError) as caught:
        read(text)
    assert not INTERNALS.search(str(caught.value))
