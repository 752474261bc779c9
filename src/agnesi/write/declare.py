"""Write declarations: X ∈ ℝⁿˣᵈ, λ > 0, S ∈ ℝⁿˣⁿ symmetric positive definite."""

from __future__ import annotations

from typing import Literal

from agnesi.dialects import AGNESI
from agnesi.expr.dims import Dim, show_shape
from agnesi.expr.nodes import Symbol
from agnesi.ops.facts import facts
from agnesi.write.latex import LatexWriter
from agnesi.write.names import SIZE_SUPERSCRIPTS, ascii_name

_SIGNS = {"positive": ">", "nonnegative": "≥", "negative": "<"}


def declaration(symbol: Symbol, form: Literal["unicode", "ascii", "latex"] = "unicode") -> str:
    """Return the declaration of a symbol with its facts in words, as the reader accepts it.

    >>> from agnesi.expr.nodes import symbol
    >>> declaration(symbol("X", ("n", "d")))
    'X ∈ ℝⁿˣᵈ'
    """
    known = _told(symbol.facts)
    if not symbol.shape and len(known) == 1 and known[0] in _SIGNS:
        return f"{_name(symbol, form)} {_sign(_SIGNS[known[0]], form)} 0"
    words = " and ".join(_words(fact) for fact in known)
    if form == "latex":
        return _in_latex(symbol) + (rf" \text{{ {words}}}" if words else "")
    return (_in_ascii(symbol) if form == "ascii" else _in_unicode(symbol)) + (f" {words}" if words else "")


def _told(names: frozenset[str]) -> list[str]:
    """Return the facts that no other fact implies, sorted."""
    implied = {i for name in names for i in facts.closure((name,)) - {name}}
    return sorted(names - implied)


def _words(fact: str) -> str:
    record = facts[fact]
    first = record.words[0]
    full = f"symmetric {first}"
    return full if full in record.words else first


def _sign(sign: str, form: str) -> str:
    return {"≥": {"ascii": ">=", "latex": r"\geq"}.get(form, "≥")}.get(sign, sign)


def _name(symbol: Symbol, form: str) -> str:
    if form == "latex":
        return LatexWriter(AGNESI).name(symbol.name, symbol)
    return ascii_name(symbol.name) if form == "ascii" else symbol.name


def _in_unicode(symbol: Symbol) -> str:
    size = show_shape(symbol.shape)
    raised = size.translate(SIZE_SUPERSCRIPTS)
    if not symbol.shape:
        return f"{symbol.name} ∈ ℝ"
    plain = all(a != b for a, b in zip(size, raised, strict=True))
    return f"{symbol.name} ∈ ℝ{raised}" if plain else f"{symbol.name} ∈ ℝ^{{{size}}}"


def _in_ascii(symbol: Symbol) -> str:
    sizes = [_flat(d).replace("·", "*") for d in symbol.shape]
    return f"{ascii_name(symbol.name)} : {' x '.join(sizes) or 'scalar'}"


def _in_latex(symbol: Symbol) -> str:
    sizes = r" \times ".join(_flat(d).replace("·", r" \cdot ") for d in symbol.shape)
    return rf"{_name(symbol, 'latex')} \in \mathbb{{R}}" + (f"^{{{sizes}}}" if sizes else "")


def _flat(dim: Dim) -> str:
    return f"({dim})" if len(dim.terms) > 1 else str(dim)
