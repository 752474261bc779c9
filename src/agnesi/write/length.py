"""The length of a printed expression, for choosing and comparing forms."""

from __future__ import annotations

from agnesi.dialects import AGNESI
from agnesi.expr.nodes import Expr
from agnesi.write.arrange import arrange, names_in
from agnesi.write.layout import Layout
from agnesi.write.parts import Setting

_OWN = {"name": 1, "number": 1, "word": 1, "function": 1, "operator": 1, "fraction": 1, "root": 1}


def token_count(expr: Expr) -> int:
    """Return the number of printed symbols: names, numbers, operators and function names.

    Brackets, commas and products without a sign count nothing; norm and absolute bars count one, as a function.

    >>> from agnesi.expr.nodes import symbol
    >>> token_count(symbol("x", ("n",)).T @ symbol("y", ("n",)))
    3
    """
    return _count(arrange(expr, Setting(AGNESI, taken=names_in(expr))))


def _count(root: Layout) -> int:
    counts: dict[int, int] = {}
    stack: list[tuple[Layout, bool]] = [(root, False)]
    while stack:
        layout, ready = stack.pop()
        if id(layout) in counts:
            continue
        if not ready:
            stack.append((layout, True))
            stack.extend((part, False) for part in layout.parts)
            continue
        own = _OWN.get(layout.kind, 0) + (layout.kind == "fence" and layout.text in "‖|⟨")
        own += layout.kind == "times" and layout.text == "·"
        counts[id(layout)] = own + sum(counts[id(part)] for part in layout.parts)
    return counts[id(root)]
