"""What a person sees: entries of tensors, rows by their letters, ½, ASCII, LaTeX that compiles; and backward passes."""

from __future__ import annotations

import re

import pytest

from agnesi.derivation import Derivation, derive
from agnesi.expr.nodes import apply, symbol
from agnesi.rules.simplify import associated, times
from agnesi.rules.step_compact import same_terms
from agnesi.rules.step_differential import Rules
from agnesi.rules.steps import explain, read_off
from agnesi.show import entries, show, shown_steps
from line_evidence import unequal_lines

NETWORK = "U: h×d, W: k×h, V: m×k, x: d, y: m; 1/2 ‖V tanh(W tanh(Ux)) − y‖²"


def lines(d: Derivation) -> list[str]:
    return [" ".join(line.split()) for line in show(d).splitlines()]


@pytest.mark.parametrize(
    ("text", "wrt", "order", "head"),
    [
        ("A: k×n, X: n×d, B: d×m; AXB", "X", 1, "∂f_ij/∂X_kl = A_ik B_lj"),
        ("x: n; diag(x)", "x", 1, "∂f_ij/∂x_k = δ_ij δ_ik"),
        ("tr(XᵀAXB)", "X", 2, "∂²f/∂X_ij∂X_kl = A_ik B_lj + A_ki B_jl"),
        ("x: n; xxᵀ", "x", 1, "∂f_ij/∂x_k = x_j δ_ik + x_i δ_jk"),
    ],
)
def test_tensors_are_shown_entry_by_entry(text: str, wrt: str, order: int, head: str) -> None:
    for grain in ("normal", "none"):
        found = derive(text, wrt, order=order, grain=grain)  # type: ignore[arg-type]
        assert entries(found) is not None
        assert any(line.startswith(head) for line in lines(found)), show(found)
    assert entries(derive("‖x‖²", "x")) is None


def test_ascii_is_ascii() -> None:
    for text, wrt in [(NETWORK, "U"), ("X: n×n; X⁻¹", "X"), ("1/2 ∑_{i=1}^n (x_i − μ)²", "μ"), ("∏_{i=1}^n x_i", "x")]:
        shown = show(derive(text, wrt), "ascii")
        assert shown.isascii() and "?" not in shown


def test_latex_escapes_its_words() -> None:
    shown = show(derive(NETWORK, "U"), "latex")
    for row in shown.splitlines()[1:-1]:
        assert len(re.findall(r"(?<!\\)&", row)) == 3, row
    assert r"\delta_{2} &=" in shown


def test_rows_keep_their_letters() -> None:
    shown = show(derive("X: n×d, Σ: d×d spd; 1/2 ∑_{i=1}^n (x_i − μ)ᵀΣ⁻¹(x_i − μ)", "μ"))
    assert "x_i" in shown and "X[i" not in shown and "½ ∑" in shown


def test_a_half_in_an_argument_stays() -> None:
    assert "exp(1/2)" in show(derive("exp(1/2) x²", "x"))


def test_a_network_reads_like_backpropagation() -> None:
    found = derive(NETWORK, "U")
    assert [str(line.left) for line in found.steps] == [
        "f", "z₁", "a₁", "z₂", "a₂", "r", "df", "δ₂", "δ₁", "df", "∇f", "∇f",
    ]  # fmt: skip
    assert [line.source for line in found.steps if str(line.left).startswith("δ")] == ["PRML 5.3"] * 2
    nested = derive(NETWORK, "U", chain="nested")
    assert nested.result is found.result and all(line.kind != "definition" for line in nested.steps)


def test_a_shared_layer_gathers_what_comes_back() -> None:
    found = derive("U: d×d, W: d×d, x: d, y: d; ‖tanh(Ux) + tanh(W tanh(Ux)) − y‖²", "U")
    (first,) = [line for line in found.steps if str(line.left) == "δ₂"]
    assert "+ ..." in first.rule
    assert str(next(line.right for line in found.steps if str(line.left) == "δ₁")) == "(2r + Wᵀδ₂) ⊙ (1 − a₁.^2)"


