"""Small formulas that are written as one piece of text: "AᵀA", "det(A − λI)", "‖x‖²", "PDP⁻¹".

A text that holds other words than the names of functions is no formula, and stays words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Literal
from unicodedata import normalize

_UP = {
    "ᵀ": "⊤", "⁻": "−", "⁺": "+", "¹": "1", "²": "2", "³": "3", "⁰": "0",
    **{c: str(k) for k, c in enumerate("⁴⁵⁶⁷⁸⁹", 4)},
    "ᵏ": "k", "ⁿ": "n", "ᵖ": "p", "ˡ": "l", "ᵐ": "m", "ᵗ": "t", "⟂": "⊥",
}  # fmt: skip
_DOWN = {
    **{c: str(k) for k, c in enumerate("₀₁₂₃₄₅₆₇₈₉")}, "ᵢ": "i", "ⱼ": "j", "ₖ": "k", "ₙ": "n", "ₘ": "m", "ₚ": "p",
    "₊": "+", "₋": "−", "∞": "∞", "ₓ": "x", "ₑ": "e",
}  # fmt: skip
_FUNCTIONS = frozenset(
    ("det", "tr", "rank", "dim", "cos", "sin", "tan", "exp", "log", "ker", "im", "diag", "span", "arccos", "proj",
     "cond", "sign", "max", "min", "vec", "refl", "adj", "row")
)  # fmt: skip
_SIGNS = {
    "=": "=", "≈": r"\approx", "−": "-", "+": "+", "·": r"\cdot", "(": "(", ")": ")", "‖": r"\|", "|": "|", ",": ",",
    "⟨": r"\langle", "⟩": r"\rangle", "≤": r"\leq", "≥": r"\geq", "<": "<", ">": ">", "∈": r"\in", "⟂": r"\perp",
    "→": r"\to", "…": r"\dots",
    "/": "/", "[": "[", "]": "]", "⊗": r"\otimes", "⊥": r"\perp", "∘": r"\circ", "√": r"\surd",
    "∫": r"\int", "∞": r"\infty", "∇": r"\nabla", "≠": r"\neq", "×": r"\times", ":": ":",
    "{": r"\{", "}": r"\}",
}  # fmt: skip
_ASCII = {
    "≈": "~=", "−": "-", "·": "*", "‖": "||", "⟨": "<", "⟩": ">", "≤": "<=", "≥": ">=", "∈": "in",
    "⟂": "perp", "→": "->",
    "…": "...", "⊗": "kron", "⊥": "perp", "∘": "o", "√": "sqrt", "∫": "int", "∞": "inf", "≠": "!=", "×": "x",
}  # fmt: skip
_LOW, _HIGH = "".join(c for c in _DOWN if c != "∞"), "".join(_UP)
_TOKEN = re.compile(
    rf"(?P<base>(?:{'|'.join(sorted(_FUNCTIONS, key=len, reverse=True))})(?![a-z])|\d+(?:\.\d+)?"
    rf"|Σ(?= (?:\(|[a-z][{_LOW}]))|[^\W\d_{_LOW}{_HIGH}][\u0302\u0304]?"
    rf"|[{re.escape(''.join(_SIGNS))}])(?P<low>_[A-Z](?![A-Za-z])|[{_LOW}]*)(?P<high>[{_HIGH}]*)|(?P<space>\s+)"
)
_NAMED = re.compile(rf"(?:{'|'.join(sorted(_FUNCTIONS))})$")
_ABOVE = {"\u0302": ("^", "hat"), "\u0304": ("¯", "bar")}  # x̂, x̄
_RUN = re.compile(r"[A-Za-z]{2,}")
_PRODUCT = re.compile(r"[A-Z]{2,3}[a-z]?|[A-Z][a-z]")  # AB, PDP, Ax
_KINDS = re.compile(rf"[\u0302\u0304{_HIGH}{_LOW}{re.escape(''.join(_SIGNS))}]")
_OF = re.compile(rf"(?:(?:{'|'.join(sorted(_FUNCTIONS))}) )+[^\W\d_]")  # det A, dim im A, cos ω

Form = Literal["unicode", "ascii", "latex", "mathml"]


def small_formula(text: str, form: Form, letter: Callable[[str], str]) -> str | None:
    """Return a small formula in one of the forms, or None for a text that is words; `letter` writes one letter.

    >>> small_formula("AᵀA = I", "latex", str)
    'A^{\\\\top} A = I'
    """
    formula = _KINDS.search(text) or _OF.fullmatch(text) or _PRODUCT.fullmatch(text)
    if not formula or any(not _may_stand(run) for run in _RUN.findall(text)):
        return None
    out, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            return None
        at = found.end()
        if not found["space"]:
            summed = found["base"] == "Σ" and text[at : at + 1] == " "
            signed = found[0] == "−" and text[: found.start()].rstrip()[-1:] in ("", *"(=,·[⟨")
            written = _written(found["base"], found["low"], found["high"], form, letter, summed)
            out.append('<mo form="prefix">−</mo>' if signed and form == "mathml" else written)
        elif form in ("unicode", "ascii"):
            out.append(" ")
        elif form == "mathml" and _NAMED.search(text[: found.start()]):
            out.append('<mspace width="0.17em"/>')
    return (" " if form == "latex" else "").join(out)


def _may_stand(run: str) -> bool:
    """Tell whether letters side by side are a function's name or a product such as AB, Av or PDP, and no word."""
    return run in _FUNCTIONS or bool(re.fullmatch(r"[A-Z]{1,3}[a-z]?", run))


