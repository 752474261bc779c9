"""The letters of the tables: one declaration for all of tests/rules, and how a text becomes an expression."""

from __future__ import annotations

from agnesi.expr.nodes import Expr, Symbol, symbol, symbols_of
from agnesi.read import read
from agnesi.rules.derive import derivative

N, D, M = ("n",), ("d",), ("m",)
LETTERS = {
    s.name: s
    for s in (
        *(symbol(name) for name in "act"),
        symbol("λ", (), ("positive",)), symbol("σ", (), ("positive",)),
        *(symbol(name, N) for name in "xyzuvμ"), symbol("w", D), symbol("b", M),
        symbol("p", N, ("probability",)), symbol("q", N, ("positive",)), symbol("e_", N, ("sign",)),
        symbol("β", N, ("binary",)),
        *(symbol(name, ("n", "n")) for name in "ABCZ"), *(symbol(name, ("n", "d")) for name in "XY"),
        symbol("D", ("m", "d")), symbol("V", ("m", "n")), symbol("W", ("d", "d")),
        symbol("K", ("d", "d"), ("symmetric",)),
        symbol("S", ("n", "n"), ("symmetric",)), symbol("P", ("n", "n"), ("spd",)),
        symbol("Q", ("n", "n"), ("orthogonal",)), symbol("M", ("n", "n"), ("invertible",)),
    )
}  # fmt: skip


def expression(text: str) -> Expr:
    """Return what a text says; σ is the sigmoid, unless the text uses it as a number (σ² or /σ)."""
    letters = dict(LETTERS)
    if "σ(" in text or "σ" not in text:
        del letters["σ"]
    return read(text, letters).expr


def moved(f: Expr, name: str) -> Symbol:
    """Return the symbol of this name in an expression, or as declared."""
    return next((s for s in symbols_of(f) if s.name == name), LETTERS[name])


def derived(text: str, *names: str, structure: str | None = None) -> Expr:
    """Return the derivative of a text in the symbols of these names."""
    f = expression(text)
    return derivative(f, [moved(f, name) for name in names], structure)
