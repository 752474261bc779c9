"""Print expressions: Unicode, ASCII, LaTeX and MathML through one module of brackets and precedence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from agnesi.dialects import AGNESI, Dialect, dialects
from agnesi.expr.nodes import Expr
from agnesi.write.arrange import Setting, arrange, names_in
from agnesi.write.ascii import AsciiWriter
from agnesi.write.layout import render
from agnesi.write.unicode import UnicodeWriter

Form = Literal["unicode", "ascii", "latex", "mathml"]


def write(
    expr: Expr,
    form: Form = "unicode",
    dialect: Dialect | str | None = None,
    spans: Mapping[Expr, tuple[int, int]] | None = None,
    rows: Mapping[str, str] | None = None,
) -> str:
    """Return an expression as text."""
    known = dialects[dialect] if isinstance(dialect, str) else dialect or AGNESI
    setting = Setting(known, scripts=form != "ascii", stacked=form in ("latex", "mathml"), ascii=form == "ascii",
                      taken=names_in(expr), rows=dict(rows or {}))
    layout = arrange(expr, setting)
    if form == "ascii":
        return render(layout, AsciiWriter(known).pieces)
    return render(layout, UnicodeWriter(known).pieces)