def _written(base: str, low: str, high: str, form: Form, letter: Callable[[str], str], summed: bool) -> str:
    down, up = "".join(_DOWN.get(c, c) for c in low.removeprefix("_")), "".join(_UP[c] for c in high)
    if form == "unicode":
        return base + low + high
    if form == "ascii":
        up = up.replace("⊤", "T").replace("⊥", "perp").replace("−", "-")
        return _ASCII.get(base, base) + (f"_{down}" if down else "") + (f"^{up}" if up else "")
    plain, mark = _unmarked(base)
    if form == "latex":
        word = rf"\operatorname{{{base}}}" if base in _FUNCTIONS else _SIGNS.get(base) or letter(plain)
        word = rf"\{_ABOVE[mark][1]}{{{word}}}" if mark else r"\sum" if base == "Σ" and (down or summed) else word
        up = up.replace("⊤", r"\top").replace("⊥", r"\perp").replace("−", "-")
        return word + (f"_{{{down}}}" if down else "") + (f"^{{{up}}}" if up else "")
    return _element(base, down, up, letter, summed)


def _unmarked(base: str) -> tuple[str, str]:
    """Return a letter and the mark above it: x̄ as x and its bar."""
    parts = normalize("NFD", base)
    return (parts[0], parts[1]) if len(parts) == 2 and parts[1] in _ABOVE else (base, "")


def _element(base: str, down: str, up: str, letter: Callable[[str], str], summed: bool = False) -> str:
    plain, mark = _unmarked(base)
    if mark:
        word = f'<mover accent="true">{letter(plain)}<mo stretchy="false">{_ABOVE[mark][0]}</mo></mover>'
    elif base in _FUNCTIONS:
        word = f"<mi>{base}</mi>"
    elif base in _SIGNS:
        spaces = ' lspace="0" rspace="0"' if base in "/|" else ""
        word = f'<mo stretchy="false"{spaces}>{escape(base)}</mo>'
    else:
        total = base == "Σ" and (down or summed)
        word = f"<mn>{base}</mn>" if base[0].isdigit() else "<mo>∑</mo>" if total else letter(base)
    low, high = (f"<mrow><mi>{x}</mi></mrow>" if len(x) > 1 else f"<mi>{x}</mi>" for x in (down, up))
    if down and up:
        return f"<msubsup>{word}{low}{high}</msubsup>"
    if down:
        return f"<msub>{word}{low}</msub>"
    return f"<msup>{word}{high}</msup>" if up else word