def test_kronecker_lines() -> None:
    found = derive("A: k×n, X: n×d, B: d×m; AXB", "X")
    assert [str(line.right) for line in found.steps if line.kind == "vec"] == ["(Bᵀ ⊗ A) vec(dX)", "Bᵀ ⊗ A"]
    assert not [line for line in derive("X: n×d; XᵀX", "X").steps if line.kind == "vec"]


def test_short_derivations_open_the_law() -> None:
    X = symbol("X", ("n", "n"), ("invertible",))
    f = apply("logdet", X)
    result = apply("transpose", apply("inv", X))
    assert [line.rule for line in explain(f, X, result)][1] == "d log u = du/u"
    assert [line.rule for line in explain(f, X, result, "fewer")][1] == "d log det U = tr(U⁻¹ dU)"
    assert Rules(X).move(f).words != Rules(X, opened=True).move(f).words


def test_same_terms_looks_through_numbers_and_signs() -> None:
    a, b, c = (symbol(n, ("n",)) for n in "abc")
    half = apply("div", 1, 2)
    assert same_terms(half * (a - b), times(half, a) - times(half, b))
    assert same_terms(apply("div", a - b, 2), half * (a - b))
    assert same_terms(-apply("mul", a - b, c.T), apply("mul", b - a, c.T))
    assert not same_terms(a - b, b - a)
    assert not same_terms(half * a, a)


def test_numbers_inside_a_chain_get_their_brackets() -> None:
    x, y, A = symbol("x", ("n",)), symbol("y", ("n",)), symbol("A", ("n", "n"))
    assert associated(apply("mul", x.T, A, x, x)) is apply("mul", apply("mul", x.T, A, x), x)
    assert associated(apply("mul", x.T, y, x.T, y)) is apply("mul", apply("mul", x.T, y), apply("mul", x.T, y))
    for same in (apply("mul", 2, x.T, y), apply("mul", A, x, x.T, y), apply("mul", x, x.T)):
        assert associated(same) is same
    f = apply("mul", x.T, A, x, x)
    result = read_off(f, x)
    assert result is not None and not unequal_lines(f, x, explain(f, x, result))


OWN_NAMES = [
    ("w: n; x: n; u = w ⊙ x; f(w) = sum(u)", "w", ["u"]), ("X: N×n; w: n; y: N; q = X w − y; f(w) = ‖q‖²", "w", ["q"]),
    ("x: scalar; p = x² + 1; q = sin(p); f(x) = q³", "x", ["p", "q"]), ("x: n; u = x; f(x) = sum(u)", "x", []),
    ("W: m×n; x: n; V: k×m; h = tanh(W x); y: k; ‖V h − y‖²", "W", ["z", "h", "r"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wrt", "names"), OWN_NAMES, ids=[t for t, _, _ in OWN_NAMES])
def test_a_named_chain_keeps_the_names_that_the_text_gives(text: str, wrt: str, names: list[str]) -> None:
    d = derive(text, wrt, chain="named")
    assert [str(line.left) for line in d.steps if line.kind == "definition"] == names
    assert d.result is derive(text, wrt).result and not unequal_lines(d.function, d.variables[0], d.steps)
    assert all(f"{name} " in " ".join(lines(d)) for name in names)


@pytest.mark.parametrize("text", ["b: scalar; C(w) = 1/N ∑_{i=1}^N (max(0, wᵀx_i + b) − y_i)²", "C(w) = ‖X w − y‖²"])
def test_where_gradients_are_rows_every_line_of_one_is_a_row(text: str) -> None:
    column, row = (derive(text, "w", dialect=dialect) for dialect in ("agnesi", "matcalc"))
    own = [line for line in column.steps if line.left == "∇C"]
    assert own[0].rule == "dC = (∇C)ᵀ dw" and shown_steps(column) == column.steps
    told = [line for line in shown_steps(row) if line.left == "∇C"]
    assert told[0].rule == "dC = ∇C dw" and len(told) == len(own)
    for line, before in zip(told[:-1], own[:-1], strict=True):
        assert line.right is apply("transpose", before.right)
    for form, ending in (("unicode", ")ᵀ  "), ("latex", ")^{T} &&")):
        assert show(row, form).count(ending) == len(own)  # type: ignore[arg-type]
