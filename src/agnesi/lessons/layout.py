"""A claim about a gradient in the layout of the reader's book: where gradients are rows, its other sides are turned."""

from __future__ import annotations

import re
from collections.abc import Mapping

from agnesi.dialects import Dialect
from agnesi.lessons.latex import plain, raised
from agnesi.lessons.tokens import CLOSE, OPEN, entries, tokens

_GRADIENT = re.compile(
    r"\s*∇(?!²)(?:_\{?(?P<by>\w+)\}?)?\s*\w*(?:_\w+|[₀-₉])?\s*(?:\((?P<of>[^()=]*)\))?\s*"
)


def in_layout(text: str, dialect: Dialect, shapes: Mapping[str, int] | None = None) -> str:
    """Return a claim about a gradient in the layout of a dialect: where gradients are rows, the other sides are turned.

    A gradient by a matrix has the shape of the matrix in every book (MML 5.5) and stays.

    >>> from agnesi.dialects import dialects
    >>> in_layout("∇f(x) = 2 x", dialects["mml"]), in_layout("∇f(x) = (2, 4)", dialects["mml"])
    ('∇f(x) = (2 x)ᵀ', '∇f(x) = [2, 4]')
    >>> in_layout("∇f(x) = 2 x", dialects["mml"], {"x": 1})
    '∇f(x) = 2 xᵀ'
    >>> in_layout("∇_X (aᵀX b) = a bᵀ", dialects["mml"], {"X": 2})
    '∇_X (aᵀX b) = a bᵀ'
    """
    text = plain(raised(text)) if "\\" in text else text
    sides = _apart(text, "=", "!:<>≠")
    gradients = [found for found in map(_GRADIENT.fullmatch, sides) if found]
    by_matrix = any((shapes or {}).get(name) == 2 for found in gradients for name in _variables(found))
    if dialect.gradient_layout != "row" or len(sides) < 2 or not gradients or by_matrix:
        return text
    turned = [s if _GRADIENT.fullmatch(s) else f" {_turned(s.strip(), shapes or {})} " for s in sides]
    return "=".join(turned).rstrip()


def _variables(gradient: re.Match[str]) -> list[str]:
    """Return the letters that a gradient is taken by: those of its index, or else of its argument."""
    return [gradient["by"]] if gradient["by"] else [name.strip() for name in (gradient["of"] or "").split(",")]


def _apart(text: str, sign: str, not_after: str = "") -> list[str]:
    """Return the parts of a text between signs that stand in no bracket."""
    cuts, depth = [-1], 0
    for k, letter in enumerate(text):
        depth = max(0, depth + (letter in OPEN) - (letter in CLOSE))
        if letter == sign and not depth and text[k - 1 : k] not in tuple(not_after):
            cuts.append(k)
    return [text[a + 1 : b] for a, b in zip(cuts, [*cuts[1:], len(text)], strict=True)]


def _inside(text: str) -> str:
    """Return what stands in a bracket that holds the whole text; "" where none does."""
    depth = 0
    for k, letter in enumerate(text):
        depth += (letter in OPEN) - (letter in CLOSE)
        if depth <= 0:
            return text[1:k] if k and k == len(text) - 1 else ""
    return ""


def _turned(side: str, shapes: Mapping[str, int]) -> str:
    """Return a side transposed: (2, 4) as [2, 4], a product in brackets, a letter with its sign."""
    ending = re.search(r"[\s,.;]*$", side)
    core, tail = (side[: ending.start()], ending[0]) if ending else (side, "")
    if core in ("0", "") or "∇" in core:
        return side
    inside = _inside(core)
    if inside:
        return (_row(core[0], inside) or f"{core}ᵀ") + tail
    if core.endswith("ᵀ") and (re.fullmatch(r"\w+", core[:-1]) or _inside(core[:-1])):
        return core[:-1] + tail
    if re.fullmatch(r"[^\W\d_](?:_\w+|[₀-₉ᵢⱼ])?", core):
        return f"{core}ᵀ{tail}"
    *before, last = [t.text for t in tokens(core)]
    scaled = (last == "𝟏" or shapes.get(last) == 1) and all(t[0].isdigit() or shapes.get(t) == 0 for t in before)
    return (f"{core}ᵀ" if scaled else f"({core})ᵀ") + tail


def _row(opening: str, inside: str) -> str:
    """Return the row of the entries of a column, (a, b) or [a; b]; "" where that is no list of entries."""
    sign = {"(": ",", "[": ";"}.get(opening, "")
    parts = [part.strip() for part in _apart(inside, sign)] if sign else []
    if len(parts) < 2 or (opening == "[" and any(len(entries(tokens(part))) != 1 for part in parts)):
        return ""
    return f"[{', '.join(parts)}]"
